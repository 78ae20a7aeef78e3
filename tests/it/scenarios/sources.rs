//! Two tools see one finding, then one of them stays away. What the finding is told by is what was read today, so these
//! stories say what is lost with a report that is missing; its clock never is.

use super::{
    FIRST, GHSA, LODASH, Npm6, SECOND, Story, THIRD, npm, result, sarif, yarn, yarn_summary,
};
use serde_json::json;

const LODASH_SEEN: &str = "CVE-2021-23337 GHSA-35jh-r3h4-6jhm";

/// The strictest word counts while it is told. A report that is missing takes its word with it, because a claim of an
/// earlier run may no longer hold; the date that was promised for it stays.
#[test]
fn the_worse_word_goes_with_the_report_that_told_it_and_its_date_stays() {
    let (high, critical) = (LODASH.text(), yarn("critical"));
    let mut story = Story::new();
    assert_eq!(
        story.day(FIRST, &[("npm.json", &high), ("yarn.ndjson", &critical)]),
        [format!("{LODASH_SEEN}, - open since 11-01 due 11-08")]
    );
    assert_eq!(
        story.day(SECOND, &[("npm.json", &high)]),
        [format!("{LODASH_SEEN}, updated open since 11-01 due 11-08")]
    );
    assert_eq!(story.findings()[0]["severity"], "high");
    let page = story.explain("CVE-2021-23337");
    assert!(page.contains("promised on 2026-11-01"), "{page}");
    // So it does when the report in between is the baseline.
    assert_eq!(
        story.day(THIRD, &[("npm.json", &high)]),
        [format!(
            "{LODASH_SEEN}, unchanged open since 11-01 due 11-08"
        )]
    );
}

/// A finding is fixed when whoever saw it last looked again. That lets another tool take the place of one that is gone
/// for good, and so does not wait for a tool whose report is only missing.
#[test]
fn who_saw_it_last_decides_whether_it_is_fixed() {
    let (npm6, clean) = (LODASH.text(), npm(None));
    let mut story = Story::new();
    story.day(
        FIRST,
        &[("npm.json", &npm6), ("yarn.ndjson", &yarn("high"))],
    );
    let mut at_once = Story::new();
    at_once.day(
        FIRST,
        &[("npm.json", &npm6), ("yarn.ndjson", &yarn("high"))],
    );
    assert_eq!(
        at_once.day(SECOND, &[("npm.json", &clean)]),
        [format!(
            "{LODASH_SEEN}, absent unobserved since 11-01 due 11-15"
        )]
    );
    story.day(SECOND, &[("npm.json", &npm6)]);
    assert_eq!(
        story.day(THIRD, &[("npm.json", &clean)]),
        [format!("{LODASH_SEEN}, absent fixed since 11-01 due 11-15")]
    );
    // Whoever finds it again finds it late.
    assert_eq!(
        story.day("2026-11-20", &[("yarn.ndjson", &yarn("high"))]),
        [format!("{LODASH_SEEN}, updated open since 11-01 due 11-15")]
    );
    let found = &story.findings()[0];
    assert_eq!(found["overdue"], json!(true));
    assert!(
        found["tags"]
            .as_array()
            .unwrap()
            .contains(&json!("reopened")),
        "{found}"
    );
}

#[test]
fn a_tool_that_took_the_place_of_another_says_fixed() {
    let mut story = Story::new();
    story.day(FIRST, &[("npm.json", &npm(Some((1_106_913, GHSA))))]);
    story.day(SECOND, &[("yarn.ndjson", &yarn("high"))]);
    assert_eq!(
        story.day(THIRD, &[("yarn.ndjson", &yarn_summary(None))]),
        [format!("{LODASH_SEEN}, absent fixed since 11-01 due 11-15")]
    );
}

#[test]
fn one_tool_that_is_clean_says_nothing_for_the_other() {
    let (npm6, clean) = (LODASH.text(), npm(None));
    let mut story = Story::new();
    story.day(
        FIRST,
        &[("npm.json", &npm6), ("yarn.ndjson", &yarn("high"))],
    );
    let told = story.day(
        SECOND,
        &[("npm.json", &clean), ("yarn.ndjson", &yarn("high"))],
    );
    assert_eq!(told.len(), 1);
    assert!(told[0].ends_with(" open since 11-01 due 11-15"), "{told:?}");
}

/// A better word is believed, but no date that was promised becomes later for it.
#[test]
fn a_better_word_loosens_no_promised_date() {
    let mut story = Story::new();
    story.day(FIRST, &[("npm.json", &LODASH.text())]);
    let better = Npm6 {
        severity: "moderate",
        ..LODASH
    };
    assert_eq!(
        story.day(SECOND, &[("npm.json", &better.text())]),
        [format!("{LODASH_SEEN}, updated open since 11-01 due 11-15")]
    );
    assert_eq!(story.findings()[0]["severity"], "medium");
}

/// A fingerprint that the tool works out anew is no name any more, and of equal snippets neither is: the states say new
/// and fixed, and the clock runs on all the same.
#[test]
fn new_fingerprints_of_equal_results_restart_no_clock() {
    let log = |version: &str, hashes: [&str; 2]| {
        let results = [(12, hashes[0]), (40, hashes[1])].map(|(line, hash)| {
            let mut result = result("js.eval", "src/ledger.js", line, "eval(input);");
            result["fingerprints"] = json!({"matchBasedId/v1": hash});
            result
        });
        sarif("Semgrep OSS", version, &results)
    };
    let mut story = Story::new();
    let first = log("1.97.0", ["a1b2c3d4e5f60718_0", "a1b2c3d4e5f60718_1"]);
    story.day(FIRST, &[("semgrep.sarif", &first)]);
    let second = log("1.98.0", ["99f0e1d2c3b4a596_0", "99f0e1d2c3b4a596_1"]);
    assert_eq!(
        story.day(SECOND, &[("semgrep.sarif", &second)]),
        [
            "js.eval src/ledger.js:12, absent fixed since 11-01 due 11-15",
            "js.eval src/ledger.js:12, new open since 11-01 due 11-15",
            "js.eval src/ledger.js:40, absent fixed since 11-01 due 11-15",
            "js.eval src/ledger.js:40, new open since 11-01 due 11-15",
        ]
    );
}

/// The hash of a line counts equal lines. Without a snippet nothing else tells which results are equal, so one that is
/// added above is taken for the old one, and the old one for a new one.
#[test]
fn a_line_hash_that_counts_equal_lines_moves_with_them() {
    let log = |lines: &[u32]| {
        let results = lines.iter().zip(1..).map(|(line, number)| {
            let mut result = result("js/xss", "src/board.js", *line, "");
            let region = json!({"startLine": line});
            result["locations"][0]["physicalLocation"]["region"] = region;
            let hash = format!("8f1d3a52c7e09b64:{number}");
            result["partialFingerprints"] = json!({"primaryLocationLineHash": hash});
            result
        });
        sarif("CodeQL", "2.19.3", &results.collect::<Vec<_>>())
    };
    let mut story = Story::new();
    story.day(FIRST, &[("codeql.sarif", &log(&[40]))]);
    assert_eq!(
        story.day(SECOND, &[("codeql.sarif", &log(&[12, 40]))]),
        [
            "js/xss src/board.js:12, updated open since 11-01 due 11-15",
            "js/xss src/board.js:40, new open since 11-08 due 11-22",
        ]
    );
}
