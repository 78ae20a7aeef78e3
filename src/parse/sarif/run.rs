//! What a run tells beside its results: its tool, places, invocations and name.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::artifact::Entry;
use super::flow::Waypoint;
use super::invocation::{Invocation, Invoked};
use super::lenient::{Object, Table, Word};
use super::memory::Memory;
use super::rule::{self, Call, Component, Rule};
use super::taxon::Taxon;
use super::tool;
use super::uri::{Bases, Checkout, Raw};
use super::walk::{Json, elements_if_any, members_if_any};
use super::wire::{
    Artifact, ArtifactEntry, Automation, Elsewhere, Logical, Message, Named, Step, VersionControl,
};
use crate::error::Result;
use crate::model::{Text, redact};
use crate::parse::json::Value;

/// How many artifacts or logical locations of a run are kept for results that name them by index.
const MOST_ENTRIES: usize = 1 << 20;

/// Whether a run has results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Results {
    /// There is no `results`: the log describes a tool, not a scan (section 3.14.23).
    #[default]
    Absent,
    /// `null`: the scan failed to start.
    Null,
    /// A list, which may be empty.
    Listed,
}

/// A run, or inline external properties, without results.
#[derive(Debug, Default)]
pub(super) struct Run {
    /// The driver and its extensions.
    pub(super) components: Vec<Component>,
    pub(super) bases: Bases,
    pub(super) artifacts: Vec<Entry>,
    pub(super) logicals: Vec<Option<Text>>,
    pub(super) taxonomies: Vec<Component>,
    /// Steps that flows name by index (section 3.14.19).
    pub(super) waypoints: Vec<Waypoint>,
    pub(super) invocations: Vec<Invoked>,
    pub(super) results: Results,
    /// Results stand in another file.
    pub(super) elsewhere: bool,
    pub(super) automation: Option<String>,
    pub(super) guid: Option<String>,
    /// Of external properties: the guid of their run.
    pub(super) owner: Option<String>,
    pub(super) repository: Option<String>,
    pub(super) notes: Vec<String>,
    /// Filled by [`Run::settle`].
    pub(super) family: String,
    pub(super) scanner: Text,
}

