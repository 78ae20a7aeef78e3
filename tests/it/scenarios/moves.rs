//! The second look: code that went elsewhere keeps its clock, and nothing else is taken for it.

use serde_json::{Value, json};

use super::{FIRST, GHSA, LODASH, Npm6, SECOND, Story, THIRD, result, sarif};
use crate::cli::{flat, scanfold};

const GHSA_ID: &str = "GHSA-35jh-r3h4-6jhm";
const CARD: &str = "panel.innerHTML = card.title;";
const NOTE: &str = "panel.innerHTML = note.body;";

fn codeql(results: &[Value]) -> String {
    sarif("CodeQL", "2.19.3", results)
}

fn xss(path: &str, line: u32, snippet: &str) -> Value {
    result("js/xss", path, line, snippet)
}

/// The same with a fingerprint of the tool.
fn called(mut result: Value, fingerprint: &str) -> Value {
    result["partialFingerprints"] = json!({"primaryLocationLineHash": fingerprint});
    result
}

/// What the second report tells after the first.
fn then(first: &[Value], second: &[Value]) -> (Vec<String>, Story) {
    let mut story = Story::new();
    story.day(FIRST, &[("codeql.sarif", &codeql(first))]);
    let told = story.day(SECOND, &[("codeql.sarif", &codeql(second))]);
    (told, story)
}

