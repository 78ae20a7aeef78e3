//! The published schema and the reader agree.

use std::fs;

use serde_json::Value;

use crate::policy::{Policy, presets};

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

fn root() -> &'static str {
    env!("CARGO_MANIFEST_DIR")
}

fn schema() -> jsonschema::Validator {
    let text = fs::read_to_string(format!("{}/schemas/policy-v1.schema.json", root())).unwrap();
    jsonschema::draft202012::new(&serde_json::from_str(&text).unwrap()).unwrap()
}

fn instance(text: &str) -> Value {
    json(toml::Value::Table(text.parse().unwrap()))
}

#[test]
fn presets_and_samples_are_valid() {
    let schema = schema();
    let mut texts: Vec<String> = presets()
        .iter()
        .map(|preset| preset.toml.to_owned())
        .collect();
    for entry in fs::read_dir(format!("{}/samples/policies", root())).unwrap() {
        texts.push(fs::read_to_string(entry.unwrap().path()).unwrap());
    }
    for text in texts {
        let problems: Vec<String> = schema
            .iter_errors(&instance(&text))
            .map(|error| error.to_string())
            .collect();
        assert!(problems.is_empty(), "{problems:?} in {text}");
    }
}

#[test]
fn what_the_reader_refuses_the_schema_refuses_too() {
    let schema = schema();
    let head = "version = 1\nname = \"p\"\n";
    let rule = |when: &str, then: &str| {
        format!("[[rule]]\nname = \"r\"\nwhen = {{ {when} }}\nthen = {{ {then} }}\n")
    };
    let good = [
        "fix = \"same day or next maintenance\"".to_owned(),
        // Blanks count as one, and around the words as none.
        "fix = \" 7  days\"".to_owned(),
        "fix = \"2\\tbusiness\\n days   or next maintenance \"".to_owned(),
        rule("package = [\"@harbor/ui\", \"pkg:npm/@harbor/*\"]", "fix = \"1 day\""),
        "start = \"aware\"\n[notify]\nall = \"72 hours\"".to_owned(),
        rule(
            "severity = [\"low\"], score-at-least = 9",
            "raise = \"high\"",
        ),
        rule("", "lower = \"low\", reason = \"x\""),
        rule("kev = [true, \"unknown\"], ransomware = false", "fix = \"kev due date or 2 weeks\""),
        rule("epss-at-least = 0.5, epss-below = 0.9", "fix = \"1 day\""),
        rule("exposure = [\"public\", \"unknown\"], app-tag = \"pay*\"", "fix = \"1 day\""),
        rule("automatable = \"unknown\", technical-impact = \"total\"", "fix = \"1 day\""),
        rule("", "ignore = \"Trivy\", reason = \"x\""),
        rule("", "tag = \"payment\""),
        rule("", "tag = [\"team:billing\", \"a.b/c_d+e-f\"], fix = \"1 day\""),
        "[environment]\nCR = \"H\"\nreason = \"x\"\n[environment.\"com.harborapps.*\"]\nMAV = \"L\"\nreason = \"y\"".to_owned(),
        "[apps.\"com.harborapps.*\"]\nexposure = \"public\"\ntags = [\"payment\"]".to_owned(),
        "[vulnerabilities.\"CVE-2026-*\"]\nautomatable = false\ntechnical-impact = \"partial\"".to_owned(),
        "[severity]\nsources = [\"NVD\", \"*\"]".to_owned(),
        "allow-loosening = true\nloosening-reason = \"x\"".to_owned(),
        "allow-loosening = false".to_owned(),
    ];
    let bad = [
        "fixx = \"7 days\"".to_owned(),
        "fix = \"7\"".to_owned(),
        "fix = \"none or next maintenance\"".to_owned(),
        "fix = 7".to_owned(),
        "start = []".to_owned(),
        "unknown = \"unknown\"".to_owned(),
        "edition = []".to_owned(),
        "[[edition]]\nfix = \"7 days\"".to_owned(),
        "[calendar]\nwork-week = []".to_owned(),
        rule("exploited = true", "raise = \"high\""),
        rule("package = \"pkg:npm/@harbor/ui@1.0.0\"", "fix = \"1 day\""),
        rule("score-at-least = 11", "raise = \"high\""),
        rule("", "lower = \"low\""),
        rule("", "reason = \"x\""),
        rule("kev = \"yes\"", "fix = \"1 day\""),
        rule("kev = []", "fix = \"1 day\""),
        rule("epss-at-least = 50", "fix = \"1 day\""),
        rule("exposure = \"outside\"", "fix = \"1 day\""),
        rule("", "ignore = \"Trivy\""),
        rule("", "tag = []"),
        rule("", "tag = \"two words\""),
        rule("", "tag = [\"-x\"]"),
        rule("", "tag = 7"),
        rule("", "fix = \"kev due date\""),
        "[environment]\nCR = \"High\"".to_owned(),
        "[environment]\nCRR = \"H\"".to_owned(),
        "[environment.\"a\"]\nAV = \"L\"".to_owned(),
        "[environment.\"a\".b]\nCR = \"L\"".to_owned(),
        "[apps.\"a\"]\nexposure = \"unknown\"".to_owned(),
        "[vulnerabilities.\"CVE-1\"]\nautomatable = \"no\"".to_owned(),
        "[severity]\nsources = []".to_owned(),
        "allow-loosening = true".to_owned(),
        "loosening-reason = \"x\"".to_owned(),
    ];
    for (texts, expected) in [(&good[..], true), (&bad[..], false)] {
        for text in texts {
            let text = format!("{head}{text}\n");
            assert_eq!(schema.is_valid(&instance(&text)), expected, "{text}");
            assert_eq!(Policy::parse("p", &text).is_ok(), expected, "{text}");
        }
    }
}
