//! What an earlier report knows: clocks that run on, and findings that are no longer there.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Baseline, Facts, Finding, Join, Key, Outcome, Text};

/// Compares the facts with those of an earlier report.
///
/// Each finding gets its state and, where the baseline knows it by any key, the baseline's keys and its earlier clock.
/// Findings of the baseline that nobody shows any more stay: fixed if each scope that saw them ran again in full,
/// unobserved otherwise.
pub fn compare(facts: &mut Facts, baseline: Facts) {
    let mut by_key: BTreeMap<Key, usize> = BTreeMap::new();
    for (index, known) in baseline.findings.iter().enumerate() {
        by_key.extend(known.keys.iter().map(|key| (*key, index)));
    }
    let mut matched = BTreeSet::new();
    for finding in facts
        .findings
        .iter_mut()
        .filter(|finding| !finding.is_absent())
    {
        let known: BTreeSet<usize> = finding
            .keys
            .iter()
            .filter_map(|key| by_key.get(key).copied())
            .collect();
        let mut state = if known.is_empty() {
            Baseline::New
        } else {
            Baseline::Unchanged
        };
        for &index in &known {
            // The indices come from enumerating this very list.
            let known = &baseline.findings[index];
            if known.is_absent() || changed(known, finding) {
                state = Baseline::Updated;
            }
            carry(known, finding);
        }
        finding.baseline = Some(state);
        matched.extend(known);
    }
    let before = Scopes::of(&baseline);
    let scopes = Scopes::of(facts);
    for (index, mut gone) in baseline.findings.into_iter().enumerate() {
        if matched.contains(&index) {
            continue;
        }
        let looked =
            !gone.scope.is_empty() && gone.scope.iter().all(|scope| scopes.cover(scope, &before));
        let fixed = looked || gone.baseline == Some(Baseline::Fixed);
        gone.baseline = Some(if fixed {
            Baseline::Fixed
        } else {
            Baseline::Unobserved
        });
        facts.findings.push(gone);
    }
    facts
        .findings
        .sort_by_cached_key(|finding| finding.fingerprint());
}

/// What the baseline knows that must not be forgotten: names and clocks.
fn carry(known: &Finding, finding: &mut Finding) {
    finding.keys.extend(known.keys.iter().copied());
    finding.first_seen.join(known.first_seen.clone());
    for (fact, moment) in &known.dates {
        finding.date(*fact, moment.clone());
    }
}

/// Whether a reader would call it changed: it moved, its package or its ids differ, or somebody rates it otherwise.
fn changed(known: &Finding, finding: &Finding) -> bool {
    let claims = |finding: &Finding| {
        let claims = finding.claims.iter();
        claims
            .map(|claim| (claim.severity, claim.score, claim.vector.clone()))
            .collect::<BTreeSet<_>>()
    };
    known.locations != finding.locations
        || known.package != finding.package
        || known.ids != finding.ids
        || claims(known) != claims(finding)
}

/// How many inputs covered a scope, and whether each did so in full.
struct Scopes(BTreeMap<Text, (u64, bool)>);

impl Scopes {
    fn of(facts: &Facts) -> Self {
        let mut scopes: BTreeMap<Text, (u64, bool)> = BTreeMap::new();
        for input in &facts.inputs {
            // Rejected records may be the very findings that seem to be gone.
            let whole = input.outcome == Outcome::Complete && input.ledger.rejected == 0;
            for scope in &input.scope {
                let (number, all) = scopes.entry(scope.clone()).or_insert((0, true));
                *number += 1;
                *all &= whole;
            }
        }
        Self(scopes)
    }

    /// Whether a scope was covered in full, by no fewer inputs than before: several projects of an app may share a scope,
    /// and the one that did not run must not be taken for clean because another did.
    fn cover(&self, scope: &Text, before: &Self) -> bool {
        let number = |scopes: &Self| scopes.0.get(scope).map_or(0, |(number, _)| *number);
        self.0.get(scope).is_some_and(|(_, all)| *all) && number(self) >= number(before)
    }
}
