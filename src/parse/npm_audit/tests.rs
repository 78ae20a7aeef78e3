use super::NpmAudit;
use crate::error::Result;
use crate::model::{Finding, Outcome, Score, Severity, Text};
use crate::parse::testing::{Collected, read, read_forced};
use crate::parse::{Closing, Head, Options, PARSERS};

const BASIC: &str = include_str!("../../../samples/npm-audit/basic.json");
const REJECTS: &str = include_str!("../../../samples/npm-audit/rejects.json");
const NPM6: &str = include_str!("../../../samples/npm-audit/npm6.json");
const PNPM: &str = include_str!("../../../samples/npm-audit/pnpm.json");
const FAILED: &str = include_str!("../../../samples/npm-audit/failed.json");
const AUDIT_FIX: &str = include_str!("../../../samples/npm-audit/audit-fix.json");

fn audit(words: &str) -> (Collected, Result<Closing>) {
    read(&NpmAudit, words)
}

fn forced(words: &str) -> Result<Closing> {
    let (collected, closing) = read_forced(&NpmAudit, words, &Options::default());
    assert!(collected.findings.is_empty());
    closing
}

fn words<'a>(texts: impl IntoIterator<Item = &'a Text>) -> Vec<&'a str> {
    texts.into_iter().map(Text::untrusted).collect()
}

fn of<'a>(collected: &'a Collected, id: &str) -> Vec<&'a Finding> {
    let findings = collected.findings.iter();
    let with_id = findings.filter(|finding| finding.ids.contains(&Text::line(id)));
    with_id.collect()
}

fn notes(closing: &Closing) -> Vec<&str> {
    words(&closing.notes)
}

/// A report of npm 7 or newer with these entries, and totals that fit nothing but an empty one.
fn report(entries: &str) -> String {
    format!(
        r#"{{"auditReportVersion": 2, "vulnerabilities": {{{entries}}},
        "metadata": {{"vulnerabilities": {{"info": 0, "low": 0, "moderate": 0, "high": 0, "critical": 0, "total": 0}}}}}}"#
    )
}

fn old_report(advisories: &str) -> String {
    format!(
        r#"{{"actions": [], "advisories": {{{advisories}}}, "muted": [],
        "metadata": {{"vulnerabilities": {{"info": 0, "low": 0, "moderate": 0, "high": 0, "critical": 0}}}}, "runId": "1"}}"#
    )
}

#[test]
fn an_advisory_is_a_record_and_a_package_that_only_depends_is_none() {
    let (collected, closing) = audit(BASIC);
    let closing = closing.unwrap();
    // ajv 2, debug 2, lodash 1, webpack 1; queue-widgets, send, schema-utils and terser-webpack-plugin have names only.
    assert_eq!(collected.records, 6);
    assert_eq!(collected.findings.len(), 6);
    assert_eq!(closing.outcome, Outcome::Complete);
    assert_eq!(words(&closing.scope), ["npm-audit::"]);
    assert_eq!(notes(&closing), [""; 0]);
}

#[test]
fn all_that_npm_says_of_an_advisory_is_kept() {
    let (collected, _) = audit(BASIC);
    let [lodash] = of(&collected, "GHSA-35jh-r3h4-6jhm")[..] else {
        panic!("{collected:#?}");
    };
    assert_eq!(
        lodash.rule.id,
        Some(Text::line("GHSA-35jh-r3h4-6jhm")),
        "the npm number is no id beside a GHSA"
    );
    assert_eq!(words(&lodash.ids), ["GHSA-35jh-r3h4-6jhm"]);
    assert_eq!(
        lodash.title,
        Some(Text::line("Command Injection in lodash"))
    );
    assert_eq!(words(&lodash.weaknesses), ["CWE-77", "CWE-94"]);
    assert_eq!(
        words(&lodash.links),
        ["https://github.com/advisories/GHSA-35jh-r3h4-6jhm"]
    );
    assert_eq!(words(&lodash.tags), ["direct"]);
    assert_eq!(
        lodash.description,
        Some(Text::line(
            "Packages that depend on it: @harborapps/queue-widgets."
        ))
    );
    let package = lodash.package.as_ref().unwrap();
    assert_eq!(package.purl.untrusted(), "pkg:npm/lodash");
    assert_eq!(words(&package.ranges), ["<4.17.21"]);
    assert_eq!(words(&package.fixed_in), ["4.17.21"]);
    assert!(package.versions.is_empty());
    assert_eq!(
        lodash.recommendation,
        Some(Text::line("Upgrade lodash to 4.17.21."))
    );
    let location = lodash.locations.first().unwrap();
    assert_eq!(location.path, Some(Text::line("node_modules/lodash")));
    let claim = lodash.claims.iter().next().unwrap();
    assert_eq!(claim.scanner, Text::line("npm audit"));
    assert_eq!(claim.severity, Some(Severity::High));
    assert_eq!(claim.score, Score::from_tenths(72));
    assert_eq!(
        claim.vector,
        Some(Text::line("CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H"))
    );
    let sighting = lodash.sightings.first().unwrap();
    assert_eq!(
        sighting.place.at,
        Text::line("/vulnerabilities/lodash/via/0")
    );
}

