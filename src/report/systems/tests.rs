use std::sync::Arc;

use serde_json::{Value, json};

use super::super::tests::written;
use super::super::{Writer, fixture};
use super::{
    Cyclonedx, DefectDojo, GitlabDependencyScanning, GitlabSast, Ocsf, OpenVex, advisory,
    package_name, uuid, web,
};
use crate::model::{
    Assessment, Baseline, Decision, Entry, Finding, Key, Kind, Location, Package, Report, Set,
    Severity, Status, Suppressed, Text, Verdict,
};
const APP: &str = "com.harborapps.queue-board";

fn shown(writer: &dyn Writer, report: &Report) -> Value {
    serde_json::from_str(&written(writer, report)).expect("it is JSON")
}

/// The events of a report.
fn events(report: &Report) -> Vec<Value> {
    let lines = written(&Ocsf, report);
    let events = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("it is JSON"));
    events.collect()
}

fn report(entries: Vec<Entry>) -> Report {
    Report {
        entries: entries.into_iter().map(Box::new).collect(),
        ..fixture::empty()
    }
}

fn entry(finding: Finding, status: Status) -> Entry {
    Entry {
        fingerprint: finding.fingerprint().expect("it has a key"),
        first_seen: None,
        finding: Box::new(finding),
        tickets: Vec::new(),
        assessment: Assessment {
            severity: Severity::Unknown,
            score: None,
            status,
            suppressed: None,
            deadlines: Arc::default(),
            why: Arc::new([]),
            tags: Arc::new([]),
        },
    }
}

fn lodash(app: &str, versions: &[&str]) -> Finding {
    let mut package = Package::new("pkg:npm/lodash".into());
    package.versions = versions.iter().map(|version| Text::line(version)).collect();
    let mut finding = Finding {
        ids: ["CVE-2021-23337".into(), "GHSA-35jh-r3h4-6jhm".into()]
            .into_iter()
            .collect(),
        package: Some(Box::new(package)),
        ..Finding::new(Kind::Dependency, app.into())
    };
    finding.assert_advisory_keys();
    finding
}

/// A finding that a decision suppresses.
fn suppressed(mut finding: Finding, verdict: Verdict, versions: &[&str], paths: &[&str]) -> Entry {
    let decision = Decision {
        verdict,
        source: "triage.toml line 4".into(),
        by: Some("security".into()),
        reason: Some("component_not_present: it is a build tool".into()),
        until: None,
        said: None,
        subject: None,
        versions: versions.iter().map(|version| Text::line(version)).collect(),
        paths: paths.iter().map(|path| Text::line(path)).collect(),
    };
    let shown = Suppressed {
        kind: Some(verdict),
        reason: decision.reason.clone().expect("it has one"),
        by: "security".into(),
        until: None,
        ends: None,
        source: Some(decision.source.clone()),
    };
    finding.note(|history| history.decisions = Set::from_iter([decision]));
    let mut entry = entry(finding, Status::Suppressed);
    entry.assessment.suppressed = Some(Box::new(shown));
    entry
}

/// The statement that OpenVEX and the analysis that CycloneDX makes of one finding.
fn vex(entry: Entry) -> (Value, Value) {
    let report = report(vec![entry]);
    let statement = shown(&OpenVex, &report)["statements"][0].clone();
    (
        statement,
        shown(&Cyclonedx, &report)["vulnerabilities"][0].clone(),
    )
}

fn code(line: u32) -> Finding {
    let anchor = crate::model::Anchor::Position(0);
    let key = Key::code(Kind::Code, APP, "semgrep", "eval", "src/a.js", anchor);
    let mut finding = Finding {
        keys: [key].into_iter().collect(),
        title: Some("Evaluation of outer words".into()),
        ..Finding::new(Kind::Code, APP.into())
    };
    finding.locations.insert(Location {
        path: Some("src/a.js".into()),
        start_line: Some(line),
        ..Location::default()
    });
    finding
}

#[test]
fn a_digest_makes_a_uuid_of_version_8() {
    // RFC 9562: the version stands in the 13th digit, the variant in the first two bits of the 17th.
    assert_eq!(uuid(&[0xff; 32]), "ffffffff-ffff-8fff-bfff-ffffffffffff");
    assert_eq!(uuid(&[0x00; 32]), "00000000-0000-8000-8000-000000000000");
}

