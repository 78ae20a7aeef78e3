//! The command as its user meets it: exit codes, streams, messages.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::project;

/// How a command ended.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scanfold"));
    command
        .args(arguments)
        .current_dir(project(""))
        .env_clear()
        .stdin(Stdio::null());
    command
}

fn run(output: Output) -> Run {
    Run {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs the command in the project's folder.
pub(crate) fn scanfold(arguments: &[&str]) -> Run {
    run(command(arguments).output().unwrap())
}

/// Runs the command with something on standard input.
pub(crate) fn piped(arguments: &[&str], stdin: &[u8]) -> Run {
    let mut child = command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(stdin).unwrap();
    run(child.wait_with_output().unwrap())
}

/// The main job on the vendor's folder of artifacts.
pub(crate) fn vendor_report() -> String {
    let run = scanfold(&[
        "merge",
        "samples/vendor",
        "--config",
        "samples/vendor/scanfold.toml",
        "--as-of",
        "2026-11-21",
    ]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    run.stdout
}

fn report_file(folder: &Path) -> String {
    let path = folder.join("report.json");
    std::fs::write(&path, vendor_report()).unwrap();
    path.display().to_string()
}

#[test]
fn a_pipe_gets_json_and_nothing_else() {
    let report = vendor_report();
    assert!(report.starts_with("{\n\"schema\":\"scanfold/report/1\",\n"));
    assert!(report.ends_with("\n}\n"));
}

#[test]
fn the_number_of_workers_and_the_order_of_names_change_no_byte() {
    let names = [
        "samples/sarif/basic.sarif",
        "samples/npm-audit/basic.json",
        "samples/vendor",
    ];
    let merged = |names: &[&str], jobs: &str| {
        let mut arguments = vec![
            "merge",
            "--as-of",
            "2026-11-21",
            "--policy",
            "flowdesk",
            "--jobs",
            jobs,
        ];
        arguments.extend(names);
        scanfold(&arguments).stdout
    };
    let one = merged(&names, "1");
    assert!(one.len() > 10_000);
    assert_eq!(merged(&names, "8"), one);
    assert_eq!(merged(&[names[2], names[0], names[1], names[0]], "2"), one);
}

#[test]
fn standard_input_is_a_report_too() {
    let words = std::fs::read(project("samples/sarif/basic.sarif")).unwrap();
    let piped = piped(&["merge", "-", "--as-of", "2026-11-21"], &words);
    assert_eq!(piped.code, 0, "{}", piped.stderr);
    assert!(piped.stdout.contains("\"path\":\"-\",\"format\":\"sarif\""));
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.display().to_string()
    };
    let whole = std::fs::read(project("samples/npm-audit/basic.json")).unwrap();
    for (path, message) in [
        (
            folder.path().join("missing.json").display().to_string(),
            "no such file or directory",
        ),
        (file("empty.json", b""), "the file is empty"),
        (
            file("cut.json", &whole[..whole.len() / 2]),
            "the file ends in the middle",
        ),
        (
            file("foreign.json", b"{\"hello\": [1, 2]}"),
            "no format claims it",
        ),
        (file("binary", b"\x7fELF\0\0\0"), "the file is binary"),
    ] {
        let run = scanfold(&[
            "merge",
            "samples/sarif/basic.sarif",
            &path,
            "--as-of",
            "2026-11-21",
        ]);
        assert_eq!(run.code, 3, "{path}: {}", run.stderr);
        let line = run
            .stderr
            .lines()
            .find(|line| line.contains(&path))
            .unwrap_or_default();
        assert!(line.contains(message), "{path}: {}", run.stderr);
        assert!(
            run.stdout.contains("\"format\":\"sarif\"")
                && run.stdout.contains("\"outcome\":\"complete\"")
        );
    }
}

#[test]
fn a_folder_without_a_report_is_not_clean() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("notes.txt"), "hello").unwrap();
    let run = scanfold(&["merge", &folder.path().display().to_string()]);
    assert_eq!(run.code, 3);
    assert!(
        run.stderr
            .contains("1 file that was found is no report and was skipped: "),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("no report was found"), "{}", run.stderr);
}

