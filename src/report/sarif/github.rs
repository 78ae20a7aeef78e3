//! `github-sarif`: SARIF within all limits of GitHub's code scanning.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::plan::{Limits, Plan};
use super::{log, shape};
use crate::model::Report;
use crate::report::View;
use crate::report::escape::message;

/// Largest log that is written, compressed, in bytes. GitHub takes 10 MB, and does not say which of its meanings; whoever
/// uploads compresses a little differently.
const SIZE: u64 = 9_500_000;

/// SARIF 2.1.0 for an upload to GitHub's code scanning.
///
/// It is the log of [`Sarif`](super::Sarif) without the report that this carries, so that the results have all the room:
/// where 10 MB, compressed, do not hold them, the least urgent are left out, and the log says how many. It cannot be merged
/// again. Fixed findings have no result, since GitHub closes an alert by its absence and knows no other way.
pub struct GithubSarif;

impl crate::report::Writer for GithubSarif {
    fn name(&self) -> &'static str {
        "github-sarif"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &[]
    }

    fn usage(&self) -> &'static str {
        "SARIF 2.1.0 within the limits of GitHub's code scanning, to upload and not to merge"
    }

    fn write(&self, report: &Report, view: &View, out: &mut dyn Write) -> io::Result<()> {
        let mut plan = fitting(report, SIZE)?;
        plan.part = view.part.as_ref().map(|part| part.words(message));
        log(report, &plan, NOTHING, out)
    }
}

const NOTHING: Option<shape::LogProperties<()>> = None;

/// As much of a report as fits into `size` bytes, compressed.
pub(super) fn fitting(report: &Report, size: u64) -> io::Result<Plan<'_>> {
    let mut limits = Limits {
        tells_fixed: false,
        ..Limits::of_github()
    };
    loop {
        let plan = Plan::of(report, &limits);
        let is = compressed(report, &plan)?;
        let results = plan.results();
        if is <= size || results == 0 {
            return Ok(plan);
        }
        // As many as would fit if all were of one size, and somewhat fewer: it must come to an end.
        let fewer = (results as u128 * u128::from(size) * 15) / (u128::from(is) * 16);
        limits.all = usize::try_from(fewer)
            .unwrap_or(results - 1)
            .min(results - 1);
    }
}

/// How large the log is, compressed.
fn compressed(report: &Report, plan: &Plan<'_>) -> io::Result<u64> {
    let mut gzip = GzEncoder::new(Count(0), Compression::default());
    let mut out = io::BufWriter::with_capacity(1 << 16, &mut gzip);
    log(report, plan, NOTHING, &mut out)?;
    out.flush()?;
    drop(out);
    Ok(gzip.finish()?.0)
}

/// Counts what is written, and keeps none of it.
struct Count(u64);

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
