//! What became of the entries of triage files, on the wire.

use std::borrow::Cow;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{line_of, words};
use crate::model::{self, Text};

/// An entry of a triage file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TriageRow<'a> {
    source: Cow<'a, str>,
    line: u64,
    entry: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Date>,
    findings: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<Cow<'a, str>>,
}

impl<'a> TriageRow<'a> {
    pub(super) fn of(row: &'a model::TriageRow) -> Self {
        let model::TriageRow {
            source,
            line,
            entry,
            until,
            findings,
            note,
        } = row;
        Self {
            source: words(source),
            line: *line,
            entry: words(entry),
            until: *until,
            findings: *findings,
            note: note.as_ref().map(words),
        }
    }

    /// The row.
    pub fn into_model(self) -> model::TriageRow {
        model::TriageRow {
            source: Text::line(&self.source),
            line: self.line,
            entry: Text::line(&self.entry),
            until: self.until,
            findings: self.findings,
            note: line_of(self.note.as_ref()),
        }
    }
}
