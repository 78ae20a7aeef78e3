use std::io::Write;

use ::tar::EntryType::{Link, Symlink};

use super::tar::MOST_OF_HEADER;
use super::*;

/// A file of a zip that is made by hand.
struct Packed<'a> {
    name: &'a str,
    bytes: &'a [u8],
    /// 0: stored, 8: deflated.
    method: u16,
    flags: u16,
}

fn packed<'a>(name: &'a str, bytes: &'a [u8]) -> Packed<'a> {
    Packed {
        name,
        bytes,
        method: 8,
        flags: 0,
    }
}

/// The records of APPNOTE sections 4.3.7, 4.3.12 and 4.3.16.
fn zip(files: &[Packed<'_>]) -> Vec<u8> {
    let (mut zip, mut directory) = (Vec::new(), Vec::new());
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap();
    for file in files {
        let mut crc = Crc::new();
        crc.update(file.bytes);
        let stored = if file.method == 8 {
            let mut encoder =
                flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(file.bytes).unwrap();
            encoder.finish().unwrap()
        } else {
            file.bytes.to_vec()
        };
        let mut common = Vec::new();
        for number in [20, file.flags, file.method, 0, 0x21] {
            common.extend(number.to_le_bytes());
        }
        for number in [crc.sum(), length(&stored), length(file.bytes)] {
            common.extend(number.to_le_bytes());
        }
        common.extend(u16::try_from(file.name.len()).unwrap().to_le_bytes());
        common.extend([0; 2]);
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(length(&zip).to_le_bytes());
        directory.extend(file.name.as_bytes());
        zip.extend(b"PK\x03\x04");
        zip.extend(common);
        zip.extend(file.name.as_bytes());
        zip.extend(stored);
    }
    let number = u16::try_from(files.len()).unwrap().to_le_bytes();
    let (size, start) = (length(&directory), length(&zip));
    zip.extend(directory);
    zip.extend(b"PK\x05\x06\0\0\0\0");
    zip.extend([number, number].concat());
    zip.extend(size.to_le_bytes());
    zip.extend(start.to_le_bytes());
    zip.extend([0; 2]);
    zip
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = ::tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        tar.append_data(&mut header, name, *bytes).unwrap();
    }
    tar.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};
    compress_to_vec(bytes, CompressionLevel::Fastest)
}

fn listed(name: &str, bytes: &[u8]) -> Option<Listing> {
    let bytes = Bytes::Spooled(Spooled::new(bytes).unwrap());
    list(name, &bytes, &mut Depot::default())
}

fn read(member: &Member) -> io::Result<String> {
    let mut text = String::new();
    member.read()?.read_to_string(&mut text)?;
    Ok(text)
}

/// The files with their bytes or why they cannot be read, and what is broken.
fn contents(listing: &Listing) -> (Vec<(String, String)>, Vec<String>) {
    let words = |member: &Member| read(member).unwrap_or_else(|error| format!("! {error}"));
    let members = listing.members.iter();
    let members = members.map(|(name, member)| (name.clone(), words(member)));
    let broken = listing.broken.iter();
    let broken = broken.map(|(name, error)| format!("{name}: {}", error.message()));
    (members.collect(), broken.collect())
}

fn strings(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(name, words): &(&str, &str)| ((*name).to_owned(), (*words).to_owned());
    pairs.iter().map(owned).collect()
}

#[test]
fn files_of_all_sorts_of_archives_are_read_where_they_lie() {
    let plain: [(&str, &[u8]); 2] = [("a.json", b"{}"), ("job/b.sarif", b"{\"runs\":[]}")];
    let expected = |archive: &str| {
        let name = |inner: &str| format!("{archive}/{inner}");
        let pairs = [("a.json", "{}"), ("job/b.sarif", "{\"runs\":[]}")];
        pairs.map(|(inner, words)| (name(inner), words.to_owned()))
    };
    let files = plain.map(|(name, bytes)| packed(name, bytes));
    let of_tar = tar(&plain);
    for (name, bytes) in [
        ("x.zip", zip(&files)),
        ("x.tar", of_tar.clone()),
        ("x.tgz", gzip(&of_tar)),
        ("X.TAR.GZ", gzip(&of_tar)),
        ("x.tar.zst", zstd(&of_tar)),
        ("x.tzst", zstd(&of_tar)),
        // Of standard input nobody knows a name.
        ("-", gzip(&of_tar)),
        ("-", zip(&files)),
    ] {
        let (members, broken) = contents(&listed(name, &bytes).unwrap());
        assert_eq!((members.as_slice(), broken.len()), (&expected(name)[..], 0));
    }
}