#[test]
fn what_a_scanner_left_empty_or_broken_in_a_folder_is_failed_and_not_skipped() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, words: &[u8]| std::fs::write(folder.path().join(name), words).unwrap();
    let whole = std::fs::read(project("samples/sarif/basic.sarif")).unwrap();
    put("whole.sarif", &whole);
    let broken = [
        "audit.JSON",
        "lines.jsonl.gz",
        "lines.ndjson",
        "odd.sarif",
        "odd.sarif.gz",
        "semgrep.sarif",
    ];
    for name in broken {
        let words: &[u8] = if name.starts_with("odd") {
            b"oops\n"
        } else {
            b""
        };
        put(name, words);
    }
    for name in ["empty.log", "empty.txt"] {
        put(name, b"");
    }
    put("other.json", b"{\"neither\": \"here nor there\"}");
    let path = folder.path().to_str().unwrap();
    let run = scanfold(&["merge", path, "-v", "--to", "csv"]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    let ending = |end: &str| -> Vec<&str> {
        let lines = run.stderr.lines().filter_map(|line| line.strip_suffix(end));
        lines
            .filter_map(|line| line.rsplit(['/', '\\']).next())
            .collect()
    };
    assert_eq!(ending(": not read, failed"), broken);
    assert_eq!(
        ending(": no report, skipped"),
        ["empty.log", "empty.txt", "other.json"]
    );
    assert!(
        run.stderr
            .contains("odd.sarif.gz: failed: no format claims it")
            && run.stderr.contains("audit.JSON: failed: the file is empty"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_glob_of_an_app_that_reaches_no_input_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("scanfold.toml");
    let words = "[apps.Ledger]\npaths = ['**/ledger/**', '**/npm-audit/**']\nkeys = ['nobody']\n";
    std::fs::write(&config, words).unwrap();
    let report = folder.path().join("report.json");
    let (config, report) = (config.to_str().unwrap(), report.to_str().unwrap());
    let run = scanfold(&[
        "merge",
        "samples/npm-audit/basic.json",
        "samples/sarif/basic.sarif",
        "--app",
        "Shop=**/nothing/**",
        "--app",
        "Board=**/sarif/**",
        "--config",
        config,
        "--as-of",
        "2026-11-21",
        "-o",
        report,
    ]);
    let told = "scanfold: --app Shop=**/nothing/**: no input lies there\n\
                scanfold: scanfold.toml: [apps] Ledger: **/ledger/**: no input lies there\n";
    assert_eq!((run.code, run.stderr.as_str()), (0, told));
    // What an earlier merge has read lies there still.
    let app = ["--app", "Board=**/sarif/**", "--as-of", "2026-11-21"];
    let again = scanfold(&[&["merge", report, "--to", "csv"][..], &app].concat());
    assert_eq!((again.code, again.stderr.as_str()), (0, ""));
}

#[test]
fn a_report_of_nothing_may_not_ship() {
    let folder = tempfile::tempdir().unwrap();
    let (inputs, report) = (folder.path().join("in"), folder.path().join("report.json"));
    std::fs::create_dir(&inputs).unwrap();
    let (inputs, report) = (inputs.display().to_string(), report.display().to_string());
    let merged = scanfold(&["merge", &inputs, "--as-of", "2026-11-21", "-o", &report]);
    assert_eq!(merged.code, 3, "{}", merged.stderr);
    let checked = scanfold(&["check", &report, "--fail-on", "overdue"]);
    assert_eq!(checked.code, 3, "{}", checked.stdout);
    assert!(checked.stdout.contains("nothing was checked"));
}

#[test]
fn wrong_use_says_what_would_be_right() {
    for (arguments, message) in [
        (&["merge"][..], "no input is named"),
        (
            &["merge", "x", "--as-of", "soon"],
            "expected a date (2026-11-21)",
        ),
        (
            &["merge", "x", "--fail-on", "overdu"],
            "conditions are open, overdue",
        ),
        (
            &["merge", "x", "--from", "sarif2:x"],
            "there is no format `sarif2`",
        ),
        (&["merge", "x", "-o", "report.docx"], "end it in"),
        (
            &["merge", "x", "--jobs", "0"],
            "expected a number of at least 1; without `--jobs` it is one for each core",
        ),
        (
            &["merge", "x", "--policy", "no-such-policy"],
            "no-such-policy",
        ),
        (
            &["check", "no-such-report.json", "--fail-on", "overdue"],
            "no such file or directory",
        ),
        (
            &["check", "samples/sarif/basic.sarif", "--fail-on", "overdue"],
            "`schema` is missing",
        ),
        (
            &["explain", "no-such-report.json", "00"],
            "no such file or directory",
        ),
    ] {
        let run = scanfold(arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.stderr);
        assert!(
            run.stderr.contains(message),
            "{arguments:?}: {}",
            run.stderr
        );
        assert_eq!(run.stdout, "", "{arguments:?}");
    }
}

#[test]
fn a_misspelt_key_of_a_policy_is_refused_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ours.toml");
    std::fs::write(
        &path,
        "version = 1\nname = \"Ours\"\n\n[fix]\ncritcal = \"7 days\"\n",
    )
    .unwrap();
    let run = scanfold(&[
        "merge",
        "samples/sarif/basic.sarif",
        "--policy",
        &path.display().to_string(),
    ]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains(":5:1") && run.stderr.contains("critcal"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("critical"),
        "no suggestion: {}",
        run.stderr
    );
}

#[test]
fn check_passes_today_and_fails_on_the_day_that_a_deadline_has_passed() {
    let folder = tempfile::tempdir().unwrap();
    let report = report_file(folder.path());
    let fine = scanfold(&[
        "check",
        &report,
        "--fail-on",
        "overdue&severity=info",
        "--as-of",
        "2026-11-21",
    ]);
    assert_eq!(fine.code, 0, "{}{}", fine.stdout, fine.stderr);
    assert!(fine.stdout.contains("may ship"));
    let late = scanfold(&[
        "check",
        &report,
        "--fail-on",
        "overdue",
        "--as-of",
        "2027-12-31",
    ]);
    assert_eq!(late.code, 1, "{}{}", late.stdout, late.stderr);
    assert!(
        late.stdout.contains("must not ship") && late.stdout.contains("flowdesk"),
        "{}",
        late.stdout
    );
}

#[test]
fn rescore_shows_what_moves_and_writes_what_a_fresh_merge_writes() {
    let folder = tempfile::tempdir().unwrap();
    let report = report_file(folder.path());
    let policy = folder.path().join("strict.toml");
    std::fs::write(&policy, "version = 1\nname = \"Strict\"\nallow-loosening = true\nloosening-reason = \"the other duties are gone\"\n\n[fix]\ncritical = \"1 day\"\nhigh = \"2 days\"\nmedium = \"3 days\"\nlow = \"4 days\"\n").unwrap();
    let policy = policy.display().to_string();
    let before = std::fs::read_to_string(&report).unwrap();
    let dry = scanfold(&[
        "rescore",
        &report,
        "--policy",
        &policy,
        "--as-of",
        "2026-11-21",
    ]);
    assert_eq!(dry.code, 0, "{}", dry.stderr);
    assert!(
        dry.stdout.contains("  tightened\n") && dry.stdout.contains("nothing was written"),
        "{}",
        dry.stdout
    );
    assert_eq!(std::fs::read_to_string(&report).unwrap(), before);
    let written = scanfold(&[
        "rescore",
        &report,
        "--policy",
        &policy,
        "--as-of",
        "2026-11-21",
        "--write",
    ]);
    assert_eq!(written.code, 0, "{}", written.stderr);
    let config = "samples/vendor/scanfold.toml";
    let fresh = scanfold(&[
        "merge",
        "samples/vendor",
        "--config",
        config,
        "--policy",
        &policy,
        "--as-of",
        "2026-11-21",
    ]);
    assert_eq!(std::fs::read_to_string(&report).unwrap(), fresh.stdout);
}

#[test]
fn rescore_loosens_no_promised_date_without_leave() {
    let folder = tempfile::tempdir().unwrap();
    let report = report_file(folder.path());
    let policy = folder.path().join("loose.toml").display().to_string();
    let loose = "version = 1\nname = \"Loose\"\nfix = \"104 weeks\"\n";
    let rescore = |more: &[&str]| {
        let arguments = [
            "rescore",
            &report,
            "--policy",
            &policy,
            "--as-of",
            "2026-11-21",
        ];
        scanfold(&[&arguments[..], more].concat())
    };
    std::fs::write(&policy, loose).unwrap();
    let shown = rescore(&[]);
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    assert!(shown.stdout.contains("  loosened\n"), "{}", shown.stdout);
    assert!(
        shown
            .stdout
            .contains("nothing can be while a date becomes later"),
        "{}",
        shown.stdout
    );
    let before = std::fs::read(&report).unwrap();
    let refused = rescore(&["--write"]);
    assert_eq!(refused.code, 2, "{}", refused.stderr);
    assert!(
        refused.stderr.contains("would become later"),
        "{}",
        refused.stderr
    );
    assert_eq!(std::fs::read(&report).unwrap(), before);
    let allowed = format!("{loose}allow-loosening = true\nloosening-reason = \"new terms\"\n");
    std::fs::write(&policy, allowed).unwrap();
    let moved = rescore(&["--write"]);
    assert_eq!(moved.code, 0, "{}", moved.stderr);
    assert!(moved.stdout.contains("  loosened\n"), "{}", moved.stdout);
    assert_ne!(std::fs::read(&report).unwrap(), before);
    let check = scanfold(&["policy", "check", &policy, "--against", "flowdesk"]);
    assert_eq!(check.code, 1);
    for line in [
        ":3:7: loosens: `fix.critical` is 104 weeks, and was 7 days (flowdesk:",
        ": loosens: `acknowledge.high` is no term, and was 2 business days",
        ": loosens: `allow-loosening` lets promised dates become later",
    ] {
        assert!(check.stdout.contains(line), "{line}\n{}", check.stdout);
    }
    let same = scanfold(&["policy", "check", "flowdesk", "--against", "flowdesk"]);
    assert_eq!((same.code, same.stdout.as_str()), (0, ""));
}

#[test]
fn a_baseline_keeps_clocks_and_tells_what_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("last.json").display().to_string();
    let npm = "samples/npm-audit/basic.json";
    let first = scanfold(&[
        "merge",
        npm,
        "samples/sarif/basic.sarif",
        "--as-of",
        "2026-10-01",
        "-o",
        &path,
    ]);
    assert_eq!(first.code, 0, "{}", first.stderr);
    let second = scanfold(&[
        "merge",
        npm,
        "--baseline",
        &path,
        "--as-of",
        "2026-11-21",
        "--policy",
        "flowdesk",
    ]);
    assert_eq!(second.code, 0, "{}", second.stderr);
    for finding in second
        .stdout
        .lines()
        .filter(|line| line.starts_with("{\"fingerprint\""))
    {
        assert!(!finding.contains("\"baseline\":\"new\""), "{finding}");
        if finding.contains("\"purl\":\"pkg:npm/") {
            assert!(finding.contains("\"baseline\":\"unchanged\""), "{finding}");
            assert!(
                finding.contains("\"first_seen\":\"2026-10-01T00:00:00Z\""),
                "{finding}"
            );
        } else {
            assert!(
                finding.contains("\"status\":\"unobserved\",\"baseline\":\"absent\""),
                "{finding}"
            );
        }
    }
    let third = scanfold(&[
        "merge",
        npm,
        "samples/sarif/basic.sarif",
        "--baseline",
        &path,
        "--as-of",
        "2026-11-21",
    ]);
    assert!(!third.stdout.contains("\"baseline\":\"absent\""));
}

#[test]
fn explain_finds_by_the_first_digits_and_says_what_keeps_two_apart() {
    let folder = tempfile::tempdir().unwrap();
    let report = report_file(folder.path());
    let words = std::fs::read_to_string(&report).unwrap();
    let fingerprints: Vec<&str> = words
        .split("{\"fingerprint\":\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    let page = scanfold(&["explain", &report, &fingerprints[0][..16]]);
    assert_eq!(page.code, 0, "{}", page.stderr);
    assert!(page.stdout.contains(fingerprints[0]) && page.stdout.contains("who saw it, and where"));
    let two = scanfold(&["explain", &report, fingerprints[0], fingerprints[1]]);
    assert!(
        two.stdout.contains("They are two findings"),
        "{}",
        two.stdout
    );
    for (name, message) in [
        ("zz", "no finding is called `zz`"),
        (
            &fingerprints[0][..3],
            "is too short: a fingerprint needs at least 4 digits",
        ),
    ] {
        let none = scanfold(&["explain", &report, name]);
        assert_eq!(none.code, 2, "{name}: {}", none.stdout);
        assert!(none.stderr.contains(message), "{name}: {}", none.stderr);
    }
}

#[test]
fn every_form_is_written_and_a_closed_pipe_is_fine() {
    let folder = tempfile::tempdir().unwrap();
    let report = report_file(folder.path());
    for writer in scanfold::report::WRITERS {
        let run = scanfold(&["convert", &report, "--to", writer.name()]);
        assert_eq!(run.code, 0, "{}: {}", writer.name(), run.stderr);
        assert!(
            run.stdout.ends_with('\n'),
            "{} does not end its last line",
            writer.name()
        );
    }
    assert_eq!(
        scanfold(&["convert", &report, "--to", "json"]).stdout,
        std::fs::read_to_string(&report).unwrap()
    );
    let mut child = command(&["convert", &report, "--to", "json"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[cfg(unix)]
#[test]
fn a_run_that_is_killed_while_it_reads_standard_input_leaves_no_report_behind() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = command(&["merge", "-", "-o", "-"])
        .env("TMPDIR", folder.path())
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // More than a pipe holds: the program has read most of it by the time it is written.
    stdin.write_all(&vec![b' '; 4 << 20]).unwrap();
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().code(), None);
    let left: Vec<_> = folder.path().read_dir().unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn two_results_cannot_share_a_file_by_whatever_names() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::create_dir(path("out")).unwrap();
    let (one, other) = (path("report.json"), path("out/../report.json"));
    let table = format!("csv={other}");
    for second in [&["-o", &other][..], &["--to", &table]] {
        let merge = ["merge", "samples/npm-audit/basic.json", "-o", &one];
        let run = scanfold(&[&merge[..], second].concat());
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{}", run.stderr);
        let words = "report.json: two results cannot both go to one file\nhint: name another file";
        assert!(run.stderr.contains(words), "{}", run.stderr);
    }
    assert!(!folder.path().join("report.json").exists());
}

#[test]
fn two_results_cannot_share_standard_output() {
    let run = scanfold(&[
        "merge",
        "samples/sarif/basic.sarif",
        "--to",
        "csv",
        "--to",
        "markdown",
    ]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("cannot both go to standard output"));
}

#[test]
fn the_page_of_formats_is_what_the_program_says() {
    let page = std::fs::read_to_string(project("docs/formats.md")).unwrap();
    let (_, tables) = page.split_once("\n\n## Reads").unwrap();
    let said = scanfold(&["formats", "--markdown"]).stdout;
    assert_eq!(
        format!("## Reads{tables}").trim(),
        said.trim(),
        "`scanfold formats --markdown` has the new tables"
    );
}

#[test]
fn formats_and_schemas_are_printed() {
    let formats = scanfold(&["formats"]).stdout;
    for parser in scanfold::parse::PARSERS {
        assert!(formats.contains(parser.name()));
    }
    assert!(
        scanfold(&["schema"])
            .stdout
            .contains("urn:scanfold:report:1")
    );
    assert!(
        scanfold(&["schema", "policy"])
            .stdout
            .contains("\"$schema\"")
    );
    assert!(scanfold(&["policy", "presets"]).stdout.contains("flowdesk"));
    assert!(
        scanfold(&["completions", "bash"])
            .stdout
            .contains("scanfold")
    );
    assert!(scanfold(&["man"]).stdout.contains(".TH scanfold"));
}

#[test]
fn a_report_that_was_gutted_is_no_answer_and_no_baseline() {
    let folder = tempfile::tempdir().unwrap();
    let report = report_file(folder.path());
    let words = std::fs::read_to_string(&report).unwrap();
    let start = words.find("\"findings\":[\n{\"fingerprint\"").unwrap();
    let end = words.find("\n\"tickets\":").unwrap();
    let emptied = format!("{}\"findings\":[],{}", &words[..start], &words[end..]);
    let without = format!("{}{}", &words[..start], &words[end + 1..]);
    let bare = "{\"schema\":\"scanfold/report/1\",\"as_of\":\"2026-11-21T00:00:00Z\"}".to_owned();
    let npm = "samples/npm-audit/basic.json";
    for (gutted, message) in [
        (emptied, "its `inputs` count 11 findings, but 0 can be read"),
        (without, "`findings` is missing"),
        (bare, "is missing"),
    ] {
        let path = folder.path().join("gutted.json").display().to_string();
        std::fs::write(&path, gutted).unwrap();
        for arguments in [
            &["check", &path, "--fail-on", "open"][..],
            &["show", &path],
            &["diff", &path, &report],
            &["convert", &path, "--to", "csv"],
            &["merge", npm, "--baseline", &path],
        ] {
            let run = scanfold(arguments);
            assert_eq!(
                (run.code, run.stdout.as_str()),
                (2, ""),
                "{arguments:?}: {}",
                run.stderr
            );
            assert!(
                run.stderr.contains(message),
                "{arguments:?}: {}",
                run.stderr
            );
        }
        let merged = scanfold(&["merge", &path, npm]);
        assert_eq!(merged.code, 3, "{}", merged.stderr);
        assert!(merged.stderr.contains(message), "{}", merged.stderr);
        assert!(merged.stdout.contains("\"format\":\"npm-audit\""));
    }
}

#[test]
fn a_check_for_dates_that_nobody_set_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json").display().to_string();
    assert_eq!(
        scanfold(&["merge", "samples/npm-audit/basic.json", "-o", &path]).code,
        0
    );
    let check = scanfold(&[
        "check",
        &path,
        "--fail-on",
        "overdue",
        "--as-of",
        "2030-01-01",
    ]);
    assert_eq!(check.code, 2);
    assert!(
        check.stderr.contains("no policy was applied"),
        "{}",
        check.stderr
    );
}

#[test]
fn without_a_baseline_each_finding_is_new_wherever_it_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let name = |file: &str| folder.path().join(file).display().to_string();
    let (first, second) = (name("first.json"), name("second.json"));
    let sample = "samples/npm-audit/basic.json";
    let counted = |path: &str| {
        let report = std::fs::read_to_string(path).unwrap();
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        let findings = report["findings"].as_array().unwrap().len();
        (report["summary"]["new"].as_u64().unwrap(), findings as u64)
    };
    let merged = scanfold(&["merge", sample, "-o", &first, "--fail-on", "new"]);
    let (new, all) = counted(&first);
    assert!(new == all && new > 0, "{new} of {all}");
    let words =
        format!("new: {new} findings; there was no baseline, so each finding counts as new");
    assert_eq!(merged.code, 1);
    assert!(merged.stderr.contains(&words), "{}", merged.stderr);
    let json = format!("json={}", name("check.json"));
    let markdown = format!("markdown={}", name("check.md"));
    let check = scanfold(&[
        "check",
        &first,
        "--fail-on",
        "new",
        "--to",
        &json,
        "--to",
        &markdown,
    ]);
    assert_eq!(check.code, 1);
    assert!(check.stdout.contains(&words), "{}", check.stdout);
    let page = std::fs::read_to_string(name("check.md")).unwrap();
    assert!(page.contains(words.trim_start_matches("new: ")), "{page}");
    let answer = std::fs::read_to_string(name("check.json")).unwrap();
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["matches"].as_array().unwrap().len() as u64, new);
    let shown = scanfold(&["show", &first]).stdout;
    assert!(shown.contains(&format!("{new} new")), "{shown}");
    assert_eq!(
        scanfold(&["merge", sample, "--baseline", &first, "-o", &second]).code,
        0
    );
    assert_eq!(counted(&second), (0, all));
    assert_eq!(scanfold(&["check", &second, "--fail-on", "new"]).code, 0);
}

