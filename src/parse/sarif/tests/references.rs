//! What rules, results and overrides name by id, index and guid in other places of the log.

use super::*;

/// A log of a tool with one extension; `rules` are the driver's.
fn tool(rules: &str, extension: &str, run: &str) -> String {
    format!(
        r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"probe","rules":[{rules}]}},
        "extensions":[{{"name":"plug","guid":"e-1",{extension}}}]}},{run}}}]}}"#
    )
}

fn weaknesses(words: &str) -> Vec<String> {
    let finding = one(words);
    let ids = finding.weaknesses.iter();
    ids.map(|id| id.untrusted().to_owned()).collect()
}

const CWE: &str =
    r#"{"name":"CWE","guid":"t-1","taxa":[{"id":"22","guid":"x-22"},{"id":"89","guid":"x-89"}]}"#;
const OTHER: &str = r#"{"name":"OWASP","guid":"t-2","taxa":[{"id":"7"},{"id":"CWE-611"}]}"#;

#[test]
fn a_relationship_reaches_its_weakness_by_every_name() {
    for (target, expected) in [
        (r#""id":"89","toolComponent":{"name":"cwe"}"#, "CWE-89"),
        (r#""id":"89","toolComponent":{"index":1}"#, "CWE-89"),
        (r#""id":"89","toolComponent":{"guid":"t-1"}"#, "CWE-89"),
        (r#""index":0,"toolComponent":{"name":"CWE"}"#, "CWE-22"),
        (r#""index":1,"toolComponent":{"index":1}"#, "CWE-89"),
        (r#""guid":"x-22","toolComponent":{"guid":"t-1"}"#, "CWE-22"),
        (r#""index":1,"toolComponent":{"index":0}"#, "CWE-611"),
        // Taxa of an extension, and of the driver.
        (r#""index":0,"toolComponent":{"guid":"e-1"}"#, "CWE-5"),
        (r#""id":"CWE-6""#, "CWE-6"),
        // A name is believed before an index, which may count something else.
        (
            r#""index":0,"toolComponent":{"name":"CWE","index":0}"#,
            "CWE-22",
        ),
    ] {
        let rule = format!(r#"{{"id":"A","relationships":[{{"target":{{{target}}}}}]}}"#);
        let words = tool(
            &rule,
            r#""taxa":[{"id":"CWE-5"}]"#,
            &format!(r#""taxonomies":[{OTHER},{CWE}],"results":[{{"ruleId":"A"}}]"#),
        );
        assert_eq!(weaknesses(&words), [expected], "{target}");
        let taxon = tool(
            r#"{"id":"A"}"#,
            r#""taxa":[{"id":"CWE-5"}]"#,
            &format!(
                r#""results":[{{"ruleId":"A","taxa":[{{{target}}}]}}],"taxonomies":[{OTHER},{CWE}]"#
            ),
        );
        assert_eq!(weaknesses(&taxon), [expected], "{target}");
    }
}

#[test]
fn what_is_no_weakness_or_not_there_is_none() {
    for target in [
        r#""id":"89","toolComponent":{"name":"OWASP"}"#,
        r#""id":"89","toolComponent":{"index":0}"#,
        r#""index":0,"toolComponent":{"index":0}"#,
        r#""index":9,"toolComponent":{"index":1}"#,
        r#""index":0,"toolComponent":{"index":9}"#,
        r#""guid":"x-22","toolComponent":{"guid":"nobody"}"#,
        r#""id":"89""#,
        "",
    ] {
        let rule = format!(r#"{{"id":"A","relationships":[{{"target":{{{target}}}}}]}}"#);
        let words = tool(
            &rule,
            r#""rules":[]"#,
            &format!(r#""taxonomies":[{OTHER},{CWE}],"results":[{{"ruleId":"A"}}]"#),
        );
        assert!(weaknesses(&words).is_empty(), "{target}");
    }
    let disjoint =
        r#"{"id":"A","relationships":[{"target":{"id":"CWE-89"},"kinds":["disjoint"]}]}"#;
    let words = tool(disjoint, r#""rules":[]"#, r#""results":[{"ruleId":"A"}]"#);
    assert!(weaknesses(&words).is_empty());
}

#[test]
fn rules_and_their_components_are_found_by_guid() {
    let finding = one(&tool(
        r#"{"id":"A","guid":"r-1"}"#,
        r#""rules":[{"id":"B","guid":"r-2","defaultConfiguration":{"level":"error"}}]"#,
        r#""results":[{"rule":{"guid":"r-2","toolComponent":{"guid":"e-1"}}}]"#,
    ));
    assert_eq!(finding.rule.id.as_ref().unwrap().untrusted(), "B");
    assert_eq!(level(&finding).0, Severity::High);
}

fn overridden(invocations: &str, result: &str) -> Severity {
    let finding = one(&tool(
        r#"{"id":"A","guid":"r-1","defaultConfiguration":{"level":"error"}}"#,
        r#""rules":[{"id":"B","guid":"r-2","defaultConfiguration":{"level":"error"}}]"#,
        &format!(
            r#""invocations":[{invocations}],"results":[{{"message":{{"text":"m"}},{result}}}]"#
        ),
    ));
    level(&finding).0
}

fn invocation(descriptor: &str, level: &str) -> String {
    format!(
        r#"{{"executionSuccessful":true,"ruleConfigurationOverrides":[
        {{"descriptor":{{{descriptor}}},"configuration":{{"level":"{level}"}}}}]}}"#
    )
}

#[test]
fn an_override_names_its_rule_by_id_index_guid_and_component() {
    let driver = r#""ruleId":"A","ruleIndex":0"#;
    for descriptor in [r#""id":"A""#, r#""index":0"#, r#""guid":"r-1""#] {
        let invocations = invocation(descriptor, "note");
        assert_eq!(
            overridden(&invocations, driver),
            Severity::Low,
            "{descriptor}"
        );
    }
    let extension = r#""rule":{"id":"B","index":0,"toolComponent":{"index":0}}"#;
    for component in [r#""index":0"#, r#""guid":"e-1""#, r#""name":"plug""#] {
        let descriptor = format!(r#""index":0,"toolComponent":{{{component}}}"#);
        let invocations = invocation(&descriptor, "note");
        assert_eq!(
            overridden(&invocations, extension),
            Severity::Low,
            "{component}"
        );
        // The rule of the driver at the same index is another.
        assert_eq!(
            overridden(&invocations, driver),
            Severity::High,
            "{component}"
        );
    }
}

#[test]
fn an_override_counts_for_results_of_its_invocation_only() {
    let both = format!(
        "{},{}",
        invocation(r#""id":"A""#, "note"),
        invocation(r#""id":"A""#, "none")
    );
    let of = |index: &str| {
        overridden(
            &both,
            &format!(r#""ruleId":"A","provenance":{{"invocationIndex":{index}}}"#),
        )
    };
    assert_eq!(of("0"), Severity::Low);
    assert_eq!(of("1"), Severity::Info);
    // Nobody knows which of the two.
    assert_eq!(of("-1"), Severity::High);
    assert_eq!(of("2"), Severity::High);
}

#[test]
fn an_override_without_a_level_or_of_a_notification_changes_none() {
    let silent = r#"{"executionSuccessful":true,"ruleConfigurationOverrides":[{"descriptor":{"id":"A"},"configuration":{"enabled":false}}]}"#;
    assert_eq!(overridden(silent, r#""ruleId":"A""#), Severity::High);
    let notifications = invocation(r#""id":"A""#, "note").replace(
        "ruleConfigurationOverrides",
        "notificationConfigurationOverrides",
    );
    assert_eq!(
        overridden(&notifications, r#""ruleId":"A""#),
        Severity::High
    );
    // A level of the result itself stands before all.
    let own = invocation(r#""id":"A""#, "note");
    assert_eq!(
        overridden(&own, r#""ruleId":"A","level":"warning""#),
        Severity::Medium
    );
}

#[test]
fn viewers_and_work_items_are_links_and_guids_are_nothing() {
    let finding = one(&log(
        r#""results":[{"ruleId":"A","guid":"g-1","correlationGuid":"g-2","rank":12.5,"hostedViewerUri":"https://git.example/alerts/1",
        "workItemUris":["https://tracker.example/HA-1",null,"https://tracker.example/HA-2"]}]"#,
    ));
    let links: Vec<_> = finding.links.iter().map(Text::untrusted).collect();
    assert_eq!(
        links,
        [
            "https://git.example/alerts/1",
            "https://tracker.example/HA-1",
            "https://tracker.example/HA-2"
        ]
    );
    assert_eq!(finding.tags.as_slice()[0].untrusted(), "rank:12.5");
    let other = one(&log(
        r#""results":[{"ruleId":"A","guid":"g-3","correlationGuid":"g-4"}]"#,
    ));
    assert_eq!(finding.keys, other.keys);
}
