//! Everything that is known of one finding, in sections: what a reader sees who asks where its date comes from.

use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeSeq, Serializer};

use super::facts;
use super::pool::Pool;
use super::words::Shown;
use crate::model::{About, Entry, Finding, Report, Text, Why};
use crate::report::View;
use crate::report::escape::html;
use crate::report::wording;

/// Longest prose that is shown, in characters.
const PROSE: usize = 4000;
/// How many members of one list are shown.
const LISTED: usize = 50;

/// What the details of many findings say alike, and the tickets that findings are linked to.
#[derive(Debug, Default)]
pub(super) struct Shared<'a> {
    /// The names of fields and sections.
    labels: Pool<&'static str>,
    prose: Pool<&'a Text>,
    stories: Pool<&'a [Why]>,
    tickets: BTreeMap<&'a Text, &'a Finding>,
}

impl<'a> Shared<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        let tickets = report.linked_tickets.iter();
        let keyed = |finding: &'a Finding| Some((&finding.ticket.as_ref()?.key, finding));
        Self {
            tickets: tickets.filter_map(keyed).collect(),
            ..Self::default()
        }
    }

    /// The finding that a linked ticket was.
    pub(super) fn ticket(&self, key: &Text) -> Option<&'a Finding> {
        self.tickets.get(key).copied()
    }
}

/// After the details: the names, the prose, and the candidates for severities and dates.
impl Serialize for Shared<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut parts = serializer.serialize_seq(Some(3))?;
        parts.serialize_element(&self.labels)?;
        let prose: Vec<_> = self.prose.members().iter().map(|text| cut(text)).collect();
        parts.serialize_element(&prose)?;
        let stories = self.stories.members().iter();
        parts.serialize_element(&stories.map(|why| story(why)).collect::<Vec<_>>())?;
        parts.end()
    }
}

/// Prose that is cut says how much is missing.
fn cut(text: &Text) -> String {
    let words = html(text);
    let Some((end, _)) = words.char_indices().nth(PROSE) else {
        return words.into_owned();
    };
    let (shown, rest) = words.split_at(end);
    let missing = rest.chars().count();
    format!("{shown} … and {missing} more characters, which the JSON report has")
}

/// A candidate: about what, whether it won, what it says, whose it is, and how that came about.
type Candidate = (&'static str, bool, String, String, Vec<String>);

fn story(why: &[Why]) -> Vec<Candidate> {
    // Nobody bounds how many lost, so the winners are looked for once.
    let mut winners: BTreeMap<About, &Why> = BTreeMap::new();
    for why in why.iter().filter(|why| why.chosen) {
        winners.entry(why.about).or_insert(why);
    }
    let candidate = |why: &Why| {
        let what = match (why.severity, why.by) {
            (Some(severity), _) => severity.to_string(),
            (None, Some(by)) => by.to_string(),
            (None, None) => "no date".to_owned(),
        };
        let lines = [
            why.score.map(|score| format!("by score {score}")),
            wording::clock(why, html),
            why.note.as_ref().map(|note| html(note).into_owned()),
            wording::lost_by(why, winners.get(&why.about).and_then(|winner| winner.by)),
        ];
        (
            why.about.name(),
            why.chosen,
            what,
            wording::origin(why, html),
            lines.into_iter().flatten().collect(),
        )
    };
    why.iter().map(candidate).collect()
}

/// A named fact: the number of its name, and what is said.
#[derive(Debug)]
struct Field(usize, Vec<Shown>);

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(label, values) = self;
        let mut field = serializer.serialize_seq(Some(values.len() + 1))?;
        field.serialize_element(label)?;
        for value in values {
            field.serialize_element(value)?;
        }
        field.end()
    }
}

/// The details of one finding, written as `[story, [[name, number of prose]…], [[section, [name, words…]…]…]]`.
#[derive(Debug)]
pub(super) struct Detail<'s, 'a> {
    shared: &'s mut Shared<'a>,
    story: Option<usize>,
    prose: Vec<(usize, usize)>,
    sections: Vec<(usize, Vec<Field>)>,
}

impl<'s, 'a> Detail<'s, 'a> {
    pub(super) fn of(
        entry: &'a Entry,
        report: &Report,
        view: &View,
        shared: &'s mut Shared<'a>,
    ) -> Self {
        let why = &*entry.assessment.why;
        let story = (!why.is_empty()).then(|| shared.stories.number(why));
        let mut detail = Self {
            shared,
            story,
            prose: Vec::new(),
            sections: Vec::new(),
        };
        facts::tell(entry, report, view, &mut detail);
        detail.sections.retain(|(_, fields)| !fields.is_empty());
        detail
    }

    pub(super) fn shared(&self) -> &Shared<'a> {
        self.shared
    }

    /// Begins a section. One that stays empty is left out.
    pub(super) fn section(&mut self, name: &'static str) {
        let name = self.shared.labels.number(name);
        self.sections.push((name, Vec::new()));
    }

    /// Says one thing, if there is anything to say.
    pub(super) fn say(&mut self, name: &'static str, words: Option<impl Into<Shown>>) {
        self.list(name, words, false);
    }

    /// Says several things, the first of them and how many there are besides.
    pub(super) fn list<S: Into<Shown>>(
        &mut self,
        name: &'static str,
        words: impl IntoIterator<Item = S>,
        more: bool,
    ) {
        let mut words = words.into_iter();
        let mut shown: Vec<Shown> = words.by_ref().take(LISTED).map(Into::into).collect();
        let rest = words.count();
        match (rest, more) {
            (0, false) => {}
            (0, true) => shown.push("and more than a report keeps".to_owned().into()),
            (rest, false) => shown.push(format!("and {rest} more").into()),
            (rest, true) => shown.push(format!("and at least {} more", rest + 1).into()),
        }
        if shown.is_empty() {
            return;
        }
        let name = self.shared.labels.number(name);
        if let Some((_, fields)) = self.sections.last_mut() {
            fields.push(Field(name, shown));
        }
    }

    /// Says something at length.
    pub(super) fn prose(&mut self, name: &'static str, text: Option<&'a Text>) {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            let name = self.shared.labels.number(name);
            self.prose.push((name, self.shared.prose.number(text)));
        }
    }
}

impl Serialize for Detail<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.story, &self.prose, &self.sections).serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::model::Duty;

    #[test]
    fn many_reasons_of_which_none_was_chosen_are_told_in_little_time() {
        let lost = Why {
            about: About::Duty(Duty::Fix),
            chosen: false,
            policy: "ours".into(),
            rule: "fix.high".into(),
            at: None,
            severity: None,
            score: None,
            start: None,
            start_at: None,
            start_source: None,
            term: None,
            by: None,
            note: None,
        };
        let started = Instant::now();
        assert_eq!(story(&vec![lost; 60_000]).len(), 60_000);
        let taken = started.elapsed();
        assert!(taken < Duration::from_secs(15), "{taken:?}");
    }
}