#[test]
fn only_what_is_an_id_makes_an_address() {
    let url = |id: &str| advisory(&id.into()).url;
    assert_eq!(
        url("RUSTSEC-2021-0001").as_deref(),
        Some("https://rustsec.org/advisories/RUSTSEC-2021-0001.html")
    );
    assert_eq!(url("CVE-2021-1/../../evil"), None);
    assert_eq!(url("1089"), None);
    assert_eq!(
        web(&"HTTPS://a.example/b c".into()).as_deref(),
        Some("https://a.example/b%20c")
    );
    assert_eq!(web(&"https://".into()), None);
    assert_eq!(web(&"javascript:alert(1)".into()), None);
    let purl = Text::line("pkg:npm/%40harbor/ui");
    assert_eq!(package_name(&purl), ("npm", "@harbor/ui".into()));
}

#[test]
fn what_does_no_harm_is_said_with_its_reason_for_the_installed_version_in_the_app() {
    let entry = suppressed(lodash(APP, &["4.17.19"]), Verdict::NotAffected, &[], &[]);
    let (statement, vulnerability) = vex(entry);
    assert_eq!(statement["status"], "not_affected");
    assert_eq!(statement["justification"], "component_not_present");
    assert_eq!(statement["status_notes"], "it is a build tool");
    assert_eq!(
        statement["impact_statement"],
        Value::Null,
        "the schema allows one of both"
    );
    assert_eq!(statement["vulnerability"]["name"], "CVE-2021-23337");
    assert_eq!(
        statement["vulnerability"]["aliases"],
        json!(["GHSA-35jh-r3h4-6jhm"])
    );
    let product = &statement["products"][0];
    assert_eq!(product["@id"], "pkg:generic/com.harborapps.queue-board");
    assert_eq!(product["subcomponents"][0]["@id"], "pkg:npm/lodash@4.17.19");
    assert_eq!(vulnerability["analysis"]["state"], "not_affected");
    // The word is OpenVEX's own, so that it stays among the words.
    assert_eq!(vulnerability["analysis"]["justification"], Value::Null);
    assert_eq!(
        vulnerability["analysis"]["detail"],
        "component_not_present: it is a build tool"
    );
    assert_eq!(
        vulnerability["affects"][0]["versions"],
        json!([{"version": "4.17.19", "status": "unaffected"}])
    );
}

#[test]
fn nothing_is_said_to_do_no_harm_that_the_decision_does_not_cover() {
    let installed = ["4.17.15", "4.17.19"];
    let weak = [
        (
            "the risk is taken",
            "Accepted",
            suppressed(lodash(APP, &installed), Verdict::Accepted, &[], &[]),
        ),
        (
            "of a path",
            "Said to be a false positive",
            suppressed(
                lodash(APP, &installed),
                Verdict::FalsePositive,
                &[],
                &["a/**"],
            ),
        ),
        (
            "of a version",
            "Said not to be affected",
            suppressed(
                lodash(APP, &installed),
                Verdict::NotAffected,
                &["4.17.19"],
                &[],
            ),
        ),
        (
            "of no known version",
            "Said to contain the fix",
            suppressed(lodash(APP, &[]), Verdict::Fixed, &["4.17.19"], &[]),
        ),
        (
            "of no app",
            "Said not to be affected",
            suppressed(lodash("", &installed), Verdict::NotAffected, &[], &[]),
        ),
    ];
    for (why, said, entry) in weak {
        let (statement, vulnerability) = vex(entry);
        assert_eq!(statement["status"], "affected", "{why}");
        let action = statement["action_statement"]
            .as_str()
            .expect("the schema wants one");
        assert!(
            action.starts_with(&format!("{said}: component_not_present")),
            "{why}: {action}"
        );
        assert_eq!(vulnerability["analysis"]["state"], "exploitable", "{why}");
        assert_eq!(vulnerability["analysis"]["detail"], action, "{why}");
    }
    // VEX has no last day.
    let mut ending = suppressed(lodash(APP, &installed), Verdict::FalsePositive, &[], &[]);
    let day = Some(jiff::civil::date(2026, 12, 31));
    ending.finding.note(|history| {
        let decisions = history.decisions.iter().cloned();
        let ends = |decision| Decision {
            until: day,
            ..decision
        };
        history.decisions = decisions.map(ends).collect();
    });
    if let Some(suppressed) = &mut ending.assessment.suppressed {
        suppressed.until = day;
    }
    let (statement, _) = vex(ending);
    assert_eq!(statement["status"], "affected");
    assert_eq!(
        statement["action_statement"],
        "Said to be a false positive: component_not_present: it is a build tool (by security until 2026-12-31)"
    );
    let both = ["4.17.15", "4.17.19"];
    let whole = suppressed(lodash(APP, &installed), Verdict::FalsePositive, &both, &[]);
    let (statement, vulnerability) = vex(whole);
    assert_eq!(statement["status"], "not_affected");
    assert_eq!(vulnerability["analysis"]["state"], "false_positive");
}

