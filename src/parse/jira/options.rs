//! What a user may say about Jira: what its fields and columns are called.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::columns::Column;
use super::fields::Field;
use crate::error::{Error, Result};
use crate::parse::json::{Reader, Value};
use crate::source::Input;

/// Names of fields by their ids.
pub(super) type Names = BTreeMap<String, String>;

/// What a user may say about tickets of Jira.
#[derive(Clone, Debug, Default)]
pub struct JiraOptions {
    names: BTreeMap<Field, Vec<String>>,
    /// By headers in lower case.
    headers: BTreeMap<String, Column>,
    /// In lower case, as names are compared.
    listed: Names,
}

/// A field in the answer of `/rest/api/3/field`.
#[derive(Deserialize)]
#[serde(expecting = "a field with `id` and `name`")]
struct ListedField {
    id: String,
    name: String,
}

impl JiraOptions {
    /// Looks for a field under these names or ids first, the first of them first.
    pub fn prefer(&mut self, field: Field, names: impl IntoIterator<Item = String>) {
        let names = names.into_iter().filter(|name| !name.trim().is_empty());
        self.names.entry(field).or_default().extend(names);
    }

    /// Reads the column under `header` as `column`.
    pub fn name_column(&mut self, header: &str, column: Column) {
        self.headers.insert(header.trim().to_lowercase(), column);
    }

    /// Reads the answer of Jira's `/rest/api/3/field`, a list of all fields with their ids and names, for exports that do
    /// not name them.
    pub fn load_fields(&mut self, path: &Path) -> Result<()> {
        let bytes = Input::file(path, true).open()?;
        self.listed = fields(&mut Reader::new(bytes)).map_err(|error| {
            error
                .at(path.display())
                .hint("save the answer of `/rest/api/3/field` as Jira gives it")
        })?;
        Ok(())
    }

    /// The names that the user has set for a field.
    pub(super) fn names(&self, field: Field) -> &[String] {
        self.names.get(&field).map_or(&[], Vec::as_slice)
    }

    /// What the user says that a header means.
    pub(super) fn column(&self, header: &str) -> Option<Column> {
        if self.headers.is_empty() {
            return None;
        }
        self.headers.get(&header.trim().to_lowercase()).copied()
    }

    /// The list of fields that was read.
    pub(super) fn listed(&self) -> &Names {
        &self.listed
    }
}

fn fields(reader: &mut Reader<impl std::io::Read>) -> Result<Names> {
    let expected = |found: &str| {
        Error::configuration(format!(
            "expected a list of fields with `id` and `name`, found {found}"
        ))
    };
    if !reader.next_document()? {
        return Err(expected("an empty file"));
    }
    if reader.value()? != Value::Array {
        return Err(expected("no list"));
    }
    let mut names = Names::new();
    reader.enter_array()?;
    while reader.next_element()? {
        let line = reader.line();
        let field = reader.record::<ListedField>()?;
        let ListedField { id, name } =
            field.map_err(|reason| Error::configuration(reason).at(format!("line {line}")))?;
        names.insert(id.trim().to_lowercase(), name.trim().to_lowercase());
    }
    if reader.next_document()? {
        return Err(expected("more behind it").at(format!("line {}", reader.line())));
    }
    if names.is_empty() {
        return Err(expected("an empty list"));
    }
    Ok(names)
}
