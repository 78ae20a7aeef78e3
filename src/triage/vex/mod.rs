//! VEX documents: what somebody says of vulnerabilities in products, as decisions about findings.

mod cyclonedx;
mod openvex;
mod purl;
mod statement;

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;

use crate::error::{Error, Result};
use crate::model::{
    Capped, Decision, Facts, Finding, InputRecord, Join, Kind, Ledger, Outcome, Reject, Set, Text,
};
use crate::source::{Input, Loose, without_place};
use purl::Purl;
use statement::{Index, Statement};

/// The largest document that is read, in bytes. It is held whole, because what is affected may stand behind what it is
/// affected by.
const LARGEST: u64 = 64 * 1024 * 1024;
/// How many rejects are kept in words, as of any other input. All are counted.
const REJECTS_KEPT: usize = 1000;
/// What can be read.
const HINT: &str =
    "name an OpenVEX document (0.0.1 to 0.2.0) or a CycloneDX one (1.4 to 1.6), in JSON";

/// An OpenVEX document, or the VEX part of a CycloneDX one.
#[derive(Debug)]
pub struct Document {
    record: InputRecord,
    rejects: Capped<Reject, REJECTS_KEPT>,
    statements: Vec<Statement>,
    index: Index,
}

impl Document {
    /// Reads a document; what it is, its content tells. A statement that is not understood costs itself.
    pub fn load(path: &Path) -> Result<Self> {
        let mut input = Input::file(path, true);
        input.identify()?;
        let words = read(&input)?;
        let top = Top::read(&words).map_err(|error| error.in_file(input.name()))?;
        let told = top.told().map_err(|error| error.in_file(input.name()))?;
        Ok(Self::of(&input, told))
    }

    fn of(input: &Input, told: Told) -> Self {
        let rejected = told.rejects.len() as u64;
        let rejects = told.rejects.into_iter().map(|(at, reason)| Reject {
            place: input.place(&at),
            reason: Text::line(&reason),
        });
        let note = headline(told.statements.len(), told.author.as_ref(), told.written);
        let notes = std::iter::once(note).chain(told.notes);
        Self {
            record: InputRecord {
                id: Arc::clone(input.id()),
                format: Some(Text::line(told.format)),
                scanner: None,
                scanner_version: None,
                bytes: input.bytes(),
                outcome: Outcome::Complete,
                scanned: None,
                dated: None,
                scope: Set::new(),
                notes: notes.map(|note| Text::line(&note)).collect(),
                reasons: Set::new(),
                doubts: Set::new(),
                ledger: Ledger {
                    records: rejected,
                    rejected,
                    ..Ledger::default()
                },
                counted_again: 0,
            },
            rejects: rejects.collect(),
            index: Index::of(&told.statements),
            statements: told.statements,
        }
    }

    /// The document as an input of its own. It holds no findings, only statements that were not understood.
    pub fn record(&self) -> InputRecord {
        self.record.clone()
    }

    /// The statements that were not understood.
    pub fn rejects(&self) -> impl Iterator<Item = Reject> + '_ {
        self.rejects.iter().cloned()
    }

    /// Attaches what the document says to the findings that it speaks of, and counts the document among the inputs.
    /// Twice is as good as once.
    pub fn apply(&self, facts: &mut Facts) {
        for finding in &mut facts.findings {
            let decisions = self.decisions(finding);
            if !decisions.is_empty() {
                finding.note(|history| history.decisions.join(decisions));
            }
        }
        let record = self.record();
        match facts
            .inputs
            .binary_search_by(|known| known.id.cmp(&record.id))
        {
            // The index of the search.
            Ok(known) => facts.inputs[known].join(record),
            Err(place) => facts.inputs.insert(place, record),
        }
        facts.rejects.extend(self.rejects());
        facts.rejects.sort();
        facts.rejects.dedup();
    }

    fn decisions(&self, finding: &Finding) -> Set<Decision> {
        let about = self.index.about(finding);
        let package = finding
            .package
            .as_ref()
            .filter(|_| finding.kind == Kind::Dependency && !about.is_empty())
            .and_then(|package| Purl::read(package.purl.untrusted()))
            .map(|purl| purl.package);
        let document = self.record.id.path.untrusted();
        let mut decisions = Vec::new();
        for number in about {
            // The index counts these very statements.
            self.statements[number].decisions(document, finding, package.as_ref(), &mut decisions);
        }
        decisions.into_iter().collect()
    }
}

