use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Part, View, WRITERS, Writer, by_extension, by_name, fixture};
use crate::model::{Report, Text};

pub(super) fn written(writer: &dyn Writer, report: &Report) -> String {
    let mut out = Vec::new();
    writer
        .write(report, &View::default(), &mut out)
        .expect("a vector takes everything");
    String::from_utf8(out).expect("a writer writes UTF-8")
}

#[test]
fn a_part_says_how_much_of_what_it_is() {
    let words = |met, condition: Option<&str>, limit| {
        let part = Part {
            all: 11,
            met,
            condition: condition.map(Text::from),
            limit,
        };
        part.words(super::escape::terminal)
    };
    assert_eq!(
        words(1, Some("overdue"), None),
        "only 1 of 11 findings: those that meet overdue"
    );
    assert_eq!(words(11, None, Some(2)), "only the first 2 of 11 findings");
    assert_eq!(
        words(5, Some("overdue"), Some(2)),
        "only 2 of 11 findings: the first of the 5 that meet overdue"
    );
}

#[test]
fn every_form_with_a_place_for_it_says_that_it_shows_a_part() {
    let view = View {
        part: Some(Part {
            all: 13,
            met: 10,
            condition: Some("severity=low".into()),
            limit: None,
        }),
        ..View::default()
    };
    let words = "only 10 of 13 findings: those that meet ";
    for (name, before) in [
        ("text", ""),
        ("markdown", "Here are "),
        ("html", "Here are "),
        ("github", "::notice title=scanfold::"),
        (
            "junit",
            "<properties>\n      <property name=\"part\" value=\"",
        ),
        ("sarif", "{\"level\":\"warning\",\"message\":{\"text\":\""),
        (
            "github-sarif",
            "{\"level\":\"warning\",\"message\":{\"text\":\"",
        ),
        ("gitlab-sast", "{\"level\":\"warn\",\"value\":\""),
        (
            "gitlab-dependency-scanning",
            "{\"level\":\"warn\",\"value\":\"",
        ),
        ("cyclonedx", "{\"name\":\"scanfold:part\",\"value\":\""),
        ("openvex", "; "),
        ("ics", "DESCRIPTION:"),
    ] {
        let writer = by_name(name).expect("a writer");
        let mut out = Vec::new();
        let done = writer.write(&fixture::report(), &view, &mut out);
        done.expect("a vector takes everything");
        let shown = String::from_utf8(out).expect("a writer writes UTF-8");
        let said = format!("{before}{words}");
        let shown = shown.replace("\r\n ", "");
        assert!(shown.contains(&said), "{name}: {said}");
        assert!(
            !written(writer, &fixture::report()).contains(words),
            "{name}"
        );
    }
}

#[test]
fn every_writer_shows_the_nasty_report() {
    for writer in WRITERS {
        let shown = written(*writer, &fixture::report());
        let shown = match writer.name() {
            // One line of JSON is no snapshot to read.
            "sarif"
            | "github-sarif"
            | "openvex"
            | "cyclonedx"
            | "gitlab-sast"
            | "gitlab-dependency-scanning"
            | "defectdojo" => {
                let value: serde_json::Value = serde_json::from_str(&shown).expect("it is JSON");
                serde_json::to_string_pretty(&value).expect("JSON can be written")
            }
            "ocsf" => {
                let events = shown.lines().map(|line| {
                    let event: serde_json::Value = serde_json::from_str(line).expect("it is JSON");
                    serde_json::to_string_pretty(&event).expect("JSON can be written")
                });
                events.collect::<Vec<_>>().join("\n")
            }
            // What is the same in every page is read where it stands.
            "html" => super::html::tests::without_ours(&shown),
            _ => shown,
        };
        let shown = shown.replace(env!("CARGO_PKG_VERSION"), "VERSION");
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(writer.name(), shown);
        });
    }
}

#[test]
fn every_form_says_what_sort_of_decision_hides_a_finding() {
    for (name, said) in [
        ("text", "            false positive: +only our own"),
        ("markdown", "| false positive | "),
        ("junit", "\"suppressed (false positive): +only our own"),
        ("ics", "It is suppressed (false positive): "),
        ("html", "suppressed (false positive)"),
        ("csv", ",false-positive,"),
        ("tsv", "\tfalse-positive\t"),
        ("json", "\"suppression\":{\"kind\":\"false-positive\","),
        ("sarif", "\"kind\":\"false-positive\""),
        ("ocsf", "\"suppression_kind\":\"false-positive\""),
    ] {
        let writer = by_name(name).expect("a writer");
        let shown = written(writer, &fixture::report());
        let shown = shown
            .replace("\r\n ", "")
            .replace(": {", ":{")
            .replace("\": \"", "\":\"");
        assert!(shown.contains(said), "{name}: {said}: {shown}");
    }
}

