//! What holds of the decisions about a finding.

use jiff::civil::{Date, date};

use crate::model::{
    Baseline, Decision, Finding, Kind, Location, Package, Status, Suppression, SuppressionStatus,
    Text, Verdict,
};
use crate::policy::{Engine, PathGlobs, Standing, weigh};

const TODAY: Date = date(2026, 11, 21);

fn decision(verdict: Verdict, source: &str) -> Decision {
    Decision {
        verdict,
        source: source.into(),
        by: Some("somebody".into()),
        reason: Some("because".into()),
        until: None,
        said: None,
        subject: None,
        versions: [].into_iter().collect(),
        paths: [].into_iter().collect(),
    }
}

fn statement(verdict: Verdict, subject: &str, said: &str) -> Decision {
    Decision {
        said: Some(said.parse().unwrap()),
        subject: Some(subject.into()),
        ..decision(verdict, &format!("{subject} {said}"))
    }
}

fn narrowed(versions: &[&str], paths: &[&str]) -> Decision {
    let texts = |words: &[&str]| words.iter().map(|word| Text::line(word)).collect();
    Decision {
        versions: texts(versions),
        paths: texts(paths),
        ..decision(Verdict::Accepted, &format!("{versions:?} {paths:?}"))
    }
}

fn finding(versions: &[&str], paths: &[&str], decisions: &[Decision]) -> Finding {
    let mut finding = Finding::new(Kind::Dependency, Text::default());
    let mut package = Package::new("pkg:npm/a".into());
    package.versions = versions.iter().map(|version| Text::line(version)).collect();
    finding.package = Some(Box::new(package));
    finding.ids.insert("CVE-2026-0001".into());
    finding.assert_advisory_keys();
    for path in paths {
        finding.locations.insert(Location {
            path: Text::some_line(path),
            start_line: Some(1),
            ..Location::default()
        });
    }
    finding.note(|history| history.decisions.extend(decisions.iter().cloned()));
    finding
}

fn engine() -> Engine {
    Engine::new(Vec::new(), "2026-11-21T12:00:00Z".parse().unwrap())
}

fn source(finding: &Finding) -> Option<String> {
    let assessment = engine().assess(finding, &[]);
    let suppressed = assessment.suppressed?;
    assert_eq!(assessment.status, Status::Suppressed);
    Some(suppressed.source?.untrusted().to_owned())
}

#[test]
fn the_latest_statement_about_a_subject_counts_and_of_equals_the_strictest() {
    use Verdict::{Affected, Fixed, NotAffected, UnderInvestigation};
    let (early, late) = ("2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z");
    for (statements, expected) in [
        (
            vec![(NotAffected, "a", early)],
            Some("a 2026-10-01T00:00:00Z"),
        ),
        (vec![(Affected, "a", early)], None),
        (vec![(NotAffected, "a", early), (Affected, "a", late)], None),
        (
            vec![(NotAffected, "a", early), (UnderInvestigation, "a", late)],
            None,
        ),
        (
            vec![(Affected, "a", early), (Fixed, "a", late)],
            Some("a 2026-11-01T00:00:00Z"),
        ),
        (vec![(NotAffected, "a", late), (Affected, "a", late)], None),
        (
            vec![(Affected, "a", late), (NotAffected, "b", early)],
            Some("b 2026-10-01T00:00:00Z"),
        ),
    ] {
        let decisions: Vec<Decision> = statements
            .iter()
            .map(|(verdict, subject, said)| statement(*verdict, subject, said))
            .collect();
        let finding = finding(&[], &[], &decisions);
        assert_eq!(source(&finding).as_deref(), expected, "{statements:?}");
    }
}

