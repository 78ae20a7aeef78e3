//! The reader beside `serde_json`: the same elements, the same bytes, and the same documents refused.

use std::io::Read;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::value::RawValue;

use super::super::{Reader, Value as Sort};

/// Gives a few bytes at a time, so that the window ends anywhere.
struct Slow<'a> {
    rest: &'a [u8],
    step: usize,
}

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.step.min(self.rest.len()).min(buffer.len());
        let (given, rest) = self.rest.split_at(count);
        buffer[..count].copy_from_slice(given);
        self.rest = rest;
        Ok(count)
    }
}

fn reader(text: &str, step: usize) -> Reader<Slow<'_>> {
    let rest = text.as_bytes();
    Reader::new(Slow { rest, step })
}

/// Words with everything that could be taken for structure.
fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z\"\\\\{}\\[\\],: \\n\\u{e9}\\u{1f600}]{0,12}",
        "[ -~]{20,60}",
    ]
}

fn document() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i32>().prop_map(Into::into),
        (-1e9..1e9_f64).prop_map(Into::into),
        words().prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 48, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Into::into),
            btree_map(words(), inner, 0..6)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

fn written(document: &serde_json::Value, pretty: bool) -> String {
    let written = if pretty {
        serde_json::to_string_pretty(document)
    } else {
        serde_json::to_string(document)
    };
    written.unwrap()
}

/// Walks every container and reads every other value as a record.
fn rebuild(reader: &mut Reader<Slow<'_>>) -> Result<serde_json::Value, String> {
    let error = |error: crate::Error| error.to_string();
    match reader.value().map_err(error)? {
        Sort::Object => {
            let mut members = serde_json::Map::new();
            reader.enter_object().map_err(error)?;
            while let Some(key) = reader.next_key().map_err(error)? {
                members.insert(key, rebuild(reader)?);
            }
            Ok(members.into())
        }
        Sort::Array => {
            let mut elements = Vec::new();
            reader.enter_array().map_err(error)?;
            while reader.next_element().map_err(error)? {
                elements.push(rebuild(reader)?);
            }
            Ok(elements.into())
        }
        _ => reader.record().map_err(error)?,
    }
}

fn whole(text: &str, step: usize) -> Result<serde_json::Value, String> {
    let mut reader = reader(text, step);
    let value = rebuild(&mut reader)?;
    match reader.next_document() {
        Ok(false) => Ok(value),
        Ok(true) => Err("something stands behind it".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 384, ..ProptestConfig::default() })]

    #[test]
    fn elements_are_the_very_bytes(
        elements in vec(document(), 0..6), pretty in any::<bool>(), step in 1..40_usize, kept in any::<u8>()
    ) {
        let text = written(&elements.into(), pretty);
        let expected: Vec<&RawValue> = serde_json::from_str(&text).unwrap();
        let mut reader = reader(&text, step);
        reader.enter_array().unwrap();
        for (index, expected) in expected.iter().enumerate() {
            prop_assert!(reader.next_element().unwrap());
            // What is skipped must end where what is kept would end.
            if kept & (1 << index) == 0 {
                reader.skip().unwrap();
            } else {
                prop_assert_eq!(reader.raw().unwrap(), (expected.get().as_bytes(), true));
            }
        }
        prop_assert!(!reader.next_element().unwrap());
        prop_assert!(!reader.next_document().unwrap());
    }

    #[test]
    fn a_walk_through_all_containers_rebuilds_the_document(
        document in document(), pretty in any::<bool>(), step in 1..40_usize
    ) {
        let text = written(&document, pretty);
        let expected: serde_json::Value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(whole(&text, step), Ok(expected));
    }

    #[test]
    fn a_damaged_document_is_refused_whenever_serde_json_refuses_it(
        document in document(), pretty in any::<bool>(), step in 1..40_usize,
        place in any::<prop::sample::Index>(), byte in prop::option::of("[\"\\\\{}\\[\\],:0-9a-z \\n-]")
    ) {
        let text = written(&document, pretty);
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let at = places[place.index(places.len())];
        let width = text[at..].chars().next().unwrap().len_utf8();
        let mut damaged = text.clone();
        damaged.replace_range(at..at + width, byte.as_deref().unwrap_or_default());
        let expected = serde_json::from_str::<serde_json::Value>(&damaged);
        match whole(&damaged, step) {
            Ok(value) => prop_assert_eq!(Some(value), expected.ok(), "{}", damaged),
            Err(reason) => prop_assert!(expected.is_err(), "{damaged}: {reason}"),
        }
        // Handed over as one record it is exactly what serde_json makes of it, or cannot be measured.
        if let Ok(Ok(value)) = reader(&damaged, step).record::<serde_json::Value>()
            && let Ok(expected) = serde_json::from_str::<serde_json::Value>(&damaged)
        {
            prop_assert_eq!(value, expected);
        }
    }
}
