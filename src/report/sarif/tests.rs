use std::collections::BTreeSet;

use serde_json::Value;

use super::github::fitting;
use super::plan::{Limits, Plan};
use super::{GithubSarif, Sarif, security_severity};
use crate::model::{Outcome, Report, Score, Severity};
use crate::report::fixture;
use crate::report::tests::written;

fn log(report: &Report) -> Value {
    serde_json::from_str(&written(&Sarif, report)).expect("SARIF is JSON")
}

fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    let found = value.pointer(pointer).and_then(Value::as_array);
    found.unwrap_or_else(|| panic!("no list at {pointer}"))
}

fn word<'a>(value: &'a Value, pointer: &str) -> &'a str {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("no words at {pointer} of {value}"))
}

fn run<'a>(log: &'a Value, scanner: &str) -> Option<&'a Value> {
    list(log, "/runs")
        .iter()
        .find(|run| word(run, "/tool/driver/name") == scanner)
}

#[test]
fn every_result_has_what_code_scanning_needs() {
    let log = log(&fixture::report());
    assert_eq!(word(&log, "/version"), "2.1.0");
    let mut categories = BTreeSet::new();
    let mut results = 0;
    for run in list(&log, "/runs") {
        assert!(
            categories.insert(word(run, "/automationDetails/id")),
            "two runs of one category"
        );
        let rules = list(run, "/tool/driver/rules");
        for rule in rules {
            assert_eq!(word(rule, "/properties/tags/0"), "security");
            let score: f64 = word(rule, "/properties/security-severity")
                .parse()
                .expect("a number");
            assert!((0.0..=10.0).contains(&score));
            for text in ["/shortDescription/text", "/fullDescription/text"] {
                let length = word(rule, text).chars().count();
                assert!((1..=1024).contains(&length), "{text} of {length}");
            }
            assert!(!word(rule, "/help/text").is_empty());
        }
        for result in list(run, "/results") {
            results += 1;
            let index = result["ruleIndex"]
                .as_u64()
                .expect("every rule is in the list");
            let index = usize::try_from(index).expect("a small number");
            assert_eq!(rules[index]["id"], result["ruleId"]);
            assert!(!word(result, "/message/text").is_empty());
            assert!(["error", "warning", "note"].contains(&word(result, "/level")));
            assert!(!list(result, "/locations").is_empty());
            for location in list(result, "/locations") {
                let uri = word(location, "/physicalLocation/artifactLocation/uri");
                assert!(
                    !uri.is_empty() && uri.is_ascii() && !uri.contains(' '),
                    "{uri}"
                );
                let line = location.pointer("/physicalLocation/region/startLine");
                assert!(line.and_then(Value::as_u64) >= Some(1));
            }
            let hex = result["partialFingerprints"]["scanfold/v1"].as_str();
            assert_eq!(hex.map(str::len), Some(64));
        }
    }
    assert_eq!(results, fixture::report().entries.len());
}

#[test]
fn a_run_is_of_the_first_scanner_and_names_the_converter() {
    let log = log(&fixture::report());
    let npm = run(&log, "npm-audit").expect("the scanner has findings");
    assert_eq!(word(npm, "/automationDetails/id"), "scanfold/npm-audit/");
    assert_eq!(word(npm, "/conversion/tool/driver/name"), "scanfold");
    assert_eq!(word(npm, "/tool/driver/version"), "10.2.0");
    // One of them is seen by two scanners: it is in one run only.
    assert_eq!(list(npm, "/results").len(), 2);
    assert_eq!(
        run(&log, "Trivy").map(|run| list(run, "/results").len()),
        Some(0)
    );
}

