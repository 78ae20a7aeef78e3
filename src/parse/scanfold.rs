//! Our own report: what one merge wrote, the next can read. It is JSON, or stands in the property bag of our own SARIF.

mod damage;
mod frame;
mod log;
mod shown;

use std::collections::BTreeSet;
use std::io::Read;
use std::sync::Arc;

use serde::Deserialize;

use self::damage::{NO_RECORD, REMEDY, agreeing, refused};
use self::frame::Frame;
use self::log::{is_schema, members};
use self::shown::{Shown, miscounted};
use super::json::{Reader, Value};
use super::{Carried, Closing, Head, Options, Parser, Sink};
use crate::error::{Error, Result};
use crate::model::{self, InputId, Kind, Outcome, Sighting, Text};
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
        let mut shown = 0;
        let mut has_rejected = false;
        let mut reject = |sink: &mut dyn Sink, at: &str, reason: &str| {
            sink.record();
            sink.reject(at, reason);
            has_rejected = true;
        };
        // What is judged in a broken one is judged anew, and facts of later are cut like those of any scanner.
        let as_of = frame.as_of.filter(|_| !broken);
        let mut contradicts = false;
        let walked = walk(input, &mut |piece| {
            match piece {
                Piece::Finding(at, finding) => {
                    let finding = finding.and_then(|finding| {
                        agreeing(finding, as_of).map_err(|reason| {
                            contradicts = true;
                            format!("{reason} (hint: {REMEDY})")
                        })
                    });
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
                                Some(_) => shown += u64::from(at.starts_with("/findings/")),
                                None => {
                                    reject(sink, at, NO_RECORD);
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
        if contradicts {
            // No leave to let records be rejected is leave to have its findings changed.
            let why = "some of its findings contradict themselves";
            closing.lower(Outcome::Failed, why);
        } else if let Some(difference) = miscounted(&frame.inputs, shown) {
            // Then some of them were rejected.
            closing.lower(Outcome::Partial, &difference);
        }
        for record in frame.inputs {
            sink.carry(Carried::Input(Box::new(record)));
        }
        closing.carried = !has_rejected && closing.outcome == Outcome::Complete;
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
    let known: BTreeSet<Arc<InputId>> = inputs.iter().map(|input| Arc::clone(&input.id)).collect();
    let mut report = model::Report {
        as_of,
        policies,
        inputs,
        entries: Vec::new(),
        triage,
        linked_tickets: Vec::new(),
        rejects: Vec::new(),
    };
    let mut shown = Shown::default();
    let mut fingerprints = BTreeSet::new();
    walk(input, &mut |piece| {
        let wrong = |at: &str, reason: String| refused(input.name(), at, reason);
        match piece {
            Piece::Finding(at, finding) => {
                let finding = finding
                    .and_then(|finding| agreeing(finding, Some(as_of)))
                    .map_err(|reason| wrong(at, reason))?;
                if at.starts_with("/tickets/") {
                    let ticket = finding.into_model(&mut names);
                    let ticket = ticket.map_err(|reason| wrong(at, reason))?;
                    let key = ticket.ticket.iter().map(|ticket| ticket.key.clone());
                    shown.tickets.list(key);
                    report.linked_tickets.push(ticket);
                    return Ok(());
                }
                let entry = finding.into_entry(&mut names);
                let entry = entry.map_err(|reason| wrong(at, reason))?;
                if !fingerprints.insert(entry.fingerprint) {
                    let reason = "another finding has the same `fingerprint`";
                    return Err(wrong(at, reason.to_owned()));
                }
                if !entry.finding.is_absent() {
                    let first = entry.finding.first_record(|report| known.contains(report));
                    let first = first.ok_or_else(|| wrong(at, NO_RECORD.to_owned()))?;
                    shown.record(first.clone());
                }
                if entry.finding.kind != Kind::Ticket {
                    let keys = entry.tickets.iter().map(|ticket| ticket.key.clone());
                    shown.tickets.name(keys);
                }
                report.entries.push(Box::new(entry));
            }
            Piece::Reject(at, reject) => {
                let reject = reject.map_err(|reason| wrong(at, reason))?;
                report.rejects.push(reject.into_model(&mut names));
            }
        }
        Ok(())
    })?;
    shown
        .held_against(&report.inputs)
        .map_err(|error| error.in_file(input.name()))?;
    Ok(report)
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
                    take(Piece::Finding(at, record(reader)?))
                })?,
                "rejects" => each(reader, "/rejects", |reader, at| {
                    take(Piece::Reject(at, record(reader)?))
                })?,
                _ => reader.skip()?,
            }
        }
        Ok(())
    });
    read.map(drop)
        .map_err(|error: Error| error.in_file(input.name()))
}

/// As [`Reader::record`], and tells which field is not what was expected.
fn record<'a, R: Read, T: Deserialize<'a>>(reader: &'a mut Reader<R>) -> Result<Result<T, String>> {
    Ok(reader.raw()?.and_then(damage::read))
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
