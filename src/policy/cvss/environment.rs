//! Environmental scores: vectors under the metrics that a policy states for the place where an app runs.
//!
//! The equations of versions 2 and 3 are here, since the crate has only base scores of version 3; version 4 scores its
//! modified and threat metrics through the same macrovectors as the base ones, and the crate does that.

use std::collections::BTreeMap;

use super::{BASE_V4, Pairs, Version, base_score, of_crate, open, pairs};
use crate::model::Score;

/// Metrics by name.
pub type Metrics = BTreeMap<&'static str, &'static str>;

/// The values of a metric in versions 2, 3 and 4; none where the version lacks it.
struct Metric {
    name: &'static str,
    values: [&'static [&'static str]; 3],
}

const REQUIREMENT: [&[&str]; 3] = [
    &["ND", "L", "M", "H"],
    &["X", "L", "M", "H"],
    &["X", "L", "M", "H"],
];
const IMPACT_V3: [&[&str]; 3] = [&[], &["X", "N", "L", "H"], &[]];
const IMPACT_V4: [&[&str]; 3] = [&[], &[], &["X", "N", "L", "H"]];
const SAFETY_V4: [&[&str]; 3] = [&[], &[], &["X", "N", "L", "H", "S"]];

/// Every metric beside the base ones (CVSS v2 guide table 13, v3.1 table 15, v4.0 table 23). Supplemental ones of version 4
/// do not change a score.
static METRICS: [Metric; 23] = [
    metric(
        "E",
        [
            &["ND", "U", "POC", "F", "H"],
            &["X", "U", "P", "F", "H"],
            &["X", "U", "P", "A"],
        ],
    ),
    metric(
        "RL",
        [
            &["ND", "OF", "TF", "W", "U"],
            &["X", "O", "T", "W", "U"],
            &[],
        ],
    ),
    metric("RC", [&["ND", "UC", "UR", "C"], &["X", "U", "R", "C"], &[]]),
    metric("CDP", [&["ND", "N", "L", "LM", "MH", "H"], &[], &[]]),
    metric("TD", [&["ND", "N", "L", "M", "H"], &[], &[]]),
    metric("CR", REQUIREMENT),
    metric("IR", REQUIREMENT),
    metric("AR", REQUIREMENT),
    metric(
        "MAV",
        [&[], &["X", "N", "A", "L", "P"], &["X", "N", "A", "L", "P"]],
    ),
    metric("MAC", [&[], &["X", "L", "H"], &["X", "L", "H"]]),
    metric("MAT", [&[], &[], &["X", "N", "P"]]),
    metric("MPR", [&[], &["X", "N", "L", "H"], &["X", "N", "L", "H"]]),
    metric("MUI", [&[], &["X", "N", "R"], &["X", "N", "P", "A"]]),
    metric("MS", [&[], &["X", "U", "C"], &[]]),
    metric("MC", IMPACT_V3),
    metric("MI", IMPACT_V3),
    metric("MA", IMPACT_V3),
    metric("MVC", IMPACT_V4),
    metric("MVI", IMPACT_V4),
    metric("MVA", IMPACT_V4),
    metric("MSC", IMPACT_V4),
    metric("MSI", SAFETY_V4),
    metric("MSA", SAFETY_V4),
];
const fn metric(name: &'static str, values: [&'static [&'static str]; 3]) -> Metric {
    Metric { name, values }
}

/// The names of all metrics that a policy may state.
pub(in crate::policy) fn names() -> impl Iterator<Item = &'static str> + Clone {
    METRICS.iter().map(|metric| metric.name)
}

/// The values that a metric may have in one version or another; `None` when there is no such metric.
pub(in crate::policy) fn values(name: &str) -> Option<(&'static str, Vec<&'static str>)> {
    let metric = METRICS.iter().find(|metric| metric.name == name)?;
    let mut values: Vec<&str> = metric.values.iter().copied().flatten().copied().collect();
    values.sort_unstable();
    values.dedup();
    Some((metric.name, values))
}

/// What a vector itself says of threat and environment, for whoever wonders about its score: it does not count.
/// `None` when it says nothing of that kind.
pub(in crate::policy) fn uncounted(vector: &str) -> Option<String> {
    let (version, metrics) = open(vector).ok()?;
    let column = column(version);
    // The base metrics of a vector are never among them.
    let own = |metric: &&str| {
        let (name, value) = metric.split_once(':')?;
        let known = METRICS
            .iter()
            .find(|known| known.name.eq_ignore_ascii_case(name))?;
        let is_known = known
            .values
            .get(column)
            .is_some_and(|values| !values.is_empty());
        let is_stated = !["X", "ND"]
            .iter()
            .any(|none| none.eq_ignore_ascii_case(value));
        (is_known && is_stated).then_some(known.name)
    };
    let own: Vec<(&str, &str)> = metrics
        .split('/')
        .filter_map(|metric| Some((own(&metric)?, metric)))
        .collect();
    let is_temporal = |name: &str| ["E", "RL", "RC"].contains(&name);
    let temporal = if version == Version::V40 {
        "threat"
    } else {
        "temporal"
    };
    let kinds = match (
        own.iter().any(|(name, _)| is_temporal(name)),
        own.iter().any(|(name, _)| !is_temporal(name)),
    ) {
        (false, false) => return None,
        (true, false) => temporal.to_owned(),
        (false, true) => "environmental".to_owned(),
        (true, true) => format!("{temporal} and environmental"),
    };
    let metrics: Vec<String> = own
        .into_iter()
        .map(|(_, metric)| metric.to_ascii_uppercase())
        .collect();
    let metrics = metrics.join("/");
    Some(format!(
        "the vector's own {kinds} metrics {metrics} are not counted"
    ))
}

