//! What an earlier report knows: clocks that run on, and findings that are no longer there.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Baseline, Facts, Finding, Key, Outcome, Text};

/// Gives each finding the names and the clocks that an earlier report knows of it. Several findings may then share a name,
/// and are one.
pub fn remember(facts: &mut Facts, baseline: &Facts) {
    let known = Known::of(baseline);
    for finding in &mut facts.findings {
        for earlier in known.matches(finding) {
            // The indices come from this very list.
            finding.remember(&baseline.findings[earlier]);
        }
    }
}

/// Compares the facts, of which none is absent, with those of an earlier report.
///
/// Findings of the baseline that nobody shows any more stay: fixed if each scope that saw them ran again in full,
/// unobserved otherwise.
pub fn compare(facts: &mut Facts, baseline: Facts) {
    let known = Known::of(&baseline);
    let mut matched = BTreeSet::new();
    for finding in &mut facts.findings {
        let same = known.matches(finding);
        // The indices come from this very list.
        let mut earlier = same.iter().map(|&index| &baseline.findings[index]);
        finding.baseline = Some(if same.is_empty() {
            Baseline::New
        } else if earlier.any(|earlier| earlier.is_absent() || changed(earlier, finding)) {
            Baseline::Updated
        } else {
            Baseline::Unchanged
        });
        matched.extend(same);
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

/// The findings of a baseline by their names.
struct Known(BTreeMap<Key, usize>);

impl Known {
    fn of(baseline: &Facts) -> Self {
        let findings = baseline.findings.iter().enumerate();
        Self(
            findings
                .flat_map(|(index, known)| known.keys.iter().map(move |key| (*key, index)))
                .collect(),
        )
    }

    /// The findings that share a name with this one, by index.
    fn matches(&self, finding: &Finding) -> BTreeSet<usize> {
        finding
            .keys
            .iter()
            .filter_map(|key| self.0.get(key).copied())
            .collect()
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
