//! The engine: severity, status and dates of one finding after another, under all policies at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::race::{Race, Runner, Words};
use super::rule::{Rule, Subject};
use super::severity::{Labels, Rating, rate};
use super::status::status;
use super::{Edition, Policy};
use crate::model::{
    About, Assessment, Deadline, Duty, Finding, PolicyNote, Score, Severity, Text, Why,
};

/// Applies policies to findings. Each policy is assessed alone; the worst severity and the earliest date of each duty win.
///
/// It reads no clock: the same findings, policies and as-of give the same assessments. It remembers the reasons that it
/// gave, so that findings with the same story share them.
#[derive(Debug)]
pub struct Engine {
    /// The policies in force, each with the index of its version.
    policies: Vec<(Policy, usize)>,
    notes: Vec<PolicyNote>,
    /// One reason for each policy that is not in force.
    idle: Vec<Why>,
    as_of: Timestamp,
    default: Text,
    labels: Labels,
    words: Words,
    stories: BTreeSet<Arc<[Why]>>,
    dates: BTreeSet<Arc<BTreeMap<Duty, Deadline>>>,
}

impl Engine {
    /// An engine for the policies that are in force at `as_of`.
    pub fn new(policies: Vec<Policy>, as_of: Timestamp) -> Self {
        let mut engine = Self {
            policies: Vec::new(),
            notes: Vec::new(),
            idle: Vec::new(),
            as_of,
            default: Text::line("default"),
            labels: Labels::default(),
            words: Words::default(),
            stories: BTreeSet::new(),
            dates: BTreeSet::new(),
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
        engine
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
            as_of,
            default,
            labels,
            words,
            ..
        } = self;
        let rating = rate(&finding.claims, default, labels);
        let mut judged = Vec::new();
        let mut runners = Vec::new();
        for (policy, index) in policies.iter() {
            // The index was found in this list when the engine was made.
            let edition = &policy.editions[*index];
            let subject = Subject {
                finding,
                tickets,
                severity: rating.severity,
                level: rating.severity,
                score: rating.score,
            };
            let verdict = judge(policy, edition, subject);
            let severity = verdict.severity;
            judged.push(verdict);
            runners.push(Runner {
                policy,
                edition,
                subject: Subject {
                    severity,
                    level: edition.level(severity),
                    ..subject
                },
            });
        }
        let mut why = Vec::new();
        let (severity, score) = strictest(rating, judged, words, &mut why);
        let mut race = Race {
            as_of: *as_of,
            words,
        };
        let mut deadlines = BTreeMap::new();
        for duty in Duty::ALL {
            let deadline = race.run(duty, &runners, finding, tickets, &mut why);
            if duty == Duty::Fix {
                why.extend_from_slice(idle);
            }
            deadlines.extend(deadline.map(|deadline| (duty, deadline)));
        }
        let (status, suppressed) = status(finding);
        Assessment {
            severity,
            score,
            status,
            suppressed,
            deadlines: self.share_dates(deadlines),
            why: self.share(why),
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

    fn share(&mut self, why: Vec<Why>) -> Arc<[Why]> {
        if let Some(known) = self.stories.get(why.as_slice()) {
            return known.clone();
        }
        let story: Arc<[Why]> = why.into();
        self.stories.insert(story.clone());
        story
    }
}

/// What one policy makes of a severity, and the rules that changed it.
struct Verdict<'a> {
    policy: &'a Policy,
    severity: Severity,
    changes: Vec<(&'a Rule, Severity, Severity)>,
}

/// Applies the rules about severity in the order of the file; each sees what the ones before it made.
fn judge<'a>(policy: &'a Policy, edition: &'a Edition, mut subject: Subject<'_>) -> Verdict<'a> {
    let mut changes = Vec::new();
    for rule in &edition.rules {
        let Some(change) = rule.then.severity else {
            continue;
        };
        let before = subject.severity;
        let after = change.apply(before);
        if after != before && rule.when.holds(&subject) {
            subject.severity = after;
            subject.level = after;
            changes.push((rule, before, after));
        }
    }
    Verdict {
        policy,
        severity: subject.severity,
        changes,
    }
}

/// The worst of the policies' severities with its score; the default choice stands where no policy changed it.
fn strictest(
    rating: Rating,
    judged: Vec<Verdict<'_>>,
    words: &mut Words,
    why: &mut Vec<Why>,
) -> (Severity, Option<Score>) {
    let worst = judged.iter().map(|verdict| verdict.severity).max();
    let severity = worst.unwrap_or(rating.severity);
    let is_default = severity == rating.severity
        && (judged.is_empty() || judged.iter().any(|verdict| verdict.changes.is_empty()));
    let mut candidates = rating.candidates;
    if let Some(first) = candidates.first_mut() {
        first.chosen = is_default;
    }
    let mut sayings = Vec::new();
    for Verdict {
        policy, changes, ..
    } in judged
    {
        let last = changes.len();
        for (place, (rule, before, after)) in changes.into_iter().enumerate() {
            let label = words.text(&format!("rule {}", rule.name.untrusted()));
            let mut reason = Why::new(About::Severity, policy.note.name.clone(), label);
            reason.severity = Some(after);
            reason.at = Some(rule.at.clone());
            let note = match &rule.then.reason {
                Some(because) => format!("was {before}; {}", because.untrusted()),
                None => format!("was {before}"),
            };
            reason.note = Some(words.text(&note));
            let is_last_word = place + 1 == last;
            sayings.push((is_last_word && after == severity, reason));
        }
    }
    sayings.sort_by(|(wins, one), (other_wins, other)| (other_wins, one).cmp(&(wins, other)));
    sayings.dedup();
    if let Some((true, first)) = sayings.first_mut()
        && !is_default
    {
        first.chosen = true;
    }
    let sayings = sayings.into_iter().map(|(_, reason)| reason);
    if is_default {
        why.extend(candidates.into_iter().chain(sayings));
    } else {
        why.extend(sayings.chain(candidates));
    }
    let score = rating
        .score
        .filter(|score| is_default || score.severity() == severity);
    (severity, score)
}
