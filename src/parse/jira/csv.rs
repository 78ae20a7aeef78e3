//! Jira's CSV export: display names for headers, one column per value, dates of the exporting user's locale.

use std::collections::BTreeMap;

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::columns::{Column, Columns, Meaning};
use super::fields::is_key;
use super::{Issue, JiraOptions, Tickets, text};
use crate::error::{Error, Result};
use crate::model::Outcome;
use crate::parse::bounded::{Allowance, Bounded, LARGEST_RECORD};
use crate::parse::ending::{Ending, WITHIN_QUOTES, Watched};
use crate::parse::separator::{DELIMITERS, behind_declaration};
use crate::parse::{Closing, Head, Options, Parser, Sink};
use crate::source::Input;

/// See the module.
pub(in crate::parse) struct JiraCsv;

/// Jira exports so many tickets at most, and does not say when there were more.
const LIMIT: u64 = 1000;

impl Parser for JiraCsv {
    fn name(&self) -> &'static str {
        "jira-csv"
    }

    fn usage(&self) -> &'static str {
        "tickets of Jira: \"Export CSV (all fields)\" of a search"
    }

    fn sniff(&self, head: &Head<'_>) -> bool {
        let none = JiraOptions::default();
        let options = head.options.map_or(&none, |options| &options.jira);
        Header::of(head.text, options).is_some()
    }

    fn parse(&self, input: &Input, options: &Options, sink: &mut dyn Sink) -> Result<Closing> {
        let head = input.head()?;
        let header = Header::of(Head::new(&head).text, &options.jira);
        let header = header.ok_or_else(|| {
            Error::format(
                "expected the header of Jira's CSV export, with `Issue key` and `Summary`",
            )
            .hint("if its headers are in another language, name them under `[jira.headers]` in scanfold.toml")
        })?;
        if header.damaged {
            return Err(spreadsheet());
        }
        let survey = Rows::open(input, &header)?;
        // The head may end within a long header.
        let mut columns = Columns::of(survey.row.iter().map(words_of), &options.jira);
        let rows = survey.survey(&mut columns)?;
        columns.check()?;
        let mut tickets = Tickets::new(input, options);
        columns.unwrap(&tickets.names);
        let mut reader = Rows::open(input, &header)?;
        let ending = reader.ending.clone();
        let (mut read, mut is_short) = (0, false);
        while let Some((line, row)) = reader.next()? {
            read += 1;
            sink.record();
            let at = format!("line {line}");
            // Only the last row may be short because the file ends in it.
            is_short = row.len() < columns.len();
            let issue = if ending.is_within_quotes() {
                Err(WITHIN_QUOTES.to_owned())
            } else {
                issue(&columns, row)
            };
            match issue.and_then(|issue| tickets.finding(&at, &issue)) {
                Ok(finding) => sink.finding(finding),
                Err(reason) => sink.reject(&at, &reason),
            }
        }
        let mut closing = tickets.closing();
        if !columns.have_due_dates(&tickets.names) {
            closing.note("it has no column with a due date, so that its tickets set no deadline");
        }
        ending.close(&mut closing, rows, is_short);
        if rows == LIMIT && read == rows {
            closing.lower(Outcome::Truncated, "it holds exactly 1,000 tickets, which is all that Jira exports at once: there may be more");
        }
        Ok(closing)
    }
}

/// What the first line says.
struct Header {
    delimiter: u8,
    /// Whether a line before it declares the delimiter.
    is_second: bool,
    /// Whether a spreadsheet program has wrapped whole lines in quotes.
    damaged: bool,
}

impl Header {
    /// Reads the header. `None` when the text is no export of tickets.
    fn of(text: &str, options: &JiraOptions) -> Option<Self> {
        if text.trim_start().starts_with(['{', '[', '<']) {
            return None;
        }
        let behind = behind_declaration(text);
        let is_second = behind.is_some();
        let text = behind.unwrap_or(text);
        for delimiter in DELIMITERS {
            let cells = cells(text, delimiter, 1).pop()?;
            let columns = Columns::of(cells.iter().map(String::as_str), options);
            if columns.are_tickets() {
                let damaged =
                    delimiter == b',' && cells.last().is_some_and(|last| last.ends_with(";;"));
                return Some(Self {
                    delimiter,
                    is_second,
                    damaged,
                });
            }
            if let [line] = cells.as_slice() {
                let inner = self::cells(line, b',', 1).pop().unwrap_or_default();
                let columns = Columns::of(inner.iter().map(String::as_str), options);
                if delimiter == b',' && inner.len() > 1 && columns.are_tickets() {
                    return Some(Self {
                        delimiter,
                        is_second,
                        damaged: true,
                    });
                }
            }
        }

        has_the_form(text).then_some(Self {
            delimiter: b',',
            is_second,
            damaged: false,
        })
    }
}

/// The first records of `text`.
fn cells(text: &str, delimiter: u8, rows: usize) -> Vec<Vec<String>> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = builder(delimiter).from_reader(text.as_bytes());
    let records = reader
        .records()
        .take(rows)
        .filter_map(std::result::Result::ok);
    records
        .map(|record| record.iter().map(str::to_owned).collect())
        .collect()
}

