//! Projects of one app that share a scope: what one of them shows is fixed only when as many scans say so as ever did.

use serde_json::{Value, json};

use super::{FIRST, SECOND, Story, THIRD, findings, result, sarif, told};
use crate::cli::{flat, scanfold};

/// What Semgrep finds in a project: this code in one file.
fn found(path: &str) -> String {
    semgrep(&[result("js.eval", path, 7, &format!("eval({path});"))])
}

fn semgrep(results: &[Value]) -> String {
    sarif("Semgrep OSS", "1.97.0", results)
}

/// What is told of the finding in the ledger project.
fn ledger(story: &Story) -> Value {
    let findings = story.findings();
    let mut of_ledger = findings
        .into_iter()
        .filter(|finding| finding["locations"][0]["path"] == "ledger.js");
    of_ledger.next().unwrap()
}

#[test]
fn a_project_that_is_not_scanned_for_days_fixes_nothing() {
    let (board, other) = (found("board.js"), found("ledger.js"));
    let mut story = Story::new();
    story.day(FIRST, &[("board.sarif", &board), ("ledger.sarif", &other)]);
    let unobserved = "js.eval ledger.js:7, absent unobserved since 11-01 due 11-15";
    let seen = "js.eval board.js:7, unchanged open since 11-01 due 11-15";
    for day in [SECOND, "2026-11-09", "2026-11-10"] {
        assert_eq!(
            story.day(day, &[("board.sarif", &board)]),
            [seen, unobserved]
        );
        assert_eq!(
            ledger(&story)["needed_inputs"],
            json!({"semgrep:Queue Board:": 2})
        );
    }
    let name = ledger(&story)["fingerprint"].as_str().unwrap().to_owned();
    let page = flat(&story.explain(&name));
    assert!(
        page.contains("to be fixed 2 reports must cover semgrep:Queue Board:"),
        "{page}"
    );
    // A report that cannot be read is none, and what the other project no longer shows may be in this one too.
    let told = story.bad_day(
        "2026-11-11",
        &[("board.sarif", &semgrep(&[])), ("ledger.sarif", "")],
    );
    let gone = "js.eval board.js:7, absent unobserved since 11-01 due 11-15";
    assert_eq!(told, [gone, unobserved]);
    // A report that is not about this scope gives nothing back.
    let other_tool = sarif("ESLint", "9.14.0", &[]);
    let told = story.day(
        "2026-11-12",
        &[
            ("board.sarif", &semgrep(&[])),
            ("eslint.sarif", &other_tool),
        ],
    );
    assert_eq!(told, [gone, unobserved]);
    // Once both are there, clean ones that are equal to the byte too, all is told.
    let clean = semgrep(&[]);
    assert_eq!(
        story.day(
            "2026-11-13",
            &[("board.sarif", &clean), ("ledger.sarif", &clean)]
        ),
        [
            "js.eval board.js:7, absent fixed since 11-01 due 11-15",
            "js.eval ledger.js:7, absent fixed since 11-01 due 11-15",
        ]
    );
    assert_eq!(ledger(&story)["needed_inputs"], Value::Null);
}

/// The last report of a project that is no more, a clean one, is what says so.
#[test]
fn a_project_that_is_gone_for_good_is_told_by_a_last_clean_report() {
    let (board, other) = (found("board.js"), found("ledger.js"));
    let mut story = Story::new();
    story.day(FIRST, &[("board.sarif", &board), ("ledger.sarif", &other)]);
    story.day(SECOND, &[("board.sarif", &board)]);
    let last = [("board.sarif", &*board), ("last.sarif", &semgrep(&[]))];
    let fixed = "js.eval ledger.js:7, absent fixed since 11-01 due 11-15";
    assert_eq!(story.day("2026-11-09", &last)[1], fixed);
    // From then on one scan is all there is.
    assert_eq!(
        story.day("2026-11-10", &[("board.sarif", &board)])[1],
        fixed
    );
    assert_eq!(
        story.day(THIRD, &[("board.sarif", &semgrep(&[]))]),
        [
            "js.eval board.js:7, absent fixed since 11-01 due 11-15",
            fixed
        ]
    );
}

#[test]
fn a_copy_of_a_report_is_no_second_scan() {
    let (board, other) = (found("board.js"), found("ledger.js"));
    let mut story = Story::new();
    story.day(FIRST, &[("board.sarif", &board), ("ledger.sarif", &other)]);
    assert_eq!(
        story.day(
            SECOND,
            &[("board.sarif", &board), ("copy/board.sarif", &board)]
        )[1],
        "js.eval ledger.js:7, absent unobserved since 11-01 due 11-15"
    );
}

/// Each job names the app that its report is about, and calls the report the same.
#[test]
fn equal_reports_of_two_apps_cover_both() {
    let story = Story::new();
    let merge = |output: &str, arguments: &[&str]| {
        let output = story.folder.path().join(output).display().to_string();
        let mut all = vec!["merge", "--as-of", SECOND, "-o", &output];
        all.extend(arguments);
        let run = scanfold(&all);
        assert_eq!(run.code, 0, "{}", run.stderr);
        output
    };
    let of_app = |output: &str, app: &str, text: &str| {
        merge(output, &["--app", app, &story.file("semgrep.sarif", text)])
    };
    let board = of_app("board-1.json", "Queue Board", &found("board.js"));
    let times = of_app("times-1.json", "Time Ledger", &found("ledger.js"));
    let first = merge("first.json", &[&board, &times]);
    let board = of_app("board-2.json", "Queue Board", &semgrep(&[]));
    let times = of_app("times-2.json", "Time Ledger", &semgrep(&[]));
    for (output, inputs) in [
        ("one.json", [&board, &times]),
        ("other.json", [&times, &board]),
    ] {
        let second = merge(output, &["--baseline", &first, inputs[0], inputs[1]]);
        let fixed = told(&second);
        assert_eq!(fixed.len(), 2);
        assert!(
            fixed.iter().all(|one| one.contains(", absent fixed ")),
            "{fixed:?}"
        );
        let report: Value = serde_json::from_slice(&std::fs::read(&second).unwrap()).unwrap();
        assert_eq!(
            report["inputs"][0]["scope"],
            json!(["semgrep:Queue Board:", "semgrep:Time Ledger:"])
        );
        assert_eq!(report["inputs"][0]["outcome"], "complete");
    }
    assert_eq!(findings(&first).len(), 2);
}
