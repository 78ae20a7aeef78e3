//! May this ship? Conditions on findings, and which finding meets them.

mod part;
mod tally;

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use self::part::Part;
use self::tally::{Known, Met};
use crate::error::{Error, Result};
use crate::model::{Entry, Report, Status};

pub use self::tally::Tally;

/// A condition such as `overdue`, `severity>=high&new`: all its parts must hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    text: String,
    parts: Vec<Part>,
}

/// What a condition may be made of, for help and errors.
pub const CONDITIONS: &str = "open, overdue, due<=2026-12-31, due<=+14d, severity>=high, new, reopened, unobserved, \
                              kev, epss>=0.5, kind=secret, app=GLOB, tag=GLOB, owner=GLOB, rejects; joined with &";

impl FromStr for Condition {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let parts = text.split('&').map(|part| part.trim().parse());
        let parts = parts
            .collect::<Result<Vec<Part>>>()
            .map_err(|error| error.at(format!("condition `{text}`")))?;
        if parts.len() > 1 && parts.contains(&Part::Rejects) {
            let error = Error::usage(
                "`rejects` is about inputs and cannot be joined with conditions on findings",
            );
            return Err(error
                .at(format!("condition `{text}`"))
                .hint("give it as a condition of its own"));
        }
        Ok(Self {
            text: text.to_owned(),
            parts,
        })
    }
}

impl Condition {
    /// As the user wrote it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a finding meets it at a time. What is suppressed or fixed then meets none.
    pub fn holds(&self, entry: &Entry, as_of: Timestamp) -> bool {
        status_at(entry, as_of).is_due() && self.parts.iter().all(|part| part.holds(entry, as_of))
    }

    /// Refuses a report that cannot answer it: what nobody knows must not pass for a good answer.
    pub fn answerable(&self, report: &Report) -> Result<()> {
        let mut known = Known::default();
        known.add(&report.entries);
        self.answerable_by(&known, !report.policies.is_empty())
    }

    fn answerable_by(&self, known: &Known, has_policies: bool) -> Result<()> {
        let asks = |wanted: fn(&Part) -> bool| self.parts.iter().any(wanted);
        let refuse = |what: &str, hint: &str| {
            let message = format!("{what}, and `{}` cannot be told", self.text);
            Err(Error::usage(message).hint(hint))
        };
        if asks(|part| matches!(part, Part::Overdue | Part::DueBy(_)))
            && known.entries > 0
            && known.dated == 0
        {
            let what = if has_policies {
                "no policy that was applied is in force and says anything of a date"
            } else {
                "no policy was applied, so nothing has a due date"
            };
            return refuse(what, "merge or rescore with `--policy`");
        }
        if asks(|part| *part == Part::Kev) && known.listable > 0 && known.kev == 0 {
            return refuse("no KEV catalogue was read", "merge with `--kev FILE`");
        }
        if asks(|part| matches!(part, Part::Epss(_))) && known.listable > 0 && known.epss == 0 {
            return refuse("no EPSS file was read", "merge with `--epss FILE`");
        }
        Ok(())
    }

    /// Whether it is about inputs, not findings, and holds.
    fn holds_of_inputs(&self, rejected: u64) -> bool {
        self.parts == [Part::Rejects] && rejected > 0
    }

    /// What holds, in words: `overdue: 2 findings`.
    fn words(&self, met: &Met, rejected: u64) -> String {
        let (number, noun) = match met.findings {
            0 => (rejected, "rejected record"),
            findings => (findings, "finding"),
        };
        let plural = if number == 1 { "" } else { "s" };
        let why = if self.parts.contains(&Part::New) && !met.has_baseline {
            "; there was no baseline, so each finding counts as new"
        } else {
            ""
        };
        format!("{}: {number} {noun}{plural}{why}", self.text)
    }
}

/// Where a finding stands at a time: what is accepted until a day is open once that day has ended.
pub fn status_at(entry: &Entry, as_of: Timestamp) -> Status {
    entry.assessment.status_at(entry.finding.baseline, as_of)
}

/// The date of a time, in UTC.
fn day(time: Timestamp) -> Date {
    time.to_zoned(TimeZone::UTC).date()
}

/// A condition that holds, and for what.
#[derive(Debug)]
pub struct Match<'a> {
    /// The condition.
    pub condition: &'a Condition,
    /// The findings that meet it, in the report's order. Empty when it is about inputs.
    pub entries: Vec<&'a Entry>,
}

impl Match<'_> {
    /// What holds, in words: `overdue: 2 findings`.
    pub fn words(&self, report: &Report) -> String {
        let mut met = Met::default();
        for entry in &self.entries {
            met.add(entry);
        }
        self.condition.words(&met, report.ledger().rejected)
    }
}

/// The conditions that hold. None: it may ship.
pub fn check<'a>(
    conditions: &'a [Condition],
    report: &'a Report,
    as_of: Timestamp,
) -> Vec<Match<'a>> {
    let rejected = report.ledger().rejected;
    let matches = conditions.iter().filter_map(|condition| {
        let entries: Vec<_> = report
            .entries
            .iter()
            .filter(|entry| condition.holds(entry, as_of))
            .collect();
        let holds = !entries.is_empty() || condition.holds_of_inputs(rejected);
        holds.then_some(Match { condition, entries })
    });
    matches.collect()
}

#[cfg(test)]
mod tests;
