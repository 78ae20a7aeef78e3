//! Commands that only tell: `show`, `convert`, `formats`, `policy`, `schema`.

mod listing;
mod policies;

use std::io::{self, IsTerminal};

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;

use super::AsOf;
use super::asked::Asked;
use super::exit::{Exit, Waivers};
use super::guard::Guard;
use super::output::{self, Output, Results};
use crate::error::Result;
use crate::model::Text;
use crate::parse::PARSERS;
use crate::policy;
use crate::report::page::Sheet;
use crate::report::{Page, View, WRITERS};
use crate::run;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  scanfold show report.json --where 'severity>=high&due<=+14d'\n  \
                  scanfold show report.json --group app --sort severity --limit 20\n\n\
                  Later commands refuse a JSON report from which findings were left out."
)]
pub(super) struct Show {
    /// A merged report, in JSON
    report: String,
    #[command(flatten)]
    listing: listing::Listing,
    /// The time that counts as now: `2026-11-21`, `2026-11-21T08:00:00Z`, or `+14d` from the clock [default: that of the
    /// report]
    #[arg(long, value_name = "TIME", value_parser = super::as_of)]
    as_of: Option<Timestamp>,
    /// In which form
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    to: String,
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    waivers: Waivers,
}

impl Show {
    pub(super) fn run(self, page: Page) -> Result<Exit> {
        let outputs = [Output::stdout(&self.to)?];
        let [output] = &outputs;
        let columns = self.asked.columns(&outputs)?;
        self.listing.fits(output)?;
        let mut report = run::open_report(&self.report)?;
        if let Some(as_of) = self.as_of {
            run::not_before(report.as_of, as_of).map_err(|error| error.at(&self.report))?;
            report.as_of = as_of;
            report.end_suppressions();
            report.sort();
        }
        self.asked.answerable(&report)?;
        let as_of = report.as_of;
        let mut view = View {
            allows_rejects: self.waivers.allow_rejects,
            allows_incomplete: self.waivers.allow_incomplete,
            columns,
            page,
            name: Some(Text::line(&self.report)),
            ..View::default()
        };
        let whole = self.listing.pick(&mut report, as_of, output, &mut view);
        let held = self.asked.held(&report, &mut view);
        self.listing
            .arrange(&mut report, &whole, output, &mut view)?;
        output.write(&report, &view, &mut Results::default())?;
        Ok(self.asked.judge(self.waivers, &report, &held))
    }
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  scanfold convert report.json -o report.sarif -o report.csv\n  \
                  scanfold convert report.json --to ndjson"
)]
pub(super) struct Convert {
    /// A merged report, in JSON
    report: String,
    /// Where the result goes; the ending says in which form
    #[arg(short, long, value_name = "FILE")]
    output: Vec<String>,
    /// A form and where it goes; without a place to standard output
    #[arg(long, value_name = "FORMAT[=FILE]")]
    to: Vec<String>,
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    waivers: Waivers,
}

impl Convert {
    pub(super) fn run(self, page: Page) -> Result<Exit> {
        let outputs = Output::all(&self.output, &self.to)?;
        let columns = self.asked.columns(&outputs)?;
        let mut guard = Guard::default();
        guard.files("the report that is converted", [&self.report]);
        for output in &outputs {
            guard.spare(output.path())?;
        }
        let report = run::open_report(&self.report)?;
        self.asked.answerable(&report)?;
        let mut view = View {
            allows_rejects: self.waivers.allow_rejects,
            allows_incomplete: self.waivers.allow_incomplete,
            columns,
            page,
            name: Some(Text::line(&self.report)),
            ..View::default()
        };
        let held = self.asked.held(&report, &mut view);
        let mut results = Results::default();
        for output in Results::order(&outputs, Output::path) {
            output.write(&report, &view, &mut results)?;
        }
        results.commit()?;
        Ok(self.asked.judge(self.waivers, &report, &held))
    }
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  scanfold formats\n  scanfold formats --markdown")]
pub(super) struct Formats {
    /// As Markdown tables, for documents
    #[arg(long)]
    markdown: bool,
}

impl Formats {
    pub(super) fn run(self, page: Page) -> Result<Exit> {
        let is_terminal = io::stdout().is_terminal();
        let read = PARSERS.iter().map(|parser| {
            let name = self.code(parser.name());
            vec![name, parser.usage().to_owned()]
        });
        let written = WRITERS.iter().map(|writer| {
            let ends = writer.extensions().iter();
            let ends: Vec<_> = ends.map(|end| self.code(&format!(".{end}"))).collect();
            let name = self.code(writer.name());
            vec![name, ends.join(" "), writer.usage().to_owned()]
        });
        let mut tables = [
            ("Reads", &["format", "what it is"][..], read.collect()),
            (
                "Writes",
                &["format", "ending", "what it is"],
                written.collect::<Vec<_>>(),
            ),
        ];
        output::print(&mut |out| {
            for (title, head, rows) in &mut tables {
                if self.markdown {
                    let rule = " --- |".repeat(head.len());
                    writeln!(out, "## {title}\n\n| {} |\n|{rule}", head.join(" | "))?;
                    for row in rows {
                        writeln!(out, "| {} |", row.join(" | "))?;
                    }
                } else {
                    writeln!(out, "{title}")?;
                    align(rows);
                    for row in rows {
                        match row.split_last() {
                            // A line of a pipe is whole, so that it may be looked for.
                            Some((usage, names)) if is_terminal => {
                                let names = format!("  {}  ", names.join("  "));
                                Sheet::new(page, out).wrapped(names, usage.as_str())?;
                            }
                            _ => writeln!(out, "  {}", row.join("  "))?,
                        }
                    }
                }
                writeln!(out)?;
            }
            Ok(())
        })?;
        Ok(Exit::Fine)
    }

