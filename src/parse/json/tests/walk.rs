//! A document walked down to its last element, by the reader and by `serde_json`.

use std::fmt;
use std::io::{Error, ErrorKind, Read};

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::super::{LARGEST_RECORD, Reader, Value as Sort};
use crate::source::without_place;

/// What stands at a place.
#[derive(Debug, PartialEq)]
pub(super) enum What {
    Object,
    Array,
    Is(serde_json::Value),
    Rejected(String),
}

/// Every place of a document with what stands there, in the order of the file, and why the walk ended early.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Walk {
    pub(super) found: Vec<(String, What)>,
    pub(super) broken: Option<String>,
}

impl Walk {
    /// Whether nothing was refused.
    pub(super) fn is_clean(&self) -> bool {
        let rejected = |(_, what): &(_, What)| matches!(what, What::Rejected(_));
        self.broken.is_none() && !self.found.iter().any(rejected)
    }

    fn leaf(&mut self, place: String, read: Result<serde_json::Value, String>) {
        let what = read.map_or_else(What::Rejected, What::Is);
        self.found.push((place, what));
    }
}

/// How a text comes: the window, and how many bytes a read gives at most. Some reads give fewer, some are interrupted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    pub(super) window: usize,
    pub(super) step: usize,
}

/// All at once.
pub(super) const WHOLE: Pace = Pace {
    window: 64 * 1024,
    step: usize::MAX,
};

pub(super) struct Feed<'a> {
    rest: &'a [u8],
    step: usize,
    turn: usize,
}

impl Read for Feed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.turn += 1;
        if self.turn % 5 == 3 {
            return Err(Error::from(ErrorKind::Interrupted));
        }
        let step = if self.turn % 3 == 1 { 1 } else { self.step };
        let count = step.min(self.rest.len()).min(buffer.len());
        let (given, rest) = self.rest.split_at(count);
        buffer[..count].copy_from_slice(given);
        self.rest = rest;
        Ok(count)
    }
}

pub(super) fn reader(text: &[u8], pace: Pace) -> Reader<Feed<'_>> {
    let feed = Feed {
        rest: text,
        step: pace.step,
        turn: 0,
    };
    Reader::with_sizes(feed, pace.window, LARGEST_RECORD)
}

fn below(place: &str, key: &str) -> String {
    format!("{place}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// Walks one document with the reader.
pub(super) fn ours(text: &[u8], pace: Pace) -> Walk {
    let mut reader = reader(text, pace);
    let mut walk = Walk::default();
    let whole = descend(&mut reader, String::new(), &mut walk).and_then(|()| {
        Ok(reader
            .space()?
            .map(|byte| reader.unexpected("the end", Some(byte))))
    });
    assert!(reader.buffer.len() <= pace.window.max(2 * text.len()));
    walk.broken = match whole {
        Ok(behind) => behind.map(|error| error.to_string()),
        Err(error) => Some(error.to_string()),
    };
    walk
}

fn descend(reader: &mut Reader<Feed<'_>>, place: String, walk: &mut Walk) -> crate::Result<()> {
    match reader.value()? {
        Sort::Object => {
            reader.enter_object()?;
            walk.found.push((place.clone(), What::Object));
            while let Some(key) = reader.next_key()? {
                descend(reader, below(&place, &key), walk)?;
            }
        }
        Sort::Array => {
            reader.enter_array()?;
            walk.found.push((place.clone(), What::Array));
            let mut index = 0;
            while reader.next_element()? {
                descend(reader, format!("{place}/{index}"), walk)?;
                index += 1;
            }
        }
        Sort::String | Sort::Null | Sort::Scalar => {
            let read = reader.record()?;
            walk.leaf(place, read);
        }
    }
    Ok(())
}

/// The members of an object as they stand, repeated keys and all.
struct Members<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(All)
    }
}

/// Walks one document with `serde_json`; `None` if its syntax is wrong.
pub(super) fn theirs(text: &[u8]) -> Option<Walk> {
    let document: &RawValue = serde_json::from_slice(text).ok()?;
    let mut walk = Walk::default();
    walk.broken = visit(document, String::new(), &mut walk).err();
    Some(walk)
}

fn visit(raw: &RawValue, place: String, walk: &mut Walk) -> Result<(), String> {
    match raw.get().as_bytes()[0] {
        b'{' => {
            walk.found.push((place.clone(), What::Object));
            let members: Members<'_> = serde_json::from_str(raw.get()).unwrap();
            for (key, value) in members.0 {
                let key: String =
                    serde_json::from_str(key.get()).map_err(|error| without_place(&error))?;
                visit(value, below(&place, &key), walk)?;
            }
        }
        b'[' => {
            walk.found.push((place.clone(), What::Array));
            let elements: Vec<&RawValue> = serde_json::from_str(raw.get()).unwrap();
            for (index, element) in elements.into_iter().enumerate() {
                visit(element, format!("{place}/{index}"), walk)?;
            }
        }
        _ => {
            let read = serde_json::from_slice(raw.get().as_bytes());
            walk.leaf(place, read.map_err(|error| without_place(&error)));
        }
    }
    Ok(())
}

/// Holds the reader beside `serde_json` for one text, damaged or not.
pub(super) fn agree(text: &[u8], pace: Pace) {
    let show = || format!("{pace:?}: {}", text.escape_ascii());
    let walk = ours(text, pace);
    if pace.window != WHOLE.window {
        // Whatever the window and the reads, to the letter of the message.
        assert_eq!(walk, ours(text, WHOLE), "{}", show());
    }
    let accepted = serde_json::from_slice::<serde_json::Value>(text);
    assert_eq!(walk.is_clean(), accepted.is_ok(), "{walk:?} {}", show());
    let mut skipping = reader(text, pace);
    let skipped = skipping.skip().and_then(|()| skipping.space());
    if let Some(expected) = theirs(text) {
        assert_eq!(walk.found, expected.found, "{}", show());
        assert_eq!(
            walk.broken.is_some(),
            expected.broken.is_some(),
            "{}",
            show()
        );
        // What is skipped ends where it ends.
        assert_eq!(skipped.unwrap(), None, "{}", show());
    }
    // As one record it is what `serde_json` makes of it.
    let mut reader = reader(text, pace);
    match (reader.record::<serde_json::Value>(), accepted) {
        (Ok(Ok(record)), accepted) => {
            let ends = reader.space().unwrap().is_none();
            assert_eq!(ends.then_some(record), accepted.ok(), "{}", show());
        }
        (refused, accepted) => assert!(accepted.is_err(), "{refused:?} {}", show()),
    }
}
