//! One report with every hard case, shown through each writer.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::date;

use crate::model::{
    About, Anchor, Assessment, Baseline, By, Capped, Claim, Deadline, Duty, Entry, Epss, Exploited,
    Fact, Finding, InputId, InputRecord, Kev, KevDue, KevEntry, Key, Kind, Ledger, Location,
    Moment, Outcome, Package, Place, PolicyNote, PolicyTag, Reject, Report, Rule, Score, Severity,
    Share, Sighting, Status, Suppressed, Suppression, SuppressionStatus, Text, Ticket, TicketState,
    TriageRow, Verdict, Why,
};

const QUEUE_BOARD: &str = "com.harborapps.queue-board";
const TIME_LEDGER: &str = "com.harborapps.time-ledger";

/// The nasty report: every kind, severity, status, baseline and outcome, and words that attack each medium.
pub(crate) fn report() -> Report {
    let mut report = Report {
        as_of: time("2026-11-21T09:00:00Z"),
        policies: vec![
            PolicyNote {
                name: "flowdesk".into(),
                source: Some("Security policy | 2026-06-22 <b>".into()),
                digest: "blake3:aa11".into(),
                next: None,
            },
            PolicyNote {
                name: "kev".into(),
                source: None,
                digest: "blake3:bb22".into(),
                next: None,
            },
        ],
        inputs: inputs(),
        entries: [
            overdue_dependency(),
            code_in_many_places(),
            secret_without_a_place(),
            configuration_at_an_address(),
            unobserved_requirement(),
            undated_note(),
            suppressed_code(),
            fixed_dependency(),
            waiting_ticket(),
            crowded_dependency(),
        ]
        .map(Box::new)
        .into(),
        triage: triage(),
        linked_tickets: vec![Finding::new(Kind::Ticket, QUEUE_BOARD.into())],
        rejects: vec![
            Reject {
                place: place("reports/code scan.sarif", "/runs/0/results/17"),
                reason: "expected a string at `ruleId`, found `</td>|@team`".into(),
            },
            Reject {
                place: place("::error::reports.csv", "line 7"),
                reason: "##[error]expected 12 cells, found 3".into(),
            },
        ],
    };
    report.sort();
    report
}

fn triage() -> Vec<TriageRow> {
    let row = |line, entry: &str, note: Option<&str>| TriageRow {
        source: "::warning::triage|a.toml".into(),
        line,
        entry: entry.into(),
        until: Some(date(2027, 1, 31)),
        findings: 1,
        note: note.map(Text::line),
    };
    vec![
        row(4, "accept", None),
        row(
            9,
            "false-positive",
            Some("reaches nothing | <b>@harbor-team</b>"),
        ),
    ]
}

/// The same as-of and nothing else.
pub(crate) fn empty() -> Report {
    Report {
        as_of: time("2026-11-21T09:00:00Z"),
        policies: Vec::new(),
        inputs: Vec::new(),
        entries: Vec::new(),
        triage: Vec::new(),
        linked_tickets: Vec::new(),
        rejects: Vec::new(),
    }
}

pub(crate) fn time(words: &str) -> Timestamp {
    words.parse().expect("a time of the fixture is well-formed")
}

fn place(path: &str, at: &str) -> Place {
    Place {
        report: Arc::new(InputId {
            path: path.into(),
            digest: "blake3:cc33".into(),
        }),
        at: at.into(),
    }
}

fn sighting(scanner: &str, path: &str, at: &str) -> Sighting {
    Sighting {
        place: place(path, at),
        scanner: scanner.into(),
    }
}

pub(crate) fn input(path: &str, scanner: Option<(&str, &str)>, outcome: Outcome) -> InputRecord {
    InputRecord {
        id: place(path, "").report,
        format: scanner.map(|_| "sarif".into()),
        scanner: scanner.map(|(name, _)| name.into()),
        scanner_version: scanner.map(|(_, version)| version.into()),
        bytes: 4096,
        outcome,
        scanned: None,
        dated: None,
        scope: ["tool:app:target".into()].into_iter().collect(),
        notes: [].into_iter().collect(),
        reasons: [].into_iter().collect(),
        doubts: [].into_iter().collect(),
        ledger: Ledger::default(),
        counted_again: 0,
    }
}

