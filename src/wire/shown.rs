//! As much of a finding on the wire as tells which record of the inputs it shows, and which tickets it names.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Deserialize;

use super::finding::baseline;
use super::list::{FEW, MANY, at_most};
use super::{KnownInputs, Sighting};
use crate::model::{Baseline, InputId, Kind, Place, Text};

/// See the module. It is read where findings are only counted.
#[derive(Debug, Deserialize)]
pub struct Shown<'a> {
    #[serde(borrow, default)]
    status: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    baseline: Option<Cow<'a, str>>,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow, default, deserialize_with = "at_most::<_, _, MANY>")]
    tickets: Vec<Named<'a>>,
    #[serde(borrow, deserialize_with = "at_most::<_, _, FEW>")]
    sightings: Vec<Sighting<'a>>,
}

/// As much of a ticket as names it.
#[derive(Debug, Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    key: Cow<'a, str>,
}

impl Shown<'_> {
    /// Whether it is a ticket itself.
    pub fn is_ticket(&self) -> bool {
        self.kind == Kind::Ticket.name()
    }

    /// The keys of its tickets.
    pub fn tickets(&self) -> impl Iterator<Item = Text> {
        self.tickets.iter().map(|ticket| Text::line(&ticket.key))
    }

    /// Whether no record of the present inputs shows it, as [`crate::model::Finding::is_absent`] tells.
    pub fn is_absent(&self) -> bool {
        let state = baseline(self.baseline.as_deref(), self.status.as_deref());
        state.is_ok_and(|state| state.is_some_and(Baseline::is_absent))
    }

    /// As [`crate::model::Finding::first_record`].
    pub fn first_record(
        self,
        inputs: &mut KnownInputs,
        is_input: impl Fn(&Arc<InputId>) -> bool,
    ) -> Option<Place> {
        let sightings = self.sightings.into_iter();
        let places = sightings.map(|sighting| sighting.into_model(inputs).place);
        places.filter(|place| is_input(&place.report)).min()
    }
}
