//! Finds the terms in a sentence: numbers in digits or words with a unit, ranges, lists, and what stands in their place.

use std::ops::Range;

use super::level::is_name;
use super::numeral::{half, number};
use super::unread;
use super::words::Word;
use crate::policy::{Span, Unit};

/// Something that says how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// The words that say it.
    pub(super) range: Range<usize>,
    /// How long; several when it is a list such as `7, 14 and 30 days`. Or why that cannot be told.
    pub(super) spans: Result<Vec<Span>, &'static str>,
    /// Whether it goes on with `or the next maintenance`.
    pub(super) maintenance: Option<Planned>,
}

/// Which date `or the next maintenance` means on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Planned {
    /// It does not say.
    Open,
    /// The earlier of the two.
    Earlier,
    /// The later of the two.
    Later,
}

const DAYS: [&str; 2] = ["day", "days"];
const BUSINESS: [&str; 5] = ["business", "working", "work", "banking", "week"];
const PLAIN: [&str; 8] = [
    "calendar",
    "consecutive",
    "full",
    "clock",
    "additional",
    "further",
    "more",
    "natural",
];
/// What a number stands behind when it is a frequency, an age or a lower limit.
const NO_DEADLINE: [&str; 13] = [
    "every",
    "each",
    "last",
    "past",
    "previous",
    "per",
    "minimum",
    "older",
    "over",
    "after",
    "exceed",
    "exceeds",
    "exceeding",
];
/// The longest list of numbers that shares a unit.
const MOST_IN_LIST: usize = 12;

/// How a number counts.
#[derive(Clone, Copy)]
struct Counted {
    unit: Unit,
    factor: u32,
    divisor: u32,
}

/// The unit of a word, for heads of tables as well.
pub(super) fn unit(word: &Word) -> Option<Unit> {
    counted(word).map(|counted| counted.unit)
}

/// The unit that the head of a column names: `Fix (business days)`.
pub(super) fn unit_of_head(head: &[Word]) -> Option<Unit> {
    let place = head
        .iter()
        .position(|word| unit(word).is_some() && word.text.len() > 1)?;
    let before = place.checked_sub(1).and_then(|before| head.get(before));
    match unit(head.get(place)?)? {
        Unit::Days if before.is_some_and(|before| before.is(&BUSINESS)) => Some(Unit::BusinessDays),
        unit => Some(unit),
    }
}

fn counted(word: &Word) -> Option<Counted> {
    let counted = |unit, factor, divisor| {
        Some(Counted {
            unit,
            factor,
            divisor,
        })
    };
    match word.text.as_str() {
        "hour" | "hours" | "hr" | "hrs" | "h" => counted(Unit::Hours, 1, 1),
        "minute" | "minutes" | "mins" => counted(Unit::Hours, 1, 60),
        "day" | "days" | "d" => counted(Unit::Days, 1, 1),
        "workday" | "workdays" | "weekday" | "weekdays" => counted(Unit::BusinessDays, 1, 1),
        "week" | "weeks" | "wk" | "wks" | "w" => counted(Unit::Weeks, 1, 1),
        "fortnight" | "fortnights" => counted(Unit::Weeks, 2, 1),
        "month" | "months" => counted(Unit::Months, 1, 1),
        "quarter" | "quarters" => counted(Unit::Months, 3, 1),
        "year" | "years" => counted(Unit::Months, 12, 1),
        _ => None,
    }
}

/// Every term of a sentence, in its order. `head` is the unit that the head of a table gives to bare numbers.
pub(super) fn terms(words: &[Word], head: Option<Unit>) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let known = found.last().and_then(unit_of);
        let term = fixed(words, at).or_else(|| counted_term(words, at, head, known));
        match term {
            Some(mut term) => {
                maintenance(words, &mut term);
                at = term.range.end;
                found.push(term);
            }
            None => at += 1,
        }
    }
    found
}

fn unit_of(found: &Found) -> Option<Unit> {
    found.spans.as_ref().ok()?.last().map(|span| span.unit)
}

