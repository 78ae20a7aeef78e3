//! One advisory that applies to one installed crate, as a finding: the same whoever matched the two.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::item::{Advisory, Affected, Versions};
use crate::model::{
    Claim, Fact, Finding, Key, Kind, Moment, Package, Place, Rule, Severity, Sighting, Text,
};
use crate::parse::package;

/// The word for a version that its publisher took back.
const YANKED: &str = "yanked";

/// An advisory and the installed crate that it applies to.
#[derive(Debug)]
pub(in crate::parse) struct Hit<'a> {
    /// The kind of warning; nothing of a vulnerability.
    pub(in crate::parse) kind: Option<&'a str>,
    /// The advisory; a yanked version has none.
    pub(in crate::parse) advisory: Option<&'a Advisory>,
    /// Where it does not apply.
    pub(in crate::parse) versions: &'a Versions,
    /// What of the crate it is about.
    pub(in crate::parse) affected: &'a Affected,
    /// The name of the installed crate.
    pub(in crate::parse) name: &'a str,
    /// Its version; empty when nobody says.
    pub(in crate::parse) version: &'a str,
}

/// Who tells of a hit, and where.
#[derive(Debug)]
pub(in crate::parse) struct Teller<'a> {
    /// The app that the lock file belongs to.
    pub(in crate::parse) app: Text,
    /// Who matched.
    pub(in crate::parse) scanner: &'a Text,
    /// The record.
    pub(in crate::parse) place: Place,
    /// The time zone of the advisory's date.
    pub(in crate::parse) zone: &'a TimeZone,
}

