//! `scanfold.toml`: its mistakes, and what else a project calls a credential.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::cli::{Run, scanfold};

/// One result of which the words are `words`, with a snippet.
fn log(words: &str) -> String {
    serde_json::json!({
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "semgrep", "rules": [{"id": "js.eval", "shortDescription": {"text": words}}]}},
            "results": [{
                "ruleId": "js.eval",
                "message": {"text": words},
                "locations": [{"physicalLocation": {
                    "artifactLocation": {"uri": format!("src/{words}/a.js")},
                    "region": {"startLine": 1, "snippet": {"text": format!("eval({words})")}}
                }}]
            }]
        }]
    })
    .to_string()
}

fn merged(folder: &TempDir, config: &str, words: &str) -> Run {
    let put = |name: &str, words: &str| {
        let path = folder.path().join(name);
        fs::write(&path, words).unwrap();
        path.display().to_string()
    };
    let (config, log) = (put("ours.toml", config), put("a.sarif", &log(words)));
    let options = ["--as-of", "2026-11-21", "--to", "json"];
    scanfold(&[&["merge", &log, "--config", &config][..], &options].concat())
}

#[test]
fn what_a_project_calls_a_credential_is_nowhere_in_its_reports() {
    let folder = tempfile::tempdir().unwrap();
    let config = "redact = ['HRB-[0-9]+', 'vault ([a-z]+)']\n";
    let run = merged(&folder, config, "HRB-4711 of vault seven");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert!(
        !run.stdout.contains("4711") && !run.stdout.contains("seven"),
        "{}",
        run.stdout
    );
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let finding = &report["findings"][0];
    let left = "[redacted own] of vault [redacted own]";
    assert_eq!(finding["title"], left);
    assert_eq!(finding["locations"][0]["path"], format!("src/{left}/a.js"));
    assert_eq!(finding["evidence"], format!("eval({left})"));
    // The same again, and names are made of what is left: another secret is the same finding.
    let again = merged(&folder, config, "HRB-4712 of vault nine");
    let again: Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(again["findings"][0]["keys"], finding["keys"]);
    let bare = merged(&folder, "", "HRB-4711 of vault seven");
    let bare: Value = serde_json::from_str(&bare.stdout).unwrap();
    assert_ne!(bare["findings"][0]["keys"], finding["keys"]);
}

#[test]
fn what_a_project_calls_a_credential_is_taken_out_of_names_of_reports_too() {
    let folder = tempfile::tempdir().unwrap();
    let config = "redact = ['a(?:\\.)sarif']\n";
    let run = merged(&folder, config, "words");
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let seen = report["findings"][0]["sightings"][0]["report"]
        .as_str()
        .unwrap();
    assert!(seen.ends_with("/[redacted own]"), "{seen}");
    assert_eq!(report["inputs"][0]["path"], seen);
}

#[test]
fn mistakes_are_told_with_their_place_and_what_would_be_right() {
    let folder = tempfile::tempdir().unwrap();
    for (config, place, message) in [
        (
            "kev = 'k'\nredakt = []",
            "2:1",
            "unknown key `redakt` in the project file\nhint: did you mean `redact`?",
        ),
        (
            "redact = ['ABC', 'HRB-(']",
            "1:18",
            "`HRB-(` is no pattern: unclosed group",
        ),
        (
            "redact = ['x*']",
            "1:11",
            "`x*` matches the empty text, which is everywhere",
        ),
        (
            "redact = 'x'",
            "1:10",
            "`redact` must be an array, not the string `'x'`",
        ),
        (
            "input-timezone = 'Mars'",
            "1:18",
            "there is no time zone `Mars`\nhint: name one such as",
        ),
        (
            "[apps.A]\npaths = ['ok', 'a[']",
            "2:16",
            "a[: bad glob for app `A`: unclosed character class",
        ),
        (
            "[apps.A]\npath = ['ok']",
            "2:1",
            "unknown key `path` in a table of `[apps]`\nhint: did you mean `paths`?",
        ),
        (
            "policies = ['flowdsk']",
            "1:13",
            "`flowdsk` is no built-in policy\nhint: did you mean `flowdesk`?",
        ),
        (
            "max-advisory-age = -1",
            "1:20",
            "`max-advisory-age` must be a number of days, not the integer `-1`",
        ),
    ] {
        let run = merged(&folder, config, "words");
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{config}");
        let told = format!("ours.toml:{place}: {message}");
        assert!(run.stderr.contains(&told), "{config}: {}", run.stderr);
    }
}

#[test]
fn a_glob_without_inputs_is_told_with_the_name_of_the_file_that_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let run = merged(
        &folder,
        "[apps.Ledger]\npaths = ['**/ledger/**']\n",
        "words",
    );
    assert_eq!(
        run.stderr,
        "scanfold: ours.toml: [apps] Ledger: **/ledger/**: no input lies there\n"
    );
}
