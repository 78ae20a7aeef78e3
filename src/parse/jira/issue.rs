//! The ticket as all exports tell it, and the finding that it is.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::dates::Written;
use super::fields::{CustomFields, Field, FieldNames, is_key};
use super::{SCANNER, checks, claims, status};
use crate::model::{Fact, Finding, Key, Kind, Moment, Rule, Set, Sighting, Text, Ticket, redact};
use crate::parse::package::vulnerability_ids;
use crate::parse::{Closing, Options};
use crate::source::Input;

/// A ticket in the words of its export. What is not told is empty.
#[derive(Clone, Debug, Default)]
pub(super) struct Issue {
    pub(super) key: String,
    pub(super) summary: String,
    pub(super) kind: String,
    pub(super) status: String,
    pub(super) category: String,
    pub(super) priority: String,
    pub(super) resolution: String,
    /// Each time at which it is said to have been opened.
    pub(super) created: Vec<String>,
    pub(super) updated: String,
    pub(super) resolved: String,
    /// When it was confirmed; only a history tells it.
    pub(super) triaged: String,
    /// Already plain text.
    pub(super) description: String,
    pub(super) labels: Vec<String>,
    pub(super) components: Vec<String>,
    pub(super) custom: CustomFields,
    pub(super) url: String,
}

/// What makes findings of the tickets of one export.
pub(super) struct Tickets<'a> {
    input: &'a Input,
    options: &'a Options,
    pub(super) names: FieldNames,
    /// Fields that the user has named, and in which no ticket had a value so far.
    unseen: Vec<Field>,
    /// Whether there was any ticket.
    read: bool,
    zone: TimeZone,
    /// When the export was made, if it says so.
    pub(super) exported: Option<Timestamp>,
    /// Whether the zone of a date had to be assumed.
    assumed: bool,
    /// Whether a ticket does not say when it was opened.
    undated: bool,
    scanner: Text,
    /// Apps share their memory: a large export has few of them.
    apps: BTreeMap<String, Text>,
}

impl<'a> Tickets<'a> {
    /// Tickets of `input`.
    pub(super) fn new(input: &'a Input, options: &'a Options) -> Self {
        let names = FieldNames::of(&options.jira);
        let mut unseen = Field::ALL.to_vec();
        unseen.retain(|field| !names.set(*field).is_empty());
        Self {
            input,
            options,
            names,
            unseen,
            read: false,
            zone: options.zone(),
            exported: None,
            assumed: false,
            undated: false,
            scanner: Text::line(SCANNER),
            apps: BTreeMap::new(),
        }
    }

    /// What the export says of itself when it has been read to its end. It has no scope on purpose: nothing in it says
    /// whether its search would still find a ticket that is not there, and tickets tell themselves when they are fixed.
    pub(super) fn closing(&self) -> Closing {
        let mut closing = Closing::of(SCANNER);
        closing.scanned = self.exported;
        if self.assumed {
            let zone = self.zone.iana_name().unwrap_or("the zone that was set");
            closing.note(&format!(
                "its dates name no time zone: they were read in {zone}"
            ));
        }
        if self.undated {
            closing.note("some tickets do not say when they were opened: their clocks start at the earliest time that they tell, else at as-of; export the field `Created`");
        }
        for field in self.unseen.iter().filter(|_| self.read) {
            let names = self
                .names
                .set(*field)
                .iter()
                .map(|name| format!("`{}`", name.name));
            closing.note(&format!(
                "no ticket has a value in {}, where scanfold.toml looks for `{}`",
                names.collect::<Vec<_>>().join(" or "),
                field.key()
            ));
        }
        closing
    }

