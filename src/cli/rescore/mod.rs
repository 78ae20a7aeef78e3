//! `scanfold rescore`: other policies for reports that were merged before.

mod left;
mod spool;
mod target;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use jiff::Timestamp;
use rayon::prelude::*;

use self::left::Left;
use self::spool::Spool;
use self::target::{Goal, keep_one_of_each, spare};
use super::exit::Exit;
use super::merge::idle;
use super::output::{Results, Staged, complain, say, writer_for};
use super::stages::Watching;
use super::telling::{Form, Telling};
use super::{AsOf, usage, workers};
use crate::error::{Error, Result};
use crate::parse;
use crate::policy::{self, Engine, Policy};
use crate::report::change::{Before, Change, Changes, Comparison, Heading};
use crate::report::escape::terminal;
use crate::report::wording::count;
use crate::report::{self, Page, View, Writer};
use crate::run;
use crate::source::{self, Input, Progress, is_packed};

/// How many reports are handed to each worker before the changes of all are put in order.
const BATCH: usize = 4;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  scanfold rescore reports/ --policy ours-2027.toml\n  \
                  scanfold rescore reports/ --policy ours-2027.toml --changes markdown=moved.md\n  \
                  scanfold rescore 'reports/**/*.json' --policy ours-2027.toml --write"
)]
pub(super) struct Rescore {
    /// Merged reports, in JSON: files, directories, archives (zip, tar), globs in quotes
    #[arg(value_name = "REPORT", required = true)]
    reports: Vec<String>,
    /// The policy to apply: the name of a preset, or a file
    #[arg(long, short, value_name = "POLICY", required = true)]
    policy: Vec<String>,
    #[command(flatten)]
    as_of: AsOf,
    /// Put each result in the place of its report; without it and -o nothing is written
    #[arg(long, conflicts_with = "output")]
    write: bool,
    /// Where the results go: a file for one report, a folder in which each keeps its path for several
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// What moved, in another form: text, markdown or json; without a place to standard output
    #[arg(long, value_name = "FORM[=FILE]")]
    changes: Vec<Telling>,
    /// How many reports are read at once [default: one for each core]
    #[arg(long, value_name = "NUMBER", value_parser = super::jobs)]
    jobs: Option<usize>,
    #[command(flatten)]
    watching: Watching,
}

/// What became of one file.
enum Became {
    /// A report with other dates.
    Rescored(Rescored),
    /// It was only found and is no report, for this reason.
    Left(String),
}

/// What became of one report.
struct Rescored {
    comparison: Comparison,
    staged: Option<Staged>,
}

/// What became of all of them.
struct All {
    changes: Changes,
    spool: Option<Spool>,
    staged: Vec<Staged>,
    errors: Vec<Error>,
    rescored: u64,
    /// How many dates would be later, whatever is due.
    loosened: u64,
    left: Left,
    watching: Watching,
}

impl All {
    /// One batch after the other, so that of all these reports only a few, and of what moved in them only as much as is
    /// shown, is in memory.
    fn rescore(
        &mut self,
        work: &[(&Input, Option<PathBuf>)],
        job: &Job<'_>,
        pool: &rayon::ThreadPool,
    ) -> Result<()> {
        for batch in work.chunks(BATCH * pool.current_num_threads()) {
            let results: Vec<_> = pool.install(|| {
                let results = batch.par_iter();
                let results = results.map(|(input, place)| job.run(input, place.as_deref()));
                results.collect()
            });
            for ((input, _), result) in batch.iter().zip(results) {
                self.take(input, result)?;
            }
        }
        Ok(())
    }

    fn take(&mut self, input: &Input, result: Result<Became>) -> Result<()> {
        if self.watching.verbose {
            tell_one(input, &result);
        }
        match result {
            Ok(Became::Left(reason)) => self.left.add(input, reason),
            Ok(Became::Rescored(Rescored { comparison, staged })) => {
                let changes = comparison.changes.iter();
                self.loosened += changes.map(Change::loosened).sum::<u64>();
                let path = &input.id().path;
                self.rescored += 1;
                self.staged.extend(staged);
                if let Some(spool) = &mut self.spool {
                    spool.add(path, &comparison)?;
                }
                self.changes.add(path, comparison);
            }
            Err(error) => self.errors.push(error),
        }
        Ok(())
    }
}

