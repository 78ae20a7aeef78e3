//! Finds policies by name or path, and lays each over the ones that it extends.

use std::fs;
use std::path::{Path, PathBuf};

use super::file;
use super::preset::presets;
use super::{Calendar, Edition, Policy};
use crate::error::{Error, Result};
use crate::model::{PolicyNote, Text};
use crate::table::{Document, Value, suggest};

/// Loads policies. Each name is a built-in one or the path of a TOML file; one that is given twice counts once.
pub fn load(names: &[String]) -> Result<Vec<Policy>> {
    let mut policies: Vec<Policy> = Vec::new();
    for name in names {
        let policy = Place::find(name, Some(Path::new("")))?.policy()?;
        if policies.iter().all(|known| known.note != policy.note) {
            policies.push(policy);
        }
    }
    Ok(policies)
}

/// Reads a policy from text that has no place in the file system.
pub(super) fn parse(name: &str, text: &str) -> Result<Policy> {
    let place = Place {
        name: name.to_owned(),
        text: text.to_owned(),
        folder: None,
    };
    place.policy()
}

/// The text of a policy, and where it stands.
struct Place {
    name: String,
    text: String,
    /// The folder that relative paths of `extends` start at; `None` where there is no file.
    folder: Option<PathBuf>,
}

impl Place {
    fn find(name: &str, folder: Option<&Path>) -> Result<Self> {
        if let Some(preset) = presets().iter().find(|preset| preset.name == name) {
            return Ok(Self {
                name: preset.name.to_owned(),
                text: preset.toml.to_owned(),
                folder: None,
            });
        }
        let looks_like_path = name.contains(['/', '\\', '.']);
        let path = folder.map(|folder| folder.join(name));
        let Some(path) = path.filter(|path| looks_like_path || path.is_file()) else {
            let error = Error::configuration(format!("`{name}` is no built-in policy"));
            let names = presets().iter().map(|preset| preset.name);
            return Err(suggest(error, name, names));
        };
        let text = fs::read_to_string(&path).map_err(|error| Error::io(&path, error))?;
        Ok(Self {
            name: path.display().to_string(),
            folder: Some(path.parent().unwrap_or(Path::new("")).to_owned()),
            // A byte order mark is no part of TOML, but editors write it.
            text: text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned(),
        })
    }

    fn policy(&self) -> Result<Policy> {
        let mut policy = Policy {
            note: PolicyNote {
                name: Text::default(),
                source: None,
                digest: Text::default(),
            },
            effective: None,
            until: None,
            calendar: Calendar::default(),
            editions: vec![Edition::default()],
        };
        let mut digest = blake3::Hasher::new();
        self.lay_over(&mut policy, &mut digest, &mut Vec::new())?;
        policy.note.digest = Text::line(&format!("blake3:{}", digest.finalize().to_hex()));
        Ok(policy)
    }

    /// Lays first what it extends, then itself, over `policy`: later keys win.
    fn lay_over(
        &self,
        policy: &mut Policy,
        digest: &mut blake3::Hasher,
        stack: &mut Vec<String>,
    ) -> Result<()> {
        if stack.contains(&self.name) {
            stack.push(self.name.clone());
            let circle = stack.join(" extends ");
            return Err(Error::configuration(format!(
                "policies extend each other in a circle: {circle}"
            )));
        }
        stack.push(self.name.clone());
        // One text alone has the plain hash of its bytes, as `b3sum` prints it.
        digest.update(self.text.as_bytes());
        let document = Document {
            name: &self.name,
            text: &self.text,
        };
        document.read("the policy", |mut root| {
            root.version(file::VERSION)?;
            for base in root.take("extends").iter().flat_map(Value::list) {
                let name = base.words()?;
                let place = Self::find(name, self.folder.as_deref()).map_err(|error| {
                    let hint = error.hint_text().map(str::to_owned);
                    let place = error.place().map(|place| format!("{place}: "));
                    let told = format!("{}{}", place.unwrap_or_default(), error.message());
                    let error = base.error(format!("cannot extend `{name}`: {told}"));
                    match hint {
                        Some(hint) => error.hint(hint),
                        None => error,
                    }
                })?;
                place.lay_over(policy, digest, stack)?;
            }
            file::lay_over(root, policy)
        })?;
        stack.pop();
        Ok(())
    }
}
