//! What speaks for a severity, and which of it counts.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;

use crate::model::{Claim, Deadline, Finding, Kind, Score, Severity, Text, Trust, Why};
use crate::policy::cvss::Version;

/// What speaks for a severity; the later ones are believed over the earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Evidence {
    /// The source says that it does not know.
    Silence,
    /// A word.
    Word,
    /// A score without a vector that bears it out.
    Score,
    /// A vector, recomputed; a later version over an earlier one.
    Vector(Version),
}

/// Who makes claims: the finding itself, or a ticket that names it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Teller<'a> {
    /// The finding is the first one, its tickets come in their order.
    pub(super) number: usize,
    pub(super) finding: &'a Finding,
}

impl Teller<'_> {
    /// Whether what it tells is somebody's judgement of the whole, and no scanner's output.
    pub(super) fn is_ticket(self) -> bool {
        self.finding.kind == Kind::Ticket
    }

    /// By what name a claim of it goes in the reasons.
    pub(super) fn name(self, claim: &Claim) -> Text {
        match &self.finding.ticket {
            Some(ticket) if self.number > 0 => Deadline::of_ticket(&ticket.key),
            _ => claim.scanner.clone(),
        }
    }
}

/// A claim at its best evidence.
pub(super) struct Candidate {
    /// The number of its teller.
    pub(super) teller: usize,
    pub(super) is_ticket: bool,
    /// Whether it is a priority, which plans the work.
    pub(super) is_priority: bool,
    /// The place of its source; silence has none, whoever is silent.
    pub(super) source: usize,
    pub(super) name: Text,
    pub(super) published: bool,
    pub(super) evidence: Evidence,
    pub(super) severity: Severity,
    pub(super) score: Option<Score>,
    pub(super) why: Why,
}

impl Candidate {
    /// Of what one teller claims, what is believed most comes last, and of that the strictest. A ticket is one judgement,
    /// in which level, score and vector stand side by side: there the strictest comes last, whatever the evidence. What of it
    /// is not understood gives way to the rest, but to no milder priority.
    fn rank(&self) -> impl Ord + use<> {
        let strictest = (self.severity, self.score);
        let is_known = self.severity != Severity::Unknown && !self.is_priority;
        (
            Reverse(self.source),
            self.is_ticket.then_some((is_known, strictest)),
            self.published,
            self.evidence,
            strictest,
        )
    }

    /// The reason of what is not believed.
    pub(super) fn disbelieved(mut self, trust: Trust) -> Why {
        self.why.note = trust.disbelief().map(Text::line);
        self.why
    }

    /// Whether a ticket's say stands in the place of what was best so far: it can only make it stricter, unless nobody
    /// knows or the policy ranks its source before. A word of it that is not understood makes nothing stricter.
    fn outdoes(&self, best: &Self) -> bool {
        let is_silent = |one: &Self| one.evidence == Evidence::Silence;
        match (self.source.cmp(&best.source), is_silent(best)) {
            (_, true) => !is_silent(self),
            (Ordering::Less, false) => true,
            (Ordering::Greater, false) => false,
            (Ordering::Equal, false) => {
                self.severity != Severity::Unknown
                    && (self.severity, self.score) > (best.severity, best.score)
            }
        }
    }

    /// Why it lost, where that cannot be seen: it is not milder than the winner, or its source is ranked behind.
    fn lost_to(&self, best: &Self) -> Option<String> {
        if self.evidence == Evidence::Silence && best.evidence != Evidence::Silence {
            return Some("gives way to whoever knows".to_owned());
        }
        if self.source > best.source {
            return Some(format!("ranked behind {}", best.name.untrusted()));
        }
        if self.severity < best.severity {
            return None;
        }
        let name = best.name.untrusted();
        let is_equal = (self.severity, self.score) == (best.severity, best.score);
        if self.teller != best.teller {
            let told = if is_equal {
                format!("equal to what {name} says")
            } else {
                "a word that is not understood makes nothing stricter".to_owned()
            };
            return Some(told).filter(|_| is_equal || self.severity == Severity::Unknown);
        }
        if self.is_ticket && self.severity == Severity::Unknown && !is_equal {
            return Some("gives way to whoever knows".to_owned());
        }
        if self.published != best.published {
            return Some("what the publisher of the check says counts before it".to_owned());
        }
        if self.evidence != best.evidence {
            let before = match best.evidence {
                Evidence::Vector(version) => format!("a vector of CVSS {version}"),
                Evidence::Score => "a score".to_owned(),
                Evidence::Word | Evidence::Silence => "a word".to_owned(),
            };
            return Some(format!("{before} counts before it"));
        }
        is_equal.then(|| {
            if self.name == best.name {
                format!("equal to what {name} says elsewhere")
            } else {
                format!("equal; {name} comes first by name")
            }
        })
    }
}

/// The best candidate. The reasons of the others are added to `losers`.
pub(super) fn choose(mut candidates: Vec<Candidate>, losers: &mut Vec<Why>) -> Option<Candidate> {
    let mut firsts: BTreeMap<usize, usize> = BTreeMap::new();
    for (at, candidate) in candidates.iter().enumerate() {
        let first = firsts.entry(candidate.teller).or_insert(at);
        // All indices here are those of the list. Of equal ranks the smaller reason is shown first.
        let known = &candidates[*first];
        let order = candidate.rank().cmp(&known.rank());
        if order.then_with(|| known.why.cmp(&candidate.why)).is_gt() {
            *first = at;
        }
    }
    let best = (firsts.values().copied()).reduce(|best, next| {
        let is_outdone = candidates[next].outdoes(&candidates[best]);
        if is_outdone { next } else { best }
    })?;
    for at in 0..candidates.len() {
        // Whoever says the same in the same words is the winner too.
        if candidates[at].why == candidates[best].why {
            continue;
        }
        let first = firsts.get(&candidates[at].teller).copied();
        let rival = first.filter(|first| *first != at).unwrap_or(best);
        let told = candidates[at].lost_to(&candidates[rival]);
        let mut why = candidates[at].why.clone();
        if let Some(told) = told {
            why.add_note(&told);
        }
        losers.push(why);
    }
    let mut best = candidates.swap_remove(best);
    if best.is_ticket && best.score.is_none() {
        // The level of a ticket may be stricter than its score, which still stands behind it.
        let same = candidates.iter().filter(|one| one.teller == best.teller);
        best.score = same.filter_map(|one| one.score).max();
    }
    Some(best)
}
