//! Where the artifacts are that results name, by URI or by index (sections 3.4 and 3.24).

use std::borrow::Cow;

use super::run::Run;
use super::trace::digest;
use super::trunk::Trunk;
use super::uri::{Raw, Spot, Target};
use crate::model::Text;

/// The longest chain of containers that is followed.
const DEEPEST: usize = 16;

/// An artifact of a run.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Entry {
    pub(super) raw: Raw,
    /// The artifact that contains it (section 3.24.3): an archive.
    pub(super) parent: Option<usize>,
}

/// A first location as it stands in the log.
#[derive(Clone, Debug, Default)]
pub(super) struct Named {
    pub(super) raw: Raw,
    /// Its index among the run's artifacts.
    pub(super) index: Option<usize>,
}

impl Named {
    /// The id of the base that it is relative to.
    pub(super) fn base<'n>(&'n self, artifacts: &'n [Entry]) -> Option<&'n str> {
        let raw = match self.raw.uri.as_str() {
            "" => &artifacts.get(self.index?)?.raw,
            _ => &self.raw,
        };
        raw.base.as_deref()
    }
}

impl Run {
    /// Notes the base of a place that a result names.
    pub(super) fn note_base(&mut self, place: &Named) {
        if let Some(id) = place.base(&self.artifacts)
            && !self.bases.used.contains(id)
        {
            self.bases.used.insert(id.to_owned());
        }
    }

    /// Takes in what the runs of its tool make of their bases.
    pub(super) fn settle_bases(&mut self, trunk: &Trunk) {
        let mut artifacts = self.artifacts.iter();
        let has_nested = artifacts.any(|artifact| artifact.parent.is_some());
        let nested = has_nested.then_some(self.artifacts.as_slice());
        self.bases.settle(trunk, nested);
    }
}

/// The place of a first location, resolved.
#[derive(Debug)]
pub(super) struct Resolved {
    /// The place, and its words in shared memory.
    pub(super) target: Option<(Target, Text)>,
    /// The base that it is relative to, where that is not the trunk.
    base: Option<String>,
    /// Whether it was looked up among the run's artifacts.
    pub(super) is_by_index: bool,
    /// The index among the run's artifacts that leads nowhere.
    pub(super) lost: Option<usize>,
    /// Of its words in keys.
    pub(super) digest: u64,
}

impl Resolved {
    pub(super) fn of(run: Option<&Run>, place: &Named) -> Self {
        let found = run.and_then(|run| locate(run, &place.raw, place.index));
        let (base, target) = match found {
            Some((spot, words)) => (spot.base, Some((spot.target, words))),
            None => (None, None),
        };
        let is_by_index = place.raw.uri.is_empty() && place.index.is_some();
        let lost = place.index.filter(|_| is_by_index && target.is_none());
        let mut resolved = Self {
            target,
            base,
            is_by_index,
            lost,
            digest: 0,
        };
        resolved.digest = digest(&[resolved.words().as_bytes()]);
        resolved
    }

    /// Its words in keys: those of its path, behind the name of a base that is not the trunk. No name or path holds the
    /// character between the two.
    pub(super) fn words(&self) -> Cow<'_, str> {
        let words = (self.target.as_ref()).map_or("", |(_, words)| words.untrusted());
        match &self.base {
            Some(base) => Cow::Owned(format!("{base}\0{words}")),
            None => Cow::Borrowed(words),
        }
    }
}

/// The place of an artifact location; one without a URI is looked up among the run's artifacts.
pub(super) fn resolve(run: &Run, raw: &Raw, index: Option<usize>) -> Option<(Target, Text)> {
    locate(run, raw, index).map(|(spot, words)| (spot.target, words))
}

fn locate(run: &Run, raw: &Raw, index: Option<usize>) -> Option<(Spot, Text)> {
    let entry = index.and_then(|index| run.artifacts.get(index));
    let raw = match raw.uri.as_str() {
        "" => &entry?.raw,
        _ => raw,
    };
    if raw.uri.is_empty() {
        return None;
    }
    let entry = entry.filter(|entry| entry.raw.uri == raw.uri);
    let spot = match entry.and_then(|entry| entry.parent) {
        Some(parent) => inside(run, raw, parent),
        None => run.bases.spot(raw),
    };
    let words = Text::some_line(spot.target.words())?;
    Some((spot, words))
}

/// `lib/a.jar/x.class`, as archives themselves are read
fn inside(run: &Run, raw: &Raw, parent: usize) -> Spot {
    let mut inner = vec![raw];
    let mut next = Some(parent);
    while let Some(container) = next.and_then(|index| run.artifacts.get(index)) {
        if inner.len() > DEEPEST || container.raw.uri.is_empty() {
            break;
        }
        inner.push(&container.raw);
        next = container.parent;
    }
    let mut spot = inner
        .pop()
        .map(|outer| run.bases.spot(outer))
        .unwrap_or_default();
    for raw in inner.into_iter().rev() {
        let path = run.bases.member(raw);
        spot.target = match spot.target {
            Target::Path(outer) => Target::Path(format!("{outer}/{path}")),
            Target::Web(outer) => Target::Web(format!("{outer}/{path}")),
        };
    }
    spot
}
