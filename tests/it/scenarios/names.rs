//! One advisory under several names and from several tools: it is one finding as long as one name is shared.

use serde_json::json;

use super::{FIRST, GHSA, LODASH, Npm6, SECOND, Story, npm, yarn};
use crate::project;

#[test]
fn a_cve_that_follows_a_ghsa_keeps_the_clock() {
    let mut story = Story::new();
    let first = Npm6 {
        cves: &[],
        ..LODASH
    };
    assert_eq!(
        story.day(FIRST, &[("npm.json", &first.text())]),
        ["GHSA-35jh-r3h4-6jhm, - open since 11-01 due 11-15"]
    );
    assert_eq!(
        story.day(SECOND, &[("npm.json", &LODASH.text())]),
        ["CVE-2021-23337 GHSA-35jh-r3h4-6jhm, updated open since 11-01 due 11-15"]
    );
    let page = story.explain("CVE-2021-23337");
    let clock = "14 days from first-seen 2026-11-01T00:00:00Z (as-of)";
    assert!(page.contains(clock), "{page}");
}

#[test]
fn a_ghsa_that_follows_a_number_of_npm_keeps_the_clock() {
    let mut story = Story::new();
    let first = Npm6 {
        url: "https://npmjs.com/advisories/1673",
        cves: &[],
        ..LODASH
    };
    assert_eq!(story.day(FIRST, &[("npm.json", &first.text())]).len(), 1);
    let second = story.day(SECOND, &[("npm.json", &npm(Some((1673, GHSA))))]);
    assert_eq!(
        second,
        ["GHSA-35jh-r3h4-6jhm, updated open since 11-01 due 11-15"]
    );
}

/// A report of npm 7 or later with these advisories about lodash.
fn of_lodash(advisories: &[(u32, &str)]) -> String {
    let via: Vec<_> = advisories
        .iter()
        .map(|(source, url)| {
            json!({"source": source, "name": "lodash", "severity": "high", "title": "T", "url": url,
                "range": "<4.17.21"})
        })
        .collect();
    json!({
        "auditReportVersion": 2,
        "vulnerabilities": {"lodash": {"name": "lodash", "severity": "high", "range": "<4.17.21", "via": via}},
        "metadata": {"vulnerabilities": {"high": 1, "total": 1}}
    })
    .to_string()
}

#[test]
fn a_number_that_two_advisories_bear_makes_them_one_in_no_report() {
    let other = "https://github.com/advisories/GHSA-29mw-wpgm-hmr9";
    let unnamed = "https://npmjs.com/advisories/1673";
    let both = of_lodash(&[(1673, GHSA), (1673, other)]);
    let mut story = Story::new();
    story.day(FIRST, &[("npm.json", &of_lodash(&[(1673, unnamed)]))]);
    let clocks = [
        "GHSA-29mw-wpgm-hmr9, updated open since 11-01 due 11-15",
        "GHSA-35jh-r3h4-6jhm, updated open since 11-01 due 11-15",
    ];
    assert_eq!(story.day(SECOND, &[("npm.json", &both)]), clocks);
    // Whoever knows the number alone starts no clock anew, and takes the place of neither.
    assert_eq!(
        story.day(
            "2026-11-10",
            &[("npm.json", &of_lodash(&[(1673, unnamed)]))]
        ),
        [
            "GHSA-29mw-wpgm-hmr9, absent fixed since 11-01 due 11-15",
            "GHSA-35jh-r3h4-6jhm, absent fixed since 11-01 due 11-15",
            "NPM-1673, new open since 11-01 due 11-15",
        ]
    );
    // What is accepted of one is not of the other.
    let mut story = Story::new();
    let triage = "version = 1\n[[accept]]\nmatch = { id = 'GHSA-35jh-r3h4-6jhm' }\nreason = 'it runs no templates'\n\
                  by = 'security'\nuntil = 2026-12-31\n";
    let triage = story.file("triage.toml", triage);
    story.arguments.extend(["--triage".to_owned(), triage]);
    assert_eq!(
        story.day(FIRST, &[("npm.json", &both)]),
        [
            "GHSA-29mw-wpgm-hmr9, - open since 11-01 due 11-15",
            "GHSA-35jh-r3h4-6jhm, - suppressed since 11-01 due 11-15",
        ]
    );
}

