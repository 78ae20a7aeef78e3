//! What is known of a part of a finding reaches the whole of it.

use proptest::collection::btree_set;
use proptest::prelude::*;

use super::reach::sighting;
use crate::model::{Finding, Join, Key, Kind, Location, Package, Text};
use crate::triage::TriageFile;

const CONDITIONS: &[&str] = &[
    "id = \"CVE-2026-0003\"",
    "fingerprint = \"FINGERPRINT\"",
    "package = \"a\"",
    "version = [\"1.7\", \"1.39\"]",
    "rule = \"CVE-2026-000[2-4]\"",
    "tool = \"tool-1\"",
    "app = \"app\"",
    "kind = \"dependency\"",
    "path = \"src/7*\"",
    "path = \"src/39\", version = \"1.3\", tool = \"TOOL-2\"",
];

fn finding() -> impl Strategy<Value = Finding> {
    let numbers = || btree_set(0..40_u8, 0..24);
    (
        btree_set(0..5_u8, 0..3),
        numbers(),
        numbers(),
        btree_set(0..3_u8, 1..3),
    )
        .prop_map(|(ids, versions, paths, tools)| {
            let mut finding = Finding::new(Kind::Dependency, "app".into());
            let mut package = Package::new("pkg:npm/a".into());
            let version = |number| Text::line(&format!("1.{number}"));
            package.versions = versions.into_iter().map(version).collect();
            finding.package = Some(Box::new(package));
            let id = |number| Text::line(&format!("CVE-2026-{number:04}"));
            finding.ids = ids.into_iter().chain([9]).map(id).collect();
            finding.rule.id = finding.ids.first().cloned();
            finding.assert_advisory_keys();
            for number in paths {
                finding.locations.insert(Location {
                    path: Some(format!("src/{number}").into()),
                    ..Location::default()
                });
            }
            for number in tools {
                let tool = format!("tool-{number}");
                finding.sightings.insert(sighting(&tool, &tool));
                finding.scope.insert(format!("{tool}:app:.").into());
            }
            finding
        })
}

proptest! {
    #[test]
    fn a_part_that_matches_matches_with_all_that_is_known(one in finding(), other in finding()) {
        let mut whole = one.clone();
        whole.join(other);
        let fingerprint = Key::advisory("app", "pkg:npm/a", "CVE-2026-0002").hex();
        for condition in CONDITIONS {
            let condition = condition.replace("FINGERPRINT", &fingerprint);
            let text = format!("version = 1\n[[assign]]\nmatch = {{ {condition} }}\nowner = \"t\"\n");
            let file = TriageFile::parse("t.toml", &text).unwrap();
            let condition = &file.entries[0].condition;
            prop_assert!(!condition.holds(&one) || condition.holds(&whole), "{}", text);
        }
    }
}
