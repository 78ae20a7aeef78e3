//! The JSON of Atlassian's Connect Security Requirements Tester.
//!
//! Its reports do not say whether `--authz_only` was used, which leaves all checks but 1.2 out. One that has findings of
//! that check alone therefore shows nothing of the others; one without any finding is in doubt.

pub(super) mod checks;
mod proof;

use super::ecoscanner::{self, Alone, Family, Record};
use super::json::Value;
use super::{Closing, Head, Options, Parser, Sink};
use crate::error::Result;
use crate::model::{Claim, Finding, Key, Location, Place, Text, Trust, redact};
use crate::source::Input;

use checks::Check;

/// See the module.
pub(super) struct Csrt;

const NAMES: &[&str] = &[
    "Connect Security Requirements Tester",
    "connect-security-requirements-tester",
];

impl Parser for Csrt {
    fn name(&self) -> &'static str {
        "csrt"
    }

    fn usage(&self) -> &'static str {
        "Atlassian's Connect scanner: the `.json` that `main.py` writes into its output directory"
    }

    fn sniff(&self, head: &Head<'_>) -> bool {
        let json = &head.json;
        let text = |place| json.has(place, Value::String);
        if json.has("", Value::Array) {
            let names_app = text("/-/app_key");
            let names_check = text("/-/vuln_id") || text("/-/check_name");
            return names_app && (text("/-/descriptor_url") || names_check);
        }
        if !json.has("/vulns", Value::Array) {
            return false;
        }
        match json.text("/scanner") {
            Some(scanner) => NAMES.contains(&scanner),
            // The name stands behind the vulnerabilities, which may fill the head.
            None => ["/vulns/-/check_name", "/vulns/-/title"]
                .into_iter()
                .filter_map(|place| json.text(place))
                .any(|title| Check::titled(title).is_some()),
        }
    }

    fn parse(&self, input: &Input, options: &Options, sink: &mut dyn Sink) -> Result<Closing> {
        ecoscanner::read(&mut Reading, input, options, sink)
    }
}

/// How many addresses give a finding a name: the first ones in order.
const NAMED_PLACES: usize = 64;

/// The reading of one input.
struct Reading;

impl Family for Reading {
    fn name(&self) -> &'static str {
        "csrt"
    }

    fn scanner(&self) -> &'static str {
        NAMES[0]
    }

    fn names(&self) -> &'static [&'static str] {
        NAMES
    }

    fn has_lists(&self) -> bool {
        true
    }

    fn alone(&self) -> Option<Alone> {
        Some(Alone {
            rule: "csrt/1.2",
            note: "it has findings of check 1.2 alone, as `--authz_only` leaves them: it shows nothing of other checks",
            doubt: "CSRT writes the same empty report when `--authz_only` makes it look for check 1.2 alone",
        })
    }

    fn fill(
        &mut self,
        record: &Record<'_>,
        place: &Place,
        finding: &mut Finding,
    ) -> Result<(), String> {
        let title = record.check_name.as_deref().or(record.title.as_deref());
        let old = record
            .vuln_id
            .as_deref()
            .and_then(|id| Some(id.rsplit_once("-requirement")?.1));
        let Some(title) = title.or(old.and(record.vuln_id.as_deref())) else {
            return Err(
                "expected the title of the check in `check_name` or `title`, found none".to_owned(),
            );
        };
        let check = Check::titled(title).or_else(|| Check::numbered_before_2023(old?));
        let rule = match check {
            Some(check) => format!("csrt/{}", check.id),
            None => format!("csrt/{}", slug(title)),
        };
        let proof = record.proof.as_deref().unwrap_or_default();
        let mut items = proof::items(proof);
        items.sort_unstable();
        let of_hosts = check.is_some_and(Check::is_of_hosts);
        let places = proof::places(&items, of_hosts);
        let key =
            |words: &str| Key::requirement(finding.app.untrusted(), "csrt", &rule, &redact(words));
        // One name for each address, so that it stays the same finding when one of them is fixed; without an address the
        // app has one finding of the check.
        finding.keys = if places.is_empty() {
            [key("")].into_iter().collect()
        } else {
            places
                .iter()
                .take(NAMED_PLACES)
                .map(|words| key(words))
                .collect()
        };

        finding.title = Text::some_line(title);
        finding.rule.id = Text::some_line(&rule);
        finding.rule.name = Text::some_line(title);
        finding.evidence = Text::some_prose(&items.join("\n"));
        finding
            .tags
            .extend(check.and_then(|check| ecoscanner::requirement(check.id)));
        finding
            .locations
            .extend(proof::urls(&items).map(|url| Location {
                url: Text::some_line(url),
                ..Location::default()
            }));
        if let Some(word) = record.severity.as_deref() {
            finding.claims.insert(Claim {
                trust: trust(word),
                ..Claim::word(&Text::line(self.scanner()), word, place)
            });
        }
        if let Some(published) = check.and_then(|check| check.published(place)) {
            finding.claims.insert(published);
        }
        Ok(())
    }
}

/// CSRT writes `Medium` (before 2021-01-14 `Low`) whatever it found; another word is somebody's judgement.
fn trust(word: &str) -> Trust {
    let constant = ["medium", "low"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(word.trim()));
    if constant {
        Trust::Constant
    } else {
        Trust::Stated
    }
}

/// The id of a check that the table does not know.
fn slug(title: &str) -> String {
    let title = redact(title);
    let words: Vec<_> = title
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.join("-")
}

#[cfg(test)]
mod tests;
