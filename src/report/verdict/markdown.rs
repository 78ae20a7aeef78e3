//! The answer for a job summary or a pull request.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Answer, Held, May, Met, Verdict};
use crate::model::Text;
use crate::report::escape::{markdown, markdown_code};
use crate::report::summary::Summary;
use crate::report::wording::{count, distance, reason};

/// How many findings are listed in all, and how many objections of one report.
const FINDINGS: usize = 100;
const OBJECTIONS: usize = 20;

/// What there was no room for.
#[derive(Default)]
struct Cut {
    findings: u64,
    reports: u64,
}

impl Verdict {
    /// The verdict as a heading, and a table of what speaks against shipping. Rows are counted and words are cut, and what
    /// a job summary cannot hold is counted at the end.
    pub fn write_markdown(&self, out: &mut dyn Write) -> io::Result<()> {
        let heading = match self.may() {
            May::Ship => "May ship",
            May::NotShip => "Must not ship",
            May::Unknown => "Cannot tell: not every report can be relied on",
        };
        let (reports, conditions) = (self.answers.len() as u64, self.conditions.len() as u64);
        let (conditions, reports) = (count(conditions, "condition"), count(reports, "report"));
        let as_of = self.as_of;
        let mut out = Summary::new(out);
        out.piece(&format!(
            "## {heading}\n\nAs of {as_of}: {conditions} asked of {reports}.\n\n"
        ))?;
        let mut left = FINDINGS;
        let mut cut = Cut::default();
        for answer in &self.answers {
            if answer.may() != May::Ship {
                self.section(answer, &mut left, &mut cut, &mut out)?;
            }
        }
        let Cut { findings, reports } = cut;
        if (findings, reports) == (0, 0) {
            return Ok(());
        }
        let (findings, reports) = (count(findings, "row"), count(reports, "report"));
        out.end(&format!(
            "\n**Cut: {findings} of findings and {reports} more had no room; the JSON form has them all.**\n"
        ))
    }

    fn section(
        &self,
        answer: &Answer,
        left: &mut usize,
        cut: &mut Cut,
        out: &mut Summary<'_>,
    ) -> io::Result<()> {
        let path = markdown_code(&answer.report);
        let mut head = format!("### {path}: {}\n\n", answer.may().words());
        for objection in answer.objections.iter().take(OBJECTIONS) {
            // Writing to a string cannot fail.
            let _ = writeln!(head, "- {}", markdown(objection));
        }
        let more = answer.objections.len().saturating_sub(OBJECTIONS);
        if more > 0 {
            let _ = writeln!(head, "- and {more} more");
        }
        if !answer.objections.is_empty() {
            head.push('\n');
        }
        if !out.piece(&head)? {
            cut.reports += 1;
            let findings = answer.held.iter().map(|held| held.findings.len() as u64);
            cut.findings += findings.sum::<u64>();
            return Ok(());
        }
        for held in &answer.held {
            self.held(held, left, cut, out)?;
        }
        Ok(())
    }

    fn held(
        &self,
        held: &Held,
        left: &mut usize,
        cut: &mut Cut,
        out: &mut Summary<'_>,
    ) -> io::Result<()> {
        // The condition is what the user wrote, in words that conditions are made of; globs may hold anything.
        let words = Text::line(&held.words);
        let all = held.findings.len();
        let shown = all.min(*left);
        *left -= shown;
        let mut above = format!("**{}**\n\n", markdown(&words));
        if shown > 0 {
            above.push_str("| due | severity | app | finding | where | what | why |\n|");
            above.push_str(&" --- |".repeat(7));
            above.push('\n');
        }
        let mut written = 0;
        let mut is_whole = out.piece(&above)?;
        for met in held.findings.iter().take(shown) {
            is_whole = is_whole && out.piece(&self.row(met))?;
            if !is_whole {
                break;
            }
            written += 1;
        }
        let more = match all - written {
            0 => String::new(),
            more => format!("\nAnd {more} more; the JSON form has them all.\n"),
        };
        if !is_whole || !out.piece(&format!("{more}\n"))? {
            cut.findings += (all - written) as u64;
        }
        Ok(())
    }

    fn row(&self, met: &Met) -> String {
        let is_reopened = met.finding.is_reopened && met.status.is_due();
        let reopened = if is_reopened { ", reopened" } else { "" };
        let due = match &met.due {
            Some(due) => format!("{} ({}{reopened})", due.by, distance(due, self.as_of)),
            None => format!("none{reopened}"),
        };
        let why = met.rule().map(|why| reason(why, markdown));
        let why: Vec<_> = met.ended().into_iter().chain(why).collect();
        format!(
            "| {due} | {} | {} | {} |\n",
            met.severity,
            met.finding.markdown(),
            why.join("; "),
        )
    }
}
