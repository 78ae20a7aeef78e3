//! From facts to a report: tickets are linked, the ledger is settled, severity and dates are assigned.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use rayon::prelude::*;

use super::facts;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Entry, Facts, Finding, InputId, InputRecord, Join, Outcome, Report, Text};
use crate::policy::Engine;
use crate::triage::{self, Links};

/// How many findings a worker decides about before the others wait for it.
const BATCH: usize = 4096;

/// Decides about the facts: links tickets, assigns severity and dates, settles the ledger, and puts all in order.
pub fn assess(facts: Facts, engine: &mut Engine, as_of: Timestamp) -> Result<Report> {
    assess_with(facts, std::slice::from_mut(engine), as_of)
}

/// As [`assess`], with one worker of the current thread pool for each engine. All engines must be alike; the report is the
/// same for any number of them.
pub fn assess_with(mut facts: Facts, engines: &mut [Engine], as_of: Timestamp) -> Result<Report> {
    let policies = engines
        .first()
        .map_or_else(Vec::new, |engine| engine.notes().to_vec());
    let Links { tickets, of } = triage::link(&mut facts);
    settle(&mut facts)?;
    let Facts {
        findings,
        inputs,
        rejects,
    } = facts;
    let mut entries = Vec::with_capacity(findings.len());
    let mut waiting = findings.into_iter().zip(of);
    while waiting.len() > 0 {
        let share = waiting.len().div_ceil(engines.len()).min(BATCH);
        let mut work: Vec<_> = (engines.iter_mut())
            .map(|engine| (engine, waiting.by_ref().take(share).collect()))
            .collect();
        // A lone worker needs no pool.
        if let [(engine, batch)] = work.as_mut_slice() {
            entries.extend(decide(std::mem::take(batch), &tickets, engine)?);
            continue;
        }
        let decided = work.into_par_iter();
        let decided = decided.map(|(engine, batch)| decide(batch, &tickets, engine));
        for decided in decided.collect::<Vec<_>>() {
            entries.extend(decided?);
        }
    }
    let mut report = Report {
        as_of,
        policies,
        inputs,
        entries,
        triage: Vec::new(),
        linked_tickets: tickets,
        rejects,
    };
    report.sort();
    Ok(report)
}

/// Decides about findings, each with the indices of the tickets that name it.
pub(super) fn decide(
    findings: Vec<(Box<Finding>, Vec<usize>)>,
    tickets: &[Finding],
    engine: &mut Engine,
) -> Result<Vec<Entry>> {
    let decided = findings.into_iter().map(|(finding, links)| {
        let links = links.into_iter().filter_map(|index| tickets.get(index));
        let linked: Vec<&Finding> = links.collect();
        let mut first_seen = finding.clock();
        for ticket in &linked {
            first_seen.join(ticket.first_seen.clone());
        }
        let assessment = engine.assess(&finding, &linked);
        let missing = || Error::new(ErrorKind::Internal, "a finding has no key");
        Ok(Entry {
            fingerprint: finding.fingerprint().ok_or_else(missing)?,
            first_seen,
            tickets: linked
                .into_iter()
                .chain([&*finding])
                .filter_map(|one| one.ticket.as_deref().cloned())
                .collect(),
            finding,
            assessment,
        })
    });
    decided.collect()
}

/// Assesses an earlier report anew. What a baseline promised stands in its facts, and binds here as it does in a merge.
pub fn rescore(mut report: Report, engine: &mut Engine, as_of: Timestamp) -> Result<Report> {
    // The entries of triage files were attached then; whether they still hold is assessed now.
    let triage = std::mem::take(&mut report.triage);
    let rescored = assess(facts(report), engine, as_of)?;
    Ok(Report { triage, ..rescored })
}

/// Says of each record whether it is the first sighting of a finding or was folded into one, and checks that none is lost.
///
/// One record can be the first sighting of two findings, when two jobs read a report for two apps: it counts once.
fn settle(facts: &mut Facts) -> Result<()> {
    let mut firsts: BTreeMap<&Arc<InputId>, BTreeSet<&Text>> = facts
        .inputs
        .iter()
        .map(|input| (&input.id, BTreeSet::new()))
        .collect();
    for finding in facts.findings.iter().filter(|finding| !finding.is_absent()) {
        let first = finding.first_record(|report| firsts.contains_key(report));
        let first = first.ok_or_else(|| unsettled("a finding names no record of any input"))?;
        firsts.entry(&first.report).or_default().insert(&first.at);
    }
    let firsts: BTreeMap<Arc<InputId>, u64> = firsts
        .into_iter()
        .map(|(id, records)| (Arc::clone(id), records.len() as u64))
        .collect();
    let first = |input: &Arc<InputId>| firsts.get(input).copied().unwrap_or_default();
    balance(&mut facts.inputs, &first)
}

/// Says of each input how many of its records are findings, which `first` tells, and checks that none is lost.
pub(super) fn balance(
    inputs: &mut [InputRecord],
    first: &dyn Fn(&Arc<InputId>) -> u64,
) -> Result<()> {
    for input in inputs {
        let first = first(&input.id);
        let ledger = &mut input.ledger;
        let kept = ledger.findings + ledger.folded;
        if first > kept {
            // Earlier merges read one file in two ways, such as a lock file against two advisory databases.
            ledger.records = ledger.records.saturating_add(first - kept);
            input.outcome.join(Outcome::Partial);
            input.notes.insert(Text::line(
                "earlier merges read it in different ways, and disagree on its records",
            ));
        }
        ledger.findings = first;
        ledger.folded = kept.saturating_sub(first);
        if !ledger.balances() {
            return Err(
                unsettled("records are not findings, folded, passed and rejected")
                    .at(input.id.path.untrusted()),
            );
        }
    }
    Ok(())
}

pub(super) fn unsettled(what: &str) -> Error {
    Error::new(
        ErrorKind::Internal,
        format!("the ledger does not balance: {what}"),
    )
}
