//! `ocsf`: one OCSF 1.5.0 vulnerability finding (class 2002) on each line.
//!
//! All findings are in it, tickets and requirements too: a vulnerability must have a CVE, an advisory or a weakness, of which
//! the schema allows one, so the first that is known is taken and the rule or our fingerprint stands in as an advisory.
//!
//! A finding that is new, or of which no baseline knows, is created; one that is fixed is closed; every other is updated.
//! `Suppressed` means benign or false in OCSF, so an accepted risk is `Other` with `accepted` in words, and what nobody looked
//! for is `Other` with `unobserved`. Severity 0, `Unknown`, would sort below all that is rated: what nobody rated is 99,
//! `Other`. Times are milliseconds in UTC, and the time of the event is as-of. OCSF has no place for due dates: they stand in
//! `unmapped`, with what else is known.

mod shape;

use std::collections::BTreeMap;
use std::io;

use jiff::Timestamp;

use super::super::{View, Writer};
use super::{
    Standing, TOOL, UNKNOWN_VERSION, VERSION, advice, advisories, facts, package_name, plain,
    standing, uuid, weaknesses, web,
};
use crate::model::{Entry, Finding, Kind, Package, Report, Severity, Share, Status};
use crate::report::escape::{json, uri_package};
use crate::report::wording;

/// The version of the schema.
const SCHEMA: &str = "1.5.0";

/// OCSF vulnerability findings, one on each line.
#[derive(Debug)]
pub struct Ocsf;

impl Writer for Ocsf {
    fn name(&self) -> &'static str {
        "ocsf"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &[]
    }

    fn usage(&self) -> &'static str {
        "OCSF 1.5 vulnerability findings, one JSON text on each line, for data lakes and SIEM"
    }

    fn write(&self, report: &Report, _: &View, out: &mut dyn io::Write) -> io::Result<()> {
        for entry in &report.entries {
            serde_json::to_writer(&mut *out, &event(entry, report))?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }
}

fn event<'a>(entry: &'a Entry, report: &Report) -> shape::Event<'a> {
    let finding = &entry.finding;
    let (activity, activity_name) = match entry.assessment.status {
        Status::Fixed => (3, "Close"),
        _ if entry.is_new() => (1, "Create"),
        _ => (2, "Update"),
    };
    let (severity_id, severity) = severity(entry.assessment.severity);
    let (status_id, status) = status(entry);
    let app = Some(json(&finding.app)).filter(|app| !app.is_empty());
    shape::Event {
        activity_id: activity,
        activity_name,
        category_uid: 2,
        category_name: "Findings",
        class_uid: 2002,
        class_name: "Vulnerability Finding",
        type_uid: 200_200 + activity,
        type_name: format!("Vulnerability Finding: {activity_name}"),
        time: report.as_of.as_millisecond(),
        severity_id,
        severity,
        status_id,
        status,
        message: wording::subject(entry, plain),
        metadata: shape::Metadata {
            version: SCHEMA,
            uid: event_name(entry, report.as_of),
            product: shape::Product {
                name: TOOL,
                vendor_name: TOOL,
                version: VERSION,
            },
        },
        finding_info: shape::FindingInfo {
            uid: entry.fingerprint.hex(),
            title: finding
                .title
                .as_ref()
                .map_or_else(|| wording::name(finding, plain).into(), plain),
            desc: finding.description.as_ref().map(json),
            types: [finding.kind.name()],
            data_sources: wording::scanners(finding, plain),
            first_seen_time: entry
                .first_seen
                .as_ref()
                .map(|first| first.at.as_millisecond()),
            last_seen_time: finding.last_seen.map(Timestamp::as_millisecond),
            src_url: finding.links.iter().find_map(web),
        },
        resources: app
            .map(|app| shape::Resource {
                name: app,
                kind: "application",
            })
            .into_iter()
            .collect(),
        vulnerabilities: [vulnerability(entry)],
        unmapped: unmapped(entry, report.as_of),
    }
}

/// The same finding at the same as-of is the same event.
fn event_name(entry: &Entry, as_of: Timestamp) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(entry.fingerprint.hash());
    hasher.update(&as_of.as_nanosecond().to_le_bytes());
    uuid(hasher.finalize().as_bytes())
}

fn severity(severity: Severity) -> (u8, &'static str) {
    match severity {
        Severity::Critical => (5, "Critical"),
        Severity::High => (4, "High"),
        Severity::Medium => (3, "Medium"),
        Severity::Low => (2, "Low"),
        Severity::Info => (1, "Informational"),
        Severity::Unknown => (99, "unknown"),
    }
}

fn status(entry: &Entry) -> (u8, &'static str) {
    match standing(entry) {
        Standing::Open if entry.assessment.status == Status::Unobserved => (99, "unobserved"),
        Standing::Open if entry.tickets.is_empty() => (1, "New"),
        Standing::Open => (2, "In Progress"),
        Standing::Fixed | Standing::Patched(_) => (4, "Resolved"),
        Standing::FalsePositive(_) | Standing::NotAffected(_) => (3, "Suppressed"),
        Standing::Accepted => (99, "accepted"),
    }
}

