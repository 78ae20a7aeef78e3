use super::*;
use crate::report::tests::bare;
use crate::report::{Page, fixture};

fn verdict() -> Verdict {
    let report = fixture::report();
    let findings = report
        .entries
        .iter()
        .map(|entry| Met::of(entry, Status::Open));
    Verdict {
        as_of: report.as_of,
        exit_code: 3,
        conditions: vec!["open".to_owned(), "rejects".to_owned()],
        answers: vec![
            Answer {
                report: "::error::a | b.json".into(),
                held: vec![
                    Held {
                        condition: "open".to_owned(),
                        words: "open: 10 findings".to_owned(),
                        findings: findings.collect(),
                        rejected: None,
                    },
                    Held {
                        condition: "rejects".to_owned(),
                        words: "rejects: 2 rejected records".to_owned(),
                        findings: Vec::new(),
                        rejected: Some(2),
                    },
                ],
                objections: vec!["reports/=1+1.html: failed: <b>@team".into()],
            },
            Answer {
                report: "clean.json".into(),
                held: Vec::new(),
                objections: Vec::new(),
            },
        ],
    }
}

fn shown(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).expect("a vector takes everything");
    let shown = String::from_utf8(out).expect("it is UTF-8");
    shown.replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

#[test]
fn hostile_words_are_shown_and_do_nothing() {
    let verdict = verdict();
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("verdict.text", shown(|out| verdict.write_text(Page::default(), out)));
        insta::assert_snapshot!("verdict.markdown", shown(|out| verdict.write_markdown(out)));
        insta::assert_snapshot!("verdict.json", shown(|out| verdict.write_json(out)));
    });
}

#[test]
fn rows_of_markdown_are_counted_over_all_reports() {
    let mut verdict = verdict();
    let all: Vec<_> = std::iter::repeat_n(verdict.answers[0].held[0].findings.clone(), 20)
        .flatten()
        .collect();
    verdict.answers[0].held[0].findings = all;
    let shown = shown(|out| verdict.write_markdown(out));
    let more = 20 * fixture::report().entries.len() - 100;
    assert!(shown.contains(&format!("And {more} more; the JSON form has them all.")));
}

#[test]
fn what_is_met_outweighs_what_is_doubted() {
    assert_eq!(May::of(false, false), May::Ship);
    assert_eq!(May::of(false, true), May::Unknown);
    assert_eq!(May::of(true, true), May::NotShip);
    assert_eq!(verdict().may(), May::NotShip);
}

/// Every word is as costly to escape as it may be, in more findings and reports than a summary holds.
#[test]
fn a_verdict_stays_under_one_mebibyte_and_counts_what_it_cuts() {
    let mut verdict = verdict();
    let costly: Text = "@".repeat(5000).into();
    let mut met = verdict.answers[0].held[0].findings[0].clone();
    met.finding.app = costly.clone();
    met.finding.name = costly.clone();
    met.finding.place = Some(costly.clone());
    met.finding.title = Some(costly.clone());
    for why in &mut met.why {
        why.policy = costly.clone();
        why.rule = costly.clone();
        why.start = Some(costly.clone());
        why.start_source = Some(costly.clone());
        why.term = Some(costly.clone());
        why.note = Some(costly.clone());
    }
    let mut answer = verdict.answers[0].clone();
    answer.report = costly.clone();
    answer.objections = vec![costly; 100];
    answer.held[0].findings = vec![met; 100];
    verdict.answers = vec![answer; 200];
    let shown = shown(|out| verdict.write_markdown(out));
    assert!(shown.len() < 1024 * 1024, "{} bytes", shown.len());
    let rows = shown
        .lines()
        .filter(|line| line.starts_with("| 2026-"))
        .count();
    let last = shown.lines().last().expect("there are lines");
    let cut = format!("**Cut: {} rows of findings and ", 200 * 100 - rows);
    assert!(rows > 30 && last.starts_with(&cut), "{rows} rows: {last}");
}

#[test]
fn the_first_line_is_the_verdict_and_what_it_hangs_on() {
    let first = |verdict: &Verdict| {
        let shown = shown(|out| verdict.write_text(Page::default(), out));
        shown.lines().next().unwrap_or_default().to_owned()
    };
    let mut verdict = verdict();
    assert_eq!(
        first(&verdict),
        "must not ship: 10 findings in 2 reports meet any of 2 conditions"
    );
    verdict.answers.truncate(1);
    verdict.conditions.truncate(1);
    verdict.answers[0].held.truncate(1);
    verdict.answers[0].held[0].findings.truncate(1);
    assert_eq!(first(&verdict), "must not ship: 1 finding meets `open`");
    verdict.answers[0].held.clear();
    assert_eq!(
        first(&verdict),
        "cannot tell: not every report can be relied on"
    );
    verdict.answers[0].objections.clear();
    assert_eq!(first(&verdict), "may ship: no finding meets `open`");
}

#[test]
fn a_narrow_page_and_a_wide_one_hold_their_edge_and_colour_stays_out_of_words() {
    let shown = |columns, color| shown(|out| verdict().write_text(Page { columns, color }, out));
    for columns in [60, 80, 120, 160] {
        let plain = shown(columns, false);
        assert!(!plain.contains('\u{1b}'));
        for line in plain.lines() {
            let width = crate::report::escape::width(line);
            assert!(width <= columns, "{width} of {columns}: {line}");
        }
        assert_eq!(bare(&shown(columns, true)), plain);
    }
}
