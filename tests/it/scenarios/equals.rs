//! Findings that look alike or stand together: none hides another, and none takes another's clock for a later one.

use serde_json::{Value, json};

use super::{FIRST, SECOND, Story, THIRD, result, sarif};

fn semgrep(results: &[Value]) -> String {
    sarif("Semgrep OSS", "1.97.0", results)
}

/// `eval(input);` in these lines of src/ledger.js.
fn evals(lines: &[u32]) -> String {
    let evals = lines.iter();
    semgrep(
        &evals
            .map(|line| result("js.eval", "src/ledger.js", *line, "eval(input);"))
            .collect::<Vec<_>>(),
    )
}

#[test]
fn an_equal_one_above_restarts_no_clock() {
    let mut story = Story::new();
    story.day(FIRST, &[("semgrep.sarif", &evals(&[40]))]);
    // Nobody can tell which of the two is the old one, so both are.
    assert_eq!(
        story.day(SECOND, &[("semgrep.sarif", &evals(&[12, 40]))]),
        [
            "js.eval src/ledger.js:12, updated open since 11-01 due 11-15",
            "js.eval src/ledger.js:40, new open since 11-01 due 11-15",
        ]
    );
    let inherited = story.findings();
    let inherited = inherited
        .iter()
        .find(|finding| finding["baseline"] == "new");
    assert_eq!(
        inherited.unwrap()["first_seen_source"],
        "as-of (one of several equal ones)"
    );
    let name = inherited.unwrap()["fingerprint"].as_str().unwrap();
    let page = story.explain(name);
    let words: Vec<&str> = page.split_whitespace().collect();
    let clock = "won 2026-11-15 flowdesk fix.high (flowdesk:23) 14 days from first-seen 2026-11-01T00:00:00Z \
                 (as-of (one of several equal ones))";
    assert!(words.join(" ").contains(clock), "{page}");
    // The note does not grow from merge to merge.
    assert_eq!(
        story.day(THIRD, &[("semgrep.sarif", &evals(&[5, 12, 40]))])[2],
        "js.eval src/ledger.js:5, updated open since 11-01 due 11-15"
    );
    let sources = story.findings();
    let mut sources: Vec<&str> = (sources.iter())
        .filter_map(|finding| finding["first_seen_source"].as_str())
        .collect();
    sources.sort_unstable();
    assert_eq!(
        sources,
        [
            "as-of",
            "as-of (one of several equal ones)",
            "as-of (one of several equal ones)"
        ]
    );
}

#[test]
fn an_equal_one_elsewhere_or_a_different_one_starts_its_own_clock() {
    let mut story = Story::new();
    story.day(FIRST, &[("semgrep.sarif", &evals(&[40]))]);
    let second = semgrep(&[
        result("js.eval", "src/ledger.js", 40, "eval(input);"),
        result("js.eval", "src/ledger.js", 50, "eval(other);"),
        result("js.eval", "src/totals.js", 40, "eval(input);"),
        result("js.exec", "src/ledger.js", 40, "eval(input);"),
    ]);
    assert_eq!(
        story.day(SECOND, &[("semgrep.sarif", &second)]),
        [
            "js.eval src/ledger.js:40, unchanged open since 11-01 due 11-15",
            "js.eval src/ledger.js:50, new open since 11-08 due 11-22",
            "js.eval src/totals.js:40, new open since 11-08 due 11-22",
            "js.exec src/ledger.js:40, new open since 11-08 due 11-22",
        ]
    );
}

/// The order is all that tells them apart: which of two went cannot be known, only that one did.
#[test]
fn of_two_equal_ones_of_which_one_went_the_other_keeps_its_clock() {
    let mut story = Story::new();
    story.day(FIRST, &[("semgrep.sarif", &evals(&[12, 40]))]);
    assert_eq!(
        story.day(SECOND, &[("semgrep.sarif", &evals(&[40]))]),
        [
            "js.eval src/ledger.js:40, absent fixed since 11-01 due 11-15",
            "js.eval src/ledger.js:40, updated open since 11-01 due 11-15",
        ]
    );
}

