//! Where values end: the search for the few bytes that matter in JSON text, eight bytes at a time where that pays off.

use std::io::Read;

use memchr::memchr2;

use super::{DEEPEST, LARGEST_RECORD, Reader};
use crate::error::Result;

/// The number 1 in each byte of a word.
const ONES: u64 = 0x0101_0101_0101_0101;
/// How many words of a string are looked at before a search is begun that pays off for long strings only.
const SHORT: usize = 3;

impl<R: Read> Reader<R> {
    /// How long the next value is. With `keep` it stays in the buffer from `pos` on, as far as it may grow; without, and
    /// beyond that, the buffer moves along and the rest of the length is counted from the new `pos`.
    pub(super) fn measure(&mut self, keep: bool) -> Result<(usize, bool)> {
        let mut keep = keep;
        let mut whole = true;
        let mut at = 0;
        // Only a number or a word may end with the stream; everything else has an end of its own.
        let bare = !matches!(self.buffer[self.pos], b'"' | b'{' | b'[');
        self.closers.clear();
        loop {
            if self.pos + at >= self.len {
                if keep && at >= LARGEST_RECORD {
                    (keep, whole) = (false, false);
                }
                if !keep {
                    self.pos += at;
                    at = 0;
                }
                if !self.fill()? {
                    return if bare {
                        Ok((at, whole))
                    } else {
                        Err(self.end())
                    };
                }
            }
            match self.buffer[self.pos + at] {
                b'"' => {
                    at = self.string_end(at, &mut keep, &mut whole)?;
                    if self.closers.is_empty() {
                        return Ok((at, whole));
                    }
                    continue;
                }
                opener @ (b'{' | b'[') => {
                    if self.closers.len() >= DEEPEST {
                        return Err(self.error(format!("nested deeper than {DEEPEST}")));
                    }
                    self.closers.push(if opener == b'{' { b'}' } else { b']' });
                }
                closer @ (b'}' | b']') => match self.closers.pop() {
                    Some(expected) if expected == closer => {
                        if self.closers.is_empty() {
                            return Ok((at + 1, whole));
                        }
                    }
                    Some(expected) => {
                        self.pos += at;
                        return Err(self.unexpected(
                            if expected == b'}' { "`}`" } else { "`]`" },
                            Some(closer),
                        ));
                    }
                    None => return Ok((at, whole)),
                },
                b',' | b' ' | b'\n' | b'\r' | b'\t' if self.closers.is_empty() => {
                    return Ok((at, whole));
                }
                // Indentation: the next string or bracket is some way off. Elsewhere it mostly is the next byte or two.
                b'\n' => {
                    let behind = (self.pos + at + 1).min(self.len);
                    at += structural(&self.buffer[behind..self.len]);
                }
                _ => {}
            }
            at += 1;
        }
    }

    /// Where the string that starts at `at` ends, after its closing quote.
    fn string_end(&mut self, at: usize, keep: &mut bool, whole: &mut bool) -> Result<usize> {
        let mut at = at + 1;
        loop {
            match string_stop(&self.buffer[(self.pos + at).min(self.len)..self.len]) {
                Some(offset) if self.buffer[self.pos + at + offset] == b'"' => {
                    return Ok(at + offset + 1);
                }
                // The escaped character cannot end the string, wherever it stands.
                Some(offset) => at += offset + 2,
                None => {
                    at = at.max(self.len - self.pos);
                    if *keep && at >= LARGEST_RECORD {
                        (*keep, *whole) = (false, false);
                    }
                    if !*keep {
                        let passed = at.min(self.len - self.pos);
                        self.pos += passed;
                        at -= passed;
                    }
                    if !self.fill()? {
                        return Err(self.end());
                    }
                }
            }
        }
    }
}

/// The high bit of each byte that is zero. Above the lowest one there may be others that are not meant.
const fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & (0x80 * ONES)
}

/// Which byte of a word the lowest of `bits` belongs to.
const fn byte(bits: u64) -> usize {
    (bits.trailing_zeros() / 8) as usize
}

/// How many bytes stand before the first quote or bracket; all, if there is none. It may stop early, at a byte that is
/// neither (`y`, `_`): such bytes do not stand between the strings of valid JSON.
fn structural(text: &[u8]) -> usize {
    let (words, rest) = text.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // All four brackets are 0x7f, but for the bits of 0x26.
        let brackets = zeros((word | (0x26 * ONES)) ^ (0x7f * ONES));
        let found = brackets | zeros(word ^ (0x22 * ONES));
        if found != 0 {
            return index * 8 + byte(found);
        }
    }
    let is_structural = |byte: &u8| matches!(byte, b'"' | b'{' | b'}' | b'[' | b']');
    let before = rest.iter().position(is_structural).unwrap_or(rest.len());
    words.len() * 8 + before
}

/// Where the first quote or backslash stands.
fn string_stop(text: &[u8]) -> Option<usize> {
    let (words, _) = text.as_chunks::<8>();
    let words = words.get(..SHORT).unwrap_or(words);
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let found = zeros(word ^ (0x22 * ONES)) | zeros(word ^ (0x5c * ONES));
        if found != 0 {
            return Some(index * 8 + byte(found));
        }
    }
    let passed = words.len() * 8;
    // The words were taken from `text`.
    memchr2(b'"', b'\\', &text[passed..]).map(|offset| passed + offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_told_apart_wherever_it_stands() {
        for wanted in 0..=u8::MAX {
            for place in 0..40 {
                let mut text = vec![b'x'; 40];
                text[place] = wanted;
                let stops = matches!(wanted, b'"' | b'\\');
                assert_eq!(string_stop(&text), stops.then_some(place), "{wanted:#x}");
                let before = structural(&text);
                match wanted {
                    b'"' | b'{' | b'}' | b'[' | b']' => assert_eq!(before, place, "{wanted:#x}"),
                    b'Y' | b'_' | b'y' | 0x7f => assert!(before == place || before == 40),
                    _ => assert_eq!(before, 40, "{wanted:#x}"),
                }
            }
        }
    }

    #[test]
    fn the_first_of_several_is_found() {
        assert_eq!(structural(b" : 12, \"a\"]"), 7);
        assert_eq!(structural(b"[\"{"), 0);
        assert_eq!(string_stop(b"abc\\\"\""), Some(3));
        assert_eq!(string_stop(b""), None);
        assert_eq!(structural(b""), 0);
    }
}
