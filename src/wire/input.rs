//! Inputs and places in them, on the wire.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::list::{MOST, at_most};
use super::{one_of, words};
use crate::model::{self, InputId, Place, Text};

/// An input with its ledger.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input<'a> {
    path: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scanner: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scanner_version: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    digest: Cow<'a, str>,
    bytes: u64,
    outcome: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scanned: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dated: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "at_most::<_, _, MOST>")]
    scope: Vec<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "at_most::<_, _, MOST>")]
    notes: Vec<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "at_most::<_, _, MOST>")]
    reasons: Vec<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "at_most::<_, _, MOST>")]
    doubts: Vec<Doubt<'a>>,
    records: u64,
    findings: u64,
    folded: u64,
    passed: u64,
    rejected: u64,
    /// Records that count once more, for a further finding that they are the first sighting of.
    #[serde(default, skip_serializing_if = "is_zero")]
    counted_again: u64,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl<'a> Input<'a> {
    pub(super) fn of(input: &'a model::InputRecord) -> Self {
        let model::InputRecord {
            id,
            format,
            scanner,
            scanner_version,
            bytes,
            outcome,
            scanned,
            dated,
            scope,
            notes,
            reasons,
            doubts,
            ledger,
            counted_again,
        } = input;
        let model::Ledger {
            records,
            findings,
            folded,
            passed,
            rejected,
        } = *ledger;
        Self {
            path: words(&id.path),
            format: format.as_ref().map(words),
            scanner: scanner.as_ref().map(words),
            scanner_version: scanner_version.as_ref().map(words),
            digest: words(&id.digest),
            bytes: *bytes,
            outcome: outcome.name().into(),
            scanned: *scanned,
            dated: *dated,
            scope: scope.iter().map(words).collect(),
            notes: notes.iter().map(words).collect(),
            reasons: reasons.iter().map(words).collect(),
            doubts: doubts.iter().map(Doubt::of).collect(),
            records,
            findings,
            folded,
            passed,
            rejected,
            counted_again: *counted_again,
        }
    }

    /// The input's record, or why it cannot be one.
    pub fn into_model(self) -> Result<model::InputRecord, String> {
        let Self {
            path,
            format,
            scanner,
            scanner_version,
            digest,
            bytes,
            outcome,
            scanned,
            dated,
            scope,
            notes,
            reasons,
            doubts,
            counted_again,
            ..
        } = self;
        let ledger = model::Ledger {
            records: self.records,
            findings: self.findings,
            folded: self.folded,
            passed: self.passed,
            rejected: self.rejected,
        };
        if !ledger.balances() {
            return Err("its ledger does not balance: `records` is not `findings + folded + passed + rejected`".into());
        }
        if counted_again > ledger.findings {
            return Err("more of its records are `counted_again` than are `findings`".into());
        }
        let line = |text: Cow<'_, str>| Text::line(&text);
        Ok(model::InputRecord {
            id: Arc::new(InputId {
                path: Text::line(&path),
                digest: Text::line(&digest),
            }),
            format: format.map(line),
            scanner: scanner.map(line),
            scanner_version: scanner_version.map(line),
            bytes,
            outcome: one_of(
                "outcome",
                &outcome,
                model::Outcome::ALL,
                model::Outcome::name,
            )?,
            scanned,
            dated,
            scope: scope.into_iter().map(line).collect(),
            notes: notes.into_iter().map(line).collect(),
            reasons: reasons.into_iter().map(line).collect(),
            doubts: doubts.into_iter().map(Doubt::into_model).collect(),
            ledger,
            counted_again,
        })
    }
}

/// Why a report may be silent about a scope without a scan that found nothing there.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Doubt<'a> {
    scope: Cow<'a, str>,
    why: Cow<'a, str>,
}

impl<'a> Doubt<'a> {
    fn of(doubt: &'a model::Doubt) -> Self {
        let model::Doubt { scope, why } = doubt;
        Self {
            scope: words(scope),
            why: words(why),
        }
    }

