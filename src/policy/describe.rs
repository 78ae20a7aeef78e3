//! The terms of a policy as plain rows, for people who want to see what it promises.

mod decision;

use jiff::civil::Date;

use super::{Edition, LEVELS, Policy, Start};
use crate::model::{Duty, Severity, Text};

pub use decision::{Decision, decisions};

/// One promise of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The version, by the first day on which it is in force.
    pub effective: Option<Date>,
    /// Of findings that are so bad; `None` for whatever the rule's conditions say.
    pub severity: Option<Severity>,
    /// What is promised.
    pub duty: Duty,
    /// How long it may take.
    pub term: Text,
    /// The events that start the clock, the preferred one first.
    pub start: Vec<Start>,
    /// Where it stands in the policy: `fix.high`, `rule bounty`.
    pub rule: Text,
    /// Why it is in doubt, if it is.
    pub unconfirmed: Option<Text>,
}

/// Every term of every version of a policy: by version, duty and level, the terms of rules last.
pub fn describe(policy: &Policy) -> Vec<Row> {
    policy.editions.iter().flat_map(rows).collect()
}

fn rows(edition: &Edition) -> Vec<Row> {
    let row = |severity, duty, term: &Text, rule: &Text| {
        let mut start = edition.starts_of(duty).to_vec();
        // Of what nobody is aware there is nothing to tell: notifying waits for the events that it names.
        if start.is_empty() || duty != Duty::Notify && !start.contains(&Start::FirstSeen) {
            start.push(Start::FirstSeen);
        }
        Row {
            effective: edition.effective,
            severity,
            duty,
            term: term.clone(),
            start,
            rule: rule.clone(),
            unconfirmed: edition.unconfirmed.clone(),
        }
    };
    let levels = LEVELS.into_iter().chain([Severity::Unknown]);
    let mut rows = Vec::new();
    for duty in Duty::ALL {
        for severity in levels.clone() {
            if let Some(entry) = edition.terms.get(&(duty, edition.level(severity))) {
                rows.push(row(Some(severity), duty, &entry.term.words, &entry.label));
            }
        }
    }
    for rule in &edition.rules {
        let label = Text::line(&format!("rule {}", rule.name.untrusted()));
        for (&duty, term) in &rule.then.terms {
            rows.push(row(None, duty, &term.words, &label));
        }
    }
    rows
}
