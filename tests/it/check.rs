//! May this ship, today and on the day of the release?

use std::fs;

use crate::cli::{scanfold, vendor_report};
use crate::project;
use crate::schemas::{assert_valid, schema};

/// The vendor's report, of which one finding is accepted until a day.
fn accepted_until(day: &str) -> String {
    let report = vendor_report();
    let changed = report.replacen(
        "\"suppression\":{",
        "\"suppression\":{\"kind\":\"accepted\",\"until\":\"DAY\",\"ends\":\"2026-12-02T00:00:00Z\",",
        1,
    );
    assert_ne!(report, changed);
    changed.replacen("DAY", day, 1)
}

fn told(name: &str, words: &str, folder: &str) {
    let words = words
        .replace(folder, "FOLDER")
        .replace(env!("CARGO_PKG_VERSION"), "VERSION");
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, words);
    });
}

#[test]
fn what_is_accepted_until_a_day_counts_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json").display().to_string();
    fs::write(&path, accepted_until("2026-12-01")).unwrap();
    let open = |day: &str| {
        let run = scanfold(&["check", &path, "--fail-on", "open", "--as-of", day]);
        let line = run.stdout.lines().find(|line| line.starts_with("open: "));
        (
            line.unwrap().to_owned(),
            run.stdout
                .contains("accepted until 2026-12-01, which has passed"),
        )
    };
    assert_eq!(open("2026-12-01"), ("open: 10 findings".to_owned(), false));
    assert_eq!(open("2026-12-02"), ("open: 11 findings".to_owned(), true));
}

/// A report of before the instant was told knows the day alone.
#[test]
fn an_accept_whose_end_is_not_told_ends_where_its_day_ends_first() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json").display().to_string();
    let told = "\"ends\":\"2026-12-02T00:00:00Z\",\"reason\"";
    let report = accepted_until("2026-12-01");
    assert!(report.contains(told));
    fs::write(&path, report.replacen(told, "\"reason\"", 1)).unwrap();
    let open = |at: &str| {
        let run = scanfold(&["check", &path, "--fail-on", "open", "--as-of", at]);
        let line = run.stdout.lines().find(|line| line.starts_with("open: "));
        let how = run.stdout.contains("passed where days end first");
        (line.unwrap().to_owned(), how)
    };
    assert_eq!(
        open("2026-12-01T09:59:59Z"),
        ("open: 10 findings".to_owned(), false)
    );
    assert_eq!(
        open("2026-12-01T10:00:00Z"),
        ("open: 11 findings".to_owned(), true)
    );
}

#[test]
fn the_answer_is_told_in_three_forms_with_the_reason_for_each_finding() {
    let folder = tempfile::tempdir().unwrap();
    let name = |file: &str| folder.path().join(file).display().to_string();
    let (path, markdown, json) = (name("report.json"), name("check.md"), name("check.json"));
    fs::write(&path, accepted_until("2026-12-01")).unwrap();
    let run = scanfold(&[
        "check",
        &path,
        "--fail-on",
        "overdue&severity>=high",
        "--fail-on",
        "due<=+3d&app=time*",
        "--as-of",
        "2026-12-07",
        "--to",
        &format!("markdown={markdown}"),
        "--to",
        &format!("json={json}"),
    ]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let folder = folder.path().display().to_string();
    // Where the last lines end hangs on the name of the folder.
    let (text, next) = run.stdout.split_once("\nnext: ").unwrap();
    assert!(next.contains("/report.json 551f950715de`"), "{next}");
    told("check.text", text, &folder);
    told(
        "check.markdown",
        &fs::read_to_string(markdown).unwrap(),
        &folder,
    );
    let json = fs::read_to_string(json).unwrap();
    told("check.json", &json, &folder);
    assert_valid(
        &schema(&project("schemas/check-v1.schema.json")),
        &json,
        "a check",
    );
}

#[test]
fn several_reports_have_one_verdict_and_each_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let good = folder.path().join("good.json").display().to_string();
    let doubted = folder.path().join("doubted.json").display().to_string();
    fs::write(&good, vendor_report()).unwrap();
    let merged = scanfold(&[
        "merge",
        "samples/sarif/rejects.sarif",
        "--policy",
        "flowdesk",
        "--as-of",
        "2026-11-21",
        "-o",
        &doubted,
    ]);
    assert_eq!(merged.code, 3, "{}", merged.stderr);
    let check = |condition: &str| {
        let arguments = [
            "--fail-on",
            condition,
            "--as-of",
            "2026-11-21",
            "--to",
            "json",
        ];
        let run = scanfold(&[&["check", &good, &doubted], &arguments[..]].concat());
        assert_valid(
            &schema(&project("schemas/check-v1.schema.json")),
            &run.stdout,
            condition,
        );
        let verdicts = run
            .stdout
            .lines()
            .filter_map(|line| line.trim().strip_prefix("\"verdict\": "));
        let verdicts: Vec<_> = verdicts
            .map(|word| word.trim_matches([',', '"']).to_owned())
            .collect();
        (run.code, verdicts)
    };
    let words = |words: [&str; 3]| words.map(str::to_owned).to_vec();
    assert_eq!(
        check("due<=2000-01-01"),
        (3, words(["cannot-tell", "may-ship", "cannot-tell"]))
    );
    assert_eq!(
        check("rejects"),
        (3, words(["must-not-ship", "may-ship", "must-not-ship"]))
    );
}

#[test]
fn what_nobody_looked_up_cannot_be_asked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json").display().to_string();
    fs::write(&path, vendor_report()).unwrap();
    for (condition, message) in [
        ("kev", "no KEV catalogue was read, and `kev` cannot be told"),
        ("epss>=0.5", "no EPSS file was read"),
        ("kve", "did you mean `kev`?"),
        ("kind=secrets", "did you mean `secret`?"),
    ] {
        let run = scanfold(&["check", &path, "--fail-on", condition]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{condition}");
        assert!(run.stderr.contains(message), "{condition}: {}", run.stderr);
    }
}
