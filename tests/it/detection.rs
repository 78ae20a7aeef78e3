//! Who claims which of the real reports: at most one parser, and none what belongs to another tool.

use std::fmt::Write;

use scanfold::source::Input;

use crate::given::{claims, real_files};

/// Files of formats that are not read, as `prefix*suffix`.
const FOREIGN: &[(&str, &str)] = &[
    ("README", ".md"),
    ("index", ".jsonl"),
    ("schemas/", ".json"),
    ("ecoscanner/policies/", ""),
    // `vulnerabilities` is an array there, where cargo-audit has an object.
    ("real/cargo-deny/", "audit-compat.json"),
    // Reports of pip-audit and retire, and CycloneDX.
    ("real/pip-audit/", ".json"),
    ("real/retire/", ".json"),
    ("real/npm-replay/", ".package-lock.json"),
];

#[test]
fn a_real_report_is_claimed_by_one_parser_and_a_foreign_file_by_none() {
    let Some(files) = real_files() else { return };
    let mut table = String::new();
    for (name, path) in files {
        let head = Input::file(&path, true).head().unwrap();
        let claims: Vec<_> = claims(&head).iter().map(|parser| parser.name()).collect();
        assert!(claims.len() <= 1, "{name} is claimed by {claims:?}");
        let foreign = FOREIGN
            .iter()
            .any(|(start, end)| name.starts_with(start) && name.ends_with(end));
        assert_eq!(
            claims.is_empty(),
            foreign,
            "{name} is claimed by {claims:?}"
        );
        writeln!(table, "{:13} {name}", claims.first().unwrap_or(&"-")).unwrap();
    }
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("real.claims", table);
    });
}
