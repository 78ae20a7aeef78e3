use std::sync::Arc;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::Junit;
use crate::model::Outcome;
use crate::report::{View, Writer, fixture};

fn written(view: &View, report: &crate::model::Report) -> String {
    let mut out = Vec::new();
    Junit
        .write(report, view, &mut out)
        .expect("a vector takes everything");
    String::from_utf8(out).expect("a writer writes UTF-8")
}

/// A view in which the nasty report fails on what is overdue, and on rejects.
fn failing() -> View {
    let report = fixture::report();
    let overdue = report.entries.iter();
    let overdue = overdue.filter(|entry| entry.assessment.overdue(report.as_of));
    View {
        failing: Arc::new(
            overdue
                .map(|entry| (entry.fingerprint, vec!["overdue".into()]))
                .collect(),
        ),
        failing_inputs: vec!["rejects".into()],
        ..View::default()
    }
}

/// The elements with their attributes, as a reader sees them.
fn elements(document: &str) -> Vec<(String, Vec<(String, String)>)> {
    let of = |element: &BytesStart<'_>| {
        let attributes = element.attributes().map(|attribute| {
            let attribute = attribute.expect("well-formed");
            let name = attribute.key.as_ref().to_owned();
            let value = attribute.value.into_owned();
            (name, value)
        });
        let name = element.name().as_ref().to_owned();
        (name, attributes.collect())
    };
    let mut reader = Reader::from_str(document);
    let mut elements = Vec::new();
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Start(element) | Event::Empty(element) => elements.push(of(&element)),
            Event::Eof => return elements,
            _ => {}
        }
    }
}

fn attribute<'a>(element: &'a (String, Vec<(String, String)>), name: &str) -> &'a str {
    let found = element.1.iter().find(|(known, _)| known == name);
    found.map_or("", |(_, value)| value.as_str())
}

#[test]
fn the_numbers_of_a_suite_are_those_of_its_cases() {
    let elements = elements(&written(&failing(), &fixture::report()));
    let (mut suite, mut counted) = (None, [0; 4]);
    let mut sums = [0; 4];
    let mut suites = 0;
    let names = ["tests", "failures", "errors", "skipped"];
    let stated = |element| names.map(|name| attribute(element, name).parse::<u64>().ok());
    let mut check = |suite: Option<[Option<u64>; 4]>, counted: &mut [u64; 4]| {
        if let Some(stated) = suite {
            assert_eq!(stated, counted.map(Some));
            for (sum, one) in sums.iter_mut().zip(&*counted) {
                *sum += one;
            }
            suites += 1;
        }
        *counted = [0; 4];
    };
    for element in &elements {
        match element.0.as_str() {
            "testsuite" => {
                check(suite, &mut counted);
                suite = Some(stated(element));
            }
            "testcase" => counted[0] += 1,
            "failure" => counted[1] += 1,
            "error" => counted[2] += 1,
            "skipped" => counted[3] += 1,
            _ => {}
        }
    }
    check(suite, &mut counted);
    // Four apps (one of them without a name) and the inputs.
    assert_eq!(suites, 5);
    let root = elements.first().expect("there is a root");
    assert_eq!(
        stated(root)[..3],
        [Some(sums[0]), Some(sums[1]), Some(sums[2])]
    );
    let report = fixture::report();
    assert_eq!(
        sums[0],
        (report.entries.len() + report.inputs.len() + 1) as u64
    );
    assert_eq!((sums[1], sums[3]), (2, 2), "overdue; fixed or suppressed");
}

