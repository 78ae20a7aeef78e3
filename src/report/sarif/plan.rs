//! The first pass over a report: which runs there are, and the rules of each.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Entry, Finding, InputRecord, Report, Score, Text};
use crate::report::escape::json;
use crate::report::wording;

/// The name of the tool that writes, and of the run for what belongs to no scanner.
pub(super) const OWN_NAME: &str = "scanfold";

/// The runs by the name of their scanner.
pub(super) struct Plan<'a> {
    pub(super) runs: BTreeMap<&'a str, Run<'a>>,
}

/// What one scanner found, in the order of the report.
#[derive(Default)]
pub(super) struct Run<'a> {
    pub(super) entries: Vec<&'a Entry>,
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

impl<'a> Plan<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        let mut runs: BTreeMap<&str, Run<'a>> = BTreeMap::new();
        for entry in &report.entries {
            let run = runs.entry(scanner(&entry.finding)).or_default();
            run.entries.push(entry);
            run.rule(entry);
        }
        let troubled: BTreeSet<_> = wording::troubled(report)
            .map(|input| &input.scanner)
            .collect();
        for input in &report.inputs {
            if let Some(scanner) = &input.scanner
                && !scanner.is_empty()
                && !troubled.contains(&input.scanner)
            {
                runs.entry(json(scanner)).or_default();
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
        Self { runs }
    }
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
