//! What moved between two reports, or between a report and what other policies make of it.

mod json;
mod markdown;
mod table;
mod text;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;

use super::named::Named;
use crate::model::{About, Assessment, Deadline, Duty, Key, Report, Severity, Status, Text, Why};

pub use json::{Heading, write_report};
pub use table::Changes;

/// One way in which the judgement of a finding moved; the order is what a reader must know first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shift {
    /// It is past its due date, and by the old judgement it would not be.
    OverdueAtOnce,
    /// It is due earlier, or has a due date and had none.
    Tightened,
    /// It is due later, or has no due date any more.
    Loosened,
    /// By the old judgement it would be past its due date, and it is not.
    NoLongerOverdue,
    /// It is worse.
    SeverityUp,
    /// It is less bad.
    SeverityDown,
    /// It stands elsewhere: suppressed, fixed, open again.
    Status,
    /// It was not there.
    Appeared,
    /// It is not there any more.
    Gone,
}

impl Shift {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::OverdueAtOnce,
        Self::Tightened,
        Self::Loosened,
        Self::NoLongerOverdue,
        Self::SeverityUp,
        Self::SeverityDown,
        Self::Status,
        Self::Appeared,
        Self::Gone,
    ];

    /// Its name in the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OverdueAtOnce => "overdue-at-once",
            Self::Tightened => "tightened",
            Self::Loosened => "loosened",
            Self::NoLongerOverdue => "no-longer-overdue",
            Self::SeverityUp => "severity-up",
            Self::SeverityDown => "severity-down",
            Self::Status => "status",
            Self::Appeared => "new",
            Self::Gone => "gone",
        }
    }

    /// What people call it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::OverdueAtOnce => "overdue at once",
            Self::NoLongerOverdue => "no longer overdue",
            Self::SeverityUp => "severity up",
            Self::SeverityDown => "severity down",
            Self::Status => "status moved",
            plain => plain.name(),
        }
    }

    fn is_of_severity(self) -> bool {
        matches!(self, Self::SeverityUp | Self::SeverityDown)
    }
}

/// The rule that brings a date or a severity, and where it is written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// The policy, or `ticket` and the ticket's key.
    pub policy: Text,
    /// The rule; nothing where the report does not hold the reason.
    pub rule: Option<Text>,
    /// File and line.
    pub at: Option<Text>,
}

impl Origin {
    fn of_date(assessment: &Assessment) -> Option<Self> {
        let due = assessment.due()?;
        let brings =
            |why: &&Why| why.chosen && why.about == About::Duty(Duty::Fix) && why.by.is_some();
        let why = assessment.why.iter().find(brings);
        Some(why.map_or_else(
            || Self {
                policy: due.policy.clone(),
                rule: None,
                at: None,
            },
            Self::of,
        ))
    }

    fn of_severity(assessment: &Assessment) -> Option<Self> {
        let brings = |why: &&Why| why.chosen && why.about == About::Severity;
        assessment.why.iter().find(brings).map(Self::of)
    }

    fn of(why: &Why) -> Self {
        Self {
            policy: why.policy.clone(),
            rule: Some(why.rule.clone()),
            at: why.at.clone(),
        }
    }

    /// `flowdesk fix.high (flowdesk:14)`.
    fn shown(&self, escape: super::escape::Escape) -> String {
        let mut words = escape(&self.policy).into_owned();
        if let Some(rule) = &self.rule {
            words = format!("{words} {}", escape(rule));
        }
        match &self.at {
            Some(at) => format!("{words} ({})", escape(at)),
            None => words,
        }
    }
}

/// What one of two judgements says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// How bad.
    pub severity: Severity,
    /// Where it stands.
    pub status: Status,
    /// Until when it is suppressed, if it is.
    pub until: Option<Date>,
    /// When the fix is due.
    pub due: Option<Deadline>,
    /// Whether that is over at the time of the comparison.
    pub overdue: bool,
    /// Who brings that date.
    pub origin: Option<Origin>,
    /// Who brings that severity.
    pub severity_origin: Option<Origin>,
}

impl Side {
    fn of(assessment: &Assessment, as_of: Timestamp) -> Self {
        Self {
            severity: assessment.severity,
            status: assessment.status,
            until: assessment
                .suppressed
                .as_ref()
                .and_then(|suppressed| suppressed.until),
            due: assessment.due().cloned(),
            overdue: assessment.overdue(as_of),
            origin: Origin::of_date(assessment),
            severity_origin: Origin::of_severity(assessment),
        }
    }
}

