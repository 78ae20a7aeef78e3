//! What the scanners that share the envelope differ in.

use super::Record;
use crate::model::{Finding, Place};

/// What the two scanners differ in.
pub(in crate::parse) trait Family {
    /// The first word of keys, rules and scopes.
    fn name(&self) -> &'static str;

    /// The scanner's name in findings.
    fn scanner(&self) -> &'static str;

    /// What the scanner has called itself in its reports.
    fn names(&self) -> &'static [&'static str];

    /// Whether there are reports that are a bare list.
    fn has_lists(&self) -> bool;

    /// The check that the scanner may have been told to look for alone, where its reports do not say so.
    fn alone(&self) -> Option<Alone> {
        None
    }

    /// A new document begins.
    fn begin(&mut self) {}

    /// Fills in what the check says. `finding` has app, times and sighting.
    fn fill(
        &mut self,
        record: &Record<'_>,
        place: &Place,
        finding: &mut Finding,
    ) -> Result<(), String>;
}

/// A check that a scan may be of alone.
#[derive(Clone, Copy, Debug)]
pub(in crate::parse) struct Alone {
    /// Its rule.
    pub(in crate::parse) rule: &'static str,
    /// What is to be known of a report with findings of it alone.
    pub(in crate::parse) note: &'static str,
    /// How a report without any finding comes about then.
    pub(in crate::parse) doubt: &'static str,
}
