//! Words that come from outside, made safe to keep.

use std::borrow::{Borrow, Cow};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::redact::{has_own, nothing_left, redact};

/// Longest single-line text that is kept, in bytes.
const LINE_LIMIT: usize = 4 * 1024;
/// Longest prose that is kept, in bytes.
const PROSE_LIMIT: usize = 32 * 1024;
/// How often a text is cut in which patterns of a project find something again and again, until nothing of it is kept.
const MOST_CUTS: usize = 8;
/// Stands where a text was cut.
const CUT: &str = " […]";

/// Words from a report, a path or a file, with control and bidirectional characters dropped, credentials redacted and
/// the length bounded.
///
/// It has no `Display` on purpose: a writer must say for which medium it escapes. Cloning is cheap, and equal texts that
/// come from one place may share their memory.
#[derive(Clone, Eq)]
pub struct Text(Arc<str>);

impl Text {
    /// A single line: an id, a path, a title. Line breaks and tabs become one space each and the ends are trimmed.
    pub fn line(words: &str) -> Self {
        Self::clean(words, LINE_LIMIT, false)
    }

    /// Prose of several lines: a description, a recommendation, evidence. Keeps line breaks (as `\n`) and tabs.
    pub fn prose(words: &str) -> Self {
        Self::clean(words, PROSE_LIMIT, true)
    }

    /// A single line, if there is anything in it.
    pub fn some_line(words: &str) -> Option<Self> {
        Some(Self::line(words)).filter(|text| !text.is_empty())
    }

    /// Prose, if there is anything in it.
    pub fn some_prose(words: &str) -> Option<Self> {
        Some(Self::prose(words)).filter(|text| !text.is_empty())
    }

    fn clean(words: &str, limit: usize, prose: bool) -> Self {
        let plain = words.trim();
        if plain.len() <= limit && is_plain(plain.as_bytes(), prose) {
            return Self(cut(redact(plain), limit).as_ref().into());
        }
        let mut kept = String::with_capacity(plain.len().min(limit));
        let mut rest = plain;
        while !rest.is_empty() {
            let (before, from) = rest.split_at(plain_length(rest.as_bytes(), prose));
            kept.push_str(before);
            let mut characters = from.chars();
            match characters.next() {
                None => {}
                Some('\r') if characters.as_str().starts_with('\n') => {}
                // U+0085, U+2028 and U+2029 break lines as well, and only in some media.
                Some('\n' | '\r' | '\t' | '\u{85}' | '\u{2028}' | '\u{2029}') if !prose => {
                    kept.push(' ');
                }
                Some('\r' | '\u{85}' | '\u{2028}' | '\u{2029}') => kept.push('\n'),
                Some(character @ ('\n' | '\t')) => kept.push(character),
                // What is left of it would stand within the words, and part a credential in two.
                Some('\u{1b}' | '\u{9b}') => {
                    rest = after_sequence(from);
                    continue;
                }
                Some(character) if is_hostile(character) => {}
                Some(character) => kept.push(character),
            }
            rest = characters.as_str();
        }
        // Redaction comes before the cut, so that no half of a credential can stay behind at the end.
        Self(cut(redact(kept.trim()), limit).as_ref().into())
    }

    /// The words as they are, for comparing, hashing and the escaping functions of a medium. Never for printing.
    pub fn untrusted(&self) -> &str {
        &self.0
    }

    /// Whether there are no words at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes of its words, shared out among all that hold them at this time.
    pub(super) fn weight(&self) -> usize {
        self.0.len() / self.holders()
    }

    /// How many hold its memory at this time, at least one.
    pub(super) fn holders(&self) -> usize {
        Arc::strong_count(&self.0).max(1)
    }

