use std::io::Write;

use super::*;

fn text_of(bytes: &[u8]) -> String {
    let mut text = String::new();
    Input::spool("-", bytes)
        .unwrap()
        .open()
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

#[test]
fn marks_encodings_and_gzip_are_seen_through() {
    let utf16 = |mark: [u8; 2], order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        mark.into_iter()
            .chain("{\"ü\": 1}".encode_utf16().flat_map(order))
            .collect()
    };
    let plain = "{\"ü\": 1}";
    assert_eq!(text_of(plain.as_bytes()), plain);
    assert_eq!(text_of(format!("\u{feff}{plain}").as_bytes()), plain);
    assert_eq!(text_of(&utf16([0xff, 0xfe], u16::to_le_bytes)), plain);
    assert_eq!(text_of(&utf16([0xfe, 0xff], u16::to_be_bytes)), plain);
    assert_eq!(
        text_of(&gzip(&utf16([0xff, 0xfe], u16::to_le_bytes))),
        plain
    );
    let zstd = ruzstd::encoding::compress_to_vec(
        format!("\u{feff}{plain}").as_bytes(),
        ruzstd::encoding::CompressionLevel::Fastest,
    );
    assert_eq!(text_of(&zstd), plain);
    let members = [gzip(b"{\"a\""), gzip(b": 1}")].concat();
    assert_eq!(text_of(&members), "{\"a\": 1}");
    assert_eq!(text_of(b""), "");
}

#[test]
fn a_report_is_named_by_its_path_and_the_hash_of_its_bytes() {
    let mut input = Input::spool("ci/audit.json", &b"{}"[..]).unwrap();
    input.identify().unwrap();
    assert_eq!(
        input.id().digest,
        Text::line(&format!("blake3:{}", blake3::hash(b"{}").to_hex()))
    );
    assert_eq!((input.bytes(), input.name()), (2, "ci/audit.json"));
    let (dotted, plain) = (Input::file("./a.json", true), Input::file("a.json", false));
    assert_eq!(dotted.name(), "a.json");
    assert!(dotted.is_same(&plain));
}

#[test]
fn a_cut_gzip_stream_is_an_error_of_reading() {
    let whole = gzip(&(0..9000_u32).flat_map(u32::to_le_bytes).collect::<Vec<_>>());
    let input = Input::spool("-", &whole[..whole.len() / 2]).unwrap();
    let mut read = Vec::new();
    let error = input.open().unwrap().read_to_end(&mut read).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    assert!(!read.is_empty(), "what stands before the cut is read");
}
