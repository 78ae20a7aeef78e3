//! The merged result: what the stages fill in and the writers read.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{
    Baseline, Finding, InputRecord, Key, Ledger, Moment, PolicyTag, Reject, Score, Severity,
    Suppressed, Text, Ticket, TicketState, sort_by_cached_key,
};

/// Something that is promised by a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Duty {
    /// Tell the reporter that it was received.
    Acknowledge,
    /// Assess validity and impact.
    Assess,
    /// Ship a fix: the due date.
    Fix,
    /// Tell authorities or customers.
    Notify,
}

impl Duty {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Acknowledge, Self::Assess, Self::Fix, Self::Notify];

    /// Its name in policies and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::Assess => "assess",
            Self::Fix => "fix",
            Self::Notify => "notify",
        }
    }
}

/// When something is due, as people say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum By {
    /// By the end of a local day.
    Day(Date),
    /// By a point in time, for terms of hours.
    Time(Timestamp),
}

/// `2026-12-05`, or `2026-12-05T10:00:00Z`.
impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(date) => date.fmt(f),
            Self::Time(time) => time.fmt(f),
        }
    }
}

/// The date that won for one duty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Deadline {
    /// The first instant at which it is overdue: after the end of the local day, in the policy's time zone.
    pub ends: Timestamp,
    /// When it is due, for people.
    pub by: By,
    /// The policy that sets it, or `ticket` and the ticket's key.
    pub policy: Text,
}

impl Deadline {
    /// The policy of a date that a ticket names.
    pub fn of_ticket(key: &Text) -> Text {
        Text::line(&format!("ticket {}", key.untrusted()))
    }
}

/// Where a finding stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// It has to be dealt with.
    Open,
    /// Accepted, with a reason. Still in the report.
    Suppressed,
    /// Absent although a complete scan of the same scope looked for it, or a ticket that says so.
    Fixed,
    /// Absent, and nobody looked. It counts as open for deadlines.
    Unobserved,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Open, Self::Suppressed, Self::Fixed, Self::Unobserved];

    /// Its name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Suppressed => "suppressed",
            Self::Fixed => "fixed",
            Self::Unobserved => "unobserved",
        }
    }

    /// Whether its deadlines can be overdue.
    pub const fn is_due(self) -> bool {
        matches!(self, Self::Open | Self::Unobserved)
    }
}

/// What a reason is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// The severity.
    Severity,
    /// The date of a duty.
    Duty(Duty),
}

impl About {
    /// Its name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Severity => "severity",
            Self::Duty(duty) => duty.name(),
        }
    }
}

/// One candidate for a severity or a date: the one that won, or one that lost.
///
/// It says nothing of the single record, so that findings with the same story share it; the record that made a claim is
/// in the claim.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Why {
    /// What it is about.
    pub about: About,
    /// Whether it won.
    pub chosen: bool,
    /// The policy, or who else brings the candidate: `default`, `ticket AMS-1`.
    pub policy: Text,
    /// The rule of the policy: `fix.high`, `claim of CodeQL`.
    pub rule: Text,
    /// Where the rule is written, the file without its folders and the line: `ours.toml:14`.
    pub at: Option<Text>,
    /// Of a severity: the candidate.
    pub severity: Option<Severity>,
    /// Of a severity: the score behind it.
    pub score: Option<Score>,
    /// Of a date: the event that starts the clock: `first-seen`, `reported`.
    pub start: Option<Text>,
    /// Of a date: when that was.
    pub start_at: Option<Timestamp>,
    /// Of a date: who told it.
    pub start_source: Option<Text>,
    /// Of a date: the term, as the policy writes it: `2 business days`.
    pub term: Option<Text>,
    /// Of a date: the candidate. `None` when the policy sets no date.
    pub by: Option<By>,
    /// Calendar steps, fallbacks, why it lost: whatever else a reader needs.
    pub note: Option<Text>,
}

impl Why {
    /// A candidate with nothing but its origin.
    pub fn new(about: About, policy: Text, rule: Text) -> Self {
        Self {
            about,
            chosen: false,
            policy,
            rule,
            at: None,
            severity: None,
            score: None,
            start: None,
            start_at: None,
            start_source: None,
            term: None,
            by: None,
            note: None,
        }
    }

    /// Says one thing more.
    pub fn add_note(&mut self, words: &str) {
        self.note = Some(match &self.note {
            Some(note) => Text::line(&format!("{}; {words}", note.untrusted())),
            None => Text::line(words),
        });
    }
}

