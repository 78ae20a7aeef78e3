//! What an earlier report knows: clocks that run on, and findings that are no longer there.

use std::collections::{BTreeMap, BTreeSet};

use super::coverage::{Coverage, LastSeen, Needed, note_stale};
use super::moved::moves;
use crate::model::{Baseline, Facts, Finding, Join, Key, KeyLabel, Kind, Moment, Text};

/// Gives each finding the names, the clocks and the promises that an earlier report knows of it. Several findings may then
/// share a name, and are one. `before` is what the earlier reports covered.
///
/// Equal findings are told apart by their order alone, which moves when one of them is added or goes. So that no old one
/// starts anew, each of them has the earliest clock of all.
pub fn remember(facts: &mut Facts, baseline: &Facts, before: &Needed) {
    forget_moves(facts, baseline);
    let matches = Matches::of(facts, baseline);
    let known = Known::of(baseline);
    let clocks = clocks_of_equals(baseline);
    let moves = moves(facts, baseline, &matches, before);
    for (index, finding) in facts.findings.iter_mut().enumerate() {
        let earlier = |known: &usize| &*baseline.findings[*known];
        let same = matches.same.get(&index).into_iter().flatten();
        let alike = matches.alike.get(&index).into_iter().flatten();
        for earlier in same.clone().map(earlier) {
            finding.remember(earlier);
        }
        if same.clone().next().is_none() {
            let numbered = known.numbered(finding, baseline);
            for earlier in alike.chain(&numbered).map(earlier) {
                remember_clock(finding, earlier);
            }
        }
        if let Some(moved) = moves.get(&index) {
            moved.tell(finding, earlier(&moved.known));
        }
        let clock = Looks::of(finding).and_then(|looks| clocks.get(&looks));
        let own = finding.first_seen.as_ref().map(|own| own.at);
        if let Some(clock) = clock.filter(|clock| own.is_none_or(|own| clock.at < own)) {
            finding.first_seen = Some(one_of_several(clock));
        }
    }
}

/// Forgets what earlier merges of a part of these reports took for moves out of this baseline: with all of them at hand it
/// may be another one that moved, or none.
fn forget_moves(facts: &mut Facts, baseline: &Facts) {
    if facts
        .findings
        .iter()
        .all(|finding| finding.history().moves.is_empty())
    {
        return;
    }
    let known = baseline
        .findings
        .iter()
        .filter_map(|known| known.fingerprint());
    let known: BTreeSet<Key> = known.collect();
    for finding in &mut facts.findings {
        finding.note(|history| {
            history
                .moves
                .retain(|moved| !known.contains(&moved.fingerprint));
        });
    }
}

/// Takes over when it was first known and what was promised, but no name.
fn remember_clock(finding: &mut Finding, earlier: &Finding) {
    finding.first_seen.join(earlier.first_seen.clone());
    for (fact, moment) in &earlier.dates {
        finding.date(*fact, moment.clone());
    }
    finding.note(|history| {
        for (duty, promise) in &earlier.history().promises {
            history.promise(*duty, promise.clone());
        }
    });
}

