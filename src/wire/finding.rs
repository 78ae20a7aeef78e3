//! The facts of a finding on the wire.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::list::{FEW, MANY, at_most, phrase_at_most, some_at_most};
use super::phrase::{Phrase, Phrases};
use super::{
    Alias, Claim, Deadline, Decision, Exploited, KnownInputs, Location, Moment, Move, Names,
    Package, PolicyTag, Promise, Rule, Sighting, Suppressed, Suppression, Ticket, Why, history,
    line_of, one_of, words,
};
use crate::model::{self, Capped, Fact, Kind, Set, Text};

/// Who told a time of a report that does not say it.
pub(super) const AN_EARLIER_REPORT: &str = "an earlier report";

/// What `baseline` says of a finding that no record shows any more.
pub(super) const ABSENT: &str = "absent";

/// A finding: facts, and the judgement where it has been made.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding<'a> {
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub(super) fingerprint: Cow<'a, str>,
    #[serde(deserialize_with = "at_most::<_, _, MANY>")]
    keys: Vec<Cow<'a, str>>,
    kind: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    app: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Rule::is_empty")]
    rule: Rule<'a>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "at_most::<_, _, MANY>")]
    ids: Vec<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "at_most::<_, _, MANY>")]
    weaknesses: Vec<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "at_most::<_, _, FEW>")]
    tags: Vec<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<Phrase<Cow<'a, str>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) recommendation: Option<Phrase<Cow<'a, str>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    evidence: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "at_most::<_, _, FEW>")]
    links: Vec<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    package: Option<Package<'a>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "at_most::<_, _, FEW>")]
    locations: Vec<Location<'a>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "at_most::<_, _, FEW>")]
    claims: Vec<Claim<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) severity: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) score: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) baseline: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) first_seen: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) first_seen_source: Option<Cow<'a, str>>,
    /// What the finding's own sources tell, where a ticket that names it tells an earlier time: the fact of the two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) own_first_seen: Option<Moment<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) last_seen: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[serde(deserialize_with = "at_most::<_, _, FEW>")]
    dates: BTreeMap<Cow<'a, str>, Moment<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) due: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) overdue: Option<bool>,
    #[serde(default, skip_serializing_if = "Phrase::is_default")]
    #[serde(deserialize_with = "phrase_at_most::<_, _, FEW>")]
    pub(super) deadlines: Phrase<BTreeMap<Cow<'a, str>, Deadline<'a>>>,
    #[serde(default, skip_serializing_if = "Phrase::is_default")]
    #[serde(deserialize_with = "phrase_at_most::<_, _, MANY>")]
    pub(super) why: Phrase<Vec<Why<'a>>>,
    /// What rules of policies set; `tags` are what sources tell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "at_most::<_, _, MANY>")]
    pub(super) policy_tags: Vec<PolicyTag<'a>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[serde(deserialize_with = "at_most::<_, _, FEW>")]
    promises: BTreeMap<Cow<'a, str>, Promise<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "some_at_most::<_, _, MANY>")]
    known_as: Option<Vec<Cow<'a, str>>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "at_most::<_, _, MANY>")]
    aliases: Vec<Alias<'a>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "at_most::<_, _, MANY>")]
    moved: Vec<Move<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exploited: Option<Exploited<'a>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "at_most::<_, _, MANY>")]
    owners: Vec<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "at_most::<_, _, MANY>")]
    former_ids: Vec<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[serde(deserialize_with = "at_most::<_, _, MANY>")]
    needed_inputs: BTreeMap<Cow<'a, str>, u64>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    fixed_before: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "at_most::<_, _, MANY>")]
    decisions: Vec<Decision<'a>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "at_most::<_, _, MANY>")]
    suppressions: Vec<Suppression<'a>>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    unsuppressed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) suppression: Option<Suppressed<'a>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "at_most::<_, _, MANY>")]
    pub(super) tickets: Vec<Ticket<'a>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "at_most::<_, _, MANY>")]
    scope: Vec<Cow<'a, str>>,
    #[serde(deserialize_with = "at_most::<_, _, FEW>")]
    sightings: Vec<Sighting<'a>>,
    more_sightings: bool,
    /// Other lists of this finding that were cut.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "at_most::<_, _, FEW>")]
    more: Vec<Cow<'a, str>>,
}

fn prose(phrase: Option<Phrase<Cow<'_, str>>>) -> Option<Text> {
    phrase.map(|phrase| Text::prose(&phrase.into_value()))
}

impl<'a> Finding<'a> {
    /// The facts of a finding.
    pub fn of(finding: &'a model::Finding, names: &Names<'a>) -> Self {
        let fingerprint = finding.fingerprint().map(|key| key.hex());
        Self {
            fingerprint: fingerprint.unwrap_or_default().into(),
            ..Self::with(finding, names, &mut Phrases::default())
        }
    }

