//! Which levels a sentence is about, when words around them turn them round, and what is no promise at all.

use super::{lines, policy, read};
use crate::policy::Policy;

fn usual() -> Policy {
    policy(
        r#"
        acknowledge = "2 business days"
        [fix]
        critical = "7 days"
        high = "14 days"
        medium = "30 days"
        low = "90 days"
        "#,
    )
}

/// What the statements of a page were taken for; `?` for one that was not understood.
fn claims(page: &str) -> Vec<String> {
    let statements = read(&policy("fix = \"none\""), page).statements;
    let claim = |statement: super::super::Statement| {
        let fixed = statement.claim.replace(" fixed within", ":");
        if fixed.is_empty() {
            "?".to_owned()
        } else {
            fixed
        }
    };
    statements.into_iter().map(claim).collect()
}

#[test]
fn an_exception_leaves_all_the_others() {
    for (page, expected) in [
        (
            "All but critical issues are fixed within 7 days.",
            "high, unknown, medium, low: 7 days",
        ),
        (
            "All but critical severity issues are fixed within 7 days.",
            "high, unknown, medium, low: 7 days",
        ),
        (
            "Everything except low is fixed within 30 days.",
            "critical, high, unknown, medium: 30 days",
        ),
        (
            "Everything except for low and medium issues is fixed within 30 days.",
            "critical, high, unknown: 30 days",
        ),
        (
            "All but low: 30 days to fix.",
            "critical, high, unknown, medium: 30 days",
        ),
        (
            "Apart from low ones, all issues are fixed within 30 days.",
            "critical, high, unknown, medium: 30 days",
        ),
        (
            "Issues are fixed within 30 days, except low ones.",
            "critical, high, unknown, medium: 30 days",
        ),
        (
            "We fix issues other than critical within 7 days.",
            "high, unknown, medium, low: 7 days",
        ),
        (
            "Fixes for all issues bar critical ones take 7 days.",
            "high, unknown, medium, low: 7 days",
        ),
        (
            "Non-critical issues are fixed within 30 days.",
            "high, unknown, medium, low: 30 days",
        ),
        (
            "All severities except informational are fixed within 30 days.",
            "every vulnerability: 30 days",
        ),
        (
            "Fixed within 30 days for all issues except low ones.",
            "critical, high, unknown, medium: 30 days",
        ),
    ] {
        assert_eq!(claims(page), [expected], "{page}");
    }
}

#[test]
fn a_bound_by_name_reaches_up_or_down() {
    for (page, expected) in [
        (
            "Issues below high are fixed within 30 days.",
            "medium, low: 30 days",
        ),
        (
            "Issues rated lower than high are fixed within 30 days.",
            "medium, low: 30 days",
        ),
        (
            "Issues less severe than high are fixed within 30 days.",
            "medium, low: 30 days",
        ),
        (
            "Issues less than critical are fixed within 30 days.",
            "high, medium, low: 30 days",
        ),
        (
            "Up to medium severity we fix within 30 days.",
            "medium, low: 30 days",
        ),
        (
            "Issues up to and including high are fixed within 14 days.",
            "high, medium, low: 14 days",
        ),
        (
            "Issues above medium are fixed within 14 days.",
            "critical, high: 14 days",
        ),
        (
            "Issues at or above medium are fixed within 14 days.",
            "critical, high, medium: 14 days",
        ),
        (
            "Issues of at least medium severity are fixed within 14 days.",
            "critical, high, medium: 14 days",
        ),
        (
            "High and above: fixed within 14 days.",
            "critical, high: 14 days",
        ),
        (
            "High-severity issues and above are fixed within 14 days.",
            "critical, high: 14 days",
        ),
        (
            "High issues (and higher) are fixed within 14 days.",
            "critical, high: 14 days",
        ),
        (
            "Medium or lower: fixed within 30 days.",
            "medium, low: 30 days",
        ),
        (
            "Medium issues or below are fixed within 30 days.",
            "medium, low: 30 days",
        ),
        (
            "| Severity | Fix |\n|---|---|\n| All but low | 30 days |",
            "critical, high, unknown, medium: 30 days",
        ),
        (
            "## Fix times\n\n- Below high: 30 days",
            "medium, low: 30 days",
        ),
        ("We fix issues:\n\n- med: 30 days", "medium: 30 days"),
    ] {
        assert_eq!(claims(page), [expected], "{page}");
    }
}

#[test]
fn levels_that_cannot_be_told_are_listed() {
    for page in [
        "Issues between low and critical are fixed within 7 days.",
        "Issues not below high are fixed within 7 days.",
        "Unless critical, issues are fixed within 7 days.",
        "High issues, but not critical ones, are fixed within 7 days.",
        "We fix issues within 7 days unless they are critical.",
        "Critical or not, issues are fixed within 7 days.",
        "Issues below critical and high are fixed within 7 days.",
        "Apart from critical ones, which nobody likes, issues are fixed within 7 days.",
        "Critical down to medium issues are fixed within 7 days.",
        "Critical issues excluded, we fix within 7 days.",
        "Issues above critical are fixed within 7 days.",
        "Issues rather than critical are fixed within 7 days.",
        "Issues below CVSS 8.5 are fixed within 7 days.",
        "| Severity | Fix |\n|---|---|\n| Unless critical | 7 days |",
        "# Fixes for issues without critical severity\n\nWithin 7 days.",
    ] {
        assert_eq!(claims(page), ["?"], "{page}");
    }
    // An exception with a term of its own is not for the others, and the rest stays with all.
    assert_eq!(
        claims(
            "Issues are fixed within 30 days, except critical ones, which are fixed within 7 days."
        ),
        ["every vulnerability: 30 days", "?"]
    );
}

