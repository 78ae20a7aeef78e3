//! `scanfold check`: may this ship?

use clap::Args;
use jiff::Timestamp;

use super::AsOf;
use super::exit::{Exit, Waivers};
use super::guard::Guard;
use super::output::{Results, say};
use super::telling::{Form, Telling};
use crate::error::Result;
use crate::gate::{self, Condition};
use crate::model::{Report, Text};
use crate::report::Page;
use crate::report::verdict::{Answer, Held, Met, Verdict};
use crate::run;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  scanfold check report.json --fail-on overdue --fail-on 'severity>=high&new'\n  \
                        scanfold check report.json --fail-on overdue --as-of +14d\n  \
                        scanfold check report.json --fail-on 'kev&app=Queue*' --to markdown=summary.md"
)]
pub(super) struct Check {
    /// Merged reports, in JSON
    #[arg(value_name = "REPORT", required = true)]
    reports: Vec<String>,
    /// What must not be: open, overdue, due<=DATE, due<=+14d, overdue:DUTY, severity>=LEVEL, new, reopened, unobserved, kev, epss>=0.5,
    /// kind=KIND, package=GLOB, rule=GLOB, app=GLOB, tag=GLOB, owner=GLOB, rejects; joined with &
    #[arg(long, value_name = "CONDITION", required = true)]
    fail_on: Vec<Condition>,
    #[command(flatten)]
    as_of: AsOf,
    /// The form of the answer: text, markdown or json; without a place to standard output
    #[arg(long, value_name = "FORM[=FILE]")]
    to: Vec<Telling>,
    #[command(flatten)]
    waivers: Waivers,
}

impl Check {
    pub(super) fn run(self, page: Page) -> Result<Exit> {
        let tellings = Telling::all(&self.to)?;
        let mut guard = Guard::default();
        guard.files("a report that is checked", &self.reports);
        for telling in &tellings {
            guard.spare(telling.path.as_deref())?;
        }
        let as_of = self.as_of.timestamp();
        let mut exit = Exit::Fine;
        let mut answers = Vec::new();
        for path in &self.reports {
            let report = run::open_report(path)?;
            run::not_before(report.as_of, as_of).map_err(|error| error.at(path))?;
            for condition in &self.fail_on {
                condition
                    .answerable(&report, as_of)
                    .map_err(|error| error.at(path))?;
            }
            for hint in gate::hints(&self.fail_on, &report, as_of) {
                say(&format!(
                    "scanfold: {}: {hint}",
                    Text::line(path).untrusted()
                ));
            }
            let answer = self.answer(path, &report, as_of);
            exit = exit.max(Exit::of(
                answer.objections.is_empty(),
                answer.held.is_empty(),
            ));
            answers.push(answer);
        }
        let conditions = self.fail_on.iter();
        let verdict = Verdict {
            as_of,
            exit_code: exit.code(),
            conditions: conditions
                .map(|condition| condition.text().to_owned())
                .collect(),
            answers,
        };
        let mut results = Results::default();
        Telling::write_all(
            &tellings,
            &mut results,
            &mut |telling, out| match telling.form {
                Form::Text => verdict.write_text(telling.page(page), out),
                Form::Markdown => verdict.write_markdown(out),
                Form::Json => verdict.write_json(out),
            },
        )?;
        results.commit()?;
        Ok(exit)
    }

    fn answer(&self, path: &str, report: &Report, as_of: Timestamp) -> Answer {
        let held = gate::check(&self.fail_on, report, as_of);
        let held = held.into_iter().map(|one| Held {
            condition: one.condition.text().to_owned(),
            words: one.words(report),
            rejected: one.entries.is_empty().then(|| report.ledger().rejected),
            findings: (one.entries.iter())
                .map(|entry| Met::of(entry, gate::status_at(entry, as_of)))
                .collect(),
        });
        let objections = self.waivers.objections(report);
        Answer {
            report: Text::line(path),
            held: held.collect(),
            objections: objections.iter().map(|words| Text::line(words)).collect(),
        }
    }
}
