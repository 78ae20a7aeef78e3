//! What many findings say alike is put into words once.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use super::words;
use crate::model::Text;

/// The shortest text that is worth being kept in words, in bytes.
const SHORTEST: usize = 128;
/// How much of phrases is kept at once, in bytes.
const MOST: usize = 2 << 20;

/// A value, or the JSON text that it was put into before.
#[derive(Debug)]
pub(super) enum Phrase<T> {
    /// The value: what is read is one.
    Value(T),
    /// The words of a value, to be written.
    Words(Arc<RawValue>),
}

impl<T: Default> Phrase<T> {
    /// The value. What was made to be written has none.
    pub(super) fn into_value(self) -> T {
        match self {
            Self::Value(value) => value,
            Self::Words(_) => T::default(),
        }
    }

    /// The value of what was read; none of what was made to be written.
    pub(super) fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Words(_) => None,
        }
    }

    /// Whether it is a value that is as if it were not there.
    pub(super) fn is_default(&self) -> bool
    where
        T: PartialEq,
    {
        matches!(self, Self::Value(value) if *value == T::default())
    }
}

impl<T: Default> Default for Phrase<T> {
    fn default() -> Self {
        Self::Value(T::default())
    }
}

impl<T: Serialize> Serialize for Phrase<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.serialize(serializer),
            Self::Words(words) => words.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Phrase<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::Value)
    }
}

/// The phrases of findings that were put into words before, by where in memory the value is that they say: nothing else can
/// come to stand there as long as the findings are borrowed.
#[derive(Debug, Default)]
pub struct Phrases<'a> {
    by_address: BTreeMap<usize, Arc<RawValue>>,
    bytes: usize,
    findings: PhantomData<&'a Text>,
}

impl<'a> Phrases<'a> {
    /// A text that other findings may share.
    pub(super) fn text(&mut self, text: &'a Text) -> Phrase<Cow<'a, str>> {
        let plain = text.untrusted();
        if plain.len() < SHORTEST || !text.is_shared() {
            return Phrase::Value(words(text));
        }
        self.of(plain, |_| words(text))
    }

    /// A value that findings share, in the shape that it is written in. It takes up memory.
    pub(super) fn of<V: ?Sized, T: Serialize>(
        &mut self,
        value: &'a V,
        shape: impl FnOnce(&'a V) -> T,
    ) -> Phrase<T> {
        let address = std::ptr::from_ref(value).cast::<u8>().addr();
        if let Some(words) = self.by_address.get(&address) {
            return Phrase::Words(Arc::clone(words));
        }
        let shape = shape(value);
        let Ok(words) = to_raw_value(&shape) else {
            // Whoever writes it hears why.
            return Phrase::Value(shape);
        };
        let bytes = words.get().len();
        if self.bytes + bytes > MOST {
            self.by_address.clear();
            self.bytes = 0;
        }
        self.bytes += bytes;
        let words = Arc::from(words);
        self.by_address.insert(address, Arc::clone(&words));
        Phrase::Words(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json<T: Serialize>(phrase: &Phrase<T>) -> String {
        serde_json::to_string(phrase).unwrap()
    }

    #[test]
    fn a_text_that_is_shared_is_put_into_words_once() {
        let long = Text::prose(&"a \"word\" ".repeat(40));
        let plain = serde_json::to_string(long.untrusted()).unwrap();
        let mut phrases = Phrases::default();
        assert!(matches!(phrases.text(&long), Phrase::Value(_)));
        let other = long.clone();
        let (one, again) = (phrases.text(&long), phrases.text(&other));
        let (Phrase::Words(first), Phrase::Words(second)) = (&one, &again) else {
            panic!("{one:?} {again:?}");
        };
        assert!(Arc::ptr_eq(first, second));
        assert_eq!([json(&one), json(&again)], [plain.clone(), plain]);
        let short = Text::line("short");
        let _other = short.clone();
        assert!(matches!(phrases.text(&short), Phrase::Value(_)));
    }

    #[test]
    fn values_at_other_places_have_words_of_their_own() {
        let values: Vec<String> = (0..1000).map(|value| format!("{value:09000}")).collect();
        let mut phrases = Phrases::default();
        for _ in 0..2 {
            for value in &values {
                let phrase = phrases.of(value, |value| value);
                assert_eq!(json(&phrase), format!("\"{value}\""));
                let kept = phrases.by_address.values().map(|words| words.get().len());
                assert!(kept.sum::<usize>() <= MOST);
            }
        }
    }

    #[test]
    fn what_is_read_is_a_value() {
        let read: Phrase<Vec<u8>> = serde_json::from_str("[1,2]").unwrap();
        assert!(!read.is_default());
        assert_eq!(read.into_value(), [1, 2]);
        assert!(Phrase::<Vec<u8>>::default().is_default());
    }
}
