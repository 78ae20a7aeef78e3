//! Gives each term of a sentence the levels and duties that are named around it.

use super::event::Clock;
use super::level::{self, Mention};
use super::number::Found;
use super::topic::{Naming, duties};
use super::words::Word;
use crate::model::Duty;

/// A term with the words that belong to it.
pub(super) struct Term {
    pub(super) found: Found,
    pub(super) clock: Option<Clock>,
    /// Where its words end, with its clock.
    pub(super) end: usize,
    pub(super) levels: Vec<Mention>,
    pub(super) duties: Vec<Duty>,
}

/// A mention behind a term belongs to it when it is tied to it (`7 days for critical`), else to the term that follows.
pub(super) fn give_levels(words: &[Word], terms: &mut [Term]) {
    let mut mentions = level::mentions(words);
    // The terms stand in the order of the sentence.
    let outside = |mention: &Mention, terms: &[Term]| {
        let next = terms.partition_point(|term| term.end <= mention.range.start);
        let next = terms.get(next);
        next.is_none_or(|term| mention.range.end <= term.found.range.start)
    };
    mentions.retain(|mention| outside(mention, terms));
    let mut tied = false;
    let mut before: Option<usize> = None;
    for mention in mentions {
        let next = terms.partition_point(|term| term.found.range.start < mention.range.start);
        let previous = next.checked_sub(1);
        let next = (next < terms.len()).then_some(next);
        let gap_start = previous
            .and_then(|at| terms.get(at))
            .map_or(0, |term| term.end);
        let between = words
            .get(before.unwrap_or(0).max(gap_start)..mention.range.start)
            .unwrap_or_default();
        let first_of_gap = before.is_none_or(|before| before < gap_start);
        tied = if first_of_gap {
            let boundary = between
                .iter()
                .any(|word| word.is(&[",", ";", ":", "—", "and", "or", "|", "/"]));
            let connected = between
                .iter()
                .any(|word| word.is(&["for", "if", "when", "where", "with", "on", "(", "rated"]));
            previous.is_some()
                && connected
                && !boundary
                && !starts_anew(words, gap_start, mention.range.start)
        } else {
            tied && between.iter().all(|word| {
                word.is(&[
                    "and",
                    "or",
                    ",",
                    "/",
                    "&",
                    "severity",
                    "(",
                    ")",
                    "to",
                    "for",
                    "vulnerabilities",
                    "issues",
                ])
            })
        };
        before = Some(mention.range.end);
        let owner = match (previous, next) {
            (Some(previous), _) if tied => Some(previous),
            (_, Some(next)) => Some(next),
            // Behind the last term: its own unless it has one.
            (Some(last), None) => terms
                .get(last)
                .filter(|term| term.levels.is_empty())
                .map(|_| last),
            (None, None) => None,
        };
        if let Some(term) = owner.and_then(|owner| terms.get_mut(owner)) {
            term.levels.push(mention);
        }
    }
}

/// Whether a line with a capital letter begins on the way: lines of a list without marks need no punctuation.
fn starts_anew(words: &[Word], from: usize, to: usize) -> bool {
    let way = words.get(from.saturating_sub(1)..=to).unwrap_or_default();
    way.windows(2).any(|pair| match pair {
        [before, word] => word.line > before.line && word.raw.starts_with(char::is_uppercase),
        _ => false,
    })
}

/// Gives each term its duties; whether the sentence names any.
pub(super) fn give_duties(
    words: &[Word],
    terms: &mut [Term],
    whole: Option<&(Clock, usize)>,
) -> bool {
    // What stands in the words of a clock is an event: `of notification`, `counted from triage`.
    let leading = words.iter().position(|word| word.text == ",").unwrap_or(0);
    let in_clock = |at: usize| match whole {
        Some((_, 0)) => at < leading,
        Some((_, from)) => {
            at > *from
                && terms
                    .last()
                    .is_none_or(|term| term.found.range.start < *from)
        }
        None => false,
    };
    let outside = |at: usize, terms: &[Term]| {
        let next = terms.get(terms.partition_point(|term| term.end <= at));
        next.is_none_or(|term| at < term.found.range.start)
    };
    let named: Vec<Naming> = duties(words)
        .into_iter()
        .filter(|&(at, _)| outside(at, terms) && !in_clock(at))
        .collect();
    let bounds: Vec<(usize, usize)> = terms
        .iter()
        .map(|term| (term.found.range.start, term.end))
        .collect();
    let between = |from: usize, to: usize| {
        let first = named.partition_point(|&(at, _)| at < from);
        let behind = named.partition_point(|&(at, _)| at < to);
        named.get(first..behind).unwrap_or_default()
    };
    let mut behind_style = false;
    for (index, term) in terms.iter_mut().enumerate() {
        let (start, end) = bounds.get(index).copied().unwrap_or_default();
        let previous = index
            .checked_sub(1)
            .and_then(|index| bounds.get(index))
            .map_or(0, |&(_, end)| end);
        let next = bounds
            .get(index + 1)
            .map_or(words.len(), |&(start, _)| start);
        let (before, behind) = (between(previous, start), between(end, next));
        let tied = words
            .get(end)
            .is_some_and(|word| word.is(&["to", "for", "until"]));
        let first_behind = behind.first().map(|&(_, duty)| duty);
        let tied =
            first_behind.filter(|_| tied && behind.first().is_some_and(|&(at, _)| at <= end + 3));
        if index == 0 {
            behind_style = before.is_empty() && !behind.is_empty();
        }
        term.duties = match (tied, first_behind) {
            (Some(duty), _) => vec![duty],
            (None, Some(duty)) if behind_style => vec![duty],
            _ => joined(words, before),
        };
    }
    !named.is_empty()
}

/// The last duty that is named, with those that `and` joins to it.
fn joined(words: &[Word], named: &[Naming]) -> Vec<Duty> {
    let mut duties: Vec<Duty> = Vec::new();
    let mut behind: Option<usize> = None;
    for &(at, duty) in named.iter().rev() {
        if let Some(behind) = behind {
            let between = words.get(at + 1..behind).unwrap_or_default();
            let joins = between
                .iter()
                .all(|word| word.is(&["and", "or", ",", "/", "&", "then"]));
            if !joins || between.len() > 3 {
                break;
            }
        }
        behind = Some(at);
        if !duties.contains(&duty) {
            duties.push(duty);
        }
    }
    duties
}
