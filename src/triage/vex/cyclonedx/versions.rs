//! The versions of a component of which an analysis speaks.

use serde::Deserialize;

use super::Count;
use crate::model::{Set, Text, Verdict};
use crate::source::Loose;
use crate::triage::vex::many;
use crate::triage::vex::purl::decoded;

/// The versions that `affects` names.
pub(super) enum Versions {
    /// It says nothing of them.
    Unsaid,
    /// Whatever the version.
    All,
    /// Only these.
    These(Set<Text>),
    /// Those that it names are none of which the analysis speaks.
    None,
}

impl Versions {
    /// The versions of which the analysis speaks. A status without words is that of the analysis.
    ///
    /// What cannot be worked out lets nothing pass: a range is no version of a statement that suppresses, and all versions of
    /// one that does not.
    pub(super) fn read(list: Loose<'_>, verdict: Verdict, count: &mut Count) -> Self {
        #[derive(Default, Deserialize)]
        struct Named<'a> {
            #[serde(borrow, default)]
            version: Loose<'a>,
            #[serde(default)]
            range: Loose<'a>,
            #[serde(default)]
            status: Loose<'a>,
        }
        let list = many(list);
        if list.is_empty() {
            return Self::Unsaid;
        }
        let mut these = Set::new();
        for version in list {
            let version: Named<'_> = version.object().unwrap_or_default();
            let status = version.status.text();
            let agrees = match status.as_deref().map(str::trim) {
                None => true,
                Some("unaffected") => verdict.suppresses(),
                Some(_) => !verdict.suppresses(),
            };
            if !agrees {
                count.disputed += u64::from(verdict.suppresses());
                continue;
            }
            let exact = version.version.words();
            if let Some(exact) = exact.and_then(|exact| Text::some_line(&exact)) {
                these.insert(exact);
                continue;
            }
            match version.range.text().as_deref().and_then(listed) {
                Some(Self::All) => return Self::All,
                Some(Self::These(listed)) => these.extend(listed),
                _ => {
                    count.ranges += 1;
                    if !verdict.suppresses() {
                        return Self::All;
                    }
                }
            }
        }
        if these.is_empty() {
            Self::None
        } else {
            Self::These(these)
        }
    }
}

/// The versions of a range that only lists them: `vers:npm/1.2.3|1.2.4`, or `vers:npm/*` (vers, "A parsimonious notation").
fn listed(range: &str) -> Option<Versions> {
    let (_, constraints) = range.trim().strip_prefix("vers:")?.split_once('/')?;
    if constraints.trim() == "*" {
        return Some(Versions::All);
    }
    let exact = |constraint: &str| {
        let constraint = constraint.trim();
        let version = constraint.strip_prefix('=').unwrap_or(constraint);
        let is_exact = !version.starts_with(['<', '>', '!', '*', '=']);
        Text::some_line(&decoded(version)).filter(|_| is_exact)
    };
    let versions: Option<Set<Text>> = constraints.split('|').map(exact).collect();
    versions.map(Versions::These)
}
