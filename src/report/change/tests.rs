use std::sync::Arc;

use jiff::civil::date;

use super::*;
use crate::model::{Assessment, By};
use crate::report::fixture;

fn text(changes: &Changes) -> String {
    let mut out = Vec::new();
    changes
        .write_text(&mut out)
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

#[test]
fn each_way_to_move_has_its_word() {
    use Severity::{High, Low};
    use Status::{Fixed, Open, Suppressed};
    // The fixture's as-of is 2026-11-21T09:00:00Z.
    let as_of = fixture::report().as_of;
    let moved = |was, is| shifts(&was, &is, as_of).into_iter().collect::<Vec<_>>();
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
        [Shift::OverdueAtOnce, Shift::SeverityUp, Shift::Status]
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
