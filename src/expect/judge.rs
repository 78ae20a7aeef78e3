//! What a manifest says of the inputs of a merge.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::fit::{Apps, Fit};
use super::{Expected, Manifest, age};
use crate::glob::Globs;
use crate::model::{Facts, InputId, InputRecord, Join, Outcome, Place, Reject, Text};

/// How many reports that are no use are named for one entry.
const NAMED: usize = 3;

/// Makes each manifest an input of the facts, with a reject for each entry that is not met.
///
/// A manifest that an earlier merge judged as well has one record: what any of them found unmet is unmet.
pub fn judge(facts: &mut Facts, manifests: &[Manifest], as_of: Timestamp) {
    let mut apps = Apps::default();
    if ask_for_apps(manifests) {
        apps.add(&facts.findings);
    }
    judge_with(facts, &apps, manifests, as_of);
}

/// Whether an entry says of what app a report must be.
pub fn ask_for_apps(manifests: &[Manifest]) -> bool {
    let mut entries = manifests.iter().flat_map(|manifest| &manifest.entries);
    entries.any(|entry| entry.app.is_some())
}

/// As [`judge`], of facts whose findings are elsewhere: `apps` are theirs, if the manifests [ask](ask_for_apps) for them.
pub fn judge_with(facts: &mut Facts, apps: &Apps, manifests: &[Manifest], as_of: Timestamp) {
    let mut records = Vec::new();
    let mut rejects = Vec::new();
    for manifest in manifests {
        let (mut met, mut unmet) = (0, 0);
        for entry in &manifest.entries {
            let Some(reason) = entry.unmet(&facts.inputs, apps, as_of) else {
                met += 1;
                continue;
            };
            unmet += 1;
            rejects.push(Reject {
                place: Place {
                    report: Arc::clone(&manifest.id),
                    at: entry.at.clone(),
                },
                reason: Text::line(&reason),
            });
        }
        records.push(manifest.record(met, unmet));
    }
    for record in records {
        match facts
            .inputs
            .binary_search_by(|known| known.id.cmp(&record.id))
        {
            // A search that finds something returns its place.
            Ok(index) => facts.inputs[index].join(record),
            Err(index) => facts.inputs.insert(index, record),
        }
    }
    facts.rejects.extend(rejects);
    settle(facts);
}

/// Counts of each manifest the entries that any merge found unmet, each once and with the first of its reasons.
fn settle(facts: &mut Facts) {
    let manifests: BTreeSet<Arc<InputId>> = (facts.inputs.iter())
        .filter(|input| input.is_manifest())
        .map(|input| Arc::clone(&input.id))
        .collect();
    if manifests.is_empty() {
        return;
    }
    facts.rejects.sort();
    facts.rejects.dedup_by(|next, first| {
        next == first || (next.place == first.place && manifests.contains(&first.place.report))
    });
    let mut unmet: BTreeMap<&InputId, u64> = BTreeMap::new();
    for reject in &facts.rejects {
        *unmet.entry(&reject.place.report).or_default() += 1;
    }
    for input in &mut facts.inputs {
        if !manifests.contains(&input.id) {
            continue;
        }
        let Some(unmet) = unmet.get(&*input.id) else {
            continue;
        };
        let ledger = &mut input.ledger;
        let entries = ledger.passed.saturating_add(ledger.rejected);
        ledger.rejected = entries.min(*unmet);
        ledger.passed = entries - ledger.rejected;
        input.outcome.join(Outcome::Failed);
    }
}

impl Expected {
    /// Why the entry is not met, if it is not.
    fn unmet(&self, inputs: &[InputRecord], apps: &Apps, as_of: Timestamp) -> Option<String> {
        let fitting: Vec<(Fit, &InputRecord)> = inputs
            .iter()
            .map(|input| (self.fits(input, apps), input))
            .filter(|(fit, _)| *fit != Fit::No)
            .collect();
        let there: Vec<&InputRecord> = (fitting.iter())
            .filter(|(fit, input)| *fit == Fit::Yes && is_there(input))
            .map(|(_, input)| *input)
            .collect();
        let reason = if self.are_enough(&there) {
            let (full, thin): (Vec<_>, Vec<_>) =
                (there.into_iter()).partition(|input| input.ledger.records >= self.min_records);
            if self.are_enough(&full) {
                self.stale(&full, as_of)?
            } else {
                self.thin(&thin)
            }
        } else {
            self.missing(there.len(), &fitting)
        };
        let name = self
            .name
            .as_ref()
            .map(|name| format!("{}: ", name.untrusted()));
        Some(format!("{}{reason}", name.unwrap_or_default()))
    }

    fn are_enough(&self, inputs: &[&InputRecord]) -> bool {
        inputs.len() as u64 >= self.min_reports
    }

