//! Which findings an entry reaches.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::date;

use crate::model::{
    Anchor, Facts, Finding, InputId, Key, Kind, Location, Package, Place, Sighting, Text,
};
use crate::triage::{TriageFile, decide};

pub(super) fn sighting(scanner: &str, at: &str) -> Sighting {
    let report = Arc::new(InputId {
        path: "r.json".into(),
        digest: "blake3:00".into(),
    });
    Sighting {
        place: Place {
            report,
            at: at.into(),
        },
        scanner: scanner.into(),
    }
}

fn as_of() -> Timestamp {
    "2026-11-21T09:00:00Z".parse().unwrap()
}

fn dependency(purl: &str, ids: &[&str], versions: &[&str]) -> Box<Finding> {
    let mut finding = Finding::new(Kind::Dependency, "Queue Board".into());
    let mut package = Package::new(purl.into());
    package.versions = versions.iter().map(|version| Text::line(version)).collect();
    finding.package = Some(Box::new(package));
    finding.ids = ids.iter().map(|id| Text::line(id)).collect();
    finding.rule.id = finding.ids.first().cloned();
    finding.assert_advisory_keys();
    finding.sightings.insert(sighting("npm audit", "/0"));
    finding.scope.insert("npm-audit:Queue Board:.".into());
    Box::new(finding)
}

fn code(rule: &str, path: &str, app: &str) -> Box<Finding> {
    let mut finding = Finding::new(Kind::Code, app.into());
    let anchor = Anchor::Snippet("eval(input);", 0);
    let key = Key::code(Kind::Code, app, "semgrep", rule, path, anchor);
    finding.keys.insert(key);
    finding.rule.id = Some(rule.into());
    finding.locations.insert(Location {
        path: Some(path.into()),
        ..Location::default()
    });
    finding.sightings.insert(sighting("Semgrep OSS", "/0"));
    Box::new(finding)
}

fn reached(condition: &str, findings: &[Box<Finding>]) -> Vec<usize> {
    let text = format!("version = 1\n[[assign]]\nmatch = {{ {condition} }}\nowner = \"team\"\n");
    let file = TriageFile::parse("t.toml", &text).unwrap();
    let mut facts = Facts {
        findings: findings.to_vec(),
        ..Facts::default()
    };
    let rows = decide(
        &mut facts,
        std::slice::from_ref(&file),
        as_of(),
        date(2026, 11, 21),
    );
    let owned = (0..findings.len()).filter(|&index| {
        let is_owned = !facts.findings[index].history().owners.is_empty();
        let holds = file.entries[0].condition.holds(&findings[index]);
        assert_eq!(is_owned, holds, "{condition}");
        is_owned
    });
    let owned: Vec<usize> = owned.collect();
    assert_eq!(rows[0].findings, owned.len() as u64);
    owned
}

