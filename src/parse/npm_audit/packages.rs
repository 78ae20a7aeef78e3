//! The `vulnerabilities` of npm 7 and newer: an entry for each package, and the advisories in its `via`.

use std::collections::BTreeSet;
use std::io::Read;

use serde::Deserialize;

use super::context::{Context, weaknesses};
use super::counts::Counts;
use super::installed;
use crate::error::{Error, Result};
use crate::model::{Finding, Location, Text, redact};
use crate::parse::Sink;
use crate::parse::json::{Loose, Reader, Value};

/// How many dependents the description names.
const DEPENDENTS: usize = 20;

/// What all entries together told.
#[derive(Default)]
pub(super) struct Packages {
    /// Entries of each severity.
    pub(super) counts: Counts,
    /// How many entries there are.
    pub(super) entries: u64,
    /// How many advisories stand in them.
    pub(super) advisories: u64,
    /// Packages with an entry.
    names: BTreeSet<String>,
    /// Packages that an entry refers to.
    referred: BTreeSet<String>,
}

/// A package that is vulnerable itself, through another one, or both.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Entry<'a> {
    #[serde(borrow)]
    severity: Loose<'a>,
    is_direct: Loose<'a>,
    via: Loose<'a>,
    effects: Loose<'a>,
    range: Loose<'a>,
    nodes: Loose<'a>,
    fix_available: Loose<'a>,
    fix_blocked_by_release_age: Loose<'a>,
}

/// An advisory: what stands in `via` beside names of other entries.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Advisory<'a> {
    #[serde(borrow)]
    source: Loose<'a>,
    name: Loose<'a>,
    dependency: Loose<'a>,
    title: Loose<'a>,
    url: Loose<'a>,
    severity: Loose<'a>,
    cwe: Loose<'a>,
    cvss: Loose<'a>,
    range: Loose<'a>,
}

/// The upgrade that npm proposes: of a package that the project asks for itself, seldom of the vulnerable one.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Upgrade<'a> {
    #[serde(borrow)]
    name: Loose<'a>,
    version: Loose<'a>,
    is_sem_ver_major: Loose<'a>,
}

impl Packages {
    /// Reads the object that stands next, whose place is `place`.
    pub(super) fn read<R: Read>(
        reader: &mut Reader<R>,
        context: &Context<'_>,
        place: &str,
        sink: &mut dyn Sink,
    ) -> Result<Self> {
        let mut packages = Self::default();
        reader.enter_object()?;
        while let Some(key) = reader.next_key()? {
            // `npm install` prints totals under this name.
            if Counts::is_level(&key) && reader.value()? == Value::Scalar {
                return Err(not_an_audit().at(place));
            }
            let at = format!(
                "{place}/{}",
                redact(&key).replace('~', "~0").replace('/', "~1")
            );
            packages.entries += 1;
            let entry = reader.record::<Loose<'_>>()?;
            if packages.names.contains(&key) {
                // Two records of one place would be counted as one.
                sink.record();
                sink.reject(&at, "expected each package once, found its key again");
                continue;
            }
            match entry.and_then(Loose::object::<Entry<'_>>) {
                Ok(entry) => packages.entry(&key, &entry, context, &at, sink),
                Err(reason) => {
                    sink.record();
                    sink.reject(&at, &format!("no entry of a package: {reason}"));
                }
            }
            packages.names.insert(key);
        }
        Ok(packages)
    }

    /// Packages that an entry is said to be vulnerable through and that have no entry themselves.
    pub(super) fn missing(&self) -> Vec<&str> {
        let missing = self.referred.difference(&self.names);
        missing.map(String::as_str).collect()
    }

    fn entry(
        &mut self,
        key: &str,
        entry: &Entry<'_>,
        context: &Context<'_>,
        at: &str,
        sink: &mut dyn Sink,
    ) {
        self.counts.add(entry.severity, 1);
        let via = entry.via.list();
        if via.is_empty() {
            sink.record();
            let found = match entry.via.sort() {
                "an array" => "an empty one",
                other => other,
            };
            sink.reject(
                at,
                &format!("expected a list of advisories and packages in `via`, found {found}"),
            );
        }
        for (index, one) in via.into_iter().enumerate() {
            if let Some(name) = one.text() {
                self.referred.insert(name);
                continue;
            }
            sink.record();
            self.advisories += 1;
            let at = format!("{at}/via/{index}");
            let finding = one
                .object::<Advisory<'_>>()
                .map_err(|reason| format!("no advisory and no name of a package: {reason}"))
                .and_then(|advisory| advisory.finding(key, entry, context, &at));
            match finding {
                Ok(finding) => sink.finding(finding),
                Err(reason) => sink.reject(&at, &reason),
            }
        }
    }
}

