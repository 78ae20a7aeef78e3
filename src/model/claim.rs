//! Who says how bad it is, and how far that is believed.

use thin_vec::ThinVec;

use super::{Join, Place, Score, Severity, Text};

/// How far a claim of severity is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trust {
    /// The published score of the check, which outranks what a tool writes into one report.
    Published,
    /// What the source says of this record.
    Stated,
    /// The priority of a ticket: a plan of work, kept, and chosen only where nobody says how bad it is.
    Priority,
    /// A word that the tool writes whatever it found: kept, and never chosen.
    Constant,
}

impl Trust {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Published,
        Self::Stated,
        Self::Priority,
        Self::Constant,
    ];

    /// Why what is believed so little is not chosen beside something else; nothing of what may be chosen in any case.
    pub const fn disbelief(self) -> Option<&'static str> {
        match self {
            Self::Published | Self::Stated => None,
            Self::Priority => Some(
                "not believed: a priority plans the work, and something else says how bad it is",
            ),
            Self::Constant => Some("not believed: the tool writes it whatever it finds"),
        }
    }

    /// Its name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Stated => "stated",
            Self::Priority => "priority",
            Self::Constant => "constant",
        }
    }
}

/// What one source says of how bad it is, in its own words, with the record that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Who says it.
    pub scanner: Text,
    /// How far it is believed.
    pub trust: Trust,
    /// The source's word on our scale, through the one table; `Unknown` for a word that is not in it.
    pub severity: Option<Severity>,
    /// The source's own word, where it is not the name of `severity`.
    pub word: Option<Text>,
    /// A score that the source states.
    pub score: Option<Score>,
    /// A CVSS vector, as it was written.
    pub vector: Option<Text>,
    /// The record that says so; of several that say the same, the smallest.
    pub source: Place,
}

impl Claim {
    /// A claim in words. The word goes through [`Severity::from_word`] and is kept when it is not the level's own name.
    pub fn word(scanner: &Text, word: &str, source: &Place) -> Self {
        let severity = Severity::from_word(word).unwrap_or(Severity::Unknown);
        Self {
            severity: Some(severity),
            word: Text::some_line(word).filter(|own| own.untrusted() != severity.name()),
            ..Self::silent(scanner, source)
        }
    }

    /// A claim that says nothing yet: a start for claims with a score or a vector.
    pub fn silent(scanner: &Text, source: &Place) -> Self {
        Self {
            scanner: scanner.clone(),
            trust: Trust::Stated,
            severity: None,
            word: None,
            score: None,
            vector: None,
            source: source.clone(),
        }
    }

    /// What is claimed, without the record: the strongest evidence and the strictest first, so that a bounded set keeps
    /// these.
    fn content(&self) -> impl Ord + '_ {
        use std::cmp::Reverse;
        (
            self.trust,
            self.vector.is_none(),
            Reverse(self.score),
            Reverse(self.severity),
            &self.scanner,
            &self.word,
            Reverse(&self.vector),
        )
    }
}

/// The prefix that a CVSS vector has lost; `None` of one that has it, and of version 2, which has none. Version 2 asks for
/// no privileges and knows no scope, and version 3 has one impact for each of its three letters.
pub fn lost_prefix(vector: &str) -> Option<&'static str> {
    let has = |wanted: &str| {
        let mut names = (vector.split('/')).filter_map(|metric| metric.split_once(':'));
        names.any(|(name, _)| name.eq_ignore_ascii_case(wanted))
    };
    if has("CVSS") {
        None
    } else if has("VC") || has("AT") {
        Some("CVSS:4.0")
    } else if has("PR") || has("S") {
        Some("CVSS:3.1")
    } else {
        None
    }
}

/// Claims, each said once with the smallest record that says it. Bounded; the strictest stay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims(ThinVec<Claim>);

impl Claims {
    /// How many different claims are kept.
    pub const LIMIT: usize = 32;

    /// Adds a claim.
    pub fn insert(&mut self, claim: Claim) {
        match self
            .0
            .binary_search_by(|known| known.content().cmp(&claim.content()))
        {
            Ok(found) => {
                // The search returned an index into the list.
                let known = &mut self.0[found];
                if claim.source < known.source {
                    known.source = claim.source;
                }
            }
            Err(place) if place < Self::LIMIT => {
                self.0.reserve_exact(1);
                self.0.insert(place, claim);
                self.0.truncate(Self::LIMIT);
            }
            Err(_) => {}
        }
    }

    /// The claims, most trusted and strictest first.
    pub fn iter(&self) -> std::slice::Iter<'_, Claim> {
        self.0.iter()
    }

    /// Whether both claim the same, whatever the records that say so.
    pub fn say_the_same(&self, other: &Self) -> bool {
        let (mine, theirs) = (self.0.iter(), other.0.iter());
        mine.map(Claim::content).eq(theirs.map(Claim::content))
    }

    /// Whether nobody claims anything.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Claim> for Claims {
    fn from_iter<I: IntoIterator<Item = Claim>>(claims: I) -> Self {
        let mut set = Self::default();
        for claim in claims {
            set.insert(claim);
        }
        set
    }
}

impl<'a> IntoIterator for &'a Claims {
    type Item = &'a Claim;
    type IntoIter = std::slice::Iter<'a, Claim>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl Join for Claims {
    fn join(&mut self, other: Self) {
        for claim in other.0 {
            self.insert(claim);
        }
    }
}
