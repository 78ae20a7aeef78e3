//! The one JSON reader: walks containers, hands over one record at a time, never holds a document.
//!
//! What is handed on, keys and records, is read by `serde_json` in full, so that nothing is accepted in it that it would
//! reject. The containers that are walked have every bracket, comma and colon in place; they may be nested deeper than
//! `serde_json` goes. What is skipped has balanced brackets and closed strings, and nothing else of it is checked: its
//! commas and colons, numbers and words, escapes, control characters and encoding may be wrong.

mod nesting;
mod outline;
mod scan;

use std::io::Read;

use memchr::{memchr_iter, memrchr};
use serde::Deserialize;

use crate::error::{Error, Result};
use crate::source::without_place;

use nesting::Nesting;

pub use crate::source::Loose;
pub use outline::{Outline, Shape};

/// How much is read at once, in bytes.
const WINDOW: usize = 64 * 1024;
/// The largest record that is held in memory, in bytes. A larger one is a reject.
pub const LARGEST_RECORD: usize = 64 * 1024 * 1024;
/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";
/// The deepest nesting that is walked through.
const DEEPEST: usize = 512;

/// What sort of value stands next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// `{`
    Object,
    /// `[`
    Array,
    /// `"`
    String,
    /// `null`
    Null,
    /// A number, `true` or `false`.
    Scalar,
}

/// A pull reader over a stream of JSON text.
///
/// ```text
/// reader.enter_object()?;
/// while let Some(key) = reader.next_key()? {
///     match key.as_str() {
///         "results" => { reader.enter_array()?; while reader.next_element()? { reader.record::<Result>()?; } }
///         _ => reader.skip()?,
///     }
/// }
/// ```
pub struct Reader<R> {
    input: R,
    buffer: Vec<u8>,
    /// The next byte to look at.
    pos: usize,
    /// How much of the buffer is filled.
    len: usize,
    /// How much of the buffer, before `pos`, has its lines counted.
    counted: usize,
    /// Complete lines among what is counted.
    lines: u64,
    /// Bytes behind the last line break among what is counted.
    column: u64,
    open: Vec<Frame>,
    /// Of the value that is measured; kept for its memory.
    nesting: Nesting,
    /// How much is read at once.
    window: usize,
    /// The largest record that is held.
    largest: usize,
}

/// A value from its bytes, with the reason in words if it is not what was expected.
pub fn read<'a, T: Deserialize<'a>>(raw: &'a [u8]) -> Result<T, String> {
    serde_json::from_slice(raw).map_err(|error| without_place(&error))
}

#[derive(Clone, Copy)]
struct Frame {
    closer: u8,
    empty: bool,
}

impl<R: Read> Reader<R> {
    /// Reads from `input`, which needs no buffer of its own.
    pub fn new(input: R) -> Self {
        Self::with_sizes(input, WINDOW, LARGEST_RECORD)
    }

    /// Reads `window` bytes at once and holds records of up to `largest` bytes.
    fn with_sizes(input: R, window: usize, largest: usize) -> Self {
        Self {
            input,
            buffer: vec![0; window],
            pos: 0,
            len: 0,
            counted: 0,
            lines: 0,
            column: 0,
            open: Vec::new(),
            nesting: Nesting::default(),
            window,
            largest,
        }
    }

    /// The line that stands next, counted from 1.
    pub fn line(&mut self) -> u64 {
        self.count_lines();
        self.lines + 1
    }

