//! Our own report: what one merge wrote, the next can read. It is JSON, or stands in the property bag of our own SARIF.

mod log;
mod shown;

use std::collections::BTreeSet;
use std::io::Read;
use std::sync::Arc;

use jiff::Timestamp;

use self::log::{is_schema, members};
use self::shown::{Shown, miscounted};
use super::json::{Reader, Value};
use super::{Carried, Closing, Head, Options, Parser, Sink};
use crate::error::{Error, Result};
use crate::model::{self, InputId, InputRecord, Outcome, Sighting, Text};
use crate::source::Input;
use crate::wire;

pub(super) use log::is_log;

/// The name of the format.
pub(super) const NAME: &str = "scanfold";

/// See the module.
pub(super) struct Scanfold;

impl Parser for Scanfold {
    fn name(&self) -> &'static str {
        NAME
    }

    fn usage(&self) -> &'static str {
        "scanfold's own JSON report, from `scanfold merge -o report.json`"
    }

    fn sniff(&self, head: &Head<'_>) -> bool {
        let schema = head.json.text("/schema");
        schema.is_some_and(is_schema) || is_log(head)
    }

    fn parse(&self, input: &Input, _options: &Options, sink: &mut dyn Sink) -> Result<Closing> {
        let mut closing = Closing::of("scanfold");
        let mut frame = Frame::read(input);
        if frame.foreign
            && let Some(error) = frame.broken.take()
        {
            return Err(error);
        }
        let mut names = frame.names();
        let known: BTreeSet<&Arc<InputId>> = frame.inputs.iter().map(|input| &input.id).collect();
        if frame.broken.is_none() {
            // Whatever is handed over is folded, so it must be known before that some of it is missing.
            Shown::count(input, &mut names, |report| known.contains(report))?
                .held_against(&frame.inputs)
                .map_err(|error| error.in_file(input.name()))?;
        }
        if let Some(as_of) = frame.as_of {
            sink.carry(Carried::Assessed(as_of));
        }
        // A report that ends in the middle no longer accounts for its inputs: its findings are then records of the file.
        let broken = frame.broken.is_some();
        let mut records = BTreeSet::new();
        let mut refused = false;
        let mut reject = |sink: &mut dyn Sink, at: &str, reason: &str| {
            sink.record();
            sink.reject(at, reason);
            refused = true;
        };
        let walked = walk(input, &mut |piece| {
            match piece {
                Piece::Finding(at, finding) => {
                    match finding.and_then(|finding| finding.into_model(&mut names)) {
                        Err(reason) => reject(sink, at, &reason),
                        Ok(mut finding) if broken => {
                            let place = input.place(at);
                            finding.sightings = [Sighting {
                                place,
                                scanner: Text::line("scanfold"),
                            }]
                            .into_iter()
                            .collect();
                            sink.record();
                            sink.finding(finding);
                        }
                        Ok(finding) => {
                            match finding.first_record(|report| known.contains(report)) {
                                _ if finding.is_absent() => {}
                                Some(record) if at.starts_with("/findings/") => {
                                    records.insert(record.clone());
                                }
                                Some(_) => {}
                                None => {
                                    let reason = "none of its `sightings` names one of the report's `inputs`";
                                    reject(sink, at, reason);
                                    return Ok(());
                                }
                            }
                            sink.carry(Carried::Finding(Box::new(finding)));
                        }
                    }
                }
                Piece::Reject(at, rejected) => match rejected {
                    Ok(rejected) if !broken => {
                        sink.carry(Carried::Reject(rejected.into_model(&mut names)));
                    }
                    Ok(_) => reject(
                        sink,
                        at,
                        "a reject of an input that the broken report can no longer account for",
                    ),
                    Err(reason) => reject(sink, at, &reason),
                },
            }
            Ok(())
        });
        if let Some(error) = frame.broken {
            return Err(error);
        }
        walked?;
        // Then some of them were rejected.
        if let Some(difference) = miscounted(&frame.inputs, records.len() as u64) {
            closing.lower(Outcome::Partial, &difference);
        }
        for record in frame.inputs {
            sink.carry(Carried::Input(Box::new(record)));
        }
        closing.carried = !refused && closing.outcome == Outcome::Complete;
        Ok(closing)
    }
}

