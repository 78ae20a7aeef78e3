//! What `policy check` finds in one policy, and between two.

use std::fmt::Write as _;
use std::fs;

use super::policy;
use crate::policy::{Policy, compare, load, review};

const HEAD: &str = "version = 1\nname = \"p\"\n";

/// What is told of a policy, without positions.
fn told(text: &str) -> Vec<String> {
    let problems = review(&policy(&format!("{HEAD}{text}")));
    problems
        .into_iter()
        .map(|problem| problem.message)
        .collect()
}

/// A rule on one line.
fn rule(name: &str, when: &str, then: &str) -> String {
    format!("[[rule]]\nname = \"{name}\"\nwhen = {{ {when} }}\nthen = {{ {then} }}\n")
}

fn moved(new: &str, old: &str) -> Vec<String> {
    let policies = [new, old].map(|text| policy(&format!("{HEAD}{text}")));
    let [new, old] = policies.map(|policy| [policy]);
    lines(&new, &old)
}

fn lines(new: &[Policy], old: &[Policy]) -> Vec<String> {
    let differences = compare(new, old).into_iter();
    differences
        .map(|difference| format!("{}: {}", difference.word(), difference.problem))
        .collect()
}

#[test]
fn a_rule_beside_a_broader_one_that_ends_no_later_is_told() {
    let broad = rule("broad", "app = \"com.*\"", "fix = \"3 days\"");
    let narrow = rule(
        "narrow",
        "app = \"com.harborapps.*\", kev = true",
        "fix = \"1 week\"",
    );
    let expected = [
        "rule `narrow` changes nothing: rule `broad` on line 3 holds whenever it does, and ends no later",
    ];
    assert_eq!(told(&format!("{broad}{narrow}")), expected);
    // The earliest date wins, wherever the rules stand.
    let swapped = told(&format!("{narrow}{broad}"));
    assert_eq!(swapped, [expected[0].replace("line 3", "line 7")]);
    for other in [
        rule("narrow", "kev = true", "fix = \"1 week\""),
        rule("narrow", "app = \"com.harborapps.*\"", "fix = \"2 days\""),
        rule(
            "narrow",
            "app = \"com.harborapps.*\"",
            "notify = \"1 week\"",
        ),
        rule("narrow", "app = \"org.*\"", "fix = \"1 week\""),
    ] {
        assert_eq!(
            told(&format!("{broad}{other}")),
            Vec::<String>::new(),
            "{other}"
        );
    }
    // A month can be shorter than 30 days.
    let month = rule("month", "", "fix = \"1 month\"");
    let days = rule("days", "", "fix = \"30 days\"");
    assert_eq!(told(&format!("{month}{days}")), Vec::<String>::new());
}

#[test]
fn severities_that_another_rule_undoes_are_told() {
    let worse = rule("worse", "kev = true", "severity = \"critical\"");
    let milder = rule("milder", "kev = true", "severity = \"low\", reason = \"x\"");
    assert_eq!(
        told(&format!("{worse}{milder}")),
        [
            "rule `worse` changes nothing: rule `milder` on line 7 holds whenever it does, and makes it `low` afterwards"
        ]
    );
    let raise = rule("raise", "kev = true", "raise = \"high\"");
    let again = rule("again", "kev = true, kind = \"code\"", "raise = \"medium\"");
    assert_eq!(
        told(&format!("{raise}{again}")),
        ["rule `again` changes nothing: rule `raise` on line 3 has done it already"]
    );
    // The general rule first and its exception behind it is how policies are written.
    let exception = rule(
        "exception",
        "kev = true, path = \"test/**\"",
        "lower = \"low\", reason = \"x\"",
    );
    assert_eq!(told(&format!("{raise}{exception}")), Vec::<String>::new());
    let left = rule(
        "left",
        "kev = true, severity = \"low\"",
        "raise = \"medium\"",
    );
    assert_eq!(
        told(&format!("{raise}{left}")),
        ["rule `left` changes nothing: rule `raise` on line 3 leaves no severity that it asks for"]
    );
    // Something between them can make it lower again.
    assert_eq!(
        told(&format!("{raise}{exception}{left}")),
        Vec::<String>::new()
    );
}

