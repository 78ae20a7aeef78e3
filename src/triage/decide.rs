//! Attaches what triage files say to the findings that they speak of.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound::{Included, Unbounded};

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::baseline::Looks;
use super::condition::{Condition, key_of_id, paths_of};
use super::file::{Says, TriageEntry, TriageFile};
use crate::glob::Globs;
use crate::model::{Decision, Facts, Finding, Moment, Set, Text, TriageRow, Verdict};

/// An entry that takes more findings out of the count than this was hardly meant to.
const MANY: usize = 50;

/// Attaches every entry to each finding that it reaches, and says how many these are.
///
/// What is attached is a fact: an entry that has ended is attached too, and does not hold. Doing it twice, or in each of
/// several merges that are merged, changes nothing. `today` is the day of as-of by which entries end.
pub fn decide(
    facts: &mut Facts,
    files: &[TriageFile],
    as_of: Timestamp,
    today: Date,
) -> Vec<TriageRow> {
    let entries = || {
        files
            .iter()
            .flat_map(|file| file.entries.iter().map(move |entry| (&file.source, entry)))
    };
    if entries().next().is_none() {
        return Vec::new();
    }
    let index = Index::of(&facts.findings);
    // Only a name that counts equal ones asks how many there are.
    let by_name = |(_, entry): (&Text, &TriageEntry)| entry.condition.has_fingerprints();
    let equals = if entries().any(by_name) {
        equals(&facts.findings)
    } else {
        BTreeMap::new()
    };
    let reached: Vec<(Vec<usize>, usize)> = entries()
        .map(|(_, entry)| {
            let mut reached = index.reached(&entry.condition);
            let all = reached.len();
            let is_sure = |place: &usize| {
                let finding = &facts.findings[*place];
                !entry.says.suppresses()
                    || !entry.condition.is_by_order(finding)
                    || Looks::of(finding).is_none_or(|looks| equals.get(&looks) == Some(&1))
            };
            reached.retain(is_sure);
            let unsure = all - reached.len();
            (reached, unsure)
        })
        .collect();
    let mut rows = Vec::new();
    for ((source, entry), (reached, unsure)) in entries().zip(reached) {
        for &finding in &reached {
            // The indices come from this very list.
            attach(&mut facts.findings[finding], source, entry);
        }
        rows.push(TriageRow {
            source: source.clone(),
            line: entry.line,
            entry: Text::line(entry.says.name()),
            until: entry.says.until(),
            findings: reached.len() as u64,
            note: note(entry, reached.len(), unsure, as_of, today),
        });
    }
    rows.sort();
    rows.dedup();
    rows
}

/// How many findings look alike, those that are gone among them.
fn equals(findings: &[Box<Finding>]) -> BTreeMap<Looks<'_>, usize> {
    let mut equals = BTreeMap::new();
    for looks in findings.iter().filter_map(|finding| Looks::of(finding)) {
        *equals.entry(looks).or_default() += 1;
    }
    equals
}

/// What the author of an entry should know.
fn note(
    entry: &TriageEntry,
    reached: usize,
    unsure: usize,
    as_of: Timestamp,
    today: Date,
) -> Option<Text> {
    let mut notes = Vec::new();
    if let Some(until) = entry.says.until().filter(|until| *until < today) {
        notes.push(format!("expired, it held until {until}"));
    }
    if unsure > 0 {
        let why = "not applied to one of several equal findings, which only their order tells apart: name rule and path for all";
        notes.push(why.to_owned());
    } else if reached == 0 {
        notes.push("reaches nothing".to_owned());
    }
    if entry.says.suppresses() {
        if entry.condition.names_nothing() {
            let missing = "too broad, it names no fingerprint, id, rule, package, path or ticket";
            notes.push(missing.to_owned());
        }
        if reached > MANY {
            notes.push(format!("too broad, it reaches {reached} findings"));
        }
        let year = today.checked_add(1.year()).unwrap_or(Date::MAX);
        if entry.says.until().is_some_and(|until| until > year) {
            notes.push("too long, it holds for more than a year".to_owned());
        }
    }
    if let Says::Date { at, .. } = entry.says
        && at > as_of
    {
        notes.push("has not happened yet, and starts no clock until then".to_owned());
    }
    (!notes.is_empty()).then(|| Text::line(&notes.join("; ")))
}

fn attach(finding: &mut Finding, file: &Text, entry: &TriageEntry) {
    let source = Text::line(&format!("{} line {}", file.untrusted(), entry.line));
    let (verdict, reason, by, until) = match &entry.says {
        Says::Accept { reason, by, until } => (Verdict::Accepted, reason, by, Some(*until)),
        Says::FalsePositive { reason, by, until } => (Verdict::FalsePositive, reason, by, *until),
        Says::Assign { owner } => {
            return finding.note(|history| {
                history.owners.insert(owner.clone());
            });
        }
        Says::Date { fact, at, by } => {
            let source = format!("{}, says {}", source.untrusted(), by.untrusted());
            return finding.date(*fact, Moment::new(*at, source));
        }
    };
    let condition = &entry.condition;
    // What is said of a ticket holds for all that the ticket names, which is worked out when all is known.
    let ticket = finding
        .ticket
        .as_ref()
        .filter(|_| !condition.tickets.is_empty());
    let decision = Decision {
        verdict,
        source,
        by: Some(by.clone()),
        reason: Some(reason.clone()),
        until,
        said: None,
        subject: ticket.map(|ticket| Decision::subject_of_ticket(&ticket.key)),
        versions: condition.versions.clone(),
        paths: condition.paths.clone(),
    };
    finding.note(|history| {
        history.decisions.insert(decision);
    });
}

