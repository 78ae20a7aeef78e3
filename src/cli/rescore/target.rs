//! Where the results of a rescoring go, decided before anything is read.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use crate::cli::guard::{Guard, apart, settled};
use crate::cli::telling::Telling;
use crate::error::{Error, Result};
use crate::policy::Policy;
use crate::source::{Input, unpacked_name};

/// What happens with the results.
pub(super) enum Goal {
    /// Only the change table is shown.
    DryRun,
    /// Each takes the place of its report.
    InPlace,
    /// Each goes below a folder.
    Folder(PathBuf),
    /// The only one goes into a file.
    File(PathBuf),
}

impl Goal {
    /// What `--write` and `-o` ask for.
    pub(super) fn of(write: bool, output: Option<&Path>, inputs: &[Input]) -> Result<Self> {
        let Some(path) = output else {
            return Ok(if write { Self::InPlace } else { Self::DryRun });
        };
        let is_single = inputs.len() == 1 && inputs.iter().all(Input::is_explicit);
        let ends_open = path.to_string_lossy().ends_with(['/', '\\']);
        if path.is_dir() || ends_open {
            Ok(Self::Folder(path.to_owned()))
        } else if is_single {
            Ok(Self::File(path.to_owned()))
        } else if path.exists() || path.extension().is_some() {
            let error = Error::usage("several results cannot go to one file").at(path.display());
            Err(error.hint("name a folder: end it in `/`"))
        } else {
            Ok(Self::Folder(path.to_owned()))
        }
    }

    /// The place of each result. No two share one, and only `--write` replaces an input.
    pub(super) fn places(
        &self,
        inputs: &[Input],
        tellings: &[Telling],
    ) -> Result<Vec<Option<PathBuf>>> {
        let paths = inputs.iter().filter_map(Input::path);
        let known: BTreeSet<PathBuf> = paths.filter_map(|path| path.canonicalize().ok()).collect();
        let spare = |path: &Path| match path.canonicalize() {
            Ok(place) if known.contains(&place) => {
                let error = Error::usage("the result would replace an input").at(path.display());
                Err(error.hint("`--write` replaces reports; else name another place"))
            }
            _ => Ok(()),
        };
        for path in tellings
            .iter()
            .filter_map(|telling| telling.path.as_deref())
        {
            spare(path)?;
        }
        let mut taken = BTreeSet::new();
        let mut places = Vec::with_capacity(inputs.len());
        for input in inputs {
            if input.is_member() && !matches!(self, Self::DryRun) {
                let error = Error::usage("a report in an archive has no place for its result");
                return Err(error
                    .at(input.name())
                    .hint("unpack the archive and name the folder"));
            }
            let place = match (self, input.path()) {
                (Self::DryRun, _) | (_, None) => None,
                // What a link leads to is replaced, not the link.
                (Self::InPlace, Some(path)) => Some(path.canonicalize().unwrap_or(path.to_owned())),
                (Self::Folder(folder), Some(path)) => Some(below(folder, path)?),
                (Self::File(file), Some(_)) => Some(file.clone()),
            };
            if let (Some(place), false) = (&place, matches!(self, Self::InPlace)) {
                spare(place)?;
                if place.metadata().is_ok_and(|known| !known.is_file()) {
                    let error = Error::usage("the result needs a file, and this is none");
                    return Err(error.at(place.display()));
                }
                if !taken.insert(place.clone()) {
                    let error = Error::usage("two results would go to one place");
                    return Err(error
                        .at(place.display())
                        .hint("name the reports by paths from one folder"));
                }
            }
            places.push(place);
        }
        Ok(places)
    }

    /// Refuses a folder of results among the reports: they would mix, and the next run would take results for reports.
    /// `searched` are the folders that were searched for the reports.
    pub(super) fn stand_apart(&self, inputs: &[Input], searched: &[PathBuf]) -> Result<()> {
        let Self::Folder(folder) = self else {
            return Ok(());
        };
        let place = settled(folder);
        let searched: BTreeSet<PathBuf> = searched.iter().map(|one| settled(one)).collect();
        let paths = inputs.iter().filter_map(Input::path);
        let parents: BTreeSet<&Path> = paths.filter_map(Path::parent).collect();
        // What lies beside a report that was named is not read by the next run, unless its folder is searched.
        let mut around = parents.into_iter().map(settled);
        let around = around.find(|one| one.starts_with(&place));
        let mut searched = searched.into_iter();
        let near = searched
            .find(|one| one.starts_with(&place) || place.starts_with(one))
            .or(around);
        let Some(near) = near else {
            return Ok(());
        };
        let how = if near == place {
            "is"
        } else if near.starts_with(&place) {
            "holds"
        } else {
            "lies in"
        };
        let error = Error::usage(format!(
            "the folder of results {how} a folder of the reports themselves"
        ));
        Err(error
            .at(folder.display())
            .hint("name a folder apart from the reports, or replace the reports with `--write`"))
    }
}

/// The place of a report below the folder of results: its own path, so that equal names of several folders stay apart.
fn below(folder: &Path, path: &Path) -> Result<PathBuf> {
    if path.components().any(|part| part == Component::ParentDir) {
        let error = Error::usage("a path with `..` has no place below the folder of results");
        return Err(error
            .at(path.display())
            .hint("go to the folder that holds the reports, and name them from there"));
    }
    let plain = path
        .components()
        .filter(|part| matches!(part, Component::Normal(_)));
    let place = folder.join(plain.collect::<PathBuf>());
    // What is packed is seen through, and the result is plain.
    let name = place.file_name().and_then(OsStr::to_str);
    Ok(match name.map(|name| (name, unpacked_name(name))) {
        Some((name, plain)) if name != plain => place.with_file_name(plain),
        _ => place,
    })
}

/// Keeps one name of each file, so that a link beside it is no second report: one that the user gave, else the file's own.
pub(super) fn keep_one_of_each(inputs: &mut Vec<Input>) {
    let place_of = |input: &Input| input.path().and_then(|path| path.canonicalize().ok());
    let rank = |input: &Input| {
        let path = input.path().map(Path::to_owned);
        let is_link = path.as_deref().is_some_and(Path::is_symlink);
        (!input.is_explicit(), is_link, path)
    };
    let mut best = BTreeMap::new();
    for input in &*inputs {
        let Some(place) = place_of(input) else {
            continue;
        };
        let rank = rank(input);
        if best.get(&place).is_none_or(|known| rank < *known) {
            best.insert(place, rank);
        }
    }
    inputs.retain(|input| {
        let place = place_of(input);
        place.is_none_or(|place| best.get(&place) == Some(&rank(input)))
    });
}

/// No result replaces a policy, or another result.
pub(super) fn spare(
    policies: &[Policy],
    places: &[Option<PathBuf>],
    tellings: &[Telling],
) -> Result<()> {
    let mut guard = Guard::default();
    guard.files("a policy", policies.iter().flat_map(|one| &one.files));
    let tables = tellings.iter().map(|one| one.path.as_deref());
    let results = places.iter().map(Option::as_deref).chain(tables);
    for result in results.clone() {
        guard.spare(result)?;
    }
    apart(results.flatten())
}
