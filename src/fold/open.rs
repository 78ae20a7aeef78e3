//! Where the records of one input go until it is closed: into a fold of their own, or one that workers share.

use std::sync::{Mutex, PoisonError, TryLockError};

use jiff::Timestamp;

use super::{Fold, blank};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{
    Finding, Gathered, InputRecord, Join, Ledger, Moment, Outcome, Reject, Set, Text,
};
use crate::parse::{Carried, Closing, Sink};
use crate::source::{Input, Tally};

/// 1990-01-01T00:00:00Z.
const EARLIEST: Timestamp = Timestamp::constant(631_152_000, 0);

/// How many records wait until they go into the fold, if no other worker is at it.
const HANDFUL: usize = 32;

/// How many records wait at most while other workers are at the fold.
const WAITING: usize = 1024;

/// A fold that several workers add to, so that a finding which two of them see is held once.
#[derive(Debug, Default)]
pub struct Shared(Mutex<Fold>);

impl From<Fold> for Shared {
    fn from(fold: Fold) -> Self {
        Self(Mutex::new(fold))
    }
}

impl Shared {
    /// A place to put the records of one input. They are all here when it is closed.
    pub fn open<'a>(&'a self, input: &'a Input, as_of: Timestamp) -> OpenInput<'a> {
        OpenInput::new(Home::Shared(&self.0), input, as_of)
    }

    /// As [`Fold::failed`].
    pub fn failed(&self, input: &Input, reason: &str) {
        Home::Shared(&self.0).wait(|fold| fold.failed(input, reason));
    }

