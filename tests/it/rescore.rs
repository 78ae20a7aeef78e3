//! Other policies for reports that were merged before: what moves, and that nothing is lost on the way.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::{Run, scanfold, vendor_report};
use crate::given::files;
use crate::project;
use crate::schemas::{assert_valid, schema};

const AS_OF: [&str; 2] = ["--as-of", "2026-11-21"];

const STRICT: &str = r#"version = 1
name = "Strict"
allow-loosening = true
loosening-reason = "medium and low findings had no business being urgent"

[fix]
critical = "1 day"
high = "2 days"
medium = "300 days"
low = "300 days"

[[rule]]
name = "SQL injection is critical"
when = { rule = "*sql*" }
then = { raise = "critical", tag = ["injection"] }

[[rule]]
name = "all of it"
when = {}
then = { tag = ["team:harbor"] }
"#;

fn place(folder: &Path, name: &str, words: &str) -> String {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, words).unwrap();
    path.display().to_string()
}

fn run(arguments: &[&str]) -> Run {
    scanfold(&[arguments, &AS_OF].concat())
}

fn fine(arguments: &[&str]) -> Run {
    let run = run(arguments);
    assert_eq!(run.code, 0, "{arguments:?}: {}{}", run.stdout, run.stderr);
    run
}

/// A snapshot of what a command says, without the folder that it works in.
fn told(name: &str, words: &str, folder: &Path) {
    let words = words
        .replace(&folder.display().to_string(), "FOLDER")
        .replace(env!("CARGO_PKG_VERSION"), "VERSION");
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, words);
    });
}

#[test]
fn rescored_in_place_is_merged_anew_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let strict = place(folder.path(), "strict.toml", STRICT);
    let path = folder.path().join("report.json").display().to_string();
    let last = folder.path().join("last.json").display().to_string();
    let before = ["merge", "samples/npm-audit/basic.json", "samples/jira-json"];
    let before = [&before[..], &["--policy", "flowdesk", "-o", &last]].concat();
    let earlier = scanfold(&[&before[..], &["--as-of", "2026-10-01"]].concat());
    assert!(matches!(earlier.code, 0 | 3), "{}", earlier.stderr);
    let vendor = ["samples/vendor", "--config", "samples/vendor/scanfold.toml"];
    let inputs: [&[&str]; 4] = [
        &vendor,
        &["samples/sarif", "samples/npm-audit"],
        &[
            "samples/npm-audit",
            "samples/jira-json",
            "--baseline",
            &last,
        ],
        &[
            "samples/fsrt",
            "samples/csrt",
            "samples/jira-xml",
            "--app",
            "Queue Board",
        ],
    ];
    // Some dates become later, which a policy must allow.
    let allowing = |policy: &str| {
        let base = project(policy);
        let base = if base.is_file() {
            base.display().to_string()
        } else {
            policy.to_owned()
        };
        let name = format!("{}.toml", policy.replace(['/', '.'], "-"));
        let words = format!(
            "version = 1\nname = \"{policy}\"\nextends = [\"{base}\"]\nallow-loosening = true\nloosening-reason = \"new terms\"\n"
        );
        place(folder.path(), &name, &words)
    };
    let harbor = allowing("samples/policies/harbor-apps.toml");
    let tidewater = allowing("samples/policies/tidewater-tools.toml");
    let strict = allowing(&strict);
    let policies: [&[&str]; 4] = [
        &["--policy", &strict],
        &["--policy", &harbor],
        &["--policy", &tidewater, "--policy", &strict],
        // Nothing becomes later here.
        &[
            "--policy",
            "atlassian-marketplace-cloud",
            "--policy",
            "flowdesk",
        ],
    ];
    for inputs in inputs {
        for policies in policies {
            // Samples have rejected records, which is 3 and no less a report.
            let merge = |policies: &[&str], path: &str| {
                let arguments = [&["merge"], inputs, policies, &["-o", path]].concat();
                let merged = run(&arguments);
                assert!(matches!(merged.code, 0 | 3), "{}", merged.stderr);
                fs::read_to_string(path).unwrap()
            };
            let old = merge(&["--policy", "flowdesk"], &path);
            fine(&[&["rescore", &path, "--write"], policies].concat());
            let rescored = fs::read_to_string(&path).unwrap();
            assert_ne!(rescored, old, "{inputs:?} {policies:?}");
            let fresh = folder.path().join("fresh.json").display().to_string();
            assert!(
                rescored == merge(policies, &fresh),
                "{inputs:?} {policies:?} differ"
            );
            let is_tagging = policies.contains(&strict.as_str());
            assert_eq!(rescored.contains("\"team:harbor\""), is_tagging);
        }
    }
}

