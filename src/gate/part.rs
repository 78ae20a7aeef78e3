//! One part of a condition: what is asked of a finding, and how it is written.

use std::str::FromStr;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{CONDITIONS, day, status_at};
use crate::error::{Error, Result, nearest};
use crate::glob::{Globs, Match};
use crate::model::{By, Deadline, Duty, Entry, Kind, Severity, Share, Status};

/// The words that stand alone, and those that are compared with something.
const NAMES: [&str; 16] = [
    "open",
    "overdue",
    "due",
    "severity",
    "new",
    "reopened",
    "unobserved",
    "rejects",
    "kev",
    "epss",
    "app",
    "kind",
    "package",
    "rule",
    "tag",
    "owner",
];

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    Open,
    Overdue(Duty),
    DueBy(Duty, Limit),
    Severity(Comparison, Severity),
    New,
    Reopened,
    Unobserved,
    Rejects,
    Kev,
    Epss(Share),
    App(Globs),
    Kind(Kind),
    Package(Globs),
    Rule(Globs),
    Tag(Globs),
    Owner(Globs),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    AtLeast,
    Exactly,
    AtMost,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    Day(Date),
    /// Days from as-of.
    In(i64),
}

impl FromStr for Part {
    type Err = Error;

    fn from_str(part: &str) -> Result<Self> {
        let plain = match part {
            "open" => Self::Open,
            "overdue" => Self::Overdue(Duty::Fix),
            "new" => Self::New,
            "reopened" => Self::Reopened,
            "unobserved" => Self::Unobserved,
            "rejects" => Self::Rejects,
            "kev" => Self::Kev,
            _ => match part.strip_prefix("overdue:") {
                Some(word) => Self::Overdue(duty(word, part)?),
                None => return compared(part),
            },
        };
        Ok(plain)
    }
}

fn wrong(what: &str, part: &str) -> Error {
    Error::usage(format!("{what} `{part}`")).hint(format!("conditions are {CONDITIONS}"))
}

/// A part of the form `severity>=high`.
fn compared(part: &str) -> Result<Part> {
    let end = part.find(['<', '>', '=']).unwrap_or(part.len());
    let (name, rest) = part.split_at(end);
    let signs = [
        (">=", Comparison::AtLeast),
        ("<=", Comparison::AtMost),
        ("=", Comparison::Exactly),
    ];
    let mut signs = signs.into_iter();
    let sign = signs.find_map(|(sign, what)| Some((what, rest.strip_prefix(sign)?.trim())));
    let globs = |value: &str, how| {
        if value.is_empty() {
            return Err(wrong("expected a name or a glob in", part));
        }
        Globs::new([value], how).map_err(|reason| wrong(&format!("{reason}, in"), part))
    };
    match (name.trim(), sign) {
        ("due", Some((Comparison::AtMost, limit))) => due(Duty::Fix, limit, part),
        (name, Some((Comparison::AtMost, limit))) if name.starts_with("due:") => {
            let word = name.trim_start_matches("due:");
            due(duty(word, part)?, limit, part)
        }
        ("severity", Some((comparison, word))) => {
            let level = word.parse().map_err(|()| {
                let names = Severity::ALL.into_iter().map(Severity::name);
                meant(word, names, wrong("no such severity in", part))
            });
            Ok(Part::Severity(comparison, level?))
        }
        ("epss", Some((Comparison::AtLeast, share))) => {
            let share = share.parse().ok().and_then(Share::new);
            let share = share.ok_or_else(|| wrong("expected a number from 0 to 1 in", part))?;
            Ok(Part::Epss(share))
        }
        ("kind", Some((Comparison::Exactly, word))) => {
            let mut kinds = Kind::ALL.into_iter();
            kinds
                .find(|kind| kind.name() == word)
                .map(Part::Kind)
                .ok_or_else(|| {
                    let names = Kind::ALL.into_iter().map(Kind::name);
                    meant(word, names, wrong("no such kind in", part))
                })
        }
        ("app", Some((Comparison::Exactly, glob))) => globs(glob, Match::Word).map(Part::App),
        ("package", Some((Comparison::Exactly, glob))) => {
            globs(glob, Match::Package).map(Part::Package)
        }
        ("rule", Some((Comparison::Exactly, glob))) => globs(glob, Match::Exact).map(Part::Rule),
        ("tag", Some((Comparison::Exactly, glob))) => globs(glob, Match::Word).map(Part::Tag),
        ("owner", Some((Comparison::Exactly, glob))) => globs(glob, Match::Word).map(Part::Owner),
        (name, _) => Err(meant(
            name,
            NAMES.into_iter(),
            wrong("cannot understand", part),
        )),
    }
}

