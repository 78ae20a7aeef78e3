//! One finding for whatever shares a key, whoever saw it and in whatever order the reports come.
//!
//! How findings are held is private to this room: parsers push, and what comes out is in the order of fingerprints.

mod away;
mod groups;
mod index;
mod open;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::model::{
    Capped, Facts, Finding, InputId, InputRecord, Join, Ledger, Outcome, Reject, Set, Text,
};
use crate::source::Input;
use crate::spill::Spool;

pub use away::{Folded, note_apart};
use groups::Groups;
pub use open::{OpenInput, Shared};

/// How many rejects of one input are kept in words. All are counted.
pub const REJECTS_KEPT: usize = 1000;

/// The note of an input with records that other reports' keys would make one.
const KEPT_APART: &str = "findings share an identity key and are kept apart: they are records that one report tells apart, or \
                          their packages or apps differ";

/// What many reports say, one finding for each connected component of keys.
#[derive(Debug, Default)]
pub struct Fold {
    groups: Groups,
    texts: Texts,
    inputs: BTreeMap<Arc<InputId>, InputRecord>,
    rejects: BTreeMap<Arc<InputId>, Capped<Reject, REJECTS_KEPT>>,
    /// Where findings go that are too many, if memory is bounded.
    spool: Option<Box<Spool>>,
}

impl Fold {
    /// Takes in a finding and says which slot holds it now.
    fn add(&mut self, mut finding: Finding) -> usize {
        finding.note_reopened();
        let texts = &mut self.texts;
        let slot = self.groups.add(finding, |finding| texts.share(finding));
        if self.spool.is_some() {
            self.weigh(slot);
        }
        slot
    }

    fn input(&mut self, mut record: InputRecord) {
        record.unsettle();
        match self.inputs.get_mut(&record.id) {
            Some(known) => known.join(record),
            None => drop(self.inputs.insert(Arc::clone(&record.id), record)),
        }
    }

    fn reject(&mut self, reject: Reject) {
        self.rejects
            .entry(Arc::clone(&reject.place.report))
            .or_default()
            .insert(reject);
    }

    /// An input that could not be opened, or that no parser claims: one record, rejected.
    pub fn failed(&mut self, input: &Input, reason: &str) {
        let record = InputRecord {
            ledger: Ledger {
                records: 1,
                rejected: 1,
                ..Ledger::default()
            },
            outcome: Outcome::Failed,
            ..blank(input)
        };
        self.input(record);
        self.reject(Reject {
            place: input.place(""),
            reason: Text::line(reason),
        });
    }

    /// A place to put the records of one input. They are all here when it is closed.
    pub fn open<'a>(&'a mut self, input: &'a Input, as_of: Timestamp) -> OpenInput<'a> {
        OpenInput::alone(self, input, as_of)
    }

    /// Takes in facts that were folded before.
    pub fn take(&mut self, facts: Facts) {
        let Facts {
            findings,
            inputs,
            rejects,
        } = facts;
        for finding in findings {
            self.add(*finding);
        }
        for record in inputs {
            self.input(record);
        }
        for reject in rejects {
            self.reject(reject);
        }
    }

    /// The findings in the order of their fingerprints, with inputs and rejects.
    pub fn finish(self) -> Facts {
        let Self {
            groups,
            inputs,
            rejects,
            ..
        } = self;
        let Folded { findings, apart } = groups.ordered();
        let mut facts = Facts {
            findings,
            inputs: inputs.into_values().collect(),
            rejects: rejects
                .into_values()
                .flat_map(|rejects| rejects.as_slice().to_vec())
                .collect(),
        };
        note_apart(&mut facts, &apart);
        facts
    }
}

/// Two folds of different reports are one fold of all of them.
impl Join for Fold {
    fn join(&mut self, mut other: Self) {
        if self.groups.len() < other.groups.len() {
            std::mem::swap(self, &mut other);
        }
        for finding in other.groups.into_parts() {
            self.add(*finding);
        }
        for record in other.inputs.into_values() {
            self.input(record);
        }
        for (id, rejects) in other.rejects {
            self.rejects.entry(id).or_default().join(rejects);
        }
    }
}

fn blank(input: &Input) -> InputRecord {
    InputRecord {
        id: Arc::clone(input.id()),
        format: None,
        scanner: None,
        scanner_version: None,
        bytes: input.bytes(),
        outcome: Outcome::Complete,
        scanned: None,
        dated: None,
        scope: Set::new(),
        notes: Set::new(),
        reasons: Set::new(),
        doubts: Set::new(),
        ledger: Ledger::default(),
        counted_again: 0,
    }
}

/// Words that many findings share, in one piece of memory each.
#[derive(Debug, Default)]
struct Texts(
    #[expect(
        clippy::disallowed_types,
        reason = "looked up only; its order is never seen"
    )]
    std::collections::HashSet<Text, foldhash::quality::RandomState>,
);

impl Texts {
    fn share(&mut self, finding: &mut Finding) {
        let Finding {
            app,
            rule,
            recommendation,
            locations,
            ..
        } = finding;
        let rules = [&mut rule.id, &mut rule.name, recommendation]
            .into_iter()
            .flatten();
        for text in rules.chain([app]) {
            self.one(text);
        }
        if !locations.is_empty() {
            let shared = locations.iter().cloned().map(|mut location| {
                if let Some(path) = &mut location.path {
                    self.one(path);
                }
                location
            });
            *locations = Capped::of(shared, locations.more());
        }
    }

    fn one(&mut self, text: &mut Text) {
        match self.0.get(text) {
            Some(known) => *text = known.clone(),
            None => drop(self.0.insert(text.clone())),
        }
    }
}