fn none_merged() -> Error {
    usage(
        "none of these is a merged report",
        "`scanfold merge -o report.json` writes one",
    )
}

impl Rescore {
    pub(super) fn run(self, page: Page) -> Result<Exit> {
        let mut stages = self.watching.start("prepare");
        let tellings = Telling::all(&self.changes)?;
        let as_of = self.as_of.timestamp();
        let policies = policy::load(&self.policy)?;
        stages.enter("find reports");
        let source::Found {
            mut inputs,
            missing,
        } = source::collect(&self.reports, || {
            let error = "standard input cannot be rescored in place";
            Err(usage(error, "name files"))
        });
        keep_one_of_each(&mut inputs);
        let goal = Goal::of(self.write, self.output.as_deref(), &inputs)?;
        let places = goal.places(&inputs, &tellings)?;
        goal.stand_apart(&inputs, &source::searched(&self.reports))?;
        spare(&policies, &places, &tellings)?;
        // In the place of a report stands a report, whatever its file is called.
        let writer: &dyn Writer = match &goal {
            Goal::File(path) => writer_for(path)?,
            _ => &report::Json,
        };
        for input in &mut inputs {
            input.watch(&stages.progress);
        }
        let job = Job {
            policies: &policies,
            as_of,
            writer,
            progress: Arc::clone(&stages.progress),
        };
        let pool = workers(self.jobs)?;

        stages.enter_reading("read, assess, set aside");
        let is_json = |telling: &Telling| telling.form == Form::Json;
        let mut all = All {
            changes: Changes::new(as_of),
            spool: tellings.iter().any(is_json).then(Spool::new).transpose()?,
            staged: Vec::new(),
            errors: missing.into_iter().map(|(_, error)| error).collect(),
            rescored: 0,
            loosened: 0,
            left: Left::default(),
            watching: self.watching,
        };
        let work: Vec<(&Input, Option<PathBuf>)> = inputs.iter().zip(places).collect();
        all.rescore(&work, &job, &pool)?;
        let All {
            mut changes,
            mut spool,
            staged,
            errors,
            rescored,
            loosened,
            left,
            watching: _,
        } = all;
        for error in &errors {
            complain(error);
        }
        left.tell();
        let is_dry = matches!(goal, Goal::DryRun);
        if !errors.is_empty() && !is_dry {
            // What is staged goes away with the list.
            say("scanfold: nothing was written, because not every report can be rescored");
            return Ok(Exit::Unusable);
        }
        if rescored == 0 {
            return if errors.is_empty() {
                Err(none_merged())
            } else {
                Ok(Exit::Unusable)
            };
        }
        let engine = Engine::new(policies.clone(), as_of);
        let is_bound = loosened > 0 && !engine.may_loosen();
        if is_bound && !is_dry {
            let dates = count(loosened, "date");
            return Err(usage(
                &format!("nothing was written: {dates} that reports name would become later"),
                "say `allow-loosening = true` and a `loosening-reason` in every policy; without --write and -o the table is shown",
            ));
        }
        stages.enter("write");
        staged.iter().try_for_each(Staged::sync)?;
        stages.enter("tell");
        changes.note(self.note(&goal, rescored, errors.len() as u64, is_bound));
        idle(&engine);
        let heading = Heading {
            policies: engine.notes(),
            written: Some(!is_dry),
        };
        let mut results = Results::of(staged);
        let spool = spool.as_mut();
        tell(&tellings, page, &changes, &heading, spool, &mut results)?;
        results.commit()?;
        stages.finish();
        Ok(if errors.is_empty() {
            Exit::Fine
        } else {
            Exit::Incomplete
        })
    }

