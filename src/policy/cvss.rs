//! Base scores recomputed from CVSS vectors of versions 2.0, 3.0, 3.1 and 4.0.
//!
//! Only the base metrics of a vector count: threat and environment of whoever wrote it are not ours, and most of them can
//! only lower the score. Those of the policy are laid over them.

mod environment;

use std::fmt;

use cvss::Cvss;

use crate::model::{Score, lost_prefix};

pub use environment::Metrics;
pub(super) use environment::{environmental_score, names, uncounted, values};

/// A version of CVSS; later ones say more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Version {
    /// 2.0
    V2,
    /// 3.0
    V30,
    /// 3.1
    V31,
    /// 4.0
    V40,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V2 => "2.0",
            Self::V30 => "3.0",
            Self::V31 => "3.1",
            Self::V40 => "4.0",
        })
    }
}

/// Longer than any vector with all of its metrics.
const LONGEST: usize = 512;

/// Metrics of version 3 beside the base ones (CVSS v3.1 specification, table 15).
const OPTIONAL_V3: [&str; 14] = [
    "E", "RL", "RC", "CR", "IR", "AR", "MAV", "MAC", "MPR", "MUI", "MS", "MC", "MI", "MA",
];
/// The base metrics of version 3, all of them mandatory.
const BASE_V3: [&str; 8] = ["AV", "AC", "PR", "UI", "S", "C", "I", "A"];
/// The base metrics of version 4 (CVSS v4.0 specification, table 23).
const BASE_V4: [&str; 11] = [
    "AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA",
];
/// Metrics of version 2 beside the base ones (CVSS v2 guide, table 13).
const OPTIONAL_V2: [&str; 8] = ["E", "RL", "RC", "CDP", "TD", "CR", "IR", "AR"];

/// The version and base score of a vector, or what is wrong with it.
pub(super) fn base_score(vector: &str) -> Result<(Version, Score), String> {
    let (version, metrics) = open(vector)?;
    let score = match version {
        Version::V40 => of_crate(version, &only_base_v4(metrics)?)?,
        Version::V31 => of_crate(version, &only_base_v3("CVSS:3.1", metrics)?)?,
        Version::V30 => of_crate(version, &only_base_v3("CVSS:3.0", metrics)?)?,
        Version::V2 => version_2(metrics)?,
    };
    Ok((version, score))
}

/// The version and the metrics of a vector.
fn open(vector: &str) -> Result<(Version, &str), String> {
    let vector = vector.trim();
    let vector = vector
        .strip_prefix('(')
        .and_then(|inner| inner.strip_suffix(')'))
        .unwrap_or(vector);
    if vector.len() > LONGEST {
        return Err(format!("it is longer than {LONGEST} bytes"));
    }
    let (prefix, metrics) = vector.split_once('/').unwrap_or((vector, ""));
    let (prefix, metrics) = match lost_prefix(vector) {
        Some(lost) => (lost, vector),
        None => (prefix, metrics),
    };
    match prefix {
        "CVSS:4.0" => Ok((Version::V40, metrics)),
        "CVSS:3.1" => Ok((Version::V31, metrics)),
        "CVSS:3.0" => Ok((Version::V30, metrics)),
        "CVSS:2.0" => Ok((Version::V2, metrics)),
        _ if prefix.starts_with("CVSS:") => {
            Err(format!("`{prefix}` is no version of CVSS that is known"))
        }
        // Version 2 has no prefix.
        _ => Ok((Version::V2, vector)),
    }
}

fn of_crate(version: Version, vector: &str) -> Result<Score, String> {
    let parsed = parsed(version, vector)?;
    Score::from_number(parsed.score()).ok_or_else(|| "its score is out of range".to_owned())
}

/// The crate calls every vector one of version 4.
fn parsed(version: Version, vector: &str) -> Result<Cvss, String> {
    let reason = |error: cvss::Error| error.to_string();
    vector
        .parse()
        .map_err(reason)
        .map_err(|reason| reason.replacen("CVSSv4", &format!("CVSS {version}"), 1))
}

/// Metrics with their values, as a vector writes them.
type Pairs = Vec<(String, String)>;

