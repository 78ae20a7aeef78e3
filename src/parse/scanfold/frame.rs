//! What stands around the findings of a report.

use std::collections::BTreeSet;
use std::io::Read;

use jiff::Timestamp;

use super::damage::REMEDY;
use super::log::members;
use super::{each, record};
use crate::error::{Error, Result};
use crate::model::{self, InputRecord, Text};
use crate::parse::json::Reader;
use crate::source::Input;
use crate::wire;

/// The keys that every report has, even when there is nothing to say.
const KEYS: [&str; 8] = [
    "tool", "as_of", "policies", "inputs", "ledger", "summary", "findings", "rejects",
];

/// What stands around the findings. Read first, whatever the order of the keys.
#[derive(Default)]
pub(super) struct Frame {
    pub(super) as_of: Option<Timestamp>,
    pub(super) policies: Vec<model::PolicyNote>,
    pub(super) inputs: Vec<InputRecord>,
    pub(super) triage: Vec<model::TriageRow>,
    /// How many findings it has.
    pub(super) findings: u64,
    /// Whether it is a report of another version, or was changed by hand: nothing of it may be taken for what it seems to be.
    pub(super) foreign: bool,
    /// Why the report cannot be read to its end.
    pub(super) broken: Option<Error>,
}

impl Frame {
    /// Reads it to its end, or as far as it goes.
    pub(super) fn read(input: &Input) -> Self {
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
        let mut keys = BTreeSet::new();
        let mut ledger = None;
        while let Some(key) = reader.next_key()? {
            missing.retain(|expected| *expected != key);
            let wrong = |at: &str, reason: String| Error::format(reason).at(at).hint(REMEDY);
            // Of two values another reader may believe the other one.
            if !keys.insert(key.clone()) {
                self.foreign = true;
                let name = Text::line(&key);
                let reason = format!("`{}` stands there twice", name.untrusted());
                return Err(Error::format(reason).hint(REMEDY));
            }
            match key.as_str() {
                "schema" => {
                    schema = reader.record::<String>()?.ok();
                    self.foreign = schema.as_deref() != Some(wire::SCHEMA);
                }
                "as_of" => {
                    let as_of = record::<_, Timestamp>(reader)?;
                    self.as_of = Some(as_of.map_err(|reason| wrong("/as_of", reason))?);
                }
                "policies" => each(reader, "/policies", |reader, at| {
                    let policy = record::<_, wire::Policy<'_>>(reader)?;
                    let policy = policy.map_err(|reason| wrong(at, reason))?;
                    self.policies.push(policy.into_model());
                    Ok(())
                })?,
                "triage" => each(reader, "/triage", |reader, at| {
                    let row = record::<_, wire::TriageRow<'_>>(reader)?;
                    let row = row.map_err(|reason| wrong(at, reason))?;
                    self.triage.push(row.into_model());
                    Ok(())
                })?,
                "inputs" => each(reader, "/inputs", |reader, at| {
                    let input = record::<_, wire::Input<'_>>(reader)?;
                    let input = input.and_then(wire::Input::into_model);
                    self.inputs.push(input.map_err(|reason| wrong(at, reason))?);
                    Ok(())
                })?,
                "ledger" => {
                    let told = record::<_, wire::Ledger>(reader)?;
                    ledger = Some(
                        told.map_err(|reason| wrong("/ledger", reason))?
                            .into_model(),
                    );
                }
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
        let inputs = self.inputs.iter();
        let sum = inputs.fold(model::Ledger::default(), |sum, input| {
            sum.plus(input.ledger)
        });
        if ledger != Some(sum) {
            self.foreign = true;
            return Err(
                Error::format("`ledger` is not the sum of what `inputs` count")
                    .at("/ledger")
                    .hint(REMEDY),
            );
        }
        Ok(())
    }

    /// The inputs, to find places in.
    pub(super) fn names(&self) -> wire::KnownInputs {
        let mut names = wire::KnownInputs::default();
        for input in &self.inputs {
            names.add(&input.id);
        }
        names
    }
}
