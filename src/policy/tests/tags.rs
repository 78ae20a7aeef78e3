//! What rules tag findings with.

use super::{engine, finding, policy, rated, score, word};
use crate::model::{Assessment, Finding, Severity, Text};
use crate::policy::{Direction, Policy, compare, review};

const SEEN: &str = "2026-06-01T10:00:00Z";

fn assess(finding: &Finding, texts: &[&str]) -> Assessment {
    engine(texts, "2026-11-21T00:00:00Z").assess(finding, &[])
}

fn rule(name: &str, when: &str, then: &str) -> String {
    format!("[[rule]]\nname = \"{name}\"\nwhen = {{ {when} }}\nthen = {{ {then} }}\n")
}

fn named(name: &str, rules: &[String]) -> String {
    format!("version = 1\nname = \"{name}\"\n{}", rules.concat())
}

/// Each tag with the policy, the rule and the place that set it.
fn told(assessment: &Assessment) -> Vec<(&str, &str, &str, &str)> {
    let tags = assessment.tags.iter();
    tags.map(|set| {
        let [tag, policy, rule, at] =
            [&set.tag, &set.policy, &set.rule, &set.at].map(Text::untrusted);
        (tag, policy, rule, at)
    })
    .collect()
}

fn names(assessment: &Assessment) -> Vec<&str> {
    let names = told(assessment).into_iter();
    names.map(|(tag, ..)| tag).collect()
}

#[test]
fn every_policy_adds_its_tags_and_says_which_rule_did() {
    let ours = named(
        "ours",
        &[
            rule(
                "shop",
                "app = \"com.harborapps.*\"",
                "tag = [\"payment\", \"pci\"]",
            ),
            rule("secrets", "kind = \"secret\"", "tag = \"rotate\""),
        ],
    );
    let theirs = named("theirs", &[rule("all", "", "tag = \"pci\"")]);
    let finding = rated(SEEN, "high");
    let both = assess(&finding, &[&theirs, &ours]);
    assert_eq!(
        told(&both),
        [
            ("payment", "ours", "rule shop", "policy.toml:3"),
            ("pci", "ours", "rule shop", "policy.toml:3"),
            ("pci", "theirs", "rule all", "policy.toml:3"),
        ]
    );
    assert_eq!(both, assess(&finding, &[&ours, &theirs]));
    assert!(assess(&finding, &[]).tags.is_empty());
}

#[test]
fn tags_are_set_last_and_by_what_brought_the_severity_about() {
    let text = named(
        "p",
        &[
            rule("page", "severity = \"critical\"", "tag = \"page\""),
            rule(
                "urgent",
                "severity = \"high\"",
                "raise = \"critical\", tag = \"urgent\"",
            ),
            rule("plain", "severity = \"high\"", "tag = \"plain\""),
            rule(
                "noisy",
                "severity = \"high\", scanner = \"trivy\"",
                "ignore = \"trivy\", reason = \"rates all alike\", tag = \"noisy\"",
            ),
        ],
    );
    let raised = assess(&rated(SEEN, "high"), &[&text]);
    assert_eq!(raised.severity, Severity::Critical);
    assert_eq!(names(&raised), ["page", "urgent"]);
    let mut ignored = finding(SEEN);
    ignored.claims = [word("Trivy", "high"), score("CodeQL", 31)]
        .into_iter()
        .collect();
    // A score counts before a word, so nothing is high here and nobody ignores anything.
    assert!(assess(&ignored, &[&text]).tags.is_empty());
    ignored.claims = [word("Trivy", "high"), word("CodeQL", "low")]
        .into_iter()
        .collect();
    let ignored = assess(&ignored, &[&text]);
    assert_eq!(ignored.severity, Severity::Low);
    assert_eq!(names(&ignored), ["noisy"]);
}

