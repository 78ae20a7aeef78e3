//! Findings that share a key, through others if need be, come to stand in one part, and each part fits into memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use super::lanes::{Filed, Lanes};
use super::limit::Limit;
use super::spool::{FINDINGS, KEYS, Noted, Put, Register, Spool, TICKET};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Finding, Set, Text};
use crate::wire::{self, KnownInputs};

/// How many bytes a finding takes in memory, with what is made of it, for each byte that it takes in a file.
const SWELLS: u64 = 3;
/// How many parts there are at most.
const MOST: u64 = 4096;
/// How much of a file is in memory while it is read from start to end.
const BUFFER: usize = 256 << 10;

/// What all workers put away.
#[derive(Debug)]
pub struct Spilled {
    puts: Vec<Put>,
    noted: Noted,
    limit: Limit,
}

impl Spilled {
    /// Of the workers that share a register.
    pub fn new(register: &Register, spools: Vec<Spool>) -> Result<Self> {
        let puts = spools.into_iter().map(Spool::finish);
        let puts: Vec<Option<Put>> = puts.collect::<Result<_>>()?;
        let (limit, noted) = register.take();
        Ok(Self {
            puts: puts.into_iter().flatten().collect(),
            noted,
            limit,
        })
    }

    /// How many findings were put away; one that several workers saw, or one worker at several times, is counted as often.
    pub fn findings(&self) -> u64 {
        self.puts.iter().map(|put| put.findings).sum()
    }

    /// How many bytes they take.
    pub fn bytes(&self) -> u64 {
        self.puts.iter().map(|put| put.filed.bytes()).sum()
    }

    /// The limit that they passed.
    pub fn limit(&self) -> &Limit {
        &self.limit
    }

    /// Copies the findings into parts, so many that `workers` of them fit into half of the limit.
    pub fn part(self, workers: usize) -> Result<Parts> {
        let roots = self.components()?;
        let tickets = roots.tickets;
        let bytes: u64 = self.puts.iter().map(|put| put.filed.length(FINDINGS)).sum();
        let wanted = bytes.saturating_mul(SWELLS).saturating_mul(workers as u64);
        let number = wanted
            .div_ceil((self.limit.bytes / 2).max(1))
            .clamp(1, MOST);
        let lanes = usize::try_from(number).unwrap_or(1) + 1;
        let mut parts = Lanes::new(&self.limit.folder, lanes, self.limit.buffer(lanes))?;
        let mut of = roots.of;
        let mut at = 0;
        let mut frame = Vec::new();
        for put in self.puts {
            let mut findings = put.filed.lane(FINDINGS, BUFFER);
            while findings.frame(&mut frame)? {
                // Each finding was counted when its keys were read.
                let root = root(&mut of, at);
                at += 1;
                let part = if tickets.contains(&root) {
                    0
                } else {
                    1 + usize::try_from(mixed(root) % number).unwrap_or_default()
                };
                parts.push_frame(part, &[&frame])?;
            }
        }
        let mut names = KnownInputs::default();
        for (id, number) in &self.noted.inputs {
            names.number(*number, id);
        }
        Ok(Parts {
            filed: parts.finish()?,
            scopes: self.noted.scopes,
            names,
            idle: Mutex::default(),
            buffer: self.limit.buffer(workers),
        })
    }

    /// Which findings are connected through keys.
    ///
    /// Keys are looked at slice by slice, so that their number does not matter; four bytes for each finding stay.
    fn components(&self) -> Result<Components> {
        let mut tickets = Vec::new();
        let mut keys = 0;
        let mut of: Vec<u32> = Vec::new();
        self.each_key(
            &mut |finding, is_ticket, count| {
                of.push(finding);
                keys += u64::from(count);
                if is_ticket {
                    tickets.push(finding);
                }
            },
            &mut |_, _| {},
        )?;
        let slices = keys.div_ceil(self.limit.members(16)).max(1);
        for slice in 0..slices {
            let mut members: Vec<(u64, u32)> = Vec::new();
            self.each_key(&mut |_, _, _| {}, &mut |key, finding| {
                if key % slices == slice {
                    members.push((key, finding));
                }
            })?;
            members.sort_unstable();
            for pair in members.windows(2) {
                if let [(one, first), (other, second)] = *pair
                    && one == other
                {
                    unite(&mut of, first, second);
                }
            }
        }
        let tickets = tickets.into_iter();
        let tickets = tickets.map(|ticket| root(&mut of, ticket)).collect();
        Ok(Components { of, tickets })
    }

