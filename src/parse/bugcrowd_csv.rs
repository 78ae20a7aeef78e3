//! Bugcrowd's CSV export of submissions.

use super::{Closing, Head, Options, Parser, Sink};
use crate::error::{Error, Result};
use crate::source::Input;

/// See the module.
pub(super) struct BugcrowdCsv;

impl Parser for BugcrowdCsv {
    fn name(&self) -> &'static str {
        "bugcrowd-csv"
    }

    fn usage(&self) -> &'static str {
        "Bugcrowd's CSV export of submissions"
    }

    fn sniff(&self, _head: &Head<'_>) -> bool {
        false
    }

    fn parse(&self, _input: &Input, _options: &Options, _sink: &mut dyn Sink) -> Result<Closing> {
        Err(Error::format("not there yet"))
    }
}
