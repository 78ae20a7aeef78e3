//! What a policy takes over from others: `extends` lays it over them, `strictest-of` lets them race beside it.

use std::fs;

use super::{by, policy, rated, time};
use crate::model::{Duty, Text};
use crate::policy::{Engine, Policy, load};

const AS_OF: &str = "2026-11-21T00:00:00Z";

#[test]
fn a_rule_replaces_the_one_of_its_name_and_others_add_up() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    write(
        "base.toml",
        "version = 1\nname = \"base\"\nfix = \"14 days\"\n[[rule]]\nname = \"customers\"\nwhen = { source = \"customer\" }\nthen = { fix = \"5 days\" }\n[[rule]]\nname = \"bounty\"\nwhen = { source = \"bug-bounty\" }\nthen = { fix = \"4 days\" }\n[environment.\"com.*\"]\nCR = \"H\"\n[apps.\"com.*\"]\ntags = [\"a\"]\nexposure = \"public\"\n",
    );
    let own = write(
        "own.toml",
        "version = 1\nname = \"own\"\nextends = \"base.toml\"\n[[rule]]\nname = \"customers\"\nwhen = { source = \"customer\" }\nthen = { fix = \"2 days\" }\n[[rule]]\nname = \"late\"\nwhen = {}\nthen = { notify = \"3 days\" }\n[environment.\"com.*\"]\nCR = \"L\"\nIR = \"H\"\n[apps.\"com.*\"]\ntags = [\"b\"]\n",
    );
    let policies = load(&[own]).unwrap();
    let own: &Policy = policies.first().unwrap();
    let rules = &own.editions.first().unwrap().rules;
    let told: Vec<(&str, Vec<&str>)> = rules
        .iter()
        .map(|rule| {
            let terms = rule.then.terms.values();
            (
                rule.name.untrusted(),
                terms.map(|term| term.words.untrusted()).collect(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("customers", vec!["2 days"]),
            ("bounty", vec!["4 days"]),
            ("late", vec!["3 days"])
        ]
    );
    let app = Text::line("com.harborapps.queue-board");
    let metrics = own.known.environment(&app).unwrap().metrics;
    assert_eq!(
        metrics.into_iter().collect::<Vec<_>>(),
        [("CR", "L"), ("IR", "H")]
    );
    let tags: Vec<&str> = own.known.tags(&app).map(Text::untrusted).collect();
    assert_eq!(tags, ["b"]);
    assert!(own.known.exposure(&app).is_some());
}

#[test]
fn policies_beside_one_race_with_it_and_each_counts_once() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    write(
        "platform.toml",
        "version = 1\nname = \"platform\"\nstrictest-of = \"own.toml\"\nfix = \"10 days\"\n",
    );
    let own = write(
        "own.toml",
        "version = 1\nname = \"own\"\nstrictest-of = [\"platform.toml\", \"flowdesk\"]\n[fix]\nall = \"12 days\"\nlow = \"3 days\"\n",
    );
    let policies = load(&[own, "flowdesk".to_owned()]).unwrap();
    let names: Vec<&str> = policies
        .iter()
        .map(|policy| policy.note.name.untrusted())
        .collect();
    assert_eq!(names, ["own", "platform", "flowdesk"]);
    let mut engine = Engine::new(policies, time(AS_OF));
    // 2026-07-03 and 7 days of flowdesk, 10 of the platform, 3 of the own one.
    for (level, expected) in [
        ("critical", "2026-07-10"),
        ("high", "2026-07-13"),
        ("low", "2026-07-06"),
    ] {
        let assessment = engine.assess(&rated("2026-07-03T09:00:00Z", level), &[]);
        assert_eq!(
            by(&assessment, Duty::Fix).as_deref(),
            Some(expected),
            "{level}"
        );
    }
}

#[test]
fn what_stands_beside_is_not_lost_with_what_is_extended() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    write(
        "base.toml",
        "version = 1\nname = \"base\"\nstrictest-of = \"flowdesk\"\n",
    );
    let own = write(
        "own.toml",
        "version = 1\nname = \"own\"\nextends = \"base.toml\"\n",
    );
    assert_eq!(load(&[own]).unwrap().len(), 2);
    let alone = Policy::parse(
        "p",
        "version = 1\nname = \"p\"\nstrictest-of = \"flowdesk\"\n",
    );
    let error = alone.unwrap_err();
    assert_eq!(error.message(), "`flowdesk` stands beside the policy");
    assert!(
        policy("version = 1\nname = \"p\"\nextends = \"flowdesk\"\n")
            .loosening
            .is_none()
    );
}

#[test]
fn a_file_below_is_called_by_the_path_that_policies_write() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    write(
        "platform/deep/p.toml",
        "version = 1\nname = \"c\"\nfix = \"9 days\"\n",
    );
    write(
        "platform/p.toml",
        "version = 1\nname = \"b\"\nextends = \"./deep/p.toml\"\nassess = \"9 days\"\n",
    );
    let own = write(
        "own/p.toml",
        "version = 1\nname = \"a\"\nextends = [\"../platform/p.toml\", \"flowdesk\"]\n[fix]\nlow = \"1 day\"\n",
    );
    let places = |name: &str| {
        let policies = load(&[name.to_owned()]).unwrap();
        let edition = policies.first().unwrap().editions.first().unwrap();
        let terms = edition.terms.values();
        let mut places: Vec<String> = terms.map(|entry| entry.at.untrusted().to_owned()).collect();
        places.sort();
        places.dedup();
        places
    };
    let own = places(&own);
    // The own file by its name alone, wherever it lies, and a built-in one by its own.
    assert!(own.contains(&"p.toml:5".to_owned()), "{own:?}");
    assert!(
        own.iter()
            .all(|place| place.starts_with("p.toml:") || place.starts_with("flowdesk:")),
        "{own:?}"
    );
    let below = write(
        "own/q.toml",
        "version = 1\nname = \"a\"\nextends = \"../platform/p.toml\"\n",
    );
    assert_eq!(
        places(&below),
        ["../platform/deep/p.toml:3", "../platform/p.toml:4"]
    );
    // A path from the root is of one machine.
    let root = write(
        "own/root.toml",
        &format!(
            "version = 1\nname = \"a\"\nextends = '{}/platform/p.toml'\n",
            folder.path().display()
        ),
    );
    assert_eq!(places(&root), ["deep/p.toml:3", "p.toml:4"]);
}
