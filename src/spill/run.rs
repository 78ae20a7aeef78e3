//! Words in order: each part brings its own in order, and they are merged when they are written.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use jiff::Timestamp;

use super::lanes::{Filed, Lane, Lanes};
use super::limit::Limit;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Entry;

/// How many bytes a key of the order has.
const KEY: usize = 51;

/// Where an entry stands in a report: its [`Entry::urgency`], in bytes of the same order.
fn urgency(entry: &Entry, as_of: Timestamp) -> [u8; KEY] {
    let due = entry.assessment.running_due();
    let ends = due.map_or(0, |due| due.ends.as_nanosecond());
    // Negative numbers come first, as they do among numbers.
    let ends = (ends.cast_unsigned() ^ (1 << 127)).to_be_bytes();
    let is_late = entry.assessment.overdue(as_of);
    let first = [u8::from(!is_late), u8::from(due.is_none())];
    let mild = [u8::MAX - entry.assessment.severity as u8];
    let parts = [&first[..], &ends, &mild, entry.fingerprint.hash()];
    let mut key = [0; KEY];
    let bytes = parts.into_iter().flatten();
    for (byte, from) in key.iter_mut().zip(bytes) {
        *byte = *from;
    }
    key
}

/// Words that were put away, in lanes that are each in order.
#[derive(Debug)]
pub struct Runs {
    filed: Filed,
    buffer: usize,
}

impl Runs {
    /// Puts the words of the next entry of a lane away.
    pub fn push(
        lanes: &mut Lanes,
        lane: usize,
        entry: &Entry,
        as_of: Timestamp,
        words: &str,
    ) -> Result<()> {
        lanes.push_frame(lane, &[&urgency(entry, as_of), words.as_bytes()])
    }

    /// All that was put away.
    pub fn new(lanes: Lanes, limit: &Limit) -> Result<Self> {
        let filed = lanes.finish()?;
        Ok(Self {
            buffer: limit.buffer(filed.lanes()),
            filed,
        })
    }

    /// How many bytes they take.
    pub fn bytes(&self) -> u64 {
        self.filed.bytes()
    }

    /// All words, in the order of their keys.
    pub fn merge(&self) -> Result<Merged<'_>> {
        let mut merged = Merged {
            lanes: Vec::with_capacity(self.filed.lanes()),
            next: BinaryHeap::new(),
            words: String::new(),
        };
        for lane in 0..self.filed.lanes() {
            merged.lanes.push(Run {
                lane: self.filed.lane(lane, self.buffer),
                frame: Vec::new(),
            });
            merged.advance(lane)?;
        }
        Ok(merged)
    }
}

/// See [`Runs::merge`].
#[derive(Debug)]
pub struct Merged<'a> {
    lanes: Vec<Run<'a>>,
    next: BinaryHeap<Reverse<([u8; KEY], usize)>>,
    words: String,
}

#[derive(Debug)]
struct Run<'a> {
    lane: Lane<'a>,
    /// Its next key and words.
    frame: Vec<u8>,
}

impl Merged<'_> {
    fn advance(&mut self, lane: usize) -> Result<()> {
        let Some(run) = self.lanes.get_mut(lane) else {
            return Ok(());
        };
        if run.lane.frame(&mut run.frame)? {
            let key = run.frame.first_chunk().ok_or_else(cut)?;
            self.next.push(Reverse((*key, lane)));
        }
        Ok(())
    }

    /// The next words; `None` at the end.
    pub fn next_words(&mut self) -> Result<Option<&str>> {
        let Some(Reverse((_, lane))) = self.next.pop() else {
            return Ok(None);
        };
        let frame = self.lanes.get(lane).map(|run| run.frame.get(KEY..));
        let words = frame.flatten().map(std::str::from_utf8);
        let words = words.and_then(Result::ok).ok_or_else(cut)?;
        words.clone_into(&mut self.words);
        self.advance(lane)?;
        Ok(Some(&self.words))
    }
}

fn cut() -> Error {
    Error::new(ErrorKind::Internal, "words that were put away are cut")
}
