//! What the columns of a CSV export mean, by headers that are known and by those that the user has named.

mod headers;

use std::collections::BTreeSet;

use super::fields::{Field, FieldNames, is_key};
use super::options::JiraOptions;
use crate::error::{Error, Result};
use headers::{HEADERS, WRAPPERS};

/// A column of Jira's own that is read. A project file calls it as the English export does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// The key of the ticket, such as `AMS-1`.
    Key,
    /// Its one line.
    Summary,
    /// What sort of ticket it is.
    Type,
    /// Where it stands.
    Status,
    /// Whether that is before, in or behind the work.
    Category,
    /// Somebody's plan of work.
    Priority,
    /// Why it was closed.
    Resolution,
    /// When it was opened.
    Created,
    /// When it was last changed.
    Updated,
    /// When it was closed.
    Resolved,
    /// Jira's own date for it.
    Due,
    /// Marks on it, one column each.
    Labels,
    /// Parts of the product, one column each.
    Components,
    /// What it says.
    Description,
}

impl Column {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Key,
        Self::Summary,
        Self::Type,
        Self::Status,
        Self::Category,
        Self::Priority,
        Self::Resolution,
        Self::Created,
        Self::Updated,
        Self::Resolved,
        Self::Due,
        Self::Labels,
        Self::Components,
        Self::Description,
    ];

    /// What the English export calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Key => "Issue key",
            Self::Summary => "Summary",
            Self::Type => "Issue Type",
            Self::Status => "Status",
            Self::Category => "Status Category",
            Self::Priority => "Priority",
            Self::Resolution => "Resolution",
            Self::Created => "Created",
            Self::Updated => "Updated",
            Self::Resolved => "Resolved",
            Self::Due => "Due date",
            Self::Labels => "Labels",
            Self::Components => "Components",
            Self::Description => "Description",
        }
    }
}

/// What a header means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// One of Jira's own.
    Own(Column),
    /// A custom field, or a column that nothing is known of: its name without the wrapper.
    Custom(String),
    /// One of Jira's own in whose place the user has named another.
    Overruled,
}

/// Without which a row cannot become a finding with the right clock.
const ESSENTIAL: [(Column, &str); 4] = [
    (Column::Key, "Issue key"),
    (Column::Summary, "Summary"),
    (Column::Status, "Status"),
    (Column::Created, "Created"),
];

/// What a header means that the user has said nothing of.
fn meaning(header: &str) -> Meaning {
    let lower = header.trim().to_lowercase();
    let own = HEADERS
        .iter()
        .find(|(_, names)| names.contains(&lower.as_str()));
    match own {
        Some((column, _)) => Meaning::Own(*column),
        None => Meaning::Custom(unwrapped(header).unwrap_or(header).trim().to_owned()),
    }
}

/// The name in a header such as `Custom field (Patch by)`, in a language whose wrapper is known.
pub(super) fn unwrapped(header: &str) -> Option<&str> {
    let (wrapper, name) = parts(header)?;
    let wrapper = wrapper.to_lowercase();
    WRAPPERS.contains(&wrapper.as_str()).then_some(name)
}

/// The wrapper and the name, which may hold parentheses and spaces of its own: `Custom field (Customer ( if any))`.
fn parts(header: &str) -> Option<(&str, &str)> {
    let (wrapper, rest) = header.split_once('(')?;
    let name = rest.trim_end().strip_suffix(')')?;
    Some((wrapper.trim(), name.trim()))
}

/// The meaning of each column, by position: a header stands there once for each value of the row that has most.
#[derive(Debug)]
pub(super) struct Columns(Vec<Meaning>);