    /// The fold, when all workers are done.
    pub fn into_fold(self) -> Fold {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where records go. No fold is left half-way: a panic ends the program.
#[derive(Debug)]
enum Home<'a> {
    Alone(&'a mut Fold),
    Shared(&'a Mutex<Fold>),
}

impl Home<'_> {
    /// Changes the fold when no other worker is at it.
    fn wait<T>(&mut self, change: impl FnOnce(&mut Fold) -> T) -> T {
        match self {
            Self::Alone(fold) => change(fold),
            Self::Shared(fold) => change(&mut fold.lock().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    /// Changes the fold, unless another worker is at it.
    fn attempt(&mut self, change: impl FnOnce(&mut Fold)) {
        match self {
            Self::Alone(fold) => change(fold),
            Self::Shared(fold) => match fold.try_lock() {
                Ok(mut fold) => change(&mut fold),
                Err(TryLockError::Poisoned(fold)) => change(&mut fold.into_inner()),
                Err(TryLockError::WouldBlock) => {}
            },
        }
    }
}

/// Something that waits for its fold.
#[derive(Debug)]
enum Waiting {
    /// A finding of the input.
    Finding {
        finding: Finding,
        /// Whether the scope of the whole report is its scope.
        whole: bool,
    },
    /// A finding that came with its own account.
    Carried(Box<Finding>),
    Input(InputRecord),
    Reject(Reject),
}

/// The sink for the records of one input.
///
/// They go into the fold by the handful: workers that share one seldom meet there, and go on parsing when they do.
#[derive(Debug)]
pub struct OpenInput<'a> {
    home: Home<'a>,
    waiting: Vec<Waiting>,
    /// Whether anything went or waits to go into the fold.
    handed: bool,
    input: &'a Input,
    as_of: Timestamp,
    /// The same, as a moment of a finding.
    latest: Moment,
    ledger: Ledger,
    /// Findings that came with their own account.
    carried: u64,
    /// Whether a record was seen first after as-of, by its own words.
    is_ahead: bool,
    /// When an earlier merge assessed them.
    assessed: Option<Timestamp>,
    /// For who watches; the ledger is what counts.
    tally: Tally,
    /// Slots that records of this input went into.
    touched: Gathered<usize>,
}

impl<'a> OpenInput<'a> {
    pub(super) fn alone(fold: &'a mut Fold, input: &'a Input, as_of: Timestamp) -> Self {
        Self::new(Home::Alone(fold), input, as_of)
    }

    fn new(mut home: Home<'a>, input: &'a Input, as_of: Timestamp) -> Self {
        home.wait(|fold| {
            if let Some(spool) = &mut fold.spool {
                spool.open();
            }
        });
        Self {
            home,
            waiting: Vec::new(),
            handed: false,
            input,
            as_of,
            latest: Moment::new(as_of, "as-of"),
            ledger: Ledger::default(),
            carried: 0,
            is_ahead: false,
            assessed: None,
            tally: input.tally(),
            touched: Gathered::new(),
        }
    }

    /// When an earlier merge assessed what stands in this input, if one did.
    pub fn assessed(&self) -> Option<Timestamp> {
        self.assessed
    }

    /// Whether nothing was told of it, so that it may be put aside as if it had not been opened.
    pub fn is_untold(&self) -> bool {
        self.ledger == Ledger::default() && !self.handed
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
        let (waiting, touched) = (&mut self.waiting, &mut self.touched);
        let covered = (!closing.carried).then_some(&closing.scope);
        self.home.wait(|fold| {
            fold.take_in(waiting, touched);
            let spool = fold.spool.as_mut();
            spool.map_or(Ok(()), |spool| spool.close(covered.unwrap_or(&Set::new())))
        })?;
        let told = (closing.outcome, self.ledger.records + self.carried);
        if closing.carried {
            return Ok(told);
        }
        let touched = std::mem::take(&mut self.touched).into_members();
        let whole = closing.scope.clone();
        closing.scope.join(closing.own_scope);
        let scanned = closing.scanned.filter(|at| *at >= EARLIEST);
        if let Some(at) = scanned.filter(|at| *at > self.as_of) {
            closing.notes.insert(Text::line(&format!(
                "scanned after as-of, at {at}: it counts as scanned at as-of"
            )));
        } else if self.is_ahead {
            closing.notes.insert(Text::line(
                "some records name a time after as-of: their clocks start at as-of",
            ));
        }
        // A scan that names no scope shows nothing to be gone, whenever it was made.
        let is_dated = !closing.scope.is_empty() && scanned.is_none_or(|at| at > self.as_of);
        let oldest = closing.oldest.filter(|at| *at >= EARLIEST);
        let dated = oldest.map_or(self.as_of, |at| at.min(self.as_of));
        let record = InputRecord {
            dated: is_dated.then_some(dated),
            format: Some(Text::line(format)),
            scanner: closing.scanner.take(),
            scanner_version: closing.scanner_version.take(),
            outcome: closing.outcome,
            scanned,
            scope: closing.scope,
            notes: closing.notes,
            reasons: closing.reasons,
            doubts: closing.doubts,
            ledger: self.ledger,
            ..blank(self.input)
        };
        self.home.wait(|fold| {
            for slot in touched {
                if let Some(finding) = fold.groups.get_mut(slot) {
                    finding.scope.extend(whole.iter().cloned());
                }
            }
            fold.input(record);
        });
        Ok(told)
    }

    /// Lets something wait for the fold, until there is a handful and no other worker is at it.
    fn hand(&mut self, one: Waiting) {
        self.handed = true;
        self.waiting.push(one);
        let (waiting, touched) = (&mut self.waiting, &mut self.touched);
        if waiting.len() >= WAITING {
            self.home.wait(|fold| fold.take_in(waiting, touched));
        } else if waiting.len().is_multiple_of(HANDFUL) {
            self.home.attempt(|fold| fold.take_in(waiting, touched));
        }
    }
}

impl Fold {
    /// Takes in what waits, and notes the slots of findings whose scope is that of the whole report.
    fn take_in(&mut self, waiting: &mut Vec<Waiting>, touched: &mut Gathered<usize>) {
        for one in waiting.drain(..) {
            match one {
                Waiting::Finding { finding, whole } => {
                    let slot = self.add(finding);
                    if whole {
                        touched.add(slot);
                    }
                    self.make_room(touched);
                }
                Waiting::Carried(finding) => {
                    self.add(*finding);
                    self.make_room(touched);
                }
                Waiting::Input(record) => self.input(record),
                Waiting::Reject(reject) => self.reject(reject),
            }
        }
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
        let first = finding.first_seen.as_ref();
        self.is_ahead |= first.is_some_and(|moment| moment.at > self.as_of);
        finding.first_seen.join(Some(self.latest.clone()));
        finding.last_seen = Some(
            finding
                .last_seen
                .map_or(self.as_of, |seen| seen.min(self.as_of)),
        );
        assert_aliases(&mut finding);
        // A parser that knows better than the whole report which scan looks for this one has said so.
        let whole = finding.scope.is_empty();
        self.hand(Waiting::Finding { finding, whole });
    }

    fn passed(&mut self) {
        self.ledger.passed += 1;
    }

    fn reject(&mut self, at: &str, reason: &str) {
        self.ledger.rejected += 1;
        self.hand(Waiting::Reject(Reject {
            place: self.input.place(at),
            reason: Text::line(reason),
        }));
    }

    fn carry(&mut self, carried: Carried) {
        match carried {
            Carried::Input(record) => self.hand(Waiting::Input(*record)),
            Carried::Reject(reject) => self.hand(Waiting::Reject(reject)),
            Carried::Finding(finding) => {
                self.carried += 1;
                self.tally.one();
                self.hand(Waiting::Carried(finding));
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

#[cfg(test)]
mod tests;
