//! The laws of the fold: order, grouping and repetition of reports change no byte of the result.

use std::io::Write;

use jiff::Timestamp;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use scanfold::fold::{Fold, OpenInput, Shared};
use scanfold::model::{
    Anchor, Baseline, By, Claim, Deadline, Doubt, Duty, Fact, Finding, InputRecord, Join, Key,
    Kind, Ledger, Location, Moment, Outcome, Package, Promise, Report, Score, Severity, Sighting,
    Status, Suppression, SuppressionStatus, Text, Ticket, TicketState, Trust,
};
use scanfold::parse::{Closing, Options, Sink};
use scanfold::policy::{Engine, Policy};
use scanfold::run::{self, Named};
use scanfold::source::Input;
use scanfold::triage::{self, TriageFile};

const AS_OF: i64 = 1_790_000_000;

pub(crate) fn as_of() -> Timestamp {
    Timestamp::from_second(AS_OF).unwrap()
}

/// What a record says; small pools, so that findings meet often.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    kind: u8,
    app: u8,
    names: Vec<u8>,
    words: u8,
    severity: u8,
    score: Option<u8>,
    seen: Option<i64>,
    due: Option<i8>,
}

fn record() -> impl Strategy<Value = Record> {
    let parts = (
        0..3_u8,
        0..2_u8,
        vec(0..6_u8, 1..4),
        0..4_u8,
        0..6_u8,
        option::of(0..100_u8),
        option::of(-99..99_i64),
        option::of(0..28_i8),
    );
    parts.prop_map(
        |(kind, app, names, words, severity, score, seen, due)| Record {
            kind,
            app,
            names,
            words,
            severity,
            score,
            seen: seen.map(|days| AS_OF + days * 86_400),
            due,
        },
    )
}

impl Record {
    fn finding(&self, input: &Input, index: usize) -> Finding {
        let place = input.place(&format!("/{index}"));
        let scanner = Text::line(&format!("scanner {}", self.words % 2));
        let word = |stem: &str| Text::line(&format!("{stem} {}", self.words));
        let id = |name: &u8| {
            Text::line(&format!(
                "{}-2026-000{name}",
                ["CVE", "RUSTSEC"][usize::from(name % 2)]
            ))
        };
        let kind = [Kind::Dependency, Kind::Code, Kind::Ticket][usize::from(self.kind)];
        let mut finding = Finding::new(kind, Text::line(["", "app"][usize::from(self.app)]));
        match kind {
            Kind::Dependency => {
                let mut package = Package::new(Text::line("pkg:npm/a"));
                package.versions.insert(word("version"));
                finding.package = Some(Box::new(package));
                finding.ids = self.names.iter().map(id).collect();
                finding.assert_advisory_keys();
            }
            Kind::Ticket => {
                let key = Text::line(&format!("AMS-{}", self.names[0]));
                finding.keys = [Key::ticket(key.untrusted())].into_iter().collect();
                finding.ids = self.names.iter().map(id).collect();
                let due = self.due.map(|day| jiff::civil::date(2026, 10, day + 1));
                finding.ticket = Some(Box::new(Ticket {
                    updated: self
                        .seen
                        .map(|second| Timestamp::from_second(second).unwrap()),
                    key,
                    state: [
                        TicketState::Open,
                        TicketState::Waiting,
                        TicketState::Fixed,
                        TicketState::Closed,
                    ][usize::from(self.words)],
                    status: Some(word("status")),
                    due,
                    created: None,
                    url: None,
                    checks: [Text::line("rule")].into_iter().collect(),
                    is_reopened: false,
                }));
            }
            _ => {
                // No two records of one report share a key, but another report may pair the two keys otherwise.
                let name = self.names[0];
                let twist = input.name().strip_prefix("twisted-");
                let twist: u32 = twist.map_or(0, |number| number.parse().unwrap());
                let anchors = [
                    Anchor::Fingerprint(
                        "scheme",
                        ["0", "1", "2", "3", "4", "5"][usize::from(name)],
                    ),
                    Anchor::Snippet("let x = 1;", (u32::from(name) + twist) % 6),
                ];
                let own = match name {
                    0..=2 => &anchors[..],
                    3 => &anchors[..1],
                    _ => &anchors[1..],
                };
                let app = finding.app.clone();
                let key =
                    |anchor: &_| Key::code(kind, app.untrusted(), "tool", "rule", "a.rs", *anchor);
                finding.keys = own.iter().map(key).collect();
                finding.rule.id = Some(Text::line("rule"));
                let start_line = Some(u32::from(self.words));
                finding.locations.insert(Location {
                    path: Some(Text::line("a.rs")),
                    start_line,
                    ..Location::default()
                });
            }
        }
        finding.title = Some(word("title"));
        finding.claims.insert(Claim {
            severity: Some(Severity::ALL[usize::from(self.severity)]),
            score: self.score.and_then(Score::from_tenths),
            trust: if self.words == 3 {
                Trust::Constant
            } else {
                Trust::Stated
            },
            ..Claim::silent(&scanner, &place)
        });
        if let Some(second) = self.seen {
            let at = Timestamp::from_second(second).unwrap();
            finding.first_seen = Some(Moment::new(at, "scan"));
            finding.last_seen = Some(at);
            finding.date(Fact::Reported, Moment::new(at, "ticket"));
        }
        if self.words == 1 {
            finding.suppressions.insert(Suppression {
                status: SuppressionStatus::ALL[usize::from(self.severity) % 3],
                scanner: scanner.clone(),
                kind: Text::line("inSource"),
                justification: None,
            });
        }
        finding.sightings.insert(Sighting { place, scanner });
        finding
    }
}

