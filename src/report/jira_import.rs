//! `jira-import`: a table for Jira's import of other systems, one row for each finding that is due.

use std::borrow::Cow;
use std::io;

use super::View;
use super::csv::output_error;
use super::escape::{fit_characters, issue_key, jira_cell, label, unmarked, uri_web, wiki};
use super::wording;
use crate::model::{About, Duty, Entry, Kind, Report, Severity, Text, TicketState};

/// Longest summary of an issue, in characters.
const SUMMARY: usize = 255;

/// How many links of a finding are told.
const LINKS: usize = 5;

/// The names of the columns as Jira calls its fields, so that it maps them by itself. `Labels` stands there once for each
/// label, as Jira wants it.
const HEADER: [&str; 13] = [
    "Summary",
    "Issue Key",
    "Issue Type",
    "Priority",
    "Due Date",
    "Components",
    "External issue ID",
    "Labels",
    "Labels",
    "Labels",
    "Labels",
    "Labels",
    "Description",
];

/// A table for Jira's external system import (CSV).
///
/// A row for each finding whose clock runs, tickets apart: Jira is where those are from. The fingerprint is the external
/// issue ID, its start a label, and a finding that a ticket names carries the key of that ticket, so that the import
/// updates it and makes no second one. Dates are written `yyyy-MM-dd`; of a term of hours it is the day in UTC.
///
/// There is no byte order mark, since Jira asks for the encoding and would take the mark for a part of the first name.
pub struct JiraImport;

impl super::Writer for JiraImport {
    fn name(&self) -> &'static str {
        "jira-import"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &[]
    }

    fn usage(&self) -> &'static str {
        "CSV for Jira's import: an issue for each finding that is due"
    }

    fn write(&self, report: &Report, _: &View, out: &mut dyn io::Write) -> io::Result<()> {
        let mut table = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(out);
        table.write_record(HEADER).map_err(output_error)?;
        let is_ticket = |entry: &&Entry| entry.finding.kind == Kind::Ticket;
        for entry in wording::running(report).filter(|entry| !is_ticket(entry)) {
            let cells = row(entry);
            let cells = cells.iter().map(|shown| jira_cell(shown));
            table
                .write_record(cells.map(Cow::into_owned))
                .map_err(output_error)?;
        }
        table.flush()
    }
}

fn row(entry: &Entry) -> [String; 13] {
    let due = entry.assessment.due();
    [
        summary(entry),
        ticket(entry).unwrap_or_default(),
        "Task".to_owned(),
        priority(entry.assessment.severity).to_owned(),
        due.map(|due| wording::day(due.by).to_string())
            .unwrap_or_default(),
        unmarked(&entry.finding.app).into_owned(),
        entry.fingerprint.hex(),
        "scanfold".to_owned(),
        format!("scanfold-{:.16}", entry.fingerprint.hex()),
        format!("severity-{}", entry.assessment.severity.name()),
        match first_tag(entry) {
            Some(tag) => format!("tag-{}", label(tag)),
            None => String::new(),
        },
        if wording::is_exploited(&entry.finding) {
            "kev".to_owned()
        } else {
            String::new()
        },
        description(entry),
    ]
}

fn first_tag(entry: &Entry) -> Option<&Text> {
    entry.assessment.tags.first().map(|set| &set.tag)
}

/// What a list of issues shows. Jira takes it as it is, without markup.
fn summary(entry: &Entry) -> String {
    let subject = wording::subject(entry, unmarked);
    let words = match &entry.finding.title {
        Some(title) => format!("{subject}: {}", unmarked(title)),
        None => subject,
    };
    fit_characters(Cow::Owned(words), SUMMARY).into_owned()
}

/// The ticket to update: one that is not done, else any.
fn ticket(entry: &Entry) -> Option<String> {
    let is_running = |state: TicketState| matches!(state, TicketState::Open | TicketState::Waiting);
    let keys = entry
        .tickets
        .iter()
        .filter_map(|ticket| Some((!is_running(ticket.state), issue_key(&ticket.key)?)));
    keys.min().map(|(_, key)| key.to_owned())
}

/// The priorities that each Jira has until somebody changes them.
fn priority(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Highest",
        Severity::High | Severity::Unknown => "High",
        Severity::Medium => "Medium",
        Severity::Low => "Low",
        Severity::Info => "Lowest",
    }
}

/// In Jira's markup. Outer words stand behind words of ours, so that none begins a line.
fn description(entry: &Entry) -> String {
    let finding = &entry.finding;
    let mark: fn(&Text) -> Cow<'_, str> = |text| Cow::Owned(wiki(text));
    let why = |about| wording::chosen(entry, about).map(|why| wording::reason(why, mark));
    let list = |words: Vec<String>| Some(words.join(", ")).filter(|words| !words.is_empty());
    let words = |text: &Option<Text>| text.as_ref().map(wiki);
    let fixed_in = finding.package.as_ref();
    let fixed_in = fixed_in.map(|package| wording::some(&package.fixed_in, mark));
    let score = entry.assessment.score;
    let score = score.map(|score| format!(" {score}")).unwrap_or_default();
    let due = entry.assessment.due();
    let told = [
        ("Title", words(&finding.title)),
        ("Where", wording::place(finding, mark)),
        (
            "Severity",
            Some(format!("{}{score}", entry.assessment.severity.name())),
        ),
        ("Rated by", why(About::Severity)),
        ("Due", due.map(|due| due.by.to_string())),
        (
            "Reopened",
            finding
                .is_reopened()
                .then(|| "it was fixed before".to_owned()),
        ),
        ("Dated by", why(About::Duty(Duty::Fix))),
        ("Exploited", wording::kev(finding, mark)),
        ("Fixed in", fixed_in.filter(|words| !words.is_empty())),
        ("Ids", list(finding.ids.iter().map(wiki).collect())),
        (
            "Weaknesses",
            list(finding.numbered_weaknesses().map(wiki).collect()),
        ),
        ("Seen by", list(wording::scanners(finding, mark))),
        ("Owners", wording::owners(finding, mark)),
        ("Description", words(&finding.description)),
        ("Recommendation", words(&finding.recommendation)),
    ];
    let told = told.into_iter();
    let mut shown: Vec<_> = told
        .filter_map(|(name, words)| Some(format!("*{name}*: {}", words?)))
        .collect();
    let links = finding.links.iter().filter_map(uri_web).take(LINKS);
    shown.extend(links.map(|link| format!("*Link*: [{link}]")));
    shown.push(format!("*Fingerprint*: {}", entry.fingerprint.hex()));
    shown.join("\n")
}

#[cfg(test)]
mod tests;
