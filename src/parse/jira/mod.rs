//! Tickets as Jira exports them: three readers fill one [`Issue`], and one function makes a finding of it.

mod checks;
mod columns;
mod csv;
mod dates;
mod fields;
mod issue;
mod json;
mod status;
mod text;
mod xml;

#[cfg(test)]
mod tests;

use issue::{Issue, Tickets};

pub(super) use self::csv::JiraCsv;
pub(super) use self::json::JiraJson;
pub(super) use self::xml::JiraXml;

/// The name under which all three readers sight tickets and make claims.
const SCANNER: &str = "Jira";
