//! A day ends where the calendars of the policies end it, and every command says so at the same instant.

use std::fs;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use crate::cli::scanfold;
use crate::scenarios::{result, sarif};

/// The last day of an accept in three time zones, and the first instant after it.
const ZONES: [(&str, &str); 4] = [
    ("Pacific/Auckland", "2026-10-31T11:00:00Z"),
    ("Europe/Berlin", "2026-10-31T23:00:00Z"),
    ("UTC", "2026-11-01T00:00:00Z"),
    ("America/New_York", "2026-11-01T04:00:00Z"),
];

struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn of(zone: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let desk = Self { folder };
        let policy = format!(
            "version = 1\nname = \"ours\"\n[fix]\nall = \"90 days\"\n[calendar]\ntimezone = \"{zone}\"\n"
        );
        fs::write(desk.path("ours.toml"), policy).unwrap();
        let triage = "version = 1\n[[accept]]\nmatch = { rule = \"js/xss\" }\nreason = \"behind a flag\"\nby = \"R. Okafor\"\nuntil = 2026-10-31\n";
        fs::write(desk.path("triage.toml"), triage).unwrap();
        let scan = sarif(
            "CodeQL",
            "2.19.0",
            &[result("js/xss", "src/board.js", 7, "el.innerHTML = q")],
        );
        fs::write(desk.path("scan.sarif"), scan).unwrap();
        desk
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Merges as of a time; tells the exit code of `--fail-on open`, and the report.
    fn merge(&self, as_of: &str) -> (i32, serde_json::Value) {
        let (scan, policy, triage, out) = (
            self.path("scan.sarif"),
            self.path("ours.toml"),
            self.path("triage.toml"),
            self.path("report.json"),
        );
        let run = scanfold(&[
            "merge",
            &scan,
            "--app",
            "Queue Board",
            "--policy",
            &policy,
            "--triage",
            &triage,
            "--as-of",
            as_of,
            "--fail-on",
            "open",
            "-o",
            &out,
        ]);
        assert!(matches!(run.code, 0 | 1), "{}", run.stderr);
        let expired = run.stderr.contains("expired, it held until 2026-10-31");
        assert_eq!(expired, run.code == 1, "{}", run.stderr);
        let report = fs::read_to_string(Path::new(&out)).unwrap();
        (run.code, serde_json::from_str(&report).unwrap())
    }
}

#[test]
fn every_command_ends_an_accept_where_the_calendar_ends_its_last_day() {
    for (zone, ends) in ZONES {
        let desk = Desk::of(zone);
        let (code, report) = desk.merge("2026-10-30T12:00:00Z");
        assert_eq!(
            (code, &report["findings"][0]["status"]),
            (0, &"suppressed".into())
        );
        assert_eq!(report["findings"][0]["suppression"]["until"], "2026-10-31");
        assert_eq!(report["findings"][0]["suppression"]["ends"], ends, "{zone}");
        let (path, policy) = (desk.path("report.json"), desk.path("ours.toml"));
        let (early, rescored) = (desk.path("early.json"), desk.path("rescored.json"));
        fs::copy(&path, &early).unwrap();
        let end: Timestamp = ends.parse().unwrap();
        let before = (end - SignedDuration::from_secs(1)).to_string();
        for (at, code, status) in [(before.as_str(), 0, "suppressed"), (ends, 1, "open")] {
            let check = scanfold(&["check", &early, "--fail-on", "open", "--as-of", at]);
            assert_eq!(check.code, code, "{zone} {at}: {}", check.stdout);
            let shown = scanfold(&[
                "show", &early, "--where", "open", "--as-of", at, "--to", "ndjson",
            ]);
            assert_eq!(
                shown.stdout.lines().count(),
                usize::from(code == 1),
                "{zone} {at}"
            );
            let shown = scanfold(&["show", &early, "--as-of", at, "--to", "ndjson"]);
            let words = format!("\"status\":\"{status}\"");
            assert!(shown.stdout.contains(&words), "{zone} {at}");
            let run = scanfold(&[
                "rescore", &early, "--policy", &policy, "--as-of", at, "-o", &rescored,
            ]);
            assert_eq!(run.code, 0, "{}", run.stderr);
            let words = fs::read_to_string(&rescored).unwrap();
            assert!(
                words.contains(&format!("\"status\":\"{status}\"")),
                "{zone} {at}"
            );
            // The gate of a merge says what the report says that it writes.
            let (gate, merged) = desk.merge(at);
            assert_eq!(gate, code, "{zone} {at}");
            assert_eq!(merged["findings"][0]["status"], status, "{zone} {at}");
            // A report that is read again still holds what it says.
            let again = scanfold(&["convert", &path, "--to", "json", "--fail-on", "open"]);
            assert_eq!(again.code, code, "{zone} {at}: {}", again.stderr);
            assert!(
                again.stdout == fs::read_to_string(&path).unwrap(),
                "{zone} {at}"
            );
            let page = scanfold(&[
                "explain",
                &path,
                merged["findings"][0]["fingerprint"].as_str().unwrap(),
            ]);
            let standing = if code == 0 { "holds" } else { "has ended" };
            assert!(
                page.stdout
                    .contains(&format!("{standing}: accepted by R. Okafor")),
                "{zone} {at}: {}",
                page.stdout
            );
        }
    }
}
