//! However many workers read, in whatever order: the same bytes, whatever becomes of the inputs.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use scanfold::model::{Outcome, Report};
use scanfold::parse::Options;
use scanfold::policy::{self, Engine};
use scanfold::run::{self, Ingested, Named};
use scanfold::source::Input;
use scanfold::wire;

use crate::cli::vendor_report;
use crate::given::{as_of, record};
use crate::project;

/// How many results each of the good reports has.
const RESULTS: usize = 300;

/// A log whose results are those of the next one as well, but for the first ones.
fn log(number: usize) -> String {
    let mut results = String::new();
    for result in 0..RESULTS {
        let (comma, name) = (if result == 0 { "" } else { "," }, number * 170 + result);
        write!(
            results,
            "{comma}{{\"ruleId\":\"R{}\",\"message\":{{\"text\":\"Seen in line {name} by job {number}\"}},\
             \"partialFingerprints\":{{\"primaryLocationLineHash\":\"{name:08x}:1\"}},\
             \"locations\":[{{\"physicalLocation\":{{\"artifactLocation\":{{\"uri\":\"src/board.rs\"}},\
             \"region\":{{\"startLine\":{}}}}}}}]}}",
            name % 7,
            name + 1,
        )
        .unwrap();
    }
    format!(
        "{{\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{{\"driver\":{{\"name\":\"Semgrep OSS\"}}}},\"results\":[{results}]}}]}}"
    )
}

/// Good reports, one that breaks off, one that is empty, one of ours, a lock file without a database, and what is no report.
fn write_inputs(folder: &Path) -> Vec<PathBuf> {
    let cut = log(8);
    let mut files: Vec<(String, String)> = (0..7)
        .map(|number| (format!("job-{number}.sarif"), log(number)))
        .collect();
    files.extend([
        ("cut.sarif".to_owned(), cut[..cut.len() / 2].to_owned()),
        ("empty.sarif".to_owned(), String::new()),
        ("ours.json".to_owned(), vendor_report()),
        ("notes.txt".to_owned(), "nothing of ours".to_owned()),
    ]);
    let lock = fs::read_to_string(project("Cargo.lock")).unwrap();
    files.push(("Cargo.lock".to_owned(), lock));
    let written = files.into_iter().map(|(name, words)| {
        let path = folder.join(name);
        fs::write(&path, words).unwrap();
        path
    });
    written.collect()
}

/// Reads and assesses with so many workers.
fn merge(paths: &[PathBuf], jobs: usize) -> (Ingested, Report) {
    let named = paths.iter().map(|path| Named {
        input: Input::file(path, false),
        parser: None,
    });
    let named: Vec<_> = named.collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs);
    let pool = pool.build().unwrap();
    pool.install(|| {
        let ingested = run::ingest(named, &Options::default(), as_of()).unwrap();
        let engine = Engine::new(policy::load(&["flowdesk".to_owned()]).unwrap(), as_of());
        let facts = ingested.facts.clone();
        let report = run::assess_with(facts, &mut vec![engine; jobs], as_of()).unwrap();
        (ingested, report)
    })
}

/// The report as JSON and its findings line by line, in words by so many workers.
fn written(report: &Report, jobs: usize) -> (String, String) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs);
    let (mut whole, mut lines) = (Vec::new(), Vec::new());
    pool.build().unwrap().install(|| {
        let mut write = || {
            // A writer of the command line cannot go from thread to thread either.
            let (whole, lines): (&mut dyn io::Write, &mut dyn io::Write) = (&mut whole, &mut lines);
            wire::write(report, jobs, whole)?;
            wire::write_findings(report, jobs, lines)
        };
        write().unwrap();
    });
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(whole), text(lines))
}

#[test]
fn the_number_of_workers_and_the_order_of_inputs_change_no_byte() {
    let folder = tempfile::tempdir().unwrap();
    let mut paths = write_inputs(folder.path());
    let (ingested, report) = merge(&paths, 1);
    let name = |name: &str| folder.path().join(name).display().to_string();
    let (cut, empty) = (name("cut.sarif"), name("empty.sarif"));
    assert_eq!(record(&ingested, &cut).outcome, Outcome::Truncated);
    assert_eq!(record(&ingested, &empty).outcome, Outcome::Failed);
    let skipped = ingested
        .skipped
        .names
        .iter()
        .map(|name| name.untrusted().to_owned());
    assert_eq!(
        skipped.collect::<Vec<_>>(),
        [name("Cargo.lock"), name("notes.txt")]
    );
    // Seven logs go on 170 results each after the one before, and the one that breaks off begins where an eighth would end.
    let own = report.entries.iter().filter(|entry| {
        let sightings = entry.finding.sightings.iter();
        let mut names = sightings.map(|sighting| sighting.place.report.path.untrusted());
        names.any(|name| name.contains("job-"))
    });
    assert_eq!(own.count(), 6 * 170 + RESULTS);
    assert!(report.ledger().balances());
    let (whole, lines) = written(&report, 1);
    assert_eq!(lines.lines().count(), report.entries.len());
    for (turn, jobs) in [2, 3, 5, 8, 16].into_iter().enumerate() {
        paths.rotate_left(5);
        if turn % 2 == 1 {
            paths.reverse();
        }
        let (again, report) = merge(&paths, jobs);
        assert_eq!(again.facts, ingested.facts, "{jobs} workers");
        assert_eq!(again.read, ingested.read, "{jobs} workers");
        assert_eq!(
            again.skipped.names, ingested.skipped.names,
            "{jobs} workers"
        );
        assert!(
            written(&report, jobs) == (whole.clone(), lines.clone()),
            "{jobs} workers"
        );
    }
}

/// Takes so many bytes and no more.
struct Full(usize);

impl io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self
            .0
            .checked_sub(bytes.len())
            .ok_or(io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_ends_the_writing_whatever_is_being_put_into_words() {
    let folder = tempfile::tempdir().unwrap();
    let (_, report) = merge(&write_inputs(folder.path())[..3], 2);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2);
    let pool = pool.build().unwrap();
    for room in [0, 10_000, 200_000] {
        let error = pool
            .install(|| wire::write(&report, 2, &mut Full(room)))
            .unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull, "{room}");
        let error = pool
            .install(|| wire::write_findings(&report, 2, &mut Full(room)))
            .unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull, "{room}");
    }
}