/// Without a snippet the place in the count is all there is.
#[test]
fn another_one_above_restarts_no_clock_where_no_snippet_is_told() {
    let bare = |lines: &[u32]| {
        let results = lines.iter().map(|line| {
            let mut bare = result("eqeqeq", "src/board.js", *line, "");
            let region = json!({"startLine": line, "startColumn": 3});
            bare["locations"][0]["physicalLocation"]["region"] = region;
            bare
        });
        sarif("ESLint", "9.14.0", &results.collect::<Vec<_>>())
    };
    let mut story = Story::new();
    story.day(FIRST, &[("eslint.sarif", &bare(&[40]))]);
    assert_eq!(
        story.day(SECOND, &[("eslint.sarif", &bare(&[12, 40]))]),
        [
            "eqeqeq src/board.js:12, updated open since 11-01 due 11-15",
            "eqeqeq src/board.js:40, new open since 11-01 due 11-15",
        ]
    );
}

/// What the tool names by a fingerprint of its own is told apart by that, and a new one is new.
#[test]
fn a_new_one_with_a_fingerprint_of_its_own_starts_its_own_clock() {
    let named = |line: u32, hash: &str| {
        let mut named = result("js/xss", "src/board.js", line, "");
        named["locations"][0]["physicalLocation"]["region"] = json!({"startLine": line});
        named["partialFingerprints"] = json!({"primaryLocationLineHash": hash});
        named
    };
    let mut story = Story::new();
    let old = named(40, "8f1d3a52c7e09b64:1");
    let first = sarif("CodeQL", "2.19.3", std::slice::from_ref(&old));
    story.day(FIRST, &[("codeql.sarif", &first)]);
    let second = sarif("CodeQL", "2.19.3", &[named(12, "27b0c4d1e95a3f86:1"), old]);
    assert_eq!(
        story.day(SECOND, &[("codeql.sarif", &second)]),
        [
            "js/xss src/board.js:12, new open since 11-08 due 11-22",
            "js/xss src/board.js:40, unchanged open since 11-01 due 11-15",
        ]
    );
}

#[test]
fn two_secrets_in_one_file_are_two() {
    let leaks = |secrets: &[(u32, &str)]| {
        let results = secrets
            .iter()
            .map(|(line, snippet)| result("generic-api-key", "config/app.env", *line, snippet));
        sarif("gitleaks", "v8.21.2", &results.collect::<Vec<_>>())
    };
    let mail = "MAIL_KEY=REDACTED";
    let chat = "CHAT_KEY=REDACTED";
    let mut story = Story::new();
    assert_eq!(
        story.day(
            FIRST,
            &[("gitleaks.sarif", &leaks(&[(3, mail), (9, chat)]))]
        ),
        [
            "generic-api-key config/app.env:3, - open since 11-01 due 11-15",
            "generic-api-key config/app.env:9, - open since 11-01 due 11-15",
        ]
    );
    assert_eq!(
        story.day(SECOND, &[("gitleaks.sarif", &leaks(&[(8, chat)]))]),
        [
            "generic-api-key config/app.env:3, absent fixed since 11-01 due 11-15",
            "generic-api-key config/app.env:8, updated open since 11-01 due 11-15",
        ]
    );
    // No report holds the snippet of a secret, so nobody can tell whether another one looks the same: rather too early a
    // date than an old one that starts anew.
    let files = "FILE_KEY=REDACTED";
    assert_eq!(
        story.day(
            THIRD,
            &[("gitleaks.sarif", &leaks(&[(8, chat), (9, files)]))]
        ),
        [
            "generic-api-key config/app.env:3, absent fixed since 11-01 due 11-15",
            "generic-api-key config/app.env:8, unchanged open since 11-01 due 11-15",
            "generic-api-key config/app.env:9, new open since 11-01 due 11-15",
        ]
    );
}

#[test]
fn two_results_on_one_line_are_two() {
    let at = |column: u32, message: &str| {
        let mut at = result("js.eval", "src/ledger.js", 7, "eval(a); eval(b);");
        at["locations"][0]["physicalLocation"]["region"]["startColumn"] = json!(column);
        at["message"]["text"] = json!(message);
        at
    };
    let mut story = Story::new();
    let two = semgrep(&[at(1, "a reaches eval"), at(10, "b reaches eval")]);
    assert_eq!(
        story.day(FIRST, &[("semgrep.sarif", &two)]),
        ["js.eval src/ledger.js:7, - open since 11-01 due 11-15"; 2]
    );
    // The same in another order, the second reworded.
    let turned = semgrep(&[at(10, "b is evaluated"), at(1, "a reaches eval")]);
    assert_eq!(
        story.day(SECOND, &[("semgrep.sarif", &turned)]),
        ["js.eval src/ledger.js:7, unchanged open since 11-01 due 11-15"; 2]
    );
}

