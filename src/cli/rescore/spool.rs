//! The rows of the JSON change table, in a file of their own until the counts above them are known.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};

use tempfile::NamedTempFile;

use crate::error::{Error, Result};
use crate::model::Text;
use crate::report::change::{Comparison, write_report};
use crate::source::unfinished;

/// See the module.
pub(in crate::cli) struct Spool {
    file: BufWriter<NamedTempFile>,
    is_first: bool,
}

impl Spool {
    /// Without rows.
    pub(in crate::cli) fn new() -> Result<Self> {
        let file = unfinished().tempfile().map_err(trouble)?;
        Ok(Self {
            file: BufWriter::with_capacity(1 << 16, file),
            is_first: true,
        })
    }

    /// Puts the changes of a report behind the others.
    pub(in crate::cli) fn add(&mut self, report: &Text, comparison: &Comparison) -> Result<()> {
        let mut write = || {
            if !self.is_first {
                self.file.write_all(b",\n")?;
            }
            self.is_first = false;
            write_report(report, None, comparison, &mut self.file)
        };
        write().map_err(trouble)
    }

    /// All of them, from the start.
    pub(in crate::cli) fn read(&mut self) -> io::Result<BufReader<File>> {
        self.file.flush()?;
        Ok(BufReader::new(self.file.get_ref().reopen()?))
    }
}

fn trouble(error: io::Error) -> Error {
    Error::io("the temporary file of the change table", error)
}
