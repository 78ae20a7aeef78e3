//! A finding: the facts that scanners told of one problem, and who told them.

mod called;
mod join;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use jiff::Timestamp;

use super::{
    Capped, Claims, Fact, History, InputId, Join, Key, Location, Moment, Package, Place, Rule, Set,
    Suppression, Text, Ticket, key::preference, vulnerability_id,
};

/// What sort of problem it is; part of its identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A vulnerable, unmaintained or withdrawn package.
    Dependency,
    /// A weakness in source code.
    Code,
    /// A credential that should not be there.
    Secret,
    /// A weakness in configuration or infrastructure code.
    Configuration,
    /// A platform's security requirement that is not met.
    Requirement,
    /// A tracker's ticket that names no finding of any report.
    Ticket,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Dependency,
        Self::Code,
        Self::Secret,
        Self::Configuration,
        Self::Requirement,
        Self::Ticket,
    ];

    /// Whether it is a place in the product, of which one report may show several that are alike.
    pub const fn is_place(self) -> bool {
        matches!(self, Self::Code | Self::Secret | Self::Configuration)
    }

    /// Its name in reports, policies and keys.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dependency => "dependency",
            Self::Code => "code",
            Self::Secret => "secret",
            Self::Configuration => "configuration",
            Self::Requirement => "requirement",
            Self::Ticket => "ticket",
        }
    }
}

/// Who saw it, and in which record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sighting {
    /// The record.
    pub place: Place,
    /// The tool.
    pub scanner: Text,
}

/// How a finding compares with the baseline; the order is what wins when two reports disagree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Baseline {
    /// Absent although a complete scan of the same scope looked for it.
    Fixed,
    /// Absent, and nobody looked: it stays, and its clock runs on.
    Unobserved,
    /// Not in the baseline.
    New,
    /// In the baseline, and something about it changed.
    Updated,
    /// In the baseline as it is now.
    Unchanged,
}

impl Baseline {
    /// SARIF's word (2.1.0 section 3.27.24).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fixed | Self::Unobserved => "absent",
            Self::New => "new",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
        }
    }

    /// Whether no record of the present inputs shows the finding.
    pub const fn is_absent(self) -> bool {
        matches!(self, Self::Fixed | Self::Unobserved)
    }
}

/// One problem, said once, whoever found it. Facts only: severity, status and dates are derived from them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What sort of problem.
    pub kind: Kind,
    /// The product that it belongs to; empty when nobody said.
    pub app: Text,
    /// Its names. Two findings that share one are one.
    pub keys: Set<Key>,
    /// The check that fired.
    pub rule: Rule,
    /// Public vulnerability ids: `CVE-…`, `GHSA-…`, `RUSTSEC-…`.
    pub ids: Set<Text>,
    /// `CWE-79`.
    pub weaknesses: Set<Text>,
    /// Short marks for people and rules: `unmaintained`, `to-review`, `requirement:1.2`.
    pub tags: Capped<Text, 32>,
    /// One line that says what is wrong.
    pub title: Option<Text>,
    /// What is wrong, at length.
    pub description: Option<Text>,
    /// What to do about it.
    pub recommendation: Option<Text>,
    /// What the scanner shows as proof.
    pub evidence: Option<Text>,
    /// Where to read more.
    pub links: Capped<Text, 16>,
    /// The package, of a dependency.
    pub package: Option<Box<Package>>,
    /// Where it is.
    pub locations: Capped<Location, 16>,
    /// Who says how bad it is.
    pub claims: Claims,
    /// The earliest time that any source tells.
    pub first_seen: Option<Moment>,
    /// The latest time that any source tells.
    pub last_seen: Option<Timestamp>,
    /// Dated events that a clock may start at.
    pub dates: BTreeMap<Fact, Moment>,
    /// Suppressions that reports carry.
    pub suppressions: Set<Suppression>,
    /// Whether a record shows it without any of these. Only of a finding that has some: one that has none is shown so anyway.
    pub unsuppressed: bool,
    /// What the tracker says, of a ticket.
    pub ticket: Option<Box<Ticket>>,
    /// Who saw it, and where.
    pub sightings: Capped<Sighting, 16>,
    /// What the scans covered that saw it: only when each of these ran again in full is an absent finding a fixed one.
    pub scope: Set<Text>,
    /// How it compares with a baseline, if there is one.
    pub baseline: Option<Baseline>,
    /// Whether it was fixed and came back. It stays: a policy may promise less time for such ones. Reports show it as a tag
    /// that no number of other tags displaces.
    pub came_back: bool,
    /// What is known beside what scanners tell; nothing when it is empty.
    pub(crate) history: Option<Box<History>>,
}

