//! `scanfold merge`: reports of many jobs and tools into one.

mod bounded;
mod guarded;
mod told;

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;

use super::asked::{self, Asked};
use super::config::{self, Config};
use super::exit::{Exit, Waivers};
use super::output::{Output, Results, say};
use super::stages::{Stages, Watching};
use super::{AsOf, usage, workers};
use crate::enrich;
use crate::error::Result;
use crate::expect;
use crate::gate;
use crate::model::{Report, Text};
use crate::parse::{self, AgeLimit, Database, Lockfiles, Options, PARSERS};
use crate::policy::Engine;
use crate::report::escape::terminal;
use crate::report::{Page, View};
use crate::run::{self, Named};
use crate::source::{self, Input, Progress};
use crate::triage::{self, TriageFile, vex};

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  scanfold merge ci/ --policy flowdesk -o report.json -o summary.md\n  \
                        scanfold merge ci/ --baseline last.json --policy ours.toml --fail-on overdue"
)]
pub(super) struct Merge {
    /// Reports: files, directories, archives (zip, tar), globs in quotes, or `-` for standard input
    #[arg(value_name = "INPUT")]
    inputs: Vec<String>,
    /// Read PATH as this format, whatever it looks like
    #[arg(long, value_name = "FORMAT:PATH")]
    from: Vec<String>,
    /// The app of all findings, or of those in reports whose path matches a glob
    #[arg(long, value_name = "NAME[=GLOB]")]
    app: Vec<String>,
    /// A policy: the name of a preset, or a file
    #[arg(long, short, value_name = "POLICY")]
    policy: Vec<String>,
    /// An earlier report, ours or SARIF: its clocks run on, and what is gone is told
    #[arg(long, value_name = "REPORT")]
    baseline: Vec<String>,
    /// A triage file: what is accepted, a false positive, whose it is [default: those of the project file]
    #[arg(long, value_name = "FILE")]
    triage: Vec<String>,
    /// A manifest of the reports that must be among the inputs
    #[arg(long, value_name = "MANIFEST")]
    expect: Vec<PathBuf>,
    /// The folder of a RustSec advisory database, to match `Cargo.lock` files against
    #[arg(long, value_name = "FOLDER")]
    advisory_db: Option<PathBuf>,
    /// The fields of Jira as `/rest/api/3/field` lists them, for exports that do not name them
    #[arg(long, value_name = "FILE")]
    jira_fields: Option<PathBuf>,
    /// `Cargo.lock` files are incomplete when the newest advisory of the database is older than this at --as-of
    #[arg(long, value_name = "DAYS")]
    max_advisory_age: Option<u32>,
    /// CISA's catalogue of known exploited vulnerabilities (KEV), JSON or CSV, to look findings up in
    #[arg(long, value_name = "FILE")]
    kev: Vec<PathBuf>,
    /// FIRST's EPSS scores, CSV, to look findings up in
    #[arg(long, value_name = "FILE")]
    epss: Vec<PathBuf>,
    /// Such files are incomplete when they are older than this at --as-of: what they do not list is then unknown
    #[arg(long, value_name = "DAYS")]
    max_enrichment_age: Option<u32>,
    /// The package-lock.json or npm-shrinkwrap.json that `npm audit --json` looked at: it tells installed versions and
    /// dependency paths. For one report, or for all that none is named for [default: the one beside the report]
    #[arg(long, value_name = "[REPORT=]PATH")]
    lockfile: Vec<String>,
    /// An OpenVEX document, or a CycloneDX one with analyses: what it says of a vulnerability in a product is a decision
    #[arg(long, value_name = "FILE")]
    vex: Vec<PathBuf>,
    /// The time zone of dates in reports that name none [default: UTC]
    #[arg(long, value_name = "ZONE")]
    input_timezone: Option<String>,
    /// The project file [default: the nearest scanfold.toml upwards]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    as_of: AsOf,
    /// Where the result goes; the ending says in which form; `-` is JSON on standard output
    #[arg(short, long, value_name = "FILE")]
    output: Vec<String>,
    /// A form and where it goes; without a place to standard output
    #[arg(long, value_name = "FORMAT[=FILE]")]
    to: Vec<String>,
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    waivers: Waivers,
    /// How many reports are read at once [default: one for each core]
    #[arg(long, value_name = "NUMBER", value_parser = super::jobs)]
    jobs: Option<usize>,
    /// How much memory findings may take: `512M`, `2G`; the program takes 10 to 40 MB more. More findings go to temporary
    /// files in TMPDIR, five times the reports, and the result is the same. For json and ndjson, without --baseline, --triage
    /// and --vex [default: no limit]
    #[arg(long, value_name = "SIZE", value_parser = bounded::size)]
    max_memory: Option<u64>,
    #[command(flatten)]
    watching: Watching,
}