#[test]
fn what_was_not_read_closes_no_alerts() {
    let log = log(&fixture::report());
    // It did not run, and nothing in the report is its own: no run, so that no alert of its category is closed.
    assert!(run(&log, "FSRT").is_none());
    let own = run(&log, "scanfold").expect("it tells of what belongs to no scanner");
    assert_eq!(
        own.pointer("/invocations/0/executionSuccessful"),
        Some(&false.into())
    );
    let told: Vec<_> = list(own, "/invocations/0/toolExecutionNotifications")
        .iter()
        .map(|notification| {
            (
                word(notification, "/level"),
                word(notification, "/message/text"),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (
                "warning",
                "reports/fsrt.json: partial; the scan of 1 of 3 modules timed out | <b>see log</b>"
            ),
            (
                "warning",
                "::error::reports.csv: truncated; 1 record of 1 not understood; ends in the middle of a row"
            ),
            ("error", "reports/=1+1.html: failed; no parser claims it"),
        ]
    );
    let audit = run(&log, "cargo-audit").expect("it has an old finding");
    assert_eq!(
        word(audit, "/invocations/0/toolExecutionNotifications/0/level"),
        "error"
    );
    let trivy = run(&log, "Trivy").expect("it ran and was clean");
    assert_eq!(
        trivy.pointer("/invocations/0/executionSuccessful"),
        Some(&true.into())
    );
}

#[test]
fn a_report_without_anything_has_one_empty_run() {
    let log = log(&fixture::empty());
    assert_eq!(list(&log, "/runs").len(), 1);
    assert_eq!(list(&log, "/runs/0/results").len(), 0);
    let mut failed = fixture::empty();
    failed.inputs = vec![fixture::input("a", Some(("CodeQL", "1")), Outcome::Failed)];
    let log = self::log(&failed);
    assert_eq!(word(&log, "/runs/0/tool/driver/name"), "scanfold");
    // It ran in full, and nothing of it was understood.
    failed.inputs[0].outcome = Outcome::Complete;
    assert!(run(&self::log(&failed), "CodeQL").is_some());
    failed.inputs[0].ledger.rejected = 1;
    assert!(run(&self::log(&failed), "CodeQL").is_none());
}

#[test]
fn states_and_suppressions_are_the_assessed_ones() {
    let log = log(&fixture::report());
    let results: Vec<_> = list(&log, "/runs")
        .iter()
        .flat_map(|run| list(run, "/results"))
        .collect();
    let of = |rule: &str| {
        let found = results.iter().find(|result| result["ruleId"] == rule);
        *found.unwrap_or_else(|| panic!("no result of {rule}"))
    };
    assert_eq!(of("CVE-2026-0002")["baselineState"], "absent");
    // Nobody looked for it, so it is not gone.
    assert_eq!(of("auth")["baselineState"], "unchanged");
    assert_eq!(of("open-redirect")["baselineState"], "updated");
    assert_eq!(of("generic-key").get("baselineState"), None);
    assert_eq!(word(of("js/eval"), "/suppressions/0/status"), "accepted");
    assert_eq!(
        word(of("js/eval"), "/suppressions/0/properties/until"),
        "2027-01-31"
    );
    let suppressed = results
        .iter()
        .filter(|result| result.get("suppressions").is_some());
    assert_eq!(suppressed.count(), 1);
    let urgent = of("GHSA-p6mc-m468-83gw");
    assert_eq!(
        urgent["workItemUris"],
        serde_json::json!(["https://tracker.example/browse/AMS-1"])
    );
    assert_eq!(word(urgent, "/properties/due"), "2026-11-19");
    assert_eq!(urgent["properties"]["overdue"], true);
}

#[test]
fn the_assessed_severity_wins_over_a_score_that_says_otherwise() {
    let tenths =
        |severity, score| security_severity(severity, Score::from_tenths(score)).to_string();
    assert_eq!(tenths(Severity::Critical, 98), "9.8");
    assert_eq!(tenths(Severity::High, 55), "8.0");
    assert_eq!(
        security_severity(Severity::Unknown, None).to_string(),
        "7.0"
    );
    assert_eq!(security_severity(Severity::Info, None).to_string(), "0.0");
}

#[test]
#[expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "the schema is too large to be kept here"
)]
fn the_output_is_valid_by_the_official_schema() {
    let data = std::env::var("SCANFOLD_SHARED_DATA").unwrap_or("../shared/data".to_owned());
    let path = std::path::Path::new(&data).join("schemas/sarif-schema-2.1.0.json");
    let Ok(schema) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: no {}", path.display());
        return;
    };
    let schema: Value = serde_json::from_str(&schema).expect("the schema is JSON");
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .expect("the schema is a schema");
    for (writer, report) in [
        (&Sarif as &dyn crate::report::Writer, fixture::report()),
        (&Sarif, fixture::empty()),
        (&Sarif, crowd(22, 2)),
        (&GithubSarif, fixture::report()),
        (&GithubSarif, fixture::empty()),
    ] {
        let log: Value = serde_json::from_str(&written(writer, &report)).expect("SARIF is JSON");
        let errors: Vec<_> = validator
            .iter_errors(&log)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

/// A report with as many findings of as many scanners: the clock of every third is stopped.
fn crowd(scanners: usize, findings: usize) -> Report {
    let mut report = fixture::report();
    let first = report.entries[0].clone();
    report.inputs.clear();
    report.entries.clear();
    for number in 0..scanners * findings {
        let mut entry = first.clone();
        entry.fingerprint = crate::model::Key::ticket(&format!("A-{number}"));
        let mut sighting = first
            .finding
            .sightings
            .first()
            .cloned()
            .expect("it was seen");
        sighting.scanner = format!("scanner {:02}", number % scanners).into();
        entry.finding.sightings = [sighting].into_iter().collect();
        if number % 3 == 2 {
            entry.assessment.status = crate::model::Status::Suppressed;
        }
        report.entries.push(entry);
    }
    report
}

fn plan(report: &Report, runs: usize, results: usize, all: usize) -> Plan<'_> {
    let limits = Limits {
        runs,
        results,
        all,
        tells_fixed: true,
    };
    Plan::of(report, &limits)
}

