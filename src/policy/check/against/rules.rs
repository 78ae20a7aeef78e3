//! How rules moved: those that are gone, those that are new, and those that say something else.

use std::collections::{BTreeMap, BTreeSet};

use super::{Told, Version, before};
use crate::model::{Duty, Severity, Text};
use crate::policy::check::length::{Direction, Length};
use crate::policy::check::{rule_spot, scope};
use crate::policy::rule::{Change, Rule};
use crate::policy::{LEVELS, Term};

pub(super) fn compare(new: Version<'_>, old: Version<'_>, told: &mut Told) {
    let by_name = |rules: &'_ [Rule]| -> BTreeMap<Text, usize> {
        let rules = rules.iter().enumerate();
        rules
            .map(|(place, rule)| (rule.name.clone(), place))
            .collect()
    };
    let (now, then) = (&new.1.rules, &old.1.rules);
    let (now_named, then_named) = (by_name(now), by_name(then));
    let unnamed = |rules: &[Rule], named: &BTreeMap<Text, usize>| -> BTreeSet<String> {
        let other = rules.iter().filter(|rule| !named.contains_key(&rule.name));
        other.map(content).collect()
    };
    // A rule that only has another name is the same one.
    let (added, gone) = (unnamed(now, &then_named), unnamed(then, &now_named));
    for rule in then {
        let name = rule.name.untrusted();
        // The places come from these lists.
        if let Some(other) = now_named.get(&rule.name).map(|&place| &now[place]) {
            changed((new, other), (old, rule), told);
        } else if !added.contains(&content(rule)) {
            let direction = match effect(rule, old) {
                Direction::Tightens => Direction::Loosens,
                Direction::Loosens if calms(rule, old) => Direction::Tightens,
                _ => Direction::MayLoosen,
            };
            told.add(
                direction,
                Some(rule_spot(rule)),
                format!("rule `{name}` is gone"),
            );
        }
    }
    for rule in now {
        if !then_named.contains_key(&rule.name) && !gone.contains(&content(rule)) {
            let direction = effect(rule, new);
            let what = match direction {
                Direction::Tightens => "is new",
                _ => "is new, and can rate lower or give more time",
            };
            let message = format!("rule `{}` {what}", rule.name.untrusted());
            told.add(direction, Some(rule_spot(rule)), message);
        }
    }
    order(now, then, told);
}

/// All that a rule does and asks, but for its name and reason.
fn content(rule: &Rule) -> String {
    let then = &rule.then;
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?}",
        rule.when, then.severity, then.terms, then.also, then.ignore, then.tags
    )
}

/// What stands last has the last word.
fn order(now: &[Rule], then: &[Rule], told: &mut Told) {
    let rating = |rules: &'_ [Rule]| -> BTreeMap<Text, usize> {
        let rules = rules.iter().enumerate();
        let rating = rules.filter(|(_, rule)| rule.then.severity.is_some());
        rating
            .map(|(place, rule)| (rule.name.clone(), place))
            .collect()
    };
    let places = rating(then);
    let mut last: Option<(usize, &Rule)> = None;
    for rule in now.iter().filter(|rule| rule.then.severity.is_some()) {
        let Some(&place) = places.get(&rule.name) else {
            continue;
        };
        if let Some((before, other)) = last
            && place < before
        {
            let message = format!(
                "rule `{}` stands behind rule `{}`, and stood before it: the last one decides the severity",
                rule.name.untrusted(),
                other.name.untrusted()
            );
            told.add(Direction::MayLoosen, Some(rule_spot(rule)), message);
            continue;
        }
        last = Some((place, rule));
    }
}

/// Whether a worse severity never leads to a later date, or to a milder one by a rule.
pub(super) fn is_monotone((policy, edition): Version<'_>) -> bool {
    let is_free =
        |rule: &Rule| rule.when.severity.is_none() && rule.when.severity_at_least.is_none();
    let in_order = Duty::ALL.into_iter().all(|duty| {
        let length = |level| {
            let entry = edition.terms.get(&(duty, level));
            Length::of(entry.map(|entry| &entry.term), &policy.calendar)
        };
        LEVELS.windows(2).all(|pair| match pair {
            [worse, better] => length(*worse).ends_by(length(*better)),
            _ => true,
        })
    });
    in_order && edition.rules.iter().all(is_free)
}

/// What a rule does to dates and severities, compared with a policy that lacks it.
fn effect(rule: &Rule, version: Version<'_>) -> Direction {
    let (policy, edition) = version;
    let then = &rule.then;
    if then.ignore.is_some() {
        return Direction::MayLoosen;
    }
    let mut worst = match then.severity {
        None => Direction::Tightens,
        Some(change) if raises(change) && is_monotone(version) => Direction::Tightens,
        Some(change) if lowers(change) => Direction::Loosens,
        Some(_) => Direction::MayLoosen,
    };
    for (duty, term) in &then.terms {
        for (severity, level) in scope::dated(edition) {
            // What it makes of a severity may be any level, and its terms count there too.
            if !rule.rates() && !rule.when.holds_at(severity, level) {
                continue;
            }
            let base = edition.terms.get(&(*duty, level));
            let base = Length::of(base.map(|entry| &entry.term), &policy.calendar);
            let moved = if then.also {
                Direction::Tightens
            } else {
                Length::of(Some(term), &policy.calendar).since(base)
            };
            // A term as long as the policy's own one still races beside other rules.
            worst = worst.min(moved.min(Direction::Tightens));
        }
    }
    worst
}

