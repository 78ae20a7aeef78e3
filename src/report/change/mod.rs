//! What moved between two reports, or between a report and what other policies make of it.

mod json;
mod markdown;
mod shift;
mod side;
mod table;
mod text;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::escape::Escape;
use super::named::Named;
use crate::model::{Assessment, Duty, Entry, Key, Report, Status};

pub use json::{Heading, write_report};
pub use shift::Shift;
pub use side::{Dated, Origin, Side};
pub use table::Changes;

/// A finding that moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which one.
    pub finding: Named,
    /// How it moved; at least one way.
    pub shifts: BTreeSet<Shift>,
    /// The duties of which the date moved, with [`Shift::Tightened`] or [`Shift::Loosened`].
    pub duties: BTreeMap<Duty, Shift>,
    /// What was said before, when it was said; nothing of one that was not there.
    pub before: Option<Side>,
    /// What is said now; nothing of one that is gone.
    pub after: Option<Side>,
}

/// Who brought about some of the moves of a finding.
pub(super) struct Cause<'a> {
    /// What they are about: `severity`, `date` for that of the fix, or the name of another duty.
    pub(super) what: &'static str,
    pub(super) origin: &'a Origin,
    pub(super) shifts: BTreeSet<Shift>,
}

impl Change {
    /// How many dates are later than they were, or are there no more.
    pub fn loosened(&self) -> u64 {
        let later = self.duties.values().filter(|one| **one == Shift::Loosened);
        later.count() as u64
    }

    /// Who brought about its moves: rules move severities and dates, and nothing else. Of what is new they bring the date.
    pub(super) fn causes(&self) -> Vec<Cause<'_>> {
        let Some(after) = &self.after else {
            return Vec::new();
        };
        let mut causes = Vec::new();
        let shifts = self.shifts.iter().copied();
        let severity: BTreeSet<Shift> = shifts.filter(|shift| shift.is_of_severity()).collect();
        if let (Some(origin), false) = (&after.severity_origin, severity.is_empty()) {
            causes.push(Cause {
                what: "severity",
                origin,
                shifts: severity,
            });
        }
        for (duty, dated) in &after.dates {
            let mut shifts: BTreeSet<Shift> = self.duties.get(duty).copied().into_iter().collect();
            if *duty == Duty::Fix {
                let follows = |shift: &Shift| match shift {
                    Shift::OverdueAtOnce | Shift::NoLongerOverdue => {
                        self.duties.contains_key(&Duty::Fix)
                    }
                    other => *other == Shift::Appeared,
                };
                shifts.extend(self.shifts.iter().copied().filter(follows));
            }
            if !shifts.is_empty() {
                causes.push(Cause {
                    what: if *duty == Duty::Fix {
                        "date"
                    } else {
                        duty.name()
                    },
                    origin: &dated.origin,
                    shifts,
                });
            }
        }
        causes
    }

    /// The causes in words, each made of what it is about and of who it is. A lone cause of all that moved needs no word
    /// for what it is about.
    pub(super) fn causes_in_words(
        &self,
        escape: Escape,
        words: impl Fn(Option<&str>, String) -> String,
    ) -> Vec<String> {
        let causes = self.causes();
        let is_all = |cause: &Cause<'_>| {
            causes.len() == 1
                && self.shifts.is_subset(&cause.shifts)
                && !self.shifts.contains(&Shift::Appeared)
        };
        let told = causes.iter().map(|cause| {
            let what = (!is_all(cause)).then_some(cause.what);
            words(what, cause.origin.shown(escape))
        });
        told.collect()
    }

    /// The nearest date comes first, what needs no date any more last.
    fn rank(&self) -> impl Ord + use<> {
        let running = self.after.as_ref().filter(|side| side.status.is_due());
        let ends = running.and_then(|side| side.due().map(|due| due.ends));
        (
            running.is_none(),
            ends.is_none(),
            ends,
            Reverse(running.map(|side| side.severity)),
            self.finding.fingerprint,
        )
    }
}

/// What a report says of its findings, without the findings.
#[derive(Debug)]
pub struct Before {
    as_of: Timestamp,
    said: Vec<Said>,
    by_key: BTreeSet<(Key, usize)>,
}

/// What is said of one finding.
#[derive(Debug)]
struct Said {
    fingerprint: Key,
    finding: Named,
    assessment: Assessment,
    is_exploited: bool,
}

impl Said {
    fn of(entry: &Entry) -> Self {
        Self {
            fingerprint: entry.fingerprint,
            finding: Named::of(entry),
            assessment: entry.assessment.clone(),
            is_exploited: is_exploited(entry),
        }
    }
}

/// Whether the catalogue of exploited vulnerabilities lists it.
fn is_exploited(entry: &Entry) -> bool {
    let kev = entry.finding.history().exploited.kev.as_ref();
    kev.is_some_and(|kev| kev.listed.is_some())
}

impl Before {
    /// What a report says.
    pub fn of(report: &Report) -> Self {
        let entries = report.entries.iter().enumerate();
        let keys = entries
            .flat_map(|(index, entry)| entry.finding.keys.iter().map(move |key| (*key, index)));
        Self {
            as_of: report.as_of,
            said: report.in_order().map(Said::of).collect(),
            by_key: keys.collect(),
        }
    }

