//! The default choice of a severity, and rules that change it.

use super::{chosen, engine, finding, note, reasons, score, vector, word};
use crate::model::{About, Assessment, Claim, Score, Severity, Trust};

pub(super) const SEEN: &str = "2026-06-01T10:00:00Z";
pub(super) const HIGH_31: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N";
pub(super) const CRITICAL_31: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
const HIGH_40: &str = "CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N";

fn assess(claims: Vec<Claim>, policy: Option<&str>) -> Assessment {
    let mut finding = finding(SEEN);
    finding.claims = claims.into_iter().collect();
    let policies: Vec<&str> = policy.into_iter().collect();
    engine(&policies, "2026-11-21T00:00:00Z").assess(&finding, &[])
}

pub(super) fn trusted(claim: Claim, trust: Trust) -> Claim {
    Claim { trust, ..claim }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn the_best_evidence_wins_and_of_equal_evidence_the_strictest() {
    use Severity::{Critical, High, Info, Low, Medium, Unknown};
    let both = |claim: Claim, tenths| Claim {
        score: score("", tenths).score,
        ..claim
    };
    let published = |tenths| trusted(score("Ecoscanner", tenths), Trust::Published);
    let constant = || trusted(word("CSRT", "Medium"), Trust::Constant);
    let table = [
        (vec![], Unknown, None, "no claim"),
        (vec![word("CodeQL", "error")], High, None, "word of CodeQL"),
        (
            vec![word("A", "low"), word("B", "moderate")],
            Medium,
            None,
            "word of B",
        ),
        // A word beside a score beside a vector beside a published score.
        (
            vec![word("A", "critical"), score("B", 53)],
            Medium,
            Some(53),
            "score of B",
        ),
        (
            vec![score("A", 98), vector("B", HIGH_31)],
            High,
            Some(75),
            "vector of B",
        ),
        (
            vec![vector("A", CRITICAL_31), published(53)],
            Medium,
            Some(53),
            "published score of Ecoscanner",
        ),
        (
            vec![published(53), published(88)],
            High,
            Some(88),
            "published score of Ecoscanner",
        ),
        // The highest version first, the strictest of one version.
        (
            vec![vector("A", CRITICAL_31), vector("B", HIGH_40)],
            High,
            Some(73),
            "vector of B",
        ),
        (
            vec![vector("A", CRITICAL_31), vector("B", HIGH_31)],
            Critical,
            Some(98),
            "vector of A",
        ),
        (
            vec![
                vector("A", "AV:N/AC:L/Au:N/C:P/I:P/A:P"),
                vector("B", HIGH_31),
            ],
            High,
            Some(75),
            "vector of B",
        ),
        // A vector counts as recomputed, whatever score stands beside it.
        (
            vec![both(vector("A", HIGH_31), 99)],
            High,
            Some(75),
            "vector of A",
        ),
        // A constant word is never chosen.
        (vec![constant()], Unknown, None, "no claim"),
        (vec![constant(), word("B", "low")], Low, None, "word of B"),
        (
            vec![constant(), published(88)],
            High,
            Some(88),
            "published score of Ecoscanner",
        ),
        // "unknown" says nothing; a word that nobody knows may mean anything.
        (
            vec![word("A", "unknown"), word("B", "low")],
            Low,
            None,
            "word of B",
        ),
        (
            vec![word("A", "purple"), word("B", "low")],
            Unknown,
            None,
            "word of A",
        ),
        (
            vec![word("A", "purple"), word("B", "high")],
            High,
            None,
            "word of B",
        ),
        (vec![word("A", "unknown")], Unknown, None, "word of A"),
        // A vector that does not parse costs itself only.
        (
            vec![both(vector("A", "CVSS:3.1/AV:N"), 72)],
            High,
            Some(72),
            "score of A",
        ),
        (
            vec![vector("A", "CVSS:9.9/X"), word("B", "medium")],
            Medium,
            None,
            "word of B",
        ),
        (vec![score("A", 0)], Info, Some(0), "score of A"),
    ];
    for (claims, severity, tenths, rule) in table {
        let case = format!("{claims:?}");
        let assessment = assess(claims, None);
        assert_eq!(assessment.severity, severity, "{case}");
        assert_eq!(assessment.score.map(Score::tenths), tenths, "{case}");
        let why = chosen(&assessment, About::Severity);
        assert_eq!(why.rule.untrusted(), rule, "{case}");
        assert_eq!(why.policy.untrusted(), "default", "{case}");
        assert_eq!(why.severity, Some(severity), "{case}");
    }
}

#[test]
fn a_priority_counts_where_nothing_else_is_said() {
    let priority = || trusted(word("Jira", "P4"), Trust::Priority);
    let table = [
        (vec![priority()], Severity::Low),
        (vec![priority(), word("Jira", "High")], Severity::High),
        // What cannot be read is not taken for less than it may be.
        (vec![priority(), word("Jira", "purple")], Severity::Unknown),
    ];
    for (claims, severity) in table {
        let case = format!("{claims:?}");
        assert_eq!(assess(claims, None).severity, severity, "{case}");
    }
}

#[test]
fn losers_and_broken_vectors_are_told() {
    let claims = vec![
        vector("A", "CVSS:3.1/AV:N"),
        trusted(word("CSRT", "Medium"), Trust::Constant),
        trusted(word("Jira", "P1"), Trust::Priority),
        word("B", "Important"),
        word("C", "low"),
    ];
    let assessment = assess(claims, None);
    let told: Vec<(&str, &str)> = reasons(&assessment, About::Severity)
        .into_iter()
        .map(|why| (why.rule.untrusted(), note(why)))
        .collect();
    assert_eq!(
        told,
        [
            ("word of B", "the word is `Important`"),
            (
                "priority of Jira",
                "not believed: a priority plans the work, and something else says how bad it is"
            ),
            (
                "word of A",
                "its vector does not count: `AC` is missing; gives way to whoever knows"
            ),
            ("word of C", ""),
            (
                "word of CSRT",
                "not believed: the tool writes it whatever it finds"
            ),
        ]
    );
}

#[test]
fn whoever_is_not_milder_and_loses_is_told_why() {
    let told = |claims: Vec<Claim>| {
        let assessment = assess(claims, None);
        let reasons = reasons(&assessment, About::Severity).into_iter();
        let losers = reasons.filter(|why| !why.chosen).map(note);
        losers.map(str::to_owned).collect::<Vec<_>>()
    };
    let both = |claim: Claim, tenths| Claim {
        score: score("", tenths).score,
        ..claim
    };
    let published = trusted(score("Ecoscanner", 53), Trust::Published);
    let table = [
        (
            vec![score("Trivy", 75), score("NVD", 75)],
            "equal; NVD comes first by name",
        ),
        (
            vec![word("B", "important"), word("A", "high")],
            "the word is `important`; equal; A comes first by name",
        ),
        (
            vec![vector("A", HIGH_31), both(vector("A", HIGH_31), 72)],
            "states 7.2; equal to what A says elsewhere",
        ),
        (
            vec![vector("B", HIGH_31), score("A", 98)],
            "a vector of CVSS 3.1 counts before it",
        ),
        (
            vec![vector("A", CRITICAL_31), vector("B", HIGH_40)],
            "a vector of CVSS 4.0 counts before it",
        ),
        (
            vec![score("B", 75), word("A", "high")],
            "a score counts before it",
        ),
        (
            vec![published, vector("A", CRITICAL_31)],
            "what the publisher of the check says counts before it",
        ),
        // Anybody sees why a milder one loses.
        (vec![vector("A", CRITICAL_31), vector("B", HIGH_31)], ""),
        (vec![score("A", 89), score("B", 75)], ""),
    ];
    for (claims, expected) in table {
        let case = format!("{claims:?}");
        assert_eq!(told(claims), [expected], "{case}");
    }
}

#[test]
fn of_policies_that_rate_alike_the_losers_are_told_why() {
    let raises = |name: &str, more: &str| {
        format!(
            "version = 1\nname = \"{name}\"\n[[rule]]\nname = \"r\"\nwhen = {{}}\nthen = {{ raise = \"critical\" }}\n{more}"
        )
    };
    let mut finding = finding(SEEN);
    finding.claims.insert(word("CodeQL", "low"));
    let (a, b) = (raises("a", ""), raises("b", ""));
    let notes = |texts: &[&str]| {
        let assessment = engine(texts, "2026-11-21T00:00:00Z").assess(&finding, &[]);
        let reasons = reasons(&assessment, About::Severity).into_iter();
        reasons.map(|why| note(why).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        notes(&[&b, &a]),
        ["was low", "was low; equal; a comes first by name", ""]
    );
    let calmed = raises(
        "c",
        "[[rule]]\nname = \"calm\"\nwhen = {}\nthen = { lower = \"medium\", reason = \"x\" }\n",
    );
    assert_eq!(
        notes(&[&calmed]),
        [
            "was critical; x",
            "was low; a later rule has the last word",
            ""
        ]
    );
}

#[test]
fn what_a_vector_itself_says_beside_its_base_is_told_and_does_not_count() {
    let table = [
        (
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N/E:P/RL:O/RC:X",
            75,
            "the vector's own temporal metrics E:P/RL:O are not counted",
        ),
        (
            "CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U/RE:L",
            73,
            "the vector's own threat metrics E:U are not counted",
        ),
        (
            "AV:N/AC:L/Au:N/C:P/I:P/A:P/E:F/RL:OF/RC:ND/CDP:H",
            75,
            "the vector's own temporal and environmental metrics E:F/RL:OF/CDP:H are not counted",
        ),
        (
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N/MAV:L",
            75,
            "the vector's own environmental metrics MAV:L are not counted",
        ),
        (HIGH_31, 75, ""),
    ];
    for (written, tenths, expected) in table {
        let assessment = assess(vec![vector("A", written)], None);
        assert_eq!(
            assessment.score.map(Score::tenths),
            Some(tenths),
            "{written}"
        );
        assert_eq!(
            note(chosen(&assessment, About::Severity)),
            expected,
            "{written}"
        );
    }
    let stated = Claim {
        score: score("", 68).score,
        ..vector("A", table[0].0)
    };
    let assessment = assess(vec![stated], None);
    assert_eq!(
        note(chosen(&assessment, About::Severity)),
        "states 6.8; the vector's own temporal metrics E:P/RL:O are not counted"
    );
}

#[test]
fn rules_set_raise_and_lower_in_the_order_of_the_file() {
    let rules = r#"
version = 1
name = "vendor"
[[rule]]
name = "tests"
when = { path = "test/**" }
then = { lower = "low", reason = "not shipped" }
[[rule]]
name = "scored"
when = { score-at-least = 9.0 }
then = { raise = "critical" }
[[rule]]
name = "unrated"
when = { severity = "unknown" }
then = { severity = "medium", reason = "looked at by hand" }
"#;
    let raised = assess(vec![score("A", 89)], Some(rules));
    assert_eq!(raised.severity, Severity::High);
    let raised = assess(
        vec![vector("A", CRITICAL_31), word("B", "low")],
        Some(rules),
    );
    assert_eq!(
        (raised.severity, raised.score.map(Score::tenths)),
        (Severity::Critical, Some(98))
    );
    assert_eq!(
        chosen(&raised, About::Severity).rule.untrusted(),
        "vector of A"
    );
    let unrated = assess(vec![], Some(rules));
    assert_eq!(unrated.severity, Severity::Medium);
    let why = chosen(&unrated, About::Severity);
    assert_eq!(
        (why.policy.untrusted(), why.rule.untrusted()),
        ("vendor", "rule unrated")
    );
    assert_eq!(note(why), "was unknown; looked at by hand");
    let all = reasons(&unrated, About::Severity);
    assert_eq!(all.len(), 2);
    assert_eq!(all.last().unwrap().rule.untrusted(), "no claim");
}

#[test]
fn one_policy_alone_cannot_lower_what_another_one_keeps() {
    let lowers = "version = 1\nname = \"b\"\n[[rule]]\nname = \"calm\"\nwhen = { scanner = \"codeql\" }\nthen = { lower = \"low\", reason = \"behind a login\" }\n";
    let keeps = "version = 1\nname = \"a\"\n";
    let mut finding = finding(SEEN);
    finding.claims.insert(score("CodeQL", 91));
    let alone = engine(&[lowers], "2026-11-21T00:00:00Z").assess(&finding, &[]);
    assert_eq!((alone.severity, alone.score), (Severity::Low, None));
    let both = engine(&[lowers, keeps], "2026-11-21T00:00:00Z").assess(&finding, &[]);
    assert_eq!(both.severity, Severity::Critical);
    assert_eq!(
        chosen(&both, About::Severity).rule.untrusted(),
        "score of CodeQL"
    );
}
