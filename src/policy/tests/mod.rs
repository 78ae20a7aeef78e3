//! Policies against worked examples.

mod acting;
mod calendar;
mod check;
mod conditions;
mod decision;
mod engine;
mod extends;
mod file;
mod presets;
mod promises;
mod schema;
mod severity;
mod tags;
mod tickets;
mod weighing;

use std::sync::Arc;

use jiff::Timestamp;

use super::{Engine, Policy};
use crate::model::{
    About, Assessment, Claim, Duty, Fact, Finding, InputId, Kind, Moment, Place, Score, Text, Why,
};

fn time(words: &str) -> Timestamp {
    words.parse().unwrap()
}

fn policy(text: &str) -> Policy {
    Policy::parse("policy.toml", text).unwrap_or_else(|error| panic!("{error}"))
}

fn engine(texts: &[&str], as_of: &str) -> Engine {
    Engine::new(texts.iter().map(|text| policy(text)).collect(), time(as_of))
}

fn place() -> Place {
    Place {
        report: Arc::new(InputId {
            path: Text::line("report.json"),
            digest: Text::default(),
        }),
        at: Text::line("/vulns/0"),
    }
}

/// A finding of Queue Board that was first seen at `first_seen`.
fn finding(first_seen: &str) -> Finding {
    let app = Text::line("com.harborapps.queue-board");
    Finding {
        first_seen: Some(Moment::new(time(first_seen), "scan time of report.json")),
        ..Finding::new(Kind::Code, app)
    }
}

fn word(scanner: &str, word: &str) -> Claim {
    Claim::word(&Text::line(scanner), word, &place())
}

fn score(scanner: &str, tenths: u8) -> Claim {
    Claim {
        score: Score::from_tenths(tenths),
        ..Claim::silent(&Text::line(scanner), &place())
    }
}

fn vector(scanner: &str, vector: &str) -> Claim {
    Claim {
        vector: Some(Text::line(vector)),
        ..Claim::silent(&Text::line(scanner), &place())
    }
}

fn rated(first_seen: &str, level: &str) -> Finding {
    let mut finding = finding(first_seen);
    finding.claims.insert(word("CodeQL", level));
    finding
}

fn reported(finding: &mut Finding, at: &str, source: &str) {
    finding.date(Fact::Reported, Moment::new(time(at), source));
}

fn by(assessment: &Assessment, duty: Duty) -> Option<String> {
    let deadline = assessment.deadlines.get(&duty)?;
    Some(deadline.by.to_string())
}

fn reasons(assessment: &Assessment, about: About) -> Vec<&Why> {
    let reasons = assessment.why.iter();
    reasons.filter(|why| why.about == about).collect()
}

fn chosen(assessment: &Assessment, about: About) -> &Why {
    let reasons = reasons(assessment, about);
    assert!(
        reasons.iter().skip(1).all(|why| !why.chosen),
        "only the first reason can be the chosen one: {reasons:?}"
    );
    reasons
        .first()
        .filter(|why| why.chosen)
        .expect("a reason was chosen")
}

fn note(why: &Why) -> &str {
    why.note.as_ref().map_or("", Text::untrusted)
}
