//! Reports of npm with the lock files that tell what is installed.

use serde_json::Value;

use crate::cli::scanfold;
use crate::{project, shared_data};

const FOLDER: &str = "samples/npm-lockfile/queue-board";

fn merged(arguments: &[&str]) -> Value {
    let run = scanfold(&[&["merge", "--as-of", "2026-11-21"][..], arguments].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

/// The id, versions and paths of each finding, by id.
fn installed(report: &Value) -> Vec<String> {
    let list = |value: &Value| {
        let all = value.as_array().into_iter().flatten();
        all.map(|one| one.as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
            .join("; ")
    };
    let findings = report["findings"].as_array().unwrap().iter();
    let mut lines: Vec<String> = findings
        .map(|finding| {
            let package = &finding["package"];
            let id = finding["rule"]["id"].as_str().unwrap();
            format!(
                "{id}: {} | {}",
                list(&package["versions"]),
                list(&package["paths"])
            )
        })
        .collect();
    lines.sort();
    lines
}

fn notes(report: &Value) -> Vec<&str> {
    let notes = report["inputs"][0]["notes"]
        .as_array()
        .into_iter()
        .flatten();
    notes.map(|note| note.as_str().unwrap()).collect()
}

#[test]
fn the_lock_file_beside_a_report_tells_what_is_installed_and_how_it_came_in() {
    let report = merged(&[FOLDER]);
    assert_eq!(
        installed(&report),
        [
            "GHSA-35jh-r3h4-6jhm: 4.17.11; 4.17.19 | @harborapps/queue-widgets > lodash; lodash",
            // Only the copy of the workspace is old enough.
            "GHSA-jf85-cpcp-j695: 4.17.11 | @harborapps/queue-widgets > lodash",
            "GHSA-xvch-5gv4-984h: 1.2.5 | queue-archive > mkdirp > minimist; queue-lint > mkdirp > minimist",
        ]
    );
    let words = std::fs::read(project(FOLDER).join("package-lock.json")).unwrap();
    let digest = blake3::hash(&words).to_hex();
    let note = format!("installed versions from {FOLDER}/package-lock.json blake3:{digest}");
    assert_eq!(notes(&report), [note]);
}

#[test]
fn only_a_lock_file_that_was_not_used_is_told_as_skipped() {
    let folder = tempfile::tempdir().unwrap();
    let copy = |name: &str| {
        let to = folder.path().join(name);
        std::fs::copy(project(FOLDER).join(name), to).unwrap();
    };
    copy("npm-audit.json");
    copy("package-lock.json");
    let path = folder.path().display().to_string();
    let run = scanfold(&["merge", &path, "--as-of", "2026-11-21"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let lock = folder.path().join("package-lock.json");
    let other = r#"{"lockfileVersion": 3, "packages": {"": {"name": "other"}}}"#;
    std::fs::write(&lock, other).unwrap();
    let run = scanfold(&["merge", &path, "--as-of", "2026-11-21"]);
    assert_eq!(run.code, 0);
    assert!(
        run.stderr.contains("no report and was skipped: ")
            && run.stderr.contains("package-lock.json"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_lock_file_is_named_for_one_report_or_for_all() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("audit.json");
    std::fs::copy(project(FOLDER).join("npm-audit.json"), &copy).unwrap();
    let copy = copy.display().to_string();
    let alone = merged(&[&copy]);
    assert!(installed(&alone).iter().all(|line| line.ends_with(":  | ")));
    assert!(notes(&alone).is_empty());
    let lock = format!("{FOLDER}/package-lock.json");
    let beside = installed(&merged(&[FOLDER]));
    assert_eq!(installed(&merged(&[&copy, "--lockfile", &lock])), beside);
    let named = format!("{copy}={lock}");
    assert_eq!(installed(&merged(&[&copy, "--lockfile", &named])), beside);
    let other = format!("elsewhere.json={lock}");
    let run = scanfold(&["merge", &copy, "--lockfile", &other]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr
            .contains("`elsewhere.json`, which is none of the inputs"),
        "{}",
        run.stderr
    );
    let run = scanfold(&["merge", &copy, "--lockfile", "no-such-lock.json"]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("no-such-lock.json: no such file"),
        "{}",
        run.stderr
    );
}

#[test]
fn versions_change_no_identity_and_no_date() {
    let with = merged(&[FOLDER]);
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("audit.json");
    std::fs::copy(project(FOLDER).join("npm-audit.json"), &copy).unwrap();
    let without = merged(&[&copy.display().to_string()]);
    let facts = |report: &Value| {
        let findings = report["findings"].as_array().unwrap().iter();
        let facts = findings.map(|finding| {
            (
                finding["keys"].clone(),
                finding["severity"].clone(),
                finding["why"].clone(),
            )
        });
        facts.collect::<Vec<_>>()
    };
    assert_eq!(facts(&with), facts(&without));
}

#[test]
fn real_reports_and_their_lock_files_agree() {
    let Some(data) = shared_data() else {
        return;
    };
    let folder = data.join("real/npm-replay");
    // Findings, those with a version, those with a path.
    for (name, expected) in [
        ("Muzli+next-netlify-starter", (21, 21, 21)),
        ("codegauravg+climate-control-noaa-react-app", (1, 1, 1)),
    ] {
        let report = folder
            .join(format!("real-{name}.json"))
            .display()
            .to_string();
        let lock = folder
            .join(format!("{name}.package-lock.json"))
            .display()
            .to_string();
        let lines = installed(&merged(&[&report, "--lockfile", &lock]));
        let with = |at: usize| {
            let part = |line: &&String| {
                !line
                    .split_once(": ")
                    .unwrap()
                    .1
                    .split(" | ")
                    .nth(at)
                    .unwrap()
                    .is_empty()
            };
            lines.iter().filter(part).count()
        };
        assert_eq!((lines.len(), with(0), with(1)), expected, "{lines:#?}");
    }
}
