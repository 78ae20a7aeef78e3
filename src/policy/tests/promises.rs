//! A date that was promised may become earlier, and later only where every policy says why.

use super::{chosen, engine, note, rated, reasons, time};
use crate::model::{About, By, Deadline, Duty, Finding, Promise, Text};

const AS_OF: &str = "2026-06-10T00:00:00Z";
const FIX: About = About::Duty(Duty::Fix);
const STRICT: &str = "version = 1\nname = \"ours\"\nfix = \"7 days\"\n";
const LOOSE: &str = "version = 1\nname = \"ours\"\nfix = \"30 days\"\n";
const ALLOWED: &str = "version = 1\nname = \"ours\"\nfix = \"30 days\"\nallow-loosening = true\nloosening-reason = \"new terms of 2026\"\n";

/// First seen on 2026-06-01, promised for 2026-06-08 by a report of 2026-06-02.
fn promised() -> Finding {
    let mut finding = rated("2026-06-01T10:00:00Z", "high");
    promise(&mut finding, "2026-06-08", "2026-06-09T00:00:00Z");
    finding
}

fn promise(finding: &mut Finding, by: &str, ends: &str) {
    let promise = Promise {
        deadline: Some(Deadline {
            ends: time(ends),
            by: By::Day(by.parse().unwrap()),
            policy: Text::line("ours"),
        }),
        made: time("2026-06-02T12:00:00Z"),
        loosened: None,
    };
    finding.note(|history| history.promise(Duty::Fix, promise));
}

#[test]
fn a_later_date_of_a_looser_policy_loses_against_the_promise() {
    let assessment = engine(&[LOOSE], AS_OF).assess(&promised(), &[]);
    let due = assessment.due().unwrap();
    assert_eq!(
        (due.by.to_string().as_str(), due.ends),
        ("2026-06-08", time("2026-06-09T00:00:00Z"))
    );
    assert!(assessment.overdue(time(AS_OF)));
    let why = chosen(&assessment, FIX);
    assert_eq!(
        (why.policy.untrusted(), why.rule.untrusted(), note(why)),
        (
            "ours",
            "promised on 2026-06-02",
            "was promised earlier; a later date needs allow-loosening"
        )
    );
    let loser = reasons(&assessment, FIX)[1];
    assert_eq!(
        (loser.chosen, loser.by.unwrap().to_string().as_str()),
        (false, "2026-07-01")
    );
}

#[test]
fn a_promise_that_is_kept_says_nothing_and_a_tighter_policy_wins() {
    let kept = engine(&[STRICT], AS_OF).assess(&promised(), &[]);
    let bare = engine(&[STRICT], AS_OF).assess(&rated("2026-06-01T10:00:00Z", "high"), &[]);
    assert_eq!(kept, bare);
    let tighter = STRICT.replace("7 days", "3 days");
    let assessment = engine(&[&tighter], AS_OF).assess(&promised(), &[]);
    assert_eq!(
        chosen(&assessment, FIX).by.unwrap().to_string(),
        "2026-06-04"
    );
    let loser = reasons(&assessment, FIX)[1];
    assert_eq!(note(loser), "was promised earlier; it is due sooner now");
}

#[test]
fn no_date_no_policy_and_another_version_do_not_undo_a_promise() {
    let none = "version = 1\nname = \"ours\"\nfix = \"none\"\n";
    let over = "version = 1\nname = \"ours\"\nuntil = 2026-06-05\nfix = \"7 days\"\n";
    let versions = "version = 1\nname = \"ours\"\n[[edition]]\neffective = 2026-01-01\nfix = \"7 days\"\n[[edition]]\neffective = 2026-06-09\nfix = \"30 days\"\n";
    for texts in [&[none][..], &[over], &[versions], &[]] {
        let assessment = engine(texts, AS_OF).assess(&promised(), &[]);
        assert_eq!(
            assessment.due().unwrap().by.to_string(),
            "2026-06-08",
            "{texts:?}"
        );
    }
}

#[test]
fn every_policy_in_force_must_allow_a_later_date() {
    let assessment = engine(&[ALLOWED], AS_OF).assess(&promised(), &[]);
    assert_eq!(assessment.due().unwrap().by.to_string(), "2026-07-01");
    let told: Vec<(bool, &str, &str)> = reasons(&assessment, FIX)
        .into_iter()
        .map(|why| (why.chosen, why.rule.untrusted(), note(why)))
        .collect();
    assert_eq!(
        told,
        [
            (true, "fix.high", ""),
            (
                false,
                "promised on 2026-06-02",
                "was promised earlier; it may be later: new terms of 2026"
            )
        ]
    );
    let other = "version = 1\nname = \"other\"\nfix = \"60 days\"\n";
    let both = engine(&[ALLOWED, other], AS_OF).assess(&promised(), &[]);
    assert_eq!(both.due().unwrap().by.to_string(), "2026-06-08");
    // One that is not in force has no say.
    let later = format!("{other}effective = 2027-01-01\n");
    let alone = engine(&[ALLOWED, &later], AS_OF).assess(&promised(), &[]);
    assert_eq!(alone.due().unwrap().by.to_string(), "2026-07-01");
}

#[test]
fn nobody_inherits_the_leave_to_loosen() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("base.toml"), ALLOWED).unwrap();
    let own = folder.path().join("own.toml");
    std::fs::write(
        &own,
        "version = 1\nname = \"own\"\nextends = \"base.toml\"\n",
    )
    .unwrap();
    let policies = crate::policy::load(&[own.display().to_string()]).unwrap();
    let mut engine = crate::policy::Engine::new(policies, time(AS_OF));
    assert!(!engine.may_loosen());
    assert_eq!(
        engine
            .assess(&promised(), &[])
            .due()
            .unwrap()
            .by
            .to_string(),
        "2026-06-08"
    );
}

#[test]
fn what_a_linked_ticket_promised_counts_too() {
    let mut ticket = rated("2026-06-01T10:00:00Z", "high");
    promise(&mut ticket, "2026-06-05", "2026-06-06T00:00:00Z");
    let assessment = engine(&[LOOSE], AS_OF).assess(&promised(), &[&ticket]);
    assert_eq!(assessment.due().unwrap().by.to_string(), "2026-06-05");
}
