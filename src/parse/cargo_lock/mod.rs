//! A `Cargo.lock`, matched here against a RustSec advisory database.

mod advisory;
mod database;
mod graph;

use std::io::Read;

use cargo_lock::{Lockfile, Package};

use super::cargo_audit::{Hit, Teller, scope};
use super::{Carried, Closing, Head, Options, Parser, Sink};
use crate::error::{Error, Result};
use crate::model::{Outcome, Set, Text};
use crate::source::Input;
use graph::Graph;

pub use database::{AgeLimit, Database};

/// The largest lock file that is read, in bytes. It is held whole, because a dependency may stand anywhere in it, and
/// `cargo-lock` takes time in the square of its size. Those of large workspaces have less than half a mebibyte.
const LARGEST: u64 = 4 * 1024 * 1024;
/// Who matches, in claims and sightings.
const SCANNER: &str = "rustsec";

/// See the module.
pub(super) struct CargoLock;

impl Parser for CargoLock {
    fn name(&self) -> &'static str {
        "cargo-lock"
    }

    fn usage(&self) -> &'static str {
        "Cargo.lock files, matched against the RustSec database at `--advisory-db`"
    }

    fn sniff(&self, head: &Head<'_>) -> bool {
        is_lock_file(head.text)
    }

    fn parse(&self, input: &Input, options: &Options, sink: &mut dyn Sink) -> Result<Closing> {
        let database = options.advisories.as_ref().ok_or_else(|| {
            Error::usage("a `Cargo.lock` can only be matched against an advisory database, and none is named")
                .hint("name a clone of https://github.com/rustsec/advisory-db with `--advisory-db`")
        })?;
        let lock = read(input)?;
        let mut closing = Closing::of(SCANNER);
        let app = options.app(input, None);
        closing.scope.insert(scope(&app, &Set::new()));
        database.carry(sink);
        closing.note(&database.note());
        let limit = options.max_advisory_age.as_ref();
        if let Some(reason) = limit.and_then(|limit| limit.objection(database)) {
            closing.lower(Outcome::Partial, &reason);
        }
        closing.note("whether a version is yanked is not in the database and not told");
        if lock.packages.is_empty() && lock.root.is_none() {
            // Even a project without dependencies is in its own lock file.
            closing.lower(
                Outcome::Partial,
                "it lists no package, so nothing was matched",
            );
        }
        let mut foreign = 0_u64;
        let mut unread = Set::new();
        let mut graph = None;
        let scanner = Text::line(SCANNER);
        let zone = options.zone();
        for (number, package) in lock.packages.iter().enumerate() {
            match Origin::of(package) {
                Origin::CratesIo => {}
                Origin::Here => continue,
                Origin::Elsewhere => {
                    foreign += 1;
                    continue;
                }
            }
            let name = package.name.as_str();
            if database.is_unread(name) {
                unread.insert(Text::line(name));
            }
            for known in database.matches(name, &package.version) {
                let at = format!("/package/{number} {}", known.advisory.id);
                sink.record();
                let hit = Hit {
                    kind: known.advisory.informational.as_deref(),
                    advisory: Some(&known.advisory),
                    versions: &known.versions,
                    affected: &known.affected,
                    name,
                    version: &package.version.to_string(),
                };
                let teller = Teller {
                    app: app.clone(),
                    scanner: &scanner,
                    place: input.place(&at),
                    zone: &zone,
                };
                match hit.finding(teller) {
                    Ok(mut finding) => {
                        if let Some(package) = &mut finding.package {
                            let graph = graph.get_or_insert_with(|| Graph::of(&lock));
                            package.paths.extend(graph.paths(number));
                        }
                        // Which ids are one is the word of the database, not of the lock file.
                        if finding.ids.len() > 1 {
                            let (ids, place) = (
                                finding.ids.clone(),
                                database.place(name, &known.advisory.id),
                            );
                            finding.note(|history| history.alias(ids, place));
                        }
                        sink.finding(finding);
                    }
                    Err(reason) => sink.reject(&at, &reason),
                }
            }
        }
        if foreign > 0 {
            closing.note(&format!(
                "packages from git or another registry, which the database does not cover: {foreign}"
            ));
        }
        // What such an advisory says of these crates nobody knows, so that nothing of them may count as fixed.
        for name in &unread {
            let name = name.untrusted();
            let why = format!("an advisory on `{name}`, which is installed, could not be read");
            closing.lower(Outcome::Partial, &why);
        }
        Ok(closing)
    }
}

