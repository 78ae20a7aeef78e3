//! Reads HTML leniently: tags end passages, tables are read row by row, scripts and styles are no text.

use std::collections::BTreeMap;

use super::entity;
use super::hidden::Hidden;
use super::page::{Cell, Passage, Row};
use super::words::{Characters, Word};

/// Elements of which nothing is shown.
const SILENT: [&str; 5] = ["script", "style", "template", "noscript", "svg"];

/// How often a cell that spans rows or columns is repeated at most, and how many words it may have for that.
const MOST_SPANNED: usize = 32;
const MOST_WORDS: usize = 64;

/// Reads a page.
pub(super) fn passages(page: &str, each: &mut dyn FnMut(Passage)) {
    let mut reader = Reader {
        each,
        text: Characters::default(),
        kind: Kind::Text,
        lists: 0,
        tables: 0,
        rows: Vec::new(),
        row: Row::default(),
        cell: None,
        hanging: BTreeMap::new(),
        hidden: Hidden::default(),
    };
    let (mut rest, mut line) = (page, 1);
    while let Some(first) = rest.chars().next() {
        let taken = reader.piece(rest, first, line);
        let (before, after) = rest.split_at(taken.min(rest.len()));
        line += before.matches('\n').count();
        rest = after;
    }
    reader.end_table();
    reader.flush();
}

/// How far it is to the end tag of an element without inner tags.
fn end_of(text: &str, name: &str) -> usize {
    let closes = |place: &usize| {
        let rest = text.as_bytes().get(place + 2..).unwrap_or_default();
        rest.get(..name.len())
            .is_some_and(|word| word.eq_ignore_ascii_case(name.as_bytes()))
    };
    let mut ends = text.match_indices("</").map(|(place, _)| place);
    ends.find(closes).unwrap_or(text.len())
}

struct Tag {
    name: String,
    opens: bool,
    columns: usize,
    rows: usize,
}

impl Tag {
    /// The tag, comment or declaration at the start of `text`, and its length.
    fn read(text: &str) -> Option<(Self, usize)> {
        let nameless = || Self {
            name: String::new(),
            opens: false,
            columns: 1,
            rows: 1,
        };
        if let Some(comment) = text.strip_prefix("<!--") {
            let end = comment.find("-->").map_or(text.len(), |end| end + 7);
            return Some((nameless(), end));
        }
        let inner = text.strip_prefix('<')?;
        let opens = !inner.starts_with('/');
        let name = inner.strip_prefix('/').unwrap_or(inner);
        if !name.starts_with(|first: char| first.is_ascii_alphabetic() || "!?".contains(first)) {
            return None;
        }
        let mut quote = None;
        let mut end = text.len();
        for (place, byte) in text.bytes().enumerate() {
            match (quote, byte) {
                (None, b'>') => {
                    end = place + 1;
                    break;
                }
                // A quote counts only where a value begins: `it's <b>` must not swallow the page.
                (None, b'"' | b'\'') if text.as_bytes().get(..place)?.ends_with(b"=") => {
                    quote = Some(byte);
                }
                (Some(open), _) if open == byte => quote = None,
                _ => {}
            }
        }
        let name: String = name
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .take(16)
            .collect();
        let whole = text.get(..end)?.to_ascii_lowercase();
        let spans = |attribute: &str| {
            let value = whole
                .split_once(attribute)?
                .1
                .trim_start_matches(['=', '"', '\'', ' ']);
            let digits: String = value.chars().take_while(char::is_ascii_digit).collect();
            digits.parse::<usize>().ok()
        };
        let tag = Self {
            name: name.to_ascii_lowercase(),
            opens,
            columns: spans("colspan").unwrap_or(1).clamp(1, MOST_SPANNED),
            rows: spans("rowspan").unwrap_or(1).clamp(1, MOST_SPANNED),
        };
        Some((tag, end))
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Text,
    Heading(u8),
    Item(usize),
}

struct Reader<'a> {
    each: &'a mut dyn FnMut(Passage),
    text: Characters,
    kind: Kind,
    lists: usize,
    tables: usize,
    rows: Vec<Row>,
    row: Row,
    /// The columns and rows of the cell that is open.
    cell: Option<(usize, usize)>,
    /// Cells of rows above that reach down, by column, with the rows that are left.
    hanging: BTreeMap<usize, (usize, Cell)>,
    hidden: Hidden,
}

