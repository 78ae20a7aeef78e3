//! The JSON of Atlassian's Connect Security Requirements Tester.

use super::{Closing, Head, Options, Parser, Sink};
use crate::error::{Error, Result};
use crate::source::Input;

/// See the module.
pub(super) struct Csrt;

impl Parser for Csrt {
    fn name(&self) -> &'static str {
        "csrt"
    }

    fn usage(&self) -> &'static str {
        "The JSON of Atlassian's Connect Security Requirements Tester"
    }

    fn sniff(&self, _head: &Head<'_>) -> bool {
        false
    }

    fn parse(&self, _input: &Input, _options: &Options, _sink: &mut dyn Sink) -> Result<Closing> {
        Err(Error::format("not there yet"))
    }
}
