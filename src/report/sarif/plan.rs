//! The first pass over a report: which runs there are, and the rules of each.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Entry, Finding, InputRecord, Report, Score, Status, Text};
use crate::report::escape::json;
use crate::report::{tool, wording};

/// The name of the run for what belongs to no scanner.
pub(super) const OWN_NAME: &str = tool::NAME;

/// How much of a report goes into a log.
pub(super) struct Limits {
    /// Runs of a log.
    pub(super) runs: usize,
    /// Results of a run.
    pub(super) results: usize,
    /// Results of all runs.
    pub(super) all: usize,
    /// Whether fixed findings are told.
    pub(super) tells_fixed: bool,
}

impl Limits {
    /// What GitHub takes of a log; it refuses one with more.
    pub(super) const fn of_github() -> Self {
        Self {
            runs: 20,
            results: 25_000,
            all: usize::MAX,
            tells_fixed: true,
        }
    }
}

/// The runs by the name of their scanner.
pub(super) struct Plan<'a> {
    pub(super) runs: BTreeMap<&'a str, Run<'a>>,
    /// Scanners that have no run of their own, since a log has only so many; theirs is in the run of this tool.
    pub(super) guests: BTreeSet<&'a str>,
    /// What was left out before, in words.
    pub(super) part: Option<String>,
}

/// What one scanner found, in the order of the report.
#[derive(Default)]
pub(super) struct Run<'a> {
    pub(super) entries: Vec<&'a Entry>,
    /// How many findings are not told, since a log has only so many results.
    pub(super) left_out: u64,
    pub(super) rules: BTreeMap<&'a str, Rule<'a>>,
    /// Inputs that were not read in full.
    pub(super) troubled: Vec<&'a InputRecord>,
    versions: BTreeSet<&'a Text>,
}

/// What the findings of one rule say of it together.
pub(super) struct Rule<'a> {
    /// Its place in the list of rules.
    pub(super) index: usize,
    pub(super) name: Option<&'a Text>,
    pub(super) title: Option<&'a Text>,
    pub(super) description: Option<&'a Text>,
    pub(super) recommendation: Option<&'a Text>,
    /// The worst of its findings.
    pub(super) score: Score,
}

/// Who comes in where not all do: those whose clock runs before the others, and both in the order of the report.
#[derive(Default)]
struct Quota {
    running: usize,
    seen_running: usize,
    seen_others: usize,
}

impl Quota {
    fn expect(&mut self, entry: &Entry) {
        self.running += usize::from(entry.assessment.status.is_due());
    }

    fn admits(&mut self, entry: &Entry, limit: usize) -> bool {
        let rank = if entry.assessment.status.is_due() {
            self.seen_running += 1;
            self.seen_running
        } else {
            self.seen_others += 1;
            self.running + self.seen_others
        };
        rank <= limit
    }
}

impl<'a> Plan<'a> {
    pub(super) fn of(report: &'a Report, limits: &Limits) -> Self {
        let is_told =
            |entry: &&Entry| limits.tells_fixed || entry.assessment.status != Status::Fixed;
        let told = || report.in_order().filter(is_told);
        let troubled: BTreeSet<_> = wording::troubled(report)
            .map(|input| &input.scanner)
            .collect();
        let clean = report.inputs.iter().filter_map(|input| {
            let scanner = input.scanner.as_ref().filter(|name| !name.is_empty())?;
            (!troubled.contains(&input.scanner)).then(|| json(scanner))
        });
        let mut names: BTreeSet<&str> = told().map(|entry| scanner(&entry.finding)).collect();
        names.extend(clean);
        let guests = guests(&names, limits.runs);
        let host = |name: &'a str| {
            if guests.contains(name) {
                OWN_NAME
            } else {
                name
            }
        };

