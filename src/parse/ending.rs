//! How the lines and the bytes of a CSV file end: its reader counts line feeds only, and passes in silence over a file that
//! was cut, which must not look whole.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use super::Closing;
use crate::model::Outcome;

/// What is said of a file, and of its last record, when it ends where a cell in quotes goes on.
pub(super) const WITHIN_QUOTES: &str = "the file ends within a quoted cell";

/// Where in a table the bytes that were read end. A file that is cut at the end of a line cannot be told from a whole one.
#[derive(Clone, Debug)]
pub(super) struct Ending {
    delimiter: u8,
    state: Rc<Cell<State>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct State {
    stand: Stand,
    /// The last byte, once there is one.
    last: u8,
    /// Whether there is nothing more to read.
    is_over: bool,
}

/// Where in a cell a byte stands, as the `csv` crate tells it (RFC 4180 section 2): a quote that does not begin a cell of
/// its own is a character like others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stand {
    #[default]
    Start,
    Plain,
    Quoted,
    /// Behind a quote in a quoted cell: it ends the cell, or is the first of two that mean one.
    Quote,
}

impl Ending {
    /// For a table with this byte between its cells.
    pub(super) fn new(delimiter: u8) -> Self {
        Self {
            delimiter,
            state: Rc::default(),
        }
    }

    /// Passes on what `inner` reads, and looks at it. Each line end outside of quotes becomes a line feed, so that whatever
    /// counts these counts the lines of files from any system.
    pub(super) fn watch<R: Read>(&self, inner: R) -> Watched<R> {
        Watched {
            inner,
            ending: self.clone(),
        }
    }

    /// Whether the file is read to its end, and that stands within a quoted cell. Only the last row, as far as there is
    /// one, is read so far.
    pub(super) fn is_within_quotes(&self) -> bool {
        let State { stand, is_over, .. } = self.state.get();
        is_over && matches!(stand, Stand::Quoted)
    }

    /// Says in `closing` whether the file was cut. `rows` is how many it has below its header, `is_short` whether the last
    /// has too few cells.
    pub(super) fn close(&self, closing: &mut Closing, rows: u64, is_short: bool) {
        let has_line_end = matches!(self.state.get().last, b'\n' | b'\r');
        let note = if self.is_within_quotes() {
            WITHIN_QUOTES
        } else if is_short {
            "its last row is not whole"
        } else if rows == 0 && !has_line_end {
            // Without rows nothing else tells a header that is cut from a search that found nothing.
            "its header has no end, and no row stands below it"
        } else {
            return;
        };
        closing.lower(Outcome::Truncated, note);
    }

    fn step(&self, stand: Stand, byte: u8) -> Stand {
        match (stand, byte) {
            (Stand::Quoted, b'"') => Stand::Quote,
            (Stand::Quoted, _) | (Stand::Start | Stand::Quote, b'"') => Stand::Quoted,
            (_, b'\n' | b'\r') => Stand::Start,
            (_, byte) if byte == self.delimiter => Stand::Start,
            _ => Stand::Plain,
        }
    }
}

/// A reader whose end an [`Ending`] tells.
pub(super) struct Watched<R> {
    inner: R,
    ending: Ending,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.inner.read(buffer)?;
            let mut state = self.ending.state.get();
            state.is_over = read == 0 && !buffer.is_empty();
            let mut kept = 0;
            for index in 0..read {
                // A reader never says that it read more than the buffer holds, and no more is kept than was read.
                let byte = buffer[index];
                let is_rest = byte == b'\n' && state.last == b'\r' && state.stand == Stand::Start;
                state.stand = self.ending.step(state.stand, byte);
                state.last = byte;
                if !is_rest {
                    let is_end = byte == b'\r' && state.stand == Stand::Start;
                    buffer[kept] = if is_end { b'\n' } else { byte };
                    kept += 1;
                }
            }
            self.ending.state.set(state);
            if kept > 0 || read == 0 {
                return Ok(kept);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The note on a table that is read a few bytes at a time.
    fn note(table: &str, rows: u64) -> Option<String> {
        let ending = Ending::new(b';');
        let mut reader = ending.watch(table.as_bytes());
        let mut buffer = [0; 3];
        while reader.read(&mut buffer).unwrap() > 0 {
            assert!(!ending.is_within_quotes(), "it may go on");
        }
        let mut closing = Closing::of("x");
        ending.close(&mut closing, rows, false);
        let is_cut = closing.outcome == Outcome::Truncated;
        assert_eq!(is_cut, !closing.notes.is_empty());
        let note = closing.notes.iter().next();
        note.map(|note| note.untrusted().to_owned())
    }

    #[test]
    fn a_table_that_ends_within_quotes_is_cut_and_other_quotes_prove_nothing() {
        for cut in [
            "a;b\n1;\"2",
            "a;b\n1;\"2\n",
            "a;b\n1;\"\"\"",
            "a;b\n\"1\";\"",
            "a;b\r\n\"1;\n\"\"2\"\";",
        ] {
            assert_eq!(note(cut, 1).as_deref(), Some(WITHIN_QUOTES), "{cut}");
        }
        for whole in [
            "a;b\n1;2",
            "a;b\n1;\"2\"",
            "a;b\n1;\"2;\n\"\"3\"\"\"\r\n",
            // An inch, and a quote behind a quoted cell: the reader takes both for characters.
            "a;b\n1;5\"\n",
            "a;b\n1;\"5\" x\"\n",
            // Another delimiter begins no cell.
            "a;b\n1;2,\"3\n",
        ] {
            assert_eq!(note(whole, 1), None, "{whole}");
        }
    }

    #[test]
    fn lines_end_alike_wherever_the_file_is_from_and_however_it_is_cut_up() {
        for (table, expected) in [
            ("a;b\r\n1;2\r\n", "a;b\n1;2\n"),
            ("a;b\r1;2\r\r", "a;b\n1;2\n\n"),
            ("a;b\n\r\n1", "a;b\n\n1"),
            ("a;\"b\r\nc\rd\"\r\n1", "a;\"b\r\nc\rd\"\n1"),
            ("\r\n", "\n"),
        ] {
            for size in 1..=table.len() {
                let mut reader = Ending::new(b';').watch(table.as_bytes());
                let (mut all, mut buffer) = (Vec::new(), vec![0; size]);
                loop {
                    let read = reader.read(&mut buffer).unwrap();
                    if read == 0 {
                        break;
                    }
                    all.extend_from_slice(&buffer[..read]);
                }
                assert_eq!(all, expected.as_bytes(), "{table:?} by {size}");
            }
        }
    }

    #[test]
    fn a_header_alone_proves_itself_by_its_line_end() {
        let no_end = Some("its header has no end, and no row stands below it".to_owned());
        assert_eq!(note("a;b", 0), no_end);
        assert_eq!(note("a;\"b\"", 0), no_end);
        assert_eq!(note("a;b\n", 0), None);
        assert_eq!(note("a;b\r", 0), None);
        assert_eq!(note("a;\"b\n", 0).as_deref(), Some(WITHIN_QUOTES));
    }
}
