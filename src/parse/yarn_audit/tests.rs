use super::YarnAudit;
use crate::model::{Key, Outcome, Score, Severity, Text};
use crate::parse::Options;
use crate::parse::testing::{read, read_forced};

const BASIC: &str = include_str!("../../../samples/yarn-audit/basic.ndjson");
const REJECTS: &str = include_str!("../../../samples/yarn-audit/rejects.ndjson");
const BERRY: &str = include_str!("../../../samples/yarn-audit/berry.ndjson");
const INCOMPLETE: &str = include_str!("../../../samples/yarn-audit/incomplete.ndjson");

fn words<'a>(texts: impl IntoIterator<Item = &'a Text>) -> Vec<&'a str> {
    texts.into_iter().map(Text::untrusted).collect()
}

#[test]
fn each_line_of_yarn_1_is_a_record() {
    let (collected, closing) = read(&YarnAudit, BASIC);
    let closing = closing.unwrap();
    assert_eq!((collected.records, collected.findings.len()), (5, 5));
    assert_eq!(closing.outcome, Outcome::Complete);
    assert_eq!(words(&closing.scope), ["yarn-audit::"]);
    assert!(closing.notes.is_empty());
    let places: Vec<_> = collected
        .findings
        .iter()
        .map(|finding| finding.sightings.first().unwrap().place.at.untrusted())
        .collect();
    assert_eq!(places, ["line 1", "line 2", "line 3", "line 4", "line 5"]);
}

#[test]
fn no_cve_is_no_trouble_and_all_versions_are_kept() {
    let (collected, _) = read(&YarnAudit, BASIC);
    let fetch = &collected.findings[0];
    assert_eq!(words(&fetch.ids), ["CVE-2022-0235", "GHSA-r683-j2x4-v87g"]);
    assert_eq!(fetch.keys, collected.findings[2].keys);
    let package = fetch.package.as_ref().unwrap();
    assert_eq!(words(&package.versions), ["1.7.3", "2.6.5"]);
    assert_eq!(
        words(&package.paths),
        [
            "isomorphic-fetch > node-fetch",
            "queue-client > fetch-retry > node-fetch",
            "queue-client > node-fetch"
        ]
    );
    assert_eq!(words(&package.fixed_in), [">=2.6.7"]);
    let claim = fetch.claims.iter().next().unwrap();
    assert_eq!(claim.scanner, Text::line("yarn audit"));
    assert_eq!(
        (claim.severity, claim.score),
        (Some(Severity::High), Score::from_tenths(88))
    );
    assert_eq!(
        words(&collected.findings[3].weaknesses),
        ["CWE-1333", "CWE-697"]
    );
    let parser = &collected.findings[4];
    assert_eq!(words(&parser.ids), ["NPM-99"]);
    let claim = parser.claims.iter().next().unwrap();
    assert_eq!((claim.severity, claim.score), (Some(Severity::Info), None));
}

#[test]
fn a_bad_line_costs_one_reject() {
    let (collected, closing) = read(&YarnAudit, REJECTS);
    assert_eq!(
        collected.rejects,
        [
            "line 2: expected the name of a package in `module_name`, found nothing",
            "line 3: expected a GHSA or CVE id or the number of an npm advisory, found none",
            "line 4: no advisory in `advisory`: expected an object, found a string",
            "line 5: expected `type` and `data`, or `value` and `children`, found neither",
            "line 6: no line of yarn audit: expected an object, found an array",
        ]
    );
    assert_eq!((collected.findings.len(), collected.passed), (1, 1));
    assert_eq!(closing.unwrap().outcome, Outcome::Complete);
}

#[test]
fn a_report_without_summary_is_not_complete() {
    let (collected, closing) = read(&YarnAudit, INCOMPLETE);
    let closing = closing.unwrap();
    assert_eq!(collected.records, 0);
    assert_eq!(closing.outcome, Outcome::Partial);
    assert_eq!(
        words(&closing.notes),
        [
            "info: Visit https://yarnpkg.com/en/docs/cli/audit for documentation about this command.",
            "no summary"
        ]
    );
    let (_, closing) = read(
        &YarnAudit,
        r#"{"type":"error","data":"Error: request returned a 405"}"#,
    );
    let closing = closing.unwrap();
    assert_eq!(closing.outcome, Outcome::Failed);
    assert_eq!(
        words(&closing.notes),
        ["error: Error: request returned a 405", "no summary"]
    );
}

#[test]
fn totals_that_differ_are_noted() {
    let (_, closing) = read(&YarnAudit, &format!("{BASIC}{BASIC}"));
    let closing = closing.unwrap();
    assert!(closing.notes.is_empty(), "two reports with two summaries");
    let first: String = BASIC.split_inclusive('\n').skip(4).collect();
    let (_, closing) = read(&YarnAudit, &first);
    let closing = closing.unwrap();
    assert_eq!(closing.outcome, Outcome::Partial);
    assert_eq!(
        words(&closing.notes),
        [
            "its summary counts info 1 and high 4; its lines are info 1",
            "yarn hides advisories below its audit level"
        ]
    );
}

