use std::sync::Arc;

use jiff::civil::date;

use super::*;
use crate::model::{Baseline, By, Deadline, Finding, Kind, Severity, Suppressed, Text};
use crate::report::{Page, fixture};

fn text(changes: &Changes) -> String {
    let mut out = Vec::new();
    changes
        .write_text(Page::default(), &mut out)
        .expect("a vector takes everything");
    String::from_utf8(out).expect("it is UTF-8")
}

fn markdown(changes: &Changes) -> String {
    let mut out = Vec::new();
    changes
        .write_markdown(&mut out)
        .expect("a vector takes everything");
    String::from_utf8(out).expect("it is UTF-8")
}

fn table(before: &Report, after: &Report) -> Changes {
    let mut changes = Changes::new(after.as_of);
    changes.add(&"::error::a.json".into(), Before::of(before).compare(after));
    changes
}

#[test]
fn hostile_words_are_shown_and_do_nothing() {
    let appeared = table(&fixture::empty(), &fixture::report());
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("change.text", text(&appeared));
        insta::assert_snapshot!("change.markdown", markdown(&appeared));
    });
    assert!(
        text(&appeared)
            .lines()
            .all(|line| !line.trim_start().starts_with("::"))
    );
}

/// The judgement of a finding that is due on a day of November 2026.
fn judgement(severity: Severity, status: Status, day: Option<i8>) -> Assessment {
    let deadline = day.map(|day| Deadline {
        ends: fixture::time(&format!("2026-11-{:02}T00:00:00Z", day + 1)),
        by: By::Day(date(2026, 11, day)),
        policy: "ours".into(),
    });
    Assessment {
        severity,
        score: None,
        status,
        suppressed: None,
        deadlines: Arc::new(
            deadline
                .map(|deadline| (Duty::Fix, deadline))
                .into_iter()
                .collect(),
        ),
        why: Arc::new([]),
        tags: Arc::new([]),
    }
}

fn moved_between(was: &Assessment, then: Timestamp, is: &Assessment, now: Timestamp) -> Vec<Shift> {
    let duties = duties(was, is);
    shifts(was, then, is, now, &duties).into_iter().collect()
}

/// The fix of a finding is due on 2026-11-20, and acknowledging it on the 19th.
fn with_duties() -> Assessment {
    let mut assessment = judgement(Severity::High, Status::Open, Some(20));
    let acknowledge = judgement(Severity::High, Status::Open, Some(19));
    let deadlines = Arc::make_mut(&mut assessment.deadlines);
    deadlines.insert(Duty::Acknowledge, acknowledge.due().unwrap().clone());
    assessment
}

#[test]
fn what_time_alone_did_is_told_as_that() {
    use Severity::High;
    let (then, now) = (
        fixture::time("2026-11-19T09:00:00Z"),
        fixture::time("2026-11-21T09:00:00Z"),
    );
    let is = |status| judgement(High, status, Some(20));
    let moved = |was: Status, to: Status| moved_between(&is(was), then, &is(to), now);
    assert_eq!(moved(Status::Open, Status::Open), [Shift::OverdueByTime]);
    // It was overdue in neither report.
    assert_eq!(moved(Status::Open, Status::Fixed), [Shift::Fixed]);
    assert_eq!(
        moved(Status::Fixed, Status::Open),
        [Shift::OverdueAtOnce, Shift::OpenAgain]
    );
    assert_eq!(
        moved(Status::Open, Status::Unobserved),
        [Shift::OverdueByTime, Shift::Unobserved]
    );
    assert_eq!(
        moved(Status::Unobserved, Status::Suppressed),
        [Shift::Suppressed]
    );
    assert_eq!(
        moved(Status::Unobserved, Status::Open),
        [Shift::OverdueByTime, Shift::SeenAgain]
    );
    // The accept ended between the two, and nobody decided anything.
    let mut accepted = is(Status::Suppressed);
    accepted.suppressed = Some(Box::new(Suppressed {
        kind: None,
        reason: "behind a flag".into(),
        by: "security".into(),
        until: Some(date(2026, 11, 20)),
        ends: Some(fixture::time("2026-11-20T23:00:00Z")),
        source: None,
    }));
    assert_eq!(
        moved_between(&accepted, then, &is(Status::Open), now),
        [Shift::OverdueByTime, Shift::OpenAgain]
    );
}

