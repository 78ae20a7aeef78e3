//! Zip archives (PKWARE's APPNOTE).

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use zip::{CompressionMethod, ZipArchive};

use super::files::Files;
use super::{Bytes, Member};
use crate::source::read_up_to;

/// The longest target of a link, in bytes.
const LONGEST_TARGET: u64 = 4096;

/// Lists the files of an archive.
pub(super) fn list(bytes: &Bytes, files: &mut Files) -> io::Result<()> {
    let mut zip = ZipArchive::new(BufReader::new(bytes.open()?))?;
    for index in 0..zip.len() {
        let file = zip.by_index_raw(index)?;
        let name = file.name().map_or_else(
            |_| String::from_utf8_lossy(file.name_raw()).into_owned(),
            std::borrow::Cow::into_owned,
        );
        let Some(name) = files.name(&name).filter(|_| !file.is_dir()) else {
            continue;
        };
        let method = file.compression();
        let is_deflated = method == CompressionMethod::DEFLATE;
        if file.encrypted() {
            files.fail(&name, "it is encrypted");
            continue;
        }
        if !(is_deflated || method == CompressionMethod::Stored) {
            files.fail(&name, "it is packed in a way that is not known");
            continue;
        }
        let start = file.data_start();
        let member = Member {
            within: bytes.clone(),
            start: start.ok_or_else(|| io::Error::other("a file in it has no place"))?,
            stored: file.compressed_size(),
            is_deflated,
            size: file.size(),
            check: Some(file.crc32()),
        };
        if file.is_symlink() {
            let mut target = String::new();
            let mut words = member.read()?.take(LONGEST_TARGET);
            match words.read_to_string(&mut target) {
                Ok(_) => files.symbolic_link(name, &target),
                Err(error) => files.fail(&name, &error.to_string()),
            }
        } else if files.insert(name.clone(), member) {
            files.fail(&name, "another file of its archive has its name");
        }
    }
    let told = zip.len();
    let listed = entries(bytes, zip.central_directory_start())?;
    if listed == told {
        return Ok(());
    }
    Err(io::Error::other(format!(
        "its directory lists {listed} files, of which {told} can be told apart"
    )))
}

/// How many entries stand in the directory that begins there (section 4.3.12), whatever its end tells.
fn entries(bytes: &Bytes, start: u64) -> io::Result<usize> {
    let mut directory = bytes.open()?;
    directory.seek(SeekFrom::Start(start))?;
    let mut directory = BufReader::new(directory);
    let mut number = 0;
    loop {
        let mut header = [0; 46];
        // The end of the directory is shorter than a header.
        if read_up_to(&mut directory, &mut header)? < header.len()
            || !header.starts_with(b"PK\x01\x02")
        {
            return Ok(number);
        }
        number += 1;
        // Of the name, of extra fields and of a comment.
        let (lengths, _) = header.get(28..34).unwrap_or_default().as_chunks::<2>();
        let lengths = lengths.iter().copied();
        let length = lengths
            .map(|length| u64::from(u16::from_le_bytes(length)))
            .sum();
        io::copy(&mut directory.by_ref().take(length), &mut io::sink())?;
    }
}
