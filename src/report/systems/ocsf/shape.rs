//! The parts of an OCSF vulnerability finding that are written, as they stand in the line.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Event<'a> {
    pub(super) activity_id: u32,
    pub(super) activity_name: &'static str,
    pub(super) category_uid: u32,
    pub(super) category_name: &'static str,
    pub(super) class_uid: u32,
    pub(super) class_name: &'static str,
    pub(super) type_uid: u32,
    pub(super) type_name: String,
    pub(super) time: i64,
    pub(super) severity_id: u8,
    pub(super) severity: &'static str,
    pub(super) status_id: u8,
    pub(super) status: &'static str,
    pub(super) message: String,
    pub(super) metadata: Metadata,
    pub(super) finding_info: FindingInfo<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) resources: Vec<Resource<'a>>,
    pub(super) vulnerabilities: [Vulnerability<'a>; 1],
    pub(super) unmapped: BTreeMap<String, String>,
}

#[derive(Serialize)]
pub(super) struct Metadata {
    pub(super) version: &'static str,
    pub(super) uid: String,
    pub(super) product: Product,
}

#[derive(Serialize)]
pub(super) struct Product {
    pub(super) name: &'static str,
    pub(super) vendor_name: &'static str,
    pub(super) version: &'static str,
}

#[derive(Serialize)]
pub(super) struct FindingInfo<'a> {
    pub(super) uid: String,
    pub(super) title: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) desc: Option<&'a str>,
    pub(super) types: [&'static str; 1],
    pub(super) data_sources: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) first_seen_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) last_seen_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) src_url: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Resource<'a> {
    pub(super) name: &'a str,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
}

#[derive(Serialize)]
pub(super) struct Vulnerability<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) desc: Option<&'a str>,
    pub(super) severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cve: Option<Cve<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) advisory: Option<Advisory>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cwe: Option<Weakness>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) related_vulnerabilities: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) references: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) remediation: Option<Remediation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) is_fix_available: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) is_exploit_available: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) first_seen_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) last_seen_time: Option<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) affected_packages: Vec<AffectedPackage<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) affected_code: Vec<AffectedCode<'a>>,
}

#[derive(Serialize)]
pub(super) struct Cve<'a> {
    pub(super) uid: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) references: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) related_cwes: Vec<Weakness>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) epss: Option<Epss>,
}

#[derive(Serialize)]
pub(super) struct Epss {
    pub(super) score: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) percentile: Option<f64>,
}

#[derive(Serialize)]
pub(super) struct Advisory {
    pub(super) uid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) src_url: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) related_cwes: Vec<Weakness>,
}

#[derive(Serialize)]
pub(super) struct Weakness {
    pub(super) uid: String,
    pub(super) src_url: String,
}

#[derive(Serialize)]
pub(super) struct Remediation {
    pub(super) desc: String,
}

#[derive(Serialize)]
pub(super) struct AffectedPackage<'a> {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) package_manager: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) purl: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fixed_in_version: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct AffectedCode<'a> {
    pub(super) file: File<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) start_line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) end_line: Option<u32>,
}

#[derive(Serialize)]
pub(super) struct File<'a> {
    pub(super) name: &'a str,
    pub(super) path: &'a str,
    pub(super) type_id: u8,
}
