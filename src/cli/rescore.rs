//! `scanfold rescore`: other policies for reports that were merged before.

use std::path::{Path, PathBuf};

use clap::Args;

use super::compare::Moves;
use super::exit::Exit;
use super::output::{self, say, write_file, writer_for};
use super::{AsOf, usage};
use crate::error::{Error, Result};
use crate::model::Report;
use crate::parse::{self, Options, PARSERS};
use crate::policy::{self, Engine, Policy};
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
            say(&format!("scanfold: {error}"));
            exit = Exit::Incomplete;
        }
        let single = inputs.len() == 1 && inputs.iter().all(Input::is_explicit);
        let mut moves = Moves::default();
        let mut rescored = 0;
        for input in &inputs {
            if !input.is_explicit() && !is_report(input) {
                continue;
            }
            match self.rescore(input, single, &policies, as_of) {
                Ok(these) => {
                    moves.extend(these);
                    rescored += 1;
                }
                Err(error) => {
                    say(&format!("scanfold: {error}"));
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
            writeln!(out, "{rescored} reports rescored as of {as_of}")?;
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
    ) -> Result<Moves> {
        let old = parse::read_report(input)?;
        let facts = run::facts(old.clone());
        let new = run::assess(facts, &mut Engine::new(policies.to_vec(), as_of), as_of)?;
        let moves = Moves::between(&old, &new);
        match (&self.output, input.path()) {
            (Some(output), _) if single => write(output, &new)?,
            (Some(folder), Some(path)) => write(&below(folder, path)?, &new)?,
            (None, Some(path)) if self.write => write(path, &new)?,
            _ => {}
        }
        Ok(moves)
    }
}

fn is_report(input: &Input) -> bool {
    input.head().is_ok_and(|head| {
        parse::detect(PARSERS, &head, &Options::default())
            .is_some_and(|parser| parser.name() == "scanfold")
    })
}

fn write(path: &Path, report: &Report) -> Result<()> {
    let writer = writer_for(path)?;
    write_file(path, &mut |out| writer.write(report, out))
}

/// The place of a report below the folder of results: its own path, so that equal names of several folders stay apart.
fn below(folder: &Path, path: &Path) -> Result<PathBuf> {
    let plain = path
        .components()
        .filter(|part| matches!(part, std::path::Component::Normal(_)));
    let place = folder.join(plain.collect::<PathBuf>());
    if let Some(parent) = place.parent() {
        std::fs::create_dir_all(parent).map_err(|error| Error::io(parent, error))?;
    }
    Ok(place)
}
