//! What the fields of a ticket are called where we look for them.

use super::columns::unwrapped;
use super::options::JiraOptions;

/// What a ticket says in fields beyond Jira's own. A project file calls each by its [`Field::key`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// The date until which it must be fixed.
    Due,
    /// The platform's word for how bad it is.
    Severity,
    /// A CVSS base score.
    Score,
    /// A CVSS vector. One with its `CVSS:` prefix is found in any field.
    Vector,
    /// The key of the app.
    App,
    /// Which check found it.
    Rule,
    /// Who found it.
    Source,
    /// Public ids of the vulnerability.
    Ids,
}

impl Field {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Due,
        Self::Severity,
        Self::Score,
        Self::Vector,
        Self::App,
        Self::Rule,
        Self::Source,
        Self::Ids,
    ];

    /// Its key in a project file.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Due => "due-date",
            Self::Severity => "severity",
            Self::Score => "cvss-score",
            Self::Vector => "cvss-vector",
            Self::App => "app",
            Self::Rule => "rule",
            Self::Source => "source",
            Self::Ids => "ids",
        }
    }

    /// The names that are looked for anyway, the most telling first. The platform publishes only some of them.
    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Due => &["Remediation Due Date", OWN_DUE.1],
            Self::Severity => &["Vulnerability Severity Level"],
            Self::Score => &[
                "CVSS score",
                "CVSS base score",
                "CVSS v4.0 score",
                "CVSS v3.1 score",
                "CVSS v3 score",
                "CVSS",
            ],
            Self::Vector => &[
                "CVSS vector",
                "CVSS vector string",
                "CVSS v4.0 vector",
                "CVSS v3.1 vector",
                "CVSS v3 vector",
            ],
            Self::App => &["App key", "App", "Addon key", "Marketplace app"],
            Self::Rule => &["Check name", "Rule ID"],
            Self::Source => &["Vulnerability source", "Source"],
            Self::Ids => &["CVE", "CVE ID", "CVE IDs", "GHSA", "Advisory"],
        }
    }
}

/// The id and the name of Jira's own due date.
pub(super) const OWN_DUE: (&str, &str) = ("duedate", "Due date");

/// A field that is looked for, as exports may call it, in lower case.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// Its name or its id, as it was given.
    pub(super) name: String,
    /// What the list of fields calls it too: names of an id, or ids of a name.
    others: Vec<String>,
}

impl Wanted {
    fn new(name: &str, options: &JiraOptions) -> Self {
        let name = unwrapped(name).unwrap_or(name).trim().to_lowercase();
        let others = options.listed().iter().filter_map(|(id, called)| {
            if name == *id {
                Some(called.clone())
            } else {
                (name == *called).then(|| id.clone())
            }
        });
        Self {
            others: others.collect(),
            name,
        }
    }

    /// Whether a field is meant. Names may be shared; an id, where the export tells it, is not.
    fn means(&self, field: &CustomField) -> bool {
        match &field.id {
            Some(id) if self.name.starts_with("customfield_") => *id == self.name,
            Some(id) => *id == self.name || field.name == self.name || self.others.contains(id),
            None => field.name == self.name || self.others.contains(&field.name),
        }
    }
}

/// What fields are called, for one run: first what the user says, then what is looked for anyway.
#[derive(Clone, Debug)]
pub(super) struct FieldNames([(Vec<Wanted>, usize); Field::ALL.len()]);

impl FieldNames {
    /// The names that hold with `options`.
    pub(super) fn of(options: &JiraOptions) -> Self {
        Self(Field::ALL.map(|field| {
            let set = options.names(field);
            let anyway = field.names().iter().copied();
            let names = set.iter().map(String::as_str).chain(anyway);
            let wanted = names.map(|name| Wanted::new(name, options)).collect();
            (wanted, set.len())
        }))
    }

    /// The names of a field, the first first.
    pub(super) fn wanted(&self, field: Field) -> &[Wanted] {
        // There is one entry for each field, in their order.
        &self.0[field as usize].0
    }

    /// Those of them that the user has set.
    pub(super) fn set(&self, field: Field) -> &[Wanted] {
        let (wanted, set) = &self.0[field as usize];
        wanted.get(..*set).unwrap_or_default()
    }

    /// Whether any field of this name is looked for.
    pub(super) fn want(&self, name: &str) -> bool {
        Field::ALL.iter().any(|field| self.want_as(*field, name))
    }

    /// Whether a field of this name is looked for as `field`.
    pub(super) fn want_as(&self, field: Field, name: &str) -> bool {
        let named = CustomField::new(None, name, "");
        let mut wanted = self.wanted(field).iter();
        wanted.any(|wanted| wanted.means(&named))
    }
}

