//! Holds a page against a policy, statement by statement.

use std::collections::BTreeSet;

use super::duration::Comparison;
use super::event::{self, Clock};
use super::keep::Keeper;
use super::level::{Levels, every_vulnerability};
use super::number::Planned;
use super::sentence::Promised;
use super::statement::{Statement, Verdict, Verification};
use super::words::words;
use super::{phrase, read};
use crate::model::{Duty, Severity, Text};
use crate::policy::{Calendar, Edition, Policy, Rule, Span};

/// Every term and clock of a page (plain text, Markdown or HTML), and whether the policy always keeps it.
///
/// What cannot be told is never passed over: it is a statement that was not understood.
pub fn verify(policy: &Policy, edition: &Edition, page: &str) -> Verification {
    let name = |rule: &Rule| {
        words(rule.name.untrusted(), 1)
            .into_iter()
            .map(|word| word.text)
            .collect()
    };
    let rules: Vec<Vec<String>> = edition.rules.iter().map(name).collect();
    let page = read::read(page, &rules);
    let week = page.week.as_ref().map(|(week, ..)| week.clone());
    let comparison = Comparison::new(&policy.calendar, week);
    let mut keeper = Keeper::new(policy, edition, comparison, page.rules);
    let mut statements: Vec<Statement> = page
        .week
        .iter()
        .map(|week| work_week(&policy.calendar, week))
        .collect();
    for reading in page.readings {
        let (verdict, claim) = match reading.promised {
            _ if reading.is_denied => (Verdict::NotPromised, String::new()),
            Ok(promised) => {
                let rule = promised.rule.and_then(|place| edition.rules.get(place));
                (keeper.judge(&promised), claim(&promised, rule))
            }
            Err(reason) => (Verdict::NotUnderstood(reason.to_owned()), String::new()),
        };
        statements.push(Statement {
            line: reading.line,
            words: Text::line(&reading.words),
            claim: if matches!(verdict, Verdict::NotUnderstood(_)) {
                String::new()
            } else {
                claim
            },
            verdict,
        });
    }
    statements.sort_by_key(|statement| statement.line);
    Verification {
        statements,
        lowering: keeper.lowering(),
    }
}

/// Days on which the page works and the policy does not make its business days longer.
fn work_week(
    calendar: &Calendar,
    (week, line, words): &(BTreeSet<i8>, usize, String),
) -> Statement {
    let verdict = if week.is_subset(calendar.work_week()) {
        Verdict::Kept(None)
    } else {
        Verdict::NotKept("the policy has fewer business days in a week".to_owned())
    };
    Statement {
        line: *line,
        words: Text::line(words),
        verdict,
        claim: "business days".to_owned(),
    }
}

/// What a statement was taken for; `rule` is the one that it names.
fn claim(promised: &Promised, rule: Option<&Rule>) -> String {
    let verbs = promised.duties.iter().map(|duty| match duty {
        Duty::Acknowledge => "acknowledged",
        Duty::Assess => "assessed",
        Duty::Fix => "fixed",
        Duty::Notify => "notified",
    });
    let verbs = verbs.collect::<Vec<_>>().join(" and ");
    let from = match &promised.clock {
        Some(Clock::Events(events)) => {
            let events: Vec<&str> = events.iter().map(|&event| event::word(event)).collect();
            format!(" from {}", events.join(" or "))
        }
        _ => String::new(),
    };
    let Some(span) = promised.span else {
        let what = if verbs.is_empty() {
            "every clock".to_owned()
        } else {
            format!("{verbs}:")
        };
        return format!("{what} counted{from}");
    };
    let mut subject = levels(&promised.levels);
    if let Some(rule) = rule {
        subject = format!("{subject} under rule `{}`", rule.name.untrusted());
    }
    if let Some(source) = promised.source {
        subject = format!("{subject} of source {}", source.name());
    }
    let maintenance = match promised.maintenance {
        None => "",
        Some(Planned::Earlier) => " or by the next maintenance, if earlier",
        Some(Planned::Later) => " or by the next maintenance, if later",
        Some(Planned::Open) => " or by the next maintenance",
    };
    format!("{subject} {verbs} {}{maintenance}{from}", within(span))
}

fn levels(levels: &Levels) -> String {
    if *levels == every_vulnerability() {
        return "every vulnerability".to_owned();
    }
    if levels.len() == Severity::ALL.len() {
        return "every severity".to_owned();
    }
    levels
        .iter()
        .rev()
        .map(|level| level.name())
        .collect::<Vec<_>>()
        .join(", ")
}

fn within(span: Span) -> String {
    let length = phrase::length(span);
    if phrase::is_same_day(span) {
        format!("on the {length}")
    } else {
        format!("within {length}")
    }
}
