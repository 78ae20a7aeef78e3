//! Memory follows what is distinct in a report, not its size: held against the release build, with reports made for it.

#[path = "../../benches/data.rs"]
mod data;

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use scanfold::fold::Fold;
use scanfold::parse::{self, Options, PARSERS};
use scanfold::run;
use scanfold::source::Input;

use data::{Amount, Format};

/// How large the report is, in bytes.
const REPORT: u64 = 200_000_000;
/// How much memory its merge may take at any time, in bytes.
const LIMIT: u64 = 64_000_000;
/// How many distinct findings it holds. Each stays in memory until the report is written, at two to three kilobytes, so the
/// limit says something about the size of the input only while they are few: `benches/README.md` has the figures.
const DISTINCT: u64 = 10_000;

#[test]
fn each_generated_report_is_its_parsers_own_and_has_no_rejects() {
    let amount = Amount {
        records: 50,
        distinct: 20,
        seed: 1,
    };
    for format in Format::ALL {
        let bytes = data::bytes(format, amount);
        assert_eq!(bytes, data::bytes(format, amount), "{format}");
        let name = format!("{format}.{}", format.extension());
        let mut input = Input::spool(&name, &bytes[..]).unwrap();
        input.identify().unwrap();
        let options = Options::default();
        let parser = parse::detect(PARSERS, &input.head().unwrap(), &options).unwrap();
        assert_eq!(parser.name(), format.parser(), "{format}");
        let mut fold = Fold::default();
        let mut open = fold.open(&input, Timestamp::UNIX_EPOCH);
        let closing = parser.parse(&input, &options, &mut open);
        open.close(parser.name(), closing).unwrap();
        let facts = fold.finish();
        assert_eq!(facts.rejects, [], "{format}");
        assert_eq!(facts.findings.len(), 20, "{format}");
        // What npm says of a package that only depends on a vulnerable one is no record of its own.
        let records = if format == Format::NpmAudit { 20 } else { 50 };
        assert_eq!(facts.inputs[0].ledger.records, records, "{format}");
    }
}

#[test]
#[ignore = "needs the release build and 200 MB of disk: `.ci/run` runs it"]
#[expect(clippy::print_stdout, reason = "the figure is what it is run for")]
fn a_report_of_200_mb_is_merged_within_64_mb() {
    if !cfg!(target_os = "linux") {
        println!("skipped: the peak of another process is read from Linux's /proc");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (report, merged) = (
        folder.path().join("report.sarif"),
        folder.path().join("merged.json"),
    );
    let records = generate(&report);
    let mut child = Command::new(release_build())
        .args(["merge", "--jobs", "1", "--as-of", "2026-11-21"])
        .args(["--policy", "flowdesk", "-o"])
        .args([&merged, &report])
        .env_clear()
        .spawn()
        .unwrap();
    let (exit, peak) = watch(&mut child);
    println!(
        "peak memory {} MB of at most {} MB: {} MB of SARIF, {records} records, {DISTINCT} of them distinct",
        peak.div_ceil(1_000_000),
        LIMIT / 1_000_000,
        fs::metadata(&report).unwrap().len() / 1_000_000,
    );
    assert!(exit.success(), "{exit}");
    let ledger = run::open_report(&merged.to_string_lossy())
        .unwrap()
        .ledger();
    assert_eq!((ledger.records, ledger.findings), (records, DISTINCT));
    assert!(peak > 0, "no peak was read");
    assert!(peak <= LIMIT, "{peak} bytes are more than {LIMIT}");
}

/// Writes a report that is large enough; how many records it has.
///
/// It is in Semgrep's form, the harder one: the results stand before the tool that tells what their rules mean.
fn generate(path: &Path) -> u64 {
    let amount = |records| Amount {
        records,
        distinct: DISTINCT.min(records),
        seed: 1,
    };
    // The rules of the tool weigh more in the small sample: a hundredth more of records makes up for it.
    let sample = data::bytes(Format::Semgrep, amount(10_000)).len() as u64;
    let records = REPORT * 10_100 / sample;
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path).unwrap());
    data::write(Format::Semgrep, amount(records), &mut out).unwrap();
    out.flush().unwrap();
    assert!(fs::metadata(path).unwrap().len() >= REPORT);
    records
}

/// The program as users run it, beside the one that the tests are built with.
fn release_build() -> PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_scanfold"));
    let name = program.file_name().unwrap();
    let builds = program.parent().unwrap().parent().unwrap();
    let release = builds.join("release").join(name);
    assert!(
        release.is_file(),
        "run `cargo build --release` first: no {}",
        release.display()
    );
    release
}

/// Waits for the end, and looks often at the most memory that was resident until then, in bytes. The kernel's figure only
/// grows, so that no peak between two looks is missed, but for one in the last milliseconds.
fn watch(child: &mut Child) -> (ExitStatus, u64) {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        let words = fs::read_to_string(&status).unwrap_or_default();
        let line = words.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
        peak = peak.max(kibibytes.map_or(0, |kibibytes: u64| kibibytes * 1024));
        if let Some(exit) = child.try_wait().unwrap() {
            return (exit, peak);
        }
        thread::sleep(Duration::from_millis(2));
    }
}
