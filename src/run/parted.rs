//! A merge whose findings do not fit into memory: each part of them goes through all stages alone, and what is left of it
//! are its words, in order. The report is the same as that of one whole.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rayon::prelude::*;

use super::account;
use super::assess::{balance, decide, unsettled};
use super::firsts::Firsts;
use crate::enrich::{self, Catalogues};
use crate::error::{Error, ErrorKind, Result};
use crate::expect::{self, Apps, Manifest};
use crate::fold::{self, Fold, Folded};
use crate::gate::{Condition, Tally};
use crate::model::{Facts, Finding, InputId, Kind, Report, Summary};
use crate::policy::Engine;
use crate::spill::{Lanes, Limit, Merged, Parts, Runs};
use crate::triage::Tickets;
use crate::wire::{self, Names};

/// What is asked of all findings, whatever part they are in.
#[derive(Clone, Copy)]
pub struct Questions<'a> {
    /// The reports that must be there.
    pub manifests: &'a [Manifest],
    /// Catalogues to look findings up in.
    pub files: &'a enrich::Files,
    /// What must not hold.
    pub conditions: &'a [Condition],
}

/// Takes the parts through all stages that follow the fold, as many at once as the current thread pool has workers. `facts`
/// are without the findings.
pub fn assess_parts<'a>(
    mut facts: Facts,
    parts: &Parts,
    limit: &Limit,
    questions: Questions<'a>,
    engine: &Engine,
    as_of: Timestamp,
) -> Result<Parted<'a>> {
    let catalogues = Catalogues::read(questions.files, None, as_of)?;
    let accounts = catalogues.account();
    let manifests = questions.manifests.iter().map(|manifest| &manifest.id);
    let inputs = facts.inputs.iter().map(|input| &input.id);
    let mut ids: BTreeSet<Arc<InputId>> = inputs.chain(manifests).cloned().collect();
    if !ids.is_empty() {
        ids.extend(accounts.inputs.iter().map(|input| Arc::clone(&input.id)));
    }
    let stages = Stages {
        parts,
        catalogues,
        asks_for_apps: expect::ask_for_apps(questions.manifests),
        names: Names::of_ids(ids.iter().map(Arc::as_ref)),
        inputs: ids.iter().zip(0..).collect(),
        as_of,
        runs: Mutex::new(Lanes::new(
            &limit.folder,
            0,
            limit.buffer(rayon::current_num_threads()),
        )?),
        firsts: Mutex::new(Firsts::new(limit)?),
        engine,
        idle: Mutex::default(),
        found: Mutex::new(Found::of(questions.conditions)),
    };
    // All tickets are in one part, and must be known before the first finding is assessed.
    let mut first = stages.folded(Parts::TICKETS)?;
    let is_ticket = |finding: &mut Box<Finding>| finding.kind == Kind::Ticket;
    let tickets = Tickets::of(first.findings.extract_if(.., is_ticket).collect());
    stages.assess(first, &tickets)?;
    let rest = (Parts::TICKETS + 1..parts.number()).into_par_iter();
    let rest = rest.with_max_len(1);
    rest.try_for_each(|part| stages.assess(stages.folded(part)?, &tickets))?;
    let named = std::mem::take(&mut lock(&stages.found).named);
    let (linked_tickets, alone) = tickets.split(&named);
    let alone = Facts {
        findings: alone,
        ..Facts::default()
    };
    stages.assess(alone, &Tickets::default())?;

    let found = std::mem::replace(&mut *lock(&stages.found), Found::of(&[]));
    let Stages {
        inputs,
        runs,
        firsts,
        ..
    } = stages;
    fold::note_apart(&mut facts, &found.apart);
    expect::judge_with(&mut facts, &found.apps, questions.manifests, as_of);
    account(&mut facts, accounts);
    let firsts = whole(firsts).count()?;
    let counted = facts.inputs.iter().map(|input| {
        let counted = inputs.get(&input.id).and_then(|number| firsts.get(number));
        counted.copied().unwrap_or_default()
    });
    let counted: Vec<_> = counted.collect();
    balance(&mut facts, &counted)?;
    let Facts {
        inputs, rejects, ..
    } = facts;
    Ok(Parted {
        report: Report {
            as_of,
            policies: engine.notes().to_vec(),
            inputs,
            entries: Vec::new(),
            triage: Vec::new(),
            linked_tickets,
            rejects,
        },
        summary: found.summary,
        tally: found.tally,
        loosened: found.loosened,
        findings: found.findings,
        runs: Runs::new(whole(runs), limit)?,
    })
}

/// What every part goes through.
struct Stages<'a, 'p> {
    parts: &'p Parts,
    catalogues: Catalogues,
    asks_for_apps: bool,
    names: Names<'p>,
    inputs: BTreeMap<&'p Arc<InputId>, u32>,
    as_of: Timestamp,
    engine: &'p Engine,
    /// Copies of the engine that no worker uses now.
    idle: Mutex<Vec<Engine>>,
    runs: Mutex<Lanes>,
    firsts: Mutex<Firsts>,
    found: Mutex<Found<'a>>,
}