fn input(number: usize, records: &[Record]) -> Input {
    named_input(&format!("report-{number}"), records)
}

fn named_input(name: &str, records: &[Record]) -> Input {
    let mut input = Input::spool(name, format!("{records:?}").as_bytes()).unwrap();
    input.identify().unwrap();
    input
}

pub(crate) fn fold(reports: &[(usize, &Vec<Record>)]) -> Fold {
    fold_named("report", reports)
}

pub(crate) fn fold_named(name: &str, reports: &[(usize, &Vec<Record>)]) -> Fold {
    let mut fold = Fold::default();
    fold_into(&mut fold, name, reports);
    fold
}

/// Puts reports into a fold, one after the other.
pub(crate) fn fold_into(fold: &mut Fold, name: &str, reports: &[(usize, &Vec<Record>)]) {
    for (number, records) in reports {
        let input = named_input(&format!("{name}-{number}"), records);
        tell(fold.open(&input, as_of()), &input, *number, records);
    }
}

/// As [`fold`], with a worker for each report.
fn fold_together(reports: &[(usize, &Vec<Record>)]) -> Fold {
    let fold = Shared::default();
    std::thread::scope(|scope| {
        for (number, records) in reports {
            scope.spawn(|| {
                let input = input(*number, records);
                tell(fold.open(&input, as_of()), &input, *number, records);
            });
        }
    });
    fold.into_fold()
}

fn tell(mut open: OpenInput<'_>, input: &Input, number: usize, records: &[Record]) {
    for (index, record) in records.iter().enumerate() {
        open.record();
        match record.words {
            0 if index % 3 == 2 => open.passed(),
            1 if index % 3 == 2 => open.reject(&format!("/{index}"), "odd"),
            _ => open.finding(record.finding(input, index)),
        }
    }
    let mut closing = Closing::of("tool");
    let scanned = records.last().and_then(|record| record.seen);
    closing.scanned = scanned.map(|second| Timestamp::from_second(second).unwrap());
    let scope = Text::line(&format!("tool:{}", number % 2));
    closing.scope.insert(scope);
    open.close("test", Ok(closing)).unwrap();
}

pub(crate) fn assess(fold: Fold) -> Report {
    let policies = scanfold::policy::load(&["flowdesk".to_owned()]).unwrap();
    run::assess(fold.finish(), &mut Engine::new(policies, as_of()), as_of()).unwrap()
}

pub(crate) fn compared(fold: Fold, baseline: &Report) -> Report {
    let policies = scanfold::policy::load(&["flowdesk".to_owned()]).unwrap();
    compared_under(policies, fold, baseline)
}

/// As [`compared`], by a policy that lets dates become later.
fn loosened(fold: Fold, baseline: &Report) -> Report {
    let loose = "version = 1\nname = \"loose\"\nstart = [\"first-seen\"]\nallow-loosening = true\nloosening-reason = \"r\"\n\
                 [fix]\ncritical = \"70 days\"\nhigh = \"7 days\"\nmedium = \"none\"\nlow = \"200 days\"\ninfo = \"none\"\n";
    let policy = Policy::parse("loose.toml", loose).unwrap();
    compared_under(vec![policy], fold, baseline)
}

