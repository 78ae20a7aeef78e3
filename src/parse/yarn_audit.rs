//! The lines of yarn audit --json and yarn npm audit --json.

use super::{Closing, Head, Options, Parser, Sink};
use crate::error::{Error, Result};
use crate::source::Input;

/// See the module.
pub(super) struct YarnAudit;

impl Parser for YarnAudit {
    fn name(&self) -> &'static str {
        "yarn-audit"
    }

    fn usage(&self) -> &'static str {
        "The lines of yarn audit --json and yarn npm audit --json"
    }

    fn sniff(&self, _head: &Head<'_>) -> bool {
        false
    }

    fn parse(&self, _input: &Input, _options: &Options, _sink: &mut dyn Sink) -> Result<Closing> {
        Err(Error::format("not there yet"))
    }
}