#[test]
fn no_condition_reads_what_rules_tag() {
    let rules = [
        rule("first", "", "tag = [\"payment\", \"source:customer\"]"),
        rule(
            "second",
            "tag = \"payment\"",
            "raise = \"critical\", tag = \"seen\"",
        ),
        rule("third", "source = \"customer\"", "tag = \"seen\""),
    ];
    let mut finding = rated(SEEN, "low");
    let assessment = assess(&finding, &[&named("p", &rules)]);
    assert_eq!(assessment.severity, Severity::Low);
    assert_eq!(names(&assessment), ["payment", "source:customer"]);
    // What a source tells is read, and the order of rules changes nothing.
    finding.tags.insert(Text::line("payment"));
    let [first, second, third] = rules;
    let turned = assess(&finding, &[&named("p", &[third, second, first])]);
    assert_eq!(turned.severity, Severity::Critical);
    assert_eq!(names(&turned), ["payment", "seen", "source:customer"]);
}

#[test]
fn a_tag_is_short_and_plain_and_no_credential() {
    let refusal = |tag: &str| {
        let text = named("p", &[rule("r", "", &format!("tag = {tag}"))]);
        let error = Policy::parse("p.toml", &text).unwrap_err();
        (
            error.place().unwrap().to_owned(),
            error.message().to_owned(),
        )
    };
    let many: Vec<String> = (0..17).map(|number| format!("\"t{number}\"")).collect();
    for (tag, column, message) in [
        ("[]".to_owned(), 16, "`tag` is an empty list"),
        (
            "[\"ok\", \"two words\"]".to_owned(),
            23,
            "a tag cannot hold ` `",
        ),
        ("\"=cmd\"".to_owned(), 16, "a tag cannot begin with `=`"),
        ("\"größe\"".to_owned(), 16, "a tag cannot hold `ö`"),
        (
            "\"a\\u202eb\"".to_owned(),
            16,
            "a tag cannot hold `\\u{202e}`",
        ),
        ("\" \"".to_owned(), 16, "`tag` is empty"),
        (
            "7".to_owned(),
            16,
            "`tag` must be a string, not the integer `7`",
        ),
        (
            format!("\"{}\"", "a".repeat(65)),
            16,
            "a tag has at most 64 characters, and this one 65",
        ),
        (
            format!("[{}]", many.join(",")),
            // Ten of five characters and six of six come before it.
            16 + 1 + 10 * 5 + 6 * 6,
            "a rule sets at most 16 tags, and this one sets 17",
        ),
        (
            format!("\"ghp_{}\"", "a1B2".repeat(9)),
            16,
            "a tag looks like a credential, and every report would show it",
        ),
    ] {
        let expected = (format!("p.toml:6:{column}"), message.to_owned());
        assert_eq!(refusal(&tag), expected, "{tag}");
    }
    let longest = format!("tag = \"{}\"", "a".repeat(64));
    policy(&named("p", &[rule("r", "", &longest)]));
}

#[test]
fn a_review_counts_tags_among_what_a_rule_does() {
    let twice = |second: &str| {
        let first = rule("first", "kind = \"code\"", "tag = [\"a\", \"b\"]");
        let text = named("p", &[first, rule("second", "kind = \"code\"", second)]);
        review(&policy(&text)).len()
    };
    assert_eq!((twice("tag = \"b\""), twice("tag = \"c\"")), (1, 0));
    // A gate may ask for the tag of a rule that is gone. A new one takes nothing away.
    let plain = policy(&named("p", &[]));
    let tagging = policy(&named("p", &[rule("r", "", "tag = \"a\"")]));
    let directions = |new: &Policy, old: &Policy| -> Vec<Direction> {
        let told = compare(std::slice::from_ref(new), std::slice::from_ref(old));
        told.iter().map(|told| told.direction).collect()
    };
    assert_eq!(directions(&plain, &tagging), [Direction::Loosens]);
    assert_eq!(directions(&tagging, &plain), [Direction::Tightens]);
}
