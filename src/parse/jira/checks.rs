//! Which of the platform's checks the summary of a ticket names, by their published titles.

use crate::model::{Set, Text};

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

/// Names of the checks that the Forge tester writes; behind some of them stands a number of the one finding.
const FORGE: &[(&str, &str)] = &[
    ("fsrt/authorization", "Custom-Check-Authorization"),
    ("fsrt/authentication", "Custom-Check-Authentication"),
    (
        "fsrt/hardcoded-secret-oauth-provider",
        "Custom-Check-Hardcoded-Secret-OAuth-Provider",
    ),
    ("fsrt/hardcoded-secret", "Custom-Check-Hardcoded-Secret"),
    ("fsrt/atlassian-api-token", "ATLASSIAN_API_TOKEN"),
    (
        "fsrt/atlassian-container-token",
        "ATLASSIAN_CONTAINER_TOKEN",
    ),
    ("fsrt/least-privilege", "Least-Privilege"),
];

/// The rule ids of the checks whose names stand in `summary`.
pub(super) fn named(summary: &str) -> Set<Text> {
    let summary = summary.to_lowercase();
    CONNECT
        .iter()
        .chain(FORGE)
        .filter(|(_, name)| names(&summary, &name.to_lowercase()))
        .map(|(rule, _)| Text::line(rule))
        .collect()
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
    fn a_longer_word_is_another_name() {
        assert!(rules("No Cache Controllers; Least-Privileges; MY_ATLASSIAN_API_TOKEN").is_empty());
    }
}
