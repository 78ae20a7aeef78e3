//! Outer words for the page, which makes text of them and nothing else.

use serde::ser::{Serialize, SerializeSeq, Serializer};

use crate::model::Text;
use crate::report::escape::{html, uri_web};

/// Each of some words.
pub(super) fn list<'a>(texts: impl IntoIterator<Item = &'a Text>) -> Vec<String> {
    let texts = texts.into_iter();
    texts.map(|text| html(text).into_owned()).collect()
}

/// Words, or words that lead somewhere. A link is a list of the words and the address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Words(String),
    Link(String, String),
}

impl Shown {
    pub(super) fn of(text: &Text) -> Self {
        Self::Words(html(text).into_owned())
    }

    /// A link where the address is one of the web, which a reader may follow without harm, else plain words.
    pub(super) fn link(words: String, address: Option<&Text>) -> Self {
        match address.and_then(uri_web) {
            Some(address) => Self::Link(words, address),
            None => Self::Words(words),
        }
    }
}

impl From<String> for Shown {
    fn from(words: String) -> Self {
        Self::Words(words)
    }
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Words(words) => serializer.serialize_str(words),
            Self::Link(words, address) => {
                let mut link = serializer.serialize_seq(Some(2))?;
                link.serialize_element(words)?;
                link.serialize_element(address)?;
                link.end()
            }
        }
    }
}
