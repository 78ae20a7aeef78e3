//! Trouble with the run itself: a path, a policy, the command line, an output.
//!
//! Trouble in the *data* of a report is never an [`Error`]; it is a reject in the result.

use std::fmt;
use std::io;
use std::path::Path;

/// What a caller can do about an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// A file or directory could not be read or written.
    Io,
    /// A policy, triage or project file is wrong.
    Configuration,
    /// A report is not what it was taken for, or breaks half-way.
    Format,
    /// The command was used wrongly.
    Usage,
    /// Two facts that must agree do not: a bug in scanfold, never in the input.
    Internal,
}

/// An error that names its place, says what was expected, and may hint at what to do.
#[derive(Debug, thiserror::Error)]
pub struct Error {
    kind: ErrorKind,
    place: Option<String>,
    message: String,
    hint: Option<String>,
    source: Option<io::Error>,
}

/// The crate's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A new error. `message` is a lowercase fragment without a final period.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            place: None,
            message: message.into(),
            hint: None,
            source: None,
        }
    }

    /// Trouble reading or writing `path`.
    pub fn io(path: impl AsRef<Path>, error: io::Error) -> Self {
        let message = match error.kind() {
            io::ErrorKind::NotFound => "no such file or directory".to_owned(),
            io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
            _ => error.to_string(),
        };
        Self {
            source: Some(error),
            ..Self::new(ErrorKind::Io, message)
        }
        .at(path.as_ref().display())
    }

    /// A report that cannot be read on.
    pub fn format(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Format, message)
    }

    /// A command that was used wrongly.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// A wrong policy, triage or project file.
    pub fn configuration(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Configuration, message)
    }

    /// Says where: a file, with line and column or a pointer if known. An inner place is kept behind an outer one.
    #[must_use]
    pub fn at(mut self, place: impl fmt::Display) -> Self {
        self.place = Some(match self.place {
            Some(inner) => format!("{place}: {inner}"),
            None => place.to_string(),
        });
        self
    }

    /// Says in which file, unless the place names it already.
    #[must_use]
    pub fn in_file(self, name: &str) -> Self {
        let named = self
            .place
            .as_deref()
            .is_some_and(|place| place.starts_with(name));
        if named { self } else { self.at(name) }
    }

    /// Adds the one thing to try.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What sort of trouble this is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What is wrong, without the place and the hint.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where it is wrong, if known.
    pub fn place(&self) -> Option<&str> {
        self.place.as_deref()
    }

    /// What to try, if there is one thing.
    pub fn hint_text(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

/// The one of `choices` that `word` may have been meant for, if one is near.
pub fn nearest<'c>(word: &str, choices: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    let near = choices
        .map(|choice| (distance(word, choice), choice))
        .filter(|&(distance, choice)| distance <= 1 + choice.len() / 4)
        .min();
    near.map(|(_, choice)| choice)
}

/// Whether one slip makes `choice` of `word`: a letter changed, added, dropped or swapped with its neighbour.
pub fn is_slip(word: &str, choice: &str) -> bool {
    distance(word, choice) <= 1
}

/// How many letters must be changed, added, dropped or swapped with their neighbour, ignoring case, `_` and `-`.
fn distance(one: &str, other: &str) -> usize {
    let letters = |word: &str| -> Vec<char> {
        word.chars()
            .take(64)
            .map(|letter| if letter == '_' { '-' } else { letter })
            .flat_map(char::to_lowercase)
            .collect()
    };
    let (one, other) = (letters(one), letters(other));
    let mut before = vec![usize::MAX; other.len() + 1];
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, &letter) in one.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, &counterpart) in other.iter().enumerate() {
            // `row`, `next` and `before` are one longer than `other`, and `next` has j + 1 entries by now.
            let mut best = (row[j] + usize::from(letter != counterpart))
                .min(row[j + 1] + 1)
                .min(next[j] + 1);
            if i > 0 && j > 0 && letter == other[j - 1] && one[i - 1] == counterpart {
                best = best.min(before[j - 1].saturating_add(1));
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(usize::MAX)
}
