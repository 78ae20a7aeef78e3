//! What was derived from a finding, on the wire.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::finding::AN_EARLIER_REPORT;
use super::phrase::Phrases;
use super::{Finding, KnownInputs, Moment, Names, Ticket, line_of, one_of, score, words};
use crate::model::{self, About, By, Duty, Severity, Status, Text, Verdict};

impl<'a> Finding<'a> {
    /// A finding with its judgement, and with what was put into words before.
    pub fn of_entry(
        entry: &'a model::Entry,
        as_of: Timestamp,
        names: &Names<'a>,
        phrases: &mut Phrases<'a>,
    ) -> Self {
        let model::Entry {
            fingerprint,
            finding,
            first_seen,
            tickets,
            assessment,
        } = entry;
        let model::Assessment {
            severity,
            score,
            status,
            suppressed,
            deadlines,
            why,
            tags,
        } = assessment;
        let mut written = Self::with(finding, names, phrases);
        written.fingerprint = fingerprint.hex().into();
        if *first_seen != finding.first_seen {
            written.own_first_seen = finding.first_seen.as_ref().map(Moment::of);
            written.first_seen = first_seen.as_ref().map(|moment| moment.at);
            written.first_seen_source = first_seen.as_ref().map(|moment| words(&moment.source));
        }
        written.severity = Some(severity.name().into());
        written.score = score.map(model::Score::value);
        written.status = Some(status.name().into());
        written.due = assessment
            .due()
            .map(|deadline| deadline.by.to_string().into());
        written.overdue = Some(assessment.overdue(as_of));
        let deadline = |(duty, deadline): (&Duty, &'a model::Deadline)| {
            (duty.name().into(), Deadline::of(deadline))
        };
        if !deadlines.is_empty() {
            written.deadlines = phrases.of(&**deadlines, |all| all.iter().map(deadline).collect());
        }
        if !why.is_empty() {
            written.why = phrases.of(&**why, |all| all.iter().map(Why::of).collect());
        }
        written.policy_tags = tags.iter().map(PolicyTag::of).collect();
        written.suppression = suppressed.as_deref().map(Suppressed::of);
        written.tickets = tickets.iter().map(Ticket::of).collect();
        written
    }

    /// The finding with its judgement, or why it cannot be one.
    pub fn into_entry(mut self, inputs: &mut KnownInputs) -> Result<model::Entry, String> {
        let severity = self.severity.as_deref().ok_or("`severity` is missing")?;
        let severity = one_of("severity", severity, Severity::ALL, Severity::name)?;
        let status = self.status.as_deref().ok_or("`status` is missing")?;
        let status = one_of("status", status, Status::ALL, Status::name)?;
        let deadlines = std::mem::take(&mut self.deadlines)
            .into_value()
            .into_iter()
            .map(|(duty, deadline)| {
                Ok((
                    one_of("deadlines", &duty, Duty::ALL, Duty::name)?,
                    deadline.into_model()?,
                ))
            });
        let why = std::mem::take(&mut self.why)
            .into_value()
            .into_iter()
            .map(Why::into_model);
        let tags = std::mem::take(&mut self.policy_tags).into_iter();
        let assessment = model::Assessment {
            severity,
            score: self.score.map(score).transpose()?,
            status,
            suppressed: self
                .suppression
                .take()
                .map(|suppressed| suppressed.into_model().map(Box::new))
                .transpose()?,
            deadlines: Arc::new(deadlines.collect::<Result<_, String>>()?),
            why: why.collect::<Result<Vec<_>, String>>()?.into(),
            tags: tags.map(PolicyTag::into_model).collect(),
        };
        // A ticket of its own is a fact; tickets of others stand beside the facts.
        let own = self.kind() == model::Kind::Ticket.name();
        let tickets = if own {
            Vec::new()
        } else {
            std::mem::take(&mut self.tickets)
        };
        let mut tickets = tickets
            .into_iter()
            .map(Ticket::into_model)
            .collect::<Result<Vec<_>, String>>()?;
        let written = std::mem::take(&mut self.fingerprint);
        let first_seen = self.first_seen.map(|at| {
            let source = self.first_seen_source.as_deref();
            model::Moment::new(at, source.unwrap_or(AN_EARLIER_REPORT))
        });
        let finding = Box::new(self.into_model(inputs)?);
        tickets.extend(finding.ticket.as_deref().cloned());
        let fingerprint = finding.fingerprint().filter(|key| key.hex() == written);
        let fingerprint = fingerprint.ok_or("`fingerprint` is not the preferred one of `keys`")?;
        Ok(model::Entry {
            fingerprint,
            finding,
            first_seen,
            tickets,
            assessment,
        })
    }
}

/// The date that won for one duty.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadline<'a> {
    pub(super) by: Cow<'a, str>,
    pub(super) ends: Timestamp,
    policy: Cow<'a, str>,
}

