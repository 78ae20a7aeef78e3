//! What is installed: versions and dependency paths, which a report of npm 7 and newer does not tell and its lock file does.

mod lockfile;
mod range;
mod tree;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use self::range::Range;
use super::context::note;
use crate::error::{Error, Result};
use crate::model::{Package, Text};
use crate::parse::json::{Loose, Reader, Value};
use crate::parse::{Closing, Options};
use crate::source::Input;

pub(super) use self::tree::Tree;

/// Whether a version is surely not in a range: both are understood.
pub(super) fn is_outside(version: &str, range: &str) -> bool {
    let version = semver::Version::parse(version).ok();
    let range = Range::parse(range);
    version
        .zip(range)
        .is_some_and(|(version, range)| !range.contains(&version))
}

/// The names that npm gives a lock file, the one that npm prefers first.
const NAMES: &[&str] = &["npm-shrinkwrap.json", "package-lock.json"];

/// Which lock file belongs to which report of npm, as far as the user says so.
#[derive(Debug, Default)]
pub struct Lockfiles {
    all: Option<PathBuf>,
    by_report: BTreeMap<String, PathBuf>,
}

impl Lockfiles {
    /// Takes `lockfile` for all reports that none is named for. There can only be one.
    pub fn name_all(&mut self, lockfile: &Path) -> Result<()> {
        match self.all.replace(is_there(lockfile)?) {
            None => Ok(()),
            Some(_) => Err(
                Error::usage("two lock files are named for all reports of npm")
                    .hint("say whose they are: `--lockfile REPORT=PATH`"),
            ),
        }
    }

    /// Takes `lockfile` for the report at `report`.
    pub fn name_report(&mut self, report: &str, lockfile: &Path) -> Result<()> {
        let report = report.strip_prefix("./").unwrap_or(report).to_owned();
        let lockfile = is_there(lockfile)?;
        match self.by_report.insert(report.clone(), lockfile) {
            None => Ok(()),
            Some(_) => Err(Error::usage(format!(
                "two lock files are named for the report `{report}`"
            ))),
        }
    }

    /// The reports that a lock file is named for.
    pub fn reports(&self) -> impl Iterator<Item = &str> {
        self.by_report.keys().map(String::as_str)
    }

    /// The lock file of a report: the one that is named for it, or the one beside it.
    pub fn of(&self, report: &Input) -> Option<PathBuf> {
        let named = self.by_report.get(report.name()).or(self.all.as_ref());
        let beside = || {
            let folder = report.path()?.parent()?;
            let mut paths = NAMES.iter().map(|name| folder.join(name));
            paths.find(|path| path.is_file())
        };
        named.cloned().or_else(beside)
    }
}

/// A lock file that the user named must be there, else a slip of the pen would go without versions.
fn is_there(path: &Path) -> Result<PathBuf> {
    let metadata = std::fs::metadata(path).map_err(|error| Error::io(path, error))?;
    if metadata.is_file() {
        Ok(path.to_owned())
    } else {
        Err(Error::usage("expected a lock file of npm, found no file").at(path.display()))
    }
}

/// What a report says of an installed package, as far as its lock file must agree.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry<'a> {
    #[serde(borrow)]
    nodes: Loose<'a>,
    range: Loose<'a>,
    via: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Via<'a> {
    #[serde(borrow)]
    range: Loose<'a>,
}

/// What is installed where `report` was made, if a lock file of that very tree is at hand. Notes say which it is, or why
/// it was not taken: versions of another tree would be worse than none.
pub(super) fn find(report: &Input, options: &Options, closing: &mut Closing) -> Option<Tree> {
    let mut lock = Input::file(options.lockfiles.of(report)?, false);
    let read = lock.identify().and_then(|()| lockfile::read(&lock));
    let tree = match read {
        Ok(tree) => tree,
        Err(error) => {
            let (name, reason) = (lock.name(), error.message());
            let place = error.place().filter(|place| *place != name);
            let place = place.map(|place| format!("{place}: ")).unwrap_or_default();
            note(
                closing,
                &format!("no installed versions: {name} cannot be read: {place}{reason}"),
            );
            return None;
        }
    };
    let (name, digest) = (lock.name(), lock.id().digest.untrusted());
    let mut nodes = 0;
    let odds = report
        .open()
        .ok()
        .and_then(|words| survey(&mut Reader::new(words), &tree, &mut nodes).err());
    match odds {
        Some(Odds::Tree(odds)) => {
            note(
                closing,
                &format!("no installed versions: {name} is of another tree: {odds}"),
            );
            None
        }
        // A report that lists nothing has nothing to check, and needs nothing.
        _ if nodes == 0 => {
            closing.companion = Some(lock.id().path.clone());
            None
        }
        _ => {
            closing.companion = Some(lock.id().path.clone());
            note(closing, &format!("installed versions from {name} {digest}"));
            Some(tree)
        }
    }
}

