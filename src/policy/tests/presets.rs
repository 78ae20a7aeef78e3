//! Every preset against dates that were worked out by hand.

use super::conditions::{day, looked_up};
use super::{by, chosen, engine, note, rated, reported};
use crate::model::{About, Assessment, Duty, Fact, Finding, Kev, Moment, Severity, Text};
use crate::policy::{Policy, describe, presets};

fn preset(name: &str) -> &'static str {
    let found = presets().iter().find(|preset| preset.name == name);
    found.unwrap().toml
}

fn assess(text: &str, as_of: &str, finding: &Finding) -> Assessment {
    engine(&[text], &format!("{as_of}T12:00:00Z")).assess(finding, &[])
}

fn fix(name: &str, as_of: &str, finding: &Finding) -> Option<String> {
    by(&assess(preset(name), as_of, finding), Duty::Fix)
}

#[test]
fn every_preset_names_its_source_and_what_is_in_doubt() {
    let doubtful = |policy: &Policy| policy.editions.last().unwrap().unconfirmed.is_some();
    let told: Vec<(&str, bool, usize)> = presets()
        .iter()
        .map(|preset| {
            let policy = super::policy(preset.toml);
            assert!(policy.note.source.is_some(), "{}", preset.name);
            assert!(policy.title.is_some(), "{}", preset.name);
            (preset.name, doubtful(&policy), policy.editions.len())
        })
        .collect();
    assert_eq!(
        told,
        [
            ("atlassian-marketplace-cloud", true, 3),
            ("atlassian-marketplace-data-center", true, 3),
            ("cisa-bod-26-04", true, 1),
            ("cisa-kev", false, 1),
            ("eu-cra", true, 1),
            ("fedramp", true, 1),
            ("fedramp-vdr", true, 1),
            ("flowdesk", false, 1),
            ("pci-dss-4", true, 2),
            ("project-zero", false, 1),
        ]
    );
}

#[test]
fn data_center_apps_had_days_and_have_weeks() {
    // 2022-01-03 is a Monday: 12 weeks later is 2022-03-28, 25 weeks later 2022-06-27, 90 and 180 days later 2022-04-03
    // and 2022-07-02.
    let table = [
        ("2022-12-05", "medium", None),
        ("2022-12-06", "critical", Some("2022-04-03")),
        ("2022-12-06", "medium", Some("2022-04-03")),
        ("2022-12-06", "low", Some("2022-07-02")),
        ("2023-10-08", "critical", Some("2022-03-28")),
        ("2023-10-08", "high", Some("2022-03-28")),
        ("2023-10-08", "low", Some("2022-06-27")),
        ("2023-10-08", "info", None),
        ("2026-11-21", "medium", Some("2022-03-28")),
    ];
    for (as_of, level, expected) in table {
        let finding = rated("2022-01-03T10:00:00Z", level);
        let due = fix("atlassian-marketplace-data-center", as_of, &finding);
        assert_eq!(due.as_deref(), expected, "{as_of} {level}");
    }
    let mut told = rated("2026-03-02T10:00:00Z", "high");
    reported(&mut told, "2026-03-09T10:00:00Z", "ticket AMS-1");
    let due = fix("atlassian-marketplace-data-center", "2026-11-21", &told);
    assert_eq!(due.as_deref(), Some("2026-06-01"));
}

fn known(listed: Option<(&str, Option<&str>, bool)>) -> Finding {
    let mut finding = rated("2026-07-01T10:00:00Z", "medium");
    finding.ids.insert(Text::line("CVE-2026-0001"));
    looked_up(&mut finding, listed);
    finding
}

fn never_looked_up() -> Finding {
    let mut finding = rated("2026-07-01T10:00:00Z", "medium");
    finding.ids.insert(Text::line("CVE-2026-0001"));
    finding
}

#[test]
fn the_catalogue_names_its_own_dates() {
    let table = [
        (
            known(Some(("2026-06-25", Some("2026-07-09"), false))),
            Some("2026-07-09"),
        ),
        (
            known(Some(("2026-06-25", Some("2026-12-25"), false))),
            Some("2026-12-25"),
        ),
        // Without a date, two weeks from the day on which it was listed.
        (known(Some(("2026-06-25", None, false))), Some("2026-07-09")),
        (known(None), None),
        (never_looked_up(), Some("2026-07-15")),
        (rated("2026-07-01T10:00:00Z", "critical"), None),
    ];
    for (finding, expected) in table {
        let due = fix("cisa-kev", "2026-11-21", &finding);
        assert_eq!(due.as_deref(), expected, "{:?}", finding.history());
    }
    let dated = known(Some(("2026-06-25", Some("2026-07-09"), false)));
    let assessment = assess(preset("cisa-kev"), "2026-11-21", &dated);
    let why = chosen(&assessment, About::Duty(Duty::Fix));
    assert_eq!(note(why), "the catalogue's date of CVE-2026-0001");
    assert_eq!(
        why.start_source.as_ref().unwrap().untrusted(),
        "KEV entry of CVE-2026-0001"
    );
}

