//! What trackers and reports say of the handling of a finding: tickets and suppressions.

use std::cmp::Ordering;

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

/// Where a ticket stands. `Ord` is how open it is: of two that may both be so, the first counts.
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
    /// Whether the tracker is done with it: a finding that is this ticket is not open, and is fixed if the state says so.
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

/// What a tracker says of one ticket. Two exports of one ticket: the later update wins, whole. Of equal updates, or of two
/// that tell none, nobody knows which is later: then the more open state, the earliest date and every check count.
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
        match self.updated.cmp(&other.updated) {
            Ordering::Less => *self = other,
            Ordering::Greater => {}
            Ordering::Equal => self.join_equal(other),
        }
    }
}

impl Ticket {
    /// Joins another of the same update. What tells nothing gives way to what tells something.
    fn join_equal(&mut self, other: Self) {
        let Self {
            updated: _,
            key,
            state,
            status,
            due,
            created,
            url,
            checks,
            is_reopened,
        } = other;
        // The tracker's word, and whether it came back, go with the state that they explain.
        match state.cmp(&self.state) {
            Ordering::Less => {
                (self.state, self.status, self.is_reopened) = (state, status, is_reopened);
            }
            Ordering::Greater => {}
            Ordering::Equal => {
                keep_smaller(&mut self.status, status);
                self.is_reopened |= is_reopened;
            }
        }
        keep_smaller(&mut self.due, due);
        keep_smaller(&mut self.created, created);
        keep_smaller(&mut self.url, url);
        self.checks.join(checks);
        if key < self.key {
            self.key = key;
        }
    }
}

/// The smaller of two that are told.
fn keep_smaller<T: Ord>(mine: &mut Option<T>, other: Option<T>) {
    if let Some(other) = other
        && mine.as_ref().is_none_or(|mine| other < *mine)
    {
        *mine = Some(other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticket(updated: Option<&str>, state: TicketState, due: Option<&str>) -> Ticket {
        Ticket {
            updated: updated.map(|at| at.parse().unwrap()),
            key: Text::line("AMS-1"),
            state,
            status: Some(Text::line(state.name())),
            due: due.map(|day| day.parse().unwrap()),
            created: None,
            url: None,
            checks: Set::new(),
            is_reopened: false,
        }
    }

    fn joined(tickets: &[&Ticket]) -> Ticket {
        let (first, rest) = tickets.split_first().unwrap();
        let mut all = (*first).clone();
        for ticket in rest {
            all.join((*ticket).clone());
        }
        all
    }

    #[test]
    fn of_equal_updates_the_open_state_and_the_earliest_date_count() {
        for at in [None, Some("2026-11-05T09:02:00Z")] {
            for closed in TicketState::ALL.into_iter().skip(1) {
                let closed = ticket(at, closed, Some("2026-11-10"));
                let open = ticket(at, TicketState::Open, Some("2026-12-14"));
                let undated = ticket(at, TicketState::Open, None);
                let both = joined(&[&closed, &open, &undated]);
                assert_eq!(both, ticket(at, TicketState::Open, Some("2026-11-10")));
            }
        }
    }

    #[test]
    fn the_later_update_wins_whole() {
        let open = ticket(None, TicketState::Open, Some("2026-11-10"));
        let early = ticket(
            Some("2026-11-05T09:02:00Z"),
            TicketState::Open,
            Some("2026-11-10"),
        );
        let late = ticket(Some("2026-11-06T09:02:00Z"), TicketState::Fixed, None);
        assert_eq!(joined(&[&early, &late, &open]), late);
    }

    #[test]
    fn tickets_join_alike_in_every_order_and_grouping() {
        let mut tickets = Vec::new();
        for updated in [None, Some("2026-11-05T09:02:00Z")] {
            for state in TicketState::ALL {
                for due in [None, Some("2026-11-10"), Some("2026-12-14")] {
                    let one = ticket(updated, state, due);
                    tickets.push(Ticket {
                        url: due.map(Text::line),
                        is_reopened: due.is_none() && !state.is_closed(),
                        ..one
                    });
                }
            }
        }
        for one in &tickets {
            assert_eq!(joined(&[one, one]), *one);
            for two in &tickets {
                let both = joined(&[one, two]);
                assert_eq!(both, joined(&[two, one]));
                for three in &tickets {
                    let rest = joined(&[two, three]);
                    assert_eq!(joined(&[&both, three]), joined(&[one, &rest]));
                }
            }
        }
    }
}
