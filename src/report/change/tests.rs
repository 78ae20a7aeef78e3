use std::sync::Arc;

use jiff::civil::date;

use super::*;
use crate::model::{Assessment, By};
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
