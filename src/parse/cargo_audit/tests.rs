use super::CargoAudit;
use crate::error::Error;
use crate::model::{Fact, Finding, Outcome, Severity, Text};
use crate::parse::testing::{Collected, read, read_forced};
use crate::parse::{Closing, Head, Options, Parser};

const BASIC: &str = include_str!("../../../samples/cargo-audit/basic.json");
const REJECTS: &str = include_str!("../../../samples/cargo-audit/rejects.json");

fn words(texts: impl IntoIterator<Item = impl std::borrow::Borrow<Text>>) -> Vec<String> {
    texts
        .into_iter()
        .map(|text| text.borrow().untrusted().to_owned())
        .collect()
}

/// `crate version: rule`, in the order of the report.
fn seen(collected: &Collected) -> Vec<String> {
    let line = |finding: &Finding| {
        let package = finding.package.as_ref().unwrap();
        format!(
            "{} {}: {}",
            package.purl.untrusted().trim_start_matches("pkg:cargo/"),
            words(&package.versions).join("+"),
            finding.rule.id.as_ref().unwrap().untrusted()
        )
    };
    collected.findings.iter().map(line).collect()
}

fn severities(finding: &Finding) -> Vec<Option<Severity>> {
    finding.claims.iter().map(|claim| claim.severity).collect()
}

fn fails(report: &str) -> Error {
    read_forced(&CargoAudit, report, &Options::default())
        .1
        .unwrap_err()
}

fn closes(report: &str) -> Closing {
    read(&CargoAudit, report).1.unwrap()
}

#[test]
fn vulnerabilities_and_every_kind_of_warning_are_findings() {
    let (collected, closing) = read(&CargoAudit, BASIC);
    let closing = closing.unwrap();
    assert_eq!(
        seen(&collected),
        [
            "harbor-codec 0.2.7: RUSTSEC-2099-0001",
            "harbor-codec 0.3.1: RUSTSEC-2099-0001",
            "harbor-json 0.5.0: RUSTSEC-2099-0005",
            "harbor-tls 3.1.0: RUSTSEC-2099-0007",
            "harbor-timer 1.0.0: RUSTSEC-2099-0002",
            "harbor-frame 0.9.2: RUSTSEC-2099-0003",
            "harbor-pool 2.0.1: yanked",
        ]
    );
    assert_eq!(closing.outcome, Outcome::Complete);
    assert_eq!(words(&closing.scope), ["rustsec::"]);
    assert_eq!(
        words(&closing.notes),
        [
            "matched against 7 advisories of commit 0c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6a7b8c9d of 2099-06-02T08:30:00Z"
        ]
    );
}

#[test]
fn an_advisory_is_told_in_full() {
    let (collected, _) = read(&CargoAudit, BASIC);
    let finding = &collected.findings[0];
    let package = finding.package.as_ref().unwrap();
    // The id of another scheme among the aliases names nothing that others share.
    assert_eq!(
        words(&finding.ids),
        ["CVE-2099-10001", "GHSA-2h9q-7x3c-4m5r", "RUSTSEC-2099-0001"]
    );
    assert_eq!(finding.keys.len(), 3);
    assert_eq!(words(&package.fixed_in), [">=0.3.4"]);
    assert_eq!(words(&package.ranges), ["all but <0.2.0 or >=0.3.4"]);
    assert_eq!(
        finding.recommendation,
        Some(Text::line("Upgrade to >=0.3.4"))
    );
    assert_eq!(
        words(&finding.tags),
        ["category:denial-of-service", "category:memory-corruption"]
    );
    assert_eq!(
        words(&finding.links),
        [
            "https://example.org/blog/harbor-codec-0.3.4",
            "https://example.org/harbor-codec/issues/41",
            "https://rustsec.org/advisories/RUSTSEC-2099-0001",
            "https://www.cve.org/CVERecord?id=CVE-2098-20002",
        ]
    );
    let description = finding.description.as_ref().unwrap().untrusted();
    assert!(description.ends_with(
        "before it reads.\n\nAffected functions:\n- `harbor_codec::Decoder::read` (<0.3.4, >=0.2.0)"
    ));
    let published = &finding.dates[&Fact::Published];
    assert_eq!(published.at, "2099-01-12T00:00:00Z".parse().unwrap());
    assert_eq!(published.source.untrusted(), "advisory RUSTSEC-2099-0001");
    let place = &finding.sightings.first().unwrap().place;
    assert_eq!(place.at.untrusted(), "/vulnerabilities/list/0");
    let place = &collected.findings[4].sightings.first().unwrap().place;
    assert_eq!(place.at.untrusted(), "/warnings/unmaintained/0");
}

