//! What a run says beside its results: inputs that were not read in full, and findings that are left out.

use super::plan::{self, Plan, Run};
use super::shape;
use crate::model::{InputRecord, Outcome, Text};
use crate::report::escape::message;
use crate::report::wording;

/// What the limits of a log, or the reader, have left out of a run.
pub(super) fn remarks(
    scanner: &str,
    run: &Run<'_>,
    plan: &Plan<'_>,
) -> impl Iterator<Item = shape::Notification> + use<> {
    let left_out = (run.left_out > 0).then(|| {
        let number = wording::count(run.left_out, "finding");
        let kept = run.entries.len();
        format!("{number} left out, less urgent than the {kept} results of this run: code scanning takes no more")
    });
    let guests = (scanner == plan::OWN_NAME && !plan.guests.is_empty()).then(|| {
        let names: Vec<_> = plan.guests.iter().copied().collect();
        let names = message(&Text::line(&names.join(", "))).into_owned();
        format!("without a run of their own, since code scanning takes no more: {names}")
    });
    let remarks = left_out.into_iter().chain(guests).chain(plan.part.clone());
    remarks.map(|words| shape::Notification {
        level: "warning",
        message: shape::Message { text: words.into() },
    })
}

/// What a run did not read, in words.
pub(super) fn notification(input: &InputRecord) -> shape::Notification {
    shape::Notification {
        level: match input.outcome {
            Outcome::NotRun | Outcome::Failed => "error",
            Outcome::Complete | Outcome::Partial | Outcome::Truncated => "warning",
        },
        message: shape::Message {
            text: wording::trouble(input, message).into(),
        },
    }
}
