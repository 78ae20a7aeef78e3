//! What is written for other systems, read back: the same findings are decided the same, and nothing open is hidden.

use std::collections::BTreeMap;

use serde_json::Value;
use tempfile::TempDir;

use crate::cli::scanfold;
use crate::vex::trivy;

const TRIAGE: &str = r#"version = 1
[[accept]]
match = { id = "CVE-2026-10001" }
reason = "on the intranet only"
by = "security"
until = 2026-12-31
[[false-positive]]
match = { id = "CVE-2026-10002", app = "Queue Board" }
reason = "vulnerable_code_not_present: built without it"
by = "security"
"#;

const VEX: &str = r#"{
  "@context": "https://openvex.dev/ns/v0.2.0",
  "@id": "https://harborapps.example/vex/1",
  "author": "Harbor Apps Security",
  "timestamp": "2026-11-18T09:00:00Z",
  "version": 1,
  "statements": [{
    "vulnerability": {"name": "CVE-2026-10003"},
    "products": [{"@id": "pkg:generic/Queue%20Board", "subcomponents": [{"@id": "pkg:npm/send"}]}],
    "status": "not_affected",
    "impact_statement": "Nothing is sent."
  }]
}"#;

struct Desk(TempDir);

impl Desk {
    /// Two apps with the same packages, each with its own file.
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        let packages = [
            ("CVE-2026-10001", "accepted", "1.0.0"),
            ("CVE-2026-10002", "debug", "2.0.0"),
            ("CVE-2026-10003", "send", "3.0.0"),
            ("CVE-2026-10004", "open", "4.0.0"),
        ];
        desk.file("board.sarif", &trivy(&packages));
        desk.file("ledger.sarif", &trivy(&packages));
        desk.file("triage.toml", TRIAGE);
        desk.file("vex.json", VEX);
        desk
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn run(&self, output: &str, arguments: &[&str]) {
        let output = self.path(output);
        let common = ["merge", "--as-of", "2026-11-21", "--policy", "flowdesk"];
        let run = scanfold(&[&common[..], &["-o", &output], arguments].concat());
        assert_eq!(run.code, 0, "{}", run.stderr);
    }

    /// Merges the reports of both apps into `name`, with arguments for each of these merges.
    fn both(&self, name: &str, arguments: &[&str]) {
        let leaves: Vec<String> = [("board", "Queue Board"), ("ledger", "Time Ledger")]
            .map(|(file, app)| {
                let leaf = format!("{name}-{file}.json");
                let input = self.path(&format!("{file}.sarif"));
                self.run(&leaf, &[&[&*input, "--app", app], arguments].concat());
                self.path(&leaf)
            })
            .into();
        let leaves: Vec<&str> = leaves.iter().map(String::as_str).collect();
        self.run(name, &[&leaves[..], arguments].concat());
    }

