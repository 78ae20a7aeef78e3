//! The policy file: what each key means, laid over the policy that it extends.

mod facts;
mod rules;

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};

use super::calendar::WEEKDAYS;
use super::{Edition, Entry, LEVELS, Maintenance, Policy, Start, Term};
use crate::error::{Error, Result};
use crate::glob::{Globs, Match};
use crate::model::{Duty, Severity, Text};
use crate::table::{Spot, Table, Value};

/// The version of the file format that is read.
pub(super) const VERSION: i64 = 1;

/// The keys of a whole file.
pub(super) const KEYS: [&str; 24] = [
    "acknowledge",
    "allow-loosening",
    "apps",
    "assess",
    "calendar",
    "edition",
    "effective",
    "environment",
    "extends",
    "fix",
    "loosening-reason",
    "name",
    "notify",
    "rule",
    "severity",
    "source",
    "start",
    "strictest-of",
    "title",
    "unconfirmed",
    "unknown",
    "until",
    "version",
    "vulnerabilities",
];
/// The keys of one version of a policy.
const EDITION_KEYS: [&str; 11] = [
    "acknowledge",
    "assess",
    "effective",
    "fix",
    "notify",
    "rule",
    "source",
    "start",
    "unconfirmed",
    "unknown",
    "until",
];

/// The most rules of all versions together, so that a small file cannot fill the memory.
const MOST_RULES: usize = 50_000;

const LEVEL_NAMES: [&str; 5] = ["critical", "high", "medium", "low", "info"];
const START_NAMES: [&str; 7] = [
    "first-seen",
    "reported",
    "triaged",
    "published",
    "fix-available",
    "kev-added",
    "aware",
];

/// Lays a file over `policy`. What it extends is there already.
pub(super) fn lay_over(mut root: Table<'_, '_>, policy: &mut Policy) -> Result<()> {
    policy.note.name = text(root.require("name")?)?;
    // What lies over another policy is another one.
    policy.title = root.take("title").map(text).transpose()?;
    if let Some(value) = root.take("source") {
        policy.note.source = Some(text(value)?);
    }
    if let Some(value) = root.take("effective") {
        put(&mut policy.places, "effective", value);
        policy.effective = Some(value.date()?);
    }
    if let Some(value) = root.take("until") {
        let until = value.date()?;
        put(&mut policy.places, "until", value);
        if let Some(from) = policy.effective.filter(|from| until < *from) {
            return Err(ends_early(value, until, from));
        }
        policy.until = Some(until);
    }
    if let Some(value) = root.take("calendar") {
        calendar(value.table("`[calendar]`")?, policy)?;
    }
    loosening(&mut root, policy)?;
    facts::lay_over(&mut root, &mut policy.known, &mut policy.places)?;
    if let Some(value) = root.take("severity") {
        let mut table = value.table("`[severity]`")?;
        if let Some(value) = table.take("sources") {
            put(&mut policy.places, "severity.sources", value);
            policy.sources = ranked(value)?;
        }
        table.finish()?;
    }
    let own = root.take("edition");
    if own.is_some() && policy.editions.len() > 1 {
        // The file replaces the versions of what it extends, so nothing of them may shine through.
        policy.editions = vec![Edition::default()];
    }
    for edition in &mut policy.editions {
        body(&mut root, edition)?;
    }
    if let (Some(own), [base]) = (own, policy.editions.as_slice()) {
        policy.editions = editions(own, base)?;
    }
    root.finish()
}

fn ends_early(value: Value<'_, '_>, until: Date, from: Date) -> Error {
    let message = format!("`until` ({until}) is before `effective` ({from})");
    let error = value.error(message);
    error.hint("`until` is the last day on which the policy holds, and `effective` the first")
}

