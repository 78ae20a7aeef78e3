//! Whether a value is a secret that is written out, or only says where one comes from. All slices end where a search for a
//! character ended.

use super::is_opaque;

/// How much of a value is looked at to judge it, in bytes: a bound, so that rejected values cost no more than accepted ones.
const JUDGED: usize = 96;

/// What begins the name of a secret in a store, an address or a digest, and none of them is the secret.
const REFERENCES: &[&str] = &[
    "arn:", "aws:", "env:", "env.", "file:", "gcp:", "op:", "sha1-", "sha1:", "sha256-", "sha256:",
    "sha384-", "sha384:", "sha512-", "sha512:", "sm:", "ssm:", "urn:", "vault:",
];

/// What is written where a password belongs and is none: types, states, and words of forms.
const WORDS: &[&str] = &[
    "autocomplete",
    "boolean",
    "confidential",
    "current",
    "default",
    "disabled",
    "empty",
    "enabled",
    "encrypted",
    "false",
    "forgot",
    "hidden",
    "input",
    "invalid",
    "masked",
    "missing",
    "none",
    "null",
    "number",
    "object",
    "optional",
    "plain",
    "prompt",
    "required",
    "reset",
    "sensitive",
    "string",
    "text",
    "true",
    "undefined",
    "unknown",
    "unset",
    "varchar",
];

/// Parts of names of secrets and of words that stand for one. With a digit a word of them may still be one.
const NAMES: &[&str] = &[
    "change",
    "credential",
    "dummy",
    "example",
    "field",
    "insert",
    "key",
    "pass",
    "placeholder",
    "pwd",
    "redacted",
    "replace",
    "sample",
    "secret",
    "token",
    "your",
];

/// Words that end in a number without being opaque, whatever the number.
const NUMBERED: &[&str] = &[
    "aes", "argon", "base", "bcrypt", "bytes", "curve", "ec", "ed", "erc", "float", "h", "hs",
    "http", "i", "int", "ipv", "k", "log", "md", "oauth", "p", "pkcs", "ps", "rs", "rsa", "s",
    "sha", "sqlite", "tls", "utf", "v", "win", "x",
];

/// Words that one digit makes into the name of another variable: `param1`.
const COUNTED: &[&str] = &[
    "arg", "config", "data", "env", "field", "group", "item", "key", "match", "option", "param",
    "part", "pass", "passwd", "password", "pwd", "result", "secret", "step", "str", "string",
    "temp", "text", "tmp", "token", "val", "value", "var",
];

/// What is known of a value before it is read.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// The quote before it.
    pub(super) quote: Option<char>,
    /// Whether the quote is escaped, as within another literal: so is the one behind it.
    pub(super) escaped: bool,
    /// Whether its name is that of a password, which people make up. Machines make all others.
    pub(super) password: bool,
}

/// How long the secret is that begins `rest`; `None` when nothing is written out there.
pub(super) fn length(rest: &str, place: Place) -> Option<usize> {
    let Some(quote) = place.quote else {
        return bare_length(rest, place.password);
    };
    let (window, ended) = quoted(rest, quote, place.escaped, JUDGED);
    match ended {
        // Words: a label, a message, a description.
        Some(end) if end.is_whitespace() => None,
        None if window == rest.len() => bare_length(rest, place.password),
        _ => is_quoted_secret(&rest[..window], place.password)
            .then(|| quoted(rest, quote, place.escaped, usize::MAX).0),
    }
}

/// How much of `rest` stands before the closing quote or the first blank, and which of both it is; at most `limit` bytes.
fn quoted(rest: &str, quote: char, escaped: bool, limit: usize) -> (usize, Option<char>) {
    let mut is_next_escaped = false;
    for (at, character) in rest.char_indices() {
        if at >= limit {
            return (at, None);
        }
        if character == quote && !is_next_escaped {
            let length = if escaped {
                rest[..at].trim_end_matches('\\').len()
            } else {
                at
            };
            return (length, Some(character));
        }
        if character.is_whitespace() {
            return (at, Some(character));
        }
        is_next_escaped = !escaped && character == '\\' && !is_next_escaped;
    }
    (rest.len(), None)
}

fn bare_length(rest: &str, password: bool) -> Option<usize> {
    let end = |limit: usize| {
        rest.char_indices()
            .find(|&(at, character)| at >= limit || !is_bare(character))
            .map_or(rest.len(), |(at, _)| at)
    };
    let window = end(JUDGED);
    let mut after = rest[window..].chars();
    // A call, an index, a template, a type with arguments: all of them stand for what is elsewhere.
    let is_code = window < JUDGED
        && match after.next() {
            Some('(' | '[' | '{') => true,
            Some('<') => after.next() != Some('/'),
            _ => false,
        };
    let value = rest[..window].trim_end_matches(['.', ':', '?']);
    if is_code || !is_bare_secret(value, password) {
        return None;
    }
    let end = end(usize::MAX);
    Some(rest[..end].trim_end_matches(['.', ':', '?']).len())
}

/// Whether a character may stand in a value without quotes.
fn is_bare(character: char) -> bool {
    character.is_alphanumeric() || "_~+/=.@!#$%^*?:-".contains(character)
}

