//! Version 1 of our JSON, both ways: `schemas/report-v1.schema.json` in code.
//!
//! Frozen: a field may be added, none may change its meaning. A change of meaning is a version 2 beside this one.

mod assessment;
mod contradiction;
mod finding;
mod format;
mod history;
mod input;
mod list;
mod phrase;
mod shown;
mod source;
mod subject;
mod triage;

use std::borrow::Cow;
use std::cell::RefCell;
use std::io::{self, Write as _};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use rayon::prelude::*;
use serde::ser::{Error as _, SerializeSeq};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use crate::model::{self, Text};

pub use assessment::{Deadline, PolicyTag, Suppressed, Why};
pub use finding::Finding;
use format::Lines;
pub use history::{Alias, Decision, Exploited, Move, Promise};
pub use input::{Input, KnownInputs, Names, Reject};
pub use phrase::Phrases;
pub use shown::Shown;
pub use source::{Claim, Moment, Sighting, Suppression, Ticket};
pub use subject::{Location, Package, Rule};
pub use triage::TriageRow;

/// The value of `schema` in every report of this version.
pub const SCHEMA: &str = "scanfold/report/1";

/// How many findings each worker puts into words before they are written.
const AHEAD: usize = 128;
/// How many of these one worker takes at once.
const SHARE: usize = 32;
/// How much is written at once, in bytes: a writer behind a pointer is slow to take a text word by word.
const BUFFER: usize = 64 << 10;

/// Writes the whole report: one line for each finding, so that reports can be compared line by line. `jobs` workers of
/// the current thread pool put findings into words; the bytes are the same for any number.
pub fn write(report: &model::Report, jobs: usize, out: &mut dyn io::Write) -> io::Result<()> {
    let names = Names::of(&report.inputs);
    let summary = report.summary();
    let findings = Findings::of(report, &names, jobs);
    write_lines(&Report::of(report, &names, &summary, findings), out)
}

/// Writes a report whose findings come as [`words`](entry_words), in their order; the entries of `report` are not looked
/// at. `summary` is that of the findings.
pub fn write_words(
    report: &model::Report,
    summary: &model::Summary,
    findings: &mut dyn Words,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let names = Names::of(&report.inputs);
    let findings = Given(RefCell::new(findings));
    write_lines(&Report::of(report, &names, summary, findings), out)
}

fn write_lines(report: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    let mut out = io::BufWriter::with_capacity(BUFFER, out);
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, Lines::default());
    report.serialize(&mut serializer)?;
    out.write_all(b"\n")?;
    out.flush()
}

/// A finding with its judgement in the words of a report with inputs of these names. `phrases` are those of findings before.
pub fn entry_words<'a>(
    entry: &'a model::Entry,
    as_of: Timestamp,
    names: &Names<'a>,
    phrases: &mut Phrases<'a>,
) -> serde_json::Result<Box<RawValue>> {
    to_raw_value(&Finding::of_entry(entry, as_of, names, phrases))
}

/// Findings that are words already.
pub trait Words {
    /// How many there are.
    fn number(&self) -> usize;
    /// The next one; `None` at the end.
    fn next_words(&mut self) -> io::Result<Option<&str>>;
}

/// They are given out once.
struct Given<'a>(RefCell<&'a mut dyn Words>);

impl Serialize for Given<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut words = self.0.borrow_mut();
        let mut list = serializer.serialize_seq(Some(words.number()))?;
        while let Some(finding) = words.next_words().map_err(S::Error::custom)? {
            let finding: &RawValue = serde_json::from_str(finding).map_err(S::Error::custom)?;
            list.serialize_element(finding)?;
        }
        list.end()
    }
}

/// The whole report, to stand within a document of another format. `names` are those of its inputs.
pub fn document<'a>(report: &'a model::Report, names: &'a Names<'a>) -> impl Serialize + 'a {
    let findings = Findings::of(report, names, 1);
    Report::of(report, names, &report.summary(), findings)
}

/// Writes the findings alone, one JSON text on each line. `jobs` is as for [`write()`].
pub fn write_findings(
    report: &model::Report,
    jobs: usize,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let names = Names::of(&report.inputs);
    let findings = Findings::of(report, &names, jobs);
    let mut out = io::BufWriter::with_capacity(BUFFER, out);
    findings.each(io::Error::from, |finding| {
        serde_json::to_writer(&mut out, &finding)?;
        out.write_all(b"\n")
    })?;
    out.flush()
}

