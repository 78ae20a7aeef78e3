use jiff::civil::date;

use super::{distance, name, place, reason, verdict};
use crate::model::{By, Capped, Deadline, Finding, Kind, Location, Outcome, Report, Text};
use crate::report::escape;
use crate::report::fixture::{self, time};

fn day(ends: &str, year: i16, month: i8, day: i8) -> Deadline {
    Deadline {
        ends: time(ends),
        by: By::Day(date(year, month, day)),
        policy: "flowdesk".into(),
    }
}

fn hour(ends: &str) -> Deadline {
    Deadline {
        ends: time(ends),
        by: By::Time(time(ends)),
        policy: "flowdesk".into(),
    }
}

#[test]
fn days_are_counted_between_dates() {
    let as_of = time("2026-11-21T23:30:00Z");
    let far = |deadline: Deadline| distance(&deadline, as_of);
    assert_eq!(
        far(day("2026-11-20T00:00:00Z", 2026, 11, 19)),
        "2 days overdue"
    );
    assert_eq!(
        far(day("2026-11-21T00:00:00Z", 2026, 11, 20)),
        "1 day overdue"
    );
    assert_eq!(far(day("2026-11-22T00:00:00Z", 2026, 11, 21)), "today");
    assert_eq!(far(day("2026-11-23T00:00:00Z", 2026, 11, 22)), "in 1 day");
    assert_eq!(far(day("2027-02-20T00:00:00Z", 2027, 2, 19)), "in 90 days");
}

#[test]
fn a_time_zone_never_contradicts_what_is_overdue() {
    // The day has ended in Sydney and not yet in UTC; and it has ended in UTC and not yet in Los Angeles.
    let sydney = day("2026-11-21T13:00:00Z", 2026, 11, 21);
    assert_eq!(
        distance(&sydney, time("2026-11-21T13:00:00Z")),
        "1 day overdue"
    );
    let los_angeles = day("2026-11-22T08:00:00Z", 2026, 11, 21);
    assert_eq!(
        distance(&los_angeles, time("2026-11-22T07:59:59Z")),
        "today"
    );
}

#[test]
fn today_is_the_day_where_the_deadline_ends() {
    // It is the 21st in Auckland from 2026-11-20T11:00:00Z on, and in New York from 2026-11-21T05:00:00Z on.
    let auckland = day("2026-11-21T11:00:00Z", 2026, 11, 21);
    assert_eq!(
        distance(&auckland, time("2026-11-20T10:59:59Z")),
        "in 1 day"
    );
    assert_eq!(distance(&auckland, time("2026-11-20T11:00:00Z")), "today");
    let new_york = day("2026-11-22T05:00:00Z", 2026, 11, 21);
    assert_eq!(
        distance(&new_york, time("2026-11-21T04:59:59Z")),
        "in 1 day"
    );
    assert_eq!(distance(&new_york, time("2026-11-22T04:59:59Z")), "today");
    // A report that was changed by hand names a day and an end that do not belong together.
    let odd = day("2026-12-24T00:00:00Z", 2026, 11, 21);
    assert_eq!(distance(&odd, time("2026-11-20T23:00:00Z")), "in 1 day");
}

#[test]
fn terms_of_hours_are_told_in_hours_while_they_are_near() {
    let as_of = time("2026-11-21T09:00:00Z");
    let far = |ends| distance(&hour(ends), as_of);
    assert_eq!(far("2026-11-21T14:00:00Z"), "in 5 hours");
    assert_eq!(far("2026-11-21T09:59:00Z"), "within the hour");
    assert_eq!(far("2026-11-21T09:00:00Z"), "overdue");
    assert_eq!(far("2026-11-21T04:00:00Z"), "5 hours overdue");
    assert_eq!(far("2026-11-24T09:00:00Z"), "in 3 days");
    assert_eq!(far("2026-11-18T09:00:00Z"), "3 days overdue");
}

#[test]
fn the_verdict_never_calls_unread_inputs_clean() {
    let say = |report: &Report| verdict(report, &report.summary());
    let mut report = fixture::empty();
    assert_eq!(say(&report), "no finding is open, but no input was read");
    report.inputs = vec![fixture::input("a.sarif", None, Outcome::Complete)];
    assert_eq!(say(&report), "no finding is open");
    report
        .inputs
        .push(fixture::input("b.sarif", None, Outcome::Partial));
    assert_eq!(
        say(&report),
        "no finding is open; 1 of 2 inputs was not read in full"
    );
    report.entries = fixture::report().entries;
    assert_eq!(
        say(&report),
        "2 of 8 open findings are overdue; 1 of 2 inputs was not read in full"
    );
    report
        .entries
        .retain(|entry| !entry.assessment.overdue(report.as_of));
    report.inputs.pop();
    assert_eq!(say(&report), "6 findings are open, none is overdue");
    report.inputs[0].ledger.rejected = 1;
    assert_eq!(
        say(&report),
        "6 findings are open, none is overdue; 1 of 1 input was not read in full"
    );
}

#[test]
fn a_finding_is_called_by_its_cve_then_by_its_rule_then_by_its_kind() {
    let mut finding = Finding::new(Kind::Secret, Text::default());
    assert_eq!(name(&finding, escape::terminal), "secret");
    finding.rule.id = Some("generic-key".into());
    assert_eq!(name(&finding, escape::terminal), "generic-key");
    finding
        .ids
        .extend(["RUSTSEC-2020-0001".into(), "GHSA-x".into()]);
    assert_eq!(name(&finding, escape::terminal), "GHSA-x");
    finding.ids.insert("CVE-2021-1".into());
    assert_eq!(name(&finding, escape::terminal), "CVE-2021-1");
}

#[test]
fn a_place_says_that_there_are_more() {
    let mut finding = Finding::new(Kind::Code, Text::default());
    assert_eq!(place(&finding, escape::terminal), None);
    let at = |path: &str, line| Location {
        path: Some(path.into()),
        start_line: line,
        ..Location::default()
    };
    finding.locations.insert(at("b.js", Some(7)));
    assert_eq!(place(&finding, escape::terminal).as_deref(), Some("b.js:7"));
    finding.locations.insert(at("a.js", None));
    assert_eq!(
        place(&finding, escape::terminal).as_deref(),
        Some("a.js and 1 more")
    );
    finding.locations = Capped::of([at("a.js", None)], true);
    assert_eq!(
        place(&finding, escape::terminal).as_deref(),
        Some("a.js and at least 1 more")
    );
}

#[test]
fn a_reason_names_policy_rule_start_and_term() {
    let report = fixture::report();
    let why: Vec<_> = report
        .entries
        .iter()
        .flat_map(|entry| entry.assessment.why.iter())
        .map(|why| reason(why, escape::csv))
        .collect();
    assert_eq!(
        why,
        [
            "default claim of npm-audit: critical by score 9.8",
            "flowdesk fix.critical (flow|desk.toml:9): 14 days from first-seen 2026-11-05T09:00:00Z (baseline) to 2026-11-19",
            "kev fix.any: later than the date above",
        ]
    );
}
