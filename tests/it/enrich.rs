//! What KEV and EPSS say of findings, from the command line to the page of a finding.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cli::{Run, flat, scanfold};
use crate::project;

const KEV: &str = "samples/enrich/kev.json";
const EPSS: &str = "samples/enrich/epss.csv";
const CONFIG: &str = "samples/vendor/scanfold.toml";

/// A report of `pnpm audit`: for each package one advisory with its ids.
fn audit(advisories: &[(&str, &[&str])]) -> String {
    let mut list = serde_json::Map::new();
    for (index, (package, ids)) in advisories.iter().enumerate() {
        let (cves, others): (Vec<&str>, Vec<&str>) =
            ids.iter().partition(|id| id.starts_with("CVE-"));
        let advisory = json!({
            "id": index + 1, "module_name": package, "title": format!("Trouble in {package}"),
            "severity": "high", "url": format!("https://github.com/advisories/{}", others[0]),
            "github_advisory_id": others[0], "cves": cves, "vulnerable_versions": "<2.0.0",
            "patched_versions": ">=2.0.0",
            "findings": [{"version": "1.0.0", "paths": [format!(".>{package}")]}]
        });
        list.insert((index + 1).to_string(), advisory);
    }
    let counts = json!({
        "info": 0, "low": 0, "moderate": 0, "high": advisories.len(), "critical": 0
    });
    json!({
        "actions": [], "advisories": list, "muted": [],
        "metadata": {"vulnerabilities": counts, "dependencies": 9, "devDependencies": 0,
            "optionalDependencies": 0, "totalDependencies": 9}
    })
    .to_string()
}

/// A listed one, one with several ids, one that is not listed, and one without a CVE id.
fn advisories() -> String {
    audit(&[
        ("lodash", &["GHSA-35jh-r3h4-6jhm", "CVE-2021-23337"]),
        (
            "harbor-ropes",
            &["GHSA-aaaa-bbbb-cccc", "CVE-2014-0160", "CVE-2021-44228"],
        ),
        ("harbor-sails", &["GHSA-dddd-eeee-ffff", "CVE-2099-1000"]),
        ("harbor-masts", &["GHSA-gggg-hhhh-jjjj"]),
    ])
}

/// A folder with an audit in it.
struct Yard {
    folder: TempDir,
}

impl Yard {
    fn new() -> Self {
        let yard = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        yard.put("audit.json", advisories());
        yard
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn put(&self, name: &str, words: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::write(&path, words).unwrap();
        path
    }

    /// Merges the audit on 2026-11-21, unless the flags say another day.
    fn merge(&self, flags: &[&str]) -> Run {
        let audit = self.path("audit.json");
        let day = ["--as-of", "2026-11-21"];
        let day = if flags.contains(&"--as-of") {
            &[][..]
        } else {
            &day
        };
        scanfold(&[&["merge", &audit], day, flags].concat())
    }
}

fn report(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr))
}

/// What is noted of the finding with this id.
fn exploited(report: &Value, id: &str) -> Value {
    finding(report, id)["exploited"].clone()
}

fn finding<'a>(report: &'a Value, id: &str) -> &'a Value {
    let findings = report["findings"].as_array().unwrap();
    let named = |finding: &&Value| {
        let mut ids = finding["ids"].as_array().unwrap().iter();
        ids.any(|known| known == id)
    };
    findings.iter().find(named).unwrap()
}

fn input<'a>(report: &'a Value, format: &str) -> &'a Value {
    let inputs = report["inputs"].as_array().unwrap();
    let found = inputs.iter().find(|input| input["format"] == format);
    found.unwrap_or_else(|| panic!("{inputs:?}"))
}

