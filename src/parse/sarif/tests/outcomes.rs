//! How a log as a whole is judged.

use super::*;

fn outcome(words: &str) -> Outcome {
    let (_, closing) = read(&Sarif, words);
    closing.unwrap().outcome
}

#[test]
fn another_version_is_refused_by_name() {
    for version in ["1.0.0", "2.0.0", "2.0.0-csd.2.beta.2019-02-20"] {
        let words = format!(
            r#"{{"runs":[{{"tool":{{"driver":{{"name":"probe"}}}},"results":[{{"ruleId":"A"}}]}}],"version":"{version}"}}"#
        );
        let (collected, closing) = read(&Sarif, &words);
        assert_eq!(collected.records, 0);
        let error = closing.unwrap_err();
        assert_eq!(
            error.message(),
            format!("expected SARIF 2.1.0, found version `{version}`")
        );
    }
}

#[test]
fn a_log_without_a_version_is_read_with_a_note() {
    let (collected, closing) = read(
        &Sarif,
        r#"{"runs":[{"tool":{"driver":{"name":"probe"}},"results":[{"ruleId":"A"}]}]}"#,
    );
    let closing = closing.unwrap();
    assert_eq!(
        (collected.findings.len(), closing.outcome),
        (1, Outcome::Complete)
    );
    assert_eq!(closing.notes.len(), 1);
}

