//! Reads one sentence: each term in it with the duties, levels and clock that it belongs to.

use std::ops::Range;

use super::belong::{Term, give_duties, give_levels};
use super::event::{self, Clock};
use super::level::{self, Levels, Mention, every_vulnerability};
use super::number::{self, Found, Planned};
use super::topic::{duties, source};
use super::words::{Word, quote};
use super::{negation, unread};
use crate::model::Duty;
use crate::policy::{Source, Span, Unit};

/// A term of a page and what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// Its line.
    pub(super) line: usize,
    /// Its words with those around it.
    pub(super) words: String,
    /// What it promises, or why that is not understood.
    pub(super) promised: Result<Promised, &'static str>,
    /// Whether the sentence says that it is no promise.
    pub(super) is_denied: bool,
}

/// A promise of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Promised {
    /// How long; `None` for a clock without a number.
    pub(super) span: Option<Span>,
    /// Whether the next maintenance counts too.
    pub(super) maintenance: Option<Planned>,
    /// What is promised; none means everything.
    pub(super) duties: Vec<Duty>,
    /// Of findings that are so bad.
    pub(super) levels: Levels,
    /// What starts the clock, if the page says so.
    pub(super) clock: Option<Clock>,
    /// Only of what comes from here.
    pub(super) source: Option<Source>,
    /// Only of what this rule of the policy holds for, by its place.
    pub(super) rule: Option<usize>,
}

/// What a sentence takes from around it where it says nothing itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Context {
    /// Duties of the heading, the column, the item above.
    pub(super) duties: Vec<Duty>,
    /// Their levels.
    pub(super) levels: Levels,
    /// Whether they are of a scale that nothing explains.
    pub(super) foreign: bool,
    /// The unit of bare numbers.
    pub(super) unit: Option<Unit>,
    /// The rule that the sentence names.
    pub(super) rule: Option<usize>,
    /// What starts the clock, by the lead-in or the column.
    pub(super) clock: Option<Clock>,
    /// Whether the sentence is a cell of a table, which says little by itself.
    pub(super) is_cell: bool,
}

/// A sentence with no more words is about what its heading says.
const FEW: usize = 6;

/// Words around a term that say nothing of what it is about.
const BARE: [&str; 20] = [
    "within", "in", "of", ",", ".", ":", "we", "at", "most", "the", "latest", "up", "to", "(", ")",
    "target", "goal", "is", "our", "time",
];

/// Words between two terms that name nothing new.
const LIMITING: [&str; 46] = [
    ",",
    ";",
    "(",
    ")",
    "—",
    ":",
    "and",
    "but",
    "or",
    "never",
    "not",
    "no",
    "more",
    "longer",
    "later",
    "than",
    "at",
    "most",
    "the",
    "latest",
    "up",
    "to",
    "in",
    "any",
    "case",
    "event",
    "within",
    "always",
    "usually",
    "exceeding",
    "exceed",
    "maximum",
    "max",
    "worst",
    "a",
    "of",
    "under",
    "it",
    "they",
    "takes",
    "take",
    "we",
    "however",
    "ideally",
    "after",
    "by",
];

/// What holds for a sentence as a whole.
struct Whole<'a> {
    words: &'a [Word],
    context: &'a Context,
    clock: Option<Clock>,
    source: Option<Source>,
    /// Whether it names a level.
    levelled: bool,
    /// The parts of it in which nothing is promised.
    denied: Vec<Range<usize>>,
    /// The parts of it that say that something is not done.
    undone: Vec<Range<usize>>,
    /// Whether its terms may be what the heading, the lead-in or the column is about.
    is_open: bool,
}

