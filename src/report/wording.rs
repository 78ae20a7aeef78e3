//! What the writers for people say alike: the verdict, how far a date is, what a finding is called and where it is.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::escape::Escape;
use crate::model::{
    About, By, Capped, Deadline, Decision, Entry, Epss, Finding, InputRecord, Kev, KevEntry, Key,
    KeyLabel, Location, Outcome, PolicyTag, Report, Set, Severity, Share, Status, Summary, Text,
    TriageRow, Why,
};

/// How many digits of a fingerprint are shown.
const DIGITS: usize = 12;

/// `1 finding`, `2 findings`.
pub(crate) fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// The length of a list as the ledger counts.
pub(super) fn length<T>(list: &[T]) -> u64 {
    list.len() as u64
}

/// The first line: how many are overdue, how many are open, and whether anything may be missing.
pub(super) fn verdict(report: &Report, summary: &Summary) -> String {
    let open: u64 = summary.open.values().sum();
    let is = |number| if number == 1 { "is" } else { "are" };
    let findings = match (summary.overdue, open) {
        (0, 0) => "no finding is open".to_owned(),
        (0, _) => format!(
            "{} {} open, none is overdue",
            count(open, "finding"),
            is(open)
        ),
        (overdue, _) => format!(
            "{overdue} of {} {} overdue",
            count(open, "open finding"),
            is(overdue)
        ),
    };
    let troubled = troubled(report).count();
    match (report.inputs.len(), troubled) {
        (0, _) => format!("{findings}, but no input was read"),
        (_, 0) => findings,
        (inputs, _) => {
            format!(
                "{findings}; {troubled} of {} {} not read in full",
                count(inputs as u64, "input"),
                if troubled == 1 { "was" } else { "were" }
            )
        }
    }
}

/// The inputs that did not tell everything: incomplete, failed, or with records that were not understood.
pub(super) fn troubled(report: &Report) -> impl Iterator<Item = &InputRecord> {
    report
        .inputs
        .iter()
        .filter(|input| input.outcome != Outcome::Complete || input.ledger.rejected > 0)
}

/// What became of the rejects of an input: `1 record of 15 not understood`.
pub(super) fn rejected(input: &InputRecord) -> String {
    let (rejected, all) = (input.ledger.rejected, input.ledger.records);
    if input.is_manifest() {
        format!("{rejected} of {all} expected reports not there as expected")
    } else {
        format!("{} of {all} not understood", count(rejected, "record"))
    }
}

/// The severities with the number of open findings, worst first; all six, so that the columns stay.
pub(super) fn levels(summary: &Summary) -> impl Iterator<Item = (Severity, u64)> {
    Severity::ALL
        .into_iter()
        .map(|level| (level, summary.open.get(&level).copied().unwrap_or(0)))
}

