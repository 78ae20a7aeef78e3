//! Where a finding stands: open, suppressed, fixed or unobserved.

use std::cmp::Reverse;

use jiff::Timestamp;
use jiff::civil::Date;

use super::decision::{PathGlobs, Standing, weigh};
use crate::model::{
    Baseline, Decision, Finding, Status, Suppressed, Suppression, SuppressionStatus, Text, Ticket,
    TicketState,
};

/// The status of a finding on `today`, and why it is suppressed if it is. `end_of` tells the first instant after a day.
///
/// What is gone is fixed, suppressed or not. What was accepted stays suppressed while nobody looks for it. A decision comes
/// before the suppressions of scanners' reports, whatever these say, and before the reason of a tracker that has closed its
/// ticket and does not say that it is fixed.
pub(super) fn status(
    finding: &Finding,
    tickets: &[&Finding],
    today: Date,
    end_of: impl Fn(Date) -> Timestamp,
    paths: &mut PathGlobs,
) -> (Status, Option<Box<Suppressed>>) {
    let ticket = finding.ticket.as_deref();
    let is_fixed = ticket.is_some_and(|ticket| ticket.state == TicketState::Fixed);
    if is_fixed || finding.baseline == Some(Baseline::Fixed) {
        return (Status::Fixed, None);
    }
    let weighed = weigh(finding, tickets, today, paths);
    let counting = weighed
        .iter()
        .filter(|(decision, standing)| {
            *standing == Standing::Holds && decision.verdict.suppresses()
        })
        .map(|(decision, _)| *decision);
    if let Some(decision) = foremost(counting) {
        let Decision {
            verdict,
            source,
            by,
            reason,
            until,
            ..
        } = decision;
        let reason = reason.clone();
        let suppressed = Suppressed {
            kind: Some(*verdict),
            reason: reason.unwrap_or_else(|| Text::line(verdict.name())),
            by: by.as_ref().unwrap_or(source).clone(),
            until: *until,
            ends: until.map(end_of),
            source: Some(source.clone()),
        };
        return (Status::Suppressed, Some(Box::new(suppressed)));
    }
    if let Some(suppression) = accepted(finding) {
        let reason = suppression.justification.as_ref();
        let suppressed = Suppressed {
            kind: None,
            reason: reason.unwrap_or(&suppression.kind).clone(),
            by: suppression.scanner.clone(),
            until: None,
            ends: None,
            source: None,
        };
        return (Status::Suppressed, Some(Box::new(suppressed)));
    }
    if let Some(ticket) = ticket.filter(|ticket| ticket.state.is_closed()) {
        let tracker = finding.sightings.first().map(|seen| seen.scanner.clone());
        let suppressed = Suppressed {
            kind: None,
            reason: unfixed(ticket),
            by: tracker.unwrap_or_else(|| ticket.key.clone()),
            until: None,
            ends: None,
            source: None,
        };
        return (Status::Suppressed, Some(Box::new(suppressed)));
    }
    match finding.baseline {
        Some(Baseline::Unobserved) => (Status::Unobserved, None),
        _ => (Status::Open, None),
    }
}

/// Why a ticket is closed that is not told to be fixed.
fn unfixed(ticket: &Ticket) -> Text {
    let status = ticket.status.as_ref().map_or("", Text::untrusted);
    Text::line(&match (ticket.state, status) {
        (TicketState::Duplicate, _) => "the ticket is a duplicate of another".to_owned(),
        (_, "") => "the ticket is closed, which does not say that it is fixed".to_owned(),
        (_, status) => {
            format!("the ticket is closed as `{status}`, which does not say that it is fixed")
        }
    })
}

/// The decision to show of several that count: what speaks of all of the finding and lasts longest; where only several
/// together speak of all of it, the one that ends first, since the finding is open from then on.
fn foremost<'a>(counting: impl Iterator<Item = &'a Decision> + Clone) -> Option<&'a Decision> {
    let last_day = |decision: &Decision| decision.until.unwrap_or(Date::MAX);
    let whole = counting.clone().filter(|decision| !decision.is_narrowed());
    whole
        .min_by_key(|decision| (Reverse(last_day(decision)), *decision))
        .or_else(|| counting.min_by_key(|decision| (last_day(decision), *decision)))
}

/// The first accepted suppression, if each record that shows the finding is suppressed: what another record still shows is
/// open, and so is what is disputed inside its own report (SARIF 2.1.0 section 3.27.23).
fn accepted(finding: &Finding) -> Option<&Suppression> {
    let accepts = |scanner: &Text| {
        finding
            .suppressions
            .iter()
            .any(|own| own.scanner == *scanner)
    };
    let undisputed = finding
        .suppressions
        .iter()
        .all(|own| own.status == SuppressionStatus::Accepted);
    // Reports of before do not tell of records without a suppression, but of their tools.
    let unanimous = finding
        .sightings
        .iter()
        .all(|sighting| accepts(&sighting.scanner));
    finding
        .suppressions
        .first()
        .filter(|_| !finding.unsuppressed && undisputed && unanimous)
}
