//! What is known of a finding beside what scanners tell: earlier names, promises, decisions, owners, exploitation.

use std::io;

use super::page::{field, list};
use crate::model::{Entry, Finding, Report};
use crate::policy::{Calendar, PathGlobs, weigh};
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
    field(out, "once called", &known_as.join(", "))?;
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

/// Every decision with how it stands. The report does not hold the policies' calendars, so days are those of UTC.
fn decisions(entry: &Entry, report: &Report) -> Vec<String> {
    let is_own = |ticket: &&Finding| {
        let key = ticket.ticket.as_ref().map(|ticket| &ticket.key);
        key.is_some_and(|key| entry.tickets.iter().any(|own| own.key == *key))
    };
    let tickets: Vec<&Finding> = report.linked_tickets.iter().filter(is_own).collect();
    let today = Calendar::default().day(report.as_of);
    let weighed = weigh(&entry.finding, &tickets, today, &mut PathGlobs::default());
    let told = weighed.into_iter().map(|(decision, standing)| {
        let words = wording::decision(decision, terminal);
        format!("{}: {words}", standing.words())
    });
    told.collect()
}
