//! How much a job summary on GitHub may hold, and what was written of it.

use std::io::{self, Write};

/// GitHub takes 1 MiB of a step, and shows nothing of what is longer. What is left is for the words that say what was cut.
const LIMIT: usize = 1024 * 1024 - 64 * 1024;

/// Markdown that is written piece by piece, as long as there is room.
pub(crate) struct Summary<'a> {
    out: &'a mut dyn Write,
    left: usize,
}

impl<'a> Summary<'a> {
    pub(crate) fn new(out: &'a mut dyn Write) -> Self {
        Self { out, left: LIMIT }
    }

    /// Writes a piece, such as a row of a table, whole or not at all. What was left out keeps all else out, so that the
    /// less urgent never stands in the place of the more urgent.
    pub(crate) fn piece(&mut self, words: &str) -> io::Result<bool> {
        if words.len() > self.left {
            self.left = 0;
            return Ok(false);
        }
        self.left -= words.len();
        self.out.write_all(words.as_bytes())?;
        Ok(true)
    }

    /// Says what was cut, in few words: there is room for them.
    pub(crate) fn end(self, words: &str) -> io::Result<()> {
        self.out.write_all(words.as_bytes())
    }
}