#[test]
fn scanners_beyond_the_limit_share_the_run_of_this_tool_and_are_named() {
    let report = crowd(22, 2);
    let log = log(&report);
    let runs = list(&log, "/runs");
    assert_eq!(runs.len(), 20);
    let results: usize = runs.iter().map(|run| list(run, "/results").len()).sum();
    assert_eq!(results, 44, "none is lost");
    // Nineteen have their own; the last three by name do not.
    let own = run(&log, "scanfold").expect("it has guests");
    assert_eq!(list(own, "/results").len(), 6);
    assert_eq!(
        word(
            own,
            "/invocations/0/toolExecutionNotifications/0/message/text"
        ),
        "without a run of their own, since code scanning takes no more: scanner 19, scanner 20, scanner 21"
    );
    assert_eq!(
        own.pointer("/invocations/0/executionSuccessful"),
        Some(&true.into())
    );
    assert!(plan(&crowd(20, 1), 20, 9, 99).guests.contains("scanner 19"));
    assert!(plan(&crowd(19, 1), 20, 9, 99).guests.is_empty());
}

#[test]
fn a_cut_keeps_what_is_due_first_and_is_counted() {
    let report = crowd(1, 9);
    let kept = |plan: &Plan<'_>| -> Vec<usize> {
        let run = plan.runs.values().next().expect("there is a run");
        let place = |entry: &&crate::model::Entry| {
            let found = report.in_order().position(|known| known == *entry);
            found.expect("it is one of them")
        };
        run.entries.iter().map(place).collect()
    };
    let cut = plan(&report, 20, 7, 99);
    // Six run (0, 1, 3, 4, 6, 7); of the suppressed ones the first has the last place, in the order of the report.
    assert_eq!(kept(&cut), [0, 1, 2, 3, 4, 6, 7]);
    assert_eq!((cut.results(), cut.left_out()), (7, 2));
    let cut = plan(&report, 20, 99, 4);
    assert_eq!(kept(&cut), [0, 1, 3, 4]);
    assert_eq!((cut.results(), cut.left_out()), (4, 5));
    let mut out = Vec::new();
    super::log(
        &report,
        &cut,
        None::<super::shape::LogProperties<()>>,
        &mut out,
    )
    .expect("a vector takes everything");
    let log: Value = serde_json::from_slice(&out).expect("SARIF is JSON");
    assert_eq!(log["runs"][0]["properties"]["resultsLeftOut"], 5);
    assert_eq!(
        word(
            &log,
            "/runs/0/invocations/0/toolExecutionNotifications/0/message/text"
        ),
        "5 findings left out, less urgent than the 4 results of this run: code scanning takes no more"
    );
}

#[test]
fn a_log_for_github_fits_and_has_no_fixed_finding() {
    let report = crowd(2, 300);
    let whole = fitting(&report, u64::MAX).expect("nothing is written");
    assert_eq!((whole.results(), whole.left_out()), (600, 0));
    let cut = fitting(&report, 8_000).expect("nothing is written");
    assert!((1..600).contains(&cut.results()), "{}", cut.results());
    assert_eq!(cut.results() as u64 + cut.left_out(), 600);
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    super::log(
        &report,
        &cut,
        None::<super::shape::LogProperties<()>>,
        &mut out,
    )
    .expect("a vector takes everything");
    let size = out.finish().expect("a vector takes everything").len();
    assert!((4_000..=8_000).contains(&size), "{size} bytes");
    // Even where nothing fits there is a log.
    assert_eq!(
        fitting(&report, 1).expect("nothing is written").results(),
        0
    );

    let words = written(&GithubSarif, &fixture::report());
    let log: Value = serde_json::from_str(&words).expect("SARIF is JSON");
    assert_eq!(log.get("properties"), None);
    assert!(!words.contains("CVE-2026-0002"), "it is fixed");
    assert!(words.contains("js/eval"), "it is suppressed, and says so");
}
