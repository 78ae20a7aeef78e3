//! What can be read only once, in a file without a name, so that it can be read again and leaves nothing behind.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// How much one run puts aside in all, in bytes: more is an attack.
const MOST_OF_ALL: u64 = 64 << 30;
/// How much is copied at once, in bytes.
const PIECE: usize = 64 * 1024;

/// One file for all that is put there, one behind the other: there may be more archives than files that may be open.
#[derive(Debug, Default)]
pub(super) struct Depot {
    file: Option<Arc<Mutex<File>>>,
    end: u64,
}

impl Depot {
    /// Reads to the end now. More than `most` bytes are an error.
    pub(super) fn put(&mut self, mut reader: impl Read, most: u64) -> io::Result<Spooled> {
        let file = if let Some(file) = &self.file {
            Arc::clone(file)
        } else {
            let file = Arc::new(Mutex::new(tempfile::tempfile()?));
            Arc::clone(self.file.insert(file))
        };
        let start = self.end;
        let mut piece = vec![0; PIECE];
        loop {
            // What is read may itself lie in this file, so that it is not held meanwhile.
            let read = match reader.read(&mut piece) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(self.end))?;
            file.write_all(piece.get(..read).unwrap_or_default())?;
            self.end += read as u64;
            if self.end > MOST_OF_ALL {
                return Err(io::Error::other("archives hold too much to be unpacked"));
            }
            if self.end - start > most {
                return Err(io::Error::other(format!("it holds more than {most} bytes")));
            }
        }
        Ok(Spooled {
            file,
            start,
            bytes: self.end - start,
        })
    }
}

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct Spooled {
    file: Arc<Mutex<File>>,
    start: u64,
    bytes: u64,
}

impl Spooled {
    /// Reads to the end now.
    pub(super) fn new(reader: impl Read) -> io::Result<Self> {
        Depot::default().put(reader, MOST_OF_ALL)
    }

    /// How much there is.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// All of it, from the start. Readers do not get in each other's way.
    pub(super) fn read(&self) -> Again {
        Again {
            spooled: self.clone(),
            at: 0,
        }
    }
}

/// A reader of what is spooled.
#[derive(Debug)]
pub(super) struct Again {
    spooled: Spooled,
    /// How far it is from the start.
    at: u64,
}

impl Read for Again {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Spooled { file, start, bytes } = &self.spooled;
        let left = usize::try_from(bytes.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let length = left.min(buffer.len());
        // No reader leaves the file half-way: each says anew where it reads.
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(start + self.at))?;
        let read = file.read(buffer.get_mut(..length).unwrap_or_default())?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Again {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.spooled.bytes.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_that_take_turns_each_read_all_of_it() {
        let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(1000).collect();
        let mut depot = Depot::default();
        depot.put(&b"before"[..], 6).unwrap();
        let spooled = depot.put(&bytes[..], 1000).unwrap();
        depot.put(spooled.read(), 1000).unwrap();
        assert_eq!(spooled.bytes(), 1000);
        let (mut one, mut other) = (spooled.read(), spooled.read());
        let (mut of_one, mut of_other) = (Vec::new(), Vec::new());
        for size in [7, 100, 3] {
            one.by_ref().take(size).read_to_end(&mut of_one).unwrap();
            other.by_ref().take(50).read_to_end(&mut of_other).unwrap();
        }
        one.read_to_end(&mut of_one).unwrap();
        other.read_to_end(&mut of_other).unwrap();
        assert!(of_one == bytes && of_other == bytes);
        let mut last = Vec::new();
        assert_eq!(one.seek(SeekFrom::End(-3)).unwrap(), 997);
        assert_eq!(one.seek(SeekFrom::Current(1)).unwrap(), 998);
        one.read_to_end(&mut last).unwrap();
        assert_eq!(last, bytes[998..]);
        assert!(one.seek(SeekFrom::Current(-2000)).is_err());
        assert_eq!(one.seek(SeekFrom::Start(5000)).unwrap(), 5000);
        assert_eq!(one.read(&mut [0; 8]).unwrap(), 0);
    }

    #[test]
    fn more_than_there_may_be_is_an_error() {
        let mut depot = Depot::default();
        let error = depot.put(io::repeat(0), 100_000).unwrap_err();
        assert_eq!(error.to_string(), "it holds more than 100000 bytes");
    }
}
