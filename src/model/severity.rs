//! How bad a finding is: one scale, one table of scanners' words, scores in tenths.

use std::fmt;
use std::str::FromStr;

/// How bad a finding is.
///
/// `Ord` is urgency: `Unknown` is a value of its own that sorts above `Medium`, because what nobody rated must not be
/// taken for harmless.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Good to know; no vulnerability by itself.
    Info,
    /// CVSS 0.1 to 3.9.
    Low,
    /// CVSS 4.0 to 6.9.
    Medium,
    /// No source rated it.
    Unknown,
    /// CVSS 7.0 to 8.9.
    High,
    /// CVSS 9.0 to 10.0.
    Critical,
}

impl Severity {
    /// All of them, worst first.
    pub const ALL: [Self; 6] = [
        Self::Critical,
        Self::High,
        Self::Unknown,
        Self::Medium,
        Self::Low,
        Self::Info,
    ];

    /// Its name in policies and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::Unknown => "unknown",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The one table of scanners' words, whatever their case. `None` for a word that no scanner is known to use: the
    /// caller keeps it as a claim of unknown severity.
    pub fn from_word(word: &str) -> Option<Self> {
        const WORDS: &[(Severity, &[&str])] = &[
            (
                Severity::Critical,
                &[
                    "critical",
                    "crit",
                    "very-high",
                    "very high",
                    "blocker",
                    "highest",
                    "p1",
                    "urgent",
                ],
            ),
            (
                Severity::High,
                &[
                    "high",
                    "error",
                    "major",
                    "important",
                    "serious",
                    "p2",
                    "severe",
                ],
            ),
            (
                Severity::Medium,
                &[
                    "medium", "moderate", "warning", "warn", "p3", "normal", "med", "unsound",
                ],
            ),
            (
                Severity::Low,
                &[
                    "low",
                    "note",
                    "minor",
                    "p4",
                    "lowest",
                    "trivial",
                    "style",
                    "recommendation",
                    "unmaintained",
                    "yanked",
                ],
            ),
            (
                Severity::Info,
                &[
                    "info",
                    "informational",
                    "information",
                    "negligible",
                    "p5",
                    "notice",
                ],
            ),
            (
                Severity::Unknown,
                // Where nobody chose a level, forms and exports say `None`: it calls nothing harmless.
                &[
                    "unknown",
                    "undefined",
                    "unassigned",
                    "unspecified",
                    "n/a",
                    "none",
                ],
            ),
        ];
        let word = word.trim();
        WORDS
            .iter()
            .find(|(_, words)| words.iter().any(|known| known.eq_ignore_ascii_case(word)))
            .map(|&(level, _)| level)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Severity {
    type Err = ();

    /// Reads one of our own six names, and nothing else.
    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|severity| severity.name() == name)
            .ok_or(())
    }
}

/// A score from 0.0 to 10.0, kept in tenths so that it can be compared and hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(u8);

impl Score {
    /// A score in tenths, from 0 to 100.
    pub const fn from_tenths(tenths: u8) -> Option<Self> {
        if tenths <= 100 {
            Some(Self(tenths))
        } else {
            None
        }
    }

    /// A score from a number; `None` when it is not within 0.0 to 10.0. Rounded to the nearest tenth.
    pub fn from_number(number: f64) -> Option<Self> {
        if !(0.0..=10.0).contains(&number) {
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "0.0..=10.0 was checked above"
        )]
        Some(Self((number * 10.0).round() as u8))
    }

    /// The score in tenths.
    pub const fn tenths(self) -> u8 {
        self.0
    }

    /// The score as a number, 0.0 to 10.0.
    pub fn value(self) -> f64 {
        f64::from(self.0) / 10.0
    }

    /// The qualitative rating of CVSS v3.1 section 5 and v4.0 section 6: 0.0 is `Info`.
    pub const fn severity(self) -> Severity {
        match self.0 {
            0 => Severity::Info,
            1..=39 => Severity::Low,
            40..=69 => Severity::Medium,
            70..=89 => Severity::High,
            _ => Severity::Critical,
        }
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}
