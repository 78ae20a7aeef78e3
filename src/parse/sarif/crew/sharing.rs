//! Batches of results on their way to the workers and back.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use rayon::Scope;

use super::Work;
use crate::parse::sarif::walk::Part;

/// How many batches wait to be taken at most, for each worker that is at them.
const AHEAD: usize = 2;
/// How many results a batch has at most, however small they are: what comes of them takes more room.
const MOST_RESULTS: usize = 1024;
/// How many times the size of a batch a result may have that is set aside. The walker works on a larger one in its place.
const LARGEST: usize = 4;

/// Results of one part that are set aside.
pub(super) struct Batch {
    pub(super) part: Part,
    bytes: Vec<u8>,
    results: Vec<Aside>,
}

/// The index of a result, and where it stands in its batch or why there is none.
type Aside = (usize, Result<Range<usize>, String>);

impl Batch {
    fn work<W: Work>(&self, work: &W) -> Vec<W::Outcome> {
        let desk = work.desk(self.part);
        let each = |(index, result): &Aside| {
            let raw = result.as_ref().map_err(String::clone);
            let raw = raw.map(|place| self.bytes.get(place.clone()).unwrap_or_default());
            work.work(&desk, *index, raw)
        };
        self.results.iter().map(each).collect()
    }
}

/// A batch and what came of it, or the panic that did.
type Done<O> = (Batch, thread::Result<Vec<O>>);

/// Where the walker and the workers that help it meet.
pub(super) struct Crew<O> {
    board: Mutex<Board<O>>,
    /// Told whenever a batch is done.
    done: Condvar,
    /// How many workers are invited that have not come yet.
    invited: AtomicUsize,
    /// How many have come and are at work.
    helping: AtomicUsize,
}

/// Batches by their numbers.
struct Board<O> {
    waiting: VecDeque<(usize, Batch)>,
    done: BTreeMap<usize, Done<O>>,
}

impl<O> Default for Crew<O> {
    fn default() -> Self {
        Self {
            board: Mutex::new(Board {
                waiting: VecDeque::new(),
                done: BTreeMap::new(),
            }),
            done: Condvar::new(),
            invited: AtomicUsize::new(0),
            helping: AtomicUsize::new(0),
        }
    }
}

impl<O: Send> Crew<O> {
    /// Nothing is left half-way: no work is done while it is held.
    fn board(&self) -> MutexGuard<'_, Board<O>> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many batches wait at most: those of all walkers together are no more than workers can be at.
    fn most(&self) -> usize {
        AHEAD * (1 + self.helping.load(Ordering::Relaxed))
    }

    /// Works on batches as long as any wait.
    fn help<W: Work<Outcome = O>>(&self, work: &W) {
        self.helping.fetch_add(1, Ordering::Relaxed);
        self.invited.fetch_sub(1, Ordering::Relaxed);
        loop {
            let next = self.board().waiting.pop_front();
            let Some((number, batch)) = next else {
                break;
            };
            // The walker waits for this batch, and has to hear of a panic.
            let outcomes = catch_unwind(AssertUnwindSafe(|| batch.work(work)));
            self.board().done.insert(number, (batch, outcomes));
            self.done.notify_one();
        }
        self.helping.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What a walker needs that does not work alone.
pub(super) struct Sharing<'c, 'scope, W: Work> {
    scope: &'c Scope<'scope>,
    crew: &'scope Crew<W::Outcome>,
    work: &'scope W,
    workers: usize,
    /// The size of a batch.
    size: usize,
    /// The one that is filled.
    batch: Option<Batch>,
    /// Batches that were taken, kept for their memory.
    spare: Vec<Batch>,
    /// The numbers of the batch that is to be taken next, and of the one that is filled.
    next: usize,
    filling: usize,
    /// How many were invited when nobody came although there was something to do; 0 when somebody has come since.
    ignored: usize,
}

impl<'c, 'scope, W: Work> Sharing<'c, 'scope, W> {
    pub(super) fn new(
        scope: &'c Scope<'scope>,
        crew: &'scope Crew<W::Outcome>,
        work: &'scope W,
        size: usize,
    ) -> Self {
        Self {
            scope,
            crew,
            work,
            workers: rayon::current_num_threads(),
            size,
            batch: None,
            spare: Vec::new(),
            next: 0,
            filling: 0,
            ignored: 0,
        }
    }

    /// Whether a result of so many bytes is worth to be set aside.
    pub(super) fn is_for(&mut self, bytes: usize) -> bool {
        if self.crew.invited.load(Ordering::Relaxed) < self.ignored {
            self.ignored = 0;
        }
        self.ignored == 0 && bytes <= self.size.saturating_mul(LARGEST)
    }

    /// Sets a result aside; says whether its batch is full.
    pub(super) fn set_aside(
        &mut self,
        part: Part,
        index: usize,
        raw: Result<&[u8], String>,
    ) -> bool {
        let spare = &mut self.spare;
        let batch = self.batch.get_or_insert_with(|| {
            let spare = spare.pop().unwrap_or_else(|| Batch {
                part,
                bytes: Vec::new(),
                results: Vec::new(),
            });
            Batch { part, ..spare }
        });
        let result = raw.map(|raw| {
            let start = batch.bytes.len();
            batch.bytes.extend_from_slice(raw);
            start..batch.bytes.len()
        });
        batch.results.push((index, result));
        batch.bytes.len() >= self.size || batch.results.len() >= MOST_RESULTS
    }

    /// Lets others work on the batch that is filled.
    pub(super) fn share(&mut self) {
        let Some(batch) = self.batch.take() else {
            return;
        };
        let crew = self.crew;
        crew.board().waiting.push_back((self.filling, batch));
        self.filling += 1;
        if crew.invited.load(Ordering::Relaxed) + 1 < self.workers {
            crew.invited.fetch_add(1, Ordering::Relaxed);
            let work = self.work;
            self.scope.spawn(move |_| crew.help(work));
        }
    }

    /// Whether no more batches may wait.
    pub(super) fn is_full(&self) -> bool {
        self.filling - self.next >= self.crew.most()
    }

    /// Keeps the memory of a batch, unless there is enough.
    pub(super) fn keep(&mut self, mut batch: Batch) {
        if self.spare.len() < self.crew.most() {
            batch.bytes.clear();
            batch.results.clear();
            self.spare.push(batch);
        }
    }

    /// The batch that is to be taken next, and what came of it.
    pub(super) fn take(&mut self) -> Option<(Batch, Vec<W::Outcome>)> {
        if self.next == self.filling {
            return None;
        }
        let mut board = self.crew.board();
        loop {
            if let Some((batch, outcomes)) = board.done.remove(&self.next) {
                self.next += 1;
                return Some((batch, outcomes.unwrap_or_else(|panic| resume_unwind(panic))));
            }
            board = match board.waiting.pop_front() {
                Some((number, batch)) => {
                    drop(board);
                    // Had anybody come, it would not wait any more.
                    if number == self.next {
                        self.ignored = self.crew.invited.load(Ordering::Relaxed);
                    }
                    let outcomes = batch.work(self.work);
                    let mut board = self.crew.board();
                    board.done.insert(number, (batch, Ok(outcomes)));
                    board
                }
                None => (self.crew.done.wait(board)).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }
}
