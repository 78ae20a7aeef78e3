//! Layers only point downwards.

use std::fs;
use std::path::Path;

use crate::project;

/// What each room may name of ours, beside itself. A room that is not here fails the test.
const ROOMS: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("model", &[]),
    ("glob", &["model"]),
    ("table", &["error", "glob", "model"]),
    ("expect", &["error", "glob", "model", "table"]),
    ("wire", &["model"]),
    ("source", &["error", "model"]),
    ("spill", &["error", "model", "wire"]),
    ("parse", &["error", "model", "source", "wire"]),
    ("policy", &["error", "glob", "model", "table"]),
    (
        "triage",
        &["error", "glob", "model", "source", "table", "wire"],
    ),
    ("enrich", &["error", "model", "source"]),
    ("report", &["model", "wire"]),
    ("gate", &["error", "glob", "model"]),
    ("fold", &["error", "model", "parse", "source", "spill"]),
    (
        "run",
        &[
            "error", "model", "source", "spill", "wire", "parse", "policy", "triage", "enrich",
            "expect", "report", "gate", "fold",
        ],
    ),
    (
        "cli",
        &[
            "error", "expect", "model", "source", "spill", "table", "wire", "parse", "policy",
            "triage", "enrich", "report", "gate", "fold", "run",
        ],
    ),
];

#[test]
fn rooms_name_only_what_lies_below_them() {
    let mut seen = 0;
    visit(&project("src"), &mut |path, text| {
        let inside = path.strip_prefix(project("src")).unwrap();
        let room = inside
            .components()
            .next()
            .unwrap()
            .as_os_str()
            .to_string_lossy()
            .replace(".rs", "");
        if matches!(room.as_str(), "lib" | "main") {
            return;
        }
        seen += 1;
        let allowed = ROOMS.iter().find(|(name, _)| *name == room);
        let allowed = allowed
            .unwrap_or_else(|| panic!("{}: the room `{room}` has no layer", path.display()))
            .1;
        for named in text.split("crate::").skip(1) {
            let rooms = named
                .strip_prefix('{')
                .map_or(named, |list| list.split('}').next().unwrap());
            let names: Vec<&str> = if named.starts_with('{') {
                rooms
                    .split(',')
                    .map(|name| name.trim().split("::").next().unwrap().trim())
                    .collect()
            } else {
                vec![
                    rooms
                        .split(|character: char| !(character.is_alphanumeric() || character == '_'))
                        .next()
                        .unwrap(),
                ]
            };
            for name in names
                .iter()
                .filter(|name| name.chars().next().is_some_and(char::is_lowercase))
            {
                assert!(
                    *name == room || allowed.contains(name),
                    "{}: `{room}` may not name `crate::{name}`",
                    path.display()
                );
            }
        }
    });
    assert!(seen > 30, "only {seen} files were looked at");
}

fn visit(folder: &Path, each: &mut impl FnMut(&Path, &str)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            visit(&path, each);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            each(&path, &fs::read_to_string(&path).unwrap());
        }
    }
}
