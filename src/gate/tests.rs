use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::date;

use super::*;
use crate::model::{
    Assessment, Baseline, By, Deadline, Duty, Epss, Finding, InputId, InputRecord, Kev, KevEntry,
    Key, Kind, Ledger, Outcome, Package, PolicyNote, PolicyTag, Set, Severity, Share, Suppressed,
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
        tags: [].into(),
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

fn report(entries: Vec<Entry>) -> Report {
    Report {
        as_of: time(0),
        policies: vec![PolicyNote {
            name: Text::line("ours"),
            source: None,
            digest: Text::line("blake3:aa"),
            next: None,
        }],
        inputs: Vec::new(),
        entries: entries.into_iter().map(Box::new).collect(),
        triage: Vec::new(),
        linked_tickets: Vec::new(),
        rejects: Vec::new(),
    }
}

/// Why a condition cannot be answered at a time.
fn refusal(condition: &str, report: &Report, as_of: Timestamp) -> Option<String> {
    let condition = condition.parse::<Condition>().unwrap();
    let refused = condition.answerable(report, as_of).err();
    refused.map(|error| error.to_string())
}

#[test]
fn every_duty_can_be_asked_and_overdue_alone_asks_for_the_fix() {
    let mut notify = entry(Severity::High, Some(-9), Status::Open, None);
    let deadlines = notify.assessment.deadlines.values().cloned();
    let deadlines = deadlines.map(|deadline| (Duty::Notify, deadline));
    notify.assessment.deadlines = deadlines.collect::<BTreeMap<_, _>>().into();
    for (condition, expected) in [
        ("overdue", false),
        ("overdue:fix", false),
        ("overdue:notify", true),
        ("due:notify<=+0d", true),
        ("due:assess<=+0d", false),
        ("due<=+0d", false),
    ] {
        assert_eq!(holds(condition, &notify, time(0)), expected, "{condition}");
    }
    let report = report(vec![notify]);
    let told = refusal("overdue", &report, time(0)).unwrap();
    assert!(
        told.contains("no policy that was applied is in force and sets a date to fix")
            && told.contains("for `overdue:notify`"),
        "{told}"
    );
    assert_eq!(refusal("overdue:notify", &report, time(0)), None);
}

#[test]
fn days_from_now_are_counted_in_the_calendar_of_the_deadline() {
    let hours = jiff::SignedDuration::from_hours;
    let mut due = entry(Severity::High, None, Status::Open, None);
    // The 21st begins in Kiritimati, 14 hours before UTC, when it is still the 20th elsewhere.
    let deadline = Deadline {
        ends: time(0) + hours(10),
        by: By::Day(date(2026, 11, 21)),
        policy: Text::line("ours"),
    };
    due.assessment.deadlines = BTreeMap::from([(Duty::Fix, deadline)]).into();
    let begins = time(0) - hours(14);
    assert!(holds("due<=+0d", &due, begins) && holds("due<=+0d", &due, time(0)));
    assert!(!holds("due<=+0d", &due, begins - hours(2)));
    assert!(holds("due<=+1d", &due, begins - hours(2)));
}

#[test]
fn what_nobody_looked_up_does_not_pass_for_unlisted() {
    let with = |looked: bool, listed: bool| {
        let mut entry = entry(Severity::High, Some(9), Status::Open, None);
        entry.finding.ids.insert(Text::line("CVE-2026-0001"));
        let listed = listed.then(|| KevEntry {
            added: date(2026, 11, 1),
            id: Text::line("CVE-2026-0001"),
            due: None,
            ransomware: false,
        });
        let kev = looked.then_some(Kev {
            listed,
            catalogue: date(2026, 11, 20),
        });
        entry.finding.note(|history| history.exploited.kev = kev);
        entry
    };
    let known = report(vec![with(true, false)]);
    assert_eq!(refusal("kev", &known, time(0)), None);
    let half = report(vec![with(true, false), with(false, false)]);
    let told = refusal("kev", &half, time(0)).unwrap();
    assert!(
        told.contains("nobody looked up 1 finding that it may hold for"),
        "{told}"
    );
    // What is known for sure of others is enough.
    assert_eq!(refusal("kev&severity>=critical", &half, time(0)), None);
    let sure = report(vec![with(true, true), with(false, false)]);
    assert_eq!(refusal("kev", &sure, time(0)), None);
}

#[test]
fn a_report_is_not_asked_of_a_day_on_which_another_version_of_its_policy_is_in_force() {
    let mut later = report(vec![entry(Severity::High, Some(90), Status::Open, None)]);
    later.policies[0].next = Some(time(5));
    let second = jiff::SignedDuration::from_secs(1);
    assert_eq!(refusal("overdue", &later, time(5) - second), None);
    let told = refusal("overdue", &later, time(5)).unwrap();
    assert!(
        told.contains("another version of policy `ours` is in force since 2026-11-26T00:00:00Z")
            && told.contains("scanfold rescore"),
        "{told}"
    );
    assert_eq!(refusal("new&kind=code", &later, time(5)), None);
    // What is overdue by the old version is so by a promise.
    assert_eq!(refusal("overdue", &later, time(99)), None);
}

#[test]
fn what_an_answer_lets_pass_is_told() {
    let unrated = entry(Severity::Unknown, Some(-9), Status::Open, None);
    let mut late = entry(Severity::Low, Some(-9), Status::Open, None);
    let deadline = late.assessment.due().unwrap().clone();
    late.assessment.deadlines =
        BTreeMap::from([(Duty::Fix, deadline.clone()), (Duty::Assess, deadline)]).into();
    let report = report(vec![unrated, late]);
    let told = |condition: &str| hints(&[condition.parse().unwrap()], &report, time(0));
    assert_eq!(
        told("severity>=high&open"),
        [
            "`severity>=high&open` lets 1 finding pass that nobody rated; `severity=unknown` asks for them"
        ]
    );
    assert!(told("severity>=medium").is_empty() && told("severity>=high&new&kev").is_empty());
    assert_eq!(
        told("overdue"),
        ["the date to assess has passed for 1 finding; `overdue:assess` asks for them"]
    );
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
        dated: None,
        scope: Set::new(),
        notes: Set::new(),
        reasons: Set::new(),
        doubts: Set::new(),
        ledger: Ledger {
            records: rejected,
            rejected,
            ..Ledger::default()
        },
        counted_again: 0,
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
        ("overdu", "did you mean `overdue`?"),
        ("overdue:notfy", "did you mean `notify`?"),
        ("due:nothing<=+1d", "no such duty in `due:nothing<=+1d`"),
        ("severity>=hgih", "did you mean `high`?"),
        ("kind=sercet", "did you mean `secret`?"),
        ("epss>=50", "expected a number from 0 to 1 in `epss>=50`"),
        ("app=", "expected a name or a glob in `app=`"),
        ("app>=a", "cannot understand `app>=a`"),
    ] {
        let error = words.parse::<Condition>().unwrap_err().to_string();
        assert!(
            error.contains(part) && error.contains("hint: "),
            "{words}: {error}"
        );
    }
}

