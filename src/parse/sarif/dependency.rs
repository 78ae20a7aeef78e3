//! Results of dependency scanners that name package and advisory for sure.

use super::wire::{Face, Record};
use crate::model::{Package, Text};
use crate::parse::ecosystem::Ecosystem;
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
            let mention = Mention::of_osv_scanner(message?)?;
            let advisory = package::vulnerability_id(mention.advisory?)?;
            mention.dependency(Ecosystem::of_file(path?)?, advisory)
        }
        "trivy" => {
            let mention = Mention::of_trivy(message?)?;
            let advisory = package::vulnerability_id(rule?)?;
            let mut found = mention.dependency(Ecosystem::of_file(path?)?, advisory)?;
            let fixed = mention.fixed.split(',').filter_map(Text::some_line);
            found.package.fixed_in.extend(fixed);
            Some(found)
        }
        "grype" => {
            let mention = Mention::of_grype(message?)?;
            let advisory = mention.advisory_of_rule(rule?)?;
            mention.dependency(grype_ecosystem(mention.sort?)?, advisory)
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

/// What a result names a package by, without its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Named<'n> {
    pub(super) name: &'n str,
    /// The image that it is in, with its tag.
    pub(super) image: Option<&'n str>,
}

/// The package that a result is about: its message says that one has a vulnerability, or a fingerprint is its name and
/// version.
///
/// The words alone decide: whose they are is not known before the end of a run, which may tell its tool behind its
/// results, and a package that is named is named whoever does it.
pub(super) fn named<'n>(face: Face<'n, '_>) -> Option<Named<'n>> {
    // What fills placeholders stands elsewhere.
    let has_arguments = !face.message.arguments.0.is_empty();
    let words = face.message.text.get().filter(|_| !has_arguments);
    let mention = words.and_then(|words| {
        Mention::of_trivy(words)
            .or_else(|| Mention::of_osv_scanner(words))
            .or_else(|| Mention::of_grype(words))
    });
    let by_message = mention.map(|Mention { name, image, .. }| Named { name, image });
    let by_fingerprint = || {
        let mut marks = face.partial_fingerprints.0.iter();
        let name = marks.find_map(|(scheme, value)| crate_of_fingerprint(scheme, &value.0))?;
        Some(Named { name, image: None })
    };
    (by_message.or_else(by_fingerprint)).filter(|named| !named.name.trim().is_empty())
}

/// The name of the crate in a fingerprint that is made of its name and version.
fn crate_of_fingerprint<'f>(scheme: &str, value: &'f str) -> Option<&'f str> {
    match scheme {
        // `yanked:name:1.0.0`
        "cargo-audit/advisory-fingerprint" => value.split(':').nth(1),
        // `name@1.0.0`, or a package id specification: `path+file:///src/name#1.0.0`, `git+https://…/x?tag=1#name@1.0.0`
        "cargo-deny/krate" => {
            let (source, words) = value.rsplit_once('#').unwrap_or(("", value));
            match words.rsplit_once('@') {
                Some((name, _)) => Some(name),
                None if source.is_empty() => Some(words),
                None => source.split('?').next()?.rsplit('/').next(),
            }
        }
        _ => None,
    }
}

/// The advisory in the id of a rule of grype, which is called by advisory and package.
pub(super) fn advisory(family: &str, rule: Option<&str>, message: Option<&str>) -> Option<Text> {
    let is_grype = family == "grype";
    Mention::of_grype(message.filter(|_| is_grype)?)?.advisory_of_rule(rule?)
}

/// What a message says of a package.
#[derive(Clone, Copy, Debug, Default)]
struct Mention<'m> {
    name: &'m str,
    version: &'m str,
    /// The versions in which it is fixed.
    fixed: &'m str,
    advisory: Option<&'m str>,
    /// What sort of package it is, in the tool's words.
    sort: Option<&'m str>,
    image: Option<&'m str>,
}