#[test]
fn a_rule_that_says_what_the_policy_says_is_told_unless_another_gives_more_time() {
    let same = rule("same", "severity = \"high\"", "fix = \"2 weeks\"");
    let fix = "fix = \"2 weeks\"\n";
    assert_eq!(
        told(&format!("{fix}{same}")),
        ["rule `same` changes nothing: `fix.high` says so already"]
    );
    let more = rule("more", "path = \"test/**\"", "fix = \"60 days\"");
    assert_eq!(told(&format!("{fix}{same}{more}")), Vec::<String>::new());
}

#[test]
fn conditions_that_nothing_fulfils_are_told() {
    let text = rule(
        "package",
        "kind = \"code\", package = \"pkg:npm/*\"",
        "fix = \"1 day\"",
    ) + &rule("tag", "app-tag = \"payment\"", "fix = \"2 days\"")
        + &rule("exposed", "exposure = \"public\"", "fix = \"3 days\"")
        + &rule("automatic", "automatable = true", "fix = \"4 days\"")
        + &rule(
            "either",
            "automatable = [true, \"unknown\"]",
            "fix = \"5 days\"",
        );
    assert_eq!(
        told(&text),
        [
            "rule `package` never holds: only a dependency has a `package`, and `kind` does not ask for one",
            "rule `tag` never holds: no table of `[apps]` gives a tag that `app-tag` asks for",
            "rule `exposed` never holds: no table of `[apps]` gives an `exposure` that it asks for",
            "rule `automatic` never holds: no table of `[vulnerabilities]` gives the `automatable` that it asks for",
        ]
    );
    let tables = "[apps.\"com.*\"]\ntags = [\"payment\"]\nexposure = \"public\"\n[vulnerabilities.\"CVE-2026-0001\"]\nautomatable = true\n";
    assert_eq!(told(&format!("{text}{tables}")).len(), 1);
    // An unrated finding takes the terms of another level, and so both hold.
    let unrated = rule(
        "unrated",
        "severity = \"unknown\", severity-at-least = \"high\"",
        "fix = \"1 day\"",
    );
    assert_eq!(told(&unrated), Vec::<String>::new());
}

#[test]
fn days_without_a_version_are_told() {
    let dated = |until: &str| {
        told(&format!(
            "fix = \"1 day\"\n[[edition]]\neffective = 2026-01-01\nuntil = {until}\n[[edition]]\neffective = 2026-07-01\n"
        ))
    };
    assert_eq!(
        dated("2026-05-31"),
        ["no version is in force from 2026-06-01 to 2026-06-30: one ends before the next begins"]
    );
    assert_eq!(dated("2026-06-30"), Vec::<String>::new());
}

#[test]
fn a_policy_that_stands_beside_twice_is_told_and_one_that_circles_ends() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own.toml");
    let up = folder.path().file_name().unwrap().to_str().unwrap();
    fs::write(
        &own,
        format!("{HEAD}strictest-of = [\"flowdesk\", \"../{up}/own.toml\", \"flowdesk\"]\n"),
    )
    .unwrap();
    let policies = load(&[own.display().to_string()]).unwrap();
    assert_eq!(policies.len(), 2);
    let problems = review(policies.first().unwrap());
    let words: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        words,
        ["3:53: `strictest-of` names `flowdesk` again: own.toml:3 names it already, and it counts once"]
            .map(|line| line.replace("3:53", &format!("3:{}", 45 + up.len())))
    );
}

