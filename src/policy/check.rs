//! Mistakes that a policy file can hold although it reads well.

mod against;
mod idle;
mod length;
mod scope;
mod shadow;
mod supply;
mod unrated;

use std::fmt;

use super::preset::presets;
use super::rule::Rule;
use super::{Edition, Entry, LEVELS, Limit, Policy, Term};
use crate::model::{Duty, Text};
use crate::table::{Position, Spot};

pub use against::{Difference, compare};
pub use length::Direction;

/// Something that its author should look at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where, if it is at one place.
    pub spot: Option<Spot>,
    /// What is wrong.
    pub message: String,
}

/// `12:3: rule `late` never holds`
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.spot {
            Some(spot) => write!(f, "{}: {}", spot.position, self.message),
            None => f.write_str(&self.message),
        }
    }
}

/// Levels without a term, terms in the wrong order, days without a version, and rules that never hold, change nothing or
/// contradict each other. In the order of the file.
pub fn review(policy: &Policy) -> Vec<Problem> {
    let mut problems = Vec::new();
    for edition in &policy.editions {
        missing_levels(edition, &mut problems);
        wrong_order(edition, &mut problems);
        for rule in &edition.rules {
            idle::find(rule, edition, &mut problems);
        }
        shadow::find(policy, edition, &mut problems);
        if !is_built_in(policy) {
            unrated::find(policy, edition, &mut problems);
            // Who extends a built-in policy says what its apps are like, and lists the dates.
            supply::rules(policy, edition, &mut problems);
            unplanned_maintenance(policy, edition, &mut problems);
        }
    }
    gaps(policy, &mut problems);
    twice_beside(policy, &mut problems);
    problems.sort();
    problems.dedup();
    problems
}

/// Whether it is a built-in policy, letter for letter.
fn is_built_in(policy: &Policy) -> bool {
    let named = presets()
        .iter()
        .find(|preset| preset.name == policy.note.name.untrusted());
    named.is_some_and(|preset| {
        let digest = format!("blake3:{}", blake3::hash(preset.toml.as_bytes()).to_hex());
        policy.note.digest.untrusted() == digest
    })
}

fn warning(spot: Option<Spot>, message: String) -> Problem {
    Problem { spot, message }
}

/// The place of what remembers its position, and its file as `ours.toml:14`.
fn spot(at: &Text, position: Position) -> Spot {
    let words = at.untrusted();
    let file = words.rsplit_once(':').map_or(words, |(file, _)| file);
    Spot {
        file: Text::line(file),
        position,
    }
}

fn rule_spot(rule: &Rule) -> Spot {
    spot(&rule.at, rule.position)
}

fn entry_spot(entry: &Entry) -> Spot {
    spot(&entry.at, entry.position)
}

/// `or next maintenance` without any maintenance.
fn unplanned_maintenance(policy: &Policy, edition: &Edition, problems: &mut Vec<Problem>) {
    if !policy.calendar.maintenance_dates.is_empty() {
        return;
    }
    let mut tell = |name: &str, term: &Term, spot: Spot| {
        // Who extends a built-in policy need not plan what that one only allows.
        if let Limit::SpanOrMaintenance(_) = term.limit
            && !is_theirs(&spot)
        {
            let message = format!(
                "{name} is {}, and the calendar has no `maintenance-dates`: only the time counts",
                term.words.untrusted()
            );
            problems.push(warning(Some(spot), message));
        }
    };
    for entry in edition.terms.values() {
        let name = format!("`{}`", entry.label.untrusted());
        tell(&name, &entry.term, entry_spot(entry));
    }
    for rule in &edition.rules {
        for (duty, term) in &rule.then.terms {
            let name = format!("`{}` of rule `{}`", duty.name(), rule.name.untrusted());
            tell(&name, term, rule_spot(rule));
        }
    }
}

/// Whether a built-in policy says it.
fn is_theirs(spot: &Spot) -> bool {
    let file = spot.file.untrusted();
    presets().iter().any(|preset| preset.name == file)
}

/// Days between two versions on which neither is in force.
fn gaps(policy: &Policy, problems: &mut Vec<Problem>) {
    for pair in policy.editions.windows(2) {
        let [one, next] = pair else { continue };
        let (Some(until), Some(from)) = (one.until, next.effective) else {
            continue;
        };
        let Ok(first) = until.tomorrow() else {
            continue;
        };
        if first < from
            && let Ok(last) = from.yesterday()
        {
            let message = format!(
                "no version is in force from {first} to {last}: one ends before the next begins"
            );
            problems.push(warning(one.places.get("until").cloned(), message));
        }
    }
}

/// A policy that is named twice beside this one.
fn twice_beside(policy: &Policy, problems: &mut Vec<Problem>) {
    for (place, other) in policy.beside.iter().enumerate() {
        // The place comes from the list.
        let mut before = policy.beside[..place].iter();
        if let Some(first) = before.find(|before| before.identity == other.identity) {
            let message = format!(
                "`strictest-of` names `{}` again: {} names it already, and it counts once",
                other.name.untrusted(),
                first.spot.words().untrusted()
            );
            problems.push(warning(Some(other.spot.clone()), message));
        }
    }
}

fn missing_levels(edition: &Edition, problems: &mut Vec<Problem>) {
    for duty in Duty::ALL {
        let missing: Vec<String> = LEVELS
            .into_iter()
            .filter(|&level| !edition.terms.contains_key(&(duty, level)))
            .map(|level| format!("`{level}`"))
            .collect();
        if !missing.is_empty() && missing.len() < LEVELS.len() {
            let message = format!(
                "`{}` says nothing of {}: write a term, or `none` for no date",
                duty.name(),
                missing.join(", ")
            );
            let of_duty = edition
                .terms
                .iter()
                .filter(|((known, _), _)| *known == duty);
            let first = of_duty.map(|(_, entry)| entry_spot(entry)).min();
            problems.push(warning(first, message));
        }
    }
}

/// A worse finding must not have more time.
fn wrong_order(edition: &Edition, problems: &mut Vec<Problem>) {
    for duty in Duty::ALL {
        let of = |level| edition.terms.get(&(duty, level));
        let known = LEVELS.into_iter().filter_map(of);
        let mut before: Option<&Entry> = None;
        for entry in known {
            if let Some(worse) = before {
                let hours = |entry: &Entry| entry.term.about_hours().unwrap_or(u64::MAX);
                if hours(worse) > hours(entry) {
                    let message = format!(
                        "`{}` has {}, which is more time than the {} of `{}`",
                        worse.label.untrusted(),
                        worse.term.words.untrusted(),
                        entry.term.words.untrusted(),
                        entry.label.untrusted()
                    );
                    problems.push(warning(Some(entry_spot(worse)), message));
                }
            }
            before = Some(entry);
        }
    }
}