/// The metrics as pairs; none may come twice.
fn pairs(metrics: &str) -> Result<Pairs, String> {
    let mut pairs = Pairs::new();
    for metric in metrics.split('/').filter(|metric| !metric.is_empty()) {
        let (name, value) = metric
            .split_once(':')
            .filter(|(name, value)| !name.is_empty() && !value.is_empty())
            .ok_or_else(|| format!("`{metric}` is no metric with a value"))?;
        let name = name.to_ascii_uppercase();
        if pairs.iter().any(|(known, _)| *known == name) {
            return Err(format!("`{name}` comes twice"));
        }
        pairs.push((name, value.to_ascii_uppercase()));
    }
    Ok(pairs)
}

/// The crate reads no other than base metrics of version 3, and takes a missing one for harmless.
fn only_base_v3(prefix: &str, metrics: &str) -> Result<String, String> {
    let pairs = pairs(metrics)?;
    let mut base = prefix.to_owned();
    for (name, value) in &pairs {
        if BASE_V3.contains(&name.as_str()) {
            base.extend(["/", name, ":", value]);
        } else if !OPTIONAL_V3.contains(&name.as_str()) {
            return Err(format!("`{name}` is no metric of version 3"));
        }
    }
    complete(&pairs, &BASE_V3)?;
    Ok(base)
}

/// The whole vector must be right, but only its base metrics count.
fn only_base_v4(metrics: &str) -> Result<String, String> {
    let whole = format!("CVSS:4.0/{metrics}");
    parsed(Version::V40, &whole)?;
    let pairs = pairs(metrics)?;
    complete(&pairs, &BASE_V4)?;
    let base = pairs
        .iter()
        .filter(|(name, _)| BASE_V4.contains(&name.as_str()))
        .map(|(name, value)| format!("/{name}:{value}"));
    Ok(std::iter::once("CVSS:4.0".to_owned()).chain(base).collect())
}

fn complete(pairs: &[(String, String)], base: &[&str]) -> Result<(), String> {
    let missing = base
        .iter()
        .find(|name| pairs.iter().all(|(known, _)| known != *name));
    missing.map_or(Ok(()), |name| Err(format!("`{name}` is missing")))
}

/// The base equation of version 2 (CVSS v2 guide, section 3.2.1), which the crate lacks.
fn version_2(metrics: &str) -> Result<Score, String> {
    const BASE: [&str; 6] = ["AV", "AC", "AU", "C", "I", "A"];
    let pairs = pairs(metrics)?;
    complete(&pairs, &BASE)?;
    let (mut exploitability, mut kept) = (20.0, 1.0);
    for (name, value) in &pairs {
        match (name.as_str(), value.as_str()) {
            ("AV", "L") => exploitability *= 0.395,
            ("AV", "A") => exploitability *= 0.646,
            ("AV", "N") => exploitability *= 1.0,
            ("AC", "H") => exploitability *= 0.35,
            ("AC", "M") => exploitability *= 0.61,
            ("AC", "L") => exploitability *= 0.71,
            ("AU", "M") => exploitability *= 0.45,
            ("AU", "S") => exploitability *= 0.56,
            ("AU", "N") => exploitability *= 0.704,
            ("C" | "I" | "A", "N") => kept *= 1.0,
            ("C" | "I" | "A", "P") => kept *= 1.0 - 0.275,
            ("C" | "I" | "A", "C") => kept *= 1.0 - 0.660,
            (name, _) if OPTIONAL_V2.contains(&name) => {}
            (name, value) if BASE.contains(&name) => {
                return Err(format!("`{name}:{value}` has no meaning in version 2"));
            }
            (name, _) => return Err(format!("`{name}` is no metric of version 2")),
        }
    }
    let impact = 10.41 * (1.0 - kept);
    let weight = if impact > 0.0 { 1.176 } else { 0.0 };
    let score: f64 = (0.6 * impact + 0.4 * exploitability - 1.5) * weight;
    Score::from_number(score.clamp(0.0, 10.0)).ok_or_else(|| "its score is out of range".to_owned())
}

#[cfg(test)]
mod tests;
