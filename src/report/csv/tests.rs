use super::{Columns, Csv, Refused, Tsv};
use crate::model::Location;
use crate::report::tests::written;
use crate::report::{View, Writer, fixture};

fn table() -> (Vec<String>, Vec<Vec<String>>) {
    let shown = written(&Csv, &fixture::report());
    let shown = shown
        .strip_prefix('\u{feff}')
        .expect("Excel needs the mark");
    let mut reader = csv::Reader::from_reader(shown.as_bytes());
    let owned = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect();
    let names = owned(reader.headers().expect("there is a header"));
    let rows = reader
        .records()
        .map(|row| owned(&row.expect("every row has every cell")));
    (names, rows.collect())
}

#[test]
fn there_is_a_row_for_each_finding_and_a_cell_for_each_column() {
    let (names, rows) = table();
    let columns: Vec<_> = Csv::columns().map(|(name, _)| name).collect();
    assert_eq!(names, columns);
    assert_eq!(rows.len(), fixture::report().entries.len());
    assert!(Csv::columns().all(|(_, meaning)| !meaning.is_empty()));
}

#[test]
fn no_cell_is_a_formula() {
    let (_, rows) = table();
    for cell in rows.iter().flatten() {
        assert!(
            !cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']),
            "{cell}"
        );
    }
}

#[test]
fn cells_are_worked_out_from_the_entry() {
    let (names, rows) = table();
    let row = rows
        .iter()
        .find(|row| row.contains(&"pkg:npm/lodash".to_owned()))
        .expect("it is in the fixture");
    let of = |name: &str| {
        let column = names
            .iter()
            .position(|known| known == name)
            .expect("a known column");
        row[column].as_str()
    };
    assert_eq!(of("severity"), "critical");
    assert_eq!(of("score"), "9.8");
    assert_eq!(of("due"), "2026-11-19");
    assert_eq!(of("overdue"), "true");
    assert_eq!(of("acknowledge"), "2026-11-06T09:00:00Z");
    assert_eq!(of("assess"), "");
    assert_eq!(of("ids"), "CVE-2020-8203; GHSA-p6mc-m468-83gw");
    assert_eq!(of("versions"), "4.17.15; 4.17.4");
    assert_eq!(of("tickets"), "AMS-1; AMS-2");
    assert_eq!(of("scanners"), "Trivy; npm-audit");
    assert_eq!(of("first_seen"), "2026-11-05T09:00:00Z");
}

#[test]
fn a_finding_that_is_at_no_path_has_its_address_or_its_name_in_the_row() {
    let mut report = fixture::report();
    let mut entry = report.entries.pop().expect("the fixture has entries");
    let finding = &mut entry.finding;
    finding.tags.insert("to-review".into());
    finding.came_back = true;
    finding.locations = [
        Location {
            url: Some("https://ledger.harborapps.example/rest/ledgers".into()),
            ..Location::default()
        },
        Location {
            logical: Some("=Ledger::sum".into()),
            ..Location::default()
        },
    ]
    .into_iter()
    .collect();
    report.entries = vec![entry];
    let names = ["path", "url", "logical", "tags", "suppression_kind"].map(str::to_owned);
    let view = View {
        columns: Columns::named(&names).expect("all are known"),
        ..View::default()
    };
    let mut out = Vec::new();
    Csv.write(&report, &view, &mut out)
        .expect("a vector takes everything");
    let shown = String::from_utf8(out).expect("UTF-8");
    let row = shown.lines().nth(1).expect("a row");
    assert_eq!(
        row,
        ",https://ledger.harborapps.example/rest/ledgers,'=Ledger::sum,reopened; to-review,"
    );
}

#[test]
fn the_last_columns_are_those_that_came_last() {
    let columns: Vec<_> = Csv::columns().map(|(name, _)| name).collect();
    let end = &columns[columns.len() - 6..];
    let added = [
        "owners",
        "policy_tags",
        "suppression_kind",
        "tags",
        "url",
        "logical",
    ];
    assert_eq!(end, added);
}

#[test]
fn rows_end_as_spreadsheets_write_them() {
    let shown = written(&Csv, &fixture::report());
    let ends = shown.matches("\r\n").count();
    assert_eq!(ends, 1 + fixture::report().entries.len());
    assert_eq!(shown.matches('\n').count(), ends);
}

#[test]
fn a_table_with_tabs_has_the_same_cells_and_no_tab_or_break_in_any() {
    let (names, rows) = table();
    let shown = written(&Tsv, &fixture::report());
    let shown = shown.strip_prefix('\u{feff}').expect("the mark");
    for line in shown.split_terminator("\r\n") {
        assert_eq!(line.matches('\t').count(), names.len() - 1, "{line}");
        assert!(!line.contains(['\r', '\n']));
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b'\t')
        .from_reader(shown.as_bytes());
    let same: Vec<Vec<String>> = reader
        .records()
        .map(|row| row.expect("a row").iter().map(str::to_owned).collect())
        .collect();
    assert_eq!(same, rows);
}

#[test]
fn a_user_may_choose_columns() {
    let names = |names: &[&str]| {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        Columns::named(&names)
    };
    let view = View {
        columns: names(&["due", " app "]).expect("both are known"),
        ..View::default()
    };
    let mut out = Vec::new();
    Csv.write(&fixture::report(), &view, &mut out)
        .expect("a vector takes everything");
    let shown = String::from_utf8(out).expect("UTF-8");
    let start = "\u{feff}due,app\r\n2026-11-19,com.harborapps.queue-board\r\n";
    assert!(shown.starts_with(start), "{shown}");
    let refused = |given: &[&str]| names(given).expect_err("one of them is wrong");
    assert_eq!(
        refused(&["severty"]),
        Refused::Unknown("severty".to_owned())
    );
    assert_eq!(refused(&["due", "due"]), Refused::Twice("due".to_owned()));
}
