//! `openvex`: OpenVEX 0.2.0, one statement for each finding that has a public vulnerability id.
//!
//! The product is the app, as `pkg:generic/APP`, and the package with its installed versions is the part of it that is
//! meant; without an app the package is the product. A finding that is no package has the app as its product, and is never
//! said to do no harm: that would speak of all of the app.
//!
//! What is said of a finding is decided in [`super::vex`]. A fixed finding is `fixed` in the versions that advisories name
//! as fixed: the versions in which it was found do not contain the fix. Where no such version is known nothing is said.
//! `justification` is given when the decision starts with a word of OpenVEX, else `impact_statement`: the schema allows one
//! of them. Due dates stand in `action_statement`.
//!
//! Findings without an id, tickets, and fixed ones without a version have no place in the form. `tooling` says how many
//! they are. A document without statements is not valid by the schema, which has no way to say that there is nothing;
//! it is doubted where it is written.

use std::io;

use jiff::Timestamp;
use serde::Serialize;

use super::super::stream::Stream;
use super::super::{View, Writer};
use super::vex::{self, Says};
use super::{Advisory, TOOL, VERSION, advisories, digest, plain, uuid};
use crate::model::{Entry, Finding, Kind, Report, Text};
use crate::report::escape::{json, uri_package, uri_segment};

/// Why a product is not affected (OpenVEX 0.2.0, "Status Justifications").
const JUSTIFICATIONS: [&str; 5] = [
    "component_not_present",
    "vulnerable_code_not_present",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist",
];

/// OpenVEX 0.2.0.
#[derive(Debug)]
pub struct OpenVex;

impl Writer for OpenVex {
    fn name(&self) -> &'static str {
        "openvex"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &[]
    }

    fn usage(&self) -> &'static str {
        "OpenVEX 0.2.0: what is decided and promised of each finding with a public vulnerability id"
    }

    fn doubt(&self, report: &Report) -> Option<&'static str> {
        let mut entries = report.entries.iter();
        let is_empty = entries.all(|entry| statement(entry, report.as_of).is_none());
        is_empty.then_some(
            "no finding has a statement in OpenVEX, whose schema wants at least one: its readers may refuse the document",
        )
    }

    fn write(&self, report: &Report, view: &View, out: &mut dyn io::Write) -> io::Result<()> {
        let without = uuid(&[0; 32]);
        let name = uuid(&digest(&document(report, view, &without))?);
        serde_json::to_writer(&mut *out, &document(report, view, &name))?;
        out.write_all(b"\n")
    }
}

#[derive(Serialize)]
struct Document<S> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@id")]
    id: String,
    author: &'static str,
    role: &'static str,
    timestamp: String,
    version: u8,
    tooling: String,
    statements: S,
}

#[derive(Serialize)]
struct Statement<'a> {
    #[serde(rename = "@id")]
    id: String,
    vulnerability: Vulnerability<'a>,
    timestamp: String,
    products: Vec<Product>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_notes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    justification: Option<&'static str>,
    #[serde(rename = "impact_statement", skip_serializing_if = "Option::is_none")]
    impact: Option<String>,
    #[serde(rename = "action_statement", skip_serializing_if = "Option::is_none")]
    action: Option<String>,
}

#[derive(Serialize)]
struct Vulnerability<'a> {
    #[serde(rename = "@id", skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    aliases: Vec<&'a str>,
}

#[derive(Serialize)]
struct Product {
    #[serde(rename = "@id")]
    id: String,
    identifiers: Identifiers,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    subcomponents: Vec<Part>,
}

#[derive(Serialize)]
struct Part {
    #[serde(rename = "@id")]
    id: String,
    identifiers: Identifiers,
}

#[derive(Serialize)]
struct Identifiers {
    purl: String,
}

