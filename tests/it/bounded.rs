//! `--max-memory` changes no byte of the result, whatever the limit, and refuses what it cannot do.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use proptest::prelude::*;
use scanfold::enrich;
use scanfold::expect;
use scanfold::fold::Fold;
use scanfold::gate::{self, Condition};
use scanfold::model::{Anchor, Facts, Finding, Join, Key, Kind, Report, Sighting, Text};
use scanfold::parse::{Closing, Sink};
use scanfold::policy::Engine;
use scanfold::run::{self, Named, Questions};
use scanfold::source::Input;
use scanfold::spill::{Limit, Register, Spilled, Spool};

use crate::cli::{Run, scanfold};
use crate::generated::data::{self, Amount, Format};
use crate::given::{self, options};
use crate::laws::{self, Record, numbered};
use crate::{project, samples};

/// A limit that one finding is over.
fn least() -> Limit {
    Limit {
        bytes: 1024,
        folder: std::env::temp_dir(),
    }
}

fn engine() -> Engine {
    let policies = scanfold::policy::load(&["flowdesk".to_owned()]).unwrap();
    Engine::new(policies, laws::as_of())
}

/// What a merge of findings that were put away writes.
fn write(facts: Facts, spilled: Spilled, workers: usize) -> String {
    let limit = spilled.limit().clone();
    let parts = spilled.part(workers).unwrap();
    let questions = Questions {
        manifests: &[],
        files: &enrich::Files::default(),
        conditions: &[],
    };
    let parted = run::assess_parts(facts, &parts, &limit, questions, &engine(), laws::as_of());
    let mut bytes = Vec::new();
    parted.unwrap().write(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// As the laws fold reports, by two workers that hold no more than one finding.
fn parted(name: &str, reports: &[(usize, &Vec<Record>)], cut: usize) -> String {
    let register = Arc::new(Register::new(least(), 2));
    let (left, right) = reports.split_at(cut % (reports.len() + 1));
    let mut folds = [left, right].map(|reports| {
        let mut fold = Fold::bounded(&register);
        laws::fold_into(&mut fold, name, reports);
        fold
    });
    let spools = folds.iter_mut().filter_map(Fold::put_away).collect();
    let spilled = Spilled::new(&register, spools).unwrap();
    let [mut whole, other] = folds;
    whole.join(other);
    write(whole.finish(), spilled, 2)
}

/// What a merge of our own earlier reports writes, with a limit or without.
fn merged(reports: &[Report], limit: Option<Limit>) -> String {
    let named = reports.iter().enumerate().map(|(number, report)| {
        let bytes = laws::bytes(report);
        let input = Input::spool(&format!("report-{number}.json"), bytes.as_bytes()).unwrap();
        Named {
            input,
            parser: None,
        }
    });
    let ingested = run::ingest_within(named.collect(), options(), laws::as_of(), limit).unwrap();
    if let Some(spilled) = ingested.spilled {
        return write(ingested.facts, spilled, 1);
    }
    let report = run::assess(ingested.facts, &mut engine(), laws::as_of()).unwrap();
    laws::bytes(&report)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Tickets, aliases and repeats across reports, in whatever order they come.
    #[test]
    fn parts_make_the_report_that_the_whole_makes(
        reports in laws::reports(), cut in 0..5_usize, rotation in 0..5_usize
    ) {
        let flat = laws::bytes(&laws::assess(laws::fold(&numbered(&reports))));
        let mut turned = numbered(&reports);
        turned.rotate_left(rotation % reports.len());
        prop_assert_eq!(&parted("report", &turned, cut), &flat);
        turned.push(turned[0]);
        prop_assert_eq!(&parted("report", &turned, cut), &flat);
    }

    /// Keys that chain all records, of which one report tells some apart: they stay apart, and the inputs are noted.
    #[test]
    fn keys_that_contradict_each_other_do_so_in_parts_as_well(
        reports in laws::reports_of_code(), cut in 0..5_usize
    ) {
        let all = numbered(&reports);
        let flat = laws::bytes(&laws::assess(laws::fold_named("twisted", &all)));
        prop_assert_eq!(&parted("twisted", &all, cut), &flat);
    }

    /// What earlier merges carry: baselines, promises, earlier names, tickets that name findings.
    #[test]
    fn earlier_reports_are_read_part_by_part(
        old in laws::reports(), new in laws::reports()
    ) {
        let old = laws::assess(laws::fold(&numbered(&old)));
        let now = laws::compared(laws::fold(&numbered(&new)), &old);
        let both = [old, now];
        prop_assert_eq!(merged(&both, Some(least())), merged(&both, None));
    }
}

/// One report with findings that differ by a number, and what its scan covered.
fn scan(fold: &mut Fold, name: &str, numbers: &[u32], scope: &str) {
    let mut input = Input::spool(name, name.as_bytes()).unwrap();
    input.identify().unwrap();
    let mut open = fold.open(&input, laws::as_of());
    for number in numbers {
        open.record();
        let mut finding = Finding::new(Kind::Code, Text::line("app"));
        let anchor = Anchor::Position(*number);
        finding
            .keys
            .insert(Key::code(Kind::Code, "app", "tool", "rule", "a.js", anchor));
        let place = input.place(&format!("/{number}"));
        let scanner = Text::line("tool");
        finding.sightings.insert(Sighting { place, scanner });
        open.finding(finding);
    }
    let mut closing = Closing::of("tool");
    closing.scope.insert(Text::line(scope));
    open.close("test", Ok(closing)).unwrap();
}

#[test]
fn findings_that_are_put_away_in_the_middle_of_a_report_know_what_its_scan_covered() {
    let register = Arc::new(Register::new(least(), 1));
    let mut fold = Fold::bounded(&register);
    scan(&mut fold, "one", &[1, 2, 3], "tool:one");
    scan(&mut fold, "two", &[3, 4], "tool:two");
    let spools: Vec<_> = fold.put_away().into_iter().collect();
    let spilled = Spilled::new(&register, spools).unwrap();
    assert_eq!(spilled.findings(), 5, "each was put away at once");
    let parts = spilled.part(1).unwrap();
    let mut scopes = Vec::new();
    for part in 0..parts.number() {
        for finding in Fold::part(&parts, part).unwrap().findings {
            let first = finding
                .sightings
                .first()
                .unwrap()
                .place
                .at
                .untrusted()
                .to_owned();
            let words = finding.scope.iter().map(|word| word.untrusted().to_owned());
            scopes.push((first, words.collect::<Vec<_>>()));
        }
    }
    scopes.sort();
    let expected: [(&str, &[&str]); 4] = [
        ("/1", &["tool:one"]),
        ("/2", &["tool:one"]),
        ("/3", &["tool:one", "tool:two"]),
        ("/4", &["tool:two"]),
    ];
    let expected = expected.map(|(at, words)| {
        let words = words.iter().map(|word| (*word).to_owned());
        (at.to_owned(), words.collect::<Vec<_>>())
    });
    assert_eq!(scopes, expected);
}

/// All samples, each also cut in its middle, and files that are no report.
fn everything() -> Vec<Named> {
    let mut named = Vec::new();
    for (_, path) in samples() {
        let bytes = fs::read(&path).unwrap();
        let name = path
            .strip_prefix(project(""))
            .unwrap()
            .display()
            .to_string();
        for (name, bytes) in [
            (name.clone(), &bytes[..]),
            (format!("cut/{name}"), &bytes[..bytes.len() * 2 / 3]),
        ] {
            named.push(Named {
                input: Input::spool(&name, bytes).unwrap(),
                parser: None,
            });
        }
    }
    assert!(named.len() > 60, "{}", named.len());
    named
}

struct Everything {
    report: Vec<u8>,
    findings: Vec<u8>,
    held: Vec<String>,
    answers: Vec<String>,
}

const CONDITIONS: [&str; 6] = [
    "overdue",
    "severity>=high&new",
    "kev",
    "epss>=0.5",
    "rejects",
    "kind=ticket",
];

/// All samples with a manifest and catalogues, by so many workers, within a limit or without one.
fn merge_everything(limit: Option<u64>, workers: usize, is_turned: bool) -> Everything {
    let as_of = given::as_of();
    let conditions: Vec<Condition> = CONDITIONS.map(|words| words.parse().unwrap()).into();
    let manifests = expect::load(&[project("samples/expect/harbor.toml")]).unwrap();
    let files = enrich::Files {
        kev: vec![
            project("samples/enrich/kev.json"),
            project("samples/enrich/kev.csv"),
        ],
        epss: vec![project("samples/enrich/epss.csv")],
        max_age: None,
    };
    let policies = scanfold::policy::load(&["flowdesk".to_owned()]).unwrap();
    let mut engine = Engine::new(policies, as_of);
    let mut named = everything();
    if is_turned {
        named.reverse();
    }
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(workers)
        .build()
        .unwrap();
    let limit = limit.map(|bytes| Limit { bytes, ..least() });
    pool.install(|| {
        let is_bounded = limit.is_some();
        let mut ingested = run::ingest_within(named, options(), as_of, limit).unwrap();
        let (mut report, mut findings) = (Vec::new(), Vec::new());
        if let Some(spilled) = ingested.spilled {
            let limit = spilled.limit().clone();
            let parts = spilled.part(workers).unwrap();
            let questions = Questions {
                manifests: &manifests,
                files: &files,
                conditions: &conditions,
            };
            let parted =
                run::assess_parts(ingested.facts, &parts, &limit, questions, &engine, as_of);
            let parted = parted.unwrap();
            parted.write(&mut report).unwrap();
            parted.write_findings(&mut findings).unwrap();
            let answer = parted.tally.answerable(&parted.report.policies, as_of);
            return Everything {
                report,
                findings,
                held: parted.tally.words(parted.report.ledger().rejected),
                answers: answer.err().iter().map(ToString::to_string).collect(),
            };
        }
        assert!(!is_bounded, "nothing was put away");
        expect::judge(&mut ingested.facts, &manifests, as_of);
        run::enrich(&mut ingested.facts, &files, as_of).unwrap();
        let whole = run::assess(ingested.facts, &mut engine, as_of).unwrap();
        scanfold::wire::write(&whole, 1, &mut report).unwrap();
        scanfold::wire::write_findings(&whole, 1, &mut findings).unwrap();
        let matches = gate::check(&conditions, &whole, as_of);
        let answers = conditions
            .iter()
            .map(|condition| condition.answerable(&whole, as_of));
        Everything {
            report,
            findings,
            held: matches.iter().map(|one| one.words(&whole)).collect(),
            answers: answers
                .filter_map(Result::err)
                .map(|error| error.to_string())
                .take(1)
                .collect(),
        }
    })
}

#[test]
fn all_samples_together_make_the_same_report_within_any_limit() {
    let whole = merge_everything(None, 2, false);
    assert!(whole.held.len() >= 4, "{:?}", whole.held);
    let words = String::from_utf8_lossy(&whole.report);
    for needed in [
        "\"kev\":true",
        "\"epss\":0.",
        "\"tickets\": [",
        "\"truncated\"",
        "\"expect\"",
        "\"reason\"",
    ] {
        let needed = needed.replace(": ", ":");
        assert!(words.contains(&needed), "the samples show no {needed}");
    }
    for (limit, workers, is_turned) in [
        (1024, 1, false),
        (1024, 2, true),
        (8 << 10, 2, false),
        (64 << 10, 1, true),
    ] {
        let parted = merge_everything(Some(limit), workers, is_turned);
        let of = format!("{limit} bytes, {workers} workers");
        assert!(parted.report == whole.report, "another report with {of}");
        assert!(
            parted.findings == whole.findings,
            "other findings with {of}"
        );
        assert_eq!(parted.held, whole.held, "{of}");
        assert_eq!(parted.answers, whole.answers, "{of}");
    }
}

/// A folder of reports that take more than the least limit: most findings in two of them, tickets beside them.
fn folder() -> (tempfile::TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().unwrap();
    let reports = [
        (Format::Semgrep, 3500, 2800, 1),
        (Format::Semgrep, 1500, 1300, 1),
        (Format::Trivy, 600, 400, 2),
        (Format::NpmAudit, 300, 200, 2),
        (Format::JiraCsv, 200, 150, 2),
    ];
    let paths = reports
        .iter()
        .zip(0..)
        .map(|((format, records, distinct, seed), number)| {
            let amount = Amount {
                records: *records,
                distinct: *distinct,
                seed: *seed,
            };
            let path = folder
                .path()
                .join(format!("{number}-{format}.{}", format.extension()));
            fs::write(&path, data::bytes(*format, amount)).unwrap();
            path
        });
    let paths = paths.collect();
    (folder, paths)
}

fn merge(inputs: &[PathBuf], arguments: &[&str]) -> Run {
    let inputs = inputs.iter().map(|path| path.to_str().unwrap());
    let mut all = vec!["merge", "--as-of", "2026-11-21", "--policy", "flowdesk"];
    all.extend(inputs);
    all.extend(arguments);
    scanfold(&all)
}

#[test]
fn the_least_limit_changes_no_byte_no_exit_code_and_no_word() {
    let (_folder, mut paths) = folder();
    let asked = [
        "--fail-on",
        "overdue",
        "--fail-on",
        "severity>=critical&new",
        "--kev",
        "samples/enrich/kev.json",
        "--epss",
        "samples/enrich/epss.csv",
        "--expect",
        "samples/expect/harbor.toml",
        "--allow-rejects",
    ];
    let whole = merge(&paths, &asked);
    assert_eq!(whole.code, 3, "{}", whole.stderr);
    for jobs in ["1", "2"] {
        paths.reverse();
        let mut arguments = asked.to_vec();
        arguments.extend(["--max-memory", "8M", "--jobs", jobs]);
        let parted = merge(&paths, &arguments);
        assert!(
            parted.stdout == whole.stdout,
            "another report with {jobs} jobs"
        );
        assert_eq!((parted.code, &parted.stderr), (whole.code, &whole.stderr));
    }
    let held = ["--fail-on", "new", "--to", "ndjson"];
    let whole = merge(&paths, &held);
    assert_eq!(whole.code, 1, "{}", whole.stderr);
    let parted = merge(
        &paths,
        &[&held[..], &["--max-memory", "8M", "-v", "--timings"]].concat(),
    );
    assert!(parted.stdout == whole.stdout, "other findings");
    assert_eq!(parted.code, 1);
    assert!(
        parted.stderr.contains(whole.stderr.trim_end()),
        "{}",
        parted.stderr
    );
    for told in [
        "more than --max-memory: ",
        "\npart  ",
        "\nfold parts, assess ",
    ] {
        assert!(parted.stderr.contains(told), "{}", parted.stderr);
    }
}

#[test]
fn what_fits_takes_the_ordinary_way() {
    let run = |more: &[&str]| {
        let all = [
            "merge",
            "samples/npm-audit/basic.json",
            "--as-of",
            "2026-11-21",
        ];
        scanfold(&[&all[..], more].concat())
    };
    let bounded = run(&["--max-memory", "8M", "-v"]);
    assert!(
        !bounded.stderr.contains("--max-memory"),
        "{}",
        bounded.stderr
    );
    assert_eq!((bounded.code, bounded.stdout), (0, run(&[]).stdout));
}

#[test]
fn conditions_that_cannot_be_told_are_refused_in_parts_as_well() {
    let (_folder, paths) = folder();
    for condition in ["kev", "epss>=0.5"] {
        let whole = merge(&paths, &["--fail-on", condition]);
        let parted = merge(&paths, &["--fail-on", condition, "--max-memory", "8M"]);
        assert_eq!(whole.code, 2, "{condition}");
        assert_eq!(
            (parted.code, parted.stderr),
            (2, whole.stderr),
            "{condition}"
        );
        assert_eq!(parted.stdout, "");
    }
}

#[test]
fn what_cannot_be_told_part_by_part_is_refused_before_anything_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, words: &str| {
        let path = folder.path().join(name);
        fs::write(&path, words).unwrap();
        path.display().to_string()
    };
    let report = file(
        "earlier.json",
        &scanfold(&[
            "merge",
            "samples/npm-audit/basic.json",
            "--as-of",
            "2026-11-20",
        ])
        .stdout,
    );
    let triage = "version = 1\n";
    file("triage.toml", triage);
    let with_triage = file("triage-project.toml", "triage = [\"triage.toml\"]\n");
    let vex = project("samples/vex/openvex.json").display().to_string();
    fs::copy(Path::new(&vex), folder.path().join("vex.json")).unwrap();
    let with_vex = file("vex-project.toml", "vex = [\"vex.json\"]\n");
    let cases: [(&[&str], &str); 9] = [
        (
            &["--baseline", &report],
            "`--baseline` cannot be had with `--max-memory`",
        ),
        (
            &["--triage", "samples/triage/harbor.toml"],
            "`--triage` cannot",
        ),
        (&["--vex", &vex], "`--vex` cannot"),
        (
            &["--config", &with_triage],
            "the triage files of the project file cannot",
        ),
        (
            &["--config", &with_vex],
            "the VEX documents of the project file cannot",
        ),
        (&["--to", "csv"], "the form `csv` cannot"),
        (&["--to", "text"], "the form `text` cannot"),
        (
            &["--to", "json", "--to", "html=/dev/null"],
            "the form `html` cannot",
        ),
        (&["--to", "sarif"], "the form `sarif` cannot"),
    ];
    for (arguments, message) in cases {
        let mut all = vec![
            "merge",
            "no-such-report.json",
            "--as-of",
            "2026-11-21",
            "--max-memory",
            "1G",
        ];
        all.extend(arguments);
        let run = scanfold(&all);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(
            run.stderr.contains(message),
            "{arguments:?}: {}",
            run.stderr
        );
        assert!(
            run.stderr.contains("\nhint: "),
            "{arguments:?}: {}",
            run.stderr
        );
    }
    for (size, message) in [
        ("7M", "expected at least 8M"),
        ("much", "expected a size such as `512M`"),
    ] {
        let run = scanfold(&[
            "merge",
            "samples/npm-audit/basic.json",
            "--max-memory",
            size,
        ]);
        assert_eq!(run.code, 2);
        assert!(run.stderr.contains(message), "{}", run.stderr);
    }
}

#[cfg(unix)]
#[test]
fn a_folder_for_temporary_files_that_is_not_there_is_named() {
    let (_folder, paths) = folder();
    let program = env!("CARGO_BIN_EXE_scanfold");
    let mut command = std::process::Command::new(program);
    command
        .args(["merge", "--as-of", "2026-11-21", "--max-memory", "8M"])
        .args(&paths);
    let output = command
        .env_clear()
        .env("TMPDIR", "/no/such/folder")
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{words}");
    assert!(
        words.contains("/no/such/folder: no such file or directory"),
        "{words}"
    );
    assert!(
        words.contains("hint: ") && words.contains("TMPDIR"),
        "{words}"
    );
    assert_eq!(output.stdout, b"");
}

#[test]
fn what_parsers_tell_comes_back_as_it_was_put_away() {
    let ingested = run::ingest(everything(), options(), given::as_of()).unwrap();
    let findings = ingested.facts.findings;
    assert!(findings.len() > 80, "{}", findings.len());
    let register = Arc::new(Register::new(least(), 1));
    let mut spool = Spool::new(&register);
    spool.put(findings.iter().cloned().map(|finding| (finding, false)));
    let parts = Spilled::new(&register, vec![spool])
        .unwrap()
        .part(1)
        .unwrap();
    let mut known: BTreeMap<_, _> = (findings.into_iter())
        .map(|finding| (finding.fingerprint(), finding))
        .collect();
    for part in 0..parts.number() {
        parts
            .read(part, &mut |finding| {
                let before = known.remove(&finding.fingerprint());
                assert_eq!(before.as_deref(), Some(&finding));
            })
            .unwrap();
    }
    assert_eq!(known.len(), 0);
}
