//! Rules whose effects never show beside those of others.
//!
//! Terms race: the earliest of all rules that hold counts, wherever they stand, in the place of the policy's own. Severities
//! change in the order of the file: what stands last has the last word. What is told here follows from that alone, whatever
//! a finding is.

use std::collections::{BTreeMap, BTreeSet};

use super::length::Length;
use super::scope::{covers, dated, excludes, rated};
use super::{Problem, rule_spot, warning};
use crate::glob::Match;
use crate::model::{Duty, Severity};
use crate::policy::rule::Rule;
use crate::policy::{Calendar, Edition, Limit, Policy};

/// With how many others a rule is compared: those with its own conditions, and those with the fewest.
const MOST_COMPARED: usize = 300;

/// Effects of rules that other rules, or the terms of the policy, leave nothing to do.
pub(super) fn find(policy: &Policy, edition: &Edition, problems: &mut Vec<Problem>) {
    let rules = &edition.rules;
    let pools = Pools::of(rules);
    let mut race = Pace {
        calendar: &policy.calendar,
        known: BTreeMap::new(),
    };
    let limits = limits(rules);
    for (place, rule) in rules.iter().enumerate() {
        let others = pools.others(place);
        let mut tell = |what: &str, why: String| {
            let name = rule.name.untrusted();
            let is_all = effects(rule) == 1;
            let message = if is_all {
                format!("rule `{name}` changes nothing: {why}")
            } else {
                format!("the `{what}` of rule `{name}` changes nothing: {why}")
            };
            problems.push(warning(Some(rule_spot(rule)), message));
        };
        for &duty in rule.then.terms.keys() {
            if let Some(other) = faster(edition, &mut race, place, duty, &others) {
                tell(
                    duty.name(),
                    format!(
                        "{} holds whenever it does, and ends no later",
                        named(&rules[other])
                    ),
                );
            } else if let Some(label) = as_before(edition, &mut race, rule, duty, &limits) {
                tell(duty.name(), format!("`{label}` says so already"));
            }
        }
        if !rule.then.tags.is_empty()
            && let Some(why) = tagged(edition, place, &others)
        {
            tell("tag", why);
        }
        if let Some(ignored) = &rule.then.ignore {
            let does = |&other: &usize| {
                let (before, other) = (other < place, &rules[other]);
                let ignores = other.then.ignore.as_ref();
                let same = covers(&rule.when, &other.when);
                ignores.is_some_and(|ignores| ignores.covers(ignored, Match::Word))
                    && covers(&other.when, &rule.when)
                    && rated(&rule.when).all(|level| other.when.holds_at(level, level))
                    && (before || !same)
            };
            if let Some(other) = others.iter().copied().find(does) {
                let why = format!("{} ignores the same already", named(&rules[other]));
                tell("ignore", why);
            }
        }
        if let Some(why) = overruled(rules, place, &others, pools.is_whole) {
            tell("severity", why);
        } else if pools.is_whole
            && let Some(why) = forestalled(rules, place)
        {
            tell("severity", why);
        }
    }
}

/// How many effects a rule has.
fn effects(rule: &Rule) -> usize {
    rule.then.terms.len()
        + usize::from(rule.then.ignore.is_some())
        + usize::from(rule.then.severity.is_some())
        + usize::from(!rule.then.tags.is_empty())
}

/// `` rule `a` on line 3 ``
fn named(rule: &Rule) -> String {
    let (name, line) = (rule.name.untrusted(), rule.position.line);
    format!("rule `{name}` on line {line}")
}

/// The rules that each one is compared with.
struct Pools {
    /// Those with equal conditions, by these conditions.
    equal: BTreeMap<String, Vec<usize>>,
    words: Vec<String>,
    /// Those with the fewest conditions.
    broad: Vec<usize>,
    /// Whether they are all.
    is_whole: bool,
}

