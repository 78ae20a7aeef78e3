//! From a result to a finding (section 3.27).

use super::dependency;
use super::identity::{self, Called, Identities, Pin, Trace};
use super::lenient::Object;
use super::message;
use super::rule::{self, Component, Rule, Security};
use super::run::{self, Run};
use super::tool;
use super::uri::Target;
use super::walk::Part;
use super::wire::{Place, Record, Reference, Region};
use crate::model::{
    Anchor, Claim, Finding, Join, Key, Kind, Location, Moment, Set, Severity, Sighting,
    Suppression, SuppressionStatus, Text,
};
use crate::parse::package;
use crate::source::Input;

/// A first line of a message that is longer than this is no title, where the rule has a better one.
const LONGEST_TITLE: usize = 160;

/// What becomes of a result, as its own words decide it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It says that there is no problem, or no longer.
    Passed,
    /// It is a problem.
    Fail,
    /// A person must look (`open` and `review`, section 3.27.9).
    Review,
    /// It says nothing.
    Empty,
}

/// What `record` is, by its kind and baseline state. A kind that the specification does not know is a problem.
pub(super) fn verdict(record: &Record<'_>) -> Verdict {
    let is = |word: Option<&str>, wanted: &str| {
        word.is_some_and(|word| word.eq_ignore_ascii_case(wanted))
    };
    let kind = record.kind.get();
    let passed = ["pass", "notApplicable", "informational"];
    if is(record.baseline_state.get(), "absent") || passed.iter().any(|word| is(kind, word)) {
        return Verdict::Passed;
    }
    let message = &record.message.0;
    let says_nothing = record.rule_id.get().is_none()
        && record.rule_index.0.is_none()
        && record.rule.0.id.get().is_none()
        && record.rule.0.index.0.is_none()
        && message.text.get().is_none()
        && message.markdown.get().is_none()
        && message.id.get().is_none()
        && record.locations.0.is_empty();
    if says_nothing {
        Verdict::Empty
    } else if is(kind, "open") || is(kind, "review") {
        Verdict::Review
    } else {
        Verdict::Fail
    }
}

/// Makes findings of the results of one part.
#[derive(Clone, Copy)]
pub(super) struct Maker<'m> {
    pub(super) input: &'m Input,
    pub(super) app: &'m Text,
    pub(super) run: &'m Run,
    pub(super) identities: &'m Identities,
    pub(super) part: Part,
}

/// A result with what was looked up for it.
struct Case<'m, 'r, 'a> {
    record: &'r Record<'a>,
    rule: Option<&'m Rule>,
    called: Option<&'m Called>,
    words: Option<String>,
    pin: Pin,
    trace: Trace,
}

impl<'m> Maker<'m> {
    /// The finding that `record` at `at` is.
    pub(super) fn finding(&self, record: &Record<'_>, verdict: Verdict, at: &str) -> Finding {
        let pin = Pin::of(identity::primary(record));
        let trace = Trace::of(self.part, record, &pin);
        let called = self.identities.rule(&trace);
        let component = called
            .and_then(|called| called.found)
            .and_then(|found| self.run.components.get(found.component));
        let rule = called
            .and_then(|called| called.found)
            .and_then(|found| component?.rules.get(found.rule));
        let case = Case {
            words: self.words(record, rule, component),
            record,
            rule,
            called,
            pin,
            trace,
        };
        let path = self.identities.path(&case.trace).map(|(_, words)| words);
        let rule_id = called.and_then(|called| called.id.clone());

        let tags = record
            .properties
            .0
            .tags
            .0
            .iter()
            .filter_map(|tag| tag.get());
        let rule_tags = rule.iter().flat_map(|rule| &rule.tags).map(Text::untrusted);
        let kind = tool::kind(&self.run.family, tags.chain(rule_tags));
        let mut finding = Finding::new(kind, self.app.clone());
        finding.rule.id.clone_from(&rule_id);
        finding.rule.name = rule.and_then(|rule| {
            let name = rule
                .name
                .clone()
                .filter(|name| Some(name) != rule.id.as_ref());
            name.or_else(|| rule.summary.clone())
        });
        finding.sightings.insert(Sighting {
            place: self.input.place(at),
            scanner: self.run.scanner.clone(),
        });
        self.marks(&case, verdict, &mut finding);
        self.claims(&case, verdict, at, &mut finding);
        self.prose(&case, &mut finding);
        self.locations(&case, &mut finding);
        self.times(record, &mut finding);
        finding.suppressions = self.suppressions(record);

        let dependency = dependency::of(
            &self.run.family,
            rule_id.as_ref().map(Text::untrusted),
            record,
            case.words.as_deref(),
            path.map(Text::untrusted),
        );
        match dependency {
            Some(found) => {
                finding.kind = Kind::Dependency;
                finding.rule.id = Some(found.advisory.clone());
                finding.ids = std::iter::once(found.advisory).collect();
                if let Some(rule) = rule.filter(|_| self.run.family == "osv-scanner") {
                    finding.ids.extend(rule.deprecated.iter().cloned());
                }
                finding.tags.extend(found.tag.map(Text::line));
                finding.package = Some(Box::new(found.package));
                finding.assert_advisory_keys();
                if let Some(summary) = rule.and_then(|rule| rule.summary.clone()) {
                    if self.run.family != "cargo-deny" {
                        finding.title = Some(summary);
                    }
                }
            }
            None => self.assert_keys(&case, &mut finding),
        }
        finding
    }

