//! What the columns of a CSV export mean, in the languages that Jira was seen to write its headers in.

use super::fields::is_key;
use crate::error::{Error, Result};

/// A column of Jira's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Key,
    Summary,
    Type,
    Status,
    Category,
    Priority,
    Created,
    Updated,
    Due,
    Labels,
    Components,
    Description,
}

/// What a header means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// One of Jira's own.
    Own(Column),
    /// A custom field, or a column that nothing is known of: its name without the wrapper.
    Custom(String),
}

/// The headers in English, then German, French, Spanish, Polish, Russian; some changed over the years. In lower case.
const HEADERS: &[(Column, &[&str])] = &[
    (
        Column::Key,
        &[
            "issue key",
            "work item key",
            "vorgangsschlüssel",
            "schlüssel",
            "clé de ticket",
            "clé",
            "clave de incidencia",
            "clave",
            "klucz zgłoszenia",
            "klucz",
            "код",
            "код задачи",
            "код проблемы",
            "ключ запроса",
            "ключ задачи",
            "ключ проблемы",
        ],
    ),
    (
        Column::Summary,
        &[
            "summary",
            "zusammenfassung",
            "résumé",
            "resumen",
            "podsumowanie",
            "тема",
            "резюме",
            "краткое описание",
            "заголовок",
        ],
    ),
    (
        Column::Type,
        &[
            "issue type",
            "work item type",
            "work type",
            "vorgangstyp",
            "type de ticket",
            "tipo de incidencia",
            "tipo de incidente",
            "typ zgłoszenia",
            "тип запроса",
            "тип задачи",
            "тип проблемы",
        ],
    ),
    (
        Column::Status,
        &[
            "status",
            "état",
            "statut",
            "estado",
            "stan",
            "статус",
            "состояние",
        ],
    ),
    (
        Column::Category,
        &[
            "status category",
            "statuskategorie",
            "catégorie d'état",
            "catégorie de statut",
            "catégorie d’état",
            "categoría de estado",
            "kategoria statusu",
            "kategoria stanu",
            "категория статуса",
            "категория состояния",
        ],
    ),
    (
        Column::Priority,
        &[
            "priority",
            "priorität",
            "priorité",
            "prioridad",
            "priorytet",
            "приоритет",
        ],
    ),
    (
        Column::Created,
        &[
            "created",
            "erstellt",
            "erstellungsdatum",
            "création",
            "créé",
            "créée",
            "date de création",
            "creada",
            "creado",
            "fecha de creación",
            "utworzono",
            "data utworzenia",
            "создано",
            "создана",
            "создан",
            "дата создания",
        ],
    ),
    (
        Column::Updated,
        &[
            "updated",
            "aktualisiert",
            "mise à jour",
            "mis à jour",
            "date de mise à jour",
            "actualizada",
            "actualizado",
            "fecha de actualización",
            "zaktualizowano",
            "data aktualizacji",
            "обновлено",
            "обновлена",
            "обновлен",
            "дата обновления",
        ],
    ),
    (
        Column::Due,
        &[
            "due date",
            "due",
            "fälligkeitsdatum",
            "fällig am",
            "fällig",
            "date d'échéance",
            "date d’échéance",
            "échéance",
            "fecha de vencimiento",
            "termin",
            "data wykonania",
            "termin wykonania",
            "срок исполнения",
            "срок выполнения",
            "срок",
        ],
    ),
    (
        Column::Labels,
        &[
            "labels",
            "label",
            "stichwörter",
            "étiquettes",
            "etiquetas",
            "etykiety",
            "метки",
        ],
    ),
    (
        Column::Components,
        &[
            "component/s",
            "components",
            "component",
            "komponente(n)",
            "komponenten",
            "composant(s)",
            "composants",
            "componente(s)",
            "componentes",
            "komponenty",
            "komponent(y)",
            "компоненты",
            "компонент(ы)",
        ],
    ),
    (
        Column::Description,
        &[
            "description",
            "beschreibung",
            "descripción",
            "opis",
            "описание",
        ],
    ),
];

/// What stands before the name of a custom field, which is in parentheses.
const WRAPPERS: &[&str] = &[
    "custom field",
    "benutzerdefiniertes feld",
    "champ personnalisé",
    "champs personnalisés",
    "campo personalizado",
    "pole niestandardowe",
    "пользовательское поле",
    "настраиваемое поле",
    "настраиваемые поля",
];

/// Without which a row cannot become a finding with the right clock.
const ESSENTIAL: [(Column, &str); 4] = [
    (Column::Key, "Issue key"),
    (Column::Summary, "Summary"),
    (Column::Status, "Status"),
    (Column::Created, "Created"),
];

/// What a header means. A name may hold parentheses and spaces of its own: `Custom field (Customer ( if any))`.
fn meaning(header: &str) -> Meaning {
    let lower = header.trim().to_lowercase();
    if let Some((column, _)) = HEADERS
        .iter()
        .find(|(_, names)| names.contains(&lower.as_str()))
    {
        return Meaning::Own(*column);
    }
    let name = header.split_once('(').and_then(|(wrapper, rest)| {
        let known = WRAPPERS.contains(&wrapper.trim().to_lowercase().as_str());
        known.then(|| rest.trim_end().strip_suffix(')'))?
    });
    Meaning::Custom(name.unwrap_or(header).trim().to_owned())
}

/// The meaning of each column, by position: a header stands there once for each value of the row that has most.
#[derive(Debug)]
pub(super) struct Columns(Vec<Meaning>);

impl Columns {
    /// Reads a header line.
    pub(super) fn of<'a>(headers: impl IntoIterator<Item = &'a str>) -> Self {
        Self(headers.into_iter().map(meaning).collect())
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
                "export with Jira's language set to English, with the columns `Issue key`, `Summary`, `Status` and `Created`",
            ),
        )
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
            Columns::of(headers).check().unwrap();
        }
    }

    #[test]
    fn no_header_means_two_columns() {
        let mut names: Vec<&str> = HEADERS
            .iter()
            .flat_map(|(_, names)| names.iter().copied())
            .collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn a_missing_column_is_named() {
        let error = Columns::of(["Issue key", "Summary", "Foo"])
            .check()
            .unwrap_err();
        assert_eq!(
            error.message(),
            "no column of tickets is called `Status` or `Created`"
        );
    }
}
