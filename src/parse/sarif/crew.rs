//! The results of a large log, worked on by all workers and taken in the order of the log.
//!
//! Who walks through the log sets results aside by the batch and invites the other workers of the pool. Those that have
//! nothing else to do come and work on batches, and so does the walker when many wait. When nobody comes, since all have
//! logs of their own, the walker goes on alone and copies nothing until somebody comes.

mod sharing;

use super::walk::Part;
use crate::source::Input;
use sharing::{Crew, Sharing};

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
        let Some((batch, outcomes)) = sharing.take() else {
            return false;
        };
        for outcome in outcomes {
            self.taker.take(batch.part, outcome);
        }
        sharing.keep(batch);
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
