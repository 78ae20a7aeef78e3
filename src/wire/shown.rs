//! As much of a finding on the wire as tells which record of the inputs it shows.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Deserialize;

use super::finding::baseline;
use super::list::{FEW, at_most};
use super::{KnownInputs, Sighting};
use crate::model::{Baseline, InputId, Place};

/// See the module. It is read where findings are only counted.
#[derive(Debug, Deserialize)]
pub struct Shown<'a> {
    #[serde(borrow, default)]
    status: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    baseline: Option<Cow<'a, str>>,
    #[serde(borrow)]
    #[serde(deserialize_with = "at_most::<_, _, FEW>")]
    sightings: Vec<Sighting<'a>>,
}

impl Shown<'_> {
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
