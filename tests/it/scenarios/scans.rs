//! Scans that did not happen, failed or broke off: only a complete scan of the same scope makes an absent finding a fixed
//! one, and until then its clock runs on.

use serde_json::json;

use super::{FIRST, GHSA, SECOND, Story, THIRD, npm, result, sarif};

const UNOBSERVED: &str = "GHSA-35jh-r3h4-6jhm, absent unobserved since 11-01 due 11-15";

/// Queue Board has an advisory in lodash and a clean SARIF log.
fn started() -> Story {
    let mut story = Story::new();
    let first = npm(Some((1_106_913, GHSA)));
    let told = story.day(
        FIRST,
        &[("npm.json", &first), ("semgrep.sarif", &semgrep())],
    );
    assert_eq!(told, ["GHSA-35jh-r3h4-6jhm, - open since 11-01 due 11-15"]);
    story
}

fn semgrep() -> String {
    sarif("Semgrep OSS", "1.97.0", &[])
}

#[test]
fn a_clean_report_says_fixed() {
    let mut story = started();
    assert_eq!(
        story.day(
            SECOND,
            &[("npm.json", &npm(None)), ("semgrep.sarif", &semgrep())]
        ),
        ["GHSA-35jh-r3h4-6jhm, absent fixed since 11-01 due 11-15"]
    );
}

#[test]
fn a_missing_report_says_nothing() {
    let mut story = started();
    let told = story.day(SECOND, &[("semgrep.sarif", &semgrep())]);
    assert_eq!(told, [UNOBSERVED]);
    // And it becomes overdue all the same, after the end of the 15th.
    let told = story.day("2026-11-16", &[("semgrep.sarif", &semgrep())]);
    assert_eq!(told, [UNOBSERVED]);
    assert_eq!(story.findings()[0]["overdue"], json!(true));
    // When it is seen again, it is not one that came back.
    let again = npm(Some((1_106_913, GHSA)));
    assert_eq!(
        story.day("2026-11-17", &[("npm.json", &again)]),
        ["GHSA-35jh-r3h4-6jhm, updated open since 11-01 due 11-15"]
    );
    assert_eq!(story.findings()[0]["tags"], json!(["direct"]));
}

#[test]
fn a_failed_audit_says_nothing_and_is_named() {
    let mut story = started();
    let failed = r#"{"message": "request to https://registry.example.org failed", "error": {"summary": "", "detail": ""}}"#;
    assert_eq!(story.bad_day(SECOND, &[("npm.json", failed)]), [UNOBSERVED]);
}

#[test]
fn an_empty_file_says_nothing_and_is_named() {
    let mut story = started();
    assert_eq!(story.bad_day(SECOND, &[("npm.json", "")]), [UNOBSERVED]);
}

#[test]
fn a_report_that_breaks_off_says_nothing_of_the_rest() {
    let mut story = started();
    let cut = npm(None);
    let cut = cut.get(..cut.len() - 10).unwrap();
    assert_eq!(story.bad_day(SECOND, &[("npm.json", cut)]), [UNOBSERVED]);
}

/// It is what FSRT writes when it did not scan: no checks, and no app that it scanned.
#[test]
fn a_placeholder_of_fsrt_says_nothing() {
    let check = json!({
        "check_name": "Custom-Check-Authorization-18148541633132029413",
        "description": "Authorization bypass detected through boardPanel in \"/home/ci/queue-board/src/index.jsx\".",
        "recommendation": "Use the authorize API.",
        "proof": "Unauthorized API call via asApp() found via boardPanel -> App",
        "severity": "High", "app_key": "com.harborapps.queue-board", "app_name": "Queue Board",
        "marketplace_security_requirement": "Requirement 1.2", "date": "2026-11-01"
    });
    let report = |vulns: serde_json::Value, scanned: serde_json::Value| {
        json!({
            "vulns": vulns, "scanner": "FSRT", "started_at": "2026-11-01T00:00:00Z",
            "ended_at": "2026-11-01T00:00:01Z", "scanned": scanned, "errors": false, "error_message": ""
        })
        .to_string()
    };
    let key = json!(["com.harborapps.queue-board"]);
    let found = report(json!([check]), key.clone());
    let (placeholder, clean) = (report(json!([]), json!([])), report(json!([]), key));
    let mut story = Story::new();
    let first = story.day(FIRST, &[("fsrt.json", &found)]);
    assert_eq!(first.len(), 1);
    assert!(
        first[0].ends_with(", - open since 11-01 due 11-15"),
        "{first:?}"
    );
    let told = story.bad_day(SECOND, &[("fsrt.json", &placeholder)]);
    assert!(
        told.len() == 1 && told[0].ends_with(", absent unobserved since 11-01 due 11-15"),
        "{told:?}"
    );
    let told = story.day(THIRD, &[("fsrt.json", &clean)]);
    assert!(
        told.len() == 1 && told[0].ends_with(", absent fixed since 11-01 due 11-15"),
        "{told:?}"
    );
}

#[test]
fn a_partial_run_shows_what_it_found_and_says_nothing_of_the_rest() {
    let run = |lines: &[u32], successful: bool| {
        let results = lines
            .iter()
            .map(|line| {
                let snippet = format!("open({line});");
                result("js.path", "src/files.js", *line, &snippet)
            })
            .collect::<Vec<_>>();
        json!({"version": "2.1.0", "runs": [{
            "tool": {"driver": {"name": "Semgrep OSS"}},
            "invocations": [{"executionSuccessful": successful}],
            "results": results
        }]})
        .to_string()
    };
    let mut story = Story::new();
    story.day(FIRST, &[("semgrep.sarif", &run(&[5, 6], true))]);
    assert_eq!(
        story.bad_day(SECOND, &[("semgrep.sarif", &run(&[6, 7], false))]),
        [
            "js.path src/files.js:5, absent unobserved since 11-01 due 11-15",
            "js.path src/files.js:6, unchanged open since 11-01 due 11-15",
            "js.path src/files.js:7, new open since 11-08 due 11-22",
        ]
    );
    assert_eq!(
        story.day(THIRD, &[("semgrep.sarif", &run(&[6, 7], true))]),
        [
            "js.path src/files.js:5, absent fixed since 11-01 due 11-15",
            "js.path src/files.js:6, unchanged open since 11-01 due 11-15",
            "js.path src/files.js:7, unchanged open since 11-08 due 11-22",
        ]
    );
}
