use super::*;
use crate::report::page::Page;

fn table(columns: usize, color: bool) -> String {
    let rows = [
        ["7", "high", "js/xss", "Queue Board"],
        [
            "12",
            "critical",
            "認証の検証を確認する",
            "com.harborapps.time-ledger",
        ],
    ];
    let rows = rows.map(|[number, level, name, app]| {
        [
            Role::Plain.of(number),
            Role::Bad.of(level),
            Role::Plain.of(name),
            Role::Plain.of(""),
            Role::Faint.of(app),
        ]
    });
    let mut table = Table::new(&[
        ("moved", Sort::Number),
        ("severity", Sort::Whole),
        ("finding", Sort::Cut(1)),
        ("empty", Sort::Whole),
        ("app", Sort::CutStart(1)),
    ]);
    for row in &rows {
        table.measure(row);
    }
    table.settle(columns);
    let mut out = Vec::new();
    let mut sheet = Sheet::new(Page { columns, color }, &mut out);
    table.header(&mut sheet).expect("a vector takes everything");
    for row in &rows {
        table
            .row(row, &mut sheet)
            .expect("a vector takes everything");
    }
    String::from_utf8(out).expect("words are UTF-8")
}

#[test]
fn columns_are_aligned_and_share_what_room_there_is() {
    assert_eq!(
        table(80, false),
        "moved  severity  finding               app\n\
         \x20   7  high      js/xss                Queue Board\n\
         \x20  12  critical  認証の検証を確認する  com.harborapps.time-ledger\n"
    );
    assert_eq!(
        table(50, false),
        "moved  severity  finding          app\n\
         \x20   7  high      js/xss           Queue Board\n\
         \x20  12  critical  認証の検証を確…  …pps.time-ledger\n"
    );
}

#[test]
fn no_row_is_wider_than_the_page_and_colour_changes_no_column() {
    for columns in 30..=120 {
        let plain = table(columns, false);
        for line in plain.lines() {
            assert!(width(line) <= columns, "{columns}: {line}");
        }
        let codes = ["\u{1b}[1m", "\u{1b}[2m", "\u{1b}[31m", "\u{1b}[0m"];
        let colored = codes
            .iter()
            .fold(table(columns, true), |words, code| words.replace(code, ""));
        assert_eq!(colored, plain);
    }
}

#[test]
fn who_wants_little_gets_it_and_the_others_the_same() {
    let shared = |parts: [usize; 3], mut wanted: [usize; 3], room| {
        let mut pairs: Vec<_> = parts.into_iter().zip(wanted.iter_mut()).collect();
        share(&mut pairs, room);
        wanted
    };
    assert_eq!(shared([1, 1, 1], [5, 50, 40], 65), [5, 30, 30]);
    assert_eq!(shared([1, 1, 1], [5, 50, 10], 100), [5, 50, 10]);
    assert_eq!(shared([1, 1, 1], [5, 5, 0], 0), [0, 0, 0]);
    assert_eq!(shared([3, 2, 1], [50, 50, 0], 40), [24, 16, 0]);
    assert_eq!(shared([3, 2, 1], [19, 50, 0], 40), [19, 21, 0]);
    assert_eq!(shared([3, 2, 1], [50, 10, 0], 40), [30, 10, 0]);
    share(&mut [], 10);
}