#[test]
fn a_batch_is_as_one_by_one_whatever_the_number_of_workers() {
    let folder = tempfile::tempdir().unwrap();
    let strict = place(folder.path(), "strict.toml", STRICT);
    let reports = folder.path().join("reports");
    for number in 0..50 {
        let path = reports.join(format!("{}/{number}.json", number % 7));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let (path, app) = (path.display().to_string(), format!("App {number}"));
        let input = ["samples/npm-audit/basic.json", "samples/sarif/basic.sarif"][number % 2];
        fine(&[
            "merge", input, "--app", &app, "--policy", "flowdesk", "-o", &path,
        ]);
    }
    place(&reports, "notes.txt", "no report");
    let all = reports.display().to_string();
    let batch = |jobs: &str| {
        let out = folder.path().join(format!("out{jobs}/"));
        let changes = folder.path().join(format!("changes{jobs}.json"));
        let (out_name, telling) = (out.display(), format!("json={}", changes.display()));
        let run = fine(&[
            "rescore",
            &all,
            "--policy",
            &strict,
            "-o",
            &out_name.to_string(),
            "--jobs",
            jobs,
            "--changes",
            &telling,
        ]);
        assert!(
            run.stderr
                .contains("1 file in these directories is no merged report"),
            "{}",
            run.stderr
        );
        let told = run.stdout.replace(&format!("out{jobs}"), "OUT");
        (out, fs::read_to_string(changes).unwrap(), told)
    };
    let (one, changes, told) = batch("1");
    let (two, others, also_told) = batch("2");
    assert_eq!(told, also_told);
    assert!(changes == others, "the change tables differ");
    assert!(
        told.contains("in 50 reports moved") && told.contains("more; the JSON form has them all")
    );
    let (ones, twos) = (files(&one), files(&two));
    assert_eq!((ones.len(), twos.len()), (50, 50));
    for (result, other) in ones.iter().zip(&twos) {
        let words = fs::read(result).unwrap();
        assert!(words == fs::read(other).unwrap(), "{}", result.display());
        let own: PathBuf = Path::new("/").join(result.strip_prefix(&one).unwrap());
        let alone = folder.path().join("alone.json").display().to_string();
        fine(&[
            "rescore",
            &own.display().to_string(),
            "--policy",
            &strict,
            "-o",
            &alone,
        ]);
        assert!(words == fs::read(&alone).unwrap(), "{}", result.display());
    }
    assert_valid(
        &schema(&project("schemas/changes-v1.schema.json")),
        &changes,
        "a batch",
    );
}

