//! Conditions over what catalogues and the policy itself say, and that unknown is never taken for no.

use jiff::civil::Date;

use super::{by, engine, rated};
use crate::model::{Duty, Epss, Finding, Kev, KevDue, KevEntry, Share, Text};

const AS_OF: &str = "2026-11-21T00:00:00Z";

pub(super) fn day(words: &str) -> Date {
    words.parse().unwrap()
}

/// Looked up in the catalogue of 2026-11-20.
pub(super) fn looked_up(finding: &mut Finding, listed: Option<(&str, Option<&str>, bool)>) {
    let listed = listed.map(|(added, due, ransomware)| KevEntry {
        added: day(added),
        id: Text::line("CVE-2026-0001"),
        due: due.map(|due| KevDue {
            day: day(due),
            id: Text::line("CVE-2026-0001"),
        }),
        ransomware,
    });
    let catalogue = day("2026-11-20");
    finding.note(|history| history.exploited.kev = Some(Kev { listed, catalogue }));
}

fn scored(finding: &mut Finding, score: Option<f64>) {
    let share = |value| Share::new(value).unwrap();
    let scored = finding
        .ids
        .iter()
        .filter(|_| score.is_some())
        .cloned()
        .collect();
    finding.note(|history| {
        history.exploited.epss = Some(Epss {
            day: day("2026-11-20"),
            score: score.map(share),
            percentile: None,
            scored,
        });
    });
}

fn holds(when: &str, tables: &str, finding: &Finding) -> bool {
    let text = format!(
        "version = 1\nname = \"p\"\n{tables}\n[[rule]]\nname = \"r\"\nwhen = {{ {when} }}\nthen = {{ fix = \"1 day\" }}\n"
    );
    let assessment = engine(&[&text], AS_OF).assess(finding, &[]);
    by(&assessment, Duty::Fix).is_some()
}

#[test]
fn unknown_is_neither_listed_nor_unlisted() {
    let never = rated("2026-06-01T10:00:00Z", "high");
    let mut unlisted = never.clone();
    looked_up(&mut unlisted, None);
    let mut listed = never.clone();
    looked_up(&mut listed, Some(("2026-06-10", None, false)));
    let mut ransomware = never.clone();
    looked_up(&mut ransomware, Some(("2026-06-10", None, true)));
    // Of: never looked up, not listed, listed, listed with ransomware.
    let table = [
        ("kev = true", [false, false, true, true]),
        ("kev = false", [false, true, false, false]),
        ("kev = \"unknown\"", [true, false, false, false]),
        ("kev = [true, \"unknown\"]", [true, false, true, true]),
        ("ransomware = true", [false, false, false, true]),
        ("ransomware = false", [false, true, false, false]),
        ("ransomware = \"unknown\"", [true, false, true, false]),
    ];
    for (when, expected) in table {
        let told =
            [&never, &unlisted, &listed, &ransomware].map(|finding| holds(when, "", finding));
        assert_eq!(told, expected, "{when}");
    }
}

#[test]
fn what_epss_does_not_score_lies_on_neither_side() {
    let never = rated("2026-06-01T10:00:00Z", "high");
    let with = |score| {
        let mut finding = never.clone();
        scored(&mut finding, score);
        finding
    };
    let (unlisted, half, more) = (with(None), with(Some(0.5)), with(Some(0.91)));
    let table = [
        ("epss-at-least = 0.5", [false, false, true, true]),
        ("epss-at-least = 0.51", [false, false, false, true]),
        ("epss-below = 0.5", [false, false, false, false]),
        ("epss-below = 0.91", [false, false, true, false]),
        ("epss-at-least = 0", [false, false, true, true]),
        ("epss-below = 1", [false, false, true, true]),
    ];
    for (when, expected) in table {
        let told = [&never, &unlisted, &half, &more].map(|finding| holds(when, "", finding));
        assert_eq!(told, expected, "{when}");
    }
}

#[test]
fn the_most_specific_name_of_an_app_decides_and_tags_add_up() {
    let tables = "[apps.\"*\"]\nexposure = \"public\"\ntags = [\"all\"]\n[apps.\"com.harborapps.*\"]\nexposure = \"internal\"\ntags = [\"Harbor\"]\n[apps.\"com.harborapps.time-ledger\"]\nexposure = \"isolated\"\n[apps.\"com.harborapps.queue-board\"]\ntags = [\"payment\"]";
    // The finding is of Queue Board, whose own entry says nothing of exposure.
    let queue = rated("2026-06-01T10:00:00Z", "high");
    let mut ledger = queue.clone();
    ledger.app = Text::line("com.harborapps.time-ledger");
    let mut other = queue.clone();
    other.app = Text::line("org.example");
    let table = [
        ("exposure = \"internal\"", [true, false, false]),
        ("exposure = \"isolated\"", [false, true, false]),
        ("exposure = [\"public\", \"isolated\"]", [false, true, true]),
        ("exposure = \"unknown\"", [false, false, false]),
        ("app-tag = \"payment\"", [true, false, false]),
        ("app-tag = \"harbor\"", [true, true, false]),
        ("app-tag = \"all\"", [true, true, true]),
        ("app-tag = \"none\"", [false, false, false]),
    ];
    for (when, expected) in table {
        let told = [&queue, &ledger, &other].map(|finding| holds(when, tables, finding));
        assert_eq!(told, expected, "{when}");
    }
    assert!(holds("exposure = \"unknown\"", "", &queue));
    assert!(!holds(
        "exposure = [\"internal\", \"isolated\"]",
        "",
        &queue
    ));
}

