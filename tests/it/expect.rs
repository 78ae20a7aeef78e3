//! Which reports must be there: manifests as their user meets them.

use std::fs;
use std::sync::Arc;

use jiff::Timestamp;
use scanfold::expect;
use scanfold::fold::Fold;
use scanfold::model::{Facts, InputId, InputRecord, Ledger, Outcome, Set};
use serde_json::Value;
use tempfile::TempDir;

use crate::cli::{Run, flat, scanfold};
use crate::project;

/// A folder of artifacts.
struct Job(TempDir);

impl Job {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Writes a file and says how it is named.
    fn file(&self, name: &str, words: &str) -> String {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, words).unwrap();
        path.display().to_string()
    }

    fn manifest(&self, name: &str, entries: &str) -> String {
        self.file(name, &format!("version = 1\n{entries}"))
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    /// Merges at 2026-11-21 and writes `output`.
    fn merge(&self, arguments: &[&str], output: &str) -> Run {
        let output = self.path(output);
        let mut all = vec!["merge", "--as-of", "2026-11-21", "-o", &output];
        all.extend(arguments);
        scanfold(&all)
    }

    fn read(&self, output: &str) -> Value {
        serde_json::from_str(&fs::read_to_string(self.path(output)).unwrap()).unwrap()
    }
}

/// A log of Semgrep with as many results, and the end of its scan if it tells it.
fn semgrep(ended: Option<&str>, results: usize) -> String {
    let invocations = ended.map_or(String::new(), |at| {
        format!(r#","invocations":[{{"executionSuccessful":true,"endTimeUtc":"{at}"}}]"#)
    });
    let results: Vec<String> = (0..results)
        .map(|number| format!(r#"{{"ruleId":"rule-{number}","message":{{"text":"a finding"}}}}"#))
        .collect();
    format!(
        r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"Semgrep OSS"}}}},"results":[{}]{invocations}}}]}}"#,
        results.join(",")
    )
}

/// The manifest among the inputs of a report.
fn record<'a>(report: &'a Value, path: &str) -> &'a Value {
    let inputs = report["inputs"].as_array().unwrap();
    inputs.iter().find(|input| input["path"] == path).unwrap()
}

fn numbers(record: &Value) -> [u64; 3] {
    ["records", "passed", "rejected"].map(|key| record[key].as_u64().unwrap())
}

