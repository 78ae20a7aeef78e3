//! Where facts come from: inputs, places in them, and the ledger that nothing may fall out of.

use std::cmp::Ordering;
use std::sync::Arc;

use jiff::Timestamp;

use super::{Join, Set, Text};

/// One report that was read: its name and what was in it.
///
/// Two CI jobs may both call their report `audit.json`; the digest tells them apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InputId {
    /// The path as the user gave it, or as it was found below a directory.
    pub path: Text,
    /// `blake3:` and the hash of the raw bytes; empty when they could not be read.
    pub digest: Text,
}

/// A place in a report.
#[derive(Clone, Debug, Eq, Hash)]
#[expect(
    clippy::derived_hash_with_manual_eq,
    reason = "shared memory is equal memory, so that equal places have equal hashes"
)]
pub struct Place {
    /// The report.
    pub report: Arc<InputId>,
    /// Where in it: a JSON pointer (`/runs/0/results/17`), `line 7`, or an XML path.
    pub at: Text,
}

// Most places that are compared stand in one report: its name and digest need not be read for that.
impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> Ordering {
        let reports = if Arc::ptr_eq(&self.report, &other.report) {
            Ordering::Equal
        } else {
            self.report.cmp(&other.report)
        };
        reports.then_with(|| self.at.cmp(&other.at))
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A record that could not be understood, with the reason.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reject {
    /// Which record.
    pub place: Place,
    /// What was expected and what stood there.
    pub reason: Text,
}

/// How the scan behind a report went. Only a complete one may turn an absent finding into a fixed one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The scan ran over all of its scope and the report is whole.
    Complete,
    /// The scan says that it missed something.
    Partial,
    /// The report is cut: an export limit, or a file that ends in the middle.
    Truncated,
    /// The report was written before, or without, a scan.
    NotRun,
    /// The scan failed, or nothing of the report could be read.
    Failed,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Complete,
        Self::Partial,
        Self::Truncated,
        Self::NotRun,
        Self::Failed,
    ];

    /// Its name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Partial => "partial",
            Self::Truncated => "truncated",
            Self::NotRun => "not-run",
            Self::Failed => "failed",
        }
    }
}

/// The worse outcome wins.
impl Join for Outcome {
    fn join(&mut self, other: Self) {
        *self = (*self).max(other);
    }
}

/// Where the records went: `records = findings + folded + passed + rejected`, always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ledger {
    /// Records read.
    pub records: u64,
    /// Records that are the first sighting of a finding.
    pub findings: u64,
    /// Records that were folded into a finding.
    pub folded: u64,
    /// Records of which the report itself says that they are no problem.
    pub passed: u64,
    /// Records that were not understood.
    pub rejected: u64,
}

impl Ledger {
    /// Whether nothing was lost. Numbers that cannot be added up are no balance.
    pub fn balances(&self) -> bool {
        let Self {
            records,
            findings,
            folded,
            passed,
            rejected,
        } = *self;
        let sum = [folded, passed, rejected]
            .into_iter()
            .try_fold(findings, u64::checked_add);
        sum == Some(records)
    }

    /// Counts what is told beyond the records as records, and all others as passed. Says whether that raised the records.
    pub fn settle(&mut self) -> bool {
        let told = self.findings.saturating_add(self.folded);
        let told = told.saturating_add(self.rejected);
        let raised = told > self.records;
        self.records = self.records.max(told);
        self.passed = self.records - told;
        raised
    }

    /// The sum of both.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            records: self.records.saturating_add(other.records),
            findings: self.findings.saturating_add(other.findings),
            folded: self.folded.saturating_add(other.folded),
            passed: self.passed.saturating_add(other.passed),
            rejected: self.rejected.saturating_add(other.rejected),
        }
    }
}

/// Of one input that was read in several ways: a record that one of them calls no problem may be a finding of another.
impl Join for Ledger {
    fn join(&mut self, other: Self) {
        self.records = self.records.max(other.records);
        self.findings = self.findings.max(other.findings);
        self.folded = self.folded.max(other.folded);
        self.rejected = self.rejected.max(other.rejected);
        self.settle();
    }
}

/// Why a report may be silent about a scope without a scan that found nothing there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Doubt {
    /// What it is silent about.
    pub scope: Text,
    /// How such a report comes about.
    pub why: Text,
}

/// Which records of an input are the first sighting of a finding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Firsts {
    /// How many different ones.
    pub records: u64,
    /// How many findings have one that is the first sighting of another finding too.
    pub again: u64,
}

