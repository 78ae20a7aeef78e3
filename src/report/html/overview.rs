//! What is open, overdue and due next, counted once over the report.

use std::collections::BTreeMap;

use super::chart::{Bars, Columns, Count, Levels};
use super::{days_until, sentence, short};
use crate::model::{About, Duty, Entry, Report, Severity, Status, Text};
use crate::report::escape::{fragment, html};
use crate::report::wording;

/// How many weeks ahead are shown.
const WEEKS: usize = 13;
/// How many apps and tools are shown, those with the most overdue first.
const BARS: usize = 12;
/// How many overdue findings, and how many that are due next, are listed.
const LISTED: usize = 8;
/// The last day of each age but the last, its label, and what is said of it.
const AGES: [(i64, &str, &str); 5] = [
    (7, "≤ 7 d", "at most 7 days old"),
    (30, "≤ 30 d", "more than 7 days old"),
    (90, "≤ 90 d", "more than 30 days old"),
    (180, "≤ 180 d", "more than 90 days old"),
    (365, "≤ 1 y", "more than 180 days old"),
];

/// The first page.
#[derive(Debug)]
pub(super) struct Overview {
    pub(super) severities: Bars,
    pub(super) weeks: Columns,
    pub(super) ages: Columns,
    pub(super) apps: Bars,
    pub(super) tools: Bars,
    /// How many are due today or in the next 7 days, in the next 30, and at no date. The last day counts, as it does in
    /// the condition `due<=+7d`.
    pub(super) soon: u64,
    pub(super) month: u64,
    pub(super) undated: u64,
    pub(super) overdue: Vec<Urgent>,
    pub(super) next: Vec<Urgent>,
    /// How many due dates each policy sets.
    pub(super) policies: BTreeMap<Text, u64>,
}

/// A finding in the lists of what is urgent.
#[derive(Debug)]
pub(super) struct Urgent {
    pub(super) id: String,
    pub(super) level: &'static str,
    pub(super) by: String,
    pub(super) distance: String,
    /// Where it stands, unless it is simply open.
    pub(super) standing: Option<String>,
    pub(super) app: String,
    pub(super) name: String,
    pub(super) place: String,
    pub(super) title: String,
    pub(super) why: String,
}

impl Urgent {
    fn of(entry: &Entry, report: &Report) -> Option<Self> {
        let due = entry.assessment.due()?;
        let finding = &entry.finding;
        let title = finding.title.as_ref().map(html).unwrap_or_default();
        let why = wording::chosen(entry, About::Duty(Duty::Fix));
        Some(Self {
            id: wording::digits(&entry.fingerprint),
            level: entry.assessment.severity.name(),
            by: due.by.to_string(),
            distance: wording::far(finding, due, report.as_of),
            standing: Some(wording::status(entry)).filter(|words| words != Status::Open.name()),
            app: short(&html(&finding.app)),
            name: short(&wording::name(finding, html)),
            place: short(&wording::place(finding, html).unwrap_or_default()),
            title: short(&title),
            why: why.map_or_else(String::new, |why| sentence(&wording::reason(why, html))),
        })
    }
}

#[derive(Default)]
struct Counts<'a> {
    severities: [Count; Severity::ALL.len()],
    late: Levels,
    weeks: [Levels; WEEKS],
    later: Levels,
    undated: Levels,
    soon: u64,
    month: u64,
    ages: [Levels; AGES.len() + 2],
    apps: BTreeMap<&'a Text, Count>,
    tools: BTreeMap<&'a Text, Count>,
    policies: BTreeMap<Text, u64>,
}

impl<'a> Counts<'a> {
    fn add(&mut self, entry: &'a Entry, report: &Report) {
        let assessment = &entry.assessment;
        let is_overdue = assessment.overdue(report.as_of);
        let levels = Severity::ALL.into_iter();
        let level = levels
            .take_while(|level| *level != assessment.severity)
            .count();
        let count = |levels: &mut Levels| {
            if let Some(count) = levels.get_mut(level) {
                *count += 1;
            }
        };
        if let Some(count) = self.severities.get_mut(level) {
            count.add(is_overdue);
        }
        let days = assessment
            .due()
            .map(|due| days_until(due.by, report.as_of).max(0));
        match days.and_then(|days| usize::try_from(days / 7).ok()) {
            _ if is_overdue => count(&mut self.late),
            None => count(&mut self.undated),
            Some(week) => count(self.weeks.get_mut(week).unwrap_or(&mut self.later)),
        }
        let is_within = |last| !is_overdue && days.is_some_and(|days| days <= last);
        self.soon += u64::from(is_within(7));
        self.month += u64::from(is_within(30));
        if let Some(due) = assessment.due() {
            *self.policies.entry(due.policy.clone()).or_default() += 1;
        }
        let age = entry.first_seen.as_ref().map(|first| {
            let days = report.as_of.duration_since(first.at).as_hours() / 24;
            AGES.iter().take_while(|(last, ..)| days > *last).count()
        });
        if let Some(levels) = self.ages.get_mut(age.unwrap_or(AGES.len() + 1)) {
            count(levels);
        }
        self.apps
            .entry(&entry.finding.app)
            .or_default()
            .add(is_overdue);
        let mut tools: Vec<_> = entry.finding.sightings.iter().collect();
        tools.sort_unstable_by_key(|sighting| &sighting.scanner);
        tools.dedup_by_key(|sighting| &sighting.scanner);
        for tool in tools {
            self.tools.entry(&tool.scanner).or_default().add(is_overdue);
        }
    }
}

