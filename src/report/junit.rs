//! `junit`: XML for the test tab of a build service, one test case for each finding.

use std::collections::BTreeMap;
use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::View;
use super::escape::xml;
use super::wording;
use crate::model::{About, Duty, Entry, InputRecord, Outcome, Report, Status, Text};

/// `JUnit` XML as the schema of Jenkins (`junit-10.xsd`) has it, for the test tabs of Jenkins, GitLab and GitHub.
///
/// A suite for each app, and a case for each of its findings: a failure when the finding meets a condition of
/// `--fail-on`, skipped when it is suppressed or fixed, else passed. The suite `inputs` has a case for each input, which is
/// an error when it was not read in full, and for each condition about inputs that holds.
///
/// Build services follow a test by the name of its class and its own, so both say only what a finding is: app and kind,
/// then id, place and the start of the fingerprint. A severity, a version or a line would make it another test.
pub struct Junit;

impl super::Writer for Junit {
    fn name(&self) -> &'static str {
        "junit"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["xml"]
    }

    fn usage(&self) -> &'static str {
        "JUnit XML for test tabs: a finding that meets --fail-on is a failure"
    }

    fn write(&self, report: &Report, view: &View, out: &mut dyn io::Write) -> io::Result<()> {
        let mut apps: BTreeMap<&Text, Vec<&Entry>> = BTreeMap::new();
        for entry in &report.entries {
            apps.entry(&entry.finding.app).or_default().push(entry);
        }
        let inputs = inputs(report, view);
        let of_inputs = || inputs.iter().map(|case| case.fate);
        let of_findings = report.entries.iter().map(|entry| Fate::of(entry, view));
        let all = Counts::of(of_findings.chain(of_inputs()));
        let mut document = Document(Writer::new_with_indent(&mut *out, b' ', 2));
        let declaration = BytesDecl::new("1.0", Some("UTF-8"), None);
        document.0.write_event(Event::Decl(declaration))?;
        let mut suites = BytesStart::new("testsuites");
        suites.push_attribute(("name", "scanfold"));
        suites.push_attribute(("tests", all.tests.to_string().as_str()));
        suites.push_attribute(("failures", all.failures.to_string().as_str()));
        suites.push_attribute(("errors", all.errors.to_string().as_str()));
        document.0.write_event(Event::Start(suites))?;
        for (app, entries) in apps {
            let app = wording::app(app, xml);
            let counts = Counts::of(entries.iter().map(|entry| Fate::of(entry, view)));
            document.suite(&app, &counts, report)?;
            for entry in entries {
                let class = format!("{app}.{}", entry.finding.kind.name());
                let (fate, said) = (Fate::of(entry, view), said(entry, view, report));
                document.case(&class, &case_name(entry), fate, &said)?;
            }
            document.end("testsuite")?;
        }
        document.suite("inputs", &Counts::of(of_inputs()), report)?;
        if let Some(part) = &view.part {
            document.property("part", &part.words(xml))?;
        }
        for case in &inputs {
            document.case("scanfold.inputs", &case.name, case.fate, &case.said)?;
        }
        document.end("testsuite")?;
        document.end("testsuites")?;
        out.write_all(b"\n")
    }
}

/// What becomes of a case.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Passed,
    Failed,
    Broken,
    Skipped,
}

impl Fate {
    fn of(entry: &Entry, view: &View) -> Self {
        match entry.assessment.status {
            _ if view.failing.contains_key(&entry.fingerprint) => Self::Failed,
            Status::Suppressed | Status::Fixed => Self::Skipped,
            Status::Open | Status::Unobserved => Self::Passed,
        }
    }

    /// The element that says so; a case that passed has none.
    const fn element(self) -> Option<&'static str> {
        match self {
            Self::Passed => None,
            Self::Failed => Some("failure"),
            Self::Broken => Some("error"),
            Self::Skipped => Some("skipped"),
        }
    }
}

/// The numbers that stand before the cases of a suite.
#[derive(Default)]
struct Counts {
    tests: u64,
    failures: u64,
    errors: u64,
    skipped: u64,
}

