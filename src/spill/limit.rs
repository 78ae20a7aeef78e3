//! How much memory findings may take, and how it is shared out.

use std::path::PathBuf;

use super::lanes::Lanes;
use crate::error::Result;

/// How much memory the findings of a merge may take before they go to temporary files.
#[derive(Clone, Debug)]
pub struct Limit {
    /// So many bytes. It bounds what findings take; the program, the accounts of its inputs, tickets, catalogues and four
    /// bytes for each finding come on top.
    pub bytes: u64,
    /// Where the temporary files are made.
    pub folder: PathBuf,
}

impl Limit {
    /// Makes sure that temporary files can be made at all.
    pub fn try_folder(&self) -> Result<()> {
        Lanes::new(&self.folder, 0, 0).map(drop)
    }

    /// What the fold of each of the workers may hold. The other half is for what is made of the findings, should they all
    /// fit.
    pub fn share(&self, workers: usize) -> u64 {
        self.bytes / 2 / (workers as u64).max(1)
    }

    /// How many bytes each of several buffers has that are open at once: together a quarter of the limit, as far as each
    /// has enough to be worth a call.
    pub fn buffer(&self, number: usize) -> usize {
        let each = self.bytes / 4 / (number as u64).max(1);
        usize::try_from(each.clamp(4 << 10, 256 << 10)).unwrap_or(4 << 10)
    }

    /// How many sorted members of `size` bytes are held at once.
    pub fn members(&self, size: u64) -> u64 {
        (self.bytes / 4 / size).max(1024)
    }
}
