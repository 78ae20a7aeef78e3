//! The change table for people at a terminal, or in a build log.

use std::io::{self, Write};

use super::table::{Row as Moved, Tally};
use super::{Change, Changes, Origin, Shift, Side};
use crate::model::{Duty, Severity, Status, Text};
use crate::report::escape::terminal;
use crate::report::next;
use crate::report::page::{Page, Role, Sheet, Span};
use crate::report::rows::{self, Row, Rows, Standing};
use crate::report::table::{Sort, Table};
use crate::report::wording::{self, digits};

/// How many findings are listed.
const ROWS: usize = 20;
/// How many apps, and how many rules, are listed.
const GROUPS: usize = 10;

impl Changes {
    /// The table for people at a terminal: counts, then the findings that moved, the nearest deadline first.
    pub fn write_text(&self, page: Page, out: &mut dyn Write) -> io::Result<()> {
        let sheet = &mut Sheet::new(page, out);
        let overdue = [Shift::OverdueAtOnce, Shift::OverdueByTime];
        let is_overdue = overdue.iter().any(|one| self.all.shifts.contains_key(one));
        let verdict = if is_overdue { Role::Bad } else { Role::Heading };
        sheet.line([verdict.of(self.verdict())])?;
        sheet.line([Role::Faint.of(format!("as of {}", self.as_of))])?;
        if self.all.moved > 0 {
            writeln!(sheet)?;
            for (shift, number) in &self.all.shifts {
                let words = role_of(*shift).of(shift.words());
                sheet.line([Span::from(format!("{number:>8}  ")), words])?;
            }
            writeln!(sheet, "{:>8}  unchanged", self.unchanged)?;
            let app = |app: &Text| wording::app(app, terminal);
            groups(sheet, "app", &Self::largest(&self.apps), app)?;
            let rule = |origin: &Origin| origin.shown(terminal);
            groups(sheet, "rule", &Self::largest(&self.rules), rule)?;
            self.rows(sheet)?;
        }
        if let Some(note) = &self.note {
            writeln!(sheet)?;
            sheet.wrapped("", terminal(note))?;
        }
        let mut rows = self.rows.iter();
        let there = rows.find(|row| row.change.after.is_some());
        if let (Some(report), Some(there)) = (&self.told_by, there) {
            writeln!(sheet)?;
            let digits = digits(&there.change.finding.fingerprint);
            next::steps(&[next::explain(Some(report), &digits)], sheet)?;
        }
        Ok(())
    }

    fn rows(&self, sheet: &mut Sheet<'_>) -> io::Result<()> {
        sheet.heading("what moved, the nearest deadlines first")?;
        let shown = self.rows.iter().take(ROWS);
        let row = |moved: &Moved| self.row(&moved.change);
        let rows = Rows::fitting(shown.clone().map(row), sheet.page.columns);
        rows.header(sheet)?;
        for moved in shown.clone() {
            rows.write(&row(moved), sheet)?;
            let Moved { report, change } = moved;
            let mut parts = vec![moved_how(change)];
            parts.extend(was(change));
            parts.extend(change.causes_in_words(terminal, |what, origin| match what {
                Some(what) => format!("{what} by {origin}"),
                None => format!("by {origin}"),
            }));
            let first = change.shifts.first().copied();
            let role = first.map_or(Role::Plain, role_of);
            sheet.wrapped(rows::INDENT, role.of(parts.join("; ")))?;
            if self.reports > 1 {
                Rows::below(&format!("in {}", terminal(report)), sheet)?;
            }
        }
        match self.all.moved.saturating_sub(shown.count() as u64) {
            0 => Ok(()),
            more => writeln!(sheet, "and {more} more; the JSON form has them all"),
        }
    }