impl<'m> Mention<'m> {
    /// Lines that begin `Package: name`, `Installed Version: 1.0.0`.
    fn of_trivy(message: &'m str) -> Option<Self> {
        let mut lines = message.strip_prefix("Package:")?.lines();
        let name = lines.next()?.trim();
        let version = lines.next()?.strip_prefix("Installed Version:")?.trim();
        let fixed = lines.find_map(|line| line.strip_prefix("Fixed Version:"));
        Some(Self {
            name,
            version,
            fixed: fixed.unwrap_or_default(),
            ..Self::default()
        })
    }

    /// `Package 'name@1.0.0' is vulnerable to 'GHSA-…'`; a bare commit names no package.
    fn of_osv_scanner(message: &'m str) -> Option<Self> {
        let words = message.strip_prefix("Package '")?;
        let (package, rest) = words.split_once("' is vulnerable to '")?;
        let (name, version) = package.rsplit_once('@')?;
        Some(Self {
            name,
            version,
            advisory: rest.split('\'').next(),
            ..Self::default()
        })
    }

    /// `A high vulnerability in npm package: name, version 1.0.0 was found at: …`
    fn of_grype(message: &'m str) -> Option<Self> {
        let (_, words) = message
            .strip_prefix("A ")?
            .split_once(" vulnerability in ")?;
        let (sort, words) = words.split_once(" package: ")?;
        let (name, words) = words.split_once(", version ")?;
        let (version, place) = words.split_once(" was found ")?;
        let image = place.strip_prefix("in image ");
        Some(Self {
            name,
            version,
            sort: Some(sort),
            image: image.and_then(|image| Some(image.split_once(" at: ")?.0)),
            ..Self::default()
        })
    }

    /// The advisory of a rule that is called `CVE-2021-23337-lodash`.
    fn advisory_of_rule(&self, rule: &str) -> Option<Text> {
        package::vulnerability_id(rule.strip_suffix(self.name)?.strip_suffix('-')?)
    }

    fn dependency(&self, ecosystem: Ecosystem, advisory: Text) -> Option<Dependency> {
        let purl = ecosystem.purl(self.name)?;
        dependency(purl, self.name, self.version, advisory, None)
    }
}

/// The ecosystem of what grype calls a sort of package. Those of Java are left out, whose names lack their group, and
/// those of .NET, whose names may be those of assemblies.
fn grype_ecosystem(sort: &str) -> Option<Ecosystem> {
    Some(match sort {
        "dart-pub" => Ecosystem::Pub,
        "gem" => Ecosystem::Gem,
        "go-module" => Ecosystem::Golang,
        "npm" => Ecosystem::Npm,
        "php-composer" => Ecosystem::Composer,
        "python" => Ecosystem::Pypi,
        "rust-crate" => Ecosystem::Cargo,
        _ => return None,
    })
}

/// Whether Trivy says that nobody rated it, in the message or else in a tag of the rule. As a level it writes `note`, as of
/// what is low.
pub(super) fn is_unrated<'t>(
    message: Option<&str>,
    mut tags: impl Iterator<Item = &'t str>,
) -> bool {
    let mut lines = message.into_iter().flat_map(str::lines);
    let stated = lines.find_map(|line| line.strip_prefix("Severity:"));
    let is_unrated = |word: &str| word.trim().eq_ignore_ascii_case("unknown");
    stated.map_or_else(|| tags.any(is_unrated), is_unrated)
}

/// The sort of a warning: cargo-audit writes `NAME VERSION has a KIND warning: …`, and `warning` as the level of all of them.
pub(super) fn warning(message: &str) -> Option<&'static str> {
    let (before, _) = message.split_once(" warning:")?;
    known_tag(before.rsplit(' ').next()?)
}

fn known_tag(word: &str) -> Option<&'static str> {
    ["unmaintained", "unsound", "notice", "yanked"]
        .into_iter()
        .find(|tag| *tag == word)
}
