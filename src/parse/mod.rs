//! Scanner formats: one file, one line in [`PARSERS`].

pub mod app;
pub mod ecosystem;
pub mod foreign;
pub mod json;
pub mod package;
#[cfg(test)]
pub(crate) mod testing;

mod bounded;
mod bugcrowd_csv;
mod cargo_audit;
mod cargo_lock;
mod csrt;
mod ecoscanner;
mod ending;
mod fsrt;
mod jira;
mod npm_audit;
mod sarif;
mod scanfold;
mod separator;
mod yarn_audit;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::error::{Error, Result};
use crate::model::{Doubt, Finding, InputRecord, Join, Outcome, Reject, Set, Text};
use crate::source::Input;

pub use app::Apps;
pub use cargo_lock::{AgeLimit, Database};
pub use jira::{Column as JiraColumn, Field as JiraField, JiraOptions};
pub use npm_audit::Lockfiles;
pub use scanfold::read_report;

/// A report format.
///
/// A new format is a new file with a unit struct that implements this, its name in [`PARSERS`], and samples under
/// `samples/NAME/`: at least `basic` and `rejects`.
pub trait Parser: Sync {
    /// Its name: on the command line, in `samples/`, in the docs. Kebab-case.
    fn name(&self) -> &'static str;

    /// What it reads and how a user makes such a report, in one line.
    fn usage(&self) -> &'static str;

    /// Whether a report that starts like this is in this format. Of all parsers at most one may say so.
    fn sniff(&self, head: &Head<'_>) -> bool;

    /// Reads a report and hands over each record as soon as it is read, with one record in memory at a time.
    ///
    /// An error means that the report cannot be read on: what was handed over until then stays, and the caller files one
    /// reject for the rest. A record that is not understood is no error but a [`Sink::reject`].
    fn parse(&self, input: &Input, options: &Options, sink: &mut dyn Sink) -> Result<Closing>;

    /// As [`Self::parse`], of one report among many for one fold. With what `memory` keeps of those before, a record that
    /// says what an earlier one said need not be read again: its finding then tells no more than its kind, app, package,
    /// keys, claims, times and who saw it, and the rest of it was handed over before.
    fn parse_after_others(
        &self,
        input: &Input,
        options: &Options,
        memory: &Memory,
        sink: &mut dyn Sink,
    ) -> Result<Closing> {
        let _ = memory;
        self.parse(input, options, sink)
    }
}

/// What workers keep from one report to the next. Bounded, whatever they read.
#[derive(Debug, Default)]
pub struct Memory {
    sarif: sarif::Memory,
}

impl Memory {
    /// One that takes about so many bytes at most.
    pub fn within(bytes: u64) -> Self {
        Self {
            sarif: sarif::Memory::within(bytes),
        }
    }
}

/// Where a parser puts what it reads.
///
/// Each record is announced by [`Sink::record`] and then ends in exactly one of `finding`, `passed` and `reject`; the
/// caller checks the sums.
pub trait Sink {
    /// A record begins.
    fn record(&mut self);

    /// The record is a finding. Its first sighting must name the record.
    fn finding(&mut self, finding: Finding);

    /// The report itself says that the record is no problem.
    fn passed(&mut self);

    /// The record is not understood. `at` is its place in the report, `reason` what was expected and what stood there.
    fn reject(&mut self, at: &str, reason: &str);

    /// Something that an earlier merge, or a companion of the report, has accounted for already.
    fn carry(&mut self, carried: Carried);
}

/// What comes with its own account.
#[derive(Debug)]
pub enum Carried {
    /// An input with its ledger.
    Input(Box<InputRecord>),
    /// A reject of such an input.
    Reject(Reject),
    /// A finding whose sightings are in such inputs.
    Finding(Box<Finding>),
    /// When all of it was assessed.
    Assessed(Timestamp),
}

/// What a parser says of a report when it has read it to its end.
#[derive(Clone, Debug)]
pub struct Closing {
    /// The tool that wrote it.
    pub scanner: Option<Text>,
    /// The version of that tool.
    pub scanner_version: Option<Text>,
    /// How the scan went.
    pub outcome: Outcome,
    /// When the scan ran or the export was made, where the report itself tells.
    pub scanned: Option<Timestamp>,
    /// The oldest time that any part of it tells, also where not all of them do.
    pub oldest: Option<Timestamp>,
    /// What the scan covered, in words that are the same for the next scan of the same thing: `npm-audit:APP:PATH`.
    pub scope: Set<Text>,
    /// What the scan covered of findings that name this scope themselves; it says nothing of the others.
    pub own_scope: Set<Text>,
    /// What a reader should know beside the outcome.
    pub notes: Set<Text>,
    /// Those of the notes that say why it is not complete.
    pub reasons: Set<Text>,
    /// What but a scan that found nothing may have written it as well.
    pub doubts: Set<Doubt>,
    /// A file beside it that adds to what it says, and is no report of its own: a lock file.
    pub companion: Option<Text>,
    /// Whether everything in it accounts for itself, so that the file is no input of its own: our own report.
    pub carried: bool,
}

impl Closing {
    /// How the note begins that names an app whose findings bear no key.
    pub const KEYLESS: &str = "without an app key stand findings of ";

    /// How many reasons are told.
    const REASONS: usize = 64;