/// Why a survey ends before the report does.
enum Odds {
    /// The report and the lock file are of different trees.
    Tree(String),
    /// The report breaks off. What stands before fits, and nothing after it will be read.
    End,
}

impl From<Error> for Odds {
    fn from(_: Error) -> Self {
        Self::End
    }
}

/// Checks all places of all documents of a report against the tree, and counts them.
fn survey<R: Read>(reader: &mut Reader<R>, tree: &Tree, nodes: &mut u64) -> Result<(), Odds> {
    loop {
        reader.skip_preamble()?;
        if !reader.next_document()? {
            return Ok(());
        }
        document(reader, tree, nodes, false)?;
    }
}

fn document<R: Read>(
    reader: &mut Reader<R>,
    tree: &Tree,
    nodes: &mut u64,
    inner: bool,
) -> Result<(), Odds> {
    reader.enter_object()?;
    while let Some(key) = reader.next_key()? {
        match (key.as_str(), reader.value()?) {
            ("vulnerabilities", Value::Object) => {
                reader.enter_object()?;
                while let Some(name) = reader.next_key()? {
                    let entry = reader.record::<Loose<'_>>()?.unwrap_or_default();
                    let entry: Entry<'_> = entry.object().unwrap_or_default();
                    for node in entry.nodes.list().into_iter().filter_map(Loose::text) {
                        *nodes += 1;
                        entry.check(&name, &node, tree).map_err(Odds::Tree)?;
                    }
                }
            }
            ("audit", Value::Object) if !inner => document(reader, tree, nodes, true)?,
            _ => reader.skip()?,
        }
    }
    Ok(())
}

impl Entry<'_> {
    /// Whether the lock file has this very package at that place. A version that no range of the report covers was
    /// installed before or after the audit.
    fn check(&self, name: &str, node: &str, tree: &Tree) -> Result<(), String> {
        let Some(found) = tree.at(node) else {
            return Err(format!("it has no `{node}`"));
        };
        if found.name != name {
            return Err(format!(
                "at `{node}` it has `{}` instead of `{name}`",
                found.name
            ));
        }
        let Some(version) = &found.version else {
            return Ok(());
        };
        let vias = self.via.list().into_iter();
        let vias = vias.filter_map(|via| via.object::<Via<'_>>().ok()?.range.text());
        let mut ranges = self.range.text().into_iter().chain(vias).peekable();
        let fits = |range: String| Range::parse(&range).is_none_or(|it| it.contains(version));
        if ranges.peek().is_none() || ranges.any(fits) {
            return Ok(());
        }
        Err(format!(
            "its {version} at `{node}` is in no range of the report"
        ))
    }
}

/// Tells versions and dependency paths of a vulnerable package that stands at `nodes`, as far as `range` covers them.
pub(super) fn tell(
    package: &mut Package,
    tree: &Tree,
    nodes: impl Iterator<Item = String>,
    range: Option<&str>,
    is_direct: bool,
) {
    let range = range.and_then(Range::parse);
    for node in nodes {
        let Some(found) = tree.at(&node) else {
            continue;
        };
        if let Some(version) = &found.version {
            if range.as_ref().is_some_and(|range| !range.contains(version)) {
                continue;
            }
            package.versions.insert(Text::line(&version.to_string()));
        }
        package.paths.extend(tree.paths(&node, is_direct));
    }
}

#[cfg(test)]
mod tests;
