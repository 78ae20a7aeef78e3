//! Folds the findings of every scanner into one report with a severity and a due date on each.

pub mod error;
pub mod model;
pub mod parse;
pub mod report;
pub mod source;

pub use error::{Error, ErrorKind, Result};
