//! What a worker remembers of the logs before changes nothing of what comes out.

use std::fmt::Write as _;
use std::path::Path;

use jiff::Timestamp;
use scanfold::fold::Fold;
use scanfold::model::Facts;
use scanfold::parse::{self, Options, PARSERS};
use scanfold::run::{self, Named};
use scanfold::source::Input;

const AS_OF: Timestamp = Timestamp::constant(1_795_000_000, 0);

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

const RULES: [&str; 3] = ["js/one", "js/two", "CVE-2026-1234"];

/// A result that asks this or that of its run. `@ID` stands for the index of its rule.
fn result(dice: &mut Dice) -> String {
    let id = dice.pick(&RULES);
    let mut result = String::from("{");
    match dice.roll(7) {
        0 => write!(result, r#""ruleId":"{id}","#).unwrap(),
        1 => write!(result, r#""ruleIndex":@{id},"#).unwrap(),
        2 => write!(result, r#""rule":{{"index":@{id}}},"#).unwrap(),
        3 => write!(
            result,
            r#""rule":{{"id":"{id}","index":@{id}}},"ruleIndex":@{id},"#
        )
        .unwrap(),
        _ => write!(result, r#""ruleId":"{id}","ruleIndex":@{id},"#).unwrap(),
    }
    let message = dice.pick(&[
        r#"{"text":"One."}"#,
        r#"{"text":"Two, at length.\nAnd on."}"#,
        r#"{"id":"default"}"#,
        r#"{"id":"own","arguments":["x"]}"#,
        r#"{"text":"GHSA-aaaa-bbbb-cccc is CVE-2026-1234"}"#,
        r#"{"text":"Package: left\nInstalled Version: 1\nFixed Version: 2"}"#,
        r#"{"text":"Package: right\nInstalled Version: 1\nFixed Version: 2"}"#,
    ]);
    write!(result, r#""message":{message}"#).unwrap();
    let line = dice.roll(3);
    let place = match dice.roll(6) {
        0 => r#"{"index":0}"#,
        1 => r#"{"uri":"a.js","uriBaseId":"SRC"}"#,
        2 => r#"{"uri":"file:///home/b/src/a.js"}"#,
        3 => r#"{"uri":"go.mod"}"#,
        _ => r#"{"uri":"a.js"}"#,
    };
    let snippet = dice.pick(&["", r#","snippet":{"text":"call(1)"}"#]);
    let logical = dice.pick(&["", "", r#","logicalLocations":[{"index":0}]"#]);
    let region = format!(r#""region":{{"startLine":{}{snippet}}}"#, line + 1);
    write!(
        result,
        r#","locations":[{{"physicalLocation":{{"artifactLocation":{place},{region}}}{logical}}}]"#
    )
    .unwrap();
    // The first look passes over what the second one refuses: it is nested too deeply.
    let deep = ["[".repeat(200), "]".repeat(200)].concat();
    let refused = format!(r#","kind":"pass","properties":{{"cwe":{deep}}}"#);
    result.push_str(dice.pick(&[
        "",
        "",
        "",
        "",
        r#","level":"error""#,
        r#","kind":"pass""#,
        &refused,
        r#","baselineState":"absent""#,
        r#","partialFingerprints":{"hash/v1":"0123456789abcdef"}"#,
        r#","fingerprints":{"one":"fedcba9876543210"},"partialFingerprints":{"hash/v1":"0123456789abcdef"}"#,
        r#","taxa":[{"index":0,"toolComponent":{"name":"CWE"}}]"#,
        r#","provenance":{"firstDetectionTimeUtc":"2026-01-02T03:04:05Z"}"#,
        r#","provenance":{"invocationIndex":0}"#,
        r#","codeFlows":[{"threadFlows":[{"locations":[{"index":0},{"index":1}]}]}]"#,
        r#","properties":{"ruleIndex":1}"#,
        r#","properties":{"tags":["CVE-2026-1234","GHSA-aaaa-bbbb-cccc"]}"#,
        r#","suppressions":[{"kind":"inSource"}]"#,
        r#","\u006cevel":"note""#,
        r#","rank":5,"properties":{"note":"caf\u00e9 \u003cb\u003e"}"#,
        r#","rule\u0049ndex":1"#,
        r#","workItemUris":["https://example.com/1"]"#,
    ]));
    result.push('}');
    result
}

/// A log with some of the results, whose run `tools` make up.
fn log(dice: &mut Dice, tools: &mut Dice, results: &[String]) -> String {
    let mut rules = RULES;
    let by = dice.roll(3);
    rules.rotate_left(by);
    let extra = tools.pick(&[
        "",
        "",
        "",
        r#","relationships":[{"target":{"id":"CWE-79"}}]"#,
    ]);
    // One that a job configured in another way.
    let level = dice.pick(&["", "", r#","defaultConfiguration":{"level":"note"}"#]);
    let listed: Vec<String> = (rules.iter())
        .map(|id| {
            format!(
                r#"{{"id":"{id}","help":{{"text":"Help for {id}."}},"messageStrings":{{"own":{{"text":"Own {{0}}."}}}},"properties":{{"tags":["security"],"security-severity":"7.5"}}{extra}{level}}}"#
            )
        })
        .collect();
    let tool = format!(
        r#""tool":{{"driver":{{"name":"{}","globalMessageStrings":{{"default":{{"text":"{}"}}}},"rules":[{}]}}}}"#,
        tools.pick(&["probe", "probe", "Trivy"]),
        tools.pick(&["Default.", "Another default."]),
        listed.join(",")
    );
    let others = [
        tools.pick(&["", "", "", r#","artifacts":[{"location":{"uri":"x.js"}}]"#, r#","artifacts":[{"location":{"uri":"y.js"}}]"#]),
        tools.pick(&["", "", "", r#","originalUriBaseIds":{"SRC":{"uri":"src/"}}"#, r#","originalUriBaseIds":{"SRC":{"uri":"lib/"}}"#]),
        tools.pick(&["", "", "", r#","versionControlProvenance":[{"repositoryUri":"https://example.com/r","mappedTo":{"uri":"file:///home/b/"}}]"#]),
        tools.pick(&["", "", "", r#","logicalLocations":[{"fullyQualifiedName":"f"}]"#, r#","logicalLocations":[{"fullyQualifiedName":"g"}]"#]),
        tools.pick(&["", "", "", r#","taxonomies":[{"name":"CWE","taxa":[{"id":"89"}]}]"#, r#","taxonomies":[{"name":"CWE","taxa":[{"id":"22"}]}]"#]),
        tools.pick(&["", "", "", r#","threadFlowLocations":[{"location":{"physicalLocation":{"artifactLocation":{"uri":"s.js"}}}},{"location":{"physicalLocation":{"artifactLocation":{"uri":"t.js"}}}}]"#]),
        tools.pick(&[
            "", "", "",
            r#","invocations":[{"executionSuccessful":true,"endTimeUtc":"2026-02-03T04:05:06Z"}]"#,
            r#","invocations":[{"executionSuccessful":true,"ruleConfigurationOverrides":[{"descriptor":{"id":"js/one"},"configuration":{"level":"note"}}]}]"#,
        ]),
    ]
    .concat();
    let some = (0..=dice.roll(8)).map(|_| results[dice.roll(results.len())].as_str());
    let some: Vec<&str> = some.collect();
    let mut results = format!(r#""results":[{}]"#, some.join(","));
    for (index, id) in rules.iter().enumerate() {
        results = results.replace(&format!("@{id}"), &index.to_string());
    }
    let run = if dice.roll(2) == 0 {
        format!("{tool}{others},{results}")
    } else {
        format!("{results}{others},{tool}")
    };
    format!(r#"{{"version":"2.1.0","runs":[{{{run}}}]}}"#)
}

/// Each log read by itself, as if there were no other.
fn one_by_one(folder: &Path, names: &[String]) -> Facts {
    let mut fold = Fold::default();
    for name in names {
        let mut input = Input::file(folder.join(name).to_str().unwrap(), true);
        input.identify().unwrap();
        let options = Options::default();
        let parser = parse::detect(PARSERS, &input.head().unwrap(), &options).unwrap();
        let mut open = fold.open(&input, AS_OF);
        let closing = parser.parse(&input, &options, &mut open);
        open.close(parser.name(), closing).unwrap();
    }
    fold.finish()
}

/// The logs read by workers that share what they know, the last one first.
fn together(folder: &Path, names: &[String], workers: usize) -> Facts {
    let input = |name: &String| Named {
        input: Input::file(folder.join(name).to_str().unwrap(), true),
        parser: None,
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(workers).build();
    let ingest = || {
        run::ingest(
            names.iter().rev().map(input).collect(),
            &Options::default(),
            AS_OF,
        )
    };
    pool.unwrap().install(ingest).unwrap().facts
}

#[test]
fn logs_read_one_after_another_say_what_each_says_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let (mut records, mut findings, mut passed, mut rejected) = (0, 0, 0, 0);
    for seed in 1..=250 {
        let mut dice = Dice(u64::wrapping_mul(seed, 0x9e37_79b9_7f4a_7c15));
        let mut results: Vec<String> = (0..5).map(|_| result(&mut dice)).collect();
        // Equals, which a log tells apart by their order alone.
        for index in 0..3 {
            results.push(results[index].replace(r#""startLine":"#, r#""startLine":1"#));
        }
        let names: Vec<String> = (0..6).map(|index| format!("{index}.sarif")).collect();
        let common = dice.0;
        for name in &names {
            // Most jobs run the same tool in the same way.
            let own = dice.roll(1 << 20) as u64 + 1;
            let tools = &mut Dice(if dice.roll(4) > 0 { common } else { own });
            std::fs::write(folder.path().join(name), log(&mut dice, tools, &results)).unwrap();
        }
        let expected = one_by_one(folder.path(), &names);
        let workers = if seed % 2 == 0 { 1 } else { 3 };
        let found = together(folder.path(), &names, workers);
        assert!(found == expected, "seed {seed}");
        for input in &found.inputs {
            records += input.ledger.records;
            rejected += input.ledger.rejected;
            passed += input.ledger.passed;
        }
        findings += found.findings.len() as u64;
    }
    // Else nothing would have been repeated, passed or refused.
    assert!(records > 2 * findings, "{records} {findings}");
    assert!(rejected > 100 && passed > 100, "{rejected} {passed}");
}

#[test]
fn a_log_so_large_that_workers_share_it_says_what_it_says_to_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    // Words that nobody reads make it large.
    let words = format!(r#","hostedViewerUri":"{}"}}"#, "x".repeat(6000));
    let results: Vec<String> = (0..700)
        .map(|_| {
            let mut result = result(&mut dice);
            result.pop();
            result + &words
        })
        .collect();
    let listed = |dice: &mut Dice| {
        let some = (0..1000).map(|_| results[dice.roll(results.len())].as_str());
        let mut listed = some.collect::<Vec<_>>().join(",");
        for (index, id) in RULES.iter().enumerate() {
            listed = listed.replace(&format!("@{id}"), &index.to_string());
        }
        listed
    };
    let rules = r#""rules":[{"id":"js/one"},{"id":"js/two"},{"id":"CVE-2026-1234"}]"#;
    let run = format!(
        r#"{{"results":[{}],"tool":{{"driver":{{"name":"probe",{rules}}}}}}}"#,
        listed(&mut dice)
    );
    let other = format!(
        r#"{{"tool":{{"driver":{{"name":"Trivy",{rules}}}}},"results":[null,{}]}}"#,
        listed(&mut dice)
    );
    let whole = format!(r#"{{"version":"2.1.0","runs":[{run},{other}]}}"#);
    assert!(whole.len() > 9 << 20);
    let names = ["cut.sarif", "whole.sarif"].map(str::to_owned);
    std::fs::write(
        folder.path().join("cut.sarif"),
        &whole[..whole.len() - 9000],
    )
    .unwrap();
    std::fs::write(folder.path().join("whole.sarif"), &whole).unwrap();
    let expected = one_by_one(folder.path(), &names);
    for workers in [1, 2, 5] {
        assert!(
            together(folder.path(), &names, workers) == expected,
            "{workers} workers"
        );
    }
    let rejected = |input: &scanfold::model::InputRecord| input.ledger.rejected;
    assert!(expected.inputs.iter().all(|input| rejected(input) > 1));
}
