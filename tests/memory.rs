//! Memory follows what is distinct in a report, not its size: a report of 200 MB, made for it, merged by the program as
//! users run it. Ends with 1 when that takes too much.

#[expect(dead_code, reason = "the benches make other reports")]
#[path = "../benches/data.rs"]
mod data;

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, ExitStatus};
use std::thread;
use std::time::Duration;

use scanfold::run;

use data::{Amount, Format};

/// How large the report is, in bytes.
const REPORT: u64 = 200_000_000;
/// How much memory its merge may take at any time, in bytes.
const LIMIT: u64 = 64_000_000;
/// What is held to that limit.
struct Guard {
    /// How many distinct findings the report holds. Each stays in memory until the report is written, at two to three
    /// kilobytes, so the limit says something about the size of the input only while they are few:
    /// `benches/README.md` has the figures.
    distinct: u64,
    /// What is said of it on the command line.
    arguments: &'static [&'static str],
}

const GUARDS: [Guard; 2] = [
    Guard {
        distinct: 10_000,
        arguments: &[],
    },
    // More than twice the limit, if they were in memory.
    Guard {
        distinct: 60_000,
        arguments: &["--max-memory", "24M"],
    },
];

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut is_held = true;
    for guard in &GUARDS {
        is_held &= guard.holds()?;
    }
    Ok(if is_held {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

impl Guard {
    #[expect(clippy::print_stdout, reason = "the figure is what it is run for")]
    fn holds(&self) -> Result<bool, Box<dyn Error>> {
        if !cfg!(target_os = "linux") {
            println!("skipped: the peak of another process is read from Linux's /proc");
            return Ok(true);
        }
        let folder = tempfile::tempdir()?;
        let (report, merged) = (
            folder.path().join("report.sarif"),
            folder.path().join("merged.json"),
        );
        let distinct = self.distinct;
        let records = generate(&report, distinct)?;
        let mut child = Command::new(release_build())
            .args(["merge", "--jobs", "1", "--as-of", "2026-11-21"])
            .args(["--policy", "flowdesk", "-o"])
            .args([&merged, &report])
            .args(self.arguments)
            .env_clear()
            .spawn()?;
        let (exit, peak) = watch(&mut child)?;
        println!(
            "peak memory {} MB of at most {} MB: {} MB of SARIF, {records} records, {distinct} of them distinct {}",
            peak.div_ceil(1_000_000),
            LIMIT / 1_000_000,
            fs::metadata(&report)?.len() / 1_000_000,
            self.arguments.join(" "),
        );
        let ledger = run::open_report(&merged.to_string_lossy())?.ledger();
        let is_whole = exit.success() && (ledger.records, ledger.findings) == (records, distinct);
        if !is_whole {
            println!("the merge is not what was asked for: {exit}, {ledger:?}");
        }
        Ok(is_whole && peak > 0 && peak <= LIMIT)
    }
}

/// Writes a report that is large enough; how many records it has.
///
/// It is in Semgrep's form, the harder one: the results stand before the tool that tells what their rules mean.
fn generate(path: &Path, distinct: u64) -> io::Result<u64> {
    let amount = |records| Amount {
        records,
        distinct: distinct.min(records),
        seed: 1,
    };
    // The rules of the tool weigh more in the small sample: a hundredth more of records makes up for it.
    let sample = data::bytes(Format::Semgrep, amount(10_000)).len() as u64;
    let records = REPORT * 10_100 / sample;
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    data::write(Format::Semgrep, amount(records), &mut out)?;
    out.flush()?;
    Ok(records)
}

/// The program as users run it, beside the one that tests are built with. One that is not there is an error of the start.
fn release_build() -> PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_scanfold"));
    let builds = program.ancestors().nth(2).unwrap_or(program);
    let name = program.file_name().unwrap_or_default();
    builds.join("release").join(name)
}

/// Waits for the end, and looks often at the most memory that was resident until then, in bytes. The kernel's figure only
/// grows, so that no peak between two looks is missed, but for one in the last milliseconds.
fn watch(child: &mut Child) -> io::Result<(ExitStatus, u64)> {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        let words = fs::read_to_string(&status).unwrap_or_default();
        let line = words.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
        peak = peak.max(kibibytes.map_or(0, |kibibytes: u64| kibibytes * 1024));
        if let Some(exit) = child.try_wait()? {
            return Ok((exit, peak));
        }
        thread::sleep(Duration::from_millis(2));
    }
}
