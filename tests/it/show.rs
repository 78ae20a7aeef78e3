//! What `show` lists, in which order, and what it says of the rest.

use std::fs;

use crate::cli::{scanfold, vendor_report};

/// The vendor's report in a folder, and how `show` ends for it.
fn show(arguments: &[&str]) -> (i32, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json").display().to_string();
    fs::write(&path, vendor_report()).unwrap();
    let run = scanfold(&[&["show", &path], arguments].concat());
    let name = folder.path().display().to_string();
    (run.code, run.stdout.replace(&name, "FOLDER"), run.stderr)
}

/// The first digits of the findings, in the order of the list.
fn digits(words: &str) -> Vec<String> {
    let lines = words
        .lines()
        .filter_map(|line| line.strip_prefix("            "));
    let digits = lines.filter_map(|line| line.get(..12));
    digits
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_finding_is_listed_under_its_app_with_the_nearest_deadline_of_each() {
    let (code, words, _) = show(&["--group", "app"]);
    assert_eq!((code, digits(&words).len()), (0, 11));
    // Where its lines end hangs on the name of the folder.
    let (words, next) = words.split_once("next: ").unwrap();
    assert!(next.contains("/report.json 551f950715de`"), "{next}");
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("show.app", words);
    });
}

#[test]
fn an_order_moves_findings_and_loses_none() {
    let [due, severity, app] =
        ["due", "severity", "app"].map(|order| digits(&show(&["--sort", order]).1));
    let sorted = |mut digits: Vec<String>| {
        digits.sort();
        digits
    };
    assert_eq!(due[0], "551f950715de", "the one that is overdue");
    assert_eq!(
        severity[..2],
        ["23f3b1643035", "551f950715de"],
        "the critical one"
    );
    assert_eq!(
        app[..2],
        ["cd272451c14c", "c99885f8b07b"],
        "those of Queue Board"
    );
    assert_eq!(sorted(due.clone()), sorted(severity));
    assert_eq!(sorted(due), sorted(app));
}

#[test]
fn what_is_left_out_is_counted_in_every_form() {
    let filter = ["--where", "severity>=high", "--limit", "3"];
    let (code, words, said) = show(&filter);
    assert_eq!((code, said.as_str()), (0, ""));
    assert_eq!(digits(&words).len(), 3);
    assert!(
        words.contains("\nonly 8 of 11 findings: those that meet severity>=high\n"),
        "{words}"
    );
    assert!(
        words.contains("\nand 5 more findings, beyond the limit of 3\n"),
        "{words}"
    );
    let (code, rows, said) =
        show(&[&filter[..], &["--to", "ndjson", "--sort", "severity"]].concat());
    assert_eq!((code, rows.lines().count()), (0, 3));
    assert!(
        rows.starts_with("{\"fingerprint\":\"23f3b1643035"),
        "{rows}"
    );
    assert_eq!(
        said,
        "only 8 of 11 findings: those that meet severity>=high\nthe first 3 of 8 findings\n"
    );
    let (_, page, _) = show(&[&filter[..2], &["--to", "markdown"]].concat());
    assert!(
        page.contains("\nHere are only 8 of 11 findings: those that meet <code>severity"),
        "{page}"
    );
}

#[test]
fn a_report_from_which_findings_were_left_out_passes_for_no_report() {
    let folder = tempfile::tempdir().unwrap();
    for form in ["json", "sarif"] {
        let (code, words, _) = show(&["--limit", "2", "--to", form]);
        assert_eq!(code, 0);
        let path = folder.path().join(form).display().to_string();
        fs::write(&path, words).unwrap();
        let run = scanfold(&["check", &path, "--fail-on", "overdue"]);
        assert_eq!(run.code, 2, "{form}: {}", run.stdout);
        assert!(
            run.stderr.contains("count 11 findings, but 2 can be read"),
            "{}",
            run.stderr
        );
    }
}

#[test]
fn findings_that_nobody_saw_again_are_not_left_out_of_a_report_unseen() {
    let folder = tempfile::tempdir().unwrap();
    let name = |file: &str| folder.path().join(file).display().to_string();
    let (last, report) = (name("last.json"), name("report.json"));
    fs::write(&last, vendor_report()).unwrap();
    let run = scanfold(&[
        "merge",
        "samples/vendor/queue-board",
        "--config",
        "samples/vendor/scanfold.toml",
        "--baseline",
        &last,
        "--as-of",
        "2026-11-21",
        "-o",
        &report,
    ]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    // Time Ledger was not scanned, and its findings still have their dates.
    let show = |form: &str| scanfold(&["show", &report, "--where", "app=Queue*", "--to", form]);
    for form in ["json", "sarif"] {
        let run = show(form);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{form}");
        assert!(
            run.stderr.contains("would pass for a whole report"),
            "{}",
            run.stderr
        );
    }
    let (all, some) = (fs::read_to_string(&report).unwrap(), show("ndjson"));
    assert!(all.contains("\"status\":\"unobserved\""));
    assert_eq!(
        (some.code, some.stdout.lines().count()),
        (0, 6),
        "{}",
        some.stderr
    );
}

#[test]
fn what_a_form_cannot_hold_is_refused() {
    for (arguments, message) in [
        (
            &["--group", "tool", "--to", "csv"][..],
            "`--group` needs the form text",
        ),
        (
            &["--sort", "app", "--to", "json"],
            "`--sort` cannot change a report",
        ),
        (&["--limit", "0"], "0 is not in 1.."),
    ] {
        let (code, words, said) = show(arguments);
        assert_eq!((code, words.as_str()), (2, ""), "{arguments:?}");
        assert!(said.contains(message), "{said}");
    }
}
