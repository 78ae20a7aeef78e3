//! What each stage costs beside a plain library on the same bytes: `cargo bench --bench stages`.
//!
//! The plain library only passes over the bytes, or writes what is there already. Nobody can do the work in less, so the
//! figure that counts is how many times as long ours takes in the same run.

mod data;

use std::fmt;
use std::fs;
use std::hint::black_box;
use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use jiff::Timestamp;
use serde::de::IgnoredAny;

use scanfold::fold::Fold;
use scanfold::model::{Facts, Finding, Report};
use scanfold::parse::json::Reader;
use scanfold::parse::{self, Carried, Closing, Options, PARSERS, Sink};
use scanfold::policy::{self, Engine};
use scanfold::report::{self, View, WRITERS};
use scanfold::run;
use scanfold::source::Input;

use data::{Amount, Format};

/// One or two megabytes of each format.
const AMOUNT: Amount = Amount {
    records: 1_500,
    distinct: 600,
    seed: 7,
};
const POLICY: &str = "flowdesk";

fn main() {
    // Enough for a stable median, and all of it within two minutes.
    divan::Divan::default()
        .max_time(Duration::from_secs(1))
        .config_with_args()
        .main();
}

/// Ours, or a plain library on the same.
#[derive(Clone, Copy)]
struct Side<T> {
    what: T,
    plain: Option<&'static str>,
}

impl<T> Side<T> {
    fn both(what: T, plain: &'static str) -> [Self; 2]
    where
        T: Copy,
    {
        let plain = Some(plain);
        [Self { what, plain: None }, Self { what, plain }]
    }
}

impl<T: fmt::Display> fmt::Display for Side<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.what, self.plain.unwrap_or("scanfold"))
    }
}

/// A log into its records, which nobody looks at.
#[divan::bench(args = [Format::CodeQl, Format::Semgrep].into_iter().flat_map(|format| Side::both(format, "serde_json")))]
fn split(bencher: Bencher<'_, '_>, side: Side<Format>) {
    let bytes = data::bytes(side.what, AMOUNT);
    let bencher = bencher.counter(BytesCount::of_slice(&bytes));
    match side.plain {
        None => bencher.bench_local(|| records(&bytes).expect("the log is JSON")),
        Some(_) => bencher.bench_local(|| ignore(&bytes)),
    }
}

fn records(log: &[u8]) -> scanfold::Result<usize> {
    let mut length = 0;
    let mut reader = Reader::new(log);
    reader.enter_object()?;
    while let Some(key) = reader.next_key()? {
        if key != "runs" {
            reader.skip()?;
            continue;
        }
        reader.enter_array()?;
        while reader.next_element()? {
            reader.enter_object()?;
            while let Some(key) = reader.next_key()? {
                if key != "results" {
                    reader.skip()?;
                    continue;
                }
                reader.enter_array()?;
                while reader.next_element()? {
                    length += reader.raw()?.map_or(0, <[u8]>::len);
                }
            }
        }
    }
    Ok(length)
}

/// A report into findings, beside a library that passes over the same bytes.
#[divan::bench(args = Format::ALL.into_iter().flat_map(|format| Side::both(format, library(format))))]
fn parse(bencher: Bencher<'_, '_>, side: Side<Format>) {
    let format = side.what;
    let bytes = data::bytes(format, AMOUNT);
    let bencher = bencher.counter(BytesCount::of_slice(&bytes));
    match side.plain {
        Some("csv") => bencher.bench_local(|| pass_csv(&bytes)),
        Some("quick-xml") => bencher.bench_local(|| pass_xml(&bytes)),
        Some(_) => bencher.bench_local(|| ignore(&bytes)),
        None => {
            let input = held(format, &bytes);
            bencher.bench_local(|| {
                read(
                    format,
                    &input,
                    &mut Each(|finding| drop(black_box(finding))),
                )
            });
        }
    }
}

fn library(format: Format) -> &'static str {
    match format {
        Format::JiraCsv => "csv",
        Format::JiraXml => "quick-xml",
        _ => "serde_json",
    }
}

fn ignore(bytes: &[u8]) -> IgnoredAny {
    serde_json::from_slice(bytes).expect("the report is JSON")
}

fn pass_csv(bytes: &[u8]) -> usize {
    let mut reader = csv::Reader::from_reader(bytes);
    let mut record = csv::ByteRecord::new();
    let mut fields = 0;
    while reader
        .read_byte_record(&mut record)
        .expect("the export is CSV")
    {
        fields += record.len();
    }
    fields
}

fn pass_xml(bytes: &[u8]) -> usize {
    let mut reader = quick_xml::Reader::from_reader(bytes);
    let mut events = 0;
    while reader.read_event().expect("the export is XML") != quick_xml::events::Event::Eof {
        events += 1;
    }
    events
}

/// Findings that repeat each other into one of each.
#[divan::bench(args = [Format::CodeQl, Format::Trivy])]
fn fold(bencher: Bencher<'_, '_>, format: Format) {
    let input = held(format, &data::bytes(format, AMOUNT));
    let mut findings = Vec::new();
    read(format, &input, &mut Each(|finding| findings.push(finding)));
    bencher
        .counter(ItemsCount::new(findings.len()))
        .with_inputs(|| findings.clone())
        .bench_local_values(|findings| {
            let mut fold = Fold::default();
            let mut open = fold.open(&input, as_of());
            for finding in findings {
                open.record();
                open.finding(finding);
            }
            let closing = Ok(Closing::of("bench"));
            open.close("bench", closing).expect("no record is lost");
            fold.finish()
        });
}