/// The findings by what entries name them with, so that not every entry is held against every finding.
struct Index<'a> {
    findings: &'a [Box<Finding>],
    keys: BTreeMap<[u8; 32], Vec<usize>>,
    /// In lower case.
    ids: BTreeMap<String, Vec<usize>>,
    /// In lower case.
    tickets: BTreeMap<String, Vec<usize>>,
    packages: BTreeMap<String, Vec<usize>>,
    rules: BTreeMap<&'a str, Vec<usize>>,
    paths: BTreeMap<&'a str, Vec<usize>>,
    /// Those with more places than are kept.
    cut: Vec<usize>,
    /// For each app and package of which a finding has more keys than ids, one such finding: an id may be among them.
    forgotten: BTreeMap<(&'a Text, &'a Text), usize>,
}

impl<'a> Index<'a> {
    fn of(findings: &'a [Box<Finding>]) -> Self {
        let mut index = Self {
            findings,
            keys: BTreeMap::new(),
            ids: BTreeMap::new(),
            tickets: BTreeMap::new(),
            packages: BTreeMap::new(),
            rules: BTreeMap::new(),
            paths: BTreeMap::new(),
            cut: Vec::new(),
            forgotten: BTreeMap::new(),
        };
        for (place, finding) in findings.iter().enumerate() {
            for key in finding.names() {
                index.keys.entry(*key.hash()).or_default().push(place);
            }
            for id in &finding.ids {
                let id = id.untrusted().to_ascii_lowercase();
                index.ids.entry(id).or_default().push(place);
            }
            if let Some(ticket) = &finding.ticket {
                let key = ticket.key.untrusted().to_ascii_lowercase();
                index.tickets.entry(key).or_default().push(place);
            }
            for name in finding.package_names() {
                index
                    .packages
                    .entry(name.into_owned())
                    .or_default()
                    .push(place);
            }
            for rule in finding.checks() {
                index.rules.entry(rule.untrusted()).or_default().push(place);
            }
            for path in paths_of(finding) {
                index.paths.entry(path.untrusted()).or_default().push(place);
            }
            if finding.locations.more() {
                index.cut.push(place);
            }
            if let Some(package) = &finding.package
                && finding.keys.len() > finding.ids.len()
            {
                let name = (&finding.app, &package.purl);
                index.forgotten.entry(name).or_insert(place);
            }
        }
        index
    }

    /// The findings for which the condition holds, each once.
    fn reached(&self, condition: &Condition) -> Vec<usize> {
        // The indices come from this very list.
        let holds = |&place: &usize| condition.holds(&self.findings[place]);
        match self.candidates(condition) {
            Some(candidates) => candidates.into_iter().filter(holds).collect(),
            None => (0..self.findings.len()).filter(holds).collect(),
        }
    }

    /// All findings for which the condition may hold, by the one of its parts that names the fewest; `None` is all.
    fn candidates(&self, condition: &Condition) -> Option<BTreeSet<usize>> {
        let Condition {
            fingerprints,
            ids,
            package,
            rule,
            path,
            tickets,
            ..
        } = condition;
        let mut found = BTreeSet::new();
        if !fingerprints.is_empty() {
            for digits in fingerprints {
                found.extend(self.by_digits(digits));
            }
        } else if !ids.is_empty() {
            for id in ids {
                let own = self.ids.get(&id.to_ascii_lowercase());
                found.extend(own.into_iter().flatten());
                found.extend(self.by_forgotten(id));
            }
        } else if !tickets.is_empty() {
            for key in tickets {
                let own = self.tickets.get(&key.to_ascii_lowercase());
                found.extend(own.into_iter().flatten());
            }
        } else if let Some(package) = package {
            found.extend(matching(&self.packages, package));
        } else if let Some(rule) = rule {
            found.extend(matching(&self.rules, rule));
        } else if let Some(path) = path {
            found.extend(matching(&self.paths, path));
            found.extend(&self.cut);
        } else {
            return None;
        }
        Some(found)
    }

    /// The findings of which a key begins with these hexadecimal digits.
    fn by_digits(&self, digits: &str) -> impl Iterator<Item = usize> {
        let filled = |digit: char| {
            let hex: String = digits
                .chars()
                .chain(std::iter::repeat(digit))
                .take(64)
                .collect();
            // The digits were checked when the file was read; what is none would match nothing.
            blake3::Hash::from_hex(hex).map_or([0; 32], |hash| *hash.as_bytes())
        };
        let range = self.keys.range(filled('0')..=filled('f'));
        range.flat_map(|(_, places)| places.iter().copied())
    }

    /// The findings with a key of this id, although no scanner tells the id any more.
    fn by_forgotten(&self, id: &str) -> impl Iterator<Item = usize> {
        let keys = self.forgotten.values().filter_map(move |&place| {
            // The indices come from this very list.
            let key = key_of_id(&self.findings[place], id)?;
            self.keys.get(key.hash())
        });
        keys.flatten().copied()
    }
}

/// The findings under a name that matches one of the globs. Only names are looked at that begin like one of them.
fn matching<K: Ord + AsRef<str> + std::borrow::Borrow<str>>(
    names: &BTreeMap<K, Vec<usize>>,
    globs: &Globs,
) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    for prefix in globs.prefixes() {
        let from = names.range::<str, _>((Included(prefix), Unbounded));
        for (name, places) in from.take_while(|(name, _)| name.as_ref().starts_with(prefix)) {
            if globs.is_match(name.as_ref()) {
                found.extend(places);
            }
        }
    }
    found
}

/// Forgets what an earlier report decided: it counts only while it stands in a file of today.
pub fn forget(facts: &mut Facts) {
    for finding in &mut facts.findings {
        if finding.history.is_some() {
            finding.note(|history| {
                history.decisions = Set::new();
                history.owners = Set::new();
            });
        }
    }
}
