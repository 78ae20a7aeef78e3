//! Decisions of people, from the file to the exit code: how long they hold, what they reach, and that they are asked again.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cli::{Run, flat, scanfold};
use crate::scenarios::{GHSA, LODASH, Npm6, findings, npm, result, sarif, told};

const BY: &str = "by = \"R. Okafor\"";

/// A folder with reports and one triage file.
struct Desk(TempDir);

impl Desk {
    fn new(entries: &str) -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        desk.decide(entries);
        desk
    }

    /// Replaces the triage file.
    fn decide(&self, entries: &str) {
        self.file("triage.toml", &format!("version = 1\n{entries}\n"));
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Merges inputs into `name` with the triage file and other arguments.
    fn merge(&self, name: &str, as_of: &str, inputs: &[&str], more: &[&str]) -> Run {
        let triage = self.path("triage.toml");
        self.plain(
            name,
            as_of,
            inputs,
            &[more, &["--triage", &triage]].concat(),
        )
    }

    fn plain(&self, name: &str, as_of: &str, inputs: &[&str], more: &[&str]) -> Run {
        let output = self.path(name);
        let mut arguments = vec!["merge", "--as-of", as_of, "--policy", "flowdesk"];
        arguments.extend(["--app", "Queue Board", "-o", &output]);
        arguments.extend(inputs.iter().chain(more));
        let run = scanfold(&arguments);
        assert_eq!(run.code, 0, "{}", run.stderr);
        run
    }

    fn told(&self, name: &str) -> Vec<String> {
        told(&self.path(name))
    }

    fn rows(&self, name: &str) -> Value {
        let report = std::fs::read(self.path(name)).unwrap();
        let report: Value = serde_json::from_slice(&report).unwrap();
        report["triage"].clone()
    }
}

fn accept(condition: &str, until: &str) -> String {
    format!(
        "[[accept]]\nmatch = {{ {condition} }}\nreason = \"on the intranet only\"\n{BY}\nuntil = {until}\n"
    )
}

const BOTH: &str = "CVE-2021-23337 GHSA-35jh-r3h4-6jhm,";

#[test]
fn an_accept_by_an_old_id_holds_after_another_alias_arrived() {
    let desk = Desk::new(&accept("id = \"ghsa-35JH-r3h4-6jhm\"", "2026-12-31"));
    let first = desk.file("first.json", &npm(Some((1673, GHSA))));
    desk.merge("1.json", "2026-11-01", &[&first], &[]);
    let told = desk.told("1.json");
    assert_eq!(
        told,
        ["GHSA-35jh-r3h4-6jhm, - suppressed since 11-01 due 11-15"]
    );
    let second = desk.file("second.json", &LODASH.text());
    let baseline = ["--baseline", &desk.path("1.json")];
    desk.merge("2.json", "2026-11-08", &[&second], &baseline);
    let now = format!("{BOTH} updated suppressed since 11-01 due 11-15");
    assert_eq!(desk.told("2.json"), [now]);
    // The scanner forgets the id; the finding does not.
    let third = Npm6 {
        url: "https://npmjs.com/advisories/1673",
        ..LODASH
    };
    let third = desk.file("third.json", &third.text());
    let baseline = ["--baseline", &desk.path("2.json")];
    desk.merge("3.json", "2026-11-15", &[&third], &baseline);
    assert_eq!(
        desk.told("3.json"),
        ["CVE-2021-23337, updated suppressed since 11-01 due 11-15"]
    );
}

#[test]
fn an_accept_by_an_old_fingerprint_holds_through_the_baseline() {
    let desk = Desk::new("");
    let first = desk.file("first.json", &npm(Some((1673, GHSA))));
    desk.merge("1.json", "2026-11-01", &[&first], &[]);
    let old = findings(&desk.path("1.json"))[0]["fingerprint"].clone();
    let digits = old.as_str().unwrap()[..12].to_owned();
    desk.decide(&accept(
        &format!("fingerprint = \"{digits}\""),
        "2026-12-31",
    ));
    let third = Npm6 {
        number: 1674,
        url: "https://npmjs.com/advisories/1674",
        ..LODASH
    };
    let second = desk.file("second.json", &LODASH.text());
    let third = desk.file("third.json", &third.text());
    let baseline = ["--baseline", &desk.path("1.json")];
    desk.merge("2.json", "2026-11-08", &[&second], &baseline);
    let baseline = ["--baseline", &desk.path("2.json")];
    desk.merge("3.json", "2026-11-15", &[&third], &baseline);
    let now = &findings(&desk.path("3.json"))[0];
    assert_ne!(now["fingerprint"], old);
    assert_eq!(now["status"], "suppressed");
}

