//! `scanfold policy promise`: the paragraph of a security page from a policy, and a page held against a policy.

use std::io::Read;
use std::path::Path;

use clap::Args;

use super::exit::Exit;
use super::{AsOf, output};
use crate::error::{Error, Result};
use crate::model::Text;
use crate::policy::{self, Policy, promise};
use crate::report::escape::{markdown, terminal};
use crate::source::Input;

#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes of --verify: 0 the policy keeps every statement; 1 one is not kept or not understood; 2 used \
                  wrongly\n\nExamples:\n  scanfold policy promise flowdesk\n  scanfold policy promise ours.toml --verify security.html"
)]
pub(super) struct Promise {
    /// The name of a preset, or a file
    policy: String,
    /// A security page whose numbers are held against the policy: text, Markdown or HTML; `-` is standard input
    #[arg(long, value_name = "PAGE")]
    verify: Option<String>,
    #[command(flatten)]
    as_of: AsOf,
}

impl Promise {
    pub(super) fn run(self) -> Result<Exit> {
        let policies = policy::load(std::slice::from_ref(&self.policy))?;
        let none = || Error::usage("there is no policy");
        let policy = policies.first().ok_or_else(none)?;
        let as_of = self.as_of.timestamp();
        let edition = policy.in_force(as_of).map_err(|reason| {
            let error = Error::usage(format!("not in force at {as_of}: {reason}")).at(&self.policy);
            error.hint("choose another time with `--as-of`")
        })?;
        if let Some(doubt) = &edition.unconfirmed {
            let doubt = terminal(doubt);
            output::say(&format!("the policy is in doubt: {doubt}"));
        }
        if let Some(page) = &self.verify {
            return verify(policy, edition, page);
        }
        let paragraph = promise::promise(policy, edition, markdown);
        output::print(&mut |out| out.write_all(paragraph.as_bytes()))?;
        Ok(Exit::Fine)
    }
}

fn verify(policy: &Policy, edition: &policy::Edition, name: &str) -> Result<Exit> {
    let page = read(name)?;
    let promise::Verification {
        statements,
        lowering,
    } = promise::verify(policy, edition, &page);
    let place = if name == "-" { "page" } else { name };
    let place = Text::line(place);
    output::print(&mut |out| {
        statements.iter().try_for_each(|statement| {
            let verdict = statement.verdict.name();
            let claim = Text::line(&statement.claim);
            let claim = if claim.is_empty() {
                String::new()
            } else {
                format!(": {}", terminal(&claim))
            };
            let reason = statement.verdict.reason().map(Text::line);
            let join = if claim.is_empty() { ": " } else { "; " };
            let reason = reason
                .map(|reason| format!("{join}{}", terminal(&reason)))
                .unwrap_or_default();
            let words = terminal(&statement.words);
            let (place, line) = (terminal(&place), statement.line);
            writeln!(
                out,
                "{place} line {line}: {verdict}{claim}{reason} (“{words}”)"
            )
        })
    })?;
    for rule in &lowering {
        let rule = terminal(rule);
        output::say(&format!(
            "rule `{rule}` can rate a finding lower, and the page does not say so"
        ));
    }
    let kept = statements
        .iter()
        .filter(|statement| statement.verdict.is_kept())
        .count();
    let is_dated = edition
        .terms
        .values()
        .any(|entry| entry.term.limit != policy::Limit::None);
    let promised = statements
        .iter()
        .filter(|statement| statement.verdict.is_promise())
        .count();
    if promised == 0 && is_dated {
        output::say("no term was found on the page: nothing was checked");
        return Ok(Exit::Condition);
    }
    output::say(&format!("the policy keeps {kept} of {promised} statements"));
    Ok(if kept == promised {
        Exit::Fine
    } else {
        Exit::Condition
    })
}

/// The text of a page, whatever its encoding says, up to the limit.
fn read(name: &str) -> Result<String> {
    let limit = promise::PAGE_LIMIT;
    let input = if name == "-" {
        Input::spool("-", std::io::stdin().lock().take(limit + 1))?
    } else {
        Input::file(name, true)
    };
    let mut bytes = Vec::new();
    let read = input.open()?.take(limit + 1).read_to_end(&mut bytes);
    read.map_err(|error| Error::io(Path::new(name), error))?;
    if bytes.len() as u64 > limit {
        let message = format!("a page may have at most {} MiB", limit >> 20);
        return Err(Error::usage(message).at(name));
    }
    if bytes.contains(&0) {
        return Err(Error::usage("the page is binary, not text, Markdown or HTML").at(name));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
