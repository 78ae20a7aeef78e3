//! What a VEX document may say of a finding: never more than the report holds.
//!
//! A statement that hides something (`not_affected`, a false positive, a patch) is written only when the finding is a
//! package with a package URL in an app that has a name, and the decision is about all of it and without an end: about no paths,
//! and about every version that is installed. Without an app it would speak of the package wherever it is; of a part it would
//! hide the rest; and VEX has no last day. What falls short is said to be affected, with the decision in words.
//!
//! Taking a risk is no claim that there is none, so what is accepted is affected, and its action is the acceptance. What is
//! open is affected when the report holds an action: a due date, a fix or advice, a ticket. It is under investigation when
//! there is none, or when the latest VEX statement about it says so.

use super::{Standing, advice, due, plain, standing};
use crate::model::{Decision, Entry, Package, Text, Verdict};
use crate::report::escape::{json, uri_package};
use crate::report::wording;

/// What is said.
pub(super) enum Says<'a> {
    /// Nobody knows yet, and nothing is promised.
    UnderInvestigation,
    /// It has to be dealt with, and how.
    Affected,
    /// The risk is taken, or something was decided that VEX may not hide it for.
    Decided,
    /// The scanner is wrong.
    FalsePositive(&'a Decision),
    /// It does no harm here.
    NotAffected(&'a Decision),
    /// The installed versions contain the fix.
    Patched(&'a Decision),
    /// It is gone.
    Gone,
}

impl Says<'_> {
    /// Whether readers take the finding out of sight.
    pub(super) fn hides(&self) -> bool {
        match self {
            Self::FalsePositive(_) | Self::NotAffected(_) | Self::Patched(_) => true,
            Self::UnderInvestigation | Self::Affected | Self::Decided | Self::Gone => false,
        }
    }
}

/// What may be said of a finding.
pub(super) fn says(entry: &Entry) -> Says<'_> {
    let whole = |decision: &Decision| is_whole(entry, decision);
    match standing(entry) {
        Standing::Fixed => Says::Gone,
        Standing::FalsePositive(decision) if whole(decision) => Says::FalsePositive(decision),
        Standing::NotAffected(decision) if whole(decision) => Says::NotAffected(decision),
        Standing::Patched(decision) if whole(decision) => Says::Patched(decision),
        Standing::Open if is_investigated(entry) || action(entry).is_none() => {
            Says::UnderInvestigation
        }
        Standing::Open => Says::Affected,
        _ => Says::Decided,
    }
}

/// Whether a decision speaks of all that a statement about the package in the app would speak of.
fn is_whole(entry: &Entry, decision: &Decision) -> bool {
    let finding = &entry.finding;
    let Some(package) = finding.package.as_deref() else {
        return false;
    };
    let installed = &package.versions;
    let every_version = decision.versions.is_empty()
        || (!installed.is_empty()
            && !installed.more()
            && installed
                .iter()
                .all(|version| decision.versions.contains(version)));
    !finding.app.is_empty()
        && uri_package(&package.purl, None).is_some()
        && decision.paths.is_empty()
        && decision.until.is_none()
        && every_version
}

/// Whether the latest VEX statement about it says that nobody knows yet.
fn is_investigated(entry: &Entry) -> bool {
    let decisions = entry.finding.history().decisions.iter();
    let said = decisions.filter(|decision| decision.statement().is_some());
    let latest = said.max_by_key(|decision| (decision.said, std::cmp::Reverse(decision.verdict)));
    latest.is_some_and(|decision| decision.verdict == Verdict::UnderInvestigation)
}

/// The installed versions; none when they are not all known, which is all of them.
pub(super) fn installed(package: &Package) -> &[Text] {
    if package.versions.more() {
        &[]
    } else {
        package.versions.as_slice()
    }
}

/// The versions that advisories name as fixed and that are not installed: exact ones, and the lowest of open ranges.
pub(super) fn fixed(package: &Package) -> Vec<Text> {
    let named = package.fixed_in.iter().filter_map(|words| {
        let words = json(words);
        let exact = words
            .trim_start_matches(">=")
            .trim_start_matches('=')
            .trim();
        let is_version = exact.starts_with(|first: char| first.is_ascii_digit())
            && exact
                .chars()
                .all(|one| one.is_ascii_alphanumeric() || matches!(one, '.' | '+' | '-' | '_'))
            && !exact.split('.').any(|part| matches!(part, "x" | "X"));
        is_version.then(|| Text::line(exact))
    });
    named
        .filter(|version| !package.versions.iter().any(|known| known == version))
        .collect()
}

/// What is going to be done, in one text.
pub(super) fn action(entry: &Entry) -> Option<String> {
    let finding = &entry.finding;
    let due = due(entry, plain).map(|due| format!("Fix due {due}."));
    let advice = advice(finding, |words| json(words).to_owned());
    let tickets = wording::tickets(entry, plain);
    let tickets = (!tickets.is_empty()).then(|| format!("Tickets: {}.", tickets.join(", ")));
    let words: Vec<String> = [due, tickets, advice].into_iter().flatten().collect();
    (!words.is_empty()).then(|| words.join("\n"))
}

/// What was decided, in one text that calls it by its own name: who says that the scanner is wrong has accepted no risk.
pub(super) fn decided(entry: &Entry) -> String {
    // Of a decision about a ticket only the judgement tells, and an older report tells of the decision alone.
    let shown = entry.assessment.suppressed.as_deref();
    let kind = shown.and_then(|shown| shown.kind);
    let kind = kind.or_else(|| super::decided(entry).map(|decision| decision.verdict));
    let head = match kind {
        Some(Verdict::FalsePositive) => "Said to be a false positive",
        Some(Verdict::NotAffected) => "Said not to be affected",
        Some(Verdict::Fixed) => "Said to contain the fix",
        Some(Verdict::Accepted) => "Accepted",
        Some(Verdict::Affected | Verdict::UnderInvestigation) | None => "Suppressed",
    };
    match wording::suppression(entry, plain) {
        Some(words) => format!("{head}: {words}"),
        None => format!("{head}."),
    }
}

/// The justification that a reason starts with, of the words of a format, and what stands behind it.
pub(super) fn justification<'a>(
    decision: &'a Decision,
    words: &[&'static str],
) -> (Option<&'static str>, Option<&'a str>) {
    let Some(reason) = decision.reason.as_ref().map(json) else {
        return (None, None);
    };
    for word in words {
        match reason.strip_prefix(word) {
            Some("") => return (Some(word), None),
            Some(rest) if rest.starts_with(": ") => return (Some(word), rest.get(2..)),
            _ => {}
        }
    }
    (None, Some(reason))
}
