//! What a finding is about: the check, the package, the place.

use super::{Capped, Join, Text};

/// The check that fired.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rule {
    /// The tool's name for it; for a dependency the advisory that the report named.
    pub id: Option<Text>,
    /// A readable name.
    pub name: Option<Text>,
}

/// The smaller id and the smaller name: several tools may call one problem by several rules, and one must be shown.
impl Join for Rule {
    fn join(&mut self, other: Self) {
        join_smaller(&mut self.id, other.id);
        join_smaller(&mut self.name, other.name);
    }
}

fn join_smaller<T: Ord>(mine: &mut Option<T>, theirs: Option<T>) {
    if theirs.is_some() && (mine.is_none() || theirs < *mine) {
        *mine = theirs;
    }
}

/// A package with a problem, without a version in its identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Package URL without version, in canonical form: `pkg:npm/%40scope/name`.
    pub purl: Text,
    /// Installed versions, where the report tells them.
    pub versions: Capped<Text, 32>,
    /// Affected ranges in the words of the advisory.
    pub ranges: Capped<Text, 16>,
    /// Versions or ranges in which it is fixed.
    pub fixed_in: Capped<Text, 16>,
    /// Dependency paths from the root: `a > b > lodash`.
    pub paths: Capped<Text, 16>,
}

impl Package {
    /// A package of which nothing but the name is known. `purl` must be canonical and without version.
    pub fn new(purl: Text) -> Self {
        Self {
            purl,
            versions: Capped::new(),
            ranges: Capped::new(),
            fixed_in: Capped::new(),
            paths: Capped::new(),
        }
    }
}

impl Join for Package {
    fn join(&mut self, other: Self) {
        let Self {
            purl,
            versions,
            ranges,
            fixed_in,
            paths,
        } = other;
        self.purl = std::mem::take(&mut self.purl).min(purl);
        self.versions.join(versions);
        self.ranges.join(ranges);
        self.fixed_in.join(fixed_in);
        self.paths.join(paths);
    }
}

/// A place in the product. Lines and columns count from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// Normalized path: relative to the checkout where that is known, with `/`.
    pub path: Option<Text>,
    /// First line.
    pub start_line: Option<u32>,
    /// First column.
    pub start_column: Option<u32>,
    /// Last line.
    pub end_line: Option<u32>,
    /// Column after the last character.
    pub end_column: Option<u32>,
    /// A function, class or other logical name.
    pub logical: Option<Text>,
    /// A web address.
    pub url: Option<Text>,
}
