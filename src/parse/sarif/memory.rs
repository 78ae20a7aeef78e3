//! What stands in many logs, read once: rules, and results that say what an earlier one said.
//!
//! Jobs run the same tool over the same code, so that most results of most logs are repeats, but for the place of their
//! rule in the log's list. Such a result is not read again. What it adds to its finding is who saw it, and where.

mod name;
mod repeat;
mod table;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

pub(super) use name::{Digest, Indices, Name};
use table::Table;

use super::artifact::{Named, Resolved};
use super::finding::{Made, Verdict};
use super::identity::Standing;
use super::lenient::Object;
use super::rule::{Call, Rule};
use super::run::{self, Run};
use super::trace::Sketch;
use super::wire::{Descriptor, Face};
use crate::model::{Claims, Key, Kind, Package, Set, Suppression, Text};
use crate::parse::json;

/// How much is kept at most, in bytes.
const MOST_BYTES: u64 = 256 << 20;
/// How much a result takes that is known, with what is known of its place.
const RECORD: u64 = 800;
/// The part of it all that rules may take, as they stand in logs.
const RULES: u64 = 8;
/// The longest words by which a result may call its rule and name its place to be known, in bytes.
const LONGEST: usize = 512;

/// Nothing is left half-way: a panic ends the program.
fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A result that was read before.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) sketch: Sketch,
    pub(super) verdict: Verdict,
    /// The numbers by which it calls its rule, as far as they are part of its name.
    indices: Indices,
    /// How it calls its rule, but for these numbers, and how it names its place. Shared by those that do it alike.
    call: Arc<Call>,
    place: Arc<Named>,
    /// What became of the first one; none as long as none was read in full.
    fate: OnceLock<Fate>,
}

impl Known {
    /// Whether it was read in full, and says that there is no problem.
    pub(super) fn has_passed(&self) -> bool {
        matches!(self.fate.get(), Some(Fate::Passed))
    }

    /// Keeps that it was read in full, and says that there is no problem.
    pub(super) fn pass(&self) {
        self.fate.get_or_init(|| Fate::Passed);
    }

    /// How it calls its rule, by these numbers.
    pub(super) fn call(&self, indices: Indices) -> Call {
        Call {
            index: indices.own.or(indices.reference),
            ..(*self.call).clone()
        }
    }

    /// How it names its place.
    pub(super) fn place(&self) -> Arc<Named> {
        Arc::clone(&self.place)
    }

    /// The numbers by which a result of that name calls its rule.
    pub(super) fn indices(&self, name: Name) -> Indices {
        Indices {
            own: name.left_out.own.or(self.indices.own),
            reference: name.left_out.reference.or(self.indices.reference),
        }
    }
}

/// What became of a result.
#[derive(Debug)]
enum Fate {
    /// It says that there is no problem.
    Passed,
    /// It became a finding.
    Told(Told),
}

/// A finding that was handed over, as far as repeats of it must say it again.
#[derive(Debug)]
struct Told {
    context: Digest,
    /// Where in memory its rule is or was: nothing else comes to stand there, and the texts of a rule that the memory has
    /// let go are not kept by all that it was the rule of.
    rule: Option<Weak<Rule>>,
    /// None where the keys do not depend on it.
    standing: Option<Standing>,
    kind: Kind,
    keys: Set<Key>,
    /// Its ids, where there are several.
    aliases: Set<Text>,
    package: Option<Box<Package>>,
    /// A record without any would open the finding again.
    suppressions: Set<Suppression>,
    claims: Arc<Claims>,
}

/// What is kept of the logs that were read, for all workers.
#[derive(Debug)]
pub(in crate::parse) struct Memory {
    rules: Mutex<Rules>,
    records: Table<Digest, Arc<Known>>,
    calls: Table<u64, Arc<Call>>,
    places: Table<u64, Arc<Named>>,
    /// Where places are, by the digest of their bases and that of their words.
    resolved: Table<(Digest, u64), Arc<Resolved>>,
    /// What is claimed of the first finding of each rule: mostly the same as of the others.
    claims: Table<Option<Text>, Arc<Claims>>,
    /// Whether nothing is kept, so that everything is read in full.
    is_forgetful: bool,
}

#[derive(Debug, Default)]
struct Rules {
    by_digest: BTreeMap<Digest, Arc<Rule>>,
    /// How many bytes they take as they stand in logs, and how many they may.
    bytes: usize,
    most: usize,
}

impl Default for Memory {
    fn default() -> Self {
        Self::within(MOST_BYTES)
    }
}

impl Memory {
    /// Keeps about so many bytes at most.
    pub(in crate::parse) fn within(bytes: u64) -> Self {
        let size = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
        let bytes = bytes.min(MOST_BYTES);
        let records = size((bytes - bytes / RULES) / RECORD);
        Self {
            rules: Mutex::new(Rules {
                most: size(bytes / RULES),
                ..Rules::default()
            }),
            records: Table::within(records),
            calls: Table::within(records),
            places: Table::within(records),
            resolved: Table::within(records),
            claims: Table::within(records),
            is_forgetful: false,
        }
    }

