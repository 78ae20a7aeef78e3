//! Finds what tells a time and is no term that can be read: it is told, since nobody compares it.

use std::ops::Range;

use super::number;
use super::words::Word;
use crate::policy::calendar::WEEKDAYS;

/// Why such a word is listed.
pub(super) const REASON: &str = "it could not be read: check by hand";

/// Words that tell a time or how often, whatever stands around them.
const ALONE: [&str; 33] = [
    "twice",
    "thrice",
    "triple",
    "halved",
    "immediately",
    "immediate",
    "instantly",
    "instant",
    "straightaway",
    "overnight",
    "today",
    "tonight",
    "tomorrow",
    "midnight",
    "noon",
    "morning",
    "evening",
    "weekend",
    "moments",
    "seconds",
    "hourly",
    "daily",
    "nightly",
    "weekly",
    "biweekly",
    "fortnightly",
    "monthly",
    "quarterly",
    "annually",
    "yearly",
    "eod",
    "cob",
    "nbd",
];
/// Pairs of words that do.
const PAIRS: [[&str; 2]; 6] = [
    ["right", "away"],
    ["straight", "away"],
    ["at", "once"],
    ["real", "time"],
    ["the", "spot"],
    ["of", "business"],
];
/// Words before a weekday that tell how often.
const REGULAR: [&str; 10] = [
    "every", "each", "second", "third", "first", "other", "last", "next", "patch", "this",
];
/// What comes round when work is done, and the words before it that make it a time: `within one sprint`, `per release`.
const ROUNDS: [&str; 13] = [
    "sprint",
    "sprints",
    "iteration",
    "iterations",
    "release",
    "releases",
    "cycle",
    "cycles",
    "milestone",
    "milestones",
    "window",
    "windows",
    "version",
];
const ROUND_LEADS: [&str; 16] = [
    "within",
    "per",
    "every",
    "each",
    "one",
    "two",
    "three",
    "four",
    "next",
    "following",
    "coming",
    "same",
    "single",
    "few",
    "several",
    "a",
];
const ROUND_KINDS: [&str; 9] = [
    "scheduled",
    "planned",
    "regular",
    "major",
    "minor",
    "patch",
    "maintenance",
    "security",
    "development",
];
/// Words before a unit without a number that make it a time: `within the week`, `this month`, `every day`.
const LEADS: [&str; 22] = [
    "within",
    "in",
    "by",
    "under",
    "than",
    "until",
    "before",
    "this",
    "same",
    "that",
    "next",
    "following",
    "coming",
    "every",
    "each",
    "per",
    "half",
    "few",
    "several",
    "some",
    "single",
    "of",
];
/// Words before `days` and `hours` that tell when people work.
const WORKING: [&str; 6] = [
    "business", "working", "work", "office", "support", "opening",
];

/// Whether a word tells a time by itself.
pub(super) fn is_alone(word: &Word) -> bool {
    word.is(&ALONE)
}

/// Whether what stands behind a length measures it against another time: `14 days faster than critical ones`.
pub(super) fn is_compared(words: &[Word], end: usize) -> bool {
    let is = |at: usize, list: &[&str]| words.get(at).is_some_and(|word| word.is(list));
    let compared = [
        "faster", "slower", "quicker", "sooner", "earlier", "later", "longer", "shorter", "less",
        "more", "before", "ahead", "prior", "than",
    ];
    is(end, &compared)
}

/// Where times stand that are in none of the ranges, which are in their order.
pub(super) fn places(words: &[Word], read: &[Range<usize>]) -> Vec<usize> {
    let is_read = |at: usize| {
        let next = read.get(read.partition_point(|range| range.end <= at));
        next.is_some_and(|range| range.start <= at)
    };
    let mut places: Vec<usize> = Vec::new();
    for at in (0..words.len()).filter(|&at| !is_read(at)) {
        let told = alone(words, at)
            || unit(words, at)
            || round(words, at)
            || (offset(words, at) && !is_read(at + 2));
        // `the end of the same day` is one time.
        let is_near = places.last().is_some_and(|&before| at <= before + 2);
        if told && !is_near {
            places.push(at);
        }
    }
    places
}

fn alone(words: &[Word], at: usize) -> bool {
    let Some(word) = words.get(at) else {
        return false;
    };
    let next = words.get(at + 1);
    let before = at.checked_sub(1).and_then(|before| words.get(before));
    let pair = |[first, second]: &[&str; 2]| {
        word.text == *first && next.is_some_and(|next| next.text == *second)
    };
    // `close of business` and `on the spot`, but not `line of business` or `the spot`.
    let led = match word.text.as_str() {
        "of" => before.is_some_and(|before| before.is(&["close", "end"])),
        "the" => before.is_some_and(|before| before.text == "on"),
        _ => true,
    };
    let deadline = before.is_some_and(|before| before.is(&["by", "until", "till", "before"]));
    // `every second Tuesday`
    let regular = before.is_some_and(|before| before.is(&REGULAR));
    // `half that time`, `double the time`
    let multiple = word.is(&["half", "double"])
        && next.is_some_and(|next| next.is(&["that", "this", "the", "as"]));
    is_alone(word)
        || (PAIRS.iter().any(pair) && led)
        || (word.is(&WEEKDAYS) && (deadline || regular))
        || multiple
}

/// A unit without a number: any plural, and a single one behind a word that makes it a time.
fn unit(words: &[Word], at: usize) -> bool {
    let Some(word) = words.get(at) else {
        return false;
    };
    if number::unit(word).is_none() || word.text.len() < 3 {
        return false;
    }
    let before = |back: usize| at.checked_sub(back).and_then(|place| words.get(place));
    let is = |back: usize, list: &[&str]| before(back).is_some_and(|word| word.is(list));
    // `zero-day`, `0-days`
    if is(1, &["zero", "0", "n", "one"]) && !is(2, &["within", "in"]) {
        return false;
    }
    let back = 1 + usize::from(is(1, &WORKING));
    // `on business days`, `during office hours`, `outside working hours`: when people work.
    if is(back, &["on", "during", "outside", "our"]) || (back > 1 && !is(back, &LEADS)) {
        return false;
    }
    let article = back + usize::from(is(back, &["the", "a", "an"]));
    // `from the day on which`, `the month of its release`
    let event = words
        .get(at + 1)
        .is_some_and(|next| next.is(&["on", "of", "when", "that", "after"]));
    word.text.ends_with('s') || (is(article, &LEADS) && !event)
}

/// `within one sprint`, `in the next release`, `2 cycles`
fn round(words: &[Word], at: usize) -> bool {
    if !words.get(at).is_some_and(|word| word.is(&ROUNDS)) {
        return false;
    }
    let before = |back: usize| at.checked_sub(back).and_then(|place| words.get(place));
    let back = 1 + usize::from(before(1).is_some_and(|word| word.is(&ROUND_KINDS)));
    before(back).is_some_and(|word| {
        let digit = word.text.starts_with(|first: char| first.is_ascii_digit());
        let article = word.text == "a";
        let within = before(back + 1).is_some_and(|word| word.is(&["within", "once"]));
        digit || (word.is(&ROUND_LEADS) && (!article || within))
    })
}

/// `T+3`
fn offset(words: &[Word], at: usize) -> bool {
    let is = |place: usize, list: &[&str]| words.get(place).is_some_and(|word| word.is(list));
    let digit = |word: &Word| word.text.starts_with(|first: char| first.is_ascii_digit());
    is(at, &["t", "d", "day"]) && is(at + 1, &["+"]) && words.get(at + 2).is_some_and(digit)
}