#[test]
fn a_comparison_with_an_older_policy_tells_every_loosening() {
    let old = r#"version = 1
name = "ours"
start = "reported"
[fix]
critical = "7 days"
high = "14 days"
medium = "30 days"
low = "none"
info = "none"
[[rule]]
name = "kept"
when = { kev = true }
then = { fix = "3 days" }
[[rule]]
name = "dropped"
when = { source = "customer" }
then = { raise = "high" }
[[rule]]
name = "calm"
when = { path = "test/**" }
then = { fix = "none", reason = "not shipped" }
"#;
    let new = r#"version = 1
name = "ours"
start = "triaged"
unknown = "medium"
allow-loosening = true
loosening-reason = "new platform terms"
[fix]
critical = "10 days"
high = "2 weeks"
medium = "4 weeks"
info = "none"
[[rule]]
name = "kept"
when = { kev = true }
then = { fix = "5 days" }
[[rule]]
name = "stricter"
when = { ransomware = true }
then = { fix = "1 day", raise = "critical" }
[[rule]]
name = "looser"
when = { tag = "dev" }
then = { fix = "60 days" }
"#;
    let told = |new: &str, old: &str| lines(&[policy(new)], &[policy(old)]);
    assert_eq!(
        told(new, old),
        [
            "loosens: 4:11: `unknown` is medium, and was high",
            "loosens: 5:19: `allow-loosening` lets promised dates become later",
            "loosens: 8:12: `fix.critical` is 10 days, and was 7 days (policy.toml:5)",
            "loosens: 12:1: rule `kept` has 5 days for `fix`, and had 3 days (policy.toml:10)",
            "loosens: 14:1: rule `dropped` is gone",
            "loosens: 20:1: rule `looser` is new, and can rate lower or give more time",
            "may loosen: 3:9: the clock of `fix` starts at triaged, and started at reported (policy.toml:3)",
            "tightens: 10:10: `fix.medium` is 4 weeks, and was 30 days (policy.toml:7)",
            "tightens: 16:1: rule `stricter` is new",
            "tightens: 18:1: rule `calm` is gone",
        ]
    );
    assert_eq!(told(old, old), Vec::<String>::new());
    let stricter = old.replace("14 days", "10 days");
    assert_eq!(
        told(&stricter, old),
        ["tightens: 6:8: `fix.high` is 10 days, and was 14 days (policy.toml:6)"]
    );
}

#[test]
fn every_key_of_the_calendar_is_compared() {
    let old = "[fix]\nhigh = \"5 business days\"\nlow = \"90 days or next maintenance\"\n[calendar]\ntimezone = \"UTC\"\nholidays = [2026-12-24]\nmaintenance-dates = [2026-09-01, 2026-12-01]\n";
    let new = "[fix]\nhigh = \"5 business days\"\nlow = \"90 days or next maintenance\"\n[calendar]\ntimezone = \"Asia/Tokyo\"\nwork-week = [\"monday\", \"tuesday\"]\nholidays = [2026-12-25]\nmaintenance-dates = [2026-09-01]\nmaintenance = \"later\"\n";
    let told = moved(new, old);
    for line in [
        "loosens: 8:13: `calendar.work-week` is monday, tuesday, and was monday, tuesday, wednesday, thursday, friday",
        "loosens: 9:12: `calendar.holidays` has 2026-12-25, which it had not (policy.toml:8)",
        "loosens: 11:15: `calendar.maintenance` is later, and was earlier",
        "may loosen: 7:12: `calendar.timezone` is Asia/Tokyo, and was UTC (policy.toml:7)",
        "may loosen: 10:21: `calendar.maintenance-dates` has no 2026-12-01 any more (policy.toml:9)",
        "tightens: 9:12: `calendar.holidays` has no 2026-12-24 any more (policy.toml:8)",
    ] {
        assert!(told.iter().any(|told| told == line), "{line}\n{told:#?}");
    }
    assert_eq!(
        moved(
            "fix = \"5 days\"\n[calendar]\nholidays = [2026-12-24]\n",
            "fix = \"5 days\"\n"
        ),
        ["moves no date: 5:12: `calendar.holidays` has 2026-12-24, which it had not"]
    );
}

