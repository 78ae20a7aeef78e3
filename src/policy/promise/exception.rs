//! Writes what rules change: ratings that they raise or lower, and terms that stand in the place of others.

use super::phrase::{capital, level_word, list, source};
use super::write::Writer;
use crate::model::{Duty, Severity};
use crate::policy::rule::{Change, Rule};
use crate::policy::{LEVELS, Limit};

impl Writer<'_> {
    /// What nobody rated, and what raises or lowers a rating.
    pub(super) fn rating(&self) -> String {
        let level = self.edition.level(Severity::Unknown);
        let mut sentences = vec![format!(
            "Until somebody has rated a vulnerability, we treat it as {}.",
            level_word(level)
        )];
        let changes = |raises: bool| {
            let changed = self
                .edition
                .rules
                .iter()
                .filter_map(move |rule| Some((rule, rule.then.severity?)));
            changed.filter(move |(_, change)| matches!(change, Change::Raise(_)) == raises)
        };
        if changes(true).next().is_some() {
            sentences.push(
                "How easily it is exploited and what it means for customers can only make it more urgent, never less."
                    .to_owned(),
            );
            for (rule, change) in changes(true) {
                let Change::Raise(level) = change else {
                    continue;
                };
                let name = (self.escape)(&rule.name);
                sentences.push(format!(
                    "What falls under “{name}” is rated at least {}.",
                    level_word(level)
                ));
            }
        }
        for (rule, change) in changes(false) {
            let (Change::Lower(level) | Change::Set(level)) = change else {
                continue;
            };
            let most = if matches!(change, Change::Lower(_)) {
                "at most"
            } else {
                "always"
            };
            let name = (self.escape)(&rule.name);
            let reason = rule
                .then
                .reason
                .as_ref()
                .map(|reason| format!(": {}", (self.escape)(reason)));
            let reason = reason.unwrap_or_default();
            sentences.push(format!(
                "What falls under “{name}” is rated {most} {}{reason}.",
                level_word(level)
            ));
        }
        sentences.join(" ")
    }

    /// The terms that rules put in the place of those above.
    pub(super) fn exceptions(&self) -> String {
        let mut sentences = Vec::new();
        for rule in &self.edition.rules {
            let mut parts = Vec::new();
            for (duty, term) in &rule.then.terms {
                let verb = match duty {
                    Duty::Acknowledge => "acknowledged",
                    Duty::Assess => "assessed",
                    Duty::Fix => "fixed",
                    Duty::Notify => "notified to those who are affected",
                };
                if term.limit == Limit::None {
                    parts.push(format!("{verb} without a promised date"));
                } else {
                    parts.push(format!("{verb} {}", self.within(term.limit)));
                }
            }
            if !parts.is_empty() {
                sentences.push(format!("{} {}.", self.subject(rule), list(&parts)));
            }
        }
        sentences.join(" ")
    }

    /// What a rule is about: plain words where there are some, else its name.
    fn subject(&self, rule: &Rule) -> String {
        let levels: Vec<Severity> = LEVELS
            .into_iter()
            .filter(|level| {
                let listed = rule
                    .when
                    .severity
                    .as_ref()
                    .is_none_or(|levels| levels.contains(level));
                listed
                    && rule
                        .when
                        .severity_at_least
                        .is_none_or(|least| *level >= least)
            })
            .collect();
        let words: Vec<String> = levels
            .iter()
            .map(|&level| level_word(level).to_owned())
            .collect();
        let (what, are) = if levels.len() < LEVELS.len() {
            (format!("{} vulnerabilities", list(&words)), "are")
        } else {
            ("Whatever".to_owned(), "is")
        };
        match source(&rule.when) {
            Some(source) if are == "is" => capital(&format!("{what} comes {source} {are}")),
            Some(source) => capital(&format!("{what} {source} {are}")),
            None => {
                let name = (self.escape)(&rule.name);
                if are == "is" {
                    format!("What falls under “{name}” is")
                } else {
                    capital(&format!("{what} under “{name}” are"))
                }
            }
        }
    }
}
