//! Attaches what triage files say to the findings that they speak of.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::baseline::Looks;
use super::file::{Says, TriageEntry, TriageFile};
use super::index::Index;
use crate::model::{Decision, Facts, Finding, Moment, Set, Text, TriageRow, Verdict};

/// An entry that takes more findings out of the count than this was hardly meant to.
const MANY: usize = 50;

/// Attaches every entry to each finding that it reaches, and says how many these are.
///
/// What is attached is a fact: an entry that has ended is attached too, and does not hold. Doing it twice, or in each of
/// several merges that are merged, changes nothing. `today` is the day of as-of by which entries end.
pub fn decide(
    facts: &mut Facts,
    files: &[TriageFile],
    as_of: Timestamp,
    today: Date,
) -> Vec<TriageRow> {
    let entries = || {
        files
            .iter()
            .flat_map(|file| file.entries.iter().map(move |entry| (&file.source, entry)))
    };
    if entries().next().is_none() {
        return Vec::new();
    }
    let index = Index::of(&facts.findings);
    // Only a name that counts equal ones asks how many there are.
    let by_name = |(_, entry): (&Text, &TriageEntry)| entry.condition.has_fingerprints();
    let equals = if entries().any(by_name) {
        equals(&facts.findings)
    } else {
        BTreeMap::new()
    };
    let mut by_path = index.by_path(entries().map(|(_, entry)| &entry.condition));
    let reached: Vec<(Vec<usize>, usize)> = entries()
        .enumerate()
        .map(|(number, (_, entry))| {
            let known = by_path.remove(&number);
            let mut reached = index.reached(&entry.condition, known);
            let all = reached.len();
            let is_sure = |place: &usize| {
                let finding = &facts.findings[*place];
                !entry.says.suppresses()
                    || !entry.condition.is_by_order(finding)
                    || Looks::of(finding).is_none_or(|looks| equals.get(&looks) == Some(&1))
            };
            reached.retain(is_sure);
            let unsure = all - reached.len();
            (reached, unsure)
        })
        .collect();
    let mut rows = Vec::new();
    for ((source, entry), (reached, unsure)) in entries().zip(reached) {
        for &finding in &reached {
            // The indices come from this very list.
            attach(&mut facts.findings[finding], source, entry);
        }
        rows.push(TriageRow {
            source: source.clone(),
            line: entry.line,
            entry: Text::line(entry.says.name()),
            until: entry.says.until(),
            findings: reached.len() as u64,
            note: note(entry, reached.len(), unsure, as_of, today),
        });
    }
    rows.sort();
    rows.dedup();
    rows
}

/// How many findings look alike, those that are gone among them.
fn equals(findings: &[Box<Finding>]) -> BTreeMap<Looks<'_>, usize> {
    let mut equals = BTreeMap::new();
    for looks in findings.iter().filter_map(|finding| Looks::of(finding)) {
        *equals.entry(looks).or_default() += 1;
    }
    equals
}

/// What the author of an entry should know.
fn note(
    entry: &TriageEntry,
    reached: usize,
    unsure: usize,
    as_of: Timestamp,
    today: Date,
) -> Option<Text> {
    let mut notes = Vec::new();
    if let Some(until) = entry.says.until().filter(|until| *until < today) {
        notes.push(format!("expired, it held until {until}"));
    }
    if unsure > 0 {
        let why = "not applied to one of several equal findings, which only their order tells apart: name rule and path for all";
        notes.push(why.to_owned());
    } else if reached == 0 {
        notes.push("reaches nothing".to_owned());
    }
    if entry.says.suppresses() {
        if entry.condition.names_nothing() {
            let missing = "too broad, it names no fingerprint, id, rule, package, path or ticket";
            notes.push(missing.to_owned());
        }
        if reached > MANY {
            notes.push(format!("too broad, it reaches {reached} findings"));
        }
        let year = today.checked_add(1.year()).unwrap_or(Date::MAX);
        if entry.says.until().is_some_and(|until| until > year) {
            notes.push("too long, it holds for more than a year".to_owned());
        }
    }
    if let Says::Date { at, .. } = entry.says
        && at > as_of
    {
        notes.push("has not happened yet, and starts no clock until then".to_owned());
    }
    (!notes.is_empty()).then(|| Text::line(&notes.join("; ")))
}

fn attach(finding: &mut Finding, file: &Text, entry: &TriageEntry) {
    let source = Text::line(&format!("{} line {}", file.untrusted(), entry.line));
    let (verdict, reason, by, until) = match &entry.says {
        Says::Accept { reason, by, until } => (Verdict::Accepted, reason, by, Some(*until)),
        Says::FalsePositive { reason, by, until } => (Verdict::FalsePositive, reason, by, *until),
        Says::Assign { owner } => {
            return finding.note(|history| {
                history.owners.insert(owner.clone());
            });
        }
        Says::Date { fact, at, by } => {
            let source = format!("{}, says {}", source.untrusted(), by.untrusted());
            return finding.date(*fact, Moment::new(*at, source));
        }
    };
    let condition = &entry.condition;
    // What is said of a ticket holds for all that the ticket names, which is worked out when all is known.
    let ticket = finding
        .ticket
        .as_ref()
        .filter(|_| !condition.tickets.is_empty());
    let decision = Decision {
        verdict,
        source,
        by: Some(by.clone()),
        reason: Some(reason.clone()),
        until,
        said: None,
        subject: ticket.map(|ticket| Decision::subject_of_ticket(&ticket.key)),
        versions: condition.versions.clone(),
        paths: condition.paths.clone(),
    };
    finding.note(|history| {
        history.decisions.insert(decision);
    });
}

/// Forgets what an earlier report decided: it counts only while it stands in a file of today.
pub fn forget(facts: &mut Facts) {
    for finding in &mut facts.findings {
        if finding.history.is_some() {
            finding.note(|history| {
                history.decisions = Set::new();
                history.owners = Set::new();
            });
        }
    }
}
