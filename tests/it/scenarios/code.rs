//! Findings in source code: what moves and what is reworded keeps its clock.

use serde_json::{Value, json};

use super::{FIRST, SECOND, Story, result, sarif};
use crate::cli::scanfold;

const SNIPPET: &str = "panel.innerHTML = card.title;";

fn codeql(results: &[Value]) -> String {
    sarif("CodeQL", "2.19.3", results)
}

/// The first report has one result of `js/xss` in line 42 of src/board.js; what the second tells.
fn then(second: &str) -> Vec<String> {
    let mut story = Story::new();
    let first = codeql(&[result("js/xss", "src/board.js", 42, SNIPPET)]);
    assert_eq!(
        story.day(FIRST, &[("codeql.sarif", &first)]),
        ["js/xss src/board.js:42, - open since 11-01 due 11-15"]
    );
    story.day(SECOND, &[("codeql.sarif", second)])
}

#[test]
fn nothing_happened() {
    let second = codeql(&[result("js/xss", "src/board.js", 42, SNIPPET)]);
    assert_eq!(
        then(&second),
        ["js/xss src/board.js:42, unchanged open since 11-01 due 11-15"]
    );
}

#[test]
fn a_moved_line_keeps_its_clock() {
    let second = codeql(&[result("js/xss", "src/board.js", 57, SNIPPET)]);
    assert_eq!(
        then(&second),
        ["js/xss src/board.js:57, updated open since 11-01 due 11-15"]
    );
}

#[test]
fn a_reformatted_snippet_keeps_its_clock() {
    let snippet = "\tpanel.innerHTML\n\t\t=  card.title;\n";
    let second = codeql(&[result("js/xss", "src/board.js", 42, snippet)]);
    assert_eq!(
        then(&second),
        ["js/xss src/board.js:42, unchanged open since 11-01 due 11-15"]
    );
}

#[test]
fn an_upgraded_scanner_keeps_the_clock() {
    let second = sarif(
        "CodeQL",
        "2.20.0",
        &[result("js/xss", "src/board.js", 42, SNIPPET)],
    );
    assert_eq!(
        then(&second),
        ["js/xss src/board.js:42, unchanged open since 11-01 due 11-15"]
    );
}

#[test]
fn a_reworded_message_keeps_the_clock() {
    let mut reworded = result("js/xss", "src/board.js", 42, SNIPPET);
    reworded["message"]["text"] = json!("User input is written to the page.");
    assert_eq!(
        then(&codeql(&[reworded])),
        ["js/xss src/board.js:42, unchanged open since 11-01 due 11-15"]
    );
}

#[test]
fn a_worse_score_tightens_the_date_and_counts_from_the_first_day() {
    let mut worse = result("js/xss", "src/board.js", 42, SNIPPET);
    worse["properties"]["security-severity"] = json!("9.8");
    assert_eq!(
        then(&codeql(&[worse])),
        ["js/xss src/board.js:42, updated open since 11-01 due 11-08"]
    );
}

/// The severity is what the scanners say today, but the date that was promised stays.
#[test]
fn a_better_score_loosens_no_promised_date() {
    let mut better = result("js/xss", "src/board.js", 42, SNIPPET);
    better["properties"]["security-severity"] = json!("5.0");
    assert_eq!(
        then(&codeql(&[better])),
        ["js/xss src/board.js:42, updated open since 11-01 due 11-15"]
    );
}

#[test]
fn another_checkout_folder_keeps_the_clock() {
    let mut story = Story::new();
    let checkout = |folder: &str| {
        let uri = format!("file:///home/ci/{folder}/src/board.js");
        let root = format!("file:///home/ci/{folder}/");
        json!({
            "version": "2.1.0",
            "runs": [{
                "tool": {"driver": {"name": "CodeQL"}},
                "originalUriBaseIds": {"SRCROOT": {"uri": root}},
                "versionControlProvenance": [{
                    "repositoryUri": "https://git.example/harbor/queue-board", "mappedTo": {"uriBaseId": "SRCROOT"}
                }],
                "results": [result("js/xss", &uri, 42, SNIPPET)]
            }]
        })
        .to_string()
    };
    story.day(FIRST, &[("codeql.sarif", &checkout("build-17"))]);
    assert_eq!(
        story.day(SECOND, &[("codeql.sarif", &checkout("build-18"))]),
        ["js/xss src/board.js:42, unchanged open since 11-01 due 11-15"]
    );
}

#[test]
fn what_the_tool_itself_calls_absent_is_fixed() {
    let mut gone = result("js/xss", "src/board.js", 42, SNIPPET);
    gone["baselineState"] = json!("absent");
    assert_eq!(
        then(&codeql(&[gone])),
        ["js/xss src/board.js:42, absent fixed since 11-01 due 11-15"]
    );
}

#[test]
fn what_was_fixed_and_comes_back_has_its_first_clock_and_says_so() {
    let mut story = Story::new();
    let found = codeql(&[result("js/xss", "src/board.js", 42, SNIPPET)]);
    story.day(FIRST, &[("codeql.sarif", &found)]);
    assert_eq!(
        story.day(SECOND, &[("codeql.sarif", &codeql(&[]))]),
        ["js/xss src/board.js:42, absent fixed since 11-01 due 11-15"]
    );
    assert_eq!(
        story.day("2026-11-15", &[("codeql.sarif", &found)]),
        ["js/xss src/board.js:42, updated open since 11-01 due 11-15"]
    );
    assert_eq!(story.findings()[0]["tags"], json!(["reopened"]));
    // It stays one that came back.
    assert_eq!(
        story.day("2026-11-16", &[("codeql.sarif", &found)]),
        ["js/xss src/board.js:42, unchanged open since 11-01 due 11-15"]
    );
    assert_eq!(story.findings()[0]["tags"], json!(["reopened"]));
    assert_eq!(story.findings()[0]["overdue"], json!(true));
}

/// A finding keeps only so many tags; that it came back is none of them.
#[test]
fn no_number_of_tags_hides_that_it_came_back() {
    let mut found: Value =
        serde_json::from_str(&codeql(&[result("js/xss", "src/board.js", 42, SNIPPET)])).unwrap();
    let tags: Vec<String> = (0..40).map(|number| format!("area-{number:02}")).collect();
    found["runs"][0]["tool"]["driver"]["rules"] =
        json!([{"id": "js/xss", "properties": {"tags": tags}}]);
    let found = found.to_string();
    let mut story = Story::new();
    story.day(FIRST, &[("codeql.sarif", &found)]);
    story.day(SECOND, &[("codeql.sarif", &codeql(&[]))]);
    for day in ["2026-11-15", "2026-11-16"] {
        story.day(day, &[("codeql.sarif", &found)]);
        let tags = story.findings()[0]["tags"].clone();
        assert_eq!(tags.as_array().unwrap().len(), 33, "{tags}");
        assert_eq!(tags[32], "reopened");
        let last = story.last();
        let check = scanfold(&["check", &last, "--fail-on", "reopened"]);
        assert_eq!(check.code, 1, "{}", check.stderr);
        let again = story.folder.path().join("again.json").display().to_string();
        let merge = [
            "merge", "--as-of", day, "--policy", "flowdesk", "-o", &again, &last,
        ];
        assert_eq!(scanfold(&merge).code, 0);
        let bytes = |path: &str| std::fs::read_to_string(path).unwrap();
        assert_eq!(bytes(&again), bytes(&last));
    }
}