/// What all parts together tell.
struct Found<'a> {
    /// Inputs with findings that share a key and are kept apart.
    apart: BTreeSet<Arc<InputId>>,
    apps: Apps,
    /// The tickets that name a finding.
    named: BTreeSet<usize>,
    summary: Summary,
    tally: Tally<'a>,
    findings: usize,
    loosened: u64,
}

impl<'a> Found<'a> {
    fn of(conditions: &'a [Condition]) -> Self {
        Self {
            apart: BTreeSet::new(),
            apps: Apps::default(),
            named: BTreeSet::new(),
            summary: Summary::default(),
            tally: Tally::of(conditions),
            findings: 0,
            loosened: 0,
        }
    }
}

impl Stages<'_, '_> {
    /// The findings of a part, looked up in all catalogues.
    fn folded(&self, part: usize) -> Result<Facts> {
        let Folded {
            mut findings,
            apart,
        } = Fold::part(self.parts, part)?;
        let mut found = lock(&self.found);
        found.apart.extend(apart);
        if self.asks_for_apps {
            found.apps.add(&findings);
        }
        drop(found);
        self.catalogues.look_up(&mut findings);
        Ok(Facts {
            findings,
            ..Facts::default()
        })
    }

    /// Decides about the findings of a part and puts them into words.
    fn assess(&self, facts: Facts, tickets: &Tickets) -> Result<()> {
        let findings = facts.findings;
        if findings.is_empty() {
            return Ok(());
        }
        let mut firsts = Vec::with_capacity(findings.len());
        for finding in findings.iter().filter(|finding| !finding.is_absent()) {
            let first = finding.first_record(|report| self.inputs.contains_key(report));
            let number = first.and_then(|first| self.inputs.get(&first.report));
            let (first, number) = (first.zip(number))
                .ok_or_else(|| unsettled("a finding names no record of any input"))?;
            firsts.push(Firsts::record(*number, &first.at));
        }
        lock(&self.firsts).add(&firsts)?;
        drop(firsts);
        let naming: Vec<Vec<usize>> = (findings.iter())
            .map(|finding| tickets.naming(finding))
            .collect();
        let named: BTreeSet<usize> = naming.iter().flatten().copied().collect();
        let idle = lock(&self.idle).pop();
        let mut engine = idle.unwrap_or_else(|| self.engine.clone());
        let waiting = findings.into_iter().zip(naming).collect();
        let entries = decide(waiting, tickets.all(), &mut engine);
        lock(&self.idle).push(engine);
        let mut report = Report {
            as_of: self.as_of,
            policies: Vec::new(),
            inputs: Vec::new(),
            entries: entries?,
            triage: Vec::new(),
            linked_tickets: Vec::new(),
            rejects: Vec::new(),
        };
        report.sort();
        let mut found = lock(&self.found);
        found.named.extend(named);
        found.summary.add(&report.summary());
        found.tally.add(&report.entries, self.as_of);
        found.findings += report.entries.len();
        found.loosened += report.loosened();
        drop(found);
        let lane = lock(&self.runs).add();
        let mut phrases = wire::Phrases::default();
        for entry in &report.entries {
            let words = wire::entry_words(entry, self.as_of, &self.names, &mut phrases);
            let words = words.map_err(|error| {
                let message = format!("a finding cannot be put into words: {error}");
                Error::new(ErrorKind::Internal, message)
            })?;
            let mut runs = lock(&self.runs);
            Runs::push(&mut runs, lane, entry, self.as_of, words.get())?;
        }
        lock(&self.runs).end(lane)
    }
}

/// A panic ends the program.
fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn whole<T>(shared: Mutex<T>) -> T {
    shared.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// A report whose findings are words in a temporary file.
#[derive(Debug)]
pub struct Parted<'a> {
    /// All but the entries.
    pub report: Report,
    /// How many findings stand where.
    pub summary: Summary,
    /// What was found of the conditions.
    pub tally: Tally<'a>,
    /// How many dates are later than promised.
    pub loosened: u64,
    runs: Runs,
    findings: usize,
}

impl Parted<'_> {
    /// How many findings there are, and how many bytes their words take.
    pub fn size(&self) -> (usize, u64) {
        (self.findings, self.runs.bytes())
    }

    /// Writes what [`wire::write()`] writes of the whole.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut findings = Findings {
            words: self.runs.merge().map_err(io::Error::other)?,
            number: self.findings,
        };
        wire::write_words(&self.report, &self.summary, &mut findings, out)
    }

    /// Writes what [`wire::write_findings`] writes of the whole.
    pub fn write_findings(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut words = self.runs.merge().map_err(io::Error::other)?;
        while let Some(words) = words.next_words().map_err(io::Error::other)? {
            writeln!(out, "{words}")?;
        }
        Ok(())
    }
}

struct Findings<'a> {
    words: Merged<'a>,
    number: usize,
}

impl wire::Words for Findings<'_> {
    fn number(&self) -> usize {
        self.number
    }

    fn next_words(&mut self) -> io::Result<Option<&str>> {
        self.words.next_words().map_err(io::Error::other)
    }
}

#[cfg(test)]
mod tests;
