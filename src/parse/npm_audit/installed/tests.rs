use std::path::PathBuf;

use super::lockfile;
use crate::error::Result;
use crate::model::{Finding, Text};
use crate::parse::npm_audit::NpmAudit;
use crate::parse::testing::{Collected, read_file};
use crate::parse::{Closing, Lockfiles, Options};
use crate::source::Input;

const LODASH: &str = r#"{"source": "GHSA-35jh-r3h4-6jhm", "name": "lodash", "range": "<4.17.21", "severity": "high"}"#;

/// A folder with a report that says this of `lodash`, and with a lock file of that name.
fn folder(entry: &str, name: &str, lock: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("audit.json");
    let words = format!(
        r#"{{"auditReportVersion": 2, "vulnerabilities": {{"lodash": {{"severity": "high", "via": [{LODASH}], {entry}}}}},
        "metadata": {{"vulnerabilities": {{"info": 0, "low": 0, "moderate": 0, "high": 1, "critical": 0}}}}}}"#
    );
    std::fs::write(&report, words).unwrap();
    std::fs::write(folder.path().join(name), lock).unwrap();
    (folder, report)
}

fn audit(report: &PathBuf, options: &Options) -> (Collected, Result<Closing>) {
    read_file(&NpmAudit, Input::file(report, true), options)
}

fn words<'a>(texts: impl IntoIterator<Item = &'a Text>) -> Vec<&'a str> {
    texts.into_iter().map(Text::untrusted).collect()
}

/// Versions, paths and notes; the folder is left out of the notes, and digests as well.
fn told(entry: &str, name: &str, lock: &str) -> (Vec<String>, Vec<String>, Vec<String>) {
    let (folder, report) = folder(entry, name, lock);
    let (collected, closing) = audit(&report, &Options::default());
    let [Finding { package, .. }] = collected.findings.as_slice() else {
        panic!("expected one finding: {collected:?}");
    };
    let package = package.as_deref().unwrap();
    let own = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect::<Vec<_>>();
    let here = format!("{}/", folder.path().display());
    let notes = closing.unwrap().notes;
    let notes = words(&notes).into_iter().map(|note| {
        let note = note.replace(&here, "");
        match note.split_once(" blake3:") {
            Some((note, digest)) if digest.len() == 64 => note.to_owned(),
            _ => note,
        }
    });
    (
        own(words(&package.versions)),
        own(words(&package.paths)),
        notes.collect(),
    )
}

fn told_by(lock: &str) -> (Vec<String>, Vec<String>, Vec<String>) {
    told(
        r#""nodes": ["node_modules/lodash"]"#,
        "package-lock.json",
        lock,
    )
}

/// A lock file of version 3 with these packages behind the project's own, which asks for `a` and `b`.
fn lock(packages: &str) -> String {
    format!(
        r#"{{"name": "queue-board", "lockfileVersion": 3, "requires": true, "packages": {{
        "": {{"dependencies": {{"a": "1"}}, "devDependencies": {{"b": "1"}}}}, {packages}}}}}"#
    )
}

const FROM: &str = "installed versions from package-lock.json";

#[test]
fn the_lock_file_beside_the_report_tells_versions_and_the_shortest_ways() {
    let lock = lock(
        r#""node_modules/a": {"version": "1.0.0", "dependencies": {"lodash": "4", "c": "1"}},
        "node_modules/b": {"version": "1.0.0", "peerDependencies": {"c": "1"}, "optionalDependencies": {"absent": "1"}},
        "node_modules/c": {"version": "1.0.0", "dependencies": {"lodash": "4"}},
        "node_modules/lodash": {"version": "4.17.19"}"#,
    );
    let (versions, paths, notes) = told_by(&lock);
    assert_eq!(versions, ["4.17.19"]);
    assert_eq!(paths, ["a > lodash"]);
    assert_eq!(notes, [FROM]);
}

#[test]
fn a_dependency_is_the_nearest_of_its_name_on_the_way_up() {
    let lock = lock(
        r#""node_modules/a": {"version": "1.0.0", "dependencies": {"lodash": "3"}},
        "node_modules/a/node_modules/lodash": {"version": "3.0.0"},
        "node_modules/b": {"version": "1.0.0", "dependencies": {"@s/c": "1"}},
        "node_modules/b/node_modules/@s/c": {"version": "1.0.0", "dependencies": {"lodash": "4"}},
        "node_modules/lodash": {"version": "4.17.19"}"#,
    );
    assert_eq!(told_by(&lock).1, ["b > @s/c > lodash"]);
    let nested = r#""nodes": ["node_modules/a/node_modules/lodash", "node_modules/lodash"]"#;
    let (versions, paths, _) = told(nested, "package-lock.json", &lock);
    assert_eq!(versions, ["3.0.0", "4.17.19"]);
    assert_eq!(paths, ["a > lodash", "b > @s/c > lodash"]);
}

