//! Writes the paragraph of a security page that a policy keeps, as a vendor would publish it.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::phrase::{capital, date, event, is_same_day, length, level_word, list, week};
use crate::model::{Duty, Severity, Text};
use crate::policy::rule::Rule;
use crate::policy::{Edition, LEVELS, Limit, Maintenance, Policy, Span, Start, Term, Unit};

/// The four levels of vulnerabilities; what is informational is none.
const VULNERABILITIES: [Severity; 4] = [
    Severity::Critical,
    Severity::High,
    Severity::Medium,
    Severity::Low,
];

/// Up to so many holidays are named.
const MOST_HOLIDAYS: usize = 24;

/// Writes the section on vulnerability management, in Markdown. `escape` makes outer words safe in it.
pub fn promise(
    policy: &Policy,
    edition: &Edition,
    escape: for<'a> fn(&'a Text) -> Cow<'a, str>,
) -> String {
    let writer = Writer {
        policy,
        edition,
        escape,
    };
    let mut page = String::from("## Vulnerability management\n");
    let rest = [
        writer.answers(),
        writer.clocks(),
        writer.days(),
        writer.rating(),
        writer.exceptions(),
    ];
    for paragraph in std::iter::once(writer.fixes())
        .chain(rest)
        .chain([writer.validity()])
    {
        if !paragraph.is_empty() {
            page.push('\n');
            page.push_str(&paragraph);
            page.push('\n');
        }
    }
    page
}

/// A policy at a time, to be written.
pub(super) struct Writer<'a> {
    policy: &'a Policy,
    pub(super) edition: &'a Edition,
    pub(super) escape: for<'b> fn(&'b Text) -> Cow<'b, str>,
}