/// Whether it is an export whose headers are in a language that is not known: many columns, of which several share one
/// wrapper around their names, and one that holds keys in each row that can be seen.
fn has_the_form(text: &str) -> bool {
    let mut rows = cells(text, b',', 4).into_iter();
    let Some(headers) = rows.next().filter(|headers| headers.len() >= 8) else {
        return false;
    };
    let mut wrappers: BTreeMap<&str, usize> = BTreeMap::new();
    for header in headers.iter().filter(|header| header.ends_with(')')) {
        let wrapper = header.split_once(" (").map(|(wrapper, _)| wrapper);
        *wrappers.entry(wrapper.unwrap_or_default()).or_default() += 1;
    }
    wrappers.remove("");
    let wrapped = wrappers.values().any(|count| *count >= 2);
    let rows: Vec<_> = rows.filter(|row| row.len() == headers.len()).collect();
    let keys = (0..headers.len()).any(|index| {
        !rows.is_empty()
            && rows
                .iter()
                .all(|row| row.get(index).is_some_and(|cell| is_key(cell)))
    });
    wrapped && keys
}

fn builder(delimiter: u8) -> ReaderBuilder {
    let mut builder = ReaderBuilder::new();
    builder
        .delimiter(delimiter)
        .flexible(true)
        .has_headers(false);
    builder
}

fn spreadsheet() -> Error {
    Error::format("whole rows stand in quotes, as a spreadsheet program saves them: their cells cannot be told apart")
        .hint("export from Jira again and hand the file over as it was downloaded")
}

/// The rows below the header.
struct Rows {
    reader: Reader<Bounded<Watched<Box<dyn std::io::Read + Send>>>>,
    allowance: Allowance,
    ending: Ending,
    row: ByteRecord,
}

impl Rows {
    fn open(input: &Input, header: &Header) -> Result<Self> {
        let allowance = Allowance::new(LARGEST_RECORD);
        let ending = Ending::new(header.delimiter);
        let bytes = ending.watch(input.open()?);
        let reader = builder(header.delimiter).from_reader(Bounded::new(bytes, &allowance));
        let mut rows = Self {
            reader,
            allowance,
            ending,
            row: ByteRecord::new(),
        };
        if header.is_second {
            rows.next()?;
        }
        rows.next()?;
        Ok(rows)
    }

    /// The next row and the line on which it begins.
    fn next(&mut self) -> Result<Option<(u64, &ByteRecord)>> {
        self.allowance.renew();
        let line = self.reader.position().line();
        match self.reader.read_byte_record(&mut self.row) {
            Ok(false) => Ok(None),
            Ok(true) => {
                let line = self.row.position().map_or(line, csv::Position::line);
                Ok(Some((line, &self.row)))
            }
            Err(error) => {
                let error = match error.into_kind() {
                    csv::ErrorKind::Io(error) => self.allowance.error(&error),
                    other => Error::format(format!("not readable as CSV: {other:?}")),
                };
                Err(error.at(format!("line {line}")))
            }
        }
    }

    /// Looks at all rows before the first is handed over: how many there are, and which column has the keys. A file that a
    /// spreadsheet program has saved must be one error, not a few findings and many rejects.
    fn survey(mut self, columns: &mut Columns) -> Result<u64> {
        let mut count = 0;
        while let Some((_, row)) = self.next()? {
            count += 1;
            if columns.len() > 1
                && row.len() == 1
                && row
                    .get(0)
                    .is_some_and(|cell| is_wrapped(cell, columns.len()))
            {
                return Err(spreadsheet());
            }
            columns.find_key(row.iter().map(words_of));
        }
        Ok(count)
    }
}

/// Whether a lone cell is a whole row of so many columns in quotes.
fn is_wrapped(cell: &[u8], columns: usize) -> bool {
    let delimiters = memchr::memchr_iter(b',', cell).count();
    cell.ends_with(b";;") || delimiters > columns / 2
}

/// The words of a cell; other bytes are none.
fn words_of(cell: &[u8]) -> &str {
    std::str::from_utf8(cell).unwrap_or_default()
}

/// The ticket that a row tells, or why it tells none.
fn issue(columns: &Columns, row: &ByteRecord) -> Result<Issue, String> {
    if row.len() != columns.len() {
        return Err(format!(
            "expected {} columns as in the header, found {}",
            columns.len(),
            row.len()
        ));
    }
    let mut cells = Vec::with_capacity(row.len());
    for (index, cell) in row.iter().enumerate() {
        let words = std::str::from_utf8(cell)
            .map_err(|_| format!("expected UTF-8, found other bytes in column {}", index + 1))?;
        cells.push(words);
    }
    let mut issue = Issue::default();
    let set = |field: &mut String, words: &str| {
        if field.is_empty() {
            words.trim().clone_into(field);
        }
    };
    for (meaning, cell) in columns.of_row(cells) {
        if cell.trim().is_empty() {
            continue;
        }
        match meaning {
            Meaning::Own(Column::Key) => set(&mut issue.key, cell),
            Meaning::Own(Column::Summary) => set(&mut issue.summary, cell),
            Meaning::Own(Column::Type) => set(&mut issue.kind, cell),
            Meaning::Own(Column::Status) => set(&mut issue.status, cell),
            Meaning::Own(Column::Category) => set(&mut issue.category, cell),
            Meaning::Own(Column::Priority) => set(&mut issue.priority, cell),
            Meaning::Own(Column::Resolution) => set(&mut issue.resolution, cell),
            Meaning::Own(Column::Created) => issue.created.push(cell.to_owned()),
            Meaning::Own(Column::Updated) => set(&mut issue.updated, cell),
            Meaning::Own(Column::Resolved) => set(&mut issue.resolved, cell),
            Meaning::Own(Column::Due) => issue.custom.push_due(cell),
            Meaning::Own(Column::Labels) => issue.labels.push(cell.trim().to_owned()),
            Meaning::Own(Column::Components) => issue.components.push(cell.trim().to_owned()),
            Meaning::Own(Column::Description) => issue.description = text::wiki(cell),
            Meaning::Custom(name) => issue.custom.push(None, name, cell),
            Meaning::Overruled => {}
        }
    }
    Ok(issue)
}
