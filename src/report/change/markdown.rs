//! The change table for a job summary or a pull request.

use std::io::{self, Write};

use super::table::{LISTED, Row, Tally};
use super::text::{moved_how, was, when};
use super::{Changes, Origin, Shift};
use crate::model::Text;
use crate::report::escape::{markdown, markdown_code};
use crate::report::wording;

/// How many apps, and how many rules, are listed.
const GROUPS: usize = 20;

impl Changes {
    /// The table in GitHub's Markdown. Rows are counted and words are cut, so that it fits into a job summary.
    pub fn write_markdown(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "## {}\n", self.verdict())?;
        let note = self.note.as_ref();
        let note = note.map_or(String::new(), |note| format!("; {}", markdown(note)));
        writeln!(out, "As of {}{note}.\n", self.as_of)?;
        if self.all.moved == 0 {
            return Ok(());
        }
        // The columns are those in which anything moved, so that the table stays narrow.
        let columns: Vec<Shift> = self.all.shifts.keys().copied().collect();
        let names: Vec<_> = columns.iter().map(|shift| shift.words()).collect();
        writeln!(out, "| {} | unchanged |", names.join(" | "))?;
        writeln!(out, "|{} ---: |", " ---: |".repeat(columns.len()))?;
        writeln!(
            out,
            "| {} | {} |\n",
            numbers(&self.all, &columns),
            self.unchanged
        )?;
        self.rows_markdown(out)?;
        let app = |app: &Text| wording::app(app, markdown);
        groups(out, "app", &Self::largest(&self.apps), &columns, app)?;
        let rules = Self::largest(&self.rules);
        let rule = |origin: &Origin| origin.shown(markdown);
        groups(out, "rule", &rules, &columns, rule)
    }

    fn rows_markdown(&self, out: &mut dyn Write) -> io::Result<()> {
        let (shown, all) = (self.rows.len(), self.all.moved);
        let part = if all > LISTED as u64 {
            format!(" ({shown} of {all}; the JSON form has them all)")
        } else {
            String::new()
        };
        writeln!(out, "### What moved{part}\n")?;
        let (report, rule) = match self.reports {
            1 => ("", ""),
            _ => (" report |", " --- |"),
        };
        writeln!(
            out,
            "| due | severity | app | finding | where | what | moved | before | by |{report}"
        )?;
        writeln!(out, "|{}{rule}", " --- |".repeat(9))?;
        for Row { report, change } in &self.rows {
            let side = change.after.as_ref().or(change.before.as_ref());
            let origins = change.causes_in_words(markdown, |what, origin| match what {
                Some(what) => format!("{what}: {origin}"),
                None => origin,
            });
            let report = match self.reports {
                1 => String::new(),
                _ => format!(" {} |", markdown_code(report)),
            };
            writeln!(
                out,
                "| {} | {} | {} | {} | {} | {} |{report}",
                when(change.after.as_ref()),
                side.map_or("", |side| side.severity.name()),
                change.finding.markdown(),
                moved_how(change),
                was(change).unwrap_or_default(),
                origins.join("; "),
            )?;
        }
        writeln!(out)
    }
}

fn numbers(tally: &Tally, columns: &[Shift]) -> String {
    let number = |shift| tally.shifts.get(shift).copied().unwrap_or(0).to_string();
    columns.iter().map(number).collect::<Vec<_>>().join(" | ")
}

fn groups<K>(
    out: &mut dyn Write,
    what: &str,
    groups: &[(&K, &Tally)],
    columns: &[Shift],
    name: impl Fn(&K) -> String,
) -> io::Result<()> {
    if groups.is_empty() {
        return Ok(());
    }
    let part = match groups.len() {
        all if all > GROUPS => format!(" ({GROUPS} of {all})"),
        _ => String::new(),
    };
    writeln!(out, "### By {what}{part}\n")?;
    let names: Vec<_> = columns.iter().map(|shift| shift.words()).collect();
    writeln!(out, "| {what} | moved | {} |", names.join(" | "))?;
    writeln!(out, "| --- | ---: |{}", " ---: |".repeat(columns.len()))?;
    for (key, tally) in groups.iter().take(GROUPS) {
        let numbers = numbers(tally, columns);
        writeln!(out, "| {} | {} | {numbers} |", name(key), tally.moved)?;
    }
    writeln!(out)
}
