//! Ages: how long ago a scan may have run, and how long ago one ran.

use std::str::FromStr;

use jiff::SignedDuration;

/// How long ago a scan may have run: `7 days`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Age(SignedDuration);

/// A century: more is a slip of the pen.
const MOST_HOURS: i64 = 876_600;

impl Age {
    /// Whether something that is so old is older.
    pub fn is_exceeded(self, old: SignedDuration) -> bool {
        old > self.0
    }

    /// In the words of a message.
    pub fn words(self) -> String {
        words(self.0)
    }
}

impl FromStr for Age {
    type Err = String;

    /// Reads `36 hours`, `7 days` and `2 weeks`. A day has 24 hours.
    fn from_str(written: &str) -> Result<Self, String> {
        let unreadable =
            || format!("`{written}` is no age: write `36 hours`, `7 days` or `2 weeks`");
        let mut parts = written.split_ascii_whitespace();
        let (Some(count), Some(unit), None) = (parts.next(), parts.next(), parts.next()) else {
            return Err(unreadable());
        };
        let hours = match unit {
            "hour" | "hours" => 1,
            "day" | "days" => 24,
            "week" | "weeks" => 7 * 24,
            _ => return Err(unreadable()),
        };
        if !count.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(unreadable());
        }
        let count: Option<i64> = count.parse().ok();
        match count.and_then(|count| count.checked_mul(hours)) {
            Some(0) => Err(format!("`{written}` is too short: no scan is so fresh")),
            Some(hours) if hours <= MOST_HOURS => Ok(Self(SignedDuration::from_hours(hours))),
            _ => Err(format!("`{written}` is too long: at most a hundred years")),
        }
    }
}

/// `9 days`, `7 days 1 hour`, `36 minutes`: rounded up to hours, so that what is too old also reads as too old.
pub(super) fn words(old: SignedDuration) -> String {
    let plural = |count: i64, unit: &str| match count {
        1 => format!("1 {unit}"),
        _ => format!("{count} {unit}s"),
    };
    let minutes = old.as_mins() + i64::from(old.as_secs() % 60 > 0 || old.subsec_nanos() > 0);
    if minutes < 60 {
        return plural(minutes, "minute");
    }
    let hours = minutes / 60 + i64::from(minutes % 60 > 0);
    match (hours / 24, hours % 24) {
        (0, hours) => plural(hours, "hour"),
        (days, 0) => plural(days, "day"),
        (days, hours) => format!("{} {}", plural(days, "day"), plural(hours, "hour")),
    }
}