    /// Keeps nothing: each record is read in full, and each finding handed over whole.
    pub(super) fn none() -> Self {
        Self {
            is_forgetful: true,
            ..Self::within(0)
        }
    }

    /// The rule that stands there as `raw`.
    pub(super) fn rule(&self, raw: &[u8]) -> Result<Arc<Rule>, String> {
        let read = || {
            let descriptor: Object<Descriptor<'_>> = json::read(raw)?;
            Ok(Arc::new(Rule::of(&descriptor.0)))
        };
        if self.is_forgetful {
            return read();
        }
        let digest = Digest::of(&[raw]);
        if let Some(rule) = lock(&self.rules).by_digest.get(&digest) {
            return Ok(Arc::clone(rule));
        }
        let rule = read()?;
        let mut rules = lock(&self.rules);
        if rules.bytes + raw.len() > rules.most {
            rules.by_digest.clear();
            rules.bytes = 0;
        }
        rules.bytes += raw.len();
        // Another worker may have been first.
        Ok(Arc::clone(rules.by_digest.entry(digest).or_insert(rule)))
    }

    /// The name of a result that stands there as `raw`.
    pub(super) fn name(&self, raw: &[u8]) -> Option<Name> {
        (!self.is_forgetful).then(|| Name::of(raw))
    }

    /// The result of that name, if it was read before.
    pub(super) fn get(&self, name: Name) -> Option<Arc<Known>> {
        self.records.get(&name.digest)
    }

    /// Keeps what a result looks like, if that may be kept.
    pub(super) fn learn(
        &self,
        (name, raw): (Name, &[u8]),
        face: Face<'_, '_>,
        verdict: Verdict,
        sketch: &Sketch,
    ) -> Option<Arc<Known>> {
        let own = face.indices();
        if sketch.is_pinned_by_index || !name.is_sure(raw, own) {
            return None;
        }
        let (new_call, place) = (call(face, Indices::default()), place(face));
        let words = [&new_call.id, &new_call.guid, &new_call.component_name];
        let words = words
            .into_iter()
            .chain([&new_call.component_guid, &place.raw.base]);
        let length: usize = words
            .flatten()
            .chain([&place.raw.uri])
            .map(String::len)
            .sum();
        if length > LONGEST {
            return None;
        }
        let known = Known {
            sketch: sketch.clone(),
            verdict,
            indices: Indices {
                own: own.own.filter(|_| name.left_out.own.is_none()),
                reference: (own.reference).filter(|_| name.left_out.reference.is_none()),
            },
            call: self.calls.get_or_put(sketch.call, || Arc::new(new_call)),
            place: self.places.get_or_put(sketch.place, || Arc::new(place)),
            fate: OnceLock::new(),
        };
        Some(self.records.put(name.digest, Arc::new(known)))
    }

    /// Where a place is that a run names in words, of which `number` is the digest.
    pub(super) fn resolve(&self, run: Option<&Run>, number: u64, place: &Named) -> Arc<Resolved> {
        let new = || Arc::new(Resolved::of(run, place));
        let length = place.raw.uri.len();
        let is_worth = !self.is_forgetful && length > 0 && length <= LONGEST;
        match run.filter(|_| is_worth) {
            Some(run) => self.resolved.get_or_put((run.bases.digest, number), new),
            None => new(),
        }
    }

    /// Keeps a finding that is handed over, unless something in it is of its run alone.
    pub(super) fn tell(&self, known: &Known, context: Digest, made: &Made) {
        let Made {
            finding,
            rule,
            standing,
            is_of_its_run,
        } = made;
        if *is_of_its_run {
            return;
        }
        known.fate.get_or_init(|| {
            let new = || Arc::new(finding.claims.clone());
            let claims = self.claims.get_or_put(finding.rule.id.clone(), new);
            Fate::Told(Told {
                context,
                rule: rule.as_ref().map(Arc::downgrade),
                standing: *standing,
                kind: finding.kind,
                keys: finding.keys.clone(),
                aliases: if finding.ids.len() > 1 {
                    finding.ids.clone()
                } else {
                    Set::new()
                },
                package: finding.package.clone(),
                suppressions: finding.suppressions.clone(),
                claims: if claims.say_the_same(&finding.claims) {
                    claims
                } else {
                    new()
                },
            })
        });
    }
}

/// What repeats of a result share of their runs.
pub(super) fn context(app: &Text, run: &Run) -> Digest {
    Digest::of_value(&(app, &run.family, &run.scanner, run.bases.digest))
}

/// How a result calls its rule.
pub(super) fn call(face: Face<'_, '_>, indices: Indices) -> Call {
    Call {
        index: indices.own.or(indices.reference),
        ..Call::of(face.rule_id.get(), None, face.rule)
    }
}

/// How a result names its first place.
pub(super) fn place(face: Face<'_, '_>) -> Named {
    let artifact = (face.place).map(|place| &place.physical_location.0.artifact_location.0);
    Named {
        raw: artifact.map(run::raw).unwrap_or_default(),
        index: artifact.and_then(|artifact| artifact.index.index()),
    }
}

#[cfg(test)]
mod tests;
