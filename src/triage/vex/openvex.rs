//! OpenVEX 0.0.1 to 0.2.0: statements about products and their parts.

use jiff::Timestamp;
use serde::Deserialize;

use super::purl::Purl;
use super::statement::{self, Statement, Targets, Whose};
use super::{HINT, Told, Top, many};
use crate::error::{Error, Result};
use crate::model::{Set, Text, Verdict};
use crate::source::Loose;

/// What `@context` starts with, before a version.
const CONTEXT: &str = "https://openvex.dev/ns";
/// The versions that are read. Without one it is of the time before they were named.
const VERSIONS: [&str; 4] = ["", "v0.0.1", "v0.0.2", "v0.2.0"];
/// Why a product is not affected ("Status Justifications").
const JUSTIFICATIONS: [&str; 5] = [
    "component_not_present",
    "vulnerable_code_not_present",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist",
];

/// The version that `@context` names; `None` when it is not that of OpenVEX.
pub(super) fn version(context: Loose<'_>) -> Option<String> {
    let contexts = context.text().into_iter();
    let mut contexts = contexts.chain(context.list().into_iter().filter_map(Loose::text));
    contexts.find_map(|context| {
        let rest = context.trim().strip_prefix(CONTEXT)?;
        let is_whole = rest.is_empty() || rest.starts_with('/');
        is_whole.then(|| rest.trim_matches('/').to_owned())
    })
}

/// Reads a document of a version.
pub(super) fn read(top: &Top<'_>, version: &str) -> Result<Told> {
    if !VERSIONS.contains(&version) {
        let message = format!("expected OpenVEX 0.0.1 to 0.2.0, found `{version}`");
        return Err(Error::format(message).at("/@context").hint(HINT));
    }
    let sort = top.statements.sort();
    if sort != "an array" {
        let message = format!("expected an array of statements, found {sort}");
        return Err(Error::format(message).at("/statements"));
    }
    let author = top.author.text().map(|author| match top.role.text() {
        Some(role) => format!("{author} ({role})"),
        None => author,
    });
    let author = author.and_then(|author| Text::some_line(&author));
    let written = top.timestamp.text().map(|words| statement::time(&words));
    let written = written.transpose();
    let mut told = Told::new(
        "openvex",
        author.clone(),
        written.as_ref().ok().copied().flatten(),
    );
    let mut count = Count::default();
    for (number, record) in top.statements.list().into_iter().enumerate() {
        let at = format!("/statements/{number}");
        let read = record
            .object::<Record<'_>>()
            .and_then(|record| record.statement(&at, author.as_ref(), &written, &mut count));
        match read {
            Ok(statement) => told.statements.push(statement),
            Err(reason) => told.rejects.push((at, reason)),
        }
    }
    told.count(
        "statements without a product, which reach nothing",
        count.without_product,
    );
    told.count(
        "products and parts without an `@id` or a package URL, which reach nothing",
        count.unnamed,
    );
    Ok(told)
}

/// What is not wrong, but worth a note.
#[derive(Default)]
struct Count {
    without_product: u64,
    unnamed: u64,
}

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow, default)]
    vulnerability: Loose<'a>,
    #[serde(default)]
    timestamp: Loose<'a>,
    #[serde(default)]
    last_updated: Loose<'a>,
    #[serde(default)]
    products: Loose<'a>,
    /// Before 0.2.0: the parts of each product.
    #[serde(default)]
    subcomponents: Loose<'a>,
    #[serde(default)]
    status: Loose<'a>,
    #[serde(default)]
    status_notes: Loose<'a>,
    #[serde(default)]
    justification: Loose<'a>,
    #[serde(default)]
    impact_statement: Loose<'a>,
    #[serde(default)]
    action_statement: Loose<'a>,
}

