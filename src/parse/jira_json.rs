//! Jira's REST answers with tickets.

use super::{Closing, Head, Options, Parser, Sink};
use crate::error::{Error, Result};
use crate::source::Input;

/// See the module.
pub(super) struct JiraJson;

impl Parser for JiraJson {
    fn name(&self) -> &'static str {
        "jira-json"
    }

    fn usage(&self) -> &'static str {
        "Jira's REST answers with tickets"
    }

    fn sniff(&self, _head: &Head<'_>) -> bool {
        false
    }

    fn parse(&self, _input: &Input, _options: &Options, _sink: &mut dyn Sink) -> Result<Closing> {
        Err(Error::format("not there yet"))
    }
}