/// What a document says, whatever its format.
struct Told {
    /// The name of the format in reports.
    format: &'static str,
    author: Option<Text>,
    written: Option<Timestamp>,
    statements: Vec<Statement>,
    /// JSON pointer and reason.
    rejects: Vec<(String, String)>,
    notes: Vec<String>,
}

impl Told {
    /// Nothing yet.
    fn new(format: &'static str, author: Option<Text>, written: Option<Timestamp>) -> Self {
        Self {
            format,
            author,
            written,
            statements: Vec::new(),
            rejects: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Notes how often something happened, if it did.
    fn count(&mut self, what: &str, number: u64) {
        if number > 0 {
            self.notes.push(format!("{what}: {number}"));
        }
    }
}

fn headline(statements: usize, author: Option<&Text>, written: Option<Timestamp>) -> String {
    let plural = if statements == 1 { "" } else { "s" };
    let author = author.map_or_else(String::new, |author| format!(" by {}", author.untrusted()));
    let written = written.map_or_else(String::new, |time| format!(" of {time}"));
    format!("{statements} statement{plural}{author}{written}")
}

/// The keys that tell what a document is, and those of both formats.
#[derive(Deserialize)]
struct Top<'a> {
    #[serde(rename = "@context", borrow, default)]
    context: Loose<'a>,
    #[serde(default)]
    author: Loose<'a>,
    #[serde(default)]
    role: Loose<'a>,
    #[serde(default)]
    timestamp: Loose<'a>,
    #[serde(default)]
    statements: Loose<'a>,
    #[serde(rename = "bomFormat", default)]
    bom_format: Loose<'a>,
    #[serde(rename = "specVersion", default)]
    spec_version: Loose<'a>,
    #[serde(rename = "serialNumber", default)]
    serial_number: Loose<'a>,
    #[serde(default)]
    metadata: Loose<'a>,
    #[serde(default)]
    components: Loose<'a>,
    #[serde(default)]
    vulnerabilities: Loose<'a>,
    #[serde(rename = "predicateType", default)]
    predicate_type: Loose<'a>,
    /// The front matter of CSAF.
    #[serde(default)]
    document: Loose<'a>,
}

impl<'a> Top<'a> {
    fn read(words: &'a str) -> Result<Self> {
        let start = words.trim_start();
        if !start.starts_with('{') {
            let found = match start.chars().next() {
                None => "an empty file",
                Some('<') => "XML",
                Some('[') => "an array",
                Some(_) => "other text",
            };
            let message = format!("expected a VEX document in JSON, found {found}");
            return Err(Error::format(message).hint(HINT));
        }
        serde_json::from_str(words).map_err(|error| {
            Error::format(without_place(&error)).at(format!(
                "line {} column {}",
                error.line(),
                error.column()
            ))
        })
    }

    fn told(&self) -> Result<Told> {
        if self.bom_format.text().as_deref() == Some("CycloneDX") {
            return cyclonedx::read(self);
        }
        if let Some(version) = openvex::version(self.context) {
            return openvex::read(self, &version);
        }
        let message = if self.predicate_type.text().is_some() {
            "expected a VEX document, found an attestation around one: the document is its `predicate`"
        } else if self.document.sort() == "an object" {
            "expected OpenVEX or CycloneDX, found CSAF, which is not read"
        } else {
            "expected a VEX document, found neither `@context` of OpenVEX nor `bomFormat` of CycloneDX"
        };
        Err(Error::format(message).hint(HINT))
    }
}

/// The elements of an array, or the one thing that stands in its place: parts that were passed over would make of a
/// statement about them one about the whole product.
fn many(list: Loose<'_>) -> Vec<Loose<'_>> {
    match list.sort() {
        "an array" => list.list(),
        "nothing" => Vec::new(),
        _ => vec![list],
    }
}

/// The text of the file.
fn read(input: &Input) -> Result<String> {
    let mut words = Vec::new();
    let mut file = input.open()?.take(LARGEST + 1);
    file.read_to_end(&mut words)
        .map_err(|error| Error::io(input.name(), error))?;
    if words.len() as u64 > LARGEST {
        return Err(Error::format(format!(
            "expected a VEX document of at most {} MiB, found a larger one",
            LARGEST >> 20
        ))
        .at(input.name()));
    }
    String::from_utf8(words).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        Error::format(format!("expected UTF-8, found another byte at {valid}")).at(input.name())
    })
}

#[cfg(test)]
mod tests;