/// What became of one input.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct InputRecord {
    /// Which report.
    pub id: Arc<InputId>,
    /// The name of its format, or nothing when no parser claims it.
    pub format: Option<Text>,
    /// The tool that wrote it.
    pub scanner: Option<Text>,
    /// The version of that tool.
    pub scanner_version: Option<Text>,
    /// Its size as it is stored, in bytes.
    pub bytes: u64,
    /// How the scan behind it went.
    pub outcome: Outcome,
    /// When the scan ran or the export was made, where the report tells; file times are never used.
    pub scanned: Option<Timestamp>,
    /// What the scan covered, as `tool:app:target` words.
    pub scope: Set<Text>,
    /// What a reader should know of this input beside its outcome.
    pub notes: Set<Text>,
    /// Those of the notes that say why it is not complete.
    pub reasons: Set<Text>,
    /// What but a scan that found nothing may have written it as well.
    pub doubts: Set<Doubt>,
    /// Where its records went. Until the fold is finished, records that became findings all count as folded.
    pub ledger: Ledger,
    /// How many of these records were counted before: one that is the first sighting of several findings, because the input
    /// was read for several apps, counts once for each of them.
    pub counted_again: u64,
    /// When its scan counts as made where it does not tell, or tells a time to come: the oldest time that a part of it tells,
    /// or else the as-of of the merge that read it.
    pub dated: Option<Timestamp>,
}

impl InputRecord {
    /// The format of a manifest of expected reports.
    pub const MANIFEST: &str = "expect";

    /// Whether it is a manifest: its rejects are no records that were not understood, but reports that are not there as
    /// they should be.
    pub fn is_manifest(&self) -> bool {
        let format = self.format.as_ref();
        format.is_some_and(|format| format.untrusted() == Self::MANIFEST)
    }

    /// Who wrote it, and when.
    fn told(&self) -> impl Ord + '_ {
        (
            &self.format,
            &self.scanner,
            &self.scanner_version,
            self.bytes,
            self.scanned,
        )
    }

    /// When its scan counts as made; `None` where nobody knows.
    pub fn made(&self) -> Option<Timestamp> {
        self.scanned.into_iter().chain(self.dated).min()
    }

    /// Whether it shows all that its scan found. Rejected records may be the very findings that seem to be gone.
    pub fn is_whole(&self) -> bool {
        self.outcome == Outcome::Complete && self.ledger.rejected == 0
    }

    /// Takes back which of its records are first sightings, and how often each counts: that is decided when all is known.
    pub fn unsettle(&mut self) {
        let again = std::mem::take(&mut self.counted_again);
        let Ledger {
            records,
            findings,
            folded,
            ..
        } = &mut self.ledger;
        *records = records.saturating_sub(again);
        *folded = folded.saturating_add(std::mem::take(findings));
        *folded = folded.saturating_sub(again);
    }

    /// Decides it: so many different records are the first sighting of a finding, and so many findings share one with
    /// another. Says whether it balances.
    pub fn settle(&mut self, firsts: Firsts, listed: u64) -> bool {
        self.unsettle();
        let Firsts { records, again } = firsts;
        let ledger = &mut self.ledger;
        ledger.findings = records;
        ledger.folded = ledger.folded.saturating_sub(records);
        ledger.rejected = ledger.rejected.max(listed);
        let is_raised = ledger.settle();
        ledger.records = ledger.records.saturating_add(again);
        ledger.findings = ledger.findings.saturating_add(again);
        self.counted_again = again;
        if is_raised {
            self.disagree();
        }
        self.ledger.balances()
    }

    /// Notes that earlier merges read it in several ways that cannot all be right.
    pub fn disagree(&mut self) {
        self.outcome.join(Outcome::Partial);
        let reason =
            Text::line("earlier merges read it in different ways, and disagree on its records");
        self.notes.insert(reason.clone());
        self.reasons.insert(reason);
    }

    /// Its notes, those first that say why it is not complete.
    pub fn notes_in_turn(&self) -> impl Iterator<Item = &Text> {
        let others = self.notes.iter();
        let others = others.filter(|note| !self.reasons.contains(note));
        self.reasons.iter().chain(others)
    }

    /// What says why it is not complete: where nobody said which note does, the first that may. Those about clocks never
    /// do, and all of them name as-of.
    pub fn reason(&self) -> Option<&Text> {
        let is_of_clock = |note: &Text| note.untrusted().contains("as-of");
        let mut notes = self.notes.iter();
        let told = self.reasons.first();
        told.or_else(|| notes.find(|note| !is_of_clock(note)))
            .or(self.notes.first())
    }
}

/// Two records of one input, which may have been read for two apps: it covers what either says. Who wrote it, and when, is
/// told by one of them, whole. It was read when it was read last.
impl Join for InputRecord {
    fn join(&mut self, mut other: Self) {
        let records = [self.ledger.records, other.ledger.records];
        self.ledger.join(other.ledger);
        if records != [self.ledger.records; 2] {
            self.disagree();
        }
        self.outcome.join(other.outcome);
        self.dated = self.dated.max(other.dated);
        self.scope.join(std::mem::take(&mut other.scope));
        self.notes.join(std::mem::take(&mut other.notes));
        self.reasons.join(std::mem::take(&mut other.reasons));
        self.doubts.join(std::mem::take(&mut other.doubts));
        if other.told() > self.told() {
            self.format = other.format;
            self.scanner = other.scanner;
            self.scanner_version = other.scanner_version;
            self.bytes = other.bytes;
            self.scanned = other.scanned;
        }
    }
}