#[test]
fn every_duty_takes_part_and_instants_count() {
    let was = with_duties();
    let mut is = with_duties();
    assert_eq!(duties(&was, &is), BTreeMap::new());
    let deadlines = Arc::make_mut(&mut is.deadlines);
    // The same day, which ends an hour later.
    let fix = deadlines.get_mut(&Duty::Fix).unwrap();
    fix.ends = fixture::time("2026-11-21T01:00:00Z");
    let acknowledge = deadlines.remove(&Duty::Acknowledge).unwrap();
    let (loosened, tightened) = (Shift::Loosened, Shift::Tightened);
    let both = BTreeMap::from([(Duty::Acknowledge, loosened), (Duty::Fix, loosened)]);
    assert_eq!(duties(&was, &is), both);
    let both = BTreeMap::from([(Duty::Acknowledge, tightened), (Duty::Fix, tightened)]);
    assert_eq!(duties(&is, &was), both);
    // The same instant, said in another way.
    let mut other = with_duties();
    let deadlines = Arc::make_mut(&mut other.deadlines);
    deadlines.get_mut(&Duty::Acknowledge).unwrap().by = By::Time(acknowledge.ends);
    assert_eq!(duties(&was, &other), BTreeMap::new());
    other.status = Status::Fixed;
    assert_eq!(duties(&is, &other), BTreeMap::new());
}