/// Whether promised dates may become later. Nobody inherits that: it is for whoever writes the file to say.
fn loosening(root: &mut Table<'_, '_>, policy: &mut Policy) -> Result<()> {
    policy.loosening = None;
    let reason = root.take("loosening-reason");
    let Some(value) = root.take("allow-loosening") else {
        return match reason {
            Some(reason) => {
                Err(reason.error("`loosening-reason` stands without `allow-loosening`"))
            }
            None => Ok(()),
        };
    };
    put(&mut policy.places, "allow-loosening", value);
    if value.boolean()? {
        let reason = reason.ok_or_else(|| {
            value
                .error("`allow-loosening` lets promised dates become later and has no `loosening-reason`")
                .hint("add `loosening-reason = \"…\"`: it is shown with every such date")
        })?;
        policy.loosening = Some(text(reason)?);
    }
    Ok(())
}

/// Sources, each a glob, the most believed first.
fn ranked(value: Value<'_, '_>) -> Result<Vec<Globs>> {
    let mut sources = Vec::new();
    for member in value.array()? {
        let globs = Globs::new([member.words()?], Match::Word);
        sources.push(globs.map_err(|reason| member.error(reason))?);
    }
    if sources.is_empty() {
        return Err(value.empty_list());
    }
    Ok(sources)
}

fn editions(own: Value<'_, '_>, base: &Edition) -> Result<Vec<Edition>> {
    let mut editions: Vec<Edition> = Vec::new();
    let members = own.array()?;
    // Each version holds the rules of the whole file.
    if members.len().saturating_mul(base.rules.len().max(1)) > MOST_RULES {
        let message = format!("all versions together have more than {MOST_RULES} rules");
        return Err(own.error(message));
    }
    for value in members {
        let mut table = value.table("`[[edition]]`")?;
        table.only(&EDITION_KEYS)?;
        let mut edition = base.clone();
        let effective = table.require("effective")?;
        let day = effective.date()?;
        if let Some(before) = editions.last().and_then(|before| before.effective)
            && day <= before
        {
            return Err(effective.error(format!(
                "editions must stand in the order of their dates, and {day} is not after {before}"
            )));
        }
        put(&mut edition.places, "effective", effective);
        edition.effective = Some(day);
        if let Some(until) = table.take("until") {
            let last = until.date()?;
            if last < day {
                return Err(ends_early(until, last, day));
            }
            put(&mut edition.places, "until", until);
            edition.until = Some(last);
        }
        if let Some(source) = table.take("source") {
            edition.source = Some(text(source)?);
        }
        body(&mut table, &mut edition)?;
        table.finish()?;
        editions.push(edition);
    }
    if editions.is_empty() {
        return Err(own.error("`edition` is empty"));
    }
    Ok(editions)
}

/// The keys that a policy and each of its editions share.
fn body(table: &mut Table<'_, '_>, edition: &mut Edition) -> Result<()> {
    if let Some(value) = table.take("unconfirmed") {
        edition.unconfirmed = Some(text(value)?);
    }
    if let Some(value) = table.take("start") {
        put(&mut edition.places, "start", value);
        edition.start = starts(value)?;
    }
    if let Some(value) = table.take("unknown") {
        put(&mut edition.places, "unknown", value);
        edition.unknown = Some(level(value)?);
    }
    for duty in Duty::ALL {
        if let Some(value) = table.take(duty.name()) {
            terms(value, duty, edition)?;
        }
    }
    if let Some(rules) = table.take("rule") {
        rules::lay_over(rules, edition)?;
    }
    Ok(())
}

/// A duty: one term for every level, or a table.
fn terms(value: Value<'_, '_>, duty: Duty, edition: &mut Edition) -> Result<()> {
    let mut set = |levels: &[Severity], value: Value<'_, '_>| -> Result<()> {
        let term = term(value)?;
        for &level in levels {
            let entry = Entry {
                term: term.clone(),
                label: Text::line(&format!("{}.{}", duty.name(), level.name())),
                position: value.position(),
                at: value.place(),
            };
            edition.terms.insert((duty, level), entry);
        }
        Ok(())
    };
    let place = match duty {
        Duty::Acknowledge => "`[acknowledge]`",
        Duty::Assess => "`[assess]`",
        Duty::Fix => "`[fix]`",
        Duty::Notify => "`[notify]`",
    };
    let Some(mut table) = value.as_table(place) else {
        return set(&LEVELS, value);
    };
    if let Some(all) = table.take("all") {
        set(&LEVELS, all)?;
    }
    for (name, level) in LEVEL_NAMES.into_iter().zip(LEVELS) {
        if let Some(value) = table.take(name) {
            set(&[level], value)?;
        }
    }
    if let Some(value) = table.take("start") {
        let key = format!("{}.start", duty.name());
        edition.places.insert(key, value.spot());
        edition.starts.insert(duty, starts(value)?);
    }
    table.finish()
}

