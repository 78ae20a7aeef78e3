//! A run as the results of one pass ask it.

use std::cell::Cell;

use jiff::Timestamp;

use super::artifact;
use super::message::Strings;
use super::rule::{Call, Found, Rule};
use super::run::Run;
use super::trace::Pin;
use super::uri::{Raw, Target};
use crate::model::Text;

/// What results may ask of their run.
///
/// Most ask for what [`super::memory::context`] compares: such a result says the same in each run with an equal context.
/// Whoever is asked for more notes it here, so that nothing is taken for a repeat that only looks like one.
#[derive(Debug)]
pub(super) struct Asked<'r> {
    run: &'r Run,
    went_beyond: Cell<bool>,
}

impl<'r> Asked<'r> {
    pub(super) fn new(run: &'r Run) -> Self {
        Self {
            run,
            went_beyond: Cell::new(false),
        }
    }

    /// Whether anything beyond the context was asked for since the last call.
    pub(super) fn take_went_beyond(&self) -> bool {
        self.went_beyond.take()
    }

    /// What is told now is of this run alone.
    fn beyond(&self) -> &'r Run {
        self.went_beyond.set(true);
        self.run
    }

    /// What the tool belongs to.
    pub(super) fn family(&self) -> &'r str {
        &self.run.family
    }

    /// The name of the tool.
    pub(super) fn scanner(&self) -> &'r Text {
        &self.run.scanner
    }

    /// A rule; repeats compare it with their own.
    pub(super) fn rule(&self, found: Found) -> Option<&'r std::sync::Arc<Rule>> {
        (self.run.components.get(found.component)?.rules).get(found.rule)
    }

    /// The message strings of a rule's component and of the driver, in the order in which they are asked.
    pub(super) fn strings(&self, found: Option<Found>) -> impl Iterator<Item = &'r Strings> {
        let components = &self.beyond().components;
        let own = found.and_then(|found| components.get(found.component));
        own.into_iter()
            .chain(components.first())
            .map(|component| &component.strings)
    }

    /// The pin, with the name that the run has for an index.
    pub(super) fn resolve_pin(&self, pin: Pin) -> Pin {
        if !matches!(pin, Pin::LogicalIndex(..)) {
            return pin;
        }
        pin.resolved(Some(self.beyond()))
    }

    /// The place of an artifact location, by its URI or else by its index.
    pub(super) fn resolve(&self, raw: &Raw, index: Option<usize>) -> Option<(Target, Text)> {
        if raw.uri.is_empty() {
            index?;
            self.beyond();
        }
        artifact::resolve(self.run, raw, index)
    }

    /// Notes that a place was found by its index.
    pub(super) fn resolved_by_index(&self) {
        self.beyond();
    }

    /// A logical location by its index.
    pub(super) fn logical(&self, index: usize) -> Option<&'r Text> {
        self.beyond().logicals.get(index)?.as_ref()
    }

    /// A step of a flow by its index, in words.
    pub(super) fn waypoint(&self, index: usize) -> Option<String> {
        self.beyond().waypoints.get(index)?.shown(self)
    }

    /// The weakness that a taxon is.
    pub(super) fn weakness(&self, call: &Call) -> Option<Text> {
        let run = self.beyond();
        call.weakness(&run.taxonomies, &run.components)
    }

    /// Whether any invocation gave levels to rules.
    pub(super) fn has_overrides(&self) -> bool {
        self.run.has_overrides()
    }

    /// The level that the result's invocation gave to its rule (sections 3.20.5 and 3.51). A result that names no
    /// invocation belongs to the only one there is; of several nobody knows which.
    pub(super) fn overridden(&self, found: Found, invocation: Option<usize>) -> Option<&'r str> {
        if !self.run.has_overrides() {
            return None;
        }
        let invocations = &self.beyond().invocations;
        let invocation = match invocation {
            Some(index) => invocations.get(index)?,
            None => invocations.first().filter(|_| invocations.len() == 1)?,
        };
        invocation.levels.get(&found).map(String::as_str)
    }

    /// When the run took place; repeats ask it themselves.
    pub(super) fn scanned_at(&self) -> Option<Timestamp> {
        self.run.scanned_at(None)
    }

    /// When the invocation of a result took place, or else the run.
    pub(super) fn scanned_in(&self, invocation: usize) -> Option<Timestamp> {
        self.beyond().scanned_at(Some(invocation))
    }

    /// Notes that a result tells times of its own, whose source is the report that they stand in.
    pub(super) fn has_own_times(&self) {
        self.beyond();
    }
}
