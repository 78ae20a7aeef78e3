//! From a result to a finding (section 3.27).

use super::dependency;
use super::flow;
use super::identity::{Called, Identities};
use super::message;
use super::rule::{Call, Component, Rule, Security};
use super::run::Run;
use super::tool;
use super::trace::{self, Pin, Trace};
use super::walk::Part;
use super::wire::{Face, Record};
use crate::model::{Anchor, Claim, Finding, Key, Kind, Place, Set, Sighting, Text, Trust};
use crate::parse::package;
use crate::source::Input;

/// What becomes of a result, as its own words decide it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It says that there is no problem.
    Passed,
    /// It says that the problem is gone (section 3.27.24).
    Absent,
    /// It is a problem.
    Fail,
    /// A person must look (`open` and `review`, section 3.27.9).
    Review,
    /// It says nothing.
    Empty,
}

/// What a result is, by its kind and baseline state. A kind that the specification does not know is a problem.
pub(super) fn verdict(face: Face<'_, '_>) -> Verdict {
    let is = |word: Option<&str>, wanted: &str| {
        word.is_some_and(|word| word.eq_ignore_ascii_case(wanted))
    };
    let kind = face.kind.get();
    let passed = ["pass", "notApplicable", "informational"];
    if passed.iter().any(|word| is(kind, word)) {
        return Verdict::Passed;
    }
    if is(face.baseline_state.get(), "absent") {
        return Verdict::Absent;
    }
    let (rule, message) = (face.rule, face.message);
    let says_nothing = face.rule_id.get().is_none()
        && face.rule_index.0.is_none()
        && rule.id.get().is_none()
        && rule.guid.get().is_none()
        && rule.index.0.is_none()
        && message.text.get().is_none()
        && message.markdown.get().is_none()
        && message.id.get().is_none()
        && face.place.is_none();
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
pub(super) struct Case<'m, 'r, 'a> {
    pub(super) record: &'r Record<'a>,
    pub(super) rule: Option<&'m Rule>,
    pub(super) called: Option<&'m Called>,
    pub(super) words: Option<String>,
    pub(super) pin: Pin,
    pub(super) trace: Trace,
}

impl<'m> Maker<'m> {
    /// The finding that `record` at `at` is.
    pub(super) fn finding(&self, record: &Record<'_>, verdict: Verdict, at: &str) -> Finding {
        let pin = Pin::of(trace::primary(record)).resolved(Some(self.run));
        let trace = Trace::of(self.part, record.face(), &pin);
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
        finding.rule.name = rule.and_then(Rule::shown_name);
        let place = self.input.place(at);
        finding.sightings.insert(Sighting {
            place: place.clone(),
            scanner: self.run.scanner.clone(),
        });
        self.marks(&case, verdict, &mut finding);
        self.claims(&case, verdict, &place, &mut finding);
        super::detail::prose(&case, flow::told(self.run, record), &mut finding);
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
                // Rules of cargo-deny are sorts of advisories, those of the others advisories.
                let summary = rule.and_then(|rule| rule.summary.clone());
                if let Some(summary) = summary.filter(|_| self.run.family != "cargo-deny") {
                    finding.title = Some(summary);
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
    /// pin with its ordinal.
    ///
    /// Beside a fingerprint, a pin that several results share is left out, and so is a bare position: the next report
    /// may have another problem of the rule at the same place in the count, and the pin would fold the two.
    fn assert_keys(&self, case: &Case<'_, '_, '_>, finding: &mut Finding) {
        let rule = (case.called.and_then(|called| called.id.as_ref())).map_or("", Text::untrusted);
        let path = self.identities.path(&case.trace);
        let path = path.map_or("", |(_, words)| words.untrusted());
        let (kind, app) = (finding.kind, self.app.untrusted());
        let fingerprints = trace::fingerprints(case.record.face());
        let key = |anchor| Key::code(kind, app, &self.run.family, rule, path, anchor);
        let mut keys = Set::new();
        for (scheme, value) in &fingerprints {
            if self.identities.is_unique(&case.trace, scheme, value) {
                let anchor = Anchor::Fingerprint(scheme.untrusted(), value.untrusted());
                keys.insert(key(anchor));
            }
        }
        let (ordinal, equal) = self.identities.ordinal(&case.trace, case.record.face());
        if keys.is_empty() || (equal <= 1 && case.pin != Pin::Position) {
            keys.insert(key(match &case.pin {
                Pin::Snippet(words) => Anchor::Snippet(words, ordinal),
                Pin::Logical(name) => Anchor::Logical(name.untrusted(), ordinal),
                // An index has become a name, or nothing.
                Pin::LogicalIndex(_) | Pin::Position => Anchor::Position(ordinal),
            }));
        }
        finding.keys = keys;
    }

    pub(super) fn logical(&self, index: usize) -> Option<&'m Text> {
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
            let call = Call::of(None, None, &taxon.0);
            let weakness = call.weakness(&self.run.taxonomies, &self.run.components);
            finding.weaknesses.extend(weakness);
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

    /// The level by the procedure of section 3.27.10, with `security-severity` as its score. A level that the tool writes
    /// whatever it found is told apart from a score, which it does not write by rote.
    fn claims(
        &self,
        case: &Case<'_, '_, '_>,
        verdict: Verdict,
        place: &Place,
        finding: &mut Finding,
    ) {
        let record = case.record;
        let default = || case.rule?.level.as_deref();
        let (level, is_configured) = match (record.level.get(), verdict) {
            (Some(level), _) => (level, false),
            (None, Verdict::Review) => ("none", false),
            (None, _) => match self.overridden(case) {
                Some(level) => (level, true),
                None => (default().unwrap_or("warning"), false),
            },
        };
        let mut claim = Claim::word(&self.run.scanner, level, place);
        let mut score = None;
        let security = Security::of(record.properties.0.security_severity.get());
        match security.as_ref().or_else(|| case.rule?.security.as_ref()) {
            Some(Security::Score(stated)) => score = Some(*stated),
            Some(Security::Word(word)) => {
                let word = Claim::word(&self.run.scanner, word.untrusted(), place);
                finding.claims.insert(word);
            }
            None => {}
        }
        // What somebody configured for this run is not said by rote.
        let is_constant = !is_configured && tool::is_constant_level(&self.run.family, level);
        if is_constant {
            claim.trust = Trust::Constant;
            if score.is_some() {
                finding.claims.insert(Claim {
                    score,
                    ..Claim::silent(&self.run.scanner, place)
                });
            }
        } else {
            claim.score = score;
        }
        finding.claims.insert(claim);
    }

    /// The level that the result's invocation gave to its rule (sections 3.20.5 and 3.51). A result that names no
    /// invocation belongs to the only one there is; of several nobody knows which.
    fn overridden(&self, case: &Case<'_, '_, '_>) -> Option<&'m str> {
        let found = case.called?.found?;
        let invocations = &self.run.invocations;
        let invocation = match case.record.provenance.0.invocation_index.index() {
            Some(index) => invocations.get(index)?,
            None => invocations.first().filter(|_| invocations.len() == 1)?,
        };
        invocation.levels.get(&found).map(String::as_str)
    }
}