#[test]
fn a_part_hides_nothing_until_every_version_at_every_path_is_covered() {
    type Case<'a> = (&'a [&'a str], &'a [&'a str], &'a [Decision], bool);
    let cases: [Case<'_>; 12] = [
        (&["1"], &[], &[narrowed(&["1"], &[])], true),
        (&["1", "2"], &[], &[narrowed(&["1"], &[])], false),
        (
            &["1", "2"],
            &[],
            &[narrowed(&["1"], &[]), narrowed(&["2"], &[])],
            true,
        ),
        (&[], &[], &[narrowed(&["1"], &[])], false),
        (&["1"], &["a/x"], &[narrowed(&[], &["a/*"])], true),
        (&["1"], &["a/b/x"], &[narrowed(&[], &["a/*"])], false),
        (&["1"], &["a/x", "b/x"], &[narrowed(&[], &["a/*"])], false),
        (
            &["1"],
            &["a/x", "b/x"],
            &[narrowed(&[], &["a/*"]), narrowed(&[], &["b/*"])],
            true,
        ),
        (&["1"], &["a/x", ""], &[narrowed(&[], &["**"])], false),
        // Version 1 in one place and version 2 in the other may as well be the other way round.
        (
            &["1", "2"],
            &["a", "b"],
            &[narrowed(&["1"], &["a"]), narrowed(&["2"], &["b"])],
            false,
        ),
        (
            &["1", "2"],
            &["a", "b"],
            &[narrowed(&["1"], &[]), narrowed(&["2"], &["a", "b"])],
            true,
        ),
        (&["1"], &["a"], &[narrowed(&[], &["[a"])], false),
    ];
    for (versions, paths, decisions, hidden) in cases {
        let finding = finding(versions, paths, decisions);
        let status = engine().assess(&finding, &[]).status;
        assert_eq!(
            status == Status::Suppressed,
            hidden,
            "{versions:?} {paths:?} {decisions:?}"
        );
    }
    let many: Vec<String> = (0..40).map(|number| number.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let cut = finding(&many, &[], &[narrowed(&many, &[])]);
    assert_eq!(engine().assess(&cut, &[]).status, Status::Open);
}

#[test]
fn what_is_shown_speaks_of_all_and_lasts_longest() {
    let until = |source: &str, day: i8| Decision {
        until: Some(date(2026, 12, day)),
        ..decision(Verdict::Accepted, source)
    };
    let both = [until("short", 1), until("long", 2)];
    assert_eq!(
        source(&finding(&["1"], &[], &both)).as_deref(),
        Some("long")
    );
    let forever = decision(Verdict::FalsePositive, "for ever");
    let all = [until("short", 1), forever, narrowed(&["1"], &[])];
    assert_eq!(
        source(&finding(&["1"], &[], &all)).as_deref(),
        Some("for ever")
    );
}

#[test]
fn a_decision_comes_before_what_a_scanner_says_and_fixed_before_both() {
    let mut finding = finding(&[], &[], &[decision(Verdict::Accepted, "triage")]);
    let mut suppression = Suppression {
        status: SuppressionStatus::Rejected,
        scanner: "CodeQL".into(),
        kind: "inSource".into(),
        justification: None,
    };
    finding.suppressions.insert(suppression.clone());
    assert_eq!(source(&finding).as_deref(), Some("triage"));
    suppression.status = SuppressionStatus::Accepted;
    finding.suppressions = [suppression].into_iter().collect();
    assert_eq!(source(&finding).as_deref(), Some("triage"));
    finding.baseline = Some(Baseline::Unobserved);
    assert_eq!(source(&finding).as_deref(), Some("triage"));
    finding.baseline = Some(Baseline::Fixed);
    assert_eq!(engine().assess(&finding, &[]).status, Status::Fixed);
}

#[test]
fn an_ended_decision_leaves_the_scanner_s_word() {
    let ended = Decision {
        until: Some(date(2026, 11, 20)),
        ..decision(Verdict::Accepted, "triage")
    };
    let mut finding = finding(&[], &[], std::slice::from_ref(&ended));
    let weighed = weigh(&finding, &[], TODAY, &mut PathGlobs::default());
    assert_eq!(weighed, [(&ended, Standing::Ended)]);
    assert_eq!(engine().assess(&finding, &[]).status, Status::Open);
    finding.suppressions.insert(Suppression {
        status: SuppressionStatus::Accepted,
        scanner: "CodeQL".into(),
        kind: "inSource".into(),
        justification: None,
    });
    let assessment = engine().assess(&finding, &[]);
    assert_eq!(assessment.status, Status::Suppressed);
    assert_eq!(assessment.suppressed.unwrap().by.untrusted(), "CodeQL");
}

#[test]
fn a_decision_about_a_ticket_reaches_what_it_names_and_one_about_another_thing_does_not() {
    use crate::model::{Key, Set, Ticket, TicketState};
    let finding = finding(&[], &[], &[]);
    let mut ticket = Finding::new(Kind::Ticket, Text::default());
    ticket.keys.insert(Key::ticket("AMS-1"));
    ticket.ticket = Some(Box::new(Ticket {
        updated: None,
        key: "AMS-1".into(),
        state: TicketState::Open,
        status: None,
        due: None,
        created: None,
        url: None,
        checks: Set::new(),
        is_reopened: false,
    }));
    let by_id = decision(Verdict::Accepted, "by id");
    ticket.note(|history| history.decisions.extend([by_id]));
    assert_eq!(engine().assess(&finding, &[&ticket]).status, Status::Open);
    let of_ticket = Decision {
        subject: Some(Decision::subject_of_ticket(&"AMS-1".into())),
        ..decision(Verdict::Accepted, "by ticket")
    };
    ticket.note(|history| history.decisions.extend([of_ticket]));
    let assessment = engine().assess(&finding, &[&ticket]);
    let source = assessment.suppressed.unwrap().source.unwrap();
    assert_eq!(source.untrusted(), "by ticket");
}
