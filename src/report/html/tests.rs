use std::sync::Arc;

use serde_json::Value;

use super::overview::Overview;
use super::page::SECURITY;
use super::{Html, days_until};
use crate::model::{By, Finding, Kind, Outcome, Text};
use crate::report::tests::written;
use crate::report::{Part, View, Writer, fixture};

/// The page without what is the same in every page.
pub(crate) fn without_ours(page: &str) -> String {
    let ours = [
        (include_str!("report.css"), "(the style)"),
        (include_str!("first.js"), "(first.js)"),
        (include_str!("dom.js"), "(dom.js)"),
        (include_str!("table.js"), "(table.js)"),
        (include_str!("detail.js"), "(detail.js)"),
        (include_str!("main.js"), "(main.js)"),
    ];
    let security = SECURITY.replace('\'', "&#39;");
    let page = page.replace(&security, "(the policy)");
    ours.iter().fold(page, |page, (words, name)| {
        assert!(page.contains(words), "{name} stands in the page as it is");
        page.replace(words, name)
    })
}

/// What stands in the block of data of that name.
fn block<'a>(page: &'a str, id: &str) -> &'a str {
    let (_, rest) = page
        .split_once(&format!(" id=\"{id}\">"))
        .expect("the block is there");
    let (block, _) = rest.split_once("</script>").expect("the block ends");
    block
}

fn parsed(page: &str, id: &str) -> Value {
    serde_json::from_str(block(page, id)).expect("the block is JSON")
}

#[test]
fn the_blocks_of_data_tell_of_each_finding_once() {
    let report = fixture::report();
    let page = written(&Html, &report);
    let rows = parsed(&page, "rows");
    let ids: Vec<_> = rows
        .as_array()
        .into_iter()
        .flatten()
        .map(|row| row[0].clone())
        .collect();
    let expected: Vec<Value> = report
        .entries
        .iter()
        .map(|entry| entry.fingerprint.hex()[..12].into())
        .collect();
    assert_eq!(ids, expected);
    let details: Vec<Value> = block(&page, "details")
        .lines()
        .map(|line| serde_json::from_str(line).expect("each line is JSON"))
        .collect();
    let shared = parsed(&page, "shared");
    assert_eq!(details.len(), report.entries.len());
    for (detail, entry) in details.iter().zip(&report.entries) {
        let sections = detail[2].as_array().expect("sections");
        let names = sections.last().expect("there is at least a name");
        let number = names[0]
            .as_u64()
            .and_then(|number| usize::try_from(number).ok());
        let number = number.expect("sections are named by number");
        assert_eq!(shared[0][number], "Names");
        assert_eq!(names[1][0][1], entry.fingerprint.hex());
    }
}

