//! Real lock files against the answers that cargo-audit gave for them.

use std::collections::BTreeSet;
use std::fs;

use scanfold::model::{Finding, Outcome};
use serde_json::Value;

use crate::given::{self, claim, files, package, tagged};
use crate::shared_data;

/// Advisory, package and version of each vulnerability and each warning that an advisory stands behind.
type Known = BTreeSet<(String, String, String)>;

fn told_by_cargo_audit(answer: &Value) -> Known {
    let vulnerable = answer["vulnerabilities"]["list"].as_array().unwrap().iter();
    let warned = answer["warnings"].as_object().unwrap().values();
    let all = vulnerable.chain(warned.flat_map(|kind| kind.as_array().unwrap()));
    // Whether a version is yanked is told by the index of crates.io only.
    all.filter(|one| one["kind"] != "yanked")
        .map(|one| {
            let word = |pointer: &str| one.pointer(pointer).unwrap().as_str().unwrap().to_owned();
            (
                word("/advisory/id"),
                word("/package/name"),
                word("/package/version"),
            )
        })
        .collect()
}

fn told_by_scanfold(findings: &[Finding]) -> Known {
    let mut known = Known::new();
    for finding in findings {
        let rule = finding.rule.id.as_ref().unwrap().untrusted();
        let package = package(finding);
        let name = package.purl.untrusted().strip_prefix("pkg:cargo/").unwrap();
        for version in &package.versions {
            let version = version.untrusted().to_owned();
            known.insert((rule.to_owned(), name.to_owned(), version));
        }
    }
    known
}

#[test]
fn a_lock_file_holds_the_advisories_that_cargo_audit_sees_in_it() {
    let Some(shared) = shared_data() else { return };
    let (mut locks, mut known, mut yanked) = (0, 0, 0);
    for path in files(&shared.join("cargo-lock")) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Some(stem) = name.strip_suffix(".Cargo.lock") else {
            continue;
        };
        locks += 1;
        let answer = fs::read(path.with_file_name(format!("{stem}.cargo-audit.json"))).unwrap();
        let theirs: Value = serde_json::from_slice(&answer).unwrap();
        let listed = &theirs["warnings"]["yanked"];
        yanked += listed.as_array().map_or(0, Vec::len);
        let theirs = told_by_cargo_audit(&theirs);
        let bytes = fs::read(&path).unwrap();
        let parser = claim(&name, &bytes);
        let (collected, closing) = given::parse(parser, &name, &bytes);
        assert_eq!(closing.unwrap().outcome, Outcome::Complete, "{name}");
        assert_eq!((collected.passed, collected.rejected), (0, 0), "{name}");
        let ours = told_by_scanfold(&collected.findings);
        assert_eq!(ours, theirs, "{name}: here and by cargo-audit");
        known += ours.len();
        // The answer of cargo-audit itself is read to the same.
        let parser = claim(stem, &answer);
        let (collected, closing) = given::parse(parser, stem, &answer);
        assert_eq!((closing.is_ok(), collected.rejected), (true, 0), "{name}");
        let kept: Vec<Finding> = (collected.findings.into_iter())
            .filter(|finding| !tagged(finding, "yanked"))
            .collect();
        assert_eq!(told_by_scanfold(&kept), theirs, "{name}: the answer");
    }

    // An advisory counts once for each package and version that it is about.
    assert_eq!((locks, known, yanked), (53, 837, 0));
}
