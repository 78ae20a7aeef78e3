//! What the writers for people say alike: the verdict, how far a date is, and, below, what is said of findings and
//! decisions.

mod decision;
mod finding;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::escape::Escape;
use crate::model::{
    Baseline, By, Deadline, Entry, Finding, InputRecord, Outcome, Report, Set, Severity, Summary,
    Text,
};

pub(crate) use decision::{
    chosen, claim, clock, day, decision, lost_by, noted, origin, policy_tag, promise, reason, sort,
    suppression, suppression_origin, triage,
};
pub(super) use decision::{policy_tags, suppressed, suppression_source, utc_day};
pub(super) use finding::{app, file, first_location, is_exploited, mark, plain, some, tickets};
pub(crate) use finding::{
    digits, epss, kev, location, name, owners, place, scanners, status, subject,
};

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
            "{} {} open, none {}",
            count(open, "finding"),
            is(open),
            if is_dated(report) {
                "is overdue"
            } else {
                "has a due date"
            }
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

/// Whether any finding has a due date at all: without one none can be overdue, and that is no good news.
pub(super) fn is_dated(report: &Report) -> bool {
    running(report).any(|entry| entry.assessment.due().is_some())
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

/// What became of an input that was not read in full: `audit.json: partial; 1 record of 15 not understood`, and its notes.
pub(super) fn trouble(input: &InputRecord, escape: Escape) -> String {
    let mut words = format!("{}: {}", escape(&input.id.path), input.outcome.name());
    if input.ledger.rejected > 0 {
        words = format!("{words}; {}", rejected(input));
    }
    for note in input.notes_in_turn() {
        words = format!("{words}; {}", escape(note));
    }
    words
}

/// An input that may not have looked for what it let be called fixed.
pub(crate) struct Doubted<'a> {
    input: &'a InputRecord,
    why: &'a Text,
    findings: u64,
}

impl Doubted<'_> {
    /// `2 findings are called fixed by audit.json, but npm writes the same empty report when it is offline`.
    pub(crate) fn words(&self, escape: Escape) -> String {
        let Self {
            input,
            why,
            findings,
        } = self;
        let is = if *findings == 1 { "is" } else { "are" };
        format!(
            "{} {is} called fixed by {}, but {}",
            count(*findings, "finding"),
            escape(&input.id.path),
            escape(why)
        )
    }
}

/// The inputs by which findings are called fixed that the report before did not call so, and that may be silent for
/// another reason.
pub(crate) fn doubted(report: &Report) -> Vec<Doubted<'_>> {
    let is_fixed = |entry: &&Entry| {
        let finding = &entry.finding;
        finding.baseline == Some(Baseline::Fixed) && !finding.history().fixed_before
    };
    // Many findings have few scopes and times.
    let mut groups: BTreeMap<(&Set<Text>, Option<i64>), u64> = BTreeMap::new();
    for entry in report.in_order().filter(is_fixed) {
        let seen = entry.finding.last_seen.map(Timestamp::as_second);
        *groups.entry((&entry.finding.scope, seen)).or_default() += 1;
    }
    let mut doubted = Vec::new();
    for input in report.inputs.iter().filter(|input| input.is_whole()) {
        let mut by_reason: BTreeMap<&Text, BTreeSet<&Text>> = BTreeMap::new();
        for doubt in &input.doubts {
            by_reason
                .entry(&doubt.why)
                .or_default()
                .insert(&doubt.scope);
        }
        for (why, silent) in by_reason {
            // What is older than the finding closes nothing.
            let made = input.made().map(Timestamp::as_second);
            let is_newer = |seen: Option<i64>| made.is_none_or(|made| Some(made) >= seen);
            let closed = groups.iter().filter(|((scopes, seen), _)| {
                is_newer(*seen) && scopes.iter().any(|scope| silent.contains(scope))
            });
            let findings = closed.map(|(_, number)| number).sum();
            if findings > 0 {
                doubted.push(Doubted {
                    input,
                    why,
                    findings,
                });
            }
        }
    }
    doubted
}

/// How many records were not understood. The list of the report is bounded for each input; the ledger has the number.
pub(super) fn rejects(report: &Report) -> u64 {
    report.ledger().rejected.max(length(&report.rejects))
}

/// What holds of a condition about inputs: `rejects: 2 records not understood`.
pub(super) fn failing_input(condition: &Text, report: &Report, escape: Escape) -> String {
    let rejected = count(report.ledger().rejected, "record");
    format!("{}: {rejected} not understood", escape(condition))
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
    let entries = report.in_order();
    entries.filter(|entry| entry.assessment.status.is_due())
}

/// How far a deadline is from as-of: `today`, `in 3 days`, `2 days overdue`, and hours where the term had hours.
///
/// Days are counted between dates, as people count them where the day ends with the deadline; whether a finding is overdue
/// is not worked out here, so that clocks that change between now and then can at most change the number.
pub(crate) fn distance(deadline: &Deadline, as_of: Timestamp) -> String {
    let overdue = deadline.ends <= as_of;
    let (number, unit) = match deadline.by {
        By::Time(time) if is_near(as_of.duration_until(time)) => {
            (as_of.duration_until(time).as_hours(), "hour")
        }
        By::Time(time) => (as_of.duration_until(time).as_hours() / 24, "day"),
        By::Day(date) => {
            let today = local_day(date, deadline.ends, as_of);
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

/// The day of as-of in the time zone in which `date` ends at `ends`; in UTC where there is no such zone.
fn local_day(date: Date, ends: Timestamp, as_of: Timestamp) -> Date {
    let end = date
        .tomorrow()
        .and_then(|next| next.to_zoned(TimeZone::UTC));
    let ahead = end.map_or(SignedDuration::ZERO, |end| {
        ends.duration_until(end.timestamp())
    });
    let ahead = if ahead.abs() <= SignedDuration::from_hours(26) {
        ahead
    } else {
        SignedDuration::ZERO
    };
    utc_day(as_of.checked_add(ahead).unwrap_or(as_of))
}

/// The same of a finding, and whether it came back: then it may be long overdue on the day on which it is seen.
pub(crate) fn far(finding: &Finding, deadline: &Deadline, as_of: Timestamp) -> String {
    format!("{}{}", distance(deadline, as_of), reopened(finding))
}

/// What stands behind the date of a finding that came back after it was fixed.
pub(crate) fn reopened(finding: &Finding) -> &'static str {
    if finding.is_reopened() {
        ", reopened"
    } else {
        ""
    }
}

fn is_near(duration: SignedDuration) -> bool {
    duration.abs() < SignedDuration::from_hours(48)
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

#[cfg(test)]
mod tests;
