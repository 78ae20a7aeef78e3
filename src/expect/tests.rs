use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::model::{Facts, Place, Reject};

fn manifest(body: &str) -> Manifest {
    parse("expect.toml", format!("version = 1\n{body}").as_bytes()).unwrap()
}

fn wrong(text: &str) -> String {
    parse("ci/expect.toml", text.as_bytes())
        .unwrap_err()
        .to_string()
}

fn input(path: &str, scanner: &str, format: &str, scope: &str) -> InputRecord {
    InputRecord {
        id: Arc::new(InputId {
            path: path.into(),
            digest: "blake3:00".into(),
        }),
        format: Text::some_line(format),
        scanner: Text::some_line(scanner),
        scanner_version: None,
        bytes: 10,
        outcome: Outcome::Complete,
        scanned: None,
        dated: None,
        scope: Text::some_line(scope).into_iter().collect(),
        notes: Set::new(),
        reasons: Set::new(),
        doubts: Set::new(),
        ledger: Ledger::default(),
        counted_again: 0,
    }
}

/// The reasons of the entries that are not met, by place.
fn judged(body: &str, inputs: &[InputRecord], as_of: &str) -> Vec<String> {
    let mut facts = Facts {
        inputs: inputs.to_vec(),
        ..Facts::default()
    };
    let as_of: Timestamp = as_of.parse().unwrap();
    judge(&mut facts, &[manifest(body)], as_of);
    let mut inputs = facts.inputs.iter();
    let record = inputs.find(|input| input.id.path.untrusted() == "expect.toml");
    let record = record.unwrap();
    assert!(record.ledger.balances());
    assert_eq!(record.ledger.rejected, facts.rejects.len() as u64);
    assert_eq!(record.outcome == Outcome::Failed, !facts.rejects.is_empty());
    (facts.rejects.iter())
        .map(|reject| reject.reason.untrusted().to_owned())
        .collect()
}

fn is_met(body: &str, input: InputRecord) -> bool {
    judged(
        &format!("[[report]]\n{body}"),
        &[input],
        "2026-11-21T00:00:00Z",
    )
    .is_empty()
}

#[test]
fn mistakes_are_told_with_their_place_and_what_would_be_right() {
    assert_eq!(
        wrong("[[report]]\ntool = 'x'\n"),
        "ci/expect.toml:1:1: the manifest has no `version`\nhint: put `version = 1` first"
    );
    assert_eq!(
        wrong("version = 1\n[[reprot]]\ntool = 'x'\n"),
        "ci/expect.toml:2:3: unknown key `reprot` in the manifest\nhint: did you mean `report`?"
    );
    assert_eq!(
        wrong("version = 1\n"),
        "ci/expect.toml:1:1: the manifest expects no report\nhint: write a `[[report]]` for each report that must be there"
    );
    assert_eq!(
        wrong("version = 1\n\n[[report]]\ntool = 'x'\nmin-records = 1\n"),
        "ci/expect.toml:5:1: unknown key `min-records` in `[[report]]`\nhint: did you mean `min_records`?"
    );
    assert_eq!(
        wrong("version = 1\n\n[[report]]\nname = 'x'\n"),
        "ci/expect.toml:3:1: `[[report]]` does not say which report it means\nhint: add `tool`, `format`, `app` or `path`"
    );
    assert_eq!(
        wrong("version = 1\n[[report]]\npath = 'ci/[a'\n"),
        "ci/expect.toml:3:8: `ci/[a` is no glob: unclosed character class; missing ']'"
    );
    assert_eq!(
        wrong("version = 1\n[[report]]\npath = './ci/*'\n"),
        "ci/expect.toml:3:8: the path of no input starts with `./`\nhint: write `ci/*`"
    );
    assert_eq!(
        wrong("version = 1\n[[report]]\ntool = 'x'\nmax_age = '1 month'\n"),
        "ci/expect.toml:4:11: `1 month` is no age: write `36 hours`, `7 days` or `2 weeks`"
    );
    assert_eq!(
        wrong("version = 1\n[[report]]\ntool = 'x'\nmin_reports = 0\n"),
        "ci/expect.toml:4:15: expected a number of at least 1"
    );
    assert_eq!(
        wrong("version = 1\nreport = []\n"),
        "ci/expect.toml:2:10: `report` is empty: a manifest that expects nothing proves nothing"
    );
}

#[test]
fn entries_in_one_line_have_places_of_their_own() {
    let manifest = manifest("report = [{ tool = 'a' }, { tool = 'b' }]\n");
    let places: Vec<&str> = (manifest.entries.iter())
        .map(|entry| entry.at.untrusted())
        .collect();
    assert_eq!(places, ["line 2", "line 2, column 27"]);
}

#[test]
fn an_age_reads_as_it_is_written_and_rounds_up() {
    let age = |words: &str| words.parse::<Age>().map(Age::words);
    assert_eq!(age("36 hours").as_deref(), Ok("1 day 12 hours"));
    assert_eq!(age("1 day").as_deref(), Ok("1 day"));
    assert_eq!(age("2 weeks").as_deref(), Ok("14 days"));
    for words in [
        "",
        "7",
        "days",
        "-1 days",
        "+1 days",
        "7 days ago",
        "0 days",
        "9999999 weeks",
    ] {
        assert!(age(words).is_err(), "{words}");
    }
    assert!(age("99999999999999999999 days").is_err());
    let week: Age = "7 days".parse().unwrap();
    assert!(!week.is_exceeded(SignedDuration::from_hours(168)));
    let more = SignedDuration::from_hours(168) + SignedDuration::from_secs(1);
    assert!(week.is_exceeded(more));
    assert_eq!(age::words(more), "7 days 1 hour");
    assert_eq!(age::words(SignedDuration::from_secs(90)), "2 minutes");
}

