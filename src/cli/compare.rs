//! `scanfold diff`: what moved between two reports.

use clap::Args;

use super::exit::Exit;
use super::guard::Guard;
use super::output::{Results, say};
use super::telling::{Form, Telling};
use crate::error::Result;
use crate::model::Text;
use crate::report::Page;
use crate::report::change::{Before, Changes, Heading, write_report};
use crate::report::escape::terminal;
use crate::run;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  scanfold diff last.json report.json\n  \
                  scanfold diff last.json report.json --to markdown=diff.md")]
pub(super) struct Diff {
    /// The earlier report, in JSON
    old: String,
    /// The later report, in JSON
    new: String,
    /// The form of the answer: text, markdown or json; without a place to standard output
    #[arg(long, value_name = "FORM[=FILE]")]
    to: Vec<Telling>,
}

impl Diff {
    pub(super) fn run(self, page: Page) -> Result<Exit> {
        let tellings = Telling::all(&self.to)?;
        let mut guard = Guard::default();
        guard.files("a report that is compared", [&self.old, &self.new]);
        for telling in &tellings {
            guard.spare(telling.path.as_deref())?;
        }
        let old = run::open_report(&self.old)?;
        let before = Before::of(&old);
        let new = run::open_report(&self.new)?;
        if old.as_of > new.as_of {
            say(&format!(
                "scanfold: hint: {} is as of {}, and {} as of {}: the earlier report is named first",
                terminal(&Text::line(&self.old)),
                old.as_of,
                terminal(&Text::line(&self.new)),
                new.as_of
            ));
        }
        drop(old);
        let comparison = before.compare(&new);
        let (old_name, new_name) = (Text::line(&self.old), Text::line(&self.new));
        let mut rows = Vec::new();
        // Writing to a vector cannot fail.
        let _ = write_report(&new_name, Some(&old_name), &comparison, &mut rows);
        let mut changes = Changes::new(new.as_of);
        changes.add(&new_name, comparison);
        changes.told_by(&new_name);
        let heading = Heading {
            policies: &new.policies,
            written: None,
        };
        let mut results = Results::default();
        Telling::write_all(
            &tellings,
            &mut results,
            &mut |telling, out| match telling.form {
                Form::Text => changes.write_text(telling.page(page), out),
                Form::Markdown => changes.write_markdown(out),
                Form::Json => changes.write_json(&heading, &mut rows.as_slice(), out),
            },
        )?;
        results.commit()?;
        Ok(Exit::Fine)
    }
}
