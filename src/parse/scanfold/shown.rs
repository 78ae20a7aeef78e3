//! Whether a report shows as many findings as its inputs' ledgers count and lists the tickets that they name, or something
//! was taken out of it or put in.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::damage::REMEDY;
use super::each;
use super::log::members;
use crate::error::{Error, Result};
use crate::model::{InputId, InputRecord, Place, Text};
use crate::source::Input;
use crate::wire;

/// What the findings of a report show.
#[derive(Default)]
pub(super) struct Shown {
    /// How many findings show a record of its inputs.
    findings: u64,
    /// The first record of each.
    records: BTreeSet<Place>,
    /// Findings that say it in no way that can be read.
    unclear: u64,
    pub(super) tickets: Tickets,
}

impl Shown {
    /// Counts them, and looks at nothing else of the findings.
    pub(super) fn count(
        input: &Input,
        names: &mut wire::KnownInputs,
        is_input: impl Fn(&Arc<InputId>) -> bool,
    ) -> Result<Self> {
        let mut seen = Self::default();
        members(input, |reader| {
            while let Some(key) = reader.next_key()? {
                let is_ticket = key == "tickets";
                if !is_ticket && key != "findings" {
                    reader.skip()?;
                    continue;
                }
                each(reader, &format!("/{key}"), |reader, _| {
                    match reader.record::<wire::Shown<'_>>()? {
                        Ok(shown) if is_ticket => seen.tickets.list(shown.tickets()),
                        Ok(shown) => {
                            if !shown.is_ticket() {
                                seen.tickets.name(shown.tickets());
                            }
                            if !shown.is_absent() {
                                match shown.first_record(names, &is_input) {
                                    Some(record) => seen.record(record),
                                    None => seen.unclear += 1,
                                }
                            }
                        }
                        // It is rejected later, and a ticket with it.
                        Err(_) if is_ticket => seen.tickets.is_unclear = true,
                        Err(_) => seen.unclear += 1,
                    }
                    Ok(())
                })?;
            }
            Ok(())
        })?;
        Ok(seen)
    }

    /// One finding shows this record first.
    pub(super) fn record(&mut self, first: Place) {
        self.findings += 1;
        self.records.insert(first);
    }

    /// Refuses a report that holds more or fewer findings than its inputs' ledgers count, or fewer tickets than they name.
    /// A finding that is unclear may be any.
    pub(super) fn held_against(&self, inputs: &[InputRecord]) -> Result<()> {
        self.tickets.held_against()?;
        let counted = counted(inputs);
        if self.findings > counted {
            let hint =
                "findings were put into the report by hand: merge the scanners' reports again";
            return Err(Error::format(told(counted, self.findings)).hint(hint));
        }
        if self.findings.saturating_add(self.unclear) < counted {
            let hint = "findings were left out of the report, by `scanfold show` or by hand: name the whole report, or merge the scanners' reports again";
            return Err(Error::format(told(counted, self.findings)).hint(hint));
        }
        let again = inputs
            .iter()
            .fold(0, |sum: u64, input| sum.saturating_add(input.counted_again));
        let shared = self.findings - self.records.len() as u64;
        if self.unclear == 0 && again != shared {
            let message = format!(
                "its `inputs` have {again} `counted_again`, but {shared} findings show a record that another one shows"
            );
            return Err(Error::format(message).hint(REMEDY));
        }
        Ok(())
    }
}

/// Tickets by their keys: those that findings name, and those that the report lists for the next merge.
#[derive(Default)]
pub(super) struct Tickets {
    named: BTreeSet<Text>,
    listed: BTreeSet<Text>,
    is_unclear: bool,
}

impl Tickets {
    pub(super) fn name(&mut self, keys: impl Iterator<Item = Text>) {
        self.named.extend(keys);
    }

    pub(super) fn list(&mut self, keys: impl Iterator<Item = Text>) {
        self.listed.extend(keys);
    }

    /// Without its ticket a finding would lose a clock and a date.
    fn held_against(&self) -> Result<()> {
        let mut missing = self.named.difference(&self.listed);
        match missing.next() {
            Some(key) if !self.is_unclear => {
                let key = key.untrusted();
                let message = format!("a finding names the ticket `{key}`, which is not there");
                Err(Error::format(message).at("/tickets").hint(REMEDY))
            }
            _ => Ok(()),
        }
    }
}

/// How many findings the ledgers of the inputs count.
fn counted(inputs: &[InputRecord]) -> u64 {
    inputs
        .iter()
        .fold(0, |sum, input| sum.saturating_add(input.ledger.findings))
}

fn told(counted: u64, findings: u64) -> String {
    format!("its `inputs` count {counted} findings, but {findings} can be read")
}

/// What to say of a report that holds more or fewer findings than its inputs' ledgers count.
pub(super) fn miscounted(inputs: &[InputRecord], findings: u64) -> Option<String> {
    let counted = counted(inputs);
    (counted != findings).then(|| told(counted, findings))
}
