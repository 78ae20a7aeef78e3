//! The life of findings between reports: what was there before, which tickets name what, and what was decided.

mod baseline;
mod condition;
mod coverage;
mod decide;
mod file;
mod index;
mod moved;
mod tickets;
pub mod vex;

pub use baseline::{compare, remember};
pub use condition::Condition;
pub use coverage::{Needed, stale};
pub use decide::{decide, forget};
pub use file::{Says, TriageEntry, TriageFile, load};
pub use tickets::{Links, Tickets, link};

#[cfg(test)]
mod tests;
