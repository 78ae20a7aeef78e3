//! The parts of SARIF 2.1.0 that are written, as they stand in the file.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::Serialize;

pub(super) use crate::report::stream::Stream;

/// Section 3.13.
#[derive(Serialize)]
pub(super) struct Log<P, R> {
    #[serde(rename = "$schema")]
    pub(super) schema: &'static str,
    pub(super) version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) properties: Option<LogProperties<P>>,
    pub(super) runs: R,
}

/// The report that the log shows. It stands before the runs, so that the start of the file tells whose it is.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LogProperties<P> {
    pub(super) scanfold: P,
    /// How many of its findings have no result.
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) results_left_out: u64,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Section 3.14. The results come last, so that a reader who streams knows the rules before them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Run<'a, L, N, R> {
    pub(super) tool: Tool<'a, L>,
    pub(super) conversion: Conversion<'a>,
    pub(super) automation_details: AutomationDetails,
    pub(super) invocations: [Invocation<N>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) properties: Option<RunProperties>,
    pub(super) results: R,
}

/// What a run does not hold.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RunProperties {
    pub(super) results_left_out: u64,
}

/// Section 3.18.
#[derive(Serialize)]
pub(super) struct Tool<'a, L> {
    pub(super) driver: Driver<'a, L>,
}

/// Section 3.19.
#[derive(Serialize)]
pub(super) struct Driver<'a, L> {
    pub(super) name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rules: Option<L>,
}

/// Section 3.22.
#[derive(Serialize)]
pub(super) struct Conversion<'a> {
    pub(super) tool: Tool<'a, ()>,
}

/// Section 3.17.
#[derive(Serialize)]
pub(super) struct AutomationDetails {
    pub(super) id: String,
}

/// Section 3.20.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invocation<N> {
    pub(super) execution_successful: bool,
    #[serde(rename = "toolExecutionNotifications")]
    pub(super) notifications: N,
}

/// Section 3.58.
#[derive(Serialize)]
pub(super) struct Notification {
    pub(super) level: &'static str,
    pub(super) message: Message<'static>,
}

/// Section 3.11.
#[derive(Serialize)]
pub(super) struct Message<'a> {
    pub(super) text: Cow<'a, str>,
}

/// Section 3.49.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rule<'a> {
    pub(super) id: &'a str,
    pub(super) short_description: Message<'a>,
    pub(super) full_description: Message<'a>,
    pub(super) help: Message<'a>,
    pub(super) properties: RuleProperties,
}

/// What GitHub reads: a rule is about security by its tag, and the score is a string.
#[derive(Serialize)]
pub(super) struct RuleProperties {
    pub(super) tags: [&'static str; 1],
    #[serde(rename = "security-severity")]
    pub(super) security_severity: String,
}

/// Section 3.27.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Result<'a> {
    pub(super) rule_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rule_index: Option<usize>,
    pub(super) level: &'static str,
    pub(super) message: Message<'a>,
    pub(super) locations: Vec<Location<'a>>,
    pub(super) partial_fingerprints: Fingerprints,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) baseline_state: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) suppressions: Vec<Suppression>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) work_item_uris: BTreeSet<String>,
    pub(super) properties: ResultProperties<'a>,
}

/// Section 3.28.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Location<'a> {
    pub(super) physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) logical_locations: Vec<LogicalLocation<'a>>,
}

/// Section 3.29.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PhysicalLocation {
    pub(super) artifact_location: ArtifactLocation,
    pub(super) region: Region,
}

/// Section 3.4.
#[derive(Serialize)]
pub(super) struct ArtifactLocation {
    pub(super) uri: String,
}

/// Section 3.30.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region {
    pub(super) start_line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) start_column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) end_line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) end_column: Option<u32>,
}

impl Region {
    /// Stands for a whole file.
    pub(super) const fn first_line() -> Self {
        Self {
            start_line: 1,
            start_column: None,
            end_line: None,
            end_column: None,
        }
    }
}

/// Section 3.33.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LogicalLocation<'a> {
    pub(super) fully_qualified_name: &'a str,
}

/// Section 3.27.17: what later runs know the result by.
#[derive(Serialize)]
pub(super) struct Fingerprints {
    #[serde(rename = "scanfold/v1")]
    pub(super) scanfold: String,
}

/// Section 3.35.
#[derive(Serialize)]
pub(super) struct Suppression {
    pub(super) kind: &'static str,
    pub(super) status: &'static str,
    pub(super) justification: String,
    pub(super) properties: SuppressionProperties,
}

/// What was decided, by whom, until when, and where that stands.
#[derive(Serialize)]
pub(super) struct SuppressionProperties {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<&'static str>,
    pub(super) by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<String>,
}

/// What was made of a finding, for people and scripts; the whole of it is in the report of the log.
#[derive(Serialize)]
pub(super) struct ResultProperties<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) app: Option<&'a str>,
    pub(super) kind: &'static str,
    pub(super) severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) score: Option<String>,
    pub(super) status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) due: Option<String>,
    pub(super) overdue: bool,
    /// Came back after it was fixed, so that an old clock runs on.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) reopened: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) first_seen: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kev: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) epss: Option<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) owners: Vec<&'a str>,
    /// Not `tags`, which whoever reads the log takes for what the scanner tells, and so would we.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) policy_tags: Vec<String>,
}
