//! What must be there: a manifest names reports, and a merge says which of them are missing, thin or stale.

mod age;
mod file;
mod fit;
mod judge;

use std::sync::Arc;

use crate::glob::Globs;
use crate::model::{InputId, InputRecord, Ledger, Outcome, Set, Text};

pub use age::Age;
pub use file::{check_formats, load, parse};
pub use fit::Apps;
pub use judge::{ask_for_apps, judge, judge_with};

/// A list of reports that must be among the inputs of a merge.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// The file.
    pub id: Arc<InputId>,
    /// Its size.
    pub bytes: u64,
    /// What it expects, in its own order; at least one.
    pub entries: Vec<Expected>,
}

impl Manifest {
    /// The manifest as an input: an entry that is met has passed, one that is not is rejected.
    fn record(&self, passed: u64, rejected: u64) -> InputRecord {
        InputRecord {
            id: Arc::clone(&self.id),
            format: Some(Text::line(InputRecord::MANIFEST)),
            scanner: None,
            scanner_version: None,
            bytes: self.bytes,
            outcome: if rejected == 0 {
                Outcome::Complete
            } else {
                Outcome::Failed
            },
            scanned: None,
            dated: None,
            scope: Set::new(),
            notes: Set::new(),
            reasons: Set::new(),
            doubts: Set::new(),
            ledger: Ledger {
                records: passed + rejected,
                passed,
                rejected,
                ..Ledger::default()
            },
            counted_again: 0,
        }
    }
}

/// An entry: which reports it means, and what they must be. All that is set must hold.
#[derive(Clone, Debug)]
pub struct Expected {
    /// Where it stands: `line 7`.
    pub at: Text,
    /// What people call it.
    pub name: Option<Text>,
    /// The tool that wrote the report, or its format.
    pub tool: Option<Globs>,
    /// The format of the report.
    pub format: Option<Globs>,
    /// The app that the report is about.
    pub app: Option<Globs>,
    /// The path of the report.
    pub path: Option<Globs>,
    /// How many records each report must have.
    pub min_records: u64,
    /// How many such reports there must be; at least one.
    pub min_reports: u64,
    /// How long ago the scan may have run.
    pub max_age: Option<Age>,
}

#[cfg(test)]
mod tests;
