//! What `merge` tells beside its results: files that were skipped, globs of apps and entries of triage files, inputs in doubt.

use std::collections::BTreeSet;

use super::config::{self, Config};
use crate::cli::output::say;
use crate::expect::Manifest;
use crate::model::{Facts, InputRecord, Report, Text};
use crate::parse::{Apps, Closing, Options, foreign};
use crate::report::escape::terminal;
use crate::report::wording::{self, count};
use crate::run::Skipped;
use crate::triage;

/// How many lines of trouble go to standard error; the rest is counted.
const LINES: usize = 20;

/// Names what was found and is no report, since a tool may not have finished it, and says what it is where that may be a
/// mistake.
pub(super) fn skipped(skipped: &Skipped, options: &Options, manifests: &[Manifest], is_all: bool) {
    // The project's own files often lie among the reports.
    let is_own = |name: &&Text| {
        name.untrusted().ends_with(config::NAME)
            || manifests.iter().any(|manifest| manifest.id.path == **name)
    };
    let names: Vec<_> = skipped.names.iter().filter(|name| !is_own(name)).collect();
    let number = names.len();
    if number > 0 {
        let plural = if number == 1 {
            "file that was found is no report and was"
        } else {
            "files that were found are no reports and were"
        };
        let shown = names
            .iter()
            .take(LINES)
            .map(|name| terminal(name).into_owned());
        let shown = shown.collect::<Vec<_>>().join(", ");
        let more = if number > LINES { ", ..." } else { "" };
        say(&format!(
            "scanfold: {number} {plural} skipped: {shown}{more}"
        ));
    }
    let without = |what: &str| what == foreign::ADVISORY && options.advisories.is_none();
    for (what, (hint, count)) in &skipped.known {
        if is_all || without(what) {
            say(&format!(
                "scanfold: {count} of them: each is {what}\nhint: {hint}"
            ));
        }
    }
}

/// What is in doubt of the apps that findings belong to.
pub(super) fn apps(idle_globs: &[String], inputs: &[InputRecord]) {
    globs(idle_globs);
    keyless(inputs);
}

/// Names the apps whose findings bear no key, where there are several: findings of theirs that are alike are one.
fn keyless(inputs: &[InputRecord]) {
    let notes = inputs.iter().flat_map(|input| &input.notes).map(terminal);
    let names: BTreeSet<String> = notes
        .filter_map(|note| {
            let (name, _) = note.strip_prefix(Closing::KEYLESS)?.rsplit_once(": ")?;
            Some(name.to_owned())
        })
        .collect();
    if names.len() < 2 {
        return;
    }
    let more = if names.len() > LINES { ", ..." } else { "" };
    let names: Vec<String> = names.into_iter().take(LINES).collect();
    say(&format!(
        "scanfold: apps without a key are one app, so that their findings fold: {}{more}\nhint: tell them apart with `--app NAME=GLOB`",
        names.join(", ")
    ));
}

/// The globs of apps that match no input, as the user gives them: `own` are those of the command line. What an earlier
/// merge has read is an input as well.
pub(super) fn idle_globs(
    own: &[String],
    config: &Config,
    apps: &Apps,
    facts: &Facts,
) -> Vec<String> {
    let inputs = facts.inputs.iter();
    let paths: Vec<_> = inputs.map(|input| input.id.path.untrusted()).collect();
    let file = terminal(&Text::line(&config.name())).into_owned();
    let idle = apps.idle(&paths).map(|(app, glob)| {
        let (app, glob) = (terminal(app), terminal(&Text::line(glob)).into_owned());
        let given = format!("{app}={glob}");
        if own.contains(&given) {
            format!("--app {given}")
        } else {
            format!("{file}: [apps] {app}: {glob}")
        }
    });
    idle.collect()
}

/// Names these globs: no rule for such an app holds there.
fn globs(globs: &[String]) {
    for glob in globs.iter().take(LINES) {
        say(&format!("scanfold: {glob}: no input lies there"));
    }
    if globs.len() > LINES {
        say(&format!(
            "scanfold: and {} more globs of apps where no input lies",
            globs.len() - LINES
        ));
    }
}

/// Names what somebody should look at: inputs that are too old, and entries of triage files.
pub(super) fn report(report: &Report) {
    stale(report);
    doubted(report);
    triage(report);
}

/// Names the entries of triage files that their authors should look at.
fn triage(report: &Report) {
    let mut noted = wording::noted(report);
    for row in noted.by_ref().take(LINES) {
        say(&format!("scanfold: {}", wording::triage(row, terminal)));
    }
    let more = noted.count();
    if more > 0 {
        say(&format!(
            "scanfold: and {more} more entries of triage files; the report names them all"
        ));
    }
}

/// Names the inputs that are older than what they might have shown to be fixed.
fn stale(report: &Report) {
    let mut stale = triage::stale(&report.inputs);
    for (input, note) in stale.by_ref().take(LINES) {
        let (path, note) = (terminal(&input.id.path), terminal(note));
        say(&format!("scanfold: {path}: {note}"));
    }
    let more = stale.count();
    if more > 0 {
        say(&format!(
            "scanfold: and {more} more inputs that are too old; the report names them all"
        ));
    }
}

/// Names the inputs that may not have looked for what is called fixed by them.
fn doubted(report: &Report) {
    let doubted = wording::doubted(report);
    for doubted in doubted.iter().take(LINES) {
        say(&format!("scanfold: {}", doubted.words(terminal)));
    }
    let more = doubted.len().saturating_sub(LINES);
    if more > 0 {
        say(&format!(
            "scanfold: and {more} more inputs that may not have looked for what is called fixed; the report names them all"
        ));
    }
}

/// Says how many dates are later than promised, and the reason of the policies that allow it.
pub(super) fn loosened(number: u64, reason: Option<&Text>) {
    if let Some(reason) = reason.filter(|_| number > 0) {
        let dates = count(number, "date");
        let reason = terminal(reason);
        say(&format!(
            "scanfold: {dates} became later than promised, as every policy in force allows: {reason}"
        ));
    }
}