impl Counts {
    fn of(fates: impl IntoIterator<Item = Fate>) -> Self {
        let mut counts = Self::default();
        for fate in fates {
            counts.tests += 1;
            match fate {
                Fate::Passed => {}
                Fate::Failed => counts.failures += 1,
                Fate::Broken => counts.errors += 1,
                Fate::Skipped => counts.skipped += 1,
            }
        }
        counts
    }
}

/// What is said of a case; nothing of one that passed.
#[derive(Default)]
struct Said {
    kind: String,
    message: String,
    body: String,
}

/// A case that is no finding.
struct Case {
    name: String,
    fate: Fate,
    said: Said,
}

struct Document<'a>(Writer<&'a mut dyn io::Write>);

impl Document<'_> {
    fn suite(&mut self, name: &str, counts: &Counts, report: &Report) -> io::Result<()> {
        let mut suite = BytesStart::new("testsuite");
        suite.push_attribute(("name", name));
        suite.push_attribute(("tests", counts.tests.to_string().as_str()));
        suite.push_attribute(("failures", counts.failures.to_string().as_str()));
        suite.push_attribute(("errors", counts.errors.to_string().as_str()));
        suite.push_attribute(("skipped", counts.skipped.to_string().as_str()));
        // Nothing is timed; some readers want to know that.
        suite.push_attribute(("time", "0"));
        suite.push_attribute(("timestamp", report.as_of.to_string().as_str()));
        self.0.write_event(Event::Start(suite))
    }

    fn property(&mut self, name: &str, value: &str) -> io::Result<()> {
        let properties = Event::Start(BytesStart::new("properties"));
        self.0.write_event(properties)?;
        let mut property = BytesStart::new("property");
        property.push_attribute(("name", name));
        property.push_attribute(("value", value));
        self.0.write_event(Event::Empty(property))?;
        self.end("properties")
    }

    fn case(&mut self, class: &str, name: &str, fate: Fate, said: &Said) -> io::Result<()> {
        let mut case = BytesStart::new("testcase");
        case.push_attribute(("classname", class));
        case.push_attribute(("name", name));
        case.push_attribute(("time", "0"));
        let Some(element) = fate.element() else {
            return self.0.write_event(Event::Empty(case));
        };
        let Said {
            kind,
            message,
            body,
        } = said;
        self.0.write_event(Event::Start(case))?;
        let mut told = BytesStart::new(element);
        told.push_attribute(("message", message.as_str()));
        if !kind.is_empty() {
            told.push_attribute(("type", kind.as_str()));
        }
        if body.is_empty() {
            self.0.write_event(Event::Empty(told))?;
        } else {
            self.0.write_event(Event::Start(told))?;
            self.0.write_event(Event::Text(BytesText::new(body)))?;
            self.end(element)?;
        }
        self.end("testcase")
    }

    fn end(&mut self, element: &str) -> io::Result<()> {
        self.0.write_event(Event::End(BytesEnd::new(element)))
    }
}

/// `CVE-2020-8203 in pkg:npm/lodash [bb7b632945ac]`: nothing that changes while the finding stays the same.
fn case_name(entry: &Entry) -> String {
    let finding = &entry.finding;
    let name = wording::name(finding, xml);
    let digits = wording::digits(&entry.fingerprint);
    let place = match &finding.package {
        Some(package) => Some(&package.purl),
        None => wording::first_location(finding).and_then(|location| {
            let places = [&location.path, &location.logical, &location.url];
            places.into_iter().find_map(Option::as_ref)
        }),
    };
    match place {
        Some(place) => format!("{name} in {} [{digits}]", xml(place)),
        None => format!("{name} [{digits}]"),
    }
}

fn said(entry: &Entry, view: &View, report: &Report) -> Said {
    if let Some(conditions) = view.failing.get(&entry.fingerprint) {
        let conditions: Vec<_> = conditions.iter().map(xml).collect();
        let kind = conditions.join(", ");
        return Said {
            message: format!("{kind}: {}", headline(entry, report)),
            kind,
            body: body(entry),
        };
    }
    let message = match entry.assessment.status {
        Status::Suppressed => match wording::suppression(entry, xml) {
            Some(words) => format!("{}: {words}", wording::status(entry)),
            None => wording::status(entry),
        },
        Status::Fixed => "fixed".to_owned(),
        Status::Open | Status::Unobserved => String::new(),
    };
    Said {
        message,
        ..Said::default()
    }
}

