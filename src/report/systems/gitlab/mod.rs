//! `gitlab-sast` and `gitlab-dependency-scanning`: GitLab's security reports, schema 15.0.7.
//!
//! Dependencies go into the one, code, secrets and configuration into the other. Requirements and tickets have no place in
//! either; `scan.messages` says how many findings are not in the report, and which inputs were not read in full. Then
//! `scan.status` is `failure`.
//!
//! GitLab takes a vulnerability that a later report does not show for resolved. So what is fixed is left out, and what
//! nobody looked for, and what is suppressed, is not: dismissing is done in GitLab, which keeps it for as long as the identity
//! stays. A false positive is flagged as a likely one, any other suppression stands in the details.
//!
//! The primary identifier is the preferred public id, else the rule, else our fingerprint; the fingerprint makes the `id` and
//! is the tracking signature, so that a moved line is the same vulnerability. Severity `Unknown` is a word of GitLab's own.
//! Where the place in the repository is not known, the name of the app stands for the file: a path of a report would be
//! another one in the next pipeline. Descriptions and solutions are Markdown there, and escaped for it. Due dates stand in
//! `details`. Texts that are longer than the schema takes are cut with `…`.

mod shape;

use std::io;

use serde::Serialize;

use super::super::stream::Stream;
use super::super::{View, Writer};
use super::{
    Standing, TOOL, UNKNOWN_VERSION, VERSION, advice, advisories, due, facts, links, package_name,
    plain, standing, uuid, weaknesses,
};
use crate::model::{Entry, Finding, Kind, Location, Report, Severity, Status};
use crate::report::escape::{fit_characters, json, markdown_prose};
use crate::report::wording;

/// The version of the schema.
const SCHEMA: &str = "15.0.7";
/// The longest name that the schema takes.
const NAME_LIMIT: usize = 255;
/// The longest piece of a solution, of which there are four at most; the schema takes 7,000 characters in all.
const SOLUTION_LIMIT: usize = 1650;
/// The longest description that is written; the schema takes 1,048,576 characters, and nobody reads as many.
const DESCRIPTION_LIMIT: usize = 50_000;
/// How many identifiers GitLab keeps.
const IDENTIFIERS_LIMIT: usize = 20;

/// GitLab's report of static analysis.
#[derive(Debug)]
pub struct GitlabSast;

impl Writer for GitlabSast {
    fn name(&self) -> &'static str {
        "gitlab-sast"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &[]
    }

    fn usage(&self) -> &'static str {
        "GitLab's SAST report: code, secrets and configuration"
    }

    fn write(&self, report: &Report, view: &View, out: &mut dyn io::Write) -> io::Result<()> {
        write(report, view, "sast", Kind::is_place, out)
    }
}

/// GitLab's report of dependency scanning.
#[derive(Debug)]
pub struct GitlabDependencyScanning;

impl Writer for GitlabDependencyScanning {
    fn name(&self) -> &'static str {
        "gitlab-dependency-scanning"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &[]
    }

    fn usage(&self) -> &'static str {
        "GitLab's dependency scanning report: dependencies"
    }

    fn write(&self, report: &Report, view: &View, out: &mut dyn io::Write) -> io::Result<()> {
        write(
            report,
            view,
            "dependency_scanning",
            |kind| kind == Kind::Dependency,
            out,
        )
    }
}

fn write(
    report: &Report,
    view: &View,
    sort: &'static str,
    is_told: fn(Kind) -> bool,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let tool = || shape::Tool {
        id: TOOL,
        name: TOOL,
        vendor: shape::Vendor { name: TOOL },
        version: VERSION,
    };
    // GitLab wants it without the zone, and in UTC.
    let time = report.as_of.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let all = report.entries.iter();
    let told = move || {
        let entries = report.entries.iter();
        entries.filter(move |entry| {
            is_told(entry.finding.kind) && entry.assessment.status != Status::Fixed
        })
    };
    let others = all.filter(|entry| !is_told(entry.finding.kind)).count();
    let document = shape::Document {
        version: SCHEMA,
        schema: format!(
            "https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/raw/v{SCHEMA}/dist/{}-report-format.json",
            sort.replace('_', "-")
        ),
        scan: shape::Scan {
            analyzer: tool(),
            scanner: tool(),
            kind: sort,
            start_time: time.clone(),
            end_time: time,
            status: if wording::troubled(report).next().is_some() {
                "failure"
            } else {
                "success"
            },
            messages: messages(report, view, others),
        },
        vulnerabilities: Stream(move || told().map(move |entry| vulnerability(entry, report))),
        dependency_files: (sort == "dependency_scanning").then_some([]),
    };
    serde_json::to_writer(&mut *out, &document)?;
    out.write_all(b"\n")
}

fn messages(report: &Report, view: &View, others: usize) -> Vec<shape::Message> {
    let troubled = wording::troubled(report).map(|input| shape::Message {
        level: "warn",
        value: wording::trouble(input, plain),
    });
    let others = (others > 0).then(|| shape::Message {
        level: "info",
        value: format!("findings of other kinds that are not in this report: {others}"),
    });
    // GitLab takes what is left out for resolved.
    let part = view.part.as_ref().map(|part| shape::Message {
        level: "warn",
        value: part.words(plain),
    });
    troubled.chain(part).chain(others).collect()
}

