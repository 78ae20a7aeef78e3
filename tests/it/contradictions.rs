//! A report that was changed by hand is refused where it contradicts itself, and says what does.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::cli::{Run, scanfold, vendor_report};

type Change = fn(&mut Value);

const AS_OF: [&str; 2] = ["--as-of", "2026-11-21"];

fn changed(change: impl FnOnce(&mut Value)) -> String {
    let mut report = serde_json::from_str(&vendor_report()).unwrap();
    change(&mut report);
    report.to_string()
}

fn place(folder: &Path, name: &str, words: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, words).unwrap();
    path.display().to_string()
}

fn check(report: &str) -> Run {
    scanfold(&[&["check", report, "--fail-on", "reopened"][..], &AS_OF].concat())
}

/// Refused, with the place, the words and what to do.
fn refused(run: &Run, words: &[&str]) {
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{words:?}");
    for words in words {
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
    }
    assert!(run.stderr.contains("hint: "), "{}", run.stderr);
}

#[test]
fn a_finding_that_contradicts_itself_is_refused_by_whoever_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    let whole = place(folder.path(), "whole.json", &vendor_report());
    let words = changed(|report| {
        let finding = report["findings"][0].as_object_mut().unwrap();
        finding.remove("deadlines");
    });
    let path = place(folder.path(), "changed.json", &words);
    let commands = [
        &["check", &path, "--fail-on", "overdue"][..],
        &["show", &path],
        &["convert", &path, "--to", "csv"],
        &["diff", &whole, &path],
        &["explain", &path, "0"],
        &["rescore", &path, "--policy", "flowdesk"],
        &["merge", "samples/npm-audit/basic.json", "--baseline", &path],
    ];
    let told = [
        "changed.json: /findings/0: `due` is `2026-11-16`, but `deadlines.fix.by` is absent",
        "hint: the report was changed by hand: write it anew with `scanfold merge`",
    ];
    for command in commands {
        let is_timed = !matches!(command[0], "convert" | "diff" | "explain");
        let as_of: &[&str] = if is_timed { &AS_OF } else { &[] };
        refused(&scanfold(&[command, as_of].concat()), &told);
    }
    // What may be rejected elsewhere may not be changed here.
    let waived = ["--allow-rejects", "--allow-incomplete"];
    let run = scanfold(&[&["merge", &path][..], &AS_OF, &waived].concat());
    assert_eq!(run.code, 3, "{}", run.stderr);
    let merged: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(merged["rejects"][0]["at"], "/findings/0");
    let reason = merged["rejects"][0]["reason"].as_str().unwrap();
    assert!(reason.starts_with("`due` is `2026-11-16`"), "{reason}");
}

#[test]
fn each_contradiction_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let cases: [(&str, Value, &str); 17] = [
        (
            "due",
            json!("2027-01-01"),
            "`due` is `2027-01-01`, but `deadlines.fix.by` is `2026-11-16`",
        ),
        ("due", Value::Null, "`due` is absent, but"),
        ("overdue", json!(false), "`overdue` is false, but"),
        (
            "severity",
            json!("low"),
            "`severity` is `low`, but the chosen one of `why` says `high`",
        ),
        (
            "status",
            json!("suppressed"),
            "`status` is `suppressed`, but there is no `suppression`",
        ),
        (
            "status",
            json!("fixed"),
            "`status` is `fixed`, but `baseline` is not `absent`",
        ),
        (
            "status",
            json!("unobserved"),
            "`status` is `unobserved`, but `baseline` is not `absent`",
        ),
        (
            "baseline",
            json!("absent"),
            "`status` is `open`, but `baseline` is `absent`",
        ),
        (
            "suppression",
            json!({"reason": "later", "by": "me"}),
            "`status` is `open`, but there is a `suppression`",
        ),
        (
            "first_seen",
            json!("2099-01-01T00:00:00Z"),
            "`first_seen` is 2099-01-01T00:00:00Z, after the report's `as_of`",
        ),
        (
            "last_seen",
            json!("2099-01-01T00:00:00Z"),
            "`last_seen` is 2099-01-01T00:00:00Z, after",
        ),
        (
            "deadlines/fix/ends",
            json!("2030-01-02T00:00:00Z"),
            "`deadlines.fix.by` is `2026-11-16`, but `ends` is 2030",
        ),
        (
            "deadlines/assess/by",
            json!("2030-01-01"),
            "`deadlines.assess.by` is `2030-01-01`, but `ends` is 2026",
        ),
        (
            "first_seen",
            json!("soon"),
            "`first_seen`: expected a time as `2026-11-21T00:00:00Z`",
        ),
        (
            "last_seen",
            json!("9999-12-31T23:59:59Z"),
            "`last_seen`: expected a time as",
        ),
        (
            "links",
            json!(vec!["https://docs.example/1"; 65]),
            "`links`: a list has more than 64 members",
        ),
        (
            "score",
            json!("high"),
            "`score`: invalid type: string \"high\", expected a number",
        ),
    ];
    for (at, value, told) in cases {
        let words = changed(|report| {
            let finding = &mut report["findings"][0];
            let (of, field) = at.rsplit_once('/').unwrap_or(("", at));
            let of = if of.is_empty() {
                String::new()
            } else {
                format!("/{of}")
            };
            finding.pointer_mut(&of).unwrap()[field] = value;
        });
        let path = place(folder.path(), "changed.json", &words);
        refused(&check(&path), &["changed.json: /findings/0: ", told]);
    }
}

