//! What is known of findings that are looked at one after the other, and not kept.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Condition;
use crate::error::Result;
use crate::model::{About, Duty, Entry, PolicyNote};

/// How many findings tell what, so that a condition can be answered.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// All of them.
    pub(super) entries: u64,
    /// Those for which a date of a duty was promised, or that there is none.
    pub(super) dated: BTreeMap<Duty, u64>,
    /// Those with an id that catalogues list.
    pub(super) listable: u64,
    /// Those of these that were looked up in a KEV catalogue.
    pub(super) kev: u64,
    /// Those of these that were looked up in an EPSS file.
    pub(super) epss: u64,
}

impl Known {
    pub(super) fn add(&mut self, entries: &[Box<Entry>]) {
        for entry in entries {
            self.entries += 1;
            for duty in Duty::ALL {
                let has_date = entry.assessment.deadlines.contains_key(&duty);
                if has_date || is_assessed(entry, duty) {
                    *self.dated.entry(duty).or_default() += 1;
                }
            }
            if entry.finding.cves().next().is_some() {
                let exploited = &entry.finding.history().exploited;
                self.listable += 1;
                self.kev += u64::from(exploited.kev.is_some());
                self.epss += u64::from(exploited.epss.is_some());
            }
        }
    }
}

/// Whether a policy in force has a term for a duty, be it that there is none.
fn is_assessed(entry: &Entry, duty: Duty) -> bool {
    let mut reasons = entry.assessment.why.iter();
    reasons.any(|why| why.about == About::Duty(duty) && why.term.is_some())
}

/// The findings that meet a condition.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Met {
    pub(super) findings: u64,
    /// Whether one of them was compared with a baseline.
    pub(super) has_baseline: bool,
    /// Those that may meet it: nobody looked them up.
    pub(super) unknown: u64,
}

impl Met {
    pub(super) fn add(&mut self, entry: &Entry) {
        self.findings += 1;
        self.has_baseline |= entry.finding.baseline.is_some();
    }
}

/// Conditions, and what was found of each among findings that come part by part.
#[derive(Clone, Debug)]
pub struct Tally<'a> {
    conditions: Vec<(&'a Condition, Met)>,
    known: Known,
}

impl<'a> Tally<'a> {
    /// Without findings.
    pub fn of(conditions: &'a [Condition]) -> Self {
        let conditions = conditions.iter();
        Self {
            conditions: conditions
                .map(|condition| (condition, Met::default()))
                .collect(),
            known: Known::default(),
        }
    }

    /// Looks at more findings.
    pub fn add(&mut self, entries: &[Box<Entry>], as_of: Timestamp) {
        self.known.add(entries);
        for (condition, met) in &mut self.conditions {
            for entry in entries {
                condition.ask(entry, as_of, met);
            }
        }
    }

    /// Refuses findings that cannot answer the conditions, as [`Condition::answerable`] does.
    pub fn answerable(&self, policies: &[PolicyNote], as_of: Timestamp) -> Result<()> {
        let mut conditions = self.conditions.iter();
        conditions.try_for_each(|(condition, met)| {
            condition.answerable_by(&self.known, met, policies, as_of)
        })
    }

    /// The conditions that hold, in words; `rejected` is how many records were not understood.
    pub fn words(&self, rejected: u64) -> Vec<String> {
        let held = self
            .conditions
            .iter()
            .filter(|(condition, met)| met.findings > 0 || condition.holds_of_inputs(rejected));
        held.map(|(condition, met)| condition.words(met, rejected))
            .collect()
    }
}