#[test]
fn an_accept_holds_on_its_last_day_and_is_open_on_the_next() {
    let desk = Desk::new(&accept("id = \"CVE-2021-23337\"", "2026-11-07"));
    let audit = desk.file("audit.json", &LODASH.text());
    let run = desk.merge("1.json", "2026-11-07T23:59:59Z", &[&audit], &[]);
    assert_eq!(run.stderr, "");
    let finding = &findings(&desk.path("1.json"))[0];
    let source = format!("{} line 2", desk.path("triage.toml"));
    assert_eq!(
        finding["suppression"],
        json!({"kind": "accepted", "reason": "on the intranet only", "by": "R. Okafor", "until": "2026-11-07", "ends": "2026-11-08T00:00:00Z", "source": source})
    );
    let run = desk.merge("2.json", "2026-11-08", &[&audit], &[]);
    assert_eq!(
        run.stderr,
        format!("scanfold: {source}: accept: expired, it held until 2026-11-07\n")
    );
    assert_eq!(findings(&desk.path("2.json"))[0]["status"], "open");
    let page = flat(&scanfold(&["explain", &desk.path("2.json"), "CVE-2021-23337"]).stdout);
    let line = format!(
        "has ended: accepted by R. Okafor until 2026-11-07: on the intranet only ({source})"
    );
    assert!(page.contains(&line), "{page}");
}

#[test]
fn a_day_ends_where_it_ends_first() {
    let desk = Desk::new(&accept("id = \"CVE-2021-23337\"", "2026-11-07"));
    let audit = desk.file("audit.json", &LODASH.text());
    let policy =
        "version = 1\nname = \"east\"\nfix = \"7 days\"\n[calendar]\ntimezone = \"Asia/Tokyo\"\n";
    let policy = desk.file("east.toml", policy);
    let more = ["--policy", &policy];
    for (as_of, status) in [
        ("2026-11-07T14:59:59Z", "suppressed"),
        ("2026-11-07T15:00:00Z", "open"),
    ] {
        desk.merge("1.json", as_of, &[&audit], &more);
        assert_eq!(
            findings(&desk.path("1.json"))[0]["status"],
            status,
            "{as_of}"
        );
    }
}

#[test]
fn entries_that_reach_nothing_or_too_much_are_told() {
    let entries = [
        accept("id = \"CVE-2099-0001\"", "2026-12-31"),
        accept("app = \"Queue*\"", "2027-11-22"),
        format!(
            "[[false-positive]]\nmatch = {{ rule = \"js.*\" }}\nreason = \"generated\"\n{BY}\n"
        ),
        "[[assign]]\nmatch = { tool = \"semgrep*\" }\nowner = \"panel team\"".to_owned(),
    ];
    let desk = Desk::new(&entries.concat());
    let results: Vec<Value> = (0..51)
        .map(|number| {
            result(
                "js.eval",
                &format!("src/{number}.js"),
                3,
                &format!("eval({number});"),
            )
        })
        .collect();
    let log = desk.file("semgrep.sarif", &sarif("Semgrep OSS", "1.97.0", &results));
    let run = desk.merge("1.json", "2026-11-21", &[&log], &[]);
    let file = desk.path("triage.toml");
    let broad = "too broad, it names no fingerprint, id, rule, package, path or ticket; too broad, it reaches 51 findings; too long, it holds for more than a year";
    assert_eq!(
        run.stderr,
        format!(
            "scanfold: {file} line 2: accept: reaches nothing\nscanfold: {file} line 7: accept: {broad}\n\
             scanfold: {file} line 12: false-positive: too broad, it reaches 51 findings\n"
        )
    );
    assert_eq!(
        desk.rows("1.json"),
        json!([
            {"source": file, "line": 2, "entry": "accept", "until": "2026-12-31", "findings": 0, "note": "reaches nothing"},
            {"source": file, "line": 7, "entry": "accept", "until": "2027-11-22", "findings": 51, "note": broad},
            {"source": file, "line": 12, "entry": "false-positive", "findings": 51, "note": "too broad, it reaches 51 findings"},
            {"source": file, "line": 16, "entry": "assign", "findings": 51}
        ])
    );
    let finding = &findings(&desk.path("1.json"))[0];
    assert_eq!(finding["owners"], json!(["panel team"]));
    let text = scanfold(&["convert", &desk.path("1.json"), "--to", "text"]).stdout;
    assert!(text.contains("\nentries of triage files to look at\n"));
    assert!(text.contains("  owner: panel team\n"), "{text}");
    assert!(text.contains("\nand 41 more\n"), "{text}");
}

