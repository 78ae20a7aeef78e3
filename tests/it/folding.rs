//! What folds and what does not within real reports: one place has one path, and different results stay apart.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;

use scanfold::model::{Finding, Kind};

use crate::given::{claims, ingest, parse, real_files, record};
use crate::shared_data;
use scanfold::source::Input;

/// The checkout in which the tools ran, for one that writes absolute paths and no directory that they lie in.
const CHECKOUT: &str = "/home/ci/build/odd/";

#[test]
fn four_tools_that_write_an_odd_path_in_four_ways_name_one_path() {
    let Some(shared) = shared_data() else { return };
    let mut paths = BTreeSet::new();
    for tool in ["bandit", "hadolint", "ruff", "semgrep"] {
        let name = format!("{tool}.sarif");
        let bytes = fs::read(shared.join("real/odd-paths").join(&name)).unwrap();
        let findings = ingest(&name, &bytes).facts.findings;
        assert!(!findings.is_empty(), "{tool}");
        for location in findings.iter().flat_map(|finding| &finding.locations) {
            let path = location.path.as_ref().unwrap().untrusted();
            let path = path.strip_prefix(CHECKOUT).unwrap_or(path);
            paths.insert(path.to_owned());
        }
    }
    let names = ["Dockerfile", "filebased.py", "x y.py"];
    let odd = names.map(|name| format!("sp ace/ünï #1/a%20b/{name}"));
    assert_eq!(paths, odd.into_iter().collect());
}

/// All that tells two results of one report apart: what fired, where, and in which words.
fn content(finding: &Finding) -> String {
    let Finding {
        kind,
        rule,
        locations,
        title,
        description,
        ids,
        package,
        ..
    } = finding;
    match package {
        // A dependency is its advisories and its package, wherever it is seen.
        Some(package) if *kind == Kind::Dependency => format!("{ids:?} {:?}", package.purl),
        _ => format!("{kind:?} {rule:?} {locations:?} {title:?} {description:?}"),
    }
}

#[test]
fn results_of_a_real_report_that_differ_in_rule_place_or_words_stay_apart() {
    let Some(files) = real_files() else { return };
    let (mut table, mut total) = (String::new(), [0; 4]);
    for (name, path) in files {
        let head = Input::file(&path, true).head().unwrap();
        let [parser] = claims(&head)[..] else {
            continue;
        };
        if name.starts_with("cargo-lock/") {
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        let (collected, _) = parse(parser, &name, &bytes);
        let different: BTreeSet<_> = collected.findings.iter().map(content).collect();
        let ingested = ingest(&name, &bytes);
        let ledger = record(&ingested, &name).ledger;
        assert!(ledger.balances(), "{name}");
        let findings = ingested.facts.findings.len();
        assert_eq!(
            findings,
            different.len(),
            "{name}: {findings} findings of different records"
        );
        let records = collected.findings.len();
        let folded = records - findings;
        total = [
            total[0] + 1,
            total[1] + records,
            total[2] + findings,
            total[3] + folded,
        ];
        if folded > 0 {
            writeln!(
                table,
                "{name}: {records} records = {findings} findings + {folded} folded"
            )
            .unwrap();
        }
    }
    let [reports, records, findings, folded] = total;
    writeln!(
        table,
        "{reports} reports: {records} records = {findings} findings + {folded} folded"
    )
    .unwrap();
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("real.folded", table);
    });
}