#[test]
fn what_npm_offers_is_a_fixed_version_only_outside_of_what_is_affected() {
    let report = |range: &str, all: &str, offered: &str| {
        format!(
            r#"{{"auditReportVersion": 2, "vulnerabilities": {{"axios": {{"name": "axios", "severity": "high", "isDirect": true,
            "via": [{{"source": 1, "name": "axios", "title": "t", "url": "https://github.com/advisories/GHSA-pmwg-cvhr-8vh7",
            "severity": "high", "range": "{range}"}}], "effects": [], "range": "{all}", "nodes": [],
            "fixAvailable": {{"name": "axios", "version": "{offered}", "isSemVerMajor": true}}}}}}, "metadata": {{}}}}"#
        )
    };
    for (range, all, offered, is_fixed) in [
        ("<=0.31.0", "<=0.31.0", "0.21.4", false),
        ("<=0.31.0", "<=0.31.0", "0.31.1", true),
        // Free of this advisory, and affected by another one of the same package.
        ("<=0.21.1", "<=0.31.0", "0.21.4", false),
        ("<=0.21.1", "^0.3", "0.21.4", false),
        ("<=0.31.0", "<=0.31.0", "newest", false),
    ] {
        let (collected, _) = audit(&report(range, all, offered));
        let finding = of(&collected, "GHSA-pmwg-cvhr-8vh7")[0];
        let fixed_in = words(&finding.package.as_ref().unwrap().fixed_in);
        let wanted: &[&str] = if is_fixed { &[offered] } else { &[] };
        assert_eq!(fixed_in, wanted, "{range} {all} {offered}");
        let advice = format!("Upgrade axios to {offered}, a new major version.");
        assert_eq!(finding.recommendation, Some(Text::line(&advice)));
    }
}

#[test]
fn a_fix_of_another_package_is_no_fixed_version_of_this_one() {
    let (collected, _) = audit(BASIC);
    let debug = of(&collected, "GHSA-9vvw-cc9w-f27h")[0];
    assert!(debug.package.as_ref().unwrap().fixed_in.is_empty());
    assert_eq!(
        debug.recommendation,
        Some(Text::line("Upgrade express to 4.21.2."))
    );
    let webpack = of(&collected, "GHSA-4vvj-4cpr-p986")[0];
    assert_eq!(
        webpack.recommendation,
        Some(Text::line(
            "Upgrade webpack to 5.94.0, a new major version. Version 5.95.0 is still held back by the minimum release age."
        ))
    );
}

#[test]
fn one_ghsa_with_two_ranges_is_two_records_that_share_its_key() {
    let (collected, _) = audit(BASIC);
    let ajv = of(&collected, "GHSA-2g4f-4pwh-qvx6");
    assert_eq!(ajv.len(), 2);
    let shared = ajv[0].keys.iter().filter(|key| ajv[1].keys.contains(key));
    assert_eq!(shared.count(), 1);
    let numbers = ajv.iter().map(|one| one.history().known_as.first());
    let numbers: std::collections::BTreeSet<_> = numbers.collect();
    assert_eq!(numbers.len(), 2, "each range has a number of its own");
    let ranges: Vec<_> = ajv
        .iter()
        .flat_map(|one| words(&one.package.as_ref().unwrap().ranges))
        .collect();
    assert_eq!(ranges, ["<6.14.0", ">=7.0.0-alpha.0 <8.18.0"]);
}

