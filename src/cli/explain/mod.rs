//! `scanfold explain`: one finding as a page, or which name makes two findings one.

mod compare;
mod history;
mod page;
mod story;

use clap::Args;

use super::exit::Exit;
use super::output;
use crate::error::{Error, Result};
use crate::model::{Entry, Key, Report, Text};
use crate::report::page::{Page, Sheet};
use crate::report::wording::digits;
use crate::run;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  scanfold explain report.json CVE-2021-23337\n  scanfold explain report.json AMS-101 AMS-102"
)]
pub(super) struct Explain {
    /// A merged report, in JSON
    report: String,
    /// The first digits of a fingerprint or of another key, a public id, or a ticket
    fingerprint: String,
    /// Another one: say which key they share, or which field keeps them apart
    other: Option<String>,
}

impl Explain {
    pub(super) fn run(self, page: Page) -> Result<Exit> {
        let report = run::open_report(&self.report)?;
        let one = find(&report, &self.fingerprint)?;
        match &self.other {
            None => {
                let name = Text::line(&self.report);
                output::print(&mut |out| {
                    page::write(one.entry, &report, &name, &mut Sheet::new(page, out))
                })?;
            }
            Some(other) => {
                let other = find(&report, other)?;
                output::print(&mut |out| compare::write(&one, &other, &mut Sheet::new(page, out)))?;
            }
        }
        Ok(Exit::Fine)
    }
}

/// The fewest digits that name a key.
const FEWEST: usize = 4;

/// A finding, and what led to it.
struct Found<'a> {
    entry: &'a Entry,
    /// The word that the user gave.
    word: &'a str,
    /// The key that starts with it; nothing of an id or a ticket.
    key: Option<&'a Key>,
}

/// The one finding that `name` names: by fingerprint, by another key, or by a public id or a ticket.
fn find<'a>(report: &'a Report, name: &'a str) -> Result<Found<'a>> {
    let digits_of_name = name
        .rsplit_once(':')
        .map_or(name, |(_, digits)| digits)
        .to_ascii_lowercase();
    let is_hex = digits_of_name.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_key = digits_of_name.len() >= FEWEST && is_hex;
    let starts = |key: &&Key| is_key && key.hex().starts_with(&digits_of_name);
    let is_name = |text: &Text| text.untrusted().eq_ignore_ascii_case(name);
    let by_fingerprint = |entry: &'a Entry| Some(&entry.fingerprint).filter(starts).map(Some);
    let by_key = |entry: &'a Entry| entry.finding.names().find(starts).map(Some);
    let by_name = |entry: &'a Entry| {
        let mut tickets = entry.tickets.iter();
        let is_named =
            entry.finding.ids.iter().any(is_name) || tickets.any(|ticket| is_name(&ticket.key));
        is_named.then_some(None)
    };
    let ways: [&dyn Fn(&'a Entry) -> Option<Option<&'a Key>>; 3] =
        [&by_fingerprint, &by_key, &by_name];
    let mut found = ways.into_iter().map(|way| {
        let entries = report.entries.iter();
        let found = entries.filter_map(|entry| {
            Some(Found {
                entry,
                word: name,
                key: way(entry)?,
            })
        });
        found.collect::<Vec<_>>()
    });
    let mut found = found.find(|found| !found.is_empty()).unwrap_or_default();
    match (found.len(), found.pop()) {
        (1, Some(one)) => Ok(one),
        (_, None) if is_hex && !is_key => {
            let message = format!("`{name}` is too short: a fingerprint needs at least {FEWEST} digits");
            Err(Error::usage(message).hint("`scanfold show REPORT` lists the first digits of each"))
        }
        (_, None) => Err(Error::usage(format!("no finding is called `{name}`"))
            .hint("name it by the first digits of its fingerprint (`scanfold show REPORT` lists them), an id or a ticket")),
        (number, Some(last)) => {
            let all = found.iter().chain([&last]);
            let names = all.take(8).map(|one| digits(&one.entry.fingerprint));
            let names = names.collect::<Vec<_>>().join(", ");
            Err(Error::usage(format!("`{name}` names {number} findings"))
                .hint(format!("name one of {names}")))
        }
    }
}
