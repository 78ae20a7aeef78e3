//! What is wrong with a piece of a report, in words for whoever changed it by hand.

use std::collections::BTreeMap;
use std::iter;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::value::MapDeserializer;
use serde_json::error::Category;
use serde_json::value::RawValue;

use crate::error::Error;
use crate::model::Text;
use crate::source::without_place;
use crate::wire;

/// What to do about a report that is not as it was written.
pub(super) const REMEDY: &str = "the report was changed by hand: write it anew with `scanfold merge` from the scanners' \
                                 reports, or with `scanfold rescore` from an unchanged copy";

/// Why a finding that is there belongs to no input.
pub(super) const NO_RECORD: &str = "none of its `sightings` names one of the report's `inputs`";

/// The finding, unless what it says of itself cannot all be true.
pub(super) fn agreeing(
    finding: Box<wire::Finding<'_>>,
    as_of: Option<Timestamp>,
) -> Result<Box<wire::Finding<'_>>, String> {
    let contradiction = as_of.and_then(|as_of| finding.contradiction(as_of));
    contradiction.map_or(Ok(finding), Err)
}

/// Refuses a report for what is wrong with a piece of it.
pub(super) fn refused(report: &str, at: &str, reason: String) -> Error {
    Error::format(reason)
        .at(format!("{report}: {at}"))
        .hint(REMEDY)
}

/// Reads a piece, or tells which field of it is not what was expected.
pub(super) fn read<'a, T: Deserialize<'a>>(raw: &'a [u8]) -> Result<T, String> {
    serde_json::from_slice(raw).map_err(|error| field::<T>(raw).unwrap_or_else(|| words(&error)))
}

/// The first field that cannot be read, whatever stands beside it.
fn field<'a, T: Deserialize<'a>>(raw: &'a [u8]) -> Option<String> {
    let members: BTreeMap<String, &'a RawValue> = serde_json::from_slice(raw).ok()?;
    members.into_iter().find_map(|(name, value)| {
        let alone = MapDeserializer::new(iter::once((name.as_str(), value)));
        let words = words(&T::deserialize(alone).err()?);
        let name = Text::line(&name);
        let name = format!("`{}`", name.untrusted());
        match words.starts_with("missing field") {
            // One that is not needed alone is there beside the others.
            true if !words.contains(&name) => None,
            _ if words.contains(&name) => Some(words),
            _ => Some(format!("{name}: {words}")),
        }
    })
}

/// The error in words that need no knowledge of how it is read.
fn words(error: &serde_json::Error) -> String {
    const TYPES: [(&str, &str); 7] = [
        ("expected struct ", "expected an object"),
        ("expected f64", "expected a number"),
        ("expected u32", "expected a whole number"),
        ("expected u64", "expected a whole number"),
        ("expected a map", "expected an object"),
        ("expected a sequence", "expected a list"),
        ("expected a boolean", "expected `true` or `false`"),
    ];
    /// How the errors begin that do not come from the reader of times.
    const READER: [&str; 8] = [
        "a list has more",
        "invalid type",
        "invalid value",
        "invalid length",
        "missing field",
        "unknown field",
        "duplicate field",
        "unknown variant",
    ];
    let words = without_place(error);
    if error.classify() == Category::Data && !READER.iter().any(|start| words.starts_with(start)) {
        let expected = "expected a time as `2026-11-21T00:00:00Z` or a date as `2026-11-21`, before the end of 9999";
        return expected.to_owned();
    }
    let known = TYPES
        .into_iter()
        .find_map(|(theirs, ours)| Some((words.rfind(theirs)?, ours)));
    match known {
        Some((end, ours)) => format!("{}{ours}", words.get(..end).unwrap_or_default()),
        None => words,
    }
}
