//! One JSON document of npm or pnpm: an old report, a new one, one in a wrapper, or an error message.

use std::collections::BTreeSet;
use std::io::Read;

use serde::Deserialize;

use super::context::{Context, note};
use super::counts::{Counts, Stated};
use super::failure::Failure;
use super::packages::{Packages, not_an_audit};
use super::registry::Advisory;
use crate::error::{Error, Result};
use crate::model::{Outcome, redact};
use crate::parse::json::{Loose, Reader, Value};
use crate::parse::{Closing, Sink};

/// The version of npm's report that is read.
const VERSION: f64 = 2.0;

/// What one document told beside its records.
#[derive(Default)]
pub(super) struct Document {
    version: Option<f64>,
    packages: Option<Packages>,
    advisories: Option<Advisories>,
    /// The totals in `metadata`.
    stated: Option<Stated>,
    failure: Failure,
    /// Ids of advisories that `actions` resolve.
    resolved: BTreeSet<String>,
    /// Whether `npm install` or `npm audit fix` wrote it.
    installed: bool,
    /// The report in a wrapper.
    inner: Option<Box<Self>>,
    /// Whether `runId` is there, which npm 6 writes beside advisories.
    pub(super) run: bool,
    /// Whether `actions` are there, which pnpm leaves out since version 12.
    has_actions: bool,
}

/// What all advisories of an old report together told.
#[derive(Default)]
struct Advisories {
    ids: BTreeSet<String>,
    listed: Counts,
    paths: Counts,
    /// How many say their weaknesses in one string.
    worded: usize,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata<'a> {
    #[serde(borrow)]
    vulnerabilities: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Action<'a> {
    #[serde(borrow)]
    resolves: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Resolved<'a> {
    #[serde(borrow)]
    id: Loose<'a>,
}

impl Document {
    /// Reads the object that stands next, whose place is `place`.
    pub(super) fn read<R: Read>(
        reader: &mut Reader<R>,
        context: &Context<'_>,
        place: &str,
        sink: &mut dyn Sink,
    ) -> Result<Self> {
        let mut document = Self::default();
        reader.enter_object()?;
        while let Some(key) = reader.next_key()? {
            let value = reader.value()?;
            let at = format!("{place}/{key}");
            match (key.as_str(), value) {
                (_, Value::Null) => reader.skip()?,
                ("auditReportVersion", _) => {
                    let version = reader.record::<Loose<'_>>()?.unwrap_or_default();
                    if version.number() != Some(VERSION) {
                        let found = match version.number() {
                            Some(number) => format!("version `{number}`"),
                            None => version.sort().to_owned(),
                        };
                        let message =
                            format!("expected version 2 of npm's audit report, found {found}");
                        return Err(Error::format(message).at(at));
                    }
                    document.version = version.number();
                }
                ("vulnerabilities", Value::Object) => {
                    let packages = Packages::read(reader, context, &at, sink)?;
                    document.packages = Some(packages);
                }
                ("advisories", Value::Object) => {
                    let advisories = Advisories::read(reader, context, &at, sink)?;
                    document.advisories = Some(advisories);
                }
                ("vulnerabilities" | "advisories", _) => {
                    return Err(Error::format("expected an object of npm or pnpm").at(at));
                }
                ("metadata", Value::Object) => {
                    let metadata = reader.record::<Metadata<'_>>()?.unwrap_or_default();
                    document.stated = Stated::of(metadata.vulnerabilities);
                }
                ("actions", Value::Array) => {
                    document.has_actions = true;
                    document.actions(reader)?;
                }
                ("error", _) => {
                    let error = reader.record::<Loose<'_>>()?.unwrap_or_default();
                    document.failure.error(error);
                }
                ("message", Value::String) => {
                    let message = reader.record::<Loose<'_>>()?.unwrap_or_default();
                    document.failure.message(message);
                }
                ("audit", Value::Object) if place.rsplit('/').next() != Some("audit") => {
                    let inner = Self::read(reader, context, &at, sink)?;
                    document.inner = Some(Box::new(inner));
                }
                (key, _) => {
                    document.installed |= matches!(key, "added" | "audited");
                    document.run |= key == "runId";
                    reader.skip()?;
                }
            }
        }
        Ok(document)
    }