impl Merge {
    pub(super) fn run(self, page: Page) -> Result<Exit> {
        let mut stages = self.watching.start("prepare");
        let outputs = Output::all(&self.output, &self.to)?;
        let columns = self.asked.columns(&outputs)?;
        let config = Config::load(self.config.as_deref())?;
        // Before the first outer word becomes a text.
        config.redact()?;
        let limit = self.limit(&outputs, &config)?;
        let as_of = self.as_of.timestamp();
        let policies = config.policies_or(&self.policy)?;
        let mut options = self.options(&config, as_of)?;
        let triage_files = self.triage_files(&config)?;
        let manifests = expect::load(if self.expect.is_empty() {
            &config.expect
        } else {
            &self.expect
        })?;
        let formats: Vec<_> = PARSERS.iter().map(|parser| parser.name()).collect();
        expect::check_formats(&manifests, &formats)?;
        let baselines = self
            .baseline
            .iter()
            .map(|path| run::open_baseline(path, &mut options, as_of))
            .collect::<Result<Vec<_>>>()?;
        let vex = self.vex_documents(&config)?;
        stages.enter("find inputs");
        let mut inputs = self.named_inputs(&stages.progress)?;
        let guard = self.guard(&outputs, &config, &policies, &options, &inputs);
        for output in &outputs {
            guard.spare(output.path())?;
        }
        check_reports(&options.lockfiles, &inputs)?;
        let pool = workers(self.jobs)?;
        stages.enter_reading("read, parse, fold");
        for one in &mut inputs {
            one.input.watch(&stages.progress);
        }
        let mut ingested = pool.install(|| run::ingest_within(inputs, &options, as_of, limit))?;
        self.watching.tell(&ingested.read);
        stages.enter("compare");
        let is_all_skipped = ingested.facts.inputs.is_empty();
        let idle_globs = told::idle_globs(&self.app, &config, &options.apps, &ingested.facts);
        if let Some(spilled) = ingested.spilled.take() {
            let rest = bounded::Rest {
                outputs: &outputs,
                manifests: &manifests,
                catalogues: self.catalogues(&config),
                options: &options,
                engine: Engine::new(policies, as_of),
                pool: &pool,
                as_of,
                idle_globs: &idle_globs,
            };
            return self.run_parted(ingested, spilled, rest, stages);
        }
        expect::judge(&mut ingested.facts, &manifests, as_of);
        if !baselines.is_empty() {
            run::compare(&mut ingested.facts, baselines);
        }
        stages.enter("enrich");
        run::enrich(&mut ingested.facts, &self.catalogues(&config), as_of)?;
        stages.enter("triage");
        for document in &vex {
            document.apply(&mut ingested.facts);
            let is_other = |name: &Text| *name != document.record().id.path;
            ingested.skipped.names.retain(is_other);
        }
        let engine = Engine::new(policies, as_of);
        idle(&engine);
        let rows = triage::decide(&mut ingested.facts, &triage_files, as_of, engine.today());
        stages.enter("assess");
        let loosening = engine.loosening().cloned();
        let mut engines = vec![engine; pool.current_num_threads()];
        let assess = || run::assess_with(ingested.facts, &mut engines, as_of);
        let mut report = pool.install(assess)?;
        report.triage = rows;
        self.asked.answerable(&report)?;
        stages.enter("gate");
        let matches = gate::check(&self.asked.fail_on, &report, as_of);
        let mut view = View {
            jobs: pool.current_num_threads(),
            allows_rejects: self.waivers.allow_rejects,
            allows_incomplete: self.waivers.allow_incomplete,
            columns,
            page,
            name: outputs.iter().find_map(Output::report),
            ..View::default()
        };
        asked::meet(&matches, &mut view);
        // What is said beside the results comes first, so that at a terminal the verdict is what stays in sight.
        told::skipped(&ingested.skipped, &options, &manifests, is_all_skipped);
        told::apps(&idle_globs, &report.inputs);
        told::report(&report);
        told::loosened(report.loosened(), loosening.as_ref());
        let held: Vec<String> = matches.iter().map(|one| one.words(&report)).collect();
        let exit = self.judge(&report, &held);
        pool.install(|| write(&outputs, &report, &view, &mut stages))?;
        stages.finish();
        // The program ends here: a million findings need not be taken apart one by one for it.
        std::mem::forget(report);
        Ok(exit)
    }

    /// Whether the report is good enough, and may ship; says why not. `held` are the conditions that hold, in words.
    fn judge(&self, report: &Report, held: &[String]) -> Exit {
        asked::judge(&self.waivers.objections(report), held)
    }

