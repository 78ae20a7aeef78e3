//! CISA's catalogue of known exploited vulnerabilities, as JSON or as CSV.
//!
//! CISA describes both at <https://www.cisa.gov/known-exploited-vulnerabilities-catalog>. A few thousand entries are a few
//! megabytes, so the file is held while it is read; its entries are still read one by one, so that a broken one costs
//! itself, and a break half-way only what comes after it.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Read;

use csv::{ByteRecord, ReaderBuilder};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{Catalogue, Rejects, cve, no_cve, unexpected, vulnerabilities};
use crate::error::{Error, Result};
use crate::model::{Join, Kev, KevDue, KevEntry, Text};
use crate::source::Input;

/// The largest catalogue that is read, in bytes. The real one has one or two millions.
const LARGEST: u64 = 64 * 1024 * 1024;
const HINT: &str = "name CISA's `known_exploited_vulnerabilities.json` or `.csv`; EPSS scores are named with `--epss`";

/// Reads a catalogue.
pub(super) fn read(input: Input) -> Result<Catalogue<Kev>> {
    let mut bytes = Vec::new();
    let broken = input
        .open()?
        .take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .err();
    if bytes.len() as u64 > LARGEST {
        let message = format!("expected a KEV catalogue of at most {} MiB", LARGEST >> 20);
        return Err(Error::format(message).at(input.name()).hint(HINT));
    }
    // Ids and dates are checked one by one, and nothing else is taken over.
    let text = String::from_utf8_lossy(&bytes);
    let mut reading = Reading::new(&input);
    if let Some(error) = broken {
        reading.stop(&format!("cannot be read on: {error}"));
    }
    let read = if text.trim_start().starts_with('{') {
        reading.json(&text)
    } else {
        reading.csv(&text)
    };
    let finished = read.and_then(|()| reading.finish());
    let (day, finished) = finished.map_err(|error| error.at(input.name()).hint(HINT))?;
    let said = finished.entries.into_iter().map(|(id, entry)| {
        let kev = Kev {
            listed: Some(entry),
            catalogue: day,
        };
        (id, kev)
    });
    Ok(Catalogue {
        format: "kev",
        day,
        published: finished.released,
        note: finished.note,
        said: said.collect(),
        rejects: finished.rejects,
        cut: finished.cut,
        input,
    })
}

/// What was read until now.
struct Reading<'a> {
    input: &'a Input,
    entries: BTreeMap<String, KevEntry>,
    rejects: Rejects,
    cut: Option<String>,
    /// The day that the catalogue names.
    version: Option<Date>,
    released: Option<Timestamp>,
    /// How many entries it says it has.
    count: Option<u64>,
    /// How many stand in it; `None` before the list begins.
    listed: Option<u64>,
    note: String,
}

impl<'a> Reading<'a> {
    fn new(input: &'a Input) -> Self {
        Self {
            input,
            entries: BTreeMap::new(),
            rejects: Rejects::default(),
            cut: None,
            version: None,
            released: None,
            count: None,
            listed: None,
            note: String::new(),
        }
    }

    /// What comes after is lost: one reject for all of it.
    fn stop(&mut self, reason: &str) {
        if self.cut.is_none() {
            self.rejects.add(self.input, "", reason);
            self.cut =
                Some("`vulnerabilities` breaks off: what is not listed is unknown".to_owned());
        }
    }

    fn add(&mut self, at: &str, entry: Result<KevEntry, String>) {
        match entry {
            Ok(entry) => {
                let id = entry.id.untrusted().to_owned();
                match self.entries.get_mut(&id) {
                    Some(known) => known.join(entry),
                    None => drop(self.entries.insert(id, entry)),
                }
            }
            Err(reason) => self.rejects.add(self.input, at, &reason),
        }
    }

    fn json(&mut self, text: &str) -> Result<()> {
        let mut reader = serde_json::Deserializer::from_str(text);
        let read = Top(self).deserialize(&mut reader);
        let broken = read.and_then(|()| reader.end()).err();
        let (count, listed) = (self.count, self.listed);
        let Some(listed) = listed else {
            let found = broken.map_or_else(|| "none".to_owned(), |error| error.to_string());
            return Err(Error::format(format!(
                "expected a KEV catalogue with a list `vulnerabilities`, found {found}"
            )));
        };
        if self.version.is_none() {
            return Err(Error::format(
                "expected a KEV catalogue with a `catalogVersion` such as `2026.11.20`, found none",
            ));
        }
        match (broken, count) {
            (Some(error), _) => self.stop(&error.to_string()),
            (None, None) => {
                return Err(Error::format(
                    "expected a KEV catalogue with its number of entries in `count`, found none",
                ));
            }
            (None, Some(count)) if count != listed => {
                self.cut = Some(format!(
                    "`count` is {count}, and {} stand in it: what is not listed is unknown",
                    vulnerabilities(usize::try_from(listed).unwrap_or(usize::MAX))
                ));
            }
            (None, Some(_)) => {}
        }
        Ok(())
    }

