//! What SARIF results are one finding: exact duplicates, and nothing else of one report.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use scanfold::model::Key;
use scanfold::parse::Options;
use scanfold::run::{self, Named};
use scanfold::source::Input;

/// A result from small pools, so that all that could be taken for an identity repeats.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    run: u8,
    rule: u8,
    path: u8,
    line: u8,
    column: Option<u8>,
    message: u8,
    snippet: Option<u8>,
    logical: Option<u8>,
    fingerprints: Vec<(u8, u8)>,
}

/// What must be equal of two results of one finding.
type Place = (u8, u8, &'static str, u8, Option<u8>, u8);

impl Entry {
    /// The tool as it is counted: both runs may be of one.
    fn tool(&self, one_tool: bool) -> u8 {
        if one_tool { 0 } else { self.run }
    }

    fn place(&self, one_tool: bool) -> Place {
        let path = ["a.c", "a.c", "b.c"][usize::from(self.path)];
        let tool = self.tool(one_tool);
        (tool, self.rule, path, self.line, self.column, self.message)
    }

    fn json(&self) -> String {
        let path = ["a.c", "./a.c", "b.c"][usize::from(self.path)];
        let mut region = format!(r#""startLine":{}"#, self.line);
        if let Some(column) = self.column {
            write!(region, r#","startColumn":{column}"#).unwrap();
        }
        if let Some(snippet) = self.snippet {
            let words = ["call(x)", "call( x )", "  other(y)"][usize::from(snippet)];
            write!(region, r#","snippet":{{"text":"{words}"}}"#).unwrap();
        }
        let logical = self.logical.map_or("", |logical| {
            [
                r#"{"name":"f"}"#,
                r#"{"index":0}"#,
                r#"{"index":1}"#,
                r#"{"index":2}"#,
                r#"{"index":9}"#,
            ][usize::from(logical)]
        });
        let marks: BTreeMap<&str, &str> = (self.fingerprints.iter())
            .map(|(scheme, value)| {
                (
                    ["lineHash/v1", "lineHash/v2"][usize::from(*scheme)],
                    ["39fa2ee980eb94b0", "77aa2ee980eb94b7", "requires login"][usize::from(*value)],
                )
            })
            .collect();
        let marks: Vec<String> = (marks.iter())
            .map(|(scheme, value)| format!(r#""{scheme}":"{value}""#))
            .collect();
        format!(
            r#"{{"ruleId":"R{}","message":{{"text":"words {}"}},"partialFingerprints":{{{}}},"locations":[{{"physicalLocation":
            {{"artifactLocation":{{"uri":"{path}"}},"region":{{{region}}}}},"logicalLocations":[{logical}]}}]}}"#,
            self.rule,
            self.message,
            marks.join(",")
        )
    }
}

fn entry() -> impl Strategy<Value = Entry> {
    let identity = (0..2_u8, 0..2_u8, 0..3_u8, 1..4_u8);
    let rest = (
        option::weighted(0.3, 1..3_u8),
        0..2_u8,
        option::of(0..3_u8),
        option::weighted(0.4, 0..5_u8),
        vec((0..2_u8, 0..3_u8), 0..3),
    );
    (identity, rest).prop_map(
        |((run, rule, path, line), (column, message, snippet, logical, fingerprints))| Entry {
            run,
            rule,
            path,
            line,
            column,
            message,
            snippet,
            logical,
            fingerprints,
        },
    )
}

/// Entries with copies of some, and the same in another order.
fn reports() -> impl Strategy<Value = (Vec<Entry>, Vec<Entry>)> {
    let entries = (vec(entry(), 1..9), vec(any::<prop::sample::Index>(), 0..5));
    let copied = entries.prop_map(|(mut entries, copies)| {
        for copy in copies {
            entries.push(entries[copy.index(entries.len())].clone());
        }
        entries
    });
    copied.prop_flat_map(|entries| (Just(entries.clone()), Just(entries).prop_shuffle()))
}

/// The results of each finding, and its keys.
fn findings(entries: &[Entry], one_tool: bool) -> Vec<(Vec<Entry>, Vec<Key>)> {
    let of = |run: u8| -> Vec<&Entry> { entries.iter().filter(|entry| entry.run == run).collect() };
    let run = |run: u8| {
        let name = if one_tool || run == 0 {
            "probe"
        } else {
            "other"
        };
        let results: Vec<String> = of(run).into_iter().map(Entry::json).collect();
        format!(
            r#"{{"tool":{{"driver":{{"name":"{name}"}}}},"logicalLocations":[{{"name":"f"}},{{"fullyQualifiedName":"g"}},{{}}],
            "results":[{}]}}"#,
            results.join(",")
        )
    };
    let log = format!(r#"{{"version":"2.1.0","runs":[{},{}]}}"#, run(0), run(1));
    let named = Named {
        input: Input::spool("report", log.as_bytes()).unwrap(),
        parser: None,
    };
    let as_of = "2026-11-21T00:00:00Z".parse().unwrap();
    let facts = run::ingest(vec![named], &Options::default(), as_of)
        .unwrap()
        .facts;
    assert!(facts.rejects.is_empty(), "{:?}", facts.rejects);
    let findings = facts.findings.iter().map(|finding| {
        assert!(!finding.sightings.more(), "too many results for this test");
        let seen = finding.sightings.iter().map(|sighting| {
            let at = sighting.place.at.untrusted();
            let (run, index) = at
                .strip_prefix("/runs/")
                .unwrap()
                .split_once("/results/")
                .unwrap();
            let index: usize = index.parse().unwrap();
            of(run.parse().unwrap())[index].clone()
        });
        (seen.collect(), finding.keys.iter().copied().collect())
    });
    findings.collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn results_are_one_finding_only_where_they_are_equal(
        (entries, shuffled) in reports(), one_tool in any::<bool>()
    ) {
        let found = findings(&entries, one_tool);
        let seen: usize = found.iter().map(|(results, _)| results.len()).sum();
        prop_assert_eq!(seen, entries.len());
        for (results, _) in &found {
            let places: BTreeSet<Place> =
                results.iter().map(|entry| entry.place(one_tool)).collect();
            prop_assert_eq!(places.len(), 1, "{:#?}", results);
        }
        // Exact duplicates are in one finding, be they of one run or of two runs of one tool.
        let mut homes: BTreeMap<(u8, String), BTreeSet<usize>> = BTreeMap::new();
        for (home, (results, _)) in found.iter().enumerate() {
            for entry in results {
                let name = (entry.tool(one_tool), entry.json());
                homes.entry(name).or_default().insert(home);
            }
        }
        for (entry, homes) in homes {
            prop_assert_eq!(homes.len(), 1, "{:?}", entry);
        }
        // The order of the report changes nothing.
        let sorted = |mut found: Vec<(Vec<Entry>, Vec<Key>)>| {
            for (results, _) in &mut found {
                results.sort();
            }
            found.sort();
            found
        };
        prop_assert_eq!(sorted(found), sorted(findings(&shuffled, one_tool)));
    }
}
