//! What stands between the cells of a CSV file.

/// What may stand there: a comma first, then what people and spreadsheet programs put in its place.
pub(super) const DELIMITERS: [u8; 5] = [b',', b';', b'\t', b'|', b'^'];

/// What stands behind a first line such as `sep=;`, which tells spreadsheet programs the delimiter and is no record.
/// `None` where there is no such line.
pub(super) fn behind_declaration(text: &str) -> Option<&str> {
    let text = text.trim_start_matches('\u{feff}');
    let end = text.find(['\n', '\r'])?;
    let (line, rest) = text.split_at_checked(end)?;
    let word = line.trim_matches('"');
    let delimiter = word
        .get(..4)
        .filter(|start| start.eq_ignore_ascii_case("sep="))
        .and(word.get(4..))?;
    // A tab may have become spaces, and a comma may have got its column: what it says is looked for anyway.
    (delimiter.len() <= 4).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_line_that_declares_the_delimiter_is_no_header() {
        for text in [
            "sep=;\r\nkey;b",
            "SEP=,\nkey;b",
            "\u{feff}\"sep=\t\"\rkey;b",
        ] {
            let rest = behind_declaration(text).unwrap();
            assert_eq!(rest.trim_start(), "key;b", "{text}");
        }
        for text in ["sep;key\n", "sep=", "separator=x\n", "a,sep=;\n", "sép=\n"] {
            assert_eq!(behind_declaration(text), None, "{text}");
        }
    }
}