/// Compares the facts, of which none is absent, with those of earlier reports; `before` is what these covered.
///
/// Findings of the baseline that nobody shows any more stay: fixed if each scope that saw them ran again in full since they
/// were last seen, unobserved otherwise.
pub fn compare(facts: &mut Facts, baseline: Facts, before: &Needed) {
    let known = Known::of(&baseline);
    let names = facts.findings.iter().filter_map(|now| now.fingerprint());
    let names: BTreeSet<Key> = names.collect();
    let mut matched = BTreeSet::new();
    for finding in &mut facts.findings {
        // What bears all names of another was given them, or has them of its own; one name alone may be another's. What is
        // still there by its own name is that one alone.
        let own = finding.fingerprint();
        let is_same = |known: &usize| {
            let earlier = &baseline.findings[*known];
            let name = earlier.fingerprint();
            let is_another = name != own && name.is_some_and(|name| names.contains(&name));
            let mut keys = earlier.keys.iter();
            !is_another && keys.all(|key| finding.keys.contains(key)) || is_moved(finding, earlier)
        };
        let mut same = known.matches(finding);
        let is_named = !same.is_empty();
        same.extend(known.origins(finding));
        same.retain(is_same);
        if !is_named {
            // It is told by its public id now, which nobody knew then.
            let mut numbered = known.numbered(finding, &baseline);
            numbered.retain(|index| has_no_public_id(&baseline.findings[*index]));
            same.extend(numbered.into_iter().filter(|_| !has_no_public_id(finding)));
        }
        // The indices come from this very list.
        let mut earlier = same.iter().map(|&index| &*baseline.findings[index]);
        if earlier.clone().any(was_fixed) {
            finding.came_back = true;
        }
        let was_closed = earlier.clone().any(was_closed);
        if let Some(ticket) = finding.ticket.as_deref_mut() {
            ticket.is_reopened |= was_closed && !ticket.state.is_closed();
        }
        finding.baseline = Some(if same.is_empty() {
            Baseline::New
        } else if earlier.any(|earlier| is_other(earlier, finding)) {
            Baseline::Updated
        } else {
            Baseline::Unchanged
        });
        matched.extend(same);
    }
    let coverage = Coverage::of(&facts.inputs);
    let mut unobserved = LastSeen::new();
    for (index, mut gone) in baseline.findings.into_iter().enumerate() {
        if matched.contains(&index) {
            continue;
        }
        let looked = coverage.looked_for(&gone, before);
        let was_fixed = gone.baseline == Some(Baseline::Fixed);
        let fixed = looked || was_fixed;
        if let Some(seen) = gone.last_seen.filter(|_| !fixed) {
            for scope in &gone.scope {
                let last = unobserved.entry(scope.clone()).or_insert(seen);
                *last = seen.max(*last);
            }
        }
        gone.baseline = Some(if fixed {
            Baseline::Fixed
        } else {
            Baseline::Unobserved
        });
        let needed = (!fixed).then(|| before.by(&gone));
        gone.note(|history| {
            history.needed_inputs = needed.unwrap_or_default();
            history.fixed_before &= was_fixed;
        });
        facts.findings.push(gone);
    }
    facts
        .findings
        .sort_by_cached_key(|finding| finding.fingerprint());
    note_stale(&mut facts.inputs, &unobserved);
}

/// Which findings of today are which ones of a baseline, by index.
#[derive(Default)]
pub(super) struct Matches {
    /// Those that are the same.
    pub(super) same: BTreeMap<usize, Vec<usize>>,
    /// Those that share a name with one that is rather another finding of the same report.
    pub(super) alike: BTreeMap<usize, Vec<usize>>,
    /// Those of the baseline that share a name with any.
    pub(super) known: BTreeSet<usize>,
}

impl Matches {
    fn of(facts: &Facts, baseline: &Facts) -> Self {
        let known = Known::of(baseline);
        let mut bearers: BTreeMap<usize, Vec<(Key, bool, usize)>> = BTreeMap::new();
        for (index, finding) in facts.findings.iter().enumerate() {
            for earlier in known.matches(finding) {
                let keys = &baseline.findings[earlier].keys;
                let shared = finding.keys.iter().find(|key| keys.contains(key));
                // Of several that share the same name, the one that is called by it.
                let is_other = finding.fingerprint() != baseline.findings[earlier].fingerprint();
                let bearer = shared.map(|key| (*key, is_other, index));
                bearers.entry(earlier).or_default().extend(bearer);
            }
        }
        let mut matches = Self::default();
        for (earlier, mut bearers) in bearers {
            // The one that shares the most preferred name is it; one that a report shows beside it is another one.
            bearers.sort_unstable();
            let mut same: Vec<usize> = Vec::new();
            for (_, _, index) in bearers {
                let finding = &facts.findings[index];
                let beside = |other: &usize| facts.findings[*other].stands_beside(finding);
                let list = if finding.kind.is_place() && same.iter().any(beside) {
                    &mut matches.alike
                } else {
                    same.push(index);
                    &mut matches.same
                };
                list.entry(index).or_default().push(earlier);
            }
            matches.known.insert(earlier);
        }
        matches
    }
}

