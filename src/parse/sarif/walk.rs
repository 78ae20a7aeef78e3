//! The way through a log: runs, their properties, their results, and inline external properties.

use std::io::Read;

use crate::error::{Error, Result};
use crate::parse::json::{Reader, Value};

/// The reader of a log.
pub(super) type Json = Reader<Box<dyn Read + Send>>;

/// Something that holds results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A run (section 3.14).
    Run(usize),
    /// External properties that stand in the log itself (section 3.13.5).
    Inline(usize),
}

impl Part {
    /// Its JSON pointer.
    pub(super) fn pointer(self) -> String {
        match self {
            Self::Run(index) => format!("/runs/{index}"),
            Self::Inline(index) => format!("/inlineExternalProperties/{index}"),
        }
    }

    /// A number for digests.
    pub(super) fn number(self) -> [u8; 9] {
        let (sort, index) = match self {
            Self::Run(index) => (0, index),
            Self::Inline(index) => (1, index),
        };
        let mut number = [sort; 9];
        number[1..].copy_from_slice(&(index as u64).to_le_bytes());
        number
    }
}

/// What a pass over a log does at each stop.
pub(super) trait Visit {
    /// A property of the log other than its parts, or one that is no array of parts.
    fn log(&mut self, key: &str, json: &mut Json) -> Result<()>;

    /// An array of parts begins.
    fn parts(&mut self, key: &str);

    /// A part begins.
    fn part(&mut self, part: Part);

    /// What should be a part is none.
    fn odd_part(&mut self, part: Part, json: &mut Json) -> Result<()>;

    /// A property of a part other than its results, or `results` that are no array.
    fn property(&mut self, part: Part, key: &str, json: &mut Json) -> Result<()>;

    /// The results of a part begin.
    fn results(&mut self, part: Part);

    /// A result.
    fn result(&mut self, part: Part, index: usize, json: &mut Json) -> Result<()>;
}

/// Goes through a log from its start to its end. Of a key that stands there twice the second array goes on with the
/// numbers of the first, so that no two records have one place.
pub(super) fn walk(json: &mut Json, visit: &mut dyn Visit) -> Result<()> {
    let (mut runs, mut inline) = (0, 0);
    members(json, |key, json| {
        let (part, next): (fn(usize) -> Part, _) = match key {
            "runs" => (Part::Run, &mut runs),
            "inlineExternalProperties" => (Part::Inline, &mut inline),
            _ => return visit.log(key, json),
        };
        if json.value()? != Value::Array {
            return visit.log(key, json);
        }
        visit.parts(key);
        elements(json, |_, json| walk_part(part(count(next)), json, visit))
    })?;
    if json.next_document()? {
        return Err(
            Error::format("expected the end of the file, found something after the log")
                .at(format!("line {}", json.line())),
        );
    }
    Ok(())
}

fn walk_part(part: Part, json: &mut Json, visit: &mut dyn Visit) -> Result<()> {
    if json.value()? != Value::Object {
        return visit.odd_part(part, json);
    }
    visit.part(part);
    let mut next = 0;
    members(json, |key, json| {
        if key != "results" || json.value()? != Value::Array {
            return visit.property(part, key, json);
        }
        visit.results(part);
        elements(json, |_, json| visit.result(part, count(&mut next), json))
    })
}

/// The next number.
fn count(next: &mut usize) -> usize {
    let number = *next;
    *next += 1;
    number
}

/// Each member of the object that stands next.
pub(super) fn members(
    json: &mut Json,
    mut each: impl FnMut(&str, &mut Json) -> Result<()>,
) -> Result<()> {
    json.enter_object()?;
    while let Some(key) = json.next_key()? {
        each(&key, json)?;
    }
    Ok(())
}

/// Each element of the array that stands next.
pub(super) fn elements(
    json: &mut Json,
    mut each: impl FnMut(usize, &mut Json) -> Result<()>,
) -> Result<()> {
    json.enter_array()?;
    let mut index = 0;
    while json.next_element()? {
        each(index, json)?;
        index += 1;
    }
    Ok(())
}

/// Each element of the value that stands next, if it is an array; anything else has none.
pub(super) fn elements_if_any(
    json: &mut Json,
    each: impl FnMut(usize, &mut Json) -> Result<()>,
) -> Result<()> {
    match json.value()? {
        Value::Array => elements(json, each),
        _ => json.skip(),
    }
}

/// Each member of the value that stands next, if it is an object; anything else has none.
pub(super) fn members_if_any(
    json: &mut Json,
    each: impl FnMut(&str, &mut Json) -> Result<()>,
) -> Result<()> {
    match json.value()? {
        Value::Object => members(json, each),
        _ => json.skip(),
    }
}
