//! The engine: severity, status and dates of one finding after another, under all policies at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use super::condition::Subject;
use super::decision::PathGlobs;
use super::race::{Ends, Race, Runner, Words};
use super::severity::{Labels, Scales, rate};
use super::status::status;
use super::verdict::{judge, strictest};
use super::{Calendar, Edition, Policy};
use crate::model::{About, Assessment, Deadline, Duty, Finding, PolicyNote, PolicyTag, Text, Why};

/// Applies policies to findings. Each policy is assessed alone; the worst severity and the earliest date of each duty win.
///
/// It reads no clock: the same findings, policies and as-of give the same assessments. It remembers the reasons that it
/// gave, so that findings with the same story share them.
#[derive(Clone, Debug)]
pub struct Engine {
    /// The policies in force, each with the index of its version.
    policies: Vec<(Policy, usize)>,
    notes: Vec<PolicyNote>,
    /// One reason for each policy that is not in force.
    idle: Vec<Why>,
    /// Why a promised date may become later, if every policy in force allows it.
    loosening: Option<Text>,
    as_of: Timestamp,
    today: Date,
    paths: PathGlobs,
    default: Text,
    labels: Labels,
    words: Words,
    ends: Ends,
    stories: BTreeSet<Arc<[Why]>>,
    dates: BTreeSet<Arc<BTreeMap<Duty, Deadline>>>,
    tags: BTreeSet<Arc<[PolicyTag]>>,
}

impl Engine {
    /// An engine for the policies that are in force at `as_of`.
    pub fn new(policies: Vec<Policy>, as_of: Timestamp) -> Self {
        let mut engine = Self {
            policies: Vec::new(),
            notes: Vec::new(),
            idle: Vec::new(),
            loosening: None,
            as_of,
            today: Calendar::default().day(as_of),
            paths: PathGlobs::default(),
            default: Text::line("default"),
            labels: Labels::default(),
            words: Words::default(),
            ends: Ends::default(),
            stories: BTreeSet::new(),
            dates: BTreeSet::new(),
            tags: BTreeSet::new(),
        };
        for policy in policies {
            let place = policy.in_force(as_of).map(|edition| {
                let same = |other: &Edition| std::ptr::eq(other, edition);
                (
                    policy.editions.iter().position(same).unwrap_or(0),
                    edition.source.clone(),
                )
            });
            let mut note = policy.note.clone();
            note.next = policy.next(as_of);
            match place {
                Ok((index, source)) => {
                    note.source = source.or(note.source);
                    engine.policies.push((policy, index));
                }
                Err(reason) => {
                    let about = About::Duty(Duty::Fix);
                    let mut why = Why::new(about, note.name.clone(), Text::line("effective"));
                    why.note = Some(Text::line(&reason));
                    engine.idle.push(why);
                }
            }
            engine.notes.push(note);
        }
        engine.notes.sort();
        engine.idle.sort();
        let calendars = engine.policies.iter().map(|(policy, _)| &policy.calendar);
        if let Some(today) = calendars.map(|calendar| calendar.day(as_of)).max() {
            engine.today = today;
        }
        engine.loosening = allowed(&engine.policies);
        engine
    }

    /// The day of as-of where it comes first among the policies' calendars, else in UTC: a decision until the day before
    /// it has ended somewhere, and so holds no longer.
    pub fn today(&self) -> Date {
        self.today
    }

    /// Whether a date that was promised may become later: every policy in force allows it, and there is one.
    pub fn may_loosen(&self) -> bool {
        self.loosening.is_some()
    }

    /// Why it may, in the words of the policies.
    pub fn loosening(&self) -> Option<&Text> {
        self.loosening.as_ref()
    }

    /// The policies, also those that are not in force, by name; the source is that of the version in force.
    pub fn notes(&self) -> &[PolicyNote] {
        &self.notes
    }