    /// `expected a report of npm-audit for Queue Board, found none: ci/audit.json failed`
    fn missing(&self, found: usize, fitting: &[(Fit, &InputRecord)]) -> String {
        let expected = match self.min_reports {
            1 => format!("expected a report{}", self.which()),
            number => format!("expected at least {number} reports{}", self.which()),
        };
        let found = match found {
            0 => "none".to_owned(),
            found => found.to_string(),
        };
        let useless = fitting
            .iter()
            .filter(|(fit, input)| !(is_glob(input) || *fit == Fit::Yes && is_there(input)));
        let mut useless = useless.map(|(_, input)| {
            let path = input.id.path.untrusted();
            match input.outcome {
                Outcome::Failed => format!("{path} failed"),
                Outcome::NotRun => format!("the scan of {path} did not run"),
                _ => format!("{path} does not tell enough to be taken for it"),
            }
        });
        let named: Vec<String> = useless.by_ref().take(NAMED).collect();
        let more = match useless.count() {
            0 => String::new(),
            more => format!(", and {more} more are no use"),
        };
        if named.is_empty() {
            format!("{expected}, found {found}")
        } else {
            format!("{expected}, found {found}: {}{more}", named.join(", "))
        }
    }

    /// `report of semgrep: ci/a.sarif has 0 records, expected at least 1`
    fn thin(&self, thin: &[&InputRecord]) -> String {
        let fullest = thin.iter().rev().max_by_key(|input| input.ledger.records);
        let (path, records) = fullest.map_or(("none", 0), |input| {
            (input.id.path.untrusted(), input.ledger.records)
        });
        let plural = if records == 1 { "record" } else { "records" };
        let (which, least) = (self.which(), self.min_records);
        let each = match self.min_reports {
            1 => String::new(),
            number => format!(" in each of {number} reports"),
        };
        format!("report{which}: {path} has {records} {plural}, expected at least {least}{each}")
    }

    /// `report of semgrep: the newest, ci/a.sarif, is 9 days old, expected at most 7 days`. `None` when enough are fresh.
    ///
    /// A report that does not tell when its scan ran is not fresh, and neither is one whose clock runs ahead.
    fn stale(&self, full: &[&InputRecord], as_of: Timestamp) -> Option<String> {
        let most = self.max_age?;
        let is_fresh = |input: &&InputRecord| {
            input
                .scanned
                .is_some_and(|at| at <= as_of && !most.is_exceeded(as_of.duration_since(at)))
        };
        let (fresh, stale): (Vec<&InputRecord>, Vec<_>) = full.iter().partition(|it| is_fresh(it));
        if self.are_enough(&fresh) {
            return None;
        }
        // What tells its time says more than what does not, and of these the newest is the nearest to being enough.
        let past = |input: &&&InputRecord| input.scanned.filter(|at| *at <= as_of);
        let newest = stale
            .iter()
            .max_by_key(|input| (past(input), input.scanned))?;
        let path = newest.id.path.untrusted();
        let most = most.words();
        let why = match newest.scanned {
            Some(at) if at > as_of => format!(
                "{path} says that it was scanned at {at}, which is after as-of, expected at most {most} before"
            ),
            Some(at) => {
                let old = age::words(as_of.duration_since(at));
                let subject = match fresh.len() {
                    0 => format!("the newest, {path},"),
                    _ => path.to_owned(),
                };
                format!("{subject} is {old} old, expected at most {most}")
            }
            None => {
                format!("{path} does not tell when it was scanned, expected at most {most} ago")
            }
        };
        let enough = match (self.min_reports, fresh.len()) {
            (1, _) => String::new(),
            (number, fresh) => format!("{fresh} of at least {number} are fresh: "),
        };
        Some(format!("report{}: {enough}{why}", self.which()))
    }

    /// What the entry means, to stand behind `report`: the tool, the format, the app and the path.
    fn which(&self) -> String {
        let words = |before: &str, globs: &Option<Globs>, quote: &str| {
            let globs = globs.as_ref()?;
            let either = globs.written().join(&format!("{quote} or {quote}"));
            Some(format!(" {before} {quote}{either}{quote}"))
        };
        let parts = [
            words("of", &self.tool, ""),
            words("in the format", &self.format, ""),
            words("for", &self.app, ""),
            words("at", &self.path, "`"),
        ];
        parts.into_iter().flatten().collect()
    }
}

/// Whether a scan ran and can be read; how far, its own outcome says.
fn is_there(input: &InputRecord) -> bool {
    match input.outcome {
        Outcome::Complete | Outcome::Partial | Outcome::Truncated => true,
        Outcome::NotRun | Outcome::Failed => false,
    }
}

/// Whether it is only the name of inputs that were not found, which its own record says already.
fn is_glob(input: &InputRecord) -> bool {
    input.id.digest.is_empty() && input.id.path.untrusted().contains(['*', '?', '[', '{'])
}
