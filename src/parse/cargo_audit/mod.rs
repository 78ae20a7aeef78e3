//! The JSON of `cargo audit --json`.

mod hit;
mod item;

use std::io::Read;

use serde_json::value::RawValue;

use super::json::{Reader, Value};
use super::{Closing, Head, Options, Parser, Sink};
use crate::error::{Error, Result};
use crate::model::{Outcome, Set, Text, redact};
use crate::source::Input;
use item::{DatabaseInfo, Item, LockfileInfo, Settings};

pub(super) use hit::{Hit, Teller};
pub(super) use item::{Advisory, Affected, Versions};

/// See the module.
pub(super) struct CargoAudit;

impl Parser for CargoAudit {
    fn name(&self) -> &'static str {
        "cargo-audit"
    }

    fn usage(&self) -> &'static str {
        "cargo-audit reports, from `cargo audit --json`"
    }

    fn sniff(&self, head: &Head<'_>) -> bool {
        // In cargo-deny's "audit-compatible" output `vulnerabilities` is an array, and so it is in many other reports.
        head.json.has("/vulnerabilities/list", Value::Array)
            && (head.json.has("/lockfile", Value::Object)
                || head.json.has("/database", Value::Object)
                || head.json.has("/settings", Value::Object))
    }

    fn parse(&self, input: &Input, options: &Options, sink: &mut dyn Sink) -> Result<Closing> {
        let mut reader = Reader::new(input.open()?);
        let mut closing = Closing::of(self.name());
        let mut documents = 0;
        // One document for each lock file that was audited, with what the tool says to people around them.
        while reader.next_document()? {
            let words = reader.skip_preamble()?;
            if let Some(words) = Text::some_line(words.trim().lines().next().unwrap_or_default()) {
                let words = words.untrusted();
                closing.note(&format!("other text stands beside the JSON: {words}"));
            }
            if !reader.next_document()? {
                break;
            }
            documents += 1;
            let mut document = Document {
                input,
                options,
                sink,
                closing: &mut closing,
                prefix: match documents {
                    1 => String::new(),
                    number => format!("{number}:"),
                },
                listed: 0,
            };
            document.read(&mut reader)?;
        }
        if documents == 0 {
            return Err(Error::format("expected a JSON object, found no JSON"));
        }
        Ok(closing)
    }
}

/// One report of the stream.
struct Document<'a> {
    input: &'a Input,
    options: &'a Options,
    sink: &'a mut dyn Sink,
    closing: &'a mut Closing,
    /// Which document of the stream a place is in; nothing for the first.
    prefix: String,
    /// How many vulnerabilities the list holds.
    listed: u64,
}

/// What a report says of its own list.
#[derive(Default)]
struct Totals {
    found: Option<bool>,
    count: Option<u64>,
}

