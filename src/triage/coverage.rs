//! What inputs covered, and whether that is enough to call fixed what none of them shows.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::{Facts, Finding, InputRecord, Text};

/// What inputs covered: how each scope was scanned.
#[derive(Debug, Default)]
pub(super) struct Coverage(BTreeMap<Text, Scans>);

/// The scans of one scope.
#[derive(Debug)]
struct Scans {
    /// The second of each, in order; one of which nobody knows the time is as fresh as can be.
    seconds: Vec<i64>,
    /// Whether each covered it in full.
    are_whole: bool,
}

impl Coverage {
    /// What the inputs of one report covered.
    pub(super) fn of(inputs: &[InputRecord]) -> Self {
        let mut scopes: BTreeMap<Text, Scans> = BTreeMap::new();
        let mut copies: BTreeMap<(&Text, &Text), i64> = BTreeMap::new();
        for input in inputs {
            let second = input.made().map_or(i64::MAX, Timestamp::as_second);
            let digest = &input.id.digest;
            for scope in &input.scope {
                let scans = scopes.entry(scope.clone()).or_insert(Scans {
                    seconds: Vec::new(),
                    are_whole: true,
                });
                scans.are_whole &= input.is_whole();
                // A copy of a report is no second scan; but two scans that find nothing often write the same bytes.
                if input.ledger.records == 0 || digest.is_empty() {
                    scans.seconds.push(second);
                } else {
                    let last = copies.entry((scope, digest)).or_insert(second);
                    *last = second.max(*last);
                }
            }
        }
        for ((scope, _), second) in copies {
            if let Some(scans) = scopes.get_mut(scope) {
                scans.seconds.push(second);
            }
        }
        for scans in scopes.values_mut() {
            scans.seconds.sort_unstable();
        }
        Self(scopes)
    }

    /// Whether each scan that saw the finding ran again in full, and not before it was last seen.
    pub(super) fn looked_for(&self, finding: &Finding, needed: &Needed) -> bool {
        let mut scopes = finding.scope.iter();
        let covers = |scope| self.covers(scope, finding.last_seen, needed);
        !finding.scope.is_empty() && scopes.all(covers)
    }

    /// Whether a scope was covered in full since then, by no fewer inputs than before: several projects of an app may share
    /// a scope, and the one that did not run must not be taken for clean because another did.
    fn covers(&self, scope: &Text, since: Option<Timestamp>, needed: &Needed) -> bool {
        // A scan of the very second has seen what there was.
        let since = since.map_or(i64::MIN, Timestamp::as_second);
        self.0
            .get(scope)
            .is_some_and(|Scans { seconds, are_whole }| {
                let stale = seconds.partition_point(|second| *second < since);
                // One at least, whatever was before.
                *are_whole && (seconds.len() - stale) as u64 >= needed.of(scope).max(1)
            })
    }
}

/// How many inputs must cover a scope: as many as in that one of several reports of one thing in which they were the most.
#[derive(Debug, Default)]
pub struct Needed(BTreeMap<Text, u64>);

impl Needed {
    /// Counts an earlier report.
    pub fn add(&mut self, report: &Facts) {
        for (scope, scans) in Coverage::of(&report.inputs).0 {
            self.raise(scope, scans.seconds.len() as u64);
        }
        self.recall(report.findings.iter().map(Box::as_ref));
    }

    /// Counts what covered the scopes of findings that nobody looked for since they were seen: reports since then had fewer
    /// inputs, and that as few run again proves nothing.
    pub fn recall<'a>(&mut self, findings: impl IntoIterator<Item = &'a Finding>) {
        let known = findings.into_iter();
        for (scope, number) in known.flat_map(|finding| &finding.history().needed_inputs) {
            self.raise(scope.clone(), *number);
        }
    }

    fn raise(&mut self, scope: Text, number: u64) {
        let most = self.0.entry(scope).or_default();
        *most = number.max(*most);
    }

    fn of(&self, scope: &Text) -> u64 {
        self.0.get(scope).copied().unwrap_or_default()
    }

    /// How many inputs each scope of the finding needs, where these are several.
    pub(super) fn by(&self, finding: &Finding) -> BTreeMap<Text, u64> {
        let scopes = finding.scope.iter();
        let needed = scopes.map(|scope| (scope.clone(), self.of(scope)));
        needed.filter(|(_, number)| *number > 1).collect()
    }
}

/// When what is gone of each scope, and not known to be fixed, was last seen.
pub(super) type LastSeen = BTreeMap<Text, Timestamp>;

/// How the note of an input ends that was scanned too early.
const STALE: &str = ", so that this stays unobserved";

/// Notes of each whole input that it is older than what it might have shown to be fixed; notes of earlier merges, which knew
/// a part of the inputs, give way.
pub(super) fn note_stale(inputs: &mut [InputRecord], unobserved: &LastSeen) {
    for input in inputs {
        input.notes.retain(|note| !is_stale(note));
        let seen = input.scope.iter().filter_map(|scope| unobserved.get(scope));
        let Some((made, seen)) = input.made().zip(seen.max()) else {
            continue;
        };
        if input.is_whole() && made.as_second() < seen.as_second() {
            let scanned = match input.scanned {
                Some(scanned) if scanned == made => "scanned at",
                _ => "not scanned after",
            };
            let note = format!(
                "{scanned} {made:.0}, before what it does not show was last seen at {seen:.0}{STALE}"
            );
            input.notes.insert(Text::line(&note));
        }
    }
}

fn is_stale(note: &Text) -> bool {
    note.untrusted().ends_with(STALE)
}

/// The inputs that are older than what they might have shown to be fixed, with the words that say so.
pub fn stale(inputs: &[InputRecord]) -> impl Iterator<Item = (&InputRecord, &Text)> {
    inputs.iter().filter_map(|input| {
        let note = input.notes.iter().find(|note| is_stale(note))?;
        Some((input, note))
    })
}
