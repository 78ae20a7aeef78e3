//! A fold whose memory is bounded: what is too much goes to a temporary file, and comes back part by part.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Fold, KEPT_APART, Texts};
use crate::error::Result;
use crate::model::{Facts, Finding, Gathered, InputId, Text};
use crate::spill::{Parts, Register, Spool};

/// Findings that are folded without the account of their inputs.
#[derive(Debug)]
pub struct Folded {
    /// The findings, in the order of their fingerprints.
    pub findings: Vec<Box<Finding>>,
    /// Reports of those that share a key and are kept apart all the same: [`note_apart`] takes them.
    pub apart: BTreeSet<Arc<InputId>>,
}

impl Fold {
    /// A fold that puts findings away when they are more than its share.
    pub fn bounded(register: &Arc<Register>) -> Self {
        Self {
            spool: Some(Box::new(Spool::new(register))),
            ..Self::default()
        }
    }

    /// Whether findings were put away.
    pub fn is_parted(&self) -> bool {
        self.spool.as_ref().is_some_and(|spool| spool.is_used())
    }

    /// Puts all findings away that it still holds. Inputs and rejects stay.
    pub fn put_away(&mut self) -> Option<Spool> {
        self.drain(&[]);
        self.spool.take().map(|spool| *spool)
    }

    /// Puts all findings away. Those in the `touched` slots wait for the end of the input that is open.
    fn drain(&mut self, touched: &[usize]) {
        let Some(spool) = &mut self.spool else { return };
        let groups = std::mem::take(&mut self.groups);
        // They share nothing with what comes next.
        self.texts = Texts::default();
        let waiting: BTreeSet<usize> = touched.iter().map(|slot| groups.now(*slot)).collect();
        let findings = groups.into_slots();
        spool.put(findings.map(|(slot, finding)| (finding, waiting.contains(&slot))));
    }

    /// Puts findings away if they are too many. Those in the slots that the open input has touched are told at its end what
    /// its scan covered.
    pub(super) fn make_room(&mut self, touched: &mut Gathered<usize>) {
        if self.spool.as_ref().is_some_and(|spool| spool.is_full()) {
            let touched = std::mem::take(touched).into_members();
            self.drain(&touched);
        }
    }

    pub(super) fn weigh(&mut self, slot: usize) {
        if let (Some(spool), Some(finding)) = (&mut self.spool, self.groups.get_mut(slot)) {
            spool.weigh(slot, finding);
        }
    }

    /// Folds a part of what was put away.
    pub fn part(parts: &Parts, part: usize) -> Result<Folded> {
        let mut fold = Self::default();
        parts.read(part, &mut |mut finding| {
            // One copy of what was one before.
            let prose = [&mut finding.title, &mut finding.description];
            for text in prose.into_iter().flatten() {
                fold.texts.one(text);
            }
            fold.add(finding);
        })?;
        Ok(fold.groups.ordered())
    }
}

/// Notes of inputs that they have records which other reports' keys would make one.
pub fn note_apart(facts: &mut Facts, apart: &BTreeSet<Arc<InputId>>) {
    for input in &mut facts.inputs {
        if apart.contains(&input.id) {
            input.notes.insert(Text::line(KEPT_APART));
        }
    }
}