/// Folded findings into a report with severities and dates.
#[divan::bench(args = Format::ALL)]
fn assess(bencher: Bencher<'_, '_>, format: Format) {
    let facts = facts([format]);
    let policies = policy::load(&[POLICY.to_owned()]).expect("a preset can be read");
    bencher
        .counter(ItemsCount::new(facts.findings.len()))
        .with_inputs(|| (facts.clone(), Engine::new(policies.clone(), as_of())))
        .bench_local_values(|(facts, mut engine)| {
            run::assess(facts, &mut engine, as_of()).expect("the ledger balances")
        });
}

/// A report into an output, beside the same JSON out of a `serde_json::Value`. Bytes are those of the output.
#[divan::bench(args = outputs())]
fn write(bencher: Bencher<'_, '_>, side: Side<&'static str>) {
    let report = assessed();
    let writer = report::by_name(side.what).expect("there is such a writer");
    let view = View::default();
    let mut output = Vec::new();
    writer
        .write(&report, &view, &mut output)
        .expect("memory is there");
    let bencher = bencher.counter(BytesCount::of_slice(&output));
    let room = output.len();
    if side.plain.is_none() {
        bencher
            .with_inputs(|| Vec::with_capacity(room))
            .bench_local_refs(|out| writer.write(&report, &view, out).expect("memory is there"));
    } else {
        let value: serde_json::Value = serde_json::from_slice(&output).expect("it is JSON");
        bencher
            .with_inputs(|| Vec::with_capacity(2 * room))
            .bench_local_refs(|out| serde_json::to_writer(out, &value).expect("memory is there"));
    }
}

fn outputs() -> impl Iterator<Item = Side<&'static str>> {
    WRITERS.iter().flat_map(|writer| {
        let sides = Side::both(writer.name(), "serde_json");
        let is_json = matches!(writer.name(), "json" | "sarif");
        sides.into_iter().take(if is_json { 2 } else { 1 })
    })
}

/// `merge` of one file of each format, with a policy, into JSON; beside only reading the files.
// Few turns: the program leaves its memory to the system when it ends, and here it does not end.
#[divan::bench(args = Side::both("all formats", "read only"), sample_count = 20, sample_size = 1)]
fn merge(bencher: Bencher<'_, '_>, side: Side<&'static str>) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let reports = folder.path().join("reports");
    fs::create_dir(&reports).expect("a folder can be made");
    let mut bytes = 0;
    for format in Format::ALL {
        let report = data::bytes(format, AMOUNT);
        bytes += report.len();
        let path = reports.join(format!("{format}.{}", format.extension()));
        fs::write(path, report).expect("there is room");
    }
    let merged = folder.path().join("merged.json");
    let bencher = bencher.counter(BytesCount::new(bytes));
    match side.plain {
        None => bencher.bench_local(|| merge_all(&reports, &merged)),
        Some(_) => bencher.bench_local(|| read_all(&reports)),
    }
}

fn merge_all(reports: &Path, merged: &Path) {
    let words = ["scanfold", "merge", "--jobs", "1", "--as-of", "2026-11-21"];
    let mut arguments: Vec<std::ffi::OsString> = words.map(Into::into).into();
    arguments.extend(["--policy", POLICY, "-o"].map(Into::into));
    arguments.extend([merged.into(), reports.into()]);
    let exit = scanfold::cli::run(arguments);
    assert_eq!(exit, scanfold::cli::Exit::Fine);
}

fn read_all(reports: &Path) {
    let mut buffer = Vec::new();
    for entry in fs::read_dir(reports).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        buffer.clear();
        let mut file = fs::File::open(path).expect("the report is there");
        file.read_to_end(&mut buffer)
            .expect("the report can be read");
        black_box(&buffer);
    }
}

fn as_of() -> Timestamp {
    "2026-11-21T00:00:00Z".parse().expect("a time")
}

/// A report that is read from memory, as all are that are not large.
fn held(format: Format, bytes: &[u8]) -> Input {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file can be made");
    file.write_all(bytes).expect("there is room");
    let mut input = Input::file(file.path(), true);
    input.hold(Vec::new()).expect("the file can be read");
    input.identify().expect("it is held");
    assert_eq!(input.bytes(), bytes.len() as u64, "{format}");
    input
}

fn read(format: Format, input: &Input, sink: &mut dyn Sink) -> Closing {
    let parser = parse::by_name(PARSERS, format.parser()).expect("there is such a parser");
    let closing = parser.parse(input, &Options::default(), sink);
    closing.expect("the report can be read to its end")
}

fn facts(formats: impl IntoIterator<Item = Format>) -> Facts {
    let mut fold = Fold::default();
    for format in formats {
        let input = held(format, &data::bytes(format, AMOUNT));
        let mut open = fold.open(&input, as_of());
        let closing = read(format, &input, &mut open);
        let closed = open.close(format.parser(), Ok(closing));
        closed.expect("no record is lost");
    }
    fold.finish()
}

fn assessed() -> Report {
    let policies = policy::load(&[POLICY.to_owned()]).expect("a preset can be read");
    let mut engine = Engine::new(policies, as_of());
    run::assess(facts(Format::ALL), &mut engine, as_of()).expect("the ledger balances")
}

/// Hands findings on, and expects nothing but findings.
struct Each<F>(F);

impl<F: FnMut(Finding)> Sink for Each<F> {
    fn record(&mut self) {}

    fn finding(&mut self, finding: Finding) {
        (self.0)(finding);
    }

    fn passed(&mut self) {}

    fn reject(&mut self, at: &str, reason: &str) {
        panic!("{at}: {reason}");
    }

    fn carry(&mut self, _: Carried) {}
}
