//! Whether a report shows as many records as its inputs' ledgers count, or findings were left out of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::each;
use super::log::members;
use crate::error::{Error, Result};
use crate::model::{InputId, InputRecord};
use crate::source::Input;
use crate::wire;

/// How many records of its inputs the findings of a report show.
pub(super) struct Shown {
    pub(super) records: u64,
    /// Findings that say it in no way that can be read.
    pub(super) unclear: u64,
}

impl Shown {
    /// Counts them, and looks at nothing else of the findings.
    pub(super) fn count(
        input: &Input,
        names: &mut wire::KnownInputs,
        is_input: impl Fn(&Arc<InputId>) -> bool,
    ) -> Result<Self> {
        let mut records = BTreeSet::new();
        let mut unclear = 0;
        members(input, |reader| {
            while let Some(key) = reader.next_key()? {
                if key != "findings" {
                    reader.skip()?;
                    continue;
                }
                each(reader, "/findings", |reader, _| {
                    match reader.record::<wire::Shown<'_>>()? {
                        Ok(shown) if shown.is_absent() => {}
                        Ok(shown) => match shown.first_record(names, &is_input) {
                            Some(record) => drop(records.insert(record)),
                            None => unclear += 1,
                        },
                        Err(_) => unclear += 1,
                    }
                    Ok(())
                })?;
            }
            Ok(())
        })?;
        let records = records.len() as u64;
        Ok(Self { records, unclear })
    }

    /// Refuses a report that holds more or fewer findings than its inputs' ledgers count. One that is unclear may be any.
    pub(super) fn held_against(&self, inputs: &[InputRecord]) -> Result<()> {
        let counted = counted(inputs);
        let hint = if self.records > counted {
            "findings were put into the report by hand: merge the scanners' reports again"
        } else if self.records.saturating_add(self.unclear) < counted {
            "findings were left out of the report, by `scanfold show` or by hand: name the whole report, or merge the scanners' reports again"
        } else {
            return Ok(());
        };
        let difference = miscounted(inputs, self.records).unwrap_or_default();
        Err(Error::format(difference).hint(hint))
    }
}

/// How many findings the ledgers of the inputs count.
fn counted(inputs: &[InputRecord]) -> u64 {
    inputs
        .iter()
        .fold(0, |sum, input| sum.saturating_add(input.ledger.findings))
}

/// What to say of a report that holds more or fewer findings than its inputs' ledgers count.
pub(super) fn miscounted(inputs: &[InputRecord], findings: u64) -> Option<String> {
    let counted = counted(inputs);
    (counted != findings)
        .then(|| format!("its `inputs` count {counted} findings, but {findings} can be read"))
}