#[test]
fn each_condition_names_what_it_says() {
    let mut forgotten = dependency("pkg:npm/left-pad", &["CVE-2026-0009"], &[]);
    let old = Key::advisory("Queue Board", "pkg:npm/left-pad", "GHSA-aaaa-bbbb-cccc");
    forgotten.keys.insert(old);
    let mut moved = code("js/eval", "lib/a.js", "Time Ledger");
    let former = Key::ticket("anything");
    moved.note(|history| {
        history.known_as.insert(former);
    });
    let findings = [
        dependency(
            "pkg:npm/lodash",
            &["CVE-2021-23337", "GHSA-35jh-r3h4-6jhm"],
            &["4.17.15", "4.17.19"],
        ),
        dependency("pkg:npm/%40harbor/ui", &["GHSA-2h9q-7x3c-4m5r"], &["1.0.0"]),
        forgotten,
        code("js/eval", "src/deep/a.js", "Queue Board"),
        moved,
    ];
    let hex = findings[3].keys.first().unwrap().hex();
    for (condition, expected) in [
        ("id = \"cve-2021-23337\"".to_owned(), &[0][..]),
        (
            "id = [\"GHSA-35JH-R3H4-6JHM\", \"CVE-2026-0009\"]".to_owned(),
            &[0, 2],
        ),
        // No scanner tells it any more, but a key holds it.
        ("id = \"ghsa-AAAA-bbbb-cccc\"".to_owned(), &[2]),
        (format!("fingerprint = \"{}\"", &hex[..13]), &[3]),
        (
            format!("fingerprint = \"snippet:{}\"", hex.to_uppercase()),
            &[3],
        ),
        (format!("fingerprint = \"{}\"", former.hex()), &[4]),
        ("package = \"lodash\"".to_owned(), &[0]),
        (
            "package = [\"@harbor/*\", \"pkg:npm/lod*\"]".to_owned(),
            &[0, 1],
        ),
        ("package = \"pkg:npm/%40harbor/ui\"".to_owned(), &[1]),
        ("package = \"ui\"".to_owned(), &[]),
        ("version = \"4.17.19\"".to_owned(), &[0]),
        ("rule = \"js/*\"".to_owned(), &[3, 4]),
        // The rule of a dependency is any of its ids, not only the one that a report names.
        ("rule = \"GHSA-35*\"".to_owned(), &[0]),
        ("tool = \"SEMGREP*\"".to_owned(), &[3, 4]),
        ("tool = \"npm-audit\"".to_owned(), &[0, 1, 2]),
        ("app = \"Time *\"".to_owned(), &[4]),
        ("kind = [\"code\", \"secret\"]".to_owned(), &[3, 4]),
        ("path = \"src/*.js\"".to_owned(), &[]),
        ("path = \"src/**\"".to_owned(), &[3]),
        ("path = \"**/a.js\", app = \"Queue Board\"".to_owned(), &[3]),
        ("ticket = \"AMS-1\"".to_owned(), &[]),
    ] {
        assert_eq!(reached(&condition, &findings), expected, "{condition}");
    }
}

#[test]
fn a_list_that_was_cut_may_hold_anything() {
    let mut crowded = code("js/eval", "src/a.js", "");
    for number in 0..20 {
        crowded.locations.insert(Location {
            path: Some(format!("src/a{number}.js").into()),
            ..Location::default()
        });
    }
    let findings = [crowded, code("js/eval", "src/b.js", "")];
    assert_eq!(reached("path = \"src/z.js\"", &findings), [0]);
    assert_eq!(reached("path = \"src/b*\"", &findings), [0, 1]);
}

#[test]
fn a_thousand_entries_meet_many_findings_in_little_time() {
    let findings: Vec<Box<Finding>> = (0..20_000)
        .map(|number| {
            if number % 2 == 0 {
                code(
                    &format!("rule-{}", number % 50),
                    &format!("src/{number}/a.js"),
                    "",
                )
            } else {
                let id = format!("CVE-2026-{number:05}");
                dependency(&format!("pkg:npm/p{}", number % 997), &[&id], &["1.0.0"])
            }
        })
        .collect();
    let mut text = "version = 1\n".to_owned();
    for number in 0..250 {
        for condition in [
            format!("id = \"CVE-2026-{number:05}\""),
            format!("path = \"src/{number}/*\""),
            format!("package = \"p{number}\""),
            format!("rule = \"rule-{number}\", path = \"src/{number}/*\""),
        ] {
            text.extend(["[[assign]]\nmatch = { ", &condition, " }\nowner = \"t\"\n"]);
        }
    }
    let file = TriageFile::parse("t.toml", &text).unwrap();
    let mut facts = Facts {
        findings,
        ..Facts::default()
    };
    let rows = decide(&mut facts, &[file], as_of(), date(2026, 11, 21));
    assert_eq!(rows.len(), 1000);
}