    /// The finding that a ticket is, or why it cannot be one. A date that counts and cannot be read is no small matter:
    /// without it a clock would start late or a deadline would be lost.
    pub(super) fn finding(&mut self, at: &str, issue: &Issue) -> Result<Finding, String> {
        let key = issue.key.trim();
        if !is_key(key) {
            return Err(format!(
                "expected an issue key such as `AMS-1`, found `{}`",
                short(key)
            ));
        }
        self.read = true;
        let names = &self.names;
        self.unseen
            .retain(|field| issue.custom.find(names.set(*field)).is_none());
        let created = issue.created.iter();
        let created = created.map(|words| self.instant("created", words));
        let created: Vec<Option<Timestamp>> = created.collect::<Result<_, String>>()?;
        let created = created.into_iter().flatten().min();
        let updated = self.instant("updated", &issue.updated)?;
        // It only matters where others are missing, so that one in no known form costs nothing.
        let resolved = self.instant("resolved", &issue.resolved).ok().flatten();
        let triaged = self.instant("changelog", &issue.triaged)?;
        let due = self.due(&issue.custom)?;
        self.undated |= created.is_none();
        let place = self.input.place(at);
        let app = self.app(issue);
        let mut finding = Finding::new(Kind::Ticket, app);
        finding.keys.insert(Key::ticket(key));
        let checks = checks::named(&issue.summary);
        finding.rule = self.rule(issue, &checks);
        finding.ids = self.ids(issue);
        finding.tags.extend(self.tags(issue));
        finding.title = Text::some_line(&issue.summary);
        finding.description = Text::some_prose(&issue.description);
        let url = Text::some_line(&issue.url).filter(|url| url.untrusted().starts_with("http"));
        finding.links.extend(url.clone());
        finding.claims = claims::of(issue, &self.names, &self.scanner, &place);
        for check in &checks {
            if let Some(published) = checks::published(check, &place) {
                finding.claims.insert(published);
            }
        }
        let moment = |at| Moment::new(at, format!("ticket {key}"));
        if let Some(created) = created {
            finding.date(Fact::Reported, moment(created));
        }
        // It was there at each time that it tells, whatever happened to it then.
        let told = [created, triaged, resolved, updated];
        finding.first_seen = told.into_iter().flatten().min().map(moment);
        if let Some(triaged) = triaged {
            finding.date(
                Fact::Triaged,
                Moment::new(triaged, format!("history of ticket {key}")),
            );
        }
        finding.last_seen = self.exported.or(updated);
        finding.ticket = Some(Box::new(Ticket {
            updated,
            key: Text::line(key),
            state: status::state(&issue.status, &issue.category, &issue.resolution),
            status: Text::some_line(&issue.status),
            due,
            created,
            url,
            checks,
            is_reopened: false,
        }));
        finding.sightings.insert(Sighting {
            place,
            scanner: self.scanner.clone(),
        });
        Ok(finding)
    }

    fn instant(&mut self, name: &str, words: &str) -> Result<Option<Timestamp>, String> {
        if words.trim().is_empty() {
            return Ok(None);
        }
        let (at, assumed) = written(name, words.trim())?
            .instant(&self.zone)
            .ok_or_else(|| unreadable(name, words))?;
        self.assumed |= assumed;
        Ok(Some(at))
    }

    /// The date of the first field that has one, of several of its name the earliest.
    fn due(&self, fields: &CustomFields) -> Result<Option<Date>, String> {
        let wanted = self.names.wanted(Field::Due);
        let name = fields.find(wanted).map_or("", |wanted| &wanted.name);
        let days = fields.of(wanted).map(|words| Ok(written(name, words)?.day));
        let days: Vec<Date> = days.collect::<Result<_, String>>()?;
        Ok(days.into_iter().min())
    }

    /// The field for it; else a label in the form of an app key; else the one component, or one in that form.
    fn app(&mut self, issue: &Issue) -> Text {
        let in_form = |words: &'_ [String]| words.iter().find(|word| is_app_key(word)).cloned();
        let component = || match issue.components.as_slice() {
            [only] => Some(only.clone()),
            several => in_form(several),
        };
        let own = issue
            .custom
            .first(self.names.wanted(Field::App))
            .map(str::to_owned)
            .or_else(|| in_form(&issue.labels))
            .or_else(component);
        let (input, options) = (self.input, self.options);
        self.apps
            .entry(own.clone().unwrap_or_default())
            .or_insert_with(|| options.app(input, own.as_deref()))
            .clone()
    }

