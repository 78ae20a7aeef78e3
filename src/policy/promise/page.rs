//! A page as a row of passages: headings, paragraphs, list items and tables, whatever it is written in.

use std::rc::Rc;

use super::words::Word;
use super::{html, markdown};

/// A cell of a table; cells that span several rows or columns are shared by them.
pub(super) type Cell = Rc<[Word]>;

/// A row of a table.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    /// Its cells, from the left.
    pub(super) cells: Vec<Cell>,
    /// Whether it names the columns.
    pub(super) is_head: bool,
}

/// A piece of a page.
#[derive(Clone, Debug)]
pub(super) enum Passage {
    /// A heading; 1 is the highest rank.
    Heading(u8, Vec<Word>),
    /// A paragraph.
    Text(Vec<Word>),
    /// An item of a list, with its depth.
    Item(usize, Vec<Word>),
    /// A table.
    Table(Vec<Row>),
}

/// Marks that begin a line of Markdown.
const LINE_MARKS: [&str; 6] = ["#", "|", "- ", "* ", "+ ", "1. "];

/// HTML tags that hold text.
const BLOCKS: [&str; 12] = [
    "<p", "<li", "<td", "<th", "<h1", "<h2", "<h3", "<h4", "<div", "<table", "<section", "<br",
];

/// Reads a page and hands over one passage after the other.
pub(super) fn passages(page: &str, each: &mut dyn FnMut(Passage)) {
    let page = page.strip_prefix('\u{feff}').unwrap_or(page);
    if is_html(page) {
        html::passages(page, each);
    } else {
        markdown::passages(page, each);
    }
}

/// By content: a document type, or more tags than marks of Markdown.
fn is_html(page: &str) -> bool {
    let head: String = page.chars().take(2048).collect();
    let head = head.to_ascii_lowercase();
    if ["<!doctype html", "<html", "<body", "<head>"]
        .iter()
        .any(|start| head.contains(start))
    {
        return true;
    }
    let mut tags = 0_usize;
    for (place, _) in page.match_indices('<') {
        let rest = page.as_bytes().get(place..).unwrap_or_default();
        let is_block = |block: &str| {
            let (name, end) = (rest.get(..block.len()), rest.get(block.len()));
            name.is_some_and(|name| name.eq_ignore_ascii_case(block.as_bytes()))
                && end.is_none_or(|end| !end.is_ascii_alphanumeric())
        };
        tags += usize::from(BLOCKS.iter().any(|block| is_block(block)));
    }
    let is_marked = |line: &&str| {
        LINE_MARKS
            .iter()
            .any(|mark| line.trim_start().starts_with(mark))
    };
    tags > page.lines().filter(is_marked).count()
}