    fn actions<R: Read>(&mut self, reader: &mut Reader<R>) -> Result<()> {
        reader.enter_array()?;
        while reader.next_element()? {
            let action = reader.record::<Action<'_>>()?.unwrap_or_default();
            let resolved = action.resolves.list().into_iter();
            let resolved = resolved.filter_map(|one| one.object::<Resolved<'_>>().ok()?.id.words());
            self.resolved.extend(resolved);
        }
        Ok(())
    }

    /// Whether it is an old report, of npm 6 or pnpm.
    pub(super) fn is_old(&self) -> bool {
        self.advisories.is_some()
    }

    /// Whether npm or pnpm may have written it: without the `runId` of npm 6 and without dependency paths, nothing in the
    /// old form tells.
    pub(super) fn is_of_either(&self) -> bool {
        let advisories = self.advisories.as_ref();
        let has_paths = advisories.is_some_and(|advisories| advisories.paths.total() > 0);
        self.is_old() && !self.run && !has_paths
    }

    /// Whether nothing is listed in it, and it is no message of an error.
    pub(super) fn is_empty(&self) -> bool {
        let report = self.inner.as_deref().unwrap_or(self);
        let is_report = report.packages.is_some() || report.advisories.is_some();
        is_report && report.is_clean()
    }

    /// Whether nothing is listed in it.
    fn is_clean(&self) -> bool {
        let advisories = self.advisories.as_ref();
        advisories.is_none_or(|advisories| advisories.ids.is_empty())
            && self
                .packages
                .as_ref()
                .is_none_or(|packages| packages.entries == 0)
    }

    /// Says how the audit went and what is odd about the report. An error means that it is no report at all.
    pub(super) fn conclude(
        mut self,
        pnpm: bool,
        context: &Context<'_>,
        closing: &mut Closing,
    ) -> Result<()> {
        if let Some(words) = self.failure.words() {
            closing.lower(Outcome::Failed, &format!("the audit failed: {words}"));
            if self.packages.is_none() && self.advisories.is_none() {
                return Ok(());
            }
        }
        if let Some(inner) = self.inner.take() {
            note(
                closing,
                "the report stands in `audit`, as `npm audit fix` writes it",
            );
            if inner.packages.is_none() && inner.advisories.is_none() && self.installed {
                return Err(not_an_audit());
            }
            return inner.conclude(pnpm, context, closing);
        }
        match (&self.packages, &self.advisories) {
            (None, None) if self.installed => return Err(not_an_audit()),
            (None, None) => {
                return Err(Error::format(
                    "expected `vulnerabilities` or `advisories` at the top level, found neither",
                )
                .hint("make the report with `npm audit --json` or `pnpm audit --json`"));
            }
            (Some(_), _) if self.version.is_none() => {
                return Err(Error::format(
                    "expected `auditReportVersion` beside `vulnerabilities`, found none",
                ));
            }
            _ => {}
        }
        if self.stated.is_none() {
            if self.is_clean() {
                return Err(Error::format(
                    "expected totals in `metadata` of a report without vulnerabilities, found none",
                ));
            }
            closing.lower(
                Outcome::Partial,
                "no totals in `metadata`: nothing tells whether the list is whole",
            );
        }
        if let Some(packages) = &self.packages {
            self.check_packages(packages, context, closing);
        }
        if let Some(advisories) = &self.advisories {
            self.check_advisories(advisories, pnpm, closing);
        }
        Ok(())
    }

    fn check_packages(&self, packages: &Packages, context: &Context<'_>, closing: &mut Closing) {
        if packages.entries == 0 {
            closing.doubt(
                context.scope("npm-audit"),
                "npm writes the same empty report when it is offline and asks nobody",
            );
        }
        if let Some(stated) = &self.stated {
            let (total, entries) = (stated.total(), packages.entries);
            let is_other = stated.counts != packages.counts;
            let words = if is_other {
                format!(
                    "its totals count packages: {}; its list has {}",
                    stated.counts.words(),
                    packages.counts.words()
                )
            } else {
                format!("its totals count {total} packages, and it lists {entries}")
            };
            // Of one entry the severity may differ, or be missing; the entries are what is counted.
            if total > entries {
                closing.lower(Outcome::Partial, &words);
            } else if is_other {
                note(closing, &words);
            }
        }
        if packages.entries > 0 && packages.advisories == 0 {
            let why = "packages are listed, and no advisory of any";
            closing.lower(Outcome::Partial, why);
        }
        let missing = packages.missing();
        if !missing.is_empty() {
            note(
                closing,
                &format!(
                    "packages named in `via` without an entry of their own: {}",
                    missing.join(", ")
                ),
            );
        }
    }

    fn check_advisories(&self, advisories: &Advisories, pnpm: bool, closing: &mut Closing) {
        if let Some(stated) = &self.stated {
            self.compare(advisories, stated, pnpm, closing);
        }
        let unlisted: Vec<_> = self
            .resolved
            .difference(&advisories.ids)
            .map(String::as_str)
            .collect();
        if !unlisted.is_empty() {
            note(
                closing,
                &format!(
                    "`actions` name advisories that are not listed: {}",
                    unlisted.join(", ")
                ),
            );
        }
    }

    /// Compares the totals with the list: pnpm 12 counts advisories, others the paths to them.
    fn compare(&self, advisories: &Advisories, stated: &Stated, pnpm: bool, closing: &mut Closing) {
        let number = advisories.ids.len() as u64;
        // What pnpm 12 alone writes: no `actions`, and weaknesses in one string.
        let is_short = !self.has_actions && number > 0 && advisories.worded == advisories.ids.len();
        let (counted, listed, most) = if is_short {
            ("advisories", &advisories.listed, number)
        } else {
            let most = advisories.paths.total().max(number);
            ("paths", &advisories.paths, most)
        };
        let total = stated.total();
        let is_same = stated.counts == *listed || !is_short && stated.counts == advisories.listed;
        if is_same && total <= most {
            return;
        }
        let differ = format!(
            "its totals count {counted}: {}; its list has {}",
            stated.counts.words(),
            listed.words()
        );
        // pnpm leaves out what is below its audit level, and counts it: what is not listed may still be there.
        // Others may word a severity otherwise than they count it.
        let may_hide = pnpm || self.is_of_either();
        let is_hidden = may_hide && stated.counts.hidden(&advisories.listed);
        if is_hidden || total > most {
            closing.lower(Outcome::Partial, &differ);
        } else {
            note(closing, &differ);
        }
        if is_hidden && pnpm {
            note(closing, "pnpm hides advisories below its audit level");
        }
    }
}

impl Advisories {
    fn read<R: Read>(
        reader: &mut Reader<R>,
        context: &Context<'_>,
        place: &str,
        sink: &mut dyn Sink,
    ) -> Result<Self> {
        let mut advisories = Self::default();
        reader.enter_object()?;
        while let Some(key) = reader.next_key()? {
            let at = format!(
                "{place}/{}",
                redact(&key).replace('~', "~0").replace('/', "~1")
            );
            let advisory = reader.record::<Loose<'_>>()?;
            sink.record();
            if advisories.ids.contains(&key) {
                // Two records of one place would be counted as one.
                sink.reject(&at, "expected each advisory once, found its key again");
                continue;
            }
            match advisory.and_then(Loose::object::<Advisory<'_>>) {
                Ok(advisory) => {
                    advisories.listed.add(advisory.severity, 1);
                    advisories.worded += usize::from(advisory.cwe.text().is_some());
                    advisories.paths.add(advisory.severity, advisory.paths());
                    if advisory.is_withdrawn() {
                        sink.passed();
                    } else {
                        match advisory.finding(context, &at, Some(key.clone())) {
                            Ok(finding) => sink.finding(finding),
                            Err(reason) => sink.reject(&at, &reason),
                        }
                    }
                }
                Err(reason) => sink.reject(&at, &format!("no advisory: {reason}")),
            }
            advisories.ids.insert(key);
        }
        Ok(advisories)
    }
}
