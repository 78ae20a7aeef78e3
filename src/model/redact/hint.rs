//! Texts in which no credential can be, told from others by one search.

/// Hints that are words of prose as well: every match has, behind such a word, a sign that gives it a value, or is the value
/// of an option of a command. In lower case.
pub(super) const NAMES: &[&str] = &[
    "auth",
    "cookie",
    "key",
    "pass",
    "pwd",
    "secret",
    "signature",
    "token",
];

/// What stands before `key` where it names a secret.
const OWNERS: &[&str] = &[
    "access",
    "account",
    "api",
    "auth",
    "encryption",
    "master",
    "private",
    "secret",
    "signing",
    "storage",
    "subscription",
];

/// Whether there are only characters of which no credential is made: each pattern demands a capital or a mark. Most texts
/// are places in a report (`/runs/0/results/17`), for which the search for hints would be dear.
pub(super) fn is_harmless(words: &str) -> bool {
    let is_harmless = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'/');
    words.bytes().all(is_harmless)
}

/// Finds hints by their first three bytes: a table of bits says of each three whether a hint may begin with them, so that
/// most bytes cost one look.
pub(super) struct Hints {
    bits: Box<[u64; 1 << 10]>,
    /// Sorted by their first three bytes.
    hints: Vec<(u32, Vec<u8>)>,
}

impl Hints {
    /// Each hint has three bytes or more; the case does not matter.
    pub(super) fn new<'a>(words: impl Iterator<Item = &'a str>) -> Self {
        let mut bits = Box::new([0; 1 << 10]);
        let mut hints: Vec<_> = words
            .map(|word| {
                let start = word.bytes().take(3).fold(0, turn);
                (start, word.to_ascii_lowercase().into_bytes())
            })
            .collect();
        hints.sort();
        hints.dedup();
        for (start, _) in &hints {
            // A slot has ten bits for the word, of which there are so many.
            let (word, bit) = slot(*start);
            bits[word] |= bit;
        }
        Self { bits, hints }
    }

    /// Whether there is surely no hint, whatever the case: the one search that most texts go through.
    pub(super) fn has_none(&self, words: &str) -> bool {
        // The two letters beyond ASCII that are letters of ASCII to those who compare words without case: nothing is sure.
        if !words.is_ascii() && words.contains(['\u{17f}', '\u{212a}']) {
            return false;
        }
        let bytes = words.as_bytes();
        let mut last = 0;
        for (at, byte) in bytes.iter().enumerate() {
            last = turn(last, *byte);
            let (word, bit) = slot(last);
            if self.bits[word] & bit != 0 && self.has_any(last, bytes, at) {
                return false;
            }
        }
        true
    }

    /// Whether a hint begins with the three bytes that end at `end`.
    #[cold]
    fn has_any(&self, start: u32, bytes: &[u8], end: usize) -> bool {
        let first = self.hints.partition_point(|(other, _)| *other < start);
        let mut hints = self.hints[first..]
            .iter()
            .take_while(|(other, _)| *other == start);
        let Some(from) = end.checked_sub(2) else {
            return false;
        };
        hints.any(|(_, hint)| {
            let to = from + hint.len();
            bytes
                .get(from..to)
                .is_some_and(|word| word.eq_ignore_ascii_case(hint))
                && is_followed(hint, &bytes[..from], &bytes[to..])
        })
    }
}

/// The last three bytes without their case, when `byte` comes after the last ones.
const fn turn(last: u32, byte: u8) -> u32 {
    (last << 8 | (byte | 0x20) as u32) & 0x00ff_ffff
}

/// Where the bit of three bytes stands.
const fn slot(three: u32) -> (usize, u64) {
    let place = three.wrapping_mul(0x9e37_79b1) >> 16;
    ((place >> 6) as usize, 1 << (place & 63))
}

/// Whether behind a hint stands what every match has there.
fn is_followed(hint: &[u8], before: &[u8], rest: &[u8]) -> bool {
    if hint == b"://" {
        let end = rest
            .iter()
            .find(|byte| matches!(byte, b'@' | b'/') || is_blank(**byte));
        return end == Some(&b'@');
    }
    if !NAMES.iter().any(|name| name.as_bytes() == hint) {
        return true;
    }
    if hint == b"key"
        && !before.ends_with(b"?")
        && !before.ends_with(b"&")
        && !before.ends_with(b";")
    {
        let end = before.strip_suffix(b"_").or(before.strip_suffix(b"-"));
        let owner = end.or(before.strip_suffix(b" ")).unwrap_or(before);
        let is_owner = |name: &&str| {
            let start = owner.len().checked_sub(name.len());
            start.is_some_and(|start| owner[start..].eq_ignore_ascii_case(name.as_bytes()))
        };
        if !OWNERS.iter().any(is_owner) {
            return false;
        }
    }
    let mut rest = after(rest, is_name);
    if let (b"auth", Some((b' ', more))) = (hint, rest.split_first()) {
        rest = after(more, is_name);
    }
    let is_option = before.ends_with(b"-") && rest.first().copied().is_some_and(is_blank);
    let close = |byte| matches!(byte, b'"' | b'\'' | b'`' | b'\\' | b']' | b')');
    let rest = after(rest, close).trim_ascii_start();
    match rest.first() {
        None => false,
        Some(b':' | b'=' | b'>') => {
            // Some headers have a scheme before the value.
            hint == b"auth" || before.ends_with(b"-") || may_be_value(hint, rest)
        }
        Some(b',') => hint == b"cookie",
        // It may be a blank.
        Some(0x0b | 0x80..) => true,
        Some(_) => is_option,
    }
}

/// Whether a value may stand behind the sign: a quote, a long word, a word with a digit, a type with a sign of its own.
fn may_be_value(hint: &[u8], rest: &[u8]) -> bool {
    let value = after(rest, |byte| matches!(byte, b':' | b'=' | b'>')).trim_ascii_start();
    if hint == b"cookie" {
        let pair = after(value, |byte| matches!(byte, b'"' | b'\'' | b'`' | b'\\'));
        let is_pair = |byte| is_name(byte) || matches!(byte, b'.' | b'$');
        return after(pair, is_pair)
            .first()
            .is_none_or(|byte| matches!(byte, b'=' | 0x80..));
    }
    let ends =
        |byte: &u8| is_blank(*byte) || matches!(byte, b',' | b';' | b'(' | b'[' | b'{' | b')');
    let end = value
        .iter()
        .take(LONG)
        .position(ends)
        .unwrap_or(value.len().min(LONG));
    let (word, after_word) = value.split_at(end);
    word.len() == LONG
        || word
            .iter()
            .any(|byte| matches!(byte, b'0'..=b'9' | b'"' | b'\'' | b'`' | 0x80..))
        || word.is_empty()
        || matches!(
            after(after_word, |byte| is_blank(byte)
                || is_name(byte)
                || byte == b']')
            .first(),
            Some(b'=' | b'[' | 0x80..)
        )
}

/// A value this long need not have a digit in its first bytes.
const LONG: usize = 16;

/// What comes after the bytes to skip, of which there are not many where a pattern allows some.
fn after(bytes: &[u8], skip: impl Fn(u8) -> bool) -> &[u8] {
    const MOST: usize = 64;
    let end = bytes.iter().take(MOST).position(|byte| !skip(*byte));
    bytes
        .get(end.unwrap_or(bytes.len().min(MOST))..)
        .unwrap_or_default()
}

const fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

const fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0x0b
}
