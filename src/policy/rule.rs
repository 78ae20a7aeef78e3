//! Rules: conditions on the facts of a finding, and what follows.

use std::collections::BTreeMap;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::table::Position;
use super::term::Term;
use crate::model::{Duty, Fact, Finding, Kind, Score, Severity, Text};

/// A rule of a policy.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name.
    pub name: Text,
    /// When it applies.
    pub when: When,
    /// What follows.
    pub then: Then,
    /// Where it stands in its file.
    pub position: Position,
    /// Where it is written, for reports: `ours.toml:14`.
    pub at: Text,
}

/// Who told of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// A bug bounty programme.
    BugBounty,
    /// A customer.
    Customer,
    /// A researcher.
    Researcher,
    /// The platform, through a ticket of its tracker.
    Ticket,
    /// A tool.
    Scanner,
}

impl Source {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::BugBounty,
        Self::Customer,
        Self::Researcher,
        Self::Ticket,
        Self::Scanner,
    ];

    /// Its name in policies, and in tags as `source:bug-bounty`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BugBounty => "bug-bounty",
            Self::Customer => "customer",
            Self::Researcher => "researcher",
            Self::Ticket => "ticket",
            Self::Scanner => "scanner",
        }
    }

    /// Whether the finding comes from here: a tag `source:…` says so, or who saw it does. It may come from several.
    fn told(self, finding: &Finding) -> bool {
        const PROGRAMMES: [&str; 4] = ["bugcrowd", "hackerone", "intigriti", "yeswehack"];
        let is_tagged = finding
            .tags
            .iter()
            .any(|tag| tag.untrusted().strip_prefix("source:") == Some(self.name()));
        if is_tagged {
            return true;
        }
        let is_programme = |scanner: &Text| {
            let scanner = scanner.untrusted();
            PROGRAMMES
                .iter()
                .any(|known| known.eq_ignore_ascii_case(scanner))
        };
        let is_ticket = finding.ticket.is_some();
        match self {
            Self::BugBounty => scanners(finding).any(is_programme),
            Self::Ticket => is_ticket,
            Self::Scanner => !is_ticket && scanners(finding).any(|scanner| !is_programme(scanner)),
            Self::Customer | Self::Researcher => false,
        }
    }
}

fn scanners(finding: &Finding) -> impl Iterator<Item = &Text> {
    let claimed = finding.claims.iter().map(|claim| &claim.scanner);
    claimed.chain(finding.sightings.iter().map(|sighting| &sighting.scanner))
}

/// How the letters of a condition's words compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// Whatever the case: names of tools, ids, tags.
    Word,
    /// Letter for letter: packages, apps.
    Exact,
    /// Letter for letter, and `*` does not pass a `/`.
    Path,
}

/// Several globs of which one must match.
#[derive(Clone, Debug)]
pub struct Globs {
    set: GlobSet,
    written: Vec<String>,
}

impl Globs {
    /// Puts the globs together; the error says what is wrong with one.
    pub fn new<'a>(globs: impl IntoIterator<Item = &'a str>, how: Match) -> Result<Self, String> {
        let mut builder = GlobSetBuilder::new();
        let mut written = Vec::new();
        for glob in globs {
            let parsed = GlobBuilder::new(glob)
                .case_insensitive(how == Match::Word)
                .literal_separator(how == Match::Path)
                .build()
                .map_err(|error| format!("`{glob}` is no glob: {}", error.kind()))?;
            builder.add(parsed);
            written.push(glob.to_owned());
        }
        let set = builder.build().map_err(|error| error.to_string())?;
        Ok(Self { set, written })
    }

    /// The globs as they are written.
    pub fn written(&self) -> &[String] {
        &self.written
    }

    fn any<'a>(&self, mut texts: impl Iterator<Item = &'a Text>) -> bool {
        texts.any(|text| self.set.is_match(text.untrusted()))
    }
}

/// What a rule looks at.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The facts.
    pub finding: &'a Finding,
    /// The tickets that name it.
    pub tickets: &'a [&'a Finding],
    /// The severity so far.
    pub severity: Severity,
    /// The level whose terms it takes: the same, but of an unrated finding the one that the policy names.
    pub level: Severity,
    /// The score behind the default choice.
    pub score: Option<Score>,
}

/// The conditions of a rule; all that are set must hold.
#[derive(Clone, Debug, Default)]
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
    /// A vulnerability id.
    pub ids: Option<Globs>,
    /// The name of a tool that claims or saw it.
    pub scanner: Option<Globs>,
    /// The id of the check.
    pub rule: Option<Globs>,
    /// The product.
    pub app: Option<Globs>,
    /// The path of a location.
    pub path: Option<Globs>,
    /// The package URL without version.
    pub package: Option<Globs>,
    /// A tag.
    pub tag: Option<Globs>,
}

impl When {
    /// Whether every condition holds. A new kind of condition is a new field here.
    pub fn holds(&self, subject: &Subject<'_>) -> bool {
        let Self {
            severity,
            severity_at_least,
            score_at_least,
            kind,
            source,
            fix_available,
            ids,
            scanner,
            rule,
            app,
            path,
            package,
            tag,
        } = self;
        let finding = subject.finding;
        let told = |source: &Source| {
            source.told(finding) || subject.tickets.iter().any(|ticket| source.told(ticket))
        };
        let holds = |globs: &Option<Globs>, texts: &mut dyn Iterator<Item = &Text>| {
            globs.as_ref().is_none_or(|globs| globs.any(texts))
        };
        severity.as_ref().is_none_or(|levels| {
            levels.contains(&subject.severity) || levels.contains(&subject.level)
        }) && severity_at_least.is_none_or(|least| subject.severity.max(subject.level) >= least)
            && score_at_least.is_none_or(|least| subject.score >= Some(least))
            && kind
                .as_ref()
                .is_none_or(|kinds| kinds.contains(&finding.kind))
            && source
                .as_ref()
                .is_none_or(|sources| sources.iter().any(told))
            && fix_available.is_none_or(|wanted| wanted == is_fix_available(finding))
            && holds(ids, &mut finding.ids.iter())
            && holds(scanner, &mut scanners(finding))
            && holds(rule, &mut finding.rule.id.iter())
            && holds(app, &mut std::iter::once(&finding.app))
            && holds(
                path,
                &mut finding
                    .locations
                    .iter()
                    .filter_map(|location| location.path.as_ref()),
            )
            && holds(
                package,
                &mut finding.package.iter().map(|package| &package.purl),
            )
            && holds(tag, &mut finding.tags.iter())
    }
}

fn is_fix_available(finding: &Finding) -> bool {
    finding.dates.contains_key(&Fact::FixAvailable)
        || finding
            .package
            .as_ref()
            .is_some_and(|package| !package.fixed_in.is_empty())
}

/// What a rule does to a severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Makes it this level.
    Set(Severity),
    /// Makes it at least this level.
    Raise(Severity),
    /// Makes it at most this level.
    Lower(Severity),
}

impl Change {
    /// The level after the change.
    #[must_use]
    pub fn apply(self, severity: Severity) -> Severity {
        match self {
            Self::Set(level) => level,
            Self::Raise(level) => severity.max(level),
            Self::Lower(level) => severity.min(level),
        }
    }
}

/// The effects of a rule.
#[derive(Clone, Debug, Default)]
pub struct Then {
    /// What it does to the severity.
    pub severity: Option<Change>,
    /// The terms that stand in place of the policy's own ones.
    pub terms: BTreeMap<Duty, Term>,
    /// Why; a lower severity needs it.
    pub reason: Option<Text>,
}
