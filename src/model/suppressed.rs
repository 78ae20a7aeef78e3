//! Why a finding is suppressed, and when that ends.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Text, Verdict};

/// Why a suppressed finding is suppressed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Suppressed {
    /// What was decided; none where the report of a tool suppresses it.
    pub kind: Option<Verdict>,
    /// The reason in somebody's words.
    pub reason: Text,
    /// Who says so: a tool's report, or a triage file.
    pub by: Text,
    /// The last day.
    pub until: Option<Date>,
    /// The first instant after that day, where it ends first among the calendars of the policies. Reports of before this
    /// was told do not have it.
    pub ends: Option<Timestamp>,
    /// Where the decision stands, of one by a triage file or a VEX document.
    pub source: Option<Text>,
}

impl Suppressed {
    /// Whether it has ended at a time. Where only its last day is known, that is over as soon as it is over anywhere: what
    /// somebody may not accept any more must not pass for accepted.
    pub fn has_ended(&self, at: Timestamp) -> bool {
        let end = self.ends.or_else(|| self.until.map(first_end_of));
        end.is_some_and(|end| end <= at)
    }
}

/// The first instant after a day where it ends first on earth: in the time zones 14 hours before UTC.
fn first_end_of(day: Date) -> Timestamp {
    let end = day.at(10, 0, 0, 0).to_zoned(TimeZone::UTC);
    // The last day of the calendar is in none of these zones behind its last instant.
    end.map_or(Timestamp::MAX, |end| end.timestamp())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn until(day: Option<Date>, ends: Option<&str>) -> Suppressed {
        Suppressed {
            kind: None,
            reason: Text::line("behind a flag"),
            by: Text::line("somebody"),
            until: day,
            ends: ends.map(|ends| ends.parse().unwrap()),
            source: None,
        }
    }

    fn ended(suppressed: &Suppressed, at: &str) -> bool {
        suppressed.has_ended(at.parse().unwrap())
    }

    #[test]
    fn it_ends_at_the_instant_that_is_told() {
        let berlin = until(Some(date(2026, 10, 31)), Some("2026-10-31T23:00:00Z"));
        assert!(!ended(&berlin, "2026-10-31T22:59:59.999Z"));
        assert!(ended(&berlin, "2026-10-31T23:00:00Z"));
        let new_york = until(Some(date(2026, 10, 20)), Some("2026-10-21T04:00:00Z"));
        assert!(!ended(&new_york, "2026-10-21T00:00:00Z"));
    }

    #[test]
    fn a_day_without_its_instant_ends_where_it_ends_first_on_earth() {
        let unknown = until(Some(date(2026, 10, 31)), None);
        assert!(!ended(&unknown, "2026-10-31T09:59:59Z"));
        assert!(ended(&unknown, "2026-10-31T10:00:00Z"));
        assert!(!ended(&until(None, None), "2999-01-01T00:00:00Z"));
        assert!(!ended(
            &until(Some(Date::MAX), None),
            "2026-10-31T10:00:00Z"
        ));
    }
}
