//! Credentials in outer words, taken out before anything is hashed or written.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex, RegexSet, bytes};

/// The shortest text that can hold a credential, in bytes.
const SHORTEST: usize = 12;

/// At least as long as each hint, in bytes.
const LONGEST_HINT: usize = 16;

/// What one sort of credential looks like.
struct Pattern {
    /// The name that is left in its place.
    name: &'static str,
    /// Words of which every match has one, so that texts without any of them are not searched. In lower case where the
    /// pattern takes any case.
    hints: &'static [&'static str],
    /// A group `keep` stands before the credential and stays; a group `token` is the start of one that needs a judge.
    shape: &'static str,
    /// Whether the token that a match begins is a credential, and which characters belong to it.
    judge: Option<Judge>,
}

/// How the patterns tell a token from a word of prose.
#[derive(Clone, Copy)]
enum Judge {
    /// The value of a header.
    Header,
    /// Behind a scheme, without the name of a header before it.
    Scheme,
}

/// How much of a token is looked at to judge it: a bound, so that rejected tokens cost no more than accepted ones.
const JUDGED: usize = 64;

/// In this order: an address with a password may hold a token as its password, and a header may hold any token.
///
/// The boundaries are those of ASCII, for which the matcher needs no slow path. After each token stands a character that
/// can begin no other one, and no judge looks at what another pattern may take away later, so that what is left cannot
/// make a new match: redaction is idempotent.
const PATTERNS: &[Pattern] = &[
    Pattern {
        name: "private-key",
        hints: &["PRIVATE KEY"],
        shape: r"-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|\z)",
        judge: None,
    },
    Pattern {
        name: "url-credentials",
        hints: &["://"],
        shape: r"(?<keep>(?-u:\b)[A-Za-z][A-Za-z0-9+.-]*://)[^\s/@:]*:[^\s/@]+@",
        judge: None,
    },
    Pattern {
        name: "authorization",
        hints: &["auth", "api-key", "-token"],
        shape: r#"(?i)(?<keep>(?-u:\b)(?:authori[sz]ation|authz?[ -]header|x-[a-z-]{0,32}auth[a-z-]{0,32}|x-api-key|(?:private|deploy|job)-token)["'`\\]{0,3}\s*[:=]\s*["'`\\]{0,3}(?<scheme>(?:bearer|basic|jwt|token|digest|apikey)\s+)?)(?<token>[^\s"'`,;<>{}\[\]$\\]{6})"#,
        judge: Some(Judge::Header),
    },
    Pattern {
        name: "authorization",
        hints: &["bearer", "basic", "jwt"],
        shape: r"(?i)(?<keep>(?-u:\b)(?:bearer|basic|jwt)\s+)(?<token>[A-Za-z0-9._~+/=-]{12})",
        judge: Some(Judge::Scheme),
    },
    Pattern {
        name: "jwt",
        hints: &["eyJ"],
        shape: r"(?-u:\b)eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)*",
        judge: None,
    },
    Pattern {
        name: "aws-key",
        hints: &["AKIA", "ASIA"],
        shape: r"(?-u:\b)(?:AKIA|ASIA)[A-Z0-9]{16}(?-u:\b)",
        judge: None,
    },
    Pattern {
        name: "aws-secret",
        hints: &["aws_", "awssecret", "awssession"],
        shape: r#"(?i)(?<keep>(?-u:\b)aws_?(?:secret|session)[a-z_]*["'`\\]{0,3}\s*[:=]\s*["'`\\]{0,3})[A-Z0-9/+=]{20,}"#,
        judge: None,
    },
    Pattern {
        name: "github-token",
        hints: &["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"],
        shape: r"(?-u:\b)(?:gh[pousr]_|github_pat_)[A-Za-z0-9_]{20,}",
        judge: None,
    },
    Pattern {
        name: "gitlab-token",
        hints: &[
            "glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glsoat-", "glagent-",
            "gloas-", "glimt-",
        ],
        shape: r"(?-u:\b)gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|oas|imt)-[A-Za-z0-9_-]{16,}",
        judge: None,
    },
    Pattern {
        name: "slack-token",
        hints: &["xox", "xapp-"],
        shape: r"(?-u:\b)(?:xox[abceoprs]|xapp)-[A-Za-z0-9-]{10,}",
        judge: None,
    },
    Pattern {
        name: "slack-webhook",
        hints: &["hooks.slack.com"],
        shape: r"(?<keep>hooks\.slack\.com/[a-z]{1,16}/)[A-Za-z0-9/_-]{20,}",
        judge: None,
    },
    Pattern {
        name: "npm-token",
        hints: &["npm_"],
        shape: r"(?-u:\b)npm_[A-Za-z0-9]{30,}",
        judge: None,
    },
    Pattern {
        name: "atlassian-token",
        hints: &["ATATT", "ATCTT", "ATBB"],
        shape: r"(?-u:\b)AT(?:ATT|CTT|BB)[A-Za-z0-9_=-]{20,}",
        judge: None,
    },
    Pattern {
        name: "google-key",
        hints: &["AIza", "GOCSPX-", "ya29."],
        shape: r"(?-u:\b)(?:AIza[A-Za-z0-9_-]{35,}|GOCSPX-[A-Za-z0-9_-]{20,}|ya29\.[A-Za-z0-9_-]{20,})",
        judge: None,
    },
    Pattern {
        name: "stripe-key",
        hints: &["k_live_", "k_test_", "whsec_"],
        shape: r"(?-u:\b)(?:[rs]k_(?:live|test)_|whsec_)[A-Za-z0-9]{16,}",
        judge: None,
    },
];

