//! The columns of tables: a promise to whoever builds on them.

use std::fmt;

use crate::model::{
    About, Baseline, Duty, Entry, Kev, Location, Package, Report, Share, Sighting, Text, Verdict,
};
use crate::report::{escape, wording};

/// The columns of a table, in the order in which they are shown.
#[derive(Clone, Debug)]
pub struct Columns(Vec<&'static Column>);

impl Default for Columns {
    /// All of them.
    fn default() -> Self {
        Self(COLUMNS.iter().collect())
    }
}

impl Columns {
    /// The columns that a user names.
    pub fn named(names: &[String]) -> Result<Self, Refused> {
        let mut columns: Vec<&'static Column> = Vec::new();
        for name in names {
            let name = name.trim();
            let Some(column) = COLUMNS.iter().find(|column| column.name == name) else {
                return Err(Refused::Unknown(name.to_owned()));
            };
            if columns.iter().any(|known| known.name == name) {
                return Err(Refused::Twice(name.to_owned()));
            }
            columns.push(column);
        }
        Ok(Self(columns))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &'static Column> {
        self.0.iter().copied()
    }
}

/// The name of a column that cannot be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// No column is called so.
    Unknown(String),
    /// It was named before.
    Twice(String),
}

/// A column: its name, what stands in it, and how it is taken from an entry.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) meaning: &'static str,
    pub(super) value: fn(&Entry, &Report) -> String,
}

/// The columns. They are a promise: a new one comes at the end, and none changes its name or its meaning.
pub(super) static COLUMNS: &[Column] = &[
    Column {
        name: "fingerprint",
        meaning: "what the finding is called, in 64 hexadecimal digits",
        value: |entry, _| entry.fingerprint.hex(),
    },
    Column {
        name: "app",
        meaning: "the product that it belongs to",
        value: |entry, _| csv(&entry.finding.app),
    },
    Column {
        name: "kind",
        meaning: "dependency, code, secret, configuration, requirement or ticket",
        value: |entry, _| entry.finding.kind.name().to_owned(),
    },
    Column {
        name: "severity",
        meaning: "how bad, as assessed",
        value: |entry, _| entry.assessment.severity.name().to_owned(),
    },
    Column {
        name: "score",
        meaning: "the score behind the severity, 0.0 to 10.0",
        value: |entry, _| shown(entry.assessment.score),
    },
    Column {
        name: "status",
        meaning: "open, suppressed, fixed or unobserved",
        value: |entry, _| entry.assessment.status.name().to_owned(),
    },
    Column {
        name: "baseline",
        meaning: "new, unchanged, updated or absent; empty without a baseline",
        value: |entry, _| entry.finding.baseline.map_or("", Baseline::name).to_owned(),
    },
    Column {
        name: "due",
        meaning: "the date of the fix",
        value: |entry, _| by(entry, Duty::Fix),
    },
    Column {
        name: "overdue",
        meaning: "whether that date has passed: true or false",
        value: |entry, report| entry.assessment.overdue(report.as_of).to_string(),
    },
    Column {
        name: "acknowledge",
        meaning: "the date of the acknowledgement",
        value: |entry, _| by(entry, Duty::Acknowledge),
    },
    Column {
        name: "assess",
        meaning: "the date of the assessment",
        value: |entry, _| by(entry, Duty::Assess),
    },
    Column {
        name: "first_seen",
        meaning: "the earliest time that any source tells",
        value: |entry, _| shown(entry.first_seen.as_ref().map(|first| first.at)),
    },
    Column {
        name: "last_seen",
        meaning: "the latest time that any source tells",
        value: |entry, _| shown(entry.finding.last_seen),
    },
    Column {
        name: "rule",
        meaning: "the check that fired",
        value: |entry, _| entry.finding.rule.id.as_ref().map(csv).unwrap_or_default(),
    },
    Column {
        name: "ids",
        meaning: "public vulnerability ids",
        value: |entry, _| list(&entry.finding.ids, false),
    },
    Column {
        name: "weaknesses",
        meaning: "CWE ids",
        value: |entry, _| list(entry.finding.numbered_weaknesses(), false),
    },
    Column {
        name: "title",
        meaning: "what is wrong, in one line",
        value: |entry, _| entry.finding.title.as_ref().map(csv).unwrap_or_default(),
    },
    Column {
        name: "package",
        meaning: "the package URL, without a version",
        value: |entry, _| package(entry, |package| csv(&package.purl)),
    },
    Column {
        name: "versions",
        meaning: "installed versions",
        value: |entry, _| {
            package(entry, |package| {
                list(&package.versions, package.versions.more())
            })
        },
    },
    Column {
        name: "fixed_in",
        meaning: "versions in which it is fixed",
        value: |entry, _| {
            package(entry, |package| {
                list(&package.fixed_in, package.fixed_in.more())
            })
        },
    },
    Column {
        name: "path",
        meaning: "the first path of the product that it is at",
        value: |entry, _| {
            location(entry)
                .and_then(|place| place.path.as_ref())
                .map(csv)
                .unwrap_or_default()
        },
    },
    Column {
        name: "line",
        meaning: "the line in that path",
        value: |entry, _| shown(location(entry).and_then(|place| place.start_line)),
    },
    Column {
        name: "tickets",
        meaning: "keys of the tickets that name it",
        value: |entry, _| wording::tickets(entry, escape::csv).join("; "),
    },
    Column {
        name: "scanners",
        meaning: "who saw it",
        value: |entry, _| wording::scanners(&entry.finding, escape::csv).join("; "),
    },
    Column {
        name: "sightings",
        meaning: "the records that show it: report and place in it",
        value: |entry, _| sightings(entry),
    },
    Column {
        name: "suppression",
        meaning: "why and by whom it is suppressed, and until when",
        value: |entry, _| wording::suppression(entry, escape::csv).unwrap_or_default(),
    },
    Column {
        name: "why_severity",
        meaning: "where the severity comes from",
        value: |entry, _| why(entry, About::Severity),
    },
    Column {
        name: "why_due",
        meaning: "where the due date comes from",
        value: |entry, _| why(entry, About::Duty(Duty::Fix)),
    },
    Column {
        name: "kev",
        meaning: "whether CISA lists it as exploited: true or false; empty when nobody looked",
        value: |entry, _| shown(kev(entry).map(|kev| kev.listed.is_some())),
    },
    Column {
        name: "kev_added",
        meaning: "the day on which CISA listed it",
        value: |entry, _| {
            let listed = kev(entry).and_then(|kev| kev.listed.as_ref());
            shown(listed.map(|listed| listed.added))
        },
    },
    Column {
        name: "epss",
        meaning: "how likely it is exploited in the next 30 days, 0 to 1; empty when nobody looked or none is known",
        value: |entry, _| {
            let epss = entry.finding.history().exploited.epss.as_ref();
            shown(epss.and_then(|epss| epss.score).map(Share::value))
        },
    },
    Column {
        name: "suppression_source",
        meaning: "where the decision stands that suppresses it: a triage file or a VEX document",
        value: |entry, _| wording::suppression_source(entry, escape::csv).unwrap_or_default(),
    },
    Column {
        name: "owners",
        meaning: "who has to deal with it",
        value: |entry, _| list(&entry.finding.history().owners, false),
    },
    Column {
        name: "policy_tags",
        meaning: "what rules of policies tag it with",
        value: |entry, _| wording::policy_tags(entry, escape::csv).join("; "),
    },
    Column {
        name: "suppression_kind",
        meaning: "accepted, false-positive, not-affected or fixed; empty where the report of a tool suppresses it",
        value: |entry, _| {
            let suppressed = entry.assessment.suppressed.as_deref();
            let kind = suppressed.and_then(|suppressed| suppressed.kind);
            kind.map_or("", Verdict::name).to_owned()
        },
    },
    Column {
        name: "tags",
        meaning: "marks that the sources set, and `reopened` of what was fixed and came back",
        value: |entry, _| list(entry.finding.marks(), entry.finding.tags.more()),
    },
    Column {
        name: "url",
        meaning: "the first address that it is at",
        value: |entry, _| first(entry, |place| place.url.as_ref()),
    },
    Column {
        name: "logical",
        meaning: "the first place that it is at that has a name and not only a path: a class, a resource",
        value: |entry, _| first(entry, |place| place.logical.as_ref()),
    },
];