    /// As [`Self::of`], without the fingerprint and with what was put into words before.
    pub(super) fn with(
        finding: &'a model::Finding,
        names: &Names<'a>,
        phrases: &mut Phrases<'a>,
    ) -> Self {
        let model::Finding {
            kind,
            app,
            keys,
            rule,
            ids,
            weaknesses: _,
            tags: _,
            title,
            description,
            recommendation,
            evidence,
            links,
            package,
            locations,
            claims,
            first_seen,
            last_seen,
            dates,
            suppressions,
            unsuppressed,
            ticket,
            sightings,
            scope,
            baseline,
            ..
        } = finding;
        let model::History {
            known_as: _,
            aliases,
            moves,
            promises,
            decisions,
            owners,
            former_ids,
            needed_inputs,
            fixed_before,
            exploited: _,
        } = finding.history();
        Self {
            keys: keys.iter().map(|key| key.to_string().into()).collect(),
            kind: kind.name().into(),
            app: words(app),
            rule: Rule {
                id: rule.id.as_ref().map(words),
                name: rule.name.as_ref().map(words),
            },
            ids: ids.iter().map(words).collect(),
            weaknesses: finding.numbered_weaknesses().map(words).collect(),
            tags: finding.marks().map(words).collect(),
            title: title.as_ref().map(words),
            description: (description.as_ref()).map(|text| phrases.text(text)),
            recommendation: (recommendation.as_ref()).map(|text| phrases.text(text)),
            evidence: evidence.as_ref().map(words),
            links: links.iter().map(words).collect(),
            package: package.as_deref().map(Package::of),
            locations: locations.iter().map(Location::of).collect(),
            claims: claims.iter().map(|claim| Claim::of(claim, names)).collect(),
            baseline: baseline.map(|baseline| baseline.name().into()),
            // Facts alone must tell an absent finding that was fixed from one that nobody looked for.
            status: (*baseline == Some(model::Baseline::Fixed)).then_some(Cow::Borrowed("fixed")),
            first_seen: first_seen.as_ref().map(|moment| moment.at),
            first_seen_source: first_seen.as_ref().map(|moment| words(&moment.source)),
            last_seen: *last_seen,
            dates: dates
                .iter()
                .map(|(fact, moment)| (fact.name().into(), Moment::of(moment)))
                .collect(),
            promises: history::promises(promises),
            known_as: history::known_as(finding),
            aliases: aliases
                .iter()
                .map(|alias| Alias::of(alias, names))
                .collect(),
            moved: moves.iter().map(Move::of).collect(),
            exploited: Exploited::of(finding),
            owners: owners.iter().map(words).collect(),
            former_ids: former_ids.iter().map(words).collect(),
            needed_inputs: history::numbers(needed_inputs),
            fixed_before: *fixed_before,
            decisions: decisions.iter().map(Decision::of).collect(),
            suppressions: suppressions.iter().map(Suppression::of).collect(),
            unsuppressed: *unsuppressed,
            tickets: ticket.iter().map(|ticket| Ticket::of(ticket)).collect(),
            scope: scope.iter().map(words).collect(),
            sightings: sightings
                .iter()
                .map(|sighting| Sighting::of(sighting, names))
                .collect(),
            more_sightings: sightings.more(),
            more: cuts(finding),
            ..Self::default()
        }
    }

    /// The name of its kind, as it is written.
    pub(super) fn kind(&self) -> &str {
        &self.kind
    }

