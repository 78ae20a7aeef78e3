//! What is said of a finding: what it is called, where it is, who saw it and who exploits it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::sort;
use crate::model::{
    Capped, Entry, Epss, Finding, Kev, KevEntry, Key, Location, Share, Status, Text, preference,
};
use crate::report::escape::{Escape, json};

/// How many digits of a fingerprint are shown.
const DIGITS: usize = 12;

/// What a finding is called: its preferred public id, else the rule, else the ticket, else what kind it is.
pub(crate) fn name(finding: &Finding, escape: Escape) -> String {
    let preferred = finding.ids.iter().min_by_key(|id| preference(id));
    preferred
        .or(finding.rule.id.as_ref())
        .or(finding.rule.name.as_ref())
        .or(finding.ticket.as_ref().map(|ticket| &ticket.key))
        .map_or_else(
            || finding.kind.name().to_owned(),
            |id| escape(id).into_owned(),
        )
}

/// The location to show of several: the first with a path, else the first.
pub(in crate::report) fn first_location(finding: &Finding) -> Option<&Location> {
    finding
        .locations
        .iter()
        .find(|location| location.path.is_some())
        .or(finding.locations.first())
}

/// The first location in a file.
pub(in crate::report) fn file(finding: &Finding) -> Option<&Location> {
    first_location(finding).filter(|location| location.path.is_some())
}

/// Where a finding is, in a few words: the package with its versions, else the first location.
pub(crate) fn place(finding: &Finding, escape: Escape) -> Option<String> {
    if let Some(package) = &finding.package {
        let versions = some(&package.versions, escape);
        let space = if versions.is_empty() { "" } else { " " };
        return Some(format!("{}{space}{versions}", escape(&package.purl)));
    }
    let place = location(first_location(finding)?, escape)?;
    let others = match (finding.locations.len() - 1, finding.locations.more()) {
        (0, false) => String::new(),
        (others, false) => format!(" and {others} more"),
        (others, true) => format!(" and at least {} more", others + 1),
    };
    Some(format!("{place}{others}"))
}

/// One location: `src/a.js:3`, else its logical name, else its address.
pub(crate) fn location(location: &Location, escape: Escape) -> Option<String> {
    let Location {
        path,
        start_line,
        logical,
        url,
        start_column: _,
        end_line: _,
        end_column: _,
    } = location;
    match (path, start_line) {
        (Some(path), Some(line)) => Some(format!("{}:{line}", escape(path))),
        (Some(path), None) => Some(escape(path).into_owned()),
        (None, _) => logical
            .as_ref()
            .or(url.as_ref())
            .map(|words| escape(words).into_owned()),
    }
}

/// The first three members of a capped set, and `…` for the rest.
pub(in crate::report) fn some<const K: usize>(members: &Capped<Text, K>, escape: Escape) -> String {
    let mut shown: Vec<_> = members
        .iter()
        .take(3)
        .map(|member| escape(member))
        .collect();
    if members.len() > 3 || members.more() {
        shown.push("…".into());
    }
    shown.join(", ")
}

/// Who saw a finding, each once.
pub(crate) fn scanners(finding: &Finding, escape: Escape) -> Vec<String> {
    let names: BTreeSet<&Text> = finding
        .sightings
        .iter()
        .map(|sighting| &sighting.scanner)
        .collect();
    names
        .into_iter()
        .map(|name| escape(name).into_owned())
        .collect()
}

/// An app, or that there is none.
pub(in crate::report) fn app(app: &Text, escape: Escape) -> String {
    match escape(app) {
        app if app.is_empty() => "no app".to_owned(),
        app => app.into_owned(),
    }
}

/// Who has to deal with a finding, if somebody was told to.
pub(crate) fn owners(finding: &Finding, escape: Escape) -> Option<String> {
    let owners = &finding.history().owners;
    let names: Vec<_> = owners.iter().map(|owner| escape(owner)).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// The keys of the tickets that name a finding.
pub(in crate::report) fn tickets(entry: &Entry, escape: Escape) -> Vec<String> {
    let tickets = entry.tickets.iter();
    tickets
        .map(|ticket| escape(&ticket.key).into_owned())
        .collect()
}

/// The first digits of a fingerprint, enough to name a finding by.
pub(crate) fn digits(key: &Key) -> String {
    let mut digits = key.hex();
    digits.truncate(DIGITS);
    digits
}

/// A finding in a few words: what it is called and where it is.
pub(crate) fn subject(entry: &Entry, escape: Escape) -> String {
    let name = name(&entry.finding, escape);
    match place(&entry.finding, escape) {
        Some(place) => format!("{name} in {place}"),
        None => name,
    }
}

/// `open`, but `waiting` while a tracker waits for the platform: the clock runs on, and somebody else has the next move;
/// and of what is suppressed which sort of decision does it: `suppressed (false positive)`.
pub(crate) fn status(entry: &Entry) -> String {
    match entry.assessment.status {
        Status::Open if entry.is_waiting() => "open, waiting".to_owned(),
        Status::Suppressed => match entry
            .assessment
            .suppressed
            .as_deref()
            .and_then(|one| one.kind)
        {
            Some(kind) => format!("suppressed ({})", sort(kind)),
            None => "suppressed".to_owned(),
        },
        status => status.name().to_owned(),
    }
}

/// What KEV catalogues say, if somebody looked there.
pub(crate) fn kev(finding: &Finding, escape: Escape) -> Option<String> {
    let Kev { listed, catalogue } = finding.history().exploited.kev.as_ref()?;
    let Some(entry) = listed else {
        return Some(format!("not listed (catalogue of {catalogue})"));
    };
    let KevEntry {
        added,
        id,
        due,
        ransomware,
    } = entry;
    let due = due.as_ref().map(|due| match &due.id {
        other if other == id => format!(", due {}", due.day),
        other => format!(", due {} as {}", due.day, escape(other)),
    });
    let due = due.unwrap_or_default();
    let ransomware = if *ransomware { ", ransomware" } else { "" };
    Some(format!(
        "listed {added} as {} (catalogue of {catalogue}){due}{ransomware}",
        escape(id)
    ))
}

/// How likely it is exploited soon, if somebody looked that up.
pub(crate) fn epss(finding: &Finding) -> Option<String> {
    let Epss {
        day,
        score,
        percentile,
        scored: _,
    } = finding.history().exploited.epss.as_ref()?;
    let Some(score) = score else {
        return Some(format!("not listed (scores of {day})"));
    };
    let percentile = percentile
        .map(|share| format!(", percentile {}", percent(share)))
        .unwrap_or_default();
    Some(format!("{}{percentile} (scores of {day})", percent(*score)))
}

/// `93.1 %`, `0.04 %`.
fn percent(share: Share) -> String {
    let words = format!("{:.2}", share.value() * 100.0);
    let words = words.trim_end_matches('0').trim_end_matches('.');
    format!("{words} %")
}

/// A mark behind the name of what is known to be exploited.
pub(in crate::report) fn mark(finding: &Finding) -> &'static str {
    if is_exploited(finding) { " [KEV]" } else { "" }
}

/// Whether a KEV catalogue lists it.
pub(in crate::report) fn is_exploited(finding: &Finding) -> bool {
    let kev = finding.history().exploited.kev.as_ref();
    kev.is_some_and(|kev| kev.listed.is_some())
}

/// For what becomes a [`Text`] again or is escaped as a whole where it is shown.
pub(in crate::report) fn plain(text: &Text) -> Cow<'_, str> {
    Cow::Borrowed(json(text))
}
