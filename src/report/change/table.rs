//! What moved in any number of reports: counts of all, and the rows that a reader needs first.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Change, Comparison, Origin, Shift};
use crate::model::Text;

/// How many rows are kept for people. The JSON form has all, and holds none of them in memory.
pub(super) const LISTED: usize = 50;

/// How many findings moved, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// How many moved at all.
    pub(super) moved: u64,
    /// How many moved this way; one can move in several.
    pub(super) shifts: BTreeMap<Shift, u64>,
}

impl Tally {
    fn count(&mut self, shifts: &BTreeSet<Shift>) {
        self.moved += 1;
        for shift in shifts {
            *self.shifts.entry(*shift).or_default() += 1;
        }
    }

    /// `2 tightened, 1 severity up`.
    pub(super) fn words(&self) -> String {
        let words = self.shifts.iter();
        let words = words.map(|(shift, number)| format!("{number} {}", shift.words()));
        words.collect::<Vec<_>>().join(", ")
    }
}

/// A row that is shown, with the report that it stands in.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) report: Text,
    pub(super) change: Change,
}

/// The change table of one report or of thousands. What it holds does not grow with their findings.
#[derive(Debug)]
pub struct Changes {
    /// The time of the new judgements.
    pub(super) as_of: Timestamp,
    /// What people should know of the results: `nothing was written: …`.
    pub(super) note: Option<Text>,
    /// The report that tells the whole story of what is there now.
    pub(super) told_by: Option<Text>,
    pub(super) reports: u64,
    pub(super) unchanged: u64,
    pub(super) all: Tally,
    pub(super) apps: BTreeMap<Text, Tally>,
    pub(super) rules: BTreeMap<Origin, Tally>,
    /// The rows with the nearest deadlines, in order.
    pub(super) rows: Vec<Row>,
}

impl Changes {
    /// A table without a report.
    pub fn new(as_of: Timestamp) -> Self {
        Self {
            as_of,
            note: None,
            told_by: None,
            reports: 0,
            unchanged: 0,
            all: Tally::default(),
            apps: BTreeMap::new(),
            rules: BTreeMap::new(),
            rows: Vec::new(),
        }
    }

    /// Says at the end what people should know of the results.
    pub fn note(&mut self, note: impl Into<Text>) {
        self.note = Some(note.into());
    }

    /// Says at the end which report explains what is there now.
    pub fn told_by(&mut self, report: &Text) {
        self.told_by = Some(report.clone());
    }

    /// Counts what moved in one report, which is called `report`.
    pub fn add(&mut self, report: &Text, comparison: Comparison) {
        let Comparison { unchanged, changes } = comparison;
        self.reports += 1;
        self.unchanged += unchanged;
        for change in &changes {
            self.all.count(&change.shifts);
            self.apps
                .entry(change.finding.app.clone())
                .or_default()
                .count(&change.shifts);
            // A rule that brings both is one rule, and moved one finding.
            let mut rules: BTreeMap<&Origin, BTreeSet<Shift>> = BTreeMap::new();
            for cause in change.causes() {
                rules.entry(cause.origin).or_default().extend(cause.shifts);
            }
            for (origin, shifts) in rules {
                self.rules.entry(origin.clone()).or_default().count(&shifts);
            }
        }
        // They are sorted, so what stands behind the first of them cannot be listed.
        let rows = changes.into_iter().take(LISTED);
        self.rows.extend(rows.map(|change| Row {
            report: report.clone(),
            change,
        }));
        self.rows
            .sort_by_cached_key(|row| (row.change.rank(), row.report.clone()));
        self.rows.truncate(LISTED);
    }

    /// How many findings moved.
    pub fn moved(&self) -> u64 {
        self.all.moved
    }

    /// The first line: `5 of 34 findings in 2 reports moved`.
    pub(super) fn verdict(&self) -> String {
        let findings = self.all.moved + self.unchanged;
        let reports = match self.reports {
            1 => String::new(),
            reports => format!(" in {reports} reports"),
        };
        let plural = if findings == 1 { "" } else { "s" };
        match self.all.moved {
            0 => format!("none of {findings} finding{plural}{reports} moved"),
            moved => format!("{moved} of {findings} finding{plural}{reports} moved"),
        }
    }

    /// The counts of a table, the largest first.
    pub(super) fn largest<K: Ord>(tallies: &BTreeMap<K, Tally>) -> Vec<(&K, &Tally)> {
        let mut rows: Vec<_> = tallies.iter().collect();
        rows.sort_by_key(|(_, tally)| std::cmp::Reverse(tally.moved));
        rows
    }
}
