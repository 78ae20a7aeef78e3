//! An advisory as the npm registry wrote it until 2022: npm 6, pnpm, audit-ci, and each line of yarn 1.

use serde::Deserialize;

use super::context::{Context, addresses, weaknesses};
use crate::model::{Finding, Package, Text};
use crate::parse::json::Loose;

/// What stands first in a dependency path instead of the hash that a git dependency gets anew in every run.
const GIT: &str = "(git)";

/// One advisory and where its package is installed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::parse) struct Advisory<'a> {
    #[serde(borrow)]
    pub(in crate::parse) id: Loose<'a>,
    pub(in crate::parse) severity: Loose<'a>,
    pub(in crate::parse) findings: Loose<'a>,
    module_name: Loose<'a>,
    title: Loose<'a>,
    url: Loose<'a>,
    overview: Loose<'a>,
    recommendation: Loose<'a>,
    references: Loose<'a>,
    vulnerable_versions: Loose<'a>,
    patched_versions: Loose<'a>,
    cves: Loose<'a>,
    pub(super) cwe: Loose<'a>,
    cvss: Loose<'a>,
    github_advisory_id: Loose<'a>,
    deleted: Loose<'a>,
}

/// One installed version and the ways that lead to it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Installed<'a> {
    #[serde(borrow)]
    version: Loose<'a>,
    paths: Loose<'a>,
}

impl Advisory<'_> {
    /// Whether the advisory was withdrawn.
    pub(in crate::parse) fn is_withdrawn(&self) -> bool {
        !self.deleted.is_absent() && self.deleted.read() != Some(false)
    }

    /// How many dependency paths lead to it.
    pub(in crate::parse) fn paths(&self) -> u64 {
        let installed = self.findings.list().into_iter();
        let paths = installed.filter_map(|one| one.object::<Installed<'_>>().ok());
        paths.map(|one| one.paths.list().len() as u64).sum()
    }

    /// The finding; else the reason why there is none. `number` is the advisory's number where it does not say it itself.
    pub(in crate::parse) fn finding(
        &self,
        context: &Context<'_>,
        at: &str,
        number: Option<String>,
    ) -> Result<Finding, String> {
        let name = self.module_name.text().ok_or_else(|| {
            let found = self.module_name.sort();
            format!("expected the name of a package in `module_name`, found {found}")
        })?;
        let mut finding = context.about(&name, at);
        let named = [self.github_advisory_id, self.url].into_iter();
        let cves = self.cves.list().into_iter().chain([self.cves]);
        let named = named.chain(cves).filter_map(Loose::text);
        Context::identify(&mut finding, named, self.id.words().or(number).as_deref())?;
        context.rate(&mut finding, at, self.severity, self.cvss);
        let line = |field: Loose<'_>| field.text().and_then(|words| Text::some_line(&words));
        let prose = |field: Loose<'_>| field.text().and_then(|words| Text::some_prose(&words));
        finding.title = line(self.title);
        finding.description = prose(self.overview);
        finding.weaknesses = weaknesses(self.cwe);
        finding.links.extend(line(self.url));
        let references = self.references.text().unwrap_or_default();
        finding.links.extend(addresses(&references));
        let patched = line(self.patched_versions);
        finding.recommendation = match &patched {
            Some(range) if is_nothing(range) => Some(Text::line("No fixed version is known.")),
            Some(range) => prose(self.recommendation)
                .or_else(|| Some(Text::line(&format!("Upgrade to {}.", range.untrusted())))),
            None => prose(self.recommendation),
        };
        if let Some(package) = finding.package.as_deref_mut() {
            package.ranges.extend(line(self.vulnerable_versions));
            package
                .fixed_in
                .extend(patched.filter(|range| !is_nothing(range)));
            for one in self.findings.list() {
                let installed: Installed<'_> = one.object().unwrap_or_default();
                package.versions.extend(line(installed.version));
                let paths = installed.paths.list().into_iter();
                add_paths(package, paths.filter_map(Loose::text));
            }
            if package.paths.iter().any(|path| path.untrusted() == name) {
                finding.tags.insert(Text::line("direct"));
            }
        }
        Ok(finding)
    }
}

/// Adds dependency paths as the tools write them: `a>b>c`, with `.` for the project itself in pnpm.
pub(in crate::parse) fn add_paths(package: &mut Package, paths: impl Iterator<Item = String>) {
    for path in paths {
        let path = path.trim().strip_prefix(".>").unwrap_or(path.trim());
        let mut steps: Vec<&str> = path.split('>').map(str::trim).collect();
        if let Some(first) = steps.first_mut().filter(|first| is_hash(first)) {
            *first = GIT;
        }
        package.paths.extend(Text::some_line(&steps.join(" > ")));
    }
}

fn is_hash(step: &str) -> bool {
    step.len() == 64 && step.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether a range of fixed versions is the registry's way to say that there are none.
fn is_nothing(range: &Text) -> bool {
    range.untrusted().replace(' ', "") == "<0.0.0"
}
