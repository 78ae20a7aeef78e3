//! Pages against policies, in worked examples, and every written promise against its own policy.

mod levels;
mod pages;
mod round;
mod terms;

use std::fs;

use super::{Verdict, Verification, promise, verify};
use crate::model::Text;
use crate::policy::{Edition, Policy, load, presets};

fn policy(text: &str) -> Policy {
    let text = format!("version = 1\nname = \"p\"\n{text}");
    Policy::parse("p.toml", &text).unwrap_or_else(|error| panic!("{error}"))
}

/// The one version of a policy, or the one that is in force late in 2026.
fn edition(policy: &Policy) -> &Edition {
    policy
        .in_force("2026-11-21T00:00:00Z".parse().unwrap())
        .unwrap()
}

fn plain(text: &Text) -> std::borrow::Cow<'_, str> {
    text.untrusted().into()
}

fn read(policy: &Policy, page: &str) -> Verification {
    verify(policy, edition(policy), page)
}

/// Each statement as `line verdict: claim; reason`.
fn lines(policy: &Policy, page: &str) -> Vec<String> {
    let line = |statement: super::Statement| {
        let reason = statement
            .verdict
            .reason()
            .map(|reason| format!("; {reason}"))
            .unwrap_or_default();
        let verdict = statement.verdict.name();
        format!("{} {verdict}: {}{reason}", statement.line, statement.claim)
    };
    read(policy, page)
        .statements
        .into_iter()
        .map(line)
        .collect()
}

/// The names of the verdicts.
fn verdicts(policy: &Policy, page: &str) -> Vec<&'static str> {
    let statements = read(policy, page).statements;
    statements
        .iter()
        .map(|statement| statement.verdict.name())
        .collect()
}

/// Every preset and every sample.
fn policies() -> Vec<Policy> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/policies");
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path().display().to_string())
        .collect();
    names.extend(presets().iter().map(|preset| preset.name.to_owned()));
    names.sort();
    assert!(names.len() >= 5, "{names:?}");
    load(&names).unwrap()
}

fn is_kept(verification: &Verification) -> bool {
    let kept = |verdict: &Verdict| verdict.is_kept();
    verification
        .statements
        .iter()
        .all(|statement| kept(&statement.verdict))
}