#[test]
fn one_report_that_cannot_be_read_keeps_all_from_being_written() {
    let folder = tempfile::tempdir().unwrap();
    let strict = place(folder.path(), "strict.toml", STRICT);
    let words = vendor_report();
    let good = place(folder.path(), "reports/a.json", &words);
    let cut = place(folder.path(), "reports/b.json", &words[..words.len() / 2]);
    let missing = folder.path().join("none.json").display().to_string();
    let scanners = "samples/npm-audit/basic.json";
    let all = folder.path().join("reports").display().to_string();
    for bad in [&[&all[..]][..], &[&good, &missing], &[&good, scanners]] {
        let rescore = [&["rescore"], bad, &["--policy", &strict]].concat();
        for goal in [
            &["--write"][..],
            &["-o", &folder.path().join("out/").display().to_string()],
        ] {
            let run = run(&[&rescore[..], goal].concat());
            assert_eq!(
                (run.code, run.stdout.as_str()),
                (2, ""),
                "{bad:?}: {}",
                run.stderr
            );
            assert!(run.stderr.contains("nothing was written"), "{}", run.stderr);
        }
        let dry = run(&rescore);
        assert_eq!(dry.code, 3, "{}", dry.stderr);
        assert!(
            dry.stdout
                .contains("nothing can be while 1 input cannot be read"),
            "{}",
            dry.stdout
        );
    }
    assert_eq!(fs::read_to_string(&good).unwrap(), words);
    assert_eq!(fs::read_to_string(&cut).unwrap(), words[..words.len() / 2]);
    let left: Vec<_> = files(&folder.path().join("reports"));
    assert_eq!(left.len(), 2, "something was left behind: {left:?}");
}

#[test]
fn only_write_replaces_an_input_and_no_two_results_share_a_place() {
    let folder = tempfile::tempdir().unwrap();
    let strict = place(folder.path(), "strict.toml", STRICT);
    let words = vendor_report();
    let one = place(folder.path(), "reports/a.json", &words);
    let two = place(folder.path(), "reports/b.json", &words);
    let all = folder.path().join("reports").display().to_string();
    let out = folder.path().join("all.json").display().to_string();
    let results = folder.path().join("out/").display().to_string();
    let result = format!("{results}/{one}");
    for (arguments, message) in [
        (
            &[&one[..], "-o", &one][..],
            "the result would replace an input",
        ),
        (&[&all, "-o", "/"], "the result would replace an input"),
        (
            &[&all, "--changes", &format!("json={two}")],
            "the result would replace an input",
        ),
        (
            &[&one, &two, "-o", &out],
            "several results cannot go to one file",
        ),
        (&[&one, "-o", &out, "--write"], "cannot be used with"),
        (&[&one, "--changes", "html"], "there is no form `html`"),
        (
            &[&one, "--changes", "json", "--changes", "markdown"],
            "two forms cannot both go to standard output",
        ),
        (
            &[&one, "--changes", &format!("json={strict}")],
            "the result would replace a policy",
        ),
        (
            &[&one, "-o", &out, "--changes", &format!("json={out}")],
            "all.json: two results cannot both go to one file",
        ),
        (
            &[&one, "-o", &results, "--changes", &format!("json={result}")],
            "a.json: two results cannot both go to one file",
        ),
        (&[&one, "--jobs", "0"], "expected a number of at least 1"),
    ] {
        let run = run(&[&["rescore", "--policy", &strict], arguments].concat());
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
    assert_eq!(fs::read_to_string(&one).unwrap(), words);
    assert_eq!(fs::read_to_string(&two).unwrap(), words);
}

#[test]
fn results_stand_apart_from_the_reports_that_are_searched() {
    let folder = tempfile::tempdir().unwrap();
    let strict = place(folder.path(), "strict.toml", STRICT);
    let one = place(folder.path(), "jobs/reports/a.json", &vendor_report());
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (all, glob) = (path("jobs/reports"), path("jobs/**/*.json"));
    let before = files(folder.path());
    let mut cases = vec![
        (&all, path("jobs/reports"), "is"),
        (&all, path("jobs/reports/new/"), "lies in"),
        (&all, path("jobs/none/../reports/new/"), "lies in"),
        (&all, path("jobs/"), "holds"),
        (&glob, path("jobs/new/"), "lies in"),
        (&one, path("jobs/reports/"), "is"),
        (&one, path("jobs/"), "holds"),
    ];
    if cfg!(unix) {
        #[cfg(unix)]
        std::os::unix::fs::symlink(folder.path().join("jobs"), folder.path().join("link")).unwrap();
        cases.push((&all, path("link/reports/new/"), "lies in"));
    }
    for (reports, out, how) in cases {
        let run = run(&["rescore", reports, "--policy", &strict, "-o", &out]);
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (2, ""),
            "{out}: {}",
            run.stderr
        );
        let message = format!("the folder of results {how} a folder of the reports themselves");
        assert!(run.stderr.contains(&message), "{out}: {}", run.stderr);
        assert!(run.stderr.contains("hint: "), "{out}: {}", run.stderr);
    }
    fs::remove_file(folder.path().join("link")).ok();
    assert_eq!(files(folder.path()), before, "something was written");
    for (reports, out) in [
        (&all, "out/"),
        (&one, "jobs/reports/new/"),
        (&one, "jobs/other/"),
    ] {
        fine(&["rescore", reports, "--policy", &strict, "-o", &path(out)]);
    }
}

