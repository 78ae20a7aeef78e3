//! One ticket of a REST answer. Every field is looked at apart, so that one of an odd shape costs no other.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::dates::Written;
use super::super::options::Names;
use super::super::{Issue, status, text};

/// A ticket as it stands in an answer.
#[derive(Debug, Deserialize)]
#[serde(expecting = "a ticket")]
pub(super) struct RawIssue<'a> {
    #[serde(borrow)]
    key: Option<&'a RawValue>,
    #[serde(borrow, rename = "self")]
    address: Option<&'a RawValue>,
    #[serde(borrow)]
    fields: Option<&'a RawValue>,
    /// In the answer to a question for one ticket the names stand here.
    #[serde(borrow)]
    names: Option<&'a RawValue>,
    /// Only with `expand=changelog`.
    #[serde(borrow)]
    changelog: Option<&'a RawValue>,
}

/// The history of a ticket.
#[derive(Debug, Deserialize)]
struct Changelog<'a> {
    total: Option<usize>,
    #[serde(borrow)]
    histories: Vec<Change<'a>>,
}

/// What was changed at one time.
#[derive(Debug, Deserialize)]
struct Change<'a> {
    #[serde(borrow)]
    created: Cow<'a, str>,
    #[serde(borrow)]
    items: Vec<ChangedField<'a>>,
}

/// A field that was changed.
#[derive(Debug, Deserialize)]
struct ChangedField<'a> {
    #[serde(borrow)]
    field: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "toString")]
    to: Option<Cow<'a, str>>,
}

/// An object of which one member holds the word for it.
#[derive(Debug, Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    value: Option<&'a RawValue>,
    #[serde(borrow)]
    name: Option<&'a RawValue>,
    #[serde(borrow, rename = "displayName")]
    display_name: Option<&'a RawValue>,
    #[serde(borrow)]
    key: Option<&'a RawValue>,
    #[serde(borrow, rename = "statusCategory")]
    category: Option<&'a RawValue>,
}

impl RawIssue<'_> {
    /// The ticket, with custom fields called by the first of `names` that knows them where the ticket itself does not.
    pub(super) fn read(&self, names: [&Names; 2], nameless: &mut bool) -> Result<Issue, String> {
        let raw = self.fields.ok_or("missing field `fields`")?;
        let fields: BTreeMap<String, Option<&RawValue>> =
            serde_json::from_str(raw.get()).map_err(|_| "expected an object in `fields`")?;
        let field = |name: &str| fields.get(name).copied().flatten();
        let word = |raw: Option<&RawValue>| words(raw).into_iter().next().unwrap_or_default();
        let key = word(self.key);
        let own = self.names.map(|raw| names_of(raw.get()));
        let mut issue = Issue {
            url: browse(&word(self.address), &key),
            key,
            summary: word(field("summary")),
            kind: word(field("issuetype")),
            status: word(field("status")),
            category: category(field("status")),
            priority: word(field("priority")),
            resolution: word(field("resolution")),
            created: words(field("created")),
            updated: word(field("updated")),
            resolved: word(field("resolutiondate")),
            triaged: self.changelog.and_then(triaged).unwrap_or_default(),
            description: field("description").map(description).unwrap_or_default(),
            labels: words(field("labels")),
            components: words(field("components")),
            ..Issue::default()
        };
        issue.custom.push_due(&word(field("duedate")));
        for (id, raw) in &fields {
            if !id.starts_with("customfield_") {
                continue;
            }
            let name = own
                .iter()
                .chain(names)
                .find_map(|names| names.get(id))
                .map(String::as_str);
            for value in words(*raw) {
                *nameless |= name.is_none();
                issue
                    .custom
                    .push(Some(id), name.unwrap_or_default(), &value);
            }
        }
        Ok(issue)
    }
}

/// Names of fields by their ids; of another shape they are none.
pub(super) fn names(raw: &[u8]) -> Names {
    std::str::from_utf8(raw).map(names_of).unwrap_or_default()
}

fn names_of(raw: &str) -> Names {
    let all: BTreeMap<String, &RawValue> = serde_json::from_str(raw).unwrap_or_default();
    all.into_iter()
        .filter_map(|(id, name)| Some((id, serde_json::from_str(name.get()).ok()?)))
        .collect()
}

/// The words of a field: a text, a number, an option with its value, a user with the name, a document, or a list of them.
fn words(raw: Option<&RawValue>) -> Vec<String> {
    let Some(raw) = raw.map(RawValue::get) else {
        return Vec::new();
    };
    match raw.bytes().next() {
        Some(b'"') => serde_json::from_str(raw).into_iter().collect(),
        Some(b'[') => {
            let list: Vec<&RawValue> = serde_json::from_str(raw).unwrap_or_default();
            list.into_iter()
                .filter(|raw| !raw.get().starts_with('['))
                .flat_map(|raw| words(Some(raw)))
                .collect()
        }
        Some(b'{') => object(raw),
        Some(b'n') | None => Vec::new(),
        Some(_) => vec![raw.to_owned()],
    }
}

fn object(raw: &str) -> Vec<String> {
    if let Ok(node) = serde_json::from_str::<text::Node<'_>>(raw)
        && node.is_document()
    {
        return vec![text::adf(&node)];
    }
    let Ok(named) = serde_json::from_str::<Named<'_>>(raw) else {
        return Vec::new();
    };
    let word = named
        .value
        .or(named.name)
        .or(named.display_name)
        .or(named.key);
    // Of an object in an object nothing is known.
    words(word.filter(|word| !word.get().starts_with(['{', '['])))
}

/// The key of a status's category, which is never translated; else its name.
fn category(status: Option<&RawValue>) -> String {
    let inner = |raw: &str| -> Option<String> {
        let status: Named<'_> = serde_json::from_str(raw).ok()?;
        let category: Named<'_> = serde_json::from_str(status.category?.get()).ok()?;
        words(category.key.or(category.name)).into_iter().next()
    };
    status.and_then(|raw| inner(raw.get())).unwrap_or_default()
}

/// When the ticket first got the status of a vulnerability that is valid and scored. `None` when the history has been
/// cut, for then an earlier time may be missing.
fn triaged(changelog: &RawValue) -> Option<String> {
    let log: Changelog<'_> = serde_json::from_str(changelog.get()).ok()?;
    let confirms = |item: &ChangedField<'_>| {
        let word = |word: &Option<Cow<'_, str>>, wanted: &str| {
            word.as_deref()
                .is_some_and(|word| status::plain(word) == wanted)
        };
        word(&item.field, "status") && word(&item.to, "needs patch")
    };
    let whole = log.total.is_none_or(|total| total <= log.histories.len());
    let times: Option<Vec<Timestamp>> = log
        .histories
        .iter()
        .filter(|change| change.items.iter().any(confirms))
        .map(|change| Some(Written::of(&change.created)?.instant(&TimeZone::UTC)?.0))
        .collect();
    let first = times?.into_iter().min().filter(|_| whole)?;
    Some(first.to_string())
}

/// Version 2 writes wiki markup, version 3 a document.
fn description(raw: &RawValue) -> String {
    if raw.get().starts_with('"') {
        let wiki: String = serde_json::from_str(raw.get()).unwrap_or_default();
        return text::wiki(&wiki);
    }
    words(Some(raw)).join("\n\n")
}

/// Where people read a ticket whose REST address is `address`.
fn browse(address: &str, key: &str) -> String {
    match address.split_once("/rest/api/") {
        Some((site, _)) if !key.is_empty() => format!("{site}/browse/{key}"),
        _ => String::new(),
    }
}
