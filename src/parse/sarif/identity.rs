//! What tells results of one report apart: ordinals by position, and which tool fingerprints name one result only.
//!
//! Both need the whole report, so a first pass notes a few numbers per result. Rules and paths are noted in the words of
//! the result and resolved at the end: the tool and the base directories may stand behind the results.

use std::collections::BTreeMap;

use super::rule::{Call, Found};
use super::run::{self, Run};
use super::trace::{self, Pin, Trace, digest, fingerprints};
use super::uri::{Raw, Target};
use super::walk::Part;
use super::wire::Face;
use crate::model::{Gathered, Text};

/// One result of the first pass. Before the end `group` is the pin alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Seen {
    group: u64,
    line: u32,
    column: u32,
    content: u64,
    rule: u32,
    path: u32,
}

/// One fingerprint of one result. Before the end `group` is scheme and value alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Mark {
    group: u64,
    content: u64,
    rule: u32,
    path: u32,
}

/// Words that many results share, each kept once.
#[derive(Debug)]
struct Shared<T> {
    by_digest: BTreeMap<u64, u32>,
    values: Vec<T>,
}

impl<T> Shared<T> {
    fn new() -> Self {
        Self {
            by_digest: BTreeMap::new(),
            values: Vec::new(),
        }
    }

    fn put(&mut self, digest: u64, value: impl FnOnce() -> T) -> u32 {
        *self.by_digest.entry(digest).or_insert_with(|| {
            self.values.push(value());
            u32::try_from(self.values.len() - 1).unwrap_or(u32::MAX)
        })
    }

    fn get(&self, digest: u64) -> Option<&T> {
        self.values.get(*self.by_digest.get(&digest)? as usize)
    }
}

/// The first pass: what results look like before their run is known.
#[derive(Debug)]
pub(super) struct Census {
    rules: Shared<(Part, Call)>,
    paths: Shared<(Part, Raw, Option<usize>)>,
    /// Logical locations by index, by their digests.
    pins: BTreeMap<u64, (Part, Pin)>,
    seen: Gathered<Seen>,
    marks: Gathered<Mark>,
}

impl Census {
    pub(super) fn new() -> Self {
        Self {
            rules: Shared::new(),
            paths: Shared::new(),
            pins: BTreeMap::new(),
            seen: Gathered::new(),
            marks: Gathered::new(),
        }
    }

    /// Notes a result that will be a finding.
    pub(super) fn note(&mut self, part: Part, face: Face<'_, '_>) {
        let pin = Pin::of(face.place);
        let trace = Trace::of(part, face, &pin);
        let content = trace::content(face);
        if matches!(pin, Pin::LogicalIndex(_)) {
            self.pins.entry(trace.pin).or_insert((part, pin));
        }
        let rule = self.rules.put(trace.rule, || (part, call(face)));
        let path = self.paths.put(trace.path, || {
            let artifact = face
                .place
                .map(|place| &place.physical_location.0.artifact_location.0);
            let raw = artifact.map(run::raw).unwrap_or_default();
            (
                part,
                raw,
                artifact.and_then(|artifact| artifact.index.index()),
            )
        });
        self.seen.add(Seen {
            group: trace.pin,
            line: trace.line,
            column: trace.column,
            content,
            rule,
            path,
        });
        for (scheme, value) in fingerprints(face) {
            self.marks.add(Mark {
                group: mark(&scheme, &value),
                content,
                rule,
                path,
            });
        }
    }

    /// The end of the first pass: `run_of` tells what each part of the log said about itself.
    pub(super) fn settle<'r>(self, run_of: impl Fn(Part) -> Option<&'r Run>) -> Identities {
        let Self {
            rules,
            paths,
            pins,
            seen,
            marks,
        } = self;
        let (mut seen, mut marks) = (seen.into_members(), marks.into_members());
        let pins: BTreeMap<u64, u64> = pins
            .into_iter()
            .map(|(digest, (part, pin))| (digest, pin.resolved(run_of(part)).digest(part)))
            .collect();
        let rules = Shared {
            by_digest: rules.by_digest,
            values: (rules.values.iter())
                .map(|(part, call)| Called::of(run_of(*part), call))
                .collect(),
        };
        let paths = Shared {
            by_digest: paths.by_digest,
            values: (paths.values.iter())
                .map(|(part, raw, index)| Resolved::of(run_of(*part), raw, *index))
                .collect(),
        };
        let group = |rule: u32, path: u32, words: u64| {
            let rule = rules.values.get(rule as usize);
            let path = paths.values.get(path as usize);
            join(rule, path, words)
        };
        for seen in &mut seen {
            let pin = pins.get(&seen.group).copied().unwrap_or(seen.group);
            seen.group = group(seen.rule, seen.path, pin);
            (seen.rule, seen.path) = (0, 0);
        }
        for mark in &mut marks {
            mark.group = group(mark.rule, mark.path, mark.group);
            (mark.rule, mark.path) = (0, 0);
        }
        seen.sort_unstable();
        seen.dedup();
        marks.sort_unstable();
        marks.dedup();
        Identities {
            rules,
            paths,
            seen,
            marks,
        }
    }
}

