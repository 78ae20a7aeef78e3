//! Why this severity and these dates: each candidate, the one that won first, and what the others lost by.

use std::io;

use jiff::Timestamp;

use crate::model::{About, By, Duty, Entry, Why};
use crate::report::escape::terminal;
use crate::report::page::{Role, Sheet};
use crate::report::wording::{self, clock, lost_by, origin};

/// Where the words of a candidate begin.
const INDENT: &str = "                          ";

/// Who says how bad it is, in their own words.
pub(super) fn claims(entry: &Entry, out: &mut Sheet<'_>) -> io::Result<()> {
    if entry.finding.claims.is_empty() {
        return Ok(());
    }
    out.heading("who says how bad")?;
    for claim in &entry.finding.claims {
        let source = &claim.source;
        let (report, at) = (terminal(&source.report.path), terminal(&source.at));
        out.wrapped("  ", wording::claim(claim, terminal))?;
        out.wrapped("    ", Role::Faint.of(format!("in {report} at {at}")))?;
    }
    Ok(())
}

/// The candidates for the severity and for the date of each duty.
pub(super) fn reasons(entry: &Entry, as_of: Timestamp, out: &mut Sheet<'_>) -> io::Result<()> {
    let assessment = &entry.assessment;
    let of = |about: About| -> Vec<&Why> {
        let why = assessment.why.iter();
        why.filter(|why| why.about == about).collect()
    };
    let candidates = of(About::Severity);
    if !candidates.is_empty() {
        out.heading(&format!("severity: {}", assessment.severity))?;
        for why in candidates {
            candidate(why, None, out)?;
        }
    }
    for duty in Duty::ALL {
        let candidates = of(About::Duty(duty));
        let deadline = assessment.deadlines.get(&duty);
        match deadline {
            Some(deadline) => {
                let far = if assessment.status.is_due() {
                    format!(", {}", wording::far(&entry.finding, deadline, as_of))
                } else {
                    String::new()
                };
                out.heading(&format!("{}: by {}{far}", duty.name(), deadline.by))?;
            }
            None if candidates.is_empty() => {}
            None => out.heading(&format!("{}: no date", duty.name()))?,
        }
        for why in candidates {
            candidate(why, deadline.map(|deadline| deadline.by), out)?;
        }
    }
    Ok(())
}

/// `won   2026-11-27  flowdesk fix.high (flowdesk:9)`, and below it how that came about.
fn candidate(why: &Why, winner: Option<By>, out: &mut Sheet<'_>) -> io::Result<()> {
    let result = if why.chosen { "won" } else { "lost" };
    let what = match (why.severity, why.by) {
        (Some(severity), _) => severity.to_string(),
        (None, Some(by)) => by.to_string(),
        (None, None) => "no date".to_owned(),
    };
    let head = format!("  {result:<4}  {what:<width$}  ", width = INDENT.len() - 10);
    let role = match (why.chosen, why.severity) {
        (true, Some(severity)) => Role::Level(severity),
        (true, None) => Role::Heading,
        (false, _) => Role::Faint,
    };
    out.wrapped(role.of(head), origin(why, terminal))?;
    let mut say = |words: Option<String>| match words {
        Some(words) => out.wrapped(INDENT, Role::Faint.of(words)),
        None => Ok(()),
    };
    say(why.score.map(|score| format!("by score {score}")))?;
    say(clock(why, terminal))?;
    say(why.note.as_ref().map(|note| terminal(note).into_owned()))?;
    say(lost_by(why, winner))
}
