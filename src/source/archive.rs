//! Archives: the files in them are read where they lie, as if the archive were a folder.
//!
//! Nothing is unpacked by its name, so that a name can lead nowhere. Links are followed within their archive.

mod files;
mod tar;
mod zip;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use flate2::Crc;
use flate2::read::DeflateDecoder;

use self::files::Files;
use super::packing::Packing;
use super::read_up_to;
use super::spooled::{Depot, Spooled};
use crate::error::Error;

/// How deep archives may lie in archives.
const DEEPEST: usize = 4;
/// How much an archive may hold that must be unpacked to be read, in bytes: more is an attack, or no report.
const MOST: u64 = 16 << 30;
/// What sort of archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Zip,
    Tar,
    /// A stream that may hold a tar.
    Packed(Packing),
}

/// What names of archives end in.
const ENDINGS: [&str; 6] = [".zip", ".tar", ".tgz", ".tar.gz", ".tzst", ".tar.zst"];

/// Whether a file is called like an archive.
pub(crate) fn is_called_one(name: &str) -> bool {
    let name = name.as_bytes();
    let ends = |ending: &&str| {
        let end = name.len().checked_sub(ending.len());
        let end = end.and_then(|start| name.get(start..));
        end.is_some_and(|end| end.eq_ignore_ascii_case(ending.as_bytes()))
    };
    ENDINGS.iter().any(ends)
}

impl Sort {
    /// By the first bytes of a file.
    fn of(start: &[u8]) -> Option<Self> {
        // The first local header, or the end of an empty directory (APPNOTE sections 4.3.7 and 4.3.16).
        if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") {
            Some(Self::Zip)
        } else if start
            .get(257..)
            .is_some_and(|magic| magic.starts_with(b"ustar"))
        {
            Some(Self::Tar)
        } else {
            Packing::of(start).map(Self::Packed)
        }
    }
}

/// Where the bytes of an archive are.
#[derive(Clone, Debug)]
pub(super) enum Bytes {
    File(PathBuf),
    Spooled(Spooled),
}

trait ReadSeek: Read + Seek + Send {}

impl<T: Read + Seek + Send> ReadSeek for T {}

impl Bytes {
    fn open(&self) -> io::Result<Box<dyn ReadSeek>> {
        Ok(match self {
            Self::File(path) => Box::new(File::open(path)?),
            Self::Spooled(spooled) => Box::new(spooled.read()),
        })
    }

    /// What sort of archive it is, if it is one.
    fn sort(&self) -> io::Result<Option<Sort>> {
        let start = |reader: &mut dyn Read| -> io::Result<Vec<u8>> {
            let mut start = vec![0; 512];
            let read = read_up_to(reader, &mut start)?;
            start.truncate(read);
            Ok(start)
        };
        let sort = Sort::of(&start(&mut self.open()?)?);
        let Some(Sort::Packed(packing)) = sort else {
            return Ok(sort);
        };
        // What does not unpack is no archive; whoever reads it as a report says why.
        let inner = start(&mut packing.unpack(self.open()?));
        let is_tar = inner.is_ok_and(|inner| Sort::of(&inner) == Some(Sort::Tar));
        Ok(sort.filter(|_| is_tar))
    }
}

/// A file in an archive.
#[derive(Clone, Debug)]
pub(super) struct Member {
    within: Bytes,
    start: u64,
    /// How much of the archive it takes.
    stored: u64,
    is_deflated: bool,
    size: u64,
    /// CRC-32 of its bytes, where the archive has it.
    check: Option<u32>,
}

impl Member {
    /// How long it is, in bytes, as the archive tells.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// The archive, if it is a file, and where in it this one begins: no two have the same.
    pub(super) fn place(&self) -> (Option<&Path>, u64) {
        let path = match &self.within {
            Bytes::File(path) => Some(path.as_path()),
            Bytes::Spooled(_) => None,
        };
        (path, self.start)
    }

