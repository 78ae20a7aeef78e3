use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::database::commit;
use super::{AgeLimit, CargoLock, Database, is_lock_file};
use crate::error::ErrorKind;
use crate::model::{Capped, Claims, Finding, Outcome, Reject, Text};
use crate::parse::cargo_audit::CargoAudit;
use crate::parse::testing::{Collected, read, read_forced};
use crate::parse::{Apps, Carried, Closing, Head, Options, Parser};

const BASIC: &str = include_str!("../../../samples/cargo-lock/basic.lock");
const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/advisory-db");

fn options() -> Options {
    Options {
        advisories: Some(Database::load(SAMPLES).unwrap()),
        ..Options::default()
    }
}

fn matched(lock: &str) -> (Collected, Closing) {
    let (collected, closing) = read_forced(&CargoLock, lock, &options());
    (collected, closing.unwrap())
}

fn words<'a>(texts: impl IntoIterator<Item = &'a Text>) -> Vec<&'a str> {
    texts.into_iter().map(Text::untrusted).collect()
}

fn seen(collected: &Collected) -> Vec<String> {
    let line = |finding: &Finding| {
        let package = finding.package.as_ref().unwrap();
        format!(
            "{}: {}, by {}",
            finding.sightings.first().unwrap().place.at.untrusted(),
            words(&package.versions).join("+"),
            words(&package.paths).join(" and ")
        )
    };
    collected.findings.iter().map(line).collect()
}

/// A database of one advisory with these lines in its front matter.
fn database_of(front: &str) -> Database {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("crates/harbor-codec");
    fs::create_dir_all(&place).unwrap();
    let words = format!(
        "```toml\n[advisory]\nid = \"RUSTSEC-2099-0001\"\npackage = \"harbor-codec\"\ndate = \"2099-01-12\"\n{front}\n```\n\n# Title\n\nWords.\n"
    );
    fs::write(place.join("RUSTSEC-2099-0001.md"), words).unwrap();
    Database::load(folder.path()).unwrap()
}

fn reasons(database: &Database) -> Vec<String> {
    let line = |reject: Reject| {
        format!(
            "{}: {}",
            reject.place.at.untrusted(),
            reject.reason.untrusted()
        )
    };
    database.rejects().map(line).collect()
}

/// A lock file of packages `name version` from crates.io, each with what it needs.
fn lock(packages: &[(&str, &[&str])]) -> String {
    let package = |(package, needs): &(&str, &[&str])| {
        let (name, version) = package.split_once(' ').unwrap();
        format!(
            "[[package]]\nname = \"{name}\"\nversion = \"{version}\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\ndependencies = {needs:?}\n"
        )
    };
    let packages: Vec<String> = packages.iter().map(package).collect();
    format!("version = 4\n{}", packages.join("\n"))
}

#[test]
fn each_advisory_is_matched_with_each_installed_version() {
    let (collected, closing) = matched(BASIC);
    // Left out: version 0.1.9, which was never affected; what was withdrawn; what is about Rust itself.
    assert_eq!(
        seen(&collected),
        [
            "/package/2 RUSTSEC-2099-0001: 0.2.7, by queue-board > harbor-pool > harbor-codec",
            "/package/3 RUSTSEC-2099-0001: 0.3.1, by queue-board-worker > harbor-frame > harbor-codec",
            "/package/4 RUSTSEC-2099-0003: 0.9.2, by queue-board-worker > harbor-frame",
            "/package/5 RUSTSEC-2099-0005: 0.5.0, by queue-board > harbor-chart > harbor-json",
            "/package/7 RUSTSEC-2099-0002: 1.0.0, by queue-board-worker > harbor-timer",
            "/package/8 RUSTSEC-2099-0007: 3.1.0, by queue-board > harbor-tls",
        ]
    );
    assert_eq!(closing.outcome, Outcome::Complete);
    assert_eq!(
        words(&closing.notes),
        [
            "matched against 6 advisories, the newest of 2099-05-30",
            "packages from git or another registry, which the database does not cover: 1",
            "whether a version is yanked is not in the database and not told",
        ]
    );
}

