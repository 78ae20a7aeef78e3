//! `markdown`: a summary of a job on GitHub, where one may hold 1 MiB.

use std::io::{self, Write};

use super::View;
use super::escape::{markdown, markdown_code};
use super::wording;
use crate::model::{About, Duty, Entry, InputRecord, Reject, Report, Summary};

/// How many of the most urgent findings are listed.
const URGENT: usize = 30;
/// How many overdue findings are told in detail.
const OVERDUE: usize = 12;
/// How many inputs, rejected records and policies are listed.
const OTHERS: usize = 20;
/// How many suppressed findings are listed.
const SUPPRESSED: usize = 15;
/// How many entries of triage files are listed.
const TRIAGE: usize = 10;
/// How many locations, sightings, tickets or notes of one thing are listed.
const MEMBERS: usize = 3;

/// The summary of a job on GitHub: the verdict, counts, the most urgent findings, and details that unfold.
///
/// Rows are counted and words are cut ([`markdown`]), so that the whole stays under the 1 MiB that a job may write,
/// whatever the findings hold.
pub struct Markdown;

impl super::Writer for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["md", "markdown"]
    }

    fn usage(&self) -> &'static str {
        "a job summary for GitHub"
    }

    fn write(&self, report: &Report, view: &View, out: &mut dyn Write) -> io::Result<()> {
        let summary = report.summary();
        writeln!(out, "## {}\n", wording::verdict(report, &summary))?;
        writeln!(
            out,
            "As of {}. {}.\n",
            report.as_of,
            wording::ledger(report)
        )?;
        if let Some(part) = &view.part {
            writeln!(out, "Here are {}.\n", part.words(markdown_code))?;
        }
        counts(&summary, out)?;
        urgent(report, out)?;
        overdue(report, &summary, out)?;
        suppressed(report, out)?;
        triage(report, out)?;
        inputs(report, out)?;
        doubts(report, out)?;
        rejects(report, out)?;
        policies(report, out)
    }
}

fn counts(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let levels: Vec<_> = wording::levels(summary).collect();
    let row = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    let names = levels.iter().map(|(level, _)| level.to_string()).collect();
    let rules = levels.iter().map(|_| "---:".to_owned()).collect();
    let numbers = levels
        .iter()
        .map(|(_, number)| number.to_string())
        .collect();
    writeln!(out, "{}\n{}\n{}\n", row(names), row(rules), row(numbers))?;
    let others = wording::others(summary).map(|(number, word)| format!("{number} {word}"));
    writeln!(out, "{}.\n", others.join(", "))
}

/// A heading that says how much of a list is shown.
fn heading(out: &mut dyn Write, words: &str, all: usize, limit: usize) -> io::Result<()> {
    if all > limit {
        writeln!(out, "### {words} ({limit} of {all})\n")
    } else {
        writeln!(out, "### {words}\n")
    }
}

fn urgent(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let all = wording::running(report).count();
    if all == 0 {
        return Ok(());
    }
    heading(out, "Most urgent", all, URGENT)?;
    // Columns that would be empty for all are left out.
    let owned = wording::running(report)
        .take(URGENT)
        .any(|entry| !entry.finding.history().owners.is_empty());
    let tagged = wording::running(report)
        .take(URGENT)
        .any(|entry| !entry.assessment.tags.is_empty());
    let columns = |owner: &str, tags: &str| {
        let mut cells = String::new();
        for (is_shown, words) in [(owned, owner), (tagged, tags)] {
            if is_shown {
                cells.extend([" ", words, " |"]);
            }
        }
        cells
    };
    writeln!(
        out,
        "| severity | due | app | finding | where | what | status |{}",
        columns("owner", "tags")
    )?;
    writeln!(
        out,
        "| --- | --- | --- | --- | --- | --- | --- |{}",
        columns("---", "---")
    )?;
    for entry in wording::running(report).take(URGENT) {
        let finding = &entry.finding;
        writeln!(
            out,
            "| {} | {} | {} | {}{} | {} | {} | {} |{}",
            entry.assessment.severity,
            due(entry, report),
            markdown(&finding.app),
            wording::name(finding, markdown_code),
            wording::mark(finding),
            wording::place(finding, markdown_code).unwrap_or_default(),
            finding.title.as_ref().map(markdown).unwrap_or_default(),
            wording::status(entry),
            columns(&owner(entry).unwrap_or_default(), &tags(entry).join(", ")),
        )?;
    }
    writeln!(out)
}

