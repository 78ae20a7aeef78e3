use super::*;
use crate::model::{Finding, Outcome, Severity};
use crate::parse::testing::{Collected, read, read_forced};

fn sample(words: &str) -> (Collected, Closing) {
    let (collected, closing) = read(&Csrt, words);
    (collected, closing.unwrap())
}

fn ids(collected: &Collected) -> Vec<String> {
    let id = |finding: &Finding| {
        finding
            .rule
            .id
            .clone()
            .unwrap_or_default()
            .untrusted()
            .to_owned()
    };
    collected.findings.iter().map(id).collect()
}

fn keys(check: &str, proof: &str) -> crate::model::Set<Key> {
    let words = serde_json::json!({
        "vulns": [{"check_name": check, "proof": proof, "severity": "Medium", "app_key": "a"}],
        "scanner": "Connect Security Requirements Tester", "scanned": ["a"], "errors": false
    });
    sample(&words.to_string()).0.findings[0].keys.clone()
}

#[test]
fn every_field_of_a_report_finds_its_place() {
    let (collected, closing) = sample(include_str!("../../../samples/csrt/basic.json"));
    assert_eq!(
        ids(&collected),
        ["csrt/1.2", "csrt/7.3", "csrt/1.4", "csrt/3.0"]
    );
    assert_eq!(closing.outcome, Outcome::Complete);
    assert_eq!(
        closing.scope.as_slice(),
        [Text::line("csrt:com.harborapps.time-ledger:*")]
    );

    let first = &collected.findings[0];
    assert_eq!(
        first.title,
        Some(Text::line("Authorization of Application Resources"))
    );
    assert_eq!(first.tags.as_slice(), [Text::line("requirement:1.2")]);
    assert_eq!(
        collected.findings[3].tags.as_slice(),
        [Text::line("requirement:3")]
    );
    let urls: Vec<_> = first
        .locations
        .iter()
        .filter_map(|place| place.url.as_ref())
        .map(Text::untrusted)
        .collect();
    assert_eq!(
        urls,
        [
            "https://ledger.harborapps.example/admin",
            "https://ledger.harborapps.example/admin/rates"
        ]
    );
    assert_eq!(
        first.evidence.as_ref().unwrap().untrusted(),
        "https://ledger.harborapps.example/admin | Authz Res Code: 200 Req Method: GET Authz Header: JWT [redacted authorization]\n\
         https://ledger.harborapps.example/admin/rates?lic=active | Authz Res Code: 200 Req Method: GET Authz Header: JWT [redacted authorization]"
    );
    assert_eq!(
        first.first_seen.as_ref().unwrap().at.to_string(),
        "2026-11-20T23:44:19Z"
    );
    assert_eq!(first.last_seen.unwrap().to_string(), "2026-11-20T23:45:02Z");
}

#[test]
fn the_published_score_stands_beside_the_constant_word() {
    let (collected, _) = sample(include_str!("../../../samples/csrt/basic.json"));
    let claims: Vec<_> = collected
        .findings
        .iter()
        .map(|finding| {
            let claim = |claim: &Claim| {
                (
                    claim.trust,
                    claim.severity,
                    claim.score.map(crate::model::Score::tenths),
                )
            };
            finding.claims.iter().map(claim).collect::<Vec<_>>()
        })
        .collect();
    let constant = (Trust::Constant, Some(Severity::Medium), None);
    assert_eq!(
        claims,
        [
            vec![(Trust::Published, Some(Severity::High), Some(88)), constant],
            vec![constant],
            vec![(Trust::Published, Some(Severity::High), Some(86)), constant],
            vec![
                (Trust::Published, Some(Severity::Medium), Some(68)),
                constant
            ],
        ]
    );
    assert_eq!(trust("High"), Trust::Stated);
}

#[test]
fn header_values_with_commas_do_not_split_items() {
    assert_eq!(
        proof::items(
            "https://a/x | Cache header: no-cache, private,Lifecycle endpoint: http://a/i | Auth Header: ,https://a/y | z"
        ),
        [
            "https://a/x | Cache header: no-cache, private",
            "Lifecycle endpoint: http://a/i | Auth Header:",
            "https://a/y | z"
        ]
    );
    assert!(proof::items("").is_empty());
}

