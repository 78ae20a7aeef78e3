//! Finds policies by name or path, and lays each over the ones that it extends.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::file;
use super::preset::presets;
use super::{Beside, Calendar, Edition, Known, Policy};
use crate::error::{Error, Result};
use crate::model::{PolicyNote, Text};
use crate::table::{self, Document, Value, suggest};

/// How many policies one may lay under itself, each time counted: policies that extend two others each would double
/// with each step.
const MOST_LAID: usize = 64;

/// Loads policies, and after each one those that it names under `strictest-of`. Each name is a built-in one or the path of a
/// TOML file; one that is given twice counts once.
pub fn load(names: &[String]) -> Result<Vec<Policy>> {
    let mut policies: Vec<Policy> = Vec::new();
    for name in names {
        let place = Place::find(name, Some(Path::new("")))?;
        place.all(&mut policies, &mut BTreeSet::new())?;
    }
    Ok(policies)
}

/// Reads a policy from text that has no place in the file system.
pub(super) fn parse(name: &str, text: &str) -> Result<Policy> {
    let place = Place {
        name: name.to_owned(),
        text: text.to_owned(),
        identity: PathBuf::from(name),
        folder: None,
        called: None,
    };
    let (policy, beside) = place.policy()?;
    match beside.first() {
        Some(other) => {
            let name = &other.name;
            let error = Error::configuration(format!("`{name}` stands beside the policy"));
            let error = error.at(&place.name);
            Err(error.hint("a text alone is one policy: load it as a file"))
        }
        None => Ok(policy),
    }
}

/// The steps from the loaded policy to the one that is read: each file, and the key that names the next one.
type Steps = Vec<(PathBuf, String)>;

/// The text of a policy, and where it stands.
struct Place {
    name: String,
    text: String,
    /// Which file it is, however its path is written.
    identity: PathBuf,
    /// The folder that relative paths of `extends` start at; `None` where there is no file.
    folder: Option<PathBuf>,
    /// What reports call it, where that is not its file name.
    called: Option<String>,
}

impl Place {
    fn find(name: &str, folder: Option<&Path>) -> Result<Self> {
        if let Some(preset) = presets().iter().find(|preset| preset.name == name) {
            return Ok(Self {
                name: preset.name.to_owned(),
                text: preset.toml.to_owned(),
                identity: PathBuf::from(preset.name),
                folder: None,
                called: None,
            });
        }
        let looks_like_path = name.contains(['/', '\\', '.']);
        let path = folder.map(|folder| folder.join(name));
        let Some(path) = path.filter(|path| looks_like_path || path.is_file()) else {
            let error = Error::configuration(format!("`{name}` is no built-in policy"));
            let names = presets().iter().map(|preset| preset.name);
            return Err(suggest(error, name, names));
        };
        Ok(Self {
            name: path.display().to_string(),
            text: table::read(&path)?,
            identity: fs::canonicalize(&path).unwrap_or_else(|_| path.clone()),
            folder: Some(path.parent().unwrap_or(Path::new("")).to_owned()),
            called: None,
        })
    }

    /// Puts the policy and all that stand beside it into the list.
    fn all(&self, policies: &mut Vec<Policy>, seen: &mut BTreeSet<PathBuf>) -> Result<()> {
        if !seen.insert(self.identity.clone()) {
            // Each of them races once, whoever names it.
            return Ok(());
        }
        let (policy, beside) = self.policy()?;
        match policies.iter_mut().find(|known| known.note == policy.note) {
            Some(known) => known.files.extend(policy.files),
            None => policies.push(policy),
        }
        for other in beside {
            other.all(policies, seen)?;
        }
        Ok(())
    }

