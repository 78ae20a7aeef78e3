//! Why this severity and these dates: each candidate, the one that won first, and what the others lost by.

use std::io;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::model::{About, By, Duty, Entry, Text, Trust, Why};
use crate::report::escape::terminal;
use crate::report::page::{Role, Sheet};
use crate::report::wording::{count, origin};

/// Where the words of a candidate begin.
const INDENT: &str = "                          ";

/// Who says how bad it is, in their own words.
pub(super) fn claims(entry: &Entry, out: &mut Sheet<'_>) -> io::Result<()> {
    if entry.finding.claims.is_empty() {
        return Ok(());
    }
    out.heading("who says how bad")?;
    for claim in &entry.finding.claims {
        let outer = |text: &Option<Text>| text.as_ref().map(|text| terminal(text).into_owned());
        let parts = [
            claim.severity.map(|severity| severity.to_string()),
            outer(&claim.word).map(|word| match claim.trust {
                Trust::Priority => format!("as its priority `{word}`"),
                _ => format!("in its own word `{word}`"),
            }),
            claim.score.map(|score| format!("score {score}")),
            outer(&claim.vector),
        ];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        let (scanner, source) = (terminal(&claim.scanner), &claim.source);
        let (report, at) = (terminal(&source.report.path), terminal(&source.at));
        out.wrapped("  ", format!("{scanner}: {}", parts.join(", ")))?;
        out.wrapped("    ", Role::Faint.of(format!("in {report} at {at}")))?;
    }
    Ok(())
}

/// The candidates for the severity and for the date of each duty.
pub(super) fn reasons(entry: &Entry, out: &mut Sheet<'_>) -> io::Result<()> {
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
            Some(deadline) => out.heading(&format!("{}: by {}", duty.name(), deadline.by))?,
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
    say(clock(why))?;
    say(why.note.as_ref().map(|note| terminal(note).into_owned()))?;
    say(lost_by(why, winner))
}

/// `14 days from first-seen 2026-11-05T09:00:00Z (scan time of audit.json)`.
fn clock(why: &Why) -> Option<String> {
    let term = terminal(why.term.as_ref()?);
    let Some((start, at)) = why.start.as_ref().zip(why.start_at) else {
        return Some(term.into_owned());
    };
    let source = why.start_source.as_ref();
    let source = source.map(|source| format!(" ({})", terminal(source)));
    let start = terminal(start);
    Some(format!(
        "{term} from {start} {at}{}",
        source.unwrap_or_default()
    ))
}

/// How much later than the winner it is. One that would be earlier was replaced, which its note says.
fn lost_by(why: &Why, winner: Option<By>) -> Option<String> {
    let (by, winner) = (why.by.filter(|_| !why.chosen)?, winner?);
    let days = day(winner).duration_until(day(by)).as_hours() / 24;
    match days {
        0 => Some("the same day".to_owned()),
        1.. => Some(format!("{} later", count(days.unsigned_abs(), "day"))),
        _ => None,
    }
}

fn day(by: By) -> Date {
    match by {
        By::Day(day) => day,
        By::Time(time) => time.to_zoned(TimeZone::UTC).date(),
    }
}
