//! From a repeat of a result to what it adds.

use std::sync::Arc;

use super::{Digest, Fate, Known, Name};
use crate::model::{Claim, Finding, Sighting};
use crate::parse::sarif::finding::Maker;

impl Maker<'_> {
    /// What a repeat of a known result adds to the finding that was handed over for it: who saw it, where and when, and by
    /// which keys it is found. None where the finding may differ from that one.
    pub(in crate::parse::sarif) fn repeat(
        &self,
        known: &Known,
        name: Name,
        context: Digest,
        at: &str,
    ) -> Option<Finding> {
        let told = match known.fate.get() {
            Some(Fate::Told(told)) if told.context == context => told,
            _ => return None,
        };
        let trace = known.sketch.trace(self.part, known.indices(name));
        let called = self.identities.rule(&trace)?;
        let rule = called.found.and_then(|found| self.run.rule(found));
        let is_same_rule = match (rule, &told.rule) {
            (Some(rule), Some(told)) => std::ptr::eq(Arc::as_ptr(rule), told.as_ptr()),
            (None, None) => true,
            _ => false,
        };
        let standing = || self.identities.standing(&trace, &known.sketch);
        if !is_same_rule
            || told.standing.is_some_and(|told| told != standing())
            || self.run.has_overrides()
        {
            return None;
        }
        let mut finding = Finding::new(told.kind, self.app.clone());
        finding.keys.clone_from(&told.keys);
        finding.package.clone_from(&told.package);
        finding.suppressions.clone_from(&told.suppressions);
        // They are names of one problem, as this record says too.
        finding.ids.clone_from(&told.aliases);
        let place = self.input.place(at);
        for claim in &*told.claims {
            finding.claims.insert(Claim {
                source: place.clone(),
                ..claim.clone()
            });
        }
        finding.sightings.insert(Sighting {
            place,
            scanner: self.run.scanner().clone(),
        });
        self.scan_time(&mut finding);
        Some(finding)
    }
}
