//! From what the user named to inputs: files, directories, globs and `-`.

use std::fs;
use std::path::{Path, PathBuf};

use globset::GlobBuilder;

use super::Input;
use crate::error::{Error, Result};

/// Directories that hold the work of others, never a report of ours.
const SKIPPED: &[&str] = &[".git", "node_modules", ".hg", ".svn"];
/// Deeper nesting is a loop of links or an attack.
const DEEPEST: usize = 64;

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
/// What a name, a glob or `-` leads to is explicit: it must be readable and known. What a directory holds is found.
pub fn collect(names: &[String], stdin: impl FnOnce() -> Result<Input>) -> Found {
    let mut found = Found::default();
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
            Ok(inputs) => found.inputs.extend(inputs),
            Err(error) => found.missing.push((name.clone(), error)),
        }
    }
    // Explicit before found, so that the one that must be read stays when both lead to one name.
    found
        .inputs
        .sort_by(|a, b| (a.name(), b.explicit).cmp(&(b.name(), a.explicit)));
    found.inputs.dedup_by(|b, a| a.name() == b.name());
    found
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
        Ok(_) => Ok(vec![Input::file(path, true)]),
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
        if kind.is_dir() {
            if !SKIPPED.iter().any(|skipped| entry.file_name() == *skipped) {
                walk(&path, depth + 1, files)?;
            }
        } else if kind.is_file() || (kind.is_symlink() && path.is_file()) {
            files.push(path);
        }
    }
    Ok(())
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
    let fixed = plain
        .split('/')
        .take_while(|part| !part.contains(['*', '?', '[', '{']))
        .collect::<Vec<_>>()
        .join("/");
    let base = match (fixed.as_str(), plain.starts_with('/')) {
        ("", true) => Path::new("/"),
        ("", false) => Path::new("."),
        (fixed, _) => Path::new(fixed),
    };
    let mut files = Vec::new();
    if base.is_dir() {
        walk(base, 0, &mut files)?;
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
