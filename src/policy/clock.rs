//! The events at which a clock may start, and which of them is known of a finding.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::model::{Fact, Finding, Moment};

/// An event at which a clock may start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Start {
    /// The earliest time at which any source saw the finding.
    FirstSeen,
    /// A dated event that a source tells.
    Event(Fact),
}

impl Start {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::FirstSeen,
        Self::Event(Fact::Reported),
        Self::Event(Fact::Triaged),
        Self::Event(Fact::Published),
        Self::Event(Fact::FixAvailable),
        Self::Event(Fact::KevAdded),
        Self::Event(Fact::Aware),
    ];

    /// Its name in policies and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FirstSeen => "first-seen",
            Self::Event(fact) => fact.name(),
        }
    }

    /// The event of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|start| start.name() == name)
    }

    /// When it happened, by the earliest of the finding and the tickets that name it.
    fn moment<'a>(self, finding: &'a Finding, tickets: &[&'a Finding]) -> Option<Moment> {
        let told = |finding: &'a Finding| match self {
            Self::FirstSeen => finding.clock(),
            Self::Event(fact) => {
                let dated = finding.dates.get(&fact).cloned();
                let dated = match fact {
                    Fact::KevAdded => dated.into_iter().chain(kev_added(finding)).min(),
                    _ => dated,
                };
                let created = finding.ticket.as_ref().filter(|_| fact == Fact::Reported);
                let created = created.and_then(|ticket| {
                    let source = format!("ticket {}", ticket.key.untrusted());
                    Some(Moment::new(ticket.created?, source))
                });
                // A parser that knows both gives the same time; its own source is the better word.
                match (dated, created) {
                    (Some(dated), Some(created)) if created.at < dated.at => Some(created),
                    (None, created) => created,
                    (dated, _) => dated,
                }
            }
        };
        std::iter::once(finding)
            .chain(tickets.iter().copied())
            .filter_map(told)
            .min()
    }
}

/// When the catalogue of exploited vulnerabilities listed it: the start of that day, UTC.
fn kev_added(finding: &Finding) -> Option<Moment> {
    let entry = finding.history().exploited.kev.as_ref()?.listed.as_ref()?;
    let day = entry.added.to_zoned(TimeZone::UTC).ok()?;
    let source = format!("KEV entry of {}", entry.id.untrusted());
    Some(Moment::new(day.timestamp(), source))
}

/// The event that starts a clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Started {
    /// Which event.
    pub start: Start,
    /// When, and who told it.
    pub moment: Moment,
    /// Which events the policy would rather have had.
    pub unknown: Vec<Start>,
}

/// The first of `wanted` that is known; first-seen is always the last resort, and as-of where not even that is known. To
/// notify, who takes the date asks whether the event was wanted.
///
/// What lies behind as-of has not happened yet and starts no clock: a wrong date of a source, or an earlier report that
/// was made later, must not move a deadline into the future.
pub fn start_of_clock(
    wanted: &[Start],
    finding: &Finding,
    tickets: &[&Finding],
    as_of: Timestamp,
) -> Started {
    let mut unknown = Vec::new();
    for &start in wanted.iter().chain(&[Start::FirstSeen]) {
        let moment = start.moment(finding, tickets);
        if let Some(moment) = moment.filter(|moment| moment.at <= as_of) {
            return Started {
                start,
                moment,
                unknown,
            };
        }
        unknown.push(start);
    }
    Started {
        start: Start::FirstSeen,
        moment: Moment::new(as_of, "as-of"),
        unknown,
    }
}
