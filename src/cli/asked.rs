//! What a user asks of results beside their form: conditions that fail, and columns.

use super::exit::Exit;
use super::output::{Output, say, view};
use super::usage;
use crate::error::{Error, Result, nearest};
use crate::gate::{self, Condition};
use crate::model::Report;
use crate::report::{Columns, Csv, Refused, View, WRITERS};

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
        conditions.try_for_each(|condition| condition.answerable(report))
    }

    /// Writes the results and says which conditions hold.
    pub(super) fn write(&self, report: &Report, outputs: &[Output]) -> Result<Exit> {
        let matches = gate::check(&self.fail_on, report, report.as_of);
        let view = View {
            columns: self.columns(outputs)?,
            ..view(&matches)
        };
        for output in outputs {
            output.write(report, &view)?;
        }
        for one in &matches {
            say(&format!("scanfold: {}", one.words(report)));
        }
        Ok(if matches.is_empty() {
            Exit::Fine
        } else {
            Exit::Condition
        })
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