#[test]
fn nothing_is_rated_that_nobody_rated() {
    let (collected, _) = read(&CargoAudit, BASIC);
    let [codec, _, json, notice, unmaintained, unsound, yanked] = collected.findings.as_slice()
    else {
        panic!("seven findings");
    };
    // A vector is kept as it stands; its score is worked out by the policy.
    assert_eq!(severities(codec), [None]);
    let vector = codec.claims.iter().next().unwrap().vector.as_ref();
    assert_eq!(
        vector.unwrap().untrusted(),
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"
    );
    assert_eq!(severities(json), [Some(Severity::Unknown)]);
    assert_eq!(severities(notice), [Some(Severity::Info)]);
    assert_eq!(severities(unmaintained), [Some(Severity::Low)]);
    assert_eq!(severities(unsound), [Some(Severity::Medium)]);
    assert_eq!(severities(yanked), [Some(Severity::Low)]);
    assert_eq!(words(&unsound.tags), ["os:windows", "unsound"]);
}

#[test]
fn without_a_patch_the_versions_that_were_never_affected_are_named() {
    let (collected, _) = read(&CargoAudit, BASIC);
    let advice = |number: usize| {
        let finding: &Finding = &collected.findings[number];
        finding
            .recommendation
            .as_ref()
            .map(|text| text.untrusted().to_owned())
    };
    assert_eq!(advice(2).unwrap(), "Move to >=0.6.0-beta.1, not affected");
    assert_eq!(advice(4), None);
    assert_eq!(advice(6).unwrap(), "Move to a version that is not yanked");
}

#[test]
fn what_is_not_understood_is_rejected_with_its_place() {
    let (collected, closing) = read(&CargoAudit, REJECTS);
    assert_eq!(
        collected.rejects,
        [
            "/vulnerabilities/list/1: invalid type: string \"RUSTSEC-2099-0001\", expected an object with `advisory` and `package`",
            "/vulnerabilities/list/2: invalid type: string \"RUSTSEC-2099-0001\", expected an advisory object",
            "/vulnerabilities/list/3: expected an object at `advisory`, found none",
            "/vulnerabilities/list/4: expected a RUSTSEC, CVE or GHSA id at `advisory.id`, found `HARBOR-5`",
            "/vulnerabilities/list/5: expected the name of a crate at `package.name`, found none",
            "/warnings/deprecated/0: expected an object at `advisory`, found none",
            "/warnings/unsound: expected an array of warnings",
            "/warnings/yanked/1: invalid type: integer `17`, expected an object with `advisory` and `package`",
        ]
    );
    assert_eq!(collected.passed, 1, "the advisory that was withdrawn");
    assert_eq!(
        seen(&collected),
        [
            "harbor-codec 0.2.7: RUSTSEC-2099-0001",
            "harbor-json : RUSTSEC-2099-0005",
            "harbor-pool 2.0.1: yanked",
        ]
    );
    let closing = closing.unwrap();
    assert_eq!(
        words(&closing.notes)[1..],
        [
            "the audit was told to ignore RUSTSEC-2099-0007",
            "the report counts 5 vulnerabilities and lists 8",
        ]
    );
    assert_eq!(
        words(&closing.scope),
        ["rustsec::without RUSTSEC-2099-0007"]
    );
}