/// Reads a whole report with its judgements, for commands that show or check what was decided.
pub fn read_report(input: &Input) -> Result<model::Report> {
    let frame = Frame::read(input);
    let mut names = frame.names();
    let Frame {
        as_of,
        policies,
        inputs,
        triage,
        findings: _,
        foreign: _,
        broken,
    } = frame;
    if let Some(error) = broken {
        return Err(error);
    }
    let as_of = as_of.ok_or_else(|| Error::format("`as_of` is missing").at(input.name()))?;
    let mut report = model::Report {
        as_of,
        policies,
        inputs,
        entries: Vec::new(),
        triage,
        linked_tickets: Vec::new(),
        rejects: Vec::new(),
    };
    walk(input, &mut |piece| {
        let wrong =
            |at: &str, reason: String| Error::format(reason).at(format!("{}: {at}", input.name()));
        match piece {
            Piece::Finding(at, finding) if at.starts_with("/tickets/") => {
                let ticket = finding.and_then(|finding| finding.into_model(&mut names));
                report
                    .linked_tickets
                    .push(ticket.map_err(|reason| wrong(at, reason))?);
            }
            Piece::Finding(at, finding) => {
                let entry = finding.and_then(|finding| finding.into_entry(&mut names));
                report
                    .entries
                    .push(Box::new(entry.map_err(|reason| wrong(at, reason))?));
            }
            Piece::Reject(at, reject) => {
                report.rejects.push(
                    reject
                        .map_err(|reason| wrong(at, reason))?
                        .into_model(&mut names),
                );
            }
        }
        Ok(())
    })?;
    let known: BTreeSet<&Arc<InputId>> = report.inputs.iter().map(|input| &input.id).collect();
    let observed = report
        .entries
        .iter()
        .filter(|entry| !entry.finding.is_absent())
        .filter_map(|entry| entry.finding.first_record(|report| known.contains(report)));
    let shown = Shown {
        records: observed.collect::<BTreeSet<_>>().len() as u64,
        unclear: 0,
    };
    shown
        .held_against(&report.inputs)
        .map_err(|error| error.at(input.name()))?;
    Ok(report)
}

/// The keys that every report has, even when there is nothing to say.
const KEYS: [&str; 8] = [
    "tool", "as_of", "policies", "inputs", "ledger", "summary", "findings", "rejects",
];

/// What stands around the findings. Read first, whatever the order of the keys.
#[derive(Default)]
struct Frame {
    as_of: Option<Timestamp>,
    policies: Vec<model::PolicyNote>,
    inputs: Vec<InputRecord>,
    triage: Vec<model::TriageRow>,
    /// How many findings it has.
    findings: u64,
    /// Whether it is a report of another version, of which nothing may be taken for what it seems to be.
    foreign: bool,
    /// Why the report cannot be read to its end.
    broken: Option<Error>,
}

impl Frame {
    fn read(input: &Input) -> Self {
        let mut frame = Self::default();
        frame.broken = frame
            .read_into(input)
            .err()
            .map(|error| error.in_file(input.name()));
        frame
    }

    fn read_into(&mut self, input: &Input) -> Result<()> {
        let results = members(input, |reader| self.read_members(reader))?;
        match results {
            // Results that another tool put in or took out would be lost or come back without a word.
            Some(results) if results != self.findings => Err(Error::format(format!(
                "the log has {results} results, and the report in it {} findings",
                self.findings
            ))
            .hint(
                "the log was changed after it was written: name the JSON report of the same merge",
            )),
            _ => Ok(()),
        }
    }

