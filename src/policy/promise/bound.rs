//! Reads the words around severities that turn them round or widen them: `all but critical`, `below high`, `medium or lower`.
//!
//! What cannot be told is marked as unclear: a set that is read the wrong way round would pass for a promise kept.

use super::level::{Levels, Mention, every_vulnerability, is_name};
use super::number;
use super::words::Word;
use crate::model::Severity;
use crate::policy::LEVELS;

/// What the words before or behind a level make of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bound {
    /// `except`, `all but`
    Except,
    /// `not`, `non`
    Not,
    Below,
    Above,
    AtLeast,
    AtMost,
    Unclear,
}

const NOUNS: [&str; 27] = [
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
const FILLERS: [&str; 20] = [
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
const EXCEPT: [&str; 8] = [
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
/// So many words around an exception are looked at for terms.
const NEAR: usize = 64;
const JOINERS: [&str; 5] = ["and", "or", "nor", "/", "&"];

/// The mentions as they are meant.
pub(super) fn apply(words: &[Word], mentions: Vec<Mention>) -> Vec<Mention> {
    let mut meant: Vec<Mention> = Vec::with_capacity(mentions.len());
    let mut rest = mentions.into_iter().peekable();
    while let Some(mut mention) = rest.next() {
        if meant
            .last()
            .is_some_and(|last| mention.range.start < last.range.end)
        {
            continue;
        }
        if mention.levels.is_empty() {
            meant.push(mention);
            continue;
        }
        if let Some((bound, end)) = behind(words, mention.range.end) {
            mention = bounded(words, mention, bound);
            mention.range.end = end;
        }
        let Some((bound, start)) = before(words, mention.range.start) else {
            meant.push(mention);
            continue;
        };
        // `all but high and critical` is about both.
        let mut joins_oddly = false;
        let mut is_group = false;
        while let Some(next) = rest.next_if(|next| {
            let way = words.get(mention.range.end..next.range.start);
            way.is_some_and(|way| is_joined(way))
        }) {
            let way = words
                .get(mention.range.end..next.range.start)
                .unwrap_or_default();
            joins_oddly |= way.iter().any(|word| word.text == ",") || next.levels.is_empty();
            mention.levels.extend(next.levels);
            mention.range.end = next.range.end;
            is_group = true;
        }
        mention.is_unclear |= joins_oddly || (is_group && bound != Bound::Except);
        // `less severe than high`: what stands within the words of the bound is no level.
        while meant.pop_if(|last| last.range.end > start).is_some() {}
        let near = meant.last().filter(|last| {
            let way = words.get(last.range.end..start).unwrap_or_default();
            way.len() < 6 && !way.iter().any(is_unit)
        });
        let excludes = matches!(bound, Bound::Except | Bound::Not);
        let all: Levels = Severity::ALL.into();
        let base = match near {
            Some(last) if excludes && last.levels == all => Some(all),
            Some(_) if excludes || bound == Bound::AtMost => None,
            _ => Some(every_vulnerability()),
        };
        match base {
            Some(base) if excludes => {
                let is_plain = bound == Bound::Not || is_plain_exception(words, start, &mention);
                let is_of_all = base.contains(&Severity::Info);
                mention.is_unclear |= !is_plain && !is_of_all;
                mention.levels = base.difference(&mention.levels).copied().collect();
                if is_of_all && let Some(last) = meant.pop() {
                    mention.range.start = last.range.start;
                }
            }
            Some(_) => mention = bounded(words, mention, bound),
            None => mention.is_unclear = true,
        }
        mention.is_unclear |= bound == Bound::Unclear || mention.levels.is_empty();
        mention.range.start = mention.range.start.min(start);
        meant.push(mention);
    }
    meant
}

fn is_unit(word: &Word) -> bool {
    word.text.len() > 2 && number::unit(word).is_some()
}

/// Whether levels on both sides of these words are one list.
fn is_joined(way: &[Word]) -> bool {
    !way.is_empty()
        && way.len() <= 4
        && way
            .iter()
            .all(|word| word.is(&JOINERS) || word.is(&NOUNS) || word.text == ",")
        && way.iter().any(|word| word.is(&JOINERS) || word.text == ",")
}

/// A level by name on one side of a bound.
fn bounded(words: &[Word], mut mention: Mention, bound: Bound) -> Mention {
    let named = is_name(words, mention.range.start);
    let one = mention.levels.first().copied();
    let level = one.filter(|&level| {
        named && !mention.is_unclear && mention.levels.len() == 1 && level != Severity::Unknown
    });
    let holds = |level: Severity, other: Severity| match bound {
        Bound::Below => other < level && other > Severity::Info,
        Bound::AtMost => other <= level && other > Severity::Info,
        Bound::Above => other > level,
        Bound::AtLeast => other >= level,
        Bound::Except | Bound::Not | Bound::Unclear => false,
    };
    let levels: Levels = level.map_or_else(Levels::new, |level| {
        let within = |other: &Severity| holds(level, *other);
        LEVELS.into_iter().filter(within).collect()
    });
    if levels.is_empty() {
        mention.is_unclear = true;
    } else {
        mention.levels = levels;
    }
    mention
}

/// The bound that ends right before a level, and where its words begin.
fn before(words: &[Word], level: usize) -> Option<(Bound, usize)> {
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

fn is_quantifier(words: &[Word], at: usize) -> bool {
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

/// Whether an exception says what holds for the others, and not what holds for itself:
/// `all issues within 30 days, except critical ones, which take 7 days`.
fn is_plain_exception(words: &[Word], start: usize, mention: &Mention) -> bool {
    let is = |at: usize, list: &[&str]| words.get(at).is_some_and(|word| word.is(list));
    let mut next = mention.range.end;
    while is(next, &NOUNS) {
        next += 1;
    }
    let has_comma = is(next, &[","]);
    let behind = next + usize::from(has_comma);
    if is(
        behind,
        &[
            "which", "that", "these", "those", "they", "whose", "where", "(",
        ],
    ) {
        return false;
    }
    let opens = is_quantifier(words, start) || is(start, &NOUNS);
    let before = words
        .get(start.saturating_sub(NEAR)..start)
        .unwrap_or_default();
    let after = words
        .get(next..words.len().min(next + NEAR))
        .unwrap_or_default();
    let follows = has_comma && is_quantifier(words, behind);
    match (before.iter().any(is_unit), after.iter().any(is_unit)) {
        _ if opens || follows => true,
        (true, is_followed) => !is_followed,
        (false, _) => has_comma && after.iter().filter(|word| is_unit(word)).count() == 1,
    }
}

/// The bound that stands behind a level, and where its words end: `or above`, `issues and lower`.
fn behind(words: &[Word], end: usize) -> Option<(Bound, usize)> {
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
