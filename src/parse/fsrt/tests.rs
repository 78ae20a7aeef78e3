use super::*;
use crate::model::{Finding, Outcome, Severity};
use crate::parse::testing::{Collected, read, read_forced};

fn sample(words: &str) -> (Collected, Closing) {
    let (collected, closing) = read(&Fsrt, words);
    (collected, closing.unwrap())
}

/// A report of these findings, as `check_name`, description and proof.
fn report(findings: &[(&str, &str, &str)]) -> Vec<Finding> {
    let vulns: Vec<_> = findings
        .iter()
        .map(|(name, description, proof)| {
            serde_json::json!({"check_name": name, "description": description, "proof": proof, "severity": "High"})
        })
        .collect();
    let words =
        serde_json::json!({"vulns": vulns, "scanner": "FSRT", "scanned": ["a"], "errors": false});
    sample(&words.to_string()).0.findings
}

fn rules(collected: &Collected) -> Vec<&str> {
    let id = |finding: &'_ Finding| finding.rule.id.clone().unwrap_or_default();
    collected
        .findings
        .iter()
        .map(|finding| {
            let id = id(finding);
            CHECKS
                .iter()
                .map(|known| known.rule)
                .find(|rule| id.untrusted() == format!("fsrt/{rule}"))
                .unwrap()
        })
        .collect()
}

#[test]
fn every_field_of_a_report_finds_its_place() {
    let (collected, closing) = sample(include_str!("../../../samples/fsrt/basic.json"));
    assert_eq!(
        rules(&collected),
        [
            "authorization",
            "authentication",
            "hardcoded-secret-oauth-provider",
            "hardcoded-secret-oauth-provider",
            "hardcoded-secret",
            "secret-logging",
            "secret-logging",
            "atlassian-api-token",
            "least-privilege",
        ]
    );
    assert_eq!(closing.outcome, Outcome::Complete);
    assert_eq!(closing.scanner, Some(Text::line("FSRT")));
    assert_eq!(
        closing.scope.as_slice(),
        [Text::line("fsrt:com.harborapps.queue-board:*")]
    );

    let first = &collected.findings[0];
    assert_eq!(first.app.untrusted(), "com.harborapps.queue-board");
    assert_eq!(
        first.title,
        Some(Text::line("Authorization bypass: boardPanel"))
    );
    assert_eq!(
        first.description,
        Some(Text::line(
            "Authorization bypass detected through boardPanel in \"src/index.jsx\"."
        ))
    );
    assert_eq!(first.tags.as_slice(), [Text::line("requirement:1.2")]);
    assert_eq!(
        first.links.as_slice(),
        [Text::line(
            "https://developer.atlassian.com/platform/forge/runtime-reference/authorize-api/"
        )]
    );
    assert_eq!(
        first.locations.as_slice()[0].path,
        Some(Text::line("src/index.jsx"))
    );
    assert_eq!(
        first.locations.as_slice()[0].logical,
        Some(Text::line("boardPanel"))
    );
    let claim = first.claims.iter().next().unwrap();
    assert_eq!(
        (claim.severity, claim.scanner.untrusted()),
        (Some(Severity::High), "FSRT")
    );
    let seen = first.first_seen.as_ref().unwrap();
    assert_eq!(seen.at.to_string(), "2026-11-20T09:14:27.599232218Z");
    assert_eq!(seen.source.untrusted(), "scan time of report");
    assert_eq!(
        first.last_seen.unwrap().to_string(),
        "2026-11-20T09:14:31.601247918Z"
    );
    assert_eq!(
        first.sightings.as_slice()[0].place.at.untrusted(),
        "/vulns/0"
    );

    let weird = &collected.findings[4].locations.as_slice()[0];
    assert_eq!(weird.path, Some(Text::line("src/we\"ird é.js")));
    assert_eq!(
        collected.findings[8].tags.as_slice(),
        [Text::line("requirement:4")]
    );
    assert_eq!(
        collected.findings[7].tags.as_slice(),
        [Text::line("requirement:10")]
    );
}

#[test]
fn all_findings_of_one_report_stay_apart() {
    let (collected, _) = sample(include_str!("../../../samples/fsrt/basic.json"));
    let mut keys: Vec<_> = collected
        .findings
        .iter()
        .flat_map(|finding| finding.keys.iter())
        .collect();
    let all = keys.len();
    keys.sort_unstable();
    keys.dedup();
    // Nine findings, one of which has two calls with a key each.
    assert_eq!((keys.len(), all), (10, 10));
}

