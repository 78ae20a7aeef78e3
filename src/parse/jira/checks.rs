//! Which of the platform's checks the summary of a ticket names, by their published titles, and how bad each is.

use crate::model::{Claim, Place, Set, Text, Trust};
use crate::parse::csrt::checks::Check;

/// Titles of the Connect requirements that the Connect tester writes, with their numbers.
const CONNECT: &[(&str, &str)] = &[
    ("csrt/1.1", "Authentication of Application Resources"),
    ("csrt/1.2", "Authorization of Application Resources"),
    ("csrt/1.4", "Signed Install Authentication"),
    ("csrt/2", "Authentication and Authorization of Stored Data"),
    ("csrt/3", "Transport Layer Security Validation"),
    ("csrt/3.0", "HSTS Validation"),
    ("csrt/5", "Secret Handling"),
    (
        "csrt/6.2",
        "Validity of Domain Registration and TLS Certificates",
    ),
    ("csrt/6.3", "Domain and Subdomain Takeover"),
    ("csrt/7.2", "Referrer Policy"),
    ("csrt/7.3", "Cache Control"),
    ("csrt/7.4", "Session Cookie Configuration"),
    ("csrt/8.1", "URL Tampering"),
    ("csrt/9", "Use of External Components"),
    ("csrt/10", "Collection of Atlassian Credentials"),
    ("csrt/11", "Security SLAs"),
    ("csrt/16", "App Name and Domain Branding Violations"),
];

/// Names of the checks that the Forge tester writes, each with its severity in `checkers.rs`; behind some of them stands a
/// number of the one finding.
const FORGE: &[(&str, &str, &str)] = &[
    ("fsrt/authorization", "Custom-Check-Authorization", "High"),
    ("fsrt/authentication", "Custom-Check-Authentication", "High"),
    (
        "fsrt/hardcoded-secret-oauth-provider",
        "Custom-Check-Hardcoded-Secret-OAuth-Provider",
        "High",
    ),
    (
        "fsrt/hardcoded-secret",
        "Custom-Check-Hardcoded-Secret",
        "High",
    ),
    (
        "fsrt/atlassian-api-token",
        "ATLASSIAN_API_TOKEN",
        "Critical",
    ),
    (
        "fsrt/atlassian-container-token",
        "ATLASSIAN_CONTAINER_TOKEN",
        "Critical",
    ),
    ("fsrt/least-privilege", "Least-Privilege", "Low"),
];

/// The rule ids of the checks whose names stand in `summary`.
pub(super) fn named(summary: &str) -> Set<Text> {
    let summary = summary.to_lowercase();
    let forge = FORGE.iter().map(|(rule, name, _)| (rule, name));
    let known = CONNECT.iter().map(|(rule, name)| (rule, name)).chain(forge);
    known
        .filter(|(_, name)| names(&summary, &name.to_lowercase()))
        .map(|(rule, _)| Text::line(rule))
        .collect()
}

/// What is published of how bad the check of that rule id is, for the ticket at `place`.
pub(super) fn published(rule: &Text, place: &Place) -> Option<Claim> {
    if let Some(number) = rule.untrusted().strip_prefix("csrt/") {
        return Check::numbered(number)?.published(place);
    }
    let mut forge = FORGE.iter();
    let (_, _, word) = forge.find(|(known, ..)| *known == rule.untrusted())?;
    Some(Claim {
        trust: Trust::Published,
        ..Claim::word(&Text::line("FSRT"), word, place)
    })
}

/// Whether `name` stands in `words` as a whole: not within a longer name, but perhaps with a number behind it.
fn names(words: &str, name: &str) -> bool {
    let inner = |character: char| character.is_alphanumeric() || matches!(character, '-' | '_');
    words.match_indices(name).any(|(start, _)| {
        // The match lies at a boundary and within the words.
        let before = words[..start].chars().next_back();
        let after = &words[start + name.len()..];
        let number = after
            .strip_prefix('-')
            .map(|rest| rest.trim_start_matches(|character: char| character.is_ascii_digit()))
            .filter(|rest| rest.len() + 1 < after.len());
        let after = number.unwrap_or(after);
        !before.is_some_and(inner) && !after.starts_with(inner)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(summary: &str) -> Vec<String> {
        named(summary)
            .iter()
            .map(|rule| rule.untrusted().to_owned())
            .collect()
    }

    #[test]
    fn a_title_is_found_inside_a_summary() {
        assert_eq!(
            rules("[Ecoscanner] Authorization of Application Resources - Queue Board"),
            ["csrt/1.2"]
        );
        assert_eq!(rules("HSTS validation"), ["csrt/3.0"]);
    }

    #[test]
    fn the_number_behind_a_forge_check_is_no_part_of_its_name() {
        assert_eq!(
            rules("Custom-Check-Authorization-18148541633132029413 in Time Ledger"),
            ["fsrt/authorization"]
        );
        assert_eq!(
            rules("Custom-Check-Hardcoded-Secret-OAuth-Provider-12"),
            ["fsrt/hardcoded-secret-oauth-provider"]
        );
        assert_eq!(
            rules("ATLASSIAN_API_TOKEN: 2 call(s)"),
            ["fsrt/atlassian-api-token"]
        );
    }

    #[test]
    fn each_check_has_its_published_severity_if_there_is_one() {
        let place = crate::source::Input::file("tickets.csv", true).place("line 2");
        let published = |rule: &str| {
            let claim = published(&Text::line(rule), &place)?;
            assert_eq!(claim.trust, Trust::Published);
            Some((claim.scanner.untrusted().to_owned(), claim.severity?.name()))
        };
        let says = |scanner: &str, severity| Some((scanner.to_owned(), severity));
        assert_eq!(published("csrt/1.2"), says("Ecoscanner", "high"));
        assert_eq!(published("csrt/3.0"), says("Ecoscanner", "medium"));
        assert_eq!(published("csrt/7.3"), None);
        assert_eq!(
            published("fsrt/atlassian-api-token"),
            says("FSRT", "critical")
        );
        assert_eq!(published("fsrt/least-privilege"), says("FSRT", "low"));
        assert_eq!(published("jira/security-vulnerability"), None);
    }

    #[test]
    fn a_longer_word_is_another_name() {
        assert!(rules("No Cache Controllers; Least-Privileges; MY_ATLASSIAN_API_TOKEN").is_empty());
    }
}
