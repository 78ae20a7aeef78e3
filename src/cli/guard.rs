//! What was read in this run, so that no result takes its place.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use crate::error::{Error, Result};

/// The files that were read, by where their names lead, each with what it is to the run.
#[derive(Debug, Default)]
pub(super) struct Guard {
    files: BTreeMap<PathBuf, &'static str>,
    folders: BTreeMap<PathBuf, &'static str>,
}

impl Guard {
    /// Keeps files from being replaced. What is no file, such as a pipe, cannot be.
    pub(super) fn files<P: AsRef<Path>>(
        &mut self,
        what: &'static str,
        paths: impl IntoIterator<Item = P>,
    ) {
        let paths = paths.into_iter();
        let places = paths.filter_map(|path| path.as_ref().canonicalize().ok());
        for place in places.filter(|place| place.is_file()) {
            self.files.entry(place).or_insert(what);
        }
    }

    /// Keeps what a folder holds from being replaced.
    pub(super) fn folder(&mut self, what: &'static str, path: &Path) {
        self.folders
            .extend(path.canonicalize().ok().map(|place| (place, what)));
    }

    /// Refuses to write over what was read, whatever name leads to it.
    pub(super) fn spare(&self, result: Option<&Path>) -> Result<()> {
        let place = result.and_then(|path| path.canonicalize().ok());
        let (Some(result), Some(place)) = (result, place) else {
            return Ok(());
        };
        let within = || {
            let mut folders = self.folders.iter();
            let holds = |folder: &Path| place.starts_with(folder) && place.is_file();
            folders.find_map(|(folder, what)| holds(folder).then_some(what))
        };
        match self.files.get(&place).or_else(within) {
            None => Ok(()),
            Some(what) => {
                let error = Error::usage(format!("the result would replace {what}"));
                let error = error.at(result.display());
                Err(error.hint("name another file for the result"))
            }
        }
    }
}

/// Where a path leads, also when its last parts are not there yet.
pub(super) fn settled(path: &Path) -> PathBuf {
    let place_of = |known: &Path| {
        let is_here = known.as_os_str().is_empty();
        let known = if is_here { Path::new(".") } else { known };
        known.canonicalize().ok()
    };
    let mut ancestors = path.ancestors();
    let found =
        ancestors.find_map(|known| Some((place_of(known)?, path.strip_prefix(known).ok()?)));
    let Some((mut place, missing)) = found else {
        return path.to_owned();
    };
    for part in missing.components() {
        match part {
            Component::Normal(name) => place.push(name),
            Component::ParentDir => {
                place.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::CurDir => {}
        }
    }
    place
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_not_there_yet_settles_below_what_is() {
        let folder = tempfile::tempdir().unwrap();
        let known = folder.path().canonicalize().unwrap();
        fs::create_dir(known.join("reports")).unwrap();
        for (path, expected) in [
            ("reports", "reports"),
            ("reports/../out", "out"),
            ("reports/./new/deep/", "reports/new/deep"),
            ("none/../reports/new", "reports/new"),
        ] {
            assert_eq!(settled(&known.join(path)), known.join(expected), "{path}");
        }
        let here = Path::new(".").canonicalize().unwrap();
        assert_eq!(
            settled(Path::new("no-such-folder")),
            here.join("no-such-folder")
        );
    }

    #[test]
    fn what_was_read_is_spared_by_whatever_name_and_what_is_new_is_not_in_the_way() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("database")).unwrap();
        for name in ["triage.toml", "database/advisory.md", "other.json"] {
            fs::write(path(name), "").unwrap();
        }
        let mut guard = Guard::default();
        guard.files("a triage file", [path("triage.toml"), path("missing.toml")]);
        guard.folder("a file of the advisory database", &path("database"));
        for (name, replaced) in [
            ("triage.toml", Some("a triage file")),
            ("database/../triage.toml", Some("a triage file")),
            (
                "database/advisory.md",
                Some("a file of the advisory database"),
            ),
            ("database/new.md", None),
            ("missing.toml", None),
            ("other.json", None),
        ] {
            let spared = guard.spare(Some(&path(name)));
            let told = spared.err().map(|error| error.message().to_owned());
            let expected = replaced.map(|what| format!("the result would replace {what}"));
            assert_eq!(told, expected, "{name}");
        }
        assert!(
            guard.spare(None).is_ok(),
            "standard output replaces nothing"
        );
    }
}
