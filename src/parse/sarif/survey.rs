//! The first pass: what runs tell about themselves, and what identity needs of results.

use std::sync::Arc;

use super::artifact::Named;
use super::crew::{Results, Take, Work};
use super::finding::{self, Verdict};
use super::identity::{Census, Identities};
use super::lenient::Word;
use super::memory::{self, Indices, Known, Memory};
use super::rule::Call;
use super::run::{self, Run};
use super::trace::{Pin, Sketch};
use super::walk::{Json, Part, Visit};
use super::wire::Glance;
use crate::error::{Error, Result};
use crate::parse::json::{self, Value};

/// What our own logs call the fingerprint of a finding.
const OWN_SCHEME: &str = "scanfold/v1";
/// The one version that is read.
const VERSION: &str = "2.1.0";

/// What the first pass has seen beside results.
#[derive(Debug, Default)]
pub(super) struct Survey {
    version: Option<String>,
    /// Sort of value that `runs` has, if it is there.
    runs_value: Option<Value>,
    is_external: bool,
    /// Whether a key of which there may be one stands there twice.
    is_doubled: bool,
    runs: Vec<Run>,
    inline: Vec<Run>,
}

/// Runs, and inline external properties with the run that each belongs to.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) runs: Vec<Run>,
    pub(super) inline: Vec<Run>,
    owners: Vec<Option<usize>>,
}

impl Parts {
    /// What `part` tells. Inline external properties have become properties of their run.
    pub(super) fn run(&self, part: Part) -> Option<&Run> {
        match part {
            Part::Run(index) => self.runs.get(index),
            Part::Inline(index) => match self.owners.get(index)? {
                Some(owner) => self.runs.get(*owner),
                None => self.inline.get(index),
            },
        }
    }

    /// The same, to fill in what the whole log tells.
    pub(super) fn run_mut(&mut self, part: Part) -> Option<&mut Run> {
        match part {
            Part::Run(index) => self.runs.get_mut(index),
            Part::Inline(index) => match self.owners.get(index)? {
                Some(owner) => self.runs.get_mut(*owner),
                None => self.inline.get_mut(index),
            },
        }
    }
}

/// A log as a whole: its runs and the identities of its results.
#[derive(Debug)]
pub(super) struct Log {
    pub(super) parts: Parts,
    pub(super) identities: Identities,
    pub(super) has_version: bool,
    pub(super) is_doubled: bool,
    pub(super) runs_are_null: bool,
}

impl Survey {
    /// The pass, in which results go there.
    pub(super) fn visit<'p, 'm>(
        &'p mut self,
        memory: &'m Memory,
        results: &'p mut dyn Results<Counting>,
    ) -> Surveying<'p, 'm> {
        Surveying {
            survey: self,
            memory,
            results,
        }
    }

    fn run(&mut self, part: Part) -> Option<&mut Run> {
        match part {
            Part::Run(index) => self.runs.get_mut(index),
            Part::Inline(index) => self.inline.get_mut(index),
        }
    }

