//! What pins a result: ordinals among equal results by position, and which tool fingerprints name one result only.
//!
//! Both need the whole report, so a first pass notes a few numbers per result. Rules and paths are noted in the words of
//! the result and resolved at the end: the tool and the base directories may stand behind the results.

use std::collections::BTreeMap;

use super::rule::{Call, Found};
use super::run::{self, Run};
use super::uri::{Raw, Target};
use super::walk::Part;
use super::wire::{Place, Record};
use crate::model::Text;

/// How many fingerprints of one result are looked at.
const MOST_FINGERPRINTS: usize = 8;
/// The shortest value that can be a fingerprint.
const SHORTEST_FINGERPRINT: usize = 8;
/// Schemes whose values are no identity: a column, the rule, the package with its version.
const NO_IDENTITY: &[&str] = &[
    "primaryLocationStartColumnFingerprint",
    "cargo-deny/id",
    "cargo-deny/krate",
];

/// What a code, secret or configuration finding is pinned by when its tool gives no fingerprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Pin {
    /// The snippet, with white space normalized.
    Snippet(String),
    /// A logical location by its name.
    Logical(Text),
    /// A logical location by its index in the run.
    LogicalIndex(usize),
    /// Nothing but the place among others.
    Position,
}

impl Pin {
    /// The best pin that the result's first location has.
    pub(super) fn of(place: Option<&Place<'_>>) -> Self {
        let Some(place) = place else {
            return Self::Position;
        };
        let snippet = &place.physical_location.0.region.0.snippet.0;
        if let Some(words) = snippet.text.get() {
            // Credentials are taken out before anything is hashed.
            let safe = Text::prose(words);
            let words: Vec<&str> = safe.untrusted().split_whitespace().collect();
            if !words.is_empty() {
                return Self::Snippet(words.join(" "));
            }
        }
        for logical in &place.logical_locations.0 {
            if let Some(name) = run::own_name(&logical.0) {
                return Self::Logical(name);
            }
            if let Some(index) = logical.0.index.index() {
                return Self::LogicalIndex(index);
            }
        }
        Self::Position
    }

    fn digest(&self) -> u64 {
        match self {
            Self::Snippet(words) => digest(&[b"snippet", words.as_bytes()]),
            Self::Logical(name) => digest(&[b"logical", name.untrusted().as_bytes()]),
            Self::LogicalIndex(index) => digest(&[b"index", &index.to_le_bytes()]),
            Self::Position => digest(&[b"position"]),
        }
    }
}

/// The numbers by which a result is found again in the second pass.
#[derive(Debug)]
pub(super) struct Trace {
    rule: u64,
    path: u64,
    pin: u64,
    /// Of the whole region and the message: equal only for exact duplicates.
    content: u64,
    line: u32,
    column: u32,
}

impl Trace {
    /// Of a result and its pin.
    pub(super) fn of(part: Part, record: &Record<'_>, pin: &Pin) -> Self {
        let place = primary(record);
        let part = part.pointer();
        let rule = &record.rule.0;
        let component = &rule.tool_component.0;
        let physical = place.map(|place| &place.physical_location.0);
        let artifact = physical.map(|physical| &physical.artifact_location.0);
        let region = physical.map(|physical| &physical.region.0);
        let index = |index: Option<usize>| index.map_or(u64::MAX, |index| index as u64);
        let word = |word: Option<&str>| word.unwrap_or_default().to_owned();
        let numbers = region.map(|region| {
            [
                region.start_line,
                region.start_column,
                region.end_line,
                region.end_column,
                region.char_offset,
                region.char_length,
                region.byte_offset,
                region.byte_length,
            ]
            .map(|number| number.0.unwrap_or(u64::MAX).to_le_bytes())
            .concat()
        });
        let message = &record.message.0;
        let mut words = vec![
            numbers.unwrap_or_default(),
            word(message.text.raw()).into_bytes(),
            word(message.id.raw()).into_bytes(),
        ];
        words
            .extend((message.arguments.0.iter()).map(|argument| word(argument.raw()).into_bytes()));
        let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
        Self {
            rule: digest(&[
                part.as_bytes(),
                word(record.rule_id.get()).as_bytes(),
                word(rule.id.get()).as_bytes(),
                &index(record.rule_index.index()).to_le_bytes(),
                &index(rule.index.index()).to_le_bytes(),
                &index(component.index.index()).to_le_bytes(),
                word(component.name.get()).as_bytes(),
                word(component.guid.get()).as_bytes(),
            ]),
            path: digest(&[
                part.as_bytes(),
                word(artifact.and_then(|artifact| artifact.uri.get())).as_bytes(),
                word(artifact.and_then(|artifact| artifact.uri_base_id.get())).as_bytes(),
                &index(artifact.and_then(|artifact| artifact.index.index())).to_le_bytes(),
            ]),
            pin: pin.digest(),
            content: digest(&words),
            line: region
                .and_then(|region| region.start_line.line())
                .unwrap_or(0),
            column: region
                .and_then(|region| region.start_column.line())
                .unwrap_or(0),
        }
    }
}

/// The first location of a result.
pub(super) fn primary<'r, 'a>(record: &'r Record<'a>) -> Option<&'r Place<'a>> {
    record.locations.0.first().map(|place| &place.0)
}

