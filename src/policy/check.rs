//! Mistakes that a policy file can hold although it reads well.

mod against;

use std::fmt;

use super::condition::{Answer, When};
use super::rule::{Change, Rule};
use super::{Edition, LEVELS, Policy};
use crate::model::{Duty, Severity};
use crate::table::Position;

pub use against::loosenings;

/// Something that its author should look at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where, if it is at one place.
    pub position: Option<Position>,
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

/// Levels without a term, terms in the wrong order, rules that never hold or change nothing. In the order of the file.
pub fn review(policy: &Policy) -> Vec<Problem> {
    let mut problems = Vec::new();
    for edition in &policy.editions {
        missing_levels(edition, &mut problems);
        wrong_order(edition, &mut problems);
        for (place, rule) in edition.rules.iter().enumerate() {
            idle_rule(rule, &mut problems);
            // The place comes from the list.
            shadowed(rule, &edition.rules[..place], &mut problems);
        }
    }
    problems.sort();
    problems.dedup();
    problems
}

fn warning(position: Option<Position>, message: String) -> Problem {
    Problem { position, message }
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
    if let Some(reason) = contradiction(&rule.when) {
        tell(format!("rule `{name}` never holds: {reason}"));
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

/// Why two conditions exclude each other, if they do.
fn contradiction(when: &When) -> Option<&'static str> {
    let only = |answers: &Option<Vec<Answer>>, wanted: Answer| {
        let answers = answers.as_ref();
        answers.is_some_and(|answers| answers.iter().all(|answer| *answer == wanted))
    };
    let never = |answers: &Option<Vec<Answer>>, unwanted: Answer| {
        let answers = answers.as_ref();
        answers.is_some_and(|answers| !answers.contains(&unwanted))
    };
    if only(&when.ransomware, Answer::Yes) && never(&when.kev, Answer::Yes) {
        return Some("what ransomware is known to use is listed, and `kev` does not ask for that");
    }
    // Both answers come from one catalogue, so they are known or unknown together.
    let kev_known = never(&when.kev, Answer::Unknown);
    let ransomware_known = never(&when.ransomware, Answer::Unknown);
    if (only(&when.kev, Answer::Unknown) && ransomware_known)
        || (only(&when.ransomware, Answer::Unknown) && kev_known)
    {
        return Some(
            "`kev` and `ransomware` come from one catalogue, and only one of them is unknown",
        );
    }
    if let (Some(least), Some(bound)) = (when.epss_at_least, when.epss_below)
        && least >= bound
    {
        return Some("no score is `epss-at-least` and also `epss-below`");
    }
    None
}

/// A rule with the conditions of an earlier one and effects that never show beside those.
fn shadowed(rule: &Rule, earlier: &[Rule], problems: &mut Vec<Problem>) {
    let twin = earlier.iter().find(|earlier| {
        let (first, second) = (&earlier.then, &rule.then);
        // Of two terms the earlier date wins, so a longer one never shows.
        let hours = |term: &super::Term| term.about_hours().unwrap_or(u64::MAX);
        let is_shorter = |(duty, term)| {
            let known = first.terms.get(duty);
            known.is_some_and(|known| hours(known) <= hours(term))
        };
        earlier.when == rule.when
            && (second.severity.is_none() || second.severity == first.severity)
            && (second.ignore.is_none() || second.ignore == first.ignore)
            && second.tags.is_subset(&first.tags)
            && (second.also || !first.also)
            && second.terms.iter().all(is_shorter)
    });
    if let Some(twin) = twin {
        let (name, twin) = (rule.name.untrusted(), twin.name.untrusted());
        let message = format!(
            "rule `{name}` changes nothing: rule `{twin}` has the same conditions and does it already"
        );
        problems.push(warning(Some(rule.position), message));
    }
}

/// Whether a change can make nothing lower.
fn raises(change: Change) -> bool {
    matches!(change, Change::Raise(_) | Change::Set(Severity::Critical))
}

/// Whether a change can make nothing higher.
fn lowers(change: Change) -> bool {
    matches!(change, Change::Lower(_) | Change::Set(Severity::Info))
}
