//! What is known of a finding beside what scanners tell of it: decisions, promises, earlier names, and who exploits it.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Deadline, Duty, Join, Key, Moment, Place, Set, Text};

/// What was decided, promised and looked up. Most findings have none of it, so it stands in a box of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The fingerprints by which earlier reports called it, or may have before they knew its public id.
    pub known_as: Set<Key>,
    /// Which ids name the same vulnerability, and the record that says so: of several that say the same, the smallest.
    pub aliases: BTreeMap<Set<Text>, Place>,
    /// From where in the code it moved, told by two reports of the same scan.
    pub moves: Set<Move>,
    /// The dates that earlier reports named: of each duty the one that binds.
    pub promises: BTreeMap<Duty, Promise>,
    /// What people and VEX documents say of it.
    pub decisions: Set<Decision>,
    /// Who has to deal with it.
    pub owners: Set<Text>,
    /// Of a ticket: those of its ids that only older exports name. They lead to no finding any more.
    pub former_ids: Set<Text>,
    /// Of what nobody looked for since it was seen: how many inputs covered each of its scopes then, where these were
    /// several. As many must cover it again before it may count as fixed.
    pub needed_inputs: BTreeMap<Text, u64>,
    /// Of what is fixed: whether the report before called it so already.
    pub fixed_before: bool,
    /// What catalogues of exploited vulnerabilities say of it; a part that nobody looked up is not there.
    pub exploited: Exploited,
}

impl History {
    /// Nothing.
    pub const fn new() -> Self {
        Self {
            known_as: Set::new(),
            aliases: BTreeMap::new(),
            moves: Set::new(),
            promises: BTreeMap::new(),
            decisions: Set::new(),
            owners: Set::new(),
            former_ids: Set::new(),
            needed_inputs: BTreeMap::new(),
            fixed_before: false,
            exploited: Exploited {
                kev: None,
                epss: None,
            },
        }
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        let Self {
            known_as,
            aliases,
            moves,
            promises,
            decisions,
            owners,
            former_ids,
            needed_inputs,
            fixed_before,
            exploited,
        } = self;
        known_as.is_empty()
            && aliases.is_empty()
            && moves.is_empty()
            && promises.is_empty()
            && decisions.is_empty()
            && owners.is_empty()
            && former_ids.is_empty()
            && needed_inputs.is_empty()
            && !fixed_before
            && *exploited == Exploited::default()
    }

    /// The date that was promised for a duty and binds, here or where it moved from.
    pub fn promised(&self, duty: Duty) -> Option<&Promise> {
        let moved = self
            .moves
            .iter()
            .filter_map(|moved| moved.promises.get(&duty));
        self.promises.get(&duty).into_iter().chain(moved).min()
    }

    /// Keeps who says that these ids name one vulnerability.
    pub fn alias(&mut self, ids: Set<Text>, place: Place) {
        match self.aliases.get_mut(&ids) {
            Some(known) if place < *known => *known = place,
            Some(_) => {}
            None => drop(self.aliases.insert(ids, place)),
        }
    }

    /// Keeps the date that was promised for a duty and binds.
    pub fn promise(&mut self, duty: Duty, promise: Promise) {
        match self.promises.get_mut(&duty) {
            Some(known) => known.join(promise),
            None => drop(self.promises.insert(duty, promise)),
        }
    }

    /// Takes over from an earlier account what must not be forgotten: names and promises. What was decided or looked up
    /// then may no longer hold, and what is seen needs nobody to look for it.
    pub fn remember(&mut self, earlier: &Self) {
        self.known_as.extend(earlier.known_as.iter().copied());
        for (ids, place) in &earlier.aliases {
            self.alias(ids.clone(), place.clone());
        }
        self.moves.extend(earlier.moves.iter().cloned());
        for (duty, promise) in &earlier.promises {
            self.promise(*duty, promise.clone());
        }
    }
}

impl Join for History {
    fn join(&mut self, other: Self) {
        let Self {
            known_as,
            aliases,
            moves,
            promises,
            decisions,
            owners,
            // Which update of the ticket wins is known to the finding alone.
            former_ids: _,
            needed_inputs,
            fixed_before,
            exploited,
        } = other;
        self.known_as.join(known_as);
        for (ids, place) in aliases {
            self.alias(ids, place);
        }
        self.moves.join(moves);
        for (duty, promise) in promises {
            self.promise(duty, promise);
        }
        self.decisions.join(decisions);
        self.owners.join(owners);
        for (scope, number) in needed_inputs {
            let most = self.needed_inputs.entry(scope).or_default();
            *most = number.max(*most);
        }
        self.fixed_before |= fixed_before;
        self.exploited.join(exploited);
    }
}

