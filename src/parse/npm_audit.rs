//! The JSON of npm audit --json and pnpm audit --json.

use super::{Closing, Head, Options, Parser, Sink};
use crate::error::{Error, Result};
use crate::source::Input;

/// See the module.
pub(super) struct NpmAudit;

impl Parser for NpmAudit {
    fn name(&self) -> &'static str {
        "npm-audit"
    }

    fn usage(&self) -> &'static str {
        "The JSON of npm audit --json and pnpm audit --json"
    }

    fn sniff(&self, _head: &Head<'_>) -> bool {
        false
    }

    fn parse(&self, _input: &Input, _options: &Options, _sink: &mut dyn Sink) -> Result<Closing> {
        Err(Error::format("not there yet"))
    }
}
