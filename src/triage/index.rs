//! Finds what the entries of triage files reach, without holding each of them against each finding.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound::{Included, Unbounded};

use super::condition::{Condition, canonical, key_of_id, paths_of};
use crate::glob::{Globs, Match};
use crate::model::{Finding, Key, KeyLabel, Text};

/// The findings by what entries name them with, so that not every entry is held against every finding.
pub(super) struct Index<'a> {
    findings: &'a [Box<Finding>],
    keys: BTreeMap<[u8; 32], Vec<usize>>,
    /// In lower case.
    ids: BTreeMap<String, Vec<usize>>,
    /// In lower case.
    tickets: BTreeMap<String, Vec<usize>>,
    packages: BTreeMap<String, Vec<usize>>,
    rules: BTreeMap<&'a str, Vec<usize>>,
    paths: BTreeMap<&'a str, Vec<usize>>,
    /// Those with more places than are kept.
    cut: Vec<usize>,
    /// For each app and package of which a finding has a key that none of its ids makes, one such finding: an id may be
    /// among them. By label, since most findings of npm have the key of a number that is no id.
    forgotten: BTreeMap<KeyLabel, BTreeMap<(&'a Text, &'a Text), usize>>,
}

impl<'a> Index<'a> {
    pub(super) fn of(findings: &'a [Box<Finding>]) -> Self {
        let mut index = Self {
            findings,
            keys: BTreeMap::new(),
            ids: BTreeMap::new(),
            tickets: BTreeMap::new(),
            packages: BTreeMap::new(),
            rules: BTreeMap::new(),
            paths: BTreeMap::new(),
            cut: Vec::new(),
            forgotten: BTreeMap::new(),
        };
        for (place, finding) in findings.iter().enumerate() {
            for key in finding.names() {
                index.keys.entry(*key.hash()).or_default().push(place);
            }
            for id in &finding.ids {
                let id = id.untrusted().to_ascii_lowercase();
                index.ids.entry(id).or_default().push(place);
            }
            if let Some(ticket) = &finding.ticket {
                let key = ticket.key.untrusted().to_ascii_lowercase();
                index.tickets.entry(key).or_default().push(place);
            }
            for name in finding.package_names() {
                index
                    .packages
                    .entry(name.into_owned())
                    .or_default()
                    .push(place);
            }
            for rule in finding.checks() {
                index.rules.entry(rule.untrusted()).or_default().push(place);
            }
            for path in paths_of(finding) {
                index.paths.entry(path.untrusted()).or_default().push(place);
            }
            if finding.locations.more() {
                index.cut.push(place);
            }
            if let Some(package) = &finding.package {
                let name = (&finding.app, &package.purl);
                for label in forgotten(finding) {
                    let of_label = index.forgotten.entry(label).or_default();
                    of_label.entry(name).or_insert(place);
                }
            }
        }
        index
    }