/// Puts what was probably meant before the list of what there is.
fn meant<'c>(word: &str, choices: impl Iterator<Item = &'c str>, error: Error) -> Error {
    match nearest(word, choices) {
        Some(near) if near != word && !word.is_empty() => error.hint(format!(
            "did you mean `{near}`? conditions are {CONDITIONS}"
        )),
        _ => error,
    }
}

fn duty(word: &str, part: &str) -> Result<Duty> {
    let mut duties = Duty::ALL.into_iter();
    let found = duties.find(|duty| duty.name() == word);
    found.ok_or_else(|| {
        let names = Duty::ALL.into_iter().map(Duty::name);
        meant(word, names, wrong("no such duty in", part))
    })
}

fn due(duty: Duty, limit: &str, part: &str) -> Result<Part> {
    let days = limit
        .strip_prefix('+')
        .and_then(|days| days.strip_suffix('d'))
        .map(str::parse::<u16>);
    match (days, limit.parse::<Date>()) {
        (Some(Ok(days)), _) => Ok(Part::DueBy(duty, Limit::In(days.into()))),
        (None, Ok(date)) => Ok(Part::DueBy(duty, Limit::Day(date))),
        _ => {
            let what = "expected a date (`2026-12-31`) or days from now (`+14d`) in";
            Err(wrong(what, part))
        }
    }
}

impl Part {
    /// Whether it asks a catalogue, and nobody looked the finding up although it may be listed.
    pub(super) fn is_unknown(&self, entry: &Entry) -> bool {
        let exploited = &entry.finding.history().exploited;
        let has_looked = match self {
            Self::Kev => exploited.kev.is_some(),
            Self::Epss(_) => exploited.epss.is_some(),
            _ => true,
        };
        !has_looked && entry.finding.cves().next().is_some()
    }

    /// Whether the answer follows from the policies of the report.
    pub(super) fn is_judgement(&self) -> bool {
        matches!(
            self,
            Self::Overdue(_) | Self::DueBy(..) | Self::Severity(..) | Self::Tag(_)
        )
    }

    /// Whether a finding that is not suppressed or fixed meets it.
    pub(super) fn holds(&self, entry: &Entry, as_of: Timestamp) -> bool {
        let Entry {
            finding,
            assessment,
            ..
        } = entry;
        let deadline = |duty: &Duty| assessment.deadlines.get(duty);
        let exploited = &finding.history().exploited;
        match self {
            Self::Open => true,
            Self::Overdue(duty) => deadline(duty).is_some_and(|due| due.ends <= as_of),
            Self::DueBy(duty, limit) => deadline(duty).is_some_and(|due| due_by(due, limit, as_of)),
            Self::Severity(comparison, level) => match comparison {
                Comparison::AtLeast => assessment.severity >= *level,
                Comparison::Exactly => assessment.severity == *level,
                Comparison::AtMost => assessment.severity <= *level,
            },
            Self::New => entry.is_new(),
            Self::Reopened => finding.is_reopened(),
            Self::Unobserved => status_at(entry, as_of) == Status::Unobserved,
            Self::Rejects => false,
            Self::Kev => exploited
                .kev
                .as_ref()
                .is_some_and(|kev| kev.listed.is_some()),
            Self::Epss(least) => {
                let score = exploited.epss.as_ref().and_then(|epss| epss.score);
                score.is_some_and(|score| score >= *least)
            }
            Self::App(globs) => globs.any([&finding.app]),
            Self::Kind(kind) => finding.kind == *kind,
            Self::Package(globs) => globs.any_package(finding),
            Self::Rule(globs) => globs.any_check(finding),
            Self::Tag(globs) => {
                let set = assessment.tags.iter().map(|set| &set.tag);
                globs.any(finding.marks().chain(set))
            }
            Self::Owner(globs) => globs.any(&finding.history().owners),
        }
    }
}

/// Whether something is due on that day, or earlier. Days from as-of count as the deadline's own calendar does, whose midnight
/// is the end of its day; those of an instant in UTC.
fn due_by(due: &Deadline, limit: &Limit, as_of: Timestamp) -> bool {
    match (due.by, limit) {
        (By::Day(date), Limit::Day(limit)) => date <= *limit,
        (By::Time(time), Limit::Day(limit)) => day(time) <= *limit,
        (By::Day(_), Limit::In(days)) => {
            let is_utc = due.ends.to_zoned(TimeZone::UTC).time() == Time::midnight();
            // Elsewhere clocks may go back before that day: then one of the days between is longer.
            let longer = i64::from(!is_utc);
            let most = SignedDuration::from_hours(24 * (days + 1) + longer);
            due.ends.duration_since(as_of) <= most
        }
        (By::Time(time), Limit::In(days)) => {
            // Beyond the last date of the calendar there is no limit.
            let limit = day(as_of).checked_add(SignedDuration::from_hours(24 * days));
            day(time) <= limit.unwrap_or(Date::MAX)
        }
    }
}