#[test]
fn what_is_left_out_is_named_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    place(folder.path(), "reports/a.json", &vendor_report());
    for (name, words) in [
        (
            "audit.json",
            &fs::read_to_string(project("samples/npm-audit/basic.json")).unwrap()[..],
        ),
        ("empty.json", ""),
        (
            "package-lock.json",
            r#"{"name":"queue-board","lockfileVersion":3}"#,
        ),
        (".scanfold-a8Xk2q.tmp", "{\"schema\":\"scanfold/report/1\","),
    ] {
        place(folder.path(), &format!("reports/{name}"), words);
    }
    for number in 0..9 {
        place(
            folder.path(),
            &format!("reports/notes/{number}.txt"),
            "to do",
        );
    }
    let all = folder.path().join("reports").display().to_string();
    let run = fine(&["rescore", &all, "--policy", "flowdesk"]);
    let told = run.stderr.replace(&all, "reports");
    for line in [
        "scanfold: 12 files in these directories are no merged reports and were left out\n",
        "  reports/audit.json: it is in the format `npm-audit`, which `scanfold merge` takes\n",
        "  reports/empty.json: it is empty\n",
        "  reports/notes/0.txt: no format claims it\n",
        "  reports/notes/7.txt: no format claims it\n  and 2 more\n",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    fs::remove_dir_all(folder.path().join("reports/notes")).unwrap();
    let (json, sarif) = (format!("{all}/a.json"), format!("{all}/a.sarif"));
    assert_eq!(scanfold(&["convert", &json, "-o", &sarif]).code, 0);
    let told = fine(&["rescore", &all, "--policy", "flowdesk"]).stderr;
    let lock = "package-lock.json: it is a lock file of npm\n";
    assert!(told.contains(lock) && !told.contains("more"), "{told}");
    let log = "a.sarif: it is our own SARIF: rescore the JSON report, and convert it\n";
    assert!(told.contains(log), "{told}");
}

/// Every level has the same term, so that only the severity moves: the rule of the date has no part in it.
#[test]
fn a_severity_that_moves_alone_names_the_rule_that_moved_it() {
    let folder = tempfile::tempdir().unwrap();
    let head = "version = 1\nfix = \"7 days\"\n";
    let plain = format!("{head}name = \"plain\"\n");
    let plain = place(folder.path(), "plain.toml", &plain);
    let rule = "[[rule]]\nname = \"all\"\nwhen = {}\nthen = { severity = \"critical\" }\n";
    let tight = format!("{head}name = \"tight\"\n{rule}");
    let tight = place(folder.path(), "tight.toml", &tight);
    let report = folder.path().join("report.json").display().to_string();
    let merge = ["merge", "samples/yarn-audit/basic.ndjson", "-o", &report];
    let merge = [&merge[..], &["--policy", &plain]].concat();
    assert!(matches!(run(&merge).code, 0 | 3));
    let told = |form: &str| {
        let rescore = ["rescore", &report, "--policy", &tight, "--changes", form];
        fine(&rescore).stdout
    };
    let text = told("text");
    for words in ["; by tight rule all (tight.toml:4)\n", " severity up\n"] {
        assert!(text.contains(words), "{text}");
    }
    let markdown = told("markdown");
    let cell = " | severity up | was high | tight rule all (tight.toml&#58;4) |";
    assert!(markdown.contains(cell), "{markdown}");
    assert!(
        !text.contains("fix.") && !markdown.contains("fix."),
        "{text}{markdown}"
    );
    let json = told("json");
    let by = r#""severity_by":{"policy":"tight","rule":"rule all","at":"tight.toml:4"}"#;
    assert!(json.contains(by), "{json}");
    let (schema, what) = (
        schema(&project("schemas/changes-v1.schema.json")),
        "a severity",
    );
    assert_valid(&schema, &json, what);
}

