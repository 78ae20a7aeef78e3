//! Which records of each input are the first sighting of a finding, of findings that come part by part.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::model::{self, Text};
use crate::spill::{Lanes, Limit};

/// A record: the number of its input, and a hash of its place.
type Record = (u32, u128);
/// How many bytes a record takes in the file.
const SIZE: usize = 20;
/// How much of the file is in memory.
const BUFFER: usize = 64 << 10;

/// Records that are the first sighting of a finding. Two findings may share one.
#[derive(Debug)]
pub(super) struct Firsts {
    lanes: Lanes,
    members: u64,
    number: u64,
}

impl Firsts {
    pub(super) fn new(limit: &Limit) -> Result<Self> {
        Ok(Self {
            lanes: Lanes::new(&limit.folder, 1, BUFFER)?,
            members: limit.members(size_of::<Record>() as u64),
            number: 0,
        })
    }

    /// The record at a place of an input, as [`Self::add`] takes it.
    pub(super) fn record(input: u32, at: &Text) -> [u8; SIZE] {
        let mut record = [0; SIZE];
        let hash = blake3::hash(at.untrusted().as_bytes());
        let bytes = input.to_le_bytes().into_iter().chain(*hash.as_bytes());
        for (byte, from) in record.iter_mut().zip(bytes) {
            *byte = from;
        }
        record
    }

    /// Adds records.
    pub(super) fn add(&mut self, records: &[[u8; SIZE]]) -> Result<()> {
        self.number += records.len() as u64;
        self.lanes.push(0, records.as_flattened())
    }

    /// How many there are of each input. They are looked at slice by slice, so that their number does not
    /// matter.
    pub(super) fn count(self) -> Result<BTreeMap<u32, model::Firsts>> {
        let filed = self.lanes.finish()?;
        let slices = u128::from(self.number.div_ceil(self.members).max(1));
        let mut counts: BTreeMap<u32, model::Firsts> = BTreeMap::new();
        for slice in 0..slices {
            let mut records: Vec<Record> = Vec::new();
            let mut lane = filed.lane(0, BUFFER);
            let mut input = [0; 4];
            let mut hash = [0; 16];
            while lane.take(&mut input)? && lane.take(&mut hash)? {
                let hash = u128::from_le_bytes(hash);
                if hash % slices == slice {
                    records.push((u32::from_le_bytes(input), hash));
                }
            }
            records.sort_unstable();
            for same in records.chunk_by(|one, next| one == next) {
                if let [(input, _), others @ ..] = same {
                    let count = counts.entry(*input).or_default();
                    count.records += 1;
                    count.again += others.len() as u64;
                }
            }
        }
        Ok(counts)
    }
}
