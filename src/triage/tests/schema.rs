//! The published schema and the reader agree.

use std::fs;

use serde_json::Value;

use super::file::{BAD, GOOD};
use crate::triage::TriageFile;

fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::Datetime(date) => Value::String(date.to_string()),
        toml::Value::Array(members) => members.into_iter().map(json).collect(),
        toml::Value::Table(table) => table
            .into_iter()
            .map(|(key, value)| (key, json(value)))
            .collect(),
        other => serde_json::to_value(other).unwrap(),
    }
}

fn schema() -> jsonschema::Validator {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/triage-v1.schema.json");
    let text = fs::read_to_string(path).unwrap();
    jsonschema::draft202012::new(&serde_json::from_str(&text).unwrap()).unwrap()
}

fn instance(text: &str) -> Value {
    json(toml::Value::Table(text.parse().unwrap()))
}

#[test]
fn every_sample_is_valid_and_read() {
    let schema = schema();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/triage");
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "toml") {
            continue;
        }
        let text = fs::read_to_string(path).unwrap();
        let problems: Vec<String> = schema
            .iter_errors(&instance(&text))
            .map(|error| error.to_string())
            .collect();
        assert!(problems.is_empty(), "{problems:?} in {text}");
        assert!(TriageFile::parse("t", &text).is_ok());
        seen += 1;
    }
    assert!(seen > 0);
}

#[test]
fn what_the_reader_refuses_the_schema_refuses_too() {
    let schema = schema();
    let good = GOOD.iter().map(|text| (*text, true));
    let bad = BAD.iter().map(|(text, ..)| (*text, false));
    for (text, expected) in good.chain(bad) {
        let text = format!("version = 1\n{text}\n");
        let Ok(table) = text.parse() else { continue };
        let instance = json(toml::Value::Table(table));
        assert_eq!(TriageFile::parse("t", &text).is_ok(), expected, "{text}");
        // What JSON cannot say of globs and of packages with a version is left to the reader.
        if !text.contains("a[") && !text.contains("@4") {
            assert_eq!(schema.is_valid(&instance), expected, "{text}");
        }
    }
}
