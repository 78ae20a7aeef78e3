//! The life of findings between reports: what was there before, which tickets name what, and what was decided.

mod baseline;
mod condition;
mod decide;
mod file;
mod moved;
mod tickets;
pub mod vex;

pub use baseline::{Coverage, compare, remember, stale};
pub use condition::Condition;
pub use decide::{decide, forget};
pub use file::{Says, TriageEntry, TriageFile, load};
pub use tickets::{Links, Tickets, link};

#[cfg(test)]
mod tests;
