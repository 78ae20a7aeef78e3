//! What is said of what was decided: reasons, suppressions, decisions and entries of triage files.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::count;
use crate::model::{
    About, By, Claim, Deadline, Decision, Duty, Entry, PolicyTag, Promise, Report, Set, Status,
    Text, TriageRow, Trust, Verdict, Why,
};
use crate::report::escape::Escape;

/// A date that an earlier report named: `fix by 2026-12-05, by ours on 2026-11-21T00:00:00Z`.
pub(crate) fn promise(duty: Duty, promise: &Promise, escape: Escape) -> String {
    let Promise {
        deadline,
        made,
        loosened,
    } = promise;
    let duty = duty.name();
    let loosened = loosened.map_or(String::new(), |time| {
        format!(", allowed to be later on {time}")
    });
    match deadline {
        Some(Deadline { by, policy, .. }) => {
            format!("{duty} by {by}, by {} on {made}{loosened}", escape(policy))
        }
        None => format!("{duty}: no date since {made}{loosened}"),
    }
}

/// The reason that won for a severity or a date, if the report holds one.
pub(crate) fn chosen(entry: &Entry, about: About) -> Option<&Why> {
    entry
        .assessment
        .why
        .iter()
        .find(|why| why.chosen && why.about == about)
}

/// A reason in one line: `flowdesk fix.high: 14 days from first-seen 2026-11-05T09:00:00Z (scan time of audit.json)`.
pub(crate) fn reason(why: &Why, escape: Escape) -> String {
    let Why {
        about: _,
        chosen: _,
        policy: _,
        rule: _,
        at: _,
        severity,
        score,
        start,
        start_at,
        start_source,
        term,
        by,
        note,
    } = why;
    let mut parts = Vec::new();
    let mut say = |before: &str, words: Option<String>, after: &str| {
        parts.extend(words.map(|words| format!("{before}{words}{after}")));
    };
    let outer = |words: &Option<Text>| words.as_ref().map(|words| escape(words).into_owned());
    say("", severity.map(|level| level.name().to_owned()), "");
    say("by score ", score.map(|score| score.to_string()), "");
    say("", outer(term), "");
    say("from ", outer(start), "");
    say("", start_at.map(|time| time.to_string()), "");
    say("(", outer(start_source), ")");
    let to = if term.is_some() { "to " } else { "" };
    say(to, by.map(|by| by.to_string()), "");
    let said = [Some(parts.join(" ")), outer(note)].into_iter().flatten();
    let said: Vec<_> = said.filter(|words| !words.is_empty()).collect();
    let origin = origin(why, escape);
    if said.is_empty() {
        origin
    } else {
        format!("{origin}: {}", said.join(", "))
    }
}

/// Who brings a severity or a date: `flowdesk fix.high (flowdesk:14)`.
pub(crate) fn origin(why: &Why, escape: Escape) -> String {
    let names = [&why.policy, &why.rule].into_iter();
    let mut names: Vec<String> = names
        .filter(|words| !words.is_empty())
        .map(|words| escape(words).into_owned())
        .collect();
    names.extend(why.at.as_ref().map(|at| format!("({})", escape(at))));
    names.join(" ")
}

/// How the clock of a candidate ran: `14 days from first-seen 2026-11-05T09:00:00Z (scan time of audit.json)`.
pub(crate) fn clock(why: &Why, escape: Escape) -> Option<String> {
    let term = escape(why.term.as_ref()?);
    let Some((start, at)) = why.start.as_ref().zip(why.start_at) else {
        return Some(term.into_owned());
    };
    let source = why.start_source.as_ref();
    let source = source.map(|source| format!(" ({})", escape(source)));
    let start = escape(start);
    Some(format!(
        "{term} from {start} {at}{}",
        source.unwrap_or_default()
    ))
}

/// How much later than the winner a candidate is. One that would be earlier was replaced, which its note says.
pub(crate) fn lost_by(why: &Why, winner: Option<By>) -> Option<String> {
    let (by, winner) = (why.by.filter(|_| !why.chosen)?, winner?);
    let days = day(winner).duration_until(day(by)).as_hours() / 24;
    match days {
        0 => Some("the same day".to_owned()),
        1.. => Some(format!("{} later", count(days.unsigned_abs(), "day"))),
        _ => None,
    }
}

/// The day of a date, in UTC where it is a point in time.
pub(crate) fn day(by: By) -> Date {
    match by {
        By::Day(day) => day,
        By::Time(time) => utc_day(time),
    }
}

/// The day of a point in time, in UTC.
pub(in crate::report) fn utc_day(time: Timestamp) -> Date {
    time.to_zoned(TimeZone::UTC).date()
}