    /// Calls `finding` with each finding, whether it is a ticket, and the number of its keys, and `key` with each of these.
    fn each_key(
        &self,
        finding: &mut dyn FnMut(u32, bool, u32),
        key: &mut dyn FnMut(u64, u32),
    ) -> Result<()> {
        let mut at = 0_u32;
        for put in &self.puts {
            let mut keys = put.filed.lane(KEYS, BUFFER);
            while let Some(mark) = keys.number()? {
                let number = mark & !TICKET;
                finding(at, mark & TICKET != 0, number);
                for _ in 0..number {
                    let mut short = [0; 8];
                    keys.take(&mut short)?;
                    key(u64::from_le_bytes(short), at);
                }
                at = at.checked_add(1).ok_or_else(|| {
                    Error::new(ErrorKind::Internal, "more findings than can be numbered")
                })?;
            }
        }
        Ok(())
    }
}

/// What is connected.
struct Components {
    /// Of each finding an earlier one of its component; the first is its own.
    of: Vec<u32>,
    /// The components with tickets, which must be known before anything is decided.
    tickets: BTreeSet<u32>,
}

fn unite(of: &mut [u32], one: u32, other: u32) {
    let (one, other) = (root(of, one), root(of, other));
    of[one.max(other) as usize] = one.min(other);
}

/// The first finding of a component. Each look halves the way.
fn root(of: &mut [u32], finding: u32) -> u32 {
    let mut at = finding;
    // Places of the list itself.
    while of[at as usize] != at {
        let next = of[of[at as usize] as usize];
        of[at as usize] = next;
        at = next;
    }
    at
}

/// Spreads neighbours over all parts.
fn mixed(number: u32) -> u64 {
    (u64::from(number) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32
}

/// Findings in parts: what shares a key is in one.
#[derive(Debug)]
pub struct Parts {
    filed: Filed,
    scopes: BTreeMap<u32, Set<Text>>,
    names: KnownInputs,
    /// Copies of the names that no reader uses now: there may be many names, and many parts.
    idle: Mutex<Vec<KnownInputs>>,
    buffer: usize,
}

impl Parts {
    /// The part with all tickets.
    pub const TICKETS: usize = 0;

    /// How many there are.
    pub fn number(&self) -> usize {
        self.filed.lanes()
    }

    /// How many bytes they take.
    pub fn bytes(&self) -> u64 {
        self.filed.bytes()
    }

    /// Hands over the findings of a part, as they were put away.
    pub fn read(&self, part: usize, take: &mut dyn FnMut(Finding)) -> Result<()> {
        let wrong = |reason: String| {
            let message = format!("a finding that was put away cannot be read: {reason}");
            Error::new(ErrorKind::Internal, message)
        };
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let mut names = idle.unwrap_or_else(|| self.names.clone());
        let mut lane = self.filed.lane(part, self.buffer);
        let mut frame = Vec::new();
        while lane.frame(&mut frame)? {
            let Some((awaited, words)) = frame.split_first_chunk() else {
                return Err(wrong("it is cut".to_owned()));
            };
            let finding: wire::Finding<'_> =
                serde_json::from_slice(words).map_err(|error| wrong(error.to_string()))?;
            let mut finding = finding.into_model(&mut names).map_err(wrong)?;
            if let Some(scope) = self.scopes.get(&u32::from_le_bytes(*awaited)) {
                finding.scope.extend(scope.iter().cloned());
            }
            take(finding);
        }
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(names);
        Ok(())
    }
}
