//! What a finding tells beside its identity and severity: words, places, times and suppressions.

use super::finding::{Case, Maker};
use super::lenient::{Object, Word};
use super::message;
use super::run;
use super::trace;
use super::uri::Target;
use super::wire::{Place, Record, Region};
use crate::model::{
    Finding, Join, Kind, Location, Moment, Set, Suppression, SuppressionStatus, Text,
};

/// A first line of a message that is longer than this is no title, where the rule has a better one.
const LONGEST_TITLE: usize = 160;

/// Title, description, recommendation, evidence and links. `flows` tells the data flows of the result.
pub(super) fn prose(case: &Case<'_, '_, '_>, flows: Option<String>, finding: &mut Finding) {
    let (record, rule) = (case.record, case.rule);
    let words = case.words.as_deref().map(str::trim);
    let first = words.and_then(|words| words.lines().next()).map(str::trim);
    let summary = rule.and_then(|rule| rule.own_summary.clone());
    let title = first.filter(|line| line.len() <= LONGEST_TITLE || summary.is_none());
    finding.title = title
        .and_then(Text::some_line)
        .or(summary)
        .or_else(|| finding.rule.name.clone())
        .or_else(|| finding.rule.id.clone());
    let told = words.filter(|words| Some(*words) != title);
    finding.description = told
        .and_then(Text::some_prose)
        // In shared memory: a report may have many results of one rule.
        .or_else(|| rule?.description.clone())
        .filter(|description| Some(description) != finding.title.as_ref());
    let count = record.occurrence_count.0.filter(|count| *count > 1);
    let count = count.map(|count| format!("The tool counts {count} occurrences."));
    if count.is_some() || flows.is_some() {
        let title = finding.title.clone().filter(|_| count.is_some());
        let before = finding.description.take().or(title);
        let before = before.map(|before| before.untrusted().to_owned());
        let paragraphs: Vec<String> = [before, count, flows].into_iter().flatten().collect();
        finding.description = Text::some_prose(&paragraphs.join("\n\n"));
    }
    let fix = record
        .fixes
        .0
        .iter()
        .find_map(|fix| message::words(&fix.0.description.0, &[]));
    finding.recommendation = fix
        .and_then(|words| Text::some_prose(&words))
        .or_else(|| rule?.help.clone())
        .filter(|help| Some(help) != finding.description.as_ref());
    let place = trace::primary(record);
    let snippet = place.and_then(|place| place.physical_location.0.region.0.snippet.0.text.raw());
    // The snippet of a secret is the secret.
    let snippet = snippet.filter(|_| finding.kind != Kind::Secret);
    finding.evidence = snippet.and_then(Text::some_prose);
    finding
        .links
        .extend(rule.and_then(|rule| rule.link.clone()));
    finding
        .links
        .extend(record.hosted_viewer_uri.get().and_then(Text::some_line));
    let work_items = record.work_item_uris.0.iter().filter_map(Word::get);
    finding.links.extend(work_items.filter_map(Text::some_line));
}

impl Maker<'_> {
    /// All locations, and the address that a web scanner asked.
    pub(super) fn locations(&self, case: &Case<'_, '_, '_>, finding: &mut Finding) {
        let address = case
            .record
            .web_request
            .0
            .target
            .get()
            .and_then(Text::some_line);
        for (index, place) in case.record.locations.0.iter().enumerate() {
            let artifact = &place.0.physical_location.0.artifact_location.0;
            let own;
            let target = if index == 0 {
                self.path(&case.trace)
            } else {
                own = (self.run).resolve(&run::raw(artifact), artifact.index.index());
                own.as_ref()
            };
            let mut location = self.location(place, target);
            if index == 0 && location.url.is_none() {
                location.url.clone_from(&address);
            }
            if location != Location::default() {
                finding.locations.insert(location);
            }
        }
        if finding.locations.is_empty() && address.is_some() {
            finding.locations.insert(Location {
                url: address,
                ..Location::default()
            });
        }
    }

    fn location(&self, place: &Object<Place<'_>>, target: Option<&(Target, Text)>) -> Location {
        let physical = &place.0.physical_location.0;
        let region: &Region<'_> = &physical.region.0;
        let mut location = Location {
            start_line: region.start_line.line(),
            ..Location::default()
        };
        // Columns and an end without a first line are of a region that is given by offsets.
        if location.start_line.is_some() {
            location.start_column = region.start_column.line();
            location.end_line = region.end_line.line();
            location.end_column = region.end_column.line();
        }
        match target {
            Some((Target::Path(_), words)) => location.path = Some(words.clone()),
            Some((Target::Web(_), words)) => location.url = Some(words.clone()),
            None => {}
        }
        let logical = place.0.logical_locations.0.iter().find_map(|logical| {
            let by_index = || self.run.logical(logical.0.index.index()?).cloned();
            run::own_name(&logical.0).or_else(by_index)
        });
        let address = &physical.address.0;
        let name = || {
            let named = address.fully_qualified_name.get().or(address.name.get());
            let number = || address.number.0.map(|number| format!("{number:#x}"));
            Text::some_line(&named.map(str::to_owned).or_else(number)?)
        };
        location.logical = logical.or_else(name);
        location
    }

    /// When it was detected, and when the scan took place.
    pub(super) fn times(&self, record: &Record<'_>, finding: &mut Finding) {
        let provenance = &record.provenance.0;
        let time = |word: Option<&str>| word.and_then(run::timestamp);
        let first = time(provenance.first_detection_time_utc.get());
        let last = time(provenance.last_detection_time_utc.get());
        if first.is_some() || last.is_some() {
            self.run.has_own_times();
        }
        let moment = |words: &str, at| Moment::new(at, format!("{words} {}", self.input.name()));
        finding.first_seen = first.map(|at| moment("first detection in", at));
        match provenance.invocation_index.index() {
            None => self.scan_time(finding),
            Some(invocation) => {
                let scanned = self.run.scanned_in(invocation);
                let scan_time = scanned.map(|at| moment("scan time of", at));
                finding.first_seen.join(scan_time);
                finding.last_seen = scanned;
            }
        }
        finding.last_seen = finding.last_seen.max(last);
    }

    /// When the run took place, which every result of it has been seen at.
    pub(super) fn scan_time(&self, finding: &mut Finding) {
        finding.first_seen.join(self.scanned.clone());
        finding.last_seen = self.scanned.as_ref().map(|scanned| scanned.at);
    }

    /// Suppressions with their status; one without a status counts, one with an unknown status does not
    /// (section 3.35.3). Drafts of the format call the status `state`. What is no object suppresses nothing.
    pub(super) fn suppressions(&self, record: &Record<'_>) -> Set<Suppression> {
        let known = record
            .suppressions
            .0
            .iter()
            .filter_map(|known| known.0.as_ref());
        let each = known.map(|suppression| {
            let status = suppression.status.get().or(suppression.state.get());
            let status = match status.map(str::to_ascii_lowercase).as_deref() {
                None | Some("accepted") => SuppressionStatus::Accepted,
                Some("rejected") => SuppressionStatus::Rejected,
                Some(_) => SuppressionStatus::UnderReview,
            };
            Suppression {
                status,
                scanner: self.run.scanner().clone(),
                kind: Text::line(suppression.kind.get().unwrap_or("external")),
                justification: suppression.justification.get().and_then(Text::some_prose),
            }
        });
        each.collect()
    }
}
