//! The checks of CSRT, with the scores that Atlassian publishes for Ecoscanner's checks of the same requirements.

use crate::model::{Claim, Place, Score, Text, Trust};

/// A check. Reports hold its title only.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::parse) struct Check {
    /// The requirement as CSRT numbers it.
    pub(super) id: &'static str,
    titles: &'static [&'static str],
    /// Its numbers in `vuln_id` before the renumbering of 2023-07-12.
    before: &'static [&'static str],
    /// In tenths; from the Ecoscanner pages of 2021-04-16 (3, 3.0, 6.2) and 2023-12-26.
    score: Option<u8>,
}

const fn check(
    id: &'static str,
    titles: &'static [&'static str],
    before: &'static [&'static str],
    score: Option<u8>,
) -> Check {
    Check {
        id,
        titles,
        before,
        score,
    }
}

/// `REQ_TITLES` of reports/constants.py, and its titles and numbers since 2020.
const CHECKS: &[Check] = &[
    check(
        "1.1",
        &[
            "Authentication of Application Resources",
            "Authentication and Authorization of Application Resources",
        ],
        &["5"],
        Some(53),
    ),
    check(
        "1.2",
        &["Authorization of Application Resources"],
        &[],
        Some(88),
    ),
    check("1.4", &["Signed Install Authentication"], &[], Some(86)),
    check(
        "2",
        &["Authentication and Authorization of Stored Data"],
        &["6"],
        None,
    ),
    check(
        "3",
        &["Transport Layer Security Validation"],
        &["1", "1a", "1.1"],
        Some(74),
    ),
    check("3.0", &["HSTS Validation"], &["1b", "1.2"], Some(68)),
    check("5", &["Secret Handling"], &["8"], None),
    check(
        "6.2",
        &["Validity of Domain Registration and TLS Certificates"],
        &["3"],
        Some(81),
    ),
    check("6.3", &["Domain and Subdomain Takeover"], &["4"], None),
    check("7.2", &["Referrer Policy"], &["12"], None),
    check("7.3", &["Cache Control"], &["2"], None),
    check("7.4", &["Session Cookie Configuration"], &["11"], None),
    check("8.1", &["URL Tampering"], &["13"], None),
    check("9", &["Use of External Components"], &["14"], None),
    check(
        "10",
        &["Collection of Atlassian Credentials"],
        &["10"],
        None,
    ),
    check("11", &["Security SLAs"], &["15"], None),
    check(
        "16",
        &["App Name and Domain Branding Violations"],
        &["16"],
        None,
    ),
];

impl Check {
    pub(super) fn titled(title: &str) -> Option<&'static Self> {
        let title = title.trim();
        CHECKS.iter().find(|check| {
            check
                .titles
                .iter()
                .any(|known| known.eq_ignore_ascii_case(title))
        })
    }

    pub(super) fn numbered_before_2023(number: &str) -> Option<&'static Self> {
        CHECKS
            .iter()
            .find(|check| check.before.contains(&number.trim()))
    }

    /// The check of that number, as CSRT numbers them since 2023-07-12.
    pub(in crate::parse) fn numbered(id: &str) -> Option<&'static Self> {
        CHECKS.iter().find(|check| check.id == id)
    }

    /// What is published of how bad it is, for the record at `place`.
    pub(in crate::parse) fn published(&self, place: &Place) -> Option<Claim> {
        let score = Score::from_tenths(self.score?)?;
        Some(Claim {
            trust: Trust::Published,
            score: Some(score),
            ..Claim::word(&Text::line("Ecoscanner"), score.severity().name(), place)
        })
    }

    /// Whether it is about whole hosts rather than addresses.
    pub(super) fn is_of_hosts(&self) -> bool {
        matches!(self.id, "3" | "3.0" | "6.2")
    }
}
