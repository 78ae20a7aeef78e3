//! A line of yarn 4: one advisory or deprecation of one package, with all its versions.

use serde::Deserialize;

use crate::model::{Finding, Key, Package, Text};
use crate::parse::json::Loose;
use crate::parse::npm_audit::context::Context;

/// Ends the id of what is no vulnerability but a deprecation.
const DEPRECATION: &str = " (deprecation)";
/// What a deprecation is called: its tag, its rule and its key.
const DEPRECATED: &str = "deprecated";

/// What yarn tells of a package.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Children<'a> {
    #[serde(borrow, rename = "ID")]
    id: Loose<'a>,
    issue: Loose<'a>,
    #[serde(rename = "URL")]
    url: Loose<'a>,
    severity: Loose<'a>,
    #[serde(rename = "Vulnerable Versions")]
    vulnerable: Loose<'a>,
    #[serde(rename = "Tree Versions")]
    installed: Loose<'a>,
    dependents: Loose<'a>,
}

impl Children<'_> {
    /// The finding about `value`, the name of the package; else the reason why there is none.
    pub(super) fn finding(
        &self,
        value: Loose<'_>,
        context: &Context<'_>,
        at: &str,
    ) -> Result<Finding, String> {
        let name = value.text().ok_or_else(|| {
            format!(
                "expected the name of a package in `value`, found {}",
                value.sort()
            )
        })?;
        let line = |field: Loose<'_>| field.text().and_then(|words| Text::some_line(&words));
        let mut finding = context.about(&name, at);
        let id = self.id.words();
        let deprecated = id.as_ref().is_some_and(|id| id.ends_with(DEPRECATION));
        if deprecated {
            let purl = finding.package.as_ref().map(|package| package.purl.clone());
            let purl = purl.unwrap_or_default();
            let key = Key::advisory(finding.app.untrusted(), purl.untrusted(), DEPRECATED);
            finding.keys.insert(key);
            finding.rule.id = Some(Text::line(DEPRECATED));
            finding.tags.insert(Text::line(DEPRECATED));
        } else {
            let named = [self.url.text(), id.clone()].into_iter().flatten();
            Context::identify(&mut finding, named, id.as_deref())?;
        }
        context.rate(&mut finding, at, self.severity, Loose::default());
        finding.title = line(self.issue);
        finding.links.extend(line(self.url));
        if let Some(package) = finding.package.as_deref_mut() {
            if !deprecated {
                package.ranges.extend(line(self.vulnerable));
            }
            package
                .versions
                .extend(self.installed.list().into_iter().filter_map(line));
            for dependent in self.dependents.list().into_iter().filter_map(Loose::text) {
                add_dependent(package, &dependent, &name);
            }
        }
        Ok(finding)
    }
}

/// Adds the way from what asks for the package: `app@workspace:.`, `lib@npm:1.0.0`, `lib@virtual:hash#npm:1.0.0`. Only a
/// workspace is a root.
fn add_dependent(package: &mut Package, dependent: &str, name: &str) {
    // A scope starts with `@` too.
    let split = dependent.char_indices().skip(1).find(|(_, c)| *c == '@');
    let (parent, range) = match split {
        Some((at, _)) => dependent.split_at(at),
        None => (dependent, ""),
    };
    let root = range.contains("workspace:");
    let start = if root { "" } else { "… > " };
    package
        .paths
        .insert(Text::line(&format!("{start}{parent} > {name}")));
}
