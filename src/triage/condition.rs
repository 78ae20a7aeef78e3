//! What an entry of a triage file speaks of.

use crate::error::Result;
use crate::glob::{Globs, Match, has_version};
use crate::model::{Finding, Key, KeyLabel, Kind, Set, Text};
use crate::table::{Table, Value};

/// The fewest digits of a fingerprint that may be written: no two findings share so many by chance.
const FEWEST_DIGITS: usize = 12;

const KIND_NAMES: [&str; 6] = [
    "dependency",
    "code",
    "secret",
    "configuration",
    "requirement",
    "ticket",
];

/// The conditions of an entry; all that are given must hold, of a list one is enough.
///
/// There are conditions on what a finding *is* and none on how it is judged. A merge may know a part of a finding only, and
/// a merge of such merges must give what one merge of everything gives. So what matches a part must match the whole: a
/// finding gains names, paths and versions and loses none, but its severity, its score and its status move with what else
/// is known. For the same reason a list that was cut (the report keeps only so many paths and versions of a finding) is
/// taken to hold the path or version in question: whether an acceptance covers all of the finding is decided when it is
/// assessed, and of a cut list it never does.
#[derive(Clone, Debug, Default)]
pub struct Condition {
    /// The first digits of any key by which the finding is or was known, in lower case.
    pub(super) fingerprints: Vec<String>,
    /// A public id, by whatever alias.
    pub(super) ids: Vec<String>,
    /// A package, as package URL without version or as plain name.
    pub(super) package: Option<Globs>,
    /// Versions of the package; they narrow what a decision covers.
    pub(super) versions: Set<Text>,
    /// The check; of a dependency its ids.
    pub(super) rule: Option<Globs>,
    /// Who saw it.
    tool: Option<Globs>,
    /// The product.
    app: Option<Globs>,
    /// What sort of problem.
    kinds: Vec<Kind>,
    /// The path of a location; it narrows what a decision covers.
    pub(super) path: Option<Globs>,
    /// The globs of paths, as a decision keeps them.
    pub(super) paths: Set<Text>,
    /// The key of a ticket.
    pub(super) tickets: Vec<String>,
}

impl Condition {
    /// Reads the `match` of an entry.
    pub(super) fn read(mut table: Table<'_, '_>) -> Result<Self> {
        let globs = |value: Option<Value<'_, '_>>, how| value.map(|value| value.globs(how));
        let path = table.take("path");
        let paths = words(path)?.into_iter().map(Text::line).collect();
        let kind = |word: &str| Kind::ALL.into_iter().find(|kind| kind.name() == word);
        let kinds = table.take("kind");
        let kinds = kinds.map(|value| value.choices(&KIND_NAMES, kind));
        let owned = |words: Vec<&str>| words.into_iter().map(str::to_owned).collect();
        let condition = Self {
            fingerprints: fingerprints(table.take("fingerprint"))?,
            ids: owned(words(table.take("id"))?),
            package: packages(table.take("package"))?,
            versions: words(table.take("version"))?
                .into_iter()
                .map(Text::line)
                .collect(),
            rule: globs(table.take("rule"), Match::Exact).transpose()?,
            tool: globs(table.take("tool"), Match::Word).transpose()?,
            app: globs(table.take("app"), Match::Exact).transpose()?,
            kinds: kinds.transpose()?.unwrap_or_default(),
            path: globs(path, Match::Path).transpose()?,
            paths,
            tickets: owned(words(table.take("ticket"))?),
        };
        let empty = table
            .error("`match` is empty, and would reach every finding")
            .hint("name what it speaks of: `id`, `fingerprint`, `package`, `rule`, `path`, `ticket`, ...");
        table.finish()?;
        if condition.is_empty() {
            return Err(empty);
        }
        Ok(condition)
    }

    fn is_empty(&self) -> bool {
        let Self {
            versions,
            tool,
            app,
            kinds,
            ..
        } = self;
        let globs = [&self.package, &self.rule, &self.path, tool, app];
        self.fingerprints.is_empty()
            && self.ids.is_empty()
            && self.tickets.is_empty()
            && versions.is_empty()
            && kinds.is_empty()
            && globs.into_iter().all(Option::is_none)
    }

    /// Whether it names findings by their keys.
    pub(super) fn has_fingerprints(&self) -> bool {
        !self.fingerprints.is_empty()
    }

    /// Whether it reaches the finding by nothing but a name that holds its place among equal ones of a report.
    pub(super) fn is_by_order(&self, finding: &Finding) -> bool {
        let counts = [KeyLabel::Snippet, KeyLabel::Logical, KeyLabel::Position];
        let mut named = finding.names().filter(|key| {
            let hex = key.hex();
            self.fingerprints
                .iter()
                .any(|digits| hex.starts_with(digits))
        });
        !self.fingerprints.is_empty() && named.all(|key| counts.contains(&key.label()))
    }

    /// Whether findings are found by nothing but their paths.
    pub(super) fn is_by_path(&self) -> bool {
        let Self {
            fingerprints,
            ids,
            package,
            rule,
            path,
            tickets,
            ..
        } = self;
        let is_narrower = package.is_some() || rule.is_some();
        let is_named = !fingerprints.is_empty() || !ids.is_empty() || !tickets.is_empty();
        path.is_some() && !is_narrower && !is_named
    }

    /// Whether it names no problem, no package and no place, but only what many findings have in common.
    pub(super) fn names_nothing(&self) -> bool {
        let Self {
            fingerprints,
            ids,
            package,
            rule,
            path,
            tickets,
            ..
        } = self;
        // A glob of wildcards alone names nothing.
        let names = |globs: &Option<Globs>| {
            let is_name = |glob: &String| glob.contains(|letter: char| !"*?/".contains(letter));
            globs
                .as_ref()
                .is_some_and(|globs| globs.written().iter().all(is_name))
        };
        fingerprints.is_empty()
            && ids.is_empty()
            && tickets.is_empty()
            && ![package, rule, path].into_iter().any(names)
    }

