//! What local catalogues say of a finding's CVE ids: CISA's known exploited vulnerabilities and FIRST's EPSS scores.
//!
//! What is said of several ids is the join of what is said of each, so that a catalogue may be given at any level of a
//! tree of merges. For that a catalogue that is not whole, or too old, must be silent on *every* id that it does not list,
//! not only on those whose rows are broken.

mod epss;
mod kev;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::error::Result;
use crate::model::{
    Capped, Epss, Fact, Facts, Finding, InputRecord, Join, Kev, Ledger, Moment, Outcome, Reject,
    Set, Text,
};
use crate::source::Input;

/// How many rejects of one file are kept in words. All are counted.
const REJECTS_KEPT: usize = 1000;
/// A catalogue with more days than this gets a note, whatever the user allows: both are published several times a week.
const OLD: i64 = 30;

/// The files to look findings up in.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// KEV catalogues of CISA, JSON or CSV.
    pub kev: Vec<PathBuf>,
    /// EPSS scores of FIRST, CSV.
    pub epss: Vec<PathBuf>,
    /// How many days old a file may be, for what it does not list to count as not listed.
    pub max_age: Option<u32>,
}

/// Looks the findings up and notes in each what the files say. What comes back accounts for the files themselves: they
/// are inputs without findings, whose only records are those that could not be understood.
pub fn look_up(findings: &mut [Box<Finding>], files: &Files, as_of: Timestamp) -> Result<Facts> {
    let wanted: BTreeSet<String> = if files.epss.is_empty() {
        BTreeSet::new()
    } else {
        findings.iter().flat_map(|finding| ids(finding)).collect()
    };
    let catalogues = Catalogues::read(files, Some(&wanted), as_of)?;
    catalogues.look_up(findings);
    Ok(catalogues.account())
}

/// The files as they were read, for findings that come part by part.
pub struct Catalogues {
    kev: Vec<Catalogue<Kev>>,
    epss: Vec<Catalogue<Epss>>,
    age: Age,
}

impl Catalogues {
    /// Reads the files; of EPSS scores those of the wanted ids, or all.
    pub fn read(
        files: &Files,
        wanted: Option<&BTreeSet<String>>,
        as_of: Timestamp,
    ) -> Result<Self> {
        let age = Age {
            today: as_of.to_zoned(TimeZone::UTC).date(),
            allowed: files.max_age,
        };
        let kev = files.kev.iter().map(|path| kev::read(named(path)?));
        let kev = kev.collect::<Result<_>>()?;
        let epss = files
            .epss
            .iter()
            .map(|path| epss::read(named(path)?, wanted));
        Ok(Self {
            kev,
            epss: epss.collect::<Result<_>>()?,
            age,
        })
    }

    /// Notes in each finding what the files say.
    pub fn look_up(&self, findings: &mut [Box<Finding>]) {
        forget_old_silence(findings, self.age);
        for catalogue in &self.kev {
            let unlisted = Kev {
                listed: None,
                catalogue: catalogue.day,
            };
            for finding in &mut *findings {
                if let Some(kev) = catalogue.says(finding, &unlisted, self.age) {
                    note_kev(finding, kev);
                }
            }
        }
        for catalogue in &self.epss {
            let unlisted = Epss {
                day: catalogue.day,
                score: None,
                percentile: None,
                scored: Set::new(),
            };
            for finding in &mut *findings {
                if let Some(epss) = catalogue.says(finding, &unlisted, self.age) {
                    finding.note(|history| history.exploited.epss.join(Some(epss)));
                }
            }
        }
    }

    /// The files as inputs.
    pub fn account(&self) -> Facts {
        let mut accounts = Facts::default();
        for catalogue in &self.kev {
            catalogue.account(&mut accounts, self.age);
        }
        for catalogue in &self.epss {
            catalogue.account(&mut accounts, self.age);
        }
        accounts
    }
}

fn named(path: &PathBuf) -> Result<Input> {
    let mut input = Input::file(path, true);
    input.identify()?;
    Ok(input)
}

fn note_kev(finding: &mut Finding, kev: Kev) {
    if let Some(entry) = &kev.listed
        && let Some(added) = midnight(entry.added)
    {
        let source = format!("KEV catalogue of {}", kev.catalogue);
        finding.date(Fact::KevAdded, Moment::new(added, source));
    }
    finding.note(|history| history.exploited.kev.join(Some(kev)));
}

/// What an earlier merge did not find in a catalogue that is too old by now is unknown again.
fn forget_old_silence(findings: &mut [Box<Finding>], age: Age) {
    for finding in findings {
        let exploited = &finding.history().exploited;
        let kev = exploited.kev.as_ref();
        let kev = kev.is_some_and(|kev| kev.listed.is_none() && age.is_too_old(kev.catalogue));
        let epss = exploited.epss.as_ref();
        let epss = epss.is_some_and(|epss| epss.score.is_none() && age.is_too_old(epss.day));
        if kev || epss {
            finding.note(|history| {
                history.exploited.kev.take_if(|_| kev);
                history.exploited.epss.take_if(|_| epss);
            });
        }
    }
}

/// How old a catalogue may be.
#[derive(Clone, Copy)]
struct Age {
    today: Date,
    allowed: Option<u32>,
}

impl Age {
    fn days(self, day: Date) -> i64 {
        self.today.duration_since(day).as_hours() / 24
    }

