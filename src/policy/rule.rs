//! Rules: names, where a finding comes from, globs, and what follows when the conditions hold.

use std::collections::{BTreeMap, BTreeSet};

use super::condition::When;
use super::term::Term;
use crate::glob::Globs;
use crate::model::{Duty, Finding, Severity, Text};
use crate::table::Position;

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

impl Rule {
    /// Whether it has a say in the severity, so that its terms and tags also count for what it holds for before that.
    pub(super) fn rates(&self) -> bool {
        self.then.severity.is_some() || self.then.ignore.is_some()
    }
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
    pub(super) fn told(self, finding: &Finding) -> bool {
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

/// Every tool that claims or saw it.
pub(super) fn scanners(finding: &Finding) -> impl Iterator<Item = &Text> {
    let claimed = finding.claims.iter().map(|claim| &claim.scanner);
    claimed.chain(finding.sightings.iter().map(|sighting| &sighting.scanner))
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
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Then {
    /// What it does to the severity.
    pub severity: Option<Change>,
    /// The terms that stand in place of the policy's own ones, unless those count as well.
    pub terms: BTreeMap<Duty, Term>,
    /// Whether the policy's own terms count as well: such a rule only ever tightens.
    pub also: bool,
    /// The tools whose claims do not count for this policy.
    pub ignore: Option<Globs>,
    /// What it tags a finding with.
    pub tags: BTreeSet<Text>,
    /// Why; a lower severity and an ignored claim need it.
    pub reason: Option<Text>,
}