/// `same day`, `next business day`, `within a week`.
fn fixed(words: &[Word], at: usize) -> Option<Found> {
    let word = words.get(at)?;
    if let Some((span, end)) = half(words, at) {
        return Some(whole(at..end, span));
    }
    let next = words.get(at + 1)?;
    let day = words.get(at + 2).is_some_and(|word| word.is(&DAYS));
    let business = day && next.is(&BUSINESS);
    let last = if business { words.get(at + 2)? } else { next };
    let end = at + 2 + usize::from(business);
    let count = match word.text.as_str() {
        "same" => 0,
        "next" | "following" => 1,
        "a" | "an" | "the" => {
            let before = at.checked_sub(1).and_then(|before| words.get(before))?;
            let opens = ["within", "in", "than", "under", "most"];
            let Counted { unit, factor, .. } = counted(last)?;
            let article = word.text != "the" && before.is(&opens);
            let unit = if business { Unit::BusinessDays } else { unit };
            return article.then(|| {
                whole(
                    at..end,
                    Span {
                        count: factor,
                        unit,
                    },
                )
            });
        }
        _ => return None,
    };
    let unit = if business {
        Unit::BusinessDays
    } else {
        Unit::Days
    };
    last.is(&["day"])
        .then(|| whole(at..end, Span { count, unit }))
}

fn whole(range: Range<usize>, span: Span) -> Found {
    Found {
        range,
        spans: Ok(vec![span]),
        maintenance: None,
    }
}

/// A number, a range or a list of numbers with a unit; or a bare number where the unit is known from elsewhere.
fn counted_term(
    words: &[Word],
    at: usize,
    head: Option<Unit>,
    known: Option<Unit>,
) -> Option<Found> {
    let (first, mut end) = number(words, at)?;
    let mut values = vec![first];
    while values.len() < MOST_IN_LIST {
        let mut gap = end;
        while words
            .get(gap)
            .is_some_and(|word| word.is(&[",", "/", "and", "or", "-", "to", "—"]))
        {
            gap += 1;
        }
        let next = number(words, gap).filter(|_| gap > end && gap <= end + 2);
        let Some((value, next)) = next else { break };
        let joins = words.get(end..gap).unwrap_or_default();
        let between = at.checked_sub(1).and_then(|before| words.get(before));
        let is_range = joins.iter().any(|word| word.is(&["-", "to", "—"]))
            || between.is_some_and(|word| word.text == "between");
        if is_range {
            // A range is over when its end is.
            let last = values.pop().flatten();
            values.push(last.zip(value).map(|(one, other)| one.max(other)));
        } else {
            values.push(value);
        }
        end = next;
    }
    let Some((counted, end)) = unit_after(words, end) else {
        let unit = bare(words, at, end, head, known)?;
        let spans = unit.and_then(|unit| spans(&values, unit, 1, 1));
        return Some(Found {
            range: at..end,
            spans,
            maintenance: None,
        });
    };
    let spans = match counted {
        Ok(Counted {
            unit,
            factor,
            divisor,
        }) if is_deadline(words, at) && !unread::is_compared(words, end) => {
            spans(&values, unit, factor, divisor)
        }
        Ok(_) => Err("it does not say until when something is done"),
        Err(reason) => Err(reason),
    };
    Some(Found {
        range: at..end,
        spans,
        maintenance: None,
    })
}

fn spans(
    values: &[Option<u32>],
    unit: Unit,
    factor: u32,
    divisor: u32,
) -> Result<Vec<Span>, &'static str> {
    let span = |value: &Option<u32>| {
        let count = value.ok_or("it is no whole number")?;
        Ok(Span {
            count: count.saturating_mul(factor) / divisor,
            unit,
        })
    };
    values.iter().map(span).collect()
}

/// The unit behind a number and where it ends; an error for hours of business, which no calendar here knows.
fn unit_after(words: &[Word], mut at: usize) -> Option<(Result<Counted, &'static str>, usize)> {
    let mut business = false;
    for _ in 0..5 {
        let word = words.get(at)?;
        let next_is_day = words.get(at + 1).is_some_and(|next| next.is(&DAYS));
        if word.is(&BUSINESS) && (word.text != "week" || next_is_day) {
            business = true;
        } else if !word.is(&PLAIN) && !word.is(&["(", ")"]) {
            let counted = counted(word)?;
            let counted = match (business, counted.unit) {
                (false, _) => Ok(counted),
                (true, Unit::Days) => Ok(Counted {
                    unit: Unit::BusinessDays,
                    ..counted
                }),
                (true, _) => Err("only days can be business days here"),
            };
            return Some((counted, at + 1));
        }
        at += 1;
    }
    None
}

