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

/// A scan of Queue Board that ended at this time, with one finding or none: of FSRT, of CSRT, and of Semgrep as SARIF.
fn timed(format: &str, ended: &str, shows: bool) -> String {
    let app = json!("com.harborapps.queue-board");
    let (fsrt, csrt) = (
        json!({
            "check_name": "Custom-Check-Authorization-18148541633132029413",
            "description": "Authorization bypass detected through boardPanel in \"/home/ci/queue-board/src/index.jsx\".",
            "proof": "Unauthorized API call via asApp() found via boardPanel -> App", "severity": "High", "app_key": app
        }),
        json!({
            "check_name": "Cache Control", "proof": "https://queue.harborapps.example/report | Cache header: no-cache",
            "description": "We did not detect the correct Cache-Control header.", "severity": "Medium", "app_key": app
        }),
    );
    let ecoscanner = |scanner: &str, check: serde_json::Value| {
        let vulns = if shows { json!([check]) } else { json!([]) };
        json!({
            "vulns": vulns, "scanner": scanner, "started_at": ended, "ended_at": ended, "scanned": [app], "errors": false
        })
    };
    match format {
        "fsrt" => ecoscanner("FSRT", fsrt),
        "csrt" => ecoscanner("Connect Security Requirements Tester", csrt),
        _ => {
            let eval = result("js.eval", "src/ledger.js", 12, "eval(input);");
            json!({"version": "2.1.0", "runs": [{
                "tool": {"driver": {"name": "Semgrep OSS"}},
                "invocations": [{"executionSuccessful": true, "endTimeUtc": ended}],
                "results": if shows { vec![eval] } else { Vec::new() }
            }]})
        }
    }
    .to_string()
}

/// A story that merged this scan on 2026-11-11.
fn scanned(format: &str, ended: &str) -> Story {
    let mut story = Story::new();
    let first = story.day("2026-11-11", &[("scan.json", &timed(format, ended, true))]);
    assert_eq!(first.len(), 1);
    assert!(first[0].contains(", - open since 11-10 "), "{first:?}");
    story
}

/// What a merge on a later day says of the one finding, and on standard error.
fn later(story: &mut Story, day: &str, reports: &[(&str, &str)]) -> (String, String) {
    let run = story.merge(day, reports);
    assert_eq!(run.code, 0, "{}", run.stderr);
    story.each_is_explained();
    let finding = &story.findings()[0];
    let status = super::words_of(&finding["status"]);
    // That some empty reports may not have looked is another story.
    let lines = run.stderr.split_inclusive('\n');
    let said = lines.filter(|line| !line.contains(" called fixed by "));
    (status, said.collect())
}

const AT: &str = "2026-11-10T09:14:31Z";

#[test]
fn a_scan_from_before_the_last_sighting_proves_nothing_fixed() {
    for format in ["fsrt", "csrt", "sarif"] {
        let mut story = scanned(format, AT);
        let stale = timed(format, "2025-01-01T00:00:00Z", false);
        // It stays so, however often the old report is read.
        for day in ["2026-11-12", "2026-11-13"] {
            let (status, said) = later(&mut story, day, &[("scan.json", &stale)]);
            assert_eq!(status, "unobserved", "{format}");
            assert!(
                said.contains("scan.json: scanned at 2025-01-01T00:00:00Z, before what it does not show was last seen at 2026-11-10T09:14:31Z, so that this stays unobserved\n"),
                "{format}: {said}"
            );
            assert_eq!(story.findings()[0]["last_seen"], json!(AT));
        }
        // A second before is before; the same second is not.
        let before = timed(format, "2026-11-10T09:14:30Z", false);
        let (status, _) = later(&mut story, "2026-11-14", &[("scan.json", &before)]);
        assert_eq!(status, "unobserved", "{format}");
        let same = timed(format, AT, false);
        let (status, said) = later(&mut story, "2026-11-15", &[("scan.json", &same)]);
        assert_eq!((&*status, &*said), ("fixed", ""), "{format}");
        // What is known to be fixed stays so.
        let (status, said) = later(&mut story, "2026-11-16", &[("scan.json", &stale)]);
        assert_eq!((&*status, &*said), ("fixed", ""), "{format}");
    }
}

#[test]
fn an_old_report_that_shows_a_finding_does_not_make_it_last_seen_then() {
    let mut story = scanned("sarif", AT);
    let old = timed("sarif", "2026-11-01T09:00:00Z", true);
    let (status, _) = later(&mut story, "2026-11-12", &[("scan.json", &old)]);
    assert_eq!(status, "open");
    assert_eq!(story.findings()[0]["last_seen"], json!(AT));
    let between = timed("sarif", "2026-11-05T09:00:00Z", false);
    let (status, _) = later(&mut story, "2026-11-13", &[("scan.json", &between)]);
    assert_eq!(status, "unobserved");
}

