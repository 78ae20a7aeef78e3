//! The files that a merge reads, which none of its results may replace.

use std::path::{Path, PathBuf};

use super::Merge;
use crate::cli::config::Config;
use crate::cli::guard::Guard;
use crate::parse::{self, Options};
use crate::policy::Policy;
use crate::run::Named;
use crate::source::Input;

impl Merge {
    /// All that is read, from the command line or the project file.
    pub(super) fn guard(
        &self,
        config: &Config,
        policies: &[Policy],
        options: &Options,
        inputs: &[Named],
    ) -> Guard {
        let either = |own: &[PathBuf], config: &[PathBuf]| match own {
            [] => config.to_vec(),
            own => own.to_vec(),
        };
        let triage: Vec<PathBuf> = match &self.triage[..] {
            [] => config.triage().map(|(path, _)| path).collect(),
            own => own.iter().map(PathBuf::from).collect(),
        };
        let catalogues = self.catalogues(config);
        let mut guard = Guard::default();
        guard.files("an input", scanned(inputs));
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

/// The inputs but for our own reports. Such a one is renewed: what it holds goes into the new one, where what a scanner
/// wrote would be gone.
fn scanned(inputs: &[Named]) -> impl Iterator<Item = &Path> {
    let inputs = inputs.iter().map(|named| &named.input);
    inputs
        .filter(|input| !parse::is_own(input))
        .filter_map(Input::path)
}
