//! The race for the date of each duty: every policy's terms, every ticket's date, and the earliest wins.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;

use super::clock::start_of_clock;
use super::condition::Subject;
use super::term::{Limit, Term};
use super::verdict::{Held, first_by_name};
use super::{Calendar, Edition, End, Policy, Start};
use crate::model::{About, By, Deadline, Duty, Finding, Promise, Severity, Text, TicketState, Why};

/// How many ends of terms are kept at once.
const MOST_ENDS: usize = 4096;

/// Texts that are made again and again, made once.
#[derive(Clone, Debug, Default)]
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

/// Ends of terms that are asked for again and again, worked out once: the clocks of all that a scan found first start at
/// one time.
#[derive(Clone, Debug, Default)]
pub(super) struct Ends(BTreeMap<(usize, Limit, Timestamp), Option<End>>);

impl Ends {
    /// The end of a term by the calendar of the policy of that number.
    fn end(
        &mut self,
        (number, calendar): (usize, &Calendar),
        limit: Limit,
        start: Timestamp,
    ) -> Option<End> {
        if self.0.len() >= MOST_ENDS {
            self.0.clear();
        }
        let end = self.0.entry((number, limit, start));
        end.or_insert_with(|| calendar.end(limit, start)).clone()
    }
}

/// Who brings a date; of equal dates the earlier one here is shown as the winner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Origin {
    Policy,
    Ticket,
    /// An earlier report.
    Promise,
}

/// Somebody who brings a date, or who says that there is none.
struct Candidate {
    ends: Option<Timestamp>,
    /// Whether it can win. One that was replaced is only shown.
    races: bool,
    origin: Origin,
    why: Why,
}

impl Candidate {
    /// The earliest comes first, no date last; of equal dates a policy comes before a ticket,
    /// and a ticket before a promise.
    fn rank(&self) -> impl Ord + '_ {
        (
            Reverse(self.races),
            self.ends.is_none(),
            self.ends,
            self.origin,
            &self.why,
        )
    }
}

/// A policy in force, with its say about the severity of the finding at hand.
pub(super) struct Runner<'a> {
    /// Which of the policies in force it is.
    pub(super) number: usize,
    pub(super) policy: &'a Policy,
    pub(super) edition: &'a Edition,
    pub(super) subject: Subject<'a>,
    /// Its rules whose terms count.
    pub(super) held: Vec<Held<'a>>,
}