impl Record<'_> {
    fn statement(
        &self,
        at: &str,
        by: Option<&Text>,
        written: &Result<Option<Timestamp>, String>,
        count: &mut Count,
    ) -> Result<Statement, String> {
        let ids = ids(self.vulnerability);
        if ids.is_empty() {
            return Err("expected a `vulnerability` with a name, found none".to_owned());
        }
        let verdict = self.verdict()?;
        let justification = self.justification();
        let impact = self.impact_statement.text();
        if verdict == Verdict::NotAffected && justification.is_none() && impact.is_none() {
            let found = match self.justification.text() {
                Some(word) => format!("the justification `{word}`, which OpenVEX does not know"),
                None => "neither".to_owned(),
            };
            return Err(format!(
                "expected a `justification` or an `impact_statement` for `not_affected`, found {found}"
            ));
        }
        let said = self.said(written)?;
        if said.is_none() && verdict.suppresses() {
            let missing = "expected a `timestamp` of the statement or the document, found none: what came later cannot be told";
            return Err(missing.to_owned());
        }
        let mut targets = Targets::default();
        let products = many(self.products);
        count.without_product += u64::from(products.is_empty());
        for product in products {
            product_targets(product, self.subcomponents, &mut targets, count);
        }
        let sentences = [
            impact,
            self.action_statement.text(),
            self.status_notes.text(),
        ];
        Ok(Statement {
            at: at.to_owned(),
            ids,
            verdict,
            by: by.cloned(),
            reason: statement::reason(justification.as_deref(), &sentences),
            said,
            targets,
        })
    }

    fn verdict(&self) -> Result<Verdict, String> {
        let status = self.status.text();
        match status.as_deref().map(str::trim) {
            Some("not_affected") => Ok(Verdict::NotAffected),
            Some("affected") => Ok(Verdict::Affected),
            Some("fixed") => Ok(Verdict::Fixed),
            Some("under_investigation") => Ok(Verdict::UnderInvestigation),
            found => Err(format!(
                "expected `status` to be `not_affected`, `affected`, `fixed` or `under_investigation`, found {}",
                found.map_or_else(|| self.status.sort().to_owned(), |word| format!("`{word}`"))
            )),
        }
    }

    fn justification(&self) -> Option<String> {
        let word = self.justification.text()?;
        let word = word.trim();
        JUSTIFICATIONS.contains(&word).then(|| word.to_owned())
    }

    /// The latest of its own times; without one that of the document ("Inheritance Flow").
    fn said(
        &self,
        written: &Result<Option<Timestamp>, String>,
    ) -> Result<Option<Timestamp>, String> {
        let times = [
            ("timestamp", self.timestamp),
            ("last_updated", self.last_updated),
        ];
        let mut own = None;
        for (key, words) in times {
            let wrong = |reason: String| format!("`{key}`: {reason}");
            if let Some(words) = words.text() {
                own = own.max(Some(statement::time(&words).map_err(wrong)?));
            }
        }
        match (own, written) {
            (Some(own), _) => Ok(Some(own)),
            (None, Ok(written)) => Ok(*written),
            (None, Err(reason)) => Err(format!("`timestamp` of the document: {reason}")),
        }
    }
}

/// What the vulnerability is called. Before 0.2.0 it was its name alone.
fn ids(vulnerability: Loose<'_>) -> Set<Text> {
    #[derive(Deserialize)]
    struct Names<'a> {
        #[serde(rename = "@id", borrow, default)]
        id: Loose<'a>,
        #[serde(default)]
        name: Loose<'a>,
        #[serde(default)]
        aliases: Loose<'a>,
    }
    if let Some(name) = vulnerability.text() {
        return statement::vulnerability(&name).into_iter().collect();
    }
    let Ok(Names { id, name, aliases }) = vulnerability.object() else {
        return Set::new();
    };
    // The `@id` is an IRI, which often ends in the name.
    let id = id.text();
    let last = id
        .as_deref()
        .and_then(|id| id.rsplit(['/', '#', '=', ':']).next());
    let names = name.text().into_iter();
    let names = names.chain(aliases.list().into_iter().filter_map(Loose::text));
    names
        .filter_map(|name| statement::vulnerability(&name))
        .chain(last.and_then(crate::model::vulnerability_id))
        .collect()
}

/// A product or a part of one.
struct Component {
    /// The words that may name an app.
    names: Set<Text>,
    purls: Vec<Purl>,
    parts: Vec<Self>,
}

impl Component {
    /// `depth` is how many levels of parts are read: a part has none of its own.
    fn read(component: Loose<'_>, depth: u8) -> Self {
        #[derive(Default, Deserialize)]
        struct Fields<'a> {
            #[serde(rename = "@id", borrow, default)]
            id: Loose<'a>,
            #[serde(default)]
            name: Loose<'a>,
            #[serde(default)]
            identifiers: Loose<'a>,
            #[serde(default)]
            subcomponents: Loose<'a>,
        }
        #[derive(Default, Deserialize)]
        struct Identifiers<'a> {
            #[serde(borrow, default)]
            purl: Loose<'a>,
        }
        let fields: Fields<'_> = component.object().unwrap_or_default();
        let identifiers: Identifiers<'_> = fields.identifiers.object().unwrap_or_default();
        let ids = [component.text(), fields.id.text(), identifiers.purl.text()];
        let purls: Vec<Purl> = ids
            .iter()
            .flatten()
            .filter_map(|id| Purl::read(id))
            .collect();
        let words = ids.into_iter().chain([fields.name.text()]).flatten();
        let parts = many(fields.subcomponents).into_iter();
        Self {
            names: words
                .filter_map(|word| Text::some_line(&word))
                .chain(purls.iter().map(|purl| purl.package.clone()))
                .chain(purls.iter().map(|purl| purl.name.clone()))
                .collect(),
            purls,
            parts: parts
                .filter(|_| depth > 0)
                .map(|part| Self::read(part, depth - 1))
                .collect(),
        }
    }
}

/// A product that has no parts is a package or an app; of one with parts the parts in it are meant, and nothing else.
fn product_targets(
    product: Loose<'_>,
    more_parts: Loose<'_>,
    targets: &mut Targets,
    count: &mut Count,
) {
    let mut product = Component::read(product, 1);
    let more = many(more_parts).into_iter();
    product
        .parts
        .extend(more.map(|part| Component::read(part, 0)));
    count.unnamed += u64::from(product.names.is_empty());
    if product.names.is_empty() {
        return;
    }
    if product.parts.is_empty() {
        targets.packages(&Whose::Anyones, &product.purls);
        targets.app(product.names);
        return;
    }
    let whose = Whose::App(product.names);
    for part in product.parts {
        count.unnamed += u64::from(part.purls.is_empty());
        targets.packages(&whose, &part.purls);
    }
}