#[test]
fn no_findings_from_packages_that_only_depend() {
    let chain = r#"
        "leaf": {"name": "leaf", "severity": "moderate", "via": [{"source": 1, "name": "leaf", "severity": "moderate"}]},
        "mid": {"name": "mid", "severity": "moderate", "via": ["leaf"]},
        "top": {"name": "top", "severity": "moderate", "via": ["mid", "top"]}"#;
    let (collected, closing) = audit(&report(chain));
    assert_eq!(collected.records, 1);
    assert_eq!(words(&collected.findings[0].ids), ["NPM-1"]);
    assert_eq!(
        notes(&closing.unwrap()),
        ["its totals count packages: none; its list has moderate 3"]
    );
}

#[test]
fn each_advisory_has_its_own_severity() {
    let (collected, _) = audit(BASIC);
    let severity = |id: &str| {
        let finding = of(&collected, id)[0];
        let claim = finding.claims.iter().next().unwrap();
        (claim.severity, claim.score)
    };
    assert_eq!(
        severity("GHSA-gxpj-cx7g-858c"),
        (Some(Severity::Medium), Score::from_tenths(53))
    );
    assert_eq!(
        severity("GHSA-9vvw-cc9w-f27h"),
        (Some(Severity::High), Score::from_tenths(75))
    );
}

#[test]
fn a_name_before_the_advisory_hides_nothing() {
    let (collected, _) = audit(&report(
        r#""host": {"name": "host", "severity": "critical", "via": ["@a/b", {"source": 1001, "name": "host", "severity": "low"}]},
           "@a/b": {"name": "@a/b", "severity": "critical", "via": [{"source": 1002, "name": "@a/b", "severity": "critical"}]}"#,
    ));
    let told: Vec<_> = collected
        .findings
        .iter()
        .map(|finding| {
            let purl = finding
                .package
                .as_ref()
                .unwrap()
                .purl
                .untrusted()
                .to_owned();
            (
                purl,
                finding.claims.iter().next().unwrap().severity.unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("pkg:npm/host".to_owned(), Severity::Low),
            ("pkg:npm/%40a/b".to_owned(), Severity::Critical)
        ]
    );
}

#[test]
fn equal_titles_do_not_make_one_finding() {
    let one = |source: u32| {
        format!(r#"{{"source": {source}, "name": "a", "title": "Same", "severity": "low"}}"#)
    };
    let via = (1..=4).map(one).collect::<Vec<_>>().join(",");
    let (collected, _) = audit(&report(&format!(
        r#""a": {{"name": "a", "severity": "low", "via": [{via}]}}"#
    )));
    let mut keys: Vec<_> = collected
        .findings
        .iter()
        .map(Finding::fingerprint)
        .collect();
    keys.dedup();
    assert_eq!(keys.len(), 4);
}

#[test]
fn what_is_absent_costs_nothing_else() {
    let (collected, closing) = audit(&report(
        r#""a": {"name": "a", "severity": null, "effects": ["nobody"], "via": ["ms",
            {"source": 5, "name": "a", "url": "https://github.com/advisories/GHSA-35JH-R3H4-6JHM", "severity": null, "cwe": [],
             "cvss": {"vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", "score": 0}}]}"#,
    ));
    let finding = &collected.findings[0];
    assert_eq!(words(&finding.ids), ["GHSA-35jh-r3h4-6jhm"]);
    let claim = finding.claims.iter().next().unwrap();
    assert_eq!((claim.severity, claim.score), (None, Score::from_tenths(0)));
    assert_eq!(
        notes(&closing.unwrap()),
        ["packages named in `via` without an entry of their own: ms"]
    );
}

#[test]
fn a_score_of_zero_without_a_vector_is_no_score() {
    let (collected, _) = audit(BASIC);
    let ajv = of(&collected, "GHSA-2g4f-4pwh-qvx6")[0];
    let claim = ajv.claims.iter().next().unwrap();
    assert_eq!(
        (claim.severity, claim.score, &claim.vector),
        (Some(Severity::Medium), None, &None)
    );
}

