//! VEX documents through the command: what they say stands in the report, once, and wherever in a tree it is said.

use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cli::{Run, scanfold};

const APP: &str = "com.harborapps.queue-board";
const OPENVEX: &str = "samples/vex/openvex.json";
const CYCLONEDX: &str = "samples/vex/cyclonedx.json";
const REJECTS: &str = "samples/vex/rejects.json";

/// What Trivy says of packages in a `package-lock.json`: id, name and version of each.
pub(super) fn trivy(packages: &[(&str, &str, &str)]) -> String {
    let result = |(id, name, version): &(&str, &str, &str)| {
        json!({
            "ruleId": id,
            "level": "error",
            "message": {"text": format!("Package: {name}\nInstalled Version: {version}\nVulnerability {id}\nSeverity: HIGH")},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": "package-lock.json"}}}],
        })
    };
    let results: Vec<Value> = packages.iter().map(result).collect();
    let driver = json!({"name": "Trivy", "version": "0.67.2", "rules": []});
    json!({"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]})
        .to_string()
}

/// A folder with reports, and what is merged in it.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.write(
            "a.sarif",
            &trivy(&[
                ("CVE-2026-10007", "debug", "4.3.1"),
                ("GHSA-35jh-r3h4-6jhm", "lodash", "4.17.19"),
            ]),
        );
        folder.write(
            "b.sarif",
            &trivy(&[
                ("GHSA-35jh-r3h4-6jhm", "lodash", "4.17.15"),
                ("CVE-2026-10007", "send", "0.8.0"),
            ]),
        );
        folder
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn merge(&self, inputs: &[&str], more: &[&str], to: &str) -> Run {
        let inputs: Vec<String> = inputs.iter().map(|name| self.path(name)).collect();
        let to = self.path(to);
        let mut arguments = vec!["merge", "--as-of", "2026-11-21", "--app", APP, "-o", &to];
        arguments.extend(inputs.iter().map(String::as_str));
        arguments.extend(more);
        scanfold(&arguments)
    }

    /// The report of a merge that ends well.
    fn report(&self, inputs: &[&str], more: &[&str]) -> Value {
        let run = self.merge(inputs, more, "report.json");
        assert_eq!(run.code, 0, "{}", run.stderr);
        read(self.path("report.json"))
    }
}

fn read(path: impl AsRef<Path>) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// `PACKAGE: VERDICT at POINTER` of each decision, in order.
fn decisions(report: &Value) -> Vec<String> {
    let mut told = Vec::new();
    for finding in report["findings"].as_array().unwrap() {
        let purl = finding["package"]["purl"].as_str().unwrap_or_default();
        for decision in finding["decisions"].as_array().into_iter().flatten() {
            let word = |key: &str| decision[key].as_str().unwrap();
            let pointer = word("source").rsplit(' ').next().unwrap();
            told.push(format!("{purl}: {} at {pointer}", word("verdict")));
        }
    }
    told.sort();
    told
}

fn input<'a>(report: &'a Value, path: &str) -> &'a Value {
    let mut inputs = report["inputs"].as_array().unwrap().iter();
    inputs.find(|input| input["path"] == path).unwrap()
}

#[test]
fn what_a_document_says_stands_in_the_report_with_its_place() {
    let folder = Folder::new();
    let report = folder.report(&["a.sarif", "b.sarif"], &["--vex", OPENVEX]);
    assert_eq!(
        decisions(&report),
        [
            "pkg:npm/debug: affected at /statements/2",
            "pkg:npm/debug: under-investigation at /statements/1",
            // The report knows it by its GHSA id, the document by its CVE id first.
            "pkg:npm/lodash: not-affected at /statements/0",
        ]
    );
    let findings = report["findings"].as_array().unwrap();
    let lodash = findings
        .iter()
        .find(|finding| finding["package"]["purl"] == "pkg:npm/lodash");
    assert_eq!(
        lodash.unwrap()["decisions"],
        json!([{
            "verdict": "not-affected",
            "source": "samples/vex/openvex.json /statements/0",
            "by": "Harbor Apps Security (maintainer)",
            "reason": "vulnerable_code_not_in_execute_path: Queue Board calls debounce and groupBy only, and never builds a template.",
            "said": "2026-11-18T09:00:00Z",
            "subject": "pkg:npm/lodash",
            "versions": ["4.17.19", "4.17.20"],
        }])
    );
    let input = input(&report, OPENVEX);
    assert_eq!(input["format"], "openvex");
    assert_eq!(input["outcome"], "complete");
    assert_eq!(
        input["notes"],
        json!(["5 statements by Harbor Apps Security (maintainer) of 2026-11-18T09:00:00Z"])
    );
}

