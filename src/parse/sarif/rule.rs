//! Rules of a tool's components, and which of them a result means (sections 3.19, 3.49, 3.52).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::lenient::Word;
use super::message::Strings;
use super::taxon::Taxon;
use super::tool;
use super::trace::fixed_digest;
use super::wire::{Descriptor, Message, Reference};
use crate::model::{Capped, Score, Set, Text};
use crate::parse::package;

/// The longest message strings that a rule or component may keep, in bytes: only messages by id need them.
const LONGEST_STRINGS: usize = 64 * 1024;

/// A severity beyond the level: GitHub's `security-severity`, a number or a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Security {
    Score(Score),
    Word(Text),
}

impl Security {
    /// Reads it; zero and numbers out of range mean that there is none.
    pub(super) fn of(words: Option<&str>) -> Option<Self> {
        let words = words?;
        match words.parse::<f64>() {
            Ok(number) => Score::from_number(number)
                .filter(|score| score.tenths() > 0)
                .map(Self::Score),
            Err(_) => Text::some_line(words).map(Self::Word),
        }
    }
}

/// What all findings of one rule share.
#[derive(Clone, Debug, Default)]
pub(super) struct Rule {
    pub(super) id: Option<Text>,
    guid: Option<String>,
    /// A name for people: the rule's own, or its summary, if they say more than the id.
    pub(super) name: Option<Text>,
    pub(super) summary: Option<Text>,
    /// The summary, if it says more than the id: semgrep writes `Semgrep Finding: ID`.
    pub(super) own_summary: Option<Text>,
    pub(super) description: Option<Text>,
    pub(super) help: Option<Text>,
    pub(super) link: Option<Text>,
    pub(super) level: Option<String>,
    pub(super) security: Option<Security>,
    pub(super) tags: Capped<Text, 32>,
    /// Whether a tag says that it looks for credentials.
    pub(super) is_of_secrets: bool,
    pub(super) weaknesses: Set<Text>,
    /// Taxa that the rule is related to, until the end of the run tells which they are.
    pub(super) relations: Vec<Call>,
    pub(super) ids: Set<Text>,
    /// Other vulnerability ids that the rule was known by (section 3.49.4); osv-scanner lists aliases there.
    pub(super) deprecated: Set<Text>,
    pub(super) strings: Strings,
}

impl Rule {
    pub(super) fn of(descriptor: &Descriptor<'_>) -> Self {
        let prose = |message: &Message<'_>| {
            let words = super::message::words(message, &[])?;
            Text::some_prose(&words)
        };
        let id = descriptor.id.get().and_then(Text::some_line);
        let says_more = |words: &Text| {
            let id = id.as_ref().map_or("", Text::untrusted);
            id.is_empty() || !words.untrusted().contains(id)
        };
        let summary = prose(&descriptor.short_description.0);
        let summary = summary.and_then(|text| Text::some_line(text.untrusted()));
        let own_summary = summary.clone().filter(says_more);
        let name = descriptor.name.get().and_then(Text::some_line);
        let mut rule = Self {
            name: name.filter(says_more).or_else(|| own_summary.clone()),
            id,
            guid: descriptor.guid.get().map(str::to_owned),
            summary,
            own_summary,
            description: prose(&descriptor.full_description.0),
            help: prose(&descriptor.help.0),
            link: descriptor.help_uri.get().and_then(Text::some_line),
            level: (descriptor.default_configuration.0.level.get()).map(str::to_owned),
            security: Security::of(descriptor.properties.0.security_severity.get()),
            strings: strings(
                (descriptor.message_strings.0.iter()).map(|(id, message)| (&**id, &message.0)),
            ),
            ..Self::default()
        };
        rule.weaknesses
            .extend(package::weaknesses(&descriptor.properties.0.cwe.0));
        rule.ids
            .extend(descriptor.id.get().and_then(package::vulnerability_id));
        rule.deprecated.extend(
            (descriptor.deprecated_ids.0.iter())
                .filter_map(|id| package::vulnerability_id(id.get()?)),
        );
        for tag in descriptor
            .properties
            .0
            .tags
            .0
            .iter()
            .filter_map(|tag| tag.get())
        {
            rule.tag(tag);
        }
        for relationship in &descriptor.relationships.0 {
            // Section 3.53.3: the rule and the taxon have nothing in common.
            let is_disjoint = |kind: &str| kind.eq_ignore_ascii_case("disjoint");
            let mut kinds = relationship.0.kinds.0.iter().filter_map(Word::get);
            if !kinds.any(is_disjoint) {
                let target = &relationship.0.target.0;
                rule.relations.push(Call::of(None, None, target));
            }
        }
        rule
    }

    fn tag(&mut self, tag: &str) {
        let mut weakness = false;
        for id in package::weaknesses(tag) {
            weakness = true;
            self.weaknesses.insert(id);
        }
        self.ids.extend(package::vulnerability_ids(tag));
        if let Some(tag) = Text::some_line(tag).filter(|_| !weakness) {
            self.is_of_secrets |= tool::is_of_secrets(tag.untrusted());
            self.tags.insert(tag);
        }
    }
}

/// The plain texts of message strings, as far as they are worth keeping.
pub(super) fn strings<'a>(messages: impl Iterator<Item = (&'a str, &'a Message<'a>)>) -> Strings {
    let mut left = LONGEST_STRINGS;
    messages
        .filter_map(|(id, message)| Some((id, message.text.get()?)))
        .take_while(|(id, text)| match left.checked_sub(id.len() + text.len()) {
            Some(rest) => {
                left = rest;
                true
            }
            None => false,
        })
        .map(|(id, text)| (id.to_owned(), text.to_owned()))
        .collect()
}

