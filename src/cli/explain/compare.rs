//! Which key makes two findings one, or which field keeps them apart.

use std::collections::BTreeSet;
use std::io::{self, Write as _};

use super::Found;
use crate::model::{Finding, Key, KeyLabel, Kind, Text};
use crate::report::escape::terminal;
use crate::report::page::{Role, Sheet};
use crate::report::wording::{count, digits, subject};

/// The labels of keys with what it means when both findings have one and they differ.
const LABELS: [(KeyLabel, &str); 9] = [
    (KeyLabel::Cve, "both have a CVE id, and not the same one"),
    (KeyLabel::Ghsa, "both have a GHSA id, and not the same one"),
    (
        KeyLabel::Advisory,
        "both have another advisory id, and not the same one",
    ),
    (
        KeyLabel::Fingerprint,
        "the tool itself gives each a fingerprint of its own",
    ),
    (
        KeyLabel::Snippet,
        "the code differs, or it is another of several equal places in one report",
    ),
    (
        KeyLabel::Logical,
        "the function or class differs, or it is another place within the same one",
    ),
    (
        KeyLabel::Position,
        "each is another one of those with this rule and path in one report",
    ),
    (
        KeyLabel::Requirement,
        "the requirement is not met at another place",
    ),
    (KeyLabel::Ticket, "the tracker gives each a key of its own"),
];

pub(super) fn write(one: &Found<'_>, other: &Found<'_>, out: &mut Sheet<'_>) -> io::Result<()> {
    if one.entry.fingerprint == other.entry.fingerprint {
        return same(one, other, out);
    }
    for found in [one, other] {
        let entry = found.entry;
        let head = format!("{}  ", digits(&entry.fingerprint));
        out.wrapped(head, Role::Heading.of(subject(entry, terminal)))?;
    }
    let (a, b) = (&*one.entry.finding, &*other.entry.finding);
    let shared: Vec<_> = a.keys.iter().filter(|key| b.keys.contains(key)).collect();
    if shared.is_empty() {
        writeln!(out, "\nThey are two findings: they have no key in common.")?;
    } else {
        kept_apart(&shared, a, b, out)?;
    }
    let differences = differences(a, b);
    for (name, why, left, right) in &differences {
        out.heading(&format!("{name}: {why}"))?;
        for words in [left, right] {
            let words = if words.is_empty() { "none" } else { words };
            out.wrapped("  ", words)?;
        }
    }
    if differences.is_empty() {
        writeln!(
            out,
            "\nKind, app, package, rule and path are the same. Their keys differ:"
        )?;
        keys(a, b, out)?;
    }
    Ok(())
}

/// Both words lead to one finding.
fn same(one: &Found<'_>, other: &Found<'_>, out: &mut Sheet<'_>) -> io::Result<()> {
    let entry = one.entry;
    out.wrapped("", Role::Heading.of(subject(entry, terminal)))?;
    writeln!(out)?;
    for found in [one, other] {
        let word = Text::line(found.word);
        let what = match found.key {
            Some(key) if *key == entry.fingerprint => {
                "starts its fingerprint, made of the key".to_owned()
            }
            Some(_) => "starts another of its keys, made of the key".to_owned(),
            None => "is a public id of it, or the key of a ticket that names it".to_owned(),
        };
        let label = found
            .key
            .map_or(String::new(), |key| format!(" `{}`", key.label().name()));
        out.wrapped("  ", format!("`{}` {what}{label}", terminal(&word)))?;
    }
    let keys = count(entry.finding.keys.len() as u64, "key");
    writeln!(out)?;
    let words =
        format!("They are one finding: it has {keys}, and whatever has one of these is it.");
    out.wrapped("", words)?;
    for key in &entry.finding.keys {
        writeln!(out, "  {:<12} {}", key.label().name(), digits(key))?;
    }
    Ok(())
}