#[test]
fn the_sixteen_rows_of_the_directive_have_their_days() {
    // In KEV, public, automatable, total: the row of the published table and its days, from 2026-07-01.
    let (three, fourteen, sixty) = (Some("2026-07-04"), Some("2026-07-15"), Some("2026-08-30"));
    let table = [
        ([false, false, false, false], "row 0", None),
        ([true, false, false, false], "row 1", fourteen),
        ([false, true, false, false], "row 2", sixty),
        ([false, false, true, false], "row 3", sixty),
        ([false, false, false, true], "row 4", None),
        ([true, true, false, false], "row 5", fourteen),
        ([true, false, true, false], "row 6", fourteen),
        ([false, true, true, false], "row 7", fourteen),
        ([true, false, false, true], "row 8", fourteen),
        ([false, true, false, true], "row 9", fourteen),
        ([false, false, true, true], "row 10", sixty),
        ([true, true, true, false], "row 11", three),
        ([true, true, false, true], "row 12", three),
        ([true, false, true, true], "row 13", three),
        ([false, true, true, true], "row 14", three),
        ([true, true, true, true], "row 15", three),
    ];
    for ([kev, public, automatable, total], row, expected) in table {
        let exposure = if public { "public" } else { "internal" };
        let impact = if total { "total" } else { "partial" };
        let text = format!(
            "version = 1\nname = \"p\"\nextends = \"cisa-bod-26-04\"\n[apps.\"*\"]\nexposure = \"{exposure}\"\n[vulnerabilities.\"CVE-*\"]\nautomatable = {automatable}\ntechnical-impact = \"{impact}\"\n"
        );
        let finding = known(kev.then_some(("2026-07-01", None, false)));
        let assessment = assess(&text, "2026-11-21", &finding);
        assert_eq!(by(&assessment, Duty::Fix).as_deref(), expected, "{row}");
        let why = chosen(&assessment, About::Duty(Duty::Fix));
        assert_eq!(why.rule.untrusted(), format!("rule {row}"));
        let forensic = ["row 12", "row 13", "row 15"].contains(&row);
        assert_eq!(note(why).contains("forensic triage"), forensic, "{row}");
    }
}

#[test]
fn what_nobody_answered_takes_the_stricter_row() {
    let all = assess(preset("cisa-bod-26-04"), "2026-11-21", &never_looked_up());
    assert_eq!(
        chosen(&all, About::Duty(Duty::Fix)).rule.untrusted(),
        "rule row 15"
    );
    assert_eq!(by(&all, Duty::Fix).as_deref(), Some("2026-07-04"));
    let rest = assess(preset("cisa-bod-26-04"), "2026-11-21", &known(None));
    assert_eq!(
        chosen(&rest, About::Duty(Duty::Fix)).rule.untrusted(),
        "rule row 14"
    );
    // It speaks of CVE ids only, and not before its day.
    let code = rated("2026-07-01T10:00:00Z", "critical");
    assert_eq!(fix("cisa-bod-26-04", "2026-11-21", &code), None);
    let early = assess(preset("cisa-bod-26-04"), "2026-06-09", &never_looked_up());
    assert_eq!(by(&early, Duty::Fix), None);
}