/// A finding that went on under another path or with other words around it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Move {
    /// The fingerprint that it had there.
    pub fingerprint: Key,
    /// The path that it had.
    pub from: Option<Text>,
    /// What shows that it is the same.
    pub evidence: Text,
    /// Whether it is the very same code, so that what was decided about it there holds here.
    pub is_same_code: bool,
    /// When it was first seen there. It stands here since the next merge, which may see more of today's reports, may find
    /// that it was another one that moved.
    pub first_seen: Option<Moment>,
    /// The dates that were promised there.
    pub promises: BTreeMap<Duty, Promise>,
}

/// A date that an earlier report named.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Promise {
    /// The date and the policy that set it; none after policies allowed that there is no date any more.
    pub deadline: Option<Deadline>,
    /// The time at which that report was assessed.
    pub made: Timestamp,
    /// When policies last allowed that a date which was promised becomes later, if they ever did.
    pub loosened: Option<Timestamp>,
}

impl Promise {
    /// What the next report must keep after one of `made` that names this date, or none, and knew of the promise `known`.
    /// A promised date gives way to a later one only where every policy allows it, so a later one was allowed.
    pub fn renewed(
        known: Option<&Self>,
        deadline: Option<&Deadline>,
        made: Timestamp,
    ) -> Option<Self> {
        if known.is_none() && deadline.is_none() {
            return None;
        }
        let is_loosened = known.is_some_and(|known| known.is_before(deadline));
        let before = known.and_then(|known| known.loosened);
        Some(Self {
            deadline: deadline.cloned(),
            made,
            loosened: if is_loosened { Some(made) } else { before },
        })
    }

    /// Whether its date lies before this one, or there is none any more.
    pub fn is_before(&self, deadline: Option<&Deadline>) -> bool {
        let ends = |deadline: &Deadline| deadline.ends;
        match (self.deadline.as_ref().map(ends), deadline.map(ends)) {
            (Some(promised), Some(named)) => promised < named,
            (Some(_), None) => true,
            (None, _) => false,
        }
    }

    /// What was promised since dates were last allowed to become later comes before what was promised until then. Of that
    /// the earliest date comes first, no date last; of equal ones the one that was named first.
    fn rank(&self) -> impl Ord + '_ {
        let Self {
            deadline,
            made,
            loosened,
        } = self;
        (Reverse(loosened), deadline.is_none(), deadline, made)
    }
}

impl PartialOrd for Promise {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Promise {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

/// The first wins.
impl Join for Promise {
    fn join(&mut self, other: Self) {
        if other < *self {
            *self = other;
        }
    }
}

/// What somebody decided. The order is from the strictest to what hides most: of two that speak at one time of one thing,
/// the first counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// VEX: it has to be dealt with.
    Affected,
    /// VEX: nobody knows yet; it stays open.
    UnderInvestigation,
    /// VEX: these versions contain the fix, whatever the scanner reads from the version's number.
    Fixed,
    /// VEX: it does no harm here, with the reason.
    NotAffected,
    /// The scanner is wrong.
    FalsePositive,
    /// The risk is taken until a day.
    Accepted,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Affected,
        Self::UnderInvestigation,
        Self::Fixed,
        Self::NotAffected,
        Self::FalsePositive,
        Self::Accepted,
    ];

    /// Its name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Affected => "affected",
            Self::UnderInvestigation => "under-investigation",
            Self::Fixed => "fixed",
            Self::NotAffected => "not-affected",
            Self::FalsePositive => "false-positive",
            Self::Accepted => "accepted",
        }
    }

    /// Whether a finding of which this is said need not be dealt with.
    pub const fn suppresses(self) -> bool {
        match self {
            Self::Affected | Self::UnderInvestigation => false,
            Self::Fixed | Self::NotAffected | Self::FalsePositive | Self::Accepted => true,
        }
    }
}

/// A decision about a finding, by a triage file or a VEX document. A fact: whether it still holds, and for all of the
/// finding, is decided at each assessment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decision {
    /// What was decided.
    pub verdict: Verdict,
    /// Where it was written: a file and the place in it.
    pub source: Text,
    /// Who decided.
    pub by: Option<Text>,
    /// Why.
    pub reason: Option<Text>,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// When it was said, of a VEX statement: a later one about the same subject replaces it.
    pub said: Option<Timestamp>,
    /// What it speaks of: of a VEX statement a vulnerability and a product, of an entry that names a ticket that one.
    pub subject: Option<Text>,
    /// The package versions that it speaks of; none is all of them.
    pub versions: Set<Text>,
    /// Globs of the paths that it speaks of; none is all of them.
    pub paths: Set<Text>,
}

impl Decision {
    const OF_TICKET: &str = "ticket ";