#[test]
fn listed_not_listed_and_never_looked_up_are_told_apart() {
    let run = Yard::new().merge(&["--kev", KEV, "--epss", EPSS]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let report = report(&run);
    assert_eq!(
        exploited(&report, "CVE-2021-23337"),
        json!({"kev": true, "kev_id": "CVE-2021-23337", "kev_added": "2026-11-06", "kev_due": "2026-11-27",
            "kev_ransomware": true, "kev_catalogue": "2026-11-20", "epss": 0.00712, "epss_percentile": 0.71634,
            "epss_day": "2026-11-20"})
    );
    assert_eq!(
        exploited(&report, "CVE-2014-0160"),
        json!({"kev": true, "kev_id": "CVE-2021-44228", "kev_added": "2021-12-10", "kev_due": "2021-12-24",
            "kev_ransomware": true, "kev_catalogue": "2026-11-20", "epss": 0.94464, "epss_percentile": 0.99986,
            "epss_day": "2026-11-20"}),
        "of several ids the first listing and the worst score"
    );
    assert_eq!(
        exploited(&report, "CVE-2099-1000"),
        json!({"kev": false, "kev_catalogue": "2026-11-20", "epss_day": "2026-11-20"})
    );
    assert_eq!(exploited(&report, "GHSA-gggg-hhhh-jjjj"), Value::Null);
    let (kev, epss) = (input(&report, "kev"), input(&report, "epss"));
    assert_eq!(
        (&kev["path"], &kev["outcome"], &kev["records"]),
        (&json!(KEV), &json!("complete"), &json!(0))
    );
    assert_eq!(epss["scanned"], "2026-11-20T00:00:00Z");
    let without = self::report(&Yard::new().merge(&[]));
    assert_eq!(exploited(&without, "CVE-2021-23337"), Value::Null);
    assert_eq!(without["inputs"].as_array().unwrap().len(), 1);
}

#[test]
fn of_several_listed_ids_the_earliest_date_binds_and_what_nobody_knows_is_no_no() {
    let yard = Yard::new();
    let ids = ["GHSA-aaaa-bbbb-cccc", "CVE-2026-1001", "CVE-2026-1002"];
    yard.put("audit.json", audit(&[("harbor-ropes", &ids)]));
    let kev = yard.put(
        "kev.json",
        r#"{"title": "CISA Catalog of Known Exploited Vulnerabilities", "catalogVersion": "2026.11.20", "count": 2,
        "vulnerabilities": [
        {"cveID": "CVE-2026-1001", "dateAdded": "2026-10-10", "dueDate": "2026-11-20", "knownRansomwareCampaignUse": "Unknown"},
        {"cveID": "CVE-2026-1002", "dateAdded": "2026-10-20", "dueDate": "2026-10-25", "knownRansomwareCampaignUse": ""}]}"#,
    );
    let epss = yard.put(
        "epss.csv",
        "#model_version:v2025.03.14,score_date:2026-11-20T00:00:00+0000\ncve,epss,percentile\nCVE-2026-1001,0.01,0.5\n",
    );
    let run = yard.merge(&["--kev", &kev, "--epss", &epss, "--policy", "cisa-kev"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let first = report(&run);
    let told = json!({"kev": true, "kev_id": "CVE-2026-1001", "kev_added": "2026-10-10", "kev_due": "2026-10-25",
        "kev_due_id": "CVE-2026-1002", "kev_catalogue": "2026-11-20", "epss": 0.01, "epss_percentile": 0.5,
        "epss_day": "2026-11-20", "epss_unscored": ["CVE-2026-1002"]});
    assert_eq!(exploited(&first, ids[0]), told);
    assert_eq!(finding(&first, ids[0])["due"], "2026-10-25");
    let why = finding(&first, ids[0])["why"].to_string();
    assert!(
        why.contains("the catalogue's date of CVE-2026-1002"),
        "{why}"
    );
    // The report knows as much as the files did.
    let again = yard.put("first.json", &run.stdout);
    let again = scanfold(&["merge", &again, "--as-of", "2026-11-21"]);
    assert_eq!(exploited(&report(&again), ids[0]), told);
}

#[test]
fn the_table_and_the_project_file_say_the_same() {
    let yard = Yard::new();
    fs::copy(project("samples/enrich/kev.csv"), yard.path("kev.csv")).unwrap();
    fs::copy(project(EPSS), yard.path("epss.csv")).unwrap();
    let words = "kev = \"kev.csv\"\nepss = \"epss.csv\"\nmax-enrichment-age = 15\n";
    let config = yard.put("scanfold.toml", words);
    let run = yard.merge(&["--config", &config]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let known = exploited(&report(&run), "CVE-2021-23337");
    // The table is of the day of its newest entry.
    assert_eq!(known["kev_catalogue"], "2026-11-06");
    assert_eq!(known["kev_added"], "2026-11-06");
    assert_eq!(known["epss"], 0.00712);
    let run = yard.merge(&["--config", &config, "--kev", KEV]);
    let known = exploited(&report(&run), "CVE-2021-23337");
    assert_eq!(
        known["kev_catalogue"], "2026-11-20",
        "the command line wins"
    );
    let run = yard.merge(&["--config", &config, "--as-of", "2026-11-22"]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("15 days old"), "{}", run.stderr);
}

#[test]
fn an_old_file_is_an_objection_that_can_be_waived() {
    let yard = Yard::new();
    let flags = ["--kev", KEV, "--epss", EPSS, "--max-enrichment-age", "7"];
    let fresh = yard.merge(&[&flags[..], &["--as-of", "2026-11-27"]].concat());
    assert_eq!(fresh.code, 0, "{}", fresh.stderr);
    let later = ["--as-of", "2026-11-28"];
    let old = yard.merge(&[&flags[..], &later].concat());
    assert_eq!(old.code, 3);
    let objection = "samples/enrich/kev.json: the scan is incomplete: a catalogue may be 7 days old, and this one, of 2026-11-20, is older";
    assert!(old.stderr.contains(objection), "{}", old.stderr);
    let report = report(&old);
    assert_eq!(exploited(&report, "CVE-2021-23337")["kev"], true);
    assert_eq!(exploited(&report, "CVE-2021-23337")["epss"], 0.00712);
    assert_eq!(exploited(&report, "CVE-2099-1000"), Value::Null);
    assert_eq!(input(&report, "epss")["outcome"], "partial");
    let waived = yard.merge(&[&flags[..], &later, &["--allow-incomplete"]].concat());
    assert_eq!(waived.code, 0, "{}", waived.stderr);
}

#[test]
fn a_cut_catalogue_clears_nothing() {
    let yard = Yard::new();
    let words = fs::read_to_string(project(KEV)).unwrap();
    let kev = yard.put("kev.json", words.replace("\"count\": 3", "\"count\": 4"));
    let run = yard.merge(&["--kev", &kev]);
    assert_eq!(run.code, 3);
    let objection = "the report is cut: `count` is 4, and 3 vulnerabilities stand in it";
    assert!(run.stderr.contains(objection), "{}", run.stderr);
    let report = report(&run);
    assert_eq!(input(&report, "kev")["outcome"], "truncated");
    assert_eq!(exploited(&report, "CVE-2021-23337")["kev"], true);
    assert_eq!(exploited(&report, "CVE-2099-1000"), Value::Null);
}

#[test]
fn broken_rows_are_rejects_with_their_lines() {
    let yard = Yard::new();
    let words = fs::read_to_string(project(EPSS)).unwrap();
    let words = format!("\u{feff}{words}CVE-2099-1000,high,0.5\n").replace('\n', "\r\n");
    let epss = yard.put("epss.csv", words);
    let run = yard.merge(&["--epss", &epss]);
    assert_eq!(run.code, 3);
    assert!(
        run.stderr.contains("1 record was not understood"),
        "{}",
        run.stderr
    );
    let report = report(&run);
    let place = (&report["rejects"][0]["at"], &report["rejects"][0]["reason"]);
    let reason = "expected a number from 0 to 1 in `epss`, found `high`";
    assert_eq!(place, (&json!("line 8"), &json!(reason)));
    let records = (
        &input(&report, "epss")["records"],
        &report["ledger"]["rejected"],
    );
    assert_eq!(records, (&json!(1), &json!(1)));
    assert_eq!(exploited(&report, "CVE-2021-23337")["epss"], 0.00712);
    assert_eq!(exploited(&report, "CVE-2099-1000"), Value::Null);
    assert_eq!(yard.merge(&["--epss", &epss, "--allow-rejects"]).code, 0);
}

#[test]
fn a_gzipped_table_of_all_ids_is_the_table() {
    let yard = Yard::new();
    let mut words = fs::read_to_string(project(EPSS)).unwrap();
    for number in 10_000..60_000 {
        writeln!(words, "CVE-2022-{number},0.0{number},0.5").unwrap();
    }
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, words.as_bytes()).unwrap();
    let epss = yard.put("scores.csv.gz", gzip.finish().unwrap());
    let run = yard.merge(&["--epss", &epss]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let report = report(&run);
    assert_eq!(exploited(&report, "CVE-2021-23337")["epss"], 0.00712);
    let note = "scores of 2026-11-20 by model v2025.03.14, 50005 vulnerabilities";
    assert_eq!(input(&report, "epss")["notes"], json!([note]));
}

#[test]
fn what_is_no_catalogue_stops_the_run() {
    let yard = Yard::new();
    for (flag, file, message) in [
        (
            "--kev",
            EPSS,
            "expected a KEV catalogue with the column `cveID`",
        ),
        ("--epss", KEV, "expected EPSS scores"),
        ("--kev", "samples/enrich/none.json", "no such file"),
    ] {
        let run = yard.merge(&[flag, file]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{}", run.stderr);
        assert!(run.stderr.contains(message), "{}", run.stderr);
    }
}

#[test]
fn a_catalogue_is_no_report_and_hides_no_missing_one() {
    for (file, flag) in [
        (KEV, "--kev FILE"),
        ("samples/enrich/kev.csv", "--kev FILE"),
        (EPSS, "--epss FILE"),
    ] {
        let run = scanfold(&["merge", file, "--as-of", "2026-11-21"]);
        assert_eq!(run.code, 3);
        assert!(run.stderr.contains(flag), "{}", run.stderr);
    }
    let empty = tempfile::tempdir().unwrap();
    let folder = empty.path().display().to_string();
    let run = scanfold(&["merge", &folder, "--kev", KEV, "--as-of", "2026-11-21"]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("no report was found"), "{}", run.stderr);
}

#[test]
fn what_is_gone_is_looked_up_too() {
    let yard = Yard::new();
    let last = yard.put("last.json", yard.merge(&[]).stdout);
    yard.put(
        "audit.json",
        audit(&[("harbor-masts", &["GHSA-gggg-hhhh-jjjj"])]),
    );
    let run = yard.merge(&["--baseline", &last, "--kev", KEV]);
    let report = report(&run);
    let gone = finding(&report, "CVE-2021-23337");
    assert_eq!(gone["baseline"], "absent");
    assert_eq!(gone["exploited"]["kev"], true);
    assert_eq!(gone["dates"]["kev-added"]["at"], "2026-11-06T00:00:00Z");
}

#[test]
fn a_clock_starts_when_the_vulnerability_was_listed() {
    let yard = Yard::new();
    let words =
        "version = 1\nname = \"kev\"\nstart = [\"kev-added\"]\n\n[fix]\nhigh = \"30 days\"\n";
    let policy = yard.put("policy.toml", words);
    let run = yard.merge(&["--kev", KEV, "--policy", &policy]);
    let report = report(&run);
    let due = |id: &str| finding(&report, id)["due"].clone();
    // 2026-11-06 and 2021-12-10 and 30 days each; the others count from the scan.
    assert_eq!(due("CVE-2021-23337"), "2026-12-06");
    assert_eq!(due("CVE-2014-0160"), "2022-01-09");
    assert_eq!(due("CVE-2099-1000"), "2026-12-21");
    assert_eq!(due("GHSA-gggg-hhhh-jjjj"), "2026-12-21");
    let why = finding(&report, "CVE-2021-23337")["why"]
        .as_array()
        .unwrap();
    let fix = why.iter().find(|why| why["about"] == "fix").unwrap();
    assert_eq!(fix["start"], "kev-added");
    assert_eq!(fix["start_source"], "KEV catalogue of 2026-11-20");
}

/// Merges the vendor's reports with the vendor's policy.
fn vendor(inputs: &[&str], flags: &[&str]) -> String {
    let day = [
        "--config",
        CONFIG,
        "--as-of",
        "2026-11-21",
        "--allow-rejects",
        "--allow-incomplete",
    ];
    let run = scanfold(&[&["merge"], inputs, &day, flags].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    run.stdout
}

/// The jobs of the vendor, merged one by one with `leaf` and then together with `root`.
fn tree(folder: &Path, leaf: &[&str], root: &[&str]) -> String {
    let jobs = ["queue-board", "time-ledger", "tickets"];
    let leaves: Vec<PathBuf> = jobs
        .iter()
        .map(|job| {
            let path = folder.join(format!("{job}.json"));
            fs::write(&path, vendor(&[&format!("samples/vendor/{job}")], leaf)).unwrap();
            path
        })
        .collect();
    let names: Vec<_> = leaves
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let pair = folder.join("pair.json");
    fs::write(&pair, vendor(&names[..2], leaf)).unwrap();
    vendor(&[names[2], &pair.display().to_string(), names[0]], root)
}

#[test]
fn a_tree_of_merges_is_the_flat_merge_wherever_the_catalogues_are_given() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, words: String| {
        let path = folder.path().join(name);
        fs::write(&path, words).unwrap();
        path.display().to_string()
    };
    let kev = fs::read_to_string(project(KEV)).unwrap();
    let epss = fs::read_to_string(project(EPSS)).unwrap();
    let cut = put("cut.json", kev.replace("\"count\": 3", "\"count\": 4"));
    let bad = put("bad.csv", format!("{epss}CVE-2021-23337,much,0.5\n"));
    for flags in [
        vec!["--kev", KEV, "--epss", EPSS],
        vec![
            "--kev",
            KEV,
            "--kev",
            "samples/enrich/kev.csv",
            "--epss",
            &bad,
        ],
        vec!["--kev", &cut, "--epss", EPSS, "--max-enrichment-age", "0"],
    ] {
        let flat = vendor(&["samples/vendor"], &flags);
        assert!(flat.contains("\"kev\":true"));
        assert_eq!(tree(folder.path(), &flags, &flags), flat, "at each level");
        assert_eq!(tree(folder.path(), &flags, &[]), flat, "at the leaves");
        assert_eq!(tree(folder.path(), &[], &flags), flat, "at the root");
    }
}

#[test]
fn the_page_of_a_finding_says_who_exploits_it() {
    let yard = Yard::new();
    let run = yard.merge(&["--kev", KEV, "--epss", EPSS]);
    let report = yard.put("report.json", &run.stdout);
    let page = |id: &str| flat(&scanfold(&["explain", &report, id]).stdout);
    let listed = page("CVE-2021-23337");
    for line in [
        "kev-added 2026-11-06T00:00:00Z (KEV catalogue of 2026-11-20)",
        "kev listed 2026-11-06 as CVE-2021-23337 (catalogue of 2026-11-20), due 2026-11-27, ransomware",
        "epss 0.71 %, percentile 71.63 % (scores of 2026-11-20)",
    ] {
        assert!(listed.contains(line), "{listed}");
    }
    let clear = page("CVE-2099-1000");
    for line in [
        "kev not listed (catalogue of 2026-11-20)",
        "epss not listed (scores of 2026-11-20)",
    ] {
        assert!(clear.contains(line), "{clear}");
    }
    let unknown = page("GHSA-gggg-hhhh-jjjj");
    assert!(
        !unknown.contains("kev") && !unknown.contains("epss"),
        "{unknown}"
    );
}