#[test]
fn a_field_of_an_odd_type_costs_only_itself() {
    let (collected, _) = read(&CargoAudit, REJECTS);
    let odd = &collected.findings[1];
    assert_eq!(words(&odd.ids), ["CVE-2099-10005", "RUSTSEC-2099-0005"]);
    assert_eq!((odd.title.as_ref(), odd.dates.len()), (None, 0));
    assert!(words(&odd.links).contains(&"https://example.org/harbor-json".to_owned()));
    assert_eq!(words(&odd.package.as_ref().unwrap().ranges), ["*"]);
    assert_eq!(
        odd.recommendation,
        Some(Text::line("No fixed version is known"))
    );
}

#[test]
fn several_documents_and_words_for_people_share_one_stream() {
    let report = include_str!("../../../samples/cargo-audit/two-documents.json");
    let (collected, closing) = read(&CargoAudit, report);
    let places = collected
        .findings
        .iter()
        .map(|finding| &finding.sightings.first().unwrap().place.at);
    assert_eq!(
        words(places),
        [
            "/vulnerabilities/list/0",
            "2:/vulnerabilities/list/0",
            "2:/warnings/unmaintained/0",
        ]
    );
    let closing = closing.unwrap();
    assert_eq!(closing.outcome, Outcome::Complete);
    assert_eq!(
        words(&closing.notes)[1..],
        [
            "other text stands beside the JSON: Fetching advisory database from `https://example.org/advisory-db.git`",
            "other text stands beside the JSON: error: 2 vulnerabilities found!",
        ]
    );
}

#[test]
fn the_shapes_of_2019_and_2021_are_read() {
    let (collected, closing) = read(
        &CargoAudit,
        include_str!("../../../samples/cargo-audit/old-2021-shape.json"),
    );
    assert_eq!(
        seen(&collected),
        [
            "harbor-codec 0.3.1: RUSTSEC-2099-0001",
            "harbor-timer 1.0.0: RUSTSEC-2099-0002"
        ]
    );
    assert_eq!(
        words(&closing.unwrap().scope),
        ["rustsec::without notice,unsound"]
    );
    let (collected, closing) = read(
        &CargoAudit,
        include_str!("../../../samples/cargo-audit/old-2019-shape.json"),
    );
    let package = collected.findings[0].package.as_ref().unwrap();
    assert_eq!(words(&package.fixed_in), [">= 0.3.4"]);
    assert_eq!(closing.unwrap().outcome, Outcome::Partial);
}

#[test]
fn warnings_in_one_array_name_their_own_kind() {
    let report = r#"{"lockfile": {}, "vulnerabilities": {"list": []}, "warnings": [
        {"kind": "yanked", "package": {"name": "harbor-pool", "version": "2.0.1"}}]}"#;
    let (collected, _) = read(&CargoAudit, report);
    assert_eq!(seen(&collected), ["harbor-pool 2.0.1: yanked"]);
}

#[test]
fn an_empty_database_is_no_clean_scan() {
    let closing = closes(include_str!("../../../samples/cargo-audit/not-run.json"));
    assert_eq!(closing.outcome, Outcome::NotRun);
}

#[test]
fn a_list_that_is_shorter_than_it_says_is_not_whole() {
    let outcome = |found: bool, count: u64, list: &str| {
        closes(&format!(
            r#"{{"settings": {{}}, "warnings": {{}}, "vulnerabilities": {{"found": {found}, "count": {count}, "list": [{list}]}}}}"#
        ))
        .outcome
    };
    let one = r#"{"advisory": {"id": "RUSTSEC-2099-0001", "package": "harbor-pool"}, "package": {"name": "harbor-pool", "version": "1.0.0"}, "versions": {"patched": [], "unaffected": []}}"#;
    assert_eq!(outcome(false, 0, ""), Outcome::Complete);
    assert_eq!(outcome(true, 1, one), Outcome::Complete);
    assert_eq!(outcome(true, 0, one), Outcome::Complete);
    assert_eq!(outcome(true, 2, one), Outcome::Partial);
    assert_eq!(outcome(true, 2, ""), Outcome::Partial);
    assert_eq!(outcome(true, 0, ""), Outcome::Partial);
}

