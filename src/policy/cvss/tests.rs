//! Scores against those that others published, and vectors that are broken.

use std::collections::BTreeMap;

use super::{BASE_V3, BASE_V4, Metrics, Version, base_score, environmental_score, values};
use crate::model::Score;

/// Published scores, one a line; its head says where each comes from.
const EXAMPLES: &str = include_str!("examples.tsv");

/// The base metrics of version 2.
const BASE_V2: [&str; 6] = ["AV", "AC", "Au", "C", "I", "A"];

/// Metrics of version 4 that never change a score (CVSS v4.0 specification, section 5).
const SUPPLEMENTAL: [&str; 6] = ["S", "AU", "R", "V", "RE", "U"];

/// Published scores that are not ours, and why.
const EXPLAINED: [(&str, u8, &str); 1] = [(
    "CVSS:3.0/AV:P/AC:H/PR:L/UI:R/S:U/C:L/I:L/A:H/E:H/RL:U/RC:U",
    46,
    "5.0 * 0.92 is 4.6; version 3.0 was published as 4.7 for what binary fractions add, which version 3.1 put right",
)];

/// The version and the score of a whole vector: its base metrics, under all the others that it has.
fn score(vector: &str) -> Result<(Version, u8), String> {
    let (version, base) = base_score(vector)?;
    let known: &[&str] = match version {
        Version::V2 => &BASE_V2,
        Version::V30 | Version::V31 => &BASE_V3,
        Version::V40 => &BASE_V4,
    };
    let mut stated = Metrics::new();
    for metric in vector.trim_matches(['(', ')']).split('/') {
        let (name, value) = metric.split_once(':').unwrap();
        let is_other = name == "CVSS" || known.contains(&name);
        if is_other || (version == Version::V40 && SUPPLEMENTAL.contains(&name)) {
            continue;
        }
        let (name, values) = values(name).unwrap_or_else(|| panic!("{vector}: {metric}"));
        let value = values.into_iter().find(|known| *known == value).unwrap();
        stated.insert(name, value);
    }
    let found = environmental_score(vector, &stated)?;
    let score = found.map_or(base, |found| found.score);
    Ok((version, Score::tenths(score)))
}

#[test]
#[expect(
    clippy::print_stdout,
    reason = "how many examples there are is worth reading"
)]
fn published_vectors_have_their_published_scores() {
    let mut agreement: BTreeMap<(&str, &str), (u32, u32)> = BTreeMap::new();
    let mut wrong = Vec::new();
    for line in EXAMPLES.lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [version, vector, published, source, ..] = cells[..] else {
            panic!("{line}");
        };
        let head = format!("\n# {source} ");
        assert!(
            EXAMPLES.contains(&head),
            "the head does not say what `{source}` is"
        );
        let (whole, tenth) = published.split_once('.').unwrap();
        let expected = whole.parse::<u8>().unwrap() * 10 + tenth.parse::<u8>().unwrap();
        let found = score(vector);
        let agrees = found
            .as_ref()
            .is_ok_and(|(of, score)| of.to_string() == version && *score == expected);
        let explained = EXPLAINED.iter().find(|(known, ..)| *known == vector);
        if let Some((_, ours, why)) = explained {
            assert_eq!(found, Ok((Version::V30, *ours)), "{vector}: {why}");
            assert!(!agrees, "{vector} needs no explanation");
        }
        let (all, agreeing) = agreement.entry((version, source)).or_default();
        *all += 1;
        *agreeing += u32::from(agrees);
        if !agrees && explained.is_none() {
            wrong.push(format!("{line}: {found:?}"));
        }
    }
    for (vector, ours, why) in EXPLAINED {
        println!("explained: {vector} is {ours} tenths here: {why}");
    }
    for ((version, source), (all, agreeing)) in &agreement {
        println!("CVSS {version}, {source}: {agreeing} of {all} agree");
    }
    let of = |wanted: &str| -> u32 {
        let counts = agreement
            .iter()
            .filter(|((version, _), _)| *version == wanted);
        counts.map(|(_, (all, _))| all).sum()
    };
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(["2.0", "3.0", "3.1", "4.0"].map(of), COUNTS);
}

/// How many examples there are of each version: none may get lost.
const COUNTS: [u32; 4] = [32, 23, 34, 148];