/// Reads a sentence.
pub(super) fn read(words: &[Word], context: &Context, into: &mut Vec<Reading>) {
    let found = number::terms(words, context.unit);
    let clock = event::of_sentence(words);
    if found.is_empty() {
        clock_alone(words, clock.clone(), into);
        unread(words, context, &[], clock.as_ref(), into);
        return;
    }
    let term = |found: Found| {
        let behind = event::behind(words, found.range.end);
        Term {
            end: behind.as_ref().map_or(found.range.end, |(_, end)| *end),
            clock: behind.map(|(clock, _)| clock),
            found,
            levels: Vec::new(),
            duties: Vec::new(),
        }
    };
    let mut terms: Vec<Term> = found.into_iter().map(term).collect();
    give_levels(words, &mut terms);
    let names_duties = give_duties(words, &mut terms, clock.as_ref());
    let levelled = terms.iter().any(|term| !term.levels.is_empty());
    let whole = Whole {
        words,
        context,
        clock: clock
            .map(|(clock, _)| clock)
            .or_else(|| context.clock.clone()),
        source: source(words),
        levelled,
        denied: negation::denied(words),
        undone: negation::undone(words),
        // Another topic under the same heading is not what the heading is about.
        is_open: !names_duties && (context.is_cell || levelled || is_bare(words, &terms)),
    };
    let read: Vec<Range<usize>> = terms
        .iter()
        .map(|term| term.found.range.start..term.end)
        .collect();
    let mut before = Before::default();
    for term in terms {
        whole.term(term, &mut before, into);
    }
    let clock = event::of_sentence(words);
    unread(words, context, &read, clock.as_ref(), into);
}

/// Times near a duty or a level that are no terms.
fn unread(
    words: &[Word],
    context: &Context,
    read: &[Range<usize>],
    clock: Option<&(Clock, usize)>,
    into: &mut Vec<Reading>,
) {
    let is_about = |words: &[Word]| !duties(words).is_empty() || !level::mentions(words).is_empty();
    let given = !context.duties.is_empty() || (context.is_cell && !context.levels.is_empty());
    let is_short = context.is_cell || words.len() <= FEW;
    if !(is_about(words) || (given && is_short)) {
        return;
    }
    let in_clock = |at: usize| match clock {
        Some((_, 0)) => words.iter().take(at).all(|word| word.text != ","),
        Some((_, from)) => at > *from,
        None => false,
    };
    for at in unread::places(words, read) {
        if in_clock(at) {
            continue;
        }
        let from = at.saturating_sub(8);
        into.push(Reading {
            line: words.get(at).map_or(1, |word| word.line),
            words: excerpt(words, from, words.len().min(at + 4)),
            promised: Err(unread::REASON),
            is_denied: is_in(&negation::denied(words), at),
        });
    }
}

fn is_in(ranges: &[Range<usize>], at: usize) -> bool {
    ranges.iter().any(|range| range.contains(&at))
}

/// Whether there is nothing in a sentence but its terms.
fn is_bare(words: &[Word], terms: &[Term]) -> bool {
    let inside = |at: usize| {
        let next = terms.get(terms.partition_point(|term| term.end <= at));
        next.is_some_and(|term| term.found.range.start <= at)
    };
    words
        .iter()
        .enumerate()
        .all(|(at, word)| word.is(&BARE) || inside(at))
}

/// The term before the one at hand.
#[derive(Default)]
struct Before {
    levels: Levels,
    duties: Vec<Duty>,
    end: usize,
}

