//! The commands. Only this room knows the command line, the clock, the environment and the standard streams.

mod asked;
mod check;
mod compare;
mod config;
mod exit;
mod explain;
mod guard;
mod manual;
mod merge;
mod output;
mod progress;
mod promise;
mod rescore;
mod screen;
mod stages;
mod tell;
mod telling;

use std::ffi::OsString;
use std::io::{self, Write};

use clap::{Parser, Subcommand};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::error::{Error, Result};
use crate::report::Page;

pub use exit::Exit;

#[derive(Debug, Parser)]
#[command(
    name = "scanfold",
    version,
    about = "Folds the findings of every scanner into one report with a severity and a due date on each",
    after_help = "Examples:\n  scanfold merge ci/ --policy flowdesk -o report.json -o summary.md\n  \
                  scanfold check report.json --fail-on overdue\n\n\
                  Exit codes: 0 fine; 1 a --fail-on condition holds; 2 used wrongly or could not run; 3 an input was \
                  unreadable, failed, incomplete, missing or had rejected records",
    max_term_width = 100
)]
struct Arguments {
    /// Whether a terminal sees colour
    #[arg(
        long,
        value_name = "WHEN",
        value_enum,
        default_value_t,
        global = true,
        display_order = 900
    )]
    color: screen::Color,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Combine reports of many jobs and tools into one
    Merge(Box<merge::Merge>),
    /// Ask of a merged report: may this ship?
    Check(check::Check),
    /// Apply other policies to merged reports and show what moves
    Rescore(rescore::Rescore),
    /// Show what differs between two merged reports
    Diff(compare::Diff),
    /// Tell the whole story of a finding, or which name makes two findings one
    Explain(explain::Explain),
    /// Show a merged report, or the findings of it that meet a condition
    Show(tell::Show),
    /// Write a merged report in another form
    Convert(tell::Convert),
    /// List the formats that are read and written
    Formats(tell::Formats),
    /// Look at policies
    #[command(
        subcommand,
        after_help = "Examples:\n  scanfold policy show flowdesk\n  scanfold policy check ours.toml"
    )]
    Policy(tell::Policy),
    /// Print a JSON schema
    Schema(tell::Schema),
    /// Print completions for a shell
    Completions(manual::Completions),
    /// Print the manual page of scanfold or of a command
    Man(manual::Man),
}

/// Runs a command line and says how it ended.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let printed = error.print().and_then(|()| io::stdout().flush());
            // Help and version are results, and go to standard output.
            return match printed {
                _ if error.use_stderr() => Exit::Unusable,
                Err(trouble) if trouble.kind() != io::ErrorKind::BrokenPipe => {
                    output::complain(&Error::io("standard output", trouble));
                    Exit::Unusable
                }
                _ => Exit::Fine,
            };
        }
    };
    execute(arguments.command, arguments.color.page()).unwrap_or_else(|error| {
        output::complain(&error);
        Exit::Unusable
    })
}

/// Runs a command, for a reader in front of `page`.
fn execute(command: Command, page: Page) -> Result<Exit> {
    match command {
        Command::Merge(merge) => merge.run(page),
        Command::Check(check) => check.run(page),
        Command::Rescore(rescore) => rescore.run(page),
        Command::Diff(diff) => diff.run(page),
        Command::Explain(explain) => explain.run(page),
        Command::Show(show) => show.run(page),
        Command::Convert(convert) => convert.run(page),
        Command::Formats(formats) => formats.run(page),
        Command::Policy(policy) => policy.run(),
        Command::Schema(schema) => schema.run(),
        Command::Completions(completions) => completions.run(),
        Command::Man(man) => man.run(),
    }
}

/// The time that counts as now: a date (its first instant, UTC), a point in time, or days from the clock.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
struct AsOf {
    /// The time that counts as now: `2026-11-21`, `2026-11-21T08:00:00Z`, or `+14d` [default: now]
    #[arg(long, value_name = "TIME", value_parser = as_of)]
    as_of: Option<Timestamp>,
}

impl AsOf {
    /// The one place where the clock enters.
    fn timestamp(self) -> Timestamp {
        self.as_of.unwrap_or_else(now)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the clock enters here and nowhere else"
)]
fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

fn as_of(words: &str) -> std::result::Result<Timestamp, String> {
    let days = words
        .strip_prefix('+')
        .and_then(|days| days.strip_suffix('d'))
        .map(str::parse::<u16>);
    if let Some(Ok(days)) = days {
        let later = now().checked_add(SignedDuration::from_hours(24 * i64::from(days)));
        return later.map_err(|_| "is too far away".to_owned());
    }
    if let Ok(time) = words.parse::<Timestamp>() {
        return Ok(time);
    }
    let day = words
        .parse::<Date>()
        .ok()
        .filter(|_| words.len() == "2026-11-21".len());
    let day = day.and_then(|day| day.to_zoned(jiff::tz::TimeZone::UTC).ok());
    day.map(|day| day.timestamp()).ok_or_else(|| {
        "expected a date (2026-11-21), a time (2026-11-21T08:00:00Z), or days from now (+14d)"
            .to_owned()
    })
}

/// As many workers as the user wants, else one for each core.
fn workers(jobs: Option<usize>) -> Result<rayon::ThreadPool> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(jobs.unwrap_or(0))
        .build();
    pool.map_err(|error| {
        let message = format!("cannot start the workers: {error}");
        usage(&message, "try --jobs 1")
    })
}

/// How many workers. None is no way to say: as many as there are cores.
fn jobs(words: &str) -> std::result::Result<usize, String> {
    let number = words.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| {
        "expected a number of at least 1; without `--jobs` it is one for each core".to_owned()
    })
}

fn usage(message: &str, hint: &str) -> Error {
    Error::usage(message).hint(hint)
}
