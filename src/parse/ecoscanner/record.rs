//! One vulnerability as both Ecoscanner scanners write it.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The union of the shapes since 2020. Every field is optional and text; one of another type is as good as absent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::parse) struct Record<'a> {
    /// The check, since 2021-03-22; FSRT adds an instance number.
    #[serde(borrow, deserialize_with = "words")]
    pub(in crate::parse) check_name: Option<Cow<'a, str>>,
    /// The check, in CSRT before that.
    #[serde(borrow, deserialize_with = "words")]
    pub(in crate::parse) title: Option<Cow<'a, str>>,
    /// `KEY-requirementID`, in CSRT before that.
    #[serde(borrow, deserialize_with = "words")]
    pub(in crate::parse) vuln_id: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "words")]
    pub(in crate::parse) description: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "words")]
    pub(in crate::parse) recommendation: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "words")]
    pub(in crate::parse) proof: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "words")]
    pub(in crate::parse) severity: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "words")]
    pub(in crate::parse) app_key: Option<Cow<'a, str>>,
    /// What people call the app.
    #[serde(borrow, deserialize_with = "words")]
    pub(in crate::parse) app_name: Option<Cow<'a, str>>,
    /// The day of the scan.
    #[serde(borrow, deserialize_with = "words")]
    pub(in crate::parse) date: Option<Cow<'a, str>>,
    /// `Requirement 1.2`, in FSRT since 2025-04-23.
    #[serde(borrow, deserialize_with = "words")]
    pub(in crate::parse) marketplace_security_requirement: Option<Cow<'a, str>>,
    /// Only in CSRT's lists of apps that it could not reach.
    #[serde(borrow, deserialize_with = "words")]
    pub(in crate::parse) descriptor_url: Option<Cow<'a, str>>,
}

/// The words of a field, trimmed; `None` for an empty one and for any other type.
fn words<'de: 'a, 'a, D: Deserializer<'de>>(source: D) -> Result<Option<Cow<'a, str>>, D::Error> {
    let words = source.deserialize_any(Words)?;
    Ok(words.filter(|words| !words.trim().is_empty()))
}

struct Words;

impl<'de> Visitor<'de> for Words {
    type Value = Option<Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_borrowed_str<E>(self, words: &'de str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Borrowed(words)))
    }

    fn visit_str<E>(self, words: &str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(words.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}
