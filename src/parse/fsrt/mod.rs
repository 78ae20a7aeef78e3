//! The JSON of Atlassian's Forge Security Requirements Tester.

mod location;

use std::collections::{BTreeMap, BTreeSet};

use super::ecoscanner::{self, Family, Record};
use super::json::Value;
use super::{Closing, Head, Options, Parser, Sink};
use crate::error::Result;
use crate::model::{Claim, Finding, Key, Location, Place, Text, redact};
use crate::source::Input;

use location::Site;

/// See the module.
pub(super) struct Fsrt;

const NAMES: &[&str] = &["FSRT", "Forge"];
/// How many calls give a finding a name: the first ones in order.
const NAMED_CALLS: usize = 64;

impl Parser for Fsrt {
    fn name(&self) -> &'static str {
        "fsrt"
    }

    fn usage(&self) -> &'static str {
        "Atlassian's Forge scanner: `fsrt --appkey KEY --out fsrt.json DIR`"
    }

    fn sniff(&self, head: &Head<'_>) -> bool {
        let json = &head.json;
        // One run, or a list of them.
        ["", "/-"].into_iter().any(|at| {
            let key = |key: &str| format!("{at}{key}");
            if !json.has(at, Value::Object) || !json.has(&key("/vulns"), Value::Array) {
                return false;
            }
            match json.text(&key("/scanner")) {
                Some(scanner) => NAMES.contains(&scanner),
                // The name stands behind the vulnerabilities, which may fill the head.
                None => json
                    .text(&key("/vulns/-/check_name"))
                    .is_some_and(|name| Check::of(name).is_known()),
            }
        })
    }

    fn parse(&self, input: &Input, options: &Options, sink: &mut dyn Sink) -> Result<Closing> {
        ecoscanner::read(&mut Reading::default(), input, options, sink)
    }
}

/// A check that FSRT is known to make.
#[derive(Debug)]
struct Known {
    /// Its name without number and prefix.
    rule: &'static str,
    /// Words for people.
    name: &'static str,
    /// The requirement of the marketplace, for reports that do not name it yet.
    requirement: &'static str,
    /// Whether its number says no more than path, entry and calls do. Other numbers also count the analyzer's own
    /// instructions: there may be several findings at one site.
    one_per_site: bool,
}

const fn known(
    rule: &'static str,
    name: &'static str,
    requirement: &'static str,
    one_per_site: bool,
) -> Known {
    Known {
        rule,
        name,
        requirement,
        one_per_site,
    }
}

/// From `crates/forge_analyzer/src` of FSRT: `checkers.rs` and `checkers/`.
const CHECKS: &[Known] = &[
    known("authorization", "Authorization bypass", "1.2", true),
    known("authentication", "Insufficient authentication", "1.1", true),
    known("hardcoded-secret", "Hardcoded secret", "5", true),
    known(
        "hardcoded-secret-oauth-provider",
        "Hardcoded secret of an OAuth provider",
        "5",
        true,
    ),
    known("secret-logging", "Logged secret", "5", false),
    known(
        "arbitrary-code-execution",
        "Arbitrary code execution",
        "10.2",
        false,
    ),
    known(
        "atlassian-api-token",
        "Collected Atlassian API token",
        "10",
        true,
    ),
    known(
        "atlassian-container-token",
        "Collected Atlassian container token",
        "10",
        true,
    ),
    known("least-privilege", "Unused permissions", "4", true),
];

/// What a `check_name` says.
#[derive(Debug, PartialEq, Eq)]
struct Check {
    /// In lower case with hyphens: `hardcoded-secret`.
    rule: String,
    /// The number of the instance. It moves when a folder above the checkout is called `src`, so it is no name.
    instance: Option<u64>,
}

impl Check {
    fn of(check_name: &str) -> Self {
        let name = redact(check_name.trim());
        let name = name.as_ref();
        let (rule, instance) = name
            .rsplit_once('-')
            .filter(|(_, digits)| digits.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|(rule, digits)| Some((rule, digits.parse().ok()?)))
            .map_or((name, None), |(rule, instance)| (rule, Some(instance)));
        let rule = rule.strip_prefix("Custom-Check-").unwrap_or(rule);
        let rule = rule.to_ascii_lowercase().replace(['_', ' '], "-");
        // Its name before 2023.
        let rule = if rule == "secret" {
            "hardcoded-secret".to_owned()
        } else {
            rule
        };
        Self { rule, instance }
    }

