//! The answer for people at a terminal, or in a build log.

use std::io::{self, Write};

use super::{Answer, Held, May, Met, Verdict};
use crate::report::escape::terminal;
use crate::report::next;
use crate::report::page::{Page, Role, Sheet, Span};
use crate::report::rows::{self, Row, Rows, Standing};
use crate::report::wording::{count, digits, reason};

/// How many findings of one condition are listed.
const FINDINGS: usize = 50;
/// How many reasons not to rely on a report are listed.
const OBJECTIONS: usize = 20;

impl May {
    const fn role(self) -> Role {
        match self {
            Self::Ship => Role::Good,
            Self::NotShip => Role::Bad,
            Self::Unknown => Role::Doubt,
        }
    }
}

impl Verdict {
    /// The verdict, then for each report what speaks against shipping, with the reason for each finding.
    pub fn write_text(&self, page: Page, out: &mut dyn Write) -> io::Result<()> {
        let sheet = &mut Sheet::new(page, out);
        let is_one = self.answers.len() == 1;
        sheet.line([self.may().role().of(self.headline())])?;
        let of = match self.answers.as_slice() {
            [one] => format!("{}, ", terminal(&one.report)),
            _ => String::new(),
        };
        sheet.line([Role::Faint.of(format!("{of}as of {}", self.as_of))])?;
        for answer in &self.answers {
            if !is_one {
                writeln!(sheet)?;
                let may = answer.may();
                sheet.line([
                    Role::Heading.of(terminal(&answer.report)),
                    ": ".into(),
                    may.role().of(may.words()),
                ])?;
            }
            self.answer(answer, sheet)?;
        }
        let steps = self.steps();
        if !steps.is_empty() {
            writeln!(sheet)?;
        }
        next::steps(&steps, sheet)
    }

    /// The verdict in one line, with what it hangs on.
    fn headline(&self) -> String {
        let words = self.may().words();
        let conditions = match self.conditions.as_slice() {
            [one] => format!("`{one}`"),
            all => format!("any of {} conditions", all.len()),
        };
        let reports = match self.answers.len() {
            1 => String::new(),
            reports => format!(" in {}", count(reports as u64, "report")),
        };
        let findings: u64 = self.answers.iter().map(Answer::findings).sum();
        let rejected = self.answers.iter().flat_map(|answer| &answer.held);
        let rejected: u64 = rejected.filter_map(|held| held.rejected).sum();
        match (self.may(), findings, rejected) {
            (May::Ship, ..) => format!("{words}: no finding meets {conditions}{reports}"),
            (May::Unknown, ..) => words.to_owned(),
            (May::NotShip, 0, _) => {
                format!("{words}: {}{reports}", count(rejected, "rejected record"))
            }
            (May::NotShip, ..) => {
                let meet = if findings == 1 { "meets" } else { "meet" };
                let findings = count(findings, "finding");
                format!("{words}: {findings}{reports} {meet} {conditions}")
            }
        }
    }

    fn answer(&self, answer: &Answer, sheet: &mut Sheet<'_>) -> io::Result<()> {
        if !answer.objections.is_empty() {
            sheet.heading("what cannot be relied on")?;
        }
        for objection in answer.objections.iter().take(OBJECTIONS) {
            sheet.wrapped("- ", terminal(objection))?;
        }
        match answer.objections.len().saturating_sub(OBJECTIONS) {
            0 => {}
            more => writeln!(sheet, "and {more} more; the JSON form has them all")?,
        }
        for Held {
            words, findings, ..
        } in &answer.held
        {
            sheet.blank()?;
            sheet.wrapped("", Role::Heading.of(words))?;
            let shown = findings.iter().take(FINDINGS);
            let row = |met: &Met| {
                let Met {
                    severity,
                    status,
                    due,
                    ..
                } = met;
                let standing = Standing {
                    severity: *severity,
                    status: *status,
                    due: due.as_ref(),
                };
                Row::named(&met.finding, standing, self.as_of)
            };
            let rows = Rows::fitting(shown.clone().map(row), sheet.page.columns);
            if !findings.is_empty() {
                rows.header(sheet)?;
            }
            for met in shown {
                rows.write(&row(met), sheet)?;
                reasons(met, sheet)?;
            }
            match findings.len().saturating_sub(FINDINGS) {
                0 => {}
                more => writeln!(sheet, "and {more} more; the JSON form has them all")?,
            }
        }
        Ok(())
    }

    /// What would change the answer.
    fn steps(&self) -> Vec<String> {
        let mut steps = Vec::new();
        if self
            .answers
            .iter()
            .any(|answer| !answer.objections.is_empty())
        {
            let words = "repair the inputs that cannot be relied on, and merge again";
            steps.push(words.to_owned());
        }
        let mut first = self.answers.iter().filter_map(|answer| {
            let held = answer.held.iter().find_map(|held| held.findings.first())?;
            Some(next::explain(
                Some(&answer.report),
                &digits(&held.finding.fingerprint),
            ))
        });
        steps.extend(first.next());
        steps
    }
}

/// Why it is as bad, and due then.
fn reasons(met: &Met, sheet: &mut Sheet<'_>) -> io::Result<()> {
    if let Some(words) = met.ended() {
        sheet.wrapped(rows::INDENT, Role::Doubt.of(words))?;
    }
    for why in &met.why {
        let head = format!("{}{}: ", rows::INDENT, why.about.name());
        let words: Span<'_> = reason(why, terminal).into();
        sheet.wrapped(Role::Faint.of(head), words)?;
    }
    Ok(())
}
