//! What was found out about one statement of a page.

use crate::model::Text;

/// A term or a clock of a page, and whether the policy keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its line on the page.
    pub line: usize,
    /// Its words.
    pub words: Text,
    /// What came out.
    pub verdict: Verdict,
    /// What it was taken for: `critical fixed within 7 days`. Empty when it was not understood.
    pub claim: String,
}

/// What came out for a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// Its statements, by line.
    pub statements: Vec<Statement>,
    /// The rules that rate findings lower and that the page does not name: its readers do not know of them.
    pub lowering: Vec<Text>,
}

/// Whether a policy keeps a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It does, with what a reader should know.
    Kept(Option<String>),
    /// It does not always: why.
    NotKept(String),
    /// Nobody can tell: why.
    NotUnderstood(String),
    /// The page says that it promises nothing of the kind.
    NotPromised,
}

impl Verdict {
    /// How it is called.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Kept(_) => "kept",
            Self::NotKept(_) => "not kept",
            Self::NotUnderstood(_) => "not understood",
            Self::NotPromised => "not a promise",
        }
    }

    /// Why, or what else there is to say.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Kept(note) => note.as_deref(),
            Self::NotKept(reason) | Self::NotUnderstood(reason) => Some(reason),
            Self::NotPromised => None,
        }
    }

    /// Whether the page may stand as it is.
    pub const fn is_kept(&self) -> bool {
        matches!(self, Self::Kept(_))
    }

    /// Whether there is something to keep.
    pub const fn is_promise(&self) -> bool {
        !matches!(self, Self::NotPromised)
    }
}
