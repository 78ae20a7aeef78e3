//! Built-in policies as people see them, and their matrices against the published ones.

use std::collections::BTreeMap;
use std::fs;

use scanfold::model::Text;
use scanfold::policy::{Decision, Policy, decisions, presets};
use serde_json::Value;

use crate::cli::scanfold;
use crate::shared_data;

/// The rules of a built-in policy.
fn rules(name: &str) -> Vec<Decision> {
    let preset = presets().iter().find(|preset| preset.name == name).unwrap();
    let policy = Policy::parse(name, preset.toml).unwrap();
    decisions(&policy.editions[0])
}

#[test]
fn the_list_says_what_each_is_where_it_comes_from_and_what_is_in_doubt() {
    let run = scanfold(&["policy", "presets"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let titles = run
        .stdout
        .lines()
        .filter(|line| !line.starts_with(' ') && !line.is_empty());
    assert_eq!(titles.count(), presets().len());
    for words in [
        "cisa-bod-26-04                     CISA BOD 26-04, security updates by risk\n",
        "                                   source  CISA BOD 26-04 of 2026-06-10; table",
        "                                   since   2026-06-10\n",
        "                                   clock   from kev-added, else first-seen\n",
        "                                   doubt   binding from 2026-12-07;",
        "since   2022-12-06, 2023-10-08, 2026-01-01\n",
        "doubt   2026-01-01: numbers and date as vendors quote them",
        "doubt   2022-03-31: numbers as third parties quote the standard; no source was found for the date",
    ] {
        assert!(run.stdout.contains(words), "{words}\n{}", run.stdout);
    }
}

#[test]
fn a_matrix_reads_row_by_row() {
    let run = scanfold(&["policy", "show", "cisa-bod-26-04", "--as-of", "2026-11-21"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stdout.contains("  in force since 2026-06-10\n"),
        "{}",
        run.stdout
    );
    let rows: Vec<&str> = run
        .stdout
        .lines()
        .filter(|line| line.starts_with("  row "))
        .collect();
    assert_eq!(rows.len(), 16, "{}", run.stdout);
    assert_eq!(
        rows[12],
        "  row 12  when ids = CVE-*  kev = true or unknown  exposure = public or unknown     automatable = false            \
         technical-impact = total or unknown  then fix 3 days (with forensic triage)"
    );
    // Each condition stands below that of the others.
    let places: Vec<Option<usize>> = rows
        .iter()
        .map(|row| row.find("technical-impact"))
        .collect();
    assert!(
        places.iter().all(|place| *place == places[0]),
        "{}",
        run.stdout
    );
    let raised = scanfold(&[
        "policy",
        "show",
        "samples/policies/harbor-apps.toml",
        "--as-of",
        "2026-11-21",
    ]);
    assert!(raised.stdout.contains("then lower "), "{}", raised.stdout);
}

/// What a rule demands under one of its conditions.
fn condition<'a>(decision: &'a Decision, key: &str) -> &'a str {
    let found = decision.when.iter().find(|(known, _)| *known == key);
    found.map_or("", |(_, words)| words.untrusted())
}

#[test]
fn the_sixteen_rows_are_those_of_the_published_table() {
    let Some(shared) = shared_data() else { return };
    let path = shared.join("ecoscanner/policies/cisa_bod_26_04_1_0_0.csv");
    let text = fs::read_to_string(path).unwrap();
    let rows: Vec<Vec<&str>> = text
        .lines()
        .skip(1)
        .map(|row| row.split(',').collect())
        .collect();
    let decisions = rules("cisa-bod-26-04");
    assert_eq!(rows.len(), decisions.len());
    for (row, decision) in rows.iter().zip(&decisions) {
        let [number, kev, public, automatable, impact, timeline] = row[..] else {
            panic!("{row:?}");
        };
        assert_eq!(decision.name.untrusted(), format!("row {number}"));
        let yes = |answer: &str| {
            if answer == "yes" {
                "true or unknown"
            } else {
                "false"
            }
        };
        let exposed = if public == "yes" {
            "public or unknown"
        } else {
            "internal or isolated"
        };
        let gains = if impact == "total" {
            "total or unknown"
        } else {
            "partial"
        };
        let (days, reason) = match timeline {
            "fix on system upgrade" => ("none", Some(timeline)),
            _ => match timeline.split_once(" & ") {
                Some((days, _)) => (days, Some("with forensic triage")),
                None => (timeline, None),
            },
        };
        let found = ["kev", "exposure", "automatable", "technical-impact"]
            .map(|key| condition(decision, key));
        assert_eq!(
            found,
            [yes(kev), exposed, yes(automatable), gains],
            "row {number}"
        );
        assert_eq!(
            decision.then.untrusted(),
            format!("fix {days}"),
            "row {number}"
        );
        assert_eq!(
            decision.reason.as_ref().map(Text::untrusted),
            reason,
            "row {number}"
        );
    }
}

#[test]
fn every_cell_of_fedramps_matrix_is_a_rule() {
    let Some(shared) = shared_data() else { return };
    let path = shared.join("ecoscanner/policies/fedramp-vdr-timeframes.json");
    let document: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let classes = &document["rules"]["VDR-TFR-PVR"]["varies_by_class"];
    let decisions = rules("fedramp-vdr");
    let by_name: BTreeMap<&str, &Decision> = decisions
        .iter()
        .map(|decision| (decision.name.untrusted(), decision))
        .collect();
    let mut cells = 0;
    for (class, name) in [
        ("a", "class A or B"),
        ("b", "class A or B"),
        ("c", "class C"),
        ("d", "class D"),
    ] {
        let frames = classes[class]["pain_timeframes"].as_object().unwrap();
        for (rating, columns) in frames {
            for (column, cell) in columns.as_object().unwrap() {
                let word = match column.as_str() {
                    "irv_lev" => "reachable",
                    "nirv_lev" => "not reachable",
                    _ => "not likely exploitable",
                };
                let rule = by_name[format!("{name}, N{rating}, {word}").as_str()];
                let count = cell["timeframe_num"].as_u64().unwrap();
                let unit = cell["timeframe_type"].as_str().unwrap();
                let unit = if count == 1 {
                    unit.trim_end_matches('s')
                } else {
                    unit
                };
                assert_eq!(rule.then.untrusted(), format!("fix {count} {unit}"));
                assert!(condition(rule, "app-tag").contains(&format!("fedramp-{class}")));
                cells += 1;
            }
        }
    }
    assert_eq!(cells, 48);
    // The rest is the rule of what is listed.
    assert_eq!(decisions.len(), 36 + 1);
    assert_eq!(
        by_name["listed in KEV"].then.untrusted(),
        "also fix kev due date or 2 weeks"
    );
}
