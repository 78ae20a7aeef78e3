//! Terms: how long somebody has, in the words of a policy.

use std::fmt;
use std::str::FromStr;

use crate::model::Text;

/// What a term counts in. Weeks stay weeks, so that a reader finds the policy's own words again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Exact hours from the start.
    Hours,
    /// Calendar days.
    Days,
    /// Calendar weeks of seven days.
    Weeks,
    /// Calendar months; a month that is too short ends on its last day.
    Months,
    /// Days of the work week that are no holidays.
    BusinessDays,
}

impl Unit {
    const WORDS: [(&'static str, &'static str, Self); 5] = [
        ("hour", "hours", Self::Hours),
        ("day", "days", Self::Days),
        ("week", "weeks", Self::Weeks),
        ("month", "months", Self::Months),
        ("business day", "business days", Self::BusinessDays),
    ];

    /// The most that may be written: a century, so that no sum leaves the calendar by mistake.
    const fn limit(self) -> u32 {
        match self {
            Self::Hours => 876_600,
            Self::Days => 36_525,
            Self::Weeks => 5_217,
            Self::Months => 1_200,
            Self::BusinessDays => 26_000,
        }
    }

    /// About how many hours one is, to compare terms without a start.
    const fn hours(self) -> u64 {
        match self {
            Self::Hours => 1,
            Self::Days => 24,
            Self::Weeks => 7 * 24,
            Self::Months => 30 * 24,
            Self::BusinessDays => 34,
        }
    }
}

/// A number of units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// How many.
    pub count: u32,
    /// Of what.
    pub unit: Unit,
}

/// How long somebody has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Limit {
    /// So long.
    Span(Span),
    /// So long, or until the next planned maintenance; the calendar says which of the two.
    SpanOrMaintenance(Span),
    /// The date that the KEV catalogue names for it, or so long where it names none.
    KevDueOr(Span),
    /// The policy names no date, on purpose.
    None,
}

/// A limit with the words in which the policy writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// What it means.
    pub limit: Limit,
    /// How it is written.
    pub words: Text,
}

impl Term {
    /// About how many hours, to find terms that are in the wrong order; `None` for no date.
    pub fn about_hours(&self) -> Option<u64> {
        match self.limit {
            Limit::Span(span) | Limit::SpanOrMaintenance(span) | Limit::KevDueOr(span) => {
                Some(u64::from(span.count) * span.unit.hours())
            }
            Limit::None => None,
        }
    }
}

/// What is wrong with a term, and what would be right.
#[derive(Debug, PartialEq, Eq)]
pub struct TermError(String);

impl fmt::Display for TermError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Term {
    type Err = TermError;

    /// Reads `72 hours`, `7 days`, `4 weeks`, `1 month`, `2 business days`, `same day`, `none`, and each of them but
    /// `none` followed by `or next maintenance` or after `kev due date or`.
    fn from_str(written: &str) -> Result<Self, TermError> {
        let words: Vec<&str> = written.split_ascii_whitespace().collect();
        let plain = words.join(" ");
        let limit = if let Some(before) = plain.strip_suffix(" or next maintenance") {
            Limit::SpanOrMaintenance(span(written, before)?)
        } else if let Some(after) = plain.strip_prefix("kev due date or ") {
            Limit::KevDueOr(span(written, after)?)
        } else if plain == "none" {
            Limit::None
        } else {
            Limit::Span(span(written, &plain)?)
        };
        let words = Text::line(&plain);
        Ok(Self { limit, words })
    }
}

fn span(written: &str, words: &str) -> Result<Span, TermError> {
    if words == "same day" {
        let unit = Unit::Days;
        return Ok(Span { count: 0, unit });
    }
    let unreadable = || {
        TermError(format!(
            "`{written}` is no term: write `72 hours`, `7 days`, `4 weeks`, `1 month`, `2 business days`, `same day`, \
             `90 days or next maintenance`, `kev due date or 2 weeks` or `none`"
        ))
    };
    let (count, unit) = words.split_once(' ').ok_or_else(unreadable)?;
    if count.is_empty() || !count.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(unreadable());
    }
    let (_, plural, unit) = Unit::WORDS
        .into_iter()
        .find(|&(one, many, _)| unit == one || unit == many)
        .ok_or_else(unreadable)?;
    match count.parse() {
        Ok(count) if count <= unit.limit() => Ok(Span { count, unit }),
        _ => Err(TermError(format!(
            "`{written}` is too long: at most {} {plural}",
            unit.limit()
        ))),
    }
}
