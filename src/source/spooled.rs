//! What can be read only once, in a file without a name, so that it can be read again and leaves nothing behind.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct Spooled {
    file: Arc<Mutex<File>>,
    bytes: u64,
}

impl Spooled {
    /// Reads to the end now.
    pub(super) fn new(mut reader: impl Read) -> io::Result<Self> {
        let mut file = tempfile::tempfile()?;
        let bytes = io::copy(&mut reader, &mut file)?;
        Ok(Self {
            file: Arc::new(Mutex::new(file)),
            bytes,
        })
    }

    /// How much there is.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// All of it, from the start. Readers do not get in each other's way.
    pub(super) fn read(&self) -> impl Read + Send + use<> {
        Again {
            file: Arc::clone(&self.file),
            at: 0,
        }
    }
}

struct Again {
    file: Arc<Mutex<File>>,
    at: u64,
}

impl Read for Again {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // No reader leaves the file half-way: each says anew where it reads.
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.at))?;
        let read = file.read(buffer)?;
        self.at += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_that_take_turns_each_read_all_of_it() {
        let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(1000).collect();
        let spooled = Spooled::new(&bytes[..]).unwrap();
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
    }
}
