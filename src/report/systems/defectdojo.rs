//! `defectdojo`: JSON for DefectDojo's "Generic Findings Import".
//!
//! Only fields that its importer takes since 2.20 are written: it refuses the whole file for one that it does not know. `cve`
//! is among them and still left out, because the importer makes a list within a list of it beside `vulnerability_ids`; so are
//! `endpoints`, of which one that is no address to it refuses the file.
//!
//! All findings are in it. `unique_id_from_tool` is our fingerprint; DefectDojo also compares title and description, so
//! nothing stands in these that changes between runs. The due date is `planned_remediation_date`, and `date`, where its own
//! SLA starts, is the day on which the finding was first seen.
//!
//! A false positive is `false_p`, and so is what does no harm here: nobody has taken a risk. Whatever else is suppressed is
//! `risk_accepted`, but for versions that contain the fix, which are `is_mitigated` as fixed findings are. DefectDojo knows no unknown severity: what nobody rated is `High`, and
//! `severity_justification` says so. Texts are rendered as Markdown there, and escaped for it; what is longer than its columns
//! is cut with `…`.

use std::borrow::Cow;
use std::io;

use serde::Serialize;

use super::super::stream::Stream;
use super::super::{View, Writer};
use super::{
    Standing, TOOL, advice, advisories, cvss3, facts, is_confirmed, links, package_name, plain,
    standing, weaknesses,
};
use crate::model::{About, Entry, Finding, Kind, Report, Severity, Text};
use crate::report::escape::{fit_characters, markdown, markdown_prose};
use crate::report::wording;

/// The longest text that is written into a column without a limit.
const PROSE_LIMIT: usize = 50_000;

/// DefectDojo's generic findings.
#[derive(Debug)]
pub struct DefectDojo;

impl Writer for DefectDojo {
    fn name(&self) -> &'static str {
        "defectdojo"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &[]
    }

    fn usage(&self) -> &'static str {
        "DefectDojo's generic findings, with status and due date"
    }

    fn write(&self, report: &Report, _: &View, out: &mut dyn io::Write) -> io::Result<()> {
        let document = Document {
            findings: Stream(|| report.entries.iter().map(|entry| finding(entry, report))),
        };
        serde_json::to_writer(&mut *out, &document)?;
        out.write_all(b"\n")
    }
}

#[derive(Serialize)]
struct Document<F> {
    findings: F,
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "the fields of DefectDojo's model"
)]
#[derive(Serialize)]
struct Row<'a> {
    title: Cow<'a, str>,
    severity: &'static str,
    severity_justification: String,
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    mitigation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    impact: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    references: Option<String>,
    date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    planned_remediation_date: Option<String>,
    active: bool,
    verified: bool,
    false_p: bool,
    risk_accepted: bool,
    is_mitigated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    mitigated: Option<String>,
    static_finding: bool,
    dynamic_finding: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    vulnerability_ids: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cwe: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cvssv3: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_path: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    component_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    component_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<Cow<'a, str>>,
    unique_id_from_tool: String,
    vuln_id_from_tool: String,
    tags: Vec<String>,
}

fn finding<'a>(entry: &'a Entry, report: &Report) -> Row<'a> {
    let finding = &entry.finding;
    let assessment = &entry.assessment;
    let standing = standing(entry);
    let is_mitigated = matches!(standing, Standing::Fixed | Standing::Patched(_));
    let place = wording::file(finding);
    let package = finding.package.as_deref();
    let name = || Cow::Owned(wording::name(finding, plain));
    let first = entry
        .first_seen
        .as_ref()
        .map_or(report.as_of, |first| first.at);
    let versions = package.map(|package| wording::some(&package.versions, plain));
    Row {
        title: fit_characters(finding.title.as_ref().map_or_else(name, plain), 511),
        severity: severity(assessment.severity),
        severity_justification: justification(entry),
        description: description(finding),
        mitigation: advice(finding, |words| markdown_prose(words, PROSE_LIMIT)),
        impact: impact(entry, report),
        references: references(entry),
        date: wording::utc_day(first).to_string(),
        planned_remediation_date: assessment
            .running_due()
            .map(|due| wording::day(due.by).to_string()),
        active: matches!(standing, Standing::Open),
        verified: is_confirmed(entry),
        // Whom it does no harm has accepted no risk.
        false_p: matches!(
            standing,
            Standing::FalsePositive(_) | Standing::NotAffected(_)
        ),
        risk_accepted: matches!(standing, Standing::Accepted),
        is_mitigated,
        mitigated: is_mitigated.then(|| report.as_of.to_string()),
        static_finding: finding.kind.is_place() || finding.kind == Kind::Dependency,
        dynamic_finding: false,
        vulnerability_ids: advisories(finding).into_iter().map(|id| id.id).collect(),
        cwe: weaknesses(finding).next(),
        cvssv3: cvss3(finding),
        file_path: place
            .and_then(|place| place.path.as_ref())
            .map(|path| fit(path, 4000)),
        line: place
            .and_then(|place| place.start_line)
            .filter(|line| *line > 0),
        component_name: package.map(|package| {
            let (_, name) = package_name(&package.purl);
            fit(&name, 500).into_owned()
        }),
        component_version: versions
            .filter(|versions| !versions.is_empty())
            .map(|versions| fit_characters(versions.into(), 100).into_owned()),
        service: Some(&finding.app)
            .filter(|app| !app.is_empty())
            .map(|app| fit(app, 200)),
        unique_id_from_tool: entry.fingerprint.hex(),
        vuln_id_from_tool: fit_characters(name(), 500).into_owned(),
        tags: tags(entry),
    }
}