    /// Moves to the next document of the stream: one after another, with or without line breaks between them (NDJSON).
    /// `false` at the end.
    pub fn next_document(&mut self) -> Result<bool> {
        // Between documents stand record separators (RFC 7464), and byte order marks where files were put together.
        while let Some(byte) = self.space()? {
            if byte == 0x1e {
                self.pos += 1;
            } else if byte == MARK[0] && self.starts_with(MARK)? {
                self.pos += MARK.len();
            } else {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Drops whole lines until one starts with a bracket: text that a tool printed before its JSON. Returns the dropped
    /// text, at most its first 4 KiB.
    pub fn skip_preamble(&mut self) -> Result<String> {
        let mut dropped = Vec::new();
        while let Some(byte) = self.space()? {
            if matches!(byte, b'{' | b'[') {
                break;
            }
            while let Some(byte) = self.peek()? {
                self.pos += 1;
                if dropped.len() < 4096 {
                    dropped.push(byte);
                }
                if byte == b'\n' {
                    break;
                }
            }
        }
        Ok(String::from_utf8_lossy(&dropped).into_owned())
    }

    /// What sort of value stands next.
    pub fn value(&mut self) -> Result<Value> {
        match self.space()? {
            Some(b'{') => Ok(Value::Object),
            Some(b'[') => Ok(Value::Array),
            Some(b'"') => Ok(Value::String),
            Some(b'n') => Ok(Value::Null),
            Some(b'-' | b'0'..=b'9' | b't' | b'f') => Ok(Value::Scalar),
            found => Err(self.unexpected("a value", found)),
        }
    }

    /// Goes into the object that stands next.
    pub fn enter_object(&mut self) -> Result<()> {
        self.enter(b'{', b'}')
    }

    /// Goes into the array that stands next.
    pub fn enter_array(&mut self) -> Result<()> {
        self.enter(b'[', b']')
    }

    fn enter(&mut self, opener: u8, closer: u8) -> Result<()> {
        let found = self.space()?;
        if found != Some(opener) {
            return Err(self.unexpected(
                if opener == b'{' {
                    "an object"
                } else {
                    "an array"
                },
                found,
            ));
        }
        if self.open.len() >= DEEPEST {
            return Err(self.error(format!("nested deeper than {DEEPEST}")));
        }
        self.pos += 1;
        self.open.push(Frame {
            closer,
            empty: true,
        });
        Ok(())
    }

    /// The next key of the open object; `None` at its end, which closes it.
    pub fn next_key(&mut self) -> Result<Option<String>> {
        if !self.next_member(b'}')? {
            return Ok(None);
        }
        let found = self.space()?;
        if found != Some(b'"') {
            return Err(self.unexpected("a key", found));
        }
        let key = self.record::<String>()?;
        let key = key.map_err(|reason| self.error(reason))?;
        match self.space()? {
            Some(b':') => self.pos += 1,
            found => return Err(self.unexpected("`:`", found)),
        }
        Ok(Some(key))
    }

    /// Moves to the next element of the open array; `false` at its end, which closes it.
    pub fn next_element(&mut self) -> Result<bool> {
        self.next_member(b']')
    }

    fn next_member(&mut self, closer: u8) -> Result<bool> {
        let found = self.space()?;
        let frame = self.open.last_mut().filter(|frame| frame.closer == closer);
        let Some(frame) = frame else {
            return Err(Error::new(
                crate::error::ErrorKind::Internal,
                "no such container is open",
            ));
        };
        match found {
            Some(byte) if byte == closer => {
                self.pos += 1;
                self.open.pop();
                return Ok(false);
            }
            _ if frame.empty => frame.empty = false,
            Some(b',') => {
                self.pos += 1;
                let next = self.space()?;
                if next == Some(closer) {
                    return Err(self.unexpected("a value after `,`", next));
                }
            }
            found => {
                return Err(self.unexpected(
                    if closer == b'}' {
                        "`,` or `}`"
                    } else {
                        "`,` or `]`"
                    },
                    found,
                ));
            }
        }
        Ok(true)
    }

    /// The next value as a record. The outer error means that the document cannot be read on; the inner one that this
    /// record is not what was expected, with the reason in words for a reject.
    pub fn record<'a, T: Deserialize<'a>>(&'a mut self) -> Result<Result<T, String>> {
        Ok(self.raw()?.and_then(read))
    }

    /// The bytes of the next value, of which nothing but its end has been looked at: [`read`] reads them. The errors are
    /// those of [`Self::record`].
    pub fn raw(&mut self) -> Result<Result<&[u8], String>> {
        self.value()?;
        let (length, whole) = self.measure(true)?;
        let start = self.pos;
        self.pos += length;
        Ok(if whole {
            // A whole value is in the buffer from `pos` on.
            Ok(&self.buffer[start..start + length])
        } else {
            Err(format!(
                "the record is larger than {} MiB",
                self.largest >> 20
            ))
        })
    }

    /// Passes over the next value, whatever its size.
    pub fn skip(&mut self) -> Result<()> {
        self.value()?;
        let (length, _) = self.measure(false)?;
        self.pos += length;
        Ok(())
    }

    fn peek(&mut self) -> Result<Option<u8>> {
        if self.pos >= self.len && !self.fill()? {
            return Ok(None);
        }
        Ok(Some(self.buffer[self.pos]))
    }

    /// Passes over white space; what stands after it.
    fn space(&mut self) -> Result<Option<u8>> {
        loop {
            let rest = &self.buffer[self.pos..self.len];
            if let Some(offset) = rest
                .iter()
                .position(|byte| !matches!(byte, b' ' | b'\n' | b'\r' | b'\t'))
            {
                self.pos += offset;
                return Ok(Some(self.buffer[self.pos]));
            }
            self.pos = self.len;
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    /// Whether these bytes stand next.
    fn starts_with(&mut self, bytes: &[u8]) -> Result<bool> {
        while self.len - self.pos < bytes.len() && self.fill()? {}
        Ok(self.buffer[self.pos..self.len].starts_with(bytes))
    }

    /// Reads more behind what is kept. `false` at the end of the stream.
    fn fill(&mut self) -> Result<bool> {
        if self.pos > 0 {
            self.count_lines();
            self.buffer.copy_within(self.pos..self.len, 0);
            self.len -= self.pos;
            (self.pos, self.counted) = (0, 0);
        }
        if self.len == self.buffer.len() {
            // What is kept is never more than the largest record, so that the bound leaves room for a window.
            let bound = self.largest + self.window;
            let size = (self.buffer.len() * 2).min(bound).max(self.len + 1);
            self.buffer.resize(size, 0);
        } else if self.buffer.len() > 16 * self.window && self.len < self.window {
            // After a large record; not at once, since others may be as large.
            self.buffer.truncate(self.window);
            self.buffer.shrink_to_fit();
        }
        loop {
            match self.input.read(&mut self.buffer[self.len..]) {
                Ok(read) => {
                    self.len += read;
                    return Ok(read > 0);
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => {
                    return Err(
                        Error::format(format!("cannot be read on: {error}")).at(self.place())
                    );
                }
            }
        }
    }

    /// Counts the lines before `pos` that are not counted yet.
    fn count_lines(&mut self) {
        let passed = &self.buffer[self.counted..self.pos];
        self.lines += memchr_iter(b'\n', passed).count() as u64;
        self.column = match memrchr(b'\n', passed) {
            Some(last) => (passed.len() - last - 1) as u64,
            None => self.column + passed.len() as u64,
        };
        self.counted = self.pos;
    }

    fn place(&mut self) -> String {
        self.count_lines();
        format!("line {} column {}", self.lines + 1, self.column + 1)
    }

    fn error(&mut self, message: impl Into<String>) -> Error {
        Error::format(message).at(self.place())
    }

    fn end(&mut self) -> Error {
        self.pos = self.len;
        self.error("the file ends in the middle of a value")
    }

    fn unexpected(&mut self, expected: &str, found: Option<u8>) -> Error {
        match found {
            None => self.error(format!("expected {expected}, found the end of the file")),
            Some(byte @ b' '..=b'~') => {
                self.error(format!("expected {expected}, found `{}`", char::from(byte)))
            }
            Some(byte) => self.error(format!("expected {expected}, found byte 0x{byte:02x}")),
        }
    }
}

#[cfg(test)]
mod tests;
