//! The race for the date of each duty: every policy's terms, every ticket's date, and the earliest wins.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;

use super::clock::start_of_clock;
use super::rule::{Rule, Subject};
use super::term::Term;
use super::{Edition, Policy, Start};
use crate::model::{About, By, Deadline, Duty, Finding, Severity, Text, TicketState, Why};

/// Texts that are made again and again, made once.
#[derive(Debug, Default)]
pub(super) struct Words(BTreeMap<String, Text>);

impl Words {
    /// The words as a text.
    pub(super) fn text(&mut self, words: &str) -> Text {
        if let Some(text) = self.0.get(words) {
            return text.clone();
        }
        let text = Text::line(words);
        self.0.insert(words.to_owned(), text.clone());
        text
    }
}

/// Somebody who brings a date, or who says that there is none.
struct Candidate {
    ends: Option<Timestamp>,
    /// Whether it can win. One that was replaced is only shown.
    races: bool,
    is_ticket: bool,
    why: Why,
}

impl Candidate {
    /// The earliest comes first, no date last; of equal dates a policy comes before a ticket.
    fn rank(&self) -> impl Ord + '_ {
        (
            Reverse(self.races),
            self.ends.is_none(),
            self.ends,
            self.is_ticket,
            &self.why,
        )
    }
}

/// A policy in force, with its say about the severity of the finding at hand.
#[derive(Clone, Copy)]
pub(super) struct Runner<'a> {
    pub(super) policy: &'a Policy,
    pub(super) edition: &'a Edition,
    pub(super) subject: Subject<'a>,
}

/// The deadlines of a finding by duty.
pub(super) struct Race<'a> {
    pub(super) as_of: Timestamp,
    pub(super) words: &'a mut Words,
}

