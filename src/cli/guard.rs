//! What was read in this run, so that no result takes its place.

use std::collections::{BTreeMap, BTreeSet};
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

/// Refuses two results in one file, whatever names lead to it: the second would take the place of the first.
pub(super) fn apart<'p>(results: impl IntoIterator<Item = &'p Path>) -> Result<()> {
    let mut taken = BTreeSet::new();
    for result in results {
        // One terminal can go by two names, and shows both.
        let is_file = result.metadata().is_ok_and(|known| known.is_file()) || !result.exists();
        let place = if is_file {
            settled(result)
        } else {
            result.to_owned()
        };
        if !taken.insert(place) {
            let error = Error::usage("two results cannot both go to one file");
            return Err(error
                .at(result.display())
                .hint("name another file for one of them"));
        }
    }
    Ok(())
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
    fn results_are_apart_by_the_file_and_not_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("out")).unwrap();
        fs::write(path("out/known.json"), "").unwrap();
        let mut cases = vec![
            ("new.json", "new.json", true),
            ("new.json", "out/../new.json", true),
            ("out/known.json", "./out/./known.json", true),
            ("new/deep/a.json", "new/deep/../deep/a.json", true),
            ("new/a.json", "out/a.json", false),
            ("new.json", "out/known.json", false),
        ];
        if cfg!(unix) {
            #[cfg(unix)]
            std::os::unix::fs::symlink(path("out"), path("link")).unwrap();
            cases.push(("out/new.json", "link/new.json", true));
            cases.push(("out/known.json", "link/known.json", true));
        }
        for (one, other, is_one) in cases {
            let told = apart([path(one).as_path(), &path(other)]);
            assert_eq!(told.is_err(), is_one, "{one} {other}");
        }
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
