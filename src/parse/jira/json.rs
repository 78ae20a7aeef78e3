//! Answers of Jira's REST interface: search pages of every version, single tickets, and lists or lines of either.

mod record;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Tickets;
use super::options::Names;
use crate::error::{Error, Result};
use crate::model::Outcome;
use crate::parse::json::{Reader, Value};
use crate::parse::{Closing, Head, Options, Parser, Sink};
use crate::source::Input;
use record::RawIssue;

/// See the module.
pub(in crate::parse) struct JiraJson;

impl Parser for JiraJson {
    fn name(&self) -> &'static str {
        "jira-json"
    }

    fn usage(&self) -> &'static str {
        "tickets of Jira: answers of `/rest/api/3/search/jql?fields=*all&expand=names`, one or many"
    }

    fn sniff(&self, head: &Head<'_>) -> bool {
        let json = &head.json;
        let page = |at: &str| {
            let key = |key: &str| format!("{at}{key}");
            json.has(&key("/issues/-/fields"), Value::Object)
                || json
                    .text(&key("/issues/-/self"))
                    .is_some_and(|url| url.contains("/rest/api/"))
                || (json.has(&key("/issues"), Value::Array)
                    && ["/startAt", "/isLast", "/nextPageToken"]
                        .iter()
                        .any(|name| json.find(&key(name)).is_some()))
        };
        let issue = |at: &str| {
            let key = |key: &str| format!("{at}{key}");
            json.has(&key("/key"), Value::String)
                && (json.has(&key("/fields"), Value::Object)
                    || json
                        .text(&key("/self"))
                        .is_some_and(|url| url.contains("/rest/api/")))
        };
        let refusal =
            json.has("/errorMessages", Value::Array) && json.has("/errors", Value::Object);
        !json.has_preamble() && (refusal || ["", "/-"].iter().any(|at| page(at) || issue(at)))
    }

    fn parse(&self, input: &Input, options: &Options, sink: &mut dyn Sink) -> Result<Closing> {
        let mut outline = Survey::default();
        // Where the first look breaks off, the second one hands over what stands before the break.
        let broken = outline.documents(&mut Reader::new(input.open()?));
        let mut answers = Answers {
            tickets: Tickets::new(input, options),
            listed: options.jira.listed(),
            sorts: outline.sorts.into_iter(),
            told: BTreeSet::new(),
            keyless: 0,
            total: None,
            more: false,
            nameless: false,
            line: 0,
        };
        answers.documents(&mut Reader::new(input.open()?), sink)?;
        broken?;
        Ok(answers.close())
    }
}

/// What an object is.
#[derive(Debug)]
enum Sort {
    /// A page of a search, with the names of the fields in it.
    Page(Arc<Names>),
    /// One ticket.
    Issue,
}

/// The first look at the answers: what each object is, and the names that fields have in it. Names may stand behind the
/// tickets that need them.
#[derive(Debug, Default)]
struct Survey {
    sorts: Vec<Sort>,
    last: Arc<Names>,
}

impl Survey {
    fn documents(&mut self, reader: &mut Reader<impl std::io::Read>) -> Result<()> {
        while reader.next_document()? {
            if reader.value()? == Value::Array {
                reader.enter_array()?;
                while reader.next_element()? {
                    self.object(reader)?;
                }
            } else {
                self.object(reader)?;
            }
        }
        Ok(())
    }

    fn object(&mut self, reader: &mut Reader<impl std::io::Read>) -> Result<()> {
        let mut object = Object::default();
        let read = object.read(reader);
        if object.is_page {
            // Of a page that is cut before its names those of the page before are better than none.
            let is_told = read.is_ok() || !object.names.is_empty();
            if is_told && object.names != *self.last {
                self.last = Arc::new(object.names);
            }
            self.sorts.push(Sort::Page(Arc::clone(&self.last)));
        } else if object.is_issue {
            self.sorts.push(Sort::Issue);
        } else if read.is_ok() {
            let error = match object.refusal {
                Some(words) => Error::format(format!(
                    "Jira answered with an error: {}",
                    super::issue::short(&words)
                )),
                None => Error::format(
                    "expected a page with `issues`, or a ticket with `key` and `fields`",
                ),
            };
            return Err(error.at(format!("line {}", reader.line())));
        }
        read
    }
}

/// An object as far as the first look has come in it.
#[derive(Debug, Default)]
struct Object {
    names: Names,
    is_page: bool,
    is_issue: bool,
    /// What Jira says in place of an answer.
    refusal: Option<String>,
}

impl Object {
    fn read(&mut self, reader: &mut Reader<impl std::io::Read>) -> Result<()> {
        reader.enter_object()?;
        while let Some(key) = reader.next_key()? {
            match key.as_str() {
                "issues" => {
                    if reader.value()? != Value::Array {
                        return Err(Error::format("expected an array in `issues`")
                            .at(format!("line {}", reader.line())));
                    }
                    self.is_page = true;
                    reader.skip()?;
                }
                "names" => self.names = record::names(reader.raw()?.unwrap_or_default()),
                "key" | "fields" => {
                    self.is_issue = true;
                    reader.skip()?;
                }
                "errorMessages" => {
                    let messages = reader.record::<Vec<String>>()?.unwrap_or_default();
                    self.refusal = Some(messages.join("; "));
                }
                _ => reader.skip()?,
            }
        }
        Ok(())
    }
}