#[test]
fn order_hosts_and_tokens_are_no_part_of_a_name() {
    let rule = "Authorization of Application Resources";
    let one = keys(
        rule,
        "https://one.example/a?jwt=1 | Authz Header: JWT eyJa,https://one.example/b/ | x",
    );
    assert_eq!(
        one,
        keys(
            rule,
            "https://two.example/b | Authz Header: JWT eyJb,https://two.example/a#x | y"
        )
    );
    assert_ne!(one, keys(rule, "https://one.example/c | x"));
    // One of two endpoints is fixed: still the same finding.
    let rest = keys(rule, "https://one.example/b | x");
    assert!(one.contains(rest.first().unwrap()));
}

#[test]
fn checks_of_hosts_go_by_host() {
    let rule = "Transport Layer Security Validation";
    let one = keys(rule, "https://One.example/a | Protocols Found: ['TLS_1_0']");
    assert_eq!(
        one,
        keys(rule, "https://one.example/b | Protocols Found: ['TLS_1_1']")
    );
    assert_ne!(
        one,
        keys(rule, "https://two.example/a | Protocols Found: ['TLS_1_0']")
    );
    for other in [
        "https://one.example:443/a",
        "https://ONE.Example",
        "http://one.example:80/",
    ] {
        assert_eq!(one, keys(rule, other), "{other}");
    }
    for other in [
        "https://one.example:80/a",
        "https://one.example:8443",
        "http://one.example:443",
    ] {
        assert_ne!(one, keys(rule, other), "{other}");
    }
    // Most of their proofs name no host: then the app has one finding of the check.
    assert_eq!(
        keys(rule, "Protocols Found: ['TLS_1_0']"),
        keys(rule, "Protocols Found: ['TLS_1_1', 'TLS_1_0']")
    );
}

#[test]
fn the_bare_list_of_2020_is_read_but_proves_no_complete_scan() {
    let (collected, closing) = sample(include_str!("../../../samples/csrt/old-list.json"));
    // The second is known by its old number only: 1b is what 3.0 is today.
    assert_eq!(ids(&collected), ["csrt/1.1", "csrt/3.0"]);
    assert_eq!(closing.outcome, Outcome::Partial);
    let first = &collected.findings[0];
    assert_eq!(
        first.first_seen.as_ref().unwrap().at.to_string(),
        "2020-12-03T00:00:00Z"
    );
    assert_eq!(first.sightings.as_slice()[0].place.at.untrusted(), "/0");
    // Only its records tell the day of the scan.
    assert_eq!(
        closing.scanned.map(|at| at.to_string()).as_deref(),
        Some("2020-12-03T00:00:00Z")
    );
}

#[test]
fn the_envelope_of_march_2021_is_read() {
    let (collected, closing) = sample(include_str!("../../../samples/csrt/old-envelope.json"));
    assert_eq!(ids(&collected), ["csrt/7.4"]);
    assert_eq!(closing.outcome, Outcome::Partial);
}

#[test]
fn apps_that_could_not_be_reached_are_a_gap_and_no_findings() {
    let (collected, closing) = sample(include_str!("../../../samples/csrt/unreachable.json"));
    assert_eq!((collected.records, closing.outcome), (0, Outcome::Failed));
    assert_eq!(
        closing.notes.as_slice(),
        [Text::line(
            "com.harborapps.queue-board was not scanned: https://queue.harborapps.example/atlassian-connect.json could not be reached"
        )]
    );
    let (_, empty) = read_forced(&Csrt, "[]", &Options::default());
    assert_eq!(
        empty.unwrap_err().message(),
        "expected vulnerabilities, found an empty list"
    );
}

#[test]
fn a_clean_scan_is_complete() {
    let (collected, closing) = sample(include_str!("../../../samples/csrt/clean.json"));
    assert_eq!((collected.records, closing.outcome), (0, Outcome::Complete));
}

#[test]
fn bad_records_cost_themselves_only() {
    let (collected, closing) = sample(include_str!("../../../samples/csrt/rejects.json"));
    assert_eq!(ids(&collected), ["csrt/7.2", "csrt/a-check-of-next-year"]);
    assert_eq!(
        collected.rejects,
        [
            "/vulns/1: expected the title of the check in `check_name` or `title`, found none",
            "/vulns/2: invalid type: integer `17`, expected struct Record",
        ]
    );
    // `errors` is true and there are findings.
    assert_eq!(closing.outcome, Outcome::Partial);
}
