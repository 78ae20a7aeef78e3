//! `sarif`: SARIF 2.1.0 for code scanning, one run for each scanner.

mod github;
mod notes;
mod plan;
mod shape;

use std::borrow::Cow;
use std::io::{self, Write as _};

use serde::Serialize;

use self::notes::{notification, remarks};
use self::plan::{Limits, Plan, Rule, Run};
use self::shape::Stream;
pub use github::GithubSarif;

use super::View;
use super::escape::{fit_characters, json, message, uri_path, uri_web};
use super::tool;
use super::wording;
use crate::model::{
    Baseline, Entry, Location, Report, Score, Severity, Share, Status, Ticket, Verdict,
};
use crate::wire;

/// What fits into a description; GitHub takes no longer ones.
const DESCRIPTION_LIMIT: usize = 1024;

/// SARIF 2.1.0 for code scanning.
///
/// The report is read twice: once for the rules, which stand before the results, and once while the results are
/// written. A scanner has a run when a finding is its own or when all its inputs were read in full: a run without results
/// closes the alerts of its category, so what was not read must not make one. It is told in scanfold's own run instead.
///
/// There are at most as many runs and results as GitHub takes, the most urgent ones, and the log says how many findings
/// have no result. [`GithubSarif`] keeps the other limits as well.
///
/// Results cannot hold all that is known of a finding, so the log carries the whole report in its property bag: whoever
/// merges the log again reads that, and has the same findings.
pub struct Sarif;

impl super::Writer for Sarif {
    fn name(&self) -> &'static str {
        "sarif"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["sarif"]
    }

    fn usage(&self) -> &'static str {
        "SARIF 2.1.0 for code scanning, one run for each scanner"
    }

    fn write(&self, report: &Report, view: &View, out: &mut dyn io::Write) -> io::Result<()> {
        let mut plan = Plan::of(report, &Limits::of_github());
        plan.part = view.part.as_ref().map(|part| part.words(message));
        let names = wire::Names::of(&report.inputs);
        let properties = shape::LogProperties {
            scanfold: wire::document(report, &names),
            results_left_out: plan.left_out(),
        };
        log(report, &plan, Some(properties), out)
    }
}

fn log<P: Serialize>(
    report: &Report,
    plan: &Plan<'_>,
    properties: Option<shape::LogProperties<P>>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    // A writer behind a pointer is slow to take a text word by word.
    let mut out = io::BufWriter::with_capacity(64 << 10, out);
    let runs = || plan.runs.iter();
    let log = shape::Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        properties,
        runs: Stream(|| runs().map(|(scanner, run)| sarif_run(scanner, run, plan, report))),
    };
    serde_json::to_writer(&mut out, &log)?;
    out.write_all(b"\n")?;
    out.flush()
}

fn sarif_run<'a>(
    scanner: &'a str,
    run: &'a Run<'a>,
    plan: &'a Plan<'a>,
    report: &'a Report,
) -> impl Serialize + 'a {
    let left_out = Some(run.left_out).filter(|number| *number > 0);
    shape::Run {
        tool: shape::Tool {
            driver: shape::Driver {
                name: scanner,
                version: run.version(),
                rules: Some(Stream(move || {
                    run.rules.iter().map(|(id, rule)| sarif_rule(id, rule))
                })),
            },
        },
        conversion: shape::Conversion {
            tool: shape::Tool {
                driver: shape::Driver {
                    name: plan::OWN_NAME,
                    version: Some(tool::VERSION),
                    rules: None::<()>,
                },
            },
        },
        automation_details: shape::AutomationDetails {
            id: format!("scanfold/{scanner}/"),
        },
        invocations: [shape::Invocation {
            execution_successful: run.troubled.is_empty(),
            notifications: Stream(move || {
                let troubled = run.troubled.iter().map(|input| notification(input));
                troubled.chain(remarks(scanner, run, plan))
            }),
        }],
        properties: left_out.map(|results_left_out| shape::RunProperties { results_left_out }),
        results: Stream(move || {
            run.entries
                .iter()
                .map(move |entry| result(entry, run, report))
        }),
    }
}

