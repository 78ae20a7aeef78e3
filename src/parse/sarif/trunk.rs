//! Which of several bases is the one whose paths stand for themselves.
//!
//! Equal paths below two bases are two files. The directories themselves differ from checkout to checkout, so that a base
//! is told apart by its name; one of them, the trunk, needs none, as the only base of a run needs none.

use std::collections::{BTreeMap, BTreeSet};

use super::identity::Census;
use super::survey::Parts;
use crate::model::Text;

/// Ids that tools give to the folder of the project, without their signs; the first of them that is there is the trunk.
const PROJECT: &[&str] = &[
    "SRCROOT",
    "SOURCEROOT",
    "REPOROOT",
    "REPOSITORYROOT",
    "PROJECTROOT",
    "PROJECTDIR",
    "SOLUTIONDIR",
    "WORKSPACE",
    "ROOTPATH",
    "ROOT",
    "PWD",
];

/// A base by its name, and where it is as far as a run tells that.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Root {
    /// The absolute directory, with `/` at its end.
    pub(super) directory: Option<String>,
    pub(super) name: String,
    /// Whether it is a checkout of a repository (`versionControlProvenance`).
    pub(super) is_checkout: bool,
}

/// The bases whose paths stand for themselves, among all that the runs of one tool name in one log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Trunk {
    pub(super) names: BTreeSet<String>,
    /// Where they are; nothing lies outside the root of the file system, so that it is left out.
    pub(super) directories: BTreeSet<String>,
}

impl Trunk {
    /// By what the log names alone, and not by what it finds where: a base keeps its paths when the others are clean.
    ///
    /// A checkout goes first; beside it stands a base only of which nobody says where it is.
    pub(super) fn of(roots: &BTreeSet<Root>) -> Self {
        let checkouts = || roots.iter().filter(|root| root.is_checkout);
        let is_known = checkouts().any(|root| root.directory.is_some());
        let bases = (roots.iter())
            .filter(|root| !root.is_checkout)
            .filter(|root| !is_known || root.directory.is_none());
        let names: BTreeSet<String> = (leading(checkouts()).into_iter())
            .chain(leading(bases))
            .map(str::to_owned)
            .collect();
        let own = roots.iter().filter(|root| names.contains(&root.name));
        let directories = own.filter_map(|root| root.directory.clone());
        Self {
            directories: directories.filter(|directory| directory != "/").collect(),
            names,
        }
    }

    /// The same for a run that says itself where its trunk is.
    pub(super) fn seen_from(&self, own: &[Root]) -> Self {
        let own = own.iter().filter(|root| self.names.contains(&root.name));
        let directories = own.filter_map(|root| root.directory.clone());
        let directories: BTreeSet<String> =
            directories.filter(|directory| directory != "/").collect();
        Self {
            names: self.names.clone(),
            directories: if directories.is_empty() {
                self.directories.clone()
            } else {
                directories
            },
        }
    }
}

impl Parts {
    /// Finds out which base stands for itself, of all that the runs of one tool name.
    pub(super) fn settle_bases(&mut self, census: &Census) {
        for (part, place) in census.places() {
            if let Some(run) = self.run_mut(part) {
                run.note_base(place);
            }
        }
        let runs = || self.runs.iter().chain(&self.inline);
        let mut roots: BTreeMap<String, BTreeSet<Root>> = BTreeMap::new();
        for run in runs() {
            let known = roots.entry(run.family.clone()).or_default();
            known.extend(run.bases.roots());
        }
        let trunks = roots
            .into_iter()
            .map(|(family, roots)| (family, Trunk::of(&roots)));
        let trunks: BTreeMap<String, Trunk> = trunks.collect();
        for run in self.runs.iter_mut().chain(&mut self.inline) {
            if let Some(trunk) = trunks.get(&run.family) {
                run.settle_bases(trunk);
            }
        }
    }
}

/// The one by its well-known id, else the only folder that lies in no other, by all of its names; of several such nobody
/// knows which it is.
fn leading<'r>(roots: impl Iterator<Item = &'r Root>) -> BTreeSet<&'r str> {
    let (file_systems, folders): (Vec<&Root>, Vec<&Root>) =
        roots.partition(|root| root.directory.as_deref() == Some("/"));
    // All lies in the root of the file system, which is the base of a run that knows no other.
    let roots = if folders.is_empty() {
        file_systems
    } else {
        folders
    };
    let is_there = |known: &&&str| roots.iter().any(|root| root.name == ***known);
    if let Some(known) = PROJECT.iter().find(is_there) {
        return BTreeSet::from([*known]);
    }
    let outer = outermost(roots);
    let names: BTreeSet<&str> = outer.iter().map(|root| root.name.as_str()).collect();
    let directories: BTreeSet<_> = outer.iter().map(|root| &root.directory).collect();
    let is_one_folder = directories.len() == 1 && !directories.contains(&None);
    if names.len() == 1 || is_one_folder {
        names
    } else {
        BTreeSet::new()
    }
}

/// Those that lie in no other one.
fn outermost<'r>(mut roots: Vec<&'r Root>) -> Vec<&'r Root> {
    // A folder stands before all that lies in it, and what lies in it stands together.
    roots.sort_unstable();
    let mut outer: Option<&'r str> = None;
    roots.retain(|root| {
        let Some(directory) = root.directory.as_deref() else {
            return true;
        };
        let is_inside =
            outer.is_some_and(|outer| outer != directory && directory.starts_with(outer));
        if !is_inside {
            outer = Some(directory);
        }
        !is_inside
    });
    roots
}

/// The name of a base in keys: well-known ids without their signs, `%SRCROOT%` and `SRCROOT` alike.
pub(super) fn name(id: &str) -> String {
    let letters = id.chars().filter(char::is_ascii_alphanumeric);
    let plain: String = letters.map(|letter| letter.to_ascii_uppercase()).collect();
    if PROJECT.contains(&plain.as_str()) {
        return plain;
    }
    Text::line(id).untrusted().to_owned()
}
