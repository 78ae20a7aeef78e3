//! What the fields of a ticket are called where we look for them.

/// Names of the custom fields that carry what a ticket says beyond Jira's own fields, the most telling first. The platform
/// publishes only some of them, so every list can be set; names are compared without regard to case.
#[derive(Clone, Debug)]
pub(super) struct FieldNames {
    /// The date until which it must be fixed; wins over Jira's own due date.
    pub(super) due: Vec<String>,
    /// The platform's word for how bad it is.
    pub(super) severity: Vec<String>,
    /// A CVSS base score.
    pub(super) score: Vec<String>,
    /// A CVSS vector. One with its `CVSS:` prefix is found in any field.
    pub(super) vector: Vec<String>,
    /// The key of the app.
    pub(super) app: Vec<String>,
    /// Who found it.
    pub(super) source: Vec<String>,
    /// Which check found it.
    pub(super) rule: Vec<String>,
    /// Public ids of the vulnerability.
    pub(super) ids: Vec<String>,
}

impl Default for FieldNames {
    fn default() -> Self {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            due: names(&["Remediation Due Date"]),
            severity: names(&["Vulnerability Severity Level"]),
            score: names(&[
                "CVSS score",
                "CVSS base score",
                "CVSS v4.0 score",
                "CVSS v3.1 score",
                "CVSS v3 score",
                "CVSS",
            ]),
            vector: names(&[
                "CVSS vector",
                "CVSS vector string",
                "CVSS v4.0 vector",
                "CVSS v3.1 vector",
                "CVSS v3 vector",
            ]),
            app: names(&["App key", "App", "Addon key", "Marketplace app"]),
            source: names(&["Vulnerability source", "Source"]),
            rule: names(&["Check name", "Rule ID"]),
            ids: names(&["CVE", "CVE ID", "CVE IDs", "GHSA", "Advisory"]),
        }
    }
}

/// The custom fields of one ticket: names in lower case with their values, in the order of the export. A name may stand there more than
/// once, for several values and for several fields of one name.
#[derive(Clone, Debug, Default)]
pub(super) struct CustomFields(Vec<(String, String)>);

impl CustomFields {
    /// Adds a value, unless it is empty.
    pub(super) fn push(&mut self, name: &str, value: &str) {
        let (name, value) = (name.trim(), value.trim());
        if !value.is_empty() {
            self.0.push((name.to_lowercase(), value.to_owned()));
        }
    }

    /// The values of the first of `names` that has any.
    pub(super) fn of<'a>(&'a self, names: &'a [String]) -> impl Iterator<Item = &'a str> {
        let name = names
            .iter()
            .map(|name| name.trim().to_lowercase())
            .find(|name| self.0.iter().any(|(known, _)| known == name));
        self.0
            .iter()
            .filter(move |(known, _)| name.as_ref() == Some(known))
            .map(|(_, value)| value.as_str())
    }

    /// The first value of the first of `names` that has any.
    pub(super) fn first<'a>(&'a self, names: &'a [String]) -> Option<&'a str> {
        self.of(names).next()
    }

    /// All values.
    pub(super) fn values(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, value)| value.as_str())
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
        fields.push("Marketplace app", "com.harborapps.time-ledger");
        fields.push("APP KEY ", "com.harborapps.queue-board");
        fields.push("App", "  ");
        let names = FieldNames::default();
        assert_eq!(fields.first(&names.app), Some("com.harborapps.queue-board"));
        assert_eq!(fields.first(&names.score), None);
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