fn inputs() -> Vec<InputRecord> {
    let ledger = |records, findings, folded, passed, rejected| Ledger {
        records,
        findings,
        folded,
        passed,
        rejected,
    };
    vec![
        InputRecord {
            ledger: ledger(14, 8, 4, 1, 1),
            ..input(
                "reports/code scan.sarif",
                Some(("CodeQL", "2.20.1")),
                Outcome::Complete,
            )
        },
        InputRecord {
            ledger: ledger(2, 2, 0, 0, 0),
            ..input(
                "reports/npm.json",
                Some(("npm-audit", "10.2.0")),
                Outcome::Complete,
            )
        },
        input(
            "reports/clean.sarif",
            Some(("Trivy", "0.60.0")),
            Outcome::Complete,
        ),
        InputRecord {
            notes: ["the scan of 1 of 3 modules timed out | <b>see log</b>".into()]
                .into_iter()
                .collect(),
            ..input("reports/fsrt.json", Some(("FSRT", "1.4")), Outcome::Partial)
        },
        InputRecord {
            ledger: ledger(1, 0, 0, 0, 1),
            notes: ["ends in the middle of a row".into()].into_iter().collect(),
            ..input(
                "::error::reports.csv",
                Some(("Jira", "")),
                Outcome::Truncated,
            )
        },
        InputRecord {
            notes: ["the lockfile was not found".into()].into_iter().collect(),
            ..input(
                "reports/cargo.json",
                Some(("cargo-audit", "0.22.0")),
                Outcome::NotRun,
            )
        },
        InputRecord {
            notes: ["no parser claims it".into()].into_iter().collect(),
            ..input("reports/=1+1.html", None, Outcome::Failed)
        },
    ]
}

/// A judgement without a date.
fn assessed(severity: Severity, status: Status) -> Assessment {
    Assessment {
        severity,
        score: None,
        status,
        suppressed: None,
        deadlines: Arc::default(),
        why: Arc::new([]),
        tags: Arc::new([]),
    }
}

/// A judgement with a fix due by the end of a day in UTC.
fn due(severity: Severity, status: Status, day: i8) -> Assessment {
    let by = date(2026, 11, day);
    let ends = time(&format!("2026-11-{:02}T00:00:00Z", day + 1));
    Assessment {
        deadlines: [(
            Duty::Fix,
            Deadline {
                ends,
                by: By::Day(by),
                policy: "flowdesk".into(),
            },
        )]
        .into_iter()
        .collect::<BTreeMap<_, _>>()
        .into(),
        ..assessed(severity, status)
    }
}

fn entry(finding: Finding, assessment: Assessment) -> Entry {
    Entry {
        fingerprint: finding
            .fingerprint()
            .expect("a finding of the fixture has a key"),
        first_seen: finding.first_seen.clone(),
        finding: Box::new(finding),
        tickets: Vec::new(),
        assessment,
    }
}

/// A finding of the code kinds, named by its position.
fn code(kind: Kind, rule: &str, title: &str) -> Finding {
    let key = Key::code(kind, QUEUE_BOARD, "codeql", rule, "", Anchor::Position(0));
    Finding {
        keys: [key].into_iter().collect(),
        rule: Rule {
            id: Some(rule.into()),
            name: None,
        },
        title: Text::some_line(title),
        ..Finding::new(kind, QUEUE_BOARD.into())
    }
}

