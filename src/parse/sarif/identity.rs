//! What tells results of one report apart: ordinals by position, and which tool fingerprints name one result only.
//!
//! Both need the whole report, so a first pass notes a few numbers per result. Rules and paths are noted in the words of
//! the result and resolved at the end: the tool and the base directories may stand behind the results.

use std::collections::BTreeMap;
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::artifact::{Named, Resolved};
use super::memory::{Indices, Memory};
use super::rule::{self, Call, Found};
use super::run::Run;
use super::trace::{Pin, Sketch, Trace, digest, fixed_digest};
use super::walk::Part;
use crate::model::{Gathered, Text};
use crate::parse::package;

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

#[expect(
    clippy::disallowed_types,
    reason = "looked up by digest only; its order is never seen"
)]
type Places<T> = std::collections::HashMap<u64, T, RandomState>;

/// Words that many results share, each kept once.
#[derive(Debug)]
struct Shared<T> {
    by_digest: Places<u32>,
    values: Vec<T>,
}

impl<T> Shared<T> {
    fn new() -> Self {
        Self {
            by_digest: Places::default(),
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
    /// With the number of the words, whatever part they stand in.
    paths: Shared<(Part, u64, Arc<Named>)>,
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

    /// Notes a result that will be a finding: what it is known by, and the words behind two of these numbers.
    pub(super) fn note(
        &mut self,
        part: Part,
        sketch: &Sketch,
        indices: Indices,
        call: impl FnOnce() -> Call,
        place: impl FnOnce() -> Arc<Named>,
    ) {
        let trace = sketch.trace(part, indices);
        let rule = self.rules.put(trace.rule, || (part, call()));
        let path = self.paths.put(trace.path, || (part, sketch.place, place()));
        self.seen.add(Seen {
            group: trace.pin,
            line: sketch.line,
            column: sketch.column,
            content: sketch.content,
            rule,
            path,
        });
        for mark in &sketch.marks {
            self.marks.add(Mark {
                group: *mark,
                content: sketch.content,
                rule,
                path,
            });
        }
    }

    /// Notes a pin that is a logical location by its index.
    pub(super) fn note_pin(&mut self, part: Part, sketch: &Sketch, pin: Pin) {
        let trace = sketch.trace(part, Indices::default());
        self.pins.entry(trace.pin).or_insert((part, pin));
    }

    /// The different places that results name.
    pub(super) fn places(&self) -> impl Iterator<Item = (Part, &Named)> {
        let places = self.paths.values.iter();
        places.map(|(part, _, place)| (*part, &**place))
    }

    /// The end of the first pass: `run_of` tells what each part of the log said about itself.
    /// `memory` knows places of logs before.
    pub(super) fn settle<'r>(
        self,
        run_of: impl Fn(Part) -> Option<&'r Run>,
        memory: &Memory,
    ) -> Identities {
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
            .map(|(digest, (part, pin))| (digest, pin.resolved(run_of(part)).digest()))
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
                .map(|(part, number, place)| memory.resolve(run_of(*part), *number, place))
                .collect(),
        };
        let group = |rule: u32, path: u32, words: u64| {
            let rule = rules.values.get(rule as usize);
            let path = paths.values.get(path as usize);
            join(rule, path.map(|path| &**path), words)
        };
        let content = |rule: u32, path: u32, content: u64| {
            let rule = rules.values.get(rule as usize);
            let path = paths.values.get(path as usize);
            tell_apart(rule, path.map(|path| &**path), content)
        };
        for seen in &mut seen {
            let pin = pins.get(&seen.group).copied().unwrap_or(seen.group);
            seen.group = group(seen.rule, seen.path, pin);
            seen.content = content(seen.rule, seen.path, seen.content);
            (seen.rule, seen.path) = (0, 0);
        }
        for mark in &mut marks {
            mark.group = group(mark.rule, mark.path, mark.group);
            mark.content = content(mark.rule, mark.path, mark.content);
            (mark.rule, mark.path) = (0, 0);
        }
        seen.sort_unstable();
        seen.dedup();
        marks.sort_unstable();
        marks.dedup();
        // Most stand alone, and need no place in a list to be found there.
        let mut equals: Vec<Seen> = Vec::new();
        let mut groups = Places::default();
        let place = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        for group in seen.chunk_by(|one, other| one.group == other.group) {
            if let [first, _, ..] = group {
                let start = place(equals.len());
                equals.extend_from_slice(group);
                groups.insert(first.group, (start, place(equals.len())));
            }
        }
        let shared = marks.chunk_by(|one, other| one.group == other.group);
        let shared = shared.filter(|marks| marks.len() > 1);
        let lost = paths.values.iter().filter(|path| path.lost.is_some());
        Identities {
            lost: lost.count(),
            rules,
            paths,
            equals,
            groups,
            shared: shared
                .filter_map(|marks| Some(marks.first()?.group))
                .collect(),
        }
    }
}

