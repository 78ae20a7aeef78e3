//! Rules of the policy file.

use std::collections::{BTreeMap, BTreeSet};

use super::{choices, globs, level, term, text};
use crate::error::Result;
use crate::glob::Match;
use crate::model::{Duty, Kind, Score, Severity, Share, Text};
use crate::policy::Edition;
use crate::policy::condition::{Answer, When};
use crate::policy::facts::{Exposure, Impact};
use crate::policy::rule::{Change, Rule, Source, Then};
use crate::table::{Table, Value};

const THEN_KEYS: [&str; 11] = [
    "acknowledge",
    "also",
    "assess",
    "fix",
    "ignore",
    "lower",
    "notify",
    "raise",
    "reason",
    "severity",
    "tag",
];
const SOURCE_NAMES: [&str; 5] = ["bug-bounty", "customer", "researcher", "ticket", "scanner"];
const KIND_NAMES: [&str; 6] = [
    "dependency",
    "code",
    "secret",
    "configuration",
    "requirement",
    "ticket",
];
const SEVERITY_NAMES: [&str; 6] = ["critical", "high", "unknown", "medium", "low", "info"];
const EXPOSURE_NAMES: [&str; 4] = ["public", "internal", "isolated", "unknown"];
const IMPACT_NAMES: [&str; 3] = ["partial", "total", "unknown"];

/// The most tags that one rule sets.
const MOST_TAGS: usize = 16;
/// The most characters of a tag.
const LONGEST_TAG: usize = 64;

/// Adds rules to those that an edition has. One with the name of a rule that was there before stands in its place.
pub(super) fn lay_over(value: Value<'_, '_>, edition: &mut Edition) -> Result<()> {
    let mut own = BTreeSet::new();
    let known = edition.rules.iter().enumerate();
    let mut places: BTreeMap<Text, usize> = known
        .map(|(place, rule)| (rule.name.clone(), place))
        .collect();
    for value in value.array()? {
        let rule = rule(value.table("`[[rule]]`")?)?;
        if !own.insert(rule.name.clone()) {
            let name = rule.name.untrusted();
            let error = value.error(format!("there are two rules called `{name}`"));
            return Err(error.hint("rename one of the two: reports name the rule that decided"));
        }
        // The places are those of this list, which only grows.
        if let Some(&place) = places.get(&rule.name) {
            edition.rules[place] = rule;
        } else {
            places.insert(rule.name.clone(), edition.rules.len());
            edition.rules.push(rule);
        }
    }
    Ok(())
}

fn rule(mut table: Table<'_, '_>) -> Result<Rule> {
    let (position, at) = (table.position(), table.place());
    table.only(&["name", "then", "when"])?;
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
        let number = value.number()?;
        let score = Score::from_number(number);
        let is_exact = |score: &Score| (number - score.value()).abs() < 1e-6;
        if score.is_some_and(|score| !is_exact(&score)) {
            let error = value.error(format!("a score has one decimal, and `{number}` has more"));
            return Err(error.hint("write `7.0` or `7.1`: what lies between them is no score"));
        }
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
        kev: answers(table.take("kev"))?,
        ransomware: answers(table.take("ransomware"))?,
        epss_at_least: share(table.take("epss-at-least"))?,
        epss_below: share(table.take("epss-below"))?,
        exposure: choices(table.take("exposure"), &EXPOSURE_NAMES, |word| {
            let found = Exposure::ALL.into_iter().find(|known| known.name() == word);
            found.map(Some).or((word == "unknown").then_some(None))
        })?,
        automatable: answers(table.take("automatable"))?,
        technical_impact: choices(table.take("technical-impact"), &IMPACT_NAMES, |word| {
            let found = Impact::ALL.into_iter().find(|known| known.name() == word);
            found.map(Some).or((word == "unknown").then_some(None))
        })?,
        likely_exploitable: answers(table.take("likely-exploitable"))?,
        ids: globs(table.take("ids"), Match::Word)?,
        scanner: globs(table.take("scanner"), Match::Word)?,
        rule: globs(table.take("rule"), Match::Exact)?,
        app: globs(table.take("app"), Match::Exact)?,
        app_tag: globs(table.take("app-tag"), Match::Word)?,
        path: globs(table.take("path"), Match::Path)?,
        package: globs(table.take("package"), Match::Package)?,
        tag: globs(table.take("tag"), Match::Word)?,
    };
    table.finish()?;
    Ok(when)
}

