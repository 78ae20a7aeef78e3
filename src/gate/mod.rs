//! May this ship? Conditions on findings, and which finding meets them.

mod hint;
mod part;
mod tally;

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use self::part::Part;
use self::tally::{Known, Met};
use crate::error::{Error, Result};
use crate::model::{Duty, Entry, PolicyNote, Report, Status};

pub use self::hint::hints;
pub use self::tally::Tally;

/// A condition such as `overdue`, `severity>=high&new`: all its parts must hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    text: String,
    parts: Vec<Part>,
}

/// What a condition may be made of, for help and errors.
pub const CONDITIONS: &str = "open, overdue, due<=2026-12-31, due<=+14d, overdue:notify, due:assess<=+1d, \
                              severity>=high, new, reopened, unobserved, kev, epss>=0.5, kind=secret, package=GLOB, rule=GLOB, app=GLOB, tag=GLOB, owner=GLOB, rejects; joined with &";

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

    /// Counts a finding if it meets the condition, or if nobody knows whether it does.
    fn ask(&self, entry: &Entry, as_of: Timestamp, met: &mut Met) {
        if self.holds(entry, as_of) {
            met.add(entry);
        } else if status_at(entry, as_of).is_due() {
            let may_hold = |part: &Part| part.is_unknown(entry) || part.holds(entry, as_of);
            met.unknown += u64::from(self.parts.iter().all(may_hold));
        }
    }

    /// Refuses a report that cannot answer it at a time: what nobody knows must not pass for a good answer.
    pub fn answerable(&self, report: &Report, as_of: Timestamp) -> Result<()> {
        let mut known = Known::default();
        known.add(&report.entries);
        let mut met = Met::default();
        for entry in &report.entries {
            self.ask(entry, as_of, &mut met);
        }
        self.answerable_by(&known, &met, &report.policies, as_of)
    }

    fn answerable_by(
        &self,
        known: &Known,
        met: &Met,
        policies: &[PolicyNote],
        as_of: Timestamp,
    ) -> Result<()> {
        let asks = |wanted: fn(&Part) -> bool| self.parts.iter().any(wanted);
        let refuse = |what: &str, hint: &str| {
            let message = format!("{what}, and `{}` cannot be told", self.text);
            Err(Error::usage(message).hint(hint))
        };
        let mut duties = self.parts.iter().filter_map(|part| match part {
            Part::Overdue(duty) | Part::DueBy(duty, _) => Some(*duty),
            _ => None,
        });
        let undated = |duty: &Duty| known.entries > 0 && !known.dated.contains_key(duty);
        if let Some(duty) = duties.find(undated) {
            if policies.is_empty() {
                let what = "no policy was applied, so nothing has a due date";
                return refuse(what, "merge or rescore with `--policy`");
            }
            let duty = duty.name();
            let what = format!("no policy that was applied is in force and sets a date to {duty}");
            let others = known.dated.keys().map(|other| other.name());
            let hint = match others
                .map(|other| format!("`overdue:{other}`"))
                .collect::<Vec<_>>()
            {
                none if none.is_empty() => "merge or rescore with `--policy`".to_owned(),
                others => format!(
                    "dates stand in the report for {}; or merge or rescore with a `--policy` that sets one",
                    others.join(", ")
                ),
            };
            return refuse(&what, &hint);
        }
        if asks(|part| *part == Part::Kev) && known.listable > 0 && known.kev == 0 {
            return refuse("no KEV catalogue was read", "merge with `--kev FILE`");
        }
        if asks(|part| matches!(part, Part::Epss(_))) && known.listable > 0 && known.epss == 0 {
            return refuse("no EPSS file was read", "merge with `--epss FILE`");
        }
        if met.findings > 0 {
            // One that meets it is an answer, whatever is not known of others.
            return Ok(());
        }
        if met.unknown > 0 {
            let what = match met.unknown {
                1 => "nobody looked up 1 finding that it may hold for".to_owned(),
                more => format!("nobody looked up {more} findings that it may hold for"),
            };
            let hint =
                "merge all of it with `--kev FILE` or `--epss FILE`: whole files, and not too old";
            return refuse(&what, hint);
        }
        if asks(Part::is_judgement)
            && let Some((policy, begins)) = changed(policies, as_of)
        {
            let name = policy.name.untrusted();
            let what = format!("another version of policy `{name}` is in force since {begins}");
            return refuse(
                &what,
                "`scanfold rescore` it with the policy at that time first",
            );
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

/// A policy of which another version has begun since the report was made, and when.
fn changed(policies: &[PolicyNote], as_of: Timestamp) -> Option<(&PolicyNote, Timestamp)> {
    let begun = policies.iter().filter_map(|note| Some((note, note.next?)));
    begun
        .filter(|(_, begins)| *begins <= as_of)
        .min_by_key(|(_, begins)| *begins)
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
            .in_order()
            .filter(|entry| condition.holds(entry, as_of))
            .collect();
        let holds = !entries.is_empty() || condition.holds_of_inputs(rejected);
        holds.then_some(Match { condition, entries })
    });
    matches.collect()
}

#[cfg(test)]
mod tests;