/// The place of a version in [`Metric::values`].
const fn column(version: Version) -> usize {
    match version {
        Version::V2 => 0,
        Version::V30 | Version::V31 => 1,
        Version::V40 => 2,
    }
}

/// A score under stated metrics, and those of them that the version of the vector knows.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::policy) struct Environmental {
    /// The score.
    pub(in crate::policy) score: Score,
    /// The metrics, as a vector writes them: `CR:H/MAV:L`.
    pub(in crate::policy) metrics: String,
}

/// Scores the base metrics of a vector under the metrics that a policy states; `None` when its version knows none of them.
/// Other metrics of the vector itself do not count: they tell of somebody else's environment.
pub(in crate::policy) fn environmental_score(
    vector: &str,
    stated: &Metrics,
) -> Result<Option<Environmental>, String> {
    let (version, base) = base_score(vector)?;
    let column = column(version);
    let meant: Metrics = METRICS
        .iter()
        .filter_map(|metric| {
            let (name, value) = stated.get_key_value(metric.name)?;
            metric
                .values
                .get(column)?
                .contains(value)
                .then_some((*name, *value))
        })
        .filter(|(_, value)| !matches!(*value, "X" | "ND"))
        .collect();
    if meant.is_empty() {
        return Ok(None);
    }
    let (_, metrics) = open(vector)?;
    let pairs = pairs(metrics)?;
    let in_order: Vec<String> = METRICS
        .iter()
        .filter_map(|metric| Some(format!("{}:{}", metric.name, meant.get(metric.name)?)))
        .collect();
    let in_order = in_order.join("/");
    let both = Both {
        base: &pairs,
        stated: &meant,
    };
    let broken = || "a metric has a value without a meaning".to_owned();
    let score = match version {
        Version::V2 => number(both.version_2().ok_or_else(broken)?)?,
        Version::V30 | Version::V31 => number(both.version_3(version, base).ok_or_else(broken)?)?,
        Version::V40 => {
            let base: Vec<String> = BASE_V4
                .iter()
                .filter_map(|name| Some(format!("{name}:{}", both.base(name)?)))
                .collect();
            of_crate(version, &format!("CVSS:4.0/{}/{in_order}", base.join("/")))?
        }
    };
    Ok(Some(Environmental {
        score,
        metrics: in_order,
    }))
}

fn number(score: f64) -> Result<Score, String> {
    Score::from_number(score.clamp(0.0, 10.0)).ok_or_else(|| "its score is out of range".to_owned())
}

/// The base metrics of a vector and the stated ones.
struct Both<'a> {
    base: &'a Pairs,
    stated: &'a Metrics,
}

