//! What a document says of one vulnerability, and of which findings it says so.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::purl::Purl;
use crate::model::{self, Decision, Finding, Kind, Set, Text, Verdict, preference};

/// What a document says of one vulnerability in some products.
#[derive(Debug)]
pub(super) struct Statement {
    /// Where it stands, as a JSON pointer.
    pub(super) at: String,
    /// What the vulnerability is called, each name in the form of [`vulnerability`].
    pub(super) ids: Set<Text>,
    pub(super) verdict: Verdict,
    pub(super) by: Option<Text>,
    pub(super) reason: Option<Text>,
    pub(super) said: Option<Timestamp>,
    pub(super) targets: Targets,
}

/// Of which app a statement about a package speaks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Whose {
    /// Of any.
    Anyones,
    /// Of the one with one of these names.
    App(Set<Text>),
    /// Of the one that the whole document is about. That may be an app which nobody named, too.
    Context(Set<Text>),
}

impl Whose {
    fn is(&self, app: &Text) -> bool {
        match self {
            Self::Anyones => true,
            Self::App(names) => names.contains(app),
            Self::Context(names) => app.is_empty() || names.contains(app),
        }
    }
}

/// What findings a statement reaches: those of an app, of a package, or of a package in an app.
#[derive(Debug, Default)]
pub(super) struct Targets(BTreeMap<(Whose, Option<Text>), Set<Text>>);

impl Targets {
    /// Everything in an app.
    pub(super) fn app(&mut self, names: Set<Text>) {
        if !names.is_empty() {
            self.add(Whose::App(names), None, Set::new());
        }
    }

    /// A package, in these versions; without one in all.
    pub(super) fn package(&mut self, whose: Whose, package: Text, versions: Set<Text>) {
        self.add(whose, Some(package), versions);
    }

    /// The packages of one component by all its package URLs. Where one of them names a version, it is meant.
    pub(super) fn packages(&mut self, whose: &Whose, purls: &[Purl]) {
        let mut versions: BTreeMap<&Text, Set<Text>> = BTreeMap::new();
        for purl in purls {
            let versions = versions.entry(&purl.package).or_default();
            versions.extend(purl.version.clone());
        }
        for (package, versions) in versions {
            self.package(whose.clone(), package.clone(), versions);
        }
    }

    fn add(&mut self, whose: Whose, package: Option<Text>, versions: Set<Text>) {
        let known = self.0.get_mut(&(whose.clone(), package.clone()));
        match known {
            // No version is all of them.
            Some(known) if known.is_empty() || versions.is_empty() => *known = Set::new(),
            Some(known) => known.extend(versions),
            None => drop(self.0.insert((whose, package), versions)),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Statement {
    /// The decisions that the statement is about this finding, of which one of its ids is known to be there.
    ///
    /// A decision tells all that the statement tells, not the part of it that this finding shows: so it is the same
    /// wherever in a tree of merges it is attached. For the same reason a finding without known versions is not reached by
    /// a statement about some versions: what is learnt of it later must not take a decision back.
    pub(super) fn decisions(
        &self,
        document: &str,
        finding: &Finding,
        package: Option<&Text>,
        decisions: &mut Vec<Decision>,
    ) {
        let app = &finding.app;
        for ((whose, target), versions) in &self.targets.0 {
            let is_package = target.is_none() || target.as_ref() == package;
            let installed = finding.package.as_ref().map(|package| &package.versions);
            let is_installed = |version: &Text| {
                installed.is_some_and(|all| all.as_slice().binary_search(version).is_ok())
            };
            let is_version = versions.is_empty() || versions.iter().any(is_installed);
            if whose.is(app) && is_package && is_version {
                decisions.push(Decision {
                    verdict: self.verdict,
                    source: Text::line(&format!("{document} {}", self.at)),
                    by: self.by.clone(),
                    reason: self.reason.clone(),
                    until: None,
                    said: self.said,
                    subject: Some(self.subject(finding)),
                    versions: versions.clone(),
                    paths: Set::new(),
                });
            }
        }
    }

    /// What the latest statement counts of. A dependency is one vulnerability in one package of one app, so that its package
    /// says it all: whichever of its ids a document names, and in whatever way the product. Of others it is id and app.
    fn subject(&self, finding: &Finding) -> Text {
        if let (Kind::Dependency, Some(package)) = (finding.kind, &finding.package) {
            return package.purl.clone();
        }
        let id = self.ids.iter().min_by_key(|id| preference(id));
        let words: Vec<&str> = id
            .into_iter()
            .chain([&finding.app])
            .map(Text::untrusted)
            .collect();
        Text::line(&words.join(" "))
    }
}

/// Statements by the names of their vulnerabilities.
#[derive(Debug, Default)]
pub(super) struct Index(BTreeMap<Text, Vec<usize>>);

impl Index {
    pub(super) fn of(statements: &[Statement]) -> Self {
        let mut index: BTreeMap<Text, Vec<usize>> = BTreeMap::new();
        for (number, statement) in statements.iter().enumerate() {
            for id in &statement.ids {
                index.entry(id.clone()).or_default().push(number);
            }
        }
        Self(index)
    }

    /// The statements about a vulnerability of the finding. A ticket is what a tracker says.
    pub(super) fn about(&self, finding: &Finding) -> BTreeSet<usize> {
        if finding.kind == Kind::Ticket {
            return BTreeSet::new();
        }
        let ids = finding.ids.iter();
        ids.filter_map(|id| self.0.get(&vulnerability(id.untrusted())?))
            .flatten()
            .copied()
            .collect()
    }
}

/// A name of a vulnerability in the form in which names are compared.
pub(super) fn vulnerability(name: &str) -> Option<Text> {
    model::vulnerability_id(name).or_else(|| Text::some_line(&name.to_lowercase()))
}

/// A time of a document. One without zone is taken for UTC: it serves to tell the earlier statement from the later one.
pub(super) fn time(words: &str) -> Result<Timestamp, String> {
    let words = words.trim();
    // A day alone is its first moment.
    let in_utc = || words.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok();
    words
        .parse::<Timestamp>()
        .ok()
        .or_else(|| in_utc().map(|time| time.timestamp()))
        .ok_or_else(|| format!("expected a time such as `2026-11-21T08:00:00Z`, found `{words}`"))
}

/// The words of somebody who decided, in one text: a word of the format, then the sentences.
pub(super) fn reason(word: Option<&str>, sentences: &[Option<String>]) -> Option<Text> {
    let sentences: Vec<&str> = sentences
        .iter()
        .flatten()
        .map(|sentence| sentence.trim())
        .collect();
    let sentences = Some(sentences.join("\n")).filter(|words| !words.is_empty());
    let words: Vec<&str> = word.into_iter().chain(sentences.as_deref()).collect();
    Text::some_prose(&words.join(": "))
}
