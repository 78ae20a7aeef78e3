//! Finds the severities that a sentence is about: names, ranges of names, and CVSS scores.

use std::collections::BTreeSet;
use std::ops::Range;

use super::bound;
use super::words::Word;
use crate::model::Severity;
use crate::policy::LEVELS;

/// Severities.
pub(super) type Levels = BTreeSet<Severity>;

/// A mention of severities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mention {
    /// Where.
    pub(super) range: Range<usize>,
    /// Which. None where the page has a scale of its own that nothing explains, such as `P1`.
    pub(super) levels: Levels,
    /// Whether words around it bound it in a way that cannot be told.
    pub(super) is_unclear: bool,
}

/// What a promise about vulnerabilities in general is about: all that are one, rated or not.
pub(super) fn every_vulnerability() -> Levels {
    Severity::ALL
        .into_iter()
        .filter(|&level| level != Severity::Info)
        .collect()
}

/// The levels of vulnerabilities, mildest first, with their scores in tenths.
const BANDS: [(Severity, u32, u32); 5] = [
    (Severity::Info, 0, 0),
    (Severity::Low, 1, 39),
    (Severity::Medium, 40, 69),
    (Severity::High, 70, 89),
    (Severity::Critical, 90, 100),
];

/// Words after which `high` or `low` is no severity.
const NO_SEVERITY: [&str; 8] = [
    "quality",
    "standard",
    "standards",
    "availability",
    "performance",
    "latency",
    "regard",
    "cost",
];

fn name(words: &[Word], at: usize) -> Option<Severity> {
    let word = words.get(at)?;
    let next = |list: &[&str]| words.get(at + 1).is_some_and(|next| next.is(list));
    let before = |list: &[&str]| {
        at.checked_sub(1)
            .and_then(|place| words.get(place))
            .is_some_and(|word| word.is(list))
    };
    match word.text.as_str() {
        "critical" | "criticals" if !before(&["business", "mission", "time"]) => {
            Some(Severity::Critical)
        }
        "high" | "highs"
            if !(next(&NO_SEVERITY) || before(&["with", "as", "a"]) && next(&["priority"])) =>
        {
            Some(Severity::High)
        }
        "medium" | "moderate" | "mediums" | "med" => Some(Severity::Medium),
        "low" | "lows" if !next(&NO_SEVERITY) => Some(Severity::Low),
        "info" | "informational" | "informative" => Some(Severity::Info),
        "unrated" | "unknown" | "unclassified" => Some(Severity::Unknown),
        _ => None,
    }
}

/// Every mention in a sentence, in its order.
pub(super) fn mentions(words: &[Word]) -> Vec<Mention> {
    let mut mentions = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let mention = named(words, at)
            .or_else(|| all(words, at))
            .or_else(|| scored(words, at))
            .or_else(|| foreign(words, at));
        match mention {
            Some(mention) => {
                at = mention.range.end.max(at + 1);
                mentions.push(mention);
            }
            None => at += 1,
        }
    }
    bound::apply(words, mentions)
}

/// Whether the name of a level stands here.
pub(super) fn is_name(words: &[Word], at: usize) -> bool {
    name(words, at).is_some()
}

fn named(words: &[Word], at: usize) -> Option<Mention> {
    let first = name(words, at)?;
    let is = |place: usize, list: &[&str]| words.get(place).is_some_and(|word| word.is(list));
    let rated = |levels: &mut dyn Iterator<Item = Severity>| -> Levels { levels.collect() };
    let mut end = at + 1;
    // `medium to critical`
    let joined = is(end, &["to", "through", "—"])
        .then(|| name(words, end + 1))
        .flatten();
    if let Some(last) =
        joined.filter(|&last| first != Severity::Unknown && last != Severity::Unknown)
    {
        let (from, to) = (first.min(last), first.max(last));
        let mut range = LEVELS
            .into_iter()
            .filter(|level| (from..=to).contains(level));
        let levels = rated(&mut range);
        return Some(Mention {
            range: at..end + 2,
            levels,
            is_unclear: false,
        });
    }
    if is(end, &["severity", "risk"]) {
        end += 1;
    }
    let mut levels = Levels::from([first]);
    if is(end, &["+"]) {
        levels = rated(&mut LEVELS.into_iter().filter(|&level| level >= first));
        end += 1;
    }
    Some(Mention {
        range: at..end,
        levels,
        is_unclear: false,
    })
}

