//! What a finding is about, on the wire: rule, package and place.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::list::{FEW, at_most};
use super::{line_of, words};
use crate::model::{self, Capped, Text};

/// The check that fired.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule<'a> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<Cow<'a, str>>,
}

impl Rule<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.id.is_none() && self.name.is_none()
    }
}

/// A package.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package<'a> {
    purl: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "at_most::<_, _, FEW>")]
    versions: Vec<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "at_most::<_, _, FEW>")]
    ranges: Vec<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "at_most::<_, _, FEW>")]
    fixed_in: Vec<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "at_most::<_, _, FEW>")]
    paths: Vec<Cow<'a, str>>,
}

impl<'a> Package<'a> {
    pub(super) fn of(package: &'a model::Package) -> Self {
        let model::Package {
            purl,
            versions,
            ranges,
            fixed_in,
            paths,
        } = package;
        Self {
            purl: words(purl),
            versions: versions.iter().map(words).collect(),
            ranges: ranges.iter().map(words).collect(),
            fixed_in: fixed_in.iter().map(words).collect(),
            paths: paths.iter().map(words).collect(),
        }
    }

    pub(super) fn into_model(self, cut: [bool; 4]) -> model::Package {
        fn list<const K: usize>(list: &[Cow<'_, str>], cut: bool) -> Capped<Text, K> {
            Capped::of(list.iter().map(|member| Text::line(member)), cut)
        }
        let Self {
            purl,
            versions,
            ranges,
            fixed_in,
            paths,
        } = self;
        model::Package {
            purl: Text::line(&purl),
            versions: list(&versions, cut[0]),
            ranges: list(&ranges, cut[1]),
            fixed_in: list(&fixed_in, cut[2]),
            paths: list(&paths, cut[3]),
        }
    }
}

/// A place in the product.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Location<'a> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    start_line: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    start_column: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end_line: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end_column: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    logical: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<Cow<'a, str>>,
}

impl<'a> Location<'a> {
    pub(super) fn of(location: &'a model::Location) -> Self {
        let model::Location {
            path,
            start_line,
            start_column,
            end_line,
            end_column,
            logical,
            url,
        } = location;
        Self {
            path: path.as_ref().map(words),
            start_line: *start_line,
            start_column: *start_column,
            end_line: *end_line,
            end_column: *end_column,
            logical: logical.as_ref().map(words),
            url: url.as_ref().map(words),
        }
    }

    pub(super) fn into_model(self) -> model::Location {
        let Self {
            path,
            start_line,
            start_column,
            end_line,
            end_column,
            logical,
            url,
        } = self;
        model::Location {
            path: line_of(path.as_ref()),
            start_line,
            start_column,
            end_line,
            end_column,
            logical: line_of(logical.as_ref()),
            url: line_of(url.as_ref()),
        }
    }
}
