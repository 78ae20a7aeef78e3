//! Who told what of a finding, on the wire: claims, sightings, moments, suppressions and tickets.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::list::{MANY, at_most};
use super::{KnownInputs, Names, line_of, one_of, score, words};
use crate::model::{self, Severity, Text, TicketState, Trust};

/// A claim of severity.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim<'a> {
    scanner: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    severity: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    word: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    score: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    vector: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trust: Option<Cow<'a, str>>,
    report: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<Cow<'a, str>>,
    at: Cow<'a, str>,
}

impl<'a> Claim<'a> {
    pub(super) fn of(claim: &'a model::Claim, names: &Names<'a>) -> Self {
        let model::Claim {
            scanner,
            trust,
            severity,
            word,
            score,
            vector,
            source,
        } = claim;
        let (report, digest) = names.name(&source.report);
        Self {
            scanner: words(scanner),
            severity: severity.map(|severity| severity.name().into()),
            word: word.as_ref().map(words),
            score: score.map(model::Score::value),
            vector: vector.as_ref().map(words),
            trust: (*trust != Trust::Stated).then(|| trust.name().into()),
            report,
            digest,
            at: words(&source.at),
        }
    }

    pub(super) fn into_model(self, inputs: &mut KnownInputs) -> Result<model::Claim, String> {
        let trust = self.trust.map_or(Ok(Trust::Stated), |word| {
            one_of("trust", &word, Trust::ALL, Trust::name)
        })?;
        let severity = self
            .severity
            .map(|word| one_of("severity", &word, Severity::ALL, Severity::name))
            .transpose()?;
        Ok(model::Claim {
            scanner: Text::line(&self.scanner),
            trust,
            severity,
            word: line_of(self.word.as_ref()),
            score: self.score.map(score).transpose()?,
            vector: line_of(self.vector.as_ref()),
            source: model::Place {
                report: inputs.find(&self.report, self.digest.as_deref()),
                at: Text::line(&self.at),
            },
        })
    }
}

/// A dated event.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moment<'a> {
    pub(super) at: Timestamp,
    source: Cow<'a, str>,
}

impl<'a> Moment<'a> {
    pub(super) fn of(moment: &'a model::Moment) -> Self {
        let model::Moment { at, source } = moment;
        Self {
            at: *at,
            source: words(source),
        }
    }

    pub(super) fn into_model(self) -> model::Moment {
        let Self { at, source } = self;
        model::Moment::new(at, &*source)
    }
}

/// A suppression that a report carries.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suppression<'a> {
    status: Cow<'a, str>,
    scanner: Cow<'a, str>,
    kind: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    justification: Option<Cow<'a, str>>,
}

impl<'a> Suppression<'a> {
    pub(super) fn of(suppression: &'a model::Suppression) -> Self {
        let model::Suppression {
            status,
            scanner,
            kind,
            justification,
        } = suppression;
        Self {
            status: status.name().into(),
            scanner: words(scanner),
            kind: words(kind),
            justification: justification.as_ref().map(words),
        }
    }

    pub(super) fn into_model(self) -> Result<model::Suppression, String> {
        let all = model::SuppressionStatus::ALL;
        Ok(model::Suppression {
            status: one_of("status", &self.status, all, model::SuppressionStatus::name)?,
            scanner: Text::line(&self.scanner),
            kind: Text::line(&self.kind),
            justification: self.justification.as_deref().map(Text::prose),
        })
    }
}

/// A ticket.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ticket<'a> {
    pub(super) key: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<Cow<'a, str>>,
    pub(super) state: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    updated: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "at_most::<_, _, MANY>")]
    checks: Vec<Cow<'a, str>>,
    /// Open again after an earlier report knew it as closed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    reopened: bool,
}

impl<'a> Ticket<'a> {
    pub(super) fn of(ticket: &'a model::Ticket) -> Self {
        let model::Ticket {
            updated,
            key,
            state,
            status,
            due,
            created,
            url,
            checks,
            is_reopened,
        } = ticket;
        Self {
            key: words(key),
            due: *due,
            status: status.as_ref().map(words),
            state: state.name().into(),
            created: *created,
            updated: *updated,
            url: url.as_ref().map(words),
            checks: checks.iter().map(words).collect(),
            reopened: *is_reopened,
        }
    }

    pub(super) fn into_model(self) -> Result<model::Ticket, String> {
        Ok(model::Ticket {
            updated: self.updated,
            key: Text::line(&self.key),
            state: one_of("state", &self.state, TicketState::ALL, TicketState::name)?,
            status: line_of(self.status.as_ref()),
            due: self.due,
            created: self.created,
            url: line_of(self.url.as_ref()),
            checks: self.checks.iter().map(|check| Text::line(check)).collect(),
            is_reopened: self.reopened,
        })
    }
}

/// Who saw it, and where.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sighting<'a> {
    scanner: Cow<'a, str>,
    report: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<Cow<'a, str>>,
    at: Cow<'a, str>,
}

impl<'a> Sighting<'a> {
    pub(super) fn of(sighting: &'a model::Sighting, names: &Names<'a>) -> Self {
        let model::Sighting { place, scanner } = sighting;
        let (report, digest) = names.name(&place.report);
        Self {
            scanner: words(scanner),
            report,
            digest,
            at: words(&place.at),
        }
    }

    pub(super) fn into_model(self, inputs: &mut KnownInputs) -> model::Sighting {
        let report = inputs.find(&self.report, self.digest.as_deref());
        let place = model::Place {
            report,
            at: Text::line(&self.at),
        };
        model::Sighting {
            place,
            scanner: Text::line(&self.scanner),
        }
    }
}
