//! What npm and pnpm print instead of a report when the audit fails.

use serde::Deserialize;

use crate::parse::json::Loose;

/// How much of the tool's words is told, in characters.
const LONGEST: usize = 500;

/// The words of a failed audit. `{"error": {"code", "summary", "detail"}}` is npm's own trouble, `{"message", "error"}`
/// the registry's, `{"error": {"code", "message"}}` pnpm's.
#[derive(Default)]
pub(super) struct Failure {
    message: Option<String>,
    error: Option<Vec<String>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Said<'a> {
    #[serde(borrow)]
    code: Loose<'a>,
    summary: Loose<'a>,
    detail: Loose<'a>,
    message: Loose<'a>,
}

impl Failure {
    /// Takes the value of `error`, which is not null.
    pub(super) fn error(&mut self, error: Loose<'_>) {
        let said: Said<'_> = error.read().unwrap_or_default();
        let parts = [error, said.code, said.summary, said.message, said.detail];
        self.error = Some(parts.into_iter().filter_map(Loose::text).collect());
    }

    /// Takes the value of `message`.
    pub(super) fn message(&mut self, message: Loose<'_>) {
        self.message = message.text();
    }

    /// What went wrong, in the tool's own words, if anything did.
    pub(super) fn words(&self) -> Option<String> {
        let parts = self.error.as_ref()?;
        let parts: Vec<&str> = self
            .message
            .iter()
            .chain(parts)
            .map(String::as_str)
            .collect();
        let words = match parts.as_slice() {
            [] => "no reason given".to_owned(),
            parts => parts.join(": "),
        };
        Some(match words.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", words.get(..end).unwrap_or_default()),
            None => words,
        })
    }
}
