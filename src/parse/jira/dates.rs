//! Dates in every form that Jira's exports have, zone or no zone.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::rfc2822;
use jiff::tz::{Offset, TimeZone};

/// What a date's words say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Written {
    /// The day as it is written, in whatever zone the writer was.
    pub(super) day: Date,
    /// The time of day; midnight when only a day is written.
    time: Time,
    /// The offset from UTC, if it is written.
    offset: Option<Offset>,
}

impl Written {
    /// Reads a date. `None` when it is in no known form, or when day and month cannot be told apart.
    pub(super) fn of(words: &str) -> Option<Self> {
        let words = words.trim();
        if words.len() > 64 {
            return None;
        }
        iso(words)
            .or_else(|| rfc_2822(words))
            .or_else(|| jira(words))
    }

    /// The point in time, and whether a zone had to be assumed for it.
    pub(super) fn instant(&self, zone: &TimeZone) -> Option<(Timestamp, bool)> {
        let written = DateTime::from_parts(self.day, self.time);
        match self.offset {
            Some(offset) => Some((offset.to_timestamp(written).ok()?, false)),
            None => Some((zone.to_timestamp(written).ok()?, true)),
        }
    }
}

/// `Sun, 10 Mar 2024 03:55:53 -0700`, as the XML export has it; the day may be unpadded.
fn rfc_2822(words: &str) -> Option<Written> {
    let parser = rfc2822::DateTimeParser::new().relaxed_weekday(true);
    let zoned = parser.parse_zoned(words).ok()?;
    Some(Written {
        day: zoned.date(),
        time: zoned.time(),
        offset: Some(zoned.offset()),
    })
}

/// `2026-11-02T15:51:00.000+0000`, `2026-11-02T15:51:00Z`, `2026-02-25 16:38:58.679`, `2026-11-30`.
fn iso(words: &str) -> Option<Written> {
    let day: Date = words.get(..10)?.parse().ok()?;
    let rest = words.get(10..)?;
    if rest.is_empty() {
        return Some(Written {
            day,
            time: Time::midnight(),
            offset: None,
        });
    }
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let clock = rest
        .find(|character: char| !(character.is_ascii_digit() || matches!(character, ':' | '.')))
        .unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(clock);
    // `Time` reads `16:38` as well as `16:38:58.679`.
    let time = clock.parse().ok()?;
    let offset = match zone.trim() {
        "" => None,
        zone => Some(offset(zone)?),
    };
    Some(Written { day, time, offset })
}