fn dependency(purl: &str, ids: &[&str]) -> Finding {
    let mut finding = Finding {
        ids: ids.iter().map(|id| Text::line(id)).collect(),
        package: Some(Box::new(Package::new(purl.into()))),
        rule: Rule {
            id: ids.first().map(|id| Text::line(id)),
            name: None,
        },
        ..Finding::new(Kind::Dependency, QUEUE_BOARD.into())
    };
    finding.assert_advisory_keys();
    finding
}

fn exploited() -> Exploited {
    Exploited {
        kev: Some(Kev {
            listed: Some(KevEntry {
                added: date(2026, 11, 6),
                id: "CVE-2020-8203".into(),
                due: Some(KevDue {
                    day: date(2026, 11, 27),
                    id: "CVE-2020-8203".into(),
                }),
                ransomware: true,
            }),
            catalogue: date(2026, 11, 20),
        }),
        epss: Some(Epss {
            day: date(2026, 11, 20),
            score: Share::new(0.931),
            percentile: Share::new(0.998_04),
            scored: ["CVE-2020-8203".into()].into_iter().collect(),
        }),
    }
}

fn overdue_dependency() -> Entry {
    let npm = place("reports/npm.json", "/vulnerabilities/lodash");
    let mut finding = dependency("pkg:npm/lodash", &["GHSA-p6mc-m468-83gw", "CVE-2020-8203"]);
    if let Some(package) = &mut finding.package {
        package.versions = ["4.17.4".into(), "4.17.15".into()].into_iter().collect();
        package.fixed_in = ["4.17.20".into()].into_iter().collect();
    }
    finding.weaknesses = ["CWE-1321".into(), "CWE-770".into()].into_iter().collect();
    finding.title = Some("Prototype pollution in lodash".into());
    finding.description = Some(Text::prose("The function `zipObjectDeep`\nmay be tricked."));
    finding.recommendation = Some("Update to 4.17.20".into());
    finding
        .claims
        .insert(Claim::word(&"npm-audit".into(), "high", &npm));
    finding.first_seen = Some(Moment::new(time("2026-11-05T09:00:00Z"), "baseline"));
    finding.last_seen = Some(time("2026-11-20T18:30:00Z"));
    finding.date(
        Fact::KevAdded,
        Moment::new(time("2026-11-06T00:00:00Z"), "KEV catalogue of 2026-11-20"),
    );
    finding.note(|history| history.exploited = exploited());
    finding.sightings = [
        sighting("npm-audit", "reports/npm.json", "/vulnerabilities/lodash"),
        sighting("Trivy", "reports/trivy.sarif", "/runs/0/results/3"),
    ]
    .into_iter()
    .collect();
    finding.baseline = Some(Baseline::Unchanged);
    finding.note(|history| {
        history.owners = ["=panel | @team".into(), "ops".into()]
            .into_iter()
            .collect();
    });
    let mut assessment = due(Severity::Critical, Status::Open, 19);
    assessment.score = Score::from_tenths(98);
    let acknowledged = Deadline {
        ends: time("2026-11-06T09:00:00Z"),
        by: By::Time(time("2026-11-06T09:00:00Z")),
        policy: "flowdesk".into(),
    };
    Arc::make_mut(&mut assessment.deadlines).insert(Duty::Acknowledge, acknowledged);
    assessment.why = Arc::new([
        Why {
            chosen: true,
            severity: Some(Severity::Critical),
            score: Score::from_tenths(98),
            ..Why::new(
                About::Severity,
                "default".into(),
                "claim of npm-audit".into(),
            )
        },
        Why {
            chosen: true,
            start: Some("first-seen".into()),
            start_at: Some(time("2026-11-05T09:00:00Z")),
            start_source: Some("baseline".into()),
            term: Some("14 days".into()),
            by: Some(By::Day(date(2026, 11, 19))),
            at: Some("flow|desk.toml:9".into()),
            ..Why::new(
                About::Duty(Duty::Fix),
                "flowdesk".into(),
                "fix.critical".into(),
            )
        },
        Why {
            note: Some("later than the date above".into()),
            ..Why::new(About::Duty(Duty::Fix), "kev".into(), "fix.any".into())
        },
    ]);
    assessment.tags = ["=pci | <b>", "=pci | <b>", "payment"]
        .map(|tag| PolicyTag {
            tag: tag.into(),
            policy: "ours".into(),
            rule: "rule shop".into(),
            at: "ours|.toml:4".into(),
        })
        .into();
    let ticket = |key: &str, url: &str| Ticket {
        updated: None,
        key: key.into(),
        state: TicketState::Open,
        status: Some("In Progress | @me".into()),
        due: Some(date(2026, 11, 30)),
        created: None,
        url: Some(url.into()),
        checks: [].into_iter().collect(),
        is_reopened: false,
    };
    Entry {
        tickets: vec![
            ticket("AMS-1", "https://tracker.example/browse/AMS-1"),
            ticket("AMS-2", "javascript:alert(1)"),
        ],
        ..entry(finding, assessment)
    }
}

