//! What is refused, where, and what is suggested.

use crate::error::ErrorKind;
use crate::model::Fact;
use crate::triage::{Says, TriageFile};

pub(super) const GOOD: &[&str] = &[
    "",
    "[[accept]]\nmatch = { id = \"CVE-2026-0001\" }\nreason = \"r\"\nby = \"b\"\nuntil = \"2026-12-31\"",
    "[[false-positive]]\nmatch = { rule = [\"a\", \"b*\"], tool = \"codeql\" }\nreason = \"r\"\nby = \"b\"",
    "[[false-positive]]\nmatch = { path = \"src/**\" }\nreason = \"r\"\nby = \"b\"\nuntil = 2026-12-31",
    "[[assign]]\nmatch = { kind = [\"code\", \"secret\"], app = \"*\" }\nowner = \"team\"",
    "[[assign]]\nmatch = { fingerprint = \"cve:ABCDEF012345\" }\nowner = \"team\"",
    "[[date]]\nmatch = { ticket = \"AMS-1\" }\nevent = \"aware\"\nat = 2026-11-02\nby = \"b\"",
    "[[date]]\nmatch = { package = \"pkg:npm/@harbor/ui\", version = \"1.0\" }\nevent = \"triaged\"\nat = 2026-11-02T10:00:00+01:00\nby = \"b\"",
];

/// The text behind `version = 1`, the place, the message and the hint.
pub(super) const BAD: &[(&str, &str, &str, &str)] = &[
    (
        "[[acept]]\nmatch = {}",
        "2:3",
        "unknown key `acept` in the triage file",
        "did you mean `accept`?",
    ),
    (
        "[[accept]]\nmatch = { cve = \"CVE-2026-0001\" }\nreason = \"r\"\nby = \"b\"\nuntil = 2026-12-31",
        "3:11",
        "unknown key `cve` in `match`",
        "known here: `app`, `fingerprint`, `id`, `kind`, `package`, `path`, `rule`, `ticket`, `tool`, `version`",
    ),
    (
        "[[accept]]\nmatch = {}\nreason = \"r\"\nby = \"b\"\nuntil = 2026-12-31",
        "3:9",
        "`match` is empty, and would reach every finding",
        "name what it speaks of: `id`, `fingerprint`, `package`, `rule`, `path`, `ticket`, ...",
    ),
    (
        "[[accept]]\nmatch = { id = [] }\nreason = \"r\"\nby = \"b\"\nuntil = 2026-12-31",
        "3:16",
        "`id` is an empty list",
        "name at least one, or leave the key out",
    ),
    (
        "[[accept]]\nreason = \"r\"\nby = \"b\"\nuntil = 2026-12-31",
        "2:1",
        "`[[accept]]` has no `match`",
        "say which findings it speaks of: `match = { id = \"CVE-…\" }`",
    ),
    (
        "[[accept]]\nmatch = { id = \"CVE-2026-0001\" }\nby = \"b\"\nuntil = 2026-12-31",
        "2:1",
        "`[[accept]]` has no `reason`",
        "whoever reads the report must be able to judge the decision: add `reason = \"…\"`",
    ),
    (
        "[[false-positive]]\nmatch = { id = \"CVE-2026-0001\" }\nreason = \"r\"",
        "2:1",
        "`[[false-positive]]` has no `by`",
        "somebody must stand for it and be there to be asked: add `by = \"…\"`",
    ),
    (
        "[[accept]]\nmatch = { id = \"CVE-2026-0001\" }\nreason = \" \"\nby = \"b\"\nuntil = 2026-12-31",
        "4:10",
        "`reason` is empty",
        "",
    ),
    (
        "[[accept]]\nmatch = { id = \"CVE-2026-0001\" }\nreason = \"r\"\nby = \"b\"",
        "2:1",
        "`[[accept]]` has no `until`",
        "a risk that is taken without an end is never looked at again: add the last day, `until = 2026-12-31`",
    ),
    (
        "[[accept]]\nmatch = { id = \"CVE-2026-0009\" }\nreason = \"r\"\nby = \"b\"\nuntill = 2026-12-31",
        "6:1",
        "unknown key `untill` in `[[accept]]`",
        "did you mean `until`?",
    ),
    (
        "[[accept]]\nmatch = { id = \"CVE-2026-0009\" }\nreson = \"r\"\nby = \"b\"\nuntil = 2026-12-31",
        "4:1",
        "unknown key `reson` in `[[accept]]`",
        "did you mean `reason`?",
    ),
    (
        "[[date]]\nmatch = { ticket = \"AMS-1\" }\nevnt = \"aware\"\nat = 2026-11-02\nby = \"b\"",
        "4:1",
        "unknown key `evnt` in `[[date]]`",
        "did you mean `event`?",
    ),
    (
        "[[assign]]\nmatch = { fingerprint = \"abcdef01234\" }\nowner = \"team\"",
        "3:25",
        "`abcdef01234` is no fingerprint",
        "write its 64 hexadecimal digits, or at least the first 12 of them; `scanfold show REPORT` lists them",
    ),
    (
        "[[assign]]\nmatch = { package = \"pkg:npm/@harbor/ui@4.0.0\" }\nowner = \"team\"",
        "3:21",
        "`pkg:npm/@harbor/ui@4.0.0` has a version, and a package is named without one",
        "name the versions beside it: `version = \"…\"`",
    ),
    (
        "[[assign]]\nmatch = { path = \"a[\" }\nowner = \"team\"",
        "3:18",
        "`a[` is no glob: unclosed character class; missing ']'",
        "",
    ),
    (
        "[[assign]]\nmatch = { kind = \"packages\" }\nowner = \"team\"",
        "3:18",
        "`kind` must be one of `dependency`, `code`, `secret`, `configuration`, `requirement`, `ticket`, not `packages`",
        "known here: `dependency`, `code`, `secret`, `configuration`, `requirement`, `ticket`",
    ),
    (
        "[[date]]\nmatch = { ticket = \"AMS-1\" }\nevent = \"fixed\"\nat = 2026-11-02\nby = \"b\"",
        "4:9",
        "`event` must be one of `aware`, `triaged`, not `fixed`",
        "known here: `aware`, `triaged`",
    ),
    (
        "[[date]]\nmatch = { ticket = \"AMS-1\" }\nevent = \"aware\"\nat = 2026-11-02T10:00:00\nby = \"b\"",
        "5:6",
        "`at` must be a date like `2026-06-22`, or a time with its zone like `2026-06-22T14:00:00Z`, not the date `2026-11-02T10:00:00`",
        "",
    ),
    (
        "[accept]\nid = \"CVE-2026-0001\"",
        "2:1",
        "`accept` must be an array, not the table `[accept]`",
        "",
    ),
];

