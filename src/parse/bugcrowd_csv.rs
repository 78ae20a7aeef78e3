//! Bugcrowd's CSV export of submissions.

use std::collections::BTreeMap;

use csv::{ByteRecord, ReaderBuilder};
use jiff::Timestamp;
use jiff::civil::DateTime;

use super::bounded::{Allowance, Bounded, LARGEST_RECORD};
use super::ending::{Ending, WITHIN_QUOTES};
use super::{Closing, Head, Options, Parser, Sink, ecoscanner, package, separator};
use crate::error::{Error, Result};
use crate::model::{
    Claim, Fact, Finding, Key, Kind, Location, Moment, Set, Sighting, Text, Ticket, TicketState,
    redact,
};
use crate::source::Input;

/// See the module.
pub(super) struct BugcrowdCsv;

/// The columns without which an export says too little.
const REQUIRED: &[&str] = &[
    "reference_number",
    "title",
    "priority",
    "substate",
    "state",
    "submitted_at",
];

impl Parser for BugcrowdCsv {
    fn name(&self) -> &'static str {
        "bugcrowd-csv"
    }

    fn usage(&self) -> &'static str {
        "Bugcrowd's CSV export of submissions; who found them and what was paid is not read"
    }

    fn sniff(&self, head: &Head<'_>) -> bool {
        Header::of(head.text).is_some()
    }

    /// The scope stays empty: an export may be filtered, and nothing in it says so.
    fn parse(&self, input: &Input, options: &Options, sink: &mut dyn Sink) -> Result<Closing> {
        let allowance = Allowance::new(LARGEST_RECORD);
        let head = input.head()?;
        let Header {
            delimiter,
            is_second,
        } = Header::of(Head::new(&head).text).unwrap_or_default();
        let ending = Ending::new(delimiter);
        let bytes = ending.watch(input.open()?);
        let mut reader = builder(delimiter).from_reader(Bounded::new(bytes, &allowance));
        let broken = |error: csv::Error| match error.kind() {
            csv::ErrorKind::Io(error) => allowance.error(error),
            _ => Error::format(format!("cannot be read on: {error}")),
        };
        let mut header = ByteRecord::new();
        if is_second {
            reader.read_byte_record(&mut header).map_err(broken)?;
        }
        reader.read_byte_record(&mut header).map_err(broken)?;
        let columns = columns(&header)?;
        let mut row = ByteRecord::new();
        let (mut rows, mut is_short) = (0, false);
        while reader.read_byte_record(&mut row).map_err(broken)? {
            allowance.renew();
            let line = row.position().map_or(0, csv::Position::line);
            let at = format!("line {line}");
            sink.record();
            rows += 1;
            // Only the last row may be short because the file ends in it.
            is_short = row.len() < header.len();
            let found = if ending.is_within_quotes() {
                Err(WITHIN_QUOTES.to_owned())
            } else if row.len() == header.len() {
                let row = Row {
                    columns: &columns,
                    fields: &row,
                };
                finding(&row, input, options, &at)
            } else {
                Err(format!(
                    "expected {} columns, found {}",
                    header.len(),
                    row.len()
                ))
            };
            match found {
                Ok(finding) => sink.finding(finding),
                Err(reason) => sink.reject(&at, &reason),
            }
        }
        let mut closing = Closing::of("Bugcrowd");
        ending.close(&mut closing, rows, is_short);
        Ok(closing)
    }
}

/// What the first lines say.
struct Header {
    delimiter: u8,
    /// Whether a line before it declares the delimiter.
    is_second: bool,
}

impl Default for Header {
    fn default() -> Self {
        Self {
            delimiter: b',',
            is_second: false,
        }
    }
}

impl Header {
    /// Reads the header. `None` when the text is no export of submissions.
    fn of(text: &str) -> Option<Self> {
        // Sooner told than by a table with each delimiter, of which most reports are none.
        if !text.contains("vrt_lineage") {
            return None;
        }
        let behind = separator::behind_declaration(text);
        let is_second = behind.is_some();
        let text = behind.unwrap_or(text).trim_start_matches('\u{feff}');
        let has_columns = |delimiter: &u8| {
            let mut header = ByteRecord::new();
            let mut reader = builder(*delimiter).from_reader(text.as_bytes());
            let is_read = reader.read_byte_record(&mut header).is_ok();
            let has = |name: &str| {
                header
                    .iter()
                    .any(|cell| cell.trim_ascii() == name.as_bytes())
            };
            is_read && has("reference_number") && has("vrt_lineage")
        };
        let delimiter = separator::DELIMITERS.into_iter().find(has_columns)?;
        Some(Self {
            delimiter,
            is_second,
        })
    }
}

fn builder(delimiter: u8) -> ReaderBuilder {
    let mut builder = ReaderBuilder::new();
    builder
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true);
    builder
}

/// Which column has which place; of a repeated name the first.
fn columns(header: &ByteRecord) -> Result<BTreeMap<String, usize>> {
    let mut columns = BTreeMap::new();
    for (place, name) in header.iter().enumerate() {
        let name = String::from_utf8_lossy(name).trim().to_owned();
        columns.entry(name).or_insert(place);
    }
    match REQUIRED.iter().find(|name| !columns.contains_key(**name)) {
        Some(missing) => Err(
            Error::format(format!("expected the column `{missing}`, found none"))
                .hint("export the submissions with all columns"),
        ),
        None => Ok(columns),
    }
}

/// One submission.
struct Row<'a> {
    columns: &'a BTreeMap<String, usize>,
    fields: &'a ByteRecord,
}

