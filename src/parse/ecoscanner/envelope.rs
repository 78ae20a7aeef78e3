//! What a document of the two Ecoscanner scanners says beside its vulnerabilities.

use std::io::Read;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::error::Result;
use crate::model::Outcome;
use crate::parse::Closing;
use crate::parse::json::{Reader, Value};

/// The keys that stand after `vulns`. A field of an odd type is as good as absent.
#[derive(Debug, Default)]
pub(in crate::parse) struct Envelope {
    /// Whether there is a list of vulnerabilities.
    pub(super) vulns: bool,
    pub(super) scanner: Option<String>,
    started_at: Option<String>,
    ended_at: Option<String>,
    /// The keys of the apps that were scanned.
    pub(super) scanned: Option<Vec<String>>,
    errors: Option<bool>,
    error_message: Option<String>,
}

impl Envelope {
    /// Reads the document that stands next into `self`, up to its end or its break.
    pub(super) fn read<R: Read>(&mut self, reader: &mut Reader<R>) -> Result<()> {
        reader.enter_object()?;
        while let Some(key) = reader.next_key()? {
            match key.as_str() {
                "vulns" => {
                    self.vulns = reader.value()? == Value::Array;
                    reader.skip()?;
                }
                "scanner" => self.scanner = reader.record()?.ok(),
                "started_at" => self.started_at = reader.record()?.ok(),
                "ended_at" => self.ended_at = reader.record()?.ok(),
                "scanned" => self.scanned = reader.record()?.ok(),
                "errors" => self.errors = reader.record()?.ok(),
                "error_message" => self.error_message = reader.record()?.ok(),
                _ => reader.skip()?,
            }
        }
        Ok(())
    }

    /// The key of the app, where a vulnerability names none.
    pub(super) fn app_key(&self) -> Option<&str> {
        let key = self.scanned.as_ref()?.first()?.trim();
        Some(key).filter(|key| !key.is_empty())
    }

    /// When the scan began and ended; one stands in for the other. Of a scan that ends before it begins only the earlier
    /// time counts: what a wrong clock tells must not make a deadline later.
    pub(super) fn times(&self, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        let time = |words: &Option<String>| timestamp(words.as_deref()?.trim(), zone);
        let (start, end) = (time(&self.started_at), time(&self.ended_at));
        let (start, end) = (start.or(end)?, end.or(start)?);
        Some((start.min(end), end))
    }

    /// The times of a scan that ends before it begins.
    pub(super) fn swapped(&self, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        let time = |words: &Option<String>| timestamp(words.as_deref()?.trim(), zone);
        let (start, end) = (time(&self.started_at)?, time(&self.ended_at)?);
        (start > end).then_some((start, end))
    }

    /// The key and the words of a time that is told and cannot be read.
    pub(super) fn unread_time(&self, zone: &TimeZone) -> Option<(&'static str, &str)> {
        let times = [
            ("started_at", &self.started_at),
            ("ended_at", &self.ended_at),
        ];
        times.into_iter().find_map(|(key, words)| {
            let words = words.as_deref()?.trim();
            timestamp(words, zone).is_none().then_some((key, words))
        })
    }

    /// How the scan went that found `records` vulnerabilities, with a note when it is not complete.
    pub(super) fn outcome(&self, records: u64, closing: &mut Closing) -> Outcome {
        let message = self.error_message.as_deref().map(str::trim);
        let message = message.filter(|message| !message.is_empty());
        // A message tells of an error, whatever stands beside it.
        let errors = message.map_or(self.errors, |_| Some(true));
        let (outcome, why) = match (errors, self.scanned.as_deref()) {
            (Some(true), _) => {
                let why = message.map(|message| format!("the scan failed: {message}"));
                let why = why.unwrap_or_else(|| "the scanner says that there were errors".into());
                let outcome = if records == 0 {
                    Outcome::Failed
                } else {
                    Outcome::Partial
                };
                closing.lower(outcome, &why);
                return outcome;
            }
            (None, _) => (
                Outcome::Partial,
                "the report does not say whether there were errors",
            ),
            (_, None) => (
                Outcome::Partial,
                "the report does not say which apps were scanned",
            ),
            (Some(false), Some([])) if records == 0 => (
                Outcome::NotRun,
                "no app was scanned: the report was written before the scan, which did not finish",
            ),
            (Some(false), Some([])) => {
                (Outcome::Partial, "the report names no app that was scanned")
            }
            (Some(false), Some(_)) => return Outcome::Complete,
        };
        closing.lower(outcome, why);
        outcome
    }
}

/// A time with or without an offset; FSRT wrote six-digit years before 2022-12-22.
fn timestamp(words: &str, zone: &TimeZone) -> Option<Timestamp> {
    let local = || {
        let time: DateTime = words.parse().ok()?;
        Some(time.to_zoned(zone.clone()).ok()?.timestamp())
    };
    words.parse().ok().or_else(local)
}

/// The outcome of several documents in one file: of scans that went differently, a part is there.
pub(super) fn together(all: Option<Outcome>, next: Outcome) -> Outcome {
    use Outcome::{Failed, NotRun, Partial};
    match all {
        None => next,
        Some(all) if all == next => all,
        Some(Failed | NotRun) if matches!(next, Failed | NotRun) => Failed,
        Some(_) => Partial,
    }
}