/// What policies and triage make of a finding: a pure function of facts, policies, triage, calendar and as-of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// How bad.
    pub severity: Severity,
    /// The score behind it, where there is one.
    pub score: Option<Score>,
    /// Where it stands.
    pub status: Status,
    /// Why it is suppressed, if it is.
    pub suppressed: Option<Box<Suppressed>>,
    /// The date that won, per duty. Shared by findings with the same dates.
    pub deadlines: Arc<BTreeMap<Duty, Deadline>>,
    /// Each candidate, the chosen ones first for each subject. Shared by findings with the same story.
    pub why: Arc<[Why]>,
    /// What rules tag it with, by tag. Shared by findings with the same tags.
    pub tags: Arc<[PolicyTag]>,
}

impl Assessment {
    /// The deadline of the fix.
    pub fn due(&self) -> Option<&Deadline> {
        self.deadlines.get(&Duty::Fix)
    }

    /// The deadline of the fix, as long as its clock runs.
    pub fn running_due(&self) -> Option<&Deadline> {
        self.due().filter(|_| self.status.is_due())
    }

    /// Where it stands at a time: what is accepted until a day is open, or unobserved, after it.
    pub fn status_at(&self, baseline: Option<Baseline>, at: Timestamp) -> Status {
        let suppressed = self.suppressed.as_deref();
        let has_ended = suppressed.is_some_and(|suppressed| suppressed.has_ended(at));
        match (self.status, baseline) {
            (Status::Suppressed, Some(Baseline::Unobserved)) if has_ended => Status::Unobserved,
            (Status::Suppressed, _) if has_ended => Status::Open,
            (status, _) => status,
        }
    }

    /// Whether the fix is overdue at `as_of`.
    pub fn overdue(&self, as_of: Timestamp) -> bool {
        self.running_due().is_some_and(|due| due.ends <= as_of)
    }
}

/// A finding with what was made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key by which it is called.
    pub fingerprint: Key,
    /// The facts.
    pub finding: Box<Finding>,
    /// The earliest time that any source tells, the tickets that name it among them.
    pub first_seen: Option<Moment>,
    /// Tickets that name it, by key. A ticket that is a finding of its own stands here too.
    pub tickets: Vec<Ticket>,
    /// The judgement.
    pub assessment: Assessment,
}

impl Entry {
    /// The order of a report: overdue first, then the nearest due date (none last), then the worst. What is
    /// equal in that stands by name.
    pub(crate) fn urgency(&self, as_of: Timestamp) -> impl Ord + use<> {
        let due = self.assessment.running_due();
        (
            !self.assessment.overdue(as_of),
            due.is_none(),
            due.map(|deadline| deadline.ends),
            std::cmp::Reverse(self.assessment.severity),
        )
    }

    /// Whether nothing is known of it from before. Without a baseline nothing is known of any: who asks whether there is
    /// something new must not hear that there is not.
    pub fn is_new(&self) -> bool {
        let state = self.finding.baseline;
        state.is_none_or(|state| state == Baseline::New)
    }

    /// How many of its dates are later than what was promised for it, because every policy in force allows that.
    pub fn loosened(&self) -> u64 {
        let Assessment {
            status, deadlines, ..
        } = &self.assessment;
        let is_later = |duty: &Duty| {
            let promise = self.finding.history().promised(*duty);
            promise.is_some_and(|promise| promise.is_before(deadlines.get(duty)))
        };
        let is_fixed = *status == Status::Fixed;
        let duties = Duty::ALL.iter().filter(|_| !is_fixed);
        duties.map(|duty| u64::from(is_later(duty))).sum()
    }

    /// Whether a tracker waits for the platform.
    pub fn is_waiting(&self) -> bool {
        self.tickets
            .iter()
            .any(|ticket| ticket.state == TicketState::Waiting)
    }
}

/// A policy that was applied.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PolicyNote {
    /// Its name.
    pub name: Text,
    /// Where it comes from, in its own words: a document and its date.
    pub source: Option<Text>,
    /// `blake3:` and the hash of its file.
    pub digest: Text,
    /// When another version of it begins, after the report's as-of: from then on its dates and severities say nothing sure.
    pub next: Option<Timestamp>,
}

/// An entry of a triage file that was applied, and how many findings it reaches.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TriageRow {
    /// The file.
    pub source: Text,
    /// The line at which the entry starts.
    pub line: u64,
    /// What it is: `accept`, `false-positive`, `assign`.
    pub entry: Text,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// How many findings it reaches.
    pub findings: u64,
    /// What its author should know: it is expired, reaches nothing, or reaches more than it should.
    pub note: Option<Text>,
}

