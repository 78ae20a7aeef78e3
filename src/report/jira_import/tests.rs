use super::JiraImport;
use crate::model::{Severity, TicketState};
use crate::report::escape::{issue_key, label, wiki};
use crate::report::fixture;
use crate::report::tests::written;

fn rows(report: &crate::model::Report) -> Vec<Vec<String>> {
    let words = written(&JiraImport, report);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(words.as_bytes());
    let rows = reader
        .records()
        .map(|row| row.expect("every row has every cell"));
    rows.map(|row| row.iter().map(str::to_owned).collect())
        .collect()
}

#[test]
fn a_finding_that_is_due_has_a_row() {
    let rows = rows(&fixture::report());
    let names = [
        "Summary",
        "Issue Key",
        "Issue Type",
        "Priority",
        "Due Date",
        "Components",
        "External issue ID",
        "Labels",
        "Labels",
        "Labels",
        "Labels",
        "Labels",
        "Description",
    ];
    assert_eq!(rows[0], names);
    // Ten findings, of which one is suppressed, one fixed, and one a ticket.
    assert_eq!(rows.len() - 1, 7);
    let hex = "bb7b632945ac2d536635a33fc4999a0d1e280045c3a04d1deed60efc3699a9d4";
    let lodash = [
        "CVE-2020-8203 in pkg:npm/lodash 4.17.15, 4.17.4: Prototype pollution in lodash",
        "AMS-1",
        "Task",
        "Highest",
        "2026-11-19",
        "com.harborapps.queue-board",
        hex,
        "scanfold",
        "scanfold-bb7b632945ac2d53",
        "severity-critical",
        "tag-_pci____b_",
        "kev",
    ];
    assert_eq!(rows[1][..12], lodash);
    let description = &rows[1][12];
    assert!(description.contains("*Due*: 2026-11-19\n"), "{description}");
    assert!(
        description.contains("*Description*: The function `zipObjectDeep` \\\\ may be tricked.\n"),
        "{description}"
    );
    assert!(description.ends_with(&format!("*Fingerprint*: {hex}")));
    // A term of hours has the day in UTC.
    assert_eq!(rows[2][4], "2026-11-21");
}

#[test]
fn no_cell_is_a_formula_and_no_label_has_a_blank() {
    for row in rows(&fixture::report()).iter().skip(1) {
        for cell in row {
            assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
        }
        assert!(
            row[7..12].iter().all(|label| !label.contains(' ')),
            "{row:?}"
        );
        assert!(row[0].chars().count() <= 255, "{}", row[0]);
    }
}

#[test]
fn a_cell_is_guarded_at_its_start_and_nowhere_else() {
    let mut report = fixture::report();
    let entry = report.entries.first_mut().expect("the fixture has entries");
    let finding = &mut entry.finding;
    finding.app = "@harbor".into();
    finding.title = Some("=1+1;-2".into());
    finding.note(|history| history.owners = ["@acme/security".into()].into_iter().collect());
    let rows = rows(&report);
    let summary = "CVE-2020-8203 in pkg:npm/lodash 4.17.15, 4.17.4: =1+1;-2";
    assert_eq!(
        (rows[1][0].as_str(), rows[1][5].as_str()),
        (summary, "'@harbor")
    );
    let description = &rows[1][12];
    let owners = "\n*Owners*: \\@acme/security\n";
    assert!(description.contains(owners), "{description}");
    assert!(
        description.starts_with("*Title*: =1\\+1;\\-2\n"),
        "{description}"
    );
    // A finding whose name begins like a formula begins the cell.
    let entry = report.entries.first_mut().expect("the fixture has entries");
    entry.finding.ids = ["=1+1".into()].into_iter().collect();
    assert!(self::rows(&report)[1][0].starts_with("'=1+1 in pkg:npm/lodash"));
}

#[test]
fn markup_is_shown_and_not_followed() {
    let shown = |words: &str| wiki(&crate::model::Text::prose(words));
    assert_eq!(
        shown("{code}a|b[~admin] !x.png! *b* @all h1."),
        "\\{code\\}a\\|b\\[\\~admin\\] \\!x.png\\! \\*b\\* \\@all h1."
    );
    // Two backslashes would break the line, and one before a bracket would escape our own.
    assert_eq!(shown("a\\[b"), "a&#92;\\[b");
    assert_eq!(shown("one\ntwo"), "one \\\\ two");
    assert_eq!(
        shown("h1. Title\nbq. words"),
        "h1&#46; Title \\\\ bq&#46; words"
    );
    assert_eq!(shown("=1+1"), "=1\\+1");
    assert_eq!(shown("größe.h1"), "größe.h1");
}

#[test]
fn only_keys_of_issues_are_keys() {
    for (words, is_key) in [
        ("AMS-1", true),
        ("A_B2-007", true),
        ("ams-1", false),
        ("AMS-", false),
        ("AMS-1x", false),
        ("=A-1", false),
        ("-1", false),
        ("1c2f7a90-77", false),
    ] {
        assert_eq!(issue_key(&words.into()).is_some(), is_key, "{words}");
    }
    assert_eq!(label(&"a b,c:d-é_1.2".into()), "a_b_c_d-é_1.2");
}

#[test]
fn the_ticket_that_is_not_done_is_updated() {
    let mut report = fixture::report();
    let entry = report
        .entries
        .iter_mut()
        .find(|entry| entry.tickets.len() == 2);
    let entry = entry.expect("the fixture has one");
    entry.tickets[0].state = TicketState::Closed;
    assert_eq!(super::ticket(entry).as_deref(), Some("AMS-2"));
    entry.tickets[1].state = TicketState::Fixed;
    assert_eq!(super::ticket(entry).as_deref(), Some("AMS-1"));
    entry.tickets[0].key = "b3c1".into();
    entry.tickets[1].key = "b3c2".into();
    assert_eq!(super::ticket(entry), None);
    assert_eq!(super::priority(Severity::Unknown), "High");
}
