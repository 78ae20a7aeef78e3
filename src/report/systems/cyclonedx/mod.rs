//! `cyclonedx`: CycloneDX 1.6 as a vulnerability disclosure report with an analysis of each finding, which is VEX too.
//!
//! Everything but tickets is in it. A dependency is called by its preferred public id, the other ids are its references. What
//! has no id, and every place in code, is called by our fingerprint, which is also the `bom-ref`; public ids of a place in
//! code stand among the references only while it is open, so that nobody takes a decision about one place for one about the
//! app.
//!
//! A report of one app is about that app (`metadata.component`), and its packages are the components. Where there are
//! several apps, each is a component that holds its packages. `affects` names the component and the installed versions.
//!
//! What is said of a finding is decided in [`super::vex`]: `exploitable`, `in_triage`, `not_affected`, `false_positive`,
//! `resolved`. An accepted risk is `exploitable`, with the acceptance in `analysis.detail`. A fixed finding is `resolved`: the
//! versions in which it was found are still `affected`, those that advisories name as fixed are `unaffected`. Severities are
//! CycloneDX's own words, `unknown` among them. Due dates stand in `analysis.detail` and in properties named `scanfold:…`.

mod shape;

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use serde::Serialize;

use super::super::stream::Stream;
use super::super::{View, Writer};
use super::vex::{self, Says};
use super::{
    Advisory, TOOL, VERSION, advice, advisories, advisory, believed, digest, due, facts,
    package_name, plain, uuid, weaknesses, web,
};
use crate::model::{Claim, Entry, Fact, Kind, Report, Score, Severity, Text};
use crate::report::escape::{fit_characters, json, uri_package, uri_segment};
use crate::report::wording;

/// Why something is not affected (CycloneDX 1.6, `impactAnalysisJustification`).
const JUSTIFICATIONS: [&str; 9] = [
    "code_not_present",
    "code_not_reachable",
    "requires_configuration",
    "requires_dependency",
    "requires_environment",
    "protected_by_compiler",
    "protected_at_runtime",
    "protected_at_perimeter",
    "protected_by_mitigating_control",
];

/// The longest version that the schema takes.
const VERSION_LIMIT: usize = 1024;

/// CycloneDX 1.6, VDR and VEX in one.
#[derive(Debug)]
pub struct Cyclonedx;

impl Writer for Cyclonedx {
    fn name(&self) -> &'static str {
        "cyclonedx"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &[]
    }

    fn usage(&self) -> &'static str {
        "CycloneDX 1.6: vulnerabilities with ratings and analyses (VDR and VEX in one)"
    }

    fn write(&self, report: &Report, view: &View, out: &mut dyn io::Write) -> io::Result<()> {
        let apps = Apps::of(report);
        let without = uuid(&[0; 32]);
        let name = uuid(&digest(&document(report, view, &apps, &without))?);
        serde_json::to_writer(&mut *out, &document(report, view, &apps, &name))?;
        out.write_all(b"\n")
    }
}

/// The packages of each app. What has no app stands under the empty one.
struct Apps<'a>(BTreeMap<&'a Text, BTreeSet<&'a Text>>);

impl<'a> Apps<'a> {
    fn of(report: &'a Report) -> Self {
        let mut apps: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for entry in report.entries.iter().filter(|entry| is_told(entry)) {
            let packages = apps.entry(&entry.finding.app).or_default();
            packages.extend(
                entry
                    .finding
                    .package
                    .as_deref()
                    .map(|package| &package.purl),
            );
        }
        Self(apps)
    }

    /// The app that all of it is about.
    fn only(&self) -> Option<&'a Text> {
        let mut apps = self.0.keys();
        let only = apps.next().filter(|app| !app.is_empty());
        only.filter(|_| apps.next().is_none()).copied()
    }
}

/// A ticket that names no finding is what a tracker says, and no vulnerability.
fn is_told(entry: &Entry) -> bool {
    entry.finding.kind != Kind::Ticket
}

/// What refers to an app. No two apps share it, and none looks like a link into another document.
fn app_reference(app: &Text) -> String {
    format!("app:{}", uri_segment(app))
}

fn package_reference(app: &Text, purl: &Text) -> String {
    format!("{}#{}", app_reference(app), json(purl))
}

