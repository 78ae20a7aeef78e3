//! The default choice of a severity among the claims of all sources, with every claim that lost.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::cvss::{self, Version};
use super::facts::Environment;
use crate::glob::Globs;
use crate::model::{About, Claim, Claims, Score, Severity, Text, Trust, Why};

/// What speaks for a severity; the later ones are believed over the earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Evidence {
    /// The source says that it does not know.
    Silence,
    /// A word.
    Word,
    /// A score without a vector that bears it out.
    Score,
    /// A vector, recomputed; a later version over an earlier one.
    Vector(Version),
}

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

/// A claim at its best evidence.
struct Candidate<'a> {
    /// The place of its source; silence has none, whoever is silent.
    source: usize,
    scanner: &'a Text,
    published: bool,
    evidence: Evidence,
    severity: Severity,
    score: Option<Score>,
    why: Why,
}

impl Candidate<'_> {
    /// What is believed most comes last, and of that the strictest.
    fn rank(&self) -> impl Ord + use<> {
        (
            Reverse(self.source),
            self.published,
            self.evidence,
            self.severity,
            self.score,
        )
    }

    /// Why it lost, where that cannot be seen: it is not milder than the winner, or its source is ranked behind.
    fn lost_to(&self, best: &Self) -> Option<String> {
        if self.evidence == Evidence::Silence && best.evidence != Evidence::Silence {
            return Some("gives way to whoever knows".to_owned());
        }
        if self.source > best.source {
            return Some(format!("ranked behind {}", best.scanner.untrusted()));
        }
        if self.severity < best.severity {
            return None;
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
        let is_equal = (self.severity, self.score) == (best.severity, best.score);
        is_equal.then(|| match best.scanner.untrusted() {
            name if self.scanner == best.scanner => format!("equal to what {name} says elsewhere"),
            name => format!("equal; {name} comes first by name"),
        })
    }
}

/// Chooses: the first source of those that the policy ranks, else what the check's own publisher says, else a vector of
/// the highest version, else a score, else a word; of equal evidence the strictest. A word that a tool writes whatever it
/// finds is never chosen, nor what a rule of the policy ignores.
pub(super) fn rate(claims: &Claims, scales: Scales<'_>, labels: &mut Labels) -> Rating {
    let mut candidates = Vec::new();
    let mut others = Vec::new();
    for claim in claims {
        let mut candidate = weigh(claim, scales, labels);
        if claim.trust.disbelief().is_some() {
            others.push(candidate.why);
        } else if let Some(reason) = scales.ignores(&claim.scanner) {
            candidate.why.note = Some(Text::line(reason));
            others.push(candidate.why);
        } else {
            candidates.push(candidate);
        }
    }
    let best = (0..candidates.len())
        .max_by(|&one, &other| {
            // Both come from the range of indices. Of equal ranks the smaller reason is shown first.
            let (one, other) = (&candidates[one], &candidates[other]);
            one.rank()
                .cmp(&other.rank())
                .then_with(|| other.why.cmp(&one.why))
        })
        .map(|best| candidates.swap_remove(best));
    if let Some(best) = &best {
        // Whoever says the same in the same words is the winner too.
        candidates.retain(|loser| loser.why != best.why);
        for loser in &mut candidates {
            if let Some(words) = loser.lost_to(best) {
                loser.why.add_note(&words);
            }
        }
    }
    let (severity, score, mut chosen) = best.map_or_else(
        || {
            let mut why = Why::new(
                About::Severity,
                scales.policy.clone(),
                Text::line("no claim"),
            );
            why.severity = Some(Severity::Unknown);
            (Severity::Unknown, None, why)
        },
        |best| (best.severity, best.score, best.why),
    );
    chosen.chosen = true;
    others.extend(candidates.into_iter().map(|candidate| candidate.why));
    others.sort();
    others.dedup();
    others.insert(0, chosen);
    Rating {
        severity,
        score,
        candidates: others,
    }
}

/// A claim at its best evidence.
fn weigh<'a>(claim: &'a Claim, scales: Scales<'_>, labels: &mut Labels) -> Candidate<'a> {
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
    let mut why = Why::new(
        About::Severity,
        scales.policy.clone(),
        labels.of(name, &claim.scanner),
    );
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
    if let Some(disbelief) = claim.trust.disbelief() {
        why.note = Some(Text::line(disbelief));
    }
    let source = match evidence {
        Evidence::Silence => usize::MAX,
        _ => scales.rank(&claim.scanner),
    };
    Candidate {
        source,
        scanner: &claim.scanner,
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
