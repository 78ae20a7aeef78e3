//! Rows of findings: when each is due, how bad it is, what it is called, and below that where it is and what is wrong.

use std::io;

use jiff::{SignedDuration, Timestamp};

use super::escape::{terminal, width};
use super::named::Named;
use super::page::{Role, Sheet, Span};
use super::table::{GAP, Sort, Table, shares};
use super::wording;
use crate::model::{Deadline, Entry, Severity, Status};

/// From when on a deadline is near.
const NEAR: SignedDuration = SignedDuration::from_hours(72);

/// Where a finding stands, as far as a row says it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing<'a> {
    pub(crate) severity: Severity,
    pub(crate) status: Status,
    pub(crate) due: Option<&'a Deadline>,
}

/// What the rows say of one finding, escaped.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    due: String,
    distance: String,
    urgency: Role,
    severity: Severity,
    pub(crate) name: String,
    pub(crate) app: String,
    digits: String,
    place: String,
    title: String,
}

impl Row {
    /// An entry of a report.
    pub(crate) fn of(entry: &Entry, as_of: Timestamp) -> Self {
        let finding = &entry.finding;
        let assessment = &entry.assessment;
        let standing = Standing {
            severity: assessment.severity,
            status: assessment.status,
            due: assessment.due(),
        };
        let (due, mut distance, urgency) = when(standing, as_of);
        let suppressed = assessment.suppressed.as_deref();
        let until = suppressed.and_then(|suppressed| suppressed.until);
        if let (Status::Suppressed, Some(until)) = (assessment.status, until) {
            distance = format!("until {until}");
        }
        let place = wording::place(finding, terminal).unwrap_or_default();
        let title = finding
            .title
            .as_ref()
            .map(|title| terminal(title).into_owned());
        Self {
            due,
            distance,
            urgency,
            severity: assessment.severity,
            name: format!(
                "{}{}",
                wording::name(finding, terminal),
                wording::mark(finding)
            ),
            app: terminal(&finding.app).into_owned(),
            digits: wording::digits(&entry.fingerprint),
            place,
            title: title.unwrap_or_default(),
        }
    }

    /// A finding of which only the names are known.
    pub(crate) fn named(finding: &Named, standing: Standing<'_>, as_of: Timestamp) -> Self {
        let (due, distance, urgency) = when(standing, as_of);
        let place = finding
            .place
            .as_ref()
            .map(|place| terminal(place).into_owned());
        let title = finding
            .title
            .as_ref()
            .map(|title| terminal(title).into_owned());
        Self {
            due,
            distance,
            urgency,
            severity: standing.severity,
            name: terminal(&finding.name).into_owned(),
            app: terminal(&finding.app).into_owned(),
            digits: wording::digits(&finding.fingerprint),
            place: place.unwrap_or_default(),
            title: title.unwrap_or_default(),
        }
    }

    /// One that is not there any more.
    pub(crate) fn gone(finding: &Named, severity: Severity, as_of: Timestamp) -> Self {
        let standing = Standing {
            severity,
            status: Status::Fixed,
            due: None,
        };
        Self {
            due: "gone".to_owned(),
            ..Self::named(finding, standing, as_of)
        }
    }

    fn cells(&self) -> [Span<'_>; 5] {
        [
            self.urgency.of(self.due.as_str()),
            self.urgency.of(self.distance.as_str()),
            Role::Level(self.severity).of(self.severity.name()),
            Role::Heading.of(self.name.as_str()),
            Span::from(self.app.as_str()),
        ]
    }
}

/// When a fix is due, how far that is, and whether it is near. Where no clock runs, what stands instead of it.
fn when(standing: Standing<'_>, as_of: Timestamp) -> (String, String, Role) {
    let none = |word: &str| (word.to_owned(), String::new(), Role::Faint);
    match (standing.status.is_due(), standing.due) {
        (false, _) => none(standing.status.name()),
        (true, None) => none("no date"),
        (true, Some(due)) => {
            let urgency = match as_of.duration_until(due.ends) {
                left if left <= SignedDuration::ZERO => Role::Bad,
                left if left <= NEAR => Role::Doubt,
                _ => Role::Plain,
            };
            (due.by.to_string(), wording::distance(due, as_of), urgency)
        }
    }
}

/// The columns of several findings.
#[derive(Debug)]
pub(crate) struct Rows {
    table: Table,
}

impl Rows {
    /// Columns that fit these rows into a page. The rows are looked at one by one, and not kept.
    pub(crate) fn fitting(rows: impl Iterator<Item = Row>, columns: usize) -> Self {
        let mut table = Table::new(&[
            ("due", Sort::Whole),
            ("when", Sort::Whole),
            ("severity", Sort::Whole),
            ("finding", Sort::Cut),
            ("app", Sort::Cut),
        ]);
        for row in rows {
            table.measure(&row.cells());
        }
        table.settle(columns);
        Self { table }
    }

    /// The titles of the columns.
    pub(crate) fn header(&self, sheet: &mut Sheet<'_>) -> io::Result<()> {
        self.table.header(sheet)
    }

    /// Blanks before what is said below a row.
    pub(crate) fn indent(&self) -> String {
        " ".repeat(self.table.width(0) + GAP)
    }

    /// Two lines. The second begins with the digits that name the finding, so that no outer word begins a line.
    pub(crate) fn write(&self, row: &Row, sheet: &mut Sheet<'_>) -> io::Result<()> {
        self.table.row(&row.cells(), sheet)?;
        let indent = self.indent();
        let taken = indent.len() + row.digits.len() + 2 * GAP;
        let mut room = sheet.page.columns.saturating_sub(taken);
        if row.place.is_empty() || row.title.is_empty() {
            room += GAP;
        }
        let shares = shares(&[width(&row.place), width(&row.title)], room);
        let mut spans = vec![Span::from(indent), Role::Faint.of(row.digits.as_str())];
        for (words, share) in [&row.place, &row.title].into_iter().zip(shares) {
            if !words.is_empty() {
                let words = super::escape::fit(words, share);
                spans.extend([Span::from(" ".repeat(GAP)), Span::from(words)]);
            }
        }
        sheet.line(spans)
    }

    /// A line below a row, cut at the edge of the page.
    pub(crate) fn below(&self, words: &str, sheet: &mut Sheet<'_>) -> io::Result<()> {
        sheet.line([Span::from(self.indent()), Role::Faint.of(words)])
    }
}
