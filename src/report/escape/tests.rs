use super::{
    InScript, calendar, cell, csv, fit, fit_characters, fit_end, fragment, json, markdown,
    markdown_code, markdown_prose, message, terminal, uri_package, uri_path, uri_segment, uri_web,
    width, wiki,
};
use crate::model::Text;

fn text(words: &str) -> Text {
    Text::line(words)
}

#[test]
fn a_terminal_gets_plain_words_as_they_are() {
    assert_eq!(
        terminal(&text("src/größe.js: a::b # c")),
        "src/größe.js: a::b # c"
    );
}

#[test]
fn a_build_log_gets_no_commands() {
    assert_eq!(terminal(&text("::error::x")), ": :error::x");
    assert_eq!(terminal(&text("a ##[error]b")), "a # #[error]b");
    assert_eq!(
        terminal(&text("##vso[task.complete]")),
        "# #vso[task.complete]"
    );
    assert_eq!(terminal(&text("####")), "# # # #");
}

#[test]
fn prose_is_one_line_in_a_terminal_and_in_markdown() {
    let prose = Text::prose("one\n\ttwo");
    assert_eq!(terminal(&prose), "one  two");
    assert_eq!(markdown(&prose), "one  two");
    assert_eq!(csv(&prose), "one  two");
}

#[test]
fn words_are_cut_at_columns_and_not_at_bytes() {
    assert_eq!(fit("abcdef", 6), "abcdef");
    assert_eq!(fit("abcdefg", 6), "abcde…");
    // Each of these takes two columns.
    assert_eq!(fit("認証の検証", 10), "認証の検証");
    assert_eq!(fit("認証の検証", 9), "認証の検…");
    assert_eq!(fit("認証の検証", 8), "認証の…");
    assert!(width(&fit("🔐🔐🔐🔐", 5)) <= 5);
    assert_eq!(fit("abc", 0), "…");
}

#[test]
fn towers_of_combining_marks_are_cut() {
    let tower = format!("a{}", "\u{301}".repeat(1000));
    assert_eq!(fit(&tower, 10).chars().count(), 41);
}

#[test]
fn markdown_keeps_words_readable() {
    assert_eq!(
        markdown(&text("Update lodash to 4.17.21, or later (a/b)")),
        "Update lodash to 4.17.21, or later (a/b)"
    );
}

#[test]
fn markdown_holds_no_structure_of_others() {
    assert_eq!(markdown(&text("a|b")), "a&#124;b");
    assert_eq!(markdown(&text("<b>&amp;")), "&#60;b&#62;&#38;amp;");
    assert_eq!(markdown(&text("[a](b)")), "&#91;a&#93;(b)");
    assert_eq!(
        markdown(&text("`*_~\\$!\"'")),
        "&#96;&#42;&#95;&#126;&#92;&#36;&#33;&#34;&#39;"
    );
    assert_eq!(markdown(&text("1. one")), "&#49;. one");
    assert_eq!(markdown(&text("- one")), "&#45; one");
    assert_eq!(markdown(&text("# one")), "&#35; one");
}

#[test]
fn markdown_links_and_mentions_nobody() {
    assert_eq!(
        markdown(&text("see https://evil.example")),
        "see https&#58;//evil.example"
    );
    assert_eq!(
        markdown(&text("see www.evil.example")),
        "see www&#46;evil.example"
    );
    assert_eq!(markdown(&text("ask @team")), "ask &#64;&#8203;team");
    assert_eq!(
        markdown(&text("like #12, # 3")),
        "like &#35;&#8203;12, &#35; 3"
    );
    assert_eq!(
        markdown_code(&text("@scope/ui")),
        "<code>&#64;scope/ui</code>"
    );
    assert_eq!(
        markdown_code(&text("</code>|")),
        "<code>&#60;/code&#62;&#124;</code>"
    );
}

