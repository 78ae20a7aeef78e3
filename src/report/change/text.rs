//! The change table for a terminal or a build log, within 80 columns.

use std::io::{self, Write};

use super::table::{Row, Tally};
use super::{Change, Changes, Side};
use crate::model::{Status, Text};
use crate::report::escape::terminal;
use crate::report::page::{line, wrapped};
use crate::report::wording::digits;

/// How many findings are listed.
const ROWS: usize = 20;
/// How many apps, and how many rules, are listed.
const GROUPS: usize = 10;

impl Changes {
    /// The table for people at a terminal: counts, then the findings that moved, the nearest deadline first.
    pub fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        line(out, &self.verdict())?;
        writeln!(out, "as of {}", self.as_of)?;
        if self.all.moved > 0 {
            writeln!(out)?;
            for (shift, number) in &self.all.shifts {
                writeln!(out, "{number:>8}  {}", shift.words())?;
            }
            writeln!(out, "{:>8}  unchanged", self.unchanged)?;
            let app = |app: &Text| named(app);
            groups(out, "by app", &Self::largest(&self.apps), app)?;
            let rules = Self::largest(&self.rules);
            let rule = |origin: &super::Origin| origin.shown(terminal);
            groups(out, "by rule", &rules, rule)?;
            self.rows(out)?;
        }
        match &self.note {
            Some(note) => {
                writeln!(out)?;
                wrapped(out, "", &terminal(note))
            }
            None => Ok(()),
        }
    }

    fn rows(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "\nwhat moved, the nearest deadlines first")?;
        let rows: Vec<_> = self.rows.iter().take(ROWS).collect();
        let width = rows.iter().map(|row| when(row.change.after.as_ref()).len());
        let width = width.max().unwrap_or_default();
        for Row { report, change } in &rows {
            let side = change.after.as_ref().or(change.before.as_ref());
            let severity = side.map_or("", |side| side.severity.name());
            let shifts: Vec<_> = change.shifts.iter().map(|shift| shift.words()).collect();
            let when = when(change.after.as_ref());
            let (shifts, app) = (shifts.join(", "), terminal(&change.finding.app));
            line(
                out,
                &format!("{when:<width$}  {severity:<8}  {shifts}  {app}"),
            )?;
            let mut indented = |words: &str| line(out, &format!("{:width$}  {words}", ""));
            // The digits come first, so that no outer word begins a line.
            let place = change.finding.place.as_ref();
            let place = place.map_or(String::new(), |place| format!("  {}", terminal(place)));
            let name = terminal(&change.finding.name);
            indented(&format!(
                "{}  {name}{place}",
                digits(&change.finding.fingerprint)
            ))?;
            if let Some(title) = &change.finding.title {
                indented(&terminal(title))?;
            }
            let was = was(change);
            match change.causes().as_slice() {
                [] => was.into_iter().try_for_each(|was| indented(&was))?,
                [one] => {
                    let origin = format!("by {}", one.origin.shown(terminal));
                    let story: Vec<_> = was.into_iter().chain([origin]).collect();
                    indented(&story.join("; "))?;
                }
                several => {
                    was.into_iter().try_for_each(|was| indented(&was))?;
                    for one in several {
                        let origin = one.origin.shown(terminal);
                        indented(&format!("{} by {origin}", one.what))?;
                    }
                }
            }
            if self.reports > 1 {
                indented(&format!("in {}", terminal(report)))?;
            }
        }
        match self.all.moved.saturating_sub(rows.len() as u64) {
            0 => Ok(()),
            more => writeln!(out, "and {more} more; the JSON form has them all"),
        }
    }
}

fn groups<K>(
    out: &mut dyn Write,
    title: &str,
    groups: &[(&K, &Tally)],
    name: impl Fn(&K) -> String,
) -> io::Result<()> {
    if groups.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{title}")?;
    for (key, tally) in groups.iter().take(GROUPS) {
        line(out, &format!("{:>8}  {}", tally.moved, name(key)))?;
        line(out, &format!("{:8}  {}", "", tally.words()))?;
    }
    match groups.len().saturating_sub(GROUPS) {
        0 => Ok(()),
        more => writeln!(out, "          and {more} more"),
    }
}

/// An app, or that there is none.
fn named(app: &Text) -> String {
    if app.is_empty() {
        "no app".to_owned()
    } else {
        terminal(app).into_owned()
    }
}

/// When the fix is due, or why no clock runs.
pub(super) fn when(side: Option<&Side>) -> String {
    match side {
        None => "gone".to_owned(),
        Some(side) if !side.status.is_due() => side.status.name().to_owned(),
        Some(side) => date(side),
    }
}

fn date(side: &Side) -> String {
    side.due
        .as_ref()
        .map_or_else(|| "no date".to_owned(), |due| due.by.to_string())
}

/// What stood before, as far as it is not the same now: `was medium, due 2026-11-27`.
pub(super) fn was(change: &Change) -> Option<String> {
    let before = change.before.as_ref()?;
    let after = change.after.as_ref();
    let mut parts = Vec::new();
    if after.is_none_or(|after| after.severity != before.severity) {
        parts.push(before.severity.name().to_owned());
    }
    if after.is_none_or(|after| after.status != before.status) {
        let until = before.until.filter(|_| before.status == Status::Suppressed);
        let until = until
            .map(|until| format!(" until {until}"))
            .unwrap_or_default();
        parts.push(format!("{}{until}", before.status.name()));
    }
    let by = |side: &Side| side.due.as_ref().map(|due| due.by);
    if after.is_none_or(|after| by(after) != by(before)) {
        parts.push(match by(before) {
            Some(by) => format!("due {by}"),
            None => "without a date".to_owned(),
        });
    }
    (!parts.is_empty()).then(|| format!("was {}", parts.join(", ")))
}
