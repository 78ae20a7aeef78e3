//! Results of dependency scanners that name package and advisory for sure.

use super::wire::Record;
use crate::model::{Package, Text};
use crate::parse::package;

/// A package with a known advisory.
#[derive(Debug)]
pub(super) struct Dependency {
    pub(super) package: Package,
    /// The advisory that the report names.
    pub(super) advisory: Text,
    /// `unmaintained`, `unsound`, `notice`, `yanked`.
    pub(super) tag: Option<&'static str>,
}

/// What a result of `family` about the file at `path` says of a package, if both package and advisory are certain.
pub(super) fn of(
    family: &str,
    rule: Option<&str>,
    record: &Record<'_>,
    message: Option<&str>,
    path: Option<&str>,
) -> Option<Dependency> {
    let fingerprint = |name: &str| {
        let mut all = record.partial_fingerprints.0.iter();
        all.find(|(scheme, _)| scheme == name)
            .map(|(_, value)| value.0.as_str())
    };
    match family {
        "cargo-audit" => {
            let words = fingerprint("cargo-audit/advisory-fingerprint")?;
            let mut parts = words.split(':');
            let (id, name, version) = (parts.next()?, parts.next()?, parts.next()?);
            let advisory = package::vulnerability_id(id)?;
            let tag = message.and_then(warning);
            dependency(package::cargo(name), name, version, advisory, tag)
        }
        "cargo-deny" => {
            let advisory = package::vulnerability_id(fingerprint("cargo-deny/advisory-id")?)?;
            // `name@1.0.0`, or a package id specification that ends in `#name@1.0.0`.
            let (name, version) = fingerprint("cargo-deny/krate")?
                .rsplit('#')
                .next()?
                .rsplit_once('@')?;
            let tag = rule.and_then(|rule| known_tag(rule.strip_prefix("a:")?));
            dependency(package::cargo(name), name, version, advisory, tag)
        }
        "osv-scanner" => {
            // Package 'name@1.0.0' is vulnerable to 'GHSA-…'.
            let words = message?.strip_prefix("Package '")?;
            let (package, rest) = words.split_once("' is vulnerable to '")?;
            let advisory = package::vulnerability_id(rest.split('\'').next()?)?;
            let (name, version) = package.rsplit_once('@')?;
            dependency(purl(path?, name)?, name, version, advisory, None)
        }
        "trivy" => {
            let advisory = package::vulnerability_id(rule?)?;
            let line = |label: &str| {
                let mut lines = message?.lines();
                lines.find_map(|line| Some(line.strip_prefix(label)?.trim()))
            };
            let name = line("Package:")?;
            let version = line("Installed Version:")?;
            let mut found = dependency(purl(path?, name)?, name, version, advisory, None)?;
            let fixed = line("Fixed Version:").unwrap_or_default();
            let fixed = fixed.split(',').filter_map(Text::some_line);
            found.package.fixed_in.extend(fixed);
            Some(found)
        }
        _ => None,
    }
}

fn dependency(
    purl: Text,
    name: &str,
    version: &str,
    advisory: Text,
    tag: Option<&'static str>,
) -> Option<Dependency> {
    if name.trim().is_empty() || name.contains(char::is_whitespace) {
        return None;
    }
    let mut package = Package::new(purl);
    package.versions.extend(Text::some_line(version));
    Some(Dependency {
        package,
        advisory,
        tag,
    })
}

/// The package by the ecosystem of the lock file that names it.
fn purl(path: &str, name: &str) -> Option<Text> {
    match path.rsplit('/').next()? {
        "package-lock.json"
        | "npm-shrinkwrap.json"
        | "yarn.lock"
        | "pnpm-lock.yaml"
        | "bun.lock" => Some(package::npm(name)),
        "Cargo.lock" => Some(package::cargo(name)),
        _ => None,
    }
}

/// cargo-audit writes `NAME VERSION has a KIND warning: …`.
fn warning(message: &str) -> Option<&'static str> {
    let (before, _) = message.split_once(" warning:")?;
    known_tag(before.rsplit(' ').next()?)
}

fn known_tag(word: &str) -> Option<&'static str> {
    ["unmaintained", "unsound", "notice", "yanked"]
        .into_iter()
        .find(|tag| *tag == word)
}
