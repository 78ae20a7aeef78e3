//! What two records of one finding tell together.

use std::cmp::Ordering;

use super::Finding;
use crate::model::{History, Join, Set, Text, Ticket};

/// What is observed displaces what was only carried, all but its names and clocks: a suppression or a version of an
/// earlier run says nothing of this one.
impl Join for Finding {
    fn join(&mut self, mut other: Self) {
        if self.is_absent() != other.is_absent() {
            if self.is_absent() {
                std::mem::swap(self, &mut other);
            }
            return self.remember(&other);
        }
        let is_shown_unsuppressed = self.is_shown_unsuppressed() || other.is_shown_unsuppressed();
        let Self {
            kind,
            app,
            keys,
            rule,
            ids,
            weaknesses,
            tags,
            title,
            description,
            recommendation,
            evidence,
            links,
            package,
            locations,
            claims,
            first_seen,
            last_seen,
            dates,
            suppressions,
            unsuppressed: _,
            ticket,
            sightings,
            scope,
            baseline,
            came_back,
            history,
        } = other;
        self.kind = self.kind.min(kind);
        // What a ticket names goes with the update that wins: an older export must not lead it back to what it named then.
        let former_ids = former_ids(self, (&ticket, &ids, history.as_deref()));
        match updates(self.ticket.as_deref(), ticket.as_deref()) {
            Ordering::Less => self.app = app,
            Ordering::Equal => self.app = std::mem::take(&mut self.app).max(app),
            Ordering::Greater => {}
        }
        self.keys.join(keys);
        self.rule.join(rule);
        self.ids.join(ids);
        self.weaknesses.join(weaknesses);
        self.tags.join(tags);
        self.title.join(title);
        self.description.join(description);
        self.recommendation.join(recommendation);
        self.evidence.join(evidence);
        self.links.join(links);
        self.package.join(package);
        self.locations.join(locations);
        self.claims.join(claims);
        self.first_seen.join(first_seen);
        self.last_seen = self.last_seen.max(last_seen);
        for (fact, moment) in dates {
            self.date(fact, moment);
        }
        self.suppressions.join(suppressions);
        self.unsuppressed = is_shown_unsuppressed && !self.suppressions.is_empty();
        self.ticket.join(ticket);
        self.sightings.join(sightings);
        self.scope.join(scope);
        self.baseline = self.baseline.max(baseline);
        self.came_back |= came_back;
        self.history.join(history);
        if let Some(former_ids) = former_ids {
            self.note(|history| history.former_ids = former_ids);
        }
    }
}

/// Which of two exports of a ticket is the later one. Of equal ones both count, as in the join of tickets.
fn updates(mine: Option<&Ticket>, theirs: Option<&Ticket>) -> Ordering {
    let updated = |ticket: &Ticket| ticket.updated;
    mine.map(updated).cmp(&theirs.map(updated))
}

/// The ids that only an older one of two exports of a ticket names; `None` of what is no ticket. They stay among the ids,
/// since decisions that reach one of them were made about this ticket.
fn former_ids(
    mine: &Finding,
    (ticket, ids, history): (&Option<Box<Ticket>>, &Set<Text>, Option<&History>),
) -> Option<Set<Text>> {
    mine.ticket.as_ref().or(ticket.as_ref())?;
    let is_named = |id: &Text, ids: &Set<Text>, history: Option<&History>| {
        ids.contains(id) && history.is_none_or(|history| !history.former_ids.contains(id))
    };
    let is_mine = |id: &Text| is_named(id, &mine.ids, mine.history.as_deref());
    let is_theirs = |id: &Text| is_named(id, ids, history);
    let is_former = |id: &&Text| match updates(mine.ticket.as_deref(), ticket.as_deref()) {
        Ordering::Less => !is_theirs(id),
        Ordering::Equal => !is_mine(id) && !is_theirs(id),
        Ordering::Greater => !is_mine(id),
    };
    let all = mine.ids.iter().chain(ids);
    Some(all.filter(is_former).cloned().collect())
}
