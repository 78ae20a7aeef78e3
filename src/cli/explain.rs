//! `scanfold explain`: one finding as a page, or which name makes two findings one.

use std::io::{self, Write};

use clap::Args;

use super::exit::Exit;
use super::output;
use crate::error::{Error, Result};
use crate::model::{About, Duty, Entry, Finding, Key, Report, Status, Text};
use crate::policy::{Calendar, PathGlobs, Standing, weigh};
use crate::report::escape::terminal;
use crate::report::wording::{decision, epss, kev, owners, reason, subject, suppression_origin};
use crate::run;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  scanfold explain report.json 3f9a01\n  scanfold explain report.json 3f9a01 77c2de"
)]
pub(super) struct Explain {
    /// A merged report, in JSON
    report: String,
    /// The first digits of a fingerprint or of another key, a public id, or a ticket
    fingerprint: String,
    /// Another one: say which key they share, or which field keeps them apart
    other: Option<String>,
}

impl Explain {
    pub(super) fn run(self) -> Result<Exit> {
        let report = run::open_report(&self.report)?;
        let entry = find(&report, &self.fingerprint)?;
        match &self.other {
            None => output::print(&mut |out| page(entry, &report, out))?,
            Some(other) => {
                let other = find(&report, other)?;
                output::print(&mut |out| compare(entry, other, out))?;
            }
        }
        Ok(Exit::Fine)
    }
}

/// The one finding that `name` names: by fingerprint, by another key, or by a public id or a ticket.
fn find<'a>(report: &'a Report, name: &str) -> Result<&'a Entry> {
    let digits = name
        .rsplit_once(':')
        .map_or(name, |(_, digits)| digits)
        .to_ascii_lowercase();
    let is_key = digits.len() >= 4 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let starts = |key: &Key| is_key && key.hex().starts_with(&digits);
    let is_name = |text: &Text| text.untrusted().eq_ignore_ascii_case(name);
    let by_fingerprint = |entry: &Entry| starts(&entry.fingerprint);
    let by_key = |entry: &Entry| entry.finding.names().any(starts);
    let by_name = |entry: &Entry| {
        entry.finding.ids.iter().any(is_name)
            || entry.tickets.iter().any(|ticket| is_name(&ticket.key))
    };
    let ways: [&dyn Fn(&Entry) -> bool; 3] = [&by_fingerprint, &by_key, &by_name];
    let found = ways.into_iter().map(|way| {
        report
            .entries
            .iter()
            .filter(|entry| way(entry))
            .collect::<Vec<_>>()
    });
    match found.into_iter().find(|found| !found.is_empty()).unwrap_or_default().as_slice() {
        [entry] => Ok(entry),
        [] => Err(Error::usage(format!("no finding is called `{name}`"))
            .hint("name it by the first digits of its fingerprint (`scanfold show REPORT` lists them), an id or a ticket")),
        several => {
            let digits = several.iter().map(|entry| entry.fingerprint.hex().chars().take(12).collect::<String>());
            Err(Error::usage(format!("`{name}` names {} findings", several.len()))
                .hint(format!("name one of {}", digits.take(8).collect::<Vec<_>>().join(", "))))
        }
    }
}

fn page(entry: &Entry, report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let Entry {
        fingerprint,
        finding,
        first_seen,
        tickets,
        assessment,
    } = entry;
    writeln!(out, "{}", subject(entry, terminal))?;
    field(out, "title", finding.title.as_ref())?;
    writeln!(out, "  fingerprint  {}", fingerprint.hex())?;
    for key in &finding.keys {
        writeln!(out, "  key          {key}")?;
    }
    if !finding.app.is_empty() {
        field(out, "app", Some(&finding.app))?;
    }
    writeln!(out, "  kind         {}", finding.kind.name())?;
    for id in &finding.ids {
        field(out, "id", Some(id))?;
    }
    let overdue = if assessment.overdue(report.as_of) {
        ", overdue"
    } else {
        ""
    };
    writeln!(out, "  status       {}{overdue}", assessment.status.name())?;
    if let (Status::Suppressed, Some(suppressed)) = (assessment.status, &assessment.suppressed) {
        let reason = terminal(&suppressed.reason);
        let origin = suppression_origin(entry, terminal).unwrap_or_default();
        writeln!(out, "               {reason}, {origin}")?;
    }
    if let Some(baseline) = finding.baseline {
        writeln!(out, "  baseline     {}", baseline.name())?;
    }
    if let Some(first) = first_seen {
        writeln!(
            out,
            "  first seen   {} ({})",
            first.at,
            terminal(&first.source)
        )?;
    }
    for (fact, moment) in &finding.dates {
        writeln!(
            out,
            "  {:<12} {} ({})",
            fact.name(),
            moment.at,
            terminal(&moment.source)
        )?;
    }
    for (name, words) in [("kev", kev(finding, terminal)), ("epss", epss(finding))] {
        if let Some(words) = words {
            writeln!(out, "  {name:<12} {words}")?;
        }
    }
    for ticket in tickets {
        let due = ticket
            .due
            .map(|due| format!(", due {due}"))
            .unwrap_or_default();
        writeln!(
            out,
            "  ticket       {}, {}{due}",
            terminal(&ticket.key),
            ticket.state.name()
        )?;
    }
    if let Some(owners) = owners(finding, terminal) {
        writeln!(out, "  {:<12} {owners}", "owner")?;
    }
    decisions(entry, report, out)?;
    claims(entry, out)?;
    reasons(entry, out)?;
    sightings(entry, out)
}