fn document<'a>(
    report: &'a Report,
    view: &View,
    apps: &'a Apps<'a>,
    name: &str,
) -> shape::Document<'a, impl Serialize + 'a, impl Serialize + 'a> {
    let told = || report.entries.iter().filter(|entry| is_told(entry));
    let left_out = report.entries.len() - told().count();
    let part = view.part.as_ref().map(|part| part.words(plain));
    let mut properties = vec![
        shape::Property::of("tickets-left-out", left_out.to_string()),
        shape::Property::of(
            "inputs-not-read-in-full",
            wording::troubled(report).count().to_string(),
        ),
    ];
    properties.extend(part.map(|words| shape::Property::of("part", words)));
    shape::Document {
        schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
        format: "CycloneDX",
        version: "1.6",
        serial: format!("urn:uuid:{name}"),
        revision: 1,
        metadata: shape::Metadata {
            timestamp: report.as_of.to_string(),
            tools: shape::Tools {
                components: [shape::Component {
                    version: Some(VERSION),
                    ..shape::Component::named("application", TOOL)
                }],
            },
            component: apps.only().map(|app| component_of_app(app, None)),
            properties,
        },
        components: Stream(move || components(apps)),
        vulnerabilities: Stream(move || told().map(move |entry| vulnerability(entry, report))),
    }
}

/// The packages, within their apps when these are several.
fn components<'a>(apps: &'a Apps<'a>) -> impl Iterator<Item = shape::Component<'a>> {
    let is_only = apps.only().is_some();
    apps.0.iter().flat_map(move |(app, packages)| {
        let parts = packages.iter().map(|purl| component_of_package(app, purl));
        if is_only || app.is_empty() {
            parts.collect()
        } else {
            vec![component_of_app(app, Some(parts.collect()))]
        }
    })
}

fn component_of_app<'a>(
    app: &'a Text,
    parts: Option<Vec<shape::Component<'a>>>,
) -> shape::Component<'a> {
    shape::Component {
        reference: Some(app_reference(app)),
        components: parts.filter(|parts| !parts.is_empty()),
        ..shape::Component::named("application", json(app))
    }
}

fn component_of_package<'a>(app: &Text, purl: &'a Text) -> shape::Component<'a> {
    let (_, name) = package_name(purl);
    let (group, name) = match json(&name).rsplit_once('/') {
        Some((group, name)) if !name.is_empty() => (Some(group.to_owned()), name.to_owned()),
        _ => (None, json(&name).to_owned()),
    };
    shape::Component {
        reference: Some(package_reference(app, purl)),
        group,
        name: name.into(),
        purl: uri_package(purl, None),
        ..shape::Component::named("library", "")
    }
}

fn vulnerability<'a>(entry: &'a Entry, report: &Report) -> shape::Vulnerability<'a> {
    let finding = &entry.finding;
    let says = vex::says(entry);
    let mut ids = advisories(finding).into_iter();
    let own = ids.next().filter(|_| finding.package.is_some());
    let id = own.as_ref().map(|own| own.id.to_owned());
    let is_public =
        finding.package.is_some() || matches!(says, Says::Affected | Says::UnderInvestigation);
    let others: Vec<Advisory<'_>> = if own.is_some() {
        ids.collect()
    } else {
        finding.ids.iter().map(advisory).collect()
    };
    let references = others
        .into_iter()
        .filter(|_| is_public)
        .map(|other| shape::Reference {
            id: other.id.to_owned(),
            source: source_of(&other),
        });
    let mut properties: Vec<shape::Property> = facts(entry, report.as_of, plain)
        .into_iter()
        .map(|(name, value)| shape::Property::of(name, value))
        .collect();
    properties.extend(
        finding
            .rule
            .id
            .as_ref()
            .map(|rule| shape::Property::of("rule", json(rule).to_owned())),
    );
    let places = finding
        .locations
        .iter()
        .filter_map(|place| wording::location(place, plain));
    properties.extend(places.map(|place| shape::Property::of("location", place)));
    shape::Vulnerability {
        reference: entry.fingerprint.hex(),
        id: id.unwrap_or_else(|| entry.fingerprint.hex()),
        source: own.as_ref().map_or_else(shape::Source::own, source_of),
        references: references.collect(),
        ratings: ratings(entry),
        weaknesses: weaknesses(finding).collect(),
        description: finding.title.as_ref().map(json),
        detail: finding.description.as_ref().map(json),
        recommendation: advice(finding, |words| json(words).to_owned()),
        advisories: finding
            .links
            .iter()
            .filter_map(web)
            .map(|url| shape::Link { url })
            .collect(),
        published: finding
            .dates
            .get(&Fact::Published)
            .map(|moment| moment.at.to_string()),
        analysis: analysis(entry, &says),
        affects: affects(entry, &says),
        properties,
    }
}

