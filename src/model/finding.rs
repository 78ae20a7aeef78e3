//! A finding: the facts that scanners told of one problem, and who told them.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{
    Capped, Fact, InputId, Join, Key, KeyLabel, Moment, Place, Score, Set, Severity, Text,
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

/// The check that fired.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rule {
    /// The tool's name for it; for a dependency the advisory that the report named.
    pub id: Option<Text>,
    /// A readable name.
    pub name: Option<Text>,
}

/// The smaller id and the smaller name: several tools may call one problem by several rules, and one must be shown.
impl Join for Rule {
    fn join(&mut self, other: Self) {
        join_smaller(&mut self.id, other.id);
        join_smaller(&mut self.name, other.name);
    }
}

fn join_smaller<T: Ord>(mine: &mut Option<T>, theirs: Option<T>) {
    if theirs.is_some() && (mine.is_none() || theirs < *mine) {
        *mine = theirs;
    }
}

/// A package with a problem, without a version in its identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Package URL without version, in canonical form: `pkg:npm/%40scope/name`.
    pub purl: Text,
    /// Installed versions, where the report tells them.
    pub versions: Capped<Text, 32>,
    /// Affected ranges in the words of the advisory.
    pub ranges: Capped<Text, 16>,
    /// Versions or ranges in which it is fixed.
    pub fixed_in: Capped<Text, 16>,
    /// Dependency paths from the root: `a > b > lodash`.
    pub paths: Capped<Text, 16>,
}

impl Package {
    /// A package of which nothing but the name is known. `purl` must be canonical and without version.
    pub fn new(purl: Text) -> Self {
        Self {
            purl,
            versions: Capped::new(),
            ranges: Capped::new(),
            fixed_in: Capped::new(),
            paths: Capped::new(),
        }
    }
}

impl Join for Package {
    fn join(&mut self, other: Self) {
        let Self {
            purl,
            versions,
            ranges,
            fixed_in,
            paths,
        } = other;
        self.purl = std::mem::take(&mut self.purl).min(purl);
        self.versions.join(versions);
        self.ranges.join(ranges);
        self.fixed_in.join(fixed_in);
        self.paths.join(paths);
    }
}

/// A place in the product. Lines and columns count from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// Normalized path: relative to the checkout where that is known, with `/`.
    pub path: Option<Text>,
    /// First line.
    pub start_line: Option<u32>,
    /// First column.
    pub start_column: Option<u32>,
    /// Last line.
    pub end_line: Option<u32>,
    /// Column after the last character.
    pub end_column: Option<u32>,
    /// A function, class or other logical name.
    pub logical: Option<Text>,
    /// A web address.
    pub url: Option<Text>,
}

/// How far a claim of severity is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trust {
    /// The published score of the check, which outranks what a tool writes into one report.
    Published,
    /// What the source says of this record.
    Stated,
    /// A word that the tool writes whatever it found: kept, and never chosen.
    Constant,
}

impl Trust {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Published, Self::Stated, Self::Constant];

    /// Its name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Stated => "stated",
            Self::Constant => "constant",
        }
    }
}

/// What one source says of how bad it is, in its own words, with the record that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Who says it.
    pub scanner: Text,
    /// How far it is believed.
    pub trust: Trust,
    /// The source's word on our scale, through the one table; `Unknown` for a word that is not in it.
    pub severity: Option<Severity>,
    /// The source's own word, where it is not the name of `severity`.
    pub word: Option<Text>,
    /// A score that the source states.
    pub score: Option<Score>,
    /// A CVSS vector, as it was written.
    pub vector: Option<Text>,
    /// The record that says so; of several that say the same, the smallest.
    pub source: Place,
}

impl Claim {
    /// A claim in words. The word goes through [`Severity::from_word`] and is kept when it is not the level's own name.
    pub fn word(scanner: &Text, word: &str, source: &Place) -> Self {
        let severity = Severity::from_word(word).unwrap_or(Severity::Unknown);
        Self {
            severity: Some(severity),
            word: Text::some_line(word).filter(|own| own.untrusted() != severity.name()),
            ..Self::silent(scanner, source)
        }
    }