#[test]
fn globs_that_begin_with_anything_reach_the_same_alone_and_together() {
    let findings: Vec<Box<Finding>> = (0..60)
        .map(|number| code("js/eval", &format!("a/d{}/f{number}.js", number % 7), ""))
        .collect();
    let conditions = [
        "path = \"**/d3/*\"",
        "path = [\"*/d1/**\", \"**/f2?.js\"]",
        "path = \"**\", app = \"none\"",
        "path = \"a/d4/*\"",
        "path = \"**/f1.js\", rule = \"js/*\"",
        "path = \"?/d3/*\"",
    ];
    let mut text = "version = 1\n".to_owned();
    for condition in conditions {
        text.extend(["[[assign]]\nmatch = { ", condition, " }\nowner = \"t\"\n"]);
    }
    let file = TriageFile::parse("t.toml", &text).unwrap();
    let mut facts = Facts {
        findings: findings.clone(),
        ..Facts::default()
    };
    let rows = decide(&mut facts, &[file], as_of(), date(2026, 11, 21));
    let together: Vec<u64> = rows.iter().map(|row| row.findings).collect();
    let alone = conditions.map(|condition| reached(condition, &findings).len() as u64);
    assert_eq!(together, alone);
    assert_eq!(together, [9, 17, 0, 8, 1, 9]);
}

#[test]
fn ids_of_another_sort_than_a_key_that_is_no_id_are_not_looked_for_in_every_package() {
    // As npm names them: a number beside the public id.
    let findings: Vec<Box<Finding>> = (0..2_000)
        .map(|number| {
            let (id, other) = (format!("CVE-2026-{number:05}"), format!("NPM-{number}"));
            let mut finding = dependency(&format!("pkg:npm/p{number}"), &[&id, &other], &[]);
            finding.ids = [Text::line(&id)].into_iter().collect();
            finding
        })
        .collect();
    let mut text = "version = 1\n".to_owned();
    for number in 0..2_000 {
        let id = format!("CVE-2026-{:05}", number + 1_000);
        text.extend([
            "[[assign]]\nmatch = { id = \"",
            &id,
            "\" }\nowner = \"t\"\n",
        ]);
    }
    text.push_str("[[assign]]\nmatch = { id = \"NPM-7\" }\nowner = \"t\"\n");
    let file = TriageFile::parse("t.toml", &text).unwrap();
    let mut facts = Facts {
        findings,
        ..Facts::default()
    };
    let started = std::time::Instant::now();
    let rows = decide(&mut facts, &[file], as_of(), date(2026, 11, 21));
    let taken = started.elapsed();
    assert_eq!(rows.iter().filter(|row| row.findings == 1).count(), 1_001);
    // Four million keys take longer than that to make.
    assert!(taken < std::time::Duration::from_secs(8), "{taken:?}");
}

#[test]
fn what_happens_later_today_has_not_happened_yet() {
    let told = |at: &str, today| {
        let text = format!(
            "version = 1\n[[date]]\nmatch = {{ id = \"CVE-2026-0001\" }}\nevent = \"aware\"\nat = {at}\nby = \"b\"\n"
        );
        let file = TriageFile::parse("t.toml", &text).unwrap();
        let mut facts = Facts {
            findings: vec![dependency("pkg:npm/a", &["CVE-2026-0001"], &[])],
            ..Facts::default()
        };
        let rows = decide(&mut facts, &[file], as_of(), today);
        rows[0].note.clone().map(|note| note.untrusted().to_owned())
    };
    let not_yet = Some("has not happened yet, and starts no clock until then".to_owned());
    // By a calendar far in the east it is the 22nd already.
    let (utc, east) = (date(2026, 11, 21), date(2026, 11, 22));
    assert_eq!(told("2026-11-21T09:00:00Z", utc), None);
    assert_eq!(told("2026-11-21T09:00:01Z", utc), not_yet);
    assert_eq!(told("2026-11-21T12:00:00Z", east), not_yet);
}
