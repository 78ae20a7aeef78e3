//! The answer to: may this ship? With the reason for each finding that says no.

mod json;
mod markdown;
mod text;

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::named::Named;
use super::wording::sort;
use crate::model::{About, Deadline, Duty, Entry, Severity, Status, Suppressed, Text, Why};

/// Whether something may ship.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum May {
    /// No condition holds, and every input can be relied on.
    Ship,
    /// A condition holds.
    NotShip,
    /// No condition holds, but not every input can be relied on.
    Unknown,
}

impl May {
    fn of(is_met: bool, is_doubted: bool) -> Self {
        match (is_met, is_doubted) {
            (true, _) => Self::NotShip,
            (false, true) => Self::Unknown,
            (false, false) => Self::Ship,
        }
    }

    /// Its name in the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ship => "may-ship",
            Self::NotShip => "must-not-ship",
            Self::Unknown => "cannot-tell",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Ship => "may ship",
            Self::NotShip => "must not ship",
            Self::Unknown => "cannot tell: not every report can be relied on",
        }
    }
}

/// A finding that meets a condition, with what a reader asks next.
#[derive(Clone, Debug)]
pub struct Met {
    /// What it is called.
    pub finding: Named,
    /// How bad.
    pub severity: Severity,
    /// Where it stands at the time of the check.
    pub status: Status,
    /// What suppressed it until a day that has passed by then.
    pub ended: Option<Box<Suppressed>>,
    /// When the fix is due.
    pub due: Option<Deadline>,
    /// The reasons that won, for the severity and for the date.
    pub why: Vec<Why>,
}

impl Met {
    /// A finding that stands at `status` when it is checked.
    pub fn of(entry: &Entry, status: Status) -> Self {
        let assessment = &entry.assessment;
        let counts = |why: &&Why| {
            why.chosen && matches!(why.about, About::Severity | About::Duty(Duty::Fix))
        };
        let suppressed = assessment.suppressed.as_ref();
        Self {
            finding: Named::of(entry),
            severity: assessment.severity,
            status,
            ended: suppressed.filter(|_| status != assessment.status).cloned(),
            due: assessment.due().cloned(),
            why: assessment.why.iter().filter(counts).cloned().collect(),
        }
    }

    /// What has ended: `accepted until 2026-11-20, which has passed`.
    fn ended(&self) -> Option<String> {
        let ended = self.ended.as_deref()?;
        let (sort, until) = (ended.kind.map_or("suppressed", sort), ended.until?);
        let how = match ended.ends {
            Some(_) => "which has passed",
            // The report does not say where the day ends, and what may have ended is not relied on.
            None => "which has passed where days end first",
        };
        Some(format!("{sort} until {until}, {how}"))
    }

    /// The reason of the date.
    fn rule(&self) -> Option<&Why> {
        let mut why = self.why.iter();
        why.find(|why| why.about == About::Duty(Duty::Fix))
    }
}

/// A condition that holds of a report.
#[derive(Clone, Debug)]
pub struct Held {
    /// The condition, as the user wrote it.
    pub condition: String,
    /// What holds, in words: `overdue: 2 findings`.
    pub words: String,
    /// The findings that meet it. Empty when it is about inputs.
    pub findings: Vec<Met>,
    /// How many rejected records meet it, when it is about inputs.
    pub rejected: Option<u64>,
}

/// What is to be said of one report.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The report.
    pub report: Text,
    /// The conditions that hold of it.
    pub held: Vec<Held>,
    /// Why its inputs cannot be relied on.
    pub objections: Vec<Text>,
}

impl Answer {
    fn may(&self) -> May {
        May::of(!self.held.is_empty(), !self.objections.is_empty())
    }

    /// How many findings meet a condition. One may meet several.
    fn findings(&self) -> u64 {
        let findings = self.held.iter().flat_map(|held| &held.findings);
        let findings: BTreeSet<_> = findings.map(|met| met.finding.fingerprint).collect();
        findings.len() as u64
    }
}

/// The whole answer.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The time for which it is given.
    pub as_of: Timestamp,
    /// The number that the command ends with.
    pub exit_code: u8,
    /// The conditions that were asked, as the user wrote them.
    pub conditions: Vec<String>,
    /// What is to be said of each report, in the order in which they were named.
    pub answers: Vec<Answer>,
}

impl Verdict {
    /// The verdict over all reports.
    pub fn may(&self) -> May {
        let is_met = self.answers.iter().any(|answer| !answer.held.is_empty());
        let mut answers = self.answers.iter();
        May::of(is_met, answers.any(|answer| !answer.objections.is_empty()))
    }
}

#[cfg(test)]
mod tests;
