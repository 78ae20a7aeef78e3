//! Where a credential ends that a pattern has found the start of, and whether it is one. All slices end where a group,
//! a search for a character or a part without it ended.

use std::ops::Range;

use regex::Captures;

use super::is_opaque;
use super::literal::{self, Place, is_machine_made, is_reference};
use super::patterns::Judge;

/// How much of a token is looked at to judge it: a bound, so that rejected tokens cost no more than accepted ones.
const JUDGED: usize = 64;

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

/// What a server says of a cookie beside its value.
const ATTRIBUTES: &[&str] = &[
    "domain", "expires", "max-age", "path", "priority", "samesite", "version",
];

impl Judge {
    /// Calls `take` for each credential of what was found, from the first to the last.
    pub(super) fn credentials(
        self,
        found: &Captures<'_>,
        words: &str,
        mut take: impl FnMut(Range<usize>),
    ) {
        let all = found.get(0).map_or(0..0, |all| all.range());
        let kept = found.name("keep").map_or(all.start, |keep| keep.end());
        let start = found.name("token").map_or(kept, |token| token.start());
        let rest = &words[start..];
        let length = match self {
            Self::Shape => Some(all.end - start),
            Self::Address => address(rest),
            Self::Header | Self::Scheme | Self::Opaque => self.token(rest, found),
            Self::Cookie => {
                return cookies(rest, |pair| take(start + pair.start..start + pair.end));
            }
            Self::Password => password(rest),
            Self::Value if is_key(found, words) => {
                let quote = found.name("quote");
                let place = Place {
                    quote: quote.and_then(|quote| quote.as_str().chars().next()),
                    escaped: quote.is_some_and(|quote| words[..quote.start()].ends_with('\\')),
                    password: found.name("password").is_some(),
                };
                literal::length(rest, place)
            }
            Self::Value => None,
        };
        if let Some(length) = length {
            take(start..start + length);
        }
    }

    fn token(self, rest: &str, found: &Captures<'_>) -> Option<usize> {
        let length = |limit: usize| {
            rest.char_indices()
                .find(|&(at, character)| at >= limit || !self.takes(character))
                .map_or(rest.len(), |(at, _)| at)
        };
        self.accepts(&rest[..length(JUDGED)], found.name("scheme").is_some())
            .then(|| length(usize::MAX))
    }

    /// Whether a character may stand in a token; the same as in the pattern.
    fn takes(self, character: char) -> bool {
        match self {
            Self::Header => !character.is_whitespace() && !"\"'`,;<>{}[]$\\".contains(character),
            Self::Opaque => character.is_ascii_alphanumeric() || "%+/_=-".contains(character),
            _ => character.is_ascii_alphanumeric() || "._~+/=-".contains(character),
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
            Self::Opaque => is_machine_made(token),
            _ => is_opaque(token),
        }
    }
}

/// The name and password before the host of an address. A password may hold an `@`, for which people forget the escape; a
/// name alone is one only when it looks like a token.
fn address(rest: &str) -> Option<usize> {
    let end = rest.find(|character: char| character.is_whitespace() || character == '/');
    let authority = &rest[..end.unwrap_or(rest.len())];
    let (user, after) = authority.split_once('@')?;
    let more = after
        .find(['"', '\'', '`', '<', '>'])
        .and_then(|end| after.get(..end))
        .unwrap_or(after);
    let length = user.len() + more.rfind('@').map_or(0, |last| last + 1);
    let is_port = |password: &str| {
        let rest = password.trim_start_matches(|digit: char| digit.is_ascii_digit());
        rest.len() < password.len() && rest.starts_with(['?', '#'])
    };
    let (name, password) = user.split_once(':').unwrap_or((user, ""));
    let accepted = if password.is_empty() {
        let takes = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        name.len() >= 20 && name.bytes().all(takes) && is_machine_made(name)
    } else {
        // An image has its version and its digest there.
        !is_port(password)
            && !is_reference(&rest[name.len() + 1..length])
            && !after.starts_with("sha256:")
    };
    accepted.then_some(length)
}

/// The password behind `-u name:`.
fn password(rest: &str) -> Option<usize> {
    let end = rest.find(|character: char| character.is_whitespace() || "\"'\\".contains(character));
    let length = end.unwrap_or(rest.len());
    let value = &rest[..length];
    let is_word = ["pass", "password", "token", "secret"].contains(&value);
    (!is_word && !value.contains("[redacted") && !is_reference(value)).then_some(length)
}

/// The values of `a=b; c=d`.
fn cookies(pairs: &str, mut take: impl FnMut(Range<usize>)) {
    let mut at = 0;
    // A bound, so that pairs that stay are not read again and again.
    let mut left = 64;
    while left > 0 {
        left -= 1;
        let pair = &pairs[at..];
        let takes =
            |character: char| character.is_ascii_alphanumeric() || "_.$-".contains(character);
        let name = &pair[..pair
            .find(|character| !takes(character))
            .unwrap_or(pair.len())];
        at += name.len();
        if let Some(value) = pair[name.len()..].strip_prefix('=') {
            let ends =
                |character: char| character.is_whitespace() || ",;\"'`<>\\".contains(character);
            let value = &value[..value.find(ends).unwrap_or(value.len())];
            at += 1;
            let is_attribute = ATTRIBUTES
                .iter()
                .any(|attribute| attribute.eq_ignore_ascii_case(name));
            if !is_attribute && is_cookie(value) {
                take(at..at + value.len());
                left = 64;
            }
            at += value.len();
        }
        let rest = pairs[at..].trim_start_matches(' ');
        let Some(next) = rest.strip_prefix(';') else {
            return;
        };
        at = pairs.len() - next.trim_start_matches(' ').len();
    }
}

/// A choice that a user made (`theme=dark`) has neither digits nor length.
fn is_cookie(value: &str) -> bool {
    let has_digit = value.bytes().any(|byte| byte.is_ascii_digit());
    let shortest = if has_digit { 6 } else { 16 };
    value.len() >= shortest && !value.contains('[') && !is_reference(value)
}

/// Whether what was taken for the name of a secret is one: not a word that stands in the place of a credential, not the key
/// by which a finding is known, and not the token by which .NET calls a public key.
fn is_key(found: &Captures<'_>, words: &str) -> bool {
    let (Some(key), Some(token)) = (found.name("key"), found.name("token")) else {
        return false;
    };
    let before = &words[..key.start()];
    let public = ["public", "publickey", "public_key_", "public-key-"];
    let is_public = public.iter().any(|name| {
        let start = before.len().checked_sub(name.len());
        start
            .and_then(|start| before.get(start..))
            .is_some_and(|end| end.eq_ignore_ascii_case(name))
    });
    let name = before.trim_end_matches(|character: char| {
        character.is_ascii_lowercase() || matches!(character, '-')
    });
    let is_finding = &words[key.start()..token.start()] == "secret:"
        && words[token.start()..]
            .get(..64)
            .is_some_and(|digest| digest.bytes().all(|byte| byte.is_ascii_hexdigit()));
    !is_public && !name.ends_with("[redacted ") && !is_finding
}