impl Run {
    /// Reads a property; one that is not used is passed over.
    pub(super) fn property(&mut self, key: &str, json: &mut Json, memory: &Memory) -> Result<()> {
        match key {
            "tool" => members_if_any(json, |key, json| self.tool(key, json, memory)),
            // External properties have the parts of a tool directly (section 4.3).
            "driver" | "extensions" => self.tool(key, json, memory),
            "taxonomies" => elements_if_any(json, |_, json| {
                let component = self.component(json, memory)?;
                self.taxonomies.push(component);
                Ok(())
            }),
            "artifacts" => elements_if_any(json, |_, json| {
                let entry: Option<Object<ArtifactEntry<'_>>> = json.record()?.ok();
                if self.artifacts.len() < MOST_ENTRIES {
                    let entry = entry.map(|entry| Entry {
                        raw: raw(&entry.0.location.0),
                        parent: entry.0.parent_index.index(),
                    });
                    self.artifacts.push(entry.unwrap_or_default());
                }
                Ok(())
            }),
            "logicalLocations" => elements_if_any(json, |_, json| {
                let entry: Option<Object<Logical<'_>>> = json.record()?.ok();
                if self.logicals.len() < MOST_ENTRIES {
                    self.logicals
                        .push(entry.and_then(|entry| own_name(&entry.0)));
                }
                Ok(())
            }),
            "threadFlowLocations" => elements_if_any(json, |_, json| {
                let step = json.record::<Object<Step<'_>>>()?.unwrap_or_default();
                if self.waypoints.len() < MOST_ENTRIES {
                    self.waypoints.push(Waypoint::of(&step.0.location.0));
                }
                Ok(())
            }),
            "originalUriBaseIds" => {
                if let Ok(bases) = json.record::<Table<'_, Object<Artifact<'_>>>>()? {
                    self.bases.by_id = (bases.0.into_iter())
                        .map(|(id, base)| (id.into_owned(), raw(&base.0)))
                        .collect();
                }
                Ok(())
            }
            // One that stands alone says how the run went as well.
            "invocations" if json.value()? == Value::Object => self.invocation(json),
            "invocations" => elements_if_any(json, |_, json| self.invocation(json)),
            "automationDetails" => {
                let details = json.record::<Object<Automation<'_>>>()?.unwrap_or_default();
                self.automation = details.0.id.get().and_then(category);
                self.guid = details.0.guid.get().map(str::to_owned);
                Ok(())
            }
            "versionControlProvenance" => elements_if_any(json, |_, json| {
                let Ok(details) = json.record::<Object<VersionControl<'_>>>()? else {
                    return Ok(());
                };
                if self.repository.is_none() {
                    self.repository = details.0.repository_uri.get().map(str::to_owned);
                }
                let mapped = &details.0.mapped_to.0;
                if mapped.uri.get().is_some() || mapped.uri_base_id.get().is_some() {
                    self.bases.checkouts.push(Checkout {
                        repository: details.0.repository_uri.get().map(str::to_owned),
                        mapped: raw(mapped),
                    });
                }
                Ok(())
            }),
            "externalPropertyFileReferences" => {
                let others = json.record::<Object<Elsewhere>>()?.unwrap_or_default();
                self.elsewhere = !others.0.results.0.is_empty();
                Ok(())
            }
            "runGuid" => {
                let guid = json.record::<Word<'_>>()?.unwrap_or_default();
                self.owner = guid.get().map(str::to_owned);
                Ok(())
            }
            _ => json.skip(),
        }
    }

    fn tool(&mut self, key: &str, json: &mut Json, memory: &Memory) -> Result<()> {
        match key {
            "driver" => {
                let driver = self.component(json, memory)?;
                match self.components.first_mut() {
                    Some(first) => *first = driver,
                    None => self.components.push(driver),
                }
                Ok(())
            }
            "extensions" => elements_if_any(json, |_, json| {
                if self.components.is_empty() {
                    self.components.push(Component::default());
                }
                let extension = self.component(json, memory)?;
                self.components.push(extension);
                Ok(())
            }),
            _ => json.skip(),
        }
    }

    fn component(&mut self, json: &mut Json, memory: &Memory) -> Result<Component> {
        let mut component = Component::default();
        let mut semantic = None;
        let notes = &mut self.notes;
        members_if_any(json, |key, json| {
            match key {
                "name" => component.name = line(json)?,
                "version" => component.version = line(json)?,
                "semanticVersion" => semantic = line(json)?,
                "guid" => component.guid = line(json)?.map(|guid| guid.untrusted().to_owned()),
                "globalMessageStrings" => {
                    let strings = json.record::<Table<'_, Object<Message<'_>>>>()?;
                    let strings = strings.unwrap_or_default();
                    component.strings =
                        rule::strings(strings.0.iter().map(|(id, message)| (&**id, &message.0)));
                }
                "rules" => elements_if_any(json, |index, json| {
                    let rule = json.raw()?.and_then(|raw| memory.rule(raw));
                    component.push(rule.unwrap_or_else(|reason| {
                        notes.push(format!("rule {index} was not understood: {reason}"));
                        Arc::default()
                    }));
                    Ok(())
                })?,
                "taxa" => elements_if_any(json, |_, json| {
                    let taxon = json.record::<Object<Named<'_>>>()?.unwrap_or_default();
                    if component.taxa.len() < MOST_ENTRIES {
                        component.taxa.push(Taxon::of(&taxon.0));
                    }
                    Ok(())
                })?,
                _ => json.skip()?,
            }
            Ok(())
        })?;
        component.version = component.version.or(semantic);
        Ok(component)
    }

    fn invocation(&mut self, json: &mut Json) -> Result<()> {
        let invocation = json.record::<Object<Invocation<'_>>>()?.unwrap_or_default();
        self.invocations.push(Invoked::of(&invocation.0));
        let directory = &invocation.0.working_directory.0;
        if directory.uri.get().is_some() {
            self.bases.directories.push(raw(directory));
        }
        Ok(())
    }

    /// Works out what needs the whole run: its scanner, its family, and how that writes paths.
    pub(super) fn settle(&mut self) {
        let driver = self.components.first();
        let name = driver.and_then(|driver| driver.name.clone());
        self.scanner = name.unwrap_or_else(|| Text::line("sarif"));
        self.family = tool::family(self.scanner.untrusted());
        self.bases.encoded = tool::encodes(&self.family);
        for invocation in &mut self.invocations {
            for (call, level) in std::mem::take(&mut invocation.overrides) {
                if let Some(found) = call.find(&self.components) {
                    invocation.levels.entry(found).or_insert(level);
                }
            }
        }
        self.relate();
    }

    /// Finds the weaknesses that rules name by their relationships.
    fn relate(&mut self) {
        let weakness = |call: &Call| call.weakness(&self.taxonomies, &self.components);
        let weaknesses = |rule: &Arc<Rule>| -> Vec<Text> {
            rule.relations.iter().filter_map(weakness).collect()
        };
        let all = self
            .components
            .iter()
            .flat_map(|component| &component.rules);
        let found: Vec<Vec<Text>> = all.map(weaknesses).collect();
        let all = self
            .components
            .iter_mut()
            .flat_map(|component| &mut component.rules);
        for (rule, found) in all.zip(found) {
            if !found.is_empty() {
                Arc::make_mut(rule).weaknesses.extend(found);
            }
        }
    }

    /// Whether an invocation gave levels to rules.
    pub(super) fn has_overrides(&self) -> bool {
        let mut invocations = self.invocations.iter();
        invocations.any(|invocation| !invocation.levels.is_empty())
    }

    /// When the invocation of a result took place, or else the first invocation that tells it.
    pub(super) fn scanned_at(&self, invocation: Option<usize>) -> Option<Timestamp> {
        let own = invocation.and_then(|index| self.invocations.get(index)?.at);
        own.or_else(|| self.invocations.iter().find_map(|invocation| invocation.at))
    }

    /// When the last of its invocations took place.
    pub(super) fn ended_at(&self) -> Option<Timestamp> {
        let times = self
            .invocations
            .iter()
            .filter_map(|invocation| invocation.at);
        times.max()
    }

    /// The stable name of what the run scanned, if it tells one.
    pub(super) fn target(&self) -> String {
        let repository = || {
            self.repository
                .as_deref()
                .map(|uri| redact(uri).into_owned())
        };
        let target = self.automation.clone().or_else(repository);
        target.unwrap_or_default()
    }

    /// Fills what this run does not tell from `other`: external properties and their run complete each other.
    pub(super) fn complete(&mut self, other: Self) {
        fn fill<T>(mine: &mut Vec<T>, theirs: Vec<T>) {
            if mine.is_empty() {
                *mine = theirs;
            }
        }
        let mut theirs = other.components.into_iter();
        match (self.components.first_mut(), theirs.next()) {
            (Some(mine), Some(theirs)) if mine.rules.is_empty() && !theirs.rules.is_empty() => {
                let name = mine.name.take();
                *mine = theirs;
                mine.name = name.or(mine.name.take());
            }
            (None, Some(theirs)) => self.components.push(theirs),
            _ => {}
        }
        if self.components.len() == 1 {
            self.components.extend(theirs);
        }
        fill(&mut self.artifacts, other.artifacts);
        fill(&mut self.logicals, other.logicals);
        fill(&mut self.taxonomies, other.taxonomies);
        fill(&mut self.waypoints, other.waypoints);
        fill(&mut self.invocations, other.invocations);
        self.notes.extend(other.notes);
        if other.results == Results::Listed {
            (self.results, self.elsewhere) = (Results::Listed, false);
        }
    }
}

