//! Tar archives (POSIX.1-2001's ustar and pax, and GNU's).

use std::io::{self, Read, Seek, SeekFrom};

use tar::{Archive, Entry};

use super::files::Files;
use super::{Bytes, Member};
use crate::source::read_up_to;

/// How much may stand about a file before it, in bytes: it is read whole.
pub(super) const MOST_OF_HEADER: u64 = 1 << 20;
/// What everything is a multiple of, in bytes.
const BLOCK: u64 = 512;

/// Lists the files of an archive. As where it is unpacked, the last of several files with one name counts.
pub(super) fn list(bytes: &Bytes, files: &mut Files) -> io::Result<()> {
    refuse_long_names(bytes)?;
    let mut end = 0;
    let mut tar = Archive::new(bytes.open()?);
    for file in tar.entries_with_seek()? {
        let mut file = file?;
        let size = file.size();
        let start = file.raw_file_position();
        let behind = size.checked_next_multiple_of(BLOCK);
        let behind = behind.and_then(|size| start.checked_add(size));
        end = behind.ok_or_else(|| io::Error::other("a file in it is too large"))?;
        let Some(name) = files.name(&words(&file.path_bytes())) else {
            continue;
        };
        let sort = file.header().entry_type();
        let target = file.link_name_bytes().map(|target| words(&target));
        let target = target.unwrap_or_default();
        if sort.is_gnu_sparse() || has_gaps(&mut file)? {
            files.fail(&name, "it is stored with gaps");
        } else if sort.is_file() || sort.is_contiguous() {
            let member = Member {
                within: bytes.clone(),
                start,
                stored: size,
                is_deflated: false,
                size,
                check: None,
            };
            files.insert(name, member);
        } else if sort.is_hard_link() {
            files.link(name, &target);
        } else if sort.is_symlink() {
            files.symbolic_link(name, &target);
        }
    }
    expect_end(bytes, end)
}

/// A name as it is told; two that differ never look alike.
fn words(name: &[u8]) -> String {
    let plain = std::str::from_utf8(name).map(str::to_owned);
    plain.unwrap_or_else(|_| name.escape_ascii().to_string())
}

fn refuse_long_names(bytes: &Bytes) -> io::Result<()> {
    let mut tar = Archive::new(bytes.open()?);
    for header in tar.entries_with_seek()?.raw(true) {
        // Whoever lists the files says why.
        let Ok(header) = header else { break };
        let sort = header.header().entry_type();
        let is_about_another = sort.is_gnu_longname()
            || sort.is_gnu_longlink()
            || sort.is_pax_local_extensions()
            || sort.is_pax_global_extensions();
        if is_about_another && header.size() > MOST_OF_HEADER {
            return Err(io::Error::other("the name of a file in it is too long"));
        }
    }
    Ok(())
}

/// Whether pax headers say that only parts of the file are there.
fn has_gaps<R: Read>(file: &mut Entry<'_, R>) -> io::Result<bool> {
    let Some(headers) = file.pax_extensions()? else {
        return Ok(false);
    };
    for header in headers {
        if header?.key_bytes().starts_with(b"GNU.sparse.") {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Makes sure that the archive ends behind its last file: with two blocks of zeros, and no more than zeros behind them. One
/// that was cut between two files looks whole else.
fn expect_end(bytes: &Bytes, end: u64) -> io::Result<()> {
    let mut rest = bytes.open()?;
    rest.seek(SeekFrom::Start(end))?;
    let mut zeros = 0;
    let mut piece = vec![0; 64 * 1024];
    loop {
        let read = read_up_to(&mut rest, &mut piece)?;
        if piece.iter().take(read).any(|byte| *byte != 0) {
            let message = "something stands behind the end that it tells";
            return Err(io::Error::other(message));
        }
        zeros += read as u64;
        if read < piece.len() {
            break;
        }
    }
    if zeros < 2 * BLOCK {
        let message = "it ends without the mark of an end: it may have been cut";
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, message));
    }
    Ok(())
}
