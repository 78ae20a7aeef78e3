use super::Text;
use crate::model::Report;
use crate::report::escape::width;
use crate::report::fixture;
use crate::report::page::{COLUMNS, Page};
use crate::report::tests::{bare, written};
use crate::report::{Group, Listing, Part, View, Writer as _};

fn shown(report: &Report, view: &View) -> String {
    let mut out = Vec::new();
    Text.write(report, view, &mut out)
        .expect("a vector takes everything");
    String::from_utf8(out).expect("it is UTF-8")
}

fn listing(limit: Option<usize>, group: Option<Group>) -> View {
    View {
        listing: Some(Listing { limit, group }),
        name: Some("report.json".into()),
        ..View::default()
    }
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for line in written(&Text, &fixture::report()).lines() {
        assert!(width(line) <= COLUMNS, "{} columns: {line}", width(line));
        assert_eq!(line, line.trim_end());
    }
}

#[test]
fn a_narrow_page_and_a_wide_one_hold_their_edge_and_colour_stays_out_of_words() {
    for mut view in [View::default(), listing(None, Some(Group::Tool))] {
        for columns in [60, 80, 120, 160] {
            view.page = Page {
                columns,
                color: false,
            };
            let plain = shown(&fixture::report(), &view);
            assert!(!plain.contains('\u{1b}'));
            for line in plain.lines() {
                assert!(width(line) <= columns, "{columns}: {line}");
            }
            view.page.color = true;
            let colored = shown(&fixture::report(), &view);
            assert!(colored.contains("\u{1b}[1m\u{1b}[31m2 days overdue\u{1b}[0m"));
            assert_eq!(bare(&colored), plain);
        }
    }
}

#[test]
fn what_came_back_says_so_beside_its_date_within_the_edge_of_the_page() {
    let mut report = fixture::report();
    for entry in &mut report.entries {
        entry.finding.came_back = true;
    }
    for columns in [60, 80, 120] {
        let view = View {
            page: Page {
                columns,
                color: false,
            },
            ..listing(None, None)
        };
        let plain = shown(&report, &view);
        let said = match columns {
            60 => "\n            reopened\n",
            _ => "2 days overdue, reopened",
        };
        assert!(plain.contains(said), "{plain}");
        assert!(plain.lines().all(|line| width(line) <= columns), "{plain}");
    }
}

#[test]
fn a_wide_page_cuts_less() {
    let cuts = |columns| {
        let page = Page {
            columns,
            color: false,
        };
        let view = View {
            page,
            ..View::default()
        };
        shown(&fixture::report(), &view).matches('…').count()
    };
    assert!(cuts(60) > cuts(80) && cuts(80) > cuts(160), "{}", cuts(80));
}

#[test]
fn no_line_is_a_command_for_a_build_service() {
    let plain = written(&Text, &fixture::report());
    let listed = shown(&fixture::report(), &listing(None, Some(Group::App)));
    for shown in [plain, listed] {
        assert!(shown.contains(": :error::hidden"));
        for line in shown.lines() {
            assert!(!line.trim_start().starts_with("::"), "{line}");
            assert!(!line.contains("##"), "{line}");
        }
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
         0 records = 0 findings + 0 folded + 0 passed + 0 rejected\n\
         next: merge the reports of your scanners: what nobody looked at is not clean\n"
    );
}

#[test]
fn a_list_holds_every_finding_of_whatever_status() {
    let report = fixture::report();
    let words = shown(&report, &listing(None, None));
    for entry in &report.entries {
        let digits = super::wording::digits(&entry.fingerprint);
        assert!(words.contains(&digits), "{digits}");
    }
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("list.text", words);
    });
}

#[test]
fn groups_count_every_finding_once() {
    let report = fixture::report();
    for group in [Group::App, Group::Package, Group::Tool] {
        let words = shown(&report, &listing(None, Some(group)));
        for entry in &report.entries {
            let digits = super::wording::digits(&entry.fingerprint);
            // Once in its row, and once where the first is explained.
            let times = words.matches(&digits).count();
            assert!((1..=2).contains(&times), "{group:?} {digits}: {times}");
        }
        let name = format!("list.{group:?}.text").to_lowercase();
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name, words);
        });
    }
}

#[test]
fn what_a_limit_and_a_condition_leave_out_is_said() {
    let report = fixture::report();
    let mut view = listing(Some(2), None);
    view.part = Some(Part {
        all: 34,
        met: 10,
        condition: Some("app=@SUM*".into()),
        limit: None,
    });
    let words = shown(&report, &view);
    assert!(words.contains("\nonly 10 of 34 findings: those that meet app=@SUM*\n"));
    assert!(words.contains("\nand 8 more findings, beyond the limit of 2\n"));
    assert!(!words.contains("not understood"), "{words}");
}

#[test]
fn on_a_narrow_page_a_long_past_leaves_room_for_names() {
    let mut report = fixture::report();
    // Others have hours beside their days.
    report.entries.truncate(1);
    for entry in &mut report.entries {
        entry.finding.app = "Board".into();
        entry.finding.rule.id = Some("rule/one".into());
        entry.finding.ids = [].into_iter().collect();
        entry.finding.came_back = true;
    }
    let mut view = listing(None, None);
    for (columns, row, below) in [
        (
            60,
            "2 days overdue  critical  rule/one [KEV]  Board\n",
            "\n            reopened\n",
        ),
        (
            80,
            "2 days overdue, reopened  critical  rule/one [KEV]  Board\n",
            "",
        ),
    ] {
        view.page = Page {
            columns,
            color: false,
        };
        let page = shown(&report, &view);
        assert!(page.contains(row) && page.contains(below), "{page}");
    }
}
