//! The shape of the start of a JSON text, for telling formats apart by their keys.

use super::{Reader, Value};
use crate::error::Result;

/// How many levels of a document the outline shows.
const LEVELS: usize = 5;
/// How many places are noted: the head of a report has far fewer that matter.
const PLACES: usize = 4096;

/// What stands at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The sort of value.
    pub value: Value,
    /// The words of a string, or the digits of a number, if they are short.
    pub text: Option<String>,
}

/// The places that the start of the first document shows, as far as it can be read.
///
/// A place is written like a JSON pointer, with `-` for the first element of an array; further elements are not looked
/// at. The document itself has the place `""`.
#[derive(Debug, Default)]
pub struct Outline {
    places: Vec<(String, Shape)>,
    preamble: bool,
}

impl Outline {
    /// Reads the outline of `head`. Text that cannot be JSON has an empty one.
    pub fn of(head: &[u8]) -> Self {
        let mut reader = Reader::new(head);
        let mut outline = Self {
            places: Vec::new(),
            preamble: reader.skip_preamble().is_ok_and(|text| !text.is_empty()),
        };
        // The head ends somewhere in the middle: what was seen until then is the outline.
        let _ = outline.walk(&mut reader, &mut String::new(), 0);
        outline
    }

    fn walk(&mut self, reader: &mut Reader<&[u8]>, place: &mut String, level: usize) -> Result<()> {
        let value = reader.value()?;
        if self.places.len() >= PLACES {
            return reader.skip();
        }
        let index = self.places.len();
        self.places
            .push((place.clone(), Shape { value, text: None }));
        let length = place.len();
        match value {
            Value::Object if level < LEVELS => {
                reader.enter_object()?;
                while let Some(key) = reader.next_key()? {
                    place.push('/');
                    place.push_str(&key.replace('~', "~0").replace('/', "~1"));
                    self.walk(reader, place, level + 1)?;
                    place.truncate(length);
                }
            }
            Value::Array if level < LEVELS => {
                reader.enter_array()?;
                let mut first = true;
                while reader.next_element()? {
                    if first {
                        place.push_str("/-");
                        self.walk(reader, place, level + 1)?;
                        place.truncate(length);
                    } else {
                        reader.skip()?;
                    }
                    first = false;
                }
            }
            Value::String => {
                if let Ok(text) = reader.record::<String>()? {
                    self.places[index].1.text = Some(text).filter(|text| text.len() <= 256);
                }
            }
            Value::Scalar => {
                let raw = reader.raw()?;
                self.places[index].1.text = raw
                    .ok()
                    .map(|raw| String::from_utf8_lossy(raw).into_owned());
            }
            Value::Object | Value::Array | Value::Null => reader.skip()?,
        }
        Ok(())
    }

    /// The first place that `pattern` names; a `*` in it stands for any one key.
    pub fn find(&self, pattern: &str) -> Option<&Shape> {
        let matches = |place: &str| {
            let (mut wanted, mut there) = (pattern.split('/'), place.split('/'));
            loop {
                match (wanted.next(), there.next()) {
                    (None, None) => return true,
                    (Some(wanted), Some(there)) if wanted == "*" || wanted == there => {}
                    _ => return false,
                }
            }
        };
        self.places
            .iter()
            .find(|(place, _)| matches(place))
            .map(|(_, shape)| shape)
    }

    /// Whether `pattern` names a place with this sort of value.
    pub fn has(&self, pattern: &str, value: Value) -> bool {
        self.find(pattern).is_some_and(|shape| shape.value == value)
    }

    /// The words at the place that `pattern` names.
    pub fn text(&self, pattern: &str) -> Option<&str> {
        self.find(pattern)?.text.as_deref()
    }

    /// Whether other text stands before the JSON.
    pub fn has_preamble(&self) -> bool {
        self.preamble
    }
}
