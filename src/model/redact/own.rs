//! What a project calls a credential, beside what everybody does.
//!
//! Every text of the process is made with these, whichever thread makes it, so they are no argument of each parser but set
//! once, before the first report is read. A program that never sets any has none.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

use regex::{Regex, RegexBuilder};

use super::patterns::PATTERNS;

/// What stands in the place of what such a pattern finds.
const MARK: &str = "[redacted own]";

/// How large a pattern may become when it is compiled, in bytes.
const LARGEST: usize = 1 << 20;

/// Places in reports: what takes out a part of one would make different records look like one.
const PLACES: [&str; 4] = [
    "/runs/1234567/results/1234567",
    "/rss/channel/item[1234567]",
    "2:/vulns/1234567",
    "line 1234567",
];

/// How often a text is gone through until nothing more is found. A pattern may find something in what it leaves; one that
/// goes on for longer takes the whole text.
const MOST_ROUNDS: usize = 8;

/// The patterns of this process.
static OWN: OnceLock<Vec<OwnSecret>> = OnceLock::new();

thread_local! {
    /// A copy for each worker, as of the patterns that are built in.
    static COPY: OnceCell<Vec<OwnSecret>> = const { OnceCell::new() };
}

/// What is left in the place of credentials: nothing within it is one.
static MARKS: LazyLock<Regex> = LazyLock::new(|| {
    let mut names: Vec<&str> = PATTERNS.iter().map(|pattern| pattern.name).collect();
    names.push("own");
    let marks = format!(r"\[redacted (?:{})\]", names.join("|"));
    // The names are constants, and a test compiles them.
    Regex::new(&marks).expect("constant names make a pattern")
});

/// A pattern of a project: each match is a credential, or what its first group takes, if that takes part in the match.
#[derive(Clone, Debug)]
pub struct OwnSecret(Regex);

impl OwnSecret {
    /// Compiles a pattern, or says what is wrong with it.
    pub fn new(pattern: &str) -> Result<Self, String> {
        let compiled = RegexBuilder::new(pattern).size_limit(LARGEST).build();
        let regex = compiled.map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => {
                format!("`{pattern}` takes more than 1 MiB when it is compiled")
            }
            // The parser draws the place below the pattern; its last line says what is wrong.
            other => {
                let words = other.to_string();
                let last = words.lines().last().unwrap_or_default();
                let reason = last.strip_prefix("error: ").unwrap_or(last);
                format!("`{pattern}` is no pattern: {reason}")
            }
        })?;
        // Ends and beginnings of words and lines, inside a text and around it.
        let is_empty = |words: &&str| regex.find_iter(words).any(|found| found.is_empty());
        if ["", "a", "a b", " \n-"].iter().any(is_empty) {
            return Err(format!(
                "`{pattern}` matches the empty text, which is everywhere"
            ));
        }
        if let Some(place) = PLACES.into_iter().find(|place| regex.is_match(place)) {
            return Err(format!(
                "`{pattern}` matches `{place}`, a place in a report by which records are told apart"
            ));
        }
        Ok(Self(regex))
    }

    /// Adds the credentials in the words.
    fn find(&self, words: &str, found: &mut Vec<Range<usize>>) {
        if self.0.captures_len() == 1 {
            found.extend(self.0.find_iter(words).map(|all| all.range()));
            return;
        }
        for captures in self.0.captures_iter(words) {
            let part = captures.get(1).or_else(|| captures.get(0));
            found.extend(part.map(|part| part.range()));
        }
    }
}

/// Takes these for credentials in every text that is made from now on, beside what is built in. For once, before anything
/// is read: a text that was made before keeps what it holds. Says whether they are those of this process now, which they
/// are not where others were set before.
#[must_use]
pub fn redact_too(patterns: Vec<OwnSecret>) -> bool {
    let words = |patterns: &[OwnSecret]| -> Vec<String> {
        let words = patterns.iter().map(|pattern| pattern.0.as_str().to_owned());
        words.collect()
    };
    let wanted = words(&patterns);
    let set = match OWN.get() {
        None if patterns.is_empty() => return true,
        _ => OWN.get_or_init(|| patterns),
    };
    words(set) == wanted
}

/// The words without what the project calls a credential; `None` when there is none. What `built_in` takes out is gone
/// already, and is looked for again, so that doing it again changes nothing.
pub(super) fn redact_own(words: &str, built_in: impl Fn(&str) -> Cow<'_, str>) -> Option<String> {
    let own = OWN.get()?;
    if is_digest(words) {
        return None;
    }
    COPY.with(|copy| settle(copy.get_or_init(|| own.clone()), words, built_in))
}

/// Whether these are the hash of a report, by which it is known: no outer word, and like many a credential.
fn is_digest(words: &str) -> bool {
    let is_hex = |hex: &str| hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    words.strip_prefix("blake3:").is_some_and(is_hex)
}

/// Whether the project has patterns of its own.
pub(in crate::model) fn has_own() -> bool {
    OWN.get().is_some()
}

/// What stands for a text of which nothing can be kept.
pub(in crate::model) const fn nothing_left() -> &'static str {
    MARK
}

fn settle(
    patterns: &[OwnSecret],
    words: &str,
    built_in: impl Fn(&str) -> Cow<'_, str>,
) -> Option<String> {
    let mut words = once(patterns, words)?;
    for _ in 1..MOST_ROUNDS {
        let known = built_in(&words);
        match once(patterns, &known) {
            None if known == words => return Some(words),
            None => words = known.into_owned(),
            Some(again) => words = again,
        }
    }
    Some(MARK.to_owned())
}

/// The words without what the patterns find; `None` when they find nothing but what is gone already.
fn once(patterns: &[OwnSecret], words: &str) -> Option<String> {
    let mut found = Vec::new();
    for pattern in patterns {
        pattern.find(words, &mut found);
    }
    found.retain(|range| !range.is_empty());
    if found.is_empty() {
        return None;
    }
    let mut redacted = String::new();
    let mut copied = 0;
    for range in without_marks(&together(found), words) {
        // All are ends of matches, which stand between characters.
        redacted.push_str(&words[copied..range.start]);
        redacted.push_str(MARK);
        copied = range.end;
    }
    if copied == 0 {
        return None;
    }
    redacted.push_str(&words[copied..]);
    Some(redacted)
}

/// The ranges in order, those that meet as one.
fn together(mut found: Vec<Range<usize>>) -> Vec<Range<usize>> {
    found.sort_by_key(|range| range.start);
    let mut all: Vec<Range<usize>> = Vec::new();
    for range in found {
        match all.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => all.push(range),
        }
    }
    all
}

/// What the ranges hold beside the marks that redaction has left.
fn without_marks(ranges: &[Range<usize>], words: &str) -> Vec<Range<usize>> {
    let mut marks = MARKS.find_iter(words).map(|mark| mark.range()).peekable();
    let mut rest = Vec::new();
    // A mark may reach into the next range.
    let mut behind = 0;
    for range in ranges {
        let mut from = range.start.max(behind);
        while let Some(mark) = marks.next_if(|mark| mark.start < range.end) {
            if from < mark.start {
                rest.push(from..mark.start);
            }
            behind = mark.end;
            from = from.max(behind);
        }
        if from < range.end {
            rest.push(from..range.end);
        }
    }
    rest
}

#[cfg(test)]
mod tests;
