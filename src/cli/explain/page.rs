//! One finding as a page: what it is, where it is, where it stands, and why.

use std::io;

use super::{history, story};
use crate::model::{Entry, Location, Report, Status, Text, Ticket};
use crate::report::escape::terminal;
use crate::report::next;
use crate::report::page::{Role, Sheet};
use crate::report::wording::{self, digits, far, subject};

/// How many locations, dependency paths and sightings are listed.
const LISTED: usize = 5;

/// The whole page. `name` is what the report is called in commands.
pub(super) fn write(
    entry: &Entry,
    report: &Report,
    name: &Text,
    out: &mut Sheet<'_>,
) -> io::Result<()> {
    out.wrapped("", Role::Heading.of(subject(entry, terminal)))?;
    if let Some(title) = &entry.finding.title {
        out.wrapped("", terminal(title))?;
    }
    out.blank()?;
    identity(entry, out)?;
    places(entry, out)?;
    standing(entry, report, out)?;
    dates(entry, out)?;
    history::fields(entry, report, out)?;
    story::claims(entry, out)?;
    story::reasons(entry, report.as_of, out)?;
    sightings(entry, out)?;
    let steps = steps(entry, report, name);
    if !steps.is_empty() {
        out.blank()?;
    }
    next::steps(&steps, out)
}

/// What brings this finding to its end, or tells more of it.
fn steps(entry: &Entry, report: &Report, name: &Text) -> Vec<String> {
    let assessment = &entry.assessment;
    let mut steps = Vec::new();
    match assessment.status {
        Status::Fixed => return steps,
        Status::Unobserved => {
            let scanners = wording::scanners(&entry.finding, terminal).join(", ");
            let baseline = next::argument(Some(name));
            steps.push(format!(
                "nobody looked for it again: run {scanners} over the same things, and merge with `--baseline {baseline}`"
            ));
        }
        Status::Suppressed => {
            let suppressed = assessment.suppressed.as_deref();
            let until = suppressed.and_then(|suppressed| suppressed.until);
            let until =
                until.map(|day| format!("nothing until {day}; on the day after it is open again"));
            steps.extend(until);
            return steps;
        }
        Status::Open => {}
    }
    let package = entry.finding.package.as_ref();
    if let Some(package) = package.filter(|package| !package.fixed_in.is_empty()) {
        let (purl, versions) = (terminal(&package.purl), joined(package.fixed_in.iter()));
        steps.push(format!(
            "update {purl} to {versions}, scan again, and merge"
        ));
    }
    if report.policies.is_empty() {
        steps.push("merge with `--policy`, so that it has a due date".to_owned());
    }
    steps
}

/// A name and what is to be said of it, wrapped below itself.
pub(super) fn field(out: &mut Sheet<'_>, name: &str, words: &str) -> io::Result<()> {
    if words.is_empty() {
        return Ok(());
    }
    out.wrapped(Role::Faint.of(format!("  {name:<12} ")), words)
}

/// The first member of a list behind the name, the others below it, and how many there are besides.
pub(super) fn list(
    out: &mut Sheet<'_>,
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
        // The first of those that a report does not keep is one more.
        (rest, true) => field(out, "", &format!("and at least {} more", rest + 1)),
    }
}

fn joined<'a>(texts: impl Iterator<Item = &'a Text>) -> String {
    let texts: Vec<_> = texts.map(terminal).collect();
    texts.join(", ")
}

fn identity(entry: &Entry, out: &mut Sheet<'_>) -> io::Result<()> {
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
    field(out, "weaknesses", &joined(finding.numbered_weaknesses()))?;
    field(out, "tags", &joined(finding.marks()))?;
    let mut name = "policy tags";
    for set in entry.assessment.tags.iter() {
        field(out, name, &wording::policy_tag(set, terminal))?;
        name = "";
    }
    Ok(())
}

fn places(entry: &Entry, out: &mut Sheet<'_>) -> io::Result<()> {
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

fn standing(entry: &Entry, report: &Report, out: &mut Sheet<'_>) -> io::Result<()> {
    let assessment = &entry.assessment;
    let due = assessment.running_due();
    let due = due.map_or_else(String::new, |due| {
        format!(
            ", due {}, {}",
            due.by,
            far(&entry.finding, due, report.as_of)
        )
    });
    let role = if assessment.overdue(report.as_of) {
        Role::Bad
    } else {
        Role::Heading
    };
    let head = Role::Faint.of(format!("  {:<12} ", "status"));
    out.wrapped(head, role.of(format!("{}{due}", wording::status(entry))))?;
    if let (Status::Suppressed, Some(because)) =
        (assessment.status, wording::suppression(entry, terminal))
    {
        field(out, "", &because)?;
    }
    field(out, "as of", &report.as_of.to_string())?;
    if let Some(baseline) = entry.finding.baseline {
        field(out, "baseline", baseline.name())?;
    }
    for (scope, number) in &entry.finding.history().needed_inputs {
        let scope = terminal(scope);
        field(
            out,
            "to be fixed",
            &format!("{number} reports must cover {scope}"),
        )?;
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

fn dates(entry: &Entry, out: &mut Sheet<'_>) -> io::Result<()> {
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

fn sightings(entry: &Entry, out: &mut Sheet<'_>) -> io::Result<()> {
    let sightings = &entry.finding.sightings;
    if sightings.is_empty() {
        return Ok(());
    }
    out.heading("who saw it, and where")?;
    for sighting in sightings.iter().take(LISTED) {
        let place = &sighting.place;
        let (scanner, path) = (terminal(&sighting.scanner), terminal(&place.report.path));
        let words = format!("{scanner} in {path} at {}", terminal(&place.at));
        out.wrapped("  ", words)?;
    }
    match (sightings.len().saturating_sub(LISTED), sightings.more()) {
        (0, false) => Ok(()),
        (rest, false) => {
            let rest = wording::count(rest as u64, "more record");
            out.line([format!("  and in {rest}").into()])
        }
        (..) => out.line(["  and in more records".into()]),
    }
}