#[cfg(unix)]
#[test]
fn a_report_and_a_link_to_it_are_one_report() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let strict = place(folder.path(), "strict.toml", STRICT);
    let file = place(folder.path(), "reports/b.json", &vendor_report());
    let link = folder.path().join("reports/a.json");
    symlink("b.json", &link).unwrap();
    let all = folder.path().join("reports").display().to_string();
    let alone = fine(&["rescore", &file, "--policy", &strict]).stdout;
    assert_eq!(fine(&["rescore", &all, "--policy", &strict]).stdout, alone);
    let out = folder.path().join("out/").display().to_string();
    fine(&["rescore", &all, "--policy", &strict, "-o", &out]);
    let results = files(Path::new(&out));
    assert_eq!(results.len(), 1, "{results:?}");
    assert!(results[0].ends_with("reports/b.json"), "{results:?}");
    fine(&["rescore", &all, "--policy", &strict, "--write"]);
    assert!(link.is_symlink(), "the link was replaced");
    assert_ne!(fs::read_to_string(&file).unwrap(), vendor_report());
}

#[test]
fn the_change_table_says_what_moved_in_three_forms() {
    let folder = tempfile::tempdir().unwrap();
    let strict = place(folder.path(), "strict.toml", STRICT);
    let report = place(folder.path(), "report.json", &vendor_report());
    let markdown = folder.path().join("changes.md");
    let json = folder.path().join("changes.json");
    let run = fine(&[
        "rescore",
        &report,
        "--policy",
        &strict,
        "--changes",
        &format!("markdown={}", markdown.display()),
        "--changes",
        &format!("json={}", json.display()),
    ]);
    assert!(
        run.stdout.lines().all(|line| line.chars().count() <= 80),
        "{}",
        run.stdout
    );
    told("rescore.text", &run.stdout, folder.path());
    told(
        "rescore.markdown",
        &fs::read_to_string(markdown).unwrap(),
        folder.path(),
    );
    let json = fs::read_to_string(json).unwrap();
    told("rescore.json", &json, folder.path());
    assert_valid(
        &schema(&project("schemas/changes-v1.schema.json")),
        &json,
        "the vendor's changes",
    );
}