/// Every decision with how it stands. The report does not hold the policies' calendars, so days are those of UTC.
fn decisions(entry: &Entry, report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let is_own = |ticket: &&Finding| {
        let key = ticket.ticket.as_ref().map(|ticket| &ticket.key);
        key.is_some_and(|key| entry.tickets.iter().any(|own| own.key == *key))
    };
    let tickets: Vec<&Finding> = report.linked_tickets.iter().filter(is_own).collect();
    let today = Calendar::default().day(report.as_of);
    let weighed = weigh(&entry.finding, &tickets, today, &mut PathGlobs::default());
    if !weighed.is_empty() {
        writeln!(out, "\nwhat was decided")?;
    }
    for (one, standing) in weighed {
        let mark = if standing == Standing::Holds {
            "*"
        } else {
            "-"
        };
        let (words, standing) = (decision(one, terminal), standing.words());
        writeln!(out, "  {mark} {standing}: {words}")?;
    }
    Ok(())
}

fn claims(entry: &Entry, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\nwho says how bad")?;
    for claim in &entry.finding.claims {
        let severity = claim
            .severity
            .map(|severity| format!(" {severity}"))
            .unwrap_or_default();
        let score = claim
            .score
            .map(|score| format!(" {score}"))
            .unwrap_or_default();
        let vector = claim
            .vector
            .as_ref()
            .map(|vector| format!(" {}", terminal(vector)))
            .unwrap_or_default();
        let (report, at) = (
            terminal(&claim.source.report.path),
            terminal(&claim.source.at),
        );
        writeln!(
            out,
            "  {}:{severity}{score}{vector} ({report} {at})",
            terminal(&claim.scanner)
        )?;
    }
    Ok(())
}

fn reasons(entry: &Entry, out: &mut dyn Write) -> io::Result<()> {
    let abouts = [About::Severity]
        .into_iter()
        .chain(Duty::ALL.map(About::Duty));
    for about in abouts {
        let mut reasons = entry
            .assessment
            .why
            .iter()
            .filter(|why| why.about == about)
            .peekable();
        if reasons.peek().is_some() {
            writeln!(out, "\n{}", about.name())?;
        }
        for why in reasons {
            writeln!(
                out,
                "  {} {}",
                if why.chosen { "*" } else { "-" },
                reason(why, terminal)
            )?;
        }
    }
    Ok(())
}

fn sightings(entry: &Entry, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\nwho saw it, and where")?;
    for sighting in &entry.finding.sightings {
        let place = &sighting.place;
        writeln!(
            out,
            "  {}: {} {}",
            terminal(&sighting.scanner),
            terminal(&place.report.path),
            terminal(&place.at)
        )?;
    }
    if entry.finding.sightings.more() {
        writeln!(out, "  and in more records")?;
    }
    Ok(())
}

fn field(out: &mut dyn Write, name: &str, text: Option<&Text>) -> io::Result<()> {
    match text {
        Some(text) => writeln!(out, "  {name:<12} {}", terminal(text)),
        None => Ok(()),
    }
}

fn compare(a: &Entry, b: &Entry, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", subject(a, terminal))?;
    writeln!(out, "{}", subject(b, terminal))?;
    if a.fingerprint == b.fingerprint {
        return writeln!(out, "\nThey are one finding: each of its keys leads to it.");
    }
    writeln!(
        out,
        "\nThey are two findings: no key of one is a key of the other. What differs:"
    )?;
    let (a, b) = (&a.finding, &b.finding);
    let purl = |finding: &Finding| finding.package.as_ref().map(|package| package.purl.clone());
    let path = |finding: &Finding| {
        finding
            .locations
            .first()
            .and_then(|location| location.path.clone())
    };
    let kinds = (Text::line(a.kind.name()), Text::line(b.kind.name()));
    let rows = [
        ("kind", Some(kinds.0), Some(kinds.1)),
        ("app", Some(a.app.clone()), Some(b.app.clone())),
        ("package", purl(a), purl(b)),
        ("rule", a.rule.id.clone(), b.rule.id.clone()),
        ("path", path(a), path(b)),
    ];
    let mut none = true;
    for (name, left, right) in rows.into_iter().filter(|(_, left, right)| left != right) {
        let shown = |text: Option<Text>| {
            text.map_or_else(|| "none".to_owned(), |text| terminal(&text).to_string())
        };
        writeln!(out, "  {name:<8} {}  |  {}", shown(left), shown(right))?;
        none = false;
    }
    let only = |mine: &Finding, other: &Finding| {
        let ids = mine
            .ids
            .iter()
            .filter(|id| !other.ids.contains(id))
            .map(|id| terminal(id).to_string());
        ids.collect::<Vec<_>>().join(", ")
    };
    if a.ids != b.ids {
        writeln!(out, "  {:<8} {}  |  {}", "ids", only(a, b), only(b, a))?;
        none = false;
    }
    if none {
        writeln!(
            out,
            "  the tool's fingerprint, the snippet, or the place among equal ones of a report"
        )?;
    }
    Ok(())
}
