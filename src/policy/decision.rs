//! What is left of the decisions about a finding: which of them hold, and whether they speak of all of it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::glob::{Globs, Match};
use crate::model::{Capped, Decision, Finding, Set, Text, Verdict};

/// How a decision stands at as-of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It counts.
    Holds,
    /// It speaks of some versions or paths of the finding, and nothing that holds speaks of the others.
    Part,
    /// A later statement about the same subject counts in its place.
    Replaced,
    /// Its last day is over.
    Ended,
    /// It is said to be said on a later day.
    ToCome,
}

impl Standing {
    /// What it means for a reader.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Part => "covers only a part of it",
            Self::Replaced => "replaced by a later statement",
            Self::Ended => "has ended",
            Self::ToCome => "is of a later day",
        }
    }
}

/// The globs of decisions' paths, put together once for all findings.
#[derive(Clone, Debug, Default)]
pub struct PathGlobs(BTreeMap<Set<Text>, Option<Globs>>);

impl PathGlobs {
    /// Whether a path matches. What is no glob, in a report that was changed by hand, matches nothing.
    fn is_match(&mut self, globs: &Set<Text>, path: &Text) -> bool {
        if !self.0.contains_key(globs) {
            let put_together = Globs::new(globs.iter().map(Text::untrusted), Match::Path);
            self.0.insert(globs.clone(), put_together.ok());
        }
        let known = self.0.get(globs).and_then(Option::as_ref);
        known.is_some_and(|known| known.is_match(path.untrusted()))
    }
}

/// Every decision about a finding, by itself or through a ticket that names it, and how it stands on `today`.
///
/// A pure function of facts and the day, so that it does not matter in which merge a decision was attached.
pub fn weigh<'a>(
    finding: &'a Finding,
    tickets: &[&'a Finding],
    today: Date,
    paths: &mut PathGlobs,
) -> Vec<(&'a Decision, Standing)> {
    let mut decisions: Vec<&Decision> = finding.history().decisions.iter().collect();
    for ticket in tickets {
        let own = ticket.history().decisions.iter();
        let key = ticket.ticket.as_ref().map(|ticket| &ticket.key);
        // What was decided of something that the ticket names says nothing of what else it names.
        decisions.extend(own.filter(|decision| key.is_some_and(|key| decision.is_of_ticket(key))));
    }
    if decisions.is_empty() {
        return Vec::new();
    }
    decisions.sort();
    decisions.dedup();
    let said: Vec<&Decision> = decisions
        .iter()
        .copied()
        .filter(|decision| !is_to_come(decision, today))
        .collect();
    let latest = latest(&said);
    let mut weighed: Vec<(&Decision, Standing)> = decisions
        .into_iter()
        .map(|decision| {
            let counts = |subject| latest.get(subject) == Some(&(decision.said, decision.verdict));
            let standing = if decision.until.is_some_and(|until| until < today) {
                Standing::Ended
            } else if is_to_come(decision, today) {
                Standing::ToCome
            } else if decision.statement().is_none_or(counts) {
                Standing::Holds
            } else {
                Standing::Replaced
            };
            (decision, standing)
        })
        .collect();
    let hides = |(decision, standing): &(&Decision, Standing)| {
        *standing == Standing::Holds && decision.verdict.suppresses()
    };
    let hiding: Vec<&Decision> = weighed
        .iter()
        .filter(|one| hides(one))
        .map(|(decision, _)| *decision)
        .collect();
    if !hiding.is_empty() && !cover(&hiding, finding, paths) {
        for one in weighed.iter_mut().filter(|one| hides(one)) {
            one.1 = Standing::Part;
        }
    }
    weighed
}

/// What counts of the statements about each subject: the latest time, and of what was said then the strictest.
fn latest<'a>(decisions: &[&'a Decision]) -> BTreeMap<&'a Text, (Option<Timestamp>, Verdict)> {
    let mut latest = BTreeMap::new();
    for decision in decisions {
        let Some(subject) = decision.statement() else {
            continue;
        };
        let (said, verdict) = (decision.said, decision.verdict);
        let known = latest.entry(subject).or_insert((said, verdict));
        if said > known.0 || said == known.0 && verdict < known.1 {
            *known = (said, verdict);
        }
    }
    latest
}

/// Whether a statement has a time after the day that counts as today, anywhere on earth.
fn is_to_come(decision: &Decision, today: Date) -> bool {
    let day = decision
        .said
        .map(|said| said.to_zoned(jiff::tz::TimeZone::UTC).date());
    day.is_some_and(|day| day > today)
}

/// Whether the decisions speak of all of a finding: of each version at each path one of them. What the lists leave out,
/// and what has no version or path, only a decision without that condition speaks of.
fn cover(decisions: &[&Decision], finding: &Finding, globs: &mut PathGlobs) -> bool {
    if decisions.iter().any(|decision| !decision.is_narrowed()) {
        return true;
    }
    let package = finding.package.as_deref();
    let versions = package.map(|package| &package.versions);
    let mut all_versions: Vec<Option<&Text>> = versions.into_iter().flatten().map(Some).collect();
    if all_versions.is_empty() || versions.is_some_and(Capped::more) {
        all_versions.push(None);
    }
    let locations = &finding.locations;
    let mut all_paths: Vec<Option<&Text>> = locations
        .iter()
        .map(|location| location.path.as_ref())
        .collect();
    if all_paths.is_empty() || locations.more() {
        all_paths.push(None);
    }
    all_paths.iter().all(|path| {
        let mut here: Vec<&Decision> = decisions.to_vec();
        here.retain(|decision| {
            decision.paths.is_empty()
                || path.is_some_and(|path| globs.is_match(&decision.paths, path))
        });
        all_versions.iter().all(|version| {
            here.iter().any(|decision| {
                decision.versions.is_empty()
                    || version.is_some_and(|version| decision.versions.contains(version))
            })
        })
    })
}