/// `all severities`, `regardless of severity`: the informational ones too.
fn all(words: &[Word], at: usize) -> Option<Mention> {
    let word = words.get(at)?;
    let rest = words
        .get(at + 1..words.len().min(at + 4))
        .unwrap_or_default();
    let place = rest
        .iter()
        .position(|word| word.is(&["severity", "severities", "levels"]))?;
    // `all but critical severity`, `any severity`
    let names = |back: usize| is_name(words, at + 1 + back);
    let excepts = |word: &Word| word.is(&["but", "except", "excluding", "than"]);
    let way = rest.get(..place).unwrap_or_default();
    if (0..place).any(names) || way.iter().any(excepts) {
        return None;
    }
    word.is(&[
        "all",
        "any",
        "every",
        "regardless",
        "whatever",
        "irrespective",
    ])
    .then(|| Mention {
        range: at..at + place + 2,
        levels: Severity::ALL.into(),
        is_unclear: false,
    })
}

/// `CVSS 9.0 or higher`, `a CVSS score of 7.0 to 8.9`, `CVSS ≥ 4`.
fn scored(words: &[Word], at: usize) -> Option<Mention> {
    if !words.get(at)?.is(&["cvss", "score", "scores", "scored"]) {
        return None;
    }
    let is = |place: usize, list: &[&str]| words.get(place).is_some_and(|word| word.is(list));
    let (mut least, mut most) = (false, false);
    let mut place = at + 1;
    let first = loop {
        let word = words.get(place).filter(|_| place < at + 12)?;
        let is_version = word.is(&["2.0", "3.0", "3.1", "4.0", "2", "3", "4"])
            && words
                .get(place + 1)
                .is_some_and(|next| next.is(&["base", "score", "scores", "rating"]));
        if word.is(&[
            "least", "≥", ">", "above", "over", "greater", "higher", "from",
        ]) {
            least = true;
        } else if word.is(&["below", "under", "less", "<", "≤", "lower"])
            || (word.text == "to" && is(place - 1, &["up"]))
        {
            most = true;
        } else if let Some(score) = tenths(word).filter(|_| !is_version) {
            break score;
        } else if word.is(&[".", ";", "day", "days", "within", "|"]) {
            return None;
        }
        place += 1;
    };
    let (mut low, mut high) = (first, first);
    place += 1;
    if is(place, &["-", "to", "—", "through"])
        || (is(place, &["and"]) && words.get(place + 1).and_then(tenths).is_some())
    {
        if let Some(end) = words.get(place + 1).and_then(tenths) {
            (low, high) = (first.min(end), first.max(end));
            place += 2;
        }
    } else if is(place, &["+"]) {
        (high, place) = (100, place + 1);
    } else if is(place, &["or", "and"])
        && is(place + 1, &["higher", "above", "more", "greater", "up"])
    {
        (high, place) = (100, place + 2);
    } else if is(place, &["or", "and"]) && is(place + 1, &["lower", "below", "less"]) {
        (low, place) = (1, place + 2);
    } else if least {
        high = 100;
    } else if most {
        low = 1.min(first);
    }
    let overlaps = |&&(_, from, to): &&(Severity, u32, u32)| from <= high && low <= to;
    let levels: Levels = BANDS
        .iter()
        .filter(overlaps)
        .map(|&(level, ..)| level)
        .collect();
    (!levels.is_empty()).then_some(Mention {
        range: at..place,
        levels,
        is_unclear: false,
    })
}

/// A score in tenths.
fn tenths(word: &Word) -> Option<u32> {
    let (whole, part) = word.text.split_once('.').unwrap_or((&word.text, "0"));
    let (whole, part): (u32, u32) = (
        whole.parse().ok()?,
        part.parse().ok().filter(|_| part.len() == 1)?,
    );
    Some(whole.checked_mul(10)? + part).filter(|&tenths| tenths <= 100)
}

/// Levels of a scale that the page would have to explain.
fn foreign(words: &[Word], at: usize) -> Option<Mention> {
    let word = words.get(at)?;
    let digit = |text: &str| text.len() == 1 && text.bytes().all(|byte| byte.is_ascii_digit());
    let short = ["p", "s", "sev"]
        .iter()
        .any(|start| word.text.strip_prefix(start).is_some_and(digit));
    let next = words.get(at + 1);
    let numbered = word.is(&["severity", "priority", "sev", "tier", "prio"])
        && next.is_some_and(|next| digit(&next.text));
    let named = word.is(&["urgent", "severe", "major", "minor", "blocker", "blockers"]);
    (short || numbered || named).then(|| Mention {
        range: at..at + 1 + usize::from(numbered),
        levels: Levels::new(),
        is_unclear: false,
    })
}
