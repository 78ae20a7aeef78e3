//! The Atlassian Document Format, as version 3 of the REST interface has it.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{link, tidy};
use crate::model::redact;

/// A node of a document. Depth is bounded by `serde_json`.
#[derive(Debug, Deserialize)]
pub(in crate::parse::jira) struct Node<'a> {
    #[serde(rename = "type", borrow, default)]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    text: Option<&'a RawValue>,
    #[serde(borrow)]
    attrs: Option<&'a RawValue>,
    #[serde(borrow)]
    marks: Option<Vec<Mark<'a>>>,
    #[serde(borrow)]
    content: Option<Vec<Self>>,
}

#[derive(Debug, Deserialize)]
struct Mark<'a> {
    #[serde(borrow)]
    attrs: Option<&'a RawValue>,
}

/// The attributes that hold words.
#[derive(Debug, Default, Deserialize)]
struct Attributes<'a> {
    #[serde(borrow)]
    text: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "shortName")]
    short_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    url: Option<Cow<'a, str>>,
    #[serde(borrow)]
    href: Option<Cow<'a, str>>,
}

impl<'a> Attributes<'a> {
    /// Attributes of another shape count as none.
    fn of(raw: Option<&'a RawValue>) -> Self {
        raw.and_then(|raw| serde_json::from_str(raw.get()).ok())
            .unwrap_or_default()
    }
}

impl Node<'_> {
    /// Whether it is a whole document.
    pub(in crate::parse::jira) fn is_document(&self) -> bool {
        self.kind.as_deref() == Some("doc")
    }

    /// Writes the node behind `text`; in a list item paragraphs stand close.
    fn write(&self, text: &mut String, close: bool) {
        let kind = self.kind.as_deref().unwrap_or_default();
        let block = matches!(
            kind,
            "paragraph"
                | "heading"
                | "bulletList"
                | "orderedList"
                | "codeBlock"
                | "blockquote"
                | "panel"
                | "table"
                | "rule"
                | "expand"
                | "taskList"
                | "decisionList"
                | "mediaSingle"
                | "mediaGroup"
        );
        let item = matches!(kind, "listItem" | "taskItem" | "decisionItem");
        if item {
            text.push_str("\n- ");
        } else if block && !text.ends_with("\n- ") {
            text.push_str(if close { "\n" } else { "\n\n" });
        } else if matches!(kind, "hardBreak" | "tableRow") {
            text.push('\n');
        }
        if let Some(words) = self
            .text
            .and_then(|raw| serde_json::from_str::<Cow<'_, str>>(raw.get()).ok())
        {
            let target = self
                .marks
                .iter()
                .flatten()
                .find_map(|mark| Attributes::of(mark.attrs).href);
            match target {
                Some(target) => text.push_str(&redact(&link(&words, &target))),
                // Behind other words it would not be seen where a credential begins.
                None => text.push_str(&redact(&words)),
            }
        } else if self.attrs.is_some() && self.content.is_none() {
            let Attributes {
                text: words,
                short_name,
                url,
                href: _,
            } = Attributes::of(self.attrs);
            text.push_str(&redact(&words.or(short_name).or(url).unwrap_or_default()));
        }
        for node in self.content.iter().flatten() {
            node.write(text, close || item);
        }
        if block && !close {
            text.push_str("\n\n");
        } else if matches!(kind, "tableCell" | "tableHeader") {
            text.push(' ');
        }
    }
}

/// The text of a document.
pub(in crate::parse::jira) fn plain(document: &Node<'_>) -> String {
    let mut text = String::new();
    document.write(&mut text, false);
    tidy(&text)
}
