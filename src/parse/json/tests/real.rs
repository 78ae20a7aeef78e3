//! Real reports: the records and places that `serde_json` gives of the whole document.

use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::super::{Reader, Value as Sort};
use crate::source::Input;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path
            .extension()
            .is_some_and(|end| end == "json" || end == "sarif")
        {
            found.push(path);
        }
    }
}

fn below(place: &str, key: &str) -> String {
    format!("{place}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// The values at the places that `keys` lead to, where `*` stands for any one key or index.
fn read(
    reader: &mut Reader<impl Read>,
    place: &str,
    keys: &[&str],
    found: &mut Vec<(String, Value)>,
) -> crate::Result<()> {
    let Some((key, deeper)) = keys.split_first() else {
        found.push((place.to_owned(), reader.record()?.unwrap()));
        return Ok(());
    };
    match reader.value()? {
        Sort::Object => {
            reader.enter_object()?;
            while let Some(name) = reader.next_key()? {
                if *key == "*" || *key == name {
                    read(reader, &below(place, &name), deeper, found)?;
                } else {
                    reader.skip()?;
                }
            }
        }
        Sort::Array if *key == "*" => {
            reader.enter_array()?;
            let mut index = 0;
            while reader.next_element()? {
                read(reader, &format!("{place}/{index}"), deeper, found)?;
                index += 1;
            }
        }
        _ => reader.skip()?,
    }
    Ok(())
}

/// The same of a document in memory.
fn expected(value: &Value, place: &str, keys: &[&str], found: &mut Vec<(String, Value)>) {
    let Some((key, deeper)) = keys.split_first() else {
        found.push((place.to_owned(), value.clone()));
        return;
    };
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if *key == "*" || key == name {
                    expected(member, &below(place, name), deeper, found);
                }
            }
        }
        Value::Array(elements) if *key == "*" => {
            for (index, element) in elements.iter().enumerate() {
                expected(element, &format!("{place}/{index}"), deeper, found);
            }
        }
        _ => {}
    }
}

#[test]
#[expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "the reports are no part of the project"
)]
fn real_reports_have_the_records_that_serde_json_finds() {
    let data = std::env::var("SCANFOLD_SHARED_DATA").unwrap_or("../shared/data".to_owned());
    let mut paths = Vec::new();
    files(Path::new(&data), &mut paths);
    if paths.is_empty() {
        eprintln!("skipped: no real reports at {data}");
        return;
    }
    let (mut whole, mut records) = (0, 0);
    for path in paths {
        let input = Input::file(&path, true);
        let mut text = Vec::new();
        input.open().unwrap().read_to_end(&mut text).unwrap();
        let Ok(document) = serde_json::from_slice::<Value>(&text) else {
            continue;
        };
        let keys = if document.get("runs").is_some() {
            &["runs", "*", "results", "*"][..]
        } else {
            &["*"][..]
        };
        let mut theirs = Vec::new();
        expected(&document, "", keys, &mut theirs);
        for window in [61, 64 * 1024] {
            let file = input.open().unwrap();
            let mut reader = Reader::with_sizes(file, window, 64 << 20);
            let mut ours = Vec::new();
            read(&mut reader, "", keys, &mut ours).unwrap();
            assert!(!reader.next_document().unwrap());
            for (place, record) in &ours {
                assert_eq!(document.pointer(place), Some(record), "{place}");
            }
            // A map of `serde_json` is in the order of its keys.
            if keys == ["*"] && document.is_object() {
                ours.sort_by(|one, other| one.0.cmp(&other.0));
                theirs.sort_by(|one, other| one.0.cmp(&other.0));
            }
            assert!(ours == theirs, "{}", path.display());
        }
        whole += 1;
        records += theirs.len();
    }
    eprintln!("{whole} documents, {records} records");
    assert!(whole > 0);
}
