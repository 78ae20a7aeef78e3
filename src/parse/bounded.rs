//! A reader that hands out only so many bytes at a time, so that no single record can fill the memory.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use crate::error::Error;

/// The largest record that is kept in memory, in bytes.
pub(super) const LARGEST_RECORD: usize = 16 * 1024 * 1024;

/// How many bytes may still be read before the next record begins.
#[derive(Clone, Debug)]
pub(super) struct Allowance {
    left: Rc<Cell<usize>>,
    whole: usize,
}

impl Allowance {
    /// An allowance of `whole` bytes for each record.
    pub(super) fn new(whole: usize) -> Self {
        Self {
            left: Rc::new(Cell::new(whole)),
            whole,
        }
    }

    /// A record begins.
    pub(super) fn renew(&self) {
        self.left.set(self.whole);
    }

    /// What to say of a reader that failed: that the record is too large, or what else is wrong.
    pub(super) fn error(&self, error: &io::Error) -> Error {
        if self.left.get() == 0 {
            Error::format(format!("a record is larger than {} MiB", self.whole >> 20))
        } else {
            Error::format(format!("cannot be read on: {error}"))
        }
    }
}

/// Reads from `R` as far as the allowance goes.
pub(super) struct Bounded<R> {
    inner: R,
    allowance: Allowance,
}

impl<R: Read> Bounded<R> {
    /// Reads from `inner`.
    pub(super) fn new(inner: R, allowance: &Allowance) -> Self {
        Self {
            inner,
            allowance: allowance.clone(),
        }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.allowance.left.get();
        if left == 0 {
            return Err(io::Error::other("the record is too large"));
        }
        let most = buffer.len().min(left);
        // At most the buffer's own length.
        let read = self.inner.read(&mut buffer[..most])?;
        self.allowance.left.set(left - read);
        Ok(read)
    }
}