/// Whether all that a rule does is to calm: without it nothing is looser. A gate may ask for what it tags.
fn calms(rule: &Rule, version: Version<'_>) -> bool {
    let (policy, edition) = version;
    let then = &rule.then;
    let length = |term: Option<&Term>| Length::of(term, &policy.calendar);
    let longer = then.terms.iter().all(|(duty, term)| {
        let base = LEVELS.into_iter().map(|level| {
            let entry = edition.terms.get(&(*duty, level));
            entry.map(|entry| &entry.term)
        });
        // Beside another rule the earlier one counts, and that must never be this one.
        let rules = edition
            .rules
            .iter()
            .filter_map(|other| other.then.terms.get(duty));
        let mut others = base.chain(rules.map(Some));
        others.all(|other| length(other).ends_by(length(Some(term))))
    });
    let severity = then.severity.is_none_or(lowers);
    let is_plain = then.ignore.is_none() && then.tags.is_empty() && !then.also;
    is_plain && longer && severity && (then.severity.is_none() || is_monotone(version))
}

/// Whether a change can make nothing lower.
fn raises(change: Change) -> bool {
    matches!(change, Change::Raise(_) | Change::Set(Severity::Critical))
}

/// Whether a change can make nothing higher.
fn lowers(change: Change) -> bool {
    matches!(change, Change::Lower(_) | Change::Set(Severity::Info))
}

/// A rule of the same name with other conditions or effects.
fn changed((new, rule): (Version<'_>, &Rule), (old, was): (Version<'_>, &Rule), told: &mut Told) {
    let name = rule.name.untrusted();
    let place = before(Some(&rule_spot(was)));
    let mut tell = |direction, what: String| {
        let message = format!("rule `{name}` {what}{place}");
        told.add(direction, Some(rule_spot(rule)), message);
    };
    if rule.when != was.when {
        let (direction, what) = scope_of((new, rule), (old, was));
        tell(direction, format!("holds {what} than before"));
    }
    let (now, then) = (&rule.then, &was.then);
    for duty in Duty::ALL {
        let (own, other) = (now.terms.get(&duty), then.terms.get(&duty));
        if own == other {
            continue;
        }
        let words = |term: Option<&Term>| {
            term.map_or("unset", |term| term.words.untrusted())
                .to_owned()
        };
        let direction = match (own, other) {
            (Some(own), Some(other)) => {
                let own = Length::of(Some(own), &new.0.calendar);
                own.since(Length::of(Some(other), &old.0.calendar))
            }
            // The policy's own term, or another rule's, stands there instead.
            _ => Direction::MayLoosen,
        };
        let what = format!(
            "has {} for `{}`, and had {}",
            words(own),
            duty.name(),
            words(other)
        );
        if direction != Direction::Same {
            tell(direction, what);
        }
    }
    if now.severity != then.severity {
        let direction = match (now.severity, then.severity) {
            (Some(Change::Raise(own)), Some(Change::Raise(other)))
            | (Some(Change::Set(own)), Some(Change::Set(other)))
            | (Some(Change::Lower(own)), Some(Change::Lower(other))) => {
                if own < other {
                    Direction::Loosens
                } else if is_monotone(new) {
                    Direction::Tightens
                } else {
                    Direction::MayLoosen
                }
            }
            _ => Direction::MayLoosen,
        };
        let words = |change: Option<Change>| match change {
            None => "leaves the severity".to_owned(),
            Some(Change::Set(level)) => format!("sets {level}"),
            Some(Change::Raise(level)) => format!("raises to {level}"),
            Some(Change::Lower(level)) => format!("lowers to {level}"),
        };
        let what = format!(
            "{}, where before it {}",
            words(now.severity),
            words(then.severity)
        );
        tell(direction, what);
    }
    if now.also != then.also {
        let (direction, what) = if now.also {
            (Direction::Tightens, "leaves")
        } else {
            (Direction::MayLoosen, "no longer leaves")
        };
        tell(direction, format!("{what} the policy's own terms in force"));
    }
    if now.tags != then.tags {
        let is_less = !now.tags.is_superset(&then.tags);
        let direction = if is_less {
            Direction::MayLoosen
        } else {
            Direction::Same
        };
        tell(direction, "tags with other words than before".to_owned());
    }
    if now.ignore != then.ignore {
        tell(
            Direction::MayLoosen,
            "ignores other claims than before".to_owned(),
        );
    }
}

/// Whether a rule holds for more or for less than before, and what follows.
fn scope_of(
    (new, rule): (Version<'_>, &Rule),
    (old, was): (Version<'_>, &Rule),
) -> (Direction, &'static str) {
    let within = |broad: &Rule, narrow: &Rule, version: Version<'_>| {
        let rated = scope::rated(&narrow.when).map(|level| (level, level));
        scope::covers(&broad.when, &narrow.when)
            && rated
                .chain(scope::dated(version.1))
                .filter(|&(severity, level)| narrow.when.holds_at(severity, level))
                .all(|(severity, level)| broad.when.holds_at(severity, level))
    };
    let (wider, narrower) = (within(rule, was, new), within(was, rule, new));
    let what = match (wider, narrower) {
        (true, true) => return (Direction::Same, "for the same"),
        (true, false) => "for more",
        (false, true) => "for less",
        (false, false) => "for other findings",
    };
    let tightens =
        effect(rule, new) == Direction::Tightens && effect(was, old) == Direction::Tightens;
    let calm = calms(rule, new) && calms(was, old);
    let direction = match (wider, narrower) {
        (true, false) if tightens => Direction::Tightens,
        (true, false) if calm => Direction::Loosens,
        (false, true) if tightens => Direction::Loosens,
        (false, true) if calm => Direction::Tightens,
        _ => Direction::MayLoosen,
    };
    (direction, what)
}
