use super::Text;
use crate::report::escape::width;
use crate::report::fixture;
use crate::report::page::COLUMNS;
use crate::report::tests::written;

#[test]
fn no_line_is_wider_than_the_terminal() {
    for line in written(&Text, &fixture::report()).lines() {
        assert!(width(line) <= COLUMNS, "{} columns: {line}", width(line));
        assert_eq!(line, line.trim_end());
    }
}

#[test]
fn no_line_is_a_command_for_a_build_service() {
    let shown = written(&Text, &fixture::report());
    assert!(shown.contains(": :error::hidden"));
    for line in shown.lines() {
        assert!(!line.trim_start().starts_with("::"), "{line}");
        assert!(!line.contains("##"), "{line}");
    }
}

#[test]
fn lists_that_are_cut_say_how_much_is_left() {
    let mut report = fixture::report();
    let entry = report.entries[0].clone();
    report.entries = vec![entry; 25];
    let input = fixture::input("a", None, crate::model::Outcome::Failed);
    report.inputs = vec![input; 13];
    let reject = report.rejects[0].clone();
    report.rejects = vec![reject; 12];
    // The list of the report is bounded; the ledger has the number.
    report.inputs[0].ledger.rejected = 17;
    let shown = written(&Text, &report);
    let rests: Vec<_> = shown
        .lines()
        .filter(|line| line.starts_with("and "))
        .collect();
    assert_eq!(rests, ["and 5 more", "and 3 more", "and 7 more"]);
}

#[test]
fn nothing_to_say_is_said_in_a_few_lines() {
    let shown = written(&Text, &fixture::empty());
    assert_eq!(
        shown,
        "no finding is open, but no input was read\n\
         as of 2026-11-21T09:00:00Z\n\
         \n\
         open       0 critical, 0 high, 0 unknown, 0 medium, 0 low, 0 info\n\
         \x20          0 overdue, 0 new, 0 suppressed, 0 fixed, 0 unobserved\n\
         \n\
         0 records = 0 findings + 0 folded + 0 passed + 0 rejected\n"
    );
}
