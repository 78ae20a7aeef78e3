//! A folder of a RustSec advisory database, read advisory by advisory.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use semver::Version;

use super::advisory::Known;
use crate::error::{Error, Result};
use crate::model::{InputId, InputRecord, Ledger, Outcome, Place, Reject, Set, Text};

/// The largest advisory that is read, in bytes. Real ones have a few thousand.
const LARGEST: u64 = 1024 * 1024;
/// Where to get one.
const HINT: &str = "name a clone of https://github.com/rustsec/advisory-db";

/// The advisories of a RustSec database folder.
#[derive(Debug)]
pub struct Database {
    id: Arc<InputId>,
    bytes: u64,
    by_crate: BTreeMap<String, Vec<Known>>,
    /// Crates of which an advisory could not be read.
    unread: BTreeSet<String>,
    rejects: Vec<Reject>,
    count: u64,
    newest: String,
    commit: Option<String>,
}

impl Database {
    /// Reads the advisories on crates (`crates/NAME/RUSTSEC-YYYY-NNNN.md`) below a folder. An advisory that cannot be read
    /// costs itself. Those on Rust's own parts (`rust/`) are left out: a crate may have the name of one of them.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        fs::metadata(path).map_err(|error| Error::io(path, error).hint(HINT))?;
        let crates = path.join("crates");
        if !crates.is_dir() {
            return Err(Error::usage(
                "expected a folder `crates` of a RustSec advisory database, found none",
            )
            .at(path.display())
            .hint(HINT));
        }
        let mut reading = Reading::default();
        for folder in entries(&crates)? {
            if folder.is_dir() {
                reading.folder(&folder)?;
            }
        }
        if reading.count == 0 && reading.rejects.is_empty() {
            return Err(Error::usage("expected RustSec advisories, found none")
                .at(crates.display())
                .hint(HINT));
        }
        Ok(reading.finish(path))
    }

    /// How many advisories were read.
    pub fn len(&self) -> u64 {
        self.count
    }

    /// Whether no advisory could be read.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The database as an input of its own. It holds no findings, only advisories that could not be read.
    pub fn record(&self) -> InputRecord {
        let rejected = self.rejects.len() as u64;
        InputRecord {
            id: Arc::clone(&self.id),
            format: Some(Text::line("advisory-db")),
            scanner: None,
            scanner_version: None,
            bytes: self.bytes,
            outcome: Outcome::Complete,
            scanned: None,
            dated: None,
            scope: Set::new(),
            notes: std::iter::once(Text::line(&self.note())).collect(),
            reasons: Set::new(),
            doubts: Set::new(),
            ledger: Ledger {
                records: rejected,
                rejected,
                ..Ledger::default()
            },
            counted_again: 0,
        }
    }

    /// Where an advisory stands.
    pub(super) fn place(&self, package: &str, id: &str) -> Place {
        Place {
            report: Arc::clone(&self.id),
            at: Text::line(&format!("crates/{package}/{id}.md")),
        }
    }

    /// The advisories that could not be read.
    pub fn rejects(&self) -> impl Iterator<Item = Reject> + '_ {
        self.rejects.iter().cloned()
    }

    /// What is in it, in one line.
    pub(super) fn note(&self) -> String {
        let Self { count, newest, .. } = self;
        let commit = match &self.commit {
            Some(commit) => format!(" of commit {commit}"),
            None => String::new(),
        };
        format!("matched against {count} advisories{commit}, the newest of {newest}")
    }

    /// Whether an advisory on that crate could not be read.
    pub(super) fn is_unread(&self, name: &str) -> bool {
        self.unread.contains(name)
    }

    /// The advisories that apply to a crate of crates.io, by id.
    pub(super) fn matches<'a>(
        &'a self,
        name: &str,
        version: &'a Version,
    ) -> impl Iterator<Item = &'a Known> {
        self.by_crate
            .get(name)
            .map_or(&[][..], Vec::as_slice)
            .iter()
            .filter(move |known| known.applies_to(version))
    }
}

/// How old the newest advisory of a database may be, for a lock file that was matched against it to count as looked at
/// in full: what was published since is in none.
#[derive(Clone, Copy, Debug)]
pub struct AgeLimit {
    /// The time that counts as now.
    pub as_of: Timestamp,
    /// The most whole days, UTC, between the newest advisory and now.
    pub days: u32,
}

impl AgeLimit {
    /// What to say of a database that is too old.
    pub(super) fn objection(self, database: &Database) -> Option<String> {
        let (newest, allowed) = (&database.newest, self.days);
        let today = self.as_of.to_zoned(TimeZone::UTC).date();
        let Ok(date) = newest.parse::<Date>() else {
            // Without an advisory that could be read.
            return Some(format!(
                "advisories may be {allowed} days old, and nothing tells how old the newest is"
            ));
        };
        let days = today.duration_since(date).as_hours() / 24;
        (days > i64::from(allowed)).then(|| {
            format!(
                "advisories may be {allowed} days old, and the newest, of {newest}, is {days} days old on {today}"
            )
        })
    }
}

/// What was read until now.
#[derive(Default)]
struct Reading {
    hasher: blake3::Hasher,
    bytes: u64,
    by_crate: BTreeMap<String, Vec<Known>>,
    unread: BTreeSet<String>,
    /// Path below the database and reason.
    rejects: Vec<(String, String)>,
    ids: BTreeSet<String>,
    count: u64,
    newest: String,
}

