//! Reports that are silent since nobody looked: they close nothing, or it is said that they may not have looked.

use serde_json::{Value, json};

use super::{FIRST, GHSA, SECOND, Story, THIRD, npm, sarif, yarn};
use crate::cli::{flat, scanfold};

const UNOBSERVED: &str = "GHSA-35jh-r3h4-6jhm, absent unobserved since 11-01 due 11-15";
const FIXED: &str = "GHSA-35jh-r3h4-6jhm, absent fixed since 11-01 due 11-15";
const OPEN: &str = "GHSA-35jh-r3h4-6jhm, - open since 11-01 due 11-15";

/// What is said of an empty report of npm that closes a finding.
const DOUBT: &str = "called fixed by";

/// A story that begins with the one advisory in lodash.
fn started() -> Story {
    let mut story = Story::new();
    let first = npm(Some((1_106_913, GHSA)));
    assert_eq!(story.day(FIRST, &[("npm.json", &first)]), [OPEN]);
    story
}

#[test]
fn yarn_without_a_lock_file_fixes_nothing() {
    let mut story = Story::new();
    story.day(FIRST, &[("yarn.json", &yarn("high"))]);
    let summary = json!({"type": "auditSummary", "data": {
        "vulnerabilities": {"info": 0, "low": 0, "moderate": 0, "high": 0, "critical": 0},
        "dependencies": 0, "totalDependencies": 0
    }});
    let silent = format!(
        "{}\n{summary}\n",
        r#"{"type":"info","data":"No lockfile found."}"#
    );
    let run = story.merge(SECOND, &[("yarn.json", &silent)]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    let why = "yarn.json: the scan did not run: its summary counts no dependency";
    assert!(run.stderr.contains(why), "{}", run.stderr);
    assert_eq!(story.findings()[0]["status"], "unobserved");
}

#[test]
fn an_empty_report_amid_errors_of_npm_fixes_nothing() {
    let mut story = started();
    let silent = format!(
        "{}\nnpm error code ECONNREFUSED\nnpm error A complete log is in /tmp/log\n",
        npm(None)
    );
    assert_eq!(
        story.bad_day(SECOND, &[("npm.json", &silent)]),
        [UNOBSERVED]
    );
}

#[test]
fn it_is_said_once_that_an_empty_report_of_npm_may_come_from_an_audit_that_asked_nobody() {
    let mut story = started();
    let run = story.merge(SECOND, &[("npm.json", &npm(None))]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let said = "npm.json, but npm writes the same empty report when it is offline and asks nobody";
    assert!(
        run.stderr.contains("1 finding is called fixed by ") && run.stderr.contains(said),
        "{}",
        run.stderr
    );
    for form in ["text", "markdown"] {
        let shown = scanfold(&["convert", &story.last(), "--to", &format!("{form}=-")]);
        assert!(
            flat(&shown.stdout).contains("1 finding is called fixed by"),
            "{}",
            shown.stdout
        );
    }
    // The report before called it fixed already.
    let run = story.merge(THIRD, &[("npm.json", &npm(None))]);
    assert_eq!(
        (run.code, run.stderr.contains(DOUBT)),
        (0, false),
        "{}",
        run.stderr
    );
    assert_eq!(super::told(&story.last()), [FIXED]);
}

#[test]
fn what_may_not_have_been_looked_for_is_told_alike_in_one_merge_and_in_several() {
    let story = started();
    let empty = story.file("npm.json", &npm(None));
    let log = story.file("semgrep.sarif", &sarif("Semgrep OSS", "1.97.0", &[]));
    let (parts, whole) = (story.file("parts.json", ""), story.file("whole.json", ""));
    let one = story.file("one.json", "");
    let baseline = story.last();
    let merge = |inputs: &[&str], out: &str| {
        let usual = [
            "merge",
            "--app",
            "Queue Board",
            "--as-of",
            SECOND,
            "--policy",
            "flowdesk",
            "--baseline",
            &baseline,
            "-o",
            out,
        ];
        let run = scanfold(&[&usual[..], inputs].concat());
        assert_eq!(run.code, 0, "{}", run.stderr);
        run.stderr
    };
    merge(&[&empty], &one);
    let in_parts = merge(&[&one, &log], &parts);
    let at_once = merge(&[&empty, &log], &whole);
    assert!(at_once.contains(DOUBT), "{at_once}");
    assert_eq!(in_parts, at_once);
    assert_eq!(std::fs::read(parts).unwrap(), std::fs::read(whole).unwrap());
}

#[test]
fn totals_of_what_is_not_listed_fix_nothing() {
    let mut story = started();
    // Nobody rates it, so that it is in the total alone.
    let unrated = npm(None).replace(r#""total":0}"#, r#""total":2}"#);
    assert_ne!(unrated, npm(None));
    let told = story.bad_day(SECOND, &[("npm.json", &unrated)]);
    assert_eq!(told, [UNOBSERVED]);
}

/// A report of pnpm 12, which counts advisories; each of these has two paths.
fn pnpm(advisories: &[(u32, &str)], high: u32) -> String {
    let advisories: serde_json::Map<String, Value> = advisories
        .iter()
        .map(|(number, id)| {
            let advisory = json!({
                "findings": [{"version": "4.17.15", "paths": [".>async>lodash", ".>lodash"]}],
                "id": number, "title": "Command Injection", "module_name": "lodash", "severity": "high",
                "vulnerable_versions": "<4.17.21", "patched_versions": ">=4.17.21",
                "cwe": "CWE-77, CWE-94", "github_advisory_id": id
            });
            (number.to_string(), advisory)
        })
        .collect();
    json!({"advisories": advisories, "metadata": {"vulnerabilities": {"high": high}, "totalDependencies": 1}})
        .to_string()
}

#[test]
fn an_advisory_that_pnpm_counts_and_does_not_list_is_not_fixed() {
    let both = [(1, "GHSA-35jh-r3h4-6jhm"), (2, "GHSA-29mw-wpgm-hmr9")];
    let mut story = Story::new();
    story.day(FIRST, &[("pnpm.json", &pnpm(&both, 2))]);
    assert_eq!(
        story.bad_day(SECOND, &[("pnpm.json", &pnpm(&both[..1], 2))]),
        [
            "GHSA-29mw-wpgm-hmr9, absent unobserved since 11-01 due 11-15",
            "GHSA-35jh-r3h4-6jhm, unchanged open since 11-01 due 11-15",
        ]
    );
}

#[test]
fn cargo_audit_of_an_empty_lock_file_or_of_some_packages_alone_fixes_nothing() {
    let report = |count: u32, scope: &str, list: &str| {
        format!(
            r#"{{"database": {{"advisory-count": 7}}, "lockfile": {{"dependency-count": {count}}},
            "settings": {{"package_scope": {scope}}}, "warnings": {{}}, "vulnerabilities": {{"list": [{list}]}}}}"#
        )
    };
    let found = r#"{"advisory": {"id": "RUSTSEC-2099-0001", "package": "harbor-pool"},
        "package": {"name": "harbor-pool", "version": "1.0.0"}, "versions": {}}"#;
    let unobserved = ["RUSTSEC-2099-0001, absent unobserved since 11-01 due 11-15"];
    let mut story = Story::new();
    story.day(FIRST, &[("audit.json", &report(3, "null", found))]);
    let told = story.bad_day(SECOND, &[("audit.json", &report(0, "null", ""))]);
    assert_eq!(told, unobserved);
    for scope in [r#""public""#, r#"{"registry": "harbor"}"#] {
        let told = story.day(SECOND, &[("audit.json", &report(3, scope, ""))]);
        assert_eq!(told, unobserved);
    }
    let told = story.day(SECOND, &[("audit.json", &report(3, "null", ""))]);
    assert_eq!(
        told,
        ["RUSTSEC-2099-0001, absent fixed since 11-01 due 11-15"]
    );
}

