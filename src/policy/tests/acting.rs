//! The terms of rules that change the very severity for which they ask.

use super::{by, chosen, engine, finding, note, policy, rated, reasons, word};
use crate::model::{About, Assessment, Duty, Finding, Severity};
use crate::policy::{Direction, compare, review};

const SEEN: &str = "2026-11-01T10:00:00Z";
const FIX: About = About::Duty(Duty::Fix);
const TABLE: &str = "version = 1\nname = \"ours\"\nstart = \"first-seen\"\nunknown = \"high\"\n[fix]\ncritical = \"7 days\"\nhigh = \"14 days\"\nmedium = \"30 days\"\nlow = \"90 days\"\ninfo = \"none\"\n";

fn rule(name: &str, when: &str, then: &str) -> String {
    format!("[[rule]]\nname = \"{name}\"\nwhen = {{ {when} }}\nthen = {{ {then} }}\n")
}

fn ours(rules: &[String]) -> String {
    format!("{TABLE}{}", rules.concat())
}

fn assess(finding: &Finding, rules: &[String]) -> Assessment {
    engine(&[&ours(rules)], "2026-11-21T00:00:00Z").assess(finding, &[])
}

fn fix(assessment: &Assessment) -> Option<String> {
    by(assessment, Duty::Fix)
}

#[test]
fn a_rule_that_changes_the_severity_brings_its_terms_for_what_it_held_of() {
    let raise = rule(
        "exploited",
        "severity = \"high\", kev = [true, \"unknown\"]",
        "raise = \"critical\", fix = \"24 hours\", notify = \"24 hours\"",
    );
    let high = assess(&rated(SEEN, "high"), std::slice::from_ref(&raise));
    assert_eq!(high.severity, Severity::Critical);
    assert_eq!(fix(&high).as_deref(), Some("2026-11-02T10:00:00Z"));
    assert_eq!(
        by(&high, Duty::Notify).as_deref(),
        Some("2026-11-02T10:00:00Z")
    );
    assert_eq!(
        note(chosen(&high, FIX)),
        "held before it changed the severity"
    );
    assert_eq!(note(reasons(&high, FIX)[1]), "a rule stands in its place");
    // What was critical before is none of its business.
    let critical = assess(&rated(SEEN, "critical"), &[raise]);
    assert_eq!(fix(&critical).as_deref(), Some("2026-11-08"));
    assert_eq!(by(&critical, Duty::Notify), None);
    let set = rule(
        "unrated",
        "severity = \"unknown\"",
        "severity = \"critical\", fix = \"1 day\"",
    );
    let unrated = assess(&finding(SEEN), &[set]);
    assert_eq!(fix(&unrated).as_deref(), Some("2026-11-02"));
}

#[test]
fn a_rule_that_finds_the_severity_that_it_sets_brings_its_terms_as_well() {
    let rules = [
        rule(
            "hot",
            "severity-at-least = \"high\"",
            "severity = \"critical\", fix = \"1 day\", tag = \"hot\"",
        ),
        rule(
            "inside",
            "kind = \"code\"",
            "severity = \"low\", reason = \"inside\"",
        ),
    ];
    for word in ["high", "critical"] {
        let assessed = assess(&rated(SEEN, word), &rules);
        assert_eq!(assessed.severity, Severity::Low, "{word}");
        assert_eq!(fix(&assessed).as_deref(), Some("2026-11-02"), "{word}");
        assert_eq!(assessed.tags.len(), 1, "{word}");
    }
}

#[test]
fn a_rule_that_drops_a_claim_brings_its_terms_and_one_that_drops_none_does_not() {
    let ignore = rule(
        "noisy",
        "severity = \"high\"",
        "ignore = \"trivy\", reason = \"rates all alike\", fix = \"2 days\", tag = \"noisy\"",
    );
    let mut both = finding(SEEN);
    both.claims = [word("Trivy", "high"), word("CodeQL", "low")]
        .into_iter()
        .collect();
    let dropped = assess(&both, std::slice::from_ref(&ignore));
    assert_eq!(dropped.severity, Severity::Low);
    assert_eq!(fix(&dropped).as_deref(), Some("2026-11-03"));
    assert_eq!(dropped.tags.len(), 1);
    let raise = rule("all", "kind = \"code\"", "raise = \"critical\"");
    let mut other = finding(SEEN);
    other.claims.insert(word("CodeQL", "high"));
    let kept = assess(&other, &[ignore, raise]);
    assert_eq!(fix(&kept).as_deref(), Some("2026-11-08"));
    assert!(kept.tags.is_empty(), "nothing of Trivy was there to drop");
}