#[test]
fn what_is_known_beside_scanners_can_be_asked() {
    let mut entry = entry(Severity::High, None, Status::Open, None);
    assert!(!holds("kev", &entry, time(0)) && !holds("epss>=0", &entry, time(0)));
    entry.finding.app = Text::line("Queue Board");
    entry.finding.came_back = true;
    entry.finding.note(|history| {
        history.owners.insert(Text::line("Team Harbor"));
        let kev = KevEntry {
            added: date(2026, 11, 1),
            id: Text::line("CVE-2026-0001"),
            due: None,
            ransomware: false,
        };
        history.exploited.kev = Some(Kev {
            listed: Some(kev),
            catalogue: date(2026, 11, 20),
        });
        history.exploited.epss = Some(Epss {
            day: date(2026, 11, 20),
            score: Share::new(0.5),
            percentile: None,
            scored: Set::new(),
        });
    });
    for condition in [
        "kev & epss>=0.5",
        "app=queue*",
        "kind=code",
        "tag=re*",
        "reopened",
        "owner=team harbor",
    ] {
        assert!(holds(condition, &entry, time(0)), "{condition}");
    }
    for condition in [
        "epss>=0.51",
        "app=queue",
        "kind=secret",
        "tag=x*",
        "owner=*board",
    ] {
        assert!(!holds(condition, &entry, time(0)), "{condition}");
    }
}