    /// Its bytes, from the start. What differs from what the archive tells of it is an error.
    pub(super) fn read(&self) -> io::Result<Box<dyn Read + Send>> {
        let mut archive = self.within.open()?;
        archive.seek(SeekFrom::Start(self.start))?;
        let stored = archive.take(self.stored);
        let bytes: Box<dyn Read + Send> = if self.is_deflated {
            Box::new(DeflateDecoder::new(stored))
        } else {
            Box::new(stored)
        };
        Ok(Box::new(Checked {
            bytes,
            left: self.size,
            check: self.check,
            crc: Crc::new(),
        }))
    }
}

/// Makes sure that a file is as its archive tells.
struct Checked {
    bytes: Box<dyn Read + Send>,
    left: u64,
    check: Option<u32>,
    crc: Crc,
}

impl Read for Checked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        self.crc.update(buffer.get(..read).unwrap_or_default());
        let broken = |what| Err(io::Error::new(io::ErrorKind::InvalidData, what));
        match self.left.checked_sub(read as u64) {
            None => return broken("it is longer than its archive tells"),
            Some(left) => self.left = left,
        }
        if read == 0 && !buffer.is_empty() {
            if self.left > 0 {
                return Err(io::Error::new(
                    io::ErrorKind::UnexpectedEof,
                    "it ends before its archive tells",
                ));
            }
            if self.check.is_some_and(|check| check != self.crc.sum()) {
                return broken("its check sum is not the one that its archive tells");
            }
        }
        Ok(read)
    }
}

/// What is in an archive.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// The files by their names, which begin with that of the archive.
    pub(super) members: BTreeMap<String, Member>,
    /// What cannot be read, and why. The rest is there all the same.
    pub(super) broken: Vec<(String, Error)>,
}

/// What is in the archive of that name. None if it is no archive and need be none.
pub(super) fn list(name: &str, bytes: &Bytes, depot: &mut Depot) -> Option<Listing> {
    let mut listing = Listing::default();
    let is_one = listing.add(name, bytes, depot, 1);
    is_one.then_some(listing)
}

impl Listing {
    fn fail(&mut self, name: &str, error: Error) {
        self.broken.push((name.to_owned(), error));
    }

    /// Says whether it is an archive, or is called one and is none.
    fn add(&mut self, name: &str, bytes: &Bytes, depot: &mut Depot, depth: usize) -> bool {
        let sort = match bytes.sort() {
            Ok(Some(sort)) => sort,
            Ok(None) if is_called_one(name) => {
                let error = Error::format("expected a zip or tar archive, found something else");
                let hint = "load the file again; name a report by its own ending";
                self.fail(name, error.hint(hint));
                return true;
            }
            Ok(None) => return false,
            Err(error) => {
                self.fail(name, Error::io(name, error));
                return true;
            }
        };
        let mut files = Files::new(name);
        let read = match sort {
            Sort::Zip => zip::list(bytes, &mut files),
            Sort::Tar => tar::list(bytes, &mut files),
            Sort::Packed(packing) => (bytes.open())
                .and_then(|packed| depot.put(packing.unpack(packed), MOST))
                .and_then(|tar| tar::list(&Bytes::Spooled(tar), &mut files)),
        };
        let (files, broken) = files.settle();
        self.broken.extend(broken);
        if let Err(error) = read {
            let error = Error::format(format!("the archive cannot be read on: {error}"));
            let hint = "load it again, or unpack what can be unpacked and name the folder";
            self.fail(name, error.hint(hint));
        }
        for (name, member) in files {
            if !is_called_one(&name) {
                self.members.insert(name, member);
            } else if depth >= DEEPEST {
                let error = Error::format("archives lie in archives too deeply");
                self.fail(&name, error.hint("unpack the outer ones"));
            } else {
                let inner = member.read().and_then(|bytes| depot.put(bytes, MOST));
                match inner {
                    Ok(inner) => {
                        self.add(&name, &Bytes::Spooled(inner), depot, depth + 1);
                    }
                    Err(error) => self.fail(&name, Error::io(&name, error)),
                }
            }
        }
        true
    }
}

#[cfg(test)]
mod tests;