impl Hit<'_> {
    /// The finding, or why it cannot be one.
    pub(in crate::parse) fn finding(&self, teller: Teller<'_>) -> Result<Finding, String> {
        if self.name.trim().is_empty() {
            return Err("expected the name of a crate at `package.name`, found none".to_owned());
        }
        let mut finding = Finding::new(Kind::Dependency, teller.app.clone());
        let mut package = Package::new(package::cargo(self.name));
        package.versions.extend(Text::some_line(self.version));
        let fixed = self.versions.patched.iter();
        package
            .fixed_in
            .extend(fixed.filter_map(|range| Text::some_line(range)));
        match self.advisory {
            Some(advisory) => {
                package.ranges.insert(self.range());
                finding.package = Some(Box::new(package));
                self.describe(&mut finding, advisory, &teller)?;
            }
            None if self.kind == Some(YANKED) => {
                finding.package = Some(Box::new(package));
                self.describe_yanked(&mut finding);
            }
            None => return Err("expected an object at `advisory`, found none".to_owned()),
        }
        finding.claims.insert(self.claim(&teller));
        finding.tags.extend(self.kind.and_then(Text::some_line));
        finding.sightings.insert(Sighting {
            scanner: teller.scanner.clone(),
            place: teller.place,
        });
        Ok(finding)
    }

    fn describe(
        &self,
        finding: &mut Finding,
        advisory: &Advisory,
        teller: &Teller<'_>,
    ) -> Result<(), String> {
        let names = std::iter::once(&advisory.id).chain(&advisory.aliases);
        finding.ids = names
            .filter_map(|id| package::vulnerability_id(id))
            .collect();
        if finding.ids.is_empty() {
            return Err(format!(
                "expected a RUSTSEC, CVE or GHSA id at `advisory.id`, found `{}`",
                advisory.id
            ));
        }
        finding.assert_advisory_keys();
        finding.rule = Rule {
            id: Text::some_line(&advisory.id),
            name: None,
        };
        finding.title = Text::some_line(&advisory.title);
        finding.description = self.description(&advisory.description);
        finding.recommendation = self.recommendation();
        let own = advisory.url.iter().chain(&advisory.references);
        let pages = std::iter::once(&advisory.id).chain(&advisory.related);
        finding.links.extend(
            own.filter(|link| link.starts_with("https://") || link.starts_with("http://"))
                .map(|link| Text::line(link)),
        );
        finding.links.extend(pages.filter_map(|id| page(id)));
        let mark = |name: &'static str| {
            move |value: &String| Text::line(&format!("{name}:{}", value.trim()))
        };
        let Self { affected, .. } = self;
        finding
            .tags
            .extend(advisory.categories.iter().map(mark("category")));
        finding.tags.extend(affected.arch.iter().map(mark("arch")));
        finding.tags.extend(affected.os.iter().map(mark("os")));
        // A date that cannot be read, or that no clock shows, costs the date.
        let date = advisory.date.trim().parse::<Date>();
        if let Some(day) = date
            .ok()
            .and_then(|date| date.to_zoned(teller.zone.clone()).ok())
        {
            let moment = Moment::new(day.timestamp(), format!("advisory {}", advisory.id.trim()));
            finding.date(Fact::Published, moment);
        }
        Ok(())
    }

    fn describe_yanked(&self, finding: &mut Finding) {
        if let Some(package) = &finding.package {
            let key = Key::advisory(finding.app.untrusted(), package.purl.untrusted(), YANKED);
            finding.keys.insert(key);
        }
        finding.scope.insert(super::yanked_scope(&finding.app));
        finding.rule.id = Some(Text::line(YANKED));
        finding.title = Some(Text::line(&format!(
            "`{}` was yanked by its publisher",
            self.name.trim()
        )));
        finding.recommendation = Some(Text::line("Move to a version that is not yanked"));
    }

    /// A warning is rated by its kind. A vulnerability without a vector has no rating at all: RustSec gives many none,
    /// and none is made up.
    fn claim(&self, teller: &Teller<'_>) -> Claim {
        let vector = self
            .advisory
            .and_then(|advisory| Text::some_line(advisory.cvss.as_deref()?));
        let silent = || Claim::silent(teller.scanner, &teller.place);
        let rated = match self.kind {
            Some(kind) => Claim::word(teller.scanner, kind, &teller.place),
            None if vector.is_some() => silent(),
            None => Claim {
                severity: Some(Severity::Unknown),
                ..silent()
            },
        };
        Claim { vector, ..rated }
    }

    /// The affected versions in the words of an advisory, which only names the others.
    fn range(&self) -> Text {
        let Versions {
            patched,
            unaffected,
        } = self.versions;
        let safe: Vec<&str> = unaffected
            .iter()
            .chain(patched)
            .map(String::as_str)
            .collect();
        if safe.is_empty() {
            return Text::line("*");
        }
        Text::line(&format!("all but {}", safe.join(" or ")))
    }

    fn recommendation(&self) -> Option<Text> {
        let Versions {
            patched,
            unaffected,
        } = self.versions;
        if !patched.is_empty() {
            Some(Text::line(&format!("Upgrade to {}", patched.join(" or "))))
        } else if !unaffected.is_empty() {
            let ranges = unaffected.join(" or ");
            Some(Text::line(&format!("Move to {ranges}, not affected")))
        } else if self.kind.is_none() {
            Some(Text::line("No fixed version is known"))
        } else {
            None
        }
    }

    fn description(&self, words: &str) -> Option<Text> {
        let functions = &self.affected.functions;
        if functions.is_empty() {
            return Text::some_prose(words);
        }
        let line = |(path, ranges): (&String, &Vec<String>)| {
            format!("- `{path}` ({})", ranges.join(" or "))
        };
        let functions: Vec<String> = functions.iter().map(line).collect();
        Text::some_prose(&format!(
            "{}\n\nAffected functions:\n{}",
            words.trim_end(),
            functions.join("\n")
        ))
    }
}

/// Where people read about an id.
fn page(id: &str) -> Option<Text> {
    let id = package::vulnerability_id(id)?;
    let id = id.untrusted();
    let (scheme, _) = id.split_once('-')?;
    let base = match scheme {
        "RUSTSEC" => "https://rustsec.org/advisories/",
        "GHSA" => "https://github.com/advisories/",
        "CVE" => "https://www.cve.org/CVERecord?id=",
        _ => return None,
    };
    Some(Text::line(&format!("{base}{id}")))
}