#[test]
fn a_severity_that_nobody_knows_stays_unknown() {
    let (collected, _) = audit(&old_report(
        r#""7": {"id": 7, "module_name": "a", "severity": "purple"}, "8": {"id": 8, "module_name": "a"},
           "9": {"id": 9, "module_name": "a", "severity": "info"}"#,
    ));
    let claims = |index: usize| {
        let claims = collected.findings[index].claims.iter();
        let of = claims.map(|claim| (claim.severity, claim.word.clone()));
        of.collect::<Vec<_>>()
    };
    assert_eq!(
        claims(0),
        [(Some(Severity::Unknown), Some(Text::line("purple")))]
    );
    assert_eq!(claims(1), []);
    assert_eq!(claims(2), [(Some(Severity::Info), None)]);
}

#[test]
fn a_bad_record_costs_one_reject() {
    let (collected, closing) = audit(REJECTS);
    assert_eq!(closing.unwrap().outcome, Outcome::Complete);
    assert_eq!(
        collected.rejects,
        [
            "/vulnerabilities/minimist/via/0: expected a GHSA or CVE id or the number of an npm advisory, found none",
            "/vulnerabilities/minimist/via/1: no advisory and no name of a package: expected an object, found a number",
            "/vulnerabilities/qs: no entry of a package: expected an object, found a string",
            "/vulnerabilities/a~1b~0c: expected a list of advisories and packages in `via`, found nothing",
        ]
    );
    // An odd title, severity, cwe, cvss, nodes and fixAvailable cost themselves only.
    let minimist = of(&collected, "GHSA-xvch-5gv4-984h")[0];
    assert_eq!(minimist.title, None);
    let claim = minimist.claims.iter().next().unwrap();
    assert_eq!(claim.severity, Some(Severity::Unknown));
    // The entry is the only one to name the package of this advisory.
    let tar = of(&collected, "NPM-1089684")[0];
    assert_eq!(
        tar.package.as_ref().unwrap().purl.untrusted(),
        "pkg:npm/tar"
    );
    assert_eq!(collected.findings.len(), 3);
}

#[test]
fn all_versions_and_paths_are_kept() {
    let (collected, closing) = audit(NPM6);
    let closing = closing.unwrap();
    assert_eq!(
        (collected.records, collected.passed),
        (4, 1),
        "one is withdrawn"
    );
    assert_eq!(closing.outcome, Outcome::Complete);
    assert_eq!(words(&closing.scope), ["npm-audit::"]);
    assert_eq!(
        notes(&closing),
        ["`actions` name advisories that are not listed: 534"]
    );
    let mime = of(&collected, "NPM-535")[0];
    let package = mime.package.as_ref().unwrap();
    assert_eq!(words(&package.versions), ["1.3.4", "1.4.0"]);
    assert_eq!(
        words(&package.paths),
        [
            "(git) > send > mime",
            "express > send > mime",
            "mime",
            "serve-static > send > mime"
        ]
    );
    assert!(package.fixed_in.is_empty());
    assert_eq!(
        mime.recommendation,
        Some(Text::line("No fixed version is known."))
    );
    assert!(mime.weaknesses.is_empty(), "`CWE-` names none");
    assert_eq!(words(&mime.tags), ["direct"]);
    let minimist = of(&collected, "CVE-2020-7598")[0];
    assert_eq!(
        words(&minimist.ids),
        ["CVE-2020-7598", "GHSA-vh95-rmgr-6w4m"]
    );
    assert_eq!(minimist.rule.id, Some(Text::line("GHSA-vh95-rmgr-6w4m")));
    assert_eq!(
        (minimist.keys.len(), minimist.history().known_as.len()),
        (2, 1),
        "the registry's number is what it may have been called"
    );
    assert_eq!(words(&minimist.weaknesses), ["CWE-1321"]);
}

#[test]
fn what_an_old_advisory_says_is_kept() {
    let (collected, _) = audit(NPM6);
    let negotiator = of(&collected, "CVE-2016-10539")[0];
    assert_eq!(
        negotiator.title,
        Some(Text::line("Regular Expression Denial of Service"))
    );
    assert_eq!(
        words(&negotiator.links),
        [
            "https://github.com/jshttp/negotiator/commit/26a05ec15cf7d1fa56000d66ebe9c9a1a62cb75c",
            "https://nodesecurity.io/advisories/106",
            "https://nvd.nist.gov/vuln/detail/CVE-2016-10539"
        ]
    );
    let package = negotiator.package.as_ref().unwrap();
    assert_eq!(words(&package.fixed_in), [">= 0.6.1"]);
    assert_eq!(words(&package.ranges), ["<= 0.6.0"]);
    assert_eq!(
        negotiator.recommendation,
        Some(Text::line("Update to version 0.6.1 or later."))
    );
}