/// A finding that moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which one.
    pub finding: Named,
    /// How it moved; at least one way.
    pub shifts: BTreeSet<Shift>,
    /// What was said before; nothing of one that was not there.
    pub before: Option<Side>,
    /// What is said now; nothing of one that is gone.
    pub after: Option<Side>,
}

/// Who brought about some of the moves of a finding.
pub(super) struct Cause<'a> {
    /// What they are about: `severity`, or `date` for all else.
    pub(super) what: &'static str,
    pub(super) origin: &'a Origin,
    pub(super) shifts: BTreeSet<Shift>,
}

impl Change {
    /// Who brought about its moves: a severity has its own reason, and all else hangs on the date.
    pub(super) fn causes(&self) -> Vec<Cause<'_>> {
        let moves = self.shifts.iter().copied();
        let (severity, date) = moves.partition::<BTreeSet<_>, _>(|one| one.is_of_severity());
        let after = self.after.as_ref();
        let origins = [
            (
                "severity",
                after.and_then(|side| side.severity_origin.as_ref()),
                severity,
            ),
            ("date", after.and_then(|side| side.origin.as_ref()), date),
        ];
        let causes = origins.into_iter().filter_map(|(what, origin, shifts)| {
            let origin = origin.filter(|_| !shifts.is_empty())?;
            Some(Cause {
                what,
                origin,
                shifts,
            })
        });
        causes.collect()
    }

    /// The nearest date comes first, what needs no date any more last.
    fn rank(&self) -> impl Ord + use<> {
        let running = self.after.as_ref().filter(|side| side.status.is_due());
        let ends = running.and_then(|side| side.due.as_ref().map(|due| due.ends));
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
    said: Vec<(Named, Assessment)>,
    by_key: BTreeMap<Key, usize>,
}

impl Before {
    /// What a report says.
    pub fn of(report: &Report) -> Self {
        let mut by_key = BTreeMap::new();
        for (index, entry) in report.entries.iter().enumerate() {
            by_key.extend(entry.finding.keys.iter().map(|key| (*key, index)));
        }
        let said = report.entries.iter();
        let said = said.map(|entry| (Named::of(entry), entry.assessment.clone()));
        Self {
            said: said.collect(),
            by_key,
        }
    }

    /// What moved from here to `new`.
    pub fn compare(&self, new: &Report) -> Comparison {
        let mut changes = Vec::new();
        let mut matched = BTreeSet::new();
        for after in &new.entries {
            let keys = after.finding.keys.iter();
            let known: BTreeSet<usize> = keys
                .filter_map(|key| self.by_key.get(key).copied())
                .collect();
            // Of several that became one, the most urgent is what was promised; entries stand in that order.
            let before = known.first().and_then(|index| self.said.get(*index));
            matched.extend(known);
            let shifts = match before {
                None => BTreeSet::from([Shift::Appeared]),
                Some((_, was)) => shifts(was, &after.assessment, new.as_of),
            };
            if !shifts.is_empty() {
                changes.push(Change {
                    finding: Named::of(after),
                    shifts,
                    before: before.map(|(_, was)| Side::of(was, new.as_of)),
                    after: Some(Side::of(&after.assessment, new.as_of)),
                });
            }
        }
        let unchanged = new.entries.len() - changes.len();
        for (index, (finding, was)) in self.said.iter().enumerate() {
            if !matched.contains(&index) {
                changes.push(Change {
                    finding: finding.clone(),
                    shifts: BTreeSet::from([Shift::Gone]),
                    before: Some(Side::of(was, new.as_of)),
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

/// How a judgement moved. Both are asked at one time: what only time did is no move.
fn shifts(was: &Assessment, is: &Assessment, as_of: Timestamp) -> BTreeSet<Shift> {
    let mut shifts = BTreeSet::new();
    // The date of what is fixed binds nobody. What people read counts: the end of one day in another time zone is the
    // same promise.
    let is_over = was.status == Status::Fixed && is.status == Status::Fixed;
    let by = |one: &Assessment| one.due().map(|due| due.by);
    if by(was) != by(is) && !is_over {
        let later = match (was.due(), is.due()) {
            (Some(was), Some(is)) => is.ends > was.ends,
            (_, None) => true,
            (None, Some(_)) => false,
        };
        shifts.insert(if later {
            Shift::Loosened
        } else {
            Shift::Tightened
        });
    }
    match (was.overdue(as_of), is.overdue(as_of)) {
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
        shifts.insert(Shift::Status);
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