#[test]
fn a_result_never_replaces_what_a_scanner_wrote() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.json");
    std::fs::copy(project("samples/npm-audit/basic.json"), &path).unwrap();
    let before = std::fs::read(&path).unwrap();
    let name = path.display().to_string();
    for input in [name.clone(), folder.path().display().to_string()] {
        let run = scanfold(&["merge", &input, "-o", &name]);
        assert_eq!(run.code, 2, "{}", run.stderr);
        assert!(
            run.stderr.contains("would replace an input"),
            "{}",
            run.stderr
        );
    }
    assert_eq!(std::fs::read(&path).unwrap(), before);
    let report = folder.path().join("report.json").display().to_string();
    assert_eq!(scanfold(&["merge", &name, "-o", &report]).code, 0);
    assert_eq!(
        scanfold(&["merge", &name, &report, "-o", &report]).code,
        0,
        "our own report is renewed"
    );
}

#[test]
fn a_result_never_replaces_what_the_run_reads_beside_reports() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let copy = |sample: &str, name: &str| {
        let words = std::fs::read_to_string(project(sample)).unwrap();
        std::fs::write(path(name), words).unwrap();
        path(name)
    };
    let write = |name: &str, words: &str| {
        std::fs::write(path(name), words).unwrap();
        path(name)
    };
    let audit = copy("samples/npm-audit/basic.json", "audit.json");
    let lock = write(
        "package-lock.json",
        r#"{"lockfileVersion":3,"packages":{}}"#,
    );
    let base = write(
        "base.toml",
        "version = 1\nname = \"Base\"\n[fix]\nhigh = \"9 days\"\n",
    );
    let policy = write(
        "policy.toml",
        "version = 1\nname = \"Ours\"\nextends = \"base.toml\"\n",
    );
    let triage = write("triage.toml", "version = 1\n");
    let manifest = write(
        "expect.toml",
        "version = 1\n[[report]]\nformat = \"npm-audit\"\n",
    );
    let config = write("scanfold.toml", "");
    let baseline = path("last.json");
    assert_eq!(scanfold(&["merge", &audit, "-o", &baseline]).code, 0);
    let before = crate::given::files(folder.path());
    for (arguments, result, what) in [
        (&[][..], &lock, "a lock file"),
        (&["--policy", &policy], &policy, "a policy"),
        (&["--policy", &policy], &base, "a policy"),
        (&["--triage", &triage], &triage, "a triage file"),
        (&["--expect", &manifest], &manifest, "a manifest"),
        (&["--config", &config], &config, "the project file"),
        (&["--baseline", &baseline], &baseline, "the baseline"),
    ] {
        let to = format!("json={}", result.replace("/last", "/./last"));
        let run = scanfold(&[&["merge", &audit, "--to", &to], arguments].concat());
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (2, ""),
            "{what}: {}",
            run.stderr
        );
        let message = format!("the result would replace {what}");
        assert!(run.stderr.contains(&message), "{what}: {}", run.stderr);
    }
    let markdown = format!("markdown={baseline}");
    for (arguments, what) in [
        (
            &["check", &baseline, "--fail-on", "new", "--to", &markdown][..],
            "a report that is checked",
        ),
        (
            &["diff", &baseline, &baseline, "--to", &markdown],
            "a report that is compared",
        ),
        (
            &["convert", &baseline, "-o", &baseline],
            "the report that is converted",
        ),
    ] {
        let run = scanfold(arguments);
        assert_eq!(run.code, 2, "{what}: {}", run.stderr);
        let message = format!("the result would replace {what}");
        assert!(run.stderr.contains(&message), "{what}: {}", run.stderr);
    }
    assert_eq!(crate::given::files(folder.path()), before);
}

