//! The answer for programs: `schemas/check-v1.schema.json`.

use std::io::{self, Write};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::{Answer, Held, Met, Verdict};
use crate::report::escape::json;
use crate::report::tool::Tool;
use crate::report::wording::{plain, reason};

/// Names the document and its version.
const SCHEMA: &str = "scanfold/check/1";

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    tool: Tool,
    verdict: &'static str,
    exit_code: u8,
    as_of: Timestamp,
    conditions: &'a [String],
    reports: Vec<OneReport<'a>>,
    matches: Vec<Match<'a>>,
    objections: Vec<Objection<'a>>,
}

#[derive(Serialize)]
struct OneReport<'a> {
    path: &'a str,
    verdict: &'static str,
}

#[derive(Serialize)]
struct Objection<'a> {
    report: &'a str,
    reason: &'a str,
}

/// A condition and what meets it: a finding, or so many rejected records.
#[derive(Serialize)]
struct Match<'a> {
    report: &'a str,
    condition: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rejected: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    finding: Option<Finding<'a>>,
}

#[derive(Serialize)]
struct Finding<'a> {
    fingerprint: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    app: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    severity: &'static str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted_until: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<String>,
    overdue: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<&'a str>,
    why: Vec<String>,
}

impl<'a> Finding<'a> {
    fn of(met: &'a Met, as_of: Timestamp) -> Self {
        let Met {
            finding,
            severity,
            status,
            ended,
            due,
            why,
        } = met;
        let rule = met.rule();
        Self {
            fingerprint: finding.fingerprint.hex(),
            app: json(&finding.app),
            name: json(&finding.name),
            place: finding.place.as_ref().map(json),
            title: finding.title.as_ref().map(json),
            severity: severity.name(),
            status: status.name(),
            accepted_until: ended.as_ref().and_then(|ended| ended.until),
            due: due.as_ref().map(|due| due.by.to_string()),
            overdue: due.as_ref().is_some_and(|due| due.ends <= as_of),
            policy: due.as_ref().map(|due| json(&due.policy)),
            rule: rule.map(|why| json(&why.rule)),
            at: rule.and_then(|why| why.at.as_ref()).map(json),
            why: why.iter().map(|why| reason(why, plain)).collect(),
        }
    }
}

impl Verdict {
    /// All of it.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut document = Document {
            schema: SCHEMA,
            tool: Tool::OWN,
            verdict: self.may().name(),
            exit_code: self.exit_code,
            as_of: self.as_of,
            conditions: &self.conditions,
            reports: Vec::new(),
            matches: Vec::new(),
            objections: Vec::new(),
        };
        for answer in &self.answers {
            let Answer {
                report,
                held,
                objections,
            } = answer;
            let (report, verdict) = (json(report), answer.may().name());
            document.reports.push(OneReport {
                path: report,
                verdict,
            });
            for held in held {
                document.matches.extend(self.matches(report, held));
            }
            let objections = objections.iter().map(json);
            let objections = objections.map(|reason| Objection { report, reason });
            document.objections.extend(objections);
        }
        serde_json::to_writer_pretty(&mut *out, &document)?;
        writeln!(out)
    }

    fn matches<'a>(&self, report: &'a str, held: &'a Held) -> Vec<Match<'a>> {
        let of = |rejected, finding| Match {
            report,
            condition: &held.condition,
            rejected,
            finding,
        };
        if held.rejected.is_some() {
            return vec![of(held.rejected, None)];
        }
        let findings = held.findings.iter();
        let findings = findings.map(|met| of(None, Some(Finding::of(met, self.as_of))));
        findings.collect()
    }
}