fn is_bare_secret(value: &str, password: bool) -> bool {
    let starts = value.starts_with(|first: char| {
        first.is_alphanumeric() || matches!(first, '_' | '+' | '/') || is_crypt(value)
    });
    let shortest = if password { 6 } else { 10 };
    starts
        && value.len() >= shortest
        && !is_reference(value)
        && !is_name(value)
        && (is_mixed(value) || (password && is_number(value)))
}

fn is_quoted_secret(value: &str, password: bool) -> bool {
    if value.starts_with('[') || value.contains("[redacted") || is_reference(value) {
        return false;
    }
    if !password {
        return value.len() >= 8 && !is_name(value) && (is_mixed(value) || is_opaque(value));
    }
    if value.bytes().any(|byte| byte.is_ascii_digit()) {
        return value.len() >= 4 && !is_version(value) && !is_numbered(value);
    }
    let lower = value.to_ascii_lowercase();
    value.len() >= 4
        && !WORDS.contains(&lower.as_str())
        && !NAMES.iter().any(|name| lower.contains(name))
        && !value.starts_with(['#', '.', '/', '-', ':', '&', '*', '!', '?'])
}

/// A variable, a template, a mask, a path of a store, an address.
pub(super) fn is_reference(value: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .chars()
                .all(|character| character.is_alphanumeric() || "_.:- ".contains(character))
    };
    let between = |open: char, close: char| {
        value
            .split(open)
            .skip(1)
            .filter_map(|rest| rest.split_once(close))
            .any(|(word, _)| is_word(word) || word.starts_with(open))
    };
    let is_variable = value
        .strip_prefix(['$', '%', '@', '&', '*', ':'])
        .is_some_and(|word| is_word(word.trim_end_matches('%')));
    let mut letters = value
        .chars()
        .filter(|character| character.is_alphanumeric());
    let first = letters.next();
    let is_mask = first.is_none_or(|first| {
        value.len() > 2 && letters.all(|other| other.eq_ignore_ascii_case(&first))
    });
    let starts = |start: &&str| {
        value
            .get(..start.len())
            .is_some_and(|word| word.eq_ignore_ascii_case(start))
    };
    is_variable
        || is_mask
        || between('{', '}')
        || between('<', '>')
        || value.contains("$(")
        || value.contains("%(")
        || value.contains("://")
        || value.contains("{{")
        || REFERENCES.iter().any(starts)
}

/// What the system's own function makes of a password: `$6$…`.
fn is_crypt(value: &str) -> bool {
    value
        .strip_prefix('$')
        .and_then(|rest| rest.split_once('$'))
        .is_some_and(|(name, _)| {
            (1..=10).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

fn is_number(value: &str) -> bool {
    value.len() <= 32 && value.bytes().all(|byte| byte.is_ascii_digit())
}

/// `1.2`, `^1.2.3-rc.1`
fn is_version(value: &str) -> bool {
    let mut parts = value
        .trim_start_matches(['^', '~', '<', '>', '=', 'v'])
        .split('.');
    let mut is_next_number = || {
        parts
            .next()
            .is_some_and(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    is_next_number() && is_next_number()
}

/// Two and more words with a number at their ends at most: a path, a version, a date, a reference in code, a name of a
/// resource, a constant.
fn is_name(value: &str) -> bool {
    let segments = value
        .split(['.', '-', '_', '/', ':', '@', '~', '^'])
        .filter(|segment| !segment.is_empty());
    let is_word = |segment: &str| {
        let letters = segment.trim_end_matches(|character: char| character.is_ascii_digit());
        let digits = segment.len() - letters.len();
        let fits = match letters.len() {
            0 => digits <= 5,
            1 | 2 => digits <= 1,
            _ => digits <= 2,
        };
        (fits || is_numbered(segment))
            && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
            && !is_opaque(letters)
    };
    is_version(value) || (segments.clone().nth(1).is_some() && { segments }.all(is_word))
}

/// Whether there are letters and digits, and a digit that belongs to no technical word: `Uint8Array` has none.
fn is_mixed(value: &str) -> bool {
    value.chars().any(char::is_alphabetic)
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && !is_numbered(value)
}

/// Whether all digits belong to technical words: `sha256`, `oauth2`, `param1`.
fn is_numbered(value: &str) -> bool {
    let mut rest = value;
    while let Some(digit) = rest.find(|character: char| character.is_ascii_digit()) {
        let (before, from) = rest.split_at(digit);
        let end = from
            .find(|character: char| !character.is_ascii_digit())
            .unwrap_or(from.len());
        let start = before
            .rfind(|character: char| !character.is_ascii_alphabetic())
            .map_or(0, |at| {
                at + before[at..].chars().next().map_or(1, char::len_utf8)
            });
        let word = before[start..].to_ascii_lowercase();
        let ends = |names: &[&str]| {
            names
                .iter()
                .any(|name| word == *name || (name.len() > 2 && word.ends_with(name)))
        };
        if !((end <= 5 && ends(NUMBERED)) || (end == 1 && ends(COUNTED))) {
            return false;
        }
        rest = &from[end..];
    }
    true
}

/// Whether a value without quotes looks as if a machine had made it.
pub(super) fn is_machine_made(value: &str) -> bool {
    !is_reference(value) && !is_name(value) && is_mixed(value)
}
