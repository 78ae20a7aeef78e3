//! What a policy says of apps and vulnerabilities, which no scanner can know: exposure, tags, environments, SSVC's answers.

use std::collections::BTreeMap;

use super::cvss::Metrics;
use crate::glob::{Globs, Match};
use crate::model::{Finding, Set, Text, preference};

/// From where an app can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Exposure {
    /// From nowhere but its own machine or segment.
    Isolated,
    /// From inside the organisation.
    Internal,
    /// From the internet.
    Public,
}

impl Exposure {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Isolated, Self::Internal, Self::Public];

    /// Its name in policies.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Isolated => "isolated",
            Self::Internal => "internal",
            Self::Public => "public",
        }
    }
}

/// How much an attacker gains (SSVC, technical impact).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Impact {
    /// Limited control or information.
    Partial,
    /// Everything.
    Total,
}

impl Impact {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Partial, Self::Total];

    /// Its name in policies.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Partial => "partial",
            Self::Total => "total",
        }
    }
}

/// What a policy says of apps whose key matches a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct App {
    /// From where they can be reached.
    pub exposure: Option<Exposure>,
    /// Whatever rules want to tell apart: `payment`, `end-of-life`.
    pub tags: Option<Vec<Text>>,
}

/// What a policy says of vulnerabilities whose id matches a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Vulnerability {
    /// Whether an attack can be automated (SSVC).
    pub automatable: Option<bool>,
    /// How much an attacker gains (SSVC).
    pub impact: Option<Impact>,
    /// Whether somebody is likely to exploit it (`FedRAMP`).
    pub likely_exploitable: Option<bool>,
}

/// CVSS metrics that are laid over vectors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// The metrics by name.
    pub metrics: Metrics,
    /// Why they may also make a score lower. Without it they only ever raise one.
    pub reason: Option<Text>,
}

/// Entries by names that may be globs. Of several that match, the most specific one says what it says.
#[derive(Clone, Debug)]
pub struct Named<T>(BTreeMap<String, (Globs, T)>);

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T: Default> Named<T> {
    /// The entry of a name as it is written, which is made if it is new; the error says what is wrong with the glob.
    pub(super) fn entry(&mut self, name: &str, how: Match) -> Result<&mut T, String> {
        let globs = Globs::new([name], how)?;
        let entry = self.0.entry(name.to_owned());
        let (_, known) = entry.or_insert_with(|| (globs, T::default()));
        Ok(known)
    }

    /// The entries with the names as they are written.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        let named = self.0.iter();
        named.map(|(name, (_, entry))| (name.as_str(), entry))
    }

    /// What matches a text, the least specific first: globs before the name itself, of globs the longer ones later.
    fn matching(&self, text: &Text) -> impl Iterator<Item = &T> {
        let mut found: Vec<(bool, usize, &T)> = self
            .0
            .iter()
            .filter(|(_, (globs, _))| globs.is_match(text.untrusted()))
            .map(|(name, (_, entry))| (name == text.untrusted(), name.len(), entry))
            .collect();
        // The names stand in their order, and equal ones cannot be; the sort is stable.
        found.sort_by_key(|&(is_exact, length, _)| (is_exact, length));
        found.into_iter().map(|(.., entry)| entry)
    }
}

/// What a policy says of apps and vulnerabilities.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// By the key of the app.
    pub apps: Named<App>,
    /// By the id of the vulnerability.
    pub vulnerabilities: Named<Vulnerability>,
    /// The environment of every app.
    pub environment: Environment,
    /// Environments by the key of the app.
    pub environments: Named<Environment>,
}

impl Known {
    /// From where an app can be reached, if the policy says it.
    pub fn exposure(&self, app: &Text) -> Option<Exposure> {
        let told = self.apps.matching(app).filter_map(|app| app.exposure);
        told.last()
    }

    /// The tags of an app: those of every name that matches.
    pub fn tags(&self, app: &Text) -> impl Iterator<Item = &Text> {
        self.apps
            .matching(app)
            .flat_map(|app| app.tags.iter().flatten())
    }

    /// Whether an attack can be automated.
    pub fn automatable(&self, finding: &Finding) -> Option<bool> {
        self.worst(finding, true, |known| known.automatable)
    }

    /// Whether somebody is likely to exploit it.
    pub fn likely_exploitable(&self, finding: &Finding) -> Option<bool> {
        self.worst(finding, true, |known| known.likely_exploitable)
    }

    /// How much an attacker gains.
    pub fn impact(&self, finding: &Finding) -> Option<Impact> {
        self.worst(finding, Impact::Total, |known| known.impact)
    }

    /// The worst answer of a finding's ids. What is not the worst there is counts when each of its vulnerabilities has an
    /// answer: unknown is never taken for no.
    fn worst<T: Copy + Ord>(
        &self,
        finding: &Finding,
        worst: T,
        answer: impl Fn(&Vulnerability) -> Option<T>,
    ) -> Option<T> {
        let of = |id: &Text| self.vulnerabilities.matching(id).filter_map(&answer).last();
        let most = finding.ids.iter().filter_map(of).max()?;
        let several = vulnerabilities(finding);
        let is_answered = |id: &Text| {
            let aliases = finding.history().aliases.keys();
            // A ticket also names several that are not one another's aliases.
            let is_sure = |ids: &&Set<Text>| {
                ids.contains(id)
                    && several
                        .iter()
                        .all(|other| *other == id || !ids.contains(other))
            };
            of(id).is_some() || aliases.filter(is_sure).flatten().any(|id| of(id).is_some())
        };
        (most == worst || several.iter().all(|id| is_answered(id))).then_some(most)
    }

    /// The metrics of an app, if there are any. They may lower a score when each table that brings one has a reason.
    pub fn environment(&self, app: &Text) -> Option<Environment> {
        let mut metrics = Metrics::new();
        let mut reasons = Vec::new();
        let tables = std::iter::once(&self.environment).chain(self.environments.matching(app));
        for table in tables.filter(|table| !table.metrics.is_empty()) {
            metrics.extend(&table.metrics);
            reasons.push(table.reason.as_ref());
        }
        let reasons: Option<Vec<&str>> = reasons
            .into_iter()
            .map(|reason| reason.map(Text::untrusted))
            .collect();
        (!metrics.is_empty()).then(|| Environment {
            metrics,
            reason: reasons.map(|reasons| Text::line(&reasons.join("; "))),
        })
    }
}

/// Which of its ids name vulnerabilities that may differ: those of the preferred scheme. Of another scheme are their aliases.
/// A single one may be answered under any of its names, and is none of these.
fn vulnerabilities(finding: &Finding) -> Vec<&Text> {
    let scheme = |id: &'_ Text| {
        let scheme = id.untrusted().split('-').next();
        scheme.unwrap_or_default().to_ascii_uppercase()
    };
    let preferred = finding
        .ids
        .iter()
        .min_by_key(|id| preference(id))
        .map(scheme);
    let same = move |id: &&Text| {
        preferred
            .as_ref()
            .is_some_and(|preferred| scheme(id) == *preferred)
    };
    let mut same: Vec<&Text> = finding.ids.iter().filter(same).collect();
    if same.len() == 1 {
        same.clear();
    }
    same
}
