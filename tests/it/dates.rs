//! When things are due: a table that Python worked out, and what the built-in policies promise.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use scanfold::model::{
    Assessment, By, Claim, Deadline, Duty, Finding, InputId, Kev, KevDue, KevEntry, Kind, Moment,
    Place, Promise, Severity, Text, Ticket, TicketState,
};
use scanfold::policy::{Engine, Limit, Policy, Term, Unit, presets};

/// Written by `tests/dates.py`, which knows nothing of this program and tells what the columns are.
const TABLE: &str = include_str!("dates.tsv");

type Row<'a> = BTreeMap<&'a str, &'a str>;

fn rows() -> Vec<Row<'static>> {
    let mut lines = TABLE.lines();
    let columns: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let rows = lines.map(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        assert_eq!(fields.len(), columns.len(), "{line}");
        columns.iter().copied().zip(fields).collect()
    });
    rows.collect()
}

/// The dated versions of a row's term; one without a date when there is but one.
fn versions<'a>(row: &Row<'a>) -> Vec<(Option<&'a str>, &'a str)> {
    let one = |version: &'a str| match version.split_once(": ") {
        Some((from, term)) => (Some(from), term),
        None => (None, version),
    };
    row["term"].split(" | ").map(one).collect()
}

/// The policy of a row. Levels that are not the finding's have another term, so that a wrong one shows.
fn policy(row: &Row<'_>) -> String {
    let mut text = "version = 1\nname = \"case\"\nunknown = \"high\"\n".to_owned();
    if !row["loosening"].is_empty() {
        text += "allow-loosening = true\nloosening-reason = \"new terms\"\n";
    }
    let listed = |words: &str, quote: &str| {
        let words: Vec<String> = words
            .split(' ')
            .filter(|word| !word.is_empty())
            .map(|word| format!("{quote}{word}{quote}"))
            .collect();
        format!("[{}]", words.join(", "))
    };
    let (which, planned) = match row["maintenance"].split_once(' ') {
        Some((which, planned)) => (which, planned),
        None => ("earlier", ""),
    };
    write!(
        text,
        "[calendar]\ntimezone = \"{}\"\nholidays = {}\nmaintenance = \"{which}\"\nmaintenance-dates = {}\n",
        row["zone"],
        listed(row["holidays"], ""),
        listed(planned, ""),
    )
    .unwrap();
    if !row["work_week"].is_empty() {
        let days = listed(row["work_week"], "\"");
        writeln!(text, "work-week = {days}").unwrap();
    }
    let level = match row["severity"] {
        "unknown" => "high",
        level => level,
    };
    for (from, term) in versions(row) {
        match from {
            Some(from) => writeln!(text, "[[edition]]\neffective = {from}\n[edition.fix]"),
            None => writeln!(text, "[fix]"),
        }
        .unwrap();
        writeln!(text, "all = \"1 hour\"\n{level} = \"{term}\"").unwrap();
    }
    text
}

fn time(words: &str) -> Timestamp {
    words.parse().unwrap()
}

/// A finding of code that one scanner rated.
fn rated(first_seen: &str, severity: &str) -> Finding {
    let report = InputId {
        path: Text::line("report.json"),
        digest: Text::default(),
    };
    let place = Place {
        report: Arc::new(report),
        at: Text::line("/vulns/0"),
    };
    let mut finding = Finding::new(Kind::Code, Text::line("com.harborapps.queue-board"));
    let source = "scan time of report.json";
    finding.first_seen = Some(Moment::new(time(first_seen), source));
    let claim = Claim::word(&Text::line("CodeQL"), severity, &place);
    finding.claims.insert(claim);
    finding
}