impl Both<'_> {
    fn base(&self, name: &str) -> Option<&str> {
        let found = self.base.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// A modified metric, else the base one that it modifies.
    fn modified(&self, name: &str, base: &str) -> Option<&str> {
        self.stated.get(name).copied().or_else(|| self.base(base))
    }

    /// The factor of a stated metric, 1 where it is not stated.
    fn factor(&self, name: &str, table: &[(&str, f64)]) -> Option<f64> {
        match self.stated.get(name) {
            Some(value) => weight(value, table),
            None => Some(1.0),
        }
    }

    /// The environmental equations (CVSS v2 guide, sections 3.2.2 and 3.2.3).
    fn version_2(&self) -> Option<f64> {
        let requirement = |name| self.factor(name, &[("L", 0.5), ("M", 1.0), ("H", 1.51)]);
        let harm = |name: &str, requirement: f64| {
            let table = [("N", 0.0), ("P", 0.275), ("C", 0.660)];
            Some(1.0 - weight(self.base(name)?, &table)? * requirement)
        };
        let kept = harm("C", requirement("CR")?)?
            * harm("I", requirement("IR")?)?
            * harm("A", requirement("AR")?)?;
        let impact = (10.41 * (1.0 - kept)).min(10.0);
        let exploitability = 20.0
            * weight(self.base("AV")?, &[("L", 0.395), ("A", 0.646), ("N", 1.0)])?
            * weight(self.base("AC")?, &[("H", 0.35), ("M", 0.61), ("L", 0.71)])?
            * weight(self.base("AU")?, &[("M", 0.45), ("S", 0.56), ("N", 0.704)])?;
        let share = if impact > 0.0 { 1.176 } else { 0.0 };
        let base = nearest((0.6 * impact + 0.4 * exploitability - 1.5) * share);
        let temporal = nearest(
            base * self.factor("E", &[("U", 0.85), ("POC", 0.9), ("F", 0.95), ("H", 1.0)])?
                * self.factor("RL", &[("OF", 0.87), ("TF", 0.9), ("W", 0.95), ("U", 1.0)])?
                * self.factor("RC", &[("UC", 0.9), ("UR", 0.95), ("C", 1.0)])?,
        );
        let damage = match self.stated.get("CDP") {
            Some(value) => weight(
                value,
                &[("N", 0.0), ("L", 0.1), ("LM", 0.3), ("MH", 0.4), ("H", 0.5)],
            )?,
            None => 0.0,
        };
        let targets = self.factor("TD", &[("N", 0.0), ("L", 0.25), ("M", 0.75), ("H", 1.0)])?;
        Some(nearest((temporal + (10.0 - temporal) * damage) * targets))
    }

    /// The temporal and environmental equations (CVSS v3.1 specification, sections 7.2 and 7.3; v3.0, 8.2 and 8.3).
    fn version_3(&self, version: Version, base: Score) -> Option<f64> {
        const TEMPORAL: [&str; 3] = ["E", "RL", "RC"];
        let up = |score| round_up(score, version);
        let temporal = self.factor("E", &[("U", 0.91), ("P", 0.94), ("F", 0.97), ("H", 1.0)])?
            * self.factor("RL", &[("O", 0.95), ("T", 0.96), ("W", 0.97), ("U", 1.0)])?
            * self.factor("RC", &[("U", 0.92), ("R", 0.96), ("C", 1.0)])?;
        if self.stated.keys().all(|name| TEMPORAL.contains(name)) {
            return Some(up(base.value() * temporal));
        }
        let is_changed = self.modified("MS", "S")? == "C";
        let harm = |modified, base, requirement| {
            let table = [("N", 0.0), ("L", 0.22), ("H", 0.56)];
            let harm = weight(self.modified(modified, base)?, &table)?;
            let need = self.factor(requirement, &[("L", 0.5), ("M", 1.0), ("H", 1.5)])?;
            Some(1.0 - harm * need)
        };
        let kept = harm("MC", "C", "CR")? * harm("MI", "I", "IR")? * harm("MA", "A", "AR")?;
        let share = (1.0 - kept).min(0.915);
        let impact = match (is_changed, version) {
            (false, _) => 6.42 * share,
            (true, Version::V31) => {
                7.52 * (share - 0.029) - 3.25 * (share * 0.9731 - 0.02).powi(13)
            }
            (true, _) => 7.52 * (share - 0.029) - 3.25 * (share - 0.02).powi(15),
        };
        let privileges = if is_changed {
            [("N", 0.85), ("L", 0.68), ("H", 0.5)]
        } else {
            [("N", 0.85), ("L", 0.62), ("H", 0.27)]
        };
        let exploitability =
            8.22 * weight(
                self.modified("MAV", "AV")?,
                &[("N", 0.85), ("A", 0.62), ("L", 0.55), ("P", 0.2)],
            )? * weight(self.modified("MAC", "AC")?, &[("L", 0.77), ("H", 0.44)])?
                * weight(self.modified("MPR", "PR")?, &privileges)?
                * weight(self.modified("MUI", "UI")?, &[("N", 0.85), ("R", 0.62)])?;
        if impact <= 0.0 {
            return Some(0.0);
        }
        let both = impact + exploitability;
        let both = if is_changed { 1.08 * both } else { both };
        Some(up(up(both.min(10.0)) * temporal))
    }
}

fn weight(value: &str, table: &[(&str, f64)]) -> Option<f64> {
    let found = table.iter().find(|(known, _)| *known == value);
    found.map(|&(_, weight)| weight)
}

/// To the nearest tenth, halves up; what binary fractions lose is given back first.
fn nearest(score: f64) -> f64 {
    (score * 10.0 + 1e-9).round() / 10.0
}

/// To the next tenth (CVSS v3.1 specification, appendix A; v3.0 rounds the plain number).
fn round_up(score: f64, version: Version) -> f64 {
    let hundred_thousandths = match version {
        Version::V31 => (score * 100_000.0).round(),
        _ => score * 100_000.0,
    };
    // Version 3.0 says `the smallest number, to one decimal, that is equal or higher`: a billionth is no number of its own.
    ((hundred_thousandths / 10_000.0) - 1e-9).ceil() / 10.0
}

#[cfg(test)]
mod tests;
