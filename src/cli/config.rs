//! `scanfold.toml`: what a project says once.

mod file;

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use crate::error::{Error, ErrorKind, Result};
use crate::model::{self, OwnSecret};
use crate::parse::{Apps, JiraColumn, JiraField, JiraOptions};
use crate::policy::{self, Policy};
use crate::table::{self, Document};

/// The name that is looked for from the current directory upwards.
pub(super) const NAME: &str = "scanfold.toml";

/// The project file. Unknown keys are refused, since a misspelt one would be without effect.
#[derive(Debug, Default)]
pub(super) struct Config {
    /// Policies, each with the place where it is named: names of presets, or paths.
    policies: Vec<(String, String)>,
    /// Triage files, relative to this file.
    triage: Vec<String>,
    /// This file, if there is one.
    pub(super) path: Option<PathBuf>,
    /// The folder of this file.
    folder: PathBuf,
    /// Manifests of the reports that must be there: one or several.
    pub(super) expect: Vec<PathBuf>,
    /// The time zone of dates in reports that name none.
    pub(super) input_timezone: Option<TimeZone>,
    /// The folder of a RustSec advisory database.
    pub(super) advisory_db: Option<PathBuf>,
    /// How many days old the newest advisory of that database may be.
    pub(super) max_advisory_age: Option<u32>,
    /// A KEV catalogue of CISA.
    pub(super) kev: Option<PathBuf>,
    /// EPSS scores of FIRST.
    pub(super) epss: Option<PathBuf>,
    /// How many days old these two may be.
    pub(super) max_enrichment_age: Option<u32>,
    /// VEX documents.
    pub(super) vex: Vec<PathBuf>,
    /// What the project calls a credential, beside what everybody does.
    redact: Vec<OwnSecret>,
    /// The apps and what belongs to them.
    apps: Vec<App>,
    /// What Jira's fields and columns are called.
    jira: Jira,
}

/// An app of the project.
#[derive(Debug)]
struct App {
    name: String,
    /// Globs over the paths of inputs, each with its place.
    paths: Vec<(String, String)>,
    /// What reports call it.
    keys: Vec<String>,
}

/// What Jira's fields and columns are called.
#[derive(Debug, Default)]
struct Jira {
    /// Names or ids of fields, the first of them first; what is not here is looked for by the names that are known.
    names: Vec<(JiraField, Vec<String>)>,
    /// The answer of `/rest/api/3/field`.
    fields: Option<PathBuf>,
    /// What the columns of a CSV export are called, with what the English export calls them.
    headers: Vec<(String, JiraColumn)>,
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
        let document = Document {
            name: &path.display().to_string(),
            text: &text,
            called: None,
        };
        let folder = path.parent().unwrap_or(Path::new(""));
        let mut config = document.read("the project file", |root| file::read(root, folder))?;
        folder.clone_into(&mut config.folder);
        config.path = Some(path);
        Ok(config)
    }

    /// What messages call this file.
    pub(super) fn name(&self) -> String {
        let name = self.path.as_deref().and_then(Path::file_name);
        name.map_or(NAME.into(), |name| name.to_string_lossy().into_owned())
    }

    /// Lets every text of this process be made without what the project calls a credential.
    pub(super) fn redact(&self) -> Result<()> {
        if model::redact_too(self.redact.clone()) {
            return Ok(());
        }
        let error =
            Error::configuration("this process redacts by the patterns of another project file");
        Err(error.hint("merge for each project in a process of its own"))
    }

    /// Loads the policies of the command line, else its own. One of these that is not there is told with the place that
    /// names it.
    pub(super) fn policies_or(&self, given: &[String]) -> Result<Vec<Policy>> {
        if !given.is_empty() {
            return policy::load(given);
        }
        let (names, places): (Vec<String>, Vec<String>) = self.policies.iter().cloned().unzip();
        for (name, place) in names.iter().zip(places) {
            policy::load(std::slice::from_ref(name)).map_err(|error| {
                let is_here = error.place().is_none() || error.kind() == ErrorKind::Io;
                if is_here { error.at(place) } else { error }
            })?;
        }
        policy::load(&names)
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
        for App { name, paths, keys } in &self.apps {
            for (glob, place) in paths {
                let named = apps.name_path(name, glob);
                named.map_err(|error| error.at(place))?;
            }
            for key in keys {
                apps.name_key(name, key);
            }
        }
        Ok(())
    }

    /// What Jira's fields and columns are called. `fields` is the list of fields that the command line names.
    pub(super) fn name_jira(&self, jira: &mut JiraOptions, fields: Option<&Path>) -> Result<()> {
        let own = &self.jira;
        for (field, names) in &own.names {
            jira.prefer(*field, names.iter().cloned());
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
