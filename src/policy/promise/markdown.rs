//! Reads Markdown and plain text line by line; what is neither heading, item nor table is a paragraph.

use memchr::{memchr, memchr2};

use super::entity;
use super::hidden::Hidden;
use super::page::{Cell, Passage, Row};
use super::words::{Characters, words};

/// The rank of a line that is bold as a whole: below every heading.
const BOLD: u8 = 7;

/// Reads a page.
pub(super) fn passages(page: &str, each: &mut dyn FnMut(Passage)) {
    let plain = plain(page);
    let lines: Vec<&str> = plain.lines().collect();
    let mut reader = Reader {
        each,
        text: Characters::default(),
        item: None,
        rows: Vec::new(),
    };
    for (index, line) in lines.iter().enumerate() {
        let next = lines.get(index + 1).copied().unwrap_or("");
        let before = index.checked_sub(1).and_then(|before| lines.get(before));
        reader.line(line, next, before.copied().unwrap_or(""), index + 1);
    }
    reader.end();
}

/// Takes tags, comments and targets of links out and resolves references; every line stays where it is.
fn plain(page: &str) -> String {
    let mut plain = String::with_capacity(page.len());
    let mut rest = page;
    let mut hidden = Hidden::default();
    while let Some(first) = rest.chars().next() {
        let (shown, taken) = piece(rest, first, &mut hidden);
        plain.push_str(&shown);
        rest = rest.get(taken..).unwrap_or("");
    }
    plain
}

fn piece(rest: &str, first: char, hidden: &mut Hidden) -> (String, usize) {
    let newlines = |hidden: &str| "\n".repeat(hidden.matches('\n').count());
    let hide = |length: usize| (newlines(rest.get(..length).unwrap_or("")), length);
    if let Some(length) = hidden.length(rest).or_else(|| struck(rest)) {
        return hide(length);
    }
    match first {
        '<' if rest.starts_with("<!--") => hide(rest.find("-->").map_or(rest.len(), |end| end + 3)),
        '<' if rest.get(1..).is_some_and(|name| {
            name.trim_start_matches('/')
                .starts_with(|c: char| c.is_ascii_alphabetic())
        }) =>
        {
            // A tag stands on few lines; `<` alone means less.
            match memchr(b'>', window(rest, 1024)) {
                Some(end)
                    if rest
                        .get(..3)
                        .is_some_and(|tag| tag.eq_ignore_ascii_case("<br")) =>
                {
                    (" , ".to_owned(), end + 1)
                }
                Some(end) => hide(end + 1),
                None => ("<".to_owned(), 1),
            }
        }
        ']' if rest.starts_with("](") => match memchr2(b')', b'\n', window(rest, 2048)) {
            Some(end) => (
                String::new(),
                if rest.as_bytes().get(end) == Some(&b')') {
                    end + 1
                } else {
                    end
                },
            ),
            None => (String::new(), 2),
        },
        '&' => match entity::decode(rest) {
            // A bar by number is no border of a cell.
            Some((Some('|'), length)) => ("/".to_owned(), length),
            Some((character, length)) => (character.map(String::from).unwrap_or_default(), length),
            None => ("&".to_owned(), 1),
        },
        '\\' if rest.starts_with("\\|") => ("/".to_owned(), 2),
        '[' | ']' | '\\' => (String::new(), 1),
        _ if entity::is_invisible(first) => (String::new(), first.len_utf8()),
        _ => (first.to_string(), first.len_utf8()),
    }
}

/// The length of `~~what is struck out~~` at the start of `text`, within one paragraph.
fn struck(text: &str) -> Option<usize> {
    let inner = text.strip_prefix("~~")?;
    let window = window(inner, 2048);
    let length = memchr::memmem::find(window, b"~~")?;
    let struck = inner.get(..length)?;
    let is_mark = !struck.starts_with(|first: char| first == '~' || first.is_whitespace())
        && !struck.ends_with(char::is_whitespace)
        && !struck.contains("\n\n");
    is_mark.then_some(length + 4)
}

/// The first bytes of `text`.
fn window(text: &str, most: usize) -> &[u8] {
    text.as_bytes()
        .get(..text.len().min(most))
        .unwrap_or_default()
}

struct Reader<'a> {
    each: &'a mut dyn FnMut(Passage),
    text: Characters,
    /// The depth of the item that is open.
    item: Option<usize>,
    rows: Vec<Row>,
}

