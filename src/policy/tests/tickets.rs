//! What tickets say of a severity, alone and of findings that they name.

use super::severity::{CRITICAL_31, HIGH_31, SEEN, trusted};
use super::{chosen, engine, finding, note, reasons, score, vector, word};
use crate::model::{About, Claim, Finding, Kind, Set, Severity, Text, Ticket, TicketState, Trust};

/// A ticket of that key with these claims.
fn ticket(key: &str, claims: Vec<Claim>) -> Finding {
    let mut ticket = finding(SEEN);
    ticket.kind = Kind::Ticket;
    ticket.claims = claims.into_iter().collect();
    ticket.ticket = Some(Box::new(Ticket {
        key: Text::line(key),
        state: TicketState::Open,
        updated: None,
        status: None,
        due: None,
        created: None,
        url: None,
        checks: Set::new(),
        is_reopened: false,
    }));
    ticket
}

#[test]
fn a_ticket_that_names_a_finding_can_only_make_it_stricter() {
    use Severity::{Critical, High, Low, Medium, Unknown};
    let published = || trusted(score("Ecoscanner", 68), Trust::Published);
    let priority = |word_: &str| trusted(word("Jira", word_), Trust::Priority);
    let table = [
        (
            vec![word("npm", "low")],
            vec![score("Jira", 98)],
            Critical,
            "score of ticket T-1",
        ),
        (
            vec![published()],
            vec![word("Jira", "critical")],
            Critical,
            "word of ticket T-1",
        ),
        (
            vec![score("npm", 75)],
            vec![vector("Jira", HIGH_31), word("Jira", "low")],
            High,
            "score of npm",
        ),
        (
            vec![word("npm", "purple")],
            vec![word("Jira", "low")],
            Unknown,
            "word of npm",
        ),
        (
            vec![word("npm", "medium")],
            vec![word("Jira", "purple")],
            Medium,
            "word of npm",
        ),
        // Whoever knows something comes before who knows nothing.
        (vec![], vec![word("Jira", "low")], Low, "word of ticket T-1"),
        (vec![], vec![priority("P2")], High, "priority of ticket T-1"),
        (
            vec![word("npm", "low")],
            vec![priority("P1")],
            Low,
            "word of npm",
        ),
    ];
    for (own, said, severity, rule) in table {
        let case = format!("{own:?} {said:?}");
        let mut finding = finding(SEEN);
        finding.claims = own.into_iter().collect();
        let ticket = ticket("T-1", said);
        let assessment = engine(&[], "2026-11-21T00:00:00Z").assess(&finding, &[&ticket]);
        assert_eq!(assessment.severity, severity, "{case}");
        let why = chosen(&assessment, About::Severity);
        assert_eq!(why.rule.untrusted(), rule, "{case}");
    }
}

#[test]
fn of_level_score_and_vector_of_a_ticket_the_strictest_counts() {
    let both = |claim: Claim, tenths| Claim {
        score: score("", tenths).score,
        ..claim
    };
    let table = [
        (both(word("Jira", "Critical"), 30), "word of Jira"),
        (both(word("Jira", "Low"), 98), "score of Jira"),
        (
            Claim {
                vector: vector("Jira", CRITICAL_31).vector,
                ..both(word("Jira", "Low"), 40)
            },
            "vector of Jira",
        ),
        (both(vector("Jira", HIGH_31), 98), "score of Jira"),
    ];
    for (claim, rule) in table {
        let case = format!("{claim:?}");
        let ticket = ticket("T-1", vec![claim]);
        let assessment = engine(&[], "2026-11-21T00:00:00Z").assess(&ticket, &[]);
        assert_eq!(assessment.severity, Severity::Critical, "{case}");
        let why = chosen(&assessment, About::Severity);
        assert_eq!(why.rule.untrusted(), rule, "{case}");
        assert!(assessment.score.is_some(), "{case}");
    }
}

#[test]
fn what_is_not_understood_of_a_ticket_gives_way_to_its_level_and_to_no_milder_priority() {
    use Severity::{High, Medium, Unknown};
    let priority = |word_: &str| trusted(word("Jira", word_), Trust::Priority);
    let table = [
        (vec![word("Jira", "Medium"), word("Jira", "TBD")], Medium),
        (vec![word("Jira", "TBD"), priority("P4")], Unknown),
        (vec![word("Jira", "TBD"), priority("P2")], High),
    ];
    for (claims, severity) in table {
        let case = format!("{claims:?}");
        let ticket = ticket("T-1", claims);
        let assessment = engine(&[], "2026-11-21T00:00:00Z").assess(&ticket, &[]);
        assert_eq!(assessment.severity, severity, "{case}");
        let told = reasons(&assessment, About::Severity).into_iter();
        let gives_way = told.filter(|why| note(why).contains("gives way to whoever knows"));
        assert_eq!(gives_way.count(), usize::from(severity == Medium), "{case}");
    }
}
