//! The stages of a long command: shown by a bar while they last, and told with `-v` and `--timings`.

use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use unicode_width::UnicodeWidthStr;

use super::output::say;
use super::progress::Bar;
use crate::report::escape::terminal;
use crate::report::wording::count;
use crate::run::Account;
use crate::source::Progress;

/// What people want to be told while a command runs.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(super) struct Watching {
    /// Say of each input what became of it, on standard error
    #[arg(long, short)]
    pub(super) verbose: bool,
    /// Say how long each stage took, on standard error
    #[arg(long)]
    timings: bool,
}

impl Watching {
    /// The first stage begins.
    pub(super) fn start(self, name: &str) -> Stages {
        let progress = Arc::default();
        let mut stages = Stages {
            bar: Bar::start(&progress),
            rows: self.timings.then(Vec::new),
            now: Row::default(),
            since: Usage::default(),
            progress,
        };
        stages.enter(name);
        stages
    }

    /// With `-v`: what became of each input, in the order of their names. Workers end them in any order, so that this
    /// waits for the last.
    pub(super) fn tell(self, accounts: &[Account]) {
        for account in accounts.iter().filter(|_| self.verbose) {
            let name = terminal(&account.name);
            let records = count(account.records, "record");
            match (account.format, account.outcome) {
                (_, None) => say(&format!("scanfold: {name}: no report, skipped")),
                (None, Some(outcome)) => {
                    say(&format!("scanfold: {name}: not read, {}", outcome.name()));
                }
                (Some(format), Some(outcome)) => {
                    let outcome = outcome.name();
                    say(&format!("scanfold: {name}: {format}, {records}, {outcome}"));
                }
            }
        }
    }
}

/// The stages of one run.
pub(super) struct Stages {
    /// What is read, for the bar and the table.
    pub(super) progress: Arc<Progress>,
    bar: Option<Bar>,
    /// The stages that are over, if anybody asks for them.
    rows: Option<Vec<Row>>,
    now: Row,
    since: Usage,
}

/// What one stage took.
#[derive(Debug, Default)]
struct Row {
    name: String,
    wall: Duration,
    cpu: Option<Duration>,
    bytes: u64,
    records: u64,
    /// The most memory that the process had until the end of the stage, in bytes.
    peak: Option<u64>,
}

impl Stages {
    /// One stage ends and another begins.
    pub(super) fn enter(&mut self, name: &str) {
        self.begin(name, false);
    }

    /// As [`Self::enter`], where the inputs are read.
    pub(super) fn enter_reading(&mut self, name: &str) {
        self.begin(name, true);
    }

    fn begin(&mut self, name: &str, is_reading: bool) {
        if let Some(bar) = &self.bar {
            bar.enter(name, is_reading);
        }
        self.end();
        name.clone_into(&mut self.now.name);
    }

    /// Counts bytes that the stage writes.
    pub(super) fn wrote(&mut self, bytes: u64) {
        self.now.bytes += bytes;
    }

    fn end(&mut self) {
        let Some(rows) = &mut self.rows else { return };
        let usage = Usage::now(&self.progress);
        let mut row = std::mem::take(&mut self.now);
        let before = std::mem::replace(&mut self.since, usage);
        if let Some(at) = before.at {
            row.wall = self.since.at.map_or(Duration::ZERO, |now| now - at);
            row.cpu = (self.since.cpu.zip(before.cpu)).map(|(now, then)| now.saturating_sub(then));
            row.bytes += self.since.bytes - before.bytes;
            row.records = self.since.records - before.records;
            row.peak = peak_memory();
            rows.push(row);
        }
    }

    /// The last stage is over: takes the bar away, and tells the table if it is asked for.
    pub(super) fn finish(mut self) {
        drop(self.bar.take());
        self.end();
        if let Some(rows) = &self.rows {
            for line in table(rows) {
                say(&line);
            }
        }
    }
}

/// Where a run stands.
#[derive(Debug, Default)]
struct Usage {
    at: Option<Instant>,
    /// Processor time of all threads.
    cpu: Option<Duration>,
    bytes: u64,
    records: u64,
}

impl Usage {
    fn now(progress: &Progress) -> Self {
        Self {
            at: Some(Instant::now()),
            cpu: cpu_time(),
            bytes: progress.bytes(),
            records: progress.records(),
        }
    }
}

