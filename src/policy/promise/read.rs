//! Walks a page and gives each sentence what stands around it: headings, lead-ins, items above, heads of tables.

use std::collections::BTreeSet;

use super::event::{self, Clock};
use super::level::{self, Levels};
use super::number;
use super::page::{Cell, Passage, Row, passages};
use super::sentence::{self, Context, Reading};
use super::topic::duties;
use super::unread;
use super::words::{Word, quote, sentences};
use crate::model::Duty;
use crate::policy::calendar::WEEKDAYS;

/// So many words of the head of a column are read.
const MOST_OF_HEAD: usize = 64;

/// A sentence or a row of so many words is quoted as a whole.
const MOST_QUOTED: usize = 32;

/// What a page says.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// Its terms and clocks, in its order.
    pub(super) readings: Vec<Reading>,
    /// The days on which people work, if it says so: Monday is 1. With the line and the words.
    pub(super) week: Option<(BTreeSet<i8>, usize, String)>,
    /// The rules of the policy that it names, by their places.
    pub(super) rules: BTreeSet<usize>,
}

/// What a piece of text is about.
#[derive(Clone, Debug, Default)]
struct Marks {
    levels: Levels,
    /// Whether it names a level of a scale that nothing explains.
    foreign: bool,
    duties: Vec<Duty>,
    /// What starts the clock.
    clock: Option<Clock>,
}

impl Marks {
    fn of(words: &[Word]) -> Self {
        let mut duties: Vec<Duty> = duties(words).into_iter().map(|(_, duty)| duty).collect();
        duties.sort_unstable();
        duties.dedup();
        let mut mentions = level::mentions(words);
        if mentions.iter().any(|mention| mention.is_unclear) {
            for mention in &mut mentions {
                mention.levels.clear();
            }
        }
        Self {
            foreign: mentions.iter().any(|mention| mention.levels.is_empty()),
            levels: mentions
                .into_iter()
                .flat_map(|mention| mention.levels)
                .collect(),
            duties,
            clock: event::around(words),
        }
    }

    /// Takes what is missing from further out.
    fn or(mut self, outer: &Self) -> Self {
        if self.levels.is_empty() && !self.foreign {
            self.levels.clone_from(&outer.levels);
            self.foreign = outer.foreign;
        }
        if self.duties.is_empty() {
            self.duties.clone_from(&outer.duties);
        }
        self.clock = self.clock.or_else(|| outer.clock.clone());
        self
    }
}

/// Reads a page. `rules` are the names of the policy's rules: a page may speak of them in quotation marks.
pub(super) fn read(page: &str, rules: &[Vec<String>]) -> Page {
    let mut reader = Reader {
        page: Page::default(),
        rules,
        headings: Vec::new(),
        lead: None,
        items: Vec::new(),
    };
    passages(page, &mut |passage| reader.passage(passage));
    reader.page
}

struct Reader<'a> {
    page: Page,
    rules: &'a [Vec<String>],
    headings: Vec<(u8, Marks)>,
    /// The paragraph before a list or a table.
    lead: Option<Marks>,
    items: Vec<(usize, Marks)>,
}