    fn is_too_old(self, day: Date) -> bool {
        let days = self.days(day);
        self.allowed
            .is_some_and(|allowed| days > i64::from(allowed))
    }
}

/// A catalogue as it was read.
struct Catalogue<Said> {
    input: Input,
    /// The name of its format in the report.
    format: &'static str,
    /// The day that it speaks for.
    day: Date,
    /// When it was published, as far as it tells.
    published: Option<Timestamp>,
    /// What is in it, in one line.
    note: String,
    /// What it says, by CVE id.
    said: BTreeMap<String, Said>,
    rejects: Rejects,
    /// Why it is not whole, if it is known not to be.
    cut: Option<String>,
}

/// Why a table may be cut. One that ends after a whole line cannot be told from a shorter one.
const NO_LINE_END: &str =
    "the last line has no end, so that the table may be cut: what is not listed is unknown";

impl<Said: Clone + Join> Catalogue<Said> {
    /// What it says of a finding; nothing of one without a CVE id.
    fn says(&self, finding: &Finding, unlisted: &Said, age: Age) -> Option<Said> {
        let ids: BTreeSet<String> = ids(finding).collect();
        let said = ids.iter().filter_map(|id| self.said.get(id)).cloned();
        let said = said.reduce(|mut all, one| {
            all.join(one);
            all
        });
        let is_whole = self.cut.is_none() && self.rejects.count == 0;
        let believed = is_whole && !age.is_too_old(self.day) && !ids.is_empty();
        said.or_else(|| believed.then(|| unlisted.clone()))
    }

    /// Adds it to the inputs. Its notes grow with its age and hold no number of days, so that of two merges on two days
    /// the later one has the last word.
    fn account(&self, accounts: &mut Facts, age: Age) {
        let mut notes: Set<Text> = std::iter::once(Text::line(&self.note)).collect();
        let mut reasons = Set::new();
        let mut outcome = Outcome::Complete;
        if age.days(self.day) > OLD {
            let note = format!("the catalogue is more than {OLD} days old");
            notes.insert(Text::line(&note));
        }
        if let Some(allowed) = age.allowed.filter(|_| age.is_too_old(self.day)) {
            let day = self.day;
            let note = format!(
                "a catalogue may be {allowed} days old, and this one, of {day}, is older: what it does not list is unknown"
            );
            reasons.insert(Text::line(&note));
            outcome = Outcome::Partial;
        }
        if let Some(reason) = &self.cut {
            reasons.insert(Text::line(reason));
            outcome = Outcome::Truncated;
        }
        notes.join(reasons.clone());
        let rejected = self.rejects.count;
        accounts.inputs.push(InputRecord {
            id: Arc::clone(self.input.id()),
            format: Some(Text::line(self.format)),
            scanner: None,
            scanner_version: None,
            bytes: self.input.bytes(),
            outcome,
            dated: None,
            scanned: self.published.or_else(|| midnight(self.day)),
            scope: Set::new(),
            notes,
            reasons,
            doubts: Set::new(),
            ledger: Ledger {
                records: rejected,
                rejected,
                ..Ledger::default()
            },
            counted_again: 0,
        });
        accounts.rejects.extend(self.rejects.kept.iter().cloned());
    }
}

/// Records that could not be understood.
#[derive(Default)]
struct Rejects {
    kept: Capped<Reject, REJECTS_KEPT>,
    count: u64,
}

impl Rejects {
    fn add(&mut self, input: &Input, at: &str, reason: &str) {
        self.count += 1;
        self.kept.insert(Reject {
            place: input.place(at),
            reason: Text::line(reason),
        });
    }
}

/// The CVE ids of a finding, in capitals.
fn ids(finding: &Finding) -> impl Iterator<Item = String> {
    finding.ids.iter().filter_map(|id| cve(id.untrusted()))
}

/// A CVE id in capitals, if the words are one.
fn cve(words: &str) -> Option<String> {
    let id = words.trim().to_ascii_uppercase();
    let (year, number) = id.strip_prefix("CVE-")?.split_once('-')?;
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let is_id = year.len() == 4 && (4..=19).contains(&number.len());
    (is_id && digits(year) && digits(number)).then_some(id)
}

/// The reason for a reject of a record without an id.
fn no_cve(column: &str, found: Option<&str>) -> String {
    unexpected("an id such as `CVE-2021-44228`", column, found)
}

/// What was expected in a column and what stood there.
fn unexpected(expected: &str, column: &str, found: Option<&str>) -> String {
    match found.map(str::trim).filter(|words| !words.is_empty()) {
        // Nobody needs more of it to find the record.
        Some(words) => {
            let words: String = words.chars().take(64).collect();
            format!("expected {expected} in `{column}`, found `{words}`")
        }
        None => format!("expected {expected} in `{column}`, found nothing"),
    }
}

/// `1 vulnerability`, `2 vulnerabilities`.
fn vulnerabilities(number: usize) -> String {
    match number {
        1 => "1 vulnerability".to_owned(),
        number => format!("{number} vulnerabilities"),
    }
}

/// The first instant of a day, UTC.
fn midnight(day: Date) -> Option<Timestamp> {
    let zoned = day.to_zoned(TimeZone::UTC).ok()?;
    Some(zoned.timestamp())
}

#[cfg(test)]
mod tests;
