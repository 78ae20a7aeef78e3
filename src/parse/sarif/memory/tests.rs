use super::*;
use crate::parse::Options;
use crate::parse::sarif::trunk::Trunk;
use crate::parse::sarif::uri::Raw;
use crate::parse::testing::Collected;
use crate::source::Input;

fn left_out(raw: &str) -> (Option<usize>, Option<usize>) {
    let Indices { own, reference } = Name::of(raw.as_bytes()).left_out;
    (own, reference)
}

fn is_one_name(one: &str, other: &str) -> bool {
    Name::of(one.as_bytes()).digest == Name::of(other.as_bytes()).digest
}

#[test]
fn results_that_differ_by_the_place_of_their_rule_alone_have_one_name() {
    let one = r#"{"ruleId":"a","ruleIndex":3,"level":"error"}"#;
    let other = r#"{"ruleId":"a","ruleIndex":12,"level":"error"}"#;
    assert_eq!(left_out(one), (Some(3), None));
    assert_eq!(left_out(other), (Some(12), None));
    assert!(is_one_name(one, other));
    assert_eq!(left_out("{\"ruleIndex\" : 7\n}"), (Some(7), None));
    assert!(!is_one_name(one, &one.replace("error", "note")));
    assert!(!is_one_name(one, &one.replace(":3", ": 3")));
    // What stands before and after does not flow together.
    assert!(!is_one_name(
        r#"{"ruleIndex":1,"a":1}"#,
        r#"{"a":1,"ruleIndex":1}"#
    ));
    let one = r#"{"rule":{"id":"a","index":3},"ruleIndex":3}"#;
    let other = r#"{"rule":{"id":"a","index":40},"ruleIndex":5}"#;
    assert_eq!(left_out(one), (Some(3), Some(3)));
    assert_eq!(left_out(other), (Some(5), Some(40)));
    assert!(is_one_name(one, other));
    let turned = r#"{"ruleIndex":12,"rule":{"index":0,"toolComponent":{"index":1}}}"#;
    assert_eq!(left_out(turned), (Some(12), Some(0)));
}

#[test]
fn what_may_be_no_index_stays_in_the_name() {
    for odd in [
        // Not what JSON takes for a number of that size.
        r#"{"ruleIndex":07}"#,
        r#"{"ruleIndex":-1}"#,
        r#"{"ruleIndex":1.0}"#,
        r#"{"ruleIndex":1e3}"#,
        r#"{"ruleIndex":}"#,
        r#"{"ruleIndex":3"#,
        r#"{"ruleIndex":99999999999999999999999}"#,
        r#"{"ruleIndex":"3"}"#,
        r#"{"ruleIndex":null}"#,
        r#"{"rule":{"index":03}}"#,
        r#"{"rule":{"index":3]"#,
        // Of the component.
        r#"{"rule":{"toolComponent":{"index":3}}}"#,
        r#"{"rule":"x","locations":[{"index":3}]}"#,
        r#"{"rule":{},"artifact":{"index":3}}"#,
        // Words.
        r#"{"message":{"text":"say \"ruleIndex\": 3 "}}"#,
        r#"{"message":{"text":"\"ruleIndex":3}}"#,
        r#"{"rule":{"id":"\"index": 3, "}}"#,
        r#"["ruleIndex"]"#,
        "",
    ] {
        assert_eq!(left_out(odd), (None, None), "{odd}");
        let other = odd.replace('3', "4");
        assert!(other == odd || !is_one_name(odd, &other));
    }
}

