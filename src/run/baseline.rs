//! Earlier reports: read as baselines, and compared with what is there today.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{facts, open};
use crate::error::{Error, Result};
use crate::fold::Fold;
use crate::model::{Baseline, Duty, Entry, Facts, Finding, Moment, Promise, Report, Status, Text};
use crate::parse::{self, Options, PARSERS};
use crate::triage::{self, Needed};

/// Reads an earlier report as a baseline: one of ours, or a SARIF log, whose results have the clocks that they tell.
pub fn open_baseline(path: &str, options: &mut Options, as_of: Timestamp) -> Result<Facts> {
    let mut input = open(path)?;
    let head = input.head()?;
    let sarif = parse::detect(PARSERS, &head, options).filter(|parser| parser.name() == "sarif");
    let Some(parser) = sarif else {
        let report = parse::read_report(&input)?;
        not_before(report.as_of, as_of).map_err(|error| error.at(input.name()))?;
        return Ok(baseline(report));
    };
    input.identify()?;
    let mut fold = Fold::default();
    let mut open = fold.open(&input, as_of);
    options.keeps_absent = true;
    let closing = parser.parse(&input, options, &mut open);
    options.keeps_absent = false;
    let closing = closing.map_err(|error| error.in_file(input.name()))?;
    open.close(parser.name(), Ok(closing))?;
    let mut facts = fold.finish();
    if let Some(reject) = facts.rejects.first() {
        let reason = reject.reason.untrusted();
        let place = format!("{}: {}", input.name(), reject.place.at.untrusted());
        return Err(Error::format(reason).at(place).hint(
            "a result that cannot be read would start anew: take another report for a baseline",
        ));
    }
    for finding in &mut facts.findings {
        let fingerprint = finding.fingerprint();
        finding.note(|history| history.known_as.extend(fingerprint));
        // A log that tells no time is read now, and made at some time before.
        finding.last_seen = finding.last_seen.filter(|seen| *seen < as_of);
    }
    Ok(facts)
}

/// Refuses a time before that at which a report was assessed: what is in it was first seen by then, and its dates ran from
/// there, so that dates of an earlier day would lie before their own beginning.
pub fn not_before(assessed: Timestamp, as_of: Timestamp) -> Result<()> {
    if assessed <= as_of {
        return Ok(());
    }
    let message = format!("it was assessed at {assessed}, which is after --as-of {as_of}");
    Err(Error::usage(message).hint("give `--as-of` that time or a later one"))
}

/// What an earlier report is good for as a baseline: its facts, the names by which it calls its findings, the clocks that it
/// shows, those that tickets started among them, and the dates that it promised for those that were open. What was decided
/// about them then may be decided otherwise now.
pub fn baseline(report: Report) -> Facts {
    let as_of = report.as_of;
    let mut report = report;
    renew_tickets(&mut report);
    for entry in &mut report.entries {
        // What is accepted until a day is open again after it, with the date that it had.
        let is_promised = entry.assessment.status != Status::Fixed;
        let deadlines = &entry.assessment.deadlines;
        let fingerprint = entry.fingerprint;
        // A ticket that named it then started its clock, whatever that ticket says today, or whether it is still there.
        let own = entry.finding.clock();
        let is_earlier = |shown: &Moment| own.as_ref().is_none_or(|own| shown < own);
        if entry.first_seen.as_ref().is_some_and(is_earlier) {
            entry.finding.first_seen.clone_from(&entry.first_seen);
        }
        entry.finding.note(|history| {
            history.known_as.insert(fingerprint);
            for duty in Duty::ALL.into_iter().filter(|_| is_promised) {
                let known = history.promised(duty);
                if let Some(promise) = Promise::renewed(known, deadlines.get(&duty), as_of) {
                    history.promise(duty, promise);
                }
            }
        });
    }
    let mut facts = facts(report);
    triage::forget(&mut facts);
    facts
}

/// Lets no ticket bring back a date that was promised of it when it stood alone, where all that it names was allowed to have
/// a later one.
fn renew_tickets(report: &mut Report) {
    let Report {
        as_of,
        entries,
        linked_tickets,
        ..
    } = report;
    let mut promised: BTreeMap<Text, (&mut Finding, Vec<&Entry>)> = linked_tickets
        .iter_mut()
        .filter(|ticket| !ticket.history().promises.is_empty())
        .filter_map(|ticket| Some((ticket.ticket.as_ref()?.key.clone(), (ticket, Vec::new()))))
        .collect();
    if promised.is_empty() {
        return;
    }
    for entry in &*entries {
        for ticket in &entry.tickets {
            if let Some((_, named)) = promised.get_mut(&ticket.key) {
                named.push(entry);
            }
        }
    }
    for (ticket, named) in promised.into_values() {
        ticket.note(|history| {
            for (duty, known) in &mut history.promises {
                let deadlines = named
                    .iter()
                    .map(|entry| entry.assessment.deadlines.get(duty));
                let earliest = deadlines.min_by_key(|deadline| (deadline.is_none(), *deadline));
                let later = earliest.filter(|earliest| known.is_before(*earliest));
                if let Some(renewed) =
                    later.and_then(|later| Promise::renewed(Some(known), later, *as_of))
                {
                    *known = renewed;
                }
            }
        });
    }
}

/// Compares the facts with those of earlier reports, taken together.
pub fn compare(facts: &mut Facts, baselines: Vec<Facts>) {
    let mut known = Fold::default();
    let mut before = Needed::default();
    for mut baseline in baselines {
        before.add(&baseline);
        let is_fixed = |finding: &&mut Box<Finding>| finding.baseline == Some(Baseline::Fixed);
        for finding in baseline.findings.iter_mut().filter(is_fixed) {
            finding.note(|history| history.fixed_before = true);
        }
        known.take(baseline);
    }
    // What an input carries as absent is the knowledge of an earlier report too.
    let (absent, present): (Vec<_>, Vec<_>) = std::mem::take(&mut facts.findings)
        .into_iter()
        .partition(|finding| finding.is_absent());
    before.recall(absent.iter().map(Box::as_ref));
    known.take(Facts {
        findings: absent,
        ..Facts::default()
    });
    let known = known.finish();
    facts.findings = present;
    triage::remember(facts, &known, &before);
    // What the baseline knows as one is one, also where no record of today says so.
    let mut again = Fold::default();
    again.take(std::mem::take(facts));
    *facts = again.finish();
    triage::compare(facts, known, &before);
}