#[test]
fn metrics_of_somebody_elses_place_and_time_do_not_count() {
    for (vector, expected) in [
        ("CVSS:2.0/AV:N/AC:L/Au:N/C:P/I:P/A:P/E:F/RL:OF/RC:C", 75),
        (
            "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O/RC:C",
            88,
        ),
        (
            "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U",
            93,
        ),
    ] {
        let (_, score) = base_score(vector).unwrap();
        assert_eq!(score.tenths(), expected, "{vector}");
    }
}

#[test]
fn a_broken_vector_is_called_by_the_version_that_it_claims() {
    for version in ["3.0", "3.1"] {
        let vector = format!("CVSS:{version}/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:X");
        let reason = score(&vector).unwrap_err();
        assert!(
            reason.contains(&format!("invalid CVSS {version} ")),
            "{reason}"
        );
    }
    let v4 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:X/SC:N/SI:N/SA:N";
    let reason = score(v4).unwrap_err();
    assert!(!reason.contains("v4") && !reason.contains("3."), "{reason}");
}

#[test]
fn broken_vectors_are_refused_and_never_taken_for_harmless() {
    for (vector, reason) in [
        ("", "`AV` is missing"),
        ("CVSS:3.1/AV:N/AC:L", "`PR` is missing"),
        (
            "CVSS:3.1/AV:N/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            "`AV` comes twice",
        ),
        (
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/XX:Y",
            "`XX` is no metric of version 3",
        ),
        (
            "CVSS:5.0/AV:N",
            "`CVSS:5.0` is no version of CVSS that is known",
        ),
        (
            "AV:X/AC:L/Au:N/C:N/I:N/A:C",
            "`AV:X` has no meaning in version 2",
        ),
        ("AV:N/AC:L/C:P/I:P/A:P", "`AU` is missing"),
        ("network", "`network` is no metric with a value"),
    ] {
        assert_eq!(base_score(vector), Err(reason.to_owned()), "{vector}");
    }
    for vector in [
        "CVSS:4.0/AV:N/AC:L",
        "CVSS:4.0",
        "CVSS:3.1/AV:Q/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:3.1/AV",
        "CVSS:3.1//",
    ] {
        assert!(base_score(vector).is_err(), "{vector}");
    }
    assert!(base_score(&"A".repeat(600)).is_err());
}

proptest::proptest! {
    #[test]
    fn no_vector_makes_the_reader_panic(
        prefix in "(CVSS:(2\\.0|3\\.0|3\\.1|4\\.0)/)?",
        metrics in proptest::collection::vec("(AV|AC|AT|PR|UI|S|C|I|A|VC|VI|VA|SC|SI|SA|MSI|E|AU|[A-Z]{0,3}):[NLHPACRSXUé]?", 0..14),
    ) {
        let _ = base_score(&format!("{prefix}{}", metrics.join("/")));
    }

    #[test]
    fn every_whole_vector_of_version_4_has_a_score(
        at in "[NP]", pr in "[NLH]", ui in "[NPA]", v in "[HLN]", s in "[HLN]", e in "[XAPU]",
    ) {
        let vector = format!(
            "CVSS:4.0/AV:N/AC:L/AT:{at}/PR:{pr}/UI:{ui}/VC:{v}/VI:H/VA:{v}/SC:{s}/SI:{s}/SA:N/E:{e}"
        );
        let (version, score) = base_score(&vector).unwrap();
        proptest::prop_assert_eq!(version, Version::V40);
        proptest::prop_assert!(score.tenths() > 0);
    }
}

#[test]
fn a_vector_without_its_prefix_is_known_by_its_metrics() {
    for (whole, version) in [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", Version::V31),
        (
            "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
            Version::V40,
        ),
    ] {
        let (_, bare) = whole.split_once('/').unwrap();
        let found = base_score(bare).unwrap();
        assert_eq!(found.0, version);
        assert_eq!(Ok(found), base_score(whole));
        let wrapped = format!(" ({}) ", bare.to_ascii_lowercase());
        assert_eq!(Ok(found), base_score(&wrapped));
    }
    let version_2 = base_score("AV:N/AC:L/Au:N/C:P/I:P/A:P").unwrap();
    assert_eq!(version_2, (Version::V2, Score::from_tenths(75).unwrap()));
    assert_eq!(
        base_score("AV:N/AC:L/PR:N/S:U/C:H/I:H/A:H"),
        Err("`UI` is missing".to_owned())
    );
}