    fn convert(&self, report: &str, form: &str) -> String {
        let (report, to) = (self.path(report), self.path(form));
        let target = format!("{form}={to}");
        let run = scanfold(&["convert", &report, "--to", &target]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        to
    }

    /// `APP ID` and the status of each finding.
    fn stands(&self, name: &str) -> BTreeMap<String, String> {
        let report: Value =
            serde_json::from_slice(&std::fs::read(self.path(name)).unwrap()).unwrap();
        let word = |value: &Value| value.as_str().unwrap().to_owned();
        let findings = report["findings"].as_array().unwrap().iter();
        findings
            .map(|one| {
                let id = word(&one["ids"][0]);
                (format!("{} {id}", word(&one["app"])), word(&one["status"]))
            })
            .collect()
    }
}

const DECIDED: [(&str, &str); 8] = [
    ("Queue Board CVE-2026-10001", "suppressed"),
    ("Queue Board CVE-2026-10002", "suppressed"),
    ("Queue Board CVE-2026-10003", "suppressed"),
    ("Queue Board CVE-2026-10004", "open"),
    ("Time Ledger CVE-2026-10001", "suppressed"),
    ("Time Ledger CVE-2026-10002", "open"),
    ("Time Ledger CVE-2026-10003", "open"),
    ("Time Ledger CVE-2026-10004", "open"),
];

fn expected(stands: &[(&str, &str)]) -> BTreeMap<String, String> {
    let owned = |(name, status): &(&str, &str)| ((*name).to_owned(), (*status).to_owned());
    stands.iter().map(owned).collect()
}

#[test]
fn what_is_written_as_vex_decides_the_same_when_it_is_read() {
    let desk = Desk::new();
    let (triage, vex) = (desk.path("triage.toml"), desk.path("vex.json"));
    desk.both("decided.json", &["--triage", &triage, "--vex", &vex]);
    assert_eq!(desk.stands("decided.json"), expected(&DECIDED));
    desk.both("plain.json", &[]);
    // Who reads it alone learns what does no harm, and not that a risk is taken.
    let mut learnt = DECIDED;
    learnt[0].1 = "open";
    learnt[4].1 = "open";
    for form in ["openvex", "cyclonedx"] {
        let told = desk.convert("decided.json", form);
        let (decided, plain) = (desk.path("decided.json"), desk.path("plain.json"));
        desk.run("again.json", &[&decided, "--vex", &told]);
        assert_eq!(desk.stands("again.json"), expected(&DECIDED), "{form}");
        desk.run("learnt.json", &[&plain, "--vex", &told]);
        assert_eq!(desk.stands("learnt.json"), expected(&learnt), "{form}");
    }
}

#[test]
fn a_report_without_decisions_hides_nothing_when_it_is_read() {
    let desk = Desk::new();
    desk.both("plain.json", &[]);
    let open: Vec<(&str, &str)> = DECIDED.iter().map(|(name, _)| (*name, "open")).collect();
    for form in ["openvex", "cyclonedx"] {
        let told = desk.convert("plain.json", form);
        desk.run("again.json", &[&desk.path("plain.json"), "--vex", &told]);
        assert_eq!(desk.stands("again.json"), expected(&open), "{form}");
    }
}

#[test]
fn another_version_and_another_app_are_not_spoken_of() {
    let desk = Desk::new();
    let (triage, vex) = (desk.path("triage.toml"), desk.path("vex.json"));
    desk.both("decided.json", &["--triage", &triage, "--vex", &vex]);
    // The same packages one version later, without a name, and in a third app.
    let later = desk.file(
        "later.sarif",
        &trivy(&[
            ("CVE-2026-10002", "debug", "2.0.1"),
            ("CVE-2026-10003", "send", "3.0.1"),
        ]),
    );
    for form in ["openvex", "cyclonedx"] {
        let told = desk.convert("decided.json", form);
        desk.run(
            "later.json",
            &[&later, "--app", "Queue Board", "--vex", &told],
        );
        let open = [
            ("Queue Board CVE-2026-10002", "open"),
            ("Queue Board CVE-2026-10003", "open"),
        ];
        assert_eq!(desk.stands("later.json"), expected(&open), "{form}");
        let board = desk.path("board.sarif");
        desk.run(
            "other.json",
            &[&board, "--app", "Door Bell", "--vex", &told],
        );
        let stands = desk.stands("other.json");
        assert!(
            stands.values().all(|status| status == "open"),
            "{form}: {stands:?}"
        );
        assert_eq!(stands.len(), 4);
    }
}

#[test]
fn a_form_without_an_ending_is_named_in_what_people_are_told() {
    let desk = Desk::new();
    desk.both("plain.json", &[]);
    let report = desk.path("plain.json");
    let told = scanfold(&["convert", &report, "-o", &desk.path("vex.openvex")]);
    assert_eq!(told.code, 2);
    assert!(
        told.stderr.contains("or write `--to FORMAT=FILE`"),
        "{}",
        told.stderr
    );
    assert!(
        !told.stderr.contains(", .openvex") && !told.stderr.contains(", ,"),
        "{}",
        told.stderr
    );
    let forms = scanfold(&["formats"]).stdout;
    for form in [
        "openvex",
        "cyclonedx",
        "gitlab-sast",
        "gitlab-dependency-scanning",
        "defectdojo",
        "ocsf",
    ] {
        assert!(forms.contains(form), "{form} in {forms}");
    }
}
