//! What a vendor publishes and what its policy says: one written from the other, and one checked against the other.

mod around;
mod belong;
mod bound;
mod duration;
mod entity;
mod event;
mod exception;
mod hidden;
mod html;
mod keep;
mod level;
mod markdown;
mod negation;
mod number;
mod numeral;
mod page;
mod phrase;
mod read;
mod sentence;
mod statement;
mod topic;
mod unread;
mod verify;
mod words;
mod write;

pub(in crate::policy) use duration::Comparison;
pub use statement::{Statement, Verdict, Verification};
pub use verify::verify;
pub use write::promise;

/// The largest page that is read, in bytes.
pub const PAGE_LIMIT: u64 = 4 * 1024 * 1024;

#[cfg(test)]
mod tests;