/// A value of a field.
#[derive(Clone, Debug)]
struct CustomField {
    /// Its id, where the export tells it.
    id: Option<String>,
    /// Its name in lower case; empty where nobody tells it.
    name: String,
    value: String,
}

impl CustomField {
    fn new(id: Option<&str>, name: &str, value: &str) -> Self {
        Self {
            id: id.map(str::to_owned),
            name: name.trim().to_lowercase(),
            value: value.to_owned(),
        }
    }
}

/// The custom fields of one ticket, and Jira's own due date, in the order of the export. A name may stand there more than
/// once, for several values and for several fields of one name.
#[derive(Clone, Debug, Default)]
pub(super) struct CustomFields(Vec<CustomField>);

impl CustomFields {
    /// Adds a value, unless it is empty.
    pub(super) fn push(&mut self, id: Option<&str>, name: &str, value: &str) {
        let value = value.trim();
        if !value.is_empty() {
            self.0.push(CustomField::new(id, name, value));
        }
    }

    /// Adds Jira's own due date, unless it is empty.
    pub(super) fn push_due(&mut self, value: &str) {
        self.push(Some(OWN_DUE.0), OWN_DUE.1, value);
    }

    /// The first of `wanted` that has values, which [`CustomFields::of`] then gives.
    pub(super) fn find<'a>(&self, wanted: &'a [Wanted]) -> Option<&'a Wanted> {
        let has_value = |wanted: &&Wanted| self.0.iter().any(|field| wanted.means(field));
        wanted.iter().find(has_value)
    }

    /// The values of the first of `wanted` that has any.
    pub(super) fn of<'a>(&'a self, wanted: &'a [Wanted]) -> impl Iterator<Item = &'a str> {
        let found = self.find(wanted);
        self.0
            .iter()
            .filter(move |field| found.is_some_and(|wanted| wanted.means(field)))
            .map(|field| field.value.as_str())
    }

    /// The first value of the first of `wanted` that has any.
    pub(super) fn first<'a>(&'a self, wanted: &'a [Wanted]) -> Option<&'a str> {
        self.of(wanted).next()
    }

    /// All values.
    pub(super) fn values(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|field| field.value.as_str())
    }
}

/// Whether `word` has the form of a ticket's key: `AMS-31001`.
pub(super) fn is_key(word: &str) -> bool {
    let project = |project: &str| {
        project.len() > 1
            && project.starts_with(|first: char| first.is_ascii_uppercase())
            && project
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    };
    word.len() <= 64
        && word.split_once('-').is_some_and(|(name, number)| {
            project(name) && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_name_with_a_value_wins_whatever_its_case() {
        let mut fields = CustomFields::default();
        fields.push(None, "Marketplace app", "com.harborapps.time-ledger");
        fields.push(None, "APP KEY ", "com.harborapps.queue-board");
        fields.push(None, "App", "  ");
        let names = FieldNames::of(&JiraOptions::default());
        let first = |field| fields.first(names.wanted(field));
        assert_eq!(first(Field::App), Some("com.harborapps.queue-board"));
        assert_eq!(first(Field::Score), None);
    }

    #[test]
    fn what_the_user_says_comes_first_and_an_id_means_one_field_only() {
        let mut options = JiraOptions::default();
        options.prefer(Field::Due, ["Custom field (Patch by)".to_owned()]);
        options.prefer(Field::Severity, ["customfield_2".to_owned()]);
        let names = FieldNames::of(&options);
        let mut fields = CustomFields::default();
        fields.push_due("2026-12-04");
        fields.push(Some("customfield_9"), "Remediation Due Date", "2026-12-03");
        let due = |fields: &CustomFields| fields.first(names.wanted(Field::Due)).map(str::to_owned);
        assert_eq!(due(&fields).as_deref(), Some("2026-12-03"));
        fields.push(Some("customfield_1"), "Patch by", "2026-12-05");
        assert_eq!(due(&fields).as_deref(), Some("2026-12-05"));
        fields.push(Some("customfield_3"), "customfield_2", "Low");
        assert_eq!(fields.first(names.wanted(Field::Severity)), None);
        fields.push(Some("customfield_2"), "Level", "High");
        assert_eq!(fields.first(names.wanted(Field::Severity)), Some("High"));
    }

    #[test]
    fn fields_stand_in_the_order_of_their_list() {
        for (index, field) in Field::ALL.into_iter().enumerate() {
            assert_eq!(field as usize, index);
        }
    }

    #[test]
    fn keys_have_a_project_and_a_number() {
        for key in ["AMS-1", "A2_B-31001"] {
            assert!(is_key(key), "{key}");
        }
        for word in [
            "ams-1",
            "AMS-",
            "AMS1",
            "CVE-2021-1234",
            "2A-1",
            "A-1",
            "Ä1-1",
            "AMS-1a",
            "",
        ] {
            assert!(!is_key(word), "{word}");
        }
    }
}
