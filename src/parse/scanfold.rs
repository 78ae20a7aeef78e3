//! Our own JSON report.

use super::{Closing, Head, Options, Parser, Sink};
use crate::error::{Error, Result};
use crate::source::Input;

/// See the module.
pub(super) struct Scanfold;

impl Parser for Scanfold {
    fn name(&self) -> &'static str {
        "scanfold"
    }

    fn usage(&self) -> &'static str {
        "Our own JSON report"
    }

    fn sniff(&self, _head: &Head<'_>) -> bool {
        false
    }

    fn parse(&self, _input: &Input, _options: &Options, _sink: &mut dyn Sink) -> Result<Closing> {
        Err(Error::format("not there yet"))
    }
}