impl Finding {
    /// The tag of what was fixed and came back.
    pub const REOPENED: &str = "reopened";

    /// A finding of which nothing is known yet but what sort it is and whose.
    pub fn new(kind: Kind, app: Text) -> Self {
        Self {
            kind,
            app,
            keys: Set::new(),
            rule: Rule::default(),
            ids: Set::new(),
            weaknesses: Set::new(),
            tags: Capped::new(),
            title: None,
            description: None,
            recommendation: None,
            evidence: None,
            links: Capped::new(),
            package: None,
            locations: Capped::new(),
            claims: Claims::default(),
            first_seen: None,
            last_seen: None,
            dates: BTreeMap::new(),
            suppressions: Set::new(),
            unsuppressed: false,
            ticket: None,
            sightings: Capped::new(),
            scope: Set::new(),
            baseline: None,
            came_back: false,
            history: None,
        }
    }

    /// Its CVE ids in canonical form.
    pub fn cves(&self) -> impl Iterator<Item = Text> {
        let canonical = self
            .ids
            .iter()
            .filter_map(|id| vulnerability_id(id.untrusted()));
        canonical.filter(|id| id.untrusted().starts_with("CVE-"))
    }

    /// Its weaknesses by their numbers, for whoever looks at the first only: `CWE-79` before `CWE-116`.
    pub fn numbered_weaknesses(&self) -> impl Iterator<Item = &Text> {
        let number = |id: &Text| -> u32 {
            let number = id.untrusted().strip_prefix("CWE-");
            number
                .and_then(|number| number.parse().ok())
                .unwrap_or(u32::MAX)
        };
        let mut weaknesses: Vec<&Text> = self.weaknesses.iter().collect();
        weaknesses.sort_by_key(|id| number(id));
        weaknesses.into_iter()
    }

    /// What is known beside what scanners tell.
    pub fn history(&self) -> &History {
        static NOTHING: History = History::new();
        self.history.as_deref().unwrap_or(&NOTHING)
    }

    /// The earliest time that its own sources tell, here or where it moved from.
    pub fn clock(&self) -> Option<Moment> {
        let mut clock = self.first_seen.clone();
        for moved in &self.history().moves {
            clock.join(moved.first_seen.clone());
        }
        clock
    }

    /// Each key by which it is or was called: decisions about these reach it.
    pub fn names(&self) -> impl Iterator<Item = &Key> {
        let history = self.history();
        let same_code = history.moves.iter().filter(|moved| moved.is_same_code);
        let moved = same_code.map(|moved| &moved.fingerprint);
        self.keys.iter().chain(&history.known_as).chain(moved)
    }

    /// Changes what is known beside what scanners tell.
    pub fn note(&mut self, change: impl FnOnce(&mut History)) {
        let mut history = self.history.take().unwrap_or_default();
        change(&mut history);
        self.history = Some(history).filter(|history| !history.is_empty());
    }

    /// Asserts the key of each id, of a dependency whose `package` and `ids` are filled in.
    pub fn assert_advisory_keys(&mut self) {
        if let Some(package) = &self.package {
            let key = |id: &Text| {
                Key::advisory(
                    self.app.untrusted(),
                    package.purl.untrusted(),
                    id.untrusted(),
                )
            };
            self.keys = self.ids.iter().map(key).collect();
        }
    }

