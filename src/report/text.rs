//! `text`: the summary for a terminal or a build log, within 80 columns.

use std::io::{self, Write};

use super::View;
use super::escape::terminal;
use super::page::line;
use super::wording;
use crate::model::{Entry, InputRecord, Reject, Report};

/// Where the second line of a finding or an input begins.
const INDENT: usize = 11;
/// How many deadlines are listed.
const DEADLINES: usize = 20;
/// How many inputs, and how many rejected records, are listed.
const TROUBLES: usize = 10;

/// The summary for a terminal or a build log: the verdict, the nearest deadlines, what was not read, what to do next.
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

    fn write(&self, report: &Report, _: &View, out: &mut dyn Write) -> io::Result<()> {
        let summary = report.summary();
        line(out, &wording::verdict(report, &summary))?;
        writeln!(out, "as of {}", report.as_of)?;
        writeln!(out)?;
        let levels: Vec<_> = wording::levels(&summary)
            .map(|(level, number)| format!("{number} {level}"))
            .collect();
        line(out, &format!("open       {}", levels.join(", ")))?;
        let others = wording::others(&summary).map(|(number, word)| format!("{number} {word}"));
        line(out, &format!("           {}", others.join(", ")))?;
        deadlines(report, out)?;
        suppressed(report, out)?;
        triage(report, out)?;
        inputs(report, out)?;
        rejects(report, out)?;
        writeln!(out)?;
        line(out, &wording::ledger(report))?;
        next(report, summary.overdue, out)
    }
}

/// `and 3 more`, if there are more than were listed.
fn rest(out: &mut dyn Write, all: usize, listed: usize) -> io::Result<()> {
    match all.saturating_sub(listed) {
        0 => Ok(()),
        more => writeln!(out, "and {more} more"),
    }
}

fn deadlines(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let promised =
        || wording::running(report).filter_map(|entry| Some((entry, entry.assessment.due()?)));
    let all = promised().count();
    let undated = wording::running(report).count() - all;
    if all > 0 {
        writeln!(out, "\nnearest deadlines")?;
        let rows: Vec<_> = promised()
            .take(DEADLINES)
            .map(|(entry, due)| {
                let distance = wording::distance(due, report.as_of);
                (entry, due.by.to_string(), distance)
            })
            .collect();
        let by_width = rows.iter().map(|(_, by, _)| by.len()).max().unwrap_or(0);
        let distance_width = rows.iter().map(|(.., far)| far.len()).max().unwrap_or(0);
        for (entry, by, distance) in rows {
            let severity = entry.assessment.severity;
            let app = terminal(&entry.finding.app);
            let head =
                format!("{severity:<9}  {by:<by_width$}  {distance:<distance_width$}  {app}");
            line(out, &head)?;
            details(entry, out)?;
        }
        rest(out, all, DEADLINES)?;
    }
    match undated {
        0 => Ok(()),
        1 => writeln!(out, "\n1 open finding has no due date"),
        _ => writeln!(out, "\n{undated} open findings have no due date"),
    }
}

/// What a finding is called, where it is and what is wrong, below its date. The digits come first, so that no outer word
/// begins a line.
fn details(entry: &Entry, out: &mut dyn Write) -> io::Result<()> {
    let finding = &entry.finding;
    let digits = wording::digits(&entry.fingerprint);
    let name = wording::name(finding, terminal);
    let place = wording::place(finding, terminal)
        .map(|place| format!("  {place}"))
        .unwrap_or_default();
    let mark = wording::mark(finding);
    line(out, &format!("{:INDENT$}{digits}  {name}{mark}{place}", ""))?;
    if let Some(title) = &finding.title {
        line(out, &format!("{:INDENT$}{}", "", terminal(title)))?;
    }
    if let Some(owners) = wording::owners(finding, terminal) {
        line(out, &format!("{:INDENT$}owner: {owners}", ""))?;
    }
    match wording::policy_tags(entry, terminal).join(", ") {
        tags if tags.is_empty() => Ok(()),
        tags => line(out, &format!("{:INDENT$}tagged: {tags}", "")),
    }
}

/// What nobody has to deal with, and who says so.
fn suppressed(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let all = wording::suppressed(report).count();
    if all == 0 {
        return Ok(());
    }
    writeln!(out, "\nsuppressed")?;
    for entry in wording::suppressed(report).take(TROUBLES) {
        let severity = entry.assessment.severity;
        let app = terminal(&entry.finding.app);
        line(out, &format!("{severity:<9}  {app}"))?;
        details(entry, out)?;
        if let Some(suppressed) = &entry.assessment.suppressed {
            let reason = terminal(&suppressed.reason);
            line(out, &format!("{:INDENT$}because {reason}", ""))?;
        }
        if let Some(origin) = wording::suppression_origin(entry, terminal) {
            line(out, &format!("{:INDENT$}{origin}", ""))?;
        }
    }
    rest(out, all, TROUBLES)
}

fn triage(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let all = wording::noted(report).count();
    if all == 0 {
        return Ok(());
    }
    writeln!(out, "\nentries of triage files to look at")?;
    for row in wording::noted(report).take(TROUBLES) {
        let place = format!("{} line {}", terminal(&row.source), row.line);
        line(out, &format!("{place}  {}", terminal(&row.entry)))?;
        if let Some(note) = &row.note {
            line(out, &format!("{:INDENT$}{}", "", terminal(note)))?;
        }
    }
    rest(out, all, TROUBLES)
}

fn inputs(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let all = wording::troubled(report).count();
    if all == 0 {
        return Ok(());
    }
    writeln!(out, "\ninputs that were not read in full")?;
    for input in wording::troubled(report).take(TROUBLES) {
        let InputRecord {
            id,
            outcome,
            notes,
            ledger,
            ..
        } = input;
        line(
            out,
            &format!("{:<9}  {}", outcome.name(), terminal(&id.path)),
        )?;
        if ledger.rejected > 0 {
            line(out, &format!("{:INDENT$}{}", "", wording::rejected(input)))?;
        }
        for note in notes {
            line(out, &format!("{:INDENT$}{}", "", terminal(note)))?;
        }
    }
    rest(out, all, TROUBLES)
}

fn rejects(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.rejects.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nrecords that were not understood")?;
    for Reject { place, reason } in report.rejects.iter().take(TROUBLES) {
        let (path, at) = (terminal(&place.report.path), terminal(&place.at));
        line(out, &format!("{path} {at}"))?;
        line(out, &format!("{:INDENT$}{}", "", terminal(reason)))?;
    }
    // The list of the report is bounded for each input; the ledger has the number.
    let all = report
        .ledger()
        .rejected
        .max(wording::length(&report.rejects));
    rest(
        out,
        usize::try_from(all).unwrap_or(usize::MAX),
        TROUBLES.min(report.rejects.len()),
    )
}

/// The one thing to try for each sort of trouble.
fn next(report: &Report, overdue: u64, out: &mut dyn Write) -> io::Result<()> {
    if wording::troubled(report).next().is_some() {
        writeln!(
            out,
            "hint: what was not read is not clean: repair these inputs and merge again"
        )?;
    }
    if overdue > 0 {
        writeln!(
            out,
            "hint: `scanfold explain REPORT FINGERPRINT` says where a date comes from"
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