/// `Z`, `+0000`, `+00:00`, `-07`.
fn offset(words: &str) -> Option<Offset> {
    if words.eq_ignore_ascii_case("z") {
        return Some(Offset::UTC);
    }
    let sign = match words.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let digits = words.get(1..)?.replace(':', "");
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let hours: i32 = digits.get(..2)?.parse().ok()?;
    let minutes: i32 = digits
        .get(2..)
        .filter(|rest| !rest.is_empty())
        .map_or(Ok(0), str::parse)
        .ok()?;
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

/// `25/Feb/26 10:17 PM`, `30/Jul/18 23:33`, `19/lip/23 11:43 AM`, `05.11.2026 09:02`: the exporting user's locale. A
/// month in digits is read between dots only, where it always stands behind the day.
fn jira(words: &str) -> Option<Written> {
    let (date, clock) = match words.split_once(char::is_whitespace) {
        Some((date, clock)) => (date, clock.trim()),
        None => (words, ""),
    };
    let separator = date
        .chars()
        .find(|character| matches!(character, '/' | '-' | '.'))?;
    let mut parts = date.splitn(3, separator);
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    let month = match number(second, 2) {
        Some(month) if separator == '.' => month,
        Some(_) => return None,
        None => month(second)?,
    };
    let year = match third.len() {
        // Two digits: no ticket is from before 2000.
        2 => 2000 + number(third, 2)?,
        4 => number(third, 4)?,
        _ => return None,
    };
    let day = Date::new(
        year,
        i8::try_from(month).ok()?,
        i8::try_from(number(first, 2)?).ok()?,
    )
    .ok()?;
    Some(Written {
        day,
        time: time(clock)?,
        offset: None,
    })
}

fn number(digits: &str, most: usize) -> Option<i16> {
    let valid =
        (1..=most).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    valid.then(|| digits.parse().ok())?
}

/// `10:17 PM`, `10:17 p.m.`, `23:33`, `23:33:05`, or nothing.
fn time(clock: &str) -> Option<Time> {
    if clock.is_empty() {
        return Some(Time::midnight());
    }
    let end = clock
        .find(|character: char| !(character.is_ascii_digit() || matches!(character, ':' | '.')))
        .unwrap_or(clock.len());
    let (digits, half) = clock.split_at(end);
    let mut parts = digits.split(':');
    let mut hour = i8::try_from(number(parts.next()?, 2)?).ok()?;
    let minute = i8::try_from(number(parts.next()?, 2)?).ok()?;
    let second = match parts.next() {
        Some(seconds) => i8::try_from(number(seconds.split('.').next()?, 2)?).ok()?,
        None => 0,
    };
    let half: String = half
        .chars()
        .filter(|character| character.is_alphabetic())
        .collect();
    match half.to_ascii_lowercase().as_str() {
        "" => {}
        half @ ("am" | "pm") if (1..=12).contains(&hour) => {
            hour = hour % 12 + if half == "pm" { 12 } else { 0 };
        }
        _ => return None,
    }
    Time::new(hour, minute, second, 0).ok()
}

/// The beginnings of the months' names in the languages that exports were seen or are likely in: English, German, French,
/// Spanish, Portuguese, Italian, Dutch, the Scandinavian ones, Polish, Russian, Ukrainian. None stands for two months.
const MONTHS: [&[&str]; 12] = [
    &["jan", "jän", "ene", "gen", "sty", "янв", "січ"],
    &["feb", "fév", "fev", "lut", "фев", "лют"],
    &["mar", "mär", "maa", "mrt", "мар", "бер"],
    &["apr", "avr", "abr", "kwi", "апр", "кві"],
    &["may", "mai", "maj", "mei", "mag", "мая", "май", "тра"],
    &["jun", "juin", "giu", "cze", "июн", "чер"],
    &["jul", "juil", "lug", "lip", "июл", "лип"],
    &["aug", "aoû", "aou", "ago", "sie", "авг", "сер"],
    &["sep", "set", "wrz", "сен", "вер"],
    &["oct", "okt", "out", "ott", "paź", "paz", "окт", "жов"],
    &["nov", "lis", "ноя", "лис"],
    &["dec", "déc", "dez", "dic", "des", "gru", "дек", "гру"],
];

/// The number of a month from its name, short or long, with or without a final dot.
fn month(name: &str) -> Option<i16> {
    let name = name.trim_end_matches('.').to_lowercase();
    if !name.chars().all(char::is_alphabetic) {
        return None;
    }
    let index = MONTHS
        .iter()
        .position(|starts| starts.iter().any(|start| name.starts_with(start)))?;
    i16::try_from(index + 1).ok()
}

/// When an XML export was made, by its first comment: `RSS generated by JIRA (…) at Sun Mar 10 11:01:19 UTC 2024`, Java's
/// `Date.toString()`. `None` in a zone whose short name does not tell the offset.
pub(super) fn export_time(comment: &str) -> Option<Timestamp> {
    let line = comment
        .lines()
        .find(|line| line.contains("generated by J"))?;
    let (_, words) = line.rsplit_once(" at ")?;
    let parts: Vec<&str> = words.split_whitespace().collect();
    let [weekday, month, day, clock, zone, year] = parts.as_slice() else {
        return None;
    };
    let zone = match *zone {
        "UTC" | "Z" => "GMT",
        zone => zone,
    };
    // The same parts as RFC 2822, which also says which short names of zones are certain (section 4.3).
    let known = [
        "GMT", "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT",
    ];
    if !known.contains(&zone) {
        return None;
    }
    rfc_2822(&format!("{weekday}, {day} {month} {year} {clock} {zone}"))?
        .instant(&TimeZone::UTC)
        .map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(words: &str) -> Option<String> {
        let (at, _) = Written::of(words)?.instant(&TimeZone::UTC)?;
        Some(at.to_string())
    }

    #[test]
    fn every_form_that_was_seen_is_read() {
        for (words, expected) in [
            ("25/Feb/26 10:17 PM", "2026-02-25T22:17:00Z"),
            ("30/Jul/18 23:33", "2018-07-30T23:33:00Z"),
            ("2026-02-25 16:38:58.679", "2026-02-25T16:38:58.679Z"),
            ("19/lip/23 11:43 AM", "2023-07-19T11:43:00Z"),
            ("12/lut/21 12:05 AM", "2021-02-12T00:05:00Z"),
            ("01/окт/24 12:05 PM", "2024-10-01T12:05:00Z"),
            ("7/août/2025 3:04 p. m.", "2025-08-07T15:04:00Z"),
            ("05.11.2026 09:02", "2026-11-05T09:02:00Z"),
            ("02/Nov./26", "2026-11-02T00:00:00Z"),
            ("Sun, 10 Mar 2024 03:55:53 -0700", "2024-03-10T10:55:53Z"),
            ("Mon, 5 Sep 2022 03:55:53 +0000", "2022-09-05T03:55:53Z"),
            ("2024-11-13T20:27:56.526+0000", "2024-11-13T20:27:56.526Z"),
            ("2024-11-13T20:27:56+0530", "2024-11-13T14:57:56Z"),
            ("2024-11-13T20:27:56Z", "2024-11-13T20:27:56Z"),
            ("2026-11-30", "2026-11-30T00:00:00Z"),
        ] {
            assert_eq!(utc(words).as_deref(), Some(expected), "{words}");
        }
    }

    #[test]
    fn what_could_be_two_dates_is_none() {
        for words in [
            "",
            "11/02/26 3:51 PM",
            "02-11-2026",
            "soon",
            "31/Feb/26",
            "02/Nov/26 13:00 PM",
            "02/Nov/6",
            "2026-11-02T15:51:00+xx",
            "02/Foo/26",
            "99/Nov/26",
            "02/Nov/26 noon",
        ] {
            assert_eq!(utc(words), None, "{words}");
        }
    }

    #[test]
    fn a_due_day_is_the_day_as_written() {
        let day = |words: &str| Written::of(words).map(|written| written.day.to_string());
        assert_eq!(
            day("Mon, 30 Nov 2026 00:00:00 +1100").as_deref(),
            Some("2026-11-30")
        );
        assert_eq!(day("30/Nov/26 12:00 AM").as_deref(), Some("2026-11-30"));
    }

    #[test]
    fn a_zone_is_assumed_only_when_none_is_written() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        let instant = |words: &str| {
            Written::of(words)
                .and_then(|written| written.instant(&zone))
                .unwrap()
        };
        let (at, assumed) = instant("02/Nov/26 3:51 PM");
        assert_eq!(
            (at.to_string().as_str(), assumed),
            ("2026-11-02T13:51:00Z", true)
        );
        let (at, assumed) = instant("2026-11-02T15:51:00.000+0000");
        assert_eq!(
            (at.to_string().as_str(), assumed),
            ("2026-11-02T15:51:00Z", false)
        );
    }

    #[test]
    fn no_month_name_begins_like_another() {
        for (month, starts) in MONTHS.iter().enumerate() {
            for start in *starts {
                assert_eq!(
                    super::month(start),
                    i16::try_from(month + 1).ok(),
                    "{start}"
                );
            }
        }
    }

    #[test]
    fn the_export_time_stands_in_the_first_comment() {
        let time = |words: &str| export_time(words).map(|at| at.to_string());
        let comment = "\nRSS generated by JIRA (1001.0.0-SNAPSHOT#1-rev:abc) at Sun Mar 10 11:01:19 UTC 2024\n\nIt is";
        assert_eq!(time(comment).as_deref(), Some("2024-03-10T11:01:19Z"));
        assert_eq!(
            time("RSS generated by JIRA (5.0) at Mon Sep 05 03:00:00 CDT 2011").as_deref(),
            Some("2011-09-05T08:00:00Z")
        );
        assert_eq!(
            time("RSS generated by JIRA (5.0) at Mon Sep 05 03:00:00 IST 2011"),
            None
        );
        assert_eq!(time("anything"), None);
    }
}
