//! Conditions of rules: what must be known of a finding for a rule to hold.

use super::facts::{Exposure, Impact, Known};
use super::rule::{Source, scanners};
use crate::glob::Globs;
use crate::model::{Fact, Finding, Kind, Score, Severity, Share, Text};

/// What a rule looks at.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The facts.
    pub finding: &'a Finding,
    /// The tickets that name it.
    pub tickets: &'a [&'a Finding],
    /// What the policy itself says of apps and vulnerabilities.
    pub known: &'a Known,
    /// The severity so far.
    pub severity: Severity,
    /// The level whose terms it takes: the same, but of an unrated finding the one that the policy names.
    pub level: Severity,
    /// The score behind the choice of a severity.
    pub score: Option<Score>,
}

/// An answer to a question that not everybody asked. Unknown is never taken for no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// Looked up, and it is not so.
    No,
    /// Nobody looked, or nobody could.
    Unknown,
    /// Looked up, and it is so.
    Yes,
}

impl From<Option<bool>> for Answer {
    fn from(answer: Option<bool>) -> Self {
        match answer {
            Some(true) => Self::Yes,
            Some(false) => Self::No,
            None => Self::Unknown,
        }
    }
}

/// The conditions of a rule; all that are set must hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct When {
    /// One of these levels.
    pub severity: Option<Vec<Severity>>,
    /// This level or a worse one; `unknown` stands above `medium`.
    pub severity_at_least: Option<Severity>,
    /// A score of at least this; without any score it does not hold.
    pub score_at_least: Option<Score>,
    /// One of these kinds.
    pub kind: Option<Vec<Kind>>,
    /// One of these sources.
    pub source: Option<Vec<Source>>,
    /// Whether a fixed version is known.
    pub fix_available: Option<bool>,
    /// Whether CISA's catalogue lists it.
    pub kev: Option<Vec<Answer>>,
    /// Whether that catalogue knows of ransomware that uses it.
    pub ransomware: Option<Vec<Answer>>,
    /// At least so likely to be exploited; what EPSS does not score is neither at least nor below anything.
    pub epss_at_least: Option<Share>,
    /// Less likely than this, each of its CVE ids.
    pub epss_below: Option<Share>,
    /// From where the app can be reached; `None` is what the policy does not say.
    pub exposure: Option<Vec<Option<Exposure>>>,
    /// Whether an attack can be automated (SSVC).
    pub automatable: Option<Vec<Answer>>,
    /// How much an attacker gains (SSVC); `None` is what the policy does not say.
    pub technical_impact: Option<Vec<Option<Impact>>>,
    /// Whether the policy calls it likely to be exploited, or CISA's catalogue lists it.
    pub likely_exploitable: Option<Vec<Answer>>,
    /// A vulnerability id.
    pub ids: Option<Globs>,
    /// The name of a tool that claims or saw it.
    pub scanner: Option<Globs>,
    /// The id of the check; of a dependency its ids.
    pub rule: Option<Globs>,
    /// The product.
    pub app: Option<Globs>,
    /// A tag that the policy gives the product.
    pub app_tag: Option<Globs>,
    /// The path of a location.
    pub path: Option<Globs>,
    /// The package, as package URL without version or as plain name.
    pub package: Option<Globs>,
    /// A tag.
    pub tag: Option<Globs>,
}

impl When {
    /// Whether it asks for more than a level and who told of it.
    pub(super) fn is_narrow(&self) -> bool {
        let Self {
            severity: _,
            severity_at_least: _,
            source: _,
            score_at_least,
            kind,
            fix_available,
            kev,
            ransomware,
            epss_at_least,
            epss_below,
            exposure,
            automatable,
            technical_impact,
            likely_exploitable,
            ids,
            scanner,
            rule,
            app,
            app_tag,
            path,
            package,
            tag,
        } = self;
        let globs = [ids, scanner, rule, app, app_tag, path, package, tag];
        let answers = [kev, ransomware, automatable, likely_exploitable];
        score_at_least.is_some()
            || kind.is_some()
            || fix_available.is_some()
            || epss_at_least.is_some()
            || epss_below.is_some()
            || exposure.is_some()
            || technical_impact.is_some()
            || answers.iter().any(|answers| answers.is_some())
            || globs.iter().any(|globs| globs.is_some())
    }