#[test]
fn every_form_with_a_place_for_it_says_that_a_finding_came_back() {
    let mut report = fixture::report();
    let lodash = report.entries.first_mut().expect("the fixture has entries");
    lodash.finding.came_back = true;
    let view = View {
        failing: Arc::new([(lodash.fingerprint, vec!["overdue".into()])].into()),
        ..View::default()
    };
    for (name, said) in [
        ("text", "2026-11-19         2 days overdue, reopened"),
        ("markdown", "2026-11-19 (2 days overdue, reopened)"),
        ("github", "due 2026-11-19, 2 days overdue, reopened ("),
        ("junit", "due 2026-11-19, 2 days overdue, reopened)"),
        ("html", "2 days overdue, reopened"),
        ("csv", ",reopened"),
        ("ics", "It was fixed before\\, and is reopened"),
        ("jira-import", "*Reopened*: it was fixed before"),
        ("sarif", "\"overdue\":true,\"reopened\":true"),
        ("github-sarif", "\"overdue\":true,\"reopened\":true"),
        (
            "cyclonedx",
            "{\"name\":\"scanfold:reopened\",\"value\":\"true\"}",
        ),
        (
            "gitlab-dependency-scanning",
            "\"reopened\":{\"name\":\"reopened\",",
        ),
        ("defectdojo", "\"kev\",\"reopened\""),
        ("ocsf", "\"reopened\":\"true\""),
    ] {
        let writer = by_name(name).expect("a writer");
        let shown = |report: &Report| {
            let mut out = Vec::new();
            let written = writer.write(report, &view, &mut out);
            written.expect("a vector takes everything");
            let shown = String::from_utf8(out).expect("a writer writes UTF-8");
            shown.replace("\r\n ", "")
        };
        assert!(
            shown(&report).contains(said),
            "{name}: {said}: {}",
            shown(&report)
        );
        assert!(!shown(&fixture::report()).contains("reopened"), "{name}");
    }
}

#[test]
fn names_and_extensions_belong_to_one_writer() {
    let mut names = BTreeSet::new();
    let mut extensions = BTreeSet::new();
    for writer in WRITERS {
        assert!(names.insert(writer.name()), "{} twice", writer.name());
        assert!(!writer.usage().is_empty() && !writer.usage().ends_with('.'));
        assert_eq!(
            by_name(writer.name()).map(Writer::name),
            Some(writer.name())
        );
        for extension in writer.extensions() {
            assert!(extensions.insert(*extension), "{extension} twice");
            let upper = extension.to_uppercase();
            assert_eq!(by_extension(&upper).map(Writer::name), Some(writer.name()));
        }
    }
    assert!(by_name("pdf").is_none());
    assert!(by_extension("sarif.gz").is_none());
}

#[test]
fn every_output_ends_with_one_line_break_whatever_is_in_the_report() {
    for writer in WRITERS {
        for report in [fixture::report(), fixture::empty()] {
            let shown = written(*writer, &report);
            if matches!(writer.name(), "ndjson" | "ocsf") && report.entries.is_empty() {
                assert_eq!(shown, "", "no finding is no line");
                continue;
            }
            assert!(
                shown.ends_with('\n') && !shown.ends_with("\n\n"),
                "{}",
                writer.name()
            );
        }
    }
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    for writer in WRITERS {
        let once = written(*writer, &fixture::report());
        assert_eq!(
            once,
            written(*writer, &fixture::report()),
            "{}",
            writer.name()
        );
    }
}

#[test]
fn no_output_holds_a_control_or_a_bidirectional_character() {
    for writer in WRITERS {
        let shown = written(*writer, &fixture::report());
        let hostile = shown.chars().find(|character| {
            let is_line = matches!(character, '\n' | '\r');
            let is_cell = writer.name() == "tsv" && *character == '\t';
            character.is_control() && !is_line && !is_cell
                || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        });
        assert_eq!(hostile, None, "{}", writer.name());
    }
}

#[test]
fn a_full_disk_is_an_error() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    for writer in WRITERS {
        let result = writer.write(&fixture::report(), &View::default(), &mut Full);
        let kind = result.expect_err("nothing can be written").kind();
        assert_eq!(kind, std::io::ErrorKind::StorageFull, "{}", writer.name());
    }
}

