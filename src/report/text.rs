//! `text`: the report for people at a terminal, or in a build log of 80 columns without colour.

mod listing;

use std::io::{self, Write};

use super::View;
use super::escape::terminal;
use super::next;
use super::page::{Role, Sheet, Span};
use super::rows::{Row, Rows};
use super::wording;
use crate::model::{Entry, InputRecord, Reject, Report, Summary};

/// Where the second line of an input or an entry begins.
const INDENT: &str = "           ";
/// How many deadlines are listed.
const DEADLINES: usize = 20;
/// How many inputs, and how many rejected records, are listed.
const TROUBLES: usize = 10;

/// The report for people: the verdict, the nearest deadlines or all findings, what was not read, what to do next.
pub struct Text;

impl super::Writer for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["txt"]
    }

    fn usage(&self) -> &'static str {
        "a summary for people at a terminal"
    }

    fn write(&self, report: &Report, view: &View, out: &mut dyn Write) -> io::Result<()> {
        let sheet = &mut Sheet::new(view.page, out);
        let summary = report.summary();
        verdict(report, view, &summary, sheet)?;
        if let Some(part) = &view.part {
            sheet.wrapped("", part.words(terminal))?;
        }
        sheet.line([Role::Faint.of(format!("as of {}", report.as_of))])?;
        writeln!(sheet)?;
        counts(&summary, sheet)?;
        if let Some(listing) = &view.listing {
            listing::write(report, listing, sheet)?;
        } else {
            deadlines(report, sheet)?;
            suppressed(report, sheet)?;
        }
        // What is said of inputs is about the whole report.
        if view.part.is_none() {
            triage(report, sheet)?;
            inputs(report, sheet)?;
            doubts(report, sheet)?;
            rejects(report, sheet)?;
            writeln!(sheet)?;
            sheet.line([Role::Faint.of(wording::ledger(report))])?;
        } else {
            writeln!(sheet)?;
        }
        next::steps(&steps(report, view), sheet)
    }
}

fn verdict(
    report: &Report,
    view: &View,
    summary: &Summary,
    sheet: &mut Sheet<'_>,
) -> io::Result<()> {
    let is_whole = !report.inputs.is_empty() && wording::troubled(report).next().is_none();
    let is_open = summary.open.values().any(|open| *open > 0);
    // Good news only where it can be bad: of all findings, and of such as have a date.
    let is_telling = view.part.is_none() && (!is_open || wording::is_dated(report));
    let role = match (summary.overdue, is_whole && is_telling) {
        (0, true) => Role::Good,
        (0, false) => Role::Doubt,
        _ => Role::Bad,
    };
    sheet.wrapped("", role.of(wording::verdict(report, summary)))
}

/// How many findings are open by severity, and what else is counted.
fn counts(summary: &Summary, sheet: &mut Sheet<'_>) -> io::Result<()> {
    let counted = |number: u64, role: Role| if number == 0 { Role::Faint } else { role };
    let levels = wording::levels(summary).map(|(level, number)| {
        let words = format!("{number} {level}");
        counted(number, Role::Level(level)).of(words)
    });
    let indent = INDENT.len();
    sheet.list(Role::Heading.of("open       "), indent, levels)?;
    let others = wording::others(summary).map(|(number, word)| {
        let role = if word == "overdue" {
            Role::Bad
        } else {
            Role::Plain
        };
        counted(number, role).of(format!("{number} {word}"))
    });
    sheet.list(INDENT.into(), indent, others)
}

/// `and 3 more`, if there are more than were listed.
fn rest(sheet: &mut Sheet<'_>, all: usize, listed: usize) -> io::Result<()> {
    match all.saturating_sub(listed) {
        0 => Ok(()),
        more => writeln!(sheet, "and {more} more"),
    }
}

/// The findings with a date whose clock runs.
fn promised(report: &Report) -> impl Iterator<Item = &Entry> {
    wording::running(report).filter(|entry| entry.assessment.due().is_some())
}

fn deadlines(report: &Report, sheet: &mut Sheet<'_>) -> io::Result<()> {
    let all = promised(report).count();
    if all > 0 {
        sheet.heading("nearest deadlines")?;
        let nearest: Vec<_> = promised(report).take(DEADLINES).collect();
        table(&nearest, report, sheet)?;
        rest(sheet, all, DEADLINES)?;
    }
    match wording::running(report).count() - all {
        0 => Ok(()),
        1 => writeln!(sheet, "\n1 open finding has no due date"),
        undated => writeln!(sheet, "\n{undated} open findings have no due date"),
    }
}

/// Titles and rows of findings.
fn table(entries: &[&Entry], report: &Report, sheet: &mut Sheet<'_>) -> io::Result<()> {
    let row = |entry: &&Entry| Row::of(entry, report.as_of);
    let rows = Rows::fitting(entries.iter().map(row), sheet.page.columns);
    rows.header(sheet)?;
    entries
        .iter()
        .try_for_each(|entry| finding(entry, &row(entry), &rows, sheet))
}

