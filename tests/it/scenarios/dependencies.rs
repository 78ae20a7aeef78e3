//! Vulnerable packages: versions, paths and words change, the advisory in the package of the app is the finding.

use serde_json::json;

use super::{FIRST, LODASH, Npm6, SECOND, Story, npm};

/// The first report is the usual one of lodash; what the second tells.
fn then(second: &Npm6) -> (Vec<String>, Story) {
    let mut story = Story::new();
    assert_eq!(
        story.day(FIRST, &[("npm.json", &LODASH.text())]),
        ["CVE-2021-23337 GHSA-35jh-r3h4-6jhm, - open since 11-01 due 11-15"]
    );
    (story.day(SECOND, &[("npm.json", &second.text())]), story)
}

#[test]
fn a_bump_that_is_still_vulnerable_keeps_the_clock() {
    let (told, story) = then(&Npm6 {
        version: "4.17.19",
        ..LODASH
    });
    assert_eq!(
        told,
        ["CVE-2021-23337 GHSA-35jh-r3h4-6jhm, updated open since 11-01 due 11-15"]
    );
    // The version that is gone is not told of any more.
    assert_eq!(
        story.findings()[0]["package"]["versions"],
        json!(["4.17.19"])
    );
}

#[test]
fn another_way_into_the_tree_keeps_the_clock() {
    let (told, story) = then(&Npm6 {
        path: "winston>async>lodash",
        ..LODASH
    });
    assert_eq!(
        told,
        ["CVE-2021-23337 GHSA-35jh-r3h4-6jhm, updated open since 11-01 due 11-15"]
    );
    assert_eq!(
        story.findings()[0]["package"]["paths"],
        json!(["winston > async > lodash"])
    );
}

#[test]
fn another_title_keeps_the_clock() {
    let (told, story) = then(&Npm6 {
        title: "lodash runs commands in templates",
        ..LODASH
    });
    assert_eq!(
        told,
        ["CVE-2021-23337 GHSA-35jh-r3h4-6jhm, unchanged open since 11-01 due 11-15"]
    );
    assert_eq!(
        story.findings()[0]["title"],
        "lodash runs commands in templates"
    );
}

#[test]
fn a_worse_word_tightens_the_date_and_counts_from_the_first_day() {
    let (told, _) = then(&Npm6 {
        severity: "critical",
        ..LODASH
    });
    assert_eq!(
        told,
        ["CVE-2021-23337 GHSA-35jh-r3h4-6jhm, updated open since 11-01 due 11-08"]
    );
}

#[test]
fn a_report_that_lies_elsewhere_keeps_the_clock() {
    let mut story = Story::new();
    story.day(FIRST, &[("npm.json", &LODASH.text())]);
    assert_eq!(
        story.day(SECOND, &[("ci/web/audit.json", &LODASH.text())]),
        ["CVE-2021-23337 GHSA-35jh-r3h4-6jhm, unchanged open since 11-01 due 11-15"]
    );
}

#[test]
fn the_same_cve_in_two_apps_has_two_clocks() {
    let apps = [
        "--app",
        "Queue Board=**/queue/*",
        "--app",
        "Time Ledger=**/ledger/*",
    ];
    let mut story = Story::with(&apps);
    let (one, clean) = (LODASH.text(), npm(None));
    assert_eq!(
        story.day(
            FIRST,
            &[("queue/npm.json", &one), ("ledger/npm.json", &clean)]
        ),
        ["CVE-2021-23337 GHSA-35jh-r3h4-6jhm, - open since 11-01 due 11-15"]
    );
    assert_eq!(
        story.day(
            SECOND,
            &[("queue/npm.json", &one), ("ledger/npm.json", &one)]
        ),
        [
            "CVE-2021-23337 GHSA-35jh-r3h4-6jhm, new open since 11-08 due 11-22",
            "CVE-2021-23337 GHSA-35jh-r3h4-6jhm, unchanged open since 11-01 due 11-15",
        ]
    );
    // One app fixes it; that says nothing of the other.
    assert_eq!(
        story.day(
            "2026-11-15",
            &[("queue/npm.json", &clean), ("ledger/npm.json", &one)]
        ),
        [
            "CVE-2021-23337 GHSA-35jh-r3h4-6jhm, absent fixed since 11-01 due 11-15",
            "CVE-2021-23337 GHSA-35jh-r3h4-6jhm, unchanged open since 11-08 due 11-22",
        ]
    );
}