/// The findings of a baseline by their names.
struct Known {
    keys: BTreeMap<Key, usize>,
    /// By what else they may be called where their public ids are not known.
    numbers: BTreeMap<Key, BTreeSet<usize>>,
}

impl Known {
    fn of(baseline: &Facts) -> Self {
        let findings = baseline.findings.iter().enumerate();
        let keys = findings
            .clone()
            .flat_map(|(index, known)| known.keys.iter().map(move |key| (*key, index)));
        let mut numbers: BTreeMap<Key, BTreeSet<usize>> = BTreeMap::new();
        for (index, known) in findings {
            for number in self::numbers(known) {
                numbers.entry(number).or_default().insert(index);
            }
        }
        Self {
            keys: keys.collect(),
            numbers,
        }
    }

    /// The findings that may have been called as this one may be, by index: a number that several advisories may bear, so
    /// that no two are one by it, and none where their public ids differ.
    fn numbered(&self, finding: &Finding, baseline: &Facts) -> BTreeSet<usize> {
        let known = numbers(finding).filter_map(|number| self.numbers.get(&number));
        let differs = |index: &usize| {
            let known = baseline.findings.get(*index);
            known.is_none_or(|known| have_ids_of_one_sort(finding, known))
        };
        let known = known.flatten().copied();
        known.filter(|index| !differs(index)).collect()
    }

    /// The findings that share a name with this one, by index.
    fn matches(&self, finding: &Finding) -> BTreeSet<usize> {
        finding
            .keys
            .iter()
            .filter_map(|key| self.keys.get(key).copied())
            .collect()
    }

    /// The findings that it moved from, by index.
    fn origins(&self, finding: &Finding) -> BTreeSet<usize> {
        let moves = finding.history().moves.iter();
        moves
            .filter_map(|moved| self.keys.get(&moved.fingerprint).copied())
            .collect()
    }
}

/// What a dependency is called in a report that knows no public id of it. That is a key of none that has one, since another
/// may be called the same.
fn numbers(finding: &Finding) -> impl Iterator<Item = Key> + '_ {
    let is_package = finding.kind == Kind::Dependency;
    let names = finding.history().known_as.iter().copied();
    let others = names.filter(|name| !finding.keys.contains(name));
    let own = finding.fingerprint().filter(|_| has_no_public_id(finding));
    others.chain(own).filter(move |_| is_package)
}

/// The sorts of public ids that reports of npm tell.
const PUBLIC: [&str; 2] = ["CVE-", "GHSA-"];

fn has_id(finding: &Finding, sort: &str) -> bool {
    let mut ids = finding.ids.iter();
    ids.any(|id| id.untrusted().starts_with(sort))
}

fn has_no_public_id(finding: &Finding) -> bool {
    !PUBLIC.iter().any(|sort| has_id(finding, sort))
}

/// Whether two that share no id could share one: then they are two.
fn have_ids_of_one_sort(one: &Finding, other: &Finding) -> bool {
    let mut sorts = PUBLIC.iter();
    sorts.any(|sort| has_id(one, sort) && has_id(other, sort))
}

/// Whether the finding is told to have moved from where the earlier one was, and is taken for it.
fn is_moved(finding: &Finding, earlier: &Finding) -> bool {
    let fingerprint = earlier.fingerprint();
    let mut moves = finding.history().moves.iter();
    finding.kind != Kind::Secret && moves.any(|moved| Some(moved.fingerprint) == fingerprint)
}

/// Whether it is known to have been fixed at some time.
fn was_fixed(finding: &Finding) -> bool {
    finding.baseline == Some(Baseline::Fixed) || finding.came_back
}

