//! Which product a finding belongs to.

use globset::{Glob, GlobMatcher};

use crate::error::{Error, Result};
use crate::model::Text;

/// Names of apps, by what the user says and what reports say.
#[derive(Clone, Debug, Default)]
pub struct Apps {
    named: Option<Text>,
    by_path: Vec<(GlobMatcher, Text)>,
    by_key: Vec<(String, Text)>,
}

impl Apps {
    /// Findings of inputs whose path matches no glob belong to this app, whatever their report says.
    pub fn name_all(&mut self, app: &str) {
        self.named = Some(Text::line(app));
    }

    /// Findings of inputs whose path matches `glob` belong to `app`. The first match counts.
    pub fn name_path(&mut self, app: &str, glob: &str) -> Result<()> {
        let glob = Glob::new(glob).map_err(|error| {
            Error::usage(format!("bad glob for app `{app}`: {}", error.kind())).at(glob)
        })?;
        self.by_path.push((glob.compile_matcher(), Text::line(app)));
        Ok(())
    }

    /// The apps whose globs match none of these paths, with the glob, in the order in which they were given.
    pub fn idle<'a>(&'a self, paths: &'a [&str]) -> impl Iterator<Item = (&'a Text, &'a str)> {
        let is_idle = move |glob: &GlobMatcher| !paths.iter().any(|path| glob.is_match(path));
        let idle = self.by_path.iter().filter(move |(glob, _)| is_idle(glob));
        idle.map(|(glob, app)| (app, glob.glob().glob()))
    }

    /// Findings that their report gives to the app key `own` belong to `app`.
    pub fn name_key(&mut self, app: &str, own: &str) {
        self.by_key.push((own.to_owned(), Text::line(app)));
    }

    /// The app of a finding in the report at `path`, which calls it `own`: the first glob that matches the path, then the
    /// name for all, then the name for the report's key, then that key itself. Empty when nobody says.
    pub fn of(&self, path: &str, own: Option<&str>) -> Text {
        let own = own.map(str::trim).filter(|own| !own.is_empty());
        let by_path = self
            .by_path
            .iter()
            .find(|(glob, _)| glob.is_match(path))
            .map(|(_, app)| app);
        let by_key = || {
            self.by_key
                .iter()
                .find(|(key, _)| Some(key.as_str()) == own)
                .map(|(_, app)| app)
        };
        match by_path.or(self.named.as_ref()).or_else(by_key) {
            Some(app) => app.clone(),
            None => own.map(Text::line).unwrap_or_default(),
        }
    }
}
