//! Policies: what a promise means for one finding, as a severity, dates and the reasons for both.
//!
//! A policy is data. Everything here is a pure function of facts, policies and as-of.

mod assess;
mod calendar;
mod check;
mod clock;
mod condition;
mod cvss;
mod decision;
mod describe;
mod facts;
mod file;
mod load;
mod preset;
pub mod promise;
mod race;
mod rule;
mod severity;
mod status;
mod term;
mod verdict;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::error;
use crate::model::{Duty, PolicyNote, Severity, Text};

pub use assess::Engine;
pub use calendar::{Calendar, End, Maintenance};
pub use check::{Difference, Direction, Problem, compare, review};
pub use clock::{Start, Started, start_of_clock};
pub use condition::{Answer, Subject, When};
pub use cvss::Metrics;
pub use decision::{PathGlobs, Standing, weigh};
pub use describe::{Decision, Row, decisions, describe};
pub use facts::{App, Environment, Exposure, Impact, Known, Named, Vulnerability};
pub use load::load;
pub use preset::{Preset, presets};
pub use rule::{Change, Rule, Source, Then};
pub use term::{Limit, Span, Term, TermError, Unit};

pub use crate::glob::{Globs, Match};
pub use crate::table::{Position, Spot};

/// The levels that terms are set for, worst first. What nobody rated takes the terms of one of them.
pub const LEVELS: [Severity; 5] = [
    Severity::Critical,
    Severity::High,
    Severity::Medium,
    Severity::Low,
    Severity::Info,
];

/// A policy with everything that it extends laid under it.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Its name, source and digest.
    pub note: PolicyNote,
    /// What it is, in one line, for lists of policies.
    pub title: Option<Text>,
    /// The first day on which any of it is in force.
    pub effective: Option<Date>,
    /// The last day on which any of it is in force.
    pub until: Option<Date>,
    /// Time zone, work week, holidays, maintenance.
    pub calendar: Calendar,
    /// What it says of apps and vulnerabilities.
    pub known: Known,
    /// The sources of severities in the order in which they are believed; none is the default choice.
    pub sources: Vec<Globs>,
    /// Why a promised date may become later, if it may.
    pub loosening: Option<Text>,
    /// Its dated versions, the earliest first; at least one.
    pub editions: Vec<Edition>,
    /// The files that it was read from; none for a built-in one.
    pub files: BTreeSet<PathBuf>,
    /// The policies that stand beside it, as they are named.
    pub beside: Vec<Beside>,
    /// Where its keys are written: `calendar.timezone`, `until`.
    pub places: BTreeMap<String, Spot>,
}

/// A policy that is named to stand beside another.
#[derive(Clone, Debug)]
pub struct Beside {
    /// As it is named.
    pub name: Text,
    /// Which file or built-in policy that is, however it is written.
    identity: PathBuf,
    /// Where it is named.
    pub spot: Spot,
}

/// One dated version of a policy.
#[derive(Clone, Debug, Default)]
pub struct Edition {
    /// The first day on which it is in force.
    pub effective: Option<Date>,
    /// The last day; without one it holds until the next version.
    pub until: Option<Date>,
    /// Where this version comes from.
    pub source: Option<Text>,
    /// Why its numbers are in doubt, if they are.
    pub unconfirmed: Option<Text>,
    /// The terms by duty and level.
    pub terms: BTreeMap<(Duty, Severity), Entry>,
    /// The events that start every clock, the preferred one first.
    pub start: Vec<Start>,
    /// The events that start the clock of one duty.
    pub starts: BTreeMap<Duty, Vec<Start>>,
    /// The level whose terms an unrated finding takes; `high` unless the policy says otherwise.
    pub unknown: Option<Severity>,
    /// The rules in the order of the file.
    pub rules: Vec<Rule>,
    /// Where its keys are written: `until`, `fix.start`.
    pub places: BTreeMap<String, Spot>,
}

/// A term of the table with its name and place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// How long.
    pub term: Term,
    /// Its name: `fix.high`.
    pub label: Text,
    /// Where it stands in its file.
    pub position: Position,
    /// Where it is written, for reports: `ours.toml:14`.
    pub at: Text,
}

impl Policy {
    /// Reads a policy from text. It may extend presets; files only through [`load`], which knows where they are.
    pub fn parse(name_for_errors: &str, text: &str) -> error::Result<Self> {
        load::parse(name_for_errors, text)
    }

    /// When the next version begins after a time, if there is one.
    pub fn next(&self, as_of: Timestamp) -> Option<Timestamp> {
        let editions = self.editions.iter();
        let begin = editions.filter_map(|edition| self.effective.max(edition.effective));
        let first = begin
            .filter(|&from| self.calendar.day(as_of) < from)
            .min()?;
        Some(self.calendar.end_of_day(first.yesterday().ok()?))
    }

    /// The version in force at a time, or why there is none.
    pub fn in_force(&self, as_of: Timestamp) -> Result<&Edition, String> {
        let day = self.calendar.day(as_of);
        let first = self.editions.first().and_then(|edition| edition.effective);
        let before = self.effective.max(first).filter(|&from| day < from);
        if let Some(from) = before {
            return Err(format!("not in force before {from}"));
        }
        // The latest that has begun replaces the ones before it, also when it has ended by now.
        let begun = |edition: &&Edition| edition.effective.is_none_or(|from| from <= day);
        let edition = self.editions.iter().rev().find(begun);
        let edition = edition.ok_or_else(|| format!("no version is in force on {day}"))?;
        let ended = [self.until, edition.until]
            .into_iter()
            .flatten()
            .filter(|&until| until < day)
            .min();
        match ended {
            Some(until) => Err(format!("not in force after {until}")),
            None => Ok(edition),
        }
    }
}

impl Edition {
    /// The level whose terms a severity takes.
    pub fn level(&self, severity: Severity) -> Severity {
        match severity {
            Severity::Unknown => self.unknown.unwrap_or(Severity::High),
            rated => rated,
        }
    }

    /// The events that start the clock of a duty, the preferred one first.
    pub fn starts_of(&self, duty: Duty) -> &[Start] {
        self.starts.get(&duty).unwrap_or(&self.start)
    }
}

#[cfg(test)]
mod tests;
