//! From what the user named to inputs: files, directories, archives, globs and `-`.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use globset::GlobBuilder;

use super::Input;
use super::archive::{self, Listing};
use super::spooled::Depot;
use crate::error::{Error, Result};

/// Directories that hold the work of others, never a report of ours.
const SKIPPED: &[&str] = &[".git", "node_modules", ".hg", ".svn"];
/// What files are called before they are whole. A run that is killed leaves them behind, and the next one passes them over.
const UNFINISHED: (&str, &str) = (".scanfold-", ".tmp");
/// Deeper nesting is a loop of links or an attack.
const DEEPEST: usize = 64;

/// A temporary file that says by its name whose it is.
pub(crate) fn unfinished() -> tempfile::Builder<'static, 'static> {
    let (start, end) = UNFINISHED;
    let mut builder = tempfile::Builder::new();
    builder.prefix(start).suffix(end);
    builder
}

/// Whether a search passes over a file or folder of that name, and over all that is in it.
pub(super) fn is_passed_over(name: &OsStr) -> bool {
    let (start, end) = UNFINISHED;
    let bytes = name.as_encoded_bytes();
    let is_unfinished = bytes.starts_with(start.as_bytes()) && bytes.ends_with(end.as_bytes());
    is_unfinished || SKIPPED.iter().any(|skipped| name == *skipped)
}

/// What was found for the names that the user gave.
#[derive(Debug, Default)]
pub struct Found {
    /// The inputs, by name, each once.
    pub inputs: Vec<Input>,
    /// Names that lead nowhere, with the reason. The other inputs are read all the same.
    pub missing: Vec<(String, Error)>,
}

/// Finds the inputs behind paths, directories (searched to the bottom, in name order), globs and `-`.
///
/// What a name, a glob or `-` leads to is explicit: it must be readable and known. What a directory or an archive holds is
/// found. A file is an archive when it is called one; `-` and pipes, which have no name, when they are one.
pub fn collect(names: &[String], stdin: impl FnOnce() -> Result<Input>) -> Found {
    let (mut found, mut depot) = (Found::default(), Depot::default());
    let mut stdin = Some(stdin);
    for name in names {
        let inputs = if name == "-" {
            // A second `-` is the same input once more.
            stdin
                .take()
                .map_or_else(|| Ok(Vec::new()), |read| read().map(|input| vec![input]))
        } else {
            expand(name)
        };
        match inputs {
            Ok(inputs) => {
                for input in inputs {
                    found.add(input, &mut depot);
                }
            }
            Err(error) => found.missing.push((name.clone(), error)),
        }
    }
    // Explicit before found, so that the one that must be read stays when both lead to one file.
    found.inputs.sort_by(|a, b| {
        let (one, other) = (a.whereabouts(), b.whereabouts());
        (a.name(), one, b.explicit).cmp(&(b.name(), other, a.explicit))
    });
    found.inputs.dedup_by(|b, a| a.is_same(b));
    found
}

impl Found {
    /// An input, or what is in it if it is an archive.
    fn add(&mut self, input: Input, depot: &mut Depot) {
        // A pipe that a link leads to is read once, as a report.
        let is_called_one = |path: &Path| archive::is_called_one(input.name()) && path.is_file();
        let may_be_archive = input.path().is_none_or(is_called_one);
        let bytes = input.archive().filter(|_| may_be_archive);
        let listing = bytes.and_then(|bytes| archive::list(input.name(), &bytes, depot));
        let Some(Listing { members, broken }) = listing else {
            self.inputs.push(input);
            return;
        };
        let members = members.into_iter();
        (self.inputs).extend(members.map(|(name, member)| Input::member(&name, member)));
        self.missing.extend(broken);
    }
}

/// The folders that are searched for these names: directories, and those where a glob with `**` starts. What is put there
/// is found by the next run.
pub(crate) fn searched(names: &[String]) -> Vec<PathBuf> {
    let folder = |name: &String| {
        let path = Path::new(name);
        if path.is_dir() {
            return Some(path.to_owned());
        }
        let is_searched = name.contains("**") && !path.exists();
        is_searched.then(|| base(name))
    };
    names.iter().filter_map(folder).collect()
}

fn expand(name: &str) -> Result<Vec<Input>> {
    let path = Path::new(name);
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => {
            let mut files = Vec::new();
            walk(path, 0, &mut files)?;
            Ok(files
                .into_iter()
                .map(|file| Input::file(file, false))
                .collect())
        }
        Ok(metadata) if metadata.is_file() => Ok(vec![Input::file(path, true)]),
        // A pipe can be read once only.
        Ok(_) => {
            let pipe = fs::File::open(path).map_err(|error| Error::io(path, error))?;
            Ok(vec![Input::spool(name, pipe)?])
        }
        Err(_) if name.contains(['*', '?', '[', '{']) => glob(name),
        Err(error) => Err(Error::io(path, error)
            .hint("name a report, a directory of reports, a glob in quotes, or `-`")),
    }
}

fn walk(directory: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<()> {
    if depth > DEEPEST {
        return Err(
            Error::usage(format!("directories are nested deeper than {DEEPEST}"))
                .at(directory.display()),
        );
    }
    let io = |error| Error::io(directory, error);
    let mut entries = fs::read_dir(directory)
        .map_err(io)?
        .collect::<Result<Vec<_>, _>>()
        .map_err(io)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = if directory == Path::new(".") {
            PathBuf::from(entry.file_name())
        } else {
            entry.path()
        };
        let kind = entry.file_type().map_err(io)?;
        if is_passed_over(&entry.file_name()) {
            continue;
        }
        if kind.is_dir() {
            walk(&path, depth + 1, files)?;
        } else if kind.is_file() || kind.is_symlink() && !is_pipe(&path) {
            // A link that leads nowhere, or to a folder, cannot be read, and its record says so.
            files.push(path);
        }
    }
    Ok(())
}

