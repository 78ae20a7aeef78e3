//! Values of SARIF's types that forgive a value of another type: it counts as absent and costs nothing else.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Words; numbers and truth values count as the words that they are written in.
#[derive(Clone, Debug, Default)]
pub(super) struct Word<'a>(Option<Cow<'a, str>>);

impl Word<'_> {
    /// The words without the blanks around them, if there are any.
    pub(super) fn get(&self) -> Option<&str> {
        self.0
            .as_deref()
            .map(str::trim)
            .filter(|word| !word.is_empty())
    }

    /// The words as they are, even if there are none.
    pub(super) fn raw(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

/// A whole number that is not negative: SARIF writes -1 for "not set" (2.1.0 section 3.7.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Whole(pub(super) Option<u64>);

impl Whole {
    /// As an index into an array.
    pub(super) fn index(self) -> Option<usize> {
        self.0.and_then(|number| usize::try_from(number).ok())
    }

    /// As a line or a column, which count from 1.
    pub(super) fn line(self) -> Option<u32> {
        self.0
            .and_then(|number| u32::try_from(number).ok())
            .filter(|number| *number > 0)
    }
}

/// A truth value.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Truth(pub(super) Option<bool>);

/// An array; anything else is an empty one.
#[derive(Clone, Debug)]
pub(super) struct List<T>(pub(super) Vec<T>);

/// An array of which only the ends are kept; anything else is an empty one.
#[derive(Clone, Debug)]
pub(super) struct Ends<T> {
    /// The first element that matters.
    pub(super) first: Option<T>,
    /// The last element that matters, if it is not the first.
    pub(super) last: Option<T>,
    /// How many elements there are.
    pub(super) count: usize,
}

/// Which elements of [`Ends`] are worth keeping.
pub(super) trait Matter {
    /// Whether this one is.
    fn matters(&self) -> bool;
}

/// An object; anything else is one without members.
#[derive(Clone, Debug, Default)]
pub(super) struct Object<T>(pub(super) T);

/// An object; anything else is none.
#[derive(Clone, Debug, Default)]
pub(super) struct Known<T>(pub(super) Option<T>);

/// An object with any keys, in the order of the report.
#[derive(Clone, Debug)]
pub(super) struct Table<'a, T>(pub(super) Vec<(Cow<'a, str>, T)>);

/// Words, or an object that holds them at any depth: blackduck writes fingerprints so.
#[derive(Clone, Debug, Default)]
pub(super) struct Flat(pub(super) String);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Default for Ends<T> {
    fn default() -> Self {
        Self {
            first: None,
            last: None,
            count: 0,
        }
    }
}

impl<T> Default for Table<'_, T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// The arms of a visitor for the types that nobody asked for.
macro_rules! otherwise {
    ($value:expr; $($arm:ident),*) => { $(otherwise!(@ $arm $value);)* };
    (@ bool $value:expr) => { fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> { Ok($value) } };
    (@ i64 $value:expr) => { fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> { Ok($value) } };
    (@ u64 $value:expr) => { fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> { Ok($value) } };
    (@ f64 $value:expr) => { fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> { Ok($value) } };
    (@ str $value:expr) => { fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> { Ok($value) } };
    (@ unit $value:expr) => { fn visit_unit<E>(self) -> Result<Self::Value, E> { Ok($value) } };
    (@ seq $value:expr) => {
        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            Ok($value)
        }
    };
    (@ map $value:expr) => {
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok($value)
        }
    };
}

macro_rules! expecting {
    ($words:literal) => {
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str($words)
        }
    };
}

impl<'de: 'a, 'a> Deserialize<'de> for Word<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Words;
        impl<'de> Visitor<'de> for Words {
            type Value = Word<'de>;
            expecting!("words");
            fn visit_borrowed_str<E>(self, words: &'de str) -> Result<Self::Value, E> {
                Ok(Word(Some(Cow::Borrowed(words))))
            }
            fn visit_str<E>(self, words: &str) -> Result<Self::Value, E> {
                Ok(Word(Some(Cow::Owned(words.to_owned()))))
            }
            fn visit_string<E>(self, words: String) -> Result<Self::Value, E> {
                Ok(Word(Some(Cow::Owned(words))))
            }
            fn visit_bool<E>(self, truth: bool) -> Result<Self::Value, E> {
                Ok(Word(Some(Cow::Owned(truth.to_string()))))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
                Ok(Word(Some(Cow::Owned(number.to_string()))))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
                Ok(Word(Some(Cow::Owned(number.to_string()))))
            }
            fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
                Ok(Word(Some(Cow::Owned(number.to_string()))))
            }
            otherwise!(Word(None); unit, seq, map);
        }
        deserializer.deserialize_any(Words)
    }
}

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;
        impl<'de> Visitor<'de> for Number {
            type Value = Whole;
            expecting!("a whole number");
            fn visit_i64<E>(self, number: i64) -> Result<Whole, E> {
                Ok(Whole(u64::try_from(number).ok()))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Whole, E> {
                Ok(Whole(Some(number)))
            }
            fn visit_f64<E>(self, number: f64) -> Result<Whole, E> {
                let whole = number.fract() == 0.0 && (0.0..=4_294_967_295.0).contains(&number);
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "it is whole and within 32 bits"
                )]
                Ok(Whole(whole.then_some(number as u64)))
            }
            fn visit_str<E>(self, words: &str) -> Result<Whole, E> {
                Ok(Whole(words.trim().parse().ok()))
            }
            otherwise!(Whole(None); bool, unit, seq, map);
        }
        deserializer.deserialize_any(Number)
    }
}

