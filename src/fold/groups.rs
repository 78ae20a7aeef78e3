//! How findings are held while they are folded: one slot for whatever shares a key, in whatever order it comes.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Folded;
use super::index::Index;
use crate::model::{Finding, InputId, Join, Key, Kind, Set, Text, sort_by_cached_key};

/// How many groups that share a key and may not be one are tried for another one that shares it.
const TRIED: usize = 64;

/// Findings by their keys.
///
/// Findings of one kind, app and package that share a key are one: connected components, so that order does not matter.
/// What a place in the product shows is held back until all is known, unless its keys are the very same: there a key may
/// turn up that would make one of two records which a report tells apart.
#[derive(Debug, Default)]
pub(super) struct Groups {
    slots: Vec<Slot>,
    by_key: Index,
    /// Slots that bear a key which [`Self::by_key`] gives to another one of the same subject, by all of their keys.
    variants: BTreeMap<(Set<Key>, Subject), usize>,
    /// Slots that bear a key which [`Self::by_key`] gives to something else.
    strangers: BTreeMap<(Key, Subject), usize>,
}

#[derive(Debug)]
enum Slot {
    Finding(Box<Finding>),
    /// Folded into the finding of another slot.
    Moved(Cell<usize>),
}

/// What a key is about: kind, app and package. Keys are hashes over it, so that two subjects share one only in a report
/// that was made up. A ticket may go from one app to another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Subject(Kind, Option<Text>, Option<Text>);

impl Subject {
    fn of(finding: &Finding) -> Self {
        let purl = finding.package.as_ref().map(|package| &package.purl);
        let app = (finding.kind != Kind::Ticket).then(|| finding.app.clone());
        Self(finding.kind, app, purl.cloned())
    }

    /// Whether both have the same subject, without a copy.
    fn is_shared(one: &Finding, other: &Finding) -> bool {
        let (mine, theirs) = (one.package.as_ref(), other.package.as_ref());
        one.kind == other.kind
            && (one.kind == Kind::Ticket || one.app == other.app)
            && mine.map(|package| &package.purl) == theirs.map(|package| &package.purl)
    }
}

/// Keys, the preferred one first, each with the slots that bear it in the order of all their keys.
type Component = Vec<(Key, Vec<usize>)>;

impl Groups {
    /// Takes in a finding and says which slot holds it now. `share` prepares what is kept.
    pub(super) fn add(&mut self, mut finding: Finding, share: impl FnOnce(&mut Finding)) -> usize {
        let mut homes = finding
            .keys
            .iter()
            .filter_map(|key| self.home(*key, &finding));
        let (first, is_place) = (homes.next(), finding.kind.is_place());
        let home = match first {
            None => None,
            Some(first) if is_place => {
                let bears_the_same = |slot: &usize| match &self.slots[*slot] {
                    Slot::Finding(known) => known.keys == finding.keys,
                    Slot::Moved(_) => false,
                };
                let variant = || {
                    let name = (finding.keys.clone(), Subject::of(&finding));
                    self.variants.get(&name).copied()
                };
                let same = std::iter::once(first).chain(homes).find(bears_the_same);
                same.or_else(variant)
            }
            Some(first) => {
                let others: Vec<usize> = homes.filter(|slot| *slot != first).collect();
                let unite = |home, slot| self.unite(home, slot);
                Some(others.into_iter().fold(first, unite))
            }
        };
        let home = home.unwrap_or(self.slots.len());
        self.claim(&finding, home);
        if let Some(Slot::Finding(known)) = self.slots.get_mut(home) {
            (**known).join(finding);
        } else {
            if is_place && first.is_some() {
                let name = (finding.keys.clone(), Subject::of(&finding));
                self.variants.insert(name, home);
            }
            share(&mut finding);
            self.slots.push(Slot::Finding(Box::new(finding)));
        }
        home
    }

    /// The slot that a key leads to, of what is about the same as the finding.
    fn home(&self, key: Key, finding: &Finding) -> Option<usize> {
        let slot = self.find(self.first_of(key)?);
        match &self.slots[slot] {
            Slot::Finding(known) if Subject::is_shared(known, finding) => Some(slot),
            _ => {
                let stranger = self.strangers.get(&(key, Subject::of(finding)))?;
                Some(self.find(*stranger))
            }
        }
    }