impl Advisory<'_> {
    fn finding(
        &self,
        key: &str,
        entry: &Entry<'_>,
        context: &Context<'_>,
        at: &str,
    ) -> Result<Finding, String> {
        let name = self.name.text().or(self.dependency.text());
        let name = name.unwrap_or_else(|| key.to_owned());
        let mut finding = context.about(&name, at);
        let number = self.source.words();
        // An old registry gives the public id where others give a number.
        let named = [self.url.text(), number.clone()].into_iter().flatten();
        Context::identify(&mut finding, named, number.as_deref())?;
        context.rate(&mut finding, at, self.severity, self.cvss);
        let line = |field: Loose<'_>| field.text().and_then(|words| Text::some_line(&words));
        finding.title = line(self.title);
        finding.weaknesses = weaknesses(self.cwe);
        finding.links.extend(line(self.url));
        if let Some(package) = finding.package.as_deref_mut() {
            package.ranges.extend(line(self.range));
        }
        // The entry speaks of the package that it is named after.
        if name == key {
            let range = self.range.text();
            entry.describe(&mut finding, &name, range.as_deref());
            let package = finding.package.as_deref_mut();
            if let (Some(package), Some(tree)) = (package, &context.installed) {
                let nodes = entry.nodes.list().into_iter().filter_map(Loose::text);
                let is_direct = entry.is_direct.read() == Some(true);
                installed::tell(package, tree, nodes, range.as_deref(), is_direct);
            }
        }
        Ok(finding)
    }
}

impl Entry<'_> {
    /// `range` is that of the advisory.
    fn describe(&self, finding: &mut Finding, name: &str, range: Option<&str>) {
        if self.is_direct.read() == Some(true) {
            finding.tags.insert(Text::line("direct"));
        }
        let nodes = self.nodes.list().into_iter().filter_map(Loose::text);
        finding.locations.extend(nodes.map(|node| Location {
            path: Text::some_line(&node),
            ..Location::default()
        }));
        let effects = self.effects.list().into_iter().filter_map(Loose::text);
        let mut dependents: Vec<String> = effects.collect();
        let more = dependents.len().saturating_sub(DEPENDENTS);
        dependents.truncate(DEPENDENTS);
        if !dependents.is_empty() {
            let more = match more {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            finding.description = Text::some_prose(&format!(
                "Packages that depend on it: {}{more}.",
                dependents.join(", ")
            ));
        }
        self.propose(finding, name, range);
    }

    fn propose(&self, finding: &mut Finding, name: &str, range: Option<&str>) {
        let proposal = match self.fix_available.read::<bool>() {
            Some(true) => "Run `npm audit fix`.".to_owned(),
            Some(false) => "npm finds no version that fixes it.".to_owned(),
            None => {
                let upgrade: Upgrade<'_> = self.fix_available.object().unwrap_or_default();
                let (Some(target), Some(version)) = (upgrade.name.text(), upgrade.version.words())
                else {
                    return;
                };
                // An upgrade of another package says nothing of this one's versions. One of this package is what npm offers,
                // which may be the best of what is affected.
                let all = self.range.text();
                let is_fixed = target == name
                    && [range, all.as_deref()].into_iter().all(|range| {
                        range.is_some_and(|range| installed::is_outside(&version, range))
                    });
                if let Some(package) = finding.package.as_deref_mut().filter(|_| is_fixed) {
                    package.fixed_in.extend(Text::some_line(&version));
                }
                let major = match upgrade.is_sem_ver_major.read() {
                    Some(true) => ", a new major version",
                    _ => "",
                };
                format!("Upgrade {target} to {version}{major}.")
            }
        };
        let blocked: Upgrade<'_> = self.fix_blocked_by_release_age.object().unwrap_or_default();
        let blocked = match blocked.version.words() {
            Some(version) => {
                format!(" Version {version} is still held back by the minimum release age.")
            }
            None => String::new(),
        };
        finding.recommendation = Text::some_prose(&format!("{proposal}{blocked}"));
    }
}

/// The error for what other commands of npm print.
pub(super) fn not_an_audit() -> Error {
    Error::format("this is the output of `npm install`, not an audit report")
        .hint("run `npm audit --json` and merge what it prints")
}
