//! The policy file: what each key means, laid over the policy that it extends.

use jiff::civil::Weekday;

use super::rule::{Change, Globs, Match, Rule, Source, Then, When};
use super::table::{Table, Value};
use super::{Edition, Entry, LEVELS, Maintenance, Policy, Start, Term};
use crate::error::Result;
use crate::model::{Duty, Kind, Score, Severity, Text};

/// The version of the file format that is read.
const VERSION: i64 = 1;

const LEVEL_NAMES: [&str; 5] = ["critical", "high", "medium", "low", "info"];
const SEVERITY_NAMES: [&str; 6] = ["critical", "high", "unknown", "medium", "low", "info"];
const KIND_NAMES: [&str; 6] = [
    "dependency",
    "code",
    "secret",
    "configuration",
    "requirement",
    "ticket",
];
const START_NAMES: [&str; 7] = [
    "first-seen",
    "reported",
    "triaged",
    "published",
    "fix-available",
    "kev-added",
    "aware",
];
const SOURCE_NAMES: [&str; 5] = ["bug-bounty", "customer", "researcher", "ticket", "scanner"];
const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

/// Checks the version of the file format.
pub(super) fn version(root: &mut Table<'_, '_>) -> Result<()> {
    let value = root
        .require("version")
        .map_err(|error| error.hint("put `version = 1` first"))?;
    match value.integer()? {
        VERSION => Ok(()),
        other => Err(value.error(format!(
            "`version` must be 1, the only one that this program reads, not {other}"
        ))),
    }
}