fn fit(words: &Text, most: usize) -> Cow<'_, str> {
    fit_characters(plain(words), most)
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Critical",
        Severity::High | Severity::Unknown => "High",
        Severity::Medium => "Medium",
        Severity::Low => "Low",
        Severity::Info => "Info",
    }
}

/// Where the severity comes from.
fn justification(entry: &Entry) -> String {
    let why = wording::chosen(entry, About::Severity).map(|why| wording::reason(why, markdown));
    let unrated = "No source rated it; DefectDojo has no word for that, so it stands as High.";
    match (entry.assessment.severity, why) {
        (Severity::Unknown, _) => unrated.to_owned(),
        (_, Some(why)) => why,
        (level, None) => level.name().to_owned(),
    }
}

/// What stays the same from run to run.
fn description(finding: &Finding) -> String {
    let words = finding.description.as_ref().or(finding.title.as_ref());
    let mut parts: Vec<String> = words
        .map(|words| markdown_prose(words, PROSE_LIMIT))
        .into_iter()
        .collect();
    let mut tell = |name: &str, words: Option<String>| {
        parts.extend(words.map(|words| format!("{name}: {words}")));
    };
    tell("Kind", Some(finding.kind.name().to_owned()));
    tell(
        "Rule",
        finding
            .rule
            .id
            .as_ref()
            .map(|rule| markdown(rule).into_owned()),
    );
    let more: Vec<String> = weaknesses(finding)
        .map(|number| format!("CWE-{number}"))
        .collect();
    tell("Weaknesses", (!more.is_empty()).then(|| more.join(", ")));
    parts.join("\n\n")
}

/// What may change from run to run.
fn impact(entry: &Entry, report: &Report) -> Option<String> {
    let facts = facts(entry, report.as_of, markdown).into_iter();
    let facts = facts.filter(|(name, _)| !matches!(*name, "fingerprint" | "kind" | "severity"));
    let mut lines: Vec<String> = facts
        .map(|(name, words)| format!("- {name}: {words}"))
        .collect();
    let places = entry.finding.locations.iter();
    let places = places.filter_map(|place| wording::location(place, markdown));
    lines.extend(places.map(|place| format!("- location: {place}")));
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn references(entry: &Entry) -> Option<String> {
    let listed: Vec<String> = links(entry).map(|url| format!("- <{url}>")).collect();
    (!listed.is_empty()).then(|| listed.join("\n"))
}

/// Short words without blanks and marks, which DefectDojo would split at.
fn tags(entry: &Entry) -> Vec<String> {
    let is_plain = |one: &char| one.is_alphanumeric() || matches!(one, '-' | '_' | '.' | ':');
    let clean = |words: String| -> String {
        let words = words
            .chars()
            .map(|one| if is_plain(&one) { one } else { '-' });
        words.collect::<String>().trim_matches('-').to_owned()
    };
    let kev = wording::is_exploited(&entry.finding).then(|| "kev".to_owned());
    let reopened = Some(Finding::REOPENED.to_owned());
    let reopened = reopened.filter(|_| entry.finding.is_reopened());
    let policies = wording::policy_tags(entry, plain).into_iter().map(clean);
    [TOOL.to_owned(), entry.finding.kind.name().to_owned()]
        .into_iter()
        .chain(kev)
        .chain(reopened)
        .chain(policies.filter(|tag| !tag.is_empty()))
        .collect()
}