#[test]
fn markdown_is_cut_by_characters_of_the_source() {
    let long = text(&"|".repeat(121));
    let shown = markdown(&long);
    assert_eq!(shown, format!("{}…", "&#124;".repeat(120)));
    assert_eq!(markdown(&text(&"é".repeat(120))), "é".repeat(120));
}

#[test]
fn a_spreadsheet_runs_nothing() {
    for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "＋1", "－1", "＠A"] {
        assert_eq!(csv(&text(formula)), format!("'{formula}"));
    }
    assert_eq!(csv(&text("a=1")), "a=1");
    assert_eq!(csv(&text("1-1")), "1-1");
    // A text is trimmed before it gets here, so that no blank hides a formula.
    assert_eq!(csv(&text("\t=1")), "'=1");
}

#[test]
fn a_cell_holds_what_a_spreadsheet_can() {
    let full = "a".repeat(32_767);
    assert_eq!(cell(&full), full);
    let cut = cell(&"🔐".repeat(20_000)).into_owned();
    assert!(cut.ends_with("🔐…"));
    assert!(cut.encode_utf16().count() <= 32_767);
}

#[test]
fn a_sarif_message_holds_no_links() {
    assert_eq!(
        message(&text("[a](https://evil.example) [b] (c)")),
        "[a] (https://evil.example) [b] (c)"
    );
    assert_eq!(json(&text("\"a\\b")), "\"a\\b");
}

#[test]
fn descriptions_are_cut_by_characters() {
    assert_eq!(fit_characters("äöü".into(), 3), "äöü");
    assert_eq!(fit_characters("äöüß".into(), 3), "äö…");
}

#[test]
fn paths_become_relative_uris() {
    assert_eq!(uri_path(&text("src/a.js")), "src/a.js");
    assert_eq!(uri_path(&text("a b#1%.js")), "a%20b%231%25.js");
    assert_eq!(uri_path(&text("c:/größe.js")), "c%3A/gr%C3%B6%C3%9Fe.js");
    assert_eq!(uri_path(&text("/ci/a b.js")), "file:///ci/a%20b.js");
    assert_eq!(uri_path(&text("//share/x")), "file:////share/x");
}

#[test]
fn only_web_addresses_become_links() {
    assert_eq!(
        uri_web(&text("https://a.example/x y?z=[1]|%20")).as_deref(),
        Some("https://a.example/x%20y?z=%5B1%5D%7C%20")
    );
    assert_eq!(
        uri_web(&text("HTTP://a.example")).as_deref(),
        Some("HTTP://a.example")
    );
    assert_eq!(uri_web(&text("javascript:alert(1)")), None);
    assert_eq!(uri_web(&text("httpé")), None);
}

#[test]
fn prose_at_length_keeps_its_lines_and_none_of_them_is_structure() {
    let prose = Text::prose("one\n# two\n    three\n- <b>four</b>\n1. five");
    assert_eq!(
        markdown_prose(&prose, 1000),
        "one\n&#35; two\n&#32;   three\n&#45; &#60;b&#62;four&#60;/b&#62;\n&#49;. five"
    );
    // What GitLab links once it is rendered.
    assert_eq!(
        markdown_prose(&text("see !12, ~bug and @all, 50 % or 5!"), 1000),
        "see &#33;&#8203;12, &#126;&#8203;bug and &#64;&#8203;all, 50 % or 5&#33;"
    );
}

#[test]
fn prose_at_length_is_cut_between_characters_and_never_within_a_reference() {
    assert_eq!(markdown_prose(&text("abcdef"), 7), "abcdef");
    assert_eq!(markdown_prose(&text("abcdef"), 4), "abc…");
    // `&#42;` takes five.
    assert_eq!(markdown_prose(&text("a***"), 10), "a&#42;…");
    assert_eq!(markdown_prose(&text("a***"), 0), "…");
}