#[test]
fn what_a_later_rule_has_overruled_gives_no_more_time_than_that_one_leaves() {
    let lower = rule(
        "calm",
        "severity = \"high\"",
        "lower = \"medium\", fix = \"60 days\", reason = \"inside\"",
    );
    let alone = assess(&rated(SEEN, "high"), std::slice::from_ref(&lower));
    assert_eq!(fix(&alone).as_deref(), Some("2026-12-31"));
    let raise = |then: &str| rule("all", "kind = \"code\"", then);
    let overruled = assess(
        &rated(SEEN, "high"),
        &[lower, raise("raise = \"critical\"")],
    );
    assert_eq!(fix(&overruled).as_deref(), Some("2026-11-08"));
    assert_eq!(
        note(reasons(&overruled, FIX)[1]),
        "inside; held before it changed the severity, which another rule decided in the end, so it only tightens"
    );
    let short = rule(
        "short",
        "severity = \"high\"",
        "severity = \"medium\", fix = \"2 days\", reason = \"inside\"",
    );
    let short = assess(
        &rated(SEEN, "high"),
        &[short, raise("raise = \"critical\"")],
    );
    assert_eq!(fix(&short).as_deref(), Some("2026-11-03"));
}

#[test]
fn a_check_knows_that_terms_also_count_for_what_the_rule_held_of_before() {
    let raise = rule(
        "raise",
        "severity = \"high\"",
        "raise = \"critical\", fix = \"3 days\"",
    );
    // It holds of what is high in the end, and so not of what the other one has raised.
    let plain = rule("plain", "severity = \"high\"", "fix = \"2 days\"");
    assert_eq!(review(&policy(&ours(&[plain, raise]))), []);
    let all = rule("all", "kind = \"code\"", "fix = \"2 days\"");
    let raise = rule(
        "raise",
        "severity = \"high\", kind = \"code\"",
        "raise = \"critical\", fix = \"3 days\"",
    );
    let problems = review(&policy(&ours(&[all, raise])));
    assert_eq!(
        problems[0].message,
        "the `fix` of rule `raise` changes nothing: rule `all` on line 11 holds whenever it does, and ends no later"
    );
    // More time than a critical finding has, though less than a high one has.
    let longer = rule(
        "longer",
        "severity = \"high\"",
        "raise = \"critical\", fix = \"10 days\"",
    );
    let told = compare(&[policy(&ours(&[longer]))], &[policy(&ours(&[]))]);
    assert_eq!(told[0].direction, Direction::Loosens);
}

#[test]
fn what_nobody_rated_is_told_where_a_rule_for_its_level_holds() {
    let calm = rule("calm", "severity = \"high\"", "fix = \"none\"");
    let unrated = assess(&finding(SEEN), std::slice::from_ref(&calm));
    assert_eq!(
        note(chosen(&unrated, FIX)),
        "not rated, so it holds as of high"
    );
    let messages = |rules: &[String]| -> Vec<String> {
        let problems = review(&policy(&ours(rules))).into_iter();
        problems.map(|problem| problem.message).collect()
    };
    assert_eq!(
        messages(std::slice::from_ref(&calm)),
        [
            "rule `calm` also holds for what nobody rated, which takes the terms of `high`, and `fix` gives it no date: \
          write `severity` with `\"unknown\"` in it if that is meant, else add a rule for that"
        ]
    );
    let meant = rule(
        "meant",
        "severity = [\"high\", \"unknown\"]",
        "fix = \"none\"",
    );
    let shorter = rule("shorter", "severity = \"high\"", "fix = \"3 days\"");
    let kept = rule("kept", "severity = \"unknown\"", "fix = \"14 days\"");
    for rules in [vec![meant], vec![shorter], vec![calm.clone(), kept.clone()]] {
        assert_eq!(messages(&rules), [""; 0], "{rules:?}");
    }
    let both = assess(&finding(SEEN), &[calm, kept]);
    assert_eq!(fix(&both).as_deref(), Some("2026-11-15"));
}