#[test]
fn circles_end_and_of_many_ways_of_one_length_three_are_told() {
    let way = |number: u8| {
        format!(
            r#""node_modules/w{number}": {{"version": "1.0.0", "dependencies": {{"lodash": "4"}}}},"#
        )
    };
    let ways = (1..=9).map(way).collect::<Vec<_>>().concat();
    let all = (1..=9).map(|number| format!(r#""w{number}": "1""#));
    let all = all.collect::<Vec<_>>().join(", ");
    let lock = lock(&format!(
        r#"{ways} "node_modules/a": {{"version": "1.0.0", "dependencies": {{"a": "1", "b": "1", {all}}}}},
        "node_modules/b": {{"version": "1.0.0", "dependencies": {{"a": "1"}}}},
        "node_modules/lodash": {{"version": "4.17.19", "dependencies": {{"lodash": "4", "a": "1"}}}}"#
    ));
    let expected = ["a > w1 > lodash", "a > w2 > lodash", "a > w3 > lodash"];
    assert_eq!(told_by(&lock).1, expected);
}

#[test]
fn an_alias_has_the_name_of_the_real_package() {
    let lock = lock(
        r#""node_modules/a": {"name": "a-real", "version": "1.0.0", "dependencies": {"low": "npm:lodash@4"}},
        "node_modules/low": {"name": "lodash", "version": "4.17.19"}"#,
    );
    let alias = r#""nodes": ["node_modules/low"]"#;
    let (versions, paths, notes) = told(alias, "package-lock.json", &lock);
    assert_eq!(
        (versions, paths),
        (vec!["4.17.19".into()], vec!["a-real > lodash".into()])
    );
    assert_eq!(notes, [FROM]);
}

#[test]
fn the_first_version_nests_its_packages_and_keeps_to_itself_what_the_project_asks_for() {
    let old = r#"{"name": "queue-board", "version": "1.0.0", "lockfileVersion": 1, "requires": true, "dependencies": {
        "a": {"version": "1.0.0", "requires": {"b": "1", "lodash": "3"}, "dependencies": {
            "lodash": {"version": "3.0.0"}}},
        "b": {"version": "1.0.0", "requires": {"lodash": "4", "git": "1"}},
        "git": {"version": "git+ssh://git@host.example/git.git#0123", "from": "git"},
        "lodash": {"version": "npm:lodash@4.17.19"}}}"#;
    let both = r#""nodes": ["node_modules/a/node_modules/lodash", "node_modules/lodash"]"#;
    let (versions, paths, notes) = told(both, "package-lock.json", old);
    assert_eq!(versions, ["3.0.0", "4.17.19"]);
    assert_eq!(paths, ["a > b > lodash", "a > lodash"]);
    assert_eq!(notes, [FROM]);
    // The report knows that the project asks for it.
    let direct = r#""isDirect": true, "nodes": ["node_modules/lodash"]"#;
    assert_eq!(told(direct, "package-lock.json", old).1, ["lodash"]);
    let silent = old.replace(r#""requires": true, "#, "");
    assert!(told_by(&silent).1.is_empty());
    assert_eq!(told_by(&silent).0, ["4.17.19"]);
}

#[test]
fn the_second_version_is_read_from_its_packages() {
    let packages =
        r#""": {"dependencies": {"lodash": "4"}}, "node_modules/lodash": {"version": "4.17.19"}"#;
    let nested = r#""lodash": {"version": "1.0.0"}"#;
    for lock in [
        format!(
            r#"{{"lockfileVersion": 2, "packages": {{{packages}}}, "dependencies": {{{nested}}}}}"#
        ),
        format!(
            r#"{{"dependencies": {{{nested}}}, "packages": {{{packages}}}, "lockfileVersion": 2}}"#
        ),
    ] {
        let (versions, paths, _) = told_by(&lock);
        assert_eq!(
            (versions, paths),
            (vec!["4.17.19".into()], vec!["lodash".into()])
        );
    }
}

#[test]
fn a_lock_file_of_another_tree_is_not_taken() {
    let other = |package: &str| told_by(&lock(package));
    for (package, reason) in [
        (
            r#""node_modules/a": {"version": "1.0.0"}"#,
            "it has no `node_modules/lodash`",
        ),
        (
            r#""node_modules/lodash": {"name": "lodash-es", "version": "4.17.19"}"#,
            "at `node_modules/lodash` it has `lodash-es` instead of `lodash`",
        ),
        (
            r#""node_modules/lodash": {"version": "4.17.21"}"#,
            "its 4.17.21 at `node_modules/lodash` is in no range of the report",
        ),
    ] {
        let (versions, paths, notes) = other(package);
        assert!(versions.is_empty() && paths.is_empty());
        let expected =
            format!("no installed versions: package-lock.json is of another tree: {reason}");
        assert_eq!(notes, [expected]);
    }
}

#[test]
fn a_lock_file_that_cannot_be_read_is_a_note() {
    for (lock, reason) in [
        (
            "",
            "line 1 column 1: expected an object, found the end of the file",
        ),
        (
            r#"{"lockfileVersion": 3, "packages": {"#,
            "line 1 column 37: expected a key, found the end of the file",
        ),
        (
            r#"{"lockfileVersion": 4, "packages": {}}"#,
            "expected a `lockfileVersion` of 1, 2 or 3, found `4`",
        ),
        (
            r#"{"packages": {}}"#,
            "expected a `lockfileVersion` of 1, 2 or 3, found none",
        ),
    ] {
        let (versions, _, notes) = told_by(lock);
        assert!(versions.is_empty());
        let expected = format!("no installed versions: package-lock.json cannot be read: {reason}");
        assert_eq!(notes, [expected]);
    }
}

#[test]
fn a_shrinkwrap_goes_before_a_lock_file_and_a_named_one_before_both() {
    let entry = r#""nodes": ["node_modules/lodash"]"#;
    let of = |version: &str| {
        lock(&format!(
            r#""node_modules/lodash": {{"version": "{version}"}}"#
        ))
    };
    let (folder, report) = folder(entry, "package-lock.json", &of("4.17.1"));
    std::fs::write(folder.path().join("npm-shrinkwrap.json"), of("4.17.2")).unwrap();
    let named = folder.path().join("named.json");
    std::fs::write(&named, of("4.17.3")).unwrap();
    let versions = |options: &Options| {
        let (collected, _) = audit(&report, options);
        let package = collected.findings[0].package.as_deref().unwrap();
        words(&package.versions).join(" ")
    };
    assert_eq!(versions(&Options::default()), "4.17.2");
    let mut options = Options::default();
    options.lockfiles.name_all(&named).unwrap();
    assert_eq!(versions(&options), "4.17.3");
    let mut lockfiles = Lockfiles::default();
    lockfiles.name_all(&named).unwrap();
    lockfiles.name_report("elsewhere.json", &named).unwrap();
    let beside = folder.path().join("package-lock.json");
    lockfiles
        .name_report(&report.display().to_string(), &beside)
        .unwrap();
    let options = Options {
        lockfiles,
        ..Options::default()
    };
    assert_eq!(versions(&options), "4.17.1");
}

#[test]
fn a_named_lock_file_must_be_there_and_be_the_only_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut lockfiles = Lockfiles::default();
    assert!(
        lockfiles
            .name_all(&folder.path().join("none.json"))
            .is_err()
    );
    assert!(lockfiles.name_report("a.json", folder.path()).is_err());
    let there = folder.path().join("lock.json");
    std::fs::write(&there, "{}").unwrap();
    lockfiles.name_all(&there).unwrap();
    assert!(lockfiles.name_all(&there).is_err());
    lockfiles.name_report("./a.json", &there).unwrap();
    assert!(lockfiles.name_report("a.json", &there).is_err());
    assert_eq!(lockfiles.reports().collect::<Vec<_>>(), ["a.json"]);
}

