//! Probes of single rules of the format, and whole samples.

use super::*;
use crate::model::{Finding, KeyLabel, Kind, Outcome, Severity, SuppressionStatus, Text};
use crate::parse::testing::{Collected, read};

/// A log with one run of a tool called `probe`; `run` is the rest of the run object.
fn log(run: &str) -> String {
    format!(r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"probe"}}}},{run}}}]}}"#)
}

/// The only finding of a log.
fn one(words: &str) -> Finding {
    let (mut collected, closing) = read(&Sarif, words);
    closing.unwrap();
    assert_eq!(collected.findings.len(), 1, "{collected:#?}");
    collected.findings.remove(0)
}

fn all(words: &str) -> Collected {
    let (collected, closing) = read(&Sarif, words);
    closing.unwrap();
    collected
}

fn level(finding: &Finding) -> (Severity, Option<u8>) {
    let claim = finding.claims.iter().next().unwrap();
    (
        claim.severity.unwrap(),
        claim.score.map(crate::model::Score::tenths),
    )
}

fn path(finding: &Finding) -> &str {
    finding.locations.as_slice()[0]
        .path
        .as_ref()
        .unwrap()
        .untrusted()
}

fn title(finding: &Finding) -> &str {
    finding.title.as_ref().unwrap().untrusted()
}

fn labels(finding: &Finding) -> Vec<KeyLabel> {
    finding.keys.iter().map(crate::model::Key::label).collect()
}

fn at_line(uri: &str, line: u32, rest: &str) -> String {
    format!(
        r#""locations":[{{"physicalLocation":{{"artifactLocation":{{"uri":"{uri}"}},"region":{{"startLine":{line}{rest}}}}}}}]"#
    )
}

mod bases;
mod constant;
mod dependencies;
mod flows;
mod identity;
mod outcomes;
mod paths;
mod references;
mod results;
mod samples;
mod sharing;