    /// The table does not say of which day it is.
    fn csv(&mut self, text: &str) -> Result<()> {
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut header = ByteRecord::new();
        let wrong = |error: csv::Error| format!("cannot be read on: {error}");
        reader
            .read_byte_record(&mut header)
            .map_err(|error| Error::format(wrong(error)))?;
        let place = |name: &str| {
            header
                .iter()
                .position(|column| String::from_utf8_lossy(column).trim() == name)
        };
        let required = |name: &str| {
            place(name).ok_or_else(|| {
                Error::format(format!(
                    "expected a KEV catalogue with the column `{name}`, found none"
                ))
            })
        };
        let (id, added) = (required("cveID")?, required("dateAdded")?);
        let (due, ransomware) = (place("dueDate"), place("knownRansomwareCampaignUse"));
        let mut row = ByteRecord::new();
        loop {
            match reader.read_byte_record(&mut row) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    self.stop(&wrong(error));
                    break;
                }
            }
            let words = |place: Option<usize>| {
                let field = row.get(place?)?;
                Some(String::from_utf8_lossy(field).into_owned())
            };
            let found = if row.len() == header.len() {
                entry(
                    words(Some(id)).as_deref(),
                    words(Some(added)).as_deref(),
                    words(due).as_deref(),
                    words(ransomware).as_deref(),
                )
            } else {
                Err(format!(
                    "expected {} columns, found {}",
                    header.len(),
                    row.len()
                ))
            };
            let line = row.position().map_or(0, csv::Position::line);
            self.add(&format!("line {line}"), found);
        }
        if self.cut.is_none() && !text.ends_with('\n') {
            self.cut = Some(super::NO_LINE_END.to_owned());
        }
        Ok(())
    }

    fn finish(self) -> Result<(Date, Self)> {
        let newest = || self.entries.values().map(|entry| entry.added).max();
        let origin = if self.version.is_some() {
            ""
        } else {
            " by its newest entry"
        };
        let Some(day) = self.version.or_else(newest) else {
            return Err(Error::format(
                "expected a vulnerability that tells the day of the catalogue, found none",
            ));
        };
        if self.entries.is_empty() && self.rejects.count == 0 && self.cut.is_none() {
            return Err(Error::format("expected vulnerabilities, found none"));
        }
        let number = vulnerabilities(self.entries.len());
        let note = format!("catalogue of {day}{origin}, {number}");
        Ok((day, Self { note, ..self }))
    }
}

/// The document. What was read before a break stays in the reading.
struct Top<'r, 'a>(&'r mut Reading<'a>);

impl<'de> DeserializeSeed<'de> for Top<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Top<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let reading = self.0;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "catalogVersion" => {
                    let words = text(Some(map.next_value()?));
                    reading.version = words.as_deref().and_then(version);
                }
                "dateReleased" => {
                    let words = text(Some(map.next_value()?));
                    reading.released = words.and_then(|words| words.parse().ok());
                }
                "count" => {
                    let raw: &RawValue = map.next_value()?;
                    reading.count = serde_json::from_str(raw.get()).ok();
                }
                "vulnerabilities" => map.next_value_seed(List(&mut *reading))?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

/// The list of vulnerabilities.
struct List<'r, 'a>(&'r mut Reading<'a>);

impl<'de> DeserializeSeed<'de> for List<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for List<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let reading = self.0;
        let mut index = 0;
        reading.listed = Some(0);
        while let Some(raw) = list.next_element::<&RawValue>()? {
            reading.add(&format!("/vulnerabilities/{index}"), object(raw));
            index += 1;
            reading.listed = Some(index);
        }
        Ok(())
    }
}

/// An entry as it stands in the file; a field of an odd type is as good as none.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    #[serde(borrow, rename = "cveID")]
    id: Option<&'a RawValue>,
    date_added: Option<&'a RawValue>,
    due_date: Option<&'a RawValue>,
    known_ransomware_campaign_use: Option<&'a RawValue>,
}

fn object(raw: &RawValue) -> Result<KevEntry, String> {
    if !raw.get().starts_with('{') {
        return Err("expected an object".to_owned());
    }
    let record: Record<'_> = serde_json::from_str(raw.get()).map_err(|error| error.to_string())?;
    entry(
        text(record.id).as_deref(),
        text(record.date_added).as_deref(),
        text(record.due_date).as_deref(),
        text(record.known_ransomware_campaign_use).as_deref(),
    )
}

fn text(raw: Option<&RawValue>) -> Option<String> {
    serde_json::from_str(raw?.get()).ok()
}

fn entry(
    id: Option<&str>,
    added: Option<&str>,
    due: Option<&str>,
    ransomware: Option<&str>,
) -> Result<KevEntry, String> {
    let date = |words: Option<&str>| words?.trim().parse::<Date>().ok();
    let Some(found) = id.and_then(cve) else {
        return Err(no_cve("cveID", id));
    };
    let Some(day) = date(added) else {
        let expected = "a date such as `2021-12-10`";
        return Err(unexpected(expected, "dateAdded", added));
    };
    let id = Text::line(&found);
    let due = date(due).map(|day| KevDue {
        day,
        id: id.clone(),
    });
    Ok(KevEntry {
        added: day,
        id,
        due,
        ransomware: ransomware.is_some_and(|words| words.trim().eq_ignore_ascii_case("known")),
    })
}

/// The day of a version such as `2026.11.20`; a second one of a day has a fourth number.
fn version(words: &str) -> Option<Date> {
    let mut parts = words.trim().split('.');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}