#[test]
fn an_accept_of_a_version_is_open_after_a_bump() {
    let desk = Desk::new(&accept(
        "package = \"lodash\", version = \"4.17.15\"",
        "2026-12-31",
    ));
    let old = desk.file("old.json", &LODASH.text());
    let bumped = Npm6 {
        version: "4.17.19",
        ..LODASH
    };
    let new = desk.file("new.json", &bumped.text());
    let status = |inputs: &[&str]| {
        desk.merge("1.json", "2026-11-21", inputs, &[]);
        findings(&desk.path("1.json"))[0]["status"].clone()
    };
    assert_eq!(status(&[&old]), "suppressed");
    assert_eq!(status(&[&new]), "open");
    assert_eq!(status(&[&old, &new]), "open");
    let page = flat(&scanfold(&["explain", &desk.path("1.json"), "CVE-2021-23337"]).stdout);
    assert!(
        page.contains("covers only a part of it: accepted by R. Okafor"),
        "{page}"
    );
    // A second decision about the other version covers the rest.
    let other = accept(
        "package = \"pkg:npm/lodash\", version = \"4.17.19\"",
        "2026-12-01",
    );
    let first = accept(
        "id = \"CVE-2021-23337\", version = \"4.17.15\"",
        "2026-12-31",
    );
    desk.decide(&format!("{first}{other}"));
    assert_eq!(status(&[&old, &new]), "suppressed");
    let suppression = findings(&desk.path("1.json"))[0]["suppression"].clone();
    assert_eq!(suppression["until"], "2026-12-01");
}

#[test]
fn an_accept_of_a_path_hides_no_other_path() {
    let desk = Desk::new(&accept(
        "rule = \"js.eval\", path = \"src/*.js\"",
        "2026-12-31",
    ));
    let one = result("js.eval", "src/board.js", 3, "eval(input);");
    let mut two = one.clone();
    let place = json!({"physicalLocation": {
        "artifactLocation": {"uri": "src/server/board.js"}, "region": {"startLine": 9}
    }});
    two["locations"].as_array_mut().unwrap().push(place);
    let status = |result: Value| {
        let log = desk.file("semgrep.sarif", &sarif("Semgrep OSS", "1.97.0", &[result]));
        desk.merge("1.json", "2026-11-21", &[&log], &[]);
        let all = findings(&desk.path("1.json"));
        assert_eq!(all.len(), 1);
        all[0]["status"].clone()
    };
    assert_eq!(status(one), "suppressed");
    assert_eq!(status(two), "open");
}

#[test]
fn a_decision_of_one_job_survives_the_merge_of_jobs() {
    let entries = [
        accept("id = \"CVE-2021-23337\"", "2026-12-31"),
        accept("path = \"src/ledger.js\"", "2026-10-31"),
        "[[assign]]\nmatch = { package = \"*\" }\nowner = \"panel team\"\n".to_owned(),
        format!(
            "[[date]]\nmatch = {{ id = \"GHSA-35jh-r3h4-6jhm\" }}\nevent = \"aware\"\nat = 2026-11-02\n{BY}\n"
        ),
    ];
    let desk = Desk::new(&entries.concat());
    let ghsa = desk.file("npm.json", &npm(Some((1673, GHSA))));
    let cve = desk.file("npm6.json", &LODASH.text());
    let log = sarif(
        "Semgrep OSS",
        "1.97.0",
        &[result("js.eval", "src/ledger.js", 3, "eval(input);")],
    );
    let log = desk.file("semgrep.sarif", &log);
    let as_of = "2026-11-21";
    let bytes = |name: &str| std::fs::read_to_string(desk.path(name)).unwrap();
    desk.merge("flat.json", as_of, &[&ghsa, &cve, &log], &[]);
    desk.merge("left.json", as_of, &[&ghsa], &[]);
    desk.merge("right.json", as_of, &[&log, &cve], &[]);
    let jobs = [desk.path("right.json"), desk.path("left.json")];
    let jobs = jobs.each_ref().map(String::as_str);
    desk.merge("tree.json", as_of, &jobs, &[]);
    assert_eq!(bytes("tree.json"), bytes("flat.json"));
    // The last job does not know the file.
    let run = desk.plain("blind.json", as_of, &jobs, &[]);
    assert_eq!(run.stderr, "");
    assert_eq!(desk.rows("blind.json"), Value::Null);
    assert_eq!(
        findings(&desk.path("blind.json")),
        findings(&desk.path("flat.json"))
    );
    let finding = findings(&desk.path("flat.json"))
        .into_iter()
        .find(|finding| finding["kind"] == "dependency")
        .unwrap();
    assert_eq!(finding["status"], "suppressed");
    assert_eq!(finding["dates"]["aware"]["at"], "2026-11-02T00:00:00Z");
}

