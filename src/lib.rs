//! Folds the findings of every scanner into one report with a severity and a due date on each.

pub mod cli;
pub mod enrich;
pub mod error;
pub mod expect;
pub mod fold;
pub mod gate;
pub mod glob;
pub mod model;
pub mod parse;
pub mod policy;
pub mod report;
pub mod run;
pub mod source;
pub mod spill;
mod table;
pub mod triage;
pub mod wire;

pub use error::{Error, ErrorKind, Result};
