//! What is written is valid.

use std::fs;

use serde_json::Value;

use crate::cli::{scanfold, vendor_report};
use crate::{project, shared_data};

pub(crate) fn schema(path: &std::path::Path) -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

pub(crate) fn assert_valid(validator: &jsonschema::Validator, document: &str, what: &str) {
    let document: Value = serde_json::from_str(document).unwrap();
    let errors: Vec<_> = validator
        .iter_errors(&document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{what}: {errors:#?}");
}

#[test]
fn the_report_is_valid_by_its_schema() {
    let validator = schema(&project("schemas/report-v1.schema.json"));
    assert_valid(&validator, &vendor_report(), "the vendor's report");
    for folder in [
        "samples/sarif",
        "samples/npm-audit",
        "samples/fsrt",
        "samples/jira-json",
        "samples/cargo-audit",
    ] {
        let report = scanfold(&[
            "merge",
            folder,
            "--policy",
            "flowdesk",
            "--as-of",
            "2026-11-21",
        ])
        .stdout;
        assert!(
            report.contains("\"findings\":[\n{"),
            "{folder} has no finding"
        );
        assert_valid(&validator, &report, folder);
    }
}

#[test]
fn an_unknown_field_is_not_valid() {
    let validator = schema(&project("schemas/report-v1.schema.json"));
    let report: Value = serde_json::from_str(&vendor_report()).unwrap();
    let mut changed = report.clone();
    changed["findings"][0]["severety"] = "high".into();
    assert!(validator.is_valid(&report) && !validator.is_valid(&changed));
}

#[test]
fn sarif_is_valid_by_the_official_schema() {
    let Some(shared) = shared_data() else { return };
    let official = fs::read_dir(shared.join("schemas"))
        .unwrap()
        .map(|file| file.unwrap().path());
    let official = official
        .into_iter()
        .find(|path| path.to_string_lossy().contains("sarif"))
        .unwrap();
    let validator = schema(&official);
    let arguments = [
        "merge",
        "samples/vendor",
        "--policy",
        "flowdesk",
        "--as-of",
        "2026-11-21",
        "--to",
        "sarif",
    ];
    assert_valid(
        &validator,
        &scanfold(&arguments).stdout,
        "the vendor's report",
    );
}
