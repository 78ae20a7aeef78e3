//! Jira's CSV export of tickets.

use super::{Closing, Head, Options, Parser, Sink};
use crate::error::{Error, Result};
use crate::source::Input;

/// See the module.
pub(super) struct JiraCsv;

impl Parser for JiraCsv {
    fn name(&self) -> &'static str {
        "jira-csv"
    }

    fn usage(&self) -> &'static str {
        "Jira's CSV export of tickets"
    }

    fn sniff(&self, _head: &Head<'_>) -> bool {
        false
    }

    fn parse(&self, _input: &Input, _options: &Options, _sink: &mut dyn Sink) -> Result<Closing> {
        Err(Error::format("not there yet"))
    }
}
