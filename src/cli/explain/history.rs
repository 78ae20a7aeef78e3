//! What is known of a finding beside what scanners tell: earlier names, promises, decisions, owners, exploitation.

use std::io;

use jiff::Timestamp;
use jiff::civil::Date;

use super::page::{field, list};
use crate::model::{Entry, Finding, Report, Status};
use crate::policy::{Calendar, PathGlobs, Standing, weigh};
use crate::report::escape::terminal;
use crate::report::page::Sheet;
use crate::report::wording::{self, digits};

pub(super) fn fields(entry: &Entry, report: &Report, out: &mut Sheet<'_>) -> io::Result<()> {
    let finding = &*entry.finding;
    let history = finding.history();
    let owners = wording::owners(finding, terminal).unwrap_or_default();
    field(out, "owners", &owners)?;
    let known_as = history
        .known_as
        .iter()
        .filter(|key| **key != entry.fingerprint);
    let known_as: Vec<_> = known_as.map(digits).collect();
    field(out, "also called", &known_as.join(", "))?;
    let aliases = history.aliases.iter().map(|(ids, place)| {
        let ids: Vec<_> = ids.iter().map(terminal).collect();
        let (report, at) = (terminal(&place.report.path), terminal(&place.at));
        format!("{} are one, says {report} {at}", ids.join(", "))
    });
    list(out, "aliases", &aliases.collect::<Vec<_>>(), false)?;
    let moves = history.moves.iter().map(|one| {
        let from = one.from.as_ref();
        let from = from.map_or(String::new(), |from| {
            format!("{}, where it was ", terminal(from))
        });
        let (digits, evidence) = (digits(&one.fingerprint), terminal(&one.evidence));
        format!("{from}{digits}: {evidence}")
    });
    list(out, "moved from", &moves.collect::<Vec<_>>(), false)?;
    let promises = history.promises.iter();
    let promises = promises.map(|(duty, promise)| wording::promise(*duty, promise, terminal));
    list(out, "promised", &promises.collect::<Vec<_>>(), false)?;
    let kev = wording::kev(finding, terminal).unwrap_or_default();
    field(out, "kev", &kev)?;
    field(out, "epss", &wording::epss(finding).unwrap_or_default())?;
    list(out, "decided", &decisions(entry, report), false)
}

/// Every decision with how it stands.
fn decisions(entry: &Entry, report: &Report) -> Vec<String> {
    let is_own = |ticket: &&Finding| {
        let key = ticket.ticket.as_ref().map(|ticket| &ticket.key);
        key.is_some_and(|key| entry.tickets.iter().any(|own| own.key == *key))
    };
    let tickets: Vec<&Finding> = report.linked_tickets.iter().filter(is_own).collect();
    let today = day_of(entry, &tickets, report.as_of);
    let weighed = weigh(&entry.finding, &tickets, today, &mut PathGlobs::default());
    let told = weighed.into_iter().map(|(decision, standing)| {
        let words = wording::decision(decision, terminal);
        format!("{}: {words}", standing.words())
    });
    told.collect()
}

/// The day by which decisions were weighed. The report does not hold the policies' calendars: of the days that as-of has
/// somewhere on earth it is the one by which they give what the report says.
fn day_of(entry: &Entry, tickets: &[&Finding], as_of: Timestamp) -> Date {
    let utc = Calendar::default().day(as_of);
    let assessment = &entry.assessment;
    if assessment.status == Status::Fixed {
        return utc;
    }
    let shown = assessment.suppressed.as_deref();
    let shown = shown.and_then(|shown| Some((shown.source.as_ref()?, shown.until)));
    let gives_it = |day: &Date| {
        let weighed = weigh(&entry.finding, tickets, *day, &mut PathGlobs::default());
        let mut holding = weighed.iter().filter(|(decision, standing)| {
            *standing == Standing::Holds && decision.verdict.suppresses()
        });
        match shown {
            Some((source, until)) => {
                holding.any(|(decision, _)| decision.source == *source && decision.until == until)
            }
            None => holding.next().is_none(),
        }
    };
    let days = [Some(utc), utc.tomorrow().ok(), utc.yesterday().ok()];
    days.into_iter().flatten().find(gives_it).unwrap_or(utc)
}
