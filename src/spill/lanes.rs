//! One temporary file for many lists that grow side by side: each is written at its end and read from its start.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::error::{Error, Result};

/// A piece of the file.
#[derive(Clone, Copy, Debug)]
struct Extent {
    start: u64,
    length: u64,
}

/// Lists of bytes in one file without a name, which is gone when it is closed.
#[derive(Debug)]
pub struct Lanes {
    file: File,
    folder: PathBuf,
    end: u64,
    /// How many bytes of a lane wait for those that come next.
    buffer: usize,
    growing: Vec<Growing>,
}

#[derive(Debug, Default)]
struct Growing {
    waiting: Vec<u8>,
    extents: Vec<Extent>,
}

impl Lanes {
    /// So many empty lanes in a new file in `folder`, with a buffer for each.
    pub fn new(folder: &Path, number: usize, buffer: usize) -> Result<Self> {
        let file = tempfile::tempfile_in(folder).map_err(|error| trouble(folder, error))?;
        Ok(Self {
            file,
            folder: folder.to_owned(),
            end: 0,
            buffer,
            growing: std::iter::repeat_with(Growing::default)
                .take(number)
                .collect(),
        })
    }

    /// Adds a lane and says which it is.
    pub fn add(&mut self) -> usize {
        self.growing.push(Growing::default());
        self.growing.len() - 1
    }

    /// Puts bytes at the end of a lane.
    pub fn push(&mut self, lane: usize, bytes: &[u8]) -> Result<()> {
        let Some(growing) = self.growing.get_mut(lane) else {
            return Ok(());
        };
        growing.waiting.extend_from_slice(bytes);
        if growing.waiting.len() >= self.buffer {
            self.write(lane)?;
        }
        Ok(())
    }

    /// Ends a lane, so that its buffer takes no memory any more.
    pub fn end(&mut self, lane: usize) -> Result<()> {
        self.write(lane)?;
        if let Some(growing) = self.growing.get_mut(lane) {
            growing.waiting = Vec::new();
        }
        Ok(())
    }

    fn write(&mut self, lane: usize) -> Result<()> {
        let Some(growing) = self.growing.get_mut(lane) else {
            return Ok(());
        };
        let length = growing.waiting.len() as u64;
        if length == 0 {
            return Ok(());
        }
        let written = self.file.write_all(&growing.waiting);
        written.map_err(|error| trouble(&self.folder, error))?;
        growing.waiting.clear();
        match growing.extents.last_mut() {
            Some(last) if last.start + last.length == self.end => last.length += length,
            _ => growing.extents.push(Extent {
                start: self.end,
                length,
            }),
        }
        self.end += length;
        Ok(())
    }

    /// All that was put into the lanes, to be read.
    pub fn finish(mut self) -> Result<Filed> {
        for lane in 0..self.growing.len() {
            self.end(lane)?;
        }
        Ok(Filed {
            file: Mutex::new(self.file),
            folder: self.folder,
            bytes: self.end,
            lanes: self.growing.into_iter().map(|lane| lane.extents).collect(),
        })
    }
}

/// Lanes that are complete. Several may be read at once, and each as often as one likes.
#[derive(Debug)]
pub struct Filed {
    file: Mutex<File>,
    folder: PathBuf,
    bytes: u64,
    lanes: Vec<Vec<Extent>>,
}

impl Filed {
    /// How many bytes all lanes have.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// How many bytes a lane has.
    pub fn length(&self, lane: usize) -> u64 {
        let extents = self.lanes.get(lane).into_iter().flatten();
        extents.map(|extent| extent.length).sum()
    }

    /// How many lanes there are.
    pub fn lanes(&self) -> usize {
        self.lanes.len()
    }

    /// A lane from its start.
    pub fn lane(&self, lane: usize, buffer: usize) -> Lane<'_> {
        let extents = self.lanes.get(lane).map_or(&[][..], Vec::as_slice);
        let pieces = Pieces {
            filed: self,
            extents: extents.iter(),
            left: Extent {
                start: 0,
                length: 0,
            },
        };
        Lane {
            folder: &self.folder,
            bytes: BufReader::with_capacity(buffer, pieces),
        }
    }
}

/// A lane that is being read.
#[derive(Debug)]
pub struct Lane<'a> {
    folder: &'a Path,
    bytes: BufReader<Pieces<'a>>,
}

impl Lane<'_> {
    /// The next bytes, so many as the buffer is long; `false` at the end.
    pub fn take(&mut self, buffer: &mut [u8]) -> Result<bool> {
        // A lane ends between what was pushed at once, so that the first byte says whether there is more.
        let Some((first, rest)) = buffer.split_first_mut() else {
            return Ok(true);
        };
        let read = match self.bytes.read_exact(std::slice::from_mut(first)) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
            Ok(()) => self.bytes.read_exact(rest),
            read => read,
        };
        read.map_err(|error| trouble(self.folder, error))?;
        Ok(true)
    }

    /// The next number; `None` at the end.
    pub fn number(&mut self) -> Result<Option<u32>> {
        let mut bytes = [0; 4];
        Ok(self.take(&mut bytes)?.then(|| u32::from_le_bytes(bytes)))
    }

    /// The next bytes that were put in with [`Lanes::push_frame`], in place of those in `frame`; `false` at the end.
    pub fn frame(&mut self, frame: &mut Vec<u8>) -> Result<bool> {
        let Some(length) = self.number()? else {
            return Ok(false);
        };
        frame.resize(length as usize, 0);
        self.take(frame)
    }
}

impl Lanes {
    /// Puts bytes at the end of a lane, with their length before them.
    pub fn push_frame(&mut self, lane: usize, parts: &[&[u8]]) -> Result<()> {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        let length = u32::try_from(length).map_err(|_| {
            let error = io::Error::other("a finding of more than 4 GiB");
            trouble(&self.folder, error)
        })?;
        self.push(lane, &length.to_le_bytes())?;
        parts.iter().try_for_each(|part| self.push(lane, part))
    }
}

/// The pieces of a lane, one behind the other.
#[derive(Debug)]
struct Pieces<'a> {
    filed: &'a Filed,
    extents: std::slice::Iter<'a, Extent>,
    left: Extent,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left.length == 0 {
            match self.extents.next() {
                Some(next) => self.left = *next,
                None => return Ok(0),
            }
        }
        let wanted =
            usize::try_from(self.left.length).map_or(buffer.len(), |left| left.min(buffer.len()));
        // No reader leaves the file half-way: each says anew where it reads.
        let mut file = self
            .filed
            .file
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.left.start))?;
        let read = file.read(buffer.get_mut(..wanted).unwrap_or_default())?;
        if read == 0 && wanted > 0 {
            return Err(io::Error::other("a temporary file was cut"));
        }
        self.left.start += read as u64;
        self.left.length -= read as u64;
        Ok(read)
    }
}

/// Trouble with a temporary file.
fn trouble(folder: &Path, error: io::Error) -> Error {
    Error::io(folder, error).hint(
        "findings that are more than `--max-memory` go to temporary files there: make room, name another folder with \
         the variable TMPDIR, or give more memory",
    )
}
