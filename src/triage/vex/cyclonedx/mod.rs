//! The vulnerabilities of a CycloneDX document (1.4 to 1.6), and what was found out about each.

mod products;
mod versions;

use jiff::Timestamp;
use serde::Deserialize;

use super::statement::{self, Statement, Targets};
use super::{HINT, Told, Top, many};
use crate::error::{Error, Result};
use crate::model::{Set, Text, Verdict};
use crate::source::Loose;
use products::Products;

/// The versions that have vulnerabilities with an analysis.
const VERSIONS: [&str; 3] = ["1.4", "1.5", "1.6"];

/// Reads the vulnerabilities of a document.
pub(super) fn read(top: &Top<'_>) -> Result<Told> {
    let version = top.spec_version.words().unwrap_or_default();
    if !VERSIONS.contains(&version.trim()) {
        let message = format!("expected CycloneDX 1.4 to 1.6, found `{version}`");
        return Err(Error::format(message).at("/specVersion").hint(HINT));
    }
    let sort = top.vulnerabilities.sort();
    if sort != "an array" {
        let message = format!(
            "expected an array of vulnerabilities, found {sort}: it is a bill of materials without VEX"
        );
        return Err(Error::format(message).at("/vulnerabilities"));
    }
    let metadata: Metadata<'_> = top.metadata.object().unwrap_or_default();
    let author = metadata.author();
    let written = metadata.timestamp.text();
    let written = written.map(|words| statement::time(&words)).transpose();
    let products = Products::of(top, metadata.component);
    let mut told = Told::new(
        "cyclonedx-vex",
        author.clone(),
        written.as_ref().ok().copied().flatten(),
    );
    told.notes.extend(products.note());
    let mut count = Count::default();
    for (number, record) in top.vulnerabilities.list().into_iter().enumerate() {
        let at = format!("/vulnerabilities/{number}");
        let read = record.object::<Record<'_>>().and_then(|record| {
            record.statement(&at, author.as_ref(), &written, &products, &mut count)
        });
        match read {
            Ok(Some(statement)) => told.statements.push(statement),
            Ok(None) => {}
            Err(reason) => told.rejects.push((at, reason)),
        }
    }
    told.count(
        "vulnerabilities without an analysis, which say nothing",
        count.without_analysis,
    );
    told.count(
        "statements that name nothing which they affect, and reach nothing",
        count.without_target,
    );
    told.count(
        "version ranges that are not worked out and let nothing pass",
        count.ranges,
    );
    told.count(
        "versions of a product, which no report tells, and which let nothing pass",
        count.product_versions,
    );
    told.count(
        "versions whose status speaks against the analysis, and which let nothing pass",
        count.disputed,
    );
    Ok(told)
}

/// What is not wrong, but worth a note.
#[derive(Default)]
struct Count {
    without_analysis: u64,
    without_target: u64,
    ranges: u64,
    product_versions: u64,
    disputed: u64,
}

#[derive(Default, Deserialize)]
struct Metadata<'a> {
    #[serde(borrow, default)]
    timestamp: Loose<'a>,
    #[serde(default)]
    authors: Loose<'a>,
    #[serde(default)]
    component: Loose<'a>,
    #[serde(default)]
    manufacturer: Loose<'a>,
    /// The same before 1.6.
    #[serde(default)]
    manufacture: Loose<'a>,
    #[serde(default)]
    supplier: Loose<'a>,
}

impl Metadata<'_> {
    /// The people, or else the organization.
    fn author(&self) -> Option<Text> {
        let authors: Vec<String> = self.authors.list().into_iter().filter_map(name).collect();
        let organizations = [self.manufacturer, self.manufacture, self.supplier];
        Text::some_line(&authors.join(", "))
            .or_else(|| Text::some_line(&organizations.into_iter().find_map(name)?))
    }
}

fn name(of: Loose<'_>) -> Option<String> {
    #[derive(Deserialize)]
    struct Named<'a> {
        #[serde(borrow, default)]
        name: Loose<'a>,
    }
    of.object::<Named<'_>>().ok()?.name.text()
}

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow, default)]
    id: Loose<'a>,
    #[serde(default)]
    references: Loose<'a>,
    #[serde(default)]
    analysis: Loose<'a>,
    #[serde(default)]
    affects: Loose<'a>,
}

