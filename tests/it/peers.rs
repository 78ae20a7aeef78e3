//! Mistakes that other readers of these formats make, from the report to the judgement.

use scanfold::model::{Report, Severity, Status};
use scanfold::policy::{Engine, load};
use scanfold::run;

use crate::given::{as_of, ingest};

/// The report that comes of one input under a policy that gives each severity a date.
fn judged(name: &str, words: &str) -> Report {
    let facts = ingest(name, words.as_bytes()).facts;
    let policies = load(&["flowdesk".to_owned()]).unwrap();
    run::assess(facts, &mut Engine::new(policies, as_of()), as_of()).unwrap()
}

fn severities(report: &Report) -> Vec<Severity> {
    let entries = report.entries.iter();
    let mut severities: Vec<_> = entries.map(|entry| entry.assessment.severity).collect();
    severities.sort_unstable();
    severities
}

fn log(results: &str) -> String {
    format!(
        r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"probe","rules":[
        {{"id":"A"}},{{"id":"B","properties":{{"security-severity":"9.8"}}}}]}}}},"results":[{results}]}}]}}"#
    )
}

#[test]
fn a_suppression_that_was_turned_down_leaves_the_finding_open_and_due() {
    for (status, expected) in [
        (r#","status":"accepted""#, Status::Suppressed),
        ("", Status::Suppressed),
        (r#","status":"rejected""#, Status::Open),
        (r#","status":"underReview""#, Status::Open),
    ] {
        let report = judged(
            "a.sarif",
            &log(&format!(
                r#"{{"ruleId":"A","level":"error","message":{{"text":"m"}},"suppressions":[{{"kind":"external"{status}}}]}}"#
            )),
        );
        let [entry] = &report.entries[..] else {
            panic!("{status}: {:?}", report.entries);
        };
        assert_eq!(entry.assessment.status, expected, "{status}");
        assert!(entry.assessment.due().is_some() || expected == Status::Suppressed);
    }
}

#[test]
fn the_score_of_a_rule_that_is_named_by_index_decides_the_severity() {
    let report = judged(
        "a.sarif",
        &log(r#"{"ruleIndex":1,"level":"note","message":{"text":"m"}}"#),
    );
    assert_eq!(severities(&report), [Severity::Critical]);
}

#[test]
fn what_a_baseline_calls_absent_is_not_open() {
    let report = judged(
        "a.sarif",
        &log(
            r#"{"ruleId":"A","message":{"text":"gone"},"baselineState":"absent"},
            {"ruleId":"A","message":{"text":"here"},"baselineState":"unchanged"}"#,
        ),
    );
    assert_eq!((report.entries.len(), report.ledger().passed), (1, 1));
}

#[test]
fn each_advisory_of_a_package_is_judged_by_its_own_severity() {
    // The package is called critical, a name stands before the advisories, and another package only depends on it.
    let report = judged(
        "a.json",
        r#"{"auditReportVersion":2,"vulnerabilities":{
        "host":{"name":"host","severity":"critical","via":["@scope/below",
            {"source":1001,"name":"host","title":"a","url":"https://github.com/advisories/GHSA-2222-3333-4444","severity":"low"},
            {"source":1002,"name":"host","title":"a","url":"https://github.com/advisories/GHSA-5555-6666-7777","severity":"moderate"}],"effects":["top"]},
        "top":{"name":"top","severity":"critical","via":["host"],"effects":[]}},
        "metadata":{"vulnerabilities":{"info":0,"low":0,"moderate":0,"high":0,"critical":2,"total":2}}}"#,
    );
    assert_eq!(severities(&report), [Severity::Low, Severity::Medium]);
}

#[test]
fn a_vulnerability_that_nobody_scored_is_unknown_and_a_warning_is_kept() {
    let report = judged(
        "a.json",
        r#"{"database":{"advisory-count":9},"lockfile":{"dependency-count":2},"settings":{},
        "vulnerabilities":{"found":true,"count":1,"list":[{"advisory":{"id":"RUSTSEC-2020-0001","package":"a","title":"t","cvss":null},
            "versions":{"patched":[],"unaffected":[]},"package":{"name":"a","version":"1.0.0"}}]},
        "warnings":{"yanked":[{"kind":"yanked","package":{"name":"b","version":"1.0.0"},"advisory":null}]}}"#,
    );
    assert_eq!(report.entries.len(), 2);
    let vulnerable = report
        .entries
        .iter()
        .find(|entry| !entry.finding.ids.is_empty());
    assert_eq!(vulnerable.unwrap().assessment.severity, Severity::Unknown);
}

#[test]
fn a_failed_audit_is_not_clean() {
    for (name, words) in [
        (
            "npm.json",
            r#"{"message":"request failed","method":"POST","uri":"https://registry.harborapps.example","statusCode":500,"error":{"summary":"","detail":""}}"#,
        ),
        (
            "pnpm.json",
            r#"{"error":{"code":"ERR_PNPM_AUDIT_BAD_RESPONSE","message":"no answer"}}"#,
        ),
        (
            "yarn.json",
            r#"{"type":"info","data":"No lockfile found."}"#,
        ),
    ] {
        let report = judged(name, words);
        let [input] = &report.inputs[..] else {
            panic!("{name}: {:?}", report.inputs);
        };
        assert_ne!(input.outcome, scanfold::model::Outcome::Complete, "{name}");
    }
}