/// A driver, an extension or a taxonomy (section 3.19).
#[derive(Debug, Default)]
pub(super) struct Component {
    pub(super) name: Option<Text>,
    pub(super) version: Option<Text>,
    pub(super) guid: Option<String>,
    pub(super) rules: Vec<Arc<Rule>>,
    pub(super) taxa: Vec<Taxon>,
    pub(super) strings: Strings,
    by_id: BTreeMap<Text, usize>,
    /// Ids that several of its rules have.
    twins: BTreeSet<Text>,
    by_guid: BTreeMap<String, usize>,
}

impl Component {
    /// Adds the next rule. Of several with one id the first is found by it, the others by index (section 3.52.5).
    pub(super) fn push(&mut self, rule: Arc<Rule>) {
        if let Some(id) = &rule.id {
            if self.by_id.contains_key(id) {
                self.twins.insert(id.clone());
            } else {
                self.by_id.insert(id.clone(), self.rules.len());
            }
        }
        if let Some(guid) = &rule.guid {
            self.by_guid.entry(guid.clone()).or_insert(self.rules.len());
        }
        self.rules.push(rule);
    }

    /// The rule of that id, or of its longest parent: `CA5350/2` belongs to `CA5350` (section 3.52.4).
    fn by_id(&self, id: &str) -> Option<usize> {
        let mut id = id;
        loop {
            if let Some(index) = self.by_id.get(id) {
                return Some(*index);
            }
            (id, _) = id.rsplit_once('/')?;
        }
    }

    /// Whether the rule at `index` may be called `id`.
    fn answers(&self, index: usize, id: Option<&str>) -> bool {
        let Some(rule) = self.rules.get(index) else {
            return false;
        };
        match (id, &rule.id) {
            (Some(id), Some(own)) => {
                id.strip_prefix(own.untrusted())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                    // An index that points at a stranger is believed only when nothing better is there.
                    || self.by_id(id).is_none()
            }
            _ => true,
        }
    }
}

/// A rule among the components of a tool: 0 is the driver, extension `n` is `n + 1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    pub(super) component: usize,
    pub(super) rule: usize,
}

/// A number that tells a rule from the others of its tool that have its id, by what it says; none where there are no such
/// ones. The place in the log is no part of it: another run may list them in another order.
pub(super) fn twin(components: &[Component], found: Found) -> Option<u64> {
    let component = components.get(found.component)?;
    let rule = component.rules.get(found.rule)?;
    let id = rule.id.as_ref()?;
    let bearers = components
        .iter()
        .filter(|other| other.by_id.contains_key(id));
    if bearers.count() < 2 && !component.twins.contains(id) {
        return None;
    }
    let extension = component.name.as_ref().filter(|_| found.component > 0);
    let texts = [
        extension,
        rule.name.as_ref(),
        rule.summary.as_ref(),
        rule.description.as_ref(),
        rule.help.as_ref(),
    ];
    let level = rule.level.as_deref().unwrap_or_default();
    let mut parts: Vec<&[u8]> = vec![level.as_bytes()];
    parts.extend(texts.map(|text| text.map_or("", Text::untrusted).as_bytes()));
    let strings = rule.strings.iter();
    parts.extend(strings.flat_map(|(id, text)| [id.as_bytes(), text.as_bytes()]));
    Some(fixed_digest(&parts))
}

/// The words by which a result or an override calls its rule, and a result or a rule a taxon.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) id: Option<String>,
    pub(super) guid: Option<String>,
    pub(super) index: Option<usize>,
    pub(super) component: Option<usize>,
    pub(super) component_name: Option<String>,
    pub(super) component_guid: Option<String>,
}

impl Call {
    /// What a reference says, with the shorthands `ruleId` and `ruleIndex` of a result before it.
    pub(super) fn of(id: Option<&str>, index: Option<usize>, reference: &Reference<'_>) -> Self {
        let component = &reference.tool_component.0;
        let own = |word: Option<&str>| word.map(str::to_owned);
        Self {
            id: own(id.or(reference.id.get())),
            guid: own(reference.guid.get()),
            index: index.or(reference.index.index()),
            component: component.index.index(),
            component_name: own(component.name.get()),
            component_guid: own(component.guid.get()),
        }
    }

    /// Which rule is meant (section 3.52.3): by index or guid in the named component, else by id there, else by id or guid
    /// in any component.
    pub(super) fn find(&self, components: &[Component]) -> Option<Found> {
        let has_guid = |component: &Component| {
            self.component_guid.is_some() && component.guid == self.component_guid
        };
        let has_name = |component: &Component| {
            let name = component.name.as_ref().map(Text::untrusted);
            name.is_some() && name == self.component_name.as_deref()
        };
        let home = (self.component)
            // The driver is no extension.
            .map(|index| index.saturating_add(1))
            .filter(|index| *index < components.len())
            .or_else(|| components.iter().position(has_guid))
            .or_else(|| components.iter().position(has_name))
            .unwrap_or(0);
        let at = |component: usize, rule: usize| Found { component, rule };
        let by_index = || {
            let rule = self.index?;
            let answers = components.get(home)?.answers(rule, self.id.as_deref());
            answers.then_some(at(home, rule))
        };
        let by_guid = |index: usize| {
            let rules = &components.get(index)?.by_guid;
            Some(at(index, *rules.get(self.guid.as_deref()?)?))
        };
        let by_id = |index: usize| {
            let rule = components.get(index)?.by_id(self.id.as_deref()?)?;
            Some(at(index, rule))
        };
        by_index()
            .or_else(|| by_guid(home))
            .or_else(|| by_id(home))
            .or_else(|| (0..components.len()).find_map(by_id))
            .or_else(|| (0..components.len()).find_map(by_guid))
    }
}
