//! Reports that were broken, forged or read twice: they cost themselves, and never the run or the findings of others.

use std::path::Path;

use crate::cli::{scanfold, vendor_report};

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[test]
fn a_report_of_ours_that_breaks_among_its_findings_costs_only_itself() {
    let folder = tempfile::tempdir().unwrap();
    let whole = vendor_report();
    for (name, broken) in [
        (
            "comma",
            whole.replacen("},\n{\"fingerprint\"", "}\n{\"fingerprint\"", 1),
        ),
        (
            "list",
            whole.replacen("\"rejects\":[", "\"tickets\":{},\"rejects\":[", 1),
        ),
    ] {
        assert_ne!(broken, whole, "{name}");
        let path = write(folder.path(), name, &broken);
        let run = scanfold(&[
            "merge",
            &path,
            "samples/sarif/basic.sarif",
            "--as-of",
            "2026-11-21",
        ]);
        assert_eq!(run.code, 3, "{name}: {}", run.stderr);
        assert!(run.stderr.contains(name), "{name}: {}", run.stderr);
        assert!(
            run.stdout
                .contains("\"path\":\"samples/sarif/basic.sarif\"")
        );
    }
}

#[test]
fn a_report_of_another_version_is_failed_and_never_waived() {
    let folder = tempfile::tempdir().unwrap();
    let other = vendor_report().replacen("scanfold/report/1", "scanfold/report/2", 1);
    let other = write(folder.path(), "other.json", &other);
    let waivers = ["--allow-rejects", "--allow-incomplete"];
    let run = scanfold(&[&["merge", other.as_str()], &waivers[..]].concat());
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stderr.contains("found `scanfold/report/2`"));
    assert!(run.stdout.contains("\"outcome\":\"failed\""));
}

#[test]
fn one_report_read_for_two_apps_is_two_findings_each() {
    let folder = tempfile::tempdir().unwrap();
    let merged = |app: &str| {
        let run = scanfold(&[
            "merge",
            "samples/npm-audit/basic.json",
            "--app",
            app,
            "--as-of",
            "2026-11-21",
        ]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        write(folder.path(), &format!("{app}.json"), &run.stdout)
    };
    let (one, two) = (merged("one"), merged("two"));
    let merge = |paths: &[&str]| {
        let run = scanfold(&[&["merge", "--as-of", "2026-11-21"], paths].concat());
        assert_eq!(run.code, 0, "{}", run.stderr);
        run.stdout
    };
    let both = merge(&[&one, &two]);
    assert_eq!(merge(&[&two, &one]), both);
    let again = write(folder.path(), "both.json", &both);
    assert_eq!(merge(&[&again]), both);
    for app in ["one", "two"] {
        assert!(both.contains(&format!("\"app\":\"{app}\"")));
    }
}

#[test]
fn errors_send_no_outer_words_to_the_terminal_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let hostile = "{\"fingerprint\":\"\",\"x\\n::error::boom\\u001b[31m\":1,";
    let report = vendor_report().replacen("{\"fingerprint\":\"", &format!("{hostile}\"y\":\""), 1);
    let report = write(folder.path(), "report.json", &report);
    for run in [
        scanfold(&["check", &report, "--fail-on", "overdue"]),
        scanfold(&["rescore", &report, "--policy", "flowdesk"]),
    ] {
        assert_eq!(run.code, 2);
        assert!(run.stderr.contains("boom"), "{}", run.stderr);
        assert!(!run.stderr.contains('\u{1b}'), "{}", run.stderr);
        assert!(!run.stderr.contains("\n::"), "{}", run.stderr);
    }
}

#[test]
fn rescore_keeps_a_report_a_report_whatever_its_file_is_called() {
    let folder = tempfile::tempdir().unwrap();
    let report = write(folder.path(), "report.txt", &vendor_report());
    let arguments = ["rescore", &report, "--policy", "flowdesk", "--write"];
    let run = scanfold(&[&arguments[..], &["--as-of", "2026-11-21"]].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    let written = std::fs::read_to_string(&report).unwrap();
    assert!(written.starts_with("{\n\"schema\":"), "{written}");
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_written_to_and_not_replaced() {
    use std::os::unix::fs::FileTypeExt;
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::read_to_string(pipe).unwrap()
    });
    let output = format!("json={}", pipe.display());
    let merged = ["merge", "samples/sarif/basic.sarif", "--to", &output];
    let run = scanfold(&merged);
    let kind = std::fs::symlink_metadata(&pipe).unwrap().file_type();
    assert!(kind.is_fifo(), "the pipe was replaced");
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(reader.join().unwrap().starts_with("{\n\"schema\":"));
}
