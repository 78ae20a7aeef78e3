//! How far the reading is, for whoever wants to watch it: counters that never touch a report.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How many records are counted before the others are told.
const STEP: u64 = 4096;

/// What has been read of all watched inputs. Workers add to it, and anybody may look at any time.
///
/// In the end the bytes are those of the inputs, each counted once however often it is read, and the records those that
/// parsers announced, where each finding of our own report is one: whatever the number of workers.
#[derive(Debug, Default)]
pub struct Progress {
    total: AtomicU64,
    open_ended: AtomicBool,
    inputs: AtomicU64,
    bytes: AtomicU64,
    done: AtomicU64,
    records: AtomicU64,
    spooled: AtomicU64,
}

impl Progress {
    /// How many bytes there are to read, as far as known.
    pub fn total(&self) -> u64 {
        get(&self.total).max(self.bytes())
    }

    /// Whether all sizes are known from the start: a pipe tells none.
    pub fn is_sized(&self) -> bool {
        !self.open_ended.load(Ordering::Relaxed)
    }

    /// How many inputs there are.
    pub fn inputs(&self) -> u64 {
        get(&self.inputs)
    }

    /// How many bytes have been read, as stored.
    pub fn bytes(&self) -> u64 {
        get(&self.bytes)
    }

    /// How many inputs are done with.
    pub fn done(&self) -> u64 {
        get(&self.done)
    }

    /// How many records were read.
    pub fn records(&self) -> u64 {
        get(&self.records)
    }

    /// How many bytes of standard input were set aside, to be read from there.
    pub fn spooled(&self) -> u64 {
        get(&self.spooled)
    }

    /// Counts records that were read elsewhere.
    pub fn add_records(&self, records: u64) {
        add(&self.records, records);
    }

    /// Counts what is set aside of a stream that can be read only once.
    pub fn spooling<R: Read>(&self, stream: R) -> impl Read {
        Watched {
            inner: stream,
            count: |read| add(&self.spooled, read),
        }
    }
}

// The counters order nothing: each stands for itself.
fn get(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

fn add(counter: &AtomicU64, more: u64) {
    counter.fetch_add(more, Ordering::Relaxed);
}

/// How far one input has been read. It is read more than once, and the farthest reading counts.
#[derive(Debug)]
pub(super) struct Mark {
    progress: Arc<Progress>,
    expected: u64,
    at: AtomicU64,
}

impl Mark {
    /// A new input. Its size is unknown if it is a pipe.
    pub(super) fn new(progress: &Arc<Progress>, size: Option<u64>) -> Arc<Self> {
        add(&progress.inputs, 1);
        match size {
            Some(size) => add(&progress.total, size),
            None => progress.open_ended.store(true, Ordering::Relaxed),
        }
        Arc::new(Self {
            progress: Arc::clone(progress),
            expected: size.unwrap_or_default(),
            at: AtomicU64::new(0),
        })
    }

    fn reach(&self, at: u64) {
        let before = self.at.fetch_max(at, Ordering::Relaxed);
        add(&self.progress.bytes, at.saturating_sub(before));
    }

    /// The input is done with, read to its end or not. `bytes` is its size, or 0 where nobody has looked.
    pub(super) fn finish(&self, bytes: u64) {
        self.reach(if bytes > 0 { bytes } else { self.expected });
        add(&self.progress.done, 1);
    }

    /// A reading from the start, which moves the mark.
    pub(super) fn watch(self: &Arc<Self>, inner: Box<dyn Read + Send>) -> Box<dyn Read + Send> {
        let (mark, mut at) = (Arc::clone(self), 0);
        let count = move |read| {
            at += read;
            mark.reach(at);
        };
        Box::new(Watched { inner, count })
    }
}

/// A stream that tells how much of it is read.
struct Watched<R, F> {
    inner: R,
    count: F,
}

impl<R: Read, F: FnMut(u64)> Read for Watched<R, F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        (self.count)(read as u64);
        Ok(read)
    }
}

/// The records of one input, passed on by the thousand and when it ends.
#[derive(Debug)]
pub struct Tally {
    progress: Option<Arc<Progress>>,
    waiting: u64,
}

impl Tally {
    pub(super) fn of(mark: Option<&Arc<Mark>>) -> Self {
        Self {
            progress: mark.map(|mark| Arc::clone(&mark.progress)),
            waiting: 0,
        }
    }

    /// One more.
    pub fn one(&mut self) {
        self.waiting += 1;
        if self.waiting == STEP {
            self.pass_on();
        }
    }

    fn pass_on(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        if let Some(progress) = &self.progress {
            progress.add_records(waiting);
        }
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        self.pass_on();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Input;

    #[test]
    fn an_input_that_is_read_twice_and_then_half_counts_once() {
        let progress = Arc::new(Progress::default());
        let mut input = Input::spool("-", &vec![7; 100_000][..]).unwrap();
        input.watch(&progress);
        assert_eq!((progress.inputs(), progress.total()), (1, 100_000));
        let mut half = vec![0; 50_000];
        input.open().unwrap().read_exact(&mut half).unwrap();
        assert_eq!(progress.bytes(), 50_000);
        let mut whole = Vec::new();
        input.open().unwrap().read_to_end(&mut whole).unwrap();
        input.open().unwrap().read_exact(&mut half).unwrap();
        assert_eq!((progress.bytes(), progress.done()), (100_000, 0));
        input.finish();
        assert_eq!((progress.bytes(), progress.done()), (100_000, 1));
    }

    #[test]
    fn what_is_not_read_to_its_end_counts_in_full_when_it_is_done_with() {
        let progress = Arc::new(Progress::default());
        let mut input = Input::spool("-", &[7; 9000][..]).unwrap();
        input.watch(&progress);
        input.finish();
        assert_eq!((progress.bytes(), progress.done()), (9000, 1));
    }

    #[test]
    fn a_missing_input_has_no_bytes_and_no_open_end() {
        let progress = Arc::new(Progress::default());
        let error = crate::Error::usage("there is no such file");
        let mut input = Input::missing("gone.json", error);
        input.watch(&progress);
        input.finish();
        assert_eq!((progress.inputs(), progress.done()), (1, 1));
        assert_eq!((progress.total(), progress.bytes()), (0, 0));
        assert!(progress.is_sized());
    }

    #[test]
    fn records_are_told_by_the_thousand_and_at_the_end() {
        let progress = Arc::new(Progress::default());
        let mut input = Input::spool("-", &b"{}"[..]).unwrap();
        input.watch(&progress);
        let mut tally = input.tally();
        (0..5000).for_each(|_| tally.one());
        assert_eq!(progress.records(), STEP);
        drop(tally);
        assert_eq!(progress.records(), 5000);
    }

    #[test]
    fn a_stream_that_is_set_aside_is_counted_apart() {
        let progress = Progress::default();
        let mut read = Vec::new();
        progress
            .spooling(&b"12345"[..])
            .read_to_end(&mut read)
            .unwrap();
        assert_eq!((progress.spooled(), progress.bytes()), (5, 0));
    }
}
