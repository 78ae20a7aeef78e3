//! What a policy allows that an older one did not.

use std::collections::BTreeMap;

use super::{Problem, warning};
use crate::model::{Duty, Severity};
use crate::policy::rule::Rule;
use crate::policy::{Edition, Entry, LEVELS, Policy, Start, Term};

/// Where a policy gives more time than an older one, or rates lower: the newest version of each is compared. What moves
/// both ways, such as another start of the clock, is told too, since a program cannot say which of the two is stricter.
pub fn loosenings(new: &Policy, old: &Policy) -> Vec<Problem> {
    let (Some(new_edition), Some(old_edition)) = (new.editions.last(), old.editions.last()) else {
        return Vec::new();
    };
    let mut problems = Vec::new();
    if new.loosening.is_some() && old.loosening.is_none() {
        let message = "`allow-loosening` lets promised dates become later".to_owned();
        problems.push(warning(None, message));
    }
    terms(new_edition, old_edition, &mut problems);
    starts(new_edition, old_edition, &mut problems);
    let (new_level, old_level) = (
        new_edition.level(Severity::Unknown),
        old_edition.level(Severity::Unknown),
    );
    if new_level < old_level {
        let message = format!("`unknown` is {new_level}, and was {old_level}");
        problems.push(warning(None, message));
    }
    rules(new_edition, old_edition, &mut problems);
    if calendar(new) != calendar(old) {
        let message = "the calendar is another one, which can move dates both ways".to_owned();
        problems.push(warning(None, message));
    }
    problems.sort();
    problems
}

/// What moves dates: planned maintenance that was added says nothing by itself.
fn calendar(policy: &Policy) -> impl PartialEq + '_ {
    let calendar = &policy.calendar;
    (
        calendar.zone_name(),
        &calendar.holidays,
        calendar.maintenance,
    )
}

/// About how long, with what sets no date last.
fn length(term: Option<&Term>) -> u64 {
    term.and_then(Term::about_hours).unwrap_or(u64::MAX)
}

fn terms(new: &Edition, old: &Edition, problems: &mut Vec<Problem>) {
    for duty in Duty::ALL {
        for level in LEVELS {
            let of = |edition: &'_ Edition| edition.terms.get(&(duty, level)).cloned();
            let (now, before) = (of(new), of(old));
            let term = |entry: &Option<Entry>| length(entry.as_ref().map(|entry| &entry.term));
            if term(&now) <= term(&before) {
                continue;
            }
            let words = |entry: &Option<Entry>| match entry {
                Some(entry) => entry.term.words.untrusted().to_owned(),
                None => "no term".to_owned(),
            };
            let message = format!(
                "`{}.{level}` is {}, and was {}",
                duty.name(),
                words(&now),
                words(&before)
            );
            problems.push(warning(now.as_ref().map(|entry| entry.position), message));
        }
    }
}

fn starts(new: &Edition, old: &Edition, problems: &mut Vec<Problem>) {
    for duty in Duty::ALL {
        let (now, before) = (new.starts_of(duty), old.starts_of(duty));
        let has_terms = |edition: &Edition| edition.terms.keys().any(|(known, _)| *known == duty);
        if now == before || !has_terms(new) || !has_terms(old) {
            continue;
        }
        let words = |starts: &[Start]| match starts {
            [] => Start::FirstSeen.name().to_owned(),
            starts => {
                let names: Vec<&str> = starts.iter().map(|start| start.name()).collect();
                names.join(", else ")
            }
        };
        if words(now) == words(before) {
            continue;
        }
        let message = format!(
            "the clock of `{}` starts at {}, and started at {}",
            duty.name(),
            words(now),
            words(before)
        );
        problems.push(warning(None, message));
    }
}

/// A rule that is gone or says something else may have been what made a finding urgent, and a new one may calm it.
fn rules(new: &Edition, old: &Edition, problems: &mut Vec<Problem>) {
    let by_name = |edition: &'_ Edition| -> BTreeMap<String, Rule> {
        let rules = edition.rules.iter();
        rules
            .map(|rule| (rule.name.untrusted().to_owned(), rule.clone()))
            .collect()
    };
    let (now, before) = (by_name(new), by_name(old));
    for (name, rule) in &before {
        match now.get(name) {
            None if calms(rule, old) => {}
            None => problems.push(warning(None, format!("rule `{name}` is gone"))),
            Some(same) if same.when == rule.when && same.then == rule.then => {}
            Some(other) => {
                let message = format!("rule `{name}` is another one than before");
                problems.push(warning(Some(other.position), message));
            }
        }
    }
    for (name, rule) in &now {
        if !before.contains_key(name) && !tightens(rule, new) {
            let message = format!("rule `{name}` is new, and can rate lower or give more time");
            problems.push(warning(Some(rule.position), message));
        }
    }
}

/// Whether all that a rule does is to make things worse: without it there is no more time than with it.
fn tightens(rule: &Rule, edition: &Edition) -> bool {
    let then = &rule.then;
    let raises = then.severity.is_none_or(super::raises);
    let shorter = then.also
        || then.terms.iter().all(|(duty, term)| {
            LEVELS.iter().all(|level| {
                let own = edition.terms.get(&(*duty, *level));
                length(Some(term)) <= length(own.map(|entry| &entry.term))
            })
        });
    then.ignore.is_none() && raises && shorter
}

/// Whether all that a rule does is to calm: without it nothing is looser. A gate may ask for what it tags.
fn calms(rule: &Rule, edition: &Edition) -> bool {
    let then = &rule.then;
    let longer = !then.also
        && then.terms.iter().all(|(duty, term)| {
            LEVELS.iter().all(|level| {
                let own = edition.terms.get(&(*duty, *level));
                length(Some(term)) >= length(own.map(|entry| &entry.term))
            })
        });
    let is_plain = then.ignore.is_none() && then.tags.is_empty();
    is_plain && then.severity.is_none_or(super::lowers) && longer
}
