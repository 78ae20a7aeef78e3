//! The second pass: results become findings.

use super::crew::{Results, Take, Work};
use super::finding::{self, Maker, Verdict};
use super::memory::{self, Digest, Memory};
use super::survey::Log;
use super::walk::{Json, Part, Visit};
use super::wire::Record;
use crate::error::Result;
use crate::model::{Baseline, Finding, Text};
use crate::parse::json::{self, Value};
use crate::parse::{Carried, Sink};
use crate::source::Input;

/// What findings are made with.
pub(super) struct Making<'h> {
    pub(super) input: &'h Input,
    pub(super) app: &'h Text,
    pub(super) log: &'h Log,
    pub(super) keeps_absent: bool,
    pub(super) memory: &'h Memory,
}

/// What the findings of one part are made with.
pub(super) struct Desk<'h> {
    part: Part,
    /// With what repeats of its run have in common.
    maker: Option<(Maker<'h>, Digest)>,
}

/// What becomes of a result.
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all are findings, which a box each would only delay"
)]
pub(super) enum Outcome {
    Finding(Finding),
    Passed,
    /// The log says that it is gone.
    Absent(Box<Finding>),
    Reject {
        at: String,
        reason: String,
    },
}

impl<'h> Work for Making<'h> {
    type Desk = Desk<'h>;
    type Outcome = Outcome;

    fn desk(&self, part: Part) -> Self::Desk {
        let run = self.log.parts.run(part);
        let maker = run.map(|run| {
            let context = memory::context(self.app, run);
            let maker = Maker::new(self.input, self.app, run, &self.log.identities, part);
            (maker, context)
        });
        Desk { part, maker }
    }

    fn work(&self, desk: &Self::Desk, index: usize, raw: Result<&[u8], String>) -> Outcome {
        let at = format!("{}/results/{index}", desk.part.pointer());
        match self.make(desk, &at, raw) {
            Ok(outcome) => outcome,
            Err(reason) => Outcome::Reject { at, reason },
        }
    }
}

impl Making<'_> {
    /// What becomes of a result, or why it is not understood.
    fn make(
        &self,
        desk: &Desk<'_>,
        at: &str,
        raw: Result<&[u8], String>,
    ) -> Result<Outcome, String> {
        let raw = raw?;
        let Some((maker, context)) = &desk.maker else {
            return Err("the file changed while it was read".to_owned());
        };
        let name = self.memory.name(raw);
        let known = name.and_then(|name| Some((name, self.memory.get(name)?)));
        if let Some((name, known)) = &known {
            if known.has_passed() {
                return Ok(Outcome::Passed);
            }
            if let Some(finding) = maker.repeat(known, *name, *context, at) {
                return Ok(Outcome::Finding(finding));
            }
        }
        let record: Record<'_> = json::read(raw)?;
        let known = known.map(|(_, known)| known);
        let verdict = finding::verdict(record.face());
        match verdict {
            Verdict::Passed => {
                if let Some(known) = known {
                    known.pass();
                }
                return Ok(Outcome::Passed);
            }
            Verdict::Absent if !self.keeps_absent => return Ok(Outcome::Passed),
            Verdict::Empty => {
                return Err(
                    "expected a `ruleId`, a `message` or `locations`, found none of them"
                        .to_owned(),
                );
            }
            Verdict::Absent | Verdict::Fail | Verdict::Review => {}
        }
        let sketch = known.as_ref().map(|known| &known.sketch);
        let mut made = maker.finding(&record, sketch, verdict, at);
        if verdict == Verdict::Absent {
            made.finding.baseline = Some(Baseline::Fixed);
            return Ok(Outcome::Absent(Box::new(made.finding)));
        }
        if let Some(known) = known {
            self.memory.tell(&known, *context, &made);
        }
        Ok(Outcome::Finding(made.finding))
    }
}

/// Passes on what becomes of results.
pub(super) struct Passing<'h>(pub(super) &'h mut dyn Sink);

impl Passing<'_> {
    fn reject(&mut self, at: &str, reason: &str) {
        self.0.record();
        self.0.reject(at, reason);
    }
}

impl Take<Outcome> for Passing<'_> {
    fn take(&mut self, _part: Part, outcome: Outcome) {
        match outcome {
            Outcome::Finding(finding) => {
                self.0.record();
                self.0.finding(finding);
            }
            Outcome::Passed => {
                self.0.record();
                self.0.passed();
            }
            Outcome::Absent(finding) => {
                self.0.record();
                self.0.passed();
                self.0.carry(Carried::Finding(finding));
            }
            Outcome::Reject { at, reason } => self.reject(&at, &reason),
        }
    }
}

/// The pass.
pub(super) struct Harvest<'p, 'h> {
    pub(super) results: &'p mut dyn Results<Passing<'h>>,
}

impl Visit for Harvest<'_, '_> {
    fn log(&mut self, key: &str, json: &mut Json) -> Result<()> {
        if key == "inlineExternalProperties" && json.value()? != Value::Null {
            let reason = expected("an array", json)?;
            let passing = self.results.taker();
            passing.reject("/inlineExternalProperties", &reason);
        }
        json.skip()
    }

    fn parts(&mut self, _key: &str) {}

    fn part(&mut self, _part: Part) {}

    fn odd_part(&mut self, part: Part, json: &mut Json) -> Result<()> {
        let reason = expected("a run", json)?;
        self.results.taker().reject(&part.pointer(), &reason);
        json.skip()
    }

    fn property(&mut self, part: Part, key: &str, json: &mut Json) -> Result<()> {
        if key == "results" && json.value()? != Value::Null {
            let reason = expected("an array of results", json)?;
            let at = format!("{}/results", part.pointer());
            self.results.taker().reject(&at, &reason);
        }
        json.skip()
    }

    fn results(&mut self, part: Part) {
        self.results.begin(part);
    }

    fn result(&mut self, _part: Part, index: usize, json: &mut Json) -> Result<()> {
        if json.value()? != Value::Object {
            let reason = expected("a result", json)?;
            self.results.result(index, Err(reason));
            return json.skip();
        }
        self.results.result(index, json.raw()?);
        Ok(())
    }
}

/// `expected a result, found null`
fn expected(what: &str, json: &mut Json) -> Result<String> {
    let found = match json.value()? {
        Value::Object => "an object",
        Value::Array => "an array",
        Value::String => "a string",
        Value::Null => "null",
        Value::Scalar => "a number or truth value",
    };
    Ok(format!("expected {what}, found {found}"))
}
