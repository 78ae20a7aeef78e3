//! Finds the bounds that stand before and behind a level: `all but`, `up to`, `or above`.

use super::level::is_name;
use super::words::Word;

/// What the words before or behind a level make of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    /// `except`, `all but`
    Except,
    /// `not`, `non`
    Not,
    /// `below`, `less than`
    Below,
    /// `above`, `higher than`
    Above,
    /// `at least`, `or above`
    AtLeast,
    /// `up to`, `or below`
    AtMost,
    /// Something that cannot be told.
    Unclear,
}

/// Words for what is rated.
pub(super) const NOUNS: [&str; 27] = [
    "severity",
    "severities",
    "level",
    "levels",
    "risk",
    "risks",
    "rated",
    "one",
    "ones",
    "issue",
    "issues",
    "vulnerability",
    "vulnerabilities",
    "finding",
    "findings",
    "bug",
    "bugs",
    "problem",
    "problems",
    "flaw",
    "flaws",
    "defect",
    "defects",
    "report",
    "reports",
    "weaknesses",
    "cves",
];
/// Words between a bound and its level that change nothing.
const FILLERS: [&str; 26] = [
    "they",
    "it",
    "its",
    "was",
    "considered",
    "deemed",
    "for",
    "the",
    "those",
    "these",
    "any",
    "of",
    "a",
    "an",
    "as",
    "with",
    "classified",
    "our",
    "only",
    "just",
    "being",
    "including",
    "that",
    "are",
    "is",
    "priority",
];
const QUANTIFIERS: [&str; 8] = [
    "all",
    "everything",
    "every",
    "any",
    "anything",
    "each",
    "other",
    "others",
];
const EXCEPT: [&str; 10] = [
    "bar",
    "sans",
    "except",
    "excepting",
    "excluding",
    "excl",
    "besides",
    "barring",
    "save",
    "minus",
];
const LOWER: [&str; 5] = ["lower", "less", "lesser", "milder", "smaller"];
const HIGHER: [&str; 4] = ["higher", "greater", "more", "worse"];
const BELOW: [&str; 4] = ["below", "under", "beneath", "<"];
const ABOVE: [&str; 5] = ["above", "over", "beyond", "exceeding", ">"];
/// Behind `or` and `and`.
const UPWARDS: [&str; 9] = [
    "above", "higher", "worse", "up", "upwards", "greater", "over", "beyond", "more",
];
const DOWNWARDS: [&str; 8] = [
    "below",
    "lower",
    "less",
    "under",
    "down",
    "downwards",
    "lesser",
    "milder",
];
/// Words right before a level that bound it in a way that is not read.
const ODD: [&str; 14] = [
    "between", "unless", "without", "neither", "nor", "less", "lower", "lesser", "more", "higher",
    "worse", "greater", "minimum", "maximum",
];
/// Words behind a level that do.
const ODD_BEHIND: [&str; 9] = [
    "excluded",
    "excepted",
    "exempt",
    "exempted",
    "aside",
    "upward",
    "upwards",
    "downward",
    "downwards",
];
const NEGATORS: [&str; 6] = ["no", "not", "never", "non", "nothing", "none"];

/// The bound that ends right before a level, and where its words begin.
pub(super) fn before(words: &[Word], level: usize) -> Option<(Bound, usize)> {
    for place in (level.saturating_sub(5)..level).rev() {
        if let Some((bound, start)) = lead(words, place, level) {
            return Some((bound, start));
        }
        let word = words.get(place)?;
        let includes = word.text == "and"
            && words
                .get(place + 1)
                .is_some_and(|next| next.text == "including");
        if !word.is(&FILLERS) && !word.is(&NOUNS) && !includes {
            return None;
        }
    }
    None
}