#[test]
fn only_who_takes_a_risk_has_accepted_one_in_defectdojo() {
    for (verdict, flag) in [
        (Verdict::Accepted, "risk_accepted"),
        (Verdict::FalsePositive, "false_p"),
        (Verdict::NotAffected, "false_p"),
        (Verdict::Fixed, "is_mitigated"),
    ] {
        let entry = suppressed(lodash(APP, &["1.0.0"]), verdict, &[], &[]);
        let row = &shown(&DefectDojo, &report(vec![entry]))["findings"][0];
        for known in ["active", "risk_accepted", "false_p", "is_mitigated"] {
            assert_eq!(row[known], known == flag, "{verdict:?}: {known}");
        }
    }
}

#[test]
fn a_decision_about_a_ticket_is_called_by_its_name_too() {
    let mut entry = suppressed(lodash(APP, &["1.0.0"]), Verdict::FalsePositive, &[], &[]);
    entry.finding.note(|history| history.decisions = Set::new());
    let (statement, _) = vex(entry);
    let action = statement["action_statement"]
        .as_str()
        .expect("the schema wants one");
    assert!(
        action.starts_with("Said to be a false positive: "),
        "{action}"
    );
}

#[test]
fn a_suppression_of_which_no_decision_is_known_takes_a_risk() {
    let mut entry = suppressed(lodash(APP, &["1.0.0"]), Verdict::NotAffected, &[], &[]);
    entry.finding.note(|history| history.decisions = Set::new());
    let (statement, _) = vex(entry.clone());
    assert_eq!(statement["status"], "affected");
    let row = &shown(&DefectDojo, &report(vec![entry]))["findings"][0];
    assert_eq!(
        (&row["risk_accepted"], &row["false_p"]),
        (&json!(true), &json!(false))
    );
}

#[test]
fn what_is_open_is_affected_only_with_an_action() {
    let mut finding = lodash(APP, &["4.17.19"]);
    let (statement, vulnerability) = vex(entry(finding.clone(), Status::Open));
    assert_eq!(statement["status"], "under_investigation");
    assert_eq!(vulnerability["analysis"]["state"], "in_triage");
    if let Some(package) = &mut finding.package {
        package.fixed_in = ["4.17.21".into()].into_iter().collect();
    }
    let (statement, vulnerability) = vex(entry(finding.clone(), Status::Open));
    assert_eq!(statement["status"], "affected");
    assert_eq!(statement["action_statement"], "Fixed in 4.17.21.");
    assert_eq!(vulnerability["analysis"]["response"], json!(["update"]));
    // The vendor said that it looks.
    let looks = Decision {
        verdict: Verdict::UnderInvestigation,
        source: "vex.json /statements/0".into(),
        by: None,
        reason: None,
        until: None,
        said: Some(fixture::time("2026-11-20T00:00:00Z")),
        subject: Some("pkg:npm/lodash".into()),
        versions: Set::new(),
        paths: Set::new(),
    };
    finding.note(|history| history.decisions = Set::from_iter([looks]));
    let (statement, _) = vex(entry(finding, Status::Open));
    assert_eq!(statement["status"], "under_investigation");
    assert_eq!(statement["status_notes"], "Fixed in 4.17.21.");
}

#[test]
fn the_versions_in_which_it_was_found_are_never_called_fixed() {
    let mut finding = lodash(APP, &["4.17.19"]);
    let (statement, vulnerability) = vex(entry(finding.clone(), Status::Fixed));
    assert_eq!(statement, Value::Null, "no version is known to be fixed");
    assert_eq!(vulnerability["analysis"]["state"], "resolved");
    let affected = json!({"version": "4.17.19", "status": "affected"});
    assert_eq!(vulnerability["affects"][0]["versions"], json!([affected]));
    if let Some(package) = &mut finding.package {
        package.fixed_in = [">=4.17.21".into(), "<5 || ^6".into(), "5.x".into()]
            .into_iter()
            .collect();
    }
    let (statement, vulnerability) = vex(entry(finding, Status::Fixed));
    assert_eq!(statement["status"], "fixed");
    let parts = &statement["products"][0]["subcomponents"];
    assert_eq!(parts[0]["@id"], "pkg:npm/lodash@4.17.21");
    assert_eq!(parts.as_array().map(Vec::len), Some(1));
    let fixed = json!({"version": "4.17.21", "status": "unaffected"});
    assert_eq!(
        vulnerability["affects"][0]["versions"],
        json!([affected, fixed])
    );
    // Without any version it must not speak of all of them.
    let (_, vulnerability) = vex(entry(lodash(APP, &[]), Status::Fixed));
    let any = json!({"range": "vers:generic/*", "status": "unknown"});
    assert_eq!(vulnerability["affects"][0]["versions"], json!([any]));
}