/// The unit of a number without one: `high ones within 14`, or a cell of a column that names its unit.
fn bare(
    words: &[Word],
    at: usize,
    end: usize,
    head: Option<Unit>,
    known: Option<Unit>,
) -> Option<Result<Unit, &'static str>> {
    let before = at.checked_sub(1).and_then(|before| words.get(before));
    if let Some(unit) = head.filter(|_| words.len() <= end - at + 1) {
        return Some(Ok(unit));
    }
    let within = before.is_some_and(|before| before.is(&["within", "in"]));
    let levelled = at
        .checked_sub(1)
        .is_some_and(|before| is_name(words, before));
    let introduced = within || levelled || before.is_some_and(|before| before.is(&[":", "—", "="]));
    let ends = ["for", ",", ";", ".", "and", "or", "(", ")", "if", "—"];
    let closed = words.get(end).is_none_or(|next| next.is(&ends));
    if !introduced || !closed {
        return None;
    }
    let later = || {
        let mut rest = end..words.len().min(end + 40);
        rest.find_map(|at| unit_after(words, number(words, at)?.1))
    };
    match (known, later()) {
        (Some(unit), _) => Some(Ok(unit)),
        (None, Some((Ok(counted), _))) => Some(Ok(counted.unit)),
        (None, _) if before.is_some_and(|before| before.text == "within") => {
            Some(Err("it has no unit"))
        }
        (None, _) => None,
    }
}

/// Whether what stands before a number lets it be a limit from above.
fn is_deadline(words: &[Word], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).and_then(|place| words.get(place));
    let Some(last) = before(1) else { return true };
    let second = before(2);
    match last.text.as_str() {
        "least" => false,
        "than" => {
            let more = second.is_some_and(|word| {
                word.is(&["more", "longer", "older", "later", "earlier", "sooner"])
            });
            let upper = second.is_some_and(|word| word.is(&["more", "longer", "later"]));
            let negated = before(3).is_some_and(|word| word.is(&["no", "not", "never"]));
            !more || (upper && negated)
        }
        "of" => second.is_none_or(|word| word.text != "minimum"),
        _ => !last.is(&NO_DEADLINE),
    }
}

/// `or at the next planned maintenance, whichever is earlier`, before the next number.
fn maintenance(words: &[Word], term: &mut Found) {
    let from = term.range.end;
    let rest = words
        .get(from..words.len().min(from + 24))
        .unwrap_or_default();
    let next_number = (1..rest.len())
        .find(|&at| number(rest, at).is_some_and(|(_, end)| unit_after(rest, end).is_some()));
    let rest = rest
        .get(..next_number.unwrap_or(rest.len()))
        .unwrap_or_default();
    let Some(or) = rest.iter().position(|word| word.text == "or") else {
        return;
    };
    let after = rest.get(or..).unwrap_or_default();
    let kinds = [
        "maintenance",
        "release",
        "update",
        "cycle",
        "window",
        "version",
    ];
    let next = after
        .iter()
        .take(6)
        .position(|word| word.is(&["next", "scheduled", "planned", "regular"]));
    let Some(place) = next else { return };
    let kind = after
        .iter()
        .skip(place)
        .take(6)
        .rposition(|word| word.is(&kinds));
    let Some(kind) = kind else { return };
    let mut end = or + place + kind + 1;
    let tail = rest.get(end..).unwrap_or_default();
    let mut choice = Planned::Open;
    if let Some(which) = tail
        .iter()
        .take(3)
        .position(|word| word.text == "whichever")
    {
        let word = tail.iter().skip(which).take(6).position(|word| {
            word.is(&[
                "earlier", "first", "sooner", "earliest", "soonest", "later", "last", "latest",
            ])
        });
        if let Some(word) = word {
            let is_later = tail
                .get(which + word)
                .is_some_and(|word| word.starts(&["la"]));
            choice = if is_later {
                Planned::Later
            } else {
                Planned::Earlier
            };
            end += which + word + 1;
        }
    }
    term.maintenance = Some(choice);
    term.range.end = from + end;
}
