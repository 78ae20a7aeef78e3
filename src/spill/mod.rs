//! Findings that do not fit into memory: put to temporary files, parted by what they share a key with, and read again part
//! by part.
//!
//! The files have no name: they are gone when the program ends, however it ends. What stays in memory are four bytes for
//! each finding, and the inputs.

mod lanes;
mod limit;
mod part;
mod run;
mod spool;

pub use lanes::{Filed, Lane, Lanes};
pub use limit::Limit;
pub use part::{Parts, Spilled};
pub use run::{Merged, Runs};
pub use spool::{Register, Spool};

#[cfg(test)]
mod tests;
