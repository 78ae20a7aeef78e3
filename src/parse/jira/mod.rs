//! Tickets as Jira exports them: three readers fill one [`Issue`], and one function makes a finding of it.

mod checks;
mod claims;
mod columns;
mod csv;
mod dates;
mod fields;
mod issue;
mod json;
mod options;
mod status;
mod text;
mod xml;

#[cfg(test)]
mod tests;

use issue::{Issue, Tickets};

pub use self::columns::Column;
pub(super) use self::csv::JiraCsv;
pub use self::fields::Field;
pub(super) use self::json::JiraJson;
pub use self::options::JiraOptions;
pub(super) use self::xml::JiraXml;

/// The name under which all three readers sight tickets and make claims.
const SCANNER: &str = "Jira";