    fn policy(&self) -> Result<(Policy, Vec<Self>)> {
        let mut policy = Policy {
            note: PolicyNote {
                name: Text::default(),
                source: None,
                digest: Text::default(),
                next: None,
            },
            title: None,
            effective: None,
            until: None,
            calendar: Calendar::default(),
            known: Known::default(),
            sources: Vec::new(),
            loosening: None,
            editions: vec![Edition::default()],
            files: BTreeSet::new(),
            beside: Vec::new(),
            places: BTreeMap::new(),
        };
        let mut digest = blake3::Hasher::new();
        let mut beside = Vec::new();
        let (steps, laid) = (&mut Steps::new(), &mut 0);
        self.lay_over(&mut policy, &mut beside, &mut digest, steps, laid)?;
        policy.note.digest = Text::line(&format!("blake3:{}", digest.finalize().to_hex()));
        Ok((policy, beside))
    }

    /// Lays first what it extends, then itself, over `policy`: later keys win.
    fn lay_over(
        &self,
        policy: &mut Policy,
        beside: &mut Vec<Self>,
        digest: &mut blake3::Hasher,
        steps: &mut Steps,
        laid: &mut usize,
    ) -> Result<()> {
        if self.folder.is_some() {
            policy.files.insert((&self.name).into());
        }
        *laid += 1;
        if *laid > MOST_LAID {
            let message =
                format!("a policy may lay {MOST_LAID} others under itself, and this one lays more");
            return Err(Error::configuration(message).at(&self.name));
        }
        // One text alone has the plain hash of its bytes, as `b3sum` prints it.
        digest.update(self.text.as_bytes());
        let document = Document {
            name: &self.name,
            text: &self.text,
            called: self.called.as_deref(),
        };
        document.read("the policy", |mut root| {
            root.version(file::VERSION, &file::KEYS)?;
            for base in root.take("extends").iter().flat_map(Value::list) {
                let mut place = self.named(base, "extend")?;
                let key = format!("{}:{}", self.name, base.position());
                steps.push((self.identity.clone(), format!("`{key}` extends `{}`", place.name)));
                if let Some(first) = steps.iter().position(|(known, _)| *known == place.identity) {
                    let circle = steps.iter().skip(first).map(|(_, step)| step.as_str());
                    let circle: Vec<&str> = circle.collect();
                    let message =
                        format!("policies extend each other in a circle: {}", circle.join(", "));
                    let hint = "take one of these `extends` out; policies that race are named by `strictest-of`";
                    return Err(base.error(message).hint(hint));
                }
                place.called = self.calls(base.words()?, &place);
                place.lay_over(policy, beside, digest, steps, laid)?;
                steps.pop();
            }
            for other in root.take("strictest-of").iter().flat_map(Value::list) {
                let place = self.named(other, "stand beside")?;
                policy.beside.push(Beside {
                    name: Text::line(other.words()?),
                    identity: place.identity.clone(),
                    spot: other.spot(),
                });
                beside.push(place);
            }
            file::lay_over(root, policy)
        })
    }

    /// What reports call a file that this one extends: its path as the policies write it, which two files of one name do
    /// not share and which is the same on every machine. A path from the root is not.
    fn calls(&self, name: &str, place: &Self) -> Option<String> {
        let path = Path::new(name);
        if place.folder.is_none() || path.has_root() {
            return None;
        }
        let own = self.called.as_deref().map(Path::new);
        let path = own
            .and_then(Path::parent)
            .unwrap_or(Path::new(""))
            .join(path);
        let parts = path.components().filter_map(|part| match part {
            Component::CurDir => None,
            other => Some(other.as_os_str().to_string_lossy()),
        });
        Some(parts.collect::<Vec<_>>().join("/"))
    }

    /// Finds what a key of this policy names.
    fn named(&self, value: Value<'_, '_>, verb: &str) -> Result<Self> {
        let name = value.words()?;
        Self::find(name, self.folder.as_deref()).map_err(|error| {
            let hint = error.hint_text().map(str::to_owned);
            let place = error.place().map(|place| format!("{place}: "));
            let told = format!("{}{}", place.unwrap_or_default(), error.message());
            let error = value.error(format!("cannot {verb} `{name}`: {told}"));
            match hint {
                Some(hint) => error.hint(hint),
                None => error,
            }
        })
    }
}
