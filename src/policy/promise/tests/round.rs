//! What is written from a policy is kept by it, and by nothing that is looser.

use super::{Verdict, edition, is_kept, plain, policies, policy, promise, read};
use crate::model::Duty;
use crate::policy::{Limit, Span, Term, Unit};

#[test]
fn every_policy_keeps_what_is_written_from_each_of_its_versions() {
    let mut dated = 0;
    for policy in policies() {
        for edition in &policy.editions {
            let page = promise(&policy, edition, plain);
            let verification = super::verify(&policy, edition, &page);
            assert!(
                is_kept(&verification),
                "{page}\n{:#?}",
                verification.statements
            );
            let has = |limit: &Term| limit.limit != Limit::None;
            let by_rule = edition
                .rules
                .iter()
                .flat_map(|rule| rule.then.terms.values());
            let by_table = edition.terms.values().map(|entry| &entry.term);
            let terms = by_table.chain(by_rule).filter(|term| has(term)).count();
            assert_eq!(terms > 0, verification.statements.len() > 1, "{page}");
            dated += terms;
        }
    }
    assert!(dated > 30, "only {dated} terms");
}

#[test]
fn a_page_that_is_tighter_by_one_unit_is_found_whichever_term_it_is() {
    let mut mutated = 0;
    for policy in policies() {
        for edition in &policy.editions {
            for (&(duty, level), entry) in &edition.terms {
                let (Limit::Span(span) | Limit::SpanOrMaintenance(span)) = entry.term.limit else {
                    continue;
                };
                let tighter = Span {
                    count: span.count - 1,
                    ..span
                };
                let mut changed = edition.clone();
                let limit = match entry.term.limit {
                    Limit::SpanOrMaintenance(_) => Limit::SpanOrMaintenance(tighter),
                    _ => Limit::Span(tighter),
                };
                changed.terms.get_mut(&(duty, level)).unwrap().term.limit = limit;
                let page = promise(&policy, &changed, plain);
                let broken: Vec<_> = super::verify(&policy, edition, &page)
                    .statements
                    .into_iter()
                    .filter(|statement| !statement.verdict.is_kept())
                    .collect();
                let [one] = broken.as_slice() else {
                    panic!("{duty:?} {level}: {page}\n{broken:#?}");
                };
                assert!(
                    matches!(&one.verdict, Verdict::NotKept(reason) if reason.contains("allows")),
                    "{one:?}"
                );
                let verb = if duty == Duty::Fix {
                    "fixed"
                } else {
                    duty.name()
                };
                assert!(one.claim.contains(verb), "{one:?}");
                mutated += 1;
                // And the other way round: a stricter policy keeps the looser page.
                let page = promise(&policy, edition, plain);
                assert!(is_kept(&super::verify(&policy, &changed, &page)), "{page}");
            }
        }
    }
    assert!(mutated > 30, "only {mutated} terms");
}

#[test]
fn a_policy_of_many_kinds_of_terms_keeps_its_own_page() {
    let policy = policy(
        r#"
        start = ["reported", "first-seen"]
        acknowledge = "24 hours"
        [assess]
        critical = "same day"
        high = "1 business day"
        medium = "2 weeks"
        [fix]
        all = "1 month or next maintenance"
        critical = "36 hours"
        [notify]
        all = "72 hours"
        start = "aware"
        [calendar]
        timezone = "Asia/Jerusalem"
        work-week = ["sunday", "monday", "tuesday", "wednesday", "thursday"]
        maintenance = "later"
        [[rule]]
        name = "secrets: 3 days"
        when = { kind = "secret" }
        then = { fix = "12 hours", raise = "high" }
        [[rule]]
        name = "vendored"
        when = { path = "vendor/**" }
        then = { fix = "6 months" }
        "#,
    );
    let page = promise(&policy, edition(&policy), plain);
    let verification = read(&policy, &page);
    assert!(
        is_kept(&verification),
        "{page}\n{:#?}",
        verification.statements
    );
    for words in [
        "| Critical | 36 hours |",
        "| Low | 1 month or at the next planned maintenance, whichever is later |",
        "We acknowledge reports of vulnerabilities of every severity within 24 hours.",
        "We assess critical vulnerabilities on the same day, high ones within 1 business day and medium ones within 2 weeks.",
        "We notify those who are affected by vulnerabilities of every severity within 72 hours.",
        "the time to notify is counted from the day on which we become aware of an incident",
        "Business days are Sunday to Thursday.",
        "in the time zone Asia/Jerusalem",
        "can only make it more urgent, never less",
        "What falls under “vendored” is fixed within 6 months.",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    let span = Span {
        count: 1,
        unit: Unit::Months,
    };
    assert!(
        edition(&policy)
            .terms
            .values()
            .any(|entry| entry.term.limit == Limit::SpanOrMaintenance(span))
    );
}
