//! What rescoring costs, beside only copying the same JSON through serde: `cargo bench --bench rescore`.
//!
//! Forty reports of five thousand findings each, or as many as `-- NUMBER` says, one thread. Both are done in one run, in turns, and the smallest of
//! three counts.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

#[expect(dead_code, reason = "one format of many is used")]
mod data;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use scanfold::fold::Fold;
use scanfold::model::Report;
use scanfold::parse::{self, Options, PARSERS};
use scanfold::policy::{self, Engine};
use scanfold::run;
use scanfold::source::Input;

use data::{Amount, Format};

const REPORTS: usize = 40;
const FINDINGS: usize = 5_000;
const TURNS: usize = 3;

/// Stricter than the policy that the reports were made with, so that every date moves.
const POLICY: &str =
    "version = 1\nname = \"bench\"\nextends = [\"flowdesk\"]\n\n[fix]\nall = \"5 days\"\n";

fn main() {
    // Cargo adds words of its own.
    let wanted = std::env::args().find_map(|word| word.parse().ok());
    let count = wanted.unwrap_or(REPORTS);
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let policy = folder.path().join("policy.toml");
    fs::write(&policy, POLICY).expect("the policy can be written");
    let reports = folder.path().join("reports");
    fs::create_dir(&reports).expect("a folder can be made");
    let mut bytes = 0;
    for number in 0..count {
        let mut json = Vec::new();
        scanfold::wire::write(&report(number), 1, &mut json).expect("a report can be written");
        bytes += json.len();
        fs::write(reports.join(format!("{number:03}.json")), json).expect("there is room");
    }
    let (mut copy, mut rescore) = (Duration::MAX, Duration::MAX);
    for _ in 0..TURNS {
        copy = copy.min(timed(|| copy_all(&reports, &folder.path().join("copies"))));
        rescore = rescore.min(timed(|| {
            rescore_all(&reports, &policy, &folder.path().join("new"));
        }));
    }
    let ratio = rescore.as_secs_f64() / copy.as_secs_f64();
    println!(
        "{count} reports, {} findings, {bytes} bytes",
        count * FINDINGS
    );
    println!("copy through serde_json::Value  {copy:.2?}");
    println!("rescore -o, one worker          {rescore:.2?}, {ratio:.2} times as long");
    println!("peak memory                     {}", peak());
}

fn timed(work: impl FnOnce()) -> Duration {
    let started = Instant::now();
    work();
    started.elapsed()
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        let json = fs::read(&path).expect("the report can be read");
        let value: serde_json::Value = serde_json::from_slice(&json).expect("the report is JSON");
        let name = path.file_name().expect("a file has a name");
        let copy = serde_json::to_vec(&value).expect("JSON can be written");
        fs::write(to.join(name), copy).expect("there is room");
    }
}

fn rescore_all(reports: &Path, policy: &Path, to: &Path) {
    let arguments = [
        "scanfold",
        "rescore",
        "--as-of",
        "2026-11-21",
        "--jobs",
        "1",
        "--policy",
    ];
    let mut arguments: Vec<std::ffi::OsString> = arguments.map(Into::into).into();
    arguments.push(policy.into());
    arguments.push(reports.into());
    arguments.push("-o".into());
    arguments.push(format!("{}/", to.display()).into());
    arguments.push("--changes".into());
    arguments.push(format!("json={}", to.with_extension("json").display()).into());
    let exit = scanfold::cli::run(arguments);
    assert_eq!(exit, scanfold::cli::Exit::Fine);
}

/// The most memory that the process had, as the kernel tells it.
fn peak() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(
        || "not told here".to_owned(),
        |words| words.trim().to_owned(),
    )
}

/// A merged report of an npm audit, with dates.
fn report(number: usize) -> Report {
    let as_of: Timestamp = "2026-11-01T00:00:00Z".parse().expect("a time");
    let amount = Amount {
        records: FINDINGS as u64,
        distinct: FINDINGS as u64,
        seed: number as u64,
    };
    let audit = data::bytes(Format::NpmAudit, amount);
    let mut input = Input::spool(&format!("audit-{number}.json"), &audit[..])
        .expect("a small report can be held");
    input.identify().expect("it can be read again");
    let parser = parse::by_name(PARSERS, Format::NpmAudit.parser()).expect("there is one");
    let mut fold = Fold::default();
    let mut open = fold.open(&input, as_of);
    let closing = parser.parse(&input, &Options::default(), &mut open);
    open.close(parser.name(), closing)
        .expect("no record is lost");
    let policies = policy::load(&["flowdesk".to_owned()]).expect("a preset can be read");
    run::assess(fold.finish(), &mut Engine::new(policies, as_of), as_of)
        .expect("the ledger balances")
}