#[test]
fn a_version_that_no_report_shows_is_not_spoken_of() {
    let folder = Folder::new();
    let report = folder.report(&["b.sarif"], &["--vex", OPENVEX, "--vex", CYCLONEDX]);
    assert_eq!(decisions(&report), [""; 0]);
    assert_eq!(input(&report, CYCLONEDX)["format"], "cyclonedx-vex");
    let report = folder.report(&["a.sarif"], &["--vex", CYCLONEDX]);
    assert_eq!(
        decisions(&report),
        ["pkg:npm/lodash: not-affected at /vulnerabilities/0"]
    );
}

#[test]
fn the_project_file_names_documents_beside_itself() {
    let folder = Folder::new();
    folder.write(
        "ours.json",
        &std::fs::read_to_string(crate::project(OPENVEX)).unwrap(),
    );
    let config = folder.write("scanfold.toml", "vex = [\"ours.json\"]\n");
    let report = folder.report(&["a.sarif"], &["--config", &config]);
    assert_eq!(decisions(&report).len(), 3);
    // The command line takes its place.
    let report = folder.report(&["a.sarif"], &["--config", &config, "--vex", CYCLONEDX]);
    assert_eq!(
        decisions(&report),
        ["pkg:npm/lodash: not-affected at /vulnerabilities/0"]
    );
}

#[test]
fn rejected_statements_are_counted_named_and_waived() {
    let folder = Folder::new();
    let run = folder.merge(&["a.sarif"], &["--vex", REJECTS], "report.json");
    assert_eq!(run.code, 3);
    assert!(
        run.stderr
            .contains("rejects.json: 6 records were not understood"),
        "{}",
        run.stderr
    );
    let report = read(folder.path("report.json"));
    assert_eq!(
        decisions(&report),
        [""; 0],
        "what lacks a reason suppresses nothing"
    );
    let input = input(&report, REJECTS);
    assert_eq!(
        (&input["records"], &input["rejected"]),
        (&json!(6), &json!(6))
    );
    let rejects = report["rejects"].as_array().unwrap();
    assert_eq!(rejects.len(), 6);
    assert_eq!(rejects[0]["at"], "/statements/0");
    let waived = folder.merge(
        &["a.sarif"],
        &["--vex", REJECTS, "--allow-rejects"],
        "report.json",
    );
    assert_eq!(waived.code, 0, "{}", waived.stderr);
}

#[test]
fn a_tree_of_merges_says_what_one_merge_says() {
    let folder = Folder::new();
    let vex = [
        "--vex",
        CYCLONEDX,
        "--vex",
        OPENVEX,
        "--vex",
        REJECTS,
        "--allow-rejects",
    ];
    let none = ["--allow-rejects"];
    let merge = |inputs: &[&str], more: &[&str], to: &str| {
        let run = folder.merge(inputs, more, to);
        assert_eq!(run.code, 0, "{}", run.stderr);
        std::fs::read_to_string(folder.path(to)).unwrap()
    };
    let flat = merge(&["a.sarif", "b.sarif"], &vex, "flat.json");
    assert_eq!(decisions(&read(folder.path("flat.json"))).len(), 4);
    let twice = merge(
        &["b.sarif", "a.sarif"],
        &[&vex[..], &vex[..6]].concat(),
        "twice.json",
    );
    assert_eq!(twice, flat);
    for (leaf, root) in [
        (&vex[..], &vex[..]),
        (&vex[..], &none[..]),
        (&none[..], &vex[..]),
    ] {
        merge(&["a.sarif"], leaf, "leaf-a.json");
        merge(&["b.sarif"], leaf, "leaf-b.json");
        let tree = merge(&["leaf-b.json", "leaf-a.json"], root, "tree.json");
        assert_eq!(tree, flat, "leaf {leaf:?}, root {root:?}");
        assert_eq!(merge(&["tree.json"], root, "again.json"), flat);
    }
}