fn kev(entry: &Entry) -> Option<&Kev> {
    entry.finding.history().exploited.kev.as_ref()
}

/// A piece of outer words.
fn csv(text: &Text) -> String {
    escape::csv(text).into_owned()
}

/// What our own types say of themselves.
fn shown(value: Option<impl fmt::Display>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn list<'a>(members: impl IntoIterator<Item = &'a Text>, more: bool) -> String {
    let mut shown: Vec<_> = members.into_iter().map(escape::csv).collect();
    if more {
        shown.push("…".into());
    }
    shown.join("; ")
}

fn by(entry: &Entry, duty: Duty) -> String {
    shown(
        entry
            .assessment
            .deadlines
            .get(&duty)
            .map(|deadline| deadline.by),
    )
}

fn package(entry: &Entry, value: impl Fn(&Package) -> String) -> String {
    entry
        .finding
        .package
        .as_deref()
        .map(value)
        .unwrap_or_default()
}

/// The first place with a path, so that path and line are of one place.
fn location(entry: &Entry) -> Option<&Location> {
    wording::file(&entry.finding)
}

/// What the first place says that says it at all: few have a path, a name and an address.
fn first(entry: &Entry, say: impl Fn(&Location) -> Option<&Text>) -> String {
    let said = entry.finding.locations.iter().find_map(say);
    said.map(csv).unwrap_or_default()
}

fn sightings(entry: &Entry) -> String {
    let sightings = &entry.finding.sightings;
    let mut shown: Vec<_> = sightings
        .iter()
        .map(|Sighting { place, scanner: _ }| {
            format!("{} {}", csv(&place.report.path), csv(&place.at))
        })
        .collect();
    if sightings.more() {
        shown.push("…".to_owned());
    }
    shown.join("; ")
}

fn why(entry: &Entry, about: About) -> String {
    wording::chosen(entry, about)
        .map(|why| wording::reason(why, escape::csv))
        .unwrap_or_default()
}