#[test]
fn a_run_without_results_did_not_scan() {
    assert_eq!(outcome(&log(r#""results":[]"#)), Outcome::Complete);
    assert_eq!(outcome(&log(r#""results":null"#)), Outcome::NotRun);
    assert_eq!(
        outcome(&log(r#""columnKind":"unicodeCodePoints""#)),
        Outcome::NotRun
    );
    assert_eq!(
        outcome(r#"{"version":"2.1.0","runs":null}"#),
        Outcome::NotRun
    );
    assert_eq!(outcome(r#"{"version":"2.1.0","runs":[]}"#), Outcome::NotRun);
}

#[test]
fn runs_must_be_there_and_be_an_array() {
    let schema = r#""$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0""#;
    for words in [
        format!("{{{schema}}}"),
        format!(r#"{{{schema},"runs":{{}}}}"#),
    ] {
        assert!(read(&Sarif, &words).1.is_err());
    }
}

#[test]
fn an_external_property_file_is_no_log() {
    let (_, closing) = read(
        &Sarif,
        r#"{"$schema":"https://json.schemastore.org/sarif-external-properties-2.1.0.json","version":"2.1.0","results":[{"ruleId":"A"}]}"#,
    );
    let message = closing.unwrap_err().message().to_owned();
    assert!(message.contains("external property file"), "{message}");
}

#[test]
fn what_the_tool_could_not_do_makes_a_run_partial() {
    let failed = log(r#""invocations":[{"executionSuccessful":false}],"results":[]"#);
    assert_eq!(outcome(&failed), Outcome::Partial);
    let notified = |level: &str| {
        log(&format!(
            r#""invocations":[{{"executionSuccessful":true,"toolConfigurationNotifications":[{{"level":"{level}","message":{{"text":"syntax error"}}}}]}}],"results":[]"#
        ))
    };
    assert_eq!(outcome(&notified("warning")), Outcome::Complete);
    let (_, closing) = read(&Sarif, &notified("error"));
    let closing = closing.unwrap();
    assert_eq!(closing.outcome, Outcome::Partial);
    assert_eq!(
        closing.notes.as_slice()[0].untrusted(),
        "run 0: the tool reports an error: syntax error"
    );
}

#[test]
fn a_tool_that_died_makes_a_run_partial_and_an_exit_code_does_not() {
    for (invocations, expected) in [
        (r#"[{"exitCode":2}]"#, None),
        (r#"[{"exitSignalName":"","exitSignalNumber":0}]"#, None),
        (
            r#"[{"exitCode":2,"exitSignalName":"SIGKILL"}]"#,
            Some("run 0: the tool was ended by signal SIGKILL"),
        ),
        (
            r#"[{},{"executionSuccessful":true,"exitSignalNumber":9}]"#,
            Some("run 0: the tool was ended by signal 9"),
        ),
        (
            r#"[{"processStartFailureMessage":"no such file"}]"#,
            Some("run 0: the tool did not start: no such file"),
        ),
        (
            r#"{"executionSuccessful":false}"#,
            Some("run 0: the tool says that it did not succeed"),
        ),
    ] {
        let words = log(&format!(r#""invocations":{invocations},"results":[]"#));
        let closing = read(&Sarif, &words).1.unwrap();
        let note = closing.notes.as_slice().first().map(Text::untrusted);
        assert_eq!(note, expected, "{invocations}");
        let partial = closing.outcome == Outcome::Partial;
        assert_eq!(partial, expected.is_some(), "{invocations}");
    }
}

#[test]
fn runs_and_results_that_stand_there_twice_have_places_of_their_own() {
    let result = r#"{"ruleId":"A","message":{"text":"m"}}"#;
    let run = |name: &str| {
        format!(
            r#"{{"tool":{{"driver":{{"name":"{name}"}}}},"results":[{result}],"results":[{result},7]}}"#
        )
    };
    let words = format!(
        r#"{{"version":"2.1.0","runs":[{}],"runs":[{}]}}"#,
        run("one"),
        run("two")
    );
    let (collected, closing) = read(&Sarif, &words);
    let seen = collected.findings.iter().map(|finding| {
        let sighting = &finding.sightings.as_slice()[0];
        let (scanner, at) = (sighting.scanner.untrusted(), sighting.place.at.untrusted());
        format!("{scanner} {at}")
    });
    assert_eq!(
        seen.collect::<Vec<_>>(),
        [
            "one /runs/0/results/0",
            "one /runs/0/results/1",
            "two /runs/1/results/0",
            "two /runs/1/results/1"
        ]
    );
    assert!(collected.rejects[1].starts_with("/runs/1/results/2: "));
    let notes = format!("{:?}", closing.unwrap().notes);
    assert!(notes.contains("more than once"), "{notes}");
}

#[test]
fn the_worst_run_decides() {
    let words = r#"{"version":"2.1.0","runs":[
        {"tool":{"driver":{"name":"b"}},"results":[]},{"tool":{"driver":{"name":"a"}},"results":null}]}"#;
    let (_, closing) = read(&Sarif, words);
    let closing = closing.unwrap();
    assert_eq!(closing.outcome, Outcome::NotRun);
    assert_eq!(closing.scanner.unwrap().untrusted(), "a, b");
}

#[test]
fn scope_names_no_single_run() {
    let scope = |run: &str| {
        let (_, closing) = read(&Sarif, &log(&format!(r#"{run}"results":[]"#)));
        closing.unwrap().scope.as_slice()[0].untrusted().to_owned()
    };
    assert_eq!(
        scope(r#""automationDetails":{"id":"nightly/web/2026-11-22"},"#),
        "probe::nightly/web"
    );
    assert_eq!(
        scope(r#""automationDetails":{"id":"ci:analyze/"},"#),
        "probe::ci:analyze"
    );
    assert_eq!(
        scope(r#""automationDetails":{"id":"2026-11-22"},"#),
        "probe::"
    );
    assert_eq!(
        scope(
            r#""versionControlProvenance":[{"repositoryUri":"https://git.example/queue-board"}],"#
        ),
        "probe::https://git.example/queue-board"
    );
}

#[test]
fn one_odd_result_costs_one_reject() {
    let (collected, closing) = read(
        &Sarif,
        &log(
            r#""results":[{"ruleId":"A"},null,"x",{},{"ruleId":"A","ruleId":"B"},{"ruleId":"A",},{"ruleId":"C"}]"#,
        ),
    );
    assert_eq!(closing.unwrap().outcome, Outcome::Complete);
    assert_eq!((collected.records, collected.findings.len()), (7, 2));
    assert_eq!(
        collected.rejects[0],
        "/runs/0/results/1: expected a result, found null"
    );
    assert_eq!(
        collected.rejects[1],
        "/runs/0/results/2: expected a result, found a string"
    );
    assert!(
        collected.rejects[2].contains("expected a `ruleId`"),
        "{:?}",
        collected.rejects
    );
    assert!(
        collected.rejects[3].contains("duplicate field `ruleId`"),
        "{:?}",
        collected.rejects
    );
}

#[test]
fn what_stands_before_a_break_is_kept() {
    let whole = log(r#""results":[{"ruleId":"A"},{"ruleId":"B"},{"ruleId":"C"}]"#);
    let cut = &whole[..whole.find(r#"{"ruleId":"C""#).unwrap() + 5];
    let (collected, closing) = read(&Sarif, cut);
    assert_eq!(collected.findings.len(), 2);
    assert!(
        closing
            .unwrap_err()
            .message()
            .contains("ends in the middle")
    );
}

#[test]
fn inline_external_properties_belong_to_their_run() {
    let words = r#"{"version":"2.1.0","inlineExternalProperties":[{"runGuid":"g-1","driver":{"name":"probe","rules":[{"id":"A",
        "defaultConfiguration":{"level":"error"}}]},"results":[{"ruleId":"A","ruleIndex":0,"message":{"text":"inline"}}]}],
        "runs":[{"tool":{"driver":{"name":"other"}},"results":[]},
        {"tool":{"driver":{"name":"probe"}},"automationDetails":{"guid":"g-1"},"externalPropertyFileReferences":{"results":[{"guid":"x"}]}}]}"#;
    let (collected, closing) = read(&Sarif, words);
    assert_eq!(closing.unwrap().outcome, Outcome::Complete);
    assert_eq!(level(&collected.findings[0]).0, Severity::High);
    let sighting = &collected.findings[0].sightings.as_slice()[0];
    assert_eq!(
        sighting.place.at.untrusted(),
        "/inlineExternalProperties/0/results/0"
    );
    assert_eq!(sighting.scanner.untrusted(), "probe");
}

#[test]
fn results_in_another_file_are_missed_aloud() {
    let elsewhere = r#""externalPropertyFileReferences":{"results":[{"location":{"uri":"more.sarif-external-properties"}}]}"#;
    for here in ["", r#","results":[]"#, r#","results":[{"ruleId":"A"}]"#] {
        assert_eq!(
            outcome(&log(&format!("{elsewhere}{here}"))),
            Outcome::Partial,
            "{here}"
        );
    }
}

#[test]
fn times_of_detection_and_scan_are_told_with_their_source() {
    let finding = one(&log(
        r#""invocations":[{"executionSuccessful":true,"endTimeUtc":"2026-11-20T10:00:00Z"}],
        "results":[{"ruleId":"A","provenance":{"firstDetectionTimeUtc":"2026-10-01T00:00:00"}}]"#,
    ));
    let first = finding.first_seen.unwrap();
    assert_eq!(first.at.to_string(), "2026-10-01T00:00:00Z");
    assert_eq!(first.source.untrusted(), "first detection in report");
    assert_eq!(
        finding.last_seen.unwrap().to_string(),
        "2026-11-20T10:00:00Z"
    );
}

#[test]
fn text_before_the_log_is_told_and_text_after_it_is_an_error() {
    let before = format!("Scanning 3 files\n{}", log(r#""results":[{"ruleId":"A"}]"#));
    let (collected, closing) = read(&Sarif, &before);
    assert_eq!(collected.findings.len(), 1);
    let note = closing.unwrap().notes.as_slice()[0].clone();
    assert_eq!(note.untrusted(), "text before the log was passed over");

    let after = format!("{}\nnpm error", log(r#""results":[{"ruleId":"A"}]"#));
    let (collected, closing) = read(&Sarif, &after);
    assert_eq!(collected.findings.len(), 1);
    assert!(closing.is_err());
}

#[test]
fn an_odd_rule_keeps_the_indexes_of_those_behind_it() {
    let words = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"probe","rules":[
        {"id":"A","id":"B"},{"id":"C","defaultConfiguration":{"level":"error"}}]}},"results":[{"ruleIndex":1,"message":{"text":"m"}}]}]}"#;
    let (collected, closing) = read(&Sarif, words);
    assert_eq!(level(&collected.findings[0]).0, Severity::High);
    assert_eq!(closing.unwrap().outcome, Outcome::Partial);
}

#[test]
fn a_log_is_as_old_as_the_oldest_of_its_runs() {
    let run = |times: &[&str]| {
        let times: Vec<_> = times
            .iter()
            .map(|time| format!(r#"{{"executionSuccessful":true{time}}}"#))
            .collect();
        format!(
            r#"{{"tool":{{"driver":{{"name":"probe"}}}},"results":[],"invocations":[{}]}}"#,
            times.join(",")
        )
    };
    let scanned = |runs: &[String]| {
        let words = format!(r#"{{"version":"2.1.0","runs":[{}]}}"#, runs.join(","));
        let (_, closing) = read(&Sarif, &words);
        closing.unwrap().scanned.map(|at| at.to_string())
    };
    let (old, new) = (
        r#","startTimeUtc":"2026-11-01T09:00:00Z","endTimeUtc":"2026-11-01T10:00:00Z""#,
        r#","startTimeUtc":"2026-11-20T09:00:00Z""#,
    );
    let at = |words: &str| Some(words.to_owned());
    assert_eq!(scanned(&[run(&[old])]), at("2026-11-01T10:00:00Z"));
    assert_eq!(scanned(&[run(&[old, new])]), at("2026-11-20T09:00:00Z"));
    assert_eq!(
        scanned(&[run(&[new]), run(&[old])]),
        at("2026-11-01T10:00:00Z")
    );
    // A run that does not tell may be older than all others.
    assert_eq!(scanned(&[run(&[new]), run(&[""])]), None);
}