#[test]
fn openvex_counts_what_it_cannot_carry_and_cyclonedx_carries_it() {
    let report = report(vec![
        entry(code(3), Status::Open),
        entry(lodash(APP, &["1.0.0"]), Status::Open),
    ]);
    let openvex = shown(&OpenVex, &report);
    assert_eq!(openvex["statements"].as_array().map(Vec::len), Some(1));
    let tooling = openvex["tooling"].as_str().expect("it is told");
    assert!(
        tooling.ends_with("are not in this document: 1"),
        "{tooling}"
    );
    let cyclonedx = shown(&Cyclonedx, &report);
    let vulnerability = &cyclonedx["vulnerabilities"][0];
    assert_eq!(vulnerability["id"], report.entries[0].fingerprint.hex());
    assert_eq!(
        vulnerability["affects"],
        json!([{"ref": "app:com.harborapps.queue-board"}])
    );
    assert_eq!(
        cyclonedx["metadata"]["component"]["bom-ref"],
        "app:com.harborapps.queue-board"
    );
    assert_eq!(cyclonedx["components"][0]["purl"], "pkg:npm/lodash");
}

#[test]
fn packages_of_several_apps_lie_in_their_apps() {
    let report = report(vec![
        entry(lodash("a/b", &["1.0.0"]), Status::Open),
        entry(lodash("c", &["1.0.0"]), Status::Open),
        entry(lodash("", &["1.0.0"]), Status::Open),
    ]);
    let cyclonedx = shown(&Cyclonedx, &report);
    assert_eq!(cyclonedx["metadata"]["component"], Value::Null);
    let components = cyclonedx["components"].as_array().expect("there are some");
    let references: Vec<&Value> = components.iter().map(|one| &one["bom-ref"]).collect();
    assert_eq!(references, ["app:#pkg:npm/lodash", "app:a%2Fb", "app:c"]);
    assert_eq!(
        components[1]["components"][0]["bom-ref"],
        "app:a%2Fb#pkg:npm/lodash"
    );
    let openvex = shown(&OpenVex, &report);
    assert_eq!(
        openvex["statements"][0]["products"][0]["@id"],
        "pkg:generic/a%2Fb"
    );
    assert_eq!(
        openvex["statements"][2]["products"][0]["@id"],
        "pkg:npm/lodash@1.0.0"
    );
}

#[test]
fn what_nobody_rated_is_not_the_mildest() {
    let report = report(vec![entry(code(3), Status::Open)]);
    assert_eq!(
        shown(&GitlabSast, &report)["vulnerabilities"][0]["severity"],
        "Unknown"
    );
    let row = &shown(&DefectDojo, &report)["findings"][0];
    assert_eq!(row["severity"], "High");
    assert!(
        row["severity_justification"]
            .as_str()
            .expect("words")
            .starts_with("No source rated it")
    );
    assert_eq!(events(&report)[0]["severity_id"], 99);
    let ratings = &shown(&Cyclonedx, &report)["vulnerabilities"][0]["ratings"];
    assert_eq!(ratings[0]["severity"], "unknown");
}

#[test]
fn names_outlive_a_new_version_and_a_moved_line() {
    let ids = |version: &str, line: u32| {
        let report = report(vec![
            entry(code(line), Status::Open),
            entry(lodash(APP, &[version]), Status::Open),
        ]);
        let sast = shown(&GitlabSast, &report)["vulnerabilities"][0].clone();
        let cyclonedx = &shown(&Cyclonedx, &report)["vulnerabilities"];
        json!([
            sast["id"],
            sast["tracking"]["items"][0]["signatures"],
            shown(&GitlabDependencyScanning, &report)["vulnerabilities"][0]["id"],
            shown(&OpenVex, &report)["statements"][0]["@id"],
            [cyclonedx[0]["bom-ref"], cyclonedx[1]["bom-ref"]],
            shown(&DefectDojo, &report)["findings"][0]["unique_id_from_tool"],
            shown(&DefectDojo, &report)["findings"][0]["description"],
            events(&report)[1]["finding_info"]["uid"],
        ])
    };
    assert_eq!(ids("4.17.19", 3), ids("4.17.20", 40));
    // The documents are others, and so are their names.
    let name = |version: &str| {
        let report = report(vec![entry(lodash(APP, &[version]), Status::Open)]);
        (
            shown(&OpenVex, &report)["@id"].clone(),
            shown(&Cyclonedx, &report)["serialNumber"].clone(),
        )
    };
    assert_eq!(name("4.17.19"), name("4.17.19"));
    assert_ne!(name("4.17.19").0, name("4.17.20").0);
    assert_ne!(name("4.17.19").1, name("4.17.20").1);
}

