//! Where a container ends: quotes and brackets of 64 bytes at a time, as bits of a word.

use wide::u8x16;

use super::DEEPEST;

/// How many bytes are looked at in one go: as many as a word has bits.
pub(super) const BLOCK: usize = 64;
/// Every other bit, from the second on.
const ODD: u64 = 0xaaaa_aaaa_aaaa_aaaa;

/// What a container that is passed over piece by piece still waits for.
#[derive(Default)]
pub(super) struct Nesting {
    /// The closing brackets, the innermost last.
    closers: Vec<u8>,
    /// All bits if the next byte is inside a string, else none.
    quoted: u64,
    /// 1 if the next byte is escaped, else 0.
    escaped: u64,
}

/// How far a piece of text leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// To its end, and the container goes on.
    On,
    /// The container ends before this offset.
    End(usize),
    /// This closing bracket is wanted at this offset, where another one stands.
    Mismatch(usize, u8),
    /// The bracket at this offset opens more than may be open.
    TooDeep(usize),
}

impl Nesting {
    /// Forgets everything: the next byte opens a container.
    pub(super) fn reset(&mut self) {
        self.closers.clear();
        (self.quoted, self.escaped) = (0, 0);
    }

    /// Passes over the next piece of the container.
    pub(super) fn pass(&mut self, text: &[u8]) -> Reach {
        let (blocks, rest) = text.as_chunks::<BLOCK>();
        for (index, block) in blocks.iter().enumerate() {
            let reach = self.block(block, BLOCK, index * BLOCK);
            if reach != Reach::On {
                return reach;
            }
        }
        if rest.is_empty() {
            return Reach::On;
        }
        let mut last = [b' '; BLOCK];
        // `rest` is shorter than a block.
        last[..rest.len()].copy_from_slice(rest);
        self.block(&last, rest.len(), blocks.len() * BLOCK)
    }

    /// Passes over the first `length` bytes of a block, which are not none, with spaces behind them. `offset` is where
    /// the block stands.
    #[inline]
    fn block(&mut self, block: &[u8; BLOCK], length: usize, offset: usize) -> Reach {
        let [quotes, backslashes, brackets] = bits(block);
        let escaped = self.escapes(backslashes, length);
        let inside = running_parity(quotes & !escaped) ^ self.quoted;
        // All bits as the last one.
        self.quoted = 0_u64.wrapping_sub(inside >> (BLOCK - 1));
        let mut brackets = brackets & !inside;
        while brackets != 0 {
            let at = brackets.trailing_zeros() as usize;
            brackets &= brackets - 1;
            // `at` is less than 64: the word is not zero.
            match block[at] {
                opener @ (b'{' | b'[') => {
                    if self.closers.len() >= DEEPEST {
                        return Reach::TooDeep(offset + at);
                    }
                    // `[` and `]`, `{` and `}` are two apart.
                    self.closers.push(opener + 2);
                }
                closer @ (b'}' | b']') => match self.closers.pop() {
                    Some(expected) if expected != closer => {
                        return Reach::Mismatch(offset + at, expected);
                    }
                    _ if self.closers.is_empty() => return Reach::End(offset + at + 1),
                    _ => {}
                },
                _ => {}
            }
        }
        Reach::On
    }

    /// Which bytes a backslash escapes.
    #[inline]
    fn escapes(&mut self, backslashes: u64, length: usize) -> u64 {
        if backslashes == 0 {
            return std::mem::take(&mut self.escaped);
        }
        // In a run of backslashes every other one escapes, from its first on. To subtract the first of a run from the odd
        // bits turns those over that lie in the run and the one behind it.
        let first = backslashes & !self.escaped;
        let turned = ((first << 1) | ODD).wrapping_sub(first) ^ ODD;
        let escaped = turned ^ (backslashes | self.escaped);
        self.escaped = ((turned & backslashes) >> (length - 1)) & 1;
        escaped
    }
}

/// Each bit turned over as often as there are bits set up to it.
const fn running_parity(mut bits: u64) -> u64 {
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    bits ^= bits << 32;
    bits
}

