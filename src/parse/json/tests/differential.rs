//! The reader beside `serde_json`: the same records at the same places in the same order, and the same documents refused.

use proptest::collection::vec;
use proptest::prelude::*;

use super::walk::{Pace, WHOLE, agree, ours};

/// Strings as they are written: whatever could be taken for structure, escapes, whole and lone surrogates, long ones.
fn string() -> impl Strategy<Value = String> {
    let inner = prop_oneof![
        8 => "([ -!#-\\[\\]-~]|é|😀|\u{fffd}|\\\\[\"\\\\/bfnrt]|\\\\u00[0-9a-fA-F]{2}|\\\\ud83d\\\\ude00){0,10}",
        2 => "[~/]{0,3}",
        1 => "(\\\\ud[89a-f][0-9a-f]{2}|x){1,2}",
        1 => "([{}\\[\\],:]|\\\\\\\\|\\\\\"){60,200}",
    ];
    inner.prop_map(|inner| format!("\"{inner}\""))
}

fn space() -> impl Strategy<Value = String> {
    prop_oneof![4 => Just(String::new()), 2 => "[ \t\r\n]{1,3}", 1 => "\r?\n {0,80}"]
}

fn list(
    bracket: [char; 2],
    items: impl Strategy<Value = Vec<String>>,
) -> impl Strategy<Value = String> {
    (items, space(), space()).prop_map(move |(items, before, after)| {
        let items = items.join(&format!("{after},{before}"));
        format!("{}{before}{items}{after}{}", bracket[0], bracket[1])
    })
}

fn document() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "null|true|false|0|-0|-?[1-9][0-9]{0,30}(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?",
        string(),
        Just("[]".to_owned()),
        Just("{\t}".to_owned()),
    ];
    let nested = leaf.prop_recursive(5, 40, 5, |inner| {
        let member = (string(), space(), space(), inner.clone())
            .prop_map(|(key, before, after, value)| format!("{key}{before}:{after}{value}"));
        // One member twice: a repeated key.
        let members = vec(member, 0..4).prop_flat_map(|members| {
            let again = members.first().cloned();
            any::<bool>().prop_map(move |repeat| {
                let again = again.clone().filter(|_| repeat);
                members.iter().cloned().chain(again).collect()
            })
        });
        prop_oneof![
            list(['[', ']'], vec(inner, 0..5)),
            list(['{', '}'], members)
        ]
    });
    (
        nested,
        space(),
        space(),
        prop_oneof![9 => Just(0), 1 => 1..110_usize],
    )
        .prop_map(|(nested, before, after, depth)| {
            let (open, close) = ("[{\"k\":".repeat(depth / 2), "}]".repeat(depth / 2));
            format!("{before}{open}{nested}{close}{after}")
        })
}

fn pace() -> impl Strategy<Value = Pace> {
    (1..=64_usize, 1..=70_usize).prop_map(|(window, step)| Pace { window, step })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 384, ..ProptestConfig::default() })]

    #[test]
    fn records_places_and_order_are_those_of_serde_json(text in document(), pace in pace()) {
        agree(text.as_bytes(), pace);
    }

    #[test]
    fn a_damaged_document_is_refused_whenever_serde_json_refuses_it(
        text in document(), pace in pace(), place in any::<prop::sample::Index>(),
        bytes in vec(prop_oneof![
            prop::sample::select(b"\"\\{}[],:0-.eE ntf\n\x1e\x00\x80\xff".as_slice()), any::<u8>()
        ], 0..3),
        removed in 0..3_usize
    ) {
        let mut damaged = text.into_bytes();
        let at = place.index(damaged.len());
        let end = damaged.len().min(at + removed);
        damaged.splice(at..end, bytes);
        agree(&damaged, pace);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_document_may_be_cut_anywhere(text in document(), pace in pace()) {
        for end in 0..text.len().min(600) {
            agree(&text.as_bytes()[..end], pace);
        }
    }
}

#[test]
fn places_are_pointers_that_serde_json_resolves() {
    let text = br#"{"a/b": [{"~": 1}, {"": 2}], "~1": {"\u00e9": 3}}"#;
    let document: serde_json::Value = serde_json::from_slice(text).unwrap();
    let walk = ours(text, WHOLE);
    let places: Vec<&str> = walk.found.iter().map(|(place, _)| place.as_str()).collect();
    assert_eq!(
        places,
        [
            "",
            "/a~1b",
            "/a~1b/0",
            "/a~1b/0/~0",
            "/a~1b/1",
            "/a~1b/1/",
            "/~01",
            "/~01/é"
        ]
    );
    for (place, leaf) in [("/a~1b/0/~0", 1), ("/a~1b/1/", 2), ("/~01/é", 3)] {
        assert_eq!(document.pointer(place), Some(&leaf.into()), "{place}");
    }
}

#[test]
fn what_is_skipped_needs_balanced_brackets_and_closed_strings_only() {
    for skipped in [
        "{\"a\" 1,, nul}",
        "[\"\\x\", \"a\nb\", \"\u{1}\"]",
        "[01, +1, 1.e]",
        "[\"\\ud800\" \"b\"]",
        "{y: _}",
        "nul",
        "\"\\u12\"",
    ] {
        let text = format!("[{skipped}, 7]");
        assert!(serde_json::from_str::<serde::de::IgnoredAny>(&text).is_err());
        let mut reader = super::Reader::new(text.as_bytes());
        reader.enter_array().unwrap();
        assert!(reader.next_element().unwrap(), "{text}");
        reader.skip().unwrap();
        assert!(reader.next_element().unwrap(), "{text}");
        assert_eq!(reader.record::<u8>().unwrap(), Ok(7), "{text}");
        assert!(!reader.next_element().unwrap(), "{text}");
        assert!(!ours(text.as_bytes(), WHOLE).is_clean(), "{text}");
    }
    for broken in [
        "[[1}",
        "{\"a\": [}]",
        "[\"a]",
        "[1\"a\"]",
        "[tru[]]",
        "[1:2]",
        "[\"a\" 1]",
    ] {
        let mut reader = super::Reader::new(broken.as_bytes());
        let read = reader.enter_array().and_then(|()| {
            while reader.next_element()? {
                reader.skip()?;
            }
            Ok(())
        });
        // `{` is no array, and the others break between their elements.
        assert!(read.is_err(), "{broken}");
    }
}

#[test]
fn containers_are_walked_deeper_than_records_are_read() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    agree(nested(127).as_bytes(), WHOLE);
    assert!(ours(nested(512).as_bytes(), WHOLE).is_clean());
    assert!(ours(nested(513).as_bytes(), WHOLE).broken.is_some());
    let deep = nested(200);
    let mut reader = super::Reader::new(deep.as_bytes());
    let read = reader.record::<serde_json::Value>().unwrap();
    assert_eq!(read, Err("recursion limit exceeded".to_owned()));
}
