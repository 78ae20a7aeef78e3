//! Globs: the words of a condition, of which one must match.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::model::Text;

/// How the letters of a condition's words compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// Whatever the case: names of tools, ids, tags.
    Word,
    /// Letter for letter: packages, apps.
    Exact,
    /// Letter for letter, and `*` does not pass a `/`.
    Path,
}

/// Several globs of which one must match.
#[derive(Clone, Debug)]
pub struct Globs {
    set: GlobSet,
    written: Vec<String>,
}

impl Globs {
    /// Puts the globs together; the error says what is wrong with one.
    pub fn new<'a>(globs: impl IntoIterator<Item = &'a str>, how: Match) -> Result<Self, String> {
        let mut builder = GlobSetBuilder::new();
        let mut written = Vec::new();
        for glob in globs {
            let parsed = GlobBuilder::new(glob)
                .case_insensitive(how == Match::Word)
                .literal_separator(how == Match::Path)
                .build()
                .map_err(|error| format!("`{glob}` is no glob: {}", error.kind()))?;
            builder.add(parsed);
            written.push(glob.to_owned());
        }
        let set = builder.build().map_err(|error| error.to_string())?;
        Ok(Self { set, written })
    }

    /// The globs as they are written.
    pub fn written(&self) -> &[String] {
        &self.written
    }

    /// Whether one of the texts matches one of the globs.
    pub fn any<'a>(&self, texts: impl IntoIterator<Item = &'a Text>) -> bool {
        let mut texts = texts.into_iter();
        texts.any(|text| self.is_match(text.untrusted()))
    }

    /// Whether one of the globs matches.
    pub fn is_match(&self, words: &str) -> bool {
        self.set.is_match(words)
    }
}
