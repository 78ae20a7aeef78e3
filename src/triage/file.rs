//! Triage files: what people decided about findings, in TOML.

use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;

use super::condition::Condition;
use crate::error::{Error, Result};
use crate::model::{Fact, Text};
use crate::table::{self, Document, Table, Value};

/// The version of the file format that is read.
const VERSION: i64 = 1;

/// A triage file.
#[derive(Clone, Debug)]
pub struct TriageFile {
    /// What reports call it: its path as the user wrote it.
    pub source: Text,
    /// Its entries in the order of their lines.
    pub entries: Vec<TriageEntry>,
}

/// An entry of a triage file.
#[derive(Clone, Debug)]
pub struct TriageEntry {
    /// The line at which it starts.
    pub line: u64,
    /// Which findings it speaks of.
    pub condition: Condition,
    /// What it says of them.
    pub says: Says,
}

/// What an entry says of the findings that it reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// The risk is taken until a day.
    Accept {
        /// Why.
        reason: Text,
        /// Who takes it.
        by: Text,
        /// The last day.
        until: Date,
    },
    /// The scanner is wrong.
    FalsePositive {
        /// Why.
        reason: Text,
        /// Who looked.
        by: Text,
        /// The last day, if somebody should look again.
        until: Option<Date>,
    },
    /// Somebody has to deal with it.
    Assign {
        /// Who.
        owner: Text,
    },
    /// Something happened that a clock may start at.
    Date {
        /// What.
        fact: Fact,
        /// When.
        at: Timestamp,
        /// Who says so.
        by: Text,
    },
}

impl Says {
    /// The name of the entry in files and reports.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Accept { .. } => "accept",
            Self::FalsePositive { .. } => "false-positive",
            Self::Assign { .. } => "assign",
            Self::Date { .. } => "date",
        }
    }

    /// The last day on which it holds.
    pub const fn until(&self) -> Option<Date> {
        match self {
            Self::Accept { until, .. } => Some(*until),
            Self::FalsePositive { until, .. } => *until,
            Self::Assign { .. } | Self::Date { .. } => None,
        }
    }

    /// Whether it can take a finding out of the count.
    pub const fn suppresses(&self) -> bool {
        matches!(self, Self::Accept { .. } | Self::FalsePositive { .. })
    }
}

/// Reads the triage file at `path`. Reports call it `source`, which says where a decision stands and is the same on every
/// machine.
pub fn load(path: &Path, source: &str) -> Result<TriageFile> {
    let text = table::read(path)?;
    let name = path.display().to_string();
    if text.trim_start().starts_with('{') {
        let error = Error::configuration("a triage file is TOML, and this is JSON");
        let hint = "name a VEX document by `--vex`, or by `vex` in scanfold.toml";
        return Err(error.at(name).hint(hint));
    }
    let entries = parse(&name, &text)?;
    Ok(TriageFile {
        source: Text::line(source),
        entries,
    })
}

impl TriageFile {
    /// Reads a triage file from text.
    pub fn parse(source: &str, text: &str) -> Result<Self> {
        Ok(Self {
            source: Text::line(source),
            entries: parse(source, text)?,
        })
    }
}

fn parse(name_for_errors: &str, text: &str) -> Result<Vec<TriageEntry>> {
    let document = Document {
        name: name_for_errors,
        text,
        called: None,
    };
    document.read("the triage file", |mut root| {
        let sorts = SORTS.iter().map(|(key, ..)| *key);
        let keys: Vec<&str> = sorts.chain(["version"]).collect();
        root.version(VERSION, &keys)?;
        let mut entries = Vec::new();
        for (key, place, says, keys) in SORTS {
            for value in root.take(key).iter().map(Value::array) {
                for value in value? {
                    let table = value.table(place)?;
                    table.only(keys)?;
                    entries.push(entry(table, says)?);
                }
            }
        }
        root.finish()?;
        entries.sort_by_key(|entry| entry.line);
        Ok(entries)
    })
}

/// Reads what is left of an entry beside its `match`.
type ReadSays = fn(&mut Table<'_, '_>) -> Result<Says>;

/// The sorts of entries: the key, what errors call it, how it is read, and the keys within.
const SORTS: [(&str, &str, ReadSays, &[&str]); 4] = [
    ("accept", "`[[accept]]`", accept, &DECISION_KEYS),
    (
        "false-positive",
        "`[[false-positive]]`",
        false_positive,
        &DECISION_KEYS,
    ),
    ("assign", "`[[assign]]`", assign, &["match", "owner"]),
    ("date", "`[[date]]`", date, &["at", "by", "event", "match"]),
];

const DECISION_KEYS: [&str; 4] = ["by", "match", "reason", "until"];

fn entry(mut table: Table<'_, '_>, says: ReadSays) -> Result<TriageEntry> {
    let line = table.position().line as u64;
    let condition = table.require("match").map_err(|error| {
        error.hint("say which findings it speaks of: `match = { id = \"CVE-…\" }`")
    })?;
    let condition = Condition::read(condition.table("`match`")?)?;
    let says = says(&mut table)?;
    table.finish()?;
    Ok(TriageEntry {
        line,
        condition,
        says,
    })
}

fn accept(table: &mut Table<'_, '_>) -> Result<Says> {
    let (reason, by) = reason_and_by(table)?;
    let until = table.require("until").map_err(|error| {
        error.hint(
            "a risk that is taken without an end is never looked at again: add the last day, `until = 2026-12-31`",
        )
    })?;
    Ok(Says::Accept {
        reason,
        by,
        until: until.date()?,
    })
}

fn false_positive(table: &mut Table<'_, '_>) -> Result<Says> {
    let (reason, by) = reason_and_by(table)?;
    let until = table.take("until").map(|until| until.date()).transpose()?;
    Ok(Says::FalsePositive { reason, by, until })
}

fn reason_and_by(table: &mut Table<'_, '_>) -> Result<(Text, Text)> {
    let reason = table.require("reason").map_err(|error| {
        error.hint(
            "whoever reads the report must be able to judge the decision: add `reason = \"…\"`",
        )
    })?;
    let reason = reason.words().map(Text::prose)?;
    Ok((reason, by(table)?))
}

fn by(table: &mut Table<'_, '_>) -> Result<Text> {
    let by = table.require("by").map_err(|error| {
        error.hint("somebody must stand for it and be there to be asked: add `by = \"…\"`")
    })?;
    by.words().map(Text::line)
}

fn assign(table: &mut Table<'_, '_>) -> Result<Says> {
    let owner = table.require("owner")?.words().map(Text::line)?;
    Ok(Says::Assign { owner })
}

fn date(table: &mut Table<'_, '_>) -> Result<Says> {
    const EVENTS: [Fact; 2] = [Fact::Aware, Fact::Triaged];
    let event = table.require("event")?;
    let fact = event.choice(&EVENTS.map(Fact::name), |word| {
        EVENTS.into_iter().find(|fact| fact.name() == word)
    })?;
    let at = table.require("at")?.instant()?;
    let by = by(table)?;
    Ok(Says::Date { fact, at, by })
}
