//! Words that come from outside, made safe to keep.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use super::redact::redact;

/// Longest single-line text that is kept, in bytes.
const LINE_LIMIT: usize = 4 * 1024;
/// Longest prose that is kept, in bytes.
const PROSE_LIMIT: usize = 32 * 1024;
/// Stands where a text was cut.
const CUT: &str = " […]";

/// Words from a report, a path or a file, with control and bidirectional characters dropped, credentials redacted and
/// the length bounded.
///
/// It has no `Display` on purpose: a writer must say for which medium it escapes. Cloning is cheap, and equal texts that
/// come from one place may share their memory.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
        if plain.bytes().all(|byte| matches!(byte, b' '..=b'~')) && plain.len() <= limit {
            return Self(redact(plain).as_ref().into());
        }
        let mut kept = String::with_capacity(plain.len().min(limit));
        let mut characters = plain.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '\r' if characters.peek() == Some(&'\n') => {}
                '\n' | '\r' | '\t' if !prose => kept.push(' '),
                '\r' => kept.push('\n'),
                '\n' | '\t' => kept.push(character),
                _ if is_hostile(character) => {}
                _ => kept.push(character),
            }
        }
        // Redaction comes before the cut, so that no half of a credential can stay behind at the end.
        let mut words = redact(kept.trim()).into_owned();
        // What the cut leaves may look like a credential where the whole did not: it must not change when it is read again.
        while words.len() > limit {
            let mut end = limit - CUT.len();
            while !words.is_char_boundary(end) {
                end -= 1;
            }
            words.truncate(end);
            words = redact(&words).into_owned() + CUT;
        }
        Self(words.into())
    }

    /// The words as they are, for comparing, hashing and the escaping functions of a medium. Never for printing.
    pub fn untrusted(&self) -> &str {
        &self.0
    }

    /// Whether there are no words at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether both share one piece of memory.
    pub fn same_memory(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// Characters that can change how the words around them are shown: controls, bidirectional overrides and isolates,
/// invisible marks, interlinear annotation, tags, and line separators that some media treat as line breaks.
fn is_hostile(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
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
