//! The life of findings from report to report: nothing is told twice, and nothing that is gone speaks for what is there.

use jiff::Timestamp;
use scanfold::fold::Fold;
use scanfold::model::{
    Baseline, Finding, Key, Kind, Package, Report, Set, Sighting, Status, Suppression,
    SuppressionStatus, Text,
};
use scanfold::parse::{Closing, Sink};
use scanfold::policy::Engine;
use scanfold::run;
use scanfold::source::Input;

fn as_of() -> Timestamp {
    "2026-11-21T00:00:00Z".parse().unwrap()
}

fn finding(ids: &[&str]) -> Finding {
    let mut finding = Finding::new(Kind::Dependency, Text::default());
    finding.package = Some(Box::new(Package::new(Text::line("pkg:npm/a"))));
    finding.ids = ids.iter().map(|id| Text::line(id)).collect();
    finding.assert_advisory_keys();
    finding
}

/// What one report of a tool says, folded.
fn fold(name: &str, tool: &str, findings: &[Finding]) -> Fold {
    let mut input = Input::spool(name, format!("{name} {}", findings.len()).as_bytes()).unwrap();
    input.identify().unwrap();
    let mut fold = Fold::default();
    let mut open = fold.open(&input, as_of());
    for (index, finding) in findings.iter().enumerate() {
        let mut finding = finding.clone();
        finding.sightings.insert(Sighting {
            place: input.place(&format!("/{index}")),
            scanner: Text::line(tool),
        });
        open.record();
        open.finding(finding);
    }
    let mut closing = Closing::of(tool);
    closing.scope = [Text::line(tool)].into_iter().collect::<Set<Text>>();
    open.close("test", Ok(closing)).unwrap();
    fold
}

fn merge(folds: Vec<Fold>, baselines: &[&Report]) -> Report {
    let mut all = Fold::default();
    for fold in folds {
        all.take(fold.finish());
    }
    let mut facts = all.finish();
    if !baselines.is_empty() {
        let baselines = baselines.iter().copied().cloned().map(run::baseline);
        run::compare(&mut facts, baselines.collect());
    }
    run::assess(facts, &mut Engine::new(Vec::new(), as_of()), as_of()).unwrap()
}

fn again(report: &Report) -> Fold {
    let mut fold = Fold::default();
    fold.take(run::facts(report.clone()));
    fold
}

fn keys(report: &Report) -> Vec<Key> {
    let entries = report.entries.iter();
    let mut keys: Vec<Key> = entries
        .flat_map(|entry| entry.finding.keys.iter().copied())
        .collect();
    keys.sort();
    keys
}

fn assert_told_once(report: &Report) {
    let mut once = keys(report);
    once.dedup();
    assert_eq!(once, keys(report), "two findings share a key");
    assert_eq!(&merge(vec![again(report)], &[]), report);
}

#[test]
fn what_was_suppressed_when_it_was_last_seen_is_open_where_it_is_seen_now() {
    let mut accepted = finding(&["CVE-2026-0001"]);
    accepted.suppressions.insert(Suppression {
        status: SuppressionStatus::Accepted,
        scanner: Text::line("one"),
        kind: Text::line("inSource"),
        justification: None,
    });
    let last = merge(vec![fold("last", "one", &[accepted])], &[]);
    assert_eq!(last.entries[0].assessment.status, Status::Suppressed);
    // Two jobs, each with the same baseline; only the second shows it.
    let blind = merge(vec![fold("a", "two", &[])], &[&last]);
    assert_eq!(
        blind.entries[0].finding.baseline,
        Some(Baseline::Unobserved)
    );
    let seeing = merge(
        vec![fold("b", "three", &[finding(&["CVE-2026-0001"])])],
        &[&last],
    );
    let merged = merge(vec![again(&blind), again(&seeing)], &[]);
    assert_eq!(merged.entries.len(), 1);
    assert_eq!(merged.entries[0].assessment.status, Status::Open);
    let first = &last.entries[0].finding.first_seen;
    assert_eq!(&merged.entries[0].finding.first_seen, first);
    assert_eq!(merge(vec![again(&seeing), again(&blind)], &[]), merged);
    assert_eq!(merged.entries, seeing.entries);
}

#[test]
fn what_the_baseline_knows_as_one_stays_one() {
    let both = finding(&["CVE-2026-0001", "GHSA-aaaa-bbbb-cccc"]);
    let last = merge(vec![fold("last", "one", &[both])], &[]);
    let parts = [
        finding(&["CVE-2026-0001"]),
        finding(&["GHSA-aaaa-bbbb-cccc"]),
    ];
    let report = merge(vec![fold("now", "one", &parts)], &[&last]);
    assert_told_once(&report);
    assert_eq!(report.entries.len(), 1);
    assert_eq!(
        report.entries[0].finding.baseline,
        Some(Baseline::Unchanged)
    );
}

#[test]
fn what_an_input_carries_as_absent_is_not_told_again_by_the_baseline() {
    let last = merge(
        vec![fold("last", "one", &[finding(&["CVE-2026-0001"])])],
        &[],
    );
    for tool in ["one", "two"] {
        let now = merge(vec![fold("now", tool, &[])], &[&last]);
        let report = merge(vec![again(&now)], &[&last, &now]);
        assert_told_once(&report);
        assert_eq!(report.entries, now.entries);
    }
}
