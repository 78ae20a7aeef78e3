//! Conditions that only the tables of a policy can fulfil, and that none of them does.

use std::collections::BTreeMap;

use super::{Problem, is_theirs, rule_spot, warning};
use crate::policy::condition::{Answer, When};
use crate::policy::facts::Vulnerability;
use crate::policy::rule::Rule;
use crate::policy::{Edition, Known, Policy};

/// How many rules are named for one reason.
const MOST_NAMED: usize = 3;

/// Rules that wait for a fact which no table states. Those of built-in policies list every answer, and most go unused.
pub(super) fn rules(policy: &Policy, edition: &Edition, problems: &mut Vec<Problem>) {
    let mut waiting: BTreeMap<&'static str, Vec<&Rule>> = BTreeMap::new();
    for rule in &edition.rules {
        if is_theirs(&rule_spot(rule)) {
            continue;
        }
        if let Some(reason) = missing(&rule.when, &policy.known) {
            waiting.entry(reason).or_default().push(rule);
        }
    }
    for (reason, rules) in waiting {
        let names = rules.iter().take(MOST_NAMED);
        let names: Vec<String> = names
            .map(|rule| format!("`{}`", rule.name.untrusted()))
            .collect();
        let names = names.join(", ");
        let message = match rules.len() {
            1 => format!("rule {names} never holds: {reason}"),
            many if many <= MOST_NAMED => format!("rules {names} never hold: {reason}"),
            many => format!(
                "rules {names} and {} more never hold: {reason}",
                many - MOST_NAMED
            ),
        };
        let first = rules.first().map(|rule| rule_spot(rule));
        problems.push(warning(first, message));
    }
}

/// What no table states, though a condition asks for it.
fn missing(when: &When, known: &Known) -> Option<&'static str> {
    if let Some(wanted) = &when.app_tag {
        let mut tags = known
            .apps
            .iter()
            .flat_map(|(_, app)| app.tags.iter().flatten());
        if !tags.any(|tag| wanted.is_match(tag.untrusted())) {
            return Some("no table of `[apps]` gives a tag that `app-tag` asks for");
        }
    }
    if let Some(wanted) = &when.exposure {
        let mut told = known.apps.iter().map(|(_, app)| app.exposure);
        if !wanted.contains(&None) && !told.any(|told| told.is_some() && wanted.contains(&told)) {
            return Some("no table of `[apps]` gives an `exposure` that it asks for");
        }
    }
    let answered = |answer: fn(&Vulnerability) -> Option<bool>| -> Vec<Answer> {
        let told = known.vulnerabilities.iter().map(|(_, told)| answer(told));
        told.filter(Option::is_some).map(Answer::from).collect()
    };
    let never = |wanted: &Option<Vec<Answer>>, told: Vec<Answer>| {
        wanted.as_ref().is_some_and(|wanted| {
            !wanted.contains(&Answer::Unknown) && !told.iter().any(|told| wanted.contains(told))
        })
    };
    if never(&when.automatable, answered(|told| told.automatable)) {
        return Some("no table of `[vulnerabilities]` gives the `automatable` that it asks for");
    }
    if never(
        &when.likely_exploitable,
        answered(|told| told.likely_exploitable),
    ) {
        return Some(
            "no table of `[vulnerabilities]` gives the `likely-exploitable` that it asks for",
        );
    }
    if let Some(wanted) = &when.technical_impact {
        let mut told = known.vulnerabilities.iter().map(|(_, told)| told.impact);
        if !wanted.contains(&None) && !told.any(|told| told.is_some() && wanted.contains(&told)) {
            return Some(
                "no table of `[vulnerabilities]` gives a `technical-impact` that it asks for",
            );
        }
    }
    None
}
