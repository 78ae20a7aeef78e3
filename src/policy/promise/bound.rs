//! Reads the words around severities that turn them round or widen them: `all but critical`, `below high`, `medium or lower`.
//!
//! What cannot be told is marked as unclear: a set that is read the wrong way round would pass for a promise kept.

use super::around::{Bound, NOUNS, before, behind, is_quantifier};
use super::level::{Levels, Mention, every_vulnerability, is_name};
use super::number;
use super::words::Word;
use crate::model::Severity;
use crate::policy::LEVELS;

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
            way.is_some_and(is_joined)
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