impl Reader<'_> {
    fn passage(&mut self, passage: Passage) {
        match passage {
            Passage::Heading(rank, words) => {
                self.headings.retain(|&(known, _)| known < rank);
                self.lead = None;
                self.items.clear();
                self.text(&words, &self.around());
                let clock = None;
                let marks = Marks::of(&words);
                self.headings.push((rank, Marks { clock, ..marks }));
            }
            Passage::Text(words) => {
                self.items.clear();
                let around = self.around();
                self.lead = None;
                let has_term = self.text(&words, &around);
                let last = sentences(&words).pop().unwrap_or_default();
                let opens = last.last().is_some_and(|word| word.text == ":");
                if opens || !has_term {
                    let mut marks = Marks::of(last);
                    if !opens {
                        marks.levels.clear();
                        marks.foreign = false;
                    }
                    self.lead = Some(marks);
                }
            }
            Passage::Item(depth, words) => {
                while self
                    .items
                    .pop_if(|&mut (known, _)| known >= depth)
                    .is_some()
                {}
                let around = self.around();
                self.text(&words, &around);
                self.items.push((depth, Marks::of(&words).or(&around)));
            }
            Passage::Table(rows) => {
                let around = self.around();
                self.table(&rows, &around);
            }
        }
    }

    /// What a passage at this place takes from outside.
    fn around(&self) -> Marks {
        let headings = self.headings.iter().rev().map(|(_, marks)| marks);
        let nearer = self
            .items
            .last()
            .map(|(_, marks)| marks)
            .into_iter()
            .chain(&self.lead);
        nearer.chain(headings).fold(Marks::default(), Marks::or)
    }

    /// Reads the sentences of a passage; whether there is a term in it.
    fn text(&mut self, words: &[Word], around: &Marks) -> bool {
        let before = self.page.readings.len();
        let mut last = Marks::default();
        for sentence in sentences(words) {
            let points_back = sentence.first().is_some_and(|word| {
                word.is(&["they", "these", "those", "this", "such", "it", "never"])
            });
            let mut context = around.clone();
            if !last.duties.is_empty() {
                context.duties.clone_from(&last.duties);
            }
            if points_back && !last.levels.is_empty() {
                context.levels.clone_from(&last.levels);
            }
            let context = Context {
                duties: context.duties,
                foreign: context.foreign && context.levels.is_empty(),
                levels: context.levels,
                clock: context.clock,
                ..Context::default()
            };
            self.sentence(sentence, context);
            let own = Marks::of(sentence);
            last = Marks {
                levels: own.levels,
                foreign: own.foreign,
                duties: if own.duties.is_empty() {
                    last.duties
                } else {
                    own.duties
                },
                clock: None,
            };
        }
        self.page.readings.len() > before
    }

    fn sentence(&mut self, words: &[Word], mut context: Context) {
        if let Some(week) = week(words) {
            let line = words.first().map_or(1, |word| word.line);
            self.page.week = Some((week, line, quote(words)));
        }
        if let Some((rule, range)) = self.rule(words) {
            // The name of a rule may hold numbers and levels of its own.
            let mut rest = words.to_vec();
            rest.drain(range);
            self.page.rules.insert(rule);
            context.rule = Some(rule);
            let first = self.page.readings.len();
            sentence::read(&rest, &context, &mut self.page.readings);
            // The quotation keeps the name.
            if words.len() <= MOST_QUOTED {
                for reading in self.page.readings.iter_mut().skip(first) {
                    reading.words = quote(words);
                }
            }
        } else {
            sentence::read(words, &context, &mut self.page.readings);
        }
    }

    /// The rule that stands in quotation marks.
    fn rule(&self, words: &[Word]) -> Option<(usize, std::ops::Range<usize>)> {
        let open = words.iter().position(|word| word.text == "\"")?;
        self.rules.iter().enumerate().find_map(|(place, name)| {
            let end = open + 1 + name.len();
            let quoted = words.get(open + 1..end)?;
            let is_same = quoted.iter().map(|word| &word.text).eq(name);
            let closes = words.get(end).is_some_and(|word| word.text == "\"");
            (is_same && closes && !name.is_empty()).then_some((place, open..end + 1))
        })
    }

    fn table(&mut self, rows: &[Row], around: &Marks) {
        let has_term = |row: &Row| {
            row.cells
                .iter()
                .any(|cell| !number::terms(cell, None).is_empty())
        };
        let mut head: &[Cell] = &[];
        for (index, row) in rows.iter().enumerate() {
            let is_told = |cell: &Cell| cell.iter().any(unread::is_alone);
            let is_first = index == 0 && !row.cells.iter().any(is_told);
            if (row.is_head || is_first) && !has_term(row) {
                head = &row.cells;
                continue;
            }
            self.row(row, head, around);
        }
    }

    fn row(&mut self, row: &Row, head: &[Cell], around: &Marks) {
        let empty: Cell = Vec::new().into();
        let columns = || {
            row.cells.iter().enumerate().map(|(at, cell)| {
                let head = head.get(at).unwrap_or(&empty);
                (
                    cell,
                    head.get(..head.len().min(MOST_OF_HEAD)).unwrap_or_default(),
                )
            })
        };
        let is_term = |cell: &Cell, head: &[Word]| {
            let is_time =
                || !unread::places(cell, &[]).is_empty() && level::mentions(cell).is_empty();
            !number::terms(cell, number::unit_of_head(head)).is_empty() || is_time()
        };
        // What the row is about stands in the cells without a term: a level by name, or a score under its head.
        let mut about = Marks::default();
        for (cell, head) in columns().filter(|(cell, head)| !is_term(cell, head)) {
            let marks = Marks::of(cell);
            about.duties.extend(marks.duties);
            let scored = || Marks::of(&[head, cell.as_ref()].concat());
            let silent = marks.levels.is_empty() && !cell.is_empty();
            let marks = if silent {
                scored()
            } else {
                Marks {
                    duties: Vec::new(),
                    ..marks
                }
            };
            about.levels.extend(marks.levels);
            about.foreign |= marks.foreign;
        }
        // A short row is quoted as a whole.
        let length: usize = row.cells.iter().map(|cell| cell.len()).sum();
        let whole = (length <= MOST_QUOTED).then(|| {
            let cells = row.cells.iter().map(|cell| quote(cell));
            let cells: Vec<String> = cells.filter(|cell| !cell.is_empty()).collect();
            cells.join(" | ")
        });
        for (cell, head) in columns().filter(|(cell, head)| is_term(cell, head)) {
            let marks = Marks::of(head).or(&about).or(around);
            let context = Context {
                duties: marks.duties,
                foreign: marks.foreign && marks.levels.is_empty(),
                levels: marks.levels,
                clock: marks.clock,
                unit: number::unit_of_head(head),
                is_cell: true,
                ..Context::default()
            };
            let first = self.page.readings.len();
            for sentence in sentences(cell) {
                self.sentence(sentence, context.clone());
            }
            for reading in self.page.readings.iter_mut().skip(first) {
                if let Some(whole) = &whole {
                    reading.words.clone_from(whole);
                }
            }
        }
    }
}

/// The work week that a sentence names: `business days are Monday to Friday`.
fn week(words: &[Word]) -> Option<BTreeSet<i8>> {
    let about = words.windows(2).any(|pair| match pair {
        [one, two] => one.is(&["business", "working", "work"]) && two.is(&["day", "days", "week"]),
        _ => false,
    });
    let day = |word: &Word| {
        WEEKDAYS
            .iter()
            .position(|name| word.text.strip_suffix('s').unwrap_or(&word.text) == *name)
    };
    let mut days = BTreeSet::new();
    let mut last: Option<(usize, usize)> = None;
    for (at, word) in words.iter().enumerate() {
        let Some(day) = day(word) else { continue };
        let from = last.filter(|&(_, place)| {
            let between = words.get(place + 1..at).unwrap_or_default();
            between
                .iter()
                .any(|word| word.is(&["to", "through", "—", "until", "till"]))
                && between.len() <= 2
        });
        let first = from.map_or(day, |(first, _)| first);
        let length = (day + 7 - first) % 7;
        days.extend((0..=length).filter_map(|more| i8::try_from((first + more) % 7 + 1).ok()));
        last = Some((day, at));
    }
    Some(days).filter(|days| about && days.len() > 1)
}
