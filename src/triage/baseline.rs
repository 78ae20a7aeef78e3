//! What an earlier report knows: clocks that run on, and findings that are no longer there.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    Baseline, Facts, Finding, InputRecord, Key, KeyLabel, Kind, Moment, Outcome, Text,
};

/// The tag of a finding that was fixed and came back. It stays: a policy may promise less time for such ones.
const REOPENED: &str = "reopened";

/// Gives each finding the names and the clocks that an earlier report knows of it. Several findings may then share a name,
/// and are one.
///
/// Equal findings are told apart by their order alone, which moves when one of them is added or goes. So that no old one
/// starts anew, each of them has the earliest clock of all.
pub fn remember(facts: &mut Facts, baseline: &Facts) {
    let known = Known::of(baseline);
    let clocks = clocks_of_equals(baseline);
    for finding in &mut facts.findings {
        for earlier in known.matches(finding) {
            // The indices come from this very list.
            finding.remember(&baseline.findings[earlier]);
        }
        let clock = Looks::of(finding).and_then(|looks| clocks.get(&looks).copied());
        let own = finding.first_seen.as_ref().map(|own| own.at);
        if let Some(clock) = clock.filter(|clock| own.is_none_or(|own| clock.at < own)) {
            finding.first_seen = Some(one_of_several(clock));
        }
    }
}

/// Compares the facts, of which none is absent, with those of earlier reports; `before` is what these covered.
///
/// Findings of the baseline that nobody shows any more stay: fixed if each scope that saw them ran again in full,
/// unobserved otherwise.
pub fn compare(facts: &mut Facts, baseline: Facts, before: &Coverage) {
    let known = Known::of(&baseline);
    let mut matched = BTreeSet::new();
    for finding in &mut facts.findings {
        let same = known.matches(finding);
        // The indices come from this very list.
        let mut earlier = same.iter().map(|&index| &*baseline.findings[index]);
        if earlier.clone().any(was_fixed) {
            finding.tags.insert(Text::line(REOPENED));
        }
        finding.baseline = Some(if same.is_empty() {
            Baseline::New
        } else if earlier.any(|earlier| earlier.is_absent() || changed(earlier, finding)) {
            Baseline::Updated
        } else {
            Baseline::Unchanged
        });
        matched.extend(same);
    }
    let coverage = Coverage::of(&facts.inputs);
    for (index, mut gone) in baseline.findings.into_iter().enumerate() {
        if matched.contains(&index) {
            continue;
        }
        let looked = !gone.scope.is_empty()
            && gone
                .scope
                .iter()
                .all(|scope| coverage.covers(scope, before));
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

/// Whether it is known to have been fixed at some time.
fn was_fixed(finding: &Finding) -> bool {
    let reopened = |tag: &Text| tag.untrusted() == REOPENED;
    finding.baseline == Some(Baseline::Fixed) || finding.tags.iter().any(reopened)
}

/// All that a place in source shows of itself: equal ones differ by their order in the report alone.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Looks<'a> {
    kind: Kind,
    app: &'a Text,
    rule: Option<&'a Text>,
    path: Option<&'a Text>,
    logical: Option<&'a Text>,
    /// The words of the snippet, so that white space plays no part.
    evidence: Vec<&'a str>,
}

impl<'a> Looks<'a> {
    /// `None` where the order plays no part: of what has a name of its own, and where only the tool knows what it calls the
    /// same.
    fn of(finding: &'a Finding) -> Option<Self> {
        let Finding { kind, app, .. } = finding;
        let evidence = finding.evidence.as_ref().map(Text::untrusted);
        let mut keys = finding.keys.iter().map(Key::label);
        let by_order = keys.any(|label| match label {
            KeyLabel::Snippet | KeyLabel::Logical | KeyLabel::Position => true,
            // A snippet tells which ones a tool may have counted, or may call otherwise tomorrow.
            KeyLabel::Fingerprint => evidence.is_some(),
            _ => false,
        });
        if !by_order {
            return None;
        }
        let location = finding.locations.first();
        Some(Self {
            kind: *kind,
            app,
            rule: finding.rule.id.as_ref(),
            path: location.and_then(|location| location.path.as_ref()),
            logical: location.and_then(|location| location.logical.as_ref()),
            evidence: evidence.unwrap_or_default().split_whitespace().collect(),
        })
    }
}

/// The earliest clock of each that look alike.
fn clocks_of_equals(baseline: &Facts) -> BTreeMap<Looks<'_>, &Moment> {
    let mut clocks = BTreeMap::new();
    for known in &baseline.findings {
        if let (Some(looks), Some(clock)) = (Looks::of(known), &known.first_seen) {
            let earliest = clocks.entry(looks).or_insert(clock);
            *earliest = (*earliest).min(clock);
        }
    }
    clocks
}

fn one_of_several(clock: &Moment) -> Moment {
    const NOTE: &str = " (one of several equal ones)";
    let source = clock.source.untrusted();
    let source = source.strip_suffix(NOTE).unwrap_or(source);
    Moment::new(clock.at, Text::line(&format!("{source}{NOTE}")))
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

/// How many inputs covered each scope, and whether each did so in full.
#[derive(Debug, Default)]
pub struct Coverage(BTreeMap<Text, (u64, bool)>);

impl Coverage {
    /// What the inputs of one report covered.
    pub fn of(inputs: &[InputRecord]) -> Self {
        let mut scopes: BTreeMap<Text, (u64, bool)> = BTreeMap::new();
        for input in inputs {
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

    /// Of several reports of one thing at several times, the most that any of them covered.
    pub fn widen(&mut self, other: Self) {
        for (scope, (number, all)) in other.0 {
            let (most, whole) = self.0.entry(scope).or_insert((0, true));
            *most = (*most).max(number);
            *whole &= all;
        }
    }

    /// Whether a scope was covered in full, by no fewer inputs than before: several projects of an app may share a scope,
    /// and the one that did not run must not be taken for clean because another did.
    fn covers(&self, scope: &Text, before: &Self) -> bool {
        let number = |scopes: &Self| scopes.0.get(scope).map_or(0, |(number, _)| *number);
        self.0.get(scope).is_some_and(|(_, all)| *all) && number(self) >= number(before)
    }
}