/// The rule that a result calls for, resolved.
#[derive(Debug)]
pub(super) struct Called {
    /// The rule id, as the result writes it or as its rule is called.
    pub(super) id: Option<Text>,
    pub(super) found: Option<Found>,
    /// Of the tool's family and the id.
    digest: u64,
}

impl Called {
    fn of(run: Option<&Run>, call: &Call) -> Self {
        let found = run.and_then(|run| call.find(&run.components));
        let rule =
            found.and_then(|found| run?.components.get(found.component)?.rules.get(found.rule));
        let own = call.id.as_deref().and_then(Text::some_line);
        let id = own.or_else(|| rule?.id.clone());
        let family = Text::line(run.map_or("", |run| &run.family));
        let words = id.as_ref().map_or("", Text::untrusted);
        Self {
            digest: digest(&[family.untrusted().as_bytes(), words.as_bytes()]),
            id,
            found,
        }
    }
}

/// The place of a first location, resolved.
#[derive(Debug)]
struct Resolved {
    /// The place, and its words in shared memory.
    target: Option<(Target, Text)>,
    digest: u64,
}

impl Resolved {
    fn of(run: Option<&Run>, raw: &Raw, index: Option<usize>) -> Self {
        let target = run.and_then(|run| resolve(run, raw, index));
        let words = target.as_ref().map_or("", |(_, words)| words.untrusted());
        Self {
            digest: digest(&[words.as_bytes()]),
            target,
        }
    }
}

/// What the second pass asks for each result.
#[derive(Debug)]
pub(super) struct Identities {
    rules: Shared<Called>,
    paths: Shared<Resolved>,
    seen: Vec<Seen>,
    marks: Vec<Mark>,
}

impl Identities {
    /// The rule of a result.
    pub(super) fn rule(&self, trace: &Trace) -> Option<&Called> {
        self.rules.get(trace.rule)
    }

    /// The place of a result's first location, and its words in shared memory.
    pub(super) fn path(&self, trace: &Trace) -> Option<&(Target, Text)> {
        self.paths.get(trace.path)?.target.as_ref()
    }

    fn group(&self, trace: &Trace, words: u64) -> u64 {
        join(
            self.rules.get(trace.rule),
            self.paths.get(trace.path),
            words,
        )
    }

    /// Which of the equal results this is, counted by position, and how many different ones there are.
    pub(super) fn ordinal(&self, trace: &Trace, face: Face<'_, '_>) -> (u32, usize) {
        let group = self.group(trace, trace.pin);
        let start = self.seen.partition_point(|seen| seen.group < group);
        let end = self.seen.partition_point(|seen| seen.group <= group);
        if end - start <= 1 {
            return (0, end - start);
        }
        let wanted = (trace.line, trace.column, trace::content(face));
        let before = self.seen.get(start..end).map_or(0, |equal| {
            equal.partition_point(|seen| (seen.line, seen.column, seen.content) < wanted)
        });
        (u32::try_from(before).unwrap_or(u32::MAX), end - start)
    }

    /// Whether this fingerprint, in its rule and path, names one result only.
    pub(super) fn is_unique(&self, trace: &Trace, scheme: &Text, value: &Text) -> bool {
        let group = self.group(trace, mark(scheme, value));
        let start = self.marks.partition_point(|mark| mark.group < group);
        let end = self.marks.partition_point(|mark| mark.group <= group);
        end - start == 1
    }
}

/// How a result calls its rule.
fn call(face: Face<'_, '_>) -> Call {
    Call::of(face.rule_id.get(), face.rule_index.index(), face.rule)
}

/// The place of an artifact location; one without a URI is looked up among the run's artifacts.
pub(super) fn resolve(run: &Run, raw: &Raw, index: Option<usize>) -> Option<(Target, Text)> {
    let raw = match raw.uri.as_str() {
        "" => run.artifacts.get(index?)?,
        _ => raw,
    };
    if raw.uri.is_empty() {
        return None;
    }
    let target = run.bases.target(raw);
    let words = Text::some_line(target.words())?;
    Some((target, words))
}

fn mark(scheme: &Text, value: &Text) -> u64 {
    digest(&[
        b"mark",
        scheme.untrusted().as_bytes(),
        value.untrusted().as_bytes(),
    ])
}

/// What is counted together: the same rule, path and words.
fn join(rule: Option<&Called>, path: Option<&Resolved>, words: u64) -> u64 {
    digest(&[
        &rule.map_or(0, |rule| rule.digest).to_le_bytes(),
        &path.map_or(0, |path| path.digest).to_le_bytes(),
        &words.to_le_bytes(),
    ])
}
