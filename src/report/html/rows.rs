//! The rows of the table: one line of JSON for each finding, with numbers for what many say alike.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::ser::{Serialize, SerializeSeq, Serializer};

use super::pool::Pool;
use super::words;
use crate::model::{Entry, Kind, Report, Score, Severity, Status};
use crate::report::escape::html;
use crate::report::wording;

/// What rows say by number. `table.js` reads it after the rows.
#[derive(Debug, serde::Serialize)]
pub(super) struct Words<'a> {
    severities: [&'static str; 6],
    statuses: [&'static str; 4],
    standings: Pool<String>,
    kinds: [&'static str; 6],
    baselines: Pool<&'static str>,
    apps: Pool<Cow<'a, str>>,
    titles: Pool<Cow<'a, str>>,
    tools: Pool<Vec<String>>,
    dues: Pool<Due>,
}

/// A due date: for people, how far it is, when it ends in seconds, whether that is past, and in how many days it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
struct Due(String, String, i64, bool, i32);

impl Words<'_> {
    pub(super) fn new() -> Self {
        Self {
            severities: Severity::ALL.map(Severity::name),
            statuses: Status::ALL.map(Status::name),
            standings: Pool::default(),
            kinds: Kind::ALL.map(Kind::name),
            baselines: Pool::default(),
            apps: Pool::default(),
            titles: Pool::default(),
            tools: Pool::default(),
            dues: Pool::default(),
        }
    }
}

/// One finding in the table. The order of the members is that of `FIELDS` in `table.js`.
#[derive(Debug)]
pub(super) struct Row {
    id: String,
    severity: usize,
    score: Option<f64>,
    status: usize,
    standing: usize,
    due: Option<usize>,
    app: usize,
    name: String,
    place: String,
    title: usize,
    tools: usize,
    kind: usize,
    baseline: Option<usize>,
    seen: String,
    owners: String,
    tags: String,
    tickets: String,
    fixed_in: String,
    others: String,
}

impl Row {
    /// The row of a finding, whose common words go into `words`.
    pub(super) fn of<'a>(entry: &'a Entry, report: &Report, words: &mut Words<'a>) -> Self {
        let (finding, assessment) = (&*entry.finding, &entry.assessment);
        let title = finding.title.as_ref().map(html).unwrap_or_default();
        let due = assessment.running_due().map(|due| {
            words.dues.number(Due(
                due.by.to_string(),
                wording::far(finding, due, report.as_of),
                due.ends.as_second(),
                due.ends <= report.as_of,
                super::days_until(due.by, report.as_of),
            ))
        });
        let name = wording::name(finding, html);
        let package = finding.package.as_deref();
        Self {
            id: wording::digits(&entry.fingerprint),
            severity: at(&Severity::ALL, &assessment.severity),
            score: assessment.score.map(Score::value),
            status: at(&Status::ALL, &assessment.status),
            standing: words.standings.number(standing(entry)),
            due,
            app: words.apps.number(html(&finding.app)),
            place: wording::place(finding, html).unwrap_or_default(),
            title: words.titles.number(title),
            tools: words.tools.number(wording::scanners(finding, html)),
            kind: at(&Kind::ALL, &finding.kind),
            baseline: finding
                .baseline
                .map(|state| words.baselines.number(state.name())),
            seen: entry
                .first_seen
                .as_ref()
                .map_or_else(String::new, |first| wording::utc_day(first.at).to_string()),
            owners: wording::owners(finding, html).unwrap_or_default(),
            tags: tags(entry),
            tickets: wording::tickets(entry, html).join(", "),
            fixed_in: package.map_or_else(String::new, |package| {
                wording::some(&package.fixed_in, html)
            }),
            others: others(entry, &name),
            name,
        }
    }
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self {
            id,
            severity,
            score,
            status,
            standing,
            due,
            app,
            name,
            place,
            title,
            tools,
            kind,
            baseline,
            seen,
            owners,
            tags,
            tickets,
            fixed_in,
            others,
        } = self;
        let mut row = serializer.serialize_seq(None)?;
        row.serialize_element(id)?;
        row.serialize_element(severity)?;
        row.serialize_element(score)?;
        row.serialize_element(status)?;
        row.serialize_element(standing)?;
        row.serialize_element(due)?;
        row.serialize_element(app)?;
        row.serialize_element(name)?;
        row.serialize_element(place)?;
        row.serialize_element(title)?;
        row.serialize_element(tools)?;
        row.serialize_element(kind)?;
        row.serialize_element(baseline)?;
        row.serialize_element(seen)?;
        row.serialize_element(owners)?;
        row.serialize_element(tags)?;
        row.serialize_element(tickets)?;
        row.serialize_element(fixed_in)?;
        row.serialize_element(others)?;
        row.end()
    }
}

/// Where it stands in words, and that it came back, where no date is there to say so.
fn standing(entry: &Entry) -> String {
    let assessment = &entry.assessment;
    let is_said = assessment.running_due().is_some() || !assessment.status.is_due();
    let reopened = if is_said {
        ""
    } else {
        wording::reopened(&entry.finding)
    };
    wording::status(entry) + reopened
}

/// The place of a member in the list of all; each is in it.
fn at<T: PartialEq>(all: &[T], member: &T) -> usize {
    all.iter().position(|known| known == member).unwrap_or(0)
}

/// What sources and policies tag it with, and whether it is known to be exploited.
fn tags(entry: &Entry) -> String {
    let mut tags: BTreeSet<String> = words::list(entry.finding.marks()).into_iter().collect();
    tags.extend(wording::policy_tags(entry, html));
    if wording::is_exploited(&entry.finding) {
        tags.insert("KEV".to_owned());
    }
    tags.into_iter().collect::<Vec<_>>().join(", ")
}

/// By what else a reader may look for it: other ids, its rule, its weaknesses.
fn others(entry: &Entry, name: &str) -> String {
    let finding = &entry.finding;
    let rule = [&finding.rule.id, &finding.rule.name];
    let all = finding.ids.iter().chain(rule.into_iter().flatten());
    let mut all = words::list(all.chain(&finding.weaknesses));
    all.retain(|other| other != name);
    all.dedup();
    all.join(" ")
}
