//! The real reports against counts that were taken straight from their files.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Debug, Write};
use std::fs;
use std::path::Path;

use scanfold::model::{Finding, Outcome, Severity, SuppressionStatus, Text};
use serde_json::Value;

use crate::given::{self, Collected, claim, ingest, package, record, rejects, tagged};
use crate::shared_data;

/// Where scanfold counts otherwise than the file, and by which rule: the end of the file's name, what is counted, why.
/// Each line must explain a difference, and each difference must have a line.
const EXPLAINED: &[(&str, &str, &str)] = &[
    ("prerelease/V1.sarif", "records", REFUSED),
    ("spec-examples/Comprehensive.sarif", "records", REFUSED),
    (
        "spec-examples/InlineExternalProperties.sarif",
        "records",
        REFUSED,
    ),
    ("spec-examples/Minimal.sarif", "records", REFUSED),
    (
        "spec-examples/RecommendedWithSource.sarif",
        "records",
        REFUSED,
    ),
    (
        "spec-examples/RecommendedWithoutSource.sarif",
        "records",
        REFUSED,
    ),
    ("spec-examples/RuleMetadata.sarif", "records", REFUSED),
    (
        "analysis-model/sarif.json",
        "levels",
        "a level in capitals is understood, and its own word is kept",
    ),
    (
        "cargo-deny/sarif_licenses.sarif",
        "locations",
        "five byte ranges of one line are one location: lines and columns are read, offsets are not",
    ),
    (
        "validate/GH1006.ProvideCheckoutPath_Valid.sarif",
        "locations",
        "both lie in the directory that their invocation names, and are one path below it",
    ),
    (
        "yarn_audit/yarn_audit_zero_vul.json",
        "complete",
        "yarn found no lock file, and counts no dependency that it looked at",
    ),
    (
        "made/cargo-audit/notice.sarif",
        "levels",
        "cargo-audit writes `warning` for all its warnings: their kind is the word, as in its JSON",
    ),
    (
        "made/cargo-audit/unmaintained.sarif",
        "levels",
        "cargo-audit writes `warning` for all its warnings: their kind is the word, as in its JSON",
    ),
    (
        "converted-contrast/WebGoat.xml.sarif",
        "locations",
        "16 locations of a finding are kept, and that there were more",
    ),
];

/// Why nothing is read of a log in another version.
const REFUSED: &str = "another version is refused by name (SARIF 2.1.0 section 3.13.2)";

/// What is counted, by name.
type Counts = BTreeMap<String, String>;

fn count(counts: &mut Counts, what: &str, value: impl Debug) {
    counts.insert(what.to_owned(), format!("{value:?}"));
}

/// How many of each.
fn tally<T: Ord>(each: impl IntoIterator<Item = T>) -> BTreeMap<T, u64> {
    let mut tally = BTreeMap::new();
    for one in each {
        *tally.entry(one).or_default() += 1;
    }
    tally
}

fn number(line: &Value, field: &str) -> u64 {
    line[field].as_u64().unwrap()
}

fn numbers(line: &Value, field: &str) -> BTreeMap<String, u64> {
    let numbers = line[field].as_object().unwrap().iter();
    numbers
        .map(|(name, number)| (name.clone(), number.as_u64().unwrap()))
        .collect()
}

fn sum(line: &Value, field: &str) -> u64 {
    numbers(line, field).values().sum()
}

/// A report as it was read: before the fold, and after it.
struct Read {
    collected: Collected,
    folded: Vec<Finding>,
    outcome: Outcome,
    notes: Vec<String>,
}

/// The tool's own word for how bad it is: npm calls medium moderate.
fn word(finding: &Finding) -> String {
    let claim = finding.claims.iter().next().unwrap();
    let level = claim.severity.unwrap_or(Severity::Unknown).name();
    let word = claim.word.as_ref().map_or(level, Text::untrusted);
    word.to_owned()
}

fn without<'a>(
    findings: impl IntoIterator<Item = &'a Finding>,
    has: impl Fn(&Finding) -> bool,
) -> usize {
    findings.into_iter().filter(|finding| !has(finding)).count()
}

