//! A log that workers share says what it says to one of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::*;
use crate::model::{Join, Key, Set};
use crate::parse::sarif::crew::Shares;
use crate::parse::testing::Collected;
use crate::parse::{Carried, Sink};

/// Choices that are the same for each seed (xorshift64*).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(high).unwrap() % sides
    }

    fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.roll(choices.len())]
    }
}

/// A result, or what stands in the place of one.
fn result(dice: &mut Dice) -> String {
    let odd = dice.roll(12);
    if odd == 0 {
        let odd = ["null", "7", r#""words""#, "[1,{}]", "{}", "true"];
        return dice.pick(&odd).to_owned();
    }
    let mut result = format!(r#"{{"ruleId":"r{}","ruleIndex":"#, dice.roll(3));
    write!(result, "{},", dice.roll(3)).unwrap();
    let message = dice.pick(&[
        r#"{"text":"One."}"#,
        r#"{"text":"Two, at length.\nAnd on."}"#,
        r#"{"id":"default"}"#,
        r#"{"text":7}"#,
    ]);
    write!(result, r#""message":{message}"#).unwrap();
    let file = dice.pick(&["a.js", "b.js", "c.js"]);
    let snippet = dice.pick(&["", r#","snippet":{"text":"call(1)"}"#]);
    let logical = dice.pick(&["", "", r#","logicalLocations":[{"index":0}]"#]);
    write!(
        result,
        r#","locations":[{{"physicalLocation":{{"artifactLocation":{{"uri":"{file}"}},"region":{{"startLine":{}{snippet}}}}}{logical}}}]"#,
        dice.roll(4) + 1
    )
    .unwrap();
    // Larger than any batch here, and refused.
    let large = format!(r#","properties":{{"note":"{}"}}"#, "x".repeat(9000));
    let deep = ["[".repeat(200), "]".repeat(200)].concat();
    let refused = format!(r#","properties":{{"cwe":{deep}}}"#);
    result.push_str(dice.pick(&[
        "",
        "",
        "",
        r#","level":"error""#,
        r#","kind":"pass""#,
        r#","baselineState":"absent""#,
        r#","partialFingerprints":{"hash/v1":"0123456789abcdef"}"#,
        r#","provenance":{"firstDetectionTimeUtc":"2026-01-02T03:04:05Z"}"#,
        &large,
        &refused,
    ]));
    result.push('}');
    result
}

/// A run, or what is inline of one. Some of its results are in `stock`.
fn part(dice: &mut Dice, stock: &[String]) -> String {
    let tool = r#""tool":{"driver":{"name":"probe","rules":[{"id":"r0"},{"id":"r1","defaultConfiguration":{"level":"note"}},{"id":"r2"}],"globalMessageStrings":{"default":{"text":"Default."}}}},"logicalLocations":[{"fullyQualifiedName":"f"}]"#;
    let mut results = |most: usize| {
        let some = 0..dice.roll(most);
        let mut one = || match dice.roll(3) {
            0 => result(dice),
            _ => stock[dice.roll(stock.len())].clone(),
        };
        let some: Vec<String> = some.map(|_| one()).collect();
        format!(r#""results":[{}]"#, some.join(","))
    };
    let (one, other) = (results(40), results(10));
    match dice.roll(8) {
        0 => "null".to_owned(),
        1 => format!(r#"{{{tool},"results":{{}}}}"#),
        // By mistake there are two lists.
        2 => format!(r"{{{one},{tool},{other}}}"),
        3 => format!(r#"{{"results":7,{tool},{other}}}"#),
        4 | 5 => format!("{{{tool},{one}}}"),
        _ => format!("{{{one},{tool}}}"),
    }
}

/// A log, whole or broken.
fn any_log(dice: &mut Dice) -> String {
    let stock: Vec<String> = (0..8).map(|_| result(dice)).collect();
    let mut parts = |most: usize| {
        let some: Vec<String> = (0..=dice.roll(most)).map(|_| part(dice, &stock)).collect();
        some.join(",")
    };
    let (runs, inline) = (parts(3), parts(2));
    let inline = match dice.roll(4) {
        0 => format!(r#","inlineExternalProperties":[{inline}]"#),
        1 => r#","inlineExternalProperties":7"#.to_owned(),
        _ => String::new(),
    };
    let mut log = if dice.roll(2) == 0 {
        format!(r#"{{"version":"2.1.0","runs":[{runs}]{inline}}}"#)
    } else {
        format!(r#"{{"version":"2.1.0"{inline},"runs":[{runs}]}}"#)
    };
    match dice.roll(4) {
        0 => log.truncate(log.len() / 2 + dice.roll(log.len() / 2)),
        1 => log.push_str(" {"),
        _ => {}
    }
    log
}

/// Whatever is handed over, in its order.
#[derive(Default)]
struct Events(Vec<String>);

impl Sink for Events {
    fn record(&mut self) {
        self.0.push("record".to_owned());
    }

    fn finding(&mut self, finding: Finding) {
        self.0.push(format!("{finding:?}"));
    }

    fn passed(&mut self) {
        self.0.push("passed".to_owned());
    }

    fn reject(&mut self, at: &str, reason: &str) {
        self.0.push(format!("{at}: {reason}"));
    }

    fn carry(&mut self, carried: Carried) {
        self.0.push(format!("{carried:?}"));
    }
}

/// How the reading of a log ended, in words.
fn ending(closing: Result<Closing>) -> String {
    match closing {
        Ok(closing) => format!("{closing:?}"),
        Err(error) => format!("{error:?}"),
    }
}

/// In batches of that size, as the pool allows.
fn shared(batch: usize) -> Shares {
    Shares { log: 0, batch }
}

fn input(words: &str) -> Input {
    let mut input = Input::spool("report", words.as_bytes()).unwrap();
    input.identify().unwrap();
    input
}

fn pools() -> [rayon::ThreadPool; 3] {
    [1, 2, 5].map(|workers| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(workers).build();
        pool.unwrap()
    })
}

#[test]
fn what_is_handed_over_is_the_same_whoever_works_on_it_and_in_the_same_order() {
    let pools = pools();
    let (mut events, mut broken) = (0, 0);
    for seed in 1..=150 {
        let mut dice = Dice(u64::wrapping_mul(seed, 0x9e37_79b9_7f4a_7c15));
        let input = input(&any_log(&mut dice));
        let options = Options {
            keeps_absent: dice.roll(2) == 0,
            ..Options::default()
        };
        let read = |batch: usize| {
            let (memory, mut events) = (Memory::none(), Events::default());
            let closing = read_shared(&input, &options, &memory, &mut events, shared(batch));
            (events.0, ending(closing))
        };
        // Not in a pool, and so alone.
        let expected = read(1);
        let batch = [1, 400, 2000][dice.roll(3)];
        for pool in &pools {
            let found = pool.install(|| read(batch));
            assert!(found == expected, "seed {seed}, batches of {batch}");
        }
        events += expected.0.len();
        broken += usize::from(expected.1.starts_with("Error"));
    }
    assert!(events > 5000 && broken > 20, "{events} {broken}");
}

/// What is known of each finding when all are joined.
fn joined(collected: Collected) -> BTreeMap<Set<Key>, Finding> {
    let mut joined = BTreeMap::new();
    for finding in collected.findings {
        let (keys, blank) = (finding.keys.clone(), finding.clone());
        joined.entry(keys).or_insert(blank).join(finding);
    }
    joined
}

#[test]
fn findings_are_the_same_whoever_knows_them_first() {
    let pools = pools();
    let mut known = 0;
    for seed in 1..=100 {
        let mut dice = Dice(u64::wrapping_mul(seed, 0x9e37_79b9_7f4a_7c15));
        let input = input(&any_log(&mut dice));
        let options = Options::default();
        let read = |memory: &Memory| {
            let mut collected = Collected::default();
            let closing = read_shared(&input, &options, memory, &mut collected, shared(300));
            (collected, ending(closing))
        };
        let (expected, end) = read(&Memory::none());
        let (records, rejects) = (expected.records, expected.rejects.clone());
        let (passed, made) = (expected.passed, expected.findings.len());
        let expected = joined(expected);
        known += made - expected.len();
        for pool in &pools {
            let (found, its_end) = pool.install(|| read(&Memory::default()));
            assert_eq!(its_end, end, "seed {seed}");
            assert_eq!((found.records, found.passed), (records, passed));
            assert_eq!(found.rejects, rejects);
            assert_eq!(found.findings.len(), made);
            assert!(joined(found) == expected, "seed {seed}");
        }
    }
    assert!(known > 200, "{known}");
}

#[test]
fn a_small_log_is_not_shared_nor_one_outside_a_pool() {
    let small = input(&log(r#""results":[]"#));
    let [_, two, _] = pools();
    let size = |shares: Shares| shares.of(&small);
    assert_eq!(two.install(|| size(Shares::default())), None);
    assert_eq!(two.install(|| size(shared(300))), Some(300));
    assert_eq!(size(shared(300)), None);
}