impl Race<'_> {
    /// Runs the race of one duty; the reasons go to `why`, the winner first.
    pub(super) fn run(
        &mut self,
        duty: Duty,
        runners: &[Runner<'_>],
        finding: &Finding,
        tickets: &[&Finding],
        why: &mut Vec<Why>,
    ) -> Option<Deadline> {
        let mut candidates = Vec::new();
        for runner in runners {
            self.policy(duty, runner, &mut candidates);
        }
        if duty == Duty::Fix {
            for ticket in std::iter::once(finding).chain(tickets.iter().copied()) {
                self.ticket(ticket, runners, &mut candidates);
            }
        }
        candidates.sort_by(|one, other| one.rank().cmp(&other.rank()));
        candidates.dedup_by(|one, other| one.why == other.why);
        let first = candidates.first_mut().filter(|first| first.races);
        let winner = first.map(|first| {
            first.why.chosen = true;
            let (ends, by) = (first.ends?, first.why.by?);
            let policy = first.why.policy.clone();
            Some(Deadline { ends, by, policy })
        });
        let deadline = winner.flatten();
        if let Some(deadline) = &deadline {
            for loser in candidates.iter_mut().skip(1) {
                if loser.is_ticket && loser.ends.is_some_and(|ends| ends > deadline.ends) {
                    let note = match &loser.why.note {
                        Some(note) => format!("{}; later, so it loosens nothing", note.untrusted()),
                        None => "later, so it loosens nothing".to_owned(),
                    };
                    loser.why.note = Some(self.words.text(&note));
                }
            }
        }
        why.extend(candidates.into_iter().map(|candidate| candidate.why));
        deadline
    }

    /// What one policy says: the terms of its rules that hold, else the term of its table.
    fn policy(&mut self, duty: Duty, runner: &Runner<'_>, candidates: &mut Vec<Candidate>) {
        let Runner {
            edition, subject, ..
        } = runner;
        let rules: Vec<(&Rule, &Term)> = edition
            .rules
            .iter()
            .filter_map(|rule| Some((rule, rule.then.terms.get(&duty)?)))
            .filter(|(rule, _)| rule.when.holds(subject))
            .collect();
        for (rule, term) in &rules {
            let label = self.words.text(&format!("rule {}", rule.name.untrusted()));
            let mut notes = Vec::new();
            if let Some(reason) = &rule.then.reason {
                notes.push(reason.untrusted().to_owned());
            }
            let mut candidate = self.candidate(duty, runner, label, term, notes, true);
            candidate.why.at = Some(rule.at.clone());
            candidates.push(candidate);
        }
        let level = subject.level;
        let mut notes = Vec::new();
        if subject.severity == Severity::Unknown {
            notes.push(format!("not rated, so the term of {level}"));
        }
        if let Some(entry) = edition.terms.get(&(duty, level)) {
            if !rules.is_empty() {
                notes.push("a rule stands in its place".to_owned());
            }
            let races = rules.is_empty();
            let mut candidate =
                self.candidate(duty, runner, entry.label.clone(), &entry.term, notes, races);
            candidate.why.at = Some(entry.at.clone());
            candidates.push(candidate);
        } else if rules.is_empty() && edition.terms.keys().any(|(known, _)| *known == duty) {
            let rule = self.words.text(&format!("{}.{level}", duty.name()));
            let mut why = Why::new(About::Duty(duty), runner.policy.note.name.clone(), rule);
            notes.push("the policy says nothing of this level".to_owned());
            why.note = Some(self.words.text(&notes.join("; ")));
            candidates.push(Candidate {
                ends: None,
                races: false,
                is_ticket: false,
                why,
            });
        }
    }

    fn candidate(
        &mut self,
        duty: Duty,
        runner: &Runner<'_>,
        label: Text,
        term: &Term,
        mut notes: Vec<String>,
        races: bool,
    ) -> Candidate {
        let Runner {
            policy,
            edition,
            subject,
        } = runner;
        let mut why = Why::new(About::Duty(duty), policy.note.name.clone(), label);
        why.term = Some(term.words.clone());
        let wanted = edition.starts_of(duty);
        let started = start_of_clock(wanted, subject.finding, subject.tickets, self.as_of);
        let end = policy.calendar.end(term.limit, started.moment.at);
        let mut ends = None;
        if let Some(end) = end {
            ends = Some(end.ends);
            why.by = Some(end.by);
            why.start = Some(self.words.text(started.start.name()));
            why.start_at = Some(started.moment.at);
            why.start_source = Some(started.moment.source);
            if !started.unknown.is_empty() {
                let names: Vec<&str> = started
                    .unknown
                    .iter()
                    .map(|start| Start::name(*start))
                    .collect();
                notes.push(format!("not known: {}", names.join(", ")));
            }
            notes.extend(end.steps);
        }
        if let (Some(effective), true) = (edition.effective, policy.editions.len() > 1) {
            notes.push(format!("version of {effective}"));
        }
        if let Some(unconfirmed) = &edition.unconfirmed {
            notes.push(format!("unconfirmed: {}", unconfirmed.untrusted()));
        }
        if !notes.is_empty() {
            why.note = Some(self.words.text(&notes.join("; ")));
        }
        Candidate {
            ends,
            races,
            is_ticket: false,
            why,
        }
    }

    /// The date that a ticket names, whatever its state: it was promised. It ends with the day where that ends first.
    fn ticket(
        &mut self,
        finding: &Finding,
        runners: &[Runner<'_>],
        candidates: &mut Vec<Candidate>,
    ) {
        let Some((ticket, due)) = finding
            .ticket
            .as_ref()
            .and_then(|ticket| Some((ticket, ticket.due?)))
        else {
            return;
        };
        let own_days = runners
            .iter()
            .map(|runner| runner.policy.calendar.end_of_day(due));
        let ends = own_days
            .min()
            .unwrap_or_else(|| super::Calendar::default().end_of_day(due));
        let policy = Text::line(&format!("ticket {}", ticket.key.untrusted()));
        let rule = self.words.text("due date");
        let mut why = Why::new(About::Duty(Duty::Fix), policy, rule);
        why.by = Some(By::Day(due));
        if ticket.state != TicketState::Open {
            let note = format!("the ticket is {}", ticket.state.name());
            why.note = Some(self.words.text(&note));
        }
        candidates.push(Candidate {
            ends: Some(ends),
            races: true,
            is_ticket: true,
            why,
        });
    }
}
