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
    /// The number behind the only `"ruleIndex"` of the result, which is not part of the digest.
    pub(in crate::parse::sarif) rule_index: Option<usize>,
}

impl Name {
    pub(super) fn of(raw: &[u8]) -> Self {
        let Some((before, number, after)) = without_rule_index(raw) else {
            return Self {
                digest: Digest::of([raw, b""]),
                rule_index: None,
            };
        };
        Self {
            digest: Digest::of([before, after]),
            rule_index: Some(number),
        }
    }
}

/// The number behind the only key that reads `ruleIndex`, and what stands before and after it. Where a key may be written
/// with escapes, or the name stands more than once, there is none.
fn without_rule_index(raw: &[u8]) -> Option<(&[u8], usize, &[u8])> {
    const KEY: &[u8] = b"\"ruleIndex\"";
    static NAME: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(KEY));
    static ESCAPE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\\u"));
    let (before_key, from_key) = raw.split_at_checked(NAME.find(raw)?)?;
    let rest = from_key.get(KEY.len()..)?;
    if NAME.find(rest).is_some() || ESCAPE.find(raw).is_some() {
        return None;
    }
    // A quote that is escaped is a part of some words.
    if before_key.ends_with(b"\\") {
        return None;
    }
    let rest = rest.trim_ascii_start();
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
