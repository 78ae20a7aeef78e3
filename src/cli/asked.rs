//! What a user asks of results beside their form: conditions that fail, and columns.

use std::sync::Arc;

use super::exit::{Exit, Waivers};
use super::output::{Output, say};
use super::usage;
use crate::error::{Error, Result, nearest};
use crate::gate::{self, Condition, Match};
use crate::model::{Report, Text};
use crate::report::{Columns, Csv, Refused, View, WRITERS};

/// How many lines of trouble go to standard error; the rest is counted.
const LINES: usize = 20;

/// What is asked of the results of `merge`, `show` and `convert` alike.
#[derive(Debug, clap::Args)]
pub(super) struct Asked {
    /// End with 1 when a finding meets this condition
    #[arg(long, value_name = "CONDITION")]
    pub(super) fail_on: Vec<Condition>,
    /// The columns of tables (csv, tsv), in this order: `app,severity,due,title` [default: all]
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    columns: Vec<String>,
}

impl Asked {
    /// The columns, if a result has any.
    pub(super) fn columns(&self, outputs: &[Output]) -> Result<Columns> {
        if self.columns.is_empty() {
            return Ok(Columns::default());
        }
        if !outputs.iter().any(Output::has_columns) {
            let tables = WRITERS.iter().filter(|writer| writer.has_columns());
            let tables: Vec<_> = tables.map(|writer| writer.name()).collect();
            return Err(usage(
                "`--columns` is given, and no result is a table",
                &format!("the forms with columns are {}", tables.join(", ")),
            ));
        }
        Columns::named(&self.columns).map_err(refused)
    }

    /// Refuses a report that cannot answer the conditions.
    pub(super) fn answerable(&self, report: &Report) -> Result<()> {
        let mut conditions = self.fail_on.iter();
        conditions.try_for_each(|condition| condition.answerable(report, report.as_of))
    }

    /// How a command ends that was asked for conditions of a report that is there. Who asks for none only looks at it.
    pub(super) fn judge(&self, waivers: Waivers, report: &Report, held: &[String]) -> Exit {
        if self.fail_on.is_empty() {
            return Exit::Fine;
        }
        judge(&waivers.objections(report), held)
    }

    /// The conditions that hold of a report, in words. `view` learns which findings meet them.
    pub(super) fn held(&self, report: &Report, view: &mut View) -> Vec<String> {
        let matches = gate::check(&self.fail_on, report, report.as_of);
        meet(&matches, view);
        matches.iter().map(|one| one.words(report)).collect()
    }
}

/// Says why the report cannot be relied on and which conditions hold, and how the command ends: what was not read may hold
/// worse than what was found.
pub(super) fn judge(objections: &[String], held: &[String]) -> Exit {
    for objection in objections.iter().take(LINES) {
        say(&format!("scanfold: {objection}"));
    }
    if objections.len() > LINES {
        say(&format!(
            "scanfold: and {} more inputs; the report names them all",
            objections.len() - LINES
        ));
    }
    for words in held {
        say(&format!("scanfold: {words}"));
    }
    Exit::of(objections.is_empty(), held.is_empty())
}

/// Notes for the forms that tell it what the conditions of `--fail-on` that hold look at.
pub(super) fn meet(matches: &[Match<'_>], view: &mut View) {
    let failing = Arc::make_mut(&mut view.failing);
    for Match { condition, entries } in matches {
        let condition = Text::line(condition.text());
        for entry in entries {
            let known = failing.entry(entry.fingerprint).or_default();
            known.push(condition.clone());
        }
        if entries.is_empty() {
            view.failing_inputs.push(condition);
        }
    }
}

fn refused(refused: Refused) -> Error {
    let name = match refused {
        Refused::Unknown(name) => name,
        Refused::Twice(name) => {
            let message = format!("the column `{name}` is named twice");
            return usage(&message, "name each column once");
        }
    };
    let names = || Csv::columns().map(|(name, _)| name);
    let all = names().collect::<Vec<_>>().join(", ");
    let hint = match nearest(&name, names()) {
        Some(near) => format!("did you mean `{near}`? the columns are {all}"),
        None => format!("the columns are {all}"),
    };
    usage(&format!("there is no column `{name}`"), &hint)
}
