//! Identity: which findings are the same finding, whoever found it and whenever.

use std::fmt;
use std::str::FromStr;

use super::{Kind, Text};

/// Versioned domain of every key: a change of what goes into a key is a change of this word.
const DOMAIN: &str = "scanfold/key/v1";

/// What a key was made of. The order is the preference for the fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyLabel {
    /// A package and a CVE id.
    Cve,
    /// A package and a GHSA id.
    Ghsa,
    /// A package and another advisory id.
    Advisory,
    /// A tool's own stable fingerprint, with rule and path.
    Fingerprint,
    /// The normalized code snippet, with rule and path.
    Snippet,
    /// The logical location, with rule and path.
    Logical,
    /// Only rule, path and the place among equal ones.
    Position,
    /// A requirement and where it is not met.
    Requirement,
    /// A tracker's key.
    Ticket,
}

impl KeyLabel {
    const ALL: [Self; 9] = [
        Self::Cve,
        Self::Ghsa,
        Self::Advisory,
        Self::Fingerprint,
        Self::Snippet,
        Self::Logical,
        Self::Position,
        Self::Requirement,
        Self::Ticket,
    ];

    /// Its name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cve => "cve",
            Self::Ghsa => "ghsa",
            Self::Advisory => "advisory",
            Self::Fingerprint => "fingerprint",
            Self::Snippet => "snippet",
            Self::Logical => "logical",
            Self::Position => "position",
            Self::Requirement => "requirement",
            Self::Ticket => "ticket",
        }
    }

    /// The label of a dependency key that names `id`.
    pub fn of_advisory(id: &str) -> Self {
        if id.starts_with("CVE-") {
            Self::Cve
        } else if id.starts_with("GHSA-") {
            Self::Ghsa
        } else {
            Self::Advisory
        }
    }
}

/// By which public id a finding is called: the smallest by this, which is a CVE, else a GHSA, else another.
pub fn preference(id: &Text) -> (KeyLabel, &Text) {
    (KeyLabel::of_advisory(id.untrusted()), id)
}

/// What pins a code, secret or configuration finding within its rule and path. No line number is among it.
#[derive(Clone, Copy, Debug)]
pub enum Anchor<'a> {
    /// A fingerprint by the tool itself: the name of the scheme and the value.
    Fingerprint(&'a str, &'a str),
    /// The snippet with white space normalized, and the ordinal among equal ones of the report.
    Snippet(&'a str, u32),
    /// The fully qualified logical name, and the ordinal among equal ones of the report.
    Logical(&'a str, u32),
    /// Nothing but the ordinal among those of the report with the same rule and path.
    Position(u32),
}

/// One name of a finding. Two findings that share a key are one finding.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    label: KeyLabel,
    hash: [u8; 32],
}

impl Key {
    /// The key of a vulnerability in a package of an app. `purl` is without version, `id` in its canonical form.
    pub fn advisory(app: &str, purl: &str, id: &str) -> Self {
        Fields::new(KeyLabel::of_advisory(id), Kind::Dependency.name(), app)
            .text(purl)
            .text(id)
            .key()
    }

    /// The key of a code, secret or configuration finding.
    pub fn code(
        kind: Kind,
        app: &str,
        family: &str,
        rule: &str,
        path: &str,
        anchor: Anchor<'_>,
    ) -> Self {
        let label = match anchor {
            Anchor::Fingerprint(..) => KeyLabel::Fingerprint,
            Anchor::Snippet(..) => KeyLabel::Snippet,
            Anchor::Logical(..) => KeyLabel::Logical,
            Anchor::Position(_) => KeyLabel::Position,
        };
        let fields = Fields::new(label, kind.name(), app)
            .text(family)
            .text(rule)
            .text(path);
        match anchor {
            Anchor::Fingerprint(scheme, value) => fields.text(scheme).text(value),
            Anchor::Snippet(words, ordinal) | Anchor::Logical(words, ordinal) => {
                fields.text(words).number(ordinal)
            }
            Anchor::Position(ordinal) => fields.number(ordinal),
        }
        .key()
    }

    /// The key of a requirement that is not met at `location`, a stable word of the tool family's own making.
    pub fn requirement(app: &str, family: &str, rule: &str, location: &str) -> Self {
        Fields::new(KeyLabel::Requirement, Kind::Requirement.name(), app)
            .text(family)
            .text(rule)
            .text(location)
            .key()
    }

    /// The key of a ticket: the tracker's own key is its identity, in whatever app it stands.
    pub fn ticket(key: &str) -> Self {
        Fields::new(KeyLabel::Ticket, Kind::Ticket.name(), "")
            .text(key)
            .key()
    }

    /// What the key was made of.
    pub fn label(&self) -> KeyLabel {
        self.label
    }

    /// The hash. Its order is the order of its hexadecimal digits.
    pub fn hash(&self) -> &[u8; 32] {
        &self.hash
    }

    /// The hash in 64 hexadecimal digits.
    pub fn hex(&self) -> String {
        blake3::Hash::from_bytes(self.hash).to_hex().to_string()
    }
}

/// `label:hex`, as reports hold it.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}",
            self.label.name(),
            blake3::Hash::from_bytes(self.hash).to_hex()
        )
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Key {
    type Err = String;

    fn from_str(words: &str) -> Result<Self, String> {
        let parts = words.split_once(':').and_then(|(label, hex)| {
            let label = KeyLabel::ALL
                .into_iter()
                .find(|known| known.name() == label)?;
            Some(Self {
                label,
                hash: *blake3::Hash::from_hex(hex).ok()?.as_bytes(),
            })
        });
        parts.ok_or_else(|| {
            "expected an identity key such as `cve:` and 64 hexadecimal digits".to_owned()
        })
    }
}

/// Typed, length-prefixed fields: no two lists of fields share their bytes.
struct Fields {
    label: KeyLabel,
    /// Hashed in one go: pieces of a few bytes cost more than their bytes.
    bytes: Vec<u8>,
}

impl Fields {
    fn new(label: KeyLabel, kind: &str, app: &str) -> Self {
        Self {
            label,
            bytes: Vec::with_capacity(512),
        }
        .text(DOMAIN)
        .text(label.name())
        .text(kind)
        .text(app)
    }

    fn text(mut self, text: &str) -> Self {
        self.bytes.push(b't');
        self.bytes.extend((text.len() as u64).to_le_bytes());
        self.bytes.extend(text.as_bytes());
        self
    }

    fn number(mut self, number: u32) -> Self {
        self.bytes.push(b'n');
        self.bytes.extend(number.to_le_bytes());
        self
    }

    fn key(self) -> Key {
        Key {
            label: self.label,
            hash: *blake3::hash(&self.bytes).as_bytes(),
        }
    }
}