/// Two databases of two ages share no name, and nothing here may guess: the old one stays in the report as fixed.
#[test]
fn another_number_without_a_shared_id_is_another_finding() {
    let mut story = Story::new();
    let first = Npm6 {
        url: "https://npmjs.com/advisories/1673",
        ..LODASH
    };
    story.day(FIRST, &[("npm.json", &first.text())]);
    assert_eq!(
        story.day(SECOND, &[("npm.json", &npm(Some((1_106_913, GHSA))))]),
        [
            "CVE-2021-23337, absent fixed since 11-01 due 11-15",
            "GHSA-35jh-r3h4-6jhm, new open since 11-08 due 11-22",
        ]
    );
}

#[test]
fn yarn_goes_on_where_npm_began() {
    let mut story = Story::new();
    story.day(FIRST, &[("npm.json", &npm(Some((1_106_913, GHSA))))]);
    assert_eq!(
        story.day(SECOND, &[("yarn.ndjson", &yarn("high"))]),
        ["CVE-2021-23337 GHSA-35jh-r3h4-6jhm, updated open since 11-01 due 11-15"]
    );
}

/// A `cargo audit` of harbor-codec 0.2.7 with these aliases.
fn cargo_audit(aliases: &[&str]) -> String {
    json!({
        "database": {"advisory-count": 7, "last-commit": null, "last-updated": null},
        "lockfile": {"dependency-count": 2},
        "settings": {"ignore": []},
        "vulnerabilities": {"found": true, "count": 1, "list": [{
            "advisory": {
                "id": "RUSTSEC-2099-0001", "package": "harbor-codec", "date": "2099-01-12", "aliases": aliases,
                "title": "A length field of a frame overflows the decoder", "description": "It overflows.",
                "cvss": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"
            },
            "versions": {"patched": [">=0.3.4"], "unaffected": ["<0.2.0"]},
            "affected": null,
            "package": {"name": "harbor-codec", "version": "0.2.7",
                "source": "registry+https://github.com/rust-lang/crates.io-index"}
        }]},
        "warnings": {}
    })
    .to_string()
}

#[test]
fn a_ghsa_that_follows_a_rustsec_id_keeps_the_clock() {
    let mut story = Story::new();
    assert_eq!(
        story.day(FIRST, &[("audit.json", &cargo_audit(&[]))]),
        ["RUSTSEC-2099-0001, - open since 11-01 due 11-15"]
    );
    assert_eq!(
        story.day(
            SECOND,
            &[("audit.json", &cargo_audit(&["GHSA-2h9q-7x3c-4m5r"]))]
        ),
        ["GHSA-2h9q-7x3c-4m5r RUSTSEC-2099-0001, updated open since 11-01 due 11-15"]
    );
}

#[test]
fn a_lock_file_goes_on_where_cargo_audit_began() {
    let database = project("samples/advisory-db").display().to_string();
    // One of its advisories is not well-formed, which is another story.
    let flags = ["--app", "Queue Board", "--allow-rejects"];
    let mut story = Story::with(&[&flags[..], &["--advisory-db", &database]].concat());
    story.day(FIRST, &[("audit.json", &cargo_audit(&[]))]);
    let lock = |version: &str| {
        format!(
            "version = 4\n\n[[package]]\nname = \"harbor-codec\"\nversion = \"{version}\"\n\
             source = \"registry+https://github.com/rust-lang/crates.io-index\"\n\n\
             [[package]]\nname = \"queue-board\"\nversion = \"1.0.0\"\ndependencies = [\n \"harbor-codec\",\n]\n"
        )
    };
    let same =
        "CVE-2099-10001 GHSA-2h9q-7x3c-4m5r RUSTSEC-2099-0001, updated open since 11-01 due 11-15";
    assert_eq!(story.day(SECOND, &[("Cargo.lock", &lock("0.2.7"))]), [same]);
    // Another version that is vulnerable too, in another folder.
    assert_eq!(
        story.day("2026-11-15", &[("server/Cargo.lock", &lock("0.3.1"))]),
        [same]
    );
    assert_eq!(story.findings()[0]["package"]["versions"], json!(["0.3.1"]));
}
