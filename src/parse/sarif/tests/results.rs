//! Rules, levels, messages and facts of single results.

use super::*;

#[test]
fn a_rule_is_found_by_index_alone() {
    let finding = one(
        r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"probe","rules":[
        {"id":"A"},{"id":"B","defaultConfiguration":{"level":"error"}}]}},
        "results":[{"ruleIndex":1,"message":{"text":"m"}}]}]}"#,
    );
    assert_eq!(finding.rule.id.as_ref().unwrap().untrusted(), "B");
    assert_eq!(level(&finding), (Severity::High, None));
}

#[test]
fn a_hierarchical_rule_id_belongs_to_its_parent() {
    let finding = one(
        r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"probe","rules":[
        {"id":"CA5350","defaultConfiguration":{"level":"error"},"properties":{"security-severity":"9.1"}}]}},
        "results":[{"ruleId":"CA5350/2","message":{"text":"m"}}]}]}"#,
    );
    assert_eq!(finding.rule.id.as_ref().unwrap().untrusted(), "CA5350/2");
    assert_eq!(level(&finding), (Severity::High, Some(91)));
}

#[test]
fn a_rule_of_an_extension_is_found() {
    let finding = one(
        r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"probe","rules":[{"id":"S1"}]},
        "extensions":[{"name":"plug","rules":[{"id":"S1","defaultConfiguration":{"level":"error"}}]}]},
        "results":[{"ruleId":"S1","rule":{"id":"S1","index":0,"toolComponent":{"index":0}},"message":{"text":"m"}}]}]}"#,
    );
    assert_eq!(level(&finding).0, Severity::High);
}

#[test]
fn of_rules_with_one_id_the_index_decides() {
    let collected = all(
        r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"probe","rules":[
        {"id":"X","messageStrings":{"d":{"text":"text 1"}}},{"id":"X","messageStrings":{"d":{"text":"text 2"}}}]}},
        "results":[{"ruleId":"X","ruleIndex":1,"message":{"id":"d"}},{"ruleId":"X","ruleIndex":0,"message":{"id":"d"}}]}]}"#,
    );
    let titles: Vec<_> = collected.findings.iter().map(title).collect();
    assert_eq!(titles, ["text 2", "text 1"]);
}

#[test]
fn an_override_of_the_invocation_beats_the_default_of_the_rule() {
    let finding = one(
        r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"probe","rules":[
        {"id":"A","defaultConfiguration":{"level":"error"}}]}},
        "invocations":[{"executionSuccessful":true,"ruleConfigurationOverrides":[
        {"descriptor":{"index":0},"configuration":{"level":"note"}}]}],
        "results":[{"ruleId":"A","ruleIndex":0,"message":{"text":"m"}}]}]}"#,
    );
    assert_eq!(level(&finding).0, Severity::Low);
}

#[test]
fn without_any_level_it_is_a_warning() {
    let finding = one(&log(r#""results":[{"ruleId":"A","message":{"text":"m"}}]"#));
    assert_eq!(level(&finding).0, Severity::Medium);
}

#[test]
fn level_none_is_information() {
    let finding = one(&log(
        r#""results":[{"ruleId":"A","level":"none","message":{"text":"m"}}]"#,
    ));
    assert_eq!(level(&finding).0, Severity::Info);
}

#[test]
fn a_level_that_nobody_knows_is_unknown() {
    let finding = one(&log(
        r#""results":[{"ruleId":"A","level":"dire","message":{"text":"m"}}]"#,
    ));
    assert_eq!(level(&finding).0, Severity::Unknown);
}

#[test]
fn security_severity_is_a_number_a_string_or_a_word_and_zero_is_none() {
    let score = |value: &str| {
        let finding = one(&log(&format!(
            r#""results":[{{"ruleId":"A","message":{{"text":"m"}},"properties":{{"security-severity":{value}}}}}]"#
        )));
        level(&finding)
    };
    assert_eq!(score("7.5"), (Severity::Medium, Some(75)));
    assert_eq!(score("\"9.0\""), (Severity::Medium, Some(90)));
    assert_eq!(score("\"0.0\""), (Severity::Medium, None));
    assert_eq!(score("11"), (Severity::Medium, None));
    assert_eq!(score("\"CRITICAL\""), (Severity::Critical, None));
}

#[test]
fn the_score_of_a_rule_is_found_by_index_alone() {
    let finding = one(
        r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"probe","rules":[
        {"id":"A","properties":{"security-severity":"2.0"}},{"id":"B","properties":{"security-severity":"9.8"}}]}},
        "results":[{"ruleIndex":1,"level":"note","message":{"text":"m"}}]}]}"#,
    );
    assert_eq!(level(&finding), (Severity::Low, Some(98)));
}