    /// Says whether the document is a log that can be read. `broken`: it could not be read to its end.
    pub(super) fn settle(
        mut self,
        counting: Counting,
        memory: &Memory,
        broken: bool,
    ) -> Result<Log> {
        match self.version.as_deref() {
            None | Some(VERSION) => {}
            Some(other) => {
                let other = crate::model::redact(other);
                let shown: String = other
                    .chars()
                    .filter(|shown| !shown.is_control())
                    .take(64)
                    .collect();
                return Err(Error::format(format!(
                    "expected SARIF {VERSION}, found version `{shown}`"
                ))
                .hint(
                    "let the tool write SARIF 2.1.0, or convert the file with `sarif transform`",
                ));
            }
        }
        // Its results alone do not tell by which keys the findings are known, so that each would stand beside itself.
        if counting.is_ours {
            return Err(
                Error::format("it is our own SARIF, without the report that it showed")
                    .hint("name the JSON report of the same merge"),
            );
        }
        if self.runs_value.is_none() && !broken {
            return Err(if self.is_external {
                Error::format("expected a SARIF log, found an external property file of one")
                    .hint("give the log itself, with its properties inline")
            } else {
                Error::format("expected `runs`, found a SARIF log without it")
            });
        }
        if !matches!(self.runs_value, None | Some(Value::Array | Value::Null)) {
            return Err(Error::format(
                "expected `runs` to be an array, found another value",
            ));
        }
        let mut owners = Vec::with_capacity(self.inline.len());
        for inline in &mut self.inline {
            let same = |run: &Run| run.guid.is_some() && run.guid == inline.owner;
            let owner = self.runs.iter().position(same);
            let owner = owner.or_else(|| (self.runs.len() == 1).then_some(0));
            if let Some(run) = owner.and_then(|owner| self.runs.get_mut(owner)) {
                run.complete(std::mem::take(inline));
            }
            owners.push(owner);
        }
        for run in self.runs.iter_mut().chain(&mut self.inline) {
            run.settle();
        }
        let mut parts = Parts {
            runs: self.runs,
            inline: self.inline,
            owners,
        };
        parts.settle_bases(&counting.census);
        let identities = counting.census.settle(|part| parts.run(part), memory);
        Ok(Log {
            has_version: self.version.is_some(),
            is_doubled: self.is_doubled,
            runs_are_null: self.runs_value == Some(Value::Null),
            parts,
            identities,
        })
    }
}

/// Makes sure that there is a run at `index`: a log may have two arrays of runs by mistake.
fn reach(runs: &mut Vec<Run>, index: usize) {
    if index >= runs.len() {
        runs.resize_with(index + 1, Run::default);
    }
}

/// The first pass.
pub(super) struct Surveying<'p, 'm> {
    survey: &'p mut Survey,
    memory: &'m Memory,
    results: &'p mut dyn Results<Counting>,
}

impl Visit for Surveying<'_, '_> {
    fn log(&mut self, key: &str, json: &mut Json) -> Result<()> {
        match key {
            "version" => {
                let version = json.record::<Word<'_>>()?.unwrap_or_default();
                self.survey.version = version.get().map(str::to_owned);
            }
            "$schema" => {
                let schema = json.record::<Word<'_>>()?.unwrap_or_default();
                let schema = schema.get().unwrap_or_default();
                self.survey.is_external = schema.contains("external-propert");
            }
            "runs" => {
                self.survey.runs_value = Some(json.value()?);
                json.skip()?;
            }
            _ => json.skip()?,
        }
        Ok(())
    }

    fn parts(&mut self, key: &str) {
        if key == "runs" {
            self.survey.is_doubled |= self.survey.runs_value == Some(Value::Array);
            self.survey.runs_value = Some(Value::Array);
        }
    }

    fn part(&mut self, part: Part) {
        match part {
            Part::Run(index) => reach(&mut self.survey.runs, index),
            Part::Inline(index) => reach(&mut self.survey.inline, index),
        }
    }

    fn odd_part(&mut self, part: Part, json: &mut Json) -> Result<()> {
        self.part(part);
        json.skip()
    }

    fn property(&mut self, part: Part, key: &str, json: &mut Json) -> Result<()> {
        let is_null = json.value()? == Value::Null;
        match self.survey.run(part) {
            Some(run) if key == "results" && is_null => {
                run.results = run::Results::Null;
                json.skip()
            }
            Some(run) => run.property(key, json, self.memory),
            None => json.skip(),
        }
    }

    fn results(&mut self, part: Part) {
        if let Some(run) = self.survey.run(part) {
            let before = std::mem::replace(&mut run.results, run::Results::Listed);
            self.survey.is_doubled |= before == run::Results::Listed;
        }
        self.results.begin(part);
    }