/// The first owner of a finding, and whether there are more.
fn owner(entry: &Entry) -> Option<String> {
    let owners = entry.finding.history().owners.as_slice();
    let more = if owners.len() > 1 { ", …" } else { "" };
    owners
        .first()
        .map(|owner| format!("{}{more}", markdown(owner)))
}

/// The first tags that policies set.
fn tags(entry: &Entry) -> Vec<String> {
    let tags = wording::policy_tags(entry, markdown);
    first(&tags, false, |tag| Some(tag.clone()))
}

/// The date of the fix and how far it is.
fn due(entry: &Entry, report: &Report) -> String {
    match entry.assessment.due() {
        Some(due) => {
            let far = wording::far(&entry.finding, due, report.as_of);
            format!("{} ({far})", due.by)
        }
        None => format!("none{}", wording::reopened(&entry.finding)),
    }
}

/// One item of a list, if there is anything to say.
fn item(out: &mut dyn Write, label: &str, words: &[String]) -> io::Result<()> {
    if words.is_empty() {
        return Ok(());
    }
    writeln!(out, "  - {label}: {}", words.join("; "))
}

/// The first members of a list, and how many there are besides.
fn first<T>(members: &[T], more: bool, show: impl Fn(&T) -> Option<String>) -> Vec<String> {
    let mut shown: Vec<_> = members.iter().take(MEMBERS).filter_map(show).collect();
    if members.len() > MEMBERS || more {
        shown.push("…".to_owned());
    }
    shown
}

fn overdue(report: &Report, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    if summary.overdue == 0 {
        return Ok(());
    }
    let overdue = wording::running(report).filter(|entry| entry.assessment.overdue(report.as_of));
    let all = summary.overdue;
    let limit = OVERDUE as u64;
    let part = if all > limit {
        format!(", {limit} of them")
    } else {
        String::new()
    };
    writeln!(out, "<details>")?;
    writeln!(
        out,
        "<summary>{all} overdue{part}: why, where, who</summary>\n"
    )?;
    for entry in overdue.take(OVERDUE) {
        let finding = &entry.finding;
        let name = wording::name(finding, markdown_code);
        let hex = entry.fingerprint.hex();
        writeln!(
            out,
            "- {} {name}, due {}",
            entry.assessment.severity,
            due(entry, report)
        )?;
        item(out, "fingerprint", &[format!("<code>{hex}</code>")])?;
        let why = [About::Severity, About::Duty(Duty::Fix)]
            .into_iter()
            .filter_map(|about| wording::chosen(entry, about))
            .map(|why| wording::reason(why, markdown))
            .collect::<Vec<_>>();
        item(out, "why", &why)?;
        let kev = wording::kev(finding, markdown_code);
        item(out, "kev", kev.as_slice())?;
        item(out, "epss", wording::epss(finding).as_slice())?;
        let mut places = first(
            finding.locations.as_slice(),
            finding.locations.more(),
            |place| wording::location(place, markdown_code),
        );
        if finding.package.is_some() {
            places.splice(..0, wording::place(finding, markdown_code));
        }
        item(out, "where", &places)?;
        let fixed_in = finding.package.as_ref().map(|package| &package.fixed_in);
        let fixed_in = fixed_in.filter(|versions| !versions.is_empty());
        let fixed_in = fixed_in.map(|versions| wording::some(versions, markdown_code));
        item(out, "fixed in", fixed_in.as_slice())?;
        let seen = first(
            finding.sightings.as_slice(),
            finding.sightings.more(),
            |sighting| {
                let scanner = markdown(&sighting.scanner);
                let path = markdown_code(&sighting.place.report.path);
                Some(format!(
                    "{scanner} in {path} at {}",
                    markdown_code(&sighting.place.at)
                ))
            },
        );
        item(out, "seen by", &seen)?;
        let tickets = first(&entry.tickets, false, |ticket| {
            let status = ticket.status.as_ref().map(markdown);
            let status = status.unwrap_or(ticket.state.name().into());
            Some(format!("{} ({status})", markdown_code(&ticket.key)))
        });
        item(out, "tickets", &tickets)?;
        item(out, "owner", owner(entry).as_slice())?;
        item(out, "tagged", &tags(entry))?;
    }
    writeln!(out, "\n</details>\n")
}

