//! The objects of a SARIF 2.1.0 log, as far as they are read.

use serde::Deserialize;

use super::lenient::{Ends, Flat, Known, List, Matter, Object, Table, Whole, Word};
use super::memory::Indices;

/// A result (section 3.27).
///
/// Left out on purpose: `guid` and `correlationGuid`, which tools make anew for each run; `relatedLocations` and `stacks`,
/// which are places of the explanation and not of the finding; `attachments`, `graphs` and `graphTraversals`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Record<'a> {
    #[serde(borrow)]
    pub(super) rule_id: Word<'a>,
    pub(super) rule_index: Whole,
    pub(super) rule: Object<Reference<'a>>,
    pub(super) kind: Word<'a>,
    pub(super) level: Word<'a>,
    pub(super) message: Object<Message<'a>>,
    pub(super) locations: List<Object<Place<'a>>>,
    pub(super) fingerprints: Table<'a, Flat>,
    pub(super) partial_fingerprints: Table<'a, Flat>,
    pub(super) baseline_state: Word<'a>,
    pub(super) suppressions: List<Known<Suppression<'a>>>,
    pub(super) provenance: Object<Provenance<'a>>,
    pub(super) properties: Object<Properties<'a>>,
    pub(super) taxa: List<Object<Reference<'a>>>,
    pub(super) fixes: List<Object<Fix<'a>>>,
    pub(super) web_request: Object<WebRequest<'a>>,
    pub(super) code_flows: List<Object<CodeFlow<'a>>>,
    pub(super) hosted_viewer_uri: Word<'a>,
    pub(super) work_item_uris: List<Word<'a>>,
    pub(super) occurrence_count: Whole,
    pub(super) rank: Word<'a>,
}

/// A result as far as the first pass needs it: the rest is passed over unread.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Glance<'a> {
    #[serde(borrow)]
    pub(super) rule_id: Word<'a>,
    pub(super) rule_index: Whole,
    pub(super) rule: Object<Reference<'a>>,
    pub(super) kind: Word<'a>,
    pub(super) message: Object<Message<'a>>,
    pub(super) locations: List<Object<Place<'a>>>,
    pub(super) fingerprints: Table<'a, Flat>,
    pub(super) partial_fingerprints: Table<'a, Flat>,
    pub(super) baseline_state: Word<'a>,
    pub(super) web_request: Object<WebRequest<'a>>,
}

/// What both passes look at alike.
#[derive(Clone, Copy, Debug)]
pub(super) struct Face<'r, 'a> {
    pub(super) rule_id: &'r Word<'a>,
    pub(super) rule_index: Whole,
    pub(super) rule: &'r Reference<'a>,
    pub(super) kind: &'r Word<'a>,
    pub(super) message: &'r Message<'a>,
    /// The first location.
    pub(super) place: Option<&'r Place<'a>>,
    pub(super) fingerprints: &'r Table<'a, Flat>,
    pub(super) partial_fingerprints: &'r Table<'a, Flat>,
    pub(super) baseline_state: &'r Word<'a>,
    pub(super) web_request: &'r WebRequest<'a>,
}

impl Face<'_, '_> {
    /// The numbers by which it calls its rule.
    pub(super) fn indices(self) -> Indices {
        Indices {
            own: self.rule_index.index(),
            reference: self.rule.index.index(),
        }
    }
}

macro_rules! face {
    ($($record:ident),*) => {$(
        impl<'a> $record<'a> {
            /// What both passes look at alike.
            pub(super) fn face(&self) -> Face<'_, 'a> {
                Face {
                    rule_id: &self.rule_id,
                    rule_index: self.rule_index,
                    rule: &self.rule.0,
                    kind: &self.kind,
                    message: &self.message.0,
                    place: self.locations.0.first().map(|place| &place.0),
                    fingerprints: &self.fingerprints,
                    partial_fingerprints: &self.partial_fingerprints,
                    baseline_state: &self.baseline_state,
                    web_request: &self.web_request.0,
                }
            }
        }
    )*};
}
face!(Record, Glance);

/// A code flow (section 3.36): of its thread flows the first, and how many there are.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct CodeFlow<'a> {
    #[serde(borrow)]
    pub(super) thread_flows: Ends<Object<ThreadFlow<'a>>>,
}

/// A thread flow (section 3.37): where it starts and ends, and how many steps it has.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ThreadFlow<'a> {
    #[serde(borrow)]
    pub(super) locations: Ends<Object<Step<'a>>>,
}

impl Matter for Object<ThreadFlow<'_>> {
    fn matters(&self) -> bool {
        true
    }
}

/// A thread flow location (section 3.38): `index` names one that the run keeps for all its flows.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Step<'a> {
    #[serde(borrow)]
    pub(super) location: Object<Place<'a>>,
    pub(super) importance: Word<'a>,
    pub(super) index: Whole,
}

impl Matter for Object<Step<'_>> {
    fn matters(&self) -> bool {
        let artifact = &self.0.location.0.physical_location.0.artifact_location.0;
        let has_place = artifact.uri.get().is_some() || artifact.index.0.is_some();
        let importance = self.0.importance.get().unwrap_or_default();
        !importance.eq_ignore_ascii_case("unimportant") && (has_place || self.0.index.0.is_some())
    }
}

/// A reporting descriptor reference (section 3.52).
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Reference<'a> {
    #[serde(borrow)]
    pub(super) id: Word<'a>,
    pub(super) guid: Word<'a>,
    pub(super) index: Whole,
    pub(super) tool_component: Object<ComponentReference<'a>>,
}

