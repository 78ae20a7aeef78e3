//! What the templates show, and the policy that keeps anything else from running.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::overview::{Overview, Urgent};
use super::short;
use crate::model::{InputRecord, Report, Summary, Text};
use crate::report::View;
use crate::report::escape::html;
use crate::report::wording;

/// How many inputs, rejected records and entries of triage files are listed.
const LISTED: usize = 2000;

const STYLE: &str = include_str!("report.css");
/// Runs first, so that the pages do not jump.
const FIRST: &str = include_str!("first.js");
/// Run when the rows are there, each in an element of its own.
const SCRIPTS: [&str; 4] = [
    include_str!("dom.js"),
    include_str!("table.js"),
    include_str!("detail.js"),
    include_str!("main.js"),
];

/// The source of a content security policy that allows exactly these words (CSP level 3 section 2.3.1).
fn source(words: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(words)))
}

/// Nothing is loaded from anywhere, and of what stands in the page only our own style and scripts count.
pub(super) static SECURITY: LazyLock<String> = LazyLock::new(|| {
    let scripts = [FIRST].into_iter().chain(SCRIPTS).map(source);
    format!(
        "default-src 'none'; style-src {}; script-src {}; img-src data:; base-uri 'none'; form-action 'none'",
        source(STYLE),
        scripts.collect::<Vec<_>>().join(" ")
    )
});

/// All that stands before the rows of the table: the pages that need no script.
#[derive(Template)]
#[template(path = "page.html")]
pub(super) struct BeforeRows<'a> {
    report: &'a Report,
    view: &'a View,
    summary: Summary,
    overview: Overview,
    security: &'static str,
    style: &'static str,
    first: &'static str,
    /// The longest list of inputs, records or entries.
    limit: usize,
}

#[derive(Template)]
#[template(path = "words.html")]
pub(super) struct BeforeWords;

