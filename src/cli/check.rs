//! `scanfold check`: may this ship?

use std::io::{self, Write};

use clap::Args;

use super::exit::{Exit, Waivers};
use super::{AsOf, output};
use crate::error::{Error, Result};
use crate::gate::{self, Condition, Match};
use crate::model::{About, Duty, Entry, Report};
use crate::report::escape::terminal;
use crate::report::wording::{reason, subject};
use crate::run;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  scanfold check report.json --fail-on overdue --fail-on 'severity>=high&new'\n  \
                        scanfold check report.json --fail-on overdue --as-of +14d"
)]
pub(super) struct Check {
    /// Merged reports, in JSON
    #[arg(value_name = "REPORT", required = true)]
    reports: Vec<String>,
    /// What must not be: open, overdue, due<=DATE, due<=+14d, severity>=LEVEL, new, unobserved, rejects; joined with &
    #[arg(long, value_name = "CONDITION", required = true)]
    fail_on: Vec<Condition>,
    #[command(flatten)]
    as_of: AsOf,
    #[command(flatten)]
    waivers: Waivers,
}

impl Check {
    pub(super) fn run(self) -> Result<Exit> {
        let as_of = self.as_of.timestamp();
        let mut exit = Exit::Fine;
        for path in &self.reports {
            let report = run::open_report(path)?;
            refuse_undated(path, &report, &self.fail_on)?;
            let matches = gate::check(&self.fail_on, &report, as_of);
            let objections = self.waivers.objections(&report);
            output::print(&mut |out| verdict(path, &report, &matches, &objections, out))?;
            exit = exit.max(match (objections.is_empty(), matches.is_empty()) {
                (false, _) => Exit::Incomplete,
                (true, false) => Exit::Condition,
                (true, true) => Exit::Fine,
            });
        }
        Ok(exit)
    }
}

/// A report without any due date can never be overdue: to ask it is a mistake that must not pass for an answer.
fn refuse_undated(path: &str, report: &Report, conditions: &[Condition]) -> Result<()> {
    let undated = report.policies.is_empty()
        && report
            .entries
            .iter()
            .all(|entry| entry.assessment.due().is_none());
    match conditions.iter().find(|condition| condition.needs_dates()) {
        Some(condition) if undated && !report.entries.is_empty() => {
            let message = format!(
                "no policy was applied, so nothing has a due date and `{}` cannot be told",
                condition.text()
            );
            Err(Error::usage(message)
                .at(path)
                .hint("merge or rescore with `--policy`"))
        }
        _ => Ok(()),
    }
}

fn verdict(
    path: &str,
    report: &Report,
    matches: &[Match<'_>],
    objections: &[String],
    out: &mut dyn Write,
) -> io::Result<()> {
    let verdict = match (matches.is_empty(), objections.is_empty()) {
        (true, true) => "may ship",
        (true, false) => "cannot tell: not every report can be relied on",
        (false, _) => "must not ship",
    };
    writeln!(out, "{path}: {verdict}")?;
    for objection in objections {
        writeln!(out, "  {objection}")?;
    }
    for one in matches {
        let (words, entries) = (one.words(report), &one.entries);
        writeln!(out, "\n{words}")?;
        for entry in entries {
            finding(entry, out)?;
        }
    }
    Ok(())
}

fn finding(entry: &Entry, out: &mut dyn Write) -> io::Result<()> {
    let fingerprint = entry.fingerprint.hex();
    let due = entry
        .assessment
        .due()
        .map_or_else(|| "no due date".to_owned(), |due| format!("due {}", due.by));
    // A fingerprint has 64 digits.
    let short = fingerprint.get(..12).unwrap_or(&fingerprint);
    writeln!(
        out,
        "  {short}  {}  {due}  {}",
        entry.assessment.severity,
        subject(entry, terminal)
    )?;
    for why in entry.assessment.why.iter().filter(|why| why.chosen) {
        if matches!(why.about, About::Severity | About::Duty(Duty::Fix)) {
            writeln!(out, "    {}", reason(why, terminal))?;
        }
    }
    Ok(())
}
