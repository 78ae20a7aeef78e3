use super::*;
use crate::model::{Anchor, Key, Kind, Sighting};

fn as_of() -> Timestamp {
    "2026-11-21T00:00:00Z".parse().unwrap()
}

fn input(name: &str) -> Input {
    let mut input = Input::spool(name, name.as_bytes()).unwrap();
    input.identify().unwrap();
    input
}

/// The finding of rule `number`, as the record of that number shows it.
fn finding(input: &Input, number: usize) -> Finding {
    let mut finding = Finding::new(Kind::Code, Text::line("app"));
    let rule = format!("rule-{number}");
    let anchor = Anchor::Position(0);
    finding.keys =
        std::iter::once(Key::code(Kind::Code, "app", "tool", &rule, "a.rs", anchor)).collect();
    finding.sightings.insert(Sighting {
        place: input.place(&format!("/{number}")),
        scanner: Text::line("tool"),
    });
    finding
}

fn tell(open: &mut OpenInput<'_>, numbers: std::ops::Range<usize>) {
    for number in numbers {
        open.record();
        open.finding(finding(open.input, number));
    }
}

fn closing(scope: &str) -> Closing {
    let mut closing = Closing::of("tool");
    closing.scope.insert(Text::line(scope));
    closing
}

#[test]
fn records_wait_while_another_worker_is_at_the_fold_and_go_in_with_the_next_handful() {
    let (shared, input) = (Shared::default(), input("a"));
    let mut open = shared.open(&input, as_of());
    let other = shared.0.lock().unwrap();
    tell(&mut open, 0..100);
    assert_eq!(open.waiting.len(), 100);
    drop(other);
    tell(&mut open, 100..127);
    assert_eq!(open.waiting.len(), 127);
    tell(&mut open, 127..128);
    assert_eq!(open.waiting.len(), 0);
    tell(&mut open, 128..130);
    let told = open.close("test", Ok(closing("whole"))).unwrap();
    assert_eq!(told, (Outcome::Complete, 130));
    let facts = shared.into_fold().finish();
    assert_eq!(facts.findings.len(), 130);
    assert_eq!(facts.inputs[0].ledger.folded, 130);
    let whole = std::iter::once(Text::line("whole")).collect();
    assert!(facts.findings.iter().all(|finding| finding.scope == whole));
}

#[test]
fn no_more_records_wait_than_there_is_room_for() {
    let (shared, input) = (Shared::default(), input("a"));
    let mut open = shared.open(&input, as_of());
    let other = shared.0.lock().unwrap();
    tell(&mut open, 0..WAITING - 1);
    assert_eq!(open.waiting.len(), WAITING - 1);
    std::thread::scope(|scope| {
        // Blocks until the other worker is done.
        let blocked = scope.spawn(|| {
            tell(&mut open, WAITING - 1..WAITING);
            open
        });
        drop(other);
        let open = blocked.join().unwrap();
        assert_eq!(open.waiting.len(), 0);
    });
}

#[test]
fn what_two_workers_see_is_one_finding_with_the_scope_of_both() {
    let (shared, one, other) = (Shared::default(), input("a"), input("b"));
    std::thread::scope(|scope| {
        for (input, scope_word, numbers) in [(&one, "one", 0..3000), (&other, "other", 2000..5000)]
        {
            let shared = &shared;
            scope.spawn(move || {
                let mut open = shared.open(input, as_of());
                tell(&mut open, numbers);
                open.close("test", Ok(closing(scope_word))).unwrap();
            });
        }
    });
    let facts = shared.into_fold().finish();
    let scopes = |finding: &Finding| {
        finding
            .scope
            .iter()
            .map(|word| word.untrusted().to_owned())
            .collect()
    };
    let counted = |wanted: &[&str]| {
        let scopes = facts
            .findings
            .iter()
            .map(|finding| -> Vec<String> { scopes(finding) });
        scopes.filter(|scopes| scopes == wanted).count()
    };
    assert_eq!(facts.findings.len(), 5000);
    assert_eq!(
        (
            counted(&["one"]),
            counted(&["other"]),
            counted(&["one", "other"])
        ),
        (2000, 2000, 1000)
    );
}

#[test]
fn an_input_is_untold_until_something_is_told_of_it() {
    let input = input("a");
    let mut fold = Fold::default();
    let mut open = fold.open(&input, as_of());
    assert!(open.is_untold());
    open.carry(Carried::Input(Box::new(blank(&input))));
    assert!(!open.is_untold());
    let mut open = fold.open(&input, as_of());
    open.record();
    assert!(!open.is_untold());
}