    /// The words of the result's message; message strings are looked up in the rule, then in its component, then in the
    /// driver (sections 3.11.7 and 3.19.22).
    fn words(
        &self,
        record: &Record<'_>,
        rule: Option<&Rule>,
        component: Option<&Component>,
    ) -> Option<String> {
        let mut strings = Vec::with_capacity(3);
        strings.extend(rule.map(|rule| &rule.strings));
        strings.extend(component.map(|component| &component.strings));
        strings.extend(self.run.components.first().map(|driver| &driver.strings));
        message::words(&record.message.0, &strings)
    }

    /// Keys of a finding that is no known dependency: each fingerprint of the tool that names this result only, and the
    /// pin with its ordinal. Where fingerprints are there, a pin that several results share tells nothing: left out.
    fn assert_keys(&self, case: &Case<'_, '_, '_>, finding: &mut Finding) {
        let rule = (case.called.and_then(|called| called.id.as_ref())).map_or("", Text::untrusted);
        let path = self.identities.path(&case.trace);
        let path = path.map_or("", |(_, words)| words.untrusted());
        let (kind, app) = (finding.kind, self.app.untrusted());
        let fingerprints = identity::fingerprints(case.record, case.record.rule_id.get());
        let key = |anchor| Key::code(kind, app, &self.run.family, rule, path, anchor);
        let mut keys = Set::new();
        for (scheme, value) in &fingerprints {
            if self.identities.is_unique(&case.trace, scheme, value) {
                let anchor = Anchor::Fingerprint(scheme.untrusted(), value.untrusted());
                keys.insert(key(anchor));
            }
        }
        let (ordinal, equal) = self.identities.ordinal(&case.trace);
        if keys.is_empty() || equal <= 1 {
            let logical = match &case.pin {
                Pin::Logical(name) => Some(name),
                Pin::LogicalIndex(index) => self.logical(*index),
                Pin::Snippet(_) | Pin::Position => None,
            };
            keys.insert(key(match (&case.pin, logical) {
                (Pin::Snippet(words), _) => Anchor::Snippet(words, ordinal),
                (_, Some(name)) => Anchor::Logical(name.untrusted(), ordinal),
                _ => Anchor::Position(ordinal),
            }));
        }
        finding.keys = keys;
    }

