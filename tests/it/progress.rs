//! What is told while a command runs: counters that add up, stages, lines of inputs, and nothing of it in a result.

use std::path::Path;
use std::sync::Arc;

use scanfold::model::Outcome;
use scanfold::run::{self, Ingested, Named};
use scanfold::source::{HELD, Input, Progress};

use crate::cli::{piped, scanfold};
use crate::given::{as_of, files, options};
use crate::project;

const MERGE: [&str; 6] = [
    "merge",
    "samples/vendor",
    "--config",
    "samples/vendor/scanfold.toml",
    "--as-of",
    "2026-11-21",
];

const STAGES: [&str; 8] = [
    "prepare",
    "find inputs",
    "read, parse, fold",
    "compare",
    "enrich",
    "triage",
    "assess",
    "gate",
];

fn watched(paths: &[std::path::PathBuf], jobs: usize) -> (Arc<Progress>, Ingested) {
    let progress = Arc::new(Progress::default());
    let inputs = paths.iter().map(|path| {
        let mut input = Input::file(path, true);
        input.watch(&progress);
        Named {
            input,
            parser: None,
        }
    });
    let inputs: Vec<Named> = inputs.collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs);
    let read = || run::ingest(inputs, options(), as_of()).unwrap();
    let ingested = pool.build().unwrap().install(read);
    (progress, ingested)
}

fn size(path: &Path) -> u64 {
    path.metadata().unwrap().len()
}

#[test]
fn the_counters_are_the_bytes_and_records_of_the_inputs_whatever_the_number_of_workers() {
    let folders = ["npm-audit", "sarif", "fsrt", "cargo-audit", "jira-csv"];
    let paths = folders.map(|name| files(&project("samples").join(name)));
    let paths: Vec<_> = paths.into_iter().flatten().collect();
    let bytes: u64 = paths.iter().map(|path| size(path)).sum();
    assert!(bytes > 50_000, "{bytes}");
    for jobs in [1, 2, 8] {
        let (progress, ingested) = watched(&paths, jobs);
        let inputs = &ingested.facts.inputs;
        let records: u64 = inputs.iter().map(|input| input.ledger.records).sum();
        assert!(records > 100, "{records}");
        assert_eq!(
            (progress.bytes(), progress.total()),
            (bytes, bytes),
            "{jobs}"
        );
        assert_eq!(progress.records(), records, "{jobs} workers");
        let all = paths.len() as u64;
        assert_eq!((progress.done(), progress.inputs()), (all, all), "{jobs}");
        assert!(progress.is_sized());
        let told: u64 = ingested.read.iter().map(|one| one.records).sum();
        assert_eq!((told, ingested.read.len() as u64), (records, all));
    }
}

/// Larger than what is held in memory: it is hashed, looked at and parsed from the disk.
#[test]
fn a_large_report_counts_once_though_it_is_read_more_than_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.json");
    let audit = std::fs::read(project("samples/npm-audit/basic.json")).unwrap();
    let padding = vec![b'\n'; usize::try_from(HELD).unwrap()];
    std::fs::write(&path, [padding, audit].concat()).unwrap();
    let (progress, ingested) = watched(std::slice::from_ref(&path), 2);
    assert_eq!(progress.bytes(), size(&path));
    assert_eq!(progress.records(), ingested.read[0].records);
}

#[test]
fn each_finding_of_our_own_report_counts_as_a_record() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ours.json");
    let report = scanfold(&MERGE).stdout;
    std::fs::write(&path, &report).unwrap();
    let (progress, ingested) = watched(std::slice::from_ref(&path), 1);
    let findings = ingested.facts.findings.len() as u64;
    assert!(findings >= 10, "{findings}");
    assert_eq!(progress.records(), findings);
    let [account] = &ingested.read[..] else {
        panic!("one file has one account")
    };
    assert_eq!(account.format, Some("scanfold"));
    assert_eq!(
        (account.records, account.outcome),
        (findings, Some(Outcome::Complete))
    );
}

#[test]
fn timings_name_each_stage_once_and_leave_the_result_as_it_is() {
    let plain = scanfold(&MERGE);
    let timed = scanfold(&[&MERGE[..], &["--timings"]].concat());
    assert_eq!((plain.code, timed.code), (0, 0), "{}", timed.stderr);
    assert_eq!(timed.stdout, plain.stdout);
    for stage in STAGES.into_iter().chain(["write standard output", "total"]) {
        let lines = timed.stderr.lines();
        let named = lines.filter(|line| {
            line.strip_prefix(stage)
                .is_some_and(|rest| rest.starts_with("  "))
        });
        assert_eq!(named.count(), 1, "{stage}: {}", timed.stderr);
    }
    assert!(!plain.stderr.contains("seconds"), "{}", plain.stderr);
}

