//! What each policy makes of a severity, and which of them is the strictest.

use super::condition::Subject;
use super::race::Words;
use super::rule::Rule;
use super::severity::{Labels, Rating, Scales, rate};
use super::{Edition, Policy};
use crate::model::{About, Finding, PolicyTag, Score, Severity, Text, Why};

/// What one policy makes of a severity, and the rules that changed it.
pub(super) struct Verdict<'a> {
    policy: &'a Policy,
    /// How the policy itself weighs the claims, where that is not the default.
    pub(super) rating: Option<Rating>,
    /// The severity after all rules.
    pub(super) severity: Severity,
    changes: Vec<(&'a Rule, Severity, Severity)>,
    /// The rules about severity that held when their turn came, each with what it made, be it what was there.
    settled: Vec<(&'a Rule, Severity)>,
    /// The rules that dropped what a tool says.
    ignoring: Vec<&'a Rule>,
}

/// A rule whose terms and tags count for a finding.
pub(super) struct Held<'a> {
    pub(super) rule: &'a Rule,
    /// Whether its terms stand in the place of the policy's own ones.
    pub(super) stands_in: bool,
    /// What to say of it, where its conditions do not hold of the severity in the end.
    pub(super) note: Option<&'static str>,
}

impl<'a> Verdict<'a> {
    /// The rules that hold of what came out, and those that brought it about. They come last and no condition reads what
    /// follows from them, so that their order cannot change it.
    pub(super) fn held(&self, edition: &'a Edition, subject: &Subject<'_>) -> Vec<Held<'a>> {
        let weighed = self.rating.as_ref().map(|own| own.severity);
        let has_more = |rule: &&Rule| !rule.then.terms.is_empty() || !rule.then.tags.is_empty();
        let rules = edition.rules.iter().filter(has_more);
        let held = rules.filter_map(|rule| {
            let own = |other: &Rule| std::ptr::eq(other, rule);
            let made = self.settled.iter().find(|(other, _)| own(other));
            let made = made.map(|(_, after)| *after);
            let has_dropped = self.ignoring.iter().any(|other| own(other));
            let made = made.or(weighed.filter(|_| has_dropped));
            let (is_last_word, note) = if rule.when.holds(subject) {
                (true, None)
            } else if made? == self.severity {
                (true, Some("held before it changed the severity"))
            } else {
                // What another rule has overruled must not give more time than that one leaves.
                let note = "held before it changed the severity, which another rule decided in the end, so it only \
                            tightens";
                (false, Some(note))
            };
            Some(Held {
                rule,
                stands_in: is_last_word && !rule.then.also,
                note,
            })
        });
        held.collect()
    }

    /// What the rules tag the finding with.
    pub(super) fn tag(&self, held: &[Held<'_>], words: &mut Words, tags: &mut Vec<PolicyTag>) {
        for Held { rule, .. } in held {
            if rule.then.tags.is_empty() {
                continue;
            }
            let label = words.text(&format!("rule {}", rule.name.untrusted()));
            tags.extend(rule.then.tags.iter().map(|tag| PolicyTag {
                tag: tag.clone(),
                policy: self.policy.note.name.clone(),
                rule: label.clone(),
                at: rule.at.clone(),
            }));
        }
    }
}

/// Weighs the claims as the policy says, then applies its rules about severity in the order of the file; each sees what
/// the ones before it made.
pub(super) fn judge<'a>(
    policy: &'a Policy,
    edition: &'a Edition,
    finding: &Finding,
    tickets: &[&Finding],
    default: &Rating,
    labels: &mut Labels,
) -> Verdict<'a> {
    let environment = policy.known.environment(&finding.app);
    let mut scales = Scales::new(&policy.note.name);
    scales.sources = &policy.sources;
    scales.environment = environment.as_ref().map(|there| (there, &finding.app));
    let mut rating = None;
    if environment.is_some() || !policy.sources.is_empty() {
        rating = Some(rate(finding, tickets, scales, labels));
    }
    let subject = |rating: &Rating| Subject {
        finding,
        tickets,
        known: &policy.known,
        severity: rating.severity,
        level: rating.severity,
        score: rating.score,
    };
    let before = subject(rating.as_ref().unwrap_or(default));
    let mut ignoring: Vec<&Rule> = edition
        .rules
        .iter()
        .filter(|rule| rule.then.ignore.is_some() && rule.when.holds(&before))
        .collect();
    let ignored: Vec<_> = ignoring
        .iter()
        .filter_map(|rule| Some((rule, rule.then.ignore.as_ref()?)))
        .map(|(rule, tools)| {
            let reason = rule.then.reason.as_ref().map_or("", Text::untrusted);
            (
                tools,
                format!("ignored by rule {}: {reason}", rule.name.untrusted()),
            )
        })
        .collect();
    if !ignored.is_empty() {
        scales.ignored = &ignored;
        rating = Some(rate(finding, tickets, scales, labels));
    }
    ignoring.retain(|rule| {
        let tellers = std::iter::once(finding).chain(tickets.iter().copied());
        let claims = tellers.flat_map(|teller| &teller.claims);
        let scanners = claims.map(|claim| &claim.scanner);
        let tools = rule.then.ignore.as_ref();
        tools.is_some_and(|tools| tools.any(scanners))
    });
    let mut subject = subject(rating.as_ref().unwrap_or(default));
    let (mut changes, mut settled) = (Vec::new(), Vec::new());
    for rule in &edition.rules {
        let Some(change) = rule.then.severity else {
            continue;
        };
        let before = subject.severity;
        let after = change.apply(before);
        if !rule.when.holds(&subject) {
            continue;
        }
        settled.push((rule, after));
        if after != before {
            subject.severity = after;
            subject.level = after;
            changes.push((rule, before, after));
        }
    }
    Verdict {
        policy,
        severity: subject.severity,
        rating,
        changes,
        settled,
        ignoring,
    }
}