/// Whether it is a ticket that is known to have been closed at some time.
fn was_closed(finding: &Finding) -> bool {
    let ticket = finding.ticket.as_ref();
    ticket.is_some_and(|ticket| ticket.state.is_closed() || ticket.is_reopened)
}

/// Whether it is a ticket that was closed then and is not now.
fn came_back(known: &Finding, finding: &Finding) -> bool {
    let closed = |finding: &Finding| Some(finding.ticket.as_ref()?.state.is_closed());
    closed(known) == Some(true) && closed(finding) == Some(false)
}

/// All that a place in source shows of itself: equal ones differ by their order in the report alone.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Looks<'a> {
    kind: Kind,
    app: &'a Text,
    rule: Option<&'a Text>,
    path: Option<&'a Text>,
    logical: Option<&'a Text>,
    /// The words of the snippet, so that white space plays no part.
    evidence: Vec<&'a str>,
}

impl<'a> Looks<'a> {
    /// `None` where the order plays no part: of what has a name of its own, and where only the tool knows what it calls the
    /// same.
    pub(super) fn of(finding: &'a Finding) -> Option<Self> {
        let Finding {
            kind, app, rule, ..
        } = finding;
        let evidence = finding.evidence.as_ref().map(Text::untrusted);
        let mut keys = finding.keys.iter().map(Key::label);
        let by_order = keys.any(|label| match label {
            KeyLabel::Snippet | KeyLabel::Logical | KeyLabel::Position => true,
            // A snippet tells which ones a tool may have counted, or may call otherwise tomorrow.
            KeyLabel::Fingerprint => evidence.is_some(),
            _ => false,
        });
        if !by_order {
            return None;
        }
        let location = finding.locations.first();
        // Where a rule is an advisory, it is the layer of an image, which is another one after each build.
        let is_advisory = rule.id.as_ref().is_some_and(|rule| {
            let mut ids = finding.ids.iter();
            ids.any(|id| rule.untrusted().starts_with(id.untrusted()))
        });
        let logical = location.and_then(|location| location.logical.as_ref());
        Some(Self {
            kind: *kind,
            app,
            rule: rule.id.as_ref(),
            path: location.and_then(|location| location.path.as_ref()),
            logical: logical.filter(|_| !is_advisory),
            evidence: evidence.unwrap_or_default().split_whitespace().collect(),
        })
    }
}

/// The earliest clock of each that look alike.
fn clocks_of_equals(baseline: &Facts) -> BTreeMap<Looks<'_>, Moment> {
    let mut clocks: BTreeMap<Looks<'_>, Moment> = BTreeMap::new();
    for known in &baseline.findings {
        if let (Some(looks), Some(clock)) = (Looks::of(known), known.clock()) {
            match clocks.get_mut(&looks) {
                Some(earliest) => earliest.join(clock),
                None => drop(clocks.insert(looks, clock)),
            }
        }
    }
    clocks
}

fn one_of_several(clock: &Moment) -> Moment {
    const NOTE: &str = " (one of several equal ones)";
    let source = clock.source.untrusted();
    let source = source.strip_suffix(NOTE).unwrap_or(source);
    Moment::new(clock.at, Text::line(&format!("{source}{NOTE}")))
}

/// Whether a reader would not call it unchanged: it comes back, it moved, or something about it changed.
fn is_other(known: &Finding, finding: &Finding) -> bool {
    known.is_absent()
        || came_back(known, finding)
        || is_moved(finding, known)
        || changed(known, finding)
}

/// Whether a reader would call it changed: it moved, its package or its ids differ, or somebody rates it otherwise.
fn changed(known: &Finding, finding: &Finding) -> bool {
    let claims = |finding: &Finding| {
        let claims = finding.claims.iter();
        claims
            .map(|claim| (claim.severity, claim.score, claim.vector.clone()))
            .collect::<BTreeSet<_>>()
    };
    known.locations != finding.locations
        || known.package != finding.package
        || known.ids != finding.ids
        || claims(known) != claims(finding)
}
