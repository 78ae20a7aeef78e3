//! Archives of artifacts are read as the folders that they would become.

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use crate::cli::{Run, piped, scanfold};
use crate::project;

/// Reports of several formats, and a file that is none.
const REPORTS: [(&str, &str); 4] = [
    ("audit/npm.json", "samples/npm-audit/basic.json"),
    ("lock/audit.json", "samples/cargo-audit/basic.json"),
    ("scan/code.sarif", "samples/sarif/basic.sarif"),
    ("README.md", "README.md"),
];

fn bytes_of(sample: &str) -> Vec<u8> {
    fs::read(project(sample)).unwrap()
}

fn zip() -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let plain =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, sample) in REPORTS {
        zip.start_file(name, plain).unwrap();
        zip.write_all(&bytes_of(sample)).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn tar() -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, sample) in REPORTS {
        let bytes = bytes_of(sample);
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        tar.append_data(&mut header, name, &bytes[..]).unwrap();
    }
    tar.into_inner().unwrap()
}

fn merge(input: &str) -> Run {
    let merge = ["merge", "--policy", "flowdesk", "--as-of", "2026-11-21"];
    scanfold(&[&merge[..], &["--to", "json=-", input]].concat())
}

/// The findings of what a merge wrote, and how many inputs and records there were.
fn read(run: &Run) -> (Vec<serde_json::Value>, usize, u64) {
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap().clone();
    let inputs = report["inputs"].as_array().unwrap().len();
    (
        findings,
        inputs,
        report["ledger"]["records"].as_u64().unwrap(),
    )
}

#[test]
fn an_archive_gives_the_bytes_of_the_folder_that_it_would_become() {
    let (folder, archive) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for (ending, bytes) in [("zip", zip()), ("tar", tar())] {
        let name = format!("artifacts.{ending}");
        for (inner, sample) in REPORTS {
            let path = folder.path().join(&name).join(inner);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes_of(sample)).unwrap();
        }
        fs::write(archive.path().join(&name), bytes).unwrap();
        let run = |place: &Path| {
            let run = merge(&place.join(&name).display().to_string());
            let plain = |words: &str| words.replace(&place.display().to_string(), "PLACE");
            (run.code, plain(&run.stdout), plain(&run.stderr))
        };
        let (of_folder, of_archive) = (run(folder.path()), run(archive.path()));
        assert_eq!(of_folder.0, 0, "{}", of_folder.2);
        assert!(
            of_folder
                .1
                .contains(&format!("PLACE/{name}/scan/code.sarif"))
        );
        assert!(of_folder == of_archive, "{}", of_archive.2);
    }
}

#[test]
fn standard_input_may_be_an_archive() {
    let all = read(&merge("samples/npm-audit/basic.json")).2
        + read(&merge("samples/cargo-audit/basic.json")).2
        + read(&merge("samples/sarif/basic.sarif")).2;
    for bytes in [zip(), tar()] {
        let run = piped(
            &["merge", "-", "--to", "json=-", "--as-of", "2026-11-21"],
            &bytes,
        );
        assert_eq!(run.code, 0, "{}", run.stderr);
        let (findings, inputs, records) = read(&run);
        assert_eq!((inputs, records), (3, all));
        assert!(!findings.is_empty());
        assert!(run.stdout.contains("\"-/audit/npm.json\""));
    }
}

#[test]
fn an_archive_that_cannot_be_read_is_never_clean() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let whole = zip();
    fs::write(path("cut.zip"), &whole[..whole.len() / 2]).unwrap();
    fs::write(path("page.zip"), "<html>sign in</html>").unwrap();
    fs::write(path("audit.json"), bytes_of("samples/npm-audit/basic.json")).unwrap();
    let run = merge(&path(""));
    assert_eq!(run.code, 3, "{}", run.stderr);
    let (findings, inputs, _) = read(&run);
    assert_eq!(inputs, 3);
    assert!(!findings.is_empty());
    for words in [
        "cut.zip: failed: the archive cannot be read on",
        "page.zip: failed: expected a zip or tar archive, found something else",
    ] {
        assert!(run.stderr.contains(words), "{}", run.stderr);
    }
    // One that is not called so is no report, and is told what it is.
    fs::write(path("artifact"), &whole).unwrap();
    let run = merge(&path("artifact"));
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("a zip archive"), "{}", run.stderr);
    assert!(
        run.stderr.contains("let its name end in `.zip`"),
        "{}",
        run.stderr
    );
}

#[test]
fn no_result_takes_the_place_of_an_archive_that_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let whole = zip();
    let cut = &whole[..whole.len() / 2];
    for (name, bytes) in [
        ("a.zip", &whole[..]),
        ("a.tar", &tar()[..]),
        ("cut.zip", cut),
    ] {
        fs::write(path(name), bytes).unwrap();
        for input in [path(name), path("")] {
            let result = format!("json={}", path(name));
            let run = scanfold(&["merge", &input, "--to", &result]);
            assert_eq!(run.code, 2, "{}", run.stderr);
            let words = format!("{name}: the result would replace an archive that is read");
            assert!(run.stderr.contains(&words), "{}", run.stderr);
            assert!(fs::read(path(name)).unwrap() == bytes);
        }
    }
}

#[test]
fn a_format_may_be_given_for_a_file_in_an_archive() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("a.zip"), zip()).unwrap();
    let from = |format: &str| {
        let from = format!("{format}:{}", path("a.zip/scan/code.sarif"));
        let given = ["merge", &path("a.zip"), "--from", &from, "--to", "json=-"];
        scanfold(&given)
    };
    assert_eq!(from("sarif").code, 0);
    let run = from("npm-audit");
    assert_eq!(run.code, 3);
    assert!(
        run.stderr.contains("a.zip/scan/code.sarif"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_report_in_an_archive_is_rescored_but_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let report = merge("samples/npm-audit/basic.json").stdout;
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let plain =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file("report.json", plain).unwrap();
    zip.write_all(report.as_bytes()).unwrap();
    let zip = zip.finish().unwrap().into_inner();
    fs::write(path("weeks.zip"), &zip).unwrap();
    let weeks = path("weeks.zip");
    let run = scanfold(&["check", &weeks, "--fail-on", "open"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    let words = "weeks.zip: expected a report, found an archive";
    assert!(run.stderr.contains(words), "{}", run.stderr);
    let rescore = ["rescore", &weeks, "--policy", "flowdesk"];
    let run = scanfold(&rescore);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let run = scanfold(&[&rescore[..], &["--write"]].concat());
    assert_eq!(run.code, 2, "{}", run.stderr);
    let words = "weeks.zip/report.json: a report in an archive has no place for its result";
    assert!(run.stderr.contains(words), "{}", run.stderr);
    assert_eq!(fs::read(path("weeks.zip")).unwrap(), zip);
}