#[test]
fn a_missing_overview_costs_no_report() {
    let (collected, _) = audit(&old_report(
        r#""7": {"module_name": "a"}, "8": [], "x": {"module_name": "b"}"#,
    ));
    assert_eq!(words(&collected.findings[0].ids), ["NPM-7"]);
    assert_eq!(
        collected.rejects,
        [
            "/advisories/8: no advisory: expected an object, found an array",
            "/advisories/x: expected a GHSA or CVE id or the number of an npm advisory, found `x`"
        ]
    );
}

#[test]
fn all_weaknesses_and_no_fix_below_zero() {
    let (collected, closing) = audit(PNPM);
    let closing = closing.unwrap();
    let lodash = of(&collected, "GHSA-p6mc-m468-83gw")[0];
    assert_eq!(words(&lodash.weaknesses), ["CWE-1321", "CWE-770"]);
    let package = lodash.package.as_ref().unwrap();
    assert_eq!(
        words(&package.paths),
        ["@harborapps/ledger-table > lodash", "lodash"]
    );
    assert_eq!(
        lodash.recommendation,
        Some(Text::line("Upgrade to >=4.17.20."))
    );
    let ip = of(&collected, "GHSA-78xj-cgh5-2h22")[0];
    assert!(ip.package.as_ref().unwrap().fixed_in.is_empty());
    assert!(ip.weaknesses.is_empty());
    assert_eq!(closing.scanner, Some(Text::line("pnpm audit")));
    assert_eq!(words(&closing.scope), ["pnpm-audit::"]);
    // It counts a low one and shows none.
    assert_eq!(closing.outcome, Outcome::Partial);
    assert_eq!(
        notes(&closing),
        [
            "its totals count paths: low 1, moderate 1 and high 1; its list has moderate 1 and high 2",
            "pnpm hides advisories below its audit level"
        ]
    );
}

