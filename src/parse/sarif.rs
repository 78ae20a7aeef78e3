//! SARIF 2.1.0 of any tool.

use super::{Closing, Head, Options, Parser, Sink};
use crate::error::{Error, Result};
use crate::source::Input;

/// See the module.
pub(super) struct Sarif;

impl Parser for Sarif {
    fn name(&self) -> &'static str {
        "sarif"
    }

    fn usage(&self) -> &'static str {
        "SARIF 2.1.0 of any tool"
    }

    fn sniff(&self, _head: &Head<'_>) -> bool {
        false
    }

    fn parse(&self, _input: &Input, _options: &Options, _sink: &mut dyn Sink) -> Result<Closing> {
        Err(Error::format("not there yet"))
    }
}