/// What the index counts in a SARIF log. It also tells where rules were found, the baseline's words and odd shapes; of
/// these only what is no finding, scores and runs without results can be seen from outside.
fn sarif(line: &Value, read: &Read, theirs: &mut Counts, ours: &mut Counts) {
    let findings = &read.collected.findings;
    let kinds = numbers(line, "kinds");
    let fail = kinds.get("fail").copied().unwrap_or_default();
    let absent = numbers(line, "baseline").get("absent").copied();
    count(theirs, "records", number(line, "results"));
    count(ours, "records", read.collected.records);
    count(
        theirs,
        "passed",
        number(line, "results") - fail + absent.unwrap_or_default(),
    );
    count(ours, "passed", read.collected.passed);
    count(theirs, "levels", numbers(line, "levels"));
    count(ours, "levels", tally(findings.iter().map(word)));
    let accepted = |finding: &&Finding| {
        let suppressions = finding.suppressions.iter();
        let mut states = suppressions.map(|suppression| suppression.status);
        states.any(|status| status == SuppressionStatus::Accepted)
    };
    let suppressed = numbers(line, "suppression").get("suppressed").copied();
    count(theirs, "suppressed", suppressed.unwrap_or_default());
    count(ours, "suppressed", findings.iter().filter(accepted).count());
    count(theirs, "locations", numbers(line, "locations_per_result"));
    let locations = findings.iter().map(|finding| {
        let more = if finding.locations.more() { "+" } else { "" };
        format!("{}{more}", finding.locations.len())
    });
    count(ours, "locations", tally(locations));
    let shapes = numbers(line, "shapes");
    let of = |shape: &str| shapes.get(shape).copied().unwrap_or_default();
    count(
        theirs,
        "scored",
        of("result of a rule with security-severity"),
    );
    let scored = |finding: &Finding| finding.claims.iter().any(|claim| claim.score.is_some());
    count(ours, "scored", findings.len() - without(findings, scored));
    let unscanned = number(line, "runs") == 0 || of("run without results (null or absent)") > 0;
    count(theirs, "not run", unscanned);
    count(ours, "not run", read.outcome == Outcome::NotRun);
    count(theirs, "without version", line["version"].is_null());
    let unversioned = |note: &String| note.contains("names no version");
    count(ours, "without version", read.notes.iter().any(unversioned));
}

/// What the index counts in all reports of the npm family. Those of npm 7 tell no versions.
fn npm(line: &Value, read: &Read, theirs: &mut Counts, ours: &mut Counts) {
    let (records, folded) = (&read.collected.findings, &read.folded);
    let lines = line["kind"] == "yarn classic" || line["kind"] == "yarn berry";
    let unit = if lines { "lines" } else { "advisories" };
    count(theirs, "records", number(line, unit));
    count(ours, "records", read.collected.records);
    count(theirs, "passed", 0);
    count(ours, "passed", read.collected.passed);
    let levels = numbers(line, "by_severity");
    count(theirs, "severities", levels);
    // yarn 1 repeats an advisory on the line of each path.
    let said: Vec<&Finding> = if line["kind"] == "yarn classic" {
        folded.iter().collect()
    } else {
        records.iter().collect()
    };
    let moderate = |word: String| word.replace("medium", "moderate");
    count(
        ours,
        "severities",
        tally(said.iter().map(|one| moderate(word(one)))),
    );
    if line["advisories"].is_number() {
        count(theirs, "findings", number(line, "advisories"));
        count(ours, "findings", folded.len());
    }
    if line["advisory_versions"].is_number() {
        count(theirs, "versions", number(line, "advisory_versions"));
        let versions = folded.iter().map(|finding| package(finding).versions.len());
        count(ours, "versions", versions.sum::<usize>());
    }
    if line["paths"].is_number() {
        count(theirs, "paths", number(line, "paths"));
        let paths = records.iter().map(|finding| package(finding).paths.len());
        count(ours, "paths", paths.sum::<usize>());
    }
    if line["deprecations"].is_number() {
        count(theirs, "deprecations", number(line, "deprecations"));
        let deprecated = records.iter().filter(|one| tagged(one, "deprecated"));
        count(ours, "deprecations", deprecated.count());
    }
    if line["without_cwe"].is_number() {
        count(theirs, "without cwe", number(line, "without_cwe"));
        count(
            ours,
            "without cwe",
            without(records, |one| !one.weaknesses.is_empty()),
        );
        count(theirs, "without cvss", number(line, "without_cvss"));
        let scored = |one: &Finding| one.claims.iter().any(|claim| claim.score.is_some());
        count(ours, "without cvss", without(records, scored));
    }
    if let Some(basis) = line["metadata_is"].as_str() {
        count(theirs, "totals differ", basis == "neither");
        let differ = |note: &String| note.contains("total");
        count(ours, "totals differ", read.notes.iter().any(differ));
    }
    // Two reports were cut by hand, and kept the totals of the whole.
    let totals = line["metadata"].as_object().into_iter().flatten();
    let counted: u64 = totals.filter_map(|(_, count)| count.as_u64()).sum();
    let is_cut = line["kind"] == "npm v6 family" && counted > line["paths"].as_u64().unwrap_or(0);
    let whole = line["complete"].as_bool().unwrap_or(true) && !is_cut;
    count(theirs, "complete", whole);
    count(ours, "complete", read.outcome == Outcome::Complete);
}

