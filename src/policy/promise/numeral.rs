//! Reads whole numbers in digits and in words.

use super::words::Word;

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
    let (value, end) = if word.text.starts_with(|first: char| first.is_ascii_digit()) {
        (word.text.parse().ok(), at + 1)
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