#[test]
fn a_credential_in_an_argument_a_link_or_an_address_is_not_glued_to_other_words() {
    let token = ["gh", "p_", &"aB3".repeat(12)].concat();
    let finding = one(&log(&format!(
        r#""results":[{{"ruleId":"A","message":{{"text":"key{{0}} and key[{token}](1)","arguments":["{token}"]}},
        "locations":[{{"physicalLocation":{{"artifactLocation":{{"uri":"a/https://user:{token}@b.example/c"}}}}}}]}}]"#
    )));
    assert_eq!(
        title(&finding),
        "key[redacted github-token] and key[redacted github-token]"
    );
    assert_eq!(
        path(&finding),
        "a/https:/[redacted url-credentials]@b.example/c"
    );
}

#[test]
fn kinds_that_are_no_problem_are_passed_and_open_ones_are_to_review() {
    let kinds = [
        "pass",
        "notApplicable",
        "informational",
        "fail",
        "open",
        "review",
    ];
    let results: Vec<_> = kinds
        .iter()
        .map(|kind| format!(r#"{{"ruleId":"A","kind":"{kind}","message":{{"text":"{kind}"}}}}"#))
        .collect();
    let collected = all(&log(&format!(r#""results":[{}]"#, results.join(","))));
    assert_eq!((collected.records, collected.passed), (6, 3));
    let review: Vec<_> = collected
        .findings
        .iter()
        .map(|finding| {
            let tags = finding
                .tags
                .iter()
                .any(|tag| tag.untrusted() == "to-review");
            (title(finding), tags, level(finding).0)
        })
        .collect();
    assert_eq!(
        review,
        [
            ("fail", false, Severity::Medium),
            ("open", true, Severity::Medium),
            ("review", true, Severity::Medium)
        ]
    );
}

#[test]
fn what_a_person_must_look_at_is_no_milder_than_its_rule() {
    for kind in ["open", "review"] {
        let of = |level: &str| {
            one(&format!(
                r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"probe","rules":[
                {{"id":"A","defaultConfiguration":{{"level":"error"}}}}]}}}},
                "results":[{{"ruleId":"A","kind":"{kind}"{level},"message":{{"text":"m"}}}}]}}]}}"#
            ))
        };
        assert_eq!(level(&of("")).0, Severity::High);
        let own = of(r#","level":"none""#);
        assert_eq!(level(&own).0, Severity::Info);
    }
}

#[test]
fn absent_from_the_baseline_is_passed() {
    let collected = all(&log(
        r#""results":[{"ruleId":"A","baselineState":"absent","message":{"text":"m"}},
        {"ruleId":"A","baselineState":"new","message":{"text":"m"}}]"#,
    ));
    assert_eq!((collected.passed, collected.findings.len()), (1, 1));
}

#[test]
fn only_accepted_suppressions_and_those_without_status_count() {
    let finding = one(&log(
        r#""results":[{"ruleId":"A","message":{"text":"m"},"suppressions":[
        {"kind":"inSource"},{"kind":"external","status":"underReview"},{"kind":"external","state":"rejected"}]}]"#,
    ));
    let statuses: Vec<_> = finding.suppressions.iter().map(|one| one.status).collect();
    assert_eq!(
        statuses,
        [
            SuppressionStatus::Accepted,
            SuppressionStatus::UnderReview,
            SuppressionStatus::Rejected
        ]
    );
}

