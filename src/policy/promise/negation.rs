//! Tells sentences that promise nothing: `we do not guarantee a fix within three days`.

use std::ops::Range;

use super::topic::duties;
use super::words::Word;

const NEGATORS: [&str; 18] = [
    "not", "no", "never", "cannot", "cant", "dont", "doesnt", "didnt", "wont", "isnt", "arent",
    "without", "neither", "nor", "nobody", "unable", "hardly", "shouldnt",
];
/// Words behind `not` and `no` that turn them into something else: `no more than`, `not only`.
const UPPER: [&str; 13] = [
    "more",
    "longer",
    "later",
    "less",
    "fewer",
    "sooner",
    "earlier",
    "only",
    "just",
    "merely",
    "exception",
    "exceptions",
    "matter",
];
/// What is promised with.
const PROMISES: [&str; 20] = [
    "promise",
    "promises",
    "promised",
    "promising",
    "guarantee",
    "guarantees",
    "guaranteed",
    "guaranteeing",
    "commit",
    "commits",
    "committed",
    "commitment",
    "commitments",
    "obligation",
    "obligations",
    "obliged",
    "obligated",
    "warrant",
    "warranty",
    "binding",
];
/// Where what is denied ends.
const TURNS: [&str; 14] = [
    "but",
    "however",
    "yet",
    "although",
    "though",
    "while",
    "whereas",
    "instead",
    "nevertheless",
    "still",
    "unless",
    ";",
    ":",
    "—",
];
/// Words that begin something of their own behind a comma or `and`.
const SUBJECTS: [&str; 14] = [
    "we", "our", "they", "it", "all", "every", "each", "the", "these", "critical", "high",
    "medium", "low", "any",
];

/// The parts of a sentence in which nothing is promised, in its order.
pub(super) fn denied(words: &[Word]) -> Vec<Range<usize>> {
    clauses(words)
        .into_iter()
        .filter(|range| {
            let clause = words.get(range.clone()).unwrap_or_default();
            let promise = |at: usize| clause.get(at).is_some_and(|word| word.is(&PROMISES));
            (0..clause.len()).any(|at| promise(at) && is_negated(clause, at, 4))
        })
        .collect()
}

/// The parts that say of a duty that it is not done: nobody knows what is meant.
pub(super) fn undone(words: &[Word]) -> Vec<Range<usize>> {
    clauses(words)
        .into_iter()
        .filter(|range| {
            let clause = words.get(range.clone()).unwrap_or_default();
            let upper = ["exceed", "later", "longer", "more", "than"];
            !clause.iter().any(|word| word.is(&upper))
                && duties(clause)
                    .iter()
                    .any(|&(at, _)| is_negated(clause, at, 2))
        })
        .collect()
}

/// Whether so few words before a place stands one that negates it.
fn is_negated(clause: &[Word], at: usize, near: usize) -> bool {
    (at.saturating_sub(near)..at).any(|place| {
        let way = clause.get(place + 1..at).unwrap_or_default();
        let negates = clause.get(place).is_some_and(|word| word.is(&NEGATORS));
        let number = |word: &Word| word.text.starts_with(|first: char| first.is_ascii_digit());
        let turned = clause.get(place + 1).is_some_and(|word| word.is(&UPPER));
        negates && !turned && !way.iter().any(|word| number(word) || word.text == ",")
    })
}

fn clauses(words: &[Word]) -> Vec<Range<usize>> {
    let mut clauses = Vec::new();
    let mut start = 0;
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1);
        let begins = word.is(&[",", "and"]) && next.is_some_and(|next| next.is(&SUBJECTS));
        if word.is(&TURNS) || begins {
            clauses.push(start..at);
            start = at + 1;
        }
    }
    clauses.push(start..words.len());
    clauses
}
