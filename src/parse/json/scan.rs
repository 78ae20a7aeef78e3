//! Where the next value ends, with more of it fetched as needed.

use std::io::Read;

use memchr::memchr2;

use super::nesting::Reach;
use super::{DEEPEST, Reader};
use crate::error::Result;

/// How much of a value was looked at.
struct Extent {
    /// How many bytes from the reader's place on.
    seen: usize,
    /// Whether they stay in the buffer. If not, the reader moves along, and only what it has not passed yet is counted.
    kept: bool,
    /// Whether the value may still be held as a whole.
    whole: bool,
}

impl<R: Read> Reader<R> {
    /// How long the next value is, of which the first byte is in the buffer, and whether it is there as a whole. With
    /// `keep` it stays in the buffer from `pos` on, as far as it may grow; without, and beyond that, the buffer moves
    /// along and the rest of the length is counted from the new `pos`.
    pub(super) fn measure(&mut self, keep: bool) -> Result<(usize, bool)> {
        let mut extent = Extent {
            seen: 0,
            kept: keep,
            whole: true,
        };
        match self.buffer[self.pos] {
            b'{' | b'[' => self.container(&mut extent)?,
            b'"' => self.string(&mut extent)?,
            _ => self.bare(&mut extent)?,
        }
        // The end may have been in the buffer already.
        let fits = !extent.kept || extent.seen <= self.largest;
        Ok((extent.seen, extent.whole && fits))
    }

    fn container(&mut self, extent: &mut Extent) -> Result<()> {
        self.nesting.reset();
        loop {
            // The reader stands in the buffer, and so does what was seen.
            let text = &self.buffer[self.pos + extent.seen..self.len];
            match self.nesting.pass(text) {
                Reach::On => {
                    extent.seen += text.len();
                    if !self.more(extent)? {
                        return Err(self.end());
                    }
                }
                Reach::End(offset) => {
                    extent.seen += offset;
                    return Ok(());
                }
                Reach::Mismatch(offset, expected) => {
                    self.pos += extent.seen + offset;
                    let found = self.buffer.get(self.pos).copied();
                    let expected = if expected == b'}' { "`}`" } else { "`]`" };
                    return Err(self.unexpected(expected, found));
                }
                Reach::TooDeep(offset) => {
                    self.pos += extent.seen + offset;
                    return Err(self.error(format!("nested deeper than {DEEPEST}")));
                }
            }
        }
    }

    fn string(&mut self, extent: &mut Extent) -> Result<()> {
        // The opening quote.
        extent.seen = 1;
        let mut escaped = false;
        loop {
            let text = &self.buffer[self.pos + extent.seen..self.len];
            // The escaped character cannot end the string, wherever it stands.
            let from = usize::from(escaped && !text.is_empty());
            escaped &= text.is_empty();
            let found = memchr2(b'"', b'\\', &text[from..]).map(|offset| from + offset);
            extent.seen += found.map_or(text.len(), |offset| offset + 1);
            match found {
                Some(offset) if text[offset] == b'"' => return Ok(()),
                Some(_) => escaped = true,
                None => {
                    if !self.more(extent)? {
                        return Err(self.end());
                    }
                }
            }
        }
    }

    /// A number or a word: only these may end with the stream.
    fn bare(&mut self, extent: &mut Extent) -> Result<()> {
        loop {
            let text = &self.buffer[self.pos + extent.seen..self.len];
            if let Some(offset) = text.iter().position(|byte| ends_bare(*byte)) {
                extent.seen += offset;
                return Ok(());
            }
            extent.seen += text.len();
            if !self.more(extent)? {
                return Ok(());
            }
        }
    }

    /// Reads on behind what was seen, which is all there is. `false` at the end of the stream.
    fn more(&mut self, extent: &mut Extent) -> Result<bool> {
        if extent.kept && extent.seen > self.largest {
            (extent.kept, extent.whole) = (false, false);
        }
        if !extent.kept {
            self.pos += extent.seen;
            extent.seen = 0;
        }
        self.fill()
    }
}

/// Whether a number or a word cannot go on with this byte.
const fn ends_bare(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\n' | b'\r' | b'\t' | b',' | b':' | b'"' | b'{' | b'}' | b'[' | b']'
    )
}
