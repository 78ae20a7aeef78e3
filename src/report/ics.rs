//! `ics`: iCalendar, one event for each deadline.

use std::io::{self, Write};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::View;
use super::escape::{calendar, uri_web};
use super::wording::{self, plain};
use crate::model::{About, By, Deadline, Duty, Entry, Report, Severity, Status};

/// Longest line in bytes, without its end (RFC 5545 section 3.1).
const LINE: usize = 75;

/// A calendar (RFC 5545) with one event for each deadline of each finding.
///
/// An event is known by the fingerprint and the duty (`UID`), so that importing or fetching the calendar again moves it.
/// Deadlines of what is fixed or suppressed stay in it as cancelled: a calendar that was imported as a file keeps what it is
/// not told to drop. A deadline of a day is an event of that day, wherever the reader is; one of hours is a point in time.
///
/// Alarms ring a week and a day before, at nine for a whole day, and an hour before a point in time. Those that would have
/// rung already at as-of are left out, so that a short term has fewer.
pub struct Ics;

impl super::Writer for Ics {
    fn name(&self) -> &'static str {
        "ics"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["ics"]
    }

    fn usage(&self) -> &'static str {
        "iCalendar: an event with alarms for each deadline"
    }

    fn write(&self, report: &Report, view: &View, out: &mut dyn Write) -> io::Result<()> {
        let mut lines = Lines(out);
        lines.put("BEGIN:VCALENDAR")?;
        lines.put("VERSION:2.0")?;
        lines.put("PRODID:-//scanfold//scanfold//EN")?;
        lines.put("CALSCALE:GREGORIAN")?;
        lines.put("NAME:Deadlines of findings")?;
        lines.put("X-WR-CALNAME:Deadlines of findings")?;
        if let Some(part) = &view.part {
            // RFC 7986 section 5.2.
            lines.put(&format!("DESCRIPTION:{}", calendar(&part.words(plain))))?;
        }
        let mut is_empty = true;
        for entry in &report.entries {
            for (duty, deadline) in &*entry.assessment.deadlines {
                event(entry, *duty, deadline, report, &mut lines)?;
                is_empty = false;
            }
        }
        if is_empty {
            // A calendar has at least one component (section 3.6); this one shows nothing.
            lines.put("BEGIN:VTIMEZONE")?;
            lines.put("TZID:UTC")?;
            lines.put("BEGIN:STANDARD")?;
            lines.put("DTSTART:19700101T000000")?;
            lines.put("TZOFFSETFROM:+0000")?;
            lines.put("TZOFFSETTO:+0000")?;
            lines.put("END:STANDARD")?;
            lines.put("END:VTIMEZONE")?;
        }
        lines.put("END:VCALENDAR")
    }
}

fn event(
    entry: &Entry,
    duty: Duty,
    deadline: &Deadline,
    report: &Report,
    lines: &mut Lines<'_>,
) -> io::Result<()> {
    let is_running = entry.assessment.status.is_due();
    let severity = entry.assessment.severity;
    lines.put("BEGIN:VEVENT")?;
    let hex = entry.fingerprint.hex();
    lines.put(&format!("UID:{hex}-{}@scanfold", duty.name()))?;
    let as_of = time(report.as_of);
    lines.put(&format!("DTSTAMP:{as_of}"))?;
    lines.put(&format!("LAST-MODIFIED:{as_of}"))?;
    // Nobody keeps count of the changes, and a later report is the newer one: the minutes of its time.
    let sequence = (report.as_of.as_second() / 60).clamp(0, i64::from(i32::MAX));
    lines.put(&format!("SEQUENCE:{sequence}"))?;
    match deadline.by {
        By::Day(date) => {
            lines.put(&format!("DTSTART;VALUE=DATE:{}", day(date)))?;
            // Without an end it is of one day as well, at the last day that there is.
            if let Ok(next) = date.tomorrow() {
                lines.put(&format!("DTEND;VALUE=DATE:{}", day(next)))?;
            }
        }
        By::Time(at) => lines.put(&format!("DTSTART:{}", time(at)))?,
    }
    let what = match duty {
        Duty::Acknowledge => "Acknowledge",
        Duty::Assess => "Assess",
        Duty::Fix => "Fix",
        Duty::Notify => "Notify about",
    };
    let summary = format!(
        "{what} {}: {}{}",
        severity.name(),
        wording::subject(entry, plain),
        wording::mark(&entry.finding)
    );
    let summary = calendar(&summary);
    lines.put(&format!("SUMMARY:{summary}"))?;
    lines.put(&format!(
        "DESCRIPTION:{}",
        description(entry, duty, deadline)
    ))?;
    lines.put(&format!(
        "CATEGORIES:scanfold,{},{}",
        severity.name(),
        duty.name()
    ))?;
    lines.put(&format!("PRIORITY:{}", priority(severity)))?;
    let mut urls = entry
        .tickets
        .iter()
        .filter_map(|ticket| ticket.url.as_ref());
    if let Some(url) = urls.find_map(uri_web) {
        lines.put(&format!("URL:{url}"))?;
    }
    lines.put(if is_running {
        "STATUS:CONFIRMED"
    } else {
        "STATUS:CANCELLED"
    })?;
    // It takes nobody's time.
    lines.put("TRANSP:TRANSPARENT")?;
    if is_running {
        for (trigger, before) in alarms(deadline.by) {
            if starts(deadline) - *before > report.as_of.as_duration() {
                lines.put("BEGIN:VALARM")?;
                lines.put("ACTION:DISPLAY")?;
                lines.put(&format!("DESCRIPTION:{summary}"))?;
                lines.put(&format!("TRIGGER:{trigger}"))?;
                lines.put("END:VALARM")?;
            }
        }
    }
    lines.put("END:VEVENT")
}

