//! How the scans behind a log went, and what they covered.

use std::collections::BTreeSet;

use super::run::{Results, Run};
use super::survey::Log;
use crate::model::{Join, Outcome, Text};
use crate::parse::{Closing, older};

/// The closing of a log whose findings belong to `app`.
pub(super) fn closing(log: &Log, app: &Text) -> Closing {
    let runs = &log.parts.runs;
    let names: BTreeSet<&str> = runs.iter().map(|run| run.scanner.untrusted()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let mut closing = Closing::of(&names.join(", "));
    let versions: BTreeSet<&Text> = (runs.iter())
        .filter_map(|run| run.components.first()?.version.as_ref())
        .collect();
    let mut versions = versions.into_iter();
    closing.scanner_version = versions
        .next()
        .filter(|_| versions.next().is_none())
        .cloned();
    if !log.has_version {
        closing.note("the log names no version; it was read as SARIF 2.1.0");
    }
    if log.is_doubled {
        closing.note("`runs` or `results` stands there more than once; all were read, and counted one behind the other");
    }
    match log.identities.lost {
        0 => {}
        1 => closing.note(
            "results name an artifact by an index that leads nowhere, so that they show no path",
        ),
        lost => closing.note(&format!(
            "results name {lost} artifacts by indexes that lead nowhere, so that they show no path"
        )),
    }
    if runs.is_empty() {
        closing.outcome = Outcome::NotRun;
        closing.note(if log.runs_are_null {
            "`runs` is null: the tool failed to find any run"
        } else {
            "the log has no run"
        });
    }
    for (index, run) in runs.iter().enumerate() {
        let outcome = outcome(index, run, &mut closing);
        closing.outcome.join(outcome);
        let scope = format!("{}:{}:{}", run.family, app.untrusted(), run.target());
        closing.scope.insert(Text::line(&scope));
    }
    let times = runs.iter().map(Run::ended_at);
    closing.oldest = times.clone().flatten().min();
    closing.scanned = times.reduce(older).flatten();
    closing
}

/// How one run went. What a tool could not do, it tells in its invocations (section 3.20.14 and appendix I).
fn outcome(index: usize, run: &Run, closing: &mut Closing) -> Outcome {
    let mut outcome = Outcome::Complete;
    for note in &run.notes {
        outcome.join(Outcome::Partial);
        closing.note(&format!("run {index}: {note}"));
    }
    for invocation in &run.invocations {
        if invocation.successful == Some(false) {
            outcome.join(Outcome::Partial);
            closing.note(&format!(
                "run {index}: the tool says that it did not succeed"
            ));
        }
        if let Some(end) = &invocation.end {
            outcome.join(Outcome::Partial);
            closing.note(&format!("run {index}: the tool {}", end.untrusted()));
        }
        if invocation.errors > 0 {
            outcome.join(Outcome::Partial);
            let first = invocation.first_error.as_ref().map_or("", Text::untrusted);
            let errors = match invocation.errors {
                1 => "an error".to_owned(),
                count => format!("{count} errors, the first"),
            };
            closing.note(&format!("run {index}: the tool reports {errors}: {first}"));
        }
    }
    match run.results {
        Results::Listed | Results::Absent if run.elsewhere => {
            outcome.join(Outcome::Partial);
            closing.note(&format!(
                "run {index}: its results are in another file, which was not read"
            ));
        }
        Results::Listed => {}
        Results::Absent => {
            outcome.join(Outcome::NotRun);
            closing.note(&format!(
                "run {index}: it has no `results`, so nothing was scanned"
            ));
        }
        Results::Null => {
            outcome.join(Outcome::NotRun);
            closing.note(&format!(
                "run {index}: `results` is null, so the scan did not start"
            ));
        }
    }
    outcome
}