#[test]
fn a_report_that_lists_nothing_says_nothing_of_its_lock_file() {
    let (folder, report) = folder(r#""nodes": []"#, "package-lock.json", "{}");
    std::fs::write(folder.path().join("package-lock.json"), lock(r#""x": {}"#)).unwrap();
    let (collected, closing) = audit(&report, &Options::default());
    assert_eq!(collected.findings.len(), 1);
    assert!(closing.unwrap().notes.is_empty());
}

#[test]
fn a_hostile_lock_file_ends_in_a_note() {
    let deep = format!(
        r#"{{"lockfileVersion": 1, "requires": true, "dependencies": {}{}}}"#,
        r#"{"a": {"dependencies": "#.repeat(300),
        "}}".repeat(300)
    );
    let long = lock(&format!(r#""node_modules/{}": {{}}"#, "x".repeat(2000)));
    for (lock, reason) in [(deep, "at most 1024 bytes"), (long, "at most 1024 bytes")] {
        let (_, _, notes) = told_by(&lock);
        assert!(notes[0].contains(reason), "{notes:?}");
    }
    let odd = lock(
        r#""node_modules/lodash": {"version": "4.17.19"}, "node_modules/a": [], "node_modules/b": {"link": true, "resolved": "gone"},
        "../outside": {"dependencies": {"lodash": "4"}}, "/": {"dependencies": {"lodash": "4"}}, "node_modules/": {}"#,
    );
    let (versions, paths, notes) = told_by(&odd);
    assert_eq!((versions.len(), paths.len()), (1, 0));
    assert_eq!(notes, [FROM]);
}

#[test]
fn the_names_of_places_are_those_of_packages() {
    let mut input = Input::spool(
        "lock",
        lock(r#""packages/ws": {"version": "1.0.0"}, "node_modules/@s/p": {}"#).as_bytes(),
    )
    .unwrap();
    input.identify().unwrap();
    let tree = lockfile::read(&input).unwrap();
    for (place, name) in [
        ("", "queue-board"),
        ("packages/ws", "ws"),
        ("node_modules/@s/p", "@s/p"),
    ] {
        assert_eq!(tree.at(place).unwrap().name, name);
    }
    assert!(tree.paths("", true).is_empty());
}