#[test]
fn what_is_no_archive_is_none_unless_it_is_called_one() {
    for bytes in [
        &b"{}"[..],
        b"",
        &gzip(b"{}"),
        &zstd(b"{}"),
        b"\x1f\x8bbroken",
    ] {
        assert!(listed("-", bytes).is_none());
        let (members, broken) = contents(&listed("x.tar.gz", bytes).unwrap());
        let words = "x.tar.gz: expected a zip or tar archive, found something else";
        assert_eq!((members.len(), broken), (0, vec![words.to_owned()]));
    }
}

#[test]
fn names_lead_nowhere_and_two_files_of_one_name_are_told() {
    let files = [
        ("../../etc/passwd", "up"),
        ("/abs.json", "absolute"),
        ("dir/", ""),
        ("dir\\win.json", "of Windows"),
        (".git/config.json", "work of others"),
        ("a/node_modules/b.json", "work of others"),
        ("a/.scanfold-x1.tmp", "a part"),
        ("two.json", "first"),
        ("./two.json", "last"),
        ("", "nameless"),
    ];
    let files = files.map(|(name, words)| packed(name, words.as_bytes()));
    let (members, broken) = contents(&listed("x.zip", &zip(&files)).unwrap());
    let expected = [
        ("x.zip/../../etc/passwd", "up"),
        ("x.zip/abs.json", "absolute"),
        ("x.zip/dir/win.json", "of Windows"),
        ("x.zip/two.json", "last"),
    ];
    assert_eq!(members, strings(&expected));
    let two = "x.zip/two.json: the file cannot be read: another file of its archive has its name";
    assert_eq!(broken, [two]);
    // The same bytes twice are not told apart by whoever looks names up.
    let same = [packed("a.json", b"{}"), packed("a.json", b"[]")];
    let (_, broken) = contents(&listed("x.zip", &zip(&same)).unwrap());
    let words = "its directory lists 2 files, of which 1 can be told apart";
    assert!(broken[0].ends_with(words), "{broken:?}");
    // A tar that was added to has a file twice, and the last one counts, as where it is unpacked.
    let updated = tar(&[("a.json", b"{}"), ("./a.json", b"[]")]);
    let (members, broken) = contents(&listed("x.tar", &updated).unwrap());
    assert_eq!(
        (members, broken.len()),
        (strings(&[("x.tar/a.json", "[]")]), 0)
    );
}