#[test]
fn a_second_report_without_a_summary_is_not_whole() {
    let lines: Vec<&str> = BASIC.split_inclusive('\n').collect();
    let second = format!("{BASIC}{}", lines[..lines.len() - 1].concat());
    let (_, closing) = read(&YarnAudit, &second);
    let closing = closing.unwrap();
    assert_eq!(closing.outcome, Outcome::Partial);
    assert_eq!(words(&closing.notes)[0], "no summary behind the last lines");
}

#[test]
fn fewer_lines_than_the_summary_counts_are_not_whole() {
    let (_, whole) = read(&YarnAudit, BASIC);
    assert_eq!(whole.unwrap().outcome, Outcome::Complete);
    let line = BASIC
        .split_inclusive('\n')
        .position(|line| line.contains("\"high\""));
    let others = BASIC.split_inclusive('\n').enumerate();
    let cut: String = others
        .filter(|(at, _)| Some(*at) != line)
        .map(|(_, line)| line)
        .collect();
    let (_, closing) = read(&YarnAudit, &cut);
    assert_eq!(closing.unwrap().outcome, Outcome::Partial);
}

#[test]
fn a_line_of_yarn_4_has_title_ghsa_and_versions() {
    let (collected, closing) = read(&YarnAudit, BERRY);
    assert_eq!(closing.unwrap().outcome, Outcome::Complete);
    let lodash = &collected.findings[0];
    assert_eq!(
        lodash.title,
        Some(Text::line("Prototype Pollution in lodash"))
    );
    assert_eq!(words(&lodash.ids), ["GHSA-p6mc-m468-83gw"]);
    let package = lodash.package.as_ref().unwrap();
    assert_eq!(words(&package.versions), ["4.17.19", "4.17.4"]);
    assert_eq!(words(&package.ranges), ["<4.17.20"]);
    assert_eq!(
        words(&package.paths),
        [
            "time-ledger > lodash",
            "… > @harborapps/ledger-table > lodash"
        ]
    );
    assert_eq!(words(&collected.findings[1].ids), ["NPM-531"]);
}

#[test]
fn a_deprecation_is_no_vulnerability() {
    let (collected, _) = read(&YarnAudit, BERRY);
    let old = &collected.findings[2];
    assert!(old.ids.is_empty());
    assert_eq!(words(&old.tags), ["deprecated"]);
    assert_eq!(old.rule.id, Some(Text::line("deprecated")));
    assert_eq!(
        old.keys.as_slice(),
        [Key::advisory("", "pkg:npm/old", "deprecated")]
    );
    assert_eq!(old.fingerprint(), old.keys.first().copied());
    let claim = old.claims.iter().next().unwrap();
    assert_eq!(claim.severity, Some(Severity::Medium));
    let package = old.package.as_ref().unwrap();
    assert_eq!(words(&package.versions), ["3.0.0"]);
    assert!(package.ranges.is_empty());
}

#[test]
fn nothing_at_all_is_clean_only_when_the_user_says_whose_it_is() {
    let (collected, closing) = read_forced(&YarnAudit, "", &Options::default());
    let closing = closing.unwrap();
    assert_eq!((collected.records, closing.outcome), (0, Outcome::Complete));
    for words in ["Usage Error: no lockfile\n", "{\"advisories\": {}}"] {
        let (_, closing) = read_forced(&YarnAudit, words, &Options::default());
        let error = closing.unwrap_err();
        assert_eq!(
            error.message(),
            "expected lines of yarn audit, found none of them",
            "{words}"
        );
    }
}

#[test]
fn a_line_that_is_cut_ends_the_reading() {
    let cut = BASIC.get(..BASIC.len() - 300).unwrap();
    let (collected, closing) = read(&YarnAudit, cut);
    assert_eq!(collected.findings.len(), 4);
    assert_eq!(
        closing.unwrap_err().message(),
        "the file ends in the middle of a value"
    );
}

#[test]
fn a_report_that_is_cut_anywhere_is_never_complete() {
    let end = BASIC.rfind('}').unwrap();
    for cut in (1..end).step_by(41) {
        let (_, closing) = read_forced(&YarnAudit, &BASIC[..cut], &Options::default());
        assert!(
            closing.map_or(true, |closing| closing.outcome == Outcome::Partial),
            "{cut}"
        );
    }
}

#[test]
fn a_summary_without_any_dependency_shows_nothing() {
    let summary = r#"{"type":"auditSummary","data":{"vulnerabilities":{"info":0,"low":0,"moderate":0,"high":0,"critical":0},"totalDependencies":0}}"#;
    let closes = |lines: &str| read(&YarnAudit, lines).1.unwrap();
    let unlocked = r#"{"type":"info","data":"No lockfile found."}"#;
    let unlocked = closes(&format!("{unlocked}\n{summary}"));
    assert_eq!(unlocked.outcome, Outcome::NotRun);
    let bare = closes(summary);
    assert_eq!(bare.outcome, Outcome::Partial);
    let reason = ["its summary counts no dependency: nothing was looked at"];
    assert_eq!(words(&bare.reasons), reason);
    assert_eq!(words(&unlocked.reasons), reason);
    let some = closes(&summary.replace(r#"ies":0}"#, r#"ies":1}"#));
    assert_eq!(some.outcome, Outcome::Complete);
}