/// What somebody claims of how bad it is: "CodeQL: high, in its own word `error`, score 7.5".
pub(crate) fn claim(claim: &Claim, escape: Escape) -> String {
    let outer = |text: &Option<Text>| text.as_ref().map(|text| escape(text).into_owned());
    let parts = [
        claim.severity.map(|severity| severity.to_string()),
        outer(&claim.word).map(|word| match claim.trust {
            Trust::Priority => format!("as its priority `{word}`"),
            _ => format!("in its own word `{word}`"),
        }),
        claim.score.map(|score| format!("score {score}")),
        outer(&claim.vector),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    format!("{}: {}", escape(&claim.scanner), parts.join(", "))
}

/// What sort of decision it is, for people: `false positive`.
pub(crate) const fn sort(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Accepted => "accepted",
        Verdict::FalsePositive => "false positive",
        Verdict::NotAffected => "not affected",
        Verdict::Fixed => "contains the fix",
        Verdict::Affected => "affected",
        Verdict::UnderInvestigation => "under investigation",
    }
}

/// The suppressed findings, in the order of the report.
pub(in crate::report) fn suppressed(report: &Report) -> impl Iterator<Item = &Entry> {
    let entries = report.in_order();
    entries.filter(|entry| entry.assessment.status == Status::Suppressed)
}

/// Where the decision stands that suppresses a finding, of one by a triage file or a VEX document.
pub(in crate::report) fn suppression_source(entry: &Entry, escape: Escape) -> Option<String> {
    let source = entry.assessment.suppressed.as_deref()?.source.as_ref()?;
    Some(escape(source).into_owned())
}

/// Who suppressed a finding, until when, and where that stands: `by security until 2027-01-31, harbor.toml line 4`.
pub(crate) fn suppression_origin(entry: &Entry, escape: Escape) -> Option<String> {
    let suppressed = entry.assessment.suppressed.as_deref()?;
    let mut words = format!("by {}", escape(&suppressed.by));
    if let Some(date) = suppressed.until {
        words = format!("{words} until {date}");
    }
    Some(match suppression_source(entry, escape) {
        Some(source) => format!("{words}, {source}"),
        None => words,
    })
}

/// Where a finding stands, and why it is no longer open if somebody said so.
pub(crate) fn suppression(entry: &Entry, escape: Escape) -> Option<String> {
    let suppressed = entry.assessment.suppressed.as_deref()?;
    let until = suppressed
        .until
        .map_or(String::new(), |date| format!(" until {date}"));
    Some(format!(
        "{} (by {}{until})",
        escape(&suppressed.reason),
        escape(&suppressed.by)
    ))
}

/// What rules of policies tag a finding with, each tag once however many rules set it.
pub(crate) fn policy_tags(entry: &Entry, escape: Escape) -> Vec<String> {
    let mut tags: Vec<_> = entry.assessment.tags.iter().map(|set| &set.tag).collect();
    tags.dedup();
    tags.into_iter()
        .map(|tag| escape(tag).into_owned())
        .collect()
}

/// Who tags a finding, and where that is written: `payment, by ours rule checkout (ours.toml:14)`.
pub(crate) fn policy_tag(set: &PolicyTag, escape: Escape) -> String {
    let PolicyTag {
        tag,
        policy,
        rule,
        at,
    } = set;
    format!(
        "{}, by {} {} ({})",
        escape(tag),
        escape(policy),
        escape(rule),
        escape(at)
    )
}

/// The entries of triage files that their authors should look at.
pub(crate) fn noted(report: &Report) -> impl Iterator<Item = &TriageRow> {
    report.triage.iter().filter(|row| row.note.is_some())
}

/// What the author of an entry should know: `harbor.toml line 12: accept: reaches nothing`.
pub(crate) fn triage(row: &TriageRow, escape: Escape) -> String {
    let TriageRow {
        source,
        line,
        entry,
        until: _,
        findings: _,
        note,
    } = row;
    let note = note.as_ref().map(|note| escape(note)).unwrap_or_default();
    format!("{} line {line}: {}: {note}", escape(source), escape(entry))
}

/// A decision in one line: `accepted by security until 2027-01-31: only on the intranet (harbor.toml line 4)`.
pub(crate) fn decision(decision: &Decision, escape: Escape) -> String {
    let Decision {
        verdict,
        source,
        by,
        reason,
        until,
        said,
        subject,
        versions,
        paths,
    } = decision;
    let mut words = verdict.name().to_owned();
    let mut say = |before: &str, said: Option<String>| {
        words.extend(said.map(|said| format!("{before}{said}")));
    };
    let outer = |text: &Option<Text>| text.as_ref().map(|text| escape(text).into_owned());
    let list = |texts: &Set<Text>| {
        let texts: Vec<_> = texts.iter().map(|text| escape(text)).collect();
        (!texts.is_empty()).then(|| texts.join(", "))
    };
    say(" by ", outer(by));
    say(" until ", until.map(|date| date.to_string()));
    say(" of ", outer(subject));
    say(" at ", said.map(|time| time.to_string()));
    say(" for version ", list(versions));
    say(" in ", list(paths));
    say(": ", outer(reason));
    say(" (", Some(format!("{})", escape(source))));
    words
}
