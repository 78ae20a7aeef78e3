//! Credentials in outer words, taken out before anything is hashed or written.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Regex, RegexSet};

use hint::Hints;
use patterns::{PATTERNS, Pattern};

mod hint;
mod judge;
mod literal;
mod own;
mod patterns;

pub use own::{OwnSecret, redact_too};
pub(super) use own::{has_own, nothing_left};

/// The shortest text that can hold a credential, in bytes: `pwd: 123456`.
const SHORTEST: usize = 10;

/// How many characters tell whether a machine made a word.
const OPAQUE: usize = 12;

#[derive(Clone)]
struct Redactor {
    /// Finds any hint of any pattern.
    any_hint: Regex,
    /// Which patterns are hinted at, in the order of [`PATTERNS`].
    hints: RegexSet,
    /// In the order of [`PATTERNS`].
    patterns: Vec<Regex>,
}

thread_local! {
    /// One for each worker: a search needs room, and workers that shared a regex would meet there at every text.
    static REDACTOR: Redactor = COMPILED.clone();
}

static HINTS: LazyLock<Hints> =
    LazyLock::new(|| Hints::new(PATTERNS.iter().flat_map(|pattern| pattern.hints).copied()));

static COMPILED: LazyLock<Redactor> = LazyLock::new(|| {
    let hint = |pattern: &Pattern| {
        let words: Vec<_> = pattern
            .hints
            .iter()
            .map(|hint| regex::escape(hint))
            .collect();
        if let Some(near) = pattern.near {
            return near.to_owned();
        }
        let any_case = pattern.shape.starts_with("(?i)");
        format!("(?{}:{})", if any_case { "i" } else { "" }, words.join("|"))
    };
    let hints: Vec<_> = PATTERNS.iter().map(hint).collect();
    // The patterns are constants, and every test of this module compiles them.
    let compile = |pattern: &str| Regex::new(pattern).expect("a constant pattern compiles");
    Redactor {
        any_hint: compile(&hints.join("|")),
        hints: RegexSet::new(&hints).expect("constant hints compile"),
        patterns: PATTERNS
            .iter()
            .map(|pattern| compile(pattern.shape))
            .collect(),
    }
});

/// Puts `[redacted NAME]` in the place of each credential. Doing it again changes nothing.
pub fn redact(words: &str) -> Cow<'_, str> {
    let known = built_in(words);
    match own::redact_own(&known, built_in) {
        Some(redacted) => Cow::Owned(redacted),
        None => known,
    }
}

/// As [`redact`], without what a project calls a credential.
fn built_in(words: &str) -> Cow<'_, str> {
    if words.len() < SHORTEST || hint::is_harmless(words) || HINTS.has_none(words) {
        return Cow::Borrowed(words);
    }
    REDACTOR.with(|redactor| redactor.redact(words))
}

impl Redactor {
    fn redact<'a>(&self, words: &'a str) -> Cow<'a, str> {
        if !self.any_hint.is_match(words) {
            return Cow::Borrowed(words);
        }
        // What is left in the place of a credential hints at no other one.
        let hinted = self.hints.matches(words);
        let mut words = Cow::Borrowed(words);
        for (at, (pattern, regex)) in PATTERNS.iter().zip(&self.patterns).enumerate() {
            if hinted.matched(at)
                && let Some(redacted) = pattern.redact(regex, &words)
            {
                words = Cow::Owned(redacted);
            }
        }
        words
    }
}

impl Pattern {
    /// The words without this sort of credential; `None` when there is none.
    fn redact(&self, regex: &Regex, words: &str) -> Option<String> {
        let mut redacted = String::new();
        let mut copied = 0;
        let mut at = 0;
        while let Some(found) = regex.captures_at(words, at) {
            let all = found.get(0)?.range();
            let kept = found.name("keep").map_or(all.start, |keep| keep.end());
            // What was taken for a token may be the start of the real thing: `Bearer bearer …`.
            at = kept.max(all.start + 1);
            self.judge.credentials(&found, words, |credential| {
                // Both are ends of matches, groups or runs of characters, which stand between characters.
                redacted.push_str(&words[copied..credential.start]);
                redacted.push_str("[redacted ");
                redacted.push_str(self.name);
                redacted.push(']');
                copied = credential.end;
                at = credential.end;
            });
        }
        if copied == 0 {
            return None;
        }
        redacted.push_str(&words[copied..]);
        Some(redacted)
    }
}

/// Whether a word is made by a machine: it goes from small letters to capitals or digits and back all the time, where
/// words and most names in `CamelCase` go on for a while.
///
/// Only its first characters count, so that what comes after them, redacted or not, cannot change the answer.
fn is_opaque(token: &str) -> bool {
    let class = |byte: &u8| match byte {
        b'a'..=b'z' => Some(0),
        b'A'..=b'Z' => Some(1),
        b'0'..=b'9' => Some(2),
        _ => None,
    };
    let Some(start) = token.as_bytes().get(..OPAQUE) else {
        return false;
    };
    let classes: Vec<u8> = start.iter().filter_map(class).collect();
    let changes = classes.windows(2).filter(|pair| pair[0] != pair[1]);
    changes.count() * 3 >= OPAQUE
}

#[cfg(test)]
mod tests;
