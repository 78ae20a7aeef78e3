//! Cut reports: a real report that ends in the middle is never taken for a whole one with fewer findings.

use std::fs;

use rayon::prelude::*;
use scanfold::model::Outcome;
use scanfold::parse::Parser;
use scanfold::source::{HEAD, Input};

use crate::given::{claims, parse, real_files};

/// Every prefix of so many bytes.
const STEP: usize = 97;
/// Of a large report only so many prefixes.
const MOST: usize = 32;

/// Whether nothing in a report that ends after `cut` tells that it goes on.
fn cannot_tell(parser: &dyn Parser, whole: &[u8], cut: usize) -> bool {
    let line_end = whole[..cut].ends_with(b"\n") || whole[cut..].starts_with(b"\n");
    match parser.name() {
        // Rows have no end mark and no count, and TOML may end after any line: one more or less is as good a file.
        "cargo-lock" => line_end,
        "jira-csv" | "bugcrowd-csv" => line_end && !is_within_quotes(&whole[..cut]),
        // A line for each advisory, and no summary after them. In yarn 1 there is one.
        "yarn-audit" => line_end && !memmem(whole, b"\"auditSummary\""),
        _ => false,
    }
}

/// Whether a quoted cell of a well-formed table goes on.
fn is_within_quotes(table: &[u8]) -> bool {
    memchr::memchr_iter(b'"', table).count() % 2 == 1
}

fn memmem(whole: &[u8], part: &[u8]) -> bool {
    whole.windows(part.len()).any(|window| window == part)
}

/// Reads the first `cut` bytes; what is wrong with the answer, if anything is.
fn check(parser: &dyn Parser, name: &str, whole: &[u8], full: usize, cut: usize) -> Option<String> {
    let (collected, closing) = parse(parser, name, &whole[..cut]);
    assert!(collected.balances(), "{name} at {cut}: {collected:?}");
    let complete = closing.is_ok_and(|closing| closing.outcome == Outcome::Complete);
    let found = collected.findings.len();
    (complete && found < full && !cannot_tell(parser, whole, cut))
        .then(|| format!("{name}: {found} of {full} findings in {cut} bytes"))
}

/// Where a report of so many bytes is cut. An empty file is left out: nobody claims it.
fn cuts(length: usize) -> Vec<usize> {
    let steps = length.saturating_sub(1) / STEP;
    let every = if length <= HEAD {
        1
    } else {
        steps.div_ceil(MOST)
    };
    (1..=steps / every)
        .map(|step| step * every * STEP)
        .collect()
}

#[test]
fn a_report_that_is_cut_anywhere_is_not_taken_for_a_whole_one() {
    let Some(files) = real_files() else { return };
    let checked: Vec<(usize, Vec<String>)> = files
        .into_par_iter()
        .map(|(name, path)| {
            let head = Input::file(&path, true).head().unwrap();
            let [parser] = claims(&head)[..] else {
                return (0, Vec::new());
            };
            let whole = fs::read(&path).unwrap();
            let (collected, _) = parse(parser, &name, &whole);
            assert!(collected.balances(), "{name}");
            let full = collected.findings.len();
            let cuts = cuts(whole.len());
            let wrong = cuts
                .par_iter()
                .filter_map(|cut| check(parser, &name, &whole, full, *cut));
            (cuts.len(), wrong.collect())
        })
        .collect();
    let wrong: Vec<&String> = checked.iter().flat_map(|(_, wrong)| wrong).collect();
    assert!(wrong.is_empty(), "said to be complete: {wrong:#?}");
    let count: usize = checked.iter().map(|(count, _)| count).sum();
    assert!(count > 10_000, "{count} prefixes");
}