/// The document, as it is written. It is read piece by piece: [`Finding`], [`Input`], [`Policy`] and [`Reject`].
#[derive(Serialize)]
struct Report<'a, F> {
    schema: &'a str,
    tool: Tool<'a>,
    as_of: Timestamp,
    policies: Vec<Policy<'a>>,
    inputs: Vec<Input<'a>>,
    ledger: Ledger,
    summary: Summary,
    findings: F,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tickets: Vec<Finding<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    triage: Vec<TriageRow<'a>>,
    rejects: Vec<Reject<'a>>,
}

impl<'a, F> Report<'a, F> {
    fn of(
        report: &'a model::Report,
        names: &'a Names<'a>,
        summary: &model::Summary,
        findings: F,
    ) -> Self {
        let model::Report {
            as_of,
            policies,
            inputs,
            entries: _,
            triage,
            linked_tickets,
            rejects,
        } = report;
        Self {
            schema: SCHEMA,
            tool: Tool {
                name: "scanfold",
                version: env!("CARGO_PKG_VERSION"),
            },
            as_of: *as_of,
            policies: policies.iter().map(Policy::of).collect(),
            inputs: inputs.iter().map(Input::of).collect(),
            ledger: Ledger::of(report.ledger()),
            summary: Summary::of(summary),
            findings,
            tickets: linked_tickets
                .iter()
                .map(|ticket| Finding::of(ticket, names))
                .collect(),
            triage: triage.iter().map(TriageRow::of).collect(),
            rejects: rejects
                .iter()
                .map(|reject| Reject::of(reject, names))
                .collect(),
        }
    }
}

#[derive(Serialize)]
struct Tool<'a> {
    name: &'a str,
    version: &'a str,
}

/// Findings are put into their wire shape one at a time.
struct Findings<'a> {
    entries: &'a [Box<model::Entry>],
    as_of: Timestamp,
    names: &'a Names<'a>,
    /// How many workers there are for it.
    jobs: usize,
}

impl<'a> Findings<'a> {
    fn of(report: &'a model::Report, names: &'a Names<'a>, jobs: usize) -> Self {
        Self {
            entries: &report.entries,
            as_of: report.as_of,
            names,
            jobs,
        }
    }

    /// What is put into words at once: few enough that memory does not grow with the report.
    fn batches(&self) -> impl Iterator<Item = &'a [Box<model::Entry>]> {
        self.entries.chunks(AHEAD.saturating_mul(self.jobs.max(1)))
    }

    /// Writes each finding, in order. While one batch is written, the workers put the next one into words; without others
    /// no finding need be words before it is written.
    fn each<E>(
        &self,
        fail: fn(serde_json::Error) -> E,
        mut write: impl FnMut(Line<'_, 'a>) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.jobs <= 1 {
            let mut phrases = Phrases::default();
            let shape =
                |entry: &'a Box<_>| Finding::of_entry(entry, self.as_of, self.names, &mut phrases);
            let mut shapes = self.entries.iter().map(shape);
            return shapes.try_for_each(|shape| write(Line::Shape(&shape)));
        }
        let known = Mutex::default();
        let mut batches = self.batches();
        let words =
            |batch: Option<&'a [_]>| batch.map(|batch| self.words(batch, &known)).transpose();
        let mut ready = words(batches.next()).map_err(fail)?;
        while let Some(now) = ready.take() {
            let (batch, mut next) = (batches.next(), Ok(None));
            rayon::in_place_scope(|scope| {
                scope.spawn(|_| next = words(batch));
                // Each text is let go as it is written, so that the next ones take its place in memory.
                let mut now = now.into_iter().flatten();
                now.try_for_each(|words| write(Line::Words(&words)))
            })?;
            ready = next.map_err(fail)?;
        }
        Ok(())
    }

    /// The JSON texts of a batch, in its order and by the share. `known` are phrases that no worker uses now.
    fn words(
        &self,
        batch: &'a [Box<model::Entry>],
        known: &Mutex<Vec<Phrases<'a>>>,
    ) -> serde_json::Result<Vec<Vec<Box<RawValue>>>> {
        let lock = || known.lock().unwrap_or_else(PoisonError::into_inner);
        let words = |share: &'a [Box<model::Entry>]| -> serde_json::Result<Vec<_>> {
            let mut phrases = lock().pop().unwrap_or_default();
            let words =
                |entry: &'a Box<_>| entry_words(entry, self.as_of, self.names, &mut phrases);
            let words = share.iter().map(words).collect();
            lock().push(phrases);
            words
        };
        batch.par_chunks(SHARE).map(words).collect()
    }
}