#[test]
fn a_package_url_is_one_or_nothing() {
    let of =
        |purl: &str, version: Option<&str>| uri_package(&text(purl), version.map(text).as_ref());
    let npm = "pkg:npm/%40harbor/ui";
    assert_eq!(of(npm, None).as_deref(), Some(npm));
    assert_eq!(
        of(npm, Some("1.0/2?x#y")).as_deref(),
        Some("pkg:npm/%40harbor/ui@1.0%2F2%3Fx%23y")
    );
    for wrong in [
        "lodash",
        "pkg:npm",
        "pkg:/a",
        "pkg:n m/a",
        "pkg:npm/a?b=c",
        "javascript:npm/a",
    ] {
        assert_eq!(of(wrong, None), None, "{wrong}");
    }
    assert_eq!(uri_segment(&text("a/b c@1")), "a%2Fb%20c%401");
}

#[test]
fn json_within_a_script_element_cannot_end_it() {
    let mut out = Vec::new();
    let words = "</script><!--<script> & \u{2028}\u{2029} größe \"quoted\"";
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, InScript);
    serde::Serialize::serialize(words, &mut serializer).expect("a vector takes everything");
    let shown = String::from_utf8(out).expect("JSON is UTF-8");
    assert_eq!(
        shown,
        r#""\u003c/script\u003e\u003c!--\u003cscript\u003e \u0026 \u2028\u2029 größe \"quoted\"""#
    );
    assert_eq!(
        serde_json::from_str::<String>(&shown).ok().as_deref(),
        Some(words)
    );
}

#[test]
fn a_fragment_holds_nothing_that_means_anything_in_an_address_or_in_html() {
    assert_eq!(
        fragment(&"a&b=<c> \"é\"".into()),
        "a%26b%3D%3Cc%3E%20%22%C3%A9%22"
    );
}

#[test]
fn what_a_spreadsheet_would_split_off_is_no_formula_either() {
    let shown = |words: &str| csv(&words.into()).into_owned();
    assert_eq!(shown("a;=1+1"), "a;'=1+1");
    assert_eq!(shown("a; \"\"@x; b"), "a; \"\"'@x; b");
    assert_eq!(shown("a; b = c - d"), "a; b = c - d");
    assert_eq!(shown("\"-O2\" flag"), "\"-O2\" flag");
    assert_eq!(shown("＝1"), "'＝1");
}

#[test]
fn the_end_of_a_path_is_kept_within_its_columns() {
    assert_eq!(
        fit_end("src/panel/render.js:88", 22),
        "src/panel/render.js:88"
    );
    assert_eq!(fit_end("src/panel/render.js:88", 14), "…/render.js:88");
    assert_eq!(fit_end("認証の検証/a.js", 8), "…証/a.js");
    assert_eq!(fit_end("認証の検証/a.js", 7), "…/a.js");
    assert_eq!(fit_end("abc e\u{301}", 1), "…");
    assert_eq!(fit_end("abcde\u{301}\u{301}x", 2), "…x");
    for columns in 1..40 {
        let tower = format!("a{}", "\u{301}".repeat(1000));
        let flag = "\u{1f1e9}\u{1f1ea}".repeat(20);
        for words in [tower, flag, "認証".repeat(30)] {
            let cut = fit_end(&words, columns);
            assert!(width(&cut) <= columns, "{columns}: {cut}");
            assert!(cut.chars().count() <= 4 * columns + 1);
        }
    }
}

#[test]
fn a_calendar_takes_no_words_for_its_own() {
    assert_eq!(calendar("a; b, c"), "a\\; b\\, c");
    assert_eq!(calendar("C:\\n"), "C:\\\\n");
    assert_eq!(calendar("one\nEND:VEVENT\r\ttwo"), "one\\nEND:VEVENT  two");
}

#[test]
fn a_line_of_wiki_markup_is_whole_and_no_formula_within_a_cell() {
    let long = "a".repeat(5000);
    let prose = Text::prose(&format!("one\n \t=1+1\n{long}"));
    assert_eq!(wiki(&prose), format!("one \\\\ =1\\+1 \\\\ {long}"));
}