#[test]
fn what_a_missing_sibling_saw_is_not_fixed() {
    let folder = tempfile::tempdir().unwrap();
    let file = |place: &str| {
        let path = folder.path().join(place);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    };
    let (front, back) = (file("front/audit.json"), file("back/audit.json"));
    std::fs::copy(project("samples/npm-audit/basic.json"), &front).unwrap();
    std::fs::copy(project("samples/npm-audit/npm6.json"), &back).unwrap();
    let all = folder.path().display().to_string();
    let last = tempfile::tempdir().unwrap();
    let last = last.path().join("last.json").display().to_string();
    assert_eq!(
        scanfold(&["merge", &all, "--as-of", "2026-11-01", "-o", &last]).code,
        0
    );
    let states = || {
        let run = scanfold(&["merge", &all, "--baseline", &last, "--as-of", "2026-11-21"]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let absent = |status: &str| {
            run.stdout
                .matches(&format!("\"status\":\"{status}\",\"baseline\":\"absent\""))
                .count()
        };
        (absent("fixed"), absent("unobserved"))
    };
    assert_eq!(states(), (0, 0));
    std::fs::remove_file(&back).unwrap();
    let (fixed, unobserved) = states();
    assert!(
        fixed == 0 && unobserved > 0,
        "{fixed} fixed, {unobserved} unobserved"
    );
    // The very same bytes would be one report under two names.
    let other = std::fs::read_to_string(project("samples/npm-audit/basic.json")).unwrap();
    std::fs::write(&back, other + "\n").unwrap();
    assert_eq!(
        states(),
        (unobserved, 0),
        "as many reports of the scope ran as before"
    );
}

#[test]
fn what_is_often_taken_for_a_report_is_called_by_its_name() {
    let advisory = "samples/advisory-db/crates/harbor-codec/RUSTSEC-2099-0001.md";
    for (path, what, hint) in [
        (
            advisory,
            "an advisory of the RustSec database",
            "--advisory-db FOLDER",
        ),
        (
            "samples/npm-lockfile/queue-board/package-lock.json",
            "a lock file of npm",
            "npm audit --json",
        ),
    ] {
        let run = scanfold(&["merge", path, "--as-of", "2026-11-21"]);
        assert_eq!(run.code, 3);
        assert!(
            run.stderr.contains(what) && run.stderr.contains(hint),
            "{}",
            run.stderr
        );
        assert!(run.stdout.contains(what), "the report says so too");
    }
}

#[test]
fn a_folder_of_advisories_is_no_folder_of_reports() {
    let message = "each is an advisory of the RustSec database\nhint: name a `Cargo.lock`";
    let folder = "samples/advisory-db";
    let alone = scanfold(&["merge", folder]);
    assert_eq!(alone.code, 3);
    assert!(alone.stderr.contains(message), "{}", alone.stderr);
    assert!(alone.stderr.contains("no report was found"));
    let lock = "samples/cargo-lock/clean.lock";
    let beside = scanfold(&["merge", folder, "samples/sarif/basic.sarif"]);
    assert!(beside.stderr.contains(message), "{}", beside.stderr);
    let used = scanfold(&["merge", folder, lock, "--advisory-db", folder]);
    assert!(!used.stderr.contains(message), "{}", used.stderr);
}

#[test]
fn an_old_advisory_database_is_an_objection_that_can_be_waived() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("scanfold.toml");
    std::fs::write(&config, "max-advisory-age = 30\n").unwrap();
    let config = config.display().to_string();
    let merge = |more: &[&str]| {
        let arguments = [
            "merge",
            "samples/cargo-lock/clean.lock",
            "--advisory-db",
            "samples/advisory-db",
            "--config",
            &config,
            // One of the sample advisories is broken on purpose.
            "--allow-rejects",
        ];
        scanfold(&[&arguments[..], more].concat())
    };
    let old = merge(&["--as-of", "2100-06-01"]);
    assert_eq!(old.code, 3);
    assert!(
        old.stderr.contains("clean.lock: the scan is incomplete")
            && old.stderr.contains("days old"),
        "{}",
        old.stderr
    );
    assert_eq!(
        merge(&["--as-of", "2100-06-01", "--allow-incomplete"]).code,
        0
    );
    assert_eq!(
        merge(&["--as-of", "2100-06-01", "--max-advisory-age", "9999"]).code,
        0
    );
    assert_eq!(merge(&["--as-of", "2099-01-01"]).code, 0);
}