#[test]
fn the_checkout_is_no_part_of_a_name() {
    let of = |number: &str, path: &str| {
        let description = format!("Authorization bypass detected through run in \"{path}\".");
        let name = format!("Custom-Check-Authorization-{number}");
        report(&[(
            &name,
            &description,
            "Unauthorized API call via asApp() found via run -> App",
        )])[0]
            .keys
            .clone()
    };
    let here = of("18148541633132029413", "app/src/index.jsx");
    assert_eq!(
        here,
        of("18148541633132029413", "/home/ci/work/app/src/index.jsx")
    );
    assert_eq!(
        here,
        of("17302820977541235994", "/home/ci/src/app/src/index.jsx")
    );
    assert_eq!(here, of("1", r"C:\\ci\\app\\src\\index.jsx"));
    assert_ne!(here, of("18148541633132029413", "app/src/other.jsx"));
}

#[test]
fn a_token_finding_stays_the_same_when_one_call_is_fixed() {
    let of = |proof: &str| {
        let proof = format!("Atlassian API token Authorization header found: {proof}");
        report(&[(
            "ATLASSIAN_API_TOKEN",
            "Identified in some fetch call(s).",
            &proof,
        )])[0]
            .keys
            .clone()
    };
    let both = of("fetch call to a/x via run -> App; fetch call to a/y via App");
    let turned = of(
        "fetch call to a/y via App; fetch call to a/x via run -> App; fetch call to a/y via App",
    );
    let one = of("fetch call to a/y via App");
    assert_eq!(both.len(), 2);
    assert_eq!(one.len(), 1);
    assert!(both.contains(one.first().unwrap()));
    assert_eq!(both, turned);
}

#[test]
fn two_unplaced_instances_stay_apart() {
    let same = "Unauthorized API call via asApp() found via run";
    let findings = report(&[
        ("Custom-Check-Authorization-1", "No path.", same),
        ("Custom-Check-Authorization-2", "No path.", same),
        ("Custom-Check-Authorization-1", "No path.", same),
        ("Custom-Check-Next-Year-7", "", ""),
        ("Custom-Check-Next-Year-8", "", ""),
    ]);
    assert_ne!(findings[0].keys, findings[1].keys);
    assert_eq!(findings[0].keys, findings[2].keys);
    assert_ne!(findings[3].keys, findings[4].keys);
}

#[test]
fn a_removed_permission_does_not_start_the_clock_again() {
    let of = |list: &str| {
        let proof = format!("Unused permissions found in manifest.yml: {list}");
        report(&[("Least-Privilege", "Unused permissions.", &proof)])[0]
            .keys
            .clone()
    };
    assert_eq!(of(r#"["a", "b"]"#), of(r#"["b"]"#));
}

#[test]
fn a_placeholder_is_no_clean_report() {
    let (collected, closing) = sample(include_str!("../../../samples/fsrt/not-run.json"));
    assert_eq!((collected.records, closing.outcome), (0, Outcome::NotRun));
    let (_, closing) = read_forced(&Fsrt, "", &Options::default());
    assert_eq!(closing.unwrap().outcome, Outcome::NotRun);
}

#[test]
fn a_failed_scan_says_why() {
    let (_, closing) = sample(include_str!("../../../samples/fsrt/failed.json"));
    assert_eq!(closing.outcome, Outcome::Failed);
    assert!(
        closing.notes.as_slice()[0]
            .untrusted()
            .starts_with("the scan failed: Could not process manifest")
    );
    let partial = r#"{"vulns":[{"check_name":"Least-Privilege","proof":"Unused permissions found in manifest.yml: []"}],
        "scanner":"FSRT","scanned":["a"],"errors":true}"#;
    assert_eq!(sample(partial).1.outcome, Outcome::Partial);
    let silent = r#"{"vulns":[],"scanner":"FSRT","scanned":["a"]}"#;
    assert_eq!(sample(silent).1.outcome, Outcome::Partial);
}

/// A run over `scanned` with a finding of each of these keys and names of apps; `rest` stands behind.
fn run(scanned: &str, apps: &[(&str, &str)], rest: &str) -> String {
    let vuln = |(key, name): &(&str, &str)| {
        format!(
            r#"{{"check_name":"Least-Privilege","app_key":"{key}","app_name":"{name}","proof":"Unused permissions found in manifest.yml: []"}}"#
        )
    };
    let vulns = apps.iter().map(vuln).collect::<Vec<_>>().join(",");
    format!(
        r#"{{"vulns":[{vulns}],"scanner":"FSRT","scanned":["{scanned}"],"errors":false{rest}}}"#
    )
}

fn words<'a>(texts: impl IntoIterator<Item = &'a Text>) -> Vec<&'a str> {
    texts.into_iter().map(Text::untrusted).collect()
}