    fn row(&self, change: &Change) -> Row {
        let Some(after) = &change.after else {
            let severity = change.before.as_ref().map(|before| before.severity);
            let severity = severity.unwrap_or(Severity::Unknown);
            return Row::gone(&change.finding, severity, self.as_of);
        };
        let standing = Standing {
            severity: after.severity,
            status: after.status,
            due: after.due(),
        };
        Row::named(&change.finding, standing, self.as_of)
    }
}

/// What must be known first stands out.
fn role_of(shift: Shift) -> Role {
    match shift {
        Shift::OverdueAtOnce | Shift::OverdueByTime | Shift::KevListed => Role::Bad,
        Shift::Tightened | Shift::SeverityUp | Shift::Unobserved | Shift::OpenAgain => Role::Doubt,
        Shift::NoLongerOverdue | Shift::Fixed | Shift::Gone => Role::Good,
        _ => Role::Plain,
    }
}

fn groups<K>(
    sheet: &mut Sheet<'_>,
    title: &'static str,
    groups: &[(&K, &Tally)],
    name: impl Fn(&K) -> String,
) -> io::Result<()> {
    if groups.is_empty() {
        return Ok(());
    }
    writeln!(sheet)?;
    let shown = groups.iter().take(GROUPS);
    let rows: Vec<[Span<'_>; 3]> = shown
        .map(|(key, tally)| {
            let moved = tally.moved.to_string();
            [moved.into(), name(key).into(), tally.words().into()]
        })
        .collect();
    let columns = [
        ("   moved", Sort::Number),
        (title, Sort::Cut(1)),
        ("how", Sort::Cut(1)),
    ];
    let mut table = Table::new(&columns);
    for row in &rows {
        table.measure(row);
    }
    table.settle(sheet.page.columns);
    table.header(sheet)?;
    rows.iter().try_for_each(|row| table.row(row, sheet))?;
    match groups.len().saturating_sub(GROUPS) {
        0 => Ok(()),
        more => writeln!(sheet, "          and {more} more"),
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
    side.due()
        .map_or_else(|| "no date".to_owned(), |due| due.by.to_string())
}

/// How it moved: `tightened, severity up`. The date of the fix needs no name, and those of other duties have theirs.
pub(super) fn moved_how(change: &Change) -> String {
    let mut words: Vec<String> = change
        .shifts
        .iter()
        .filter(|shift| match shift {
            Shift::Tightened | Shift::Loosened => change.duties.get(&Duty::Fix) == Some(shift),
            _ => true,
        })
        .map(|shift| shift.words().to_owned())
        .collect();
    for (duty, shift) in change.duties.iter().filter(|(duty, _)| **duty != Duty::Fix) {
        let date =
            |side: &Option<Side>| side.as_ref().and_then(|side| side.deadline(*duty).cloned());
        let how = match (date(&change.before), date(&change.after)) {
            (Some(was), Some(is)) if was.by == is.by => {
                format!(" from {} to {} on {}", was.ends, is.ends, is.by)
            }
            (Some(was), Some(is)) => format!(" from {} to {}", was.by, is.by),
            (None, Some(is)) => format!(" from no date to {}", is.by),
            (Some(was), None) => format!(" from {} to no date", was.by),
            (None, None) => String::new(),
        };
        words.push(format!("{} {}{how}", duty.name(), shift.words()));
    }
    words.join(", ")
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
    let is = after.and_then(Side::due);
    match (before.due(), is) {
        (Some(was), Some(is)) if was.by == is.by => {
            // One day, which ends at another time in another time zone.
            if change.duties.contains_key(&Duty::Fix) {
                parts.push(format!("due until {}, now until {}", was.ends, is.ends));
            }
        }
        (Some(was), _) => parts.push(format!("due {}", was.by)),
        (None, Some(_)) => parts.push("without a date".to_owned()),
        (None, None) if after.is_none() => parts.push("without a date".to_owned()),
        (None, None) => {}
    }
    (!parts.is_empty()).then(|| format!("was {}", parts.join(", ")))
}