fn code_in_many_places() -> Entry {
    let mut finding = code(
        Kind::Code,
        "js/xss|`stored`",
        "<script>alert(1)</script> | [click](https://evil.example) `x` @harbor-team #12 \\| www.evil.example",
    );
    finding.weaknesses.insert("CWE-79".into());
    finding.locations = Capped::of(
        [
            Location {
                path: Some("src/größe & más/a b#1%.js".into()),
                start_line: Some(3),
                start_column: Some(1),
                end_line: Some(3),
                end_column: Some(80),
                logical: Some("Board::render".into()),
                url: None,
            },
            Location {
                path: Some("src/z.js".into()),
                start_line: Some(0),
                ..Location::default()
            },
        ],
        true,
    );
    finding.sightings = Capped::of(
        [
            sighting("CodeQL", "reports/code scan.sarif", "/runs/0/results/0"),
            sighting("CodeQL", "reports/code scan.sarif", "/runs/0/results/1"),
        ],
        true,
    );
    finding.first_seen = Some(Moment::new(time("2026-11-21T09:00:00Z"), "as-of"));
    finding.baseline = Some(Baseline::New);
    entry(finding, due(Severity::High, Status::Open, 24))
}

fn secret_without_a_place() -> Entry {
    let mut finding = code(Kind::Secret, "generic-key", "=cmd|' /C calc'!A0");
    finding.app = "@SUM(A1)".into();
    finding
        .sightings
        .insert(sighting("Gitleaks\u{202e}", "reports/leaks.json", "/3"));
    entry(finding, due(Severity::Unknown, Status::Open, 21))
}

fn configuration_at_an_address() -> Entry {
    let mut finding = code(
        Kind::Configuration,
        "open-redirect",
        "\r::error::hidden\u{1b}[31m red",
    );
    finding.locations.insert(Location {
        url: Some("https://queue.example/a b?x=[1]|2".into()),
        ..Location::default()
    });
    finding.sightings.insert(sighting(
        "CodeQL",
        "reports/code scan.sarif",
        "/runs/0/results/2",
    ));
    finding.baseline = Some(Baseline::Updated);
    entry(finding, due(Severity::Medium, Status::Open, 22))
}

fn unobserved_requirement() -> Entry {
    let long = "Autenticação — проверка 認証の検証 🔐 ".repeat(20);
    let mut finding = Finding {
        keys: [Key::requirement(TIME_LEDGER, "csrt", "auth", "/rest")]
            .into_iter()
            .collect(),
        rule: Rule {
            id: Some("auth".into()),
            name: Some("Authentication".into()),
        },
        title: Some(format!("\u{202e}{long}").into()),
        ..Finding::new(Kind::Requirement, TIME_LEDGER.into())
    };
    finding
        .sightings
        .insert(sighting("CSRT", "baseline.json", "/findings/4"));
    finding.baseline = Some(Baseline::Unobserved);
    let by = time("2026-11-21T04:00:00Z");
    let mut assessment = assessed(Severity::Low, Status::Unobserved);
    Arc::make_mut(&mut assessment.deadlines).insert(
        Duty::Fix,
        Deadline {
            ends: by,
            by: By::Time(by),
            policy: "ticket <AMS-9>".into(),
        },
    );
    entry(finding, assessment)
}

