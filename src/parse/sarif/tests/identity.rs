//! What pins a finding, and what must not.

use super::*;

fn result(uri: &str, line: u32, message: &str, rest: &str) -> String {
    format!(
        r#"{{"ruleId":"A","message":{{"text":"{message}"}},{}{rest}}}"#,
        at_line(uri, line, r#","snippet":{"text":"call( x )"}"#)
    )
}

fn results(results: &[String]) -> String {
    log(&format!(r#""results":[{}]"#, results.join(",")))
}

fn keys(words: &str) -> Vec<Vec<String>> {
    let keys = |finding: &Finding| finding.keys.iter().map(ToString::to_string).collect();
    all(words).findings.iter().map(keys).collect()
}

#[test]
fn ordinals_follow_positions_and_not_the_order_of_the_report() {
    let (first, second) = (result("a.c", 3, "m", ""), result("a.c", 9, "m", ""));
    let one = keys(&results(&[first.clone(), second.clone()]));
    let other = keys(&results(&[second, first]));
    assert_ne!(one[0], one[1]);
    assert_eq!((&one[0], &one[1]), (&other[1], &other[0]));
}

#[test]
fn a_moved_line_and_a_new_message_change_no_key() {
    let one = keys(&results(&[result("a.c", 3, "m", r#","level":"note""#)]));
    let other = keys(&results(&[result(
        "./a.c",
        30,
        "better words",
        r#","level":"error""#,
    )]));
    assert_eq!(one, other);
}

#[test]
fn only_exact_duplicates_share_their_keys() {
    let keys = keys(&results(&[
        result("a.c", 3, "m", ""),
        result("a.c", 3, "other words", ""),
        result("a.c", 3, "m", ""),
    ]));
    assert_eq!(keys[0], keys[2]);
    assert_ne!(keys[0], keys[1]);
}

#[test]
fn two_spellings_of_one_path_do_not_share_an_ordinal() {
    let keys = keys(&results(&[
        result("a.c", 3, "m", ""),
        result("./a.c", 9, "m", ""),
    ]));
    assert_ne!(keys[0], keys[1]);
}

#[test]
fn a_fingerprint_of_one_result_is_asserted_beside_the_snippet() {
    let hash = r#","partialFingerprints":{"primaryLocationLineHash":"39fa2ee980eb94b0:1"}"#;
    let finding = one(&results(&[result("a.c", 3, "m", hash)]));
    assert_eq!(labels(&finding), [KeyLabel::Fingerprint, KeyLabel::Snippet]);
}

#[test]
fn with_a_fingerprint_an_ambiguous_snippet_is_left_out() {
    let hash = |value: &str| format!(r#","partialFingerprints":{{"lineHash/v1":"{value}"}}"#);
    let collected = all(&results(&[
        result("a.c", 3, "m", &hash("39fa2ee980eb94b0:1")),
        result("a.c", 9, "m", &hash("39fa2ee980eb94b0:2")),
    ]));
    for finding in &collected.findings {
        assert_eq!(labels(finding), [KeyLabel::Fingerprint]);
    }
}

#[test]
fn a_fingerprint_of_several_results_is_not_asserted() {
    let hash = r#","fingerprints":{"contextHash/v1":"39fa2ee980eb94b0"}"#;
    let collected = all(&results(&[
        result("a.c", 3, "m", hash),
        result("a.c", 9, "m", hash),
    ]));
    for finding in &collected.findings {
        assert_eq!(labels(finding), [KeyLabel::Snippet]);
    }
    let copies = all(&results(&[
        result("a.c", 3, "m", hash),
        result("a.c", 3, "m", hash),
    ]));
    assert_eq!(
        labels(&copies.findings[0]),
        [KeyLabel::Fingerprint, KeyLabel::Snippet]
    );
}

#[test]
fn placeholders_columns_and_authors_are_no_fingerprints() {
    let weak = r#","partialFingerprints":{"matchBasedId/v1":"requires login","email":"dev-1@harbor.example","x":"[line-hash]","y":"A",
        "primaryLocationStartColumnFingerprint":"100000000"}"#;
    let finding = one(&results(&[result("a.c", 3, "m", weak)]));
    assert_eq!(labels(&finding), [KeyLabel::Snippet]);
}

#[test]
fn without_a_snippet_the_logical_location_pins_and_without_it_the_position() {
    let finding = one(&log(
        r#""results":[{"ruleId":"A","message":{"text":"m"},"locations":[{"logicalLocations":[{"fullyQualifiedName":"ns::f"}]}]}]"#,
    ));
    assert_eq!(labels(&finding), [KeyLabel::Logical]);
    let finding = one(&log(&format!(
        r#""results":[{{"ruleId":"A","message":{{"text":"m"}},{}}}]"#,
        at_line("a.c", 3, "")
    )));
    assert_eq!(labels(&finding), [KeyLabel::Position]);
}

#[test]
fn another_fingerprint_in_the_next_report_is_another_finding() {
    let report = |hash: &str| {
        let rest = format!(r#","partialFingerprints":{{"lineHash":"{hash}"}}"#);
        keys(&log(&format!(
            r#""results":[{{"ruleId":"A","message":{{"text":"m"}},{}{rest}}}]"#,
            at_line("a.c", 3, "")
        )))
        .remove(0)
    };
    let (one, other) = (report("39fa2ee980eb94b0"), report("11fa2ee980eb94b1"));
    assert!(one.iter().all(|key| !other.contains(key)));
}

#[test]
fn editions_and_versions_of_a_tool_are_one_family() {
    let of = |name: &str| {
        let finding = one(&format!(
            r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"{name}"}}}},"results":[{}]}}]}}"#,
            result("a.c", 3, "m", "")
        ));
        finding.keys
    };
    assert_eq!(of("Semgrep OSS"), of("semgrep"));
    assert_eq!(of("semgrep"), of("Semgrep PRO v1.97.0"));
    assert_ne!(of("semgrep"), of("CodeQL"));
}

#[test]
fn a_clean_result_does_not_shift_ordinals() {
    let passed = result("a.c", 1, "m", r#","kind":"pass""#);
    let with = keys(&results(&[passed, result("a.c", 3, "m", "")]));
    assert_eq!(with, keys(&results(&[result("a.c", 3, "m", "")])));
}

#[test]
fn a_report_may_be_read_twice_and_says_the_same() {
    let words = results(&[result("a.c", 3, "m", ""), result("b.c", 3, "m", "")]);
    assert_eq!(all(&words).findings, all(&words).findings);
}
