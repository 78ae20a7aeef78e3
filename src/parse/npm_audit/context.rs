//! What all tools of the npm family have in common: how one of their advisories becomes a finding.

use super::installed::Tree;
use crate::model::{Claim, Finding, Key, Kind, Package, Score, Set, Sighting, Text};
use crate::parse::json::Loose;
use crate::parse::{Closing, Options, package};
use crate::source::Input;

use serde::Deserialize;

/// Whose report is read, and for which app.
pub(in crate::parse) struct Context<'a> {
    input: &'a Input,
    scanner: Text,
    app: Text,
    /// What is installed, if a lock file tells.
    pub(super) installed: Option<Tree>,
}

/// How many notes a report may cause: a hostile one could hold millions of different ones.
const NOTES: usize = 64;

/// Whether a line is what npm says when something went wrong: `npm error`, and `npm ERR!` before npm 10.
pub(in crate::parse) fn is_error_of_npm(line: &str) -> bool {
    let rest = line.trim().strip_prefix("npm ");
    rest.is_some_and(|rest| rest.starts_with("error") || rest.starts_with("ERR!"))
}

/// Adds a note, unless there are too many.
pub(in crate::parse) fn note(closing: &mut Closing, words: &str) {
    if closing.notes.len() < NOTES {
        closing.note(words);
    }
}

/// The scores of an advisory.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Cvss<'a> {
    #[serde(borrow)]
    score: Loose<'a>,
    #[serde(rename = "vectorString")]
    vector: Loose<'a>,
}

impl<'a> Context<'a> {
    /// A report by `scanner`.
    pub(in crate::parse) fn new(input: &'a Input, options: &Options, scanner: &str) -> Self {
        Self {
            input,
            scanner: Text::line(scanner),
            app: options.app(input, None),
            installed: None,
        }
    }

    /// What the report covers: the app, since it names no project.
    pub(in crate::parse) fn scope(&self, family: &str) -> Text {
        Text::line(&format!("{family}:{}:", self.app.untrusted()))
    }

    /// A finding about the npm package `name`, seen at `at`, without ids and keys.
    pub(in crate::parse) fn about(&self, name: &str, at: &str) -> Finding {
        let mut finding = Finding::new(Kind::Dependency, self.app.clone());
        finding.package = Some(Box::new(Package::new(package::npm(name))));
        finding.sightings.insert(Sighting {
            place: self.input.place(at),
            scanner: self.scanner.clone(),
        });
        finding
    }

    /// Gives the finding its ids, its rule and its keys: the public ids that `named` holds, or else the number that the
    /// advisory has in the npm registry. The number is neither id nor key beside a public one: it changes over time and per
    /// range, and two advisories may bear the same. It may be what a report called it that knew no public id, though.
    pub(in crate::parse) fn identify(
        finding: &mut Finding,
        named: impl IntoIterator<Item = String>,
        number: Option<&str>,
    ) -> Result<(), String> {
        let mut ids: Set<Text> = named
            .into_iter()
            .flat_map(|words| package::vulnerability_ids(&words).collect::<Vec<_>>())
            .collect();
        // Zero is what a registry writes that has no numbers.
        let digits = number.and_then(|number| number.trim().parse::<u64>().ok());
        let digits = digits.filter(|number| *number > 0);
        if ids.is_empty() {
            let number = digits.ok_or_else(|| {
                let found = number.map_or("none".to_owned(), |number| format!("`{number}`"));
                format!("expected a GHSA or CVE id or the number of an npm advisory, found {found}")
            })?;
            ids.insert(Text::line(&format!("NPM-{number}")));
        }
        let ghsa = ids.iter().find(|id| id.untrusted().starts_with("GHSA-"));
        finding.rule.id = ghsa.or(ids.first()).cloned();
        finding.ids = ids;
        finding.assert_advisory_keys();
        if let (Some(package), Some(number)) = (&finding.package, digits) {
            let (app, purl) = (finding.app.untrusted(), package.purl.untrusted());
            let name = Key::advisory(app, purl, &format!("NPM-{number}"));
            if !finding.keys.contains(&name) {
                finding.note(|history| history.known_as.extend([name]));
            }
        }
        Ok(())
    }

    /// Adds what the record at `at` says of how bad it is. A score of 0 without a vector means that nobody scored it.
    pub(in crate::parse) fn rate(
        &self,
        finding: &mut Finding,
        at: &str,
        severity: Loose<'_>,
        cvss: Loose<'_>,
    ) {
        let place = self.input.place(at);
        let mut claim = match severity.words() {
            Some(word) => Claim::word(&self.scanner, &word, &place),
            None => Claim::silent(&self.scanner, &place),
        };
        let cvss: Cvss<'_> = cvss.object().unwrap_or_default();
        claim.vector = cvss.vector.text().and_then(|words| Text::some_line(&words));
        claim.score = cvss
            .score
            .number()
            .and_then(Score::from_number)
            .filter(|score| score.tenths() > 0 || claim.vector.is_some());
        if claim.severity.is_some() || claim.score.is_some() || claim.vector.is_some() {
            finding.claims.insert(claim);
        }
    }
}

/// The weaknesses in any of the forms that `cwe` has: `"CWE-94"`, `"CWE-"`, a list, a list as JSON in a string, words
/// with commas, `null`.
pub(in crate::parse) fn weaknesses(cwe: Loose<'_>) -> Set<Text> {
    let of = |one: Loose<'_>| -> Vec<Text> {
        match one.sort() {
            "a number" => one
                .words()
                .and_then(|number| package::weakness(&number))
                .into_iter()
                .collect(),
            _ => one
                .text()
                .map(|words| package::weaknesses(&words).collect())
                .unwrap_or_default(),
        }
    };
    match cwe.sort() {
        "an array" => cwe.list().into_iter().flat_map(of).collect(),
        _ => of(cwe).into_iter().collect(),
    }
}

/// The web addresses in words with or without Markdown around them.
pub(in crate::parse) fn addresses(words: &str) -> impl Iterator<Item = Text> + '_ {
    words
        .split(|character: char| {
            character.is_whitespace()
                || matches!(character, '(' | ')' | '[' | ']' | '<' | '>' | '"' | '`')
        })
        .filter(|word| word.starts_with("https://") || word.starts_with("http://"))
        .filter_map(|word| Text::some_line(word.trim_end_matches(['.', ',', ';'])))
}