fn document<'a>(report: &'a Report, view: &View, name: &str) -> Document<impl Serialize + 'a> {
    let as_of = report.as_of;
    let said = move || {
        report
            .entries
            .iter()
            .filter_map(move |entry| statement(entry, as_of))
    };
    let left_out = report.entries.len() - said().count();
    let part = view.part.as_ref();
    let part = part.map_or_else(String::new, |part| format!("; {}", part.words(plain)));
    Document {
        context: "https://openvex.dev/ns/v0.2.0",
        id: format!("urn:uuid:{name}"),
        author: TOOL,
        role: "Document Creator",
        timestamp: report.as_of.to_string(),
        version: 1,
        tooling: format!(
            "{TOOL} {VERSION}; findings that have no place in OpenVEX and are not in this document: {left_out}{part}"
        ),
        statements: Stream(said),
    }
}

/// What is said of a finding, if there is something to say in this form.
fn statement(entry: &Entry, as_of: Timestamp) -> Option<Statement<'_>> {
    let finding = &entry.finding;
    let mut names = advisories(finding).into_iter();
    let Advisory { id, url, .. } = names.next().filter(|_| finding.kind != Kind::Ticket)?;
    let says = vex::says(entry);
    let package = finding.package.as_deref();
    let versions = match (&says, package) {
        (Says::Gone, package) => Some(vex::fixed(package?)).filter(|fixed| !fixed.is_empty())?,
        (_, Some(package)) => vex::installed(package).to_vec(),
        (_, None) => Vec::new(),
    };
    let products = products(finding, &versions);
    if products.is_empty() {
        return None;
    }
    let (mut justification, mut impact, mut action, mut notes) = (None, None, None, None);
    let status = match says {
        Says::UnderInvestigation => {
            notes = vex::action(entry);
            "under_investigation"
        }
        Says::Affected => {
            action = vex::action(entry);
            "affected"
        }
        Says::Decided => {
            action = Some(vex::decided(entry));
            "affected"
        }
        Says::FalsePositive(decision) | Says::NotAffected(decision) => {
            let (word, words) = vex::justification(decision, &JUSTIFICATIONS);
            let words = words.map(str::to_owned);
            if word.is_some() {
                (justification, notes) = (word, words);
            } else {
                let verdict = || decision.verdict.name().to_owned();
                impact = Some(words.unwrap_or_else(verdict));
            }
            "not_affected"
        }
        Says::Patched(decision) => {
            notes = decision.reason.as_ref().map(|words| json(words).to_owned());
            "fixed"
        }
        Says::Gone => {
            notes = Some("A complete scan no longer shows it.".to_owned());
            "fixed"
        }
    };
    Some(Statement {
        id: format!("urn:uuid:{}", uuid(entry.fingerprint.hash())),
        vulnerability: Vulnerability {
            id: url,
            name: id,
            description: finding.title.as_ref().map(json),
            aliases: names.map(|other| other.id).collect(),
        },
        // That of the document would do, but not every reader looks there.
        timestamp: as_of.to_string(),
        products,
        status,
        status_notes: notes,
        justification,
        impact,
        action,
    })
}

/// The app with the package in it; without an app the package; nothing when neither has a name that fits.
fn products(finding: &Finding, versions: &[Text]) -> Vec<Product> {
    let purl = finding.package.as_deref().map(|package| &package.purl);
    let parts: Vec<String> = match (purl, versions) {
        (None, _) => Vec::new(),
        (Some(purl), []) => uri_package(purl, None).into_iter().collect(),
        (Some(purl), versions) => versions
            .iter()
            .filter_map(|version| uri_package(purl, Some(version)))
            .collect(),
    };
    if purl.is_some() && parts.is_empty() {
        return Vec::new();
    }
    let identifiers = |purl: &String| Identifiers { purl: purl.clone() };
    if finding.app.is_empty() {
        let product = |purl: String| Product {
            identifiers: identifiers(&purl),
            id: purl,
            subcomponents: Vec::new(),
        };
        return parts.into_iter().map(product).collect();
    }
    let app = format!("pkg:generic/{}", uri_segment(&finding.app));
    let part = |purl: String| Part {
        identifiers: identifiers(&purl),
        id: purl,
    };
    vec![Product {
        identifiers: identifiers(&app),
        id: app,
        subcomponents: parts.into_iter().map(part).collect(),
    }]
}
