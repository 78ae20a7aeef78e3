//! What Atlassian's two open scanners share: one envelope, read twice, because what it says of the scan stands last.

mod envelope;
mod record;

use std::io::Read;

use jiff::Timestamp;
use jiff::civil::Date;

use super::json::{Reader, Value};
use super::{Closing, Options, Sink, older};
use crate::error::{Error, Result};
use crate::model::{Finding, Kind, Moment, Outcome, Place, Sighting, Text};
use crate::source::Input;

pub(super) use envelope::Envelope;
pub(super) use record::Record;

/// How many notes a report may leave: a list of apps that could not be reached may be long.
const NOTES: usize = 100;

/// What the two scanners differ in.
pub(super) trait Family {
    /// The first word of keys, rules and scopes.
    fn name(&self) -> &'static str;

    /// The scanner's name in findings.
    fn scanner(&self) -> &'static str;

    /// What the scanner has called itself in its reports.
    fn names(&self) -> &'static [&'static str];

    /// Whether there are reports that are a bare list.
    fn has_lists(&self) -> bool;

    /// A new document begins.
    fn begin(&mut self) {}

    /// Fills in what the check says. `finding` has app, times and sighting.
    fn fill(
        &mut self,
        record: &Record<'_>,
        place: &Place,
        finding: &mut Finding,
    ) -> Result<(), String>;
}

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
        day: None,
    };
    let mut outcome = None;
    let mut documents = 0_u64;
    while reader.next_document()? {
        documents += 1;
        scan.prefix = match documents {
            1 => String::new(),
            number => format!("{number}:"),
        };
        scan.records = 0;
        scan.day = None;
        scan.family.begin();
        let (next, scanned) = match reader.value()? {
            Value::Object => {
                let mut envelope = Envelope::default();
                // Where the first look breaks off, the second one does too, but only after the records before the break.
                let broken = ahead
                    .next_document()
                    .and_then(|_| envelope.read(&mut ahead));
                scan.object(&mut reader, &envelope)?;
                broken?;
                let times = envelope.times(&options.zone());
                let scanned = times.map(|(_, end)| end).or(scan.day);
                (scan.judge(&envelope)?, scanned)
            }
            Value::Array if scan.family.has_lists() => {
                let broken = ahead.next_document().and_then(|_| ahead.skip());
                let next = scan.list(&mut reader)?;
                broken?;
                (next, scan.day)
            }
            _ => {
                return Err(Error::format(
                    "expected an object with the key `vulns`, found another value",
                ));
            }
        };
        outcome = Some(envelope::together(outcome, next));
        scan.closing.oldest = scan.closing.oldest.into_iter().chain(scanned).min();
        scan.closing.scanned = if documents == 1 {
            scanned
        } else {
            older(scan.closing.scanned, scanned)
        };
    }
    let mut closing = scan.closing;
    closing.outcome = outcome.unwrap_or_else(|| {
        closing.note("the file is empty: the scan did not run, or could not read the app");
        Outcome::NotRun
    });
    Ok(closing)
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
    /// The earliest day that a record of the document tells.
    day: Option<Timestamp>,
}

impl Scan<'_> {
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
        for key in envelope.scanned.iter().flatten() {
            let app = self.options.app(self.input, Some(key));
            self.cover(&app);
        }
        Ok(envelope.outcome(self.records, &mut self.closing))
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
                self.closing
                    .note("a list without an envelope does not say what was scanned");
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
                self.closing.note(&format!(
                    "{app} was not scanned: {url} could not be reached"
                ));
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
        self.cover(&app);
        Ok(finding)
    }

    /// The day of the scan, of reports that tell no time.
    fn day(&self, record: &Record<'_>) -> Option<(Timestamp, Timestamp)> {
        let day: Date = record.date.as_deref()?.trim().parse().ok()?;
        let start = day.to_zoned(self.options.zone()).ok()?.timestamp();
        Some((start, start))
    }

    /// The scan was one of this app. Reports without an app are told apart by their names, so that the scan of one app
    /// closes no finding of another.
    fn cover(&mut self, app: &Text) {
        let target = if app.is_empty() {
            self.input.name()
        } else {
            "*"
        };
        let words = format!("{}:{}:{target}", self.family.name(), app.untrusted());
        self.closing.scope.insert(Text::line(&words));
    }
}

/// `1.2` for `Requirement 1.2`, `10` for `Requirement 10.0`: the same words from both scanners.
pub(super) fn requirement(words: &str) -> Option<Text> {
    let words = words.trim();
    let number = words.strip_prefix("Requirement").unwrap_or(words).trim();
    let number = number.strip_suffix(".0").unwrap_or(number);
    let known = number.starts_with(|first: char| first.is_ascii_digit());
    known.then(|| Text::line(&format!("requirement:{number}")))
}

/// The web addresses in prose.
pub(super) fn links(words: &str) -> impl Iterator<Item = Text> + '_ {
    words.split_whitespace().filter_map(|word| {
        let link = word.get(word.find("https://")?..)?;
        Text::some_line(link.trim_end_matches(['_', ')', ',', '.', ';', '>', '"']))
    })
}
