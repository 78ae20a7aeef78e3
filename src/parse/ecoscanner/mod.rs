//! What Atlassian's two open scanners share: one envelope, read twice, because what it says of the scan stands last.

mod envelope;
mod family;
mod record;
mod words;

use std::io::Read;

use jiff::Timestamp;
use jiff::civil::Date;

use super::json::{Reader, Value};
use super::{Closing, Options, Sink, older};
use crate::error::{Error, Result};
use crate::model::{Finding, Kind, Moment, Outcome, Set, Sighting, Text};
use crate::source::Input;

pub(super) use envelope::Envelope;
pub(super) use family::{Alone, Family};
pub(super) use record::Record;
pub(super) use words::{links, requirement};

/// How many notes a report may leave: a list of apps that could not be reached may be long.
const NOTES: usize = 100;

/// Reads all documents of an input.
pub(super) fn read(
    family: &mut dyn Family,
    input: &Input,
    options: &Options,
    sink: &mut dyn Sink,
) -> Result<Closing> {
    let mut reader = Reader::new(input.open()?);
    let mut ahead = Reader::new(input.open()?);
    reader.skip_preamble()?;
    ahead.skip_preamble()?;
    let mut scan = Scan {
        closing: Closing::of(family.scanner()),
        scanner: Text::line(family.scanner()),
        family,
        input,
        options,
        sink,
        prefix: String::new(),
        records: 0,
        alone: 0,
        day: None,
        runs: 0,
        outcome: None,
        keyless: Set::new(),
    };
    let mut documents = 0_u64;
    while reader.next_document()? {
        documents += 1;
        let prefix = match documents {
            1 => String::new(),
            number => format!("{number}:"),
        };
        scan.begin(prefix.clone());
        let found = ahead.next_document();
        match reader.value()? {
            Value::Object => scan.envelope(&mut reader, &mut ahead, found)?,
            Value::Array if scan.family.has_lists() => {
                let broken = found.and_then(|_| ahead.skip());
                let outcome = scan.list(&mut reader)?;
                broken?;
                scan.end(outcome, scan.day);
            }
            Value::Array => scan.envelopes(&mut reader, &mut ahead, &prefix)?,
            _ => return Err(no_envelope()),
        }
    }
    Ok(scan.close())
}

fn no_envelope() -> Error {
    Error::format("expected an object with the key `vulns`, found another value")
}

/// The reading of one input.
struct Scan<'a> {
    family: &'a mut dyn Family,
    input: &'a Input,
    options: &'a Options,
    sink: &'a mut dyn Sink,
    closing: Closing,
    scanner: Text,
    /// Stands before the pointers of every document but the first.
    prefix: String,
    /// How many records the document has.
    records: u64,
    /// How many of them are of the check that a scan may be of alone.
    alone: u64,
    /// The earliest day that a record of the document tells.
    day: Option<Timestamp>,
    /// How many runs have ended.
    runs: u64,
    /// How they went.
    outcome: Option<Outcome>,
    /// Names of apps whose findings bear no key.
    keyless: Set<Text>,
}

