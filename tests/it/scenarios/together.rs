//! However the reports are ordered, repeated and grouped: with a baseline too, it is the same report.

use super::{FIRST, GHSA, LODASH, SECOND, Story, npm, result, sarif, told};
use crate::cli::scanfold;

fn evals(lines: &[u32]) -> String {
    let results = lines
        .iter()
        .map(|line| result("js.eval", "src/ledger.js", *line, "eval(input);"))
        .collect::<Vec<_>>();
    sarif("Semgrep OSS", "1.97.0", &results)
}

/// Merges files into `name` with the flags of the story and says where it is.
fn merge(story: &Story, name: &str, baseline: &[&str], inputs: &[&str]) -> String {
    let output = story.folder.path().join(name).display().to_string();
    let mut arguments = vec!["merge", "--as-of", SECOND, "--policy", "flowdesk"];
    arguments.extend(["--app", "Queue Board", "-o", &output]);
    arguments.extend(baseline);
    arguments.extend(inputs);
    let run = scanfold(&arguments);
    assert_eq!(run.code, 0, "{}", run.stderr);
    output
}

#[test]
fn order_repetition_and_grouping_change_no_byte_with_a_baseline() {
    let mut story = Story::new();
    let first = npm(Some((1_106_913, GHSA)));
    let gone = sarif(
        "gitleaks",
        "v8.21.2",
        &[result("generic-api-key", "app.env", 3, "KEY=REDACTED")],
    );
    story.day(
        FIRST,
        &[
            ("npm.json", &first),
            ("semgrep.sarif", &evals(&[40])),
            ("gitleaks.sarif", &gone),
        ],
    );
    let last = story.last();
    let baseline = ["--baseline", &last];
    let audit = story.file("now/npm.json", &LODASH.text());
    let semgrep = story.file("now/semgrep.sarif", &evals(&[12, 40]));
    let clean = story.file("now/gitleaks.sarif", &sarif("gitleaks", "v8.21.2", &[]));

    let flat = merge(&story, "flat.json", &baseline, &[&audit, &semgrep, &clean]);
    assert_eq!(
        told(&flat),
        [
            "CVE-2021-23337 GHSA-35jh-r3h4-6jhm, updated open since 11-01 due 11-15",
            "generic-api-key app.env:3, absent fixed since 11-01 due 11-15",
            "js.eval src/ledger.js:12, updated open since 11-01 due 11-15",
            "js.eval src/ledger.js:40, new open since 11-01 due 11-15",
        ]
    );
    let bytes = |path: &str| std::fs::read_to_string(path).unwrap();
    let turned = [&*clean, &audit, &semgrep, &audit, &clean];
    let turned = merge(&story, "turned.json", &baseline, &turned);
    assert_eq!(bytes(&turned), bytes(&flat));

    // Jobs merge their own reports; the last one knows the baseline.
    let one = merge(&story, "one.json", &[], &[&audit, &clean]);
    let two = merge(&story, "two.json", &[], &[&semgrep, &audit]);
    let tree = merge(&story, "tree.json", &baseline, &[&two, &one]);
    assert_eq!(bytes(&tree), bytes(&flat));

    // Each job knows the baseline, and so does the last one.
    let one = merge(&story, "one-compared.json", &baseline, &[&audit, &clean]);
    let two = merge(&story, "two-compared.json", &baseline, &[&semgrep]);
    let tree = merge(&story, "tree-compared.json", &baseline, &[&two, &one]);
    assert_eq!(bytes(&tree), bytes(&flat));
}

#[test]
fn what_comes_back_in_one_job_is_tagged_however_the_jobs_are_grouped() {
    let mut story = Story::new();
    let clean = sarif("gitleaks", "v8.21.2", &[]);
    story.day(
        "2026-11-01",
        &[("npm.json", &LODASH.text()), ("gitleaks.sarif", &clean)],
    );
    story.day(
        "2026-11-04",
        &[("npm.json", &npm(None)), ("gitleaks.sarif", &clean)],
    );
    let last = story.last();
    let baseline = ["--baseline", &last];
    let audit = story.file("now/npm.json", &LODASH.text());
    let clean = story.file("now/gitleaks.sarif", &clean);
    let flat = merge(&story, "flat.json", &baseline, &[&audit, &clean]);
    assert_eq!(
        told(&flat),
        ["CVE-2021-23337 GHSA-35jh-r3h4-6jhm, updated open since 11-01 due 11-15"]
    );
    assert_eq!(
        super::findings(&flat)[0]["tags"],
        serde_json::json!(["reopened"])
    );
    let one = merge(&story, "one.json", &baseline, &[&audit]);
    let two = merge(&story, "two.json", &baseline, &[&clean]);
    let bytes = |path: &str| std::fs::read_to_string(path).unwrap();
    // Whether the last job knows the baseline or not.
    let tree = merge(&story, "tree.json", &baseline, &[&two, &one]);
    assert_eq!(bytes(&tree), bytes(&flat));
    let tree = merge(&story, "tree-blind.json", &[], &[&one, &two]);
    assert_eq!(bytes(&tree), bytes(&flat));
}

#[test]
fn a_stale_scan_in_one_job_and_a_fresh_one_in_another_are_grouped_as_one() {
    let scan = |ended: &str, results: &[serde_json::Value]| {
        serde_json::json!({"version": "2.1.0", "runs": [{
            "tool": {"driver": {"name": "Semgrep OSS"}},
            "invocations": [{"executionSuccessful": true, "endTimeUtc": ended}],
            "results": results
        }]})
        .to_string()
    };
    let shown = [result("js.eval", "src/ledger.js", 12, "eval(input);")];
    let mut story = Story::new();
    story.day(
        FIRST,
        &[("scan.sarif", &scan("2026-10-31T09:00:00Z", &shown))],
    );
    let last = story.last();
    let baseline = ["--baseline", &last];
    let stale = story.file("old/scan.sarif", &scan("2026-10-01T09:00:00Z", &[]));
    let fresh = story.file("new/scan.sarif", &scan("2026-11-07T09:00:00Z", &[]));
    let bytes = |path: &str| std::fs::read_to_string(path).unwrap();
    let one = merge(&story, "one.json", &baseline, &[&stale]);
    assert!(told(&one)[0].contains("unobserved"));
    assert!(bytes(&one).contains("so that this stays unobserved"));
    let two = merge(&story, "two.json", &baseline, &[&fresh]);
    for inputs in [[&*stale, &fresh], [&fresh, &stale], [&one, &two]] {
        let flat = merge(&story, "flat.json", &baseline, &inputs);
        assert!(told(&flat)[0].contains("fixed"));
        assert!(!bytes(&flat).contains("so that this stays unobserved"));
        let again = merge(&story, "again.json", &baseline, &[&one, &stale, &two]);
        assert_eq!(bytes(&again), bytes(&flat));
    }
    // Without the baseline nobody looks anew: what one job doubts stays in doubt, and says why, whatever memory there is.
    let plain = merge(&story, "plain.json", &[], &[&one, &two]);
    assert!(told(&plain)[0].contains("unobserved"));
    assert!(bytes(&plain).contains("so that this stays unobserved"));
    let bounded = merge(
        &story,
        "least.json",
        &["--max-memory", "32MB"],
        &[&two, &one],
    );
    assert_eq!(bytes(&bounded), bytes(&plain));
}
