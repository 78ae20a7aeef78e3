//! The answer for a job summary or a pull request.

use std::io::{self, Write};

use super::{Answer, May, Met, Verdict};
use crate::report::escape::{markdown, markdown_code};
use crate::report::wording::{count, digits, distance, reason};

/// How many findings are listed in all, and how many objections of one report.
const FINDINGS: usize = 100;
const OBJECTIONS: usize = 20;

impl Verdict {
    /// The verdict as a heading, and a table of what speaks against shipping. Rows are counted and words are cut.
    pub fn write_markdown(&self, out: &mut dyn Write) -> io::Result<()> {
        let heading = match self.may() {
            May::Ship => "May ship",
            May::NotShip => "Must not ship",
            May::Unknown => "Cannot tell: not every report can be relied on",
        };
        writeln!(out, "## {heading}\n")?;
        let (reports, conditions) = (self.answers.len() as u64, self.conditions.len() as u64);
        writeln!(
            out,
            "As of {}: {} asked of {}.\n",
            self.as_of,
            count(conditions, "condition"),
            count(reports, "report")
        )?;
        let mut left = FINDINGS;
        for answer in &self.answers {
            if answer.may() != May::Ship {
                self.section(answer, &mut left, out)?;
            }
        }
        Ok(())
    }

    fn section(&self, answer: &Answer, left: &mut usize, out: &mut dyn Write) -> io::Result<()> {
        let path = markdown_code(&answer.report);
        writeln!(out, "### {path}: {}\n", answer.may().words())?;
        for objection in answer.objections.iter().take(OBJECTIONS) {
            writeln!(out, "- {}", markdown(objection))?;
        }
        let more = answer.objections.len().saturating_sub(OBJECTIONS);
        if more > 0 {
            writeln!(out, "- and {more} more")?;
        }
        if !answer.objections.is_empty() {
            writeln!(out)?;
        }
        for held in &answer.held {
            // The condition is what the user wrote, in words that conditions are made of; globs may hold anything.
            let words = crate::model::Text::line(&held.words);
            writeln!(out, "**{}**\n", markdown(&words))?;
            let shown = held.findings.len().min(*left);
            *left -= shown;
            if shown > 0 {
                writeln!(
                    out,
                    "| due | severity | app | finding | where | what | why |"
                )?;
                writeln!(out, "|{}", " --- |".repeat(7))?;
            }
            for met in held.findings.iter().take(shown) {
                self.row(met, out)?;
            }
            match held.findings.len() - shown {
                0 => {}
                more => writeln!(out, "\nAnd {more} more; the JSON form has them all.")?,
            }
            writeln!(out)?;
        }
        Ok(())
    }

    fn row(&self, met: &Met, out: &mut dyn Write) -> io::Result<()> {
        let finding = &met.finding;
        let due = match &met.due {
            Some(due) => format!("{} ({})", due.by, distance(due, self.as_of)),
            None => "none".to_owned(),
        };
        let ended = met.ended;
        let ended = ended.map(|ended| format!("accepted until {ended}, which has passed"));
        let why = met.rule().map(|why| reason(why, markdown));
        let why: Vec<_> = ended.into_iter().chain(why).collect();
        writeln!(
            out,
            "| {due} | {} | {} | {} <code>{}</code> | {} | {} | {} |",
            met.severity,
            markdown(&finding.app),
            markdown_code(&finding.name),
            digits(&finding.fingerprint),
            finding
                .place
                .as_ref()
                .map(markdown_code)
                .unwrap_or_default(),
            finding.title.as_ref().map(markdown).unwrap_or_default(),
            why.join("; "),
        )
    }
}
