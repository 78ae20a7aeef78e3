//! Which findings `show` lists, in which order and under which headings.

use std::cmp::Reverse;

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use crate::cli::output::{Output, say};
use crate::cli::usage;
use crate::error::Result;
use crate::gate::Condition;
use crate::model::{Report, Text};
use crate::report::escape::terminal;
use crate::report::{self, Group, Part, View};

#[derive(Debug, Args)]
pub(super) struct Listing {
    /// Only findings that meet this condition, as those of `check --fail-on`
    #[arg(long = "where", value_name = "CONDITION")]
    condition: Option<Condition>,
    /// In which order; a report (json, sarif) keeps its own
    #[arg(long, value_name = "ORDER", value_enum, default_value_t)]
    sort: Order,
    /// At most so many findings, from the first; what is left out is counted
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
    /// Under headings with counts and the nearest deadline of each; the form is text
    #[arg(long, value_name = "WHAT", value_enum)]
    group: Option<By>,
}

/// The order of findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Order {
    /// Overdue first, then the nearest due date
    #[default]
    Due,
    /// The worst first, then by due date
    Severity,
    /// By the name of the app, then by due date
    App,
}

/// What findings under a heading have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum By {
    /// Their app
    App,
    /// Their package, in whatever version
    Package,
    /// The tools that saw them
    Tool,
}

impl Listing {
    /// Refuses what a form cannot hold.
    pub(super) fn fits(&self, output: &Output) -> Result<()> {
        let form = output.form();
        if self.group.is_some() && form != "text" {
            let error = format!("`--group` needs the form text, and `{form}` has no headings");
            return Err(usage(&error, "leave `--to` away"));
        }
        if self.sort != Order::Due && matches!(form, "json" | "sarif") {
            let error = format!(
                "`--sort` cannot change a report, which `{form}` is: its order is a part of it"
            );
            return Err(usage(&error, "write rows: `--to ndjson` or `--to csv`"));
        }
        Ok(())
    }

    /// Leaves in the report what meets the condition, and tells how much there was.
    pub(super) fn pick(
        &self,
        report: &mut Report,
        as_of: Timestamp,
        output: &Output,
        view: &mut View,
    ) -> Whole {
        let whole = Whole::of(report);
        if let Some(condition) = &self.condition {
            report.entries.retain(|entry| condition.holds(entry, as_of));
            let part = Part {
                all: whole.findings,
                met: report.entries.len(),
                condition: Some(Text::line(condition.text())),
                limit: None,
            };
            if output.form() != "text" {
                say(&part.words(terminal));
            }
            view.part = Some(part);
        }
        whole
    }

    /// Brings what is left into the order and number that are asked for. `whole` is what there was before.
    pub(super) fn arrange(
        &self,
        report: &mut Report,
        whole: &Whole,
        output: &Output,
        view: &mut View,
    ) -> Result<()> {
        match self.sort {
            Order::Due => {}
            Order::Severity => {
                report
                    .entries
                    .sort_by_key(|entry| Reverse(entry.assessment.severity));
            }
            Order::App => report
                .entries
                .sort_by(|one, other| one.finding.app.cmp(&other.finding.app)),
        }
        let limit = self
            .limit
            .map(|limit| usize::try_from(limit).unwrap_or(usize::MAX));
        if output.form() == "text" {
            view.listing = Some(report::Listing {
                limit,
                group: self.group.map(|by| match by {
                    By::App => Group::App,
                    By::Package => Group::Package,
                    By::Tool => Group::Tool,
                }),
            });
            return Ok(());
        }
        if let Some(limit) = limit.filter(|limit| *limit < report.entries.len()) {
            let met = report.entries.len();
            report.entries.truncate(limit);
            say(&format!("the first {limit} of {met} findings"));
            let part = view.part.get_or_insert(Part {
                all: whole.findings,
                met,
                condition: None,
                limit: None,
            });
            part.limit = Some(limit);
        }
        if whole.seems(report) && matches!(output.form(), "json" | "sarif") {
            let error = "what is left would pass for a whole report: only findings that nobody saw again are left out";
            return Err(usage(error, "write rows: `--to ndjson` or `--to csv`"));
        }
        Ok(())
    }
}

/// How much there was before findings were left out.
pub(super) struct Whole {
    findings: usize,
    observed: usize,
}

impl Whole {
    fn of(report: &Report) -> Self {
        Self {
            findings: report.entries.len(),
            observed: observed(report),
        }
    }

    /// Whether a report from which findings are left out would pass for the whole: later commands count the findings that
    /// somebody saw, and none of these is left out.
    fn seems(&self, report: &Report) -> bool {
        report.entries.len() < self.findings && observed(report) == self.observed
    }
}

/// How many findings are there, and not only known from before.
fn observed(report: &Report) -> usize {
    let entries = report.entries.iter();
    entries.filter(|entry| !entry.finding.is_absent()).count()
}
