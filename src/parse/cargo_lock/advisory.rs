//! One advisory file of a RustSec database, read through the `rustsec` crate.

use cvss::Cvss;
use rustsec::Advisory;
use rustsec::osv::{OsvRange, ranges_for_advisory};
use semver::{Op, Version, VersionReq};
use toml::{Table, Value};

use crate::parse::cargo_audit as audit;

/// An advisory, as it is matched.
#[derive(Debug)]
pub(super) struct Known {
    /// What it says.
    pub(super) advisory: audit::Advisory,
    /// Where it does not apply, in its own words.
    pub(super) versions: audit::Versions,
    /// What of the crate it is about.
    pub(super) affected: audit::Affected,
    /// Where it applies.
    ranges: Vec<OsvRange>,
    /// Whether it is about the crate on crates.io, and not about one of the same name elsewhere.
    crates_io: bool,
}

impl Known {
    /// Reads an advisory: TOML in a block before Markdown, or, as they were until 2020, TOML alone.
    pub(super) fn read(words: &str, markdown: bool) -> Result<Self, String> {
        let (front, prose) = if markdown {
            let (front, prose) = split(words)?;
            (front, Some(prose))
        } else {
            (words, None)
        };
        let mut table = table(front)?;
        check_ranges(&table)?;
        let cvss = table
            .get("advisory")
            .and_then(|advisory| advisory.get("cvss"))
            .and_then(Value::as_str)
            .map(str::to_owned);
        // A vector that nobody understands costs itself, and not the advisory.
        if let Some(Value::Table(metadata)) = table.get_mut("advisory")
            && cvss
                .as_deref()
                .is_some_and(|vector| vector.parse::<Cvss>().is_err())
        {
            metadata.remove("cvss");
        }
        let advisory: Advisory = table.try_into().map_err(|error| reason(&error))?;
        let mut known = Self::of(&advisory, cvss);
        if let Some((title, description)) = prose {
            title.clone_into(&mut known.advisory.title);
            description.clone_into(&mut known.advisory.description);
        }
        Ok(known)
    }

    /// `cvss` is the vector as it was written: reading it orders its metrics anew.
    fn of(read: &Advisory, cvss: Option<String>) -> Self {
        let metadata = &read.metadata;
        let ranges = |ranges: &[VersionReq]| ranges.iter().map(ToString::to_string).collect();
        let affected = read.affected.as_ref().map(|affected| audit::Affected {
            arch: words(&affected.arch),
            os: words(&affected.os),
            functions: affected
                .functions
                .iter()
                .map(|(path, versions)| (path.to_string(), ranges(versions)))
                .collect(),
        });
        Self {
            advisory: audit::Advisory {
                id: metadata.id.to_string(),
                package: metadata.package.to_string(),
                title: metadata.title.clone(),
                description: metadata.description.clone(),
                date: metadata.date.to_string(),
                aliases: words(&metadata.aliases),
                related: words(&metadata.related),
                categories: words(&metadata.categories),
                cvss,
                informational: metadata.informational.as_ref().map(ToString::to_string),
                references: words(&metadata.references),
                url: metadata.url.as_ref().map(ToString::to_string),
                withdrawn: metadata.withdrawn.as_ref().map(ToString::to_string),
                ..audit::Advisory::default()
            },
            versions: audit::Versions {
                patched: ranges(read.versions.patched()),
                unaffected: ranges(read.versions.unaffected()),
            },
            affected: affected.unwrap_or_default(),
            ranges: ranges_for_advisory(&read.versions),
            crates_io: metadata
                .source
                .as_ref()
                .is_none_or(rustsec::SourceId::is_default_registry),
        }
    }

    /// Whether that version of the crate on crates.io has the problem. An advisory that was taken back is about none.
    pub(super) fn applies_to(&self, version: &Version) -> bool {
        self.crates_io
            && self.advisory.withdrawn.is_none()
            && self.ranges.iter().any(|range| range.affects(version))
    }
}

fn words<T: ToString>(list: &[T]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

/// The TOML of an advisory, and its title and description.
fn split(words: &str) -> Result<(&str, (&str, &str)), String> {
    let (front, prose) = words
        .strip_prefix("```toml")
        .ok_or("expected a ```toml block at the start, found none")?
        .split_once("\n```")
        .ok_or("expected the end of the ```toml block, found the end of the file")?;
    let prose = prose
        .trim_start()
        .strip_prefix("# ")
        .ok_or("expected a `# ` title after the ```toml block, found none")?;
    let (title, description) = prose.split_once('\n').unwrap_or((prose, ""));
    Ok((front, (title.trim(), description.trim())))
}

fn table(front: &str) -> Result<Table, String> {
    let parsed = if front.lines().any(|line| line.trim_end() == "[advisory]") {
        front.parse()
    } else {
        // The fourth form of the format leaves the first header out.
        format!("[advisory]\n{front}").parse()
    };
    parsed.map_err(|error: toml::de::Error| reason(&error))
}

fn reason(error: &toml::de::Error) -> String {
    error
        .message()
        .lines()
        .collect::<Vec<_>>()
        .join(" ")
        .trim()
        .to_owned()
}

/// Makes sure that the `rustsec` crate can order the ranges: it asserts that no two of them start at one version, which
/// its own check for overlaps lets pass (`>1.0` beside `=1.0`), and it adds one to numbers without a look at the largest.
fn check_ranges(table: &Table) -> Result<(), String> {
    let lists = ["patched", "unaffected"]
        .into_iter()
        .filter_map(|name| table.get("versions")?.get(name)?.as_array());
    let mut starts: Vec<Version> = Vec::new();
    for range in lists.flatten() {
        // What is no range is left for the crate to name.
        let Some(range) = range
            .as_str()
            .and_then(|range| VersionReq::parse(range).ok())
        else {
            continue;
        };
        for part in &range.comparators {
            let numbers = [part.major, part.minor.unwrap_or(0), part.patch.unwrap_or(0)];
            if numbers.contains(&u64::MAX) {
                return Err(format!(
                    "the range `{range}` holds a number that is too large"
                ));
            }
            if matches!(part.op, Op::Less | Op::LessEq) {
                continue;
            }
            let [major, minor, patch] = numbers;
            let start = Version {
                pre: part.pre.clone(),
                ..Version::new(major, minor, patch)
            };
            if starts.contains(&start) {
                return Err(format!("two ranges start at the version {start}"));
            }
            starts.push(start);
        }
    }
    Ok(())
}