    fn note(&self, goal: &Goal, rescored: u64, errors: u64, is_bound: bool) -> String {
        let reports = count(rescored, "report");
        let were = if rescored == 1 { "was" } else { "were" };
        match goal {
            Goal::DryRun if errors > 0 => {
                let unread = count(errors, "input");
                format!("nothing was written, and nothing can be while {unread} cannot be read")
            }
            Goal::DryRun if is_bound => {
                "nothing was written, and nothing can be while a date becomes later: say `allow-loosening` in every policy".to_owned()
            }
            Goal::DryRun => "nothing was written: add --write or -o".to_owned(),
            Goal::InPlace => format!("{reports} {were} replaced"),
            Goal::Folder(_) | Goal::File(_) => {
                let place = self.output.as_deref().unwrap_or(Path::new(""));
                format!("{reports} {were} written to {}", place.display())
            }
        }
    }
}

/// What became of one file, for `-v`. Batches end in the order of the inputs.
fn tell_one(input: &Input, result: &Result<Became>) {
    let became = match result {
        Ok(Became::Left(_)) => "left out".to_owned(),
        Ok(Became::Rescored(Rescored { comparison, .. })) => {
            let moved = comparison.changes.len() as u64;
            let findings = count(comparison.unchanged + moved, "finding");
            format!("{findings}, {moved} moved")
        }
        Err(_) => "not read".to_owned(),
    };
    let name = terminal(&input.id().path);
    say(&format!("scanfold: {name}: {became}"));
}

/// Writes the change table in each form that is asked for.
fn tell(
    tellings: &[Telling],
    page: Page,
    changes: &Changes,
    heading: &Heading<'_>,
    mut spool: Option<&mut Spool>,
    results: &mut Results,
) -> Result<()> {
    Telling::write_all(tellings, results, &mut |telling, out| match telling.form {
        Form::Text => changes.write_text(telling.page(page), out),
        Form::Markdown => changes.write_markdown(out),
        Form::Json => {
            let mut rows: Box<dyn Read> = match &mut spool {
                Some(spool) => Box::new(spool.read()?),
                None => Box::new(std::io::empty()),
            };
            changes.write_json(heading, &mut rows, out)
        }
    })
}

/// What is done to each report.
struct Job<'a> {
    policies: &'a [Policy],
    as_of: Timestamp,
    writer: &'a dyn Writer,
    progress: Arc<Progress>,
}

impl Job<'_> {
    /// Rescores one report and puts the result beside its place. A file that is no report of ours and was only found is
    /// left as it is.
    fn run(&self, input: &Input, place: Option<&Path>) -> Result<Became> {
        let became = self.rescore(input, place);
        input.finish();
        became
    }

    fn rescore(&self, input: &Input, place: Option<&Path>) -> Result<Became> {
        if !input.is_explicit()
            && let Some(reason) = left::reason(input)
        {
            return Ok(Became::Left(reason));
        }
        if parse::is_own_sarif(input) {
            // The result is JSON, and must not stand in the place of a log.
            let error = Error::usage("our own SARIF is not rescored").at(input.name());
            return Err(error.hint("rescore the JSON report, and `scanfold convert` the result"));
        }
        let old = parse::read_report(input)?;
        self.progress.add_records(old.entries.len() as u64);
        run::not_before(old.as_of, self.as_of).map_err(|error| error.at(input.name()))?;
        let before = Before::of(&old);
        let mut engine = Engine::new(self.policies.to_vec(), self.as_of);
        let new = run::rescore(old, &mut engine, self.as_of)?;
        let comparison = before.compare(&new);
        let stage = |place: &Path| {
            if is_packed(place) {
                let error = Error::usage("a compressed report cannot be replaced by a plain one");
                return Err(error.at(input.name()).hint("give `-o FOLDER`"));
            }
            if let Some(parent) = place.parent() {
                std::fs::create_dir_all(parent).map_err(|error| Error::io(parent, error))?;
            }
            Staged::write(place, &mut |out| {
                self.writer.write(&new, &View::default(), out)
            })
        };
        Ok(Became::Rescored(Rescored {
            comparison,
            staged: place.map(stage).transpose()?,
        }))
    }
}