    fn logical(&self, index: usize) -> Option<&'m Text> {
        self.run.logicals.get(index)?.as_ref()
    }

    /// Tags, weaknesses and public ids.
    fn marks(&self, case: &Case<'_, '_, '_>, verdict: Verdict, finding: &mut Finding) {
        let record = case.record;
        if let Some(rule) = case.rule {
            finding.tags.extend(rule.tags.iter().cloned());
            finding.weaknesses.extend(rule.weaknesses.iter().cloned());
            finding.ids.extend(rule.ids.iter().cloned());
        }
        for tag in record
            .properties
            .0
            .tags
            .0
            .iter()
            .filter_map(|tag| tag.get())
        {
            finding.weaknesses.extend(package::weaknesses(tag));
            finding.ids.extend(package::vulnerability_ids(tag));
            if package::weaknesses(tag).next().is_none() {
                finding.tags.extend(Text::some_line(tag));
            }
        }
        let cwe = &record.properties.0.cwe.0;
        finding.weaknesses.extend(package::weaknesses(cwe));
        for taxon in &record.taxa.0 {
            let id = taxon.0.id.get().unwrap_or_default();
            finding
                .weaknesses
                .extend(rule::weakness(id, self.is_cwe(&taxon.0)));
        }
        if verdict == Verdict::Review {
            finding.tags.insert(Text::line("to-review"));
        }
        let rank = record.rank.get().and_then(|rank| rank.parse::<f64>().ok());
        if let Some(rank) = rank.filter(|rank| (0.0..=100.0).contains(rank)) {
            finding.tags.insert(Text::line(&format!("rank:{rank}")));
        }
        let id = case.called.and_then(|called| called.id.as_ref());
        finding
            .ids
            .extend(id.and_then(|id| package::vulnerability_id(id.untrusted())));
        let fingerprints = (record.fingerprints.0.iter()).chain(&record.partial_fingerprints.0);
        for (_, value) in fingerprints {
            finding.ids.extend(package::vulnerability_ids(&value.0));
        }
    }

    /// Whether a taxon belongs to the CWE taxonomy of the run.
    fn is_cwe(&self, taxon: &Reference<'_>) -> bool {
        let component = &taxon.tool_component.0;
        let by_index = || {
            let taxonomy = self.run.taxonomies.get(component.index.index()?)?;
            taxonomy.as_ref().map(Text::untrusted)
        };
        run::is_cwe(component.name.get()) || run::is_cwe(by_index())
    }

    /// The level by the procedure of section 3.27.10, with `security-severity` as its score.
    fn claims(&self, case: &Case<'_, '_, '_>, verdict: Verdict, at: &str, finding: &mut Finding) {
        let record = case.record;
        let place = self.input.place(at);
        let level = match record.level.get() {
            Some(level) => level,
            None if verdict == Verdict::Review => "none",
            None => self
                .overridden(case)
                .or_else(|| case.rule?.level.as_deref())
                .unwrap_or("warning"),
        };
        let mut claim = Claim::word(&self.run.scanner, level, &place);
        let security = Security::of(record.properties.0.security_severity.get());
        match security.as_ref().or_else(|| case.rule?.security.as_ref()) {
            Some(Security::Score(score)) => claim.score = Some(*score),
            Some(Security::Word(word)) => {
                let word = word.untrusted();
                // A better word than the level, if it is one that scanners use.
                if Severity::from_word(word).is_some() {
                    finding
                        .claims
                        .insert(Claim::word(&self.run.scanner, word, &place));
                }
            }
            None => {}
        }
        finding.claims.insert(claim);
    }

    /// The level that the result's invocation gave to its rule (sections 3.20.5 and 3.51).
    fn overridden(&self, case: &Case<'_, '_, '_>) -> Option<&'m str> {
        let found = case.called?.found?;
        let invocations = &self.run.invocations;
        let invocation = match case.record.provenance.0.invocation_index.index() {
            Some(index) => invocations.get(index)?,
            None => invocations.first()?,
        };
        (invocation.overrides.iter())
            .find(|(call, _)| call.find(&self.run.components) == Some(found))
            .map(|(_, level)| level.as_str())
    }

    /// Title, description, recommendation, evidence and links.
    fn prose(&self, case: &Case<'_, '_, '_>, finding: &mut Finding) {
        let (record, rule) = (case.record, case.rule);
        let words = case.words.as_deref().map(str::trim);
        let first = words.and_then(|words| words.lines().next()).map(str::trim);
        let summary = rule.and_then(|rule| rule.summary.clone());
        let title = first.filter(|line| line.len() <= LONGEST_TITLE || summary.is_none());
        finding.title = title
            .and_then(Text::some_line)
            .or(summary)
            .or_else(|| finding.rule.name.clone())
            .or_else(|| finding.rule.id.clone());
        let told = words.filter(|words| Some(*words) != title);
        finding.description = told
            .and_then(Text::some_prose)
            // In shared memory: a report may have many results of one rule.
            .or_else(|| rule?.description.clone())
            .filter(|description| Some(description) != finding.title.as_ref());
        if let Some(count) = record.occurrence_count.0.filter(|count| *count > 1) {
            let before = finding.description.take().or_else(|| finding.title.clone());
            let before = before.unwrap_or_default();
            let counted = format!(
                "{}\n\nThe tool counts {count} occurrences.",
                before.untrusted()
            );
            finding.description = Text::some_prose(&counted);
        }
        let fix = record
            .fixes
            .0
            .iter()
            .find_map(|fix| message::words(&fix.0.description.0, &[]));
        finding.recommendation = fix
            .and_then(|words| Text::some_prose(&words))
            .or_else(|| rule?.help.clone())
            .filter(|help| Some(help) != finding.description.as_ref());
        let place = identity::primary(record);
        let snippet =
            place.and_then(|place| place.physical_location.0.region.0.snippet.0.text.raw());
        finding.evidence = snippet.and_then(Text::some_prose);
        finding
            .links
            .extend(rule.and_then(|rule| rule.link.clone()));
        finding
            .links
            .extend(record.hosted_viewer_uri.get().and_then(Text::some_line));
    }

    /// All locations, and the address that a web scanner asked.
    fn locations(&self, case: &Case<'_, '_, '_>, finding: &mut Finding) {
        let address = case
            .record
            .web_request
            .0
            .target
            .get()
            .and_then(Text::some_line);
        for (index, place) in case.record.locations.0.iter().enumerate() {
            let artifact = &place.0.physical_location.0.artifact_location.0;
            let own;
            let target = if index == 0 {
                self.identities.path(&case.trace)
            } else {
                own = identity::resolve(self.run, &run::raw(artifact), artifact.index.index());
                own.as_ref()
            };
            let mut location = self.location(place, target);
            if index == 0 && location.url.is_none() {
                location.url.clone_from(&address);
            }
            if location != Location::default() {
                finding.locations.insert(location);
            }
        }
        if finding.locations.is_empty() && address.is_some() {
            finding.locations.insert(Location {
                url: address,
                ..Location::default()
            });
        }
    }

    fn location(&self, place: &Object<Place<'_>>, target: Option<&(Target, Text)>) -> Location {
        let physical = &place.0.physical_location.0;
        let region: &Region<'_> = &physical.region.0;
        let mut location = Location {
            start_line: region.start_line.line(),
            ..Location::default()
        };
        // Columns and an end without a first line are of a region that is given by offsets.
        if location.start_line.is_some() {
            location.start_column = region.start_column.line();
            location.end_line = region.end_line.line();
            location.end_column = region.end_column.line();
        }
        match target {
            Some((Target::Path(_), words)) => location.path = Some(words.clone()),
            Some((Target::Web(_), words)) => location.url = Some(words.clone()),
            None => {}
        }
        let logical = place.0.logical_locations.0.iter().find_map(|logical| {
            let by_index = || self.logical(logical.0.index.index()?).cloned();
            run::own_name(&logical.0).or_else(by_index)
        });
        let address = &physical.address.0;
        let name = || {
            let named = address.fully_qualified_name.get().or(address.name.get());
            let number = || {
                address
                    .absolute_address
                    .0
                    .map(|number| format!("{number:#x}"))
            };
            Text::some_line(&named.map(str::to_owned).or_else(number)?)
        };
        location.logical = logical.or_else(name);
        location
    }

    /// When it was detected, and when the scan took place.
    fn times(&self, record: &Record<'_>, finding: &mut Finding) {
        let provenance = &record.provenance.0;
        let time = |word: Option<&str>| word.and_then(run::timestamp);
        let first = time(provenance.first_detection_time_utc.get());
        let scanned = self.run.scanned_at(provenance.invocation_index.index());
        let moment = |words: &str, at| Moment::new(at, format!("{words} {}", self.input.name()));
        finding.first_seen = first.map(|at| moment("first detection in", at));
        finding
            .first_seen
            .join(scanned.map(|at| moment("scan time of", at)));
        finding.last_seen = time(provenance.last_detection_time_utc.get()).max(scanned);
    }

    /// Suppressions with their status; one without a status counts, one with an unknown status does not
    /// (section 3.35.3). Drafts of the format call the status `state`.
    fn suppressions(&self, record: &Record<'_>) -> Set<Suppression> {
        let each = record.suppressions.0.iter().map(|suppression| {
            let status = suppression.0.status.get().or(suppression.0.state.get());
            let status = match status.map(str::to_ascii_lowercase).as_deref() {
                None | Some("accepted") => SuppressionStatus::Accepted,
                Some("rejected") => SuppressionStatus::Rejected,
                Some(_) => SuppressionStatus::UnderReview,
            };
            Suppression {
                status,
                scanner: self.run.scanner.clone(),
                kind: Text::line(suppression.0.kind.get().unwrap_or("external")),
                justification: suppression.0.justification.get().and_then(Text::some_prose),
            }
        });
        each.collect()
    }
}