#[test]
fn an_index_that_may_be_of_something_else_makes_no_name() {
    let is_sure = |raw: &str, own, reference| {
        Name::of(raw.as_bytes()).is_sure(raw.as_bytes(), Indices { own, reference })
    };
    assert!(is_sure(r#"{"ruleIndex":1}"#, Some(1), None));
    assert!(is_sure(r#"{"rule":{"index":1}}"#, None, Some(1)));
    assert!(is_sure(r#"{"ruleIndex":-1}"#, None, None));
    // Properties of that name.
    assert!(!is_sure(r#"{"properties":{"ruleIndex":1}}"#, None, None));
    assert!(!is_sure(
        r#"{"properties":{"rule":{"index":1}}}"#,
        None,
        None
    ));
    // Which of two would it be?
    let two = r#"{"properties":{"ruleIndex":1},"ruleIndex":1}"#;
    assert!(!is_sure(two, Some(1), None));
    let two = r#"{"properties":{"rule":{"index":1}},"rule":{"index":1}}"#;
    assert!(!is_sure(two, None, Some(1)));
    // A key in disguise beside one of that name in another place.
    let disguised = r#"{"rule\u0049ndex":1,"properties":{"ruleIndex":1}}"#;
    assert!(!is_sure(disguised, Some(1), None));
    let disguised = r#"{"properties":{"rule":{"index":1}},"r\u0075le":{"index":1}}"#;
    assert!(!is_sure(disguised, None, Some(1)));
    // What is written with escapes otherwise is no letter of a key.
    for escaped in [
        "\\u00e9",
        "\\u003cb\\u003E",
        "\\u2028",
        "\\ud83d\\ude00",
        "\\n",
        "\\\"",
    ] {
        let raw = format!(r#"{{"ruleIndex":1,"message":{{"text":"caf{escaped}"}}}}"#);
        assert!(is_sure(&raw, Some(1), None), "{raw}");
    }
}

#[test]
fn a_rule_is_read_once_and_what_is_no_rule_never_kept() {
    let memory = Memory::default();
    let raw = br#"{"id":"r","help":{"text":"Do this."}}"#;
    let (one, other) = (memory.rule(raw).unwrap(), memory.rule(raw).unwrap());
    assert!(Arc::ptr_eq(&one, &other));
    assert!(memory.rule(b"{]").is_err());
    assert_eq!(lock(&memory.rules).by_digest.len(), 1);
    let none = Memory::none();
    let (one, other) = (none.rule(raw).unwrap(), none.rule(raw).unwrap());
    assert!(!Arc::ptr_eq(&one, &other));
}

#[test]
fn rules_are_forgotten_before_they_fill_the_memory() {
    let memory = Memory::default();
    let rule = |index: usize| format!(r#"{{"id":"{index}","x":"{}"}}"#, "x".repeat(1 << 20));
    for index in 0..40 {
        memory.rule(rule(index).as_bytes()).unwrap();
    }
    let rules = lock(&memory.rules);
    assert!(rules.bytes <= rules.most);
    assert!((1..=32).contains(&rules.by_digest.len()));
}

#[test]
fn a_place_is_looked_up_once_for_all_runs_with_equal_bases_and_long_words_are_not_kept() {
    let memory = Memory::default();
    let run = |directory: &str| {
        let mut run = Run::default();
        run.bases.directories.push(Raw {
            uri: directory.to_owned(),
            base: None,
        });
        run.settle();
        run.settle_bases(&Trunk::default());
        run
    };
    let named = |uri: &str| Named {
        raw: Raw {
            uri: uri.to_owned(),
            base: None,
        },
        index: None,
    };
    let place = named("file:///build/1/src/a.js");
    let look_up = |run: &Run| memory.resolve(Some(run), 7, &place);
    let words = |resolved: &Resolved| resolved.target.as_ref().unwrap().1.clone();
    let (one, same) = (run("file:///build/1/"), run("file:///build/1/"));
    let other = run("file:///build/2/");
    assert!(Arc::ptr_eq(&look_up(&one), &look_up(&same)));
    assert_eq!(words(&look_up(&one)).untrusted(), "src/a.js");
    assert_eq!(words(&look_up(&other)).untrusted(), "/build/1/src/a.js");
    let long = named(&"x".repeat(LONGEST + 1));
    let look_up = || memory.resolve(Some(&one), 8, &long);
    assert!(!Arc::ptr_eq(&look_up(), &look_up()));
}

#[test]
fn a_result_that_is_known_keeps_no_rule_alive() {
    let memory = Memory::default();
    let rule = r#"{"id":"r","help":{"text":"Do this."}}"#;
    let result = r#"{"ruleId":"r","ruleIndex":0,"message":{"text":"Bad."}}"#;
    let log = format!(
        r#"{{"runs":[{{"tool":{{"driver":{{"name":"probe","rules":[{rule}]}}}},"results":[{result}]}}]}}"#
    );
    let mut input = Input::spool("report", log.as_bytes()).unwrap();
    input.identify().unwrap();
    let mut collected = Collected::default();
    crate::parse::sarif::read(&input, &Options::default(), &memory, &mut collected).unwrap();
    assert_eq!(collected.findings.len(), 1);
    let known = memory.get(Name::of(result.as_bytes())).unwrap();
    assert!(matches!(known.fate.get(), Some(Fate::Told(_))));
    // The memory's own, and this one.
    let rule = memory.rule(rule.as_bytes()).unwrap();
    assert_eq!(Arc::strong_count(&rule), 2);
}