/// The words of a page on one line: it wraps where it is full.
pub(crate) fn flat(page: &str) -> String {
    page.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_policy_that_is_not_in_force_answers_no_question_about_dates() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (policy, report) = (path("past.toml"), path("report.json"));
    std::fs::write(
        &policy,
        "version = 1\nname = \"past\"\nuntil = 2020-01-01\nfix = \"7 days\"\n",
    )
    .unwrap();
    let merge = [
        "merge",
        "samples/npm-audit/basic.json",
        "--as-of",
        "2026-11-21",
    ];
    let merged = scanfold(&[&merge[..], &["--policy", &policy, "-o", &report]].concat());
    assert_eq!(merged.code, 0, "{}", merged.stderr);
    let check = scanfold(&["check", &report, "--fail-on", "overdue"]);
    assert_eq!(check.code, 2, "{}", check.stdout);
    assert!(check.stderr.contains("is in force"), "{}", check.stderr);
}

#[test]
fn no_report_is_read_as_of_a_time_before_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let report = report_file(folder.path());
    let logs = tempfile::tempdir().unwrap();
    let log = logs.path().join("report.sarif").display().to_string();
    assert_eq!(scanfold(&["convert", &report, "-o", &log]).code, 0);
    let (found, found_log) = (folder.path().display(), logs.path().display());
    let (found, found_log) = (found.to_string(), found_log.to_string());
    let merge = ["merge", "--policy", "flowdesk"];
    let scanner = "samples/npm-audit/basic.json";
    for (arguments, name) in [
        (
            &["rescore", &report, "--policy", "flowdesk"][..],
            "report.json",
        ),
        (&["check", &report, "--fail-on", "overdue"], "report.json"),
        (&["show", &report], "report.json"),
        (&[&merge[..], &[&report]].concat(), "report.json"),
        (&[&merge[..], &[scanner, &found]].concat(), "report.json"),
        (&[&merge[..], &[&log]].concat(), "report.sarif"),
        (&[&merge[..], &[&found_log]].concat(), "report.sarif"),
        (
            &[&merge[..], &[scanner, "--baseline", &report]].concat(),
            "report.json",
        ),
        (
            &[&merge[..], &[scanner, "--baseline", &log]].concat(),
            "report.sarif",
        ),
    ] {
        let run = scanfold(&[arguments, &["--as-of", "2026-11-01"]].concat());
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?}");
        for words in [
            &format!("{name}: it was assessed at "),
            "which is after --as-of",
            "hint: give `--as-of`",
        ] {
            assert!(run.stderr.contains(words), "{arguments:?}: {}", run.stderr);
        }
    }
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_to_no_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("reports");
    std::fs::create_dir(&inside).unwrap();
    std::os::unix::fs::symlink("/nonexistent/audit.json", inside.join("lost.json")).unwrap();
    std::os::unix::fs::symlink(project("samples/npm-audit"), inside.join("folder")).unwrap();
    let merged = scanfold(&[
        "merge",
        &inside.display().to_string(),
        "--as-of",
        "2026-11-21",
    ]);
    assert_eq!(merged.code, 3, "{}", merged.stdout);
    for name in ["lost.json", "folder"] {
        assert!(merged.stderr.contains(name), "{}", merged.stderr);
    }
}

