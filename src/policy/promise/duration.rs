//! Compares terms in the worst case: the policy's at its longest, the page's at its shortest.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Span as CalendarSpan;
use jiff::civil::{Date, date};

use crate::policy::{Calendar, Span, Unit};

/// Compares terms under a calendar.
pub(in crate::policy) struct Comparison<'a> {
    calendar: &'a Calendar,
    /// The days on which people work by the page, Monday is 1.
    week: BTreeSet<i8>,
    months: BTreeMap<u32, (u64, u64)>,
}

impl<'a> Comparison<'a> {
    /// A comparison; without a work week on the page it is Monday to Friday, as readers take it.
    pub(in crate::policy) fn new(calendar: &'a Calendar, week: Option<BTreeSet<i8>>) -> Self {
        Self {
            calendar,
            week: week.unwrap_or_else(|| (1..=5).collect()),
            months: BTreeMap::new(),
        }
    }

    /// Whether the policy's term always ends no later than the page's. The error is what a reader could not guess, if
    /// there is anything.
    pub(in crate::policy) fn keeps(
        &mut self,
        policy: Span,
        page: Span,
    ) -> Result<(), Option<String>> {
        if policy.unit == page.unit {
            let same_days =
                policy.unit != Unit::BusinessDays || self.week.is_subset(self.calendar.work_week());
            if same_days && policy.count <= page.count {
                return Ok(());
            }
            if same_days {
                return Err(None);
            }
        }
        match (policy.unit, page.unit) {
            (Unit::Hours, _) => {
                let least = self.shortest(page) * 24;
                let kept = u64::from(policy.count) <= least;
                if kept { Ok(()) } else { Err(self.least(page)) }
            }
            (_, Unit::Hours) => {
                // A day of 25 hours comes where clocks change.
                let change = u64::from(self.calendar.zone_name() != "UTC");
                let most = (self.longest(policy) + 1) * 24 + change;
                let note = format!("which ends with the local day and can take {most} hours");
                if most <= u64::from(page.count) {
                    Ok(())
                } else {
                    Err(Some(note))
                }
            }
            _ => {
                let (longest, shortest) = (self.longest(policy), self.shortest(page));
                if longest <= shortest {
                    return Ok(());
                }
                let own = matches!(policy.unit, Unit::BusinessDays | Unit::Months)
                    .then(|| format!("which can take {}", days(longest)));
                Err(own.or_else(|| self.least(page)))
            }
        }
    }

    fn least(&mut self, page: Span) -> Option<String> {
        let varies = matches!(page.unit, Unit::BusinessDays | Unit::Months);
        varies.then(|| {
            format!(
                "and the page's term can end after {}",
                days(self.shortest(page))
            )
        })
    }

    fn longest(&mut self, span: Span) -> u64 {
        match span.unit {
            Unit::Months => self.months(span.count).1,
            Unit::BusinessDays => self.with_holidays(span.count),
            _ => fixed(span),
        }
    }

    fn shortest(&mut self, span: Span) -> u64 {
        match span.unit {
            Unit::Months => self.months(span.count).0,
            Unit::BusinessDays => business_days(span.count, &self.week).0,
            _ => fixed(span),
        }
    }

    /// The shortest and longest that so many months can be: one month is 28 to 31 days.
    fn months(&mut self, count: u32) -> (u64, u64) {
        *self.months.entry(count).or_insert_with(|| {
            let length = |start: Date| {
                let end =
                    start.checked_add(CalendarSpan::new().months(i64::from(count.min(12_000))));
                let hours = end.unwrap_or(Date::MAX).duration_since(start).as_hours();
                u64::try_from(hours / 24).unwrap_or(0)
            };
            // Four years from a leap year on hold every order of months.
            let lengths = date(2024, 1, 1)
                .series(CalendarSpan::new().days(1))
                .take(4 * 365 + 1)
                .map(length);
            lengths.fold((u64::MAX, 0), |(low, high), days| {
                (low.min(days), high.max(days))
            })
        })
    }

    /// The longest that so many business days can be with the policy's holidays: as many more as lie in any such time.
    fn with_holidays(&self, count: u32) -> u64 {
        let holidays: Vec<Date> = self.calendar.holidays.iter().copied().collect();
        let mut extra = 0;
        loop {
            let days = business_days(count.saturating_add(extra), self.calendar.work_week()).1;
            let within = |first: usize| {
                let inside = holidays.iter().skip(first).take_while(|&&day| {
                    let from = holidays.get(first).copied().unwrap_or(day);
                    let away = day.duration_since(from).as_hours() / 24;
                    u64::try_from(away).unwrap_or(u64::MAX) <= days
                });
                u32::try_from(inside.count()).unwrap_or(u32::MAX)
            };
            let most = (0..holidays.len()).map(within).max().unwrap_or(0);
            if most <= extra {
                return days;
            }
            extra = most;
        }
    }
}

fn fixed(span: Span) -> u64 {
    u64::from(span.count) * if span.unit == Unit::Weeks { 7 } else { 1 }
}

/// `1 day`, `31 days`.
fn days(count: u64) -> String {
    format!(
        "{count} calendar {}",
        if count == 1 { "day" } else { "days" }
    )
}

/// The fewest and most calendar days that so many business days are, over the days of the week on which they start.
fn business_days(count: u32, week: &BTreeSet<i8>) -> (u64, u64) {
    let in_week = u32::try_from(week.len()).unwrap_or(7).max(1);
    let works = |start: i8, days: u64| {
        let day = (i64::from(start) - 1 + i64::try_from(days % 7).unwrap_or(0)) % 7 + 1;
        i8::try_from(day).is_ok_and(|day| week.contains(&day))
    };
    let whole = count.saturating_sub(1) / in_week;
    let length = |start: i8| {
        let mut left = count - whole * in_week;
        // The first business day from the start on, or the next ones behind it.
        let mut days = u64::from(left > 0);
        loop {
            if works(start, days) {
                left = left.saturating_sub(1);
                if left == 0 {
                    return u64::from(whole) * 7 + days;
                }
            }
            if days > 14 {
                return u64::from(whole) * 7 + days;
            }
            days += 1;
        }
    };
    let lengths = (1..=7).map(length);
    lengths.fold((u64::MAX, 0), |(low, high), days| {
        (low.min(days), high.max(days))
    })
}
