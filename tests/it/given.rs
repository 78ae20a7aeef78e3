//! The real reports, where they are at hand, and all that a parser hands over for one.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use jiff::Timestamp;
use scanfold::error::Result;
use scanfold::model::{Finding, InputRecord, Package, Reject};
use scanfold::parse::{Carried, Closing, Database, Options, PARSERS, Parser, Sink};
use scanfold::run::{self, Ingested, Named};
use scanfold::source::Input;

use crate::{project, shared_data};

/// The time at which all tests merge.
pub(crate) fn as_of() -> Timestamp {
    "2026-11-21T00:00:00Z".parse().unwrap()
}

/// Every file below `folder`, by name.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// Every real report and whatever else stands beside one, without the advisory database: its short name and its path.
pub(crate) fn real_files() -> Option<Vec<(String, PathBuf)>> {
    let shared = shared_data()?;
    let named = files(&shared).into_iter().filter_map(|path| {
        let name = path.strip_prefix(&shared).unwrap().to_string_lossy();
        let name = name.replace('\\', "/");
        (!name.starts_with("advisory-db/")).then_some((name, path))
    });
    Some(named.collect())
}

/// Options with the real advisory database if it is at hand, and else with that of the samples.
pub(crate) fn options() -> &'static Options {
    static OPTIONS: OnceLock<Options> = OnceLock::new();
    OPTIONS.get_or_init(|| {
        let real = shared_data().map(|shared| shared.join("advisory-db"));
        let folder = real.unwrap_or_else(|| project("samples/advisory-db"));
        Options {
            advisories: Some(Database::load(folder).unwrap()),
            ..Options::default()
        }
    })
}

/// The parsers that claim a report.
pub(crate) fn claims(head: &[u8]) -> Vec<&'static dyn Parser> {
    let head = scanfold::parse::Head::new(head);
    let parsers = PARSERS.iter().copied();
    parsers.filter(|parser| parser.sniff(&head)).collect()
}

/// The one parser that claims a report.
pub(crate) fn claim(name: &str, bytes: &[u8]) -> &'static dyn Parser {
    let claims = claims(&Input::spool(name, bytes).unwrap().head().unwrap());
    let [parser] = claims[..] else {
        panic!("{name} is claimed by {} parsers", claims.len());
    };
    parser
}

/// One report through the pipeline, under a short name.
pub(crate) fn ingest(name: &str, bytes: &[u8]) -> Ingested {
    let input = Input::spool(name, bytes).unwrap();
    let named = vec![Named {
        input,
        parser: None,
    }];
    run::ingest(named, options(), as_of()).unwrap()
}

/// What became of the report called `name`, beside companions such as the advisory database.
pub(crate) fn record<'a>(ingested: &'a Ingested, name: &str) -> &'a InputRecord {
    let inputs = &ingested.facts.inputs;
    let found = inputs
        .iter()
        .find(|input| input.id.path.untrusted() == name);
    found.unwrap_or_else(|| panic!("{name} is no input"))
}

/// The rejects of the report called `name`: place and reason.
pub(crate) fn rejects<'a>(ingested: &'a Ingested, name: &str) -> Vec<&'a Reject> {
    let rejects = ingested.facts.rejects.iter();
    rejects
        .filter(|reject| reject.place.report.path.untrusted() == name)
        .collect()
}

/// Everything that a parser hands over, before anything is folded.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    pub(crate) records: u64,
    pub(crate) findings: Vec<Finding>,
    pub(crate) passed: u64,
    pub(crate) rejected: u64,
}

impl Sink for Collected {
    fn record(&mut self) {
        self.records += 1;
    }

    fn finding(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    fn passed(&mut self) {
        self.passed += 1;
    }

    fn reject(&mut self, _at: &str, _reason: &str) {
        self.rejected += 1;
    }

    fn carry(&mut self, _carried: Carried) {}
}

impl Collected {
    /// Whether no record was lost.
    pub(crate) fn balances(&self) -> bool {
        self.records == self.findings.len() as u64 + self.passed + self.rejected
    }
}

/// What `parser` hands over for a report.
pub(crate) fn parse(parser: &dyn Parser, name: &str, bytes: &[u8]) -> (Collected, Result<Closing>) {
    let mut input = Input::spool(name, bytes).unwrap();
    input.identify().unwrap();
    let mut collected = Collected::default();
    let closing = parser.parse(&input, options(), &mut collected);
    (collected, closing)
}

/// The package of a dependency.
pub(crate) fn package(finding: &Finding) -> &Package {
    finding.package.as_ref().unwrap()
}

/// Whether a finding has a tag.
pub(crate) fn tagged(finding: &Finding, tag: &str) -> bool {
    finding.tags.iter().any(|known| known.untrusted() == tag)
}
