//! The rules that results call for, and by which names of theirs results are told apart.

use std::collections::{BTreeMap, BTreeSet};

use super::join_digests;
use crate::model::Text;
use crate::parse::package;
use crate::parse::sarif::artifact::Resolved;
use crate::parse::sarif::rule::{self, Call, Found};
use crate::parse::sarif::run::Run;
use crate::parse::sarif::tool;
use crate::parse::sarif::trace::digest;

/// The rule that a result calls for, resolved.
#[derive(Debug)]
pub(in crate::parse::sarif) struct Called {
    /// The rule id, as the result writes it or as its rule is called.
    pub(in crate::parse::sarif) id: Option<Text>,
    /// The public id that this is, if it is one.
    pub(in crate::parse::sarif) vulnerability: Option<Text>,
    pub(in crate::parse::sarif) found: Option<Found>,
    /// The rule's own name, where its tool puts before it what may change.
    pub(in crate::parse::sarif) name: Option<Text>,
    /// Of the tool's family and the id.
    pub(super) digest: u64,
    /// Of the tool's family and the name.
    pub(super) name_digest: u64,
    /// What tells its rule from others of the run that have its id (section 3.52.5).
    pub(super) twin: Option<u64>,
}

impl Called {
    pub(super) fn of(run: Option<&Run>, call: &Call) -> Self {
        let found = run.and_then(|run| call.find(&run.components));
        let rule =
            found.and_then(|found| run?.components.get(found.component)?.rules.get(found.rule));
        let own = call.id.as_deref().and_then(Text::some_line);
        let id = own.or_else(|| rule?.id.clone());
        let family = Text::line(run.map_or("", |run| &run.family));
        let words = id.as_ref().map_or("", Text::untrusted);
        let twin = || rule::twin(&run?.components, found?);
        let link = rule.and_then(|rule| rule.link.as_ref());
        let name = tool::rule_name(family.untrusted(), words, link.map(Text::untrusted));
        Self {
            twin: twin(),
            name_digest: digest(&[
                family.untrusted().as_bytes(),
                name.unwrap_or_default().as_bytes(),
            ]),
            name: name.map(Text::line),
            digest: digest(&[family.untrusted().as_bytes(), words.as_bytes()]),
            vulnerability: package::vulnerability_id(words),
            id,
            found,
        }
    }
}

/// Finds out where the own name of a rule means several rules: registries have a rule of one name for each framework.
pub(super) struct ByName {
    /// Names that several rules have.
    shared: BTreeSet<u64>,
    /// Groups under these names, each with a rule that is in it.
    seen: Vec<(u64, u64)>,
}

impl ByName {
    pub(super) fn of(rules: &[Called]) -> Self {
        let mut first = BTreeMap::new();
        let named = rules.iter().filter(|rule| rule.name.is_some());
        let is_other =
            |rule: &&Called| *first.entry(rule.name_digest).or_insert(rule.digest) != rule.digest;
        Self {
            shared: named
                .filter(is_other)
                .map(|rule| rule.name_digest)
                .collect(),
            seen: Vec::new(),
        }
    }

    pub(super) fn note(&mut self, rule: &Called, path: Option<&Resolved>, pin: u64) {
        if !self.shared.is_empty() && self.shared.contains(&rule.name_digest) {
            let group = join_digests(rule.name_digest, path, pin);
            self.seen.push((group, rule.digest));
        }
    }

    /// The groups with several rules, in their order.
    pub(super) fn contested(mut self) -> Vec<u64> {
        self.seen.sort_unstable();
        self.seen.dedup();
        let groups = self.seen.chunk_by(|one, other| one.0 == other.0);
        groups
            .filter(|group| group.len() > 1)
            .filter_map(|group| Some(group.first()?.0))
            .collect()
    }
}
