//! FIRST's EPSS scores: a table of all CVE ids with how likely each is exploited in the next 30 days.
//!
//! FIRST describes it at <https://www.first.org/epss/data_stats>. Of its several hundred thousand rows only those are
//! kept that a finding asks for.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read};

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Catalogue, Rejects, cve, no_cve, unexpected, vulnerabilities};
use crate::error::{Error, Result};
use crate::model::{Epss, Join, Share, Text};
use crate::source::{HEAD, Input};

/// The longest line that is read, in bytes. Real ones have a few dozen.
const LONGEST: u64 = 64 * 1024;
/// The longest name of a model that is shown.
const MODEL: usize = 32;
const HINT: &str =
    "name FIRST's `epss_scores-current.csv` or `.csv.gz`; a KEV catalogue is named with `--kev`";

/// Reads the scores of the wanted ids, or all.
pub(super) fn read(input: Input, wanted: Option<&BTreeSet<String>>) -> Result<Catalogue<Epss>> {
    let mut lines = Lines::new(input.open()?);
    let start = start(&mut lines).map_err(|error| error.in_file(input.name()).hint(HINT))?;
    let mut said: BTreeMap<String, Epss> = BTreeMap::new();
    let mut rejects = Rejects::default();
    let mut cut = None;
    let mut rows = 0;
    loop {
        let line = match lines.next() {
            Ok(Some(line)) => line,
            Ok(None) => {
                if !lines.is_whole {
                    cut = Some(super::NO_LINE_END.to_owned());
                }
                break;
            }
            Err(reason) => {
                rejects.add(&input, &lines.at(), &reason);
                cut = Some("`epss` breaks off: what is not listed is unknown".to_owned());
                break;
            }
        };
        match start.row(&line) {
            Ok((id, epss)) => {
                rows += 1;
                if wanted.is_none_or(|wanted| wanted.contains(&id)) {
                    match said.get_mut(&id) {
                        Some(known) => known.join(epss),
                        None => drop(said.insert(id, epss)),
                    }
                }
            }
            Err(reason) => rejects.add(&input, &lines.at(), &reason),
        }
    }
    if rows == 0 && rejects.count == 0 {
        let error = Error::format("expected EPSS scores, found none");
        return Err(error.at(input.name()).hint(HINT));
    }
    let Start { day, model, .. } = &start;
    let model = model
        .as_ref()
        .map(|model| format!(" by model {model}"))
        .unwrap_or_default();
    Ok(Catalogue {
        format: "epss",
        day: *day,
        published: start.published,
        note: format!("scores of {day}{model}, {}", vulnerabilities(rows)),
        said,
        rejects,
        cut,
        input,
    })
}

/// What stands before the first row.
struct Start {
    day: Date,
    published: Option<Timestamp>,
    model: Option<String>,
    /// How many columns there are, and which is which.
    columns: usize,
    id: usize,
    score: usize,
    percentile: Option<usize>,
}

/// Reads the first line, such as `#model_version:v2025.03.14,score_date:2026-11-20T00:00:00+0000`, and the names of the
/// columns.
fn start(lines: &mut Lines) -> Result<Start> {
    let mut line = || lines.next().map_err(Error::format);
    let first = line()?.unwrap_or_default();
    let Some(facts) = first.strip_prefix('#') else {
        let message = if columns(&first).any(|column| column == "epss") {
            "expected a first line with the `score_date`, which the oldest EPSS files lack, found the names of the columns"
        } else {
            "expected EPSS scores, whose first line tells the `score_date`, found another one"
        };
        return Err(Error::format(message));
    };
    let fact = |name: &str| {
        let mut facts = facts.split(',').filter_map(|fact| fact.split_once(':'));
        let found = facts.find(|(key, _)| key.trim() == name);
        found.map(|(_, value)| value.trim())
    };
    let published = fact("score_date").unwrap_or_default();
    let day = published.get(..10).and_then(|day| day.parse().ok());
    let Some(day) = day else {
        let expected = "a date such as `2026-11-20T00:00:00+0000`";
        let message = unexpected(expected, "score_date", Some(published));
        return Err(Error::format(message).at("line 1"));
    };
    let model = fact("model_version").filter(|model| (1..=MODEL).contains(&model.len()));
    let header = line()?.unwrap_or_default();
    let place = |name: &str| columns(&header).position(|column| column == name);
    let required = |name: &str| {
        let missing = || format!("expected the column `{name}`, found none");
        place(name).ok_or_else(|| Error::format(missing()).at("line 2"))
    };
    Ok(Start {
        day,
        published: published.parse().ok(),
        model: model.map(str::to_owned),
        columns: columns(&header).count(),
        id: required("cve")?,
        score: required("epss")?,
        percentile: place("percentile"),
    })
}

impl Start {
    fn row(&self, line: &str) -> Result<(String, Epss), String> {
        let found = columns(line).count();
        if found != self.columns {
            return Err(format!("expected {} columns, found {found}", self.columns));
        }
        let field = |place: usize| columns(line).nth(place);
        let id = field(self.id);
        let Some(cve) = id.and_then(cve) else {
            return Err(no_cve("cve", id));
        };
        let share = |place: usize, name: &str| {
            let words = field(place);
            let share = words
                .and_then(|words| words.parse().ok())
                .and_then(Share::new);
            share.ok_or_else(|| unexpected("a number from 0 to 1", name, words))
        };
        let percentile = self.percentile.map(|place| share(place, "percentile"));
        let epss = Epss {
            day: self.day,
            score: Some(share(self.score, "epss")?),
            percentile: percentile.transpose()?,
            scored: std::iter::once(Text::line(&cve)).collect(),
        };
        Ok((cve, epss))
    }
}

/// The fields of a line. No value of this table holds a comma.
fn columns(line: &str) -> impl Iterator<Item = &str> {
    line.split(',').map(|field| field.trim().trim_matches('"'))
}

/// Lines with something in them, one at a time.
struct Lines {
    input: BufReader<Box<dyn Read + Send>>,
    buffer: Vec<u8>,
    number: u64,
    /// Whether the line that was read last had its end.
    is_whole: bool,
}

impl Lines {
    fn new(input: Box<dyn Read + Send>) -> Self {
        Self {
            input: BufReader::with_capacity(HEAD, input),
            buffer: Vec::new(),
            number: 0,
            is_whole: true,
        }
    }

    /// The place of the line that was read last.
    fn at(&self) -> String {
        format!("line {}", self.number)
    }

    /// The next line; `None` at the end, and the reason where nothing can be read on.
    fn next(&mut self) -> Result<Option<String>, String> {
        loop {
            self.buffer.clear();
            self.number += 1;
            let read = (&mut self.input)
                .take(LONGEST)
                .read_until(b'\n', &mut self.buffer)
                .map_err(|error| format!("cannot be read on: {error}"))?;
            if read as u64 == LONGEST {
                return Err(format!("expected lines of at most {} KiB", LONGEST >> 10));
            }
            if read == 0 {
                return Ok(None);
            }
            self.is_whole = self.buffer.ends_with(b"\n");
            let line = String::from_utf8_lossy(&self.buffer);
            let line = line.trim();
            if !line.is_empty() {
                return Ok(Some(line.to_owned()));
            }
        }
    }
}
