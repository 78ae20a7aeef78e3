//! Levels that a tool writes whatever it found.

use super::*;
use crate::model::Trust;

/// Claims of the only finding of a tool, most trusted first: trust, level, score in tenths.
fn claims(
    tool: &str,
    rule: &str,
    run: &str,
    result: &str,
) -> Vec<(Trust, Option<Severity>, Option<u8>)> {
    let finding = one(&format!(
        r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"{tool}","rules":[{{"id":"A"{rule}}}]}}}},{run}
        "results":[{{"ruleId":"A","message":{{"text":"m"}}{result}}}]}}]}}"#
    ));
    let claims = finding.claims.iter();
    claims
        .map(|claim| {
            let score = claim.score.map(crate::model::Score::tenths);
            (claim.trust, claim.severity, score)
        })
        .collect()
}

#[test]
fn the_one_level_of_a_tool_is_kept_and_not_believed() {
    for (tool, word, level) in [
        ("ruff", "error", Severity::High),
        ("Checkov", "error", Severity::High),
        ("clippy", "warning", Severity::Medium),
        ("clippy-sarif", "Warning", Severity::Medium),
        ("osv-scanner", "warning", Severity::Medium),
    ] {
        let own = format!(r#","level":"{word}""#);
        let expected = [(Trust::Constant, Some(level), None)];
        assert_eq!(claims(tool, "", "", &own), expected, "{tool}");
        // As the default of the rule it says no more.
        let default = format!(r#","defaultConfiguration":{{"level":"{word}"}}"#);
        assert_eq!(claims(tool, &default, "", ""), expected, "{tool}");
    }
}

#[test]
fn any_other_level_of_these_tools_was_chosen() {
    for (tool, word, level) in [
        ("ruff", "warning", Severity::Medium),
        ("checkov", "note", Severity::Low),
        ("clippy", "error", Severity::High),
    ] {
        let own = format!(r#","level":"{word}""#);
        assert_eq!(
            claims(tool, "", "", &own),
            [(Trust::Stated, Some(level), None)]
        );
    }
}

#[test]
fn levels_of_other_tools_are_believed() {
    for tool in ["hadolint", "zizmor", "ESLint", "cargo-audit", "ruff-like"] {
        let stated = [(Trust::Stated, Some(Severity::High), None)];
        assert_eq!(claims(tool, "", "", r#","level":"error""#), stated);
    }
}

#[test]
fn a_score_beside_a_constant_level_is_believed() {
    let score = r#","properties":{"security-severity":"5.5"}"#;
    assert_eq!(
        claims("checkov", score, "", r#","level":"error""#),
        [
            (Trust::Stated, None, Some(55)),
            (Trust::Constant, Some(Severity::High), None)
        ]
    );
    let word = r#","properties":{"security-severity":"LOW"}"#;
    assert_eq!(
        claims("checkov", word, "", r#","level":"error""#),
        [
            (Trust::Stated, Some(Severity::Low), None),
            (Trust::Constant, Some(Severity::High), None)
        ]
    );
}

#[test]
fn a_level_that_somebody_configured_is_believed() {
    let run = r#""invocations":[{"executionSuccessful":true,"ruleConfigurationOverrides":[
        {"descriptor":{"id":"A"},"configuration":{"level":"error"}}]}],"#;
    let stated = [(Trust::Stated, Some(Severity::High), None)];
    assert_eq!(claims("ruff", "", run, ""), stated);
    // The tool wrote this one beside it.
    let constant = [(Trust::Constant, Some(Severity::High), None)];
    assert_eq!(claims("ruff", "", run, r#","level":"error""#), constant);
}

#[test]
fn a_level_that_a_tool_never_writes_is_none_of_its_words() {
    let unscored = r#","properties":{"security-severity":"0.0"}"#;
    let constant = (Trust::Constant, Some(Severity::Medium), None);
    assert_eq!(claims("grype", unscored, "", ""), [constant]);
    let score = r#","properties":{"security-severity":"9.8"}"#;
    let scored = (Trust::Stated, None, Some(98));
    assert_eq!(claims("grype", score, "", ""), [scored, constant]);
    // Its older versions wrote levels by severity.
    let stated = [(Trust::Stated, Some(Severity::Low), None)];
    assert_eq!(claims("grype", unscored, "", r#","level":"note""#), stated);
    let default = [(Trust::Stated, Some(Severity::Medium), None)];
    assert_eq!(claims("probe", unscored, "", ""), default);
}

#[test]
fn what_trivy_calls_unknown_stays_unknown() {
    let of = |tag: &str, score: &str, severity: &str| {
        let finding = one(&format!(
            r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"Trivy","rules":[{{"id":"A",
            "properties":{{"security-severity":"{score}","tags":["security","{tag}"]}}}}]}}}},
            "results":[{{"ruleId":"A","level":"note","message":{{"text":"Package: a{severity}"}}}}]}}]}}"#
        ));
        let claims = finding.claims.iter();
        let told = claims.map(|claim| (claim.trust, claim.severity, claim.score.is_some()));
        told.collect::<Vec<_>>()
    };
    let constant = (Trust::Constant, Some(Severity::Low), false);
    for severity in ["", r"\nSeverity: UNKNOWN"] {
        let unknown = (Trust::Stated, Some(Severity::Unknown), false);
        assert_eq!(of("UNKNOWN", "0.0", severity), [unknown, constant]);
        let scored = (Trust::Stated, Some(Severity::Unknown), true);
        assert_eq!(of("UNKNOWN", "5.0", severity), [scored, constant]);
    }
    let low = (Trust::Stated, Some(Severity::Low), false);
    assert_eq!(of("LOW", "0.0", ""), [low]);
    // What the result says counts before what its rule does, which several results share.
    assert_eq!(of("UNKNOWN", "0.0", r"\nSeverity: LOW"), [low]);
}

#[test]
fn a_warning_of_cargo_audit_is_as_bad_as_in_its_json() {
    for (kind, level) in [
        ("unmaintained", Severity::Low),
        ("unsound", Severity::Medium),
        ("notice", Severity::Info),
    ] {
        let finding = one(&format!(
            r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"cargo-audit"}}}},
            "results":[{{"ruleId":"RUSTSEC-2026-0001","level":"warning",
            "message":{{"text":"queue 0.1.0 has a {kind} warning: m"}}}}]}}]}}"#
        ));
        let claims = finding.claims.iter();
        let told: Vec<_> = claims.map(|claim| (claim.trust, claim.severity)).collect();
        let constant = (Trust::Constant, Some(Severity::Medium));
        assert_eq!(told, [(Trust::Stated, Some(level)), constant], "{kind}");
    }
}