/// User and system time of the process, where the system tells it in a file: proc(5), fields 14 and 15 of `stat`, in
/// hundredths of a second.
fn cpu_time() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program, in parentheses, is the second field and may hold anything.
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut fields = fields.split(' ').skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    let ticks = ticks()? + ticks()?;
    Some(Duration::from_millis(ticks * 10))
}

/// The most memory that the process ever had, in bytes, where the system tells it in a file: proc(5), `VmHWM`.
fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1024)
}

/// The table: a line for each stage and one for all of them.
fn table(rows: &[Row]) -> Vec<String> {
    let wall: Duration = rows.iter().map(|row| row.wall).sum();
    let all = Row {
        name: "total".to_owned(),
        wall,
        cpu: rows.iter().map(|row| row.cpu).sum(),
        peak: rows.iter().filter_map(|row| row.peak).max(),
        ..Row::default()
    };
    let heads = [
        "stage",
        "seconds",
        "share",
        "cpu s",
        "MB/s",
        "records/s",
        "peak MB",
    ];
    let heads = heads.map(str::to_owned);
    let cells = rows.iter().chain([&all]).map(|row| cells(row, wall));
    let lines: Vec<[String; 7]> = std::iter::once(heads).chain(cells).collect();
    let widths: Vec<usize> = (0..7)
        .map(|column| {
            let widths = lines.iter().map(|line| line[column].width());
            widths.max().unwrap_or_default()
        })
        .collect();
    let line = |cells: &[String; 7]| {
        let [name, rest @ ..] = cells;
        let (first, others) = widths.split_at(1);
        let mut line = name.clone();
        let pad = |line: &mut String, number| line.extend(std::iter::repeat_n(' ', number));
        pad(&mut line, first.iter().sum::<usize>() - name.width());
        for (cell, width) in rest.iter().zip(others) {
            pad(&mut line, 2 + width - cell.width());
            line.push_str(cell);
        }
        line
    };
    lines.iter().map(line).collect()
}

fn cells(row: &Row, all: Duration) -> [String; 7] {
    let none = || "-".to_owned();
    let seconds = row.wall.as_secs_f64();
    let share = 100.0 * seconds / all.as_secs_f64().max(f64::MIN_POSITIVE);
    let rate = |number: u64, unit: u64| {
        let micros = row.wall.as_micros();
        let rate = u128::from(number) * 1_000_000 / micros.max(1) / u128::from(unit);
        if number == 0 {
            none()
        } else {
            rate.to_string()
        }
    };
    let megabytes = |bytes: u64| (bytes / 1_000_000).to_string();
    [
        row.name.clone(),
        format!("{seconds:.3}"),
        format!("{share:.0}%"),
        row.cpu
            .map_or_else(none, |cpu| format!("{:.2}", cpu.as_secs_f64())),
        rate(row.bytes, 1_000_000),
        rate(row.records, 1),
        row.peak.map_or_else(none, megabytes),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_a_line_for_each_stage_and_one_for_all() {
        let read = Row {
            name: "read, parse, fold".to_owned(),
            wall: Duration::from_millis(1500),
            cpu: Some(Duration::from_millis(2900)),
            bytes: 300_000_000,
            records: 690_000,
            peak: Some(67_400_000),
        };
        let gate = Row {
            name: "gate".to_owned(),
            wall: Duration::from_millis(500),
            ..Row::default()
        };
        assert_eq!(
            table(&[read, gate]),
            [
                "stage              seconds  share  cpu s  MB/s  records/s  peak MB",
                "read, parse, fold    1.500    75%   2.90   200     460000       67",
                "gate                 0.500    25%      -     -          -        -",
                "total                2.000   100%      -     -          -       67",
            ]
        );
    }

    #[test]
    fn a_run_of_no_time_at_all_has_a_table() {
        let row = Row {
            name: "gate".to_owned(),
            ..Row::default()
        };
        assert!(table(&[row])[1].starts_with("gate     0.000     0%"));
        assert_eq!(table(&[]).len(), 2);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn linux_tells_time_and_memory() {
        assert!(peak_memory().is_some_and(|bytes| bytes > 500_000));
        assert!(cpu_time().is_some());
    }
}