        let mut runs: BTreeMap<&str, Run<'a>> = BTreeMap::new();
        for name in names {
            runs.entry(host(name)).or_default();
        }
        let mut of_log = Quota::default();
        let mut of_runs: BTreeMap<&str, Quota> = BTreeMap::new();
        for entry in told() {
            of_log.expect(entry);
            let of_run = of_runs.entry(host(scanner(&entry.finding))).or_default();
            of_run.expect(entry);
        }
        for entry in told() {
            let name = host(scanner(&entry.finding));
            let run = runs.entry(name).or_default();
            let of_run = of_runs.entry(name).or_default();
            let is_in_run = of_run.admits(entry, limits.results);
            if of_log.admits(entry, limits.all) && is_in_run {
                run.entries.push(entry);
                run.rule(entry);
            } else {
                run.left_out += 1;
            }
        }
        for input in &report.inputs {
            let name = input.scanner.as_ref().map(json);
            if let Some(run) = name.and_then(|name| runs.get_mut(name)) {
                let version = input.scanner_version.as_ref();
                run.versions
                    .extend(version.filter(|version| !version.is_empty()));
            }
        }
        for input in wording::troubled(report) {
            let name = input.scanner.as_ref().map_or(OWN_NAME, json);
            let name = if runs.contains_key(name) {
                name
            } else {
                OWN_NAME
            };
            runs.entry(name).or_default().troubled.push(input);
        }
        if runs.is_empty() {
            runs.insert(OWN_NAME, Run::default());
        }
        for run in runs.values_mut() {
            for (index, rule) in run.rules.values_mut().enumerate() {
                rule.index = index;
            }
        }
        Self {
            runs,
            guests,
            part: None,
        }
    }

    /// How many results the log has.
    pub(super) fn results(&self) -> usize {
        self.runs.values().map(|run| run.entries.len()).sum()
    }

    /// How many findings it does not tell.
    pub(super) fn left_out(&self) -> u64 {
        self.runs.values().map(|run| run.left_out).sum()
    }
}

/// The scanners that get no run of their own: the last ones by name, so that the others keep theirs from day to day,
/// whoever finds more.
fn guests<'a>(names: &BTreeSet<&'a str>, most: usize) -> BTreeSet<&'a str> {
    // What belongs to no scanner may need the run of this tool.
    let others = names.iter().filter(|name| **name != OWN_NAME);
    others.skip(most.saturating_sub(1)).copied().collect()
}

impl<'a> Run<'a> {
    /// The version of the scanner, where all inputs agree.
    pub(super) fn version(&self) -> Option<&'a str> {
        match self.versions.len() {
            1 => self.versions.first().copied().map(json),
            _ => None,
        }
    }

    /// Takes in what a finding says of its rule. The smallest text stands for all, so that the order of the report,
    /// which moves from day to day, does not show.
    fn rule(&mut self, entry: &'a Entry) {
        let Finding {
            rule,
            title,
            description,
            recommendation,
            ..
        } = &*entry.finding;
        let assessment = &entry.assessment;
        let score = super::security_severity(assessment.severity, assessment.score);
        let known = self.rules.entry(rule_id(&entry.finding)).or_insert(Rule {
            index: 0,
            name: None,
            title: None,
            description: None,
            recommendation: None,
            score,
        });
        known.score = known.score.max(score);
        let smaller = |mine: &mut Option<&'a Text>, theirs: &'a Option<Text>| {
            *mine = mine.iter().copied().chain(theirs).min();
        };
        smaller(&mut known.name, &rule.name);
        smaller(&mut known.title, title);
        smaller(&mut known.description, description);
        smaller(&mut known.recommendation, recommendation);
    }
}

/// Whose run a finding is in: the scanner of the first sighting, else of the first claim.
fn scanner(finding: &Finding) -> &str {
    let sighting = finding.sightings.first().map(|sighting| &sighting.scanner);
    let claim = finding.claims.iter().next().map(|claim| &claim.scanner);
    sighting
        .or(claim)
        .filter(|name| !name.is_empty())
        .map_or(OWN_NAME, json)
}

/// The rule of a finding; of one without, its first public id or else its kind.
pub(super) fn rule_id(finding: &Finding) -> &str {
    finding
        .rule
        .id
        .as_ref()
        .or(finding.ids.first())
        .filter(|id| !id.is_empty())
        .map_or(finding.kind.name(), json)
}
