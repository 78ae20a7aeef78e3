//! What a policy allows that an older one did not, and where it is stricter.

mod calendar;
mod rules;
mod tables;

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::length::{Direction, Length};
use super::{Problem, entry_spot, warning};
use crate::model::{Duty, Severity};
use crate::policy::{Edition, Entry, LEVELS, Policy, Start};
use crate::table::Spot;

/// One difference between two policies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// Which way it moves dates and severities.
    pub direction: Direction,
    /// What it is, and where: in the new policy, or in the old one for what is gone.
    pub problem: Problem,
}

impl Difference {
    /// Whether a date can become later by it, or a severity lower.
    pub fn is_loosening(&self) -> bool {
        matches!(self.direction, Direction::Loosens | Direction::MayLoosen)
    }

    /// How people say which way it goes.
    pub fn word(&self) -> &'static str {
        match self.direction {
            Direction::Loosens => "loosens",
            Direction::MayLoosen => "may loosen",
            Direction::Tightens => "tightens",
            Direction::Same => "moves no date",
        }
    }
}

/// The differences so far.
struct Told(Vec<Difference>);

impl Told {
    fn add(&mut self, direction: Direction, spot: Option<Spot>, message: String) {
        let problem = warning(spot, message);
        self.0.push(Difference { direction, problem });
    }
}

/// Where a policy differs from an older one, loosenings first. The first of each list is compared, and whoever stands
/// beside them by name.
pub fn compare(new: &[Policy], old: &[Policy]) -> Vec<Difference> {
    let mut told = Told(Vec::new());
    if let (Some(new), Some(old)) = (new.first(), old.first()) {
        pair(new, old, &mut told);
    }
    let beside =
        |policies: &'_ [Policy]| -> Vec<Policy> { policies.iter().skip(1).cloned().collect() };
    let (now, before) = (beside(new), beside(old));
    let place = |policies: &[Policy], name: &Policy| {
        let first = policies.first()?;
        let mut named = first.beside.iter();
        let named = named.find(|other| other.name == name.note.name);
        let key = || first.beside.first();
        named.or_else(key).map(|other| other.spot.clone())
    };
    for member in &before {
        let name = member.note.name.untrusted();
        match now.iter().find(|other| other.note.name == member.note.name) {
            Some(same) => pair(same, member, &mut told),
            None => told.add(
                Direction::Loosens,
                place(old, member),
                format!("`strictest-of` has no `{name}` any more, and its dates no longer count"),
            ),
        }
    }
    for member in &now {
        let name = member.note.name.untrusted();
        if before
            .iter()
            .all(|other| other.note.name != member.note.name)
        {
            let message = format!("`strictest-of` has `{name}`, which is new");
            told.add(Direction::Tightens, place(new, member), message);
        }
    }
    let mut told = told.0;
    told.sort();
    told.dedup();
    told
}

fn pair(new: &Policy, old: &Policy, told: &mut Told) {
    let spot = |policy: &Policy, key: &str| policy.places.get(key).cloned();
    match (&new.loosening, &old.loosening) {
        (Some(_), None) => {
            let message = "`allow-loosening` lets promised dates become later".to_owned();
            told.add(Direction::Loosens, spot(new, "allow-loosening"), message);
        }
        (None, Some(_)) => {
            let message = "`allow-loosening` is gone, and promised dates stay".to_owned();
            told.add(Direction::Tightens, spot(old, "allow-loosening"), message);
        }
        _ => {}
    }
    calendar::compare(new, old, told);
    tables::compare(new, old, told);
    versions(new, old, told);
}

/// Compares what is in force on each day on which anything changes.
fn versions(new: &Policy, old: &Policy, told: &mut Told) {
    let mut days: BTreeSet<Date> = [Date::MIN].into();
    for policy in [new, old] {
        let editions = policy.editions.iter();
        let dates = editions.map(|edition| (edition.effective, edition.until));
        for (from, until) in dates.chain([(policy.effective, policy.until)]) {
            days.extend(from);
            days.extend(until.and_then(|until| until.tomorrow().ok()));
        }
    }
    for &day in &days {
        match (on(new, day), on(old, day)) {
            (Some(now), Some(before)) => edition((new, now), (old, before), told),
            (None, Some(_)) => {
                let key = |key: &str| {
                    let mut own = new.editions.iter().rev();
                    let own = own.find_map(|edition| edition.places.get(key));
                    own.or(new.places.get(key)).cloned()
                };
                let is_over = new.until.is_some_and(|until| until < day)
                    || new
                        .editions
                        .iter()
                        .any(|edition| edition.until.is_some_and(|until| until < day));
                let message = if is_over {
                    format!("`until` ends it: nothing is in force on {day}, when the older one is")
                } else {
                    let until = days.range(day..).nth(1);
                    let until =
                        until.map_or_else(|| "then on".to_owned(), |day| format!("before {day}"));
                    format!(
                        "`effective` is later: nothing is in force {until}, when the older one is"
                    )
                };
                let place = key(if is_over { "until" } else { "effective" });
                told.add(Direction::Loosens, place, message);
            }
            (Some(_), None) => {
                let message = format!("it is in force on {day}, when the older one is not");
                told.add(Direction::Tightens, None, message);
            }
            (None, None) => {}
        }
    }
}

