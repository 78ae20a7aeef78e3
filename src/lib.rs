//! Folds the findings of every scanner into one report with a severity and a due date on each.

pub mod error;
pub mod model;
pub mod parse;
pub mod policy;
pub mod report;
pub mod source;
pub mod wire;

pub use error::{Error, ErrorKind, Result};
