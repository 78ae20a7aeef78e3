//! Compact JSON with a line break before each member of the report and each element of its lists.

use std::io;

use serde_json::ser::Formatter;

/// The depth below which all stays on one line: document, list, element.
const LINES: usize = 2;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Lines {
    depth: usize,
}

impl Lines {
    fn separate<W: ?Sized + io::Write>(&self, out: &mut W, first: bool) -> io::Result<()> {
        if !first {
            out.write_all(b",")?;
        }
        if self.depth <= LINES {
            out.write_all(b"\n")
        } else {
            Ok(())
        }
    }
}

impl Formatter for Lines {
    fn begin_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth += 1;
        out.write_all(b"[")
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth -= 1;
        out.write_all(b"]")
    }

    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.separate(out, first)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth += 1;
        out.write_all(b"{")
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth -= 1;
        if self.depth == 0 {
            out.write_all(b"\n}")
        } else {
            out.write_all(b"}")
        }
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> io::Result<()> {
        // Objects directly below the document, such as the ledger, stay on one line.
        if self.depth == 1 {
            return self.separate(out, first);
        }
        if first { Ok(()) } else { out.write_all(b",") }
    }
}