    /// What moved from here to `new`.
    pub fn compare(&self, new: &Report) -> Comparison {
        let mut changes = Vec::new();
        let mut matched = BTreeSet::new();
        let called: BTreeSet<Key> = new.entries.iter().map(|entry| entry.fingerprint).collect();
        for after in &new.entries {
            // Findings that a report tells apart may share a key: what is called as before is what it was.
            let is_other = |index: usize| {
                let before = self.said.get(index).map(|said| said.fingerprint);
                before.is_some_and(|key| key != after.fingerprint && called.contains(&key))
            };
            let keys = after.finding.keys.iter();
            let known: BTreeSet<usize> = keys
                .flat_map(|key| self.by_key.range((*key, 0)..=(*key, usize::MAX)))
                .map(|(_, index)| *index)
                .filter(|index| !is_other(*index))
                .collect();
            // Of several that became one, the most urgent is what was promised; entries stand in that order.
            let before = known.first().and_then(|index| self.said.get(*index));
            matched.extend(known);
            let is = &after.assessment;
            let (mut shifts, duties) = match before {
                None => (BTreeSet::from([Shift::Appeared]), BTreeMap::new()),
                Some(before) => {
                    let was = &before.assessment;
                    let duties = duties(was, is);
                    (shifts(was, self.as_of, is, new.as_of, &duties), duties)
                }
            };
            if before.is_some_and(|before| !before.is_exploited) && is_exploited(after) {
                shifts.insert(Shift::KevListed);
            }
            if !shifts.is_empty() {
                changes.push(Change {
                    finding: Named::of(after),
                    shifts,
                    duties,
                    before: before.map(|before| Side::of(&before.assessment, self.as_of)),
                    after: Some(Side::of(is, new.as_of)),
                });
            }
        }
        let unchanged = new.entries.len() - changes.len();
        for (index, said) in self.said.iter().enumerate() {
            if !matched.contains(&index) {
                changes.push(Change {
                    finding: said.finding.clone(),
                    shifts: BTreeSet::from([Shift::Gone]),
                    duties: BTreeMap::new(),
                    before: Some(Side::of(&said.assessment, self.as_of)),
                    after: None,
                });
            }
        }
        changes.sort_by_cached_key(Change::rank);
        Comparison {
            unchanged: unchanged as u64,
            changes,
        }
    }
}

/// The duties of which the date moved, by the instants at which they are overdue: one day ends at another one in another
/// time zone. The dates of what is fixed bind nobody.
fn duties(was: &Assessment, is: &Assessment) -> BTreeMap<Duty, Shift> {
    if was.status == Status::Fixed || is.status == Status::Fixed {
        return BTreeMap::new();
    }
    let moved = Duty::ALL.into_iter().filter_map(|duty| {
        let ends = |one: &Assessment| one.deadlines.get(&duty).map(|due| due.ends);
        let is_later = match (ends(was), ends(is)) {
            (was, is) if was == is => return None,
            (Some(was), Some(is)) => is > was,
            (was, _) => was.is_some(),
        };
        let shift = if is_later {
            Shift::Loosened
        } else {
            Shift::Tightened
        };
        Some((duty, shift))
    });
    moved.collect()
}

/// How a judgement moved, each as it was made. What the old one would say now tells what only time did.
fn shifts(
    was: &Assessment,
    then: Timestamp,
    is: &Assessment,
    now: Timestamp,
    duties: &BTreeMap<Duty, Shift>,
) -> BTreeSet<Shift> {
    let mut shifts: BTreeSet<Shift> = duties.values().copied().collect();
    let was_overdue = was.overdue(then);
    let would_be =
        was.status_at(None, now).is_due() && was.due().is_some_and(|due| due.ends <= now);
    match (was_overdue, is.overdue(now)) {
        (false, true) if would_be => drop(shifts.insert(Shift::OverdueByTime)),
        (false, true) => drop(shifts.insert(Shift::OverdueAtOnce)),
        (true, false) => drop(shifts.insert(Shift::NoLongerOverdue)),
        _ => {}
    }
    if is.severity > was.severity {
        shifts.insert(Shift::SeverityUp);
    } else if is.severity < was.severity {
        shifts.insert(Shift::SeverityDown);
    }
    if is.status != was.status {
        shifts.insert(match (was.status, is.status) {
            (Status::Unobserved, Status::Open) => Shift::SeenAgain,
            (_, Status::Open) => Shift::OpenAgain,
            (_, Status::Unobserved) => Shift::Unobserved,
            (_, Status::Suppressed) => Shift::Suppressed,
            (_, Status::Fixed) => Shift::Fixed,
        });
    }
    shifts
}

/// What moved between two reports.
#[derive(Debug, Default)]
pub struct Comparison {
    /// How many findings of the later report did not move.
    pub unchanged: u64,
    /// The findings that moved, the nearest deadline first.
    pub changes: Vec<Change>,
}

#[cfg(test)]
mod tests;