fn vulnerability<'a>(entry: &'a Entry, report: &Report) -> impl Serialize + use<'a> {
    let finding = &entry.finding;
    let name = match &finding.title {
        Some(title) => plain(title),
        None => wording::name(finding, plain).into(),
    };
    let place = wording::file(finding);
    let flag = |origin: String, description: String| shape::Flag {
        kind: "flagged-as-likely-false-positive",
        origin,
        description,
    };
    let flags = match standing(entry) {
        Standing::FalsePositive(decision) => {
            let by = decision.by.as_ref().map_or(TOOL, json);
            let reason = decision.reason.as_ref().map(json);
            let reason = reason.unwrap_or(decision.verdict.name());
            vec![flag(by.to_owned(), reason.to_owned())]
        }
        _ => Vec::new(),
    };
    let solution = advice(finding, |words| markdown_prose(words, SOLUTION_LIMIT));
    shape::Vulnerability {
        id: uuid(entry.fingerprint.hash()),
        name: fit_characters(name, NAME_LIMIT),
        description: description(finding),
        severity: severity(entry.assessment.severity),
        solution,
        identifiers: identifiers(entry),
        links: links(entry).map(|url| shape::Link { url }).collect(),
        details: shape::Details(details(entry, report)),
        tracking: tracking(entry, place),
        flags,
        location: location(finding, place),
    }
}

/// The words of the scanner, in Markdown.
fn description(finding: &Finding) -> String {
    let words = finding.description.as_ref().or(finding.title.as_ref());
    words.map_or_else(String::new, |words| {
        markdown_prose(words, DESCRIPTION_LIMIT)
    })
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Critical",
        Severity::High => "High",
        Severity::Unknown => "Unknown",
        Severity::Medium => "Medium",
        Severity::Low => "Low",
        Severity::Info => "Info",
    }
}

fn identifiers(entry: &Entry) -> Vec<shape::Identifier> {
    let finding = &entry.finding;
    let ids = advisories(finding).into_iter();
    let ids = ids
        .filter(|id| !id.id.is_empty())
        .map(|id| shape::Identifier {
            kind: id.sort,
            name: id.id.to_owned(),
            value: id.id.to_owned(),
            url: id.url,
        });
    let rule = finding
        .rule
        .id
        .as_ref()
        .map(json)
        .map(|rule| shape::Identifier {
            kind: "scanfold_rule",
            name: rule.to_owned(),
            value: rule.to_owned(),
            url: None,
        });
    let is_place = finding.kind.is_place() || finding.ids.is_empty();
    let rule = rule.filter(|rule| is_place && !rule.value.is_empty());
    let own = shape::Identifier {
        kind: "scanfold_fingerprint",
        name: format!("{TOOL} {}", wording::digits(&entry.fingerprint)),
        value: entry.fingerprint.hex(),
        url: None,
    };
    let weaknesses = weaknesses(finding).map(|number| shape::Identifier {
        kind: "cwe",
        name: format!("CWE-{number}"),
        value: number.to_string(),
        url: Some(format!(
            "https://cwe.mitre.org/data/definitions/{number}.html"
        )),
    });
    ids.chain(rule)
        .take(IDENTIFIERS_LIMIT / 2)
        .chain([own])
        .chain(weaknesses)
        .take(IDENTIFIERS_LIMIT)
        .collect()
}

/// What is known beside, the due date first.
fn details(entry: &Entry, report: &Report) -> Vec<(&'static str, String)> {
    let due = due(entry, plain).map(|due| ("due", due));
    let facts = facts(entry, report.as_of, plain).into_iter();
    due.into_iter()
        .chain(facts.filter(|(name, _)| !matches!(*name, "due" | "due-policy")))
        .collect()
}

/// What later reports know it by, whatever line it moves to.
fn tracking(entry: &Entry, place: Option<&Location>) -> Option<shape::Tracking> {
    let place = place.filter(|_| entry.finding.kind.is_place())?;
    let start = place.start_line.filter(|line| *line > 0).unwrap_or(1);
    Some(shape::Tracking {
        kind: "source",
        items: [shape::Tracked {
            file: place.path.as_ref().map(json)?.to_owned(),
            start_line: start,
            end_line: place.end_line.filter(|end| *end >= start).unwrap_or(start),
            signatures: [shape::Signature {
                algorithm: "hash",
                value: entry.fingerprint.hex(),
            }],
        }],
    })
}

fn location(finding: &Finding, place: Option<&Location>) -> shape::Location {
    let path = place.and_then(|place| place.path.as_ref());
    let app = Some(&finding.app).filter(|app| !app.is_empty());
    let file = path.or(app).map_or(TOOL, json).to_owned();
    if finding.kind == Kind::Dependency {
        let package = finding.package.as_deref();
        let (_, name) = package
            .map(|package| package_name(&package.purl))
            .unwrap_or_default();
        let versions = package.map(|package| wording::some(&package.versions, plain));
        return shape::Location {
            file,
            dependency: Some(shape::Dependency {
                package: shape::PackageName {
                    name: json(&name).to_owned(),
                },
                version: versions
                    .filter(|versions| !versions.is_empty())
                    .unwrap_or_else(|| UNKNOWN_VERSION.to_owned()),
            }),
            start_line: None,
            end_line: None,
            method: None,
        };
    }
    let start = place
        .and_then(|place| place.start_line)
        .filter(|line| *line > 0);
    let end = place
        .and_then(|place| place.end_line)
        .filter(|end| Some(*end) >= start);
    let logical = wording::first_location(finding).and_then(|place| place.logical.as_ref());
    shape::Location {
        file,
        dependency: None,
        start_line: start,
        end_line: end.filter(|_| start.is_some()),
        method: logical.map(|name| json(name).to_owned()),
    }
}
