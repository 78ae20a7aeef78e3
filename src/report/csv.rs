//! `csv` and `tsv`: tables for spreadsheets, one row for each finding.

mod columns;

use std::io;

use super::{View, escape};
use crate::model::Report;

use columns::COLUMNS;
pub use columns::{Columns, Refused};

/// One row for each finding, for spreadsheets.
///
/// Excel takes a file for UTF-8 only by its byte order mark, and RFC 4180 ends rows with CR LF; so both are written.
/// Members of a list are joined by `; `, and a list that was capped ends with `…`.
pub struct Csv;

/// The same table with tabs between the cells, which Excel opens alike wherever a comma is part of a number.
///
/// No cell holds a tab or a line break, so that rows are lines and `cut` finds the columns. A cell with a quotation mark is
/// quoted as in CSV: Excel would otherwise take a mark at its start for the start of a longer cell.
pub struct Tsv;

impl Csv {
    /// The columns in order: the name of each and what stands in it.
    pub fn columns() -> impl Iterator<Item = (&'static str, &'static str)> {
        COLUMNS.iter().map(|column| (column.name, column.meaning))
    }
}

impl super::Writer for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["csv"]
    }

    fn usage(&self) -> &'static str {
        "a table for spreadsheets, one row for each finding"
    }

    fn has_columns(&self) -> bool {
        true
    }

    fn write(&self, report: &Report, view: &View, out: &mut dyn io::Write) -> io::Result<()> {
        table(b',', report, view, out)
    }
}

impl super::Writer for Tsv {
    fn name(&self) -> &'static str {
        "tsv"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["tsv"]
    }

    fn usage(&self) -> &'static str {
        "the same table, with tabs"
    }

    fn has_columns(&self) -> bool {
        true
    }

    fn write(&self, report: &Report, view: &View, out: &mut dyn io::Write) -> io::Result<()> {
        table(b'\t', report, view, out)
    }
}

fn table(delimiter: u8, report: &Report, view: &View, out: &mut dyn io::Write) -> io::Result<()> {
    out.write_all("\u{feff}".as_bytes())?;
    let mut table = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .terminator(csv::Terminator::CRLF)
        .from_writer(out);
    table
        .write_record(view.columns.iter().map(|column| column.name))
        .map_err(output_error)?;
    for entry in &report.entries {
        for column in view.columns.iter() {
            table
                .write_field(&*escape::cell(&(column.value)(entry, report)))
                .map_err(output_error)?;
        }
        table.write_record(None::<&[u8]>).map_err(output_error)?;
    }
    table.flush()
}

/// The error of the output itself: a table wraps it, and callers look at its kind.
pub(super) fn output_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests;