/// Somebody who says how bad it is, with the reasons; the first one is the choice.
struct Saying {
    /// Smaller is shown first among those that win: the default choice, a policy's own one, a rule.
    order: u8,
    wins: bool,
    score: Option<Score>,
    reasons: Vec<Why>,
}

/// The worst of the policies' severities with its score; the default choice stands where no policy changed it.
pub(super) fn strictest(
    default: Rating,
    judged: Vec<Verdict<'_>>,
    words: &mut Words,
    why: &mut Vec<Why>,
) -> (Severity, Option<Score>) {
    let worst = judged.iter().map(|verdict| verdict.severity).max();
    let severity = worst.unwrap_or(default.severity);
    let unchanged = |verdict: &Verdict<'_>| verdict.changes.is_empty();
    // Where every policy weighs the claims in its own way, nobody asks for the default.
    let is_asked = judged.is_empty() || judged.iter().any(|verdict| verdict.rating.is_none());
    let default_wins = severity == default.severity
        && (judged.is_empty()
            || judged
                .iter()
                .any(|verdict| verdict.rating.is_none() && unchanged(verdict)));
    let mut sayings = Vec::new();
    for verdict in judged {
        let is_last_word = unchanged(&verdict);
        let Verdict {
            policy,
            rating,
            changes,
            ..
        } = verdict;
        let score = rating.as_ref().unwrap_or(&default).score;
        if let Some(mut own) = rating {
            clear(&mut own.candidates);
            sayings.push(Saying {
                order: 1,
                wins: is_last_word && own.severity == severity,
                score: own.score,
                reasons: own.candidates,
            });
        }
        let last = changes.len();
        for (place, (rule, before, after)) in changes.into_iter().enumerate() {
            let label = words.text(&format!("rule {}", rule.name.untrusted()));
            let mut reason = Why::new(About::Severity, policy.note.name.clone(), label);
            reason.severity = Some(after);
            reason.at = Some(rule.at.clone());
            let mut note = match &rule.then.reason {
                Some(because) => format!("was {before}; {}", because.untrusted()),
                None => format!("was {before}"),
            };
            if place + 1 < last {
                note.push_str("; a later rule has the last word");
            }
            reason.note = Some(words.text(&note));
            sayings.push(Saying {
                order: 2,
                wins: place + 1 == last && after == severity,
                score: score.filter(|score| score.severity() == severity),
                reasons: vec![reason],
            });
        }
    }
    if is_asked {
        let mut candidates = default.candidates;
        clear(&mut candidates);
        sayings.push(Saying {
            order: if default_wins { 0 } else { 3 },
            wins: default_wins,
            score: default.score,
            reasons: candidates,
        });
    }
    // Winners first; what is believed as it stands before rules, and the default last where it did not win.
    sayings.sort_by(|one, other| {
        let rank = |saying: &Saying| (!saying.wins, saying.order);
        rank(one)
            .cmp(&rank(other))
            .then_with(|| one.reasons.cmp(&other.reasons))
            .then_with(|| other.score.cmp(&one.score))
    });
    sayings.dedup_by(|one, other| one.reasons == other.reasons);
    let mut score = None;
    if let Some((winner, others)) = sayings.split_first_mut().filter(|(first, _)| first.wins) {
        score = winner.score;
        if let Some(reason) = winner.reasons.first_mut() {
            reason.chosen = true;
            for equal in others.iter_mut().filter(|other| other.wins) {
                let told = match (winner.order, equal.order) {
                    (0, _) => "the default choice comes first".to_owned(),
                    (first, second) if first < second => {
                        "a policy's choice among claims comes before a rule".to_owned()
                    }
                    _ => first_by_name(reason, equal.reasons.first()),
                };
                if let Some(reason) = equal.reasons.first_mut() {
                    reason.add_note(&format!("equal; {told}"));
                }
            }
        }
    }
    why.extend(sayings.into_iter().flat_map(|saying| saying.reasons));
    (severity, score)
}

/// Of two reasons that are worth the same, which one is shown as the winner: by policy, then by rule.
pub(super) fn first_by_name(winner: &Why, loser: Option<&Why>) -> String {
    let is_other_policy = loser.is_none_or(|loser| loser.policy != winner.policy);
    let name = if is_other_policy {
        &winner.policy
    } else {
        &winner.rule
    };
    format!("{} comes first by name", name.untrusted())
}

fn clear(candidates: &mut [Why]) {
    for candidate in candidates {
        candidate.chosen = false;
    }
}