impl Columns {
    /// Reads a header line. A column that the user has named stands for Jira's own of that meaning.
    pub(super) fn of<'a>(
        headers: impl IntoIterator<Item = &'a str>,
        options: &JiraOptions,
    ) -> Self {
        let mut named = BTreeSet::new();
        let mut columns: Vec<(Meaning, bool)> = headers
            .into_iter()
            .map(|header| match options.column(header) {
                Some(column) => {
                    named.insert(column);
                    (Meaning::Own(column), true)
                }
                None => (meaning(header), false),
            })
            .collect();
        for (meaning, by_user) in &mut columns {
            if !*by_user && matches!(meaning, Meaning::Own(column) if named.contains(column)) {
                *meaning = Meaning::Overruled;
            }
        }
        Self(columns.into_iter().map(|(meaning, _)| meaning).collect())
    }

    /// Takes the wrapper off custom fields in a language whose word for them is not known. Only of a field that is looked
    /// for can it be told that what stands in parentheses is its name.
    pub(super) fn unwrap(&mut self, names: &FieldNames) {
        for meaning in &mut self.0 {
            if let Meaning::Custom(header) = meaning
                && !names.want(header)
                && let Some((_, name)) = parts(header)
                && names.want(name)
            {
                *header = name.to_owned();
            }
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether one of them is `column`.
    pub(super) fn has(&self, column: Column) -> bool {
        self.0.contains(&Meaning::Own(column))
    }

    /// Whether they can be nothing but tickets of Jira.
    pub(super) fn are_tickets(&self) -> bool {
        self.has(Column::Key)
            && self.has(Column::Summary)
            && (self.has(Column::Status) || self.has(Column::Type))
    }

    /// Finds the column of the keys by the form of its cells, where its header is in a language that is not known.
    pub(super) fn find_key<'a>(&mut self, row: impl IntoIterator<Item = &'a str>) {
        if self.has(Column::Key) {
            return;
        }
        let key = row.into_iter().position(|cell| is_key(cell.trim()));
        if let Some(meaning) = key.and_then(|index| self.0.get_mut(index)) {
            *meaning = Meaning::Own(Column::Key);
        }
    }

    /// Makes sure that nothing is missing without which a deadline would be wrong.
    pub(super) fn check(&self) -> Result<()> {
        let missing: Vec<String> = ESSENTIAL
            .iter()
            .filter(|(column, _)| !self.has(*column))
            .map(|(_, name)| format!("`{name}`"))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(
            Error::format(format!("no column of tickets is called {}", missing.join(" or "))).hint(
                "export with Jira's language set to English, or name its columns in scanfold.toml, `Due date` too: `[jira.headers]` with lines such as `\"Schlüssel\" = \"Issue key\"`",
            ),
        )
    }

    /// Whether any of them may hold the date until which a ticket must be fixed.
    pub(super) fn have_due_dates(&self, names: &FieldNames) -> bool {
        let is_due = |meaning: &Meaning| match meaning {
            Meaning::Own(column) => *column == Column::Due,
            Meaning::Custom(name) => names.want_as(Field::Due, name),
            Meaning::Overruled => false,
        };
        self.0.iter().any(is_due)
    }

    /// Each column with the cell of a row that stands in it.
    pub(super) fn of_row<'a, 'b>(
        &'a self,
        row: impl IntoIterator<Item = &'b str>,
    ) -> impl Iterator<Item = (&'a Meaning, &'b str)> {
        self.0.iter().zip(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn custom(name: &str) -> Meaning {
        Meaning::Custom(name.to_owned())
    }

    #[test]
    fn custom_fields_are_unwrapped_once() {
        assert_eq!(
            meaning("Custom field (Customer ( if any))"),
            custom("Customer ( if any)")
        );
        assert_eq!(
            meaning("Custom field (Last Updated )"),
            custom("Last Updated")
        );
        assert_eq!(
            meaning("Custom field ([CHART] Time in Status)"),
            custom("[CHART] Time in Status")
        );
        assert_eq!(meaning("Pole niestandardowe (App key)"), custom("App key"));
        assert_eq!(meaning("Time (s)"), custom("Time (s)"));
    }

    #[test]
    fn headers_are_known_in_six_languages() {
        let all = [
            ["Issue key", "Summary", "Status", "Created"],
            ["Vorgangsschlüssel", "Zusammenfassung", "Status", "Erstellt"],
            ["Clé de ticket", "Résumé", "État", "Création"],
            ["Clave de incidencia", "Resumen", "Estado", "Creada"],
            ["Klucz zgłoszenia", "Podsumowanie", "Status", "Utworzono"],
            ["Ключ запроса", "Тема", "Статус", "Создано"],
        ];
        for headers in all {
            Columns::of(headers, &JiraOptions::default())
                .check()
                .unwrap();
        }
    }

    #[test]
    fn a_missing_column_is_named() {
        let error = Columns::of(["Issue key", "Summary", "Foo"], &JiraOptions::default())
            .check()
            .unwrap_err();
        assert_eq!(
            error.message(),
            "no column of tickets is called `Status` or `Created`"
        );
    }
}