#[test]
fn what_is_absent_is_spoken_of_too() {
    let folder = Folder::new();
    folder.write("none.sarif", &trivy(&[]));
    let run = folder.merge(&["a.sarif"], &[], "last.json");
    assert_eq!(run.code, 0, "{}", run.stderr);
    let last = folder.path("last.json");
    let report = folder.report(&["none.sarif"], &["--baseline", &last, "--vex", CYCLONEDX]);
    assert_eq!(
        decisions(&report),
        ["pkg:npm/lodash: not-affected at /vulnerabilities/0"]
    );
}

#[test]
fn a_file_that_is_none_ends_the_command() {
    let folder = Folder::new();
    let bom = folder.write(
        "bom.json",
        r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": []}"#,
    );
    let future = folder.write(
        "v1.json",
        r#"{"@context": "https://openvex.dev/ns/v1.0.0", "statements": []}"#,
    );
    for (file, words) in [
        (
            bom.as_str(),
            "bom.json: /vulnerabilities: expected an array of vulnerabilities, found nothing",
        ),
        (
            &future,
            "v1.json: /@context: expected OpenVEX 0.0.1 to 0.2.0, found `v1.0.0`",
        ),
        (
            "samples/sarif/basic.sarif",
            "basic.sarif: expected a VEX document",
        ),
        ("samples/vex", "expected a file, found a directory"),
        ("samples/vex/none.json", "none.json: no such file"),
    ] {
        let run = folder.merge(&["a.sarif"], &["--vex", file], "report.json");
        assert_eq!(run.code, 2, "{file}");
        assert!(run.stderr.contains(words), "{}", run.stderr);
    }
    assert!(!Path::new(&folder.path("report.json")).exists());
}

#[test]
fn a_document_among_the_reports_is_called_what_it_is() {
    for file in [OPENVEX, CYCLONEDX] {
        let run = scanfold(&["merge", file]);
        assert_eq!(run.code, 3);
        assert!(run.stderr.contains("`--vex`"), "{}", run.stderr);
    }
    let named = scanfold(&[
        "merge",
        "samples/vex",
        "samples/sarif/basic.sarif",
        "--vex",
        OPENVEX,
    ]);
    assert!(
        named
            .stderr
            .contains("2 files that were found are no reports")
            && !named.stderr.contains("openvex.json"),
        "{}",
        named.stderr
    );
}

#[test]
fn outer_words_reach_no_output_as_they_are() {
    let folder = Folder::new();
    let vex = folder.write(
        "vex.json",
        r#"{"@context": "https://openvex.dev/ns/v0.2.0", "author": "<b>Ines</b>\u001b[31m", "timestamp": "2026-11-18T09:00:00Z",
            "statements": [{"vulnerability": {"name": "CVE-2026-10007"}, "products": ["pkg:npm/debug"], "status": "not_affected",
              "impact_statement": "=cmd()|<script>alert(1)</script>\u202e | [x](javascript:alert(1))"}]}"#,
    );
    for form in ["json", "markdown", "csv", "text", "sarif"] {
        let form = format!("--to={form}");
        let run = folder.merge(&["a.sarif"], &["--vex", &vex, &form], "report.json");
        assert_eq!(run.code, 0, "{}", run.stderr);
        for mark in ['\u{1b}', '\u{202e}'] {
            assert!(!run.stdout.contains(mark), "{form}");
        }
        // Markup is markup in Markdown alone.
        assert!(!form.ends_with("markdown") || !run.stdout.contains("<script>"));
    }
    let report = read(folder.path("report.json"));
    assert_eq!(
        decisions(&report),
        ["pkg:npm/debug: not-affected at /statements/0"]
    );
}

#[test]
fn a_statement_without_any_time_suppresses_nothing() {
    let folder = Folder::new();
    let vex = folder.write(
        "vex.json",
        r#"{"@context": "https://openvex.dev/ns/v0.2.0", "author": "Ines",
            "statements": [{"vulnerability": {"name": "CVE-2026-10007"}, "products": ["pkg:npm/debug"], "status": "not_affected",
              "justification": "component_not_present"}]}"#,
    );
    let run = folder.merge(&["a.sarif"], &["--vex", &vex], "report.json");
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(
        run.stderr.contains("expected a `timestamp`"),
        "{}",
        run.stderr
    );
    let report = std::fs::read_to_string(folder.path("report.json")).unwrap();
    assert!(!report.contains("\"decisions\""), "{report}");
}
