//! `merge --max-memory`: what it takes, what it cannot do, and the way of findings that are more than memory may hold.

use jiff::Timestamp;
use rayon::ThreadPool;

use super::{Merge, idle, told};
use crate::cli::config::Config;
use crate::cli::exit::Exit;
use crate::cli::output::{Output, Results, say};
use crate::cli::stages::Stages;
use crate::cli::usage;
use crate::enrich;
use crate::error::Result;
use crate::expect::Manifest;
use crate::parse::Options;
use crate::policy::Engine;
use crate::report::wording::count;
use crate::run::{self, Ingested, Questions};
use crate::spill::{Limit, Spilled};

/// The least that is worth the name: less is spent on temporary files alone.
const LEAST: u64 = 8 << 20;
/// The forms that are written finding by finding, with nothing else to know of them.
const FORMS: [&str; 2] = ["json", "ndjson"];

/// A size as people write it: `512M`, `2G`, `64MiB`, `100MB`; a plain number is bytes.
pub(super) fn size(words: &str) -> std::result::Result<u64, String> {
    let expected =
        || "expected a size such as `512M`, `2G` or `64MiB`; a plain number is bytes".to_owned();
    let unit = words.trim_start_matches(|character: char| character.is_ascii_digit());
    let (digits, unit) = words.split_at(words.len() - unit.len());
    let number: u64 = digits.parse().map_err(|_| expected())?;
    let bytes: u64 = match unit.trim_start().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        "t" | "tib" => 1 << 40,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "tb" => 1_000_000_000_000,
        _ => return Err(expected()),
    };
    let size = number.checked_mul(bytes).ok_or_else(expected)?;
    if size < LEAST {
        return Err(format!(
            "expected at least {}M; the program itself takes some more",
            LEAST >> 20
        ));
    }
    Ok(size)
}

/// What findings that were put away are merged with.
pub(super) struct Rest<'a> {
    pub(super) outputs: &'a [Output],
    pub(super) manifests: &'a [Manifest],
    pub(super) catalogues: enrich::Files,
    pub(super) options: &'a Options,
    pub(super) engine: Engine,
    pub(super) pool: &'a ThreadPool,
    pub(super) as_of: Timestamp,
    pub(super) idle_globs: &'a [String],
}

impl Merge {
    /// The limit, if there is one. What cannot be told of findings part by part is refused, however few they may be: a
    /// command must not work until the day on which there are more.
    pub(super) fn limit(&self, outputs: &[Output], config: &Config) -> Result<Option<Limit>> {
        let Some(bytes) = self.max_memory else {
            return Ok(None);
        };
        let refuse = |what: &str, why: &str, hint: &str| {
            let message = format!("{what} cannot be had with `--max-memory`: {why}");
            Err(usage(&message, hint))
        };
        let form = outputs.iter().map(Output::form);
        if let Some(form) = form.into_iter().find(|form| !FORMS.contains(form)) {
            return refuse(
                &format!("the form `{form}`"),
                "it is made of all findings at once",
                "write `-o report.json` or `-o report.ndjson`; `scanfold convert report.json -o FILE` makes the other \
                 forms where there is memory for it",
            );
        }
        if !self.baseline.is_empty() {
            return refuse(
                "`--baseline`",
                "what is gone or has moved shows only beside all findings",
                "leave one of the two out",
            );
        }
        if !self.triage.is_empty() {
            return refuse(
                "`--triage`",
                "what an entry reaches shows only beside all findings",
                "leave one of the two out",
            );
        }
        if config.triage().next().is_some() {
            return refuse(
                "the triage files of the project file",
                "what an entry reaches shows only beside all findings",
                "leave `--max-memory` out, or name a project file without them with `--config`",
            );
        }
        if !self.vex.is_empty() {
            return refuse(
                "`--vex`",
                "what a statement reaches shows only beside all findings",
                "leave one of the two out",
            );
        }
        if !config.vex.is_empty() {
            return refuse(
                "the VEX documents of the project file",
                "what a statement reaches shows only beside all findings",
                "leave `--max-memory` out, or name a project file without them with `--config`",
            );
        }
        let limit = Limit {
            bytes,
            folder: std::env::temp_dir(),
        };
        // That there is no room for them must not show only on the day on which they are needed.
        limit.try_folder()?;
        Ok(Some(limit))
    }

    /// Goes on where findings were put away while inputs were read.
    pub(super) fn run_parted(
        &self,
        ingested: Ingested,
        spilled: Spilled,
        rest: Rest<'_>,
        mut stages: Stages,
    ) -> Result<Exit> {
        let Rest {
            outputs,
            manifests,
            catalogues,
            options,
            engine,
            pool,
            as_of,
            idle_globs,
        } = rest;
        let workers = pool.current_num_threads();
        let limit = spilled.limit().clone();
        let put = (spilled.findings(), spilled.bytes());
        stages.enter("part");
        let parts = spilled.part(workers)?;
        stages.wrote(parts.bytes());
        stages.enter("fold parts, assess");
        let questions = Questions {
            manifests,
            files: &catalogues,
            conditions: &self.asked.fail_on,
        };
        let is_all_skipped = ingested.facts.inputs.is_empty();
        let assess =
            || run::assess_parts(ingested.facts, &parts, &limit, questions, &engine, as_of);
        let parted = pool.install(assess)?;
        let number = parts.number();
        drop(parts);
        let (_, words) = parted.size();
        stages.wrote(words);
        idle(&engine);
        parted.tally.answerable(&parted.report.policies, as_of)?;
        if self.watching.verbose {
            let megabytes = |bytes: u64| bytes / 1_000_000;
            say(&format!(
                "scanfold: more than --max-memory: findings were put away {} ({} MB), in {} of which each fits, then {} MB of words",
                count(put.0, "time"),
                megabytes(put.1),
                count(number as u64, "part"),
                megabytes(words),
            ));
        }
        told::skipped(&ingested.skipped, options, manifests, is_all_skipped);
        told::apps(idle_globs, &parted.report.inputs);
        told::report(&parted.report);
        told::loosened(parted.loosened, engine.loosening());
        let held = parted.tally.words(parted.report.ledger().rejected);
        let exit = self.judge(&parted.report, &held);
        let mut results = Results::default();
        for output in Results::order(outputs, Output::path) {
            stages.enter(&format!("write {}", output.words()));
            let written = results.write(output.path(), &mut |out| match output.form() {
                "ndjson" => parted.write_findings(out),
                _ => parted.write(out),
            });
            stages.wrote(written?);
        }
        results.commit()?;
        stages.finish();
        Ok(exit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        assert_eq!(size("512M"), Ok(512 << 20));
        assert_eq!(size("2G"), Ok(2 << 30));
        assert_eq!(size("64MiB"), Ok(64 << 20));
        assert_eq!(size("64 mib"), Ok(64 << 20));
        assert_eq!(size("100MB"), Ok(100_000_000));
        assert_eq!(size("8388608"), Ok(8 << 20));
        for wrong in ["", "M", "-1G", "1.5G", "12X", "99999999999T"] {
            assert!(
                size(wrong).unwrap_err().starts_with("expected a size"),
                "{wrong}"
            );
        }
        for little in ["0", "1", "8388607", "7M", "8000kb"] {
            assert!(
                size(little)
                    .unwrap_err()
                    .starts_with("expected at least 8M"),
                "{little}"
            );
        }
    }
}
