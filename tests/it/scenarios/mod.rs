//! What befalls real reports between two merges: which clock runs on, which state is told, and which date is promised.
//!
//! All stories start on Sunday 2026-11-01 and go on a week later. `flowdesk` gives critical findings 7 days, high ones 14
//! and medium ones 30, so that what is high and starts on the 1st is due on the 15th; had its clock started anew with the
//! second merge, it would be due on the 22nd.

mod code;
mod dependencies;
mod equals;
mod moves;
mod names;
mod projects;
mod scans;
mod silence;
mod sources;
mod tickets;
mod together;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cli::{Run, flat, scanfold};

/// The first merge.
const FIRST: &str = "2026-11-01";
/// The second one, a week later.
const SECOND: &str = "2026-11-08";
/// And a third.
const THIRD: &str = "2026-11-15";

/// Merges of one project, each with the result of the one before as its baseline.
struct Story {
    folder: TempDir,
    arguments: Vec<String>,
    merges: usize,
}

impl Story {
    /// A story of Queue Board.
    fn new() -> Self {
        Self::with(&["--app", "Queue Board"])
    }

    /// A story with other arguments for each merge.
    fn with(arguments: &[&str]) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            arguments: arguments.iter().map(ToString::to_string).collect(),
            merges: 0,
        }
    }

    /// Writes a file and says where.
    fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    /// Where the report of the last merge is.
    fn last(&self) -> String {
        let name = format!("report-{}.json", self.merges);
        self.folder.path().join(name).display().to_string()
    }

    /// Merges the reports at a date, compared with the merge before, and says how the command ended.
    fn merge(&mut self, as_of: &str, reports: &[(&str, &str)]) -> Run {
        let inputs: Vec<String> = (reports.iter())
            .map(|(name, text)| self.file(&format!("{as_of}/{name}"), text))
            .collect();
        let baseline = self.last();
        self.merges += 1;
        let last = self.last();
        let mut arguments = vec![
            "merge", "--as-of", as_of, "--policy", "flowdesk", "-o", &last,
        ];
        if self.merges > 1 {
            arguments.extend(["--baseline", &baseline]);
        }
        arguments.extend(self.arguments.iter().map(String::as_str));
        arguments.extend(inputs.iter().map(String::as_str));
        scanfold(&arguments)
    }

    /// What the merge of these reports tells, one line for each finding, in alphabetical order.
    fn day(&mut self, as_of: &str, reports: &[(&str, &str)]) -> Vec<String> {
        let run = self.merge(as_of, reports);
        assert_eq!(run.code, 0, "{}", run.stderr);
        self.each_is_explained();
        told(&self.last())
    }

    /// What `explain` says of each finding of the last merge is what its report says: status, state, clock and date, and
    /// where it was seen.
    fn each_is_explained(&self) {
        for finding in self.findings() {
            let words = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
            let page = flat(&self.explain(&words("fingerprint")));
            let started = finding["why"].as_array().unwrap().iter();
            let start = started
                .filter(|why| why["about"] == "fix" && why["chosen"] == true)
                .find_map(|why| why["start_at"].as_str().map(str::to_owned));
            let place = words_of(&finding["sightings"][0]["at"]);
            let said = [
                words("status"),
                words("baseline"),
                words("first_seen"),
                words("due"),
                place,
            ];
            for words in said.into_iter().chain(start) {
                assert!(
                    page.contains(&words),
                    "`{words}` is not on the page:\n{page}"
                );
            }
            for one in finding["moved"].as_array().into_iter().flatten() {
                assert!(page.contains(&words_of(&one["evidence"])), "{page}");
            }
        }
    }

    /// The same, of reports that are not all whole.
    fn bad_day(&mut self, as_of: &str, reports: &[(&str, &str)]) -> Vec<String> {
        let run = self.merge(as_of, reports);
        assert_eq!(run.code, 3, "{}", run.stderr);
        self.each_is_explained();
        told(&self.last())
    }

    /// What `explain` says of a finding of the last merge.
    fn explain(&self, name: &str) -> String {
        let run = scanfold(&["explain", &self.last(), name]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        run.stdout
    }

    /// The findings of the last merge as the report has them.
    fn findings(&self) -> Vec<Value> {
        findings(&self.last())
    }
}

pub(crate) fn findings(report: &str) -> Vec<Value> {
    let report: Value = serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
    report["findings"].as_array().unwrap().clone()
}

/// `NAME, BASELINE STATUS since MONTH-DAY due MONTH-DAY` of each finding.
pub(crate) fn told(report: &str) -> Vec<String> {
    let mut lines: Vec<String> = findings(report).iter().map(line).collect();
    lines.sort();
    lines
}

fn words_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn line(finding: &Value) -> String {
    let words = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let day = |value: &Value| words(value).get(5..10).unwrap_or("-").to_owned();
    let place = &finding["locations"][0];
    let name = match words(&finding["kind"]).as_str() {
        "dependency" => {
            let ids = finding["ids"].as_array().unwrap();
            ids.iter().map(words).collect::<Vec<_>>().join(" ")
        }
        "ticket" => words(&finding["tickets"][0]["key"]),
        _ => format!(
            "{} {}:{}",
            words(&finding["rule"]["id"]),
            words(&place["path"]),
            place["start_line"]
        ),
    };
    format!(
        "{name}, {} {} since {} due {}",
        words(&finding["baseline"]),
        words(&finding["status"]),
        day(&finding["first_seen"]),
        day(&finding["due"])
    )
}