impl Whole<'_> {
    fn term(&self, term: Term, before: &mut Before, into: &mut Vec<Reading>) {
        let gap = self
            .words
            .get(before.end..term.found.range.start)
            .unwrap_or_default();
        let mut duties = term.duties.clone();
        if duties.is_empty() {
            duties.clone_from(&before.duties);
        }
        if duties.is_empty() && self.is_open {
            duties.clone_from(&self.context.duties);
        }
        let levels = self.levels(&term, gap, &duties, before);
        let line = line(self.words, &term.found);
        let words = excerpt(self.words, before.end, term.end);
        *before = Before {
            levels: levels.clone(),
            duties: duties.clone(),
            end: term.end,
        };
        let is_foreign = |mention: &Mention| mention.levels.is_empty();
        let foreign = !term.levels.is_empty() && term.levels.iter().all(is_foreign);
        let is_unclear = term.levels.iter().any(|mention| mention.is_unclear);
        let spans = match term.found.spans {
            _ if is_unclear => Err("which levels it is about cannot be told: check by hand"),
            _ if foreign || (!self.levelled && self.context.foreign) => {
                Err("it is about a level that is not known here")
            }
            Ok(_) if is_in(&self.undone, term.found.range.start) => {
                Err("the sentence says that it is not done")
            }
            Ok(_) if duties.is_empty() => Err("it is about nothing that a policy promises"),
            spans => spans,
        };
        let clock = term.clock.or_else(|| self.clock.clone());
        let promised = |span, levels| Promised {
            span: Some(span),
            maintenance: term.found.maintenance,
            duties: duties.clone(),
            levels,
            clock: clock.clone(),
            source: self.source,
            rule: self.context.rule,
        };
        let at = term.found.range.start;
        let is_denied = is_in(&self.denied, at);
        let mut tell = |promised| {
            let words = words.clone();
            into.push(Reading {
                line,
                words,
                promised,
                is_denied,
            });
        };
        match (spans.as_deref(), term.levels.as_slice()) {
            (Err(reason), _) => tell(Err(reason)),
            (Ok([span]), _) => tell(Ok(promised(*span, levels))),
            // `7, 14 and 30 days for critical, high and medium`
            (Ok(many), mentions) if many.len() == mentions.len() => {
                for (span, mention) in many.iter().zip(mentions) {
                    tell(Ok(promised(*span, mention.levels.clone())));
                }
            }
            _ => tell(Err("which number belongs to which level cannot be told")),
        }
    }

    /// The levels of a term: its own, those of the term before if that is about another duty, those around the sentence;
    /// else it is about every vulnerability.
    fn levels(&self, term: &Term, gap: &[Word], duties: &[Duty], before: &Before) -> Levels {
        let own = term
            .levels
            .iter()
            .flat_map(|mention| mention.levels.iter().copied());
        let own: Levels = own.collect();
        let rest = [
            "other",
            "others",
            "otherwise",
            "else",
            "remaining",
            "rest",
            "all",
            "anything",
            "everything",
        ];
        let is_rest = gap.iter().any(|word| word.is(&rest));
        if !own.is_empty() {
            own
        } else if !is_rest && (before.duties != duties || goes_on(gap)) && !before.levels.is_empty()
        {
            before.levels.clone()
        } else if !self.levelled && !self.context.levels.is_empty() {
            self.context.levels.clone()
        } else {
            every_vulnerability()
        }
    }
}

/// Whether a term that follows these words is about what the term before it is about: `…, never more than 10 days`.
fn goes_on(gap: &[Word]) -> bool {
    gap.iter().all(|word| word.is(&LIMITING))
}

/// A sentence that says when clocks start and names no term.
fn clock_alone(words: &[Word], whole: Option<(Clock, usize)>, into: &mut Vec<Reading>) {
    let Some((clock, at)) = whole.filter(|&(_, at)| at > 0) else {
        return;
    };
    let mut named: Vec<Duty> = duties(words.get(..at).unwrap_or_default())
        .into_iter()
        .map(|(_, duty)| duty)
        .collect();
    named.dedup();
    into.push(Reading {
        line: words.get(at).map_or(1, |word| word.line),
        words: excerpt(words, 0, words.len().min(24)),
        promised: Ok(Promised {
            span: None,
            maintenance: None,
            duties: named,
            levels: Levels::new(),
            clock: Some(clock),
            source: None,
            rule: None,
        }),
        is_denied: is_in(&negation::denied(words), at),
    });
}

fn line(words: &[Word], found: &Found) -> usize {
    words.get(found.range.start).map_or(1, |word| word.line)
}

/// The words of a term with some of those before it.
fn excerpt(words: &[Word], start: usize, end: usize) -> String {
    let from = start.max(end.saturating_sub(24));
    let kept = words.get(from..end).unwrap_or_default();
    let junk = [",", ";", ".", ":", "—", ")", "and", "|"];
    let lead = kept.iter().take_while(|word| word.is(&junk)).count();
    quote(kept.get(lead..).unwrap_or_default())
}
