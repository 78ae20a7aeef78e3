//! Where reports come from: named inputs that can be opened again and again.

mod archive;
mod loose;
mod packing;
mod progress;
mod spooled;
mod walk;
mod zstd;

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use encoding_rs_io::DecodeReaderBytesBuilder;

use crate::error::{Error, Result};
use crate::model::{InputId, Place, Text};

use archive::{Bytes, Member};
use packing::Packing;
use progress::Mark;
use spooled::Spooled;

pub(crate) use archive::is_called_one as is_called_archive;
pub use loose::Loose;
pub(crate) use loose::without_place;
pub(crate) use packing::{is_packed, unpacked_name};
pub use progress::{Progress, Tally};
pub use walk::{Found, collect};
pub(crate) use walk::{searched, unfinished};

/// How much of an input is looked at to tell its format, in bytes.
pub const HEAD: usize = 64 * 1024;

/// How large a file may be to stay in memory while it is read, in bytes. Larger ones are read anew for each pass.
pub const HELD: u64 = 1 << 20;

/// The same of a file in an archive, which must be unpacked anew for each pass.
const HELD_UNPACKED: u64 = 32 << 20;

/// Where the bytes are.
#[derive(Clone, Debug)]
enum Origin {
    File(PathBuf),
    /// Standard input or a pipe.
    Spooled(Spooled),
    /// A file in an archive.
    Member(Arc<Member>),
    /// A name that leads nowhere, and why.
    Missing(Arc<Error>),
}

/// A named report that can be opened again and again.
#[derive(Clone, Debug)]
pub struct Input {
    id: Arc<InputId>,
    origin: Origin,
    held: Option<Held>,
    explicit: bool,
    bytes: u64,
    /// How far it has been read, if anybody watches.
    mark: Option<Arc<Mark>>,
}