/// What the catalogue says: `not listed`, `listed DAY` or `listed DAY due DAY`; nothing when nobody looked.
fn look_up(finding: &mut Finding, words: &str) {
    let words: Vec<&str> = words.split(' ').collect();
    let listed = match words[..] {
        [""] => return,
        ["not", "listed"] => None,
        ["listed", added] => Some((added, None)),
        ["listed", added, "due", due] => Some((added, Some(due))),
        _ => panic!("{words:?}"),
    };
    let listed = listed.map(|(added, due)| KevEntry {
        added: added.parse().unwrap(),
        id: Text::line("CVE-2026-0001"),
        due: due.map(|due| KevDue {
            day: due.parse().unwrap(),
            id: Text::line("CVE-2026-0001"),
        }),
        ransomware: false,
    });
    let catalogue = "2026-11-20".parse().unwrap();
    finding.note(|history| history.exploited.kev = Some(Kev { listed, catalogue }));
}

fn finding(row: &Row<'_>) -> Finding {
    let mut finding = rated(row["first_seen"], row["severity"]);
    look_up(&mut finding, row["kev"]);
    if let Some((by, ends)) = row["promise"].split_once('/') {
        let by = match by.parse() {
            Ok(time) if by.contains('T') => By::Time(time),
            _ => By::Day(by.parse().unwrap()),
        };
        let deadline = Deadline {
            ends: time(ends),
            by,
            policy: Text::line("case"),
        };
        let promise = Promise {
            deadline: Some(deadline),
            made: time(row["first_seen"]),
            loosened: None,
        };
        finding.note(|history| history.promise(Duty::Fix, promise));
    }
    finding
}

/// The ticket of a row, as a finding of its own that stands beside.
fn ticket(row: &Row<'_>) -> Option<Finding> {
    let due = row["ticket_due"];
    let due = (!due.is_empty()).then(|| due.parse().unwrap())?;
    let mut finding = Finding::new(Kind::Ticket, Text::line("com.harborapps.queue-board"));
    finding.ticket = Some(Box::new(Ticket {
        updated: None,
        key: Text::line("AMS-1"),
        state: TicketState::Open,
        status: None,
        due: Some(due),
        created: None,
        url: None,
        checks: [].into_iter().collect(),
        is_reopened: false,
    }));
    Some(finding)
}