/// The row of a finding in the text form, in one line.
fn row(was: &Assessment, is: &Assessment, baseline: Option<Baseline>) -> String {
    let report = |assessment: &Assessment| {
        let mut finding = Finding::new(Kind::Code, Text::line("Queue Board"));
        finding.baseline = baseline;
        finding.keys.insert(Key::ticket("A-1"));
        let mut report = fixture::empty();
        report.as_of = fixture::report().as_of;
        report.entries = vec![Box::new(Entry {
            fingerprint: Key::ticket("A-1"),
            finding: Box::new(finding),
            first_seen: None,
            tickets: Vec::new(),
            assessment: assessment.clone(),
        })];
        report
    };
    let shown = text(&table(&report(was), &report(is)));
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A report of findings that are called by these tickets, each with the keys of others beside its own.
fn report_of(findings: &[(&str, &[&str], Severity)]) -> Report {
    let mut report = fixture::empty();
    let entries = findings.iter().map(|(name, others, severity)| {
        let mut finding = Finding::new(Kind::Code, Text::line("Queue Board"));
        let names = others.iter().chain([name]);
        finding.keys.extend(names.map(|name| Key::ticket(name)));
        Entry {
            fingerprint: Key::ticket(name),
            finding: Box::new(finding),
            first_seen: None,
            tickets: Vec::new(),
            assessment: judgement(*severity, Status::Open, None),
        }
    });
    report.entries = entries.map(Box::new).collect();
    report
}

#[test]
fn findings_that_share_a_key_and_are_called_as_before_are_what_they_were() {
    use Severity::{High, Low};
    let both = report_of(&[("A-1", &["A-9"], High), ("A-2", &["A-9"], Low)]);
    let shifts = |before: &Report, after: &Report| -> Vec<Vec<Shift>> {
        let comparison = Before::of(before).compare(after);
        let changes = comparison.changes.iter();
        changes
            .map(|change| change.shifts.iter().copied().collect())
            .collect()
    };
    assert!(shifts(&both, &both).is_empty());
    let one = report_of(&[("A-2", &["A-9"], Low)]);
    assert_eq!(
        shifts(&both, &one),
        [[Shift::SeverityDown]],
        "two became one"
    );
    let other = report_of(&[("A-2", &[], Low)]);
    assert_eq!(shifts(&both, &other), [[Shift::Gone]]);
}

#[test]
fn a_row_names_the_duty_that_moved_and_no_rule_for_what_no_rule_did() {
    let was = with_duties();
    let mut is = with_duties();
    let deadlines = Arc::make_mut(&mut is.deadlines);
    let acknowledge = deadlines.get_mut(&Duty::Acknowledge).unwrap();
    acknowledge.by = By::Day(date(2026, 12, 8));
    acknowledge.ends = fixture::time("2026-12-09T00:00:00Z");
    let shown = row(&was, &is, None);
    let words = "acknowledge loosened from 2026-11-19 to 2026-12-08; by ours";
    assert!(shown.contains(words), "{shown}");
    assert!(!shown.contains("; loosened"), "{shown}");
    let shown = row(&is, &was, None);
    let words = "acknowledge tightened from 2026-12-08 to 2026-11-19; by ours";
    assert!(shown.contains(words), "{shown}");
    let mut unobserved = with_duties();
    unobserved.status = Status::Unobserved;
    let shown = row(&was, &unobserved, Some(Baseline::Unobserved));
    assert!(shown.contains("unobserved; was open"), "{shown}");
    assert!(!shown.contains("by ours"), "{shown}");
    let mut later = with_duties();
    let deadlines = Arc::make_mut(&mut later.deadlines);
    deadlines.get_mut(&Duty::Fix).unwrap().ends = fixture::time("2026-11-21T05:00:00Z");
    let shown = row(&was, &later, None);
    let words =
        "loosened; was due until 2026-11-21T00:00:00Z, now until 2026-11-21T05:00:00Z; by ours";
    assert!(shown.contains(words), "{shown}");
}

#[test]
fn each_way_to_move_has_its_word() {
    use Severity::{High, Low};
    use Status::{Fixed, Open, Suppressed};
    // The fixture's as-of is 2026-11-21T09:00:00Z.
    let as_of = fixture::report().as_of;
    let moved = |was, is| moved_between(&was, as_of, &is, as_of);
    let is = judgement;
    assert_eq!(
        moved(is(High, Open, Some(25)), is(High, Open, Some(25))),
        []
    );
    assert_eq!(
        moved(is(High, Open, Some(25)), is(High, Open, Some(24))),
        [Shift::Tightened]
    );
    assert_eq!(
        moved(is(High, Open, None), is(High, Open, Some(24))),
        [Shift::Tightened]
    );
    assert_eq!(
        moved(is(High, Open, Some(24)), is(High, Open, None)),
        [Shift::Loosened]
    );
    assert_eq!(
        moved(is(High, Open, Some(25)), is(High, Open, Some(20))),
        [Shift::OverdueAtOnce, Shift::Tightened]
    );
    assert_eq!(
        moved(is(High, Open, Some(20)), is(Low, Open, Some(28))),
        [Shift::Loosened, Shift::NoLongerOverdue, Shift::SeverityDown]
    );
    assert_eq!(
        moved(is(Low, Suppressed, Some(20)), is(High, Open, Some(20))),
        [Shift::OverdueAtOnce, Shift::SeverityUp, Shift::OpenAgain]
    );
    assert_eq!(
        moved(is(High, Fixed, Some(20)), is(High, Fixed, Some(2))),
        []
    );
}

#[test]
fn the_nearest_deadlines_of_all_reports_are_listed_and_all_are_counted() {
    let mut all = Changes::new(fixture::report().as_of);
    for number in 0..30 {
        let name = Text::line(&format!("{number}.json"));
        all.add(
            &name,
            Before::of(&fixture::empty()).compare(&fixture::report()),
        );
    }
    let entries = fixture::report().entries.len() as u64;
    assert_eq!(all.moved(), 30 * entries);
    assert_eq!(all.rows.len(), 50);
    let first = &all.rows[0].change.after;
    assert!(
        all.rows
            .iter()
            .take(30)
            .all(|row| row.change.after == *first)
    );
    let shown = text(&all);
    assert!(shown.contains(&format!(
        "and {} more; the JSON form has them all",
        30 * entries - 20
    )));
}

/// Every word is as costly to escape as it may be, in more rows, apps and rules than a summary lists.
#[test]
fn a_change_table_stays_under_one_mebibyte_and_counts_what_it_cuts() {
    let mut report = fixture::report();
    let mut entry = report.entries[0].clone();
    let costly = |number: usize| Text::from(format!("{number}{}", "@".repeat(3000)));
    entry.finding.title = Some(costly(0));
    entry.finding.ids = [costly(1)].into_iter().collect();
    if let Some(package) = &mut entry.finding.package {
        package.purl = costly(2);
    }
    report.entries = (0..2000)
        .map(|number| {
            let mut entry = entry.clone();
            entry.finding.app = costly(number);
            let why = entry.assessment.why.iter().cloned().map(|mut why| {
                (why.policy, why.rule) = (costly(number), costly(number));
                why.at = Some(costly(number));
                why
            });
            entry.assessment.why = why.collect();
            entry
        })
        .collect();
    let mut changes = Changes::new(report.as_of);
    for number in 0..3 {
        let before = Before::of(&fixture::empty());
        changes.add(&costly(number), before.compare(&report));
    }
    changes.note(costly(9));
    let shown = markdown(&changes);
    assert!(shown.len() < 1024 * 1024, "{} bytes", shown.len());
    assert!(shown.contains("### What moved (50 of 6000; the JSON form has them all)"));
    assert!(shown.contains("### By app (20 of 2000)"));
}

#[test]
fn a_narrow_page_and_a_wide_one_hold_their_edge_and_colour_stays_out_of_words() {
    let appeared = table(&fixture::empty(), &fixture::report());
    let shown = |columns, color| {
        let mut out = Vec::new();
        let page = Page { columns, color };
        appeared
            .write_text(page, &mut out)
            .expect("a vector takes everything");
        String::from_utf8(out).expect("it is UTF-8")
    };
    for columns in [60, 80, 120, 160] {
        let plain = shown(columns, false);
        for line in plain.lines() {
            let width = crate::report::escape::width(line);
            assert!(width <= columns, "{width} of {columns}: {line}");
        }
        assert_eq!(crate::report::tests::bare(&shown(columns, true)), plain);
    }
}
