//! Rows of findings: when each is due, how bad it is, what it is called, and below that where it is and what is wrong.

use std::borrow::Cow;
use std::io;

use jiff::{SignedDuration, Timestamp};

use super::escape::{fit, fit_end, terminal, width};
use super::named::Named;
use super::page::{Role, Sheet, Span};
use super::table::{GAP, Sort, Table, share};
use super::wording;
use crate::model::{By, Deadline, Entry, Severity, Status, Text};

/// What came back after it was fixed.
const REOPENED: &str = "reopened";
/// Blanks before what is said below a row: dates stand out at its left.
pub(crate) const INDENT: &str = "            ";
/// The widest page on which what came back is told below its row, so that names keep a place beside its date.
const NARROW: usize = 71;
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
    is_reopened: bool,
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
        Self {
            due,
            distance,
            is_reopened: finding.is_reopened() && assessment.status.is_due(),
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
            title: shown(finding.title.as_ref()),
        }
    }

    /// A finding of which only the names are known.
    pub(crate) fn named(finding: &Named, standing: Standing<'_>, as_of: Timestamp) -> Self {
        let (due, distance, urgency) = when(standing, as_of);
        Self {
            due,
            distance,
            is_reopened: finding.is_reopened && standing.status.is_due(),
            urgency,
            severity: standing.severity,
            name: terminal(&finding.name).into_owned(),
            app: terminal(&finding.app).into_owned(),
            digits: wording::digits(&finding.fingerprint),
            place: shown(finding.place.as_ref()),
            title: shown(finding.title.as_ref()),
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

    fn cells(&self, is_narrow: bool) -> [Span<'_>; 5] {
        let mut distance = Cow::Borrowed(self.distance.as_str());
        if self.is_reopened && !is_narrow {
            // An old clock runs on, and a date long past would surprise.
            let comma = if distance.is_empty() { "" } else { ", " };
            distance.to_mut().extend([comma, REOPENED]);
        }
        [
            self.urgency.of(self.due.as_str()),
            self.urgency.of(distance),
            Role::Level(self.severity).of(self.severity.name()),
            Role::Heading.of(self.name.as_str()),
            Span::from(self.app.as_str()),
        ]
    }
}

fn shown(words: Option<&Text>) -> String {
    words.map_or_else(String::new, |words| terminal(words).into_owned())
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
            (by(due.by), wording::distance(due, as_of), urgency)
        }
    }
}

/// A day, or a minute where the term has hours.
fn by(by: By) -> String {
    match by {
        By::Day(_) => by.to_string(),
        By::Time(time) => time.strftime("%Y-%m-%d %H:%MZ").to_string(),
    }
}

/// The columns of several findings.
#[derive(Debug)]
pub(crate) struct Rows {
    table: Table,
    is_narrow: bool,
}

impl Rows {
    /// Columns that fit these rows into a page. The rows are looked at one by one, and not kept.
    pub(crate) fn fitting(rows: impl Iterator<Item = Row>, columns: usize) -> Self {
        let mut table = Table::new(&[
            ("due", Sort::Whole),
            ("when", Sort::Whole),
            ("severity", Sort::Whole),
            ("finding", Sort::Cut(3)),
            ("app", Sort::CutStart(2)),
        ]);
        let is_narrow = columns <= NARROW;
        for row in rows {
            table.measure(&row.cells(is_narrow));
        }
        table.settle(columns);
        Self { table, is_narrow }
    }

    /// The titles of the columns.
    pub(crate) fn header(&self, sheet: &mut Sheet<'_>) -> io::Result<()> {
        self.table.header(sheet)
    }

    /// Two lines. The second begins with the digits that name the finding, so that no outer word begins a line.
    pub(crate) fn write(&self, row: &Row, sheet: &mut Sheet<'_>) -> io::Result<()> {
        self.table.row(&row.cells(self.is_narrow), sheet)?;
        let taken = INDENT.len() + row.digits.len() + 2 * GAP;
        let mut room = sheet.page.columns.saturating_sub(taken);
        if row.place.is_empty() || row.title.is_empty() {
            room += GAP;
        }
        let (mut place, mut title) = (width(&row.place), width(&row.title));
        share(&mut [(1, &mut place), (1, &mut title)], room);
        let mut spans = vec![Span::from(INDENT), Role::Faint.of(row.digits.as_str())];
        let cells = [fit_place(&row.place, place), fit(&row.title, title)];
        for words in cells.into_iter().filter(|words| !words.is_empty()) {
            spans.extend([Span::from(" ".repeat(GAP)), Span::from(words)]);
        }
        sheet.line(spans)?;
        if row.is_reopened && self.is_narrow {
            Self::below(REOPENED, sheet)?;
        }
        Ok(())
    }

    /// A line below a row, cut at the edge of the page.
    pub(crate) fn below(words: &str, sheet: &mut Sheet<'_>) -> io::Result<()> {
        sheet.line([Span::from(INDENT), Role::Faint.of(words)])
    }
}

/// Cuts a place where it says least: a package at its versions, a path at its start.
fn fit_place(place: &str, columns: usize) -> Cow<'_, str> {
    if place.starts_with("pkg:") {
        return fit(place, columns);
    }
    // `a.js:3 and 2 more`
    let more = place.rsplit_once(" and ").map(|(_, more)| more);
    let more = more.filter(|more| more.ends_with(" more"));
    let (path, more) =
        place.split_at(place.len() - more.map_or(0, |more| more.len() + " and ".len()));
    if columns < 2 * width(more) {
        return fit_end(path, columns);
    }
    Cow::Owned(format!("{}{more}", fit_end(path, columns - width(more))))
}

#[cfg(test)]
mod tests {
    use super::fit_place;

    #[test]
    fn a_place_is_cut_where_it_says_least() {
        let path = "elfie-arriba/XForm/node_modules/key.pem:3";
        assert_eq!(fit_place(path, 20), "…e_modules/key.pem:3");
        assert_eq!(
            fit_place("pkg:npm/lodash 4.17.15, 4.17.4", 20),
            "pkg:npm/lodash 4.17…"
        );
        let several = "src/panel/render.js:88 and 2 more";
        assert_eq!(fit_place(several, 40), several);
        assert_eq!(fit_place(several, 30), "…panel/render.js:88 and 2 more");
        assert_eq!(fit_place(several, 15), "…l/render.js:88");
    }
}
