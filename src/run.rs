//! The pipeline, as one page of code: read, fold, compare, link, assess.

mod assess;
mod baseline;
mod firsts;
mod parted;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rayon::prelude::*;

use crate::enrich;
use crate::error::{Error, ErrorKind, Result};
use crate::fold::{self, Fold};
use crate::model::{Facts, Join, Outcome, Report, Text};
use crate::parse::foreign::{self, Foreign};
use crate::parse::{self, Head, Memory, Options, PARSERS, Parser};
use crate::source::{Input, is_called_archive, unpacked_name};
use crate::spill::{Limit, Register, Spilled};

pub use assess::{assess, assess_with, rescore};
pub use baseline::{baseline, compare, not_before, open_baseline};
pub use parted::{Parted, Questions, assess_parts};

/// An input and, if the user says so, its format.
pub struct Named {
    /// The report.
    pub input: Input,
    /// The parser to read it with, whatever it looks like.
    pub parser: Option<&'static dyn Parser>,
}

/// What came out of reading.
#[derive(Debug)]
pub struct Ingested {
    /// The folded facts.
    pub facts: Facts,
    /// Files that were found in a directory and that no parser claims, but for those that reports took facts from.
    pub skipped: Skipped,
    /// What became of each input that was named or found, in the order of their names.
    pub read: Vec<Account>,
    /// The findings, if they are too many for the memory that they may take; the facts are without any then.
    pub spilled: Option<Spilled>,
}

/// What became of one input, before anything is compared.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Account {
    /// Its name.
    pub name: Text,
    /// The format that it was read as; `None` where no format claims it or it could not be opened.
    pub format: Option<&'static str>,
    /// How many records it has; each finding of our own report is one.
    pub records: u64,
    /// How the scan went; `None` of what was found in a directory and skipped.
    pub outcome: Option<Outcome>,
}

/// Files that were found in directories and are no reports.
#[derive(Debug, Default)]
pub struct Skipped {
    /// Their names, in order.
    pub names: Vec<Text>,
    /// How many of them are well-known for what they are: by what that is, with what to do instead.
    pub known: BTreeMap<&'static str, (&'static str, u64)>,
}

impl Skipped {
    fn add(&mut self, name: Text, foreign: Option<&'static Foreign>) {
        self.names.push(name);
        if let Some(Foreign { what, hint, .. }) = foreign {
            self.known.entry(what).or_insert((hint, 0)).1 += 1;
        }
    }
}

impl Join for Skipped {
    fn join(&mut self, other: Self) {
        self.names.extend(other.names);
        for (what, (hint, count)) in other.known {
            self.known.entry(what).or_insert((hint, 0)).1 += count;
        }
    }
}

/// How many workers share a fold. Reading takes several times as long as folding, so that so few seldom wait for each other;
/// more of them would.
const SHARING: usize = 4;

/// Reads all inputs and folds what they say. Inputs are read in parallel; the result does not depend on it.
pub fn ingest(inputs: Vec<Named>, options: &Options, as_of: Timestamp) -> Result<Ingested> {
    ingest_within(inputs, options, as_of, None)
}

