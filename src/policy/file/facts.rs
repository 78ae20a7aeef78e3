//! What a policy file says of apps and vulnerabilities: `[apps]`, `[vulnerabilities]`, `[environment]`.

use std::collections::BTreeMap;

use super::text;
use crate::error::Result;
use crate::glob::Match;
use crate::policy::cvss;
use crate::policy::facts::{Environment, Exposure, Impact, Known};
use crate::table::{Spot, Table, Value};

/// Lays the tables of a file over what is known.
pub(super) fn lay_over(
    root: &mut Table<'_, '_>,
    known: &mut Known,
    places: &mut BTreeMap<String, Spot>,
) -> Result<()> {
    if let Some(value) = root.take("apps") {
        for (name, value) in value.table("`[apps]`")?.entries() {
            let app = known.apps.entry(name, Match::Exact);
            let app = app.map_err(|reason| value.error(reason))?;
            places.insert(format!("apps.{name}"), value.spot());
            let mut table = value.table("an app of `[apps]`")?;
            if let Some(value) = table.take("exposure") {
                let names = Exposure::ALL.map(Exposure::name);
                app.exposure = Some(value.choice(&names, |word| {
                    Exposure::ALL.into_iter().find(|known| known.name() == word)
                })?);
            }
            if let Some(value) = table.take("tags") {
                let tags = value.list().into_iter().map(text);
                app.tags = Some(tags.collect::<Result<_>>()?);
            }
            table.finish()?;
        }
    }
    if let Some(value) = root.take("vulnerabilities") {
        for (id, value) in value.table("`[vulnerabilities]`")?.entries() {
            let vulnerability = known.vulnerabilities.entry(id, Match::Word);
            let vulnerability = vulnerability.map_err(|reason| value.error(reason))?;
            places.insert(format!("vulnerabilities.{id}"), value.spot());
            let mut table = value.table("a vulnerability of `[vulnerabilities]`")?;
            if let Some(value) = table.take("automatable") {
                vulnerability.automatable = Some(value.boolean()?);
            }
            if let Some(value) = table.take("likely-exploitable") {
                vulnerability.likely_exploitable = Some(value.boolean()?);
            }
            if let Some(value) = table.take("technical-impact") {
                let names = Impact::ALL.map(Impact::name);
                vulnerability.impact = Some(value.choice(&names, |word| {
                    Impact::ALL.into_iter().find(|known| known.name() == word)
                })?);
            }
            table.finish()?;
        }
    }
    if let Some(value) = root.take("environment") {
        environments(&value.table("`[environment]`")?, known, places)?;
    }
    Ok(())
}

/// Metrics of every app, and tables of metrics by app.
fn environments(
    table: &Table<'_, '_>,
    known: &mut Known,
    places: &mut BTreeMap<String, Spot>,
) -> Result<()> {
    for (key, value) in table.entries() {
        let Some(own) = value.as_table("an app of `[environment]`") else {
            places.insert(format!("environment.{key}"), value.spot());
            metric(table, key, value, &mut known.environment)?;
            continue;
        };
        let environment = known.environments.entry(key, Match::Exact);
        let environment = environment.map_err(|reason| value.error(reason))?;
        let app = key;
        for (key, value) in own.entries() {
            places.insert(format!("environment.{app}.{key}"), value.spot());
            metric(&own, key, value, environment)?;
        }
    }
    Ok(())
}

fn metric(
    table: &Table<'_, '_>,
    key: &str,
    value: Value<'_, '_>,
    environment: &mut Environment,
) -> Result<()> {
    if key == "reason" {
        environment.reason = Some(text(value)?);
        return Ok(());
    }
    let Some((name, values)) = cvss::values(key) else {
        return Err(table.unknown(key, cvss::names().chain(["reason"])));
    };
    let stated = value.choice(&values, |word| {
        values.iter().copied().find(|known| *known == word)
    })?;
    environment.metrics.insert(name, stated);
    Ok(())
}
