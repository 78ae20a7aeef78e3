//! SARIF 2.1.0 of any tool (OASIS standard; section numbers are those of its text).
//!
//! A log is read twice, one result in memory at a time: results may stand before the rules, paths and invocations that
//! they need, and what pins a result depends on all others.

mod artifact;
mod asked;
mod crew;
mod dependency;
mod detail;
mod finding;
mod flow;
mod harvest;
mod identity;
mod invocation;
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
mod trunk;
mod uri;
mod walk;
mod wire;

use crew::Shares;
use harvest::{Harvest, Making, Passing};
pub(super) use memory::Memory;
use survey::{Counting, Look, Survey};
use walk::Json;

use super::json::{Reader, Value};
use super::{Closing, Head, Options, Parser, Sink};
use crate::error::Result;
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
    read_shared(input, options, memory, sink, Shares::default())
}

/// Reads a log, shared with other workers from a certain size on.
fn read_shared(
    input: &Input,
    options: &Options,
    memory: &Memory,
    sink: &mut dyn Sink,
    shares: Shares,
) -> Result<Closing> {
    let app = options.app(input, None);
    let mut json = open(input)?.0;
    let mut counting = Counting::new(options.keeps_absent);
    let (look, mut survey) = (Look(memory), Survey::default());
    let walked = crew::together(&look, &mut counting, (shares, input), |results| {
        walk::walk(&mut json, &mut survey.visit(memory, results))
    });
    let broken = walked.err();
    let log = survey.settle(counting, memory, broken.is_some())?;
    // A log that breaks does so at the same place again: what stands before it is kept.
    let (mut json, preamble) = open(input)?;
    let making = Making {
        input,
        app: &app,
        log: &log,
        keeps_absent: options.keeps_absent,
        memory,
    };
    let mut passing = Passing(sink);
    crew::together(&making, &mut passing, (shares, input), |results| {
        walk::walk(&mut json, &mut Harvest { results })
    })?;
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

#[cfg(test)]
mod tests;
