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
        let mut all = Counts::default();
        for entry in &report.entries {
            all.add(&Outcomes::of(entry, view));
        }
        let inputs = inputs(report, view);
        for case in &inputs {
            all.add(&case.outcome);
        }
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
            let app = match xml(app) {
                app if app.is_empty() => "no app".into(),
                app => app,
            };
            let mut counts = Counts::default();
            for entry in &entries {
                counts.add(&Outcomes::of(entry, view));
            }
            document.suite(&app, &counts, report)?;
            for entry in entries {
                let class = format!("{app}.{}", entry.finding.kind.name());
                let name = case_name(entry);
                document.case(&class, &name, &outcome(entry, view, report))?;
            }
            document.end("testsuite")?;
        }
        let mut counts = Counts::default();
        for case in &inputs {
            counts.add(&case.outcome);
        }
        document.suite("inputs", &counts, report)?;
        for case in &inputs {
            document.case("scanfold.inputs", &case.name, &case.outcome)?;
        }
        document.end("testsuite")?;
        document.end("testsuites")?;
        out.write_all(b"\n")
    }
}

/// What became of a case.
enum Outcomes {
    Passed,
    Failed {
        kind: String,
        message: String,
        body: String,
    },
    Broken {
        kind: &'static str,
        message: String,
    },
    Skipped {
        message: String,
    },
}

impl Outcomes {
    /// Without words, for counting.
    fn of(entry: &Entry, view: &View) -> Self {
        match entry.assessment.status {
            _ if view.failing.contains_key(&entry.fingerprint) => Self::Failed {
                kind: String::new(),
                message: String::new(),
                body: String::new(),
            },
            Status::Suppressed | Status::Fixed => Self::Skipped {
                message: String::new(),
            },
            Status::Open | Status::Unobserved => Self::Passed,
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
    fn add(&mut self, outcome: &Outcomes) {
        self.tests += 1;
        match outcome {
            Outcomes::Passed => {}
            Outcomes::Failed { .. } => self.failures += 1,
            Outcomes::Broken { .. } => self.errors += 1,
            Outcomes::Skipped { .. } => self.skipped += 1,
        }
    }
}

/// A case that is no finding.
struct Case {
    name: String,
    outcome: Outcomes,
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

    fn case(&mut self, class: &str, name: &str, outcome: &Outcomes) -> io::Result<()> {
        let mut case = BytesStart::new("testcase");
        case.push_attribute(("classname", class));
        case.push_attribute(("name", name));
        case.push_attribute(("time", "0"));
        let (element, kind, message, body) = match outcome {
            Outcomes::Passed => return self.0.write_event(Event::Empty(case)),
            Outcomes::Failed {
                kind,
                message,
                body,
            } => ("failure", Some(kind.as_str()), message, body.as_str()),
            Outcomes::Broken { kind, message } => ("error", Some(*kind), message, ""),
            Outcomes::Skipped { message } => ("skipped", None, message, ""),
        };
        self.0.write_event(Event::Start(case))?;
        let mut said = BytesStart::new(element);
        said.push_attribute(("message", message.as_str()));
        if let Some(kind) = kind {
            said.push_attribute(("type", kind));
        }
        if body.is_empty() {
            self.0.write_event(Event::Empty(said))?;
        } else {
            self.0.write_event(Event::Start(said))?;
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

fn outcome(entry: &Entry, view: &View, report: &Report) -> Outcomes {
    if let Some(conditions) = view.failing.get(&entry.fingerprint) {
        let conditions = conditions.iter().map(|condition| said(condition));
        let kind = conditions.collect::<Vec<_>>().join(", ");
        return Outcomes::Failed {
            message: format!("{kind}: {}", headline(entry, report)),
            kind,
            body: body(entry),
        };
    }
    match entry.assessment.status {
        Status::Suppressed => Outcomes::Skipped {
            message: match wording::suppression(entry, xml) {
                Some(words) => format!("{}: {words}", wording::status(entry)),
                None => wording::status(entry),
            },
        },
        Status::Fixed => Outcomes::Skipped {
            message: "fixed".to_owned(),
        },
        Status::Open | Status::Unobserved => Outcomes::Passed,
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
    let tickets = entry.tickets.iter();
    let lines = [
        ("where", wording::place(finding, xml)),
        ("fixed in", fixed_in.filter(|words| !words.is_empty())),
        ("severity", why(About::Severity)),
        ("due", why(About::Duty(Duty::Fix))),
        ("exploited", wording::kev(finding, xml)),
        ("seen by", list(wording::scanners(finding, xml))),
        ("owners", wording::owners(finding, xml)),
        (
            "tickets",
            list(tickets.map(|ticket| xml(&ticket.key).into()).collect()),
        ),
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
        cases.push(Case {
            // Two jobs may both call their report `audit.json`.
            name: match number {
                1 => path.into_owned(),
                _ => format!("{path} ({number})"),
            },
            outcome: input_outcome(input, view),
        });
    }
    if report.inputs.is_empty() {
        cases.push(Case {
            name: "an input was read".to_owned(),
            outcome: Outcomes::Broken {
                kind: "missing",
                message: "no report was found: nothing was checked".to_owned(),
            },
        });
    }
    for condition in &view.failing_inputs {
        let rejected = wording::count(report.ledger().rejected, "record");
        let condition = said(condition);
        cases.push(Case {
            name: condition.clone(),
            outcome: Outcomes::Broken {
                kind: "condition",
                message: format!("{condition}: {rejected} not understood"),
            },
        });
    }
    cases
}

/// What the user wrote, in which a shell may have left anything.
fn said(words: &str) -> String {
    xml(&Text::line(words)).into_owned()
}

fn input_outcome(input: &InputRecord, view: &View) -> Outcomes {
    let kind = match (input.outcome, input.ledger.rejected) {
        (Outcome::Complete, 0) => return Outcomes::Passed,
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
    words.extend(input.notes.iter().map(|note| xml(note).into_owned()));
    let message = words.join("; ");
    let is_waived = match input.outcome {
        Outcome::Failed | Outcome::NotRun => false,
        // What a manifest expects is not waived with records that were not understood.
        _ if input.is_manifest() => false,
        Outcome::Complete => view.allows_rejects,
        Outcome::Partial | Outcome::Truncated => {
            view.allows_incomplete && (view.allows_rejects || input.ledger.rejected == 0)
        }
    };
    if is_waived {
        Outcomes::Skipped { message }
    } else {
        Outcomes::Broken { kind, message }
    }
}

#[cfg(test)]
mod tests;