    /// Whether others share its memory.
    pub fn is_shared(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    /// Whether both share one piece of memory.
    pub fn same_memory(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// The words as far as they fit, with a mark that there were more.
fn cut(mut words: Cow<'_, str>, limit: usize) -> Cow<'_, str> {
    if words.len() <= limit {
        return words;
    }
    let mut cuts = 0;
    loop {
        // What the cut leaves may look like a credential where the whole did not: it must not change when it is read again.
        while words.len() > limit {
            let mut end = limit - CUT.len();
            while !words.is_char_boundary(end) {
                end -= 1;
            }
            words = Cow::Owned(redact(&words[..end]).into_owned() + CUT);
            cuts += 1;
            if has_own() && cuts > MOST_CUTS {
                return Cow::Borrowed(nothing_left());
            }
        }
        if !has_own() {
            return words;
        }
        // A pattern of a project may take the mark of the cut for something.
        let again = redact(&words).into_owned();
        if again == words {
            return words;
        }
        words = Cow::Owned(again);
    }
}

/// Whether a byte is a character that is kept as it is: printable ASCII, and in prose the line feed and the tab.
const fn is_plain_byte(byte: u8, prose: bool) -> bool {
    matches!(byte, b' '..=b'~') || (prose && matches!(byte, b'\n' | b'\t'))
}

/// Whether all bytes are kept as they are. Looked at all together, which the compiler turns into a few wide instructions.
fn is_plain(bytes: &[u8], prose: bool) -> bool {
    let all = |piece: &[u8]| {
        let and = |all, byte: &u8| all & is_plain_byte(*byte, prose);
        piece.iter().fold(true, and)
    };
    let (pieces, rest) = bytes.as_chunks::<32>();
    pieces.iter().all(|piece| all(piece)) && all(rest)
}

/// How many bytes at the start are kept as they are.
fn plain_length(bytes: &[u8], prose: bool) -> usize {
    let (pieces, _) = bytes.as_chunks::<32>();
    let pieces = pieces
        .iter()
        .take_while(|piece| is_plain(piece.as_slice(), prose));
    let whole = 32 * pieces.count();
    // So many bytes were just looked at.
    let rest = &bytes[whole..];
    let more = rest.iter().position(|byte| !is_plain_byte(*byte, prose));
    whole + more.unwrap_or(rest.len())
}

/// What comes after the sequence for a terminal that begins `from` (ECMA-48, section 5.4): of a colour all of it, of any other
/// one the first character.
fn after_sequence(from: &str) -> &str {
    let mut characters = from.chars();
    let escape = characters.next();
    let plain = characters.as_str();
    let body = match escape {
        Some('\u{1b}') => plain.strip_prefix(['[', '(', ')']),
        // Also what a wrong encoding makes of a letter: only with a number it begins a sequence.
        _ => Some(plain).filter(|plain| plain.starts_with(|first: char| first.is_ascii_digit())),
    };
    let body =
        body.map(|body| body.trim_start_matches(|one| matches!(one, '0'..='9' | ';' | ':' | '?')));
    body.and_then(|body| body.strip_prefix(|last| matches!(last, '@'..='~')))
        .unwrap_or(plain)
}

/// Characters that can change how the words around them are shown: controls, bidirectional overrides and isolates,
/// all that is invisible by default (`Default_Ignorable_Code_Point`), interlinear annotation, tags, and line separators that some media treat as line breaks.
fn is_hostile(character: char) -> bool {
    // The last two of each plane are no characters, and XML may not hold them.
    character.is_control()
        || u32::from(character) & 0xfffe == 0xfffe
        || matches!(character,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

// Equal texts mostly share their memory, so that they need not be read to be compared.
impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.same_memory(other) || self.0 == other.0
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.same_memory(other) {
            return Ordering::Equal;
        }
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl Default for Text {
    fn default() -> Self {
        Self("".into())
    }
}

impl From<&str> for Text {
    /// The same as [`Text::line`].
    fn from(words: &str) -> Self {
        Self::line(words)
    }
}

impl From<String> for Text {
    /// The same as [`Text::line`].
    fn from(words: String) -> Self {
        Self::line(&words)
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

#[cfg(test)]
mod tests;