#[test]
fn mistakes_are_told_with_place_text_and_suggestion() {
    for (text, place, message, hint) in BAD {
        let text = format!("version = 1\n{text}\n");
        let error = TriageFile::parse("t.toml", &text).expect_err(&text);
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert_eq!(error.message(), *message, "{text}");
        assert_eq!(
            error.place(),
            Some(format!("t.toml:{place}").as_str()),
            "{text}"
        );
        assert_eq!(error.hint_text().unwrap_or_default(), *hint, "{text}");
    }
    let error = TriageFile::parse("t.toml", "version = 2\n").unwrap_err();
    assert!(error.message().starts_with("`version` must be 1"));
    let error = TriageFile::parse("t.toml", "").unwrap_err();
    assert_eq!(error.message(), "the triage file has no `version`");
}

#[test]
fn entries_stand_in_the_order_of_their_lines() {
    let text = format!("version = 1\n{}\n{}\n{}\n", GOOD[6], GOOD[7], GOOD[1]);
    let file = TriageFile::parse("t.toml", &text).unwrap();
    let lines: Vec<_> = (file.entries.iter())
        .map(|entry| (entry.line, entry.says.name()))
        .collect();
    assert_eq!(lines, [(2, "date"), (7, "date"), (12, "accept")]);
    let moments: Vec<_> = (file.entries.iter())
        .filter_map(|entry| match &entry.says {
            Says::Date { fact, at, .. } => Some((*fact, at.to_string())),
            _ => None,
        })
        .collect();
    assert_eq!(
        moments,
        [
            (Fact::Aware, "2026-11-02T00:00:00Z".to_owned()),
            (Fact::Triaged, "2026-11-02T09:00:00Z".to_owned())
        ]
    );
}
