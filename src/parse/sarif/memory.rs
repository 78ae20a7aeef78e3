//! What stands in many logs, read once: rules, and results that say what an earlier one said.
//!
//! Jobs run the same tool over the same code, so that most results of most logs are repeats, but for the place of their
//! rule in the log's list. Such a result is not read again. What it adds to its finding is who saw it, and where.

mod name;

use std::collections::BTreeMap;
use std::sync::Arc;

use foldhash::fast::RandomState;

use name::Digest;
pub(super) use name::{Indices, Name};

use super::finding::{Made, Maker, Verdict};
use super::identity::{Named, Resolved, Shared, Standing};
use super::lenient::Object;
use super::rule::{Call, Rule};
use super::run::{self, Run};
use super::trace::Sketch;
use super::uri::Bases;
use super::wire::{Descriptor, Face};
use crate::model::{Claim, Claims, Finding, Key, Kind, Package, Set, Sighting, Text};
use crate::parse::json;

/// How much is kept at most, in bytes.
const MOST_BYTES: u64 = 128 << 20;
/// How much a result takes that is known.
const RECORD: u64 = 400;
/// The part of it all that rules may take, as they stand in logs.
const RULES: u64 = 4;
/// How many sorts of runs are known at once.
const MOST_CONTEXTS: usize = 1 << 10;

#[expect(
    clippy::disallowed_types,
    reason = "looked up by digest only; its order is never seen"
)]
type Map<K, T> = std::collections::HashMap<K, T, RandomState>;

/// What repeats share of their runs.
#[derive(Debug, PartialEq, Eq)]
struct Context {
    app: Text,
    family: String,
    scanner: Text,
    /// What its paths are relative to, by number.
    bases: usize,
}

/// A result that was read before.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) sketch: Sketch,
    pub(super) verdict: Verdict,
    /// The numbers by which it calls its rule, as far as they are part of its name.
    indices: Indices,
    /// What became of it; none as long as it was not read in full.
    fate: Option<Fate>,
}

impl Known {
    /// Whether it was read in full, and says that there is no problem.
    pub(super) fn has_passed(&self) -> bool {
        matches!(self.fate, Some(Fate::Passed))
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
    context: usize,
    rule: Option<Arc<Rule>>,
    /// None where the keys do not depend on it.
    standing: Option<Standing>,
    kind: Kind,
    keys: Set<Key>,
    /// Its ids, where there are several.
    aliases: Set<Text>,
    package: Option<Box<Package>>,
    claims: Arc<Claims>,
}

/// What a worker keeps of the logs that it has read.
#[derive(Debug)]
pub(in crate::parse) struct Memory {
    rules: Map<Digest, Arc<Rule>>,
    rule_bytes: usize,
    /// In boxes, so that the table's free places are small.
    records: Map<Digest, Box<Known>>,
    calls: Shared<Call>,
    places: Shared<Named>,
    contexts: Vec<Context>,
    bases: Vec<Bases>,
    /// Where places are, by the number of their bases and that of their words.
    resolved: Map<(usize, u64), Arc<Resolved>>,
    /// What is claimed of the last finding of each rule: mostly the same as of the next.
    claims: BTreeMap<Option<Text>, Arc<Claims>>,
    /// How many results are known at most.
    most_records: usize,
    most_rule_bytes: usize,
    /// Whether nothing is kept, so that everything is read in full.
    is_forgetful: bool,
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
        Self {
            most_records: size((bytes - bytes / RULES) / RECORD),
            most_rule_bytes: size(bytes / RULES),
            rules: Map::default(),
            rule_bytes: 0,
            records: Map::default(),
            calls: Shared::new(),
            places: Shared::new(),
            contexts: Vec::new(),
            bases: Vec::new(),
            resolved: Map::default(),
            claims: BTreeMap::new(),
            is_forgetful: false,
        }
    }

    /// Keeps nothing: each record is read in full, and each finding handed over whole.
    pub(super) fn none() -> Self {
        Self {
            is_forgetful: true,
            ..Self::default()
        }
    }

    /// The rule that stands there as `raw`.
    pub(super) fn rule(&mut self, raw: &[u8]) -> Result<Arc<Rule>, String> {
        let read = || {
            let descriptor: Object<Descriptor<'_>> = json::read(raw)?;
            Ok(Arc::new(Rule::of(&descriptor.0)))
        };
        if self.is_forgetful {
            return read();
        }
        let digest = Digest::of(&[raw]);
        if let Some(rule) = self.rules.get(&digest) {
            return Ok(Arc::clone(rule));
        }
        let rule = read()?;
        if self.rule_bytes + raw.len() > self.most_rule_bytes {
            self.rules.clear();
            self.rule_bytes = 0;
        }
        self.rule_bytes += raw.len();
        self.rules.insert(digest, Arc::clone(&rule));
        Ok(rule)
    }

    /// The name of a result that stands there as `raw`.
    pub(super) fn name(&self, raw: &[u8]) -> Option<Name> {
        (!self.is_forgetful).then(|| Name::of(raw))
    }

    /// The result of that name, if it was read before.
    pub(super) fn get(&self, name: Name) -> Option<&Known> {
        self.records.get(&name.digest).map(|known| &**known)
    }

    /// Keeps what a result looks like.
    pub(super) fn learn(
        &mut self,
        (name, raw): (Name, &[u8]),
        face: Face<'_, '_>,
        verdict: Verdict,
        sketch: &Sketch,
    ) {
        let own = face.indices();
        if sketch.is_pinned_by_index || !name.is_sure(raw, own) {
            return;
        }
        if self.records.len() >= self.most_records {
            self.forget_records();
        }
        self.calls
            .put(sketch.call, || call(face, Indices::default()));
        self.places.put(sketch.place, || place(face));
        let known = Known {
            sketch: sketch.clone(),
            verdict,
            indices: Indices {
                own: own.own.filter(|_| name.left_out.own.is_none()),
                reference: (own.reference).filter(|_| name.left_out.reference.is_none()),
            },
            fate: None,
        };
        self.records.insert(name.digest, Box::new(known));
    }

