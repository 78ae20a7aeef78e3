//! A line of yarn 1: one dependency path of one advisory, or the totals.

use serde::Deserialize;

use crate::model::Finding;
use crate::parse::json::Loose;
use crate::parse::npm_audit::context::Context;
use crate::parse::npm_audit::registry::{Advisory, add_paths};

/// The data of `auditAdvisory`: the advisory is whole in each of its lines.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Audited<'a> {
    #[serde(borrow)]
    resolution: Loose<'a>,
    advisory: Loose<'a>,
}

/// The path that a line stands for.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Resolution<'a> {
    #[serde(borrow)]
    id: Loose<'a>,
    path: Loose<'a>,
}

/// The data of `auditSummary`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Summary<'a> {
    #[serde(borrow)]
    pub(super) vulnerabilities: Loose<'a>,
    #[serde(rename = "totalDependencies")]
    pub(super) dependencies: Loose<'a>,
}

impl<'a> Audited<'a> {
    /// The advisory; else the reason why there is none.
    pub(super) fn advisory(&self) -> Result<Advisory<'a>, String> {
        self.advisory
            .object()
            .map_err(|reason| format!("no advisory in `advisory`: {reason}"))
    }

    /// The finding; else the reason why there is none.
    pub(super) fn finding(
        &self,
        advisory: &Advisory<'_>,
        context: &Context<'_>,
        at: &str,
    ) -> Result<Finding, String> {
        let resolution: Resolution<'_> = self.resolution.object().unwrap_or_default();
        let mut finding = advisory.finding(context, at, resolution.id.words())?;
        if let Some(package) = finding.package.as_deref_mut() {
            add_paths(package, resolution.path.text().into_iter());
        }
        Ok(finding)
    }
}
