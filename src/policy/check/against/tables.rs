//! How the tables moved: `[apps]`, `[vulnerabilities]`, `[environment]` and `[severity]`.

use std::collections::{BTreeMap, BTreeSet};

use super::{Told, before};
use crate::glob::Globs;
use crate::model::Text;
use crate::policy::check::length::Direction;
use crate::policy::condition::When;
use crate::policy::{Environment, Exposure, Impact, Known, Policy};

/// The cells of a policy's tables by key, as people write them.
type Cells = BTreeMap<String, String>;

pub(super) fn compare(new: &Policy, old: &Policy, told: &mut Told) {
    let asks = |wanted: fn(&When) -> bool| {
        let policies = [new, old].into_iter();
        let editions = policies.flat_map(|policy| &policy.editions);
        let mut rules = editions.flat_map(|edition| &edition.rules);
        rules.any(|rule| wanted(&rule.when))
    };
    let apps = asks(|when| when.app_tag.is_some() || when.exposure.is_some());
    let ssvc = asks(|when| when.automatable.is_some() || when.technical_impact.is_some());
    // What no rule asks for moves nothing.
    let if_asked = |asked: bool| {
        if asked {
            Direction::MayLoosen
        } else {
            Direction::Same
        }
    };
    cells(
        (new, apps_of(&new.known)),
        (old, apps_of(&old.known)),
        told,
        |_| if_asked(apps),
    );
    cells(
        (new, ssvc_of(&new.known)),
        (old, ssvc_of(&old.known)),
        told,
        |_| if_asked(ssvc),
    );
    let (now, then) = (metrics_of(&new.known), metrics_of(&old.known));
    let was_bare = then.is_empty();
    let is_lowering = now.keys().any(|key| is_reason(key));
    cells((new, now), (old, then), told, |change| match change {
        // A reason is what lets a score become lower.
        (key, _, None) if is_reason(key) => Direction::Loosens,
        (key, None, _) if is_reason(key) => Direction::Tightens,
        (key, ..) if is_reason(key) => Direction::Same,
        // Without a reason, metrics where there were none only raise.
        (_, Some(_), None) if was_bare && !is_lowering => Direction::Tightens,
        _ => Direction::MayLoosen,
    });
    sources(new, old, told);
}

fn is_reason(key: &str) -> bool {
    key.ends_with(".reason")
}

fn sources(new: &Policy, old: &Policy, told: &mut Told) {
    let words = |policy: &Policy| {
        let all: Vec<&str> = policy
            .sources
            .iter()
            .flat_map(Globs::written)
            .map(String::as_str)
            .collect();
        if all.is_empty() {
            "unset".to_owned()
        } else {
            all.join(", then ")
        }
    };
    let (now, then) = (words(new), words(old));
    if now != then {
        let place = |policy: &Policy| policy.places.get("severity.sources").cloned();
        let was = place(old);
        let message = format!(
            "`severity.sources` is {now}, and was {then}{}",
            before(was.as_ref())
        );
        told.add(Direction::MayLoosen, place(new).or(was), message);
    }
}

/// Tells each cell that is another one. `direction` is asked with the key, the new and the old words.
fn cells(
    (new, now): (&Policy, Cells),
    (old, then): (&Policy, Cells),
    told: &mut Told,
    direction: impl Fn((&str, Option<&String>, Option<&String>)) -> Direction,
) {
    let keys: BTreeSet<&String> = now.keys().chain(then.keys()).collect();
    for key in keys {
        let (own, was) = (now.get(key), then.get(key));
        if own == was {
            continue;
        }
        let place = |policy: &Policy| {
            let table = key.rsplit_once('.').map_or("", |(table, _)| table);
            let place = policy.places.get(key).or_else(|| policy.places.get(table));
            place.cloned()
        };
        let old_place = place(old).filter(|_| was.is_some());
        let words = |cell: Option<&String>| cell.map_or("unset", String::as_str).to_owned();
        let message = format!(
            "`{key}` is {}, and was {}{}",
            words(own),
            words(was),
            before(old_place.as_ref())
        );
        let spot = place(new).filter(|_| own.is_some()).or(old_place);
        told.add(direction((key, own, was)), spot, message);
    }
}

fn apps_of(known: &Known) -> Cells {
    let mut cells = Cells::new();
    for (name, app) in known.apps.iter() {
        let exposure = app.exposure.map(Exposure::name);
        cells.extend(exposure.map(|word| (format!("apps.{name}.exposure"), word.to_owned())));
        if let Some(tags) = &app.tags {
            let tags: BTreeSet<&str> = tags.iter().map(Text::untrusted).collect();
            let tags: Vec<&str> = tags.into_iter().collect();
            cells.insert(
                format!("apps.{name}.tags"),
                format!("[{}]", tags.join(", ")),
            );
        }
    }
    cells
}

fn ssvc_of(known: &Known) -> Cells {
    let mut cells = Cells::new();
    for (id, told) in known.vulnerabilities.iter() {
        let answers = [
            ("automatable", told.automatable),
            ("likely-exploitable", told.likely_exploitable),
        ];
        for (key, answer) in answers {
            let word = answer.map(|answer| answer.to_string());
            cells.extend(word.map(|word| (format!("vulnerabilities.{id}.{key}"), word)));
        }
        let impact = told.impact.map(Impact::name);
        let key = format!("vulnerabilities.{id}.technical-impact");
        cells.extend(impact.map(|word| (key, word.to_owned())));
    }
    cells
}

fn metrics_of(known: &Known) -> Cells {
    let mut cells = Cells::new();
    let mut put = |table: &str, environment: &Environment| {
        for (metric, value) in &environment.metrics {
            cells.insert(format!("{table}.{metric}"), (*value).to_owned());
        }
        if let Some(reason) = &environment.reason {
            cells.insert(
                format!("{table}.reason"),
                format!("\"{}\"", reason.untrusted()),
            );
        }
    };
    put("environment", &known.environment);
    for (app, environment) in known.environments.iter() {
        put(&format!("environment.{app}"), environment);
    }
    cells
}