impl Pools {
    fn of(rules: &[Rule]) -> Self {
        let words: Vec<String> = rules
            .iter()
            .map(|rule| format!("{:?}", rule.when))
            .collect();
        let mut equal: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, words) in words.iter().enumerate() {
            equal.entry(words.clone()).or_default().push(place);
        }
        let mut broad: Vec<usize> = (0..rules.len()).collect();
        // What is short to write asks for little; the places come from the list.
        broad.sort_by_key(|&place| (words[place].len(), place));
        broad.truncate(MOST_COMPARED);
        Self {
            is_whole: broad.len() == rules.len(),
            equal,
            words,
            broad,
        }
    }

    /// The others in the order of the file.
    fn others(&self, place: usize) -> BTreeSet<usize> {
        let own = self.words.get(place);
        let equal = own.and_then(|own| self.equal.get(own));
        let equal = equal.map(Vec::as_slice).unwrap_or_default().iter();
        // The first ones may do the same already, and the last ones have the last word.
        let first = equal.clone().take(MOST_COMPARED / 2);
        let last = equal.rev().take(MOST_COMPARED / 2);
        let others = first.chain(last).chain(&self.broad).copied();
        others.filter(|&other| other != place).collect()
    }
}

/// Which terms end by others, each pair worked out once.
struct Pace<'a> {
    calendar: &'a Calendar,
    known: BTreeMap<(Limit, Limit), bool>,
}

impl Pace<'_> {
    fn ends_by(&mut self, one: Limit, other: Limit) -> bool {
        let calendar = self.calendar;
        let length = |limit| Length { limit, calendar };
        let known = self.known.entry((one, other));
        *known.or_insert_with(|| length(one).ends_by(length(other)))
    }
}

/// Another rule that holds whenever this one does, with a date that is never later.
fn faster(
    edition: &Edition,
    race: &mut Pace<'_>,
    place: usize,
    duty: Duty,
    others: &BTreeSet<usize>,
) -> Option<usize> {
    let rules = &edition.rules;
    // The places come from the list.
    let rule = &rules[place];
    let own = rule.then.terms.get(&duty)?.limit;
    let holds_with = |broad, narrow| holds_with(edition, broad, narrow);
    others.iter().copied().find(|&place_of_other| {
        let other = &rules[place_of_other];
        let Some(term) = other.then.terms.get(&duty) else {
            return false;
        };
        // A rule that leaves the policy's own terms in force is not in the way of them, as one that does not is.
        if other.then.also && !rule.then.also {
            return false;
        }
        if !holds_with(other, rule) || !race.ends_by(term.limit, own) {
            return false;
        }
        // Of two that do the same the first one is not idle.
        let is_same_kind = rule.then.also == other.then.also;
        place_of_other < place
            || !(is_same_kind && holds_with(rule, other) && race.ends_by(own, term.limit))
    })
}

/// The terms that any rule has, by duty.
fn limits(rules: &[Rule]) -> BTreeMap<Duty, BTreeSet<Limit>> {
    let mut limits: BTreeMap<Duty, BTreeSet<Limit>> = BTreeMap::new();
    for rule in rules {
        for (&duty, term) in &rule.then.terms {
            limits.entry(duty).or_default().insert(term.limit);
        }
    }
    limits
}

/// The term of the policy that says what a rule says. Another rule with more time makes a difference: beside that one this
/// one brings the date back.
fn as_before(
    edition: &Edition,
    race: &mut Pace<'_>,
    rule: &Rule,
    duty: Duty,
    limits: &BTreeMap<Duty, BTreeSet<Limit>>,
) -> Option<String> {
    let own = rule.then.terms.get(&duty)?.limit;
    let mut label = None;
    for (severity, level) in dated(edition) {
        if !rule.rates() && !rule.when.holds_at(severity, level) {
            continue;
        }
        let entry = edition.terms.get(&(duty, level))?;
        if entry.term.limit != own {
            return None;
        }
        label = label.or(Some(entry.label.untrusted().to_owned()));
    }
    let mut rivals = limits.get(&duty)?.iter();
    rivals
        .all(|&rival| race.ends_by(rival, own))
        .then_some(label)?
}