#[test]
fn a_file_that_is_not_as_its_archive_tells_is_an_error_when_it_is_read() {
    let text = "{\"runs\":[]} ".repeat(50);
    let whole = zip(&[Packed {
        method: 0,
        ..packed("a.json", text.as_bytes())
    }]);
    let at = |needle: &[u8]| {
        let mut windows = whole.windows(needle.len());
        windows.position(|window| window == needle).unwrap()
    };
    let mut flipped = whole.clone();
    flipped[at(b"runs")] ^= 1;
    let words = "! its check sum is not the one that its archive tells";
    assert_eq!(contents(&listed("x.zip", &flipped).unwrap()).0[0].1, words);
    // The size stands 24 bytes behind the start of the directory's record.
    let size = at(b"PK\x01\x02") + 24;
    for (by, words) in [
        (1, "! it ends before its archive tells"),
        (-1, "! it is longer than its archive tells"),
    ] {
        let mut other = whole.clone();
        other[size] = other[size].wrapping_add_signed(by);
        assert_eq!(contents(&listed("x.zip", &other).unwrap()).0[0].1, words);
    }
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_there() {
    let secret = Packed {
        flags: 1,
        ..packed("secret.json", b"{}")
    };
    let odd = Packed {
        method: 99,
        ..packed("odd.json", b"{}")
    };
    let files = [
        secret,
        odd,
        packed("a.json", b"{}"),
        packed("in.zip", b"{}"),
    ];
    let (members, broken) = contents(&listed("x.zip", &zip(&files)).unwrap());
    assert_eq!(members, strings(&[("x.zip/a.json", "{}")]));
    let cannot = "the file cannot be read: it is";
    let expected = [
        format!("x.zip/secret.json: {cannot} encrypted"),
        format!("x.zip/odd.json: {cannot} packed in a way that is not known"),
        "x.zip/in.zip: expected a zip or tar archive, found something else".to_owned(),
    ];
    assert_eq!(broken, expected);
    // The directory of a zip stands at its end.
    let cut = zip(&[packed("a.json", b"{}")]);
    let (members, broken) = contents(&listed("x.zip", &cut[..cut.len() - 30]).unwrap());
    assert_eq!((members.len(), broken.len()), (0, 1));
    let long = b"x".repeat(3000);
    let cut = tar(&[("a.json", b"{}"), ("b.json", &long)]);
    let (members, broken) = contents(&listed("x.tar", &cut[..1300]).unwrap());
    assert_eq!(members, strings(&[("x.tar/a.json", "{}")]));
    assert_eq!(broken.len(), 1);
    for cut in [cut[..2500].to_vec(), gzip(&cut)[..60].to_vec()] {
        let listing = listed("x.tar.gz", &cut);
        let (members, broken) = contents(&listing.unwrap());
        let lost = broken.len()
            + members
                .iter()
                .filter(|(_, words)| words.starts_with('!'))
                .count();
        assert!(lost > 0, "{members:?} {broken:?}");
    }
}

#[test]
fn archives_in_archives_are_read_to_a_depth() {
    let mut inner = zip(&[packed("a.json", b"{}")]);
    for depth in 2..=6 {
        inner = if depth % 2 == 0 {
            tar(&[("in.zip", &inner), ("b.json", b"[]")])
        } else {
            zip(&[packed("in.tar", &inner)])
        };
        let (members, broken) = contents(&listed("-", &inner).unwrap());
        let is_deepest = |(name, _): &&(String, String)| name.ends_with("a.json");
        assert_eq!(
            members.iter().filter(is_deepest).count(),
            usize::from(depth <= DEEPEST)
        );
        assert_eq!(broken.len(), usize::from(depth > DEEPEST), "{broken:?}");
    }
}

#[test]
fn long_names_of_tar_are_whole_and_links_are_followed_within_it() {
    let long = format!("{}/a.json", "x".repeat(200));
    let mut tar = ::tar::Builder::new(Vec::new());
    let file = |tar: &mut ::tar::Builder<Vec<u8>>, name: &str, bytes: &[u8]| {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        tar.append_data(&mut header, name, bytes).unwrap();
    };
    file(&mut tar, &long, b"{}");
    file(&mut tar, "a.json", b"old");
    for (sort, name, target) in [
        (Link, "hard.json", "a.json"),
        (Link, "hard-nowhere.json", "b.json"),
        (Symlink, "dir/soft.json", "../later.json"),
        (Symlink, "dir/twice.json", "soft.json"),
        (Symlink, "passwd.json", "/etc/passwd"),
        (Symlink, "up.json", "../../etc/passwd"),
        (Symlink, "loop.json", "loop.json"),
    ] {
        let mut link = ::tar::Header::new_gnu();
        link.set_entry_type(sort);
        link.set_size(0);
        tar.append_link(&mut link, name, target).unwrap();
    }
    file(&mut tar, "a.json", b"new");
    file(&mut tar, "later.json", b"later");
    let tar = tar.into_inner().unwrap();
    let (members, broken) = contents(&listed("x.tar", &tar).unwrap());
    let expected = [
        ("x.tar/a.json", "new"),
        ("x.tar/dir/soft.json", "later"),
        ("x.tar/dir/twice.json", "later"),
        ("x.tar/hard.json", "old"),
        ("x.tar/later.json", "later"),
        (&format!("x.tar/{long}"), "{}"),
    ];
    assert_eq!(members, strings(&expected));
    let nowhere = ["hard-nowhere", "loop", "passwd", "up"];
    let nowhere = nowhere.map(|name| {
        format!(
            "x.tar/{name}.json: the file cannot be read: it is a link to no file of its archive"
        )
    });
    assert_eq!(broken, nowhere);
}

#[test]
fn a_tar_that_is_cut_anywhere_is_not_whole() {
    let whole = tar(&[
        ("a.json", b"{}"),
        ("node_modules/b", &[1; 700]),
        ("c.json", b"[]"),
    ]);
    assert_eq!(contents(&listed("x.tar", &whole).unwrap()).1.len(), 0);
    for blocks in 1..whole.len() / 512 {
        for cut in [whole[..blocks * 512].to_vec(), gzip(&whole[..blocks * 512])] {
            let (_, broken) = contents(&listed("x.tgz", &cut).unwrap());
            assert_eq!(broken.len(), 1, "{blocks}");
        }
    }
    // What is put behind its end is read by nobody.
    let two = [&whole[..], &whole].concat();
    let (members, broken) = contents(&listed("x.tar", &two).unwrap());
    assert_eq!((members.len(), broken.len()), (2, 1));
}

#[test]
fn a_name_that_would_fill_the_memory_is_not_read() {
    let mut tar = ::tar::Builder::new(Vec::new());
    let mut header = ::tar::Header::new_gnu();
    header.set_entry_type(::tar::EntryType::GNULongName);
    let size = MOST_OF_HEADER + 1;
    header.set_size(size);
    tar.append_data(&mut header, "././@LongLink", io::repeat(b'x').take(size))
        .unwrap();
    let mut header = ::tar::Header::new_gnu();
    header.set_size(2);
    tar.append_data(&mut header, "a.json", &b"{}"[..]).unwrap();
    let tar = tar.into_inner().unwrap();
    let (members, broken) = contents(&listed("x.tar", &tar).unwrap());
    assert!(members.is_empty());
    let words = "x.tar: the archive cannot be read on: the name of a file in it is too long";
    assert_eq!(broken, [words]);
}
