//! Several documents in one stream, and records that are too large to be held.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::super::Reader;
use crate::source::Input;

/// The documents of a stream, each with its line.
fn documents(stream: impl Read) -> Vec<(u64, serde_json::Value)> {
    let mut reader = Reader::new(stream);
    let mut found = Vec::new();
    while reader.next_document().unwrap() {
        found.push((reader.line(), reader.record().unwrap().unwrap()));
    }
    found
}

fn opened(bytes: &[u8]) -> Vec<(u64, serde_json::Value)> {
    documents(Input::spool("-", bytes).unwrap().open().unwrap())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

/// What all forms hold: two objects and a number, on these lines.
fn three(lines: [u64; 3]) -> Vec<(u64, serde_json::Value)> {
    let values = [r#"{"a":1}"#, r#"{"b":[2]}"#, "3"];
    let values = values.map(|value| serde_json::from_str(value).unwrap());
    lines.into_iter().zip(values).collect()
}

#[test]
fn ndjson_is_one_document_on_each_line() {
    assert_eq!(opened(b"{\"a\":1}\n{\"b\":[2]}\r\n\n3\n"), three([1, 2, 4]));
}

#[test]
fn concatenated_documents_need_nothing_between_them() {
    assert_eq!(opened(b"{\"a\":1}{\"b\":[2]}3"), three([1, 1, 1]));
    assert_eq!(opened(b"{\"a\":\n1}\t{\"b\":\n[2]} 3"), three([1, 2, 3]));
}

#[test]
fn record_separators_of_rfc_7464_stand_before_each_document() {
    assert_eq!(
        opened(b"\x1e{\"a\":1}\n\x1e\x1e{\"b\":[2]}\n\x1e3\n\x1e"),
        three([1, 2, 3])
    );
    let mut reader = Reader::new(&b"[1\x1e]"[..]);
    reader.enter_array().unwrap();
    assert!(reader.next_element().unwrap());
    let inside = reader.record::<u8>().unwrap();
    assert!(inside.is_err(), "inside a document it is no space");
}

#[test]
fn byte_order_marks_may_stand_before_each_document() {
    let mark = "\u{feff}";
    let text = format!("{mark}{{\"a\":1}}\n{mark}{{\"b\":[2]}}{mark}\n{mark}3\n{mark}");
    assert_eq!(opened(text.as_bytes()), three([1, 2, 3]));
    for cut in [
        "{}\u{feff}".as_bytes().split_last().unwrap().1,
        b"{}\xef\xbb{}",
    ] {
        let mut reader = Reader::with_sizes(cut, 1, 64);
        assert!(reader.next_document().unwrap());
        reader.skip().unwrap();
        assert!(reader.next_document().unwrap());
        let error = reader.skip().unwrap_err().to_string();
        assert_eq!(error, "line 1 column 3: expected a value, found byte 0xef");
    }
}

#[test]
fn gzip_members_are_one_stream_wherever_they_are_cut() {
    let text = b"{\"a\":1}\n{\"b\":[2]}\n3\n";
    for cut in 0..=text.len() {
        let members = [gzip(&text[..cut]), gzip(&text[cut..])].concat();
        assert_eq!(opened(&members), three([1, 2, 3]), "{cut}");
    }
}

/// An array of two small records around one of `size` bytes.
fn around(size: usize) -> String {
    format!("[7,\"{}\",{{\"a\": 8}}]", "x".repeat(size - 2))
}

#[test]
fn a_record_that_is_too_large_is_a_reject_and_the_next_is_read() {
    for window in [1, 5, 64, 100, 1000] {
        for (size, fits) in [
            (199, true),
            (200, true),
            (201, false),
            (400, false),
            (9000, false),
        ] {
            let text = around(size);
            let mut reader = Reader::with_sizes(text.as_bytes(), window, 200);
            reader.enter_array().unwrap();
            assert!(reader.next_element().unwrap());
            assert_eq!(reader.record::<u8>().unwrap(), Ok(7));
            assert!(reader.next_element().unwrap());
            let record = reader.record::<String>().unwrap();
            assert_eq!(
                record.map(|text| text.len()).ok(),
                fits.then_some(size - 2),
                "{window}"
            );
            assert!(reader.buffer.len() <= 200 + window, "{size} {window}");
            assert!(reader.next_element().unwrap());
            assert_eq!(reader.raw().unwrap(), Ok(&b"{\"a\": 8}"[..]));
            assert!(!reader.next_element().unwrap());
        }
    }
}

#[test]
fn a_key_that_is_too_large_ends_the_file() {
    // The rest of it looks like a key of its own, just behind the bound.
    for length in 60..70 {
        let text = format!("{{\"{}\\\"abc\": 1}}", "k".repeat(length));
        let mut reader = Reader::with_sizes(text.as_bytes(), 1, 64);
        reader.enter_object().unwrap();
        let key = reader.next_key();
        if length + 7 <= 64 {
            assert!(key.unwrap().is_some());
        } else {
            assert!(key.unwrap_err().to_string().contains("larger than"));
        }
    }
}

#[test]
fn a_number_may_be_as_large_as_a_record_and_end_the_stream() {
    for (size, fits) in [(63, true), (64, true), (65, false)] {
        let text = "1".repeat(size);
        for window in [1, 64, 65, 200] {
            let mut reader = Reader::with_sizes(text.as_bytes(), window, 64);
            assert_eq!(reader.raw().unwrap().ok(), fits.then_some(text.as_bytes()));
            assert!(!reader.next_document().unwrap());
        }
    }
}

#[test]
fn the_buffer_is_small_again_after_a_large_record() {
    let small = "{\"a\": 1},".repeat(2000);
    let text = format!("[\"{}\",{small}0]", "x".repeat(5000));
    let mut reader = Reader::with_sizes(text.as_bytes(), 64, 6000);
    reader.enter_array().unwrap();
    assert!(reader.next_element().unwrap());
    assert!(reader.record::<String>().unwrap().is_ok());
    assert!(reader.buffer.len() > 5000);
    let mut records = 0;
    while reader.next_element().unwrap() {
        assert!(reader.raw().unwrap().is_ok());
        records += 1;
    }
    assert_eq!((records, reader.buffer.len()), (2001, 64));
}

#[test]
fn skipping_holds_one_window_whatever_the_size() {
    let text = format!(
        "[{{\"a\": [\"{}\", {}]}}]",
        "x\\\"".repeat(40_000),
        "1".repeat(9000)
    );
    let mut reader = Reader::with_sizes(text.as_bytes(), 64, 1 << 20);
    reader.skip().unwrap();
    assert_eq!(reader.buffer.len(), 64);
    assert!(!reader.next_document().unwrap());
}
