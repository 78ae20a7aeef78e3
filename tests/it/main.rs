//! One test binary: what scanfold promises, from the outside.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod archives;
mod bounded;
mod browser;
mod calendars;
mod check;
mod ci;
mod cli;
mod config;
mod contradictions;
mod cvss;
mod dates;
mod detection;
mod enrich;
mod examples;
mod expect;
mod explain;
mod folding;
mod generated;
mod given;
mod help;
mod hostile;
mod jira;
mod laws;
mod layers;
mod life;
mod locks;
mod npm_lockfile;
mod parse;
mod peers;
mod prefixes;
mod presets;
mod progress;
mod promise;
mod purity;
mod real;
mod registry;
mod repeats;
mod rescore;
mod results;
mod sarif;
mod scenarios;
mod schemas;
mod secrets;
mod show;
mod systems;
mod triage;
mod vex;
mod workers;

use std::path::{Path, PathBuf};

/// A file of the project.
fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The real reports, where they are at hand: they are no part of the project.
#[expect(clippy::print_stderr, reason = "a skipped test must say so")]
#[expect(
    clippy::disallowed_methods,
    reason = "which reports a test reads changes nothing about the report"
)]
fn shared_data() -> Option<PathBuf> {
    let named = std::env::var("SCANFOLD_SHARED_DATA")
        .ok()
        .map(PathBuf::from);
    let folder = named.unwrap_or_else(|| project("../shared/data"));
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!(
        "skipped: no real reports at {} (set SCANFOLD_SHARED_DATA)",
        folder.display()
    );
    None
}

/// The samples of every format: `samples/FORMAT/CASE`.
fn samples() -> Vec<(String, PathBuf)> {
    let mut samples = Vec::new();
    for parser in scanfold::parse::PARSERS {
        let folder = project("samples").join(parser.name());
        let Ok(files) = std::fs::read_dir(&folder) else {
            continue;
        };
        for file in files {
            samples.push((parser.name().to_owned(), file.unwrap().path()));
        }
    }
    samples.sort();
    samples
}
