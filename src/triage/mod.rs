//! The life of findings between reports: what was there before, and which tickets name what.

mod baseline;
mod tickets;

pub use baseline::compare;
pub use tickets::{Links, link};
