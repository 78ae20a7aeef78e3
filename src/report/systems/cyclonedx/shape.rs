//! The parts of CycloneDX 1.6 that are written, as they stand in the file.

use std::borrow::Cow;

use serde::Serialize;

use crate::report::systems::TOOL;

#[derive(Serialize)]
pub(super) struct Document<'a, C, V> {
    #[serde(rename = "$schema")]
    pub(super) schema: &'static str,
    #[serde(rename = "bomFormat")]
    pub(super) format: &'static str,
    #[serde(rename = "specVersion")]
    pub(super) version: &'static str,
    #[serde(rename = "serialNumber")]
    pub(super) serial: String,
    #[serde(rename = "version")]
    pub(super) revision: u8,
    pub(super) metadata: Metadata<'a>,
    pub(super) components: C,
    pub(super) vulnerabilities: V,
}

#[derive(Serialize)]
pub(super) struct Metadata<'a> {
    pub(super) timestamp: String,
    pub(super) tools: Tools,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) component: Option<Component<'a>>,
    pub(super) properties: Vec<Property>,
}

#[derive(Serialize)]
pub(super) struct Tools {
    pub(super) components: [Component<'static>; 1],
}

#[derive(Serialize)]
pub(super) struct Component<'a> {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    #[serde(rename = "bom-ref", skip_serializing_if = "Option::is_none")]
    pub(super) reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) group: Option<String>,
    pub(super) name: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) purl: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) components: Option<Vec<Self>>,
}

impl<'a> Component<'a> {
    /// One of which nothing but the name is known.
    pub(super) fn named(kind: &'static str, name: &'a str) -> Self {
        Self {
            kind,
            reference: None,
            group: None,
            name: name.into(),
            version: None,
            purl: None,
            components: None,
        }
    }
}

#[derive(Serialize)]
pub(super) struct Property {
    name: String,
    value: String,
}

impl Property {
    /// A property in our own namespace.
    pub(super) fn of(name: &str, value: String) -> Self {
        Self {
            name: format!("{TOOL}:{name}"),
            value,
        }
    }
}

#[derive(Serialize)]
pub(super) struct Vulnerability<'a> {
    #[serde(rename = "bom-ref")]
    pub(super) reference: String,
    pub(super) id: String,
    pub(super) source: Source,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) references: Vec<Reference>,
    pub(super) ratings: Vec<Rating<'a>>,
    #[serde(rename = "cwes", skip_serializing_if = "Vec::is_empty")]
    pub(super) weaknesses: Vec<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) detail: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) recommendation: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) advisories: Vec<Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) published: Option<String>,
    pub(super) analysis: Analysis,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) affects: Vec<Affected>,
    pub(super) properties: Vec<Property>,
}

#[derive(Serialize)]
pub(super) struct Source {
    pub(super) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<String>,
}

impl Source {
    /// What we say ourselves.
    pub(super) fn own() -> Self {
        Self {
            name: TOOL.to_owned(),
            url: None,
        }
    }
}

#[derive(Serialize)]
pub(super) struct Reference {
    pub(super) id: String,
    pub(super) source: Source,
}

#[derive(Serialize)]
pub(super) struct Rating<'a> {
    pub(super) source: Source,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) score: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) severity: Option<&'static str>,
    pub(super) method: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) vector: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct Link {
    pub(super) url: String,
}

#[derive(Serialize)]
pub(super) struct Analysis {
    pub(super) state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) justification: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) response: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) detail: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Affected {
    #[serde(rename = "ref")]
    pub(super) reference: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) versions: Vec<Affects>,
}

/// A version or a range of which `status` is true.
#[derive(Serialize)]
pub(super) struct Affects {
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<&'static str>,
    status: &'static str,
}

impl Affects {
    pub(super) fn version(version: String, status: &'static str) -> Self {
        Self {
            version: Some(version),
            range: None,
            status,
        }
    }

    /// Whatever the version.
    pub(super) fn any(status: &'static str) -> Self {
        Self {
            version: None,
            range: Some("vers:generic/*"),
            status,
        }
    }
}