impl Reading {
    /// Reads the advisories on one crate.
    fn folder(&mut self, folder: &Path) -> Result<()> {
        let name = file_name(folder);
        for file in entries(folder)? {
            let file_name = file_name(&file);
            // A draft has no number yet. The `rustsec` crate passes over it too.
            let is_draft = file_name.starts_with("RUSTSEC-0000-0000.");
            let (stem, markdown) = match file_name.rsplit_once('.') {
                Some((stem, "md")) => (stem, true),
                Some((stem, "toml")) => (stem, false),
                _ => continue,
            };
            if is_draft || file_name.starts_with('.') {
                continue;
            }
            if let Err(reason) = self.file(&file, &name, stem, markdown) {
                self.unread.insert(name.clone());
                self.rejects
                    .push((format!("crates/{name}/{file_name}"), reason));
            }
        }
        Ok(())
    }

    fn file(&mut self, file: &Path, name: &str, stem: &str, markdown: bool) -> Result<(), String> {
        let words = read(file)?;
        self.bytes += words.len() as u64;
        // Names and lengths are hashed too, so that no two folders share a digest.
        self.hasher
            .update(&(stem.len() as u64).to_le_bytes())
            .update(stem.as_bytes())
            .update(&(words.len() as u64).to_le_bytes())
            .update(&words);
        let words = std::str::from_utf8(&words).map_err(|error| {
            format!(
                "expected UTF-8, found another byte at {}",
                error.valid_up_to()
            )
        })?;
        let known = Known::read(words, markdown)?;
        let advisory = &known.advisory;
        if advisory.id != stem {
            return Err(format!(
                "expected the advisory `{stem}`, found `{}`",
                advisory.id
            ));
        }
        if advisory.package != name {
            return Err(format!(
                "expected an advisory on `{name}`, found one on `{}`",
                advisory.package
            ));
        }
        if !self.ids.insert(advisory.id.clone()) {
            return Err(format!("the advisory `{}` stands here twice", advisory.id));
        }
        self.count += 1;
        if advisory.date > self.newest {
            self.newest.clone_from(&advisory.date);
        }
        self.by_crate
            .entry(name.to_owned())
            .or_default()
            .push(known);
        Ok(())
    }

    fn finish(mut self, path: &Path) -> Database {
        let name = path.to_string_lossy().replace('\\', "/");
        let digest = self.hasher.finalize().to_hex();
        let id = Arc::new(InputId {
            path: Text::line(name.strip_prefix("./").unwrap_or(&name)),
            digest: Text::line(&format!("blake3:{digest}")),
        });
        for known in self.by_crate.values_mut() {
            known.sort_by(|a, b| a.advisory.id.cmp(&b.advisory.id));
        }
        let reject = |(at, reason): (String, String)| Reject {
            place: Place {
                report: Arc::clone(&id),
                at: Text::line(&at),
            },
            reason: Text::line(&reason),
        };
        Database {
            rejects: self.rejects.into_iter().map(reject).collect(),
            id,
            bytes: self.bytes,
            by_crate: self.by_crate,
            unread: self.unread,
            count: self.count,
            newest: self.newest,
            commit: commit(path),
        }
    }
}

/// What a folder holds, by name.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let read = || -> std::io::Result<Vec<PathBuf>> {
        fs::read_dir(folder)?
            .map(|entry| Ok(entry?.path()))
            .collect()
    };
    let mut entries = read().map_err(|error| Error::io(folder, error))?;
    entries.sort();
    Ok(entries)
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn read(file: &Path) -> Result<Vec<u8>, String> {
    let mut words = Vec::new();
    let io = |error: std::io::Error| Error::io("", error).message().to_owned();
    if !fs::metadata(file).map_err(io)?.is_file() {
        return Err("expected a file, found something else".to_owned());
    }
    let opened = File::open(file).map_err(io)?;
    opened
        .take(LARGEST + 1)
        .read_to_end(&mut words)
        .map_err(io)?;
    if words.len() as u64 > LARGEST {
        return Err(format!(
            "expected an advisory of at most {} MiB, found a larger one",
            LARGEST >> 20
        ));
    }
    Ok(words)
}

/// The commit that a clone stands at, if the folder is one and says so in one of the two usual ways.
pub(super) fn commit(path: &Path) -> Option<String> {
    let git = path.join(".git");
    let is_hash = |hash: &str| {
        matches!(hash.len(), 40 | 64) && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let small = |name: &str| {
        let words = read(&git.join(name)).ok()?;
        String::from_utf8(words).ok()
    };
    let head = small("HEAD")?;
    let head = head.trim();
    let Some(reference) = head.strip_prefix("ref: ") else {
        return Some(head.to_owned()).filter(|hash| is_hash(hash));
    };
    if !reference.starts_with("refs/") || reference.split('/').any(|part| part == "..") {
        return None;
    }
    let loose = small(reference).map(|hash| hash.trim().to_owned());
    let packed = || {
        small("packed-refs")?.lines().find_map(|line| {
            let (hash, name) = line.split_once(' ')?;
            (name == reference).then(|| hash.to_owned())
        })
    };
    loose
        .filter(|hash| is_hash(hash))
        .or_else(packed)
        .filter(|hash| is_hash(hash))
}
