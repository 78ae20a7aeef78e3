//! Version ranges as npm's reports write them, with prereleases included as its audit does.

use std::cmp::Ordering;

use semver::{Prerelease, Version};

/// A range: one of several lists of bounds must hold in full.
#[derive(Debug)]
pub(super) struct Range(Vec<Vec<Bound>>);

#[derive(Debug)]
struct Bound {
    allowed: &'static [Ordering],
    version: Version,
}

/// Operators, the longer of two that start alike first.
const OPERATORS: &[(&str, &[Ordering])] = &[
    (">=", &[Ordering::Greater, Ordering::Equal]),
    ("<=", &[Ordering::Less, Ordering::Equal]),
    (">", &[Ordering::Greater]),
    ("<", &[Ordering::Less]),
    ("=", &[Ordering::Equal]),
];

impl Range {
    /// Reads `>=1.0.0 <1.2.3 || 2.0.0 - 2.1.0`, with or without commas. `None` for the forms that only people write, such
    /// as `^1.2`: what is not understood cannot decide.
    pub(super) fn parse(words: &str) -> Option<Self> {
        words
            .split("||")
            .map(|list| bounds(list.trim()))
            .collect::<Option<_>>()
            .map(Self)
    }

    /// Whether the version is in it.
    pub(super) fn contains(&self, version: &Version) -> bool {
        let holds = |bound: &Bound| {
            let order = version.cmp_precedence(&bound.version);
            bound.allowed.contains(&order)
        };
        self.0.iter().any(|bounds| bounds.iter().all(holds))
    }
}

fn bounds(list: &str) -> Option<Vec<Bound>> {
    if matches!(list, "" | "*") {
        return Some(Vec::new());
    }
    if let Some((from, to)) = list.split_once(" - ") {
        let (mut from, to) = (version(from)?, version(to)?);
        if from.pre.is_empty() {
            // npm lets `1.0.0 - 1.2.0` begin with the first prerelease of 1.0.0.
            from.pre = Prerelease::new("0").ok()?;
        }
        let bound = |operator: usize, version| {
            let (_, allowed) = OPERATORS.get(operator)?;
            Some(Bound { allowed, version })
        };
        return Some(vec![bound(0, from)?, bound(1, to)?]);
    }
    let mut bounds = Vec::new();
    let mut rest = list;
    loop {
        rest = rest.trim_start_matches([' ', ',']);
        if rest.is_empty() {
            return Some(bounds);
        }
        let operator = OPERATORS.iter().find(|(sign, _)| rest.starts_with(sign));
        let (sign, allowed) = operator.unwrap_or(&("", &[Ordering::Equal]));
        rest = rest.strip_prefix(sign)?.trim_start();
        let end = rest.find([' ', ',']).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        bounds.push(Bound {
            allowed,
            version: version(word)?,
        });
        rest = after;
    }
}

fn version(word: &str) -> Option<Version> {
    Version::parse(word.trim().trim_start_matches('v')).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(range: &str, version: &str) -> Option<bool> {
        Range::parse(range).map(|range| range.contains(&version.parse().unwrap()))
    }

    #[test]
    fn ranges_cover_what_npm_says_they_cover() {
        for (range, inside, outside) in [
            ("<4.17.21", "4.17.20", "4.17.21"),
            ("<=3.0.9", "3.0.9", "3.0.10"),
            (">=4.0.0 <4.17.22", "4.0.0", "3.9.9"),
            (">= 4.0.0, < 4.17.22", "4.17.21", "4.17.22"),
            ("1.0.0 - 1.1.11", "1.0.0-rc.1", "1.1.12"),
            (
                "<=4.21.0 || 5.0.0-alpha.1 - 5.0.0",
                "5.0.0-alpha.2",
                "4.22.0",
            ),
            ("=1.2.3 || >2.0.0", "2.0.1", "2.0.0"),
            ("1.2.3", "1.2.3+build", "1.2.4"),
            ("<2.0.0", "2.0.0-beta", "2.0.0"),
        ] {
            assert_eq!(covers(range, inside), Some(true), "{inside} in {range}");
            assert_eq!(covers(range, outside), Some(false), "{outside} in {range}");
        }
        assert_eq!(covers("*", "0.0.1-x"), Some(true));
    }

    #[test]
    fn a_range_that_is_not_understood_decides_nothing() {
        for range in [
            "^1.2.3",
            "~1.2",
            "<2",
            "1.x",
            "latest",
            ">=1.0.0 <",
            "- 1.0.0",
        ] {
            assert_eq!(covers(range, "1.2.3"), None, "{range}");
        }
    }
}