/// A tool component reference (section 3.54).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ComponentReference<'a> {
    #[serde(borrow)]
    pub(super) name: Word<'a>,
    pub(super) index: Whole,
    pub(super) guid: Word<'a>,
}

/// A message (section 3.11), or a multiformat message string (section 3.12).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Message<'a> {
    #[serde(borrow)]
    pub(super) text: Word<'a>,
    pub(super) markdown: Word<'a>,
    pub(super) id: Word<'a>,
    pub(super) arguments: List<Word<'a>>,
}

/// A location (section 3.28).
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Place<'a> {
    #[serde(borrow)]
    pub(super) physical_location: Object<Physical<'a>>,
    pub(super) logical_locations: List<Object<Logical<'a>>>,
}

/// A physical location (section 3.29).
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Physical<'a> {
    #[serde(borrow)]
    pub(super) artifact_location: Object<Artifact<'a>>,
    pub(super) region: Object<Region<'a>>,
    pub(super) address: Object<Address<'a>>,
}

/// An artifact location (section 3.4).
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Artifact<'a> {
    #[serde(borrow)]
    pub(super) uri: Word<'a>,
    pub(super) uri_base_id: Word<'a>,
    pub(super) index: Whole,
}

/// A region (section 3.30).
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Region<'a> {
    pub(super) start_line: Whole,
    pub(super) start_column: Whole,
    pub(super) end_line: Whole,
    pub(super) end_column: Whole,
    pub(super) char_offset: Whole,
    pub(super) char_length: Whole,
    pub(super) byte_offset: Whole,
    pub(super) byte_length: Whole,
    #[serde(borrow)]
    pub(super) snippet: Object<Message<'a>>,
}

/// A logical location (section 3.33).
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Logical<'a> {
    #[serde(borrow)]
    pub(super) name: Word<'a>,
    pub(super) fully_qualified_name: Word<'a>,
    pub(super) index: Whole,
}

/// An address (section 3.32).
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Address<'a> {
    #[serde(borrow)]
    pub(super) name: Word<'a>,
    pub(super) fully_qualified_name: Word<'a>,
    #[serde(rename = "absoluteAddress")]
    pub(super) number: Whole,
}

/// A suppression (section 3.35); `state` is what drafts called `status`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Suppression<'a> {
    #[serde(borrow)]
    pub(super) kind: Word<'a>,
    pub(super) status: Word<'a>,
    pub(super) state: Word<'a>,
    pub(super) justification: Word<'a>,
}

/// A result provenance (section 3.48).
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Provenance<'a> {
    #[serde(borrow)]
    pub(super) first_detection_time_utc: Word<'a>,
    pub(super) last_detection_time_utc: Word<'a>,
    pub(super) invocation_index: Whole,
}

/// Members of a property bag (section 3.8) that tools agree on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Properties<'a> {
    #[serde(borrow, rename = "security-severity")]
    pub(super) security_severity: Word<'a>,
    pub(super) tags: List<Word<'a>>,
    pub(super) cwe: Flat,
}

/// A fix (section 3.55).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fix<'a> {
    #[serde(borrow)]
    pub(super) description: Object<Message<'a>>,
}

/// A web request (section 3.46).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct WebRequest<'a> {
    #[serde(borrow)]
    pub(super) target: Word<'a>,
}

/// A reporting descriptor (section 3.49): a rule.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Descriptor<'a> {
    #[serde(borrow)]
    pub(super) id: Word<'a>,
    pub(super) guid: Word<'a>,
    pub(super) name: Word<'a>,
    pub(super) deprecated_ids: List<Word<'a>>,
    pub(super) short_description: Object<Message<'a>>,
    pub(super) full_description: Object<Message<'a>>,
    pub(super) help: Object<Message<'a>>,
    pub(super) help_uri: Word<'a>,
    pub(super) default_configuration: Object<Configuration<'a>>,
    pub(super) message_strings: Table<'a, Object<Message<'a>>>,
    pub(super) relationships: List<Object<Relationship<'a>>>,
    pub(super) properties: Object<Properties<'a>>,
}

/// A reporting configuration (section 3.50).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Configuration<'a> {
    #[serde(borrow)]
    pub(super) level: Word<'a>,
}

/// A reporting descriptor relationship (section 3.53).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Relationship<'a> {
    #[serde(borrow)]
    pub(super) target: Object<Reference<'a>>,
    pub(super) kinds: List<Word<'a>>,
}

/// A reporting descriptor (section 3.49): a taxon.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Named<'a> {
    #[serde(borrow)]
    pub(super) id: Word<'a>,
    pub(super) guid: Word<'a>,
}

/// Run automation details (section 3.17).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Automation<'a> {
    #[serde(borrow)]
    pub(super) id: Word<'a>,
    pub(super) guid: Word<'a>,
}

/// Version control details (section 3.23).
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct VersionControl<'a> {
    #[serde(borrow)]
    pub(super) repository_uri: Word<'a>,
    pub(super) mapped_to: Object<Artifact<'a>>,
}

/// An artifact (section 3.24).
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ArtifactEntry<'a> {
    #[serde(borrow)]
    pub(super) location: Object<Artifact<'a>>,
    pub(super) parent_index: Whole,
}

/// External property file references (section 3.15): only whether results stand elsewhere.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Elsewhere {
    pub(super) results: List<serde::de::IgnoredAny>,
}
