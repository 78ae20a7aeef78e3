//! The change table for programs: `schemas/changes-v1.schema.json`.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::table::Tally;
use super::{Change, Changes, Comparison, Dated, Named, Origin, Shift, Side};
use crate::model::{Duty, PolicyNote, Text};
use crate::report::escape::json;
use crate::report::tool::Tool;

/// Names the document and its version.
const SCHEMA: &str = "scanfold/changes/1";

/// What stands above the counts.
#[derive(Debug, Default)]
pub struct Heading<'a> {
    /// The policies that were applied.
    pub policies: &'a [PolicyNote],
    /// Whether the new reports were written; nothing when two reports were compared.
    pub written: Option<bool>,
}

#[derive(Serialize)]
struct Policy<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    digest: &'a str,
}

#[derive(Serialize)]
struct Summary {
    reports: u64,
    findings: u64,
    moved: u64,
    unchanged: u64,
    shifts: BTreeMap<&'static str, u64>,
}

#[derive(Serialize)]
struct OfApp<'a> {
    app: &'a str,
    moved: u64,
    shifts: BTreeMap<&'static str, u64>,
}

#[derive(Serialize)]
struct OfRule<'a> {
    policy: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<&'a str>,
    moved: u64,
    shifts: BTreeMap<&'static str, u64>,
}

#[derive(Serialize)]
struct OneReport<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<&'a str>,
    unchanged: u64,
    changes: Vec<OneChange<'a>>,
}

#[derive(Serialize)]
struct OneChange<'a> {
    fingerprint: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    app: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    shifts: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Judgement<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Judgement<'a>>,
}

#[derive(Serialize)]
struct Judgement<'a> {
    severity: &'static str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ends: Option<Timestamp>,
    overdue: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity_by: Option<By<'a>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    duties: BTreeMap<&'static str, OfDuty<'a>>,
}

/// The date of a duty that is not the fix.
#[derive(Serialize)]
struct OfDuty<'a> {
    due: String,
    ends: Timestamp,
    policy: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<&'a str>,
}

impl<'a> OfDuty<'a> {
    fn of(dated: &'a Dated) -> Self {
        let Dated { deadline, origin } = dated;
        let By { policy, rule, at } = By::of(origin);
        Self {
            due: deadline.by.to_string(),
            ends: deadline.ends,
            policy,
            rule,
            at,
        }
    }
}

#[derive(Serialize)]
struct By<'a> {
    policy: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<&'a str>,
}

impl<'a> By<'a> {
    fn of(origin: &'a Origin) -> Self {
        let Origin { policy, rule, at } = origin;
        Self {
            policy: json(policy),
            rule: rule.as_ref().map(json),
            at: at.as_ref().map(json),
        }
    }
}

impl<'a> Judgement<'a> {
    /// What a side says; of the duties beside the fix only those of which the date moved.
    fn of(side: &'a Side, change: &Change) -> Self {
        let Side {
            severity,
            status,
            until,
            dates,
            overdue,
            severity_origin,
        } = side;
        let due = side.due();
        let by = dates.get(&Duty::Fix).map(|dated| By::of(&dated.origin));
        let others = dates
            .iter()
            .filter(|(duty, _)| **duty != Duty::Fix && change.duties.contains_key(duty));
        Self {
            severity: severity.name(),
            status: status.name(),
            until: *until,
            due: due.map(|due| due.by.to_string()),
            ends: due.map(|due| due.ends),
            overdue: *overdue,
            policy: by.as_ref().map(|by| by.policy),
            rule: by.as_ref().and_then(|by| by.rule),
            at: by.as_ref().and_then(|by| by.at),
            severity_by: severity_origin.as_ref().map(By::of),
            duties: others
                .map(|(duty, dated)| (duty.name(), OfDuty::of(dated)))
                .collect(),
        }
    }
}

fn by_name(tally: &Tally) -> BTreeMap<&'static str, u64> {
    let shifts = tally.shifts.iter();
    shifts
        .map(|(shift, number)| (shift.name(), *number))
        .collect()
}

/// Writes what moved in one report, whole and on one line: an element of `reports`.
pub fn write_report(
    path: &Text,
    before: Option<&Text>,
    comparison: &Comparison,
    out: &mut dyn Write,
) -> io::Result<()> {
    let changes = comparison.changes.iter().map(one_change).collect();
    let report = OneReport {
        path: json(path),
        before: before.map(json),
        unchanged: comparison.unchanged,
        changes,
    };
    Ok(serde_json::to_writer(out, &report)?)
}

fn one_change(change: &Change) -> OneChange<'_> {
    let Change {
        finding,
        shifts,
        duties: _,
        before,
        after,
    } = change;
    let Named {
        fingerprint,
        app,
        name,
        place,
        title,
        is_reopened: _,
    } = finding;
    OneChange {
        fingerprint: fingerprint.hex(),
        app: json(app),
        name: json(name),
        place: place.as_ref().map(json),
        title: title.as_ref().map(json),
        shifts: shifts.iter().copied().map(Shift::name).collect(),
        before: before.as_ref().map(|side| Judgement::of(side, change)),
        after: after.as_ref().map(|side| Judgement::of(side, change)),
    }
}

impl Changes {
    /// The whole table. `reports` has the elements that [`write_report`] wrote, with `,` and a line break between them.
    pub fn write_json(
        &self,
        heading: &Heading<'_>,
        reports: &mut dyn Read,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let policies: Vec<_> = heading.policies.iter().map(policy).collect();
        let summary = Summary {
            reports: self.reports,
            findings: self.all.moved + self.unchanged,
            moved: self.all.moved,
            unchanged: self.unchanged,
            shifts: by_name(&self.all),
        };
        let apps: Vec<_> = self.apps.iter().map(app).collect();
        let rules: Vec<_> = self.rules.iter().map(rule).collect();
        write!(out, "{{\n\"schema\":\"{SCHEMA}\"")?;
        member(out, "tool", &Tool::OWN)?;
        member(out, "as_of", &self.as_of)?;
        member(out, "policies", &policies)?;
        if let Some(written) = heading.written {
            member(out, "written", &written)?;
        }
        member(out, "summary", &summary)?;
        member(out, "apps", &apps)?;
        member(out, "rules", &rules)?;
        write!(out, ",\n\"reports\":[\n")?;
        io::copy(reports, out)?;
        writeln!(out, "\n]\n}}")
    }
}

fn policy(note: &PolicyNote) -> Policy<'_> {
    let PolicyNote {
        name,
        source,
        digest,
        next: _,
    } = note;
    Policy {
        name: json(name),
        source: source.as_ref().map(json),
        digest: json(digest),
    }
}

fn app<'a>((app, tally): (&'a Text, &Tally)) -> OfApp<'a> {
    OfApp {
        app: json(app),
        moved: tally.moved,
        shifts: by_name(tally),
    }
}

fn rule<'a>((origin, tally): (&'a Origin, &Tally)) -> OfRule<'a> {
    let By { policy, rule, at } = By::of(origin);
    OfRule {
        policy,
        rule,
        at,
        moved: tally.moved,
        shifts: by_name(tally),
    }
}

fn member(out: &mut dyn Write, name: &str, value: &impl Serialize) -> io::Result<()> {
    write!(out, ",\n\"{name}\":")?;
    Ok(serde_json::to_writer(out, value)?)
}