    /// Whether every condition holds. A new kind of condition is a new field here.
    pub fn holds(&self, finding: &Finding) -> bool {
        let Self {
            fingerprints,
            ids,
            package,
            versions,
            rule,
            tool,
            app,
            kinds,
            path,
            paths: _,
            tickets,
        } = self;
        let one = |globs: &Option<Globs>, words: &mut dyn Iterator<Item = &Text>| {
            globs.as_ref().is_none_or(|globs| globs.any(words))
        };
        (kinds.is_empty() || kinds.contains(&finding.kind))
            && one(app, &mut std::iter::once(&finding.app))
            && (tickets.is_empty() || tickets.iter().any(|key| is_ticket(finding, key)))
            && (ids.is_empty() || ids.iter().any(|id| has_id(finding, id)))
            && (fingerprints.is_empty() || has_key(finding, fingerprints))
            && package
                .as_ref()
                .is_none_or(|globs| globs.any_package(finding))
            && rule.as_ref().is_none_or(|globs| globs.any_check(finding))
            && (versions.is_empty() || is_version(finding, versions))
            && (finding.locations.more() || one(path, &mut paths_of(finding)))
            && tool.as_ref().is_none_or(|globs| is_seen_by(finding, globs))
    }
}

fn is_ticket(finding: &Finding, key: &str) -> bool {
    let ticket = finding.ticket.as_ref();
    ticket.is_some_and(|ticket| ticket.key.untrusted().eq_ignore_ascii_case(key))
}

/// Whether the id is one of the finding's, or was: a scanner may no longer tell it, and a key still holds it.
fn has_id(finding: &Finding, id: &str) -> bool {
    let own = |own: &Text| own.untrusted().eq_ignore_ascii_case(id);
    finding.ids.iter().any(own)
        || key_of_id(finding, id).is_some_and(|key| finding.keys.contains(&key))
}

/// The key that the id gives the package of the finding.
pub(super) fn key_of_id(finding: &Finding, id: &str) -> Option<Key> {
    let package = finding.package.as_ref()?;
    let (app, purl) = (finding.app.untrusted(), package.purl.untrusted());
    Some(Key::advisory(app, purl, &canonical(id)))
}

/// The id as keys hold it.
pub(super) fn canonical(id: &str) -> String {
    let upper = id.to_ascii_uppercase();
    match upper.strip_prefix("GHSA-") {
        Some(groups) => format!("GHSA-{}", groups.to_ascii_lowercase()),
        None if upper.starts_with("CVE-") || upper.starts_with("RUSTSEC-") => upper,
        None => id.to_owned(),
    }
}

fn has_key(finding: &Finding, fingerprints: &[String]) -> bool {
    finding.names().any(|key| {
        let hex = key.hex();
        fingerprints.iter().any(|digits| hex.starts_with(digits))
    })
}

fn is_version(finding: &Finding, versions: &Set<Text>) -> bool {
    finding.package.as_ref().is_some_and(|package| {
        let installed = &package.versions;
        installed.more() || installed.iter().any(|version| versions.contains(version))
    })
}

pub(super) fn paths_of(finding: &Finding) -> impl Iterator<Item = &Text> {
    let locations = finding.locations.iter();
    locations.filter_map(|location| location.path.as_ref())
}

/// Whether a tool saw it. The list of sightings may be cut; the scopes, which begin with the tool's family, never are.
fn is_seen_by(finding: &Finding, globs: &Globs) -> bool {
    let family = |scope: &Text| {
        let family = scope.untrusted().split(':').next().unwrap_or_default();
        globs.is_match(family)
    };
    let sightings = finding.sightings.iter();
    let claims = finding.claims.iter().map(|claim| &claim.scanner);
    globs.any(sightings.map(|sighting| &sighting.scanner))
        || globs.any(claims)
        || finding.scope.iter().any(family)
}

/// One word or several.
fn words<'t>(value: Option<Value<'t, '_>>) -> Result<Vec<&'t str>> {
    let Some(value) = value else {
        return Ok(Vec::new());
    };
    let words = value.some()?.into_iter().map(|member| member.words());
    words.collect()
}

fn fingerprints(value: Option<Value<'_, '_>>) -> Result<Vec<String>> {
    let mut fingerprints = Vec::new();
    for member in value
        .map(|value| value.some())
        .transpose()?
        .into_iter()
        .flatten()
    {
        let word = member.words()?;
        // `explain` shows keys as `cve:` and their digits.
        let digits = word.rsplit_once(':').map_or(word, |(_, digits)| digits);
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hex || !(FEWEST_DIGITS..=64).contains(&digits.len()) {
            let message = format!("`{word}` is no fingerprint");
            return Err(member.error(message).hint(
                "write its 64 hexadecimal digits, or at least the first 12 of them; `scanfold show REPORT` lists them",
            ));
        }
        fingerprints.push(digits.to_ascii_lowercase());
    }
    Ok(fingerprints)
}

fn packages(value: Option<Value<'_, '_>>) -> Result<Option<Globs>> {
    let Some(value) = value else {
        return Ok(None);
    };
    let globs = value.globs(Match::Package).map_err(|error| {
        let words = value.list().into_iter().map(|member| member.words());
        if words.flatten().any(has_version) {
            return error.hint("name the versions beside it: `version = \"…\"`");
        }
        error
    });
    globs.map(Some)
}
