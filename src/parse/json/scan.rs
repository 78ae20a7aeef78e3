//! The search for the few bytes that matter in JSON text, eight bytes at a time.

use memchr::memchr2;

/// The number 1 in each byte of a word.
const ONES: u64 = 0x0101_0101_0101_0101;
/// How many words of a string are looked at before a search is begun that pays off for long strings only.
const SHORT: usize = 3;

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
pub(super) fn structural(text: &[u8]) -> usize {
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
pub(super) fn string_stop(text: &[u8]) -> Option<usize> {
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
