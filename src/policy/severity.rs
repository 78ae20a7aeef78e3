//! The default choice of a severity among the claims of all sources, with every claim that lost.

mod candidate;

use std::collections::BTreeMap;

use super::cvss;
use super::facts::Environment;
use crate::glob::Globs;
use crate::model::{About, Claim, Finding, Score, Severity, Text, Trust, Why};
use candidate::{Candidate, Evidence, Teller, choose};

/// A severity with its score and every candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rating {
    /// The default choice.
    pub severity: Severity,
    /// The score behind it.
    pub score: Option<Score>,
    /// The candidates; the first one is the choice.
    pub candidates: Vec<Why>,
}

/// Names candidates. It keeps the names that it made, since the same few tools claim everything.
#[derive(Clone, Debug, Default)]
pub(super) struct Labels(BTreeMap<(&'static str, Text), Text>);

impl Labels {
    fn of(&mut self, evidence: &'static str, scanner: &Text) -> Text {
        if let Some(label) = self.0.get(&(evidence, scanner.clone())) {
            return label.clone();
        }
        let label = Text::line(&format!("{evidence} of {}", scanner.untrusted()));
        self.0.insert((evidence, scanner.clone()), label.clone());
        label
    }
}

/// How a policy weighs claims.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scales<'a> {
    /// Who weighs: `default`, or the name of the policy.
    pub(super) policy: &'a Text,
    /// The sources in the order in which they are believed, if the policy ranks them.
    pub(super) sources: &'a [Globs],
    /// The metrics of the app with the app's key.
    pub(super) environment: Option<(&'a Environment, &'a Text)>,
    /// The tools whose claims do not count, each with the reason.
    pub(super) ignored: &'a [(&'a Globs, String)],
}

impl<'a> Scales<'a> {
    /// The default: everybody is believed alike, and the place where an app runs changes nothing.
    pub(super) const fn new(policy: &'a Text) -> Self {
        Self {
            policy,
            sources: &[],
            environment: None,
            ignored: &[],
        }
    }

    /// The place of a source among the ranked ones; who is not named comes last.
    fn rank(&self, scanner: &Text) -> usize {
        let named = self
            .sources
            .iter()
            .position(|globs| globs.is_match(scanner.untrusted()));
        named.unwrap_or(self.sources.len())
    }

    fn ignores(&self, scanner: &Text) -> Option<&'a str> {
        let found = self
            .ignored
            .iter()
            .find(|(globs, _)| globs.is_match(scanner.untrusted()));
        found.map(|(_, reason)| reason.as_str())
    }
}

/// Chooses: the first source of those that the policy ranks, else what the check's own publisher says, else a vector of
/// the highest version, else a score, else a word; of equal evidence the strictest. A ticket that names the finding may
/// make that stricter. A word that a tool writes whatever it finds is never chosen, nor what a rule of the policy ignores,
/// and the priority of a ticket only where nobody else is understood.
pub(super) fn rate(
    finding: &Finding,
    tickets: &[&Finding],
    scales: Scales<'_>,
    labels: &mut Labels,
) -> Rating {
    let mut candidates = Vec::new();
    let mut priorities = Vec::new();
    let mut others = Vec::new();
    let tellers = std::iter::once(finding).chain(tickets.iter().copied());
    for (number, finding) in tellers.enumerate() {
        let teller = Teller { number, finding };
        for claim in &finding.claims {
            let mut candidate = weigh(claim, teller, scales, labels);
            if claim.trust == Trust::Constant {
                others.push(candidate.disbelieved(claim.trust));
            } else if let Some(reason) = scales.ignores(&claim.scanner) {
                candidate.why.note = Some(Text::line(reason));
                others.push(candidate.why);
            } else if claim.trust == Trust::Priority {
                priorities.push(candidate);
            } else {
                let parts = teller.is_ticket().then(|| parts(claim));
                let parts = parts.into_iter().flatten();
                let parts = parts.map(|part| weigh(&part, teller, scales, labels));
                let known = (candidate.severity, candidate.score);
                let is_stricter = |part: &Candidate| (part.severity, part.score) > known;
                candidates.extend(parts.filter(is_stricter));
                candidates.push(candidate);
            }
        }
    }
    let is_known = |candidate: &Candidate| candidate.severity != Severity::Unknown;
    if candidates.iter().any(is_known) {
        let priorities = priorities.into_iter();
        others.extend(priorities.map(|plan| plan.disbelieved(Trust::Priority)));
    } else {
        candidates.extend(priorities);
    }
    let best = choose(candidates, &mut others);
    let nobody = || {
        let policy = scales.policy.clone();
        let mut why = Why::new(About::Severity, policy, Text::line("no claim"));
        why.severity = Some(Severity::Unknown);
        (Severity::Unknown, None, why)
    };
    let (severity, score, mut chosen) =
        best.map_or_else(nobody, |best| (best.severity, best.score, best.why));
    chosen.chosen = true;
    others.sort();
    others.dedup();
    others.insert(0, chosen);
    Rating {
        severity,
        score,
        candidates: others,
    }
}

