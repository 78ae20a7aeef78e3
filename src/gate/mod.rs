//! May this ship? Conditions on findings, and which finding meets them.

mod part;

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use self::part::Part;
use crate::error::{Error, Result};
use crate::model::{About, Baseline, Duty, Entry, Exploited, Report, Status};

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
        let asks = |wanted: fn(&Part) -> bool| self.parts.iter().any(wanted);
        let mut entries = report.entries.iter();
        let refuse = |what: &str, hint: &str| {
            let message = format!("{what}, and `{}` cannot be told", self.text);
            Err(Error::usage(message).hint(hint))
        };
        if asks(|part| matches!(part, Part::Overdue | Part::DueBy(_)))
            && !report.entries.is_empty()
            && entries.all(|entry| entry.assessment.due().is_none() && !is_assessed(entry))
        {
            let what = if report.policies.is_empty() {
                "no policy was applied, so nothing has a due date"
            } else {
                "no policy that was applied is in force and says anything of a date"
            };
            return refuse(what, "merge or rescore with `--policy`");
        }
        let is_cve = |entry: &&Entry| {
            let mut ids = entry.finding.ids.iter();
            ids.any(|id| id.untrusted().starts_with("CVE-"))
        };
        let listable: Vec<&Exploited> = (report.entries.iter().filter(is_cve))
            .map(|entry| &entry.finding.history().exploited)
            .collect();
        let unread = |is_unread: fn(&&Exploited) -> bool| {
            !listable.is_empty() && listable.iter().all(is_unread)
        };
        if asks(|part| *part == Part::Kev) && unread(|exploited| exploited.kev.is_none()) {
            return refuse("no KEV catalogue was read", "merge with `--kev FILE`");
        }
        if asks(|part| matches!(part, Part::Epss(_)))
            && unread(|exploited| exploited.epss.is_none())
        {
            return refuse("no EPSS file was read", "merge with `--epss FILE`");
        }
        Ok(())
    }

    /// Whether it is about inputs, not findings, and holds.
    fn holds_of_inputs(&self, report: &Report) -> bool {
        self.parts == [Part::Rejects] && report.ledger().rejected > 0
    }
}

/// Where a finding stands at a time: what is accepted until a day is open after it.
pub fn status_at(entry: &Entry, as_of: Timestamp) -> Status {
    let assessment = &entry.assessment;
    let until = assessment.suppressed.as_ref().and_then(|one| one.until);
    let has_ended = until.is_some_and(|until| until < day(as_of));
    match (assessment.status, entry.finding.baseline) {
        (Status::Suppressed, Some(Baseline::Unobserved)) if has_ended => Status::Unobserved,
        (Status::Suppressed, _) if has_ended => Status::Open,
        (status, _) => status,
    }
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
        let (number, noun) = match self.entries.len() as u64 {
            0 => (report.ledger().rejected, "rejected record"),
            findings => (findings, "finding"),
        };
        let plural = if number == 1 { "" } else { "s" };
        let mut entries = self.entries.iter();
        let is_without_baseline = self.condition.parts.contains(&Part::New)
            && entries.all(|entry| entry.finding.baseline.is_none());
        let why = if is_without_baseline {
            "; there was no baseline, so each finding counts as new"
        } else {
            ""
        };
        format!("{}: {number} {noun}{plural}{why}", self.condition.text)
    }
}

/// The conditions that hold. None: it may ship.
pub fn check<'a>(
    conditions: &'a [Condition],
    report: &'a Report,
    as_of: Timestamp,
) -> Vec<Match<'a>> {
    let matches = conditions.iter().filter_map(|condition| {
        let entries: Vec<_> = report
            .entries
            .iter()
            .filter(|entry| condition.holds(entry, as_of))
            .collect();
        let holds = !entries.is_empty() || condition.holds_of_inputs(report);
        holds.then_some(Match { condition, entries })
    });
    matches.collect()
}

/// Whether a policy in force has a term for the fix, be it that there is none.
fn is_assessed(entry: &Entry) -> bool {
    let mut reasons = entry.assessment.why.iter();
    reasons.any(|why| why.about == About::Duty(Duty::Fix) && why.term.is_some())
}

#[cfg(test)]
mod tests;
