//! Exit codes: stable, documented, and decided in one place.

use std::collections::BTreeMap;
use std::process::ExitCode;

use crate::model::{InputId, InputRecord, Outcome, Reject, Report};
use crate::report::escape::terminal;

/// How a command ended. The worse of two is the larger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Nothing to object.
    Fine = 0,
    /// A `--fail-on` condition holds.
    Condition = 1,
    /// The command was used wrongly or could not run; there is no result.
    Unusable = 2,
    /// There is a result, but an input was unreadable, failed, incomplete or missing, or had rejected records.
    Incomplete = 3,
}

impl Exit {
    /// Of a report that is `whole` as far as it must be, and `clear` of what must not be.
    pub(super) const fn of(whole: bool, clear: bool) -> Self {
        match (whole, clear) {
            (false, _) => Self::Incomplete,
            (true, false) => Self::Condition,
            (true, true) => Self::Fine,
        }
    }

    /// The number.
    pub const fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}

/// What a user may waive.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub(super) struct Waivers {
    /// Do not fail because of records that were not understood; they stay in the report
    #[arg(long)]
    pub(super) allow_rejects: bool,
    /// Do not fail because of partial or truncated inputs; failed, unreadable and missing ones still fail
    #[arg(long)]
    pub(super) allow_incomplete: bool,
}

impl Waivers {
    /// Whether the inputs of a report are good enough to rely on it, and if not why, one line each.
    pub(super) fn objections(self, report: &Report) -> Vec<String> {
        let mut objections = Vec::new();
        if report.inputs.is_empty() {
            objections.push("no report was found: nothing was checked".to_owned());
        }
        // Looked up once: there may be many inputs, and each may have many rejects.
        let mut rejects: BTreeMap<&InputId, Vec<&Reject>> = BTreeMap::new();
        for reject in &report.rejects {
            rejects
                .entry(&reject.place.report)
                .or_default()
                .push(reject);
        }
        for input in &report.inputs {
            let rejects = rejects.get(&*input.id).map_or(&[][..], Vec::as_slice);
            let path = terminal(&input.id.path).to_string();
            let objection = match input.outcome {
                Outcome::Failed => Some("failed"),
                Outcome::NotRun => Some("the scan did not run"),
                Outcome::Partial if !self.allow_incomplete => Some("the scan is incomplete"),
                Outcome::Truncated if !self.allow_incomplete => Some("the report is cut"),
                Outcome::Complete | Outcome::Partial | Outcome::Truncated => None,
            };
            if let Some(unmet) = unmet(input, rejects) {
                objections.push(format!("{path}: {unmet}"));
                continue;
            }
            let rejected = input.ledger.rejected;
            let reason = || {
                rejects.first().map(|reject| {
                    let (at, reason) = (terminal(&reject.place.at), terminal(&reject.reason));
                    if at.is_empty() || input.is_manifest() {
                        reason.to_string()
                    } else {
                        format!("at {at}: {reason}")
                    }
                })
            };
            let note = || input.reason().map(|note| terminal(note).to_string());
            if let Some(objection) = objection {
                let told = || input.reasons.first().map(|told| terminal(told).to_string());
                let more = told()
                    .or_else(reason)
                    .or_else(note)
                    .map(|more| format!(": {more}"))
                    .unwrap_or_default();
                objections.push(format!("{path}: {objection}{more}"));
            } else if rejected > 0 && !self.allow_rejects {
                let more = reason()
                    .map(|more| format!(", the first: {more}"))
                    .unwrap_or_default();
                let plural = if rejected == 1 {
                    "record was"
                } else {
                    "records were"
                };
                objections.push(format!("{path}: {rejected} {plural} not understood{more}"));
            }
        }
        objections
    }
}

/// Of a manifest: how many of its entries are not met, and the first of them. The report keeps them by the letters of their
/// places, so that the first is not always the first of the file.
fn unmet(input: &InputRecord, rejects: &[&Reject]) -> Option<String> {
    let unmet = rejects.iter().filter(|_| input.is_manifest());
    let first = unmet.min_by_key(|reject| (reject.place.at.untrusted().len(), &reject.place.at))?;
    let (number, all) = (input.ledger.rejected, input.ledger.records);
    let is = match number {
        1 => "is not there as expected, at",
        _ => "are not there as expected, the first at",
    };
    let (at, reason) = (terminal(&first.place.at), terminal(&first.reason));
    Some(format!(
        "{number} of {all} expected reports {is} {at}: {reason}"
    ))
}
