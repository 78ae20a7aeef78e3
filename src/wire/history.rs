//! What is known of a finding beside what scanners tell, on the wire.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::list::{FEW, MANY, at_most};
use super::{Deadline, KnownInputs, Moment, Names, line_of, one_of, words};
use crate::model::{self, Duty, Key, Set, Share, Text, Verdict};

/// From where in the code a finding moved.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move<'a> {
    fingerprint: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<Cow<'a, str>>,
    evidence: Cow<'a, str>,
    same_code: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first_seen: Option<Moment<'a>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[serde(deserialize_with = "at_most::<_, _, FEW>")]
    promises: BTreeMap<Cow<'a, str>, Promise<'a>>,
}

impl<'a> Move<'a> {
    pub(super) fn of(moved: &'a model::Move) -> Self {
        let model::Move {
            fingerprint,
            from,
            evidence,
            is_same_code,
            first_seen,
            promises,
        } = moved;
        Self {
            fingerprint: fingerprint.to_string().into(),
            from: from.as_ref().map(words),
            evidence: words(evidence),
            same_code: *is_same_code,
            first_seen: first_seen.as_ref().map(Moment::of),
            promises: self::promises(promises),
        }
    }

    pub(super) fn into_model(self) -> Result<model::Move, String> {
        Ok(model::Move {
            fingerprint: self.fingerprint.parse()?,
            from: line_of(self.from.as_ref()),
            evidence: Text::line(&self.evidence),
            is_same_code: self.same_code,
            first_seen: self.first_seen.map(Moment::into_model),
            promises: read_promises(self.promises)?,
        })
    }
}

/// A date that an earlier report named.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promise<'a> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deadline: Option<Deadline<'a>>,
    made: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    loosened: Option<Timestamp>,
}

impl<'a> Promise<'a> {
    fn of(promise: &'a model::Promise) -> Self {
        let model::Promise {
            deadline,
            made,
            loosened,
        } = promise;
        Self {
            deadline: deadline.as_ref().map(Deadline::of),
            made: *made,
            loosened: *loosened,
        }
    }

    fn into_model(self) -> Result<model::Promise, String> {
        Ok(model::Promise {
            deadline: self.deadline.map(Deadline::into_model).transpose()?,
            made: self.made,
            loosened: self.loosened,
        })
    }
}

/// The promises by duty.
pub(super) fn promises(
    promises: &BTreeMap<Duty, model::Promise>,
) -> BTreeMap<Cow<'_, str>, Promise<'_>> {
    let written = |(duty, promise): (&Duty, _)| (duty.name().into(), Promise::of(promise));
    promises.iter().map(written).collect()
}

fn read_promises(
    promises: BTreeMap<Cow<'_, str>, Promise<'_>>,
) -> Result<BTreeMap<Duty, model::Promise>, String> {
    let promises = promises.into_iter().map(|(duty, promise)| {
        let duty = one_of("promises", &duty, Duty::ALL, Duty::name)?;
        Ok((duty, promise.into_model()?))
    });
    promises.collect()
}

/// Ids that name one vulnerability, and the record that says so.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alias<'a> {
    #[serde(deserialize_with = "at_most::<_, _, MANY>")]
    ids: Vec<Cow<'a, str>>,
    report: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<Cow<'a, str>>,
    at: Cow<'a, str>,
}

impl<'a> Alias<'a> {
    pub(super) fn of((ids, place): (&'a Set<Text>, &'a model::Place), names: &Names<'a>) -> Self {
        let (report, digest) = names.name(&place.report);
        Self {
            ids: ids.iter().map(words).collect(),
            report,
            digest,
            at: words(&place.at),
        }
    }

    fn into_model(self, inputs: &mut KnownInputs) -> (Set<Text>, model::Place) {
        let report = inputs.find(&self.report, self.digest.as_deref());
        let at = Text::line(&self.at);
        let ids = self.ids.iter().map(|id| Text::line(id)).collect();
        (ids, model::Place { report, at })
    }
}