#[test]
fn a_finding_that_meets_a_condition_fails_with_its_words() {
    let document = written(&failing(), &fixture::report());
    let elements = elements(&document);
    let case = elements
        .iter()
        .position(|element| attribute(element, "name").contains("pkg:npm/lodash"));
    let case = case.expect("it has a case");
    assert_eq!(
        attribute(&elements[case], "classname"),
        "com.harborapps.queue-board.dependency"
    );
    assert_eq!(
        attribute(&elements[case], "name"),
        "CVE-2020-8203 in pkg:npm/lodash [bb7b632945ac]"
    );
    let failure = &elements[case + 1];
    assert_eq!(failure.0, "failure");
    assert_eq!(attribute(failure, "type"), "overdue");
    assert_eq!(
        attribute(failure, "message"),
        "overdue: Prototype pollution in lodash (critical, due 2026-11-19, 2 days overdue)"
    );
    assert!(document.contains("\nfixed in: 4.17.20\n"), "{document}");
}

#[test]
fn a_name_stays_when_severity_version_and_line_move() {
    let names = |report: &crate::model::Report| -> Vec<String> {
        let document = written(&View::default(), report);
        let cases = elements(&document);
        let cases = cases.iter().filter(|element| element.0 == "testcase");
        let mut names: Vec<_> = cases
            .map(|case| [attribute(case, "classname"), attribute(case, "name")].join(" "))
            .collect();
        names.sort();
        names
    };
    let mut report = fixture::report();
    let before = names(&report);
    for entry in &mut report.entries {
        entry.assessment.severity = crate::model::Severity::Low;
        entry.finding.title = Some("Another title".into());
        if let Some(package) = &mut entry.finding.package {
            package.versions = ["9.9.9".into()].into_iter().collect();
        }
        entry.finding.locations = entry
            .finding
            .locations
            .iter()
            .map(|location| crate::model::Location {
                start_line: location.start_line.map(|line| line + 7),
                ..location.clone()
            })
            .collect();
    }
    report.sort();
    assert_eq!(names(&report), before);
    let mut unique = before.clone();
    unique.dedup();
    assert_eq!(unique, before, "no two cases share a name");
}

#[test]
fn inputs_that_were_not_read_in_full_are_errors_unless_waived() {
    let mut report = fixture::empty();
    let input = |path: &str, outcome| fixture::input(path, Some(("CodeQL", "1")), outcome);
    report.inputs = vec![
        input("a", Outcome::Complete),
        input("a", Outcome::Partial),
        input("b", Outcome::Complete),
        input("c", Outcome::Failed),
    ];
    report.inputs[2].ledger.rejected = 1;
    report.inputs[2].ledger.records = 3;
    let kinds = |view: &View| -> Vec<String> {
        let elements = elements(&written(view, &report));
        let told = elements
            .iter()
            .filter(|(name, _)| name == "error" || name == "skipped");
        told.map(|element| [&element.0, attribute(element, "message")].join(": "))
            .collect()
    };
    assert_eq!(
        kinds(&View::default()),
        [
            "error: partial",
            "error: 1 record of 3 not understood",
            "error: failed"
        ]
    );
    let waived = View {
        allows_rejects: true,
        allows_incomplete: true,
        ..View::default()
    };
    assert_eq!(
        kinds(&waived),
        [
            "skipped: partial",
            "skipped: 1 record of 3 not understood",
            "error: failed"
        ]
    );
    let document = written(&View::default(), &report);
    assert!(document.contains("name=\"a\"") && document.contains("name=\"a (2)\""));
}

#[test]
fn nothing_read_is_an_error() {
    let document = written(&View::default(), &fixture::empty());
    assert!(document.contains("errors=\"1\""), "{document}");
    assert!(document.contains("no report was found: nothing was checked"));
}

#[test]
fn what_xml_has_no_place_for_is_not_written() {
    let mut report = fixture::report();
    for entry in &mut report.entries {
        entry.finding.title = Some("a\u{fffe}b\u{ffff}c\u{0}d]]>&amp;<x y='\"'>\u{85}".into());
    }
    let document = written(&failing(), &report);
    elements(&document);
    assert!(
        document.contains("abcd]]&gt;&amp;amp;&lt;x y="),
        "{document}"
    );
    assert!(!document.contains(['\u{fffe}', '\u{ffff}', '\u{85}']));
}