/// As [`ingest`]; findings that are more than a limit go to temporary files.
pub fn ingest_within(
    mut inputs: Vec<Named>,
    options: &Options,
    as_of: Timestamp,
    limit: Option<Limit>,
) -> Result<Ingested> {
    // The largest first, one by one: no worker should be left with much when the others are done.
    inputs.sort_by_cached_key(|named| std::cmp::Reverse(named.input.size()));
    let workers = rayon::current_num_threads();
    let register = limit.map(|limit| Arc::new(Register::new(limit, workers)));
    let folds: Vec<fold::Shared> = match &register {
        // What is put away is what one worker holds, in the middle of its input if need be.
        Some(register) => (0..workers)
            .map(|_| Fold::bounded(register).into())
            .collect(),
        None => (0..workers.div_ceil(SHARING))
            .map(|_| fold::Shared::default())
            .collect(),
    };
    let memory = match &register {
        Some(register) => Memory::within(register.share() / 8),
        None => Memory::default(),
    };
    // One bench for each worker at most, whatever rayon makes of it.
    let benches: Mutex<Vec<Bench>> = Mutex::default();
    inputs.into_iter().par_bridge().try_for_each(|named| {
        let free = lock(&benches).pop();
        let mut bench = free.unwrap_or_default();
        let worker = rayon::current_thread_index().unwrap_or_default();
        // There is at least one worker, and so at least one fold.
        let fold = &folds[worker % folds.len()];
        let read = bench.read(named, fold, &memory, options, as_of);
        lock(&benches).push(bench);
        read
    })?;
    let mut folds: Vec<Fold> = folds.into_iter().map(fold::Shared::into_fold).collect();
    let spilled = match register {
        Some(register) if folds.iter().any(Fold::is_parted) => {
            let spools = folds.iter_mut().filter_map(Fold::put_away).collect();
            Some(Spilled::new(&register, spools)?)
        }
        _ => None,
    };
    let fold = folds
        .into_par_iter()
        .reduce(Fold::default, |mut one, other| {
            one.join(other);
            one
        });
    let benches = benches.into_inner().unwrap_or_else(PoisonError::into_inner);
    let whole = benches.into_iter().reduce(|mut whole, bench| {
        whole.skipped.join(bench.skipped);
        whole.read.extend(bench.read);
        whole.companions.extend(bench.companions);
        whole
    });
    let Bench {
        mut skipped,
        mut read,
        companions,
        ..
    } = whole.unwrap_or_default();
    skipped.names.retain(|name| !companions.contains(name));
    skipped.names.sort();
    read.sort();
    Ok(Ingested {
        facts: fold.finish(),
        skipped,
        read,
        spilled,
    })
}

/// No bench is left half-way: a panic ends the program.
fn lock(benches: &Mutex<Vec<Bench>>) -> MutexGuard<'_, Vec<Bench>> {
    benches.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where one worker reads one input after another.
#[derive(Default)]
struct Bench {
    skipped: Skipped,
    read: Vec<Account>,
    /// Files that reports took facts from, wherever they lie.
    companions: BTreeSet<Text>,
    /// Holds the input that is being read; kept for its memory.
    buffer: Vec<u8>,
    /// The parser of the input before.
    last: Option<&'static dyn Parser>,
}

impl Bench {
    fn read(
        &mut self,
        named: Named,
        fold: &fold::Shared,
        memory: &Memory,
        options: &Options,
        as_of: Timestamp,
    ) -> Result<()> {
        let Named { mut input, parser } = named;
        let held = input.hold(std::mem::take(&mut self.buffer));
        let read = match held {
            Ok(()) => self.read_held((&mut input, parser), fold, memory, options, as_of),
            Err(error) => Ok(fail(fold, &input, &without_place(&error))),
        };
        self.buffer = input.release();
        input.finish();
        self.read.push(read?);
        Ok(())
    }

