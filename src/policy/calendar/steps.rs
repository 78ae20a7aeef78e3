//! The walk of a term of business days, in words: which days count, and which are skipped.

use std::fmt::Write;

use jiff::civil::{Date, Weekday};

/// The longest walk that is told day by day. A longer one is told by its numbers and its holidays.
const SHORT: usize = 14;
/// How many holidays of a longer walk are named.
const NAMED: usize = 8;

/// What a day is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// People work.
    Counted,
    /// No day of the work week.
    Off,
    /// A holiday.
    Holiday,
}

/// Days of one sort, one after another.
struct Run {
    sort: Sort,
    first: Date,
    last: Date,
    days: usize,
}

/// The walk so far. It grows with what is told of it and not with its length.
pub(super) struct Steps {
    start: Date,
    /// Those of the first days.
    runs: Vec<Run>,
    off: usize,
    holidays: usize,
    named: Vec<Date>,
    walked: usize,
}

impl Steps {
    /// A walk from the day on which the clock starts.
    pub(super) const fn new(start: Date) -> Self {
        Self {
            start,
            runs: Vec::new(),
            off: 0,
            holidays: 0,
            named: Vec::new(),
            walked: 0,
        }
    }

    /// The next day.
    pub(super) fn walk(&mut self, day: Date, sort: Sort) {
        self.walked += 1;
        match sort {
            Sort::Counted => {}
            Sort::Off => self.off += 1,
            Sort::Holiday => {
                self.holidays += 1;
                if self.named.len() < NAMED {
                    self.named.push(day);
                }
            }
        }
        if self.walked > SHORT {
            return;
        }
        match self.runs.last_mut().filter(|run| run.sort == sort) {
            Some(run) => {
                run.last = day;
                run.days += 1;
            }
            None => self.runs.push(Run {
                sort,
                first: day,
                last: day,
                days: 1,
            }),
        }
    }

    /// The walk in words, unless it skips nothing: then everybody can count it.
    pub(super) fn told(&self) -> Option<String> {
        if self.off + self.holidays == 0 {
            return None;
        }
        if self.walked > SHORT {
            return Some(self.in_numbers());
        }
        let mut words = format!("starts {}", name(self.start));
        let mut counted = 0;
        let mut before = ": ";
        for run in &self.runs {
            words.push_str(before);
            before = ", ";
            words.push_str(&name(run.first));
            if run.days > 1 {
                words.extend([" to ", &name(run.last)]);
            }
            let known = counted + 1;
            // A `String` takes whatever is written to it.
            let _ = match (run.sort, run.days) {
                (Sort::Off, _) => write!(words, " off"),
                (Sort::Holiday, 1) => write!(words, " holiday"),
                (Sort::Holiday, _) => write!(words, " holidays"),
                (Sort::Counted, 1) => write!(words, " is day {known}"),
                (Sort::Counted, days) => write!(words, " are days {known} to {}", counted + days),
            };
            if run.sort == Sort::Counted {
                counted += run.days;
            }
        }
        Some(words)
    }

    /// `skips 8 days off and 2 holidays: Fri 2026-12-25, Fri 2027-01-01`.
    fn in_numbers(&self) -> String {
        let number = |number: usize, one: &str, many: &str| match number {
            0 => None,
            1 => Some(format!("1 {one}")),
            _ => Some(format!("{number} {many}")),
        };
        let parts = [
            number(self.off, "day off", "days off"),
            number(self.holidays, "holiday", "holidays"),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let words = format!("skips {}", parts.join(" and "));
        let named: Vec<String> = self.named.iter().map(|day| name(*day)).collect();
        match self.holidays - self.named.len() {
            _ if named.is_empty() => words,
            0 => format!("{words}: {}", named.join(", ")),
            more => format!("{words}: {} and {more} more", named.join(", ")),
        }
    }
}

/// `Fri 2026-12-25`.
fn name(day: Date) -> String {
    let weekday = match day.weekday() {
        Weekday::Monday => "Mon",
        Weekday::Tuesday => "Tue",
        Weekday::Wednesday => "Wed",
        Weekday::Thursday => "Thu",
        Weekday::Friday => "Fri",
        Weekday::Saturday => "Sat",
        Weekday::Sunday => "Sun",
    };
    format!("{weekday} {day}")
}