/// What a ticket says by its level and its score, where a vector or a score stands beside them.
fn parts(claim: &Claim) -> impl Iterator<Item = Claim> {
    let word = Claim {
        score: None,
        vector: None,
        ..claim.clone()
    };
    let score = Claim {
        vector: None,
        ..claim.clone()
    };
    let is_known = claim.severity != Some(Severity::Unknown);
    let word = (claim.severity.is_some() && is_known).then_some(word);
    let score = claim.score.is_some().then_some(score);
    word.into_iter().chain(score)
}

/// A claim at its best evidence.
fn weigh(claim: &Claim, teller: Teller<'_>, scales: Scales<'_>, labels: &mut Labels) -> Candidate {
    let published = claim.trust == Trust::Published;
    let mut note = None;
    let (evidence, severity, score) = 'evidence: {
        if let Some(vector) = &claim.vector {
            match cvss::base_score(vector.untrusted()) {
                Ok((version, score)) => {
                    let stated = claim.score.filter(|&stated| stated != score);
                    note = stated.map(|stated| format!("states {stated}"));
                    let (score, told) = in_environment(vector, score, scales.environment);
                    let own = cvss::uncounted(vector.untrusted());
                    let told: Vec<String> = [note, told, own].into_iter().flatten().collect();
                    note = Some(told.join("; ")).filter(|told| !told.is_empty());
                    let evidence = Evidence::Vector(version);
                    break 'evidence (evidence, score.severity(), Some(score));
                }
                Err(reason) => note = Some(format!("its vector does not count: {reason}")),
            }
        }
        if let Some(score) = claim.score {
            break 'evidence (Evidence::Score, score.severity(), Some(score));
        }
        match claim.severity {
            None => (Evidence::Silence, Severity::Unknown, None),
            // "unknown" says nothing and gives way to whoever does; a word that we do not understand may mean anything.
            Some(Severity::Unknown) if is_understood(claim) => {
                (Evidence::Silence, Severity::Unknown, None)
            }
            Some(severity) => (Evidence::Word, severity, None),
        }
    };
    let name = match (evidence, published) {
        (Evidence::Vector(_), false) => "vector",
        (Evidence::Vector(_), true) => "published vector",
        (Evidence::Score, false) => "score",
        (Evidence::Score, true) => "published score",
        (Evidence::Silence | Evidence::Word, _) if claim.trust == Trust::Priority => "priority",
        (Evidence::Silence | Evidence::Word, false) => "word",
        (Evidence::Silence | Evidence::Word, true) => "published word",
    };
    let label = labels.of(name, &teller.name(claim));
    let mut why = Why::new(About::Severity, scales.policy.clone(), label);
    why.severity = Some(severity);
    why.score = score;
    if let (Evidence::Silence | Evidence::Word, Some(word)) = (evidence, &claim.word) {
        let word = format!("the word is `{}`", word.untrusted());
        note = Some(match note {
            Some(note) => format!("{note}; {word}"),
            None => word,
        });
    }
    why.note = note.as_deref().map(Text::line);
    let source = match evidence {
        Evidence::Silence => usize::MAX,
        _ => scales.rank(&claim.scanner),
    };
    Candidate {
        teller: teller.number,
        is_ticket: teller.is_ticket(),
        is_priority: claim.trust == Trust::Priority,
        source,
        name: teller.name(claim),
        published,
        evidence,
        severity,
        score,
        why,
    }
}

/// The score of a vector where its app runs, and what to say of it. Without a reason the place can only make it worse.
fn in_environment(
    vector: &Text,
    base: Score,
    environment: Option<(&Environment, &Text)>,
) -> (Score, Option<String>) {
    let Some((environment, app)) = environment else {
        return (base, None);
    };
    let place = match app.untrusted() {
        "" => "the environment".to_owned(),
        app => format!("the environment of {app}"),
    };
    match cvss::environmental_score(vector.untrusted(), &environment.metrics) {
        Ok(None) => (base, None),
        Ok(Some(there)) => {
            let metrics = there.metrics;
            match &environment.reason {
                Some(reason) if there.score < base => {
                    let reason = reason.untrusted();
                    let told = format!("with {metrics} from {place}: {reason}; {base} without");
                    (there.score, Some(told))
                }
                None if there.score < base => {
                    let told = format!(
                        "{metrics} from {place} would make it {}, which needs a `reason`",
                        there.score
                    );
                    (base, Some(told))
                }
                _ => (there.score, Some(format!("with {metrics} from {place}"))),
            }
        }
        Err(reason) => (base, Some(format!("{place} does not count: {reason}"))),
    }
}

/// Whether an unknown level is what the source says, and not our failing to understand its word.
fn is_understood(claim: &Claim) -> bool {
    claim
        .word
        .as_ref()
        .is_none_or(|word| Severity::from_word(word.untrusted()).is_some())
}
