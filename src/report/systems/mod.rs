//! Writers for other systems, and what these say alike: names, addresses, dates and what was decided.
//!
//! | name | for | what is in it |
//! | --- | --- | --- |
//! | `openvex` | whoever filters scans by VEX | dependencies with a public id, and what else has one |
//! | `cyclonedx` | customers and Dependency-Track: VDR with analyses, so VEX too | all but tickets |
//! | `gitlab-sast` | `artifacts:reports:sast` | code, secrets and configuration that are not fixed |
//! | `gitlab-dependency-scanning` | `artifacts:reports:dependency_scanning` | dependencies that are not fixed |
//! | `defectdojo` | "Generic Findings Import" | all |
//! | `ocsf` | data lakes and SIEM | all |
//!
//! None of them takes a word back that the report says: what they have no place for is left out and counted where the form
//! can tell, and where a form knows fewer words the one is taken that hides less.

mod cyclonedx;
mod defectdojo;
mod gitlab;
mod ocsf;
mod openvex;
mod vex;

use std::io;

use cvss::Cvss;
use jiff::Timestamp;
use serde::Serialize;

use super::escape::{Escape, json, uri_web};
use super::tool::{NAME as TOOL, VERSION};
use super::wording::{self, plain};
use crate::model::{
    Baseline, Claim, Decision, Entry, Finding, Status, Text, Verdict, lost_prefix, preference,
    vulnerability_id,
};

pub use cyclonedx::Cyclonedx;
pub use defectdojo::DefectDojo;
pub use gitlab::{GitlabDependencyScanning, GitlabSast};
pub use ocsf::Ocsf;
pub use openvex::OpenVex;

/// Stands for a version in forms that want one.
const UNKNOWN_VERSION: &str = "unknown";

/// A UUID made of a digest (RFC 9562 section 5.8, version 8): the same content has the same name.
fn uuid(digest: &[u8; 32]) -> String {
    let start: [u8; 16] = digest.first_chunk().copied().unwrap_or_default();
    let number = u128::from_be_bytes(start);
    let number = number & !(0xf000_u128 << 64) | (0x8000_u128 << 64);
    let number = number & !(0xc000_u128 << 48) | (0x8000_u128 << 48);
    let part = |shift: u32, digits: u32| (number >> shift) & ((1 << (4 * digits)) - 1);
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        part(96, 8),
        part(80, 4),
        part(64, 4),
        part(48, 4),
        part(0, 12)
    )
}

/// The digest of a document as it would be written.
fn digest(document: &impl Serialize) -> io::Result<[u8; 32]> {
    let mut hasher = io::BufWriter::new(blake3::Hasher::new());
    serde_json::to_writer(&mut hasher, document)?;
    let hasher = hasher
        .into_inner()
        .map_err(io::IntoInnerError::into_error)?;
    Ok(*hasher.finalize().as_bytes())
}

/// A public id, as other systems name and find it.
struct Advisory<'a> {
    /// The id.
    id: &'a str,
    /// What sort of id it is: `cve`, `ghsa`, `rustsec` or `advisory`.
    sort: &'static str,
    /// Who publishes it.
    source: &'static str,
    /// Where to read it.
    url: Option<String>,
}

/// The public ids of a finding, the preferred one first.
fn advisories(finding: &Finding) -> Vec<Advisory<'_>> {
    let mut ids: Vec<&Text> = finding.ids.iter().collect();
    ids.sort_by_key(|id| preference(id));
    ids.into_iter().map(advisory).collect()
}

fn advisory(id: &Text) -> Advisory<'_> {
    const KNOWN: [(&str, &str, &str, &str, &str); 3] = [
        (
            "CVE-",
            "cve",
            "CVE",
            "https://www.cve.org/CVERecord?id=",
            "",
        ),
        (
            "GHSA-",
            "ghsa",
            "GitHub",
            "https://github.com/advisories/",
            "",
        ),
        (
            "RUSTSEC-",
            "rustsec",
            "RustSec",
            "https://rustsec.org/advisories/",
            ".html",
        ),
    ];
    let words = json(id);
    // Only what is an id of these and nothing else makes an address.
    let is_canonical = vulnerability_id(words).as_ref() == Some(id);
    let known = KNOWN
        .into_iter()
        .find(|(start, ..)| is_canonical && words.starts_with(start));
    match known {
        Some((_, sort, source, before, after)) => Advisory {
            id: words,
            sort,
            source,
            url: Some(format!("{before}{words}{after}")),
        },
        None => Advisory {
            id: words,
            sort: "advisory",
            source: "advisory",
            url: None,
        },
    }
}

