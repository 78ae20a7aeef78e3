use super::*;

fn number(raw: &str) -> Option<usize> {
    Name::of(raw.as_bytes()).rule_index
}

fn is_one_name(one: &str, other: &str) -> bool {
    Name::of(one.as_bytes()).digest == Name::of(other.as_bytes()).digest
}

#[test]
fn results_that_differ_by_their_rule_index_alone_have_one_name() {
    let one = r#"{"ruleId":"a","ruleIndex":3,"level":"error"}"#;
    let other = r#"{"ruleId":"a","ruleIndex":12,"level":"error"}"#;
    assert_eq!((number(one), number(other)), (Some(3), Some(12)));
    assert!(is_one_name(one, other));
    let pretty = "{\"ruleIndex\" : 7\n}";
    assert_eq!(number(pretty), Some(7));
    assert!(!is_one_name(one, &one.replace("error", "note")));
    assert!(!is_one_name(one, &one.replace(":3", ": 3")));
    // What stands before and after does not flow together.
    assert!(!is_one_name(
        r#"{"ruleIndex":1,"a":1}"#,
        r#"{"a":1,"ruleIndex":1}"#
    ));
}

#[test]
fn what_may_be_no_rule_index_stays_in_the_name() {
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
        // Words.
        r#"{"message":{"text":"say \"ruleIndex\": 3 "}}"#,
        r#"{"message":{"text":"\"ruleIndex":3}}"#,
        r#"["ruleIndex"]"#,
        "",
    ] {
        assert_eq!(number(odd), None, "{odd}");
        assert!(!is_one_name(odd, &odd.replace(['3', '2'], "4")) || !odd.contains(['3', '2']));
    }
}

#[test]
fn a_rule_index_that_may_be_of_something_else_makes_no_name() {
    let is_sure = |raw: &str, own| Name::of(raw.as_bytes()).is_of_its_rule(raw.as_bytes(), own);
    assert!(is_sure(r#"{"ruleIndex":1}"#, Some(1)));
    assert!(is_sure(r#"{"rule":{"index":1}}"#, None));
    // A property of that name.
    assert!(!is_sure(r#"{"properties":{"ruleIndex":1}}"#, None));
    // Which of two would it be?
    let two = r#"{"properties":{"ruleIndex":1},"ruleIndex":1}"#;
    assert!(!is_sure(two, Some(1)));
    // A key in disguise beside one of that name in another place.
    let disguised = r#"{"rule\u0049ndex":1,"properties":{"ruleIndex":1}}"#;
    assert!(!is_sure(disguised, Some(1)));
}

#[test]
fn a_rule_is_read_once_and_what_is_no_rule_never_kept() {
    let mut memory = Memory::default();
    let raw = br#"{"id":"r","help":{"text":"Do this."}}"#;
    let (one, other) = (memory.rule(raw).unwrap(), memory.rule(raw).unwrap());
    assert!(Arc::ptr_eq(&one, &other));
    assert!(memory.rule(b"{]").is_err());
    assert_eq!(memory.rules.len(), 1);
    let mut none = Memory::none();
    let (one, other) = (none.rule(raw).unwrap(), none.rule(raw).unwrap());
    assert!(!Arc::ptr_eq(&one, &other));
}

#[test]
fn rules_are_forgotten_before_they_fill_the_memory() {
    let mut memory = Memory::default();
    let rule = |index: usize| format!(r#"{{"id":"{index}","x":"{}"}}"#, "x".repeat(1 << 20));
    for index in 0..40 {
        memory.rule(rule(index).as_bytes()).unwrap();
    }
    assert!(memory.rule_bytes <= MOST_RULE_BYTES);
    assert!((1..=32).contains(&memory.rules.len()));
}
