//! The answer for a terminal or a build log.

use std::io::{self, Write};

use super::{Answer, Held, Met, Verdict};
use crate::report::escape::terminal;
use crate::report::page::{line, wrapped};
use crate::report::wording::{digits, distance, reason};

/// How many findings of one condition are listed.
const FINDINGS: usize = 50;

impl Verdict {
    /// A line for each report, and below it what speaks against shipping, with the reason for each finding.
    pub fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        for (index, answer) in self.answers.iter().enumerate() {
            if index > 0 {
                writeln!(out)?;
            }
            self.answer(answer, out)?;
        }
        Ok(())
    }

    fn answer(&self, answer: &Answer, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "{}: {}",
            terminal(&answer.report),
            answer.may().words()
        )?;
        writeln!(out, "as of {}", self.as_of)?;
        for objection in &answer.objections {
            wrapped(out, "  ", &terminal(objection))?;
        }
        for Held {
            words, findings, ..
        } in &answer.held
        {
            writeln!(out, "\n{words}")?;
            for met in findings.iter().take(FINDINGS) {
                self.finding(met, out)?;
            }
            match findings.len().saturating_sub(FINDINGS) {
                0 => {}
                more => writeln!(out, "  and {more} more; the JSON form has them all")?,
            }
        }
        Ok(())
    }

    fn finding(&self, met: &Met, out: &mut dyn Write) -> io::Result<()> {
        let Met {
            finding,
            severity,
            status: _,
            ended,
            due,
            why,
        } = met;
        let due = match due {
            Some(due) => format!("due {}, {}", due.by, distance(due, self.as_of)),
            None => "no due date".to_owned(),
        };
        let (digits, app) = (digits(&finding.fingerprint), terminal(&finding.app));
        line(out, &format!("  {digits}  {severity}  {due}  {app}"))?;
        let place = finding.place.as_ref();
        let place = place.map_or(String::new(), |place| format!(" in {}", terminal(place)));
        wrapped(out, "    ", &format!("{}{place}", terminal(&finding.name)))?;
        if let Some(title) = &finding.title {
            wrapped(out, "    ", &terminal(title))?;
        }
        if let Some(ended) = ended {
            writeln!(out, "    accepted until {ended}, which has passed")?;
        }
        for why in why {
            let head = format!("    {}: ", why.about.name());
            wrapped(out, &head, &reason(why, terminal))?;
        }
        Ok(())
    }
}