#[test]
fn an_entry_that_is_gone_holds_no_longer_whatever_the_baseline_says() {
    let desk = Desk::new(&accept("id = \"CVE-2021-23337\"", "2026-12-31"));
    let audit = desk.file("audit.json", &LODASH.text());
    desk.merge("1.json", "2026-11-01", &[&audit], &[]);
    assert_eq!(
        desk.told("1.json"),
        [format!("{BOTH} - suppressed since 11-01 due 11-15")]
    );
    desk.decide("");
    let baseline = ["--baseline", &desk.path("1.json")];
    desk.merge("2.json", "2026-11-08", &[&audit], &baseline);
    assert_eq!(
        desk.told("2.json"),
        [format!("{BOTH} unchanged open since 11-01 due 11-15")]
    );
    // Nor where nobody looks for it any more.
    let log = desk.file("semgrep.sarif", &sarif("Semgrep OSS", "1.97.0", &[]));
    desk.merge("3.json", "2026-11-08", &[&log], &baseline);
    assert_eq!(
        desk.told("3.json"),
        [format!("{BOTH} absent unobserved since 11-01 due 11-15")]
    );
}

#[test]
fn rescoring_later_opens_what_has_expired_since() {
    let desk = Desk::new(&accept("id = \"CVE-2021-23337\"", "2026-11-30"));
    let audit = desk.file("audit.json", &LODASH.text());
    desk.merge("1.json", "2026-11-21", &[&audit], &[]);
    let (old, new) = (desk.path("1.json"), desk.path("2.json"));
    let arguments = [
        "rescore",
        &old,
        "--policy",
        "flowdesk",
        "--as-of",
        "2026-12-01",
    ];
    let run = scanfold(&[&arguments[..], &["-o", &new]].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        flat(&run.stdout).contains("open again; was suppressed until 2026-11-30"),
        "{}",
        run.stdout
    );
    assert_eq!(findings(&new)[0]["status"], "open");
    assert_eq!(desk.rows("2.json"), desk.rows("1.json"));
}