#[test]
fn fedramp_counts_days_from_discovery_and_the_new_rules_from_evaluation() {
    let table = [
        ("critical", Some("2026-07-31")),
        ("high", Some("2026-07-31")),
        ("medium", Some("2026-09-29")),
        ("low", Some("2026-12-28")),
        ("info", None),
        ("purple", Some("2026-07-31")),
    ];
    for (level, expected) in table {
        let finding = rated("2026-07-01T10:00:00Z", level);
        assert_eq!(
            fix("fedramp", "2026-11-21", &finding).as_deref(),
            expected,
            "{level}"
        );
    }
    let text = |tags: &str, exposure: &str| {
        format!(
            "version = 1\nname = \"p\"\nextends = \"fedramp-vdr\"\n[apps.\"*\"]\ntags = [{tags}]\nexposure = \"{exposure}\"\n"
        )
    };
    let table = [
        (
            preset("fedramp-vdr").to_owned(),
            "critical",
            Some("2026-07-02T22:00:00Z"),
        ),
        (preset("fedramp-vdr").to_owned(), "high", Some("2026-07-04")),
        (preset("fedramp-vdr").to_owned(), "low", Some("2026-07-26")),
        (preset("fedramp-vdr").to_owned(), "info", None),
        (
            text("\"fedramp-d\"", "internal"),
            "critical",
            Some("2026-07-03"),
        ),
        (text("\"fedramp-d\"", "internal"), "low", Some("2026-10-06")),
        (
            text("\"fedramp-c\"", "public"),
            "critical",
            Some("2026-07-04"),
        ),
        (
            text("\"fedramp-c\"", "isolated"),
            "high",
            Some("2026-07-10"),
        ),
        (
            text("\"fedramp-b\"", "public"),
            "medium",
            Some("2026-08-03"),
        ),
        (text("\"fedramp-a\"", "internal"), "low", Some("2026-12-09")),
        (
            text("\"fedramp-a\", \"fedramp-c\"", "public"),
            "purple",
            Some("2026-07-04"),
        ),
    ];
    for (text, level, expected) in table {
        let mut finding = rated("2026-07-01T10:00:00Z", level);
        let evaluated = Moment::new(super::time("2026-07-02T10:00:00Z"), "triage");
        finding.date(Fact::Triaged, evaluated);
        let due = by(&assess(&text, "2026-11-21", &finding), Duty::Fix);
        assert_eq!(due.as_deref(), expected, "{level} {text}");
    }
}

#[test]
fn pci_counts_a_calendar_month_from_the_patch() {
    let with = |level: &str, patch: Option<&str>| {
        let mut finding = rated("2024-01-31T10:00:00Z", level);
        if let Some(patch) = patch {
            finding.date(
                Fact::FixAvailable,
                Moment::new(super::time(patch), "advisory"),
            );
        }
        finding
    };
    let table = [
        ("2024-06-01", with("critical", None), Some("2024-02-29")),
        (
            "2024-06-01",
            with("high", Some("2024-03-31T10:00:00Z")),
            Some("2024-04-30"),
        ),
        ("2024-06-01", with("medium", None), None),
        ("2024-12-31", with("high", None), Some("2024-02-29")),
        ("2025-01-01", with("high", None), None),
        ("2025-01-01", with("critical", None), Some("2024-02-29")),
        ("2025-01-01", with("purple", None), Some("2024-02-29")),
    ];
    for (as_of, finding, expected) in table {
        assert_eq!(
            fix("pci-dss-4", as_of, &finding).as_deref(),
            expected,
            "{as_of}"
        );
    }
}

#[test]
fn the_cyber_resilience_act_asks_for_a_word_and_not_for_a_fix() {
    let duties = |finding: &Finding, as_of: &str| {
        let assessment = assess(preset("eu-cra"), as_of, finding);
        [Duty::Notify, Duty::Assess, Duty::Fix].map(|duty| by(&assessment, duty))
    };
    let listed = known(Some(("2026-07-01", None, false)));
    let some = |time: &str| Some(time.to_owned());
    assert_eq!(
        duties(&listed, "2026-11-21"),
        [
            some("2026-07-02T10:00:00Z"),
            some("2026-07-04T10:00:00Z"),
            None
        ]
    );
    let mut aware = listed.clone();
    aware.date(
        Fact::Aware,
        Moment::new(super::time("2026-10-01T08:30:00Z"), "mail"),
    );
    assert_eq!(
        duties(&aware, "2026-11-21"),
        [
            some("2026-10-02T08:30:00Z"),
            some("2026-10-04T08:30:00Z"),
            None
        ]
    );
    let mut tagged = never_looked_up();
    assert_eq!(duties(&tagged, "2026-11-21"), [None, None, None]);
    tagged.tags.insert(Text::line("actively-exploited"));
    assert_eq!(
        duties(&tagged, "2026-11-21")[0],
        some("2026-07-02T10:00:00Z")
    );
    assert_eq!(duties(&listed, "2026-09-10"), [None, None, None]);
}

