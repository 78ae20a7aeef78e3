//! What data flows tell of a finding, and what they must not.

use super::*;

/// A step at a line; `line` 0 has no place.
fn step(uri: &str, line: u32, rest: &str) -> String {
    let place = format!(
        r#""location":{{"physicalLocation":{{"artifactLocation":{{"uri":"{uri}"}},"region":{{"startLine":{line}}}}}}}"#
    );
    if line == 0 {
        format!("{{{}}}", rest.trim_start_matches(','))
    } else {
        format!("{{{place}{rest}}}")
    }
}

fn thread(steps: &[String]) -> String {
    format!(r#"{{"locations":[{}]}}"#, steps.join(","))
}

fn described(flows: &[&[String]], run: &str) -> Option<String> {
    let flows: Vec<_> = (flows.iter())
        .map(|threads| format!(r#"{{"threadFlows":[{}]}}"#, threads.join(",")))
        .collect();
    let finding = one(&log(&format!(
        r#"{run}"results":[{{"ruleId":"A","message":{{"text":"m"}},{},"codeFlows":[{}]}}]"#,
        at_line("z.js", 9, ""),
        flows.join(",")
    )));
    assert_eq!((finding.locations.len(), path(&finding)), (1, "z.js"));
    Some(finding.description?.untrusted().to_owned())
}

#[test]
fn a_flow_is_told_from_its_source_to_its_sink_and_moves_no_location() {
    let steps = [
        step("a.js", 3, ""),
        step("b.js", 4, ""),
        step("./z.js", 9, ""),
    ];
    assert_eq!(
        described(&[&[thread(&steps)]], "").unwrap(),
        "Flow: a.js:3 -> z.js:9 (3 steps)"
    );
}

#[test]
fn unimportant_steps_and_steps_without_a_place_are_no_ends() {
    let steps = [
        step("main.js", 1, r#","importance":"unimportant""#),
        step("", 0, ""),
        step("a.js", 3, r#","importance":"essential""#),
        step("z.js", 9, r#","importance":"important""#),
        step("", 0, r#","location":{"message":{"text":"done"}}"#),
    ];
    assert_eq!(
        described(&[&[thread(&steps)]], "").unwrap(),
        "Flow: a.js:3 -> z.js:9 (5 steps)"
    );
}

#[test]
fn of_several_threads_the_first_is_told_with_their_number() {
    let (first, other) = (
        thread(&[step("a.js", 3, ""), step("z.js", 9, "")]),
        thread(&[step("b.js", 3, ""), step("z.js", 9, "")]),
    );
    assert_eq!(
        described(&[&[first, other]], "").unwrap(),
        "Flow: a.js:3 -> z.js:9 (2 steps, the first of 2 threads)"
    );
}

#[test]
fn of_flows_with_the_same_ends_the_one_with_the_most_threads_is_told() {
    let thread_of = |lines: &[u32]| {
        let steps: Vec<_> = lines.iter().map(|line| step("z.js", *line, "")).collect();
        thread(&steps)
    };
    let (short, long) = (thread_of(&[1, 9]), thread_of(&[1, 5, 9]));
    let two = [short.clone(), short.clone()];
    let three = [long.clone(), long.clone(), long];
    for flows in [[&two[..], &three], [&three, &two]] {
        assert_eq!(
            described(&flows, "").unwrap(),
            "Flow: z.js:1 -> z.js:9 (3 steps, the first of 3 threads)"
        );
    }
}

#[test]
fn equal_flows_are_told_once_and_many_are_counted() {
    let flow = |line| vec![thread(&[step("a.js", line, ""), step("z.js", 9, "")])];
    let flows: Vec<Vec<String>> = [1, 1, 2, 3, 4, 5].into_iter().map(flow).collect();
    let flows: Vec<&[String]> = flows.iter().map(Vec::as_slice).collect();
    let told = described(&flows, "").unwrap();
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(
        lines,
        [
            "Flow: a.js:1 -> z.js:9 (2 steps)",
            "Flow: a.js:2 -> z.js:9 (2 steps)",
            "Flow: a.js:3 -> z.js:9 (2 steps)",
            "and 2 more"
        ]
    );
}

#[test]
fn a_flow_that_goes_nowhere_tells_nothing() {
    let one_step = thread(&[step("a.js", 3, "")]);
    let circle = thread(&[step("a.js", 3, ""), step("a.js", 3, "")]);
    assert_eq!(described(&[&[one_step], &[circle], &[]], ""), None);
    for odd in [r#""x""#, "[null]", r#"[{"threadFlows":{}}]"#] {
        let finding = one(&log(&format!(
            r#""results":[{{"ruleId":"A","message":{{"text":"m"}},"codeFlows":{odd}}}]"#
        )));
        assert_eq!(finding.description, None, "{odd}");
    }
}

#[test]
fn steps_may_stand_in_the_run_and_paths_among_its_artifacts() {
    let run = r#""artifacts":[{"location":{"uri":"a.js"}}],"threadFlowLocations":[
        {"location":{"physicalLocation":{"artifactLocation":{"index":0},"region":{"startLine":3}}}},
        {"location":{"physicalLocation":{"artifactLocation":{"uri":"z.js"}}}}],"#;
    let steps = [step("", 0, r#","index":0"#), step("", 0, r#","index":1"#)];
    assert_eq!(
        described(&[&[thread(&steps)]], run).unwrap(),
        "Flow: a.js:3 -> z.js (2 steps)"
    );
    let beyond = [step("", 0, r#","index":0"#), step("", 0, r#","index":7"#)];
    assert_eq!(described(&[&[thread(&beyond)]], run), None);
}

#[test]
fn a_flow_follows_occurrences_and_the_words_of_the_rule() {
    let flow = thread(&[step("a.js", 3, ""), step("z.js", 9, "")]);
    let finding = one(&format!(
        r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"probe","rules":[{{"id":"A","fullDescription":{{"text":"Long words."}}}}]}}}},
        "results":[{{"ruleId":"A","message":{{"text":"m"}},"occurrenceCount":2,"codeFlows":[{{"threadFlows":[{flow}]}}]}}]}}]}}"#
    ));
    assert_eq!(
        finding.description.unwrap().untrusted(),
        "Long words.\n\nThe tool counts 2 occurrences.\n\nFlow: a.js:3 -> z.js:9 (2 steps)"
    );
}

#[test]
fn related_locations_and_stacks_are_no_locations() {
    let finding = one(&log(&format!(
        r#""results":[{{"ruleId":"A","message":{{"text":"m"}},{},
        "relatedLocations":[{{"id":1,"physicalLocation":{{"artifactLocation":{{"uri":"a.js"}}}}}}],
        "stacks":[{{"frames":[{{"location":{{"physicalLocation":{{"artifactLocation":{{"uri":"b.js"}}}}}}}}]}}]}}]"#,
        at_line("z.js", 9, "")
    )));
    assert_eq!((finding.locations.len(), path(&finding)), (1, "z.js"));
    assert_eq!(finding.description, None);
}