#[test]
fn gitlab_hears_of_everything_but_the_fixed_and_of_what_was_not_read() {
    let report = fixture::report();
    let sast = shown(&GitlabSast, &report);
    let kinds = |document: &Value| -> Vec<String> {
        let all = document["vulnerabilities"]
            .as_array()
            .expect("a list")
            .iter();
        let kind = |one: &Value| one["details"]["kind"]["value"].as_str().map(str::to_owned);
        let mut kinds: Vec<String> = all.filter_map(kind).collect();
        kinds.sort();
        kinds
    };
    assert_eq!(
        kinds(&sast),
        ["code", "code", "code", "configuration", "secret"]
    );
    assert_eq!(sast["scan"]["status"], "failure");
    // Five inputs of the fixture are not whole; three dependencies, a requirement and a ticket are of other kinds.
    let messages = sast["scan"]["messages"].as_array().expect("a list");
    assert_eq!(messages.len(), 6);
    assert_eq!(
        messages[5]["value"],
        "findings of other kinds that are not in this report: 5"
    );
    let dependencies = shown(&GitlabDependencyScanning, &report);
    assert_eq!(
        kinds(&dependencies),
        ["dependency", "dependency"],
        "one of three is fixed"
    );
    let lodash = &dependencies["vulnerabilities"][0];
    assert_eq!(lodash["details"]["due"]["value"], "2026-11-19 (flowdesk)");
    assert_eq!(lodash["identifiers"][0]["value"], "CVE-2020-8203");
    assert_eq!(
        lodash["location"]["dependency"]["version"],
        "4.17.15, 4.17.4"
    );
}

#[test]
fn long_words_are_cut_where_a_consumer_has_a_limit() {
    let mut finding = code(3);
    finding.title = Some("é".repeat(2000).into());
    finding.description = Some(Text::prose(&"@".repeat(30_000)));
    finding.recommendation = Some(Text::prose(&"<a>\n".repeat(5_000)));
    finding.app = "a".repeat(3000).into();
    let report = report(vec![entry(finding, Status::Open)]);
    let sast = &shown(&GitlabSast, &report)["vulnerabilities"][0];
    let length = |words: &Value| words.as_str().expect("words").chars().count();
    assert_eq!(length(&sast["name"]), 255);
    assert!(length(&sast["solution"]) <= 7000 && length(&sast["description"]) <= 50_000);
    for words in [&sast["name"], &sast["solution"], &sast["description"]] {
        assert!(words.as_str().expect("words").ends_with('…'));
    }
    let row = &shown(&DefectDojo, &report)["findings"][0];
    assert_eq!((length(&row["title"]), length(&row["service"])), (511, 200));
}

#[test]
fn events_follow_the_baseline_and_the_decision() {
    let stands = |entry: Entry| {
        let event = events(&report(vec![entry])).remove(0);
        let id = |key: &str| event[key].as_u64().expect("a number");
        (id("activity_id"), id("type_uid"), id("status_id"))
    };
    let of = |baseline, status| {
        let mut finding = lodash(APP, &["1.0.0"]);
        finding.baseline = baseline;
        stands(entry(finding, status))
    };
    assert_eq!(of(None, Status::Open), (1, 200_201, 1));
    assert_eq!(of(Some(Baseline::New), Status::Open), (1, 200_201, 1));
    assert_eq!(of(Some(Baseline::Unchanged), Status::Open), (2, 200_202, 1));
    assert_eq!(
        of(Some(Baseline::Unobserved), Status::Unobserved),
        (2, 200_202, 99)
    );
    assert_eq!(of(Some(Baseline::Fixed), Status::Fixed), (3, 200_203, 4));
    let decided = |verdict| stands(suppressed(lodash(APP, &["1.0.0"]), verdict, &[], &[])).2;
    assert_eq!(decided(Verdict::Accepted), 99);
    assert_eq!(decided(Verdict::FalsePositive), 3);
    assert_eq!(decided(Verdict::Fixed), 4);
}
