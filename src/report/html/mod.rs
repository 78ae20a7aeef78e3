//! `html`: one file for people, which any browser opens from the disk.
//!
//! The templates stand beside this file and escape what they show. The table's data are JSON in script elements, in the
//! order in which a reader needs them: the rows, the script that shows them, and last the details, which may be large.

mod chart;
mod detail;
mod facts;
mod overview;
mod page;
mod pool;
mod rows;
mod words;

use std::borrow::Cow;
use std::io::{self, Write};

use askama::Template;
use jiff::Timestamp;
use serde::Serialize;

use super::escape::{InScript, fit_characters};
use super::{View, wording};
use crate::model::{By, Report};
use detail::{Detail, Shared};
use page::{BeforeDetails, BeforeRows, BeforeShared, BeforeWords, End};
use rows::{Row, Words};

/// Longest name and longest sentence in a list or a chart, in characters. The table and the details have the whole.
const SHORT: usize = 100;
const SENTENCE: usize = 240;

/// The whole report for people: overview, table, details, inputs and policies, in one file that loads nothing.
#[derive(Debug)]
pub struct Html;

impl super::Writer for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["html", "htm"]
    }

    fn usage(&self) -> &'static str {
        "a page for people: charts, a table to search and filter, and where each date comes from"
    }

    fn write(&self, report: &Report, view: &View, out: &mut dyn Write) -> io::Result<()> {
        BeforeRows::of(report, view).write_into(out)?;
        let mut words = Words::new();
        let mut separator = "[\n";
        for entry in &report.entries {
            out.write_all(separator.as_bytes())?;
            json(&Row::of(entry, report, &mut words), out)?;
            separator = ",\n";
        }
        let end = if report.entries.is_empty() {
            "[]"
        } else {
            "\n]"
        };
        out.write_all(end.as_bytes())?;
        BeforeWords.write_into(out)?;
        json(&words, out)?;
        BeforeDetails::new().write_into(out)?;
        let mut shared = Shared::of(report);
        for entry in &report.entries {
            json(&Detail::of(entry, report, view, &mut shared), out)?;
            out.write_all(b"\n")?;
        }
        BeforeShared.write_into(out)?;
        json(&shared, out)?;
        End.write_into(out)?;
        writeln!(out)
    }
}

/// JSON within a script element.
fn json(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(out, InScript);
    Ok(value.serialize(&mut serializer)?)
}

/// In how many days something is due, counted between dates.
fn days_until(by: By, as_of: Timestamp) -> i32 {
    let today = wording::utc_day(as_of);
    let hours = today.duration_until(wording::day(by)).as_hours();
    i32::try_from(hours / 24).unwrap_or(i32::MAX)
}

fn sentence(words: &str) -> String {
    fit_characters(Cow::Borrowed(words), SENTENCE).into_owned()
}

/// A name that is no longer than a list has room for.
fn short(words: &str) -> String {
    fit_characters(Cow::Borrowed(words), SHORT).into_owned()
}

#[cfg(test)]
pub(super) mod tests;