#[test]
fn no_duty_becomes_later_without_leave_and_no_day_ends_later() {
    let folder = tempfile::tempdir().unwrap();
    let policy = |name: &str, acknowledge: &str, zone: &str| {
        let words = format!(
            "version = 1\nname = \"ours\"\n[acknowledge]\nall = \"{acknowledge}\"\n[fix]\nall = \"60 days\"\n[calendar]\ntimezone = \"{zone}\"\n"
        );
        place(folder.path(), name, &words)
    };
    let ours = policy("ours.toml", "2 business days", "Europe/Berlin");
    let report = folder.path().join("report.json").display().to_string();
    let input = "samples/sarif/basic.sarif";
    fine(&["merge", input, "--policy", &ours, "-o", &report]);
    let words = fs::read_to_string(&report).unwrap();
    let slack = policy("slack.toml", "20 business days", "Europe/Berlin");
    let west = policy("west.toml", "2 business days", "America/New_York");
    let east = policy("east.toml", "2 business days", "Pacific/Auckland");
    let quick = policy("quick.toml", "1 business day", "Europe/Berlin");
    for later in [&slack, &west] {
        let run = run(&["rescore", &report, "--policy", later, "--write"]);
        assert_eq!(run.code, 2, "{later}: {}", run.stdout);
        let told = "that reports name would become later";
        assert!(run.stderr.contains(told), "{later}: {}", run.stderr);
        assert!(fs::read_to_string(&report).unwrap() == words, "{later}");
        let dry = fine(&["rescore", &report, "--policy", later]).stdout;
        assert!(
            dry.contains("nothing can be while a date becomes later"),
            "{dry}"
        );
    }
    let flat = |policy: &str| {
        let run = fine(&["rescore", &report, "--policy", policy]);
        run.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let told = flat(&slack);
    assert!(told.contains("acknowledge loosened from 2026-"), "{told}");
    assert!(
        told.contains("by ours acknowledge.high (slack.toml:4)"),
        "{told}"
    );
    let told = flat(&west);
    assert!(
        told.contains("loosened, acknowledge loosened from 2026-"),
        "{told}"
    );
    assert!(told.contains("T23:00:00Z, now until 2027-"), "{told}");
    assert!(flat(&quick).contains("acknowledge tightened from 2026-"));
    assert!(!flat(&east).contains("loosened"));
    let json = fine(&["rescore", &report, "--policy", &slack, "--changes", "json"]).stdout;
    assert_valid(
        &schema(&project("schemas/changes-v1.schema.json")),
        &json,
        "other duties",
    );
    assert!(
        json.contains(r#""duties":{"acknowledge":{"due":"2026-"#),
        "{json}"
    );
    fine(&["rescore", &report, "--policy", &quick, "--write"]);
    assert!(fs::read_to_string(&report).unwrap() != words);
}

#[test]
fn a_diff_tells_what_happened_and_not_what_did_not() {
    use crate::scenarios::{LODASH, result, sarif};
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let ours = place(
        folder.path(),
        "ours.toml",
        "version = 1\nname = \"ours\"\n[fix]\nall = \"7 days\"\n",
    );
    let scan = |name: &str, rules: &[&str]| {
        let results: Vec<_> = (1..)
            .zip(rules)
            .map(|(line, rule)| result(rule, &format!("src/{rule}.js"), line, rule))
            .collect();
        place(folder.path(), name, &sarif("CodeQL", "2.19.0", &results))
    };
    let kev = |name: &str, id: &str| {
        let head = "cveID,vendorProject,product,vulnerabilityName,dateAdded,shortDescription,requiredAction,dueDate,knownRansomwareCampaignUse,notes,cwes";
        let words = format!("{head}\n{id},h,h,x,2026-11-01,y,z,2026-12-24,Known,n,\n");
        place(folder.path(), name, &words)
    };
    let merge = |name: &str, as_of: &str, arguments: &[&str]| {
        let out = path(name);
        let merge = [
            &[
                "merge",
                "--app",
                "Queue Board",
                "--policy",
                &ours,
                "--as-of",
                as_of,
            ],
            arguments,
        ];
        let run = scanfold(&[&merge.concat()[..], &["-o", &out]].concat());
        assert!(matches!(run.code, 0 | 3), "{}", run.stderr);
        out
    };
    let (one, two) = (
        scan("1.sarif", &["kept", "gone"]),
        scan("2.sarif", &["kept"]),
    );
    let (none, lodash) = (
        kev("none.csv", "CVE-2014-0160"),
        kev("lodash.csv", "CVE-2021-23337"),
    );
    let npm = place(folder.path(), "npm.json", &LODASH.text());
    let first = merge("1.json", "2026-11-02", &[&one, &npm, "--kev", &none]);
    let baseline = ["--baseline", &first, "--kev", &lodash];
    let next = merge(
        "2.json",
        "2026-11-12",
        &[&[&two[..]], &baseline[..]].concat(),
    );
    let told = scanfold(&["diff", &first, &next]);
    assert_eq!(
        (told.code, told.stderr.as_str()),
        (0, ""),
        "{}",
        told.stdout
    );
    let flat = told.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    // Nobody ran npm audit: its findings are unobserved, by no rule, and their dates passed as time went by.
    assert!(
        flat.contains("overdue as time went by, listed in KEV, unobserved; was open "),
        "{flat}"
    );
    assert!(flat.contains(" 1 listed in KEV "), "{flat}");
    assert!(flat.contains(" 1 fixed "), "{flat}");
    assert!(
        !flat.contains("by ours") && !flat.contains("overdue at once"),
        "{flat}"
    );
    assert!(
        !flat.contains("tightened") && !flat.contains("no longer overdue"),
        "{flat}"
    );
    let json = scanfold(&["diff", &first, &next, "--to", "json"]).stdout;
    let what = "what happened";
    assert_valid(
        &schema(&project("schemas/changes-v1.schema.json")),
        &json,
        what,
    );
    let swapped = scanfold(&["diff", &next, &first]);
    assert_eq!(swapped.code, 0);
    let hint = "the earlier report is named first";
    assert!(swapped.stderr.contains(hint), "{}", swapped.stderr);
}

#[test]
fn a_diff_is_the_same_table_of_two_reports() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (
        folder.path().join("old.json"),
        folder.path().join("new.json"),
    );
    let (old, new) = (old.display().to_string(), new.display().to_string());
    let (npm, sarif) = ("samples/npm-audit/basic.json", "samples/sarif/basic.sarif");
    fine(&["merge", npm, "--policy", "flowdesk", "-o", &old]);
    fine(&["merge", sarif, "--policy", "flowdesk", "-o", &new]);
    let diff = scanfold(&["diff", &old, &new]);
    assert!(
        diff.stdout.contains("  new\n") && diff.stdout.contains("  gone\n"),
        "{}",
        diff.stdout
    );
    let json = scanfold(&["diff", &old, &new, "--to", "json"]).stdout;
    assert_valid(
        &schema(&project("schemas/changes-v1.schema.json")),
        &json,
        "a diff",
    );
    let same = scanfold(&["diff", &old, &old]).stdout;
    assert!(
        same.starts_with("none of ") && !same.contains("nearest"),
        "{same}"
    );
}

#[test]
fn what_rules_tag_is_shown_everywhere_and_read_back_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let ours = "version = 1\nname = \"ours\"\n[[rule]]\nname = \"shop\"\nwhen = { ids = \"GHSA-*\" }\nthen = { tag = [\"billing\"] }\n";
    let ours = place(folder.path(), "ours.toml", ours);
    let path = |name: &str| folder.path().join(name).display().to_string();
    let forms = [
        "report.json",
        "report.sarif",
        "report.csv",
        "report.md",
        "report.txt",
    ]
    .map(path);
    let input = ["merge", "samples/npm-audit/basic.json", "--allow-rejects"];
    let outputs: Vec<&str> = forms
        .iter()
        .flat_map(|form| ["-o", form.as_str()])
        .collect();
    fine(
        &[
            &input[..],
            &["--policy", &ours, "--policy", "flowdesk"],
            &outputs,
        ]
        .concat(),
    );
    for form in &forms {
        let words = fs::read_to_string(form).unwrap();
        assert!(words.contains("billing"), "{form}: {words}");
    }
    let [report, sarif, ..] = &forms;
    let words = fs::read_to_string(report).unwrap();
    assert_valid(
        &schema(&project("schemas/report-v1.schema.json")),
        &words,
        report,
    );
    assert!(
        words.contains(
            r#""policy_tags":[{"tag":"billing","policy":"ours","rule":"rule shop","at":"ours.toml:3"}]"#
        ),
        "{words}"
    );
    let check = ["check", report, "--fail-on", "tag=bill*"];
    assert_eq!(run(&check).code, 1);
    let name = words.split("{\"fingerprint\":\"").nth(1).unwrap();
    let page = scanfold(&["explain", report, &name[..12]]).stdout;
    assert!(
        page.contains("policy tags  billing, by ours rule shop (ours.toml:3)"),
        "{page}"
    );
    // The next merge knows nothing of it, whatever form it reads.
    for form in [report, sarif] {
        let again = path("again.json");
        let merged = run(&["merge", form, "--policy", "flowdesk", "-o", &again]);
        assert!(matches!(merged.code, 0 | 3), "{}", merged.stderr);
        let words = fs::read_to_string(&again).unwrap();
        assert!(!words.contains("billing"), "{form}: {words}");
    }
}
