//! Credentials in outer words, taken out before anything is hashed or written.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// What a credential looks like, and the name that is left in its place. The first group, where there is one, is kept.
const PATTERNS: &[(&str, &str)] = &[
    (
        "private-key",
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\z)",
    ),
    (
        "jwt",
        r"\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)?",
    ),
    (
        "authorization",
        r"(?i)(\b(?:bearer|basic|jwt)\s+)[A-Za-z0-9._~+/=-]{12,}",
    ),
    (
        "url-credentials",
        r"(\b[A-Za-z][A-Za-z0-9+.-]{1,20}://)[^\s/@:]{1,256}:[^\s/@]{1,256}@",
    ),
    ("aws-key", r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    (
        "github-token",
        r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})",
    ),
    ("gitlab-token", r"\bglpat-[A-Za-z0-9_-]{16,}"),
    ("slack-token", r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}"),
    ("npm-token", r"\bnpm_[A-Za-z0-9]{30,}"),
    ("atlassian-token", r"\bAT(?:ATT|CTT)[A-Za-z0-9_=-]{20,}"),
    ("google-key", r"\bAIza[A-Za-z0-9_-]{35}"),
    ("stripe-key", r"\b[rs]k_live_[A-Za-z0-9]{16,}"),
];

struct Redactor {
    any: Regex,
    each: Vec<(&'static str, Regex)>,
}

static REDACTOR: LazyLock<Redactor> = LazyLock::new(|| {
    // The patterns are constants, and a test compiles them.
    let compile = |pattern: &str| Regex::new(pattern).expect("a constant pattern compiles");
    let union = PATTERNS
        .iter()
        .map(|(_, pattern)| format!("(?:{pattern})"))
        .collect::<Vec<_>>()
        .join("|");
    Redactor {
        any: compile(&union),
        each: PATTERNS
            .iter()
            .map(|&(name, pattern)| (name, compile(pattern)))
            .collect(),
    }
});

/// Puts `[redacted NAME]` in the place of each credential. Doing it again changes nothing.
pub fn redact(words: &str) -> Cow<'_, str> {
    if words.len() < 16 || !REDACTOR.any.is_match(words) {
        return Cow::Borrowed(words);
    }
    let mut words = words.to_owned();
    for (name, pattern) in &REDACTOR.each {
        let replace = |found: &Captures<'_>| {
            let kept = found.get(1).map_or("", |group| group.as_str());
            let at = if *name == "url-credentials" { "@" } else { "" };
            format!("{kept}[redacted {name}]{at}")
        };
        words = pattern.replace_all(&words, replace).into_owned();
    }
    Cow::Owned(words)
}
