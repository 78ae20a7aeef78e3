//! How a policy weighs claims: environments, ranked sources, and tools whose claims do not count.

use super::{chosen, engine, finding, note, reasons, score, vector, word};
use crate::model::{About, Assessment, Claim, Score, Severity};

const SEEN: &str = "2026-06-01T10:00:00Z";
/// 7.5; with `CR:H` 9.3, with `MAV:L` 6.2.
const LEAK: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N";

fn assess(claims: &[Claim], texts: &[&str]) -> Assessment {
    let mut finding = finding(SEEN);
    finding.claims = claims.iter().cloned().collect();
    engine(texts, "2026-11-21T00:00:00Z").assess(&finding, &[])
}

fn told(assessment: &Assessment) -> Vec<(bool, &str, &str, &str)> {
    reasons(assessment, About::Severity)
        .into_iter()
        .map(|why| {
            let (policy, rule) = (why.policy.untrusted(), why.rule.untrusted());
            (why.chosen, policy, rule, note(why))
        })
        .collect()
}

#[test]
fn the_environment_of_an_app_makes_a_score_higher() {
    let text = "version = 1\nname = \"p\"\n[environment.\"com.harborapps.queue-board\"]\nCR = \"H\"\n[environment.\"com.harborapps.time-ledger\"]\nCR = \"L\"\n";
    let assessment = assess(&[vector("NVD", LEAK)], &[text]);
    assert_eq!(
        (assessment.severity, assessment.score.map(Score::tenths)),
        (Severity::Critical, Some(93))
    );
    assert_eq!(
        told(&assessment),
        [(
            true,
            "p",
            "vector of NVD",
            "with CR:H from the environment of com.harborapps.queue-board"
        )]
    );
    // Another policy without an environment is worth less, and its choice is shown.
    let plain = "version = 1\nname = \"a\"\n";
    let both = assess(&[vector("NVD", LEAK)], &[text, plain]);
    assert_eq!(both.severity, Severity::Critical);
    let rules: Vec<_> = told(&both)
        .into_iter()
        .map(|(chosen, policy, ..)| (chosen, policy))
        .collect();
    assert_eq!(rules, [(true, "p"), (false, "default")]);
}

#[test]
fn a_lower_score_needs_a_reason_in_every_table_that_brings_a_metric() {
    let text = |global: &str, own: &str| {
        format!(
            "version = 1\nname = \"p\"\n[environment]\n{global}\n[environment.\"com.harborapps.*\"]\n{own}\n"
        )
    };
    let place = "the environment of com.harborapps.queue-board";
    let table = [
        (
            text("", "MAV = \"L\""),
            75,
            format!("MAV:L from {place} would make it 6.2, which needs a `reason`"),
        ),
        (
            text("", "MAV = \"L\"\nreason = \"no network\""),
            62,
            format!("with MAV:L from {place}: no network; 7.5 without"),
        ),
        (
            text("RC = \"R\"", "MAV = \"L\"\nreason = \"no network\""),
            75,
            // 6.2 * 0.96 is 5.952.
            format!("RC:R/MAV:L from {place} would make it 6.0, which needs a `reason`"),
        ),
        (
            text(
                "MAV = \"N\"\nreason = \"all\"",
                "MAV = \"L\"\nreason = \"no network\"",
            ),
            62,
            format!("with MAV:L from {place}: all; no network; 7.5 without"),
        ),
        (text("CDP = \"H\"", ""), 75, String::new()),
    ];
    for (text, expected, why) in table {
        let assessment = assess(&[vector("NVD", LEAK)], &[&text]);
        assert_eq!(
            assessment.score.map(Score::tenths),
            Some(expected),
            "{text}"
        );
        assert_eq!(note(chosen(&assessment, About::Severity)), why, "{text}");
    }
}

#[test]
fn the_first_ranked_source_that_says_anything_decides() {
    let text = "version = 1\nname = \"p\"\n[severity]\nsources = [\"vendor*\", \"nvd\", \"*\"]\n";
    let nvd = vector("NVD", LEAK);
    let vendor = word("Vendor advisory", "low");
    let other = score("Trivy", 98);
    let all = assess(&[nvd.clone(), vendor.clone(), other.clone()], &[text]);
    assert_eq!(all.severity, Severity::Low);
    assert_eq!(
        told(&all),
        [
            (true, "p", "word of Vendor advisory", ""),
            (
                false,
                "p",
                "score of Trivy",
                "ranked behind Vendor advisory"
            ),
            (false, "p", "vector of NVD", "ranked behind Vendor advisory"),
        ]
    );
    let silent = word("Vendor advisory", "unknown");
    let table = [
        (vec![nvd.clone(), other.clone()], Severity::High),
        (
            vec![silent.clone(), nvd.clone(), other.clone()],
            Severity::High,
        ),
        (vec![other.clone()], Severity::Critical),
        (vec![silent], Severity::Unknown),
        // A word that nobody knows says something, and it may mean anything.
        (
            vec![word("Vendor advisory", "purple"), nvd],
            Severity::Unknown,
        ),
    ];
    for (claims, expected) in table {
        assert_eq!(assess(&claims, &[text]).severity, expected, "{claims:?}");
    }
    // Who is not named comes last.
    let named = "version = 1\nname = \"p\"\n[severity]\nsources = [\"vendor*\"]\n";
    assert_eq!(
        assess(&[vendor, other.clone()], &[named]).severity,
        Severity::Low
    );
    assert_eq!(assess(&[other], &[named]).severity, Severity::Critical);
}

#[test]
fn a_rule_can_ignore_what_a_tool_says_with_a_reason() {
    let text = "version = 1\nname = \"p\"\n[[rule]]\nname = \"noisy\"\nwhen = { kind = \"code\" }\nthen = { ignore = \"trivy*\", reason = \"rates every match the same\" }\n[[rule]]\nname = \"still high\"\nwhen = { severity-at-least = \"high\" }\nthen = { raise = \"critical\" }\n";
    let assessment = assess(&[word("Trivy", "critical"), word("CodeQL", "low")], &[text]);
    assert_eq!(assessment.severity, Severity::Low);
    assert_eq!(
        told(&assessment),
        [
            (true, "p", "word of CodeQL", ""),
            (
                false,
                "p",
                "word of Trivy",
                "ignored by rule noisy: rates every match the same"
            ),
        ]
    );
    // Nobody is left who rates it: unknown, which is not low.
    let alone = assess(&[word("Trivy", "low")], &[text]);
    assert_eq!(alone.severity, Severity::Unknown);
    assert_eq!(told(&alone).first().unwrap(), &(true, "p", "no claim", ""));
}
