//! What the tests of every parser need: a report from words, and a sink that keeps all.

use std::io::Write;

use super::{Carried, Closing, Head, Options, PARSERS, Parser, Sink};
use crate::error::Result;
use crate::model::Finding;
use crate::source::Input;

/// Everything that a parser handed over.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    pub(crate) records: u64,
    pub(crate) findings: Vec<Finding>,
    pub(crate) passed: u64,
    /// `at: reason`
    pub(crate) rejects: Vec<String>,
    pub(crate) carried: Vec<Carried>,
}

impl Sink for Collected {
    fn record(&mut self) {
        self.records += 1;
    }

    fn finding(&mut self, finding: Finding) {
        assert!(
            !finding.keys.is_empty(),
            "a finding without a key: {finding:?}"
        );
        assert!(
            !finding.sightings.is_empty(),
            "a finding without a sighting: {finding:?}"
        );
        self.findings.push(finding);
    }

    fn passed(&mut self) {
        self.passed += 1;
    }

    fn reject(&mut self, at: &str, reason: &str) {
        self.rejects.push(format!("{at}: {reason}"));
    }

    fn carry(&mut self, carried: Carried) {
        self.carried.push(carried);
    }
}

/// Reads a report from words, after making sure that only this parser claims it and that its records add up.
pub(crate) fn read(parser: &dyn Parser, words: &str) -> (Collected, Result<Closing>) {
    let head = Head::new(&words.as_bytes()[..words.len().min(crate::source::HEAD)]);
    let claims: Vec<_> = PARSERS
        .iter()
        .filter(|parser| parser.sniff(&head))
        .map(|parser| parser.name())
        .collect();
    assert_eq!(claims, [parser.name()]);
    read_forced(parser, words, &Options::default())
}

/// Reads a report from words, whoever would claim it.
pub(crate) fn read_forced(
    parser: &dyn Parser,
    words: &str,
    options: &Options,
) -> (Collected, Result<Closing>) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(words.as_bytes()).unwrap();
    read_file(
        parser,
        Input::spool("report", file.reopen().unwrap()).unwrap(),
        options,
    )
}

/// Reads an input, and makes sure that its records add up.
pub(crate) fn read_file(
    parser: &dyn Parser,
    mut input: Input,
    options: &Options,
) -> (Collected, Result<Closing>) {
    input.identify().unwrap();
    let mut collected = Collected::default();
    let closing = parser.parse(&input, options, &mut collected);
    let Collected {
        records,
        findings,
        passed,
        rejects,
        ..
    } = &collected;
    assert_eq!(
        *records,
        findings.len() as u64 + passed + rejects.len() as u64,
        "{collected:#?}"
    );
    (collected, closing)
}
