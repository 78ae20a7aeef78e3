//! What build services run: the script that the action and the GitLab template share.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::project;

/// Runs the script over reports of the samples as the job `variables` would.
fn merge(folder: &Path, variables: &[(&str, &str)]) -> Output {
    Command::new("bash")
        .arg(project("ci/merge.sh"))
        .current_dir(project(""))
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("SCANFOLD", env!("CARGO_BIN_EXE_scanfold"))
        .env(
            "SCANFOLD_REPORTS",
            "samples/vendor/queue-board\nsamples/vendor/time-ledger\nsamples/vendor/tickets",
        )
        .env("SCANFOLD_CONFIG", "samples/vendor/scanfold.toml")
        .env("SCANFOLD_AS_OF", "2026-11-21")
        .env("SCANFOLD_FOLDER", folder)
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn a_job_of_github_gets_each_report_a_summary_annotations_and_the_code() {
    let folder = tempfile::tempdir().unwrap();
    let (summary, output) = (folder.path().join("step.md"), folder.path().join("output"));
    fs::write(&summary, "of an earlier step\n").unwrap();
    let reports = folder.path().join("reports of the job");
    let ran = merge(
        &reports,
        &[
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_STEP_SUMMARY", summary.to_str().unwrap()),
            ("GITHUB_OUTPUT", output.to_str().unwrap()),
            (
                "SCANFOLD_FAIL_ON",
                "overdue\n\n  \nseverity>=critical&kev\n",
            ),
            ("SCANFOLD_KEV", "samples/enrich/kev.json"),
        ],
    );
    let said = String::from_utf8(ran.stderr).unwrap();
    assert_eq!(ran.status.code(), Some(1), "{said}");
    assert!(said.contains("overdue: 1 finding"), "{said}");
    for name in [
        "report.json",
        "report.html",
        "code-scanning.sarif",
        "report.csv",
        "junit.xml",
    ] {
        assert!(!read(&reports.join(name)).is_empty(), "{name}");
    }
    let summary = read(&summary);
    assert!(summary.starts_with("of an earlier step\n"), "{summary}");
    assert!(summary.ends_with(&read(&reports.join("summary.md"))));
    assert_eq!(read(&output), "exit-code=1\n");
    let annotations = String::from_utf8(ran.stdout).unwrap();
    assert!(annotations.starts_with("::error "), "{annotations}");
    assert!(annotations.lines().all(|line| line.starts_with("::")));
}

#[test]
fn a_job_of_gitlab_gets_its_two_reports_and_a_summary_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let ran = merge(folder.path(), &[("GITLAB_CI", "true")]);
    assert_eq!(
        ran.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    for name in ["gl-sast-report.json", "gl-dependency-scanning-report.json"] {
        let report: serde_json::Value =
            serde_json::from_str(&read(&folder.path().join(name))).unwrap();
        assert!(report["vulnerabilities"].is_array(), "{name}");
    }
    let log = String::from_utf8(ran.stdout).unwrap();
    assert!(
        log.starts_with("1 of 10 open findings is overdue\n"),
        "{log}"
    );
}

#[test]
fn a_baseline_that_is_missing_fails_the_job_but_for_the_first_one() {
    let folder = tempfile::tempdir().unwrap();
    let missing = ("SCANFOLD_BASELINE", "no/such/report.json");
    let ran = merge(folder.path(), &[missing]);
    assert_eq!(ran.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&ran.stderr).contains("no/such/report.json"));
    let ran = merge(folder.path(), &[missing, ("SCANFOLD_FIRST", "true")]);
    assert_eq!(ran.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&ran.stderr).contains("this is the first merge"));
}

#[test]
fn words_of_a_job_are_no_commands() {
    let folder = tempfile::tempdir().unwrap();
    let reports = "samples/vendor/queue-board\n$(touch owned)\n--jobs=0";
    let ran = merge(folder.path(), &[("SCANFOLD_REPORTS", reports)]);
    assert_eq!(ran.status.code(), Some(3));
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(
        said.contains("$(touch owned)") && said.contains("--jobs=0"),
        "{said}"
    );
    assert!(!project("owned").exists());
}

/// What the action takes goes to the script under the name that the script knows, and nothing else does.
#[test]
fn every_input_of_the_action_is_a_variable_of_the_script_and_described() {
    let action = read(&project("action.yml"));
    let script = read(&project("ci/merge.sh"));
    let docs = read(&project("docs/ci.md"));
    let (_, inputs) = action.split_once("\ninputs:\n").unwrap();
    let (inputs, rest) = inputs.split_once("\noutputs:\n").unwrap();
    let inputs: Vec<&str> = (inputs.lines())
        .filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':'))
        .filter(|name| !name.starts_with(' '))
        .collect();
    assert_eq!(inputs.len(), 16, "{inputs:?}");
    for input in inputs {
        let passed = rest.lines().filter_map(|line| {
            let (variable, value) = line.trim().split_once(": ${{ inputs.")?;
            (value.split([' ', '}']).next()? == input).then_some(variable)
        });
        let passed: Vec<&str> = passed.collect();
        assert!(!passed.is_empty(), "{input}");
        for variable in passed.iter().filter(|name| name.starts_with("SCANFOLD")) {
            assert!(script.contains(&format!("${{{variable}")), "{variable}");
            let short = variable.trim_start_matches("SCANFOLD");
            assert!(
                docs.contains(&format!("`{variable}`")) || docs.contains(&format!("`{short}`"))
            );
        }
    }
}
