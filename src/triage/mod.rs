//! The life of findings between reports: what was there before, and which tickets name what.

mod baseline;
mod moved;
mod tickets;

pub use baseline::{Coverage, compare, remember};
pub use tickets::{Links, link};