/// A report of CSRT with findings of these checks.
fn csrt(checks: &[&str]) -> String {
    let found = |check: &&str| {
        json!({"check_name": check, "proof": "https://queue.harborapps.example/rows | x",
            "severity": "Medium", "app_key": "com.harborapps.queue-board"})
    };
    json!({
        "vulns": checks.iter().map(found).collect::<Vec<_>>(),
        "scanner": "Connect Security Requirements Tester",
        "scanned": ["com.harborapps.queue-board"], "errors": false
    })
    .to_string()
}

#[test]
fn csrt_shows_nothing_of_other_checks_where_it_may_have_looked_for_one_alone() {
    let (authorization, cache) = ("Authorization of Application Resources", "Cache Control");
    let mut story = Story::with(&[]);
    story.day(FIRST, &[("csrt.json", &csrt(&[authorization, cache]))]);
    let state = |story: &Story, rule: &str| {
        let findings = story.findings();
        let mut of_rule = findings.iter().filter(|one| one["rule"]["id"] == rule);
        of_rule.next().unwrap()["status"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    story.day(SECOND, &[("csrt.json", &csrt(&[authorization]))]);
    assert_eq!(state(&story, "csrt/7.3"), "unobserved");
    assert_eq!(state(&story, "csrt/1.2"), "open");
    // One that found something else looked for all.
    story.day(SECOND, &[("csrt.json", &csrt(&[cache]))]);
    assert_eq!(state(&story, "csrt/1.2"), "fixed");
    // An empty one may have looked for one alone, which that one is then.
    let run = story.merge(THIRD, &[("csrt.json", &csrt(&[]))]);
    assert_eq!(state(&story, "csrt/7.3"), "fixed");
    let said = "1 finding is called fixed by ";
    assert!(
        run.stderr.contains(said) && run.stderr.contains("--authz_only"),
        "{}",
        run.stderr
    );
}
