//! Judges whether a policy always keeps a promise: by its terms, its rules and its clocks.

use std::collections::{BTreeMap, BTreeSet};

use super::duration::Comparison;
use super::event::{self, Clock};
use super::number::Planned;
use super::sentence::Promised;
use super::statement::Verdict;
use crate::model::{Duty, Severity, Text};
use crate::policy::condition::When;
use crate::policy::rule::{Change, Rule};
use crate::policy::{Edition, Entry, Limit, Maintenance, Policy, Term};

/// A policy at a time, to be held against a page.
pub(super) struct Keeper<'a> {
    policy: &'a Policy,
    edition: &'a Edition,
    comparison: Comparison<'a>,
    /// The rules that the page names itself, by their places: it states their terms as exceptions.
    stated: BTreeSet<usize>,
}

/// Whether a rule holds for what a statement is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Never,
    Sometimes,
    Always,
}

impl<'a> Keeper<'a> {
    pub(super) fn new(
        policy: &'a Policy,
        edition: &'a Edition,
        comparison: Comparison<'a>,
        stated: BTreeSet<usize>,
    ) -> Self {
        Self {
            policy,
            edition,
            comparison,
            stated,
        }
    }

    /// Whether the policy keeps a promise of the page.
    pub(super) fn judge(&mut self, promised: &Promised) -> Verdict {
        let mut broken = Broken::default();
        let mut notes = BTreeSet::new();
        for &duty in &promised.duties {
            for &level in promised.levels.iter().rev() {
                match self.term(promised, duty, level) {
                    Ok(note) => notes.extend(note),
                    Err(reason) => broken.add(reason, duty, level),
                }
            }
        }
        match &promised.clock {
            Some(Clock::Unclear) => {
                return Verdict::NotUnderstood("when the clock starts cannot be told".to_owned());
            }
            Some(Clock::Events(events)) => {
                for duty in self.with_clock(&promised.duties) {
                    let starts = self.edition.starts_of(duty);
                    for &event in events {
                        if let Some(later) = event::later(starts, event) {
                            let (later, event) = (event::word(later), event::word(event));
                            broken.clocks.insert(format!(
                                "the policy counts from {later}, which can be later than {event}"
                            ));
                        }
                    }
                }
            }
            None => {}
        }
        match broken.words(promised) {
            Some(words) => Verdict::NotKept(words),
            None if notes.is_empty() => Verdict::Kept(None),
            None => Verdict::Kept(Some(notes.into_iter().collect::<Vec<_>>().join("; "))),
        }
    }

    /// The duties of a clock: all that have dates where the page names none.
    fn with_clock(&self, named: &[Duty]) -> Vec<Duty> {
        let dated = |duty: &Duty| {
            let of_duty = |((known, _), entry): (&(Duty, Severity), &Entry)| {
                known == duty && entry.term.limit != Limit::None
            };
            self.edition.terms.iter().any(of_duty)
        };
        if named.is_empty() {
            Duty::ALL.into_iter().filter(dated).collect()
        } else {
            named.to_vec()
        }
    }

    fn term(
        &mut self,
        promised: &Promised,
        duty: Duty,
        level: Severity,
    ) -> Result<Option<String>, String> {
        let edition = self.edition;
        let taken = edition.level(level);
        let mut sometimes: Vec<(usize, &Rule, &Term)> = Vec::new();
        let mut always: Vec<(&Rule, &Term)> = Vec::new();
        for (place, rule) in edition.rules.iter().enumerate() {
            let Some(term) = rule.then.terms.get(&duty) else {
                continue;
            };
            match holds(
                &rule.when,
                (level, taken),
                promised,
                promised.rule == Some(place),
            ) {
                Holds::Never => {}
                Holds::Sometimes => sometimes.push((place, rule, term)),
                Holds::Always => always.push((rule, term)),
            }
        }
        // What only tightens is enough where it keeps the promise, and else as if it were not there.
        let (also, always): (Vec<_>, Vec<_>) =
            always.into_iter().partition(|(rule, _)| rule.then.also);
        if let Some(note) = also
            .iter()
            .find_map(|(_, term)| self.keeps(term, promised).ok())
        {
            return Ok(note);
        }
        sometimes.retain(|(_, rule, _)| !rule.then.also);
        // Rules stand in the place of the table; of several the earliest date counts.
        if !always.is_empty() {
            let mut reasons = Vec::new();
            for (rule, term) in always {
                match self.keeps(term, promised) {
                    Ok(note) => return Ok(note),
                    Err(reason) => reasons.push(by_rule(rule, &reason)),
                }
            }
            return Err(reasons.into_iter().next().unwrap_or_default());
        }
        let Some(entry) = edition.terms.get(&(duty, taken)) else {
            let is_known = edition.terms.keys().any(|(known, _)| *known == duty);
            let what = if is_known {
                "says nothing of this level"
            } else {
                "promises nothing of the kind"
            };
            return Err(what.to_owned());
        };
        let note = self.keeps(&entry.term, promised)?;
        for (place, rule, term) in sometimes {
            if !self.stated.contains(&place) {
                self.keeps(term, promised)
                    .map_err(|reason| by_rule(rule, &reason))?;
            }
        }
        Ok(note)
    }

