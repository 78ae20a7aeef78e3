use std::sync::Arc;

use jiff::ToSpan;

use super::*;
use crate::model::{Entry, Key};
use crate::report::fixture;
use crate::spill::{Register, Spilled, Spool};

fn limit(bytes: u64) -> Limit {
    Limit {
        bytes,
        folder: std::env::temp_dir(),
    }
}

fn by_name(findings: Vec<Finding>) -> BTreeMap<Option<Key>, Finding> {
    let named = findings.into_iter();
    named
        .map(|finding| (finding.fingerprint(), finding))
        .collect()
}

#[test]
fn findings_with_every_hard_case_come_back_as_they_were_put_away() {
    let entries = fixture::report().entries.into_iter();
    let mut findings: Vec<Finding> = entries.map(|entry| *entry.finding).collect();
    let seen = findings
        .iter()
        .find_map(|finding| finding.sightings.first().cloned());
    // What no record shows is no parser's.
    for finding in findings
        .iter_mut()
        .filter(|finding| finding.sightings.is_empty())
    {
        finding.sightings.extend(seen.clone());
    }
    let register = Arc::new(Register::new(limit(1), 1));
    let mut spool = Spool::new(&register);
    spool.put(
        findings
            .iter()
            .cloned()
            .map(|finding| (Box::new(finding), false)),
    );
    let spilled = Spilled::new(&register, vec![spool]).unwrap();
    assert_eq!(spilled.findings(), findings.len() as u64);
    let parts = spilled.part(1).unwrap();
    let mut read = Vec::new();
    for part in 0..parts.number() {
        parts.read(part, &mut |finding| read.push(finding)).unwrap();
    }
    assert_eq!(read.len(), findings.len());
    assert_eq!(by_name(read), by_name(findings));
}

/// The entries of the fixture at several times, so that dates lie before and after each other and before 1970.
fn entries() -> Vec<(Box<Entry>, Timestamp)> {
    let report = fixture::report();
    let mut entries = Vec::new();
    for (number, hours) in [(0, 0), (1, -1_000_000), (2, 1), (3, 700_000)] {
        for entry in &report.entries {
            let mut entry = entry.clone();
            let deadlines = Arc::make_mut(&mut entry.assessment.deadlines);
            for deadline in deadlines.values_mut() {
                deadline.ends += hours.hours().nanoseconds(1);
            }
            entry.fingerprint = Key::ticket(&format!("{number} {}", entry.fingerprint.hex()));
            entries.push((entry, report.as_of));
        }
    }
    entries
}

#[test]
fn words_are_merged_in_the_order_of_the_report() {
    let entries = entries();
    let mut expected = entries.clone();
    expected
        .sort_by_cached_key(|(entry, as_of)| (entry.urgency(*as_of), *entry.fingerprint.hash()));
    let mut lanes = Lanes::new(&std::env::temp_dir(), 0, 64).unwrap();
    for (entry, as_of) in &entries {
        let lane = lanes.add();
        let words = entry.fingerprint.hex();
        Runs::push(&mut lanes, lane, entry, *as_of, &words).unwrap();
    }
    let runs = Runs::new(lanes, &limit(1)).unwrap();
    for _ in 0..2 {
        let mut merged = runs.merge().unwrap();
        let mut words = Vec::new();
        while let Some(next) = merged.next_words().unwrap() {
            words.push(next.to_owned());
        }
        let expected = expected.iter().map(|(entry, _)| entry.fingerprint.hex());
        assert_eq!(words, expected.collect::<Vec<_>>());
    }
}

#[test]
fn a_record_that_two_findings_share_is_told_whatever_the_slices() {
    for bytes in [1, 1 << 20] {
        let mut firsts = Firsts::new(&limit(bytes)).unwrap();
        for input in [7, 3] {
            for number in 0..3000 {
                let record = Firsts::record(input, &format!("/{}", number % (100 * input)).into());
                firsts.add(&[record, record]).unwrap();
            }
        }
        let of = |records| crate::model::Firsts {
            records,
            again: 6000 - records,
        };
        assert_eq!(
            firsts.count().unwrap(),
            BTreeMap::from([(3, of(300)), (7, of(700))])
        );
    }
}