    fn code(&self, words: &str) -> String {
        if self.markdown {
            format!("`{words}`")
        } else {
            words.to_owned()
        }
    }
}

/// Makes all cells of a column but the last equally wide.
fn align(rows: &mut [Vec<String>]) {
    let columns = rows.first().map_or(0, Vec::len).saturating_sub(1);
    for column in 0..columns {
        let cells = || rows.iter().filter_map(|row| row.get(column));
        let width = cells().map(String::len).max().unwrap_or(0);
        for cell in rows.iter_mut().filter_map(|row| row.get_mut(column)) {
            *cell = format!("{cell:<width$}");
        }
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Policy {
    /// Print what a policy promises at a time
    #[command(after_help = "Examples:\n  scanfold policy show flowdesk\n  \
                      scanfold policy show ours.toml --as-of 2027-01-01")]
    Show {
        /// The name of a preset, or a file
        policy: Vec<String>,
        #[command(flatten)]
        as_of: AsOf,
    },
    /// Look for mistakes in policy files
    #[command(after_help = "Examples:\n  scanfold policy check ours.toml\n  \
                      scanfold policy check ours-2027.toml --against ours.toml")]
    Check {
        /// Policy files
        #[arg(required = true)]
        policy: Vec<String>,
        /// An older policy: tell where these give more time or rate lower
        #[arg(long, value_name = "OLD")]
        against: Option<String>,
    },
    /// Write what a security page may promise, or hold a page against a policy
    Promise(super::promise::Promise),
    /// List the policies that are built in
    #[command(after_help = "Examples:\n  scanfold policy presets\n  \
                      scanfold policy presets | grep source")]
    Presets,
}

impl Policy {
    pub(super) fn run(self) -> Result<Exit> {
        match self {
            Self::Show { policy, as_of } => {
                let policies = policy::load(&policy)?;
                let as_of = as_of.timestamp();
                output::print(&mut |out| {
                    policies
                        .iter()
                        .try_for_each(|policy| policies::show(policy, as_of, out))
                })?;
                Ok(Exit::Fine)
            }
            Self::Check { policy, against } => check(&policy, against.as_ref()),
            Self::Promise(promise) => promise.run(),
            Self::Presets => {
                policies::list()?;
                Ok(Exit::Fine)
            }
        }
    }
}

fn check(paths: &[String], against: Option<&String>) -> Result<Exit> {
    let old = against.map(|old| policy::load(std::slice::from_ref(old)));
    let old = old.transpose()?.unwrap_or_default();
    let mut exit = Exit::Fine;
    for path in paths {
        // What stands beside the policy is a file of its own.
        let (problems, moved) = match policy::load(std::slice::from_ref(path)) {
            Ok(policies) => (
                policies.first().map(policy::review).unwrap_or_default(),
                policy::compare(&policies, &old),
            ),
            Err(error) => {
                output::complain(&error);
                exit = Exit::Unusable;
                continue;
            }
        };
        let is_fine = problems.is_empty() && !moved.iter().any(policy::Difference::is_loosening);
        output::print(&mut |out| {
            for problem in &problems {
                writeln!(out, "{}: {}", place(path, problem), problem.message)?;
            }
            for difference in &moved {
                let problem = &difference.problem;
                let word = difference.word();
                writeln!(out, "{}: {word}: {}", place(path, problem), problem.message)?;
            }
            Ok(())
        })?;
        if !is_fine {
            exit = exit.max(Exit::Condition);
        }
    }
    Ok(exit)
}

/// `ours.toml:14:3`: the checked file as it was named, or the file that it extends or is held against.
fn place(path: &str, problem: &policy::Problem) -> String {
    let Some(spot) = &problem.spot else {
        return path.to_owned();
    };
    let file = spot.file.untrusted();
    let own = std::path::Path::new(path).file_name();
    let is_own = own.is_some_and(|own| own.to_string_lossy() == file);
    format!("{}:{}", if is_own { path } else { file }, spot.position)
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SchemaName {
    /// The merged report
    Report,
    /// A policy file
    Policy,
    /// A triage file
    Triage,
    /// A manifest of the reports that must be there
    Expect,
    /// The answer of `check --to json`
    Check,
    /// The change table of `rescore --changes json` and `diff --to json`
    Changes,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  scanfold schema > report-v1.schema.json\n  \
                  scanfold schema policy > policy-v1.schema.json"
)]
pub(super) struct Schema {
    /// Of what
    #[arg(value_enum, default_value = "report")]
    name: SchemaName,
}

impl Schema {
    pub(super) fn run(self) -> Result<Exit> {
        let schema = match self.name {
            SchemaName::Report => include_str!("../../schemas/report-v1.schema.json"),
            SchemaName::Policy => include_str!("../../schemas/policy-v1.schema.json"),
            SchemaName::Triage => include_str!("../../schemas/triage-v1.schema.json"),
            SchemaName::Expect => include_str!("../../schemas/expect-v1.schema.json"),
            SchemaName::Check => include_str!("../../schemas/check-v1.schema.json"),
            SchemaName::Changes => include_str!("../../schemas/changes-v1.schema.json"),
        };
        output::print(&mut |out| out.write_all(schema.as_bytes()))?;
        Ok(Exit::Fine)
    }
}
