//! The reader of `package-lock.json` and `npm-shrinkwrap.json`, lockfileVersion 1, 2 and 3.

use std::collections::BTreeMap;
use std::io::Read;

use serde::Deserialize;

use super::tree::{Listed, Listing, ROOT, Tree};
use crate::error::{Error, Result};
use crate::parse::json::{Loose, Reader, Value};
use crate::source::Input;

/// The most packages that are kept. Those of very large projects have some thousands.
const PACKAGES: usize = 100_000;
/// The most dependencies that are kept, of all packages together.
const DEPENDENCIES: usize = 500_000;
/// The longest place of a package that is kept, in bytes.
const LONGEST: usize = 1024;

/// A package of lockfileVersion 2 and 3.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Entry<'a> {
    #[serde(borrow)]
    name: Loose<'a>,
    version: Loose<'a>,
    link: Loose<'a>,
    resolved: Loose<'a>,
    dependencies: Loose<'a>,
    dev_dependencies: Loose<'a>,
    optional_dependencies: Loose<'a>,
    peer_dependencies: Loose<'a>,
}

/// Reads a lock file. Only places, names, versions and names of dependencies are kept.
pub(super) fn read(input: &Input) -> Result<Tree> {
    let mut reader = Reader::new(input.open()?);
    let mut reading = Reading::default();
    let (mut version, mut name) = (None, None);
    reader.enter_object()?;
    while let Some(key) = reader.next_key()? {
        match (key.as_str(), reader.value()?) {
            ("lockfileVersion", _) => {
                version = reader.record::<Loose<'_>>()?.ok().and_then(Loose::words);
            }
            ("name", _) => name = reader.record::<Loose<'_>>()?.ok().and_then(Loose::text),
            ("requires", _) => {
                let requires = reader.record::<Loose<'_>>()?.unwrap_or_default();
                reading.requires = requires.read() == Some(true);
            }
            ("packages", Value::Object) => {
                // Version 2 says everything a second time in the words of version 1.
                reading.listing = Listing::new();
                reading.dependencies = 0;
                reading.modern = true;
                reading.packages(&mut reader)?;
            }
            ("dependencies", Value::Object) if !reading.modern => {
                reading.nested(&mut reader, "")?;
            }
            _ => reader.skip()?,
        }
    }
    match version.as_deref() {
        Some("1" | "2" | "3") => {}
        found => {
            let found = found.map_or("none".to_owned(), |found| format!("`{found}`"));
            return Err(Error::format(format!(
                "expected a `lockfileVersion` of 1, 2 or 3, found {found}"
            )));
        }
    }
    let root = reading.listing.entry(ROOT.to_owned()).or_default();
    root.name = root.name.take().or(name);
    if reading.modern {
        Ok(Tree::of(reading.listing))
    } else {
        Ok(Tree::of_old(reading.listing, reading.requires))
    }
}

/// What was read until now.
#[derive(Default)]
struct Reading {
    listing: Listing,
    /// How many dependencies are kept.
    dependencies: usize,
    /// Whether the list is that of version 2 and 3.
    modern: bool,
    /// Whether each package of version 1 says what it requires.
    requires: bool,
}

impl Reading {
    fn packages<R: Read>(&mut self, reader: &mut Reader<R>) -> Result<()> {
        reader.enter_object()?;
        while let Some(location) = reader.next_key()? {
            let entry = reader.record::<Loose<'_>>()?.unwrap_or_default();
            let Ok(entry) = entry.object::<Entry<'_>>() else {
                continue;
            };
            let is_link = entry.link.read() == Some(true);
            let needs = [
                entry.dependencies,
                entry.dev_dependencies,
                entry.optional_dependencies,
                entry.peer_dependencies,
            ];
            let listed = Listed {
                name: entry.name.text(),
                version: entry.version.text(),
                target: entry.resolved.text().filter(|_| is_link),
                needs: needs.into_iter().flat_map(names).collect(),
            };
            self.add(location, listed)?;
        }
        Ok(())
    }

    /// Reads the packages of version 1 that stand in the folder `node_modules` of `above`. How deep they are nested is
    /// bounded by the reader.
    fn nested<R: Read>(&mut self, reader: &mut Reader<R>, above: &str) -> Result<()> {
        reader.enter_object()?;
        while let Some(name) = reader.next_key()? {
            if reader.value()? != Value::Object {
                reader.skip()?;
                continue;
            }
            let below = if above.is_empty() { "" } else { "/" };
            let location = format!("{above}{below}node_modules/{name}");
            let mut listed = Listed::default();
            check_length(&location)?;
            reader.enter_object()?;
            while let Some(key) = reader.next_key()? {
                match (key.as_str(), reader.value()?) {
                    ("version", Value::String) => {
                        let words = reader.record::<String>()?.unwrap_or_default();
                        // An alias: `npm:string-width@4.2.3`.
                        match words
                            .strip_prefix("npm:")
                            .and_then(|it| it.rsplit_once('@'))
                        {
                            Some((name, version)) => {
                                listed.name = Some(name.to_owned());
                                listed.version = Some(version.to_owned());
                            }
                            None => listed.version = Some(words),
                        }
                    }
                    ("requires", Value::Object) => {
                        listed.needs = names(reader.record()?.unwrap_or_default());
                    }
                    ("dependencies", Value::Object) => self.nested(reader, &location)?,
                    _ => reader.skip()?,
                }
            }
            self.add(location, listed)?;
        }
        Ok(())
    }

    fn add(&mut self, location: String, listed: Listed) -> Result<()> {
        check_length(&location)?;
        self.dependencies += listed.needs.len();
        if self.listing.len() >= PACKAGES || self.dependencies > DEPENDENCIES {
            return Err(Error::format(format!(
                "expected at most {PACKAGES} packages with {DEPENDENCIES} dependencies, found more"
            )));
        }
        self.listing.insert(location, listed);
        Ok(())
    }
}

fn check_length(location: &str) -> Result<()> {
    if location.len() <= LONGEST {
        return Ok(());
    }
    Err(Error::format(format!(
        "expected places of packages of at most {LONGEST} bytes, found a longer one"
    )))
}

/// The keys of an object.
fn names(object: Loose<'_>) -> Vec<String> {
    let object: BTreeMap<String, Loose<'_>> = object.object().unwrap_or_default();
    object.into_keys().collect()
}