#[test]
fn project_zero_gives_ninety_days_and_seven_for_what_is_exploited() {
    let mut finding = rated("2026-06-01T10:00:00Z", "low");
    reported(&mut finding, "2026-07-01T10:00:00Z", "mail");
    assert_eq!(
        fix("project-zero", "2026-11-21", &finding).as_deref(),
        Some("2026-09-29")
    );
    let catalogue = day("2026-11-20");
    finding.note(|history| {
        history.exploited.kev = Some(Kev {
            listed: None,
            catalogue,
        });
    });
    assert_eq!(
        fix("project-zero", "2026-11-21", &finding).as_deref(),
        Some("2026-09-29")
    );
    looked_up(&mut finding, Some(("2026-07-03", None, false)));
    assert_eq!(
        fix("project-zero", "2026-11-21", &finding).as_deref(),
        Some("2026-07-08")
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn every_number_of_every_preset_stands_as_its_source_has_it() {
    // Worked out from the sources and not from the presets: version, duty, level or rule, term.
    let mut table: Vec<(&str, String)> = Vec::new();
    let mut fixes = |preset: &'static str, version: &str, terms: [&str; 5]| {
        for (level, term) in ["critical", "high", "medium", "low", "info"]
            .iter()
            .zip(terms)
        {
            table.push((preset, format!("{version} fix.{level} {term}")));
        }
    };
    let cloud = "atlassian-marketplace-cloud";
    fixes(
        cloud,
        "2022-12-06",
        ["4 weeks", "6 weeks", "8 weeks", "25 weeks", "none"],
    );
    fixes(
        cloud,
        "2023-10-08",
        ["4 weeks", "6 weeks", "8 weeks", "25 weeks", "none"],
    );
    fixes(
        cloud,
        "2026-01-01",
        ["10 days", "4 weeks", "12 weeks", "25 weeks", "none"],
    );
    let center = "atlassian-marketplace-data-center";
    fixes(
        center,
        "2022-12-06",
        ["90 days", "90 days", "90 days", "180 days", "none"],
    );
    fixes(
        center,
        "2023-10-08",
        ["12 weeks", "12 weeks", "12 weeks", "25 weeks", "none"],
    );
    fixes(
        center,
        "2026-01-01",
        ["12 weeks", "12 weeks", "12 weeks", "25 weeks", "none"],
    );
    fixes(
        "fedramp",
        "-",
        ["30 days", "30 days", "90 days", "180 days", "none"],
    );
    fixes(
        "fedramp-vdr",
        "-",
        ["12 hours", "2 days", "8 days", "24 days", "none"],
    );
    let low = "90 days or next maintenance";
    fixes(
        "flowdesk",
        "-",
        ["7 days", "14 days", "30 days", low, "none"],
    );
    fixes(
        "pci-dss-4",
        "2022-03-31",
        ["1 month", "1 month", "none", "none", "none"],
    );
    fixes(
        "pci-dss-4",
        "2025-01-01",
        ["1 month", "none", "none", "none", "none"],
    );
    fixes("project-zero", "-", ["90 days"; 5]);
    for (duty, term) in [
        ("acknowledge", "2 business days"),
        ("assess", "5 business days"),
    ] {
        for (level, term) in ["critical", "high", "medium", "low", "info"]
            .iter()
            .zip([term, term, term, term, "none"])
        {
            table.push(("flowdesk", format!("- {duty}.{level} {term}")));
        }
    }
    let mut rules = |preset: &'static str, rules: &[(&str, &str)]| {
        for (rule, term) in rules {
            table.push((preset, format!("- rule {rule} {term}")));
        }
    };
    rules(
        "cisa-kev",
        &[
            ("listed", "kev due date or 2 weeks"),
            ("never looked up", "2 weeks"),
        ],
    );
    rules("project-zero", &[("exploited in the wild", "7 days")]);
    for rule in ["listed as exploited", "told to be exploited"] {
        rules("eu-cra", &[(rule, "72 hours"), (rule, "24 hours")]);
    }
    let days = [
        "none", "14 days", "60 days", "60 days", "none", "14 days", "14 days", "14 days",
        "14 days", "14 days", "60 days", "3 days", "3 days", "3 days", "3 days", "3 days",
    ];
    for (row, term) in days.iter().enumerate() {
        rules("cisa-bod-26-04", &[(&format!("row {row}"), term)]);
    }
    rules(
        "fedramp-vdr",
        &[("listed in KEV", "kev due date or 2 weeks")],
    );
    // Reachable, not reachable, not likely exploitable; each from N5 to N2.
    let classes = [
        (
            "class A or B",
            [
                "4 days", "8 days", "32 days", "96 days", "8 days", "32 days", "64 days",
                "160 days", "32 days", "64 days", "192 days", "192 days",
            ],
        ),
        (
            "class C",
            [
                "2 days", "4 days", "16 days", "48 days", "4 days", "8 days", "32 days",
                "128 days", "16 days", "64 days", "128 days", "192 days",
            ],
        ),
        (
            "class D",
            [
                "12 hours", "2 days", "8 days", "24 days", "1 day", "8 days", "16 days", "96 days",
                "8 days", "32 days", "64 days", "192 days",
            ],
        ),
    ];
    for (class, terms) in classes {
        let columns = ["reachable", "not reachable", "not likely exploitable"];
        for (place, term) in terms.iter().enumerate() {
            let (column, n) = (columns[place / 4], 5 - place % 4);
            rules(
                "fedramp-vdr",
                &[(&format!("{class}, N{n}, {column}"), term)],
            );
        }
    }
    let mut found: Vec<(&str, String)> = Vec::new();
    for preset in presets() {
        let policy = super::policy(preset.toml);
        let dated = policy.editions.len() > 1;
        for row in describe(&policy) {
            // What nobody rated has the term of a level.
            if row.severity == Some(Severity::Unknown) {
                continue;
            }
            let version = row.effective.filter(|_| dated);
            let version = version.map_or_else(|| "-".to_owned(), |day| day.to_string());
            let (rule, term) = (row.rule.untrusted(), row.term.untrusted());
            found.push((preset.name, format!("{version} {rule} {term}")));
        }
    }
    table.sort();
    found.sort();
    assert_eq!(found, table);
}

