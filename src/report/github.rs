//! `github`: workflow commands, which GitHub shows as annotations of a job and of the changed files.

use std::borrow::Cow;
use std::io;

use super::View;
use super::escape::{command_message, command_property, fit_characters, terminal};
use super::wording;
use crate::model::{Entry, Location, Report};

/// How many annotations of each level GitHub shows of one step; it drops the others without a word.
const LIMIT: usize = 10;

/// Longest title of an annotation.
const TITLE: usize = 255;

/// Annotations of GitHub, the most urgent first: print them in a step of a workflow (`--to github`).
///
/// A finding is an error when it meets a condition of `--fail-on` or is overdue, a warning when it has a due date, and a
/// notice otherwise. What is suppressed or fixed is not shown. GitHub shows ten of each level for a step, so that many are
/// written; the last notice is the verdict, and says how many are not shown.
pub struct Github;

impl super::Writer for Github {
    fn name(&self) -> &'static str {
        "github"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &[]
    }

    fn usage(&self) -> &'static str {
        "annotations of a GitHub workflow, the most urgent findings"
    }

    fn write(&self, report: &Report, view: &View, out: &mut dyn io::Write) -> io::Result<()> {
        let is_failing = |entry: &Entry| view.failing.contains_key(&entry.fingerprint);
        let is_overdue = |entry: &Entry| entry.assessment.overdue(report.as_of);
        let is_dated = |entry: &Entry| entry.assessment.due().is_some();
        let shown: Vec<_> = report
            .in_order()
            .filter(|entry| entry.assessment.status.is_due() || is_failing(entry))
            .collect();
        let shown = || shown.iter().copied();
        // What fails the build is told before what is merely overdue.
        let errors = shown()
            .filter(|entry| is_failing(entry))
            .chain(shown().filter(|entry| !is_failing(entry) && is_overdue(entry)));
        let rest = || shown().filter(|entry| !is_failing(entry) && !is_overdue(entry));
        let warnings = rest().filter(|entry| is_dated(entry));
        let notices = rest().filter(|entry| !is_dated(entry));

        let mut left = LIMIT;
        for condition in view.failing_inputs.iter().take(LIMIT) {
            let message = wording::failing_input(condition, report, terminal);
            writeln!(out, "::error title=scanfold::{}", command_message(&message))?;
            left -= 1;
        }
        let mut hidden = 0;
        hidden += annotations("error", errors, left, report, view, out)?;
        hidden += annotations("warning", warnings, LIMIT, report, view, out)?;
        hidden += annotations("notice", notices, LIMIT - 1, report, view, out)?;
        let mut verdict = wording::verdict(report, &report.summary());
        if let Some(part) = &view.part {
            verdict = format!("{}; among them {verdict}", part.words(terminal));
        }
        if hidden > 0 {
            let number = wording::count(hidden, "finding");
            let is = if hidden == 1 { "is" } else { "are" };
            verdict = format!("{verdict}; {number} {is} not shown here, the report has all");
        }
        writeln!(
            out,
            "::notice title=scanfold::{}",
            command_message(&verdict)
        )
    }
}

/// Writes the first of them, and tells how many are left.
fn annotations<'a>(
    level: &str,
    mut entries: impl Iterator<Item = &'a Entry>,
    limit: usize,
    report: &Report,
    view: &View,
    out: &mut dyn io::Write,
) -> io::Result<u64> {
    for entry in entries.by_ref().take(limit) {
        annotation(level, entry, report, view, out)?;
    }
    Ok(entries.count() as u64)
}

fn annotation(
    level: &str,
    entry: &Entry,
    report: &Report,
    view: &View,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let finding = &entry.finding;
    write!(out, "::{level} ")?;
    let location = wording::first_location(finding);
    if let Some(Location {
        path: Some(path),
        start_line,
        start_column,
        end_line,
        ..
    }) = location
    {
        write!(out, "file={},", command_property(&terminal(path)))?;
        if let Some(line @ 1..) = start_line {
            write!(out, "line={line},")?;
            let end = end_line.filter(|end| end >= line);
            if let Some(end) = end {
                write!(out, "endLine={end},")?;
            }
            // GitHub takes a column of one line only.
            if let Some(column @ 1..) = start_column
                && end.is_none_or(|end| end == *line)
            {
                write!(out, "col={column},")?;
            }
        }
    }
    let title = format!(
        "{}: {}{}",
        entry.assessment.severity.name(),
        wording::subject(entry, terminal),
        wording::mark(finding)
    );
    let title = fit_characters(Cow::Owned(title), TITLE);
    let message = command_message(&message(entry, report, view));
    writeln!(out, "title={}::{message}", command_property(&title))
}

/// What is wrong, then a line for each thing that somebody asks next.
fn message(entry: &Entry, report: &Report, view: &View) -> String {
    let finding = &entry.finding;
    let mut lines = vec![match &finding.title {
        Some(title) => terminal(title).into_owned(),
        None => wording::name(finding, terminal),
    }];
    if let Some(due) = entry.assessment.due() {
        let far = wording::far(finding, due, report.as_of);
        let policy = terminal(&due.policy);
        lines.push(format!("due {}, {far} ({policy})", due.by));
    } else if finding.is_reopened() {
        lines.push("reopened".to_owned());
    }
    let fixed_in = finding.package.as_ref();
    let fixed_in = fixed_in.map(|package| wording::some(&package.fixed_in, terminal));
    if let Some(fixed_in) = fixed_in.filter(|words| !words.is_empty()) {
        lines.push(format!("fixed in {fixed_in}"));
    }
    if let Some(owners) = wording::owners(finding, terminal) {
        lines.push(format!("for {owners}"));
    }
    if let Some(conditions) = view.failing.get(&entry.fingerprint) {
        let conditions: Vec<_> = conditions.iter().map(terminal).collect();
        lines.push(format!("fails {}", conditions.join(", ")));
    }
    let digits = wording::digits(&entry.fingerprint);
    lines.push(format!("scanfold explain REPORT {digits}"));
    lines.join("\n")
}

#[cfg(test)]
mod tests;
