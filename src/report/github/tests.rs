use std::sync::Arc;

use super::Github;
use crate::report::escape::{command_message, command_property};
use crate::report::{View, Writer, fixture};

fn written(view: &View, report: &crate::model::Report) -> Vec<String> {
    let mut out = Vec::new();
    Github
        .write(report, view, &mut out)
        .expect("a vector takes everything");
    let words = String::from_utf8(out).expect("a writer writes UTF-8");
    words.lines().map(str::to_owned).collect()
}

#[test]
fn a_line_is_a_command_and_no_other() {
    for line in written(&View::default(), &fixture::report()) {
        let level = line
            .strip_prefix("::")
            .and_then(|rest| rest.split_once(' '));
        let (level, rest) = level.expect("a command with properties");
        assert!(["error", "warning", "notice"].contains(&level), "{line}");
        // The runner takes the first `::` for the end of the properties; none of those holds a colon.
        let (properties, _) = rest.split_once("::").expect("a message");
        for property in properties.split(',') {
            let (name, value) = property.split_once('=').expect("a value");
            assert!(
                ["file", "line", "endLine", "col", "title"].contains(&name),
                "{line}"
            );
            assert!(!value.is_empty() && !value.contains(':'), "{line}");
        }
        assert!(!line.contains("##"), "{line}");
    }
}

#[test]
fn the_runner_gets_back_what_was_said() {
    assert_eq!(
        command_property("C:\\a,b 100%\r\n::error::x"),
        "C%3A\\a%2Cb 100%25%0D%0A%3A%3Aerror%3A%3Ax"
    );
    assert_eq!(command_message("50%, a: b\n::x"), "50%25, a: b%0A::x");
    // What is encoded already is encoded once more, so that it comes out as it was.
    assert_eq!(command_message("%0A"), "%250A");
}

#[test]
fn levels_follow_conditions_dates_and_nothing_else() {
    let report = fixture::report();
    let lines = written(&View::default(), &report);
    let level = |needle: &str| {
        let line = lines.iter().find(|line| line.contains(needle));
        line.and_then(|line| line[2..].split(' ').next())
    };
    assert_eq!(level("pkg%3Anpm/lodash"), Some("error"), "overdue");
    assert_eq!(level("generic-key"), Some("warning"), "due today");
    assert_eq!(level("title=info%3A todo"), Some("notice"), "no date");
    assert_eq!(level("js/eval"), None, "suppressed");
    assert_eq!(level("Denial of service"), None, "fixed");
    let place = lines.iter().find(|line| line.contains("src/größe"));
    let place = place.expect("it has a path");
    assert!(
        place.starts_with(
            "::warning file=src/größe & más/a b#1%25.js,line=3,endLine=3,col=1,title="
        ),
        "{place}"
    );
    let undated = report.entries.iter();
    let undated = undated.filter(|entry| entry.assessment.due().is_none());
    let failing = undated.map(|entry| (entry.fingerprint, vec!["severity>=info".into()]));
    let view = View {
        failing: Arc::new(failing.collect()),
        failing_inputs: vec!["rejects".into()],
        ..View::default()
    };
    let lines = written(&view, &report);
    assert_eq!(
        lines[0],
        "::error title=scanfold::rejects: 2 records not understood"
    );
    assert!(
        lines[1].starts_with("::error title=info%3A todo"),
        "{}",
        lines[1]
    );
    assert!(
        lines[1].contains("%0Afails severity>=info%0A"),
        "{}",
        lines[1]
    );
    assert!(lines[2].contains("pkg%3Anpm/lodash"), "the others follow");
}

#[test]
fn ten_of_each_level_are_written_and_the_rest_is_told() {
    let mut report = fixture::report();
    let entries = report.entries.clone();
    let of = |dated: fn(&crate::model::Entry) -> bool| {
        let entry = entries.iter().find(|entry| dated(entry));
        entry.cloned().expect("the fixture has one")
    };
    let overdue = of(|entry| {
        entry
            .assessment
            .overdue(fixture::time("2026-11-21T09:00:00Z"))
    });
    let undated = of(|entry| entry.assessment.due().is_none());
    report.entries = vec![overdue; 13];
    report.entries.extend(vec![undated; 11]);
    let lines = written(&View::default(), &report);
    let number = |level: &str| lines.iter().filter(|line| line.starts_with(level)).count();
    assert_eq!(
        (number("::error"), number("::warning"), number("::notice")),
        (10, 0, 10)
    );
    let last = lines.last().expect("there are lines");
    assert!(
        last.ends_with("; 5 findings are not shown here, the report has all"),
        "{last}"
    );
}
