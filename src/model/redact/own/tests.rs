use super::*;
use crate::model::redact::built_in;

fn own(patterns: &[&str], words: &str) -> String {
    // Also such as are refused, since a pattern that is not may do the same in other words.
    let compiled = patterns.iter().map(|it| OwnSecret(Regex::new(it).unwrap()));
    let patterns: Vec<_> = compiled.collect();
    let once = |words: &str| {
        let known = built_in(words).into_owned();
        settle(&patterns, &known, built_in).unwrap_or(known)
    };
    let redacted = once(words);
    assert_eq!(once(&redacted), redacted, "{patterns:?} of {words}");
    redacted
}

#[test]
fn a_match_goes_or_what_its_first_group_takes() {
    let words = "build HRB-2231 by HRB-17 (ticket 9)";
    assert_eq!(
        own(&["HRB-[0-9]+"], words),
        "build [redacted own] by [redacted own] (ticket 9)"
    );
    assert_eq!(
        own(&["HRB-([0-9]+)"], words),
        "build HRB-[redacted own] by HRB-[redacted own] (ticket 9)"
    );
    // Where the group takes no part, the match has nothing else to go.
    assert_eq!(
        own(&["ticket [0-9]|HRB-([0-9]+)"], words),
        "build HRB-[redacted own] by HRB-[redacted own] ([redacted own])"
    );
    assert_eq!(own(&["nothing"], words), words);
}

#[test]
fn matches_that_meet_leave_one_mark() {
    assert_eq!(own(&["ab", "bc", "cd"], "xabcdx"), "x[redacted own]x");
    assert_eq!(own(&["[a-z]"], "abc de"), "[redacted own] [redacted own]");
}

#[test]
fn what_is_built_in_stays_named_and_what_stands_beside_it_goes() {
    let token = ["ghp_", "16C7e42F292c6912E7710c838347Ae178B4a"].concat();
    assert_eq!(
        own(&["key: .+"], &format!("key: {token} and more")),
        "[redacted own][redacted github-token][redacted own]"
    );
    assert_eq!(own(&["[a-z]+"], &token), "[redacted github-token]");
    // Words that look like a mark and are none hide nothing.
    assert_eq!(
        own(&["hunter"], "[redacted hunter]"),
        "[redacted [redacted own]]"
    );
}

#[test]
fn a_pattern_that_finds_something_in_what_it_leaves_comes_to_an_end() {
    for (pattern, words) in [
        ("([a-z])[a-z]*$", "abcdefghijklmnopqrstuvwxyz"),
        (".$", "abc"),
        (".+", "some words"),
        (r"(\w)\W*$", "a b c d e f g h i j k l"),
        ("(?s).", "two\nlines"),
    ] {
        let redacted = own(&[pattern], words);
        assert!(redacted.contains(MARK), "{pattern}: {redacted}");
    }
}

#[test]
fn what_is_no_pattern_is_told() {
    let wrong = |pattern: &str| OwnSecret::new(pattern).unwrap_err();
    assert_eq!(wrong("HRB-("), "`HRB-(` is no pattern: unclosed group");
    assert_eq!(
        wrong(r"\w{500}{50}"),
        r"`\w{500}{50}` takes more than 1 MiB when it is compiled"
    );
    for empty in ["", "x*", "^", "$", r"\b", r"\B", "(?m)^", "a|", "(?:)"] {
        assert!(
            wrong(empty).ends_with("matches the empty text, which is everywhere"),
            "{empty}"
        );
    }
}

#[test]
fn what_would_make_records_or_reports_look_alike_is_refused_or_left() {
    for pattern in ["[0-9]{5,}", ".+", "[0-9]+$", "results/(.*)"] {
        let told = OwnSecret::new(pattern).unwrap_err();
        assert!(told.ends_with("by which records are told apart"), "{told}");
    }
    let hash = blake3::hash(b"words");
    assert!(OwnSecret::new("[0-9a-f]{32}").is_ok());
    assert!(is_digest(&format!("blake3:{hash}")) && !is_digest(&hash.to_string()));
}

#[test]
fn every_mark_is_known() {
    for pattern in PATTERNS {
        assert!(MARKS.is_match(&format!("[redacted {}]", pattern.name)));
    }
    assert!(MARKS.is_match(MARK) && !MARKS.is_match("[redacted]"));
}
