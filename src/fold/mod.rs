//! One finding for whatever shares a key, whoever saw it and in whatever order the reports come.
//!
//! How findings are held is private to this room: parsers push, and what comes out is in the order of fingerprints.

mod away;
mod groups;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::error::{Error, ErrorKind, Result};
use crate::model::{
    Capped, Facts, Finding, Gathered, InputId, InputRecord, Join, Ledger, Moment, Outcome, Reject,
    Set, Text,
};
use crate::parse::{Carried, Closing, Sink};
use crate::source::{Input, Tally};
use crate::spill::Spool;

pub use away::{Folded, note_apart};
use groups::Groups;

/// How many rejects of one input are kept in words. All are counted.
pub const REJECTS_KEPT: usize = 1000;

/// The note of an input with records that other reports' keys would make one.
const KEPT_APART: &str = "findings share an identity key and are kept apart: they are records that one report tells apart, or \
                          their packages or apps differ";

/// 1990-01-01T00:00:00Z.
const EARLIEST: Timestamp = Timestamp::constant(631_152_000, 0);

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
    fn add(&mut self, finding: Finding) -> usize {
        let texts = &mut self.texts;
        let slot = self.groups.add(finding, |finding| texts.share(finding));
        if self.spool.is_some() {
            self.weigh(slot);
        }
        slot
    }

    fn input(&mut self, mut record: InputRecord) {
        // Which record is the first sighting of a finding is decided when all is known.
        record.ledger.folded += std::mem::take(&mut record.ledger.findings);
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

    /// A place to put the records of one input.
    pub fn open<'a>(&'a mut self, input: &'a Input, as_of: Timestamp) -> OpenInput<'a> {
        if let Some(spool) = &mut self.spool {
            spool.open();
        }
        OpenInput {
            fold: self,
            input,
            as_of,
            ledger: Ledger::default(),
            carried: 0,
            assessed: None,
            tally: input.tally(),
            touched: Gathered::new(),
        }
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
        scope: Set::new(),
        notes: Set::new(),
        ledger: Ledger::default(),
    }
}

/// The sink for the records of one input.
#[derive(Debug)]
pub struct OpenInput<'a> {
    fold: &'a mut Fold,
    input: &'a Input,
    as_of: Timestamp,
    ledger: Ledger,
    /// Findings that came with their own account.
    carried: u64,
    /// When an earlier merge assessed them.
    assessed: Option<Timestamp>,
    /// For who watches; the ledger is what counts.
    tally: Tally,
    /// Slots that records of this input went into.
    touched: Gathered<usize>,
}

impl OpenInput<'_> {
    /// When an earlier merge assessed what stands in this input, if one did.
    pub fn assessed(&self) -> Option<Timestamp> {
        self.assessed
    }

    /// Ends the input with what its parser says of it, or with why it could not be read on: then what was read stays, and
    /// one reject stands for the rest. Returns how the scan went and how many records were read.
    pub fn close(mut self, format: &str, closing: Result<Closing>) -> Result<(Outcome, u64)> {
        let mut closing = match closing {
            Ok(closing) => closing,
            Err(error) => {
                let mut closing = Closing::of("");
                closing.outcome = if self.ledger.records > 0 {
                    Outcome::Truncated
                } else {
                    Outcome::Failed
                };
                self.record();
                let at = error.place().unwrap_or_default().to_owned();
                let at = at
                    .strip_prefix(self.input.name())
                    .unwrap_or(&at)
                    .trim_start_matches(": ");
                let hint = error
                    .hint_text()
                    .map(|hint| format!(" (hint: {hint})"))
                    .unwrap_or_default();
                self.reject(at, &format!("{}{hint}", error.message()));
                closing
            }
        };
        if !self.ledger.balances() {
            let message = format!("the {format} parser lost a record: {:?}", self.ledger);
            return Err(Error::new(ErrorKind::Internal, message).at(self.input.name()));
        }
        let told = (closing.outcome, self.ledger.records + self.carried);
        if let Some(spool) = &mut self.fold.spool {
            let nothing = Set::new();
            let scope = if closing.carried {
                &nothing
            } else {
                &closing.scope
            };
            spool.close(scope)?;
        }
        if closing.carried {
            return Ok(told);
        }
        for slot in std::mem::take(&mut self.touched).into_members() {
            if let Some(finding) = self.fold.groups.get_mut(slot) {
                finding.scope.extend(closing.scope.iter().cloned());
            }
        }
        closing.scope.join(closing.own_scope);
        let scanned = closing.scanned.filter(|at| *at >= EARLIEST);
        if let Some(at) = scanned.filter(|at| *at > self.as_of) {
            closing
                .notes
                .insert(Text::line(&format!("scanned after as-of, at {at}")));
        }
        let record = InputRecord {
            format: Some(Text::line(format)),
            scanner: closing.scanner.take(),
            scanner_version: closing.scanner_version.take(),
            outcome: closing.outcome,
            scanned,
            scope: closing.scope,
            notes: closing.notes,
            ledger: self.ledger,
            ..blank(self.input)
        };
        self.fold.input(record);
        Ok(told)
    }
}

impl Sink for OpenInput<'_> {
    fn record(&mut self) {
        self.ledger.records += 1;
        self.tally.one();
    }

    fn finding(&mut self, mut finding: Finding) {
        if finding.keys.is_empty() {
            return self.reject("", "a finding of the parser has no identity");
        }
        self.ledger.folded += 1;
        // No scanner ran before there were any: such a time is a default that a tool wrote for want of one.
        finding.first_seen = finding.first_seen.filter(|moment| moment.at >= EARLIEST);
        // A clock that runs ahead must not move a deadline into the future.
        let latest = Moment::new(self.as_of, "as-of");
        finding.first_seen.join(Some(latest));
        finding.last_seen = Some(
            finding
                .last_seen
                .map_or(self.as_of, |seen| seen.min(self.as_of)),
        );
        assert_aliases(&mut finding);
        // A parser that knows better than the whole report which scan looks for this one has said so.
        let whole = finding.scope.is_empty();
        let slot = self.fold.add(finding);
        if whole {
            self.touched.add(slot);
        }
        self.make_room();
    }

    fn passed(&mut self) {
        self.ledger.passed += 1;
    }

    fn reject(&mut self, at: &str, reason: &str) {
        self.ledger.rejected += 1;
        self.fold.reject(Reject {
            place: self.input.place(at),
            reason: Text::line(reason),
        });
    }

    fn carry(&mut self, carried: Carried) {
        match carried {
            Carried::Input(record) => self.fold.input(record),
            Carried::Reject(reject) => self.fold.reject(reject),
            Carried::Finding(finding) => {
                self.carried += 1;
                self.tally.one();
                self.fold.add(*finding);
                self.make_room();
            }
            Carried::Assessed(at) => self.assessed = Some(at),
        }
    }
}

/// Notes that the record which shows several ids says that they name one vulnerability, unless the parser knows better who
/// says so.
fn assert_aliases(finding: &mut Finding) {
    if finding.ids.len() < 2 || !finding.history().aliases.is_empty() {
        return;
    }
    let place = finding.sightings.first().map(|first| first.place.clone());
    if let (Some(place), ids) = (place, finding.ids.clone()) {
        finding.note(|history| history.alias(ids, place));
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