#[test]
fn the_newest_of_several_scans_of_one_scope_counts() {
    for format in ["fsrt", "csrt", "sarif"] {
        let (old, new) = (
            timed(format, "2026-11-01T00:00:00Z", false),
            timed(format, "2026-11-11T12:00:00Z", false),
        );
        let mut story = scanned(format, AT);
        let both = [("new/scan.json", &*new), ("old/scan.json", &*old)];
        let (status, said) = later(&mut story, "2026-11-12", &both);
        assert_eq!((&*status, &*said), ("fixed", ""), "{format}");
    }
}

#[test]
fn of_two_scans_of_one_scope_a_fresh_one_does_not_speak_for_a_stale_one() {
    let mut story = Story::new();
    let first = [
        ("front/scan.json", &*timed("sarif", AT, true)),
        ("back/scan.json", &*timed("sarif", AT, false)),
    ];
    story.day("2026-11-11", &first);
    let second = [
        (
            "front/scan.json",
            &*timed("sarif", "2026-11-09T00:00:00Z", false),
        ),
        (
            "back/scan.json",
            &*timed("sarif", "2026-11-11T12:00:00Z", false),
        ),
    ];
    let (status, said) = later(&mut story, "2026-11-12", &second);
    assert_eq!(status, "unobserved");
    assert!(
        said.contains("front/scan.json: scanned at 2026-11-09T00:00:00Z, before"),
        "{said}"
    );
    assert!(!said.contains("back/scan.json"), "{said}");
}

#[test]
fn a_scan_of_a_later_time_than_the_merge_counts_as_one_without_a_time() {
    let mut story = scanned("fsrt", AT);
    let ahead = timed("fsrt", "2027-01-01T00:00:00Z", false);
    let (status, said) = later(&mut story, "2026-11-12", &[("scan.json", &ahead)]);
    assert_eq!((&*status, &*said), ("fixed", ""));
    let report = std::fs::read_to_string(story.last()).unwrap();
    assert!(
        report.contains("scanned after as-of, at 2027-01-01T00:00:00Z"),
        "{report}"
    );
}

/// Another job's report of an earlier day tells when it read what tells no time itself.
#[test]
fn an_old_report_of_a_job_proves_nothing_fixed_either() {
    let mut story = Story::new();
    let clean = story.file("old/npm.json", &npm(None));
    let merge = |as_of: &str, input: &str| {
        let out = input.replace(".json", "-merged.json");
        let app = ["--app", "Queue Board", "--as-of", as_of, "-o", &out];
        let run = crate::cli::scanfold(&[&["merge", input], &app[..]].concat());
        assert_eq!(run.code, 0, "{}", run.stderr);
        std::fs::read_to_string(out).unwrap()
    };
    let old = merge("2026-11-05", &clean);
    let of_old = merge("2026-11-12", &clean.replace(".json", "-merged.json"));
    story.day("2026-11-11", &[("npm.json", &npm(Some((1_106_913, GHSA))))]);
    for (day, text) in [("2026-11-12", &old), ("2026-11-13", &of_old)] {
        let (status, said) = later(&mut story, day, &[("job.json", text)]);
        assert_eq!(status, "unobserved", "{day}");
        let words = "old/npm.json: not scanned after 2026-11-05T00:00:00Z, before what it does not show was last seen at 2026-11-11T00:00:00Z";
        assert!(said.contains(words), "{said}");
    }
    // The same bytes are new when they are read anew.
    let both = [("job.json", &*old), ("npm.json", &npm(None))];
    let (status, said) = later(&mut story, "2026-11-14", &both);
    assert_eq!((&*status, &*said), ("fixed", ""));
}

#[test]
fn of_a_log_that_tells_the_time_of_one_run_the_other_is_no_newer() {
    let mut story = scanned("sarif", AT);
    let old = timed("sarif", "2025-01-01T00:00:00Z", false);
    let mut log: serde_json::Value = serde_json::from_str(&old).unwrap();
    let other = json!({"tool": {"driver": {"name": "gitleaks"}}, "results": []});
    log["runs"].as_array_mut().unwrap().push(other);
    let log = log.to_string();
    let (status, said) = later(&mut story, "2026-11-12", &[("scan.json", &log)]);
    assert_eq!(status, "unobserved");
    assert!(
        said.contains("not scanned after 2025-01-01T00:00:00Z"),
        "{said}"
    );
}

#[test]
fn a_baseline_without_a_time_is_older_than_any_scan() {
    let shown = result("js.eval", "src/ledger.js", 12, "eval(input);");
    let story = Story::new();
    let baseline = story.file("last.sarif", &sarif("Semgrep OSS", "1.97.0", &[shown]));
    let clean = story.file("now.sarif", &timed("sarif", AT, false));
    let out = story.folder.path().join("out.json").display().to_string();
    let run = crate::cli::scanfold(&[
        "merge",
        &clean,
        "--app",
        "Queue Board",
        "--as-of",
        "2026-11-12",
        "--baseline",
        &baseline,
        "-o",
        &out,
    ]);
    assert_eq!((run.code, &*run.stderr), (0, ""));
    assert_eq!(super::findings(&out)[0]["status"], json!("fixed"));
}
