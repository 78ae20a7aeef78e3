//! `scanfold.toml`: what a project says once.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::error::{Error, Result};
use crate::parse::{Apps, JiraColumn, JiraField, JiraOptions};
use crate::table;

/// The name that is looked for from the current directory upwards.
pub(super) const NAME: &str = "scanfold.toml";

/// The project file. Unknown keys are refused, since a misspelt one would be without effect.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Config {
    /// Policies: names of presets, or paths relative to this file.
    #[serde(default)]
    pub(super) policies: Vec<String>,
    /// Triage files, relative to this file.
    #[serde(default)]
    triage: Vec<String>,
    /// This file, if there is one.
    #[serde(skip)]
    pub(super) path: Option<PathBuf>,
    /// The folder of this file.
    #[serde(skip)]
    folder: PathBuf,
    /// Manifests of the reports that must be there, relative to this file: one or several.
    #[serde(default, deserialize_with = "one_or_several")]
    pub(super) expect: Vec<PathBuf>,
    /// The time zone of dates in reports that name none.
    pub(super) input_timezone: Option<String>,
    /// The folder of a RustSec advisory database, relative to this file.
    pub(super) advisory_db: Option<PathBuf>,
    /// How many days old the newest advisory of that database may be.
    pub(super) max_advisory_age: Option<u32>,
    /// A KEV catalogue of CISA, relative to this file.
    pub(super) kev: Option<PathBuf>,
    /// EPSS scores of FIRST, relative to this file.
    pub(super) epss: Option<PathBuf>,
    /// How many days old these two may be.
    pub(super) max_enrichment_age: Option<u32>,
    /// VEX documents, relative to this file.
    #[serde(default)]
    pub(super) vex: Vec<PathBuf>,
    /// The apps and what belongs to them.
    #[serde(default)]
    apps: BTreeMap<String, App>,
    /// What Jira's fields and columns are called.
    #[serde(default)]
    jira: Jira,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct App {
    /// Globs over the paths of inputs.
    #[serde(default)]
    paths: Vec<String>,
    /// What reports call it.
    #[serde(default)]
    keys: Vec<String>,
}

/// Names or ids of Jira's fields, the first of them first; what is not here is looked for by the names that are known.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Jira {
    due_date: Vec<String>,
    severity: Vec<String>,
    cvss_score: Vec<String>,
    cvss_vector: Vec<String>,
    app: Vec<String>,
    rule: Vec<String>,
    source: Vec<String>,
    ids: Vec<String>,
    /// The answer of `/rest/api/3/field`, relative to this file.
    fields: Option<PathBuf>,
    /// What the columns of a CSV export are called, with what the English export calls them.
    headers: BTreeMap<String, JiraColumn>,
}

impl Config {
    /// Reads the named file, or the nearest `scanfold.toml` from the current directory upwards; without one all is empty.
    pub(super) fn load(named: Option<&Path>) -> Result<Self> {
        let path = match named {
            Some(path) => Some(path.to_owned()),
            None => std::env::current_dir().ok().and_then(|current| {
                current
                    .ancestors()
                    .map(|folder| folder.join(NAME))
                    .find(|path| path.is_file())
            }),
        };
        let Some(path) = path else {
            return Ok(Self::default());
        };
        let text = table::read(&path)?;
        let mut config: Self = toml::from_str(&text).map_err(|error| {
            let (line, column) = place(&text, error.span().map_or(0, |span| span.start));
            Error::configuration(error.message().to_owned())
                .at(format!("{}:{line}:{column}", path.display()))
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        for policy in &mut config.policies {
            if policy.contains(['/', '.']) {
                *policy = folder.join(&*policy).to_string_lossy().into_owned();
            }
        }
        for manifest in &mut config.expect {
            *manifest = folder.join(&*manifest);
        }
        config.advisory_db = config.advisory_db.map(|database| folder.join(database));
        config.kev = config.kev.map(|catalogue| folder.join(catalogue));
        config.epss = config.epss.map(|scores| folder.join(scores));
        for document in &mut config.vex {
            *document = folder.join(&*document);
        }
        config.jira.fields = config.jira.fields.map(|fields| folder.join(fields));
        folder.clone_into(&mut config.folder);
        config.path = Some(path);
        Ok(config)
    }

    /// Where each triage file is, and how it is written here: reports call it so, wherever the project lies.
    pub(super) fn triage(&self) -> impl Iterator<Item = (PathBuf, &str)> {
        let files = self.triage.iter();
        files.map(|file| (self.folder.join(file), file.as_str()))
    }

    /// The list of Jira's fields, unless the command line names one.
    pub(super) fn jira_fields(&self) -> Option<&Path> {
        self.jira.fields.as_deref()
    }

    /// What belongs to which app, behind what the command line says.
    pub(super) fn name_apps(&self, apps: &mut Apps) -> Result<()> {
        for (app, App { paths, keys }) in &self.apps {
            for glob in paths {
                apps.name_path(app, glob)?;
            }
            for key in keys {
                apps.name_key(app, key);
            }
        }
        Ok(())
    }

    /// What Jira's fields and columns are called. `fields` is the list of fields that the command line names.
    pub(super) fn name_jira(&self, jira: &mut JiraOptions, fields: Option<&Path>) -> Result<()> {
        let own = &self.jira;
        for (field, names) in [
            (JiraField::Due, &own.due_date),
            (JiraField::Severity, &own.severity),
            (JiraField::Score, &own.cvss_score),
            (JiraField::Vector, &own.cvss_vector),
            (JiraField::App, &own.app),
            (JiraField::Rule, &own.rule),
            (JiraField::Source, &own.source),
            (JiraField::Ids, &own.ids),
        ] {
            jira.prefer(field, names.iter().cloned());
        }
        for (header, column) in &own.headers {
            jira.name_column(header, *column);
        }
        match fields.or(own.fields.as_deref()) {
            Some(path) => jira.load_fields(path),
            None => Ok(()),
        }
    }
}

/// The time zone of that name.
pub(super) fn zone(name: &str) -> Result<TimeZone> {
    TimeZone::get(name).map_err(|_| {
        Error::usage(format!("there is no time zone `{name}`"))
            .hint("name one such as `Europe/Berlin` or `UTC`")
    })
}

/// A path, or a list of paths.
fn one_or_several<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<PathBuf>, D::Error> {
    struct Paths;

    impl<'de> Visitor<'de> for Paths {
        type Value = Vec<PathBuf>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a path or a list of paths")
        }

        fn visit_str<E>(self, path: &str) -> Result<Self::Value, E> {
            Ok(vec![path.into()])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut paths: A) -> Result<Self::Value, A::Error> {
            let mut all = Vec::new();
            while let Some(path) = paths.next_element()? {
                all.push(path);
            }
            Ok(all)
        }
    }

    deserializer.deserialize_any(Paths)
}

/// Line and column, both from 1, of a byte of `text`.
fn place(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before
        .chars()
        .rev()
        .take_while(|character| *character != '\n')
        .count()
        + 1;
    (line, column)
}
