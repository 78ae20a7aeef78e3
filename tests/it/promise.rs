//! `policy promise` from the outside: what it writes, what it finds on pages, and how it ends.

use std::fs;

use crate::cli::{Run, piped, scanfold};
use crate::project;

const POLICY: &str = "samples/policies/harbor-apps.toml";

fn verify(page: &str) -> Run {
    let arguments = [
        "policy",
        "promise",
        POLICY,
        "--as-of",
        "2026-11-21",
        "--verify",
    ];
    scanfold(&[&arguments[..], &[page]].concat())
}

/// The parts of each line between the place and the quotation.
fn claims(run: &Run) -> Vec<&str> {
    let line = |line: &'_ str| -> Option<(usize, usize)> {
        Some((line.find(" line ")? + 1, line.find(" (“")?))
    };
    run.stdout
        .lines()
        .map(|text| {
            line(text)
                .and_then(|(from, to)| text.get(from..to))
                .unwrap()
        })
        .collect()
}

#[test]
fn the_policy_keeps_the_pages_that_were_written_by_hand() {
    for (page, statements) in [
        ("security.md", 8),
        ("security.html", 6),
        ("security.txt", 7),
    ] {
        let run = verify(&format!("samples/promises/{page}"));
        assert_eq!(run.code, 0, "{page}: {}{}", run.stdout, run.stderr);
        assert_eq!(
            run.stdout.lines().count(),
            statements,
            "{page}: {}",
            run.stdout
        );
        assert!(
            run.stderr
                .contains(&format!("keeps {statements} of {statements} statements")),
            "{}",
            run.stderr
        );
        assert!(
            run.stderr
                .contains("rule `test code` can rate a finding lower"),
            "{}",
            run.stderr
        );
    }
}

#[test]
fn every_number_that_is_not_kept_is_named_with_its_line_and_words() {
    let run = verify("samples/promises/overpromised.md");
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert_eq!(
        claims(&run),
        [
            "line 3: not kept: every vulnerability acknowledged within 24 hours; the policy allows 2 business days, which ends \
             with the local day and can take 169 hours",
            "line 3: not kept: every vulnerability assessed within 3 business days; the policy allows 5 business days",
            "line 7: not kept: critical fixed within 3 days from discovery; the policy allows 7 days",
            "line 8: not kept: high fixed within 7 days; the policy allows 14 days",
            "line 9: not kept: medium fixed within 2 weeks; the policy allows 30 days",
            "line 10: not kept: low fixed within 1 month; the policy allows 90 days or next maintenance, and the page's term \
             can end after 28 calendar days",
            "line 11: not kept: info fixed within 6 months; the policy names no date",
            "line 13: not understood: it is about a level that is not known here",
            "line 13: not understood: it is about nothing that a policy promises",
        ]
    );
    assert!(
        run.stdout.contains("(“Critical: 3 days after discovery”)"),
        "{}",
        run.stdout
    );
    assert!(
        run.stderr.contains("keeps 0 of 9 statements"),
        "{}",
        run.stderr
    );
}

#[test]
fn what_is_written_is_kept_and_reads_as_a_page() {
    let run = scanfold(&["policy", "promise", POLICY, "--as-of", "2026-11-21"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for words in [
        "| Critical | 7 days |\n| High | 14 days |\n| Medium | 30 days |\n| Low | 90 days or at the next planned maintenance, \
         whichever comes first |\n",
        "We acknowledge reports of vulnerabilities within 2 business days. We assess vulnerabilities within 5 business days.",
        "For each vulnerability, time is counted from the day on which we first see it.",
        "Business days are Monday to Friday, except our holidays on 24 December 2026, 25 December 2026 and 1 January 2027.",
        "A day ends at midnight in the time zone Europe/Berlin.",
        "Until somebody has rated a vulnerability, we treat it as high.",
        "can only make it more urgent, never less",
        "the earliest date wins. This holds from 22 June 2026 on. It follows: Harbor Apps security policy, 2026-06-22.",
    ] {
        assert!(run.stdout.contains(words), "{words}\n{}", run.stdout);
    }
    let page = run.stdout.as_bytes();
    let checked = piped(
        &[
            "policy",
            "promise",
            POLICY,
            "--as-of",
            "2026-11-21",
            "--verify",
            "-",
        ],
        page,
    );
    assert_eq!(checked.code, 0, "{}", checked.stdout);
    assert!(
        checked
            .stdout
            .starts_with("page line 7: kept: critical fixed within 7 days"),
        "{}",
        checked.stdout
    );
}

#[test]
fn as_of_chooses_the_version() {
    let name = "atlassian-marketplace-cloud";
    let of = |as_of: &str| scanfold(&["policy", "promise", name, "--as-of", as_of]);
    assert!(of("2025-06-01").stdout.contains("| Critical | 4 weeks |"));
    assert!(of("2026-06-01").stdout.contains("| Critical | 10 days |"));
    assert!(of("2026-06-01").stderr.contains("the policy is in doubt"));
    let early = of("2020-01-01");
    assert_eq!((early.code, early.stdout.as_str()), (2, ""));
    assert!(
        early.stderr.contains("not in force before 2022-12-06"),
        "{}",
        early.stderr
    );
}

#[test]
fn what_cannot_be_checked_does_not_pass() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.display().to_string()
    };
    let silent = verify(&file("silent.md", b"# Security\n\nWe care.\n"));
    assert_eq!(silent.code, 1);
    assert!(
        silent.stderr.contains("nothing was checked"),
        "{}",
        silent.stderr
    );
    for (path, words) in [
        (file("large.txt", &b"a ".repeat(3 << 20)), "at most 4 MiB"),
        (file("binary", b"\x7fELF\0"), "binary"),
        ("missing.md".to_owned(), "no such file"),
    ] {
        let run = verify(&path);
        assert_eq!(run.code, 2, "{path}: {}", run.stderr);
        assert!(run.stderr.contains(words), "{}", run.stderr);
    }
    assert_eq!(scanfold(&["policy", "promise"]).code, 2);
    assert_eq!(scanfold(&["policy", "promise", "flowdesk", POLICY]).code, 2);
}

#[test]
fn a_page_cannot_talk_to_the_terminal() {
    let page = fs::read_to_string(project("samples/promises/overpromised.md")).unwrap();
    let page = page.replace("two weeks", "two weeks \u{1b}[2J##[error]\u{202e}");
    let run = piped(
        &[
            "policy",
            "promise",
            POLICY,
            "--as-of",
            "2026-11-21",
            "--verify",
            "-",
        ],
        page.as_bytes(),
    );
    assert_eq!(run.code, 1);
    assert!(
        !run.stdout.contains('\u{1b}')
            && !run.stdout.contains("##[")
            && !run.stdout.contains('\u{202e}')
    );
}
