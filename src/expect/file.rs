//! The manifest file: a list of `[[report]]`, in which every unknown key is refused.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use super::fit::OWN;
use super::{Expected, Manifest};
use crate::error::{Error, Result};
use crate::glob::{Globs, Match};
use crate::model::{InputId, Text};
use crate::table::{self, Document, Position, Table, Value, suggest};

/// The version of the file format that is read.
const VERSION: i64 = 1;

/// As many rejects of one input are kept in words, and each entry must be able to say why it is not met.
const MOST_ENTRIES: usize = 1000;

/// Loads manifests. One that is given twice counts once.
pub fn load(paths: &[PathBuf]) -> Result<Vec<Manifest>> {
    let mut manifests: Vec<Manifest> = Vec::new();
    for path in paths {
        let mut bytes = Vec::new();
        File::open(path)
            .and_then(|file| file.take(table::MOST_BYTES + 1).read_to_end(&mut bytes))
            .map_err(|error| Error::io(path, error))?;
        let manifest = parse(&path.to_string_lossy(), &bytes)?;
        if manifests.iter().all(|known| known.id != manifest.id) {
            manifests.push(manifest);
        }
    }
    Ok(manifests)
}

/// Refuses a format that no input can have: the entry could never be met. `formats` are those that are read.
pub fn check_formats(manifests: &[Manifest], formats: &[&str]) -> Result<()> {
    for manifest in manifests {
        for entry in &manifest.entries {
            for written in entry.format.iter().flat_map(Globs::written) {
                let known = || formats.iter().chain(&OWN).copied();
                let glob = Globs::new([written.as_str()], Match::Word);
                if glob.is_ok_and(|glob| known().any(|format| glob.is_match(format))) {
                    continue;
                }
                let place = format!("{}: {}", manifest.id.path.untrusted(), entry.at.untrusted());
                let error = Error::configuration(format!("there is no format `{written}`"));
                return Err(suggest(error, written, known()).at(place));
            }
        }
    }
    Ok(())
}

/// Reads the bytes of a manifest that is called `path`.
pub fn parse(path: &str, bytes: &[u8]) -> Result<Manifest> {
    // The same name as an input of that path has.
    let path = path.replace('\\', "/");
    let name = path.strip_prefix("./").unwrap_or(&path);
    let text = table::decode(name, bytes)?;
    let document = Document {
        name,
        text,
        called: None,
    };
    let id = InputId {
        path: Text::line(name),
        digest: Text::line(&format!("blake3:{}", blake3::hash(bytes).to_hex())),
    };
    Ok(Manifest {
        id: Arc::new(id),
        bytes: bytes.len() as u64,
        entries: document.read("the manifest", entries)?,
    })
}

fn entries(mut root: Table<'_, '_>) -> Result<Vec<Expected>> {
    root.version(VERSION, &["report", "version"])?;
    let none = root.error("the manifest expects no report");
    let none = none.hint("write a `[[report]]` for each report that must be there");
    let list = root.take("report");
    // A misspelt `[[report]]` is the likelier reason for none.
    root.finish()?;
    let list = list.ok_or(none)?;
    let members = list.array()?;
    if members.is_empty() {
        return Err(list.error("`report` is empty: a manifest that expects nothing proves nothing"));
    }
    if members.len() > MOST_ENTRIES {
        return Err(list.error(format!("more than {MOST_ENTRIES} reports are expected")));
    }
    let mut entries = Vec::with_capacity(members.len());
    let mut before = Position::default();
    for member in members {
        let table = member.table("`[[report]]`")?;
        let position = table.position();
        // The place is what tells entries apart, also those of a list in one line.
        let at = if position.line == before.line {
            format!("line {}, column {}", position.line, position.column)
        } else {
            format!("line {}", position.line)
        };
        before = position;
        entries.push(entry(table, &at)?);
    }
    Ok(entries)
}

fn entry(mut table: Table<'_, '_>, at: &str) -> Result<Expected> {
    let mut take = |key, how| {
        let value = table.take(key);
        value.map(|value| globs(value, how)).transpose()
    };
    let tool = take("tool", Match::Word)?;
    let format = take("format", Match::Word)?;
    let app = take("app", Match::Exact)?;
    let path = take("path", Match::Path)?;
    let name = table.take("name").map(|name| name.words()).transpose()?;
    let min_records = table.take("min_records");
    let min_reports = table.take("min_reports");
    let max_age = table.take("max_age").map(|age| {
        let words = age.string()?;
        words.parse().map_err(|reason: String| age.error(reason))
    });
    let names_none = [&tool, &format, &app, &path].iter().all(|it| it.is_none());
    let nameless = table.error("`[[report]]` does not say which report it means");
    let entry = Expected {
        at: Text::line(at),
        name: name.map(Text::line),
        tool,
        format,
        app,
        path,
        min_records: min_records.map_or(Ok(0), |value| number(value, 0))?,
        min_reports: min_reports.map_or(Ok(1), |value| number(value, 1))?,
        max_age: max_age.transpose()?,
    };
    table.finish()?;
    if names_none {
        return Err(nameless.hint("add `tool`, `format`, `app` or `path`"));
    }
    Ok(entry)
}

fn globs(value: Value<'_, '_>, how: Match) -> Result<Globs> {
    let globs = value.globs(how)?;
    let dotted = globs
        .written()
        .iter()
        .find_map(|one| one.strip_prefix("./"));
    match dotted {
        Some(plain) if how == Match::Path => Err(value
            .error("the path of no input starts with `./`")
            .hint(format!("write `{plain}`"))),
        _ => Ok(globs),
    }
}

fn number(value: Value<'_, '_>, least: u64) -> Result<u64> {
    let number = value.integer()?;
    let number = u64::try_from(number).ok().filter(|number| *number >= least);
    number.ok_or_else(|| value.error(format!("expected a number of at least {least}")))
}