/// What nobody has to deal with, and who says so.
fn suppressed(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let all = wording::suppressed(report).count();
    if all == 0 {
        return Ok(());
    }
    heading(out, "Suppressed", all, SUPPRESSED)?;
    writeln!(
        out,
        "| severity | app | finding | kind | why | by | until | source |"
    )?;
    writeln!(out, "| --- | --- | --- | --- | --- | --- | --- | --- |")?;
    for entry in wording::suppressed(report).take(SUPPRESSED) {
        let finding = &entry.finding;
        let why = entry.assessment.suppressed.as_deref();
        let until = why.and_then(|why| why.until).map(|date| date.to_string());
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} | {} |",
            entry.assessment.severity,
            markdown(&finding.app),
            wording::name(finding, markdown_code),
            why.and_then(|why| why.kind).map_or("", wording::sort),
            why.map(|why| markdown(&why.reason)).unwrap_or_default(),
            why.map(|why| markdown(&why.by)).unwrap_or_default(),
            until.unwrap_or_default(),
            wording::suppression_source(entry, markdown_code).unwrap_or_default(),
        )?;
    }
    writeln!(out)
}

fn triage(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let all = wording::noted(report).count();
    if all == 0 {
        return Ok(());
    }
    heading(out, "Entries of triage files to look at", all, TRIAGE)?;
    writeln!(
        out,
        "| file | line | entry | note |\n| --- | ---: | --- | --- |"
    )?;
    for row in wording::noted(report).take(TRIAGE) {
        writeln!(
            out,
            "| {} | {} | {} | {} |",
            markdown_code(&row.source),
            row.line,
            markdown(&row.entry),
            row.note.as_ref().map(markdown).unwrap_or_default(),
        )?;
    }
    writeln!(out)
}

fn inputs(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let all = wording::troubled(report).count();
    if all == 0 {
        return Ok(());
    }
    heading(out, "Inputs that were not read in full", all, OTHERS)?;
    writeln!(
        out,
        "| outcome | input | scanner | records | not understood | notes |"
    )?;
    writeln!(out, "| --- | --- | --- | ---: | ---: | --- |")?;
    for input in wording::troubled(report).take(OTHERS) {
        let InputRecord {
            id,
            outcome,
            scanner,
            ledger,
            ..
        } = input;
        let notes: Vec<_> = input.notes_in_turn().collect();
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} |",
            outcome.name(),
            markdown_code(&id.path),
            scanner.as_ref().map(markdown).unwrap_or_default(),
            ledger.records,
            ledger.rejected,
            first(&notes, false, |note| Some(markdown(note).into_owned())).join("; "),
        )?;
    }
    writeln!(out)
}

fn doubts(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let doubted = wording::doubted(report);
    if doubted.is_empty() {
        return Ok(());
    }
    let words = "Called fixed by inputs that may not have looked";
    heading(out, words, doubted.len(), OTHERS)?;
    for doubted in doubted.iter().take(OTHERS) {
        writeln!(out, "- {}", doubted.words(markdown))?;
    }
    writeln!(out)
}

fn rejects(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.rejects.is_empty() {
        return Ok(());
    }
    let all = usize::try_from(wording::rejects(report)).unwrap_or(usize::MAX);
    let shown = report.rejects.len().min(OTHERS);
    heading(out, "Records that were not understood", all, shown)?;
    writeln!(out, "| input | at | why |\n| --- | --- | --- |")?;
    for Reject { place, reason } in report.rejects.iter().take(OTHERS) {
        let (path, at) = (markdown_code(&place.report.path), markdown_code(&place.at));
        writeln!(out, "| {path} | {at} | {} |", markdown(reason))?;
    }
    writeln!(out)
}

fn policies(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.policies.is_empty() {
        return writeln!(out, "No policy was applied.");
    }
    heading(out, "Policies", report.policies.len(), OTHERS)?;
    writeln!(out, "| policy | source | digest |\n| --- | --- | --- |")?;
    for policy in report.policies.iter().take(OTHERS) {
        let source = policy.source.as_ref().map(markdown).unwrap_or_default();
        let (name, digest) = (markdown(&policy.name), markdown_code(&policy.digest));
        writeln!(out, "| {name} | {source} | {digest} |")?;
    }
    Ok(())
}
