//! Mistakes that a policy file can hold although it reads well.

use std::fmt;

use super::rule::{Change, Rule};
use super::{Edition, LEVELS, Policy};
use crate::model::{Duty, Severity};
use crate::table::Position;

/// Something that its author should look at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where, if it is at one place; an error says it itself.
    pub position: Option<Position>,
    /// Whether the file cannot be used at all.
    pub is_error: bool,
    /// What is wrong.
    pub message: String,
}

/// `12:3: rule `late` never holds`
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some(position) => write!(f, "{position}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

/// Checks the text of a policy: why it cannot be read, or what [`review`] finds.
pub fn check(name_for_errors: &str, text: &str) -> Vec<Problem> {
    match Policy::parse(name_for_errors, text) {
        Ok(policy) => review(&policy),
        Err(error) => vec![Problem {
            position: None,
            is_error: true,
            message: error.to_string(),
        }],
    }
}

/// Levels without a term, terms in the wrong order, rules that never hold or change nothing. In the order of the file.
pub fn review(policy: &Policy) -> Vec<Problem> {
    let mut problems = Vec::new();
    for edition in &policy.editions {
        missing_levels(edition, &mut problems);
        wrong_order(edition, &mut problems);
        for rule in &edition.rules {
            idle_rule(rule, &mut problems);
        }
    }
    problems.sort();
    problems.dedup();
    problems
}

fn warning(position: Option<Position>, message: String) -> Problem {
    Problem {
        position,
        is_error: false,
        message,
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
            let first = of_duty.map(|(_, entry)| entry.position).min();
            problems.push(warning(first, message));
        }
    }
}

/// A worse finding must not have more time.
fn wrong_order(edition: &Edition, problems: &mut Vec<Problem>) {
    for duty in Duty::ALL {
        let of = |level| edition.terms.get(&(duty, level));
        let known = LEVELS.into_iter().filter_map(of);
        let mut before: Option<&super::Entry> = None;
        for entry in known {
            if let Some(worse) = before {
                let hours = |entry: &super::Entry| entry.term.about_hours().unwrap_or(u64::MAX);
                if hours(worse) > hours(entry) {
                    let message = format!(
                        "`{}` has {}, which is more time than the {} of `{}`",
                        worse.label.untrusted(),
                        worse.term.words.untrusted(),
                        entry.term.words.untrusted(),
                        entry.label.untrusted()
                    );
                    problems.push(warning(Some(worse.position), message));
                }
            }
            before = Some(entry);
        }
    }
}

/// A rule whose conditions exclude each other, or whose effect is what its conditions demand already.
fn idle_rule(rule: &Rule, problems: &mut Vec<Problem>) {
    let name = rule.name.untrusted();
    let mut tell = |message: String| problems.push(warning(Some(rule.position), message));
    let least = rule.when.severity_at_least;
    let possible: Vec<Severity> = Severity::ALL
        .into_iter()
        .filter(|level| least.is_none_or(|least| *level >= least))
        .filter(|level| {
            let exact = rule.when.severity.as_ref();
            exact.is_none_or(|levels| levels.contains(level))
        })
        .collect();
    if possible.is_empty() {
        tell(format!(
            "rule `{name}` never holds: no level is in `severity` and also at least `{}`",
            least.map_or("", Severity::name)
        ));
        return;
    }
    let Some(change) = rule.then.severity else {
        return;
    };
    if possible.iter().all(|&level| change.apply(level) == level) {
        let word = match change {
            Change::Set(level) => format!("set to `{level}`"),
            Change::Raise(level) => format!("raised to `{level}`"),
            Change::Lower(level) => format!("lowered to `{level}`"),
        };
        tell(format!(
            "rule `{name}` changes nothing: what it holds for is never {word} from elsewhere"
        ));
    }
}
