//! What one worker puts to its temporary file while it reads.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::lanes::{Filed, Lanes};
use super::limit::Limit;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Finding, InputId, Kind, Set, Text};
use crate::wire;

/// The lanes of a worker's file: the findings, and the keys of each.
pub(super) const FINDINGS: usize = 0;
pub(super) const KEYS: usize = 1;

/// What stands before the keys of a ticket, beside their number.
pub(super) const TICKET: u32 = 1 << 31;

/// How much of each list is in memory while it grows.
const BUFFER: usize = 64 << 10;

/// What the workers share: one number for each report that findings name, and what reports say at their end.
#[derive(Debug)]
pub struct Register {
    limit: Limit,
    share: u64,
    noted: Mutex<Noted>,
}

#[derive(Debug, Default)]
pub(super) struct Noted {
    /// The numbers by which findings in temporary files call reports.
    pub(super) inputs: BTreeMap<Arc<InputId>, u32>,
    /// How many inputs were opened.
    opened: u32,
    /// What the scans covered of which findings were put away before their input was at its end: the input by number.
    pub(super) scopes: BTreeMap<u32, Set<Text>>,
}

impl Register {
    /// For so many workers.
    pub fn new(limit: Limit, workers: usize) -> Self {
        Self {
            share: limit.share(workers),
            limit,
            noted: Mutex::default(),
        }
    }

    /// How many bytes each worker's fold may hold.
    pub fn share(&self) -> u64 {
        self.share
    }

    /// Nothing is noted half-way.
    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the workers were told, when they are done.
    pub(super) fn take(&self) -> (Limit, Noted) {
        (self.limit.clone(), std::mem::take(&mut *self.noted()))
    }
}

/// See the module. It is without a file as long as all fits.
#[derive(Debug)]
pub struct Spool {
    register: Arc<Register>,
    /// What each slot of the worker's fold weighs.
    weights: Vec<u32>,
    held: u64,
    lanes: Option<Lanes>,
    /// The numbers of the register, as far as this worker needed them.
    numbers: BTreeMap<Arc<InputId>, u32>,
    /// The number of the input that is open, and whether a finding waits for its end.
    open: u32,
    is_awaited: bool,
    findings: u64,
    trouble: Option<Error>,
}

/// What a worker put away.
#[derive(Debug)]
pub(super) struct Put {
    pub(super) filed: Filed,
    pub(super) findings: u64,
}

impl Spool {
    /// Of one of the workers that share the register.
    pub fn new(register: &Arc<Register>) -> Self {
        Self {
            register: Arc::clone(register),
            weights: Vec::new(),
            held: 0,
            lanes: None,
            numbers: BTreeMap::new(),
            open: 0,
            is_awaited: false,
            findings: 0,
            trouble: None,
        }
    }

    /// Notes what the finding in a slot weighs by now.
    pub fn weigh(&mut self, slot: usize, finding: &Finding) {
        let weight = u32::try_from(finding.weight()).unwrap_or(u32::MAX);
        if slot >= self.weights.len() {
            self.weights.resize(slot + 1, 0);
        }
        if let Some(known) = self.weights.get_mut(slot) {
            self.held = self.held - u64::from(*known) + u64::from(weight);
            *known = weight;
        }
    }

    /// Whether the worker holds more than its share.
    pub fn is_full(&self) -> bool {
        self.held > self.register.share
    }

    /// Whether something was put away, or was to be.
    pub fn is_used(&self) -> bool {
        self.lanes.is_some() || self.trouble.is_some()
    }

    /// Another input is opened.
    pub fn open(&mut self) {
        let mut noted = self.register.noted();
        noted.opened += 1;
        self.open = noted.opened;
        drop(noted);
        self.is_awaited = false;
    }

    /// The input that is open ends, and says what its scan covered. Here a worker hears of trouble with its file.
    pub fn close(&mut self, scope: &Set<Text>) -> Result<()> {
        if std::mem::take(&mut self.is_awaited) && !scope.is_empty() {
            let mut noted = self.register.noted();
            noted.scopes.insert(self.open, scope.clone());
        }
        self.trouble.take().map_or(Ok(()), Err)
    }

    /// Puts away all that the worker's fold holds; of each finding whether it waits for the end of the open input. Trouble
    /// is told at the end of the input: what comes until then is lost, and so is the run.
    pub fn put(&mut self, findings: impl Iterator<Item = (Box<Finding>, bool)>) {
        self.weights = Vec::new();
        self.held = 0;
        for (finding, waits) in findings {
            if self.trouble.is_none() {
                self.trouble = self.put_one(&finding, waits).err();
            }
        }
    }

    fn put_one(&mut self, finding: &Finding, waits: bool) -> Result<()> {
        for report in finding.reports() {
            if !self.numbers.contains_key(report) {
                let mut noted = self.register.noted();
                let next = u32::try_from(noted.inputs.len());
                let next = next.map_err(|_| internal("more reports than can be numbered"))?;
                let number = *noted.inputs.entry(Arc::clone(report)).or_insert(next);
                self.numbers.insert(Arc::clone(report), number);
            }
        }
        self.is_awaited |= waits;
        let awaited = if waits { self.open } else { 0 };
        let words = serde_json::to_vec(&wire::Finding::of(
            finding,
            &wire::Names::numbered(&self.numbers),
        ));
        let words = words
            .map_err(|error| internal(&format!("a finding cannot be put into words: {error}")))?;
        let limit = &self.register.limit;
        let lanes = match &mut self.lanes {
            Some(lanes) => lanes,
            None => self.lanes.insert(Lanes::new(&limit.folder, 2, BUFFER)?),
        };
        lanes.push_frame(FINDINGS, &[&awaited.to_le_bytes(), &words])?;
        let number = u32::try_from(finding.keys.len()).ok();
        let number = number.filter(|number| number & TICKET == 0);
        let number = number.ok_or_else(|| internal("a finding with too many keys"))?;
        let mark = if finding.kind == Kind::Ticket {
            TICKET
        } else {
            0
        };
        lanes.push(KEYS, &(number | mark).to_le_bytes())?;
        for key in &finding.keys {
            lanes.push(KEYS, &short(key.hash()))?;
        }
        self.findings += 1;
        Ok(())
    }

    /// What was put away, if anything was.
    pub(super) fn finish(self) -> Result<Option<Put>> {
        if let Some(error) = self.trouble {
            return Err(error);
        }
        let Some(lanes) = self.lanes else {
            return Ok(None);
        };
        Ok(Some(Put {
            filed: lanes.finish()?,
            findings: self.findings,
        }))
    }
}

fn internal(message: &str) -> Error {
    Error::new(ErrorKind::Internal, message)
}

/// The start of a key. Keys that share it are taken for one: parts are larger then, and never smaller.
fn short(hash: &[u8; 32]) -> [u8; 8] {
    let mut start = [0; 8];
    for (byte, from) in start.iter_mut().zip(hash) {
        *byte = *from;
    }
    start
}