/// The fields of a finding that are its history.
pub(super) struct Written<'a> {
    pub(super) aliases: Vec<Alias<'a>>,
    pub(super) known_as: Option<Vec<Cow<'a, str>>>,
    pub(super) moved: Vec<Move<'a>>,
    pub(super) promises: BTreeMap<Cow<'a, str>, Promise<'a>>,
    pub(super) decisions: Vec<Decision<'a>>,
    pub(super) owners: Vec<Cow<'a, str>>,
    pub(super) former_ids: Vec<Cow<'a, str>>,
    pub(super) needed_inputs: BTreeMap<Cow<'a, str>, u64>,
    pub(super) fixed_before: bool,
    pub(super) exploited: Option<Exploited<'a>>,
}

impl Written<'_> {
    /// The history of a finding whose other facts are known.
    pub(super) fn into_model(
        self,
        finding: &model::Finding,
        inputs: &mut KnownInputs,
    ) -> Result<model::History, String> {
        let known_as = match &self.known_as {
            Some(names) => names
                .iter()
                .map(|name| name.parse())
                .collect::<Result<_, String>>()?,
            None => implied(finding.baseline, finding.fingerprint()),
        };
        let decisions = self.decisions.into_iter().map(Decision::into_model);
        let exploited = self
            .exploited
            .map(|exploited| exploited.into_model(finding));
        Ok(model::History {
            known_as,
            aliases: self
                .aliases
                .into_iter()
                .map(|alias| alias.into_model(inputs))
                .collect(),
            moves: self
                .moved
                .into_iter()
                .map(Move::into_model)
                .collect::<Result<_, _>>()?,
            promises: read_promises(self.promises)?,
            decisions: decisions.collect::<Result<_, _>>()?,
            owners: self.owners.iter().map(|owner| Text::line(owner)).collect(),
            former_ids: self.former_ids.iter().map(|id| Text::line(id)).collect(),
            needed_inputs: read_numbers(self.needed_inputs),
            fixed_before: self.fixed_before,
            exploited: exploited.transpose()?.unwrap_or_default(),
        })
    }
}

/// Numbers by what they are of.
pub(super) fn numbers(numbers: &BTreeMap<Text, u64>) -> BTreeMap<Cow<'_, str>, u64> {
    let numbers = numbers.iter().map(|(text, number)| (words(text), *number));
    numbers.collect()
}

fn read_numbers(numbers: BTreeMap<Cow<'_, str>, u64>) -> BTreeMap<Text, u64> {
    let numbers = numbers.into_iter();
    numbers
        .map(|(text, number)| (Text::line(&text), number))
        .collect()
}

/// What somebody decided.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision<'a> {
    verdict: Cow<'a, str>,
    source: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    said: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "at_most::<_, _, MANY>")]
    versions: Vec<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "at_most::<_, _, MANY>")]
    paths: Vec<Cow<'a, str>>,
}

impl<'a> Decision<'a> {
    pub(super) fn of(decision: &'a model::Decision) -> Self {
        let model::Decision {
            verdict,
            source,
            by,
            reason,
            until,
            said,
            subject,
            versions,
            paths,
        } = decision;
        Self {
            verdict: verdict.name().into(),
            source: words(source),
            by: by.as_ref().map(words),
            reason: reason.as_ref().map(words),
            until: *until,
            said: *said,
            subject: subject.as_ref().map(words),
            versions: versions.iter().map(words).collect(),
            paths: paths.iter().map(words).collect(),
        }
    }

    pub(super) fn into_model(self) -> Result<model::Decision, String> {
        let lines = |list: Vec<Cow<'_, str>>| list.iter().map(|word| Text::line(word)).collect();
        Ok(model::Decision {
            verdict: one_of("verdict", &self.verdict, Verdict::ALL, Verdict::name)?,
            source: Text::line(&self.source),
            by: line_of(self.by.as_ref()),
            reason: self.reason.as_deref().map(Text::prose),
            until: self.until,
            said: self.said,
            subject: line_of(self.subject.as_ref()),
            versions: lines(self.versions),
            paths: lines(self.paths),
        })
    }
}

/// Who exploits it. What nobody looked up is left out: `"kev": false` says that the catalogue does not list it.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exploited<'a> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kev: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kev_id: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kev_added: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kev_due: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kev_due_id: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kev_ransomware: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kev_catalogue: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    epss: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    epss_percentile: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    epss_day: Option<Date>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "at_most::<_, _, MANY>")]
    epss_unscored: Vec<Cow<'a, str>>,
}

