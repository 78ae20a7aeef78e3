//! The keys of the project file, each read with its place.

use std::path::{Path, PathBuf};

use super::{App, Config, Jira, zone};
use crate::error::{Error, Result};
use crate::model::OwnSecret;
use crate::parse::{JiraColumn, JiraField};
use crate::table::{Table, Value};

/// The most patterns of a project: every text is held against each of them.
const MOST_PATTERNS: usize = 100;

/// What Jira's fields are called here.
const FIELDS: [(&str, JiraField); 8] = [
    ("due-date", JiraField::Due),
    ("severity", JiraField::Severity),
    ("cvss-score", JiraField::Score),
    ("cvss-vector", JiraField::Vector),
    ("app", JiraField::App),
    ("rule", JiraField::Rule),
    ("source", JiraField::Source),
    ("ids", JiraField::Ids),
];

/// Reads the whole file. Its paths are relative to `folder`.
pub(super) fn read(mut root: Table<'_, '_>, folder: &Path) -> Result<Config> {
    let path = |value: Value<'_, '_>| value.string().map(|path| folder.join(path));
    let config = Config {
        policies: policies(root.take("policies"), folder)?,
        triage: words(root.take("triage"))?,
        expect: match root.take("expect") {
            Some(value) => paths(value, folder, "a path or a list of paths")?,
            None => Vec::new(),
        },
        input_timezone: root.take("input-timezone").map(timezone).transpose()?,
        advisory_db: root.take("advisory-db").map(path).transpose()?,
        max_advisory_age: root.take("max-advisory-age").map(days).transpose()?,
        kev: root.take("kev").map(path).transpose()?,
        epss: root.take("epss").map(path).transpose()?,
        max_enrichment_age: root.take("max-enrichment-age").map(days).transpose()?,
        vex: match root.take("vex") {
            Some(value) => value
                .array()?
                .into_iter()
                .map(path)
                .collect::<Result<_>>()?,
            None => Vec::new(),
        },
        redact: patterns(root.take("redact"))?,
        apps: apps(root.take("apps"))?,
        jira: match root.take("jira") {
            Some(value) => jira(value.table("`[jira]`")?, folder)?,
            None => Jira::default(),
        },
        ..Config::default()
    };
    root.finish()?;
    Ok(config)
}

fn policies(value: Option<Value<'_, '_>>, folder: &Path) -> Result<Vec<(String, String)>> {
    let Some(value) = value else {
        return Ok(Vec::new());
    };
    let policy = |member: Value<'_, '_>| {
        let name = member.string()?;
        let name = if name.contains(['/', '.']) {
            folder.join(name).to_string_lossy().into_owned()
        } else {
            name.to_owned()
        };
        Ok((name, member.address()))
    };
    value.array()?.into_iter().map(policy).collect()
}

/// A path, or a list of paths.
fn paths(value: Value<'_, '_>, folder: &Path, what: &str) -> Result<Vec<PathBuf>> {
    let path = |member: Value<'_, '_>| member.string().map(|path| folder.join(path));
    let paths = value.list().into_iter().map(path).collect::<Result<_>>();
    paths.map_err(|_| value.expected(what))
}

fn words(value: Option<Value<'_, '_>>) -> Result<Vec<String>> {
    let Some(value) = value else {
        return Ok(Vec::new());
    };
    let word = |member: Value<'_, '_>| member.string().map(str::to_owned);
    value.array()?.into_iter().map(word).collect()
}

fn timezone(value: Value<'_, '_>) -> Result<jiff::tz::TimeZone> {
    let name = value.string()?;
    zone(name).map_err(|error| {
        let hint = error.hint_text().map(str::to_owned);
        let here = value.error(error.message());
        hint.into_iter().fold(here, Error::hint)
    })
}

/// How many days old something may be.
fn days(value: Value<'_, '_>) -> Result<u32> {
    let days = u32::try_from(value.integer()?);
    days.map_err(|_| value.expected("a number of days"))
}

/// What the project calls a credential.
fn patterns(value: Option<Value<'_, '_>>) -> Result<Vec<OwnSecret>> {
    let Some(value) = value else {
        return Ok(Vec::new());
    };
    let members = value.array()?;
    if let Some(extra) = members.get(MOST_PATTERNS) {
        let number = members.len();
        let message = format!("at most {MOST_PATTERNS} patterns are read, and these are {number}");
        return Err(extra
            .error(message)
            .hint("join some of them: `(?:one|other)`"));
    }
    let pattern = |member: Value<'_, '_>| {
        let pattern = OwnSecret::new(member.words()?);
        pattern.map_err(|reason| member.error(reason))
    };
    members.into_iter().map(pattern).collect()
}

fn apps(value: Option<Value<'_, '_>>) -> Result<Vec<App>> {
    let Some(value) = value else {
        return Ok(Vec::new());
    };
    // By their names, whatever the order of the file: the first glob that matches counts.
    let mut apps = value.table("`[apps]`")?.entries();
    apps.sort_by_key(|(name, _)| *name);
    let app = |(name, value): (&str, Value<'_, '_>)| {
        let mut table = value.table("a table of `[apps]`")?;
        let globs = match table.take("paths") {
            Some(value) => value.array()?,
            None => Vec::new(),
        };
        let glob = |glob: Value<'_, '_>| Ok((glob.string()?.to_owned(), glob.address()));
        let app = App {
            name: name.to_owned(),
            paths: globs.into_iter().map(glob).collect::<Result<_>>()?,
            keys: words(table.take("keys"))?,
        };
        table.finish()?;
        Ok(app)
    };
    apps.into_iter().map(app).collect()
}

fn jira(mut table: Table<'_, '_>, folder: &Path) -> Result<Jira> {
    let mut jira = Jira::default();
    for (key, field) in FIELDS {
        jira.names.push((field, words(table.take(key))?));
    }
    if let Some(value) = table.take("fields") {
        jira.fields = Some(folder.join(value.string()?));
    }
    if let Some(value) = table.take("headers") {
        let names = JiraColumn::ALL.map(JiraColumn::name);
        for (header, value) in value.table("`[jira.headers]`")?.entries() {
            let column = value.choice(&names, |word| {
                let mut columns = JiraColumn::ALL.into_iter();
                columns.find(|column| column.name() == word)
            })?;
            jira.headers.push((header.to_owned(), column));
        }
    }
    table.finish()?;
    Ok(jira)
}