#[test]
fn cargo_audit_and_we_find_the_same_under_the_same_names() {
    let mut options = options();
    options.apps = Apps::default();
    options.apps.name_all("com.harborapps.queue-board");
    let report = include_str!("../../../samples/cargo-audit/basic.json");
    let (audit, audit_closing) = read_forced(&CargoAudit, report, &options);
    let (own, own_closing) = read_forced(&CargoLock, BASIC, &options);
    let facts = |collected: Collected| -> BTreeMap<String, Finding> {
        let plain = |mut finding: Finding| {
            let package = finding.package.as_mut().unwrap();
            package.paths = Capped::new();
            let name = format!(
                "{} {} {}",
                finding.rule.id.as_ref().unwrap().untrusted(),
                package.purl.untrusted(),
                words(&package.versions).join("+")
            );
            // Who says it, and where, is all that may differ.
            finding.claims = Claims::default();
            finding.sightings = Capped::new();
            finding.note(|history| history.aliases = BTreeMap::new());
            (name, finding)
        };
        collected.findings.into_iter().map(plain).collect()
    };
    let (mut audit, own) = (facts(audit), facts(own));
    // Whether a version is yanked only the registry knows.
    assert!(audit.remove("yanked pkg:cargo/harbor-pool 2.0.1").is_some());
    assert_eq!(audit.len(), 6);
    assert_eq!(own, audit);
    let scope = own_closing.unwrap().scope;
    assert_eq!(words(&scope), ["rustsec:com.harborapps.queue-board:"]);
    assert_eq!(audit_closing.unwrap().scope, scope);
}

#[test]
fn the_database_is_an_input_of_its_own() {
    let (collected, _) = matched(BASIC);
    let [Carried::Input(input), Carried::Reject(reject)] = collected.carried.as_slice() else {
        panic!("{:?}", collected.carried);
    };
    assert_eq!(input.format, Some(Text::line("advisory-db")));
    assert_eq!(input.outcome, Outcome::Complete);
    assert!(input.ledger.balances());
    assert_eq!((input.ledger.records, input.ledger.rejected), (1, 1));
    assert!(input.id.digest.untrusted().starts_with("blake3:"));
    assert_eq!(reject.place.report, input.id);
    assert_eq!(
        reject.place.at.untrusted(),
        "crates/harbor-log/RUSTSEC-2099-0006.md"
    );
    assert!(reject.reason.untrusted().contains("a string"), "{reject:?}");
    // Each lock file brings the same.
    let (again, _) = matched(BASIC);
    assert_eq!(
        format!("{:?}", again.carried),
        format!("{:?}", collected.carried)
    );
}

#[test]
fn an_unread_advisory_on_an_installed_crate_makes_the_match_partial() {
    let (collected, closing) = matched(include_str!("../../../samples/cargo-lock/partial.lock"));
    assert_eq!(collected.findings.len(), 1);
    assert_eq!(closing.outcome, Outcome::Partial);
    assert_eq!(
        words(&closing.notes)[0],
        "an advisory on `harbor-log`, which is installed, could not be read"
    );
}

#[test]
fn a_clean_lock_file_is_clean() {
    let (collected, closing) = matched(include_str!("../../../samples/cargo-lock/clean.lock"));
    assert_eq!((collected.records, closing.outcome), (0, Outcome::Complete));
}

#[test]
fn a_lock_file_without_packages_proves_nothing() {
    let (collected, closing) = matched("version = 3\n");
    assert_eq!((collected.records, closing.outcome), (0, Outcome::Partial));
}

#[test]
fn the_first_form_of_the_lock_file_is_read() {
    let old = include_str!("../../../samples/cargo-lock/old-v1.lock");
    assert!(CargoLock.sniff(&Head::new(old.as_bytes())));
    let (collected, _) = matched(old);
    assert_eq!(
        seen(&collected),
        ["/package/0 RUSTSEC-2099-0001: 0.2.7, by time-ledger > harbor-pool > harbor-codec"]
    );
}

