//! Tickets and the findings that they name.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Baseline, Facts, Finding, Kind, Text};

/// Which tickets name which findings.
#[derive(Debug, Default)]
pub struct Links {
    /// Tickets that name at least one finding, by fingerprint. They are no findings of their own.
    pub tickets: Vec<Finding>,
    /// For each finding of the facts, by index: the tickets that name it, by index into `tickets`.
    pub of: Vec<Vec<usize>>,
}

/// Takes out of the facts each ticket that names a finding of its app, by vulnerability id or by check, and says which.
///
/// A pure function of all facts, so that it is worked out anew after each merge and does not depend on the grouping. A
/// ticket that names several findings counts for each of them.
pub fn link(facts: &mut Facts) -> Links {
    let is_ticket = |finding: &Finding| finding.kind == Kind::Ticket;
    if !facts.findings.iter().any(|finding| is_ticket(finding)) {
        return Links {
            tickets: Vec::new(),
            of: vec![Vec::new(); facts.findings.len()],
        };
    }
    let (tickets, findings): (Vec<_>, Vec<_>) = std::mem::take(&mut facts.findings)
        .into_iter()
        .partition(|finding| is_ticket(finding));
    let mut by_word: BTreeMap<(&Text, &Text), BTreeSet<usize>> = BTreeMap::new();
    // A ticket that is still open says nothing of what was fixed: it stands for itself again.
    let there = |finding: &Finding| finding.baseline != Some(Baseline::Fixed);
    for (index, finding) in findings
        .iter()
        .enumerate()
        .filter(|(_, finding)| there(finding))
    {
        for word in finding.ids.iter().chain(&finding.rule.id) {
            by_word
                .entry((&finding.app, word))
                .or_default()
                .insert(index);
        }
    }
    let mut links = Links {
        tickets: Vec::new(),
        of: vec![Vec::new(); findings.len()],
    };
    let mut alone = Vec::new();
    for ticket in tickets {
        let checks = ticket.ticket.iter().flat_map(|ticket| &ticket.checks);
        let words = ticket.ids.iter().chain(checks);
        let findings_named: BTreeSet<usize> = words
            .filter_map(|word| by_word.get(&(&ticket.app, word)))
            .flatten()
            .copied()
            .collect();
        if findings_named.is_empty() {
            alone.push(ticket);
            continue;
        }
        for finding in findings_named {
            // Indices of `findings`, which `of` has one entry for each of.
            links.of[finding].push(links.tickets.len());
        }
        links.tickets.push(*ticket);
    }
    links.of.resize(findings.len() + alone.len(), Vec::new());
    facts.findings = findings;
    facts.findings.extend(alone);
    links
}