/// The second look: the tickets.
struct Answers<'a> {
    tickets: Tickets<'a>,
    /// Names for where an answer has none.
    listed: &'a Names,
    /// What the objects are, in their order.
    sorts: std::vec::IntoIter<Sort>,
    /// The keys of the tickets on pages with a total: one that moved from page to page while they were asked for stands
    /// on two of them, and another one on none.
    told: BTreeSet<String>,
    /// How many tickets there have no key.
    keyless: u64,
    /// The largest total that a page names.
    total: Option<u64>,
    /// Whether the last page says that others follow.
    more: bool,
    /// Whether custom fields have values but no names.
    nameless: bool,
    /// The last line that a ticket is called by.
    line: u64,
}

impl Answers<'_> {
    fn documents(
        &mut self,
        reader: &mut Reader<impl std::io::Read>,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        let mut document = 0_u64;
        while reader.next_document()? {
            document += 1;
            let at = if document == 1 {
                String::new()
            } else {
                format!("{document}:")
            };
            if reader.value()? == Value::Array {
                reader.enter_array()?;
                let mut index = 0_u64;
                while reader.next_element()? {
                    self.object(reader, &format!("{at}/{index}"), false, sink)?;
                    index += 1;
                }
            } else {
                self.object(reader, &at, true, sink)?;
            }
        }
        Ok(())
    }

    /// An object at `at`. A ticket that is a document of its own is called by its line.
    fn object(
        &mut self,
        reader: &mut Reader<impl std::io::Read>,
        at: &str,
        document: bool,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        match self.sorts.next() {
            Some(Sort::Page(names)) => self.page(reader, at, &names, sink),
            Some(Sort::Issue) if document => {
                let line = reader.line();
                // Of several on one line only the first can be called by it.
                let is_first = line > std::mem::replace(&mut self.line, line);
                let at = if is_first {
                    format!("line {line}")
                } else {
                    at.to_owned()
                };
                self.issue(reader, &at, &Names::new(), sink).map(drop)
            }
            Some(Sort::Issue) => self.issue(reader, at, &Names::new(), sink).map(drop),
            // The first look has broken off before it, or the file grew between the two.
            None => reader.skip(),
        }
    }

    fn page(
        &mut self,
        reader: &mut Reader<impl std::io::Read>,
        at: &str,
        names: &Names,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        let (mut total, mut last, mut token, mut told) = (None, None, false, 0_u64);
        let mut keys = Vec::new();
        reader.enter_object()?;
        while let Some(key) = reader.next_key()? {
            match key.as_str() {
                "issues" => {
                    reader.enter_array()?;
                    while reader.next_element()? {
                        let at = format!("{at}/issues/{told}");
                        keys.push(self.issue(reader, &at, names, sink)?);
                        told += 1;
                    }
                }
                "total" => total = reader.record::<Option<u64>>()?.unwrap_or_default(),
                "isLast" => last = reader.record::<Option<bool>>()?.unwrap_or_default(),
                "nextPageToken" => {
                    let words = reader.record::<Option<String>>()?.unwrap_or_default();
                    token = words.is_some_and(|token| !token.is_empty());
                }
                _ => reader.skip()?,
            }
        }
        if total.is_some() {
            self.keyless += keys.iter().filter(|key| key.is_none()).count() as u64;
            self.told.extend(keys.into_iter().flatten());
            self.total = self.total.max(total);
        }
        self.more = !last.unwrap_or(!token);
        Ok(())
    }

    /// A ticket; says which one, if it tells.
    fn issue(
        &mut self,
        reader: &mut Reader<impl std::io::Read>,
        at: &str,
        names: &Names,
        sink: &mut dyn Sink,
    ) -> Result<Option<String>> {
        let read = reader.record::<RawIssue<'_>>()?;
        sink.record();
        let names = [names, self.listed];
        let nameless = &mut self.nameless;
        let issue = read.and_then(|raw| raw.read(names, nameless));
        let key = issue.as_ref().ok().map(|issue| issue.key.clone());
        match issue.and_then(|issue| self.tickets.finding(at, &issue)) {
            Ok(finding) => sink.finding(finding),
            Err(reason) => sink.reject(at, &reason),
        }
        Ok(key.filter(|key| !key.is_empty()))
    }

    fn close(&self) -> Closing {
        let mut closing = self.tickets.closing();
        if self.nameless {
            // Among them may be the due date.
            closing.lower(
                Outcome::Partial,
                "its custom fields have values but no names: ask Jira with `expand=names`, or name its list of fields with `--jira-fields`",
            );
        }
        let told = self.told.len() as u64 + self.keyless;
        if let Some(total) = self.total.filter(|total| *total > told) {
            let why = format!("it holds {told} of the {total} tickets that its search found");
            closing.lower(Outcome::Truncated, &why);
        }
        if self.more {
            let why = "its last page says that others follow";
            closing.lower(Outcome::Truncated, why);
        }
        closing
    }
}
