//! The rows of the JSON change table, in a file without a name until the counts above them are known.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Seek, Write};

use crate::error::{Error, Result};
use crate::model::Text;
use crate::report::change::{Comparison, write_report};

/// See the module.
pub(in crate::cli) struct Spool {
    file: BufWriter<File>,
    is_first: bool,
}

impl Spool {
    /// Without rows.
    pub(in crate::cli) fn new() -> Result<Self> {
        let file = tempfile::tempfile().map_err(trouble)?;
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

    /// All of them, from the start. They are read to their end before others are added.
    pub(in crate::cli) fn read(&mut self) -> io::Result<BufReader<&mut File>> {
        self.file.rewind()?;
        Ok(BufReader::new(self.file.get_mut()))
    }
}

fn trouble(error: io::Error) -> Error {
    Error::io("the temporary file of the change table", error)
}