#[test]
fn policies_that_double_with_each_step_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = |step: usize| folder.path().join(format!("{step}.toml"));
    for step in 0..40 {
        let next = step + 1;
        let text =
            format!("version = 1\nname = \"p\"\nextends = [\"{next}.toml\", \"{next}.toml\"]\n");
        std::fs::write(path(step), text).unwrap();
    }
    std::fs::write(path(40), "version = 1\nname = \"last\"\n").unwrap();
    let check = scanfold(&["policy", "check", &path(0).display().to_string()]);
    assert_ne!(check.code, 0);
    let said = flat(&format!("{}{}", check.stdout, check.stderr));
    assert!(said.contains("64 others"), "{said}");
}

#[test]
fn our_own_sarif_is_read_as_the_report_that_it_shows() {
    let folder = tempfile::tempdir().unwrap();
    let name = |file: &str| folder.path().join(file).display().to_string();
    let (json, sarif) = (name("report.json"), name("report.sarif"));
    std::fs::write(&json, vendor_report()).unwrap();
    assert_eq!(scanfold(&["convert", &json, "-o", &sarif]).code, 0);
    let merged = |inputs: &[&str]| {
        let arguments = [
            &["merge", "--policy", "flowdesk", "--as-of", "2026-11-22"],
            inputs,
        ];
        let run = scanfold(&arguments.concat());
        (run.code, run.stdout)
    };
    let alone = merged(&[&json]);
    assert_eq!(merged(&[&sarif]), alone);
    assert_eq!(merged(&[&json, &sarif]), alone);
    let audit = "samples/npm-audit/basic.json";
    let after = merged(&[audit, "--baseline", &json]);
    assert_eq!(merged(&[audit, "--baseline", &sarif]), after);
    assert_eq!(
        scanfold(&["convert", &sarif, "--to", "json"]).stdout,
        std::fs::read_to_string(&json).unwrap()
    );
    let before = std::fs::read(&sarif).unwrap();
    let rescored = scanfold(&["rescore", &sarif, "--policy", "flowdesk", "--write"]);
    assert_eq!(rescored.code, 2, "{}", rescored.stdout);
    assert!(
        rescored.stderr.contains("our own SARIF"),
        "{}",
        rescored.stderr
    );
    assert_eq!(std::fs::read(&sarif).unwrap(), before);
}

