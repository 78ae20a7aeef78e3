//! Points in time that a source told, with the source.

use jiff::Timestamp;

use super::{Join, Text};

/// A point in time and the record that told it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// Who said so, for people: `scan time of fsrt.json`, `ticket AMS-1`, `as-of`.
    pub source: Text,
}

impl Moment {
    /// A moment and who told it.
    pub fn new(at: Timestamp, source: impl Into<Text>) -> Self {
        Self {
            at,
            source: source.into(),
        }
    }
}

/// The earliest moment wins; of equal ones the smaller source.
impl Join for Moment {
    fn join(&mut self, other: Self) {
        if other < *self {
            *self = other;
        }
    }
}

/// A dated event of a finding that a clock may start at. Each is kept at its earliest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fact {
    /// A ticket or submission told somebody about it.
    Reported,
    /// It was confirmed to be real.
    Triaged,
    /// The advisory was published.
    Published,
    /// A fixed version became available.
    FixAvailable,
    /// CISA listed it as exploited.
    KevAdded,
    /// The vendor became aware of an incident.
    Aware,
}

impl Fact {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Reported,
        Self::Triaged,
        Self::Published,
        Self::FixAvailable,
        Self::KevAdded,
        Self::Aware,
    ];

    /// Its name in policies and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::Triaged => "triaged",
            Self::Published => "published",
            Self::FixAvailable => "fix-available",
            Self::KevAdded => "kev-added",
            Self::Aware => "aware",
        }
    }
}
