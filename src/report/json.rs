//! Our own JSON: the whole report, and the findings alone line by line.

use std::io;

use super::{View, Writer};
use crate::model::Report;
use crate::wire;

/// The whole report, which every later command can read.
#[derive(Debug)]
pub struct Json;

impl Writer for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["json"]
    }

    fn usage(&self) -> &'static str {
        "the whole report: what `check`, `rescore`, `diff` and the next `merge` read"
    }

    fn write(&self, report: &Report, view: &View, out: &mut dyn io::Write) -> io::Result<()> {
        wire::write(report, view.jobs, out)
    }
}

/// The findings alone, one on each line.
#[derive(Debug)]
pub struct Ndjson;

impl Writer for Ndjson {
    fn name(&self) -> &'static str {
        "ndjson"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["ndjson", "jsonl"]
    }

    fn usage(&self) -> &'static str {
        "the findings alone, one JSON text on each line, for databases and `jq`"
    }

    fn write(&self, report: &Report, view: &View, out: &mut dyn io::Write) -> io::Result<()> {
        wire::write_findings(report, view.jobs, out)
    }
}