/// The version of a day, as [`Policy::in_force`] finds it.
fn on(policy: &Policy, day: Date) -> Option<&Edition> {
    if policy.effective.is_some_and(|from| day < from) {
        return None;
    }
    let begun = |edition: &&Edition| edition.effective.is_none_or(|from| from <= day);
    let edition = policy.editions.iter().rev().find(begun)?;
    let mut ends = [policy.until, edition.until].into_iter().flatten();
    ends.all(|until| day <= until).then_some(edition)
}

/// A version with the policy that it is of.
type Version<'a> = (&'a Policy, &'a Edition);

fn edition(new: Version<'_>, old: Version<'_>, told: &mut Told) {
    terms(new, old, told);
    starts(new, old, told);
    unrated(new, old, told);
    rules::compare(new, old, told);
}

/// `2 business days`, or that there is no term.
fn words(entry: Option<&Entry>) -> &str {
    entry.map_or("no term", |entry| entry.term.words.untrusted())
}

/// ` (old.toml:14)`
fn before(spot: Option<&Spot>) -> String {
    spot.map(|spot| format!(" ({})", spot.words().untrusted()))
        .unwrap_or_default()
}

fn terms((new, now): Version<'_>, (old, then): Version<'_>, told: &mut Told) {
    for duty in Duty::ALL {
        for level in LEVELS {
            let (own, other) = (
                now.terms.get(&(duty, level)),
                then.terms.get(&(duty, level)),
            );
            let length =
                |entry: Option<&Entry>, policy| Length::of(entry.map(|entry| &entry.term), policy);
            // Each calendar is compared by itself.
            let direction = length(own, &new.calendar).since(length(other, &old.calendar));
            if words(own) == words(other) || direction == Direction::Same {
                continue;
            }
            let was = other.map(entry_spot);
            let message = format!(
                "`{}.{level}` is {}, and was {}{}",
                duty.name(),
                words(own),
                words(other),
                before(was.as_ref())
            );
            told.add(direction, own.map(entry_spot).or(was), message);
        }
    }
}

fn starts((new, now): Version<'_>, (_, then): Version<'_>, told: &mut Told) {
    for duty in Duty::ALL {
        let has_terms = |edition: &Edition| {
            let rules = edition.rules.iter();
            edition.terms.keys().any(|(known, _)| *known == duty)
                || rules
                    .into_iter()
                    .any(|rule| rule.then.terms.contains_key(&duty))
        };
        if !has_terms(now) || !has_terms(then) {
            continue;
        }
        let words = |edition: &Edition| match edition.starts_of(duty) {
            [] => Start::FirstSeen.name().to_owned(),
            starts => {
                let names: Vec<&str> = starts.iter().map(|start| start.name()).collect();
                names.join(", else ")
            }
        };
        let (own, other) = (words(now), words(then));
        if own == other {
            continue;
        }
        let spot = |edition: &Edition| {
            let own = edition.places.get(&format!("{}.start", duty.name()));
            own.or(edition.places.get("start")).cloned()
        };
        let was = spot(then);
        let message = format!(
            "the clock of `{}` starts at {own}, and started at {other}{}",
            duty.name(),
            before(was.as_ref())
        );
        let place = spot(now).or_else(|| new.places.get("effective").cloned());
        told.add(Direction::MayLoosen, place, message);
    }
}

/// The level whose terms an unrated finding takes.
fn unrated((new, now): Version<'_>, (_, then): Version<'_>, told: &mut Told) {
    let (own, other) = (now.level(Severity::Unknown), then.level(Severity::Unknown));
    if own == other {
        return;
    }
    let length = |duty, level| {
        let entry = now.terms.get(&(duty, level));
        Length::of(entry.map(|entry| &entry.term), &new.calendar)
    };
    let is_shorter = Duty::ALL
        .into_iter()
        .all(|duty| length(duty, own).ends_by(length(duty, other)));
    let direction = if own < other {
        Direction::Loosens
    } else if is_shorter && rules::is_monotone((new, now)) {
        Direction::Tightens
    } else {
        Direction::MayLoosen
    };
    let (place, was) = (now.places.get("unknown"), then.places.get("unknown"));
    let message = format!("`unknown` is {own}, and was {other}{}", before(was));
    told.add(direction, place.or(was).cloned(), message);
}