    /// The subject of a decision about the ticket of that key: it holds for each finding that the ticket names.
    pub fn subject_of_ticket(key: &Text) -> Text {
        Text::line(&format!("{}{}", Self::OF_TICKET, key.untrusted()))
    }

    /// Whether it was made about the ticket of that key, and not about something that the ticket names.
    pub fn is_of_ticket(&self, key: &Text) -> bool {
        let of = |subject: &Text| {
            subject
                .untrusted()
                .strip_prefix(Self::OF_TICKET)
                .is_some_and(|own| own == key.untrusted())
        };
        self.subject.as_ref().is_some_and(of)
    }

    /// What it speaks of as a VEX statement, of which the latest about one subject counts.
    pub fn statement(&self) -> Option<&Text> {
        let subject = self.subject.as_ref();
        subject.filter(|subject| !subject.untrusted().starts_with(Self::OF_TICKET))
    }

    /// Whether it speaks of a part of the finding only: of some versions or some paths.
    pub fn is_narrowed(&self) -> bool {
        !self.versions.is_empty() || !self.paths.is_empty()
    }
}

/// What catalogues of exploited vulnerabilities say. `None` is: nobody looked it up, or nobody could.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Exploited {
    /// CISA's catalogue of known exploited vulnerabilities.
    pub kev: Option<Kev>,
    /// FIRST's exploit prediction.
    pub epss: Option<Epss>,
}

impl Join for Exploited {
    fn join(&mut self, other: Self) {
        self.kev.join(other.kev);
        self.epss.join(other.epss);
    }
}

/// What a KEV catalogue says of the CVE ids of a finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kev {
    /// The entry, if it is listed.
    pub listed: Option<KevEntry>,
    /// The day of the catalogue.
    pub catalogue: Date,
}

/// An entry of a KEV catalogue.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KevEntry {
    /// The day on which the first of its ids was listed.
    pub added: Date,
    /// The id that was listed then.
    pub id: Text,
    /// The earliest day by which federal agencies must have fixed it, or another listed id of the finding.
    pub due: Option<KevDue>,
    /// Whether ransomware is known to use it, or another listed id of the finding. The catalogue never says that none does.
    pub ransomware: bool,
}

/// A date of a KEV catalogue.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KevDue {
    /// The day.
    pub day: Date,
    /// The id for which it stands there.
    pub id: Text,
}

/// Once listed, always listed, from the earliest day on; of two that do not list it the later catalogue counts.
impl Join for Kev {
    fn join(&mut self, other: Self) {
        self.listed.join(other.listed);
        self.catalogue = self.catalogue.max(other.catalogue);
    }
}

/// The day of the entry that was listed first starts clocks, and the earliest date of any entry binds: what is listed later
/// can be due sooner. Ransomware counts once it is known of any: a later catalogue may be the one that tells.
impl Join for KevEntry {
    fn join(&mut self, other: Self) {
        let Self {
            added,
            id,
            due,
            ransomware,
        } = other;
        if (added, &id) < (self.added, &self.id) {
            (self.added, self.id) = (added, id);
        }
        self.due = match (self.due.take(), due) {
            (Some(mine), Some(theirs)) => Some(mine.min(theirs)),
            (mine, theirs) => mine.or(theirs),
        };
        self.ransomware |= ransomware;
    }
}

/// What an EPSS file says of the CVE ids of a finding: of several the worst.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epss {
    /// The day of the file.
    pub day: Date,
    /// How likely it is exploited in the next 30 days; `None` when the file does not list it.
    pub score: Option<Share>,
    /// The share of all vulnerabilities with the same score or a lower one.
    pub percentile: Option<Share>,
    /// The CVE ids that have a score: of the others nobody knows whether they are worse.
    pub scored: Set<Text>,
}

/// The later file wins; of one day the worse.
impl Join for Epss {
    fn join(&mut self, other: Self) {
        match self.day.cmp(&other.day) {
            Ordering::Greater => {}
            Ordering::Less => *self = other,
            Ordering::Equal => {
                let worse = (self.score, self.percentile).max((other.score, other.percentile));
                (self.score, self.percentile) = worse;
                self.scored.join(other.scored);
            }
        }
    }
}

/// A number from 0 to 1, exact in billionths, so that it can be compared and joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share(u32);

impl Share {
    const ONE: f64 = 1e9;

    /// The share; `None` of what is not between 0 and 1.
    pub fn new(value: f64) -> Option<Self> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the range is checked, and what is below a billionth is rounded"
        )]
        let exact = |value: f64| Self((value * Self::ONE).round() as u32);
        (0.0..=1.0).contains(&value).then(|| exact(value))
    }

    /// The number.
    pub fn value(self) -> f64 {
        f64::from(self.0) / Self::ONE
    }
}
