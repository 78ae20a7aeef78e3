//! From a result to a finding (section 3.27).

use std::borrow::Cow;
use std::sync::Arc;

use super::artifact::Resolved;
use super::asked::Asked;
use super::dependency;
use super::flow;
use super::identity::{Called, Identities, Standing};
use super::lenient::Word;
use super::message;
use super::rule::{Call, Found, Rule, Security};
use super::run::Run;
use super::tool;
use super::trace::{self, Pin, Sketch, Trace};
use super::uri::Target;
use super::walk::Part;
use super::wire::{Face, Record};
use crate::model::{
    Anchor, Claim, Finding, Key, Kind, Moment, Place, Set, Severity, Sighting, Text, Trust,
};
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
pub(super) struct Maker<'m> {
    pub(super) input: &'m Input,
    pub(super) app: &'m Text,
    pub(super) run: Asked<'m>,
    /// When the run took place, in the words of a finding.
    pub(super) scanned: Option<Moment>,
    pub(super) identities: &'m Identities,
    pub(super) part: Part,
}

/// A finding that was made of a result, and what it depends on beside the result's own bytes.
pub(super) struct Made {
    pub(super) finding: Finding,
    pub(super) rule: Option<Arc<Rule>>,
    /// None where its keys are those of an advisory.
    pub(super) standing: Option<Standing>,
    /// Whether it says something that no equal result in another run would say.
    pub(super) is_of_its_run: bool,
}

/// A result with what was looked up for it.
pub(super) struct Case<'m, 'r, 'a> {
    pub(super) record: &'r Record<'a>,
    pub(super) rule: Option<&'m Rule>,
    pub(super) called: Option<&'m Called>,
    pub(super) words: Option<Cow<'r, str>>,
    pub(super) pin: Pin,
    pub(super) sketch: Cow<'r, Sketch>,
    pub(super) trace: Trace,
}

impl<'m> Maker<'m> {
    pub(super) fn new(
        input: &'m Input,
        app: &'m Text,
        run: &'m Run,
        identities: &'m Identities,
        part: Part,
    ) -> Self {
        let run = Asked::new(run);
        let scanned = run.scanned_at();
        Self {
            input,
            app,
            scanned: scanned.map(|at| Moment::new(at, format!("scan time of {}", input.name()))),
            run,
            identities,
            part,
        }
    }

    /// The finding that `record` at `at` is. `known` is its sketch, if there is one.
    pub(super) fn finding(
        &self,
        record: &Record<'_>,
        known: Option<&Sketch>,
        verdict: Verdict,
        at: &str,
    ) -> Made {
        self.run.take_went_beyond();
        let pin = Pin::of(record.face());
        let sketch = match known {
            Some(known) => Cow::Borrowed(known),
            None => Cow::Owned(Sketch::of(record.face(), &pin)),
        };
        // Before an index becomes a name: the first pass knew no names.
        let mut trace = sketch.trace(self.part, record.face().indices());
        let pin = self.run.resolve_pin(pin);
        if sketch.is_pinned_by_index {
            trace.pin = pin.digest();
        }
        let called = self.identities.rule(&trace);
        let found = called.and_then(|called| called.found);
        let shared_rule = found.and_then(|found| self.run.rule(found));
        let rule = shared_rule.map(|rule| &**rule);
        let case = Case {
            words: self.words(record, rule, found),
            record,
            rule,
            called,
            pin,
            sketch,
            trace,
        };
        let path = self.path(&case.trace).map(|(_, words)| words.untrusted());
        let rule_id = called.and_then(|called| called.id.clone());

        let mut tags = record.properties.0.tags.0.iter().filter_map(Word::get);
        let is_secret =
            rule.is_some_and(|rule| rule.is_of_secrets) || tags.any(tool::is_of_secrets);
        let kind = tool::kind(self.run.family(), is_secret);
        let mut finding = Finding::new(kind, self.app.clone());
        finding.rule.id.clone_from(&rule_id);
        finding.rule.name = rule.and_then(|rule| rule.name.clone());
        let place = self.input.place(at);
        finding.sightings.insert(Sighting {
            place: place.clone(),
            scanner: self.run.scanner().clone(),
        });
        self.marks(&case, verdict, &mut finding);
        self.claims(&case, &place, &mut finding);
        super::detail::prose(&case, flow::told(&self.run, record), &mut finding);
        self.locations(&case, &mut finding);
        self.times(record, &mut finding);
        finding.suppressions = self.suppressions(record);

        let (family, words) = (self.run.family(), case.words.as_deref());
        let rule_words = rule_id.as_ref().map(Text::untrusted);
        let dependency = dependency::of(family, rule_words, record, words, path);
        let standing = if let Some(found) = dependency {
            finding.kind = Kind::Dependency;
            finding.rule.id = Some(found.advisory.clone());
            finding.ids = std::iter::once(found.advisory).collect();
            if let Some(rule) = rule.filter(|_| self.run.family() == "osv-scanner") {
                finding.ids.extend(rule.deprecated.iter().cloned());
            }
            finding.tags.extend(found.tag.map(Text::line));
            finding.package = Some(Box::new(found.package));
            finding.assert_advisory_keys();
            // Rules of cargo-deny are sorts of advisories, those of the others advisories.
            let summary = rule.and_then(|rule| rule.summary.clone());
            if let Some(summary) = summary.filter(|_| self.run.family() != "cargo-deny") {
                finding.title = Some(summary);
            }
            None
        } else {
            (finding.ids).extend(dependency::advisory(family, rule_words, words));
            let standing = self.identities.standing(&case.trace, &case.sketch);
            self.assert_keys(&case, standing, &mut finding);
            Some(standing)
        };
        Made {
            finding,
            rule: shared_rule.cloned(),
            standing,
            is_of_its_run: self.run.take_went_beyond(),
        }
    }