impl<'a> Deadline<'a> {
    pub(super) fn of(deadline: &'a model::Deadline) -> Self {
        let model::Deadline { ends, by, policy } = deadline;
        Self {
            by: by.to_string().into(),
            ends: *ends,
            policy: words(policy),
        }
    }

    pub(super) fn into_model(self) -> Result<model::Deadline, String> {
        Ok(model::Deadline {
            ends: self.ends,
            by: by(&self.by)?,
            policy: Text::line(&self.policy),
        })
    }
}

pub(super) fn by(words: &str) -> Result<By, String> {
    let day = words
        .parse::<Date>()
        .ok()
        .filter(|_| !words.contains('T'))
        .map(By::Day);
    let time = || words.parse::<Timestamp>().ok().map(By::Time);
    day.or_else(time)
        .ok_or_else(|| "`by` is neither a date nor a time".to_owned())
}

/// One candidate for a severity or a date.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Why<'a> {
    pub(super) about: Cow<'a, str>,
    pub(super) chosen: bool,
    policy: Cow<'a, str>,
    rule: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) severity: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    score: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    start: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    start_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    start_source: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    term: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) by: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<Cow<'a, str>>,
}

impl<'a> Why<'a> {
    fn of(why: &'a model::Why) -> Self {
        let model::Why {
            about,
            chosen,
            policy,
            rule,
            at,
            severity,
            score,
            start,
            start_at,
            start_source,
            term,
            by,
            note,
        } = why;
        Self {
            about: about.name().into(),
            chosen: *chosen,
            policy: words(policy),
            rule: words(rule),
            at: at.as_ref().map(words),
            severity: severity.map(|severity| severity.name().into()),
            score: score.map(model::Score::value),
            start: start.as_ref().map(words),
            start_at: *start_at,
            start_source: start_source.as_ref().map(words),
            term: term.as_ref().map(words),
            by: by.map(|by| by.to_string().into()),
            note: note.as_ref().map(words),
        }
    }

    fn into_model(self) -> Result<model::Why, String> {
        let abouts = [About::Severity]
            .into_iter()
            .chain(Duty::ALL.map(About::Duty));
        let line = |text: Option<Cow<'_, str>>| text.map(|text| Text::line(&text));
        Ok(model::Why {
            about: one_of("about", &self.about, abouts, About::name)?,
            chosen: self.chosen,
            policy: Text::line(&self.policy),
            rule: Text::line(&self.rule),
            at: line(self.at),
            severity: self
                .severity
                .map(|word| one_of("severity", &word, Severity::ALL, Severity::name))
                .transpose()?,
            score: self.score.map(score).transpose()?,
            start: line(self.start),
            start_at: self.start_at,
            start_source: line(self.start_source),
            term: line(self.term),
            by: self.by.map(|words| by(&words)).transpose()?,
            note: line(self.note),
        })
    }
}

/// A tag that a rule set.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyTag<'a> {
    tag: Cow<'a, str>,
    policy: Cow<'a, str>,
    rule: Cow<'a, str>,
    at: Cow<'a, str>,
}

impl<'a> PolicyTag<'a> {
    fn of(set: &'a model::PolicyTag) -> Self {
        let model::PolicyTag {
            tag,
            policy,
            rule,
            at,
        } = set;
        Self {
            tag: words(tag),
            policy: words(policy),
            rule: words(rule),
            at: words(at),
        }
    }

    fn into_model(self) -> model::PolicyTag {
        model::PolicyTag {
            tag: Text::line(&self.tag),
            policy: Text::line(&self.policy),
            rule: Text::line(&self.rule),
            at: Text::line(&self.at),
        }
    }
}

/// Why a finding is suppressed.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suppressed<'a> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<Cow<'a, str>>,
    reason: Cow<'a, str>,
    by: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ends: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<Cow<'a, str>>,
}

impl<'a> Suppressed<'a> {
    fn of(suppressed: &'a model::Suppressed) -> Self {
        let model::Suppressed {
            kind,
            reason,
            by,
            until,
            ends,
            source,
        } = suppressed;
        Self {
            kind: kind.map(|verdict| verdict.name().into()),
            reason: words(reason),
            by: words(by),
            until: *until,
            ends: *ends,
            source: source.as_ref().map(words),
        }
    }

    fn into_model(self) -> Result<model::Suppressed, String> {
        let mut suppressing = Verdict::ALL
            .into_iter()
            .filter(|verdict| verdict.suppresses());
        let kind = |word: Cow<'_, str>| {
            let known = suppressing.find(|verdict| verdict.name() == word);
            known.ok_or_else(|| {
                format!("`kind` of `suppression` is `{word}`, which suppresses nothing")
            })
        };
        Ok(model::Suppressed {
            kind: self.kind.map(kind).transpose()?,
            reason: Text::line(&self.reason),
            by: Text::line(&self.by),
            until: self.until,
            ends: self.ends,
            source: line_of(self.source.as_ref()),
        })
    }
}
