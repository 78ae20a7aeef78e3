//! From facts to a report: tickets are linked, the ledger is settled, severity and dates are assigned.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use rayon::prelude::*;

use super::facts;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Entry, Facts, Finding, Firsts, InputId, Join, Report, Text};
use crate::policy::Engine;
use crate::triage::{self, Links};

/// About how many findings a worker decides about before the others wait for it.
const BATCH: usize = 4096;

/// How many of them it takes at once.
const PIECE: usize = 256;

/// Decides about the facts: links tickets, assigns severity and dates, settles the ledger, and puts all in order.
pub fn assess(facts: Facts, engine: &mut Engine, as_of: Timestamp) -> Result<Report> {
    assess_with(facts, std::slice::from_mut(engine), as_of)
}

/// As [`assess`], with one worker of the current thread pool for each engine. All engines must be alike; the report is the
/// same for any number of them.
pub fn assess_with(mut facts: Facts, engines: &mut [Engine], as_of: Timestamp) -> Result<Report> {
    let Some(engine) = engines.first() else {
        return Err(Error::new(ErrorKind::Internal, "there is no engine"));
    };
    let policies = engine.notes().to_vec();
    let Links { tickets, of } = triage::link(&mut facts);
    settle(&mut facts, engines.len())?;
    let Facts {
        findings,
        inputs,
        rejects,
    } = facts;
    let mut entries = Vec::with_capacity(findings.len());
    let mut waiting = findings.into_iter().zip(of);
    while waiting.len() > 0 {
        // A lone worker needs no pool.
        if let [engine] = engines {
            let batch = waiting.by_ref().take(BATCH).collect();
            entries.extend(decide(batch, &tickets, engine)?);
            continue;
        }
        let pieces: Vec<Vec<_>> = (0..BATCH / PIECE * engines.len())
            .map(|_| waiting.by_ref().take(PIECE).collect())
            .collect();
        let pieces = Mutex::new(pieces.into_iter().enumerate());
        let next = || pieces.lock().unwrap_or_else(PoisonError::into_inner).next();
        let work = |engine: &mut Engine| {
            let piece = std::iter::from_fn(next);
            let decided = piece.map(|(at, piece)| Ok((at, decide(piece, &tickets, engine)?)));
            decided.collect::<Result<Vec<_>>>()
        };
        let shares: Vec<Vec<_>> = engines.par_iter_mut().map(work).collect::<Result<_>>()?;
        let mut decided: Vec<(usize, Vec<Box<Entry>>)> = shares.into_iter().flatten().collect();
        decided.sort_unstable_by_key(|(at, _)| *at);
        for (_, decided) in decided {
            entries.extend(decided);
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
#[expect(clippy::vec_box, reason = "a report holds them so")]
pub(super) fn decide(
    findings: Vec<(Box<Finding>, Vec<usize>)>,
    tickets: &[Finding],
    engine: &mut Engine,
) -> Result<Vec<Box<Entry>>> {
    let decided = findings.into_iter().map(|(finding, links)| {
        let links = links.into_iter().filter_map(|index| tickets.get(index));
        let linked: Vec<&Finding> = links.collect();
        let mut first_seen = finding.clock();
        for ticket in &linked {
            first_seen.join(ticket.first_seen.clone());
        }
        let assessment = engine.assess(&finding, &linked);
        let missing = || Error::new(ErrorKind::Internal, "a finding has no key");
        Ok(Box::new(Entry {
            fingerprint: finding.fingerprint().ok_or_else(missing)?,
            first_seen,
            tickets: linked
                .into_iter()
                .chain([&*finding])
                .filter_map(|one| one.ticket.as_deref().cloned())
                .collect(),
            finding,
            assessment,
        }))
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
/// One record can be the first sighting of two findings, when two jobs read a report for two apps: it counts for each.
fn settle(facts: &mut Facts, jobs: usize) -> Result<()> {
    let firsts = first_records(facts, jobs)?;
    balance(facts, &firsts)
}

/// Says of each input how many of its records are findings, which `firsts` tells in their order, and checks that none is
/// lost.
///
/// Earlier merges may have read one file in several ways, such as a lock file against two advisory databases: then more of
/// its records are findings, and more are rejected, than any of them counted.
pub(super) fn balance(facts: &mut Facts, firsts: &[Firsts]) -> Result<()> {
    let mut rejected: BTreeMap<&InputId, u64> = BTreeMap::new();
    for of_record in facts.rejects.chunk_by(|one, next| one.place == next.place) {
        if let Some(reject) = of_record.first() {
            *rejected.entry(&*reject.place.report).or_default() += 1;
        }
    }
    for (input, &firsts) in facts.inputs.iter_mut().zip(firsts) {
        let listed = rejected.get(&*input.id).copied();
        if !input.settle(firsts, listed.unwrap_or_default()) {
            return Err(
                unsettled("records are not findings, folded, passed and rejected")
                    .at(input.id.path.untrusted()),
            );
        }
    }
    Ok(())
}

/// Which records of each input are the first sighting of a finding.
fn first_records(facts: &Facts, jobs: usize) -> Result<Vec<Firsts>> {
    let number = facts.inputs.len();
    let inputs = facts.inputs.iter().enumerate();
    let inputs: BTreeMap<&InputId, usize> = inputs.map(|(at, input)| (&*input.id, at)).collect();
    let share = facts.findings.len().div_ceil(jobs).max(1);
    let shares = facts.findings.chunks(share);
    let shares: Vec<Vec<Vec<&Text>>> = if jobs <= 1 {
        shares
            .map(|share| firsts(share, (number, &inputs)))
            .collect::<Result<_>>()?
    } else {
        let shares: Vec<_> = shares.collect();
        let shares = shares.into_par_iter();
        shares
            .map(|share| firsts(share, (number, &inputs)))
            .collect::<Result<_>>()?
    };
    let count = |input: usize| {
        let of_shares = shares.iter().filter_map(|records| records.get(input));
        let mut records: Vec<&Text> = of_shares.flatten().copied().collect();
        let findings = records.len();
        records.sort_unstable();
        records.dedup();
        Firsts {
            records: records.len() as u64,
            again: (findings - records.len()) as u64,
        }
    };
    let inputs = 0..number;
    Ok(if jobs <= 1 {
        inputs.map(count).collect()
    } else {
        inputs.into_par_iter().map(count).collect()
    })
}

/// The first record of each finding that is there, by the index of its input.
fn firsts<'a>(
    findings: &'a [Box<Finding>],
    (number, inputs): (usize, &BTreeMap<&InputId, usize>),
) -> Result<Vec<Vec<&'a Text>>> {
    // Names of inputs are long and alike, and most findings of an input share its name in memory.
    let mut known: BTreeMap<*const InputId, Option<usize>> = BTreeMap::new();
    let mut index = |report: &Arc<InputId>| {
        let look_up = || inputs.get(&**report).copied();
        *known.entry(Arc::as_ptr(report)).or_insert_with(look_up)
    };
    let mut records = vec![Vec::new(); number];
    for finding in findings.iter().filter(|finding| !finding.is_absent()) {
        let mut places = finding.sightings.iter().map(|sighting| &sighting.place);
        let first = places.find_map(|place| Some((index(&place.report)?, &place.at)));
        let (input, at) =
            first.ok_or_else(|| unsettled("a finding names no record of any input"))?;
        // One of the indices of these inputs.
        records[input].push(at);
    }
    Ok(records)
}

pub(super) fn unsettled(what: &str) -> Error {
    Error::new(
        ErrorKind::Internal,
        format!("the ledger does not balance: {what}"),
    )
}
