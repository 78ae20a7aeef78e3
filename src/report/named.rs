//! What a finding is called in a row of a table, without the finding.

use super::escape::{markdown, markdown_code};
use super::wording::{self, plain};
use crate::model::{Entry, Key, Text};

/// The names of a finding, safe to keep and yet to be escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its fingerprint.
    pub fingerprint: Key,
    /// Its app; empty when nobody said.
    pub app: Text,
    /// Its public id, else its rule or its ticket.
    pub name: Text,
    /// The package or the first location.
    pub place: Option<Text>,
    /// What is wrong.
    pub title: Option<Text>,
    /// Whether it came back after it was fixed.
    pub is_reopened: bool,
}

impl Named {
    /// The names of a finding.
    pub fn of(entry: &Entry) -> Self {
        let Entry {
            fingerprint,
            finding,
            ..
        } = entry;
        Self {
            fingerprint: *fingerprint,
            app: finding.app.clone(),
            name: Text::line(&wording::name(finding, plain)),
            place: wording::place(finding, plain).map(|place| Text::line(&place)),
            title: finding.title.clone(),
            is_reopened: finding.is_reopened(),
        }
    }

    /// The cells of a table in Markdown: app, finding, where, what.
    pub(super) fn markdown(&self) -> String {
        let place = self.place.as_ref().map(markdown_code);
        let title = self.title.as_ref().map(markdown);
        format!(
            "{} | {} <code>{}</code> | {} | {}",
            markdown(&self.app),
            markdown_code(&self.name),
            wording::digits(&self.fingerprint),
            place.unwrap_or_default(),
            title.unwrap_or_default(),
        )
    }
}