fn vulnerability(entry: &Entry) -> shape::Vulnerability<'_> {
    let finding = &entry.finding;
    // The schema allows one of the three.
    let (mut of_cve, mut of_advisory, mut of_weakness) = (None, None, None);
    let mut ids = advisories(finding).into_iter();
    let numbers: Vec<u32> = weaknesses(finding).collect();
    let cwe = |number: &u32| shape::Weakness {
        uid: format!("CWE-{number}"),
        src_url: format!("https://cwe.mitre.org/data/definitions/{number}.html"),
    };
    match (ids.next(), numbers.first()) {
        (Some(id), _) if id.sort == "cve" => {
            of_cve = Some(shape::Cve {
                uid: id.id,
                references: id.url.into_iter().collect(),
                related_cwes: numbers.iter().map(cwe).collect(),
                epss: epss(finding),
            });
        }
        (Some(id), _) => {
            of_advisory = Some(shape::Advisory {
                uid: id.id.to_owned(),
                src_url: id.url,
                related_cwes: numbers.iter().map(cwe).collect(),
            });
        }
        (None, Some(number)) => of_weakness = Some(cwe(number)),
        (None, None) => {
            let rule = finding.rule.id.as_ref().map(|rule| json(rule).to_owned());
            of_advisory = Some(shape::Advisory {
                uid: rule.unwrap_or_else(|| entry.fingerprint.hex()),
                src_url: None,
                related_cwes: Vec::new(),
            });
        }
    }
    let package = finding.package.as_deref();
    let kev = finding.history().exploited.kev.as_ref();
    shape::Vulnerability {
        title: finding.title.as_ref().map(json),
        desc: finding.description.as_ref().map(json),
        severity: entry.assessment.severity.name(),
        cve: of_cve,
        advisory: of_advisory,
        cwe: of_weakness,
        related_vulnerabilities: ids.map(|id| id.id).collect(),
        references: finding.links.iter().filter_map(web).collect(),
        remediation: advice(finding, |words| json(words).to_owned())
            .map(|desc| shape::Remediation { desc }),
        is_fix_available: package
            .map(|package| !package.fixed_in.is_empty())
            .filter(|fixed| *fixed),
        // Only a catalogue that lists it says something: no proof of an exploit is no proof of none.
        is_exploit_available: kev.map(|kev| kev.listed.is_some()).filter(|listed| *listed),
        first_seen_time: entry
            .first_seen
            .as_ref()
            .map(|first| first.at.as_millisecond()),
        last_seen_time: finding.last_seen.map(Timestamp::as_millisecond),
        affected_packages: package.map(packages).unwrap_or_default(),
        affected_code: code(finding),
    }
}

fn epss(finding: &Finding) -> Option<shape::Epss> {
    let epss = finding.history().exploited.epss.as_ref()?;
    Some(shape::Epss {
        score: epss.score?.value().to_string(),
        percentile: epss.percentile.map(Share::value),
    })
}

/// A package once for each installed version.
fn packages(package: &Package) -> Vec<shape::AffectedPackage<'_>> {
    let (kind, name) = package_name(&package.purl);
    let fixed: Vec<&str> = package.fixed_in.iter().map(json).collect();
    let one = |version: Option<&'_ crate::model::Text>| shape::AffectedPackage {
        name: json(&name).to_owned(),
        version: version.map_or(UNKNOWN_VERSION, json).to_owned(),
        package_manager: kind.to_owned(),
        purl: uri_package(&package.purl, version),
        fixed_in_version: fixed.first().copied(),
    };
    if package.versions.is_empty() {
        vec![one(None)]
    } else {
        package
            .versions
            .iter()
            .map(|version| one(Some(version)))
            .collect()
    }
}

/// The places in files.
fn code(finding: &Finding) -> Vec<shape::AffectedCode<'_>> {
    let places = finding
        .locations
        .iter()
        .filter(|_| finding.kind != Kind::Ticket);
    places
        .filter_map(|place| {
            let path = json(place.path.as_ref()?);
            let name = path
                .rsplit('/')
                .find(|name| !name.is_empty())
                .unwrap_or(path);
            Some(shape::AffectedCode {
                file: shape::File {
                    name,
                    path,
                    type_id: 1,
                },
                start_line: place.start_line.filter(|line| *line > 0),
                end_line: place.end_line.filter(|line| *line > 0),
            })
        })
        .collect()
}

/// What OCSF has no place for.
fn unmapped(entry: &Entry, as_of: Timestamp) -> BTreeMap<String, String> {
    facts(entry, as_of, plain)
        .into_iter()
        .filter(|(name, _)| !matches!(*name, "fingerprint" | "scanners"))
        .map(|(name, value)| (name.replace('-', "_"), value))
        .collect()
}
