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

/// Keys of the only result of a report with these fingerprints.
fn marked(fingerprints: &[(&str, &str)]) -> Vec<String> {
    let all: Vec<_> = (fingerprints.iter())
        .map(|(scheme, value)| format!(r#""{scheme}":"{value}""#))
        .collect();
    let rest = format!(r#","partialFingerprints":{{{}}}"#, all.join(","));
    keys(&log(&format!(
        r#""results":[{{"ruleId":"A","message":{{"text":"m"}},{}{rest}}}]"#,
        at_line("a.c", 3, "")
    )))
    .remove(0)
}

#[test]
fn each_version_of_a_fingerprint_is_a_name_and_any_common_one_matches() {
    let (old, both, new) = (
        marked(&[("lineHash/v1", "39fa2ee980eb94b0")]),
        marked(&[
            ("lineHash/v1", "39fa2ee980eb94b0"),
            ("lineHash/v2", "77aa2ee980eb94b7"),
        ]),
        marked(&[("lineHash/v2", "77aa2ee980eb94b7")]),
    );
    assert_eq!((old.len(), both.len(), new.len()), (1, 2, 1));
    assert!(both.contains(&old[0]) && both.contains(&new[0]));
    // The same value under another version is another name.
    let swapped = marked(&[("lineHash/v2", "39fa2ee980eb94b0")]);
    assert!(!both.contains(&swapped[0]) && swapped != old);
    // Where there is no version it is none of these.
    let plain = marked(&[("lineHash", "39fa2ee980eb94b0")]);
    assert!(!both.contains(&plain[0]));
}

#[test]
fn of_many_fingerprints_the_same_are_kept_whatever_their_order() {
    let names: Vec<String> = (0..12).map(|index| format!("hash{index}")).collect();
    let mut many: Vec<(&str, &str)> = (names.iter())
        .map(|name| (name.as_str(), "39fa2ee980eb94b0"))
        .collect();
    let one = marked(&many);
    many.reverse();
    assert_eq!((one.len(), &marked(&many)), (8, &one));
}

#[test]
fn a_logical_location_by_index_is_the_same_as_by_name() {
    let logical = |logical: &str, line: u32| {
        format!(
            r#"{{"ruleId":"A","message":{{"text":"m"}},"locations":[{{"physicalLocation":{{"artifactLocation":{{"uri":"a.c"}},
            "region":{{"startLine":{line}}}}},"logicalLocations":[{{{logical}}}]}}]}}"#
        )
    };
    let (name, index, twin, nameless, nowhere) = (
        logical(r#""name":"f""#, 1),
        logical(r#""index":0"#, 2),
        logical(r#""index":1"#, 3),
        logical(r#""index":2"#, 4),
        logical("", 5),
    );
    let words = log(&format!(
        r#""logicalLocations":[{{"name":"f"}},{{"fullyQualifiedName":"f"}},{{}}],"results":[{}]"#,
        [&name, &index, &twin, &nameless, &nowhere]
            .map(String::as_str)
            .join(",")
    ));
    let all_keys = keys(&words);
    for (place, keys) in all_keys.iter().enumerate() {
        assert_eq!(keys.len(), 1);
        assert!(!all_keys[..place].contains(keys), "{all_keys:#?}");
    }
    // Alone each of the three is the same finding.
    let alone = |result: &str| {
        keys(&log(&format!(
            r#""logicalLocations":[{{"name":"f"}},{{"fullyQualifiedName":"f"}}],"results":[{result}]"#
        )))
    };
    assert_eq!(alone(&name), alone(&index));
    assert_eq!(alone(&name), alone(&twin));
}

/// A result about line 7 of an artifact, with the rest of its members.
fn at_artifact(artifact: &str, rest: &str) -> String {
    format!(
        r#"{{"ruleId":"A","message":{{"text":"m"}},"locations":[{{"physicalLocation":
        {{"artifactLocation":{{{artifact}}},"region":{{"startLine":7}}}}}}]{rest}}}"#
    )
}

