//! May this ship? Conditions on findings, and which finding meets them.

use std::str::FromStr;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::error::{Error, Result};
use crate::model::{Baseline, By, Entry, Report, Severity, Status};

/// A condition such as `overdue`, `severity>=high&new`: all its parts must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    text: String,
    tests: Vec<Test>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Test {
    Open,
    Overdue,
    DueBy(Limit),
    Severity(Comparison, Severity),
    New,
    Unobserved,
    Rejects,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    AtLeast,
    Exactly,
    AtMost,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Limit {
    Day(Date),
    /// Days from as-of.
    In(i64),
}

/// What a condition may be made of, for help and errors.
pub const CONDITIONS: &str = "open, overdue, due<=2026-12-31, due<=+14d, severity>=high, new, unobserved, rejects; joined with &";

impl FromStr for Condition {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let tests = text.split('&').map(|part| test(part.trim()));
        let tests = tests
            .collect::<Result<Vec<_>>>()
            .map_err(|error| error.at(format!("condition `{text}`")))?;
        if tests.len() > 1 && tests.contains(&Test::Rejects) {
            let error = Error::usage(
                "`rejects` is about inputs and cannot be joined with conditions on findings",
            );
            return Err(error
                .at(format!("condition `{text}`"))
                .hint("give it as a condition of its own"));
        }
        Ok(Self {
            text: text.to_owned(),
            tests,
        })
    }
}

fn test(part: &str) -> Result<Test> {
    let wrong = |what: &str| {
        Error::usage(format!("{what} `{part}`")).hint(format!("conditions are {CONDITIONS}"))
    };
    match part {
        "open" => return Ok(Test::Open),
        "overdue" => return Ok(Test::Overdue),
        "new" => return Ok(Test::New),
        "unobserved" => return Ok(Test::Unobserved),
        "rejects" => return Ok(Test::Rejects),
        _ => {}
    }
    if let Some(limit) = part.strip_prefix("due<=") {
        let days = limit
            .strip_prefix('+')
            .and_then(|days| days.strip_suffix('d'))
            .map(str::parse::<u16>);
        return match (days, limit.parse::<Date>()) {
            (Some(Ok(days)), _) => Ok(Test::DueBy(Limit::In(days.into()))),
            (None, Ok(date)) => Ok(Test::DueBy(Limit::Day(date))),
            _ => Err(wrong(
                "expected a date (`2026-12-31`) or days from now (`+14d`) in",
            )),
        };
    }
    let comparisons = [
        (">=", Comparison::AtLeast),
        ("<=", Comparison::AtMost),
        ("=", Comparison::Exactly),
    ];
    if let Some(rest) = part.strip_prefix("severity") {
        for (sign, comparison) in comparisons {
            if let Some(level) = rest.strip_prefix(sign) {
                let level = level.parse().map_err(|()| wrong("no such severity in"))?;
                return Ok(Test::Severity(comparison, level));
            }
        }
    }
    Err(wrong("cannot understand"))
}

impl Condition {
    /// Whether it asks for due dates.
    pub fn needs_dates(&self) -> bool {
        self.tests
            .iter()
            .any(|test| matches!(test, Test::Overdue | Test::DueBy(_)))
    }

    /// As the user wrote it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a finding meets it. What is suppressed or fixed meets none.
    pub fn holds(&self, entry: &Entry, as_of: Timestamp) -> bool {
        entry.assessment.status.is_due() && self.tests.iter().all(|test| test.holds(entry, as_of))
    }

    /// Whether it is about inputs, not findings, and holds.
    fn holds_of_inputs(&self, report: &Report) -> bool {
        self.tests == [Test::Rejects] && report.ledger().rejected > 0
    }
}

impl Test {
    fn holds(&self, entry: &Entry, as_of: Timestamp) -> bool {
        let Entry {
            finding,
            assessment,
            ..
        } = entry;
        match self {
            Self::Open => true,
            Self::Overdue => assessment.overdue(as_of),
            Self::DueBy(limit) => assessment
                .due()
                .is_some_and(|due| due_by(due.by, limit, as_of)),
            Self::Severity(comparison, level) => match comparison {
                Comparison::AtLeast => assessment.severity >= *level,
                Comparison::Exactly => assessment.severity == *level,
                Comparison::AtMost => assessment.severity <= *level,
            },
            // Without a baseline nothing is known from before.
            Self::New => finding.baseline.is_none_or(|state| state == Baseline::New),
            Self::Unobserved => assessment.status == Status::Unobserved,
            Self::Rejects => false,
        }
    }
}

/// Whether something is due on that day, or earlier. Days from as-of count from its date in UTC.
fn due_by(by: By, limit: &Limit, as_of: Timestamp) -> bool {
    let day = |time: Timestamp| time.to_zoned(jiff::tz::TimeZone::UTC).date();
    let limit = match limit {
        Limit::Day(date) => *date,
        // Beyond the last date of the calendar there is no limit.
        Limit::In(days) => day(as_of)
            .checked_add(SignedDuration::from_hours(24 * days))
            .unwrap_or(Date::MAX),
    };
    match by {
        By::Day(date) => date <= limit,
        By::Time(time) => day(time) <= limit,
    }
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
        format!("{}: {number} {noun}{plural}", self.condition.text)
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

#[cfg(test)]
mod tests;
