//! What the user's own words did not reach: a slip of the pen in a glob or an entry leaves it without effect.

use super::LINES;
use crate::cli::config;
use crate::cli::output::say;
use crate::model::{Facts, Report, Text};
use crate::parse::Apps;
use crate::report::escape::terminal;
use crate::report::wording;

/// The globs of apps that match no input, as the user gives them: `own` are those of the command line. What an earlier
/// merge has read is an input as well.
pub(super) fn globs(own: &[String], apps: &Apps, facts: &Facts) -> Vec<String> {
    let inputs = facts.inputs.iter();
    let paths: Vec<_> = inputs.map(|input| input.id.path.untrusted()).collect();
    let idle = apps.idle(&paths).map(|(app, glob)| {
        let (app, glob) = (terminal(app), terminal(&Text::line(glob)).into_owned());
        let given = format!("{app}={glob}");
        if own.contains(&given) {
            format!("--app {given}")
        } else {
            format!("{}: [apps] {app}: {glob}", config::NAME)
        }
    });
    idle.collect()
}

/// Names these globs: no rule for such an app holds there.
pub(super) fn tell_globs(globs: &[String]) {
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

/// Names the entries of triage files that their authors should look at.
pub(super) fn tell_triage(report: &Report) {
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