/// `true`, `false`, `"unknown"`, or several of them.
fn answers(value: Option<Value<'_, '_>>) -> Result<Option<Vec<Answer>>> {
    let Some(value) = value else {
        return Ok(None);
    };
    let members = value.list();
    if members.is_empty() {
        return Err(value.empty_list());
    }
    let read = members.iter().map(|member| match member.string() {
        Ok("unknown") => Ok(Answer::Unknown),
        Ok(_) => Err(member.expected("`true`, `false` or `\"unknown\"`")),
        Err(_) => member.boolean().map(|answer| Some(answer).into()),
    });
    read.collect::<Result<_>>().map(Some)
}

/// A share: a number from 0 to 1.
fn share(value: Option<Value<'_, '_>>) -> Result<Option<Share>> {
    let Some(value) = value else {
        return Ok(None);
    };
    let share = Share::new(value.number()?);
    let share = share.ok_or_else(|| {
        let error = value.error("a score of EPSS lies between 0 and 1");
        error.hint("10 % is `0.1`")
    })?;
    Ok(Some(share))
}

fn then(mut table: Table<'_, '_>) -> Result<Then> {
    table.only(&THEN_KEYS)?;
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
    if let Some(value) = table.take("ignore") {
        if then.reason.is_none() {
            let error = value.error("`ignore` drops what a tool says and has no `reason`");
            return Err(error.hint("add `reason = \"…\"`"));
        }
        then.ignore = globs(Some(value), Match::Word)?;
    }
    for duty in Duty::ALL {
        if let Some(value) = table.take(duty.name()) {
            then.terms.insert(duty, term(value)?);
        }
    }
    if let Some(value) = table.take("tag") {
        then.tags = tags(value)?;
    }
    if let Some(value) = table.take("also") {
        then.also = value.boolean()?;
        if then.terms.is_empty() {
            let error = value.error("`also` is about terms, and the rule has none");
            return Err(error.hint("add a term, or take `also` out"));
        }
    }
    let is_idle = then.severity.is_none() && then.terms.is_empty();
    if is_idle && then.ignore.is_none() && then.tags.is_empty() {
        let error = table.error("`then` does nothing");
        table.finish()?;
        return Err(error.hint(
            "set `severity`, `raise`, `lower`, `ignore`, `tag`, or a term: `acknowledge`, `assess`, `fix`, `notify`",
        ));
    }
    table.finish()?;
    Ok(then)
}

/// One tag or several. They go into every output and are compared with globs, so what they may hold is narrow.
fn tags(value: Value<'_, '_>) -> Result<BTreeSet<Text>> {
    let members = value.some()?;
    if let Some(extra) = members.get(MOST_TAGS) {
        let number = members.len();
        let message = format!("a rule sets at most {MOST_TAGS} tags, and this one sets {number}");
        return Err(extra.error(message));
    }
    members.into_iter().map(tag).collect()
}

fn tag(value: Value<'_, '_>) -> Result<Text> {
    let word = value.words()?;
    let length = word.chars().count();
    if length > LONGEST_TAG {
        let message = format!("a tag has at most {LONGEST_TAG} characters, and this one {length}");
        return Err(value.error(message));
    }
    let is_allowed = |place: usize, character: char| {
        character.is_ascii_alphanumeric() || place > 0 && "._:/+-".contains(character)
    };
    let wrong = word
        .char_indices()
        .find(|&(place, character)| !is_allowed(place, character));
    if let Some((place, character)) = wrong {
        let verb = if place == 0 { "begin with" } else { "hold" };
        let message = format!("a tag cannot {verb} `{}`", character.escape_debug());
        return Err(value.error(message).hint(
            "write letters from a to z and digits, and behind the first also `. _ : / + -`, such as `team:billing`",
        ));
    }
    let tag = Text::line(word);
    if tag.untrusted() != word {
        return Err(value.error("a tag looks like a credential, and every report would show it"));
    }
    Ok(tag)
}