fn calendar(mut table: Table<'_, '_>, policy: &mut Policy) -> Result<()> {
    let (calendar, places) = (&mut policy.calendar, &mut policy.places);
    let mut take = |key: &'static str| {
        let value = table.take(key);
        if let Some(value) = value {
            places.insert(format!("calendar.{key}"), value.spot());
        }
        value
    };
    if let Some(value) = take("timezone") {
        let name = value.words()?;
        if !calendar.set_zone(name) {
            return Err(value
                .error(format!("`{name}` is no time zone"))
                .hint("write a name of the IANA database, such as `UTC` or `Europe/Berlin`"));
        }
    }
    if let Some(value) = take("work-week") {
        let day = |word: &str| {
            let mut days = (1..).zip(WEEKDAYS);
            let (day, _) = days.find(|(_, name)| *name == word)?;
            Weekday::from_monday_one_offset(day).ok()
        };
        let days = choices(Some(value), &WEEKDAYS, day)?;
        if !calendar.set_work_week(days.unwrap_or_default()) {
            return Err(value.error("`work-week` needs at least one day"));
        }
    }
    if let Some(value) = take("holidays") {
        let days = value.array()?.into_iter().map(|day| day.date());
        calendar.holidays = days.collect::<Result<_>>()?;
    }
    if let Some(value) = take("maintenance-dates") {
        let days = value.array()?.into_iter().map(|day| day.date());
        calendar.maintenance_dates = days.collect::<Result<_>>()?;
    }
    if let Some(value) = take("maintenance") {
        calendar.maintenance = value.choice(&["earlier", "later"], |word| match word {
            "earlier" => Some(Maintenance::Earlier),
            "later" => Some(Maintenance::Later),
            _ => None,
        })?;
    }
    table.finish()
}

/// Remembers where a key is written.
fn put(places: &mut BTreeMap<String, Spot>, key: &str, value: Value<'_, '_>) {
    places.insert(key.to_owned(), value.spot());
}

fn text(value: Value<'_, '_>) -> Result<Text> {
    value.words().map(Text::line)
}

fn level(value: Value<'_, '_>) -> Result<Severity> {
    value.choice(&LEVEL_NAMES, |word| {
        word.parse().ok().filter(|level| LEVELS.contains(level))
    })
}

fn term(value: Value<'_, '_>) -> Result<Term> {
    let words = value.string().map_err(|error| match value.integer() {
        Ok(1) => error.hint("write `\"1 day\"`"),
        Ok(number) if number > 1 => error.hint(format!("write `\"{number} days\"`")),
        _ => error.hint("write a number and a unit, such as `\"7 days\"`"),
    })?;
    let term = words.parse();
    term.map_err(|error| value.error(format!("{error}")))
}

fn starts(value: Value<'_, '_>) -> Result<Vec<Start>> {
    Ok(choices(Some(value), &START_NAMES, Start::of_name)?.unwrap_or_default())
}

/// One word or several, each out of a list.
fn choices<T>(
    value: Option<Value<'_, '_>>,
    names: &[&str],
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<Vec<T>>> {
    let read = |value: Value<'_, '_>| value.choices(names, &read);
    value.map(read).transpose()
}

/// One glob or several.
fn globs(value: Option<Value<'_, '_>>, how: Match) -> Result<Option<Globs>> {
    value.map(|value| value.globs(how)).transpose()
}