impl<'de> Deserialize<'de> for Truth {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Answer;
        impl<'de> Visitor<'de> for Answer {
            type Value = Truth;
            expecting!("true or false");
            fn visit_bool<E>(self, truth: bool) -> Result<Truth, E> {
                Ok(Truth(Some(truth)))
            }
            fn visit_str<E>(self, words: &str) -> Result<Truth, E> {
                Ok(Truth(words.trim().to_ascii_lowercase().parse().ok()))
            }
            otherwise!(Truth(None); i64, u64, f64, unit, seq, map);
        }
        deserializer.deserialize_any(Answer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Elements<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Elements<T> {
            type Value = List<T>;
            expecting!("an array");
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<List<T>, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = seq.next_element()? {
                    if elements.is_empty() {
                        // Most lists have one element, and a place is large.
                        elements.reserve_exact(1);
                    }
                    elements.push(element);
                }
                Ok(List(elements))
            }
            otherwise!(List::default(); bool, i64, u64, f64, str, unit, map);
        }
        deserializer.deserialize_any(Elements(PhantomData))
    }
}

impl<'de, T: Deserialize<'de> + Matter> Deserialize<'de> for Ends<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Both<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de> + Matter> Visitor<'de> for Both<T> {
            type Value = Ends<T>;
            expecting!("an array");
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Ends<T>, A::Error> {
                let mut ends = Ends::default();
                while let Some(element) = seq.next_element::<T>()? {
                    ends.count += 1;
                    if !element.matters() {
                        continue;
                    }
                    if ends.first.is_none() {
                        ends.first = Some(element);
                    } else {
                        ends.last = Some(element);
                    }
                }
                Ok(ends)
            }
            otherwise!(Ends::default(); bool, i64, u64, f64, str, unit, map);
        }
        deserializer.deserialize_any(Both(PhantomData))
    }
}

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for Members<T> {
            type Value = Object<T>;
            expecting!("an object");
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
            otherwise!(Object::default(); bool, i64, u64, f64, str, unit, seq);
        }
        deserializer.deserialize_any(Members(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Known<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
            type Value = Known<T>;
            expecting!("an object");
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Known<T>, A::Error> {
                let object = T::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Known(Some(object)))
            }
            otherwise!(Known(None); bool, i64, u64, f64, str, unit, seq);
        }
        deserializer.deserialize_any(Members(PhantomData))
    }
}

impl<'de: 'a, 'a, T: Deserialize<'de>> Deserialize<'de> for Table<'a, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = Table<'de, T>;
            expecting!("an object");
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some((key, value)) = map.next_entry::<Word<'de>, T>()? {
                    entries.push((key.0.unwrap_or_default(), value));
                }
                Ok(Table(entries))
            }
            otherwise!(Table::default(); bool, i64, u64, f64, str, unit, seq);
        }
        deserializer.deserialize_any(Entries(PhantomData))
    }
}

impl<'de> Deserialize<'de> for Flat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Parts;
        impl<'de> Visitor<'de> for Parts {
            type Value = Flat;
            expecting!("words");
            fn visit_str<E>(self, words: &str) -> Result<Flat, E> {
                Ok(Flat(words.trim().to_owned()))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Flat, E> {
                Ok(Flat(number.to_string()))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Flat, E> {
                Ok(Flat(number.to_string()))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Flat, A::Error> {
                let mut parts = Vec::new();
                while let Some((_, Flat(part))) = map.next_entry::<IgnoredAny, Flat>()? {
                    parts.push(part);
                }
                Ok(Flat(parts.join(":")))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Flat, A::Error> {
                let mut parts = Vec::new();
                while let Some(Flat(part)) = seq.next_element::<Flat>()? {
                    parts.push(part);
                }
                Ok(Flat(parts.join(":")))
            }
            otherwise!(Flat::default(); bool, f64, unit);
        }
        deserializer.deserialize_any(Parts)
    }
}