#[test]
fn the_new_rules_of_fedramp_know_what_is_listed_and_what_is_not_likely_exploitable() {
    let text = |tags: &str, likely: &str| {
        format!(
            "version = 1\nname = \"p\"\nextends = \"fedramp-vdr\"\n[apps.\"*\"]\ntags = [{tags}]\nexposure = \"public\"\n[vulnerabilities.\"CVE-*\"]\n{likely}\n"
        )
    };
    let unlikely = "likely-exploitable = false";
    let not_listed = || known(None);
    let listed = |due: &str| known(Some(("2026-06-25", Some(due), false)));
    // Medium stands for N3, and the clock starts on 2026-07-01.
    for (tags, likely, finding, expected) in [
        ("\"fedramp-a\"", unlikely, not_listed(), "2027-01-09"),
        ("\"fedramp-c\"", unlikely, not_listed(), "2026-11-06"),
        ("\"fedramp-d\"", unlikely, never_looked_up(), "2026-09-03"),
        (
            "\"fedramp-c\"",
            "likely-exploitable = true",
            not_listed(),
            "2026-07-17",
        ),
        ("\"fedramp-c\"", "", not_listed(), "2026-07-17"),
        // Without a class nothing calms.
        ("", unlikely, not_listed(), "2026-07-09"),
        // What is listed has the date of the catalogue, and never more time than without it.
        ("\"fedramp-a\"", "", listed("2026-07-15"), "2026-07-15"),
        ("\"fedramp-a\"", "", listed("2026-12-25"), "2026-08-02"),
        ("", "", listed("2026-07-05"), "2026-07-05"),
        ("", "", listed("2026-12-25"), "2026-07-09"),
        // It counts as likely exploitable whatever the policy says: the row of its class, as above.
        (
            "\"fedramp-a\"",
            unlikely,
            listed("2026-12-25"),
            "2026-08-02",
        ),
    ] {
        let assessment = assess(&text(tags, likely), "2026-11-21", &finding);
        assert_eq!(
            by(&assessment, Duty::Fix).as_deref(),
            Some(expected),
            "{tags} {likely}"
        );
    }
    let beside = assess(&text("", ""), "2026-11-21", &listed("2026-07-05"));
    let why = chosen(&beside, About::Duty(Duty::Fix));
    assert_eq!(why.rule.untrusted(), "rule listed in KEV");
    let rule = |then: &str| {
        let text = format!(
            "version = 1\nname = \"p\"\n[[rule]]\nname = \"r\"\nwhen = {{ kev = true }}\nthen = {{ {then} }}"
        );
        Policy::parse("p.toml", &text)
            .map(|_| ())
            .map_err(|error| error.to_string())
    };
    assert!(rule("fix = \"3 days\", also = true").is_ok());
    assert!(
        rule("raise = \"high\", also = true")
            .unwrap_err()
            .contains("has none")
    );
}