#[test]
fn terms_are_compared_in_the_worst_case() {
    for (new, old, expected) in [
        ("1 month", "30 days", "may loosen"),
        ("30 days", "1 month", "may loosen"),
        ("10 days", "7 days", "loosens"),
        ("7 days", "10 days", "tightens"),
        ("1 month", "4 weeks", "loosens"),
        ("5 business days", "7 days", "tightens"),
        ("24 hours", "1 day", "tightens"),
        ("none", "1200 months", "loosens"),
        ("kev due date or 1 week", "1 week", "may loosen"),
        ("2 weeks", "14 days", ""),
    ] {
        let text = |term: &str| format!("[fix]\nhigh = \"{term}\"\n");
        let told = moved(&text(new), &text(old));
        let expected = match expected {
            "" => vec![],
            word => vec![format!(
                "{word}: 4:8: `fix.high` is {new}, and was {old} (policy.toml:4)"
            )],
        };
        assert_eq!(told, expected);
    }
}

#[test]
fn tables_sources_and_dates_are_compared() {
    let asks = rule("asks", "app-tag = \"payment\"", "fix = \"1 day\"");
    let old = format!(
        "effective = 2026-01-01\n[severity]\nsources = [\"nvd\"]\n[environment]\nCR = \"H\"\n[apps.\"com.*\"]\ntags = [\"payment\"]\n{asks}"
    );
    let new = format!(
        "effective = 2026-01-01\nuntil = 2026-12-31\n[severity]\nsources = [\"vendor\", \"nvd\"]\n[environment]\nCR = \"L\"\nreason = \"x\"\n[apps.\"com.*\"]\ntags = [\"internal\"]\n{asks}"
    );
    assert_eq!(
        moved(&new, &old),
        [
            "loosens: 4:9: `until` ends it: nothing is in force on 2027-01-01, when the older one is",
            "loosens: 9:10: `environment.reason` is \"x\", and was unset",
            "may loosen: 6:11: `severity.sources` is vendor, then nvd, and was nvd (policy.toml:5)",
            "may loosen: 8:6: `environment.CR` is L, and was H (policy.toml:7)",
            "may loosen: 10:1: `apps.com.*.tags` is [internal], and was [payment] (policy.toml:8)",
        ]
    );
    assert_eq!(moved(&old, &old), Vec::<String>::new());
}

#[test]
fn members_that_are_gone_loosen_and_new_ones_tighten() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, format!("{HEAD}{text}")).unwrap();
        load(&[path.display().to_string()]).unwrap()
    };
    let old = write("old.toml", "strictest-of = [\"flowdesk\", \"cisa-kev\"]\n");
    let new = write("new.toml", "strictest-of = [\"flowdesk\", \"eu-cra\"]\n");
    assert_eq!(
        lines(&new, &old),
        [
            "loosens: 3:29: `strictest-of` has no `cisa-kev` any more, and its dates no longer count",
            "tightens: 3:29: `strictest-of` has `eu-cra`, which is new",
        ]
    );
}

#[test]
fn rules_are_compared_by_what_they_ask_and_do() {
    let text = |when: &str, then: &str| format!("fix = \"30 days\"\n{}", rule("r", when, then));
    let base = text("kev = true", "fix = \"3 days\"");
    for (new, expected) in [
        (
            text("kev = true", "fix = \"5 days\""),
            "loosens: 4:1: rule `r` has 5 days for `fix`, and had 3 days (policy.toml:4)",
        ),
        (
            text("kev = true", "fix = \"2 days\""),
            "tightens: 4:1: rule `r` has 2 days for `fix`, and had 3 days (policy.toml:4)",
        ),
        (
            text("kev = [true, \"unknown\"]", "fix = \"3 days\""),
            "tightens: 4:1: rule `r` holds for more than before (policy.toml:4)",
        ),
        (
            text("kev = true, kind = \"code\"", "fix = \"3 days\""),
            "loosens: 4:1: rule `r` holds for less than before (policy.toml:4)",
        ),
        (
            "fix = \"30 days\"\n".to_owned(),
            "loosens: 4:1: rule `r` is gone",
        ),
    ] {
        assert_eq!(moved(&new, &base), [expected]);
    }
    let renamed = base.replace("\"r\"", "\"s\"");
    assert_eq!(moved(&renamed, &base), Vec::<String>::new());
    let raise = rule("up", "kev = true", "raise = \"high\"");
    let lower = rule("down", "kind = \"code\"", "lower = \"low\", reason = \"x\"");
    assert_eq!(
        moved(&format!("{lower}{raise}"), &format!("{raise}{lower}")),
        [
            "may loosen: 7:1: rule `up` stands behind rule `down`, and stood before it: the last one decides the severity"
        ]
    );
}