/// Whether it is, or leads to, what may make its reader wait for ever, such as a named pipe or a terminal. No folder is
/// searched for these; who wants one read names it.
fn is_pipe(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|known| !known.is_file() && !known.is_dir())
}

/// The folder where a glob starts to match.
fn base(pattern: &str) -> PathBuf {
    let fixed = pattern
        .split('/')
        .take_while(|part| !part.contains(['*', '?', '[', '{']))
        .collect::<Vec<_>>()
        .join("/");
    match (fixed.as_str(), pattern.starts_with('/')) {
        ("", true) => "/".into(),
        ("", false) => ".".into(),
        (fixed, _) => fixed.into(),
    }
}

fn glob(pattern: &str) -> Result<Vec<Input>> {
    let plain = pattern.strip_prefix("./").unwrap_or(pattern);
    let bad =
        |error: globset::Error| Error::usage(format!("bad glob: {}", error.kind())).at(pattern);
    let matcher = GlobBuilder::new(plain)
        .literal_separator(true)
        .build()
        .map_err(bad)?
        .compile_matcher();
    let base = base(plain);
    let mut files = Vec::new();
    if base.is_dir() {
        walk(&base, 0, &mut files)?;
    }
    files.retain(|file| matcher.is_match(file));
    if files.is_empty() {
        return Err(Error::usage("no file matches")
            .at(pattern)
            .hint("`**` matches across directories"));
    }
    Ok(files
        .into_iter()
        .map(|file| Input::file(file, true))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(names: &[&str], folder: &Path) -> (Vec<(String, bool)>, Vec<String>) {
        let names: Vec<String> = names
            .iter()
            .map(|name| folder.join(name).display().to_string())
            .collect();
        let Found { inputs, missing } = collect(&names, || Input::spool("-", &b"{}"[..]));
        let prefix = format!("{}/", folder.display());
        let plain = |name: &str| name.replace(&prefix, "");
        (
            inputs
                .iter()
                .map(|input| (plain(input.name()), input.is_explicit()))
                .collect(),
            missing
                .iter()
                .map(|(_, error)| plain(&error.to_string()))
                .collect(),
        )
    }

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in [
            "b/2.json",
            "a.json",
            "b/10.json",
            "node_modules/x.json",
            ".git/y.json",
            "b/deep/z.sarif",
            "b/.scanfold-a8Xk2q.tmp",
        ] {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "{}").unwrap();
        }
        folder
    }

    #[test]
    fn a_directory_is_searched_to_the_bottom_in_name_order_without_the_work_of_others() {
        let folder = folder();
        let expected = ["a.json", "b/10.json", "b/2.json", "b/deep/z.sarif"]
            .map(|name| (name.to_owned(), false));
        assert_eq!(found(&[""], folder.path()).0, expected);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_a_directory_is_followed_unless_it_leads_to_a_device_or_a_pipe() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        fs::write(place("a.json"), "{}").unwrap();
        for (target, link) in [
            ("a.json", "link"),
            ("/dev/null", "device"),
            ("none", "broken"),
        ] {
            symlink(target, place(link)).unwrap();
        }
        let expected = ["a.json", "broken", "link"].map(|name| (name.to_owned(), false));
        assert_eq!(found(&[""], folder.path()).0, expected);
    }

    #[test]
    fn what_is_named_is_explicit_also_when_a_directory_leads_to_it() {
        let folder = folder();
        let inputs = found(&["b", "b/2.json", "b/2.json"], folder.path()).0;
        let expected = [
            ("b/10.json", false),
            ("b/2.json", true),
            ("b/deep/z.sarif", false),
        ];
        assert_eq!(
            inputs,
            expected.map(|(name, explicit)| (name.to_owned(), explicit))
        );
    }

    #[test]
    fn files_whose_names_look_alike_when_they_are_safe_to_show_are_both_read() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.json", "a\u{200b}.json"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        let expected = [("a.json".to_owned(), false), ("a.json".to_owned(), false)];
        assert_eq!(found(&["", ""], folder.path()).0, expected);
    }

    #[test]
    fn globs_match_within_a_directory_and_two_stars_across() {
        let folder = folder();
        let names = |pattern: &str| {
            found(&[pattern], folder.path())
                .0
                .into_iter()
                .map(|(name, _)| name)
                .collect::<Vec<_>>()
        };
        assert_eq!(names("*.json"), ["a.json"]);
        assert_eq!(
            names("**/*.{json,sarif}"),
            ["a.json", "b/10.json", "b/2.json", "b/deep/z.sarif"]
        );
    }

    #[test]
    fn what_leads_nowhere_is_missing_with_a_reason_and_costs_nothing_else() {
        let folder = folder();
        let (inputs, missing) = found(&["a.json", "none.json", "*.xml", "[.json"], folder.path());
        assert_eq!(inputs.len(), 1);
        assert!(
            missing[0].starts_with("none.json: no such file") || missing[0].contains("none.json"),
            "{missing:?}"
        );
        assert!(
            missing[1].contains("no file matches") && missing[2].contains("bad glob"),
            "{missing:?}"
        );
    }
}