/// When the alarms of a deadline ring, before its event starts.
fn alarms(by: By) -> &'static [(&'static str, SignedDuration)] {
    const HOUR: i64 = 1;
    const DAY: i64 = 24 * HOUR;
    // A day starts at midnight, when nobody wants to be told: at nine of the day before, and six days before that.
    static OF_DAYS: [(&str, SignedDuration); 2] = [
        ("-P6DT15H", SignedDuration::from_hours(6 * DAY + 15 * HOUR)),
        ("-PT15H", SignedDuration::from_hours(15 * HOUR)),
    ];
    static OF_TIMES: [(&str, SignedDuration); 3] = [
        ("-P7D", SignedDuration::from_hours(7 * DAY)),
        ("-P1D", SignedDuration::from_hours(DAY)),
        ("-PT1H", SignedDuration::from_hours(HOUR)),
    ];
    match by {
        By::Day(_) => &OF_DAYS,
        By::Time(_) => &OF_TIMES,
    }
}

/// When the event of a deadline starts, since 1970: of a day its first instant, where the policy counts days.
fn starts(deadline: &Deadline) -> SignedDuration {
    let ends = deadline.ends.as_duration();
    match deadline.by {
        By::Day(_) => ends - SignedDuration::from_hours(24),
        By::Time(_) => ends,
    }
}

fn description(entry: &Entry, duty: Duty, deadline: &Deadline) -> String {
    let finding = &entry.finding;
    let mut lines = Vec::new();
    lines.extend(
        finding
            .title
            .as_ref()
            .map(|title| plain(title).into_owned()),
    );
    if !finding.app.is_empty() {
        lines.push(format!("App: {}", plain(&finding.app)));
    }
    let why = wording::chosen(entry, About::Duty(duty));
    let why = match why {
        Some(why) => wording::reason(why, plain),
        None => plain(&deadline.policy).into_owned(),
    };
    lines.push(format!("Due: {}, {why}", deadline.by));
    if let Some(package) = &finding.package
        && !package.fixed_in.is_empty()
    {
        let fixed_in = wording::some(&package.fixed_in, plain);
        lines.push(format!("Fixed in: {fixed_in}"));
    }
    if !entry.tickets.is_empty() {
        let tickets = wording::tickets(entry, plain).join(", ");
        lines.push(format!("Tickets: {tickets}"));
    }
    match entry.assessment.status {
        Status::Open | Status::Unobserved if finding.is_reopened() => {
            lines.push("It was fixed before, and is reopened".to_owned());
        }
        Status::Open | Status::Unobserved => {}
        Status::Fixed => lines.push("It is fixed".to_owned()),
        Status::Suppressed => lines.push(match wording::suppression(entry, plain) {
            Some(words) => format!("It is {}: {words}", wording::status(entry)),
            None => format!("It is {}", wording::status(entry)),
        }),
    }
    lines.push(format!("Fingerprint: {}", entry.fingerprint.hex()));
    calendar(&lines.join("\n")).into_owned()
}

/// From 1 (the highest) to 9 (section 3.8.1.9).
fn priority(severity: Severity) -> u8 {
    match severity {
        Severity::Critical => 1,
        Severity::High | Severity::Unknown => 3,
        Severity::Medium => 5,
        Severity::Low => 7,
        Severity::Info => 9,
    }
}

/// A date has four digits of a year, and no calendar knows days before the first of them.
fn day(date: Date) -> String {
    let date = date.max(jiff::civil::date(1, 1, 1));
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())
}

fn time(at: Timestamp) -> String {
    let at = at.to_zoned(TimeZone::UTC).datetime();
    let (hour, minute, second) = (at.hour(), at.minute(), at.second());
    format!("{}T{hour:02}{minute:02}{second:02}Z", day(at.date()))
}

/// Lines of content: folded, and ended by CR LF.
struct Lines<'a>(&'a mut dyn Write);

impl Lines<'_> {
    fn put(&mut self, line: &str) -> io::Result<()> {
        let mut rest = line;
        let mut room = LINE;
        while rest.len() > room {
            let mut end = room;
            while !rest.is_char_boundary(end) {
                end -= 1;
            }
            let (piece, after) = rest.split_at(end);
            write!(self.0, "{piece}\r\n ")?;
            rest = after;
            // The blank that goes on counts.
            room = LINE - 1;
        }
        write!(self.0, "{rest}\r\n")
    }
}

#[cfg(test)]
mod tests;