    /// The field for it; else the check that the summary names; else the type of the ticket.
    fn rule(&self, issue: &Issue, checks: &Set<Text>) -> Rule {
        let field = issue
            .custom
            .first(self.names.wanted(Field::Rule))
            .and_then(Text::some_line);
        let id = field
            .or_else(|| checks.first().cloned())
            .or_else(|| Some(Text::line(&format!("jira/{}", slug(&issue.kind)?))));
        Rule {
            id,
            name: Text::some_line(&issue.kind),
        }
    }

    fn ids(&self, issue: &Issue) -> Set<Text> {
        let prose = [issue.summary.as_str(), issue.description.as_str()];
        prose
            .into_iter()
            .chain(issue.labels.iter().map(String::as_str))
            .chain(issue.custom.of(self.names.wanted(Field::Ids)))
            .flat_map(vulnerability_ids)
            .collect()
    }

    /// The type, who found it, and what an open ticket waits for.
    fn tags(&self, issue: &Issue) -> Vec<Text> {
        let mut tags = Vec::new();
        tags.extend(slug(&issue.kind).map(|kind| format!("type:{kind}")));
        let stated = issue
            .custom
            .first(self.names.wanted(Field::Source))
            .map(str::to_owned);
        let label = || {
            let sources = ["bugcrowd", "bug-bounty", "bugbounty", "bug_bounty"];
            issue
                .labels
                .iter()
                .find(|label| sources.contains(&label.to_lowercase().as_str()))
                .cloned()
        };
        // The platform opens tickets of this type for its scanners only.
        let scanner = || slug(&issue.kind).filter(|kind| kind.starts_with("ecoscanner"));
        let source = stated.or_else(label).or_else(scanner);
        tags.extend(
            source
                .and_then(|words| source_of(&words))
                .map(|source| format!("source:{source}")),
        );
        let status = slug(&issue.status).unwrap_or_default();
        if [
            "waiting-for-release",
            "extension-requested",
            "needs-security-review",
        ]
        .contains(&status.as_str())
        {
            tags.push(status);
        }
        tags.iter().map(|tag| Text::line(tag)).collect()
    }
}

fn written(name: &str, words: &str) -> Result<Written, String> {
    Written::of(words).ok_or_else(|| unreadable(name, words))
}

fn unreadable(name: &str, words: &str) -> String {
    format!(
        "expected a date in `{name}`, such as `2026-11-30` or `30/Nov/26 3:51 PM`, found `{}`",
        short(words)
    )
}

/// The beginning of words that go into a reason. Half a credential is not seen any more, so it is taken out before.
pub(super) fn short(words: &str) -> String {
    let words = redact(words);
    let mut short: String = words.chars().take(60).collect();
    if short.len() < words.len() {
        short.push('…');
    }
    short
}

/// Whether a word has the form of an app's key: `com.harborapps.queue-board`, `ari:cloud:ecosystem::app/…`.
fn is_app_key(word: &str) -> bool {
    let part = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_alphabetic())
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    word.starts_with("ari:cloud:ecosystem::app/")
        || (word.split('.').count() > 2 && word.split('.').all(part))
}

/// Words as a mark: `Bug Bounty` is `bug-bounty`. `None` when there are none.
fn slug(words: &str) -> Option<String> {
    let lower = redact(words).to_lowercase();
    let parts: Vec<&str> = lower
        .split(|character: char| !character.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect();
    Some(parts.join("-")).filter(|slug| !slug.is_empty())
}

/// Who found it, in the words that policies use, or in the ticket's own when it is somebody else.
fn source_of(words: &str) -> Option<String> {
    const SOURCES: &[(&str, &str)] = &[
        ("bugcrowd", "bug-bounty"),
        ("bounty", "bug-bounty"),
        ("scanner", "scanner"),
        ("researcher", "researcher"),
        ("customer", "customer"),
        ("penetration", "pentest"),
        ("pentest", "pentest"),
    ];
    let own = slug(words)?;
    let known = SOURCES.iter().find(|(word, _)| own.contains(word));
    Some(known.map_or(own.clone(), |(_, source)| (*source).to_owned()))
}
