//! Where a ticket stands, by the tracker's words.

use crate::model::TicketState;

/// The platform's own statuses, in the order of its documentation.
const STATUSES: &[(&str, TicketState)] = &[
    ("needs patch", TicketState::Open),
    ("needs security review", TicketState::Waiting),
    // Fixed but not shipped: customers are still exposed, and the clock runs on.
    ("waiting for release", TicketState::Open),
    ("extension requested", TicketState::Open),
    ("patched", TicketState::Fixed),
    ("duplicate", TicketState::Duplicate),
    ("duplicated", TicketState::Duplicate),
    ("closed as duplicate", TicketState::Duplicate),
];

/// What the category of a closed status is called: its key, which is never translated, and the names that the CSV export
/// writes in its place.
const DONE: &[&str] = &[
    "done",
    "gotowe",
    "ukończone",
    "готово",
    "выполнено",
    "сделано",
    "erledigt",
    "fertig",
    "terminé",
    "terminée",
    "terminés",
    "fini",
    "listo",
    "hecho",
    "finalizada",
    "finalizado",
    "concluído",
    "fatto",
    "completato",
    "klaar",
    "gereed",
];

/// The state of a ticket by its status; of a status that is not the platform's own, by its category. A status that nobody
/// explains is open: a vulnerability must not be closed by a guess.
pub(super) fn state(status: &str, category: Option<&str>) -> TicketState {
    let status = status.trim().to_lowercase();
    let known = STATUSES.iter().find(|(name, _)| *name == status);
    let closed = || {
        let category = category.unwrap_or_default().trim().to_lowercase();
        DONE.contains(&category.as_str())
    };
    match known {
        Some(&(_, state)) => state,
        None if closed() => TicketState::Closed,
        None => TicketState::Open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_platforms_own_words_win_over_the_category() {
        assert_eq!(
            state("Needs Patch", Some("indeterminate")),
            TicketState::Open
        );
        assert_eq!(
            state("WAITING FOR RELEASE", Some("done")),
            TicketState::Open
        );
        assert_eq!(state("Extension Requested", None), TicketState::Open);
        assert_eq!(
            state("Needs Security Review", Some("new")),
            TicketState::Waiting
        );
        assert_eq!(state(" Patched ", Some("done")), TicketState::Fixed);
        assert_eq!(state("Duplicate", Some("done")), TicketState::Duplicate);
    }

    #[test]
    fn other_words_go_by_category_and_else_stay_open() {
        assert_eq!(state("Готово", Some("done")), TicketState::Closed);
        assert_eq!(state("Zrobione", Some("Gotowe")), TicketState::Closed);
        assert_eq!(state("Triage", Some("new")), TicketState::Open);
        assert_eq!(state("Resolved", Some("undefined")), TicketState::Open);
        assert_eq!(state("Done", None), TicketState::Open);
    }
}