/// The raw bytes of a file that is being read.
#[derive(Clone, Debug)]
struct Held(Arc<Vec<u8>>);

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Input {
    /// A file. `explicit` says that the user named it, so that it must be readable and known.
    pub fn file(path: impl Into<PathBuf>, explicit: bool) -> Self {
        let path = path.into();
        let name = path.to_string_lossy().replace('\\', "/");
        let name = name.strip_prefix("./").unwrap_or(&name);
        let path = path.strip_prefix("./").map(Path::to_owned).unwrap_or(path);
        Self::new(name, Origin::File(path), explicit)
    }

    /// Standard input: read to its end now.
    pub fn spool(name: &str, reader: impl Read) -> Result<Self> {
        let spooled = Spooled::new(reader).map_err(|error| Error::io(name, error))?;
        Ok(Self::new(name, Origin::Spooled(spooled), true))
    }

    /// A file in an archive, which is found there as others are in a directory.
    fn member(name: &str, member: Member) -> Self {
        Self::new(name, Origin::Member(Arc::new(member)), false)
    }

    /// Its bytes as those of an archive; none if it is a file in one, or nothing.
    fn archive(&self) -> Option<Bytes> {
        match &self.origin {
            Origin::File(path) => Some(Bytes::File(path.clone())),
            Origin::Spooled(spooled) => Some(Bytes::Spooled(spooled.clone())),
            Origin::Member(_) | Origin::Missing(_) => None,
        }
    }

    /// A name that leads nowhere: it cannot be opened, and says why.
    pub fn missing(name: &str, error: Error) -> Self {
        Self::new(name, Origin::Missing(Arc::new(error)), true)
    }

    fn new(name: &str, origin: Origin, explicit: bool) -> Self {
        let id = InputId {
            path: Text::line(name),
            digest: Text::default(),
        };
        Self {
            id: Arc::new(id),
            origin,
            held: None,
            explicit,
            bytes: 0,
            mark: None,
        }
    }

    /// Counts there what is read of it from now on.
    pub fn watch(&mut self, progress: &Arc<Progress>) {
        self.mark = Some(Mark::new(progress, self.size()));
    }

    /// How much there is to read, in bytes, as far as that is known before it is read.
    pub fn size(&self) -> Option<u64> {
        match &self.origin {
            // What cannot be looked at cannot be read either.
            Origin::File(path) => match path.metadata() {
                Ok(known) => known.is_file().then_some(known.len()),
                Err(_) => Some(0),
            },
            Origin::Spooled(spooled) => Some(spooled.bytes()),
            Origin::Member(member) => Some(member.size()),
            Origin::Missing(_) => Some(0),
        }
    }

    /// Tells who watches that it is done with, read to its end or not.
    pub fn finish(&self) {
        if let Some(mark) = &self.mark {
            mark.finish(self.bytes);
        }
    }

    /// Where its records are counted for who watches.
    pub fn tally(&self) -> Tally {
        Tally::of(self.mark.as_ref())
    }

    /// Which report it is. The digest is there after [`Input::identify`].
    pub fn id(&self) -> &Arc<InputId> {
        &self.id
    }

    /// Its name, for errors that go to the user's own terminal.
    pub fn name(&self) -> &str {
        self.id.path.untrusted()
    }

    /// Whether the user named it, rather than a directory that it was found in.
    pub fn is_explicit(&self) -> bool {
        self.explicit
    }

    /// Its size as stored, in bytes; known after [`Input::identify`].
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The path of the file, if it is one: some formats have companions beside them.
    pub fn path(&self) -> Option<&Path> {
        match &self.origin {
            Origin::File(path) => Some(path),
            Origin::Spooled(_) | Origin::Member(_) | Origin::Missing(_) => None,
        }
    }

    /// Whether it is a file in an archive.
    pub fn is_member(&self) -> bool {
        matches!(self.origin, Origin::Member(_))
    }

    /// The archive that it is in, or that could not be read.
    pub fn archive_path(&self) -> Option<PathBuf> {
        let known = match &self.origin {
            Origin::File(_) | Origin::Spooled(_) => return None,
            Origin::Member(member) => member.place().0,
            Origin::Missing(_) => None,
        };
        let mut around = Path::new(self.name()).ancestors();
        let known = known.or_else(|| around.find(|path| path.is_file()));
        known.map(Path::to_owned)
    }

    /// Whether both lead to one file. Names alone do not tell: they are cleaned before they are shown.
    pub fn is_same(&self, other: &Self) -> bool {
        self.name() == other.name() && self.whereabouts() == other.whereabouts()
    }

    /// The file, and where in it this one begins: no two have the same.
    fn whereabouts(&self) -> (Option<&Path>, u64) {
        match &self.origin {
            Origin::Member(member) => member.place(),
            Origin::File(_) | Origin::Spooled(_) | Origin::Missing(_) => (self.path(), 0),
        }
    }

    /// A place in it.
    pub fn place(&self, at: &str) -> Place {
        Place {
            report: Arc::clone(&self.id),
            at: Text::line(at),
        }
    }

    /// Reads a file that is not too large into `buffer`, so that all later reads take it from there, until
    /// [`Self::release`]. What can be read only once, such as a pipe, is written to a file for that.
    pub fn hold(&mut self, mut buffer: Vec<u8>) -> Result<()> {
        buffer.clear();
        let mut most = HELD;
        if let Origin::File(path) = &self.origin {
            let (file, metadata) = self.open_file(path)?;
            let fail = |error| Error::io(self.name(), error);
            if !metadata.is_file() {
                self.origin = Origin::Spooled(Spooled::new(file).map_err(fail)?);
            } else if metadata.len() <= HELD {
                let mut whole = file.take(HELD + 1);
                whole.read_to_end(&mut buffer).map_err(fail)?;
            }
        }
        if let Origin::Member(member) = &self.origin
            && member.size() <= HELD_UNPACKED
        {
            most = HELD_UNPACKED;
            let read = member
                .read()
                .and_then(|mut whole| whole.read_to_end(&mut buffer));
            read.map_err(|error| Error::io(self.name(), error))?;
        }
        // An empty one costs nothing to read again, and one that grew in the meantime is too large after all.
        if buffer.len() as u64 > most {
            buffer = Vec::new();
        }
        self.held = Some(buffer)
            .filter(|buffer| !buffer.is_empty())
            .map(|buffer| Held(Arc::new(buffer)));
        Ok(())
    }

    /// Gives the buffer of [`Self::hold`] back for the next input.
    pub fn release(&mut self) -> Vec<u8> {
        let held = self.held.take();
        held.and_then(|held| Arc::into_inner(held.0))
            .unwrap_or_default()
    }

    /// Reads the raw bytes once for digest and size.
    pub fn identify(&mut self) -> Result<()> {
        let mut hasher = blake3::Hasher::new();
        if let Some(held) = &self.held {
            hasher.update(held.as_ref());
        } else {
            let read = hasher.update_reader(&mut self.raw()?);
            read.map_err(|error| Error::io(self.name(), error))?;
        }
        self.bytes = hasher.count();
        let digest = Text::line(&format!("blake3:{}", hasher.finalize().to_hex()));
        self.id = Arc::new(InputId {
            path: self.id.path.clone(),
            digest,
        });
        Ok(())
    }

    fn raw(&self) -> Result<Box<dyn Read + Send>> {
        if let Some(held) = &self.held {
            return Ok(Box::new(io::Cursor::new(held.clone())));
        }
        match &self.origin {
            Origin::File(path) => Ok(Box::new(self.open_file(path)?.0)),
            Origin::Spooled(spooled) => Ok(Box::new(spooled.read())),
            Origin::Member(member) => {
                let bytes = member.read();
                bytes.map_err(|error| Error::io(self.name(), error))
            }
            Origin::Missing(error) => {
                let again = Error::new(error.kind(), error.message());
                Err(error
                    .hint_text()
                    .into_iter()
                    .fold(again, Error::hint)
                    .at(self.name()))
            }
        }
    }

    /// Opens a file that is no directory.
    fn open_file(&self, path: &Path) -> Result<(File, Metadata)> {
        let open = || {
            let file = File::open(path)?;
            let metadata = file.metadata()?;
            Ok((file, metadata))
        };
        let (file, metadata) = open().map_err(|error| Error::io(self.name(), error))?;
        if metadata.is_dir() {
            return Err(Error::usage("expected a file, found a directory").at(self.name()));
        }
        Ok((file, metadata))
    }

    /// Opens it as text: gzip and Zstandard are seen through, a byte order mark removed, UTF-16 with a mark turned into UTF-8.
    ///
    /// Bytes that are no valid UTF-8 are passed on as they are: the format's reader says where they stand.
    pub fn open(&self) -> Result<Box<dyn Read + Send>> {
        let peek = |bytes| peek(bytes).map_err(|error| Error::io(self.name(), error));
        let raw = self.raw()?;
        // What is held is read at once, and counts when it is done with.
        let raw = match &self.mark {
            Some(mark) if self.held.is_none() => mark.watch(raw),
            _ => raw,
        };
        let (mut start, mut bytes) = peek(raw)?;
        if let Some(packing) = Packing::of(&start) {
            (start, bytes) = peek(packing.unpack(bytes))?;
        }
        let marked = start.starts_with(&[0xff, 0xfe])
            || start.starts_with(&[0xfe, 0xff])
            || start.starts_with(&[0xef, 0xbb, 0xbf]);
        if !marked {
            return Ok(bytes);
        }
        let decoder = DecodeReaderBytesBuilder::new()
            .utf8_passthru(true)
            .strip_bom(true)
            .bom_override(true)
            .build(bytes);
        Ok(Box::new(decoder))
    }

    /// The first bytes of its text, for telling its format.
    pub fn head(&self) -> Result<Vec<u8>> {
        let mut head = Vec::new();
        let mut start = self.open()?.take(HEAD as u64);
        match start.read_to_end(&mut head) {
            // Whoever reads on meets it again, with what was read before it.
            Err(error) if head.is_empty() => Err(Error::io(self.name(), error)),
            _ => Ok(head),
        }
    }
}

/// The first four bytes, as far as there are so many, and a reader of all.
fn peek(mut bytes: Box<dyn Read + Send>) -> io::Result<(Vec<u8>, Box<dyn Read + Send>)> {
    let mut start = vec![0; 4];
    let read = read_up_to(&mut bytes, &mut start)?;
    start.truncate(read);
    let whole = io::Cursor::new(start.clone()).chain(bytes);
    Ok((start, Box::new(whole)))
}

/// Fills the buffer as far as the reader goes.
fn read_up_to(reader: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests;