impl<'a> Exploited<'a> {
    /// `None` when nobody looked anything up.
    pub(super) fn of(finding: &'a model::Finding) -> Option<Self> {
        let model::Exploited { kev, epss } = &finding.history().exploited;
        let mut written = Self::default();
        if let Some(model::Kev { listed, catalogue }) = kev {
            written.kev = Some(listed.is_some());
            written.kev_catalogue = Some(*catalogue);
            if let Some(entry) = listed {
                written.kev_id = Some(words(&entry.id));
                written.kev_added = Some(entry.added);
                if let Some(due) = &entry.due {
                    written.kev_due = Some(due.day);
                    written.kev_due_id = (due.id != entry.id).then(|| words(&due.id));
                }
                // The catalogue never says that none uses it.
                written.kev_ransomware = entry.ransomware.then_some(true);
            }
        }
        if let Some(epss) = epss {
            written.epss = epss.score.map(Share::value);
            written.epss_percentile = epss.percentile.map(Share::value);
            written.epss_day = Some(epss.day);
            if epss.score.is_some() {
                let unscored = finding.cves().filter(|id| !epss.scored.contains(id));
                written.epss_unscored = unscored
                    .map(|id| id.untrusted().to_owned().into())
                    .collect();
            }
        }
        (kev.is_some() || epss.is_some()).then_some(written)
    }

    pub(super) fn into_model(self, finding: &model::Finding) -> Result<model::Exploited, String> {
        let share = |name: &str, value: Option<f64>| {
            let wrong = || format!("`{name}` is no number from 0 to 1");
            value
                .map(|value| Share::new(value).ok_or_else(wrong))
                .transpose()
        };
        let entry = |id: &Cow<'_, str>, added| model::KevEntry {
            added,
            id: Text::line(id),
            due: self.kev_due.map(|day| model::KevDue {
                day,
                id: Text::line(self.kev_due_id.as_ref().unwrap_or(id)),
            }),
            ransomware: self.kev_ransomware.unwrap_or_default(),
        };
        let listed = match (self.kev, &self.kev_id, self.kev_added) {
            (Some(true), Some(id), Some(added)) => Some(entry(id, added)),
            (Some(true), ..) => return Err("`kev` is true without `kev_id` and `kev_added`".into()),
            _ => None,
        };
        let kev = match (self.kev, self.kev_catalogue) {
            (None, _) => None,
            (Some(_), Some(catalogue)) => Some(model::Kev { listed, catalogue }),
            (Some(_), None) => return Err("`kev_catalogue` is missing beside `kev`".into()),
        };
        let (score, percentile) = (
            share("epss", self.epss)?,
            share("epss_percentile", self.epss_percentile)?,
        );
        let unscored = self.epss_unscored.iter().map(|id| Text::line(id));
        let unscored: Set<Text> = unscored.collect();
        let scored = finding
            .cves()
            .filter(|id| score.is_some() && !unscored.contains(id));
        let epss = self.epss_day.map(|day| model::Epss {
            day,
            score,
            percentile,
            scored: scored.collect(),
        });
        if epss.is_none() && score.is_some() {
            return Err("`epss_day` is missing beside `epss`".into());
        }
        Ok(model::Exploited { kev, epss })
    }
}

/// The names by which earlier reports called a finding, left out where they follow from the rest: what a baseline knows
/// is known by its present fingerprint, and what none knows by no name.
pub(super) fn known_as<'a>(finding: &model::Finding) -> Option<Vec<Cow<'a, str>>> {
    let known = &finding.history().known_as;
    let follows = implied(finding.baseline, finding.fingerprint());
    let names = || known.iter().map(|key| key.to_string().into()).collect();
    (*known != follows).then(names)
}

fn implied(baseline: Option<model::Baseline>, fingerprint: Option<Key>) -> Set<Key> {
    let is_known = baseline.is_some_and(|baseline| baseline != model::Baseline::New);
    fingerprint.filter(|_| is_known).into_iter().collect()
}
