use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::date;

use super::*;
use crate::model::{
    Assessment, Deadline, Duty, Finding, InputId, InputRecord, Key, Kind, Ledger, Outcome, Set,
    Text,
};

const DAY: i64 = 86_400;

fn time(days: i64) -> Timestamp {
    // 2026-11-21T00:00:00Z
    Timestamp::from_second(1_795_219_200 + days * DAY).unwrap()
}

/// A finding that is due on the day that is so many days after 2026-11-21.
fn entry(
    severity: Severity,
    due: Option<i64>,
    status: Status,
    baseline: Option<Baseline>,
) -> Entry {
    let mut finding = Finding::new(Kind::Code, Text::default());
    finding.baseline = baseline;
    let deadline = due.map(|days| Deadline {
        ends: time(days + 1),
        by: By::Day(
            date(2026, 11, 21)
                .checked_add(jiff::Span::new().days(days))
                .unwrap(),
        ),
        policy: Text::line("ours"),
    });
    let assessment = Assessment {
        severity,
        score: None,
        status,
        suppressed: None,
        deadlines: deadline
            .map(|deadline| (Duty::Fix, deadline))
            .into_iter()
            .collect::<BTreeMap<_, _>>()
            .into(),
        why: [].into(),
    };
    Entry {
        fingerprint: Key::ticket("A-1"),
        finding: Box::new(finding),
        first_seen: None,
        tickets: Vec::new(),
        assessment,
    }
}

fn holds(condition: &str, entry: &Entry, as_of: Timestamp) -> bool {
    condition.parse::<Condition>().unwrap().holds(entry, as_of)
}

#[test]
fn a_finding_is_overdue_when_its_last_day_has_ended() {
    let due = entry(Severity::High, Some(3), Status::Open, None);
    assert!(!holds("overdue", &due, time(3)));
    assert!(holds("overdue", &due, time(4)));
    assert!(!holds(
        "overdue",
        &entry(Severity::High, None, Status::Open, None),
        time(999)
    ));
}

#[test]
fn due_dates_are_compared_with_days_and_dates() {
    let due = entry(Severity::Low, Some(14), Status::Open, None);
    assert!(holds("due<=2026-12-05", &due, time(0)));
    assert!(!holds("due<=2026-12-04", &due, time(0)));
    assert!(holds("due<=+14d", &due, time(0)) && !holds("due<=+13d", &due, time(0)));
    assert!(!holds(
        "due<=2999-01-01",
        &entry(Severity::Low, None, Status::Open, None),
        time(0)
    ));
}

#[test]
fn what_nobody_rated_counts_as_worse_than_medium() {
    let unrated = entry(Severity::Unknown, None, Status::Open, None);
    assert!(
        holds("severity>=medium", &unrated, time(0)) && !holds("severity>=high", &unrated, time(0))
    );
    assert!(
        holds("severity=unknown", &unrated, time(0))
            && !holds("severity<=medium", &unrated, time(0))
    );
}

#[test]
fn all_parts_of_a_condition_must_hold() {
    let new = entry(Severity::High, Some(1), Status::Open, Some(Baseline::New));
    assert!(holds("new & severity>=high", &new, time(0)));
    assert!(!holds("new&severity>=critical", &new, time(0)));
    assert!(!holds(
        "new",
        &entry(Severity::High, None, Status::Open, Some(Baseline::Updated)),
        time(0)
    ));
    let unknown = entry(Severity::High, None, Status::Open, None);
    assert!(holds("new", &unknown, time(0)), "nothing was known before");
}

#[test]
fn what_is_suppressed_or_fixed_stops_no_release_and_what_nobody_looked_for_does() {
    for (status, expected) in [
        (Status::Open, true),
        (Status::Unobserved, true),
        (Status::Suppressed, false),
        (Status::Fixed, false),
    ] {
        let late = entry(
            Severity::Critical,
            Some(-9),
            status,
            Some(Baseline::Unobserved),
        );
        assert_eq!(holds("overdue", &late, time(0)), expected, "{status:?}");
        assert_eq!(holds("open", &late, time(0)), expected, "{status:?}");
    }
    assert!(holds(
        "unobserved",
        &entry(Severity::Low, None, Status::Unobserved, None),
        time(0)
    ));
}

#[test]
fn rejects_are_a_condition_on_inputs() {
    let input = |rejected| InputRecord {
        id: Arc::new(InputId {
            path: Text::line("a"),
            digest: Text::default(),
        }),
        format: None,
        scanner: None,
        scanner_version: None,
        bytes: 0,
        outcome: Outcome::Complete,
        scanned: None,
        scope: Set::new(),
        notes: Set::new(),
        ledger: Ledger {
            records: rejected,
            rejected,
            ..Ledger::default()
        },
    };
    let mut report = Report {
        as_of: time(0),
        policies: Vec::new(),
        inputs: vec![input(0)],
        entries: Vec::new(),
        triage: Vec::new(),
        linked_tickets: Vec::new(),
        rejects: Vec::new(),
    };
    let conditions = ["rejects".parse().unwrap()];
    assert!(check(&conditions, &report, time(0)).is_empty());
    report.inputs.push(input(2));
    assert_eq!(check(&conditions, &report, time(0)).len(), 1);
}

#[test]
fn what_cannot_be_understood_is_refused_with_the_part_and_what_there_is() {
    for (words, part) in [
        ("", "cannot understand ``"),
        ("overdue&", "cannot understand ``"),
        ("severity>=hgih", "no such severity in `severity>=hgih`"),
        ("severity>high", "cannot understand `severity>high`"),
        (
            "due<=tomorrow",
            "expected a date (`2026-12-31`) or days from now (`+14d`) in `due<=tomorrow`",
        ),
        ("due<=+99999999d", "expected a date"),
        ("rejects&new", "cannot be joined"),
    ] {
        let error = words.parse::<Condition>().unwrap_err().to_string();
        assert!(
            error.contains(part) && error.contains("hint: "),
            "{words}: {error}"
        );
    }
}
