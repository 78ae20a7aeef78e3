//! Streams that are packed, and are seen through.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::zstd::Zstd;

/// How a stream is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    Gzip,
    Zstd,
}

/// How much is read at once from what is packed, in bytes.
const BUFFER: usize = 64 * 1024;
/// What names of packed files end in.
const ENDINGS: [&str; 2] = [".gz", ".zst"];

impl Packing {
    /// By the first four bytes.
    pub(super) fn of(start: &[u8]) -> Option<Self> {
        // RFC 1952 section 2.3.1, and RFC 8878 section 3.1.1.
        if start.starts_with(&[0x1f, 0x8b]) {
            Some(Self::Gzip)
        } else if start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            Some(Self::Zstd)
        } else {
            None
        }
    }

    /// What is packed in a stream.
    pub(super) fn unpack<R: Read + Send + 'static>(self, packed: R) -> Box<dyn Read + Send> {
        let packed = BufReader::with_capacity(BUFFER, packed);
        match self {
            Self::Gzip => Box::new(MultiGzDecoder::new(packed)),
            Self::Zstd => Box::new(Zstd::new(packed)),
        }
    }
}

/// Whether a file is packed.
pub(crate) fn is_packed(path: &Path) -> bool {
    let mut start = [0; 4];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && Packing::of(&start).is_some()
}

/// The name of what is packed in a file of this name.
pub(crate) fn unpacked_name(name: &str) -> &str {
    let inner = |ending: &&str| name.strip_suffix(*ending);
    ENDINGS.iter().find_map(inner).unwrap_or(name)
}
