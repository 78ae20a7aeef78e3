//! The JSON of `npm audit --json`, `npm audit fix --json` and `pnpm audit --json`, in every shape since npm 6.

pub(super) mod context;
pub(super) mod counts;
mod document;
mod failure;
mod installed;
mod packages;
pub(super) mod registry;

use self::context::{Context, is_error_of_npm, note};
use self::document::Document;
use super::json::{Reader, Value};
use super::{Closing, Head, Options, Parser, Sink};
use crate::error::{Error, Result};
use crate::model::Outcome;
use crate::source::Input;

pub use self::installed::Lockfiles;

/// The reports of npm and pnpm.
pub(super) struct NpmAudit;

impl Parser for NpmAudit {
    fn name(&self) -> &'static str {
        "npm-audit"
    }

    fn usage(&self) -> &'static str {
        "npm and pnpm: `npm audit --json` (npm 6 and newer) or `pnpm audit --json`"
    }

    fn sniff(&self, head: &Head<'_>) -> bool {
        let json = &head.json;
        let new = json.find("/auditReportVersion").is_some()
            || json.find("/audit/auditReportVersion").is_some();
        let old = json.has("/advisories", Value::Object)
            && (json.has("/advisories/*/findings", Value::Array)
                || json.has("/advisories/*/module_name", Value::String)
                || json.has("/metadata/vulnerabilities", Value::Object));
        // The actions of a large npm 6 report fill the head.
        let actions = json.has("/actions/-/resolves", Value::Array)
            && json.has("/actions/-/module", Value::String);
        // `npm install --json` and `npm audit fix --json`: only the latter holds a report, and parsing tells.
        let installed = json.has("/added", Value::Scalar) && json.has("/audited", Value::Scalar);
        new || old || actions || installed || is_failure(head)
    }

    fn parse(&self, input: &Input, options: &Options, sink: &mut dyn Sink) -> Result<Closing> {
        let pnpm = is_pnpm(&Head::new(&input.head()?));
        let scanner = if pnpm { "pnpm audit" } else { "npm audit" };
        let mut closing = Closing::of(scanner);
        let mut context = Context::new(input, options, scanner);
        context.installed = installed::find(input, options, &mut closing);
        let mut reader = Reader::new(input.open()?);
        let mut documents = 0;
        // What npm itself says of errors, beside a report that lists nothing.
        let (mut trouble, mut is_empty) = (None, false);
        loop {
            let other = reader.skip_preamble()?;
            if let Some(line) = other.lines().map(str::trim).find(|line| !line.is_empty()) {
                let side = if documents == 0 { "before" } else { "after" };
                note(
                    &mut closing,
                    &format!("other text stands {side} the JSON: `{line}`"),
                );
            }
            let mut lines = other.lines();
            trouble =
                trouble.or_else(|| lines.find(|line| is_error_of_npm(line)).map(str::to_owned));
            if !reader.next_document()? {
                break;
            }
            documents += 1;
            let place = match documents {
                1 => String::new(),
                number => format!("{number}:"),
            };
            let document = Document::read(&mut reader, &context, &place, sink)?;
            for family in families(pnpm, &document) {
                closing.scope.insert(context.scope(family));
            }
            is_empty |= document.is_empty();
            document.conclude(pnpm, &context, &mut closing)?;
        }
        if let Some(line) = trouble.filter(|_| is_empty) {
            let why = format!(
                "npm tells of an error beside an empty report: `{}`",
                line.trim()
            );
            closing.lower(Outcome::Failed, &why);
        }
        if documents == 0 {
            return Err(
                Error::format("expected a report of npm or pnpm, found no JSON")
                    .hint("a failed audit of pnpm prints nothing: look at its standard error"),
            );
        }
        Ok(closing)
    }
}

/// Whether it looks like what npm or pnpm print when an audit fails.
fn is_failure(head: &Head<'_>) -> bool {
    let json = &head.json;
    let code = json.text("/error/code").is_some_and(|code| {
        code.starts_with("ERR_PNPM_")
            || (code.starts_with('E') && json.has("/error/summary", Value::String))
    });
    let registry = json.has("/message", Value::String)
        && json.has("/error", Value::Object)
        && head.text.contains("/-/npm/v1/security/");
    code || registry
}

/// Whether pnpm wrote it: its paths start at `.`, and since version 12 it leaves `actions` out of the old form.
fn is_pnpm(head: &Head<'_>) -> bool {
    let json = &head.json;
    let without_actions = json.has("/advisories", Value::Object) && json.find("/actions").is_none();
    let code = json.text("/error/code");
    without_actions
        || head.text.contains("\".>")
        || code.is_some_and(|code| code.starts_with("ERR_PNPM_"))
}

/// Whose scan a document is. Without the `runId` of npm 6 an old report may be by pnpm 10 as well: a clean one has no
/// paths that would tell, and either tool must be able to say that what it once found is gone.
fn families(pnpm: bool, document: &Document) -> &'static [&'static str] {
    if pnpm {
        &["pnpm-audit"]
    } else if document.is_of_either() {
        &["npm-audit", "pnpm-audit"]
    } else {
        &["npm-audit"]
    }
}

#[cfg(test)]
mod tests;