#[test]
fn each_file_that_is_written_is_a_stage() {
    let folder = tempfile::tempdir().unwrap();
    let (json, table) = (folder.path().join("a.json"), folder.path().join("a.csv"));
    let (json, table) = (json.to_str().unwrap(), table.to_str().unwrap());
    let run = scanfold(&[&MERGE[..], &["--timings", "-o", json, "-o", table]].concat());
    assert_eq!(run.stdout, "");
    for path in [json, table] {
        let name = format!("write {path} ");
        assert_eq!(run.stderr.matches(&name).count(), 1, "{}", run.stderr);
    }
}

#[test]
fn a_pipe_gets_no_bar_and_no_escape_codes() {
    for more in [
        &[][..],
        &["-v"],
        &["--timings"],
        &["-v", "--timings", "--jobs", "2"],
    ] {
        let run = scanfold(&[&MERGE[..], more].concat());
        let controls = |one: char| one.is_control() && one != '\n';
        assert!(!run.stderr.contains(controls), "{:?}", run.stderr);
        assert_eq!(run.stderr.is_empty(), more.is_empty(), "{}", run.stderr);
    }
}

#[test]
fn verbose_says_of_each_input_what_became_of_it_whatever_the_number_of_workers() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, words: &[u8]| std::fs::write(folder.path().join(name), words).unwrap();
    let sample = |name: &str| std::fs::read(project("samples").join(name)).unwrap();
    put("b.json", &sample("npm-audit/basic.json"));
    put("a.sarif", &sample("sarif/basic.sarif"));
    put("notes.txt", b"nothing to see here\n");
    let path = folder.path().to_str().unwrap();
    let lost = folder.path().join("lost\u{1b}[31m.json");
    let lost = lost.to_str().unwrap();
    let lines = |jobs: &str| {
        let run = scanfold(&["merge", path, lost, "-v", "--jobs", jobs, "--to", "csv"]);
        let lines = run.stderr.lines().map(str::to_owned);
        let lines: Vec<_> = lines.map(|line| line.replace(path, "ci")).collect();
        lines
    };
    let told = lines("1");
    assert_eq!(
        told[..4],
        [
            "scanfold: ci/a.sarif: sarif, 7 records, complete",
            "scanfold: ci/b.json: npm-audit, 6 records, complete",
            "scanfold: ci/lost.json: not read, failed",
            "scanfold: ci/notes.txt: no report, skipped",
        ]
    );
    for jobs in ["2", "8"] {
        assert_eq!(lines(jobs), told, "{jobs} workers");
    }
}

#[test]
fn standard_input_is_an_input_like_the_others() {
    let audit = std::fs::read(project("samples/npm-audit/basic.json")).unwrap();
    let run = piped(&["merge", "-", "-v", "--to", "csv"], &audit);
    assert!(
        run.stderr
            .starts_with("scanfold: -: npm-audit, 6 records, complete\n"),
        "{}",
        run.stderr
    );
}

#[test]
fn rescore_tells_its_stages_and_reports_and_its_table_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let report = scanfold(&MERGE).stdout;
    for name in ["a.json", "b.json"] {
        std::fs::write(folder.path().join(name), &report).unwrap();
    }
    std::fs::write(folder.path().join("notes.txt"), "nothing to see here\n").unwrap();
    let path = folder.path().to_str().unwrap();
    let rescore = [
        "rescore",
        path,
        "--policy",
        "flowdesk",
        "--as-of",
        "2026-11-21",
    ];
    let plain = scanfold(&rescore);
    let told = scanfold(&[&rescore[..], &["-v", "--timings", "--jobs", "2"]].concat());
    assert_eq!((plain.code, told.code), (0, 0), "{}", told.stderr);
    assert_eq!(told.stdout, plain.stdout);
    let lines: Vec<String> = told
        .stderr
        .lines()
        .map(|line| line.replace(path, "old"))
        .collect();
    assert!(
        lines[0].starts_with("scanfold: old/a.json: 11 findings, "),
        "{lines:?}"
    );
    assert!(
        lines[1].starts_with("scanfold: old/b.json: 11 findings, "),
        "{lines:?}"
    );
    assert_eq!(lines[2], "scanfold: old/notes.txt: left out");
    for stage in [
        "prepare",
        "find reports",
        "read, assess, set aside",
        "write",
        "tell",
        "total",
    ] {
        let named = lines.iter().filter(|line| {
            line.strip_prefix(stage)
                .is_some_and(|rest| rest.starts_with("  "))
        });
        assert_eq!(named.count(), 1, "{stage}: {lines:?}");
    }
}