    /// The slot that first bore the key.
    fn first_of(&self, key: Key) -> Option<usize> {
        self.by_key.get(&key, |slot| bears(&self.slots, slot, key))
    }

    /// Makes the slot the one that the finding's keys lead to, where none is.
    fn claim(&mut self, finding: &Finding, home: usize) {
        for key in &finding.keys {
            let slots = &self.slots;
            let first = (self.by_key).claim(key, home, |slot| bears(slots, slot, *key));
            let Some(slot) = first else { continue };
            if self.find(slot) != home && self.home(*key, finding).is_none() {
                self.strangers.insert((*key, Subject::of(finding)), home);
            }
        }
    }

    /// The slot that holds what was once put into `slot`.
    fn find(&self, slot: usize) -> usize {
        now(&self.slots, slot)
    }

    /// Joins the findings of two slots; the lower one keeps them.
    fn unite(&mut self, a: usize, b: usize) -> usize {
        let (a, b) = (self.find(a), self.find(b));
        let (home, other) = (a.min(b), a.max(b));
        if home != other {
            let moved = std::mem::replace(&mut self.slots[other], Slot::Moved(Cell::new(home)));
            if let (Slot::Finding(known), Slot::Finding(moved)) = (&mut self.slots[home], moved) {
                known.join(moved);
            }
        }
        home
    }

    /// The finding that a slot holds.
    pub(super) fn get_mut(&mut self, slot: usize) -> Option<&mut Finding> {
        let slot = self.find(slot);
        match &mut self.slots[slot] {
            Slot::Finding(finding) => Some(finding),
            Slot::Moved(_) => None,
        }
    }

    /// How many slots there are.
    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    /// The slot that holds what was once put into `slot`.
    pub(super) fn now(&self, slot: usize) -> usize {
        self.find(slot)
    }

    /// As [`Self::into_parts`], each with its slot.
    pub(super) fn into_slots(self) -> impl Iterator<Item = (usize, Box<Finding>)> {
        let slots = self.slots.into_iter().enumerate();
        slots.filter_map(|(at, slot)| match slot {
            Slot::Finding(finding) => Some((at, finding)),
            Slot::Moved(_) => None,
        })
    }

    /// What the slots hold, as far as it is folded without a look at the whole.
    pub(super) fn into_parts(self) -> impl Iterator<Item = Box<Finding>> {
        self.slots.into_iter().filter_map(|slot| match slot {
            Slot::Finding(finding) => Some(finding),
            Slot::Moved(_) => None,
        })
    }

    /// As [`Self::finish`], in the order of fingerprints.
    pub(super) fn ordered(self) -> Folded {
        let (findings, apart) = self.finish();
        let mut findings: Vec<_> = findings.collect();
        sort_by_cached_key(&mut findings, |finding| finding.fingerprint());
        Folded { findings, apart }
    }

    /// Joins what was held back. Returns the findings, and reports of those that share a key and are kept apart all the
    /// same.
    pub(super) fn finish(mut self) -> (impl Iterator<Item = Box<Finding>>, BTreeSet<Arc<InputId>>) {
        let mut apart = Vec::new();
        for component in self.components() {
            self.join_component(component, &mut apart);
        }
        for ((key, _), stranger) in std::mem::take(&mut self.strangers) {
            apart.push(stranger);
            apart.extend(self.first_of(key));
        }
        // Only now is it known which record of a finding is its first.
        let first_report = |slot| {
            let finding = self.get_mut(slot)?;
            let first = finding.sightings.first()?;
            Some(Arc::clone(&first.place.report))
        };
        let kept_apart = apart.into_iter().filter_map(first_report).collect();
        (self.into_parts(), kept_apart)
    }

