//! What an earlier report knows: clocks that run on, and findings that are no longer there.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Baseline, Facts, Finding, Key, Outcome, Text};

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
            finding.remember(known);
        }
        finding.baseline = Some(state);
        matched.extend(known);
    }
    let scopes = Scopes::of(facts);
    for (index, mut gone) in baseline.findings.into_iter().enumerate() {
        if matched.contains(&index) {
            continue;
        }
        let looked =
            !gone.scope.is_empty() && gone.scope.iter().all(|scope| scopes.is_complete(scope));
        let fixed = looked || gone.baseline == Some(Baseline::Fixed);
        gone.baseline = Some(if fixed {
            Baseline::Fixed
        } else {
            Baseline::Unobserved
        });
        facts.findings.push(gone);
    }
    facts.findings.sort_by_cached_key(Finding::fingerprint);
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

/// What the present inputs covered.
struct Scopes {
    complete: BTreeSet<Text>,
    incomplete: BTreeSet<Text>,
}

impl Scopes {
    fn of(facts: &Facts) -> Self {
        let mut scopes = Self {
            complete: BTreeSet::new(),
            incomplete: BTreeSet::new(),
        };
        for input in &facts.inputs {
            // Rejected records may be the very findings that seem to be gone.
            let whole = input.outcome == Outcome::Complete && input.ledger.rejected == 0;
            let set = if whole {
                &mut scopes.complete
            } else {
                &mut scopes.incomplete
            };
            set.extend(input.scope.iter().cloned());
        }
        scopes
    }

    fn is_complete(&self, scope: &Text) -> bool {
        self.complete.contains(scope) && !self.incomplete.contains(scope)
    }
}