    /// The policies that are not in force at as-of, with the reason.
    pub fn idle(&self) -> impl Iterator<Item = (&Text, &Text)> {
        self.idle
            .iter()
            .filter_map(|why| Some((&why.policy, why.note.as_ref()?)))
    }

    /// Assesses a finding. `tickets` are the tickets that name it, as findings.
    pub fn assess(&mut self, finding: &Finding, tickets: &[&Finding]) -> Assessment {
        let Self {
            policies,
            idle,
            loosening,
            as_of,
            today,
            paths,
            default,
            labels,
            words,
            ends,
            ..
        } = self;
        let rating = rate(finding, tickets, Scales::new(default), labels);
        let mut judged = Vec::new();
        let mut runners = Vec::new();
        let mut tags = Vec::new();
        for (number, (policy, index)) in policies.iter().enumerate() {
            // The index was found in this list when the engine was made.
            let edition = &policy.editions[*index];
            let verdict = judge(policy, edition, finding, tickets, &rating, labels);
            let severity = verdict.severity;
            let subject = Subject {
                finding,
                tickets,
                known: &policy.known,
                severity,
                level: edition.level(severity),
                score: verdict.rating.as_ref().unwrap_or(&rating).score,
            };
            let held = verdict.held(edition, &subject);
            verdict.tag(&held, words, &mut tags);
            runners.push(Runner {
                number,
                policy,
                edition,
                subject,
                held,
            });
            judged.push(verdict);
        }
        let mut why = Vec::new();
        let (severity, score) = strictest(rating, judged, words, &mut why);
        let mut race = Race {
            as_of: *as_of,
            loosening: loosening.as_ref(),
            words,
            ends,
        };
        let mut deadlines = BTreeMap::new();
        for duty in Duty::ALL {
            let deadline = race.run(duty, &runners, finding, tickets, &mut why);
            if duty == Duty::Fix {
                why.extend_from_slice(idle);
            }
            deadlines.extend(deadline.map(|deadline| (duty, deadline)));
        }
        tags.sort();
        tags.dedup();
        let end_of = |day| end_of_day(policies, day);
        let (status, suppressed) = status(finding, tickets, *today, end_of, paths);
        Assessment {
            severity,
            score,
            status,
            suppressed,
            deadlines: self.share_dates(deadlines),
            why: share(&mut self.stories, why),
            tags: share(&mut self.tags, tags),
        }
    }

    fn share_dates(&mut self, dates: BTreeMap<Duty, Deadline>) -> Arc<BTreeMap<Duty, Deadline>> {
        if let Some(known) = self.dates.get(&dates) {
            return known.clone();
        }
        let dates = Arc::new(dates);
        self.dates.insert(dates.clone());
        dates
    }
}

/// The list that is known already, or else this one, from now on.
fn share<T: Ord>(known: &mut BTreeSet<Arc<[T]>>, list: Vec<T>) -> Arc<[T]> {
    if let Some(known) = known.get(list.as_slice()) {
        return known.clone();
    }
    let list: Arc<[T]> = list.into();
    known.insert(list.clone());
    list
}

/// The first instant after a day where it ends first among the policies' calendars, else in UTC: from then on
/// [`Engine::today`] is a later day.
fn end_of_day(policies: &[(Policy, usize)], day: Date) -> Timestamp {
    let ends = policies
        .iter()
        .map(|(policy, _)| policy.calendar.end_of_day(day));
    ends.min()
        .unwrap_or_else(|| Calendar::default().end_of_day(day))
}

/// The reasons of all policies, if each has one.
fn allowed(policies: &[(Policy, usize)]) -> Option<Text> {
    let reasons: Option<Vec<&Text>> = policies
        .iter()
        .map(|(policy, _)| policy.loosening.as_ref())
        .collect();
    let mut reasons = reasons.filter(|reasons| !reasons.is_empty())?;
    reasons.sort();
    reasons.dedup();
    let reasons: Vec<&str> = reasons.into_iter().map(Text::untrusted).collect();
    Some(Text::line(&reasons.join("; ")))
}