fn cargo_audit(line: &Value, read: &Read, theirs: &mut Counts, ours: &mut Counts) {
    let kinds = ["notice", "unmaintained", "unsound", "yanked"];
    let warning = |finding: &Finding| kinds.into_iter().find(|kind| tagged(finding, kind));
    let (warnings, vulnerable): (Vec<&Finding>, Vec<&Finding>) =
        (read.collected.findings.iter()).partition(|finding| warning(finding).is_some());
    let listed = number(line, "vulnerabilities");
    count(theirs, "records", listed + sum(line, "warnings"));
    count(ours, "records", read.collected.records);
    count(theirs, "passed", 0);
    count(ours, "passed", read.collected.passed);
    count(theirs, "warnings", numbers(line, "warnings"));
    let kinds = warnings.iter().filter_map(|finding| warning(finding));
    count(ours, "warnings", tally(kinds.map(str::to_owned)));
    count(theirs, "distinct", number(line, "distinct"));
    let distinct: BTreeSet<_> = (vulnerable.iter())
        .map(|one| {
            (
                &one.rule.id,
                &package(one).purl,
                package(one).versions.as_slice(),
            )
        })
        .collect();
    count(ours, "distinct", distinct.len());
    let vectors = numbers(line, "cvss_versions").into_iter();
    let vectors: BTreeMap<_, _> = vectors.filter(|(name, _)| name != "none").collect();
    count(theirs, "vectors", vectors);
    let vectors = vulnerable.iter().flat_map(|finding| &finding.claims);
    let vectors = vectors.filter_map(|claim| claim.vector.as_ref());
    count(
        ours,
        "vectors",
        tally(vectors.map(|vector| vector.untrusted()[..8].to_owned())),
    );
    count(theirs, "without cvss", number(line, "without_cvss"));
    let rated = |one: &Finding| one.claims.iter().any(|claim| claim.vector.is_some());
    count(
        ours,
        "without cvss",
        without(vulnerable.iter().copied(), rated),
    );
    count(theirs, "without patched", number(line, "without_patched"));
    let fixed = |one: &Finding| !package(one).fixed_in.is_empty();
    count(ours, "without patched", without(vulnerable, fixed));
}

fn failure(read: &Read, theirs: &mut Counts, ours: &mut Counts) {
    count(theirs, "records", 0);
    count(ours, "records", read.collected.records);
    count(theirs, "failed", true);
    count(ours, "failed", read.outcome == Outcome::Failed);
}

/// Reads the report that `line` of the index is about, and counts on both sides.
fn compare(line: &Value, path: &Path) -> (Counts, Counts) {
    let (mut theirs, mut ours) = (Counts::new(), Counts::new());
    let name = line["file"].as_str().unwrap();
    let bytes = fs::read(path).unwrap();
    let ingested = ingest(name, &bytes);
    let input = record(&ingested, name);
    let parser = claim(name, &bytes);
    let (collected, closing) = given::parse(parser, name, &bytes);
    assert!(input.ledger.balances() && collected.balances(), "{name}");
    if let Err(error) = closing {
        // What is refused is no record of the report: its one reject says why.
        let [reject] = rejects(&ingested, name)[..] else {
            panic!("{name}: {error}");
        };
        count(&mut theirs, "records", number(line, "results"));
        let (why, _hint) = reject.reason.untrusted().split_once(" (hint: ").unwrap();
        ours.insert("records".to_owned(), format!("refused: {why}"));
        return (theirs, ours);
    }
    assert_eq!(collected.records, input.ledger.records, "{name}");
    let read = Read {
        collected,
        outcome: input.outcome,
        notes: (input.notes.iter())
            .map(|note| note.untrusted().to_owned())
            .collect(),
        folded: (ingested.facts.findings.iter())
            .map(|finding| (**finding).clone())
            .collect(),
    };
    match line["kind"].as_str().unwrap() {
        "sarif" => sarif(line, &read, &mut theirs, &mut ours),
        "cargo-audit" => cargo_audit(line, &read, &mut theirs, &mut ours),
        "error report" => failure(&read, &mut theirs, &mut ours),
        _ => npm(line, &read, &mut theirs, &mut ours),
    }
    (theirs, ours)
}

#[test]
fn each_real_report_counts_as_its_file_does_or_a_reason_is_given() {
    let Some(shared) = shared_data() else { return };
    let index = fs::read_to_string(shared.join("index.jsonl")).unwrap();
    let mut used = BTreeSet::new();
    let (mut table, mut unexplained) = (String::new(), String::new());
    let (mut reports, mut equal) = (0, 0);
    for line in index.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let name = line["file"].as_str().unwrap();
        reports += 1;
        let (theirs, ours) = compare(&line, &shared.join(name));
        assert_eq!(
            theirs.keys().collect::<Vec<_>>(),
            ours.keys().collect::<Vec<_>>()
        );
        writeln!(
            table,
            "{name}\n  records: {} there, {} here",
            theirs["records"], ours["records"]
        )
        .unwrap();
        for (what, theirs) in theirs {
            if theirs == ours[&what] {
                equal += 1;
                continue;
            }
            let row = format!("  {what} differ: {theirs} there, {} here\n", ours[&what]);
            let known = EXPLAINED
                .iter()
                .position(|(file, counted, _)| name.ends_with(file) && *counted == what);
            match known {
                Some(known) => {
                    used.insert(known);
                    writeln!(table, "{row}  {}", EXPLAINED[known].2).unwrap();
                }
                None => writeln!(unexplained, "{name}\n{row}").unwrap(),
            }
        }
    }
    writeln!(table, "{reports} reports, {equal} equal counts").unwrap();
    assert!(unexplained.is_empty(), "{unexplained}\n{table}");
    assert_eq!(
        used.len(),
        EXPLAINED.len(),
        "a reason explains nothing: {used:?}"
    );
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("real.counts", table);
    });
}