fn line(json: &mut Json) -> Result<Option<Text>> {
    let word = json.record::<Word<'_>>()?.unwrap_or_default();
    Ok(word.get().and_then(Text::some_line))
}

/// An artifact location without its index.
pub(super) fn raw(location: &Artifact<'_>) -> Raw {
    Raw {
        uri: location.uri.get().unwrap_or_default().to_owned(),
        base: location.uri_base_id.get().map(str::to_owned),
    }
}

/// The name that a logical location has by itself.
pub(super) fn own_name(logical: &Logical<'_>) -> Option<Text> {
    let name = logical.fully_qualified_name.get().or(logical.name.get());
    name.and_then(Text::some_line)
}

/// The part of an automation id that all runs of one kind share: the last segment tells the single run
/// (section 3.17.3).
fn category(id: &str) -> Option<String> {
    let (category, _) = id.rsplit_once('/')?;
    Some(redact(category).into_owned()).filter(|category| !category.is_empty())
}

/// A SARIF time: RFC 3339 in UTC (section 3.9); one that names no offset is taken at its word.
pub(super) fn timestamp(words: &str) -> Option<Timestamp> {
    let plain = || {
        let civil: DateTime = words.parse().ok()?;
        Some(civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    };
    words.parse().ok().or_else(plain)
}