#[test]
fn a_finding_whose_date_went_everywhere_but_from_its_reason_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let words = changed(|report| {
        let finding = report["findings"][0].as_object_mut().unwrap();
        for field in ["due", "overdue", "deadlines"] {
            finding.remove(field);
        }
    });
    let path = place(folder.path(), "changed.json", &words);
    refused(
        &check(&path),
        &["`deadlines.acknowledge.by` is absent, but the chosen one of `why` says `2026-11-04`"],
    );
}

#[test]
fn a_report_whose_parts_do_not_fit_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let cases: [(Change, &str); 6] = [
        (
            |report| drop(report.as_object_mut().unwrap().remove("tickets")),
            "changed.json: /tickets: a finding names the ticket `",
        ),
        (
            |report| {
                let again = report["findings"][0].clone();
                report["findings"].as_array_mut().unwrap()[1] = again;
            },
            "/findings/1: another finding has the same `fingerprint`",
        ),
        (
            |report| report["inputs"] = json!([]),
            "/ledger: `ledger` is not the sum",
        ),
        (
            |report| report["ledger"]["rejected"] = json!(7),
            "/ledger: `ledger` is not the sum of what `inputs` count",
        ),
        (
            |report| report["findings"][2]["sightings"][0]["report"] = json!("other.json"),
            "none of its `sightings` names one of the report's `inputs`",
        ),
        (
            |report| report["findings"][3] = json!("none"),
            "/findings/3: invalid type: string \"none\", expected an object",
        ),
    ];
    for (change, told) in cases {
        let path = place(folder.path(), "changed.json", &changed(change));
        refused(&check(&path), &["changed.json: ", told]);
        let rescore = ["rescore", &path, "--policy", "flowdesk"];
        refused(
            &scanfold(&[&rescore[..], &AS_OF].concat()),
            &["changed.json: ", told],
        );
        let run = scanfold(&[&["merge", &path][..], &AS_OF].concat());
        assert_eq!(run.code, 3, "{told}: {}", run.stderr);
    }
}

#[test]
fn a_key_that_stands_twice_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (key, value) in [
        ("findings", "[]"),
        ("as_of", "\"2026-11-20T00:00:00Z\""),
        ("odd", "1,\"odd\":2"),
    ] {
        let report = vendor_report();
        let words = report.replacen('{', &format!("{{\"{key}\":{value},"), 1);
        let path = place(folder.path(), "twice.json", &words);
        refused(
            &check(&path),
            &["twice.json: ", &format!("`{key}` stands there twice")],
        );
        let waived = ["--allow-rejects", "--allow-incomplete"];
        let run = scanfold(&[&["merge", &path][..], &AS_OF, &waived].concat());
        assert_eq!(run.code, 3, "{}", run.stderr);
        assert!(run.stdout.contains("stands there twice"), "{}", run.stdout);
    }
}

#[test]
fn a_file_that_was_read_for_two_apps_counts_each_of_its_findings() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let merge = |inputs: &[&str], arguments: &[&str], out: &str| {
        let to = ["-o", out];
        let run = scanfold(&[&["merge"], inputs, &AS_OF, arguments, &to].concat());
        assert_eq!(run.code, 0, "{}", run.stderr);
        fs::read_to_string(out).unwrap()
    };
    let audit = ["samples/npm-audit/basic.json"];
    let [one, two, three] = ["One", "Two", "Three"].map(|app| {
        let out = path(&format!("{app}.json"));
        merge(&audit, &["--app", app], &out);
        out
    });
    let both = path("both.json");
    let words = merge(&[&one, &two], &[], &both);
    let report: Value = serde_json::from_str(&words).unwrap();
    let alone: Value = serde_json::from_str(&fs::read_to_string(&one).unwrap()).unwrap();
    let findings = report["findings"].as_array().unwrap().len();
    let number = |value: &Value| value.as_u64().unwrap();
    assert_eq!(number(&report["ledger"]["findings"]), findings as u64);
    assert_eq!(findings, 2 * alone["findings"].as_array().unwrap().len());
    let again = number(&report["inputs"][0]["counted_again"]);
    let (ledger, before) = (&report["ledger"], &alone["ledger"]);
    assert_eq!(again, number(&before["findings"]));
    assert_eq!(
        number(&ledger["records"]),
        number(&before["records"]) + again
    );
    for part in ["folded", "passed", "rejected"] {
        assert_eq!(ledger[part], before[part], "{part}");
    }
    // In any order and grouping, and again.
    for inputs in [
        [&two, &one, &two],
        [&both, &one, &both],
        [&two, &both, &one],
    ] {
        assert_eq!(
            merge(&inputs.map(String::as_str), &[], &path("again.json")),
            words
        );
    }
    let bounded = merge(
        &[&two, &one],
        &["--max-memory", "64MiB"],
        &path("bounded.json"),
    );
    assert_eq!(bounded, words);
    let all = merge(&[&one, &two, &three], &[], &path("all.json"));
    assert_eq!(merge(&[&three, &both], &[], &path("grouped.json")), all);
    // None of them can be taken out unseen.
    let mut cut = report.clone();
    cut["findings"].as_array_mut().unwrap().pop();
    let cut = place(folder.path(), "cut.json", &cut.to_string());
    refused(&check(&cut), &["findings were left out of the report"]);
    assert_eq!(check(&both).code, 0);
    let rescored = path("rescored.json");
    let run = scanfold(
        &[
            &["rescore", &both, "--policy", "flowdesk", "-o", &rescored][..],
            &AS_OF,
        ]
        .concat(),
    );
    assert_eq!(run.code, 0, "{}", run.stderr);
    let rescored: Value = serde_json::from_str(&fs::read_to_string(&rescored).unwrap()).unwrap();
    assert_eq!(rescored["ledger"], report["ledger"]);
}
