//! Documents broken at random, as many as `SCANFOLD_JSON_CASES` says: `serde_json` and the reader agree on each.

use std::path::{Path, PathBuf};

use super::walk::{Pace, agree};

/// Numbers that are the same in every run (xorshift64*).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(high).unwrap() % bound
    }
}

/// What breaks things.
const BYTES: &[u8] = b"\"\"\\\\{}[],:019-+.eEtfnu \n\t\r/~\x00\x1e\x1f\x7f\x80\xc3\xed\xef\xff";

const SEEDS: [&str; 6] = [
    r#"{"a/b":[1,-0.5e-3,true,{"~":null,"":[]}],"\u00e9\ud83d\ude00":"x\\\"]}","a/b":{}}"#,
    "[\"\\\\\", \"\\\\\\\"\", \"\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\"\"]",
    "{\n  \"runs\": [\n    {\n      \"results\": [\n        {\"ruleId\": \"A\", \"level\": \"note\"},\n        [1]\n      ]\n    }\n  ]\n}\n",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[{\"k\":[{}]}]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
    "\"\\u00e9 \u{e9} \u{1f600} \\ud83d\\ude00 \\ud800\"",
    " -12345678901234567890.125E+300 ",
];

fn mutated(seed: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut text = seed.to_vec();
    for _ in 0..dice.below(4) {
        if text.is_empty() {
            break;
        }
        let at = dice.below(text.len());
        let end = text.len().min(at + 1 + dice.below(40));
        match dice.below(8) {
            0 => text.truncate(at),
            1 => text[at] ^= 1 << dice.below(8),
            2 => text[at] = BYTES[dice.below(BYTES.len())],
            3 => text.insert(at, BYTES[dice.below(BYTES.len())]),
            4 => drop(text.remove(at)),
            5 => drop(text.drain(at..end)),
            6 => {
                let piece = text[at..end].to_vec();
                let to = dice.below(text.len());
                text.splice(to..to, piece);
            }
            _ => {
                let run = vec![BYTES[dice.below(BYTES.len())]; dice.below(70)];
                text.splice(at..at, run);
            }
        }
    }
    text
}

/// The samples of the project that are not large.
fn samples(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            samples(&path, found);
        } else if path
            .extension()
            .is_some_and(|end| end == "json" || end == "sarif")
        {
            found.push(path);
        }
    }
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "how long a test tries changes nothing about a report"
)]
fn broken_documents_are_refused_and_whole_ones_read_as_serde_json_does() {
    let number = |name| {
        std::env::var(name)
            .ok()
            .and_then(|words| words.parse::<u64>().ok())
    };
    let cases = number("SCANFOLD_JSON_CASES").unwrap_or(400);
    let first = number("SCANFOLD_JSON_FIRST").unwrap_or(0);
    let mut seeds: Vec<Vec<u8>> = SEEDS.iter().map(|seed| seed.as_bytes().to_vec()).collect();
    let mut paths = Vec::new();
    samples(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("samples"),
        &mut paths,
    );
    paths.sort();
    let texts = paths.iter().map(|path| std::fs::read(path).unwrap());
    seeds.extend(texts.filter(|text| text.len() < 4096));
    assert!(seeds.len() > SEEDS.len());
    for case in first..first + cases {
        let mut dice = Dice((case + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        // Half of them from the short ones, which are through sooner.
        let seeds = if dice.below(2) == 0 {
            &seeds[..SEEDS.len()]
        } else {
            &seeds[..]
        };
        let text = mutated(&seeds[dice.below(seeds.len())], &mut dice);
        let pace = Pace {
            window: 1 + dice.below(64),
            step: 1 + dice.below(70),
        };
        agree(&text, pace);
    }
}