fn compared_under(policies: Vec<Policy>, fold: Fold, baseline: &Report) -> Report {
    let mut facts = fold.finish();
    run::compare(&mut facts, vec![run::baseline(baseline.clone())]);
    run::assess(facts, &mut Engine::new(policies, as_of()), as_of()).unwrap()
}

/// Entries of every sort, which reach parts of what the records say.
const TRIAGE: &str = r#"
version = 1
accept = [
    { match = { id = ["cve-2026-0000", "RUSTSEC-2026-0003"] }, reason = "r", by = "b", until = 2026-12-31 },
    { match = { package = "a", version = "version 1" }, reason = "r", by = "b", until = 2026-12-31 },
    { match = { path = "a.*" }, reason = "r", by = "b", until = 2026-12-31 },
    { match = { ticket = "AMS-1" }, reason = "r", by = "b", until = 2026-12-31 },
]
false-positive = [{ match = { tool = "scanner 0", kind = "code", rule = "rule" }, reason = "r", by = "b", until = 2026-01-31 }]
assign = [{ match = { kind = ["dependency", "ticket"] }, owner = "team" }]
date = [{ match = { id = "CVE-2026-0002" }, event = "aware", at = 2026-09-01, by = "b" }]
"#;

fn decided(fold: Fold) -> Report {
    let mut facts = fold.finish();
    let file = TriageFile::parse("triage.toml", TRIAGE).unwrap();
    let policies = scanfold::policy::load(&["flowdesk".to_owned()]).unwrap();
    let mut engine = Engine::new(policies, as_of());
    let files = [file.clone(), file];
    let rows = triage::decide(&mut facts, &files, as_of(), engine.today());
    let mut report = run::assess(facts, &mut engine, as_of()).unwrap();
    report.triage = rows;
    report
}

