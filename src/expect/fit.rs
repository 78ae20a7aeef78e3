//! Whether an input is one of the reports that an entry means.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Expected;
use crate::glob::Globs;
use crate::model::{Finding, InputId, InputRecord, Text};

/// Inputs that are no reports: what the user says, and what catalogues say. Only an entry that names their format means
/// one. A new sort of such inputs has its line here.
pub(super) const OWN: [&str; 7] = [
    "advisory-db",
    "epss",
    InputRecord::MANIFEST,
    "kev",
    "cyclonedx-vex",
    "openvex",
    "triage",
];

/// Whether an input is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// All that the entry says of it holds.
    Yes,
    /// A part holds, and of the rest the input tells nothing: a broken report names no tool.
    Perhaps,
    /// It is another one.
    No,
}

/// The apps of the findings of each input. What an input covered is in its scope; tickets have findings only.
#[derive(Debug, Default)]
pub struct Apps(BTreeMap<Arc<InputId>, BTreeSet<Text>>);

impl Apps {
    /// Adds those of more findings.
    pub fn add(&mut self, findings: &[Box<Finding>]) {
        // An absent finding is of an earlier report.
        let present = findings.iter().filter(|finding| !finding.is_absent());
        for finding in present.filter(|finding| !finding.app.is_empty()) {
            for sighting in &finding.sightings {
                let report = &sighting.place.report;
                let known = self.0.get(report);
                if known.is_some_and(|apps| apps.contains(&finding.app)) {
                    continue;
                }
                let of_input = self.0.entry(Arc::clone(report)).or_default();
                of_input.insert(finding.app.clone());
            }
        }
    }
}

impl Expected {
    /// Whether the entry means this input.
    pub(super) fn fits(&self, input: &InputRecord, apps: &Apps) -> Fit {
        let format = input.format.as_ref().map(Text::untrusted);
        if let Some(format) = format.filter(|format| OWN.contains(format))
            && !self.names_format(format)
        {
            return Fit::No;
        }
        let tests = [
            self.tool.as_ref().map(|globs| is_tool(globs, input)),
            self.format
                .as_ref()
                .map(|globs| Some(globs.is_match(format?))),
            self.app.as_ref().map(|globs| is_app(globs, input, apps)),
            self.path
                .as_ref()
                .map(|globs| Some(globs.is_match(input.id.path.untrusted()))),
        ];
        let mut asked = tests.into_iter().flatten();
        if asked.clone().any(|test| test == Some(false)) {
            Fit::No
        } else if asked.clone().all(|test| test == Some(true)) {
            Fit::Yes
        } else if asked.any(|test| test == Some(true)) {
            Fit::Perhaps
        } else {
            Fit::No
        }
    }

    /// Whether it names this very format; a `*` names none.
    fn names_format(&self, format: &str) -> bool {
        let written = self.format.iter().flat_map(Globs::written);
        written
            .into_iter()
            .any(|one| one.eq_ignore_ascii_case(format))
    }
}

/// Whether the tool, or one of several tools that share a report, or the format has such a name. `None` when the report
/// does not tell its tool.
fn is_tool(globs: &Globs, input: &InputRecord) -> Option<bool> {
    let scanner = input.scanner.as_ref().map(Text::untrusted);
    let scanners = scanner
        .into_iter()
        .flat_map(|all| all.split(", ").chain([all]));
    let format = input.format.as_ref().map(Text::untrusted);
    let found = scanners.chain(format).any(|name| globs.is_match(name));
    (found || scanner.is_some()).then_some(found)
}

/// Whether the input covered such an app or has findings of one. `None` when it tells no app at all.
fn is_app(globs: &Globs, input: &InputRecord, apps: &Apps) -> Option<bool> {
    let colons = globs.written().iter().map(|glob| glob.matches(':').count());
    let colons = colons.max().unwrap_or(0);
    let covered = input
        .scope
        .iter()
        .flat_map(|scope| covered(scope.untrusted(), colons));
    let told = apps.0.get(&input.id).into_iter().flatten();
    let mut names = covered.chain(told.map(Text::untrusted)).peekable();
    names.peek()?;
    Some(names.any(|app| globs.is_match(app)))
}

/// The app of a scope word `tool:app:target`. An app may have colons in it, as in `ari:cloud:ecosystem::app/1`: so it may
/// end at any of the next colons, up to as many as a glob has itself.
fn covered(scope: &str, colons: usize) -> impl Iterator<Item = &str> {
    let rest = scope.split_once(':').map_or("", |(_, rest)| rest);
    let ends = rest.match_indices(':').take(colons + 1);
    let names = ends.filter_map(move |(end, _)| rest.get(..end));
    // Without an app the target must not be taken for one.
    names.take_while(|name| !name.is_empty())
}
