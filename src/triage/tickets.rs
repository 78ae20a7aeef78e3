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
    let tickets = Tickets::of(tickets);
    let mut of: Vec<Vec<usize>> = (findings.iter())
        .map(|finding| tickets.naming(finding))
        .collect();
    let named: BTreeSet<usize> = of.iter().flatten().copied().collect();
    let places: BTreeMap<usize, usize> = (named.iter().enumerate())
        .map(|(place, ticket)| (*ticket, place))
        .collect();
    for ticket in of.iter_mut().flatten() {
        // Each of them is named.
        *ticket = places.get(ticket).copied().unwrap_or_default();
    }
    let (linked, alone) = tickets.split(&named);
    of.resize(findings.len() + alone.len(), Vec::new());
    facts.findings = findings;
    facts.findings.extend(alone);
    Links {
        tickets: linked,
        of,
    }
}

/// Tickets by the words with which they name findings.
#[derive(Debug, Default)]
pub struct Tickets {
    tickets: Vec<Finding>,
    by_word: BTreeMap<Text, BTreeMap<Text, BTreeSet<usize>>>,
}

impl Tickets {
    /// All tickets of a merge, by fingerprint.
    pub fn of(tickets: Vec<Box<Finding>>) -> Self {
        let mut by_word: BTreeMap<Text, BTreeMap<Text, BTreeSet<usize>>> = BTreeMap::new();
        for (index, ticket) in tickets.iter().enumerate() {
            let checks = ticket.ticket.iter().flat_map(|ticket| &ticket.checks);
            let of_app = by_word.entry(ticket.app.clone()).or_default();
            let is_former = |id: &&Text| ticket.history().former_ids.contains(id);
            let ids = ticket.ids.iter().filter(|id| !is_former(id));
            for word in ids.chain(checks) {
                of_app.entry(word.clone()).or_default().insert(index);
            }
        }
        Self {
            tickets: tickets.into_iter().map(|ticket| *ticket).collect(),
            by_word,
        }
    }

    /// All of them.
    pub fn all(&self) -> &[Finding] {
        &self.tickets
    }

    /// Those that name a finding, by index, in their order.
    pub fn naming(&self, finding: &Finding) -> Vec<usize> {
        // A ticket that is still open says nothing of what was fixed: it stands for itself again.
        let is_fixed = finding.baseline == Some(Baseline::Fixed);
        let Some(of_app) = self.by_word.get(&finding.app).filter(|_| !is_fixed) else {
            return Vec::new();
        };
        let words = finding.ids.iter().chain(&finding.rule.id);
        let naming = words.filter_map(|word| of_app.get(word)).flatten();
        naming
            .copied()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect()
    }

    /// Those that name a finding, which `named` tells by index, and those that stand for themselves.
    pub fn split(self, named: &BTreeSet<usize>) -> (Vec<Finding>, Vec<Box<Finding>>) {
        let (mut linked, mut alone) = (Vec::new(), Vec::new());
        for (index, ticket) in self.tickets.into_iter().enumerate() {
            if named.contains(&index) {
                linked.push(ticket);
            } else {
                alone.push(Box::new(ticket));
            }
        }
        (linked, alone)
    }
}