#[test]
fn what_is_no_object_suppresses_nothing() {
    let of = |suppressions: &str| {
        let result =
            format!(r#"{{"ruleId":"A","message":{{"text":"m"}},"suppressions":{suppressions}}}"#);
        one(&log(&format!(r#""results":[{result}]"#))).suppressions
    };
    for odd in [
        "null", "{}", r#""x""#, "true", "[]", r#"["x"]"#, "[null]", "[5]", "[[]]",
    ] {
        assert!(of(odd).is_empty(), "{odd}");
    }
    assert_eq!(of(r#"[null,{"kind":"inSource"}]"#).as_slice().len(), 1);
}

#[test]
fn placeholders_are_filled_wherever_the_text_stands() {
    let finding = one(&log(
        r#""results":[{"ruleId":"A","message":{"text":"{0}{1}{2}{3}{4}{5} end","arguments":["a","b","c","d","e","f"]}}]"#,
    ));
    assert_eq!(title(&finding), "abcdef end");
    let finding = one(&log(
        r#""results":[{"ruleId":"A","message":{"text":"only {1}{7} {{literal}}","arguments":["x","y"]}}]"#,
    ));
    assert_eq!(title(&finding), "only y {literal}");
}

#[test]
fn braces_stay_when_a_message_has_no_arguments() {
    let finding = one(&log(
        r#""results":[{"ruleId":"A","message":{"text":"use f\"{{x}} {0}\""}}]"#,
    ));
    assert_eq!(title(&finding), "use f\"{{x}} {0}\"");
}

#[test]
fn a_message_id_may_name_a_global_string() {
    let finding = one(
        r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"probe","globalMessageStrings":{"g":{"text":"from {0}"}},
        "rules":[{"id":"A"}]}},"results":[{"ruleId":"A","message":{"id":"g","arguments":["global"]}}]}]}"#,
    );
    assert_eq!(title(&finding), "from global");
}

#[test]
fn embedded_links_leave_their_words() {
    let finding = one(&log(
        r#""results":[{"ruleId":"A","message":{"text":"depends on a [user value](1), not on a\\[0\\] [x] (y)"}}]"#,
    ));
    assert_eq!(
        title(&finding),
        "depends on a user value, not on a[0] [x] (y)"
    );
}

#[test]
fn weaknesses_come_from_relationships_taxa_and_tags() {
    let finding = one(
        r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"probe","rules":[{"id":"A",
        "relationships":[{"target":{"id":"89","toolComponent":{"name":"CWE"}}},{"target":{"id":"7","toolComponent":{"name":"OWASP"}}}],
        "properties":{"tags":["external/cwe/cwe-079","security"]}}]}},
        "taxonomies":[{"name":"CWE","taxa":[{"id":"22"}]}],
        "results":[{"ruleId":"A","message":{"text":"m"},"taxa":[{"id":"22","toolComponent":{"index":0}}]}]}]}"#,
    );
    let ids: Vec<_> = finding.weaknesses.iter().map(Text::untrusted).collect();
    assert_eq!(ids, ["CWE-22", "CWE-79", "CWE-89"]);
    let tags: Vec<_> = finding.tags.iter().map(Text::untrusted).collect();
    assert_eq!(tags, ["security"]);
}

#[test]
fn sentinels_and_nulls_are_absent() {
    let finding = one(&log(
        r#""results":[{"ruleId":"A","ruleIndex":-1,"rank":-1,"level":null,"message":{"text":"m","id":null},"fixes":null,
        "locations":[{"id":-1,"physicalLocation":{"artifactLocation":{"uri":"a.c","index":-1},
        "region":{"startLine":7,"byteOffset":-1,"endLine":-1,"startColumn":0,"snippet":null}},"logicalLocations":null}],
        "suppressions":null,"partialFingerprints":null,"properties":null}]"#,
    ));
    let location = &finding.locations.as_slice()[0];
    assert_eq!(
        (
            location.start_line,
            location.start_column,
            location.end_line
        ),
        (Some(7), None, None)
    );
    assert!(finding.tags.is_empty());
}