    /// A claim that says nothing yet: a start for claims with a score or a vector.
    pub fn silent(scanner: &Text, source: &Place) -> Self {
        Self {
            scanner: scanner.clone(),
            trust: Trust::Stated,
            severity: None,
            word: None,
            score: None,
            vector: None,
            source: source.clone(),
        }
    }

    /// What is claimed, without the record: the strongest evidence and the strictest first, so that a bounded set keeps
    /// these.
    fn content(&self) -> impl Ord + '_ {
        use std::cmp::Reverse;
        (
            self.trust,
            self.vector.is_none(),
            Reverse(self.score),
            Reverse(self.severity),
            &self.scanner,
            &self.word,
            Reverse(&self.vector),
        )
    }
}

/// Claims, each said once with the smallest record that says it. Bounded; the strictest stay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims(Vec<Claim>);

impl Claims {
    /// How many different claims are kept.
    pub const LIMIT: usize = 32;

    /// Adds a claim.
    pub fn insert(&mut self, claim: Claim) {
        match self
            .0
            .binary_search_by(|known| known.content().cmp(&claim.content()))
        {
            Ok(found) => {
                // The search returned an index into the list.
                let known = &mut self.0[found];
                if claim.source < known.source {
                    known.source = claim.source;
                }
            }
            Err(place) if place < Self::LIMIT => {
                self.0.reserve_exact(1);
                self.0.insert(place, claim);
                self.0.truncate(Self::LIMIT);
            }
            Err(_) => {}
        }
    }

    /// The claims, most trusted and strictest first.
    pub fn iter(&self) -> std::slice::Iter<'_, Claim> {
        self.0.iter()
    }

    /// Whether nobody claims anything.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Claim> for Claims {
    fn from_iter<I: IntoIterator<Item = Claim>>(claims: I) -> Self {
        let mut set = Self::default();
        for claim in claims {
            set.insert(claim);
        }
        set
    }
}

impl<'a> IntoIterator for &'a Claims {
    type Item = &'a Claim;
    type IntoIter = std::slice::Iter<'a, Claim>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl Join for Claims {
    fn join(&mut self, other: Self) {
        for claim in other.0 {
            self.insert(claim);
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

/// Whether a suppression counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SuppressionStatus {
    /// It counts (SARIF 2.1.0 section 3.35.3: `accepted`, or no status).
    Accepted,
    /// Somebody has yet to decide: the finding stays open.
    UnderReview,
    /// It was turned down: the finding stays open.
    Rejected,
}

impl SuppressionStatus {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Accepted, Self::UnderReview, Self::Rejected];

    /// Its name in reports, SARIF's words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::UnderReview => "underReview",
            Self::Rejected => "rejected",
        }
    }
}

/// A suppression that a report carries.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Suppression {
    /// Whether it counts.
    pub status: SuppressionStatus,
    /// The tool whose report carries it.
    pub scanner: Text,
    /// `inSource`, `external`, or another word of the tool.
    pub kind: Text,
    /// Why, in somebody's words.
    pub justification: Option<Text>,
}

/// Where a ticket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TicketState {
    /// Work is due; the clock runs.
    Open,
    /// The platform has the next move; shown, but the clock runs on.
    Waiting,
    /// Fixed and shipped.
    Fixed,
    /// The same as another ticket.
    Duplicate,
    /// Closed for a reason that the status does not tell.
    Closed,
}

impl TicketState {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Open,
        Self::Waiting,
        Self::Fixed,
        Self::Duplicate,
        Self::Closed,
    ];

    /// Its name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Waiting => "waiting",
            Self::Fixed => "fixed",
            Self::Duplicate => "duplicate",
            Self::Closed => "closed",
        }
    }
}