/// Two findings that share a key all the same, and why they are two.
fn kept_apart(shared: &[&Key], a: &Finding, b: &Finding, out: &mut Sheet<'_>) -> io::Result<()> {
    let names: Vec<_> = shared
        .iter()
        .map(|key| format!("{} {}", key.label().name(), digits(key)))
        .collect();
    let why = if a.stands_beside(b) {
        "one report shows both, as different records"
    } else {
        "what else is linked to them is shown by one report as different records"
    };
    writeln!(out)?;
    let words = format!(
        "They are two findings although they have in common: {}. They are kept apart because {why}.",
        names.join(", ")
    );
    out.wrapped("", words)
}

/// The fields that the keys of a kind are made of: what stands in none of them keeps nothing apart. A dependency is its
/// package and its ids, in whatever lock file it lies and whatever a tool calls the check.
fn fields_of(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Dependency => &["kind", "app", "package", "ids"],
        Kind::Ticket => &["kind", "ticket"],
        Kind::Code | Kind::Secret | Kind::Configuration | Kind::Requirement => {
            &["kind", "app", "rule", "path", "scanner"]
        }
    }
}

/// The fields that identity is made of, where they differ, and what that means.
fn differences(a: &Finding, b: &Finding) -> Vec<(&'static str, &'static str, String, String)> {
    let outer =
        |text: Option<&Text>| text.map_or(String::new(), |text| terminal(text).into_owned());
    let package = |finding: &Finding| outer(finding.package.as_ref().map(|package| &package.purl));
    let paths = |finding: &Finding| {
        let paths: BTreeSet<&Text> = finding
            .locations
            .iter()
            .filter_map(|one| one.path.as_ref())
            .collect();
        paths
            .into_iter()
            .map(terminal)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let scanners = |finding: &Finding| {
        let names: BTreeSet<&Text> = finding.sightings.iter().map(|one| &one.scanner).collect();
        names
            .into_iter()
            .map(terminal)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let ids = |finding: &Finding| {
        finding
            .ids
            .iter()
            .map(terminal)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let ticket = |finding: &Finding| {
        let ticket = finding.ticket.as_ref();
        outer(ticket.map(|ticket| &ticket.key))
    };
    let mut rows = vec![
        (
            "kind",
            "problems of two kinds are never one",
            a.kind.name().to_owned(),
            b.kind.name().to_owned(),
        ),
        (
            "app",
            "each app has its own findings and its own clocks",
            outer(Some(&a.app)),
            outer(Some(&b.app)),
        ),
        (
            "package",
            "another package is another problem",
            package(a),
            package(b),
        ),
        (
            "rule",
            "another check is another problem",
            outer(a.rule.id.as_ref()),
            outer(b.rule.id.as_ref()),
        ),
        ("path", "another file is another place", paths(a), paths(b)),
    ];
    let is_shared = a.ids.iter().any(|id| b.ids.contains(id));
    rows.extend((!is_shared).then(|| ("ids", "no public id is in common", ids(a), ids(b))));
    rows.extend([
        (
            "scanner",
            "another tool has names of its own",
            scanners(a),
            scanners(b),
        ),
        (
            "ticket",
            "the tracker gives each a key of its own",
            ticket(a),
            ticket(b),
        ),
    ]);
    let (named, other) = (fields_of(a.kind), fields_of(b.kind));
    rows.retain(|(name, ..)| named.contains(name) && other.contains(name));
    rows.retain(|(_, _, left, right)| left != right);
    rows
}

/// What the keys of each label say, when the fields that people see are the same.
fn keys(a: &Finding, b: &Finding, out: &mut Sheet<'_>) -> io::Result<()> {
    for (label, differ) in LABELS {
        let has = |finding: &Finding| finding.keys.iter().any(|key| key.label() == label);
        let what = match (has(a), has(b)) {
            (true, true) => differ,
            (true, false) => "only the first has one",
            (false, true) => "only the second has one",
            (false, false) => continue,
        };
        out.wrapped(Role::Faint.of(format!("  {:<12} ", label.name())), what)?;
    }
    Ok(())
}
