//! The lines of `yarn audit --json` (yarn 1) and of `yarn npm audit --json` (yarn 4).

mod berry;
mod classic;

use serde::Deserialize;

use self::berry::Children;
use self::classic::{Audited, Summary};
use super::json::{Loose, Reader, Value};
use super::npm_audit::context::{Context, note};
use super::npm_audit::counts::Counts;
use super::{Closing, Head, Options, Parser, Sink};
use crate::error::{Error, Result};
use crate::model::Outcome;
use crate::source::Input;

/// The reports of yarn.
pub(super) struct YarnAudit;

/// What yarn 1 says where it has nothing to look at.
const NO_LOCKFILE: &str = "No lockfile found";

/// Sorts of lines that yarn 1 writes besides advisories and totals.
const TALK: [&str; 3] = ["info", "warning", "error"];

/// One line: `type` and `data` of yarn 1, or `value` and `children` of yarn 4.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Line<'a> {
    #[serde(borrow, rename = "type")]
    sort: Loose<'a>,
    data: Loose<'a>,
    value: Loose<'a>,
    children: Loose<'a>,
}

/// What all lines together told.
#[derive(Default)]
struct Told {
    lines: u64,
    /// Whether a line of yarn 1 was there, which ends with a summary.
    classic: bool,
    /// Whether a line of yarn 4 was there.
    berry: bool,
    listed: Counts,
    stated: Option<Counts>,
    /// Whether yarn says that it found no lock file.
    no_lockfile: bool,
    /// How many advisories of yarn 1 stand behind the last summary.
    open: u64,
}

impl Parser for YarnAudit {
    fn name(&self) -> &'static str {
        "yarn-audit"
    }

    fn usage(&self) -> &'static str {
        "yarn: `yarn audit --json` (yarn 1) or `yarn npm audit --json` (yarn 4)"
    }

    fn sniff(&self, head: &Head<'_>) -> bool {
        let json = &head.json;
        let classic = match json.text("/type") {
            Some("auditAdvisory") => json.has("/data", Value::Object),
            Some("auditSummary") => json.has("/data/vulnerabilities", Value::Object),
            Some(sort) => TALK.contains(&sort) && json.has("/data", Value::String),
            None => false,
        };
        let berry = json.has("/value", Value::String)
            && json.find("/children/ID").is_some()
            && json.find("/children/Issue").is_some();
        classic || berry
    }

    fn parse(&self, input: &Input, options: &Options, sink: &mut dyn Sink) -> Result<Closing> {
        let context = Context::new(input, options, "yarn audit");
        let mut closing = Closing::of("yarn audit");
        closing.scope.insert(context.scope("yarn-audit"));
        let mut told = Told::default();
        let mut other_text = false;
        let mut reader = Reader::new(input.open()?);
        loop {
            let other = reader.skip_preamble()?;
            if let Some(line) = other.lines().map(str::trim).find(|line| !line.is_empty()) {
                other_text = true;
                note(
                    &mut closing,
                    &format!("other text stands between the lines: `{line}`"),
                );
            }
            if !reader.next_document()? {
                break;
            }
            let at = format!("line {}", reader.line());
            told.lines += 1;
            let line = reader.record::<Loose<'_>>()?;
            match line.and_then(Loose::object::<Line<'_>>) {
                Ok(line) => told.take(&line, &context, &at, sink, &mut closing),
                Err(reason) => {
                    sink.record();
                    sink.reject(&at, &format!("no line of yarn audit: {reason}"));
                }
            }
        }
        if told.lines > 0 && !told.classic && !told.berry || told.lines == 0 && other_text {
            return Err(
                Error::format("expected lines of yarn audit, found none of them")
                    .hint("yarn 2 and 3 write one object, which `--from npm-audit:PATH` reads"),
            );
        }
        told.conclude(&mut closing);
        Ok(closing)
    }
}

impl Told {
    fn take(
        &mut self,
        line: &Line<'_>,
        context: &Context<'_>,
        at: &str,
        sink: &mut dyn Sink,
        closing: &mut Closing,
    ) {
        let sort = line.sort.text();
        match sort.as_deref() {
            Some("auditAdvisory") => {
                self.classic = true;
                self.open += 1;
                sink.record();
                self.advisory(line, context, at, sink);
            }
            Some("auditSummary") => {
                self.classic = true;
                self.open = 0;
                let summary: Summary<'_> = line.data.object().unwrap_or_default();
                if summary.dependencies.read() == Some(0_u64) {
                    // A project without dependencies is possible; one without a lock file was not looked at.
                    let outcome = if self.no_lockfile {
                        Outcome::NotRun
                    } else {
                        Outcome::Partial
                    };
                    let why = "its summary counts no dependency: nothing was looked at";
                    closing.lower(outcome, why);
                }
                match Counts::stated(summary.vulnerabilities) {
                    Some(counts) => self.stated.get_or_insert_default().plus(&counts),
                    None => closing.note("a summary without totals"),
                }
            }
            Some(talk) if !line.data.is_absent() => {
                self.classic = true;
                let words = line.data.text().unwrap_or_default();
                self.no_lockfile |= words.starts_with(NO_LOCKFILE);
                let words = format!("{talk}: {words}");
                if talk == "error" {
                    closing.lower(Outcome::Failed, &words);
                } else if TALK.contains(&talk) {
                    note(closing, &words);
                }
            }
            _ => {
                sink.record();
                let children = line.children.object::<Children<'_>>();
                self.berry |= children.is_ok() && !line.value.is_absent();
                let finding = children
                    .map_err(|_| {
                        "expected `type` and `data`, or `value` and `children`, found neither"
                            .to_owned()
                    })
                    .and_then(|children| children.finding(line.value, context, at));
                match finding {
                    Ok(finding) => sink.finding(finding),
                    Err(reason) => sink.reject(at, &reason),
                }
            }
        }
    }

    fn advisory(&mut self, line: &Line<'_>, context: &Context<'_>, at: &str, sink: &mut dyn Sink) {
        let audited: Audited<'_> = line.data.object().unwrap_or_default();
        let advisory = match audited.advisory() {
            Ok(advisory) => advisory,
            Err(reason) => return sink.reject(at, &reason),
        };
        self.listed.add(advisory.severity, 1);
        if advisory.is_withdrawn() {
            return sink.passed();
        }
        match audited.finding(&advisory, context, at) {
            Ok(finding) => sink.finding(finding),
            Err(reason) => sink.reject(at, &reason),
        }
    }

    fn conclude(&self, closing: &mut Closing) {
        if self.lines == 0 {
            let scopes: Vec<_> = closing.scope.iter().cloned().collect();
            for scope in scopes {
                let why = "yarn prints nothing when an audit is clean, and nothing when it fails";
                closing.doubt(scope, why);
            }
        }
        match &self.stated {
            // Warnings and errors go to standard error: all that a failed audit of yarn 1 leaves may be one line.
            None if self.classic => {
                closing.lower(Outcome::Partial, "no summary");
            }
            Some(_) if self.open > 0 => {
                closing.lower(Outcome::Partial, "no summary behind the last lines");
            }
            Some(stated) if *stated != self.listed => {
                let differ = format!(
                    "its summary counts {}; its lines are {}",
                    stated.words(),
                    self.listed.words()
                );
                if stated.total() > self.listed.total() {
                    closing.lower(Outcome::Partial, &differ);
                } else {
                    closing.note(&differ);
                }
                if stated.hidden(&self.listed) {
                    closing.note("yarn hides advisories below its audit level");
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
