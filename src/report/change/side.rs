//! What one of two judgements says of a finding.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::model::{About, Assessment, Deadline, Duty, Severity, Status, Text, Why};
use crate::report::escape::Escape;

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
    fn of_date(assessment: &Assessment, duty: Duty, deadline: &Deadline) -> Self {
        let brings = |why: &&Why| why.chosen && why.about == About::Duty(duty) && why.by.is_some();
        let why = assessment.why.iter().find(brings);
        why.map_or_else(
            || Self {
                policy: deadline.policy.clone(),
                rule: None,
                at: None,
            },
            Self::of,
        )
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
    pub(super) fn shown(&self, escape: Escape) -> String {
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

/// The date of a duty, and who brings it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dated {
    /// When it is due.
    pub deadline: Deadline,
    /// Who brings that date.
    pub origin: Origin,
}

/// What one of two judgements says, at the time at which it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// How bad.
    pub severity: Severity,
    /// Where it stands.
    pub status: Status,
    /// Until when it is suppressed, if it is.
    pub until: Option<Date>,
    /// What is due when.
    pub dates: BTreeMap<Duty, Dated>,
    /// Whether the fix was overdue then.
    pub overdue: bool,
    /// Who brings that severity.
    pub severity_origin: Option<Origin>,
}

impl Side {
    pub(super) fn of(assessment: &Assessment, as_of: Timestamp) -> Self {
        let dates = assessment.deadlines.iter().map(|(duty, deadline)| {
            let dated = Dated {
                deadline: deadline.clone(),
                origin: Origin::of_date(assessment, *duty, deadline),
            };
            (*duty, dated)
        });
        Self {
            severity: assessment.severity,
            status: assessment.status,
            until: assessment
                .suppressed
                .as_ref()
                .and_then(|suppressed| suppressed.until),
            dates: dates.collect(),
            overdue: assessment.overdue(as_of),
            severity_origin: Origin::of_severity(assessment),
        }
    }

    /// When a duty is due.
    pub(super) fn deadline(&self, duty: Duty) -> Option<&Deadline> {
        self.dates.get(&duty).map(|dated| &dated.deadline)
    }

    /// When the fix is due.
    pub(super) fn due(&self) -> Option<&Deadline> {
        self.deadline(Duty::Fix)
    }
}