#[test]
fn our_own_sarif_that_lost_its_report_or_its_end_does_not_count_twice() {
    let folder = tempfile::tempdir().unwrap();
    let name = |file: &str| folder.path().join(file).display().to_string();
    let (sarif, bare, cut) = (name("last.sarif"), name("bare.sarif"), name("cut.sarif"));
    let audit = "samples/npm-audit/basic.json";
    assert_eq!(scanfold(&["merge", audit, "-o", &sarif]).code, 0);
    let words = std::fs::read_to_string(&sarif).unwrap();
    let mut log: serde_json::Value = serde_json::from_str(&words).unwrap();
    log.as_object_mut().unwrap().remove("properties");
    std::fs::write(&bare, log.to_string()).unwrap();
    std::fs::write(&cut, &words[..words.len() - 9]).unwrap();
    let told = "it is our own SARIF, without the report that it showed";
    let merged = scanfold(&["merge", audit, &bare, "--to", "json"]);
    assert_eq!(merged.code, 3);
    assert!(merged.stderr.contains(told), "{}", merged.stderr);
    let findings = |run: &Run| {
        let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        report["findings"].as_array().unwrap().len()
    };
    assert_eq!(findings(&merged), findings(&scanfold(&["merge", audit])));
    let merged = scanfold(&["merge", audit, "--baseline", &bare]);
    assert_eq!(merged.code, 2, "{}", merged.stdout);
    for words in [told, "name the JSON report"] {
        assert!(merged.stderr.contains(words), "{}", merged.stderr);
    }
    let mut log: serde_json::Value = serde_json::from_str(&words).unwrap();
    let results = log.pointer_mut("/runs/0/results").unwrap();
    results.as_array_mut().unwrap().pop();
    std::fs::write(&bare, log.to_string()).unwrap();
    let merged = scanfold(&["merge", audit, &bare, "--to", "json"]);
    assert_eq!(merged.code, 3);
    let told = "the log has 4 results, and the report in it 5 findings";
    assert!(merged.stderr.contains(told), "{}", merged.stderr);
    let merged = scanfold(&["merge", audit, &cut]);
    assert_eq!(merged.code, 3, "{}", merged.stderr);
    assert_eq!(findings(&merged), findings(&scanfold(&["merge", audit])));
}

