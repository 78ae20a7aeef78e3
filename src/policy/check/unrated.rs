//! Rules that give what nobody rated more time than its level has, without naming it.

use super::length::Length;
use super::scope::covers;
use super::{Problem, rule_spot, warning};
use crate::model::Severity;
use crate::policy::rule::Rule;
use crate::policy::{Edition, Policy, Term};

/// How many rules about unrated findings each rule is compared with.
const MOST_COMPARED: usize = 300;

/// A rule for the level whose terms unrated findings take also holds for these, whatever they are.
pub(super) fn find(policy: &Policy, edition: &Edition, problems: &mut Vec<Problem>) {
    let level = edition.level(Severity::Unknown);
    let names_unrated = |rule: &&Rule| rule.when.holds_at(Severity::Unknown, Severity::Unknown);
    let naming = edition.rules.iter().filter(names_unrated);
    let naming: Vec<&Rule> = naming.take(MOST_COMPARED).collect();
    let length = |term: Option<&Term>| Length::of(term, &policy.calendar);
    for rule in &edition.rules {
        if names_unrated(&rule) || !rule.when.holds_at(Severity::Unknown, level) || rule.then.also {
            continue;
        }
        for (duty, term) in &rule.then.terms {
            let own = edition.terms.get(&(*duty, level));
            let own = length(own.map(|entry| &entry.term));
            let keeps = |other: &&Rule| {
                let other_term = other.then.terms.get(duty);
                covers(&other.when, &rule.when)
                    && other_term.is_some_and(|term| length(Some(term)).ends_by(own))
            };
            if !length(Some(term)).ends_by(own) && !naming.iter().any(keeps) {
                let message = format!(
                    "rule `{}` also holds for what nobody rated, which takes the terms of `{level}`, and `{}` gives it {}: \
                     write `severity` with `\"unknown\"` in it if that is meant, else add a rule for that",
                    rule.name.untrusted(),
                    duty.name(),
                    match term.words.untrusted() {
                        "none" => "no date",
                        words => words,
                    }
                );
                problems.push(warning(Some(rule_spot(rule)), message));
            }
        }
    }
}
