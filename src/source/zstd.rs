//! Zstandard streams (RFC 8878), seen through like gzip: frames one behind the other, each with its check sum.

use std::io::{self, BufRead, Cursor, Read};

use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// What a frame begins with that is to be passed over, but for the last four bits of its first byte (section 3.1.2).
const SKIPPABLE: [u8; 4] = [0x50, 0x2a, 0x4d, 0x18];
/// How far back a stream may refer, in bytes: so much memory it takes. Section 3.1.1.1.2 asks for 8 MiB at least.
const WINDOW: u64 = 32 << 20;

/// See the module.
pub(super) struct Zstd<R> {
    stream: R,
    decoder: FrameDecoder,
    /// Whether a frame has begun of which not all was read.
    is_within: bool,
}

impl<R: BufRead> Zstd<R> {
    pub(super) fn new(stream: R) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(WINDOW);
        Self {
            stream,
            decoder,
            is_within: false,
        }
    }

    /// Goes into the next frame; `false` at the end of the stream.
    fn next_frame(&mut self) -> io::Result<bool> {
        while !self.stream.fill_buf()?.is_empty() {
            let mut magic = [0; 4];
            self.stream.read_exact(&mut magic)?;
            let [first, rest @ ..] = magic;
            if first & 0xf0 != SKIPPABLE[0] || rest != SKIPPABLE[1..] {
                let frame = Cursor::new(magic).chain(&mut self.stream);
                self.decoder.init(frame).map_err(io::Error::other)?;
                return Ok(true);
            }
            let mut length = [0; 4];
            self.stream.read_exact(&mut length)?;
            let length = u64::from(u32::from_le_bytes(length));
            let passed = io::copy(&mut self.stream.by_ref().take(length), &mut io::sink())?;
            if passed < length {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(false)
    }
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !buffer.is_empty() {
            if !self.is_within && !self.next_frame()? {
                break;
            }
            self.is_within = true;
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                let some = BlockDecodingStrategy::UptoBlocks(1);
                let decoded = self.decoder.decode_blocks(&mut self.stream, some);
                decoded.map_err(io::Error::other)?;
            }
            let read = self.decoder.read(buffer)?;
            if read > 0 {
                return Ok(read);
            }
            let told = self.decoder.get_checksum_from_data();
            if told.is_some() && told != self.decoder.get_calculated_checksum() {
                let message = "a check sum of the Zstandard stream is wrong";
                return Err(io::Error::new(io::ErrorKind::InvalidData, message));
            }
            self.is_within = false;
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    fn frame(bytes: &[u8]) -> Vec<u8> {
        compress_to_vec(bytes, CompressionLevel::Fastest)
    }

    fn read(stream: &[u8]) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        Zstd::new(stream).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    #[test]
    fn frames_are_read_one_behind_the_other_and_skippable_ones_passed_over() {
        let long: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
        let skipped = [&[0x5b, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
        let stream = [
            &skipped[..],
            &frame(b"{\"a\""),
            &frame(b""),
            &frame(&long),
            &skipped,
        ];
        let whole = [b"{\"a\"", &long[..]].concat();
        assert!(read(&stream.concat()).unwrap() == whole);
        assert_eq!(read(b"").unwrap(), b"");
    }

    #[test]
    fn what_is_cut_or_changed_is_an_error() {
        let whole = frame(&b"{\"runs\": []} ".repeat(40));
        for cut in 1..whole.len() {
            assert!(read(&whole[..cut]).is_err(), "{cut}");
        }
        // The check sum stands at the end (section 3.1.1.4).
        let mut changed = whole.clone();
        *changed.last_mut().unwrap() ^= 1;
        let error = read(&changed).unwrap_err().to_string();
        assert_eq!(error, "a check sum of the Zstandard stream is wrong");
        assert!(read(&[&whole[..], b"more"].concat()).is_err());
        assert!(read(&[0x50, 0x2a, 0x4d, 0x18, 9, 0, 0, 0, 1]).is_err());
    }
}
