use super::*;
use crate::report::fixture;

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
        insta::assert_snapshot!("verdict.text", shown(|out| verdict.write_text(out)));
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