impl Document<'_> {
    fn read<R: Read>(&mut self, reader: &mut Reader<R>) -> Result<()> {
        let (mut totals, mut warnings) = (None, false);
        let mut settings = Settings::default();
        let mut database = DatabaseInfo::default();
        let mut lockfile = LockfileInfo::default();
        reader.enter_object()?;
        while let Some(key) = reader.next_key()? {
            match (key.as_str(), reader.value()?) {
                ("vulnerabilities", Value::Object) => {
                    totals = Some(self.vulnerabilities(reader)?);
                }
                ("vulnerabilities", Value::Array) => return Err(self.at(not_audit())),
                ("warnings", Value::Object) => {
                    warnings = true;
                    reader.enter_object()?;
                    while let Some(kind) = reader.next_key()? {
                        let place = redact(&kind).replace('~', "~0").replace('/', "~1");
                        self.items(reader, &format!("/warnings/{place}"), Some(&kind))?;
                    }
                }
                ("warnings", Value::Array) => {
                    warnings = true;
                    self.items(reader, "/warnings", None)?;
                }
                ("settings", Value::Object) => settings = self.part(reader, &key)?,
                ("database", Value::Object) => database = self.part(reader, &key)?,
                ("lockfile", Value::Object) => lockfile = self.part(reader, &key)?,
                _ => reader.skip()?,
            }
        }
        let totals = totals.ok_or_else(|| self.missing("`vulnerabilities`"))?;
        self.compare(&totals);
        if !warnings {
            self.closing.lower(
                Outcome::Partial,
                "the report has no `warnings`, so unmaintained and yanked crates are not told",
            );
        }
        if lockfile.dependency_count == Some(0) {
            // Every lock file lists its own package, except those of 2017 and older, which hold it apart: the report of such
            // a one without dependencies looks like that of a lock file that is empty.
            let why = "the lock file lists no package, so nothing was matched";
            self.closing.lower(Outcome::Partial, why);
        }
        self.describe(&database);
        self.scope(&settings);
        Ok(())
    }

    /// A part of the report that is not needed: read as far as it goes.
    fn part<R: Read, T: Default + serde::de::DeserializeOwned>(
        &mut self,
        reader: &mut Reader<R>,
        name: &str,
    ) -> Result<T> {
        Ok(reader.record()?.unwrap_or_else(|reason| {
            self.closing
                .note(&format!("`{name}` cannot be read: {reason}"));
            T::default()
        }))
    }

    fn vulnerabilities<R: Read>(&mut self, reader: &mut Reader<R>) -> Result<Totals> {
        let mut totals = Totals::default();
        let mut list = false;
        reader.enter_object()?;
        while let Some(key) = reader.next_key()? {
            match key.as_str() {
                "list" if reader.value()? == Value::Array => {
                    list = true;
                    self.listed += self.items(reader, "/vulnerabilities/list", None)?;
                }
                "found" => totals.found = reader.record()?.ok(),
                "count" => totals.count = reader.record()?.ok(),
                _ => reader.skip()?,
            }
        }
        if list {
            Ok(totals)
        } else {
            Err(self.missing("an array at `vulnerabilities.list`"))
        }
    }

    /// Reads the items of a list; says how many there are. `kind` is what the key of the list says of all of them.
    fn items<R: Read>(
        &mut self,
        reader: &mut Reader<R>,
        place: &str,
        kind: Option<&str>,
    ) -> Result<u64> {
        let place = format!("{}{place}", self.prefix);
        match reader.value()? {
            Value::Array => {}
            Value::Null => {
                reader.skip()?;
                return Ok(0);
            }
            _ => {
                self.sink.record();
                self.sink.reject(&place, "expected an array of warnings");
                reader.skip()?;
                return Ok(0);
            }
        }
        let scanner = Text::line("cargo-audit");
        let zone = self.options.zone();
        let mut number = 0;
        reader.enter_array()?;
        while reader.next_element()? {
            let at = format!("{place}/{number}");
            number += 1;
            let item = reader.record::<Item>()?;
            self.sink.record();
            let item = match item {
                Ok(item) => item.modern(),
                Err(reason) => {
                    self.sink.reject(&at, &reason);
                    continue;
                }
            };
            if let Some(advisory) = &item.advisory
                && advisory.withdrawn.is_some()
            {
                self.sink.passed();
                continue;
            }
            let teller = Teller {
                app: self.options.app(self.input, None),
                scanner: &scanner,
                place: self.input.place(&at),
                zone: &zone,
            };
            match item.hit(kind).finding(teller) {
                Ok(finding) => self.sink.finding(finding),
                Err(reason) => self.sink.reject(&at, &reason),
            }
        }
        Ok(number)
    }

    /// Recomputes what the report says of its own list: one that is shorter than it says is not whole.
    fn compare(&mut self, totals: &Totals) {
        let Self { listed, .. } = *self;
        let is_cut = totals.count.is_some_and(|count| count > listed);
        if let Some(count) = totals.count
            && count != listed
        {
            let differ = format!("the report counts {count} vulnerabilities and lists {listed}");
            self.differ(is_cut, &differ);
        }
        if let Some(found) = totals.found
            && found != (listed > 0)
        {
            let differ =
                format!("the report says `found: {found}` and lists {listed} vulnerabilities");
            self.differ(found, &differ);
        }
    }

    /// Notes that the list is not what the report says of it; `is_short` when it says that there is more.
    fn differ(&mut self, is_short: bool, words: &str) {
        if is_short {
            self.closing.lower(Outcome::Partial, words);
        } else {
            self.closing.note(words);
        }
    }

    fn describe(&mut self, database: &DatabaseInfo) {
        match database.advisory_count {
            Some(0) => {
                let why = "the advisory database was empty, so nothing was matched";
                self.closing.lower(Outcome::NotRun, why);
            }
            Some(count) => {
                let said = |words: &str, value: &Option<String>| {
                    value
                        .as_ref()
                        .map(|value| format!("{words}{value}"))
                        .unwrap_or_default()
                };
                self.closing.note(&format!(
                    "matched against {count} advisories{}{}",
                    said(" of commit ", &database.last_commit),
                    said(" of ", &database.last_updated)
                ));
            }
            None => {}
        }
    }

    /// States the scope, which names what the auditor was told to leave out: such a scan cannot turn a finding of a wider
    /// one into a fixed one, and finds its own word again next time.
    fn scope(&mut self, settings: &Settings) {
        let mut left_out: Set<Text> = Set::new();
        if !settings.ignore.is_empty() {
            let ignored = settings.ignore.join(", ");
            self.closing
                .note(&format!("the audit was told to ignore {ignored}"));
            left_out.extend(settings.ignore.iter().map(|id| Text::line(id)));
        }
        let packages = settings.package_scope.as_deref().map(RawValue::get);
        let packages = packages.unwrap_or_default().trim_matches('"').to_owned();
        let narrowed = [
            ("arch", settings.target_arch.join("+")),
            ("os", settings.target_os.join("+")),
            ("below", settings.severity.clone().unwrap_or_default()),
            ("packages", packages),
        ];
        for (name, value) in narrowed {
            if !value.trim().is_empty() {
                self.closing
                    .note(&format!("the audit was narrowed by `{name}`: {value}"));
                left_out.insert(Text::line(&format!("{name}={value}")));
            }
        }
        if let Some(kinds) = &settings.informational_warnings {
            let quiet = ["notice", "unmaintained", "unsound"]
                .into_iter()
                .filter(|kind| !kinds.iter().any(|known| known == kind));
            left_out.extend(quiet.map(Text::line));
        }
        let app = self.options.app(self.input, None);
        self.closing.scope.insert(scope(&app, &left_out));
        self.closing.own_scope.insert(yanked_scope(&app));
    }

    fn missing(&self, expected: &str) -> Error {
        self.at(Error::format(format!("expected {expected}, found none")))
    }

    /// Says which document of several an error is about.
    fn at(&self, error: Error) -> Error {
        if self.prefix.is_empty() {
            error
        } else {
            error.at(format!("document {}", self.prefix.trim_end_matches(':')))
        }
    }
}

fn not_audit() -> Error {
    Error::format("expected an object at `vulnerabilities`, found an array").hint(
        "cargo-deny's audit-compatible output is another format: run `cargo audit --json` instead",
    )
}

/// The scope word of a match of one app's crates against RustSec.
///
/// It names the database and not the tool, because cargo-audit and `cargo-lock` look for the same things in the same
/// way: a pipeline that goes from one to the other keeps its clocks, and what the one no longer finds the other may call
/// fixed. A report of cargo-audit does not say which lock file it is about, so that the target is empty in both.
pub(super) fn scope(app: &Text, left_out: &Set<Text>) -> Text {
    let names: Vec<&str> = left_out.iter().map(Text::untrusted).collect();
    let without = if names.is_empty() { "" } else { "without " };
    Text::line(&format!(
        "rustsec:{}:{without}{}",
        app.untrusted(),
        names.join(",")
    ))
}

/// The scope word of yanked versions, which a lock file alone cannot tell.
fn yanked_scope(app: &Text) -> Text {
    Text::line(&format!("yanked:{}:", app.untrusted()))
}

#[cfg(test)]
mod tests;
