//! Reads whole numbers in digits, in words and in Roman ones, and knows fractions when it sees them.

use super::number::unit;
use super::words::Word;
use crate::policy::{Span, Unit};

const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 8] = [
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];
/// A number in digits or words and where it ends. `None` in it: no whole number.
pub(super) fn number(words: &[Word], at: usize) -> Option<(Option<u32>, usize)> {
    let word = words.get(at)?;
    let first = word.text.chars().next()?;
    if is_zero_day(words, at) {
        return None;
    }
    let (value, end) = if first.is_ascii_digit() {
        (word.text.parse().ok(), at + 1)
    } else if first.is_numeric() {
        // `½`, and digits of other scripts.
        (None, at + 1)
    } else if word.text == "half" {
        let article = words.get(at + 1).is_some_and(|next| next.is(&["a", "an"]));
        (None, at + 1 + usize::from(article))
    } else if let Some(read) = roman(words, at) {
        read
    } else {
        let (value, end) = in_words(words, at)?;
        (Some(value), end)
    };
    // `one (1) week`: the smaller of the two should they ever differ.
    if let (Some(open), Some(digits), Some(close)) =
        (words.get(end), words.get(end + 1), words.get(end + 2))
        && open.text == "("
        && close.text == ")"
        && let Ok(again) = digits.text.parse::<u32>()
    {
        return Some((value.map(|value| value.min(again)), end + 3));
    }
    Some((value, end))
}

/// Halves that are whole numbers of something smaller: `half a year`, also said twice.
pub(super) fn half(words: &[Word], at: usize) -> Option<(Span, usize)> {
    let is = |place: usize, list: &[&str]| words.get(place).is_some_and(|word| word.is(list));
    if !is(at, &["half"]) {
        return None;
    }
    let end = at + 1 + usize::from(is(at + 1, &["a", "an"]));
    let (count, unit) = match words.get(end)?.text.as_str() {
        "day" => (12, Unit::Hours),
        "year" => (6, Unit::Months),
        _ => return None,
    };
    // `half a year (six months)`, `half a year, at the latest 6 months`
    let mut again = end + 1;
    while is(again, &["(", ",", "or", "at", "the", "latest"]) && again < end + 6 {
        again += 1;
    }
    let same = number(words, again).filter(|&(value, place)| {
        let counts = words.get(place).and_then(self::unit);
        again > end + 1 && value == Some(count) && counts == Some(unit)
    });
    let after = match same {
        Some((_, place)) => place + 1 + usize::from(is(place + 1, &[")"])),
        None => end + 1,
    };
    Some((Span { count, unit }, after))
}

/// `zero-day` and `0-days` are no terms, but `within zero days` is.
fn is_zero_day(words: &[Word], at: usize) -> bool {
    let is = |place: Option<usize>, list: &[&str]| {
        let word = place.and_then(|place| words.get(place));
        word.is_some_and(|word| word.is(list))
    };
    is(Some(at), &["zero", "0"])
        && is(Some(at + 1), &["day", "days"])
        && !is(at.checked_sub(1), &["within", "in"])
}

/// A Roman number before a unit. A single letter may stand for whatever number: `X days`.
fn roman(words: &[Word], at: usize) -> Option<(Option<u32>, usize)> {
    let letters = &words.get(at)?.raw;
    let digit = |letter: char| match letter {
        'I' => Some(1_u32),
        'V' => Some(5),
        'X' => Some(10),
        'L' => Some(50),
        'C' => Some(100),
        _ => None,
    };
    let digits: Option<Vec<u32>> = letters.chars().map(digit).collect();
    let digits = digits.filter(|digits| (1..=8).contains(&digits.len()))?;
    let next = words.get(at + 1)?;
    let adjective = ["business", "working", "work", "calendar"];
    let counts = if next.is(&adjective) {
        words.get(at + 2)?
    } else {
        next
    };
    unit(counts)?;
    if digits.len() == 1 {
        return Some((None, at + 1));
    }
    let mut value = 0;
    for (place, &digit) in digits.iter().enumerate() {
        let smaller = digits.get(place + 1).is_some_and(|&next| digit < next);
        // A smaller digit is less than the one behind it, so what is taken here comes back with that one.
        value = if smaller {
            value - i64::from(digit)
        } else {
            value + i64::from(digit)
        };
    }
    Some((u32::try_from(value).ok(), at + 1))
}

fn in_words(words: &[Word], at: usize) -> Option<(u32, usize)> {
    let place = |list: &[&str], at: usize| {
        let word = words.get(at)?;
        let place = list.iter().position(|known| word.text == *known)?;
        u32::try_from(place).ok()
    };
    let below_hundred = |at: usize| {
        if let Some(tens) = place(&TENS, at) {
            let ones = place(&ONES, at + 1).filter(|ones| (1..=9).contains(ones));
            return Some((
                (tens + 2) * 10 + ones.unwrap_or(0),
                at + 1 + usize::from(ones.is_some()),
            ));
        }
        place(&ONES, at).map(|ones| (ones, at + 1))
    };
    let is = |at: usize, what: &str| words.get(at).is_some_and(|word| word.text == what);
    if is(at, "couple") {
        return Some((2, at + 1 + usize::from(is(at + 1, "of"))));
    }
    if is(at, "dozen") {
        return Some((12, at + 1));
    }
    let (value, end) = below_hundred(at)
        .or_else(|| (is(at, "a") && is(at + 1, "hundred")).then_some((1, at + 1)))?;
    if !is(end, "hundred") || value > 9 {
        return Some((value, end));
    }
    let hundreds = value * 100;
    let skip = end + 1 + usize::from(is(end + 1, "and"));
    Some(match below_hundred(skip) {
        Some((more, end)) => (hundreds + more, end),
        None => (hundreds, end + 1),
    })
}
