//! What values of logs are found again by: their bytes.

use std::hash::{BuildHasher, Hash};
use std::ops::Range;
use std::sync::LazyLock;

use foldhash::quality::RandomState;
use memchr::memchr2;
use memchr::memmem::Finder;

/// Of a value, 128 bits that differ from run to run of the program: nobody can make up two that collide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::parse::sarif) struct Digest(u64, u64);

impl Digest {
    pub(super) fn of(parts: &[&[u8]]) -> Self {
        Self::of_value(&parts)
    }

    /// Of whatever can be hashed.
    pub(in crate::parse::sarif) fn of_value(value: &impl Hash) -> Self {
        static SEEDS: LazyLock<[RandomState; 2]> = LazyLock::new(Default::default);
        let [one, other] = SEEDS.each_ref().map(|seed| seed.hash_one(value));
        Self(one, other)
    }
}

/// The numbers by which a result calls its rule (sections 3.27.6 and 3.52.5). Logs list their rules in other orders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::parse::sarif) struct Indices {
    /// `ruleIndex`
    pub(in crate::parse::sarif) own: Option<usize>,
    /// `rule.index`
    pub(in crate::parse::sarif) reference: Option<usize>,
}

/// A result by its bytes, but for these numbers.
#[derive(Clone, Copy, Debug)]
pub(in crate::parse::sarif) struct Name {
    pub(super) digest: Digest,
    /// The numbers that are not part of the digest.
    pub(super) left_out: Indices,
}

static RULE_INDEX: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\"ruleIndex\""));
static RULE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\"rule\""));
static INDEX: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\"index\""));
static ESCAPE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\\u00"));

impl Name {
    pub(super) fn of(raw: &[u8]) -> Self {
        let own = after_key(&RULE_INDEX, raw).and_then(|value| number(raw, value));
        let reference = after_key(&RULE, raw).and_then(|value| number_of_reference(raw, value));
        let mut numbers = [own.as_ref(), reference.as_ref()];
        numbers.sort_unstable_by_key(|number| number.map(|number| number.place.start));
        let mut parts: [&[u8]; 3] = Default::default();
        let mut end = 0;
        for (part, number) in parts.iter_mut().zip(numbers.into_iter().flatten()) {
            *part = raw.get(end..number.place.start).unwrap_or_default();
            end = number.place.end;
        }
        parts[2] = raw.get(end..).unwrap_or_default();
        Self {
            digest: Digest::of(&parts),
            left_out: Indices {
                own: own.map(|number| number.value),
                reference: reference.map(|number| number.value),
            },
        }
    }

    /// Whether the numbers that were left out are those of the result, where `own` were read there. Not if they could be
    /// those of other objects: a key stands there twice, or may be written with escapes.
    pub(super) fn is_sure(self, raw: &[u8], own: Indices) -> bool {
        let Indices {
            own: index,
            reference,
        } = self.left_out;
        let is_only = |key: &Finder<'_>| key.find_iter(raw).nth(1).is_none();
        (index.is_none() || (index == own.own && is_only(&RULE_INDEX)))
            && (reference.is_none() || (reference == own.reference && is_only(&RULE)))
            && (self.left_out == Indices::default() || !has_escaped_letter(raw))
    }
}

/// Whether a letter of a key may stand there as an escape. What tools escape is no letter of ASCII: quotes, `<`, `é`.
fn has_escaped_letter(raw: &[u8]) -> bool {
    let mut escapes = ESCAPE.find_iter(raw);
    escapes.any(|at| {
        (raw.get(at + ESCAPE.needle().len())).is_some_and(|high| matches!(high, b'4'..=b'7'))
    })
}

/// A whole number and where it stands.
struct Number {
    place: Range<usize>,
    value: usize,
}

/// Where the value of the first such key begins.
fn after_key(key: &Finder<'_>, raw: &[u8]) -> Option<usize> {
    let (before, from) = raw.split_at_checked(key.find(raw)?)?;
    let rest = from.get(key.needle().len()..)?.trim_ascii_start();
    let value = rest.strip_prefix(b":")?.trim_ascii_start();
    // A quote that is escaped is a part of some words.
    (!before.ends_with(b"\\")).then(|| raw.len() - value.len())
}

/// The number at `start`, if JSON takes it for one and it does not go on as another one.
fn number(raw: &[u8], start: usize) -> Option<Number> {
    let value = raw.get(start..)?;
    let digits = value.iter().take_while(|byte| byte.is_ascii_digit());
    let (number, after) = value.split_at_checked(digits.count())?;
    let is_padded = number.len() > 1 && number.starts_with(b"0");
    let ends = [b',', b'}', b' ', b'\n', b'\r', b'\t'];
    let is_whole = after.first().is_some_and(|byte| ends.contains(byte));
    let place = start..start + number.len();
    let value = std::str::from_utf8(number).ok()?.parse().ok()?;
    (is_whole && !is_padded).then_some(Number { place, value })
}

/// The index in the object at `start`, if it stands before any other object.
fn number_of_reference(raw: &[u8], start: usize) -> Option<Number> {
    let members = raw.get(start..)?.strip_prefix(b"{")?;
    let end = memchr2(b'{', b'}', members)?;
    let members = members.get(..end)?;
    let value = after_key(&INDEX, members)?;
    number(raw, start + 1 + value)
}