#[test]
fn a_gate_sees_what_rules_tag_and_takes_it_for_no_event() {
    let mut entry = entry(Severity::High, None, Status::Open, None);
    entry.finding.tags.insert(Text::line("direct"));
    entry.assessment.tags = ["payment", "reopened"]
        .map(|tag| PolicyTag {
            tag: tag.into(),
            policy: "ours".into(),
            rule: "rule shop".into(),
            at: "ours.toml:4".into(),
        })
        .into();
    for condition in ["tag=pay*", "tag=PAYMENT", "tag=direct", "tag=reopened"] {
        assert!(holds(condition, &entry, time(0)), "{condition}");
    }
    for condition in ["tag=paid", "reopened"] {
        assert!(!holds(condition, &entry, time(0)), "{condition}");
    }
}

#[test]
fn what_was_accepted_until_a_day_is_open_from_the_next() {
    let mut accepted = entry(Severity::High, Some(-9), Status::Suppressed, None);
    accepted.assessment.suppressed = Some(Box::new(Suppressed {
        kind: None,
        reason: Text::line("no way in"),
        by: Text::line("triage.toml"),
        until: Some(date(2026, 11, 21)),
        // Where the policy counts, the day ends an hour before it does in UTC.
        ends: Some(time(1) - jiff::SignedDuration::from_hours(1)),
        source: None,
    }));
    assert!(!holds("overdue", &accepted, time(0)));
    let end = time(1) - jiff::SignedDuration::from_hours(1);
    let second = jiff::SignedDuration::from_secs(1);
    assert!(!holds("overdue", &accepted, end - second));
    assert!(holds("overdue", &accepted, end) && !holds("unobserved", &accepted, end));
    accepted.finding.baseline = Some(Baseline::Unobserved);
    assert!(holds("unobserved&overdue", &accepted, time(1)));
}

#[test]
fn a_gate_calls_packages_and_checks_as_triage_files_do() {
    let mut entry = entry(Severity::High, None, Status::Open, None);
    entry.finding.kind = Kind::Dependency;
    entry.finding.ids = ["CVE-2026-1000", "GHSA-aaaa-bbbb-cccc"]
        .map(Text::line)
        .into_iter()
        .collect();
    entry.finding.rule.id = Some(Text::line("GHSA-aaaa-bbbb-cccc"));
    entry.finding.package = Some(Box::new(Package::new("pkg:npm/%40harbor/ui".into())));
    for condition in [
        "package=@harbor/ui",
        "package=pkg:npm/*",
        "rule=CVE-2026-1000",
        "rule=GHSA-*",
    ] {
        assert!(holds(condition, &entry, time(0)), "{condition}");
    }
    for condition in ["package=ui", "package=pkg:npm/@Harbor/ui", "rule=cve-*"] {
        assert!(!holds(condition, &entry, time(0)), "{condition}");
    }
    let error = "package=pkg:npm/@harbor/ui@1.0.0"
        .parse::<Condition>()
        .unwrap_err();
    let words = error.to_string();
    assert!(words.contains("a package is named without one"), "{words}");
}

#[test]
fn the_id_of_a_check_without_ids_is_asked_for() {
    let mut entry = entry(Severity::High, None, Status::Open, None);
    entry.finding.kind = Kind::Dependency;
    entry.finding.rule.id = Some(Text::line("yanked"));
    assert!(holds("rule=yanked", &entry, time(0)));
}