#[test]
fn a_set_that_is_turned_round_is_held_against_each_level_of_it() {
    for (page, expected) in [
        (
            "All but critical issues are fixed within 7 days.",
            "1 not kept: high, unknown, medium, low fixed within 7 days; the policy allows 14 days (high, unknown); \
             the policy allows 30 days (medium); the policy allows 90 days (low)",
        ),
        (
            "Issues above medium are fixed within 14 days.",
            "1 kept: critical, high fixed within 14 days",
        ),
        (
            "Up to medium severity we fix within 30 days.",
            "1 not kept: medium, low fixed within 30 days; the policy allows 90 days (low)",
        ),
        (
            "Everything except low is fixed within 30 days.",
            "1 kept: critical, high, unknown, medium fixed within 30 days",
        ),
    ] {
        assert_eq!(lines(&usual(), page), [expected], "{page}");
    }
}

#[test]
fn a_time_that_is_measured_by_another_is_listed() {
    for page in [
        "High issues are fixed 14 days faster than critical ones.",
        "Low issues are fixed 30 days later.",
        "High issues are fixed 3 days before critical ones.",
        "High issues are fixed twice as fast.",
        "High ones are fixed in half that time.",
        "Low ones take double that to fix.",
        "High issues are fixed within one sprint.",
        "High issues are fixed within a sprint.",
        "High issues are patched every second Tuesday.",
        "High issues are patched on Patch Tuesday.",
        "High issues are fixed per release.",
        "High issues are fixed in the next scheduled release.",
        "We patch once per cycle.",
        "We fix high issues in 2 sprints.",
    ] {
        assert_eq!(claims(page), ["?"], "{page}");
        let page = format!("Critical issues are fixed within 7 days. {page}");
        assert_eq!(claims(&page), ["critical: 7 days", "?"], "{page}");
    }
}

#[test]
fn a_limit_belongs_to_the_level_of_its_clause() {
    for page in [
        "Critical issues are fixed within 7 days, never more than 10 days.",
        "- Critical: fixed within 7 days, never more than 10 days",
        "Critical issues are fixed within 7 days (at the latest 10 days).",
    ] {
        assert_eq!(
            claims(page),
            ["critical: 7 days", "critical: 10 days"],
            "{page}"
        );
    }
    assert_eq!(
        claims("Critical issues are fixed within 7 days, all others within 10 days."),
        ["critical: 7 days", "every vulnerability: 10 days"]
    );
    assert_eq!(
        claims("Critical issues in 7 days, anything under that in 90 days to fix."),
        ["?", "every vulnerability: 90 days"]
    );
}

#[test]
fn what_nobody_sees_is_no_promise() {
    for hidden in [
        "<del>Critical issues are fixed within 1 day.</del>",
        "<p><s>Critical issues are fixed within 1 day.</s></p>",
        "<strike>Critical issues are fixed within 1 day.</strike>",
        "<div hidden>Critical issues <div>are fixed</div> within 1 day.</div>",
        "<p hidden>Critical issues are fixed within 1 day.",
        "<div class=\"a\" style=\"color: red; DISPLAY: none\">Critical issues are fixed within 1 day.</div>",
        "<!-- Critical issues are fixed within 1 day. -->",
        "<div hidden><!-- </div> -->Critical issues are fixed within 1 day.</div>",
    ] {
        for frame in [
            "<!DOCTYPE html><body>{}<p>High issues are fixed within 14 days.</p>",
            "# Fixes\n\n{}\n\nHigh issues are fixed within 14 days.\n\n# More\n",
        ] {
            let page = frame.replace("{}", hidden);
            if !page.contains("<p hidden>") || page.starts_with("<!") {
                assert_eq!(claims(&page), ["high: 14 days"], "{page}");
            }
        }
    }
    assert_eq!(
        claims("Critical issues are fixed within ~~1 day~~ 7 days."),
        ["critical: 7 days"]
    );
    // What only looks hidden is read, and so is what is never closed.
    for shown in [
        "<p class=\"hidden\">Critical issues are fixed within 1 day.</p>",
        "<p title='a hidden b'>Critical issues are fixed within 1 day.</p>",
        "<p aria-hidden=\"true\">Critical issues are fixed within 1 day.</p>",
        "<div hidden>Critical issues are fixed within 1 day.",
        "<p hidden>Nothing<p>Critical issues are fixed within 1 day.</p>",
        "<br hidden>Critical issues are fixed within 1 day.</br>",
    ] {
        let page = format!("<html>{shown}");
        assert_eq!(claims(&page), ["critical: 1 day"], "{page}");
    }
}

#[test]
fn a_rule_that_a_page_names_stands_in_its_line() {
    let policy = policy(
        "fix = \"7 days\"\n[[rule]]\nname = \"exploited\"\nwhen = { kev = true }\nthen = { fix = \"3 days\" }",
    );
    let page = "What falls under “exploited” is fixed within 3 days.";
    assert_eq!(
        lines(&policy, page),
        ["1 kept: every vulnerability under rule `exploited` fixed within 3 days"]
    );
    let statements = read(&policy, page).statements;
    assert!(
        statements[0]
            .words
            .untrusted()
            .contains("under “exploited” is fixed"),
        "{statements:?}"
    );
}