    /// Whether a term ends in time, with what a reader should know; the error continues "the policy".
    fn keeps(&mut self, term: &Term, promised: &Promised) -> Result<Option<String>, String> {
        let Some(page) = promised.span else {
            return Ok(None);
        };
        let words = term.words.untrusted();
        let (span, planned) = match term.limit {
            Limit::Span(span) => (span, false),
            Limit::SpanOrMaintenance(span) => (span, true),
            // A page that names the rule has the catalogue's date from it, and the number is for where there is none.
            Limit::KevDueOr(span) if promised.rule.is_some() => (span, false),
            Limit::KevDueOr(_) => return Err(format!("allows {words}, which may be later")),
            Limit::None => return Err("names no date".to_owned()),
        };
        let is_later = planned && self.policy.calendar.maintenance == Maintenance::Later;
        if is_later && promised.maintenance != Some(Planned::Later) {
            return Err(format!("allows {words}, whichever is later"));
        }
        if !planned && promised.maintenance == Some(Planned::Earlier) {
            return Err(format!("allows {words}, also when maintenance comes first"));
        }
        if let Err(note) = self.comparison.keeps(span, page) {
            let note = note.map(|note| format!(", {note}")).unwrap_or_default();
            return Err(format!("allows {words}{note}"));
        }
        let open = !planned && promised.maintenance == Some(Planned::Open);
        Ok(open.then(|| "the policy does not wait for maintenance".to_owned()))
    }

    /// The rules that can rate a finding lower and that the page does not name.
    pub(super) fn lowering(&self) -> Vec<Text> {
        let rules = self.edition.rules.iter().enumerate();
        let lowers = |(place, rule): &(usize, &Rule)| {
            let may = match rule.then.severity {
                Some(Change::Set(level)) => level < Severity::Critical,
                Some(Change::Lower(_)) => true,
                Some(Change::Raise(_)) | None => false,
            };
            may && !self.stated.contains(place)
        };
        rules
            .filter(lowers)
            .map(|(_, rule)| rule.name.clone())
            .collect()
    }
}

fn by_rule(rule: &Rule, reason: &str) -> String {
    format!("{reason} by rule `{}`", rule.name.untrusted())
}

/// Whether a rule holds for a level (as rated, and the one whose terms it takes). Every condition is asked for here.
fn holds(
    when: &When,
    (rated, taken): (Severity, Severity),
    promised: &Promised,
    is_named: bool,
) -> Holds {
    let When {
        severity,
        severity_at_least,
        source,
        ..
    } = when;
    let listed = severity
        .as_ref()
        .is_none_or(|levels| levels.contains(&rated) || levels.contains(&taken));
    if !listed || severity_at_least.is_some_and(|least| rated.max(taken) < least) {
        return Holds::Never;
    }
    let from_here = source
        .as_ref()
        .is_none_or(|sources| promised.source.is_some_and(|told| sources.contains(&told)));
    if is_named || (from_here && !when.is_narrow()) {
        Holds::Always
    } else {
        Holds::Sometimes
    }
}

/// What the policy does not keep, by reason.
#[derive(Default)]
struct Broken {
    terms: BTreeMap<String, (BTreeSet<Duty>, BTreeSet<Severity>)>,
    /// The reasons in the order in which they came up.
    order: Vec<String>,
    clocks: BTreeSet<String>,
}

impl Broken {
    fn add(&mut self, reason: String, duty: Duty, level: Severity) {
        if !self.terms.contains_key(&reason) {
            self.order.push(reason.clone());
        }
        let (duties, levels) = self.terms.entry(reason).or_default();
        duties.insert(duty);
        levels.insert(level);
    }

    fn words(self, promised: &Promised) -> Option<String> {
        let mut parts = Vec::new();
        for reason in &self.order {
            let Some((duties, levels)) = self.terms.get(reason) else {
                continue;
            };
            let mut of = Vec::new();
            if levels.len() < promised.levels.len() {
                of.push(
                    levels
                        .iter()
                        .rev()
                        .map(|level| level.name())
                        .collect::<Vec<_>>()
                        .join(", "),
                );
            }
            if duties.len() < promised.duties.len() {
                of.push(
                    duties
                        .iter()
                        .map(|duty| duty.name())
                        .collect::<Vec<_>>()
                        .join(", "),
                );
            }
            let of = if of.is_empty() {
                String::new()
            } else {
                format!(" ({})", of.join(": "))
            };
            parts.push(format!("the policy {reason}{of}"));
        }
        parts.extend(self.clocks);
        (!parts.is_empty()).then(|| parts.join("; "))
    }
}
