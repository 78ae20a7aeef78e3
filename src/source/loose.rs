//! Fields whose type is not to be relied on: an odd one costs itself, not its record.

use serde::Deserialize;
use serde_json::value::RawValue;

/// A field as it stands in the report, read when it is asked for. `null` and an absent field are the same.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Loose<'a>(#[serde(borrow)] Option<&'a RawValue>);

impl<'a> Loose<'a> {
    /// What stands there, if it is of this type.
    pub fn read<T: Deserialize<'a>>(self) -> Option<T> {
        serde_json::from_str(self.0?.get()).ok()
    }

    /// An object; else the reason for a reject. A struct would read itself from an array as well.
    pub fn object<T: Deserialize<'a>>(self) -> Result<T, String> {
        match (self.sort(), self.0) {
            ("an object", Some(raw)) => {
                serde_json::from_str(raw.get()).map_err(|error| without_place(&error))
            }
            (sort, _) => Err(format!("expected an object, found {sort}")),
        }
    }

    /// A string with something in it.
    pub fn text(self) -> Option<String> {
        self.read::<String>()
            .filter(|words| !words.trim().is_empty())
    }

    /// A string, or a number as it is written.
    pub fn words(self) -> Option<String> {
        match self.sort() {
            "a number" => self.0.map(|raw| raw.get().to_owned()),
            _ => self.text(),
        }
    }

    /// A number, or a string that holds one.
    pub fn number(self) -> Option<f64> {
        self.words()?.trim().parse().ok()
    }

    /// The elements of an array; none of anything else.
    pub fn list(self) -> Vec<Self> {
        self.read().unwrap_or_default()
    }

    /// Whether nothing stands there.
    pub fn is_absent(self) -> bool {
        self.0.is_none()
    }

    /// What sort of value it is, for reasons of rejects.
    pub fn sort(self) -> &'static str {
        match self.0.and_then(|raw| raw.get().bytes().next()) {
            None => "nothing",
            Some(b'{') => "an object",
            Some(b'[') => "an array",
            Some(b'"') => "a string",
            Some(b't' | b'f') => "a boolean",
            Some(_) => "a number",
        }
    }
}

/// What serde says is wrong, without its line and column: they count from the start of the record, which nobody sees.
pub(crate) fn without_place(error: &serde_json::Error) -> String {
    let words = error.to_string();
    match words.rfind(" at line ") {
        Some(end) => words[..end].to_owned(),
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_of_an_odd_type_costs_itself() {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Record<'a> {
            #[serde(borrow)]
            title: Loose<'a>,
            score: Loose<'a>,
            list: Loose<'a>,
            none: Loose<'a>,
        }
        let record: Record<'_> = serde_json::from_str(
            r#"{"title": {}, "score": "7.5", "list": [1, "a"], "none": null}"#,
        )
        .unwrap();
        assert_eq!(record.title.text(), None);
        assert_eq!(record.title.sort(), "an object");
        assert_eq!(record.score.number(), Some(7.5));
        assert_eq!(record.list.list()[0].words().as_deref(), Some("1"));
        assert!(record.none.is_absent());
    }
}
