//! The rules of a policy as rows: when each holds, and what follows then.

use std::fmt::Display;

use crate::glob::Globs;
use crate::model::{Severity, Share, Text};
use crate::policy::condition::{Answer, When};
use crate::policy::facts::{Exposure, Impact};
use crate::policy::rule::{Change, Rule};
use crate::policy::{Edition, Source};

/// A rule in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The name of the rule.
    pub name: Text,
    /// Each condition with what it accepts: `kev`, `true or unknown`. All of them must hold.
    pub when: Vec<(&'static str, Text)>,
    /// What follows: `fix 14 days`, `raise critical`.
    pub then: Text,
    /// Why, where the rule says so.
    pub reason: Option<Text>,
}

/// Every rule of a version of a policy, in its order.
pub fn decisions(edition: &Edition) -> Vec<Decision> {
    let decision = |rule: &Rule| Decision {
        name: rule.name.clone(),
        when: conditions(&rule.when),
        then: Text::line(&effects(rule)),
        reason: rule.then.reason.clone(),
    };
    edition.rules.iter().map(decision).collect()
}

fn effects(rule: &Rule) -> String {
    let then = &rule.then;
    let mut effects = Vec::new();
    match then.severity {
        Some(Change::Set(level)) => effects.push(format!("severity {level}")),
        Some(Change::Raise(level)) => effects.push(format!("raise {level}")),
        Some(Change::Lower(level)) => effects.push(format!("lower {level}")),
        None => {}
    }
    if let Some(tools) = &then.ignore {
        effects.push(format!("ignore {}", tools.written().join(" or ")));
    }
    for (duty, term) in &then.terms {
        let also = if then.also { "also " } else { "" };
        effects.push(format!("{also}{} {}", duty.name(), term.words.untrusted()));
    }
    effects.join(", ")
}

/// What is asked of a finding, by the names of the file. A new kind of condition is a new field here.
fn conditions(when: &When) -> Vec<(&'static str, Text)> {
    let When {
        severity,
        severity_at_least,
        score_at_least,
        kind,
        source,
        fix_available,
        kev,
        ransomware,
        epss_at_least,
        epss_below,
        exposure,
        automatable,
        technical_impact,
        likely_exploitable,
        ids,
        scanner,
        rule,
        app,
        app_tag,
        path,
        package,
        tag,
    } = when;
    let globs = |globs: &Option<Globs>| globs.as_ref().map(|globs| globs.written().join(" or "));
    let told = [
        ("ids", globs(ids)),
        ("app", globs(app)),
        ("app-tag", globs(app_tag)),
        ("severity", any(severity.as_ref(), |level| level.name())),
        (
            "severity-at-least",
            plain(severity_at_least.map(Severity::name)),
        ),
        (
            "score-at-least",
            plain(score_at_least.map(|score| format!("{:.1}", score.value()))),
        ),
        ("kev", any(kev.as_ref(), |known| answer(*known))),
        (
            "ransomware",
            any(ransomware.as_ref(), |known| answer(*known)),
        ),
        ("epss-at-least", plain(epss_at_least.map(Share::value))),
        ("epss-below", plain(epss_below.map(Share::value))),
        (
            "exposure",
            any(exposure.as_ref(), |known| {
                known.map_or("unknown", Exposure::name)
            }),
        ),
        (
            "automatable",
            any(automatable.as_ref(), |known| answer(*known)),
        ),
        (
            "technical-impact",
            any(technical_impact.as_ref(), |known| {
                known.map_or("unknown", Impact::name)
            }),
        ),
        (
            "likely-exploitable",
            any(likely_exploitable.as_ref(), |known| answer(*known)),
        ),
        ("kind", any(kind.as_ref(), |kind| kind.name())),
        (
            "source",
            any(source.as_ref(), |source| Source::name(*source)),
        ),
        ("fix-available", plain(*fix_available)),
        ("scanner", globs(scanner)),
        ("rule", globs(rule)),
        ("path", globs(path)),
        ("package", globs(package)),
        ("tag", globs(tag)),
    ];
    told.into_iter()
        .filter_map(|(name, words)| Some((name, Text::line(&words?))))
        .collect()
}

fn plain(condition: Option<impl Display>) -> Option<String> {
    condition.map(|condition| condition.to_string())
}

/// `internal or isolated`
fn any<T>(wanted: Option<&Vec<T>>, name: impl Fn(&T) -> &'static str) -> Option<String> {
    let names: Vec<&str> = wanted?.iter().map(name).collect();
    Some(names.join(" or "))
}

const fn answer(answer: Answer) -> &'static str {
    match answer {
        Answer::No => "false",
        Answer::Unknown => "unknown",
        Answer::Yes => "true",
    }
}