    fn read_members<R: Read>(&mut self, reader: &mut Reader<R>) -> Result<()> {
        let mut schema = None;
        let mut missing = Vec::from(KEYS);
        while let Some(key) = reader.next_key()? {
            missing.retain(|expected| *expected != key);
            let wrong = |at: &str, reason: String| Error::format(reason).at(at);
            match key.as_str() {
                "schema" => {
                    schema = reader.record::<String>()?.ok();
                    self.foreign = schema.as_deref() != Some(wire::SCHEMA);
                }
                "as_of" => {
                    let as_of = reader.record::<Timestamp>()?;
                    self.as_of = Some(as_of.map_err(|reason| wrong("/as_of", reason))?);
                }
                "policies" => each(reader, "/policies", |reader, at| {
                    let policy = reader
                        .record::<wire::Policy<'_>>()?
                        .map_err(|reason| wrong(at, reason))?;
                    self.policies.push(policy.into_model());
                    Ok(())
                })?,
                "triage" => each(reader, "/triage", |reader, at| {
                    let row = reader.record::<wire::TriageRow<'_>>()?;
                    let row = row.map_err(|reason| wrong(at, reason))?;
                    self.triage.push(row.into_model());
                    Ok(())
                })?,
                "inputs" => each(reader, "/inputs", |reader, at| {
                    let record = reader
                        .record::<wire::Input<'_>>()?
                        .and_then(wire::Input::into_model);
                    self.inputs
                        .push(record.map_err(|reason| wrong(at, reason))?);
                    Ok(())
                })?,
                // Where these break must be known before the first of them is handed over.
                "findings" | "tickets" | "rejects" => {
                    each(reader, &format!("/{key}"), |reader, _| {
                        self.findings += u64::from(key == "findings");
                        reader.skip()
                    })?;
                }
                _ => reader.skip()?,
            }
        }
        match schema.as_deref() {
            Some(wire::SCHEMA) => {}
            Some(other) => {
                let hint = "read it with the version of scanfold that wrote it, or merge the scanners' reports again";
                return Err(Error::format(format!(
                    "expected the schema `{}`, found `{other}`",
                    wire::SCHEMA
                ))
                .hint(hint));
            }
            None => {
                return Err(Error::format(format!(
                    "`schema` is missing, expected `{}`",
                    wire::SCHEMA
                )));
            }
        }
        if let Some(key) = missing.first() {
            return Err(Error::format(format!("`{key}` is missing"))
                .hint("the report was changed by hand or cut: merge the scanners' reports again"));
        }
        Ok(())
    }

    fn names(&self) -> wire::KnownInputs {
        let mut names = wire::KnownInputs::default();
        for input in &self.inputs {
            names.add(&input.id);
        }
        names
    }
}

/// One piece of the document with its place.
enum Piece<'a> {
    Finding(&'a str, Result<Box<wire::Finding<'a>>, String>),
    Reject(&'a str, Result<wire::Reject<'a>, String>),
}

fn walk(input: &Input, take: &mut dyn FnMut(Piece<'_>) -> Result<()>) -> Result<()> {
    let read = members(input, |reader| {
        while let Some(key) = reader.next_key()? {
            match key.as_str() {
                "findings" | "tickets" => each(reader, &format!("/{key}"), |reader, at| {
                    take(Piece::Finding(at, reader.record()?))
                })?,
                "rejects" => each(reader, "/rejects", |reader, at| {
                    take(Piece::Reject(at, reader.record()?))
                })?,
                _ => reader.skip()?,
            }
        }
        Ok(())
    });
    read.map(drop)
        .map_err(|error: Error| error.in_file(input.name()))
}

fn each<R: Read>(
    reader: &mut Reader<R>,
    list: &str,
    mut element: impl FnMut(&mut Reader<R>, &str) -> Result<()>,
) -> Result<()> {
    if reader.value()? == Value::Null {
        return reader.skip();
    }
    reader.enter_array()?;
    let mut index = 0_u64;
    while reader.next_element()? {
        element(reader, &format!("{list}/{index}"))?;
        index += 1;
    }
    Ok(())
}