    fn catalogues(&self, config: &Config) -> enrich::Files {
        let named = |own: &[PathBuf], config: &Option<PathBuf>| match own {
            [] => config.iter().cloned().collect(),
            own => own.to_vec(),
        };
        enrich::Files {
            kev: named(&self.kev, &config.kev),
            epss: named(&self.epss, &config.epss),
            max_age: self.max_enrichment_age.or(config.max_enrichment_age),
        }
    }

    fn triage_files(&self, config: &Config) -> Result<Vec<TriageFile>> {
        if self.triage.is_empty() {
            let files = config.triage();
            return files
                .map(|(path, name)| triage::load(&path, name))
                .collect();
        }
        let files = self.triage.iter();
        files
            .map(|name| triage::load(Path::new(name), name))
            .collect()
    }

    fn vex_documents(&self, config: &Config) -> Result<Vec<vex::Document>> {
        let paths = match &self.vex[..] {
            [] => &config.vex,
            own => own,
        };
        paths.iter().map(|path| vex::Document::load(path)).collect()
    }

    fn options(&self, config: &Config, as_of: Timestamp) -> Result<Options> {
        let mut options = Options::default();
        for app in &self.app {
            match app.split_once('=') {
                Some((app, glob)) => options.apps.name_path(app, glob)?,
                None => options.apps.name_all(app),
            }
        }
        config.name_apps(&mut options.apps)?;
        options.zone = match &self.input_timezone {
            Some(name) => Some(config::zone(name)?),
            None => config.input_timezone.clone(),
        };
        let database = self.advisory_db.as_ref().or(config.advisory_db.as_ref());
        options.advisories = database.map(Database::load).transpose()?;
        config.name_jira(&mut options.jira, self.jira_fields.as_deref())?;
        let days = self.max_advisory_age.or(config.max_advisory_age);
        options.max_advisory_age = days.map(|days| AgeLimit { as_of, days });
        for lockfile in &self.lockfile {
            match lockfile.split_once('=') {
                Some((report, path)) => options.lockfiles.name_report(report, path.as_ref())?,
                None => options.lockfiles.name_all(lockfile.as_ref())?,
            }
        }
        Ok(options)
    }

    fn named_inputs(&self, progress: &Progress) -> Result<Vec<Named>> {
        if self.inputs.is_empty() && self.from.is_empty() {
            return Err(usage(
                "no input is named",
                "name reports, directories of reports, or `-` for standard input",
            ));
        }
        let stdin = || Input::spool("-", progress.spooling(std::io::stdin().lock()));
        let source::Found { inputs, missing } = source::collect(&self.inputs, stdin);
        let mut named: Vec<Named> = inputs
            .into_iter()
            .map(|input| Named {
                input,
                parser: None,
            })
            .collect();
        // What is missing cannot be opened, which its record in the report then says.
        named.extend(missing.into_iter().map(|(name, error)| Named {
            input: Input::missing(&name, error),
            parser: None,
        }));
        for from in &self.from {
            let Some((format, path)) = from.split_once(':') else {
                return Err(usage(
                    &format!("`--from {from}` names no path"),
                    "write `--from FORMAT:PATH`",
                ));
            };
            let parser = parse::by_name(PARSERS, format)?;
            let plain = path.strip_prefix("./").unwrap_or(path);
            let is_in_archive =
                |known: &&mut Named| known.input.is_member() && known.input.name() == plain;
            if let Some(known) = named.iter_mut().find(is_in_archive) {
                known.parser = Some(parser);
                continue;
            }
            let input = if path == "-" {
                stdin()?
            } else {
                Input::file(path, true)
            };
            named.retain(|known| !known.input.is_same(&input));
            named.push(Named {
                input,
                parser: Some(parser),
            });
        }
        Ok(named)
    }
}

/// Says which policies say nothing at this time.
pub(super) fn idle(engine: &Engine) {
    for (policy, reason) in engine.idle() {
        say(&format!(
            "scanfold: policy {}: {}",
            terminal(policy),
            terminal(reason)
        ));
    }
}

/// Writes each result, as a stage of its own.
fn write(outputs: &[Output], report: &Report, view: &View, stages: &mut Stages) -> Result<()> {
    let mut results = Results::default();
    for output in Results::order(outputs, Output::path) {
        stages.enter(&format!("write {}", output.words()));
        stages.wrote(output.write(report, view, &mut results)?);
    }
    results.commit()
}

/// A lock file for a report that is not there would be without effect.
fn check_reports(lockfiles: &Lockfiles, inputs: &[Named]) -> Result<()> {
    let is_there = |report: &str| inputs.iter().any(|named| named.input.name() == report);
    match lockfiles.reports().find(|report| !is_there(report)) {
        None => Ok(()),
        Some(report) => Err(usage(
            &format!("`--lockfile` names the report `{report}`, which is none of the inputs"),
            "write the report's path as the inputs have it: `--lockfile ci/audit.json=package-lock.json`",
        )),
    }
}