    /// The finding's facts, or why they cannot be ones. What was derived from them is left behind.
    pub fn into_model(self, inputs: &mut KnownInputs) -> Result<model::Finding, String> {
        let kind = one_of("kind", &self.kind, Kind::ALL, Kind::name)?;
        let keys = self
            .keys
            .iter()
            .map(|key| key.parse())
            .collect::<Result<Set<model::Key>, String>>()?;
        if keys.is_empty() {
            return Err("`keys` is empty".into());
        }
        if self.sightings.is_empty() {
            return Err("`sightings` is empty".into());
        }
        let more = |list: &str| self.more.iter().any(|cut| cut == list);
        let baseline = baseline(self.baseline.as_deref(), self.status.as_deref())?;
        let mut finding = model::Finding {
            keys,
            rule: model::Rule {
                id: line_of(self.rule.id.as_ref()),
                name: line_of(self.rule.name.as_ref()),
            },
            ids: self.ids.iter().map(|id| Text::line(id)).collect(),
            weaknesses: self.weaknesses.iter().map(|id| Text::line(id)).collect(),
            tags: tags(&self.tags, more("tags")),
            came_back: self.tags.iter().any(|tag| is_reopened(tag)),
            title: line_of(self.title.as_ref()),
            description: prose(self.description),
            recommendation: prose(self.recommendation),
            evidence: self.evidence.as_deref().map(Text::prose),
            links: Capped::of(
                self.links.iter().map(|link| Text::line(link)),
                more("links"),
            ),
            locations: Capped::of(
                self.locations.into_iter().map(Location::into_model),
                more("locations"),
            ),
            last_seen: self.last_seen,
            suppressions: self
                .suppressions
                .into_iter()
                .map(Suppression::into_model)
                .collect::<Result<_, _>>()?,
            scope: self.scope.iter().map(|word| Text::line(word)).collect(),
            baseline,
            ..model::Finding::new(kind, Text::line(&self.app))
        };
        finding.unsuppressed = self.unsuppressed && !finding.suppressions.is_empty();
        if let Some(package) = self.package {
            let cut = ["versions", "ranges", "fixed_in", "paths"].map(|list| {
                self.more
                    .iter()
                    .any(|cut| cut.strip_prefix("package.") == Some(list))
            });
            finding.package = Some(Box::new(package.into_model(cut)));
        }
        for claim in self.claims {
            finding.claims.insert(claim.into_model(inputs)?);
        }
        if let Some(own) = self.own_first_seen {
            finding.first_seen = Some(own.into_model());
        } else if let Some(at) = self.first_seen {
            let source = self.first_seen_source.as_deref();
            let source = source.unwrap_or(AN_EARLIER_REPORT);
            finding.first_seen = Some(model::Moment::new(at, source));
        }
        for (name, moment) in self.dates {
            let fact = one_of("dates", &name, Fact::ALL, Fact::name)?;
            finding.date(fact, moment.into_model());
        }
        if kind == Kind::Ticket {
            let ticket = self
                .tickets
                .into_iter()
                .next()
                .ok_or("`tickets` is empty in a finding of kind `ticket`")?;
            let ticket = ticket.into_model()?;
            // The tag shows on the wire alone what the ticket says.
            finding.came_back &= !ticket.is_reopened;
            finding.ticket = Some(Box::new(ticket));
        }
        let sightings = self
            .sightings
            .into_iter()
            .map(|sighting| sighting.into_model(inputs));
        finding.sightings = Capped::of(sightings, self.more_sightings);
        let history = history::Written {
            known_as: self.known_as,
            aliases: self.aliases,
            moved: self.moved,
            promises: self.promises,
            decisions: self.decisions,
            owners: self.owners,
            former_ids: self.former_ids,
            needed_inputs: self.needed_inputs,
            fixed_before: self.fixed_before,
            exploited: self.exploited,
        };
        let history = history.into_model(&finding, inputs)?;
        finding.note(|known| *known = history);
        Ok(finding)
    }
}

/// That it came back is a tag on the wire alone: beside the others, of which only so many are kept.
fn is_reopened(tag: &str) -> bool {
    tag == model::Finding::REOPENED
}

fn tags<const K: usize>(tags: &[Cow<'_, str>], more: bool) -> Capped<Text, K> {
    let own = tags.iter().filter(|tag| !is_reopened(tag));
    Capped::of(own.map(|tag| Text::line(tag)), more)
}

/// The lists of a finding that are not kept in full.
fn cuts(finding: &model::Finding) -> Vec<Cow<'static, str>> {
    let mut more = Vec::new();
    note_cut(&mut more, "tags", &finding.tags);
    note_cut(&mut more, "links", &finding.links);
    note_cut(&mut more, "locations", &finding.locations);
    if let Some(package) = &finding.package {
        note_cut(&mut more, "package.versions", &package.versions);
        note_cut(&mut more, "package.ranges", &package.ranges);
        note_cut(&mut more, "package.fixed_in", &package.fixed_in);
        note_cut(&mut more, "package.paths", &package.paths);
    }
    more
}

fn note_cut<T: Ord, const K: usize>(
    more: &mut Vec<Cow<'_, str>>,
    name: &'static str,
    list: &Capped<T, K>,
) {
    if list.more() {
        more.push(name.into());
    }
}

pub(super) fn baseline(
    word: Option<&str>,
    status: Option<&str>,
) -> Result<Option<model::Baseline>, String> {
    Ok(Some(match (word, status) {
        (None, _) => return Ok(None),
        (Some(ABSENT), Some("fixed")) => model::Baseline::Fixed,
        (Some(ABSENT), _) => model::Baseline::Unobserved,
        (Some("new"), _) => model::Baseline::New,
        (Some("updated"), _) => model::Baseline::Updated,
        (Some("unchanged"), _) => model::Baseline::Unchanged,
        (Some(_), _) => return Err("`baseline` is none of new, unchanged, updated, absent".into()),
    }))
}