/// The tool's own fingerprints of a result that can be an identity at all, each once: scheme and value.
pub(super) fn fingerprints(record: &Record<'_>, rule: Option<&str>) -> Vec<(Text, Text)> {
    let mut kept: Vec<(Text, Text)> = Vec::new();
    let all = (record.fingerprints.0.iter()).chain(&record.partial_fingerprints.0);
    for (scheme, value) in all {
        let value = Text::line(&value.0);
        let words = value.untrusted();
        let (name, version) = scheme.rsplit_once('/').unwrap_or((scheme, ""));
        let is_version = version.strip_prefix('v').is_some_and(|number| {
            !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
        });
        let name = if is_version { name } else { &**scheme };
        // A placeholder (`requires login`, `[line-hash]`) has no digit; hardly any hash has none.
        let fit = words.len() >= SHORTEST_FINGERPRINT
            && words.bytes().any(|byte| byte.is_ascii_digit())
            && !words.contains("[redacted ")
            && Some(words) != rule
            && !NO_IDENTITY.contains(&name);
        let pair = (Text::line(scheme), value);
        if fit && !kept.contains(&pair) {
            kept.push(pair);
        }
        if kept.len() == MOST_FINGERPRINTS {
            break;
        }
    }
    kept
}

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
    seen: Vec<Seen>,
    marks: Vec<Mark>,
}

impl Census {
    pub(super) fn new() -> Self {
        Self {
            rules: Shared::new(),
            paths: Shared::new(),
            seen: Vec::new(),
            marks: Vec::new(),
        }
    }

    /// Notes a result that will be a finding.
    pub(super) fn note(&mut self, part: Part, record: &Record<'_>) {
        let trace = Trace::of(part, record, &Pin::of(primary(record)));
        let rule = self.rules.put(trace.rule, || (part, call(record)));
        let path = self.paths.put(trace.path, || {
            let artifact =
                primary(record).map(|place| &place.physical_location.0.artifact_location.0);
            let raw = artifact.map(run::raw).unwrap_or_default();
            (
                part,
                raw,
                artifact.and_then(|artifact| artifact.index.index()),
            )
        });
        self.seen.push(Seen {
            group: trace.pin,
            line: trace.line,
            column: trace.column,
            content: trace.content,
            rule,
            path,
        });
        for (scheme, value) in fingerprints(record, record.rule_id.get()) {
            self.marks.push(Mark {
                group: mark(&scheme, &value),
                content: trace.content,
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
            mut seen,
            mut marks,
        } = self;
        let rules = Shared {
            by_digest: rules.by_digest,
            values: (rules.values.iter())
                .map(|(part, call)| Called::of(run_of(*part), call))
                .collect(),
        };
        let paths = Shared {
            by_digest: paths.by_digest,
            values: (paths.values.iter())
                .map(|(part, raw, index)| resolve(run_of(*part)?, raw, *index))
                .collect::<Vec<_>>(),
        };
        let rule_words: Vec<u64> = rules.values.iter().map(Called::digest).collect();
        let path_words: Vec<u64> = paths.values.iter().map(path_digest).collect();
        let group = |rule: u32, path: u32, words: u64| {
            let of = |list: &[u64], index: u32| list.get(index as usize).copied().unwrap_or(0);
            join(of(&rule_words, rule), of(&path_words, path), words)
        };
        for seen in &mut seen {
            seen.group = group(seen.rule, seen.path, seen.group);
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
    family: Text,
}

impl Called {
    fn of(run: Option<&Run>, call: &Call) -> Self {
        let found = run.and_then(|run| call.find(&run.components));
        let rule =
            found.and_then(|found| run?.components.get(found.component)?.rules.get(found.rule));
        let own = call.id.as_deref().and_then(Text::some_line);
        Self {
            id: own.or_else(|| rule?.id.clone()),
            found,
            family: Text::line(run.map_or("", |run| &run.family)),
        }
    }

    fn digest(&self) -> u64 {
        let id = self.id.as_ref().map_or("", Text::untrusted);
        digest(&[self.family.untrusted().as_bytes(), id.as_bytes()])
    }
}

/// What the second pass asks for each result.
#[derive(Debug)]
pub(super) struct Identities {
    rules: Shared<Called>,
    paths: Shared<Option<(Target, Text)>>,
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
        self.paths.get(trace.path)?.as_ref()
    }

    fn group(&self, trace: &Trace, words: u64) -> u64 {
        let rule = self.rules.get(trace.rule).map_or(0, Called::digest);
        let path = self.paths.get(trace.path).map_or(0, path_digest);
        join(rule, path, words)
    }

    /// Which of the equal results this is, counted by position, and how many different ones there are.
    pub(super) fn ordinal(&self, trace: &Trace) -> (u32, usize) {
        let group = self.group(trace, trace.pin);
        let start = self.seen.partition_point(|seen| seen.group < group);
        let end = self.seen.partition_point(|seen| seen.group <= group);
        let wanted = (trace.line, trace.column, trace.content);
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
fn call(record: &Record<'_>) -> Call {
    Call::of(
        record.rule_id.get(),
        record.rule_index.index(),
        &record.rule.0,
    )
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

fn path_digest(path: &Option<(Target, Text)>) -> u64 {
    digest(&[path
        .as_ref()
        .map_or("", |(_, words)| words.untrusted())
        .as_bytes()])
}

fn mark(scheme: &Text, value: &Text) -> u64 {
    digest(&[
        b"mark",
        scheme.untrusted().as_bytes(),
        value.untrusted().as_bytes(),
    ])
}

fn join(rule: u64, path: u64, words: u64) -> u64 {
    digest(&[
        &rule.to_le_bytes(),
        &path.to_le_bytes(),
        &words.to_le_bytes(),
    ])
}

/// 64 bits of a hash over length-prefixed parts.
fn digest(parts: &[&[u8]]) -> u64 {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher
            .update(&(part.len() as u64).to_le_bytes())
            .update(part);
    }
    let mut bytes = [0; 8];
    hasher.finalize_xof().fill(&mut bytes);
    u64::from_le_bytes(bytes)
}
