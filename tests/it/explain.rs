//! One finding as a page, and what makes two findings one.

use std::fs;

use crate::cli::{scanfold, vendor_report};

fn told(name: &str, words: &str) {
    assert!(
        words.lines().all(|line| line.chars().count() <= 80),
        "{words}"
    );
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, words);
    });
}

#[test]
fn a_page_tells_the_whole_story_within_80_columns() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json").display().to_string();
    fs::write(&report, vendor_report()).unwrap();
    let explain = |names: &[&str]| {
        let run = scanfold(&[&["explain", &report], names].concat());
        assert_eq!(run.code, 0, "{names:?}: {}", run.stderr);
        run.stdout
    };
    told("explain.page", &explain(&["CVE-2021-23337"]));
    told("explain.two", &explain(&["CVE-2021-23337", "551f950715de"]));
    told(
        "explain.same",
        &explain(&["CVE-2021-23337", "cd272451c14c"]),
    );
}

#[test]
fn equal_places_of_one_report_are_kept_apart_by_their_keys() {
    let folder = tempfile::tempdir().unwrap();
    let sarif = folder.path().join("equal.sarif").display().to_string();
    let report = folder.path().join("report.json").display().to_string();
    let result = |line: u32| {
        format!(
            r#"{{"ruleId":"js/eval","level":"error","message":{{"text":"eval"}},"locations":[{{"physicalLocation":{{
               "artifactLocation":{{"uri":"src/a.js"}},"region":{{"startLine":{line},"snippet":{{"text":"eval(x)"}}}}}}}}]}}"#
        )
    };
    let words = format!(
        r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"CodeQL"}}}},"results":[{},{}]}}]}}"#,
        result(3),
        result(9)
    );
    fs::write(&sarif, words).unwrap();
    let merged = scanfold(&["merge", &sarif, "--as-of", "2026-11-21", "-o", &report]);
    assert_eq!(merged.code, 0, "{}", merged.stderr);
    let words = fs::read_to_string(&report).unwrap();
    let names: Vec<&str> = words
        .split("{\"fingerprint\":\"")
        .skip(1)
        .map(|rest| &rest[..12])
        .collect();
    assert_eq!(names.len(), 2);
    let two = scanfold(&["explain", &report, names[0], names[1]]).stdout;
    assert!(
        two.contains("Their keys differ:")
            && two.contains("snippet      the code differs, or it is another of several"),
        "{two}"
    );
}

/// A dependency is its package and its ids: whatever its tool calls the check and wherever it lies.
#[test]
fn only_fields_that_a_key_is_made_of_are_named_as_reasons() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json").display().to_string();
    let merge = ["merge", "samples/npm-audit/basic.json", "samples/jira-json"];
    let place = ["--as-of", "2026-11-21", "-o", &report];
    let run = scanfold(&[&merge[..], &place].concat());
    assert!(matches!(run.code, 0 | 3), "{}", run.stderr);
    let json: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&report).unwrap()).unwrap();
    let of_kind = |kind: &str| {
        let findings = json["findings"].as_array().unwrap().iter();
        let known = findings.filter(|one| one["kind"] == kind);
        let names = known.map(|one| one["fingerprint"].as_str().unwrap().to_owned());
        names.take(2).collect::<Vec<_>>()
    };
    let (dependencies, tickets) = (of_kind("dependency"), of_kind("ticket"));
    let reasons = |one: &str, other: &str| {
        let run = scanfold(&["explain", &report, one, other]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let lines = run.stdout.lines().filter(|line| !line.starts_with(' '));
        let names = lines.filter_map(|line| Some(line.split_once(": ")?.0.to_owned()));
        names.filter(|name| !name.contains(' ')).collect::<Vec<_>>()
    };
    assert_eq!(
        reasons(&dependencies[0], &dependencies[1]),
        ["package", "ids"]
    );
    assert_eq!(reasons(&tickets[0], &tickets[1]), ["ticket"]);
    assert_eq!(reasons(&dependencies[0], &tickets[0]), ["kind"]);
}

#[test]
fn a_page_counts_places_alike_and_says_which_dates_are_past() {
    let folder = tempfile::tempdir().unwrap();
    let name = |file: &str| folder.path().join(file).display().to_string();
    let places = (10..30).map(|number| {
        format!(
            r#"{{"physicalLocation":{{"artifactLocation":{{"uri":"src/f{number}.js"}},"region":{{"startLine":1}}}}}}"#
        )
    });
    let words = format!(
        r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"CodeQL"}}}},"results":[{{"ruleId":"js/eval","level":"error","message":{{"text":"eval"}},"locations":[{}]}}]}}]}}"#,
        places.collect::<Vec<_>>().join(",")
    );
    fs::write(name("many.sarif"), words).unwrap();
    fs::write(
        name("ours.toml"),
        "version = 1\nname = \"ours\"\nsource = \"a page\"\neffective = 2026-01-01\nstart = [\"first-seen\"]\n\n[acknowledge]\nall = \"2 days\"\n\n[fix]\nall = \"30 days\"\n",
    )
    .unwrap();
    let report = name("report.json");
    let (many, ours) = (name("many.sarif"), name("ours.toml"));
    let merge = ["merge", &many, "--policy", &ours, "-o"];
    let first = scanfold(&[&merge[..], &[&report, "--as-of", "2026-11-01"]].concat());
    assert_eq!(first.code, 0, "{}", first.stderr);
    let later = name("later.json");
    let second = scanfold(
        &[
            &merge[..],
            &[&later, "--baseline", &report, "--as-of", "2026-11-21"],
        ]
        .concat(),
    );
    assert_eq!(second.code, 0, "{}", second.stderr);
    let words = fs::read_to_string(&later).unwrap();
    let (_, rest) = words.split_once("{\"fingerprint\":\"").unwrap();
    let run = scanfold(&["explain", &later, &rest[..12]]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let page = run.stdout;
    assert!(page.contains("src/f10.js:1 and at least 16 more"), "{page}");
    assert!(page.contains(" and at least 12 more\n"), "{page}");
    assert!(
        page.contains("\nacknowledge: by 2026-11-03, 18 days overdue\n"),
        "{page}"
    );
    assert!(
        page.contains("\nfix: by 2026-12-01, in 10 days\n"),
        "{page}"
    );
}
