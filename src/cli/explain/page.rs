//! One finding as a page: what it is, where it is, where it stands, and why.

use std::io::{self, Write};

use super::{history, story};
use crate::model::{Entry, Location, Report, Status, Text, Ticket};
use crate::report::escape::terminal;
use crate::report::page::wrapped;
use crate::report::wording::{self, digits, distance, subject};

/// How many locations, dependency paths and sightings are listed.
const LISTED: usize = 5;

pub(super) fn write(entry: &Entry, report: &Report, out: &mut dyn Write) -> io::Result<()> {
    wrapped(out, "", &subject(entry, terminal))?;
    if let Some(title) = &entry.finding.title {
        wrapped(out, "", &terminal(title))?;
    }
    writeln!(out)?;
    identity(entry, out)?;
    places(entry, out)?;
    standing(entry, report, out)?;
    dates(entry, out)?;
    history::fields(entry, report, out)?;
    story::claims(entry, out)?;
    story::reasons(entry, out)?;
    sightings(entry, out)
}

/// A name and what is to be said of it, wrapped below itself.
pub(super) fn field(out: &mut dyn Write, name: &str, words: &str) -> io::Result<()> {
    if words.is_empty() {
        return Ok(());
    }
    wrapped(out, &format!("  {name:<12} "), words)
}

/// The first member of a list behind the name, the others below it, and how many there are besides.
pub(super) fn list(
    out: &mut dyn Write,
    name: &str,
    members: &[String],
    more: bool,
) -> io::Result<()> {
    let mut name = name;
    for member in members.iter().take(LISTED) {
        field(out, name, member)?;
        name = "";
    }
    match (members.len().saturating_sub(LISTED), more) {
        (0, false) => Ok(()),
        (0, true) => field(out, "", "and more"),
        (rest, false) => field(out, "", &format!("and {rest} more")),
        (rest, true) => field(out, "", &format!("and at least {rest} more")),
    }
}

fn joined<'a>(texts: impl Iterator<Item = &'a Text>) -> String {
    let texts: Vec<_> = texts.map(terminal).collect();
    texts.join(", ")
}

fn identity(entry: &Entry, out: &mut dyn Write) -> io::Result<()> {
    let finding = &entry.finding;
    field(out, "fingerprint", &entry.fingerprint.hex())?;
    let others = finding.keys.iter().filter(|key| **key != entry.fingerprint);
    let others: Vec<_> = others
        .map(|key| format!("{} {}", key.label().name(), digits(key)))
        .collect();
    field(out, "other keys", &others.join(", "))?;
    field(out, "app", &terminal(&finding.app))?;
    field(out, "kind", finding.kind.name())?;
    let rule = [&finding.rule.id, &finding.rule.name];
    field(out, "rule", &joined(rule.into_iter().flatten()))?;
    field(out, "ids", &joined(finding.ids.iter()))?;
    field(out, "weaknesses", &joined(finding.weaknesses.iter()))?;
    field(out, "tags", &joined(finding.tags.iter()))?;
    let mut name = "policy tags";
    for set in entry.assessment.tags.iter() {
        field(out, name, &wording::policy_tag(set, terminal))?;
        name = "";
    }
    Ok(())
}

fn places(entry: &Entry, out: &mut dyn Write) -> io::Result<()> {
    let finding = &entry.finding;
    if let Some(package) = &finding.package {
        field(out, "package", &terminal(&package.purl))?;
        field(out, "versions", &joined(package.versions.iter()))?;
        field(out, "fixed in", &joined(package.fixed_in.iter()))?;
        let paths: Vec<_> = package
            .paths
            .iter()
            .map(|path| terminal(path).into_owned())
            .collect();
        list(out, "comes in by", &paths, package.paths.more())?;
    }
    let place = |location: &Location| wording::location(location, terminal);
    let places: Vec<_> = finding.locations.iter().filter_map(place).collect();
    list(out, "where", &places, finding.locations.more())
}

fn standing(entry: &Entry, report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let assessment = &entry.assessment;
    let due = assessment.due().filter(|_| assessment.status.is_due());
    let due = due.map_or_else(String::new, |due| {
        format!(", due {}, {}", due.by, distance(due, report.as_of))
    });
    field(out, "status", &format!("{}{due}", wording::status(entry)))?;
    if let (Status::Suppressed, Some(because)) =
        (assessment.status, wording::suppression(entry, terminal))
    {
        field(out, "", &because)?;
    }
    field(out, "as of", &report.as_of.to_string())?;
    if let Some(baseline) = entry.finding.baseline {
        field(out, "baseline", baseline.name())?;
    }
    let ticket = |ticket: &Ticket| {
        let due = ticket.due.map(|due| format!(", due {due}"));
        let status = ticket
            .status
            .as_ref()
            .map(|status| format!(" ({})", terminal(status)));
        let (key, state) = (terminal(&ticket.key), ticket.state.name());
        format!(
            "{key}, {state}{}{}",
            status.unwrap_or_default(),
            due.unwrap_or_default()
        )
    };
    let tickets: Vec<_> = entry.tickets.iter().map(ticket).collect();
    list(out, "tickets", &tickets, false)
}

fn dates(entry: &Entry, out: &mut dyn Write) -> io::Result<()> {
    if let Some(first) = &entry.first_seen {
        let words = format!("{} ({})", first.at, terminal(&first.source));
        field(out, "first seen", &words)?;
    }
    for (fact, moment) in &entry.finding.dates {
        let words = format!("{} ({})", moment.at, terminal(&moment.source));
        field(out, fact.name(), &words)?;
    }
    Ok(())
}

fn sightings(entry: &Entry, out: &mut dyn Write) -> io::Result<()> {
    let sightings = &entry.finding.sightings;
    if sightings.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nwho saw it, and where")?;
    for sighting in sightings.iter().take(LISTED) {
        let place = &sighting.place;
        let (scanner, path) = (terminal(&sighting.scanner), terminal(&place.report.path));
        wrapped(
            out,
            "  ",
            &format!("{scanner} in {path} at {}", terminal(&place.at)),
        )?;
    }
    match (sightings.len().saturating_sub(LISTED), sightings.more()) {
        (0, false) => Ok(()),
        (rest, false) => writeln!(
            out,
            "  and in {}",
            wording::count(rest as u64, "more record")
        ),
        (..) => writeln!(out, "  and in more records"),
    }
}
