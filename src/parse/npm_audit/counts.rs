//! The totals that a report states, against what it lists.

use std::collections::BTreeMap;

use crate::parse::json::Loose;

/// The severities of the npm registry, mildest first.
const LEVELS: [&str; 5] = ["info", "low", "moderate", "high", "critical"];

/// How many there are of each severity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::parse) struct Counts([u64; LEVELS.len()]);

/// The totals as a report states them.
#[derive(Clone, Debug, Default)]
pub(in crate::parse) struct Stated {
    pub(in crate::parse) counts: Counts,
    /// Of all severities, and of what has none, as npm 7 and newer say it apart.
    total: u64,
}

impl Stated {
    /// The totals; `None` when there are none.
    pub(in crate::parse) fn of(totals: Loose<'_>) -> Option<Self> {
        let counts = Counts::stated(totals)?;
        let named: BTreeMap<String, Loose<'_>> = totals.read().unwrap_or_default();
        let total = named.get("total").and_then(|total| total.read());
        Some(Self {
            total: total.unwrap_or_default(),
            counts,
        })
    }

    /// The larger one of what is said of all and of the sum: one of them may be wrong.
    pub(in crate::parse) fn total(&self) -> u64 {
        self.total.max(self.counts.total())
    }
}

impl Counts {
    /// The totals as a report states them; `None` when there are none.
    pub(in crate::parse) fn stated(totals: Loose<'_>) -> Option<Self> {
        let totals: BTreeMap<String, Loose<'_>> = totals.read()?;
        let mut counts = Self::default();
        let mut known = false;
        for (count, level) in counts.0.iter_mut().zip(LEVELS) {
            if let Some(stated) = totals.get(level) {
                *count = stated.read().unwrap_or_default();
                known = true;
            }
        }
        known.then_some(counts)
    }

    /// Counts `count` more of a severity. Words that the registry does not have are in no total.
    pub(in crate::parse) fn add(&mut self, severity: Loose<'_>, count: u64) {
        let word = severity.text().unwrap_or_default();
        for (level, known) in self.0.iter_mut().zip(LEVELS) {
            if known.eq_ignore_ascii_case(word.trim()) {
                *level = level.saturating_add(count);
            }
        }
    }

    /// Adds the totals of another report in the same file.
    pub(in crate::parse) fn plus(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine = mine.saturating_add(theirs);
        }
    }

    /// Whether one of the `names` of an object is that of a level: then it holds totals, and no packages.
    pub(in crate::parse) fn is_level(name: &str) -> bool {
        name == "total" || LEVELS.contains(&name)
    }

    /// Severities that are counted here and of which `listed` has none.
    pub(in crate::parse) fn hidden(&self, listed: &Self) -> bool {
        let pairs = self.0.iter().zip(listed.0);
        pairs
            .into_iter()
            .any(|(&stated, listed)| stated > 0 && listed == 0)
    }

    /// How many there are of all severities.
    pub(in crate::parse) fn total(&self) -> u64 {
        self.0.iter().fold(0, |all, one| all.saturating_add(*one))
    }

    /// In words, for a note: `low 9 and high 2`.
    pub(in crate::parse) fn words(&self) -> String {
        let pairs = LEVELS.iter().zip(self.0).filter(|(_, count)| *count > 0);
        let words: Vec<_> = pairs
            .map(|(level, count)| format!("{level} {count}"))
            .collect();
        match words.split_last() {
            None => "none".to_owned(),
            Some((last, [])) => last.clone(),
            Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        }
    }
}
