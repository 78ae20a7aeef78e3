//! What an answer does not say by itself: what a condition lets pass though somebody may have meant it.

use jiff::Timestamp;

use super::part::{Comparison, Part};
use super::{Condition, status_at};
use crate::model::{Duty, Entry, Report, Severity};

/// What whoever asks should know of a report that he lets pass, in words.
pub fn hints(conditions: &[Condition], report: &Report, as_of: Timestamp) -> Vec<String> {
    let due = |entry: &&Entry| status_at(entry, as_of).is_due();
    let due: Vec<&Entry> = report.in_order().filter(due).collect();
    let mut hints = Vec::new();
    for condition in conditions {
        let is_bound = |part: &&Part| matches!(part, Part::Severity(Comparison::AtLeast, level) if *level > Severity::Unknown);
        if condition.parts.iter().any(|part| is_bound(&part)) {
            let others = || condition.parts.iter().filter(|part| !is_bound(part));
            let unrated = due.iter().filter(|entry| {
                entry.assessment.severity == Severity::Unknown
                    && others().all(|part| part.holds(entry, as_of))
            });
            if let Some(number) = findings(unrated.count()) {
                let text = condition.text();
                hints.push(format!(
                    "`{text}` lets {number} pass that nobody rated; `severity=unknown` asks for them"
                ));
            }
        }
    }
    let asked = |duty: Duty| {
        let mut parts = conditions.iter().flat_map(|condition| &condition.parts);
        parts.any(|part| *part == Part::Overdue(duty))
    };
    if asked(Duty::Fix) {
        for duty in Duty::ALL.into_iter().filter(|&duty| !asked(duty)) {
            let late = due.iter().filter(|entry| {
                let deadline = entry.assessment.deadlines.get(&duty);
                deadline.is_some_and(|deadline| deadline.ends <= as_of)
            });
            if let Some(number) = findings(late.count()) {
                let duty = duty.name();
                hints.push(format!(
                    "the date to {duty} has passed for {number}; `overdue:{duty}` asks for them"
                ));
            }
        }
    }
    hints
}

/// `2 findings`; nothing of none.
fn findings(number: usize) -> Option<String> {
    match number {
        0 => None,
        1 => Some("1 finding".to_owned()),
        more => Some(format!("{more} findings")),
    }
}