#[test]
fn without_a_database_nothing_is_matched() {
    let error = read(&CargoLock, BASIC).1.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(error.hint_text().unwrap().contains("`--advisory-db`"));
}

#[test]
fn a_vector_that_nobody_understands_costs_itself_and_not_the_advisory() {
    let front = "cvss = \"CVSS:3.1/AV:Q\"\n[versions]\npatched = [\">=2\"]";
    let options = Options {
        advisories: Some(database_of(front)),
        ..Options::default()
    };
    let lock = "version = 3\n[[package]]\nname = \"harbor-codec\"\nversion = \"1.0.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\n";
    let (collected, closing) = read_forced(&CargoLock, lock, &options);
    assert_eq!(closing.unwrap().outcome, Outcome::Complete);
    let [finding] = &collected.findings[..] else {
        panic!("{collected:?}");
    };
    let claim = finding.claims.iter().next().unwrap();
    assert_eq!(claim.vector, Some(Text::line("CVSS:3.1/AV:Q")));
}

#[test]
fn a_lock_file_that_does_not_parse_is_an_error_with_its_place() {
    let fails = |lock: &str| {
        let (collected, closing) = read_forced(&CargoLock, lock, &options());
        assert!(collected.carried.is_empty());
        closing.unwrap_err().to_string()
    };
    assert_eq!(
        fails(include_str!("../../../samples/cargo-lock/rejects.lock")),
        "line 13 column 11: expected a `Cargo.lock`: unexpected character 'o' while parsing major version number"
    );
    assert_eq!(
        fails("version = 9\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n"),
        "expected a `Cargo.lock`: invalid Cargo.lock format version: `9`"
    );
}

#[test]
fn lock_files_of_other_tools_are_not_claimed() {
    for words in [
        "# This file is automatically @generated by Poetry 2.1.1 and should not be changed by hand.\n\n[[package]]\nname = \"attrs\"\nversion = \"25.1.0\"\ndescription = \"Classes\"\n",
        "version = 1\nrequires-python = \">=3.12\"\n\n[[package]]\nname = \"attrs\"\nversion = \"25.1.0\"\n",
        "[[package]]\nname = \"attrs\"\nversion = \"25.1.0\"\nsource = { registry = \"https://example.org\" }\n",
        "[package]\nname = \"queue-board\"\nversion = \"1.4.0\"\n",
        "[\n{\"name\": 1}\n]\n",
        "name = \"a\"\n",
        "",
    ] {
        assert!(!is_lock_file(words), "{words}");
    }
    assert!(is_lock_file(
        "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n"
    ));
}

#[test]
fn circles_end_and_ways_are_few_and_in_order() {
    let lock = lock(&[
        ("top 1.0.0", &["d", "c", "b", "a"]),
        ("a 1.0.0", &["harbor-timer"]),
        ("b 1.0.0", &["harbor-timer", "top"]),
        ("c 1.0.0", &["harbor-timer"]),
        ("d 1.0.0", &["harbor-timer", "a"]),
        ("harbor-timer 1.0.0", &["d"]),
        ("root 1.0.0", &["top"]),
    ]);
    let (collected, _) = matched(&lock);
    let package = collected.findings[0].package.as_ref().unwrap();
    assert_eq!(
        words(&package.paths),
        [
            "root > top > a > harbor-timer",
            "root > top > b > harbor-timer",
            "root > top > c > harbor-timer",
        ]
    );
    let (collected, _) = matched(&self::lock(&[
        ("a 1.0.0", &["harbor-timer"]),
        ("harbor-timer 1.0.0", &["a"]),
    ]));
    let package = collected.findings[0].package.as_ref().unwrap();
    assert!(package.paths.is_empty());
}