/// The deadlines of a finding by duty.
pub(super) struct Race<'a> {
    pub(super) as_of: Timestamp,
    /// Why a promised date may become later, if it may.
    pub(super) loosening: Option<&'a Text>,
    pub(super) words: &'a mut Words,
    pub(super) ends: &'a mut Ends,
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
        for promised in std::iter::once(finding).chain(tickets.iter().copied()) {
            if let Some(promise) = promised.history().promised(duty) {
                candidates.extend(self.promise(duty, promise));
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
        self.tell_losers(deadline.as_ref(), &mut candidates);
        why.extend(candidates.into_iter().map(|candidate| candidate.why));
        deadline
    }

    /// Says why a date that somebody named does not count.
    fn tell_losers(&mut self, deadline: Option<&Deadline>, candidates: &mut Vec<Candidate>) {
        // A promise that is kept to the day says nothing new.
        candidates.retain(|candidate| {
            let is_kept = deadline.is_some_and(|deadline| candidate.ends == Some(deadline.ends));
            candidate.origin != Origin::Promise || candidate.why.chosen || !is_kept
        });
        if let (Some((first, others)), Some(_)) = (candidates.split_first_mut(), deadline) {
            let is_equal = |other: &&mut Candidate| other.races && other.ends == first.ends;
            for equal in others.iter_mut().filter(is_equal) {
                let told = if equal.origin == first.origin {
                    first_by_name(&first.why, Some(&equal.why))
                } else {
                    "a policy comes before a ticket".to_owned()
                };
                equal.why.add_note(&format!("as early; {told}"));
            }
        }
        let is_later = |ends: Option<Timestamp>| {
            deadline.is_some_and(|deadline| ends.is_some_and(|ends| ends > deadline.ends))
        };
        for candidate in candidates {
            let told = match candidate.origin {
                Origin::Ticket if is_later(candidate.ends) => "later, so it loosens nothing",
                Origin::Policy | Origin::Ticket => continue,
                Origin::Promise if candidate.why.chosen => {
                    "was promised earlier; a later date needs allow-loosening"
                }
                Origin::Promise if is_later(candidate.ends) => {
                    "was promised earlier; it is due sooner now"
                }
                Origin::Promise => match self.loosening {
                    Some(reason) => {
                        let told = format!(
                            "was promised earlier; it may be later: {}",
                            reason.untrusted()
                        );
                        candidate.why.note = Some(self.words.text(&told));
                        continue;
                    }
                    None => "was promised earlier",
                },
            };
            let note = match &candidate.why.note {
                Some(note) => format!("{}; {told}", note.untrusted()),
                None => told.to_owned(),
            };
            candidate.why.note = Some(self.words.text(&note));
        }
    }

    /// The date that an earlier report named. It races, unless every policy lets it become later.
    fn promise(&mut self, duty: Duty, promise: &Promise) -> Option<Candidate> {
        let Promise { deadline, made, .. } = promise;
        let deadline = deadline.as_ref()?;
        let day = Calendar::default().day(*made);
        let rule = self.words.text(&format!("promised on {day}"));
        let mut why = Why::new(About::Duty(duty), deadline.policy.clone(), rule);
        why.by = Some(deadline.by);
        Some(Candidate {
            ends: Some(deadline.ends),
            races: self.loosening.is_none(),
            origin: Origin::Promise,
            why,
        })
    }

    /// What one policy says: the terms of its rules that hold, else the term of its table.
    fn policy(&mut self, duty: Duty, runner: &Runner<'_>, candidates: &mut Vec<Candidate>) {
        let Runner {
            edition,
            subject,
            held,
            ..
        } = runner;
        let rules: Vec<(&Held<'_>, &Term)> = held
            .iter()
            .filter_map(|held| Some((held, held.rule.then.terms.get(&duty)?)))
            .collect();
        for &(Held { rule, note, .. }, term) in &rules {
            let label = self.words.text(&format!("rule {}", rule.name.untrusted()));
            let mut notes = Vec::new();
            if let Some(reason) = &rule.then.reason {
                notes.push(reason.untrusted().to_owned());
            }
            notes.extend(note.map(str::to_owned));
            if subject.severity == Severity::Unknown
                && note.is_none()
                && !rule.when.holds_at(Severity::Unknown, Severity::Unknown)
            {
                notes.push(format!("not rated, so it holds as of {}", subject.level));
            }
            let mut candidate = self.candidate(duty, runner, label, term, notes, true);
            candidate.why.at = Some(rule.at.clone());
            candidates.push(candidate);
        }
        let stands_in = rules.iter().any(|(held, _)| held.stands_in);
        let level = subject.level;
        let mut notes = Vec::new();
        if subject.severity == Severity::Unknown {
            notes.push(format!("not rated, so the term of {level}"));
        }
        if let Some(entry) = edition.terms.get(&(duty, level)) {
            if stands_in {
                notes.push("a rule stands in its place".to_owned());
            }
            let races = !stands_in;
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
                origin: Origin::Policy,
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
            number,
            policy,
            edition,
            subject,
            ..
        } = runner;
        let mut why = Why::new(About::Duty(duty), policy.note.name.clone(), label);
        why.term = Some(term.words.clone());
        let wanted = edition.starts_of(duty);
        let started = start_of_clock(wanted, subject.finding, subject.tickets, self.as_of);
        let by_calendar = || {
            let calendar = (*number, &policy.calendar);
            self.ends.end(calendar, term.limit, started.moment.at)
        };
        let end = named_by_catalogue(term, runner).or_else(by_calendar);
        // Authorities are told of what somebody became aware of; that a scanner saw it is no such event.
        let is_due = duty != Duty::Notify || wanted.is_empty() || wanted.contains(&started.start);
        if !is_due {
            let names: Vec<&str> = wanted.iter().map(|start| Start::name(*start)).collect();
            notes.push(format!("no date until it is known: {}", names.join(", ")));
        }
        let mut ends = None;
        if let Some(end) = end.filter(|_| is_due) {
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
            origin: Origin::Policy,
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
            .unwrap_or_else(|| Calendar::default().end_of_day(due));
        let policy = Deadline::of_ticket(&ticket.key);
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
            origin: Origin::Ticket,
            why,
        });
    }
}

/// The date that the KEV catalogue names, for a term that asks for it.
fn named_by_catalogue(term: &Term, runner: &Runner<'_>) -> Option<End> {
    let Limit::KevDueOr(_) = term.limit else {
        return None;
    };
    let history = runner.subject.finding.history();
    let entry = history.exploited.kev.as_ref()?.listed.as_ref()?;
    let due = entry.due.as_ref()?;
    Some(End {
        ends: runner.policy.calendar.end_of_day(due.day),
        by: By::Day(due.day),
        steps: vec![format!("the catalogue's date of {}", due.id.untrusted())],
    })
}