/// Lays a file over `policy`. What it extends is there already.
pub(super) fn lay_over(mut root: Table<'_, '_>, policy: &mut Policy) -> Result<()> {
    policy.note.name = text(root.require("name")?)?;
    if let Some(value) = root.take("source") {
        policy.note.source = Some(text(value)?);
    }
    if let Some(value) = root.take("effective") {
        policy.effective = Some(value.date()?);
    }
    if let Some(value) = root.take("until") {
        let until = value.date()?;
        if policy.effective.is_some_and(|from| until < from) {
            return Err(value.error("`until` is before `effective`"));
        }
        policy.until = Some(until);
    }
    if let Some(value) = root.take("calendar") {
        calendar(value.table("`[calendar]`")?, policy)?;
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

fn editions(own: Value<'_, '_>, base: &Edition) -> Result<Vec<Edition>> {
    let mut editions: Vec<Edition> = Vec::new();
    for value in own.array()? {
        let mut table = value.table("`[[edition]]`")?;
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
        edition.effective = Some(day);
        if let Some(until) = table.take("until") {
            let last = until.date()?;
            if last < day {
                return Err(until.error("`until` is before `effective`"));
            }
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
        edition.start = starts(value)?;
    }
    if let Some(value) = table.take("unknown") {
        edition.unknown = Some(level(value)?);
    }
    for duty in Duty::ALL {
        if let Some(value) = table.take(duty.name()) {
            terms(value, duty, edition)?;
        }
    }
    if let Some(rules) = table.take("rule") {
        for value in rules.array()? {
            let rule = rule(value.table("`[[rule]]`")?)?;
            if edition.rules.iter().any(|known| known.name == rule.name) {
                let name = rule.name.untrusted();
                return Err(value.error(format!("there are two rules called `{name}`")));
            }
            edition.rules.push(rule);
        }
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
        edition.starts.insert(duty, starts(value)?);
    }
    table.finish()
}

fn rule(mut table: Table<'_, '_>) -> Result<Rule> {
    let (position, at) = (table.position(), table.place());
    let name = text(table.require("name")?)?;
    let when = when(table.require("when")?.table("`when`")?)?;
    let then = then(table.require("then")?.table("`then`")?)?;
    table.finish()?;
    Ok(Rule {
        name,
        when,
        then,
        position,
        at,
    })
}

fn when(mut table: Table<'_, '_>) -> Result<When> {
    let mut severity_at_least = None;
    if let Some(value) = table.take("severity-at-least") {
        severity_at_least = Some(value.choice(&SEVERITY_NAMES, |word| word.parse().ok())?);
    }
    let mut score_at_least = None;
    if let Some(value) = table.take("score-at-least") {
        let score = Score::from_number(value.number()?);
        score_at_least =
            Some(score.ok_or_else(|| value.error("a score lies between 0.0 and 10.0"))?);
    }
    let fix_available = table.take("fix-available");
    let fix_available = fix_available.map(|value| value.boolean()).transpose()?;
    let severity = |word: &str| word.parse().ok();
    let kind = |word: &str| Kind::ALL.into_iter().find(|kind| kind.name() == word);
    let source = |word: &str| Source::ALL.into_iter().find(|known| known.name() == word);
    let when = When {
        severity: choices(table.take("severity"), &SEVERITY_NAMES, severity)?,
        severity_at_least,
        score_at_least,
        kind: choices(table.take("kind"), &KIND_NAMES, kind)?,
        source: choices(table.take("source"), &SOURCE_NAMES, source)?,
        fix_available,
        ids: globs(table.take("ids"), Match::Word)?,
        scanner: globs(table.take("scanner"), Match::Word)?,
        rule: globs(table.take("rule"), Match::Exact)?,
        app: globs(table.take("app"), Match::Exact)?,
        path: globs(table.take("path"), Match::Path)?,
        package: globs(table.take("package"), Match::Exact)?,
        tag: globs(table.take("tag"), Match::Word)?,
    };
    table.finish()?;
    Ok(when)
}

fn then(mut table: Table<'_, '_>) -> Result<Then> {
    let mut then = Then::default();
    if let Some(value) = table.take("reason") {
        then.reason = Some(text(value)?);
    }
    for key in ["severity", "raise", "lower"] {
        let Some(value) = table.take(key) else {
            continue;
        };
        if then.severity.is_some() {
            return Err(value.error("only one of `severity`, `raise` and `lower` can be set"));
        }
        let level = level(value)?;
        let change = match key {
            "raise" => Change::Raise(level),
            "lower" => Change::Lower(level),
            _ => Change::Set(level),
        };
        let may_lower = match change {
            Change::Set(level) => level < Severity::Critical,
            Change::Lower(_) => true,
            Change::Raise(_) => false,
        };
        if may_lower && then.reason.is_none() {
            let message = format!("`{key}` can lower a severity and has no `reason`");
            return Err(value
                .error(message)
                .hint("add `reason = \"…\"`, or use `raise` if it must never become lower"));
        }
        then.severity = Some(change);
    }
    for duty in Duty::ALL {
        if let Some(value) = table.take(duty.name()) {
            then.terms.insert(duty, term(value)?);
        }
    }
    if then.severity.is_none() && then.terms.is_empty() {
        let error = table.error("`then` does nothing");
        table.finish()?;
        return Err(error.hint(
            "set `severity`, `raise`, `lower`, or a term: `acknowledge`, `assess`, `fix`, `notify`",
        ));
    }
    table.finish()?;
    Ok(then)
}

fn calendar(mut table: Table<'_, '_>, policy: &mut Policy) -> Result<()> {
    let calendar = &mut policy.calendar;
    if let Some(value) = table.take("timezone") {
        let name = value.words()?;
        if !calendar.set_zone(name) {
            return Err(value
                .error(format!("`{name}` is no time zone"))
                .hint("write a name of the IANA database, such as `UTC` or `Europe/Berlin`"));
        }
    }
    if let Some(value) = table.take("work-week") {
        let day = |word: &str| {
            let found = WEEKDAYS.iter().find(|(name, _)| *name == word);
            found.map(|&(_, day)| day)
        };
        let days = choices(Some(value), &WEEKDAYS.map(|(name, _)| name), day)?;
        if !calendar.set_work_week(days.unwrap_or_default()) {
            return Err(value.error("`work-week` needs at least one day"));
        }
    }
    if let Some(value) = table.take("holidays") {
        let days = value.array()?.into_iter().map(|day| day.date());
        calendar.holidays = days.collect::<Result<_>>()?;
    }
    if let Some(value) = table.take("maintenance-dates") {
        let days = value.array()?.into_iter().map(|day| day.date());
        calendar.maintenance_dates = days.collect::<Result<_>>()?;
    }
    if let Some(value) = table.take("maintenance") {
        calendar.maintenance = value.choice(&["earlier", "later"], |word| match word {
            "earlier" => Some(Maintenance::Earlier),
            "later" => Some(Maintenance::Later),
            _ => None,
        })?;
    }
    table.finish()
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
    value
        .string()?
        .parse()
        .map_err(|error| value.error(format!("{error}")))
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
    let Some(value) = value else {
        return Ok(None);
    };
    let members = value.list();
    if members.is_empty() {
        return Err(value.error("the list is empty"));
    }
    let read = members.iter().map(|member| member.choice(names, &read));
    read.collect::<Result<_>>().map(Some)
}

/// One glob or several.
fn globs(value: Option<Value<'_, '_>>, how: Match) -> Result<Option<Globs>> {
    let Some(value) = value else {
        return Ok(None);
    };
    let mut words = Vec::new();
    for member in value.list() {
        words.push(member.words()?);
    }
    if words.is_empty() {
        return Err(value.error("the list is empty"));
    }
    let globs = Globs::new(words, how).map_err(|reason| value.error(reason))?;
    Ok(Some(globs))
}