    /// The words of the result's message; message strings are looked up in the rule, then in its component, then in the
    /// driver (sections 3.11.7 and 3.19.22).
    fn words<'r>(
        &self,
        record: &'r Record<'_>,
        rule: Option<&'m Rule>,
        found: Option<Found>,
    ) -> Option<Cow<'r, str>>
    where
        'm: 'r,
    {
        let message = &record.message.0;
        if message.text.get().is_some() || message.id.get().is_none() {
            return message::words(message, &[]);
        }
        let own = rule.map(|rule| &rule.strings);
        let strings: Vec<_> = own.into_iter().chain(self.run.strings(found)).collect();
        message::words(message, &strings)
    }

    /// The place of the first location, and its words in shared memory.
    pub(super) fn path(&self, trace: &Trace) -> Option<&'m (Target, Text)> {
        let resolved = self.identities.path(trace)?;
        if resolved.is_by_index {
            self.run.resolved_by_index();
        }
        resolved.target.as_ref()
    }

    /// Keys of a finding that is no known dependency: each fingerprint of the tool that names this result only, and the
    /// pin with its ordinal.
    ///
    /// Beside a fingerprint, a pin that several results share is left out, and so is a bare position: the next report
    /// may have another problem of the rule at the same place in the count, and the pin would fold the two.
    fn assert_keys(&self, case: &Case<'_, '_, '_>, standing: Standing, finding: &mut Finding) {
        let rule = (case.called.and_then(|called| called.id.as_ref())).map_or("", Text::untrusted);
        let path = self.identities.path(&case.trace).map(Resolved::words);
        let path = path.as_deref().unwrap_or_default();
        let (kind, app) = (finding.kind, self.app.untrusted());
        let fingerprints = trace::fingerprints(case.record.face());
        let key = |anchor| Key::code(kind, app, self.run.family(), rule, path, anchor);
        let mut keys = Set::new();
        for (index, (scheme, value)) in fingerprints.iter().enumerate() {
            if standing.is_unique(index) {
                let anchor = Anchor::Fingerprint(scheme.untrusted(), value.untrusted());
                keys.insert(key(anchor));
            }
        }
        let ordinal = standing.ordinal;
        if keys.is_empty() || (standing.is_alone && case.pin != Pin::Position) {
            keys.insert(key(match &case.pin {
                Pin::Snippet(words) => Anchor::Snippet(words, ordinal),
                Pin::Logical(name) => Anchor::Logical(name.untrusted(), ordinal),
                // An index has become a name, or nothing.
                Pin::LogicalIndex(..) | Pin::Position => Anchor::Position(ordinal),
            }));
        }
        finding.keys = keys;
    }

    /// Tags, weaknesses and public ids.
    fn marks(&self, case: &Case<'_, '_, '_>, verdict: Verdict, finding: &mut Finding) {
        let record = case.record;
        if let Some(rule) = case.rule {
            finding.tags.clone_from(&rule.tags);
            finding.weaknesses.clone_from(&rule.weaknesses);
            finding.ids.clone_from(&rule.ids);
        }
        for tag in record.properties.0.tags.0.iter().filter_map(Word::get) {
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
            finding.weaknesses.extend(self.run.weakness(&call));
        }
        if verdict == Verdict::Review {
            finding.tags.insert(Text::line("to-review"));
        }
        let rank = record.rank.get().and_then(|rank| rank.parse::<f64>().ok());
        if let Some(rank) = rank.filter(|rank| (0.0..=100.0).contains(rank)) {
            finding.tags.insert(Text::line(&format!("rank:{rank}")));
        }
        let vulnerability = case.called.and_then(|called| called.vulnerability.clone());
        finding.ids.extend(vulnerability);
        let fingerprints = (record.fingerprints.0.iter()).chain(&record.partial_fingerprints.0);
        for (_, value) in fingerprints {
            finding.ids.extend(package::vulnerability_ids(&value.0));
        }
    }

    /// The level by the procedure of section 3.27.10, with `security-severity` as its score. A level that the tool writes
    /// whatever it found is told apart from a score, which it does not write by rote.
    ///
    /// That section has no level for what a person must still look at, where the result writes none. Nobody said that it
    /// is harmless, so it is as bad as a problem of its rule.
    fn claims(&self, case: &Case<'_, '_, '_>, place: &Place, finding: &mut Finding) {
        let (record, scanner) = (case.record, self.run.scanner());
        let family = self.run.family();
        let default = || case.rule?.level.as_deref();
        let configured = match record.level.get() {
            Some(_) => None,
            None => self.overridden(case),
        };
        let written = record.level.get().or(configured).or_else(default);
        let mut claim = level(scanner, written.unwrap_or("warning"), place);
        let mut score = None;
        let security = Security::of(record.properties.0.security_severity.get());
        match security.as_ref().or_else(|| case.rule?.security.as_ref()) {
            Some(Security::Score(stated)) => score = Some(*stated),
            Some(Security::Word(word)) => {
                let word = Claim::word(scanner, word.untrusted(), place);
                finding.claims.insert(word);
            }
            None => {}
        }
        // What somebody configured for this run is not said by rote.
        let own_word = match configured {
            Some(_) => None,
            None => own_word(family, case),
        };
        let is_constant = configured.is_none() && tool::is_constant_level(family, written);
        if is_constant || own_word.is_some() {
            claim.trust = Trust::Constant;
            if score.is_some() || own_word.is_some() {
                let told = own_word.map(|word| Claim::word(scanner, word, place));
                let told = told.unwrap_or_else(|| Claim::silent(scanner, place));
                finding.claims.insert(Claim { score, ..told });
            }
        } else {
            claim.score = score;
        }
        finding.claims.insert(claim);
    }

    /// The level that the result's invocation gave to its rule.
    fn overridden(&self, case: &Case<'_, '_, '_>) -> Option<&'m str> {
        let invocation = case.record.provenance.0.invocation_index.index();
        self.run.overridden(case.called?.found?, invocation)
    }
}

/// A claim by a level. That of `none` is a level of its own here, and no word for want of one.
fn level(scanner: &Text, word: &str, place: &Place) -> Claim {
    let claim = Claim::word(scanner, word, place);
    if !word.eq_ignore_ascii_case("none") {
        return claim;
    }
    Claim {
        severity: Some(Severity::Info),
        ..claim
    }
}

/// The word by which a tool says how bad it is, where the level that it writes beside it cannot tell.
fn own_word(family: &str, case: &Case<'_, '_, '_>) -> Option<&'static str> {
    let message = case.words.as_deref();
    match family {
        "cargo-audit" => dependency::warning(message?),
        "trivy" => {
            let tags = case.rule.into_iter().flat_map(|rule| &rule.tags);
            dependency::is_unrated(message, tags.map(Text::untrusted)).then_some("UNKNOWN")
        }
        _ => None,
    }
}