#[test]
fn a_renamed_file_keeps_its_clock_and_says_where_it_was() {
    let (told, mut story) = then(
        &[xss("src/board.js", 42, CARD)],
        &[xss("src/panel.js", 42, CARD)],
    );
    assert_eq!(
        told,
        ["js/xss src/panel.js:42, updated open since 11-01 due 11-15"]
    );
    let finding = &story.findings()[0];
    assert_eq!(finding["moved"][0]["from"], "src/board.js");
    let old = finding["moved"][0]["fingerprint"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(finding["moved"][0]["same_code"], true);
    assert_eq!(
        finding["moved"][0]["promises"]["fix"]["deadline"]["by"],
        "2026-11-15"
    );
    assert!(story.explain(&old).contains("src/panel.js"));
    // It goes on from there.
    let third = codeql(&[xss("src/panel.js", 50, CARD)]);
    assert_eq!(
        story.day(THIRD, &[("codeql.sarif", &third)]),
        ["js/xss src/panel.js:50, updated open since 11-01 due 11-15"]
    );
}

#[test]
fn of_two_that_it_could_be_it_is_none() {
    let (told, _) = then(
        &[xss("src/board.js", 42, CARD)],
        &[xss("src/panel.js", 42, CARD), xss("src/list.js", 42, CARD)],
    );
    assert_eq!(
        told,
        [
            "js/xss src/board.js:42, absent fixed since 11-01 due 11-15",
            "js/xss src/list.js:42, new open since 11-08 due 11-22",
            "js/xss src/panel.js:42, new open since 11-08 due 11-22",
        ]
    );
}

#[test]
fn a_copy_of_code_that_is_still_there_is_new() {
    let (told, _) = then(
        &[xss("src/board.js", 42, CARD)],
        &[xss("src/board.js", 42, CARD), xss("src/panel.js", 42, CARD)],
    );
    assert_eq!(
        told,
        [
            "js/xss src/board.js:42, unchanged open since 11-01 due 11-15",
            "js/xss src/panel.js:42, new open since 11-08 due 11-22",
        ]
    );
}

#[test]
fn another_rule_or_tool_or_app_is_another_finding() {
    let first = codeql(&[xss("src/board.js", 42, CARD)]);
    let semgrep = sarif("Semgrep OSS", "1.99.0", &[xss("src/panel.js", 42, CARD)]);
    let clean = codeql(&[]);
    let mut story = Story::new();
    story.day(FIRST, &[("codeql.sarif", &first)]);
    assert_eq!(
        story.day(
            SECOND,
            &[("codeql.sarif", &clean), ("semgrep.sarif", &semgrep)]
        ),
        [
            "js/xss src/board.js:42, absent fixed since 11-01 due 11-15",
            "js/xss src/panel.js:42, new open since 11-08 due 11-22",
        ]
    );
    let (told, _) = then(
        &[xss("src/board.js", 42, CARD)],
        &[result("js/dom", "src/panel.js", 42, CARD)],
    );
    assert_eq!(told.len(), 2, "{told:?}");
}

/// The line was rewritten and the rule still fires: the clock runs on, but what was said of the old code is not said of
/// the new one.
#[test]
fn the_only_one_of_its_file_keeps_the_clock_when_its_code_changes() {
    let (told, story) = then(
        &[xss("src/board.js", 42, CARD)],
        &[xss("src/board.js", 42, NOTE)],
    );
    assert_eq!(
        told,
        ["js/xss src/board.js:42, updated open since 11-01 due 11-15"]
    );
    let finding = &story.findings()[0];
    assert_eq!(finding["moved"][0]["same_code"], false);
    let evidence = finding["moved"][0]["evidence"].as_str().unwrap();
    assert!(evidence.contains("only one of its rule"), "{evidence}");
}

#[test]
fn two_that_changed_in_one_file_are_told_apart_from_two_others() {
    let (told, _) = then(
        &[xss("src/board.js", 4, CARD), xss("src/board.js", 8, NOTE)],
        &[
            xss("src/board.js", 4, "a.innerHTML = b;"),
            xss("src/board.js", 8, "c.innerHTML = d;"),
        ],
    );
    let new = told
        .iter()
        .filter(|line| line.contains("new open since 11-08"));
    assert_eq!((told.len(), new.count()), (4, 2), "{told:?}");
}

#[test]
fn nothing_moves_out_of_a_scan_that_did_not_run() {
    let first = codeql(&[xss("src/board.js", 42, CARD)]);
    let mut failed: Value =
        serde_json::from_str(&codeql(&[xss("src/panel.js", 42, CARD)])).unwrap();
    failed["runs"][0]["invocations"] = json!([{"executionSuccessful": false}]);
    let mut story = Story::new();
    story.day(FIRST, &[("codeql.sarif", &first)]);
    assert_eq!(
        story.bad_day(SECOND, &[("codeql.sarif", &failed.to_string())]),
        [
            "js/xss src/board.js:42, absent unobserved since 11-01 due 11-15",
            "js/xss src/panel.js:42, new open since 11-08 due 11-22",
        ]
    );
}

/// No report holds a secret, so that one which took the place of another looks the same: it counts as new, and what is
/// gone as gone, but the clock of the one that was leaked first does not start anew.
#[test]
fn a_secret_in_a_moved_file_keeps_the_clock_and_is_new_all_the_same() {
    let leaks = |path| {
        sarif(
            "gitleaks",
            "v8.21.2",
            &[result("generic-api-key", path, 3, "KEY=REDACTED")],
        )
    };
    let mut story = Story::new();
    story.day(FIRST, &[("gitleaks.sarif", &leaks("config/app.env"))]);
    assert_eq!(
        story.day(SECOND, &[("gitleaks.sarif", &leaks("deploy/app.env"))]),
        [
            "generic-api-key config/app.env:3, absent fixed since 11-01 due 11-15",
            "generic-api-key deploy/app.env:3, new open since 11-01 due 11-15",
        ]
    );
}

/// The tool calls a changed line by its old fingerprint, and a copy of the old line by a new one: the baseline knows both
/// names as one, today's report shows two.
#[test]
fn a_baseline_makes_no_two_records_of_one_report_one() {
    let (told, story) = then(
        &[called(xss("src/board.js", 42, CARD), "8f1d3a52c7e09b64:1")],
        &[
            called(xss("src/board.js", 42, NOTE), "8f1d3a52c7e09b64:1"),
            called(xss("src/board.js", 60, CARD), "27b0c4d1e95a3f86:1"),
        ],
    );
    assert_eq!(
        told,
        [
            "js/xss src/board.js:42, unchanged open since 11-01 due 11-15",
            "js/xss src/board.js:60, new open since 11-01 due 11-15",
        ]
    );
    let names: Vec<_> = story
        .findings()
        .iter()
        .map(|one| one["fingerprint"].clone())
        .collect();
    assert_ne!(names[0], names[1]);
}

/// One more report, of another day, bears the fingerprint of one finding and the code of another.
#[test]
fn a_third_report_makes_no_two_records_of_one_report_one() {
    let two = codeql(&[
        called(xss("src/board.js", 42, CARD), "8f1d3a52c7e09b64:1"),
        called(xss("src/board.js", 60, NOTE), "27b0c4d1e95a3f86:1"),
    ]);
    let bridge = codeql(&[called(xss("src/board.js", 42, NOTE), "8f1d3a52c7e09b64:1")]);
    let mut story = Story::new();
    let told = story.day(FIRST, &[("two.sarif", &two), ("bridge.sarif", &bridge)]);
    assert_eq!(told.len(), 2, "{told:?}");
    let names: Vec<_> = story
        .findings()
        .iter()
        .map(|one| super::words_of(&one["fingerprint"]))
        .collect();
    let apart = scanfold(&["explain", &story.last(), &names[0], &names[1]]);
    assert!(
        flat(&apart.stdout)
            .contains("kept apart because one report shows both, as different records"),
        "{}",
        apart.stdout
    );
    let report: Value = serde_json::from_slice(&std::fs::read(story.last()).unwrap()).unwrap();
    assert_eq!(report["ledger"]["folded"], 1);
    let notes = report["inputs"].to_string();
    assert!(notes.contains("kept apart"), "{notes}");
}

#[test]
fn an_alias_that_comes_later_is_the_name_and_the_old_one_is_remembered() {
    let mut story = Story::new();
    let first = Npm6 {
        cves: &[],
        ..LODASH
    };
    assert_eq!(first.url, GHSA);
    story.day(FIRST, &[("npm.json", &first.text())]);
    let old = story.findings()[0]["fingerprint"]
        .as_str()
        .unwrap()
        .to_owned();
    story.day(SECOND, &[("npm.json", &LODASH.text())]);
    let finding = &story.findings()[0];
    assert_ne!(finding["fingerprint"], old);
    let known_as = &finding["known_as"];
    assert_eq!(known_as[0], json!(format!("ghsa:{old}")));
    // A report that knew neither would have called it by its number.
    assert!(super::words_of(&known_as[1]).starts_with("advisory:"));
    assert_eq!(known_as[2], json!(null));
    let alias = &finding["aliases"][0];
    assert_eq!(alias["ids"], json!(["CVE-2021-23337", GHSA_ID]));
    assert_eq!(alias["at"], finding["sightings"][0]["at"]);
    assert!(story.explain(&old).contains("CVE-2021-23337"));
}

#[test]
fn a_sarif_log_is_a_baseline_with_the_clocks_that_it_tells() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name).display().to_string();
        std::fs::write(&path, text).unwrap();
        path
    };
    let mut old = xss("src/board.js", 42, CARD);
    old["baselineState"] = json!("unchanged");
    old["provenance"] = json!({"firstDetectionTimeUtc": "2026-10-20T08:00:00Z"});
    let gone = xss("src/list.js", 7, "list.innerHTML = row;");
    let baseline = file("baseline.sarif", &codeql(&[old, gone]));
    let now = file(
        "now.sarif",
        &codeql(&[
            xss("src/board.js", 42, CARD),
            xss("src/new.js", 1, "x.innerHTML = y;"),
        ]),
    );
    let output = folder.path().join("out.json").display().to_string();
    let run = scanfold(&[
        "merge",
        &now,
        "--baseline",
        &baseline,
        "--policy",
        "flowdesk",
        "--as-of",
        SECOND,
        "-o",
        &output,
    ]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(
        super::told(&output),
        [
            "js/xss src/board.js:42, unchanged open since 10-20 due 11-03",
            "js/xss src/list.js:7, absent fixed since 11-08 due 11-22",
            "js/xss src/new.js:1, new open since 11-08 due 11-22",
        ]
    );
    // What the log itself calls absent was fixed, and comes back.
    let mut absent = xss("src/board.js", 42, CARD);
    absent["baselineState"] = json!("absent");
    absent["provenance"] = json!({"firstDetectionTimeUtc": "2026-10-20T08:00:00Z"});
    let baseline = file("absent.sarif", &codeql(&[absent]));
    let run = scanfold(&[
        "merge",
        &now,
        "--baseline",
        &baseline,
        "--policy",
        "flowdesk",
        "--as-of",
        SECOND,
        "-o",
        &output,
    ]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(
        super::told(&output),
        [
            "js/xss src/board.js:42, updated open since 10-20 due 11-03",
            "js/xss src/new.js:1, new open since 11-08 due 11-22",
        ]
    );
    let report = std::fs::read_to_string(&output).unwrap();
    assert!(report.contains(r#""tags":["reopened"]"#), "{report}");
    let broken = file("broken.sarif", &codeql(&[json!(7)]));
    let run = scanfold(&[
        "merge",
        &now,
        "--baseline",
        &broken,
        "--as-of",
        SECOND,
        "-o",
        "-",
    ]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("/runs/0/results/0"), "{}", run.stderr);
}
