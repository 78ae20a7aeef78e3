//! Where a ticket stands, by the tracker's words.

use crate::model::{TicketState, is_hyphen};

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

/// Categories that say nothing.
const NO_CATEGORY: &[&str] = &["", "undefined", "no category"];

/// What exports write where there is no resolution.
const UNRESOLVED: &[&str] = &[
    "",
    "unresolved",
    "none",
    "nicht erledigt",
    "unerledigt",
    "non résolu",
    "non résolue",
    "non résolus",
    "sin resolver",
    "no resuelto",
    "no resuelta",
    "nierozwiązane",
    "nierozwiązany",
    "niezałatwione",
    "не решен",
    "не решена",
    "не решено",
    "нет решения",
];

/// Resolutions that say that the work was done, in the languages of the columns.
const FIXES: &[&str] = &[
    "done",
    "fixed",
    "resolved",
    "complete",
    "completed",
    "implemented",
    "released",
    "patched",
    "remediated",
    "erledigt",
    "fertig",
    "behoben",
    "gelöst",
    "corrigé",
    "corrigée",
    "résolu",
    "résolue",
    "terminé",
    "terminée",
    "corregido",
    "corregida",
    "resuelto",
    "resuelta",
    "hecho",
    "listo",
    "naprawione",
    "naprawiony",
    "rozwiązane",
    "rozwiązany",
    "gotowe",
    "zrobione",
    "исправлен",
    "исправлена",
    "исправлено",
    "решен",
    "решена",
    "решено",
    "готово",
    "выполнено",
    "сделано",
];

/// How resolutions of a ticket that is the same as another begin.
const DUPLICATES: &[&str] = &["dupli", "doublon", "дублик", "дублир"];

/// The state of a ticket by its status; of a status that is not the platform's own, by its category, and where there is
/// none, by its resolution. A status that nobody explains is open: a vulnerability must not be closed by a guess. And a
/// closed ticket closes itself alone, never what a scanner still sees.
pub(super) fn state(status: &str, category: &str, resolution: &str) -> TicketState {
    let [status, category, resolution] = [status, category, resolution].map(plain);
    if let Some(&(_, state)) = STATUSES.iter().find(|(name, _)| *name == status) {
        return state;
    }
    let resolved = !UNRESOLVED.contains(&resolution.as_str());
    let closed =
        DONE.contains(&category.as_str()) || (NO_CATEGORY.contains(&category.as_str()) && resolved);
    if !closed {
        TicketState::Open
    } else if DUPLICATES.iter().any(|word| resolution.starts_with(word)) {
        TicketState::Duplicate
    } else if FIXES.contains(&resolution.as_str()) {
        TicketState::Fixed
    } else {
        TicketState::Closed
    }
}

/// Words as they are compared: in lower case, with one blank for each run of blanks, hyphens and underscores.
pub(super) fn plain(words: &str) -> String {
    let words = words.to_lowercase();
    let parts = words.split(|character: char| {
        character.is_whitespace() || character == '_' || is_hyphen(character)
    });
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_platforms_own_words_win_over_category_and_resolution() {
        for (status, category, resolution, expected) in [
            ("Needs Patch", "indeterminate", "", TicketState::Open),
            ("WAITING FOR RELEASE", "done", "Done", TicketState::Open),
            ("Extension Requested", "", "Declined", TicketState::Open),
            ("Needs Security Review", "new", "", TicketState::Waiting),
            (" Patched ", "done", "Duplicate", TicketState::Fixed),
            ("Duplicate", "done", "Done", TicketState::Duplicate),
        ] {
            assert_eq!(state(status, category, resolution), expected, "{status}");
        }
    }

    #[test]
    fn blanks_and_hyphens_make_no_other_status() {
        for status in [
            "Waiting  for Release",
            "Waiting\u{a0}for\u{a0}Release",
            "waiting-for-release",
            "Waiting\u{2011}for_Release ",
            "Needs  Patch",
            "NEEDS_PATCH",
        ] {
            assert_eq!(state(status, "done", "Done"), TicketState::Open, "{status}");
        }
        let review = state("Needs-Security\tReview", "done", "");
        assert_eq!(review, TicketState::Waiting);
        assert_eq!(state("Resolved", "no-category", ""), TicketState::Open);
    }

    #[test]
    fn other_words_go_by_category_and_else_stay_open() {
        for (status, category, expected) in [
            ("Готово", "done", TicketState::Closed),
            ("Zrobione", "Gotowe", TicketState::Closed),
            ("Triage", "new", TicketState::Open),
            ("Resolved", "undefined", TicketState::Open),
            ("Done", "", TicketState::Open),
        ] {
            assert_eq!(state(status, category, ""), expected, "{status}");
        }
    }

    #[test]
    fn without_a_category_the_resolution_decides() {
        for (resolution, expected) in [
            ("Fixed", TicketState::Fixed),
            ("Gotowe", TicketState::Fixed),
            ("Won't Do", TicketState::Closed),
            ("Declined", TicketState::Closed),
            ("Cannot Reproduce", TicketState::Closed),
            ("Duplicate", TicketState::Duplicate),
            ("Duplikat", TicketState::Duplicate),
            ("Unresolved", TicketState::Open),
            ("Nierozwiązane", TicketState::Open),
            (" ", TicketState::Open),
        ] {
            assert_eq!(state("Resolved", "", resolution), expected, "{resolution}");
            assert_eq!(state("Resolved", "No Category", resolution), expected);
            assert_eq!(state("Reopened", "new", resolution), TicketState::Open);
        }
        assert_eq!(state("Gone", "done", "Duplicate"), TicketState::Duplicate);
    }
}