/// The row of a finding, and below it what is not said of each: where it stands, whose it is, who says to leave it.
fn finding(entry: &Entry, row: &Row, rows: &Rows, sheet: &mut Sheet<'_>) -> io::Result<()> {
    rows.write(row, sheet)?;
    let mut below = |words: Option<String>| match words {
        Some(words) => Rows::below(&words, sheet),
        None => Ok(()),
    };
    let status = wording::status(entry);
    let is_said = status == "open" || !entry.assessment.status.is_due();
    below((!is_said).then_some(status))?;
    let owners = wording::owners(&entry.finding, terminal);
    below(owners.map(|owners| format!("owner: {owners}")))?;
    let tags = wording::policy_tags(entry, terminal).join(", ");
    below((!tags.is_empty()).then(|| format!("tagged: {tags}")))?;
    if let (false, Some(suppressed)) = (
        entry.assessment.status.is_due(),
        &entry.assessment.suppressed,
    ) {
        let reason = terminal(&suppressed.reason);
        below(Some(match suppressed.kind {
            Some(kind) => format!("{}: {reason}", wording::sort(kind)),
            None => format!("because {reason}"),
        }))?;
        below(wording::suppression_origin(entry, terminal))?;
    }
    Ok(())
}

/// What nobody has to deal with, and who says so.
fn suppressed(report: &Report, sheet: &mut Sheet<'_>) -> io::Result<()> {
    let all = wording::suppressed(report).count();
    if all == 0 {
        return Ok(());
    }
    sheet.heading("suppressed")?;
    let entries: Vec<_> = wording::suppressed(report).take(TROUBLES).collect();
    table(&entries, report, sheet)?;
    rest(sheet, all, TROUBLES)
}

fn triage(report: &Report, sheet: &mut Sheet<'_>) -> io::Result<()> {
    let all = wording::noted(report).count();
    if all == 0 {
        return Ok(());
    }
    sheet.heading("entries of triage files to look at")?;
    for row in wording::noted(report).take(TROUBLES) {
        let place = format!("{} line {}", terminal(&row.source), row.line);
        sheet.line([Span::from(format!("{place}  {}", terminal(&row.entry)))])?;
        if let Some(note) = &row.note {
            sheet.line([INDENT.into(), Role::Faint.of(terminal(note))])?;
        }
    }
    rest(sheet, all, TROUBLES)
}

fn inputs(report: &Report, sheet: &mut Sheet<'_>) -> io::Result<()> {
    let all = wording::troubled(report).count();
    if all == 0 {
        return Ok(());
    }
    sheet.heading("inputs that were not read in full")?;
    for input in wording::troubled(report).take(TROUBLES) {
        let InputRecord {
            id,
            outcome,
            ledger,
            ..
        } = input;
        let outcome = Role::Doubt.of(format!("{:<9}", outcome.name()));
        sheet.line([outcome, "  ".into(), terminal(&id.path).into()])?;
        if ledger.rejected > 0 {
            sheet.line([INDENT.into(), Role::Faint.of(wording::rejected(input))])?;
        }
        for note in input.notes_in_turn() {
            sheet.line([INDENT.into(), Role::Faint.of(terminal(note))])?;
        }
    }
    rest(sheet, all, TROUBLES)
}

fn doubts(report: &Report, sheet: &mut Sheet<'_>) -> io::Result<()> {
    let doubted = wording::doubted(report);
    if doubted.is_empty() {
        return Ok(());
    }
    sheet.heading("called fixed by inputs that may not have looked")?;
    for doubted in doubted.iter().take(TROUBLES) {
        sheet.wrapped("", Span::from(doubted.words(terminal)))?;
    }
    rest(sheet, doubted.len(), TROUBLES)
}

fn rejects(report: &Report, sheet: &mut Sheet<'_>) -> io::Result<()> {
    if report.rejects.is_empty() {
        return Ok(());
    }
    sheet.heading("records that were not understood")?;
    for Reject { place, reason } in report.rejects.iter().take(TROUBLES) {
        let (path, at) = (terminal(&place.report.path), terminal(&place.at));
        sheet.line([Span::from(format!("{path} {at}"))])?;
        sheet.line([INDENT.into(), Role::Faint.of(terminal(reason))])?;
    }
    let all = usize::try_from(wording::rejects(report)).unwrap_or(usize::MAX);
    rest(sheet, all, TROUBLES.min(report.rejects.len()))
}

/// The one thing to try for each sort of trouble, the one that hides most first.
fn steps(report: &Report, view: &View) -> Vec<String> {
    let mut steps = Vec::new();
    let name = view.name.as_ref();
    let mut say = |is_so: bool, words: &str| steps.extend(is_so.then(|| words.to_owned()));
    say(
        report.inputs.is_empty(),
        "merge the reports of your scanners: what nobody looked at is not clean",
    );
    say(
        wording::troubled(report).next().is_some(),
        "repair the inputs that were not read in full, and merge again: what was not read is not clean",
    );
    say(
        report.policies.is_empty() && wording::running(report).next().is_some(),
        "merge with `--policy`, so that findings have due dates; `scanfold policy presets` lists policies",
    );
    if let Some(first) = promised(report).next() {
        steps.push(next::explain(name, &wording::digits(&first.fingerprint)));
    }
    let more = promised(report).count().saturating_sub(DEADLINES);
    if more > 0 && view.listing.is_none() {
        let report = next::argument(name);
        steps.push(format!(
            "`scanfold show {report}` lists the other {more} as well"
        ));
    }
    steps
}

#[cfg(test)]
mod tests;
