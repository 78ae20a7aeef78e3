//! Who a number belongs to, in sentences, lists and tables.

use super::{lines, policy, read, verdicts};
use crate::policy::Policy;

fn usual() -> Policy {
    policy(
        r#"
        start = "first-seen"
        acknowledge = "2 business days"
        assess = "5 business days"
        [fix]
        critical = "7 days"
        high = "14 days"
        medium = "30 days"
        low = "90 days"
        "#,
    )
}

/// The page says exactly what the policy does, in other words.
fn assert_same(page: &str) {
    let lines = lines(&usual(), page);
    let fixes: Vec<&str> = lines
        .iter()
        .filter_map(|line| line.split_once(": ").map(|(_, claim)| claim))
        .collect();
    let expected = [
        "critical fixed within 7 days",
        "high fixed within 14 days",
        "medium fixed within 30 days",
        "low fixed within 90 days",
    ];
    assert_eq!(fixes, expected, "{page}");
    assert!(
        lines
            .iter()
            .all(|line| line.contains(" kept: ") && !line.contains("not kept")),
        "{lines:?}"
    );
}

#[test]
fn the_same_terms_are_read_from_every_shape() {
    for page in [
        "We fix critical vulnerabilities within 7 days, high ones within 14 days, medium ones within 30 and low ones within 90.",
        "Vulnerabilities are fixed within 7 days for critical, 14 days for high, 30 days for medium and 90 days for low.",
        "Fixes take 7, 14, 30 and 90 days for critical, high, medium and low vulnerabilities.",
        "Remediation: critical 7 days; high 14 days; moderate 30 days; low 90 days.",
        "We patch by severity. Critical: 7 days. High: 14 days. Medium: 30 days. Low: 90 days.",
        "## Fix times\n\n- Critical: 7 days\n- High: 14 days\n- Medium — 30 days\n- Low (CVSS 0.1–3.9): 90 days",
        "## Remediation\n### Critical\nWithin 7 days.\n### High\nWithin 14 days.\n### Medium\nWithin 30 days.\n### Low\nWithin 90 days.",
        "We fix vulnerabilities within these times:\n\n1. CVSS 9.0 or higher: 7 days\n2. CVSS 7.0 to 8.9: 14 days\n3. CVSS 4.0 - 6.9: 30 days\n4. CVSS 3.9 or lower: 90 days",
        "| Severity | Resolution (days) |\n|---|---|\n| Critical | 7 |\n| High | 14 |\n| Medium | 30 |\n| Low | 90 |",
        "| | Critical | High | Medium | Low |\n|---|---|---|---|---|\n| Fix | 7 days | 14 days | 30 days | 90 days |",
        "Severity\tTime to fix\nCritical\t7 days\nHigh\t14 days\nMedium\t30 days\nLow\t90 days",
        "<h2>Fix times</h2><dl><dt>Critical<dd>7 days<dt>High<dd>14 days<dt>Medium<dd>30&nbsp;days<dt>Low<dd>90 days</dl>",
        "<p>We fix:</p><table><tr><td>CVSS</td><td>Term</td></tr><tr><td>9.0 &ndash; 10.0</td><td>7 days</td></tr><tr><td>7.0&ndash;8.9<td>14 days<tr><td>4.0&ndash;6.9<td>30 days<tr><td>0.1&ndash;3.9<td>90 days</table>",
        "<ul><li>Critical <ul><li>fixed within <b>7</b> days</ul><li>High<ul><li>fixed within 14 days</ul><li>Medium<ul><li>fixed within 30 days</ul><li>Low<ul><li>fixed within 90 days</ul></ul>",
    ] {
        assert_same(page);
    }
}

#[test]
fn duties_keep_to_their_numbers() {
    let expected = [
        "1 kept: every vulnerability acknowledged within 2 business days",
        "1 kept: every vulnerability assessed within 5 business days",
        "1 kept: critical fixed within 7 days",
    ];
    for page in [
        "We acknowledge reports within two business days, assess them within five and fix critical ones within 7 days.",
        "Within 2 business days we acknowledge a report, within 5 business days we assess it, and within 7 days we fix it if critical.",
        "Response time: 2 business days. Triage: 5 business days. Patch for critical issues: 7 days.",
    ] {
        assert_eq!(lines(&usual(), page), expected, "{page}");
    }
}

#[test]
fn a_new_line_belongs_to_itself() {
    let page = "Everything else is fixed within 90 days\nFixes for critical issues take 7 days\nFixes for high issues take 14 days";
    assert_eq!(
        lines(&usual(), page),
        [
            "1 kept: every vulnerability fixed within 90 days",
            "2 kept: critical fixed within 7 days",
            "3 kept: high fixed within 14 days",
        ]
    );
}