    /// The findings on a path that a condition names, by the number of the condition; only of those conditions that name
    /// nothing else, and paths that may begin with anything. All their globs are asked at once, so that not each of them
    /// looks at each path.
    pub(super) fn by_path<'c>(
        &self,
        conditions: impl Iterator<Item = &'c Condition>,
    ) -> BTreeMap<usize, Vec<usize>> {
        let mut owners = Vec::new();
        let mut written = Vec::new();
        let mut found: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (number, condition) in conditions.enumerate() {
            let Some(path) = condition.path.as_ref().filter(|_| condition.is_by_path()) else {
                continue;
            };
            if path.prefixes().any(str::is_empty) {
                found.insert(number, Vec::new());
                owners.resize(owners.len() + path.written().len(), number);
                written.extend(path.written().iter().map(String::as_str));
            }
        }
        // Where they are too many for one search, each is asked by itself.
        let Ok(globs) = Globs::new(written, Match::Path) else {
            return BTreeMap::new();
        };
        let paths = self.paths.iter().filter(|_| !owners.is_empty());
        for (path, places) in paths {
            let matching = globs.places(path).into_iter();
            for owner in matching.filter_map(|glob| owners.get(glob)) {
                found.entry(*owner).or_default().extend(places);
            }
        }
        found
    }

    /// The findings for which the condition holds, each once. `by_path` are those on its paths, where these are known.
    pub(super) fn reached(&self, condition: &Condition, by_path: Option<Vec<usize>>) -> Vec<usize> {
        // The indices come from this very list.
        let holds = |&place: &usize| condition.holds(&self.findings[place]);
        if let Some(found) = by_path {
            let all: BTreeSet<usize> = found.into_iter().chain(self.cut.iter().copied()).collect();
            return all.into_iter().filter(holds).collect();
        }
        match self.candidates(condition) {
            Some(candidates) => candidates.into_iter().filter(holds).collect(),
            None => (0..self.findings.len()).filter(holds).collect(),
        }
    }

    /// All findings for which the condition may hold, by the one of its parts that names the fewest; `None` is all.
    fn candidates(&self, condition: &Condition) -> Option<BTreeSet<usize>> {
        let Condition {
            fingerprints,
            ids,
            package,
            rule,
            path,
            tickets,
            ..
        } = condition;
        let mut found = BTreeSet::new();
        if !fingerprints.is_empty() {
            for digits in fingerprints {
                found.extend(self.by_digits(digits));
            }
        } else if !ids.is_empty() {
            for id in ids {
                let own = self.ids.get(&id.to_ascii_lowercase());
                found.extend(own.into_iter().flatten());
                found.extend(self.by_forgotten(id));
            }
        } else if !tickets.is_empty() {
            for key in tickets {
                let own = self.tickets.get(&key.to_ascii_lowercase());
                found.extend(own.into_iter().flatten());
            }
        } else if let Some(package) = package {
            found.extend(matching(&self.packages, package));
        } else if let Some(rule) = rule {
            found.extend(matching(&self.rules, rule));
        } else if let Some(path) = path {
            found.extend(matching(&self.paths, path));
            found.extend(&self.cut);
        } else {
            return None;
        }
        Some(found)
    }

    /// The findings of which a key begins with these hexadecimal digits.
    fn by_digits(&self, digits: &str) -> impl Iterator<Item = usize> {
        let filled = |digit: char| {
            let hex: String = digits
                .chars()
                .chain(std::iter::repeat(digit))
                .take(64)
                .collect();
            // The digits were checked when the file was read; what is none would match nothing.
            blake3::Hash::from_hex(hex).map_or([0; 32], |hash| *hash.as_bytes())
        };
        let range = self.keys.range(filled('0')..=filled('f'));
        range.flat_map(|(_, places)| places.iter().copied())
    }

    /// The findings with a key of this id, although no scanner tells the id any more.
    fn by_forgotten(&self, id: &str) -> impl Iterator<Item = usize> {
        let label = KeyLabel::of_advisory(&canonical(id));
        let places = self.forgotten.get(&label).into_iter();
        let keys = places.flat_map(BTreeMap::values);
        let keys = keys.filter_map(move |&place| {
            // The indices come from this very list.
            let key = key_of_id(&self.findings[place], id)?;
            self.keys.get(key.hash())
        });
        keys.flatten().copied()
    }
}

/// The sorts of ids of which a finding has a key that none of those that it names makes.
fn forgotten(finding: &Finding) -> BTreeSet<KeyLabel> {
    let ids = finding.ids.iter();
    let known: BTreeSet<Key> = ids
        .filter_map(|id| key_of_id(finding, id.untrusted()))
        .collect();
    let others = finding.keys.iter().filter(|key| !known.contains(key));
    others.map(Key::label).collect()
}

/// The findings under a name that matches one of the globs. Only names are looked at that begin like one of them.
fn matching<K: Ord + AsRef<str> + std::borrow::Borrow<str>>(
    names: &BTreeMap<K, Vec<usize>>,
    globs: &Globs,
) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    for prefix in globs.prefixes() {
        let from = names.range::<str, _>((Included(prefix), Unbounded));
        for (name, places) in from.take_while(|(name, _)| name.as_ref().starts_with(prefix)) {
            if globs.is_match(name.as_ref()) {
                found.extend(places);
            }
        }
    }
    found
}