/// The numbers of its weaknesses, the smallest first: 79 of `CWE-79`.
fn weaknesses(finding: &Finding) -> impl Iterator<Item = u32> + '_ {
    finding.numbered_weaknesses().filter_map(|id| {
        let number = json(id).strip_prefix("CWE-")?.parse().ok()?;
        (number > 0).then_some(number)
    })
}

/// The type and the name of a package: `npm` and `@harbor/ui` of `pkg:npm/%40harbor/ui`.
fn package_name(purl: &Text) -> (&str, Text) {
    let words = json(purl);
    let (kind, name) = words
        .strip_prefix("pkg:")
        .and_then(|rest| rest.split_once('/'))
        .unwrap_or(("", words));
    let name = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
    // What was encoded may be anything.
    (kind, Text::line(&name))
}

/// A web address that consumers take: the scheme in small letters, and something behind it.
fn web(url: &Text) -> Option<String> {
    let uri = uri_web(url)?;
    let (scheme, rest) = uri.split_once("://")?;
    (!rest.is_empty()).then(|| format!("{}://{rest}", scheme.to_ascii_lowercase()))
}

/// Where to read more: what the sources link to, and the tickets.
fn links(entry: &Entry) -> impl Iterator<Item = String> + '_ {
    let tickets = entry.tickets.iter();
    let tickets = tickets.filter_map(|ticket| ticket.url.as_ref());
    entry.finding.links.iter().chain(tickets).filter_map(web)
}

/// The first CVSS vector of version 3 that anybody states and that is one. What is none could cost the whole document.
fn cvss3(finding: &Finding) -> Option<String> {
    let vectors = believed(finding).filter_map(|claim| claim.vector.as_ref());
    let whole = |vector: &str| match lost_prefix(vector) {
        Some(prefix) => format!("{prefix}/{vector}"),
        None => vector.to_owned(),
    };
    let mut vectors = vectors.filter_map(|vector| whole(json(vector)).parse::<Cvss>().ok());
    vectors.find_map(|vector| match vector {
        Cvss::CvssV30(base) | Cvss::CvssV31(base) => Some(base.to_string()),
        _ => None,
    })
}

/// What sources claim that may be chosen.
fn believed(finding: &Finding) -> impl Iterator<Item = &Claim> {
    let claims = finding.claims.iter();
    claims.filter(|claim| claim.trust.disbelief().is_none())
}

/// When the fix is due and by whose word: `2026-11-19 (flowdesk)`. Only of what is still to be fixed.
fn due(entry: &Entry, escape: Escape) -> Option<String> {
    let due = entry.assessment.running_due()?;
    Some(format!("{} ({})", due.by, escape(&due.policy)))
}

/// What to do, as far as the report knows: the fixed versions, then what the sources recommend.
fn advice(finding: &Finding, escape: impl Fn(&Text) -> String) -> Option<String> {
    let package = finding.package.as_deref();
    let fixed: Vec<String> = package
        .into_iter()
        .flat_map(|package| package.fixed_in.iter().take(3))
        .map(&escape)
        .collect();
    let update = (!fixed.is_empty()).then(|| format!("Fixed in {}.", fixed.join(", ")));
    let recommended = finding.recommendation.as_ref().map(escape);
    let words: Vec<String> = update.into_iter().chain(recommended).collect();
    (!words.is_empty()).then(|| words.join("\n"))
}