#[test]
fn a_deep_and_wide_graph_takes_no_time() {
    // Two crates on each of a hundred levels: two to the hundredth ways down.
    let names: Vec<[String; 2]> = (0..100)
        .map(|level| [format!("a{level} 1.0.0"), format!("b{level} 1.0.0")])
        .collect();
    let needs: Vec<Vec<&str>> = names
        .iter()
        .skip(1)
        .map(|level| level.iter().map(String::as_str).collect())
        .chain([vec!["harbor-timer"]])
        .collect();
    let mut packages: Vec<(&str, &[&str])> = vec![("harbor-timer 1.0.0", &[])];
    for (level, needs) in names.iter().zip(&needs) {
        packages.extend(level.iter().map(|name| (name.as_str(), needs.as_slice())));
    }
    let (collected, _) = matched(&lock(&packages));
    let package = collected.findings[0].package.as_ref().unwrap();
    assert!(package.paths.is_empty());
}

#[test]
fn crates_from_elsewhere_are_other_crates() {
    let own = "[[package]]\nname = \"harbor-timer\"\nversion = \"1.0.0\"\n";
    assert_eq!(matched(own).0.records, 0);
    let git = format!("{own}source = \"git+https://example.org/harbor-timer#4f1d2c\"\n");
    assert_eq!(matched(&git).0.records, 0);
    let sparse = format!("{own}source = \"sparse+https://index.crates.io/\"\n");
    assert_eq!(matched(&sparse).0.records, 1);
}

