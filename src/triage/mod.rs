//! The life of findings between reports: what was there before, which tickets name what, and what was decided.

mod baseline;
mod tickets;
pub mod vex;

pub use baseline::{Coverage, compare, remember};
pub use tickets::{Links, link};
