//! The items of a cargo-audit report, as they are written from 2019 on.
//!
//! The `rustsec` crate's own report type refuses reports that older versions of it wrote, so these are ours.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer};
use serde_json::value::RawValue;

use super::Hit;

/// An element of `vulnerabilities.list` or of a list in `warnings`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "an object with `advisory` and `package`")]
pub(super) struct Item {
    /// Of a warning: what it warns of.
    #[serde(deserialize_with = "lenient")]
    pub(super) kind: Option<String>,
    /// Absent of a yanked version that no advisory is about.
    pub(super) advisory: Option<Advisory>,
    #[serde(deserialize_with = "lenient")]
    pub(super) versions: Versions,
    #[serde(deserialize_with = "lenient")]
    pub(super) affected: Affected,
    /// The installed crate.
    pub(super) package: Option<Crate>,
}

impl Item {
    /// Moves what stood in other places in 2019 to where it stands now.
    pub(super) fn modern(mut self) -> Self {
        if let Some(advisory) = &mut self.advisory {
            let old = Versions {
                patched: std::mem::take(&mut advisory.patched_versions),
                unaffected: std::mem::take(&mut advisory.unaffected_versions),
            };
            if self.versions.patched.is_empty() && self.versions.unaffected.is_empty() {
                self.versions = old;
            }
        }
        self
    }

    /// What the item says. `kind` is what its list is about, if the report says so.
    pub(super) fn hit<'a>(&'a self, kind: Option<&'a str>) -> Hit<'a> {
        let advisory = self.advisory.as_ref();
        let own = |advisory: &'a Advisory| advisory.informational.as_deref();
        Hit {
            kind: kind
                .or(self.kind.as_deref())
                .or_else(|| advisory.and_then(own)),
            advisory,
            versions: &self.versions,
            affected: &self.affected,
            name: self
                .package
                .as_ref()
                .map(|package| package.name.as_str())
                .filter(|name| !name.is_empty())
                .or(advisory.map(|advisory| advisory.package.as_str()))
                .unwrap_or_default(),
            version: self
                .package
                .as_ref()
                .map(|package| package.version.as_str())
                .unwrap_or_default(),
        }
    }
}

/// An advisory without its version ranges.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, expecting = "an advisory object")]
pub(in crate::parse) struct Advisory {
    /// `RUSTSEC-2021-0001`.
    #[serde(deserialize_with = "lenient")]
    pub(in crate::parse) id: String,
    /// The name of the crate.
    #[serde(deserialize_with = "lenient")]
    pub(in crate::parse) package: String,
    /// One line.
    #[serde(deserialize_with = "lenient")]
    pub(in crate::parse) title: String,
    /// Markdown.
    #[serde(deserialize_with = "lenient")]
    pub(in crate::parse) description: String,
    /// The day on which it was published.
    #[serde(deserialize_with = "lenient")]
    pub(in crate::parse) date: String,
    /// Ids of the same problem elsewhere.
    #[serde(deserialize_with = "words")]
    pub(in crate::parse) aliases: Vec<String>,
    /// Ids of other problems that are worth a look.
    #[serde(deserialize_with = "words")]
    pub(in crate::parse) related: Vec<String>,
    /// `memory-corruption`.
    #[serde(deserialize_with = "words")]
    pub(in crate::parse) categories: Vec<String>,
    /// The vector as it was written.
    #[serde(deserialize_with = "lenient")]
    pub(in crate::parse) cvss: Option<String>,
    /// `unmaintained`, `unsound` or `notice`, when it is no vulnerability by itself.
    #[serde(deserialize_with = "lenient")]
    pub(in crate::parse) informational: Option<String>,
    /// Web addresses.
    #[serde(deserialize_with = "words")]
    pub(in crate::parse) references: Vec<String>,
    /// The announcement.
    #[serde(deserialize_with = "lenient")]
    pub(in crate::parse) url: Option<String>,
    /// The day on which the advisory was taken back.
    #[serde(deserialize_with = "lenient")]
    pub(in crate::parse) withdrawn: Option<String>,
    /// Where `versions.patched` stood in 2019.
    #[serde(deserialize_with = "words")]
    pub(in crate::parse) patched_versions: Vec<String>,
    /// Where `versions.unaffected` stood in 2019.
    #[serde(deserialize_with = "words")]
    pub(in crate::parse) unaffected_versions: Vec<String>,
}

/// Ranges in which a crate is safe: everything else is affected.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::parse) struct Versions {
    /// Fixed.
    #[serde(deserialize_with = "words")]
    pub(in crate::parse) patched: Vec<String>,
    /// Never broken.
    #[serde(deserialize_with = "words")]
    pub(in crate::parse) unaffected: Vec<String>,
}

/// What of the crate, and where, an advisory is about.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::parse) struct Affected {
    /// Architectures, all if empty.
    #[serde(deserialize_with = "words")]
    pub(in crate::parse) arch: Vec<String>,
    /// Operating systems, all if empty.
    #[serde(deserialize_with = "words")]
    pub(in crate::parse) os: Vec<String>,
    /// Paths of functions, with the ranges in which they are broken.
    #[serde(deserialize_with = "lenient")]
    pub(in crate::parse) functions: BTreeMap<String, Vec<String>>,
}

/// An installed crate.
#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "a package object")]
pub(super) struct Crate {
    #[serde(deserialize_with = "lenient")]
    pub(super) name: String,
    #[serde(deserialize_with = "lenient")]
    pub(super) version: String,
}

/// What the auditor was told, as far as it makes a report leave things out.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Settings {
    #[serde(deserialize_with = "words")]
    pub(super) ignore: Vec<String>,
    #[serde(deserialize_with = "words")]
    pub(super) target_arch: Vec<String>,
    #[serde(deserialize_with = "words")]
    pub(super) target_os: Vec<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) severity: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) informational_warnings: Option<Vec<String>>,
    /// Until 2021: which packages were looked at; all where it is null.
    #[serde(deserialize_with = "lenient")]
    pub(super) package_scope: Option<Box<RawValue>>,
}

/// The lock file that was matched.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct LockfileInfo {
    #[serde(rename = "dependency-count", deserialize_with = "lenient")]
    pub(super) dependency_count: Option<u64>,
}

/// The database that was matched against.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct DatabaseInfo {
    #[serde(rename = "advisory-count", deserialize_with = "lenient")]
    pub(super) advisory_count: Option<u64>,
    #[serde(rename = "last-commit", deserialize_with = "lenient")]
    pub(super) last_commit: Option<String>,
    #[serde(rename = "last-updated", deserialize_with = "lenient")]
    pub(super) last_updated: Option<String>,
}

/// A field whose odd value costs the field, not the record. `null` is absent.
fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?;
    let field = serde_json::from_str::<Option<T>>(raw.get());
    Ok(field.ok().flatten().unwrap_or_default())
}

/// A list of words, or a single one; elements of another type are left out. `null` is an empty list.
fn words<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?;
    let word = |raw: &RawValue| serde_json::from_str::<String>(raw.get()).ok();
    Ok(match serde_json::from_str::<Vec<&RawValue>>(raw.get()) {
        Ok(list) => list.into_iter().filter_map(word).collect(),
        Err(_) => word(raw).into_iter().collect(),
    })
}