#[test]
fn a_member_of_an_archive_is_another_one_in_another_archive() {
    let of = |first: &str, second: &str| {
        let results = [at_artifact(first, ""), at_artifact(second, "")].join(",");
        let words = log(&format!(
            r#""artifacts":[{{"location":{{"uri":"lib/a.jar"}}}},{{"location":{{"uri":"b.jar"}}}},
            {{"location":{{"uri":"/x.class"}},"parentIndex":0}},{{"location":{{"uri":"/x.class"}},"parentIndex":1}}],
            "results":[{results}]"#
        ));
        let found = all(&words).findings;
        (
            keys(&words),
            found
                .iter()
                .map(|found| path(found).to_owned())
                .collect::<Vec<_>>(),
        )
    };
    let (by_index, paths) = of(r#""index":2"#, r#""index":3"#);
    assert_eq!(paths, ["lib/a.jar/x.class", "b.jar/x.class"]);
    assert_ne!(by_index[0], by_index[1]);
    let with_uri = of(
        r#""uri":"/x.class","index":2"#,
        r#""uri":"/x.class","index":3"#,
    );
    assert_eq!(with_uri, (by_index, paths));
}

#[test]
fn archives_that_contain_each_other_end() {
    let words = log(&format!(
        r#""artifacts":[{{"location":{{"uri":"a.zip"}},"parentIndex":1}},{{"location":{{"uri":"b.zip"}},"parentIndex":0}}],
        "results":[{}]"#,
        at_artifact(r#""index":0"#, "")
    ));
    assert!(path(&one(&words)).ends_with("b.zip/a.zip"));
}

#[test]
fn indexes_that_lead_nowhere_are_different_places_and_are_told() {
    let mark = r#","partialFingerprints":{"lineHash":"39fa2ee980eb94b0"}"#;
    for rest in ["", mark] {
        let results = [11, 12, 11].map(|index| at_artifact(&format!(r#""index":{index}"#), rest));
        let words = log(&format!(
            r#""artifacts":[],"results":[{}]"#,
            results.join(",")
        ));
        let keys = keys(&words);
        assert_ne!(keys[0], keys[1]);
        assert_eq!(keys[0], keys[2]);
        let (_, closing) = read(&Sarif, &words);
        let notes = format!("{:?}", closing.unwrap().notes);
        assert!(
            notes.contains("2 artifacts by indexes that lead nowhere"),
            "{notes}"
        );
    }
}

#[test]
fn rules_of_one_id_make_no_duplicates_of_their_results() {
    let result = |rest: &str| {
        format!(
            r#"{{"ruleId":"B","message":{{"id":"d"}},{}{rest}}}"#,
            at_line("a.c", 7, "")
        )
    };
    let rule = |text: &str| format!(r#"{{"id":"B","messageStrings":{{"d":{{"text":"{text}"}}}}}}"#);
    let of = |rules: &str, results: &[String]| {
        keys(&format!(
            r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"probe","rules":[{rules}]}},
            "extensions":[{{"name":"one","rules":[{}]}},{{"name":"two","rules":[{}]}}]}},"results":[{}]}}]}}"#,
            rule("first"),
            rule("first"),
            results.join(",")
        ))
    };
    let by_index = [result(r#","ruleIndex":0"#), result(r#","ruleIndex":1"#)];
    let (first, second) = (rule("first"), rule("second"));
    let keys = of(&format!("{first},{second}"), &by_index);
    assert_ne!(keys[0], keys[1]);
    // The order of the rules plays no part.
    let turned = of(&format!("{second},{first}"), &by_index);
    assert_eq!((&keys[0], &keys[1]), (&turned[1], &turned[0]));
    let component = |index: u32| {
        result(&format!(
            r#","rule":{{"id":"B","toolComponent":{{"index":{index}}}}}"#
        ))
    };
    let keys = of(
        &first,
        &[result(""), component(0), component(1), component(1)],
    );
    let distinct: std::collections::BTreeSet<_> = keys.iter().collect();
    assert_eq!(distinct.len(), 3);
    assert_eq!(keys[2], keys[3]);
}