/// A finding that is written.
enum Line<'l, 'a> {
    Shape(&'l Finding<'a>),
    /// Its JSON text.
    Words(&'l RawValue),
}

impl Serialize for Line<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Shape(shape) => shape.serialize(serializer),
            Self::Words(words) => words.serialize(serializer),
        }
    }
}

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.entries.len()))?;
        self.each(S::Error::custom, |finding| list.serialize_element(&finding))?;
        list.end()
    }
}

/// A policy that was applied.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy<'a> {
    name: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Cow<'a, str>>,
    digest: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<Timestamp>,
}

impl<'a> Policy<'a> {
    fn of(policy: &'a model::PolicyNote) -> Self {
        let model::PolicyNote {
            name,
            source,
            digest,
            next,
        } = policy;
        Self {
            name: words(name),
            source: source.as_ref().map(words),
            digest: words(digest),
            next: *next,
        }
    }

    /// The policy's note.
    pub fn into_model(self) -> model::PolicyNote {
        let Self {
            name,
            source,
            digest,
            next,
        } = self;
        model::PolicyNote {
            name: Text::line(&name),
            source: source.map(|source| Text::line(&source)),
            digest: Text::line(&digest),
            next,
        }
    }
}

/// Where the records of all inputs went.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ledger {
    records: u64,
    findings: u64,
    folded: u64,
    passed: u64,
    rejected: u64,
}

impl Ledger {
    fn of(ledger: model::Ledger) -> Self {
        let model::Ledger {
            records,
            findings,
            folded,
            passed,
            rejected,
        } = ledger;
        Self {
            records,
            findings,
            folded,
            passed,
            rejected,
        }
    }

    /// The ledger.
    pub fn into_model(self) -> model::Ledger {
        let Self {
            records,
            findings,
            folded,
            passed,
            rejected,
        } = self;
        model::Ledger {
            records,
            findings,
            folded,
            passed,
            rejected,
        }
    }
}

#[derive(Serialize)]
struct Summary {
    open: Open,
    overdue: u64,
    new: u64,
    suppressed: u64,
    fixed: u64,
    unobserved: u64,
}

#[derive(Serialize)]
struct Open {
    critical: u64,
    high: u64,
    unknown: u64,
    medium: u64,
    low: u64,
    info: u64,
}

impl Summary {
    fn of(summary: &model::Summary) -> Self {
        let model::Summary {
            open,
            overdue,
            new,
            suppressed,
            fixed,
            unobserved,
        } = summary;
        let count = |severity| open.get(&severity).copied().unwrap_or_default();
        let open = Open {
            critical: count(model::Severity::Critical),
            high: count(model::Severity::High),
            unknown: count(model::Severity::Unknown),
            medium: count(model::Severity::Medium),
            low: count(model::Severity::Low),
            info: count(model::Severity::Info),
        };
        Self {
            open,
            overdue: *overdue,
            new: *new,
            suppressed: *suppressed,
            fixed: *fixed,
            unobserved: *unobserved,
        }
    }
}

fn words(text: &Text) -> Cow<'_, str> {
    Cow::Borrowed(text.untrusted())
}

/// The value that `name` calls `word`, or what it might have been.
fn one_of<T: Copy>(
    field: &str,
    word: &str,
    values: impl IntoIterator<Item = T>,
    name: impl Fn(T) -> &'static str,
) -> Result<T, String> {
    let mut known = Vec::new();
    for value in values {
        if name(value) == word {
            return Ok(value);
        }
        known.push(name(value));
    }
    Err(format!(
        "`{field}` is `{}`, expected one of {}",
        Text::line(word).untrusted(),
        known.join(", ")
    ))
}

fn line_of(words: Option<&Cow<'_, str>>) -> Option<Text> {
    words.map(|words| Text::line(words))
}

fn score(number: f64) -> Result<model::Score, String> {
    model::Score::from_number(number)
        .ok_or_else(|| format!("`score` is {number}, expected 0.0 to 10.0"))
}