impl Reader<'_> {
    /// Takes a tag, a reference or a character from the start of `rest`; its length in bytes.
    fn piece(&mut self, rest: &str, first: char, line: usize) -> usize {
        if first == '<'
            && let Some(length) = self.hidden.length(rest)
        {
            return length;
        }
        if first == '<'
            && let Some((tag, length)) = Tag::read(rest)
        {
            self.tag(&tag, line);
            let silent = tag.opens && SILENT.contains(&tag.name.as_str());
            let inner = rest.get(length..).filter(|_| silent);
            return length + inner.map_or(0, |inner| end_of(inner, &tag.name));
        }
        if let Some((character, length)) = entity::decode(rest) {
            if let Some(character) = character {
                self.text.push(character, line);
            }
            return length;
        }
        if !entity::is_invisible(first) {
            self.text.push(first, line);
        }
        first.len_utf8()
    }

    fn tag(&mut self, tag: &Tag, line: usize) {
        let rank = tag
            .name
            .strip_prefix('h')
            .and_then(|rank| rank.parse().ok());
        match (tag.name.as_str(), tag.opens) {
            ("table", true) => {
                if self.tables == 0 {
                    self.flush();
                }
                self.tables += 1;
            }
            ("table", false) => {
                self.tables = self.tables.saturating_sub(1);
                if self.tables == 0 {
                    self.end_table();
                }
            }
            ("tr", true) | ("tr" | "thead" | "tbody", false) if self.tables > 0 => self.end_row(),
            ("td" | "th", true) if self.tables > 0 => {
                self.end_cell();
                self.cell = Some((tag.columns, tag.rows));
                if self.row.cells.is_empty() {
                    self.row.is_head = true;
                }
                self.row.is_head &= tag.name == "th";
            }
            ("td" | "th", false) if self.tables > 0 => self.end_cell(),
            ("br", _) => self.text.push_str(" , ", line),
            // Within a cell everything is one line.
            ("p" | "div" | "li" | "ul" | "ol", _) if self.cell.is_some() => {
                self.text.push_str(" , ", line);
            }
            _ if self.cell.is_some() => {}
            ("ul" | "ol", opens) => {
                self.flush();
                self.lists = if opens {
                    self.lists + 1
                } else {
                    self.lists.saturating_sub(1)
                };
                self.kind = if self.lists == 0 {
                    Kind::Text
                } else {
                    Kind::Item(self.lists)
                };
            }
            ("li", opens) => {
                self.flush();
                self.kind = if opens {
                    Kind::Item(self.lists.max(1))
                } else {
                    Kind::Text
                };
            }
            ("dt", true) => self.begin(Kind::Item(self.lists + 1)),
            ("dd", true) => self.begin(Kind::Item(self.lists + 2)),
            (_, true) if rank.is_some() => self.begin(Kind::Heading(rank.unwrap_or(1))),
            ("p" | "div", true) if matches!(self.kind, Kind::Item(_)) => {
                self.text.push_str(" , ", line);
            }
            (
                "p" | "div" | "section" | "article" | "main" | "header" | "footer" | "nav"
                | "title" | "caption" | "blockquote" | "pre" | "dl" | "dt" | "dd" | "hr" | "body"
                | "head" | "form" | "summary" | "details" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6",
                _,
            ) => self.begin(Kind::Text),
            _ => {}
        }
    }

    fn begin(&mut self, kind: Kind) {
        self.flush();
        self.kind = kind;
    }

    fn flush(&mut self) {
        let words = self.text.take();
        if words.is_empty() {
            return;
        }
        (self.each)(match self.kind {
            Kind::Text => Passage::Text(words),
            Kind::Heading(rank) => Passage::Heading(rank, words),
            Kind::Item(depth) => Passage::Item(depth, words),
        });
    }

    fn end_cell(&mut self) {
        let Some((columns, rows)) = self.cell.take() else {
            // Text between cells is a caption at best.
            self.flush();
            return;
        };
        self.hang();
        let words: Vec<Word> = self.text.take();
        let cell: Cell = words.into();
        let small = cell.len() <= MOST_WORDS;
        for _ in 0..if small { columns } else { 1 } {
            if rows > 1 && small {
                let column = self.row.cells.len();
                self.hanging.insert(column, (rows, cell.clone()));
            }
            self.row.cells.push(cell.clone());
        }
    }

    /// Puts the cells that reach down from above where they belong.
    fn hang(&mut self) {
        while let Some((left, cell)) = self.hanging.get_mut(&self.row.cells.len()) {
            if *left == 0 {
                break;
            }
            self.row.cells.push(cell.clone());
        }
    }

    fn end_row(&mut self) {
        self.end_cell();
        if self.row.cells.is_empty() {
            return;
        }
        self.hang();
        self.hanging.retain(|_, (left, _)| {
            *left -= 1;
            *left > 0
        });
        self.rows.push(std::mem::take(&mut self.row));
    }

    fn end_table(&mut self) {
        self.end_row();
        self.hanging.clear();
        let rows = std::mem::take(&mut self.rows);
        if !rows.is_empty() {
            (self.each)(Passage::Table(rows));
        }
        self.kind = if self.lists == 0 {
            Kind::Text
        } else {
            Kind::Item(self.lists)
        };
    }
}