impl Writer<'_> {
    fn term(&self, duty: Duty, level: Severity) -> Option<&Term> {
        self.edition
            .terms
            .get(&(duty, level))
            .map(|entry| &entry.term)
    }

    /// The dated terms of a duty, each with the levels that have it, worst first.
    fn groups(&self, duty: Duty) -> Vec<(Limit, Vec<Severity>)> {
        let mut groups: Vec<(Limit, Vec<Severity>)> = Vec::new();
        for level in LEVELS {
            let limit = self.term(duty, level).map(|term| term.limit);
            let Some(limit) = limit.filter(|limit| *limit != Limit::None) else {
                continue;
            };
            match groups.iter_mut().find(|(known, _)| *known == limit) {
                Some((_, levels)) => levels.push(level),
                None => groups.push((limit, vec![level])),
            }
        }
        groups
    }

    /// A small table when the terms differ by level, else a sentence.
    fn fixes(&self) -> String {
        let groups = self.groups(Duty::Fix);
        if groups.is_empty() {
            return "We fix vulnerabilities in the order of their severity, the most severe ones first. We do not promise \
                    a fixed date."
                .to_owned();
        }
        if let [(limit, levels)] = groups.as_slice()
            && self.is_every(levels)
        {
            return format!(
                "We fix {} {}.",
                self.objects(levels, "vulnerabilities"),
                self.within(*limit)
            );
        }
        let mut table = String::from(
            "We fix vulnerabilities within a time that depends on their severity.\n\n| Severity | Fixed within |\n| --- | --- |\n",
        );
        for level in LEVELS {
            let Some(term) = self.term(Duty::Fix, level) else {
                continue;
            };
            let time = match term.limit {
                Limit::None => "no fixed date".to_owned(),
                limit => self.time(limit),
            };
            // Writing to a string cannot fail.
            let _ = writeln!(table, "| {} | {time} |", capital(level_word(level)));
        }
        table.truncate(table.trim_end().len());
        table
    }

    fn answers(&self) -> String {
        let mut sentences = Vec::new();
        for duty in [Duty::Acknowledge, Duty::Assess, Duty::Notify] {
            let opening = match duty {
                Duty::Acknowledge => "We acknowledge reports of",
                Duty::Assess => "We assess",
                Duty::Fix | Duty::Notify => "We notify those who are affected by",
            };
            let mut parts: Vec<String> = Vec::new();
            for (limit, levels) in self.groups(duty) {
                let noun = if parts.is_empty() {
                    "vulnerabilities"
                } else {
                    "ones"
                };
                parts.push(format!(
                    "{} {}",
                    self.objects(&levels, noun),
                    self.within(limit)
                ));
            }
            if !parts.is_empty() {
                sentences.push(format!("{opening} {}.", list(&parts)));
            }
        }
        sentences.join(" ")
    }

    /// Whether these are all vulnerabilities, also those that nobody rated.
    fn is_every(&self, levels: &[Severity]) -> bool {
        let unrated = self.edition.level(Severity::Unknown);
        VULNERABILITIES
            .iter()
            .chain([&unrated])
            .all(|level| levels.contains(level))
    }

    fn objects(&self, levels: &[Severity], noun: &str) -> String {
        if levels.len() == LEVELS.len() {
            return format!("{noun} of every severity");
        }
        if self.is_every(levels) {
            return noun.to_owned();
        }
        let words: Vec<String> = levels
            .iter()
            .map(|&level| level_word(level).to_owned())
            .collect();
        format!("{} {noun}", list(&words))
    }

    pub(super) fn within(&self, limit: Limit) -> String {
        match limit {
            Limit::Span(span) | Limit::SpanOrMaintenance(span) if is_same_day(span) => {
                format!("on the {}", self.time(limit))
            }
            _ => format!("within {}", self.time(limit)),
        }
    }

    fn time(&self, limit: Limit) -> String {
        match limit {
            Limit::None => "no fixed date".to_owned(),
            Limit::Span(span) => length(span),
            Limit::KevDueOr(span) => format!(
                "the date that CISA's catalogue of known exploited vulnerabilities names, or {} where it names none",
                length(span)
            ),
            Limit::SpanOrMaintenance(span) => {
                let which = match self.policy.calendar.maintenance {
                    Maintenance::Earlier => "whichever comes first",
                    Maintenance::Later => "whichever is later",
                };
                format!(
                    "{} or at the next planned maintenance, {which}",
                    length(span)
                )
            }
        }
    }

    /// When clocks start: one sentence where all start alike.
    fn clocks(&self) -> String {
        let has_dates = |duty: &Duty| {
            let by_rule = |rule: &Rule| {
                rule.then
                    .terms
                    .get(duty)
                    .is_some_and(|term| term.limit != Limit::None)
            };
            !self.groups(*duty).is_empty() || self.edition.rules.iter().any(by_rule)
        };
        let mut kinds: Vec<(&[Start], Vec<&str>)> = Vec::new();
        for duty in Duty::ALL.into_iter().filter(has_dates) {
            let starts = self.edition.starts_of(duty);
            match kinds.iter_mut().find(|(known, _)| *known == starts) {
                Some((_, duties)) => duties.push(duty.name()),
                None => kinds.push((starts, vec![duty.name()])),
            }
        }
        let alike = kinds.len() == 1;
        let sentence = |(starts, duties): (&[Start], Vec<&str>)| {
            let mut starts = starts.to_vec();
            if !starts.contains(&Start::FirstSeen) {
                starts.push(Start::FirstSeen);
            }
            let events: Vec<&str> = starts.iter().map(|&start| event(start)).collect();
            let from = events.join(", or else from the day on which ");
            if alike {
                return format!(
                    "For each vulnerability, time is counted from the day on which {from}."
                );
            }
            let duties: Vec<String> = duties.iter().map(|duty| format!("to {duty}")).collect();
            format!(
                "For each vulnerability, the time {} is counted from the day on which {from}.",
                list(&duties)
            )
        };
        kinds
            .into_iter()
            .map(sentence)
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Business days, holidays and the time zone, as far as they matter here.
    fn days(&self) -> String {
        let by_table = self.edition.terms.values().map(|entry| &entry.term);
        let by_rule = self
            .edition
            .rules
            .iter()
            .flat_map(|rule| rule.then.terms.values());
        let spans: Vec<Span> = by_table
            .chain(by_rule)
            .filter_map(|term| match term.limit {
                Limit::Span(span) | Limit::SpanOrMaintenance(span) | Limit::KevDueOr(span) => {
                    Some(span)
                }
                Limit::None => None,
            })
            .collect();
        let calendar = &self.policy.calendar;
        let mut sentences = Vec::new();
        if spans.iter().any(|span| span.unit == Unit::BusinessDays) {
            let mut sentence = format!("Business days are {}", week(calendar.work_week()));
            if (1..=MOST_HOLIDAYS).contains(&calendar.holidays.len()) {
                let days: Vec<String> = calendar.holidays.iter().map(|&day| date(day)).collect();
                let _ = write!(sentence, ", except our holidays on {}", list(&days));
            } else if !calendar.holidays.is_empty() {
                sentence.push_str(", except our holidays");
            }
            sentences.push(sentence + ".");
        }
        if spans.iter().any(|span| span.unit != Unit::Hours) {
            sentences.push(format!(
                "A day ends at midnight in the time zone {}.",
                calendar.zone_name()
            ));
        }
        sentences.join(" ")
    }

    fn validity(&self) -> String {
        let mut sentences = vec![
            "Where the platform, one of its tickets or another policy that we follow asks for less time, the earliest date \
             wins."
                .to_owned(),
        ];
        let from = self.edition.effective.max(self.policy.effective);
        let until = [self.edition.until, self.policy.until]
            .into_iter()
            .flatten()
            .min();
        match (from, until) {
            (Some(from), Some(until)) => {
                sentences.push(format!(
                    "This holds from {} until {}.",
                    date(from),
                    date(until)
                ));
            }
            (Some(from), None) => sentences.push(format!("This holds from {} on.", date(from))),
            (None, Some(until)) => sentences.push(format!("This holds until {}.", date(until))),
            (None, None) => {}
        }
        if let Some(source) = self
            .edition
            .source
            .as_ref()
            .or(self.policy.note.source.as_ref())
        {
            sentences.push(format!("It follows: {}.", (self.escape)(source)));
        }
        sentences.join(" ")
    }
}