/// Two reports call two places of a third one the same, so that one of these bears the name of the other.
#[test]
fn a_report_that_is_its_own_baseline_changes_nothing() {
    let named = |line: u32, snippet: &str, level: &str, name: Option<&str>| {
        let mut result = result("js.query", "src/ledger.js", line, snippet);
        result["level"] = json!(level);
        result["properties"] = json!({});
        if let Some(name) = name {
            result["fingerprints"] = json!({"matchBasedId/v1": name});
        }
        result
    };
    let (one, two) = ("query(sql + name)", "query(sql + amount)");
    for (one, two) in [(one, two), (two, one)] {
        let mut story = Story::new();
        let old = "9f1d3a52c7e09b648f1d3a52c7e09b64";
        let new = "27b0c4d1e95a3f8627b0c4d1e95a3f86";
        let reports = [
            semgrep(&[
                named(1, one, "note", Some(old)),
                named(9, two, "error", None),
            ]),
            semgrep(&[named(1, one, "note", Some(new))]),
            semgrep(&[named(9, two, "note", Some(new))]),
        ];
        let paths = ["a.sarif", "b.sarif", "c.sarif"];
        let reports: Vec<_> = paths
            .into_iter()
            .zip(reports.iter().map(String::as_str))
            .collect();
        let unchanged = |line: &String| line.replace(", - ", ", unchanged ");
        let first: Vec<_> = story.day(FIRST, &reports).iter().map(unchanged).collect();
        assert_eq!(first.len(), 2, "{first:?}");
        assert_eq!(story.day(SECOND, &reports), first);
    }
}

/// What grype tells of the kernels in an image; its fingerprint is made of the version.
fn kernels(tag: u32, versions: &[&str]) -> String {
    let kernel = |version: &&str| {
        let image = format!("harbor/board:{tag}");
        let path = "/var/lib/rpm/rpmdb.sqlite";
        let mut kernel = result("CVE-2026-1234-kernel-core", &format!("board{path}"), 1, "");
        kernel["message"]["text"] = json!(format!(
            "A high vulnerability in rpm package: kernel-core, version {version} was found in image {image} at: {path}"
        ));
        let place = &mut kernel["locations"][0];
        place["physicalLocation"]["region"] = json!({"startLine": 1});
        place["logicalLocations"] =
            json!([{"fullyQualifiedName": format!("{image}@sha256:00{tag}:{path}"), "name": path}]);
        kernel["partialFingerprints"] = json!({"primaryLocationLineHash": format!("0d4ef10dce50e716{}:1", version.replace('.', ""))});
        kernel
    };
    sarif(
        "grype",
        "0.90.0",
        &versions.iter().map(kernel).collect::<Vec<_>>(),
    )
}

#[test]
fn new_versions_of_a_package_restart_no_clock_and_fix_nothing() {
    const KERNEL: &str = "CVE-2026-1234-kernel-core board/var/lib/rpm/rpmdb.sqlite:1";
    let open = format!("{KERNEL}, updated open since 11-01 due 11-15");
    for (before, after) in [
        (&["5.14.70"][..], &["5.14.90"][..]),
        (&["5.14.70", "5.14.80"], &["5.14.90", "5.14.91"]),
        (&["5.14.70", "5.14.80"], &["5.14.80", "5.14.90"]),
    ] {
        let mut story = Story::new();
        story.day(FIRST, &[("grype.sarif", &kernels(7, before))]);
        let told = story.day(SECOND, &[("grype.sarif", &kernels(8, after))]);
        assert_eq!(
            told,
            vec![open.clone(); after.len()],
            "{before:?} {after:?}"
        );
    }
    // Nobody can tell which of two took the place of one, or of which of two one took it.
    let mut story = Story::new();
    story.day(FIRST, &[("grype.sarif", &kernels(7, &["5.14.70"]))]);
    let two = kernels(8, &["5.14.90", "5.14.91"]);
    assert_eq!(
        story.day(SECOND, &[("grype.sarif", &two)]),
        [
            format!("{KERNEL}, new open since 11-01 due 11-15"),
            open.clone(),
        ]
    );
    let one = kernels(9, &["5.14.92"]);
    assert_eq!(
        story.day(THIRD, &[("grype.sarif", &one)]),
        [
            format!("{KERNEL}, absent fixed since 11-01 due 11-15"),
            open,
        ]
    );
}