    /// Whether what it asks of the severity so far, and of the level whose terms are taken, holds.
    pub(super) fn holds_at(&self, severity: Severity, level: Severity) -> bool {
        let levels = self.severity.as_ref();
        levels.is_none_or(|levels| levels.contains(&severity) || levels.contains(&level))
            && self
                .severity_at_least
                .is_none_or(|least| severity.max(level) >= least)
    }

    /// Whether every condition holds. A new kind of condition is a new field here.
    pub fn holds(&self, subject: &Subject<'_>) -> bool {
        let Self {
            severity: _,
            severity_at_least: _,
            score_at_least,
            kind,
            source,
            fix_available,
            kev,
            ransomware,
            epss_at_least,
            epss_below,
            exposure,
            automatable,
            technical_impact,
            likely_exploitable,
            ids,
            scanner,
            rule,
            app,
            app_tag,
            path,
            package,
            tag,
        } = self;
        let Subject { finding, known, .. } = *subject;
        let told = |source: &Source| {
            source.told(finding) || subject.tickets.iter().any(|ticket| source.told(ticket))
        };
        let holds = |globs: &Option<Globs>, texts: &mut dyn Iterator<Item = &Text>| {
            globs.as_ref().is_none_or(|globs| globs.any(texts))
        };
        let is_below = |bound| epss(finding).is_some_and(|(most, all)| all && most < bound);
        self.holds_at(subject.severity, subject.level)
            && score_at_least.is_none_or(|least| subject.score >= Some(least))
            && is_one(kind.as_ref(), || finding.kind)
            && source
                .as_ref()
                .is_none_or(|sources| sources.iter().any(told))
            && fix_available.is_none_or(|wanted| wanted == is_fix_available(finding))
            && is_one(kev.as_ref(), || listed(finding))
            && is_one(ransomware.as_ref(), || used_by_ransomware(finding))
            && epss_at_least.is_none_or(|least| epss(finding).is_some_and(|(most, _)| most >= least))
            && epss_below.is_none_or(is_below)
            && is_one(exposure.as_ref(), || known.exposure(&finding.app))
            && is_one(automatable.as_ref(), || known.automatable(finding).into())
            && is_one(technical_impact.as_ref(), || known.impact(finding))
            // What is known to be exploited is likely to be, whatever the policy says of it.
            && is_one(likely_exploitable.as_ref(), || match listed(finding) {
                Answer::Yes => Answer::Yes,
                _ => known.likely_exploitable(finding).into(),
            })
            && holds(ids, &mut finding.ids.iter())
            && holds(scanner, &mut scanners(finding))
            && rule.as_ref().is_none_or(|globs| globs.any_check(finding))
            && holds(app, &mut std::iter::once(&finding.app))
            && holds(app_tag, &mut known.tags(&finding.app))
            && holds(
                path,
                &mut finding
                    .locations
                    .iter()
                    .filter_map(|location| location.path.as_ref()),
            )
            && package.as_ref().is_none_or(|globs| globs.any_package(finding))
            && holds(tag, &mut finding.marks())
    }
}

/// Whether the fact, which is looked up only for a condition that asks, is one of those wanted.
fn is_one<T: PartialEq>(wanted: Option<&Vec<T>>, fact: impl FnOnce() -> T) -> bool {
    wanted.is_none_or(|wanted| wanted.contains(&fact()))
}

fn listed(finding: &Finding) -> Answer {
    let kev = finding.history().exploited.kev.as_ref();
    kev.map(|kev| kev.listed.is_some()).into()
}

/// The catalogue says `Known` or `Unknown`, so no is only what it does not list.
fn used_by_ransomware(finding: &Finding) -> Answer {
    let kev = finding.history().exploited.kev.as_ref();
    match kev.map(|kev| kev.listed.as_ref()) {
        Some(Some(entry)) if entry.ransomware => Answer::Yes,
        Some(None) => Answer::No,
        None | Some(Some(_)) => Answer::Unknown,
    }
}

/// The highest score of its CVE ids, and whether each of them has one.
fn epss(finding: &Finding) -> Option<(Share, bool)> {
    let epss = finding.history().exploited.epss.as_ref()?;
    let is_whole = || finding.cves().all(|id| epss.scored.contains(&id));
    Some((epss.score?, is_whole()))
}

fn is_fix_available(finding: &Finding) -> bool {
    finding.dates.contains_key(&Fact::FixAvailable)
        || finding
            .package
            .as_ref()
            .is_some_and(|package| !package.fixed_in.is_empty())
}