#[test]
fn a_clean_old_report_speaks_for_npm_and_pnpm() {
    let clean = r#"{"actions":[],"advisories":{},"muted":[],"metadata":{"vulnerabilities":{"info":0,"low":0,"moderate":0,"high":0,"critical":0},"dependencies":1}}"#;
    let (_, closing) = audit(clean);
    assert_eq!(
        words(&closing.unwrap().scope),
        ["npm-audit::", "pnpm-audit::"]
    );
    let (_, closing) = audit(&clean.replace(r#""actions":[],"#, ""));
    assert_eq!(words(&closing.unwrap().scope), ["pnpm-audit::"]);
}

#[test]
fn an_error_message_is_no_clean_report() {
    for (words, note) in [
        (
            FAILED,
            "the audit failed: request to https://registry.example.org/-/npm/v1/security/advisories/bulk failed, reason: connect ECONNREFUSED 192.0.2.7:443",
        ),
        (
            r#"{"error": {"code": "ENOLOCK", "summary": "This command requires an existing lockfile.", "detail": "Try\nthis"}}"#,
            "the audit failed: ENOLOCK: This command requires an existing lockfile.: Try this",
        ),
        (
            r#"{"message": "405 Method Not Allowed - POST https://r.example/-/npm/v1/security/advisories/bulk", "method": "POST", "statusCode": 405, "body": {"error": "x"}, "error": {}}"#,
            "the audit failed: 405 Method Not Allowed - POST https://r.example/-/npm/v1/security/advisories/bulk",
        ),
        (
            r#"{"error": {"code": "ERR_PNPM_AUDIT_BAD_RESPONSE", "message": "responded with 405"}}"#,
            "the audit failed: ERR_PNPM_AUDIT_BAD_RESPONSE: responded with 405",
        ),
    ] {
        let (collected, closing) = audit(words);
        let closing = closing.unwrap();
        assert_eq!(collected.records, 0);
        assert_eq!(closing.outcome, Outcome::Failed);
        assert_eq!(notes(&closing), [note]);
    }
}

#[test]
fn the_output_of_npm_install_is_named() {
    let counts = r#"{"info":0,"low":0,"moderate":0,"high":0,"critical":0,"total":0}"#;
    for words in [
        format!(
            r#"{{"added":1,"audited":2,"audit":{{"vulnerabilities":{counts},"dependencies":{{"prod":1}}}}}}"#
        ),
        r#"{"added":1,"removed":0,"audited":2,"funding":0}"#.to_owned(),
        r#"{"added":1,"audited":2,"audit":{}}"#.to_owned(),
    ] {
        let (collected, closing) = audit(&words);
        assert_eq!(collected.records, 0);
        let error = closing.unwrap_err();
        assert_eq!(
            error.message(),
            "this is the output of `npm install`, not an audit report"
        );
    }
}

#[test]
fn text_around_a_wrapped_report_is_noted() {
    let (collected, closing) = audit(AUDIT_FIX);
    assert_eq!(collected.findings.len(), 1);
    let sighting = collected.findings[0].sightings.first().unwrap();
    assert_eq!(
        sighting.place.at,
        Text::line("/audit/vulnerabilities/lodash/via/0")
    );
    assert_eq!(
        notes(&closing.unwrap()),
        [
            "other text stands after the JSON: `npm error A complete log of this run can be found in: /tmp/logs/debug-0.log`",
            "other text stands before the JSON: `change lodash 4.17.20 => 4.17.21`",
            "the report stands in `audit`, as `npm audit fix` writes it"
        ]
    );
}

#[test]
fn a_clean_report_says_that_nothing_tells_an_offline_run() {
    let (collected, closing) = audit(&report(""));
    let closing = closing.unwrap();
    assert_eq!((collected.records, closing.outcome), (0, Outcome::Complete));
    assert_eq!(
        notes(&closing),
        ["npm writes the same empty report when it is offline and asks nobody"]
    );
}

#[test]
fn totals_of_an_empty_list_are_no_clean_report() {
    let (_, closing) = audit(&report("").replace(r#""high": 0"#, r#""high": 2"#));
    let closing = closing.unwrap();
    assert_eq!(closing.outcome, Outcome::Partial);
    assert_eq!(
        notes(&closing),
        [
            "its totals count packages: high 2; its list has none",
            "npm writes the same empty report when it is offline and asks nobody"
        ]
    );
}

#[test]
fn a_list_of_packages_that_lacks_what_was_counted_is_not_whole() {
    let advisory = r#"{"source": 7, "name": "ms", "url": "https://github.com/advisories/GHSA-w9mr-4mfr-499f", "severity": "high"}"#;
    let entry =
        |name: &str, via: &str| format!(r#""{name}": {{"severity": "high", "via": [{via}]}}"#);
    let outcome = |high: u64, entries: &[&String]| {
        let entries: Vec<&str> = entries.iter().map(|entry| entry.as_str()).collect();
        let report = report(&entries.join(","));
        let (_, closing) = audit(&report.replace(r#""high": 0"#, &format!(r#""high": {high}"#)));
        closing.unwrap().outcome
    };
    let (ms, a, b) = (
        entry("ms", advisory),
        entry("a", r#""b""#),
        entry("b", r#""a""#),
    );
    assert_eq!(outcome(1, &[&ms]), Outcome::Complete);
    assert_eq!(outcome(2, &[&ms]), Outcome::Partial);
    assert_eq!(outcome(2, &[&a, &b]), Outcome::Partial, "no advisory");
    assert_eq!(
        outcome(2, &[&a, &ms]),
        Outcome::Complete,
        "`b` has no entry"
    );
}

#[test]
fn an_old_list_that_lacks_what_was_counted_is_not_whole() {
    let advisory = r#""7": {"id": 7, "module_name": "ms", "severity": "high", "url": "https://github.com/advisories/GHSA-w9mr-4mfr-499f", "findings": [{"version": "1.0.0", "paths": ["a>ms", "ms"]}]}"#;
    let closes = |totals: &str| {
        let report = old_report(advisory).replace(r#""high": 0"#, totals);
        audit(&report).1.unwrap()
    };
    assert_eq!(closes(r#""high": 2"#).outcome, Outcome::Complete, "paths");
    assert_eq!(
        closes(r#""high": 1"#).outcome,
        Outcome::Complete,
        "advisories"
    );
    assert_eq!(closes(r#""high": 3"#).outcome, Outcome::Partial);
    let shouted = old_report(&advisory.replace("\"high\"", "\"HIGH\""));
    let (_, closing) = audit(&shouted.replace(r#""high": 0"#, r#""high": 2"#));
    assert!(notes(&closing.unwrap()).is_empty(), "the same word");
    let otherwise = closes(r#""moderate": 2"#);
    assert_eq!(otherwise.outcome, Outcome::Complete, "another word");
    // Whose it is shows in the paths, where the report does not say it itself.
    let (_, closing) = audit(&old_report(advisory).replace(r#", "runId": "1""#, ""));
    assert_eq!(words(&closing.unwrap().scope), ["npm-audit::"]);
}

#[test]
fn the_number_of_an_advisory_is_no_name_beside_a_public_id() {
    let via = |id: &str| {
        format!(
            r#"{{"source": 7, "name": "ms", "url": "https://github.com/advisories/{id}", "severity": "high"}}"#
        )
    };
    let (one, other) = (via("GHSA-w9mr-4mfr-499f"), via("GHSA-35jh-r3h4-6jhm"));
    let entry = format!(r#""ms": {{"severity": "high", "via": [{one}, {other}]}}"#);
    let (collected, _) = audit(&report(&entry));
    let [one, other] = &collected.findings[..] else {
        panic!("{collected:?}");
    };
    assert!(one.keys.iter().all(|key| !other.keys.contains(key)));
}

#[test]
fn several_documents_in_one_file_have_places_of_their_own() {
    let (collected, _) = audit(&format!("{AUDIT_FIX}{BASIC}"));
    assert_eq!(collected.records, 7);
    let sighting = collected.findings[1].sightings.first().unwrap();
    assert_eq!(
        sighting.place.at,
        Text::line("2:/vulnerabilities/ajv/via/0")
    );
}

#[test]
fn what_is_no_report_is_an_error() {
    for (words, expected) in [
        ("", "expected a report of npm or pnpm, found no JSON"),
        (
            "{}",
            "expected `vulnerabilities` or `advisories` at the top level, found neither",
        ),
        (
            r#"{"auditReportVersion": 3, "vulnerabilities": {}, "metadata": {}}"#,
            "expected version 2 of npm's audit report, found version `3`",
        ),
        (
            r#"{"vulnerabilities": {}, "metadata": {}}"#,
            "expected `auditReportVersion` beside `vulnerabilities`, found none",
        ),
        (
            r#"{"auditReportVersion": 2, "vulnerabilities": {}}"#,
            "expected totals in `metadata` of a report without vulnerabilities, found none",
        ),
        (
            r#"{"advisories": [], "abandoned": {}}"#,
            "expected an object of npm or pnpm",
        ),
        (
            r#"{"auditReportVersion": 2, "vulnerabilities": {"a": {"via": ["b"]"#,
            "the file ends in the middle of a value",
        ),
    ] {
        assert_eq!(forced(words).unwrap_err().message(), expected, "{words}");
    }
}

#[test]
fn neighbours_are_not_claimed() {
    for words in [
        r#"{"name": "a", "version": "1.0.0", "lockfileVersion": 3, "requires": true, "packages": {"": {}}}"#,
        r#"{"name": "a", "version": "1.0.0", "dependencies": {"lodash": "4.17.4"}}"#,
        r#"{"advisories": {"a/b": [{"advisoryId": "PKSA-1", "packageName": "a/b"}]}, "abandoned": {}}"#,
        r#"{"advisories": [], "abandoned": []}"#,
        r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "vulnerabilities": [{"id": "CVE-2019-19919"}]}"#,
        r#"{"vulnerabilities": {"found": true, "count": 1, "list": []}}"#,
        r#"{"error": "not found", "message": "no"}"#,
    ] {
        let head = Head::new(words.as_bytes());
        let claims = PARSERS
            .iter()
            .filter(|parser| matches!(parser.name(), "npm-audit" | "yarn-audit"));
        assert!(
            !claims.into_iter().any(|parser| parser.sniff(&head)),
            "{words}"
        );
    }
}

#[test]
fn the_app_is_part_of_scope_and_keys() {
    let mut options = Options::default();
    options.apps.name_all("com.harborapps.queue-board");
    let (collected, closing) = read_forced(&NpmAudit, BASIC, &options);
    assert_eq!(
        words(&closing.unwrap().scope),
        ["npm-audit:com.harborapps.queue-board:"]
    );
    let (plain, _) = audit(BASIC);
    assert_ne!(plain.findings[0].keys, collected.findings[0].keys);
}

#[test]
fn a_report_that_is_cut_anywhere_is_never_complete() {
    for report in [BASIC, NPM6, PNPM, AUDIT_FIX] {
        let end = report.rfind('}').unwrap();
        for cut in (0..end).step_by(41) {
            let (collected, closing) = read_forced(&NpmAudit, &report[..cut], &Options::default());
            assert!(closing.is_err(), "cut at {cut}: {collected:?}");
        }
    }
}

#[test]
fn an_advisory_that_has_a_public_id_may_have_been_called_by_its_number() {
    let report = |url: &str| {
        format!(
            r#"{{"auditReportVersion": 2, "vulnerabilities": {{"a": {{"name": "a", "severity": "high", "via": [
                {{"source": 577, "name": "a", "title": "t", "url": "{url}", "severity": "high", "range": "*"}}],
                "effects": [], "range": "*", "nodes": ["node_modules/a"], "fixAvailable": false}}}},
                "metadata": {{"vulnerabilities": {{"info": 0, "low": 0, "moderate": 0, "high": 1, "critical": 0, "total": 1}}}}}}"#
        )
    };
    let told = |url: &str| read(&NpmAudit, &report(url)).0.findings.remove(0);
    let (before, after) = (
        told("https://npmjs.com/advisories/577"),
        told("https://github.com/advisories/GHSA-35jh-r3h4-6jhm"),
    );
    assert_eq!((before.keys.len(), after.keys.len()), (1, 1));
    assert_eq!(before.keys, after.history().known_as);
}

#[test]
fn a_key_that_stands_there_twice_is_one_record_and_one_reject() {
    let advisory = |title: &str| {
        format!(
            r#""1":{{"id":1,"module_name":"a","title":"{title}","severity":"high","url":"https://npmjs.com/advisories/1"}}"#
        )
    };
    let (collected, _) = audit(&old_report(&[advisory("one"), advisory("two")].join(",")));
    assert_eq!((collected.records, collected.findings.len()), (2, 1));
    assert_eq!(
        collected.rejects,
        ["/advisories/1: expected each advisory once, found its key again"]
    );
    let entry = |ghsa: &str| {
        format!(
            r#""a":{{"name":"a","severity":"high","via":[{{"source":1,"name":"a","dependency":"a","title":"t",
            "url":"https://github.com/advisories/{ghsa}","severity":"high","range":"*"}}],"effects":[],"range":"*","nodes":[]}}"#
        )
    };
    let (collected, _) = audit(&report(
        &[entry("GHSA-aaaa-bbbb-cccc"), entry("GHSA-dddd-eeee-ffff")].join(","),
    ));
    assert_eq!((collected.records, collected.findings.len()), (2, 1));
    assert_eq!(
        collected.rejects,
        ["/vulnerabilities/a: expected each package once, found its key again"]
    );
}

#[test]
fn totals_that_no_severity_has_are_compared_too() {
    let closes = |total: u32| {
        let entry = r#""ms": {"severity": null, "via": [{"source": 1, "name": "ms"}]}"#;
        let words = report(entry).replace(r#""total": 0"#, &format!(r#""total": {total}"#));
        audit(&words).1.unwrap()
    };
    assert_eq!(closes(1).outcome, Outcome::Complete);
    let short = closes(2);
    assert_eq!(short.outcome, Outcome::Partial);
    assert_eq!(
        words(&short.reasons),
        ["its totals count 2 packages, and it lists 1"]
    );
}

#[test]
fn what_npm_says_of_errors_counts_beside_an_empty_report_alone() {
    for words in ["npm error code ECONNREFUSED", "npm ERR! network timeout"] {
        for report in [
            format!("{words}\n{}", report("")),
            format!("{}\n{words}\n", report("")),
        ] {
            let (_, closing) = audit(&report);
            let closing = closing.unwrap();
            assert_eq!(closing.outcome, Outcome::Failed, "{report}");
            assert_eq!(
                self::words(&closing.reasons),
                [format!(
                    "npm tells of an error beside an empty report: `{words}`"
                )]
            );
        }
        let (_, closing) = audit(&format!("{words}\n{BASIC}"));
        assert_eq!(closing.unwrap().outcome, Outcome::Complete);
    }
    let (_, closing) = audit(&format!("npm warn config production\n{}", report("")));
    assert_eq!(closing.unwrap().outcome, Outcome::Complete);
}