    /// The key by which the finding is called: of a dependency the key of its preferred id (CVE, then GHSA, then others,
    /// the smallest first), of others the most preferred key. `None` only of a finding without any key.
    pub fn fingerprint(&self) -> Option<Key> {
        let preferred = self.ids.iter().min_by_key(|id| preference(id));
        match (&self.package, preferred) {
            (Some(package), Some(id)) if self.kind == Kind::Dependency => Some(Key::advisory(
                self.app.untrusted(),
                package.purl.untrusted(),
                id.untrusted(),
            )),
            _ => self.keys.first().copied(),
        }
    }

    /// The first record that shows it in a report that is an input. A place in a report of an earlier run may stand among
    /// its places; that is no record of this one.
    pub fn first_record(&self, is_input: impl Fn(&Arc<InputId>) -> bool) -> Option<&Place> {
        let mut places = self.sightings.iter().map(|sighting| &sighting.place);
        places.find(|place| is_input(&place.report))
    }

    /// Whether one report shows both, as different records: then they are two, whatever names they share. Equal bytes are
    /// one report, whatever it is called.
    pub fn stands_beside(&self, other: &Self) -> bool {
        let is_one = |mine: &InputId, theirs: &InputId| {
            mine == theirs || (mine.digest == theirs.digest && !mine.digest.is_empty())
        };
        let places = |finding: &'_ Self, report: &InputId| {
            let sightings = finding.sightings.iter().map(|sighting| &sighting.place);
            let places = sightings.filter(|place| is_one(&place.report, report));
            places.map(|place| place.at.clone()).collect::<Vec<_>>()
        };
        self.sightings.iter().any(|sighting| {
            let report = &sighting.place.report;
            let theirs = places(other, report);
            !theirs.is_empty() && !places(self, report).iter().any(|at| theirs.contains(at))
        })
    }

    /// Its tags, and that it came back, in their order.
    pub fn marks(&self) -> impl Iterator<Item = &Text> {
        static REOPENED: LazyLock<Text> = LazyLock::new(|| Text::line(Finding::REOPENED));
        let reopened = self.is_reopened().then_some(&*REOPENED);
        let tags = self.tags.as_slice();
        let (before, after) = tags.split_at(tags.partition_point(|tag| *tag < *REOPENED));
        before.iter().chain(reopened).chain(after)
    }

    /// Takes the tag of what came back out of its tags, where others might displace it.
    pub(crate) fn note_reopened(&mut self) {
        let is_it = |tag: &Text| tag.untrusted() == Self::REOPENED;
        if self.tags.iter().any(is_it) {
            let others = self.tags.iter().filter(|tag| !is_it(tag)).cloned();
            self.tags = Capped::of(others.collect::<Vec<_>>(), self.tags.more());
            self.came_back = true;
        }
    }

    /// Whether it came back after it was fixed, so that an old clock runs on.
    pub fn is_reopened(&self) -> bool {
        let ticket = self.ticket.as_ref();
        self.came_back || ticket.is_some_and(|ticket| ticket.is_reopened)
    }

    /// Whether a record shows it without any suppression.
    fn is_shown_unsuppressed(&self) -> bool {
        self.unsuppressed || self.suppressions.is_empty()
    }

    /// Whether no record of the present inputs shows it: it is only carried from a baseline.
    pub fn is_absent(&self) -> bool {
        self.baseline.is_some_and(Baseline::is_absent)
    }

    /// Keeps the earliest moment of an event.
    pub fn date(&mut self, fact: Fact, moment: Moment) {
        match self.dates.get_mut(&fact) {
            Some(known) => known.join(moment),
            None => drop(self.dates.insert(fact, moment)),
        }
    }

    /// Takes over from an earlier account of the same finding what must not be forgotten: its names, its clocks and when it
    /// was last seen. What else was said of it then may no longer hold.
    pub fn remember(&mut self, earlier: &Self) {
        self.keys.extend(earlier.keys.iter().copied());
        self.first_seen.join(earlier.first_seen.clone());
        self.last_seen = self.last_seen.max(earlier.last_seen);
        for (fact, moment) in &earlier.dates {
            self.date(*fact, moment.clone());
        }
        if let Some(earlier) = &earlier.history {
            self.note(|history| history.remember(earlier));
        }
    }
}