/// What is wrong, how bad it is and when it is due.
fn headline(entry: &Entry, report: &Report) -> String {
    let title = entry.finding.title.as_ref().map(xml);
    let title = title.unwrap_or_else(|| wording::subject(entry, xml).into());
    let severity = entry.assessment.severity.name();
    match entry.assessment.due() {
        Some(due) => format!(
            "{title} ({severity}, due {}, {})",
            due.by,
            wording::far(&entry.finding, due, report.as_of)
        ),
        None => format!("{title} ({severity}{})", wording::reopened(&entry.finding)),
    }
}

/// What somebody needs who has to deal with it, line by line.
fn body(entry: &Entry) -> String {
    let finding = &entry.finding;
    let why = |about| wording::chosen(entry, about).map(|why| wording::reason(why, xml));
    let list = |words: Vec<String>| Some(words.join(", ")).filter(|words| !words.is_empty());
    let fixed_in = finding.package.as_ref();
    let fixed_in = fixed_in.map(|package| wording::some(&package.fixed_in, xml));
    let lines = [
        ("where", wording::place(finding, xml)),
        ("fixed in", fixed_in.filter(|words| !words.is_empty())),
        ("severity", why(About::Severity)),
        ("due", why(About::Duty(Duty::Fix))),
        ("exploited", wording::kev(finding, xml)),
        ("seen by", list(wording::scanners(finding, xml))),
        ("owners", wording::owners(finding, xml)),
        ("tickets", list(wording::tickets(entry, xml))),
        ("fingerprint", Some(entry.fingerprint.hex())),
    ];
    let lines = lines
        .into_iter()
        .filter_map(|(label, words)| Some(format!("{label}: {}", words?)));
    lines.collect::<Vec<_>>().join("\n")
}

/// The cases of the suite about inputs.
fn inputs(report: &Report, view: &View) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut seen: BTreeMap<&Text, u64> = BTreeMap::new();
    for input in &report.inputs {
        let number = seen.entry(&input.id.path).or_default();
        *number += 1;
        let path = xml(&input.id.path);
        let (fate, said) = of_input(input, view);
        cases.push(Case {
            // Two jobs may both call their report `audit.json`.
            name: match number {
                1 => path.into_owned(),
                _ => format!("{path} ({number})"),
            },
            fate,
            said,
        });
    }
    let mut broken = |name: String, kind: &str, message: String| {
        cases.push(Case {
            name,
            fate: Fate::Broken,
            said: Said {
                kind: kind.to_owned(),
                message,
                body: String::new(),
            },
        });
    };
    if report.inputs.is_empty() {
        let message = "no report was found: nothing was checked".to_owned();
        broken("an input was read".to_owned(), "missing", message);
    }
    for condition in &view.failing_inputs {
        let message = wording::failing_input(condition, report, xml);
        broken(xml(condition).into_owned(), "condition", message);
    }
    cases
}

/// An input that was not read in full is an error, unless the user waives that as the exit code does.
fn of_input(input: &InputRecord, view: &View) -> (Fate, Said) {
    let kind = match (input.outcome, input.ledger.rejected) {
        (Outcome::Complete, 0) => return (Fate::Passed, Said::default()),
        (Outcome::Complete, _) => "rejects",
        (outcome, _) => outcome.name(),
    };
    let mut words = Vec::new();
    if input.outcome != Outcome::Complete {
        words.push(input.outcome.name().to_owned());
    }
    if input.ledger.rejected > 0 {
        words.push(wording::rejected(input));
    }
    words.extend(input.notes_in_turn().map(|note| xml(note).into_owned()));
    let is_waived = match input.outcome {
        Outcome::Failed | Outcome::NotRun => false,
        // What a manifest expects is not waived with records that were not understood.
        _ if input.is_manifest() => false,
        Outcome::Complete => view.allows_rejects,
        Outcome::Partial | Outcome::Truncated => {
            view.allows_incomplete && (view.allows_rejects || input.ledger.rejected == 0)
        }
    };
    let mut said = Said {
        message: words.join("; "),
        ..Said::default()
    };
    if is_waived {
        return (Fate::Skipped, said);
    }
    kind.clone_into(&mut said.kind);
    (Fate::Broken, said)
}

#[cfg(test)]
mod tests;
