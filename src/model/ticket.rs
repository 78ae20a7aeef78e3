//! What trackers and reports say of the handling of a finding: tickets and suppressions.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Join, Set, Text};

/// Whether a suppression counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SuppressionStatus {
    /// It counts (SARIF 2.1.0 section 3.35.3: `accepted`, or no status).
    Accepted,
    /// Somebody has yet to decide: the finding stays open.
    UnderReview,
    /// It was turned down: the finding stays open.
    Rejected,
}

impl SuppressionStatus {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Accepted, Self::UnderReview, Self::Rejected];

    /// Its name in reports, SARIF's words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::UnderReview => "underReview",
            Self::Rejected => "rejected",
        }
    }
}

/// A suppression that a report carries.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Suppression {
    /// Whether it counts.
    pub status: SuppressionStatus,
    /// The tool whose report carries it.
    pub scanner: Text,
    /// `inSource`, `external`, or another word of the tool.
    pub kind: Text,
    /// Why, in somebody's words.
    pub justification: Option<Text>,
}

/// Where a ticket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TicketState {
    /// Work is due; the clock runs.
    Open,
    /// The platform has the next move; shown, but the clock runs on.
    Waiting,
    /// Fixed and shipped.
    Fixed,
    /// The same as another ticket.
    Duplicate,
    /// Closed for a reason that the status does not tell.
    Closed,
}

impl TicketState {
    /// Whether the tracker is done with it, so that a finding that is this ticket is fixed.
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::Fixed | Self::Duplicate | Self::Closed)
    }

    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Open,
        Self::Waiting,
        Self::Fixed,
        Self::Duplicate,
        Self::Closed,
    ];

    /// Its name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Waiting => "waiting",
            Self::Fixed => "fixed",
            Self::Duplicate => "duplicate",
            Self::Closed => "closed",
        }
    }
}

/// What a tracker says of one ticket. Two exports of one ticket: the later update wins, whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket {
    /// When the tracker last changed it.
    pub updated: Option<Timestamp>,
    /// The tracker's key: `AMS-1`.
    pub key: Text,
    /// Where it stands.
    pub state: TicketState,
    /// The tracker's own word for that.
    pub status: Option<Text>,
    /// The date that the ticket names.
    pub due: Option<Date>,
    /// When the ticket was opened.
    pub created: Option<Timestamp>,
    /// Where to read it.
    pub url: Option<Text>,
    /// Rule ids of the checks that it names; it is linked to findings of these.
    pub checks: Set<Text>,
    /// Whether it is open after an earlier report knew it as closed. It stands here, and is no tag of the finding, so that
    /// it goes with the state that shows it.
    pub is_reopened: bool,
}

impl Join for Ticket {
    fn join(&mut self, other: Self) {
        if other > *self {
            *self = other;
        }
    }
}
