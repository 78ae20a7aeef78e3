//! The calendar of a policy: when a term that starts at some instant ends, in its time zone and around its holidays.

mod steps;

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Span as CalendarSpan, Timestamp};

use self::steps::{Sort, Steps};
use super::term::{Limit, Span, Unit};
use crate::model::By;

/// The days of a week as policies write them, Monday first.
pub(super) const WEEKDAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// Which of two dates `90 days or next maintenance` means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Maintenance {
    /// The earlier one.
    #[default]
    Earlier,
    /// The later one.
    Later,
}

/// A time zone, a work week, holidays and planned maintenance.
#[derive(Clone, Debug, PartialEq)]
pub struct Calendar {
    zone: TimeZone,
    zone_name: String,
    /// The days on which people work; never empty.
    work_week: BTreeSet<i8>,
    /// Days of the work week on which people do not work.
    pub holidays: BTreeSet<Date>,
    /// Planned maintenance.
    pub maintenance_dates: BTreeSet<Date>,
    /// What `or next maintenance` means.
    pub maintenance: Maintenance,
}

impl Default for Calendar {
    /// UTC, Monday to Friday, no holidays, no planned maintenance.
    fn default() -> Self {
        Self {
            zone: TimeZone::UTC,
            zone_name: "UTC".to_owned(),
            work_week: (1..=5).collect(),
            holidays: BTreeSet::new(),
            maintenance_dates: BTreeSet::new(),
            maintenance: Maintenance::default(),
        }
    }
}

/// The end of a term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// The first instant after it.
    pub ends: Timestamp,
    /// How people say it.
    pub by: By,
    /// The steps that a reader could not guess.
    pub steps: Vec<String>,
}

impl Calendar {
    /// Changes the time zone to one of the IANA database that is built in, so that dates do not depend on the machine.
    /// `false` when there is no such zone.
    pub fn set_zone(&mut self, name: &str) -> bool {
        let zone = match name {
            "UTC" => Some(TimeZone::UTC),
            _ => TimeZoneDatabase::bundled().get(name).ok(),
        };
        // `Etc/Unknown` is a name, but no place has it.
        let zone = zone.filter(|zone| !zone.is_unknown());
        let Some(zone) = zone else {
            return false;
        };
        name.clone_into(&mut self.zone_name);
        self.zone = zone;
        true
    }

    /// Changes the work week. An empty one is refused: no business day would ever come.
    pub fn set_work_week(&mut self, days: impl IntoIterator<Item = Weekday>) -> bool {
        let days: BTreeSet<i8> = days
            .into_iter()
            .map(Weekday::to_monday_one_offset)
            .collect();
        if days.is_empty() {
            return false;
        }
        self.work_week = days;
        true
    }

    /// The days on which people work: Monday is 1. Never empty.
    pub fn work_week(&self) -> &BTreeSet<i8> {
        &self.work_week
    }

    /// The name of the time zone.
    pub fn zone_name(&self) -> &str {
        &self.zone_name
    }

    /// The local day of an instant.
    pub fn day(&self, at: Timestamp) -> Date {
        at.to_zoned(self.zone.clone()).date()
    }

    /// The first instant after a local day: where the next one starts, also when the clocks change at midnight.
    pub fn end_of_day(&self, day: Date) -> Timestamp {
        let next = day.tomorrow().ok();
        let start = next.and_then(|next| next.to_zoned(self.zone.clone()).ok());
        start
            .and_then(|start| start.start_of_day().ok())
            .map_or(Timestamp::MAX, |start| start.timestamp())
    }

    /// Whether people work on a day.
    pub fn is_business_day(&self, day: Date) -> bool {
        self.work_week
            .contains(&day.weekday().to_monday_one_offset())
            && !self.holidays.contains(&day)
    }

    /// The end of a term that starts at `start`; `None` when the term is no date.
    pub fn end(&self, limit: Limit, start: Timestamp) -> Option<End> {
        match limit {
            Limit::None => None,
            // Whoever knows the catalogue's date does not ask here.
            Limit::Span(span) | Limit::KevDueOr(span) => Some(self.end_of_span(span, start)),
            Limit::SpanOrMaintenance(span) => {
                Some(self.with_maintenance(self.end_of_span(span, start), start))
            }
        }
    }

    fn end_of_span(&self, Span { count, unit }: Span, start: Timestamp) -> End {
        let mut steps = Vec::new();
        if unit == Unit::Hours {
            let hours = SignedDuration::from_hours(i64::from(count));
            let ends = start.checked_add(hours).unwrap_or(Timestamp::MAX);
            let by = By::Time(ends);
            return End { ends, by, steps };
        }
        let first = self.day(start);
        // A count is at most a century (`Unit::limit`), which fits these spans; a sum past the year 9999 stops there.
        let count = i64::from(count);
        let day = match unit {
            Unit::Hours | Unit::Days => first.checked_add(CalendarSpan::new().days(count)),
            Unit::Weeks => first.checked_add(CalendarSpan::new().weeks(count)),
            Unit::Months => first.checked_add(CalendarSpan::new().months(count)),
            Unit::BusinessDays => Ok(self.business_days_after(first, count, &mut steps)),
        };
        let day = day.unwrap_or(Date::MAX);
        if unit == Unit::Months && day.day() < first.day() {
            steps.push(format!("the month ends on {day}"));
        }
        self.end_on(day, steps)
    }

    fn end_on(&self, day: Date, mut steps: Vec<String>) -> End {
        if self.zone_name != "UTC" {
            steps.push(format!("days of {}", self.zone_name));
        }
        End {
            ends: self.end_of_day(day),
            by: By::Day(day),
            steps,
        }
    }

    /// The day of receipt does not count; with a count of 0 it is the first business day from it on.
    fn business_days_after(&self, first: Date, count: i64, steps: &mut Vec<String>) -> Date {
        let (mut day, mut left) = (first, count);
        let mut walk = Steps::new(first);
        loop {
            let works = self.is_business_day(day);
            if day != first || count == 0 {
                let sort = match works {
                    true => Sort::Counted,
                    false if self.holidays.contains(&day) => Sort::Holiday,
                    false => Sort::Off,
                };
                walk.walk(day, sort);
                left -= i64::from(works);
            }
            if works && left <= 0 {
                break;
            }
            match day.tomorrow() {
                Ok(next) => day = next,
                Err(_) => break,
            }
        }
        steps.extend(walk.told());
        day
    }

    /// The next maintenance is the first planned one after the day of the start.
    fn with_maintenance(&self, end: End, start: Timestamp) -> End {
        use std::ops::Bound::{Excluded, Unbounded};
        let first = self.day(start);
        let next = self
            .maintenance_dates
            .range((Excluded(first), Unbounded))
            .next();
        let Some(&next) = next else {
            let mut end = end;
            end.steps
                .push(format!("no maintenance is planned after {first}"));
            return end;
        };
        let planned = self.end_on(next, Vec::new());
        let (takes_planned, word) = match self.maintenance {
            Maintenance::Earlier => (planned.ends < end.ends, "earlier"),
            Maintenance::Later => (planned.ends > end.ends, "later"),
        };
        let step = if takes_planned {
            format!(
                "the next maintenance on {next} is {word} than {by}",
                by = end.by
            )
        } else {
            format!("the next maintenance on {next} is not {word}")
        };
        let mut chosen = if takes_planned { planned } else { end };
        chosen.steps.insert(0, step);
        chosen
    }
}
