//! All findings of a report, in groups where the reader asks for them.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::finding;
use crate::model::{Entry, Report};
use crate::report::escape::terminal;
use crate::report::page::{Role, Sheet, Span};
use crate::report::rows::{Row, Rows};
use crate::report::wording::{self, count};
use crate::report::{Group, Listing};

/// Findings that belong together, in the order of the report.
struct Section<'a> {
    title: String,
    entries: Vec<&'a Entry>,
    /// How many of them are listed.
    listed: usize,
}

/// Every finding in two lines, with a heading for each group; the group of the first finding comes first.
pub(super) fn write(report: &Report, listing: &Listing, sheet: &mut Sheet<'_>) -> io::Result<()> {
    let all = report.entries.len();
    let limit = listing.limit.unwrap_or(all).min(all);
    let sections = sections(report, listing.group, limit);
    let row = |entry: &Entry| {
        let mut row = Row::of(entry, report.as_of);
        if listing.group == Some(Group::App) {
            row.app.clear();
        }
        row
    };
    let listed = report.in_order().take(limit);
    let rows = Rows::fitting(listed.map(row), sheet.page.columns);
    for section in sections.iter().filter(|section| section.listed > 0) {
        writeln!(sheet)?;
        heading(section, report, listing.group, sheet)?;
        rows.header(sheet)?;
        for entry in section.entries.iter().take(section.listed) {
            finding(entry, &row(entry), &rows, sheet)?;
        }
    }
    match all - limit {
        0 => Ok(()),
        more => {
            let more = count(more as u64, "more finding");
            writeln!(sheet, "\nand {more}, beyond the limit of {limit}")
        }
    }
}

fn sections(report: &Report, group: Option<Group>, limit: usize) -> Vec<Section<'_>> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for (place, entry) in report.entries.iter().enumerate() {
        let title = group.map_or_else(String::new, |group| title(entry, group));
        let index = *known.entry(title).or_insert_with_key(|title| {
            sections.push(Section {
                title: title.clone(),
                entries: Vec::new(),
                listed: 0,
            });
            sections.len() - 1
        });
        if let Some(section) = sections.get_mut(index) {
            section.entries.push(entry);
            section.listed += usize::from(place < limit);
        }
    }
    sections
}

/// What a finding is listed under. Tools that saw it together are a group of their own, so that each is counted once.
fn title(entry: &Entry, group: Group) -> String {
    let finding = &entry.finding;
    let words = match group {
        Group::App => wording::app(&finding.app, terminal),
        Group::Package => {
            let purl = finding.package.as_ref().map(|package| &package.purl);
            purl.map(|purl| terminal(purl).into_owned())
                .unwrap_or_default()
        }
        Group::Tool => {
            let scanners = wording::scanners(finding, terminal);
            scanners.join(", ")
        }
    };
    match (words.is_empty(), group) {
        (false, _) | (true, Group::App) => words,
        (true, Group::Package) => "no package".to_owned(),
        (true, Group::Tool) => "no tool".to_owned(),
    }
}

/// `Queue Board  6 open, 1 overdue, 1 suppressed, next 2026-11-16, 5 days overdue`, or only that these are the findings.
fn heading(
    section: &Section<'_>,
    report: &Report,
    group: Option<Group>,
    sheet: &mut Sheet<'_>,
) -> io::Result<()> {
    if group.is_none() {
        return sheet.line([Role::Heading.of("findings")]);
    }
    let running = section.entries.iter();
    let running: Vec<_> = running
        .filter(|entry| entry.assessment.status.is_due())
        .collect();
    let overdue = running
        .iter()
        .filter(|entry| entry.assessment.overdue(report.as_of));
    let overdue = overdue.count();
    let others = section.entries.len() - running.len();
    let nearest = running.iter().filter_map(|entry| entry.assessment.due());
    let nearest = nearest.min_by_key(|due| due.ends);
    let mut parts = vec![Span::from(format!("{} open", running.len()))];
    if overdue > 0 {
        parts.push(Role::Bad.of(format!("{overdue} overdue")));
    }
    if others > 0 {
        parts.push(format!("{others} suppressed or fixed").into());
    }
    if section.listed < section.entries.len() {
        parts.push(format!("{} listed", section.listed).into());
    }
    if let Some(due) = nearest {
        let distance = wording::distance(due, report.as_of);
        let word = if due.ends <= report.as_of {
            "oldest"
        } else {
            "next"
        };
        parts.push(format!("{word} {} ({distance})", due.by).into());
    }
    let title = Role::Heading.of(format!("{}  ", section.title));
    sheet.list(title, 2, parts)
}