#[test]
fn answers_of_ssvc_come_by_id_and_the_worse_of_several_ids_counts() {
    let tables = "[vulnerabilities.\"CVE-2026-*\"]\nautomatable = false\ntechnical-impact = \"partial\"\n[vulnerabilities.\"CVE-2026-0002\"]\nautomatable = true";
    let with = |ids: &[&str]| {
        let mut finding = rated("2026-06-01T10:00:00Z", "high");
        finding.ids = ids.iter().map(|id| Text::line(id)).collect();
        finding
    };
    let (one, two) = (with(&["CVE-2026-0001"]), with(&["CVE-2026-0002"]));
    let (both, none) = (
        with(&["CVE-2026-0001", "CVE-2026-0002"]),
        with(&["CVE-2025-0001"]),
    );
    let table = [
        ("automatable = true", [false, true, true, false]),
        ("automatable = false", [true, false, false, false]),
        ("automatable = \"unknown\"", [false, false, false, true]),
        ("technical-impact = \"partial\"", [true, true, true, false]),
        (
            "technical-impact = [\"total\", \"unknown\"]",
            [false, false, false, true],
        ),
    ];
    for (when, expected) in table {
        let told = [&one, &two, &both, &none].map(|finding| holds(when, tables, finding));
        assert_eq!(told, expected, "{when}");
    }
}

#[test]
fn what_is_answered_of_one_of_two_vulnerabilities_is_no_answer_unless_it_is_the_worst() {
    let tables = "[vulnerabilities.\"CVE-2026-0001\"]\nautomatable = false\nlikely-exploitable = false\ntechnical-impact = \"partial\"\n[vulnerabilities.\"CVE-2026-0002\"]\nautomatable = true\nlikely-exploitable = true\ntechnical-impact = \"total\"\n[vulnerabilities.\"GHSA-2222-2222-2222\"]\nautomatable = false";
    let with = |ids: &[&str]| {
        let mut finding = rated("2026-06-01T10:00:00Z", "high");
        finding.ids = ids.iter().map(|id| Text::line(id)).collect();
        finding
    };
    let mut half = with(&["CVE-2026-0001", "CVE-2026-0009"]);
    // A ticket that names two says no more than that it names two.
    let both = half.ids.clone();
    half.note(|history| history.alias(both, super::place()));
    let worst = with(&["CVE-2026-0002", "CVE-2026-0009"]);
    // One vulnerability under two names.
    let alias = with(&["CVE-2026-0008", "GHSA-2222-2222-2222"]);
    let mut told = with(&["CVE-2026-0001", "CVE-2026-0008", "GHSA-2222-2222-2222"]);
    let table = [
        ("automatable = false", [false, false, true, false]),
        ("automatable = true", [false, true, false, false]),
        ("automatable = \"unknown\"", [true, false, false, true]),
        ("likely-exploitable = false", [false, false, false, false]),
        (
            "likely-exploitable = \"unknown\"",
            [true, false, true, true],
        ),
        ("technical-impact = \"total\"", [false, true, false, false]),
        ("technical-impact = \"unknown\"", [true, false, true, true]),
    ];
    for (when, expected) in table {
        let answers = [&half, &worst, &alias, &told].map(|finding| holds(when, tables, finding));
        assert_eq!(answers, expected, "{when}");
    }
    let names = ["CVE-2026-0008", "GHSA-2222-2222-2222"].map(Text::line);
    told.note(|history| history.alias(names.into_iter().collect(), super::place()));
    assert!(holds("automatable = false", tables, &told));
}

#[test]
fn a_score_of_one_of_two_vulnerabilities_is_below_nothing() {
    let mut finding = rated("2026-06-01T10:00:00Z", "high");
    finding.ids.insert(Text::line("CVE-2026-0001"));
    scored(&mut finding, Some(0.1));
    assert!(holds("epss-below = 0.2", "", &finding));
    finding.ids.insert(Text::line("GHSA-2222-2222-2222"));
    assert!(holds("epss-below = 0.2", "", &finding), "an alias");
    finding.ids.insert(Text::line("CVE-2026-0002"));
    assert!(!holds("epss-below = 0.2", "", &finding));
    assert!(holds("epss-at-least = 0.1", "", &finding));
}