#[test]
fn every_date_is_the_one_that_python_works_out() {
    let mut wrong = Vec::new();
    for row in rows() {
        let policy = Policy::parse("case.toml", &policy(&row))
            .unwrap_or_else(|error| panic!("{row:?}: {error}"));
        let ticket = ticket(&row);
        let tickets: Vec<&Finding> = ticket.iter().collect();
        let assessment =
            Engine::new(vec![policy], time(row["as_of"])).assess(&finding(&row), &tickets);
        let due = assessment.due();
        let told = due.map_or(("none".to_owned(), "none".to_owned()), |due| {
            (due.by.to_string(), due.ends.to_string())
        });
        if (told.0.as_str(), told.1.as_str()) != (row["by"], row["ends"]) {
            wrong.push(format!("{told:?} is not the date of {row:?}"));
        }
        if let Some(due) = due {
            let before = due.ends - SignedDuration::from_nanos(1);
            let overdue = (assessment.overdue(before), assessment.overdue(due.ends));
            assert_eq!(overdue, (false, true), "{row:?}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_has_every_kind_of_term_and_everything_that_moves_dates() {
    let rows = rows();
    assert!(rows.len() >= 150, "{}", rows.len());
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &rows {
        for (_, term) in versions(row) {
            // No arm for all others: a new kind of term has to be named here, and so has to have rows.
            let kind = match term.parse::<Term>().unwrap().limit {
                Limit::None => "none",
                Limit::SpanOrMaintenance(_) => "maintenance",
                Limit::KevDueOr(_) => "catalogue",
                Limit::Span(span) => match span.unit {
                    Unit::Hours => "hours",
                    Unit::Days => "days",
                    Unit::Weeks => "weeks",
                    Unit::Months => "months",
                    Unit::BusinessDays => "business days",
                },
            };
            *kinds.entry(kind).or_default() += 1;
        }
    }
    assert_eq!(kinds.len(), 8, "{kinds:?}");
    assert!(kinds.values().all(|&rows| rows >= 15), "{kinds:?}");
    for (column, values) in [
        ("zone", 9),
        ("severity", 6),
        ("holidays", 3),
        ("work_week", 4),
    ] {
        let mut known: Vec<&str> = rows.iter().map(|row| row[column]).collect();
        known.sort_unstable();
        known.dedup();
        assert!(known.len() >= values, "{column}: {known:?}");
    }
    for column in ["ticket_due", "promise", "loosening", "maintenance", "kev"] {
        let filled = rows.iter().filter(|row| !row[column].is_empty()).count();
        assert!(filled >= 5, "{column}: {filled}");
    }
}

/// Monday, so that business days are easy to count: 2 of them end on 11-04, 5 on 11-09.
const FIRST_SEEN: &str = "2026-11-02T10:00:00Z";

/// Policy, severity, what else is known, and by when to acknowledge, assess, fix and notify. Worked out by hand as the
/// published policies say; 28 days after 2026-11-02 is 11-30, 59 days 12-31, 90 days 2027-01-31, 175 days 2027-04-26.
#[rustfmt::skip]
const PROMISED: &[(&str, &str, &str, [&str; 4])] = &[
    // 4 weeks, 12 weeks (84 days) and 25 weeks (175 days).
    ("atlassian-marketplace-cloud", "critical", "", ["", "", "2026-11-12", ""]),
    ("atlassian-marketplace-cloud", "high", "", ["", "", "2026-11-30", ""]),
    ("atlassian-marketplace-cloud", "medium", "", ["", "", "2027-01-25", ""]),
    ("atlassian-marketplace-cloud", "low", "", ["", "", "2027-04-26", ""]),
    ("atlassian-marketplace-cloud", "info", "", ["", "", "", ""]),
    ("atlassian-marketplace-cloud", "unknown", "", ["", "", "2026-11-30", ""]),
    ("atlassian-marketplace-data-center", "critical", "", ["", "", "2027-01-25", ""]),
    ("atlassian-marketplace-data-center", "high", "", ["", "", "2027-01-25", ""]),
    ("atlassian-marketplace-data-center", "medium", "", ["", "", "2027-01-25", ""]),
    ("atlassian-marketplace-data-center", "low", "", ["", "", "2027-04-26", ""]),
    ("atlassian-marketplace-data-center", "info", "", ["", "", "", ""]),
    ("atlassian-marketplace-data-center", "unknown", "", ["", "", "2027-01-25", ""]),
    // Nobody says from where the app can be reached or what an attack gains: the strictest rows, three days.
    ("cisa-bod-26-04", "low", "", ["", "", "2026-11-05", ""]),
    ("cisa-bod-26-04", "low", "not listed", ["", "", "2026-11-05", ""]),
    ("cisa-bod-26-04", "low", "listed 2026-11-10", ["", "", "2026-11-13", ""]),
    ("cisa-kev", "low", "", ["", "", "2026-11-16", ""]),
    ("cisa-kev", "critical", "not listed", ["", "", "", ""]),
    ("cisa-kev", "low", "listed 2026-11-10", ["", "", "2026-11-24", ""]),
    ("cisa-kev", "low", "listed 2026-11-10 due 2026-11-13", ["", "", "2026-11-13", ""]),
    // 24 and 72 hours, and of nothing that is not exploited.
    ("eu-cra", "critical", "", ["", "", "", ""]),
    ("eu-cra", "critical", "not listed", ["", "", "", ""]),
    ("eu-cra", "low", "listed 2026-11-01", ["", "2026-11-05T10:00:00Z", "", "2026-11-03T10:00:00Z"]),
    ("fedramp", "critical", "", ["", "", "2026-12-02", ""]),
    ("fedramp", "high", "", ["", "", "2026-12-02", ""]),
    ("fedramp", "medium", "", ["", "", "2027-01-31", ""]),
    ("fedramp", "low", "", ["", "", "2027-05-01", ""]),
    ("fedramp", "info", "", ["", "", "", ""]),
    ("fedramp", "unknown", "", ["", "", "2026-12-02", ""]),
    // Class D, reachable: 12 hours, 2, 8 and 24 days.
    ("fedramp-vdr", "critical", "", ["", "", "2026-11-02T22:00:00Z", ""]),
    ("fedramp-vdr", "high", "", ["", "", "2026-11-04", ""]),
    ("fedramp-vdr", "medium", "", ["", "", "2026-11-10", ""]),
    ("fedramp-vdr", "low", "", ["", "", "2026-11-26", ""]),
    ("fedramp-vdr", "info", "", ["", "", "", ""]),
    ("fedramp-vdr", "unknown", "", ["", "", "2026-11-02T22:00:00Z", ""]),
    // 2 business days, 5 business days, and 7, 14, 30, 90 days; no maintenance is planned.
    ("flowdesk", "critical", "", ["2026-11-04", "2026-11-09", "2026-11-09", ""]),
    ("flowdesk", "high", "", ["2026-11-04", "2026-11-09", "2026-11-16", ""]),
    ("flowdesk", "medium", "", ["2026-11-04", "2026-11-09", "2026-12-02", ""]),
    ("flowdesk", "low", "", ["2026-11-04", "2026-11-09", "2027-01-31", ""]),
    ("flowdesk", "info", "", ["", "", "", ""]),
    ("flowdesk", "unknown", "", ["2026-11-04", "2026-11-09", "2026-11-16", ""]),
    // A calendar month, of what is critical.
    ("pci-dss-4", "critical", "", ["", "", "2026-12-02", ""]),
    ("pci-dss-4", "high", "", ["", "", "", ""]),
    ("pci-dss-4", "medium", "", ["", "", "", ""]),
    ("pci-dss-4", "low", "", ["", "", "", ""]),
    ("pci-dss-4", "info", "", ["", "", "", ""]),
    ("pci-dss-4", "unknown", "", ["", "", "2026-12-02", ""]),
    ("project-zero", "critical", "", ["", "", "2027-01-31", ""]),
    ("project-zero", "info", "not listed", ["", "", "2027-01-31", ""]),
    ("project-zero", "unknown", "", ["", "", "2027-01-31", ""]),
    ("project-zero", "low", "listed 2026-11-01", ["", "", "2026-11-09", ""]),
];

fn promised(preset: &str, severity: &str, known: &str) -> Assessment {
    let found = presets().iter().find(|found| found.name == preset);
    let policy = Policy::parse(preset, found.unwrap().toml).unwrap();
    let mut finding = rated(FIRST_SEEN, severity);
    finding.ids.insert(Text::line("CVE-2026-0001"));
    look_up(&mut finding, known);
    Engine::new(vec![policy], time("2026-11-22T00:00:00Z")).assess(&finding, &[])
}

#[test]
fn the_built_in_policies_promise_what_was_published() {
    let duties = [Duty::Acknowledge, Duty::Assess, Duty::Fix, Duty::Notify];
    for &(preset, severity, known, expected) in PROMISED {
        let assessment = promised(preset, severity, known);
        let expected_severity: Severity = severity.parse().unwrap_or(Severity::Unknown);
        assert_eq!(assessment.severity, expected_severity, "{preset}");
        let told = duties.map(|duty| {
            let deadline = assessment.deadlines.get(&duty);
            deadline.map_or(String::new(), |deadline| deadline.by.to_string())
        });
        assert_eq!(told, expected, "{preset} {severity} {known}");
    }
    for preset in presets() {
        let has_rows = PROMISED.iter().any(|(name, ..)| *name == preset.name);
        assert!(has_rows, "{} has no row", preset.name);
    }
}