/// How many findings stand where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Open and unobserved findings by severity.
    pub open: BTreeMap<Severity, u64>,
    /// Of these, those past their due date.
    pub overdue: u64,
    /// Of the open ones, those that no baseline knows; without a baseline that is each of them.
    pub new: u64,
    /// Suppressed findings.
    pub suppressed: u64,
    /// Fixed findings.
    pub fixed: u64,
    /// Absent findings that nobody looked for.
    pub unobserved: u64,
}

impl Summary {
    /// Adds that of other findings.
    pub fn add(&mut self, other: &Self) {
        let Self {
            open,
            overdue,
            new,
            suppressed,
            fixed,
            unobserved,
        } = other;
        for (severity, number) in open {
            *self.open.entry(*severity).or_default() += number;
        }
        self.overdue += overdue;
        self.new += new;
        self.suppressed += suppressed;
        self.fixed += fixed;
        self.unobserved += unobserved;
    }
}

/// What was read, folded, before anything is decided about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The findings, by fingerprint; tickets among them. In boxes, so that stages hand them on without a copy.
    pub findings: Vec<Box<Finding>>,
    /// The inputs, by path and digest.
    pub inputs: Vec<InputRecord>,
    /// Records that were not understood, by place. Bounded for each input; its ledger has the number.
    pub rejects: Vec<Reject>,
}

/// The whole result of a merge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The time at which it was assessed.
    pub as_of: Timestamp,
    /// The policies that were applied, by name.
    pub policies: Vec<PolicyNote>,
    /// The inputs, by path and digest, with their ledgers.
    pub inputs: Vec<InputRecord>,
    /// The findings in the order of urgency, each on its own: they take the memory that reading has left.
    pub entries: Vec<Box<Entry>>,
    /// The entries of the triage files that were applied, by file and line.
    pub triage: Vec<TriageRow>,
    /// Tickets that are linked to findings and so are none of their own; with all their facts, for the next merge.
    pub linked_tickets: Vec<Finding>,
    /// Records that were not understood, by place. Bounded for each input; the ledger has the number.
    pub rejects: Vec<Reject>,
}

impl Report {
    /// The findings, in the order in which they stand.
    pub fn in_order(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().map(AsRef::as_ref)
    }

    /// Puts the entries into the order of the report.
    pub fn sort(&mut self) {
        if !self
            .in_order()
            .is_sorted_by_key(|entry| *entry.fingerprint.hash())
        {
            sort_by_cached_key(&mut self.entries, |entry| *entry.fingerprint.hash());
        }
        // What is as urgent stays in the order of names, so that no copies of names need be compared.
        let as_of = self.as_of;
        sort_by_cached_key(&mut self.entries, |entry| entry.urgency(as_of));
    }

    /// The sum of all inputs' ledgers.
    pub fn ledger(&self) -> Ledger {
        self.inputs
            .iter()
            .fold(Ledger::default(), |sum, input| sum.plus(input.ledger))
    }

    /// Opens again what was suppressed until a day that has ended at the time of the report, and sorts anew.
    pub fn end_suppressions(&mut self) {
        for entry in &mut self.entries {
            let Entry {
                finding,
                assessment,
                ..
            } = &mut **entry;
            let status = assessment.status_at(finding.baseline, self.as_of);
            if status != assessment.status {
                assessment.status = status;
                assessment.suppressed = None;
            }
        }
        self.sort();
    }

    /// How many dates are later than promised, because every policy in force allows that.
    pub fn loosened(&self) -> u64 {
        self.in_order().map(Entry::loosened).sum()
    }

    /// How many findings stand where.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary {
            open: Severity::ALL.map(|level| (level, 0)).into(),
            ..Summary::default()
        };
        for entry in &self.entries {
            let Assessment {
                severity, status, ..
            } = entry.assessment;
            match status {
                Status::Suppressed => summary.suppressed += 1,
                Status::Fixed => summary.fixed += 1,
                Status::Open | Status::Unobserved => {
                    *summary.open.entry(severity).or_default() += 1;
                }
            }
            summary.unobserved += u64::from(status == Status::Unobserved);
            summary.overdue += u64::from(entry.assessment.overdue(self.as_of));
            summary.new += u64::from(status.is_due() && entry.is_new());
        }
        summary
    }
}