/// What was decided about a finding, as far as other systems have words for it.
#[derive(Clone, Copy)]
enum Standing<'a> {
    /// It has to be dealt with, whether it was looked for or not.
    Open,
    /// It is gone.
    Fixed,
    /// The risk is taken, or nobody says more than that it is suppressed.
    Accepted,
    /// The scanner is wrong.
    FalsePositive(&'a Decision),
    /// It does no harm here.
    NotAffected(&'a Decision),
    /// The installed versions contain the fix.
    Patched(&'a Decision),
}

/// Where a finding stands. Of a suppression only the decision itself tells which sort it is; it is looked for among those
/// of the finding, and where it is not found, as of one about a ticket, the weakest word is taken.
fn standing(entry: &Entry) -> Standing<'_> {
    match entry.assessment.status {
        Status::Open | Status::Unobserved => return Standing::Open,
        Status::Fixed => return Standing::Fixed,
        Status::Suppressed => {}
    }
    let Some(decision) = decided(entry) else {
        return Standing::Accepted;
    };
    match decision.verdict {
        Verdict::FalsePositive => Standing::FalsePositive(decision),
        Verdict::NotAffected => Standing::NotAffected(decision),
        Verdict::Fixed => Standing::Patched(decision),
        Verdict::Accepted | Verdict::Affected | Verdict::UnderInvestigation => Standing::Accepted,
    }
}

/// The decision that the suppression shows. Of several that look like it the one that claims least.
fn decided(entry: &Entry) -> Option<&Decision> {
    let shown = entry.assessment.suppressed.as_deref()?;
    let source = shown.source.as_ref()?;
    let decisions = entry.finding.history().decisions.iter();
    let alike = decisions.filter(|decision| {
        decision.verdict.suppresses()
            && shown.kind.is_none_or(|kind| decision.verdict == kind)
            && decision.source == *source
            && decision.until == shown.until
            && decision
                .reason
                .as_ref()
                .is_none_or(|reason| *reason == shown.reason)
    });
    // A decision about all of it is shown before one about a part.
    alike.max_by_key(|decision| (decision.verdict, !decision.is_narrowed()))
}

/// Whether somebody has confirmed it: it was triaged, has a ticket, or was called affected.
fn is_confirmed(entry: &Entry) -> bool {
    let finding = &entry.finding;
    let affected = |decision: &Decision| decision.verdict == Verdict::Affected;
    finding.dates.contains_key(&crate::model::Fact::Triaged)
        || !entry.tickets.is_empty()
        || finding.history().decisions.iter().any(affected)
}

/// The names of a finding's tickets, owners and scanners, and other words about it, for forms with free fields.
fn facts(entry: &Entry, as_of: Timestamp, escape: Escape) -> Vec<(&'static str, String)> {
    let finding = &entry.finding;
    let assessment = &entry.assessment;
    let mut facts = vec![("fingerprint", entry.fingerprint.hex())];
    let mut tell = |name, words: Option<String>| {
        facts.extend(
            words
                .filter(|words| !words.is_empty())
                .map(|words| (name, words)),
        );
    };
    tell("app", Some(escape(&finding.app).into_owned()));
    tell("kind", Some(finding.kind.name().to_owned()));
    tell("severity", Some(assessment.severity.name().to_owned()));
    tell("status", Some(assessment.status.name().to_owned()));
    tell(
        "baseline",
        finding
            .baseline
            .map(|state| Baseline::name(state).to_owned()),
    );
    tell("reopened", finding.is_reopened().then(|| "true".to_owned()));
    if let Some(due) = assessment.running_due() {
        tell("due", Some(due.by.to_string()));
        tell("due-policy", Some(escape(&due.policy).into_owned()));
        tell("overdue", Some(assessment.overdue(as_of).to_string()));
    }
    tell(
        "first-seen",
        entry.first_seen.as_ref().map(|first| first.at.to_string()),
    );
    let suppressed = assessment.suppressed.as_deref();
    let kind = suppressed.and_then(|suppressed| suppressed.kind);
    tell("suppression-kind", kind.map(|kind| kind.name().to_owned()));
    tell("suppression", wording::suppression(entry, escape));
    tell("kev", wording::kev(finding, escape));
    tell("epss", wording::epss(finding));
    tell("owners", wording::owners(finding, escape));
    let list = |words: Vec<String>| Some(words.join(", "));
    tell("tickets", list(wording::tickets(entry, escape)));
    tell("policy-tags", list(wording::policy_tags(entry, escape)));
    tell("scanners", list(wording::scanners(finding, escape)));
    facts
}

#[cfg(test)]
mod tests;
