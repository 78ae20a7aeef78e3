//! How the tool was run, and how that ended (section 3.20).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;

use super::lenient::{List, Object, Truth, Whole, Word};
use super::message;
use super::rule::{Call, Found};
use super::run;
use super::wire::{Artifact, Configuration, Message, Reference};
use crate::model::Text;

/// One invocation of the tool.
#[derive(Debug, Default)]
pub(super) struct Invoked {
    /// When it ended, or else started.
    pub(super) at: Option<Timestamp>,
    pub(super) successful: Option<bool>,
    /// How it died, in words that follow `the tool`.
    pub(super) end: Option<Text>,
    /// How many notifications are errors, and the words of the first.
    pub(super) errors: usize,
    pub(super) first_error: Option<Text>,
    /// Levels that this invocation gave to rules, in the words of the log; [`run::Run::settle`] finds the rules.
    pub(super) overrides: Vec<(Call, String)>,
    pub(super) levels: BTreeMap<Found, String>,
}

impl Invoked {
    pub(super) fn of(invocation: &Invocation<'_>) -> Self {
        let time = |word: &Word<'_>| word.get().and_then(run::timestamp);
        let is_error = |notification: &&Object<Notification<'_>>| {
            let level = notification.0.level.get().unwrap_or_default();
            level.eq_ignore_ascii_case("error")
        };
        let mut errors = (invocation.tool_execution_notifications.0.iter())
            .chain(&invocation.tool_configuration_notifications.0)
            .filter(is_error);
        let first_error = errors.next();
        Self {
            at: time(&invocation.end_time_utc).or_else(|| time(&invocation.start_time_utc)),
            successful: invocation.execution_successful.0,
            end: invocation.end(),
            errors: errors.count() + usize::from(first_error.is_some()),
            first_error: first_error
                .and_then(|error| message::words(&error.0.message.0, &[]))
                .map(|words| Text::line(words.lines().next().unwrap_or_default())),
            overrides: (invocation.rule_configuration_overrides.0.iter())
                .filter_map(|change| {
                    let level = change.0.configuration.0.level.get()?;
                    let call = Call::of(None, None, &change.0.descriptor.0);
                    Some((call, level.to_owned()))
                })
                .collect(),
            levels: BTreeMap::new(),
        }
    }
}

/// An invocation (section 3.20).
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Invocation<'a> {
    pub(super) execution_successful: Truth,
    #[serde(borrow)]
    pub(super) start_time_utc: Word<'a>,
    pub(super) end_time_utc: Word<'a>,
    pub(super) working_directory: Object<Artifact<'a>>,
    exit_signal_name: Word<'a>,
    exit_signal_number: Whole,
    process_start_failure_message: Word<'a>,
    pub(super) rule_configuration_overrides: List<Object<Override<'a>>>,
    pub(super) tool_execution_notifications: List<Object<Notification<'a>>>,
    pub(super) tool_configuration_notifications: List<Object<Notification<'a>>>,
}

/// A configuration override (section 3.51).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Override<'a> {
    #[serde(borrow)]
    pub(super) descriptor: Object<Reference<'a>>,
    pub(super) configuration: Object<Configuration<'a>>,
}

/// A notification (section 3.58).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Notification<'a> {
    #[serde(borrow)]
    pub(super) level: Word<'a>,
    pub(super) message: Object<Message<'a>>,
}

impl Invocation<'_> {
    /// A signal or a start that failed, in words that follow `the tool`. An exit code alone says nothing: many tools tell by
    /// it that they found something.
    fn end(&self) -> Option<Text> {
        if let Some(reason) = self.process_start_failure_message.get() {
            return Some(Text::line(&format!("did not start: {reason}")));
        }
        let number = self.exit_signal_number.0.filter(|number| *number > 0);
        let name = self.exit_signal_name.get().map(str::to_owned);
        let signal = name.or_else(|| number.map(|number| number.to_string()))?;
        Some(Text::line(&format!("was ended by signal {signal}")))
    }
}