/// Words that follow the name of a scheme in prose: `Authorization: Basic authentication is required`.
const PROSE: &[&str] = &[
    "access",
    "authenticated",
    "authentication",
    "authorisation",
    "authorization",
    "credential",
    "credentials",
    "header",
    "headers",
    "missing",
    "password",
    "required",
    "requires",
    "scheme",
    "schemes",
    "string",
    "tokens",
    "validation",
    "verification",
];

#[derive(Clone)]
struct Redactor {
    /// Finds any hint in lower case: literals, which are searched for many bytes at a time.
    lower_hint: bytes::Regex,
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

static COMPILED: LazyLock<Redactor> = LazyLock::new(|| {
    let hint = |pattern: &Pattern| {
        let words: Vec<_> = pattern
            .hints
            .iter()
            .map(|hint| regex::escape(hint))
            .collect();
        let any_case = pattern.shape.starts_with("(?i)");
        format!("(?{}:{})", if any_case { "i" } else { "" }, words.join("|"))
    };
    let hints: Vec<_> = PATTERNS.iter().map(hint).collect();
    // The patterns are constants, and every test of this module compiles them.
    let compile = |pattern: &str| Regex::new(pattern).expect("a constant pattern compiles");
    let literals = PATTERNS.iter().flat_map(|pattern| pattern.hints);
    let literals: Vec<_> = literals
        .map(|hint| regex::escape(&hint.to_ascii_lowercase()))
        .collect();
    Redactor {
        lower_hint: bytes::Regex::new(&literals.join("|")).expect("constant hints compile"),
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
    if words.len() < SHORTEST || is_harmless(words) {
        return Cow::Borrowed(words);
    }
    REDACTOR.with(|redactor| redactor.redact(words))
}

impl Redactor {
    fn redact<'a>(&self, words: &'a str) -> Cow<'a, str> {
        if has_no_hint(words, &self.lower_hint) || !self.any_hint.is_match(words) {
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

/// Whether there are only characters of which no credential is made: each pattern demands a capital or a mark. Most texts
/// are places in a report (`/runs/0/results/17`), for which the search for hints would be dear.
fn is_harmless(words: &str) -> bool {
    let is_harmless = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'/');
    words.bytes().all(is_harmless)
}

/// Whether there is surely no hint, whatever the case: the one search that most texts go through. Beyond ASCII a letter may
/// have another case than that of its bytes (`ſ` is an `s`), and nothing is sure.
fn has_no_hint(words: &str, lower_hint: &bytes::Regex) -> bool {
    const PIECE: usize = 2048;
    let bytes = words.as_bytes();
    if !bytes.is_ascii() {
        return false;
    }
    let mut lower = [0; PIECE];
    let mut from = 0;
    loop {
        let rest = bytes.get(from..).unwrap_or_default();
        let piece = rest.get(..PIECE).unwrap_or(rest);
        let Some(lower) = lower.get_mut(..piece.len()) else {
            return false;
        };
        lower.copy_from_slice(piece);
        lower.make_ascii_lowercase();
        if lower_hint.is_match(lower) {
            return false;
        }
        if piece.len() == rest.len() {
            return true;
        }
        // A hint may begin at the end of this piece.
        from += PIECE - LONGEST_HINT;
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
            let Some(end) = self.end(&found, words) else {
                // What was taken for a token may be the start of the real thing: `Bearer bearer …`.
                at = kept.max(all.start + 1);
                continue;
            };
            // All three are ends of matches or groups, which stand between characters.
            redacted.push_str(&words[copied..kept]);
            redacted.push_str("[redacted ");
            redacted.push_str(self.name);
            redacted.push(']');
            if self.name == "url-credentials" {
                redacted.push('@');
            }
            copied = end;
            at = end;
        }
        if copied == 0 {
            return None;
        }
        redacted.push_str(&words[copied..]);
        Some(redacted)
    }

    /// Where the credential ends that was found; `None` when it is none.
    fn end(&self, found: &Captures<'_>, words: &str) -> Option<usize> {
        let Some(judge) = self.judge else {
            return found.get(0).map(|all| all.end());
        };
        let rest = &words[found.name("token")?.start()..];
        let length = |limit: usize| {
            rest.char_indices()
                .find(|&(at, character)| at >= limit || !judge.takes(character))
                .map_or(rest.len(), |(at, _)| at)
        };
        judge
            .accepts(&rest[..length(JUDGED)], found.name("scheme").is_some())
            .then(|| words.len() - rest.len() + length(usize::MAX))
    }
}

impl Judge {
    /// Whether a character may stand in a token; the same as in the pattern.
    fn takes(self, character: char) -> bool {
        match self {
            Self::Header => !character.is_whitespace() && !"\"'`,;<>{}[]$\\".contains(character),
            Self::Scheme => character.is_ascii_alphanumeric() || "._~+/=-".contains(character),
        }
    }

    /// After the name of a header, any word behind a scheme is a credential but those of prose; without a scheme, and
    /// behind a scheme alone, it must look like one.
    fn accepts(self, token: &str, scheme: bool) -> bool {
        match self {
            Self::Header if scheme => {
                let word = token.trim_end_matches(['.', ':', '!', '?', ')']);
                !PROSE.iter().any(|prose| prose.eq_ignore_ascii_case(word))
            }
            Self::Header | Self::Scheme => is_opaque(token),
        }
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
    let Some(start) = token.as_bytes().get(..SHORTEST) else {
        return false;
    };
    let classes: Vec<u8> = start.iter().filter_map(class).collect();
    let changes = classes.windows(2).filter(|pair| pair[0] != pair[1]);
    changes.count() * 3 >= SHORTEST
}

#[cfg(test)]
mod tests;
