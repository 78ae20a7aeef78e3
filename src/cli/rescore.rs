//! `scanfold rescore`: other policies for reports that were merged before.

use std::path::{Component, Path, PathBuf};

use clap::Args;

use super::compare::Moves;
use super::exit::Exit;
use super::output::{self, complain, write_file, writer_for};
use super::{AsOf, usage};
use crate::error::{Error, Result};
use crate::model::{Entry, Report};
use crate::parse;
use crate::policy::{self, Engine, Policy};
use crate::report::{self, Writer};
use crate::run;
use crate::source::{self, Input};

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  scanfold rescore reports/ --policy ours-2027.toml\n  \
                        scanfold rescore reports/ --policy ours-2027.toml --write"
)]
pub(super) struct Rescore {
    /// Merged reports, in JSON: files, directories, globs in quotes
    #[arg(value_name = "REPORT", required = true)]
    reports: Vec<String>,
    /// The policy to apply: the name of a preset, or a file
    #[arg(long, short, value_name = "POLICY", required = true)]
    policy: Vec<String>,
    #[command(flatten)]
    as_of: AsOf,
    /// Put each result in the place of its report
    #[arg(long, conflicts_with = "output")]
    write: bool,
    /// Where the result goes: a file for one report, a directory for several
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
}

impl Rescore {
    pub(super) fn run(self) -> Result<Exit> {
        let as_of = self.as_of.timestamp();
        let policies = policy::load(&self.policy)?;
        let source::Found { inputs, missing } = source::collect(&self.reports, || {
            Err(usage(
                "standard input cannot be rescored in place",
                "name files",
            ))
        });
        let mut exit = Exit::Fine;
        for (_, error) in missing {
            complain(&error);
            exit = Exit::Incomplete;
        }
        let single = inputs.len() == 1 && inputs.iter().all(Input::is_explicit);
        let mut moves = Moves::default();
        let (mut rescored, mut kept) = (0, 0);
        for input in &inputs {
            if !input.is_explicit() && !parse::is_own(input) {
                continue;
            }
            match self.rescore(input, single, &policies, as_of, &mut kept) {
                Ok(these) => {
                    moves.extend(these);
                    rescored += 1;
                }
                Err(error) => {
                    complain(&error);
                    exit = Exit::Incomplete;
                }
            }
        }
        if rescored == 0 {
            return Err(usage(
                "none of these is a merged report",
                "`scanfold merge -o report.json` writes one",
            ));
        }
        output::print(&mut |out| {
            moves.write(out)?;
            if kept > 0 {
                let plural = if kept == 1 { " keeps" } else { "s keep" };
                writeln!(
                    out,
                    "{kept} finding{plural} a date that was promised earlier: `allow-loosening` in every policy lets it become later"
                )?;
            }
            let plural = if rescored == 1 { "" } else { "s" };
            writeln!(out, "{rescored} report{plural} rescored as of {as_of}")?;
            if self.write || self.output.is_some() {
                Ok(())
            } else {
                writeln!(out, "nothing was written: add --write or -o")
            }
        })?;
        Ok(exit)
    }

    fn rescore(
        &self,
        input: &Input,
        single: bool,
        policies: &[Policy],
        as_of: jiff::Timestamp,
        kept: &mut usize,
    ) -> Result<Moves> {
        let old = parse::read_report(input)?;
        let new = run::rescore(&old, &mut Engine::new(policies.to_vec(), as_of), as_of)?;
        *kept += new.entries.iter().filter(|entry| is_kept(entry)).count();
        let moves = Moves::between(&old, &new);
        match (&self.output, input.path()) {
            (Some(output), _) if single => write(output, &new)?,
            // In the place of a report stands a report, whatever its file is called.
            (Some(folder), Some(path)) => write_report(&Self::below(folder, path)?, &new)?,
            (None, Some(path)) if self.write => write_report(path, &new)?,
            _ => {}
        }
        Ok(moves)
    }

    /// The place of a report below the folder of results: its own path, so that equal names of several folders stay apart.
    fn below(folder: &Path, path: &Path) -> Result<PathBuf> {
        if path.components().any(|part| part == Component::ParentDir) {
            let error = Error::usage("a path with `..` has no place below the folder of results");
            return Err(error
                .at(path.display())
                .hint("go to the folder that holds the reports, and name them from there"));
        }
        let plain = path
            .components()
            .filter(|part| matches!(part, Component::Normal(_)));
        let place = folder.join(plain.collect::<PathBuf>());
        if let Some(parent) = place.parent() {
            std::fs::create_dir_all(parent).map_err(|error| Error::io(parent, error))?;
        }
        Ok(place)
    }
}

fn write(path: &Path, report: &Report) -> Result<()> {
    let writer = writer_for(path)?;
    write_file(path, &mut |out| writer.write(report, out))
}

fn write_report(path: &Path, report: &Report) -> Result<()> {
    write_file(path, &mut |out| report::Json.write(report, out))
}

/// Whether a date that an earlier report named stands where the policies would name a later one.
fn is_kept(entry: &Entry) -> bool {
    entry
        .assessment
        .why
        .iter()
        .any(|why| why.chosen && why.rule.untrusted().starts_with("promised on "))
}