impl Scan<'_> {
    /// A run begins, whose records stand behind `prefix`.
    fn begin(&mut self, prefix: String) {
        self.prefix = prefix;
        self.records = 0;
        self.alone = 0;
        self.day = None;
        self.family.begin();
    }

    /// A run has ended.
    fn end(&mut self, outcome: Outcome, scanned: Option<Timestamp>) {
        self.runs += 1;
        self.outcome = Some(envelope::together(self.outcome, outcome));
        let oldest = self.closing.oldest.into_iter().chain(scanned).min();
        self.closing.oldest = oldest;
        self.closing.scanned = if self.runs == 1 {
            scanned
        } else {
            older(self.closing.scanned, scanned)
        };
    }

    fn close(mut self) -> Closing {
        self.closing.outcome = self.outcome.unwrap_or_else(|| {
            let why = "the file is empty: the scan did not run, or could not read the app";
            self.closing.lower(Outcome::NotRun, why);
            Outcome::NotRun
        });
        for name in &self.keyless {
            self.closing.note(&format!(
                "{}`{}`: tell it from other apps without a key with `--app NAME=GLOB`",
                Closing::KEYLESS,
                name.untrusted()
            ));
        }
        self.closing
    }

    /// A list of envelopes.
    fn envelopes<R: Read>(
        &mut self,
        reader: &mut Reader<R>,
        ahead: &mut Reader<R>,
        prefix: &str,
    ) -> Result<()> {
        let entered = ahead.enter_array();
        reader.enter_array()?;
        entered?;
        let before = self.runs;
        while reader.next_element()? {
            if reader.value()? != Value::Object {
                return Err(no_envelope());
            }
            self.begin(format!("{prefix}/{}", self.runs - before));
            let found = ahead.next_element();
            self.envelope(reader, ahead, found)?;
        }
        let _ = ahead.next_element();
        if self.runs == before {
            return Err(no_envelope());
        }
        Ok(())
    }

    /// An envelope with its records. `found` is whether the first look got there too.
    fn envelope<R: Read>(
        &mut self,
        reader: &mut Reader<R>,
        ahead: &mut Reader<R>,
        found: Result<bool>,
    ) -> Result<()> {
        let mut envelope = Envelope::default();
        // Where the first look breaks off, the second one does too, but only after the records before the break.
        let broken = found.and_then(|_| envelope.read(ahead));
        self.object(reader, &envelope)?;
        broken?;
        let zone = self.options.zone();
        let times = envelope.times(&zone);
        if let Some((key, words)) = envelope.unread_time(&zone) {
            self.closing.note(&format!(
                "without a time clocks start at the day of a finding, else at as-of: expected one in `{key}`, found `{}`",
                Text::line(words).untrusted()
            ));
        }
        if let Some((start, end)) = envelope.swapped(&zone) {
            self.closing.note(&format!(
                "it says that it began at {start} and ended before, at {end}: the earlier time counts"
            ));
        }
        let outcome = self.judge(&envelope)?;
        self.end(outcome, times.map(|(_, end)| end).or(self.day));
        Ok(())
    }

    fn object<R: Read>(&mut self, reader: &mut Reader<R>, envelope: &Envelope) -> Result<()> {
        let names = self.family.names();
        if let Some(other) = envelope
            .scanner
            .as_deref()
            .filter(|name| !names.contains(name))
        {
            return Err(Error::format(format!(
                "expected a report of {}, found one of `{}`",
                self.family.scanner(),
                Text::line(other).untrusted()
            )));
        }
        reader.enter_object()?;
        while let Some(key) = reader.next_key()? {
            if key != "vulns" || reader.value()? != Value::Array {
                reader.skip()?;
                continue;
            }
            reader.enter_array()?;
            while reader.next_element()? {
                let at = format!("{}/vulns/{}", self.prefix, self.records);
                self.record(reader, &at, envelope)?;
            }
        }
        Ok(())
    }

    /// What an envelope says of its scan when its records are read.
    fn judge(&mut self, envelope: &Envelope) -> Result<Outcome> {
        for (key, there) in [
            ("vulns", envelope.vulns),
            ("scanner", envelope.scanner.is_some()),
        ] {
            if !there {
                return Err(Error::format(format!(
                    "expected the key `{key}`, found none"
                )));
            }
        }
        let outcome = envelope.outcome(self.records, &mut self.closing);
        let alone = self.family.alone();
        let is_alone = self.records > 0 && self.alone == self.records;
        for app in self.scanned(envelope) {
            match alone.filter(|_| is_alone) {
                // Nothing shows that it looked for anything else.
                Some(alone) => {
                    let scope = self.scope_of(&app, alone.rule);
                    self.closing.own_scope.insert(scope);
                    self.closing.note(alone.note);
                }
                None => self.cover(&app),
            }
            let is_clean = self.records == 0 && outcome == Outcome::Complete;
            if let Some(alone) = alone.filter(|_| is_clean) {
                let scope = self.scope(&app);
                self.closing.doubt(scope, alone.doubt);
            }
        }
        Ok(outcome)
    }

    /// A report without an envelope: vulnerabilities, or apps that could not be reached.
    fn list<R: Read>(&mut self, reader: &mut Reader<R>) -> Result<Outcome> {
        let mut gaps = 0_u64;
        reader.enter_array()?;
        while reader.next_element()? {
            let at = format!("{}/{}", self.prefix, self.records + gaps);
            gaps += u64::from(self.record(reader, &at, &Envelope::default())?);
        }
        match (self.records, gaps) {
            (0, 0) => Err(Error::format(
                "expected vulnerabilities, found an empty list",
            )),
            (0, _) => Ok(Outcome::Failed),
            _ => {
                let why = "a list without an envelope does not say what was scanned";
                self.closing.lower(Outcome::Partial, why);
                Ok(Outcome::Partial)
            }
        }
    }

    /// Reads one record; `true` when it is an app that could not be reached, which is no finding but a gap in the scan.
    fn record<R: Read>(
        &mut self,
        reader: &mut Reader<R>,
        at: &str,
        envelope: &Envelope,
    ) -> Result<bool> {
        let record = reader.record::<Record<'_>>()?;
        if let Some((day, _)) = record.as_ref().ok().and_then(|record| self.day(record)) {
            self.day = Some(self.day.map_or(day, |known| known.min(day)));
        }
        if let Ok(record) = &record
            && let Some(url) = record.descriptor_url.as_deref()
            && record
                .check_name
                .as_deref()
                .or(record.title.as_deref())
                .is_none()
        {
            if self.closing.notes.len() < NOTES {
                let app = record.app_key.as_deref().unwrap_or("an app without a key");
                let why = format!("{app} was not scanned: {url} could not be reached");
                self.closing.lower(Outcome::Partial, &why);
            } else {
                self.closing
                    .note("more apps were not scanned than are noted here");
            }
            let app = self.options.app(self.input, record.app_key.as_deref());
            self.cover(&app);
            return Ok(true);
        }
        self.records += 1;
        self.sink.record();
        let finding = match record {
            Ok(record) => self.finding(&record, at, envelope),
            Err(reason) => Err(reason),
        };
        match finding {
            Ok(finding) => self.sink.finding(finding),
            Err(reason) => self.sink.reject(at, &reason),
        }
        Ok(false)
    }

    fn finding(
        &mut self,
        record: &Record<'_>,
        at: &str,
        envelope: &Envelope,
    ) -> Result<Finding, String> {
        let own = record.app_key.as_deref().or(envelope.app_key());
        let app = self.options.app(self.input, own);
        let mut finding = Finding::new(Kind::Requirement, app.clone());
        let place = self.input.place(at);
        finding.description = record.description.as_deref().and_then(Text::some_prose);
        finding.recommendation = record.recommendation.as_deref().and_then(Text::some_prose);
        finding.links = links(record.recommendation.as_deref().unwrap_or_default()).collect();
        if let Some((start, end)) = envelope
            .times(&self.options.zone())
            .or_else(|| self.day(record))
        {
            let source = format!("scan time of {}", self.input.name());
            finding.first_seen = Some(Moment::new(start, source));
            finding.last_seen = Some(end);
        }
        finding.sightings.insert(Sighting {
            place: place.clone(),
            scanner: self.scanner.clone(),
        });
        self.family.fill(record, &place, &mut finding)?;
        if app.is_empty() && self.keyless.len() < NOTES {
            let name = record.app_name.as_deref().and_then(Text::some_line);
            self.keyless.extend(name);
        }
        let scanned = self.scanned(envelope);
        let rule = finding.rule.id.as_ref().map(Text::untrusted);
        if let Some(alone) = self.family.alone().filter(|alone| rule == Some(alone.rule)) {
            self.alone += 1;
            finding.scope.insert(self.scope_of(&app, alone.rule));
        } else if scanned.is_empty() || scanned.contains(&app) {
            self.cover(&app);
        } else {
            // Only a scan that says that it covers this app may tell that the finding is gone.
            finding.scope.insert(self.scope(&app));
        }
        Ok(finding)
    }

    /// The apps that a run says that it scanned.
    fn scanned(&self, envelope: &Envelope) -> Vec<Text> {
        let keys = envelope.scanned.iter().flatten();
        keys.map(|key| self.options.app(self.input, Some(key)))
            .collect()
    }

    /// The day of the scan, of reports that tell no time.
    fn day(&self, record: &Record<'_>) -> Option<(Timestamp, Timestamp)> {
        let day: Date = record.date.as_deref()?.trim().parse().ok()?;
        let start = day.to_zoned(self.options.zone()).ok()?.timestamp();
        Some((start, start))
    }

    /// The scan was one of this app.
    fn cover(&mut self, app: &Text) {
        let scope = self.scope(app);
        self.closing.scope.insert(scope);
        if let Some(alone) = self.family.alone() {
            let scope = self.scope_of(app, alone.rule);
            self.closing.own_scope.insert(scope);
        }
    }

    /// The scope of a scan of this app for one check alone.
    fn scope_of(&self, app: &Text, rule: &str) -> Text {
        Text::line(&format!("{} {rule}", self.scope(app).untrusted()))
    }

    /// The scope of a scan of this app. Reports without an app are told apart by their names, so that the scan of one app
    /// closes no finding of another.
    fn scope(&self, app: &Text) -> Text {
        let target = if app.is_empty() {
            self.input.name()
        } else {
            "*"
        };
        Text::line(&format!(
            "{}:{}:{target}",
            self.family.name(),
            app.untrusted()
        ))
    }
}