/// What a tracker says of one ticket. Two exports of one ticket: the later update wins, whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket {
    /// When the tracker last changed it.
    pub updated: Option<Timestamp>,
    /// The tracker's key: `AMS-1`.
    pub key: Text,
    /// Where it stands.
    pub state: TicketState,
    /// The tracker's own word for that.
    pub status: Option<Text>,
    /// The date that the ticket names.
    pub due: Option<Date>,
    /// When the ticket was opened.
    pub created: Option<Timestamp>,
    /// Where to read it.
    pub url: Option<Text>,
    /// Rule ids of the checks that it names; it is linked to findings of these.
    pub checks: Set<Text>,
}

impl Join for Ticket {
    fn join(&mut self, other: Self) {
        if other > *self {
            *self = other;
        }
    }
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
    /// What the tracker says, of a ticket.
    pub ticket: Option<Box<Ticket>>,
    /// Who saw it, and where.
    pub sightings: Capped<Sighting, 16>,
    /// What the scans covered that saw it: only when each of these ran again in full is an absent finding a fixed one.
    pub scope: Set<Text>,
    /// How it compares with a baseline, if there is one.
    pub baseline: Option<Baseline>,
}

impl Finding {
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
            ticket: None,
            sightings: Capped::new(),
            scope: Set::new(),
            baseline: None,
        }
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
        let preferred = |id: &&Text| (KeyLabel::of_advisory(id.untrusted()), (*id).clone());
        match (&self.package, self.ids.iter().min_by_key(preferred)) {
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

    /// Takes over from an earlier account of the same finding what must not be forgotten: its names and its clocks. What
    /// else was said of it then may no longer hold.
    pub fn remember(&mut self, earlier: &Self) {
        self.keys.extend(earlier.keys.iter().copied());
        self.first_seen.join(earlier.first_seen.clone());
        for (fact, moment) in &earlier.dates {
            self.date(*fact, moment.clone());
        }
    }
}

/// What is observed displaces what was only carried, all but its names and clocks: a suppression or a version of an
/// earlier run says nothing of this one.
impl Join for Finding {
    fn join(&mut self, mut other: Self) {
        if self.is_absent() != other.is_absent() {
            if self.is_absent() {
                std::mem::swap(self, &mut other);
            }
            return self.remember(&other);
        }
        let Self {
            kind,
            app,
            keys,
            rule,
            ids,
            weaknesses,
            tags,
            title,
            description,
            recommendation,
            evidence,
            links,
            package,
            locations,
            claims,
            first_seen,
            last_seen,
            dates,
            suppressions,
            ticket,
            sightings,
            scope,
            baseline,
        } = other;
        self.kind = self.kind.min(kind);
        self.app = std::mem::take(&mut self.app).max(app);
        self.keys.join(keys);
        self.rule.join(rule);
        self.ids.join(ids);
        self.weaknesses.join(weaknesses);
        self.tags.join(tags);
        self.title.join(title);
        self.description.join(description);
        self.recommendation.join(recommendation);
        self.evidence.join(evidence);
        self.links.join(links);
        match (self.package.as_mut(), package) {
            (Some(mine), Some(theirs)) => mine.join(*theirs),
            (None, theirs) => self.package = theirs,
            (Some(_), None) => {}
        }
        self.locations.join(locations);
        self.claims.join(claims);
        self.first_seen.join(first_seen);
        self.last_seen = self.last_seen.max(last_seen);
        for (fact, moment) in dates {
            self.date(fact, moment);
        }
        self.suppressions.join(suppressions);
        match (self.ticket.as_mut(), ticket) {
            (Some(mine), Some(theirs)) => mine.join(*theirs),
            (None, theirs) => self.ticket = theirs,
            (Some(_), None) => {}
        }
        self.sightings.join(sightings);
        self.scope.join(scope);
        self.baseline = self.baseline.max(baseline);
    }
}
