//! What becomes of results: all of them or none, and what a report that is not whole is worth.

use std::fs;

use crate::cli::{scanfold, vendor_report};

/// A folder with the vendor's report, as `report.json`.
fn folder() -> (tempfile::TempDir, impl Fn(&str) -> String) {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().to_owned();
    fs::write(base.join("report.json"), vendor_report()).unwrap();
    (folder, move |name: &str| {
        base.join(name).display().to_string()
    })
}

#[test]
fn a_run_that_cannot_write_one_result_replaces_none() {
    let (_folder, path) = folder();
    fs::create_dir(path("folder.csv")).unwrap();
    let report = path("report.json");
    let mut broken = vec![
        format!("csv={}", path("none/a.csv")),
        format!("csv={}", path("folder.csv")),
    ];
    if cfg!(target_os = "linux") {
        broken.push("csv=/dev/full".to_owned());
    }
    let known = path("known.md");
    let good = format!("markdown={known}");
    for bad in &broken {
        for arguments in [
            &["convert", &report, "--to", &good, "--to", bad][..],
            &["merge", "samples/npm-audit", "--to", &good, "--to", bad],
        ] {
            fs::write(&known, "earlier").unwrap();
            let run = scanfold(arguments);
            assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?}");
            assert!(run.stderr.starts_with("scanfold: "), "{}", run.stderr);
            let kept = fs::read_to_string(&known).unwrap();
            assert_eq!(kept, "earlier", "{arguments:?}");
        }
        let bad = bad.replace("csv=", "markdown=");
        let tables = [
            &[
                "check",
                &report,
                "--fail-on",
                "overdue",
                "--as-of",
                "2026-11-21",
                "--to",
            ][..],
            &["diff", &report, &report, "--to"],
        ];
        for command in tables {
            fs::write(&known, "earlier").unwrap();
            let run = scanfold(&[command, &[&good, "--to", &bad]].concat());
            assert_eq!(run.code, 2, "{command:?}: {}", run.stderr);
            assert_eq!(fs::read_to_string(&known).unwrap(), "earlier");
        }
        let before = fs::read_to_string(&report).unwrap();
        let run = scanfold(&[
            "rescore",
            &report,
            "--policy",
            "flowdesk",
            "--as-of",
            "2026-12-21",
            "--write",
            "--changes",
            &bad,
        ]);
        assert_eq!(run.code, 2, "{}{}", run.stdout, run.stderr);
        assert!(
            !run.stderr.contains("nothing was written"),
            "{}",
            run.stderr
        );
        assert_eq!(fs::read_to_string(&report).unwrap(), before, "{bad}");
    }
    let left = fs::read_dir(path("")).unwrap().count();
    assert_eq!(left, 3, "nothing half-written is left");
}

#[test]
fn no_gate_answers_for_a_day_on_which_the_policy_says_something_else() {
    let (_folder, path) = folder();
    let (policy, report) = (path("ours.toml"), path("ours.json"));
    let words = "version = 1\nname = \"ours\"\nstart = \"first-seen\"\n[[edition]]\neffective = 2026-01-01\nfix = \"90 days\"\n\
                 [[edition]]\neffective = 2026-11-10\nfix = \"5 days\"\n";
    fs::write(&policy, words).unwrap();
    let input = "samples/npm-audit/basic.json";
    let day = ["--as-of", "2026-11-02"];
    let merge = ["merge", input, "--policy", &policy, "-o", &report];
    let merged = scanfold(&[&merge[..], &day].concat());
    assert_eq!(merged.code, 0, "{}", merged.stderr);
    for (command, day, code) in [
        ("check", "2026-11-09", 0),
        ("show", "2026-11-09", 0),
        ("check", "2026-11-12", 2),
        ("show", "2026-11-12", 2),
    ] {
        let run = scanfold(&[command, &report, "--fail-on", "overdue", "--as-of", day]);
        assert_eq!(run.code, code, "{command} {day}: {}", run.stderr);
        let is_told = run.stderr.contains("another version of policy `ours`");
        assert_eq!(is_told, code == 2, "{}", run.stderr);
    }
}