#[test]
fn our_own_sarif_may_leave_results_out_when_it_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let name = |file: &str| folder.path().join(file).display().to_string();
    let (sarif, cut) = (name("last.sarif"), name("cut.sarif"));
    let audit = "samples/npm-audit/basic.json";
    assert_eq!(scanfold(&["merge", audit, "-o", &sarif]).code, 0);
    let words = std::fs::read_to_string(&sarif).unwrap();
    let mut log: serde_json::Value = serde_json::from_str(&words).unwrap();
    let results = log.pointer_mut("/runs/0/results").unwrap();
    results.as_array_mut().unwrap().pop();
    log["properties"]["resultsLeftOut"] = 1.into();
    std::fs::write(&cut, log.to_string()).unwrap();
    let of = |path: &str| scanfold(&["convert", path, "--to", "json"]);
    assert_eq!(of(&cut).stdout, of(&sarif).stdout);
    assert_eq!(of(&cut).code, 0);
    log["properties"]["resultsLeftOut"] = 2.into();
    std::fs::write(&cut, log.to_string()).unwrap();
    let told = "the log has 6 results, and the report in it 5 findings";
    assert!(of(&cut).stderr.contains(told), "{}", of(&cut).stderr);
}

#[test]
fn what_is_uploaded_to_code_scanning_is_no_report() {
    let folder = tempfile::tempdir().unwrap();
    let report = report_file(folder.path());
    let log = folder.path().join("upload.sarif").display().to_string();
    let to = format!("github-sarif={log}");
    assert_eq!(scanfold(&["convert", &report, "--to", &to]).code, 0);
    let merged = scanfold(&["merge", &log, "--to", "json"]);
    assert_eq!(merged.code, 3, "{}", merged.stderr);
    let told = "it is our own SARIF, without the report";
    assert!(merged.stderr.contains(told), "{}", merged.stderr);
}

#[test]
fn conditions_and_columns_are_asked_of_a_report_that_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let report = report_file(folder.path());
    for command in ["convert", "show"] {
        let run = scanfold(&[command, &report, "--to", "junit", "--fail-on", "overdue"]);
        assert_eq!(run.code, 1, "{}", run.stderr);
        assert_eq!(run.stdout.matches("<failure ").count(), 1, "{}", run.stdout);
        assert!(run.stderr.contains("scanfold: overdue: 1 finding"));
        let run = scanfold(&[command, &report, "--to", "junit"]);
        assert_eq!((run.code, run.stdout.matches("<failure ").count()), (0, 0));
        let run = scanfold(&[command, &report, "--to", "csv", "--fail-on", "kev"]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{}", run.stderr);
        let run = scanfold(&[command, &report, "--to", "tsv", "--columns", "severity,due"]);
        let start = "\u{feff}severity\tdue\r\nhigh\t2026-11-16\r\n";
        assert!(run.stdout.starts_with(start), "{}", run.stdout);
        for (arguments, told) in [
            (
                ["--to", "csv", "--columns", "severty"],
                "did you mean `severity`?",
            ),
            (
                ["--to", "json", "--columns", "due"],
                "the forms with columns are csv, tsv",
            ),
        ] {
            let run = scanfold(&[&[command, report.as_str()][..], &arguments].concat());
            assert_eq!((run.code, run.stdout.as_str()), (2, ""));
            assert!(run.stderr.contains(told), "{}", run.stderr);
        }
    }
    let run = scanfold(&[
        "merge",
        "samples/npm-audit/basic.json",
        "--to",
        "csv",
        "--columns",
        "kind,app,kind",
    ]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("the column `kind` is named twice"),
        "{}",
        run.stderr
    );
}