impl Overview {
    pub(super) fn of(report: &Report) -> Self {
        let mut counts = Counts::default();
        for entry in wording::running(report) {
            counts.add(entry, report);
        }
        let is_late = |entry: &&Entry| entry.assessment.overdue(report.as_of);
        let urgent = |entry: &Entry| Urgent::of(entry, report);
        let total = |levels: &Levels| levels.iter().sum();
        Self {
            soon: counts.soon,
            month: counts.month,
            undated: total(&counts.undated),
            overdue: wording::running(report)
                .filter(is_late)
                .filter_map(urgent)
                .take(LISTED)
                .collect(),
            next: wording::running(report)
                .filter(|entry| !is_late(entry))
                .filter_map(urgent)
                .take(LISTED)
                .collect(),
            severities: severities(&counts),
            weeks: weeks(&counts, report),
            ages: ages(&counts),
            apps: most(&counts.apps, "app"),
            tools: most(&counts.tools, "tool"),
            policies: counts.policies,
        }
    }
}

fn severities(counts: &Counts<'_>) -> Bars {
    let levels = Severity::ALL.into_iter().zip(counts.severities);
    let bar = |(level, count): (Severity, Count)| {
        let name = level.name();
        let filter = format!("status=due&severity={name}");
        (name.to_owned(), Some(name), filter, count)
    };
    Bars::of(levels.map(bar), 0)
}

/// What is overdue, what is due in each of the next weeks, and what after them.
fn weeks(counts: &Counts<'_>, report: &Report) -> Columns {
    let today = wording::utc_day(report.as_of);
    let week = |(number, levels): (i32, &Levels)| {
        let first = today.checked_add(jiff::Span::new().days(7 * number));
        let (label, name) = match first {
            Ok(day) => (
                day.strftime("%m-%d").to_string(),
                format!("due in the week from {day}"),
            ),
            Err(_) => (
                format!("week {}", number + 1),
                "due in that week".to_owned(),
            ),
        };
        let filter = format!("due={}-{}", 7 * number, 7 * number + 6);
        (label, name, Some(filter), *levels)
    };
    let end = |label: &str, name: &str, filter: String, levels| {
        (label.to_owned(), name.to_owned(), Some(filter), levels)
    };
    let late = end(
        "overdue",
        "past the date",
        "due=overdue".to_owned(),
        counts.late,
    );
    let later = end(
        "later",
        "due after these weeks",
        format!("due={}-", 7 * WEEKS),
        counts.later,
    );
    let weeks = (0..).zip(&counts.weeks).map(week);
    Columns::of([late].into_iter().chain(weeks).chain([later]), true)
}

fn ages(counts: &Counts<'_>) -> Columns {
    let names = AGES.iter().map(|(_, label, name)| (*label, *name));
    let names = names
        .chain([
            ("> 1 y", "more than a year old"),
            ("unknown", "first seen at an unknown time"),
        ])
        .zip(counts.ages);
    let column = |((label, name), levels): ((&str, &str), _)| {
        (label.to_owned(), name.to_owned(), None, levels)
    };
    Columns::of(names.map(column), false)
}

/// The names with the most overdue findings, then with the most open ones.
fn most(counts: &BTreeMap<&Text, Count>, field: &str) -> Bars {
    let mut counts: Vec<_> = counts.iter().collect();
    // A stable sort: equals stay in the order of their names.
    counts.sort_by_key(|(_, count)| std::cmp::Reverse((count.overdue, count.open)));
    let more = counts.len().saturating_sub(BARS);
    let bar = |(name, count): (&&Text, &Count)| {
        let label = if name.is_empty() {
            "no name".to_owned()
        } else {
            short(&html(name))
        };
        let filter = format!("status=due&{field}={}", fragment(name));
        (label, None, filter, *count)
    };
    Bars::of(counts.into_iter().take(BARS).map(bar), more)
}
