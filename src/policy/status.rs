//! Where a finding stands: open, suppressed, fixed or unobserved.

use crate::model::{
    Baseline, Finding, Status, Suppressed, Suppression, SuppressionStatus, Text, TicketState,
};

/// The status of a finding, and why it is suppressed if it is.
///
/// What is gone is fixed, suppressed or not. What was accepted stays suppressed while nobody looks for it.
pub(super) fn status(finding: &Finding) -> (Status, Option<Box<Suppressed>>) {
    let closed = finding.ticket.as_ref().is_some_and(|ticket| {
        matches!(
            ticket.state,
            TicketState::Fixed | TicketState::Duplicate | TicketState::Closed
        )
    });
    if closed || finding.baseline == Some(Baseline::Fixed) {
        return (Status::Fixed, None);
    }
    if let Some(suppression) = accepted(finding) {
        let reason = suppression.justification.as_ref();
        let suppressed = Suppressed {
            reason: reason.unwrap_or(&suppression.kind).clone(),
            by: suppression.scanner.clone(),
            until: None,
            source: None,
        };
        return (Status::Suppressed, Some(Box::new(suppressed)));
    }
    match finding.baseline {
        Some(Baseline::Unobserved) => (Status::Unobserved, None),
        _ => (Status::Open, None),
    }
}

/// The first accepted suppression, if each tool that sees the finding accepts it: what another tool still shows is open,
/// and so is what is disputed inside its own report (SARIF 2.1.0 section 3.27.23).
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
    let unanimous = finding
        .sightings
        .iter()
        .all(|sighting| accepts(&sighting.scanner));
    finding
        .suppressions
        .first()
        .filter(|_| undisputed && unanimous)
}
