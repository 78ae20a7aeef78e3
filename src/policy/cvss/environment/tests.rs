//! Environmental scores against those of the specifications and of other calculators.

use super::{Metrics, environmental_score, values};

/// Splits a whole vector into its base metrics and the rest, which the policy states.
fn score(vector: &str, stated: &str) -> Option<u8> {
    let metrics: Metrics = stated
        .split('/')
        .map(|metric| {
            let (name, value) = metric.split_once(':').unwrap();
            let (name, values) = values(name).unwrap();
            let value = values.into_iter().find(|known| *known == value);
            (name, value.unwrap_or_else(|| panic!("{metric}")))
        })
        .collect();
    let found = environmental_score(vector, &metrics).unwrap();
    found.map(|found| found.score.tenths())
}

#[test]
fn version_2_scores_as_its_equations_do() {
    // By hand: 10.41 * (1 - 0.725 * 0.34) = 7.8439; 20 * 0.395 * 0.71 * 0.45 = 2.5241; the base score is 5.0 after
    // (0.6 * 7.8439 + 0.4 * 2.5241 - 1.5) * 1.176 = 4.9580; 5.0 * 0.85 * 0.95 = 4.0; 4.0 + 6.0 * 0.1 = 4.6.
    assert_eq!(
        score("AV:L/AC:L/Au:M/C:N/I:P/A:C", "E:U/RL:W/CDP:L/TD:H/AR:M"),
        Some(46)
    );
}

#[test]
fn version_3_scores_as_the_calculators_of_others_do() {
    let table = [
        (
            "CVSS:3.0/AV:L/AC:L/PR:L/UI:R/S:C/C:L/I:L/A:N",
            "MAV:A/MAC:L/MPR:N/MUI:N/MS:U/MC:N/MI:N/MA:N",
            0,
        ),
        (
            "CVSS:3.0/AV:L/AC:L/PR:L/UI:R/S:C/C:L/I:L/A:N",
            "MAV:A/MAC:L/MPR:N/MUI:N/MS:U/MC:L/MI:N/MA:N",
            43,
        ),
        (
            "CVSS:3.0/AV:L/AC:L/PR:H/UI:R/S:U/C:H/I:N/A:H",
            "E:H/RL:W/RC:U/CR:H/IR:H/AR:M/MAV:L/MAC:L/MPR:H/MUI:N/MS:C/MC:N/MI:H/MA:L",
            74,
        ),
        (
            "CVSS:3.0/AV:L/AC:L/PR:H/UI:R/S:U/C:H/I:N/A:H",
            "E:H/RL:W/RC:U",
            52,
        ),
        ("CVSS:3.0/AV:L/AC:L/PR:H/UI:R/S:U/C:H/I:N/A:H", "MPR:N", 71),
        (
            "CVSS:3.0/AV:L/AC:H/PR:L/UI:N/S:C/C:H/I:H/A:L",
            "E:U/RL:U/RC:R/CR:M/MPR:L/MUI:R/MI:N/MA:H",
            63,
        ),
        (
            "CVSS:3.0/AV:L/AC:H/PR:H/UI:N/S:C/C:N/I:H/A:N",
            "E:P/RL:U/RC:U/CR:H/IR:L/AR:H/MAV:L/MUI:R/MS:C/MC:N/MI:L/MA:N",
            13,
        ),
        (
            "CVSS:3.0/AV:P/AC:H/PR:H/UI:R/S:C/C:H/I:H/A:N",
            "E:H/RL:O/RC:R/CR:H/MAC:H/MC:L",
            53,
        ),
        // Version 3.1 has another exponent for a changed scope than its own base score.
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:H/I:H/A:H", "CR:M", 97),
        ("CVSS:3.1/AV:N/AC:L/PR:L/UI:R/S:C/C:H/I:H/A:H", "CR:M", 91),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", "CR:M", 75),
        // By hand: 1 - (1 - 0.56 * 1.5) = 0.84; 6.42 * 0.84 = 5.3928; 8.22 * 0.85 * 0.77 * 0.85 * 0.85 = 3.8870.
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", "CR:H", 93),
    ];
    for (vector, stated, expected) in table {
        assert_eq!(score(vector, stated), Some(expected), "{vector} {stated}");
    }
}

#[test]
fn version_4_scores_as_the_reference_calculator_does() {
    let worst = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H";
    let alone = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N";
    let least = "CVSS:4.0/AV:P/AC:H/AT:P/PR:H/UI:A/VC:L/VI:L/VA:L/SC:L/SI:L/SA:L";
    let table = [
        (worst, "CR:M/IR:M/AR:M", 96),
        (least, "E:U/CR:L/IR:L/AR:L", 1),
        (alone, "E:A/CR:H/IR:H/AR:H/MSC:H/MSI:S/MSA:S", 100),
        (alone, "MAV:L", 86),
        (alone, "MUI:A", 86),
        (alone, "MAT:P", 92),
        (
            "CVSS:4.0/AV:P/AC:H/AT:P/PR:H/UI:A/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H",
            "E:P",
            59,
        ),
        (
            "CVSS:4.0/AV:P/AC:H/AT:P/PR:H/UI:A/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H",
            "E:U",
            41,
        ),
    ];
    for (vector, stated, expected) in table {
        assert_eq!(score(vector, stated), Some(expected), "{vector} {stated}");
    }
}

#[test]
fn metrics_of_other_versions_and_undefined_ones_change_nothing() {
    assert_eq!(score("AV:N/AC:L/Au:N/C:N/I:N/A:C", "MAV:L"), None);
    assert_eq!(
        score(
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N",
            "CDP:H/E:A/MSI:S/CR:X"
        ),
        None
    );
    let own = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N/E:U/CR:L/MAV:P";
    assert_eq!(
        score(own, "CR:M"),
        Some(75),
        "the environment of the vector's author"
    );
    assert!(values("MSA").is_some() && values("AV").is_none());
}