#[test]
fn an_advisory_that_the_crate_would_panic_on_is_rejected() {
    let ranges = |patched: &str| reasons(&database_of(&format!("[versions]\npatched = {patched}")));
    let at = "crates/harbor-codec/RUSTSEC-2099-0001.md";
    assert_eq!(
        ranges(r#"[">1.0.0, <2.0.0", "=1.0.0"]"#),
        [format!("{at}: two ranges start at the version 1.0.0")]
    );
    assert_eq!(
        ranges(r#"["^18446744073709551615"]"#),
        [format!(
            "{at}: the range `^18446744073709551615` holds a number that is too large"
        )]
    );
    assert_eq!(
        ranges(r#"[">=1.0.0", ">=2.0.0"]"#),
        [format!(
            "{at}: bad parameter: Overlapping version ranges: [1.0.0, ∞) and [2.0.0, ∞)"
        )]
    );
    assert!(ranges(r#"[">=1.0.0, <2.0.0", ">=2.0.1"]"#).is_empty());
}

#[test]
fn an_advisory_must_be_where_its_id_and_crate_say() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("crates/harbor-json");
    fs::create_dir_all(&place).unwrap();
    let sample = Path::new(SAMPLES).join("crates/harbor-json/RUSTSEC-2099-0005.md");
    let words = fs::read_to_string(sample).unwrap();
    let write = |name: &str, words: &[u8]| fs::write(place.join(name), words).unwrap();
    write("RUSTSEC-2099-0005.md", words.as_bytes());
    write("RUSTSEC-2099-0008.md", words.as_bytes());
    write(
        "RUSTSEC-2099-0009.md",
        words
            .replace("0005", "0009")
            .replace("harbor-json", "harbor")
            .as_bytes(),
    );
    write("RUSTSEC-2099-0010.md", b"\xff");
    write("RUSTSEC-2099-0011.md", "```tom€€€€€€€€€€".as_bytes());
    write("RUSTSEC-2099-0012.md", b"");
    write("RUSTSEC-0000-0000.md", b"a draft");
    write("README", b"no advisory");
    // An advisory in the form of 2019: TOML alone.
    let toml = "[advisory]\nid = \"RUSTSEC-2099-0013\"\npackage = \"harbor-json\"\ndate = \"2099-01-01\"\ntitle = \"Title\"\ndescription = \"Words\"\n[versions]\npatched = []\n";
    write("RUSTSEC-2099-0013.toml", toml.as_bytes());
    let database = Database::load(folder.path()).unwrap();
    let place = "crates/harbor-json/RUSTSEC-2099-00";
    assert_eq!(database.len(), 2);
    assert_eq!(
        reasons(&database),
        [
            format!(
                "{place}08.md: expected the advisory `RUSTSEC-2099-0008`, found `RUSTSEC-2099-0005`"
            ),
            format!("{place}09.md: expected an advisory on `harbor-json`, found one on `harbor`"),
            format!("{place}10.md: expected UTF-8, found another byte at 0"),
            format!("{place}11.md: expected a ```toml block at the start, found none"),
            format!("{place}12.md: expected a ```toml block at the start, found none"),
        ]
    );
}

#[test]
fn a_folder_that_is_no_database_is_refused_with_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = Database::load(folder.path().join("nowhere")).unwrap_err();
    assert_eq!(nowhere.kind(), ErrorKind::Io);
    let empty = Database::load(folder.path()).unwrap_err();
    assert!(empty.message().contains("a folder `crates`"));
    fs::create_dir(folder.path().join("crates")).unwrap();
    let none = Database::load(folder.path()).unwrap_err();
    assert_eq!(none.message(), "expected RustSec advisories, found none");
    for error in [nowhere, empty, none] {
        assert!(error.hint_text().unwrap().contains("rustsec/advisory-db"));
    }
}

#[test]
fn a_clone_tells_its_commit() {
    let hash = "0c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6a7b8c9d";
    for (head, reference, packed, expected) in [
        (hash, None, None, true),
        ("ref: refs/heads/main", Some(hash), None, true),
        (
            "ref: refs/heads/main",
            None,
            Some(format!("# pack-refs\n{hash} refs/heads/main\n")),
            true,
        ),
        ("ref: refs/heads/main", None, None, false),
        ("ref: refs/../../heads/main", Some(hash), None, false),
        ("main", None, None, false),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let git = folder.path().join(".git");
        fs::create_dir_all(git.join("refs/heads")).unwrap();
        fs::write(git.join("HEAD"), format!("{head}\n")).unwrap();
        if let Some(reference) = reference {
            fs::write(git.join("refs/heads/main"), reference).unwrap();
        }
        if let Some(packed) = packed {
            fs::write(git.join("packed-refs"), packed).unwrap();
        }
        let found = commit(folder.path());
        assert_eq!(found, expected.then(|| hash.to_owned()), "{head}");
    }
}

#[test]
fn a_lock_file_that_is_cut_anywhere_is_read_or_refused() {
    let options = options();
    for end in (0..BASIC.len()).step_by(13) {
        // The sink makes sure that the records add up.
        let _ = read_forced(&CargoLock, &BASIC[..end], &options);
    }
}

#[test]
fn a_database_that_is_too_old_makes_the_match_incomplete() {
    // Its only advisory is of 2099-01-12.
    let outcome_at = |as_of: &str, days: Option<u32>| {
        let options = Options {
            advisories: Some(database_of("[versions]\npatched = []")),
            max_advisory_age: days.map(|days| AgeLimit {
                as_of: as_of.parse().unwrap(),
                days,
            }),
            ..Options::default()
        };
        let closing = read_forced(&CargoLock, BASIC, &options).1.unwrap();
        let notes = words(&closing.notes);
        let age = notes.into_iter().find(|note| note.contains("days old"));
        (closing.outcome, age.map(str::to_owned))
    };
    let old = "advisories may be 30 days old, and the newest, of 2099-01-12, is 31 days old on 2099-02-12";
    assert_eq!(
        outcome_at("2099-02-12T00:00:00Z", Some(30)),
        (Outcome::Partial, Some(old.to_owned()))
    );
    for (as_of, days) in [
        ("2099-02-11T23:59:59Z", Some(30)),
        ("2099-01-12T00:00:00Z", Some(0)),
        ("2098-01-01T00:00:00Z", Some(0)),
        ("2199-01-01T00:00:00Z", None),
    ] {
        assert_eq!(
            outcome_at(as_of, days),
            (Outcome::Complete, None),
            "{as_of}"
        );
    }
}
