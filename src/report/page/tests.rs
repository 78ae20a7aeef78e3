use super::*;

fn written(page: Page, write: impl FnOnce(&mut Sheet<'_>) -> io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut Sheet::new(page, &mut out)).expect("a vector takes everything");
    String::from_utf8(out).expect("words are UTF-8")
}

fn wrapped(head: &str, words: &str) -> String {
    written(Page::default(), |sheet| sheet.wrapped(head, words))
}

const COLOR: Page = Page {
    columns: COLUMNS,
    color: true,
};

#[test]
fn words_are_wrapped_below_their_start_and_long_ones_are_broken() {
    let words = format!("{} {} end", "word ".repeat(15), "x".repeat(100));
    let shown = wrapped("  name  ", &words);
    assert!(shown.lines().all(|line| width(line) <= COLUMNS), "{shown}");
    assert!(
        shown
            .lines()
            .skip(1)
            .all(|line| line.starts_with("        "))
    );
    assert_eq!(shown.lines().count(), 4);
    assert_eq!(shown.matches('x').count(), 100);
}

#[test]
fn no_line_begins_with_a_command_of_a_build_service() {
    let words = format!("{} ::error::owned", "x".repeat(79));
    assert!(wrapped("", &words).ends_with("\n: :error::owned\n"));
}

#[test]
fn a_line_is_cut_at_the_edge_and_says_so_wherever_its_parts_end() {
    let line = |first: usize, second: usize| {
        let parts = ["a".repeat(first), "b".repeat(second)].map(Span::from);
        written(Page::default(), |sheet| sheet.line(parts))
    };
    assert_eq!(
        line(40, 40),
        format!("{}{}\n", "a".repeat(40), "b".repeat(40))
    );
    assert_eq!(
        line(40, 41),
        format!("{}{}…\n", "a".repeat(40), "b".repeat(39))
    );
    assert_eq!(line(80, 1), format!("{}…\n", "a".repeat(79)));
    assert_eq!(line(81, 0), format!("{}…\n", "a".repeat(79)));
    assert_eq!(line(79, 9), format!("{}…\n", "a".repeat(79)));
    // Each of these takes two columns.
    let wide = written(Page::default(), |sheet| {
        sheet.line(["認".repeat(41).into()])
    });
    assert_eq!(wide, format!("{}…\n", "認".repeat(39)));
}

#[test]
fn colour_is_around_words_and_takes_no_column() {
    let parts = || {
        [
            Role::Bad.of("2 days overdue  "),
            Role::Plain.of("here  "),
            Role::Faint.of("   "),
        ]
    };
    let colored = written(COLOR, |sheet| sheet.line(parts()));
    assert_eq!(
        colored,
        "\u{1b}[1m\u{1b}[31m2 days overdue\u{1b}[0m  here\n"
    );
    assert_eq!(
        written(Page::default(), |sheet| sheet.line(parts())),
        "2 days overdue  here\n"
    );
    let long = written(COLOR, |sheet| {
        sheet.line([Role::Bad.of("x".repeat(90)), "lost".into()])
    });
    let bare = long
        .replace("\u{1b}[1m\u{1b}[31m", "")
        .replace("\u{1b}[0m", "");
    assert_eq!(bare, format!("{}…\n", "x".repeat(79)));
}

#[test]
fn colour_moves_no_line_break() {
    let words = "word ".repeat(40);
    let shown = |page| {
        written(page, |sheet| {
            sheet.wrapped(Role::Faint.of("  name  "), Role::Heading.of(words.as_str()))
        })
    };
    let colored = shown(COLOR);
    let bare = ["\u{1b}[1m", "\u{1b}[2m", "\u{1b}[0m"]
        .iter()
        .fold(colored.clone(), |words, code| words.replace(code, ""));
    assert_ne!(colored, bare);
    assert_eq!(bare, shown(Page::default()));
}

#[test]
fn a_list_goes_on_below_its_first_part() {
    let page = Page {
        columns: 24,
        color: false,
    };
    let parts = || ["1 critical", "12 high", "0 low", "3 info"].map(Span::from);
    let shown = written(page, |sheet| sheet.list("open  ".into(), 6, parts()));
    assert_eq!(
        shown,
        "open  1 critical,\n      12 high, 0 low,\n      3 info\n"
    );
    let shown = written(Page::default(), |sheet| {
        sheet.list("open  ".into(), 6, parts())
    });
    assert_eq!(shown, "open  1 critical, 12 high, 0 low, 3 info\n");
}