/// Another rule that sets the same tags whenever this one does.
///
/// A rule that changes the severity also tags what it holds for before that, so only one that does not is compared.
fn tagged(edition: &Edition, place: usize, others: &BTreeSet<usize>) -> Option<String> {
    let rules = &edition.rules;
    let rule = rules.get(place)?;
    if rule.rates() {
        return None;
    }
    let does = |one: &Rule, other: &Rule| {
        other.then.tags.is_superset(&one.then.tags) && holds_with(edition, other, one)
    };
    let other = others.iter().copied().find(|&other| {
        let (before, other) = (other < place, &rules[other]);
        does(rule, other) && (before || other.rates() || !does(other, rule))
    })?;
    let other = named(&rules[other]);
    Some(format!("{other} holds whenever it does, and sets the same"))
}

/// Whether the first rule's terms hold whenever those of the second do, whatever severity that one itself brings about.
fn holds_with(edition: &Edition, broad: &Rule, narrow: &Rule) -> bool {
    covers(&broad.when, &narrow.when)
        && dated(edition)
            .filter(|&(severity, level)| narrow.rates() || narrow.when.holds_at(severity, level))
            .all(|(severity, level)| broad.when.holds_at(severity, level))
}

/// A later rule that rates all of what this one rates, whatever this one made of it.
fn overruled(
    rules: &[Rule],
    place: usize,
    others: &BTreeSet<usize>,
    is_whole: bool,
) -> Option<String> {
    let rule = rules.get(place)?;
    let change = rule.then.severity?;
    let mut seen: BTreeSet<Severity> = Severity::ALL.into();
    if is_whole {
        // What a finding can be rated after this rule, and if it were not there.
        seen = rated(&rule.when).collect();
        let moved: Vec<Severity> = seen.iter().map(|&level| change.apply(level)).collect();
        seen.extend(moved);
    }
    for later in others
        .range(place + 1..)
        .filter_map(|&later| rules.get(later))
    {
        let Some(last) = later.then.severity else {
            continue;
        };
        if excludes(&later.when, &rule.when) {
            continue;
        }
        let holds = |level: &Severity| later.when.holds_at(*level, *level);
        let made: BTreeSet<Severity> = seen.iter().map(|&level| last.apply(level)).collect();
        // Of two that do the same, the later one has nothing left to do.
        let agrees = is_whole
            && covers(&rule.when, &later.when)
            && rated(&rule.when).all(|level| made.contains(&change.apply(level)));
        if let (1, Some(level)) = (made.len(), made.first())
            && !agrees
            && covers(&later.when, &rule.when)
            && seen.iter().all(holds)
        {
            let later = named(later);
            return Some(format!(
                "{later} holds whenever it does, and makes it `{level}` afterwards"
            ));
        }
        let moved: Vec<Severity> = seen.iter().filter(|level| holds(level)).copied().collect();
        seen.extend(moved.into_iter().map(|level| last.apply(level)));
    }
    None
}

/// An earlier rule that leaves this one nothing to change.
fn forestalled(rules: &[Rule], place: usize) -> Option<String> {
    let rule = rules.get(place)?;
    let change = rule.then.severity?;
    let own: BTreeSet<Severity> = rated(&rule.when).collect();
    if own.iter().all(|&level| change.apply(level) == level) {
        // Whatever stands before it.
        return None;
    }
    let mut left: BTreeSet<Severity> = Severity::ALL.into();
    let mut by = None;
    for earlier in rules.iter().take(place) {
        let Some(before) = earlier.then.severity else {
            continue;
        };
        if excludes(&earlier.when, &rule.when) {
            continue;
        }
        let after = |level: Severity| {
            let holds = earlier.when.holds_at(level, level);
            if holds { before.apply(level) } else { level }
        };
        let moved: BTreeSet<Severity> = left.iter().map(|&level| after(level)).collect();
        if covers(&earlier.when, &rule.when) {
            left = moved;
            by = Some(earlier);
        } else {
            left.extend(moved);
        }
    }
    let mut asked = left.intersection(&own);
    if !asked.all(|&level| change.apply(level) == level) {
        return None;
    }
    let by = named(by?);
    Some(if left.is_disjoint(&own) {
        format!("{by} leaves no severity that it asks for")
    } else {
        format!("{by} has done it already")
    })
}