/// The bound whose last word stands at `place`.
fn lead(words: &[Word], place: usize, level: usize) -> Option<(Bound, usize)> {
    let word = words.get(place)?;
    let back = |back: usize, list: &[&str]| {
        place
            .checked_sub(back)
            .and_then(|at| words.get(at))
            .is_some_and(|word| word.is(list))
    };
    let told = |bound, length: usize| Some((bound, place - length));
    // `not below high`, `no lower than high`
    let negated = |bound, length: usize| {
        let is_negated = back(length + 1, &NEGATORS);
        told(if is_negated { Bound::Unclear } else { bound }, length)
    };
    let at_or = |near: Bound, strict: Bound| {
        if back(1, &["or"]) && back(2, &["at"]) {
            told(near, 2)
        } else {
            negated(strict, 0)
        }
    };
    match word.text.as_str() {
        "than" if back(1, &["other"]) => told(Bound::Except, 1).map(|told| quantified(words, told)),
        "than" => [1, 2]
            .into_iter()
            .find_map(|length| {
                if back(length, &LOWER) {
                    negated(Bound::Below, length)
                } else if back(length, &HIGHER) {
                    negated(Bound::Above, length)
                } else {
                    None
                }
            })
            .or_else(|| told(Bound::Unclear, 0)),
        "from" if back(1, &["apart", "aside"]) => {
            told(Bound::Except, 1).map(|told| quantified(words, told))
        }
        "from" | "at" | "with" if back(1, &["starting", "beginning"]) => told(Bound::AtLeast, 1),
        "to" if back(1, &["up"]) => negated(Bound::AtMost, 1),
        "to" if back(1, &["down", "opposed"]) => told(Bound::Unclear, 1),
        "of" if back(1, &["exception"]) => {
            told(Bound::Except, (place).min(3)).map(|told| quantified(words, told))
        }
        "of" if back(1, &["instead", "short"]) => told(Bound::Unclear, 1),
        "least" if back(1, &["at"]) => negated(Bound::AtLeast, 1),
        "most" if back(1, &["at"]) => negated(Bound::AtMost, 1),
        "≥" => told(Bound::AtLeast, 0),
        "≤" => told(Bound::AtMost, 0),
        "=" if back(1, &[">"]) => told(Bound::AtLeast, 1),
        "=" if back(1, &["<"]) => told(Bound::AtMost, 1),
        _ if word.is(&BELOW) => at_or(Bound::AtMost, Bound::Below),
        _ if word.is(&ABOVE) => at_or(Bound::AtLeast, Bound::Above),
        _ if word.is(&EXCEPT) => told(Bound::Except, 0).map(|told| quantified(words, told)),
        "but" => {
            let (bound, start) = quantified(words, (Bound::Except, place));
            let has_quantifier = start < place && is_quantifier(words, start);
            has_quantifier.then_some((bound, start))
        }
        "not" | "non" => {
            let way = words.get(place + 1..level).unwrap_or_default();
            let is_plain = way
                .iter()
                .all(|word| word.is(&["rated", "classified", "as"]));
            told(if is_plain { Bound::Not } else { Bound::Unclear }, 0)
        }
        _ if word.is(&ODD) => told(Bound::Unclear, 0),
        _ => None,
    }
}

/// Whether `all`, `everything` or their like stands here.
pub(super) fn is_quantifier(words: &[Word], at: usize) -> bool {
    words.get(at).is_some_and(|word| word.is(&QUANTIFIERS))
}

/// Takes `all issues`, `everything` and their like to the words of an exception.
fn quantified(words: &[Word], (bound, start): (Bound, usize)) -> (Bound, usize) {
    let is = |at: Option<usize>, list: &[&str]| {
        at.and_then(|at| words.get(at))
            .is_some_and(|word| word.is(list))
    };
    let mut first = start;
    while start - first < 3 && is(first.checked_sub(1), &NOUNS) {
        first -= 1;
    }
    if is(first.checked_sub(1), &QUANTIFIERS) {
        first -= 1;
    }
    (bound, first)
}

/// The bound that stands behind a level, and where its words end: `or above`, `issues and lower`.
pub(super) fn behind(words: &[Word], end: usize) -> Option<(Bound, usize)> {
    let is = |at: usize, list: &[&str]| words.get(at).is_some_and(|word| word.is(list));
    let mut at = end;
    while at < end + 3 && is(at, &NOUNS) {
        at += 1;
    }
    let odd = at + usize::from(is(at, &["is", "are"]));
    if is(odd, &ODD_BEHIND) {
        return Some((Bound::Unclear, odd + 1));
    }
    at += usize::from(is(at, &[",", "("]));
    if !is(at, &["or", "and", "/", "&"]) {
        return None;
    }
    at += 1;
    if is(at, &["not"]) && !is_name(words, at + 1) {
        return Some((Bound::Unclear, at + 1));
    }
    while is(
        at,
        &["any", "anything", "everything", "those", "rated", "all"],
    ) {
        at += 1;
    }
    let bound = if is(at, &UPWARDS) {
        Bound::AtLeast
    } else if is(at, &DOWNWARDS) {
        Bound::AtMost
    } else {
        return None;
    };
    let qualities = ["severe", "serious", "critical", "important", "urgent"];
    at += 1 + usize::from(is(at, &["more", "less"]) && is(at + 1, &qualities));
    // `high, and below critical`, `high and more than 7 days` go on with something else.
    let number = words
        .get(at)
        .is_some_and(|word| word.text.starts_with(|first: char| first.is_ascii_digit()));
    let goes_on = number || is(at, &["than", "to"]) || is_name(words, at);
    (!goes_on).then_some((bound, at))
}
