use super::*;

fn line(words: &str) -> String {
    Text::line(words).untrusted().to_owned()
}

fn prose(words: &str) -> String {
    Text::prose(words).untrusted().to_owned()
}

#[test]
fn a_line_has_no_breaks_and_no_space_at_its_ends() {
    assert_eq!(line("  two\r\nlines\tand\ra tab \n"), "two lines and a tab");
    assert_eq!(line(" \n\t "), "");
    assert_eq!(Text::some_line(" \n\t "), None);
}

#[test]
fn prose_keeps_breaks_and_tabs_and_knows_one_sort_of_break() {
    assert_eq!(
        prose("\none\r\ntwo\rthree\n\n\tfour\n"),
        "one\ntwo\nthree\n\n\tfour"
    );
    assert_eq!(Text::some_prose("\r\n"), None);
}

#[test]
fn control_characters_are_dropped() {
    assert_eq!(line("a\u{1b}[31mred\u{7}\u{0}\u{7f}\u{9b}b"), "aredb");
    assert_eq!(prose("a\u{8}\u{c}\u{7f}b"), "ab");
}

#[test]
fn characters_that_turn_or_hide_words_are_dropped() {
    assert_eq!(line("user\u{202e}gpj.exe\u{202c}"), "usergpj.exe");
    assert_eq!(line("a\u{2066}b\u{2069}c\u{200f}d\u{61c}e"), "abcde");
    assert_eq!(line("pay\u{200b}pal\u{feff}\u{ad}\u{2060}"), "paypal");
    assert_eq!(
        line("a\u{fffe}b\u{ffff}c\u{1fffe}d\u{10ffff}e\u{fdd0}\u{fdef}f\u{fffd}"),
        "abcdef\u{fffd}"
    );
    assert_eq!(
        line("one\u{2028}two\u{2029}three\u{85}four"),
        "one two three four"
    );
    assert_eq!(
        prose("one\u{2028}two\u{2029}three\u{85}four"),
        "one\ntwo\nthree\nfour"
    );
    assert_eq!(line("tag\u{e0041}\u{e007f}"), "tag");
}

#[test]
fn letters_of_all_scripts_stay() {
    assert_eq!(
        line("Błąd 漏洞 уязвимость ثغرة 🐛"),
        "Błąd 漏洞 уязвимость ثغرة 🐛"
    );
}

#[test]
fn hidden_characters_do_not_hide_a_credential() {
    assert_eq!(
        line("AKIA\u{200b}IOSF\u{202e}ODNN7EXAMPLE"),
        "[redacted aws-key]"
    );
    assert_eq!(
        prose("-----BEGIN PRIVATE KEY-----\r\nMIIE\r\n-----END PRIVATE KEY-----\r\nafter"),
        "[redacted private-key]\nafter"
    );
}

#[test]
fn long_words_are_cut_between_characters_and_say_so() {
    let long = line(&"é".repeat(LINE_LIMIT));
    assert!(long.len() <= LINE_LIMIT);
    assert_eq!(
        long,
        format!("{}{CUT}", "é".repeat((LINE_LIMIT - CUT.len()) / 2))
    );
    assert_eq!(line(&"a".repeat(LINE_LIMIT)), "a".repeat(LINE_LIMIT));
    assert_eq!(line(&"a".repeat(LINE_LIMIT + 1)).len(), LINE_LIMIT);
    assert_eq!(prose(&"a".repeat(PROSE_LIMIT + 1)).len(), PROSE_LIMIT);
}

#[test]
fn no_half_of_a_credential_stays_at_the_cut() {
    let words = format!(
        "{} ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "a".repeat(LINE_LIMIT - 20)
    );
    assert!(!line(&words).contains("ghp_"));
}

#[test]
fn cleaning_again_changes_nothing() {
    for words in [
        "plain".to_owned(),
        " \u{200b} \u{feff}x \r\n y ".to_owned(),
        "é\n".repeat(PROSE_LIMIT),
        "a ".repeat(LINE_LIMIT),
        "https://ci:hunter2@git.example/a.git".to_owned(),
    ] {
        assert_eq!(line(&line(&words)), line(&words));
        assert_eq!(prose(&prose(&words)), prose(&words));
    }
}

#[test]
fn the_words_of_a_debug_print_are_escaped() {
    assert_eq!(format!("{:?}", Text::prose("a\n\"b\"")), r#""a\n\"b\"""#);
}

#[test]
fn what_does_not_show_parts_no_credential_in_two() {
    let (first, second) = ("ghp_16C7e42F292c", "6912E7710c838347Ae178B4a");
    for between in [
        "\u{1b}[31m",
        "\u{1b}[1;38:5:9m",
        "\u{9b}0m",
        "\u{1b}(B\u{1b}[m",
        "\u{200b}",
        "\u{34f}",
        "\u{fe0f}",
        "\u{e0101}",
        "\u{3164}",
    ] {
        let words = format!("{first}{between}{second}");
        assert_eq!(Text::line(&words).untrusted(), "[redacted github-token]");
        assert_eq!(Text::prose(&words).untrusted(), "[redacted github-token]");
    }
}

#[test]
fn colours_of_a_terminal_go_and_other_words_in_brackets_stay() {
    for (words, kept) in [
        (
            "\u{1b}[1;31merror\u{1b}[0m: [31m] stays",
            "error: [31m] stays",
        ),
        ("a\u{1b}[", "a["),
        ("a\u{1b}[12", "a[12"),
        ("a\u{1b}é\u{1b}", "aé"),
    ] {
        assert_eq!(Text::line(words).untrusted(), kept);
    }
}
