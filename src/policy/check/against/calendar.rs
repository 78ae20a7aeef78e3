//! How a calendar moved: each key with what it was.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{Told, before};
use crate::policy::calendar::WEEKDAYS;
use crate::policy::check::length::Direction;
use crate::policy::{Limit, Maintenance, Policy, Span, Term, Unit};
use crate::table::Spot;

/// How many days are named.
const MOST_NAMED: usize = 5;

pub(super) fn compare(new: &Policy, old: &Policy, told: &mut Told) {
    let (now, then) = (&new.calendar, &old.calendar);
    let place = |policy: &Policy, key: &str| policy.places.get(&format!("calendar.{key}")).cloned();
    let mut tell = |key: &str, direction: Direction, what: String| {
        let (own, was): (Option<Spot>, Option<Spot>) = (place(new, key), place(old, key));
        let message = format!("`calendar.{key}` {what}{}", before(was.as_ref()));
        told.add(direction, own.or(was), message);
    };
    if now.zone_name() != then.zone_name() {
        let what = format!("is {}, and was {}", now.zone_name(), then.zone_name());
        tell("timezone", Direction::MayLoosen, what);
    }
    let counts =
        |wanted: fn(Limit) -> bool| [new, old].into_iter().any(|policy| uses(policy, wanted));
    // What nothing counts in moves nothing.
    let business = counts(|limit| {
        let is_business = |span: Span| span.unit == Unit::BusinessDays;
        match limit {
            Limit::Span(span) | Limit::SpanOrMaintenance(span) | Limit::KevDueOr(span) => {
                is_business(span)
            }
            Limit::None => false,
        }
    });
    let planned = counts(|limit| matches!(limit, Limit::SpanOrMaintenance(_)));
    let if_used = |used: bool, direction| if used { direction } else { Direction::Same };
    let (week, was) = (now.work_week(), then.work_week());
    if week != was {
        let direction = if week.is_subset(was) {
            Direction::Loosens
        } else if week.is_superset(was) {
            Direction::Tightens
        } else {
            Direction::MayLoosen
        };
        let what = format!("is {}, and was {}", weekdays(week), weekdays(was));
        tell("work-week", if_used(business, direction), what);
    }
    let (added, gone) = moved(&now.holidays, &then.holidays);
    if let Some(added) = added {
        tell(
            "holidays",
            if_used(business, Direction::Loosens),
            format!("has {added}, which it had not"),
        );
    }
    if let Some(gone) = gone {
        tell(
            "holidays",
            if_used(business, Direction::Tightens),
            format!("has no {gone} any more"),
        );
    }
    let (added, gone) = moved(&now.maintenance_dates, &then.maintenance_dates);
    let is_earlier = [now, then]
        .iter()
        .all(|calendar| calendar.maintenance == Maintenance::Earlier);
    let (more, less) = if is_earlier {
        (Direction::Tightens, Direction::Loosens)
    } else {
        (Direction::MayLoosen, Direction::MayLoosen)
    };
    if let Some(added) = added {
        tell(
            "maintenance-dates",
            if_used(planned, more),
            format!("has {added}, which it had not"),
        );
    }
    if let Some(gone) = gone {
        tell(
            "maintenance-dates",
            if_used(planned, less),
            format!("has no {gone} any more"),
        );
    }
    if now.maintenance != then.maintenance {
        let has_dates = !now.maintenance_dates.is_empty() || !then.maintenance_dates.is_empty();
        let (direction, what) = match now.maintenance {
            Maintenance::Later => (Direction::Loosens, "is later, and was earlier"),
            Maintenance::Earlier => (Direction::Tightens, "is earlier, and was later"),
        };
        tell(
            "maintenance",
            if_used(planned && has_dates, direction),
            what.to_owned(),
        );
    }
}

/// Whether any term of a policy is such a one.
fn uses(policy: &Policy, wanted: fn(Limit) -> bool) -> bool {
    let is_wanted = |term: &Term| wanted(term.limit);
    policy.editions.iter().any(|edition| {
        let terms = edition.terms.values().map(|entry| &entry.term);
        let rules = edition
            .rules
            .iter()
            .flat_map(|rule| rule.then.terms.values());
        terms.chain(rules).any(is_wanted)
    })
}

/// The days that are new, and those that are gone.
fn moved(now: &BTreeSet<Date>, then: &BTreeSet<Date>) -> (Option<String>, Option<String>) {
    let words = |days: Vec<&Date>| {
        let named = days.iter().take(MOST_NAMED);
        let named: Vec<String> = named.map(ToString::to_string).collect();
        let more = match days.len().saturating_sub(MOST_NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        (!days.is_empty()).then(|| format!("{}{more}", named.join(", ")))
    };
    (
        words(now.difference(then).collect()),
        words(then.difference(now).collect()),
    )
}

/// The names of days of which Monday is 1.
fn weekdays(days: &BTreeSet<i8>) -> String {
    let worked = (1_i8..).zip(WEEKDAYS).filter(|(day, _)| days.contains(day));
    worked.map(|(_, name)| name).collect::<Vec<_>>().join(", ")
}