#[test]
fn thousands_of_rules_are_read_and_checked_at_once() {
    let mut text = HEAD.to_owned();
    for number in 0..8000 {
        let _ = write!(
            text,
            "[[rule]]\nname = \"{number}\"\nwhen = {{ app = \"com.a{number}\" }}\nthen = {{ fix = \"{} days\" }}\n",
            1 + number % 90
        );
    }
    let started = std::time::Instant::now();
    assert_eq!(review(&policy(&text)), []);
    let taken = started.elapsed();
    // A quadratic walk takes minutes in a debug build.
    assert!(taken.as_secs() < 60, "{taken:?}");
}

#[test]
fn of_many_rules_with_equal_conditions_the_last_one_has_the_word() {
    let mut text = String::new();
    for number in 0..400 {
        let level = if number % 2 == 0 { "low" } else { "high" };
        let then = format!("severity = \"{level}\", reason = \"x\"");
        text += &rule(&number.to_string(), "kev = true", &then);
    }
    assert_eq!(told(&text).len(), 399);
}

#[test]
fn a_file_that_is_too_large_or_no_text_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.toml");
    let refused = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        load(&[path.display().to_string()]).unwrap_err()
    };
    let mut large = HEAD.as_bytes().to_vec();
    large.resize((1 << 20) + 1, b'\n');
    let error = refused(&large);
    assert_eq!(
        error.message(),
        "the file is larger than 1 MiB, which is the most that is read"
    );
    large.pop();
    fs::write(&path, &large).unwrap();
    assert_eq!(load(&[path.display().to_string()]).unwrap().len(), 1);
    let error = refused(b"version = 1\nname = \"\xC3\xA4\xFC\"\n");
    assert!(
        error
            .place()
            .is_some_and(|place| place.ends_with("own.toml:2:10"))
    );
    assert_eq!(
        error.message(),
        "expected UTF-8, and the byte 0xFC stands here"
    );
}

#[test]
fn a_rule_that_leaves_the_own_terms_in_force_stands_in_for_no_other() {
    let strict = rule("strict", "", "fix = \"3 days\", also = true");
    let milder = rule("milder", "kev = true", "fix = \"1 week\"");
    // Without `milder` the policy's own terms, which may be shorter, would count again.
    assert_eq!(told(&format!("{strict}{milder}")), Vec::<String>::new());
    let replacing = rule("strict", "", "fix = \"3 days\"");
    let beside = rule("milder", "kev = true", "fix = \"1 week\", also = true");
    assert_eq!(told(&format!("{replacing}{beside}")).len(), 1);
    assert_eq!(
        moved(&replacing, &strict),
        [
            "may loosen: 3:1: rule `strict` no longer leaves the policy's own terms in force (policy.toml:3)"
        ]
    );
    assert_eq!(moved(&strict, &replacing).len(), 1);
}

#[test]
fn tags_that_a_rule_no_longer_sets_are_told() {
    let both = rule("r", "kev = true", "tag = [\"a\", \"b\"]");
    let one = rule("r", "kev = true", "tag = \"a\"");
    let words = |new: &str, old: &str| -> Vec<String> {
        let lines = moved(new, old).into_iter();
        let word = lines.map(|line| line.split(':').next().map(str::to_owned));
        word.flatten().collect()
    };
    assert_eq!(words(&one, &both), ["may loosen"]);
    assert_eq!(words(&both, &one), ["moves no date"]);
}

#[test]
fn who_extends_a_built_in_policy_need_not_plan_maintenance() {
    assert_eq!(told("extends = \"flowdesk\"\n"), Vec::<String>::new());
    let own = "extends = \"flowdesk\"\n[fix]\nlow = \"60 days or next maintenance\"\n";
    assert_eq!(
        told(own),
        [
            "`fix.low` is 60 days or next maintenance, and the calendar has no `maintenance-dates`: only the time counts"
        ]
    );
}
