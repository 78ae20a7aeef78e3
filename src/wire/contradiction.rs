//! Whether what a finding says of itself agrees, as all that is written here does: what does not was changed by hand.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::finding::ABSENT;
use super::{Deadline, Finding};
use crate::model::{About, By, Duty, Kind, Status, Text, TicketState};

/// How far from midnight in UTC a day can end somewhere: no clock is further from UTC, whatever zone a calendar names.
const FARTHEST: SignedDuration = SignedDuration::from_hours(26);

impl Finding<'_> {
    /// What it says that cannot all be true in a report of `as_of`. What it leaves out contradicts nothing.
    pub fn contradiction(&self, as_of: Timestamp) -> Option<String> {
        self.time_to_come(as_of)
            .or_else(|| self.false_state())
            .or_else(|| self.false_date())
            .or_else(|| self.false_reason())
            .or_else(|| self.false_overdue(as_of))
    }

    /// A clock that starts after the report was made never runs out.
    fn time_to_come(&self, as_of: Timestamp) -> Option<String> {
        let own = self.own_first_seen.as_ref().map(|own| own.at);
        let times = [
            ("first_seen", self.first_seen),
            ("own_first_seen", own),
            ("last_seen", self.last_seen),
        ];
        let mut times = times.into_iter().filter_map(|(name, at)| Some((name, at?)));
        let (name, at) = times.find(|(_, at)| *at > as_of)?;
        Some(format!(
            "`{name}` is {at}, after the report's `as_of` {as_of}"
        ))
    }

    fn status(&self) -> Option<Status> {
        let status = self.status.as_deref()?;
        Status::ALL.into_iter().find(|known| known.name() == status)
    }

    fn false_state(&self) -> Option<String> {
        let is_absent = self.baseline.as_deref() == Some(ABSENT);
        let is_fixed_ticket = || {
            let is_fixed = |state: &str| state == TicketState::Fixed.name();
            let mut own = self.tickets.iter();
            self.kind() == Kind::Ticket.name() && own.any(|ticket| is_fixed(&ticket.state))
        };
        let status = self.status()?;
        let told = match (status, is_absent, self.suppression.is_some()) {
            (Status::Suppressed, _, false) => "but there is no `suppression`",
            (Status::Suppressed, ..) => return None,
            (_, _, true) => "but there is a `suppression`",
            (Status::Open, true, _) => "but `baseline` is `absent`",
            (Status::Unobserved, false, _) => "but `baseline` is not `absent`",
            (Status::Fixed, false, _) if !is_fixed_ticket() => {
                "but `baseline` is not `absent`, and no ticket of its own says so"
            }
            _ => return None,
        };
        Some(format!("`status` is `{}`, {told}", status.name()))
    }

    fn deadline(&self, duty: Duty) -> Option<&Deadline<'_>> {
        self.deadlines.value()?.get(duty.name())
    }

    fn false_date(&self) -> Option<String> {
        let (due, fix) = (self.due.as_deref(), self.deadline(Duty::Fix));
        let fix = fix.map(|fix| &*fix.by);
        if due != fix {
            return Some(format!(
                "`due` is {}, but `deadlines.fix.by` is {}",
                quoted(due),
                quoted(fix)
            ));
        }
        let dated = |duty| Some((duty, self.deadline(duty)?));
        let mut dated = Duty::ALL.into_iter().filter_map(dated);
        let (duty, Deadline { by, ends, .. }) = dated.find(|(_, deadline)| {
            let day = super::assessment::by(&deadline.by);
            day.is_ok_and(|day| !can_end(day, deadline.ends))
        })?;
        Some(format!(
            "`deadlines.{duty}.by` is {}, but `ends` is {ends}",
            quoted(Some(by)),
            duty = duty.name()
        ))
    }

    /// The reason that won is the one for what the finding says.
    fn false_reason(&self) -> Option<String> {
        let mut chosen = self.why.value()?.iter().filter(|why| why.chosen);
        chosen.find_map(|why| {
            let duty = Duty::ALL.into_iter().find(|duty| duty.name() == why.about);
            let (own, reason) = match duty {
                Some(duty) => {
                    let own = self.deadline(duty).map(|deadline| &*deadline.by);
                    (own, why.by.as_deref())
                }
                None => (self.severity.as_deref(), why.severity.as_deref()),
            };
            let (own, reason) = (own != reason).then(|| (quoted(own), quoted(reason)))?;
            let name = match duty {
                Some(duty) => format!("deadlines.{}.by", duty.name()),
                None => About::Severity.name().to_owned(),
            };
            Some(format!(
                "`{name}` is {own}, but the chosen one of `why` says {reason}"
            ))
        })
    }

    fn false_overdue(&self, as_of: Timestamp) -> Option<String> {
        let fix = self.deadline(Duty::Fix);
        let has_ended = fix.is_some_and(|fix| fix.ends <= as_of);
        let is_overdue = self.status()?.is_due() && has_ended;
        let told = self.overdue.filter(|told| *told != is_overdue)?;
        Some(format!(
            "`overdue` is {told}, but `status`, `deadlines.fix` and the report's `as_of` {as_of} make it {is_overdue}"
        ))
    }
}

fn quoted(word: Option<&str>) -> String {
    match word {
        Some(word) => format!("`{}`", Text::line(word).untrusted()),
        None => "absent".to_owned(),
    }
}

/// Whether what is due by then can end at that instant.
fn can_end(by: By, ends: Timestamp) -> bool {
    match by {
        By::Time(time) => time == ends,
        By::Day(day) => ends.duration_since(midnight_after(day)).abs() <= FARTHEST,
    }
}

/// In UTC. No day ends after the end of time.
fn midnight_after(day: Date) -> Timestamp {
    let next = day.tomorrow().ok();
    let next = next.and_then(|next| next.to_zoned(TimeZone::UTC).ok());
    next.map_or(Timestamp::MAX, |next| next.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_at_its_midnight_wherever_that_is() {
        let zones = [
            ("UTC", "2026-11-16"),
            ("Etc/GMT+12", "2026-11-16"),
            ("Pacific/Kiritimati", "2026-11-16"),
            // The next day was left out there.
            ("Pacific/Apia", "2011-12-29"),
        ];
        for (zone, day) in zones {
            let zone = TimeZone::get(zone).unwrap();
            let day: Date = day.parse().unwrap();
            let next = day.tomorrow().unwrap().to_zoned(zone).unwrap();
            let ends = next.start_of_day().unwrap().timestamp();
            assert!(can_end(By::Day(day), ends), "{ends}");
            for days in [-2, 2] {
                let other = ends + SignedDuration::from_hours(24 * days);
                assert!(!can_end(By::Day(day), other), "{other}");
            }
        }
        assert!(can_end(By::Day(Date::MAX), Timestamp::MAX));
        let time: Timestamp = "2026-11-16T10:00:00Z".parse().unwrap();
        assert!(can_end(By::Time(time), time));
        assert!(!can_end(By::Time(time), Timestamp::MAX));
    }
}
