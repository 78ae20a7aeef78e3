//! The components of a CycloneDX document, and what refers to them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Count;
use super::versions::Versions;
use crate::model::{Set, Text, Verdict};
use crate::source::Loose;
use crate::triage::vex::Top;
use crate::triage::vex::purl::{Purl, decoded};
use crate::triage::vex::statement::{Targets, Whose};

/// What a link into another document starts with (BOM-Link, `urn:cdx:serial/version#ref`).
const LINK: &str = "urn:cdx:";

/// What a document or a part of it is about.
#[derive(Clone, Debug, Default)]
struct Product {
    /// The words that may name an app.
    names: Set<Text>,
    purl: Option<Purl>,
    /// The names of the application that it lies in, if the document says so.
    within: Option<Set<Text>>,
}

impl Product {
    /// What can be told by the words that refer to it.
    fn by_reference(words: &str) -> Self {
        let purl = Purl::read(words);
        Self {
            names: purl_names(purl.as_ref())
                .chain(Text::some_line(words))
                .collect(),
            purl,
            within: None,
        }
    }
}

fn purl_names(purl: Option<&Purl>) -> impl Iterator<Item = Text> + use<> {
    let names = purl.map(|purl| [purl.package.clone(), purl.name.clone()]);
    names.into_iter().flatten()
}

/// The components of a document, by what refers to them.
pub(super) struct Products {
    by_reference: BTreeMap<String, Product>,
    /// What the document is about, with what refers to it.
    whole: Option<(String, Product)>,
    /// The document's own serial number.
    serial: Option<String>,
}

#[derive(Default, Deserialize)]
struct Component<'a> {
    #[serde(rename = "type", borrow, default)]
    sort: Loose<'a>,
    #[serde(rename = "bom-ref", default)]
    reference: Loose<'a>,
    #[serde(default)]
    name: Loose<'a>,
    #[serde(default)]
    version: Loose<'a>,
    #[serde(default)]
    purl: Loose<'a>,
    #[serde(default)]
    components: Loose<'a>,
}

impl Component<'_> {
    fn product(&self) -> Product {
        let purl = self.purl.text();
        let mut purl = purl.as_deref().and_then(Purl::read);
        if let Some(purl) = &mut purl {
            let version = || Text::some_line(&self.version.words()?);
            purl.version = purl.version.take().or_else(version);
        }
        let words = [self.reference.words(), self.name.text()];
        Product {
            names: purl_names(purl.as_ref())
                .chain(
                    words
                        .iter()
                        .flatten()
                        .filter_map(|word| Text::some_line(word)),
                )
                .collect(),
            purl,
            within: None,
        }
    }
}

/// How deep components may lie in each other.
const DEEPEST: usize = 64;

impl Products {
    pub(super) fn of(top: &Top<'_>, whole: Loose<'_>) -> Self {
        let mut by_reference = BTreeMap::new();
        // Components hold components; a list of those that wait takes no stack, however deep they are.
        let mut waiting: Vec<_> = top
            .components
            .list()
            .into_iter()
            .map(|one| (one, 0, None))
            .collect();
        let root: Component<'_> = whole.object().unwrap_or_default();
        waiting.push((whole, 0, None));
        while let Some((component, depth, within)) = waiting.pop() {
            let Ok(component) = component.object::<Component<'_>>() else {
                continue;
            };
            if let Some(reference) = component.reference.words() {
                by_reference.entry(reference).or_insert_with(|| Product {
                    within: within.clone(),
                    ..component.product()
                });
            }
            // Each level is read anew; real documents have a few. What lies deeper is referred to in vain, which reaches
            // nothing.
            if depth < DEEPEST {
                let is_application = component.sort.text().as_deref() == Some("application");
                let inner = is_application.then(|| component.product().names);
                let within = inner.filter(|names| !names.is_empty()).or(within);
                let below = component.components.list().into_iter();
                waiting.extend(below.map(|one| (one, depth + 1, within.clone())));
            }
        }
        let serial = top.serial_number.text();
        let product = root.product();
        Self {
            by_reference,
            whole: (!product.names.is_empty())
                .then(|| (root.reference.words().unwrap_or_default(), product)),
            serial: serial.and_then(|serial| serial.strip_prefix("urn:uuid:").map(str::to_owned)),
        }
    }

    /// In which apps the document's packages are looked for.
    pub(super) fn note(&self) -> Option<String> {
        let (_, whole) = self.whole.as_ref()?;
        let names: Vec<&str> = whole.names.iter().map(Text::untrusted).collect();
        let names = names.join("`, `");
        Some(format!(
            "it is about the app `{names}`: packages of apps with other names are not reached"
        ))
    }

    /// Adds what `affects` refers to, in the versions that it names.
    pub(super) fn target(
        &self,
        affected: Loose<'_>,
        verdict: Verdict,
        targets: &mut Targets,
        count: &mut Count,
    ) {
        #[derive(Default, Deserialize)]
        struct Affected<'a> {
            #[serde(rename = "ref", borrow, default)]
            reference: Loose<'a>,
            #[serde(default)]
            versions: Loose<'a>,
        }
        let affected: Affected<'_> = affected.object().unwrap_or_default();
        let Some(reference) = affected.reference.words() else {
            return;
        };
        let (product, is_whole) = self.find(&reference);
        let whose = match (&self.whole, &product.within) {
            (Some((_, whole)), _) if !is_whole => Whose::Context(whole.names.clone()),
            (None, Some(names)) => Whose::App(names.clone()),
            _ => Whose::Anyones,
        };
        // Versions of what has a package URL are those of the package.
        let is_product = is_whole || product.purl.is_none();
        let named = Versions::read(affected.versions, verdict, count);
        match (&named, product.purl) {
            (_, None) | (Versions::None, _) => {}
            (Versions::Unsaid, Some(purl)) => targets.packages(&whose, &[purl]),
            (Versions::All, Some(purl)) => targets.package(whose, purl.package, Set::new()),
            (Versions::These(these), Some(purl)) => {
                targets.package(whose, purl.package, these.clone());
            }
        }
        match named {
            Versions::Unsaid | Versions::All => targets.app(product.names),
            Versions::These(_) if !verdict.suppresses() => targets.app(product.names),
            Versions::These(these) if is_product => count.product_versions += these.len() as u64,
            Versions::These(_) | Versions::None => {}
        }
    }

    /// The component that is referred to, and whether it is what the document is about.
    fn find(&self, reference: &str) -> (Product, bool) {
        let is_whole = |reference: &str| {
            let whole = self.whole.as_ref();
            whole.is_some_and(|(own, _)| own == reference && !own.is_empty())
        };
        if let Some(product) = self.by_reference.get(reference) {
            return (product.clone(), is_whole(reference));
        }
        let Some((document, part)) = reference
            .strip_prefix(LINK)
            .and_then(|link| link.split_once('#'))
        else {
            return (Product::by_reference(reference), false);
        };
        let serial = document.split('/').next().unwrap_or_default();
        let plain = decoded(part);
        if self.serial.as_deref() == Some(serial) {
            for part in [part, &plain] {
                if let Some(product) = self.by_reference.get(part) {
                    return (product.clone(), is_whole(part));
                }
            }
        }
        let product = match Purl::read(part) {
            Some(_) => Product::by_reference(part),
            None => Product::by_reference(&plain),
        };
        (product, false)
    }
}
