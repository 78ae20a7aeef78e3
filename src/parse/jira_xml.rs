//! Jira's XML export of tickets.

use super::{Closing, Head, Options, Parser, Sink};
use crate::error::{Error, Result};
use crate::source::Input;

/// See the module.
pub(super) struct JiraXml;

impl Parser for JiraXml {
    fn name(&self) -> &'static str {
        "jira-xml"
    }

    fn usage(&self) -> &'static str {
        "Jira's XML export of tickets"
    }

    fn sniff(&self, _head: &Head<'_>) -> bool {
        false
    }

    fn parse(&self, _input: &Input, _options: &Options, _sink: &mut dyn Sink) -> Result<Closing> {
        Err(Error::format("not there yet"))
    }
}