    /// A complete report of a tool.
    pub fn of(scanner: &str) -> Self {
        Self {
            scanner: Text::some_line(scanner),
            scanner_version: None,
            outcome: Outcome::Complete,
            scanned: None,
            oldest: None,
            scope: Set::new(),
            own_scope: Set::new(),
            notes: Set::new(),
            reasons: Set::new(),
            doubts: Set::new(),
            companion: None,
            carried: false,
        }
    }

    /// Adds a note.
    pub fn note(&mut self, note: &str) {
        self.notes.insert(Text::line(note));
    }

    /// Says that the scan went no better than that, and why.
    pub fn lower(&mut self, outcome: Outcome, why: &str) {
        self.outcome.join(outcome);
        // A hostile file may give many reasons; the first ones do.
        if self.reasons.len() < Self::REASONS {
            let why = Text::line(why);
            self.notes.insert(why.clone());
            self.reasons.insert(why);
        }
    }

    /// Says how else a report that is silent about a scope comes about than by a scan that found nothing there.
    pub fn doubt(&mut self, scope: Text, why: &str) {
        let why = Text::line(why);
        self.notes.insert(why.clone());
        self.doubts.insert(Doubt { scope, why });
    }
}

/// The time of a scan of two parts: that of the older one. When one does not tell, nobody does: what is stale must not hide
/// behind what is fresh.
fn older(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.zip(other).map(|(one, other)| one.min(other))
}

/// What a user may say about how reports are read.
#[derive(Debug, Default)]
pub struct Options {
    /// Which findings belong to which app.
    pub apps: Apps,
    /// The time zone of dates that name none. `None` is UTC.
    pub zone: Option<TimeZone>,
    /// The advisories that a `Cargo.lock` is matched against.
    pub advisories: Option<Database>,
    /// What Jira's fields and columns are called.
    pub jira: JiraOptions,
    /// Whether the report is read as a baseline: then what it calls absent is a finding that was fixed, and not only passed.
    pub keeps_absent: bool,
    /// How old the newest of these advisories may be.
    pub max_advisory_age: Option<AgeLimit>,
    /// The lock files that tell what is installed where npm audited.
    pub lockfiles: Lockfiles,
}

impl Options {
    /// The time zone of dates that name none.
    pub fn zone(&self) -> TimeZone {
        self.zone.clone().unwrap_or(TimeZone::UTC)
    }

    /// The app of a finding in `input`, whose report calls it `own`.
    pub fn app(&self, input: &Input, own: Option<&str>) -> Text {
        self.apps.of(input.name(), own)
    }
}

/// Every built-in parser. [`detect`] takes the one that claims a report; a test makes sure that no two do.
pub static PARSERS: &[&dyn Parser] = &[
    &scanfold::Scanfold,
    &fsrt::Fsrt,
    &csrt::Csrt,
    &jira::JiraCsv,
    &jira::JiraXml,
    &jira::JiraJson,
    &bugcrowd_csv::BugcrowdCsv,
    &npm_audit::NpmAudit,
    &yarn_audit::YarnAudit,
    &sarif::Sarif,
    &cargo_audit::CargoAudit,
    &cargo_lock::CargoLock,
];

/// The start of a report, looked at in every way that parsers tell formats by.
#[derive(Debug)]
pub struct Head<'a> {
    /// The text, as far as it is valid UTF-8.
    pub text: &'a str,
    /// Its shape, if it is JSON.
    pub json: json::Outline,
    /// What the user says about how reports are read, if anything.
    pub options: Option<&'a Options>,
}

impl<'a> Head<'a> {
    /// Looks at the first bytes of a report.
    pub fn new(bytes: &'a [u8]) -> Self {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
        };
        Self {
            text,
            json: json::Outline::of(bytes),
            options: None,
        }
    }
}

/// The parser that claims a report which starts with `head`.
pub fn detect(
    parsers: &[&'static dyn Parser],
    head: &[u8],
    options: &Options,
) -> Option<&'static dyn Parser> {
    detect_again(None, parsers, head, options)
}

/// As [`detect`], where the report before was one of `last`: many reports in a row are of one format, and no two parsers
/// claim the same.
pub fn detect_again(
    last: Option<&'static dyn Parser>,
    parsers: &[&'static dyn Parser],
    head: &[u8],
    options: &Options,
) -> Option<&'static dyn Parser> {
    let head = Head {
        options: Some(options),
        ..Head::new(head)
    };
    let mut parsers = last.into_iter().chain(parsers.iter().copied());
    parsers.find(|parser| parser.sniff(&head))
}

/// Whether an input is a report of ours.
pub fn is_own(input: &Input) -> bool {
    let claims = |head: Vec<u8>| {
        detect(PARSERS, &head, &Options::default())
            .is_some_and(|parser| parser.name() == scanfold::NAME)
    };
    input.head().is_ok_and(claims)
}

/// Whether an input is a report of ours in the form of SARIF.
pub fn is_own_sarif(input: &Input) -> bool {
    let is_log = |head: Vec<u8>| scanfold::is_log(&Head::new(&head));
    input.head().is_ok_and(is_log)
}

/// The parser of that name.
pub fn by_name(parsers: &[&'static dyn Parser], name: &str) -> Result<&'static dyn Parser> {
    parsers
        .iter()
        .copied()
        .find(|parser| parser.name() == name)
        .ok_or_else(|| {
            let names = parsers
                .iter()
                .map(|parser| parser.name())
                .collect::<Vec<_>>()
                .join(", ");
            Error::usage(format!("there is no format `{name}`"))
                .hint(format!("the formats are {names}"))
        })
}