/// The rule that a result calls for, resolved.
#[derive(Debug)]
pub(super) struct Called {
    /// The rule id, as the result writes it or as its rule is called.
    pub(super) id: Option<Text>,
    /// The public id that this is, if it is one.
    pub(super) vulnerability: Option<Text>,
    pub(super) found: Option<Found>,
    /// Of the tool's family and the id.
    digest: u64,
    /// What tells its rule from others of the run that have its id (section 3.52.5).
    twin: Option<u64>,
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
        let twin = || rule::twin(&run?.components, found?);
        Self {
            twin: twin(),
            digest: digest(&[family.untrusted().as_bytes(), words.as_bytes()]),
            vulnerability: package::vulnerability_id(words),
            id,
            found,
        }
    }
}

/// How a result stands among the others of its report, as far as its keys depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    /// Which of the equal results this is, counted by position.
    pub(super) ordinal: u32,
    /// Whether no other result is equal.
    pub(super) is_alone: bool,
    /// Which fingerprints name this result only: a bit for each, the first one the lowest.
    unique: u32,
}

impl Standing {
    /// Whether the fingerprint at `index` names this result only.
    pub(super) fn is_unique(self, index: usize) -> bool {
        self.unique >> index & 1 == 1
    }
}

/// What the second pass asks for each result.
#[derive(Debug)]
pub(super) struct Identities {
    rules: Shared<Called>,
    paths: Shared<Arc<Resolved>>,
    /// Results of which there are several in one group, and where each group begins and ends.
    equals: Vec<Seen>,
    groups: Places<(u32, u32)>,
    /// Groups of fingerprints that several results have.
    shared: Vec<u64>,
    /// How many places are artifacts by an index that leads nowhere.
    pub(super) lost: usize,
}

impl Identities {
    /// The rule of a result.
    pub(super) fn rule(&self, trace: &Trace) -> Option<&Called> {
        self.rules.get(trace.rule)
    }

    /// The place of a result's first location.
    pub(super) fn path(&self, trace: &Trace) -> Option<&Resolved> {
        self.paths.get(trace.path).map(|path| &**path)
    }

    fn group(&self, trace: &Trace, words: u64) -> u64 {
        join(self.rules.get(trace.rule), self.path(trace), words)
    }

    /// What the keys of a result depend on beside its own words.
    pub(super) fn standing(&self, trace: &Trace, sketch: &Sketch) -> Standing {
        let (ordinal, equal) = self.ordinal(trace, sketch);
        let unique = (sketch.marks.iter()).map(|mark| u32::from(self.is_unique(trace, *mark)));
        let unique = (0..)
            .zip(unique)
            .fold(0, |bits, (index, bit)| bits | bit << index);
        Standing {
            ordinal,
            is_alone: equal <= 1,
            unique,
        }
    }

    /// Which of the equal results this is, counted by position, and how many different ones there are.
    fn ordinal(&self, trace: &Trace, sketch: &Sketch) -> (u32, usize) {
        let group = self.group(trace, trace.pin);
        let Some(&(start, end)) = self.groups.get(&group) else {
            return (0, 1);
        };
        let equals = self.equals.get(start as usize..end as usize);
        let equals = equals.unwrap_or_default();
        let rule = self.rules.get(trace.rule);
        let content = tell_apart(rule, self.path(trace), sketch.content);
        let wanted = (sketch.line, sketch.column, content);
        let before = equals.partition_point(|seen| (seen.line, seen.column, seen.content) < wanted);
        (u32::try_from(before).unwrap_or(u32::MAX), equals.len())
    }

    /// Whether this fingerprint, in its rule and path, names one result only.
    fn is_unique(&self, trace: &Trace, mark: u64) -> bool {
        let group = self.group(trace, mark);
        self.shared.binary_search(&group).is_err()
    }
}

/// What is counted together: the same rule, path and words.
fn join(rule: Option<&Called>, path: Option<&Resolved>, words: u64) -> u64 {
    digest(&[
        &rule.map_or(0, |rule| rule.digest).to_le_bytes(),
        &path.map_or(0, |path| path.digest).to_le_bytes(),
        &words.to_le_bytes(),
    ])
}

/// What only exact duplicates share: the content, and what rule and place add to it where the content does not show that
/// they are others. Such a rule has the id of another one, and such a place is an index that leads nowhere.
fn tell_apart(rule: Option<&Called>, path: Option<&Resolved>, content: u64) -> u64 {
    let twin = rule.and_then(|rule| rule.twin);
    let lost = path.and_then(|path| path.lost);
    if twin.is_none() && lost.is_none() {
        return content;
    }
    let number = |number: Option<u64>| number.unwrap_or(u64::MAX).to_le_bytes();
    fixed_digest(&[
        &content.to_le_bytes(),
        &number(twin),
        &number(lost.map(|index| index as u64)),
    ])
}