#[test]
fn several_locations_make_one_finding() {
    let finding = one(&log(
        r#""results":[{"ruleId":"A","message":{"text":"m"},"locations":[
        {"physicalLocation":{"artifactLocation":{"uri":"b.c"}}},{"physicalLocation":{"artifactLocation":{"uri":"a.c"}}}]}]"#,
    ));
    assert_eq!(finding.locations.len(), 2);
}

#[test]
fn odd_optional_fields_cost_only_themselves() {
    let finding = one(&log(
        r#""results":[{"ruleId":"A","message":"plain","locations":{"a":1},"fixes":[{}],"taxa":["x"],"fingerprints":[1],
        "partialFingerprints":{"a":7,"b":{"value":"0123456789abcdef"}},"suppressions":["no"],"occurrenceCount":"many"}]"#,
    ));
    assert_eq!(title(&finding), "A");
    assert_eq!(labels(&finding), [KeyLabel::Fingerprint]);
}

#[test]
fn occurrences_are_told() {
    let finding = one(&log(
        r#""results":[{"ruleId":"A","message":{"text":"m"},"occurrenceCount":3}]"#,
    ));
    assert_eq!(
        finding.description.unwrap().untrusted(),
        "m\n\nThe tool counts 3 occurrences."
    );
}

#[test]
fn a_cargo_audit_result_is_a_dependency() {
    let finding = one(
        r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"cargo-audit","rules":[]}},"results":[{"ruleId":"RUSTSEC-2022-0061",
        "message":{"text":"parity-wasm 0.45.0 has a unmaintained warning: deprecated"},"level":"warning",
        "locations":[{"physicalLocation":{"artifactLocation":{"uri":"Cargo.lock"},"region":{"startLine":1}}}],
        "partialFingerprints":{"cargo-audit/advisory-fingerprint":"RUSTSEC-2022-0061:parity-wasm:0.45.0"}}]}]}"#,
    );
    assert_eq!(finding.kind, Kind::Dependency);
    let package = finding.package.unwrap();
    assert_eq!(package.purl.untrusted(), "pkg:cargo/parity-wasm");
    assert_eq!(package.versions.as_slice()[0].untrusted(), "0.45.0");
    let key = crate::model::Key::advisory("", "pkg:cargo/parity-wasm", "RUSTSEC-2022-0061");
    assert_eq!(finding.keys.as_slice(), [key]);
    assert!(
        finding
            .tags
            .iter()
            .any(|tag| tag.untrusted() == "unmaintained")
    );
}

#[test]
fn a_trivy_result_is_a_dependency_where_its_lock_file_tells_the_ecosystem() {
    let trivy = |uri: &str| {
        one(&format!(
            r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"Trivy"}}}},"results":[{{"ruleId":"CVE-2021-23337",
            "message":{{"text":"Package: lodash\nInstalled Version: 4.17.4\nVulnerability CVE-2021-23337\nFixed Version: 4.17.21"}},
            "locations":[{{"physicalLocation":{{"artifactLocation":{{"uri":"{uri}"}}}}}}]}}]}}]}}"#
        ))
    };
    let sure = trivy("web/package-lock.json");
    assert_eq!(sure.kind, Kind::Dependency);
    assert_eq!(
        sure.package.unwrap().fixed_in.as_slice()[0].untrusted(),
        "4.17.21"
    );
    let unsure = trivy("library/alpine");
    assert_eq!(unsure.kind, Kind::Code);
    assert_eq!(unsure.ids.as_slice()[0].untrusted(), "CVE-2021-23337");
}

#[test]
fn kinds_follow_the_tool_and_the_tags_of_its_rules() {
    let kind = |name: &str, tag: &str| {
        one(&format!(
            r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"{name}","rules":[{{"id":"A","properties":{{"tags":["{tag}"]}}}}]}}}},
            "results":[{{"ruleId":"A","message":{{"text":"m"}}}}]}}]}}"#
        ))
        .kind
    };
    assert_eq!(kind("Gitleaks v8.1", "x"), Kind::Secret);
    assert_eq!(kind("Trivy", "secret"), Kind::Secret);
    assert_eq!(kind("Hadolint", "x"), Kind::Configuration);
    assert_eq!(kind("Semgrep OSS", "security"), Kind::Code);
}
