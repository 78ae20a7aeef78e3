//! SARIF 2.1.0 of any tool (OASIS standard; section numbers are those of its text).
//!
//! A log is read twice, one result in memory at a time: results may stand before the rules, paths and invocations that
//! they need, and what pins a result depends on all others.

mod asked;
mod dependency;
mod detail;
mod finding;
mod flow;
mod identity;
mod lenient;
mod memory;
mod message;
mod outcome;
mod rule;
mod run;
mod survey;
mod taxon;
mod tool;
mod trace;
mod uri;
mod walk;
mod wire;

use finding::{Maker, Verdict};
pub(super) use memory::Memory;
use survey::{Log, Survey};
use walk::{Json, Part, Visit};
use wire::Record;

use super::json::{self, Reader, Value};
use super::{Carried, Closing, Head, Options, Parser, Sink};
use crate::error::Result;
use crate::model::{Baseline, Text};
use crate::source::Input;

/// See the module.
pub(super) struct Sarif;

impl Parser for Sarif {
    fn name(&self) -> &'static str {
        "sarif"
    }

    fn usage(&self) -> &'static str {
        "SARIF 2.1.0 of any tool: `semgrep --sarif`, `codeql database analyze --format=sarif-latest`, `trivy -f sarif`"
    }

    fn sniff(&self, head: &Head<'_>) -> bool {
        // Our own log carries the report that it shows, and that is read.
        if super::scanfold::is_log(head) {
            return false;
        }
        let json = &head.json;
        let named = |place: &str| {
            let words = json.text(place).unwrap_or_default();
            words.to_ascii_lowercase().contains("sarif")
        };
        let has_runs = json.has("/runs", Value::Array);
        let is_run = has_runs
            && (json.find("/runs/-/tool").is_some() || json.find("/runs/-/results").is_some());
        let is_version = |words: &str| words.starts_with("2.");
        named("/$schema")
            || is_run
            || (json.find("/runs").is_some() && json.text("/version").is_some_and(is_version))
    }

    fn parse(&self, input: &Input, options: &Options, sink: &mut dyn Sink) -> Result<Closing> {
        read(input, options, &Memory::none(), sink)
    }

    fn parse_after_others(
        &self,
        input: &Input,
        options: &Options,
        memory: &super::Memory,
        sink: &mut dyn Sink,
    ) -> Result<Closing> {
        read(input, options, &memory.sarif, sink)
    }
}

fn read(input: &Input, options: &Options, memory: &Memory, sink: &mut dyn Sink) -> Result<Closing> {
    let app = options.app(input, None);
    let mut survey = Survey::new(options.keeps_absent, memory);
    let broken = walk::walk(&mut open(input)?.0, &mut survey).err();
    let log = survey.settle(broken.is_some())?;
    let mut harvest = Harvest {
        input,
        app: &app,
        log: &log,
        keeps_absent: options.keeps_absent,
        memory,
        maker: None,
        sink,
    };
    // A log that breaks does so at the same place again: what stands before it is kept.
    let (mut json, preamble) = open(input)?;
    walk::walk(&mut json, &mut harvest)?;
    if let Some(error) = broken {
        return Err(error);
    }
    let mut closing = outcome::closing(&log, &app);
    if !preamble.trim().is_empty() {
        closing.note("text before the log was passed over");
    }
    Ok(closing)
}

/// A reader at the start of the log, and what a tool printed before it.
fn open(input: &Input) -> Result<(Json, String)> {
    let mut json = Reader::new(input.open()?);
    let preamble = json.skip_preamble()?;
    Ok((json, preamble))
}

/// The second pass: results become findings.
struct Harvest<'h> {
    input: &'h Input,
    app: &'h Text,
    log: &'h Log,
    keeps_absent: bool,
    memory: &'h Memory,
    /// Makes the findings of the part whose results are read, with what repeats of its run have in common.
    maker: Option<(Maker<'h>, memory::Digest)>,
    sink: &'h mut dyn Sink,
}

impl Harvest<'_> {
    fn reject(&mut self, at: &str, reason: &str) {
        self.sink.record();
        self.sink.reject(at, reason);
    }
}

impl Visit for Harvest<'_> {
    fn log(&mut self, key: &str, json: &mut Json) -> Result<()> {
        if key == "inlineExternalProperties" && json.value()? != Value::Null {
            self.reject("/inlineExternalProperties", &expected("an array", json)?);
        }
        json.skip()
    }

    fn parts(&mut self, _key: &str) {}

    fn part(&mut self, _part: Part) {}

    fn odd_part(&mut self, part: Part, json: &mut Json) -> Result<()> {
        let reason = expected("a run", json)?;
        self.reject(&part.pointer(), &reason);
        json.skip()
    }

    fn property(&mut self, part: Part, key: &str, json: &mut Json) -> Result<()> {
        if key == "results" && json.value()? != Value::Null {
            let reason = expected("an array of results", json)?;
            self.reject(&format!("{}/results", part.pointer()), &reason);
        }
        json.skip()
    }

    fn results(&mut self, part: Part) {
        self.maker = self.log.parts.run(part).map(|run| {
            let context = memory::context(self.app, run);
            let maker = Maker::new(self.input, self.app, run, &self.log.identities, part);
            (maker, context)
        });
    }

    fn result(&mut self, part: Part, index: usize, json: &mut Json) -> Result<()> {
        let at = format!("{}/results/{index}", part.pointer());
        if json.value()? != Value::Object {
            let reason = expected("a result", json)?;
            self.reject(&at, &reason);
            return json.skip();
        }
        let raw = json.raw()?;
        self.sink.record();
        let Some((maker, context)) = &self.maker else {
            self.sink.reject(&at, "the file changed while it was read");
            return Ok(());
        };
        let name = raw.as_ref().ok().and_then(|raw| self.memory.name(raw));
        let known = name.and_then(|name| Some((name, self.memory.get(name)?)));
        if let Some((name, known)) = &known {
            if known.has_passed() {
                self.sink.passed();
                return Ok(());
            }
            if let Some(finding) = maker.repeat(known, *name, *context, &at) {
                self.sink.finding(finding);
                return Ok(());
            }
        }
        let record: Record<'_> = match raw.and_then(json::read) {
            Ok(record) => record,
            Err(reason) => {
                self.sink.reject(&at, &reason);
                return Ok(());
            }
        };
        let known = known.map(|(_, known)| known);
        match finding::verdict(record.face()) {
            Verdict::Passed => {
                self.sink.passed();
                if let Some(known) = known {
                    known.pass();
                }
            }
            Verdict::Absent if !self.keeps_absent => self.sink.passed(),
            Verdict::Empty => self.sink.reject(
                &at,
                "expected a `ruleId`, a `message` or `locations`, found none of them",
            ),
            verdict => {
                let made = maker.finding(
                    &record,
                    known.as_ref().map(|known| &known.sketch),
                    verdict,
                    &at,
                );
                if verdict == Verdict::Absent {
                    let mut finding = made.finding;
                    finding.baseline = Some(Baseline::Fixed);
                    self.sink.passed();
                    self.sink.carry(Carried::Finding(Box::new(finding)));
                } else {
                    if let Some(known) = known {
                        self.memory.tell(&known, *context, &made);
                    }
                    self.sink.finding(made.finding);
                }
            }
        }
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

#[cfg(test)]
mod tests;
