use std::io::Read;

use super::{Outline, Reader, Value};

/// Gives one byte at a time, so that every place is once the edge of the window.
struct Drip<'a>(&'a [u8]);

impl Read for Drip<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let Some((first, rest)) = self.0.split_first() else {
            return Ok(0);
        };
        buffer[0] = *first;
        self.0 = rest;
        Ok(1)
    }
}

fn elements(json: &str) -> Result<Vec<String>, String> {
    let mut reader = Reader::new(Drip(json.as_bytes()));
    let mut read = || {
        let mut found = Vec::new();
        reader.enter_array()?;
        while reader.next_element()? {
            found.push(String::from_utf8_lossy(reader.raw()?.unwrap()).into_owned());
        }
        Ok(found)
    };
    read().map_err(|error: crate::Error| error.to_string())
}

#[test]
fn records_come_one_by_one_whatever_the_window() {
    let json = r#" [ {"a":"}\"]\\"} ,[1,[2]], "x\\", -1.5e3,true,null ] "#;
    let expected = [
        r#"{"a":"}\"]\\"}"#,
        "[1,[2]]",
        r#""x\\""#,
        "-1.5e3",
        "true",
        "null",
    ];
    assert_eq!(elements(json).unwrap(), expected);
}

#[test]
fn broken_containers_are_errors_with_a_place() {
    for (json, expected) in [
        ("[1 2]", "line 1 column 4: expected `,` or `]`, found `2`"),
        (
            "[1,]",
            "line 1 column 4: expected a value after `,`, found `]`",
        ),
        (
            "[\n {\"a\": [1}]",
            "line 2 column 10: expected `]`, found `}`",
        ),
        (
            "[{\"a\": 1",
            "line 1 column 9: the file ends in the middle of a value",
        ),
        (
            "[1",
            "line 1 column 3: expected `,` or `]`, found the end of the file",
        ),
        ("{}", "line 1 column 1: expected an array, found `{`"),
    ] {
        assert_eq!(elements(json).unwrap_err(), expected, "{json}");
    }
}

#[test]
fn an_object_is_walked_and_its_values_skipped() {
    let mut reader = Reader::new(Drip(br#"{"a": {"deep": ["]", {"x": 1}]}, "b\u0061": 12}"#));
    reader.enter_object().unwrap();
    assert_eq!(reader.next_key().unwrap().as_deref(), Some("a"));
    reader.skip().unwrap();
    assert_eq!(reader.next_key().unwrap().as_deref(), Some("ba"));
    assert_eq!(reader.record::<u8>().unwrap(), Ok(12));
    assert_eq!(reader.next_key().unwrap(), None);
    assert!(!reader.next_document().unwrap());
}

#[test]
fn documents_may_follow_one_another() {
    let mut reader = Reader::new(Drip(b"{} {}\n\x1e[]\n 7"));
    let mut found = Vec::new();
    while reader.next_document().unwrap() {
        found.push(reader.value().unwrap());
        reader.skip().unwrap();
    }
    assert_eq!(
        found,
        [Value::Object, Value::Object, Value::Array, Value::Scalar]
    );
}

#[test]
fn a_record_of_the_wrong_shape_costs_only_itself() {
    let mut reader = Reader::new(Drip(br#"["x", 2]"#));
    reader.enter_array().unwrap();
    assert!(reader.next_element().unwrap());
    assert_eq!(
        reader.record::<u8>().unwrap(),
        Err("invalid type: string \"x\", expected u8".to_owned())
    );
    assert!(reader.next_element().unwrap());
    assert_eq!(reader.record::<u8>().unwrap(), Ok(2));
}

#[test]
fn hostile_nesting_is_an_error() {
    assert!(
        elements(&"[".repeat(100_000))
            .unwrap_err()
            .contains("nested deeper than 512")
    );
}

#[test]
fn the_outline_of_a_cut_head_shows_what_was_seen() {
    let outline = Outline::of(
        br#"npm warn x
        {"runs": [{"results": [{"ruleId": "A"}, {}], "tool": {"driver": {"na"#,
    );
    assert!(outline.has_preamble());
    assert!(outline.has("/runs/-/tool", Value::Object));
    assert_eq!(outline.text("/*/-/results/-/ruleId"), Some("A"));
    assert!(outline.find("/version").is_none());
}

mod differential;
mod mutations;
mod real;
mod streams;
mod walk;