#[derive(Template)]
#[template(path = "scripts.html")]
pub(super) struct BeforeDetails {
    scripts: [&'static str; 4],
}

impl BeforeDetails {
    pub(super) const fn new() -> Self {
        Self { scripts: SCRIPTS }
    }
}

#[derive(Template)]
#[template(path = "shared.html")]
pub(super) struct BeforeShared;

#[derive(Template)]
#[template(path = "end.html")]
pub(super) struct End;

/// An input as a row of a table.
struct InputRow {
    outcome: &'static str,
    path: String,
    scanner: String,
    format: String,
    scanned: String,
    ledger: String,
    notes: Vec<String>,
}

/// A time to the second, as a table has room for it.
fn seconds(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

impl<'a> BeforeRows<'a> {
    pub(super) fn of(report: &'a Report, view: &'a View) -> Self {
        Self {
            report,
            view,
            summary: report.summary(),
            overview: Overview::of(report),
            security: &SECURITY,
            style: STYLE,
            first: FIRST,
            limit: LISTED,
        }
    }

    fn verdict(&self) -> String {
        wording::verdict(self.report, &self.summary)
    }

    /// That findings were left out of the page.
    fn part(&self) -> Option<String> {
        self.view.part.as_ref().map(|part| part.words(html))
    }

    /// How the verdict is marked: `late`, `doubt` or `fine`. Fine is only what was read and is shown in full, and of
    /// which at least one finding has a date to be held, if any is open.
    fn mood(&self) -> &'static str {
        let is_undated = self.open() > 0 && self.overview.undated == self.open();
        let is_doubted = self.report.inputs.is_empty()
            || self.troubled().next().is_some()
            || self.view.part.is_some()
            || is_undated;
        match (self.summary.overdue, is_doubted) {
            (1.., _) => "late",
            (0, true) => "doubt",
            (0, false) => "fine",
        }
    }

    fn ledger(&self) -> String {
        wording::ledger(self.report)
    }

    fn open(&self) -> u64 {
        self.summary.open.values().sum()
    }

    /// The names of the policies, as far as a line has room for them.
    fn policies(&self) -> String {
        let names = self.report.policies.iter();
        let names: Vec<_> = names.map(|policy| html(&policy.name)).collect();
        short(&names.join(", "))
    }

    /// The conditions that fail the build, and of what each holds.
    fn failing(&self) -> Vec<(Cow<'_, str>, String)> {
        let mut conditions = BTreeMap::<&Text, u64>::new();
        for condition in self.view.failing.values().flatten() {
            *conditions.entry(condition).or_default() += 1;
        }
        let holds = |(words, count): (&'a Text, u64)| {
            (
                html(words),
                format!("holds for {}", wording::count(count, "finding")),
            )
        };
        let inputs = self.view.failing_inputs.iter();
        let inputs = inputs.map(|words| (html(words), "holds".to_owned()));
        conditions.into_iter().map(holds).chain(inputs).collect()
    }

    fn troubled(&self) -> impl Iterator<Item = &InputRecord> {
        wording::troubled(self.report)
    }

    fn troubled_inputs(&self) -> Vec<InputRow> {
        self.troubled().take(LISTED).map(Self::input).collect()
    }

    fn troubled_count(&self) -> usize {
        self.troubled().count()
    }

    fn inputs(&self) -> impl Iterator<Item = InputRow> {
        self.report.inputs.iter().take(LISTED).map(Self::input)
    }

    fn input(input: &InputRecord) -> InputRow {
        let outer = |text: &Option<Text>| text.as_ref().map(|text| html(text).into_owned());
        let version = outer(&input.scanner_version).unwrap_or_default();
        let scanner = outer(&input.scanner);
        let scanner = scanner.map(|name| format!("{name} {version}").trim_end().to_owned());
        let ledger = input.ledger;
        let mut notes: Vec<_> = input
            .notes_in_turn()
            .map(|note| html(note).into_owned())
            .collect();
        if ledger.rejected > 0 {
            notes.insert(0, wording::rejected(input));
        }
        InputRow {
            outcome: input.outcome.name(),
            path: html(&input.id.path).into_owned(),
            scanner: scanner.unwrap_or_default(),
            format: outer(&input.format).unwrap_or_default(),
            scanned: input.scanned.map_or_else(String::new, seconds),
            ledger: format!(
                "{} = {} + {} + {} + {}",
                ledger.records, ledger.findings, ledger.folded, ledger.passed, ledger.rejected
            ),
            notes,
        }
    }

    fn rejected(&self) -> u64 {
        wording::rejects(self.report)
    }

    fn rejects(&self) -> impl Iterator<Item = (String, String, String)> {
        let rejects = self.report.rejects.iter().take(LISTED);
        rejects.map(|reject| {
            let (path, at) = (&reject.place.report.path, &reject.place.at);
            let words = |text| html(text).into_owned();
            (words(path), words(at), words(&reject.reason))
        })
    }

    /// Policies with their source, their digest, and how many due dates of open findings they set.
    fn policy_rows(&self) -> impl Iterator<Item = (String, String, String, u64)> {
        self.report.policies.iter().map(|policy| {
            let source = policy.source.as_ref().map(html).unwrap_or_default();
            let set = self.overview.policies.get(&policy.name).copied();
            (
                html(&policy.name).into_owned(),
                source.into_owned(),
                html(&policy.digest).into_owned(),
                set.unwrap_or(0),
            )
        })
    }

    /// Due dates that no policy of the report sets, but tickets.
    fn other_dates(&self) -> Option<String> {
        let is_policy = |name: &Text| {
            self.report
                .policies
                .iter()
                .any(|policy| policy.name == *name)
        };
        let dates = self.overview.policies.iter();
        let others = dates
            .filter(|(name, _)| !is_policy(name))
            .map(|(_, count)| count)
            .sum();
        (others > 0).then(|| wording::count(others, "other date"))
    }

    /// Entries of triage files: where, what, until when, how many findings, and what to know.
    fn triage(&self) -> impl Iterator<Item = (String, String, String, u64, String)> {
        self.report.triage.iter().take(LISTED).map(|row| {
            (
                format!("{} line {}", html(&row.source), row.line),
                html(&row.entry).into_owned(),
                row.until.map_or_else(String::new, |day| day.to_string()),
                row.findings,
                row.note.as_ref().map(html).unwrap_or_default().into_owned(),
            )
        })
    }

    /// Each list of urgent findings with its title, and where the rest of it is.
    fn urgent(&self) -> [(&'static str, &[Urgent], u64, &'static str); 2] {
        let dated = self.open() - self.summary.overdue - self.overview.undated;
        [
            (
                "Overdue",
                &self.overview.overdue,
                self.summary.overdue,
                "due=overdue",
            ),
            ("Due next", &self.overview.next, dated, "due=0-"),
        ]
    }
}
