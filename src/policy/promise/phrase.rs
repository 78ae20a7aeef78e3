//! The words in which a promise is written: lengths, days, events, levels.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::model::{Fact, Severity};
use crate::policy::condition::When;
use crate::policy::rule::Source;
use crate::policy::{Span, Start, Unit};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
/// The plain words of a rule that asks for nothing but one source and levels.
pub(super) fn source(when: &When) -> Option<&'static str> {
    if when.is_narrow() {
        return None;
    }
    match when.source.as_deref()? {
        [Source::BugBounty] => Some("from our bug bounty programme"),
        [Source::Customer] => Some("from a customer"),
        [Source::Researcher] => Some("from a researcher"),
        _ => None,
    }
}

/// A level before a noun.
pub(super) const fn level_word(level: Severity) -> &'static str {
    match level {
        Severity::Info => "informational",
        rated => rated.name(),
    }
}

/// Whether a span is over with its first day.
pub(super) fn is_same_day(span: Span) -> bool {
    span.count == 0 && matches!(span.unit, Unit::Days | Unit::BusinessDays)
}

/// `14 days`, `same business day`
pub(super) fn length(span: Span) -> String {
    let (one, many) = match span.unit {
        Unit::Hours => ("hour", "hours"),
        Unit::Days => ("day", "days"),
        Unit::Weeks => ("week", "weeks"),
        Unit::Months => ("month", "months"),
        Unit::BusinessDays => ("business day", "business days"),
    };
    match span.count {
        0 if is_same_day(span) => format!("same {one}"),
        1 => format!("1 {one}"),
        count => format!("{count} {many}"),
    }
}

/// What happens on the day that starts a clock.
pub(super) const fn event(start: Start) -> &'static str {
    match start {
        Start::FirstSeen => "we first see it",
        Start::Event(Fact::Reported) => "it is reported to us",
        Start::Event(Fact::Triaged) => "we confirm it",
        Start::Event(Fact::Published) => "it is published",
        Start::Event(Fact::FixAvailable) => "a fix becomes available",
        Start::Event(Fact::KevAdded) => "it is listed as exploited",
        Start::Event(Fact::Aware) => "we become aware of an incident",
    }
}

/// `Monday to Friday`, `Sunday to Thursday`, or the days one by one.
pub(super) fn week(days: &BTreeSet<i8>) -> String {
    let name = |day: i8| {
        let place = usize::try_from((day - 1).rem_euclid(7)).unwrap_or(0);
        WEEKDAYS.get(place).copied().unwrap_or_default()
    };
    // A week that is one run of days has one day before which nobody works, and one behind.
    let works = |day: i8| days.contains(&((day - 1).rem_euclid(7) + 1));
    let firsts: Vec<i8> = (1..=7)
        .filter(|&day| works(day) && !works(day - 1))
        .collect();
    let last = (1..=7).find(|&day| works(day) && !works(day + 1));
    match (firsts.as_slice(), last) {
        ([first], Some(last)) if days.len() > 2 => format!("{} to {}", name(*first), name(last)),
        _ => {
            let names: Vec<String> = days.iter().map(|&day| name(day).to_owned()).collect();
            list(&names)
        }
    }
}

/// `22 June 2026`
pub(super) fn date(day: Date) -> String {
    let month = usize::try_from(day.month())
        .ok()
        .and_then(|month| MONTHS.get(month - 1));
    format!(
        "{} {} {}",
        day.day(),
        month.copied().unwrap_or_default(),
        day.year()
    )
}

/// `a, b and c`
pub(super) fn list(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// With a capital letter.
pub(super) fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
