//! Globs: the words of a condition, of which one must match.

use std::fmt;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::model::{Finding, Text};

/// How the letters of a condition's words compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// Whatever the case: names of tools, ids, tags.
    Word,
    /// Letter for letter: apps, rules.
    Exact,
    /// Letter for letter, and never with a version.
    Package,
    /// Letter for letter, and `*` does not pass a `/`.
    Path,
}

/// Several globs of which one must match.
#[derive(Clone)]
pub struct Globs {
    set: GlobSet,
    written: Vec<String>,
}

/// Globs are equal when they are written alike.
impl PartialEq for Globs {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

/// As it is written: what it compiles to says nothing more.
impl fmt::Debug for Globs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Globs").field(&self.written).finish()
    }
}

impl Globs {
    /// Puts the globs together; the error says what is wrong with one.
    pub fn new<'a>(globs: impl IntoIterator<Item = &'a str>, how: Match) -> Result<Self, String> {
        let mut builder = GlobSetBuilder::new();
        let mut written = Vec::new();
        for glob in globs {
            if how == Match::Package && has_version(glob) {
                return Err(format!(
                    "`{glob}` has a version, and a package is named without one"
                ));
            }
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

    /// Whether one of the globs matches a name of the finding's package. What `package` means, wherever it is asked.
    pub fn any_package(&self, finding: &Finding) -> bool {
        finding.package_names().any(|name| self.is_match(&name))
    }

    /// Whether one of the globs matches a check of the finding. What `rule` means, wherever it is asked.
    pub fn any_check(&self, finding: &Finding) -> bool {
        self.any(finding.checks())
    }

    /// Whether one of the globs matches.
    pub fn is_match(&self, words: &str) -> bool {
        self.set.is_match(words)
    }

    /// The places of the globs that match, in the order in which they are written.
    pub fn places(&self, words: &str) -> Vec<usize> {
        self.set.matches(words)
    }

    /// Whether it is sure that whatever the others match is matched here; both compare letters alike, as `how` says.
    pub fn covers(&self, others: &Self, how: Match) -> bool {
        let wild = ['*', '?', '[', '{', '\\'];
        // What a glob of this set demands of the beginning only.
        let begins = |glob: &'_ str| -> Option<String> {
            let begin = match how {
                Match::Path => glob.strip_suffix("**").filter(|begin| begin.ends_with('/')),
                Match::Word | Match::Exact | Match::Package => glob.strip_suffix('*'),
            };
            begin
                .filter(|begin| !begin.contains(wild))
                .map(str::to_owned)
        };
        let beginnings: Vec<String> = self
            .written
            .iter()
            .filter_map(|glob| begins(glob))
            .collect();
        let mut globs = others.written.iter().zip(others.prefixes());
        globs.all(|(glob, prefix)| {
            let is_literal = prefix.len() == glob.len();
            let begins_so = |begin: &String| {
                // `src/**` needs something below the folder.
                let longer = how != Match::Path || prefix.len() > begin.len();
                longer && prefix.starts_with(begin.as_str())
            };
            self.written.contains(glob)
                || (is_literal && self.is_match(glob))
                || beginnings.iter().any(begins_so)
        })
    }

    /// Whether it is sure that no text matches both: all are plain words, and none is in both.
    pub fn excludes(&self, others: &Self) -> bool {
        let plain = |globs: &Self| {
            globs
                .prefixes()
                .zip(&globs.written)
                .all(|(one, all)| one == all)
        };
        plain(self)
            && plain(others)
            && !others.written.iter().any(|word| self.is_match(word))
            && !self.written.iter().any(|word| others.is_match(word))
    }

    /// How the words that match begin, one for each glob: what stands before its first wildcard.
    pub fn prefixes(&self) -> impl Iterator<Item = &str> {
        let wild = ['*', '?', '[', '{', '\\'];
        let prefix = move |glob: &String| glob.find(wild).unwrap_or(glob.len());
        self.written
            .iter()
            .map(move |glob| glob.get(..prefix(glob)).unwrap_or_default())
    }
}

/// Whether a version stands behind the name of a package. The sign also begins the namespace of an npm package.
pub(crate) fn has_version(package: &str) -> bool {
    let name = package.rsplit('/').next().unwrap_or_default();
    name.char_indices()
        .any(|(place, letter)| place > 0 && letter == '@')
}