#[test]
fn what_a_report_says_of_its_own_list_is_recomputed() {
    let closing = closes(
        r#"{"settings": {"severity": "high", "target_os": ["linux"]}, "warnings": {}, "vulnerabilities": {"found": true, "count": 0, "list": []}}"#,
    );
    assert_eq!(
        words(&closing.notes),
        [
            "the audit was narrowed by `below`: high",
            "the audit was narrowed by `os`: linux",
            "the report says `found: true` and lists 0 vulnerabilities",
        ]
    );
    assert_eq!(
        words(&closing.scope),
        ["rustsec::without below=high,os=linux"]
    );
}

#[test]
fn the_output_of_cargo_deny_is_not_taken_for_a_report() {
    let report = r#"{"lockfile": {"dependency-count": 3}, "settings": {}, "vulnerabilities": [{"advisory": {"id": "RUSTSEC-2099-0001"}}]}"#;
    assert!(!CargoAudit.sniff(&Head::new(report.as_bytes())));
    let error = fails(report);
    assert_eq!(
        error.message(),
        "expected an object at `vulnerabilities`, found an array"
    );
    assert!(error.hint_text().unwrap().contains("cargo audit --json"));
}

#[test]
fn a_report_without_its_list_is_never_clean() {
    for (report, expected) in [
        ("", "expected a JSON object, found no JSON"),
        (
            "error: not found: Couldn't load Cargo.lock\n",
            "expected a JSON object, found no JSON",
        ),
        ("{}", "expected `vulnerabilities`, found none"),
        (
            r#"{"vulnerabilities": null}"#,
            "expected `vulnerabilities`, found none",
        ),
        (
            r#"{"vulnerabilities": {"found": false, "count": 0}}"#,
            "expected an array at `vulnerabilities.list`, found none",
        ),
        (
            r#"{"vulnerabilities": {"list": [{"#,
            "line 1 column 32: the file ends in the middle of a value",
        ),
        (
            "{\"vulnerabilities\": {\"list\": []}}\n{}",
            "document 2: expected `vulnerabilities`, found none",
        ),
    ] {
        assert_eq!(fails(report).to_string(), expected, "{report}");
    }
}

#[test]
fn a_report_that_is_cut_anywhere_keeps_what_was_read() {
    let mut most = 0;
    let last = BASIC.trim_end().len() - 1;
    for end in (0..last).step_by(53).chain([last]) {
        // The sink makes sure that the records add up.
        let (collected, closing) = read_forced(&CargoAudit, &BASIC[..end], &Options::default());
        assert!(closing.is_err(), "cut at {end}");
        assert!(collected.records >= most);
        most = collected.records;
    }
    assert_eq!(most, 7);
}

#[test]
fn the_reason_why_a_report_is_not_whole_is_told_apart() {
    let closing = closes(
        r#"{"database": {"advisory-count": 7}, "lockfile": {"dependency-count": 0}, "settings": {}, "warnings": {}, "vulnerabilities": {"count": 5, "list": []}}"#,
    );
    assert_eq!(closing.outcome, Outcome::Partial);
    assert_eq!(
        words(&closing.reasons),
        [
            "the lock file lists no package, so nothing was matched",
            "the report counts 5 vulnerabilities and lists 0",
        ]
    );
    assert_eq!(words(&closing.notes)[0], "matched against 7 advisories");
}