    /// Reads one input into the fold, or skips it when it was only found, nobody claims it and its name promises nothing.
    fn read_held(
        &mut self,
        (input, parser): (&mut Input, Option<&'static dyn Parser>),
        fold: &fold::Shared,
        memory: &Memory,
        options: &Options,
        as_of: Timestamp,
    ) -> Result<Account> {
        let head = match input.head() {
            Ok(head) => head,
            Err(error) => return Ok(fail(fold, input, &without_place(&error))),
        };
        let last = self.last;
        let detect = || parse::detect_again(last, PARSERS, &head, options);
        let Some(parser) = parser.or_else(detect) else {
            if input.is_explicit() || is_named_like_report(input.name(), head.is_empty()) {
                // A file that cannot be read twice is as unreadable as one that cannot be read once.
                let _ = input.identify();
                return Ok(fail(fold, input, &unclaimed(&head)));
            }
            return Ok(self.skip(input, foreign::recognize(&Head::new(&head))));
        };
        self.last = Some(parser);
        if let Err(error) = input.identify() {
            return Ok(fail(fold, input, &without_place(&error)));
        }
        let mut open = fold.open(input, as_of);
        let closing = parser.parse_after_others(input, options, memory, &mut open);
        if let Some(assessed) = open.assessed() {
            not_before(assessed, as_of).map_err(|error| error.at(input.name()))?;
        }
        let companion = closing
            .as_ref()
            .ok()
            .and_then(|closing| closing.companion.clone());
        self.companions.extend(companion);
        // What needs a word of the user, such as a lock file without a database, is no report until the user says that word.
        let unasked = |error: &Error| error.kind() == ErrorKind::Usage && !input.is_explicit();
        if closing.as_ref().is_err_and(unasked) && open.is_untold() {
            return Ok(self.skip(input, None));
        }
        let (outcome, records) = open.close(parser.name(), closing)?;
        Ok(Account {
            name: input.id().path.clone(),
            format: Some(parser.name()),
            records,
            outcome: Some(outcome),
        })
    }

    /// It is no report.
    fn skip(&mut self, input: &Input, foreign: Option<&'static Foreign>) -> Account {
        let name = input.id().path.clone();
        self.skipped.add(name.clone(), foreign);
        Account {
            name,
            format: None,
            records: 0,
            outcome: None,
        }
    }
}

/// It could not be read: one record, rejected.
fn fail(fold: &fold::Shared, input: &Input, reason: &str) -> Account {
    fold.failed(input, reason);
    input.tally().one();
    Account {
        name: input.id().path.clone(),
        format: None,
        records: 1,
        outcome: Some(Outcome::Failed),
    }
}

/// Whether the name of a file that was only found says that it was to be a report: SARIF has an ending of its own, and an
/// empty file with an ending that reports share is what a scanner leaves that broke down.
fn is_named_like_report(name: &str, is_empty: bool) -> bool {
    let name = name.to_ascii_lowercase();
    let name = unpacked_name(&name);
    let shared: &[&str] = if is_empty {
        &[".json", ".ndjson", ".jsonl"]
    } else {
        &[]
    };
    let mut endings = [".sarif"].iter().chain(shared);
    endings.any(|ending| name.ends_with(ending))
}

fn unclaimed(head: &[u8]) -> String {
    if let Some(Foreign { what, hint, .. }) = foreign::recognize(&Head::new(head)) {
        return format!("no format claims it: it is {what} (hint: {hint})");
    }
    let what = if head.is_empty() {
        "the file is empty, which proves nothing: a scan that found nothing still writes a report"
    } else if head.contains(&0) {
        "the file is binary, expected a report"
    } else {
        "no format claims it"
    };
    format!(
        "{what} (hint: `scanfold formats` lists what can be read; `--from FORMAT:PATH` names the format)"
    )
}

fn without_place(error: &Error) -> String {
    let hint = error
        .hint_text()
        .map(|hint| format!(" (hint: {hint})"))
        .unwrap_or_default();
    format!("{}{hint}", error.message())
}

/// The facts of a report, without what was decided about them.
pub fn facts(report: Report) -> Facts {
    let Report {
        inputs,
        entries,
        linked_tickets,
        rejects,
        ..
    } = report;
    let mut findings: Vec<_> = entries.into_iter().map(|entry| entry.finding).collect();
    findings.extend(linked_tickets.into_iter().map(Box::new));
    findings.sort_by_cached_key(|finding| finding.fingerprint());
    Facts {
        findings,
        inputs,
        rejects,
    }
}

/// Reads a whole report of ours.
pub fn open_report(path: &str) -> Result<Report> {
    parse::read_report(&open(path)?)
}

fn open(path: &str) -> Result<Input> {
    if path == "-" {
        return Input::spool("-", std::io::stdin().lock());
    }
    if is_called_archive(path) && Path::new(path).is_file() {
        let error = Error::usage("expected a report, found an archive").at(path);
        return Err(error.hint("unpack it, and name the report that was in it"));
    }
    Ok(Input::file(path, true))
}

/// Looks up who exploits the findings. The files become inputs, unless there is no other: without a report nothing was
/// checked, and a catalogue must not hide that.
pub fn enrich(facts: &mut Facts, files: &enrich::Files, as_of: Timestamp) -> Result<()> {
    let accounts = enrich::look_up(&mut facts.findings, files, as_of)?;
    account(facts, accounts);
    Ok(())
}

/// Adds the accounts of such files to the inputs.
fn account(facts: &mut Facts, accounts: Facts) {
    if facts.inputs.is_empty() {
        return;
    }
    // An earlier merge may have been given the same files.
    let mut fold = Fold::default();
    fold.take(Facts {
        findings: Vec::new(),
        inputs: std::mem::take(&mut facts.inputs),
        rejects: std::mem::take(&mut facts.rejects),
    });
    fold.take(accounts);
    let Facts {
        inputs, rejects, ..
    } = fold.finish();
    facts.inputs = inputs;
    facts.rejects = rejects;
}
