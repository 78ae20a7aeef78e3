//! The headers of Jira's CSV export in the languages that it was seen to write them in.

use super::Column;

/// The headers in English, then German, French, Spanish, Polish, Russian; some changed over the years. In lower case.
pub(super) const HEADERS: &[(Column, &[&str])] = &[
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
        Column::Resolution,
        &[
            "resolution",
            "lösung",
            "résolution",
            "resolución",
            "rozwiązanie",
            "решение",
            "резолюция",
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
        Column::Resolved,
        &["resolved", "erledigt", "résolu", "résolue"],
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
pub(super) const WRAPPERS: &[&str] = &[
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