/// A report of many findings whose every word is as long and as costly to escape as it may be.
#[test]
fn a_job_summary_stays_under_one_mebibyte() {
    let mut report = fixture::report();
    let costly: Text = "@".repeat(5000).into();
    for policy in &mut report.policies {
        policy.name = costly.clone();
        policy.source = Some(costly.clone());
        policy.digest = costly.clone();
    }
    report.policies = vec![report.policies[0].clone(); 60];
    let mut entry = report
        .entries
        .iter()
        .find(|entry| entry.assessment.why.len() > 1)
        .cloned()
        .expect("the fixture has reasons");
    let many = || (0..40).map(|number| Text::from(format!("{}{number}", "@".repeat(3000))));
    entry.finding.app = costly.clone();
    entry.finding.ids = many().collect();
    entry.finding.title = Some(costly.clone());
    if let Some(package) = &mut entry.finding.package {
        package.purl = costly.clone();
        package.versions = many().collect();
        package.fixed_in = many().collect();
    }
    let sightings = entry.finding.sightings.iter().cloned().collect::<Vec<_>>();
    entry.finding.sightings = many()
        .map(|scanner| crate::model::Sighting {
            scanner,
            ..sightings[0].clone()
        })
        .collect();
    entry.finding.locations = many()
        .map(|path| crate::model::Location {
            path: Some(path),
            ..Default::default()
        })
        .collect();
    entry.assessment.why = entry
        .assessment
        .why
        .iter()
        .cloned()
        .map(|mut why| {
            why.policy = costly.clone();
            why.rule = costly.clone();
            why.start = Some(costly.clone());
            why.start_source = Some(costly.clone());
            why.term = Some(costly.clone());
            why.note = Some(costly.clone());
            why
        })
        .collect();
    entry
        .finding
        .note(|history| history.owners = many().collect());
    for ticket in &mut entry.tickets {
        ticket.key = costly.clone();
        ticket.status = Some(costly.clone());
    }
    entry.tickets = vec![entry.tickets[0].clone(); 10];
    let mut hidden = entry.clone();
    hidden.assessment.status = crate::model::Status::Suppressed;
    hidden.assessment.suppressed = Some(Box::new(crate::model::Suppressed {
        kind: None,
        reason: costly.clone(),
        by: costly.clone(),
        until: None,
        ends: None,
        source: Some(costly.clone()),
    }));
    report.entries = vec![entry; 3000];
    report.entries.extend(vec![hidden; 3000]);
    let mut row = report.triage.pop().expect("the fixture has rows");
    (row.source, row.note) = (costly.clone(), Some(costly.clone()));
    report.triage = vec![row; 100];
    for input in &mut report.inputs {
        input.notes = many().collect();
        input.scanner = Some(costly.clone());
    }
    report.inputs = vec![report.inputs.pop().expect("the fixture has inputs"); 100];
    let mut reject = report.rejects.pop().expect("the fixture has rejects");
    reject.reason = costly.clone();
    reject.place.at = costly;
    report.rejects = vec![reject; 100];
    let shown = written(&super::Markdown, &report);
    assert!(shown.len() < 1024 * 1024, "{} bytes", shown.len());
    assert!(shown.contains("### Most urgent (30 of 3000)"));
}

/// What is left of a coloured page: none of the codes may come from outer words.
pub(super) fn bare(colored: &str) -> String {
    let mut shown = String::new();
    let mut rest = colored;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        let (code, after) = after.split_once('m').expect("a code has an end");
        assert!(
            code.len() <= 2 && code.bytes().all(|byte| byte.is_ascii_digit()),
            "{code} is no code of ours"
        );
        shown.push_str(before);
        rest = after;
    }
    shown.push_str(rest);
    shown
}

#[test]
fn twenty_thousand_findings_fit_into_a_job_summary_the_most_urgent_first() {
    let mut report = fixture::report();
    let entry = report.entries[0].clone();
    let as_of = report.as_of;
    report.entries = (0..20_000)
        .rev()
        .map(|number: i64| {
            let mut entry = entry.clone();
            let ends = as_of + jiff::SignedDuration::from_hours(24 * (number - 100));
            let day = ends.to_zoned(jiff::tz::TimeZone::UTC).date();
            let deadline = crate::model::Deadline {
                ends,
                by: crate::model::By::Day(day.yesterday().expect("there is a day before")),
                policy: "ours".into(),
            };
            entry.assessment.deadlines = Arc::new(std::collections::BTreeMap::from([(
                crate::model::Duty::Fix,
                deadline,
            )]));
            entry
        })
        .collect();
    report.sort();
    let shown = written(&super::Markdown, &report);
    assert!(shown.len() < 1024 * 1024, "{} bytes", shown.len());
    assert!(shown.starts_with("## 101 of 20000 open findings are overdue"));
    assert!(shown.contains("### Most urgent (30 of 20000)"));
    let first = shown
        .lines()
        .find(|line| line.starts_with("| critical | 2"));
    let first = first.expect("there are rows");
    assert!(first.contains("(101 days overdue)"), "{first}");
}