#[test]
fn an_accept_of_a_ticket_holds_for_what_the_ticket_names() {
    let desk = Desk::new(&accept("ticket = \"ams-101\"", "2026-12-31"));
    let triage = desk.path("triage.toml");
    let report = desk.path("1.json");
    let run = scanfold(&[
        "merge",
        "samples/vendor",
        "--config",
        "samples/vendor/scanfold.toml",
        "--as-of",
        "2026-11-21",
        "--triage",
        &triage,
        "-o",
        &report,
    ]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let accepted: Vec<Value> = findings(&report)
        .into_iter()
        .filter(|finding| finding["suppression"]["by"] == "R. Okafor")
        .collect();
    assert_eq!(accepted.len(), 1);
    assert_eq!(
        accepted[0]["ids"],
        json!(["CVE-2021-23337", "GHSA-35jh-r3h4-6jhm"])
    );
    let page = flat(&scanfold(&["explain", &report, "AMS-101"]).stdout);
    assert!(
        page.contains("holds: accepted by R. Okafor until 2026-12-31 of ticket AMS-101:"),
        "{page}"
    );
}

#[test]
fn the_project_file_names_triage_files_and_reports_call_them_so() {
    let desk = Desk::new(&accept("id = \"CVE-2021-23337\"", "2026-12-31"));
    let config = desk.file("scanfold.toml", "triage = [\"triage.toml\"]\n");
    let audit = desk.file("audit.json", &LODASH.text());
    desk.plain("1.json", "2026-11-21", &[&audit], &["--config", &config]);
    let finding = &findings(&desk.path("1.json"))[0];
    assert_eq!(finding["suppression"]["source"], "triage.toml line 2");
}

#[test]
fn a_mistake_in_a_triage_file_ends_the_run() {
    let desk =
        Desk::new("[[accept]]\nmatch = { id = \"CVE-2021-23337\" }\nreason = \"r\"\nby = \"b\"\n");
    let triage = desk.path("triage.toml");
    let run = scanfold(&["merge", "samples/npm-audit", "--triage", &triage]);
    assert_eq!(run.code, 2);
    assert_eq!(
        run.stderr,
        format!(
            "scanfold: {triage}:2:1: `[[accept]]` has no `until`\nhint: a risk that is taken without an end is never \
             looked at again: add the last day, `until = 2026-12-31`\n"
        )
    );
}

#[test]
fn the_sample_shows_each_sort_of_entry() {
    let run = scanfold(&[
        "merge",
        "samples/vendor",
        "--config",
        "samples/vendor/scanfold.toml",
        "--as-of",
        "2026-11-21",
        "--triage",
        "samples/triage/harbor.toml",
    ]);
    assert_eq!(run.code, 0);
    assert_eq!(
        run.stderr,
        "scanfold: samples/triage/harbor.toml line 13: accept: expired, it held until 2026-10-31\n"
    );
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let rows = report["triage"].as_array().unwrap();
    let reached: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row["entry"].as_str().unwrap(),
                row["findings"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        reached,
        [
            ("accept", 1),
            ("accept", 1),
            ("false-positive", 1),
            ("assign", 3),
            ("date", 1)
        ]
    );
    assert_eq!(report["summary"]["suppressed"], 3);
}

/// No report holds a secret, so that two tokens in one file look alike: which one was accepted is told by their order, and
/// that moves when one goes.
#[test]
fn an_accept_does_not_slide_to_another_secret() {
    let desk = Desk::new("");
    let leaks = |lines: &[u32]| {
        let results = lines
            .iter()
            .map(|line| result("generic-api-key", "a.env", *line, "KEY=REDACTED"));
        sarif("gitleaks", "v8.21.2", &results.collect::<Vec<_>>())
    };
    let two = desk.file("leaks.sarif", &leaks(&[3, 9]));
    desk.merge("1.json", "2026-11-07", &[&two], &[]);
    let first = findings(&desk.path("1.json"))
        .into_iter()
        .find(|one| one["locations"][0]["start_line"] == 3)
        .unwrap();
    let fingerprint = first["fingerprint"].as_str().unwrap();
    desk.decide(&accept(
        &format!("fingerprint = \"{fingerprint}\""),
        "2026-12-31",
    ));
    let one = desk.file("leaks.sarif", &leaks(&[9]));
    let baseline = desk.path("1.json");
    let run = desk.merge("2.json", "2026-11-08", &[&one], &["--baseline", &baseline]);
    assert!(
        run.stderr.contains("only their order tells apart"),
        "{}",
        run.stderr
    );
    let open = findings(&desk.path("2.json"));
    assert!(
        open.iter().all(|one| one["status"] != "suppressed"),
        "{open:?}"
    );
}

#[test]
fn what_was_accepted_is_open_again_with_the_date_that_it_had() {
    let desk = Desk::new(&accept("id = \"CVE-2021-23337\"", "2026-11-09"));
    let audit = desk.file("audit.json", &LODASH.text());
    desk.merge("1.json", "2026-11-01", &[&audit], &[]);
    let due = findings(&desk.path("1.json"))[0]["due"].clone();
    let loose = desk.file(
        "loose.toml",
        "version = 1\nname = \"loose\"\nfix = \"300 days\"\n",
    );
    let (before, after) = (desk.path("1.json"), desk.path("2.json"));
    let run = scanfold(&[
        "merge",
        &audit,
        "--app",
        "Queue Board",
        "--policy",
        &loose,
        "--baseline",
        &before,
        "--triage",
        &desk.path("triage.toml"),
        "--as-of",
        "2026-11-12",
        "-o",
        &after,
    ]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let finding = &findings(&desk.path("2.json"))[0];
    assert_eq!(
        (&finding["status"], &finding["due"]),
        (&json!("open"), &due)
    );
}
