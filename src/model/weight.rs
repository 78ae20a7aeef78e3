//! How much memory a finding takes, as an estimate that costs little: who bounds memory asks after every record.

use std::mem::size_of;
use std::sync::Arc;

use super::{Capped, Finding, History, InputId, Text};

/// What an allocation takes beside what is in it: the allocator's own words and what is rounded up.
const ALLOCATION: usize = 24;
/// What each member of a tree takes beside itself.
const BRANCH: usize = 32;

impl Finding {
    /// About how many bytes it takes with all that it holds. A text that several hold at this time is counted for each of
    /// them in part, so that words of which a report has one copy for thousands of findings hardly count.
    pub fn weight(&self) -> usize {
        let Self {
            kind: _,
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
            last_seen: _,
            dates,
            suppressions,
            unsuppressed: _,
            ticket,
            sightings,
            scope,
            baseline: _,
            came_back: _,
            history,
        } = self;
        let lines = [&rule.id, &rule.name, title, description, recommendation];
        let lines = lines.into_iter().chain([evidence]).flatten();
        let moments = first_seen.iter().chain(dates.values());
        let mut weight = size_of::<Self>() + ALLOCATION + text(app);
        weight += list(keys.as_slice(), |_| 0);
        weight += lines.map(text).sum::<usize>();
        weight += list(ids.as_slice(), text) + list(weaknesses.as_slice(), text);
        weight += capped(tags) + capped(links) + list(scope.as_slice(), text);
        weight += list(locations.as_slice(), |location| {
            let words = [&location.path, &location.logical, &location.url];
            words.into_iter().flatten().map(text).sum()
        });
        weight += claims.iter().fold(0, |sum, claim| {
            let words = [&claim.word, &claim.vector].into_iter().flatten();
            let words = words.chain([&claim.scanner, &claim.source.at]);
            sum + size_of_val(claim) + ALLOCATION + words.map(text).sum::<usize>()
        });
        weight += moments.map(|moment| text(&moment.source)).sum::<usize>();
        weight += dates.len() * BRANCH;
        weight += list(sightings.as_slice(), |sighting| {
            text(&sighting.scanner) + text(&sighting.place.at)
        });
        weight += list(suppressions.as_slice(), |suppression| {
            let why = suppression.justification.iter();
            why.chain([&suppression.scanner, &suppression.kind])
                .map(text)
                .sum()
        });
        if let Some(package) = package {
            weight += size_of_val(&**package) + ALLOCATION + text(&package.purl);
            weight += capped(&package.versions) + capped(&package.ranges);
            weight += capped(&package.fixed_in) + capped(&package.paths);
        }
        if let Some(ticket) = ticket {
            let words = [&ticket.status, &ticket.url].into_iter().flatten();
            let words = words.chain([&ticket.key]).map(text).sum::<usize>();
            let checks = list(ticket.checks.as_slice(), text);
            weight += size_of_val(&**ticket) + ALLOCATION + words + checks;
        }
        // A hash map has a place for each key, and some to spare.
        weight += keys.len() * 2 * size_of::<(super::Key, usize)>();
        weight + history.as_deref().map_or(0, weight_of_history)
    }

    /// The reports that places in it name.
    pub fn reports(&self) -> impl Iterator<Item = &Arc<InputId>> {
        let seen = self.sightings.iter().map(|sighting| &sighting.place);
        let claimed = self.claims.iter().map(|claim| &claim.source);
        let told = self.history().aliases.values();
        seen.chain(claimed).chain(told).map(|place| &place.report)
    }
}

fn weight_of_history(history: &History) -> usize {
    let History {
        known_as,
        aliases,
        moves,
        promises,
        decisions,
        owners,
        former_ids,
        needed_inputs,
        fixed_before: _,
        exploited: _,
    } = history;
    let mut weight = size_of::<History>() + ALLOCATION + list(known_as.as_slice(), |_| 0);
    for (ids, place) in aliases {
        weight += size_of_val(ids) + size_of_val(place) + BRANCH + text(&place.at);
        weight += list(ids.as_slice(), text);
    }
    weight += list(moves.as_slice(), |moved| {
        let words = moved.from.iter().chain([&moved.evidence]);
        let promises = moved.promises.len() * (size_of::<super::Promise>() + BRANCH);
        words.map(text).sum::<usize>() + promises
    });
    weight += promises.len() * (size_of::<super::Promise>() + BRANCH);
    weight += list(decisions.as_slice(), |decision| {
        let words = [&decision.by, &decision.reason, &decision.subject];
        let words = words.into_iter().flatten().chain([&decision.source]);
        let lists = list(decision.versions.as_slice(), text);
        words.map(text).sum::<usize>() + lists + list(decision.paths.as_slice(), text)
    });
    let scopes = needed_inputs.keys().map(text);
    weight += scopes.map(|scope| scope + BRANCH).sum::<usize>();
    weight + list(owners.as_slice(), text) + list(former_ids.as_slice(), text)
}

/// The words alone; where they are known from stands in the finding.
fn text(text: &Text) -> usize {
    text.weight() + ALLOCATION / text.holders()
}

fn capped<const K: usize>(texts: &Capped<Text, K>) -> usize {
    list(texts.as_slice(), text)
}

/// A list in one allocation, with what each member holds.
fn list<T>(members: &[T], holds: impl Fn(&T) -> usize) -> usize {
    if members.is_empty() {
        return 0;
    }
    ALLOCATION + size_of_val(members) + members.iter().map(holds).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Kind;

    #[test]
    fn words_that_many_hold_are_shared_out() {
        let mut finding = Finding::new(Kind::Code, Text::default());
        let bare = finding.weight();
        let words = Text::prose(&"x".repeat(1000));
        finding.description = Some(words.clone());
        let two = finding.weight() - bare;
        assert!((500..600).contains(&two), "{two}");
        let others: Vec<Text> = std::iter::repeat_n(words, 999).collect();
        let thousand = finding.weight() - bare;
        assert!(thousand <= 1, "{thousand}");
        drop(others);
        let alone = finding.weight() - bare;
        assert!((1000..1100).contains(&alone), "{alone}");
    }

    #[test]
    fn what_is_added_adds_weight() {
        let mut finding = Finding::new(Kind::Code, Text::default());
        let bare = finding.weight();
        finding.ids.insert(Text::line("CVE-2026-0001"));
        let one = finding.weight();
        finding.ids.insert(Text::line("CVE-2026-0002"));
        let two = finding.weight();
        assert!(bare < one && one < two, "{bare} {one} {two}");
    }
}