#[test]
fn a_row_may_hold_several_duties() {
    let page = "| Level | Respond | Fix |\n|---|---|---|\n| Critical | 1 business day | 3 days |\n| High and above | 2 business days | 7 days |";
    assert_eq!(
        lines(&usual(), page),
        [
            "3 not kept: critical acknowledged within 1 business day; the policy allows 2 business days",
            "3 not kept: critical fixed within 3 days; the policy allows 7 days",
            "4 kept: critical, high acknowledged within 2 business days",
            "4 not kept: critical, high fixed within 7 days; the policy allows 14 days (high)",
        ]
    );
}

#[test]
fn what_the_policy_lacks_is_a_mismatch() {
    let page = "Informational: fixed within 1 year.\n\nWe notify customers of critical vulnerabilities within 72 hours.";
    assert_eq!(
        lines(&usual(), page),
        [
            "1 not kept: info fixed within 12 months; the policy says nothing of this level",
            "3 not kept: critical notified within 72 hours; the policy promises nothing of the kind",
        ]
    );
}

#[test]
fn a_clock_that_can_start_later_is_told() {
    let triaged = policy("start = [\"triaged\", \"first-seen\"]\nfix = \"7 days\"");
    for (words, kept) in [
        ("within 7 days of discovery", false),
        ("within 7 days of being notified", false),
        ("within 7 days after triage", true),
        ("within 7 days, counted from the day of the report", false),
        (
            "within 7 days of confirmation or discovery, whichever is earlier, counted from confirmation or discovery",
            false,
        ),
    ] {
        let verdicts = verdicts(&triaged, &format!("Critical issues are fixed {words}."));
        assert_eq!(
            verdicts,
            [if kept { "kept" } else { "not kept" }],
            "{words}"
        );
    }
    let page = "Times start when a vulnerability is discovered.";
    assert_eq!(
        lines(&triaged, page),
        [
            "1 not kept: every clock counted from discovery; the policy counts from confirmation, which can be later than discovery"
        ]
    );
    let table = "| Severity | Fixed within (from discovery) |\n|---|---|\n| High | 7 days |";
    assert_eq!(verdicts(&triaged, table), ["not kept"]);
    assert_eq!(
        verdicts(
            &usual(),
            "Critical issues are fixed within 7 days of notification."
        ),
        ["kept"]
    );
}

#[test]
fn rules_loosen_what_the_page_says_of_all() {
    let policy = policy(
        r#"
        fix = "7 days"
        acknowledge = "5 business days"
        [[rule]]
        name = "vendored code"
        when = { path = "vendor/**" }
        then = { fix = "60 days" }
        [[rule]]
        name = "bounty"
        when = { source = "bug-bounty" }
        then = { acknowledge = "1 business day" }
        [[rule]]
        name = "tests"
        when = { path = "test/**" }
        then = { lower = "low", reason = "never shipped" }
        "#,
    );
    let fixed = "Critical vulnerabilities are fixed within 7 days.";
    assert_eq!(
        lines(&policy, fixed),
        [
            "1 not kept: critical fixed within 7 days; the policy allows 60 days by rule `vendored code`"
        ]
    );
    let stated = format!("{fixed} What falls under “vendored code” is fixed within 60 days.");
    assert_eq!(verdicts(&policy, &stated), ["kept", "kept"]);
    assert_eq!(
        read(&policy, &stated).lowering,
        [crate::model::Text::line("tests")]
    );
    let bounty = "Reports through our bug bounty programme are acknowledged within 1 business day.";
    assert_eq!(verdicts(&policy, bounty), ["kept"]);
    let everyone = "Reports, whether through our bug bounty programme or not, are acknowledged within 1 business day.";
    assert_eq!(verdicts(&policy, everyone), ["not kept"]);
}

#[test]
fn scripts_comments_and_attributes_say_nothing_and_entities_do() {
    let page = "<!DOCTYPE html><style>/* fixed within 1 day */</style><script>'<p>fixed in 1 day'</script>\n\
                <!-- critical: 1 day --><p title=\"1 day > 2 days\">Critical issues are fixed within&nbsp;7&#32;da&shy;ys.";
    assert_eq!(
        lines(&usual(), page),
        ["2 kept: critical fixed within 7 days"]
    );
}

#[test]
fn no_page_is_too_strange_and_none_takes_long() {
    let policy = usual();
    let many = |piece: &str| piece.repeat(60_000 / piece.len());
    for piece in [
        "1,",
        "critical ",
        "fix ",
        "7 days ",
        "critical 7 days fix ",
        "<a",
        "<td>7 days",
        "<ul><li>7 days",
        "| 7 days ",
        "starts from ",
        "(",
        "<!--",
        "&",
        "](",
        "- \n",
        "# 7 days\n",
        "“x” ",
        "or next ",
        "within 1 month, ",
        "<tr><th rowspan=9>",
        "CVSS 9 ",
        "\u{0}\u{ffff}",
        "report. ",
        "5 business days of ",
        "whichever ",
        "except critical ",
        "all but high and ",
        "less than low or below ",
        "<p hidden>",
        "<div hidden>",
        "<s>",
        "<s a=\"",
        "~~a",
        "~~ a\n",
    ] {
        let _ = read(&policy, &many(piece));
        let _ = read(&policy, &format!("<html>{}", many(piece)));
    }
}