impl Reader<'_> {
    fn line(&mut self, line: &str, next: &str, before: &str, number: usize) {
        let indent = line
            .chars()
            .take_while(|one| one.is_whitespace())
            .map(|one| if one == '\t' { 4 } else { 1 });
        let indent: usize = indent.sum();
        let content = line.trim().trim_start_matches(['>', ' ']);
        if let Some(cells) = cells(content, next.trim(), before.trim(), !self.rows.is_empty()) {
            self.end_text();
            if !is_delimiter(content) {
                let row = Row {
                    is_head: is_delimiter(next.trim().trim_start_matches(['>', ' '])),
                    cells: cells
                        .into_iter()
                        .map(|cell| -> Cell { words(cell, number).into() })
                        .collect(),
                };
                self.rows.push(row);
            }
            return;
        }
        self.end_table();
        let heading = content.trim_start_matches('#');
        let rank = content.len() - heading.len();
        let underlines = !content.is_empty()
            && (content.bytes().all(|byte| byte == b'=')
                || content.bytes().all(|byte| byte == b'-'));
        if content.is_empty() || content.starts_with("```") {
            self.end_text();
        } else if underlines {
            let words = self.text.take();
            if !words.is_empty() && self.item.is_none() {
                let rank = if content.starts_with('=') { 1 } else { 2 };
                (self.each)(Passage::Heading(rank, words));
            }
            self.item = None;
        } else if (1..=6).contains(&rank) && heading.starts_with([' ', '\t']) {
            self.end_text();
            // The rank is at most six.
            let rank = u8::try_from(rank).unwrap_or(6);
            (self.each)(Passage::Heading(rank, words(heading, number)));
        } else if let Some(item) = item(content) {
            self.end_text();
            self.item = Some(1 + indent / 2);
            self.text.push_str(item, number);
            self.text.push('\n', number);
        } else {
            if is_bold(content) && before.trim().is_empty() && next.trim().is_empty() {
                (self.each)(Passage::Heading(BOLD, words(content, number)));
                return;
            }
            self.text.push_str(content, number);
            self.text.push('\n', number);
        }
    }

    fn end_text(&mut self) {
        let words = self.text.take();
        let item = self.item.take();
        if !words.is_empty() {
            (self.each)(match item {
                Some(depth) => Passage::Item(depth, words),
                None => Passage::Text(words),
            });
        }
    }

    fn end_table(&mut self) {
        let rows = std::mem::take(&mut self.rows);
        if !rows.is_empty() {
            (self.each)(Passage::Table(rows));
        }
    }

    fn end(&mut self) {
        self.end_table();
        self.end_text();
    }
}

/// The cells of a line, if it is one of a table: with bars, or by wide gaps that the line above or below has too.
fn cells<'a>(line: &'a str, next: &str, before: &str, in_table: bool) -> Option<Vec<&'a str>> {
    if line.starts_with('|')
        || (line.contains('|') && (in_table || is_delimiter(next) || is_delimiter(line)))
    {
        let inner = line.strip_prefix('|').unwrap_or(line);
        let inner = inner.strip_suffix('|').unwrap_or(inner);
        return Some(inner.split('|').map(str::trim).collect());
    }
    let own = columns(line);
    let is_like = |other: &str| columns(other).len() == own.len();
    (own.len() >= 2 && item(line).is_none() && (is_like(next) || is_like(before))).then_some(own)
}

/// The pieces of a line between tabs or gaps of several blanks.
fn columns(line: &str) -> Vec<&str> {
    line.split('\t')
        .flat_map(|piece| piece.split("   "))
        .map(str::trim)
        .filter(|piece| !piece.is_empty())
        .collect()
}

fn is_delimiter(line: &str) -> bool {
    line.contains('-') && line.contains('|') && line.bytes().all(|byte| b"|-: \t+".contains(&byte))
}

/// What stands behind the mark of a list item.
fn item(line: &str) -> Option<&str> {
    let numbered = || {
        let digits = line.bytes().take_while(u8::is_ascii_digit).count();
        let after = line.get(digits..)?.strip_prefix(['.', ')']);
        after.filter(|_| (1..=3).contains(&digits))
    };
    let after = line
        .strip_prefix(['-', '*', '+', '•', '–'])
        .or_else(numbered)?;
    after.starts_with([' ', '\t']).then(|| after.trim_start())
}

/// Whether a line is bold from its first letter to its last.
fn is_bold(line: &str) -> bool {
    ["**", "__"].iter().any(|mark| {
        let inner = line
            .strip_prefix(mark)
            .and_then(|rest| rest.strip_suffix(mark));
        inner.is_some_and(|inner| !inner.is_empty() && !inner.contains(mark))
    })
}