/// A SARIF log of one run.
pub(crate) fn sarif(tool: &str, version: &str, results: &[Value]) -> String {
    json!({
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": tool, "semanticVersion": version}},
            "results": results
        }]
    })
    .to_string()
}

/// A result of high severity.
pub(crate) fn result(rule: &str, path: &str, line: u32, snippet: &str) -> Value {
    json!({
        "ruleId": rule,
        "level": "error",
        "message": {"text": format!("{rule} fires here")},
        "properties": {"security-severity": "7.5"},
        "locations": [{"physicalLocation": {
            "artifactLocation": {"uri": path},
            "region": {"startLine": line, "startColumn": 3, "snippet": {"text": snippet}}
        }}]
    })
}

/// A report of npm 6 with one advisory about lodash.
pub(crate) struct Npm6 {
    pub(crate) number: u32,
    pub(crate) url: &'static str,
    pub(crate) cves: &'static [&'static str],
    pub(crate) version: &'static str,
    pub(crate) path: &'static str,
    pub(crate) severity: &'static str,
    pub(crate) title: &'static str,
}

pub(crate) const GHSA: &str = "https://github.com/advisories/GHSA-35jh-r3h4-6jhm";

/// As it is told at first.
pub(crate) const LODASH: Npm6 = Npm6 {
    number: 1673,
    url: GHSA,
    cves: &["CVE-2021-23337"],
    version: "4.17.15",
    path: "async>lodash",
    severity: "high",
    title: "Command Injection in lodash",
};

impl Npm6 {
    pub(crate) fn text(&self) -> String {
        let mut advisories = serde_json::Map::new();
        advisories.insert(
            self.number.to_string(),
            json!({
                "findings": [{"version": self.version, "paths": [self.path]}],
                "id": self.number,
                "title": self.title,
                "module_name": "lodash",
                "cves": self.cves,
                "vulnerable_versions": "<4.17.21",
                "patched_versions": ">=4.17.21",
                "severity": self.severity,
                "url": self.url
            }),
        );
        json!({
            "actions": [],
            "advisories": advisories,
            "muted": [],
            "runId": "5f0c1d8e-2b7a-4f3e-9a46-0d2f8f6a7c11",
            "metadata": {
                "vulnerabilities": {"info": 0, "low": 0, "moderate": 0, "high": 1, "critical": 0},
                "dependencies": 41, "devDependencies": 0, "optionalDependencies": 0, "totalDependencies": 41
            }
        })
        .to_string()
    }
}

/// A report of npm 7 or later with one high advisory about lodash, or clean.
pub(crate) fn npm(advisory: Option<(u32, &str)>) -> String {
    let vulnerabilities = advisory.map_or_else(
        || json!({}),
        |(number, url)| {
            json!({"lodash": {
                "name": "lodash", "severity": "high", "isDirect": true, "effects": [], "range": "<4.17.21",
                "nodes": ["node_modules/lodash"], "fixAvailable": true,
                "via": [{"source": number, "name": "lodash", "dependency": "lodash", "severity": "high",
                    "title": "Command Injection in lodash", "url": url, "range": "<4.17.21"}]
            }})
        },
    );
    let high = u32::from(advisory.is_some());
    json!({
        "auditReportVersion": 2,
        "vulnerabilities": vulnerabilities,
        "metadata": {
            "vulnerabilities": {"info": 0, "low": 0, "moderate": 0, "high": high, "critical": 0, "total": high},
            "dependencies": {"prod": 41, "dev": 0, "optional": 0, "peer": 0, "peerOptional": 0, "total": 41}
        }
    })
    .to_string()
}

/// What yarn 1 ends with, having told one advisory of this severity, or none.
fn yarn_summary(severity: Option<&str>) -> String {
    let levels = ["info", "low", "moderate", "high", "critical"];
    let counts = levels.map(|level| (level.to_owned(), json!(u32::from(severity == Some(level)))));
    let counts: serde_json::Map<String, Value> = counts.into_iter().collect();
    let summary = json!({"type": "auditSummary", "data": {
        "vulnerabilities": counts, "dependencies": 41, "totalDependencies": 41
    }});
    format!("{summary}\n")
}

/// A report of yarn 1 about the same advisory in lodash.
fn yarn(severity: &str) -> String {
    let advisory = json!({"type": "auditAdvisory", "data": {
        "resolution": {"id": 1_106_913, "path": "async>lodash"},
        "advisory": {
            "id": 1_106_913, "module_name": "lodash", "severity": severity,
            "title": "Command Injection in lodash", "url": GHSA,
            "github_advisory_id": "GHSA-35jh-r3h4-6jhm", "cves": ["CVE-2021-23337"],
            "vulnerable_versions": "<4.17.21", "patched_versions": ">=4.17.21",
            "findings": [{"version": "4.17.15", "paths": ["async>lodash"]}]
        }
    }});
    format!("{advisory}\n{}", yarn_summary(Some(severity)))
}