fn sarif_rule<'a>(id: &'a str, rule: &'a Rule<'a>) -> impl Serialize + 'a {
    // GitHub wants all three texts and shows the first as the title of the alert.
    let title = rule.name.or(rule.title).map_or(Cow::Borrowed(id), message);
    let description = rule.description.map_or_else(|| title.clone(), message);
    let help = rule
        .recommendation
        .map_or_else(|| description.clone(), message);
    shape::Rule {
        id,
        short_description: shape::Message {
            text: fit_characters(title, DESCRIPTION_LIMIT),
        },
        full_description: shape::Message {
            text: fit_characters(description, DESCRIPTION_LIMIT),
        },
        help: shape::Message { text: help },
        properties: shape::RuleProperties {
            tags: ["security"],
            security_severity: rule.score.to_string(),
        },
    }
}

fn result<'a>(entry: &'a Entry, run: &'a Run<'a>, report: &'a Report) -> impl Serialize + 'a {
    let finding = &entry.finding;
    let rule_id = plan::rule_id(finding);
    let assessment = &entry.assessment;
    let exploited = &finding.history().exploited;
    let epss = exploited.epss.as_ref();
    shape::Result {
        rule_id,
        rule_index: run.rules.get(rule_id).map(|rule| rule.index),
        level: level(assessment.severity),
        message: shape::Message {
            text: sentence(entry).into(),
        },
        locations: locations(entry),
        partial_fingerprints: shape::Fingerprints {
            scanfold: entry.fingerprint.hex(),
        },
        baseline_state: baseline_state(assessment.status, finding.baseline),
        suppressions: suppression(entry),
        work_item_uris: entry
            .tickets
            .iter()
            .filter_map(|Ticket { url, .. }| uri_web(url.as_ref()?))
            .collect(),
        properties: shape::ResultProperties {
            app: Some(json(&finding.app)).filter(|app| !app.is_empty()),
            kind: finding.kind.name(),
            severity: assessment.severity.name(),
            score: assessment.score.map(|score| score.to_string()),
            status: assessment.status.name(),
            due: assessment.due().map(|due| due.by.to_string()),
            overdue: assessment.overdue(report.as_of),
            reopened: finding.is_reopened(),
            first_seen: entry.first_seen.as_ref().map(|first| first.at.to_string()),
            kev: exploited.kev.as_ref().map(|kev| kev.listed.is_some()),
            epss: epss.and_then(|epss| epss.score).map(Share::value),
            owners: finding.history().owners.iter().map(json).collect(),
            policy_tags: wording::policy_tags(entry, message),
        },
    }
}

/// Readers take an absent result for a fixed one, so only those are absent. One that nobody looked for is still here.
fn baseline_state(status: Status, baseline: Option<Baseline>) -> Option<&'static str> {
    let state = match (status, baseline?) {
        (Status::Fixed, _) => Baseline::Fixed,
        (_, Baseline::Fixed | Baseline::Unobserved) => Baseline::Unchanged,
        (_, baseline) => baseline,
    };
    Some(state.name())
}

/// How strongly a viewer shows it. What nobody rated is not shown as the mildest.
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High | Severity::Unknown => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// The score that GitHub takes the severity of an alert from: the assessed one, unless a policy has moved the severity
/// away from it; then the middle of the level. It knows no unrated alerts, and takes 0.0 for none.
fn security_severity(severity: Severity, score: Option<Score>) -> Score {
    const fn tenths(tenths: u8) -> Score {
        match Score::from_tenths(tenths) {
            Some(score) => score,
            None => panic!("a constant score is within 0 and 100 tenths"),
        }
    }
    const MIDDLE: [(Severity, Score); 6] = [
        (Severity::Critical, tenths(95)),
        (Severity::High, tenths(80)),
        // The mildest of the high ones: urgent as a policy takes it by default, below all that was rated so.
        (Severity::Unknown, tenths(70)),
        (Severity::Medium, tenths(55)),
        (Severity::Low, tenths(20)),
        (Severity::Info, tenths(0)),
    ];
    let middle = MIDDLE
        .into_iter()
        .find(|(level, _)| *level == severity)
        .map(|(_, score)| score);
    score
        .filter(|score| score.severity() == severity)
        .or(middle)
        .unwrap_or(tenths(70))
}

