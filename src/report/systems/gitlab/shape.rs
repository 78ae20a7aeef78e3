//! The parts of GitLab's security reports that are written, as they stand in the file.

use std::borrow::Cow;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

#[derive(Serialize)]
pub(super) struct Document<V> {
    pub(super) version: &'static str,
    pub(super) schema: String,
    pub(super) scan: Scan,
    pub(super) vulnerabilities: V,
    /// The files that were scanned, which no report tells. The schema wants the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) dependency_files: Option<[(); 0]>,
}

#[derive(Serialize)]
pub(super) struct Scan {
    pub(super) analyzer: Tool,
    pub(super) scanner: Tool,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) start_time: String,
    pub(super) end_time: String,
    pub(super) status: &'static str,
    pub(super) messages: Vec<Message>,
}

#[derive(Serialize)]
pub(super) struct Tool {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) vendor: Vendor,
    pub(super) version: &'static str,
}

#[derive(Serialize)]
pub(super) struct Vendor {
    pub(super) name: &'static str,
}

#[derive(Serialize)]
pub(super) struct Message {
    pub(super) level: &'static str,
    pub(super) value: String,
}

#[derive(Serialize)]
pub(super) struct Vulnerability<'a> {
    pub(super) id: String,
    pub(super) name: Cow<'a, str>,
    pub(super) description: String,
    pub(super) severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) solution: Option<String>,
    pub(super) identifiers: Vec<Identifier>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) links: Vec<Link>,
    pub(super) details: Details,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tracking: Option<Tracking>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) flags: Vec<Flag>,
    pub(super) location: Location,
}

#[derive(Serialize)]
pub(super) struct Identifier {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Link {
    pub(super) url: String,
}

/// Named texts, in their order.
pub(super) struct Details(pub(super) Vec<(&'static str, String)>);

impl Serialize for Details {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Detail<'a> {
            name: String,
            #[serde(rename = "type")]
            kind: &'static str,
            value: &'a str,
        }
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            let detail = Detail {
                name: name.replace('-', " "),
                kind: "text",
                value,
            };
            map.serialize_entry(&name.replace('-', "_"), &detail)?;
        }
        map.end()
    }
}

#[derive(Serialize)]
pub(super) struct Tracking {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) items: [Tracked; 1],
}

#[derive(Serialize)]
pub(super) struct Tracked {
    pub(super) file: String,
    pub(super) start_line: u32,
    pub(super) end_line: u32,
    pub(super) signatures: [Signature; 1],
}

#[derive(Serialize)]
pub(super) struct Signature {
    pub(super) algorithm: &'static str,
    pub(super) value: String,
}

#[derive(Serialize)]
pub(super) struct Flag {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) origin: String,
    pub(super) description: String,
}

#[derive(Serialize)]
pub(super) struct Location {
    pub(super) file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) dependency: Option<Dependency>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) start_line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) end_line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) method: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Dependency {
    pub(super) package: PackageName,
    pub(super) version: String,
}

#[derive(Serialize)]
pub(super) struct PackageName {
    pub(super) name: String,
}
