//! A Cargo.lock, matched against a RustSec advisory database.

use super::{Closing, Head, Options, Parser, Sink};
use crate::error::{Error, Result};
use crate::source::Input;

/// See the module.
pub(super) struct CargoLock;

impl Parser for CargoLock {
    fn name(&self) -> &'static str {
        "cargo-lock"
    }

    fn usage(&self) -> &'static str {
        "A Cargo.lock, matched against a RustSec advisory database"
    }

    fn sniff(&self, _head: &Head<'_>) -> bool {
        false
    }

    fn parse(&self, _input: &Input, _options: &Options, _sink: &mut dyn Sink) -> Result<Closing> {
        Err(Error::format("not there yet"))
    }
}

/// The advisories of a RustSec database folder.
#[derive(Debug)]
pub struct Database {}