#[derive(Deserialize)]
struct Analysis<'a> {
    #[serde(borrow, default)]
    state: Loose<'a>,
    #[serde(default)]
    justification: Loose<'a>,
    #[serde(default)]
    detail: Loose<'a>,
    #[serde(rename = "firstIssued", default)]
    first_issued: Loose<'a>,
    #[serde(rename = "lastUpdated", default)]
    last_updated: Loose<'a>,
}

impl Record<'_> {
    /// `None` of a vulnerability that is only listed.
    fn statement(
        &self,
        at: &str,
        by: Option<&Text>,
        written: &Result<Option<Timestamp>, String>,
        products: &Products,
        count: &mut Count,
    ) -> Result<Option<Statement>, String> {
        let analysis = |reason: String| format!("`analysis`: {reason}");
        if self.analysis.is_absent() {
            count.without_analysis += 1;
            return Ok(None);
        }
        let analysis: Analysis<'_> = self.analysis.object().map_err(analysis)?;
        if analysis.state.is_absent() {
            count.without_analysis += 1;
            return Ok(None);
        }
        let ids = self.ids();
        if ids.is_empty() {
            return Err("expected a vulnerability with an `id`, found none".to_owned());
        }
        let verdict = analysis.verdict()?;
        let mut targets = Targets::default();
        for affected in many(self.affects) {
            products.target(affected, verdict, &mut targets, count);
        }
        count.without_target += u64::from(targets.is_empty());
        let justification = analysis.justification.text();
        let justification = justification.as_deref().map(str::trim);
        Ok(Some(Statement {
            at: at.to_owned(),
            ids,
            verdict,
            by: by.cloned(),
            reason: statement::reason(justification, &[analysis.detail.text()]),
            said: analysis.said(written)?,
            targets,
        }))
    }

    /// Its own id, and what other sources call it.
    fn ids(&self) -> Set<Text> {
        #[derive(Deserialize)]
        struct Reference<'a> {
            #[serde(borrow, default)]
            id: Loose<'a>,
        }
        let references = self.references.list().into_iter();
        let others = references.filter_map(|other| other.object::<Reference<'_>>().ok()?.id.text());
        let ids = self.id.text().into_iter().chain(others);
        ids.filter_map(|id| statement::vulnerability(&id)).collect()
    }
}

impl Analysis<'_> {
    fn verdict(&self) -> Result<Verdict, String> {
        let state = self.state.text();
        match state.as_deref().map(str::trim) {
            Some("exploitable") => Ok(Verdict::Affected),
            Some("in_triage") => Ok(Verdict::UnderInvestigation),
            Some("resolved" | "resolved_with_pedigree") => Ok(Verdict::Fixed),
            Some("false_positive") => Ok(Verdict::FalsePositive),
            Some("not_affected") => Ok(Verdict::NotAffected),
            found => Err(format!(
                "expected `analysis.state` to be `resolved`, `resolved_with_pedigree`, `exploitable`, `in_triage`, \
                 `false_positive` or `not_affected`, found {}",
                found.map_or_else(|| self.state.sort().to_owned(), |word| format!("`{word}`"))
            )),
        }
    }

    /// The later of its own times, which there are since 1.5; without one that of the document.
    fn said(
        &self,
        written: &Result<Option<Timestamp>, String>,
    ) -> Result<Option<Timestamp>, String> {
        let mut own = None;
        for (key, words) in [
            ("firstIssued", self.first_issued),
            ("lastUpdated", self.last_updated),
        ] {
            let wrong = |reason: String| format!("`analysis.{key}`: {reason}");
            if let Some(words) = words.text() {
                own = own.max(Some(statement::time(&words).map_err(wrong)?));
            }
        }
        match (own, written) {
            (Some(own), _) => Ok(Some(own)),
            (None, Ok(written)) => Ok(*written),
            (None, Err(reason)) => Err(format!("`metadata.timestamp`: {reason}")),
        }
    }
}