#[test]
fn a_gate_on_a_report_whose_inputs_failed_answers_as_check_does() {
    let (_folder, path) = folder();
    let report = path("failed.json");
    let merged = scanfold(&[
        "merge",
        "samples/npm-audit/basic.json",
        &path("none.json"),
        "-o",
        &report,
    ]);
    assert_eq!(merged.code, 3, "{}", merged.stderr);
    let check = scanfold(&["check", &report, "--fail-on", "open"]);
    assert_eq!(check.code, 3);
    for command in ["convert", "show"] {
        for condition in ["open", "severity>=critical&new&app=nobody"] {
            let run = scanfold(&[command, &report, "--to", "junit", "--fail-on", condition]);
            assert_eq!(run.code, 3, "{command} {condition}: {}", run.stderr);
            assert!(run.stderr.contains("none.json: failed"), "{}", run.stderr);
            assert!(run.stdout.contains("</testsuites>"));
        }
        // Who asks nothing only looks at it.
        let run = scanfold(&[command, &report, "--to", "csv"]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    }
    let rejects = path("rejects.json");
    let merged = scanfold(&["merge", "samples/npm-audit/rejects.json", "-o", &rejects]);
    assert_eq!(merged.code, 3, "{}", merged.stderr);
    for command in ["convert", "show"] {
        let never = ["--to", "junit", "--fail-on", "app=nobody"];
        let run = scanfold(&[&[command, rejects.as_str()][..], &never].concat());
        assert_eq!(run.code, 3, "{}", run.stderr);
        let waived = ["--allow-rejects", "--allow-incomplete"];
        let run = scanfold(&[&[command, rejects.as_str()][..], &never, &waived].concat());
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(!run.stdout.contains("<error"), "{}", run.stdout);
    }
}

#[test]
fn a_part_of_a_report_is_a_failed_input_and_nothing_of_it_is_folded() {
    let (_folder, path) = folder();
    for form in ["json", "sarif"] {
        let part = path(&format!("part.{form}"));
        let run = scanfold(&[
            "show",
            &path("report.json"),
            "--where",
            "severity>=high",
            "--to",
            form,
        ]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        fs::write(&part, run.stdout).unwrap();
        let merged = scanfold(&["merge", &part, "samples/npm-audit/basic.json"]);
        assert_eq!(merged.code, 3, "{}", merged.stderr);
        let told = "failed: its `inputs` count 11 findings, but 8 can be read (hint: findings were left out of the report, by `scanfold show`";
        assert!(merged.stderr.contains(told), "{}", merged.stderr);
        assert!(!merged.stdout.contains("queue-board"), "{form}");
        let check = scanfold(&["check", &part, "--fail-on", "open"]);
        assert_eq!(check.code, 2);
        assert!(
            check.stderr.contains("name the whole report"),
            "{}",
            check.stderr
        );
    }
}

#[test]
fn a_document_without_a_statement_is_written_and_doubted() {
    let (_folder, path) = folder();
    let (report, document) = (path("code.json"), path("vex.json"));
    let merged = scanfold(&["merge", "samples/sarif/basic.sarif", "-o", &report]);
    assert!(matches!(merged.code, 0 | 3), "{}", merged.stderr);
    let to = format!("openvex={document}");
    let run = scanfold(&["convert", &report, "--to", &to]);
    let written = fs::read_to_string(&document).unwrap();
    assert_eq!(run.code, 0);
    let told = format!("scanfold: {document}: no finding has a statement in OpenVEX");
    assert_eq!(
        run.stderr.contains(&told),
        written.contains("\"statements\":[]"),
        "{}",
        run.stderr
    );
    let run = scanfold(&[
        "show",
        &path("report.json"),
        "--where",
        "kind=ticket",
        "--to",
        "openvex",
    ]);
    assert_eq!(run.code, 0);
    assert!(run.stdout.contains("\"statements\":[]"), "{}", run.stdout);
    assert!(
        run.stderr
            .contains("standard output: no finding has a statement"),
        "{}",
        run.stderr
    );
    let run = scanfold(&["convert", &path("report.json"), "--to", "openvex"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
}

#[cfg(target_os = "linux")]
#[test]
fn help_that_nobody_can_read_is_no_help() {
    use std::process::Command;
    for flag in ["--help", "--version"] {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_scanfold"));
        let run = command.arg(flag).stdout(full).output().unwrap();
        assert_eq!(run.status.code(), Some(2), "{flag}");
        assert!(run.stderr.starts_with(b"scanfold: standard output: "));
        assert_eq!(scanfold(&[flag]).code, 0);
    }
}