fn source_of(advisory: &Advisory<'_>) -> shape::Source {
    shape::Source {
        name: advisory.source.to_owned(),
        url: advisory.url.clone(),
    }
}

/// The assessed rating first, then what the sources claim.
fn ratings(entry: &Entry) -> Vec<shape::Rating<'_>> {
    let assessment = &entry.assessment;
    let own = shape::Rating {
        source: shape::Source::own(),
        score: assessment.score.map(Score::value),
        severity: Some(assessment.severity.name()),
        method: "other",
        vector: None,
    };
    let claims = believed(&entry.finding).map(|claim| {
        let Claim {
            scanner,
            severity,
            score,
            vector,
            trust: _,
            word: _,
            source: _,
        } = claim;
        let vector = vector.as_ref().map(json);
        shape::Rating {
            source: shape::Source {
                name: json(scanner).to_owned(),
                url: None,
            },
            score: score.map(Score::value),
            severity: severity.map(Severity::name),
            method: match vector.and_then(|vector| vector.split_once('/')) {
                Some(("CVSS:3.0", _)) => "CVSSv3",
                Some(("CVSS:3.1", _)) => "CVSSv31",
                Some(("CVSS:4.0", _)) => "CVSSv4",
                _ => "other",
            },
            vector,
        }
    });
    std::iter::once(own).chain(claims).collect()
}

fn analysis(entry: &Entry, says: &Says<'_>) -> shape::Analysis {
    let (mut justification, mut response) = (None, Vec::new());
    let mut decided = |decision| {
        let (word, words) = vex::justification(decision, &JUSTIFICATIONS);
        justification = word;
        words.map(str::to_owned)
    };
    let (state, detail) = match says {
        Says::UnderInvestigation => ("in_triage", vex::action(entry)),
        Says::Affected => {
            let package = entry.finding.package.as_deref();
            if package.is_some_and(|package| !package.fixed_in.is_empty()) {
                response.push("update");
            }
            ("exploitable", vex::action(entry))
        }
        Says::Decided => {
            let due = due(entry, plain).map(|due| format!("\nFix due {due}."));
            let words = vex::decided(entry) + &due.unwrap_or_default();
            ("exploitable", Some(words))
        }
        Says::FalsePositive(decision) => ("false_positive", decided(decision)),
        Says::NotAffected(decision) => ("not_affected", decided(decision)),
        Says::Patched(decision) => {
            let reason = decision.reason.as_ref().map(|words| json(words).to_owned());
            ("resolved", reason)
        }
        Says::Gone => (
            "resolved",
            Some("A complete scan no longer shows it.".to_owned()),
        ),
    };
    shape::Analysis {
        state,
        justification,
        response,
        detail,
    }
}

fn affects(entry: &Entry, says: &Says<'_>) -> Vec<shape::Affected> {
    let finding = &entry.finding;
    let Some(package) = finding.package.as_deref() else {
        let app = Some(&finding.app).filter(|app| !app.is_empty());
        // That a place in an app is gone says nothing of the app.
        let app = app.filter(|_| !says.hides() && !matches!(says, Says::Gone));
        return app
            .into_iter()
            .map(|app| shape::Affected {
                reference: app_reference(app),
                versions: Vec::new(),
            })
            .collect();
    };
    let installed = |status| {
        let versions = vex::installed(package).iter();
        versions.map(move |version| shape::Affects::version(cut(version), status))
    };
    let versions: Vec<_> = match says {
        Says::Gone => {
            let fixed = vex::fixed(package);
            let fixed = fixed
                .iter()
                .map(|version| shape::Affects::version(cut(version), "unaffected"));
            let versions: Vec<_> = installed("affected").chain(fixed).collect();
            if versions.is_empty() {
                // Without any version it would speak of all of them.
                vec![shape::Affects::any("unknown")]
            } else {
                versions
            }
        }
        _ if says.hides() => installed("unaffected").collect(),
        _ => installed("affected").collect(),
    };
    vec![shape::Affected {
        reference: package_reference(&finding.app, &package.purl),
        versions,
    }]
}

fn cut(version: &Text) -> String {
    fit_characters(plain(version), VERSION_LIMIT).into_owned()
}
