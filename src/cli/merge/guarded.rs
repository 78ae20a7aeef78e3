//! The files that a merge reads, which none of its results may replace.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::Merge;
use crate::cli::config::Config;
use crate::cli::guard::Guard;
use crate::cli::output::Output;
use crate::parse::{self, Options};
use crate::policy::Policy;
use crate::run::Named;
use crate::source::Input;

impl Merge {
    /// All that is read, from the command line or the project file, as far as a result may take its place.
    pub(super) fn guard(
        &self,
        outputs: &[Output],
        config: &Config,
        policies: &[Policy],
        options: &Options,
        inputs: &[Named],
    ) -> Guard {
        let results = outputs.iter().filter_map(Output::path);
        let places: BTreeSet<PathBuf> = results
            .filter_map(|path| path.canonicalize().ok())
            .collect();
        let mut guard = Guard::default();
        if places.is_empty() {
            // Where nothing stands nothing is replaced, and thousands of inputs need not be looked at.
            return guard;
        }
        let either = |own: &[PathBuf], config: &[PathBuf]| match own {
            [] => config.to_vec(),
            own => own.to_vec(),
        };
        let triage: Vec<PathBuf> = match &self.triage[..] {
            [] => config.triage().map(|(path, _)| path).collect(),
            own => own.iter().map(PathBuf::from).collect(),
        };
        let catalogues = self.catalogues(config);
        guard.files("an input", scanned(inputs, &places));
        let around = inputs.iter().filter_map(|named| named.input.archive_path());
        guard.files("an archive that is read", around);
        guard.files("the baseline", &self.baseline);
        guard.files("the project file", &config.path);
        guard.files("a policy", policies.iter().flat_map(|one| &one.files));
        guard.files("a triage file", triage);
        guard.files("a manifest", either(&self.expect, &config.expect));
        guard.files("a VEX document", either(&self.vex, &config.vex));
        guard.files("the KEV catalogue", catalogues.kev);
        guard.files("the EPSS scores", catalogues.epss);
        guard.files(
            "the list of Jira's fields",
            self.jira_fields.as_deref().or(config.jira_fields()),
        );
        let inputs = inputs.iter().map(|named| &named.input);
        guard.files(
            "a lock file",
            inputs.filter_map(|input| options.lockfiles.of(input)),
        );
        if let Some(database) = self.advisory_db.as_ref().or(config.advisory_db.as_ref()) {
            guard.folder("a file of the advisory database", database);
        }
        guard
    }
}

/// The inputs at these places but for our own reports. Such a one is renewed: what it holds goes into the new one, where
/// what a scanner wrote would be gone.
fn scanned<'i>(inputs: &'i [Named], places: &BTreeSet<PathBuf>) -> impl Iterator<Item = &'i Path> {
    let is_at = |input: &&Input| {
        let place = input.path().and_then(|path| path.canonicalize().ok());
        place.is_some_and(|place| places.contains(&place))
    };
    let inputs = inputs.iter().map(|named| &named.input);
    inputs
        .filter(is_at)
        .filter(|input| !parse::is_own(input))
        .filter_map(Input::path)
}