    fn into_model(self) -> model::Doubt {
        model::Doubt {
            scope: Text::line(&self.scope),
            why: Text::line(&self.why),
        }
    }
}

/// A record that was not understood.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reject<'a> {
    report: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<Cow<'a, str>>,
    at: Cow<'a, str>,
    reason: Cow<'a, str>,
}

impl<'a> Reject<'a> {
    pub(super) fn of(reject: &'a model::Reject, names: &Names<'a>) -> Self {
        let (report, digest) = names.name(&reject.place.report);
        Self {
            report,
            digest,
            at: words(&reject.place.at),
            reason: words(&reject.reason),
        }
    }

    /// The reject.
    pub fn into_model(self, names: &mut KnownInputs) -> model::Reject {
        let place = Place {
            report: names.find(&self.report, self.digest.as_deref()),
            at: Text::line(&self.at),
        };
        model::Reject {
            place,
            reason: Text::line(&self.reason),
        }
    }
}

/// How places name their reports.
pub struct Names<'a>(Naming<'a>);

enum Naming<'a> {
    /// When a path alone names an input of the report, and when its digest must be written beside it.
    Paths(BTreeMap<&'a Text, Option<&'a InputId>>),
    /// Short names that nobody but the writer understands.
    Numbers(&'a BTreeMap<Arc<InputId>, u32>),
}

impl<'a> Names<'a> {
    /// Looks at all inputs of a report.
    pub fn of(inputs: &'a [model::InputRecord]) -> Self {
        Self::of_ids(inputs.iter().map(|input| input.id.as_ref()))
    }

    /// As [`Self::of`], of inputs of which no more is known yet.
    pub fn of_ids(ids: impl Iterator<Item = &'a InputId>) -> Self {
        let mut names = BTreeMap::new();
        for id in ids {
            names
                .entry(&id.path)
                .and_modify(|known| *known = None)
                .or_insert(Some(id));
        }
        Self(Naming::Paths(names))
    }

    /// For findings that are put away for a while: reports are called by these numbers. [`KnownInputs::number`] tells the
    /// reader. What has no number is called by path and digest.
    pub fn numbered(numbers: &'a BTreeMap<Arc<InputId>, u32>) -> Self {
        Self(Naming::Numbers(numbers))
    }

    pub(super) fn name<'b>(&self, id: &'b InputId) -> (Cow<'b, str>, Option<Cow<'b, str>>) {
        let plain = match &self.0 {
            Naming::Paths(paths) => paths.get(&id.path).is_some_and(|known| *known == Some(id)),
            Naming::Numbers(numbers) => {
                if let Some(number) = numbers.get(id) {
                    return (number.to_string().into(), None);
                }
                false
            }
        };
        (
            words(&id.path),
            if plain { None } else { Some(words(&id.digest)) },
        )
    }
}

/// The inputs of a report that is being read, so that places in them share one name each.
#[derive(Clone, Debug, Default)]
pub struct KnownInputs(BTreeMap<(String, Option<String>), Arc<InputId>>);

impl KnownInputs {
    /// Takes note of an input of the report.
    pub fn add(&mut self, id: &Arc<InputId>) {
        let (path, digest) = (
            id.path.untrusted().to_owned(),
            id.digest.untrusted().to_owned(),
        );
        self.0.insert((path.clone(), Some(digest)), Arc::clone(id));
        self.0.insert((path, None), Arc::clone(id));
    }

    /// Takes note of the report that [`Names::numbered`] calls by this number.
    pub fn number(&mut self, number: u32, id: &Arc<InputId>) {
        self.0.insert((number.to_string(), None), Arc::clone(id));
    }

    pub(super) fn find(&mut self, path: &str, digest: Option<&str>) -> Arc<InputId> {
        let make = || {
            Arc::new(InputId {
                path: Text::line(path),
                digest: digest.map(Text::line).unwrap_or_default(),
            })
        };
        let key = (path.to_owned(), digest.map(str::to_owned));
        Arc::clone(self.0.entry(key).or_insert_with(make))
    }
}
