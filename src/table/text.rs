//! Reads the text of a file that people write: of a bounded size, in UTF-8, without a byte order mark.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::position::Lines;
use crate::error::{Error, Result};

/// The largest file that is read: people write these by hand, and no list of rules needs more.
pub(crate) const MOST_BYTES: u64 = 1 << 20;

/// The text of a policy, triage or project file.
pub(crate) fn read(path: &Path) -> Result<String> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| {
            let bounded = MOST_BYTES + 1;
            file.take(bounded).read_to_end(&mut bytes)
        })
        .map_err(|error| Error::io(path, error))?;
    decode(&path.display().to_string(), &bytes).map(str::to_owned)
}

/// The bytes of a file as text, if they are.
pub(crate) fn decode<'b>(name: &str, bytes: &'b [u8]) -> Result<&'b str> {
    if bytes.len() as u64 > MOST_BYTES {
        let error =
            Error::configuration("the file is larger than 1 MiB, which is the most that is read");
        return Err(error
            .at(name)
            .hint("several names can share one entry: a list or a glob"));
    }
    let text = str::from_utf8(bytes).map_err(|error| {
        let offset = error.valid_up_to();
        let valid = bytes.get(..offset).unwrap_or_default();
        // What comes before the break was found to be text.
        let valid = str::from_utf8(valid).unwrap_or_default();
        let position = Lines::of(valid).position(valid, offset);
        let byte = bytes.get(offset).copied().unwrap_or_default();
        Error::configuration(format!(
            "expected UTF-8, and the byte 0x{byte:02X} stands here"
        ))
        .at(format_args!("{name}:{position}"))
        .hint("save the file as UTF-8")
    })?;
    // A byte order mark is no part of TOML, but editors write it.
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}
