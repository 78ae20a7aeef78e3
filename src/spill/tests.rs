use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::model::{Finding, InputId, Key, Kind, Place, Set, Sighting, Text, Ticket, TicketState};

fn limit(bytes: u64) -> Limit {
    Limit {
        bytes,
        folder: std::env::temp_dir(),
    }
}

#[test]
fn lanes_grow_side_by_side_and_are_read_as_often_as_one_likes() {
    let mut lanes = Lanes::new(&std::env::temp_dir(), 3, 100).unwrap();
    let words = |lane: usize, number: usize| format!("{lane}:{number};").repeat(1 + number % 7);
    for number in 0..500 {
        for lane in 0..2 {
            lanes
                .push_frame(lane, &[words(lane, number).as_bytes(), b"!"])
                .unwrap();
        }
    }
    let filed = lanes.finish().unwrap();
    assert_eq!(filed.lanes(), 3);
    assert_eq!(filed.length(2), 0);
    assert_eq!(filed.bytes(), filed.length(0) + filed.length(1));
    let mut both = [filed.lane(0, 16), filed.lane(1, 1 << 16)];
    let mut frame = Vec::new();
    for number in 0..500 {
        for (lane, reader) in both.iter_mut().enumerate() {
            assert!(reader.frame(&mut frame).unwrap());
            assert_eq!(frame, format!("{}!", words(lane, number)).as_bytes());
        }
    }
    assert!(
        both.iter_mut()
            .all(|reader| !reader.frame(&mut frame).unwrap())
    );
    assert!(filed.lane(0, 16).frame(&mut frame).unwrap());
    assert!(!filed.lane(2, 16).frame(&mut frame).unwrap());
}

fn finding(kind: Kind, keys: impl Iterator<Item = usize>) -> (Box<Finding>, bool) {
    let mut finding = Finding::new(kind, Text::default());
    finding.keys = keys.map(|key| Key::ticket(&key.to_string())).collect();
    let report = Arc::new(InputId {
        path: Text::line("report"),
        digest: Text::default(),
    });
    let at = Text::line("/0");
    finding.sightings.insert(Sighting {
        place: Place { report, at },
        scanner: Text::line("tool"),
    });
    if kind == Kind::Ticket {
        finding.ticket = Some(Box::new(Ticket {
            updated: None,
            key: Text::line("AMS-1"),
            state: TicketState::Open,
            status: None,
            due: None,
            created: None,
            url: None,
            checks: Set::new(),
            is_reopened: false,
        }));
    }
    (Box::new(finding), false)
}

/// The part of each key, of findings that two workers put away.
fn parts_of_keys(
    findings: &mut dyn FnMut(usize) -> Vec<(Box<Finding>, bool)>,
) -> (usize, BTreeMap<Key, usize>) {
    let register = Arc::new(Register::new(limit(1 << 10), 1));
    let spools = (0..2).map(|worker| {
        let mut spool = Spool::new(&register);
        spool.put(findings(worker).into_iter());
        spool
    });
    let spilled = Spilled::new(&register, spools.collect()).unwrap();
    let parts = spilled.part(1).unwrap();
    let mut part_of = BTreeMap::new();
    for part in 0..parts.number() {
        let take = &mut |finding: Finding| {
            for key in &finding.keys {
                let known = *part_of.entry(*key).or_insert(part);
                assert_eq!(known, part, "a key stands in two parts");
            }
        };
        parts.read(part, take).unwrap();
    }
    (parts.number(), part_of)
}

#[test]
fn what_is_chained_by_keys_is_one_part_and_the_rest_is_spread() {
    // Chains of ten: each worker has every other link.
    let (parts, part_of) = parts_of_keys(&mut |worker| {
        let links = (0..20_000).filter(|number| number % 2 == worker);
        let keys = |number: usize| (number..=number + 1).filter(move |key| key / 10 == number / 10);
        links
            .map(|number| finding(Kind::Code, keys(number)))
            .collect()
    });
    assert!(parts > 100, "{parts}");
    let mut sizes = vec![0; parts];
    for chain in 0..2000 {
        let key = |number: usize| Key::ticket(&(chain * 10 + number).to_string());
        let part = part_of[&key(0)];
        assert!((0..10).all(|number| part_of[&key(number)] == part));
        sizes[part] += 1;
    }
    assert_eq!(sizes[Parts::TICKETS], 0);
    let fullest = sizes.iter().max().unwrap();
    assert!(*fullest <= 8 * 2000 / parts + 8, "{fullest} of {parts}");
}

#[test]
fn all_tickets_stand_in_the_first_part_with_what_shares_their_keys() {
    let (_, part_of) = parts_of_keys(&mut |worker| match worker {
        0 => vec![
            finding(Kind::Ticket, 1..2),
            finding(Kind::Ticket, 5..6),
            finding(Kind::Code, 7..9),
        ],
        _ => vec![finding(Kind::Code, 1..4), finding(Kind::Code, 3..5)],
    });
    let tickets = [1, 2, 3, 4, 5].map(|key| part_of[&Key::ticket(&key.to_string())]);
    assert_eq!(tickets, [Parts::TICKETS; 5]);
    assert_ne!(part_of[&Key::ticket("7")], Parts::TICKETS);
}

#[test]
fn buffers_share_a_quarter_of_the_limit() {
    let limit = limit(64 << 20);
    assert_eq!(limit.share(2), 16 << 20);
    assert_eq!(limit.buffer(1024), 16 << 10);
    assert_eq!(limit.buffer(1), 256 << 10);
    assert_eq!(limit.buffer(1 << 20), 4 << 10);
}