#[test]
fn the_sample_is_met_by_the_vendor() {
    let manifest = "samples/expect/harbor.toml";
    let arguments = |more: &[&'static str]| -> Run {
        let mut all = vec!["merge", "samples/vendor", "--as-of", "2026-11-21"];
        all.extend([
            "--config",
            "samples/vendor/scanfold.toml",
            "--expect",
            manifest,
        ]);
        all.extend(more);
        scanfold(&all)
    };
    let run = arguments(&[]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let record = record(&report, manifest);
    assert_eq!(record["format"], "expect");
    assert_eq!(record["outcome"], "complete");
    assert_eq!(numbers(record), [7, 7, 0]);
    // Two weeks later the platform's scans are stale, and nothing else is.
    let late = scanfold(&[
        "merge",
        "samples/vendor",
        "--config",
        "samples/vendor/scanfold.toml",
        "--expect",
        manifest,
        "--as-of",
        "2026-11-27T09:24:37Z",
    ]);
    assert_eq!(late.code, 3);
    assert!(
        late.stderr.contains(
            "samples/expect/harbor.toml: 2 of 7 expected reports are not there as expected, the first at line 17: \
             platform scan of Queue Board: report in the format fsrt for Queue Board: the newest, \
             samples/vendor/queue-board/fsrt.json, is 7 days 13 hours old, expected at most 7 days"
        ),
        "{}",
        late.stderr
    );
}

#[test]
fn each_entry_that_is_not_met_says_why() {
    let job = Job::new();
    let old = job.file("ci/a/old.sarif", &semgrep(Some("2026-11-12T00:00:00Z"), 2));
    let silent = job.file("ci/a/silent.sarif", &semgrep(None, 0));
    let ahead = job.file(
        "ci/a/ahead.sarif",
        &semgrep(Some("2026-11-22T00:00:00Z"), 1),
    );
    let failed = job.file("ci/b/audit.json", "{\"error\": {\"code\": \"ENOLOCK\"}}");
    for (entry, expected) in [
        (
            "tool = 'npm-audit'\napp = 'Time Ledger'",
            Some("expected a report of npm-audit for Time Ledger, found none".to_owned()),
        ),
        ("tool = 'semgrep oss'\nmin_reports = 3", None),
        (
            "tool = 'semgrep*'\nmin_reports = 4",
            Some("expected at least 4 reports of semgrep*, found 3".to_owned()),
        ),
        (
            "path = '**/ci/b/*.json'",
            Some(format!(
                "expected a report at `**/ci/b/*.json`, found none: {failed} failed"
            )),
        ),
        (
            "name = 'code'\npath = '**/old.sarif'\nmax_age = '8 days'",
            Some(format!(
                "code: report at `**/old.sarif`: the newest, {old}, is 9 days old, expected at most 8 days"
            )),
        ),
        (
            "path = '**/old.sarif'\nmax_age = '9 days'\nmin_records = 2",
            None,
        ),
        (
            "path = '**/silent.sarif'\nmax_age = '36 hours'",
            Some(format!(
                "report at `**/silent.sarif`: {silent} does not tell when it was scanned, expected at most 1 day 12 hours ago"
            )),
        ),
        (
            "path = '**/ahead.sarif'\nmax_age = '36 hours'",
            Some(format!(
                "report at `**/ahead.sarif`: {ahead} says that it was scanned at 2026-11-22T00:00:00Z, which is after as-of, \
                 expected at most 1 day 12 hours before"
            )),
        ),
        (
            "path = '**/silent.sarif'\nmin_records = 1",
            Some(format!(
                "report at `**/silent.sarif`: {silent} has 0 records, expected at least 1"
            )),
        ),
        (
            "tool = 'semgrep*'\napp = 'Time Ledger'",
            Some("expected a report of semgrep* for Time Ledger, found none".to_owned()),
        ),
        ("tool = 'semgrep*'\napp = 'Queue*'", None),
    ] {
        let manifest = job.manifest("expect.toml", &format!("\n[[report]]\n{entry}\n"));
        let app = "Queue Board=**/a/**";
        let run = job.merge(
            &[
                &old, &silent, &ahead, &failed, "--app", app, "--expect", &manifest,
            ],
            "report.json",
        );
        let report = job.read("report.json");
        let record = record(&report, &manifest);
        assert_eq!(run.code, 3, "the audit failed in any case: {}", run.stderr);
        let line = run.stderr.lines().find(|line| line.contains("expect.toml"));
        let Some(expected) = expected else {
            assert_eq!(
                (line, &record["outcome"]),
                (None, &"complete".into()),
                "{entry}"
            );
            continue;
        };
        assert_eq!(
            line,
            Some(&*format!(
                "scanfold: {manifest}: 1 of 1 expected reports is not there as expected, at line 3: {expected}"
            )),
        );
        assert_eq!(
            (&record["outcome"], numbers(record)),
            (&"failed".into(), [1, 0, 1])
        );
        let rejects = report["rejects"].as_array().unwrap();
        let reject = rejects.iter().find(|it| it["report"] == *manifest).unwrap();
        assert_eq!(
            (&reject["at"], &reject["reason"]),
            (&"line 3".into(), &expected.into())
        );
    }
    let notes = &job.read("report.json");
    assert_eq!(
        record(notes, &ahead)["notes"][0],
        "scanned after as-of, at 2026-11-22T00:00:00Z: it counts as scanned at as-of"
    );
}

#[test]
fn a_name_that_leads_to_nothing_is_told_once() {
    let job = Job::new();
    let (glob, file) = (job.path("ci/*.json"), job.path("ci/audit.json"));
    let scanned = job.file("a.sarif", &semgrep(None, 1));
    let manifest = job.manifest("expect.toml", "[[report]]\npath = '**/ci/*.json'\n");
    let run = job.merge(&[&scanned, &glob, "--expect", &manifest], "report.json");
    assert_eq!(run.code, 3);
    assert!(
        run.stderr.contains("ci/*.json: failed: no file matches"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr
            .contains("expected a report at `**/ci/*.json`, found none\n"),
        "{}",
        run.stderr
    );
    // A file that was named by its own name is the one that failed.
    let run = job.merge(&[&scanned, &file, "--expect", &manifest], "report.json");
    let words = format!("expected a report at `**/ci/*.json`, found none: {file} failed\n");
    assert!(run.stderr.contains(&words), "{}", run.stderr);
}

#[test]
fn a_scan_that_did_not_run_is_not_there() {
    let job = Job::new();
    let manifest = job.manifest("expect.toml", "[[report]]\nformat = 'fsrt'\n");
    let run = job.merge(
        &[
            "samples/fsrt/not-run.json",
            "--allow-incomplete",
            "--allow-rejects",
            "--expect",
            &manifest,
        ],
        "report.json",
    );
    assert_eq!(run.code, 3);
    assert!(
        run.stderr.contains(
            "expected a report in the format fsrt, found none: the scan of samples/fsrt/not-run.json did not run\n"
        ),
        "{}",
        run.stderr
    );
}

#[test]
fn two_manifests_are_two_inputs_and_neither_is_waived() {
    let job = Job::new();
    let scanned = job.file("a.sarif", &semgrep(None, 1));
    let met = job.manifest("met.toml", "[[report]]\ntool = 'semgrep*'\n");
    let unmet = job.manifest(
        "unmet.toml",
        "[[report]]\ntool = 'semgrep*'\n[[report]]\npath = '**/*.toml'\n",
    );
    let all = [
        &*scanned, "--expect", &met, "--expect", &unmet, "--expect", &met,
    ];
    let mut waived = all.to_vec();
    waived.extend(["--allow-incomplete", "--allow-rejects"]);
    let run = job.merge(&waived, "report.json");
    assert_eq!(run.code, 3);
    assert_eq!(
        run.stderr,
        format!(
            "scanfold: {unmet}: 1 of 2 expected reports is not there as expected, at line 4: \
             expected a report at `**/*.toml`, found none\n"
        )
    );
    let report = job.read("report.json");
    assert_eq!(report["inputs"].as_array().unwrap().len(), 3);
    assert_eq!(numbers(record(&report, &met)), [1, 1, 0]);
    assert_eq!(numbers(record(&report, &unmet)), [2, 1, 1]);
}

#[test]
fn what_is_no_report_counts_by_its_format_only() {
    let job = Job::new();
    let lock = "samples/cargo-lock/basic.lock";
    let merge = |entry: &str| {
        let manifest = job.manifest("expect.toml", &format!("[[report]]\n{entry}\n"));
        let database = "samples/advisory-db";
        job.merge(
            &[lock, "--advisory-db", database, "--expect", &manifest],
            "report.json",
        )
    };
    assert_eq!(merge("path = 'samples/advisory-db*'").code, 3);
    let named = merge("format = 'advisory-db'");
    assert!(!named.stderr.contains("expect.toml"), "{}", named.stderr);
    let report = job.read("report.json");
    assert_eq!(
        record(&report, &job.path("expect.toml"))["outcome"],
        "complete"
    );
}

#[test]
fn the_manifest_is_carried_by_later_merges_and_held_against_the_report() {
    let job = Job::new();
    let a = job.file("a/a.sarif", &semgrep(Some("2026-11-20T00:00:00Z"), 1));
    let b = job.file("b/b.sarif", &semgrep(None, 2));
    let manifest = job.manifest(
        "expect.toml",
        "[[report]]\npath = '**/a.sarif'\nmax_age = '7 days'\n[[report]]\npath = '**/b.sarif'\n",
    );
    assert_eq!(job.merge(&[&a], "a.json").code, 0);
    assert_eq!(job.merge(&[&b], "b.json").code, 0);
    let (lower_a, lower_b) = (job.path("a.json"), job.path("b.json"));

    // What a merged report was made of counts as if it had been read here, its times too.
    let whole = job.merge(&[&lower_a, &lower_b, "--expect", &manifest], "whole.json");
    assert_eq!((whole.code, whole.stderr.as_str()), (0, ""));
    assert_eq!(
        record(&job.read("whole.json"), &a)["scanned"],
        "2026-11-20T00:00:00Z"
    );
    job.merge(&[&a, &b, "--expect", &manifest], "flat.json");
    assert_eq!(job.read("flat.json"), job.read("whole.json"));

    let partial = job.merge(&[&lower_a, "--expect", &manifest], "partial.json");
    assert_eq!(partial.code, 3);
    let told = "1 of 2 expected reports is not there as expected, at line 5: expected a report at `**/b.sarif`, found none";
    assert!(partial.stderr.contains(told), "{}", partial.stderr);

    // It stays unmet, although the report comes later, and although a later merge finds all.
    for more in [&[][..], &["--expect", &*manifest]] {
        let partial = job.path("partial.json");
        let mut names = vec![&*partial, &*lower_b];
        names.extend(more);
        let above = job.merge(&names, "above.json");
        assert_eq!(above.code, 3);
        assert!(above.stderr.contains(told), "{}", above.stderr);
    }

    let check = scanfold(&[
        "check",
        &job.path("above.json"),
        "--fail-on",
        "open&severity>=critical",
    ]);
    assert_eq!(check.code, 3);
    assert!(flat(&check.stdout).contains(told), "{}", check.stdout);
    let waived = ["--allow-rejects", "--allow-incomplete"];
    let above = job.path("above.json");
    let mut arguments = vec!["check", &*above, "--fail-on", "new&severity>=critical"];
    arguments.extend(waived);
    assert_eq!(scanfold(&arguments).code, 3);
    let text = scanfold(&["show", &above]).stdout;
    assert!(
        text.contains("1 of 2 expected reports not there as expected"),
        "{text}"
    );
}

#[test]
fn the_order_of_names_changes_no_byte() {
    let job = Job::new();
    let a = job.file("a.sarif", &semgrep(Some("2026-11-01T00:00:00Z"), 1));
    let b = job.file("b.sarif", &semgrep(None, 2));
    let c = job.file("c.json", "{\"error\": {\"code\": \"ENOLOCK\"}}");
    let one = job.manifest(
        "one.toml",
        "[[report]]\ntool = 'semgrep*'\nmax_age = '1 day'\nmin_reports = 2\n",
    );
    let two = job.manifest(
        "two.toml",
        "[[report]]\npath = '**/*.json'\n[[report]]\ntool = 'x'\n",
    );
    let merged = |names: &[&str]| {
        assert_eq!(job.merge(names, "report.json").code, 3);
        fs::read_to_string(job.path("report.json")).unwrap()
    };
    let (expect, jobs) = ("--expect", "--jobs");
    let first = merged(&[&a, &b, &c, expect, &one, expect, &two, jobs, "1"]);
    assert_eq!(
        merged(&[&c, &b, &a, expect, &two, expect, &one, jobs, "8"]),
        first
    );
    assert_eq!(
        merged(&[&b, &c, &b, &a, expect, &two, expect, &one, expect, &two]),
        first
    );
}

#[test]
fn what_any_merge_found_unmet_is_unmet_in_whatever_order_they_are_taken_together() {
    let entries =
        "version = 1\n[[report]]\ntool = 'a'\n[[report]]\ntool = 'b'\n[[report]]\ntool = 'c'\n";
    let manifest = expect::parse("expect.toml", entries.as_bytes()).unwrap();
    let input = |tool: &str| InputRecord {
        id: Arc::new(InputId {
            path: tool.into(),
            digest: "blake3:00".into(),
        }),
        format: Some("sarif".into()),
        scanner: Some(tool.into()),
        scanner_version: None,
        bytes: 0,
        outcome: Outcome::Complete,
        scanned: None,
        dated: None,
        scope: Set::new(),
        notes: Set::new(),
        reasons: Set::new(),
        doubts: Set::new(),
        ledger: Ledger::default(),
        counted_again: 0,
    };
    let as_of = Timestamp::UNIX_EPOCH;
    let with = |tools: &[&str]| {
        let mut facts = Facts {
            inputs: tools.iter().map(|tool| input(tool)).collect(),
            ..Facts::default()
        };
        expect::judge(&mut facts, std::slice::from_ref(&manifest), as_of);
        facts
    };
    let together = |all: &[&Facts]| {
        let mut fold = Fold::default();
        for facts in all {
            fold.take((*facts).clone());
        }
        let mut facts = fold.finish();
        expect::judge(&mut facts, &[], as_of);
        facts
    };
    let (one, two, whole) = (&with(&["a"]), &with(&["b", "c"]), &with(&["a", "b", "c"]));
    let all = together(&[one, two, whole]);
    let record = all.inputs.iter().find(|input| input.is_manifest()).unwrap();
    let Ledger {
        records,
        passed,
        rejected,
        ..
    } = record.ledger;
    assert_eq!(
        (records, passed, rejected, record.outcome),
        (3, 0, 3, Outcome::Failed)
    );
    assert_eq!(together(&[whole, two, one]), all);
    assert_eq!(together(&[&together(&[two, whole]), one, one]), all);
    assert_eq!(
        together(&[whole, &together(&[&together(&[one, two]), two])]),
        all
    );
}

#[test]
fn a_manifest_that_cannot_be_read_is_an_error_with_its_place() {
    let job = Job::new();
    let scanned = job.file("a.sarif", &semgrep(None, 1));
    let manifest = job.manifest(
        "expect.toml",
        "[[report]]\ntool = 'x'\nmax_ages = '7 days'\n",
    );
    let run = job.merge(&[&scanned, "--expect", &manifest], "report.json");
    assert_eq!(run.code, 2);
    assert_eq!(
        run.stderr,
        format!(
            "scanfold: {manifest}:4:1: unknown key `max_ages` in `[[report]]`\nhint: did you mean `max_age`?\n"
        )
    );
    assert!(!fs::exists(job.path("report.json")).unwrap());
    let run = job.merge(
        &[&scanned, "--expect", &job.path("none.toml")],
        "report.json",
    );
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("none.toml: no such file or directory"),
        "{}",
        run.stderr
    );
}

#[test]
fn the_project_file_names_one_manifest_or_several() {
    let job = Job::new();
    let scanned = job.file("ci/a.sarif", &semgrep(None, 1));
    job.manifest("ours/unmet.toml", "[[report]]\ntool = 'x'\n");
    let met = job.manifest("ours/met.toml", "[[report]]\ntool = 'semgrep*'\n");
    for (words, objects) in [
        ("expect = 'unmet.toml'", true),
        ("expect = ['met.toml', 'unmet.toml']", true),
        ("expect = 'met.toml'", false),
        ("expect = []", false),
    ] {
        let config = job.file("ours/scanfold.toml", words);
        let run = job.merge(&[&scanned, "--config", &config], "report.json");
        assert_eq!(
            run.code,
            if objects { 3 } else { 0 },
            "{words}: {}",
            run.stderr
        );
        assert_eq!(
            run.stderr.contains("ours/unmet.toml: 1 of 1"),
            objects,
            "{words}"
        );
        // The command line stands in its place.
        let run = job.merge(
            &[&scanned, "--config", &config, "--expect", &met],
            "report.json",
        );
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{words}");
    }
    let config = job.file("ours/scanfold.toml", "expect = 1");
    let run = job.merge(&[&scanned, "--config", &config], "report.json");
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("must be a path or a list of paths"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_manifest_among_the_artifacts_is_not_called_skipped() {
    let job = Job::new();
    job.file("ci/a.sarif", &semgrep(None, 1));
    let manifest = job.manifest("ci/expect.toml", "[[report]]\ntool = 'semgrep*'\n");
    let run = job.merge(&[&job.path("ci"), "--expect", &manifest], "report.json");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
}

#[test]
fn the_schema_allows_the_sample_and_refuses_what_the_program_refuses() {
    let schema = scanfold(&["schema", "expect"]);
    assert_eq!(schema.code, 0);
    let schema: Value = serde_json::from_str(&schema.stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let sample = fs::read_to_string(project("samples/expect/harbor.toml")).unwrap();
    for (words, right) in [
        (&*sample, true),
        (
            "version = 1\n[[report]]\ntool = 'x'\nmax_age = '36 hours'\nmin_reports = 2\n",
            true,
        ),
        ("version = 1\n[[report]]\npath = ['a', 'b']\n", true),
        ("version = 2\n[[report]]\ntool = 'x'\n", false),
        ("[[report]]\ntool = 'x'\n", false),
        ("version = 1\n", false),
        ("version = 1\nreport = []\n", false),
        ("version = 1\n[[report]]\nname = 'x'\n", false),
        ("version = 1\n[[report]]\ntool = ''\n", false),
        ("version = 1\n[[report]]\ntool = 'x'\ntools = 'x'\n", false),
        (
            "version = 1\n[[report]]\ntool = 'x'\nmin_reports = 0\n",
            false,
        ),
        (
            "version = 1\n[[report]]\ntool = 'x'\nmax_age = '7'\n",
            false,
        ),
    ] {
        let document: Value = toml::from_str(words).unwrap();
        assert_eq!(validator.is_valid(&document), right, "{words}");
        let read = expect::parse("expect.toml", words.as_bytes());
        assert_eq!(read.is_ok(), right, "{words}: {read:?}");
    }
}

#[test]
fn a_format_that_no_report_can_have_is_refused_with_what_was_meant() {
    let job = Job::new();
    let merge = |format: &str| {
        let entry = format!("\n[[report]]\nformat = {format}\n");
        let manifest = job.manifest("expect.toml", &entry);
        job.merge(
            &["samples/npm-audit/basic.json", "--expect", &manifest],
            "out.json",
        )
    };
    let typo = merge("['fsrt', 'npm-adit']");
    assert_eq!((typo.code, typo.stdout.as_str()), (2, ""));
    for words in [
        "expect.toml: line 3: there is no format `npm-adit`",
        "hint: did you mean `npm-audit`?",
    ] {
        assert!(typo.stderr.contains(words), "{}", typo.stderr);
    }
    assert!(merge("'bugcrowd-*x'").stderr.contains("there is no format"));
    for known in ["'npm-*'", "'NPM-Audit'"] {
        assert_eq!(merge(known).code, 0, "{known}");
    }
    assert_eq!(merge("'kev'").code, 3, "it is missing, and no mistake");
}