/// Where quotes, backslashes and brackets stand. The bytes `y`, `Y`, `_` and delete count as brackets, too, which costs
/// nothing where it matters: they do not stand between the strings of valid JSON.
#[inline]
fn bits(block: &[u8; BLOCK]) -> [u64; 3] {
    let mut found = [0; 3];
    for (index, lane) in block.as_chunks::<16>().0.iter().enumerate() {
        let lane = u8x16::new(*lane);
        let equal = |lane: u8x16, byte| {
            let bits = lane.simd_eq(u8x16::splat(byte)).to_bitmask();
            u64::from(bits) << (16 * index)
        };
        found[0] |= equal(lane, b'"');
        found[1] |= equal(lane, b'\\');
        // All four brackets are 0x7f, but for the bits of 0x26.
        found[2] |= equal(lane | u8x16::splat(0x26), 0x7f);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same, one byte after another.
    fn plainly(text: &[u8]) -> Reach {
        let (mut closers, mut quoted, mut escaped) = (Vec::new(), false, false);
        for (at, &byte) in text.iter().enumerate() {
            let was_escaped = escaped;
            escaped = byte == b'\\' && !was_escaped;
            match byte {
                b'"' if !was_escaped => quoted = !quoted,
                _ if quoted => {}
                b'{' | b'[' => closers.push(byte + 2),
                b'}' | b']' => match closers.pop() {
                    Some(expected) if expected != byte => return Reach::Mismatch(at, expected),
                    _ if closers.is_empty() => return Reach::End(at + 1),
                    _ => {}
                },
                _ => {}
            }
        }
        Reach::On
    }

    /// In pieces of this size.
    fn passed(text: &[u8], size: usize) -> Reach {
        let mut nesting = Nesting::default();
        for (index, piece) in text.chunks(size).enumerate() {
            let before = index * size;
            match nesting.pass(piece) {
                Reach::On => {}
                Reach::End(at) => return Reach::End(before + at),
                Reach::Mismatch(at, expected) => return Reach::Mismatch(before + at, expected),
                Reach::TooDeep(at) => return Reach::TooDeep(before + at),
            }
        }
        Reach::On
    }

    #[test]
    fn every_byte_is_told_apart_wherever_it_stands() {
        for wanted in 0..=u8::MAX {
            for place in 0..BLOCK {
                let mut block = [b'x'; BLOCK];
                block[place] = wanted;
                let bit = 1 << place;
                let [quotes, backslashes, brackets] = bits(&block);
                assert_eq!(quotes == bit, wanted == b'"', "{wanted:#x}");
                assert_eq!(backslashes == bit, wanted == b'\\', "{wanted:#x}");
                let taken = matches!(
                    wanted,
                    b'{' | b'}' | b'[' | b']' | b'y' | b'Y' | b'_' | 0x7f
                );
                assert_eq!(brackets == bit, taken, "{wanted:#x}");
                assert_eq!((quotes | backslashes | brackets) & !bit, 0);
            }
        }
    }

    #[test]
    fn runs_of_backslashes_end_strings_only_where_they_are_even() {
        for before in 0..130 {
            for run in 0..140 {
                let text = [
                    b"[\"",
                    &b"y".repeat(before)[..],
                    &b"\\".repeat(run),
                    b"\",\"]\"]",
                ];
                let text = text.concat();
                let expected = plainly(&text);
                assert_eq!(run % 2 == 0, expected == Reach::End(text.len()));
                for size in [1, 7, 63, 64, 65, 300] {
                    assert_eq!(passed(&text, size), expected, "{before} {run} {size}");
                }
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn it_is_the_same_as_one_byte_after_another(
            text in "[\\[{]([\\[\\]{}\"\\\\y,: é]|\\\\{4}|[ab]{30}){0,60}", size in 1..200_usize
        ) {
            proptest::prop_assert_eq!(passed(text.as_bytes(), size), plainly(text.as_bytes()));
        }
    }
}