/// Where a package comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// The registry that RustSec is about.
    CratesIo,
    /// The workspace itself, or a path beside it.
    Here,
    /// A git repository, or another registry.
    Elsewhere,
}

impl Origin {
    fn of(package: &Package) -> Self {
        match &package.source {
            Some(source) if source.is_default_registry() => Self::CratesIo,
            Some(source) if !source.is_path() => Self::Elsewhere,
            Some(_) | None => Self::Here,
        }
    }
}

fn read(input: &Input) -> Result<Lockfile> {
    let mut words = Vec::new();
    let mut file = input.open()?.take(LARGEST + 1);
    file.read_to_end(&mut words)
        .map_err(|error| Error::io(input.name(), error))?;
    if words.len() as u64 > LARGEST {
        let mebibytes = LARGEST >> 20;
        return Err(Error::format(format!(
            "expected a `Cargo.lock` of at most {mebibytes} MiB, found a larger one"
        )));
    }
    let words = String::from_utf8(words).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        Error::format(format!("expected UTF-8, found another byte at {valid}"))
    })?;
    words.parse::<Lockfile>().map_err(|error| {
        let (place, reason) = toml_reason(&error.to_string());
        let error = Error::format(format!("expected a `Cargo.lock`: {reason}"));
        match place {
            Some(place) => error.at(place),
            None => error,
        }
    })
}

/// The place and the reason in what the TOML reader says: its first line names the place, its last the reason, and
/// between them it draws the line in question.
fn toml_reason(words: &str) -> (Option<String>, String) {
    let lines: Vec<&str> = words
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let place = lines
        .first()
        .and_then(|line| line.split_once("TOML parse error at "))
        .map(|(_, place)| place.replace(", ", " "));
    let reason = lines.last().copied().unwrap_or_default();
    let reason = reason.trim_start_matches("parse error: ");
    (place, Text::line(reason).untrusted().to_owned())
}

/// Tables of a `Cargo.lock`, all of its versions. `metadata` held checksums in the first.
const TABLES: &[&str] = &["[[package]]", "[root]", "[metadata]", "[[patch.unused]]"];
/// Keys of a package in a `Cargo.lock`. The lock files of Poetry and uv have the same tables with other keys.
const KEYS: &[&str] = &[
    "name",
    "version",
    "source",
    "checksum",
    "dependencies",
    "replace",
];

/// Whether a text starts as a `Cargo.lock` does.
fn is_lock_file(text: &str) -> bool {
    let mut packages = false;
    // The last line of a head is cut somewhere.
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    for line in whole.lines() {
        let line = line.trim_end();
        if line.starts_with('#') {
            if line.contains("@generated by Cargo") {
                return true;
            }
        } else if line.starts_with('[') {
            if !TABLES.contains(&line) {
                return false;
            }
            packages |= matches!(line, "[[package]]" | "[root]");
        } else if !line.is_empty() && !line.starts_with([' ', '\t', ']', '"']) {
            let Some((key, value)) = line.split_once('=') else {
                return false;
            };
            let is_string = value.trim_start().starts_with('"');
            match key.trim_end() {
                "source" if !is_string => return false,
                key if !KEYS.contains(&key) => return false,
                _ => {}
            }
        }
    }
    packages
}

impl Database {
    fn carry(&self, sink: &mut dyn Sink) {
        sink.carry(Carried::Input(Box::new(self.record())));
        for reject in self.rejects() {
            sink.carry(Carried::Reject(reject));
        }
    }
}

#[cfg(test)]
mod tests;