/// What is wrong, where it is fixed and when it is due: what a person reads at the alert.
fn sentence(entry: &Entry) -> String {
    let finding = &entry.finding;
    let name = || wording::name(finding, message);
    let mut words = finding
        .title
        .as_ref()
        .map_or_else(name, |title| message(title).into_owned());
    if let Some(package) = &finding.package {
        let place = wording::place(finding, message).unwrap_or_default();
        words = format!("{words}\nPackage: {place}");
        if !package.fixed_in.is_empty() {
            words = format!(
                "{words}, fixed in {}",
                wording::some(&package.fixed_in, message)
            );
        }
    }
    if let Some(due) = entry.assessment.running_due() {
        words = format!("{words}\nDue: {} ({})", due.by, message(&due.policy));
    }
    words
}

/// The places in the product. GitHub refuses a result without one, so the record that tells of it stands in.
fn locations(entry: &Entry) -> Vec<shape::Location<'_>> {
    let stated: Vec<_> = entry
        .finding
        .locations
        .iter()
        .filter_map(location)
        .collect();
    if !stated.is_empty() {
        return stated;
    }
    let record = entry
        .finding
        .sightings
        .first()
        .map(|sighting| &sighting.place);
    vec![shape::Location {
        physical_location: shape::PhysicalLocation {
            artifact_location: shape::ArtifactLocation {
                uri: record.map_or_else(
                    || plan::OWN_NAME.to_owned(),
                    |place| uri_path(&place.report.path),
                ),
            },
            region: shape::Region::first_line(),
        },
        logical_locations: entry
            .finding
            .locations
            .iter()
            .filter_map(|place| place.logical.as_ref())
            .map(|name| shape::LogicalLocation {
                fully_qualified_name: json(name),
            })
            .collect(),
    }]
}

/// A location with something to open.
fn location(location: &Location) -> Option<shape::Location<'_>> {
    let Location {
        path,
        start_line,
        start_column,
        end_line,
        end_column,
        logical,
        url,
    } = location;
    let uri = match path {
        Some(path) => uri_path(path),
        None => uri_web(url.as_ref()?)?,
    };
    // GitHub wants a line; of a whole file it is the first. Without a line of its own a column or an end means nothing.
    let region = match start_line {
        Some(line @ 1..) => shape::Region {
            start_line: *line,
            start_column: start_column.filter(|column| *column > 0),
            end_line: end_line.filter(|end| end >= line),
            end_column: end_column.filter(|column| *column > 0),
        },
        _ => shape::Region::first_line(),
    };
    Some(shape::Location {
        physical_location: shape::PhysicalLocation {
            artifact_location: shape::ArtifactLocation { uri },
            region,
        },
        logical_locations: logical
            .iter()
            .map(|name| shape::LogicalLocation {
                fully_qualified_name: json(name),
            })
            .collect(),
    })
}

/// The suppression that counts. Those that were turned down, or are of one scanner among several, stay out: a viewer
/// may hide whatever has any.
fn suppression(entry: &Entry) -> Vec<shape::Suppression> {
    let suppressed = entry.assessment.suppressed.as_deref();
    suppressed
        .filter(|_| entry.assessment.status == Status::Suppressed)
        .map(|suppressed| shape::Suppression {
            kind: "external",
            status: "accepted",
            justification: message(&suppressed.reason).into_owned(),
            properties: shape::SuppressionProperties {
                kind: suppressed.kind.map(Verdict::name),
                by: message(&suppressed.by).into_owned(),
                until: suppressed.until.map(|date| date.to_string()),
                source: suppressed
                    .source
                    .as_ref()
                    .map(|source| message(source).into_owned()),
            },
        })
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests;
