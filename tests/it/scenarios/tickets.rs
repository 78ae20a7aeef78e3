//! Tickets beside scanners: a ticket tightens, and neither its state nor a later date loosens anything.

use serde_json::json;

use super::{FIRST, LODASH, SECOND, Story, THIRD, npm};
use crate::cli::scanfold;

fn ticket(status: &str, due: &str) -> String {
    format!(
        "Summary,Issue key,Issue Type,Status,Created,Updated,Description,Custom field (App key),\
         Custom field (Remediation Due Date),Custom field (Vulnerability Severity Level)\n\
         Vulnerable dependency lodash in Queue Board,AMS-41002,Ecoscanner Vulnerability,{status},\
         28/Oct/26 8:00 AM,30/Oct/26 8:00 AM,See CVE-2021-23337.,com.harborapps.queue-board,{due},High\n"
    )
}

const OPEN: &str = "Needs Patch";

#[test]
fn a_nearer_date_of_a_ticket_counts_and_a_later_one_loosens_nothing() {
    let npm = LODASH.text();
    let mut story = Story::new();
    // The ticket is older than the first scan: its day is where the clock starts, 2026-10-28 + 14 days = 2026-11-11.
    assert_eq!(
        story.day(
            FIRST,
            &[
                ("npm.json", &npm),
                ("jira.csv", &ticket(OPEN, "06/Nov/26 12:00 AM"))
            ]
        ),
        ["CVE-2021-23337 GHSA-35jh-r3h4-6jhm, - open since 10-28 due 11-06"]
    );
    // The platform extends its own date; what was promised stands.
    let extended = ticket("Extension Requested", "28/Dec/26 12:00 AM");
    assert_eq!(
        story.day(SECOND, &[("npm.json", &npm), ("jira.csv", &extended)]),
        ["CVE-2021-23337 GHSA-35jh-r3h4-6jhm, unchanged open since 10-28 due 11-06"]
    );
    let page = story.explain("AMS-41002");
    assert!(page.contains("later, so it loosens nothing"), "{page}");
}

#[test]
fn a_closed_ticket_hides_nothing_that_a_scanner_still_finds() {
    let npm = LODASH.text();
    let mut story = Story::new();
    let open = ticket(OPEN, "28/Dec/26 12:00 AM");
    story.day(FIRST, &[("npm.json", &npm), ("jira.csv", &open)]);
    let closed = ticket("Patched", "28/Dec/26 12:00 AM");
    assert_eq!(
        story.day(SECOND, &[("npm.json", &npm), ("jira.csv", &closed)]),
        ["CVE-2021-23337 GHSA-35jh-r3h4-6jhm, unchanged open since 10-28 due 11-11"]
    );
    assert_eq!(story.findings()[0]["tickets"][0]["key"], "AMS-41002");
}

/// The scan is clean, the ticket is open: somebody still waits, so it stands for itself.
#[test]
fn an_open_ticket_of_what_is_fixed_stands_for_itself() {
    let open = ticket(OPEN, "28/Dec/26 12:00 AM");
    let mut story = Story::new();
    story.day(FIRST, &[("npm.json", &LODASH.text()), ("jira.csv", &open)]);
    let told = story.day(SECOND, &[("npm.json", &npm(None)), ("jira.csv", &open)]);
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told[0], "AMS-41002, unchanged open since 10-28 due 11-11");
    assert!(
        told[1].contains("GHSA-35jh-r3h4-6jhm, absent fixed since "),
        "{told:?}"
    );
}

#[test]
fn an_export_without_the_ticket_keeps_the_clock_that_it_started() {
    let npm = LODASH.text();
    let mut story = Story::new();
    let open = ticket(OPEN, "06/Nov/26 12:00 AM");
    story.day(FIRST, &[("npm.json", &npm), ("jira.csv", &open)]);
    // The ticket stays in the report and goes on naming the finding.
    let told = story.day(SECOND, &[("npm.json", &npm)]);
    assert_eq!(
        told,
        ["CVE-2021-23337 GHSA-35jh-r3h4-6jhm, unchanged open since 10-28 due 11-06"]
    );
    story.day(THIRD, &[("npm.json", &npm)]);
    assert_eq!(story.findings()[0]["overdue"], json!(true));
}

/// Whether the filter changed or the ticket was moved, nobody can tell: what it started runs on.
#[test]
fn an_export_of_other_tickets_keeps_the_clock_of_the_one_that_is_gone() {
    let npm = LODASH.text();
    let open = ticket(OPEN, "06/Nov/26 12:00 AM");
    let other = open.replace("AMS-41002", "AMS-41003");
    let other = other.replace("CVE-2021-23337", "the scan");
    let mut story = Story::new();
    story.day(FIRST, &[("npm.json", &npm), ("jira.csv", &open)]);
    assert_eq!(
        story.day(SECOND, &[("npm.json", &npm), ("jira.csv", &other)]),
        [
            "AMS-41003, new open since 10-28 due 11-06",
            "CVE-2021-23337 GHSA-35jh-r3h4-6jhm, unchanged open since 10-28 due 11-06",
        ]
    );
}

/// The date of a ticket won, and the ticket goes: a looser policy finds the date promised all the same.
#[test]
fn a_date_that_a_ticket_named_is_a_promise_too() {
    let npm = LODASH.text();
    let mut story = Story::new();
    story.day(
        FIRST,
        &[
            ("npm.json", &npm),
            ("jira.csv", &ticket(OPEN, "06/Nov/26 12:00 AM")),
        ],
    );
    let first = story.last();
    let loose = story.file(
        "loose.toml",
        "version = 1\nname = \"loose\"\nfix = \"300 days\"\n",
    );
    let npm = story.file("later/npm.json", &npm);
    let output = story.file("later.json", "");
    let run = scanfold(&[
        "merge",
        &npm,
        "--app",
        "Queue Board",
        "--policy",
        &loose,
        "--baseline",
        &first,
        "--as-of",
        SECOND,
        "-o",
        &output,
    ]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let told = super::told(&output);
    assert!(
        told.iter()
            .any(|line| line.contains("GHSA-35jh-r3h4-6jhm") && line.ends_with("due 11-06")),
        "{told:?}"
    );
}