#[test]
fn a_message_tells_of_an_error_whatever_stands_beside_it() {
    let rest = r#","error_message":"could not read manifest.yml""#;
    let note = "the scan failed: could not read manifest.yml";
    for (apps, outcome) in [
        (&[][..], Outcome::Failed),
        (&[("a", "A")][..], Outcome::Partial),
    ] {
        let words = run("a", apps, rest);
        for words in [words.clone(), words.replace(r#""errors":false,"#, "")] {
            let (_, closing) = sample(&words);
            assert_eq!(closing.outcome, outcome, "{words}");
            assert_eq!(self::words(&closing.notes), [note]);
        }
    }
    let (_, closing) = sample(&run("a", &[], r#","error_message":" ""#));
    assert_eq!(closing.outcome, Outcome::Complete);
}

#[test]
fn what_was_not_scanned_is_not_covered() {
    let (collected, closing) = sample(&run("a", &[("a", "A"), ("b", "B")], ""));
    assert_eq!(closing.outcome, Outcome::Complete);
    assert_eq!(words(&closing.scope), ["fsrt:a:*"]);
    let scopes = collected
        .findings
        .iter()
        .map(|finding| words(&finding.scope));
    assert_eq!(scopes.collect::<Vec<_>>(), [vec![], vec!["fsrt:b:*"]]);
}

#[test]
fn an_app_without_a_key_is_named_in_a_note() {
    let (_, closing) = sample(&run("", &[("", "Alpha"), ("", "Alpha")], ""));
    assert_eq!(
        words(&closing.notes),
        [
            "without an app key stand findings of `Alpha`: tell it from other apps without a key with `--app NAME=GLOB`"
        ]
    );
    assert!(sample(&run("", &[("", "")], "")).1.notes.is_empty());
    assert!(sample(&run("a", &[("", "Alpha")], "")).1.notes.is_empty());
    let mut options = Options::default();
    options.apps.name_all("alpha");
    let (_, closing) = read_forced(&Fsrt, &run("", &[("", "Alpha")], ""), &options);
    assert!(closing.unwrap().notes.is_empty());
}

#[test]
fn a_time_that_cannot_be_read_is_told() {
    let (collected, closing) = sample(&run("a", &[("a", "A")], r#","started_at":"yesterday""#));
    assert_eq!(collected.findings[0].first_seen, None);
    assert_eq!(
        words(&closing.notes),
        [
            "without a time clocks start at the day of a finding, else at as-of: expected one in `started_at`, found `yesterday`"
        ]
    );
}

#[test]
fn of_a_scan_that_ends_before_it_begins_the_earlier_time_counts() {
    let times = r#","started_at":"2026-11-20T10:00:00Z","ended_at":"2026-11-02T10:00:00Z""#;
    let (collected, closing) = sample(&run("a", &[("a", "A")], times));
    let earlier = "2026-11-02T10:00:00Z".parse().unwrap();
    let finding = &collected.findings[0];
    assert_eq!(finding.first_seen.as_ref().unwrap().at, earlier);
    assert_eq!(finding.last_seen, Some(earlier));
    assert_eq!(closing.scanned, Some(earlier));
    assert_eq!(
        words(&closing.notes),
        [
            "it says that it began at 2026-11-20T10:00:00Z and ended before, at 2026-11-02T10:00:00Z: the earlier time counts"
        ]
    );
}

#[test]
fn a_list_of_runs_is_read_as_several() {
    let list = format!(
        "[{},\n{}]",
        run("a", &[("a", "A")], ""),
        run("b", &[("b", "B")], "")
    );
    let (collected, closing) = sample(&list);
    let places = collected.findings.iter().map(|finding| {
        let place = &finding.sightings.as_slice()[0].place;
        (finding.app.untrusted(), place.at.untrusted())
    });
    assert_eq!(
        places.collect::<Vec<_>>(),
        [("a", "/0/vulns/0"), ("b", "/1/vulns/0")]
    );
    assert_eq!(closing.outcome, Outcome::Complete);
    assert_eq!(words(&closing.scope), ["fsrt:a:*", "fsrt:b:*"]);
    let (collected, closing) = read(&Fsrt, &list[..list.len() - 30]);
    assert_eq!(collected.findings.len(), 2);
    closing.unwrap_err();
}

#[test]
fn documents_follow_one_another_with_their_own_apps() {
    let (collected, closing) = sample(include_str!("../../../samples/fsrt/two-documents.json"));
    let places: Vec<_> = collected
        .findings
        .iter()
        .map(|finding| {
            (
                finding.app.untrusted(),
                finding.sightings.as_slice()[0].place.at.untrusted(),
            )
        })
        .collect();
    assert_eq!(
        places,
        [
            ("com.harborapps.queue-board", "/vulns/0"),
            ("com.harborapps.time-ledger", "2:/vulns/0")
        ]
    );
    assert_eq!(
        (closing.outcome, closing.scope.len()),
        (Outcome::Complete, 2)
    );

    let mixed = concat!(
        include_str!("../../../samples/fsrt/two-documents.json"),
        include_str!("../../../samples/fsrt/not-run.json")
    );
    assert_eq!(sample(mixed).1.outcome, Outcome::Partial);
}

#[test]
fn the_oldest_shape_is_read() {
    let (collected, closing) = sample(include_str!("../../../samples/fsrt/old-shape.json"));
    assert_eq!(closing.outcome, Outcome::Complete);
    let finding = &collected.findings[0];
    assert_eq!(finding.tags.as_slice(), [Text::line("requirement:1.2")]);
    assert_eq!(
        finding.first_seen.as_ref().unwrap().at.to_string(),
        "2022-12-01T08:00:00Z"
    );
}

#[test]
fn an_app_without_a_key_takes_that_of_the_scan_or_none() {
    let vuln = r#"{"check_name":"Least-Privilege","app_key":"","proof":"Unused permissions found in manifest.yml: []"}"#;
    let of = |scanned: &str| {
        let words = format!(
            r#"{{"vulns":[{vuln}],"scanner":"FSRT","scanned":["{scanned}"],"errors":false}}"#
        );
        let (collected, closing) = sample(&words);
        (
            collected.findings[0].app.untrusted().to_owned(),
            closing.scope.as_slice()[0].untrusted().to_owned(),
        )
    };
    assert_eq!(of("k"), ("k".to_owned(), "fsrt:k:*".to_owned()));
    assert_eq!(of(""), (String::new(), "fsrt::report".to_owned()));
}

#[test]
fn bad_records_cost_themselves_only() {
    let (collected, closing) = sample(include_str!("../../../samples/fsrt/rejects.json"));
    assert_eq!((collected.records, collected.findings.len()), (5, 1));
    assert_eq!(
        collected.rejects,
        [
            "/vulns/1: expected the name of the check in `check_name`, found none",
            "/vulns/2: invalid type: string \"not an object\", expected struct Record",
            "/vulns/3: expected a place in `description` or `proof` of `Custom-Check-New-Thing`, found none",
            "/vulns/4: expected the name of the check in `check_name`, found none",
        ]
    );
    assert_eq!(closing.outcome, Outcome::Complete);
    let claim = collected.findings[0].claims.iter().next().unwrap();
    assert_eq!(claim.severity, Some(Severity::Unknown));
}

#[test]
fn what_is_no_whole_report_is_an_error() {
    let error = |words: &str| {
        let (collected, closing) = read_forced(&Fsrt, words, &Options::default());
        (
            collected.findings.len(),
            closing.unwrap_err().message().to_owned(),
        )
    };
    let vuln = r#"{"check_name":"Least-Privilege","proof":"Unused permissions found in manifest.yml: []"}"#;
    assert_eq!(
        error(&format!(r#"{{"vulns":[{vuln},{{"check_"#)),
        (1, "the file ends in the middle of a value".to_owned())
    );
    assert_eq!(
        error(r#"{"scanner":"FSRT"}"#),
        (0, "expected the key `vulns`, found none".to_owned())
    );
    assert_eq!(
        error(r#"{"vulns":[]}"#),
        (0, "expected the key `scanner`, found none".to_owned())
    );
    assert_eq!(
        error(r#"{"vulns":[],"scanner":"Other"}"#),
        (
            0,
            "expected a report of FSRT, found one of `Other`".to_owned()
        )
    );
    assert_eq!(
        error("[]"),
        (
            0,
            "expected an object with the key `vulns`, found another value".to_owned()
        )
    );
}

#[test]
fn check_names_split_into_rule_and_number() {
    let of = |name: &str| {
        let check = Check::of(name);
        (check.rule, check.instance)
    };
    assert_eq!(
        of("Custom-Check-Authorization-18148541633132029413"),
        ("authorization".to_owned(), Some(18_148_541_633_132_029_413))
    );
    assert_eq!(
        of("Custom-Check-Hardcoded-Secret-OAuth-Provider-7"),
        ("hardcoded-secret-oauth-provider".to_owned(), Some(7))
    );
    assert_eq!(
        of("ATLASSIAN_CONTAINER_TOKEN"),
        ("atlassian-container-token".to_owned(), None)
    );
    assert_eq!(of("Secret-12"), ("hardcoded-secret".to_owned(), Some(12)));
    // More than 64 bits are no number of FSRT's.
    assert_eq!(of("X-99999999999999999999").1, None);
    assert_eq!(Check::of("SQL-Injection").name(), "Sql injection");
}