    /// What was held back, by what is connected.
    fn components(&mut self) -> Vec<Component> {
        let mut bearers: BTreeMap<(Key, Subject), BTreeMap<Set<Key>, usize>> = BTreeMap::new();
        for ((keys, subject), slot) in std::mem::take(&mut self.variants) {
            let Slot::Finding(variant) = &self.slots[slot] else {
                continue;
            };
            for key in &keys {
                let Some(home) = self.home(*key, variant) else {
                    continue;
                };
                let slots = bearers.entry((*key, subject.clone())).or_default();
                slots.insert(keys.clone(), slot);
                if let Slot::Finding(known) = &self.slots[home] {
                    slots.insert(known.keys.clone(), home);
                }
            }
        }
        let mut roots: BTreeMap<usize, usize> = BTreeMap::new();
        for slots in bearers.values() {
            let mut slots = slots.values();
            let first = slots.next().copied().unwrap_or_default();
            for slot in slots {
                let (a, b) = (root(&mut roots, first), root(&mut roots, *slot));
                roots.insert(a.max(b), a.min(b));
            }
        }
        let mut components: BTreeMap<usize, Component> = BTreeMap::new();
        for ((key, _), slots) in bearers {
            let slots: Vec<usize> = slots.into_values().collect();
            if let [first, _, ..] = slots.as_slice() {
                let component = root(&mut roots, *first);
                components.entry(component).or_default().push((key, slots));
            }
        }
        components.into_values().collect()
    }

    /// Joins what is linked, from the preferred key on, as long as that joins no two records that one report tells apart.
    ///
    /// What prefers the same key is one in any case: it is called by that key. No parser gives two records of a report one
    /// key, so that this joins such records only of a report that was made up.
    fn join_component(&mut self, links: Component, apart: &mut Vec<usize>) {
        for (key, bearers) in links {
            let mut groups: Vec<usize> = Vec::new();
            // The same, to look slots up in: of a report that was made up there are many.
            let mut known: BTreeSet<usize> = BTreeSet::new();
            let prefers = |groups: &Self, slot: usize| match &groups.slots[slot] {
                Slot::Finding(finding) => finding.keys.first() == Some(&key),
                Slot::Moved(_) => false,
            };
            // Those that the key names come first, and are one.
            let (named, others): (Vec<_>, Vec<_>) = bearers
                .into_iter()
                .partition(|slot| prefers(self, self.find(*slot)));
            let named = named
                .into_iter()
                .reduce(|home, slot| self.unite(home, slot));
            groups.extend(named);
            known.extend(named);
            for slot in others {
                let slot = self.find(slot);
                if known.contains(&slot) {
                    continue;
                }
                let may_join = |place: &usize| {
                    let tried = groups.get(*place).map(|group| &self.slots[*group]);
                    match (&self.slots[slot], tried) {
                        (Slot::Finding(one), Some(Slot::Finding(other))) => {
                            !one.stands_beside(other)
                        }
                        _ => false,
                    }
                };
                match (0..groups.len().min(TRIED)).find(may_join) {
                    Some(place) => groups[place] = self.unite(groups[place], slot),
                    None => groups.push(slot),
                }
                known.insert(self.find(slot));
            }
            if groups.len() > 1 {
                apart.extend(groups);
            }
        }
    }
}

/// The slot that holds what was once put into `slot`. Slots are never removed, so that each index stays valid.
///
/// Each look halves the way, so that reports made up to chain many findings cost little more than others.
fn now(slots: &[Slot], slot: usize) -> usize {
    let mut at = slot;
    while let Slot::Moved(next) = &slots[at] {
        if let Slot::Moved(after) = &slots[next.get()] {
            next.set(after.get());
        }
        at = next.get();
    }
    at
}

/// Whether the finding that a slot holds bears the key. A slot that is still to come bears none.
fn bears(slots: &[Slot], slot: usize, key: Key) -> bool {
    slot < slots.len()
        && matches!(&slots[now(slots, slot)], Slot::Finding(finding) if finding.keys.contains(&key))
}

/// The lowest slot that is connected. Each look halves the way.
fn root(roots: &mut BTreeMap<usize, usize>, slot: usize) -> usize {
    let mut at = slot;
    while let Some(&next) = roots.get(&at).filter(|next| **next != at) {
        let after = roots.get(&next).copied().unwrap_or(next);
        roots.insert(at, after);
        at = after;
    }
    at
}