    fn result(&mut self, _part: Part, index: usize, json: &mut Json) -> Result<()> {
        if json.value()? != Value::Object {
            return json.skip();
        }
        // A result that only the second pass refuses is counted here: then others are told apart more carefully than
        // they need be.
        if let Ok(raw) = json.raw()? {
            self.results.result(index, Ok(raw));
        }
        Ok(())
    }
}

/// Looks at results.
pub(super) struct Look<'m>(pub(super) &'m Memory);

/// What a look at a result shows.
pub(super) enum Seen {
    /// It cannot be read, which the second pass tells.
    Nothing,
    /// It has the fingerprint that our own logs write.
    Ours,
    /// What is kept of it, and the numbers by which it calls its rule.
    Known(Arc<Known>, Indices),
    /// What of it is not kept.
    Other(Box<Other>),
}

pub(super) struct Other {
    verdict: Verdict,
    pin: Pin,
    sketch: Sketch,
    indices: Indices,
    call: Call,
    place: Arc<Named>,
}

impl Work for Look<'_> {
    type Desk = ();
    type Outcome = Seen;

    fn desk(&self, _part: Part) {}

    fn work(&self, _desk: &(), _index: usize, raw: Result<&[u8], String>) -> Seen {
        let Ok(raw) = raw else {
            return Seen::Nothing;
        };
        let name = self.0.name(raw);
        let known = name.and_then(|name| Some((name, self.0.get(name)?)));
        if let Some((name, known)) = known {
            let indices = known.indices(name);
            return Seen::Known(known, indices);
        }
        let Ok(glance) = json::read::<Glance<'_>>(raw) else {
            return Seen::Nothing;
        };
        let face = glance.face();
        let mut schemes = face.partial_fingerprints.0.iter().map(|(scheme, _)| scheme);
        if schemes.any(|scheme| scheme == OWN_SCHEME) {
            return Seen::Ours;
        }
        let verdict = finding::verdict(face);
        let pin = Pin::of(face);
        let sketch = Sketch::of(face, &pin);
        let indices = face.indices();
        let known = name.and_then(|name| self.0.learn((name, raw), face, verdict, &sketch));
        match known {
            Some(known) => Seen::Known(known, indices),
            None => Seen::Other(Box::new(Other {
                verdict,
                pin,
                sketch,
                indices,
                call: memory::call(face, indices),
                place: Arc::new(memory::place(face)),
            })),
        }
    }
}

/// Counts results.
#[derive(Debug)]
pub(super) struct Counting {
    keeps_absent: bool,
    /// A result has the fingerprint that our own logs write.
    is_ours: bool,
    census: Census,
}

impl Counting {
    /// `keeps_absent` counts what the log calls absent among the findings.
    pub(super) fn new(keeps_absent: bool) -> Self {
        Self {
            keeps_absent,
            is_ours: false,
            census: Census::new(),
        }
    }

    /// Whether a result becomes a finding.
    fn counts(&self, verdict: Verdict) -> bool {
        match verdict {
            Verdict::Fail | Verdict::Review => true,
            Verdict::Absent => self.keeps_absent,
            Verdict::Passed | Verdict::Empty => false,
        }
    }
}

impl Take<Seen> for Counting {
    fn take(&mut self, part: Part, seen: Seen) {
        match seen {
            Seen::Ours => self.is_ours = true,
            Seen::Known(known, indices) if self.counts(known.verdict) => {
                let (call, place) = (|| known.call(indices), || known.place());
                (self.census).note(part, &known.sketch, indices, call, place);
            }
            Seen::Other(other) if self.counts(other.verdict) => {
                let Other {
                    pin,
                    sketch,
                    indices,
                    call,
                    place,
                    ..
                } = *other;
                (self.census).note(part, &sketch, indices, || call, || place);
                if sketch.is_pinned_by_index {
                    self.census.note_pin(part, &sketch, pin);
                }
            }
            Seen::Nothing | Seen::Known(..) | Seen::Other(_) => {}
        }
    }
}