pub(crate) fn bytes(report: &Report) -> String {
    let mut bytes = Vec::new();
    scanfold::wire::write(report, 1, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// Writes reports as files and merges these.
fn merge(reports: &[Report]) -> Report {
    let files: Vec<_> = reports
        .iter()
        .map(|report| {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(bytes(report).as_bytes()).unwrap();
            file
        })
        .collect();
    let named = files
        .iter()
        .map(|file| Named {
            input: Input::file(file.path(), true),
            parser: None,
        })
        .collect();
    let ingested = run::ingest(named, &Options::default(), as_of()).unwrap();
    let policies = scanfold::policy::load(&["flowdesk".to_owned()]).unwrap();
    run::assess(ingested.facts, &mut Engine::new(policies, as_of()), as_of()).unwrap()
}

pub(crate) fn reports() -> impl Strategy<Value = Vec<Vec<Record>>> {
    vec(vec(record(), 0..8), 1..5)
}

/// Reports of code alone, so that records often meet.
pub(crate) fn reports_of_code() -> impl Strategy<Value = Vec<Vec<Record>>> {
    let code = |mut record: Record| {
        (record.kind, record.app) = (1, 0);
        record
    };
    let report = vec(record().prop_map(code), 0..8);
    vec(report, 1..5)
}

pub(crate) fn numbered(reports: &[Vec<Record>]) -> Vec<(usize, &Vec<Record>)> {
    reports.iter().enumerate().collect()
}

fn arbitrary_finding() -> impl Strategy<Value = Finding> {
    let states = [
        Baseline::Fixed,
        Baseline::Unobserved,
        Baseline::New,
        Baseline::Updated,
        Baseline::Unchanged,
    ];
    (record(), 0..9_usize, option::of(0..5_usize)).prop_map(move |(record, index, state)| {
        let mut finding = record.finding(&input(index % 3, &[]), index);
        finding.baseline = state.map(|state| states[state]);
        finding.came_back = record.words == 2;
        if finding.baseline == Some(Baseline::Unobserved) {
            let needed = (Text::line("tool:0"), u64::from(record.severity) + 2);
            finding.note(|history| history.needed_inputs.extend([needed]));
        }
        finding.unsuppressed = !finding.suppressions.is_empty() && index.is_multiple_of(2);
        if let Some(score) = record.score {
            finding.note(|history| history.promise(Duty::Fix, promise(&record, score)));
        }
        finding
    })
}

/// A promise of one of a few days, made and allowed to be later at one of a few times.
fn promise(record: &Record, score: u8) -> Promise {
    let at = |days: u8| Timestamp::from_second(AS_OF + i64::from(days % 3) * 86_400).unwrap();
    let deadline = record.due.map(|day| {
        let day = jiff::civil::date(2026, 10, day % 3 + 1);
        Deadline {
            ends: day.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp(),
            by: By::Day(day),
            policy: Text::line("ours"),
        }
    });
    Promise {
        deadline,
        made: at(score),
        loosened: Some(at(score / 3)).filter(|_| score.is_multiple_of(2)),
    }
}

fn joined<T: Join + Clone>(mut a: T, b: &T) -> T {
    a.join(b.clone());
    a
}

/// What becomes of each record of one and the same input, by one of several ways to read it.
fn reading() -> impl Strategy<Value = Vec<u8>> {
    vec(0..3_u8, 2..6)
}

fn read(verdicts: &[u8]) -> Fold {
    let mut input = Input::spool("report", &b"bytes"[..]).unwrap();
    input.identify().unwrap();
    let mut fold = Fold::default();
    let mut open = fold.open(&input, as_of());
    for (index, verdict) in verdicts.iter().enumerate() {
        open.record();
        let record = Record {
            kind: 0,
            app: 0,
            names: vec![u8::try_from(index).unwrap() * 2],
            words: 0,
            severity: 0,
            score: None,
            seen: None,
            due: None,
        };
        match verdict {
            0 => open.passed(),
            1 => open.reject(&format!("/{index}"), "odd"),
            _ => open.finding(record.finding(&input, index)),
        }
    }
    let mut closing = Closing::of("tool");
    let scope = Text::line(&format!("tool:{}", verdicts[0]));
    closing.scope.insert(scope);
    open.close("test", Ok(closing)).unwrap();
    fold
}

/// What one of several readings of one input told.
fn arbitrary_input() -> impl Strategy<Value = InputRecord> {
    let id = std::sync::Arc::clone(input(0, &[]).id());
    let time = || option::of((0..3_i64).prop_map(|day| Timestamp::from_second(day).unwrap()));
    let parts = (0..5_usize, time(), time(), vec(0..2_u8, 0..2), 0..3_u64);
    parts.prop_map(
        move |(outcome, scanned, dated, notes, passed)| InputRecord {
            id: std::sync::Arc::clone(&id),
            format: None,
            scanner: None,
            scanner_version: None,
            bytes: 1,
            outcome: Outcome::ALL[outcome],
            scanned,
            dated,
            scope: [Text::line("tool:0")].into_iter().collect(),
            notes: (notes.iter())
                .map(|note| Text::line(&note.to_string()))
                .collect(),
            reasons: (notes.iter().take(1))
                .map(|note| Text::line(&note.to_string()))
                .collect(),
            doubts: (notes.iter().skip(1))
                .map(|note| Doubt {
                    scope: Text::line("tool:0"),
                    why: Text::line(&note.to_string()),
                })
                .collect(),
            ledger: Ledger {
                records: passed,
                passed,
                ..Ledger::default()
            },
            counted_again: 0,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn readings_of_an_input_join_in_any_order_grouping_and_number(
        a in arbitrary_input(), b in arbitrary_input(), c in arbitrary_input()
    ) {
        prop_assert_eq!(joined(a.clone(), &b), joined(b.clone(), &a));
        prop_assert_eq!(joined(joined(a.clone(), &b), &c), joined(a.clone(), &joined(b.clone(), &c)));
        prop_assert_eq!(joined(a.clone(), &a), a.clone());
        let ab = joined(a, &b);
        prop_assert_eq!(joined(ab.clone(), &b), ab);
    }

    #[test]
    fn findings_join_in_any_order_grouping_and_number(
        a in arbitrary_finding(), b in arbitrary_finding(), c in arbitrary_finding()
    ) {
        prop_assert_eq!(joined(a.clone(), &b), joined(b.clone(), &a));
        prop_assert_eq!(joined(joined(a.clone(), &b), &c), joined(a.clone(), &joined(b.clone(), &c)));
        prop_assert_eq!(joined(a.clone(), &a), a.clone());
        let ab = joined(a, &b);
        prop_assert_eq!(joined(ab.clone(), &b), ab);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn an_input_that_was_read_in_several_ways_is_the_same_in_any_order_and_grouping(
        a in reading(), b in reading(), c in reading()
    ) {
        let taken = |readings: &[&Report]| {
            let mut fold = Fold::default();
            for report in readings {
                fold.take(run::facts((*report).clone()));
            }
            assess(fold)
        };
        let [a, b, c] = [&a, &b, &c].map(|reading| assess(read(reading)));
        let flat = taken(&[&a, &b, &c]);
        prop_assert_eq!(&bytes(&taken(&[&c, &taken(&[&a, &b]), &a])), &bytes(&flat));
        prop_assert_eq!(&bytes(&taken(&[&taken(&[&c, &b]), &a])), &bytes(&flat));
        prop_assert_eq!(&bytes(&taken(&[&taken(&[&a, &c]), &flat, &b])), &bytes(&flat));
        prop_assert!(flat.ledger().balances());
        prop_assert_eq!(flat.ledger().rejected, flat.rejects.len() as u64);
        prop_assert_eq!(flat.ledger().findings, flat.entries.len() as u64);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn reports_fold_in_any_order_and_number(reports in reports(), rotation in 0..5_usize) {
        let flat = bytes(&assess(fold(&numbered(&reports))));
        let mut turned = numbered(&reports);
        turned.rotate_left(rotation % reports.len());
        turned.push(turned[0]);
        prop_assert_eq!(&bytes(&assess(fold(&turned))), &flat);
        let (left, right) = turned.split_at(turned.len() / 2);
        let mut halves = fold(right);
        halves.join(fold(left));
        prop_assert_eq!(&bytes(&assess(halves)), &flat);
    }

    #[test]
    fn a_fold_that_workers_share_is_the_fold_of_one(reports in reports()) {
        let all = numbered(&reports);
        prop_assert_eq!(&bytes(&assess(fold_together(&all))), &bytes(&assess(fold(&all))));
    }

    /// Reports that pair the keys of their records in several ways would make all of them one finding.
    #[test]
    fn keys_that_contradict_each_other_join_no_records_of_one_report(
        reports in reports_of_code(), rotation in 0..5_usize
    ) {
        let twisted = |reports: &[(usize, &Vec<Record>)]| assess(fold_named("twisted", reports));
        let report = twisted(&numbered(&reports));
        let flat = bytes(&report);
        let mut turned = numbered(&reports);
        turned.rotate_left(rotation % reports.len());
        turned.push(turned[0]);
        prop_assert_eq!(&bytes(&twisted(&turned)), &flat);
        prop_assert_eq!(&bytes(&merge(std::slice::from_ref(&report))), &flat);
        let names: std::collections::BTreeSet<_> =
            report.entries.iter().map(|entry| entry.fingerprint).collect();
        prop_assert_eq!(names.len(), report.entries.len());
        for entry in report.entries.iter().filter(|entry| entry.finding.kind == Kind::Code) {
            let mut kinds_by_report = std::collections::BTreeMap::new();
            for place in entry.finding.sightings.iter().map(|sighting| &sighting.place) {
                let number: usize = place.report.path.untrusted()["twisted-".len()..].parse().unwrap();
                let index: usize = place.at.untrusted()[1..].parse().unwrap();
                let name = reports[number][index].names[0];
                prop_assert_eq!(*kinds_by_report.entry(number).or_insert(name), name);
            }
        }
    }

    #[test]
    fn merging_reports_of_reports_changes_no_byte(reports in reports(), cut in 0..5_usize) {
        let all = numbered(&reports);
        let flat = assess(fold(&all));
        prop_assert!(flat.ledger().balances());
        prop_assert_eq!(&bytes(&merge(std::slice::from_ref(&flat))), &bytes(&flat));
        let (left, right) = all.split_at(cut % (all.len() + 1));
        let (left, right) = (assess(fold(left)), assess(fold(right)));
        prop_assert_eq!(&bytes(&merge(&[left.clone(), right.clone()])), &bytes(&flat));
        prop_assert_eq!(&bytes(&merge(&[right, left.clone(), flat.clone(), left])), &bytes(&flat));
    }

    #[test]
    fn what_was_read_is_what_was_written(reports in reports()) {
        let report = assess(fold(&numbered(&reports)));
        let written = bytes(&report);
        let input = Input::spool("report", written.as_bytes()).unwrap();
        let read = scanfold::parse::read_report(&input).unwrap();
        prop_assert_eq!(&bytes(&read), &written);
        prop_assert_eq!(read, report);
    }

    #[test]
    fn what_is_written_contradicts_nothing(old in reports(), new in reports()) {
        let before = assess(fold(&numbered(&old)));
        let mut later = decided(fold(&numbered(&new)));
        let now = compared(fold(&numbered(&new)), &before);
        let then = loosened(fold(&numbered(&old)), &now);
        let reports = [decided(fold(&numbered(&old))), later.clone(), now, then, before];
        later.as_of += jiff::SignedDuration::from_hours(24 * 400);
        later.end_suppressions();
        for report in reports.iter().chain([&later]) {
            let input = Input::spool("report", bytes(report).as_bytes()).unwrap();
            let read = scanfold::parse::read_report(&input);
            prop_assert!(read.is_ok(), "{:?}", read.err());
        }
    }

    #[test]
    fn a_baseline_gives_each_name_a_clock_that_is_never_later(old in reports(), new in reports()) {
        let old = assess(fold(&numbered(&old)));
        let now = compared(fold(&numbered(&new)), &old);
        // A ticket may name a finding in one report and stand alone in the other.
        let told = |report: &Report| {
            let findings = report.entries.iter();
            let findings = findings.map(|entry| ((*entry.finding).clone(), entry.first_seen.clone()));
            let tickets = report.linked_tickets.iter();
            let tickets = tickets.map(|ticket| (ticket.clone(), ticket.first_seen.clone()));
            findings.chain(tickets).collect::<Vec<_>>()
        };
        let now = told(&now);
        for (before, clock) in told(&old) {
            // What changed where it stands has its name in the history alone.
            let moved = |now: &Finding| {
                now.history().moves.iter().any(|moved| Some(moved.fingerprint) == before.fingerprint())
            };
            let is_it = |(now, _): &&(Finding, Option<Moment>)| {
                before.keys.iter().all(|key| now.keys.contains(key)) || moved(now)
            };
            let mut same = now.iter().filter(is_it);
            // What a ticket told then counts, whatever it names today.
            prop_assert!(same.any(|(_, now)| *now <= clock), "{before:?} {now:?}");
        }
    }

    #[test]
    fn a_tree_of_jobs_that_know_the_baseline_changes_no_byte(
        old in reports(), new in reports(), cut in 0..5_usize
    ) {
        let old = assess(fold(&numbered(&old)));
        let all = numbered(&new);
        let flat = compared(fold(&all), &old);
        let (left, right) = all.split_at(cut % (all.len() + 1));
        let mut tree = Fold::default();
        for part in [left, right] {
            tree.take(run::facts(compared(fold(part), &old)));
        }
        prop_assert_eq!(&bytes(&compared(tree, &old)), &bytes(&flat));
    }

    #[test]
    fn a_tree_of_jobs_after_dates_became_later_changes_no_byte(
        old in reports(), new in reports(), cut in 0..5_usize
    ) {
        let old = assess(fold(&numbered(&old)));
        let all = numbered(&new);
        let old = loosened(fold(&all), &old);
        let flat = compared(fold(&all), &old);
        let (left, right) = all.split_at(cut % (all.len() + 1));
        let mut tree = Fold::default();
        for part in [right, left] {
            tree.take(run::facts(compared(fold(part), &old)));
        }
        prop_assert_eq!(&bytes(&compared(tree, &old)), &bytes(&flat));
        // What the baseline names is what binds, whatever was promised before.
        for before in old.entries.iter().filter(|entry| entry.assessment.status != Status::Fixed) {
            let due = before.assessment.due();
            let now = flat.entries.iter().find(|now| now.fingerprint == before.fingerprint);
            let now = now.map(|now| now.assessment.due());
            let is_kept = |now: Option<&Deadline>| match (now, due) {
                (Some(now), Some(due)) => now.ends <= due.ends,
                (None, Some(_)) => false,
                (_, None) => true,
            };
            prop_assert!(now.is_none_or(is_kept), "{now:?} {due:?}");
        }
        prop_assert_eq!(flat.loosened(), 0);
    }

    #[test]
    fn a_tree_of_jobs_that_know_the_decisions_changes_no_byte(reports in reports(), cut in 0..5_usize) {
        let all = numbered(&reports);
        let flat = decided(fold(&all));
        let (left, right) = all.split_at(cut % (all.len() + 1));
        let mut tree = Fold::default();
        for part in [left, right] {
            tree.take(run::facts(decided(fold(part))));
        }
        prop_assert_eq!(&bytes(&decided(tree)), &bytes(&flat));
        let mut again = Fold::default();
        again.take(run::facts(flat.clone()));
        prop_assert_eq!(&bytes(&decided(again)), &bytes(&flat));
    }
}