    fn known(&self) -> Option<&'static Known> {
        CHECKS.iter().find(|known| known.rule == self.rule)
    }

    fn is_known(&self) -> bool {
        self.known().is_some()
    }

    /// Words for people: of an unknown check its own.
    fn name(&self) -> String {
        if let Some(known) = self.known() {
            return known.name.to_owned();
        }
        let words = self.rule.replace('-', " ");
        let mut letters = words.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect())
            .unwrap_or_default()
    }
}

/// The reading of one input.
#[derive(Debug, Default)]
struct Reading {
    /// The instances at each site of this document, of checks that find several things at one site.
    instances: BTreeMap<String, BTreeMap<Option<u64>, usize>>,
}

impl Family for Reading {
    fn name(&self) -> &'static str {
        "fsrt"
    }

    fn scanner(&self) -> &'static str {
        "FSRT"
    }

    fn names(&self) -> &'static [&'static str] {
        NAMES
    }

    fn has_lists(&self) -> bool {
        false
    }

    fn begin(&mut self) {
        self.instances.clear();
    }

    fn fill(
        &mut self,
        record: &Record<'_>,
        place: &Place,
        finding: &mut Finding,
    ) -> Result<(), String> {
        let Some(check_name) = record.check_name.as_deref() else {
            return Err("expected the name of the check in `check_name`, found none".to_owned());
        };
        let check = Check::of(check_name);
        let description = record.description.as_deref().unwrap_or_default();
        let proof = record.proof.as_deref().unwrap_or_default();
        let site = Site::of(description, proof);
        if check.known().is_none() && site.is_nowhere() && check.instance.is_none() {
            return Err(format!(
                "expected a place in `description` or `proof` of `{check_name}`, found none"
            ));
        }
        let rule = format!("fsrt/{}", check.rule);
        let words = self.names_of(&check, &site);
        let app = finding.app.untrusted();
        finding.keys = words
            .iter()
            .map(|words| Key::requirement(app, "fsrt", &rule, &redact(words)))
            .collect();

        let name = check.name();
        finding.title = Text::some_line(&match &site.subject {
            Some(subject) => format!("{name}: {subject}"),
            None => name.clone(),
        });
        finding.rule.id = Text::some_line(&rule);
        finding.rule.name = Text::some_line(&name);
        finding.description = Text::some_prose(&site.description(description));
        finding.evidence = Text::some_prose(proof);
        let stated = record.marketplace_security_requirement.as_deref();
        let requirement = stated.or(check.known().map(|known| known.requirement));
        finding
            .tags
            .extend(requirement.and_then(ecoscanner::requirement));
        let scanner = Text::line(self.scanner());
        if let Some(severity) = record.severity.as_deref() {
            finding
                .claims
                .insert(Claim::word(&scanner, severity, place));
        }
        if site.path.is_some() || site.subject.is_some() {
            finding.locations.insert(Location {
                path: site.path.as_deref().and_then(Text::some_line),
                logical: site.subject.as_deref().and_then(Text::some_line),
                ..Location::default()
            });
        }
        let urls: BTreeSet<&str> = site.urls().collect();
        finding
            .locations
            .extend(urls.into_iter().map(|url| Location {
                url: Text::some_line(url),
                ..Location::default()
            }));
        Ok(())
    }
}

impl Reading {
    /// What the finding is called in keys.
    fn names_of(&mut self, check: &Check, site: &Site) -> Vec<String> {
        if site.path.is_none() && check.instance.is_none() && !site.calls.is_empty() {
            // One finding of many calls has a name for each, so that it stays the same when one of them is fixed.
            return site.calls.iter().take(NAMED_CALLS).cloned().collect();
        }
        let is_one = check.known().is_some_and(|known| known.one_per_site);
        let ordinal = if is_one && (site.path.is_some() || check.instance.is_none()) {
            0
        } else {
            self.ordinal(&format!("{}\n{}", check.rule, site.words()), check.instance)
        };
        vec![match ordinal {
            0 => site.words(),
            number => format!("{}\nordinal {number}", site.words()),
        }]
    }

    /// Which of the instances at one site of this document it is, in the order of the document.
    fn ordinal(&mut self, site: &str, instance: Option<u64>) -> usize {
        let known = self.instances.entry(site.to_owned()).or_default();
        let next = known.len();
        *known.entry(instance).or_insert(next)
    }
}

#[cfg(test)]
mod tests;