impl Row<'_> {
    /// The words of a column; `None` when it is empty or not there.
    fn words(&self, column: &str) -> Option<String> {
        let field = self.fields.get(*self.columns.get(column)?)?;
        let words = String::from_utf8_lossy(field).trim().to_owned();
        Some(words).filter(|words| !words.is_empty())
    }

    /// A date such as `2020-03-01 06:15:06 UTC`.
    fn time(&self, column: &str, options: &Options) -> Result<Option<Timestamp>, String> {
        let Some(words) = self.words(column) else {
            return Ok(None);
        };
        let plain = words.strip_suffix("UTC").map(str::trim_end);
        let zone = if plain.is_some() {
            jiff::tz::TimeZone::UTC
        } else {
            options.zone()
        };
        let local = || {
            let time: DateTime = plain.unwrap_or(&words).parse().ok()?;
            Some(time.to_zoned(zone).ok()?.timestamp())
        };
        match words.parse().ok().or_else(local) {
            Some(time) => Ok(Some(time)),
            None => Err(format!(
                "expected a date such as `2020-03-01 06:15:06 UTC` in `{column}`, found `{words}`"
            )),
        }
    }

    fn line(&self, column: &str) -> Option<Text> {
        self.words(column).as_deref().and_then(Text::some_line)
    }

    fn prose(&self, column: &str) -> Option<Text> {
        self.words(column).as_deref().and_then(Text::some_prose)
    }

    /// Fixed only when nothing in the row says that it is open: unknown words are work to do.
    fn state(&self) -> TicketState {
        let is = |column, word: &str| {
            self.words(column)
                .is_some_and(|found| found.eq_ignore_ascii_case(word))
        };
        // Who has not resolved it may not call it closed.
        let open = is("state", "open") || is("substate", "unresolved");
        if is("duplicate", "true") {
            TicketState::Duplicate
        } else if is("substate", "resolved") && !open {
            TicketState::Fixed
        } else if is("state", "closed") && !open {
            TicketState::Closed
        } else {
            TicketState::Open
        }
    }
}

fn finding(row: &Row<'_>, input: &Input, options: &Options, at: &str) -> Result<Finding, String> {
    let Some(key) = row.line("reference_number") else {
        return Err("expected the submission's key in `reference_number`, found none".to_owned());
    };
    let scanner = Text::line("Bugcrowd");
    let place = input.place(at);
    let submitted = row.time("submitted_at", options)?;
    let validated = row.time("validated_at", options)?;
    let closed = row.time("closed_at", options)?;
    let moment = |time| Moment::new(time, format!("submission {}", key.untrusted()));
    let target = row.words("target_name");
    let mut finding = Finding::new(Kind::Ticket, options.app(input, target.as_deref()));
    finding.keys = [Key::ticket(key.untrusted())].into_iter().collect();
    finding.rule.id = row.line("vrt_lineage");
    finding.rule.name = row
        .words("vrt_lineage")
        .and_then(|lineage| Text::some_line(lineage.rsplit('>').next()?));
    finding.title = row.line("title").or_else(|| row.line("caption"));
    // Only what the title names is what it is about; a description also names what it is not.
    finding.ids = row
        .words("title")
        .map(|title| package::vulnerability_ids(&title).collect())
        .unwrap_or_default();
    finding.description = row.prose("description");
    finding.recommendation = row.prose("remediation_advice");
    // Requests hold cookies and sessions in shapes that no pattern knows, so they are left out.
    finding.evidence = row.prose("extra_info");
    finding.tags.insert(Text::line("source:bug-bounty"));
    let references = row.words("vulnerability_references").unwrap_or_default();
    finding.weaknesses = weaknesses(&references);
    finding.links.extend(links(&references));
    if let Some(url) = row.line("bug_url") {
        finding.locations.insert(Location {
            url: Some(url),
            ..Location::default()
        });
    }
    if let Some(priority) = row.words("priority") {
        let priority = redact(&priority);
        let level = format!("P{}", priority.trim_start_matches(['P', 'p']));
        finding.claims.insert(Claim::word(&scanner, &level, &place));
    }
    // It was there at each time that it tells, whatever happened to it then.
    let told = [submitted, validated, closed];
    finding.first_seen = told.into_iter().flatten().min().map(moment);
    if let Some(submitted) = submitted {
        finding.date(Fact::Reported, moment(submitted));
    }
    if let Some(validated) = validated {
        finding.date(Fact::Triaged, moment(validated));
    }
    finding.ticket = Some(Box::new(Ticket {
        updated: submitted.max(validated).max(closed),
        key,
        state: row.state(),
        status: row.line("substate").or_else(|| row.line("state")),
        due: None,
        created: submitted,
        url: None,
        checks: Set::new(),
        is_reopened: false,
    }));
    finding.sightings.insert(Sighting { place, scanner });
    Ok(finding)
}

/// `CWE-79` for an address such as `https://cwe.mitre.org/data/definitions/79`.
fn weaknesses(references: &str) -> Set<Text> {
    references
        .split("cwe.mitre.org/data/definitions/")
        .skip(1)
        .filter_map(|rest| {
            let end = rest.find(|character: char| !character.is_ascii_digit());
            package::weakness(rest.get(..end.unwrap_or(rest.len()))?)
        })
        .chain(package::weaknesses(references))
        .collect()
}

/// The addresses of a Markdown list.
fn links(references: &str) -> impl Iterator<Item = Text> + '_ {
    references
        .lines()
        .flat_map(|line| ecoscanner::links(line.split("](").next().unwrap_or(line)))
        .filter_map(|link| Text::some_line(link.untrusted().trim_end_matches(']')))
}

#[cfg(test)]
mod tests;
