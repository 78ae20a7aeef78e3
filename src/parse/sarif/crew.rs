//! The results of a large log, worked on by all workers and taken in the order of the log.
//!
//! Who walks through the log sets results aside by the batch and invites the other workers of the pool. Those that have
//! nothing else to do come and work on batches, and so does the walker when many wait. When nobody comes, since all have
//! logs of their own, the walker goes on alone and copies nothing until somebody comes.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use rayon::Scope;

use super::walk::Part;
use crate::source::Input;

/// How many batches wait to be taken at most, for each worker.
const AHEAD: usize = 2;
/// How many results a batch has at most, however small they are: what comes of them takes more room.
const MOST_RESULTS: usize = 1024;
/// How many times the size of a batch a result may have that is set aside. The walker works on a larger one in its place.
const LARGEST: usize = 4;

/// What is shared, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shares {
    /// The smallest log.
    pub(super) log: u64,
    /// The size of a batch.
    pub(super) batch: usize,
}

impl Default for Shares {
    fn default() -> Self {
        Self {
            log: 8 << 20,
            batch: 256 << 10,
        }
    }
}

impl Shares {
    /// The size of the batches of this log, if there are any: not outside a pool, which may be of another size than the
    /// user wants.
    pub(super) fn of(self, input: &Input) -> Option<usize> {
        let is_shared = input.bytes() >= self.log
            && rayon::current_thread_index().is_some()
            && rayon::current_num_threads() > 1;
        is_shared.then_some(self.batch)
    }
}

/// What is done with a result, whichever worker does it.
pub(super) trait Work: Sync {
    /// What one worker has at hand for the results of one part.
    type Desk;
    /// What comes of a result.
    type Outcome: Send;

    /// A new desk.
    fn desk(&self, part: Part) -> Self::Desk;

    /// Works on the result at `index`, or on the reason why there is none.
    fn work(&self, desk: &Self::Desk, index: usize, raw: Result<&[u8], String>) -> Self::Outcome;
}

/// Who takes what comes of results.
pub(super) trait Take<O> {
    /// Takes what came of the next result.
    fn take(&mut self, part: Part, outcome: O);
}

/// The way of results from the walk to their taker.
pub(super) trait Results<T> {
    /// The results of a part begin.
    fn begin(&mut self, part: Part);

    /// A result of that part, or the reason why there is none.
    fn result(&mut self, index: usize, raw: Result<&[u8], String>);

    /// The taker, when it has taken whatever came of the results so far.
    fn taker(&mut self) -> &mut T;
}

/// Walks through a log, whose results are worked on here or elsewhere, and taken here. All of them are when the walk ends,
/// in whatever way.
pub(super) fn together<W: Work, T: Take<W::Outcome>, R>(
    work: &W,
    taker: &mut T,
    (shares, input): (Shares, &Input),
    walk: impl FnOnce(&mut dyn Results<T>) -> R,
) -> R {
    let crew = Crew::default();
    let go = |sharing: Option<Sharing<'_, '_, W>>| {
        let mut walker = Walker {
            work,
            taker,
            at: None,
            sharing,
        };
        let end = walk(&mut walker);
        walker.catch_up();
        end
    };
    match shares.of(input) {
        None => go(None),
        Some(size) => {
            rayon::in_place_scope(|scope| go(Some(Sharing::new(scope, &crew, work, size))))
        }
    }
}

/// Results of one part that are set aside.
struct Batch {
    part: Part,
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
struct Crew<O> {
    board: Mutex<Board<O>>,
    /// Told whenever a batch is done.
    done: Condvar,
    /// How many workers are invited that have not come yet.
    invited: AtomicUsize,
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
        }
    }
}

impl<O: Send> Crew<O> {
    /// Nothing is left half-way: no work is done while it is held.
    fn board(&self) -> MutexGuard<'_, Board<O>> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works on batches as long as any wait.
    fn help<W: Work<Outcome = O>>(&self, work: &W) {
        self.invited.fetch_sub(1, Ordering::Relaxed);
        loop {
            let next = self.board().waiting.pop_front();
            let Some((number, batch)) = next else {
                return;
            };
            // The walker waits for this batch, and has to hear of a panic.
            let outcomes = catch_unwind(AssertUnwindSafe(|| batch.work(work)));
            self.board().done.insert(number, (batch, outcomes));
            self.done.notify_one();
        }
    }
}

/// What a walker needs that does not work alone.
struct Sharing<'c, 'scope, W: Work> {
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
    fn new(
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
    fn is_for(&mut self, bytes: usize) -> bool {
        if self.crew.invited.load(Ordering::Relaxed) < self.ignored {
            self.ignored = 0;
        }
        self.ignored == 0 && bytes <= self.size.saturating_mul(LARGEST)
    }

    /// Sets a result aside; says whether its batch is full.
    fn set_aside(&mut self, part: Part, index: usize, raw: Result<&[u8], String>) -> bool {
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
    fn share(&mut self) {
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
    fn is_full(&self) -> bool {
        self.filling - self.next >= AHEAD * self.workers
    }

    /// The batch that is to be taken next, and what came of it.
    fn take(&mut self) -> Option<(Batch, Vec<W::Outcome>)> {
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

/// Who walks through the log.
struct Walker<'c, 'scope, 't, W: Work, T> {
    work: &'t W,
    taker: &'t mut T,
    /// The part whose results are read, and what is at hand for those that the walker works on in their place.
    at: Option<(Part, W::Desk)>,
    sharing: Option<Sharing<'c, 'scope, W>>,
}

impl<W: Work, T: Take<W::Outcome>> Walker<'_, '_, '_, W, T> {
    /// Hands over what came of the batch that is next; `false` if there is none.
    fn take(&mut self) -> bool {
        let Some(sharing) = &mut self.sharing else {
            return false;
        };
        let Some((mut batch, outcomes)) = sharing.take() else {
            return false;
        };
        for outcome in outcomes {
            self.taker.take(batch.part, outcome);
        }
        batch.bytes.clear();
        batch.results.clear();
        sharing.spare.push(batch);
        true
    }

    fn share(&mut self) {
        if let Some(sharing) = &mut self.sharing {
            sharing.share();
        }
    }

    /// Hands over whatever comes of results that were set aside.
    fn catch_up(&mut self) {
        self.share();
        while self.take() {}
    }
}

impl<W: Work, T: Take<W::Outcome>> Results<T> for Walker<'_, '_, '_, W, T> {
    fn begin(&mut self, part: Part) {
        self.share();
        self.at = Some((part, self.work.desk(part)));
    }

    fn result(&mut self, index: usize, raw: Result<&[u8], String>) {
        let bytes = raw.as_ref().map_or(0, |raw| raw.len());
        if let (Some(sharing), Some((part, _))) = (&mut self.sharing, &self.at)
            && sharing.is_for(bytes)
        {
            if sharing.set_aside(*part, index, raw) {
                sharing.share();
                while self.sharing.as_ref().is_some_and(Sharing::is_full) {
                    self.take();
                }
            }
            return;
        }
        self.catch_up();
        if let Some((part, desk)) = &self.at {
            let outcome = self.work.work(desk, index, raw);
            self.taker.take(*part, outcome);
        }
    }

    fn taker(&mut self) -> &mut T {
        self.catch_up();
        self.taker
    }
}

#[cfg(test)]
mod tests;
