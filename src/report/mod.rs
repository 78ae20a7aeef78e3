//! Output formats: one file, one line in [`WRITERS`].
//!
//! A writer decides nothing. It shows what the [`Report`] holds, and every outer word goes through [`escape`].

pub mod change;
mod csv;
pub mod escape;
#[cfg(test)]
pub(crate) mod fixture;
mod github;
mod html;
mod ics;
mod jira_import;
mod json;
mod junit;
mod markdown;
mod named;
pub(crate) mod next;
pub(crate) mod page;
mod rows;
mod sarif;
mod stream;
mod summary;
mod systems;
mod table;
mod text;
mod tool;
pub mod verdict;
pub(crate) mod wording;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use crate::model::{self, Key, Report};

pub use csv::{Columns, Csv, Refused, Tsv};
pub use github::Github;
pub use html::Html;
pub use ics::Ics;
pub use jira_import::JiraImport;
pub use json::{Json, Ndjson};
pub use junit::Junit;
pub use markdown::Markdown;
pub use named::Named;
pub use page::Page;
pub use sarif::{GithubSarif, Sarif};
pub use systems::{Cyclonedx, DefectDojo, GitlabDependencyScanning, GitlabSast, Ocsf, OpenVex};
pub use text::Text;

/// An output format.
pub trait Writer: Sync {
    /// Its name on the command line.
    fn name(&self) -> &'static str;
    /// The file extensions that choose it, without the dot.
    fn extensions(&self) -> &'static [&'static str];
    /// Whom it is for, in one line.
    fn usage(&self) -> &'static str;
    /// Whether it is a table of which one may choose the columns.
    fn has_columns(&self) -> bool {
        false
    }
    /// What whoever reads this form may object to in such a report, however well it is written.
    fn doubt(&self, _report: &Report) -> Option<&'static str> {
        None
    }
    /// Writes the whole report, entry by entry, and a line break at its end. It writes in small pieces: hand it a
    /// buffered `out`.
    fn write(&self, report: &Report, view: &View, out: &mut dyn io::Write) -> io::Result<()>;
}

/// What the reader asked for beside the report. A writer uses of it what its form has a place for.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// The conditions of `--fail-on` that each finding meets, as the user wrote them. Each output has a view of its own,
    /// and all share these: every finding may be among them.
    pub failing: Arc<BTreeMap<Key, Vec<model::Text>>>,
    /// The conditions of `--fail-on` about inputs that hold, as the user wrote them.
    pub failing_inputs: Vec<model::Text>,
    /// How many workers of the current thread pool may put findings into words; the bytes are the same for any number.
    pub jobs: usize,
    /// Records that were not understood fail nothing (`--allow-rejects`).
    pub allows_rejects: bool,
    /// Partial and truncated inputs fail nothing (`--allow-incomplete`).
    pub allows_incomplete: bool,
    /// The columns of tables.
    pub columns: Columns,
    /// How wide the page of the reader is, and whether it has colour.
    pub page: Page,
    /// How the report is called in commands, for those that a reader may want next.
    pub name: Option<model::Text>,
    /// All findings are to be listed, in this way. Without it a summary is enough.
    pub listing: Option<Listing>,
    /// The report holds only those findings that meet a condition, or the first of them.
    pub part: Option<Part>,
}

/// How all findings are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// How many of them, from the first.
    pub limit: Option<usize>,
    /// Under which headings.
    pub group: Option<Group>,
}

/// What findings of a list have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// The app.
    App,
    /// The package, in whatever version.
    Package,
    /// The tools that saw it.
    Tool,
}

/// What was left out of a report before it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// How many findings there are.
    pub all: usize,
    /// How many of them meet the condition; all, if there is none.
    pub met: usize,
    /// The condition, as the user wrote it.
    pub condition: Option<model::Text>,
    /// How many of those that meet it are shown, if a limit leaves out the rest.
    pub limit: Option<usize>,
}

impl Part {
    /// `only 1 of 11 findings: those that meet severity>=critical`
    pub(crate) fn words(&self, escape: escape::Escape) -> String {
        let Self { all, met, .. } = self;
        match (self.condition.as_ref().map(escape), self.limit) {
            (None, limit) => {
                let shown = limit.unwrap_or(*met);
                format!("only the first {shown} of {all} findings")
            }
            (Some(condition), None) => {
                format!("only {met} of {all} findings: those that meet {condition}")
            }
            (Some(condition), Some(limit)) => format!(
                "only {limit} of {all} findings: the first of the {met} that meet {condition}"
            ),
        }
    }
}

/// Every writer. No two share a name or an extension.
pub static WRITERS: &[&dyn Writer] = &[
    &Text,
    &Json,
    &Ndjson,
    &Markdown,
    &Html,
    &Sarif,
    &GithubSarif,
    &Csv,
    &Tsv,
    &Junit,
    &Github,
    &JiraImport,
    &Ics,
    &OpenVex,
    &Cyclonedx,
    &GitlabSast,
    &GitlabDependencyScanning,
    &DefectDojo,
    &Ocsf,
];

/// The writer called `name`.
pub fn by_name(name: &str) -> Option<&'static dyn Writer> {
    WRITERS.iter().copied().find(|writer| writer.name() == name)
}

/// The writer for files that end in `.extension`, in whatever case.
pub fn by_extension(extension: &str) -> Option<&'static dyn Writer> {
    WRITERS.iter().copied().find(|writer| {
        writer
            .extensions()
            .iter()
            .any(|known| known.eq_ignore_ascii_case(extension))
    })
}

#[cfg(test)]
mod tests;