    fn forget_records(&mut self) {
        self.records.clear();
        self.calls = Shared::new();
        self.places = Shared::new();
        self.contexts.clear();
        self.bases.clear();
        self.resolved.clear();
        self.claims.clear();
    }

    /// How a known result calls its rule.
    pub(super) fn call(&self, known: &Known, indices: Indices) -> Call {
        let call = self.calls.get(known.sketch.call).cloned();
        Call {
            index: indices.own.or(indices.reference),
            ..call.unwrap_or_default()
        }
    }

    /// How a known result names its place.
    pub(super) fn place(&self, known: &Known) -> Named {
        let place = self.places.get(known.sketch.place);
        place.cloned().unwrap_or_default()
    }

    /// A number for what repeats in this run share with others.
    pub(super) fn context(&mut self, app: &Text, run: &Run) -> usize {
        if self.contexts.len() >= MOST_CONTEXTS {
            self.forget_records();
        }
        let bases = self.bases(&run.bases);
        let is_same = |known: &Context| {
            known.app == *app
                && known.family == run.family
                && known.scanner == run.scanner
                && known.bases == bases
        };
        if let Some(known) = self.contexts.iter().rposition(is_same) {
            return known;
        }
        self.contexts.push(Context {
            app: app.clone(),
            family: run.family.clone(),
            scanner: run.scanner.clone(),
            bases,
        });
        self.contexts.len() - 1
    }

    /// A number for what paths are relative to.
    fn bases(&mut self, bases: &Bases) -> usize {
        if let Some(known) = self.bases.iter().rposition(|known| known == bases) {
            return known;
        }
        self.bases.push(bases.clone());
        self.bases.len() - 1
    }

    /// Where a place is that a run names in words, of which `number` is the digest.
    pub(super) fn resolve(
        &mut self,
        run: Option<&Run>,
        number: u64,
        place: &Named,
    ) -> Arc<Resolved> {
        let new = || Arc::new(Resolved::of(run, place));
        let Some(run) = run.filter(|_| !self.is_forgetful && !place.raw.uri.is_empty()) else {
            return new();
        };
        if self.resolved.len() >= self.most_records || self.bases.len() >= MOST_CONTEXTS {
            self.forget_records();
        }
        let bases = self.bases(&run.bases);
        Arc::clone(self.resolved.entry((bases, number)).or_insert_with(new))
    }

    /// Keeps a finding that is handed over, unless something in it is of its run alone.
    pub(super) fn tell(&mut self, name: Name, context: usize, made: &Made) {
        let Made {
            finding,
            rule,
            standing,
            is_of_its_run,
        } = made;
        let known = self.records.get_mut(&name.digest);
        let Some(known) = known.filter(|_| !is_of_its_run) else {
            return;
        };
        let claims = match self.claims.get(&finding.rule.id) {
            Some(claims) if claims.say_the_same(&finding.claims) => Arc::clone(claims),
            _ => {
                let claims = Arc::new(finding.claims.clone());
                let id = finding.rule.id.clone();
                self.claims.insert(id, Arc::clone(&claims));
                claims
            }
        };
        known.fate = Some(Fate::Told(Told {
            context,
            rule: rule.clone(),
            standing: *standing,
            kind: finding.kind,
            keys: finding.keys.clone(),
            aliases: if finding.ids.len() > 1 {
                finding.ids.clone()
            } else {
                Set::new()
            },
            package: finding.package.clone(),
            claims,
        }));
    }

    /// Keeps that a result, which was read in full, says that there is no problem.
    pub(super) fn pass(&mut self, name: Name) {
        if let Some(known) = self.records.get_mut(&name.digest) {
            known.fate = Some(Fate::Passed);
        }
    }
}

impl Maker<'_> {
    /// What a repeat of a known result adds to the finding that was handed over for it: who saw it, where and when, and by
    /// which keys it is found. None where the finding may differ from that one.
    pub(super) fn repeat(
        &self,
        known: &Known,
        name: Name,
        context: usize,
        at: &str,
    ) -> Option<Finding> {
        let told = match &known.fate {
            Some(Fate::Told(told)) if told.context == context => told,
            _ => return None,
        };
        let trace = known.sketch.trace(self.part, known.indices(name));
        let called = self.identities.rule(&trace)?;
        let rule = called.found.and_then(|found| self.run.rule(found));
        let is_same_rule = match (rule, &told.rule) {
            (Some(rule), Some(told)) => Arc::ptr_eq(rule, told),
            (None, None) => true,
            _ => false,
        };
        let standing = || self.identities.standing(&trace, &known.sketch);
        if !is_same_rule
            || told.standing.is_some_and(|told| told != standing())
            || self.run.has_overrides()
        {
            return None;
        }
        let mut finding = Finding::new(told.kind, self.app.clone());
        finding.keys.clone_from(&told.keys);
        finding.package.clone_from(&told.package);
        // They are names of one problem, as this record says too.
        finding.ids.clone_from(&told.aliases);
        let place = self.input.place(at);
        for claim in &*told.claims {
            finding.claims.insert(Claim {
                source: place.clone(),
                ..claim.clone()
            });
        }
        finding.sightings.insert(Sighting {
            place,
            scanner: self.run.scanner().clone(),
        });
        self.scan_time(&mut finding);
        Some(finding)
    }
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