/// What else the summary counts: `2 overdue, 1 new, …`.
pub(super) fn others(summary: &Summary) -> [(u64, &'static str); 5] {
    [
        (summary.overdue, "overdue"),
        (summary.new, "new"),
        (summary.suppressed, "suppressed"),
        (summary.fixed, "fixed"),
        (summary.unobserved, "unobserved"),
    ]
}

/// The findings whose clock runs, in the order of the report: the nearest date first, those without a date last.
pub(super) fn running(report: &Report) -> impl Iterator<Item = &Entry> {
    report
        .entries
        .iter()
        .filter(|entry| entry.assessment.status.is_due())
}

/// How far a deadline is from as-of: `today`, `in 3 days`, `2 days overdue`, and hours where the term had hours.
///
/// Days are counted between dates, as people count them. The date of as-of is taken in UTC; whether a finding is overdue
/// is not worked out here, so that a time zone can at most change the number.
pub(crate) fn distance(deadline: &Deadline, as_of: Timestamp) -> String {
    let overdue = deadline.ends <= as_of;
    let (number, unit) = match deadline.by {
        By::Time(time) if is_near(as_of.duration_until(time)) => {
            (as_of.duration_until(time).as_hours(), "hour")
        }
        By::Time(time) => (as_of.duration_until(time).as_hours() / 24, "day"),
        By::Day(date) => {
            let today = as_of.to_zoned(TimeZone::UTC).date();
            (today.duration_until(date).as_hours() / 24, "day")
        }
    };
    match (overdue, number) {
        (true, ..0) => format!("{} overdue", count(number.unsigned_abs(), unit)),
        (true, _) => "overdue".to_owned(),
        (false, 1..) => format!("in {}", count(number.unsigned_abs(), unit)),
        (false, _) if unit == "hour" => "within the hour".to_owned(),
        (false, _) => "today".to_owned(),
    }
}

fn is_near(duration: SignedDuration) -> bool {
    duration.abs() < SignedDuration::from_hours(48)
}

/// What a finding is called: its preferred public id, else the rule, else the ticket, else what kind it is.
pub(crate) fn name(finding: &Finding, escape: Escape) -> String {
    let preferred = finding
        .ids
        .iter()
        .min_by_key(|id| (KeyLabel::of_advisory(id.untrusted()), *id));
    preferred
        .or(finding.rule.id.as_ref())
        .or(finding.rule.name.as_ref())
        .or(finding.ticket.as_ref().map(|ticket| &ticket.key))
        .map_or_else(
            || finding.kind.name().to_owned(),
            |id| escape(id).into_owned(),
        )
}

/// The location to show of several: the first with a path, else the first.
pub(super) fn first_location(finding: &Finding) -> Option<&Location> {
    finding
        .locations
        .iter()
        .find(|location| location.path.is_some())
        .or(finding.locations.first())
}

/// Where a finding is, in a few words: the package with its versions, else the first location.
pub(crate) fn place(finding: &Finding, escape: Escape) -> Option<String> {
    if let Some(package) = &finding.package {
        let versions = some(&package.versions, escape);
        let space = if versions.is_empty() { "" } else { " " };
        return Some(format!("{}{space}{versions}", escape(&package.purl)));
    }
    let place = location(first_location(finding)?, escape)?;
    let others = match (finding.locations.len() - 1, finding.locations.more()) {
        (0, false) => String::new(),
        (others, false) => format!(" and {others} more"),
        (others, true) => format!(" and at least {} more", others + 1),
    };
    Some(format!("{place}{others}"))
}

/// One location: `src/a.js:3`, else its logical name, else its address.
pub(crate) fn location(location: &Location, escape: Escape) -> Option<String> {
    let Location {
        path,
        start_line,
        logical,
        url,
        start_column: _,
        end_line: _,
        end_column: _,
    } = location;
    match (path, start_line) {
        (Some(path), Some(line)) => Some(format!("{}:{line}", escape(path))),
        (Some(path), None) => Some(escape(path).into_owned()),
        (None, _) => logical
            .as_ref()
            .or(url.as_ref())
            .map(|words| escape(words).into_owned()),
    }
}

/// The first three members of a capped set, and `…` for the rest.
pub(super) fn some<const K: usize>(members: &Capped<Text, K>, escape: Escape) -> String {
    let mut shown: Vec<_> = members
        .iter()
        .take(3)
        .map(|member| escape(member))
        .collect();
    if members.len() > 3 || members.more() {
        shown.push("…".into());
    }
    shown.join(", ")
}

/// Who saw a finding, each once.
pub(super) fn scanners(finding: &Finding, escape: Escape) -> Vec<String> {
    let names: std::collections::BTreeSet<&Text> = finding
        .sightings
        .iter()
        .map(|sighting| &sighting.scanner)
        .collect();
    names
        .into_iter()
        .map(|name| escape(name).into_owned())
        .collect()
}

/// The reason that won for a severity or a date, if the report holds one.
pub(crate) fn chosen(entry: &Entry, about: About) -> Option<&Why> {
    entry
        .assessment
        .why
        .iter()
        .find(|why| why.chosen && why.about == about)
}

/// A reason in one line: `flowdesk fix.high: 14 days from first-seen 2026-11-05T09:00:00Z (scan time of audit.json)`.
pub(crate) fn reason(why: &Why, escape: Escape) -> String {
    let Why {
        about: _,
        chosen: _,
        policy: _,
        rule: _,
        at: _,
        severity,
        score,
        start,
        start_at,
        start_source,
        term,
        by,
        note,
    } = why;
    let mut parts = Vec::new();
    let mut say = |before: &str, words: Option<String>, after: &str| {
        parts.extend(words.map(|words| format!("{before}{words}{after}")));
    };
    let outer = |words: &Option<Text>| words.as_ref().map(|words| escape(words).into_owned());
    say("", severity.map(|level| level.name().to_owned()), "");
    say("by score ", score.map(|score| score.to_string()), "");
    say("", outer(term), "");
    say("from ", outer(start), "");
    say("", start_at.map(|time| time.to_string()), "");
    say("(", outer(start_source), ")");
    say("to ", by.map(|by| by.to_string()), "");
    say("", outer(note), "");
    let origin = origin(why, escape);
    if parts.is_empty() {
        origin
    } else {
        format!("{origin}: {}", parts.join(" "))
    }
}

/// The suppressed findings, in the order of the report.
pub(super) fn suppressed(report: &Report) -> impl Iterator<Item = &Entry> {
    let entries = report.entries.iter();
    entries.filter(|entry| entry.assessment.status == Status::Suppressed)
}

/// Where the decision stands that suppresses a finding, of one by a triage file or a VEX document.
pub(super) fn suppression_source(entry: &Entry, escape: Escape) -> Option<String> {
    let source = entry.assessment.suppressed.as_deref()?.source.as_ref()?;
    Some(escape(source).into_owned())
}

/// Who suppressed a finding, until when, and where that stands: `by security until 2027-01-31, harbor.toml line 4`.
pub(crate) fn suppression_origin(entry: &Entry, escape: Escape) -> Option<String> {
    let suppressed = entry.assessment.suppressed.as_deref()?;
    let mut words = format!("by {}", escape(&suppressed.by));
    if let Some(date) = suppressed.until {
        words = format!("{words} until {date}");
    }
    Some(match suppression_source(entry, escape) {
        Some(source) => format!("{words}, {source}"),
        None => words,
    })
}

/// Who has to deal with a finding, if somebody was told to.
pub(crate) fn owners(finding: &Finding, escape: Escape) -> Option<String> {
    let owners = &finding.history().owners;
    let names: Vec<_> = owners.iter().map(|owner| escape(owner)).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// What rules of policies tag a finding with, each tag once however many rules set it.
pub(super) fn policy_tags(entry: &Entry, escape: Escape) -> Vec<String> {
    let mut tags: Vec<_> = entry.assessment.tags.iter().map(|set| &set.tag).collect();
    tags.dedup();
    tags.into_iter()
        .map(|tag| escape(tag).into_owned())
        .collect()
}

/// Who tags a finding, and where that is written: `payment, by ours rule checkout (ours.toml:14)`.
pub(crate) fn policy_tag(set: &PolicyTag, escape: Escape) -> String {
    let PolicyTag {
        tag,
        policy,
        rule,
        at,
    } = set;
    format!(
        "{}, by {} {} ({})",
        escape(tag),
        escape(policy),
        escape(rule),
        escape(at)
    )
}

/// The entries of triage files that their authors should look at.
pub(crate) fn noted(report: &Report) -> impl Iterator<Item = &TriageRow> {
    report.triage.iter().filter(|row| row.note.is_some())
}

/// What the author of an entry should know: `harbor.toml line 12: accept: reaches nothing`.
pub(crate) fn triage(row: &TriageRow, escape: Escape) -> String {
    let TriageRow {
        source,
        line,
        entry,
        until: _,
        findings: _,
        note,
    } = row;
    let note = note.as_ref().map(|note| escape(note)).unwrap_or_default();
    format!("{} line {line}: {}: {note}", escape(source), escape(entry))
}

/// A decision in one line: `accepted by security until 2027-01-31: only on the intranet (harbor.toml line 4)`.
pub(crate) fn decision(decision: &Decision, escape: Escape) -> String {
    let Decision {
        verdict,
        source,
        by,
        reason,
        until,
        said,
        subject,
        versions,
        paths,
    } = decision;
    let mut words = verdict.name().to_owned();
    let mut say = |before: &str, said: Option<String>| {
        words.extend(said.map(|said| format!("{before}{said}")));
    };
    let outer = |text: &Option<Text>| text.as_ref().map(|text| escape(text).into_owned());
    let list = |texts: &Set<Text>| {
        let texts: Vec<_> = texts.iter().map(|text| escape(text)).collect();
        (!texts.is_empty()).then(|| texts.join(", "))
    };
    say(" by ", outer(by));
    say(" until ", until.map(|date| date.to_string()));
    say(" of ", outer(subject));
    say(" at ", said.map(|time| time.to_string()));
    say(" for version ", list(versions));
    say(" in ", list(paths));
    say(": ", outer(reason));
    say(" (", Some(format!("{})", escape(source))));
    words
}

/// Who brings a severity or a date: `flowdesk fix.high (flowdesk:14)`.
pub(crate) fn origin(why: &Why, escape: Escape) -> String {
    let names = [&why.policy, &why.rule].into_iter();
    let mut names: Vec<String> = names
        .filter(|words| !words.is_empty())
        .map(|words| escape(words).into_owned())
        .collect();
    names.extend(why.at.as_ref().map(|at| format!("({})", escape(at))));
    names.join(" ")
}

/// The first digits of a fingerprint, enough to name a finding by.
pub(crate) fn digits(key: &Key) -> String {
    let mut digits = key.hex();
    digits.truncate(DIGITS);
    digits
}

/// Where a finding stands, and why it is no longer open if somebody said so.
pub(crate) fn suppression(entry: &Entry, escape: Escape) -> Option<String> {
    let suppressed = entry.assessment.suppressed.as_deref()?;
    let until = suppressed
        .until
        .map_or(String::new(), |date| format!(" until {date}"));
    Some(format!(
        "{} (by {}{until})",
        escape(&suppressed.reason),
        escape(&suppressed.by)
    ))
}

/// `open`, but `waiting` while a tracker waits for the platform: the clock runs on, and somebody else has the next move.
pub(crate) fn status(entry: &Entry) -> &'static str {
    match entry.assessment.status {
        Status::Open if entry.is_waiting() => "open, waiting",
        status => status.name(),
    }
}

/// What KEV catalogues say, if somebody looked there.
pub(crate) fn kev(finding: &Finding, escape: Escape) -> Option<String> {
    let Kev { listed, catalogue } = finding.history().exploited.kev.as_ref()?;
    let Some(entry) = listed else {
        return Some(format!("not listed (catalogue of {catalogue})"));
    };
    let KevEntry {
        added,
        id,
        due,
        ransomware,
    } = entry;
    let due = due.map(|due| format!(", due {due}")).unwrap_or_default();
    let ransomware = if *ransomware { ", ransomware" } else { "" };
    Some(format!(
        "listed {added} as {} (catalogue of {catalogue}){due}{ransomware}",
        escape(id)
    ))
}

/// How likely it is exploited soon, if somebody looked that up.
pub(crate) fn epss(finding: &Finding) -> Option<String> {
    let Epss {
        day,
        score,
        percentile,
    } = finding.history().exploited.epss.as_ref()?;
    let Some(score) = score else {
        return Some(format!("not listed (scores of {day})"));
    };
    let percentile = percentile
        .map(|share| format!(", percentile {}", percent(share)))
        .unwrap_or_default();
    Some(format!("{}{percentile} (scores of {day})", percent(*score)))
}

/// `93.1 %`, `0.04 %`.
fn percent(share: Share) -> String {
    let words = format!("{:.2}", share.value() * 100.0);
    let words = words.trim_end_matches('0').trim_end_matches('.');
    format!("{words} %")
}

/// A mark behind the name of what is known to be exploited.
pub(super) fn mark(finding: &Finding) -> &'static str {
    let kev = finding.history().exploited.kev.as_ref();
    match kev.and_then(|kev| kev.listed.as_ref()) {
        Some(_) => " [KEV]",
        None => "",
    }
}

/// Where the records went.
pub(super) fn ledger(report: &Report) -> String {
    let ledger = report.ledger();
    format!(
        "{} = {} + {} folded + {} passed + {} rejected",
        count(ledger.records, "record"),
        count(ledger.findings, "finding"),
        ledger.folded,
        ledger.passed,
        ledger.rejected
    )
}

/// A finding in a few words: what it is called and where it is.
pub(crate) fn subject(entry: &Entry, escape: Escape) -> String {
    let name = name(&entry.finding, escape);
    match place(&entry.finding, escape) {
        Some(place) => format!("{name} in {place}"),
        None => name,
    }
}

#[cfg(test)]
mod tests;
