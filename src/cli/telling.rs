//! What a command tells beside reports: as text, as Markdown, as JSON, on standard output or in a file.

use std::io::{self, Write};
use std::path::PathBuf;
use std::str::FromStr;

use super::guard::apart;
use super::output::Results;
use crate::error::{Error, Result, nearest};
use crate::report::Page;

/// A form of what is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// For a terminal or a build log.
    Text,
    /// For a job summary.
    Markdown,
    /// For programs.
    Json,
}

impl Form {
    const ALL: [(Self, &'static str); 3] = [
        (Self::Text, "text"),
        (Self::Markdown, "markdown"),
        (Self::Json, "json"),
    ];
}

/// A form and where it goes.
#[derive(Clone, Debug)]
pub(super) struct Telling {
    pub(super) form: Form,
    /// `None` is standard output.
    pub(super) path: Option<PathBuf>,
}

impl FromStr for Telling {
    type Err = Error;

    fn from_str(words: &str) -> Result<Self> {
        let (name, path) = words.split_once('=').unwrap_or((words, "-"));
        let form = Form::ALL.into_iter().find(|(_, known)| *known == name);
        let Some((form, _)) = form else {
            let error = Error::usage(format!("there is no form `{name}`"));
            let near = nearest(name, Form::ALL.into_iter().map(|(_, known)| known));
            let near = near.map_or(String::new(), |near| format!("did you mean `{near}`? "));
            return Err(error.hint(format!("{near}the forms are text, markdown, json")));
        };
        Ok(Self {
            form,
            path: (path != "-").then(|| path.into()),
        })
    }
}

impl Telling {
    /// What is asked for, and the text on standard output unless another form goes there.
    pub(super) fn all(asked: &[Self]) -> Result<Vec<Self>> {
        let mut all = asked.to_vec();
        if all.iter().all(|one| one.path.is_some()) {
            let path = None;
            all.insert(
                0,
                Self {
                    form: Form::Text,
                    path,
                },
            );
        }
        if all.iter().filter(|one| one.path.is_none()).count() > 1 {
            let error = Error::usage("two forms cannot both go to standard output");
            return Err(error.hint("name a file for one of them, as in `markdown=summary.md`"));
        }
        apart(all.iter().filter_map(|one| one.path.as_deref()))?;
        Ok(all)
    }

    /// The page that it is told on. A file is no terminal, whatever standard output is.
    pub(super) fn page(&self, page: Page) -> Page {
        if self.path.is_some() {
            Page::default()
        } else {
            page
        }
    }

    /// Writes all of them to `results`.
    pub(super) fn write_all(
        tellings: &[Self],
        results: &mut Results,
        show: &mut dyn FnMut(&Self, &mut dyn Write) -> io::Result<()>,
    ) -> Result<()> {
        for telling in Results::order(tellings, |one| one.path.as_deref()) {
            results.write(telling.path.as_deref(), &mut |out| show(telling, out))?;
        }
        Ok(())
    }
}