#[test]
fn a_tool_is_the_scanner_one_of_several_or_the_format() {
    let several = || input("a.sarif", "CodeQL, Semgrep OSS", "sarif", "");
    assert!(is_met("tool = 'codeql'", several()));
    assert!(is_met("tool = 'semgrep*'", several()));
    assert!(is_met("tool = 'SARIF'", several()));
    assert!(!is_met("tool = 'trivy'", several()));
    assert!(!is_met("tool = 'codeql'\nformat = 'fsrt'", several()));
    assert!(is_met("tool = ['trivy', 'codeql']", several()));
}

#[test]
fn an_app_stands_in_the_scope_also_with_colons() {
    let of = |scope: &str| input("a.sarif", "CodeQL", "sarif", scope);
    assert!(is_met(
        "app = 'Queue Board'",
        of("codeql:Queue Board:queue-board/main")
    ));
    assert!(is_met("app = 'Queue*'", of("codeql:Queue Board:")));
    assert!(!is_met("app = 'queue board'", of("codeql:Queue Board:")));
    assert!(!is_met(
        "app = 'Queue Board'",
        of("codeql:Time Ledger:Queue Board:x")
    ));
    assert!(is_met(
        "app = 'ari:cloud:ecosystem::app/1'",
        of("fsrt:ari:cloud:ecosystem::app/1:*")
    ));
    // Without an app there is none, whatever the target is.
    assert!(!is_met("app = '*'", of("codeql::queue:board:x")));
    assert!(!is_met("app = '*'", of("")));
}

#[test]
fn a_path_is_held_letter_by_letter_and_a_star_stays_in_its_folder() {
    let at = |path: &str| input(path, "CodeQL", "sarif", "");
    assert!(is_met("path = 'ci/*.sarif'", at("ci/a.sarif")));
    assert!(!is_met("path = 'ci/*.sarif'", at("ci/job/a.sarif")));
    assert!(is_met("path = 'ci/**/*.sarif'", at("ci/job/a.sarif")));
    assert!(!is_met("path = 'ci/A.sarif'", at("ci/a.sarif")));
}

#[test]
fn what_is_no_report_counts_only_by_the_name_of_its_format() {
    for format in ["advisory-db", "kev", "epss", "triage", "openvex", "expect"] {
        let own = || input("ci/own", "", format, "");
        assert!(!is_met("path = 'ci/*'", own()), "{format}");
        assert!(!is_met("format = '*'", own()), "{format}");
        assert!(!is_met(&format!("tool = '{format}'"), own()), "{format}");
        assert!(is_met(&format!("format = '{format}'"), own()), "{format}");
    }
}

#[test]
fn the_newest_of_the_stale_reports_is_named() {
    let at = |path: &str, scanned: Option<&str>| InputRecord {
        scanned: scanned.map(|at| at.parse().unwrap()),
        ..input(path, "Semgrep", "sarif", "")
    };
    let inputs = [
        at("ci/a.sarif", Some("2026-11-12T00:00:00Z")),
        at("ci/b.sarif", Some("2026-11-01T00:00:00Z")),
        at("ci/c.sarif", None),
    ];
    let body = "[[report]]\ntool = 'semgrep'\nmax_age = '7 days'\n";
    let as_of = "2026-11-21T00:00:00Z";
    assert_eq!(
        judged(body, &inputs, as_of),
        ["report of semgrep: the newest, ci/a.sarif, is 9 days old, expected at most 7 days"]
    );
    assert_eq!(judged(body, &inputs, "2026-11-19T00:00:00Z"), [""; 0]);
    assert_eq!(
        judged(
            &format!("{body}min_reports = 2\n"),
            &inputs,
            "2026-11-19T00:00:00Z"
        ),
        [
            "report of semgrep: 1 of at least 2 are fresh: ci/b.sarif is 18 days old, expected at most 7 days"
        ]
    );
    assert_eq!(
        judged(body, &inputs[2..], as_of),
        [
            "report of semgrep: ci/c.sarif does not tell when it was scanned, expected at most 7 days ago"
        ]
    );
    assert_eq!(
        judged(body, &inputs[..1], "2026-11-11T23:59:59Z"),
        [
            "report of semgrep: ci/a.sarif says that it was scanned at 2026-11-12T00:00:00Z, which is after as-of, expected at most 7 days before"
        ]
    );
}

#[test]
fn an_entry_that_merges_found_unmet_for_two_reasons_counts_once() {
    let manifest = manifest("[[report]]\ntool = 'a'\n[[report]]\ntool = 'b'\n");
    let mut facts = Facts::default();
    let place = Place {
        report: Arc::clone(&manifest.id),
        at: "line 2".into(),
    };
    facts.inputs.push(manifest.record(1, 1));
    for reason in ["found 1", "found none"] {
        facts.rejects.push(Reject {
            place: place.clone(),
            reason: reason.into(),
        });
    }
    judge(&mut facts, &[], Timestamp::UNIX_EPOCH);
    assert_eq!(facts.rejects.len(), 1);
    assert_eq!(facts.inputs[0], manifest.record(1, 1));
}