fn undated_note() -> Entry {
    let mut finding = code(Kind::Code, "todo", "");
    finding.app = Text::default();
    finding.title = None;
    finding.locations.insert(Location {
        logical: Some("std::vector<T>::at".into()),
        ..Location::default()
    });
    finding
        .claims
        .insert(Claim::word(&"CodeQL".into(), "note", &place("x", "/0")));
    entry(finding, assessed(Severity::Info, Status::Open))
}

fn suppressed_code() -> Entry {
    let mut finding = code(Kind::Code, "js/eval", "Evaluation of outer words");
    finding.locations.insert(Location {
        path: Some("//share/legacy:old/eval.js".into()),
        start_line: Some(40),
        end_line: Some(7),
        ..Location::default()
    });
    finding.suppressions.insert(Suppression {
        status: SuppressionStatus::Rejected,
        scanner: "CodeQL".into(),
        kind: "inSource".into(),
        justification: None,
    });
    finding.sightings.insert(sighting(
        "CodeQL",
        "reports/code scan.sarif",
        "/runs/0/results/4",
    ));
    finding.baseline = Some(Baseline::Unchanged);
    let mut assessment = due(Severity::High, Status::Suppressed, 1);
    assessment.suppressed = Some(Box::new(Suppressed {
        kind: Some(Verdict::FalsePositive),
        reason: "+only our own [words](https://evil.example)".into(),
        by: "triage.toml".into(),
        until: Some(date(2027, 1, 31)),
        ends: Some(time("2027-02-01T00:00:00Z")),
        source: Some("triage.toml line 4".into()),
    }));
    entry(finding, assessment)
}

fn fixed_dependency() -> Entry {
    let mut finding = dependency("pkg:npm/%40harbor/ui", &["CVE-2026-0002"]);
    finding.title = Some("Denial of service".into());
    finding
        .sightings
        .insert(sighting("npm-audit", "baseline.json", "/findings/9"));
    finding.baseline = Some(Baseline::Fixed);
    entry(finding, due(Severity::Medium, Status::Fixed, 2))
}

fn waiting_ticket() -> Entry {
    let ticket = Ticket {
        updated: Some(time("2026-11-18T10:00:00Z")),
        key: "AMS-77".into(),
        state: TicketState::Waiting,
        status: None,
        due: Some(date(2026, 12, 1)),
        created: Some(time("2026-11-01T10:00:00Z")),
        url: None,
        checks: [].into_iter().collect(),
        is_reopened: false,
    };
    let finding = Finding {
        keys: [Key::ticket("AMS-77")].into_iter().collect(),
        title: Some("AMS-77 Missing authorization".into()),
        ticket: Some(Box::new(ticket.clone())),
        ..Finding::new(Kind::Ticket, TIME_LEDGER.into())
    };
    Entry {
        tickets: vec![ticket],
        ..entry(finding, due(Severity::High, Status::Open, 29))
    }
}

fn crowded_dependency() -> Entry {
    let mut finding = dependency("pkg:cargo/openssl", &["RUSTSEC-2026-0001"]);
    if let Some(package) = &mut finding.package {
        let versions = (0..40).map(|patch| Text::from(format!("0.10.{patch:02}")));
        package.versions = versions.collect();
        package.fixed_in = Capped::of([">=1.0.0".into()], true);
    }
    finding.title = Some("Use after free".into());
    let places =
        (0..20).map(|line| sighting("cargo-audit", "reports/old.json", &format!("/{line:02}")));
    finding.sightings = places.collect();
    let mut assessment = due(Severity::High, Status::Open, 24);
    assessment.score = Score::from_tenths(55);
    entry(finding, assessment)
}
