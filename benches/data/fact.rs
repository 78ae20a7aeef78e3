//! What a record says: each word follows from the seed and the number of the record.

use std::io::{self, Write};

/// One record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fact {
    /// Its place among all records.
    index: u64,
    /// Which of the distinct records it is.
    number: u64,
    hash: u64,
    /// Whether no record before it is the same.
    pub(super) is_fresh: bool,
}

const ADJECTIVES: [&str; 16] = [
    "amber", "brisk", "calm", "dusty", "early", "faint", "gentle", "hollow", "idle", "jagged",
    "keen", "lunar", "mellow", "narrow", "open", "plain",
];
const NOUNS: [&str; 16] = [
    "anchor", "beacon", "cargo", "dock", "engine", "ferry", "gangway", "harbor", "inlet", "jetty",
    "keel", "lantern", "mooring", "needle", "oar", "pier",
];
const TITLES: [&str; 8] = [
    "Uncontrolled resource consumption in the parser of headers",
    "Path traversal through the names of archive members",
    "Values from a request reach a database query",
    "Cross-site scripting in the preview of comments",
    "Prototype pollution in the merge of options",
    "Server-side request forgery through redirects",
    "The signature of a token is not verified",
    "A regular expression backtracks without bound",
];
const LEVELS: [&str; 3] = ["error", "warning", "note"];
const NPM_WORDS: [&str; 4] = ["low", "moderate", "high", "critical"];
const WORDS: [&str; 4] = ["Low", "Medium", "High", "Critical"];
const STATUSES: [&str; 4] = [
    "Needs Patch",
    "Needs Security Review",
    "Patched",
    "In Progress",
];

/// How many rules a scanner of code has.
pub(super) const RULES: u64 = 60;

/// A number that has nothing to do with the one before it (`SplitMix64`).
pub(super) fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

impl Fact {
    pub(super) fn new(seed: u64, index: u64, number: u64, is_fresh: bool) -> Self {
        Self {
            index,
            number,
            hash: mix(mix(seed) ^ number),
            is_fresh,
        }
    }

    /// Whether this is so of about one record in `many`.
    pub(super) fn is_one_in(&self, many: u64) -> bool {
        self.below(11, many) == 0
    }

    /// Which of npm's words for a severity it has.
    pub(super) fn npm_level(&self) -> usize {
        let word = self.of(10, &NPM_WORDS);
        let place = NPM_WORDS.iter().position(|known| *known == word);
        place.expect("one of the words")
    }

    /// Writes a template. What stands between two `@` is a name, and is replaced by what this record says under it.
    pub(super) fn fill(&self, template: &str, out: &mut dyn Write) -> io::Result<()> {
        for (place, part) in template.split('@').enumerate() {
            if place % 2 == 0 {
                out.write_all(part.as_bytes())?;
            } else {
                self.word(part, out)?;
            }
        }
        Ok(())
    }

    fn word(&self, name: &str, out: &mut dyn Write) -> io::Result<()> {
        let Self {
            index,
            number,
            hash,
            ..
        } = *self;
        let rule = self.below(1, RULES);
        match name {
            "index" => write!(out, "{index}"),
            "number" => write!(out, "{number}"),
            "hash" => write!(out, "{hash:016x}"),
            "digest" => write!(out, "{hash:016x}{:016x}{:032x}", mix(hash), number),
            // Rules are numbered records of their own: the word says which one a result is of.
            "rule" => write!(out, "{rule}"),
            "path" => {
                let (folder, file) = (self.of(2, &ADJECTIVES), self.of(3, &NOUNS));
                write!(out, "src/{folder}/{file}/{file}-{}.js", number / 4)
            }
            "line" => write!(out, "{}", 1 + self.below(4, 900)),
            "column" => write!(out, "{}", 1 + self.below(5, 60)),
            "function" => write!(out, "{}{number}", self.of(6, &NOUNS)),
            "package" => {
                write!(
                    out,
                    "{}-{}-{number}",
                    self.of(2, &ADJECTIVES),
                    self.of(3, &NOUNS)
                )
            }
            "minor" => write!(out, "{}", self.below(7, 30)),
            "cve" => write!(out, "CVE-2026-{}", 10_000 + number),
            "ghsa" => ghsa(hash, out),
            "rustsec" => write!(out, "RUSTSEC-2026-{number:04}"),
            "cwe" => write!(out, "{}", 20 + self.below(8, 900)),
            "title" => out.write_all(self.of(9, &TITLES).as_bytes()),
            "level" => out.write_all(self.of(10, &LEVELS).as_bytes()),
            "npm-severity" => out.write_all(self.of(10, &NPM_WORDS).as_bytes()),
            "severity" => out.write_all(self.of(10, &WORDS).as_bytes()),
            "status" => out.write_all(self.of(12, &STATUSES).as_bytes()),
            "score" => write!(out, "{}.{}", 1 + self.below(13, 9), self.below(14, 10)),
            "day" => write!(out, "{:02}", 1 + self.below(15, 28)),
            _ => Err(io::Error::other(format!("no record has a `{name}`"))),
        }
    }

    fn below(&self, salt: u64, limit: u64) -> u64 {
        mix(self.hash ^ (salt << 32)) % limit
    }

    fn of(&self, salt: u64, words: &[&'static str]) -> &'static str {
        let place = self.below(salt, words.len() as u64);
        words[usize::try_from(place).expect("a place in a short list")]
    }
}

/// An id in GitHub's form: three groups of four characters out of an alphabet of twenty.
fn ghsa(mut hash: u64, out: &mut dyn Write) -> io::Result<()> {
    const ALPHABET: &[u8; 20] = b"23456789cfghjmpqrvwx";
    out.write_all(b"GHSA")?;
    for place in 0..12 {
        if place % 4 == 0 {
            out.write_all(b"-")?;
        }
        out.write_all(&[ALPHABET[usize::try_from(hash % 20).expect("below twenty")]])?;
        hash /= 20;
    }
    Ok(())
}