#[test]
fn nothing_stands_in_the_page_that_the_policy_would_have_to_allow() {
    let page = written(&Html, &fixture::report());
    let policy = SECURITY.as_str();
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(policy.matches("'sha256-").count(), 6);
    // The empty style of an attribute, a handler in an attribute, and anything that is loaded.
    for forbidden in [
        " style=",
        " onclick=",
        " onload=",
        " src=",
        "@import",
        "url(",
        "http-equiv=\"refresh",
    ] {
        let shown = without_ours(&page);
        let outside = shown
            .split("<script type=")
            .next()
            .expect("there is something before the data");
        assert!(!outside.contains(forbidden), "{forbidden}");
    }
    let ours = include_str!("report.css").to_owned()
        + include_str!("dom.js")
        + include_str!("table.js")
        + include_str!("detail.js")
        + include_str!("main.js");
    for forbidden in [
        "innerHTML",
        "outerHTML",
        "insertAdjacent",
        "eval(",
        "Function(",
        "fetch(",
        "XMLHttp",
        "url(",
        "@import",
        "document.write",
    ] {
        assert!(!ours.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn a_row_says_what_came_back_what_hides_it_and_that_nobody_looked() {
    let mut report = fixture::report();
    for entry in &mut report.entries {
        entry.finding.came_back = true;
    }
    let page = written(&Html, &report);
    let words = parsed(&page, "words");
    let members = |name: &str| words[name].as_array().expect("a list").clone();
    let standings = members("standings");
    for said in [
        "suppressed (false positive)",
        "open",
        "open, reopened",
        "unobserved",
        "fixed",
    ] {
        assert!(standings.contains(&said.into()), "{said}: {standings:?}");
    }
    for due in members("dues") {
        let far = due[1].as_str().expect("how far");
        assert!(far.ends_with(", reopened"), "{far}");
    }
    let (_, urgent) = page.split_once("<tbody>").expect("a table");
    assert!(
        urgent.contains("reopened</span> <span class=\"far\">unobserved</span></td>"),
        "{urgent}"
    );
}

#[test]
fn a_link_leads_to_the_web_or_nowhere() {
    let page = written(&Html, &fixture::report());
    let details = block(&page, "details");
    assert!(details.contains("[\"AMS-1, "), "{details}");
    assert!(
        details.contains("https://tracker.example/browse/AMS-1\"]"),
        "{details}"
    );
    assert!(!details.contains("javascript:"), "{details}");
}

#[test]
fn what_is_cut_says_how_much_is_missing() {
    let mut report = fixture::empty();
    let mut entry = fixture::report().entries.remove(0);
    entry.finding.description = Some(Text::prose(&"ö".repeat(4007)));
    entry.finding.weaknesses = (0..53)
        .map(|number| Text::from(format!("CWE-{number:03}")))
        .collect();
    report.entries = vec![entry];
    let page = written(&Html, &report);
    let shared = parsed(&page, "shared");
    let prose = shared[1][0].as_str().expect("prose");
    assert!(
        prose.ends_with("ö … and 7 more characters, which the JSON report has"),
        "{prose}"
    );
    assert_eq!(prose.matches('ö').count(), 4000);
    assert!(block(&page, "details").contains("\"CWE-049\",\"and 3 more\"]"));
}

#[test]
fn a_reader_is_told_what_fails_the_build() {
    let report = fixture::report();
    let mut view = View::default();
    let condition = vec!["overdue&app=<b>".into()];
    let failing = [(report.entries[0].fingerprint, condition)];
    view.failing = Arc::new(failing.into());
    view.failing_inputs.push("rejects".into());
    let mut out = Vec::new();
    Html.write(&report, &view, &mut out)
        .expect("a vector takes everything");
    let page = String::from_utf8(out).expect("a page is UTF-8");
    assert!(
        page.contains("<code>overdue&#38;app=&#60;b&#62;</code> holds for 1 finding</p>"),
        "{page}"
    );
    assert!(page.contains("<code>rejects</code> holds</p>"));
    assert!(block(&page, "details").contains("\"overdue\\u0026app=\\u003cb\\u003e\""));
}

#[test]
fn days_are_counted_between_dates() {
    let as_of = fixture::time("2026-11-21T23:59:00Z");
    let time = |words| By::Time(fixture::time(words));
    assert_eq!(
        days_until(By::Day(jiff::civil::date(2026, 11, 21)), as_of),
        0
    );
    assert_eq!(days_until(time("2026-11-22T00:01:00Z"), as_of), 1);
    assert_eq!(
        days_until(By::Day(jiff::civil::date(2026, 11, 14)), as_of),
        -7
    );
}

#[test]
fn a_ticket_that_was_linked_says_what_was_decided_about_it() {
    let mut report = fixture::report();
    let entry = report
        .entries
        .iter()
        .find(|entry| !entry.tickets.is_empty());
    let ticket = entry.expect("the fixture has tickets").tickets[0].clone();
    let mut linked = Finding::new(Kind::Ticket, Text::default());
    linked.ticket = Some(Box::new(ticket));
    linked.note(|history| {
        history.decisions.insert(crate::model::Decision {
            verdict: crate::model::Verdict::Accepted,
            source: "triage.toml line 3".into(),
            by: Some("R. Okafor".into()),
            reason: None,
            until: None,
            said: None,
            subject: None,
            versions: crate::model::Set::new(),
            paths: crate::model::Set::new(),
        });
    });
    report.linked_tickets = vec![linked];
    let page = written(&Html, &report);
    assert!(block(&page, "details").contains("accepted by R. Okafor (triage.toml line 3)"));
}

#[test]
fn the_last_of_seven_and_of_thirty_days_counts() {
    let mut report = fixture::report();
    let by = By::Day(jiff::civil::date(2026, 11, 29));
    report.entries.retain(|entry| {
        entry.assessment.status.is_due() && entry.assessment.due().is_some_and(|due| due.by == by)
    });
    assert_eq!(report.entries.len(), 1);
    let mut counted = |as_of| {
        report.as_of = fixture::time(as_of);
        let overview = Overview::of(&report);
        (overview.soon, overview.month)
    };
    assert_eq!(counted("2026-11-22T09:00:00Z"), (1, 1));
    assert_eq!(counted("2026-11-21T09:00:00Z"), (0, 1));
    assert_eq!(counted("2026-10-30T09:00:00Z"), (0, 1));
    assert_eq!(counted("2026-10-29T09:00:00Z"), (0, 0));
    assert_eq!(counted("2026-12-01T09:00:00Z"), (0, 0));
}

/// How the verdict is marked.
fn mood(report: &crate::model::Report, view: &View) -> String {
    let mut out = Vec::new();
    Html.write(report, view, &mut out)
        .expect("a vector takes everything");
    let page = String::from_utf8(out).expect("a page is UTF-8");
    let (_, rest) = page
        .split_once("<div class=\"verdict ")
        .expect("there is a verdict");
    let (mood, _) = rest.split_once('"').expect("the attribute ends");
    mood.to_owned()
}

#[test]
fn a_part_and_what_has_no_date_are_not_fine() {
    let mut report = fixture::report();
    report
        .inputs
        .retain(|input| input.outcome == Outcome::Complete && input.ledger.rejected == 0);
    assert!(!report.inputs.is_empty());
    let as_of = report.as_of;
    report
        .entries
        .retain(|entry| entry.assessment.status.is_due() && !entry.assessment.overdue(as_of));
    let whole = View::default();
    assert_eq!(mood(&report, &whole), "fine");
    let part = View {
        part: Some(Part {
            all: 11,
            met: 11,
            condition: None,
            limit: Some(2),
        }),
        ..View::default()
    };
    assert_eq!(mood(&report, &part), "doubt");
    report
        .entries
        .retain(|entry| entry.assessment.due().is_none());
    assert!(!report.entries.is_empty());
    assert_eq!(mood(&report, &whole), "doubt");
    report.entries.clear();
    assert_eq!(mood(&report, &whole), "fine");
}
