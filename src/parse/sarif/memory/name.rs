//! What values of logs are found again by: their bytes.

use std::hash::{BuildHasher, Hasher};
use std::sync::LazyLock;

use foldhash::quality::RandomState;
use memchr::memmem::Finder;

/// Of the bytes of a value, 128 bits that differ from run to run of the program: nobody can make up two that collide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Digest(u64, u64);

impl Digest {
    pub(super) fn of(parts: [&[u8]; 2]) -> Self {
        static SEEDS: LazyLock<[RandomState; 2]> = LazyLock::new(Default::default);
        let [one, other] = SEEDS.each_ref().map(|seed| {
            let mut hasher = seed.build_hasher();
            for part in parts {
                hasher.write_usize(part.len());
                hasher.write(part);
            }
            hasher.finish()
        });
        Self(one, other)
    }
}

/// A result by its bytes, but for its `ruleIndex`.
#[derive(Clone, Copy, Debug)]
pub(in crate::parse::sarif) struct Name {
    pub(super) digest: Digest,
    /// The number behind the first `"ruleIndex"`, which is not part of the digest.
    pub(in crate::parse::sarif) rule_index: Option<usize>,
}

const KEY: &[u8] = b"\"ruleIndex\"";
static FIND_KEY: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(KEY));

impl Name {
    pub(super) fn of(raw: &[u8]) -> Self {
        match around_rule_index(raw) {
            None => Self {
                digest: Digest::of([raw, b""]),
                rule_index: None,
            },
            Some((before, number, after)) => Self {
                digest: Digest::of([before, after]),
                rule_index: Some(number),
            },
        }
    }

    /// Whether the number that was left out is the result's `ruleIndex`, where `own` was read there as such. Not if it could
    /// be that of another object: the name stands there twice, or a key may be written with escapes.
    pub(super) fn is_of_its_rule(self, raw: &[u8], own: Option<usize>) -> bool {
        static FIND_ESCAPE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\\u"));
        self.rule_index.is_none()
            || (self.rule_index == own
                && FIND_KEY.find_iter(raw).nth(1).is_none()
                && FIND_ESCAPE.find(raw).is_none())
    }
}

/// The number behind the first key that reads `ruleIndex`, and what stands before and after it.
fn around_rule_index(raw: &[u8]) -> Option<(&[u8], usize, &[u8])> {
    let (before_key, from_key) = raw.split_at_checked(FIND_KEY.find(raw)?)?;
    // A quote that is escaped is a part of some words.
    if before_key.ends_with(b"\\") {
        return None;
    }
    let rest = from_key.get(KEY.len()..)?.trim_ascii_start();
    let rest = rest.strip_prefix(b":")?.trim_ascii_start();
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, after) = rest.split_at_checked(digits)?;
    // Only what JSON takes for a whole number, and nothing that goes on as another one.
    let is_padded = number.len() > 1 && number.starts_with(b"0");
    let is_whole = matches!(
        after.first(),
        Some(b',' | b'}' | b' ' | b'\n' | b'\r' | b'\t')
    );
    let before = raw.get(..raw.len() - rest.len())?;
    let number = std::str::from_utf8(number).ok()?.parse().ok()?;
    (is_whole && !is_padded).then_some((before, number, after))
}
